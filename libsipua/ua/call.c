/* What all calls have, and the verbs of the API. */
#include "ua/call.h"

#include <stdlib.h>

#include "sip/write.h"

static void call_task(sx_task *t) {
    ua_call *c = SX_CONTAINER(t, ua_call, task);
    unsigned what = c->pending;
    c->pending = 0;
    if ((what & CALL_DO_START) && c->state == CALL_NEW) call_out_start(c);
    if (what & CALL_SAY_PROGRESS) {
        ua_event ev = call_event(c, UA_EV_CALL_PROGRESS);
        ev.status = c->ring_status;
        ev.reason = sip_reason(c->ring_status);
        ev.originator = UA_LOCAL;
        if (c->ring_early) ev.flags |= UA_FLAG_EARLY_MEDIA;
        call_emit_dialog(c, c->dialog, &ev);
    }
    if (what & CALL_SAY_READY) call_media_ready(c, !c->established);
    if (what & CALL_SAY_ACCEPTED) {
        ua_event ev = call_event(c, UA_EV_CALL_ACCEPTED);
        dlg_info info;
        ev.status = 200;
        ev.reason = sip_reason(200);
        ev.originator = UA_LOCAL;
        if (c->dialog) {
            sip_addr addr;
            dlg_get(c->dialog, &info);
            if (sip_addr_read(info.remote, &addr) == SX_OK) ev.from = addr.uri;
            if (sip_addr_read(info.local, &addr) == SX_OK) ev.to = addr.uri;
        }
        call_emit_dialog(c, c->dialog, &ev);
    }
    if (what & CALL_SAY_STATS) call_media_say_stats(c, NULL, false);
    if (what & CALL_SAY_MUTED) call_mute_say(c);
    if (what & CALL_DO_DTMF) call_media_dtmf_next(c);
    if (what & CALL_DO_CHANGE) call_change_step(c);
    if (what & CALL_DO_END) call_end_task(c);
}

void call_post(ua_call *c, unsigned what) {
    c->pending |= (uint16_t)what;
    sx_runq_post(c->agent->runq, &c->task);
}

ua_call *call_new(ua_agent *a, ua_account *acc, uint64_t id, bool incoming) {
    ua_call *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->agent = a;
    c->account = acc;
    c->id = id;
    c->incoming = incoming;
    c->state = incoming ? CALL_OFFERED : CALL_NEW;
    c->rtp_timeout_ms = a->opt.rtp_timeout_ms;
    sx_list_init(&c->dtmf);
    sx_timer_init(&c->timer, call_timer);
    sx_timer_init(&c->rtp_timer, call_rtp_timer);
    call_change_init(c);
    call_features_init(c);
    call_reliable_init(c);
    call_timer_init(c);
    call_early_init(c);
    call_links_init(c);
    sx_task_init(&c->task, call_task);
    sx_list_append(&a->calls, &c->node);
    sx_sweep_joined(&a->walk.calls);
    sx_sweep_joined(&a->walk.lost);
    sx_list_init(&c->in_account);
    if (acc) {
        sx_list_append(&acc->calls, &c->in_account);
        sx_sweep_joined(&acc->walk);
    }
    a->ncalls++;
    a->calls_total++;
    if (acc) acc->ncalls++;
    return c;
}

void call_free_forks(ua_call *c) {
    for (size_t i = 0; i < c->nforks; i++) {
        free(c->forks[i].sdp);
        free(c->forks[i].ours);
        if (c->forks[i].prack && c->agent->stack) stack_request_abandon(c->forks[i].prack);
    }
    free(c->first_offer);
    c->first_offer = NULL;
    free(c->forks);
    c->forks = NULL;
    c->nforks = 0;
    c->heard = NULL;
}

void call_free_start(ua_call *c) {
    if (!c->start) return;
    sx_buf_free(&c->start->target);
    sx_buf_free(&c->start->from);
    sx_buf_free(&c->start->lines);
    sx_buf_free(&c->start->body);
    free(c->start);
    c->start = NULL;
}

