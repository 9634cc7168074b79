/* Scenarios (mishap.h) with a third one: transfers, replaced and joined calls, redirects, bridges, conferences. */
#ifndef FLOW_MISHAP_OTHERS_H
#define FLOW_MISHAP_OTHERS_H

#include "flow/mishap_calls.h"

namespace mishap {

/* ---- transfer */

inline void a_blind_transfer(World &w) {
    w.talk();
    w.b().does = w.c().does = answers;
    w.a().transfer(w.c().uri());
    w.a().see(UA_EV_TRANSFER_DONE);
    w.b().see(UA_EV_TRANSFER_DONE);
    w.a().see(UA_EV_CALL_ENDED);
    w.b().see(UA_EV_CALL_ENDED);
    w.c().see(UA_EV_CALL_CONFIRMED);
    w.counting = false;
    w.c().hang_up();
    w.b().see(UA_EV_CALL_ENDED, 2);
}

inline void a_transfer_of_the_callee(World &w) {
    w.talk();
    w.a().does = w.c().does = answers;
    w.b().transfer(w.c().uri());
    w.b().see(UA_EV_TRANSFER_DONE);
    w.a().see(UA_EV_TRANSFER_DONE);
    w.a().see(UA_EV_CALL_ENDED);
    w.c().see(UA_EV_CALL_CONFIRMED);
    w.counting = false;
    w.c().hang_up();
    w.a().see(UA_EV_CALL_ENDED, 2);
}

inline void a_transfer_that_fails(World &w) {
    w.talk();
    w.b().does = answers;
    w.c().does = [](Party &p, const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) p.reject(486, 1);
    };
    w.a().transfer(w.c().uri());
    w.a().see(UA_EV_TRANSFER_DONE);
    w.b().see(UA_EV_TRANSFER_DONE);
    w.rest(2000);
    w.over(w.a()); /* the talk went on */
}

inline void a_refused_transfer(World &w) {
    w.talk();
    ua_agent_ask(w.b().agent(), 1u << UA_ASK_CALL);
    w.a().transfer(w.c().uri());
    w.a().see(UA_EV_TRANSFER_DONE);
    w.over(w.a());
}

inline void a_transfer_without_subscription(World &w) {
    w.talk();
    w.b().does = w.c().does = answers;
    w.a().transfer(w.c().uri(), 1, [](ua_transfer_config &x) { x.subscribe = false; });
    w.a().see(UA_EV_TRANSFER_DONE);
    w.a().see(UA_EV_CALL_ENDED);
    w.b().see(UA_EV_CALL_ENDED);
    w.c().see(UA_EV_CALL_CONFIRMED);
    w.b().see(UA_EV_CALL_CONFIRMED, 2);
    w.counting = false;
    w.c().hang_up();
    w.b().see(UA_EV_CALL_ENDED, 2);
}

inline void an_attended_transfer(World &w) {
    w.talk();
    w.counting = false;
    w.b().does = w.c().does = answers;
    w.a().dial(w.c());
    w.a().see(UA_EV_CALL_CONFIRMED, 2);
    w.c().see(UA_EV_CALL_CONFIRMED);
    w.rest(1000);
    w.counting = true;
    /* the target's BYE for the call that is replaced (RFC 3891 3) and ours cross */
    w.same.push_back({"a.call2: accepted(by peer 200) confirmed(by us) ended(by us Transferred flags 4)",
                      "a.call2: accepted(by peer 200) confirmed(by us) ended(by peer Terminated flags 4)"});
    ua_call *consult = w.a().call(2);
    w.a().transfer("", 1, [&](ua_transfer_config &x) {
        x.target = nullptr;
        x.consult = consult;
    });
    w.a().see(UA_EV_TRANSFER_DONE);
    w.a().see(UA_EV_CALL_ENDED, 2);
    w.b().see(UA_EV_CALL_ENDED);
    w.c().see(UA_EV_CALL_ENDED);
    w.b().see(UA_EV_TRANSFER_DONE);
    w.c().see(UA_EV_CALL_CONFIRMED, 2);
    w.counting = false;
    w.c().hang_up(2);
    w.b().see(UA_EV_CALL_ENDED, 2);
}

inline void a_transfer_outside_calls(World &w) {
    w.b().does = w.c().does = answers;
    std::string to = w.b().uri(), target = w.c().uri();
    w.a().make<ua_transfer>(TRANSFER, [&](uint64_t id, ua_transfer **out) {
        ua_transfer_config x = {};
        x.target = target.c_str();
        x.recipient = to.c_str();
        x.subscribe = true;
        return ua_transfer_send(w.a().agent(), nullptr, &x, id, out);
    });
    w.a().see(UA_EV_TRANSFER_DONE);
    w.b().see(UA_EV_TRANSFER_DONE);
    w.c().see(UA_EV_CALL_CONFIRMED);
    w.counting = false;
    w.c().hang_up();
    w.b().see(UA_EV_CALL_ENDED);
}

