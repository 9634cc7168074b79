// TLS, WebSocket and IPv6 in the stack: what is written into messages, which connection they take, what a connection
// may cost.
#include "stack_agent.h"

extern "C" {
#include "net/stun.h"
#include "net/tls.h"
#include "net/websocket.h"
}

namespace {

class StackWays : public StackFlow {};

// A WebSocket client that says exactly what a test wants.
struct Browser {
    net_loop *loop;
    net_ws *ws = nullptr;
    std::deque<std::string> heard;
    bool connected = false, closed = false;
    int code = 0;
    std::string text;
    Browser(const std::string &to, const char *path = nullptr, const char *headers = nullptr,
            const char *host = "10.0.0.9") {
        fake_host(host);
        loop = net_loop_create();
        net_addr a = addr(to);
        net_ws_options o = {};
        o.path = path;
        o.headers = headers;
        EXPECT_EQ(net_ws_connect(loop, &a, nullptr, nullptr, &o, &Browser::sink, this, &ws), SX_OK);
    }
    ~Browser() {
        net_ws_close(ws, false);
        fake_settle();
        net_loop_destroy(loop);
    }
    static void sink(void *ctx, const net_event *ev) {
        Browser *b = static_cast<Browser *>(ctx);
        if (ev->type == NET_CONNECTED) b->connected = true;
        if (ev->type == NET_DATA) b->heard.push_back(str(ev->bytes));
        if (ev->type == NET_CLOSED) b->closed = true, b->code = ev->code, b->text = ev->text;
    }
    void send(const std::string &s) { EXPECT_EQ(net_ws_send(ws, sl(s)), SX_OK); }
};

void answer_ok(Agent &b) {
    b.on = [&b](const stack_event *ev) {
        if (ev->type != STACK_EV_REQUEST || !ev->tx) return;
        if (ev->msg->method == SIP_INVITE) {
            dlg_params dp = {};
            stack_contact c = b.contact("bob");
            dp.contact = &c;
            stack_dialog *d = nullptr;
            EXPECT_EQ(dlg_create_uas(ev->tx, &dp, &d), SX_OK) << sx_last_error_text();
        }
        tx_reply(ev->tx, 200, nullptr);
    };
}

void ack_all(Agent &a) {
    a.on = [](const stack_event *ev) {
        if (ev->type == STACK_EV_FINAL && ev->set && ev->dialog)
            dlg_ack(ev->dialog, ev->msg, sx_slice_empty(), sx_slice_empty(), sx_slice_empty());
    };
}

void bye(Agent &a, stack_dialog *d) {
    stack_request_params p = {};
    p.method = SX_LIT("BYE");
    p.dialog = d;
    a.send(p);
}

bool is_invalid_name(const std::string &host) { return host.size() > 12 && host.rfind(".invalid") == host.size() - 8; }

TEST_F(StackWays, OverAWebSocketViaAndContactNameNobodyAndTheCallGoesBackDownTheSameConnection) {
    Agent a("10.0.0.1"), b("10.0.0.2");
    b.listen("10.0.0.2:8080", STACK_WS);
    answer_ok(b);
    ack_all(a);
    a.invite("sip:bob@10.0.0.2:8080;transport=ws");
    ms(100);
    const Event *inv = b.last(STACK_EV_REQUEST);
    ASSERT_TRUE(inv);
    std::string via = header(inv->msg, "Via"), contact = header(inv->msg, "Contact");
    ASSERT_EQ(via.substr(0, 11), "SIP/2.0/WS ");
    std::string name = via.substr(11, via.find(';') - 11);
    EXPECT_TRUE(is_invalid_name(name)) << via;
    EXPECT_EQ(contact, "<sip:alice@" + name + ";transport=ws>");
    ASSERT_EQ(a.count(STACK_EV_FINAL), 1);
    const Event *fin = a.last(STACK_EV_FINAL);
    EXPECT_EQ(fin->status, 200);
    EXPECT_EQ(header(fin->msg, "Contact"), "<sip:bob@10.0.0.2:8080;transport=ws>");
    EXPECT_EQ(param(header(fin->msg, "Via"), "received"), "10.0.0.1") << "and changes nothing:";
    EXPECT_FALSE(fin->contact_changed);
    EXPECT_EQ(b.count(STACK_EV_ACK), 1);
    // The callee hangs up: .invalid is never looked up.
    bye(b, b.last(STACK_EV_ACK)->dialog);
    ms(100);
    ASSERT_EQ(a.last(STACK_EV_REQUEST)->method, "BYE");
    tx_reply(a.last(STACK_EV_REQUEST)->tx, 200, nullptr);
    ms(100);
    EXPECT_EQ(b.last(STACK_EV_FINAL)->status, 200);
    EXPECT_EQ(fake_dns_queries(), 0u);
    EXPECT_EQ(a.count(STACK_EV_CONNECTING), 1);
    EXPECT_EQ(b.count(STACK_EV_CONNECTING), 0);
}

TEST_F(StackWays, AWebSocketMessageNeedsNoContentLengthAndAPingIsAnswered) {
    Agent b("10.0.0.2");
    b.listen("10.0.0.2:8080", STACK_WS);
    answer_ok(b);
    Browser w("10.0.0.2:8080", "/sip?room=1");
    ms(50);
    ASSERT_TRUE(w.connected) << w.text;
    Request r;
    r.method = "MESSAGE";
    r.via = "abc.invalid";
    r.body = "hello";
    std::string text = r.text();
    text.replace(text.find("Via: SIP/2.0/UDP"), 16, "Via: SIP/2.0/WS");
    text.erase(text.find("Content-Length: 5\r\n"), 19);
    w.send(text);
    w.send("\r\n\r\n");
    ms(50);
    ASSERT_EQ(b.count(STACK_EV_REQUEST), 1);
    EXPECT_EQ(b.last(STACK_EV_REQUEST)->body, "hello");
    ASSERT_EQ(w.heard.size(), 2u);
    EXPECT_EQ(w.heard[0].substr(0, 12), "SIP/2.0 200 ");
    EXPECT_EQ(w.heard[1], "\r\n");
    EXPECT_EQ(b.count(STACK_EV_CONNECTED), 1);
}

TEST_F(StackWays, AWebSocketServerLetsInOnlyItsPathAndItsOrigins) {
    Agent b("10.0.0.2");
    stack_listen_params p = {};
    const char *origins[] = {"https://app.example"};
    p.transport = STACK_WS;
    p.addr = addr("10.0.0.2:8080");
    p.origins = origins;
    p.norigins = 1;
    p.ws_path = "/sip";
    stack_listener *l = nullptr;
    ASSERT_EQ(stack_listen(b.s, &p, &l), SX_OK);
    Browser good("10.0.0.2:8080", "/sip", "Origin: https://app.example\r\n"), none("10.0.0.2:8080", "/sip");
    Browser path("10.0.0.2:8080", "/"), evil("10.0.0.2:8080", "/sip", "Origin: https://evil.example\r\n");
    ms(100);
    EXPECT_TRUE(good.connected);
    EXPECT_TRUE(none.connected);
    EXPECT_FALSE(path.connected);
    EXPECT_NE(path.text.find("404"), std::string::npos) << path.text;
    EXPECT_FALSE(evil.connected);
    EXPECT_NE(evil.text.find("403"), std::string::npos) << evil.text;
    EXPECT_EQ(b.count(STACK_EV_CONNECTED), 2);
    EXPECT_EQ(b.count(STACK_EV_DISCONNECTED), 0) << "who was never in cannot leave";
    EXPECT_EQ(b.stats().handshakes_failed, 2u);
    EXPECT_EQ(b.stats().connections, 2u);
}

TEST_F(StackWays, AWebSocketWithoutPongsIsGivenUp) {
    Agent a("10.0.0.1"), b("10.0.0.2");
    b.listen("10.0.0.2:8080", STACK_WS);
    answer_ok(b);
    a.send(a.params("OPTIONS", "sip:10.0.0.2:8080;transport=ws"));
    ms(100);
    stack_flow f = a.last(STACK_EV_FINAL)->flow;
    EXPECT_EQ(f.transport, STACK_WS);
    ASSERT_EQ(stack_flow_hold(a.s, &f, 3000), SX_OK);
    ms(300000);
    EXPECT_TRUE(stack_flow_alive(a.s, &f)) << "a held flow that answers stays";
    fake_link cut = {};
    cut.cut = true;
    fake_link_set("10.0.0.2", "10.0.0.1", &cut);
    ms(20000);
    EXPECT_FALSE(stack_flow_alive(a.s, &f));
    EXPECT_EQ(a.last(STACK_EV_DISCONNECTED)->code, SX_E_TIMEOUT);
    EXPECT_EQ(a.stats().keepalives_lost, 1u);
}

TEST_F(StackWays, KeepalivesAreSpreadOverTheLastFifthOfTheirInterval) {
    Agent a("10.0.0.1");
    Peer p("10.0.0.2", 5060);
    a.listen("10.0.0.1:5060");
    a.send(a.params("OPTIONS", "sip:10.0.0.2"));
    ms(10);
    p.reply(p.heard.front(), answer(p.heard.front().text, "200 OK", "x"));
    ms(10);
    stack_flow f = a.last(STACK_EV_FINAL)->flow;
    stack_flow_hold(a.s, &f, 10000);
    p.heard.clear();
    ms(400000);
    ASSERT_GE(p.heard.size(), 40u);
    uint64_t least = UINT64_MAX, most = 0;
    for (size_t i = 1; i < p.heard.size(); i++) {
        uint64_t gap = p.heard[i].at - p.heard[i - 1].at;
        least = std::min(least, gap);
        most = std::max(most, gap);
    }
    EXPECT_GE(least, 8000u);
    EXPECT_LE(most, 10000u);
    EXPECT_GT(most - least, 500u);
}

// ---- TLS ----

struct Tls {
    net_tls *t = nullptr;
    explicit Tls(const char *cert = nullptr, bool server = false) {
        net_tls_options o = {};
        o.cert = cert;
        o.server = server;
        EXPECT_EQ(net_tls_create(&o, &t), SX_OK) << sx_last_error_text();
    }
    ~Tls() { net_tls_unref(t); }
};

stack_listener *listen_tls(Agent &a, const char *at, stack_transport t, net_tls *tls) {
    stack_listen_params p = {};
    p.transport = t;
    p.addr = addr(at);
    p.tls = tls;
    stack_listener *l = nullptr;
    EXPECT_EQ(stack_listen(a.s, &p, &l), SX_OK) << sx_last_error_text();
    return l;
}

TEST_F(StackWays, OverTlsViaAndContactSayTlsAndTheAnswerComesDownTheSameConnection) {
    Tls trust, cert("10.0.0.2", true);
    stack_config cfg = {};
    cfg.tls = trust.t;
    Agent a("10.0.0.1", &cfg), b("10.0.0.2");
    listen_tls(b, "10.0.0.2:5061", STACK_TLS, cert.t);
    answer_ok(b);
    ack_all(a);
    a.invite("sip:bob@10.0.0.2;transport=tls");
    ms(100);
    const Event *inv = b.last(STACK_EV_REQUEST);
    ASSERT_TRUE(inv);
    EXPECT_EQ(inv->flow.transport, STACK_TLS);
    EXPECT_EQ(header(inv->msg, "Via").substr(0, 21), "SIP/2.0/TLS 10.0.0.1:");
    std::string contact = header(inv->msg, "Contact");
    EXPECT_EQ(contact.substr(0, 20), "<sip:alice@10.0.0.1:");
    EXPECT_NE(contact.find(";transport=tls>"), std::string::npos) << contact;
    ASSERT_EQ(a.count(STACK_EV_FINAL), 1);
    EXPECT_EQ(header(a.last(STACK_EV_FINAL)->msg, "Contact"), "<sip:bob@10.0.0.2:5061;transport=tls>");
    EXPECT_EQ(b.count(STACK_EV_ACK), 1);
    bye(b, b.last(STACK_EV_ACK)->dialog);
    ms(100);
    ASSERT_EQ(a.last(STACK_EV_REQUEST)->method, "BYE");
    EXPECT_EQ(b.count(STACK_EV_CONNECTING), 0) << "a client of TLS cannot be connected to";
}

TEST_F(StackWays, SipsAsksForTlsAndMakesTheContactSipsWithoutATransport) {
    Tls trust, cert("10.0.0.2", true);
    stack_config cfg = {};
    cfg.tls = trust.t;
    Agent a("10.0.0.1", &cfg), b("10.0.0.2");
    listen_tls(b, "10.0.0.2:5061", STACK_TLS, cert.t);
    answer_ok(b);
    ack_all(a);
    a.invite("sips:bob@10.0.0.2");
    ms(100);
    const Event *inv = b.last(STACK_EV_REQUEST);
    ASSERT_TRUE(inv);
    EXPECT_EQ(inv->flow.transport, STACK_TLS);
    EXPECT_EQ(header(inv->msg, "Contact").substr(0, 21), "<sips:alice@10.0.0.1:");
    EXPECT_EQ(header(inv->msg, "Contact").find("transport"), std::string::npos);
    ASSERT_EQ(a.count(STACK_EV_FINAL), 1);
    EXPECT_EQ(header(a.last(STACK_EV_FINAL)->msg, "Contact"), "<sips:bob@10.0.0.2:5061>") << "12.1.1";
    dlg_info d;
    dlg_get(b.last(STACK_EV_ACK)->dialog, &d);
    EXPECT_TRUE(d.secure);
}

// CVE-2020-15260: a certificate for one name must not open the door to another at the same address.
TEST_F(StackWays, AConnectionVerifiedForOneNameIsNeverUsedForAnother) {
    fake_dns_add("a.example", "10.0.0.2", 3600);
    fake_dns_add("b.example", "10.0.0.2", 3600);
    for (stack_transport t : {STACK_TLS, STACK_WSS}) {
        SCOPED_TRACE(stack_transport_name(t));
        Tls trust, other, cert("a.example", true);
        stack_config cfg = {};
        cfg.tls = trust.t;
        Agent a("10.0.0.1", &cfg), b("10.0.0.2");
        listen_tls(b, "10.0.0.2:5061", t, cert.t);
        answer_ok(b);
        std::string to_a = t == STACK_TLS ? "sips:a.example:5061" : "sips:a.example:5061;transport=ws";
        std::string to_b = t == STACK_TLS ? "sips:b.example:5061" : "sips:b.example:5061;transport=ws";
        a.send(a.params("OPTIONS", to_a.c_str()));
        ms(200);
        ASSERT_EQ(a.count(STACK_EV_FINAL), 1);
        EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 200) << a.last(STACK_EV_FINAL)->text;
        a.send(a.params("OPTIONS", to_b.c_str()));
        ms(200);
        ASSERT_EQ(a.count(STACK_EV_FINAL), 2);
        EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 503);
        EXPECT_EQ(a.last(STACK_EV_FINAL)->code, SX_E_TLS);
        EXPECT_EQ(a.last(STACK_EV_DISCONNECTED)->code, SX_E_TLS);
        EXPECT_EQ(a.last(STACK_EV_DISCONNECTED)->tls_check, "name mismatch");
        EXPECT_EQ(a.last(STACK_EV_DISCONNECTED)->tls_names, "a.example");
        EXPECT_EQ(b.count(STACK_EV_REQUEST), 1) << "not a byte of it may have gone there";
        EXPECT_EQ(b.stats().handshakes_failed, 1u);
        // The number of the address is another name too.
        a.send(a.params("OPTIONS", t == STACK_TLS ? "sips:10.0.0.2" : "sips:10.0.0.2:5061;transport=ws"));
        ms(200);
        EXPECT_EQ(a.last(STACK_EV_FINAL)->code, SX_E_TLS);
        // And the same name again is the same connection, in whatever case.
        std::string again = to_a;
        again.replace(again.find("a.example"), 1, "A");
        int before = a.count(STACK_EV_CONNECTING);
        a.send(a.params("OPTIONS", again.c_str()));
        ms(200);
        EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 200);
        EXPECT_EQ(a.count(STACK_EV_CONNECTING), before);
        // Another account's certificates and trust are another connection.
        stack_request_params q = a.params("OPTIONS", to_a.c_str());
        q.tls = other.t;
        a.send(q);
        ms(200);
        EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 200);
        EXPECT_EQ(a.count(STACK_EV_CONNECTING), before + 1);
    }
}