static void free_call(sx_grave *g) {
    ua_call *c = SX_CONTAINER(g, ua_call, grave);
    call_free_forks(c);
    call_free_start(c);
    call_media_drop(c);
    call_features_free(c);
    call_change_free(c);
    sip_msg_unref(c->invite);
    free(c->offer);
    free(c->own);
    free(c->own_sdp);
    free(c->bye_lines);
    free(c->bye_body);
    free(c->bye_type);
    free(c->end_reason);
    free(c->end_text);
    sip_msg_unref(c->end_msg);
    free(c);
}

static void leave_lists(ua_call *c) {
    sx_sweep_leave(&c->agent->walk.calls, &c->node);
    sx_sweep_leave(&c->agent->walk.lost, &c->node);
    if (c->account) sx_sweep_leave(&c->account->walk, &c->in_account);
    sx_list_remove(&c->node);
    sx_list_remove(&c->in_account);
}

/* Out of everything that finds it; its memory goes with the graveyard. */
static void bury(ua_call *c) {
    ua_agent *a = c->agent;
    sx_timer_stop(a->wheel, &c->timer);
    sx_timer_stop(a->wheel, &c->rtp_timer);
    sx_timer_stop(a->wheel, &c->change.timer);
    call_features_bury(c);
    if (c->change.question) sx_timer_stop(a->wheel, &c->change.question->timer);
    call_free_forks(c);
    call_reliable_stop(c);
    call_timer_stop(c);
    call_early_stop(c);
    sx_runq_cancel(&c->task);
    leave_lists(c);
    call_links_drop(c);
    sx_runq_bury(a->runq, &c->grave, free_call);
}

void call_discard(ua_call *c) {
    c->agent->ncalls--;
    c->agent->calls_total--;
    if (c->account) c->account->ncalls--;
    bury(c);
}

void call_end_task(ua_call *c) {
    ua_agent *a = c->agent;
    ua_account *acc = c->account;
    call_features_end(c);
    ua_event ev = call_event(c, UA_EV_CALL_ENDED);
    ev.status = c->end_status;
    ev.cause = (ua_cause)c->end_cause;
    ev.originator = (ua_originator)c->end_originator;
    ev.code = c->end_code;
    ev.q850 = c->end_q850;
    ev.reason = sx_slice_str(c->end_reason);
    ev.text = c->end_text ? sx_slice_str(c->end_text) : sx_slice_str(ua_cause_text(ev.cause));
    ev.msg = c->end_msg;
    if (c->established) {
        ev.flags |= UA_FLAG_ESTABLISHED;
        ev.duration_ms = c->answered_ms;
    }
    a->ncalls--;
    if (acc) acc->ncalls--;
    sx_timer_stop(a->wheel, &c->timer);
    sx_timer_stop(a->wheel, &c->rtp_timer);
    leave_lists(c);
    ua_message_orphan(a, NULL, c);
    ev.other = c->links.heir;
    if (!c->invite && !c->links.untold) ua_emit(a, &ev); /* else nobody knew it */
    bury(c);
    if (acc) ua_account_progress(acc);
    ua_drain_progress(a);
    ua_agent_progress(a);
}

void ua_call_destroy_all(ua_agent *a) {
    for (sx_list *n; (n = sx_list_first(&a->calls)) != NULL;) {
        ua_call *c = SX_CONTAINER(n, ua_call, node);
        c->set = NULL; /* died with the stack */
        c->dialog = NULL;
        c->tx = NULL;
        session_free(c->session); /* now: the agent's memory may go before the call's */
        c->session = NULL;
        bury(c);
    }
}

ua_event call_event(ua_call *c, ua_event_type type) {
    ua_event ev = ua_event_of(type);
    ev.call = c;
    ev.account = c->account;
    return ev;
}

