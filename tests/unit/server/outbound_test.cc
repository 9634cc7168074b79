// Clients that can be reached by their flow only: browsers, and phones that register with outbound (RFC 5626); what
// REGISTER brings besides: Path (RFC 3327) and GRUUs (RFC 5627).
#include "server_fixture.h"

namespace {

class Outbound : public ServerTest {};

const char *OB = "Supported: path, gruu, outbound\r\n";
const char *PHONE = "<urn:uuid:00000000-0000-1000-8000-000a95a0e128>";

std::string flow_contact(const std::string &uri, int reg_id, const std::string &instance = PHONE) {
    return "Contact: <" + uri + ">;+sip.instance=\"" + instance + "\";reg-id=" + std::to_string(reg_id) +
           ";expires=600\r\n";
}

struct Web : Server {
    Web() : Server(nullptr, {"udp:10.0.0.1:5060", "tcp:10.0.0.1:5060", "ws:10.0.0.1:8080"}) {}
};

TEST_F(Outbound, ABrowserIsCalledDownItsWebSocketAndTheCallStaysWithTheServer) {
    for (bool record_route : {true, false}) {
        SCOPED_TRACE(record_route);
        Server server([&](srv_config &c) { c.record_route = record_route; },
                      {"udp:10.0.0.1:5060", "ws:10.0.0.1:8080"});
        Ua alice("alice", "secret", "10.0.0.2"), web("bob", "hunter2", "10.0.0.3", "10.0.0.1:8080");
        EXPECT_TRUE(begins(alice.reg(), "SIP/2.0 200"));
        EXPECT_TRUE(begins(web.reg(), "SIP/2.0 200"));
        alice.invite("sip:bob@10.0.0.1");
        ms(10);
        std::string inv = web.expect("INVITE sip:bob@bob7k2.invalid;transport=ws");
        EXPECT_EQ(header(inv, "Via").substr(0, 26), "SIP/2.0/WS 10.0.0.1:8080;r");
        auto routes = Ua::all(inv, "Record-Route");
        ASSERT_EQ(routes.size(), 2u) << "RFC 5658: two transports, two routes";
        EXPECT_NE(routes[0].find("@10.0.0.1:8080;transport=ws;lr>"), std::string::npos) << routes[0];
        EXPECT_NE(routes[1].find("@10.0.0.1:5060;lr>"), std::string::npos) << routes[1];
        web.accept(inv);
        ms(10);
        std::string ok = alice.expect("SIP/2.0 200");
        alice.send(alice.inside("ACK", ok, 1));
        ms(10);
        web.expect("ACK sip:bob@bob7k2.invalid;transport=ws");
        web.send(web.inside_uas("BYE", inv, "t", 1));
        ms(10);
        std::string gone = alice.expect("BYE sip:alice@10.0.0.2:5060");
        alice.reply(gone, "200 OK");
        ms(10);
        web.expect("SIP/2.0 200");
        EXPECT_EQ(fake_dns_queries(), 0u) << ".invalid is never looked up";
    }
}

TEST_F(Outbound, ABrowserThatHasLeftIsUnavailableAtOnceAndBackWhenItIsBack) {
    Web server;
    Ua alice("alice", "secret", "10.0.0.2"), web("bob", "hunter2", "10.0.0.3", "10.0.0.1:8080");
    alice.reg();
    EXPECT_TRUE(begins(web.reg(), "SIP/2.0 200"));
    web.leave();
    std::string inv = alice.invite("sip:bob@10.0.0.1", "c1");
    ms(50);
    std::string no = alice.expect("SIP/2.0 480");
    alice.send(Ua::of_invite("ACK", inv, header(no, "To")));
    web.open("10.0.0.1:8080");
    EXPECT_TRUE(begins(web.reg(), "SIP/2.0 200"));
    Ask a;
    a.uri = "sip:bob@10.0.0.1";
    a.call_id = "m1";
    alice.ask("MESSAGE", a);
    ms(10);
    web.reply(web.expect("MESSAGE sip:bob@bob7k2.invalid"), "200 OK");
    ms(10);
    alice.expect("SIP/2.0 200");
    EXPECT_EQ(fake_dns_queries(), 0u);
}

TEST_F(Outbound, ANameUnderInvalidThatNobodyHasIsNotLookedUp) {
    Web server;
    Ua alice("alice", "secret", "10.0.0.2");
    alice.reg();
    Ask a;
    a.uri = "sip:x@gone.invalid;transport=ws";
    a.call_id = "m1";
    alice.ask("MESSAGE", a);
    ms(50);
    alice.expect("SIP/2.0 480");
    EXPECT_EQ(fake_dns_queries(), 0u);
}

TEST_F(Outbound, AFlowOfADeviceReplacesItselfAndTheOthersStay) {
    Server server;
    Ua phone("bob", "hunter2", "10.0.0.3", 5060, true);
    ms(10);
    RegAsk r;
    r.lines = OB;
    r.contacts = flow_contact("sip:bob@10.0.0.3:5060;transport=tcp", 1);
    std::string ok = phone.reg(r);
    EXPECT_TRUE(begins(ok, "SIP/2.0 200"));
    EXPECT_EQ(header(ok, "Require"), "outbound");
    EXPECT_EQ(header(ok, "Flow-Timer"), "120");
    EXPECT_NE(header(ok, "Contact").find(";reg-id=1"), std::string::npos);
    EXPECT_NE(header(ok, "Contact").find(";pub-gruu=\"sip:bob@10.0.0.1;gr=urn:uuid:00000000-0000-1000-8000-000a95a0e128\""),
              std::string::npos)
        << header(ok, "Contact");
    // Another port, the same flow of the same device: one binding.
    r.contacts = flow_contact("sip:bob@10.0.0.3:7000;transport=tcp", 1);
    r.call_id = "other";
    EXPECT_EQ(Ua::all(phone.reg(r), "Contact").size(), 1u);
    // A second flow, another device, and one without: each its own.
    r.contacts = flow_contact("sip:bob@10.0.0.3:7000;transport=tcp", 2);
    EXPECT_EQ(Ua::all(phone.reg(r), "Contact").size(), 2u);
    r.contacts = flow_contact("sip:bob@10.0.0.3:7000;transport=tcp", 1, "<urn:uuid:00000000-0000-1000-8000-000000000002>");
    EXPECT_EQ(Ua::all(phone.reg(r), "Contact").size(), 3u);
    r.contacts = flow_contact("sip:bob@10.0.0.3:7000;transport=tcp", 2);
    r.contacts.replace(r.contacts.find("expires=600"), 11, "expires=0");
    EXPECT_EQ(Ua::all(phone.reg(r), "Contact").size(), 2u);
}

TEST_F(Outbound, WithoutItsFlowAPhoneIsUnavailableAndOfTwoFlowsTheNewestThatStandsIsUsed) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2"), one("bob", "hunter2", "10.0.0.3", 5060, true),
        two("bob", "hunter2", "10.0.0.4", 5060, true);
    ms(10);
    alice.reg();
    RegAsk r;
    r.lines = OB;
    r.contacts = flow_contact("sip:bob@10.0.0.3:5060;transport=tcp", 1);
    EXPECT_TRUE(begins(one.reg(r), "SIP/2.0 200"));
    r.contacts = flow_contact("sip:bob@10.0.0.4:5060;transport=tcp", 2);
    r.call_id = "second";
    EXPECT_TRUE(begins(two.reg(r), "SIP/2.0 200"));
    auto message = [&](const char *id) {
        Ask a;
        a.uri = "sip:bob@10.0.0.1";
        a.call_id = id;
        alice.heard.clear();
        alice.ask("MESSAGE", a);
        ms(20);
    };
    message("m1");
    EXPECT_EQ(one.count("MESSAGE"), 0);
    two.reply(two.expect("MESSAGE sip:bob@10.0.0.4"), "200 OK");
    ms(10);
    alice.expect("SIP/2.0 200");
    two.hang_up();
    ms(10);
    message("m2");
    one.reply(one.expect("MESSAGE sip:bob@10.0.0.3"), "200 OK");
    ms(10);
    alice.expect("SIP/2.0 200");
    one.hang_up();
    ms(10);
    message("m3");
    alice.expect("SIP/2.0 480");
}

