// Two kinds of actors for the flow tests of stack/: an Agent is a whole stack on a machine of the fake network, a Peer
// is a bare UDP socket that says exactly what a test wants and remembers what it heard.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <string>
#include <vector>

extern "C" {
#include "base/clock.h"
#include "sip/headers.h"
#include "stack/dialog_set.h"
#include "stack/forward.h"
#include "stack/transport.h"
}
#include "oom/oom.h"
#include "support/fake_net.h"

inline std::string str(sx_slice s) { return std::string(s.p ? s.p : "", s.n); }
inline sx_slice sl(const std::string &s) { return sx_slice_of(s.data(), s.size()); }
inline net_addr addr(const std::string &text, uint16_t port = 5060) {
    net_addr a = net_addr_none();
    EXPECT_TRUE(net_addr_parse(&a, sl(text), port)) << text;
    return a;
}

struct Event {
    stack_event_type type;
    stack_request *request;
    stack_dialog_set *set;
    stack_tx *tx;
    stack_dialog *dialog;
    stack_listener *listener;
    void *user;
    stack_flow flow;
    stack_role role;
    int status, code;
    uint32_t cseq;
    bool contact_changed;
    std::string text, msg, method, body, tls_check, tls_names;
    uint64_t at;
};

class Agent {
  public:
    net_loop *loop = nullptr;
    stack *s = nullptr;
    std::deque<Event> events;                    // pointers into it stay valid
    std::function<void(const stack_event *)> on; // after the event was noted

    explicit Agent(const std::string &host, const stack_config *cfg = nullptr) {
        fake_host(host.c_str());
        loop = net_loop_create();
        stack_sink sink = {&Agent::sink, this};
        s = stack_create(loop, cfg, sink);
    }
    ~Agent() {
        close();
        fake_settle();
        net_loop_destroy(loop);
    }
    void close() {
        stack_destroy(s);
        s = nullptr;
    }
    stack_listener *listen(const std::string &at, stack_transport t = STACK_UDP, stack_role role = STACK_ROLE_UA,
                           const char *advertise = nullptr) {
        stack_listen_params p = {};
        p.transport = t;
        p.addr = addr(at);
        p.role = role;
        p.advertise_host = advertise;
        stack_listener *l = nullptr;
        EXPECT_EQ(stack_listen(s, &p, &l), SX_OK) << sx_last_error_text();
        return l;
    }
    static void sink(void *ctx, const stack_event *ev) {
        Agent *a = static_cast<Agent *>(ctx);
        oom_pause(+1); // what the test itself notes down
        Event e = {};
        e.type = ev->type;
        e.request = ev->request;
        e.set = ev->set;
        e.tx = ev->tx;
        e.dialog = ev->dialog;
        e.listener = ev->listener;
        e.user = ev->user;
        e.flow = ev->flow;
        e.role = ev->role;
        e.status = ev->status;
        e.code = ev->code;
        e.cseq = ev->cseq;
        e.contact_changed = ev->contact_changed;
        e.text = ev->text;
        e.tls_check = ev->tls_check ? ev->tls_check : "";
        e.tls_names = ev->tls_names ? ev->tls_names : "";
        if (ev->msg) {
            e.msg = str(ev->msg->bytes);
            e.method = str(ev->msg->method_name);
            e.body = str(ev->msg->body);
        }
        e.at = fake_now();
        a->events.push_back(e);
        oom_pause(-1);
        if (a->on) a->on(ev);
    }
    int count(stack_event_type t) const {
        int n = 0;
        for (auto &e : events) n += e.type == t;
        return n;
    }
    const Event *last(stack_event_type t) const {
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
    stack_contact contact(const char *user = "alice") {
        stack_contact c = {};
        c.user = sx_slice_str(user);
        return c;
    }
    stack_request_params params(const char *method, const char *uri) {
        stack_request_params p = {};
        p.method = sx_slice_str(method);
        p.uri = sx_slice_str(uri);
        p.from = SX_LIT("\"Alice\" <sip:alice@example.org>");
        return p;
    }
    stack_request *send(const stack_request_params &p) {
        stack_request *r = nullptr;
        EXPECT_EQ(stack_request_create(s, &p, &r), SX_OK) << sx_last_error_text();
        return r;
    }
    stack_dialog_set *invite(const char *uri, const char *body = "") {
        stack_request_params p = params("INVITE", uri);
        stack_contact c = contact();
        p.contact = &c;
        p.content_type = SX_LIT("text/plain");
        p.body = sx_slice_str(body);
        stack_dialog_set *set = nullptr;
        EXPECT_EQ(dlg_set_create(s, &p, &set), SX_OK) << sx_last_error_text();
        return set;
    }
};

class Peer {
  public:
    struct Heard {
        std::string text;
        net_addr from;
        uint64_t at;
    };
    net_loop *loop;
    net_udp *udp = nullptr;
    std::deque<Heard> heard;

