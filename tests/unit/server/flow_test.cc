// Who calls over a connection that nobody else can use, and never registered: its dialogs come back down that
// connection, which our Record-Route names (RFC 5626 5.3).
#include "server_fixture.h"

namespace {

class Flows : public ServerTest {};

struct Web : Server {
    explicit Web(bool record_route = true)
        : Server([=](srv_config &c) { c.record_route = record_route; },
                 {"udp:10.0.0.1:5060", "tcp:10.0.0.1:5060", "ws:10.0.0.1:8080"}) {}
};

/* A browser without an account calls bob, who accepts. */
struct WebCall {
    Ua bob{"bob", "hunter2", "10.0.0.3"}, web{"eve", "", "10.0.0.9", "10.0.0.1:8080"};
    std::string in, ok;
    WebCall() {
        EXPECT_TRUE(begins(bob.reg(), "SIP/2.0 200"));
        web.invite("sip:bob@10.0.0.1", "c1");
        fake_run_for(10);
        in = bob.expect("INVITE");
        bob.accept(in);
        fake_run_for(10);
        ok = web.expect("SIP/2.0 200");
        web.send(web.inside("ACK", ok, 1));
        fake_run_for(10);
        bob.expect("ACK sip:bob@10.0.0.3:5060");
    }
    std::string ticket() const {
        std::string uri = Ua::uri_in(header(in, "Record-Route"));
        return uri.substr(4, uri.find('@') - 4);
    }
    std::string bye(unsigned cseq = 1) { return bob.inside_uas("BYE", in, "t", cseq); }
};

std::string with(std::string text, const std::string &from, const std::string &to) {
    for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) text.replace(at, from.size(), to);
    return text;
}

TEST_F(Flows, ACallerWhoNeverRegisteredIsReachedByTheConnectionThatItCalledOver) {
    for (bool record_route : {true, false}) {
        SCOPED_TRACE(record_route);
        Web server(record_route);
        WebCall call;
        call.web.send(call.web.inside("INFO", call.ok, 2)); // the caller's own side goes on to the callee
        ms(10);
        call.bob.reply(call.bob.expect("INFO sip:bob@10.0.0.3:5060"), "200 OK");
        ms(10);
        call.web.expect("SIP/2.0 200");
        call.bob.send(call.bye());
        ms(10);
        call.web.reply(call.web.expect("BYE sip:eve@eve7k2.invalid;transport=ws"), "200 OK");
        ms(10);
        call.bob.expect("SIP/2.0 200");
        EXPECT_EQ(call.bob.count("BYE"), 0);
        EXPECT_EQ(fake_dns_queries(), 0u);
    }
}

TEST_F(Flows, TheAckOfTheCalleesOwnReinviteComesDownItToo) {
    Web server;
    WebCall call;
    std::string re = call.bob.inside_uas("INVITE", call.in, "t", 1);
    call.bob.send(with(re, "Content-Length", "Contact: <" + call.bob.contact() + ">\r\nContent-Length"));
    ms(10);
    call.web.accept(call.web.expect("INVITE sip:eve@eve7k2.invalid"));
    ms(10);
    call.bob.expect("SIP/2.0 200");
    call.bob.send(call.bob.inside_uas("ACK", call.in, "t", 1));
    ms(10);
    call.web.expect("ACK sip:eve@eve7k2.invalid");
}

TEST_F(Flows, AConnectionThatIsGoneFailsAtOnce) {
    Web server;
    WebCall call;
    call.web.leave();
    call.bob.send(call.bye());
    ms(10);
    call.bob.expect("SIP/2.0 430 Flow Failed");
    EXPECT_EQ(fake_dns_queries(), 0u);
    // Another one of the same caller is another flow; what comes over it goes on to the callee.
    call.web.open("10.0.0.1:8080");
    call.bob.send(call.bye(2));
    call.web.send(call.web.inside("BYE", call.ok, 2));
    ms(10);
    call.bob.expect("SIP/2.0 430");
    call.bob.reply(call.bob.expect("BYE sip:bob@10.0.0.3:5060"), "200 OK");
    ms(10);
    call.web.expect("SIP/2.0 200");
    EXPECT_EQ(call.web.count("BYE"), 0);
}

