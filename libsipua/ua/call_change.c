/* The one outgoing re-INVITE or UPDATE (RFC 3261 14.1, RFC 3311): whatever we want changed in a call goes through here,
 * one at a time.
 *
 * What is wanted waits until the call is confirmed, no INVITE of either side is open and no offer is unanswered. An
 * offer makes what it promises receivable at once; its answer commits it; a failure or glare takes it back, and the
 * call is as it was. An answer that cannot be used has changed the peer's side already: one more offer says again what
 * stood before, and only when that fails too the call ends. */
#include <stdlib.h>

#include "sip/headers.h"
#include "ua/call.h"

enum {
    MOVE_TIMEOUT_MS = 10000, /* of one attempt: another path may be there by then */
    THINK_MS = 30000,        /* beyond 64*T1: a person may be asked about a re-INVITE */
    MAX_TRIES = 10,          /* refused for a moment (491, 500), one after the other */
    MAX_MOVE_TRIES = 60,     /* the peer's own request may go to where we were for 64*T1, and be in the way so long */
    MOVED_PAUSE_MS = 6000,   /* longer than any pause after a 491 */
    MAX_WAIT_S = 32
};

static void on_timer(sx_timer *t, uint64_t now) {
    (void)now;
    call_change_step(SX_CONTAINER(t, ua_call, change.timer));
}

void call_change_init(ua_call *c) {
    sx_timer_init(&c->change.timer, on_timer);
    sx_list_init(&c->change.wishes);
    c->change.room = UINT32_MAX; /* more than there may be */
}

/* What reliable 1xx have said is of one re-INVITE. */
static void forget_answer(call_change *g) {
    free(g->answer);
    g->answer = NULL;
    g->rseq = 0;
}

void call_change_free(ua_call *c) {
    call_wish_free_all(c);
    forget_answer(&c->change);
    free(c->change.question);
    c->change.question = NULL;
}

bool call_change_is_open(const ua_call *c) {
    const call_change *g = &c->change;
    return g->request && (!g->update || g->offers);
}

static void wait(ua_call *c, uint64_t ms) { sx_timer_start(c->agent->wheel, &c->change.timer, call_now(c) + ms); }

