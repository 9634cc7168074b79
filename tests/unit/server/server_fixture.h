// The embedded server on a machine of the fake network, and peers that say exactly what a test wants.
#pragma once

#include "flow/stack_agent.h"
#include "support/oom.h"

#include <memory>

extern "C" {
#include "net/tcp.h"
#include "net/websocket.h"
#include "server/server.h"
#include "sip/digest.h"
}

static const char *const SERVER = "10.0.0.1:5060";

struct SrvEvent {
    srv_event_type type;
    uint64_t id, listener_id;
    int code, port, expires;
    std::string text, host, user, contact;
    bool has_msg;
};

class Server {
public:
    net_loop *loop = nullptr;
    stack *s = nullptr;
    srv_server *srv = nullptr;
    std::vector<srv_listener *> listeners;
    std::deque<SrvEvent> events;
    int strays = 0; // requests that came to the stack's own sink

    explicit Server(std::function<void(srv_config &)> more = nullptr,
                    std::vector<std::string> at = {"udp:10.0.0.1:5060", "tcp:10.0.0.1:5060"},
                    const char *advertise = nullptr) {
        fake_host("10.0.0.1 2001:db8::1");
        loop = net_loop_create();
        s = stack_create(loop, nullptr, {&Server::stray, this});
        static const srv_user users[] = {{"alice", "secret"}, {"bob", "hunter2"}, {"carol", "pa:ss\"word"}};
        srv_config c = {};
        c.users = users;
        c.user_count = 3;
        c.record_route = true;
        if (more) more(c);
        EXPECT_EQ(srv_server_create(s, &c, 77, &Server::sink, this, &srv), SX_OK) << sx_last_error_text();
        for (auto &a : at) listen(a, advertise);
    }
    ~Server() {
        destroy();
        fake_settle();
        net_loop_destroy(loop);
    }
    srv_listener *listen(const std::string &at, const char *advertise = nullptr) {
        srv_listener *l = nullptr;
        EXPECT_EQ(srv_listener_create(srv, at.c_str(), advertise, listeners.size() + 1, &l), SX_OK)
            << sx_last_error_text();
        listeners.push_back(l);
        return l;
    }
    void destroy() {
        srv_server_destroy(srv);
        srv = nullptr;
        stack_destroy(s);
        s = nullptr;
    }
    static void stray(void *ctx, const stack_event *ev) {
        if (ev->type != STACK_EV_REQUEST) return;
        static_cast<Server *>(ctx)->strays++;
        if (ev->tx) tx_drop(ev->tx); // as a user agent does with what is not for it
    }
    static void sink(void *ctx, const srv_event *ev) {
        Server *me = static_cast<Server *>(ctx);
        oom_pause(1);
        me->events.push_back({ev->type, ev->id, ev->listener_id, ev->code, ev->port, ev->expires, ev->text, str(ev->host),
                              str(ev->user), str(ev->contact), ev->msg != nullptr});
        oom_pause(-1);
        if (ev->type == SRV_EV_CLOSED) me->srv = nullptr;
    }
    int count(srv_event_type t) const {
        int n = 0;
        for (auto &e : events) n += e.type == t;
        return n;
    }
    const SrvEvent *last(srv_event_type t) const {
        for (size_t i = events.size(); i--;) {
            if (events[i].type == t) return &events[i];
        }
        return nullptr;
    }
    stack_stats stats() const {
        stack_stats st;
        stack_get_stats(s, &st);
        return st;
    }
};

// What a test may say about a request; the rest is filled in.
struct Ask {
    std::string uri, to, to_tag, call_id, lines, body, from;
    unsigned cseq = 1;
    int max_forwards = 70;
    std::string branch;
};

struct RegAsk {
    std::string contacts = "own"; // header lines
    int expires = -1;             // Expires header
    std::string alg = "SHA-256", as, pass, call_id = "reg", lines, to;
    int cseq = 0; // 0: the next
};

class Ua {
public:
    net_loop *loop;
    net_udp *udp = nullptr;
    net_conn *conn = nullptr;
    net_listener *listener = nullptr;
    net_ws *ws = nullptr;
    std::string user, password, host;
    int port;
    bool tcp, closed = false, browser = false;
    std::deque<std::string> heard;
    std::vector<std::string> log; // all that was ever heard
    unsigned cseq = 0;