TEST_F(StackWays, ARequestInsideADialogGoesOverItsOwnConnectionThoughTheRouteIsANumber) {
    fake_dns_add("a.example", "10.0.0.2", 3600);
    Tls trust, cert("a.example", true);
    stack_config cfg = {};
    cfg.tls = trust.t;
    Agent a("10.0.0.1", &cfg), b("10.0.0.2");
    listen_tls(b, "10.0.0.2:5061", STACK_TLS, cert.t);
    answer_ok(b);
    ack_all(a);
    a.invite("sip:bob@a.example:5061;transport=tls");
    ms(200);
    ASSERT_EQ(a.count(STACK_EV_FINAL), 1);
    EXPECT_EQ(header(a.last(STACK_EV_FINAL)->msg, "Contact"), "<sip:bob@10.0.0.2:5061;transport=tls>");
    EXPECT_EQ(b.count(STACK_EV_ACK), 1);
    bye(a, a.last(STACK_EV_FINAL)->dialog);
    ms(100);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 200) << a.last(STACK_EV_FINAL)->text;
    EXPECT_EQ(a.count(STACK_EV_CONNECTING), 1);
}

TEST_F(StackWays, WebSocketPathsAndCookiesAreConnectionsOfTheirOwn) {
    Agent a("10.0.0.1"), b("10.0.0.2");
    b.listen("10.0.0.2:8080", STACK_WS);
    answer_ok(b);
    auto ask = [&](const char *url, const char *headers) {
        stack_request_params q = a.params("OPTIONS", "sip:bob@10.0.0.2");
        q.next_hop = sx_slice_str(url);
        q.ws_headers = sx_slice_str(headers);
        a.send(q);
        ms(100);
        EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 200) << a.last(STACK_EV_FINAL)->text;
        return a.count(STACK_EV_CONNECTING);
    };
    EXPECT_EQ(ask("ws://10.0.0.2:8080/a", ""), 1);
    EXPECT_EQ(ask("ws://10.0.0.2:8080/a", ""), 1);
    EXPECT_EQ(ask("ws://10.0.0.2:8080/b", ""), 2);
    EXPECT_EQ(ask("ws://10.0.0.2:8080/a", "Cookie: user=1\r\n"), 3);
    EXPECT_EQ(ask("ws://10.0.0.2:8080/a", "Cookie: user=1\r\n"), 3);
    EXPECT_EQ(ask("ws://10.0.0.2:8080/a", "Cookie: user=2\r\n"), 4);
}

