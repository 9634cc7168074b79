/* User agents, and raw peers that a test scripts by hand, over the fake network and its clock. */
#ifndef FLOW_FIXTURE_H
#define FLOW_FIXTURE_H

#include <gtest/gtest.h>

#include "oom/oom.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

extern "C" {
#include "net/udp.h"
#include "server/server.h"
#include "sip/digest.h"
#include "sip/headers.h"
#include "sip/write.h"
#include "support/fake_media.h"
#include "support/fake_net.h"
#include "ua/ua.h"
}

namespace uaflow {

inline std::string text(sx_slice s) { return std::string(s.p ? s.p : "", s.n); }

inline int port_of(const net_addr &a) { return net_addr_port(&a); }
inline bool is_v6(const net_addr &a) { return net_addr_is_v6(&a); }

/* A copy of one happening. */
struct Event {
    ua_event_type type;
    ua_account *account;
    ua_call *call;
    ua_message *message;
    ua_transfer *transfer;
    ua_call *other;
    int code, status, q850, expires, retry_ms, port, deadline_ms, default_status, digit, rate;
    ua_cause cause;
    ua_originator originator;
    uint32_t flags;
    uint64_t count, duration_ms, id, tag;
    int local_port;
    ua_request *request;
    ua_collector *collector;
    int answer_after_s;
    std::string message_id, digits, identity, identity_name, diversion, privacy, referred_by, replaces, dialog;
    std::string local_host, reason, words, from, from_name, to, target, codec, transport, host, content_type, body, raw;
    uint64_t at_ms;
    ua_subscription *subscription;
    ua_notifier *notifier;
    ua_publication *publication;
    ua_conference *conference;
    ua_bridge *bridge;
    std::string state, event;
    int fork;
};

class Phone {
  public:
    explicit Phone(const std::string &host, bool open = false, const char *advertise = nullptr, int max_calls = -1,
                   const char *bind = "0.0.0.0", std::function<void(ua_agent_config &)> more = nullptr)
        : host_(host) {
        fake_host(host.c_str());
        loop = net_loop_create();
        media_config mc = {};
        mc.wake = [](void *p) { static_cast<Phone *>(p)->wake(); };
        mc.wake_ctx = this;
        media = media_engine_create(&mc);
        task_.phone = this;
        sx_task_init(&task_.task, [](sx_task *t) { reinterpret_cast<Task *>(t)->phone->pump(); });
        ua_agent_config c = {};
        c.max_calls = max_calls;
        c.bind = bind;
        c.advertise = advertise;
        c.user_agent = "test";
        c.open = open;
        if (more) more(c);
        EXPECT_EQ(ua_agent_create(loop, media, &c, sink, this, &agent), 0) << sx_last_error_text();
        for (const char *t : {"udp", "tcp"}) {
            ua_listener *l = nullptr;
            std::string at =
                std::string(t) + ":" + (host.find(':') == std::string::npos ? "0.0.0.0" : "[::]") + ":5060";
            EXPECT_EQ(ua_listener_create(agent, at.c_str(), nullptr, open, 1, &l), 0) << sx_last_error_text();
        }
        ua_agent_ask(agent, 1u << UA_ASK_CALL | 1u << UA_ASK_MESSAGE);
    }
    ~Phone() { destroy(); }
    void destroy() {
        if (agent) ua_agent_destroy(agent);
        agent = nullptr;
        if (media) media_engine_destroy(media);
        media = nullptr;
        sx_runq_cancel(&task_.task);
        if (loop) {
            fake_settle();
            net_loop_destroy(loop);
        }
        loop = nullptr;
    }

    ua_account *account(const char *aor, const char *password = nullptr, const char *server = nullptr,
                        std::function<void(ua_account_config &)> more = nullptr) {
        ua_account_config c;
        ua_account_config_init(&c);
        c.aor = aor;
        c.password = password;
        c.server = server;
        if (more) more(c);
        ua_account *a = nullptr;
        EXPECT_EQ(ua_account_create(agent, &c, 7, &a), 0) << sx_last_error_text();
        return a;
    }
    ua_call *call(ua_account *acc, const char *target, std::function<void(ua_call_config &)> more = nullptr) {
        ua_call_config c = {};
        c.target = target;
        c.media_default = true;
        if (more) more(c);
        ua_call *out = nullptr;
        EXPECT_EQ(ua_call_create(agent, acc, &c, 9, &out), 0) << sx_last_error_text();
        return out;
    }

