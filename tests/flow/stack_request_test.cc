// One request on its way: targets, challenges, size, time, cancelling.
#include "stack_agent.h"

namespace {

class StackRequest : public StackFlow {};

stack_auth *alice(const char *password = "secret") {
    stack_auth *a = stack_auth_create();
    EXPECT_EQ(stack_auth_add(a, sx_slice_empty(), SX_LIT("alice"), sx_slice_str(password), sx_slice_empty()), SX_OK);
    return a;
}

std::string challenge(const char *kind, const char *realm, const char *nonce, const char *more = "") {
    return std::string(kind) + "-Authenticate: Digest realm=\"" + realm + "\", nonce=\"" + nonce + "\", qop=\"auth\"" +
           more + "\r\n";
}

TEST_F(StackRequest, SaysWhoAndWhereItIs) {
    Peer p("10.0.0.9", 5090);
    Agent a("10.0.0.1"); // last: the machine that is asked for source addresses
    a.listen("0.0.0.0:5060");
    stack_request_params q = a.params("REGISTER", "sip:10.0.0.9:5090");
    stack_contact c = a.contact("xyz");
    c.uri_params = SX_LIT(";ob");
    c.params = SX_LIT(";expires=60");
    q.contact = &c;
    q.to = SX_LIT("<sip:alice@example.org>");
    q.headers = SX_LIT("Contact: <sip:old@10.0.0.1>;expires=0\r\nX-More: 1\r\n");
    stack_request *r = nullptr;
    EXPECT_EQ(stack_request_create(a.s, &q, &r), SX_OK) << sx_last_error_text();
    ms(5);
    Peer::Heard h = p.expect("REGISTER sip:10.0.0.9:5090 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1:5060;");
    EXPECT_EQ(header(h.text, "Contact"), "<sip:xyz@10.0.0.1:5060;ob>;expires=60");
    EXPECT_NE(h.text.find("Contact: <sip:old@10.0.0.1>;expires=0"), std::string::npos);
    EXPECT_EQ(header(h.text, "From").substr(0, 35), "\"Alice\" <sip:alice@example.org>;tag");
    EXPECT_EQ(header(h.text, "Max-Forwards"), "70");
    EXPECT_EQ(str(stack_request_contact(r)), "sip:xyz@10.0.0.1:5060;ob");
    p.reply(h, answer(h.text, "200 OK", "t"));
    ms(5);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 200);
    EXPECT_FALSE(a.last(STACK_EV_FINAL)->contact_changed);
}

TEST_F(StackRequest, AnswersAProxyAndThenTheServerOnOneRequest) {
    Agent a("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    a.listen("10.0.0.1:5060");
    stack_auth *auth = alice();
    stack_request_params q = a.params("MESSAGE", "sip:bob@10.0.0.9:5090");
    q.auth = auth;
    uint32_t cseq = 41;
    q.cseq = &cseq;
    a.send(q);
    ms(5);
    Peer::Heard h = p.expect("MESSAGE");
    EXPECT_EQ(header(h.text, "CSeq"), "42 MESSAGE");
    p.reply(h, answer(h.text, "407 Proxy", "t", challenge("Proxy", "px", "n1")));
    ms(5);
    std::string branch = param(header(h.text, "Via"), "branch");
    h = p.expect("MESSAGE");
    EXPECT_EQ(header(h.text, "CSeq"), "43 MESSAGE");
    EXPECT_NE(param(header(h.text, "Via"), "branch"), branch);
    EXPECT_NE(header(h.text, "Proxy-Authorization").find("nonce=\"n1\""), std::string::npos);
    p.reply(h, answer(h.text, "401 Who", "t", challenge("WWW", "srv", "n2")));
    ms(5);
    h = p.expect("MESSAGE");
    EXPECT_NE(header(h.text, "Proxy-Authorization").find("nonce=\"n1\""), std::string::npos);
    EXPECT_NE(header(h.text, "Authorization").find("nonce=\"n2\""), std::string::npos);
    p.reply(h, answer(h.text, "200 OK", "t"));
    ms(5);
    EXPECT_EQ(a.count(STACK_EV_FINAL), 1);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 200);
    EXPECT_EQ(cseq, 44u);
    // The next request of the account carries both answers at once, with nc counted on.
    q.cseq = nullptr;
    a.send(q);
    ms(5);
    h = p.expect("MESSAGE");
    EXPECT_NE(header(h.text, "Authorization").find("nc=00000002"), std::string::npos);
    EXPECT_NE(header(h.text, "Proxy-Authorization").find("nc=00000003"), std::string::npos);
    p.reply(h, answer(h.text, "200 OK", "t"));
    ms(5);
    stack_auth_unref(auth);
}

