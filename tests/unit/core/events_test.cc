#include "support.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>

#include <atomic>

static bool readable(int fd, int ms = 0) {
    struct pollfd p = {fd, POLLIN, 0};
    return poll(&p, 1, ms) == 1;
}

using EventsTest = Core;

TEST_F(EventsTest, TheDescriptorIsReadableWhileEventsWaitAndClearedByAPollThatFindsNothing) {
    start();
    int fd = core_agent_fd(agent);
    core_event *e;
    ASSERT_EQ(core_poll(agent, 0, &e), 0);
    EXPECT_FALSE(readable(fd));
    call("sip:echo@x");
    ASSERT_TRUE(readable(fd, 5000));
    core_event_free(until(UA_EV_CALL_SENDING));
    EXPECT_TRUE(readable(fd)); /* more of them wait */
    core_event_free(until(UA_EV_CALL_CONFIRMED));
    ASSERT_EQ(core_poll(agent, 0, &e), 0);
    EXPECT_FALSE(readable(fd));
}

TEST_F(EventsTest, ADescriptorAskedForLateShowsWhatWaits) {
    start();
    call("sip:echo@x");
    settle();
    ASSERT_TRUE(eventually([&] { return fake_get().calls == 1; }));
    core_event_free(until(UA_EV_CALL_SENDING));
    EXPECT_TRUE(readable(core_agent_fd(agent)));
}

TEST_F(EventsTest, ASecondPollerIsRefused) {
    start();
    std::thread poller([&] {
        core_event *e;
        EXPECT_EQ(core_poll(agent, -1, &e), SX_E_INTERRUPTED);
    });
    core_event *e;
    ASSERT_TRUE(eventually([&] { return core_poll(agent, 0, &e) == SX_E_BUSY; }));
    core_poll_interrupt(agent);
    poller.join();
}

TEST_F(EventsTest, AnInterruptThatComesBeforeThePollIsNotLost) {
    start();
    core_event *e;
    core_poll_interrupt(agent);
    EXPECT_EQ(core_poll(agent, -1, &e), SX_E_INTERRUPTED);
    EXPECT_EQ(core_poll(agent, 0, &e), 0);
}

