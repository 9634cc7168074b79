/* Two agents in one process that share nothing call each other: the whole library through its public header. */
#include "support.h"

#include <math.h>

#include <thread>

namespace {

/* How much of what was heard is that frequency: the mean over pieces of 50 ms, so that a frame that the jitter buffer took
 * out or put in on a busy machine spoils one piece only. */
double tone_share(const std::vector<int16_t> &pcm, double hz, int rate) {
    size_t piece = (size_t)rate / 20, pieces = pcm.size() / piece;
    double sum = 0;
    for (size_t k = 0; k < pieces; k++) {
        double re = 0, im = 0, power = 0;
        for (size_t i = k * piece; i < (k + 1) * piece; i++) {
            re += pcm[i] * cos(2 * M_PI * hz * (double)i / rate);
            im += pcm[i] * sin(2 * M_PI * hz * (double)i / rate);
            power += (double)pcm[i] * pcm[i];
        }
        sum += power ? 2 * (re * re + im * im) / (power * (double)piece) : 0;
    }
    return sum / (double)pieces;
}

std::vector<int16_t> tone(double hz, int rate, int ms) {
    std::vector<int16_t> pcm((size_t)rate * ms / 1000);
    for (size_t i = 0; i < pcm.size(); i++) pcm[i] = (int16_t)(9000 * sin(2 * M_PI * hz * (double)i / rate));
    return pcm;
}

struct Pair {
    Agent alice, bob;
    sipua_id out = 0, in = 0;