    const Event *last(ua_event_type t) const {
        for (size_t i = events.size(); i-- > 0;)
            if (events[i].type == t) return &events[i];
        return nullptr;
    }
    size_t count(ua_event_type t) const {
        size_t n = 0;
        for (auto &e : events) n += e.type == t;
        return n;
    }
    /* Runs until the nth event of that type is there. */
    const Event *wait(ua_event_type t, uint64_t ms = 5000, size_t nth = 1) {
        struct Ctx {
            Phone *p;
            ua_event_type t;
            size_t n;
        } ctx = {this, t, nth};
        fake_run_until_done(
            [](void *c) {
                Ctx *x = static_cast<Ctx *>(c);
                return x->p->count(x->t) >= x->n;
            },
            &ctx, ms);
        return count(t) >= nth ? last(t) : nullptr;
    }
    fake_media_look look(void *call) {
        fake_media_look l = {};
        fake_media_find(media, call, &l);
        return l;
    }

    net_loop *loop = nullptr;
    media_engine *media = nullptr;
    ua_agent *agent = nullptr;
    std::vector<Event> events;
    std::function<void(const ua_event &)> on; /* answers, rejects ... while handling */
    std::string host_;

  private:
    struct Task {
        sx_task task;
        Phone *phone;
    } task_;
    void wake() { sx_runq_post(net_loop_runq(loop), &task_.task); }
    void pump() {
        if (agent) ua_agent_media_events(agent);
    }
    static void sink(void *ctx, const ua_event *ev) {
        Phone *p = static_cast<Phone *>(ctx);
        Event e = {};
        e.type = ev->type;
        e.account = ev->account;
        e.call = ev->call;
        e.message = ev->message;
        e.transfer = ev->transfer;
        e.other = ev->other;
        e.code = ev->code;
        e.status = ev->status;
        e.q850 = ev->q850;
        e.expires = ev->expires;
        e.retry_ms = ev->retry_ms;
        e.port = ev->port;
        e.deadline_ms = ev->deadline_ms;
        e.default_status = ev->default_status;
        e.digit = ev->digit;
        e.rate = ev->rate;
        e.cause = ev->cause;
        e.originator = ev->originator;
        e.flags = ev->flags;
        e.count = ev->count;
        e.duration_ms = ev->duration_ms;
        e.id = ev->id;
        e.request = ev->request;
        e.collector = ev->collector;
        e.tag = ev->tag;
        e.answer_after_s = ev->answer_after_s;
        e.message_id = text(ev->message_id);
        e.digits = text(ev->digits);
        e.identity = text(ev->identity);
        e.identity_name = text(ev->identity_name);
        e.diversion = text(ev->diversion);
        e.privacy = text(ev->privacy);
        e.referred_by = text(ev->referred_by);
        e.replaces = text(ev->replaces);
        e.dialog = text(ev->dialog);
        e.local_host = text(ev->local_host);
        e.local_port = ev->local_port;
        e.reason = text(ev->reason);
        e.words = text(ev->text);
        e.from = text(ev->from);
        e.from_name = text(ev->from_name);
        e.to = text(ev->to);
        e.target = text(ev->target);
        e.codec = text(ev->codec);
        e.transport = text(ev->transport);
        e.host = text(ev->host);
        e.content_type = text(ev->content_type);
        e.body = text(ev->body);
        if (ev->msg) e.raw = text(ev->msg->bytes);
        e.at_ms = fake_now();
        e.subscription = ev->subscription;
        e.notifier = ev->notifier;
        e.publication = ev->publication;
        e.conference = ev->conference;
        e.bridge = ev->bridge;
        e.state = text(ev->state);
        e.event = text(ev->event);
        e.fork = ev->fork;
        p->events.push_back(e);
        if (p->on) p->on(*ev);
    }
};

/* A SIP message as a test sees it. */
class Sip {
  public:
    explicit Sip(const std::string &bytes) : raw(bytes), scratch_(new sip_scratch) {
        sip_parse_error err;
        ok = sip_parse(scratch_.get(), raw.data(), raw.size(), nullptr, &err) == 0;
    }
    Sip(const Sip &o) : Sip(o.raw) { from = o.from; }
    Sip &operator=(const Sip &) = delete;
    const sip_msg *msg() const { return &scratch_->msg; }
    std::string method() const { return ok && !msg()->status ? text(msg()->method_name) : ""; }
    int status() const { return ok ? msg()->status : 0; }
    std::string uri() const { return text(msg()->uri); }
    std::string header(const char *name, int nth = 0) const {
        const sip_hdr *h = sip_find(msg(), sx_slice_str(name), nullptr);
        while (h && nth-- > 0) h = sip_find(msg(), sx_slice_str(name), h);
        return h ? text(sip_hdr_value(msg(), h)) : "";
    }
    std::string body() const { return text(msg()->body); }
    std::string to_tag() const {
        sip_addr a;
        return sip_addr_first(msg(), SIP_HDR_TO, &a) == 0 ? text(sip_addr_tag(&a)) : "";
    }
    std::string from_tag() const {
        sip_addr a;
        return sip_addr_first(msg(), SIP_HDR_FROM, &a) == 0 ? text(sip_addr_tag(&a)) : "";
    }
    std::string contact_uri() const {
        sip_addr a;
        return sip_addr_first(msg(), SIP_HDR_CONTACT, &a) == 0 ? text(a.uri) : "";
    }
    unsigned cseq() const { return (unsigned)atoi(header("CSeq").c_str()); }
    std::string raw;
    net_addr from = {};
    bool ok = false;