void call_emit_dialog(ua_call *c, const stack_dialog *d, ua_event *ev) {
    dlg_info info = {0};
    sx_buf text;
    sx_buf_init(&text);
    if (d) dlg_get(d, &info);
    if (info.remote_tag.n > 0) { /* a peer of RFC 2543 has none */
        sx_buf_slice(&text, info.call_id);
        SX_BUF_LIT(&text, ";to-tag=");
        sx_buf_slice(&text, info.local_tag);
        SX_BUF_LIT(&text, ";from-tag=");
        sx_buf_slice(&text, info.remote_tag);
        if (!text.failed) ev->dialog = sx_buf_view(&text);
    }
    ua_emit(c->agent, ev);
    sx_buf_free(&text);
}

ua_call *ua_call_of_node(sx_list *node) { return SX_CONTAINER(node, ua_call, node); }
ua_account *ua_call_account(const ua_call *c) { return c->account; }
void ua_call_set_id(ua_call *c, uint64_t id) { c->id = id; }
uint64_t ua_call_id(const ua_call *c) { return c->id; }

media_audio *ua_call_audio(ua_call *c) {
    media_audio *audio = c->session ? session_audio(c->session) : NULL;
    if (audio) media_audio_ref(audio);
    return audio;
}

int ua_call_set_rtp_timeout(ua_call *c, int ms) {
    c->rtp_timeout_ms = ms;
    return SX_OK;
}

void call_on_stack(void *ctx, const stack_event *ev) {
    ua_call *c = ev->user;
    (void)ctx;
    switch (ev->type) {
    case STACK_EV_PROVISIONAL:
    case STACK_EV_FINAL:
    case STACK_EV_EXTRA_2XX:
    case STACK_EV_DONE:
        if (ev->set) {
            call_out_event(c, ev);
        } else if (!call_reliable_event(c, ev)) {
            call_change_event(c, ev);
        }
        break;
    case STACK_EV_CANCELED:
        if (call_question_canceled(c, ev)) break;
        if (c->tx && c->tx == ev->tx) {
            call_end e = {.originator = UA_REMOTE, .cause = UA_CAUSE_CANCELED, .status = 487, .msg = ev->msg};
            call_in_refuse(c, 487, NULL);
            call_finish(c, &e);
        }
        break;
    case STACK_EV_ACK: call_in_ack(c, ev); break;
    case STACK_EV_ACK_TIMEOUT: {
        if (call_change_ack(c) && c->state == CALL_UP) break;
        call_end e = {.originator = UA_SYSTEM, .cause = UA_CAUSE_NO_ACK, .code = SX_E_TIMEOUT};
        if (c->state == CALL_ANSWERED || c->state == CALL_UP || c->state == CALL_LEAVING) {
            call_bye(c, &e, sx_slice_str(c->bye_lines));
        }
        break;
    }
    case STACK_EV_REQUEST:
        if (ev->tx) call_request(c, ev);
        break;
    default: break;
    }
}

void call_timer(sx_timer *t, uint64_t now) {
    ua_call *c = SX_CONTAINER(t, ua_call, timer);
    (void)now;
    if (c->state == CALL_OFFERED) {
        bool expired = c->expires_first;
        call_end e = {.originator = UA_SYSTEM,
                      .cause = expired ? UA_CAUSE_EXPIRES : UA_CAUSE_NO_ANSWER,
                      .status = expired ? 487 : 480};
        call_in_refuse(c, e.status, NULL);
        call_finish(c, &e);
    } else if (c->state == CALL_INVITING) {
        call_end e = {.originator = UA_LOCAL, .cause = UA_CAUSE_NO_ANSWER, .code = SX_E_TIMEOUT};
        call_terminate(c, &e, 0, sx_slice_empty());
    } else if (c->state == CALL_LEAVING && c->set) { /* whoever does not answer a CANCEL is not waited for */
        call_finish(c, NULL);
    }
}

