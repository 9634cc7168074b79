// REGISTER as clients of every kind send it.
#include "unit/server/server_fixture.h"

class Registrar : public ServerTest {};

TEST_F(Registrar, EitherDigestAlgorithmRegisters) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2"), bob("bob", "hunter2", "10.0.0.3");
    std::string ok = alice.reg();
    EXPECT_TRUE(begins(ok, "SIP/2.0 200")) << ok;
    EXPECT_EQ(header(ok, "Contact"), "<sip:alice@10.0.0.2:5060>;expires=3600");
    Ua::Reg r;
    r.alg = "MD5";
    EXPECT_TRUE(begins(bob.reg(r), "SIP/2.0 200"));
    ASSERT_EQ(server.count(SRV_EV_BINDING), 2);
    const SrvEvent *e = server.last(SRV_EV_BINDING);
    EXPECT_EQ(e->user, "sip:bob@10.0.0.1");
    EXPECT_EQ(e->contact, "sip:bob@10.0.0.3:5060");
    EXPECT_EQ(e->expires, 3600);
    EXPECT_EQ(e->id, 77u);
    EXPECT_TRUE(e->has_msg);
}

TEST_F(Registrar, TheChallengeOffersSha256FirstAndMd5) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2");
    alice.ask("REGISTER", {});
    ms(5);
    std::string c = alice.expect("SIP/2.0 401");
    auto offers = Ua::all(c, "WWW-Authenticate");
    ASSERT_EQ(offers.size(), 2u);
    EXPECT_NE(offers[0].find("algorithm=SHA-256"), std::string::npos);
    EXPECT_NE(offers[1].find("algorithm=MD5"), std::string::npos);
    EXPECT_NE(offers[0].find("realm=\"10.0.0.1\""), std::string::npos);
    EXPECT_EQ(offers[0].find("stale"), std::string::npos);
}

TEST_F(Registrar, APasswordWithAQuoteInItWorks) {
    Server server;
    Ua carol("carol", "pa:ss\"word", "10.0.0.4");
    EXPECT_TRUE(begins(carol.reg(), "SIP/2.0 200"));
}

TEST_F(Registrar, AWrongPasswordOrUnknownUserIsChallengedAgainWithoutStale) {
    Server server;
    Ua alice("alice", "wrong", "10.0.0.2"), mallory("mallory", "secret", "10.0.0.3");
    std::string again = alice.reg();
    EXPECT_TRUE(begins(again, "SIP/2.0 401")) << again;
    EXPECT_EQ(again.find("stale"), std::string::npos);
    again = mallory.reg();
    EXPECT_TRUE(begins(again, "SIP/2.0 401")) << again;
    EXPECT_EQ(server.count(SRV_EV_BINDING), 0);
}

TEST_F(Registrar, AnotherUsersAddressCannotBeTaken) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2");
    Ua::Reg r;
    r.to = "<sip:bob@10.0.0.1>";
    EXPECT_TRUE(begins(alice.reg(r), "SIP/2.0 403"));
    EXPECT_EQ(server.count(SRV_EV_BINDING), 0);
}

TEST_F(Registrar, AnOldNonceIsAnsweredStaleAndANewOneWorks) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2");
    Ask a;
    a.lines = "Contact: <" + alice.contact() + ">\r\n";
    alice.ask("REGISTER", a);
    ms(5);
    std::string old = alice.expect("SIP/2.0 401");
    ms(301000);
    std::string lines = a.lines;
    a.lines = lines + alice.credentials(old, "SHA-256", "REGISTER", "sip:10.0.0.1", "alice", "secret");
    a.cseq = 2;
    alice.ask("REGISTER", a);
    ms(5);
    std::string fresh = alice.expect("SIP/2.0 401");
    EXPECT_NE(fresh.find("stale=true"), std::string::npos);
    a.lines = lines + alice.credentials(old, "SHA-256", "REGISTER", "sip:10.0.0.1", "alice", "guess");
    a.cseq = 3;
    alice.ask("REGISTER", a);
    ms(5);
    EXPECT_EQ(alice.expect("SIP/2.0 401").find("stale"), std::string::npos) << "tells a guesser that it guessed right";
    a.lines = lines + alice.credentials(fresh, "SHA-256", "REGISTER", "sip:10.0.0.1", "alice", "secret");
    a.cseq = 4;
    alice.ask("REGISTER", a);
    ms(5);
    alice.expect("SIP/2.0 200");
}

