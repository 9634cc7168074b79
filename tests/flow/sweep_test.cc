/* Thousands of calls, accounts and connections when the network changes: all have their turn, and none holds up the
 * stack's thread for the others. */
#include "flow/flow_fixture.h"

extern "C" {
#include "stack/respond.h"
#include "stack/transport.h"
}

namespace {

const char *const OLD = "10.0.0.1", *const NEW = "10.0.0.2", *const THIRD = "10.0.0.3", *const PEER = "10.0.0.5";

/* How many steps the fake network takes, each one turn of one loop or less. */
size_t steps_in(uint64_t ms) {
    size_t n = 0;
    for (uint64_t end = fake_now() + ms; fake_now() < end && fake_step();) n++;
    return n;
}

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
    EXPECT_GE(steps_in(9), 1000u / 64) << "they look in many turns";
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
        EXPECT_GE(t.p.count(UA_EV_CALL_MOVED), 300 - ended);
        EXPECT_LE(t.p.count(UA_EV_CALL_MOVED), 300 - ended + 64) << "those whose turn it was had asked already";
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
} // namespace