/* ---- verbs ---- */

int ua_call_ring(ua_call *c, const ua_reply *reply) {
    if (!c->incoming || c->state != CALL_OFFERED)
        return sx_fail(SX_E_STATE, "only an incoming call can ring, before its answer");
    return call_in_ring(c, reply);
}

int ua_call_answer(ua_call *c, const ua_reply *reply) {
    if (!c->incoming || c->state != CALL_OFFERED)
        return sx_fail(SX_E_STATE, "the call can not be answered, or has been");
    return call_in_answer(c, reply);
}

int ua_call_reject(ua_call *c, const ua_reply *reply) {
    if (!c->incoming || c->state != CALL_OFFERED)
        return sx_fail(SX_E_STATE, "only an incoming call can be refused, before its answer");
    int status = reply && reply->status ? reply->status : 486;
    if (status < 300 || status > 699) return sx_fail(SX_E_INVALID, "a refusal is a status from 300 to 699");
    int rc = call_in_refuse(c, status, reply);
    if (rc != SX_OK) return rc;
    call_end e = {.originator = UA_LOCAL,
                  .cause = UA_CAUSE_REJECTED,
                  .status = status,
                  .reason = reply ? sx_slice_str(reply->reason) : sx_slice_empty()};
    call_finish(c, &e);
    return SX_OK;
}

/* A body for the BYE. Without memory it goes without: a hang-up is never refused. */
static void keep_bye_body(ua_call *c, const ua_reply *reply) {
    if (!reply || !reply->body.n || c->bye_body) return;
    c->bye_type = sx_strdup(sx_slice_str(reply->content_type ? reply->content_type : "text/plain"));
    c->bye_body = c->bye_type ? sx_strdup(reply->body) : NULL;
    c->bye_body_n = c->bye_body ? reply->body.n : 0;
}

int ua_call_hangup(ua_call *c, const ua_reply *reply) {
    if (c->state >= CALL_LEAVING) return SX_OK;
    sx_buf lines;
    sx_buf_init(&lines);
    int rc = reply ? ua_put_headers(&lines, reply->headers, reply->header_count) : SX_OK;
    if (rc == SX_OK && reply) rc = ua_put_reason(&lines, reply->status, reply->q850, reply->reason);
    if (rc == SX_OK) {
        bool before = c->state != CALL_UP && c->state != CALL_ANSWERED;
        int status = reply && reply->status >= 300 && reply->status <= 699 ? reply->status : 480;
        call_end e = {.originator = UA_LOCAL,
                      .cause = !before       ? UA_CAUSE_TERMINATED
                               : c->incoming ? UA_CAUSE_REJECTED
                                             : UA_CAUSE_CANCELED,
                      .reason = reply ? sx_slice_str(reply->reason) : sx_slice_empty()};
        if (before && c->incoming) e.status = status;
        keep_bye_body(c, reply);
        call_terminate(c, &e, status, lines.failed ? sx_slice_empty() : sx_buf_view(&lines));
    }
    sx_buf_free(&lines);
    return rc;
}

void ua_call_overload(ua_call *c) {
    if (c->state >= CALL_LEAVING) return;
    call_end e = {.originator = UA_SYSTEM, .cause = UA_CAUSE_OVERLOAD, .code = SX_E_FULL};
    call_terminate(c, &e, 480, SX_LIT("Reason: SIP;cause=480;text=\"Overload\"\r\n"));
}

void ua_call_shutdown(ua_call *c, bool now) {
    if (!now) {
        ua_call_hangup(c, NULL);
        return;
    }
    if (c->state == CALL_STOPPING) return;
    if (c->state == CALL_LEAVING && c->incoming) {
        call_bye(c, NULL, sx_slice_str(c->bye_lines));
    } else {
        call_end e = {.originator = UA_LOCAL, .cause = UA_CAUSE_CANCELED};
        call_finish(c, &e);
    }
}
