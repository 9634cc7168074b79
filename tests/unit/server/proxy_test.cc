// Requests through the proxy, by one or several contacts, to their answers.
#include "unit/server/server_fixture.h"

class Proxy : public ServerTest {
protected:
    Ua::Reg contacts(std::vector<std::string> uris) {
        Ua::Reg r;
        r.contacts = "";
        for (auto &u : uris) r.contacts += "Contact: <" + u + ">\r\n";
        return r;
    }
};

// Bob's phones: all registered, each from its own address.
struct Phones {
    Server server;
    Ua alice{"alice", "secret", "10.0.0.2"}, one{"bob", "hunter2", "10.0.0.3"}, two{"bob", "hunter2", "10.0.0.4"},
        three{"bob", "hunter2", "10.0.0.5"};
    explicit Phones(int n = 3, std::function<void(srv_config &)> more = nullptr) : server(more) {
        Ua *all[] = {&one, &two, &three};
        for (int i = 0; i < n; i++) {
            Ua::Reg r;
            r.call_id = "reg" + std::to_string(i);
            EXPECT_TRUE(begins(all[i]->reg(r), "SIP/2.0 200"));
            all[i]->log.clear();
        }
    }
};

TEST_F(Proxy, AMessageReachesTheUserAndItsAnswerComesBack) {
    Phones p(1);
    Ask a;
    a.uri = "sip:bob@10.0.0.1";
    a.lines = "Content-Type: text/plain\r\nX-Kept: a, b\r\n";
    a.body = "hello";
    p.alice.ask("MESSAGE", a);
    ms(5);
    std::string m = p.one.expect("MESSAGE sip:bob@10.0.0.3:5060 SIP/2.0");
    EXPECT_EQ(body_of(m), "hello");
    EXPECT_EQ(header(m, "Max-Forwards"), "69");
    EXPECT_EQ(header(m, "X-Kept"), "a, b");
    EXPECT_EQ(header(m, "Record-Route"), "");
    ASSERT_EQ(Ua::all(m, "Via").size(), 2u);
    EXPECT_EQ(param(Ua::all(m, "Via")[1], "received"), "10.0.0.2");
    p.one.reply(m, "200 OK", "t", "X-Too: yes\r\n", "ok");
    ms(5);
    std::string ok = p.alice.expect("SIP/2.0 200");
    EXPECT_EQ(Ua::all(ok, "Via").size(), 1u);
    EXPECT_EQ(header(ok, "X-Too"), "yes");
    EXPECT_EQ(body_of(ok), "ok");
    p.one.reply(m, "200 OK", "t"); // again: nobody is interested
    ms(40000);
    EXPECT_EQ(p.alice.count("SIP/2.0"), 1);
    EXPECT_EQ(p.server.stats().requests, 0u);
    EXPECT_EQ(p.server.stats().server_transactions, 0u);
}

TEST_F(Proxy, WhomItKnowsNotIs404AndWhoIsNotThereIs480) {
    Phones p(0);
    Ask a;
    a.uri = "sip:bob@10.0.0.1";
    p.alice.ask("MESSAGE", a);
    a.uri = "sip:nobody@10.0.0.1";
    p.alice.ask("MESSAGE", a);
    ms(5);
    p.alice.expect("SIP/2.0 480");
    p.alice.expect("SIP/2.0 404");
    p.alice.invite("sip:bob@10.0.0.1:5060");
    ms(5);
    p.alice.expect("SIP/2.0 480");
}

TEST_F(Proxy, UnknownMethodsAreForwarded) {
    Phones p(1);
    Ask a;
    a.uri = "sip:bob@10.0.0.1";
    p.alice.ask("FROBNICATE", a);
    p.alice.ask("OPTIONS", a);
    ms(5);
    std::string m = p.one.expect("FROBNICATE");
    p.one.reply(m, "501 Not Implemented");
    p.one.reply(p.one.expect("OPTIONS"), "200 OK");
    ms(5);
    p.alice.expect("SIP/2.0 501");
    p.alice.expect("SIP/2.0 200");
}

TEST_F(Proxy, OptionsToTheServerItselfAreAnsweredByIt) {
    Phones p(0);
    Ask a;
    a.max_forwards = 0;
    p.alice.ask("OPTIONS", a);
    ms(5);
    std::string ok = p.alice.expect("SIP/2.0 200");
    EXPECT_NE(header(ok, "Allow").find("REGISTER"), std::string::npos);
    a.lines = "Require: 100rel\r\n";
    p.alice.ask("OPTIONS", a);
    ms(5);
    EXPECT_EQ(header(p.alice.expect("SIP/2.0 420"), "Unsupported"), "100rel");
    p.alice.ask("PUBLISH", {});
    ms(5);
    p.alice.expect("SIP/2.0 404");
}

