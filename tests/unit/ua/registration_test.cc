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

} // namespace
