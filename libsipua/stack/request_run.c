/* How a request travels: attempt, answer, challenge, next target, cancel, end. */
#include <stdlib.h>

#include "stack/internal.h"

static void on_ready(stack_courier *c);
static void on_failed(stack_courier *c);
static void on_peeked(stack_courier *c, bool more);
static void on_silent(sx_timer *t, uint64_t now);
static void on_timer(sx_timer *t, uint64_t now);
static void next_or_fail(stack_request *r, int status, int code, const char *text);
static void on_ctx(void *owner, stack_ctx *c, stack_ctx_report what, const sip_msg *msg, const sip_basics *b, int code,
                   const char *text);

/* ---- reports ---- */

static stack_event event_of(stack_request *r, stack_event_type type, const sip_msg *msg) {
    stack_event ev = stack_event_of(type);
    ev.request = r;
    ev.set = r->set;
    ev.msg = msg;
    ev.status = msg ? msg->status : 0;
    ev.flow = r->courier.flow;
    ev.transport = r->courier.flow.transport;
    ev.remote = r->courier.flow.remote;
    ev.role = (stack_role)r->role;
    ev.cseq = r->cseq;
    return ev;
}

/* Is there still something for it to do on the wire? */
static bool is_running(const stack_request *r) {
    bool current =
        r->invite && r->ctx && (r->ctx->m.state == TX_CLIENT_CALLING || r->ctx->m.state == TX_CLIENT_PROCEEDING);
    return current || stack_older_rings(r);
}

static void after_terminal(void *obj) {
    stack_request *r = obj;
    r->delivered = true;
    if (r->set) stack_set_settle(r->set);
    if (is_running(r))
        r->abandoned = true; /* waits in silence: CANCEL, or ACK and BYE, may be due */
    else
        stack_request_free(r);
}

static void after_first_2xx(void *obj) {
    stack_request *r = obj;
    r->final_seen = true;
    if (r->set) stack_set_settle(r->set);
}

static void post_final(stack_request *r, stack_event *ev, bool terminal) {
    if (r->abandoned) {
        if (terminal && !is_running(r)) stack_request_free(r);
        return;
    }
    if (r->reported) return;
    sip_msg *kept = ev->msg ? sip_msg_keep(ev->msg) : NULL;
    if (ev->msg && !kept) {
        ev->code = SX_E_NOMEM;
        ev->text = "memory ran out";
    }
    ev->msg = kept;
    stack_note *n = r->final_note;
    if (ev->type == STACK_EV_DONE) {
        n = r->done_note;
        r->done_note = NULL;
    } else {
        r->final_note = NULL;
    }
    if (terminal) {
        r->reported = true;
        sx_timer_stop(r->s->wheel, &r->timer);
        stack_older_drop(r);
        stack_courier_stop(&r->courier);
    }
    stack_post_note(n, &r->owner, ev, terminal ? after_terminal : after_first_2xx, r);
    sip_msg_unref(kept);
}

void stack_request_fail(stack_request *r, int status, int code, const char *text) {
    stack_event ev = event_of(r, STACK_EV_FINAL, NULL);
    ev.status = status;
    ev.code = code;
    ev.text = text;
    if (r->state != STACK_REQ_ACCEPTED) r->state = STACK_REQ_OVER;
    post_final(r, &ev, true);
}

/* ---- attempts ---- */

int stack_request_begin(stack_request *r) {
    r->state = STACK_REQ_ROUTING;
    r->courier.ready = on_ready;
    r->courier.failed = on_failed;
    r->courier.peeked = on_peeked;
    if (!r->raw) r->cseq = ++*r->cseq_counter;
    sx_timer_init(&r->timer, on_timer);
    if (r->timeout_ms) sx_timer_start(r->s->wheel, &r->timer, stack_now(r->s) + r->timeout_ms);
    sx_slice hop = r->nroutes ? stack_route_uri(r->routes[0]) : r->uri;
    courier_way way;
    memset(&way, 0, sizeof way);
    way.hops = r->nhops ? r->hops : &hop;
    way.nhops = r->nhops ? r->nhops : 1;
    way.flow = &r->flow;
    way.prefer = &r->prefer;
    way.outbound = r->outbound;
    way.may_leave = r->method_id == SIP_MESSAGE || r->method_id == SIP_PUBLISH; /* they make no dialogs */
    way.avoid = &r->avoid;
    way.dialog = r->dialog ? &r->dialog->flow : NULL;
    way.secure = stack_is_sips(r->uri);
    way.tls = r->tls;
    way.ws_headers = r->ws_headers;
    return stack_courier_start(&r->courier, &way);
}