    Ua(const std::string &name, const std::string &pass, const std::string &at, int p = 5060, bool over_tcp = false)
        : user(name), password(pass), host(at), port(p), tcp(over_tcp) {
        fake_host(at.c_str());
        loop = net_loop_create();
        net_addr a = addr(at, (uint16_t)p);
        if (tcp) connect();
        else EXPECT_EQ(net_udp_open(loop, &a, nullptr, &Ua::sink, this, &udp), SX_OK);
    }
    // A browser: a WebSocket and a name that nobody can look up.
    Ua(const std::string &name, const std::string &pass, const std::string &at, const std::string &ws_server)
        : user(name), password(pass), host(at), port(0), tcp(false), browser(true) {
        fake_host(at.c_str());
        loop = net_loop_create();
        open(ws_server);
    }
    void open(const std::string &ws_server) {
        net_addr to = addr(ws_server);
        closed = false;
        EXPECT_EQ(net_ws_connect(loop, &to, nullptr, nullptr, nullptr, &Ua::sink, this, &ws), SX_OK);
        fake_run_for(10);
    }
    void leave() {
        net_ws_close(ws, true);
        ws = nullptr;
        fake_run_for(10);
    }
    ~Ua() {
        net_ws_close(ws, false);
        net_udp_close(udp);
        net_conn_close(conn, false);
        net_listener_close(listener);
        fake_settle();
        net_loop_destroy(loop);
    }
    void connect() {
        net_addr to = addr(SERVER);
        closed = false;
        stream_.clear();
        EXPECT_EQ(net_tcp_connect(loop, &to, nullptr, nullptr, &Ua::sink, this, &conn), SX_OK);
    }
    void hang_up() {
        net_conn_close(conn, true);
        conn = nullptr;
    }
    // Takes connections at its Contact, too.
    void listen() {
        net_addr a = addr(host, (uint16_t)port);
        EXPECT_EQ(net_listener_open(loop, &a, nullptr, &Ua::sink, this, &listener), SX_OK);
    }
    std::string contact() const {
        if (browser) return "sip:" + user + "@" + user + "7k2.invalid;transport=ws";
        return "sip:" + user + "@" + host + ":" + std::to_string(port) + (tcp ? ";transport=tcp" : "");
    }
    std::string aor() const { return "sip:" + user + "@10.0.0.1"; }
    std::string server = SERVER;
    void send(const std::string &text) {
        net_addr a = addr(server);
        if (browser) {
            if (ws) net_ws_send(ws, sl(text));
        } else if (tcp) {
            if (conn) net_conn_send(conn, sl(text));
        } else {
            net_udp_send(udp, &a, sl(text));
        }
    }
    std::string request(const std::string &method, const Ask &a) {
        static int n = 0;
        std::string uri = a.uri.empty() ? "sip:10.0.0.1" : a.uri;
        std::string to = a.to.empty() ? (method == "REGISTER" ? "<" + aor() + ">" : "<" + uri + ">") : a.to;
        return method + " " + uri + " SIP/2.0\r\nVia: SIP/2.0/" +
               (browser ? "WS " + user + "7k2.invalid" : (tcp ? "TCP " : "UDP ") + host + ":" + std::to_string(port)) +
               ";branch=z9hG4bK" + (a.branch.empty() ? "ua" + std::to_string(++n) : a.branch) +
               ";rport\r\nMax-Forwards: " + std::to_string(a.max_forwards) + "\r\nFrom: " +
               (a.from.empty() ? "<" + aor() + ">;tag=ft" + user : a.from) + "\r\nTo: " + to +
               (a.to_tag.empty() ? "" : ";tag=" + a.to_tag) + "\r\nCall-ID: " +
               (a.call_id.empty() ? "call-" + user : a.call_id) + "\r\nCSeq: " + std::to_string(a.cseq) + " " + method +
               "\r\n" + a.lines + "Content-Length: " + std::to_string(a.body.size()) + "\r\n\r\n" + a.body;
    }
    void ask(const std::string &method, const Ask &a) { send(request(method, a)); }
    // INVITE with our Contact; returns it for the ACK or CANCEL that belongs to it.
    std::string invite(const std::string &uri, const std::string &call_id = "", const std::string &lines = "",
                       unsigned number = 1) {
        Ask a;
        a.uri = uri;
        a.call_id = call_id;
        a.cseq = number;
        a.lines = "Contact: <" + contact() + ">\r\n" + lines;
        std::string text = request("INVITE", a);
        send(text);
        return text;
    }
    // The CANCEL or the ACK to a failure: the INVITE's own Via.
    static std::string of_invite(const std::string &method, const std::string &invite, const std::string &to = "") {
        return method + invite.substr(6, invite.find(" SIP/2.0") - 6) + " SIP/2.0\r\nVia: " + header(invite, "Via") +
               "\r\nMax-Forwards: 70\r\nFrom: " + header(invite, "From") + "\r\nTo: " +
               (to.empty() ? header(invite, "To") : to) + "\r\nCall-ID: " + header(invite, "Call-ID") + "\r\nCSeq: " +
               std::to_string(atoi(header(invite, "CSeq").c_str())) + " " + method + "\r\nContent-Length: 0\r\n\r\n";
    }
    static std::string uri_in(const std::string &value) { // <...>
        size_t a = value.find('<');
        return a == std::string::npos ? value : value.substr(a + 1, value.find('>') - a - 1);
    }
    static std::vector<std::string> all(const std::string &msg, const std::string &name) {
        std::vector<std::string> v;
        for (size_t at = 0; (at = msg.find("\r\n" + name + ": ", at)) != std::string::npos;) {
            at += name.size() + 4;
            v.push_back(msg.substr(at, msg.find("\r\n", at) - at));
        }
        return v;
    }
    // Inside the dialog that `ok`, the 2xx to our INVITE, made.
    std::string inside(const std::string &method, const std::string &ok, unsigned number) {
        Ask a;
        a.uri = uri_in(header(ok, "Contact"));
        a.to = header(ok, "To");
        a.from = header(ok, "From");
        a.call_id = header(ok, "Call-ID");
        a.cseq = number;
        auto routes = all(ok, "Record-Route");
        for (size_t i = routes.size(); i--;) a.lines += "Route: " + routes[i] + "\r\n";
        return request(method, a);
    }
    // Inside the dialog that we accepted with the tag.
    std::string inside_uas(const std::string &method, const std::string &invite, const std::string &tag, unsigned number) {
        Ask a;
        a.uri = uri_in(header(invite, "Contact"));
        a.to = header(invite, "From");
        a.from = header(invite, "To") + ";tag=" + tag;
        a.call_id = header(invite, "Call-ID");
        a.cseq = number;
        for (auto &r : all(invite, "Record-Route")) a.lines += "Route: " + r + "\r\n";
        return request(method, a);
    }
    void reply(const std::string &req, const std::string &status, const std::string &tag = "t", const std::string &more = "",
               const std::string &body = "") {
        if (!req.empty()) send(answer(req, status, tag, more, body));
    }
    void accept(const std::string &req, const std::string &tag = "t") {
        std::string lines = "Contact: <" + contact() + ">\r\n";
        for (auto &r : all(req, "Record-Route")) lines += "Record-Route: " + r + "\r\n";
        reply(req, "200 OK", tag, lines);
    }
    // The next message that begins so; fails the test if there is none.
    std::string expect(const std::string &start) {
        while (!heard.empty()) {
            std::string h = heard.front();
            heard.pop_front();
            if (h.compare(0, start.size(), start) == 0) return h;
        }
        ADD_FAILURE() << user << " has not heard: " << start;
        return "";
    }
    int count(const std::string &start) const {
        int n = 0;
        for (auto &h : log) n += h.compare(0, start.size(), start) == 0;
        return n;
    }
    // The credentials for the challenge of that algorithm in a 401 or 407. nc 0: without qop, as in RFC 2069.
    std::string credentials(const std::string &challenge, const std::string &alg, const std::string &method,
                            const std::string &uri, const std::string &name, const std::string &pass, uint32_t nc = 1) {
        bool proxy = challenge.compare(0, 11, "SIP/2.0 407") == 0;
        std::unique_ptr<sip_scratch> sc(new sip_scratch);
        std::string out;
        if (sip_parse(sc.get(), challenge.data(), challenge.size(), nullptr, nullptr) != SX_OK) return "";
        sip_list l;
        sip_auth auth;
        sip_list_begin(&l, &sc->msg, proxy ? SIP_HDR_PROXY_AUTHENTICATE : SIP_HDR_WWW_AUTHENTICATE);
        while (sip_auth_next(&l, &auth) == 1) {
            sip_challenge ch;
            if (sip_challenge_read(&auth, proxy, &ch) != SX_OK || str(ch.algorithm) != alg) continue;
            if (!nc) ch.qop = 0;
            sip_creds creds = {};
            creds.username = sl(name);
            creds.password = sl(pass);
            sx_buf b;
            sx_buf_init(&b);
            EXPECT_EQ(sip_digest_authorize(&creds, &ch, sl(method), sl(uri), sx_slice_empty(), nc, SX_LIT("cn0"), &b),
                      SX_OK);
            out = (proxy ? "Proxy-Authorization: " : "Authorization: ") + str(sx_buf_view(&b)) + "\r\n";
            sx_buf_free(&b);
        }
        return out;
    }
    using Reg = RegAsk;
    // REGISTER with its challenge answered; the final answer.
    std::string reg(const Reg &r = {}) {
        Ask a;
        a.call_id = r.call_id + user;
        a.cseq = r.cseq ? (unsigned)r.cseq : ++cseq;
        a.to = r.to;
        a.lines = (r.contacts == "own" ? "Contact: <" + contact() + ">\r\n" : r.contacts) + r.lines;
        if (r.expires >= 0) a.lines += "Expires: " + std::to_string(r.expires) + "\r\n";
        ask("REGISTER", a);
        fake_run_for(10);
        std::string first = heard.empty() ? "" : heard.back();
        heard.clear();
        if (first.compare(0, 11, "SIP/2.0 401") != 0) return first;
        a.lines += credentials(first, r.alg, "REGISTER", "sip:10.0.0.1", r.as.empty() ? user : r.as,
                               r.pass.empty() ? password : r.pass);
        if (!r.cseq) a.cseq = ++cseq;
        ask("REGISTER", a);
        fake_run_for(10);
        std::string last = heard.empty() ? "" : heard.back();
        heard.clear();
        return last;
    }
    static void sink(void *ctx, const net_event *ev) {
        Ua *u = static_cast<Ua *>(ctx);
        oom_pause(1);
        if (ev->type == NET_DATAGRAM) u->note(str(ev->bytes));
        if (ev->type == NET_DATA && u->browser) u->note(str(ev->bytes));
        if (ev->type == NET_DATA && !u->browser) u->feed(str(ev->bytes));
        if (ev->type == NET_ACCEPTED) {
            net_conn_close(u->conn, false);
            u->conn = ev->conn;
            u->stream_.clear();
            net_conn_adopt(ev->conn, &Ua::sink, u);
        }
        if (ev->type == NET_CLOSED) {
            net_ws_close(u->ws, false);
            u->ws = nullptr;
            net_conn_close(u->conn, false);
            u->conn = nullptr;
            u->closed = true;
        }
        oom_pause(-1);
    }

private:
    std::string stream_;
    void note(const std::string &m) {
        heard.push_back(m);
        log.push_back(m);
    }
    void feed(const std::string &bytes) {
        stream_ += bytes;
        for (;;) {
            while (stream_.compare(0, 2, "\r\n") == 0) stream_.erase(0, 2);
            size_t end = stream_.find("\r\n\r\n");
            if (end == std::string::npos) return;
            size_t n = end + 4 + (size_t)atoi(header(stream_, "Content-Length").c_str());
            if (stream_.size() < n) return;
            note(stream_.substr(0, n));
            stream_.erase(0, n);
        }
    }
};

inline bool begins(const std::string &s, const std::string &with) { return s.compare(0, with.size(), with) == 0; }
inline std::string body_of(const std::string &m) {
    size_t at = m.find("\r\n\r\n");
    return at == std::string::npos ? "" : m.substr(at + 4);
}

class ServerTest : public ::testing::Test {
protected:
    void SetUp() override { fake_net_begin(11); }
    void TearDown() override { EXPECT_TRUE(fake_net_end()) << "something was left open"; }
    static void ms(uint64_t n) { fake_run_for(n); }
};
