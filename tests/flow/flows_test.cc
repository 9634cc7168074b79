/* What keeps an account reachable: flows (RFC 5626), routes and GRUUs that registrars hand out, changing addresses. */
#include "flow/flow_fixture.h"
#include "oom/oom.h"

namespace {

bool has(const std::string &s, const std::string &what) { return s.find(what) != std::string::npos; }

/* A registrar that grants what it is asked for, with further lines of its own. */
void grant(Raw &reg, const Sip &m, const std::string &lines = "", int expires = 300, const std::string &more = "") {
    std::string own;
    for (int i = 0; !m.header("Contact", i).empty(); i++) {
        std::string c = m.header("Contact", i);
        if (has(c, "expires=0") || c == "*") continue;
        size_t at = c.find(";expires=");
        size_t end = c.find(';', at + 1);
        own += "Contact: " + c.substr(0, at) + ";expires=" + std::to_string(expires) +
               (end == std::string::npos ? "" : c.substr(end)) + more + "\r\n";
    }
    reg.reply(m, 200, "r", lines + own);
}
const char *kOutbound = "Require: outbound\r\n";

/* The same, as it will answer every REGISTER. */
void serve(Raw &reg, const std::string &lines = "", int expires = 300, const std::string &more = "") {
    reg.on = [&reg, lines, expires, more](const Sip &m) {
        if (m.method() == "REGISTER") grant(reg, m, lines, expires, more);
        if (m.method() == "MESSAGE") reg.reply(m, 200, "m");
    };
}

void send_message(Phone &p, ua_account *acc, const char *target) {
    ua_message_config c = {};
    c.target = target;
    c.body = SX_LIT("hi");
    ua_message *m = nullptr;
    EXPECT_EQ(ua_message_send(p.agent, acc, &c, 3, &m), 0) << sx_last_error_text();
}

TEST_F(Flow, ARegisterSaysWhatTheDeviceCanDo) {
    Raw reg("10.0.0.9");
    serve(reg);
    Phone p("10.0.0.1");
    ua_account *a = p.account("sip:alice@10.0.0.9", nullptr, nullptr, [](ua_account_config &c) {
        c.contact_params = "pn-provider=acme;pn-prid=abc%3Ddef";
        c.contact_features = ";audio;+sip.ice";
        c.instance_id = "urn:uuid:00000000-0000-4000-8000-000000000001";
    });
    ASSERT_EQ(ua_account_register(a), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
    const Sip *m = reg.last("REGISTER");
    EXPECT_EQ(m->header("Supported"), "path, gruu, outbound");
    std::string c = m->header("Contact"), uri = m->contact_uri();
    EXPECT_TRUE(has(uri, ";pn-provider=acme;pn-prid=abc%3Ddef")) << c;
    EXPECT_TRUE(has(c, "+sip.instance=\"<urn:uuid:00000000-0000-4000-8000-000000000001>\";reg-id=1;audio;+sip.ice"))
        << c;
    p.call(a, "bob");
    const Sip *invite = reg.wait("INVITE");
    ASSERT_NE(invite, nullptr);
    EXPECT_FALSE(has(invite->raw, "pn-prid")) << "what wakes this phone is none of the peer's business (RFC 8599 14)";
    EXPECT_FALSE(has(invite->raw, ";ob")) << "the registrar keeps no flows";
}

TEST_F(Flow, WithoutOutboundAndGruuNothingIsSaidOfThem) {
    Raw reg("10.0.0.9");
    serve(reg);
    Phone p("10.0.0.1");
    ua_account *a =
        p.account("sip:alice@10.0.0.9", nullptr, nullptr, [](ua_account_config &c) { c.outbound = c.gruu = false; });
    ASSERT_EQ(ua_account_register(a), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
    EXPECT_EQ(reg.last("REGISTER")->header("Supported"), "path");
    EXPECT_FALSE(has(reg.last("REGISTER")->raw, "reg-id"));
}

TEST_F(Flow, RequestsTakeTheServiceRouteOfTheRegistrar) {
    Raw reg("10.0.0.9");
    std::string routes = "Service-Route: <sip:10.0.0.9:5060;lr>, <sip:inner.example;lr>\r\n";
    serve(reg, routes, 60);
    Phone p("10.0.0.1");
    ua_account *a = p.account("sip:alice@10.0.0.9");
    ASSERT_EQ(ua_account_register(a), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
    send_message(p, a, "sip:bob@elsewhere.example");
    const Sip *m = reg.wait("MESSAGE");
    ASSERT_NE(m, nullptr);
    EXPECT_EQ(m->uri(), "sip:bob@elsewhere.example");
    EXPECT_EQ(m->header("Route"), "<sip:10.0.0.9:5060;lr>");
    EXPECT_EQ(m->header("Route", 1), "<sip:inner.example;lr>");
    EXPECT_EQ(reg.last("REGISTER")->header("Route"), "") << "not for the registrar itself (RFC 3608 6.1)";
    serve(reg, "", 60);
    size_t seen = p.count(UA_EV_REGISTERED);
    ASSERT_NE(p.wait(UA_EV_REGISTERED, 60000, seen + 1), nullptr);
    send_message(p, a, "bob");
    ASSERT_NE((m = reg.wait("MESSAGE", 5000, 2)), nullptr);
    EXPECT_EQ(m->header("Route"), "") << "the next answer had none";
}

TEST_F(Flow, TheOutboundProxyComesBeforeTheServiceRouteAndOnce) {
    for (const char *first : {"<sip:10.0.0.8;lr>", "<sip:edge.example;lr>"}) {
        Raw proxy("10.0.0.8");
        serve(proxy, std::string("Service-Route: ") + first + ", <sip:inner.example;lr>\r\n");
        Phone p("10.0.0.1");
        ua_account *a = p.account("sip:alice@home.example", nullptr, nullptr,
                                  [](ua_account_config &c) { c.outbound_proxy = "sip:10.0.0.8"; });
        ASSERT_EQ(ua_account_register(a), 0);
        ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
        EXPECT_EQ(proxy.last("REGISTER")->header("Route"), "<sip:10.0.0.8;lr>");
        send_message(p, a, "bob");
        const Sip *m = proxy.wait("MESSAGE");
        ASSERT_NE(m, nullptr);
        EXPECT_EQ(m->header("Route"), "<sip:10.0.0.8;lr>");
        bool same = has(first, "10.0.0.8");
        EXPECT_EQ(m->header("Route", 1), same ? "<sip:inner.example;lr>" : first);
        EXPECT_EQ(m->header("Route", 2), same ? "" : "<sip:inner.example;lr>");
    }
}

const char *kInstance = "urn:uuid:00000000-0000-4000-8000-00000000000a";
const char *kGruus = ";pub-gruu=\"sip:alice@10.0.0.9;gr=urn:uuid:00000000-0000-4000-8000-00000000000a\""
                     ";temp-gruu=\"sip:tgruu.7hs==jd7vnzga5w7fajsc7-ajd6fabz0f8g5@10.0.0.9;gr\"";

TEST_F(Flow, AGruuIsToldAndRequestsToItFindTheAccount) {
    Raw reg("10.0.0.9"), peer("10.0.0.5");
    serve(reg, "", 300, kGruus);
    Phone p("10.0.0.1");
    ua_account *other = p.account("sip:alice@10.0.0.9"),
               *a = p.account("sip:alice@10.0.0.9", nullptr, nullptr,
                              [](ua_account_config &c) { c.instance_id = kInstance; });
    std::string pub, temp;
    p.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_REGISTERED) pub = text(ev.pub_gruu), temp = text(ev.temp_gruu);
    };
    ASSERT_EQ(ua_account_register(a), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
    EXPECT_EQ(pub, std::string("sip:alice@10.0.0.9;gr=") + kInstance);
    EXPECT_TRUE(has(temp, "sip:tgruu.7hs==")) << temp;
    for (auto &to : {pub, temp}) {
        peer.send("10.0.0.1", peer.invite(to, "g" + std::to_string(to.size()), sdp("10.0.0.5", 4000)));
        size_t n = p.count(UA_EV_INCOMING_CALL);
        ASSERT_NE(p.wait(UA_EV_INCOMING_CALL, 1000, n + 1), nullptr) << to;
        EXPECT_EQ(p.last(UA_EV_INCOMING_CALL)->account, a);
        EXPECT_NE(p.last(UA_EV_INCOMING_CALL)->account, other);
    }
    peer.send("10.0.0.1", peer.invite("sip:alice@10.0.0.9;gr=urn:uuid:guessed", "no", sdp("10.0.0.5", 4000)));
    peer.send("10.0.0.1", peer.invite("sip:tgruu.guessed@10.0.0.9;gr", "no2", sdp("10.0.0.5", 4000)));
    fake_run_for(2000);
    EXPECT_EQ(p.count(UA_EV_INCOMING_CALL), 2u);
    p.call(a, "bob");
    ASSERT_NE(reg.wait("INVITE"), nullptr);
    EXPECT_FALSE(has(reg.last("INVITE")->contact_uri(), "gr=")) << "many proxies can't route it inside a call";
}

TEST_F(Flow, AGruuStandsInTheContactWhereTheProgramWantsIt) {
    Raw reg("10.0.0.9");
    serve(reg, kOutbound, 300, kGruus);
    Phone p("10.0.0.1");
    ua_account *a = p.account("sip:alice@10.0.0.9", nullptr, nullptr, [](ua_account_config &c) {
        c.instance_id = kInstance;
        c.gruu_contact = true;
    });
    ASSERT_EQ(ua_account_register(a), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
    p.call(a, "bob");
    ASSERT_NE(reg.wait("INVITE"), nullptr);
    EXPECT_EQ(reg.last("INVITE")->contact_uri(), std::string("sip:alice@10.0.0.9;gr=") + kInstance);
    ASSERT_EQ(ua_account_unregister(a, false), 0);
    ASSERT_NE(p.wait(UA_EV_UNREGISTERED), nullptr);
    p.call(a, "bob");
    ASSERT_NE(reg.wait("INVITE", 5000, 2), nullptr);
    EXPECT_FALSE(has(reg.last("INVITE")->contact_uri(), "gr=")) << "it ended with the registration";
}

TEST_F(Flow, AHostileGruuIsNotOurContact) {
    for (const char *bad : {"sip:a@b;gr=x>,<sip:evil@c", "tel:123;gr", "sip:a@b", "x y;gr", ""}) {
        Raw reg("10.0.0.9");
        serve(reg, "", 300, std::string(";pub-gruu=\"") + bad + "\"");
        Phone p("10.0.0.1");
        ua_account *a =
            p.account("sip:alice@10.0.0.9", nullptr, nullptr, [](ua_account_config &c) { c.gruu_contact = true; });
        ASSERT_EQ(ua_account_register(a), 0);
        ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
        p.call(a, "bob");
        ASSERT_NE(reg.wait("INVITE"), nullptr);
        EXPECT_TRUE(has(reg.last("INVITE")->contact_uri(), "@10.0.0.1")) << bad;
    }
}

TEST_F(Flow, InDialogsOfAnOutboundRegistrationTheContactSaysOb) {
    Raw reg("10.0.0.9");
    serve(reg, kOutbound);
    Phone p("10.0.0.1");
    ua_account *a = p.account("sip:alice@10.0.0.9");
    ASSERT_EQ(ua_account_register(a), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
    p.call(a, "bob");
    ASSERT_NE(reg.wait("INVITE"), nullptr);
    EXPECT_TRUE(has(reg.last("INVITE")->contact_uri(), ";ob")) << reg.last("INVITE")->contact_uri();
    EXPECT_FALSE(has(reg.last("REGISTER")->contact_uri(), ";ob"));
}

TEST_F(Flow, AFirstHopWithoutOutboundIsRegisteredThroughWithoutIt) {
    Raw reg("10.0.0.9");
    int refused = 0;
    reg.on = [&](const Sip &m) {
        if (m.method() != "REGISTER") return;
        if (has(m.header("Supported"), "outbound")) {
            refused++;
            reg.reply(m, 439, "r");
        } else {
            EXPECT_FALSE(has(m.raw, "reg-id"));
            grant(reg, m, "", 60);
        }
    };
    Phone p("10.0.0.1");
    ASSERT_EQ(ua_account_register(p.account("sip:alice@10.0.0.9")), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED, 1000), nullptr);
    EXPECT_EQ(p.count(UA_EV_REGISTRATION_FAILED), 0u);
    ASSERT_NE(p.wait(UA_EV_REGISTERED, 60000, 2), nullptr);
    EXPECT_EQ(refused, 1) << "it is remembered";
}

TEST_F(Flow, AFailedFlowIsTriedAtOnceAndThenAsOftenAsTheRfcSays) {
    Raw reg("10.0.0.9");
    bool up = true;
    std::vector<uint64_t> at;
    reg.on = [&](const Sip &m) {
        if (m.method() != "REGISTER") return;
        at.push_back(fake_now());
        if (up)
            grant(reg, m, kOutbound, 3600);
        else
            reg.reply(m, 430, "r");
    };
    Phone p("10.0.0.1");
    ASSERT_EQ(ua_account_register(p.account("sip:alice@10.0.0.9")), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
    up = false;
    fake_run_for(3600000);
    ASSERT_GE(at.size(), 6u);
    EXPECT_LE(at[2] - at[1], 5u) << "430 on the refresh: a new flow at once";
    uint64_t base = 30000;
    for (size_t i = 3; i < at.size() && i < 8; i++) { /* 60, 120, 240 ... s, 50 to 100 per cent (RFC 5626 4.5) */
        base *= 2;
        EXPECT_GE(at[i] - at[i - 1], base / 2) << i;
        EXPECT_LE(at[i] - at[i - 1], base + 10) << i;
    }
    up = true;
    ASSERT_NE(p.wait(UA_EV_REGISTERED, 1800000, 2), nullptr);
}

TEST_F(Flow, TwoFlowsLiveOverTwoProxiesAndOneIsEnough) {
    Raw one("10.0.0.8"), two("10.0.0.9");
    serve(one, kOutbound, 120);
    serve(two, kOutbound, 120);
    Phone p("10.0.0.1");
    ua_account *a = p.account("sip:alice@home.example", nullptr, nullptr, [](ua_account_config &c) {
        static const char *const more[] = {"sip:10.0.0.9"};
        c.outbound_proxy = "sip:10.0.0.8";
        c.outbound_proxies = more;
        c.outbound_proxy_count = 1;
        c.flows = 2;
    });
    ASSERT_EQ(ua_account_register(a), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED, 5000, 2), nullptr);
    EXPECT_TRUE(has(one.last("REGISTER")->header("Contact"), "reg-id=1"));
    EXPECT_TRUE(has(two.last("REGISTER")->header("Contact"), "reg-id=2"));
    EXPECT_EQ(one.count("REGISTER"), 1u);
    EXPECT_EQ(p.events[p.events.size() - 1].host, "10.0.0.9");
    EXPECT_NE(one.last("REGISTER")->header("Call-ID"), two.last("REGISTER")->header("Call-ID"));
    send_message(p, a, "bob");
    ASSERT_NE(one.wait("MESSAGE"), nullptr);
    one.on = nullptr; /* the first proxy is silent from now on */
    size_t before = two.count("REGISTER");
    ASSERT_NE(p.wait(UA_EV_REGISTRATION_DEGRADED, 300000), nullptr);
    fake_run_for(300000);
    EXPECT_EQ(p.count(UA_EV_REGISTRATION_FAILED), 0u) << "the other flow holds";
    EXPECT_GT(two.count("REGISTER"), before);
    send_message(p, a, "bob");
    ASSERT_NE(two.wait("MESSAGE"), nullptr) << "requests take the flow that works";
    EXPECT_EQ(two.last("MESSAGE")->header("Route"), "<sip:10.0.0.9;lr>");
    serve(one, kOutbound, 120);
    size_t again = one.count("REGISTER");
    ASSERT_NE(one.wait("REGISTER", 1900000, again + 1), nullptr) << "it comes back by itself";
    fake_run_for(1000);
    ASSERT_EQ(ua_account_unregister(a, false), 0);
    ASSERT_NE(p.wait(UA_EV_UNREGISTERED), nullptr);
    fake_run_for(1000);
    EXPECT_EQ(p.count(UA_EV_UNREGISTERED), 1u);
    EXPECT_EQ(one.last("REGISTER")->header("Expires"), "0");
    EXPECT_EQ(two.last("REGISTER")->header("Expires"), "0");
    ASSERT_EQ(ua_account_close(a), 0);
    ASSERT_NE(p.wait(UA_EV_ACCOUNT_CLOSED), nullptr);
}

TEST_F(Flow, TheSecondFlowGoesToAnotherServerOfTheSameName) {
    fake_dns_add_srv("_sip._udp.pbx.example", 1, 1, 5060, "a.pbx.example");
    fake_dns_add_srv("_sip._udp.pbx.example", 2, 1, 5070, "a.pbx.example");
    fake_dns_add("a.pbx.example", "10.0.0.8", 300);
    Raw one("10.0.0.8"), two("10.0.0.8", 5070);
    serve(one, kOutbound, 120);
    serve(two, kOutbound, 120);
    Phone p("10.0.0.1");
    ua_account *a = p.account("sip:alice@pbx.example", nullptr, nullptr, [](ua_account_config &c) { c.flows = 2; });
    ASSERT_EQ(ua_account_register(a), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED, 5000, 2), nullptr);
    EXPECT_TRUE(has(one.last("REGISTER")->header("Contact"), "reg-id=1"));
    ASSERT_NE(two.last("REGISTER"), nullptr);
    EXPECT_TRUE(has(two.last("REGISTER")->header("Contact"), "reg-id=2"));
    one.on = nullptr;
    fake_run_for(400000);
    EXPECT_EQ(p.count(UA_EV_REGISTRATION_FAILED), 0u);
    for (auto &m : two.got)
        EXPECT_TRUE(m->method() != "REGISTER" || has(m->header("Contact"), "reg-id=2")) << "never both over one";
}

TEST_F(Flow, WhereThereIsOneServerOneFlowIsAllAndNoTrouble) {
    Raw reg("10.0.0.8");
    serve(reg, kOutbound, 120);
    Phone p("10.0.0.1");
    ua_account *a = p.account("sip:alice@10.0.0.8", nullptr, nullptr, [](ua_account_config &c) { c.flows = 2; });
    ASSERT_EQ(ua_account_register(a), 0);
    fake_run_for(1000000);
    EXPECT_GE(p.count(UA_EV_REGISTERED), 9u);
    EXPECT_EQ(p.count(UA_EV_REGISTRATION_DEGRADED), 0u);
    EXPECT_EQ(p.count(UA_EV_REGISTRATION_FAILED), 0u);
    for (auto &m : reg.got) EXPECT_FALSE(has(m->raw, "reg-id=2"));
    ASSERT_EQ(ua_account_unregister(a, false), 0);
    ASSERT_NE(p.wait(UA_EV_UNREGISTERED), nullptr);
    ASSERT_EQ(ua_account_close(a), 0);
    ASSERT_NE(p.wait(UA_EV_ACCOUNT_CLOSED), nullptr);
}

TEST_F(Flow, ARegistrarThatKeepsNoFlowsGetsOneBindingOnly) {
    Raw one("10.0.0.8"), two("10.0.0.9");
    serve(one);
    serve(two);
    Phone p("10.0.0.1");
    ua_account *a = p.account("sip:alice@home.example", nullptr, nullptr, [](ua_account_config &c) {
        static const char *const both[] = {"sip:10.0.0.8", "sip:10.0.0.9"};
        c.outbound_proxies = both;
        c.outbound_proxy_count = 2;
        c.flows = 2;
    });
    ASSERT_EQ(ua_account_register(a), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
    fake_run_for(100000);
    EXPECT_EQ(two.count("REGISTER"), 0u) << "else every call would come twice";
}

TEST_F(Flow, TheNextProxyIsTriedAtOnceWhenOneIsDown) {
    Raw two("10.0.0.9");
    serve(two);
    Phone p("10.0.0.1");
    ua_account *a = p.account("sip:alice@home.example", nullptr, nullptr, [](ua_account_config &c) {
        static const char *const both[] = {"sip:10.0.0.8;transport=tcp", "sip:10.0.0.9"};
        c.outbound_proxies = both;
        c.outbound_proxy_count = 2;
    });
    fake_tcp_set("10.0.0.8", FAKE_TCP_REFUSE);
    ASSERT_EQ(ua_account_register(a), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED, 1000), nullptr);
    EXPECT_EQ(two.last("REGISTER")->header("Route"), "<sip:10.0.0.9;lr>") << "the Route of the one that is used";
    EXPECT_EQ(p.count(UA_EV_REGISTRATION_FAILED), 0u);
    send_message(p, a, "bob");
    ASSERT_NE(two.wait("MESSAGE"), nullptr);
}

TEST_F(Flow, TheTransportOfAnAccountIsForServersThatNameNone) {
    Registrar reg("10.0.0.9");
    Phone p("10.0.0.1");
    ua_account *a =
        p.account("sip:alice@10.0.0.9", "secret", nullptr, [](ua_account_config &c) { c.transport = STACK_TCP; });
    ASSERT_EQ(ua_account_register(a), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
    EXPECT_EQ(p.last(UA_EV_REGISTERED)->transport, "tcp");
    EXPECT_EQ(p.last(UA_EV_REGISTERED)->host, "10.0.0.9");
    EXPECT_EQ(p.last(UA_EV_REGISTERED)->port, 5060);
}

TEST_F(Flow, AnHa1RegistersWithoutThePassword) {
    Registrar reg("10.0.0.9");
    Phone p("10.0.0.1");
    char hex[65];
    ASSERT_EQ(sip_digest_ha1(SIP_DIGEST_MD5, SX_LIT("alice"), SX_LIT("10.0.0.9"), SX_LIT("secret"), hex), 0);
    ua_account *a = p.account("sip:alice@10.0.0.9", nullptr, nullptr, [&](ua_account_config &c) { c.ha1 = hex; });
    ASSERT_EQ(ua_account_register(a), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
}

TEST_F(Flow, WhoWantsATokenIsNamedInTheFailure) {
    Raw reg("10.0.0.9");
    reg.on = [&](const Sip &m) {
        if (m.method() == "REGISTER")
            reg.reply(m, 401, "r",
                      "WWW-Authenticate: Bearer realm=\"x\", authz_server=\"https://login.example/auth\"\r\n");
    };
    Phone p("10.0.0.1");
    ua_account *a = p.account("sip:alice@10.0.0.9");
    ASSERT_EQ(ua_account_register(a), 0);
    const Event *e = p.wait(UA_EV_REGISTRATION_FAILED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->cause, UA_CAUSE_AUTHENTICATION);
    EXPECT_TRUE(has(e->words, "https://login.example/auth")) << e->words;
    ASSERT_EQ(ua_account_set_token(a, "tok"), 0);
    ASSERT_EQ(ua_account_register(a), 0);
    ASSERT_NE((e = p.wait(UA_EV_REGISTRATION_FAILED, 5000, 2)), nullptr);
    EXPECT_TRUE(has(e->words, "TLS")) << e->words;
    EXPECT_FALSE(has(reg.last("REGISTER")->raw, "Bearer"));
    EXPECT_EQ(ua_account_set_token(a, "a b"), SX_E_INVALID);
}

/* ---- addresses that change ---- */

/* Answers as if the phone were seen at this address and port. */
void answer_as_seen(Raw &reg, const Sip &m, const std::string &host, int port, int expires) {
    std::string via = m.header("Via"), lines;
    size_t at = via.find(";rport");
    via = via.substr(0, at) + ";received=" + host + ";rport=" + std::to_string(port) + via.substr(at + 6);
    for (int i = 0; !m.header("Contact", i).empty(); i++) {
        std::string c = m.header("Contact", i);
        if (!has(c, "expires=0"))
            lines += "Contact: <" + m.contact_uri() + ">;expires=" + std::to_string(expires) + "\r\n";
    }
    char to[64];
    snprintf(to, sizeof to, "10.0.0.1:5060");
    reg.send(to, "SIP/2.0 200 OK\r\nVia: " + via + "\r\nFrom: " + m.header("From") + "\r\nTo: " + m.header("To") +
                     ";tag=r\r\nCall-ID: " + m.header("Call-ID") + "\r\nCSeq: " + m.header("CSeq") + "\r\n" + lines +
                     "Content-Length: 0\r\n\r\n");
}

TEST_F(Flow, ANatThatMovesUsAllTheTimeChangesTheContactOnceARefresh) {
    Raw reg("203.0.113.9");
    int port = 40000;
    std::vector<uint64_t> at;
    reg.on = [&](const Sip &m) {
        if (m.method() != "REGISTER") return;
        at.push_back(fake_now());
        answer_as_seen(reg, m, "198.51.100.7", ++port, 100);
    };
    Phone p("10.0.0.1");
    ASSERT_EQ(ua_account_register(p.account("sip:alice@203.0.113.9")), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
    fake_run_for(1000);
    EXPECT_EQ(at.size(), 2u) << "the address seen, once";
    fake_run_for(95000);
    EXPECT_LE(at.size(), 4u);
    fake_run_for(1000000);
    EXPECT_LE(at.size(), 2u * (1096 / 50 + 1)) << "at most twice a refresh";
}

TEST_F(Flow, APrivateAddressFromAPublicServerIsNotBelieved) {
    Raw reg("203.0.113.9");
    std::vector<std::string> contacts;
    int seen = 0;
    reg.on = [&](const Sip &m) {
        if (m.method() != "REGISTER") return;
        contacts.push_back(m.contact_uri());
        answer_as_seen(reg, m, ++seen < 3 ? "198.51.100.7" : "192.168.1.77", 5060, 60);
    };
    Phone p("10.0.0.1");
    ASSERT_EQ(ua_account_register(p.account("sip:alice@203.0.113.9")), 0);
    fake_run_for(200000);
    ASSERT_GE(contacts.size(), 5u);
    for (size_t i = 1; i < contacts.size(); i++) EXPECT_TRUE(has(contacts[i], "198.51.100.7")) << contacts[i];
}

TEST_F(Flow, WithoutContactRewriteOurOwnAddressStays) {
    Raw reg("203.0.113.9");
    reg.on = [&](const Sip &m) {
        if (m.method() == "REGISTER") answer_as_seen(reg, m, "198.51.100.7", 4444, 60);
    };
    Phone p("10.0.0.1");
    ASSERT_EQ(ua_account_register(p.account("sip:alice@203.0.113.9", nullptr, nullptr,
                                            [](ua_account_config &c) { c.contact_rewrite = false; })),
              0);
    fake_run_for(100000);
    EXPECT_LE(reg.count("REGISTER"), 4u);
    for (auto &m : reg.got) {
        if (m->method() != "REGISTER") continue;
        EXPECT_TRUE(has(m->contact_uri(), "@10.0.0.1:5060")) << m->contact_uri();
        EXPECT_EQ(m->header("Contact", 1), "");
    }
}

void change_network(bool outbound) {
    {
        Raw reg("203.0.113.9");
        serve(reg, outbound ? kOutbound : "", 3600);
        Phone p("10.0.0.1");
        ASSERT_EQ(ua_account_register(p.account("sip:alice@203.0.113.9")), 0);
        ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
        EXPECT_TRUE(has(reg.last("REGISTER")->contact_uri(), "@10.0.0.1:5060"));
        fake_run_for(10000);
        fake_host_up("10.0.0.2", true);
        fake_host_up("10.0.0.1", false);
        ASSERT_EQ(ua_network_changed(p.agent), 0);
        ASSERT_NE(p.wait(UA_EV_REGISTERED, 200, 2), nullptr);
        EXPECT_EQ(p.count(UA_EV_REGISTRATION_DEGRADED), 1u);
        EXPECT_TRUE(has(reg.last("REGISTER")->raw, "@10.0.0.2:5060")) << reg.last("REGISTER")->raw;
        if (!outbound) { /* what the registrar lists is taken away */
            std::string old = reg.last("REGISTER")->contact_uri();
            old.replace(old.find("10.0.0.2"), 8, "10.0.0.1");
            serve(reg, "Contact: <" + old + ">;expires=3000\r\n", 3600);
            ua_network_changed(p.agent);
            fake_run_for(100);
            EXPECT_TRUE(has(reg.last("REGISTER")->raw, "Contact: <" + old + ">;expires=0"))
                << reg.last("REGISTER")->raw;
        }
    }
}

TEST_F(Flow, AChangedNetworkRegistersAtOnceFromTheNewAddress) { change_network(true); }
TEST_F(Flow, AChangedNetworkLeavesNoGhostWhereTheRegistrarKeepsNoFlows) { change_network(false); }

TEST_F(Flow, ASilentRegistrarIsDegradedUntilTheGrantLapsesAndThenFailed) {
    Raw reg("10.0.0.9");
    serve(reg, "", 300);
    Phone p("10.0.0.1");
    fake_icmp(false);
    ASSERT_EQ(ua_account_register(p.account("sip:alice@10.0.0.9")), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
    uint64_t granted = fake_now();
    reg.on = nullptr;
    ASSERT_NE(p.wait(UA_EV_REGISTRATION_DEGRADED, 310000), nullptr);
    const Event *e = p.wait(UA_EV_REGISTRATION_FAILED, 310000);
    ASSERT_NE(e, nullptr);
    EXPECT_GE(e->at_ms, granted + 299900);
    EXPECT_LE(e->at_ms, granted + 300100) << "to the second, though a request may be on its way just then";
    fake_run_for(100000);
    serve(reg, "", 300);
    ASSERT_NE(p.wait(UA_EV_REGISTERED, 100000, 2), nullptr);
    EXPECT_EQ(p.last(UA_EV_REGISTERED)->flags & UA_FLAG_REFRESH, 0u) << "the first after a failure";
}

TEST_F(Flow, AConnectionThatDiesUnderARefreshIsReplacedAtOnce) {
    Registrar reg("10.0.0.9", SRV_PROXY, 120);
    Phone p("10.0.0.1");
    ASSERT_EQ(ua_account_register(p.account("sip:alice@10.0.0.9", "secret", "sip:10.0.0.9;transport=tcp")), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
    fake_link cut = {};
    cut.cut = true;
    fake_link_set("10.0.0.1", "10.0.0.9", &cut); /* a REGISTER, or a keepalive, that nobody hears */
    fake_run_for(115000);
    fake_link whole = {};
    whole.latency_ms = 1;
    fake_link_set("10.0.0.1", "10.0.0.9", &whole);
    size_t before = p.count(UA_EV_REGISTERED);
    fake_tcp_reset("10.0.0.9:5060");
    ASSERT_NE(p.wait(UA_EV_REGISTERED, 70000, before + 1), nullptr);
}

TEST_F(Flow, TheFlowTimerOfTheRegistrarSetsThePaceOfKeepalives) {
    static std::vector<uint64_t> pings;
    pings.clear();
    Raw udp("10.0.0.8");
    serve(udp, "Flow-Timer: 100\r\n", 3600);
    Phone p("10.0.0.1");
    ASSERT_EQ(ua_account_register(
                  p.account("sip:alice@10.0.0.8", nullptr, nullptr, [](ua_account_config &c) { c.outbound = false; })),
              0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
    fake_tap(
        [](void *, const fake_packet *pk) {
            if (pk->bytes.n == 4) pings.push_back(pk->at_ms);
        },
        nullptr);
    fake_run_for(1000000);
    fake_tap(nullptr, nullptr);
    ASSERT_GE(pings.size(), 9u);
    for (size_t i = 1; i < pings.size(); i++) {
        EXPECT_GE(pings[i] - pings[i - 1], 79000u);
        EXPECT_LE(pings[i] - pings[i - 1], 101000u);
    }
}

/* ---- many ---- */

/* The embedded registrar with users u0, u1 ... */
class ManyRegistrar {
  public:
    explicit ManyRegistrar(size_t n, int max_expires = 3600) {
        fake_host("10.0.0.9");
        loop_ = net_loop_create();
        stack_config sc = {};
        stack_ = stack_create(loop_, &sc, {[](void *, const stack_event *) {}, nullptr});
        std::vector<std::string> names;
        std::vector<srv_user> users;
        for (size_t i = 0; i < n; i++) names.push_back("u" + std::to_string(i));
        for (auto &name : names) users.push_back({name.c_str(), "pw"});
        srv_config c = {};
        c.users = users.data();
        c.user_count = n;
        c.max_expires = max_expires;
        EXPECT_EQ(srv_server_create(
                      stack_, &c, 1, [](void *, const srv_event *) {}, nullptr, &server_),
                  0);
        srv_listener *l;
        for (const char *t : {"udp:10.0.0.9:5060", "tcp:10.0.0.9:5060"})
            EXPECT_EQ(srv_listener_create(server_, t, nullptr, 1, &l), 0);
    }
    ~ManyRegistrar() {
        srv_server_destroy(server_);
        stack_destroy(stack_);
        fake_settle();
        net_loop_destroy(loop_);
    }

  private:
    net_loop *loop_;
    stack *stack_;
    srv_server *server_ = nullptr;
};

/* Counts REGISTERs on the wire: how many are unanswered, and how many begin in a second. */
struct Watch {
    std::map<std::string, bool> open;
    size_t most = 0, sent = 0, challenged = 0;
    std::vector<uint64_t> starts;
    Watch() { fake_tap(see, this); }
    ~Watch() { fake_tap(nullptr, nullptr); }
    static void see(void *ctx, const fake_packet *p) {
        Watch *w = static_cast<Watch *>(ctx);
        std::string s = text(p->bytes);
        for (size_t at = 0; (at = s.find("Call-ID: ", at)) != std::string::npos; at++) {
            std::string id = s.substr(at, s.find("\r\n", at) - at);
            size_t head = s.rfind("SIP/2.0 ", at), reg = s.rfind("REGISTER sip:", at);
            bool request = reg != std::string::npos && (head == std::string::npos || reg + 100 > head);
            if (request) {
                w->sent++;
                if (!w->open.count(id)) w->starts.push_back(p->at_ms);
                w->open[id] = true;
            } else if (s.compare(head, 11, "SIP/2.0 401") == 0) {
                w->challenged++;
            } else {
                w->open.erase(id);
            }
            if (w->open.size() > w->most) w->most = w->open.size();
        }
    }
    size_t most_in_a_second() const {
        size_t best = 0;
        for (size_t i = 0, j = 0; i < starts.size(); i++) {
            while (starts[i] - starts[j] >= 1000) j++;
            if (i - j + 1 > best) best = i - j + 1;
        }
        return best;
    }
};

std::vector<ua_account *> many(Phone &p, size_t n, const char *server) {
    std::vector<ua_account *> all;
    for (size_t i = 0; i < n; i++)
        all.push_back(p.account(("sip:u" + std::to_string(i) + "@10.0.0.9").c_str(), "pw", server));
    return all;
}

TEST_F(Flow, AThousandAccountsRegisterAHundredAtATimeWithOneNonce) {
    ManyRegistrar reg(1000);
    fake_link slow = {};
    slow.latency_ms = 50;
    fake_link_set("10.0.0.1", "10.0.0.9", &slow);
    Phone p("10.0.0.1");
    auto all = many(p, 1000, nullptr);
    {
        Watch w;
        for (auto *a : all) ASSERT_EQ(ua_account_register(a), 0);
        ASSERT_NE(p.wait(UA_EV_REGISTERED, 20000, 1000), nullptr);
        EXPECT_LE(w.most, 100u);
        EXPECT_GE(w.most, 90u) << "and not one after the other";
        EXPECT_LE(w.challenged, 110u) << "those of the first hundred that were sent before anybody had a nonce";
    }
    EXPECT_EQ(p.count(UA_EV_REGISTRATION_FAILED), 0u);
    ASSERT_EQ(ua_option_set(p.agent, nullptr, nullptr, "register_in_flight", "7"), 0);
    {
        Watch w;
        for (auto *a : all) ASSERT_EQ(ua_account_close(a), 0);
        ASSERT_NE(p.wait(UA_EV_ACCOUNT_CLOSED, 60000, 1000), nullptr);
        EXPECT_LE(w.most, 8u);
    }
}

TEST_F(Flow, ALossyNetworkDelaysSomeAndLosesNone) {
    ManyRegistrar reg(300, 3600);
    fake_link lossy = {};
    lossy.latency_ms = 20;
    lossy.jitter_ms = 30;
    lossy.loss_percent = 20;
    lossy.dup_percent = 5;
    fake_link_set("10.0.0.1", "10.0.0.9", &lossy);
    fake_link_set("10.0.0.9", "10.0.0.1", &lossy);
    Phone p("10.0.0.1");
    auto all = many(p, 300, nullptr);
    Watch w;
    for (auto *a : all) ASSERT_EQ(ua_account_register(a), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED, 120000, 300), nullptr);
    EXPECT_LE(w.most, 101u); /* an answer that was lost is still open in the tap's eyes until it is repeated */
    fake_run_for(5000);
    for (auto *a : all) ASSERT_EQ(ua_account_close(a), 0);
    ASSERT_NE(p.wait(UA_EV_ACCOUNT_CLOSED, 300000, 300), nullptr);
}

TEST_F(Flow, AThousandAccountsComeBackOverOneConnectionAtTheRateThatWasAskedFor) {
    ManyRegistrar reg(1000);
    Phone p("10.0.0.1");
    auto all = many(p, 1000, "sip:10.0.0.9;transport=tcp");
    for (auto *a : all) ASSERT_EQ(ua_account_register(a), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED, 20000, 1000), nullptr);
    EXPECT_EQ(p.count(UA_EV_TRANSPORT_CONNECTED), 1u) << "one connection for all of them";
    fake_run_for(2000);
    Watch w;
    uint64_t lost = fake_now();
    ASSERT_EQ(fake_tcp_reset("10.0.0.9:5060"), 1u);
    ASSERT_NE(p.wait(UA_EV_REGISTERED, 30000, 2000), nullptr);
    EXPECT_EQ(p.count(UA_EV_REGISTRATION_DEGRADED), 1000u);
    EXPECT_EQ(p.count(UA_EV_REGISTRATION_FAILED), 0u);
    EXPECT_LE(w.most_in_a_second(), 111u);
    EXPECT_GE(fake_now() - lost, 9500u);
    EXPECT_LE(fake_now() - lost, 11000u);
    EXPECT_EQ(p.count(UA_EV_TRANSPORT_CONNECTED), 2u);
}

TEST_F(Flow, RefreshesOfManyAccountsAreSpreadOverTime) {
    ManyRegistrar reg(1000, 600);
    Phone p("10.0.0.1");
    for (auto *a : many(p, 1000, nullptr)) ASSERT_EQ(ua_account_register(a), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED, 20000, 1000), nullptr);
    Watch w;
    ASSERT_NE(p.wait(UA_EV_REGISTERED, 600000, 2000), nullptr);
    EXPECT_LE(w.most_in_a_second(), 30u) << "1000 in 240 s";
    EXPECT_LE(w.challenged, 30u);
}

TEST_F(Flow, WhoWaitsInTheQueueCanChangeHisMind) {
    Raw reg("10.0.0.9"); /* answers nothing */
    Phone p("10.0.0.1");
    ASSERT_EQ(ua_option_set(p.agent, nullptr, nullptr, "register_in_flight", "1"), 0);
    ua_account *a = p.account("sip:a@10.0.0.9"), *b = p.account("sip:b@10.0.0.9"), *c = p.account("sip:c@10.0.0.9");
    for (auto *x : {a, b, c}) ASSERT_EQ(ua_account_register(x), 0);
    fake_run_for(100);
    EXPECT_EQ(reg.count("REGISTER"), 1u);
    ASSERT_EQ(ua_account_unregister(b, false), 0); /* it was never sent; its removal is */
    ASSERT_EQ(ua_account_close(a), 0);
    serve(reg);
    ASSERT_NE(p.wait(UA_EV_UNREGISTERED, 5000, 2), nullptr);
    ASSERT_NE(p.wait(UA_EV_REGISTERED, 5000), nullptr);
    EXPECT_EQ(p.last(UA_EV_REGISTERED)->account, c);
    ASSERT_NE(p.wait(UA_EV_ACCOUNT_CLOSED), nullptr);
}

TEST_F(Flow, ManyAccountsOfOneServerAskTheNameOnce) {
    fake_dns_add("pbx.example", "10.0.0.9", 300);
    Raw reg("10.0.0.9");
    Phone p("10.0.0.1");
    uint64_t before = fake_dns_queries();
    for (int i = 0; i < 100; i++)
        p.account(("sip:u" + std::to_string(i) + "@pbx.example").c_str(), "pw", "sip:pbx.example:5060");
    fake_run_for(100);
    EXPECT_LE(fake_dns_queries() - before, 2u);
    reg.send("10.0.0.1", reg.invite("sip:u77@pbx.example", "dns", sdp("10.0.0.9", 4000)));
    ASSERT_NE(p.wait(UA_EV_INCOMING_CALL, 1000), nullptr) << "and each knows where its server is";
}

/* Every allocation of the scene fails once; whatever happens, the account comes to its end and nothing is lost. */
TEST_F(Flow, RegistrationsOverTwoFlowsSurviveEveryFailingAllocation) {
    for (int n = 1; n < 5000; n++) {
        bool hit = false;
        {
            Raw one("10.0.0.8"), two("10.0.0.9");
            serve(one, std::string(kOutbound) + "Service-Route: <sip:10.0.0.8;lr>\r\nFlow-Timer: 60\r\n", 120, kGruus);
            serve(two, kOutbound, 120, kGruus);
            Phone p("10.0.0.1");
            oom_after(n);
            ua_account_config c;
            ua_account_config_init(&c);
            static const char *const more[] = {"sip:10.0.0.9"};
            c.aor = "sip:alice@home.example";
            c.ha1 = "MD5:0123456789abcdef0123456789abcdef";
            c.bearer_token = "tok";
            c.instance_id = kInstance;
            c.outbound_proxy = "sip:10.0.0.8";
            c.outbound_proxies = more;
            c.outbound_proxy_count = 1;
            c.contact_params = "pn-provider=x";
            c.flows = 2;
            ua_account *a = nullptr;
            int rc = ua_account_create(p.agent, &c, 7, &a);
            EXPECT_TRUE(rc == SX_OK || rc == SX_E_NOMEM) << rc;
            if (rc == SX_OK) {
                rc = ua_account_register(a);
                fake_run_for(100);
                ua_network_changed(p.agent);
                fake_run_for(100);
                ua_account_set_token(a, "other");
                fake_run_for(70000);
                hit = oom_hit();
                oom_after(0);
                EXPECT_EQ(ua_account_close(a), 0);
                EXPECT_NE(p.wait(UA_EV_ACCOUNT_CLOSED, 40000), nullptr) << n;
            }
            hit = hit || oom_hit();
            oom_after(0);
        }
        if (!hit || HasFailure()) return;
    }
}

} // namespace
