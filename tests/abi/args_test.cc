/* Wrong arguments, wrong ids, wrong times: a code and words, never a crash. */
#include "support.h"

#include <map>
#include <regex>
#include <thread>

namespace {

using Calls = std::map<std::string, std::function<int32_t(sipua_agent *, sipua_id)>>;

sipua_id made;
int16_t pcm[160];

/* Every function that takes an object, with otherwise good arguments. */
const Calls &on_calls() {
    static const Calls all = {
        {"call_ring", [](sipua_agent *a, sipua_id i) { return sipua_call_ring(a, i, nullptr, 0); }},
        {"call_answer", [](sipua_agent *a, sipua_id i) { return sipua_call_answer(a, i, nullptr, 0); }},
        {"call_reject", [](sipua_agent *a, sipua_id i) { return sipua_call_reject(a, i, nullptr, 0); }},
        {"call_hangup", [](sipua_agent *a, sipua_id i) { return sipua_call_hangup(a, i, nullptr, 0); }},
        {"call_set_user", [](sipua_agent *a, sipua_id i) { return sipua_call_set_user(a, i, 1, 0); }},
        {"call_dtmf", [](sipua_agent *a, sipua_id i) { return sipua_call_dtmf(a, i, "1", 0, 0, 0); }},
        {"call_play", [](sipua_agent *a, sipua_id i) { return sipua_call_play(a, i, "/x", 0, 0, 0, &made); }},
        {"call_record", [](sipua_agent *a, sipua_id i) { return sipua_call_record(a, i, "/x", 0, 0, 0, &made); }},
        {"call_stats", [](sipua_agent *a, sipua_id i) { return sipua_call_stats_request(a, i, 0); }},
        {"audio_write", [](sipua_agent *a, sipua_id i) { return sipua_audio_write(a, i, pcm, 160, 8000, 0, 0); }},
        {"audio_read", [](sipua_agent *a, sipua_id i) { return sipua_audio_read(a, i, pcm, 160, 0, nullptr); }},
        {"audio_set_rate", [](sipua_agent *a, sipua_id i) { return sipua_audio_set_rate(a, i, 8000); }},
        {"audio_flush", [](sipua_agent *a, sipua_id i) { return sipua_audio_flush(a, i, 0); }},
        {"audio_mark", [](sipua_agent *a, sipua_id i) { return sipua_audio_mark(a, i, 1); }},
        {"audio_queued", [](sipua_agent *a, sipua_id i) { return sipua_audio_queued(a, i); }},
        {"audio_watch", [](sipua_agent *a, sipua_id i) { return sipua_audio_watch(a, i, 20, 0); }},
    };
    return all;
}

const Calls &on_others() {
    static const Calls all = {
        {"account_register", [](sipua_agent *a, sipua_id i) { return sipua_account_register(a, i, 0); }},
        {"account_unregister", [](sipua_agent *a, sipua_id i) { return sipua_account_unregister(a, i, 0, 0); }},
        {"account_close", [](sipua_agent *a, sipua_id i) { return sipua_account_close(a, i, 0); }},
        {"message_accept", [](sipua_agent *a, sipua_id i) { return sipua_message_accept(a, i, nullptr, 0); }},
        {"message_reject", [](sipua_agent *a, sipua_id i) { return sipua_message_reject(a, i, nullptr, 0); }},
        {"player_stop", [](sipua_agent *a, sipua_id i) { return sipua_player_stop(a, i, 0); }},
        {"recorder_stop", [](sipua_agent *a, sipua_id i) { return sipua_recorder_stop(a, i, 0); }},
        {"listener_close", [](sipua_agent *a, sipua_id i) { return sipua_listener_close(a, i, 0); }},
        {"server_set_user", [](sipua_agent *a, sipua_id i) { return sipua_server_set_user(a, i, "x", "y", 0); }},
        {"server_close", [](sipua_agent *a, sipua_id i) { return sipua_server_close(a, i, 0); }},
    };
    return all;
}

sipua_call_config call_config(const char *target = "sip:bob@127.0.0.1:9") {
    sipua_call_config c = SIPUA_CALL_CONFIG_INIT;
    c.target = target;
    return c;
}

sipua_message_config message_config() {
    sipua_message_config c = SIPUA_MESSAGE_CONFIG_INIT;
    c.target = "sip:bob@127.0.0.1:9";
    return c;
}

const Calls &makers() {
    static const Calls all = {
        {"account_create",
         [](sipua_agent *a, sipua_id) {
             sipua_account_config c = SIPUA_ACCOUNT_CONFIG_INIT;
             c.aor = "sip:alice@127.0.0.1";
             return sipua_account_create(a, &c, 0, &made);
         }},
        {"call_create",
         [](sipua_agent *a, sipua_id i) {
             sipua_call_config c = call_config();
             return sipua_call_create(a, i, &c, 0, &made);
         }},
        {"message_send",
         [](sipua_agent *a, sipua_id i) {
             sipua_message_config c = message_config();
             return sipua_message_send(a, i, &c, 0, &made);
         }},
        {"options_send",
         [](sipua_agent *a, sipua_id i) {
             sipua_message_config c = message_config();
             return sipua_options_send(a, i, &c, 0, &made);
         }},
        {"listener_create",
         [](sipua_agent *a, sipua_id i) {
             sipua_listener_config c = SIPUA_LISTENER_CONFIG_INIT;
             c.address = "udp:127.0.0.1:0";
             c.server = i;
             return sipua_listener_create(a, &c, 0, &made);
         }},
        {"server_create",
         [](sipua_agent *a, sipua_id) {
             sipua_server_config c = SIPUA_SERVER_CONFIG_INIT;
             return sipua_server_create(a, &c, 0, &made);
         }},
    };
    return all;
}

const Calls &on_agents() {
    static const Calls all = {
        {"shutdown", [](sipua_agent *a, sipua_id) { return sipua_agent_shutdown(a, 0, 0); }},
        {"stats", [](sipua_agent *a, sipua_id) { return sipua_agent_stats(a, 0); }},
        {"ask", [](sipua_agent *a, sipua_id) { return sipua_agent_ask(a, SIPUA_ASK_CALL, SIPUA_ON, 0); }},
        {"interrupt", [](sipua_agent *a, sipua_id) { return sipua_poll_interrupt(a); }},
        {"fd", [](sipua_agent *a, sipua_id) { return sipua_agent_fd(a); }},
        {"wakeup", [](sipua_agent *a, sipua_id) { return sipua_agent_set_wakeup(a, nullptr, nullptr); }},
        {"option", [](sipua_agent *a, sipua_id) { return sipua_option_set(a, 0, "trace", "off", 0); }},
        {"audio_ready", [](sipua_agent *a, sipua_id) { return sipua_audio_ready(a, nullptr, 0); }},
        {"poll",
         [](sipua_agent *a, sipua_id) {
             sipua_event *e;
             int32_t rc;
             while ((rc = sipua_poll(a, 0, &e)) == 1) sipua_event_destroy(e);
             return rc;
         }},
    };
    return all;
}

void expect_all(const Calls &calls, sipua_agent *a, sipua_id id, int32_t code, const char *when) {
    for (auto &[name, fn] : calls) {
        EXPECT_EQ(fn(a, id), code) << name << " " << when << ": " << sipua_last_error_text();
        EXPECT_EQ(sipua_last_error(), code) << name;
        EXPECT_STRNE(sipua_last_error_text(), "") << name;
    }
}

TEST(Args, NoAgentIsAnError) {
    for (auto *calls : {&on_calls(), &on_others(), &makers(), &on_agents()})
        expect_all(*calls, nullptr, 1, SIPUA_E_INVALID, "without an agent");
    EXPECT_EQ(sipua_agent_close(nullptr), SIPUA_E_INVALID);
    sipua_agent_free(nullptr);
}

TEST(Args, StaleForeignAndOtherIdsAreToldApart) {
    Agent agent, other;
    ASSERT_NO_FATAL_FAILURE(agent.start());
    ASSERT_NO_FATAL_FAILURE(other.start());
    sipua_id call = other.call("sip:bob@127.0.0.1:9");
    sipua_account_config ac = SIPUA_ACCOUNT_CONFIG_INIT;
    ac.aor = "sip:alice@127.0.0.1";
    sipua_id account;
    ASSERT_EQ(sipua_account_create(agent.raw, &ac, 0, &account), SIPUA_OK);
    for (sipua_id id : {(sipua_id)0, call, (sipua_id)987654321, ~(sipua_id)0}) {
        expect_all(on_calls(), agent.raw, id, SIPUA_E_GONE, "stale or foreign");
        expect_all(on_others(), agent.raw, id, SIPUA_E_GONE, "stale or foreign");
    }
    expect_all(on_calls(), agent.raw, account, SIPUA_E_KIND, "an account");
    for (auto &[name, fn] : on_others()) {
        if (name.compare(0, 7, "account")) {
            EXPECT_EQ(fn(agent.raw, account), SIPUA_E_KIND) << name;
        }
    }
    for (auto &[name, fn] : makers()) { /* whose owner is not there */
        if (name == "account_create" || name == "server_create") continue;
        made = 5;
        EXPECT_EQ(fn(agent.raw, call), SIPUA_E_GONE) << name;
        EXPECT_EQ(made, 0u) << name;
    }
    sipua_listener_config lc = SIPUA_LISTENER_CONFIG_INIT;
    lc.address = "udp:127.0.0.1:0";
    lc.server = account;
    EXPECT_EQ(sipua_listener_create(agent.raw, &lc, 0, &made), SIPUA_E_KIND);
    EXPECT_EQ(sipua_option_set(agent.raw, call, "trace", "on", 0), SIPUA_E_GONE);
}

TEST(Args, AfterCloseEverythingSaysSo) {
    Agent agent;
    ASSERT_NO_FATAL_FAILURE(agent.start());
    sipua_id call = agent.call("sip:bob@127.0.0.1:9");
    int fd = sipua_agent_fd(agent.raw);
    EXPECT_GE(fd, 0);
    ASSERT_EQ(sipua_agent_close(agent.raw), SIPUA_OK);
    for (auto *calls : {&on_calls(), &on_others(), &makers(), &on_agents()})
        expect_all(*calls, agent.raw, call, SIPUA_E_CLOSED, "after close");
    EXPECT_EQ(sipua_agent_close(agent.raw), SIPUA_OK);
}

TEST(Args, AfterShutdownCommandsAreRefusedAndTheAgentCanStillBeClosed) {
    Agent agent;
    ASSERT_NO_FATAL_FAILURE(agent.start());
    ASSERT_EQ(sipua_agent_shutdown(agent.raw, -1, 1), SIPUA_OK);
    ASSERT_TRUE(agent.until(SIPUA_EVENT_SHUTDOWN));
    EXPECT_EQ(makers().at("call_create")(agent.raw, 0), SIPUA_E_CLOSED);
    EXPECT_EQ(made, 0u);
    EXPECT_EQ(sipua_agent_stats(agent.raw, 1), SIPUA_E_CLOSED);
    EXPECT_EQ(sipua_agent_close(agent.raw), SIPUA_OK);
}

TEST(Args, NowhereToWriteTheResultIsAnError) {
    Agent agent;
    ASSERT_NO_FATAL_FAILURE(agent.start());
    sipua_call_config cc = call_config();
    sipua_message_config mc = message_config();
    sipua_server_config sc = SIPUA_SERVER_CONFIG_INIT;
    EXPECT_EQ(sipua_agent_create(nullptr, nullptr), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_poll(agent.raw, 0, nullptr), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_call_create(agent.raw, 0, &cc, 0, nullptr), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_call_create(agent.raw, 0, nullptr, 0, &made), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_message_send(agent.raw, 0, &mc, 0, nullptr), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_message_send(agent.raw, 0, nullptr, 0, &made), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_options_send(agent.raw, 0, nullptr, 0, &made), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_account_create(agent.raw, nullptr, 0, &made), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_listener_create(agent.raw, nullptr, 0, &made), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_server_create(agent.raw, nullptr, 0, &made), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_server_create(agent.raw, &sc, 0, nullptr), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_audio_ready(agent.raw, nullptr, 3), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_option_set(agent.raw, 0, nullptr, "on", 0), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_option_set(agent.raw, 0, "trace", nullptr, 0), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_event_get(nullptr, nullptr), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_event_header_count(nullptr), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_event_header(nullptr, "a", 0), nullptr);
    EXPECT_EQ(sipua_event_message(nullptr, nullptr), nullptr);
    EXPECT_EQ(sipua_event_json(nullptr), nullptr);
    EXPECT_EQ(sipua_event_call_stats(nullptr, nullptr), SIPUA_E_INVALID);
    sipua_event_destroy(nullptr);
    sipua_call_config_init(nullptr, 8);
}

TEST(Args, BadValuesAreRefusedAtOnceWithWords) {
    Agent agent;
    ASSERT_NO_FATAL_FAILURE(agent.start());
    auto call = [&](std::function<void(sipua_call_config &)> change) {
        sipua_call_config c = call_config();
        change(c);
        return sipua_call_create(agent.raw, 0, &c, 0, &made);
    };
    for (const char *bad : {"", "sip:", "sip:a b@c", "sip:x@y\r\nEvil: 1", "<sip:x@y>", "bob@", "sip:\xff@x", "http://x", "mailto:x@y", "a b"})
        EXPECT_EQ(call([&](auto &c) { c.target = bad; }), SIPUA_E_URI) << bad;
    EXPECT_EQ(call([](auto &c) { c.target = nullptr; }), SIPUA_E_URI);
    EXPECT_EQ(call([](auto &c) { c.from = "nonsense"; }), SIPUA_E_URI);
    EXPECT_EQ(call([](auto &c) { c.rate = 11025; }), SIPUA_E_INVALID);
    EXPECT_EQ(call([](auto &c) { c.media = 7; }), SIPUA_E_INVALID);
    EXPECT_EQ(call([](auto &c) { c.user = 1ull << 53; }), SIPUA_E_INVALID);
    EXPECT_EQ(call([](auto &c) { c.body_size = 5; }), SIPUA_E_INVALID);
    EXPECT_EQ(call([](auto &c) { c.header_count = 1; }), SIPUA_E_INVALID);
    const char *codecs[] = {"nonsense"};
    EXPECT_EQ(call([&](auto &c) { c.codecs = codecs, c.codec_count = 1; }), SIPUA_E_FORMAT);
    sipua_pair bad[] = {{"X-A", "1\r\nEvil: 2"}, {"X A", "1"}, {"", "1"}, {nullptr, "1"}, {"X", nullptr}, {"Via", "1"},
                        {"v", "1"}, {"call-id", "1"}, {"X", "\xff"}};
    for (auto &h : bad) EXPECT_EQ(call([&](auto &c) { c.headers = &h, c.header_count = 1; }), SIPUA_E_HEADER) << str(h.name);
    std::string huge(100000, 'x'), body(70000, 'b');
    EXPECT_EQ(call([&](auto &c) { c.target = huge.c_str(); }), SIPUA_E_URI);
    EXPECT_EQ(call([&](auto &c) { c.body = body.data(), c.body_size = 70000; }), SIPUA_E_LIMIT);
    sipua_pair big = {"X-Big", huge.c_str()};
    EXPECT_EQ(call([&](auto &c) { c.headers = &big, c.header_count = 1; }), SIPUA_E_HEADER);
    EXPECT_EQ(sipua_agent_ask(agent.raw, 99, SIPUA_ON, 0), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_agent_ask(agent.raw, SIPUA_ASK_CALL, 3, 0), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_agent_shutdown(agent.raw, -5, 0), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_option_set(agent.raw, 0, "no_such", "1", 0), SIPUA_E_NOT_FOUND);
    EXPECT_EQ(sipua_option_set(agent.raw, 0, "log_level", "9", 0), SIPUA_E_INVALID);
    EXPECT_EQ(agent.next(0).v.type, 0); /* nothing of this became an event */
}

TEST(Args, BadSettingsOfAnAgentAreRefused) {
    auto create = [](std::function<void(sipua_agent_config &)> change) {
        sipua_agent_config c = Agent::defaults();
        change(c);
        sipua_agent *a = (sipua_agent *)8;
        int32_t rc = sipua_agent_create(&c, &a);
        EXPECT_EQ(a, nullptr);
        return rc;
    };
    const char *listen[] = {"quic:127.0.0.1:0", "udp:localhost:0", "udp:127.0.0.1", "udp:127.0.0.1:70000", "udp::5060",
                            "udp:127.0.0.1:x", "tcp:[::1:5060"};
    for (auto &l : listen) {
        int32_t rc = create([&](auto &c) { c.listen = &l, c.listen_count = 1; });
        EXPECT_TRUE(rc == SIPUA_E_FORMAT || rc == SIPUA_E_ADDRESS) << l << " " << rc;
    }
    EXPECT_EQ(create([](auto &c) { c.bind = "example.com"; }), SIPUA_E_ADDRESS);
    EXPECT_EQ(create([](auto &c) { c.bind = "192.0.2.1"; }), SIPUA_E_ADDRESS); /* nobody's here */
    EXPECT_EQ(create([](auto &c) { c.rtp_port_min = 5000; }), SIPUA_E_INVALID);
    EXPECT_EQ(create([](auto &c) { c.rtp_port_max = 99999, c.rtp_port_min = 1; }), SIPUA_E_INVALID);
    EXPECT_EQ(create([](auto &c) { c.max_calls = -2; }), SIPUA_E_INVALID);
    EXPECT_EQ(create([](auto &c) { c.log_level = 5; }), SIPUA_E_INVALID);
    EXPECT_EQ(create([](auto &c) { c.trace = 9; }), SIPUA_E_INVALID);
    EXPECT_EQ(create([](auto &c) { c.user_agent = "a\r\nb"; }), SIPUA_E_INVALID);
    EXPECT_EQ(create([](auto &c) { c.listen_count = 1; }), SIPUA_E_INVALID);
    const char *dns[] = {"not an address"};
    EXPECT_EQ(create([&](auto &c) { c.dns_servers = dns, c.dns_server_count = 1; }), SIPUA_E_ADDRESS);
    Agent taken;
    ASSERT_NO_FATAL_FAILURE(taken.start());
    std::string address = "udp:127.0.0.1:" + std::to_string(taken.port);
    const char *l = address.c_str();
    EXPECT_EQ(create([&](auto &c) { c.listen = &l, c.listen_count = 1; }), SIPUA_E_IN_USE);
    sipua_listener_config lc = SIPUA_LISTENER_CONFIG_INIT;
    lc.address = l;
    sipua_id listener;
    ASSERT_EQ(sipua_listener_create(taken.raw, &lc, 4, &listener), SIPUA_OK);
    EXPECT_EQ(taken.reply(4).v.code, SIPUA_E_IN_USE);
    EXPECT_EQ(taken.until(SIPUA_EVENT_LISTENER_CLOSED, listener).v.code, SIPUA_E_IN_USE);
}

TEST(Args, ACallBeyondTheLimitIsRefused) {
    Agent agent;
    sipua_agent_config c = Agent::defaults();
    c.max_calls = 2;
    ASSERT_NO_FATAL_FAILURE(agent.start(c));
    SilentPeer bob;
    agent.call(bob.uri);
    agent.call(bob.uri);
    sipua_call_config cc = call_config();
    EXPECT_EQ(sipua_call_create(agent.raw, 0, &cc, 0, &made), SIPUA_E_LIMIT);
}

TEST(Errors, EveryCodeHasANameAndWordsAndAnyNumberIsLegal) {
    for (int c = -40; c <= 5; c++) {
        EXPECT_STRNE(sipua_error_name(c), "");
        EXPECT_STRNE(sipua_error_text(c), "");
        sipua_error_retryable(c);
        sipua_error_fatal(c);
    }
    EXPECT_STREQ(sipua_error_name(SIPUA_E_GONE), "SIPUA_E_GONE");
    EXPECT_STREQ(sipua_error_name(INT32_MIN), sipua_error_name(-1000));
    EXPECT_STREQ(sipua_cause_text(SIPUA_CAUSE_NO_ANSWER), "No Answer");
    EXPECT_STREQ(sipua_cause_text(-1), "");
    EXPECT_STREQ(sipua_cause_text(99), "");
    EXPECT_STREQ(sipua_event_type_name(12345), "");
    EXPECT_EQ(sipua_error_fatal(SIPUA_E_FORKED), 1);
    EXPECT_EQ(sipua_error_retryable(SIPUA_E_FULL), 1);
    EXPECT_EQ(sipua_abi_version(), SIPUA_VERSION_MAJOR * 65536 + SIPUA_VERSION_MINOR);
}

TEST(Errors, TheDetailBelongsToTheThread) {
    EXPECT_EQ(sipua_agent_close(nullptr), SIPUA_E_INVALID);
    std::thread([] { EXPECT_STREQ(sipua_last_error_text(), ""); }).join();
    EXPECT_STREQ(sipua_last_error_text(), "agent is NULL");
}

TEST(Options, TheTableCanBeWalkedAndEveryDefaultBeSet) {
    Agent agent;
    ASSERT_NO_FATAL_FAILURE(agent.start());
    int32_t n = sipua_option_count();
    EXPECT_GE(n, 5);
    for (int32_t i = 0; i < n; i++) {
        sipua_option_info o = SIPUA_OPTION_INFO_INIT;
        ASSERT_EQ(sipua_option_at(i, &o), (int32_t)sizeof o);
        EXPECT_STRNE(o.text, "");
        if (strstr(o.scope, "agent")) {
            EXPECT_EQ(sipua_option_set(agent.raw, 0, o.key, o.default_value, 50), SIPUA_OK) << o.key;
            Event e = agent.reply(50);
            EXPECT_EQ(e.v.code, SIPUA_OK) << o.key << ": " << str(e.v.text);
        }
        EXPECT_EQ(o.choices != nullptr, !strcmp(o.type, "choice")) << o.key;
        if (o.choices) {
            EXPECT_EQ(sipua_option_set(agent.raw, 0, o.key, "perhaps", 0), SIPUA_E_INVALID) << o.key;
        }
        if (!strcmp(o.type, "int") && strstr(o.scope, "agent")) {
            std::string over = std::to_string((int64_t)o.maximum + 1);
            EXPECT_EQ(sipua_option_set(agent.raw, 0, o.key, over.c_str(), 0), SIPUA_E_INVALID) << o.key;
        }
    }
    sipua_option_info o = SIPUA_OPTION_INFO_INIT;
    EXPECT_EQ(sipua_option_at(n, &o), SIPUA_E_NOT_FOUND);
    EXPECT_EQ(sipua_option_at(-1, &o), SIPUA_E_NOT_FOUND);
}

} // namespace