TEST_F(Outbound, AGruuReachesItsDeviceOnly) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2"), desk("bob", "hunter2", "10.0.0.3"), cell("bob", "hunter2", "10.0.0.4");
    alice.reg();
    RegAsk r;
    r.lines = OB;
    r.contacts = "Contact: <sip:bob@10.0.0.3>;+sip.instance=\"" + std::string(PHONE) + "\"\r\n";
    std::string ok = desk.reg(r);
    size_t at = ok.find("pub-gruu=\"");
    ASSERT_NE(at, std::string::npos);
    std::string gruu = ok.substr(at + 10, ok.find('"', at + 10) - at - 10);
    r.contacts = "Contact: <sip:bob@10.0.0.4>;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000000000002>\"\r\n";
    r.call_id = "cell";
    cell.reg(r);
    Ask a;
    a.uri = gruu;
    a.call_id = "m1";
    alice.ask("MESSAGE", a);
    ms(10);
    desk.reply(desk.expect("MESSAGE sip:bob@10.0.0.3"), "200 OK");
    ms(10);
    alice.expect("SIP/2.0 200");
    EXPECT_EQ(cell.count("MESSAGE"), 0);
    a.uri = gruu.substr(0, gruu.find(";gr=")) + ";gr=urn:uuid:00000000-0000-1000-8000-00000000dead";
    a.call_id = "m2";
    alice.ask("MESSAGE", a);
    ms(10);
    alice.expect("SIP/2.0 480");
}

