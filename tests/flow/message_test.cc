#include "flow/flow_fixture.h"

namespace {

const char *kReg = "10.0.0.9";

struct Pair {
    Registrar reg{kReg};
    Phone alice{"10.0.0.1"}, bob{"10.0.0.2"};
    ua_account *a, *b;
    Pair() {
        a = alice.account("sip:alice@10.0.0.9", "secret");
        b = bob.account("sip:bob@10.0.0.9", "hunter2");
        EXPECT_EQ(ua_account_register(a), 0);
        EXPECT_EQ(ua_account_register(b), 0);
        EXPECT_NE(alice.wait(UA_EV_REGISTERED), nullptr);
        EXPECT_NE(bob.wait(UA_EV_REGISTERED), nullptr);
    }
};

ua_message *send(Phone &p, ua_account *acc, const char *target, const char *body, int *rc = nullptr) {
    ua_message_config c = {};
    c.target = target;
    c.body = sx_slice_str(body);
    ua_message *m = nullptr;
    int r = ua_message_send(p.agent, acc, &c, 5, &m);
    if (rc)
        *rc = r;
    else
        EXPECT_EQ(r, 0) << sx_last_error_text();
    return m;
}

TEST_F(Flow, AMessageArrivesThroughTheRegistrarAndIsAccepted) {
    Pair p;
    p.bob.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_MESSAGE) {
            EXPECT_EQ(ua_message_accept(ev.message, nullptr), 0);
        }
    };
    send(p.alice, p.a, "bob", "hello");
    const Event *e = p.bob.wait(UA_EV_MESSAGE);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->body, "hello");
    EXPECT_EQ(e->from, "sip:alice@10.0.0.9");
    EXPECT_EQ(e->account, p.b);
    EXPECT_EQ(e->content_type, "text/plain;charset=utf-8");
    EXPECT_EQ(e->default_status, 480);
    EXPECT_EQ(e->deadline_ms, 30000);
    e = p.alice.wait(UA_EV_MESSAGE_DELIVERED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->status, 200);
    ASSERT_NE(p.bob.wait(UA_EV_MESSAGE_ANSWERED), nullptr);
    EXPECT_EQ(p.bob.last(UA_EV_MESSAGE_ANSWERED)->flags & UA_FLAG_DEFAULT, 0u);
}

TEST_F(Flow, AMessageMayBeDecidedLater) {
    Pair p;
    send(p.alice, p.a, "bob", "well?");
    const Event *e = p.bob.wait(UA_EV_MESSAGE);
    ASSERT_NE(e, nullptr);
    ua_message *m = e->message;
    fake_run_for(8000);
    EXPECT_EQ(p.bob.count(UA_EV_MESSAGE), 1u) << "retransmissions are one message";
    ua_pair h[] = {{"X-Why", "busy"}};
    ua_reply r = {};
    r.status = 486;
    r.headers = h;
    r.header_count = 1;
    ASSERT_EQ(ua_message_reject(m, &r), 0);
    e = p.alice.wait(UA_EV_MESSAGE_FAILED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->status, 486);
    EXPECT_EQ(e->cause, UA_CAUSE_BUSY);
    EXPECT_NE(e->raw.find("X-Why: busy"), std::string::npos);
}

TEST_F(Flow, AnUndecidedMessageGets480AndSaysSo) {
    Pair p;
    send(p.alice, p.a, "bob", "anybody?");
    const Event *e = p.bob.wait(UA_EV_MESSAGE_ANSWERED, 40000);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->status, 480);
    EXPECT_NE(e->flags & UA_FLAG_DEFAULT, 0u);
    e = p.alice.wait(UA_EV_MESSAGE_FAILED, 5000);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->status, 480);
}

TEST_F(Flow, AProgramThatTakesNoMessagesSays405) {
    Pair p;
    ua_agent_ask(p.bob.agent, 1u << UA_ASK_CALL);
    send(p.alice, p.a, "bob", "x");
    const Event *e = p.alice.wait(UA_EV_MESSAGE_FAILED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->status, 405);
    EXPECT_EQ(p.bob.count(UA_EV_MESSAGE), 0u);
}

