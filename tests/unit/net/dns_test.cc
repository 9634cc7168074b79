#include <arpa/inet.h>

#include <map>

#include "dns_wire.h"
#include "net_fixture.h"

namespace {

// A DNS server of few words on our own loop: answers A and AAAA from a table, others from whole records.
class Server {
  public:
    std::map<std::string, std::vector<std::string>> names;
    struct Raw {
        std::string answers, authority;
        int n;  // answers
    };
    std::map<std::string, Raw> raw;  // "type name"
    int rcode = 0;       // answered to everything when not 0
    bool silent = false;
    uint32_t ttl = 60;
    int queries = 0;
    net_udp *udp = nullptr;

    void open(net_loop *l) {
        net_addr at = addr("127.0.0.1:0");
        ASSERT_EQ(SX_OK, net_udp_open(l, &at, nullptr, sink, this, &udp));
    }
    std::string where() const { return text_of(net_udp_local(udp)); }

  private:
    static void sink(void *ctx, const net_event *ev) { static_cast<Server *>(ctx)->on(ev); }
    void on(const net_event *ev) {
        if (ev->type != NET_DATAGRAM || ev->bytes.n < 17) return;
        queries++;
        if (silent) return;
        std::string q(ev->bytes.p, ev->bytes.n), name;
        size_t at = 12;
        while (at < q.size() && q[at]) {
            name += (name.empty() ? "" : ".") + q.substr(at + 1, (unsigned char)q[at]);
            at += 1 + (unsigned char)q[at];
        }
        int type = (unsigned char)q[at + 2];
        std::string answers;
        int n = 0;
        auto found = names.find(name);
        if (!rcode && found != names.end()) {
            for (auto &a : found->second) {
                char raw[16];
                bool six = a.find(':') != std::string::npos;
                if (six != (type == 28)) continue;
                inet_pton(six ? AF_INET6 : AF_INET, a.c_str(), raw);
                uint32_t t = htonl(ttl);
                answers += std::string("\xc0\x0c\0", 3) + char(type) + std::string("\0\1", 2) + std::string((char *)&t, 4) +
                           std::string("\0", 1) + char(six ? 16 : 4) + std::string(raw, six ? 16 : 4);
                n++;
            }
        }
        int code = rcode ? rcode : found == names.end() ? 3 : 0, authority = 0;
        auto whole = raw.find(std::to_string(type) + " " + name);
        if (!rcode && whole != raw.end()) {
            n = whole->second.n;
            authority = !whole->second.authority.empty();
            answers = whole->second.answers + whole->second.authority;
            code = n || found != names.end() ? 0 : 3;
        }
        std::string r = q.substr(0, 2) + char(0x81) + char(0x80 | code) + be16(1) + be16(n) + be16(authority) + be16(0) +
                        q.substr(12, at + 5 - 12) + answers;
        net_udp_send(udp, ev->from, slice(r));
    }
};

class Dns : public Net {
  protected:
    Server server;
    Box box;
    net_dns *d = nullptr;

