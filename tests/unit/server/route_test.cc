// Routes, flows and transports: requests inside dialogs, strict routers, NATs, TCP; and who may use the proxy at all.
#include "unit/server/server_fixture.h"

class Routing : public ServerTest {};

// The rest of a call after its INVITE has arrived: answered, confirmed, an INFO each way, hung up by the callee.
static void whole_call(Ua &caller, Ua &callee, const std::string &in, int rr) {
    EXPECT_EQ((int)Ua::all(in, "Record-Route").size(), rr) << in;
    callee.accept(in);
    fake_run_for(10);
    std::string ok = caller.expect("SIP/2.0 200");
    caller.send(caller.inside("ACK", ok, 1));
    fake_run_for(10);
    EXPECT_TRUE(begins(callee.expect("ACK"), "ACK " + callee.contact() + " SIP/2.0"));
    caller.send(caller.inside("INFO", ok, 2));
    fake_run_for(10);
    std::string info = callee.expect("INFO");
    EXPECT_EQ(header(info, "Route"), "");
    callee.reply(info, "200 OK");
    callee.send(callee.inside_uas("BYE", in, "t", 1));
    fake_run_for(10);
    caller.expect("SIP/2.0 200");
    std::string bye = caller.expect("BYE");
    EXPECT_TRUE(begins(bye, "BYE " + caller.contact() + " SIP/2.0"));
    caller.reply(bye, "200 OK");
    fake_run_for(10);
    callee.expect("SIP/2.0 200");
}

TEST_F(Routing, FromUdpToTcpAndBack) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2"), bob("bob", "hunter2", "10.0.0.3", 5060, true);
    alice.reg();
    bob.reg();
    alice.invite("sip:bob@10.0.0.1", "c1");
    ms(5);
    std::string in = bob.expect("INVITE sip:bob@10.0.0.3:5060;transport=tcp");
    auto rr = Ua::all(in, "Record-Route");
    ASSERT_EQ(rr.size(), 2u);
    EXPECT_NE(rr[0].find(";transport=tcp"), std::string::npos) << "the callee's side is on top (RFC 5658)";
    EXPECT_EQ(rr[1].find(";transport"), std::string::npos);
    whole_call(alice, bob, in, 2);
    bob.invite("sip:alice@10.0.0.1", "c2");
    ms(5);
    in = alice.expect("INVITE sip:alice@10.0.0.2:5060");
    whole_call(bob, alice, in, 2);
    EXPECT_EQ(server.strays, 0);
}

TEST_F(Routing, AllOverTcp) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2", 5060, true), bob("bob", "hunter2", "10.0.0.3", 5060, true);
    alice.reg();
    bob.reg();
    alice.invite("sip:bob@10.0.0.1", "c1");
    ms(5);
    whole_call(alice, bob, bob.expect("INVITE"), 1);
}

TEST_F(Routing, WithoutRecordRouteTheProxyIsOut) {
    Server server([](srv_config &c) { c.record_route = false; });
    Ua alice("alice", "secret", "10.0.0.2"), bob("bob", "hunter2", "10.0.0.3");
    bob.reg();
    alice.invite("sip:bob@10.0.0.1");
    ms(5);
    EXPECT_EQ(header(bob.expect("INVITE"), "Record-Route"), "");
}

TEST_F(Routing, AClientBehindNatIsReachedByItsFlow) {
    Server server;
    fake_nat("192.168.1.2", "80.0.0.1");
    Ua alice("alice", "secret", "10.0.0.2"), bob("bob", "hunter2", "192.168.1.2");
    EXPECT_TRUE(begins(bob.reg(), "SIP/2.0 200"));
    alice.reg();
    alice.invite("sip:bob@10.0.0.1", "c1");
    ms(5);
    std::string in = bob.expect("INVITE sip:bob@192.168.1.2:5060");
    whole_call(alice, bob, in, 1);
    bob.invite("sip:alice@10.0.0.1", "c2"); // and when it calls, the callee's BYE reaches it, too
    ms(5);
    whole_call(bob, alice, alice.expect("INVITE"), 1);
}

