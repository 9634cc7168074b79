/* Requests of the peer inside the call's dialog: re-INVITE and UPDATE, hold, INFO, OPTIONS, BYE. */
#include <stdlib.h>

#include "ua/call.h"

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

static void respond(ua_call *c, const stack_event *ev, sx_slice body) {
    tx_response r = {.status = 200,
                     .headers = SX_LIT(UA_COMMON_LINES),
                     .content_type = body.n ? SX_LIT("application/sdp") : sx_slice_empty(),
                     .body = body};
    if (tx_respond(ev->tx, &r) != SX_OK) {
        answer(ev->tx, 500);
    } else {
        call_change_theirs(c, ev->msg->method == SIP_INVITE);
    }
}

/* Signalling-only: what the app said last, with its directions fitted; else a description in which nothing flows. */
static void respond_none(ua_call *c, const stack_event *ev, sx_slice offer) {
    sx_buf b;
    net_addr own;
    sx_buf_init(&b);
    int rc = SX_OK;
    if (offer.n) {
        rc = c->own_sdp ? session_refit(sx_slice_str(c->own_sdp), offer, &b)
                        : session_inactive_answer(
                              offer, ua_local_address(c->agent, &ev->flow.remote, &own) == SX_OK ? &own : NULL, &b);
    } else if (c->own_sdp && ev->msg->method == SIP_INVITE) {
        sx_buf_str(&b, c->own_sdp);
    }
    if (rc != SX_OK || b.failed) {
        answer(ev->tx, rc == SX_E_NOMEM || b.failed ? 500 : 488);
    } else {
        respond(c, ev, sx_buf_view(&b));
    }
    sx_buf_free(&b);
}

static void take_offer(ua_call *c, const stack_event *ev, sx_slice offer) {
    sx_slice body;
    session_change change;
    if (c->move.lost) session_readdress(c->session, &ev->flow.remote); /* the answer brings it along */
    int rc = session_offered(c->session, offer, &ev->flow.remote, &body, &change);
    if (rc != SX_OK) { /* all is as it was */
        answer(ev->tx, rc == SX_E_NOMEM ? 500 : 488);
        return;
    }
    respond(c, ev, body);
    c->peer = ev->flow.remote;
    call_move_answered(c);
    call_media_change(c, &change);
}

/* RFC 3264 and the field: an offer asked for is our full wish, whatever is on hold. */
static void make_offer(ua_call *c, const stack_event *ev) {
    sx_slice body;
    if (session_offer(c->session, &body) != SX_OK) {
        answer(ev->tx, 500);
    } else {
        respond(c, ev, body);
    }
}

/* Is there a negotiation that this one would collide with? True: it was answered. */
static bool collides(ua_call *c, const stack_event *ev, bool offers) {
    switch (c->state) {
    case CALL_NEW:
    case CALL_INVITING: /* our INVITE is still open (14.2) */ answer(ev->tx, 491); return true;
    case CALL_OFFERED: /* theirs is: it has no final answer yet */ answer_later(ev->tx); return true;
    case CALL_LEAVING:
    case CALL_STOPPING: answer(ev->tx, 480); return true;
    default:
        if (!offers || (!call_change_is_open(c) && (!c->session || !session_has_offer(c->session)))) return false;
        answer(ev->tx, 491);
        return true;
    }
}

static void on_offer(ua_call *c, const stack_event *ev) {
    sx_slice sdp;
    if (ua_refuse_extension(ev->tx, ev->msg)) return;
    int body = ua_body_sdp(ev->msg, &sdp);
    if (collides(c, ev, body == 1 || ev->msg->method == SIP_INVITE)) return;
    bool none = c->media_none || !c->session;
    if (body < 0) {
        ua_answer(ev->tx, 415, NULL, SX_LIT("Accept: application/sdp\r\n"));
    } else if (none) {
        respond_none(c, ev, sdp);
    } else if (body == 1) {
        take_offer(c, ev, sdp);
    } else if (ev->msg->method == SIP_INVITE) {
        make_offer(c, ev);
    } else {
        respond(c, ev, sx_slice_empty()); /* UPDATE without an offer: a target refresh */
    }
}

void call_request(ua_call *c, const stack_event *ev) {
    switch (ev->msg->method) {
    case SIP_BYE: on_bye(c, ev); break;
    case SIP_INVITE:
    case SIP_UPDATE: on_offer(c, ev); break;
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