TEST_F(Registrar, CredentialsForAnotherRequestOpenNoDoor) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2");
    alice.ask("REGISTER", {});
    ms(5);
    std::string c = alice.expect("SIP/2.0 401");
    for (std::string uri : {"sip:10.0.0.9", "sip:bob@10.0.0.1"}) {
        Ask a;
        a.cseq = 2;
        a.lines = alice.credentials(c, "SHA-256", "REGISTER", uri, "alice", "secret");
        alice.ask("REGISTER", a);
        ms(5);
        alice.expect("SIP/2.0 401");
    }
    Ask a;
    a.cseq = 3;
    a.lines = alice.credentials(c, "SHA-256", "INVITE", "sip:10.0.0.1", "alice", "secret");
    alice.ask("REGISTER", a);
    ms(5);
    alice.expect("SIP/2.0 401");
}

TEST_F(Registrar, SeveralContactsAreKeptAndAQueryChangesNothing) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2");
    Ua::Reg r;
    r.contacts = "Contact: <sip:alice@10.0.0.2:5070>;expires=100, <sip:alice@10.0.0.2:5071>\r\n"
                 "m: sip:alice@10.0.0.2:5072;expires=50\r\n";
    r.expires = 200;
    std::string ok = alice.reg(r);
    ASSERT_EQ(Ua::all(ok, "Contact").size(), 3u) << ok;
    EXPECT_EQ(Ua::all(ok, "Contact")[0], "<sip:alice@10.0.0.2:5070>;expires=100");
    EXPECT_EQ(Ua::all(ok, "Contact")[1], "<sip:alice@10.0.0.2:5071>;expires=200");
    EXPECT_EQ(Ua::all(ok, "Contact")[2], "<sip:alice@10.0.0.2:5072>;expires=50");
    r.contacts = "";
    r.expires = -1;
    r.call_id = "other";
    ms(10000);
    ok = alice.reg(r);
    ASSERT_EQ(Ua::all(ok, "Contact").size(), 3u);
    EXPECT_EQ(Ua::all(ok, "Contact")[0], "<sip:alice@10.0.0.2:5070>;expires=90");
    EXPECT_EQ(server.count(SRV_EV_BINDING), 3);
}

TEST_F(Registrar, TheSameInstanceFromANewAddressReplacesItself) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2"), moved("alice", "secret", "10.0.0.5");
    std::string instance = ";+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000A95A0E128>\"";
    Ua::Reg r;
    r.contacts = "Contact: <sip:x1@10.0.0.2>" + instance + "\r\n";
    EXPECT_TRUE(begins(alice.reg(r), "SIP/2.0 200"));
    r.contacts = "Contact: <sip:x2@10.0.0.5>" + instance + "\r\n";
    r.call_id = "new";
    std::string ok = moved.reg(r);
    ASSERT_EQ(Ua::all(ok, "Contact").size(), 1u) << ok;
    EXPECT_EQ(header(ok, "Contact"), "<sip:x2@10.0.0.5>;expires=3600" + instance);
    ASSERT_EQ(server.count(SRV_EV_BINDING), 3); // it came, it went, it came
    EXPECT_EQ(server.events[server.events.size() - 2].contact, "sip:x1@10.0.0.2");
    EXPECT_EQ(server.events[server.events.size() - 2].expires, 0);
}

TEST_F(Registrar, TwoDevicesWithOnePrivateAddressBehindTwoNatsAreTwo) {
    Server server;
    Ua one("alice", "secret", "10.0.0.2"), two("alice", "secret", "10.0.0.3");
    Ua::Reg r;
    r.contacts = "Contact: <sip:alice@192.168.1.2>;+sip.instance=\"<urn:uuid:1>\"\r\n";
    one.reg(r);
    r.contacts = "Contact: <sip:alice@192.168.1.2>;+sip.instance=\"<urn:uuid:2>\"\r\n";
    r.call_id = "two";
    EXPECT_EQ(Ua::all(two.reg(r), "Contact").size(), 2u);
    /* One that started anew with a new instance from the same address is the same one. */
    r.contacts = "Contact: <sip:alice@192.168.1.2>;+sip.instance=\"<urn:uuid:3>\"\r\n";
    EXPECT_EQ(Ua::all(two.reg(r), "Contact").size(), 2u);
}