TEST_F(StackRequest, CredentialsDoNotGoToStrangers) {
    Agent a("10.0.0.1");
    Peer p("10.0.0.9", 5090), stranger("10.0.0.66", 5090);
    a.listen("10.0.0.1:5060");
    stack_auth *auth = alice();
    stack_request_params q = a.params("MESSAGE", "sip:bob@10.0.0.9:5090");
    q.auth = auth;
    a.send(q);
    ms(5);
    Peer::Heard h = p.expect("MESSAGE");
    p.reply(h, answer(h.text, "401 Who", "t", challenge("WWW", "srv", "n")));
    ms(5);
    h = p.expect("MESSAGE");
    p.reply(h, answer(h.text, "200 OK", "t"));
    q.uri = SX_LIT("sip:eve@10.0.0.66:5090");
    a.send(q);
    ms(5);
    EXPECT_EQ(header(stranger.expect("MESSAGE").text, "Authorization"), "");
    stack_auth_unref(auth);
}

TEST_F(StackRequest, AWrongPasswordIsTriedOnceAndAChangingNonceTwice) {
    Agent a("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    a.listen("10.0.0.1:5060");
    stack_auth *auth = alice("wrong");
    stack_request_params q = a.params("REGISTER", "sip:10.0.0.9:5090");
    q.auth = auth;
    a.send(q);
    for (int i = 0; i < 5; i++) {
        ms(5);
        if (!p.heard.empty()) {
            Peer::Heard h = p.expect("REGISTER");
            p.reply(h, answer(h.text, "401 Who", "t", challenge("WWW", "srv", "same")));
        }
    }
    EXPECT_EQ(a.count(STACK_EV_FINAL), 1);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 401);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->code, SX_E_AUTH);
    int tries = 0;
    a.send(q);
    for (int i = 0; i < 8; i++) {
        ms(5);
        if (!p.heard.empty()) {
            Peer::Heard h = p.expect("REGISTER");
            tries++;
            p.reply(h, answer(h.text, "401 Who", "t", challenge("WWW", "srv", ("n" + std::to_string(i)).c_str())));
        }
    }
    EXPECT_EQ(tries, 3) << "without, and at most two answers";
    EXPECT_EQ(a.count(STACK_EV_FINAL), 2);
    stack_auth_unref(auth);
}

TEST_F(StackRequest, TheStrongestAlgorithmIsAnsweredInWhateverOrderTheyCome) {
    Agent a("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    a.listen("10.0.0.1:5060");
    stack_auth *auth = alice();
    stack_request_params q = a.params("REGISTER", "sip:10.0.0.9:5090");
    q.auth = auth;
    for (int order = 0; order < 2; order++) {
        a.send(q);
        ms(5);
        Peer::Heard h = p.expect("REGISTER");
        std::string md5 = challenge("WWW", "srv", ("m" + std::to_string(order)).c_str(), ", algorithm=MD5");
        std::string sha = challenge("WWW", "srv", ("s" + std::to_string(order)).c_str(), ", algorithm=SHA-256");
        p.reply(h, answer(h.text, "401 Who", "t", order ? sha + md5 : md5 + sha));
        ms(5);
        h = p.expect("REGISTER");
        EXPECT_NE(header(h.text, "Authorization").find("algorithm=SHA-256"), std::string::npos);
        p.reply(h, answer(h.text, "200 OK", "t"));
        ms(5);
    }
    stack_auth_unref(auth);
}

TEST_F(StackRequest, WithoutAnyAnswerTimesOutAs408) {
    Agent a("10.0.0.1");
    a.listen("10.0.0.1:5060");
    fake_icmp(false);
    a.send(a.params("OPTIONS", "sip:10.0.0.9:5090"));
    ms(33000);
    ASSERT_EQ(a.count(STACK_EV_FINAL), 1);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 408);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->code, SX_E_TIMEOUT);
}