TEST_F(Flow, AMessageToNobodyFailsWithWords) {
    Pair p;
    send(p.alice, p.a, "carol", "x");
    const Event *e = p.alice.wait(UA_EV_MESSAGE_FAILED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->cause, UA_CAUSE_NOT_FOUND);
    int rc = 0;
    send(p.alice, p.a, "sip:", "x", &rc);
    EXPECT_EQ(rc, SX_E_URI);
    send(p.alice, nullptr, "+49 30 123", "x", &rc);
    EXPECT_EQ(rc, SX_E_URI) << "nothing to complete it with";
    ua_message_config c = {};
    ua_pair h[] = {{"X-A", "b\r\nEvil: yes"}};
    c.target = "bob";
    c.headers = h;
    c.header_count = 1;
    ua_message *m;
    EXPECT_EQ(ua_message_send(p.alice.agent, p.a, &c, 1, &m), SX_E_HEADER);
}

TEST_F(Flow, DirectMessagesNeedNoAccount) {
    Phone a("10.0.0.1"), b("10.0.0.2", true);
    b.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_MESSAGE) ua_message_accept(ev.message, nullptr);
    };
    fake_host("10.0.0.1");
    send(a, nullptr, "10.0.0.2", "direct");
    ASSERT_NE(a.wait(UA_EV_MESSAGE_DELIVERED), nullptr);
    EXPECT_EQ(b.last(UA_EV_MESSAGE)->from, "sip:sipua@10.0.0.1");
    EXPECT_EQ(b.last(UA_EV_MESSAGE)->account, nullptr);
}

TEST_F(Flow, LossDuplicatesAndReorderingDeliverAMessageOnce) {
    Pair p;
    fake_link l = {};
    l.latency_ms = 20;
    l.jitter_ms = 60;
    l.loss_percent = 25;
    l.dup_percent = 20;
    fake_link_set(nullptr, nullptr, &l);
    p.bob.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_MESSAGE) ua_message_accept(ev.message, nullptr);
    };
    for (int i = 0; i < 20; i++) send(p.alice, p.a, "bob", std::to_string(i).c_str());
    ASSERT_NE(p.alice.wait(UA_EV_MESSAGE_DELIVERED, 40000, 20), nullptr);
    EXPECT_EQ(p.bob.count(UA_EV_MESSAGE), 20u);
}

TEST_F(Flow, OptionsTellsWhatAPeerCanDo) {
    Phone a("10.0.0.1"), b("10.0.0.2", true);
    ua_message_config c = {};
    c.target = "sip:10.0.0.2";
    ua_message *m;
    ASSERT_EQ(ua_options_send(a.agent, nullptr, &c, 3, &m), 0);
    const Event *e = a.wait(UA_EV_OPTIONS_ANSWERED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->status, 200);
    Sip ok(e->raw);
    EXPECT_NE(ok.header("Allow").find("INVITE"), std::string::npos);
    EXPECT_NE(ok.header("Accept").find("application/sdp"), std::string::npos);
    EXPECT_FALSE(ok.header("Supported").empty());
    EXPECT_EQ(b.count(UA_EV_OPTIONS), 1u);
    c.target = "sip:10.0.0.77";
    ASSERT_EQ(ua_options_send(a.agent, nullptr, &c, 4, &m), 0);
    e = a.wait(UA_EV_OPTIONS_ANSWERED, 40000, 2);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->status, 408); /* as a MESSAGE or a call that nobody answers: RFC 3261 8.1.3.1 */
    EXPECT_LT(e->code, 0);
    EXPECT_NE(e->cause, UA_CAUSE_NONE);
    EXPECT_FALSE(e->words.empty());
}

TEST_F(Flow, StrangersAreDroppedCountedAndToldOncePerMinute) {
    Phone p("10.0.0.1");
    p.account("sip:alice@10.0.0.9");
    Raw scanner("10.0.0.66");
    for (int i = 0; i < 5; i++) {
        scanner.send("10.0.0.1",
                     scanner.invite("sip:100@10.0.0.1", "scan" + std::to_string(i), sdp("10.0.0.66", 4000)));
        fake_run_for(100);
    }
    fake_run_for(5000);
    EXPECT_TRUE(scanner.got.empty()) << "not even a 100";
    EXPECT_EQ(p.count(UA_EV_INCOMING_CALL), 0u);
    ASSERT_EQ(p.count(UA_EV_SUSPICIOUS), 1u);
    EXPECT_EQ(p.last(UA_EV_SUSPICIOUS)->host, "10.0.0.66");
    ua_counters c;
    ua_agent_get_counters(p.agent, &c);
    EXPECT_EQ(c.refused, 5u);
    fake_run_for(60000);
    scanner.send("10.0.0.1", scanner.invite("sip:100@10.0.0.1", "scan9", sdp("10.0.0.66", 4000)));
    ASSERT_NE(p.wait(UA_EV_SUSPICIOUS, 1000, 2), nullptr);
    EXPECT_EQ(p.last(UA_EV_SUSPICIOUS)->count, 5u);
}

