/* A phone that watches somebody whose server a test plays by hand. */
#ifndef FLOW_WATCH_H
#define FLOW_WATCH_H

#include "flow/flow_fixture.h"

namespace {

const char *const US = "10.0.0.1", *const PEER = "10.0.0.5";

/* A phone that watches sip:bob@10.0.0.5, whose server a test plays by hand. */
struct Watch {
    Phone p{US, true};
    Raw r{PEER};
    ua_subscription *s = nullptr;
    int cseq = 0;
    explicit Watch(int expires = 3600, const char *event = "presence",
                   std::function<void(ua_subscribe_config &)> more = nullptr) {
        ua_subscribe_config c = {};
        c.target = "sip:bob@10.0.0.5";
        c.event = event;
        c.expires = expires;
        if (more) more(c);
        EXPECT_EQ(ua_subscription_create(p.agent, nullptr, &c, 5, &s), 0) << sx_last_error_text();
        EXPECT_NE(r.wait("SUBSCRIBE"), nullptr);
    }
    const Sip *sub(size_t nth = 1, uint64_t ms = 5000) { return r.wait("SUBSCRIBE", ms, nth); }
    std::string notify_of(const Sip &sub, const std::string &state, const std::string &body = "",
                          const std::string &tag = "t", const std::string &event = "presence") {
        std::string type = body.empty() ? "" : "Content-Type: application/pidf+xml\r\n";
        std::string to = sub.header("From"), from = sub.header("To");
        if (sub.to_tag().empty()) from += ";tag=" + tag;
        return r.request("NOTIFY", sub.contact_uri(), from, to, sub.header("Call-ID"), ++cseq,
                         r.contact() + "Event: " + event + "\r\nSubscription-State: " + state + "\r\n" + type, body);
    }
    void notify(const std::string &state, const std::string &body = "", const std::string &tag = "t") {
        r.send(US, notify_of(*r.last("SUBSCRIBE"), state, body, tag));
    }
    void accept(int expires = 3600, const std::string &tag = "t", int status = 200) {
        r.reply(Sip(*r.last("SUBSCRIBE")), status, tag, r.contact() + "Expires: " + std::to_string(expires) + "\r\n");
    }
    void open(int expires = 3600) {
        accept(expires);
        notify("active;expires=" + std::to_string(expires), "<a/>");
        EXPECT_NE(p.wait(UA_EV_NOTIFY), nullptr);
    }
    const Event *state(const std::string &word, uint64_t ms = 5000) {
        struct Ctx {
            Phone *p;
            std::string w;
        } ctx = {&p, word};
        fake_run_until_done(
            [](void *c) {
                Ctx *x = static_cast<Ctx *>(c);
                const Event *e = x->p->last(UA_EV_SUBSCRIPTION_STATE);
                return e && e->state == x->w;
            },
            &ctx, ms);
        const Event *e = p.last(UA_EV_SUBSCRIPTION_STATE);
        return e && e->state == word ? e : nullptr;
    }
    bool over() const {
        const Event *e = p.last(UA_EV_SUBSCRIPTION_STATE);
        return e && e->state == "terminated";
    }
};

} // namespace

#endif
