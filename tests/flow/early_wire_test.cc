/* Every message of a call with a reliable 1xx, an UPDATE before the answer and refreshes of its session timer is lost,
 * doubled and overtaken once, in turn. And a day of held calls leaves memory as it was. */
#include "flow/flow_fixture.h"

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#include <malloc.h>
#define COUNTS_MEMORY 1
#endif

namespace {

const char *const ALICE = "10.0.0.1", *const BOB = "10.0.0.2";

enum What { LOST, DOUBLED, LATE, HOW_MANY };
const char *const words[] = {"lost", "doubled", "late"};

/* What happens to the nth datagram of all. */
struct Mishap {
    uint64_t nth = 0, seen = 0, due = 0;
    What what = LOST;
    std::string bytes, from, to, name;
    static std::string at(const net_addr &a) {
        char t[NET_ADDR_TEXT];
        return net_addr_text(&a, t);
    }
    static bool drop(void *ctx, const fake_packet *p) {
        Mishap *m = static_cast<Mishap *>(ctx);
        if (getenv("SHOW"))
            fprintf(stderr, "%llu %s\n", (unsigned long long)(fake_now() % 1000000),
                    text(p->bytes).substr(0, 60).c_str());
        if (p->tcp || ++m->seen != m->nth) return false;
        m->bytes = text(p->bytes);
        m->from = at(p->from);
        m->to = at(p->to);
        m->name =
            m->bytes.substr(0, m->bytes.find('\r')) + " / " +
            m->bytes.substr(m->bytes.find("CSeq"), m->bytes.find('\r', m->bytes.find("CSeq")) - m->bytes.find("CSeq"));
        m->due = fake_now() + (m->what == LATE ? 150 : 40);
        return m->what != DOUBLED;
    }
    void run(uint64_t ms) {
        for (uint64_t end = fake_now() + ms; fake_now() < end;) {
            fake_run_for(10);
            if (!due || fake_now() < due) continue;
            due = 0;
            if (what != LOST) fake_inject(from.c_str(), to.c_str(), sx_slice_of(bytes.data(), bytes.size()));
        }
    }
    bool until(std::function<bool()> done, uint64_t ms) {
        for (uint64_t end = fake_now() + ms; fake_now() < end;) {
            if (done()) return true;
            run(10);
        }
        return done();
    }
};

void set(Phone &p, const char *key, const char *value) {
    ASSERT_EQ(ua_option_set(p.agent, nullptr, nullptr, key, value), 0) << sx_last_error_text();
}

/* The whole call; the count of its datagrams when nothing happened to them. */
uint64_t play(Mishap &m, bool by_update, bool callee) {
    Phone alice(ALICE, true), bob(BOB, true);
    fake_link l = {};
    l.latency_ms = 5;
    l.drop = Mishap::drop;
    l.drop_ctx = &m;
    fake_link_set(nullptr, nullptr, &l);
    set(alice, "session_expires_s", "90");
    set(alice, "session_refresher", "local");
    set(alice, "session_refresh_method", by_update ? "update" : "invite");
    ua_call *out = alice.call(nullptr, "sip:x@10.0.0.2");
    EXPECT_TRUE(m.until([&] { return bob.count(UA_EV_INCOMING_CALL) == 1; }, 40000));
    if (!bob.last(UA_EV_INCOMING_CALL)) return 0;
    ua_call *in = bob.last(UA_EV_INCOMING_CALL)->call;
    ua_reply ring = {};
    ring.status = 183;
    ring.early_media = true;
    EXPECT_EQ(ua_call_ring(in, &ring), 0);
    EXPECT_TRUE(m.until([&] { return alice.count(UA_EV_MEDIA_READY) == 1; }, 40000));
    ua_change change = {};
    const char *codecs[] = {"PCMA"};
    change.codecs = codecs;
    change.codec_count = 1;
    m.run(200); /* what overtakes the 183 is another test's */
    Phone &who = callee ? bob : alice;
    EXPECT_TRUE(m.until([&] { return ua_call_change(callee ? in : out, &change, 77) == 0; }, 40000));
    EXPECT_TRUE(
        m.until([&] { return who.count(UA_EV_CALL_UPDATED) + who.count(UA_EV_CALL_CHANGE_FAILED) > 0; }, 40000));
    EXPECT_EQ(who.count(UA_EV_CALL_CHANGE_FAILED), 0u);
    EXPECT_EQ(ua_call_answer(in, nullptr), 0);
    EXPECT_TRUE(
        m.until([&] { return alice.count(UA_EV_CALL_CONFIRMED) == 1 && bob.count(UA_EV_CALL_CONFIRMED) == 1; }, 40000));
    EXPECT_EQ(alice.look(out).config.sending.pt, 8) << "what the UPDATE agreed on holds";
    EXPECT_EQ(bob.look(in).config.sending.pt, 8);
    m.run(200000);
    EXPECT_EQ(alice.count(UA_EV_CALL_ENDED) + bob.count(UA_EV_CALL_ENDED), 0u);
    EXPECT_EQ(alice.count(UA_EV_CALL_PROGRESS), 1u);
    EXPECT_EQ(ua_call_hangup(out, nullptr), 0);
    EXPECT_TRUE(m.until([&] { return alice.count(UA_EV_CALL_ENDED) == 1 && bob.count(UA_EV_CALL_ENDED) == 1; }, 40000));
    if (bob.last(UA_EV_CALL_ENDED)) {
        EXPECT_EQ(bob.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_TERMINATED);
    }
    m.run(40000);
    fake_link none = {};
    none.latency_ms = 1;
    fake_link_set(nullptr, nullptr, &none);
    return m.seen;
}

TEST_F(Flow, EachMessageOfAnEarlyNegotiationAndOfRefreshesMayBeLostDoubledOrLate) {
    for (bool by_update : {true, false}) {
        bool callee = !by_update;
        Mishap calm;
        uint64_t n = play(calm, by_update, callee);
        ASSERT_GE(n, 18u);
        ASSERT_LE(n, 40u);
        for (uint64_t i = 1; i <= n; i++) {
            for (int w = 0; w < HOW_MANY; w++) {
                Mishap m;
                m.nth = i;
                m.what = (What)w;
                play(m, by_update, callee);
                if (HasFailure()) {
                    FAIL() << words[w] << ": message " << i << " of " << n << ": " << m.name;
                }
            }
        }
    }
}

/* What a day of 50 calls between two of ours leaves behind, in bytes a call. */
#ifdef COUNTS_MEMORY
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
#endif

} // namespace
