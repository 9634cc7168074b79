/* Subscriptions of peers to us: what is sent, one NOTIFY at a time and the newest after it; refreshes, expiry. */
#include <stdlib.h>

#include "sip/lex.h"
#include "ua/notifier.h"

/* ---- what to say ---- */

static int word_of(const char *state, uint8_t *word) {
    if (!state || !*state) return SX_OK;
    if (!strcmp(state, "active"))
        *word = UA_SUB_ACTIVE;
    else if (!strcmp(state, "pending"))
        *word = UA_SUB_PENDING;
    else if (!strcmp(state, "terminated"))
        *word = UA_SUB_TERMINATED;
    else
        return sx_fail(SX_E_INVALID, "state is active, pending or terminated");
    return SX_OK;
}

static char *copy_body(sx_slice body) {
    char *p = malloc(body.n ? body.n : 1);
    if (p && body.n) memcpy(p, body.p, body.n);
    return p;
}

int notifier_take(ua_notifier *n, const ua_notify_config *c) {
    sx_slice reason = sx_slice_str(c->reason), type = sx_slice_str(c->content_type);
    uint8_t word = n->word;
    int rc = word_of(c->state, &word);
    if (rc != SX_OK) return rc;
    if (reason.n && (!sip_is_token(reason) || reason.n >= sizeof n->reason))
        return sx_fail(SX_E_INVALID, "the reason is no token");
    if (!sip_is_header_value(type)) return sx_fail(SX_E_HEADER, "a line break in content_type");
    if (c->body.n && !type.n) return sx_fail(SX_E_INVALID, "a body needs its content_type");
    if (c->body.n > 60000) return sx_fail(SX_E_LIMIT, "the body is too long for a NOTIFY");
    if (c->retry_after_s < 0) return sx_fail(SX_E_INVALID, "retry_after_s is a number of seconds");
    sx_buf lines;
    sx_buf_init(&lines);
    rc = ua_put_headers(&lines, c->headers, c->header_count);
    char *text = rc == SX_OK ? sx_strdup(sx_buf_view(&lines)) : NULL;
    sx_buf_free(&lines);
    if (rc != SX_OK) return rc;
    char *kind = sx_strdup(type), *body = c->body.n ? copy_body(c->body) : NULL;
    if (!text || !kind || (c->body.n && !body)) {
        free(text);
        free(kind);
        free(body);
        return sx_fail(SX_E_NOMEM, "no memory for a NOTIFY");
    }
    free(n->lines);
    n->lines = text;
    if (c->body.n || word != UA_SUB_TERMINATED) { /* a last word without a body takes nothing back */
        free(n->content_type);
        free(n->body);
        n->content_type = kind;
        n->body = body;
        n->nbody = c->body.n;
    } else {
        free(kind);
    }
    n->word = word;
    memcpy(n->reason, reason.n ? reason.p : "", reason.n);
    n->reason[reason.n] = 0;
    n->retry_after_s = c->retry_after_s;
    return SX_OK;
}

/* ---- sending ---- */

static void on_notified(void *ctx, const stack_event *ev);

static void on_timer(sx_timer *t, uint64_t now) {
    ua_notifier *n = SX_CONTAINER(t, ua_notifier, timer);
    if (n->over) return;
    if (n->word != UA_SUB_TERMINATED && now >= n->until_ms) {
        notifier_terminate(n, "timeout", 0);
        return;
    }
    notifier_arm(n);
    if (n->again && !n->request) notifier_send(n); /* which may want another time than that */
}

void notifier_arm(ua_notifier *n) {
    n->timer.fn = on_timer;
    if (n->word != UA_SUB_TERMINATED && !n->over) sx_timer_start(n->e.agent->wheel, &n->timer, n->until_ms);
}

void notifier_send(ua_notifier *n) {
    ua_agent *a = n->e.agent;
    if (n->request || !n->dialog) {
        n->again = true;
        return;
    }
    uint64_t now = ua_now(a);
    dlg_info info;
    ua_notify out = {.dialog = n->dialog,
                     .event = sx_slice_str(n->event),
                     .word = (ua_sub_word)n->word,
                     .reason = n->word == UA_SUB_TERMINATED ? sx_slice_str(n->reason) : sx_slice_empty(),
                     .expires_s = n->until_ms > now ? (int64_t)((n->until_ms - now + 999) / 1000) : 0,
                     .retry_after_s = n->retry_after_s,
                     .headers = sx_slice_str(n->lines),
                     .content_type = sx_slice_str(n->content_type),
                     .body = sx_slice_of(n->body, n->nbody),
                     .sink = {on_notified, a},
                     .user = n};
    ua_evt_take_flow(&n->e, n->dialog);
    dlg_get(n->dialog, &info);
    n->again = false;
    n->final = n->word == UA_SUB_TERMINATED;
    n->epoch = ua_evt_epoch(&n->e);
    n->told = stack_flow_local(a->stack, &info.flow);
    int rc = ua_notify_send(a, &out, &n->request);
    if (rc == SX_OK) return;
    n->request = NULL;
    if (rc != SX_E_NOMEM || n->final) {
        notifier_over(n, 0, rc);
        return;
    }
    n->again = true;
    n->timer.fn = on_timer;
    sx_timer_start(a->wheel, &n->timer, now + 1000);
}

