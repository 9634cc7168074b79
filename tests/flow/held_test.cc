/* A day of held calls with session timers leaves memory as it was. */
#include "flow/flow_fixture.h"

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#include <malloc.h>

namespace {

const char *const ALICE = "10.0.0.1", *const BOB = "10.0.0.2";

void set(Phone &p, const char *key, const char *value) {
    ASSERT_EQ(ua_option_set(p.agent, nullptr, nullptr, key, value), 0) << sx_last_error_text();
}

/* What a day of 50 calls between two of ours leaves behind, in bytes a call. */
TEST_F(Flow, ADayOfHeldCallsWithSessionTimersLeavesMemoryAsItWas) {
    enum { CALLS = 50 };
    Phone alice(ALICE, true), bob(BOB, true);
    bob.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
    };
    for (int i = 0; i < CALLS; i++) {
        set(alice, "session_refresher", i % 2 ? "local" : "remote");
        set(alice, "session_refresh_method", i % 3 ? "auto" : "invite");
        alice.call(nullptr, "sip:x@10.0.0.2");
        fake_run_for(200);
    }
    ASSERT_EQ(alice.count(UA_EV_CALL_CONFIRMED), (size_t)CALLS);
    auto hours = [&](int n) {
        fake_run_for((uint64_t)n * 3600 * 1000);
        alice.events.clear();
        alice.events.shrink_to_fit();
        bob.events.clear();
        bob.events.shrink_to_fit();
        return mallinfo2().uordblks;
    };
    uint64_t sent = fake_sent();
    size_t before = hours(2);
    size_t after = hours(24);
    EXPECT_GT(fake_sent() - sent, (uint64_t)CALLS * 26 * 2 * 2) << "each was refreshed twice an hour";
    EXPECT_LE(after, before + CALLS * 64) << "bytes after 24 hours";
    printf("%ld bytes a call after a day\n", ((long)after - (long)before) / CALLS);
    ua_counters n;
    ua_agent_get_counters(alice.agent, &n);
    EXPECT_EQ(n.calls_now, (uint64_t)CALLS);
}

} // namespace
#endif
