/* Calls that come in. */
#include <stdlib.h>

#include "sip/lex.h"
#include "ua/call.h"

/* ---- the INVITE ---- */

static void refuse_busy(stack_tx *tx) { ua_answer(tx, 486, NULL, sx_slice_empty()); }

/* What can be refused before there is a call. True: it was. */
static bool refuse_early(ua_agent *a, ua_account *acc, const stack_event *ev, const call_replace *what, sx_slice *sdp) {
    bool automatic = (acc && acc->auto_answer) || what->other || call_auto_obeyed(a, acc, ev->msg);
    bool media = !(acc && acc->media_none), instead = what->other && !what->join;
    if (call_reliable_refuse(a, acc, ev) || call_timer_refuse(a, acc, ev)) return true;
    int body = ua_body_sdp(ev->msg, sdp);
    if (body < 0) {
        ua_answer(ev->tx, 415, NULL, SX_LIT("Accept: application/sdp\r\nAccept-Encoding: identity\r\n"));
        return true;
    }
    if (!automatic && !ua_asks(a, UA_ASK_CALL)) {
        ua_answer(ev->tx, 480, NULL, sx_slice_empty());
        return true;
    }
    if (!instead && ua_drain_refuses(a, ev->tx)) return true;
    if (!instead && call_limit_reached(a, acc)) {
        refuse_busy(ev->tx);
        return true;
    }
    if (!sdp->n || !media) return false;
    sdp_reason why;
    int rc = session_check(acc ? acc->codecs : a->codecs, *sdp, &why);
    if (rc == SX_OK) return false;
    ua_answer(ev->tx, rc == SX_E_NOMEM ? 500 : 488, NULL, session_warning(rc, why));
    return true;
}

/* Everything but the session: SX_E_PROTOCOL and its like when the peer is at fault. */
static int open_dialog(ua_call *c, const stack_event *ev, sx_slice sdp) {
    ua_way way;
    ua_way_of(c->agent, c->account, sx_slice_empty(), &way);
    dlg_params p = ua_way_dialog(&way, (stack_sink){call_on_stack, c->agent}, c);
    if (sdp.n && !(c->offer = sx_strdup(sdp))) return SX_E_NOMEM;
    int rc = dlg_create_uas(ev->tx, &p, &c->dialog);
    if (rc != SX_OK) {
        c->dialog = NULL;
        return rc;
    }
    c->tx = ev->tx;
    c->peer = ev->flow.remote;
    call_change_learn(c, ev->msg);
    tx_set_owner(ev->tx, (stack_sink){call_on_stack, c->agent}, c);
    return SX_OK;
}

/* Last of all that can fail: from here on the media's events know the call. */
static int open_session(ua_call *c) {
    ua_account *acc = c->account;
    int rc = session_create(c->agent, acc ? acc->codecs : c->agent->codecs, c, c->id, &c->peer, 0, &c->session);
    if (rc != SX_OK) return rc;
    sx_slice advertise = ua_media_advertise(c->agent, acc);
    if (advertise.n) session_advertise(c->session, advertise);
    return SX_OK;
}

static int decision_ms(ua_call *c, const sip_msg *m) {
    uint32_t expires;
    int ms = c->agent->opt.no_answer_ms;
    if (sip_number(m, SIP_HDR_EXPIRES, UINT32_MAX, &expires) != SX_OK) return ms;
    if ((uint64_t)expires * 1000 > (uint64_t)ms) return ms;
    c->expires_first = true; /* RFC 3261 13.3.1 */
    return (int)(expires * 1000);
}

static void announce(ua_call *c, const sip_msg *msg, int deadline_ms) {
    sx_buf from_name, to_name, identity;
    sx_buf_init(&from_name);
    sx_buf_init(&to_name);
    sx_buf_init(&identity);
    ua_event out = call_event(c, UA_EV_INCOMING_CALL);
    ua_event_message_fields(&out, msg, &from_name, &to_name);
    call_replace_fields(c, msg, &out);
    bool automatic = c->account && c->account->auto_answer;
    out.deadline_ms = automatic ? 0 : deadline_ms;
    out.default_status = automatic ? 200 : 480;
    call_identity_read(&out, msg, &identity);
    if (!automatic) call_auto_read(c, msg, &out);
    call_emit_dialog(c, c->dialog, &out);
    sx_buf_free(&from_name);
    sx_buf_free(&to_name);
    sx_buf_free(&identity);
}

