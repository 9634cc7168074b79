/* Subscriptions of peers to us (RFC 6665 4.2): the question to the program, its answer, the end. */
#include "ua/notifier.h"

#include <stdlib.h>

#include "sip/lex.h"

/* ---- what the program hears ---- */

static const char *word_text(uint8_t word) {
    return word == UA_SUB_ACTIVE ? "active" : word == UA_SUB_TERMINATED ? "terminated" : "pending";
}

static ua_event event_of(ua_notifier *n, ua_event_type type) {
    ua_event ev = ua_event_of(type);
    ev.notifier = n;
    ev.account = n->e.account;
    ev.event = n->package;
    return ev;
}

static int seconds_left(const ua_notifier *n) {
    uint64_t now = ua_now(n->e.agent);
    return n->until_ms > now ? (int)((n->until_ms - now + 999) / 1000) : 0;
}

void notifier_tell(ua_notifier *n, int status, uint32_t flags, const sip_msg *msg) {
    ua_event ev = event_of(n, UA_EV_SUBSCRIPTION_STATE);
    ev.state = sx_slice_str(word_text(n->word));
    ev.status = status;
    ev.flags = flags;
    ev.expires = seconds_left(n);
    ev.msg = msg;
    n->said = n->word;
    ua_emit(n->e.agent, &ev);
}

void notifier_free(sx_grave *g) {
    ua_notifier *n = SX_CONTAINER(g, ua_notifier, e.grave);
    free(n->event);
    free(n->lines);
    free(n->content_type);
    free(n->body);
    free(n);
}

static void let_go(ua_notifier *n) {
    sx_timer_stop(n->e.agent->wheel, &n->timer);
    if (n->tx) ua_answer(n->tx, 480, NULL, sx_slice_empty());
    n->tx = NULL;
    if (n->request) stack_request_abandon(n->request);
    n->request = NULL;
    dlg_end(n->dialog);
    n->dialog = NULL;
}

void notifier_finish(ua_notifier *n, int status, int code, const char *reason, const sip_msg *msg) {
    ua_agent *a = n->e.agent;
    ua_account *acc = n->e.account;
    let_go(n);
    ua_evt_leave(&n->e);
    ua_event ev = event_of(n, UA_EV_SUBSCRIPTION_STATE);
    ev.state = SX_LIT("terminated");
    ev.status = status;
    ev.code = code;
    ev.retry_ms = -1;
    ev.reason = sx_slice_str(reason);
    ev.msg = msg;
    if (code) ev.text = sx_slice_str(sx_error_text(code));
    if (n->by_default) ev.flags |= UA_FLAG_DEFAULT;
    ua_emit(a, &ev);
    sx_runq_bury(a->runq, &n->e.grave, notifier_free);
    ua_evt_left(a, acc);
}

void notifier_over(ua_notifier *n, int status, int code) {
    if (n->over) return;
    n->over = true;
    n->status = status;
    n->code = code;
    sx_timer_stop(n->e.agent->wheel, &n->timer);
    sx_runq_post(n->e.agent->runq, &n->e.task);
}

static void notifier_task(sx_task *t) {
    ua_notifier *n = notifier_of(SX_CONTAINER(t, ua_evt, task));
    if (n->over)
        notifier_finish(n, n->status, n->code, n->reason, NULL);
    else if (n->said != n->word && n->word != UA_SUB_TERMINATED)
        notifier_tell(n, 0, 0, NULL);
}

/* ---- the question ---- */

#define ALLOW_EVENTS "Allow-Events: " UA_EVENTS "\r\n"

/* RFC 6665 7.2.3: which packages there are instead. Without the program's interest REFER's own is the only one. */
static void refuse_event(const ua_agent *a, stack_tx *tx) {
    ua_answer(tx, 489, NULL, ua_asks(a, UA_ASK_SUBSCRIBE) ? SX_LIT(ALLOW_EVENTS) : SX_LIT("Allow-Events: refer\r\n"));
}

static void refuse_busy(stack_tx *tx) {
    char line[40];
    sx_buf b;
    sx_buf_init_fixed(&b, line, sizeof line);
    SX_BUF_LIT(&b, "Retry-After: ");
    sx_buf_u64(&b, UA_RETRY_AFTER_S * 12);
    SX_BUF_LIT(&b, "\r\n");
    ua_answer(tx, 503, NULL, sx_buf_view(&b));
}

static void decision_timer(sx_timer *t, uint64_t now);

