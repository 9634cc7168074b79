#include "flow/flow_fixture.h"

namespace {

const char *kReg = "10.0.0.9";

TEST_F(Flow, AnAccountRegistersWithDigestAndStaysRegistered) {
    Registrar reg(kReg, SRV_PROXY, 60);
    Phone p("10.0.0.1");
    ua_account *a = p.account("sip:alice@10.0.0.9", "secret");
    ASSERT_EQ(ua_account_register(a), 0);
    const Event *e = p.wait(UA_EV_REGISTERED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->status, 200);
    EXPECT_EQ(e->expires, 60); /* what was granted, not the 600 that was asked for */
    EXPECT_EQ(e->flags & UA_FLAG_REFRESH, 0u);
    fake_run_for(180000);
    EXPECT_GE(p.count(UA_EV_REGISTERED), 3u);
    EXPECT_NE(p.last(UA_EV_REGISTERED)->flags & UA_FLAG_REFRESH, 0u);
    EXPECT_EQ(p.count(UA_EV_REGISTRATION_FAILED), 0u);
    ASSERT_EQ(ua_account_unregister(a, false), 0);
    ASSERT_NE(p.wait(UA_EV_UNREGISTERED), nullptr);
    ASSERT_EQ(ua_account_close(a), 0);
    ASSERT_NE(p.wait(UA_EV_ACCOUNT_CLOSED), nullptr);
}

TEST_F(Flow, AWrongPasswordIsToldAndNotTriedForEver) {
    Registrar reg(kReg);
    Phone p("10.0.0.1");
    ua_account *a = p.account("sip:alice@10.0.0.9", "wrong");
    ASSERT_EQ(ua_account_register(a), 0);
    const Event *e = p.wait(UA_EV_REGISTRATION_FAILED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->cause, UA_CAUSE_AUTHENTICATION);
    EXPECT_EQ(e->retry_ms, -1);
    uint64_t sent = fake_sent();
    fake_run_for(600000);
    EXPECT_EQ(fake_sent(), sent);
}

TEST_F(Flow, Field10_ItsOwnBindingIsFoundAmongOthers) {
    Raw reg(kReg);
    reg.on = [&](const Sip &m) {
        if (m.method() != "REGISTER") return;
        std::string own = m.contact_uri();
        std::string user = own.substr(0, own.find('@'));
        reg.reply(m, 200, "r",
                  "Contact: <sip:desk@10.0.0.50>;expires=3000\r\nContact: <" + user +
                      "@203.0.113.5:40001>;expires=120\r\nContact: \"x\" <sip:other@10.0.0.51>;expires=5\r\n");
    };
    Phone p("10.0.0.1");
    ASSERT_EQ(ua_account_register(p.account("sip:alice@10.0.0.9")), 0);
    const Event *e = p.wait(UA_EV_REGISTERED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->expires, 120); /* host and port were rewritten on the way */
}

TEST_F(Flow, Field10_ExpiresOnlyInTheHeaderCounts) {
    Raw reg(kReg);
    reg.on = [&](const Sip &m) {
        if (m.method() == "REGISTER") reg.reply(m, 200, "r", "Expires: 77\r\nContact: <" + m.contact_uri() + ">\r\n");
    };
    Phone p("10.0.0.1");
    ASSERT_EQ(ua_account_register(p.account("sip:alice@10.0.0.9")), 0);
    const Event *e = p.wait(UA_EV_REGISTERED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->expires, 77);
}

TEST_F(Flow, Field10_TooBriefIsAnsweredOnceByMinExpires) {
    Raw reg(kReg);
    int asked = 0;
    reg.on = [&](const Sip &m) {
        if (m.method() != "REGISTER") return;
        asked++;
        if (m.header("Expires") == "600") {
            reg.reply(m, 423, "r", "Min-Expires: 1800\r\n");
        } else {
            EXPECT_EQ(m.header("Expires"), "1800");
            reg.reply(m, 200, "r", "Contact: <" + m.contact_uri() + ">;expires=1800\r\n");
        }
    };
    Phone p("10.0.0.1");
    ASSERT_EQ(ua_account_register(p.account("sip:alice@10.0.0.9")), 0);
    const Event *e = p.wait(UA_EV_REGISTERED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->expires, 1800);
    EXPECT_EQ(asked, 2);
}

TEST_F(Flow, RetryAfterOfARegistrarIsHonoured) {
    Raw reg(kReg);
    reg.on = [&](const Sip &m) {
        if (m.method() == "REGISTER") reg.reply(m, 503, "r", "Retry-After: 40\r\n");
    };
    Phone p("10.0.0.1");
    ASSERT_EQ(ua_account_register(p.account("sip:alice@10.0.0.9")), 0);
    const Event *e = p.wait(UA_EV_REGISTRATION_FAILED);
    ASSERT_NE(e, nullptr);
    EXPECT_GE(e->retry_ms, 40000);
    fake_run_for(39000);
    EXPECT_EQ(reg.count("REGISTER"), 1u);
    ASSERT_NE(reg.wait("REGISTER", 30000, 2), nullptr);
}

TEST_F(Flow, AForbiddenRegistrationWaitsForThePerson) {
    Raw reg(kReg);
    bool forbidden = true;
    reg.on = [&](const Sip &m) {
        if (m.method() == "REGISTER") reg.reply(m, forbidden ? 403 : 200, "r", "Expires: 60\r\n");
    };
    Phone p("10.0.0.1");
    ua_account *a = p.account("sip:alice@10.0.0.9");
    ASSERT_EQ(ua_account_register(a), 0);
    const Event *e = p.wait(UA_EV_REGISTRATION_FAILED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->cause, UA_CAUSE_REJECTED);
    EXPECT_EQ(e->retry_ms, -1);
    fake_run_for(600000);
    EXPECT_EQ(reg.count("REGISTER"), 1u);
    forbidden = false;
    ASSERT_EQ(ua_account_register(a), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
}

TEST_F(Flow, AFailedRefreshIsOnlyDegradedWhileTheGrantHolds) {
    Raw reg(kReg);
    bool up = true;
    reg.on = [&](const Sip &m) {
        if (m.method() != "REGISTER") return;
        if (up)
            reg.reply(m, 200, "r", "Contact: <" + m.contact_uri() + ">;expires=300\r\n");
        else
            reg.reply(m, 500, "r");
    };
    Phone p("10.0.0.1");
    ASSERT_EQ(ua_account_register(p.account("sip:alice@10.0.0.9")), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
    up = false;
    const Event *e = p.wait(UA_EV_REGISTRATION_DEGRADED, 300000);
    ASSERT_NE(e, nullptr);
    EXPECT_GT(e->retry_ms, 0);
    EXPECT_EQ(p.count(UA_EV_REGISTRATION_FAILED), 0u);
    e = p.wait(UA_EV_REGISTRATION_FAILED, 300000);
    ASSERT_NE(e, nullptr); /* now the grant has lapsed */
    up = true;
    ASSERT_NE(p.wait(UA_EV_REGISTERED, 60000, 2), nullptr);
}

TEST_F(Flow, Field1_TheContactFollowsWhatTheRegistrarSees) {
    fake_nat("192.168.1.2", "198.51.100.7");
    Raw reg("203.0.113.9");
    std::vector<std::vector<std::string>> contacts;
    reg.on = [&](const Sip &m) {
        if (m.method() != "REGISTER") return;
        std::vector<std::string> c;
        for (int i = 0; !m.header("Contact", i).empty(); i++) c.push_back(m.header("Contact", i));
        contacts.push_back(c);
        std::string lines;
        for (auto &x : c)
            if (x.find("expires=0") == std::string::npos) lines += "Contact: " + x + "\r\n";
        reg.reply(m, 200, "r", lines);
    };
    Phone p("192.168.1.2");
    ASSERT_EQ(ua_account_register(p.account("sip:alice@203.0.113.9")), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED, 5000, 2), nullptr);
    ASSERT_EQ(contacts.size(), 2u);
    EXPECT_NE(contacts[0][0].find("192.168.1.2"), std::string::npos);
    ASSERT_EQ(contacts[1].size(), 2u) << "the new one and the old one in the same request";
    std::string both = contacts[1][0] + "|" + contacts[1][1];
    EXPECT_NE(both.find("198.51.100.7"), std::string::npos);
    std::string old = contacts[1][0].find("192.168.1.2") != std::string::npos ? contacts[1][0] : contacts[1][1];
    EXPECT_NE(old.find("192.168.1.2"), std::string::npos);
    EXPECT_NE(old.find("expires=0"), std::string::npos);
    fake_run_for(5000);
    EXPECT_EQ(contacts.size(), 2u) << "and then it is content";
}

TEST_F(Flow, ALostConnectionIsDegradedAndRegistersAnew) {
    Registrar reg(kReg, SRV_PROXY, 3600);
    Phone p("10.0.0.1");
    ASSERT_EQ(ua_account_register(p.account("sip:alice@10.0.0.9", "secret", "sip:10.0.0.9;transport=tcp")), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
    ASSERT_NE(p.last(UA_EV_TRANSPORT_CONNECTED), nullptr);
    fake_run_for(10000);
    size_t before = p.count(UA_EV_REGISTERED);
    ASSERT_GE(fake_tcp_reset("10.0.0.9:5060"), 1u);
    ASSERT_NE(p.wait(UA_EV_REGISTRATION_DEGRADED), nullptr);
    ASSERT_NE(p.wait(UA_EV_REGISTERED, 5000, before + 1), nullptr);
    EXPECT_NE(p.last(UA_EV_REGISTERED)->flags & UA_FLAG_REFRESH, 0u);
    EXPECT_EQ(p.count(UA_EV_REGISTRATION_FAILED), 0u);
}

TEST_F(Flow, UnregisterAllRemovesEveryDevice) {
    Raw reg(kReg);
    reg.on = [&](const Sip &m) {
        if (m.method() != "REGISTER") return;
        reg.reply(m, 200, "r", m.header("Contact") == "*" ? "" : "Contact: <" + m.contact_uri() + ">;expires=100\r\n");
    };
    Phone p("10.0.0.1");
    ua_account *a = p.account("sip:alice@10.0.0.9");
    ASSERT_EQ(ua_account_register(a), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
    ASSERT_EQ(ua_account_unregister(a, true), 0);
    ASSERT_NE(p.wait(UA_EV_UNREGISTERED), nullptr);
    EXPECT_EQ(reg.last("REGISTER")->header("Contact"), "*");
    EXPECT_EQ(reg.last("REGISTER")->header("Expires"), "0");
}

TEST_F(Flow, AnAccountThatNeverRegisteredIsUnregisteredAndClosedWithoutTheNetwork) {
    Phone p("10.0.0.1");
    ua_account *a = p.account("sip:alice@10.0.0.9");
    ASSERT_EQ(ua_account_unregister(a, false), 0);
    EXPECT_EQ(p.count(UA_EV_UNREGISTERED), 0u) << "never from inside the call";
    ASSERT_NE(p.wait(UA_EV_UNREGISTERED, 10), nullptr);
    ASSERT_EQ(ua_account_close(a), 0);
    ASSERT_NE(p.wait(UA_EV_ACCOUNT_CLOSED, 10), nullptr);
}

TEST_F(Flow, ARegistrarThatIsDownIsTriedAgainWithBackOff) {
    Phone p("10.0.0.1");
    fake_icmp(false);
    ASSERT_EQ(ua_account_register(p.account("sip:alice@10.0.0.9")), 0);
    const Event *e = p.wait(UA_EV_REGISTRATION_FAILED, 40000);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->cause, UA_CAUSE_REQUEST_TIMEOUT);
    EXPECT_GE(e->retry_ms, 800);
    EXPECT_LE(e->retry_ms, 1200);
    e = p.wait(UA_EV_REGISTRATION_FAILED, 60000, 2);
    ASSERT_NE(e, nullptr);
    EXPECT_GE(e->retry_ms, 1600);
}

TEST_F(Flow, ConfigurationMistakesAreToldAtOnce) {
    Phone p("10.0.0.1");
    ua_account *a = nullptr;
    ua_account_config c = {};
    EXPECT_EQ(ua_account_create(p.agent, &c, 1, &a), SX_E_INVALID);
    c.aor = "alice";
    EXPECT_EQ(ua_account_create(p.agent, &c, 1, &a), SX_E_URI);
    c.aor = "sip:alice@h\r\nX: y";
    EXPECT_EQ(ua_account_create(p.agent, &c, 1, &a), SX_E_URI);
    c.aor = "sip:alice@example.org";
    c.display_name = "A\r\nB";
    EXPECT_EQ(ua_account_create(p.agent, &c, 1, &a), SX_E_HEADER);
    c.display_name = nullptr;
    const char *peers[] = {"10.0.0.0/33"};
    c.peers = peers;
    c.peer_count = 1;
    EXPECT_EQ(ua_account_create(p.agent, &c, 1, &a), SX_E_ADDRESS);
    c.peer_count = 0;
    const char *codecs[] = {"g729"};
    c.codecs = codecs;
    c.codec_count = 1;
    EXPECT_EQ(ua_account_create(p.agent, &c, 1, &a), SX_E_FORMAT);
    c.codec_count = 0;
    ua_pair bad[] = {{"Via", "x"}};
    c.headers = bad;
    c.header_count = 1;
    EXPECT_EQ(ua_account_create(p.agent, &c, 1, &a), SX_E_HEADER);
}

} // namespace