/* The target's time before the next one is tried beside it. */
static void watch_silence(stack_request *r) {
    sx_timer_stop(r->s->wheel, &r->give_way);
    if (r->nolder == STACK_OLDER || !stack_courier_has_next(&r->courier)) return;
    sx_timer_init(&r->give_way, on_silent);
    sx_timer_start(r->s->wheel, &r->give_way, stack_now(r->s) + stack_target_wait(r->s, r->courier.flow.transport));
}

static bool is_silent(const stack_request *r) {
    return r->state == STACK_REQ_SENT && r->ctx && !r->seen && !r->cancel_wanted && !r->reported && !r->abandoned;
}

static void on_peeked(stack_courier *c, bool more) {
    stack_request *r = SX_CONTAINER(c, stack_request, courier);
    if (!more || !is_silent(r)) return;
    stack_older_give_way(r);
    r->state = STACK_REQ_ROUTING;
    stack_courier_next(c, SX_E_TIMEOUT, "no answer so far", 0);
}

static void on_silent(sx_timer *t, uint64_t now) {
    stack_request *r = SX_CONTAINER(t, stack_request, give_way);
    if (!is_silent(r)) return;
    int more = stack_courier_peek(&r->courier);
    if (more >= 0) on_peeked(&r->courier, more > 0);
}

static void on_ready(stack_courier *c) {
    stack_request *r = SX_CONTAINER(c, stack_request, courier);
    stack *s = r->s;
    stack_flow flow = c->flow;
    int rc = stack_request_build(r, &flow);
    if (rc == SX_E_TRANSPORT) { /* no route to this one */
        next_or_fail(r, 503, rc, sx_last_error_text());
        return;
    }
    if (rc != SX_OK) {
        stack_request_fail(r, 500, rc, sx_last_error_text());
        return;
    }
    if (flow.transport == STACK_UDP && s->out.n > s->cfg.udp_to_tcp_threshold && stack_courier_tcp(c)) return;
    char *bytes = malloc(s->out.n);
    if (bytes) memcpy(bytes, s->out.p, s->out.n);
    r->seen = false;
    r->state = STACK_REQ_SENT;
    r->ctx = stack_ctx_start(s, (sip_method)r->method_id, r->branch, &flow, bytes, s->out.n, on_ctx, r);
    if (r->ctx)
        watch_silence(r);
    else
        stack_request_fail(r, 500, SX_E_NOMEM, "memory ran out");
}

/* No target is left; one that was silent may still answer. */
static void fail_last(stack_request *r, int status, int code, const char *text) {
    size_t n = strlen(text);
    if (n >= sizeof r->last_text) n = sizeof r->last_text - 1;
    memmove(r->last_text, text, n);
    r->last_text[n] = 0;
    r->last_status = status;
    r->last_code = code;
    r->state = STACK_REQ_ROUTING;
    if (!r->nolder || r->cancel_wanted || r->reported || r->abandoned) stack_request_last_failed(r);
}

void stack_request_last_failed(stack_request *r) {
    if (!r->refusal || r->cancel_wanted || r->timed_out) {
        stack_request_fail(r, r->last_status, r->last_code, r->last_text);
        return;
    }
    stack_event ev = event_of(r, STACK_EV_FINAL, r->refusal);
    r->state = STACK_REQ_OVER;
    post_final(r, &ev, true);
}

static void on_failed(stack_courier *c) {
    stack_request *r = SX_CONTAINER(c, stack_request, courier);
    int code = c->code ? c->code : SX_E_TRANSPORT;
    fail_last(r, code == SX_E_TIMEOUT ? 408 : 503, code, c->text);
}

void stack_request_drop_ctx(stack_request *r) {
    if (r->ctx) stack_ctx_forget(r->ctx);
    r->ctx = NULL;
}

/* No answer, or the transport failed: the next target, if the order of RFC 3263 4.3 allows it. */
static void next_or_fail(stack_request *r, int status, int code, const char *text) {
    stack_request_drop_ctx(r);
    if (r->cancel_wanted || r->reported || !stack_courier_has_next(&r->courier)) {
        if (r->cancel_wanted && !r->timed_out && !r->cancel_sent) {
            status = 487;
            code = SX_E_CANCELED;
        }
        stack_courier_bad(&r->courier, code, text);
        fail_last(r, status, code, text);
        return;
    }
    r->state = STACK_REQ_ROUTING;
    stack_courier_next(&r->courier, code, text, 0);
}