TEST_F(StackRequest, AClosedPortIsKnownAtOnce) {
    Agent a("10.0.0.1");
    Peer nobody("10.0.0.9", 9);
    a.listen("10.0.0.1:5060");
    a.send(a.params("OPTIONS", "sip:10.0.0.9:5090"));
    ms(50);
    ASSERT_EQ(a.count(STACK_EV_FINAL), 1);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 503);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->code, SX_E_TRANSPORT);
}

TEST_F(StackRequest, ANameIsResolvedAndASecondAddressServesWhenTheFirstIsDead) {
    Agent a("10.0.0.1");
    Peer dead("10.0.0.8", 9), p("10.0.0.9", 5060);
    a.listen("10.0.0.1:5060");
    fake_dns_add("pbx.example", "10.0.0.8", 60);
    fake_dns_add("pbx.example", "10.0.0.9", 60);
    a.send(a.params("OPTIONS", "sip:pbx.example"));
    ms(100);
    Peer::Heard h = p.expect("OPTIONS sip:pbx.example SIP/2.0");
    p.reply(h, answer(h.text, "503 Busy", "t"));
    ms(20);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 503) << "no third address";
    a.send(a.params("OPTIONS", "sip:nowhere.example"));
    ms(100);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->code, SX_E_DNS);
}

TEST_F(StackRequest, A503TriesTheNextAddress) {
    Agent a("10.0.0.1");
    Peer one("10.0.0.8", 5060), two("10.0.0.9", 5060);
    a.listen("10.0.0.1:5060");
    fake_dns_add("pbx.example", "10.0.0.8", 60);
    fake_dns_add("pbx.example", "10.0.0.9", 60);
    a.send(a.params("OPTIONS", "sip:pbx.example"));
    ms(100);
    Peer::Heard h = one.expect("OPTIONS");
    one.reply(h, answer(h.text, "503 Busy", "t"));
    ms(20);
    h = two.expect("OPTIONS");
    two.reply(h, answer(h.text, "200 OK", "t"));
    ms(20);
    EXPECT_EQ(a.count(STACK_EV_FINAL), 1);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 200);
}

TEST_F(StackRequest, ABigOneGoesToTcpAndBackToUdpWhereThereIsNone) {
    Agent a("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    a.listen("10.0.0.1:5060");
    std::string body(1500, 'x');
    stack_request_params q = a.params("MESSAGE", "sip:bob@10.0.0.9:5090");
    q.body = sl(body);
    q.content_type = SX_LIT("text/plain");
    a.send(q);
    ms(20);
    Peer::Heard h = p.expect("MESSAGE");
    EXPECT_NE(h.text.find("SIP/2.0/UDP"), std::string::npos);
    EXPECT_EQ(a.count(STACK_EV_CONNECTING), 1);
    p.reply(h, answer(h.text, "200 OK", "t"));
    a.send(q);
    ms(20);
    p.expect("MESSAGE");
    EXPECT_EQ(a.count(STACK_EV_CONNECTING), 1) << "'no TCP' is remembered";
    // A firewall that swallows the SYN costs one second, once.
    Peer hang("10.0.0.8", 5090);
    fake_tcp_set("10.0.0.8:5090", FAKE_TCP_HANG);
    q.uri = SX_LIT("sip:bob@10.0.0.8:5090");
    a.send(q);
    ms(900);
    EXPECT_EQ(hang.count("MESSAGE"), 0);
    ms(200);
    EXPECT_EQ(hang.count("MESSAGE"), 1);
    // Where the transport is said, it stays.
    q.uri = SX_LIT("sip:bob@10.0.0.9:5090;transport=udp");
    p.heard.clear();
    a.send(q);
    ms(20);
    EXPECT_EQ(p.count("MESSAGE"), 1);
}

TEST_F(StackRequest, ABigOneTravelsByTcpWhereThatWorks) {
    Agent a("10.0.0.1"), b("10.0.0.2");
    a.listen("10.0.0.1:5060");
    b.listen("10.0.0.2:5060");
    b.listen("10.0.0.2:5060", STACK_TCP);
    std::string body(3000, 'x');
    stack_request_params q = a.params("MESSAGE", "sip:bob@10.0.0.2");
    q.body = sl(body);
    a.send(q);
    ms(20);
    const Event *e = b.last(STACK_EV_REQUEST);
    ASSERT_TRUE(e);
    EXPECT_EQ(e->flow.transport, STACK_TCP);
    EXPECT_EQ(e->body.size(), 3000u);
    tx_reply(e->tx, 200, nullptr);
    ms(20);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 200);
}