void call_in_answer_now(ua_call *c) {
    int rc = call_in_answer(c, NULL);
    if (rc == SX_OK) return;
    call_end e = {.originator = UA_SYSTEM,
                  .cause = UA_CAUSE_INTERNAL_ERROR,
                  .status = 500,
                  .code = rc,
                  .text = sx_slice_str(sx_last_error_text())};
    call_in_refuse(c, 500, NULL);
    call_finish(c, &e);
}

/* The program, or the account's setting, decides from here on. */
void call_in_begin(ua_call *c, const sip_msg *msg) {
    if (call_replace_begin(c, msg)) return;
    int wait = decision_ms(c, msg);
    sx_timer_start(c->agent->wheel, &c->timer, call_now(c) + (uint64_t)wait);
    announce(c, msg, wait);
    bool now = (c->account && c->account->auto_answer) || call_auto_begin(c, msg);
    if (now && c->state == CALL_OFFERED) call_in_answer_now(c);
}

/* Who has something to reserve is told of when that is done. */
static void begin(ua_call *c, const sip_msg *msg) {
    if (!call_early_wait(c, msg)) call_in_begin(c, msg);
}

static void on_prepared(void *ctx, int code, const char *text) {
    ua_call *c = ctx;
    sip_msg *invite = c->invite;
    (void)code, (void)text;
    if (c->state != CALL_OFFERED || !invite) return;
    c->invite = NULL;
    begin(c, invite);
    sip_msg_unref(invite);
}

void ua_call_incoming(ua_agent *a, ua_account *acc, const stack_event *ev) {
    sx_slice sdp;
    call_replace what;
    if (call_replace_incoming(a, ev, &what) || refuse_early(a, acc, ev, &what, &sdp)) return;
    ua_call *c = call_new(a, acc, 0, true);
    if (!c) {
        ua_answer(ev->tx, 500, NULL, sx_slice_empty());
        return;
    }
    c->media_none = acc && acc->media_none;
    call_reliable_begin(c, ev->msg);
    call_replace_link(c, &what);
    int rc = open_dialog(c, ev, sdp);
    if (rc == SX_OK && !c->media_none) rc = open_session(c);
    if (rc != SX_OK) {
        SX_LOG_UA(a, SX_LOG_WARNING, "an INVITE was refused: %s", sx_last_error_text());
        if (rc == SX_E_LIMIT) {
            refuse_busy(ev->tx);
        } else {
            ua_answer(ev->tx, rc == SX_E_PROTOCOL ? 400 : 500, NULL, sx_slice_empty());
        }
        dlg_end(c->dialog);
        c->dialog = NULL;
        c->tx = NULL;
        call_discard(c);
        return;
    }
    rc = c->session ? session_prepare_peer(c->session, &c->peer, on_prepared, c) : SX_OK;
    if (rc == 1 && (c->invite = sip_msg_keep(ev->msg)) != NULL) return; /* told of when that is done */
    if (rc == 1) session_cancel_prepare(c->session);
    begin(c, ev->msg); /* an address that cannot be had now is asked for again with the answer */
}

/* ---- answers ---- */

static int put_lines(ua_call *c, const ua_reply *reply, sx_buf *lines) {
    ua_common_lines(c, lines);
    if (reply) call_info_packages(c, reply->headers, reply->header_count);
    return reply ? ua_put_headers(lines, reply->headers, reply->header_count) : SX_OK;
}

/* Our description for a 200 or a 1xx with early media: the answer, or our offer where there was none. */
int call_in_describe(ua_call *c, sx_slice *body) {
    session_change change;
    if (session_is_up(c->session) || session_has_offer(c->session)) { /* said already in a 1xx: the same again */
        *body = session_sent(c->session);
        return SX_OK;
    }
    int rc = session_prepare_towards(c->session, &c->peer);
    if (rc == SX_OK && !session_stands(c->session, &c->peer)) { /* the address has gone since it began to ring */
        rc = session_readdress(c->session, &c->peer);
        session_moved(c->session, rc == SX_OK);
    }
    if (rc != SX_OK) return rc;
    if (!c->offer) return session_offer(c->session, body);
    return session_offered(c->session, sx_slice_str(c->offer), &c->peer, body, &change);
}

unsigned call_in_say_ready(ua_call *c) {
    return c->session && session_is_up(c->session) && !c->media_told ? CALL_SAY_READY : 0;
}

static bool keep_own(ua_call *c, sx_slice sdp) {
    char *own = sx_strdup(sdp);
    if (!own) return false;
    free(c->own_sdp);
    c->own_sdp = own;
    return true;
}

