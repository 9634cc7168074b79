/* Requests of the peer inside the call's dialog: re-INVITE and UPDATE, OPTIONS, BYE; the rest goes to its own file. */
#include <stdlib.h>

#include "sip/lex.h"
#include "ua/call.h"

enum { OFFERS_AT_ONCE = 32, OFFERS_A_SECOND = 8 }; /* of the peer */

static void answer(stack_tx *tx, int status) { ua_answer(tx, status, NULL, sx_slice_empty()); }

/* RFC 3261 14.2: come back in a moment. */
static void answer_later(stack_tx *tx) {
    char text[40] = "Retry-After: 0\r\n";
    text[13] = (char)('0' + sx_rand_below(10));
    ua_answer(tx, 500, NULL, sx_slice_str(text));
}

/* ---- BYE ---- */

static void on_bye(ua_call *c, const stack_event *ev) {
    ua_answer(ev->tx, 200, NULL, sx_slice_empty());
    if (c->state == CALL_INVITING || c->state == CALL_NEW) return; /* of one fork: the INVITE's final answer counts */
    if (c->state == CALL_LEAVING && !c->incoming) return;
    call_end e = {.originator = UA_REMOTE, .cause = UA_CAUSE_TERMINATED, .msg = ev->msg};
    if (c->tx) { /* the caller gave up by BYE instead of CANCEL (RFC 3261 15.1.2) */
        e.cause = UA_CAUSE_CANCELED;
        e.status = 487;
        call_in_refuse(c, 487, NULL);
    }
    call_finish(c, &e);
}

/* ---- a new offer ---- */

/* The answer that takes what the peer wants. SX_E_HEADER and its like: nothing was sent. */
static int respond(ua_call *c, stack_tx *tx, const ua_reply *reply, sx_slice body) {
    const sip_msg *m = tx_message(tx);
    bool invite = m->method == SIP_INVITE;
    sx_buf lines;
    sx_buf_init(&lines);
    ua_common_lines(c, &lines);
    int rc = reply ? ua_put_headers(&lines, reply->headers, reply->header_count) : SX_OK;
    if (rc == SX_OK && (invite || m->method == SIP_UPDATE)) call_timer_refreshed(c, m, &lines);
    if (rc == SX_OK && lines.failed) rc = sx_fail(SX_E_NOMEM, "no memory for the answer");
    if (rc == SX_OK) {
        tx_response r = {.status = reply && reply->status ? reply->status : 200,
                         .reason = reply ? sx_slice_str(reply->reason) : sx_slice_empty(),
                         .headers = sx_buf_view(&lines),
                         .content_type = body.n ? SX_LIT("application/sdp") : sx_slice_empty(),
                         .body = body};
        rc = tx_respond(tx, &r);
    }
    sx_buf_free(&lines);
    if (rc == SX_OK) call_change_theirs(c, invite);
    return rc;
}

/* Nothing can go wrong with the program's own words any more. */
static void respond_or_500(ua_call *c, stack_tx *tx, const ua_reply *reply, sx_slice body) {
    if (respond(c, tx, reply, body) != SX_OK) answer(tx, 500);
}

static void refuse(stack_tx *tx, int rc, sdp_reason why) {
    ua_answer(tx, rc == SX_E_NOMEM ? 500 : 488, NULL, session_warning(rc, why));
}

/* Signalling-only: what the peer's new description means. */
static void say_theirs(ua_call *c, sx_slice offer) {
    call_change *g = &c->change;
    session_weight w;
    if (!offer.n || session_weigh(offer, &w) != SX_OK || w.mark == g->theirs_mark) return;
    ua_event ev = call_event(c, w.holds == g->theirs_hold ? UA_EV_CALL_UPDATED
                                : w.holds                 ? UA_EV_CALL_HELD
                                                          : UA_EV_CALL_RESUMED);
    g->theirs_mark = w.mark;
    g->theirs_hold = w.holds;
    ev.originator = UA_REMOTE;
    ev.body = offer;
    ev.content_type = SX_LIT("application/sdp");
    ua_emit(c->agent, &ev);
}