TEST_F(StackRequest, CancellingBeforeItWasSentEndsItAtOnce) {
    Agent a("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    a.listen("10.0.0.1:5060");
    fake_dns_add("slow.example", "10.0.0.9", 60);
    stack_dialog_set *set = a.invite("sip:bob@slow.example:5090");
    EXPECT_EQ(dlg_set_cancel(set, sx_slice_empty()), SX_OK);
    ms(100);
    EXPECT_EQ(p.count("INVITE"), 0);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 487);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->code, SX_E_CANCELED);
    EXPECT_EQ(a.stats().requests, 0u);
}

TEST_F(StackRequest, ATimeLimitOnARingingInviteCancelsIt) {
    Agent a("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    a.listen("10.0.0.1:5060");
    stack_request_params q = a.params("INVITE", "sip:bob@10.0.0.9:5090");
    stack_contact c = a.contact();
    q.contact = &c;
    q.timeout_ms = 3000;
    stack_dialog_set *set = nullptr;
    ASSERT_EQ(dlg_set_create(a.s, &q, &set), SX_OK);
    ms(5);
    Peer::Heard h = p.expect("INVITE");
    p.reply(h, answer(h.text, "180 Ringing", "t"));
    ms(3100);
    EXPECT_EQ(p.count("CANCEL"), 1);
    p.reply(h, answer(h.text, "487 Terminated", "t"));
    ms(10);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 487);
    // Nobody answers the CANCEL and the INVITE: an end all the same.
    ASSERT_EQ(dlg_set_create(a.s, &q, &set), SX_OK);
    ms(5);
    h = p.expect("INVITE");
    p.reply(h, answer(h.text, "180 Ringing", "t"));
    ms(3100 + 33000);
    EXPECT_EQ(a.count(STACK_EV_FINAL), 2);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->code, SX_E_TIMEOUT);
    // Not even a 1xx: reported in time, and a late 200 is hung up.
    ASSERT_EQ(dlg_set_create(a.s, &q, &set), SX_OK);
    ms(3100);
    h = p.expect("INVITE");
    EXPECT_EQ(a.count(STACK_EV_FINAL), 3);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 408);
    p.heard.clear();
    p.reply(h, answer(h.text, "200 OK", "t", "Contact: <sip:bob@10.0.0.9:5090>\r\n"));
    ms(10);
    EXPECT_EQ(p.count("ACK"), 1);
    EXPECT_EQ(p.count("BYE"), 1);
    ms(70000);
    EXPECT_EQ(a.stats().requests, 0u);
}

TEST_F(StackRequest, AnInviteThatRingsForEverIsCancelledWhereTheStackIsToldSo) {
    stack_config cfg = {};
    cfg.invite_wait_ms = 60000;
    Agent a("10.0.0.1", &cfg);
    Peer p("10.0.0.9", 5090);
    a.listen("10.0.0.1:5060");
    a.invite("sip:bob@10.0.0.9:5090");
    ms(5);
    Peer::Heard h = p.expect("INVITE");
    p.reply(h, answer(h.text, "180 Ringing", "t"));
    ms(50000);
    p.reply(h, answer(h.text, "180 Ringing", "t"));
    EXPECT_EQ(p.count("CANCEL"), 0);
    ms(10100);
    EXPECT_EQ(p.count("CANCEL"), 1);
}

