// The next target after one that failed (RFC 3263 4.3), several proxies in order, targets put aside.
#include "oom/oom.h"
#include "stack_agent.h"

extern "C" {
#include "net/tls.h"
#include "stack/resolve.h"
}

namespace {

const std::string kSilent = "10.0.0.2", kGood = "10.0.0.3";

class Target : public StackFlow {
  public:
    void SetUp() override {
        StackFlow::SetUp();
        fake_dns_add_srv("_sip._udp.example.org", 10, 1, 5060, "a.example.org");
        fake_dns_add_srv("_sip._udp.example.org", 20, 1, 5060, "b.example.org");
        fake_dns_add_srv("_sip._tcp.example.org", 10, 1, 5060, "a.example.org");
        fake_dns_add_srv("_sip._tcp.example.org", 20, 1, 5060, "b.example.org");
        fake_dns_add("a.example.org", kSilent.c_str(), 60);
        fake_dns_add("b.example.org", kGood.c_str(), 60);
    }
    static constexpr const char *uri = "sip:bob@example.org;transport=udp";
    static const Event *final_of(Agent &a) { return a.last(STACK_EV_FINAL); }
    static void answer_all(Peer &p, const std::string &status, const std::string &more = "") {
        while (!p.heard.empty()) {
            auto h = p.heard.front();
            p.heard.pop_front();
            if (h.text.compare(0, 8, "SIP/2.0 ") != 0 && h.text.compare(0, 4, "ACK ") != 0) p.reply(h, answer(h.text, status, "t", more));
        }
    }
    static bool has_line(const std::string &msg, const std::string &line) { return msg.find(line) != std::string::npos; }
};

TEST_F(Target, ASilentOneGivesWayAndIsTriedLastForAWhile) {
    Agent a("10.0.0.1");
    Peer first(kSilent, 5060), second(kGood, 5060);
    a.send(a.params("MESSAGE", uri));
    ms(3900);
    EXPECT_TRUE(second.heard.empty());
    ms(300);
    auto one = first.expect("MESSAGE "), two = second.expect("MESSAGE ");
    EXPECT_EQ(header(one.text, "Call-ID"), header(two.text, "Call-ID"));
    EXPECT_EQ(header(one.text, "CSeq"), header(two.text, "CSeq"));
    EXPECT_EQ(header(one.text, "From"), header(two.text, "From"));
    EXPECT_NE(param(header(one.text, "Via"), "branch"), param(header(two.text, "Via"), "branch"));
    second.reply(two, answer(two.text, "200 OK", "t"));
    ms(100);
    ASSERT_TRUE(final_of(a));
    EXPECT_EQ(200, final_of(a)->status);
    first.heard.clear();
    ms(20000);
    EXPECT_TRUE(first.heard.empty()) << "the loser is not asked any more";
    uint64_t at = fake_now();
    a.send(a.params("MESSAGE", uri));
    ms(100);
    EXPECT_EQ(1, second.count("MESSAGE "));
    EXPECT_EQ(0, first.count("MESSAGE "));
    answer_all(second, "200 OK");
    ms(31000 - (fake_now() - at)); // its time is over
    a.send(a.params("MESSAGE", uri));
    ms(100);
    EXPECT_EQ(1, first.count("MESSAGE "));
}

TEST_F(Target, TheOnlyOneHasAllTheTimeThatRfc3261Gives) {
    Agent a("10.0.0.1");
    Peer only(kSilent, 5060);
    a.send(a.params("MESSAGE", "sip:bob@10.0.0.2"));
    ms(31900);
    EXPECT_FALSE(final_of(a));
    EXPECT_EQ(11, only.count("MESSAGE "));
    auto h = only.heard.back();
    only.reply(h, answer(h.text, "200 OK", "t"));
    ms(50);
    ASSERT_TRUE(final_of(a));
    EXPECT_EQ(200, final_of(a)->status);
}

TEST_F(Target, ALateAnswerOfTheFirstStillCounts) {
    Agent a("10.0.0.1");
    Peer slow(kSilent, 5060), dead(kGood, 5060);
    a.send(a.params("MESSAGE", uri));
    ms(6000);
    EXPECT_GE(dead.count("MESSAGE "), 1);
    auto one = slow.expect("MESSAGE ");
    slow.reply(one, answer(one.text, "200 OK", "t"));
    ms(50);
    ASSERT_TRUE(final_of(a));
    EXPECT_EQ(200, final_of(a)->status);
    EXPECT_EQ(addr("10.0.0.2:5060").u.v4.sin_addr.s_addr, final_of(a)->flow.remote.u.v4.sin_addr.s_addr);
    dead.heard.clear();
    ms(40000);
    EXPECT_TRUE(dead.heard.empty());
    EXPECT_EQ(1, a.count(STACK_EV_FINAL));
    EXPECT_EQ(0u, a.stats().requests);
    EXPECT_EQ(0u, a.stats().client_transactions);
}

TEST_F(Target, AChallengeOfALateOneIsAnsweredThere) {
    Agent a("10.0.0.1");
    Peer slow(kSilent, 5060), dead(kGood, 5060);
    stack_auth *auth = stack_auth_create();
    stack_auth_add(auth, SX_LIT(""), SX_LIT("alice"), SX_LIT("secret"), SX_LIT(""));
    auto p = a.params("MESSAGE", uri);
    p.auth = auth;
    a.send(p);
    ms(5000);
    auto one = slow.expect("MESSAGE ");
    slow.heard.clear();
    slow.reply(one, answer(one.text, "401 Unauthorized", "t", "WWW-Authenticate: Digest realm=\"r\",nonce=\"n\"\r\n"));
    ms(50);
    auto again = slow.expect("MESSAGE ");
    EXPECT_NE("", header(again.text, "Authorization"));
    EXPECT_NE(header(one.text, "CSeq"), header(again.text, "CSeq"));
    slow.reply(again, answer(again.text, "200 OK", "t"));
    ms(50);
    EXPECT_EQ(200, final_of(a)->status);
    stack_auth_unref(auth);
}

TEST_F(Target, BothSilentEndsAfterTheSecondsTime) {
    Agent a("10.0.0.1");
    Peer first(kSilent, 5060), second(kGood, 5060);
    uint64_t at = fake_now();
    a.send(a.params("MESSAGE", uri));
    ms(60000);
    ASSERT_TRUE(final_of(a));
    EXPECT_EQ(408, final_of(a)->status);
    EXPECT_EQ(SX_E_TIMEOUT, final_of(a)->code);
    EXPECT_NEAR(double(final_of(a)->at - at), 36000, 200);
    EXPECT_EQ(11, first.count("MESSAGE ")); // its own transaction went on to the end
    EXPECT_EQ(0u, a.stats().requests);
}

TEST_F(Target, AClosedPortIsLeftAtOnce) {
    Agent a("10.0.0.1");
    fake_host("10.0.0.2");
    net_loop *nobody = net_loop_create(); // the machine is there, the port is not
    Peer second(kGood, 5060);
    a.send(a.params("MESSAGE", uri));
    ms(200);
    answer_all(second, "200 OK");
    ms(50);
    ASSERT_TRUE(final_of(a));
    EXPECT_EQ(200, final_of(a)->status);
    net_loop_destroy(nobody);
}

TEST_F(Target, Overloaded503AsksTheNextAndRetryAfterIsHonoured) {
    Agent a("10.0.0.1");
    Peer first(kSilent, 5060), second(kGood, 5060);
    auto round = [&] {
        a.events.clear();
        a.send(a.params("MESSAGE", uri));
        ms(100);
        int asked = first.count("MESSAGE ");
        answer_all(first, "503 Service Unavailable", "Retry-After: 100 (overload)\r\n");
        ms(100);
        answer_all(second, "200 OK");
        ms(100);
        EXPECT_EQ(200, final_of(a) ? final_of(a)->status : 0);
        return asked;
    };
    EXPECT_EQ(1, round());
    EXPECT_EQ(0, round());
    ms(60000);
    EXPECT_EQ(0, round()); // far beyond penalty_ms
    ms(40000);
    EXPECT_EQ(1, round());
}

TEST_F(Target, The503OfTheLastOneIsWhatTheProgramSees) {
    Agent a("10.0.0.1");
    Peer first(kSilent, 5060), second(kGood, 5060);
    a.send(a.params("MESSAGE", uri));
    ms(100);
    answer_all(first, "503 Service Unavailable", "X-Who: first\r\n");
    ms(100);
    answer_all(second, "503 Service Unavailable", "X-Who: second\r\n");
    ms(100);
    ASSERT_TRUE(final_of(a));
    EXPECT_EQ(503, final_of(a)->status);
    EXPECT_EQ("second", header(final_of(a)->msg, "X-Who"));
    EXPECT_EQ(1, a.count(STACK_EV_FINAL));
}

TEST_F(Target, A503CountsWhenTheOthersSayNothingAtAll) {
    Agent a("10.0.0.1");
    Peer first(kSilent, 5060), second(kGood, 5060);
    a.send(a.params("MESSAGE", uri));
    ms(100);
    answer_all(first, "503 Service Unavailable", "X-Who: first\r\n");
    ms(60000);
    ASSERT_TRUE(final_of(a));
    EXPECT_EQ(503, final_of(a)->status);
    EXPECT_EQ("first", header(final_of(a)->msg, "X-Who"));
}

TEST_F(Target, TheAnswerToAChallengeStaysWithItsTarget) {
    Agent a("10.0.0.1");
    Peer first(kSilent, 5060), second(kGood, 5060);
    stack_auth *auth = stack_auth_create();
    stack_auth_add(auth, SX_LIT(""), SX_LIT("alice"), SX_LIT("secret"), SX_LIT(""));
    auto p = a.params("MESSAGE", uri);
    p.auth = auth;
    a.send(p);
    ms(100);
    answer_all(first, "503 Service Unavailable");
    ms(100);
    auto two = second.expect("MESSAGE ");
    second.reply(two, answer(two.text, "401 Unauthorized", "t", "WWW-Authenticate: Digest realm=\"r\",nonce=\"n\"\r\n"));
    ms(100);
    auto three = second.expect("MESSAGE ");
    EXPECT_NE("", header(three.text, "Authorization"));
    EXPECT_TRUE(first.heard.empty());
    EXPECT_EQ(std::stoi(header(two.text, "CSeq")) + 1, std::stoi(header(three.text, "CSeq")));
    second.reply(three, answer(three.text, "200 OK", "t"));
    ms(100);
    EXPECT_EQ(200, final_of(a)->status);
    stack_auth_unref(auth);
}

TEST_F(Target, WhatWasPutAsideIsStillTried) {
    Agent a("10.0.0.1");
    Peer first(kSilent, 5060), second(kGood, 5060);
    a.send(a.params("MESSAGE", uri));
    ms(100);
    answer_all(first, "503 Service Unavailable");
    ms(100);
    answer_all(second, "503 Service Unavailable");
    ms(100);
    a.events.clear();
    a.send(a.params("MESSAGE", uri)); // both are
    ms(100);
    answer_all(first, "200 OK");
    ms(100);
    ASSERT_TRUE(final_of(a));
    EXPECT_EQ(200, final_of(a)->status);
}

TEST_F(Target, AChangedNetworkForgetsWhatWasPutAside) {
    Agent a("10.0.0.1");
    Peer first(kSilent, 5060), second(kGood, 5060);
    a.send(a.params("MESSAGE", uri));
    ms(100);
    answer_all(first, "503 Service Unavailable");
    ms(100);
    answer_all(second, "200 OK");
    ms(100);
    stack_network_changed(a.s);
    a.send(a.params("MESSAGE", uri));
    ms(100);
    EXPECT_EQ(1, first.count("MESSAGE "));
}

// ---- INVITE

TEST_F(Target, ALateRingingOfAnInviteThatHasMovedOnIsCancelled) {
    Agent a("10.0.0.1");
    Peer slow(kSilent, 5060), good(kGood, 5060);
    a.invite(uri);
    ms(4200);
    auto two = good.expect("INVITE ");
    good.reply(two, answer(two.text, "180 Ringing", "g"));
    ms(100);
    auto one = slow.expect("INVITE ");
    slow.heard.clear();
    ms(10000);
    EXPECT_EQ(0, slow.count("INVITE ")) << "it is not repeated any more";
    slow.reply(one, answer(one.text, "180 Ringing", "s"));
    ms(100);
    auto cancel = slow.expect("CANCEL ");
    EXPECT_EQ(param(header(one.text, "Via"), "branch"), param(header(cancel.text, "Via"), "branch"));
    slow.reply(cancel, answer(cancel.text, "200 OK", "s"));
    slow.reply(one, answer(one.text, "487 Request Terminated", "s"));
    ms(100);
    slow.expect("ACK ");
    EXPECT_EQ(1, a.count(STACK_EV_PROVISIONAL));
    good.reply(two, answer(two.text, "200 OK", "g", "Contact: <sip:bob@10.0.0.3>\r\n"));
    ms(100);
    ASSERT_TRUE(final_of(a));
    EXPECT_EQ(200, final_of(a)->status);
    ms(70000);
    EXPECT_EQ(1, a.count(STACK_EV_DONE));
    EXPECT_EQ(0u, a.stats().requests);
}

TEST_F(Target, ALateAnswerToAnInviteThatHasMovedOnGetsAckAndBye) {
    Agent a("10.0.0.1");
    Peer slow(kSilent, 5060), good(kGood, 5060);
    a.invite(uri);
    ms(4200);
    auto two = good.expect("INVITE ");
    good.reply(two, answer(two.text, "486 Busy Here", "g"));
    ms(100);
    ASSERT_TRUE(final_of(a));
    EXPECT_EQ(486, final_of(a)->status);
    auto one = slow.expect("INVITE ");
    slow.reply(one, answer(one.text, "200 OK", "s", "Contact: <sip:bob@10.0.0.2>\r\n"));
    ms(100);
    slow.expect("ACK ");
    auto bye = slow.expect("BYE ");
    slow.reply(bye, answer(bye.text, "200 OK", "s"));
    ms(70000);
    EXPECT_EQ(1, a.count(STACK_EV_FINAL));
    EXPECT_EQ(0u, a.stats().requests);
    EXPECT_EQ(0u, a.stats().dialogs);
}

TEST_F(Target, TheFirstToRingIsTheCall) {
    Agent a("10.0.0.1");
    Peer slow(kSilent, 5060), other(kGood, 5060);
    a.invite(uri);
    ms(5000);
    auto one = slow.expect("INVITE ");
    slow.reply(one, answer(one.text, "180 Ringing", "s"));
    ms(100);
    EXPECT_EQ(1, a.count(STACK_EV_PROVISIONAL));
    auto two = other.expect("INVITE ");
    other.reply(two, answer(two.text, "180 Ringing", "o"));
    ms(100);
    auto cancel = other.expect("CANCEL ");
    other.reply(cancel, answer(cancel.text, "200 OK", "o"));
    other.reply(two, answer(two.text, "487 Request Terminated", "o"));
    slow.reply(one, answer(one.text, "200 OK", "s", "Contact: <sip:bob@10.0.0.2>\r\n"));
    ms(100);
    ASSERT_TRUE(final_of(a));
    EXPECT_EQ(200, final_of(a)->status);
    EXPECT_EQ(1, a.count(STACK_EV_PROVISIONAL));
    ms(70000);
    EXPECT_EQ(0u, a.stats().requests);
}

TEST_F(Target, HangingUpWhileTwoAreAskedEndsBoth) {
    Agent a("10.0.0.1");
    Peer slow(kSilent, 5060), other(kGood, 5060);
    stack_dialog_set *set = a.invite(uri);
    ms(5000);
    dlg_set_cancel(set, SX_LIT(""));
    for (Peer *p : {&slow, &other}) {
        auto invite = p->expect("INVITE ");
        p->reply(invite, answer(invite.text, "180 Ringing", "x"));
        ms(100);
        auto cancel = p->expect("CANCEL ");
        p->reply(cancel, answer(cancel.text, "200 OK", "x"));
        p->reply(invite, answer(invite.text, "487 Request Terminated", "x"));
    }
    ms(100);
    ASSERT_TRUE(final_of(a));
    EXPECT_EQ(487, final_of(a)->status);
    ms(70000);
    EXPECT_EQ(0u, a.stats().requests);
}

TEST_F(Target, AProgramThatLetsGoWhileTwoAreAskedLeavesNobodyRinging) {
    Agent a("10.0.0.1");
    Peer slow(kSilent, 5060), other(kGood, 5060);
    stack_dialog_set *set = a.invite(uri);
    ms(5000);
    dlg_set_abandon(set);
    auto invite = slow.expect("INVITE ");
    slow.reply(invite, answer(invite.text, "180 Ringing", "x"));
    ms(100);
    auto cancel = slow.expect("CANCEL ");
    slow.reply(cancel, answer(cancel.text, "200 OK", "x")); // and never says 487
    ms(100000);
    EXPECT_EQ(0u, a.stats().requests);
    EXPECT_EQ(0, a.count(STACK_EV_FINAL) + a.count(STACK_EV_PROVISIONAL) + a.count(STACK_EV_DONE));
}

TEST_F(Target, AStackMayGoWhileTwoAreAsked) {
    Peer slow(kSilent, 5060), other(kGood, 5060);
    for (const char *method : {"MESSAGE", "INVITE"}) {
        Agent a("10.0.0.1");
        if (*method == 'I')
            a.invite(uri);
        else
            a.send(a.params(method, uri));
        ms(5000);
    }
}

// ---- flows, proxies

TEST_F(Target, AFlowThatSaysNothingIsLeftForAnotherTargetOfItsDomain) {
    Agent a("10.0.0.1");
    Peer first(kSilent, 5060), second(kGood, 5060);
    a.send(a.params("MESSAGE", uri));
    ms(100);
    answer_all(first, "200 OK");
    ms(100);
    auto p = a.params("MESSAGE", uri);
    p.prefer = final_of(a)->flow;
    first.heard.clear();
    a.send(p);
    ms(4200);
    EXPECT_GE(first.count("MESSAGE "), 1);
    answer_all(second, "200 OK");
    ms(100);
    EXPECT_EQ(200, final_of(a)->status);
    EXPECT_EQ(2, a.count(STACK_EV_FINAL));
}

TEST_F(Target, AFlowToTheOnlyTargetHasAllTheTime) {
    Agent a("10.0.0.1");
    Peer only(kSilent, 5060);
    a.send(a.params("MESSAGE", "sip:bob@a.example.org:5060"));
    ms(100);
    answer_all(only, "200 OK");
    ms(100);
    auto p = a.params("MESSAGE", "sip:bob@a.example.org:5060");
    p.prefer = final_of(a)->flow;
    uint64_t at = fake_now();
    a.send(p);
    ms(60000);
    EXPECT_EQ(408, final_of(a)->status);
    EXPECT_NEAR(double(final_of(a)->at - at), 32000, 200);
    EXPECT_EQ(11, only.count("MESSAGE "));
}

TEST_F(Target, ProxiesAreTriedInTheirOrder) {
    Agent a("10.0.0.1");
    Peer second(kGood, 5060), third("10.0.0.4", 5060);
    fake_icmp(false);
    sx_slice hops[] = {SX_LIT("sip:nowhere.example:5060"), SX_LIT("sip:10.0.0.2"), SX_LIT("sip:b.example.org:5060"), SX_LIT("sip:10.0.0.4")};
    auto p = a.params("MESSAGE", "sip:bob@example.net");
    p.hops = hops;
    p.nhops = 4;
    a.send(p);
    ms(4500);
    auto h = second.expect("MESSAGE ");
    EXPECT_FALSE(has_line(h.text, "Route:"));
    second.reply(h, answer(h.text, "200 OK", "t"));
    ms(100);
    EXPECT_EQ(200, final_of(a)->status);
    EXPECT_TRUE(third.heard.empty());
    a.send(p); // the first is put aside now: no waiting
    ms(200);
    EXPECT_EQ(1, second.count("MESSAGE "));
}

TEST_F(Target, EachProxyIsNamedInItsOwnRoute) {
    Agent a("10.0.0.1");
    Peer first(kSilent, 5060), second(kGood, 5060);
    sx_slice hops[] = {SX_LIT("sip:10.0.0.2"), SX_LIT("sip:10.0.0.3")};
    sx_slice hop_routes[] = {SX_LIT("<sip:10.0.0.2;lr>"), SX_LIT("<sip:10.0.0.3;lr>")};
    sx_slice routes[] = {SX_LIT("<sip:10.0.0.2;lr>"), SX_LIT("<sip:core.example;lr>")};
    auto p = a.params("MESSAGE", "sip:bob@example.net");
    p.hops = hops;
    p.hop_routes = hop_routes;
    p.nhops = 2;
    p.routes = routes;
    p.nroutes = 2;
    a.send(p);
    ms(100);
    auto one = first.expect("MESSAGE ");
    EXPECT_TRUE(has_line(one.text, "Route: <sip:10.0.0.2;lr>\r\nRoute: <sip:core.example;lr>\r\n"));
    first.reply(one, answer(one.text, "503 Service Unavailable", "t"));
    ms(100);
    auto two = second.expect("MESSAGE ");
    EXPECT_TRUE(has_line(two.text, "Route: <sip:10.0.0.3;lr>\r\nRoute: <sip:core.example;lr>\r\n")) << two.text;
    EXPECT_FALSE(has_line(two.text, "10.0.0.2;lr"));
    second.reply(two, answer(two.text, "200 OK", "t"));
    ms(100);
    EXPECT_EQ(200, final_of(a)->status);
}

TEST_F(Target, HopsThatAllFailSayWhy) {
    Agent a("10.0.0.1");
    sx_slice hops[] = {SX_LIT("sip:nowhere.example:5060"), SX_LIT("not a uri")};
    auto p = a.params("MESSAGE", "sip:bob@example.net");
    p.hops = hops;
    p.nhops = 2;
    a.send(p);
    ms(100);
    ASSERT_TRUE(final_of(a));
    EXPECT_EQ(503, final_of(a)->status);
    EXPECT_EQ(SX_E_URI, final_of(a)->code);
}

TEST_F(Target, AHangingOrRefusedConnectionGivesWay) {
    for (auto mode : {FAKE_TCP_HANG, FAKE_TCP_REFUSE}) {
        Agent a("10.0.0.1"), b(kGood);
        b.listen("10.0.0.3:5060", STACK_TCP);
        b.on = [&](const stack_event *ev) {
            if (ev->type == STACK_EV_REQUEST && ev->tx) {
                tx_response r = {};
                r.status = 200;
                tx_respond(ev->tx, &r);
            }
        };
        fake_tcp_set("10.0.0.2:5060", mode);
        uint64_t at = fake_now();
        a.send(a.params("MESSAGE", "sip:bob@example.org;transport=tcp"));
        ms(9000);
        ASSERT_TRUE(final_of(a));
        EXPECT_EQ(200, final_of(a)->status);
        EXPECT_LE(final_of(a)->at - at, mode == FAKE_TCP_HANG ? 4100u : 100u);
    }
}

TEST_F(Target, SipsIsNeverSentWithoutTls) {
    Agent a("10.0.0.1");
    Peer p1(kSilent, 5060);
    a.send(a.params("MESSAGE", "sip:bob@10.0.0.2"));
    ms(100);
    answer_all(p1, "200 OK");
    ms(100);
    auto p = a.params("MESSAGE", "sips:bob@10.0.0.2");
    p.prefer = final_of(a)->flow;
    sx_slice hops[] = {SX_LIT("sip:10.0.0.2;transport=udp"), SX_LIT("ws://10.0.0.2")};
    p.hops = hops;
    p.nhops = 2;
    a.send(p);
    ms(100);
    EXPECT_EQ(2, a.count(STACK_EV_FINAL));
    EXPECT_EQ(SX_E_UNSUPPORTED, final_of(a)->code);
    EXPECT_TRUE(p1.heard.empty());
}

// ---- TLS

struct Tls {
    net_tls *t = nullptr;
    explicit Tls(const char *cert = nullptr) {
        net_tls_options o = {};
        o.cert = cert;
        o.server = cert != nullptr;
        EXPECT_EQ(net_tls_create(&o, &t), SX_OK) << sx_last_error_text();
    }
    ~Tls() { net_tls_unref(t); }
};

struct TlsServer {
    Tls cert;
    Agent agent;
    TlsServer(const char *names, const std::string &host) : cert(names), agent(host) {
        stack_listen_params p = {};
        p.transport = STACK_TLS;
        p.addr = addr(host, 5061);
        p.tls = cert.t;
        stack_listener *l = nullptr;
        EXPECT_EQ(SX_OK, stack_listen(agent.s, &p, &l)) << sx_last_error_text();
        agent.on = [](const stack_event *ev) {
            if (ev->type == STACK_EV_REQUEST && ev->tx) tx_reply(ev->tx, 200, nullptr);
        };
    }
    int requests() const { return agent.count(STACK_EV_REQUEST); }
};

TEST_F(Target, ACertificateThatFailsLeadsToTheNextServerAndTheDomainIsWhatItMustName) {
    fake_dns_add_srv("_sips._tcp.example.org", 10, 1, 5061, "a.example.org");
    fake_dns_add_srv("_sips._tcp.example.org", 20, 1, 5061, "b.example.org");
    Tls trust;
    stack_config cfg = {};
    cfg.tls = trust.t;
    Agent a("10.0.0.1", &cfg);
    TlsServer wrong("a.example.org", kSilent), right("example.org", kGood); // an SRV target's own name is not enough
    a.send(a.params("MESSAGE", "sips:bob@example.org"));
    ms(200);
    ASSERT_TRUE(final_of(a));
    EXPECT_EQ(200, final_of(a)->status) << final_of(a)->text;
    EXPECT_EQ(0, wrong.requests());
    EXPECT_EQ(1, right.requests());
}

TEST_F(Target, AFlowIsNotPreferredForANameThatItWasNotVerifiedFor) {
    fake_dns_add("one.example", kGood.c_str(), 60);
    fake_dns_add("two.example", kGood.c_str(), 60);
    Tls trust;
    stack_config cfg = {};
    cfg.tls = trust.t;
    Agent a("10.0.0.1", &cfg);
    TlsServer server("one.example", kGood);
    a.send(a.params("MESSAGE", "sips:bob@one.example:5061"));
    ms(200);
    ASSERT_EQ(1, server.requests());
    auto p = a.params("MESSAGE", "sips:bob@one.example:5061");
    p.prefer = final_of(a)->flow;
    a.send(p);
    ms(200);
    EXPECT_EQ(2, server.requests());
    EXPECT_EQ(1, a.count(STACK_EV_CONNECTING));
    p.uri = SX_LIT("sips:bob@two.example:5061");
    a.send(p);
    ms(200);
    EXPECT_EQ(2, server.requests());
    EXPECT_EQ(SX_E_TLS, final_of(a)->code);
    p.outbound = true; // RFC 5626: its far end takes requests to anybody
    a.send(p);
    ms(200);
    EXPECT_EQ(3, server.requests());
}

TEST_F(Target, AnAccountsOwnTrustIsKeptAsLongAsARequestNeedsIt) {
    fake_dns_add("one.example", kGood.c_str(), 60);
    Agent a("10.0.0.1");
    TlsServer server("one.example", kGood);
    {
        Tls own;
        auto p = a.params("MESSAGE", "sips:bob@one.example:5061");
        p.tls = own.t;
        a.send(p);
    } // the account has gone
    ms(200);
    EXPECT_EQ(1, server.requests());
    EXPECT_EQ(200, final_of(a)->status);
}

// A silent target, a 503, an answer; the nth allocation fails.
bool failover(const char *method, int fail_at) {
    oom_pause(+1);
    Agent a("10.0.0.1");
    Peer first(kSilent, 5060), second(kGood, 5060), third("10.0.0.4", 5060);
    sx_slice hops[] = {SX_LIT("sip:example.org;transport=udp"), SX_LIT("sip:c.example.org:5060")};
    stack_request_params p = a.params(method, "sip:bob@example.org");
    stack_contact c = a.contact();
    p.contact = &c;
    p.hops = hops;
    p.nhops = 2;
    p.ws_headers = SX_LIT("Cookie: a=b\r\n");
    stack_request *r = nullptr;
    oom_pause(-1);
    oom_after(fail_at);
    bool begun = stack_request_create(a.s, &p, &r) == SX_OK;
    fake_run_for(4500);
    oom_pause(+1);
    Target::answer_all(second, "503 Service Unavailable", "Retry-After: 5\r\n");
    oom_pause(-1);
    fake_run_for(100);
    oom_pause(+1);
    Target::answer_all(third, "404 Not Found");
    oom_pause(-1);
    fake_run_for(150000);
    bool hit = oom_hit();
    oom_after(0);
    EXPECT_EQ(begun ? 1 : 0, a.count(STACK_EV_FINAL)) << method << " " << fail_at;
    EXPECT_EQ(0u, a.stats().requests) << method << " " << fail_at;
    return hit;
}

TEST_F(Target, EachAllocationOfAFailoverMayFail) {
    fake_dns_add("c.example.org", "10.0.0.4", 60);
    for (const char *method : {"MESSAGE", "INVITE"}) {
        bool hit = true;
        int n = 1;
        for (; hit && n < 1000 && !HasFailure(); n++) hit = failover(method, n);
        EXPECT_GT(n, 15);
    }
}

} // namespace
