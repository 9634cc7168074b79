#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

extern "C" {
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/rand.h"
#include "base/runq.h"
#include "base/slice.h"
}

namespace {

std::string str(sx_slice s) { return std::string(s.p ? s.p : "", s.n); }
sx_slice sl(const std::string &s) { return sx_slice_of(s.data(), s.size()); }

TEST(Slice, ComparesWithoutCaseInAsciiOnly) {
    EXPECT_TRUE(sx_ieq(SX_LIT("INVITE"), SX_LIT("invite")));
    EXPECT_FALSE(sx_ieq(SX_LIT("INVITE"), SX_LIT("invit")));
    EXPECT_FALSE(sx_ieq(SX_LIT("\xc4"), SX_LIT("\xe4")));
    EXPECT_FALSE(sx_ieq(SX_LIT("@"), SX_LIT("`")));
    EXPECT_TRUE(sx_ieq(sx_slice_empty(), SX_LIT("")));
    EXPECT_TRUE(sx_eq_secret(SX_LIT("abc"), SX_LIT("abc")));
    EXPECT_FALSE(sx_eq_secret(SX_LIT("abc"), SX_LIT("abd")));
    EXPECT_FALSE(sx_eq_secret(SX_LIT("abc"), SX_LIT("ab")));
}

TEST(Slice, TrimsSplitsAndFinds) {
    EXPECT_EQ("a b", str(sx_trim(SX_LIT("\r\n\t a b \t"))));
    EXPECT_EQ("", str(sx_trim(SX_LIT(" \t\r\n"))));
    sx_slice rest;
    EXPECT_EQ("a", str(sx_split(SX_LIT("a,b,c"), ',', &rest)));
    EXPECT_EQ("b,c", str(rest));
    EXPECT_EQ("a", str(sx_split(SX_LIT("a,"), ',', &rest)));
    EXPECT_TRUE(rest.p != nullptr && rest.n == 0);
    EXPECT_EQ("a", str(sx_split(SX_LIT("a"), ',', &rest)));
    EXPECT_EQ(nullptr, rest.p);
    EXPECT_EQ(1, sx_find(SX_LIT("abc"), 'b'));
    EXPECT_EQ(-1, sx_find(sx_slice_empty(), 'b'));
}

TEST(Slice, NumbersAreWholeAndBounded) {
    uint64_t v = 7;
    EXPECT_TRUE(sx_to_u64(SX_LIT("18446744073709551615"), UINT64_MAX, &v));
    EXPECT_EQ(UINT64_MAX, v);
    EXPECT_TRUE(sx_to_u64(SX_LIT("0065535"), 65535, &v));
    EXPECT_EQ(65535u, v);
    for (const char *bad : {"", " 1", "1 ", "+1", "-1", "1x", "65536", "18446744073709551616", "99999999999999999999999"})
        EXPECT_FALSE(sx_to_u64(sx_slice_str(bad), 65535, &v)) << bad;
    EXPECT_FALSE(sx_to_u64(SX_LIT("18446744073709551616"), UINT64_MAX, &v));
    EXPECT_EQ(65535u, v);
}

TEST(Buf, GrowsAndWrites) {
    sx_buf b;
    sx_buf_init(&b);
    for (int i = 0; i < 1000; i++) sx_buf_u64(&b, i);
    sx_buf_reset(&b);
    sx_buf_str(&b, "a=");
    sx_buf_u64(&b, UINT64_MAX);
    SX_BUF_LIT(&b, " ");
    sx_buf_hex(&b, "\x00\xff\x1a", 3);
    sx_buf_char(&b, '!');
    sx_buf_printf(&b, "%d", 42);
    sx_buf_printf(&b, "%0300d", 1);
    std::string want = "a=18446744073709551615 00ff1a!42" + std::string(299, '0') + "1";
    EXPECT_EQ(want, str(sx_buf_view(&b)));
    sx_buf_consume(&b, 2);
    EXPECT_EQ(want.substr(2), str(sx_buf_view(&b)));
    char *p = sx_buf_detach(&b);
    EXPECT_STREQ(want.substr(2).c_str(), p);
    EXPECT_EQ(0u, b.n);
    free(p);
    sx_buf_free(&b);
}

TEST(Buf, FixedBufferFailsAndStaysFailed) {
    char mem[8] = "1234567";
    sx_buf b;
    sx_buf_init_fixed(&b, mem, 4);
    sx_buf_str(&b, "abc");
    sx_buf_str(&b, "de");
    EXPECT_TRUE(b.failed);
    sx_buf_str(&b, "x");  // would fit, but the message is broken already
    EXPECT_EQ("abc", str(sx_buf_view(&b)));
    EXPECT_EQ('5', mem[4]);
    EXPECT_EQ(nullptr, sx_buf_detach(&b));
    sx_buf_reset(&b);
    sx_buf_str(&b, "full");
    EXPECT_FALSE(b.failed);
    EXPECT_EQ("full", str(sx_buf_view(&b)));
    sx_buf_free(&b);
}

TEST(Buf, AbsurdSizeIsAFailureNotAnOverflow) {
    sx_buf b;
    sx_buf_init(&b);
    sx_buf_str(&b, "x");
    EXPECT_EQ(nullptr, sx_buf_reserve(&b, SIZE_MAX - 4));
    EXPECT_TRUE(b.failed);
    sx_buf_free(&b);
}

TEST(Arena, AlignsZeroesAndCopies) {
    sx_arena a;
    sx_arena_init(&a, 100);
    for (size_t n = 0; n < 3000; n += 7) {
        char *p = static_cast<char *>(sx_arena_alloc(&a, n));
        ASSERT_TRUE(p);
        ASSERT_EQ(0u, reinterpret_cast<uintptr_t>(p) % 16);
        for (size_t i = 0; i < n; i++) ASSERT_EQ(0, p[i]);
        memset(p, 0xff, n);
    }
    EXPECT_STREQ("hello", sx_arena_str(&a, SX_LIT("hello")));
    EXPECT_EQ("", str(sx_arena_dup(&a, sx_slice_empty())));
    EXPECT_EQ(nullptr, sx_arena_alloc(&a, SIZE_MAX - 3));
    EXPECT_TRUE(a.failed);
    sx_arena_free(&a);
}

struct Node {
    sx_hnode h;
    std::string key;
};

TEST(Hash, FindsAmongManyAndKeepsDuplicates) {
    sx_htab t;
    sx_htab_init(&t);
    std::vector<Node> nodes(5000);
    for (size_t i = 0; i < nodes.size(); i++) {
        nodes[i].key = "k" + std::to_string(i % 2500);
        ASSERT_TRUE(sx_htab_insert(&t, &nodes[i].h, sx_hash_of(sl(nodes[i].key))));
    }
    for (int i = 0; i < 2500; i++) {
        std::string key = "k" + std::to_string(i);
        int found = 0;
        for (sx_hnode *n = sx_htab_first(&t, sx_hash_of(sl(key))); n; n = sx_htab_next(n))
            found += reinterpret_cast<Node *>(n)->key == key;
        ASSERT_EQ(2, found);
    }
    EXPECT_EQ(nullptr, sx_htab_first(&t, sx_hash_of(SX_LIT("absent"))));
    sx_htab_free(&t);
}

TEST(Hash, NodesMayBeRemovedWhileWalking) {
    sx_htab t;
    sx_htab_init(&t);
    EXPECT_EQ(nullptr, sx_htab_any(&t));
    EXPECT_EQ(nullptr, sx_htab_after(&t, nullptr));
    EXPECT_EQ(nullptr, sx_htab_first(&t, 1));
    std::set<Node *> left;
    for (int i = 0; i < 1000; i++) {
        Node *n = new Node;
        n->key = std::to_string(i);
        sx_htab_insert(&t, &n->h, sx_hash_of(sl(n->key)));
        left.insert(n);
    }
    size_t seen = 0;
    SX_HTAB_EACH(it, tmp, &t) {
        Node *n = reinterpret_cast<Node *>(it);
        seen++;
        if (n->key.size() == 2) {
            sx_htab_remove(&t, it);
            left.erase(n);
            delete n;
        }
    }
    EXPECT_EQ(1000u, seen);
    EXPECT_EQ(910u, t.count);
    for (sx_hnode *n; (n = sx_htab_any(&t)) != nullptr;) {
        sx_htab_remove(&t, n);
        ASSERT_EQ(1u, left.erase(reinterpret_cast<Node *>(n)));
        delete reinterpret_cast<Node *>(n);
    }
    EXPECT_TRUE(left.empty());
    sx_htab_free(&t);
}

TEST(Hash, CaseFoldingEqualsTheHashOfLowerCase) {
    std::string upper, lower;
    for (int n = 0; n < 300; n++) {
        ASSERT_EQ(sx_hash_of(sl(lower)), sx_hash_ofi(sl(upper))) << n;
        char c = char(n);
        upper += c;
        lower += sx_lower(c);
    }
    EXPECT_NE(sx_hash_of(SX_LIT("a")), sx_hash_of(SX_LIT("b")));
    EXPECT_NE(sx_hash_of(SX_LIT("a")), sx_hash_of(sx_slice_of("a\0", 2)));
}

struct Task {
    sx_task t;
    sx_runq *q;
    std::vector<std::string> *log;
    std::string name;
    Task *then = nullptr;
    sx_grave grave;
    bool die = false;
};

void bury_free(sx_grave *g) {
    Task *t = SX_CONTAINER(g, Task, grave);
    t->log->push_back("free " + t->name);
    if (t->then) sx_runq_post(t->q, &t->then->t);
}

void run(sx_task *t) {
    Task *x = reinterpret_cast<Task *>(t);
    x->log->push_back(x->name);
    sx_runq_drain(x->q);  // nested: does nothing
    if (x->die)
        sx_runq_bury(x->q, &x->grave, bury_free);
    else if (x->then)
        sx_runq_post(x->q, &x->then->t);
}

TEST(Runq, FirstInFirstOutThenTheGraveyard) {
    sx_runq q;
    sx_runq_init(&q);
    std::vector<std::string> log;
    Task a, b, c, d;
    Task *all[] = {&a, &b, &c, &d};
    for (int i = 0; i < 4; i++) {
        sx_task_init(&all[i]->t, run);
        all[i]->q = &q;
        all[i]->log = &log;
        all[i]->name = std::string(1, char('a' + i));
    }
    a.then = &c;
    b.die = true;
    b.then = &d;  // posted by its own burial
    sx_runq_post(&q, &a.t);
    sx_runq_post(&q, &b.t);
    sx_runq_post(&q, &a.t);  // queued already: stays where it is
    sx_runq_drain(&q);
    EXPECT_EQ((std::vector<std::string>{"a", "b", "c", "free b", "d"}), log);
    log.clear();
    sx_runq_post(&q, &a.t);
    sx_runq_post(&q, &b.t);
    sx_runq_cancel(&a.t);
    b.die = false;
    b.then = nullptr;
    sx_runq_drain(&q);
    EXPECT_EQ((std::vector<std::string>{"b"}), log);
}

TEST(Rand, ForkedChildDrawsOtherNumbers) {
    char mine[32], childs[32];
    int p[2];
    sx_rand_bytes(mine, 1);  // fills the buffer that fork copies
    ASSERT_EQ(0, pipe(p));
    pid_t pid = fork();
    if (pid == 0) {
        sx_rand_bytes(childs, sizeof childs);
        _exit(write(p[1], childs, sizeof childs) == sizeof childs ? 0 : 1);
    }
    sx_rand_bytes(mine, sizeof mine);
    ASSERT_EQ((ssize_t)sizeof childs, read(p[0], childs, sizeof childs));
    int status;
    waitpid(pid, &status, 0);
    EXPECT_NE(0, memcmp(mine, childs, sizeof mine));
    close(p[0]);
    close(p[1]);
}

TEST(Rand, FixedSeedRepeatsAndEnds) {
    char a[40], b[40];
    sx_rand_fix(5);
    sx_rand_token(a, sizeof a);
    uint32_t x = sx_rand_below(1000);
    sx_rand_fix(5);
    sx_rand_token(b, sizeof b);
    EXPECT_EQ(x, sx_rand_below(1000));
    EXPECT_EQ(0, memcmp(a, b, sizeof a));
    sx_rand_fix(0);
    sx_rand_token(b, sizeof b);
    EXPECT_NE(0, memcmp(a, b, sizeof a));
    for (char c : a) EXPECT_TRUE((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
}

TEST(Rand, BelowStaysBelowAndReachesAll) {
    std::set<uint32_t> seen;
    for (int i = 0; i < 2000; i++) seen.insert(sx_rand_below(7));
    EXPECT_EQ(7u, seen.size());
    EXPECT_EQ(6u, *seen.rbegin());
    EXPECT_EQ(0u, sx_rand_below(0));
    EXPECT_EQ(0u, sx_rand_below(1));
    unsigned char big[1000] = {0};
    sx_rand_bytes(big, sizeof big);
    EXPECT_GT(std::set<unsigned char>(big, big + sizeof big).size(), 200u);
}

TEST(Error, EveryCodeHasANameAndASentence) {
    std::set<std::string> names;
    for (int c = 0; c >= SX_E_TLS; c--) {
        names.insert(sx_error_name(c));
        EXPECT_EQ('.', std::string(sx_error_text(c)).back());
    }
    EXPECT_EQ(32u, names.size());
    EXPECT_STREQ("SIPUA_E_GONE", sx_error_name(SX_E_GONE));
    EXPECT_STREQ("SIPUA_E_INTERNAL", sx_error_name(SX_E_INTERNAL));
    EXPECT_STREQ("SIPUA_E_TLS", sx_error_name(SX_E_TLS));
    EXPECT_STREQ("SIPUA_E_DNS", sx_error_name(SX_E_DNS));
    EXPECT_TRUE(sx_error_text(-1000));
    EXPECT_TRUE(sx_error_name(-2147483647 - 1));
}

TEST(Error, DetailBelongsToItsThread) {
    EXPECT_EQ(SX_E_URI, sx_fail(SX_E_URI, "no host in %s", "sip:"));
    EXPECT_STREQ("no host in sip:", sx_last_error_text());
    std::thread([] { EXPECT_STREQ("", sx_last_error_text()); }).join();
    sx_fail(SX_E_IO, "%s", std::string(5000, 'x').c_str());
    EXPECT_LT(strlen(sx_last_error_text()), 1000u);
    EXPECT_EQ(SX_E_IO, sx_last_error());
}

#define SX_MODULE "test"
TEST(Log, LevelsAndLongLines) {
    std::vector<std::string> lines;
    sx_log log = {[](void *ctx, sx_level, const char *m, const char *t, size_t n) {
                      static_cast<std::vector<std::string> *>(ctx)->push_back(std::string(m) + ":" + std::string(t, n));
                  },
                  &lines, SX_LOG_INFO};
    SX_LOG(&log, SX_LOG_DEBUG, "no");
    SX_LOG(&log, SX_LOG_INFO, "yes %d", 1);
    SX_LOG(&log, SX_LOG_ERROR, "%s", std::string(9999, 'x').c_str());
    SX_LOG((sx_log *)nullptr, SX_LOG_ERROR, "no");
    ASSERT_EQ(2u, lines.size());
    EXPECT_EQ("test:yes 1", lines[0]);
    EXPECT_GT(lines[1].size(), 1000u);
}

TEST(Clock, FakeReplacesBothAndIsGivenBack) {
    uint64_t us = 5000000, wall = 77;
    sx_clock_fake(&us, &wall);
    EXPECT_EQ(5000u, sx_now_ms());
    EXPECT_EQ(77u, sx_wall_ms());
    us += 1000;
    EXPECT_EQ(5001u, sx_now_ms());
    sx_clock_fake(nullptr, nullptr);
    EXPECT_GT(sx_wall_ms(), 1600000000000u);
    uint64_t a = sx_now_us();
    EXPECT_LE(a, sx_now_us());
}

}  // namespace