TEST_F(Registrar, AChangedContactMayComeWithTheOldOneExpired) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2");
    std::string instance = ";+sip.instance=\"<urn:uuid:1>\"";
    Ua::Reg r;
    r.contacts = "Contact: <sip:x@10.0.0.2:5060>" + instance + "\r\n";
    alice.reg(r);
    r.contacts = "Contact: <sip:x@99.0.0.1:4000>" + instance + ", <sip:x@10.0.0.2:5060>;expires=0\r\n";
    std::string ok = alice.reg(r);
    ASSERT_EQ(Ua::all(ok, "Contact").size(), 1u) << ok;
    EXPECT_TRUE(begins(header(ok, "Contact"), "<sip:x@99.0.0.1:4000>")) << ok;
}

TEST_F(Registrar, TooBriefIsRefusedWithTheMinimumAndTooLongIsCut) {
    Server server([](srv_config &c) {
        c.min_expires = 60;
        c.max_expires = 7200;
    });
    Ua alice("alice", "secret", "10.0.0.2");
    Ua::Reg r;
    r.expires = 59;
    std::string brief = alice.reg(r);
    EXPECT_TRUE(begins(brief, "SIP/2.0 423")) << brief;
    EXPECT_EQ(header(brief, "Min-Expires"), "60");
    EXPECT_EQ(server.count(SRV_EV_BINDING), 0);
    r.expires = 60;
    EXPECT_EQ(header(alice.reg(r), "Contact"), "<sip:alice@10.0.0.2:5060>;expires=60");
    r.expires = 999999;
    EXPECT_EQ(header(alice.reg(r), "Contact"), "<sip:alice@10.0.0.2:5060>;expires=7200");
    r.expires = 0; // always allowed
    EXPECT_EQ(header(alice.reg(r), "Contact"), "");
}

TEST_F(Registrar, ABindingExpiresWhenItsTimeIsOver) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2");
    Ua::Reg r;
    r.expires = 1800;
    alice.reg(r);
    ms(1799000);
    EXPECT_EQ(server.count(SRV_EV_BINDING), 1);
    ms(1000);
    ASSERT_EQ(server.count(SRV_EV_BINDING), 2);
    EXPECT_EQ(server.last(SRV_EV_BINDING)->expires, 0);
    EXPECT_EQ(server.last(SRV_EV_BINDING)->contact, "sip:alice@10.0.0.2:5060");
    EXPECT_FALSE(server.last(SRV_EV_BINDING)->has_msg);
    r.contacts = "";
    r.expires = -1;
    EXPECT_EQ(header(alice.reg(r), "Contact"), "");
}

TEST_F(Registrar, ARefreshMovesTheEnd) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2");
    for (int i = 0; i < 48; i++) { // two days
        EXPECT_TRUE(begins(alice.reg(), "SIP/2.0 200"));
        ms(3500000);
    }
    for (auto &e : server.events) EXPECT_TRUE(e.type != SRV_EV_BINDING || e.expires > 0);
    ms(200000);
    EXPECT_EQ(server.last(SRV_EV_BINDING)->expires, 0);
}

TEST_F(Registrar, AStarRemovesAllAndOnlyAlone) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2");
    Ua::Reg r;
    r.contacts = "Contact: <sip:a@10.0.0.2:1>, <sip:a@10.0.0.2:2>\r\n";
    alice.reg(r);
    r.contacts = "Contact: *\r\n";
    EXPECT_TRUE(begins(alice.reg(r), "SIP/2.0 400")) << "without Expires: 0";
    r.expires = 60;
    EXPECT_TRUE(begins(alice.reg(r), "SIP/2.0 400"));
    r.expires = 0;
    r.contacts = "Contact: *, <sip:a@10.0.0.2:1>\r\n";
    EXPECT_TRUE(begins(alice.reg(r), "SIP/2.0 400"));
    r.contacts = "Contact: <sip:a@10.0.0.2:1>, *\r\n";
    EXPECT_TRUE(begins(alice.reg(r), "SIP/2.0 400"));
    r.contacts = "Contact: *\r\n";
    r.cseq = 1;
    EXPECT_TRUE(begins(alice.reg(r), "SIP/2.0 500")) << "an old one must not undo a newer one";
    EXPECT_EQ(server.count(SRV_EV_BINDING), 2);
    r.cseq = 0;
    std::string ok = alice.reg(r);
    EXPECT_TRUE(begins(ok, "SIP/2.0 200"));
    EXPECT_EQ(header(ok, "Contact"), "");
    EXPECT_EQ(server.count(SRV_EV_BINDING), 4);
}

