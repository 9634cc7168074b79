/* What the peer wants changed, where the program decides on it (SIPUA_ASK_CHANGE). A re-INVITE may wait for that; an
 * UPDATE has to be answered promptly and gets 504 after two seconds, upon which the peer asks by re-INVITE (RFC 3311
 * 5.2). What changes nothing, and what could not be taken anyway, is not asked. */
#include <stdlib.h>

#include "sip/lex.h"
#include "ua/call.h"

enum { UPDATE_MS = 2000 };

static void forget(ua_call *c) {
    call_question *q = c->change.question;
    sx_timer_stop(c->agent->wheel, &q->timer);
    c->change.question = NULL;
    free(q);
    if (c->change.wanted && c->state < CALL_STOPPING) call_post(c, CALL_DO_CHANGE);
}

/* It went without the program. */
static void say_over(ua_call *c, ua_originator who, int status, int code, sx_slice text, uint32_t flags) {
    ua_event ev = call_event(c, UA_EV_CALL_CHANGE_FAILED);
    ev.originator = who;
    ev.status = status;
    ev.reason = sip_reason(status);
    ev.code = code;
    ev.cause = ua_cause_of_code(code, status);
    ev.text = text;
    ev.flags = flags;
    ua_emit(c->agent, &ev);
}

static int default_of(const call_question *q) { return q->invite ? 488 : 504; }

static void on_timer(sx_timer *t, uint64_t now) {
    call_question *q = SX_CONTAINER(t, call_question, timer);
    ua_call *c = q->call;
    int status = default_of(q);
    (void)now;
    ua_answer(q->tx, status, NULL,
              status == 488 ? SX_LIT("Warning: 399 sipua.invalid \"Nobody decided on it\"\r\n") : sx_slice_empty());
    forget(c);
    say_over(c, UA_SYSTEM, status, SX_E_TIMEOUT, SX_LIT("nobody decided in time on what the peer wanted"),
             UA_FLAG_DEFAULT);
}

/* Is there anything to be decided? */
static bool matters(ua_call *c, sx_slice offer, uint32_t *flags) {
    session_weight weight;
    sdp_reason why;
    *flags = offer.n ? 0 : UA_FLAG_OFFERLESS;
    if (!offer.n) return true;
    if (session_weigh(offer, &weight) != SX_OK) return false;
    if (!call_has_media(c)) {
        *flags = weight.holds ? UA_FLAG_HOLD : 0;
        return true;
    }
    if (weight.mark == session_theirs(c->session)) return false;
    if (!weight.removed && session_check(session_codecs(c->session), offer, &why) != SX_OK) return false;
    if (weight.holds && !session_is_held(c->session)) *flags = UA_FLAG_HOLD;
    if (!weight.holds && session_is_held(c->session)) *flags = UA_FLAG_RESUME;
    return true;
}

bool call_question_ask(ua_call *c, const stack_event *ev, sx_slice offer) {
    uint32_t flags;
    bool invite = ev->msg->method == SIP_INVITE;
    if (!ua_asks(c->agent, UA_ASK_CHANGE) || (c->state != CALL_UP && c->state != CALL_ANSWERED)) return false;
    if (!matters(c, offer, &flags)) return false;
    call_question *q = calloc(1, sizeof *q);
    if (!q) {
        ua_answer(ev->tx, 500, NULL, sx_slice_empty());
        return true;
    }
    int ms = UA_CALL_OPT(c, change_decision_ms);
    if (!invite && ms > UPDATE_MS) ms = UPDATE_MS;
    q->tx = ev->tx;
    q->invite = invite;
    q->call = c;
    c->change.question = q;
    tx_set_owner(ev->tx, (stack_sink){call_on_stack, c->agent}, c);
    sx_timer_init(&q->timer, on_timer);
    sx_timer_start(c->agent->wheel, &q->timer, call_now(c) + (uint64_t)ms);
    ua_event out = call_event(c, UA_EV_CALL_CHANGE_REQUESTED);
    out.originator = UA_REMOTE;
    out.deadline_ms = ms;
    out.default_status = default_of(q);
    out.flags = flags;
    out.msg = ev->msg;
    out.body = offer;
    out.content_type = offer.n ? SX_LIT("application/sdp") : sx_slice_empty();
    ua_emit(c->agent, &out);
    return true;
}

bool call_question_canceled(ua_call *c, const stack_event *ev) {
    call_question *q = c->change.question;
    if (!q || q->tx != ev->tx) return false;
    ua_answer(q->tx, 487, NULL, sx_slice_empty());
    forget(c);
    say_over(c, UA_REMOTE, 487, SX_E_CANCELED, SX_LIT("the peer took back what it wanted changed"), 0);
    return true;
}

void call_question_drop(ua_call *c) {
    call_question *q = c->change.question;
    if (!q) return;
    if (c->agent->stack) ua_answer(q->tx, 487, NULL, sx_slice_empty());
    forget(c);
}

/* ---- verbs ---- */

static int need_question(const ua_call *c) {
    return c->change.question ? SX_OK : sx_fail(SX_E_STATE, "no change that the peer wants waits for a decision");
}

int ua_call_accept_change(ua_call *c, const ua_reply *reply) {
    int rc = need_question(c);
    if (rc != SX_OK) return rc;
    if (reply && reply->status && (reply->status < 200 || reply->status > 299))
        return sx_fail(SX_E_INVALID, "a change is accepted with a status from 200 to 299");
    if (reply && reply->body.n && call_has_media(c))
        return sx_fail(SX_E_INVALID, "a body of one's own is for calls without media");
    call_question *q = c->change.question;
    c->change.question = NULL; /* whatever is asked from the events that follow finds none */
    rc = call_answer_offer(c, q->tx, reply);
    c->change.question = q;
    if (rc == SX_OK) forget(c);
    return rc;
}

int ua_call_reject_change(ua_call *c, const ua_reply *reply) {
    int rc = need_question(c);
    int status = reply && reply->status ? reply->status : 488;
    sx_buf lines;
    if (rc != SX_OK) return rc;
    if (status < 300 || status > 699) return sx_fail(SX_E_INVALID, "a refusal is a status from 300 to 699");
    sx_buf_init(&lines);
    if (reply) rc = ua_put_headers(&lines, reply->headers, reply->header_count);
    if (status == 488 && !lines.n) SX_BUF_LIT(&lines, "Warning: 399 sipua.invalid \"Refused\"\r\n");
    if (rc == SX_OK && lines.failed) rc = sx_fail(SX_E_NOMEM, "no memory for the answer");
    if (rc == SX_OK && reply && !sip_is_header_value(sx_slice_str(reply->reason)))
        rc = sx_fail(SX_E_HEADER, "a line break in the reason");
    if (rc == SX_OK) {
        ua_answer(c->change.question->tx, status, reply ? reply->reason : NULL, sx_buf_view(&lines));
        forget(c);
    }
    sx_buf_free(&lines);
    return rc;
}
