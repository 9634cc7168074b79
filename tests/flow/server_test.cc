// Whole user agents through the embedded server.
#include "flow/flow_fixture.h"

namespace {

const char *kReg = "10.0.0.9";

ua_account *join(Phone &p, const char *user, const char *password, const char *server = nullptr) {
    ua_account *a = p.account((std::string("sip:") + user + "@10.0.0.9").c_str(), password, server);
    size_t before = p.count(UA_EV_REGISTERED);
    EXPECT_EQ(ua_account_register(a), 0);
    EXPECT_NE(p.wait(UA_EV_REGISTERED, 5000, before + 1), nullptr);
    return a;
}

void answer_all(Phone &p) {
    p.on = [](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
    };
}

/* A call from one to the other, ended by the callee. */
void call_through(Phone &caller, ua_account *acc, const char *to, Phone &callee) {
    size_t n = callee.count(UA_EV_CALL_CONFIRMED), ended = caller.count(UA_EV_CALL_ENDED);
    caller.call(acc, to);
    ASSERT_NE(callee.wait(UA_EV_CALL_CONFIRMED, 5000, n + 1), nullptr);
    fake_run_for(1000);
    ASSERT_EQ(ua_call_hangup(callee.last(UA_EV_CALL_CONFIRMED)->call, nullptr), 0);
    ASSERT_NE(caller.wait(UA_EV_CALL_ENDED, 5000, ended + 1), nullptr);
    EXPECT_EQ(caller.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_TERMINATED);
    EXPECT_NE(caller.last(UA_EV_CALL_ENDED)->flags & UA_FLAG_ESTABLISHED, 0u);
}

TEST_F(Flow, AllPhonesOfAUserRingAndTheOthersStopWhenOneAnswers) {
    Registrar reg(kReg);
    Phone alice("10.0.0.1"), desk("10.0.0.2"), mobile("10.0.0.3");
    ua_account *a = join(alice, "alice", "secret");
    join(desk, "bob", "hunter2");
    join(mobile, "bob", "hunter2", "sip:10.0.0.9;transport=tcp");
    ua_call *out = alice.call(a, "bob");
    ASSERT_NE(desk.wait(UA_EV_INCOMING_CALL), nullptr);
    ASSERT_NE(mobile.wait(UA_EV_INCOMING_CALL), nullptr);
    ASSERT_EQ(ua_call_ring(desk.last(UA_EV_INCOMING_CALL)->call, nullptr), 0);
    ASSERT_EQ(ua_call_ring(mobile.last(UA_EV_INCOMING_CALL)->call, nullptr), 0);
    fake_run_for(100);
    ASSERT_EQ(ua_call_answer(mobile.last(UA_EV_INCOMING_CALL)->call, nullptr), 0);
    ASSERT_NE(alice.wait(UA_EV_CALL_CONFIRMED), nullptr);
    ASSERT_NE(desk.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(desk.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_CANCELED);
    ASSERT_EQ(ua_call_hangup(out, nullptr), 0);
    ASSERT_NE(mobile.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(mobile.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_TERMINATED);
}

TEST_F(Flow, EveryMixOfUdpAndTcpCallsBothWays) {
    for (int mix = 0; mix < 4; mix++) {
        SCOPED_TRACE(mix);
        Registrar reg(kReg);
        Phone alice("10.0.0.1"), bob("10.0.0.2");
        const char *tcp = "sip:10.0.0.9;transport=tcp";
        ua_account *a = join(alice, "alice", "secret", mix & 1 ? tcp : nullptr);
        ua_account *b = join(bob, "bob", "hunter2", mix & 2 ? tcp : nullptr);
        answer_all(alice);
        answer_all(bob);
        call_through(alice, a, "bob", bob);
        call_through(bob, b, "alice", alice);
    }
}

TEST_F(Flow, PhonesBehindNatCallEachOther) {
    Registrar reg(kReg);
    fake_nat("192.168.1.2", "80.0.0.1");
    fake_nat("192.168.2.2", "80.0.0.2");
    Phone alice("192.168.1.2"), bob("192.168.2.2");
    ua_account *a = join(alice, "alice", "secret"), *b = join(bob, "bob", "hunter2");
    answer_all(alice);
    answer_all(bob);
    call_through(alice, a, "bob", bob);
    call_through(bob, b, "alice", alice);
}

TEST_F(Flow, WhoUnregistersCannotBeCalledAndWhoIsUnknownIsNotFound) {
    Registrar reg(kReg);
    Phone alice("10.0.0.1"), bob("10.0.0.2");
    ua_account *a = join(alice, "alice", "secret"), *b = join(bob, "bob", "hunter2");
    EXPECT_EQ(ua_account_unregister(b, false), 0);
    ASSERT_NE(bob.wait(UA_EV_UNREGISTERED), nullptr);
    alice.call(a, "bob");
    ASSERT_NE(alice.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(alice.last(UA_EV_CALL_ENDED)->status, 480);
    EXPECT_EQ(alice.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_UNAVAILABLE);
    alice.call(a, "nobody");
    ASSERT_NE(alice.wait(UA_EV_CALL_ENDED, 5000, 2), nullptr);
    EXPECT_EQ(alice.last(UA_EV_CALL_ENDED)->status, 404);
}

TEST_F(Flow, ACallerThatGivesUpStopsThePhone) {
    Registrar reg(kReg);
    Phone alice("10.0.0.1"), bob("10.0.0.2");
    ua_account *a = join(alice, "alice", "secret");
    join(bob, "bob", "hunter2");
    ua_call *out = alice.call(a, "bob");
    ASSERT_NE(bob.wait(UA_EV_INCOMING_CALL), nullptr);
    ASSERT_EQ(ua_call_ring(bob.last(UA_EV_INCOMING_CALL)->call, nullptr), 0);
    ASSERT_NE(alice.wait(UA_EV_CALL_PROGRESS), nullptr);
    ASSERT_EQ(ua_call_hangup(out, nullptr), 0);
    ASSERT_NE(alice.wait(UA_EV_CALL_ENDED), nullptr);
    ASSERT_NE(bob.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(bob.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_CANCELED);
}

TEST_F(Flow, ARedirectServerNamesTheContact) {
    Registrar reg(kReg, SRV_REDIRECT);
    Phone alice("10.0.0.1"), bob("10.0.0.2");
    ua_account *a = join(alice, "alice", "secret");
    join(bob, "bob", "hunter2");
    alice.call(a, "bob");
    ASSERT_NE(alice.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(alice.last(UA_EV_CALL_ENDED)->status, 302);
    EXPECT_EQ(alice.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_REDIRECTED);
}

/* As one program in a test would do it: registrar and phones in one agent, on one stack. */
TEST_F(Flow, AnAgentThatIsItsOwnRegistrarCallsItself) {
    Phone me("10.0.0.9");
    srv_user users[] = {{"alice", "secret"}, {"bob", "hunter2"}};
    srv_config c = {};
    c.users = users;
    c.user_count = 2;
    c.record_route = true;
    srv_server *srv = nullptr;
    srv_listener *l = nullptr;
    auto ignore = [](void *, const srv_event *) {};
    ASSERT_EQ(srv_server_create(ua_agent_stack(me.agent), &c, 1, ignore, nullptr, &srv), 0);
    ASSERT_EQ(srv_listener_create(srv, "udp:10.0.0.9:5070", nullptr, 1, &l), 0);
    ASSERT_EQ(srv_listener_create(srv, "tcp:10.0.0.9:5070", nullptr, 2, &l), 0);
    const char *servers[] = {nullptr, "sip:10.0.0.9:5070;transport=tcp"};
    ua_account *a = me.account("sip:alice@10.0.0.9:5070", "secret", servers[0]);
    ua_account *b = me.account("sip:bob@10.0.0.9:5070", "hunter2", servers[1]);
    EXPECT_EQ(ua_account_register(a), 0);
    EXPECT_EQ(ua_account_register(b), 0);
    ASSERT_NE(me.wait(UA_EV_REGISTERED, 5000, 2), nullptr);
    answer_all(me);
    int calls = 0;
    for (const char *to : {"bob", "alice"}) {
        ua_call *out = me.call(a, to);
        ASSERT_NE(me.wait(UA_EV_CALL_CONFIRMED, 5000, 2 * (size_t)calls + 2), nullptr) << to;
        ASSERT_EQ(ua_call_hangup(out, nullptr), 0);
        ASSERT_NE(me.wait(UA_EV_CALL_ENDED, 5000, 2 * (size_t)calls + 2), nullptr) << to;
        calls++;
    }
    for (auto &e : me.events) {
        if (e.type != UA_EV_CALL_ENDED) continue;
        EXPECT_EQ(e.cause, UA_CAUSE_TERMINATED);
    }
    srv_server_destroy(srv);
}

TEST_F(Flow, AServerThatGoesAwayIsNoticedOverTcp) {
    std::unique_ptr<Registrar> reg(new Registrar(kReg));
    Phone alice("10.0.0.1");
    join(alice, "alice", "secret", "sip:10.0.0.9;transport=tcp");
    srv_server_close(reg->server);
    reg->server = nullptr;
    EXPECT_NE(alice.wait(UA_EV_TRANSPORT_DISCONNECTED), nullptr);
    EXPECT_NE(alice.wait(UA_EV_REGISTRATION_DEGRADED), nullptr);
    fake_run_for(100);
}

} // namespace
