#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <vector>

extern "C" {
#include "base/sweep.h"
}

namespace {

struct Nodes {
    sx_list all;
    sx_sweep w;
    size_t n = 0;
    std::vector<std::unique_ptr<sx_list>> made;
    Nodes() {
        sx_list_init(&all);
        sx_sweep_init(&w, &all);
    }
    sx_list *join() {
        made.emplace_back(new sx_list);
        sx_list_append(&all, made.back().get());
        n++;
        sx_sweep_joined(&w);
        return made.back().get();
    }
    void leave(sx_list *l) {
        sx_sweep_leave(&w, l);
        sx_list_remove(l);
        n--;
    }
};

TEST(Sweep, AWalkMeetsAllOnceAndEnds) {
    Nodes l;
    EXPECT_EQ(sx_sweep_next(&l.w), nullptr);
    for (int i = 0; i < 5; i++) l.join();
    for (int round = 0; round < 3; round++) {
        std::map<sx_list *, int> met;
        sx_sweep_start(&l.w, l.n);
        while (sx_list *x = sx_sweep_next(&l.w)) met[x]++;
        EXPECT_EQ(met.size(), 5u);
        for (auto &m : met) EXPECT_EQ(m.second, 1);
        EXPECT_FALSE(sx_sweep_is_on(&l.w));
    }
}

TEST(Sweep, WhoWasThereAtAStartIsMetAfterItWhateverJoinsLeavesAndStartsAgain) {
    uint32_t r = 7;
    auto rnd = [&](uint32_t n) { return (r = r * 1664525u + 1013904223u) / 65536u % n; };
    for (int run = 0; run < 500; run++) {
        Nodes l;
        std::map<sx_list *, bool> due; /* and still there */
        for (uint32_t i = rnd(20); i > 0; i--) l.join();
        for (int step = 0; step < 100; step++) {
            switch (rnd(8)) {
            case 0: l.join(); break;
            case 1: {
                uint32_t k = rnd(20);
                sx_list *x = sx_list_first(&l.all);
                while (x && k-- > 0 && x->next != &l.all) x = x->next;
                if (!x) break;
                l.leave(x);
                due.erase(x);
                break;
            }
            case 2:
                for (sx_list *x = l.all.next; x != &l.all; x = x->next) due[x] = true;
                sx_sweep_start(&l.w, l.n);
                break;
            default:
                if (sx_list *x = sx_sweep_next(&l.w)) due.erase(x);
            }
        }
        for (int i = 0; sx_sweep_is_on(&l.w); i++) {
            ASSERT_LT(i, 1000) << "it comes to an end";
            if (sx_list *x = sx_sweep_next(&l.w)) due.erase(x);
        }
        EXPECT_TRUE(due.empty()) << "run " << run;
    }
}

} // namespace