/* NULL: no memory, or *status says what the peer did wrong. */
static ua_notifier *notifier_new(ua_agent *a, ua_account *acc, const stack_event *ev, int *status) {
    ua_event_name name;
    ua_way way;
    *status = 500;
    ua_notifier *n = calloc(1, sizeof *n);
    if (!n) return NULL;
    n->event = sx_strdup(sip_value(ev->msg, SIP_HDR_EVENT));
    if (!n->event || ua_event_name_read(sx_slice_str(n->event), &name) != SX_OK) goto no;
    n->package = name.package;
    ua_way_of(a, acc, sx_slice_empty(), &way);
    dlg_params p = ua_way_dialog(&way, (stack_sink){notifier_on_stack, a}, n);
    int rc = dlg_create_uas(ev->tx, &p, &n->dialog);
    if (rc != SX_OK) {
        if (rc == SX_E_PROTOCOL) *status = 400;
        goto no;
    }
    n->tx = ev->tx;
    n->told = stack_flow_local(a->stack, &ev->flow);
    sx_timer_init(&n->timer, decision_timer);
    ua_evt_join(&n->e, a, acc, UA_EVT_NOTIFIER, 0, notifier_task);
    n->epoch = ua_evt_epoch(&n->e);
    return n;
no:
    free(n->event);
    free(n);
    return NULL;
}

static void ask(ua_notifier *n, const stack_event *ev) {
    ua_agent *a = n->e.agent;
    sx_buf from_name, to_name;
    sx_buf_init(&from_name);
    sx_buf_init(&to_name);
    int wait = UA_ACCOUNT_OPT(a, n->e.account, subscribe_decision_ms);
    sx_timer_start(a->wheel, &n->timer, ua_now(a) + (uint64_t)wait);
    ua_event out = event_of(n, UA_EV_SUBSCRIBE_REQUESTED);
    ua_event_message_fields(&out, ev->msg, &from_name, &to_name);
    out.expires = n->asked_s > INT32_MAX ? INT32_MAX : (int)n->asked_s;
    out.deadline_ms = wait;
    out.default_status = 403;
    ua_emit(a, &out);
    sx_buf_free(&from_name);
    sx_buf_free(&to_name);
}

void ua_subscribe_incoming(ua_agent *a, ua_account *acc, const stack_event *ev) {
    ua_event_name name;
    uint32_t expires;
    if (!ua_asks(a, UA_ASK_SUBSCRIBE) || ua_event_name_of(ev->msg, &name) != SX_OK) {
        refuse_event(a, ev->tx);
        return;
    }
    if (!ua_evt_expires(ev->msg, SUB_DEFAULT_S, &expires)) {
        ua_answer(ev->tx, 400, "Unreadable Expires", sx_slice_empty());
        return;
    }
    if (a->events.notifiers >= (size_t)a->opt.max_subscriptions) {
        refuse_busy(ev->tx);
        return;
    }
    int status;
    ua_notifier *n = notifier_new(a, acc, ev, &status);
    if (!n) {
        ua_answer(ev->tx, status, NULL, sx_slice_empty());
        return;
    }
    n->asked_s = expires;
    n->most_s = SUB_LONGEST_S;
    ask(n, ev);
}

/* A NOTIFY that nobody asked for: servers send the state of mailboxes so. */
void ua_notify_incoming(ua_agent *a, ua_account *acc, const stack_event *ev) {
    ua_event_name name;
    ua_sub_state st;
    if (!UA_ACCOUNT_OPT(a, acc, unsolicited_notify)) {
        ua_answer(ev->tx, 481, NULL, sx_slice_empty());
        return;
    }
    if (ua_event_name_of(ev->msg, &name) != SX_OK) {
        refuse_event(a, ev->tx);
        return;
    }
    if (ua_sub_state_read(ev->msg, &st) != SX_OK) memset(&st, 0, sizeof st); /* many of them say none */
    ua_answer(ev->tx, 200, NULL, sx_slice_empty());
    sx_buf from_name, to_name;
    sx_buf_init(&from_name);
    sx_buf_init(&to_name);
    ua_event out = ua_event_of(UA_EV_NOTIFY);
    ua_event_message_fields(&out, ev->msg, &from_name, &to_name);
    out.from_name = out.to_name = out.to = out.target = sx_slice_empty();
    out.account = acc;
    out.event = name.package;
    out.state = st.text;
    out.expires = st.expires_s > INT32_MAX ? INT32_MAX : (int)st.expires_s;
    ua_emit(a, &out);
    sx_buf_free(&from_name);
    sx_buf_free(&to_name);
}

/* ---- the answer ---- */

static int refuse(ua_notifier *n, int status, const ua_reply *reply) {
    sx_buf lines;
    sx_buf_init(&lines);
    if (status == 489) SX_BUF_LIT(&lines, ALLOW_EVENTS);
    int rc = reply ? ua_put_headers(&lines, reply->headers, reply->header_count) : SX_OK;
    if (rc == SX_OK && lines.failed) rc = sx_fail(SX_E_NOMEM, "no memory for the answer");
    if (rc == SX_OK) {
        tx_response r = {.status = status, .headers = sx_buf_view(&lines)};
        if (reply) {
            r.reason = sx_slice_str(reply->reason);
            r.body = reply->body;
            if (r.body.n) r.content_type = sx_slice_str(reply->content_type ? reply->content_type : "text/plain");
        }
        rc = tx_respond(n->tx, &r);
    }
    sx_buf_free(&lines);
    if (rc == SX_OK) n->tx = NULL;
    return rc;
}