TEST_F(EventsTest, ASignalInterruptsThePoll) {
    start();
    struct sigaction act {}, old;
    act.sa_handler = [](int) {};
    act.sa_flags = SA_RESTART; /* even so */
    sigaction(SIGUSR1, &act, &old);
    std::atomic<bool> done{false};
    std::thread poller([&] {
        core_event *e;
        EXPECT_EQ(core_poll(agent, -1, &e), SX_E_INTERRUPTED);
        done = true;
    });
    while (!done) {
        pthread_kill(poller.native_handle(), SIGUSR1);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    poller.join();
    sigaction(SIGUSR1, &old, nullptr);
}

TEST_F(EventsTest, ATimeoutIsKept) {
    start();
    core_event *e;
    auto t = std::chrono::steady_clock::now();
    EXPECT_EQ(core_poll(agent, 30, &e), 0);
    EXPECT_GE(std::chrono::steady_clock::now() - t, std::chrono::milliseconds(30));
}

static std::atomic<int> fired{0};
static void on_wakeup(void *arg) {
    fired++;
    *(std::atomic<int> *)arg = 1;
}

TEST_F(EventsTest, TheWakeupFiresAtOnceIfEventsWaitAndThenOnlyWhenTheQueueStopsBeingEmpty) {
    ASSERT_EQ(core_agent_create(&config, &agent), SX_OK); /* LISTENING twice: they wait */
    std::atomic<int> arg{0};
    fired = 0;
    ASSERT_TRUE(eventually([&] { return fake_get().agents == 1; }));
    ASSERT_EQ(core_agent_set_wakeup(agent, on_wakeup, &arg), SX_OK);
    ASSERT_TRUE(eventually([&] { return fired == 1; }));
    call("sip:dtmf.50@x");
    settle();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(fired, 1);
    core_event_free(until(UA_EV_CALL_CONFIRMED));
    core_event *e;
    while (core_poll(agent, 50, &e) == 1) core_event_free(e);
    settle();
    ASSERT_TRUE(eventually([&] { return fired == 2; }));
    ASSERT_EQ(core_agent_set_wakeup(agent, nullptr, nullptr), SX_OK);
    while (core_poll(agent, 50, &e) == 1) core_event_free(e);
    settle();
    expect(CORE_EV_REPLY);
    EXPECT_EQ(fired, 2);
}

static std::atomic<bool> inside{false}, leave{false};
static void slow_wakeup(void *) {
    inside = true;
    while (!leave) std::this_thread::yield();
    inside = false;
}

TEST_F(EventsTest, TakingTheWakeupAwayWaitsUntilARunningOneHasEnded) {
    start();
    inside = leave = false;
    ASSERT_EQ(core_agent_set_wakeup(agent, slow_wakeup, nullptr), SX_OK);
    settle();
    ASSERT_TRUE(eventually([&] { return inside.load(); }));
    std::thread release([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        leave = true;
    });
    ASSERT_EQ(core_agent_set_wakeup(agent, nullptr, nullptr), SX_OK);
    EXPECT_FALSE(inside);
    release.join();
    expect(CORE_EV_REPLY);
}

TEST_F(EventsTest, ProgressOfOneDialogIsCoalescedWhenNobodyTakesIt) {
    start();
    fake_reset();
    uint64_t id = call("sip:ring.1000@x");
    ASSERT_TRUE(eventually([&] { return fake_get().progress >= 1000; }));
    hangup(id);
    int progress = 0, status = 0;
    for (;;) {
        core_event *e = next();
        ASSERT_TRUE(e);
        int type = e->type;
        if (type == UA_EV_CALL_PROGRESS) {
            progress++;
            status = e->status;
        }
        core_event_free(e);
        if (type == UA_EV_CALL_ENDED) break;
    }
    EXPECT_LT(progress, 10); /* only the first few, before they pile up */
    EXPECT_EQ(status, 183);   /* the newest is never the one that goes */
}

TEST_F(EventsTest, TooManyDigitsAreDroppedAndCountedAndAtLastEndTheCall) {
    start();
    call("sip:dtmf.3000@x", 1);
    ASSERT_TRUE(eventually([&] { return fake_get().overloads == 1; }));
    int digits = 0, ended = 0;
    uint64_t lost = 0;
    core_event *e;
    while (core_poll(agent, 100, &e) == 1) {
        digits += e->type == UA_EV_DTMF;
        if (e->type == CORE_EV_OVERFLOW) {
            lost += e->count;
            EXPECT_TRUE(strstr(e->str[CORE_STR_TEXT], "digit")) << e->str[CORE_STR_TEXT];
        }
        if (e->type == UA_EV_CALL_ENDED) {
            ended++;
            EXPECT_EQ(e->cause, UA_CAUSE_OVERLOAD);
        }
        core_event_free(e);
    }
    EXPECT_EQ(ended, 1);
    EXPECT_EQ(digits + (int)lost, 3000);
    EXPECT_GE(digits, 50);
}

TEST_F(EventsTest, ACallWhoseEventsNobodyTakesEndsOverloadedAndSaysSo) {
    start();
    call("sip:hold.2000@x");
    ASSERT_TRUE(eventually([&] { return fake_get().overloads == 1; }));
    core_event *e = until(UA_EV_CALL_ENDED);
    ASSERT_TRUE(e);
    EXPECT_EQ(e->cause, UA_CAUSE_OVERLOAD);
    core_event_free(e);
}

TEST_F(EventsTest, TraceAndLogLoseTheirOldestAndTheLossIsCounted) {
    config.queue_events = 400;
    start();
    uint64_t id = call("sip:log.5000@x");
    settle();
    ASSERT_TRUE(eventually([&] { return fake_get().calls == 1; }));
    hangup(id);
    int lines = 0, overflows = 0;
    uint64_t lost = 0;
    std::string last;
    for (;;) {
        core_event *e = next();
        ASSERT_TRUE(e);
        int type = e->type;
        if (type == CORE_EV_LOG) {
            lines++;
            last = e->str[CORE_STR_TEXT];
        }
        if (type == CORE_EV_OVERFLOW) {
            overflows++;
            lost += e->count;
        }
        core_event_free(e);
        if (type == UA_EV_CALL_ENDED) break;
    }
    EXPECT_EQ(lines + (int)lost, 5000);
    EXPECT_EQ(last, "line 4999");
    EXPECT_LE(overflows, lines);
}

TEST_F(EventsTest, WithoutRoomNewWorkIsRefusedButEndingIsNotAndRoomIsToldWhenItComesBack) {
    config.queue_events = 32;
    start();
    std::vector<uint64_t> ids;
    for (int i = 0; i < 400; i++) {
        uint64_t id = call("sip:echo@x");
        if (!id) break;
        ids.push_back(id);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_EQ(last_rc, SX_E_FULL);
    ASSERT_FALSE(ids.empty());
    EXPECT_LT(ids.size(), 200u);
    ASSERT_TRUE(eventually([&] { return fake_get().admit == 0; }));
    for (uint64_t id : ids) EXPECT_EQ(hangup(id, id), SX_OK);
    size_t ended = 0, replies = 0;
    while (ended < ids.size()) {
        core_event *e = next();
        ASSERT_TRUE(e);
        ended += e->type == UA_EV_CALL_ENDED;
        replies += e->type == CORE_EV_REPLY;
        core_event_free(e);
    }
    EXPECT_EQ(replies, ids.size());
    ASSERT_TRUE(eventually([&] { return fake_get().admit == 1; }));
}

TEST_F(EventsTest, AgentCountersComeAsAnEvent) {
    start();
    ASSERT_EQ(agent_op(CORE_OP_AGENT_STATS, 3), SX_OK);
    expect(CORE_EV_REPLY);
    core_event *e = next();
    ASSERT_TRUE(e);
    EXPECT_EQ(e->type, UA_EV_STATS);
    ASSERT_TRUE(e->agent_stats);
    EXPECT_EQ(e->agent_stats->messages_received, 7u);
    core_event_free(e);
}

TEST_F(EventsTest, LogLinesOfOtherThreadsArrive) {
    start();
    EXPECT_GE(fake_get().agents, 1);
    call("sip:log.1@x");
    core_event *e = until(CORE_EV_LOG);
    ASSERT_TRUE(e);
    EXPECT_STREQ(e->str[CORE_STR_MODULE], "fake");
    EXPECT_EQ(e->level, 2);
    core_event_free(e);
}

TEST(Queue, AMillionEventsASecondGoThrough) {
    core_events q;
    ASSERT_EQ(core_events_init(&q, 1 << 20, 1ull << 30), SX_OK);
    enum { N = 200000 };
    auto t = std::chrono::steady_clock::now();
    std::thread producer([&] {
        for (int i = 0; i < N; i++) {
            core_event *e = core_event_alloc(0);
            e->count = (uint64_t)i;
            core_events_push(&q, e);
        }
    });
    for (uint64_t i = 0; i < N; i++) {
        core_event *e;
        ASSERT_EQ(core_events_poll(&q, -1, &e), 1);
        ASSERT_EQ(e->count, i);
        core_event_free(e);
    }
    producer.join();
    double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - t).count();
    RecordProperty("events_per_second", std::to_string((long)(N / s)));
    core_events_free(&q);
}