  private:
    std::unique_ptr<sip_scratch> scratch_;
};

inline std::string sdp(const std::string &host, int port, const std::string &formats = "0",
                       const std::string &more = "") {
    return "v=0\r\no=- 1 1 IN IP4 " + host + "\r\ns=-\r\nc=IN IP4 " + host + "\r\nt=0 0\r\nm=audio " +
           std::to_string(port) + " RTP/AVP " + formats + "\r\n" + more;
}

/* A peer of bytes: a UDP socket, what arrived at it, and hand-written answers. */
class Raw {
  public:
    explicit Raw(const std::string &host, int port = 5060) : host_(host), port_(port) {
        fake_host(host.c_str());
        loop_ = net_loop_create();
        net_addr a;
        net_addr_parse_host(&a, sx_slice_str(host.c_str()), (uint16_t)port);
        EXPECT_EQ(net_udp_open(loop_, &a, nullptr, sink, this, &udp_), 0);
    }
    ~Raw() {
        net_udp_close(udp_);
        fake_settle();
        net_loop_destroy(loop_);
    }
    void send(const std::string &to, const std::string &bytes) {
        net_addr a;
        ASSERT_TRUE(net_addr_parse(&a, sx_slice_str(to.c_str()), 5060));
        net_udp_send(udp_, &a, sx_slice_of(bytes.data(), bytes.size()));
    }
    /* The answer to a request: tag is added to To if it has none. */
    void reply(const Sip &req, int status, const std::string &tag = "", const std::string &lines = "",
               const std::string &body = "", const std::string &type = "application/sdp") {
        sx_buf b;
        sip_writer w;
        sx_buf_init(&b);
        sip_write_begin(&w, &b);
        sip_response_spec spec = {};
        spec.status = status;
        spec.to_tag = sx_slice_str(tag.c_str());
        char src[72];
        sx_buf sb;
        sx_buf_init_fixed(&sb, src, sizeof src);
        net_addr_write_host(&req.from, &sb);
        spec.source_host = sx_buf_view(&sb);
        spec.source_port = net_addr_port(&req.from);
        sip_write_response(&w, req.msg(), &spec);
        sx_buf_str(&b, lines.c_str());
        EXPECT_EQ(sip_write_end(&w, sx_slice_str(type.c_str()), sx_slice_of(body.data(), body.size())), 0);
        net_udp_send(udp_, &req.from, sx_buf_view(&b));
        sx_buf_free(&b);
    }
    std::string contact(const std::string &user = "raw") const {
        return "Contact: <sip:" + user + "@" + host_ + ":" + std::to_string(port_) + ">\r\n";
    }
    /* A request of ours; Via, Max-Forwards and Content-Length are written here. */
    std::string request(const std::string &method, const std::string &uri, const std::string &from,
                        const std::string &to, const std::string &call_id, int cseq, const std::string &lines = "",
                        const std::string &body = "") {
        static int branch = 0;
        bool typed = body.empty() || lines.find("Content-Type") != std::string::npos;
        return method + " " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP " + host_ + ":" + std::to_string(port_) +
               ";branch=z9hG4bKraw" + std::to_string(++branch) + ";rport\r\nMax-Forwards: 70\r\nFrom: " + from +
               "\r\nTo: " + to + "\r\nCall-ID: " + call_id + "\r\nCSeq: " + std::to_string(cseq) + " " + method +
               "\r\n" + lines + (typed ? "" : "Content-Type: application/sdp\r\n") +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }
    std::string invite(const std::string &uri, const std::string &call_id = "c1", const std::string &body = "",
                       const std::string &lines = "", int cseq = 1) {
        return request("INVITE", uri, "<sip:raw@" + host_ + ">;tag=rawtag", "<" + uri + ">", call_id, cseq,
                       contact() + lines, body);
    }
    /* Inside the dialog that our INVITE made, seen from its final response. */
    std::string inside(const std::string &method, const Sip &ok, int cseq, const std::string &body = "",
                       const std::string &lines = "") {
        return request(method, ok.contact_uri(), ok.header("From"), ok.header("To"), ok.header("Call-ID"), cseq,
                       contact() + lines, body);
    }
    /* Inside the dialog that the agent's INVITE made with us. */
    std::string inside_uas(const std::string &method, const Sip &invite, const std::string &tag, int cseq,
                           const std::string &body = "", const std::string &lines = "") {
        return request(method, invite.contact_uri(), invite.header("To") + ";tag=" + tag, invite.header("From"),
                       invite.header("Call-ID"), cseq, contact() + lines, body);
    }
    void ack(const std::string &to, const Sip &ok, const std::string &body = "") {
        send(to, inside("ACK", ok, (int)ok.cseq(), body));
    }
    size_t count(const std::string &what) const { /* "INVITE", or "200 INVITE" */
        size_t n = 0;
        for (auto &m : got) n += matches(*m, what);
        return n;
    }
    const Sip *last(const std::string &what) const {
        for (size_t i = got.size(); i-- > 0;)
            if (matches(*got[i], what)) return got[i].get();
        return nullptr;
    }
    const Sip *wait(const std::string &what, uint64_t ms = 5000, size_t nth = 1) {
        struct Ctx {
            Raw *r;
            std::string what;
            size_t n;
        } ctx = {this, what, nth};
        fake_run_until_done(
            [](void *c) {
                Ctx *x = static_cast<Ctx *>(c);
                return x->r->count(x->what) >= x->n;
            },
            &ctx, ms);
        return count(what) >= nth ? last(what) : nullptr;
    }
    std::vector<std::unique_ptr<Sip>> got;
    std::function<void(const Sip &)> on;