    void start(const char *codec) {
        const char *codecs[] = {codec};
        sipua_agent_config c = Agent::defaults();
        c.codecs = codecs;
        c.codec_count = 1;
        ASSERT_NO_FATAL_FAILURE(alice.start(c));
        ASSERT_NO_FATAL_FAILURE(bob.start(c));
        ASSERT_EQ(sipua_agent_ask(bob.raw, SIPUA_ASK_CALL, SIPUA_ON, 1), SIPUA_OK);
        ASSERT_EQ(sipua_agent_ask(bob.raw, SIPUA_ASK_MESSAGE, SIPUA_ON, 2), SIPUA_OK);
        ASSERT_TRUE(bob.reply(2));
    }
    void connect() {
        out = alice.call(bob.uri(), 10, 1234);
        Event reply = alice.next();
        EXPECT_EQ(reply.v.type, SIPUA_EVENT_REPLY);
        EXPECT_EQ(reply.v.user, 1234u);
        EXPECT_TRUE(alice.until(SIPUA_EVENT_CALL_SENDING, out));
        Event incoming = bob.until(SIPUA_EVENT_INCOMING_CALL);
        ASSERT_TRUE(incoming);
        in = incoming.v.id;
        EXPECT_EQ(incoming.v.call, in);
        EXPECT_EQ(str(incoming.v.content_type), "application/sdp");
        EXPECT_NE(str(sipua_event_header(incoming.raw, "user-agent", 0)).find("libsipua"), std::string::npos);
        ASSERT_EQ(sipua_call_ring(bob.raw, in, nullptr, 11), SIPUA_OK);
        Event ringing = alice.until(SIPUA_EVENT_CALL_PROGRESS, out);
        EXPECT_EQ(ringing.v.status, 180);
        ASSERT_EQ(sipua_call_answer(bob.raw, in, nullptr, 12), SIPUA_OK);
        EXPECT_TRUE(alice.until(SIPUA_EVENT_CALL_CONFIRMED, out));
        EXPECT_TRUE(bob.until(SIPUA_EVENT_CALL_CONFIRMED, in));
    }
    void hang_up() {
        ASSERT_EQ(sipua_call_hangup(alice.raw, out, nullptr, 13), SIPUA_OK);
        Event a = alice.until(SIPUA_EVENT_CALL_ENDED, out), b = bob.until(SIPUA_EVENT_CALL_ENDED, in);
        EXPECT_EQ(a.v.cause, SIPUA_CAUSE_TERMINATED);
        EXPECT_EQ(a.v.originator, SIPUA_ORIGINATOR_LOCAL);
        EXPECT_EQ(b.v.originator, SIPUA_ORIGINATOR_REMOTE);
        EXPECT_TRUE(a.v.flags & SIPUA_FLAG_ESTABLISHED);
        EXPECT_EQ(sipua_call_hangup(alice.raw, out, nullptr, 0), SIPUA_E_GONE);
    }
    /* What bob hears while alice plays: at rate 16000. */
    std::vector<int16_t> hear(int ms) {
        std::vector<int16_t> heard((size_t)16 * ms), all;
        size_t got = 0;
        while (got < heard.size()) {
            int n = sipua_audio_read(bob.raw, in, heard.data() + got, (uint32_t)(heard.size() - got), 1000, nullptr);
            if (n <= 0) {
                ADD_FAILURE() << sipua_last_error_text();
                break;
            }
            got += (size_t)n;
        }
        return heard;
    }
};

class Codec : public ::testing::TestWithParam<const char *> {};

TEST_P(Codec, ATonePlayedByOneIsHeardByTheOther) {
    Pair p;
    ASSERT_NO_FATAL_FAILURE(p.start(GetParam()));
    ASSERT_NO_FATAL_FAILURE(p.connect());
    std::vector<int16_t> out = tone(440, 16000, 1500);
    ASSERT_EQ(sipua_audio_write(p.alice.raw, p.out, out.data(), (uint32_t)out.size(), 16000, 1, 0), (int32_t)out.size());
    p.hear(500); /* the way there */
    std::vector<int16_t> heard = p.hear(400);
    EXPECT_GT(tone_share(heard, 440, 16000), 0.6) << GetParam();
    ASSERT_EQ(sipua_call_stats_request(p.bob.raw, p.in, 20), SIPUA_OK);
    Event stats = p.bob.until(SIPUA_EVENT_STATS, p.in);
    sipua_call_stats s = SIPUA_CALL_STATS_INIT;
    ASSERT_EQ(sipua_event_call_stats(stats.raw, &s), (int32_t)sizeof s);
    EXPECT_GT(s.packets_received, 10u);
    EXPECT_STRCASEEQ(s.codec, GetParam());
    EXPECT_EQ(s.ptime_ms, 20);
    ASSERT_NO_FATAL_FAILURE(p.hang_up());
    int16_t pcm[160];
    int n;
    while ((n = sipua_audio_read(p.bob.raw, p.in, pcm, 160, 0, nullptr)) > 0) {
    }
    EXPECT_EQ(n, SIPUA_E_EOF);
    EXPECT_EQ(sipua_audio_write(p.bob.raw, p.in, pcm, 160, 16000, 0, 0), SIPUA_E_GONE);
}
INSTANTIATE_TEST_SUITE_P(All, Codec, ::testing::Values("pcmu", "pcma", "opus"));

TEST(FirstCall, DigitsArriveOneByOne) {
    Pair p;
    ASSERT_NO_FATAL_FAILURE(p.start("pcmu"));
    ASSERT_NO_FATAL_FAILURE(p.connect());
    ASSERT_EQ(sipua_call_dtmf(p.alice.raw, p.out, "12#", 60, 50, 30), SIPUA_OK);
    std::string digits;
    for (int i = 0; i < 3; i++) digits += (char)p.bob.until(SIPUA_EVENT_DTMF, p.in).v.digit;
    EXPECT_EQ(digits, "12#");
    EXPECT_EQ(str(p.alice.until(SIPUA_EVENT_DTMF_SENT, p.out).v.text), "12#");
    p.hang_up();
}

TEST(FirstCall, FlushRepliesFirstAndMarksComeInOrder) {
    Pair p;
    ASSERT_NO_FATAL_FAILURE(p.start("pcmu"));
    ASSERT_NO_FATAL_FAILURE(p.connect());
    std::vector<int16_t> out = tone(440, 8000, 100), longer = tone(300, 8000, 5000);
    ASSERT_EQ(sipua_audio_write(p.alice.raw, p.out, out.data(), (uint32_t)out.size(), 8000, 1, 0), (int32_t)out.size());
    ASSERT_EQ(sipua_audio_mark(p.alice.raw, p.out, 501), SIPUA_OK);
    ASSERT_EQ(sipua_audio_write(p.alice.raw, p.out, longer.data(), (uint32_t)longer.size(), 8000, 2, 0),
              (int32_t)longer.size());
    ASSERT_EQ(sipua_audio_mark(p.alice.raw, p.out, 502), SIPUA_OK);
    EXPECT_GT(sipua_audio_queued(p.alice.raw, p.out), 4000);
    Event played = p.alice.until(SIPUA_EVENT_MARK, p.out);
    EXPECT_EQ(played.v.mark, 501u);
    EXPECT_FALSE(played.v.flags & SIPUA_FLAG_FLUSHED);
    ASSERT_EQ(sipua_audio_flush(p.alice.raw, p.out, 40), SIPUA_OK);
    Event e = p.alice.next();
    bool replied = false;
    while (e && e.v.type != SIPUA_EVENT_FLUSHED) {
        replied |= e.v.type == SIPUA_EVENT_REPLY && e.v.tag == 40;
        if (e.v.type == SIPUA_EVENT_MARK) {
            EXPECT_TRUE(e.v.flags & SIPUA_FLAG_FLUSHED);
        }
        e = p.alice.next();
    }
    EXPECT_TRUE(replied);
    EXPECT_EQ(e.v.segment, 2u);
    EXPECT_GT(e.v.discarded_ms, 3000u);
    EXPECT_LT(sipua_audio_queued(p.alice.raw, p.out), 50);
    p.hang_up();
}

TEST(FirstCall, ReadyCallsAreAnnouncedOnceAndListed) {
    Pair p;
    ASSERT_NO_FATAL_FAILURE(p.start("pcmu"));
    ASSERT_NO_FATAL_FAILURE(p.connect());
    ASSERT_EQ(sipua_audio_watch(p.bob.raw, p.in, 20, 0), SIPUA_OK);
    ASSERT_TRUE(p.bob.until(SIPUA_EVENT_AUDIO_READY));
    sipua_id ready[4];
    ASSERT_EQ(sipua_audio_ready(p.bob.raw, ready, 4), 1);
    EXPECT_EQ(ready[0], p.in);
    EXPECT_EQ(sipua_audio_ready(p.bob.raw, ready, 4), 0);
    int16_t pcm[320];
    EXPECT_GT(sipua_audio_read(p.bob.raw, p.in, pcm, 320, 0, nullptr), 0); /* arms it again */
    ASSERT_TRUE(p.bob.until(SIPUA_EVENT_AUDIO_READY));
    p.hang_up();
}

TEST(FirstCall, AMessageIsAnsweredByTheProgram) {
    Pair p;
    ASSERT_NO_FATAL_FAILURE(p.start("pcmu"));
    sipua_message_config c = SIPUA_MESSAGE_CONFIG_INIT;
    std::string target = p.bob.uri(), body = "Gr\xc3\xbc\xc3\x9f"
                                             "e";
    c.target = target.c_str();
    c.body = body.data();
    c.body_size = (uint32_t)body.size();
    c.user = 77;
    sipua_id id;
    ASSERT_EQ(sipua_message_send(p.alice.raw, 0, &c, 1, &id), SIPUA_OK);
    Event in = p.bob.until(SIPUA_EVENT_MESSAGE);
    ASSERT_TRUE(in);
    EXPECT_EQ(std::string((const char *)in.v.body, in.v.body_size), body);
    ASSERT_EQ(sipua_message_accept(p.bob.raw, in.v.id, nullptr, 2), SIPUA_OK);
    Event out = p.alice.until(SIPUA_EVENT_MESSAGE_DELIVERED, id);
    EXPECT_EQ(out.v.status, 200);
    EXPECT_EQ(out.v.user, 77u);
    EXPECT_TRUE(p.bob.until(SIPUA_EVENT_MESSAGE_ANSWERED, in.v.id));
    ASSERT_EQ(sipua_message_send(p.alice.raw, 0, &c, 1, &id), SIPUA_OK);
    in = p.bob.until(SIPUA_EVENT_MESSAGE);
    ASSERT_EQ(sipua_message_reject(p.bob.raw, in.v.id, nullptr, 2), SIPUA_OK);
    out = p.alice.until(SIPUA_EVENT_MESSAGE_FAILED, id);
    EXPECT_EQ(out.v.status, 480);
    ASSERT_EQ(sipua_options_send(p.alice.raw, 0, &c, 1, &id), SIPUA_OK);
    out = p.alice.until(SIPUA_EVENT_OPTIONS_ANSWERED, id);
    EXPECT_EQ(out.v.status, 200);
    EXPECT_NE(str(sipua_event_header(out.raw, "Allow", 0)).find("INVITE"), std::string::npos);
}

TEST(FirstCall, WithoutAnOptInAnInviteGets480AndAMessage405) {
    Agent alice, bob;
    ASSERT_NO_FATAL_FAILURE(alice.start());
    ASSERT_NO_FATAL_FAILURE(bob.start());
    sipua_id id = alice.call(bob.uri());
    Event e = alice.until(SIPUA_EVENT_CALL_ENDED, id);
    EXPECT_EQ(e.v.status, 480);
    EXPECT_EQ(e.v.cause, SIPUA_CAUSE_UNAVAILABLE);
    sipua_message_config c = SIPUA_MESSAGE_CONFIG_INIT;
    std::string target = bob.uri();
    c.target = target.c_str();
    ASSERT_EQ(sipua_message_send(alice.raw, 0, &c, 0, &id), SIPUA_OK);
    EXPECT_EQ(alice.until(SIPUA_EVENT_MESSAGE_FAILED, id).v.status, 405);
}

TEST(FirstCall, ARejectedCallSaysWhyAndACancelledOneToo) {
    Pair p;
    ASSERT_NO_FATAL_FAILURE(p.start("pcmu"));
    sipua_id out = p.alice.call(p.bob.uri());
    Event in = p.bob.until(SIPUA_EVENT_INCOMING_CALL);
    ASSERT_EQ(sipua_call_reject(p.bob.raw, in.v.id, nullptr, 0), SIPUA_OK);
    EXPECT_EQ(p.bob.until(SIPUA_EVENT_CALL_ENDED, in.v.id).v.cause, SIPUA_CAUSE_REJECTED); /* by us */
    Event e = p.alice.until(SIPUA_EVENT_CALL_ENDED, out);
    EXPECT_EQ(e.v.status, 486);
    EXPECT_EQ(e.v.cause, SIPUA_CAUSE_BUSY);
    EXPECT_STREQ(sipua_cause_text(e.v.cause), "Busy");
    out = p.alice.call(p.bob.uri());
    in = p.bob.until(SIPUA_EVENT_INCOMING_CALL);
    ASSERT_EQ(sipua_call_hangup(p.alice.raw, out, nullptr, 0), SIPUA_OK);
    EXPECT_EQ(p.alice.until(SIPUA_EVENT_CALL_ENDED, out).v.cause, SIPUA_CAUSE_CANCELED);
    EXPECT_EQ(p.bob.until(SIPUA_EVENT_CALL_ENDED, in.v.id).v.cause, SIPUA_CAUSE_CANCELED);
}

TEST(FirstCall, ARegisteredAccountIsCalledThroughTheEmbeddedServer) {
    Agent agent;
    ASSERT_NO_FATAL_FAILURE(agent.start());
    sipua_pair users[] = {{"alice", "secret1"}, {"bob", "secret2"}};
    sipua_server_config sc = SIPUA_SERVER_CONFIG_INIT;
    sc.users = users;
    sc.user_count = 2;
    sipua_id server, listener, account[2];
    ASSERT_EQ(sipua_server_create(agent.raw, &sc, 1, &server), SIPUA_OK);
    sipua_listener_config lc = SIPUA_LISTENER_CONFIG_INIT;
    lc.server = server;
    lc.address = "udp:127.0.0.1:0";
    ASSERT_EQ(sipua_listener_create(agent.raw, &lc, 2, &listener), SIPUA_OK);
    Event up = agent.until(SIPUA_EVENT_LISTENING, listener);
    ASSERT_TRUE(up);
    std::string domain = "127.0.0.1:" + std::to_string(up.v.port);
    ASSERT_EQ(sipua_agent_ask(agent.raw, SIPUA_ASK_CALL, SIPUA_ON, 0), SIPUA_OK);
    for (int i = 0; i < 2; i++) {
        sipua_account_config ac = SIPUA_ACCOUNT_CONFIG_INIT;
        std::string aor = std::string("sip:") + users[i].name + "@" + domain;
        ac.aor = aor.c_str();
        ac.password = users[i].value;
        ac.user = 100 + (uint64_t)i;
        ASSERT_EQ(sipua_account_create(agent.raw, &ac, 0, &account[i]), SIPUA_OK);
        ASSERT_EQ(sipua_account_register(agent.raw, account[i], 0), SIPUA_OK);
        Event e = agent.until(SIPUA_EVENT_REGISTERED, account[i]);
        EXPECT_EQ(e.v.status, 200);
        EXPECT_EQ(e.v.account, account[i]);
        EXPECT_EQ(e.v.user, 100 + (uint64_t)i);
    }
    sipua_call_config cc = SIPUA_CALL_CONFIG_INIT;
    cc.target = "bob";
    sipua_id call;
    ASSERT_EQ(sipua_call_create(agent.raw, account[0], &cc, 0, &call), SIPUA_OK);
    Event in = agent.until(SIPUA_EVENT_INCOMING_CALL);
    ASSERT_TRUE(in);
    EXPECT_EQ(in.v.account, account[1]);
    EXPECT_EQ(in.v.user, 101u);
    ASSERT_EQ(sipua_call_answer(agent.raw, in.v.id, nullptr, 0), SIPUA_OK);
    ASSERT_TRUE(agent.until(SIPUA_EVENT_CALL_CONFIRMED));
    ASSERT_TRUE(agent.until(SIPUA_EVENT_CALL_CONFIRMED));
    ASSERT_EQ(sipua_agent_shutdown(agent.raw, 0, 0), SIPUA_OK);
    ASSERT_TRUE(agent.until(SIPUA_EVENT_SHUTDOWN));
    EXPECT_FALSE(agent.next(0));
    EXPECT_EQ(agent.rc, SIPUA_E_CLOSED);
    for (const char *name : {"call_ended", "unregistered", "account_closed", "listener_closed", "server_closed"})
        EXPECT_NE(std::find(agent.log.begin(), agent.log.end(), name), agent.log.end()) << name;
    EXPECT_EQ(agent.log.back(), "shutdown");
}

TEST(FirstCall, FilesArePlayedAndRecorded) {
    Pair p;
    std::string path = ::testing::TempDir() + "sipua_first_call.wav";
    ASSERT_NO_FATAL_FAILURE(p.start("pcmu"));
    ASSERT_NO_FATAL_FAILURE(p.connect());
    sipua_id player, recorder;
    EXPECT_EQ(sipua_call_play(p.alice.raw, p.out, "/nowhere/at/all.wav", 0, 0, 0, &player), SIPUA_E_NOT_FOUND);
    EXPECT_EQ(sipua_call_play(p.alice.raw, p.out, "/etc/passwd", 0, 0, 0, &player), SIPUA_E_FORMAT);
    EXPECT_EQ(sipua_call_play(p.alice.raw, p.out, "/dev/zero", 0, 0, 0, &player), SIPUA_E_FORMAT);
    EXPECT_EQ(sipua_call_record(p.bob.raw, p.in, "/nowhere/at/all.wav", 0, 0, 0, &recorder), SIPUA_E_IO);
    ASSERT_EQ(sipua_call_record(p.bob.raw, p.in, path.c_str(), SIPUA_RECORD_FAR, 9, 0, &recorder), SIPUA_OK);
    std::vector<int16_t> out = tone(440, 8000, 300);
    ASSERT_EQ(sipua_audio_write(p.alice.raw, p.out, out.data(), (uint32_t)out.size(), 8000, 0, 0), (int32_t)out.size());
    p.hear(500);
    ASSERT_EQ(sipua_recorder_stop(p.bob.raw, recorder, 0), SIPUA_OK);
    Event done = p.bob.until(SIPUA_EVENT_RECORD_DONE, recorder);
    EXPECT_EQ(done.v.code, SIPUA_OK) << done.json();
    EXPECT_EQ(done.v.user, 9u);
    EXPECT_EQ(done.v.call, p.in);
    EXPECT_EQ(str(done.v.target), path);
    ASSERT_EQ(sipua_call_play(p.alice.raw, p.out, path.c_str(), 0, 5, 0, &player), SIPUA_OK) << sipua_last_error_text();
    done = p.alice.until(SIPUA_EVENT_PLAY_DONE, player);
    EXPECT_EQ(done.v.code, SIPUA_OK) << done.json();
    EXPECT_EQ(done.v.user, 5u);
    EXPECT_EQ(sipua_player_stop(p.alice.raw, player, 0), SIPUA_E_GONE);
    ASSERT_EQ(sipua_call_play(p.alice.raw, p.out, path.c_str(), SIPUA_ON, 6, 0, &player), SIPUA_OK);
    p.hang_up();
    remove(path.c_str());
    bool before = false;
    for (auto &s : p.alice.log) before |= s == "play_done";
    EXPECT_TRUE(before);
}

TEST(FirstCall, ATraceShowsEveryMessage) {
    Agent alice, bob;
    sipua_agent_config c = Agent::defaults();
    c.trace = SIPUA_ON;
    ASSERT_NO_FATAL_FAILURE(alice.start(c));
    ASSERT_NO_FATAL_FAILURE(bob.start());
    sipua_id id = alice.call(bob.uri());
    Event e = alice.until(SIPUA_EVENT_TRACE);
    ASSERT_TRUE(e);
    EXPECT_EQ(std::string((const char *)e.v.body, 6), "INVITE");
    EXPECT_EQ(e.v.port, bob.port);
    alice.until(SIPUA_EVENT_CALL_ENDED, id);
    ASSERT_EQ(sipua_option_set(alice.raw, 0, "trace", "off", 3), SIPUA_OK);
    ASSERT_TRUE(alice.reply(3));
    alice.log.clear();
    id = alice.call(bob.uri());
    alice.until(SIPUA_EVENT_CALL_ENDED, id);
    EXPECT_EQ(std::find(alice.log.begin(), alice.log.end(), "trace"), alice.log.end());
}

} // namespace