TEST_F(Flows, NobodyMakesUpAWayDownAConnection) {
    Web server;
    WebCall call;
    std::string ticket = call.ticket(), bye = call.bye();
    ASSERT_GT(ticket.size(), 24u);
    char other = ticket[0] == 'a' ? 'b' : 'a';
    std::string id = ticket.substr(24);
    for (const std::string &made_up : {
             other + ticket.substr(1),                            // forged
             ticket.substr(0, 24) + std::to_string(stoull(id) + 1), // of another connection
             ticket.substr(0, 24) + "0" + id,
             ticket.substr(0, 24) + "99999999999999999999999",
             ticket.substr(0, 24) + "0",
             ticket.substr(0, 24) + "x",
             ticket.substr(0, 24),
             ticket.substr(0, 23),
             ticket.substr(0, 12),
             std::string("x"),
         }) {
        SCOPED_TRACE(made_up);
        call.bob.send(with(with(bye, ticket, made_up), "branch=z9hG4bK", "branch=z9hG4bK" + made_up));
        ms(10);
    }
    // The true one under another Call-ID, and for somebody else than the caller.
    call.bob.send(with(with(bye, "Call-ID: c1", "Call-ID: c2"), "branch=", "branch=z9hG4bKc2"));
    call.bob.send(with(with(bye, ";tag=fteve", ";tag=mallory"), "branch=", "branch=z9hG4bKto"));
    ms(10);
    EXPECT_EQ(call.web.count("BYE"), 0);
    EXPECT_EQ(call.bob.count("SIP/2.0 403") + call.bob.count("SIP/2.0 480"), 12);
    call.bob.send(bye);
    ms(10);
    call.web.expect("BYE");
}

TEST_F(Flows, ATokenOfOneCallLeadsToNobodyInAnother) {
    Web server;
    WebCall call;
    Ua mary("mary", "", "10.0.0.8", "10.0.0.1:8080");
    mary.invite("sip:bob@10.0.0.1", "c2");
    ms(10);
    std::string second = call.bob.expect("INVITE"), uri = Ua::uri_in(header(second, "Record-Route"));
    call.bob.send(with(call.bye(), call.ticket(), uri.substr(4, uri.find('@') - 4)));
    ms(10);
    EXPECT_EQ(mary.count("BYE"), 0);
    EXPECT_EQ(call.web.count("BYE"), 0);
}

TEST_F(Flows, ARegisteredContactThatIsNewerComesFirst) {
    Web server;
    Ua bob("bob", "hunter2", "10.0.0.3"), alice("alice", "secret", "10.0.0.2", "10.0.0.1:8080"),
        again("alice", "secret", "10.0.0.4", "10.0.0.1:8080"); // the same Contact over another connection
    bob.reg();
    EXPECT_TRUE(begins(alice.reg(), "SIP/2.0 200"));
    alice.invite("sip:bob@10.0.0.1", "c1");
    ms(10);
    std::string in = bob.expect("INVITE");
    bob.accept(in);
    ms(10);
    RegAsk r;
    r.call_id = "again";
    EXPECT_TRUE(begins(again.reg(r), "SIP/2.0 200"));
    bob.send(bob.inside_uas("INFO", in, "t", 1));
    ms(10);
    again.expect("INFO");
    r.expires = 0; // not registered any more: by the connection of the call
    EXPECT_TRUE(begins(again.reg(r), "SIP/2.0 200"));
    bob.send(bob.inside_uas("BYE", in, "t", 2));
    ms(10);
    alice.expect("BYE");
    EXPECT_EQ(again.count("BYE"), 0);
}

TEST_F(Flows, OfTcpTheContactDecides) {
    for (bool ob : {true, false}) {
        SCOPED_TRACE(ob);
        Web server(false);
        Ua bob("bob", "hunter2", "10.0.0.3"), eve("eve", "", "10.0.0.9", 5060, true);
        ms(10);
        bob.reg();
        Ask a;
        a.uri = "sip:bob@10.0.0.1";
        a.call_id = "c1";
        a.lines = std::string("Contact: <sip:eve@10.0.0.9:4711;transport=tcp") + (ob ? ";ob" : "") + ">\r\n";
        eve.ask("INVITE", a);
        ms(10);
        std::string in = bob.expect("INVITE");
        EXPECT_EQ(header(in, "Record-Route").empty(), !ob);
        if (!ob) continue;
        bob.accept(in);
        bob.send(bob.inside_uas("BYE", in, "t", 1));
        ms(10);
        eve.expect("BYE sip:eve@10.0.0.9:4711;transport=tcp;ob");
        eve.hang_up();
        ms(10);
        bob.send(bob.inside_uas("BYE", in, "t", 2));
        ms(10);
        bob.expect("SIP/2.0 430");
    }
}

TEST_F(Flows, BehindAProxyOfItsOwnTheContactCounts) {
    Web server;
    Ua bob("bob", "hunter2", "10.0.0.3"), edge("eve", "", "10.0.0.9", "10.0.0.1:8080");
    bob.reg();
    edge.invite("sip:bob@10.0.0.1", "c1", "Via: SIP/2.0/UDP 192.168.0.7;branch=z9hG4bKinner\r\n");
    ms(10);
    std::string uri = Ua::uri_in(header(bob.expect("INVITE"), "Record-Route"));
    EXPECT_EQ(uri.find('@') - 4, 24u) << uri;
}

} // namespace
