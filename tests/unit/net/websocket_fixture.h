// WebSocket ends over real loopback: ours against ours, and either against bytes written by hand.
#ifndef WEBSOCKET_FIXTURE_H
#define WEBSOCKET_FIXTURE_H

#include "net_fixture.h"

extern "C" {
#include "net/websocket.h"
}

// A frame as the test wants it, right or wrong.
inline std::string frame(unsigned first, const std::string &payload, bool masked, const char *key = "\x11\x22\x33\x44") {
    std::string f(1, static_cast<char>(first));
    unsigned m = masked ? 0x80 : 0;
    if (payload.size() < 126) {
        f += static_cast<char>(m | payload.size());
    } else if (payload.size() < 65536) {
        f += static_cast<char>(m | 126);
        f += static_cast<char>(payload.size() >> 8);
        f += static_cast<char>(payload.size());
    } else {
        f += static_cast<char>(m | 127);
        for (int i = 7; i >= 0; i--) f += static_cast<char>(static_cast<uint64_t>(payload.size()) >> (8 * i));
    }
    if (!masked) return f + payload;
    f.append(key, 4);
    for (size_t i = 0; i < payload.size(); i++) f += static_cast<char>(payload[i] ^ key[i % 4]);
    return f;
}
enum : unsigned { FIN = 0x80, TEXT = 1, BINARY = 2, MORE = 0, CLOSE = 8, PING = 9, PONG = 10 };

inline std::string close_payload(unsigned code, const std::string &reason = "") {
    return std::string{static_cast<char>(code >> 8), static_cast<char>(code)} + reason;
}

// RFC 6455 1.3's own example
inline std::string request(const std::string &more = "", const std::string &line = "GET /chat HTTP/1.1",
                           const std::string &protocol = "Sec-WebSocket-Protocol: sip\r\n") {
    return line + "\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" + protocol + more + "\r\n";
}

class WebSocket : public Net {
  protected:
    Box server, client, wild;  // wild: the raw connection
    net_listener *s = nullptr;
    net_ws *sw = nullptr, *cw = nullptr;
    net_conn *raw = nullptr;
    net_ws_options so = {}, co = {};
    net_tcp_options st = {}, ct = {};

    void listen(bool websocket) {
        net_addr at = addr("127.0.0.1:0");
        server.then = [this, websocket](const net_event *ev) {
            if (ev->type != NET_ACCEPTED) return;
            if (!websocket)
                net_conn_adopt(raw = ev->conn, Box::sink, &wild);
            else
                ASSERT_EQ(SX_OK, net_ws_accept(ev->conn, &so, Box::sink, &server, &sw));
        };
        ASSERT_EQ(SX_OK, net_listener_open(l, &at, &st, Box::sink, &server, &s)) << sx_last_error_text();
    }
    void connect() {
        ASSERT_EQ(SX_OK, net_ws_connect(l, net_listener_local(s), nullptr, &ct, &co, Box::sink, &client, &cw))
            << sx_last_error_text();
    }
    void pair() {
        listen(true);
        connect();
        ASSERT_TRUE(until([&] { return client.count(NET_CONNECTED) == 1 && server.count(NET_CONNECTED) == 1; }))
            << (client.seen.empty() ? "" : client.seen.back().text);
    }
    // A raw client of our server.
    void wild_client(const std::string &bytes) {
        listen(true);
        ASSERT_EQ(SX_OK, net_tcp_connect(l, net_listener_local(s), nullptr, nullptr, Box::sink, &wild, &raw));
        write(bytes);
    }
    void upgraded_client() {
        wild_client(request());
        ASSERT_TRUE(until([&] { return server.count(NET_CONNECTED) == 1 && wild.data().size(); }));
        wild.seen.clear();
    }
    void write(const std::string &bytes) { ASSERT_EQ(SX_OK, net_conn_send(raw, slice(bytes))); }
    // A raw server of our client.
    std::string accept_line() {
        std::string got = wild.data(), name = "Sec-WebSocket-Key: ";
        size_t at = got.find(name);
        if (at == std::string::npos) return "";
        got = got.substr(at + name.size(), 24);
        Accept(got);
        return "Sec-WebSocket-Accept: " + got + "\r\n";
    }
    static void Accept(std::string &key);
    void wild_server() {
        listen(false);
        connect();
        ASSERT_TRUE(until([&] { return wild.data().find("\r\n\r\n") != std::string::npos; }));
    }
    void upgraded_server(const std::string &after = "") {
        wild_server();
        write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              "Sec-WebSocket-Protocol: sip\r\n" + accept_line() + "\r\n" + after);
        ASSERT_TRUE(until([&] { return client.count(NET_CONNECTED) + client.count(NET_CLOSED) == 1; }));
        wild.seen.clear();
    }
    bool closed(Box &b) { return until([&] { return b.count(NET_CLOSED) == 1; }); }
    // What the raw end got as its last frame: the Close code, or 0.
    unsigned close_code(bool masked) {
        until([&] { return wild.count(NET_CLOSED) == 1; });
        std::string d = wild.data();
        size_t head = masked ? 6 : 2;
        for (size_t at = 0; at + head <= d.size();) {
            unsigned op = d[at] & 15, n = d[at + 1] & 127;
            if (op == CLOSE && n >= 2) {
                unsigned a = static_cast<unsigned char>(d[at + head]), b = static_cast<unsigned char>(d[at + head + 1]);
                if (masked) {
                    a ^= static_cast<unsigned char>(d[at + 2]);
                    b ^= static_cast<unsigned char>(d[at + 3]);
                }
                return a << 8 | b;
            }
            at += head + n;
        }
        return 0;
    }
    void TearDown() override {
        net_ws_close(cw, false);
        net_ws_close(sw, false);
        net_conn_close(raw, false);
        net_listener_close(s);
        Net::TearDown();
    }
};

#endif