/* The tags of the call that a made to b, as a third one names it. */
inline std::string name_of(World &w) {
    const Event *in = w.b().last(UA_EV_INCOMING_CALL);
    const Event *out = w.a().last(UA_EV_CALL_PROGRESS);
    if (w.a().last(UA_EV_CALL_ACCEPTED)) out = w.a().last(UA_EV_CALL_ACCEPTED);
    if (!in || !out) w.a().stop("there is no dialog");
    Sip invite(in->raw), answer(out->raw);
    return invite.header("Call-ID") + ";to-tag=" + invite.from_tag() + ";from-tag=" + answer.to_tag();
}

inline void a_pickup(World &w) {
    w.a().dial(w.b());
    w.b().see(UA_EV_INCOMING_CALL);
    w.b().ring();
    w.a().see(UA_EV_CALL_PROGRESS);
    w.rest(1000);
    std::string which = name_of(w) + ";early-only";
    ua_agent_ask(w.a().agent(), 0); /* at once, without a question */
    w.c().dial(w.a(), [&](ua_call_config &c) { c.replaces = which.c_str(); });
    w.c().see(UA_EV_CALL_CONFIRMED);
    w.a().see(UA_EV_CALL_CONFIRMED);
    w.b().see(UA_EV_CALL_ENDED);
    w.a().see(UA_EV_CALL_ENDED);
    w.counting = false;
    w.c().hang_up();
    w.a().see(UA_EV_CALL_ENDED, 2);
}

inline void a_call_replaced(World &w) {
    w.talk();
    std::string which = name_of(w);
    w.a().does = answers;
    w.c().dial(w.a(), [&](ua_call_config &c) { c.replaces = which.c_str(); });
    w.c().see(UA_EV_CALL_CONFIRMED);
    w.a().see(UA_EV_CALL_CONFIRMED, 2);
    w.b().see(UA_EV_CALL_ENDED);
    w.a().see(UA_EV_CALL_ENDED);
    w.counting = false;
    w.c().hang_up();
    w.a().see(UA_EV_CALL_ENDED, 2);
}

inline void a_join(World &w) {
    w.talk();
    std::string which = name_of(w);
    w.a().does = [](Party &p, const ua_event &ev) {
        if (ev.type != UA_EV_INCOMING_CALL) return;
        ua_call_answer(ev.call, nullptr);
        ua_conference *f = p.make<ua_conference>(CONFERENCE, [&](uint64_t id, ua_conference **out) {
            ua_conference_config x = {16000};
            return ua_conference_create(p.agent(), &x, id, out);
        });
        ua_conference_add(f, p.call(1));
        ua_conference_add(f, ev.call);
    };
    w.c().dial(w.a(), [&](ua_call_config &c) { c.join = which.c_str(); });
    w.c().see(UA_EV_CALL_CONFIRMED);
    w.a().see(UA_EV_CALL_CONFIRMED, 2);
    w.a().see(UA_EV_CONFERENCE_CHANGED, 2);
    w.c().hang_up();
    w.a().see(UA_EV_CALL_ENDED);
    w.a().see(UA_EV_CONFERENCE_CHANGED, 3);
    ua_conference_end(w.a().get<ua_conference>(CONFERENCE, 1), true);
    w.b().see(UA_EV_CALL_ENDED);
}

inline void a_redirect(World &w) {
    w.b().does = [](Party &p, const ua_event &ev) {
        if (ev.type != UA_EV_INCOMING_CALL) return;
        std::string to = "<" + p.world.c().uri() + ">";
        ua_pair contact = {"Contact", to.c_str()};
        ua_reply r = {};
        r.status = 302;
        r.headers = &contact;
        r.header_count = 1;
        ua_call_reject(ev.call, &r);
    };
    w.c().does = answers;
    w.a().dial(w.b(), [](ua_call_config &c) { c.max_redirects = 3; });
    w.a().see(UA_EV_CALL_CONFIRMED);
    w.c().see(UA_EV_CALL_CONFIRMED);
    w.a().hang_up();
    w.c().see(UA_EV_CALL_ENDED);
    w.a().see(UA_EV_CALL_ENDED);
}

/* ---- bridges and conferences: b is in the middle */