void call_change_want(ua_call *c, unsigned what, uint32_t wait_ms) {
    call_change *g = &c->change;
    bool patient = !(what & (CALL_FOR_MOVE | CALL_FOR_REFRESH)); /* a pause after glare holds for these */
    g->wanted |= (uint8_t)what;
    if (wait_ms) {
        wait(c, wait_ms);
    } else if (!patient || !sx_timer_running(&g->timer)) {
        sx_timer_stop(c->agent->wheel, &g->timer);
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
    if (c->state < CALL_LEAVING && c->change.wanted) call_post(c, CALL_DO_CHANGE);
    return excused;
}

void call_change_learn(ua_call *c, const sip_msg *m) {
    sip_list l;
    sx_slice token;
    session_weight w;
    if (!m) return;
    bool first = c->media_none && !c->established;
    if ((first || !sip_is_request(m)) && !call_has_media(c) && ua_body_sdp(m, &token) == 1 &&
        session_weigh(token, &w) == SX_OK) {
        c->change.theirs_mark = w.mark;
        c->change.theirs_hold = w.holds && (first || c->change.theirs_hold); /* see session_config.c, is_held() */
    }
    if (!sip_first(m, SIP_HDR_ALLOW)) return;
    c->change.peer_update = 2;
    sip_list_begin(&l, m, SIP_HDR_ALLOW);
    while (sip_list_next(&l, &token) == 1) {
        if (sx_eq(sx_trim(token), SX_LIT("UPDATE"))) c->change.peer_update = 1;
    }
}

void call_change_stop(ua_call *c) {
    call_change *g = &c->change;
    g->wanted = g->doing = 0;
    sx_timer_stop(c->agent->wheel, &g->timer);
    if (g->request && c->agent->stack) stack_request_abandon(g->request);
    g->request = NULL;
    call_question_drop(c);
    call_wish_give_up_all(c);
}

/* ---- sending ---- */

static stack_dialog *dialog_of(const ua_call *c) {
    return c->state == CALL_UP ? c->dialog : c->state < CALL_ANSWERED ? call_early_dialog(c) : NULL;
}

/* 14.1: not while another INVITE transaction is in progress in either direction. Inside an early dialog only an UPDATE
 * may go, and the offer of the INVITE has its answer there. */
static bool may_send(const ua_call *c) {
    const call_change *g = &c->change;
    if (!dialog_of(c) || g->request || g->question || (g->theirs && !g->excused)) return false;
    if (c->state == CALL_UP && call_has_media(c) && session_has_offer(c->session)) return false;
    if (c->state != CALL_UP && !call_early_clear(c)) return false;
    return !sx_timer_running(&g->timer);
}

/* A move goes alone, for what the program wants is not to wait for a way that is in doubt, nor to fail with it. */
static unsigned next_of(const ua_call *c) {
    unsigned what = c->change.wanted;
    if (what & CALL_FOR_RESTORE) what &= ~(unsigned)(CALL_FOR_WISH | CALL_FOR_TIMER);
    if (c->state != CALL_UP) return what & (CALL_FOR_WISH | CALL_FOR_RESTORE);
    return what & CALL_FOR_MOVE ? what & ~(unsigned)(CALL_FOR_WISH | CALL_FOR_TIMER) : what;
}

/* The account's flow, if it leads where this call's requests go first. */
stack_flow call_change_flow(const ua_call *c) {
    stack_flow none;
    dlg_info info;
    memset(&none, 0, sizeof none);
    const ua_account *acc = c->account;
    stack_flow flow = acc ? ua_account_flow(acc) : none;
    if (!flow.id) return none;
    dlg_get(dialog_of(c), &info);
    return net_addr_eq(&flow.remote, &info.flow.remote) ? flow : none;
}

static bool by_update(const ua_call *c, unsigned what) {
    const call_change *g = &c->change;
    ua_change_method m = UA_CHANGE_AUTO;
    if (c->state != CALL_UP) return true;
    if (g->by) return g->by == UA_CHANGE_UPDATE;
    if (what & CALL_FOR_WISH) m = call_wish_first(c)->method;
    if (what == CALL_FOR_TIMER) {
        m = call_timer_method(c);
        if (m == UA_CHANGE_AUTO && g->peer_update == 1) return true;
    }
    return m == UA_CHANGE_UPDATE && g->peer_update != 2;
}

/* Our description, where one goes along. */
static int describe(ua_call *c, unsigned what, bool update, sx_buf *room, sx_slice *body) {
    *body = sx_slice_empty();
    if (update && !(what & (CALL_FOR_WISH | CALL_FOR_MOVE | CALL_FOR_RESTORE)))
        return SX_OK; /* RFC 4028 7.4: a refresh needs none */
    if (what & CALL_FOR_WISH) return call_wish_offer(c, call_wish_first(c), room, body);
    bool again = what == CALL_FOR_TIMER || (what & (CALL_FOR_RESTORE | CALL_FOR_MOVE)) == CALL_FOR_RESTORE;
    if (again && call_has_media(c)) return session_repeat(c->session, body);
    if (call_has_media(c)) return session_offer(c->session, body);
    if (c->own_sdp) *body = sx_slice_str(c->own_sdp);
    return SX_OK;
}

/* Whoever says 100 and nothing more would keep both sides from changing anything: CANCEL ends that. */
static uint32_t patience_ms(const ua_call *c, unsigned what, bool update) {
    if (what & CALL_FOR_MOVE) return MOVE_TIMEOUT_MS;
    return update ? 0 : 64u * (uint32_t)c->agent->opt.t1_ms + THINK_MS;
}

static int send_request(ua_call *c, unsigned what) {
    call_change *g = &c->change;
    sx_slice body;
    sx_buf room, lines;
    sx_buf_init(&room);
    sx_buf_init(&lines);
    bool update = by_update(c, what);
    int rc = describe(c, what, update, &room, &body);
    ua_common_lines(c, &lines);
    if (what & CALL_FOR_WISH) sx_buf_slice(&lines, sx_buf_view(&call_wish_first(c)->lines));
    if (c->state == CALL_UP) call_timer_lines(c, &lines, true);
    if (rc == SX_OK) {
        stack_request_params p = {
            .method = update ? SX_LIT("UPDATE") : SX_LIT("INVITE"),
            .dialog = dialog_of(c),
            .prefer = call_change_flow(c),
            .headers = sx_buf_view(&lines),
            .content_type = body.n ? SX_LIT("application/sdp") : sx_slice_empty(),
            .body = body,
            .timeout_ms = patience_ms(c, what, update),
            .sink = {call_on_stack, c->agent},
            .user = c,
        };
        rc = lines.failed ? sx_fail(SX_E_NOMEM, "no memory for a request")
                          : stack_request_create(c->agent->stack, &p, &g->request);
        if (rc != SX_OK && call_has_media(c)) session_drop_offer(c->session);
    }
    sx_buf_free(&room);
    sx_buf_free(&lines);
    if (rc != SX_OK) {
        g->request = NULL;
        return rc;
    }
    forget_answer(g);
    g->update = update;
    g->offers = body.n > 0 || !update;
    g->heard = false;
    g->doing = (uint8_t)what;
    g->wanted &= (uint8_t)~what;
    return SX_OK;
}

/* What the peer was asked to take back it did not, or not so that it could be used: the two do not agree on anything
 * any more. */
static void end_apart(ua_call *c, int code, const sip_msg *msg) {
    call_end e = {.originator = UA_SYSTEM,
                  .cause = code == SX_E_FORMAT  ? UA_CAUSE_BAD_MEDIA
                           : code == SX_E_NOMEM ? UA_CAUSE_INTERNAL_ERROR
                                                : UA_CAUSE_INCOMPATIBLE_SDP,
                  .code = code,
                  .text = SX_LIT("the answer to our new offer cannot be used"),
                  .msg = msg};
    sx_slice why = SX_LIT("Reason: SIP;cause=488;text=\"Not Acceptable Here\"\r\n");
    if (c->state == CALL_UP)
        call_bye(c, &e, why);
    else
        call_terminate(c, &e, 488, why);
}

/* How each of what it was for ends. change, ev: of a success. */
static void done(ua_call *c, unsigned what, const call_outcome *o, const session_change *change,
                 const stack_event *ev) {
    call_change *g = &c->change;
    bool good = o->status >= 200 && o->status < 300;
    g->tries = 0;
    g->by = UA_CHANGE_AUTO;
    g->fell = false;
    if (what & CALL_FOR_WISH) call_wish_done(c, o, change, ev);
    if (c->state == CALL_STOPPING) return;
    if (what & CALL_FOR_MOVE) call_move_done(c, o);
    if ((what & CALL_FOR_TIMER) && (good || what == CALL_FOR_TIMER))
        call_timer_done(c, o);
    else if (what & CALL_FOR_TIMER) /* it was not refused for itself */
        call_change_want(c, CALL_FOR_TIMER, 0);
    if (g->wanted) call_post(c, CALL_DO_CHANGE);
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
    if ((g->wanted & CALL_FOR_MOVE) && c->state == CALL_UP) {
        rc = call_move_prepare(c, &needed);
        if (rc == SX_OK && !needed) g->wanted &= (uint8_t)~CALL_FOR_MOVE;
        if (!g->wanted) return;
        if (rc == SX_OK && call_has_media(c)) rc = session_prepare_peer(c->session, &c->peer, on_prepared, c);
        if (rc == 1) return;
    }
    unsigned what = next_of(c);
    if (!what) return;
    if (rc == SX_OK) rc = send_request(c, what);
    if (rc == SX_OK) return;
    call_outcome o = {.code = rc, .text = sx_slice_str(sx_last_error_text())};
    g->wanted &= (uint8_t)~what;
    if ((what & CALL_FOR_RESTORE) && !(what & CALL_FOR_MOVE)) {
        end_apart(c, rc, NULL);
        return;
    }
    g->wanted |= (uint8_t)(what & CALL_FOR_RESTORE);
    done(c, what, &o, NULL, NULL);
}

/* ---- what comes of it ---- */

/* 14.1: units of 10 ms, so that the two do not meet again. */
static uint32_t glare_ms(const ua_call *c) {
    return c->incoming ? 10 * sx_rand_below(201) : 2100 + 10 * sx_rand_below(191);
}

/* SX_OK: the media is agreed. */
static int take_answer(ua_call *c, const stack_event *ev, session_change *change) {
    sx_slice sdp;
    memset(change, 0, sizeof *change);
    if (!c->change.offers || !call_has_media(c) || !session_has_offer(c->session)) return SX_OK;
    if (ua_body_sdp(ev->msg, &sdp) != 1) sdp = sx_slice_str(c->change.answer);
    if (!sdp.n) { /* some leave it out when nothing of theirs changed */
        session_unanswered(c->session);
        return SX_OK;
    }
    int rc = session_answered(c->session, sdp, &ev->flow.remote, change);
    if (rc == SX_OK) session_settle(c->session);
    return rc;
}

/* An INVITE's 2xx wants its ACK; false: it could not be sent, and the call ended by that. */
static bool acknowledge(ua_call *c, const stack_event *ev) {
    if (c->change.update) return true;
    int rc = call_out_ack(c, ev);
    stack_request_abandon(ev->request); /* it lives on by itself, to ACK the same 2xx again */
    if (rc == SX_OK) return true;
    call_end e = {.originator = UA_SYSTEM, .cause = UA_CAUSE_INTERNAL_ERROR, .code = rc};
    call_bye(c, &e, sx_slice_empty());
    return false;
}

void call_change_take_back(ua_call *c) {
    session_take_back(c->session);
    call_change_want(c, CALL_FOR_RESTORE, 0);
}

/* RFC 3264 knows no way to refuse an answer. */
static void on_unusable(ua_call *c, const stack_event *ev, unsigned what, int rc) {
    if (what & CALL_FOR_RESTORE) {
        end_apart(c, rc, ev->msg);
        return;
    }
    call_change_take_back(c);
    if (c->state == CALL_UP) call_timer_refreshed(c, ev->msg, NULL);
    c->change.wanted |= (uint8_t)(what & (CALL_FOR_MOVE | CALL_FOR_REFRESH));
    call_outcome o = {.code = rc, .text = SX_LIT("the answer to our new offer cannot be used")};
    done(c, what & CALL_FOR_WISH, &o, NULL, ev);
}

static void on_accepted(ua_call *c, const stack_event *ev, unsigned what) {
    call_change *g = &c->change;
    session_change change;
    if (!acknowledge(c, ev)) return;
    if (c->state == CALL_UP) c->peer = ev->flow.remote;
    bool news = ev->contact_changed && !g->refreshed && c->state == CALL_UP;
    int rc = take_answer(c, ev, &change);
    if (rc != SX_OK) {
        on_unusable(c, ev, what, rc);
        return;
    }
    if (c->state == CALL_UP) {
        call_move_note(c);
        g->refreshed = news;
        if (news) call_change_want(c, CALL_FOR_REFRESH, 0);
        call_timer_refreshed(c, ev->msg, NULL);
    } else {
        call_early_agreed(c, ev);
    }
    if (!(what & CALL_FOR_WISH)) call_media_change(c, &change);
    if (c->state == CALL_STOPPING) return;
    call_outcome o = {.status = ev->status, .reason = ev->msg->reason};
    done(c, what, &o, &change, ev);
}

/* How long the peer wants us to wait; -1: it does not say, or for ever. */
static int retry_after(const stack_event *ev) {
    sip_retry_after after;
    sx_slice value = ev->msg ? sip_value(ev->msg, SIP_HDR_RETRY_AFTER) : sx_slice_empty();
    if (!value.n || sip_retry_after_read(value, &after) != SX_OK || after.seconds > MAX_WAIT_S) return -1;
    return (int)after.seconds;
}

/* One method is not known to the peer, or wants a person's consent (RFC 3311 5.2): the other one. True: it is tried. */
static bool falls_back(ua_call *c, const stack_event *ev, unsigned what) {
    call_change *g = &c->change;
    bool unknown = ev->status == 405 || ev->status == 501;
    if (!ev->msg || g->fell || c->state != CALL_UP) return false;
    if (g->update ? !unknown && ev->status != 504 : !unknown || g->peer_update == 2) return false;
    if (g->update && unknown) g->peer_update = 2;
    g->by = g->update ? UA_CHANGE_INVITE : UA_CHANGE_UPDATE;
    g->fell = true;
    g->wanted |= (uint8_t)what;
    call_post(c, CALL_DO_CHANGE);
    return true;
}

/* True: another attempt will be made. */
static bool again(ua_call *c, const stack_event *ev, unsigned what) {
    call_change *g = &c->change;
    uint64_t ms;
    int after = retry_after(ev);
    if (falls_back(c, ev, what)) return true;
    if (ev->msg && ev->status == 491) {
        ms = glare_ms(c);
    } else if (call_timer_too_short(c, ev->msg)) { /* 422 */
        ms = 0;
    } else if (ev->msg && (ev->status == 500 || ev->status == 503) && after >= 0) {
        ms = (uint64_t)after * 1000 + sx_rand_below(500); /* theirs is still open (14.2), or they are busy */
    } else if (!ev->msg && ev->code == SX_E_TIMEOUT && g->heard && c->state == CALL_UP) {
        ms = MOVED_PAUSE_MS; /* it is there, if not where we asked: what it wants goes first */
    } else {
        return false;
    }
    if (++g->tries > (what & CALL_FOR_MOVE ? MAX_MOVE_TRIES : MAX_TRIES)) return false;
    if (!ms) {
        call_change_want(c, what, 0);
        return true;
    }
    g->wanted |= (uint8_t)what;
    wait(c, ms);
    return true;
}

static void on_refused(ua_call *c, const stack_event *ev, unsigned what) {
    bool answered = ev->msg != NULL, up = c->state == CALL_UP;
    if (call_has_media(c) && c->change.offers) session_drop_offer(c->session);
    if (again(c, ev, what)) return;
    /* 12.2.1.2: 481 and 408 end the dialog. A timeout of our own does too, unless it was the way that was in doubt. In
     * an early dialog it is the INVITE's answer that counts. */
    bool ends = answered ? ev->status == 481 || ev->status == 408 : ev->code == SX_E_TIMEOUT && !(what & CALL_FOR_MOVE);
    if (ends && up) {
        call_end e = {.originator = answered ? UA_REMOTE : UA_SYSTEM,
                      .cause = ev->status == 408 ? UA_CAUSE_REQUEST_TIMEOUT : UA_CAUSE_DIALOG_ERROR,
                      .status = ev->status,
                      .code = ev->code,
                      .msg = ev->msg};
        call_bye(c, &e, sx_slice_empty());
        return;
    }
    if ((what & CALL_FOR_RESTORE) && (answered || !(what & CALL_FOR_MOVE))) {
        end_apart(c, SX_E_MEDIA, ev->msg);
        return;
    }
    c->change.wanted |= (uint8_t)(what & CALL_FOR_RESTORE); /* with the next attempt to move */
    call_outcome o = {.status = answered ? ev->status : 0,
                      .code = ev->code ? ev->code : SX_E_PROTOCOL,
                      .reason = answered ? ev->msg->reason : sx_slice_empty(),
                      .text = sx_slice_str(ev->text)};
    done(c, what, &o, NULL, ev);
}

void call_change_event(ua_call *c, const stack_event *ev) {
    call_change *g = &c->change;
    if (ev->request != g->request) return;
    if (ev->type == STACK_EV_PROVISIONAL && !g->update) call_reliable_inside(c, ev);
    if (ev->type != STACK_EV_FINAL) return;
    unsigned what = g->doing;
    g->request = NULL;
    g->doing = 0;
    call_change_learn(c, ev->msg);
    if (ev->msg && ev->status >= 200 && ev->status < 300) {
        on_accepted(c, ev, what);
    } else {
        on_refused(c, ev, what);
    }
}
