/* Thousands of calls, accounts and connections when the network changes: all have their turn, and none holds up the
 * stack's thread for the others. */
#include <stdlib.h>
#include <time.h>

#include "flow/flow_fixture.h"

extern "C" {
#include "stack/respond.h"
#include "stack/transport.h"
}

namespace {

const char *const OLD = "10.0.0.1", *const NEW = "10.0.0.2", *const THIRD = "10.0.0.3", *const PEER = "10.0.0.5";

double cpu_us() {
    timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Steps of the fake network, one turn of one loop or less, and the longest of them. */
struct Longest {
    double us = 0, all = 0;
    size_t steps = 0;
    void run(uint64_t ms) {
        free(malloc(200000)); /* glibc puts together now what was freed before, and not in the first step */
        for (uint64_t end = fake_now() + ms; fake_now() < end; steps++) {
            double from = cpu_us();
            bool any = fake_step();
            double took = cpu_us() - from;
            all += took;
            if (took > us) us = took;
            if (!any) break;
        }
    }
};

/* A phone with many calls from one peer, which agrees to everything. */
struct Many {
    Phone p;
    Raw r{PEER};
    std::vector<ua_call *> calls;
    std::map<std::string, int> moved; /* by Call-ID */
    std::string now = OLD;
    explicit Many(int n, bool media = false) : p(OLD, true) {
        p.account("sip:bench@10.0.0.1", nullptr, nullptr, [&](ua_account_config &c) {
            c.auto_answer = true;
            c.media_none = !media;
        });
        p.on = [&](const ua_event &ev) {
            if (ev.type == UA_EV_CALL_CONFIRMED) calls.push_back(ev.call);
        };
        r.on = [&](const Sip &m) {
            if (m.status() == 200 && m.header("CSeq").find("INVITE") != std::string::npos) r.ack(now, m);
            if (m.method() == "INVITE") {
                moved[m.header("Call-ID")]++;
                r.reply(m, 200, "", r.contact(), sdp(PEER, 4000));
            }
            if (m.method() == "BYE") r.reply(m, 200);
        };
        for (int i = 0; i < n; i++) {
            r.send(OLD, r.invite("sip:bench@10.0.0.1", "call" + std::to_string(i), sdp(PEER, 4000)));
            if (i % 20 == 0) fake_run_for(5);
        }
        fake_run_for(1000);
        p.events.clear();
        r.got.clear();
    }
    void move(const char *to) {
        fake_host_move(now.c_str(), to);
        now = to;
        EXPECT_EQ(ua_network_changed(p.agent), 0);
    }
};

TEST_F(Flow, AThousandCallsAllMoveAndNoTurnIsLong) {
    Many t(1000);
    ASSERT_EQ(t.calls.size(), 1000u);
    t.move(NEW);
    Longest l;
    l.run(9);
    EXPECT_GE(l.steps, 1000u / 64) << "they look in many turns";
    fake_run_for(3000);
    EXPECT_EQ(t.moved.size(), 1000u);
    for (auto &m : t.moved) ASSERT_EQ(m.second, 1) << m.first;
    EXPECT_EQ(t.p.count(UA_EV_CALL_MOVED), 1000u);
    EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
}

TEST_F(Flow, CallsThatEndWhileOthersStillLookAreLeftAlone) {
    for (int every : {1, 2, 3}) {
        SCOPED_TRACE(every);
        fake_net_begin(1);
        Many t(300);
        ASSERT_EQ(t.calls.size(), 300u);
        t.move(NEW);
        fake_step(); /* the first ones have looked */
        size_t ended = 0;
        for (size_t i = 0; i < 300; i += (size_t)every, ended++) ASSERT_EQ(ua_call_hangup(t.calls[i], nullptr), 0);
        fake_run_for(2000);
        EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), ended);
        EXPECT_EQ(t.p.count(UA_EV_CALL_MOVED), 300 - ended);
        EXPECT_GE(t.moved.size(), 300 - ended);
    }
}

TEST_F(Flow, CallsThatComeWhileOthersStillLookHoldUpNobody) {
    Many t(300);
    t.move(NEW);
    for (int i = 0; i < 100; i++) {
        t.r.send(NEW, t.r.invite("sip:bench@10.0.0.2", "late" + std::to_string(i), sdp(PEER, 4000)));
        fake_step();
    }
    fake_run_for(3000);
    for (int i = 0; i < 300; i++) ASSERT_EQ(t.moved["call" + std::to_string(i)], 1) << i;
    EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
}

