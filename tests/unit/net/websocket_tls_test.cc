// Secure WebSocket: the same over TLS.
#include "tls_fixture.h"
#include "websocket_fixture.h"

namespace {

class SecureWebSocket : public WebSocket {
  protected:
    Tls server_side, client_side;
    void SetUp() override {
        WebSocket::SetUp();
        server_side = server_tls(good_cert());
        client_side = client_tls(the_ca());
        st.tls = server_side.get();
        st.alpn = "http/1.1";
        ct.tls = client_side.get();
        ct.tls_name = "pbx.example";
    }
};

TEST_F(SecureWebSocket, TalksInWholeMessagesBothWays) {
    pair();
    EXPECT_TRUE(net_conn_is_tls(net_ws_conn(cw)));
    EXPECT_STREQ("pbx.example", net_conn_tls_peer(net_ws_conn(cw)));
    std::string big(60000, 'x'), all;
    for (int i = 0; i < 20; i++) {
        std::string m = std::to_string(i) + big;
        all += m;
        ASSERT_EQ(SX_OK, net_ws_send(i & 1 ? sw : cw, slice(m)));
        ASSERT_EQ(SX_OK, net_ws_send(cw, slice(m)));
        ASSERT_TRUE(until([&] { return server.count(NET_DATA) == i + 1 + (i + 2) / 2; }));
    }
    EXPECT_TRUE(until([&] { return client.count(NET_DATA) == 10; }));
    net_ws_close_with(cw, 1000, SX_LIT("done"));
    cw = nullptr;
    ASSERT_TRUE(closed(server));
    EXPECT_EQ("closed by the peer: 1000 done", server.seen.back().text);
    EXPECT_EQ(SX_OK, server.seen.back().code);
}

TEST_F(SecureWebSocket, WhatIsSentBeforeTheHandshakesIsNotLost) {
    listen(true);
    connect();
    EXPECT_EQ(SX_OK, net_ws_send(cw, SX_LIT("early")));
    ASSERT_TRUE(until([&] { return server.data() == "early"; })) << client.seen.back().text;
}

TEST_F(SecureWebSocket, ReadingStoppedWithinABurstGoesOnWhereItStood) {
    pair();
    std::string all;
    for (int i = 0; i < 300; i++) {
        std::string m = std::to_string(i) + std::string(static_cast<size_t>(i) * 3, '.');
        all += m;
        ASSERT_EQ(SX_OK, net_ws_send(cw, slice(m)));
    }
    server.then = [&](const net_event *ev) {
        if (ev->type == NET_DATA && server.count(NET_DATA) % 7 == 0) net_ws_read(sw, false);
    };
    while (server.count(NET_DATA) < 300) {
        int before = server.count(NET_DATA);
        ASSERT_TRUE(until([&] { return server.count(NET_DATA) > before; })) << before;
        for (int i = 0; i < 2; i++) net_loop_run_once(l, 0);
        EXPECT_LE(server.count(NET_DATA), before + 7);
        net_ws_read(sw, true);
    }
    EXPECT_EQ(all, server.data());
}

TEST_F(SecureWebSocket, NameThatDoesNotMatchIsSaid) {
    ct.tls_name = "other.example";
    listen(true);
    connect();
    ASSERT_TRUE(closed(client));
    EXPECT_EQ(SX_E_TLS, client.seen.back().code);
    EXPECT_EQ("name mismatch", client.seen.back().check);
    EXPECT_EQ(0, client.count(NET_CONNECTED));
}

TEST_F(SecureWebSocket, PlainServerIsNoSecureOne) {
    st.tls = nullptr;
    listen(true);
    connect();
    ASSERT_TRUE(closed(client));
    EXPECT_EQ(SX_E_TLS, client.seen.back().code) << client.seen.back().text;
    ASSERT_TRUE(closed(server));
    EXPECT_EQ("refused with 400: not an HTTP request", server.seen.back().text);
}

TEST_F(SecureWebSocket, PlainClientOfASecureServerFails) {
    ct.tls = nullptr;
    listen(true);
    connect();
    ASSERT_TRUE(closed(client));
    EXPECT_EQ(0, client.count(NET_CONNECTED));
    EXPECT_EQ(0, server.count(NET_ACCEPTED));
}

}  // namespace