TEST_F(Outbound, ADialogWithAGruuAsContactGoesToItsDeviceTheAckToo) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2"), desk("bob", "hunter2", "10.0.0.3");
    alice.reg();
    RegAsk r;
    r.lines = OB;
    r.contacts = "Contact: <sip:bob@10.0.0.3:5060>;+sip.instance=\"" + std::string(PHONE) + "\"\r\n";
    std::string reg = desk.reg(r);
    size_t at = reg.find("pub-gruu=\"");
    ASSERT_NE(at, std::string::npos);
    std::string gruu = reg.substr(at + 10, reg.find('"', at + 10) - at - 10);
    alice.invite("sip:bob@10.0.0.1");
    ms(10);
    std::string inv = desk.expect("INVITE sip:bob@10.0.0.3:5060");
    std::string lines = "Contact: <" + gruu + ">\r\n";
    for (auto &rr : Ua::all(inv, "Record-Route")) lines += "Record-Route: " + rr + "\r\n";
    desk.reply(inv, "200 OK", "t", lines);
    ms(10);
    std::string ok = alice.expect("SIP/2.0 200");
    alice.send(alice.inside("ACK", ok, 1));
    ms(10);
    desk.expect("ACK sip:bob@10.0.0.3:5060");
    alice.send(alice.inside("BYE", ok, 2));
    ms(10);
    desk.reply(desk.expect("BYE sip:bob@10.0.0.3:5060"), "200 OK");
    ms(10);
    alice.expect("SIP/2.0 200");
}

TEST_F(Outbound, APathLeadsThroughTheProxiesThatWroteIt) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2"), edge("bob", "hunter2", "10.0.0.8", 5080);
    alice.reg();
    RegAsk r;
    r.lines = "Supported: path\r\nPath: <sip:edge@10.0.0.8:5080;lr>\r\n";
    r.contacts = "Contact: <sip:bob@192.168.0.7:5060>\r\n";
    std::string ok = edge.reg(r);
    EXPECT_EQ(header(ok, "Path"), "<sip:edge@10.0.0.8:5080;lr>");
    Ask a;
    a.uri = "sip:bob@10.0.0.1";
    a.call_id = "m1";
    alice.ask("MESSAGE", a);
    ms(10);
    std::string m = edge.expect("MESSAGE sip:bob@192.168.0.7:5060");
    EXPECT_EQ(header(m, "Route"), "<sip:edge@10.0.0.8:5080;lr>");
    edge.reply(m, "200 OK");
    ms(10);
    alice.expect("SIP/2.0 200");
    // Its flows count if the first proxy keeps them; who insists is told if not.
    r.lines = std::string(OB) + "Path: <sip:edge@10.0.0.8:5080;lr>\r\n";
    r.contacts = flow_contact("sip:bob@192.168.0.7:5060", 1);
    r.call_id = "p2";
    ok = edge.reg(r);
    EXPECT_TRUE(begins(ok, "SIP/2.0 200"));
    EXPECT_EQ(header(ok, "Require"), "");
    r.lines = "Require: outbound\r\nPath: <sip:edge@10.0.0.8:5080;lr>\r\n";
    EXPECT_TRUE(begins(edge.reg(r), "SIP/2.0 439"));
    r.lines = "Require: outbound\r\nSupported: path\r\nPath: <sip:edge@10.0.0.8:5080;lr;ob>\r\n";
    ok = edge.reg(r);
    EXPECT_TRUE(begins(ok, "SIP/2.0 200"));
    EXPECT_EQ(header(ok, "Require"), "outbound");
}

TEST_F(Outbound, SipsGoesOnlyWhereSipsIsRegisteredAndOnlyIfItCameByTls) {
    net_tls_options o = {};
    o.cert = "10.0.0.1";
    o.server = true;
    net_tls *tls = nullptr;
    ASSERT_EQ(net_tls_create(&o, &tls), SX_OK);
    {
        Web server;
        stack_listen_params more = {};
        more.tls = tls;
        srv_listener *l = nullptr;
        ASSERT_EQ(srv_listener_open(server.srv, "wss:10.0.0.1:8443", nullptr, &more, 9, &l), SX_OK);
        ASSERT_EQ(srv_listener_open(server.srv, "tls:10.0.0.1:5061", nullptr, nullptr, 10, &l), SX_E_INVALID);
        Ua web("bob", "hunter2", "10.0.0.3", "10.0.0.1:8080");
        EXPECT_TRUE(begins(web.reg(), "SIP/2.0 200"));
        Ask a;
        a.uri = "sips:bob@10.0.0.1";
        a.call_id = "m1";
        web.ask("MESSAGE", a);
        ms(10);
        web.expect("SIP/2.0 416");
    }
    net_tls_unref(tls);
}

} // namespace