/* The first 2xx is still on its way up, and now nobody will see it. */
static void refuse_unseen(stack_request *r) {
    stack *s = r->s;
    if (r->state != STACK_REQ_ACCEPTED || r->final_seen || (s->delivering && s->delivering->obj == r)) return;
    SX_LIST_EACH(l, tmp, &r->owner.notes) {
        stack_note *n = SX_CONTAINER(l, stack_note, in_owner);
        sip_basics b;
        if (n->ev.type != STACK_EV_FINAL || !n->kept || sip_basics_read(n->kept, &b, NULL) != SX_OK) continue;
        stack_end_fork(r, n->kept, &b);
        return;
    }
}

void stack_request_abandon(stack_request *r) {
    if (r->abandoned) return;
    if (!r->raw) refuse_unseen(r);
    stack_owner_drop(&r->owner);
    r->abandoned = true;
    if (!r->dialog && r->cseq_counter != &r->own_cseq) { /* whose it is may go */
        r->own_cseq = *r->cseq_counter;
        r->cseq_counter = &r->own_cseq;
    }
    bool done = r->state == STACK_REQ_ROUTING ? r->invite : r->reported;
    if (r->state == STACK_REQ_ROUTING && r->invite) stack_courier_stop(&r->courier);
    if (done && !is_running(r)) {
        stack_request_free(r);
    } else if (is_running(r)) {
        stack_request_want_cancel(r, sx_slice_empty());
    }
    /* else: another method on its way, or an INVITE that was answered and waits for further forks */
}

static void on_timer(sx_timer *t, uint64_t now) {
    stack_request *r = SX_CONTAINER(t, stack_request, timer);
    r->timed_out = true;
    if (r->cancel_sent) { /* the peer has forgotten the INVITE */
        if (r->ctx) stack_ctx_kill(r->ctx);
        r->ctx = NULL;
        stack_request_fail(r, 487, SX_E_TIMEOUT, "cancelled, and no final answer came");
    } else if (r->state == STACK_REQ_PROCEEDING && r->invite) {
        stack_request_want_cancel(r, sx_slice_empty());
    } else if (r->state == STACK_REQ_SENT && r->invite) {
        r->cancel_wanted = true; /* reported now; a late answer is still cleaned up after */
        stack_request_fail(r, 408, SX_E_TIMEOUT, "no answer in time");
        r->state = STACK_REQ_SENT;
    } else if (r->state != STACK_REQ_ACCEPTED) {
        stack_request_drop_ctx(r);
        stack_request_fail(r, 408, SX_E_TIMEOUT, "no answer in time");
    }
}

/* ---- answers ---- */

/* received and rport of our Via tell how the peer sees us (RFC 3581). */
static void learn(stack_request *r, const sip_basics *b) {
    const sip_via *v = &b->via;
    net_addr seen, said;
    if (r->raw || r->role != STACK_ROLE_UA || (!v->received.n && !v->rport)) return;
    if (!net_addr_parse_host(&said, v->host, v->port ? v->port : 5060)) return; /* a name we advertise */
    uint16_t port = v->rport ? v->rport : v->port ? v->port : 5060;
    if (!net_addr_parse_host(&seen, v->received.n ? v->received : v->host, port)) return;
    bool same = r->courier.flow.transport == STACK_UDP ? net_addr_eq(&seen, &said) : net_addr_eq_host(&seen, &said);
    if (stack_peer_learn(r->s, &r->courier.flow, &seen, same)) r->contact_news = true;
}

static bool contact_changed(stack_request *r) {
    stack *s = r->s;
    if (!r->contact_news || !r->has_contact || !r->contact_sent) return false;
    sx_buf_reset(&s->out);
    if (stack_contact_write(s, &r->courier.flow, (stack_role)r->role, &r->contact, &s->out) != SX_OK || s->out.failed)
        return false;
    size_t n = strlen(r->contact_sent);
    return s->out.n <= n + 1 || memcmp(s->out.p + 1, r->contact_sent, n) != 0 || s->out.p[n + 1] != '>';
}