TEST_F(StackWays, WithoutTrustNoTlsAndWithoutACertificateNoListener) {
    Agent a("10.0.0.1");
    a.send(a.params("OPTIONS", "sips:10.0.0.2"));
    ms(100);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->code, SX_E_TLS);
    EXPECT_FALSE(a.last(STACK_EV_FINAL)->text.empty());
    stack_listen_params p = {};
    p.transport = STACK_TLS;
    p.addr = addr("10.0.0.1:5061");
    stack_listener *l = nullptr;
    EXPECT_EQ(stack_listen(a.s, &p, &l), SX_E_INVALID);
}

// ---- STUN on UDP flows ----

// A peer that answers requests by a function of its own.
struct StunPeer : Peer {
    using Peer::Peer;
    size_t requests() const {
        size_t n = 0;
        for (auto &h : heard) n += net_stun_is_request(sl(h.text));
        return n;
    }
    void answer_last(const std::string &mapped) {
        unsigned char tid[NET_STUN_TID], out[NET_STUN_ANSWER];
        net_addr a = addr(mapped);
        const Heard &h = heard.back();
        ASSERT_EQ(net_stun_request_read(sl(h.text), tid), SX_OK);
        size_t n = net_stun_response_write(out, tid, &a);
        net_udp_send(udp, &h.from, sx_slice_of(reinterpret_cast<char *>(out), n));
    }
};