TEST_F(Proxy, AWholeCallWithItsRequestsBothWays) {
    Phones p(1);
    std::string invite = p.alice.invite("sip:bob@10.0.0.1", "c1");
    ms(5);
    std::string in = p.one.expect("INVITE sip:bob@10.0.0.3:5060");
    auto rr = Ua::all(in, "Record-Route");
    ASSERT_EQ(rr.size(), 1u);
    EXPECT_NE(rr[0].find("@10.0.0.1:5060;lr>"), std::string::npos) << rr[0];
    p.one.reply(in, "180 Ringing");
    ms(300);
    p.alice.expect("SIP/2.0 180");
    EXPECT_EQ(p.alice.count("SIP/2.0 100"), 0) << "it rang before 100 was due";
    p.one.accept(in);
    ms(5);
    std::string ok = p.alice.expect("SIP/2.0 200");
    p.alice.send(p.alice.inside("ACK", ok, 1));
    ms(5);
    std::string ack = p.one.expect("ACK sip:bob@10.0.0.3:5060");
    EXPECT_EQ(header(ack, "Route"), "");
    EXPECT_EQ(header(ack, "Max-Forwards"), "69");
    p.alice.send(p.alice.inside("INFO", ok, 2));
    ms(5);
    p.one.reply(p.one.expect("INFO sip:bob@10.0.0.3:5060"), "200 OK");
    ms(5);
    p.alice.expect("SIP/2.0 200");
    p.one.send(p.one.inside_uas("BYE", in, "t", 1));
    ms(5);
    p.alice.reply(p.alice.expect("BYE sip:alice@10.0.0.2:5060"), "200 OK");
    ms(5);
    p.one.expect("SIP/2.0 200");
    ms(70000);
    EXPECT_EQ(p.server.stats().requests, 0u);
    EXPECT_EQ(p.server.stats().server_transactions, 0u);
    EXPECT_EQ(p.server.strays, 0);
}

TEST_F(Proxy, A100ComesAfter200MsOfSilence) {
    Phones p(1);
    p.alice.invite("sip:bob@10.0.0.1");
    ms(150);
    EXPECT_EQ(p.alice.count("SIP/2.0 100"), 0);
    ms(100);
    EXPECT_EQ(p.alice.count("SIP/2.0 100"), 1);
}

TEST_F(Proxy, AllRingAndTheFirstToAnswerWins) {
    Phones p;
    p.alice.invite("sip:bob@10.0.0.1");
    ms(5);
    std::string a = p.one.expect("INVITE"), b = p.two.expect("INVITE"), c = p.three.expect("INVITE");
    p.one.reply(a, "180 Ringing", "t1");
    p.two.reply(b, "180 Ringing", "t2");
    ms(5);
    EXPECT_EQ(p.alice.count("SIP/2.0 180"), 2);
    p.two.accept(b, "t2");
    ms(5);
    std::string ok = p.alice.expect("SIP/2.0 200");
    EXPECT_EQ(param(header(ok, "To"), "tag"), "t2");
    std::string cancel = p.one.expect("CANCEL");
    EXPECT_EQ(header(cancel, "Via"), Ua::all(a, "Via")[0]);
    EXPECT_EQ(p.three.count("CANCEL"), 0) << "before any provisional answer no CANCEL may go out";
    EXPECT_EQ(p.two.count("CANCEL"), 0);
    p.one.reply(cancel, "200 OK");
    p.one.reply(a, "487 Request Terminated", "t1");
    p.three.reply(c, "180 Ringing", "t3");
    ms(5);
    p.one.expect("ACK");
    p.three.expect("CANCEL");
    p.three.reply(c, "487 Request Terminated", "t3");
    ms(5);
    p.three.expect("ACK");
    EXPECT_EQ(p.alice.count("SIP/2.0 4"), 0);
    ms(70000);
    EXPECT_EQ(p.server.stats().requests, 0u);
    EXPECT_EQ(p.server.stats().client_transactions, 0u);
}

