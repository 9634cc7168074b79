/* The one outgoing re-INVITE (RFC 3261 14.1): whatever we want changed in a call goes through here, one at a time.
 *
 * What is wanted waits until the call is confirmed, no INVITE of either side is open and no offer is unanswered. An
 * offer makes what it promises receivable at once; its answer commits it; a failure or glare takes it back, and the
 * call is as it was. */
#include <stdlib.h>

#include "ua/call.h"

enum {
    MOVE_TIMEOUT_MS = 10000, /* of one attempt: another path may be there by then */
    MAX_TRIES = 10,          /* refused for a moment (491, 500), one after the other */
    MAX_WAIT_S = 32
};

static void on_timer(sx_timer *t, uint64_t now) {
    (void)now;
    call_change_step(SX_CONTAINER(t, ua_call, change.timer));
}

void call_change_init(ua_call *c) { sx_timer_init(&c->change.timer, on_timer); }

bool call_change_is_open(const ua_call *c) { return c->change.request != NULL; }

static void wait(ua_call *c, uint64_t ms) { sx_timer_start(c->agent->wheel, &c->change.timer, call_now(c) + ms); }

void call_change_want(ua_call *c, unsigned what, uint32_t wait_ms) {
    c->change.wanted |= (uint8_t)what;
    if (wait_ms) {
        wait(c, wait_ms);
    } else {
        sx_timer_stop(c->agent->wheel, &c->change.timer);
        call_post(c, CALL_DO_CHANGE);
    }
}

void call_change_drop(ua_call *c, unsigned what) {
    c->change.wanted &= (uint8_t)~what;
    if (!c->change.wanted) sx_timer_stop(c->agent->wheel, &c->change.timer);
}

void call_change_theirs(ua_call *c, bool invite) {
    if (!invite) return;
    c->change.theirs = true;
    c->change.excused = false;
}

bool call_change_ack(ua_call *c) {
    bool excused = c->change.excused;
    c->change.theirs = c->change.excused = false;
    if (c->state == CALL_UP && c->change.wanted) call_post(c, CALL_DO_CHANGE);
    return excused;
}

void call_change_stop(ua_call *c) {
    call_change *g = &c->change;
    g->wanted = g->doing = 0;
    sx_timer_stop(c->agent->wheel, &g->timer);
    if (g->request && c->agent->stack) stack_request_abandon(g->request);
    g->request = NULL;
}

/* ---- sending ---- */

/* 14.1: not while another INVITE transaction is in progress in either direction. */
static bool may_send(const ua_call *c) {
    const call_change *g = &c->change;
    if (c->state != CALL_UP || !c->dialog || g->request || (g->theirs && !g->excused)) return false;
    return !(c->session && session_has_offer(c->session)) && !sx_timer_running(&g->timer);
}

/* The account's flow, if it leads where this call's requests go first. */
stack_flow call_change_flow(const ua_call *c) {
    stack_flow none;
    dlg_info info;
    memset(&none, 0, sizeof none);
    const ua_account *acc = c->account;
    stack_flow flow = acc ? ua_account_flow(acc) : none;
    if (!flow.id) return none;
    dlg_get(c->dialog, &info);
    return net_addr_eq(&flow.remote, &info.flow.remote) ? flow : none;
}

static int send_invite(ua_call *c) {
    call_change *g = &c->change;
    sx_slice body = sx_slice_empty();
    int rc = SX_OK;
    if (c->session) {
        rc = session_offer(c->session, &body);
        if (rc != SX_OK) return rc;
    } else if (c->own_sdp) {
        body = sx_slice_str(c->own_sdp);
    }
    stack_request_params p = {
        .method = SX_LIT("INVITE"),
        .dialog = c->dialog,
        .prefer = call_change_flow(c),
        .headers = SX_LIT(UA_COMMON_LINES),
        .content_type = body.n ? SX_LIT("application/sdp") : sx_slice_empty(),
        .body = body,
        .timeout_ms = g->wanted & CALL_FOR_MOVE ? MOVE_TIMEOUT_MS : 0,
        .sink = {call_on_stack, c->agent},
        .user = c,
    };
    rc = stack_request_create(c->agent->stack, &p, &g->request);
    if (rc != SX_OK) {
        g->request = NULL;
        if (c->session) session_drop_offer(c->session);
        return rc;
    }
    g->doing = g->wanted;
    g->wanted = 0;
    return SX_OK;
}

static void done(ua_call *c, unsigned what, const call_outcome *o) {
    c->change.tries = 0;
    if (what & CALL_FOR_MOVE) call_move_done(c, o);
}

static void on_prepared(void *ctx, int code, const char *text) {
    (void)code, (void)text;
    call_change_step(ctx);
}

void call_change_step(ua_call *c) {
    call_change *g = &c->change;
    bool needed = true;
    if (!g->wanted || !may_send(c)) return;
    int rc = SX_OK;
    if (g->wanted & CALL_FOR_MOVE) {
        rc = call_move_prepare(c, &needed);
        if (rc == SX_OK && !needed) g->wanted &= (uint8_t)~CALL_FOR_MOVE;
        if (!g->wanted) return;
        if (rc == SX_OK && c->session) rc = session_prepare_peer(c->session, &c->peer, on_prepared, c);
        if (rc == 1) return;
    }
    if (rc == SX_OK) rc = send_invite(c);
    if (rc == SX_OK) return;
    unsigned what = g->wanted;
    call_outcome o = {.code = rc, .text = sx_slice_str(sx_last_error_text())};
    g->wanted = 0;
    done(c, what, &o);
}

