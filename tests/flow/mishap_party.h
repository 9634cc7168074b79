/* A phone of a scenario, what its program commands, and what it was told, object by object (mishap.h). */
#ifndef FLOW_MISHAP_PARTY_H
#define FLOW_MISHAP_PARTY_H

#include "flow/flow_fixture.h"

namespace mishap {

/* Thrown where a program cannot go on: what it waited for did not come, or what it has in hand is gone. */
struct Stop {};
/* Thrown where there is nothing that a function could be called on: that playing is not worth its end. */
struct Nothing {};

enum Kind {
    NONE,
    ACCOUNT,
    CALL,
    MESSAGE,
    TRANSFER,
    REQUEST,
    COLLECTOR,
    SUBSCRIPTION,
    NOTIFIER,
    PUBLICATION,
    CONFERENCE,
    BRIDGE
};
const char *const kinds[] = {"agent",     "account",      "call",     "message",     "transfer",   "request",
                             "collector", "subscription", "notifier", "publication", "conference", "bridge"};

struct Object {
    Kind kind;
    int nth;
    uint64_t id;
    void *ptr; /* NULL: it has ended */
    std::string log;
};

class World;

/* A phone, and what its program has in hand. */
class Party {
  public:
    Party(World &w, char name, const std::string &host) : world(w), name(name), host(host), phone(host, true) {
        ua_agent_ask(phone.agent, 1u << UA_ASK_CALL | 1u << UA_ASK_MESSAGE | 1u << UA_ASK_TRANSFER |
                                      1u << UA_ASK_SUBSCRIBE | 1u << UA_ASK_JOIN);
        phone.on = [this](const ua_event &ev) { told(ev); };
    }
    std::string uri() const { return std::string("sip:") + name + "@" + host; }
    ua_agent *agent() {
        fake_host(host.c_str()); /* from here the program speaks */
        if (!phone.agent) stop("it is gone");
        return phone.agent;
    }
    void set(const char *key, const char *value) {
        EXPECT_EQ(ua_option_set(agent(), nullptr, nullptr, key, value), 0) << sx_last_error_text();
    }

    Object *nth(Kind k, int n) {
        for (auto &o : objects)
            if (o->kind == k && o->nth == n) return o.get();
        return nullptr;
    }
    Object *newest(Kind k) {
        if (!phone.agent) return nullptr;
        for (size_t i = objects.size(); i-- > 0;)
            if (objects[i]->kind == k && objects[i]->ptr) return objects[i].get();
        return nullptr;
    }
    template <class T> T *get(Kind k, int n) {
        agent();
        Object *o = nth(k, n);
        if (!o || !o->ptr) stop(std::string("no ") + kinds[k] + " " + std::to_string(n));
        return static_cast<T *>(o->ptr);
    }
    ua_call *call(int n = 1) { return get<ua_call>(CALL, n); }
    /* Makes one: f(id, out) is the function that does. Refused: NULL in a race, else a failure. */
    template <class T> T *make(Kind k, std::function<int(uint64_t, T **)> f) {
        agent();
        Object *o = add(k, nullptr);
        T *made = nullptr;
        int rc = f(o->id, &made);
        o->ptr = rc < 0 ? nullptr : made;
        if (rc < 0) o->log += " refused";
        ok(rc);
        return made;
    }
    bool ok(int rc);
    void stop(const std::string &why);

