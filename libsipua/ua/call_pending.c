/* What other files of a call will do: each function moves out of here with its file. */
#include "ua/call.h"

/* ---- early dialogs, session timers ---- */

stack_dialog *call_early_dialog(const ua_call *c) {
    (void)c;
    return NULL;
}

bool call_early_takes_offer(ua_call *c, const stack_event *ev) {
    (void)c, (void)ev;
    return false;
}

void call_reliable_prack(ua_call *c, const stack_event *ev) { ua_refuse_method(c->agent, ev->tx, ev->msg); }

void call_timer_refreshed(ua_call *c, const sip_msg *m, sx_buf *lines) { (void)c, (void)m, (void)lines; }

void call_timer_lines(ua_call *c, sx_buf *lines, bool is_request) { (void)c, (void)lines, (void)is_request; }

bool call_timer_refuses(ua_call *c, const stack_event *ev) {
    (void)c, (void)ev;
    return false;
}

ua_change_method call_timer_method(const ua_call *c) {
    (void)c;
    return UA_CHANGE_AUTO;
}

void call_timer_done(ua_call *c, const call_outcome *o) { (void)c, (void)o; }

