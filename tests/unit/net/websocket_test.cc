#include "websocket_fixture.h"

extern "C" {
#include "net/websocket_http.h"
}

void WebSocket::Accept(std::string &key) {
    char out[WS_ACCEPT];
    ASSERT_EQ(SX_OK, ws_accept_make(slice(key), out));
    key.assign(out, WS_ACCEPT);
}

namespace {

// ---- both ends are ours

TEST_F(WebSocket, BothEndsTalkInWholeMessages) {
    co.path = "/sip?x=1";
    co.headers = "Cookie: a=b\r\nOrigin: https://phone.example\r\n";
    pair();
    EXPECT_NE(std::string::npos, server.first(NET_CONNECTED)->bytes.find("GET /sip?x=1 HTTP/1.1\r\n"));
    EXPECT_NE(std::string::npos, server.first(NET_CONNECTED)->bytes.find("Cookie: a=b\r\n"));
    EXPECT_EQ(text_of(net_listener_local(s)), client.first(NET_CONNECTED)->from);
    EXPECT_EQ(text_of(net_ws_local(cw)), server.first(NET_CONNECTED)->from);
    std::string big(60000, 'x');
    ASSERT_EQ(SX_OK, net_ws_send(cw, SX_LIT("one")));
    ASSERT_EQ(SX_OK, net_ws_send(cw, slice(big)));
    ASSERT_EQ(SX_OK, net_ws_send(cw, SX_LIT("three")));
    ASSERT_TRUE(until([&] { return server.count(NET_DATA) == 3; }));
    ASSERT_EQ(SX_OK, net_ws_send(sw, SX_LIT("back")));
    ASSERT_EQ(SX_OK, net_ws_send(sw, SX_LIT("again")));
    ASSERT_TRUE(until([&] { return client.count(NET_DATA) == 2; }));
    std::string got;
    for (auto &e : server.seen)
        if (e.type == NET_DATA) got += e.bytes + "|";
    EXPECT_EQ("one|" + big + "|three|", got);
    EXPECT_EQ("backagain", client.data());
    net_ws_figures f = net_ws_get_figures(sw);
    EXPECT_EQ(3u, f.messages_in);
    EXPECT_EQ(2u, f.messages_out);
}

TEST_F(WebSocket, WhatIsSentBeforeTheUpgradeIsNotLost) {
    listen(true);
    connect();
    EXPECT_EQ(SX_OK, net_ws_send(cw, SX_LIT("early")));
    EXPECT_EQ(SX_OK, net_ws_send(cw, SX_LIT("bird")));
    EXPECT_GT(net_ws_queued(cw), 8u);
    EXPECT_EQ(SX_E_STATE, net_ws_ping(cw));
    EXPECT_TRUE(client.seen.empty());
    ASSERT_TRUE(until([&] { return server.data() == "earlybird"; }));
    EXPECT_EQ(NET_CONNECTED, server.seen[1].type);
}

TEST_F(WebSocket, EarlyQueueIsBoundedAndTellsWhenItIsEmpty) {
    ct.queue_max = 10000;
    listen(true);
    connect();
    std::string block(4000, 'x');
    EXPECT_EQ(SX_OK, net_ws_send(cw, slice(block)));
    EXPECT_EQ(SX_OK, net_ws_send(cw, slice(block)));
    EXPECT_EQ(SX_E_FULL, net_ws_send(cw, slice(block)));
    ASSERT_TRUE(until([&] { return client.count(NET_DRAINED) == 1; }));
    EXPECT_EQ(SX_OK, net_ws_send(cw, SX_LIT("more")));
    EXPECT_TRUE(until([&] { return server.count(NET_DATA) == 3; }));
}

TEST_F(WebSocket, FullQueueIsRefusedAndTellsWhenItIsEmpty) {
    ct.queue_max = 100000;
    pair();
    net_ws_read(sw, false);
    std::string block(50000, 'x');
    size_t sent = 0;
    int rc = SX_OK;
    for (int i = 0; i < 2000 && rc == SX_OK; i++) {
        rc = net_ws_send(cw, slice(block));
        if (rc == SX_OK) sent++;
        net_loop_run_once(l, 0);
    }
    ASSERT_EQ(SX_E_FULL, rc);
    EXPECT_EQ(0, server.count(NET_DATA));
    net_ws_read(sw, true);
    ASSERT_TRUE(until([&] { return client.count(NET_DRAINED) == 1 && server.count(NET_DATA) == static_cast<int>(sent); }));
    EXPECT_EQ(SX_OK, net_ws_send(cw, SX_LIT("x")));
}

TEST_F(WebSocket, ReadingStoppedWithinABurstGoesOnWhereItStood) {
    pair();
    for (int i = 0; i < 500; i++) ASSERT_EQ(SX_OK, net_ws_send(cw, slice(std::to_string(i) + ",")));
    auto accept = server.then;
    server.then = [&](const net_event *ev) {
        if (ev->type == NET_DATA && server.count(NET_DATA) % 7 == 0) net_ws_read(sw, false);
    };
    while (server.count(NET_DATA) < 500) {
        int before = server.count(NET_DATA);
        ASSERT_TRUE(until([&] { return server.count(NET_DATA) > before; })) << before;
        for (int i = 0; i < 3; i++) net_loop_run_once(l, 0);
        EXPECT_LE(server.count(NET_DATA), before + 7);
        net_ws_read(sw, true);
    }
    std::string all;
    for (int i = 0; i < 500; i++) all += std::to_string(i) + ",";
    EXPECT_EQ(all, server.data());
}

TEST_F(WebSocket, PingIsAnsweredAndCountsAsAWordFromTheOtherSide) {
    pair();
    uint64_t before = net_ws_heard_ms(cw);
    ASSERT_TRUE(until([&] { return net_loop_now(l) > before + 2; }));
    ASSERT_EQ(SX_OK, net_ws_ping(cw));
    ASSERT_TRUE(until([&] { return net_ws_get_figures(cw).pongs_in == 1; }));
    EXPECT_GT(net_ws_heard_ms(cw), before);
    EXPECT_EQ(1u, net_ws_get_figures(sw).pings_in);
    EXPECT_EQ(0, client.count(NET_DATA));
}

TEST_F(WebSocket, CloseTellsTheOtherSideThatItIsGoingAway) {
    pair();
    net_ws_send(cw, SX_LIT("last words"));
    net_ws_close(cw, true);
    cw = nullptr;
    ASSERT_TRUE(closed(server));
    EXPECT_EQ("last words", server.data());
    EXPECT_EQ(SX_OK, server.seen.back().code);
    EXPECT_EQ("closed by the peer: 1001", server.seen.back().text);
    EXPECT_EQ(SX_E_STATE, net_ws_send(sw, SX_LIT("x")));
    EXPECT_EQ(nullptr, net_ws_conn(sw));
}

TEST_F(WebSocket, CloseCarriesCodeAndReason) {
    pair();
    net_ws_close_with(sw, 4000, SX_LIT("come back later"));
    sw = nullptr;
    ASSERT_TRUE(closed(client));
    EXPECT_EQ(SX_E_TRANSPORT, client.seen.back().code);
    EXPECT_EQ("closed by the peer: 4000 come back later", client.seen.back().text);
}

TEST_F(WebSocket, LostConnectionWithoutACloseFrameIsStillTold) {
    pair();
    net_ws_close(sw, false);
    sw = nullptr;
    ASSERT_TRUE(closed(client));
    EXPECT_EQ(SX_OK, client.seen.back().code);
    EXPECT_EQ("closed by the peer", client.seen.back().text);
}

TEST_F(WebSocket, ClosingInsideEveryHandlerIsSafe) {
    for (net_event_type when : {NET_CONNECTED, NET_DATA, NET_CLOSED}) {
        for (bool flush : {false, true}) {
            Box a, b;
            net_ws *wa = nullptr, *wb = nullptr;
            net_listener *ls = nullptr;
            net_addr at = addr("127.0.0.1:0");
            b.then = [&](const net_event *ev) {
                if (ev->type == NET_ACCEPTED) net_ws_accept(ev->conn, nullptr, Box::sink, &b, &wb);
                if (ev->type == when || ev->type == NET_CLOSED) {
                    net_ws_close(wb, flush);
                    wb = nullptr;
                }
            };
            ASSERT_EQ(SX_OK, net_listener_open(l, &at, nullptr, Box::sink, &b, &ls));
            ASSERT_EQ(SX_OK, net_ws_connect(l, net_listener_local(ls), nullptr, nullptr, nullptr, Box::sink, &a, &wa));
            a.then = [&](const net_event *ev) {
                if (ev->type == NET_CONNECTED)
                    for (int i = 0; i < 3; i++) net_ws_send(wa, SX_LIT("hi"));
                if (ev->type == NET_CONNECTED && when == NET_CLOSED) net_ws_close_with(wa, 1000, SX_LIT("")), wa = nullptr;
                if (ev->type == NET_CLOSED) {
                    net_ws_close(wa, flush);
                    wa = nullptr;
                }
            };
            EXPECT_TRUE(until([&] { return !wa && !wb && b.count(NET_ACCEPTED); }));
            EXPECT_LE(b.count(NET_DATA), when == NET_DATA ? 1 : 3);
            net_listener_close(ls);
        }
    }
}

TEST_F(WebSocket, LoopMayGoWhileAClosedOneStillFlushes) {
    pair();
    net_ws_read(sw, false);
    std::string big(900000, 'x');
    net_ws_send(cw, slice(big));
    net_ws_close(cw, true);
    cw = nullptr;
    net_loop_run_once(l, 0);
}

TEST_F(WebSocket, BytesThatAreNoTextGoAsBinary) {
    upgraded_client();
    ASSERT_EQ(SX_OK, net_ws_send(sw, SX_LIT("plain \xc3\xa9")));
    ASSERT_EQ(SX_OK, net_ws_send(sw, SX_LIT("latin \xe9")));
    ASSERT_EQ(SX_E_INVALID, net_ws_send(sw, sx_slice_empty()));
    std::string want = frame(FIN | TEXT, "plain \xc3\xa9", false) + frame(FIN | BINARY, "latin \xe9", false);
    ASSERT_TRUE(until([&] { return wild.data().size() >= want.size(); }));
    EXPECT_EQ(want, wild.data());
}

// ---- frames that come in

TEST_F(WebSocket, MessageIsTheSameHoweverItIsCut) {
    upgraded_client();
    std::string text = "REGISTER sip:x SIP/2.0\r\n\r\n";
    std::string all = frame(FIN | TEXT, text, true) + frame(TEXT, "RE", true) + frame(FIN | PING, "p", true) +
                      frame(MORE, "", true) + frame(MORE, "GISTER", true) + frame(FIN | PONG, "", true) +
                      frame(FIN | MORE, text.substr(8), true) + frame(FIN | BINARY, "\xff\xfe", true);
    int n = 0;
    for (size_t cut = 1; cut < all.size(); cut++) {
        write(all.substr(0, cut));
        for (int i = 0; i < 2; i++) net_loop_run_once(l, 0);
        write(all.substr(cut));
        n += 3;
        ASSERT_TRUE(until([&] { return server.count(NET_DATA) >= n; })) << "cut at " << cut;
        auto it = server.seen.end();
        EXPECT_EQ("\xff\xfe", (--it)->bytes);
        EXPECT_EQ(text, (--it)->bytes);
        EXPECT_EQ(text, (--it)->bytes);
    }
    for (char c : all) {
        write(std::string(1, c));
        net_loop_run_once(l, 0);
    }
    ASSERT_TRUE(until([&] { return server.count(NET_DATA) >= n + 3; }));
    EXPECT_EQ(text, server.seen.end()[-2].bytes);
}

TEST_F(WebSocket, ServersFirstMessageMayComeWithItsAnswer) {
    upgraded_server(frame(FIN | TEXT, "welcome", false) + frame(FIN | TEXT, "friend", false));
    ASSERT_TRUE(until([&] { return client.count(NET_DATA) == 2; }));
    EXPECT_EQ("welcomefriend", client.data());
}

TEST_F(WebSocket, EveryBrokenFrameClosesWithItsCode) {
    struct {
        std::string bytes;
        unsigned code;
        int error;
    } cases[] = {
        {frame(FIN | TEXT, "not masked", false), 1002, SX_E_PROTOCOL},
        {frame(FIN | 0x40 | TEXT, "compressed", true), 1002, SX_E_PROTOCOL},
        {frame(FIN | 0x20 | TEXT, "reserved", true), 1002, SX_E_PROTOCOL},
        {frame(FIN | 3, "what", true), 1002, SX_E_PROTOCOL},
        {frame(FIN | 11, "what", true), 1002, SX_E_PROTOCOL},
        {frame(FIN | MORE, "of nothing", true), 1002, SX_E_PROTOCOL},
        {frame(TEXT, "one", true) + frame(FIN | TEXT, "another", true), 1002, SX_E_PROTOCOL},
        {frame(PING, "in pieces", true), 1002, SX_E_PROTOCOL},
        {frame(FIN | PING, std::string(126, 'x'), true), 1002, SX_E_PROTOCOL},
        {std::string("\x81\xfe\x00\x05\x11\x22\x33\x44xxxxx", 13), 1002, SX_E_PROTOCOL},  // a length longer than it need be
        {std::string("\x81\xff\x80\0\0\0\0\0\0\x01\x11\x22\x33\x44x", 15), 1002, SX_E_PROTOCOL},  // 2^63
        {std::string("\x81\xff\x00\0\0\x01\0\0\0\x01\x11\x22\x33\x44x", 15), 1009, SX_E_LIMIT},  // a terabyte
        {frame(FIN | TEXT, std::string(65537, 'x'), true), 1009, SX_E_LIMIT},
        {frame(TEXT, std::string(40000, 'x'), true) + frame(FIN | MORE, std::string(40000, 'x'), true), 1009, SX_E_LIMIT},
        {frame(FIN | TEXT, "caf\xe9", true), 1007, SX_E_PROTOCOL},
        {frame(TEXT, "\xe2\x82", true) + frame(FIN | MORE, "x", true), 1007, SX_E_PROTOCOL},
        {frame(FIN | CLOSE, "x", true), 1002, SX_E_PROTOCOL},
        {frame(FIN | CLOSE, close_payload(1005), true), 1002, SX_E_PROTOCOL},
        {frame(FIN | CLOSE, close_payload(999), true), 1002, SX_E_PROTOCOL},
        {frame(FIN | CLOSE, close_payload(1000, "\xff"), true), 1007, SX_E_PROTOCOL},
        {frame(FIN | CLOSE, close_payload(1000, "done"), true), 1000, SX_OK},
        {frame(FIN | CLOSE, close_payload(1011, "broken"), true), 1011, SX_E_TRANSPORT},
        {frame(FIN | CLOSE, "", true), 0, SX_OK},
    };
    for (auto &c : cases) {
        SCOPED_TRACE(c.bytes.substr(0, 24));
        upgraded_client();
        write(c.bytes);
        ASSERT_TRUE(closed(server));
        EXPECT_EQ(c.code, close_code(false)) << server.seen.back().text;
        EXPECT_EQ(c.error, server.seen.back().code) << server.seen.back().text;
        EXPECT_EQ(0, server.count(NET_DATA));
        net_ws_close(sw, false);
        net_conn_close(raw, false);
        net_listener_close(s);
        server = Box();
        wild = Box();
        s = nullptr, sw = nullptr, raw = nullptr;
    }
}

TEST_F(WebSocket, MaskedServerIsRefused) {
    upgraded_server();
    write(frame(FIN | TEXT, "hello", true));
    ASSERT_TRUE(closed(client));
    EXPECT_EQ(SX_E_PROTOCOL, client.seen.back().code);
    EXPECT_EQ("the server masked a WebSocket frame", client.seen.back().text);
    EXPECT_EQ(1002u, close_code(true));
}

TEST_F(WebSocket, OurMaskingKeysDiffer) {
    upgraded_server();
    for (int i = 0; i < 20; i++) net_ws_send(cw, SX_LIT("same"));
    ASSERT_TRUE(until([&] { return wild.data().size() == 20 * 10; }));
    std::string d = wild.data();
    for (int i = 1; i < 20; i++) EXPECT_NE(d.substr(2, 4), d.substr(i * 10 + 2, 4));
    EXPECT_EQ('\x84', d[1]);
}

TEST_F(WebSocket, LimitOnMessagesIsTheOwners) {
    so.max_message = 100;
    pair();
    net_ws_send(cw, slice(std::string(100, 'x')));
    net_ws_send(cw, slice(std::string(101, 'x')));
    ASSERT_TRUE(closed(client));
    EXPECT_EQ(1, server.count(NET_DATA));
    EXPECT_EQ(SX_E_TRANSPORT, client.seen.back().code);
    EXPECT_EQ("closed by the peer: 1009 the peer sent a WebSocket message over the limit", client.seen.back().text);
}

TEST_F(WebSocket, StreamThatEndsWithinAMessageIsNoGoodEnd) {
    upgraded_client();
    write(frame(TEXT, "to be continued", true));
    net_conn_close(raw, true);
    raw = nullptr;
    ASSERT_TRUE(closed(server));
    EXPECT_EQ(SX_E_TRANSPORT, server.seen.back().code);
    EXPECT_EQ("closed by the peer in the middle of a WebSocket message", server.seen.back().text);
}

// ---- the patient and the impatient

TEST_F(WebSocket, FloodOfPingsIsCut) {
    upgraded_client();
    std::string flood;
    for (int i = 0; i < 5000; i++) flood += frame(FIN | PING, "x", true);
    write(flood);
    ASSERT_TRUE(closed(server));
    EXPECT_EQ(SX_E_LIMIT, server.seen.back().code);
    EXPECT_EQ(1008u, close_code(false));
    EXPECT_LT(net_ws_get_figures(sw).pings_in, 4000u);
}

TEST_F(WebSocket, FloodOfEmptyFragmentsIsCut) {
    upgraded_client();
    std::string flood = frame(TEXT, "", true);
    for (int i = 0; i < 5000; i++) flood += frame(MORE, "", true);
    write(flood);
    ASSERT_TRUE(closed(server));
    EXPECT_EQ(SX_E_LIMIT, server.seen.back().code);
    EXPECT_EQ(0, server.count(NET_DATA));
}

TEST_F(WebSocket, ManyMessagesAreNoFlood) {
    pair();
    int sent = 0;
    ASSERT_TRUE(until([&] {
        for (int i = 0; i < 100 && sent < 20000; i++) sent += net_ws_send(cw, SX_LIT("\r\n\r\n")) == SX_OK;
        return server.count(NET_DATA) == 20000;
    }, 60000));
}

TEST_F(WebSocket, PeerThatNeverReadsItsPongsCostsNoMemory) {
    st.queue_max = 2000;
    upgraded_client();
    net_conn_read(raw, false);
    for (int i = 0; i < 900; i++) write(frame(FIN | PING, std::string(125, 'x'), true));
    ASSERT_TRUE(until([&] { return net_ws_get_figures(sw).pings_in == 900 || server.count(NET_CLOSED); }));
    EXPECT_LE(net_ws_queued(sw), 2000u);
}

TEST_F(WebSocket, MessageThatNeverEndsIsGivenUp) {
    so.message_ms = 100;
    upgraded_client();
    write(frame(TEXT, "a", true));
    uint64_t from = sx_now_ms();
    for (int i = 0; i < 1000 && !server.count(NET_CLOSED); i++) {  // drop by drop, without an end
        net_loop_run_once(l, 10);
        if (sx_now_ms() - from > 20 && !server.count(NET_CLOSED)) net_conn_send(raw, slice(frame(MORE, "a", true)));
    }
    ASSERT_TRUE(closed(server));
    EXPECT_EQ(SX_E_TIMEOUT, server.seen.back().code);
    EXPECT_GE(sx_now_ms() - from, 90u);
}

TEST_F(WebSocket, HeaderWithoutAFrameIsGivenUpToo) {
    so.message_ms = 50;
    upgraded_client();
    write(std::string("\x81", 1));
    ASSERT_TRUE(closed(server));
    EXPECT_EQ(SX_E_TIMEOUT, server.seen.back().code);
    EXPECT_EQ(1008u, close_code(false));
}

TEST_F(WebSocket, IdleConnectionIsLeftAlone) {
    so.message_ms = 30;
    upgraded_client();
    write(frame(FIN | TEXT, "a", true));
    ASSERT_TRUE(until([&] { return server.count(NET_DATA) == 1; }));
    uint64_t from = sx_now_ms();
    until([&] { return sx_now_ms() > from + 120; });
    EXPECT_EQ(0, server.count(NET_CLOSED));
}

TEST_F(WebSocket, SlowHandshakeIsAnswered408) {
    so.handshake_ms = 100;
    wild_client("GET / HTTP/1.1\r\nHost: x\r\n");
    ASSERT_TRUE(closed(server));
    EXPECT_EQ(SX_E_TIMEOUT, server.seen.back().code);
    ASSERT_TRUE(closed(wild));
    EXPECT_EQ(0u, wild.data().find("HTTP/1.1 408 Request Timeout\r\n"));
}

TEST_F(WebSocket, SilentServerIsGivenUp) {
    co.handshake_ms = 100;
    wild_server();
    ASSERT_TRUE(closed(client));
    EXPECT_EQ(SX_E_TIMEOUT, client.seen.back().code);
    EXPECT_EQ("no answer to the WebSocket upgrade in time", client.seen.back().text);
}

// ---- the handshake over the wire

TEST_F(WebSocket, ServerSaysNoInWords) {
    static const char *origins[] = {"https://phone.example"};
    so.server_path = "/sip";
    so.origins = origins;
    so.norigins = 1;
    struct {
        std::string bytes;
        const char *answer, *text;
    } cases[] = {
        {request(), "HTTP/1.1 404 Not Found\r\n", "refused with 404: there is nothing at this path: /chat"},
        {request("Origin: https://evil.example\r\n", "GET /sip HTTP/1.1"), "HTTP/1.1 403 Forbidden\r\n",
         "refused with 403: this origin is not allowed: https://evil.example"},
        {request("", "POST /sip HTTP/1.1"), "HTTP/1.1 405 Method Not Allowed\r\n", "refused with 405: only GET is possible here"},
        {"REGISTER sip:x SIP/2.0\r\nVia: SIP/2.0/TCP x\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n",
         "refused with 400: not an HTTP request"},
        {"\x16\x03\x01", "HTTP/1.1 400 Bad Request\r\n", "refused with 400: not an HTTP request"},
        {"GET /" + std::string(9000, 'x') + " HTTP/1.1\r\n\r\n", "HTTP/1.1 431 Request Header Fields Too Large\r\n",
         "refused with 431: the request is too large"},
        {"GET /sip HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 426 Upgrade Required\r\n", "refused with 426: this is a WebSocket server"},
        {request("", "GET /sip HTTP/1.1", "Sec-WebSocket-Protocol: chat\r\n"), "HTTP/1.1 400 Bad Request\r\n",
         "refused with 400: only the subprotocol sip is spoken here"},
    };
    for (auto &c : cases) {
        SCOPED_TRACE(c.answer);
        wild_client(c.bytes);
        ASSERT_TRUE(closed(server));
        ASSERT_TRUE(closed(wild));
        EXPECT_EQ(0u, wild.data().find(c.answer)) << wild.data();
        EXPECT_EQ(c.text, server.seen.back().text);
        EXPECT_EQ(SX_E_PROTOCOL, server.seen.back().code);
        EXPECT_EQ(0, server.count(NET_CONNECTED));
        net_ws_close(sw, true);
        net_conn_close(raw, false);
        net_listener_close(s);
        server = Box();
        wild = Box();
        s = nullptr, sw = nullptr, raw = nullptr;
    }
}

TEST_F(WebSocket, HandshakeMayComeByteByByte) {
    listen(true);
    ASSERT_EQ(SX_OK, net_tcp_connect(l, net_listener_local(s), nullptr, nullptr, Box::sink, &wild, &raw));
    std::string all = "\r\n" + request("Origin: https://any.example\r\n") + frame(FIN | TEXT, "at once", true);
    for (char c : all) {
        write(std::string(1, c));
        net_loop_run_once(l, 0);
    }
    ASSERT_TRUE(until([&] { return server.data() == "at once"; }));
    EXPECT_NE(std::string::npos, wild.data().find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    EXPECT_NE(std::string::npos, wild.data().find("Sec-WebSocket-Protocol: sip\r\n"));
}

TEST_F(WebSocket, ClientSaysWhyTheServerRefused) {
    struct {
        std::string answer;
        const char *text;
    } cases[] = {
        {"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "the server refused the WebSocket: 403 Forbidden"},
        {"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\n\r\n", "the server refused the WebSocket: 401 Unauthorized"},
        {"HTTP/1.1 404\r\n\r\n", "the server refused the WebSocket: 404"},
        {"HTTP/1.1 302 Found\r\nLocation: https://other.example/ws\r\n\r\n",
         "the server refused the WebSocket: 302 Found, it points to https://other.example/ws"},
        {"SIP/2.0 400 Bad Request\r\n\r\n", "what answers there does not speak HTTP"},
        {"\x15\x03\x01", "what answers there does not speak HTTP"},
        {"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: sip\r\n"
         "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
         "the server's Sec-WebSocket-Accept does not belong to our key"},
        {"HTTP/1.1 200 OK\r\nX: " + std::string(9000, 'x') + "\r\n\r\n", "the server's answer to the upgrade is too large"},
    };
    for (auto &c : cases) {
        SCOPED_TRACE(c.text);
        wild_server();
        write(c.answer);
        ASSERT_TRUE(closed(client));
        EXPECT_EQ(c.text, client.seen.back().text);
        EXPECT_EQ(SX_E_PROTOCOL, client.seen.back().code);
        EXPECT_EQ(0, client.count(NET_CONNECTED));
        net_ws_close(cw, true);
        net_conn_close(raw, false);
        net_listener_close(s);
        client = Box();
        wild = Box();
        s = nullptr, cw = nullptr, raw = nullptr;
    }
}

TEST_F(WebSocket, ServerWithoutTheSubprotocolIsRefused) {
    wild_server();
    write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" + accept_line() + "\r\n");
    ASSERT_TRUE(closed(client));
    EXPECT_EQ("the server did not take the subprotocol sip (RFC 7118)", client.seen.back().text);
}

TEST_F(WebSocket, InterimAnswersArePassedOver) {
    wild_server();
    write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n"
          "upgrade: WebSocket\r\nconnection: keep-alive, UPGRADE\r\nSec-WebSocket-Protocol: SIP\r\n" + accept_line() + "\r\n");
    ASSERT_TRUE(until([&] { return client.count(NET_CONNECTED) == 1; })) << client.seen.back().text;
}

TEST_F(WebSocket, ConnectionLostInTheHandshakeIsAFailure) {
    wild_server();
    net_conn_close(raw, true);
    raw = nullptr;
    ASSERT_TRUE(closed(client));
    EXPECT_EQ(SX_E_TRANSPORT, client.seen.back().code);
    EXPECT_EQ("the connection ended during the WebSocket handshake: closed by the peer", client.seen.back().text);
}

TEST_F(WebSocket, RefusedConnectionSaysSoInWords) {
    listen(true);
    net_addr dead = *net_listener_local(s);
    net_listener_close(s);
    s = nullptr;
    ASSERT_EQ(SX_OK, net_ws_connect(l, &dead, nullptr, nullptr, nullptr, Box::sink, &client, &cw));
    EXPECT_TRUE(client.seen.empty());
    ASSERT_TRUE(closed(client));
    EXPECT_EQ(SX_E_TRANSPORT, client.seen[0].code);
    EXPECT_EQ("Connection refused", client.seen[0].text);
}

TEST_F(WebSocket, WhatCannotBeSentIsRefusedAtOnce) {
    listen(true);
    struct {
        const char *host, *path, *headers;
    } bad[] = {
        {"a b", nullptr, nullptr},       {"a\r\nX: y", nullptr, nullptr},           {"", nullptr, nullptr},
        {nullptr, "nope", nullptr},      {nullptr, "/a b", nullptr},                {nullptr, "/a\r\nX: y", nullptr},
        {nullptr, "/a#b", nullptr},      {nullptr, nullptr, "Cookie: a"},           {nullptr, nullptr, "Cookie a\r\n"},
        {nullptr, nullptr, "A: b\n"},    {nullptr, nullptr, "A: b\r\n\r\nGET /"},    {nullptr, nullptr, "A : b\r\n"},
        {nullptr, nullptr, "A: b\r\n c\r\n"}, {nullptr, nullptr, "Host: x\r\n"},     {nullptr, nullptr, "sec-websocket-key: x\r\n"},
        {nullptr, nullptr, "Connection: close\r\n"},
    };
    for (auto &b : bad) {
        net_ws_options o = {};
        o.host = b.host;
        o.path = b.path;
        o.headers = b.headers;
        EXPECT_EQ(SX_E_HEADER, net_ws_connect(l, net_listener_local(s), nullptr, nullptr, &o, Box::sink, &client, &cw))
            << (b.host ? b.host : b.path ? b.path : b.headers);
    }
    std::string many;
    for (int i = 0; i < 64; i++) many += "A: b\r\n";
    co.headers = many.c_str();
    EXPECT_EQ(SX_E_HEADER, net_ws_connect(l, net_listener_local(s), nullptr, nullptr, &co, Box::sink, &client, &cw));
    std::string longish = "/" + std::string(9000, 'x');
    co.headers = nullptr;
    co.path = longish.c_str();
    EXPECT_EQ(SX_E_HEADER, net_ws_connect(l, net_listener_local(s), nullptr, nullptr, &co, Box::sink, &client, &cw));
    cw = nullptr;
}

TEST_F(WebSocket, ListenersRulesMayGoBeforeTheHandshakeIsDone) {
    std::string origin = "https://phone.example", path = "/sip";
    const char *list[] = {origin.c_str()};
    so.origins = list;
    so.norigins = 1;
    so.server_path = path.c_str();
    listen(true);
    ASSERT_EQ(SX_OK, net_tcp_connect(l, net_listener_local(s), nullptr, nullptr, Box::sink, &wild, &raw));
    ASSERT_TRUE(until([&] { return sw; }));
    origin.assign(40, '!');
    path.assign(40, '!');
    list[0] = nullptr;
    write(request("Origin: HTTPS://PHONE.EXAMPLE\r\n", "GET /sip?a=b HTTP/1.1"));
    ASSERT_TRUE(until([&] { return server.count(NET_CONNECTED) == 1; })) << server.seen.back().text;
}

}  // namespace