    /* ---- commands */
    void dial(const std::string &target, std::function<void(ua_call_config &)> more = nullptr) {
        make<ua_call>(CALL, [&](uint64_t id, ua_call **out) {
            ua_call_config c = {};
            c.target = target.c_str();
            c.media_default = true;
            if (more) more(c);
            return ua_call_create(phone.agent, nullptr, &c, id, out);
        });
    }
    void dial(Party &to, std::function<void(ua_call_config &)> more = nullptr) { dial(to.uri(), more); }
    void ring(int n = 1, bool media = false) {
        ua_reply r = {};
        r.status = media ? 183 : 180;
        r.early_media = media;
        ok(ua_call_ring(call(n), &r));
    }
    void answer(int n = 1) { ok(ua_call_answer(call(n), nullptr)); }
    void reject(int status, int n = 1) {
        ua_reply r = {};
        r.status = status;
        ok(ua_call_reject(call(n), &r));
    }
    void hang_up(int n = 1) { ok(ua_call_hangup(call(n), nullptr)); }
    void change(uint64_t tag, int hold = UA_AS_IS, ua_change_method method = UA_CHANGE_AUTO,
                const char *codec = nullptr, int n = 1) {
        ua_change c = {};
        c.hold = hold;
        c.method = method;
        c.codecs = &codec;
        c.codec_count = codec ? 1 : 0;
        ok(ua_call_change(call(n), &c, tag));
    }
    void transfer(const std::string &target, int n = 1, std::function<void(ua_transfer_config &)> more = nullptr) {
        ua_call *c = call(n);
        make<ua_transfer>(TRANSFER, [&](uint64_t id, ua_transfer **out) {
            ua_transfer_config x = {};
            x.target = target.c_str();
            x.subscribe = x.hangup = true;
            if (more) more(x);
            return c ? ua_call_transfer(c, &x, id, out) : SX_E_GONE;
        });
    }
    void request(const char *method, const char *type, const char *body, int n = 1) {
        ua_call *c = call(n);
        make<ua_request>(REQUEST, [&](uint64_t id, ua_request **out) {
            ua_request_config x = {};
            x.method = method;
            x.content_type = type;
            x.body = sx_slice_str(body);
            return ua_call_request(c, &x, id, out);
        });
    }
    void collect(int digits, int timeout_ms = -1, int n = 1) {
        ua_call *c = call(n);
        make<ua_collector>(COLLECTOR, [&](uint64_t id, ua_collector **out) {
            ua_collect_config x = {digits, "#", timeout_ms, 30000, true};
            return ua_call_collect(c, &x, id, out);
        });
    }
    void say(const std::string &to, const char *body, int in_call = 0,
             std::function<void(ua_message_config &)> more = nullptr) {
        ua_call *c = in_call ? call(in_call) : nullptr;
        std::string from = uri();
        make<ua_message>(MESSAGE, [&](uint64_t id, ua_message **out) {
            ua_message_config x = {};
            x.target = c ? nullptr : to.c_str();
            x.from = c ? nullptr : from.c_str();
            x.call = c;
            x.body = sx_slice_str(body);
            if (more) more(x);
            return ua_message_send(phone.agent, nullptr, &x, id, out);
        });
    }
    void options(const std::string &to) {
        make<ua_message>(MESSAGE, [&](uint64_t id, ua_message **out) {
            ua_message_config x = {};
            x.target = to.c_str();
            return ua_options_send(phone.agent, nullptr, &x, id, out);
        });
    }
    void subscribe(const std::string &to, int expires, const char *event = "presence") {
        make<ua_subscription>(SUBSCRIPTION, [&](uint64_t id, ua_subscription **out) {
            ua_subscribe_config c = {};
            c.target = to.c_str();
            c.event = event;
            c.expires = expires;
            return ua_subscription_create(phone.agent, nullptr, &c, id, out);
        });
    }
    void publish(const std::string &to, int expires, const char *body) {
        make<ua_publication>(PUBLICATION, [&](uint64_t id, ua_publication **out) {
            ua_publish_config c = {};
            c.target = to.c_str();
            c.event = "presence";
            c.content_type = "text/plain";
            c.body = sx_slice_str(body);
            c.expires = expires;
            return ua_publication_create(phone.agent, nullptr, &c, id, out);
        });
    }
    void notify(const char *body, const char *state = nullptr, int n = 1) {
        ua_notify_config c = {};
        c.state = state;
        c.content_type = "text/plain";
        c.body = sx_slice_str(body);
        ok(ua_notifier_notify(get<ua_notifier>(NOTIFIER, n), &c));
    }
    void bridge(int x, int y, bool transfer = false) {
        ua_call *a = call(x), *b = call(y);
        make<ua_bridge>(BRIDGE, [&](uint64_t id, ua_bridge **out) {
            ua_bridge_config c = {true, true, true, transfer, true, true};
            return ua_bridge_create(phone.agent, a, b, &c, id, out);
        });
    }