stack_flow held_flow(Agent &a, Peer &p, const char *uri, uint32_t ms) {
    a.send(a.params("OPTIONS", uri));
    fake_run_for(10);
    p.reply(p.heard.front(), answer(p.heard.front().text, "200 OK", "x"));
    fake_run_for(10);
    stack_flow f = a.last(STACK_EV_FINAL)->flow;
    EXPECT_EQ(stack_flow_hold(a.s, &f, ms), SX_OK);
    p.heard.clear();
    return f;
}

TEST_F(StackWays, AUdpListenerAnswersStunSoThatOthersLearnTheirAddressAndThatWeAreThere) {
    Agent b("10.0.0.1");
    b.listen("10.0.0.1:5060");
    Peer p("10.0.0.9", 5090);
    unsigned char tid[NET_STUN_TID], req[NET_STUN_REQUEST];
    net_stun_tid_make(tid);
    net_stun_request_write(req, tid);
    p.send("10.0.0.1:5060", std::string(reinterpret_cast<char *>(req), sizeof req));
    ms(10);
    ASSERT_EQ(p.heard.size(), 1u);
    net_stun_response r;
    ASSERT_EQ(net_stun_response_read(sl(p.heard[0].text), tid, &r), SX_OK);
    net_addr me = addr("10.0.0.9:5090");
    EXPECT_TRUE(net_addr_eq(&r.mapped, &me));
    EXPECT_EQ(b.stats().malformed, 0u);
}