void notifier_terminate(ua_notifier *n, const char *reason, int retry_after_s) {
    n->word = UA_SUB_TERMINATED;
    n->tries = 0;
    size_t len = strlen(reason) < sizeof n->reason ? strlen(reason) : sizeof n->reason - 1;
    memcpy(n->reason, reason, len);
    n->reason[len] = 0;
    n->retry_after_s = retry_after_s;
    sx_timer_stop(n->e.agent->wheel, &n->timer);
    notifier_send(n);
}

int ua_notifier_notify(ua_notifier *n, const ua_notify_config *c) {
    if (n->over || n->tx || n->word == UA_SUB_TERMINATED)
        return sx_fail(SX_E_STATE, "the subscription is not accepted, or has ended");
    int rc = notifier_take(n, c);
    if (rc != SX_OK) return rc;
    n->tries = 0;
    if (n->word == UA_SUB_TERMINATED)
        sx_timer_stop(n->e.agent->wheel, &n->timer);
    else if (n->word != n->said)
        sx_runq_post(n->e.agent->runq, &n->e.task);
    notifier_send(n);
    return SX_OK;
}

static void on_notified(void *ctx, const stack_event *ev) {
    ua_notifier *n = ev->user;
    ua_agent *a = ctx;
    if (ev->type != STACK_EV_FINAL) return;
    n->request = NULL;
    bool ok = ev->msg && ev->status < 300;
    if (n->over) return;
    if (n->final || (!ok && (ua_notify_gone(ev) || ev->code == SX_E_AUTH))) {
        notifier_finish(n, ok ? 0 : ev->status, ok ? SX_OK : ev->code, n->final ? n->reason : NULL, ev->msg);
        return;
    }
    if (ok) {
        n->tries = 0;
        if (n->again) notifier_send(n);
        return;
    }
    /* A refusal that may pass: again, with what is newest by then. */
    uint32_t after = ua_evt_retry_after(ev->msg);
    if (++n->tries >= NOTIFIER_TRIES) {
        notifier_finish(n, ev->status, ev->code, NULL, ev->msg);
        return;
    }
    n->again = true;
    n->timer.fn = on_timer;
    uint64_t at = ua_now(a) + ua_evt_pause_ms((uint8_t)(n->tries + 1), after);
    if (n->word == UA_SUB_TERMINATED || at < n->until_ms) sx_timer_start(a->wheel, &n->timer, at);
}

/* ---- refreshes ---- */

static void on_subscribe(ua_notifier *n, const stack_event *ev) {
    ua_agent *a = n->e.agent;
    uint32_t expires;
    if (n->tx) { /* the first has no answer yet */
        ua_answer(ev->tx, 500, NULL, SX_LIT("Retry-After: 5\r\n"));
        return;
    }
    if (n->word == UA_SUB_TERMINATED || n->over || !ua_event_name_is(ev->msg, sx_slice_str(n->event))) {
        ua_answer(ev->tx, 481, NULL, sx_slice_empty());
        return;
    }
    if (!ua_evt_expires(ev->msg, SUB_DEFAULT_S, &expires)) {
        ua_answer(ev->tx, 400, "Unreadable Expires", sx_slice_empty());
        return;
    }
    if (expires > n->most_s) expires = n->most_s;
    char line[40];
    sx_buf b;
    sx_buf_init_fixed(&b, line, sizeof line);
    SX_BUF_LIT(&b, "Expires: ");
    sx_buf_u64(&b, expires);
    SX_BUF_LIT(&b, "\r\n");
    ua_answer(ev->tx, 200, NULL, sx_buf_view(&b));
    n->until_ms = ua_now(a) + (uint64_t)expires * 1000;
    if (!expires) {
        notifier_terminate(n, "timeout", 0);
        return;
    }
    notifier_arm(n);
    notifier_send(n);
    notifier_tell(n, 0, UA_FLAG_REFRESH, ev->msg);
}

void notifier_on_stack(void *ctx, const stack_event *ev) {
    ua_notifier *n = ev->user;
    ua_agent *a = ctx;
    if (ev->type != STACK_EV_REQUEST || !ev->tx) return;
    if (ua_refuse_extension(ev->tx, ev->msg)) return;
    switch (ev->msg->method) {
    case SIP_SUBSCRIBE: on_subscribe(n, ev); break;
    case SIP_OPTIONS: ua_answer_options(ev->tx); break;
    default: ua_refuse_method(a, ev->tx, ev->msg); break;
    }
}