  private:
    static bool matches(const Sip &m, const std::string &what) {
        if (m.status()) {
            std::string c = m.header("CSeq");
            return what == std::to_string(m.status()) + " " + c.substr(c.find(' ') + 1);
        }
        return m.method() == what;
    }
    static void sink(void *ctx, const net_event *ev) {
        Raw *r = static_cast<Raw *>(ctx);
        if (ev->type != NET_DATAGRAM) return;
        oom_pause(+1); /* the test's own memory */
        r->got.emplace_back(new Sip(text(ev->bytes)));
        r->got.back()->from = *ev->from;
        const Sip &m = *r->got.back();
        if (r->on) r->on(m);
        oom_pause(-1);
    }
    std::string host_;
    int port_;
    net_loop *loop_;
    net_udp *udp_ = nullptr;
};

/* The embedded registrar on a machine of its own. */
class Registrar {
  public:
    explicit Registrar(const std::string &host, srv_mode mode = SRV_PROXY, int max_expires = 0, int min_expires = 0) {
        fake_host(host.c_str());
        loop_ = net_loop_create();
        stack_config sc = {};
        stack_ = stack_create(loop_, &sc, {[](void *, const stack_event *) {}, nullptr});
        static const srv_user users[] = {{"alice", "secret"}, {"bob", "hunter2"}, {"dora", "hunter2"}};
        srv_config c = {};
        c.mode = mode;
        c.users = users;
        c.user_count = 3;
        c.record_route = true;
        c.max_expires = max_expires;
        c.min_expires = min_expires;
        EXPECT_EQ(srv_server_create(
                      stack_, &c, 1, [](void *, const srv_event *) {}, nullptr, &server),
                  0);
        for (const char *t : {"udp:", "tcp:"}) {
            srv_listener *l;
            EXPECT_EQ(srv_listener_create(server, (t + host + ":5060").c_str(), nullptr, 1, &l), 0);
        }
    }
    ~Registrar() {
        srv_server_destroy(server);
        stack_destroy(stack_);
        fake_settle();
        net_loop_destroy(loop_);
    }
    srv_server *server = nullptr;

  private:
    net_loop *loop_;
    stack *stack_;
};

class Flow : public ::testing::Test {
  protected:
    void SetUp() override { fake_net_begin(1); }
    void TearDown() override { EXPECT_TRUE(fake_net_end()) << "something was not closed"; }
};

} // namespace uaflow
using namespace uaflow;

#endif