TEST_F(Routing, ATcpClientWhoseConnectionIsGoneIsReachedAtItsContact) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2"), bob("bob", "hunter2", "10.0.0.3", 5060, true);
    bob.listen();
    bob.reg();
    bob.hang_up();
    ms(50);
    alice.invite("sip:bob@10.0.0.1", "c1");
    ms(50);
    std::string in = bob.expect("INVITE sip:bob@10.0.0.3:5060;transport=tcp");
    whole_call(alice, bob, in, 2); // its BYE comes over the connection that the server opened
    EXPECT_EQ(server.strays, 0) << "a request over our own connection came to nobody";
}

TEST_F(Routing, ATcpOnlyServerReachesUdp) {
    Server server(nullptr, {"tcp:10.0.0.1:5060"});
    Ua alice("alice", "secret", "10.0.0.2", 5060, true), stranger("eve", "", "10.0.0.9");
    alice.reg();
    alice.invite("sip:eve@10.0.0.9:5060", "c1");
    ms(5);
    std::string in = stranger.expect("INVITE");
    auto rr = Ua::all(in, "Record-Route");
    ASSERT_EQ(rr.size(), 2u);
    std::string uri = Ua::uri_in(rr[0]);
    stranger.server = uri.substr(uri.find('@') + 1, uri.find(';') - uri.find('@') - 1); // a port that the stack drew
    stranger.accept(in);
    ms(5);
    std::string ok = alice.expect("SIP/2.0 200");
    alice.send(alice.inside("ACK", ok, 1));
    ms(5);
    stranger.expect("ACK");
    stranger.send(stranger.inside_uas("BYE", in, "t", 1));
    ms(5);
    alice.reply(alice.expect("BYE"), "200 OK");
    ms(5);
    stranger.expect("SIP/2.0 200");
    EXPECT_EQ(server.strays, 0);
}

TEST_F(Routing, AStrictRouterBeforeUs) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2"), bob("bob", "hunter2", "10.0.0.3");
    bob.reg();
    alice.invite("sip:bob@10.0.0.1", "c1");
    ms(5);
    std::string in = bob.expect("INVITE");
    bob.accept(in);
    ms(5);
    std::string ok = alice.expect("SIP/2.0 200");
    Ask a; // RFC 3261 16.4: the Request-URI is what we put into Record-Route, the target is the last Route
    a.uri = Ua::uri_in(header(ok, "Record-Route"));
    a.to = header(ok, "To");
    a.call_id = "c1";
    a.cseq = 2;
    a.lines = "Route: <" + bob.contact() + ">\r\n";
    alice.ask("INFO", a);
    ms(5);
    std::string info = bob.expect("INFO " + bob.contact() + " SIP/2.0");
    EXPECT_EQ(header(info, "Route"), "");
    a.lines = "Route: <sip:10.0.0.9;lr>, <" + bob.contact() + ">\r\n";
    Ua next("proxy", "", "10.0.0.9");
    alice.ask("INFO", a);
    ms(5);
    info = next.expect("INFO " + bob.contact() + " SIP/2.0");
    EXPECT_EQ(header(info, "Route"), "<sip:10.0.0.9;lr>");
}

TEST_F(Routing, AStrictRouterBehindUs) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2"), strict("proxy", "", "10.0.0.9");
    alice.reg();
    Ask a;
    a.uri = "sip:dave@example.org";
    a.lines = "Route: <sip:10.0.0.1;lr>\r\nRoute: <sip:10.0.0.9>, <sip:10.0.0.8;lr>\r\n";
    alice.ask("MESSAGE", a);
    ms(5);
    std::string m = strict.expect("MESSAGE sip:10.0.0.9 SIP/2.0");
    auto routes = Ua::all(m, "Route");
    ASSERT_EQ(routes.size(), 2u) << m;
    EXPECT_EQ(routes[0], "<sip:10.0.0.8;lr>");
    EXPECT_EQ(routes[1], "<sip:dave@example.org>");
}

