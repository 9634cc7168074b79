/* The end of a call, in two phases: signalling lets go, then the media's last figures come, then CALL_ENDED. */
#include <stdlib.h>

#include "ua/call.h"

void call_end_set(ua_call *c, const call_end *e) {
    if (!e || c->ending) return;
    c->ending = true;
    c->end_originator = (uint8_t)e->originator;
    c->end_cause = (uint8_t)e->cause;
    c->end_status = e->status;
    c->end_code = e->code;
    if (e->reason.n)
        c->end_reason = sx_strdup(e->reason); /* without memory it ends without words */
    else if (e->status)
        c->end_reason = sx_strdup(sip_reason(e->status));
    if (e->text.n) c->end_text = sx_strdup(e->text);
    if (e->msg) {
        c->end_q850 = ua_q850_of(e->msg);
        c->end_msg = sip_msg_keep(e->msg);
    }
}

void call_finish(ua_call *c, const call_end *e) {
    if (c->state == CALL_STOPPING) return;
    call_end_set(c, e);
    ua_agent *a = c->agent;
    c->state = CALL_STOPPING;
    c->answered_ms = c->established ? call_now(c) - c->answered_ms : 0; /* from here on: how long it was up */
    sx_timer_stop(a->wheel, &c->timer);
    sx_timer_stop(a->wheel, &c->rtp_timer);
    call_change_stop(c);
    call_features_stop(c);
    call_reliable_stop(c);
    call_timer_stop(c);
    call_early_stop(c);
    call_flow_release(c);
    if (c->set) dlg_set_abandon(c->set);
    call_links_signalling_over(c);
    if (c->tx) tx_reply(c->tx, 500, NULL); /* whoever forgot it: nobody is left to answer */
    c->set = NULL;
    c->dialog = NULL;
    c->tx = NULL;
    call_free_forks(c);
    call_free_start(c);
    free(c->offer);
    c->offer = NULL;
    if (c->session) {
        session_stop(c->session);
    } else {
        call_post(c, CALL_DO_END);
    }
}

void call_bye(ua_call *c, const call_end *e, sx_slice lines) {
    call_end_set(c, e);
    call_change_stop(c);
    if (c->dialog)
        ua_bye(c->agent, c->dialog, lines, sx_slice_of(c->bye_body, c->bye_body_n), sx_slice_str(c->bye_type));
    call_finish(c, NULL);
}

static void keep_lines(ua_call *c, sx_slice lines) {
    free(c->bye_lines);
    c->bye_lines = lines.n ? sx_strdup(lines) : NULL;
}

void call_terminate(ua_call *c, const call_end *e, int refusal, sx_slice lines) {
    switch (c->state) {
    case CALL_NEW:
        if (c->session) session_cancel_prepare(c->session);
        call_finish(c, e);
        break;
    case CALL_INVITING:
        call_end_set(c, e);
        keep_lines(c, lines);
        c->state = CALL_LEAVING;
        sx_timer_start(c->agent->wheel, &c->timer, call_now(c) + UA_CANCEL_WAIT_MS);
        dlg_set_cancel(c->set, lines);
        break;
    case CALL_OFFERED: {
        tx_response r = {.status = refusal ? refusal : 480, .headers = lines, .reason = e->reason};
        if (c->tx && tx_respond(c->tx, &r) != SX_OK) tx_reply(c->tx, 480, NULL);
        c->tx = NULL;
        call_finish(c, e);
        break;
    }
    case CALL_ANSWERED: /* RFC 3261 15: the callee may not send BYE before the ACK, or the end of waiting for it */
        call_end_set(c, e);
        keep_lines(c, lines);
        c->state = CALL_LEAVING;
        break;
    case CALL_UP: call_bye(c, e, lines); break;
    default: break;
    }
}

void call_end_media_stopped(ua_call *c, const media_event *ev) {
    bool up = session_is_up(c->session);
    if (up && c->state == CALL_STOPPING && !c->invite) call_media_say_stats(c, &ev->u.stats.stats, true);
    session_free(c->session);
    c->session = NULL;
    if (c->state == CALL_STOPPING) call_post(c, CALL_DO_END);
}
