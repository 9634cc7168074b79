// How a server begins and ends, and what memory running out does to it.
#include "unit/server/server_fixture.h"

class Life : public ServerTest {};

TEST_F(Life, ListenersAreReportedAndCanBeClosed) {
    Server server(nullptr, {"udp:10.0.0.1:0", "tcp:10.0.0.1:0"});
    ms(1);
    ASSERT_EQ(server.count(SRV_EV_LISTENING), 2);
    EXPECT_EQ(server.events[0].listener_id, 1u);
    EXPECT_EQ(server.events[0].host, "10.0.0.1");
    EXPECT_GT(server.events[0].port, 0);
    srv_listener_close(server.listeners[0]);
    srv_listener_close(server.listeners[0]); // harmless until it is reported
    ms(1);
    ASSERT_EQ(server.count(SRV_EV_LISTENER_CLOSED), 1);
    EXPECT_EQ(server.last(SRV_EV_LISTENER_CLOSED)->listener_id, 1u);
    srv_listener *l = nullptr;
    EXPECT_EQ(srv_listener_create(server.srv, "udp:10.0.0.1:5060", nullptr, 3, &l), SX_OK);
    srv_listener *taken = nullptr;
    EXPECT_EQ(srv_listener_create(server.srv, "udp:10.0.0.1:5060", nullptr, 4, &taken), SX_E_IN_USE);
}

TEST_F(Life, ClosingTellsListenersFirstAndItselfLast) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2");
    alice.reg();
    srv_server_close(server.srv);
    srv_server_close(server.srv);
    srv_listener *l = nullptr;
    EXPECT_EQ(srv_listener_create(server.srv, "udp:10.0.0.1:0", nullptr, 9, &l), SX_E_STATE);
    ms(1);
    EXPECT_EQ(server.count(SRV_EV_LISTENER_CLOSED), 2);
    EXPECT_EQ(server.events.back().type, SRV_EV_CLOSED);
    EXPECT_EQ(server.srv, nullptr);
    ms(4000000);
    EXPECT_EQ(server.events.back().type, SRV_EV_CLOSED);
}

TEST_F(Life, ClosingWhileForwardingAnswersTheCallerAndStopsThePhones) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2", 5060, true), bob("bob", "hunter2", "10.0.0.3", 5060, true);
    alice.reg();
    bob.reg();
    alice.invite("sip:bob@10.0.0.1", "c1");
    Ask a;
    a.uri = "sip:bob@10.0.0.1";
    a.call_id = "c2";
    alice.ask("MESSAGE", a);
    ms(5);
    bob.reply(bob.expect("INVITE"), "180 Ringing", "t1");
    ms(5);
    srv_server_close(server.srv);
    ms(100);
    EXPECT_EQ(alice.count("SIP/2.0 503"), 2);
    bob.expect("CANCEL");
    EXPECT_TRUE(alice.closed);
    EXPECT_TRUE(bob.closed);
    EXPECT_EQ(server.count(SRV_EV_CLOSED), 1);
    ms(70000);
    EXPECT_EQ(server.stats().requests, 0u);
}

TEST_F(Life, DestroyingAtAnyMomentIsSilent) {
    for (int when = 0; when < 12; when++) {
        Server server;
        Ua alice("alice", "secret", "10.0.0.2"), bob("bob", "hunter2", "10.0.0.3");
        bob.reg();
        std::string invite = alice.invite("sip:bob@10.0.0.1", "c1");
        Ask a;
        a.uri = "sip:bob@10.0.0.1";
        a.call_id = "c2";
        alice.ask("MESSAGE", a);
        ms(3);
        if (when > 3) bob.reply(bob.expect("INVITE"), "180 Ringing", "t1");
        if (when > 6) bob.accept(bob.log[bob.log.size() - 2], "t1");
        if (when == 10) alice.send(Ua::of_invite("CANCEL", invite));
        ms((uint64_t)when % 3);
        size_t events = server.events.size();
        if (when % 2) srv_server_close(server.srv); // and destroyed before it has said so
        server.destroy();
        ms(100);
        EXPECT_EQ(server.events.size(), events);
    }
}

TEST_F(Life, AListenerClosedWhileForwardingLeavesTheRestAlive) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2"), bob("bob", "hunter2", "10.0.0.3", 5060, true);
    bob.reg();
    alice.invite("sip:bob@10.0.0.1", "c1");
    ms(5);
    std::string in = bob.expect("INVITE");
    srv_listener_close(server.listeners[1]); // TCP: its connections live on
    ms(5);
    bob.accept(in);
    ms(5);
    std::string ok = alice.expect("SIP/2.0 200");
    alice.send(alice.inside("ACK", ok, 1));
    ms(5);
    bob.expect("ACK");
    bob.send(bob.inside_uas("BYE", in, "t", 1));
    ms(5);
    alice.reply(alice.expect("BYE"), "200 OK");
    ms(5);
    bob.expect("SIP/2.0 200");
    alice.invite("sip:bob@10.0.0.1", "c2");
    ms(5);
    srv_listener_close(server.listeners[0]); // UDP: the caller cannot be told any more
    ms(70000);
    EXPECT_EQ(server.stats().requests, 0u);
}