TEST_F(StackWays, APeerThatAnswersStunNoMoreIsReportedOnceAndAgainAfterItCameBack) {
    Agent a("10.0.0.1");
    StunPeer p("10.0.0.2", 5060);
    a.listen("10.0.0.1:5060");
    stack_flow f = held_flow(a, p, "sip:10.0.0.2", 20000);
    stack_flow_stun(a.s, &f);
    for (int round = 1; round <= 2; round++) {
        while (!p.requests()) ms(100);
        p.answer_last("10.0.0.1:5060");
        ms(10);
        EXPECT_EQ(a.count(STACK_EV_FLOW_LOST), round - 1);
        p.heard.clear();
        ms(35000);
        EXPECT_GE(p.requests(), 4u) << "repeated, for datagrams get lost";
        EXPECT_EQ(a.count(STACK_EV_FLOW_LOST), round);
        EXPECT_EQ(a.last(STACK_EV_FLOW_LOST)->code, SX_E_TIMEOUT);
        EXPECT_EQ(a.last(STACK_EV_FLOW_LOST)->flow.id, f.id);
        ms(60000);
        EXPECT_EQ(a.count(STACK_EV_FLOW_LOST), round);
        p.heard.clear();
    }
    EXPECT_EQ(a.count(STACK_EV_FLOW_MOVED), 0);
}

TEST_F(StackWays, APeerThatKnowsNoStunIsKeptAliveByCrlfAndNeverLost) {
    Agent a("10.0.0.1");
    StunPeer p("10.0.0.2", 5060);
    a.listen("10.0.0.1:5060");
    stack_flow f = held_flow(a, p, "sip:10.0.0.2", 20000);
    stack_flow_stun(a.s, &f);
    ms(60000);
    EXPECT_GT(p.requests(), 0u);
    EXPECT_GT(p.count("\r\n\r\n"), 0);
    EXPECT_EQ(a.count(STACK_EV_FLOW_LOST), 0);
}

