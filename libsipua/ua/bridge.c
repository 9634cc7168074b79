/* Bridges: two calls whose media passes to each other, and as much of their signalling as the program wants. */
#include <stdlib.h>

#include "ua/call.h"

enum { SAID_NOTHING, SAID_WAITING, SAID_UNTOUCHED, SAID_TRANSCODED, SAID_HELD };

static const char *const state_name[] = {"", "waiting", "untouched", "transcoded", "held"};

uint64_t ua_bridge_id(const ua_bridge *b) { return b->id; }

static bool is_up(const ua_call *c) { return c->state == CALL_ANSWERED || c->state == CALL_UP; }

static bool is_held(const ua_call *c) {
    return c->session && (session_is_held(c->session) || session_holds(c->session));
}

/* Is a hold of ours on its way to the peer, or waiting for its turn? */
static bool will_hold(const ua_call *c) {
    SX_LIST_EACH(n, next, (sx_list *)&c->change.wishes)
    if (SX_CONTAINER(n, call_wish, node)->hold > 0) return true;
    return false;
}

bool bridge_hold_goal(const ua_call *c) {
    bool goal = c->session && session_holds(c->session);
    SX_LIST_EACH(n, next, (sx_list *)&c->change.wishes)
    if (SX_CONTAINER(n, call_wish, node)->hold >= 0) goal = SX_CONTAINER(n, call_wish, node)->hold > 0;
    return goal;
}

/* A hold that is still being passed on when who wanted it has returned already: the pause lasts until both are back. */
static bool pauses(const ua_bridge *b) {
    const ua_call *x = b->side[0], *y = b->side[1];
    return is_held(x) || is_held(y) || (b->said == SAID_HELD && (will_hold(x) || will_hold(y)));
}

static uint8_t state_of(const ua_bridge *b) {
    if (b->linked >= 0 && pauses(b)) return SAID_HELD;
    if (b->linked >= 0) return b->linked ? SAID_UNTOUCHED : SAID_TRANSCODED;
    return is_up(b->side[0]) && is_up(b->side[1]) && b->said > SAID_WAITING ? b->said : SAID_WAITING;
}

static void free_bridge(sx_grave *g) { free(SX_CONTAINER(g, ua_bridge, grave)); }

static ua_event event_of(ua_bridge *b, ua_event_type type) {
    ua_event ev = ua_event_of(type);
    ev.bridge = b;
    return ev;
}

static void say_state(ua_bridge *b) {
    uint8_t now = state_of(b);
    if (now == b->said && strcmp(b->codec, b->said_codec) == 0) return;
    b->said = now;
    memcpy(b->said_codec, b->codec, sizeof b->codec);
    ua_event ev = event_of(b, UA_EV_BRIDGE_CHANGED);
    ev.state = sx_slice_str(state_name[now]);
    ev.codec = sx_slice_str(b->codec);
    ua_emit(b->agent, &ev);
}

static void say_end(ua_bridge *b) {
    ua_agent *a = b->agent;
    ua_event ev = event_of(b, UA_EV_BRIDGE_ENDED);
    ev.code = b->end_code;
    ev.text = sx_slice_str(b->end_text);
    ev.duration_ms = ua_now(a) - b->begun_ms;
    sx_list_remove(&b->node);
    ua_emit(a, &ev);
    sx_runq_bury(a->runq, &b->grave, free_bridge);
    ua_agent_progress(a);
}

static void on_task(sx_task *t) {
    ua_bridge *b = SX_CONTAINER(t, ua_bridge, task);
    if (b->over)
        say_end(b);
    else
        say_state(b);
}

static int check_side(const ua_call *c) {
    if (c->conference || c->bridge) return sx_fail(SX_E_BUSY, "the call is in a conference or bridge already");
    return call_has_media(c) ? SX_OK : sx_fail(SX_E_STATE, "this call has no media of ours");
}

static bool waits(const ua_call *c) { return c->incoming && c->state == CALL_OFFERED; }

static bool gone(const ua_call *c) { return !c || c->state >= CALL_LEAVING; }

/* One of them has ended before they were connected: the other is let go as it would have been a moment later. */
static int too_late(ua_call *x, ua_call *y, const ua_bridge_config *cfg) {
    const ua_call *ended = gone(x) ? x : y;
    ua_call *left = gone(x) ? y : x;
    ua_event ev = ua_event_of(UA_EV_CALL_ENDED);
    if (ended) {
        ev.status = ended->end_status;
        ev.cause = (ua_cause)ended->end_cause;
        ev.q850 = ended->end_q850;
        ev.reason = sx_slice_str(ended->end_reason);
    } else if (left && left->agent->draining) {
        ev.status = 503; /* it was not placed, or is long gone: its caller came in the moment of the drain */
    }
    if (!gone(left) && !left->bridge && !left->conference) bridge_let_go(cfg, left, waits(left), &ev);
    return sx_fail(SX_E_GONE, "one of the calls has ended");
}