TEST_F(StackRequest, BehindANatTheContactFollowsWhatTheServerSees) {
    Agent a("10.0.0.1");
    Peer p("198.51.100.9", 5060);
    a.listen("10.0.0.1:5060");
    fake_nat("10.0.0.1", "203.0.113.1");
    stack_request_params q = a.params("REGISTER", "sip:198.51.100.9");
    stack_contact c = a.contact("u");
    q.contact = &c;
    a.send(q);
    ms(5);
    Peer::Heard h = p.expect("REGISTER");
    char from[NET_ADDR_TEXT];
    std::string seen = net_addr_text(&h.from, from);
    std::string via = header(h.text, "Via");
    std::string ok = answer(h.text, "200 OK", "t");
    size_t at = ok.find(";rport");
    ok.replace(at, 6, ";received=203.0.113.1;rport=" + std::to_string(net_addr_port(&h.from)));
    p.reply(h, ok);
    ms(5);
    EXPECT_TRUE(a.last(STACK_EV_FINAL)->contact_changed);
    a.send(q);
    ms(5);
    h = p.expect("REGISTER");
    EXPECT_EQ(header(h.text, "Contact"), "<sip:u@" + seen + ">");
}

TEST_F(StackRequest, AdvertisedNamesStandInViaAndContact) {
    Agent a("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    a.listen("10.0.0.1:5060", STACK_UDP, STACK_ROLE_UA, "pub.example.net");
    stack_request_params q = a.params("REGISTER", "sip:10.0.0.9:5090");
    stack_contact c = a.contact("u");
    q.contact = &c;
    a.send(q);
    ms(5);
    Peer::Heard h = p.expect("REGISTER");
    EXPECT_EQ(header(h.text, "Via").substr(0, 32), "SIP/2.0/UDP pub.example.net:5060");
    EXPECT_EQ(header(h.text, "Contact"), "<sip:u@pub.example.net:5060>");
}

TEST_F(StackRequest, RefusesWhatWouldBreakTheMessage) {
    Agent a("10.0.0.1");
    a.listen("10.0.0.1:5060");
    stack_request *r = nullptr;
    stack_request_params q = a.params("MESSAGE", "sip:bob@10.0.0.9");
    q.headers = SX_LIT("X: a\r\n\r\nEvil: b\r\n");
    EXPECT_EQ(stack_request_create(a.s, &q, &r), SX_E_HEADER);
    q.headers = SX_LIT("Via: SIP/2.0/UDP x\r\n");
    EXPECT_EQ(stack_request_create(a.s, &q, &r), SX_E_HEADER);
    q.headers = SX_LIT("X: no end");
    EXPECT_EQ(stack_request_create(a.s, &q, &r), SX_E_HEADER);
    q = a.params("MESSAGE", "no uri at all");
    EXPECT_EQ(stack_request_create(a.s, &q, &r), SX_E_URI);
    q = a.params("MES SAGE", "sip:bob@10.0.0.9");
    EXPECT_EQ(stack_request_create(a.s, &q, &r), SX_E_INVALID);
    q = a.params("MESSAGE", "tel:+123");
    EXPECT_EQ(stack_request_create(a.s, &q, &r), SX_E_URI);
    q = a.params("ACK", "sip:bob@10.0.0.9");
    EXPECT_EQ(stack_request_create(a.s, &q, &r), SX_E_INVALID);
    q = a.params("MESSAGE", "sip:bob@10.0.0.9");
    q.from = SX_LIT("<sip:a@b>\r\nX: y");
    EXPECT_EQ(stack_request_create(a.s, &q, &r), SX_E_HEADER);
    ms(10);
    EXPECT_TRUE(a.count(STACK_EV_FINAL) == 0);
}

} // namespace