TEST_F(StackWays, ANatThatMovesUsIsSeenByStunButAPrivateAddressIsNoNewsToAPublicServer) {
    Agent a("192.168.0.5");
    StunPeer p("80.0.0.2", 5060);
    a.listen("192.168.0.5:5060");
    stack_flow f = held_flow(a, p, "sip:80.0.0.2", 20000);
    stack_flow_stun(a.s, &f);
    auto round = [&](const char *mapped) {
        p.heard.clear();
        while (!p.requests()) ms(100);
        p.answer_last(mapped);
        ms(10);
        char host[256];
        uint16_t port;
        fake_host("192.168.0.5");
        EXPECT_EQ(stack_flow_contact(a.s, &f, host, sizeof host, &port), SX_OK);
        return std::string(host) + ":" + std::to_string(port);
    };
    EXPECT_EQ(round("80.0.0.1:40000"), "80.0.0.1:40000");
    EXPECT_EQ(a.count(STACK_EV_FLOW_MOVED), 1);
    EXPECT_EQ(round("80.0.0.1:40000"), "80.0.0.1:40000");
    EXPECT_EQ(a.count(STACK_EV_FLOW_MOVED), 1);
    EXPECT_EQ(round("80.0.0.1:40001"), "80.0.0.1:40001");
    EXPECT_EQ(a.count(STACK_EV_FLOW_MOVED), 2);
    EXPECT_EQ(round("192.168.0.77:5060"), "80.0.0.1:40001");
    EXPECT_EQ(a.count(STACK_EV_FLOW_MOVED), 2);
}

// ---- what a connection may cost ----

struct Stream {
    net_loop *loop;
    net_conn *conn = nullptr;
    std::string heard;
    bool closed = false;
    explicit Stream(const std::string &to, const char *host = "10.0.0.9") {
        fake_host(host);
        loop = net_loop_create();
        net_addr a = addr(to);
        EXPECT_EQ(net_tcp_connect(loop, &a, nullptr, nullptr, &Stream::sink, this, &conn), SX_OK);
    }
    ~Stream() {
        net_conn_close(conn, false);
        fake_settle();
        net_loop_destroy(loop);
    }
    static void sink(void *ctx, const net_event *ev) {
        Stream *d = static_cast<Stream *>(ctx);
        if (ev->type == NET_DATA) d->heard += str(ev->bytes);
        if (ev->type == NET_CLOSED) d->closed = true;
    }
    void send(const std::string &s) { net_conn_send(conn, sl(s)); }
};

TEST_F(StackWays, AMessageThatTakesForeverEndsItsConnectionAndNoOther) {
    stack_config cfg = {};
    cfg.slow_ms = 5000;
    Agent b("10.0.0.1", &cfg);
    b.listen("10.0.0.1:5060", STACK_TCP);
    answer_ok(b);
    Stream slow("10.0.0.1:5060"), fine("10.0.0.1:5060");
    ms(10);
    Request r;
    r.method = "OPTIONS";
    fine.send(r.text());
    std::string text = r.text();
    uint64_t began = fake_now();
    for (size_t i = 0; i < 60 && !slow.closed; i++) { // one byte a second
        slow.send(text.substr(i, 1));
        ms(1000);
    }
    EXPECT_TRUE(slow.closed);
    EXPECT_LE(fake_now() - began, 7000u);
    EXPECT_FALSE(fine.closed);
    EXPECT_EQ(b.stats().conns_slow, 1u);
    EXPECT_EQ(b.last(STACK_EV_DISCONNECTED)->code, SX_E_TIMEOUT);
    r.branch = "z9hG4bKagain";
    r.cseq = 2;
    fine.send(r.text());
    ms(10);
    EXPECT_EQ(b.count(STACK_EV_REQUEST), 2);
}

TEST_F(StackWays, WhoConnectsAndSaysNothingIsSentAway) {
    stack_config cfg = {};
    cfg.slow_ms = 5000;
    Agent b("10.0.0.1", &cfg);
    b.listen("10.0.0.1:5060", STACK_TCP);
    Stream silent("10.0.0.1:5060");
    ms(4000);
    EXPECT_FALSE(silent.closed);
    ms(2000);
    EXPECT_TRUE(silent.closed);
    EXPECT_EQ(b.stats().connections, 0u);
}