TEST_F(Proxy, ALateSecond2xxIsForwardedAndSoIsARepeatedOne) {
    Phones p(2);
    p.alice.invite("sip:bob@10.0.0.1");
    ms(5);
    std::string a = p.one.expect("INVITE"), b = p.two.expect("INVITE");
    p.one.accept(a, "t1");
    p.two.accept(b, "t2"); // at the same time
    ms(5);
    EXPECT_EQ(p.alice.count("SIP/2.0 200"), 2);
    p.two.accept(b, "t2"); // its ACK is late
    ms(5);
    EXPECT_EQ(p.alice.count("SIP/2.0 200"), 3);
    ms(70000);
    EXPECT_EQ(p.server.stats().requests, 0u);
    p.two.accept(b, "t2");
    ms(5);
    EXPECT_EQ(p.alice.count("SIP/2.0 200"), 3);
}

TEST_F(Proxy, WhenAllAreBusyTheCallerHearsItOnce) {
    Phones p(2);
    std::string invite = p.alice.invite("sip:bob@10.0.0.1");
    ms(5);
    p.one.reply(p.one.expect("INVITE"), "486 Busy Here", "t1");
    ms(5);
    EXPECT_EQ(p.alice.count("SIP/2.0 486"), 0);
    p.one.expect("ACK");
    p.two.reply(p.two.expect("INVITE"), "486 Busy Here", "t2", "X-Line: 2\r\n");
    ms(5);
    std::string busy = p.alice.expect("SIP/2.0 486");
    p.alice.send(Ua::of_invite("ACK", invite, header(busy, "To")));
    ms(40000);
    EXPECT_EQ(p.alice.count("SIP/2.0 486"), 1);
    EXPECT_EQ(p.one.count("ACK") + p.two.count("ACK"), 2);
    EXPECT_EQ(p.server.stats().requests, 0u);
}

TEST_F(Proxy, TheBestAnswerOfAllIsChosen) {
    struct {
        const char *a, *b, *best;
    } cases[] = {{"486 Busy Here", "302 Moved", "302"},     {"503 Service Unavailable", "486 Busy Here", "486"},
                 {"404 Not Found", "500 Oh", "404"},        {"480 No", "603 Decline", "603"},
                 {"503 Down", "503 Down", "500"},           {"408 Timeout", "486 Busy Here", "486"},
                 {"486 Busy Here", "401 Who", "401"}};
    Phones p(2);
    int n = 0;
    for (auto &c : cases) {
        std::string invite = p.alice.invite("sip:bob@10.0.0.1", "case" + std::to_string(++n));
        ms(5);
        std::string a = p.one.expect("INVITE"), b = p.two.expect("INVITE");
        p.one.reply(a, c.a, "t1");
        p.two.reply(b, c.b, "t2");
        ms(5);
        std::string best = p.alice.expect("SIP/2.0");
        EXPECT_TRUE(begins(best, std::string("SIP/2.0 ") + c.best)) << c.a << " and " << c.b << ": " << best;
        p.alice.send(Ua::of_invite("ACK", invite, header(best, "To")));
        ms(5);
    }
}

TEST_F(Proxy, A6xxEndsTheOthers) {
    Phones p(2);
    p.alice.invite("sip:bob@10.0.0.1");
    ms(5);
    std::string a = p.one.expect("INVITE"), b = p.two.expect("INVITE");
    p.one.reply(a, "180 Ringing", "t1");
    p.two.reply(b, "603 Decline", "t2");
    ms(5);
    p.one.expect("CANCEL");
    EXPECT_EQ(p.alice.count("SIP/2.0 603"), 0) << "not before all others have ended";
    p.one.reply(a, "487 Request Terminated", "t1");
    ms(5);
    p.alice.expect("SIP/2.0 603");
}

TEST_F(Proxy, TheChallengesOfAllBranchesComeBackTogether) {
    Phones p(3);
    p.alice.invite("sip:bob@10.0.0.1");
    ms(5);
    p.one.reply(p.one.expect("INVITE"), "401 Unauthorized", "t1", "WWW-Authenticate: Digest realm=\"a\", nonce=\"1\"\r\n");
    p.two.reply(p.two.expect("INVITE"), "407 Proxy", "t2",
                "Proxy-Authenticate: Digest realm=\"b\", nonce=\"2\"\r\nProxy-Authenticate: Digest realm=\"c\", nonce=\"3\"\r\n");
    p.three.reply(p.three.expect("INVITE"), "486 Busy Here", "t3");
    ms(5);
    std::string c = p.alice.expect("SIP/2.0 40");
    EXPECT_EQ(Ua::all(c, "WWW-Authenticate").size(), 1u) << c;
    EXPECT_EQ(Ua::all(c, "Proxy-Authenticate").size(), 2u) << c;
}