static void decision_timer(sx_timer *t, uint64_t now) {
    ua_notifier *n = SX_CONTAINER(t, ua_notifier, timer);
    (void)now;
    if (!n->tx || n->over) return;
    refuse(n, 403, NULL);
    n->by_default = true;
    notifier_finish(n, 403, SX_OK, NULL, NULL);
}

int ua_notifier_reject(ua_notifier *n, const ua_reply *reply) {
    int status = reply && reply->status ? reply->status : 403;
    if (status < 300 || status > 699) return sx_fail(SX_E_INVALID, "a refusal is a status from 300 to 699");
    if (!n->tx || n->over) return sx_fail(SX_E_STATE, "the subscription has been decided on");
    int rc = refuse(n, status, reply);
    if (rc == SX_OK) notifier_over(n, status, SX_OK);
    return rc;
}

static int grant(ua_notifier *n, uint32_t granted) {
    char line[160];
    sx_buf b;
    sx_buf_init_fixed(&b, line, sizeof line);
    SX_BUF_LIT(&b, ALLOW_EVENTS "Expires: ");
    sx_buf_u64(&b, granted);
    SX_BUF_LIT(&b, "\r\n");
    tx_response r = {.status = 200, .headers = sx_buf_view(&b)};
    int rc = tx_respond(n->tx, &r);
    if (rc == SX_OK) n->tx = NULL;
    return rc;
}

int ua_notifier_accept(ua_notifier *n, const ua_notify_config *c) {
    ua_agent *a = n->e.agent;
    if (!n->tx || n->over) return sx_fail(SX_E_STATE, "the subscription has been decided on");
    if (c && c->expires < 0) return sx_fail(SX_E_INVALID, "expires is a number of seconds");
    uint8_t before = n->word;
    n->word = UA_SUB_ACTIVE;
    int rc = c ? notifier_take(n, c) : SX_OK;
    uint32_t most = c && c->expires ? (uint32_t)c->expires : n->most_s;
    if (most > SUB_LONGEST_S) most = SUB_LONGEST_S;
    uint32_t granted = n->asked_s < most ? n->asked_s : most;
    if (rc == SX_OK) rc = grant(n, granted);
    if (rc != SX_OK) {
        n->word = before;
        return rc;
    }
    n->most_s = most;
    n->until_ms = ua_now(a) + (uint64_t)granted * 1000;
    if (!granted && n->word != UA_SUB_TERMINATED) {
        notifier_terminate(n, "timeout", 0); /* asked once (RFC 6665 4.4.3) */
        return SX_OK;
    }
    sx_runq_post(a->runq, &n->e.task);
    notifier_arm(n);
    notifier_send(n);
    return SX_OK;
}

void ua_notifier_set_id(ua_notifier *n, uint64_t id) { n->e.id = id; }
uint64_t ua_notifier_id(const ua_notifier *n) { return n->e.id; }

/* ---- the agent's end, and its walk ---- */

void ua_notifier_give_up(ua_evt *e, bool now) {
    ua_notifier *n = notifier_of(e);
    if (n->over) return;
    if (now || n->tx) {
        int status = n->tx ? 480 : 0;
        let_go(n);
        notifier_over(n, status, SX_E_CANCELED);
    } else if (n->word != UA_SUB_TERMINATED) {
        notifier_terminate(n, "probation", 60); /* somebody else may be here by then */
    }
}

void ua_notifier_destroy(ua_evt *e) {
    ua_notifier *n = notifier_of(e);
    sx_timer_stop(e->agent->wheel, &n->timer);
    sx_runq_bury(e->agent->runq, &e->grave, notifier_free);
}

/* A NOTIFY tells the subscriber where we are now (it refreshes the target). */
void ua_notifier_look(ua_evt *e) {
    ua_notifier *n = notifier_of(e);
    dlg_info info;
    if (n->over || n->tx || !n->dialog || n->request || n->word == UA_SUB_TERMINATED) return;
    dlg_get(n->dialog, &info);
    if (n->epoch == ua_evt_epoch(e) && ua_evt_flow_stands(e->agent, &info.flow, &n->told)) return;
    bool wait = e->account && ua_account_recovers(e->account);
    n->again = true;
    uint64_t at = ua_now(e->agent) + (wait ? 4000 : ua_evt_turn_ms(e->agent));
    if (at < n->until_ms) sx_timer_start(e->agent->wheel, &n->timer, at);
}