/* The same for signalling-only calls: what the app says, else a description in which nothing flows. */
static int describe_none(ua_call *c, const ua_reply *reply, sx_buf *room, sx_slice *body) {
    if (reply && reply->body.n) {
        if (!keep_own(c, reply->body)) return sx_fail(SX_E_NOMEM, "no memory for SDP");
        *body = sx_slice_str(c->own_sdp);
        return SX_OK;
    }
    if (!c->offer) return SX_OK;
    net_addr own;
    bool known = ua_local_address(c->agent, &c->peer, &own) == SX_OK;
    if (session_inactive_answer(sx_slice_str(c->offer), known ? &own : NULL, room) == SX_OK) {
        *body = sx_buf_view(room);
    }
    return SX_OK;
}

static int respond(ua_call *c, const ua_reply *reply, int status, sx_slice body) {
    sx_buf lines;
    sx_buf_init(&lines);
    int rc = put_lines(c, reply, &lines);
    if (rc == SX_OK && status >= 200) call_timer_refreshed(c, tx_message(c->tx), &lines);
    if (rc == SX_OK && lines.failed) rc = sx_fail(SX_E_NOMEM, "no memory for the answer");
    if (rc == SX_OK && reply && !sip_is_header_value(sx_slice_str(reply->reason))) {
        rc = sx_fail(SX_E_HEADER, "a line break in the reason");
    }
    if (rc == SX_OK) {
        sx_slice type = reply && reply->content_type && *reply->content_type ? sx_slice_str(reply->content_type)
                                                                             : SX_LIT("application/sdp");
        tx_response r = {.status = status,
                         .reason = reply ? sx_slice_str(reply->reason) : sx_slice_empty(),
                         .headers = sx_buf_view(&lines),
                         .content_type = body.n ? (c->media_none ? type : SX_LIT("application/sdp")) : sx_slice_empty(),
                         .body = body};
        bool reliably = status < 200 && call_reliable_used(c, body.n > 0);
        rc = reliably ? call_reliable_say(c, &r) : tx_respond(c->tx, &r);
    }
    sx_buf_free(&lines);
    return rc;
}

/* Does this 1xx carry a description of ours? The caller that sent no offer gets ours in the first reliable one (RFC
 * 3261 13.2.1); once it was said reliably it is not repeated (RFC 6337 2.3). */
static bool describes(const ua_call *c, const ua_reply *reply) {
    bool asked = reply && reply->early_media;
    if (!c->session || c->media_none || c->reliable.described) return false;
    if (c->offer) return asked;
    return c->reliable.wanted && (asked || call_reliable_used(c, false));
}

int call_in_ring(ua_call *c, const ua_reply *reply) {
    int status = reply && reply->status ? reply->status : 180;
    if (status < 101 || status > 199) return sx_fail(SX_E_INVALID, "a call rings with a status from 101 to 199");
    sx_slice body = sx_slice_empty();
    if (c->reliable.answer) return sx_fail(SX_E_STATE, "the call has been answered");
    bool early = describes(c, reply);
    int rc = early ? call_in_describe(c, &body) : SX_OK;
    if (rc == SX_OK && !early && reply && reply->body.n && c->media_none) body = reply->body;
    if (rc == SX_OK) rc = respond(c, reply, status, body);
    if (rc != SX_OK) return rc;
    if (body.n && c->media_none) keep_own(c, body);
    c->ring_status = status;
    call_reliable_ringing(c);
    if (!c->expires_first) { /* the decision's deadline becomes the no-answer timeout; Expires stays Expires */
        sx_timer_start(c->agent->wheel, &c->timer, call_now(c) + (uint64_t)c->agent->opt.no_answer_ms);
    }
    c->ring_early = body.n > 0 || (reply && reply->early_media && c->reliable.described);
    call_post(c, CALL_SAY_PROGRESS | call_in_say_ready(c));
    return SX_OK;
}

/* The program brings its own media after all. */
static void leave_media(ua_call *c) {
    c->media_none = true;
    session_stop(c->session); /* its last event finds the call without need for it */
}

