/* What an idle account and a held call may cost (the benchmarks say the same with the real network). */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* whose allocators do not count */
#include <malloc.h>

#include "flow/flow_fixture.h"

namespace {

size_t in_use() { return mallinfo2().uordblks; }

TEST_F(Flow, ARegisteredAccountCostsAtMost3Kilobytes) {
    Phone p("10.0.0.1");
    Raw reg("10.0.0.9");
    reg.on = [&](const Sip &m) {
        if (m.method() == "REGISTER") {
            reg.reply(m, 200, "r", "Contact: <" + m.contact_uri() + ">;expires=3600\r\n");
        }
    };
    auto make = [&](int from, int n) {
        for (int i = from; i < from + n; i++) {
            std::string aor = "sip:user" + std::to_string(i) + "@10.0.0.9";
            EXPECT_EQ(ua_account_register(p.account(aor.c_str(), "secret")), 0);
            if (i % 50 == 0) fake_run_for(20);
        }
        fake_run_for(40000); /* transactions are over */
        reg.got.clear();
        p.events.clear();
        p.events.shrink_to_fit();
    };
    make(0, 100);
    size_t before = in_use();
    make(100, 1000);
    size_t each = (in_use() - before) / 1000;
    RecordProperty("bytes", (int)each);
    printf("%zu bytes a registered account\n", each);
    EXPECT_LE(each, 3072u);
}

TEST_F(Flow, AHeldSignallingOnlyCallCostsAtMost5Kilobytes) {
    Phone p("10.0.0.1", true);
    Raw r("10.0.0.5");
    p.account("sip:bench@10.0.0.1", nullptr, nullptr, [](ua_account_config &c) {
        c.auto_answer = true;
        c.media_none = true;
    });
    r.on = [&](const Sip &m) {
        if (m.status() == 200) r.ack("10.0.0.1", m);
    };
    auto make = [&](int from, int n) {
        for (int i = from; i < from + n; i++) {
            r.send("10.0.0.1", r.invite("sip:bench@10.0.0.1", "call" + std::to_string(i), sdp("10.0.0.5", 4000)));
            fake_run_for(5);
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
    printf("%zu bytes a held call\n", each);
    EXPECT_LE(each, 5120u);
    ua_counters c;
    ua_agent_get_counters(p.agent, &c);
    EXPECT_EQ(c.calls_now, 1100u);
}

TEST_F(Flow, Field11_ABigRequestTriesTcpAndFallsBackToUdp) {
    Phone a("10.0.0.1"), b("10.0.0.2", true);
    b.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_MESSAGE) ua_message_accept(ev.message, nullptr);
    };
    std::string big(3000, 'x');
    big += "\xc3\xa4"; /* JsSIP 11: lengths are bytes */
    ua_message_config c = {};
    c.target = "sip:x@10.0.0.2";
    c.body = sx_slice_of(big.data(), big.size());
    ua_message *m;
    ASSERT_EQ(ua_message_send(a.agent, nullptr, &c, 1, &m), 0);
    ASSERT_NE(a.wait(UA_EV_MESSAGE_DELIVERED), nullptr);
    EXPECT_EQ(a.count(UA_EV_TRANSPORT_CONNECTED), 1u);
    EXPECT_EQ(b.last(UA_EV_MESSAGE)->body, big);
    Raw udp_only("10.0.0.5");
    udp_only.on = [&](const Sip &q) {
        if (q.method() == "MESSAGE") udp_only.reply(q, 200, "t");
    };
    c.target = "sip:x@10.0.0.5";
    uint64_t t = fake_now();
    ASSERT_EQ(ua_message_send(a.agent, nullptr, &c, 2, &m), 0);
    ASSERT_NE(a.wait(UA_EV_MESSAGE_DELIVERED, 5000, 2), nullptr);
    EXPECT_LE(fake_now() - t, 1100u);
    EXPECT_EQ(udp_only.last("MESSAGE")->body(), big);
    ASSERT_EQ(ua_option_set(a.agent, nullptr, nullptr, "udp.max_request", "65535"), 0);
    size_t connects = a.count(UA_EV_TRANSPORT_CONNECTING);
    c.target = "sip:x@10.0.0.5";
    ASSERT_EQ(ua_message_send(a.agent, nullptr, &c, 3, &m), 0);
    ASSERT_NE(a.wait(UA_EV_MESSAGE_DELIVERED, 5000, 3), nullptr);
    EXPECT_EQ(a.count(UA_EV_TRANSPORT_CONNECTING), connects);
}

TEST_F(Flow, OptionsAreSetByKeyAndOutOfRangeIsTold) {
    Phone p("10.0.0.1");
    ua_account *acc = p.account("sip:alice@10.0.0.9");
    EXPECT_EQ(ua_option_set(p.agent, nullptr, nullptr, "t1_ms", "100"), 0);
    EXPECT_EQ(ua_option_set(p.agent, nullptr, nullptr, "t1_ms", "1"), SX_E_INVALID);
    EXPECT_EQ(ua_option_set(p.agent, nullptr, nullptr, "no.such", "1"), SX_E_NOT_FOUND);
    EXPECT_EQ(ua_option_set(p.agent, acc, nullptr, "t1_ms", "100"), SX_E_KIND);
    fake_icmp(false);
    uint64_t t = fake_now();
    p.call(nullptr, "sip:x@10.0.0.77");
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED, 40000), nullptr);
    EXPECT_LE(fake_now() - t, 6600u) << "64*T1";
}

TEST_F(Flow, TracesShowEveryMessageWithoutSecrets) {
    Registrar reg("10.0.0.9");
    Phone p("10.0.0.1");
    ua_agent_trace(p.agent, true);
    ASSERT_EQ(ua_account_register(p.account("sip:alice@10.0.0.9", "secret")), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
    EXPECT_EQ(p.count(UA_EV_TRACE), 4u);
    for (auto &e : p.events) {
        if (e.type != UA_EV_TRACE) continue;
        size_t at = e.body.find("response=\"");
        if (at != std::string::npos) {
            EXPECT_EQ(e.body.compare(at + 10, 3, "***"), 0);
        }
    }
}

} // namespace
#endif
