// The upgrade as bytes: what each end accepts, and what it says to the rest.
#include "websocket_fixture.h"

extern "C" {
#include "net/websocket_http.h"
}

namespace {

std::string with(const std::string &from, const std::string &to) {
    std::string r = request();
    size_t at = r.find(from);
    EXPECT_NE(std::string::npos, at) << from;
    return r.replace(at, from.size(), to);
}
std::string crlf(std::string s) {
    for (size_t at; (at = s.find("\r\n")) != std::string::npos;) s.replace(at, 2, "\n");
    return s;
}

int judge(const std::string &bytes, std::string *why = nullptr, const net_ws_options *rules = nullptr) {
    net_ws_options none = {};
    ws_request r;
    const char *words = nullptr;
    ws_head h = {};
    std::vector<char> exact(bytes.begin(), bytes.end());
    int n = ws_head_find(&h, sx_slice_of(exact.data(), exact.size()));
    if (n <= 0) return n;
    int status = ws_request_read(sx_slice_of(exact.data(), static_cast<size_t>(n)), rules ? rules : &none, &r, &words);
    if (why) *why = words;
    return status;
}

TEST(WebSocketHttp, AcceptKeyIsTheOneOfTheRfc) {
    char out[WS_ACCEPT];
    ASSERT_EQ(SX_OK, ws_accept_make(SX_LIT("dGhlIHNhbXBsZSBub25jZQ=="), out));
    EXPECT_EQ("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", std::string(out, WS_ACCEPT));
    char a[WS_KEY], b[WS_KEY];
    ws_key_make(a);
    ws_key_make(b);
    EXPECT_NE(std::string(a, WS_KEY), std::string(b, WS_KEY));
    EXPECT_EQ("==", std::string(a + 22, 2));
}

TEST(WebSocketHttp, ServerIsLenientWhereItMayBe) {
    EXPECT_EQ(101, judge(request()));
    EXPECT_EQ(101, judge("\r\n\r\n" + request()));
    EXPECT_EQ(101, judge(crlf(request())));
    EXPECT_EQ(101, judge(with("Upgrade: websocket", "upgrade:h2c , WebSocket\t")));
    EXPECT_EQ(101, judge(with("Connection: Upgrade", "Connection: keep-alive\r\nconnection: upgrade")));
    EXPECT_EQ(101, judge(with("Protocol: sip", "Protocol: chat, SIP")));
    EXPECT_EQ(101, judge(with("Protocol: sip", "Protocol: chat\r\nSec-WebSocket-Protocol: sip")));
    EXPECT_EQ(101, judge(with("HTTP/1.1", "HTTP/1.2")));
    EXPECT_EQ(101, judge(with("/chat", "ws://server.example.com/chat?x")));
    EXPECT_EQ(101, judge(with("/chat", "https://server.example.com")));
    EXPECT_EQ(101, judge(request("Content-Length: 0\r\nSec-WebSocket-Extensions: permessage-deflate\r\nX-Empty:\r\n")));
}

TEST(WebSocketHttp, EveryRefusalHasItsStatusAndItsWords) {
    struct {
        std::string bytes;
        int status;
        const char *why;
    } cases[] = {
        {with("GET", "POST"), 405, "only GET is possible here"},
        {with("GET", "G T"), 400, "not an HTTP request"},
        {with("HTTP/1.1", "HTTP/2.0"), 400, "not an HTTP request"},
        {with("HTTP/1.1", "HTTP/1.0"), 400, "HTTP/1.1 is needed"},
        {with("HTTP/1.1", "HTTP/1.x"), 400, "not an HTTP request"},
        {with("/chat", "chat"), 400, "malformed request target"},
        {with("/chat", "ftp://x/chat"), 400, "malformed request target"},
        {with("/chat", "*"), 400, "malformed request target"},
        {with("Host: server.example.com\r\n", ""), 400, "one Host header is needed"},
        {request("Host: b\r\n"), 400, "one Host header is needed"},
        {with("Upgrade: websocket\r\n", ""), 426, "this is a WebSocket server"},
        {with("Upgrade: websocket", "Upgrade: h2c"), 426, "this is a WebSocket server"},
        {with("Connection: Upgrade", "Connection: close"), 400, "Connection: Upgrade is needed"},
        {with("Version: 13", "Version: 8"), 426, "WebSocket version 13 is needed"},
        {with("Sec-WebSocket-Version: 13\r\n", ""), 426, "WebSocket version 13 is needed"},
        {with("Key: dGhlIHNhbXBsZSBub25jZQ==", "Key: dGhlIHNhbXBsZSBub25jZQ="), 400, "Sec-WebSocket-Key is not 16 bytes in base64"},
        {with("Key: dGhlIHNhbXBsZSBub25jZQ==", "Key: dGhlIHNhbXBsZSBub2*jZQ=="), 400, "Sec-WebSocket-Key is not 16 bytes in base64"},
        {request("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"), 400, "Sec-WebSocket-Key is not 16 bytes in base64"},
        {with("Sec-WebSocket-Protocol: sip\r\n", ""), 400, "Sec-WebSocket-Protocol: sip is needed"},
        {with("Protocol: sip", "Protocol: sips, chat"), 400, "only the subprotocol sip is spoken here"},
        {request("Content-Length: 5\r\n"), 400, "an upgrade has no body"},
        {request("Transfer-Encoding: chunked\r\n"), 400, "an upgrade has no body"},
        {request("Origin: a\r\nOrigin: b\r\n"), 400, "more than one Origin header"},
        {request("Bad Name: x\r\n"), 400, "malformed header"},
        {request("Name : x\r\n"), 400, "malformed header"},
        {request("no colon\r\n"), 400, "malformed header"},
        {request("A: b\r\n folded\r\n"), 400, "malformed header"},
        {request("A: b\rc\r\n"), 400, "malformed header"},
    };
    for (auto &c : cases) {
        std::string why;
        EXPECT_EQ(c.status, judge(c.bytes, &why)) << c.bytes;
        EXPECT_EQ(c.why, why) << c.bytes;
    }
    std::string many, why;
    for (int i = 0; i < 59; i++) many += "X: y\r\n";
    EXPECT_EQ(101, judge(request(many.substr(0, 58 * 6))));
    EXPECT_EQ(431, judge(request(many), &why));
    EXPECT_EQ("too many headers", why);
}

TEST(WebSocketHttp, HeadsAreBounded) {
    EXPECT_EQ(-431, judge("GET /" + std::string(WS_HEAD_MAX, 'x')));
    EXPECT_EQ(-431, judge(std::string(WS_HEAD_MAX, '\n') + "GET"));
    EXPECT_EQ(0, judge("GET / HTTP/1.1\r\nHost: x\r\n"));
    EXPECT_EQ(-400, judge(std::string("GET / HTTP/1.1\0\r\n", 17)));
    EXPECT_EQ(-400, judge("\x16\x03\x01\x02"));
    std::string exact = request("X: ");
    exact.insert(exact.size() - 2, std::string(WS_HEAD_MAX - exact.size() - 2, 'y') + "\r\n");
    ASSERT_EQ(static_cast<size_t>(WS_HEAD_MAX), exact.size());
    EXPECT_EQ(101, judge(exact));
    exact.insert(exact.size() - 4, "y");
    EXPECT_EQ(-431, judge(exact));
}

TEST(WebSocketHttp, PathAndOriginAreTheOwnersChoice) {
    const char *origins[] = {"https://phone.example", "https://other.example:8443"};
    net_ws_options rules = {};
    rules.server_path = "/chat";
    rules.origins = origins;
    rules.norigins = 2;
    std::string why;
    EXPECT_EQ(101, judge(request(), &why, &rules)) << "no browser sent it";
    EXPECT_EQ(101, judge(with("/chat", "/chat?token=1"), &why, &rules));
    EXPECT_EQ(101, judge(request("Origin: HTTPS://Phone.Example\r\n"), &why, &rules));
    EXPECT_EQ(101, judge(request("Origin: https://other.example:8443\r\n"), &why, &rules));
    EXPECT_EQ(403, judge(request("Origin: https://other.example\r\n"), &why, &rules));
    EXPECT_EQ(403, judge(request("Origin: null\r\n"), &why, &rules));
    EXPECT_EQ(403, judge(request("Origin: https://phone.example.evil.example\r\n"), &why, &rules));
    EXPECT_EQ(404, judge(with("/chat", "/chat/"), &why, &rules));
    EXPECT_EQ(404, judge(with("/chat", "/"), &why, &rules));
    origins[1] = "*";
    EXPECT_EQ(101, judge(request("Origin: null\r\n"), &why, &rules));
}

TEST(WebSocketHttp, AnswersSayWhatAClientNeeds) {
    auto answer = [](int status, const ws_request *r) {
        sx_buf b;
        sx_buf_init(&b);
        EXPECT_EQ(SX_OK, ws_answer_write(&b, status, r, "because"));
        std::string s(b.p, b.n);
        sx_buf_free(&b);
        return s;
    };
    ws_request r = {};
    r.key = SX_LIT("dGhlIHNhbXBsZSBub25jZQ==");
    r.protocol = SX_LIT("SIP");
    EXPECT_EQ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: SIP\r\n\r\n", answer(101, &r))
        << "a browser compares the subprotocol letter by letter with what it asked for";
    EXPECT_EQ("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n\r\nbecause\n",
              answer(403, nullptr));
    EXPECT_NE(std::string::npos, answer(405, nullptr).find("\r\nAllow: GET\r\n"));
    std::string upgrade = answer(426, nullptr);
    EXPECT_NE(std::string::npos, upgrade.find("\r\nSec-WebSocket-Version: 13\r\n"));
    EXPECT_NE(std::string::npos, upgrade.find("\r\nUpgrade: websocket\r\n"));
    for (int status : {400, 404, 408, 431}) EXPECT_EQ(0u, answer(status, nullptr).find("HTTP/1.1 " + std::to_string(status) + " "));
}

TEST(WebSocketHttp, ClientTakesOnlyAWholeUpgrade) {
    const std::string good = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: sip\r\n\r\n";
    auto read = [](const std::string &s, std::string *text = nullptr) {
        char t[200] = "";
        std::vector<char> exact(s.begin(), s.end());
        int rc = ws_answer_read(sx_slice_of(exact.data(), exact.size()), "dGhlIHNhbXBsZSBub25jZQ==", t, sizeof t);
        if (text) *text = t;
        return rc;
    };
    auto but = [&](const std::string &from, const std::string &to) {
        std::string s = good;
        size_t at = s.find(from);
        EXPECT_NE(std::string::npos, at) << from;
        return s.replace(at, from.size(), to);
    };
    EXPECT_EQ(SX_OK, read(good));
    EXPECT_EQ(SX_OK, read(crlf(good)));
    EXPECT_EQ(SX_OK, read(but("Upgrade: websocket", "UPGRADE:WebSocket")));
    EXPECT_EQ(SX_OK, read(but(" Switching Protocols", "")));
    EXPECT_EQ(SX_OK, read(but("Protocol: sip\r\n", "Protocol: SIP\r\nSec-WebSocket-Extensions:\r\nServer: x\r\n")));
    EXPECT_EQ(1, read(but("101 Switching Protocols", "103 Early Hints")));
    std::string why;
    struct {
        std::string bytes;
        const char *why;
    } cases[] = {
        {but("Upgrade: websocket\r\n", ""), "the server's 101 is not an upgrade to WebSocket"},
        {but("Connection: Upgrade", "Connection: close"), "the server's 101 is not an upgrade to WebSocket"},
        {but("+xOo=", "+xOO="), "the server's Sec-WebSocket-Accept does not belong to our key"},
        {but("Sec-WebSocket-Accept: ", "X: "), "the server's Sec-WebSocket-Accept does not belong to our key"},
        {but("Protocol: sip", "Protocol: chat"), "the server chose another subprotocol than sip"},
        {but("Protocol: sip", "Protocol: sip, chat"), "the server chose another subprotocol than sip"},
        {but("Sec-WebSocket-Protocol: sip\r\n", ""), "the server did not take the subprotocol sip (RFC 7118)"},
        {but("Sec-WebSocket-Protocol: sip\r\n", "Sec-WebSocket-Protocol: sip\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"),
         "the server wants a WebSocket extension that was not offered"},
        {but("Upgrade: websocket", "Up grade: websocket"), "the server's answer to the upgrade is malformed"},
        {but("HTTP/1.1", "HTTP/2.0"), "what answers there does not speak HTTP"},
        {but("101 Sw", "10 Sw"), "what answers there does not speak HTTP"},
        {but("101 Switching Protocols", "503 Busy\x1b[2J"), "the server refused the WebSocket: 503 Busy?[2J"},
        {"ICY 200 OK\r\n\r\n", "what answers there does not speak HTTP"},
    };
    for (auto &c : cases) {
        EXPECT_EQ(SX_E_PROTOCOL, read(c.bytes, &why)) << c.bytes;
        EXPECT_EQ(c.why, why);
    }
}

}  // namespace