int call_in_answer(ua_call *c, const ua_reply *reply) {
    int status = reply && reply->status ? reply->status : 200;
    if (status < 200 || status > 299) return sx_fail(SX_E_INVALID, "a call is answered with a status from 200 to 299");
    bool none = c->media_none || (reply && reply->media_none);
    if (!none && !c->session) return sx_fail(SX_E_STATE, "this call has no media");
    if (call_reliable_holds(c) || c->reliable.answer) return call_reliable_hold(c, reply);
    sx_slice body = sx_slice_empty();
    sx_buf room;
    sx_buf_init(&room);
    if (!none && reply) session_set_rate(c->session, reply->rate);
    int rc = SX_OK;
    if (!c->reliable.described || none != c->media_none)
        rc = none ? describe_none(c, reply, &room, &body) : call_in_describe(c, &body);
    bool before = c->media_none;
    c->media_none = none;
    if (rc == SX_OK) rc = respond(c, reply, status, body);
    sx_buf_free(&room);
    if (rc != SX_OK) {
        c->media_none = before;
        return rc;
    }
    if (none && c->session) leave_media(c);
    c->tx = NULL;
    call_reliable_quiet(c);
    c->state = CALL_ANSWERED;
    c->established = true;
    c->answered_ms = call_now(c);
    free(c->offer);
    c->offer = NULL;
    sx_timer_stop(c->agent->wheel, &c->timer);
    call_limit_start(c);
    call_post(c, CALL_SAY_ACCEPTED | (none ? 0 : call_in_say_ready(c)));
    call_replace_answered(c);
    return SX_OK;
}

int call_in_refuse(ua_call *c, int status, const ua_reply *reply) {
    if (!c->tx) return SX_OK;
    sx_buf lines;
    sx_buf_init(&lines);
    int rc = ua_put_refusal(&lines, status, reply);
    if (rc == SX_OK) {
        tx_response r = {.status = status,
                         .reason = reply ? sx_slice_str(reply->reason) : sx_slice_empty(),
                         .headers = sx_buf_view(&lines),
                         .content_type = reply && reply->body.n ? sx_slice_str(reply->content_type ? reply->content_type
                                                                                                   : "application/sdp")
                                                                : sx_slice_empty(),
                         .body = reply ? reply->body : sx_slice_empty()};
        rc = tx_respond(c->tx, &r);
        if (rc == SX_E_NOMEM && !reply) {
            tx_drop(c->tx);
            rc = SX_OK;
        }
    }
    sx_buf_free(&lines);
    if (rc == SX_OK) c->tx = NULL;
    return rc;
}

/* ---- the ACK ---- */

static void confirm(ua_call *c, const stack_event *ev) {
    if (c->state != CALL_ANSWERED) return;
    c->state = CALL_UP;
    ua_event out = call_event(c, UA_EV_CALL_CONFIRMED);
    out.originator = UA_REMOTE;
    out.msg = ev->msg;
    ua_emit(c->agent, &out);
    call_media_say_held(c);
    call_flow_hold(c);
    call_move_check(c);
    call_links_up(c);
}

/* The answer to an offer of ours that was in the 200, of an INVITE or of a re-INVITE. */
static void on_answer(ua_call *c, const stack_event *ev) {
    sx_slice sdp;
    session_change change;
    call_end e = {.originator = UA_SYSTEM,
                  .cause = UA_CAUSE_MISSING_SDP,
                  .code = SX_E_MEDIA,
                  .msg = ev->msg,
                  .text = SX_LIT("the ACK has no SDP answer")};
    int rc = SX_E_MEDIA;
    bool again = c->state == CALL_UP;
    if (ua_body_sdp(ev->msg, &sdp) == 1) {
        rc = session_answered(c->session, sdp, &ev->flow.remote, &change);
        if (rc == SX_E_MEDIA && again) rc = session_answered_none(c->session, sdp, &change);
        if (rc != SX_OK) {
            e.cause = rc == SX_E_MEDIA ? UA_CAUSE_INCOMPATIBLE_SDP : UA_CAUSE_BAD_MEDIA;
            e.code = rc;
            e.text = SX_LIT("the SDP answer in the ACK cannot be used");
        }
    }
    if (rc != SX_OK && again && e.cause != UA_CAUSE_MISSING_SDP) { /* the call stands: what was agreed is put back */
        call_change_take_back(c);
        return;
    }
    if (rc != SX_OK) {
        call_bye(c, &e, SX_LIT("Reason: SIP;cause=488;text=\"Missing or unusable SDP answer\"\r\n"));
        return;
    }
    session_settle(c->session);
    if (change.first) call_media_ready(c, false);
    confirm(c, ev);
    call_media_change(c, &change);
}

void call_in_ack(ua_call *c, const stack_event *ev) {
    call_change_ack(c);
    if (c->state == CALL_LEAVING) {
        call_bye(c, NULL, sx_slice_str(c->bye_lines));
        return;
    }
    if (c->state != CALL_ANSWERED && c->state != CALL_UP) return;
    bool updating = call_change_is_open(c); /* that offer is in an UPDATE of ours which the 200 overtook */
    if (c->session && session_has_offer(c->session) && !updating) { /* ours was in the 200: this is its answer */
        on_answer(c, ev);
        return;
    }
    confirm(c, ev);
}
