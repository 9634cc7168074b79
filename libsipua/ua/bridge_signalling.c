/* What happens on one side of a bridge and becomes of the other: ringing, answer, refusal, hang-up, hold, digits. */
#include "ua/call.h"

static ua_call *other_of(const ua_bridge *b, const ua_call *c) { return b->side[!c->bridge_side]; }

/* Does this call wait for what the other one says? */
static ua_call *caller_of(const ua_bridge *b) {
    if (!b->cfg.signalling || b->caller < 0) return NULL;
    ua_call *c = b->side[b->caller];
    return c->incoming && c->state == CALL_OFFERED ? c : NULL;
}

/* The caller is answered with the callee's codec first: then packets may pass untouched. */
static void favour(ua_bridge *b, ua_call *caller) {
    session_view v;
    session_look(b->side[!b->caller]->session, &v);
    if (v.codec.n && !session_is_up(caller->session) && !session_has_offer(caller->session))
        session_favour(caller->session, sx_slice_str(caller->offer), v.codec);
}

static void give_up(ua_call *caller, ua_call *callee) {
    ua_reply r = {.status = 500};
    if (caller->state == CALL_OFFERED && ua_call_reject(caller, &r) != SX_OK) ua_call_hangup(caller, NULL);
    ua_call_hangup(callee, NULL);
}

static void answer(ua_bridge *b, ua_call *caller, ua_call *callee) {
    favour(b, caller);
    if (ua_call_answer(caller, NULL) != SX_OK) give_up(caller, callee);
}

/* Only what the caller has not heard yet: where the way leads back to ourselves, its ringing is what rings. */
static void ring(ua_bridge *b, ua_call *caller, int status, bool early) {
    ua_reply r = {.status = status > 100 && status < 200 ? status : 180, .early_media = early};
    if (caller->ring_status == r.status && (!early || caller->ring_early)) return;
    if (r.early_media) favour(b, caller);
    ua_call_ring(caller, &r); /* what cannot be told is told by the answer */
}

static void pass_hold(ua_bridge *b, ua_call *c, bool held) {
    ua_call *other = other_of(b, c);
    unsigned side = other->bridge_side;
    if (!b->cfg.hold || b->holding[side] == held) return;
    ua_change change = {.hold = held ? UA_ON : UA_OFF};
    if (ua_call_change(other, &change, 0) == SX_OK) b->holding[side] = held;
}

enum { DIGITS_WAITING = 64 };

/* They are said more slowly than they may come by INFO. */
static bool has_room(const ua_call *c) {
    size_t n = 0;
    for (const sx_list *it = c->dtmf.next; it != &c->dtmf; it = it->next) n++;
    return n < DIGITS_WAITING;
}

static void pass_digit(ua_bridge *b, ua_call *c, const ua_event *ev) {
    char digit[2] = {(char)ev->digit, 0};
    int ms = (int)(ev->duration_ms < 40 ? 100 : ev->duration_ms > 6000 ? 6000 : ev->duration_ms);
    ua_call *other = other_of(b, c);
    if (b->cfg.dtmf && !c->digit_passed && has_room(other)) ua_call_dtmf(other, digit, ms, 0);
}

void bridge_signal(ua_bridge *b, ua_call *c, const ua_event *ev) {
    ua_call *caller = caller_of(b);
    switch (ev->type) {
    case UA_EV_CALL_PROGRESS:
        if (caller && c != caller) ring(b, caller, ev->status, (ev->flags & UA_FLAG_EARLY_MEDIA) != 0);
        break;
    case UA_EV_CALL_ACCEPTED:
        if (caller && c != caller) answer(b, caller, c);
        break;
    case UA_EV_CALL_HELD:
    case UA_EV_CALL_RESUMED:
        if (ev->originator == UA_REMOTE) pass_hold(b, c, ev->type == UA_EV_CALL_HELD);
        break;
    case UA_EV_CALL_CHANGE_FAILED: b->holding[c->bridge_side] = bridge_hold_goal(c); break;
    case UA_EV_DTMF: pass_digit(b, c, ev); break;
    default: break;
    }
}

void bridge_begin(ua_bridge *b) {
    ua_call *caller = caller_of(b);
    if (!caller) return;
    ua_call *callee = b->side[!b->caller];
    if (callee->state == CALL_NEW && caller->offer)
        session_favour(callee->session, sx_slice_str(caller->offer), sx_slice_empty());
    if (callee->state == CALL_INVITING && callee->ring_status) ring(b, caller, callee->ring_status, callee->ring_early);
    if (callee->state == CALL_ANSWERED || callee->state == CALL_UP) answer(b, caller, callee);
}

/* The same status, where a caller can make something of it. */
static int refusal_of(const ua_event *ev) {
    if (ev->status == 401 || ev->status == 407) return 403; /* it was ours to answer that */
    if (ev->status >= 400 && ev->status <= 699) return ev->status;
    if (ev->cause == UA_CAUSE_REQUEST_TIMEOUT) return 408;
    if (ev->cause == UA_CAUSE_CONNECTION_ERROR) return 502;
    return 480;
}

void bridge_let_go(const ua_bridge_config *cfg, ua_call *left, bool caller, const ua_event *ev) {
    static const ua_pair later = {"Retry-After", "30"}; /* as for whom the agent itself turns away */
    char reason[100];
    ua_reply r = {.q850 = ev->q850};
    if (left->state >= CALL_LEAVING) return;
    if (cfg->signalling && caller && left->state == CALL_OFFERED) {
        r.status = refusal_of(ev);
        if (r.status == ev->status && ev->reason.n && ev->reason.n < sizeof reason) {
            memcpy(reason, ev->reason.p, ev->reason.n);
            reason[ev->reason.n] = 0;
            r.reason = reason;
        }
        r.headers = &later;
        r.header_count = r.status == 503 && left->agent->draining;
        if (ua_call_reject(left, &r) != SX_OK) ua_call_hangup(left, NULL);
    } else if (cfg->hangup || (cfg->signalling && left->state < CALL_ANSWERED)) {
        if (ua_call_hangup(left, &r) != SX_OK) ua_call_hangup(left, NULL);
    }
}

void bridge_other_ended(ua_bridge *b, unsigned ended, const ua_event *ev) {
    ua_bridge_config cfg = b->cfg;
    cfg.signalling = cfg.signalling && b->caller >= 0;
    bridge_let_go(&cfg, b->side[!ended], (unsigned)b->caller != ended, ev);
}