    /* Another network. */
    void move(const char *to) {
        fake_host_move(host.c_str(), to);
        host = to;
        moved = true;
        ok(ua_network_changed(agent()));
    }

    /* ---- what was told */
    size_t count(ua_event_type t) const { return phone.count(t); }
    const Event *last(ua_event_type t) const { return phone.last(t); }
    void see(ua_event_type t, size_t nth = 1);

    World &world;
    char name;
    std::string host;
    Phone phone;
    std::function<void(Party &, const ua_event &)> does; /* the program's own doings while it is told */
    std::vector<std::unique_ptr<Object>> objects;
    bool down = false, moved = false;

  private:
    Object *add(Kind k, void *ptr);
    void told(const ua_event &ev);
    static Kind kind_of(const ua_event &ev, uint64_t *id, void **ptr);
    static bool is_last(Kind k, const ua_event &ev);
    static std::string words_of(const ua_event &ev);
};

inline Kind Party::kind_of(const ua_event &ev, uint64_t *id, void **ptr) {
    switch (ev.type) {
    case UA_EV_MESSAGE:
    case UA_EV_MESSAGE_ANSWERED:
    case UA_EV_MESSAGE_DELIVERED:
    case UA_EV_MESSAGE_FAILED:
    case UA_EV_OPTIONS_ANSWERED: *id = ua_message_id(ev.message), *ptr = ev.message; return MESSAGE;
    case UA_EV_TRANSFER_REQUESTED:
    case UA_EV_TRANSFER_PROGRESS:
    case UA_EV_TRANSFER_DONE: *id = ua_transfer_id(ev.transfer), *ptr = ev.transfer; return TRANSFER;
    case UA_EV_REQUEST_ANSWERED: *id = ua_request_id(ev.request), *ptr = ev.request; return REQUEST;
    case UA_EV_COLLECTED: *id = ua_collector_id(ev.collector), *ptr = ev.collector; return COLLECTOR;
    case UA_EV_SUBSCRIBE_REQUESTED:
    case UA_EV_NOTIFY:
    case UA_EV_SUBSCRIPTION_STATE:
        if (ev.notifier) {
            *id = ua_notifier_id(ev.notifier), *ptr = ev.notifier;
            return NOTIFIER;
        }
        if (!ev.subscription) return NONE;
        *id = ua_subscription_id(ev.subscription), *ptr = ev.subscription;
        return SUBSCRIPTION;
    case UA_EV_PUBLISH_STATE: *id = ua_publication_id(ev.publication), *ptr = ev.publication; return PUBLICATION;
    case UA_EV_CONFERENCE_CHANGED:
    case UA_EV_CONFERENCE_ENDED: *id = ua_conference_id(ev.conference), *ptr = ev.conference; return CONFERENCE;
    case UA_EV_BRIDGE_CHANGED:
    case UA_EV_BRIDGE_ENDED: *id = ua_bridge_id(ev.bridge), *ptr = ev.bridge; return BRIDGE;
    case UA_EV_MESSAGE_COMPOSING:
    case UA_EV_MESSAGE_DISPOSITION: return NONE;
    default:
        if (!ev.call) return NONE;
        *id = ua_call_id(ev.call), *ptr = ev.call;
        return CALL;
    }
}

inline bool Party::is_last(Kind k, const ua_event &ev) {
    switch (k) {
    case CALL: return ev.type == UA_EV_CALL_ENDED;
    case MESSAGE: return ev.type != UA_EV_MESSAGE;
    case TRANSFER: return ev.type == UA_EV_TRANSFER_DONE;
    case REQUEST:
    case COLLECTOR: return true;
    case SUBSCRIPTION:
    case NOTIFIER: return ev.type == UA_EV_SUBSCRIPTION_STATE && text(ev.state) == "terminated";
    case PUBLICATION: return text(ev.state) == "removed";
    case CONFERENCE: return ev.type == UA_EV_CONFERENCE_ENDED;
    case BRIDGE: return ev.type == UA_EV_BRIDGE_ENDED;
    default: return false;
    }
}

/* What of an event counts: empty where the network may decide whether it is told. A 1xx need not arrive. */
inline std::string Party::words_of(const ua_event &ev) {
    static const struct {
        ua_event_type type;
        const char *word;
    } names[] = {{UA_EV_INCOMING_CALL, "incoming"},
                 {UA_EV_CALL_ACCEPTED, "accepted"},
                 {UA_EV_CALL_CONFIRMED, "confirmed"},
                 {UA_EV_CALL_ENDED, "ended"},
                 {UA_EV_CALL_HELD, "held"},
                 {UA_EV_CALL_RESUMED, "resumed"},
                 {UA_EV_CALL_UPDATED, "updated"},
                 {UA_EV_CALL_REDIRECTED, "redirected"},
                 {UA_EV_DTMF, "dtmf"},
                 {UA_EV_INFO, "info"},
                 {UA_EV_DTMF_SENT, "dtmf_sent"},
                 {UA_EV_CALL_MOVED, "moved"},
                 {UA_EV_CALL_CHANGE_REQUESTED, "change_requested"},
                 {UA_EV_CALL_CHANGE_FAILED, "change_failed"},
                 {UA_EV_CALL_REPLACED, "replaced"},
                 {UA_EV_REQUEST_ANSWERED, "answered"},
                 {UA_EV_MESSAGE, "message"},
                 {UA_EV_MESSAGE_DELIVERED, "delivered"},
                 {UA_EV_MESSAGE_FAILED, "failed"},
                 {UA_EV_MESSAGE_COMPOSING, "composing"},
                 {UA_EV_MESSAGE_DISPOSITION, "disposition"},
                 {UA_EV_OPTIONS_ANSWERED, "options"},
                 {UA_EV_SUBSCRIBE_REQUESTED, "requested"},
                 {UA_EV_NOTIFY, "notify"},
                 {UA_EV_SUBSCRIPTION_STATE, "state"},
                 {UA_EV_PUBLISH_STATE, "state"},
                 {UA_EV_TRANSFER_REQUESTED, "requested"},
                 {UA_EV_TRANSFER_DONE, "done"},
                 {UA_EV_COLLECTED, "collected"},
                 {UA_EV_CONFERENCE_CHANGED, "changed"},
                 {UA_EV_CONFERENCE_ENDED, "ended"},
                 {UA_EV_BRIDGE_ENDED, "ended"}};
    std::string s;
    for (auto &n : names)
        if (n.type == ev.type) s = n.word;
    /* RFC 6665 4.1.2.4: a NOTIFY may be there before the 2xx, and then that says nothing new */
    bool granted = ev.type == UA_EV_SUBSCRIPTION_STATE && ev.subscription && ev.status / 100 == 2;
    if (s.empty() || (granted && !(ev.flags & UA_FLAG_REFRESH))) return "";
    s += "(";
    if (ev.originator)
        s += std::string("by ") +
             (ev.originator == UA_LOCAL    ? "us"
              : ev.originator == UA_REMOTE ? "peer"
                                           : "system") +
             " ";
    if (ev.status) s += std::to_string(ev.status) + " ";
    if (ev.code) s += "code " + std::to_string(ev.code) + " ";
    if (ev.cause) s += std::string(ua_cause_text(ev.cause)) + " ";
    if (ev.tag) s += "tag " + std::to_string(ev.tag) + " ";
    if (ev.digit) s += std::string(1, (char)ev.digit) + " ";
    if (ev.flags) s += "flags " + std::to_string(ev.flags) + " ";
    for (const sx_slice *t : {&ev.state, &ev.digits})
        if (t->n) s += text(*t) + " ";
    bool sdp = text(ev.content_type).find("sdp") != std::string::npos || text(ev.body).compare(0, 2, "v=") == 0;
    if (ev.body.n && !sdp) s += "'" + text(ev.body) + "' ";
    if (s.back() == ' ') s.pop_back();
    return s + ")";
}

} // namespace mishap

#endif
