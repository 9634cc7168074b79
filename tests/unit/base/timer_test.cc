#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

extern "C" {
#include "base/timer.h"
}

namespace {

struct T {
    sx_timer t;
    uint64_t fired_at = 0;
    int fired = 0;
    std::vector<int> *order = nullptr;
    int id = 0;
};

void on_fire(sx_timer *t, uint64_t now) {
    T *x = reinterpret_cast<T *>(t);
    x->fired++;
    x->fired_at = now;
    if (x->order) x->order->push_back(x->id);
}

class Wheel : public ::testing::Test {
  protected:
    sx_wheel *w = nullptr;
    void SetUp() override { w = sx_wheel_create(1000); }
    void TearDown() override { sx_wheel_destroy(w); }
};

TEST_F(Wheel, TimersAreThirtyTwoBytes) { EXPECT_EQ(32u, sizeof(sx_timer)); }

TEST_F(Wheel, FiresInOrderOfTimeThenOfStart) {
    std::vector<int> order;
    uint64_t at[] = {1070, 1001, 1070, 5000, 1064, 1063, 70000, 1001};
    T t[8];
    for (int i = 0; i < 8; i++) {
        sx_timer_init(&t[i].t, on_fire);
        t[i].order = &order;
        t[i].id = i;
        sx_timer_start(w, &t[i].t, at[i]);
    }
    sx_wheel_advance(w, 100000);
    EXPECT_EQ((std::vector<int>{1, 7, 5, 4, 0, 2, 3, 6}), order);
    EXPECT_EQ(UINT64_MAX, sx_wheel_next(w));
}

TEST_F(Wheel, AnyDistanceFiresExactlyOnTimeAndNextIsNeverLate) {
    std::vector<uint64_t> deltas = {1, 2, 63, 64, 65, 4095, 4096, 4097, 262143, 262144, 32000, 3600000, 86400000,
                                    (uint64_t)1 << 36, ((uint64_t)1 << 40) + 7, (uint64_t)1 << 62};
    for (uint64_t start : {(uint64_t)1000, (uint64_t)1023, (uint64_t)4095, (uint64_t)262143, (uint64_t)99999999}) {
        for (uint64_t d : deltas) {
            sx_wheel *v = sx_wheel_create(start);
            T t;
            sx_timer_init(&t.t, on_fire);
            sx_timer_start(v, &t.t, start + d);
            int wakes = 0;
            while (!t.fired) {
                uint64_t next = sx_wheel_next(v);
                ASSERT_LE(next, start + d);
                sx_wheel_advance(v, next);
                ASSERT_LT(wakes++, 12);
                if (next < start + d) {
                    ASSERT_EQ(0, t.fired) << d;
                }
            }
            EXPECT_EQ(start + d, t.fired_at);
            sx_wheel_destroy(v);
        }
    }
}

TEST_F(Wheel, JumpingOverManyLevelsLosesNothing) {
    std::vector<std::unique_ptr<T>> ts;
    uint64_t seed = 1;
    uint64_t now = 1000;
    for (int round = 0; round < 200; round++) {
        for (int i = 0; i < 50; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            ts.emplace_back(new T);
            sx_timer_init(&ts.back()->t, on_fire);
            sx_timer_start(w, &ts.back()->t, now + (seed >> 33) % ((uint64_t)1 << (i % 30 + 1)));
        }
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        uint64_t was = now;
        now += (seed >> 33) % 100000;
        sx_wheel_advance(w, now);
        for (auto &t : ts) {
            ASSERT_EQ(t->t.at_ms <= now, t->fired == 1) << t->t.at_ms << " at " << now << " from " << was;
            ASSERT_LE(t->fired, 1);
        }
        ASSERT_GT(sx_wheel_next(w), now);
    }
    for (auto &t : ts) sx_timer_stop(w, &t->t);
    EXPECT_EQ(UINT64_MAX, sx_wheel_next(w));
}

TEST_F(Wheel, PastTimersFireAtTheNextAdvanceInOrderOfTime) {
    std::vector<int> order;
    T t[3];
    uint64_t at[] = {900, 100, 500};
    for (int i = 0; i < 3; i++) {
        sx_timer_init(&t[i].t, on_fire);
        t[i].order = &order;
        t[i].id = i;
        sx_timer_start(w, &t[i].t, at[i]);
    }
    EXPECT_LE(sx_wheel_next(w), 1000u);
    sx_wheel_advance(w, 1000);
    EXPECT_EQ((std::vector<int>{1, 2, 0}), order);
}

TEST_F(Wheel, StopAndRestart) {
    T a, b;
    sx_timer_init(&a.t, on_fire);
    sx_timer_init(&b.t, on_fire);
    sx_timer_stop(w, &a.t);
    sx_timer_start(w, &a.t, 2000);
    sx_timer_start(w, &b.t, 2000);
    EXPECT_TRUE(sx_timer_running(&a.t));
    sx_timer_stop(w, &a.t);
    EXPECT_FALSE(sx_timer_running(&a.t));
    sx_timer_start(w, &b.t, 9000);
    sx_wheel_advance(w, 8999);
    EXPECT_EQ(0, a.fired + b.fired);
    EXPECT_EQ(9000u, sx_wheel_next(w));
    sx_wheel_advance(w, 9000);
    EXPECT_EQ(1, b.fired);
}

struct Meddler {
    sx_timer t;
    sx_wheel *w;
    sx_timer *stop, *start;
    uint64_t start_at;
    int fired;
};

void meddle(sx_timer *t, uint64_t now) {
    Meddler *m = reinterpret_cast<Meddler *>(t);
    EXPECT_FALSE(sx_timer_running(t));
    m->fired++;
    if (m->stop) sx_timer_stop(m->w, m->stop);
    if (m->start) sx_timer_start(m->w, m->start, m->start_at ? m->start_at : now);
}

TEST_F(Wheel, CallbacksMayStopAndStartNeighbours) {
    T victim, late;
    Meddler m = {};
    sx_timer_init(&m.t, meddle);
    sx_timer_init(&victim.t, on_fire);
    sx_timer_init(&late.t, on_fire);
    m.w = w;
    m.stop = &victim.t;
    m.start = &late.t;
    m.start_at = 1050;
    sx_timer_start(w, &m.t, 1040);
    sx_timer_start(w, &victim.t, 1040);
    sx_timer_start(w, &late.t, 90000);
    sx_wheel_advance(w, 2000);
    EXPECT_EQ(0, victim.fired);
    EXPECT_EQ(1, late.fired);
}

TEST_F(Wheel, TimerThatRestartsItselfForNowDoesNotHangTheAdvance) {
    Meddler m = {};
    sx_timer_init(&m.t, meddle);
    m.w = w;
    m.start = &m.t;
    sx_timer_start(w, &m.t, 1001);
    sx_wheel_advance(w, 1001);
    EXPECT_EQ(1, m.fired);
    sx_wheel_advance(w, 1001);
    EXPECT_EQ(2, m.fired);
    sx_timer_stop(w, &m.t);
}

TEST_F(Wheel, HookRunsAfterEachTimer) {
    std::vector<int> order;
    sx_wheel_after_each(w, [](void *o) { static_cast<std::vector<int> *>(o)->push_back(-1); }, &order);
    T t[2];
    for (int i = 0; i < 2; i++) {
        sx_timer_init(&t[i].t, on_fire);
        t[i].order = &order;
        t[i].id = i;
        sx_timer_start(w, &t[i].t, 1010);
    }
    sx_wheel_advance(w, 1010);
    EXPECT_EQ((std::vector<int>{0, -1, 1, -1}), order);
}

TEST_F(Wheel, AMillionTimersStartStopAndFire) {
    const size_t n = 1000000;
    std::vector<T> ts(n);
    for (size_t i = 0; i < n; i++) {
        sx_timer_init(&ts[i].t, on_fire);
        sx_timer_start(w, &ts[i].t, 1000 + (i * 7919) % 32000);
    }
    for (size_t i = 0; i < n; i += 2) sx_timer_stop(w, &ts[i].t);
    for (uint64_t now = 1000; now <= 33000; now += 17) sx_wheel_advance(w, now);
    sx_wheel_advance(w, 33000);
    size_t fired = 0;
    for (auto &t : ts) fired += t.fired;
    EXPECT_EQ(n / 2, fired);
    EXPECT_EQ(UINT64_MAX, sx_wheel_next(w));
}

TEST_F(Wheel, DestroyForgetsRunningTimers) {
    T t;
    sx_timer_init(&t.t, on_fire);
    sx_timer_start(w, &t.t, 5000);
    sx_wheel_destroy(w);
    w = sx_wheel_create(0);
    EXPECT_FALSE(sx_timer_running(&t.t));
    sx_timer_start(w, &t.t, 5);
    sx_wheel_advance(w, 5);
    EXPECT_EQ(1, t.fired);
}

}  // namespace