inline void bridge_in_the_middle(World &w, bool transfer) {
    w.b().does = [transfer](Party &p, const ua_event &ev) {
        if (ev.type != UA_EV_INCOMING_CALL || p.nth(BRIDGE, 1)) return;
        p.dial(p.world.c());
        p.bridge(1, 2, transfer);
    };
    w.c().does = [](Party &p, const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_ring(ev.call, nullptr);
        answers(p, ev);
    };
}

inline void a_bridge(World &w) {
    bridge_in_the_middle(w, false);
    w.a().dial(w.b());
    w.a().see(UA_EV_CALL_CONFIRMED);
    w.b().see(UA_EV_CALL_CONFIRMED, 2);
    w.c().see(UA_EV_CALL_CONFIRMED);
    w.a().change(1, UA_ON);
    w.c().see(UA_EV_CALL_HELD);
    w.b().see(UA_EV_CALL_HELD, 2);
    w.a().change(2, UA_OFF);
    w.c().see(UA_EV_CALL_RESUMED);
    w.b().see(UA_EV_CALL_RESUMED, 2);
    w.a().see(UA_EV_CALL_RESUMED);
    w.a().set("dtmf_method", "info");
    ua_call_dtmf(w.a().call(), "5", 0, 0);
    w.a().see(UA_EV_DTMF_SENT);
    w.b().see(UA_EV_DTMF);
    w.c().hang_up();
    w.a().see(UA_EV_CALL_ENDED);
    w.b().see(UA_EV_CALL_ENDED, 2);
    w.b().see(UA_EV_BRIDGE_ENDED);
}

inline void a_bridge_to_a_busy_one(World &w) {
    bridge_in_the_middle(w, false);
    w.c().does = [](Party &p, const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) p.reject(486);
    };
    w.a().dial(w.b());
    w.a().see(UA_EV_CALL_ENDED);
    w.b().see(UA_EV_CALL_ENDED, 2);
    w.c().see(UA_EV_CALL_ENDED);
}

inline void a_bridge_that_is_canceled(World &w) {
    bridge_in_the_middle(w, false);
    w.c().does = [](Party &, const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_ring(ev.call, nullptr);
    };
    w.a().dial(w.b());
    w.c().see(UA_EV_INCOMING_CALL);
    w.rest(2000);
    w.a().hang_up();
    w.a().see(UA_EV_CALL_ENDED);
    w.b().see(UA_EV_CALL_ENDED, 2);
    w.c().see(UA_EV_CALL_ENDED);
}

/* a has c called by whom it talks to through b: the REFER passes, and c calls a fourth number, which is a. */
inline void a_transfer_through_a_bridge(World &w) {
    bridge_in_the_middle(w, true);
    w.a().dial(w.b());
    w.a().see(UA_EV_CALL_CONFIRMED);
    w.c().see(UA_EV_CALL_CONFIRMED);
    w.b().see(UA_EV_CALL_CONFIRMED, 2);
    w.rest(1000);
    w.a().does = answers;
    w.a().transfer("sip:other@10.0.0.1");
    w.a().see(UA_EV_TRANSFER_DONE);
    w.c().see(UA_EV_TRANSFER_DONE);
    w.a().see(UA_EV_CALL_CONFIRMED, 2);
    w.a().see(UA_EV_CALL_ENDED);
    w.b().see(UA_EV_BRIDGE_ENDED);
    w.c().see(UA_EV_CALL_ENDED);
    w.counting = false;
    w.a().hang_up(2);
    w.c().see(UA_EV_CALL_ENDED, 2);
}

inline void a_conference(World &w) {
    w.b().make<ua_conference>(CONFERENCE, [&](uint64_t id, ua_conference **out) {
        ua_conference_config x = {16000};
        return ua_conference_create(w.b().agent(), &x, id, out);
    });
    w.b().does = [](Party &p, const ua_event &ev) {
        if (ev.type != UA_EV_INCOMING_CALL) return;
        ua_call_answer(ev.call, nullptr);
        ua_conference_add(p.get<ua_conference>(CONFERENCE, 1), ev.call);
    };
    w.a().dial(w.b());
    w.a().see(UA_EV_CALL_CONFIRMED);
    w.b().see(UA_EV_CALL_CONFIRMED);
    w.c().dial(w.b());
    w.c().see(UA_EV_CALL_CONFIRMED);
    w.b().see(UA_EV_CALL_CONFIRMED, 2);
    w.a().change(1, UA_ON);
    w.b().see(UA_EV_CALL_HELD);
    w.a().hang_up();
    w.b().see(UA_EV_CALL_ENDED);
    ua_conference_end(w.b().get<ua_conference>(CONFERENCE, 1), true);
    w.c().see(UA_EV_CALL_ENDED);
    w.b().see(UA_EV_CONFERENCE_ENDED);
}

} // namespace mishap

#endif
