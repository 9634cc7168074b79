/* The options of a call's media: what a program sets is what its next calls have. */
#include "support.h"

namespace {

struct Media : testing::Test {
    Agent alice, bob;
    sipua_id out = 0;

    void SetUp() override {
        ASSERT_NO_FATAL_FAILURE(alice.start());
        ASSERT_NO_FATAL_FAILURE(bob.start());
        ASSERT_EQ(sipua_agent_ask(bob.raw, SIPUA_ASK_CALL, SIPUA_ON, 0), SIPUA_OK);
    }
    void set(const char *key, const char *value) {
        ASSERT_EQ(sipua_option_set(alice.raw, 0, key, value, 5), SIPUA_OK) << sipua_last_error_text();
        ASSERT_EQ(alice.reply(5).v.code, SIPUA_OK);
    }
    void connect() {
        out = alice.call(bob.uri());
        Event in = bob.until(SIPUA_EVENT_INCOMING_CALL);
        ASSERT_TRUE(in);
        ASSERT_EQ(sipua_call_answer(bob.raw, in.v.id, nullptr, 0), SIPUA_OK);
        ASSERT_TRUE(alice.until(SIPUA_EVENT_CALL_CONFIRMED, out));
    }
    int depth() {
        sipua_call_stats stats = SIPUA_CALL_STATS_INIT;
        EXPECT_EQ(sipua_call_stats_request(alice.raw, out, 0), SIPUA_OK);
        Event e = alice.until(SIPUA_EVENT_STATS, out);
        EXPECT_GT(sipua_event_call_stats(e.raw, &stats), 0);
        return stats.jitter_buffer_ms;
    }
    /* Samples that a call takes of five seconds. */
    int taken() {
        static const int16_t silence[5 * 16000] = {};
        return sipua_audio_write(alice.raw, out, silence, 5 * 16000, 16000, 1, 0);
    }
};

TEST_F(Media, TheJitterBufferIsAsDeepAsWasSet) {
    set("jitter.max_ms", "300");
    set("jitter.min_ms", "160");
    connect();
    EXPECT_EQ(depth(), 160);
}

TEST_F(Media, AMaximumBelowTheMinimumIsTheMinimum) {
    set("jitter.min_ms", "250");
    connect();
    EXPECT_EQ(depth(), 250);
}

TEST_F(Media, AWriteTakesNoMoreThanMayWait) {
    out = alice.call(bob.uri());
    EXPECT_EQ(taken(), 5 * 16000);
    set("max_queued_ms", "2000");
    EXPECT_EQ(taken(), 5 * 16000) << "a call that was there keeps what it had";
    out = alice.call(bob.uri());
    EXPECT_EQ(taken(), 2 * 16000);
}

TEST_F(Media, DepthsOutOfRangeAreRefused) {
    for (const char *key : {"jitter.min_ms", "jitter.max_ms"})
        for (const char *value : {"9", "1001", "-1", "x", ""})
            EXPECT_EQ(sipua_option_set(alice.raw, 0, key, value, 0), SIPUA_E_INVALID) << key << " " << value;
    EXPECT_EQ(sipua_option_set(alice.raw, 0, "max_queued_ms", "19", 0), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_option_set(alice.raw, 0, "max_queued_ms", "3600001", 0), SIPUA_E_INVALID);
}

} // namespace
