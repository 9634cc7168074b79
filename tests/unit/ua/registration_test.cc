#include <gtest/gtest.h>

extern "C" {
#include "base/error.h"
#include "ua/registration.h"
}

namespace {

struct Machine {
    reg_machine m;
    reg_action out[REG_MAX_ACTIONS];
    int n = 0;
    uint64_t now = 1000;
    Machine() { reg_init(&m, 600, 1000, 30, 1800); }
    void in(reg_input i) {
        i.random = 0;
        n = reg_step(&m, &i, now, out);
    }
    void in(reg_input_type t) {
        reg_input i = {};
        i.type = t;
        in(i);
    }
    void ok(uint32_t granted) {
        reg_input i = {};
        i.type = REG_IN_OK;
        i.granted_s = granted;
        in(i);
    }
    void refused(int status, int code = 0, uint32_t min_expires = 0, uint32_t after = 0) {
        reg_input i = {};
        i.type = REG_IN_REFUSED;
        i.status = status;
        i.code = code;
        i.min_expires_s = min_expires;
        i.retry_after_s = after;
        in(i);
    }
    const reg_action *find(reg_action_type t) const {
        for (int i = 0; i < n; i++)
            if (out[i].type == t) return &out[i];
        return nullptr;
    }
};

TEST(Registration, RefreshesWithinTheGrantWithARandomMargin) {
    for (uint32_t s : {1u, 10u, 60u, 600u, 3600u, 4294967295u}) {
        for (uint32_t r : {0u, 12345u, 4294967295u}) {
            uint64_t ms = reg_refresh_ms(s, r);
            EXPECT_GE(ms, s > 86400 ? 43200000u : s * 500);
            EXPECT_LE(ms, s > 86400 ? 86400000ull * 9 / 10 : s * 900ull);
        }
    }
}

TEST(Registration, BacksOffByDoublingUpToHalfAMinuteAndLaterFive) {
    uint32_t expect[] = {1000,  2000,  4000,  8000,   16000,  30000,  30000, 30000,
                         30000, 30000, 60000, 120000, 240000, 300000, 300000};
    for (uint32_t i = 0; i < 15; i++) {
        EXPECT_EQ(reg_backoff_ms(1000, i + 1, 0), expect[i] * 8 / 10) << i;
        EXPECT_LE(reg_backoff_ms(1000, i + 1, 4294967295u), expect[i] * 12 / 10) << i;
    }
}

TEST(Registration, TellsTheFirstFromARefresh) {
    Machine t;
    t.in(REG_IN_REGISTER);
    ASSERT_NE(t.find(REG_SEND), nullptr);
    EXPECT_EQ(t.find(REG_SEND)->expires_s, 600u);
    t.ok(120);
    EXPECT_FALSE(t.find(REG_TELL)->refresh);
    EXPECT_EQ(t.find(REG_TIMER)->at_ms, 1000u + 60000);
    t.now += 60000;
    t.in(REG_IN_TIMER);
    ASSERT_NE(t.find(REG_SEND), nullptr);
    t.ok(120);
    EXPECT_TRUE(t.find(REG_TELL)->refresh);
}

TEST(Registration, TooBriefTwiceIsAFailureNotALoop) {
    Machine t;
    t.in(REG_IN_REGISTER);
    t.refused(423, 0, 1800);
    EXPECT_EQ(t.find(REG_SEND)->expires_s, 1800u);
    t.refused(423, 0, 3600);
    EXPECT_EQ(t.find(REG_SEND), nullptr);
    EXPECT_EQ(t.find(REG_TELL)->news, REG_FAILED);
    EXPECT_EQ(t.find(REG_TELL)->retry_ms, -1);
}

TEST(Registration, ALapsedGrantIsToldBetweenTwoTries) {
    Machine t;
    t.in(REG_IN_REGISTER);
    t.ok(10);
    t.now += 9000;
    t.in(REG_IN_TIMER);
    t.refused(503, 0, 0, 60);
    EXPECT_EQ(t.find(REG_TELL)->news, REG_DEGRADED);
    EXPECT_EQ(t.find(REG_TELL)->retry_ms, 60000);
    EXPECT_EQ(t.find(REG_TIMER)->at_ms, 11000u) << "when the grant lapses";
    t.now = 11000;
    t.in(REG_IN_TIMER);
    EXPECT_EQ(t.find(REG_TELL)->news, REG_FAILED);
    EXPECT_EQ(t.find(REG_TIMER)->at_ms, 70000u);
    t.now = 70000;
    t.in(REG_IN_TIMER);
    EXPECT_NE(t.find(REG_SEND), nullptr);
}

TEST(Registration, OnlyTheNetworkAndTheServersTroublesAreTriedAgain) {
    for (int s : {400, 401, 403, 404, 407, 416, 501, 505, 600, 603, 604, 302}) EXPECT_TRUE(reg_is_final(s, 0)) << s;
    for (int s : {408, 480, 486, 500, 502, 503, 504}) EXPECT_FALSE(reg_is_final(s, 0)) << s;
    EXPECT_TRUE(reg_is_final(401, SX_E_AUTH));
    EXPECT_FALSE(reg_is_final(408, SX_E_TIMEOUT));
    EXPECT_FALSE(reg_is_final(503, SX_E_DNS));
}

TEST(Registration, UnregisteringGivesUpWhatIsOnItsWay) {
    Machine t;
    t.in(REG_IN_REGISTER);
    t.in(REG_IN_UNREGISTER);
    EXPECT_NE(t.find(REG_CANCEL), nullptr);
    EXPECT_EQ(t.find(REG_SEND)->expires_s, 0u);
    t.in(REG_IN_REGISTER); /* changed their mind */
    EXPECT_EQ(t.n, 0);
    t.ok(0);
    EXPECT_EQ(t.find(REG_TELL)->news, REG_UNREGISTERED);
    ASSERT_NE(t.find(REG_SEND), nullptr);
    EXPECT_EQ(t.find(REG_SEND)->expires_s, 600u);
}

TEST(Registration, ALostFlowRegistersAtOnceAndIsDegradedMeanwhile) {
    Machine t;
    t.in(REG_IN_FLOW_LOST);
    EXPECT_EQ(t.n, 0) << "not registered: nothing is lost";
    t.in(REG_IN_REGISTER);
    t.ok(600);
    t.in(REG_IN_FLOW_LOST);
    EXPECT_EQ(t.find(REG_TELL)->news, REG_DEGRADED);
    EXPECT_NE(t.find(REG_SEND), nullptr);
    t.refused(503, SX_E_TRANSPORT);
    EXPECT_EQ(t.find(REG_TELL)->news, REG_DEGRADED);
    EXPECT_EQ(t.find(REG_TELL)->retry_ms, 800);
}

TEST(Registration, PausesOfAnOutboundFlowAreThoseOfTheRfc) {
    uint64_t expect[] = {60, 120, 240, 480, 960, 1800, 1800};
    for (uint32_t i = 0; i < 7; i++) {
        EXPECT_EQ(reg_flow_pause_ms(30, 1800, i + 1, 0), expect[i] * 500) << i;
        EXPECT_LE(reg_flow_pause_ms(30, 1800, i + 1, 4294967295u), expect[i] * 1000) << i;
    }
    EXPECT_LE(reg_flow_pause_ms(3600, 86400, 4294967295u, 7), 86400000u);
    Machine t;
    t.in(REG_IN_REGISTER);
    t.ok(3600);
    t.m.outbound = true;
    t.in(REG_IN_FLOW_LOST);
    EXPECT_EQ(t.find(REG_TELL)->retry_ms, 0);
    reg_input i = {};
    i.type = REG_IN_REFUSED;
    i.code = SX_E_TRANSPORT;
    i.others_up = true;
    t.in(i);
    EXPECT_EQ(t.find(REG_TELL)->retry_ms, 90000) << "90 s while another flow is up: 180 s, half of it";
}

TEST(Registration, TheGrantLapsesWhileARequestIsOnItsWay) {
    Machine t;
    t.in(REG_IN_REGISTER);
    t.ok(60);
    t.now += 50000;
    t.in(REG_IN_TIMER);
    ASSERT_NE(t.find(REG_SEND), nullptr);
    EXPECT_EQ(t.find(REG_TIMER)->at_ms, 61000u) << "it may wait long for its turn";
    t.now = 61000;
    t.in(REG_IN_TIMER);
    ASSERT_NE(t.find(REG_TELL), nullptr);
    EXPECT_EQ(t.find(REG_TELL)->news, REG_FAILED);
    EXPECT_EQ(t.find(REG_TELL)->retry_ms, 0) << "it is being tried just now";
    EXPECT_EQ(t.find(REG_SEND), nullptr);
    t.ok(60);
    EXPECT_FALSE(t.find(REG_TELL)->refresh);
}

TEST(Registration, AContactIsSentAgainOnceARefreshNotForEver) {
    Machine t;
    reg_input i = {};
    i.type = REG_IN_OK;
    i.granted_s = 100;
    i.repeat = true;
    t.in(REG_IN_REGISTER);
    for (int round = 0; round < 3; round++) {
        t.in(i);
        EXPECT_NE(t.find(REG_SEND), nullptr) << round;
        t.in(i);
        EXPECT_EQ(t.find(REG_SEND), nullptr) << round;
        t.now += 90000;
        t.in(REG_IN_TIMER);
    }
}

TEST(Registration, AFlowThatMovesIsToldToTheRegistrarOnceARefresh) {
    Machine t;
    t.in(REG_IN_MOVED);
    EXPECT_EQ(t.n, 0);
    t.in(REG_IN_REGISTER);
    t.ok(100);
    t.in(REG_IN_MOVED);
    EXPECT_NE(t.find(REG_SEND), nullptr);
    EXPECT_EQ(t.find(REG_TELL), nullptr) << "nothing is lost";
    t.ok(100);
    t.in(REG_IN_MOVED);
    EXPECT_EQ(t.n, 0);
    t.now += 90000;
    t.in(REG_IN_TIMER);
    t.ok(100);
    t.in(REG_IN_MOVED);
    EXPECT_NE(t.find(REG_SEND), nullptr);
}

TEST(Registration, AChangedNetworkBeginsAnewWhateverWasGoingOn) {
    Machine t;
    t.in(REG_IN_NETWORK);
    EXPECT_EQ(t.n, 0) << "nothing was asked for";
    t.in(REG_IN_REGISTER);
    t.in(REG_IN_NETWORK);
    EXPECT_NE(t.find(REG_CANCEL), nullptr) << "what is on its way left from an address that is gone";
    EXPECT_NE(t.find(REG_SEND), nullptr);
    for (int i = 0; i < 8; i++) t.refused(503), t.now = t.m.retry_at_ms, t.in(REG_IN_TIMER);
    t.refused(503);
    t.in(REG_IN_NETWORK);
    EXPECT_NE(t.find(REG_SEND), nullptr) << "no pause is waited for";
    t.refused(503);
    EXPECT_EQ(t.find(REG_TELL)->retry_ms, 800) << "and the pauses begin anew";
    t.in(REG_IN_UNREGISTER);
    t.in(REG_IN_NETWORK);
    EXPECT_EQ(t.n, 0);
}

TEST(Registration, AFlowLostUnderARequestIsTriedAgainAtOnce) {
    Machine t;
    t.in(REG_IN_REGISTER);
    t.ok(100);
    t.now += 90000;
    t.in(REG_IN_TIMER);
    t.in(REG_IN_FLOW_LOST);
    EXPECT_EQ(t.find(REG_TELL)->news, REG_DEGRADED);
    EXPECT_NE(t.find(REG_SEND), nullptr);
    t.in(REG_IN_AGAIN);
    EXPECT_NE(t.find(REG_SEND), nullptr);
    EXPECT_EQ(t.find(REG_TELL), nullptr) << "another way is no news";
}

} // namespace
