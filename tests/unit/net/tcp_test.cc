#include <sys/socket.h>
#include <unistd.h>

#include "net_fixture.h"

namespace {

class Tcp : public Net {
  protected:
    Box server, client;
    net_listener *s = nullptr;
    net_conn *c = nullptr;

    void listen(const net_tcp_options *o = nullptr) {
        net_addr at = addr("127.0.0.1:0");
        ASSERT_EQ(SX_OK, net_listener_open(l, &at, o, Box::sink, &server, &s)) << sx_last_error_text();
    }
    void connect(const net_tcp_options *o = nullptr) {
        ASSERT_EQ(SX_OK, net_tcp_connect(l, net_listener_local(s), nullptr, o, Box::sink, &client, &c));
    }
    void pair(const net_tcp_options *so = nullptr, const net_tcp_options *co = nullptr) {
        listen(so);
        connect(co);
        ASSERT_TRUE(until([&] { return client.count(NET_CONNECTED) == 1 && server.accepted; }));
    }
    void TearDown() override {
        net_conn_close(c, false);
        net_conn_close(server.accepted, false);
        net_listener_close(s);
        Net::TearDown();
    }
};

TEST_F(Tcp, ConnectsAndTalksBothWays) {
    pair();
    EXPECT_EQ(text_of(net_listener_local(s)), client.seen[0].from);
    EXPECT_EQ(text_of(net_conn_local(c)), server.seen[0].from);
    EXPECT_EQ(1u, net_listener_conns(s));
    net_conn_send(c, SX_LIT("ping"));
    net_conn_send(c, SX_LIT("pong"));
    ASSERT_TRUE(until([&] { return server.data() == "pingpong"; }));
    net_conn_send(server.accepted, SX_LIT("back"));
    ASSERT_TRUE(until([&] { return client.data() == "back"; }));
}

TEST_F(Tcp, WhatIsSentBeforeTheConnectionStandsIsNotLost) {
    listen();
    connect();
    EXPECT_EQ(SX_OK, net_conn_send(c, SX_LIT("early")));
    EXPECT_EQ(0, client.count(NET_CONNECTED));
    ASSERT_TRUE(until([&] { return server.data() == "early"; }));
}

TEST_F(Tcp, RefusedConnectionSaysSoInWords) {
    listen();
    net_addr dead = *net_listener_local(s);
    net_listener_close(s);
    s = nullptr;
    ASSERT_EQ(SX_OK, net_tcp_connect(l, &dead, nullptr, nullptr, Box::sink, &client, &c));
    EXPECT_TRUE(client.seen.empty());
    ASSERT_TRUE(until([&] { return client.count(NET_CLOSED) == 1; }));
    EXPECT_EQ(SX_E_TRANSPORT, client.seen[0].code);
    EXPECT_EQ("Connection refused", client.seen[0].text);
    EXPECT_EQ(SX_E_STATE, net_conn_send(c, SX_LIT("x")));
}

TEST_F(Tcp, BigTransferArrivesWholeAndInOrder) {
    net_tcp_options o = {};
    o.queue_max = 32 * 1024 * 1024;
    pair(nullptr, &o);
    std::string big;
    for (int i = 0; big.size() < 20 * 1024 * 1024; i++) big += std::to_string(i) + ",";
    for (size_t at = 0; at < big.size(); at += 100000)
        ASSERT_EQ(SX_OK, net_conn_send(c, sx_slice_of(big.data() + at, std::min<size_t>(100000, big.size() - at))));
    size_t got = 0;
    ASSERT_TRUE(until([&] {
        got = 0;
        for (auto &e : server.seen) got += e.bytes.size();
        return got == big.size();
    }, 60000));
    EXPECT_TRUE(server.data() == big);
    EXPECT_EQ(0u, net_conn_queued(c));
}

TEST_F(Tcp, FullQueueIsRefusedAndTellsWhenItIsEmpty) {
    net_tcp_options o = {};
    o.queue_max = 100000;
    pair(nullptr, &o);
    net_conn_read(server.accepted, false);
    std::string block(50000, 'x');
    size_t sent = 0;
    int rc = SX_OK;
    for (int i = 0; i < 2000 && rc == SX_OK; i++) {
        rc = net_conn_send(c, slice(block));
        if (rc == SX_OK) sent += block.size();
        net_loop_run_once(l, 0);
    }
    ASSERT_EQ(SX_E_FULL, rc);
    EXPECT_GT(net_conn_queued(c), 0u);
    net_conn_read(server.accepted, true);
    ASSERT_TRUE(until([&] { return client.count(NET_DRAINED) == 1 && server.data().size() == sent; }));
    EXPECT_EQ(SX_OK, net_conn_send(c, slice(block)));
}

TEST_F(Tcp, QueueFullWithinOneTurnAlsoTellsWhenItIsEmpty) {
    net_tcp_options o = {};
    o.queue_max = 1000;
    pair(nullptr, &o);
    std::string block(1000, 'x');
    EXPECT_EQ(SX_OK, net_conn_send(c, slice(block)));
    EXPECT_EQ(SX_E_FULL, net_conn_send(c, slice(block)));
    EXPECT_TRUE(until([&] { return client.count(NET_DRAINED) == 1; }));
}

TEST_F(Tcp, PeersCloseIsToldAfterItsLastBytes) {
    pair();
    net_conn_send(server.accepted, SX_LIT("last words"));
    net_conn_close(server.accepted, true);
    server.accepted = nullptr;
    ASSERT_TRUE(until([&] { return client.count(NET_CLOSED) == 1; }));
    EXPECT_EQ("last words", client.data());
    EXPECT_EQ(SX_OK, client.seen.back().code);
    EXPECT_EQ("closed by the peer", client.seen.back().text);
    EXPECT_EQ(0u, net_listener_conns(s));
}

TEST_F(Tcp, GracefulCloseDeliversMegabytes) {
    net_tcp_options o = {};
    o.queue_max = 16 * 1024 * 1024;
    pair(nullptr, &o);
    std::string big(8 * 1024 * 1024, 'z');
    ASSERT_EQ(SX_OK, net_conn_send(c, slice(big)));
    net_conn_close(c, true);
    c = nullptr;
    ASSERT_TRUE(until([&] { return server.count(NET_CLOSED) == 1; }, 30000));
    EXPECT_EQ(big.size(), server.data().size());
}

TEST_F(Tcp, CloseWhileConnectingStillDeliversIfAsked) {
    listen();
    connect();
    net_conn_send(c, SX_LIT("hello"));
    net_conn_close(c, true);
    c = nullptr;
    ASSERT_TRUE(until([&] { return server.count(NET_CLOSED) == 1; }));
    EXPECT_EQ("hello", server.data());
    EXPECT_TRUE(client.seen.empty());
}

TEST_F(Tcp, ResetIsAnErrorInWords) {
    pair();
    // unread bytes in the receive queue make the kernel answer a close with RST
    net_conn_read(server.accepted, false);
    net_conn_send(c, SX_LIT("never read"));
    for (int i = 0; i < 5; i++) net_loop_run_once(l, 5);
    net_conn_close(server.accepted, false);
    server.accepted = nullptr;
    ASSERT_TRUE(until([&] { return client.count(NET_CLOSED) == 1; }));
    EXPECT_EQ(SX_E_TRANSPORT, client.seen.back().code);
    EXPECT_EQ("Connection reset by peer", client.seen.back().text);
}

TEST_F(Tcp, SendingToAGonePeerNeverRaisesSigpipe) {
    pair();
    net_conn_close(server.accepted, false);
    server.accepted = nullptr;
    for (int i = 0; i < 50; i++) {
        net_conn_send(c, SX_LIT("x"));
        net_loop_run_once(l, 1);
    }
    EXPECT_TRUE(until([&] { return client.count(NET_CLOSED) == 1; }));
    EXPECT_EQ(1, client.count(NET_CLOSED));
}

TEST_F(Tcp, ListenersCapAndUnadoptedConnectionsAreClosed) {
    net_tcp_options o = {};
    o.max_conns = 1;
    pair(&o);
    Box second;
    net_conn *c2;
    ASSERT_EQ(SX_OK, net_tcp_connect(l, net_listener_local(s), nullptr, nullptr, Box::sink, &second, &c2));
    ASSERT_TRUE(until([&] { return second.count(NET_CLOSED) == 1; }));
    EXPECT_EQ(1u, net_listener_refused(s));
    net_conn_close(c2, false);
    net_conn_close(server.accepted, false);
    server.accepted = nullptr;
    server.then = [](const net_event *) {};  // takes nothing
    Box third;
    ASSERT_EQ(SX_OK, net_tcp_connect(l, net_listener_local(s), nullptr, nullptr, Box::sink, &third, &c2));
    ASSERT_TRUE(until([&] { return third.count(NET_CLOSED) == 1; }));
    EXPECT_EQ(2u, net_listener_refused(s));
    EXPECT_EQ(0u, net_listener_conns(s));
    net_conn_close(c2, false);
}

TEST_F(Tcp, ClosingInsideEveryHandlerIsSafe) {
    listen();
    // the listener closes itself and the new connection on accept
    server.then = [&](const net_event *ev) {
        if (ev->type != NET_ACCEPTED) return;
        net_conn_close(ev->conn, false);
        net_listener_close(s);
        s = nullptr;
    };
    connect();
    client.then = [&](const net_event *ev) {
        if (ev->type == NET_CLOSED) {
            net_conn_close(c, true);
            c = nullptr;
        }
    };
    EXPECT_TRUE(until([&] { return !c && !s; }));
}

TEST_F(Tcp, ClosingOnConnectedAndOnDataIsSafe) {
    listen();
    net_conn *accepted = nullptr;
    server.then = [&](const net_event *ev) {
        if (ev->type == NET_ACCEPTED) net_conn_adopt(accepted = ev->conn, Box::sink, &server);
        if (ev->type == NET_DATA) {
            net_conn_send(accepted, SX_LIT("bye"));
            net_conn_close(accepted, true);
            accepted = nullptr;
        }
    };
    connect();
    client.then = [&](const net_event *ev) {
        if (ev->type == NET_CONNECTED) net_conn_send(c, SX_LIT("hi"));
        if (ev->type == NET_DATA) {
            net_conn_close(c, false);
            c = nullptr;
        }
    };
    ASSERT_TRUE(until([&] { return !c; }));
    EXPECT_EQ("bye", client.data());
    EXPECT_EQ(1, server.count(NET_DATA));
    for (int i = 0; i < 3; i++) net_loop_run_once(l, 1);
}

TEST_F(Tcp, LoopMayGoWhileAClosedConnectionStillFlushes) {
    pair();
    net_conn_read(server.accepted, false);
    std::string big(900000, 'x');
    net_conn_send(c, slice(big));
    net_conn_close(c, true);
    c = nullptr;
    net_loop_run_once(l, 0);
}

TEST_F(Tcp, GivenLocalAddressIsUsed) {
    listen();
    net_addr mine = addr("127.0.0.5:0");
    ASSERT_EQ(SX_OK, net_tcp_connect(l, net_listener_local(s), &mine, nullptr, Box::sink, &client, &c));
    ASSERT_TRUE(until([&] { return client.count(NET_CONNECTED) == 1; }));
    EXPECT_TRUE(net_addr_eq_host(&mine, net_conn_local(c)));
}

}  // namespace
