/* Calls that are mixed, and calls that are muted. */
#include "flow/flow_fixture.h"

namespace {

/* A phone that raw peers call, and that answers them all. */
struct Table : ::testing::Test {
    void SetUp() override {
        fake_net_begin(1);
        p.reset(new Phone("10.0.0.1", true));
        p->on = [this](const ua_event &ev) {
            if (ev.type == UA_EV_INCOMING_CALL && answers) ua_call_answer(ev.call, nullptr);
        };
    }
    void TearDown() override {
        peers.clear();
        p.reset();
        EXPECT_TRUE(fake_net_end()) << "something was not closed";
    }
    struct Peer {
        explicit Peer(const std::string &host) : r(host), host(host) {}
        Raw r;
        std::string host;
        ua_call *call = nullptr;
        std::unique_ptr<Sip> ok;
    };
    Peer &call(bool answered = true) {
        std::string host = "10.0.1." + std::to_string(peers.size() + 1);
        peers.emplace_back(new Peer(host));
        Peer &x = *peers.back();
        size_t n = p->count(UA_EV_INCOMING_CALL);
        answers = answered;
        x.r.send("10.0.0.1", x.r.invite("sip:x@10.0.0.1", host, sdp(host, 4000)));
        EXPECT_NE(p->wait(UA_EV_INCOMING_CALL, 2000, n + 1), nullptr);
        x.call = p->last(UA_EV_INCOMING_CALL)->call;
        if (answered) confirm(x);
        return x;
    }
    void confirm(Peer &x) {
        size_t n = p->count(UA_EV_CALL_CONFIRMED);
        ASSERT_NE(x.r.wait("200 INVITE"), nullptr);
        x.ok.reset(new Sip(x.r.last("200 INVITE")->raw));
        x.r.ack("10.0.0.1", *x.ok);
        ASSERT_NE(p->wait(UA_EV_CALL_CONFIRMED, 2000, n + 1), nullptr);
    }
    ua_conference *conference(int rate = 16000) {
        ua_conference_config c = {rate};
        ua_conference *f = nullptr;
        EXPECT_EQ(ua_conference_create(p->agent, &c, 500, &f), 0) << sx_last_error_text();
        return f;
    }
    fake_media_look room(ua_conference *f) { return p->look((char *)f + 1); }
    std::unique_ptr<Phone> p;
    std::vector<std::unique_ptr<Peer>> peers;
    bool answers = true;
};

TEST_F(Table, ThreeCallsAreInOneConferenceAndEachJoinAndLeaveIsTold) {
    ua_conference *f = conference();
    Peer &a = call(), &b = call(), &c = call(false);
    for (Peer *x : {&a, &b, &c}) ASSERT_EQ(ua_conference_add(f, x->call), 0) << sx_last_error_text();
    fake_run_for(10);
    ASSERT_EQ(p->count(UA_EV_CONFERENCE_CHANGED), 3u);
    const Event *ev = p->last(UA_EV_CONFERENCE_CHANGED);
    EXPECT_EQ(ev->conference, f);
    EXPECT_EQ(ev->other, c.call);
    EXPECT_EQ(ev->count, 3u);
    EXPECT_TRUE(ev->flags & UA_FLAG_ADDED);
    EXPECT_EQ(room(f).members, 3u) << "also who is not answered yet";
    ua_call_answer(c.call, nullptr);
    confirm(c);
    EXPECT_EQ(p->look(c.call).room, p->look(a.call).room);

    ASSERT_EQ(ua_conference_remove(f, a.call), 0);
    EXPECT_EQ(ua_conference_remove(f, a.call), SX_E_STATE);
    fake_run_for(10);
    ev = p->last(UA_EV_CONFERENCE_CHANGED);
    EXPECT_EQ(ev->other, a.call);
    EXPECT_EQ(ev->count, 2u);
    EXPECT_FALSE(ev->flags & UA_FLAG_ADDED);
    EXPECT_EQ(room(f).members, 2u);

    b.r.send("10.0.0.1", b.r.inside("BYE", *b.ok, 2));
    ASSERT_NE(p->wait(UA_EV_CALL_ENDED), nullptr);
    ASSERT_EQ(p->count(UA_EV_CONFERENCE_CHANGED), 5u);
    EXPECT_EQ(p->last(UA_EV_CONFERENCE_CHANGED)->other, b.call);
    EXPECT_EQ(p->last(UA_EV_CONFERENCE_CHANGED)->count, 1u);
    EXPECT_EQ(p->events.back().type, UA_EV_CALL_ENDED) << "it has left before it ends";

    ASSERT_EQ(ua_conference_end(f, false), 0);
    EXPECT_EQ(ua_conference_add(f, a.call), SX_E_GONE);
    ASSERT_NE(p->wait(UA_EV_CONFERENCE_ENDED), nullptr);
    EXPECT_EQ(p->last(UA_EV_CONFERENCE_ENDED)->conference, f);
    EXPECT_EQ(p->count(UA_EV_CONFERENCE_CHANGED), 6u);
    EXPECT_EQ(p->count(UA_EV_CALL_ENDED), 1u) << "the calls go on";
    EXPECT_EQ(p->events.back().type, UA_EV_CONFERENCE_ENDED);
}

TEST_F(Table, TheEndMayHangUpAllAndAConferenceWithoutCallsEndsToo) {
    ua_conference *f = conference(8000), *empty = conference();
    Peer &a = call(), &b = call(false);
    ua_conference_add(f, a.call);
    ua_conference_add(f, b.call);
    ASSERT_EQ(ua_conference_end(f, true), 0);
    EXPECT_EQ(ua_conference_end(f, true), 0);
    ua_conference_end(empty, true);
    ASSERT_NE(p->wait(UA_EV_CONFERENCE_ENDED, 2000, 2), nullptr);
    ASSERT_NE(a.r.wait("BYE"), nullptr);
    ASSERT_NE(b.r.wait("480 INVITE"), nullptr);
    EXPECT_EQ(p->count(UA_EV_CONFERENCE_CHANGED), 4u);
    a.r.reply(*a.r.last("BYE"), 200);
    fake_run_for(100);
}

TEST_F(Table, ACallIsInOneConferenceOrBridgeAtATime) {
    ua_conference *f = conference(), *g = conference();
    Peer &a = call(), &b = call();
    ua_bridge *br = nullptr;
    ASSERT_EQ(ua_conference_add(f, a.call), 0);
    EXPECT_EQ(ua_conference_add(f, a.call), SX_E_BUSY);
    EXPECT_EQ(ua_conference_add(g, a.call), SX_E_BUSY);
    EXPECT_EQ(ua_bridge_create(p->agent, a.call, b.call, nullptr, 1, &br), SX_E_BUSY);
    ASSERT_EQ(ua_conference_remove(f, a.call), 0);
    ASSERT_EQ(ua_conference_add(g, a.call), 0);
    fake_run_for(10);
    ASSERT_EQ(p->count(UA_EV_CONFERENCE_CHANGED), 3u);
    EXPECT_EQ(p->last(UA_EV_CONFERENCE_CHANGED)->conference, g);
}

TEST_F(Table, ACallThatReplacesAMemberTakesItsPlace) {
    ua_conference *f = conference();
    Peer &a = call();
    ua_conference_add(f, a.call);
    a.r.on = [&](const Sip &m) {
        if (m.method() == "BYE") a.r.reply(m, 200);
    };
    Raw next("10.0.0.6");
    next.send("10.0.0.1", next.invite("sip:x@10.0.0.1", "n", sdp("10.0.0.6", 4000),
                                      "Replaces: " + a.host + ";to-tag=" + a.ok->to_tag() + ";from-tag=" +
                                          a.ok->from_tag() + "\r\n"));
    ASSERT_NE(next.wait("200 INVITE"), nullptr);
    next.ack("10.0.0.1", *next.last("200 INVITE"));
    ASSERT_NE(p->wait(UA_EV_CALL_ENDED), nullptr);
    ASSERT_EQ(p->count(UA_EV_CONFERENCE_CHANGED), 3u) << "in, out, in";
    EXPECT_EQ(p->last(UA_EV_CONFERENCE_CHANGED)->other, p->last(UA_EV_CALL_REPLACED)->call);
    EXPECT_EQ(room(f).members, 1u);
}

TEST_F(Table, FilesAndRecordingsOfAConferenceEndWithTheirEvents) {
    ua_conference *f = conference();
    ASSERT_EQ(ua_conference_play(f, "a.wav", false, 71), 0);
    ASSERT_EQ(ua_conference_play(f, "b.wav", true, 72), 0);
    ASSERT_NE(p->wait(UA_EV_PLAY_DONE), nullptr);
    EXPECT_EQ(p->last(UA_EV_PLAY_DONE)->id, 71u);
    EXPECT_EQ(p->last(UA_EV_PLAY_DONE)->conference, f);
    ASSERT_EQ(ua_conference_stop_play(f, 72), 0);
    ASSERT_NE(p->wait(UA_EV_PLAY_DONE, 1000, 2), nullptr);
    EXPECT_EQ(p->last(UA_EV_PLAY_DONE)->id, 72u);
    EXPECT_TRUE(p->last(UA_EV_PLAY_DONE)->flags & UA_FLAG_FLUSHED);
    ASSERT_EQ(ua_conference_record(f, "all.wav", 80), 0);
    EXPECT_EQ(ua_conference_record(f, "all.wav", 81), SX_E_IN_USE);
    ASSERT_EQ(ua_conference_stop_record(f, 80), 0);
    EXPECT_EQ(ua_conference_stop_record(f, 81), SX_E_GONE);
    ASSERT_NE(p->wait(UA_EV_RECORD_DONE), nullptr);
    EXPECT_EQ(p->last(UA_EV_RECORD_DONE)->target, "all.wav");
    EXPECT_EQ(p->last(UA_EV_RECORD_DONE)->conference, f);
    EXPECT_EQ(ua_conference_record(f, "all.wav", 82), 0) << "it may be written again";
}

TEST_F(Table, TheProgramsAudioIsAMemberWithEventsOfTheConference) {
    ua_conference *f = conference();
    media_audio *audio = ua_conference_audio(f);
    ASSERT_NE(audio, nullptr);
    media_event ev = {};
    ev.type = MEDIA_MARK;
    ev.u.mark.mark_id = 9;
    ev.u.mark.played = true;
    fake_media_say(p->media, (char *)f + 1, ev);
    ASSERT_NE(p->wait(UA_EV_MARK), nullptr);
    EXPECT_EQ(p->last(UA_EV_MARK)->conference, f);
    EXPECT_EQ(p->last(UA_EV_MARK)->call, nullptr);
    media_audio_unref(audio);
}

TEST_F(Table, AShutdownEndsConferencesBeforeItIsOver) {
    ua_conference *f = conference();
    Peer &a = call();
    a.r.on = [&](const Sip &m) {
        if (m.method() == "BYE") a.r.reply(m, 200);
    };
    ua_conference_add(f, a.call);
    ua_agent_shutdown(p->agent, 2000);
    ASSERT_NE(p->wait(UA_EV_SHUTDOWN), nullptr);
    EXPECT_EQ(p->count(UA_EV_CONFERENCE_ENDED), 1u);
    EXPECT_EQ(p->count(UA_EV_CONFERENCE_CHANGED), 2u);
    EXPECT_EQ(p->events.back().type, UA_EV_SHUTDOWN);
}

TEST_F(Table, AnAgentMayGoWithItsConferencesAndBridgesUp) {
    ua_conference *f = conference();
    Peer &a = call(), &b = call(), &c = call();
    ua_conference_add(f, a.call);
    ua_conference_remove(f, a.call);
    ua_conference_add(f, a.call);
    ua_bridge *br = nullptr;
    ASSERT_EQ(ua_bridge_create(p->agent, b.call, c.call, nullptr, 1, &br), 0);
    p->destroy();
}

TEST_F(Table, MuteIsToldOncePerChangeAndGoesToTheMedia) {
    Peer &a = call();
    EXPECT_EQ(ua_call_mute(a.call, 0, true), SX_E_INVALID);
    EXPECT_EQ(ua_call_mute(a.call, UA_FLAG_ADDED, true), SX_E_INVALID);
    ASSERT_EQ(ua_call_mute(a.call, UA_FLAG_SEND, true), 0);
    ASSERT_EQ(ua_call_mute(a.call, UA_FLAG_SEND, true), 0);
    fake_run_for(10);
    ASSERT_EQ(p->count(UA_EV_CALL_MUTED), 1u);
    EXPECT_EQ(p->last(UA_EV_CALL_MUTED)->flags, (uint32_t)UA_FLAG_SEND);
    EXPECT_EQ(p->look(a.call).muted, (unsigned)MEDIA_MUTE_SEND);
    ASSERT_EQ(ua_call_mute(a.call, UA_FLAG_SEND | UA_FLAG_RECEIVE, true), 0);
    ASSERT_EQ(ua_call_mute(a.call, UA_FLAG_SEND, false), 0); /* in the same turn: both are told */
    fake_run_for(10);
    ASSERT_EQ(p->count(UA_EV_CALL_MUTED), 2u);
    ASSERT_EQ(p->count(UA_EV_CALL_UNMUTED), 1u);
    EXPECT_EQ(p->last(UA_EV_CALL_UNMUTED)->flags, (uint32_t)UA_FLAG_RECEIVE) << "what is still muted";
    EXPECT_EQ(p->look(a.call).muted, (unsigned)MEDIA_MUTE_RECEIVE);
    EXPECT_EQ(a.r.count("INVITE"), 0u) << "the peer is not told";
    for (int i = 0; i < 20; i++) ua_call_mute(a.call, UA_FLAG_SEND, i % 2 == 0);
    fake_run_for(10);
    EXPECT_EQ(p->look(a.call).muted, (unsigned)MEDIA_MUTE_RECEIVE);
    EXPECT_LE(p->count(UA_EV_CALL_MUTED) + p->count(UA_EV_CALL_UNMUTED), 11u) << "bounded";
}

TEST_F(Table, AHeldCallIsToldToTheMediaAsHeldAndTheOptionReachesIt) {
    Peer &a = call();
    EXPECT_FALSE(p->look(a.call).config.held);
    ASSERT_EQ(ua_option_set(p->agent, nullptr, a.call, "stall_ms", "700"), 0) << sx_last_error_text();
    EXPECT_EQ(p->look(a.call).stall_ms, 700u);
    a.r.send("10.0.0.1", a.r.inside("INVITE", *a.ok, 2, sdp(a.host, 4000, "0", "a=sendonly\r\n")));
    ASSERT_NE(a.r.wait("200 INVITE", 2000, 2), nullptr);
    a.r.ack("10.0.0.1", *a.r.last("200 INVITE"));
    EXPECT_TRUE(p->look(a.call).config.held);
    EXPECT_TRUE(p->look(a.call).config.receive);
    a.r.send("10.0.0.1", a.r.inside("INVITE", *a.ok, 3, sdp(a.host, 4000)));
    ASSERT_NE(a.r.wait("200 INVITE", 2000, 3), nullptr);
    a.r.ack("10.0.0.1", *a.r.last("200 INVITE"));
    EXPECT_FALSE(p->look(a.call).config.held);
}

} // namespace