TEST_F(Proxy, NobodyAnswersIs408) {
    Phones p(2);
    fake_icmp(false);
    p.alice.invite("sip:bob@10.0.0.1");
    ms(33000);
    p.alice.expect("SIP/2.0 408");
}

TEST_F(Proxy, AMessageNobodyAnswersIsNotAnsweredLate) {
    Phones p(1);
    Ask a;
    a.uri = "sip:bob@10.0.0.1";
    p.alice.ask("MESSAGE", a);
    ms(70000);
    EXPECT_EQ(p.alice.count("SIP/2.0"), 0);
    EXPECT_EQ(p.server.stats().requests, 0u);
    EXPECT_EQ(p.server.stats().server_transactions, 0u);
}

TEST_F(Proxy, ADeadContactIs480AndDoesNotHideALivingOne) {
    Phones p(1);
    Ua::Reg r = contacts({"sip:bob@10.0.0.9:5060"}); // nobody there, and the port says so
    r.call_id = "dead";
    {
        Ua gone("bob", "hunter2", "10.0.0.9");
        EXPECT_EQ(Ua::all(gone.reg(r), "Contact").size(), 2u);
    }
    p.alice.invite("sip:bob@10.0.0.1", "one");
    ms(5);
    p.one.accept(p.one.expect("INVITE"));
    ms(5);
    p.alice.expect("SIP/2.0 200");
    Ua::Reg bye;
    bye.expires = 0;
    p.one.reg(bye);
    p.alice.invite("sip:bob@10.0.0.1", "two");
    ms(5);
    p.alice.expect("SIP/2.0 480");
}

TEST_F(Proxy, RingingForMoreThanThreeMinutesEnds) {
    Phones p(1);
    p.alice.invite("sip:bob@10.0.0.1");
    ms(5);
    std::string a = p.one.expect("INVITE");
    p.one.reply(a, "180 Ringing", "t1");
    ms(170000);
    p.one.reply(a, "180 Ringing", "t1"); // a sign of life: the time begins anew
    ms(180000);
    EXPECT_EQ(p.one.count("CANCEL"), 0);
    ms(10000);
    p.one.expect("CANCEL");
    p.one.reply(a, "487 Request Terminated", "t1");
    ms(5);
    p.alice.expect("SIP/2.0 180");
    p.alice.expect("SIP/2.0 408");
}

TEST_F(Proxy, ACancelReachesEveryPhone) {
    Phones p(2);
    std::string invite = p.alice.invite("sip:bob@10.0.0.1");
    ms(5);
    std::string a = p.one.expect("INVITE"), b = p.two.expect("INVITE");
    p.one.reply(a, "180 Ringing", "t1");
    p.two.reply(b, "180 Ringing", "t2");
    ms(5);
    p.alice.send(Ua::of_invite("CANCEL", invite));
    ms(5);
    EXPECT_EQ(p.alice.count("SIP/2.0 200"), 1);
    p.one.reply(p.one.expect("CANCEL"), "200 OK");
    p.two.reply(p.two.expect("CANCEL"), "200 OK");
    p.one.reply(a, "487 Request Terminated", "t1");
    ms(5);
    EXPECT_EQ(p.alice.count("SIP/2.0 487"), 0);
    p.two.reply(b, "487 Request Terminated", "t2");
    ms(5);
    std::string end = p.alice.expect("SIP/2.0 487");
    EXPECT_EQ(header(end, "CSeq"), "1 INVITE");
}

TEST_F(Proxy, ACancelThatComesTooLateLosesToThe200) {
    Phones p(1);
    std::string invite = p.alice.invite("sip:bob@10.0.0.1");
    ms(5);
    std::string a = p.one.expect("INVITE");
    p.one.reply(a, "180 Ringing", "t1");
    ms(5);
    p.alice.send(Ua::of_invite("CANCEL", invite));
    p.one.accept(a, "t1");
    ms(5);
    EXPECT_EQ(p.alice.count("SIP/2.0 200"), 2) << "one for CANCEL, one for INVITE";
    std::string again = Ua::of_invite("CANCEL", invite);
    p.alice.send(again.replace(again.find("branch=z9hG4bK") + 14, 2, "xx"));
    ms(5);
    EXPECT_EQ(p.alice.count("SIP/2.0 481"), 1);
}

