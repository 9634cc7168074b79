#include <gtest/gtest.h>

#include <string>

extern "C" {
#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/timer.h"
}
#include "support/oom.h"

namespace {

TEST(Oom, BufferKeepsWhatItHadAndStaysFailed) {
    int n = OomEach([] {
        sx_buf b;
        sx_buf_init(&b);
        for (int i = 0; i < 200; i++) {
            std::string had(b.p ? b.p : "", b.n);
            sx_buf_str(&b, "0123456789");
            if (b.failed) {
                EXPECT_EQ(had, std::string(b.p ? b.p : "", b.n));
            }
        }
        sx_buf_printf(&b, "%0500d", 1);
        EXPECT_EQ(b.failed, oom_failed());
        char *p = sx_buf_detach(&b);
        EXPECT_EQ(oom_failed(), p == nullptr);
        free(p);
        sx_buf_free(&b);
    });
    EXPECT_GE(n, 5);
}

TEST(Oom, ArenaFailureSticks) {
    OomEach([] {
        sx_arena a;
        sx_arena_init(&a, 64);
        void *last = nullptr;
        for (int i = 0; i < 100; i++) last = sx_arena_alloc(&a, 100);
        EXPECT_EQ(oom_failed(), a.failed);
        EXPECT_EQ(oom_failed(), last == nullptr);
        sx_arena_free(&a);
    });
}

TEST(Oom, HashTableThatCannotGrowStillWorks) {
    OomEach([] {
        sx_htab t;
        sx_htab_init(&t);
        sx_hnode nodes[100];
        size_t in = 0;
        for (int i = 0; i < 100; i++) in += sx_htab_insert(&t, &nodes[i], sx_hash_mix(1, &i, sizeof i));
        EXPECT_EQ(in, t.count);
        EXPECT_GE(in, 99u);
        size_t seen = 0;
        for (sx_hnode *n = nullptr; (n = sx_htab_after(&t, n)) != nullptr;) seen++;
        EXPECT_EQ(in, seen);
        sx_htab_free(&t);
    });
}

TEST(Oom, WheelAndStrings) {
    EXPECT_EQ(2, OomEach([] {
        sx_wheel *w = sx_wheel_create(0);
        sx_wheel_destroy(w);
        free(sx_strdup(SX_LIT("x")));
    }));
}

}  // namespace
