/* Every feature of a call and around it as a short scenario between phones of ours, for mishaps_test.cc and
 * races_test.cc: a calls b, and c is whoever else there is. */
#ifndef FLOW_MISHAP_SCENARIOS_H
#define FLOW_MISHAP_SCENARIOS_H

#include "flow/mishap_others.h"

namespace mishap {

/* ---- events and messages */

inline void watched(Party &, const ua_event &ev) {
    if (ev.type != UA_EV_SUBSCRIBE_REQUESTED) return;
    ua_notify_config c = {};
    c.content_type = "text/plain";
    c.body = SX_LIT("one");
    ua_notifier_accept(ev.notifier, &c);
}

inline void a_subscription(World &w) {
    w.b().does = watched;
    /* the NOTIFY of a refresh may be there before its 2xx (RFC 6665 4.1.2.4) */
    w.same.push_back({"notify(active 'two') notify(active 'two') state(200 flags 1 active)",
                      "notify(active 'two') state(200 flags 1 active) notify(active 'two')"});
    w.a().subscribe(w.b().uri(), 100);
    w.a().see(UA_EV_NOTIFY);
    w.rest(3000);
    w.b().notify("two");
    w.a().see(UA_EV_NOTIFY, 2);
    w.rest(97000); /* a refresh, with its NOTIFY */
    ua_subscription_end(w.a().get<ua_subscription>(SUBSCRIPTION, 1));
    w.until([&] { return !w.a().newest(SUBSCRIPTION) && !w.b().newest(NOTIFIER); });
}

inline void a_subscription_that_the_notifier_ends(World &w) {
    w.b().does = watched;
    w.a().subscribe(w.b().uri(), 100);
    w.a().see(UA_EV_NOTIFY);
    ua_notify_config c = {};
    c.state = "terminated";
    c.reason = "noresource";
    w.rest(1000);
    w.b().ok(ua_notifier_notify(w.b().get<ua_notifier>(NOTIFIER, 1), &c));
    w.until([&] { return !w.a().newest(SUBSCRIPTION) && !w.b().newest(NOTIFIER); });
}

inline void asking_once(World &w) {
    w.b().does = watched;
    w.a().subscribe(w.b().uri(), 0);
    w.until([&] { return w.a().count(UA_EV_NOTIFY) && !w.a().newest(SUBSCRIPTION) && !w.b().newest(NOTIFIER); });
}

inline void a_refused_subscription(World &w) {
    w.b().does = [](Party &, const ua_event &ev) {
        if (ev.type == UA_EV_SUBSCRIBE_REQUESTED) ua_notifier_reject(ev.notifier, nullptr);
    };
    w.a().subscribe(w.b().uri(), 100);
    w.until([&] { return !w.a().newest(SUBSCRIPTION); });
}

/* A server that takes a PUBLISH and knows one that is sent again. */
inline void a_publication(World &w) {
    struct Server {
        std::map<std::string, std::string> answered; /* by Via */
        int tags = 0;
        std::string has, etag;
    };
    auto s = std::make_shared<Server>();
    w.server.reset(new Raw("10.0.0.9"));
    Raw *r = w.server.get();
    r->on = [s, r](const Sip &m) {
        if (m.method() != "PUBLISH") return;
        std::string key = m.header("Via");
        if (!s->answered.count(key)) {
            EXPECT_EQ(m.header("SIP-If-Match"), s->etag) << "every publication names the tag that it had last";
            if (!m.body().empty()) s->has = m.body();
            if (m.header("Expires") == "0") s->has = "";
            s->etag = "e" + std::to_string(++s->tags);
            s->answered[key] = "SIP-ETag: " + s->etag + "\r\nExpires: " + m.header("Expires") + "\r\n";
        }
        r->reply(m, 200, "x", s->answered[key]);
    };
    w.a().publish("sip:alice@10.0.0.9", 100, "one");
    w.a().see(UA_EV_PUBLISH_STATE);
    w.a().ok(ua_publication_update(w.a().get<ua_publication>(PUBLICATION, 1), nullptr, SX_LIT("two")));
    w.a().see(UA_EV_PUBLISH_STATE, 2);
    w.rest(98000);
    if (!w.race()) {
        EXPECT_EQ(s->has, "two");
    }
    w.a().ok(ua_publication_end(w.a().get<ua_publication>(PUBLICATION, 1)));
    w.until([&] { return !w.a().newest(PUBLICATION); });
    if (!w.race()) {
        EXPECT_EQ(s->has, "");
    }
}

inline void messages_in_a_call(World &w) {
    w.talk();
    w.a().say("", "", 1, [](ua_message_config &c) { c.composing = UA_ON; });
    w.b().see(UA_EV_MESSAGE_COMPOSING);
    w.a().say("", "hello", 1, [](ua_message_config &c) {
        c.disposition = 1 | 2;
        c.message_id = "m1";
    });
    w.b().see(UA_EV_MESSAGE);
    w.a().see(UA_EV_MESSAGE_DISPOSITION);
    w.a().see(UA_EV_MESSAGE_DELIVERED, 2);
    w.b().say("", "", 1, [](ua_message_config &c) {
        c.report = "displayed";
        c.message_id = "m1";
    });
    w.a().see(UA_EV_MESSAGE_DISPOSITION, 2);
    w.b().see(UA_EV_MESSAGE_DELIVERED);
    w.over(w.a());
}

inline void messages_outside_calls(World &w) {
    w.a().does = w.b().does = answers;
    w.a().say(w.b().uri(), "", 0, [](ua_message_config &c) { c.composing = UA_ON; });
    w.b().see(UA_EV_MESSAGE_COMPOSING);
    w.a().say(w.b().uri(), "hello", 0, [](ua_message_config &c) {
        c.disposition = 1;
        c.message_id = "m1";
    });
    w.b().see(UA_EV_MESSAGE);
    w.a().see(UA_EV_MESSAGE_DISPOSITION);
    w.a().see(UA_EV_MESSAGE_DELIVERED, 2);
}

inline void a_question_about_capabilities(World &w) {
    w.a().options(w.b().uri());
    w.a().see(UA_EV_OPTIONS_ANSWERED);
}

#define ROW(f)                                                                                                         \
    { #f, f }
const Scenario scenarios[] = {
    ROW(a_call),
    ROW(a_call_that_the_callee_ends),
    ROW(a_refused_call),
    ROW(a_canceled_call),
    ROW(hold_by_reinvite),
    ROW(hold_by_update),
    ROW(hold_of_the_callee_by_reinvite),
    ROW(hold_of_the_callee_by_update),
    ROW(both_hold),
    ROW(both_hold_at_once),
    ROW(another_codec_by_the_caller),
    ROW(another_codec_by_the_callee),
    ROW(a_change_that_is_accepted),
    ROW(a_change_that_is_refused),
    ROW(an_update_that_is_accepted),
    ROW(an_update_that_is_refused),
    ROW(a_change_of_address),
    ROW(a_move_while_the_other_asks),
    ROW(an_early_update),
    ROW(an_early_update_of_the_callee),
    ROW(insists_on_100rel),
    ROW(refreshes_of_the_caller_by_update),
    ROW(refreshes_of_the_caller_by_invite),
    ROW(refreshes_of_the_callee_by_update),
    ROW(refreshes_of_the_callee_by_invite),
    ROW(a_blind_transfer),
    ROW(a_transfer_of_the_callee),
    ROW(a_transfer_that_fails),
    ROW(a_refused_transfer),
    ROW(a_transfer_without_subscription),
    ROW(an_attended_transfer),
    ROW(a_transfer_outside_calls),
    ROW(a_pickup),
    ROW(a_call_replaced),
    ROW(a_join),
    ROW(a_redirect),
    ROW(requests_inside),
    ROW(digits_by_dtmf_relay),
    ROW(digits_by_dtmf),
    ROW(a_bridge),
    ROW(a_bridge_to_a_busy_one),
    ROW(a_bridge_that_is_canceled),
    ROW(a_transfer_through_a_bridge),
    ROW(a_conference),
    ROW(a_subscription),
    ROW(a_subscription_that_the_notifier_ends),
    ROW(asking_once),
    ROW(a_refused_subscription),
    ROW(a_publication),
    ROW(messages_in_a_call),
    ROW(messages_outside_calls),
    ROW(a_question_about_capabilities),
};

inline std::string name_of_scenario(const ::testing::TestParamInfo<size_t> &i) { return scenarios[i.param].name; }

#define EACH_SCENARIO ::testing::Range((size_t)0, sizeof mishap::scenarios / sizeof *mishap::scenarios)

} // namespace mishap

#endif