TEST_F(Registrar, AnOlderRequestUndoesNothing) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2");
    Ua::Reg r;
    r.cseq = 10;
    alice.reg(r);
    r.cseq = 9;
    r.expires = 0;
    EXPECT_TRUE(begins(alice.reg(r), "SIP/2.0 500"));
    r.call_id = "another"; // under another Call-ID the numbers begin anew
    EXPECT_TRUE(begins(alice.reg(r), "SIP/2.0 200"));
}

TEST_F(Registrar, AllOrNothing) {
    Server server([](srv_config &c) { c.min_expires = 60; });
    Ua alice("alice", "secret", "10.0.0.2");
    Ua::Reg r;
    r.contacts = "Contact: <sip:a@10.0.0.2:1>;expires=600, <sip:a@10.0.0.2:2>;expires=5\r\n";
    EXPECT_TRUE(begins(alice.reg(r), "SIP/2.0 423"));
    r.contacts = "Contact: <sip:a@10.0.0.2:1>;expires=600, <sip:a b>\r\n";
    EXPECT_TRUE(begins(alice.reg(r), "SIP/2.0 400"));
    r.contacts = "Contact: <sip:a@10.0.0.2:1>, <mailto:a@example.com>\r\n";
    EXPECT_TRUE(begins(alice.reg(r), "SIP/2.0 400"));
    EXPECT_EQ(server.count(SRV_EV_BINDING), 0);
}

TEST_F(Registrar, TheNumberOfContactsIsBounded) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2");
    Ua::Reg r;
    r.contacts = "";
    for (int i = 0; i < 33; i++) r.contacts += "Contact: <sip:a@10.0.0.2:" + std::to_string(6000 + i) + ">\r\n";
    EXPECT_TRUE(begins(alice.reg(r), "SIP/2.0 403"));
    EXPECT_EQ(server.count(SRV_EV_BINDING), 0);
    r.contacts.erase(0, r.contacts.find("\r\n") + 2);
    EXPECT_EQ(Ua::all(alice.reg(r), "Contact").size(), 32u);
    EXPECT_EQ(Ua::all(alice.reg(r), "Contact").size(), 32u); // a refresh is no new one
    r.contacts = "Contact: <sip:a@10.0.0.2:7000>\r\n";
    EXPECT_TRUE(begins(alice.reg(r), "SIP/2.0 403"));
    r.contacts = "Contact: <sip:a@10.0.0.2:7000>, <sip:a@10.0.0.2:6001>;expires=0\r\n"; // one comes, one goes
    EXPECT_EQ(Ua::all(alice.reg(r), "Contact").size(), 32u);
    /* Odd ones that look as if many went. */
    r.contacts = "Contact: <sip:a@10.0.0.2:6002>;expires=0\r\n";
    for (int i = 0; i < 20; i++) r.contacts += "Contact: <sip:a@10.0.0.2:6002>;expires=0, <sip:a@10.0.0.2:" + std::to_string(8000 + i) + ">\r\n";
    EXPECT_TRUE(begins(alice.reg(r), "SIP/2.0 403"));
}

TEST_F(Registrar, RequiredExtensionsAreRefusedByName) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2");
    Ua::Reg r;
    r.lines = "Require: gruu, foo, outbound\r\nRequire: path, bar\r\n";
    std::string bad = alice.reg(r);
    EXPECT_TRUE(begins(bad, "SIP/2.0 420"));
    auto v = Ua::all(bad, "Unsupported");
    ASSERT_EQ(v.size(), 2u);
    EXPECT_EQ(v[0], "foo");
    EXPECT_EQ(v[1], "bar");
}