static void on_1xx(stack_request *r, const sip_msg *msg, const sip_basics *b) {
    r->state = STACK_REQ_PROCEEDING;
    if (r->cancel_wanted && !r->cancel_sent) stack_request_send_cancel(r);
    if (r->raw && r->invite && r->timeout_ms && msg->status > 100 && !r->cancel_sent) { /* timer C (16.7 step 2) */
        sx_timer_start(r->s->wheel, &r->timer, stack_now(r->s) + r->timeout_ms);
    }
    uint32_t wait = r->invite && !r->raw && !r->timeout_ms ? r->s->cfg.invite_wait_ms : 0;
    if (wait && !sx_timer_running(&r->timer)) sx_timer_start(r->s->wheel, &r->timer, stack_now(r->s) + wait);
    if (r->abandoned || r->reported) return;
    stack_event ev = event_of(r, STACK_EV_PROVISIONAL, msg);
    if (r->set && msg->status > 100) ev.dialog = stack_set_dialog(r->set, msg, b);
    stack_post(r->s, &r->owner, &ev, NULL, NULL); /* progress: lost when memory is out */
}

/* True if the challenge is being answered. */
static bool try_again(stack_request *r, const sip_msg *msg, stack_event *ev) {
    const char *why;
    if (r->raw || r->cancel_wanted || (r->abandoned && r->invite) || r->reported) return false;
    if (!r->auth || !stack_auth_has_credentials(r->auth)) {
        ev->code = SX_E_AUTH;
        ev->text = "no credentials";
        return false;
    }
    if (stack_auth_challenged(r->auth, msg, &r->courier.flow, r->tries, &why) != SX_OK) {
        ev->code = SX_E_AUTH;
        ev->text = why;
        return false;
    }
    stack_request_drop_ctx(r);
    r->state = STACK_REQ_ROUTING;
    r->cseq = ++*r->cseq_counter;
    stack_courier_again(&r->courier);
    return true;
}

/* The credentials of the INVITE, for its ACK (22.1). */
void stack_request_keep_auth(stack_request *r, stack_dialog *d) {
    const sip_msg *m = stack_request_sent(r);
    if (!m || (!sip_first(m, SIP_HDR_AUTHORIZATION) && !sip_first(m, SIP_HDR_PROXY_AUTHORIZATION))) return;
    sx_buf b;
    sip_writer w;
    sx_buf_init(&b);
    sip_write_begin(&w, &b);
    sip_write_copy(&w, m, SIP_HDR_AUTHORIZATION);
    sip_write_copy(&w, m, SIP_HDR_PROXY_AUTHORIZATION);
    char *text = sx_buf_detach(&b);
    sx_buf_free(&b); /* detach leaves a failed one as it is */
    if (!text) return;
    free(d->invite_auth);
    d->invite_auth = text;
}

static void settle_dialog(stack_request *r, const sip_msg *msg, const sip_basics *b, stack_event *ev) {
    stack_dialog *d = r->dialog;
    if (r->set) {
        d = stack_set_dialog(r->set, msg, b);
        if (d) stack_dialog_response(d, msg, true, true);
    } else if (d && (r->method_id == SIP_INVITE || r->method_id == SIP_UPDATE || r->method_id == SIP_SUBSCRIBE)) {
        stack_dialog_response(d, msg, r->invite, false);
    }
    if (d && !r->set) d->flow = r->courier.flow; /* by which the peer was heard */
    if (d && r->invite) stack_request_keep_auth(r, d);
    ev->dialog = d;
}

/* INVITE: the first 2xx, another fork's, or the same again. */
static void on_invite_2xx(stack_request *r, const sip_msg *msg, const sip_basics *b) {
    bool first = r->state != STACK_REQ_ACCEPTED;
    if (first) {
        r->state = STACK_REQ_ACCEPTED;
        r->first_tag = sx_strdup(b->to_tag);
        sx_timer_stop(r->s->wheel, &r->timer);
        if (!r->abandoned && !r->reported) {
            sip_msg *kept = sip_msg_keep(msg);
            stack_event ev = event_of(r, STACK_EV_FINAL, kept);
            if (kept) settle_dialog(r, msg, b, &ev);
            ev.contact_changed = contact_changed(r);
            if (kept && (!r->set || ev.dialog)) {
                post_final(r, &ev, false);
            } else { /* no memory for it: nobody could use the call */
                if (!r->raw) stack_end_fork(r, msg, b);
                stack_request_fail(r, 500, SX_E_NOMEM, "memory ran out");
            }
            sip_msg_unref(kept);
        } else if (!r->raw) {
            stack_end_fork(r, msg, b);
        }
        return;
    }
    bool same = r->first_tag && sx_eq(sx_slice_str(r->first_tag), b->to_tag);
    if (!r->raw) {
        stack_dialog *d = stack_dialog_find(r->s, b->call_id, b->from_tag, b->to_tag);
        if (d && stack_dialog_reack(d, b->cseq.number)) return;
        if (d || same) return; /* its owner has not sent the ACK yet */
        stack_end_fork(r, msg, b);
    }
    if (r->abandoned || r->reported) return;
    stack_event ev = event_of(r, STACK_EV_EXTRA_2XX, msg);
    stack_post(r->s, &r->owner, &ev, NULL, NULL);
}