TEST_F(Flow, PeersAndTheServersOfAnAccountMayCallIt) {
    Phone p("10.0.0.1");
    const char *peers[] = {"10.0.7.0/24"};
    ua_account *a = p.account("sip:alice@example.org", nullptr, "sip:10.0.0.9", [&](ua_account_config &c) {
        c.peers = peers;
        c.peer_count = 1;
    });
    fake_run_for(10);
    Raw trunk("10.0.7.33"), server("10.0.0.9"), other("10.0.8.1");
    trunk.send("10.0.0.1", trunk.invite("sip:+4930123@10.0.0.1", "t", sdp("10.0.7.33", 4000)));
    ASSERT_NE(p.wait(UA_EV_INCOMING_CALL), nullptr);
    EXPECT_EQ(p.last(UA_EV_INCOMING_CALL)->account, a);
    server.send("10.0.0.1", server.invite("sip:alice@10.0.0.1", "s", sdp("10.0.0.9", 4000)));
    ASSERT_NE(p.wait(UA_EV_INCOMING_CALL, 1000, 2), nullptr);
    other.send("10.0.0.1", other.invite("sip:alice@10.0.0.1", "o", sdp("10.0.8.1", 4000)));
    fake_run_for(1000);
    EXPECT_EQ(p.count(UA_EV_INCOMING_CALL), 2u);
}

TEST_F(Flow, MethodsWeLackAreRefusedWithAllow) {
    Phone p("10.0.0.1", true);
    Raw r("10.0.0.5");
    r.send("10.0.0.1",
           r.request("PUBLISH", "sip:x@10.0.0.1", "<sip:r@x>;tag=1", "<sip:x@10.0.0.1>", "a", 1, r.contact()));
    ASSERT_NE(r.wait("405 PUBLISH"), nullptr);
    EXPECT_FALSE(r.last("405 PUBLISH")->header("Allow").empty());
    r.send("10.0.0.1", r.request("DANCE", "sip:x@10.0.0.1", "<sip:r@x>;tag=2", "<sip:x@10.0.0.1>", "b", 1));
    ASSERT_NE(r.wait("501 DANCE"), nullptr);
    r.send("10.0.0.1", r.request("OPTIONS", "sip:x@10.0.0.1", "<sip:r@x>;tag=3", "<sip:x@10.0.0.1>", "c", 1,
                                 "Require: teleport, time-travel\r\n"));
    ASSERT_NE(r.wait("420 OPTIONS"), nullptr);
    EXPECT_EQ(r.last("420 OPTIONS")->header("Unsupported"), "teleport, time-travel");
}

TEST_F(Flow, AFullEventQueueRefusesNewWorkWithRetryAfter) {
    Phone p("10.0.0.1", true);
    Raw r("10.0.0.5");
    ua_agent_admit(p.agent, false);
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "a", sdp("10.0.0.5", 4000)));
    ASSERT_NE(r.wait("480 INVITE"), nullptr);
    EXPECT_FALSE(r.last("480 INVITE")->header("Retry-After").empty());
    r.send("10.0.0.1", r.request("MESSAGE", "sip:x@10.0.0.1", "<sip:r@x>;tag=1", "<sip:x@10.0.0.1>", "b", 1));
    ASSERT_NE(r.wait("500 MESSAGE"), nullptr);
    ua_agent_admit(p.agent, true);
    r.send("10.0.0.1", r.request("MESSAGE", "sip:x@10.0.0.1", "<sip:r@x>;tag=1", "<sip:x@10.0.0.1>", "c", 1));
    ASSERT_NE(p.wait(UA_EV_MESSAGE), nullptr);
}

} // namespace