    void make(net_dns_options o = {}) {
        if (!server.udp) server.open(l);
        std::string where = server.where();
        o.servers = where.c_str();
        if (!o.timeout_ms) o.timeout_ms = 100;
        if (!o.tries) o.tries = 1;
        ASSERT_EQ(SX_OK, net_dns_create(l, &o, Box::sink, &box, &d)) << sx_last_error_text();
    }
    const Seen *ask(const char *name, net_family family) {
        return wait(net_dns_query(d, sx_slice_str(name), family, ++token));
    }
    const Seen *srv(const char *name) { return wait(net_dns_query_srv(d, sx_slice_str(name), ++token)); }
    const Seen *naptr(const char *name) { return wait(net_dns_query_naptr(d, sx_slice_str(name), ++token)); }
    const Seen *wait(int rc) {
        size_t had = box.seen.size();
        EXPECT_EQ(SX_OK, rc) << sx_last_error_text();
        EXPECT_EQ(had, box.seen.size());  // never from inside
        EXPECT_TRUE(until([&] { return box.seen.size() > had; }));
        EXPECT_EQ(token, box.seen.back().token);
        return &box.seen.back();
    }
    void TearDown() override {
        net_dns_destroy(d);
        net_udp_close(server.udp);
        Net::TearDown();
    }
    uint64_t token = 0;
};

typedef std::vector<std::string> Names;

TEST_F(Dns, AddressesComeInTheServersOrder) {
    server.names["pbx.example.com."] = {};
    server.names["pbx.example.com"] = {"192.0.2.3", "2001:db8::1", "192.0.2.1"};
    make();
    EXPECT_EQ((Names{"192.0.2.3:0", "192.0.2.1:0"}), ask("pbx.example.com", NET_V4)->addrs);
    EXPECT_EQ((Names{"[2001:db8::1]:0"}), ask("pbx.example.com", NET_V6)->addrs);
    EXPECT_EQ((Names{"192.0.2.3:0", "192.0.2.1:0", "[2001:db8::1]:0"}), ask("PBX.example.COM", NET_BOTH)->addrs);
    EXPECT_EQ(2, server.queries);  // the third came from the cache
    EXPECT_LE(box.seen[0].ttls[0], 60u);
    EXPECT_GE(box.seen[0].ttls[0], 55u);
}

TEST_F(Dns, PreferringV6PutsItFirst) {
    server.names["both.example"] = {"192.0.2.3", "2001:db8::1"};
    net_dns_options o = {};
    o.prefer_v6 = true;
    make(o);
    EXPECT_EQ((Names{"[2001:db8::1]:0", "192.0.2.3:0"}), ask("both.example", NET_BOTH)->addrs);
}

TEST_F(Dns, OneFamilysAbsenceIsHiddenByTheOther) {
    server.names["four.example"] = {"192.0.2.3"};
    make();
    EXPECT_EQ((Names{"192.0.2.3:0"}), ask("four.example", NET_BOTH)->addrs);
    const Seen *s = ask("four.example", NET_V6);
    EXPECT_EQ(SX_E_DNS, s->code);
    EXPECT_EQ("the name has no IPv6 address", s->text);
}

TEST_F(Dns, NumericNamesNeedNoServer) {
    server.silent = true;
    make();
    EXPECT_EQ((Names{"192.0.2.9:0"}), ask("192.0.2.9", NET_BOTH)->addrs);
    EXPECT_EQ((Names{"[2001:db8::9]:0"}), ask("[2001:db8::9]", NET_V6)->addrs);
    EXPECT_EQ(SX_E_DNS, ask("192.0.2.9", NET_V6)->code);
    EXPECT_EQ(0, server.queries);
}

TEST_F(Dns, HostsFileIsRead) {
    server.silent = true;
    make();
    const Seen *s = ask("localhost", NET_V4);
    EXPECT_EQ((Names{"127.0.0.1:0"}), s->addrs);
}

TEST_F(Dns, NoSuchNameIsSaidAndRemembered) {
    make();
    EXPECT_EQ("no such name", ask("nobody.example.", NET_V4)->text);
    int asked = server.queries;
    EXPECT_EQ(SX_E_DNS, ask("nobody.example.", NET_V4)->code);
    EXPECT_EQ(asked, server.queries);
}

TEST_F(Dns, SilentServersAreATimeout) {
    server.silent = true;
    make();
    const Seen *s = ask("pbx.example.", NET_V4);
    EXPECT_EQ(SX_E_TIMEOUT, s->code);
    EXPECT_EQ("no DNS server answers", s->text);
}

TEST_F(Dns, FailingServerGivesTheLastGoodAnswer) {
    server.names["pbx.example"] = {"192.0.2.3"};
    server.ttl = 0;
    make();
    EXPECT_FALSE(ask("pbx.example.", NET_V4)->stale);
    server.rcode = 2;
    net_dns_flush(d);
    const Seen *s = ask("pbx.example.", NET_V4);
    EXPECT_EQ(SX_OK, s->code);
    EXPECT_TRUE(s->stale);
    EXPECT_EQ((Names{"192.0.2.3:0"}), s->addrs);
    EXPECT_EQ("the DNS servers fail or cannot be reached", s->text);
    server.rcode = 0;
    server.names["pbx.example"] = {"192.0.2.4"};
    net_dns_flush(d);
    s = ask("pbx.example.", NET_V4);
    EXPECT_FALSE(s->stale);
    EXPECT_EQ((Names{"192.0.2.4:0"}), s->addrs);
}

TEST_F(Dns, FailingServerWithoutMemoryIsAnError) {
    server.rcode = 2;
    make();
    EXPECT_EQ(SX_E_DNS, ask("pbx.example.", NET_V4)->code);
}

TEST_F(Dns, EqualQuestionsAreAskedOnce) {
    server.names["pbx.example"] = {"192.0.2.3"};
    make();
    for (int i = 0; i < 100; i++) ASSERT_EQ(SX_OK, net_dns_query(d, SX_LIT("pbx.example."), NET_V4, i));
    ASSERT_TRUE(until([&] { return box.seen.size() == 100; }));
    EXPECT_EQ(1, server.queries);
}

TEST_F(Dns, CancelledQuestionsStaySilent) {
    server.names["pbx.example"] = {"192.0.2.3"};
    make();
    net_dns_query(d, SX_LIT("pbx.example."), NET_V4, 1);
    net_dns_query(d, SX_LIT("pbx.example."), NET_V4, 2);
    net_dns_query(d, SX_LIT("192.0.2.1"), NET_V4, 1);
    net_dns_cancel(d, 1);
    ASSERT_TRUE(until([&] { return box.seen.size() == 1; }));
    EXPECT_EQ(2u, box.seen[0].token);
}

TEST_F(Dns, DestroyedInsideItsHandlerOrWithOpenQuestions) {
    server.names["pbx.example"] = {"192.0.2.3"};
    make();
    box.then = [&](const net_event *) {
        net_dns_destroy(d);
        d = nullptr;
    };
    for (int i = 0; i < 5; i++) net_dns_query(d, SX_LIT("pbx.example."), NET_V4, i);
    ASSERT_TRUE(until([&] { return !d; }));
    EXPECT_EQ(1u, box.seen.size());
    box.then = nullptr;
    server.silent = true;
    make();
    net_dns_query(d, SX_LIT("open.example."), NET_BOTH, 9);
    net_loop_run_once(l, 5);
}

TEST_F(Dns, CacheKeepsToItsSize) {
    for (int i = 0; i < 20; i++) server.names["n" + std::to_string(i) + ".example"] = {"192.0.2.1"};
    net_dns_options o = {};
    o.cache_max = 4;
    make(o);
    for (int i = 0; i < 20; i++) ask(("n" + std::to_string(i) + ".example.").c_str(), NET_V4);
    EXPECT_EQ(20, server.queries);
    ask("n19.example.", NET_V4);
    EXPECT_EQ(20, server.queries);
    ask("n0.example.", NET_V4);
    EXPECT_EQ(21, server.queries);
}

TEST_F(Dns, BadNamesAndServersAreRefused) {
    make();
    for (const char *bad : {"", "a b", "a\r\nb", "a/b", "exa\xc3\xa4mple"})
        EXPECT_EQ(SX_E_INVALID, net_dns_query(d, sx_slice_str(bad), NET_V4, 1)) << bad;
    EXPECT_EQ(SX_E_INVALID, net_dns_query(d, slice(std::string(254, 'a')), NET_V4, 1));
    net_dns_options o = {};
    o.servers = "not a server";
    net_dns *other;
    EXPECT_EQ(SX_E_INVALID, net_dns_create(l, &o, Box::sink, &box, &other));
}

TEST_F(Dns, GarbageFromTheServerIsAFailureNotACrash) {
    struct Garbage {
        static void sink(void *ctx, const net_event *ev) {
            if (ev->type != NET_DATAGRAM) return;
            std::string r(ev->bytes.p, ev->bytes.n);
            r[2] = char(0x81);
            r[7] = 5;                        // five answers that are not there
            r += std::string("\xc0\x0c\xc0", 3);
            net_udp_send(*static_cast<net_udp **>(ctx), ev->from, slice(r));
        }
    };
    net_udp *u = nullptr;
    net_addr at = addr("127.0.0.1:0");
    ASSERT_EQ(SX_OK, net_udp_open(l, &at, nullptr, Garbage::sink, &u, &u));
    std::string where = text_of(net_udp_local(u));
    net_dns_options o = {};
    o.servers = where.c_str();
    o.timeout_ms = 100;
    o.tries = 1;
    ASSERT_EQ(SX_OK, net_dns_create(l, &o, Box::sink, &box, &d));
    EXPECT_LT(ask("pbx.example.", NET_V4)->code, 0);
    net_udp_close(u);
}

// ---- SRV and NAPTR

TEST_F(Dns, SrvRecordsComeByPriorityWithTheirTtl) {
    server.raw["33 _sip._udp.example.org"] = {wire_rr(kQuestion, 33, 300, wire_srv(20, 1, 5070, "b.example.org")) +
                                                  wire_rr(kQuestion, 33, 120, wire_srv(10, 0, 5060, "A.Example.ORG")) +
                                                  wire_rr(kQuestion, 33, 300, wire_srv(20, 9, 5072, "c.example.org")), "", 3};
    make();
    const Seen *s = srv("_sip._udp.Example.ORG");
    EXPECT_EQ(SX_OK, s->code);
    EXPECT_EQ((Names{"10 0 5060 a.example.org", "20 1 5070 b.example.org", "20 9 5072 c.example.org"}), s->records);
    EXPECT_LE(s->ttls[0], 120u);
    EXPECT_GE(s->ttls[0], 110u);
    srv("_sip._udp.example.org");
    EXPECT_EQ(1, server.queries);  // the cache had it
}

TEST_F(Dns, NaptrRecordsComeByOrderAndPreference) {
    server.raw["35 example.org"] = {
        wire_rr(kQuestion, 35, 60, wire_naptr(20, 10, "s", "SIP+D2U", "_sip._udp.example.org")) +
            wire_rr(kQuestion, 35, 60, wire_naptr(10, 30, "s", "SIP+D2T", "_sip._tcp.example.org")) +
            wire_rr(kQuestion, 35, 60, wire_naptr(10, 20, "S", "SIPS+D2T", "_sips._tcp.example.org")) +
            wire_rr(kQuestion, 35, 60, wire_naptr(30, 1, "u", "E2U+sip", "", "!^.*$!sip:x@example.org!")), "", 4};
    make();
    EXPECT_EQ((Names{"10 20 S SIPS+D2T _sips._tcp.example.org", "10 30 s SIP+D2T _sip._tcp.example.org",
                     "20 10 s SIP+D2U _sip._udp.example.org", "30 1 u E2U+sip  regexp"}),
              naptr("example.org")->records);
}

TEST_F(Dns, AnSrvTargetOfADotSaysThatThereIsNoSuchService) {
    server.raw["33 _sip._tcp.example.org"] = {wire_rr(kQuestion, 33, 60, wire_srv(0, 0, 0, "")), "", 1};
    make();
    const Seen *s = srv("_sip._tcp.example.org");
    EXPECT_EQ(SX_OK, s->code);
    EXPECT_EQ((Names{"0 0 0 "}), s->records);
}

TEST_F(Dns, AliasesAreFollowedAndTheShortestTtlCounts) {
    std::string alias = "_sip._udp.real.example";
    server.raw["33 _sip._udp.example.org"] = {wire_rr(kQuestion, 5, 1, wire_name(alias)) +
                                                  wire_rr(wire_name(alias), 33, 60, wire_srv(1, 1, 5060, "h.example")), "", 2};
    make();
    const Seen *s = srv("_sip._udp.example.org");
    EXPECT_EQ((Names{"1 1 5060 h.example"}), s->records);
    EXPECT_EQ(1u, s->ttls[0]);
    ASSERT_TRUE(until([&] { srv("_sip._udp.example.org"); return server.queries == 2; }));  // asked again after 1 s
}

TEST_F(Dns, RecordsOfOtherNamesAreNotTaken) {
    server.raw["33 _sip._udp.example.org"] = {
        wire_rr(wire_name("_sip._udp.evil.example"), 33, 60, wire_srv(1, 1, 5060, "evil.example")), "", 1};
    make();
    const Seen *s = srv("_sip._udp.example.org");
    EXPECT_EQ(SX_E_DNS, s->code);
    EXPECT_TRUE(s->absent);
}

TEST_F(Dns, AliasesInACircleEnd) {
    server.raw["33 a.example"] = {wire_rr(wire_name("a.example"), 5, 60, wire_name("b.example")) +
                                      wire_rr(wire_name("b.example"), 5, 60, wire_name("a.example")), "", 2};
    make();
    EXPECT_EQ(SX_E_DNS, srv("a.example")->code);
}

TEST_F(Dns, NoSuchRecordIsRememberedAsLongAsTheZoneSays) {
    std::string soa = wire_name("ns.example") + wire_name("root.example") + be32(1) + be32(2) + be32(3) + be32(4) + be32(1);
    server.names["example.org"] = {"192.0.2.1"};
    server.raw["35 example.org"] = {"", wire_rr(kQuestion, 6, 900, soa), 0};
    make();
    const Seen *s = naptr("example.org");
    EXPECT_EQ(SX_E_DNS, s->code);
    EXPECT_TRUE(s->absent);
    EXPECT_EQ("the name has no NAPTR record", s->text);
    naptr("example.org");
    EXPECT_EQ(1, server.queries);
    ASSERT_TRUE(until([&] { naptr("example.org"); return server.queries == 2; }));  // the minimum of 1 s is over
}

TEST_F(Dns, NamesOfServicesAreNotSearchedFor) {
    make();
    EXPECT_EQ("no such name", srv("_sip._udp.nobody")->text);
    EXPECT_EQ(1, server.queries);  // without any search list
}

TEST_F(Dns, RecordsThatCannotBeReadAreLeftOutTheRestCounts) {
    server.raw["33 odd.example"] = {wire_rr(kQuestion, 33, 60, "short") +
                                        wire_rr(kQuestion, 33, 60, be16(1) + be16(1) + be16(5060) + "\x05" "a b\r\n" + std::string(1, 0)) +
                                        wire_rr(kQuestion, 33, 60, wire_srv(1, 1, 5060, "h.example")), "", 3};
    make();
    EXPECT_EQ((Names{"1 1 5060 h.example"}), srv("odd.example")->records);
}

TEST_F(Dns, TheLastGoodRecordsServeWhileDnsFailsAndAtOnceFromThenOn) {
    server.raw["33 _sip._udp.example.org"] = {wire_rr(kQuestion, 33, 60, wire_srv(1, 1, 5060, "h.example")), "", 1};
    make();
    srv("_sip._udp.example.org");
    server.rcode = 2;
    net_dns_flush(d);
    const Seen *s = srv("_sip._udp.example.org");
    EXPECT_TRUE(s->stale);
    EXPECT_EQ((Names{"1 1 5060 h.example"}), s->records);
    EXPECT_EQ(SX_OK, s->code);
    net_dns_stats st;
    net_dns_get_stats(d, &st);
    EXPECT_EQ(2u, st.asked);
    EXPECT_EQ(2u, st.sent);
    EXPECT_EQ(1u, st.failed);
    EXPECT_EQ(1u, st.stale);
}

TEST_F(Dns, ASilentServerDelaysTheLastGoodAnswerAMomentOnly) {
    server.names["pbx.example"] = {"192.0.2.3"};
    net_dns_options o = {};
    o.timeout_ms = 20000;
    o.stale_ms = 50;
    make(o);
    ask("pbx.example.", NET_V4);
    server.silent = true;
    net_dns_flush(d);
    uint64_t before = net_loop_now(l);
    const Seen *s = ask("pbx.example.", NET_V4);
    EXPECT_TRUE(s->stale);
    EXPECT_EQ((Names{"192.0.2.3:0"}), s->addrs);
    EXPECT_LT(net_loop_now(l) - before, 15000u);
}

TEST_F(Dns, AChangedNetworkReadsTheSystemsServersAgainAndLosesNoQuestion) {
    net_dns_options o = {};
    o.timeout_ms = 50;
    o.tries = 1;
    ASSERT_EQ(SX_OK, net_dns_create(l, &o, Box::sink, &box, &d));
    ASSERT_EQ(SX_OK, net_dns_query(d, SX_LIT("localhost"), NET_V4, 7));
    ASSERT_EQ(SX_OK, net_dns_query(d, SX_LIT("192.0.2.7"), NET_V4, 8));
    net_dns_flush(d);
    ASSERT_EQ(SX_OK, net_dns_query(d, SX_LIT("localhost"), NET_V4, 9));
    ASSERT_TRUE(until([&] { return box.seen.size() == 3; }));
}

}  // namespace