/* Signalling-only: what the app says, else what it said last, with its directions fitted; else a description in which
 * nothing flows. */
static void answer_none(ua_call *c, stack_tx *tx, const ua_reply *reply, sx_slice offer) {
    sx_buf b;
    net_addr own;
    stack_flow flow = tx_flow(tx);
    sx_buf_init(&b);
    sip_msg *kept = offer.n ? sip_msg_keep(tx_message(tx)) : NULL; /* the offer's; the answer lets go of it */
    int rc = SX_OK;
    if (reply && reply->body.n) {
        char *copy = sx_strdup(reply->body);
        rc = copy ? SX_OK : SX_E_NOMEM;
        if (copy) free(c->own_sdp);
        if (copy) c->own_sdp = copy;
        sx_buf_slice(&b, reply->body);
    } else if (offer.n) {
        rc = c->own_sdp ? session_refit(sx_slice_str(c->own_sdp), offer, &b)
                        : session_inactive_answer(
                              offer, ua_local_address(c->agent, &flow.remote, &own) == SX_OK ? &own : NULL, &b);
    } else if (c->own_sdp && tx_message(tx)->method == SIP_INVITE) {
        sx_buf_str(&b, c->own_sdp);
    }
    if (rc != SX_OK || b.failed) {
        refuse(tx, b.failed ? SX_E_NOMEM : rc, SDP_REASON_NO_MEDIA);
    } else {
        respond_or_500(c, tx, reply, sx_buf_view(&b));
        if (kept && ua_body_sdp(kept, &offer) == 1) say_theirs(c, offer);
    }
    sip_msg_unref(kept);
    sx_buf_free(&b);
}

static void take(ua_call *c, stack_tx *tx, const ua_reply *reply, sx_slice offer) {
    sx_slice body;
    session_change change;
    stack_flow flow = tx_flow(tx);
    if (c->move.lost) session_readdress(c->session, &flow.remote); /* the answer brings it along */
    int rc = session_offered(c->session, offer, &flow.remote, &body, &change);
    if (rc != SX_OK) { /* all is as it was */
        refuse(tx, rc, session_why(c->session));
        return;
    }
    call_change_drop(c, CALL_FOR_RESTORE); /* they agree again */
    respond_or_500(c, tx, reply, body);
    c->peer = flow.remote;
    if (c->dialog) call_move_answered(c);
    if (change.first) call_media_ready(c, !c->established);
    call_media_change(c, &change);
}

/* RFC 3264 and the field: an offer asked for is our full wish, whatever the peer keeps on hold. */
static void make_offer(ua_call *c, stack_tx *tx, const ua_reply *reply) {
    sx_slice body;
    if (session_offer(c->session, &body) != SX_OK) {
        answer(tx, 500);
    } else if (respond(c, tx, reply, body) != SX_OK) {
        session_drop_offer(c->session);
        answer(tx, 500);
    }
}

static int check_reply(const ua_reply *reply) {
    sx_buf b;
    if (!reply) return SX_OK;
    sx_buf_init(&b);
    int rc = ua_put_headers(&b, reply->headers, reply->header_count);
    sx_buf_free(&b);
    if (rc == SX_OK && !sip_is_header_value(sx_slice_str(reply->reason)))
        rc = sx_fail(SX_E_HEADER, "a line break in the reason");
    return rc;
}

int call_answer_offer(ua_call *c, stack_tx *tx, const ua_reply *reply) {
    sx_slice offer;
    const sip_msg *m = tx_message(tx);
    int body = ua_body_sdp(m, &offer), rc = check_reply(reply);
    if (rc != SX_OK) return rc;
    if (!call_has_media(c))
        answer_none(c, tx, reply, offer);
    else if (body == 1)
        take(c, tx, reply, offer);
    else if (m->method == SIP_INVITE)
        make_offer(c, tx, reply);
    else
        respond_or_500(c, tx, reply, sx_slice_empty()); /* UPDATE without an offer: a target refresh */
    return SX_OK;
}