TEST_F(StackWays, GarbageBeforeTheFirstMessageClosesAtOnce) {
    Agent b("10.0.0.1");
    b.listen("10.0.0.1:5060", STACK_TCP);
    const std::string bad[] = {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11),
                               "GET / HTTP/1.1\r\n",
                               std::string(64, '\0'),
                               std::string(9000, 'a'),
                               "hello\r\n\r\n",
                               "OPTIONS sip:x SIP/2.0\r\nContent-Length: 0\r\n\r\n"};
    for (const std::string &text : bad) {
        SCOPED_TRACE(text.substr(0, 20));
        Stream d("10.0.0.1:5060");
        ms(10);
        d.send(text);
        ms(10);
        EXPECT_TRUE(d.closed);
    }
    EXPECT_EQ(b.stats().conns_garbage, 6u);
    EXPECT_EQ(b.count(STACK_EV_REQUEST), 0);
    EXPECT_EQ(b.stats().connections, 0u);
}

TEST_F(StackWays, HeadersWithoutEndCloseTheConnectionAtTheLimit) {
    stack_config cfg = {};
    cfg.max_message = 8192;
    Agent b("10.0.0.1", &cfg);
    b.listen("10.0.0.1:5060", STACK_TCP);
    Stream d("10.0.0.1:5060");
    ms(10);
    d.send("OPTIONS sip:x@y SIP/2.0\r\n");
    for (int i = 0; i < 100 && !d.closed; i++) {
        d.send("X-Long: " + std::string(200, 'x') + "\r\n");
        ms(2);
    }
    EXPECT_TRUE(d.closed);
    EXPECT_EQ(b.last(STACK_EV_DISCONNECTED)->code, SX_E_LIMIT);
    EXPECT_EQ(b.stats().conns_garbage, 1u);
}

TEST_F(StackWays, OneSourceMayHaveOnlySoManyConnectionsAndOthersStillGetTheirs) {
    stack_config cfg = {};
    cfg.max_connections_per_source = 2;
    cfg.max_connections = 4;
    Agent b("10.0.0.1", &cfg);
    b.listen("10.0.0.1:5060", STACK_TCP);
    Stream one("10.0.0.1:5060", "10.0.0.9"), two("10.0.0.1:5060", "10.0.0.9");
    ms(10);
    Stream three("10.0.0.1:5060", "10.0.0.9"), other("10.0.0.1:5060", "10.0.0.8");
    ms(10);
    EXPECT_FALSE(one.closed);
    EXPECT_FALSE(two.closed);
    EXPECT_TRUE(three.closed);
    EXPECT_FALSE(other.closed);
    Stream last("10.0.0.1:5060", "10.0.0.7");
    ms(10);
    Stream full("10.0.0.1:5060", "10.0.0.6");
    ms(10);
    EXPECT_FALSE(last.closed);
    EXPECT_TRUE(full.closed);
    EXPECT_EQ(b.stats().conns_refused, 2u);
    stack_request_params q = b.params("OPTIONS", "sip:10.0.0.6:5060;transport=tcp");
    b.send(q);
    ms(10);
    EXPECT_EQ(b.last(STACK_EV_FINAL)->code, SX_E_LIMIT);
    net_conn_close(one.conn, false);
    one.conn = nullptr;
    ms(10);
    Stream again("10.0.0.1:5060", "10.0.0.9");
    ms(10);
    EXPECT_FALSE(again.closed) << "who goes makes room";
}

TEST_F(StackWays, LimitsMayChangeWhileRunning) {
    Agent b("10.0.0.1");
    b.listen("10.0.0.1:5060", STACK_TCP);
    stack_config less = {};
    less.max_connections_per_source = 1;
    less.slow_ms = 2000;
    stack_set_limits(b.s, &less);
    EXPECT_EQ(stack_settings(b.s)->max_connections, 10000u) << "what is 0 stays as it was";
    Stream one("10.0.0.1:5060", "10.0.0.9");
    ms(10);
    Stream two("10.0.0.1:5060", "10.0.0.9");
    ms(10);
    EXPECT_FALSE(one.closed);
    EXPECT_TRUE(two.closed);
    one.send("OPTIONS sip:x@y SIP/2.0\r\nX: ");
    ms(2500);
    EXPECT_TRUE(one.closed);
    EXPECT_EQ(b.last(STACK_EV_DISCONNECTED)->code, SX_E_TIMEOUT);
}