int ua_bridge_create(ua_agent *a, ua_call *x, ua_call *y, const ua_bridge_config *config, uint64_t id,
                     ua_bridge **out) {
    static const ua_bridge_config usual = {
        .dtmf = true, .hold = true, .hangup = true, .signalling = true, .untouched = true, .requests = true};
    if (!a->shutting && (gone(x) || gone(y))) return too_late(x, y, config ? config : &usual);
    int rc = a->shutting ? sx_fail(SX_E_CLOSED, "the agent is shutting down") : check_side(x);
    if (rc == SX_OK) rc = x == y ? sx_fail(SX_E_INVALID, "a bridge has two calls, not one") : check_side(y);
    if (rc != SX_OK) return rc;
    ua_bridge *b = calloc(1, sizeof *b);
    if (!b) return sx_fail(SX_E_NOMEM, "no memory for a bridge");
    b->cfg = config ? *config : usual;
    rc = media_link_sessions(session_media(x->session), session_media(y->session), b->cfg.untouched, b->cfg.dtmf);
    if (rc != SX_OK) {
        free(b);
        return rc;
    }
    b->agent = a;
    b->id = id;
    b->side[0] = x;
    b->side[1] = y;
    b->caller = waits(x) && !waits(y) ? 0 : waits(y) && !waits(x) ? 1 : -1;
    b->linked = -1;
    b->begun_ms = ua_now(a);
    for (unsigned i = 0; i < 2; i++) {
        b->side[i]->bridge = b;
        b->side[i]->bridge_side = (uint8_t)i;
    }
    sx_task_init(&b->task, on_task);
    sx_list_init(&b->passed);
    sx_list_append(&a->bridges, &b->node);
    bridge_begin(b);
    sx_runq_post(a->runq, &b->task);
    *out = b;
    return SX_OK;
}

/* Both calls are by themselves from here on. */
static void part(ua_bridge *b, int code, const char *text) {
    bridge_passed_end_all(b);
    if (b->side[0]->session) media_unlink(session_media(b->side[0]->session));
    b->side[0]->bridge = b->side[1]->bridge = NULL;
    b->over = true;
    b->end_code = code;
    strncpy(b->end_text, text, sizeof b->end_text - 1);
    sx_runq_post(b->agent->runq, &b->task);
}

int ua_bridge_end(ua_bridge *b) {
    if (b->over) return SX_OK;
    ua_change resume = {.hold = UA_OFF};
    for (unsigned i = 0; i < 2; i++) /* it was on hold for the other's sake */
        if (b->holding[i] && b->side[i]->state < CALL_LEAVING) ua_call_change(b->side[i], &resume, 0);
    part(b, SX_OK, "");
    return SX_OK;
}

void call_bridge_replaced(ua_call *fresh, ua_call *old) {
    ua_bridge *b = old->bridge;
    unsigned side = old->bridge_side;
    if (!b || b->over || !call_has_media(fresh) || fresh->bridge || fresh->conference) return;
    ua_call *other = b->side[!side];
    bridge_passed_end_all(b);
    if (!call_has_media(other)) return;
    media_unlink(session_media(other->session));
    if (media_link_sessions(session_media(fresh->session), session_media(other->session), b->cfg.untouched,
                            b->cfg.dtmf) != SX_OK)
        return; /* it ends with the old call */
    old->bridge = NULL;
    fresh->bridge = b;
    fresh->bridge_side = (uint8_t)side;
    b->side[side] = fresh;
    b->holding[side] = false;
    b->caller = -1;
    ua_change resume = {.hold = UA_OFF};
    if (b->holding[!side] && ua_call_change(other, &resume, 0) == SX_OK) b->holding[!side] = false;
    sx_runq_post(b->agent->runq, &b->task);
}

void call_bridge_media(ua_call *c, const media_event *ev) {
    ua_bridge *b = c->bridge;
    if (!b || (ev->u.linked.with && ev->u.linked.with != b->side[!c->bridge_side]->id)) return; /* of the bridge before */
    b->linked = ev->u.linked.untouched;
    memcpy(b->codec, ev->u.linked.codec, sizeof b->codec);
    b->codec[sizeof b->codec - 1] = 0;
    sx_runq_post(b->agent->runq, &b->task);
}

void call_bridge_note(ua_call *c, const ua_event *ev) {
    ua_bridge *b = c->bridge;
    unsigned side = c->bridge_side;
    if (ev->type == UA_EV_CALL_PROGRESS && !c->incoming) { /* for a bridge that is still to be made */
        c->ring_status = ev->status;
        c->ring_early |= (ev->flags & UA_FLAG_EARLY_MEDIA) != 0;
    }
    if (!b || b->over) return;
    if (ev->type != UA_EV_CALL_ENDED) {
        bridge_signal(b, c, ev);
        if (!b->over) sx_runq_post(b->agent->runq, &b->task);
        return;
    }
    part(b, ev->code, ev->code ? "one of the calls failed" : "");
    bridge_other_ended(b, side, ev);
}

void ua_bridge_destroy_all(ua_agent *a) {
    for (sx_list *n; (n = sx_list_pop(&a->bridges)) != NULL;) {
        ua_bridge *b = SX_CONTAINER(n, ua_bridge, node);
        sx_runq_cancel(&b->task);
        bridge_passed_end_all(b);
        sx_runq_bury(a->runq, &b->grave, free_bridge);
    }
}
