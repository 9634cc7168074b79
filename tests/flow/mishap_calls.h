/* Scenarios (mishap.h) of calls: made, refused, changed, refreshed, and what is asked inside them. */
#ifndef FLOW_MISHAP_CALLS_H
#define FLOW_MISHAP_CALLS_H

#include "flow/mishap.h"

namespace mishap {

inline void answers(Party &p, const ua_event &ev) {
    if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
    if (ev.type == UA_EV_MESSAGE) ua_message_accept(ev.message, nullptr);
    if (ev.type == UA_EV_TRANSFER_REQUESTED)
        p.make<ua_call>(CALL,
                        [&](uint64_t id, ua_call **out) { return ua_transfer_accept(ev.transfer, nullptr, id, out); });
}

/* ---- a call */

inline void a_call(World &w) {
    w.a().dial(w.b());
    w.b().see(UA_EV_INCOMING_CALL);
    w.b().ring();
    w.rest(300);
    w.b().answer();
    w.a().see(UA_EV_CALL_CONFIRMED);
    w.b().see(UA_EV_CALL_CONFIRMED);
    w.over(w.a(), true);
}

inline void a_call_that_the_callee_ends(World &w) {
    w.talk(true);
    w.over(w.b(), true);
}

inline void a_refused_call(World &w) {
    w.a().dial(w.b());
    w.b().see(UA_EV_INCOMING_CALL);
    w.b().reject(486);
    w.a().see(UA_EV_CALL_ENDED);
    w.b().see(UA_EV_CALL_ENDED);
}

inline void a_canceled_call(World &w) {
    w.a().dial(w.b());
    w.b().see(UA_EV_INCOMING_CALL);
    w.b().ring();
    w.rest(2000);
    w.a().hang_up();
    w.a().see(UA_EV_CALL_ENDED);
    w.b().see(UA_EV_CALL_ENDED);
}

/* ---- changes */

inline void hold_by(World &w, Party &who, Party &other, ua_change_method method) {
    w.talk();
    who.change(1, UA_ON, method);
    who.see(UA_EV_CALL_HELD);
    other.see(UA_EV_CALL_HELD);
    who.change(2, UA_OFF, method);
    who.see(UA_EV_CALL_RESUMED);
    other.see(UA_EV_CALL_RESUMED);
    w.over(w.a());
}
inline void hold_by_reinvite(World &w) { hold_by(w, w.a(), w.b(), UA_CHANGE_INVITE); }
inline void hold_by_update(World &w) { hold_by(w, w.a(), w.b(), UA_CHANGE_UPDATE); }
inline void hold_of_the_callee_by_reinvite(World &w) { hold_by(w, w.b(), w.a(), UA_CHANGE_INVITE); }
inline void hold_of_the_callee_by_update(World &w) { hold_by(w, w.b(), w.a(), UA_CHANGE_UPDATE); }

inline void both_hold(World &w) {
    w.talk();
    w.a().change(1, UA_ON);
    w.b().see(UA_EV_CALL_HELD);
    w.rest(1000);
    w.b().change(2, UA_ON);
    w.a().see(UA_EV_CALL_HELD, 2);
    w.rest(1000);
    w.a().change(3, UA_OFF);
    w.b().see(UA_EV_CALL_RESUMED);
    w.rest(1000);
    w.b().change(4, UA_OFF);
    w.a().see(UA_EV_CALL_RESUMED, 2);
    w.b().see(UA_EV_CALL_RESUMED, 2);
    w.over(w.a());
}

/* Their requests meet: 491, and each comes again after its time (RFC 3261 14.1). Who is the first is left to chance. */
inline void both_hold_at_once(World &w) {
    w.any_order = true;
    w.talk();
    w.a().change(1, UA_ON);
    w.b().change(2, UA_ON);
    w.a().see(UA_EV_CALL_HELD, 2);
    w.b().see(UA_EV_CALL_HELD, 2);
    w.over(w.a());
}

inline void another_codec_by_the_caller(World &w) {
    w.talk();
    w.a().change(1, UA_AS_IS, UA_CHANGE_AUTO, "PCMA");
    w.a().see(UA_EV_CALL_UPDATED);
    w.b().see(UA_EV_CALL_UPDATED);
    w.over(w.a());
}
inline void another_codec_by_the_callee(World &w) {
    w.talk();
    w.b().change(1, UA_AS_IS, UA_CHANGE_AUTO, "PCMU");
    w.a().see(UA_EV_CALL_UPDATED);
    w.b().see(UA_EV_CALL_UPDATED);
    w.over(w.b());
}

inline void a_change_that_is_asked(World &w, bool yes, ua_change_method method) {
    w.talk();
    ua_agent_ask(w.b().agent(), 1u << UA_ASK_CHANGE);
    w.b().does = [=](Party &, const ua_event &ev) {
        if (ev.type != UA_EV_CALL_CHANGE_REQUESTED) return;
        yes ? ua_call_accept_change(ev.call, nullptr) : ua_call_reject_change(ev.call, nullptr);
    };
    w.a().change(1, UA_AS_IS, method, "PCMA");
    w.a().see(yes ? UA_EV_CALL_UPDATED : UA_EV_CALL_CHANGE_FAILED);
    w.rest(3000);
    w.over(w.a());
}
inline void a_change_that_is_accepted(World &w) { a_change_that_is_asked(w, true, UA_CHANGE_INVITE); }
inline void a_change_that_is_refused(World &w) { a_change_that_is_asked(w, false, UA_CHANGE_INVITE); }
inline void an_update_that_is_accepted(World &w) { a_change_that_is_asked(w, true, UA_CHANGE_UPDATE); }
inline void an_update_that_is_refused(World &w) { a_change_that_is_asked(w, false, UA_CHANGE_UPDATE); }

inline void a_change_of_address(World &w) {
    w.talk();
    w.a().move("10.0.0.11");
    w.a().see(UA_EV_CALL_MOVED);
    w.rest(2000);
    w.over(w.b());
}

/* a's request goes to where b was and is never answered, and is in the way of b's that says where it is now: neither
 * ends the call. */
inline void a_move_while_the_other_asks(World &w) {
    w.any_order = true;
    w.talk();
    w.a().change(1, UA_ON);
    w.b().move("10.0.0.21");
    w.rest(1500);
    w.counting = false; /* 491 after 491 */
    w.until([&] { return w.b().count(UA_EV_CALL_MOVED) > 0; }, 60000, "the move");
    w.counting = true;
    w.until([&] { return w.a().count(UA_EV_CALL_HELD) && w.b().count(UA_EV_CALL_HELD); }, 60000, "the hold");
    w.over(w.a());
}

/* ---- before the answer, and session timers */

inline void early_update_by(World &w, bool callee) {
    w.a().dial(w.b());
    w.b().see(UA_EV_INCOMING_CALL);
    w.b().ring(1, true);
    w.a().see(UA_EV_MEDIA_READY);
    w.rest(200); /* what overtakes the 183 is another test's */
    Party &who = callee ? w.b() : w.a();
    const char *codec = "PCMA";
    ua_change c = {};
    c.codecs = &codec;
    c.codec_count = 1;
    /* the PRACK must have its answer first: until then there is no description to change */
    bool sent = false;
    w.until([&] { return sent || (sent = ua_call_change(who.call(), &c, 77) == 0); });
    who.see(UA_EV_CALL_UPDATED);
    w.b().answer();
    w.a().see(UA_EV_CALL_CONFIRMED);
    w.b().see(UA_EV_CALL_CONFIRMED);
    if (!w.race()) {
        EXPECT_EQ(w.a().phone.look(w.a().call()).config.sending.pt, 8) << "what the UPDATE agreed on holds";
        EXPECT_EQ(w.b().phone.look(w.b().call()).config.sending.pt, 8);
    }
    w.over(w.a());
}
inline void an_early_update(World &w) { early_update_by(w, false); }
inline void an_early_update_of_the_callee(World &w) { early_update_by(w, true); }

inline void insists_on_100rel(World &w) {
    w.a().set("reliable_1xx", "required");
    w.a().dial(w.b());
    w.b().see(UA_EV_INCOMING_CALL);
    w.b().ring();
    w.rest(50);
    w.b().answer();
    w.a().see(UA_EV_CALL_CONFIRMED);
    w.b().see(UA_EV_CALL_CONFIRMED);
    w.over(w.a());
}

inline void session_timer(World &w, const char *who, const char *method) {
    w.a().set("session_expires_s", "300");
    w.a().set("session_refresher", who);
    for (auto &p : w.parties) p->set("session_refresh_method", method);
    w.talk();
    w.rest(500000);
    w.over(w.b());
}
inline void refreshes_of_the_caller_by_update(World &w) { session_timer(w, "local", "update"); }
inline void refreshes_of_the_caller_by_invite(World &w) { session_timer(w, "local", "invite"); }
inline void refreshes_of_the_callee_by_update(World &w) { session_timer(w, "remote", "update"); }
inline void refreshes_of_the_callee_by_invite(World &w) { session_timer(w, "remote", "invite"); }

/* ---- requests and digits inside a call */

inline void requests_inside(World &w) {
    w.talk();
    w.a().request(nullptr, "text/plain", "one");
    w.b().request(nullptr, "text/plain", "two");
    w.a().see(UA_EV_REQUEST_ANSWERED);
    w.b().see(UA_EV_REQUEST_ANSWERED);
    w.a().see(UA_EV_INFO);
    w.b().see(UA_EV_INFO);
    w.a().request("DANCE", "text/plain", "a slow one");
    w.a().see(UA_EV_REQUEST_ANSWERED, 2);
    w.over(w.a());
}

inline void digits_by_info(World &w, const char *method) {
    w.talk();
    w.a().set("dtmf_method", method);
    w.b().set("dtmf_method", method);
    w.b().collect(4);
    ua_call_dtmf(w.a().call(), "47", 0, 0);
    w.a().see(UA_EV_DTMF_SENT);
    ua_call_dtmf(w.a().call(), "11", 0, 0);
    w.a().see(UA_EV_DTMF_SENT, 2);
    w.b().see(UA_EV_COLLECTED);
    w.a().collect(9);
    ua_call_dtmf(w.b().call(), "8#", 0, 0);
    w.b().see(UA_EV_DTMF_SENT);
    w.a().see(UA_EV_COLLECTED);
    w.over(w.a());
}
inline void digits_by_dtmf_relay(World &w) { digits_by_info(w, "info"); }
inline void digits_by_dtmf(World &w) { digits_by_info(w, "info-dtmf"); }

} // namespace mishap

#endif