TEST_F(StackWays, APeerThatReadsNothingFailsItsOwnTransactionsOnly) {
    stack_config cfg = {};
    cfg.conn_queue_bytes = 20000;
    cfg.slow_ms = 5000;
    Agent a("10.0.0.1", &cfg), good("10.0.0.3");
    good.listen("10.0.0.3:5060", STACK_TCP);
    answer_ok(good);
    fake_host("10.0.0.2");
    net_loop *loop = net_loop_create();
    net_listener *l = nullptr;
    static net_conn *taken;
    taken = nullptr;
    net_addr at = addr("10.0.0.2:5060");
    auto sink = [](void *, const net_event *ev) {
        if (ev->type != NET_ACCEPTED) return;
        taken = ev->conn;
        net_conn_adopt(
            ev->conn, [](void *, const net_event *) {}, nullptr);
        net_conn_read(ev->conn, false);
    };
    ASSERT_EQ(net_listener_open(loop, &at, nullptr, sink, nullptr, &l), SX_OK);
    std::string body(10000, 'x');
    for (int i = 0; i < 60; i++) {
        stack_request_params q = a.params("MESSAGE", "sip:10.0.0.2;transport=tcp");
        q.content_type = SX_LIT("text/plain");
        q.body = sl(body);
        a.send(q);
        ms(5);
    }
    EXPECT_GT(a.count(STACK_EV_FINAL), 0);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 503);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->code, SX_E_FULL);
    EXPECT_GT(a.stats().conns_full, 0u);
    a.send(a.params("OPTIONS", "sip:10.0.0.3;transport=tcp"));
    ms(50);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 200);
    ms(6000);
    EXPECT_EQ(a.last(STACK_EV_DISCONNECTED)->code, SX_E_TIMEOUT);
    EXPECT_EQ(a.count(STACK_EV_FINAL), 61) << "all that waited there has failed";
    net_conn_close(taken, false);
    net_listener_close(l);
    fake_settle();
    net_loop_destroy(loop);
}

// ---- addresses ----

TEST_F(StackWays, BoundToSeveralAddressesEachDestinationSeesTheOneThatLeadsToIt) {
    Agent a("10.0.0.1 2001:db8::1");
    Peer p("10.0.0.2", 5060), q("2001:db8::2", 5060);
    a.listen("127.0.0.1:5060");
    a.listen("10.0.0.1:5060");
    a.listen("[2001:db8::1]:5060");
    fake_host("10.0.0.1 2001:db8::1"); // where the system is asked for routes
    stack_contact c = a.contact();
    for (const char *uri : {"sip:10.0.0.2", "sip:[2001:db8::2]"}) {
        stack_request_params r = a.params("OPTIONS", uri);
        r.contact = &c;
        a.send(r);
    }
    ms(20);
    Peer::Heard h = p.expect("OPTIONS");
    EXPECT_EQ(header(h.text, "Via").substr(0, 26), "SIP/2.0/UDP 10.0.0.1:5060;");
    EXPECT_EQ(header(h.text, "Contact"), "<sip:alice@10.0.0.1:5060>");
    h = q.expect("OPTIONS");
    EXPECT_EQ(header(h.text, "Via").substr(0, 31), "SIP/2.0/UDP [2001:db8::1]:5060;");
    EXPECT_EQ(header(h.text, "Contact"), "<sip:alice@[2001:db8::1]:5060>");
}

TEST_F(StackWays, NobodyIsToldOfTheWildcardAddress) {
    Agent a("10.0.0.1 2001:db8::1");
    Peer p("10.0.0.2", 5060), q("2001:db8::2", 5060);
    a.listen("0.0.0.0:5060");
    a.listen("[::]:5060");
    stack_contact c = a.contact();
    c.host = SX_LIT("0.0.0.0");
    fake_host("10.0.0.1 2001:db8::1"); // where the system is asked for routes
    for (const char *uri : {"sip:10.0.0.2", "sip:[2001:db8::2]"}) {
        stack_request_params r = a.params("OPTIONS", uri);
        r.contact = &c;
        a.send(r);
    }
    ms(20);
    Peer::Heard h = p.expect("OPTIONS");
    EXPECT_EQ(h.text.find("0.0.0.0"), std::string::npos) << h.text;
    EXPECT_EQ(header(h.text, "Contact"), "<sip:alice@10.0.0.1:5060>");
    h = q.expect("OPTIONS");
    EXPECT_EQ(h.text.find("[::]"), std::string::npos) << h.text;
    stack_listen_params lp = {};
    lp.transport = STACK_UDP;
    lp.addr = addr("10.0.0.1:5070");
    lp.advertise_host = "0.0.0.0";
    stack_listener *l = nullptr;
    EXPECT_EQ(stack_listen(a.s, &lp, &l), SX_E_ADDRESS);
}

TEST_F(StackWays, AScopeIdStaysInTheSocket) {
    Agent b("fe80::1%2");
    Peer p("fe80::9%2", 5090);
    b.listen("[fe80::1%2]:5060");
    answer_ok(b);
    Request r;
    r.method = "OPTIONS";
    r.uri = "sip:[fe80::1]";
    r.via = "[fe80::7]:5090";
    p.send("[fe80::1%2]:5060", r.text());
    ms(20);
    Peer::Heard h = p.expect("SIP/2.0 200");
    EXPECT_EQ(h.text.find('%'), std::string::npos) << h.text;
    EXPECT_NE(h.text.find(";received=fe80::9;"), std::string::npos) << h.text;
}

} // namespace