    Peer(const std::string &host, uint16_t port) {
        fake_host(host.c_str());
        loop = net_loop_create();
        net_addr a = addr(host, port);
        EXPECT_EQ(net_udp_open(loop, &a, nullptr, &Peer::sink, this, &udp), SX_OK);
    }
    ~Peer() {
        net_udp_close(udp);
        fake_settle();
        net_loop_destroy(loop);
    }
    static void sink(void *ctx, const net_event *ev) {
        Peer *p = static_cast<Peer *>(ctx);
        if (ev->type == NET_DATAGRAM) p->heard.push_back({str(ev->bytes), *ev->from, fake_now()});
    }
    void send(const std::string &to, const std::string &text) {
        net_addr a = addr(to);
        net_udp_send(udp, &a, sl(text));
    }
    void reply(const Heard &to, const std::string &text) {
        if (!to.text.empty()) net_udp_send(udp, &to.from, sl(text));
    }
    // The next message that begins so; fails the test if there is none.
    Heard expect(const std::string &start) {
        while (!heard.empty()) {
            Heard h = heard.front();
            heard.pop_front();
            if (h.text.compare(0, start.size(), start) == 0) return h;
        }
        ADD_FAILURE() << "not heard: " << start;
        return {};
    }
    int count(const std::string &start) const {
        int n = 0;
        for (auto &h : heard) n += h.text.compare(0, start.size(), start) == 0;
        return n;
    }
};

// The value of a header line of a message as text: the first one, without the name.
inline std::string header(const std::string &msg, const std::string &name) {
    size_t at = msg.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    at += name.size() + 4;
    return msg.substr(at, msg.find("\r\n", at) - at);
}
inline std::string param(const std::string &value, const std::string &name) {
    size_t at = value.find(";" + name + "=");
    if (at == std::string::npos) return "";
    at += name.size() + 2;
    return value.substr(at, value.find_first_of(";>, \r", at) - at);
}
// A response to a request as a peer would write it.
inline std::string answer(const std::string &req, const std::string &status, const std::string &to_tag,
                          const std::string &more = "", const std::string &body = "") {
    std::string r = "SIP/2.0 " + status + "\r\n";
    size_t at = 0;
    while ((at = req.find("\r\nVia: ", at)) != std::string::npos) {
        at += 2;
        r += req.substr(at, req.find("\r\n", at) + 2 - at);
    }
    std::string to = header(req, "To");
    if (!to_tag.empty() && to.find(";tag=") == std::string::npos) to += ";tag=" + to_tag;
    r += "From: " + header(req, "From") + "\r\nTo: " + to + "\r\nCall-ID: " + header(req, "Call-ID") +
         "\r\nCSeq: " + header(req, "CSeq") + "\r\n" + more + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
    return r;
}
// A request as a peer would write it.
struct Request {
    std::string method = "INVITE", uri = "sip:bob@10.0.0.1", branch = "z9hG4bKpeer1", from_tag = "pt", to_tag,
                call_id = "c1", via = "10.0.0.9:5090", contact = "<sip:peer@10.0.0.9:5090>", more, body;
    unsigned cseq = 1;
    std::string text() const {
        return method + " " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP " + via + ";branch=" + branch + ";rport\r\n" +
               "Max-Forwards: 70\r\nFrom: <sip:peer@example.com>;tag=" + from_tag + "\r\nTo: <sip:bob@example.org>" +
               (to_tag.empty() ? "" : ";tag=" + to_tag) + "\r\nCall-ID: " + call_id +
               "\r\nCSeq: " + std::to_string(cseq) + " " + method + "\r\n" +
               (contact.empty() ? "" : "Contact: " + contact + "\r\n") + more +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }
};

class StackFlow : public ::testing::Test {
  protected:
    void SetUp() override { fake_net_begin(7); }
    void TearDown() override { EXPECT_TRUE(fake_net_end()) << "something was left open"; }
    static void ms(uint64_t n) { fake_run_for(n); }
};