TEST_F(Routing, ALooseRouteIsFollowedAndOurOwnTakenOff) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2"), next("proxy", "", "10.0.0.9");
    alice.reg();
    Ask a;
    a.uri = "sip:bob@10.0.0.1";
    a.lines = "Route: <sip:10.0.0.1;lr>, <sip:10.0.0.1:5060;transport=tcp;lr>, <sip:10.0.0.9;lr>, <sip:x;lr>\r\n";
    alice.ask("MESSAGE", a);
    ms(5);
    std::string m = next.expect("MESSAGE sip:bob@10.0.0.1 SIP/2.0");
    EXPECT_EQ(Ua::all(m, "Route")[0], "<sip:10.0.0.9;lr>");
    a.lines = "";
    for (int i = 0; i < 40; i++) a.lines += "Route: <sip:10.0.0.1;lr>, <sip:10.0.0.9;lr>\r\n";
    alice.ask("MESSAGE", a);
    a.lines = "Route: <sip:10.0.0.1;lr>, <sip:\r\n";
    alice.ask("MESSAGE", a);
    ms(5);
    EXPECT_EQ(alice.count("SIP/2.0 400"), 2);
}

TEST_F(Routing, StrangersGetNoRelay) {
    Server server;
    Ua eve("eve", "", "10.0.0.9"), victim("victim", "", "10.0.0.8");
    Ask a;
    a.uri = "sip:victim@10.0.0.8";
    eve.ask("MESSAGE", a);
    ms(5);
    eve.expect("SIP/2.0 403");
    a.to_tag = "made-up"; // as if it were inside a dialog
    eve.ask("BYE", a);
    eve.ask("ACK", a);
    ms(5);
    eve.expect("SIP/2.0 403");
    a.to_tag = "";
    a.lines = "Route: <sip:10.0.0.1;lr>, <sip:10.0.0.8;lr>\r\n";
    eve.ask("MESSAGE", a);
    a.uri = "sip:bob@10.0.0.1"; // by a Route of its own
    eve.ask("MESSAGE", a);
    a.to_tag = "x";
    a.lines = "Route: <sip:ticket@10.0.0.1;lr>, <sip:10.0.0.8;lr>\r\n";
    eve.ask("INFO", a);
    ms(5);
    EXPECT_EQ(eve.count("SIP/2.0 403"), 5);
    EXPECT_EQ(victim.log.size(), 0u);
}

TEST_F(Routing, AUserMayCallOutByItsFlowOrWithItsPassword) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2"), other("alice", "secret", "10.0.0.7"), out("dave", "", "10.0.0.9");
    alice.reg();
    Ask a;
    a.uri = "sip:dave@10.0.0.9";
    alice.ask("MESSAGE", a);
    ms(5);
    out.expect("MESSAGE");
    other.ask("MESSAGE", a); // not registered from here: show the password
    ms(5);
    std::string c = other.expect("SIP/2.0 407");
    a.cseq = 2;
    a.lines = other.credentials(c, "SHA-256", "MESSAGE", a.uri, "alice", "secret");
    other.ask("MESSAGE", a);
    ms(5);
    out.expect("MESSAGE");
    a.cseq = 3; // bob's password does not make him alice
    a.lines = other.credentials(c, "SHA-256", "MESSAGE", a.uri, "bob", "hunter2", 2);
    other.ask("MESSAGE", a);
    ms(5);
    other.expect("SIP/2.0 403");
    EXPECT_EQ(out.count("MESSAGE"), 2);
}