TEST_F(Life, TheUserOfACallThatIsRemovedLosesOnlyWhatComesLater) {
    Server server;
    Ua alice("alice", "secret", "10.0.0.2"), bob("bob", "hunter2", "10.0.0.3");
    bob.reg();
    alice.invite("sip:bob@10.0.0.1", "c1");
    ms(5);
    std::string in = bob.expect("INVITE");
    EXPECT_EQ(srv_server_set_user(server.srv, "bob", nullptr), SX_OK);
    bob.accept(in);
    ms(5);
    std::string ok = alice.expect("SIP/2.0 200");
    alice.send(alice.inside("ACK", ok, 1));
    ms(5);
    bob.expect("ACK");
    alice.invite("sip:bob@10.0.0.1", "c2");
    ms(5);
    alice.expect("SIP/2.0 404");
}

TEST_F(Life, ServersComeAndGoOnOneStackAndLeaveNothing) {
    Agent host("10.0.0.1");
    for (int i = 0; i < 20; i++) {
        srv_user user = {"bob", "hunter2"};
        srv_config c = {};
        c.users = &user;
        c.user_count = 1;
        srv_server *srv = nullptr;
        srv_listener *l = nullptr;
        Server *nobody = nullptr;
        ASSERT_EQ(srv_server_create(host.s, &c, 1, [](void *, const srv_event *) {}, nobody, &srv), SX_OK);
        ASSERT_EQ(srv_listener_create(srv, "udp:10.0.0.1:5060", nullptr, 1, &l), SX_OK);
        Ua bob("bob", "hunter2", "10.0.0.3");
        EXPECT_TRUE(begins(bob.reg(), "SIP/2.0 200"));
        if (i % 2) srv_server_close(srv);
        else srv_server_destroy(srv);
        ms(10);
    }
}

// A registration, a message and a call with one failing allocation, whichever: nothing crashes, nothing leaks, and the
// server works afterwards.
TEST_F(Life, ItSurvivesTheFailureOfAnyOneAllocation) {
    int n = 0;
    for (bool hit = true; hit && n < 3000;) {
        n++;
        oom_pause(1);
        {
            Server server;
            Ua alice("alice", "secret", "10.0.0.2"), bob("bob", "hunter2", "10.0.0.3"), two("bob", "hunter2", "10.0.0.4");
            two.reg();
            oom_pause(-1);
            oom_after(n);
            oom_pause(1);
            // What the peers do does not count; what runs while time passes does.
            auto run = [&](uint64_t t) {
                oom_pause(-1);
                ms(t);
                oom_pause(1);
            };
            auto say = [&](Ua &u, const std::string &m) {
                u.send(m);
                run(5);
            };
            Ask a;
            a.call_id = "r1";
            a.lines = "Contact: <" + bob.contact() + ">;+sip.instance=\"<urn:uuid:1>\"\r\n";
            say(bob, bob.request("REGISTER", a));
            std::string c = bob.heard.empty() ? "" : bob.heard.back();
            a.lines += bob.credentials(c, "SHA-256", "REGISTER", "sip:10.0.0.1", "bob", "hunter2");
            a.cseq = 2;
            say(bob, bob.request("REGISTER", a));
            a = {};
            a.call_id = "m1";
            a.uri = "sip:bob@10.0.0.1";
            say(alice, alice.request("MESSAGE", a));
            if (bob.count("MESSAGE")) bob.reply(bob.expect("MESSAGE"), "200 OK");
            run(5);
            std::string invite = alice.invite("sip:bob@10.0.0.1", "c1");
            run(5);
            if (two.count("INVITE")) two.reply(two.expect("INVITE"), "180 Ringing", "t2");
            run(5);
            std::string in = bob.count("INVITE") ? bob.expect("INVITE") : "";
            if (!in.empty()) bob.accept(in);
            run(5);
            if (alice.count("SIP/2.0 200 ") > 1) {
                std::string ok = alice.log.back();
                say(alice, alice.inside("ACK", ok, 1));
                say(alice, alice.inside("BYE", ok, 2));
            }
            run(100);
            oom_pause(-1);
            hit = oom_hit();
            oom_after(0);
            oom_pause(1);
            ms(300000); // all that was begun ends by itself, ringing at last by timer C
            EXPECT_EQ(server.stats().requests, 0u) << "allocation " << n;
            EXPECT_EQ(server.stats().server_transactions, 0u) << "allocation " << n;
            bob.heard.clear();
            Ua::Reg again;
            again.call_id = "after";
            EXPECT_TRUE(begins(bob.reg(again), "SIP/2.0 200")) << "allocation " << n;
        }
        oom_pause(-1);
    }
    EXPECT_GT(n, 50);
    EXPECT_LT(n, 3000);
}