/* How long a target that says 503 is put aside (RFC 3261 21.5.4). */
static uint32_t retry_after(const stack_request *r, const sip_msg *msg) {
    sx_slice v = sip_value(msg, SIP_HDR_RETRY_AFTER);
    uint32_t s = 0;
    for (size_t i = 0; i < v.n && v.p[i] >= '0' && v.p[i] <= '9' && s < 3600; i++)
        s = s * 10 + (uint32_t)(v.p[i] - '0');
    if (s > 3600) s = 3600;
    return s ? s * 1000 : r->s->cfg.penalty_ms;
}

/* 503: true if another target has the word now. */
static bool refused(stack_request *r, const sip_msg *msg) {
    bool more = stack_courier_has_next(&r->courier) || r->nolder;
    if (r->cancel_wanted || r->reported || r->abandoned || !more) {
        stack_courier_refused(&r->courier, retry_after(r, msg));
        return false;
    }
    sip_msg *kept = sip_msg_keep(msg);
    sip_msg_unref(r->refusal);
    r->refusal = kept;
    uint32_t ms = retry_after(r, msg);
    stack_request_drop_ctx(r);
    r->state = STACK_REQ_ROUTING;
    stack_courier_next(&r->courier, SX_E_TRANSPORT, "503", ms);
    return true;
}

static void on_final(stack_request *r, const sip_msg *msg, const sip_basics *b) {
    stack_event ev = event_of(r, STACK_EV_FINAL, msg);
    int status = msg->status;
    if ((status == 401 || status == 407) && try_again(r, msg, &ev)) return;
    if (r->auth && status != 401 && status != 407) stack_auth_answered(r->auth, msg, &r->courier.flow.remote);
    if (r->invite && status < 300) {
        on_invite_2xx(r, msg, b);
        return;
    }
    if (status == 503 && refused(r, msg)) return;
    if (status < 300) settle_dialog(r, msg, b, &ev);
    ev.contact_changed = contact_changed(r);
    r->state = STACK_REQ_OVER;
    stack_request_drop_ctx(r);
    post_final(r, &ev, true);
}

static void on_over(stack_request *r) {
    r->ctx = NULL;
    if (r->state == STACK_REQ_ACCEPTED) {
        if (r->dialog && r->dialog->ack && r->dialog->ack_cseq == r->cseq) stack_dialog_forget_ack(r->dialog);
        if (r->set) stack_set_forget_ack(r->set);
        stack_event ev = event_of(r, STACK_EV_DONE, NULL);
        post_final(r, &ev, true);
    } else if ((r->reported ? r->delivered : r->abandoned) && !is_running(r)) {
        stack_request_free(r);
    }
}

static void on_ctx(void *owner, stack_ctx *c, stack_ctx_report what, const sip_msg *msg, const sip_basics *b, int code,
                   const char *text) {
    stack_request *r = owner;
    if (c != r->ctx && !stack_older_report(r, c, what, msg, b)) return;
    switch (what) {
    case STACK_CTX_RESPONSE:
        r->seen = true;
        if (msg->status != 503) {
            stack_courier_good(&r->courier);
            stack_older_drop(r);
        }
        learn(r, b);
        if (msg->status < 200)
            on_1xx(r, msg, b);
        else
            on_final(r, msg, b);
        break;
    case STACK_CTX_TIMEOUT: next_or_fail(r, 408, SX_E_TIMEOUT, text); break;
    case STACK_CTX_TRANSPORT: next_or_fail(r, 503, code, text); break;
    case STACK_CTX_END: on_over(r); break;
    }
}