TEST_F(Flow, ChangesThatComeFasterThanAllCanMoveStillLetAllMove) {
    Many t(600);
    for (int i = 0; i < 60; i++) { /* 600 calls need 600 ms */
        t.move(i % 2 ? THIRD : NEW);
        fake_run_for(50);
    }
    EXPECT_EQ(t.moved.size(), 600u) << "the last ones had their turn while it went on";
    fake_run_for(60000);
    EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
    t.moved.clear();
    t.move("10.0.0.4");
    fake_run_for(2000);
    EXPECT_EQ(t.moved.size(), 600u) << "and all were well afterwards";
}

TEST_F(Flow, AnAgentThatGoesWhileCallsStillLookTakesThemAlong) {
    Many t(300);
    t.move(NEW);
    fake_step();
    t.p.destroy();
    fake_run_for(1000);
}

TEST_F(Flow, ALostConnectionMovesAllCallsThatLivedOnItOnce) {
    Phone a(OLD, true), b(PEER, true);
    b.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
    };
    for (int i = 0; i < 40; i++) a.call(nullptr, "sip:x@10.0.0.5;transport=tcp");
    ASSERT_NE(a.wait(UA_EV_CALL_CONFIRMED, 5000, 40), nullptr);
    fake_run_for(100);
    ASSERT_GT(fake_tcp_reset("10.0.0.5:5060"), 0u);
    ASSERT_NE(a.wait(UA_EV_CALL_MOVED, 5000, 40), nullptr);
    fake_run_for(60000);
    EXPECT_EQ(a.count(UA_EV_CALL_MOVED), 40u);
    EXPECT_EQ(a.count(UA_EV_CALL_ENDED), 0u);
}

TEST_F(Flow, ManyAccountsHearOfAChangeAFewATurn) {
    Phone p(OLD);
    Raw reg("10.0.0.9");
    std::map<std::string, int> seen;
    reg.on = [&](const Sip &m) {
        if (m.method() != "REGISTER") return;
        seen[m.header("To")]++;
        reg.reply(m, 200, "r", "Contact: <" + m.contact_uri() + ">;expires=3600\r\n");
    };
    std::vector<ua_account *> accounts;
    for (int i = 0; i < 500; i++) {
        accounts.push_back(p.account(("sip:user" + std::to_string(i) + "@10.0.0.9").c_str(), "secret"));
        EXPECT_EQ(ua_account_register(accounts.back()), 0);
        if (i % 50 == 0) fake_run_for(20);
    }
    fake_run_for(5000);
    ASSERT_GE(p.count(UA_EV_REGISTERED), 500u);
    seen.clear();
    fake_host_move(OLD, NEW);
    ua_network_changed(p.agent);
    fake_step();
    for (int i = 0; i < 500; i += 5) ASSERT_EQ(ua_account_close(accounts[(size_t)i]), 0);
    fake_run_for(20000);
    for (int i = 0; i < 500; i++) {
        EXPECT_TRUE(i % 5 == 0 || seen["<sip:user" + std::to_string(i) + "@10.0.0.9>"] >= 1) << i;
    }
    EXPECT_EQ(p.count(UA_EV_ACCOUNT_CLOSED), 100u);
}

/* Figures, not limits: the machine may be busy. */
TEST_F(Flow, DISABLED_HowLongATurnIs) {
    for (bool media : {false, true}) {
        fake_net_begin(1);
        Many t(5000, media);
        t.r.on = nullptr; /* its time is not ours */
        Longest l;
        t.move(NEW);
        l.run(30);
        printf("%zu calls%s: longest turn %.0f us, all %.0f us in 30 ms\n", t.calls.size(), media ? " with media" : "",
               l.us, l.all);
    }
}

TEST_F(Flow, DISABLED_HowLongATurnIsWithManyAccounts) {
    Phone p(OLD);
    Raw reg("10.0.0.9");
    reg.on = [&](const Sip &m) {
        if (m.method() == "REGISTER") reg.reply(m, 200, "r", "Contact: <" + m.contact_uri() + ">;expires=3600\r\n");
    };
    for (int i = 0; i < 10000; i++) {
        EXPECT_EQ(ua_account_register(p.account(("sip:user" + std::to_string(i) + "@10.0.0.9").c_str(), "secret")), 0);
        if (i % 50 == 0) fake_run_for(20);
    }
    fake_run_for(40000);
    p.events.clear();
    reg.got.clear();
    reg.on = nullptr;
    Longest l;
    fake_host_move(OLD, NEW);
    ua_network_changed(p.agent);
    l.run(30);
    printf("10000 accounts: longest turn %.0f us, all %.0f us in %zu steps\n", l.us, l.all, l.steps);
}