void call_take_offer(ua_call *c, const stack_event *ev) { call_answer_offer(c, ev->tx, NULL); }

/* Is there a negotiation that this one would collide with? True: it was answered. */
static bool collides(ua_call *c, const stack_event *ev, bool offers) {
    bool update = ev->msg->method == SIP_UPDATE;
    if (c->state < CALL_LEAVING && update && !offers) return false; /* a refresh, at any time (RFC 3311 5.2) */
    switch (c->state) {
    case CALL_NEW:
    case CALL_INVITING: /* our INVITE is still open (14.2) */ answer(ev->tx, 491); return true;
    case CALL_OFFERED: /* theirs is: it has no final answer yet */ answer_later(ev->tx); return true;
    case CALL_LEAVING: answer(ev->tx, c->incoming ? 480 : 491); return true;
    case CALL_STOPPING: answer(ev->tx, 480); return true;
    default: break;
    }
    if (c->change.question) { /* an offer that has no answer yet (14.2, RFC 3311 5.2) */
        answer_later(ev->tx);
        return true;
    }
    if (!call_change_is_open(c) && !(call_has_media(c) && session_has_offer(c->session))) return false;
    c->change.heard = true;
    answer(ev->tx, 491);
    return true;
}

/* Each offer costs a negotiation and events: a storm of them is told to come back later. */
static bool too_often(ua_call *c) {
    call_change *g = &c->change;
    uint64_t now = call_now(c), gained = (now - g->room_ms) * OFFERS_A_SECOND;
    g->room = gained + g->room > OFFERS_AT_ONCE * 1000 ? OFFERS_AT_ONCE * 1000 : g->room + (uint32_t)gained;
    g->room_ms = now;
    if (g->room < 1000) return true;
    g->room -= 1000;
    return false;
}

static void on_offer(ua_call *c, const stack_event *ev) {
    sx_slice sdp;
    if (ua_refuse_extension(ev->tx, ev->msg)) return;
    int body = ua_body_sdp(ev->msg, &sdp);
    bool offers = body == 1 || ev->msg->method == SIP_INVITE;
    call_change_learn(c, ev->msg);
    if (body < 0)
        ua_answer(ev->tx, 415, NULL, SX_LIT("Accept: application/sdp\r\n"));
    else if (offers && too_often(c))
        answer_later(ev->tx);
    else if (call_early_update(c, ev, sdp) || collides(c, ev, offers) || call_timer_refuses(c, ev))
        return;
    else if (!offers || !call_question_ask(c, ev, sdp))
        call_take_offer(c, ev);
}

void call_request(ua_call *c, const stack_event *ev) {
    if (c->bridge && call_bridge_takes(c, ev)) return;
    switch (ev->msg->method) {
    case SIP_BYE: on_bye(c, ev); break;
    case SIP_INVITE:
    case SIP_UPDATE: on_offer(c, ev); break;
    case SIP_PRACK: call_reliable_prack(c, ev); break;
    case SIP_REFER:
    case SIP_SUBSCRIBE:
    case SIP_NOTIFY: call_transfer_request(c, ev); break;
    case SIP_INFO: call_info_request(c, ev); break;
    case SIP_OPTIONS:
        if (!ua_refuse_extension(ev->tx, ev->msg)) ua_answer_options(ev->tx);
        break;
    case SIP_MESSAGE:
        if (!ua_refuse_extension(ev->tx, ev->msg)) ua_message_incoming(c->agent, c->account, c, ev);
        break;
    default: ua_refuse_method(c->agent, ev->tx, ev->msg); break;
    }
}