TEST_F(Proxy, APhoneThatIgnoresTheCancelDoesNotHoldTheCallerForEver) {
    Phones p(1);
    std::string invite = p.alice.invite("sip:bob@10.0.0.1");
    ms(5);
    p.one.reply(p.one.expect("INVITE"), "180 Ringing", "t1");
    ms(5);
    p.alice.send(Ua::of_invite("CANCEL", invite));
    ms(33000);
    p.alice.expect("SIP/2.0 487");
}

TEST_F(Proxy, MaxForwardsEndsWith483) {
    Phones p(1);
    Ask a;
    a.uri = "sip:bob@10.0.0.1";
    a.max_forwards = 0;
    p.alice.ask("MESSAGE", a);
    ms(5);
    p.alice.expect("SIP/2.0 483");
    a.max_forwards = 1;
    p.alice.ask("MESSAGE", a);
    ms(5);
    EXPECT_EQ(header(p.one.expect("MESSAGE"), "Max-Forwards"), "0");
}

TEST_F(Proxy, ProxyRequireIsRefusedAndRequireIsNotOurs) {
    Phones p(1);
    Ask a;
    a.uri = "sip:bob@10.0.0.1";
    a.lines = "Proxy-Require: foo\r\n";
    p.alice.ask("MESSAGE", a);
    ms(5);
    EXPECT_EQ(header(p.alice.expect("SIP/2.0 420"), "Unsupported"), "foo");
    a.lines = "Require: foo\r\n";
    p.alice.ask("MESSAGE", a);
    ms(5);
    EXPECT_EQ(header(p.one.expect("MESSAGE"), "Require"), "foo");
}

TEST_F(Proxy, ForeignSchemesAre416) {
    Phones p(1);
    Ask a;
    for (const char *uri : {"tel:+4930123", "sips:bob@10.0.0.1", "http://10.0.0.1/"}) {
        a.uri = uri;
        p.alice.ask("MESSAGE", a);
        ms(5);
        p.alice.expect("SIP/2.0 416");
    }
}

TEST_F(Proxy, RedirectModeNamesTheContacts) {
    Phones p(2, [](srv_config &c) { c.mode = SRV_REDIRECT; });
    p.alice.invite("sip:bob@10.0.0.1");
    ms(5);
    std::string moved = p.alice.expect("SIP/2.0 302");
    auto c = Ua::all(moved, "Contact");
    ASSERT_EQ(c.size(), 2u);
    EXPECT_EQ(c[0], "<sip:bob@10.0.0.3:5060>");
    EXPECT_EQ(c[1], "<sip:bob@10.0.0.4:5060>");
    EXPECT_EQ(p.one.count("INVITE"), 0);
}

TEST_F(Proxy, AUserMayHaveADomainOfItsOwn) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2"), bob("bob", "hunter2", "10.0.0.3");
    Ua::Reg r;
    r.to = "<sip:bob@example.com>";
    EXPECT_TRUE(begins(bob.reg(r), "SIP/2.0 200"));
    Ask a;
    a.uri = "sip:bob@example.com";
    alice.ask("MESSAGE", a);
    ms(5);
    bob.reply(bob.expect("MESSAGE sip:bob@10.0.0.3:5060"), "200 OK");
    ms(5);
    alice.expect("SIP/2.0 200");
    a.uri = "sip:alice@example.com";
    bob.ask("MESSAGE", a);
    a.uri = "sip:nobody@example.com";
    bob.ask("MESSAGE", a);
    ms(5);
    bob.expect("SIP/2.0 480");
    bob.expect("SIP/2.0 404");
    r.expires = 0;
    bob.reg(r);
    a.uri = "sip:bob@example.com"; // now it is just some domain, and alice would have to show who she is
    alice.ask("MESSAGE", a);
    ms(5);
    alice.expect("SIP/2.0 407");
}

TEST_F(Proxy, ASecretInAContactsHeadersGoesNoFurther) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2"), bob("bob", "hunter2", "10.0.0.3");
    bob.reg(contacts({"sip:bob@10.0.0.3?Subject=x&Route=y"}));
    Ask a;
    a.uri = "sip:bob@10.0.0.1";
    alice.ask("MESSAGE", a);
    ms(5);
    bob.expect("MESSAGE sip:bob@10.0.0.3 SIP/2.0");
}