TEST_F(Flow, DISABLED_HowLongATurnIsWithManyConnections) {
    Phone a(OLD, true);
    fake_host(PEER);
    net_loop *loop = net_loop_create();
    stack_config sc = {};
    stack *s = stack_create(loop, &sc, {[](void *, const stack_event *) {}, nullptr});
    for (int i = 0; i < 900; i++) {
        stack_listen_params lp = {};
        lp.transport = STACK_TCP;
        std::string at = std::string(PEER) + ":" + std::to_string(10000 + i);
        net_addr_parse(&lp.addr, sx_slice_str(at.c_str()), 0);
        lp.role = STACK_ROLE_UA;
        stack_listener *l = nullptr;
        ASSERT_EQ(stack_listen(s, &lp, &l), 0);
        ua_message_config c = {};
        std::string to = "sip:x@" + at + ";transport=tcp";
        c.target = to.c_str();
        c.body = SX_LIT("hello");
        ua_message *m;
        ASSERT_EQ(ua_message_send(a.agent, nullptr, &c, 1, &m), 0);
        fake_run_for(5);
    }
    fake_run_for(1000);
    printf("%zu connected\n", a.count(UA_EV_TRANSPORT_CONNECTED));
    Longest l;
    fake_host_move(OLD, NEW);
    ua_network_changed(a.agent);
    l.run(30);
    printf("longest turn %.0f us, all %.0f us in %zu steps, %zu lost\n", l.us, l.all, l.steps,
           a.count(UA_EV_TRANSPORT_DISCONNECTED));
    a.destroy();
    stack_destroy(s);
    fake_settle();
    net_loop_destroy(loop);
}

TEST_F(Flow, DISABLED_HowLongATurnIsWhenAConnectionWithManyTransactionsIsLost) {
    Phone a(OLD, true);
    fake_host(PEER);
    net_loop *loop = net_loop_create();
    stack_config sc = {};
    stack *s = stack_create(loop, &sc, {[](void *, const stack_event *) {}, nullptr});
    stack_listen_params lp = {};
    lp.transport = STACK_TCP;
    net_addr_parse(&lp.addr, SX_LIT("10.0.0.5:5060"), 0);
    lp.role = STACK_ROLE_UA;
    stack_listener *listener = nullptr;
    ASSERT_EQ(stack_listen(s, &lp, &listener), 0);
    for (int i = 0; i < 5000; i++) {
        ua_message_config c = {};
        c.target = "sip:x@10.0.0.5;transport=tcp";
        c.body = SX_LIT("hello");
        ua_message *m;
        ASSERT_EQ(ua_message_send(a.agent, nullptr, &c, 1, &m), 0);
        if (i % 100 == 0) fake_run_for(3);
    }
    fake_run_for(10);
    Longest l;
    double from = cpu_us();
    EXPECT_GT(fake_tcp_reset("10.0.0.5:5060"), 0u);
    fake_settle();
    printf("reset %.0f us\n", cpu_us() - from);
    l.run(30);
    printf("longest turn %.0f us, all %.0f us in %zu steps, %zu failed\n", l.us, l.all, l.steps,
           a.count(UA_EV_MESSAGE_FAILED));
    a.destroy();
    stack_destroy(s);
    fake_settle();
    net_loop_destroy(loop);
}

TEST_F(Flow, DISABLED_HowLongATurnIsWhenTheFlowOfManyAccountsIsLost) {
    Phone p(OLD);
    fake_host("10.0.0.9");
    net_loop *loop = net_loop_create();
    stack_config sc = {};
    stack *s = stack_create(loop, &sc,
                            {[](void *, const stack_event *ev) {
                                 if (ev->type == STACK_EV_REQUEST && ev->tx) tx_reply(ev->tx, 200, nullptr);
                             },
                             nullptr});
    stack_listen_params lp = {};
    lp.transport = STACK_TCP;
    net_addr_parse(&lp.addr, SX_LIT("10.0.0.9:5060"), 0);
    lp.role = STACK_ROLE_UA;
    stack_listener *listener = nullptr;
    ASSERT_EQ(stack_listen(s, &lp, &listener), 0);
    for (int i = 0; i < 10; i++) {
        for (int k = 0; k < 1000; k++)
            EXPECT_EQ(ua_account_register(p.account(("sip:u" + std::to_string(i * 1000 + k) + "@10.0.0.9").c_str(),
                                                    "secret", "sip:10.0.0.9;transport=tcp")),
                      0);
        fake_run_for(20000);
    }
    printf("%zu registered\n", p.count(UA_EV_REGISTERED));
    p.events.clear();
    Longest l;
    free(malloc(200000));
    double from = cpu_us();
    EXPECT_GT(fake_tcp_reset("10.0.0.9:5060"), 0u);
    fake_settle();
    printf("reset %.0f us\n", cpu_us() - from);
    l.run(30);
    printf("longest turn %.0f us, all %.0f us in %zu steps, %zu degraded\n", l.us, l.all, l.steps,
           p.count(UA_EV_REGISTRATION_DEGRADED));
    p.destroy();
    stack_destroy(s);
    fake_settle();
    net_loop_destroy(loop);
}

} // namespace
