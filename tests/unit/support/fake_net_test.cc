#include <gtest/gtest.h>

#include <string>
#include <vector>

extern "C" {
#include "base/clock.h"
#include "base/error.h"
#include "base/rand.h"
}
#include "support/fake_net.h"

namespace {

net_addr addr(const char *text) {
    net_addr a = net_addr_none();
    EXPECT_TRUE(net_addr_parse(&a, sx_slice_str(text), 0)) << text;
    return a;
}

std::string text_of(const net_addr *a) {
    char t[NET_ADDR_TEXT];
    return a ? net_addr_text(a, t) : "null";
}

struct Seen {
    net_event_type type;
    std::string bytes, from, local, text;
    int code;
    uint64_t at, token;
    std::vector<std::string> addrs;
    std::string check, names;
};

struct Box {
    std::vector<Seen> seen;
    net_conn *accepted = nullptr;
    bool adopt = true;
    static void sink(void *ctx, const net_event *ev) {
        Box *b = static_cast<Box *>(ctx);
        Seen s{ev->type, std::string(ev->bytes.p ? ev->bytes.p : "", ev->bytes.n), text_of(ev->from), text_of(ev->local),
               ev->text, ev->code, fake_now(), ev->token, {}, ev->tls_check ? ev->tls_check : "", ev->tls_names ? ev->tls_names : ""};
        for (size_t i = 0; i < ev->nrecords; i++) s.addrs.push_back(text_of(&ev->records[i].addr));
        b->seen.push_back(s);
        if (ev->type == NET_ACCEPTED && b->adopt) {
            b->accepted = ev->conn;
            net_conn_adopt(ev->conn, sink, ctx);
        }
    }
    int count(net_event_type t) const {
        int n = 0;
        for (auto &s : seen) n += s.type == t;
        return n;
    }
};

class FakeNet : public ::testing::Test {
  protected:
    net_loop *a, *b;
    Box box_a, box_b;
    void SetUp() override {
        fake_net_begin(7);
        fake_host("10.0.0.1");
        a = net_loop_create();
        fake_host("10.0.0.2 2001:db8::2");
        b = net_loop_create();
    }
    void TearDown() override {
        net_loop_destroy(a);
        net_loop_destroy(b);
        EXPECT_TRUE(fake_net_end());
    }
    net_udp *udp(net_loop *l, const char *at, Box *box) {
        net_udp *u = nullptr;
        net_addr x = addr(at);
        EXPECT_EQ(SX_OK, net_udp_open(l, &x, nullptr, Box::sink, box, &u)) << sx_last_error_text();
        return u;
    }
    void send(net_udp *u, const char *to, const std::string &s) {
        net_addr t = addr(to);
        EXPECT_EQ(SX_OK, net_udp_send(u, &t, sx_slice_of(s.data(), s.size())));
    }
};

TEST_F(FakeNet, DatagramArrivesAfterTheLinksLatencyFromTheRealSource) {
    fake_link k = {};
    k.latency_ms = 40;
    fake_link_set("10.0.0.1", nullptr, &k);
    net_udp *ua = udp(a, "0.0.0.0:5060", &box_a), *ub = udp(b, "10.0.0.2:5060", &box_b);
    uint64_t t0 = fake_now();
    send(ua, "10.0.0.2:5060", "hello");
    EXPECT_TRUE(box_b.seen.empty());
    fake_run_for(39);
    EXPECT_TRUE(box_b.seen.empty());
    fake_run_for(1);
    ASSERT_EQ(1u, box_b.seen.size());
    EXPECT_EQ("hello", box_b.seen[0].bytes);
    EXPECT_EQ("10.0.0.1:5060", box_b.seen[0].from);
    EXPECT_EQ("10.0.0.2:5060", box_b.seen[0].local);
    EXPECT_EQ(t0 + 40, box_b.seen[0].at);
    EXPECT_EQ(sx_now_ms(), fake_now());
    net_udp_close(ua);
    net_udp_close(ub);
}

TEST_F(FakeNet, DropSkipsAndLosesExactlyTheNamedDatagrams) {
    net_udp *ua = udp(a, "10.0.0.1:5060", &box_a), *ub = udp(b, "10.0.0.2:5060", &box_b);
    fake_drop("10.0.0.1", "10.0.0.2", 1, 2);
    fake_drop_starting(nullptr, nullptr, "e", 0, 1);
    for (const char *s : {"a", "b", "c", "d", "e", "f", "e"}) send(ua, "10.0.0.2:5060", s);
    fake_run_for(10);
    std::string got;
    for (auto &s : box_b.seen) got += s.bytes;
    EXPECT_EQ("adfe", got);
    EXPECT_EQ(3u, fake_dropped());
    net_udp_close(ua);
    net_udp_close(ub);
}

TEST_F(FakeNet, SameSeedSameLossesAndOrder) {
    auto run = [](uint64_t seed) {
        fake_net_begin(seed);
        fake_host("10.0.0.1");
        net_loop *l = net_loop_create();
        Box box;
        fake_link k = {};
        k.latency_ms = 5;
        k.jitter_ms = 20;
        k.loss_percent = 20;
        k.dup_percent = 10;
        fake_link_set(nullptr, nullptr, &k);
        net_addr at = addr("10.0.0.1:1000");
        net_udp *u;
        EXPECT_EQ(SX_OK, net_udp_open(l, &at, nullptr, Box::sink, &box, &u));
        for (int i = 0; i < 100; i++) {
            std::string s = std::to_string(i) + " ";
            net_udp_send(u, &at, sx_slice_of(s.data(), s.size()));
        }
        fake_run_for(100);
        std::string got;
        for (auto &s : box.seen) got += s.bytes;
        net_udp_close(u);
        net_loop_destroy(l);
        EXPECT_TRUE(fake_net_end());
        return got;
    };
    net_loop_destroy(a);
    net_loop_destroy(b);
    EXPECT_TRUE(fake_net_end());
    std::string one = run(3), two = run(3), other = run(4);
    EXPECT_EQ(one, two);
    EXPECT_NE(one, other);
    SetUp();
}

TEST_F(FakeNet, ClosedPortComesBackAsErrorAndAFirewallSaysNothing) {
    net_udp *ua = udp(a, "10.0.0.1:5060", &box_a);
    send(ua, "10.0.0.2:9", "x");
    fake_run_for(10);
    ASSERT_EQ(1, box_a.count(NET_SEND_ERROR));
    EXPECT_EQ("10.0.0.2:9", box_a.seen[0].from);
    fake_icmp(false);
    send(ua, "10.0.0.2:9", "x");
    fake_run_for(10);
    EXPECT_EQ(1, box_a.count(NET_SEND_ERROR));
    net_udp_close(ua);
}

TEST_F(FakeNet, NatHidesTheInsideAndRepliesFindBack) {
    fake_nat("10.0.0.1", "198.51.100.1");
    net_udp *ua = udp(a, "10.0.0.1:5060", &box_a), *ub = udp(b, "10.0.0.2:5060", &box_b);
    send(ua, "10.0.0.2:5060", "x");
    fake_run_for(10);
    ASSERT_EQ(1u, box_b.seen.size());
    EXPECT_EQ("198.51.100.1:40000", box_b.seen[0].from);
    send(ub, "198.51.100.1:40000", "y");
    send(ub, "198.51.100.1:5060", "lost");
    fake_run_for(10);
    ASSERT_EQ(1, box_a.count(NET_DATAGRAM));
    EXPECT_EQ("y", box_a.seen[0].bytes);
    fake_nat_rebind();
    send(ua, "10.0.0.2:5060", "z");
    fake_run_for(10);
    EXPECT_EQ("198.51.100.1:40001", box_b.seen.back().from);
    net_udp_close(ua);
    net_udp_close(ub);
}

TEST_F(FakeNet, TcpConnectsSplitsAndCloses) {
    net_listener *s = nullptr;
    net_addr at = addr("10.0.0.2:5060");
    ASSERT_EQ(SX_OK, net_listener_open(b, &at, nullptr, Box::sink, &box_b, &s));
    net_conn *c = nullptr;
    ASSERT_EQ(SX_OK, net_tcp_connect(a, &at, nullptr, nullptr, Box::sink, &box_a, &c));
    EXPECT_EQ(SX_OK, net_conn_send(c, SX_LIT("early")));
    fake_run_for(10);
    EXPECT_EQ(1, box_a.count(NET_CONNECTED));
    ASSERT_TRUE(box_b.accepted);
    EXPECT_EQ("early", box_b.seen.back().bytes);
    EXPECT_EQ(1u, net_listener_conns(s));
    fake_tcp_chunk(2);
    net_conn_send(box_b.accepted, SX_LIT("abcde"));
    net_conn_close(box_b.accepted, true);
    fake_run_for(10);
    EXPECT_EQ(3, box_a.count(NET_DATA));
    ASSERT_EQ(NET_CLOSED, box_a.seen.back().type);
    EXPECT_EQ(SX_OK, box_a.seen.back().code);
    EXPECT_EQ(0u, net_listener_conns(s));
    EXPECT_EQ(SX_E_STATE, net_conn_send(c, SX_LIT("x")));
    net_conn_close(c, true);
    net_listener_close(s);
}

TEST_F(FakeNet, TcpRefusesHangsAndResets) {
    net_listener *s = nullptr;
    net_addr at = addr("10.0.0.2:5060"), none = addr("10.0.0.2:5061");
    ASSERT_EQ(SX_OK, net_listener_open(b, &at, nullptr, Box::sink, &box_b, &s));
    net_conn *c1, *c2, *c3;
    fake_tcp_set("10.0.0.2:5060", FAKE_TCP_HANG);
    net_tcp_connect(a, &at, nullptr, nullptr, Box::sink, &box_a, &c1);
    net_tcp_connect(a, &none, nullptr, nullptr, Box::sink, &box_a, &c2);
    fake_run_for(5000);
    ASSERT_EQ(1u, box_a.seen.size());
    EXPECT_EQ("Connection refused", box_a.seen[0].text);
    fake_tcp_set("10.0.0.2:5060", FAKE_TCP_NORMAL);
    net_tcp_connect(a, &at, nullptr, nullptr, Box::sink, &box_a, &c3);
    fake_run_for(5);
    EXPECT_EQ(1u, fake_tcp_reset("10.0.0.2:5060"));
    fake_run_for(5);
    EXPECT_EQ(SX_E_TRANSPORT, box_a.seen.back().code);
    EXPECT_EQ(SX_E_TRANSPORT, box_b.seen.back().code);
    for (net_conn *c : {c1, c2, c3, box_b.accepted}) net_conn_close(c, false);
    net_listener_close(s);
}

TEST_F(FakeNet, StoppedReaderPushesBackAndDrains) {
    net_listener *s = nullptr;
    net_addr at = addr("10.0.0.2:5060");
    net_tcp_options o = {};
    o.queue_max = 1000;
    ASSERT_EQ(SX_OK, net_listener_open(b, &at, nullptr, Box::sink, &box_b, &s));
    net_conn *c;
    net_tcp_connect(a, &at, nullptr, &o, Box::sink, &box_a, &c);
    fake_run_for(5);
    net_conn_read(box_b.accepted, false);
    std::string block(1000, 'x');
    int rc = SX_OK, n = 0;
    while (rc == SX_OK && n < 10000) {
        rc = net_conn_send(c, sx_slice_of(block.data(), block.size()));
        fake_run_for(1);
        n += rc == SX_OK;
    }
    EXPECT_EQ(SX_E_FULL, rc);
    EXPECT_EQ(0, box_b.count(NET_DATA));
    net_conn_read(box_b.accepted, true);
    fake_run_for(5);
    EXPECT_EQ(1, box_a.count(NET_DRAINED));
    size_t got = 0;
    for (auto &e : box_b.seen) got += e.bytes.size();
    EXPECT_EQ(1000u * n, got);
    net_conn_close(c, false);
    net_conn_close(box_b.accepted, false);
    net_listener_close(s);
}

TEST_F(FakeNet, DnsAnswersFailsAndCancels) {
    net_dns *d;
    ASSERT_EQ(SX_OK, net_dns_create(a, nullptr, Box::sink, &box_a, &d));
    fake_dns_add("Pbx.example.com", "10.0.0.2", 60);
    fake_dns_add("pbx.example.com", "2001:db8::2", 60);
    net_dns_query(d, SX_LIT("pbx.EXAMPLE.com"), NET_BOTH, 1);
    net_dns_query(d, SX_LIT("nobody.example"), NET_V4, 2);
    net_dns_query(d, SX_LIT("pbx.example.com"), NET_V4, 3);
    net_dns_query(d, SX_LIT("192.0.2.9"), NET_BOTH, 4);
    net_dns_cancel(d, 3);
    EXPECT_TRUE(box_a.seen.empty());
    fake_run_for(10);
    ASSERT_EQ(3u, box_a.seen.size());
    EXPECT_EQ(4u, box_a.seen[0].token);
    EXPECT_EQ(std::vector<std::string>{"192.0.2.9:0"}, box_a.seen[0].addrs);
    EXPECT_EQ((std::vector<std::string>{"10.0.0.2:0", "[2001:db8::2]:0"}), box_a.seen[1].addrs);
    EXPECT_EQ(SX_E_DNS, box_a.seen[2].code);
    net_dns_destroy(d);
}

struct Ticker {
    sx_timer t;
    net_loop *l;
    std::vector<uint64_t> at;
};

TEST_F(FakeNet, TimersFireAtTheirMillisecond) {
    Ticker k;
    k.l = a;
    sx_timer_init(&k.t, [](sx_timer *t, uint64_t now) {
        Ticker *k = reinterpret_cast<Ticker *>(t);
        k->at.push_back(now);
        EXPECT_EQ(now, net_loop_now(k->l));
        if (k->at.size() < 3) sx_timer_start(net_loop_wheel(k->l), t, now + 32000);
    });
    uint64_t t0 = fake_now();
    sx_timer_start(net_loop_wheel(a), &k.t, t0 + 500);
    fake_run_for(100000);
    EXPECT_EQ((std::vector<uint64_t>{t0 + 500, t0 + 32500, t0 + 64500}), k.at);
    EXPECT_EQ(t0 + 100000, fake_now());
}

TEST_F(FakeNet, SourceAddressFollowsTheMachine) {
    net_addr dst = addr("192.0.2.1:5060"), src;
    fake_host("10.0.0.1");
    ASSERT_EQ(SX_OK, net_addr_source_for(&dst, &src));
    EXPECT_EQ("10.0.0.1:0", text_of(&src));
    net_addr lo = addr("127.0.0.1:1");
    ASSERT_EQ(SX_OK, net_addr_source_for(&lo, &src));
    EXPECT_EQ("127.0.0.1:0", text_of(&src));
}

net_tls *fake_tls(const char *cert, bool server, bool need_client = false, bool insecure = false) {
    net_tls_options o = {};
    net_tls *t = nullptr;
    o.cert = cert;
    o.server = server;
    o.need_client = need_client;
    o.insecure = insecure;
    EXPECT_EQ(SX_OK, net_tls_create(&o, &t));
    return t;
}

TEST_F(FakeNet, TlsChecksNamesByASimpleRule) {
    struct {
        const char *cert, *name, *check;
        bool need_client, insecure;
        const char *own;
    } all[] = {
        {"pbx.example,10.0.0.2", "PBX.example", "", false, false, nullptr},
        {"pbx.example, 10.0.0.2", nullptr, "", false, false, nullptr},
        {"pbx.example", "other.example", "name mismatch", false, false, nullptr},
        {"expired:pbx.example", "pbx.example", "expired", false, false, nullptr},
        {"expired:pbx.example", "other.example", "", false, true, nullptr},
        {"-----BEGIN CERTIFICATE-----", "any.example", "", false, false, nullptr},
        {"/some/file.pem", "any.example", "", false, false, nullptr},
        {"pbx.example", "pbx.example", "client certificate required", true, false, nullptr},
        {"pbx.example", "pbx.example", "", true, false, "sip:alice@pbx.example"},
    };
    for (auto &k : all) {
        net_tls *st = fake_tls(k.cert, true, k.need_client), *ct = fake_tls(k.own, false, false, k.insecure);
        net_tcp_options so = {}, co = {};
        so.tls = st;
        co.tls = ct;
        co.tls_name = k.name;
        net_listener *s = nullptr;
        net_conn *c = nullptr;
        Box server, client;
        net_addr at = addr("10.0.0.2:5061");
        ASSERT_EQ(SX_OK, net_listener_open(b, &at, &so, Box::sink, &server, &s));
        ASSERT_EQ(SX_OK, net_tcp_connect(a, &at, nullptr, &co, Box::sink, &client, &c));
        net_conn_send(c, SX_LIT("hi"));
        fake_run_for(100);
        ASSERT_FALSE(client.seen.empty());
        EXPECT_EQ(k.check, client.seen.back().check) << k.cert;
        EXPECT_EQ(*k.check ? 0 : 1, client.count(NET_CONNECTED));
        EXPECT_EQ(*k.check ? 0 : 1, server.count(NET_ACCEPTED));
        EXPECT_EQ(*k.check ? 1 : 0, server.count(NET_REFUSED));
        EXPECT_TRUE(net_conn_is_tls(c));
        if (!*k.check && k.own) { EXPECT_STREQ(k.own, net_conn_tls_peer(server.accepted)); }
        if (*k.check) { EXPECT_EQ("pbx.example", client.seen.back().names); }
        net_conn_close(c, false);
        net_conn_close(server.accepted, false);
        net_listener_close(s);
        net_tls_unref(st);
        net_tls_unref(ct);
    }
}

TEST_F(FakeNet, TlsAndPlainDoNotMix) {
    net_tls *st = fake_tls("pbx.example", true), *ct = fake_tls(nullptr, false);
    for (bool tls_client : {true, false}) {
        net_tcp_options so = {}, co = {};
        (tls_client ? co : so).tls = tls_client ? ct : st;
        net_listener *s = nullptr;
        net_conn *c = nullptr;
        Box server, client;
        net_addr at = addr("10.0.0.2:5061");
        ASSERT_EQ(SX_OK, net_listener_open(b, &at, &so, Box::sink, &server, &s));
        ASSERT_EQ(SX_OK, net_tcp_connect(a, &at, nullptr, &co, Box::sink, &client, &c));
        fake_run_for(100);
        ASSERT_EQ(1, client.count(NET_CLOSED));
        EXPECT_EQ(tls_client ? SX_E_TLS : SX_E_TRANSPORT, client.seen.back().code);
        EXPECT_EQ(tls_client ? "not TLS" : "", client.seen.back().check);
        EXPECT_EQ(0, server.count(NET_ACCEPTED));
        EXPECT_EQ(tls_client ? 0u : 1u, net_listener_tls_failed(s));
        net_conn_close(c, false);
        net_listener_close(s);
    }
    net_tls_unref(st);
    net_tls_unref(ct);
}

}  // namespace
