// From a URI to targets: RFC 3263 and RFC 7118 on the fake network.
#include "stack_agent.h"

extern "C" {
#include "base/rand.h"
#include "stack/resolve.h"
#include "stack/resolve_uri.h"
}

#include <map>

namespace {

struct Found {
    bool done = false;
    std::vector<std::string> targets;
    std::string name, path, text;
    int code = 0;
    bool expl = false;
    uint64_t at = 0;
    static void fn(void *ctx, const stack_targets *t) {
        Found *f = static_cast<Found *>(ctx);
        EXPECT_FALSE(f->done);
        f->done = true;
        f->code = t->code;
        f->text = t->text;
        f->expl = t->explicit_transport;
        f->at = fake_now();
        for (size_t i = 0; i < t->n; i++) {
            char text[NET_ADDR_TEXT];
            f->targets.push_back(std::string(stack_transport_name(t->v[i].transport)) + " " +
                                 net_addr_text(&t->v[i].addr, text));
            f->name = t->v[i].name;
            f->path = t->v[i].path ? t->v[i].path : "";
        }
    }
};
typedef std::vector<std::string> Targets;

class Resolve : public StackFlow {
  protected:
    Found ask(const std::string &uri, uint64_t wait_ms = 20000) {
        Agent a("10.0.0.1 2001:db8::1");
        return ask(a, uri, wait_ms);
    }
    Found ask(Agent &a, const std::string &uri, uint64_t wait_ms = 20000) {
        Found f;
        EXPECT_EQ(SX_OK, stack_resolve_start(a.s, sl(uri), Found::fn, &f, nullptr)) << sx_last_error_text();
        EXPECT_FALSE(f.done) << "never from inside";
        fake_run_until_done([](void *p) { return static_cast<Found *>(p)->done; }, &f, wait_ms);
        EXPECT_TRUE(f.done);
        return f;
    }
    int refused(const std::string &uri) {
        Agent a("10.0.0.1");
        Found f;
        return stack_resolve_start(a.s, sl(uri), Found::fn, &f, nullptr);
    }
    void domain() { // as RFC 3263 4.1 shows it
        fake_dns_add_naptr("example.org", 50, 50, "s", "SIPS+D2T", "_sips._tcp.example.org");
        fake_dns_add_naptr("example.org", 90, 50, "s", "SIP+D2T", "_sip._tcp.example.org");
        fake_dns_add_naptr("example.org", 100, 50, "s", "SIP+D2U", "_sip._udp.example.org");
        fake_dns_add_srv("_sips._tcp.example.org", 0, 1, 5061, "s1.example.org");
        fake_dns_add_srv("_sip._tcp.example.org", 0, 1, 5060, "s1.example.org");
        fake_dns_add_srv("_sip._udp.example.org", 0, 1, 5060, "s1.example.org");
        fake_dns_add("s1.example.org", "192.0.2.1", 60);
        fake_dns_add("example.org", "192.0.2.99", 60);
    }
};

TEST_F(Resolve, ANumericHostNeedsNoDns) {
    EXPECT_EQ((Targets{"udp 192.0.2.1:5060"}), ask("sip:192.0.2.1").targets);
    EXPECT_EQ((Targets{"tls 192.0.2.1:5061"}), ask("sips:bob@192.0.2.1").targets);
    EXPECT_EQ((Targets{"tls [2001:db8::7]:5099"}), ask("sips:[2001:db8::7]:5099").targets);
    EXPECT_EQ((Targets{"tcp 192.0.2.1:5060"}), ask("sip:192.0.2.1;transport=TCP").targets);
    EXPECT_EQ((Targets{"tls 192.0.2.1:5061"}), ask("sip:192.0.2.1;transport=tls").targets);
    EXPECT_EQ((Targets{"ws 192.0.2.1:80"}), ask("sip:192.0.2.1;transport=ws").targets);
    EXPECT_EQ((Targets{"wss 192.0.2.1:443"}), ask("sips:192.0.2.1;transport=ws").targets);
    EXPECT_EQ(0u, fake_dns_queries());
}

TEST_F(Resolve, APortMeansAddressesOnly) {
    domain();
    EXPECT_EQ((Targets{"udp 192.0.2.99:5070"}), ask("sip:example.org:5070").targets);
    EXPECT_EQ((Targets{"tls 192.0.2.99:5071"}), ask("sips:example.org:5071").targets);
    EXPECT_EQ((Targets{"tcp 192.0.2.99:5060"}), ask("sip:example.org:5060;transport=tcp").targets);
    EXPECT_EQ(3u, fake_dns_queries());
}

TEST_F(Resolve, ATransportMeansItsSrvRecords) {
    domain();
    Found f = ask("sip:example.org;transport=tcp");
    EXPECT_EQ((Targets{"tcp 192.0.2.1:5060"}), f.targets);
    EXPECT_TRUE(f.expl);
    EXPECT_EQ((Targets{"tls 192.0.2.1:5061"}), ask("sip:example.org;transport=tls").targets);
    EXPECT_EQ((Targets{"tls 192.0.2.1:5061"}), ask("sips:example.org;transport=tcp").targets);
}

TEST_F(Resolve, TheTransportIsTheDomainsChoice) {
    domain();
    Found f = ask("sip:example.org");
    EXPECT_EQ((Targets{"tls 192.0.2.1:5061"}), f.targets);
    EXPECT_EQ("example.org", f.name); // what the certificate must say, whatever SRV says
    EXPECT_FALSE(f.expl);
}

TEST_F(Resolve, PreferencesWithinOneOrderFollowEachOther) {
    fake_dns_add_naptr("example.org", 10, 20, "S", "SIP+D2U", "_sip._udp.example.org");
    fake_dns_add_naptr("example.org", 10, 10, "s", "sip+d2t", "_sip._tcp.example.org");
    fake_dns_add_naptr("example.org", 10, 5, "s", "SIP+D2S", "_sip._sctp.example.org"); // SCTP: not ours
    fake_dns_add_naptr("example.org", 1, 1, "u", "E2U+sip", "");
    fake_dns_add_srv("_sip._tcp.example.org", 0, 1, 5060, "s1.example.org");
    fake_dns_add_srv("_sip._udp.example.org", 0, 1, 5062, "s1.example.org");
    fake_dns_add("s1.example.org", "192.0.2.1", 60);
    EXPECT_EQ((Targets{"tcp 192.0.2.1:5060", "udp 192.0.2.1:5062"}), ask("sip:example.org").targets);
}

TEST_F(Resolve, AnOrderThatLeadsNowhereGivesWayToTheNext) {
    domain();
    fake_dns_clear();
    fake_dns_add_naptr("example.org", 10, 1, "s", "SIPS+D2T", "_sips._tcp.example.org");
    fake_dns_add_naptr("example.org", 20, 1, "s", "SIP+D2U", "_sip._udp.example.org");
    fake_dns_add_srv("_sip._udp.example.org", 0, 1, 5062, "s1.example.org");
    fake_dns_add("s1.example.org", "192.0.2.1", 60);
    EXPECT_EQ((Targets{"udp 192.0.2.1:5062"}), ask("sip:example.org").targets);
}

TEST_F(Resolve, SipsTakesNothingButTls) {
    fake_dns_add_naptr("example.org", 10, 1, "s", "SIP+D2U", "_sip._udp.example.org");
    fake_dns_add_naptr("example.org", 20, 1, "s", "SIPS+D2T", "_sips._tcp.other.example");
    fake_dns_add_srv("_sips._tcp.other.example", 0, 1, 5063, "s1.example.org");
    fake_dns_add("s1.example.org", "192.0.2.1", 60);
    Found f = ask("sips:example.org");
    EXPECT_EQ((Targets{"tls 192.0.2.1:5063"}), f.targets);
    EXPECT_EQ("example.org", f.name);
}

TEST_F(Resolve, WebSocketServicesAreKnown) {
    fake_dns_add_naptr("example.org", 10, 1, "s", "SIPS+D2W", "_sips._ws.example.org");
    fake_dns_add_naptr("example.org", 10, 2, "s", "SIP+D2W", "_sip._ws.example.org");
    fake_dns_add_srv("_sips._ws.example.org", 0, 1, 443, "w.example.org");
    fake_dns_add_srv("_sip._ws.example.org", 0, 1, 8080, "w.example.org");
    fake_dns_add("w.example.org", "192.0.2.1", 60);
    EXPECT_EQ((Targets{"wss 192.0.2.1:443", "ws 192.0.2.1:8080"}), ask("sip:example.org").targets);
    EXPECT_EQ((Targets{"wss 192.0.2.1:443"}), ask("sips:example.org").targets);
}

TEST_F(Resolve, ANaptrMayNameAHost) {
    fake_dns_add_naptr("example.org", 10, 1, "a", "SIPS+D2T", "s1.example.org");
    fake_dns_add("s1.example.org", "192.0.2.1", 60);
    EXPECT_EQ((Targets{"tls 192.0.2.1:5061"}), ask("sip:example.org").targets);
}

TEST_F(Resolve, NaptrReplacementsAreFollowedButNotForEver) {
    fake_dns_add_naptr("example.org", 10, 1, "", "SIP+D2U", "b.example");
    fake_dns_add_naptr("b.example", 10, 1, "s", "SIP+D2U", "_sip._udp.b.example");
    fake_dns_add_srv("_sip._udp.b.example", 0, 1, 5062, "s1.example.org");
    fake_dns_add("s1.example.org", "192.0.2.1", 60);
    EXPECT_EQ((Targets{"udp 192.0.2.1:5062"}), ask("sip:example.org").targets);
    fake_dns_add_naptr("loop.example", 10, 1, "", "SIP+D2U", "loop.example");
    fake_dns_add("loop.example", "192.0.2.5", 60);
    uint64_t before = fake_dns_queries();
    EXPECT_EQ((Targets{"udp 192.0.2.5:5060"}), ask("sip:loop.example").targets);
    EXPECT_LE(fake_dns_queries() - before, 10u);
}

TEST_F(Resolve, WithoutNaptrTheTransportsWeHaveAreAskedFor) {
    fake_dns_add_srv("_sip._tcp.example.org", 0, 1, 5070, "s1.example.org");
    fake_dns_add_srv("_sips._tcp.example.org", 0, 1, 5071, "s1.example.org");
    fake_dns_add_srv("_sip._udp.example.org", 0, 1, 5072, "s1.example.org");
    fake_dns_add("s1.example.org", "192.0.2.1", 60);
    fake_dns_add("example.org", "192.0.2.99", 60);
    EXPECT_EQ((Targets{"udp 192.0.2.1:5072", "tcp 192.0.2.1:5070", "tls 192.0.2.1:5071"}), ask("sip:example.org").targets);
    EXPECT_EQ((Targets{"tls 192.0.2.1:5071"}), ask("sips:example.org").targets);
}

TEST_F(Resolve, WithoutAnySrvItIsTheDomainsOwnAddressAndTheDefaultPort) {
    fake_dns_add("example.org", "192.0.2.99", 60);
    EXPECT_EQ((Targets{"udp 192.0.2.99:5060"}), ask("sip:example.org").targets);
    EXPECT_EQ((Targets{"tls 192.0.2.99:5061"}), ask("sips:example.org").targets);
    EXPECT_EQ((Targets{"tcp 192.0.2.99:5060"}), ask("sip:example.org;transport=tcp").targets);
    EXPECT_EQ((Targets{"wss 192.0.2.99:443"}), ask("sips:example.org;transport=ws").targets);
}

TEST_F(Resolve, APriorityComesAfterTheOther) {
    fake_dns_add_srv("_sip._udp.example.org", 20, 1, 5062, "b.example");
    fake_dns_add_srv("_sip._udp.example.org", 10, 1, 5061, "a.example");
    fake_dns_add("a.example", "192.0.2.1", 60);
    fake_dns_add("b.example", "192.0.2.2", 60);
    for (int i = 0; i < 20; i++)
        EXPECT_EQ((Targets{"udp 192.0.2.1:5061", "udp 192.0.2.2:5062"}), ask("sip:example.org;transport=udp").targets);
}

TEST_F(Resolve, AServiceThatTheDomainDeniesIsNotTried) {
    fake_dns_add_srv("_sip._udp.example.org", 0, 0, 0, ".");
    fake_dns_add("example.org", "192.0.2.99", 60);
    Found f = ask("sip:example.org;transport=udp");
    EXPECT_EQ(SX_E_DNS, f.code);
    EXPECT_NE(std::string::npos, f.text.find("no such service")) << f.text;
    EXPECT_EQ((Targets{"tcp 192.0.2.99:5060"}), ask("sip:example.org").targets);
    fake_dns_add_srv("_sip._tcp.example.org", 0, 0, 0, ".");
    fake_dns_add_srv("_sips._tcp.example.org", 0, 0, 0, ".");
    EXPECT_EQ(SX_E_DNS, ask("sip:example.org").code);
    EXPECT_EQ(SX_E_DNS, ask("sips:example.org").code);
}

TEST_F(Resolve, MaddrSaysWhereTheHostSaysWho) {
    fake_dns_add("edge.example", "192.0.2.7", 60);
    Found f = ask("sips:example.org:5063;maddr=edge.example");
    EXPECT_EQ((Targets{"tls 192.0.2.7:5063"}), f.targets);
    EXPECT_EQ("example.org", f.name);
    EXPECT_EQ((Targets{"udp 192.0.2.8:5060"}), ask("sip:example.org;maddr=192.0.2.8").targets);
}

TEST_F(Resolve, UrlsOfWebSockets) {
    domain();
    Found f = ask("wss://example.org/sip?x=1");
    EXPECT_EQ((Targets{"wss 192.0.2.99:443"}), f.targets);
    EXPECT_EQ("/sip?x=1", f.path);
    EXPECT_EQ("example.org", f.name);
    EXPECT_TRUE(f.expl);
    EXPECT_EQ((Targets{"ws 192.0.2.99:8080"}), ask("WS://example.org:8080").targets);
    EXPECT_EQ("/?x", ask("ws://example.org?x").path);
    f = ask("ws://[2001:db8::7]:8080/a");
    EXPECT_EQ((Targets{"ws [2001:db8::7]:8080"}), f.targets);
    EXPECT_EQ("2001:db8::7", f.name);
    for (const char *bad : {"ws://", "ws://:80", "ws://h:0", "ws://h:65536", "ws://h:8x", "ws://u@h/", "ws://h/a b", "ws://h/#f",
                            "ws://[::1/", "ws://[::1]x/", "ws://h/\r\n"})
        EXPECT_EQ(SX_E_URI, refused(bad)) << bad;
}

TEST_F(Resolve, WhatSaysNothingAboutWhereIsRefused) {
    EXPECT_EQ(SX_E_URI, refused("tel:+4930"));
    EXPECT_EQ(SX_E_URI, refused("example.org"));
    EXPECT_EQ(SX_E_UNSUPPORTED, refused("sip:example.org;transport=sctp"));
    EXPECT_EQ(SX_E_UNSUPPORTED, refused("sips:example.org;transport=udp"));
    EXPECT_EQ(SX_E_URI, refused("sip:" + std::string(245, 'a')));
}

TEST_F(Resolve, AddressesWithoutARouteComeLast) {
    fake_dns_add("example.org", "2001:db8::99", 60);
    fake_dns_add("example.org", "192.0.2.99", 60);
    EXPECT_EQ((Targets{"udp 192.0.2.99:5070", "udp [2001:db8::99]:5070"}), ask("sip:example.org:5070").targets);
    Agent only6("2001:db8::2");
    EXPECT_EQ((Targets{"udp [2001:db8::99]:5070", "udp 192.0.2.99:5070"}), ask(only6, "sip:example.org:5070").targets);
}

TEST_F(Resolve, AServerThatDropsNaptrQuestionsDelaysButDoesNotStop) {
    fake_dns_fail("example.org", SX_E_TIMEOUT); // addresses of this name too
    fake_dns_add_srv("_sip._udp.example.org", 0, 1, 5062, "s1.example.org");
    fake_dns_add("s1.example.org", "192.0.2.1", 60);
    uint64_t before = fake_now();
    Found f = ask("sip:example.org");
    EXPECT_EQ((Targets{"udp 192.0.2.1:5062"}), f.targets);
    EXPECT_LE(f.at - before, 4000u);
}

TEST_F(Resolve, OneSrvTargetThatCannotBeResolvedDoesNotHoldUpTheOthers) {
    fake_dns_add_srv("_sip._udp.example.org", 10, 1, 5062, "dead.example.org");
    fake_dns_add_srv("_sip._udp.example.org", 20, 1, 5062, "s1.example.org");
    fake_dns_fail("dead.example.org", SX_E_TIMEOUT);
    fake_dns_add("s1.example.org", "192.0.2.1", 60);
    uint64_t before = fake_now();
    Found f = ask("sip:example.org");
    EXPECT_EQ((Targets{"udp 192.0.2.1:5062"}), f.targets);
    EXPECT_LE(f.at - before, 3000u);
}

TEST_F(Resolve, AllInAllThereIsOneLimitOfTime) {
    stack_config cfg = {};
    cfg.dns_timeout_ms = 3000;
    Agent a("10.0.0.1", &cfg);
    for (const char *n : {"example.org", "_sip._udp.example.org", "_sip._tcp.example.org", "_sips._tcp.example.org"})
        fake_dns_fail(n, SX_E_TIMEOUT);
    uint64_t before = fake_now();
    Found f = ask(a, "sip:example.org");
    EXPECT_EQ(SX_E_TIMEOUT, f.code);
    EXPECT_LE(f.at - before, 3010u);
}

TEST_F(Resolve, NoMoreThan64TargetsAndNoneTwice) {
    for (int i = 0; i < 64; i++) fake_dns_add_srv("_sip._udp.example.org", 1, 1, 5000 + i, "s.example.org");
    for (int i = 1; i < 20; i++) fake_dns_add("s.example.org", ("192.0.2." + std::to_string(i)).c_str(), 60);
    fake_dns_add("s.example.org", "192.0.2.1", 60);
    Found f = ask("sip:example.org;transport=udp");
    EXPECT_EQ(64u, f.targets.size());
    std::sort(f.targets.begin(), f.targets.end());
    EXPECT_EQ(f.targets.end(), std::unique(f.targets.begin(), f.targets.end()));
}

TEST_F(Resolve, CancelledInEachStepItStaysSilent) {
    domain();
    for (uint64_t wait = 0; wait < 6; wait++) {
        Agent a("10.0.0.1");
        Found f;
        stack_resolve *r = nullptr;
        ASSERT_EQ(SX_OK, stack_resolve_start(a.s, SX_LIT("sip:example.org"), Found::fn, &f, &r));
        ms(wait);
        if (f.done) continue;
        stack_resolve_cancel(r);
        ms(1000);
        EXPECT_FALSE(f.done);
    }
    Agent a("10.0.0.1");
    Found f;
    stack_resolve_start(a.s, SX_LIT("sip:example.org"), Found::fn, &f, nullptr);
    ms(1);
    a.close(); // the stack goes first
    ms(1000);
    EXPECT_FALSE(f.done);
}

// ---- weights (RFC 2782)

std::map<int, int> firsts(std::vector<std::pair<int, int>> prio_weight, int rounds) {
    std::vector<net_dns_record> v(prio_weight.size());
    for (size_t i = 0; i < v.size(); i++) {
        memset(&v[i], 0, sizeof v[i]);
        v[i].type = NET_DNS_SRV;
        v[i].priority = prio_weight[i].first;
        v[i].weight = prio_weight[i].second;
    }
    std::map<int, int> first;
    for (int i = 0; i < rounds; i++) {
        uint8_t order[64];
        std::vector<bool> seen(v.size());
        stack_srv_order(v.data(), v.size(), order);
        for (size_t j = 0; j < v.size(); j++) {
            EXPECT_FALSE(seen[order[j]]);
            seen[order[j]] = true;
            if (j) {
                EXPECT_GE(v[order[j]].priority, v[order[j - 1]].priority);
            }
        }
        first[order[0]]++;
    }
    return first;
}

TEST_F(Resolve, WeightsDecideHowOftenATargetIsFirst) {
    auto f = firsts({{1, 60}, {1, 30}, {1, 10}, {2, 1000}}, 20000);
    EXPECT_NEAR(f[0], 12000, 400); // four standard deviations are 280
    EXPECT_NEAR(f[1], 6000, 400);
    EXPECT_NEAR(f[2], 2000, 400);
    EXPECT_EQ(0, f[3]);
}

TEST_F(Resolve, TargetsWithoutWeightShareEvenlyOrComeRarely) {
    auto even = firsts({{1, 0}, {1, 0}, {1, 0}, {1, 0}}, 20000);
    for (int i = 0; i < 4; i++) EXPECT_NEAR(even[i], 5000, 400);
    auto rare = firsts({{1, 0}, {1, 99}}, 20000);
    EXPECT_NEAR(rare[0], 200, 80);
}

} // namespace