TEST_F(Registrar, UsersComeAndGoWhileItRuns) {
    Server server;
    Ua dave("dave", "new", "10.0.0.6");
    EXPECT_TRUE(begins(dave.reg(), "SIP/2.0 401"));
    EXPECT_EQ(srv_server_set_user(server.srv, "dave", "new"), SX_OK);
    EXPECT_TRUE(begins(dave.reg(), "SIP/2.0 200"));
    EXPECT_EQ(srv_server_set_user(server.srv, "dave", "newer"), SX_OK);
    EXPECT_TRUE(begins(dave.reg(), "SIP/2.0 401"));
    EXPECT_EQ(srv_server_set_user(server.srv, "dave", nullptr), SX_OK);
    ms(1);
    EXPECT_EQ(server.last(SRV_EV_BINDING)->expires, 0);
    EXPECT_EQ(srv_server_set_user(server.srv, "dave", nullptr), SX_E_NOT_FOUND);
    EXPECT_EQ(srv_server_set_user(server.srv, "", "x"), SX_E_INVALID);
}

TEST_F(Registrar, AnEscapedUserPartIsTheSameUser) {
    Server server;
    EXPECT_EQ(srv_server_set_user(server.srv, "jörg", "pw"), SX_OK);
    Ua joerg("j%C3%B6rg", "pw", "10.0.0.7");
    Ua::Reg r;
    r.as = "jörg";
    EXPECT_TRUE(begins(joerg.reg(r), "SIP/2.0 200"));
}

TEST_F(Registrar, AConnectionThatIsRegisteredOverIsNotClosedForBeingIdle) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2", 5060, true);
    Ua::Reg r;
    EXPECT_TRUE(begins(alice.reg(r), "SIP/2.0 200"));
    ms(3500000);
    EXPECT_FALSE(alice.closed);
    EXPECT_EQ(server.stats().connections, 1u);
    ms(300000); // expired: now it may go
    EXPECT_TRUE(alice.closed);
}

TEST_F(Registrar, ARealmOfItsOwnIsWhatClientsHash) {
    Server server([](srv_config &c) { c.realm = "example.com"; });
    Ua alice("alice", "secret", "10.0.0.2");
    alice.ask("REGISTER", {});
    ms(5);
    EXPECT_NE(alice.expect("SIP/2.0 401").find("realm=\"example.com\""), std::string::npos);
    EXPECT_TRUE(begins(alice.reg(), "SIP/2.0 200"));
    EXPECT_EQ(server.last(SRV_EV_BINDING)->user, "sip:alice@example.com");
}

TEST_F(Registrar, AtAllAddressesTheRealmIsLocalhostUnlessOneIsAdvertised) {
    for (const char *advertise : {(const char *)nullptr, "sip.example.com"}) {
        Server server(nullptr, {"udp:0.0.0.0:5060"}, advertise);
        Ua alice("alice", "secret", "10.0.0.2");
        alice.ask("REGISTER", {});
        ms(5);
        std::string realm = advertise ? advertise : "localhost";
        EXPECT_NE(alice.expect("SIP/2.0 401").find("realm=\"" + realm + "\""), std::string::npos);
        EXPECT_TRUE(begins(alice.reg(), "SIP/2.0 200"));
        EXPECT_EQ(server.last(SRV_EV_BINDING)->user, "sip:alice@" + realm);
    }
}

TEST_F(Registrar, SillySettingsAreRefused) {
    Agent agent("10.0.0.1");
    srv_server *out = nullptr;
    srv_config c = {};
    c.min_expires = 100;
    c.max_expires = 10;
    EXPECT_EQ(srv_server_create(agent.s, &c, 1, Server::sink, nullptr, &out), SX_E_INVALID);
    srv_user nameless = {"", "x"};
    c = {};
    c.users = &nameless;
    c.user_count = 1;
    EXPECT_EQ(srv_server_create(agent.s, &c, 1, Server::sink, nullptr, &out), SX_E_INVALID);
    c = {};
    c.min_expires = 7200; // above the default maximum: the maximum gives way
    EXPECT_EQ(srv_server_create(agent.s, &c, 1, Server::sink, nullptr, &out), SX_OK);
    srv_listener *l = nullptr;
    for (const char *bad : {"", "udp", "udp:", "sctp:10.0.0.1:5060", "udp:example.com:5060", "udp:10.0.0.1:99999", "udp:10.0.0.99:5060"})
        EXPECT_EQ(srv_listener_create(out, bad, nullptr, 1, &l), SX_E_ADDRESS) << bad;
    for (const char *bad : {"", ":5060", "host:", "host:70000", "a b"})
        EXPECT_EQ(srv_listener_create(out, "udp:10.0.0.1:5060", bad, 1, &l), SX_E_ADDRESS) << bad;
    srv_server_destroy(out);
}