TEST_F(Routing, CallsAreChallengedIfSoConfigured) {
    Server server([](srv_config &c) { c.challenge_calls = true; });
    Ua alice("alice", "secret", "10.0.0.2"), bob("bob", "hunter2", "10.0.0.3"), eve("eve", "", "10.0.0.9");
    alice.reg();
    bob.reg();
    std::string invite = alice.invite("sip:bob@10.0.0.1", "c1");
    ms(5);
    std::string c = alice.expect("SIP/2.0 407");
    alice.send(Ua::of_invite("ACK", invite, header(c, "To")));
    alice.invite("sip:bob@10.0.0.1", "c1", alice.credentials(c, "MD5", "INVITE", "sip:bob@10.0.0.1", "alice", "secret"), 2);
    ms(5);
    std::string in = bob.expect("INVITE");
    bob.accept(in);
    ms(5);
    std::string ok = alice.expect("SIP/2.0 200");
    alice.send(alice.inside("ACK", ok, 2));
    alice.send(alice.inside("BYE", ok, 3)); // inside the dialog nobody asks again
    ms(5);
    bob.expect("BYE");
    alice.invite("sip:bob@10.0.0.1", "c2", alice.credentials(c, "MD5", "INVITE", "sip:bob@10.0.0.1", "bob", "hunter2", 2));
    ms(5);
    alice.expect("SIP/2.0 403");
    eve.invite("sip:bob@10.0.0.1", "c3", "");
    ms(5);
    bob.expect("INVITE"); // a stranger who claims nothing may call
}

TEST_F(Routing, ACircleIsSeen) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2"), bob("bob", "hunter2", "10.0.0.3", 5060, true);
    alice.reg();
    Ua::Reg r; // Contacts that are the server itself, over a connection that is gone
    r.contacts = "Contact: <sip:bob@10.0.0.1>, <sip:bob@10.0.0.1:5060>, <sip:bob@10.0.0.1:5060;transport=tcp>\r\n";
    EXPECT_EQ(Ua::all(bob.reg(r), "Contact").size(), 3u);
    bob.hang_up();
    ms(50);
    uint64_t before = fake_sent();
    Ask a;
    a.uri = "sip:bob@10.0.0.1";
    alice.ask("MESSAGE", a);
    ms(2000);
    alice.expect("SIP/2.0 482");
    EXPECT_LT(fake_sent() - before, 100u);
}

TEST_F(Routing, WhatIsAdvertisedStandsInViaAndRecordRoute) {
    Server server(nullptr, {"udp:10.0.0.1:5060"}, "sip.example.net:5090");
    Ua alice("alice", "secret", "10.0.0.2"), bob("bob", "hunter2", "10.0.0.3");
    fake_dns_add("sip.example.net", "10.0.0.1", 60);
    std::string ok = bob.reg();
    EXPECT_TRUE(begins(ok, "SIP/2.0 200"));
    EXPECT_EQ(server.last(SRV_EV_BINDING)->user, "sip:bob@sip.example.net");
    alice.invite("sip:bob@sip.example.net", "c1");
    ms(5);
    std::string in = bob.expect("INVITE");
    EXPECT_NE(header(in, "Via").find("sip.example.net:5090"), std::string::npos);
    EXPECT_NE(header(in, "Record-Route").find("@sip.example.net:5090;lr>"), std::string::npos);
    whole_call(alice, bob, in, 1);
}

TEST_F(Routing, IPv6) {
    Server server(nullptr, {"udp:[2001:db8::1]:5060"});
    Ua bob("bob", "hunter2", "10.0.0.3");
    Agent phone("2001:db8::2");
    phone.listen("[2001:db8::2]:5060");
    const SrvEvent *e = nullptr;
    ms(1);
    e = server.last(SRV_EV_LISTENING);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->host, "2001:db8::1");
    stack_request_params p = phone.params("OPTIONS", "sip:[2001:db8::1]");
    phone.send(p);
    ms(10);
    ASSERT_NE(phone.last(STACK_EV_FINAL), nullptr);
    EXPECT_EQ(phone.last(STACK_EV_FINAL)->status, 200);
}