/* ---- what comes of it ---- */

/* 14.1: units of 10 ms, so that the two do not meet again. */
static uint32_t glare_ms(const ua_call *c) {
    return c->incoming ? 10 * sx_rand_below(201) : 2100 + 10 * sx_rand_below(191);
}

/* The media is agreed; false: it is not, and the call ended by that. */
static bool take_answer(ua_call *c, const stack_event *ev) {
    sx_slice sdp;
    session_change change;
    if (!c->session || !session_has_offer(c->session)) return true;
    if (ua_body_sdp(ev->msg, &sdp) != 1) { /* some leave it out when nothing of theirs changed */
        session_unanswered(c->session);
        return true;
    }
    int rc = session_answered(c->session, sdp, &ev->flow.remote, &change);
    session_settle(c->session);
    if (rc == SX_OK) {
        call_media_change(c, &change);
        return c->state == CALL_UP;
    }
    call_end e = {.originator = UA_SYSTEM,
                  .cause = rc == SX_E_MEDIA   ? UA_CAUSE_INCOMPATIBLE_SDP
                           : rc == SX_E_NOMEM ? UA_CAUSE_INTERNAL_ERROR
                                              : UA_CAUSE_BAD_MEDIA,
                  .code = rc,
                  .text = SX_LIT("the answer to our re-INVITE cannot be used"),
                  .msg = ev->msg};
    call_bye(c, &e, SX_LIT("Reason: SIP;cause=488;text=\"Not Acceptable Here\"\r\n"));
    return false;
}

static void on_accepted(ua_call *c, const stack_event *ev, unsigned what) {
    call_change *g = &c->change;
    int rc = call_out_ack(c, ev);
    stack_request_abandon(ev->request); /* it lives on by itself, to ACK the same 2xx again */
    if (rc != SX_OK) {
        call_end e = {.originator = UA_SYSTEM, .cause = UA_CAUSE_INTERNAL_ERROR, .code = rc};
        call_bye(c, &e, sx_slice_empty());
        return;
    }
    c->peer = ev->flow.remote;
    bool news = ev->contact_changed && !g->refreshed;
    if (!take_answer(c, ev)) return;
    call_move_note(c);
    g->refreshed = news;
    if (news) call_change_want(c, CALL_FOR_REFRESH, 0);
    call_outcome o = {.status = ev->status, .reason = ev->msg->reason};
    done(c, what, &o);
}

/* How long the peer wants us to wait; -1: it does not say, or for ever. */
static int retry_after(const stack_event *ev) {
    sip_retry_after after;
    sx_slice value = ev->msg ? sip_value(ev->msg, SIP_HDR_RETRY_AFTER) : sx_slice_empty();
    if (!value.n || sip_retry_after_read(value, &after) != SX_OK || after.seconds > MAX_WAIT_S) return -1;
    return (int)after.seconds;
}

/* True: another attempt will be made. */
static bool again(ua_call *c, const stack_event *ev, unsigned what) {
    call_change *g = &c->change;
    uint64_t ms;
    int after = retry_after(ev);
    if (ev->msg && ev->status == 491) {
        ms = glare_ms(c);
    } else if (ev->msg && (ev->status == 500 || ev->status == 503) && after >= 0) {
        ms = (uint64_t)after * 1000 + sx_rand_below(500); /* theirs is still open (14.2), or they are busy */
    } else {
        return false;
    }
    if (++g->tries > MAX_TRIES) return false;
    g->wanted |= (uint8_t)what;
    wait(c, ms);
    return true;
}

static void on_refused(ua_call *c, const stack_event *ev, unsigned what) {
    bool answered = ev->msg != NULL;
    if (c->session) session_drop_offer(c->session);
    if (again(c, ev, what)) return;
    /* 12.2.1.2: 481 and 408 end the dialog. A timeout of our own does too, unless it was the way that was in doubt. */
    bool ends = answered ? ev->status == 481 || ev->status == 408 : ev->code == SX_E_TIMEOUT && !(what & CALL_FOR_MOVE);
    if (ends) {
        call_end e = {.originator = answered ? UA_REMOTE : UA_SYSTEM,
                      .cause = ev->status == 408 ? UA_CAUSE_REQUEST_TIMEOUT : UA_CAUSE_DIALOG_ERROR,
                      .status = ev->status,
                      .code = ev->code,
                      .msg = ev->msg};
        call_bye(c, &e, sx_slice_empty());
        return;
    }
    call_outcome o = {.status = answered ? ev->status : 0,
                      .code = ev->code ? ev->code : SX_E_PROTOCOL,
                      .reason = answered ? ev->msg->reason : sx_slice_empty(),
                      .text = sx_slice_str(ev->text)};
    done(c, what, &o);
    call_change_step(c);
}

void call_change_event(ua_call *c, const stack_event *ev) {
    call_change *g = &c->change;
    if (ev->type != STACK_EV_FINAL || ev->request != g->request) return;
    unsigned what = g->doing;
    g->request = NULL;
    g->doing = 0;
    if (ev->msg && ev->status >= 200 && ev->status < 300) {
        on_accepted(c, ev, what);
    } else {
        on_refused(c, ev, what);
    }
}
