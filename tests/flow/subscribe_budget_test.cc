/* What a subscription costs in memory, either way, and what a walk over thousands of them does to the thread. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* whose allocators do not count */
#include <malloc.h>
#include <time.h>

#include "flow/flow_fixture.h"

namespace {

size_t in_use() { return mallinfo2().uordblks; }

uint64_t cpu_us() {
    timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* A server that takes every subscription and says once that it is active. */
struct Server {
    Raw r{"10.0.0.9"};
    int cseq = 0;
    Server() {
        r.on = [this](const Sip &m) {
            if (m.method() != "SUBSCRIBE") return;
            std::string to = m.header("To") + (m.to_tag().empty() ? ";tag=t" : "");
            r.reply(m, 200, "t", r.contact() + "Expires: 3600\r\n");
            r.send(m.contact_uri().find("10.0.0.2") == std::string::npos ? "10.0.0.1" : "10.0.0.2",
                   r.request("NOTIFY", m.contact_uri(), to, m.header("From"), m.header("Call-ID"), ++cseq,
                             r.contact() + "Event: dialog\r\nSubscription-State: active;expires=3600\r\n"));
        };
    }
};

void watch(Phone &p, Server &s, int from, int n) {
    for (int i = from; i < from + n; i++) {
        ua_subscribe_config c = {};
        ua_subscription *sub;
        std::string target = "sip:user" + std::to_string(i) + "@10.0.0.9";
        c.target = target.c_str();
        c.event = "dialog";
        c.expires = 3600;
        ASSERT_EQ(ua_subscription_create(p.agent, nullptr, &c, (uint64_t)i, &sub), 0);
        if (i % 20 == 0) fake_run_for(4);
    }
    fake_run_for(40000); /* transactions and timer N are over */
    s.r.got.clear();
    p.events.clear();
    p.events.shrink_to_fit();
}

TEST_F(Flow, ThousandsOfSubscriptionsAreLeanAndFollowInSmallSteps) {
    Phone p("10.0.0.1");
    Server s;
    watch(p, s, 0, 100);
    size_t before = in_use();
    watch(p, s, 100, 2000);
    size_t each = (in_use() - before) / 2000;
    printf("%zu bytes a subscription of ours\n", each);
    EXPECT_LE(each, 3072u);
    fake_host_move("10.0.0.1", "10.0.0.2");
    ASSERT_EQ(ua_network_changed(p.agent), 0);
    uint64_t longest = 0, until = fake_now() + 12000, ms = fake_now();
    size_t most = 0, in_ms = 0, all = 0;
    while (fake_now() < until) {
        size_t sent = s.r.got.size();
        uint64_t t = cpu_us();
        if (!fake_step()) break;
        t = cpu_us() - t;
        if (t > longest) longest = t;
        sent = s.r.got.size() - sent;
        in_ms = ms == fake_now() ? in_ms + sent : sent;
        ms = fake_now();
        all += sent;
        if (in_ms > most) most = in_ms;
    }
    printf("%llu us the longest turn of a walk\n", (unsigned long long)longest); /* a figure, not a test */
    EXPECT_GE(all, 4000u) << "each has subscribed there, and answered its NOTIFY";
    EXPECT_LE(most, 40u) << "messages in one millisecond";
}

TEST_F(Flow, APeersSubscriptionToUsIsLean) {
    Phone p("10.0.0.1", true, "10.0.0.1");
    ua_agent_ask(p.agent, 1u << UA_ASK_SUBSCRIBE);
    p.on = [](const ua_event &ev) {
        if (ev.type != UA_EV_SUBSCRIBE_REQUESTED) return;
        ua_notify_config c = {};
        c.content_type = "text/plain";
        c.body = SX_LIT("a body of some sixty bytes, as a small state document has......");
        EXPECT_EQ(ua_notifier_accept(ev.notifier, &c), 0);
    };
    Raw r("10.0.0.5");
    r.on = [&](const Sip &m) {
        if (m.method() == "NOTIFY") r.reply(m, 200);
    };
    auto make = [&](int from, int n) {
        for (int i = from; i < from + n; i++) {
            r.send("10.0.0.1",
                   r.request("SUBSCRIBE", "sip:me@10.0.0.1", "<sip:raw@10.0.0.5>;tag=w", "<sip:me@10.0.0.1>",
                             "s" + std::to_string(i), 1, r.contact() + "Event: dialog\r\nExpires: 3600\r\n"));
            if (i % 20 == 0) fake_run_for(4);
        }
        fake_run_for(40000);
        r.got.clear();
        p.events.clear();
        p.events.shrink_to_fit();
    };
    make(0, 100);
    size_t before = in_use();
    make(100, 1000);
    size_t each = (in_use() - before) / 1000;
    printf("%zu bytes a subscription to us\n", each);
    EXPECT_LE(each, 3072u);
}

} // namespace
#endif
