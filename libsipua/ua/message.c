/* MESSAGE both ways (RFC 3428), and OPTIONS of ours. */
#include <stdlib.h>

#include "sip/lex.h"
#include "sip/names.h"
#include "ua/internal.h"

struct ua_message {
    sx_list node;
    ua_agent *agent;
    ua_account *account;
    ua_call *call;
    uint64_t id;
    bool incoming, options;
    stack_tx *tx;           /* incoming and undecided */
    stack_request *request; /* outgoing */
    uint64_t sent_ms;
    int status; /* incoming: what it was answered with */
    bool by_default;
    int code;
    sx_timer timer;
    sx_task task;
    sx_grave grave;
};

static void free_message(sx_grave *g) { free(SX_CONTAINER(g, ua_message, grave)); }

/* Its terminal event, and out. */
static void end(ua_message *m, ua_event *ev) {
    ua_agent *a = m->agent;
    ev->message = m;
    ev->account = m->account;
    ev->call = m->call;
    sx_timer_stop(a->wheel, &m->timer);
    sx_runq_cancel(&m->task);
    sx_list_remove(&m->node);
    ua_emit(a, ev);
    sx_runq_bury(a->runq, &m->grave, free_message);
    ua_agent_progress(a);
}

static void say_answered(ua_message *m) {
    ua_event ev = ua_event_of(UA_EV_MESSAGE_ANSWERED);
    ev.status = m->status;
    if (m->by_default) ev.flags |= UA_FLAG_DEFAULT;
    end(m, &ev);
}

static void message_task(sx_task *t) {
    ua_message *m = SX_CONTAINER(t, ua_message, task);
    if (m->incoming) {
        say_answered(m);
        return;
    }
    ua_event ev = ua_event_of(m->options ? UA_EV_OPTIONS_ANSWERED : UA_EV_MESSAGE_FAILED); /* given up by us */
    ev.code = m->code;
    ev.cause = UA_CAUSE_CANCELED;
    ev.text = sx_slice_str(sx_error_text(m->code));
    end(m, &ev);
}

static void message_timer(sx_timer *t, uint64_t now) {
    ua_message *m = SX_CONTAINER(t, ua_message, timer);
    (void)now;
    if (!m->tx) return;
    ua_answer(m->tx, 480, NULL, sx_slice_empty());
    m->tx = NULL;
    m->status = 480;
    m->by_default = true;
    say_answered(m);
}

static ua_message *new_message(ua_agent *a, ua_account *acc, uint64_t id) {
    ua_message *m = calloc(1, sizeof *m);
    if (!m) return NULL;
    m->agent = a;
    m->account = acc;
    m->id = id;
    sx_task_init(&m->task, message_task);
    sx_timer_init(&m->timer, message_timer);
    sx_list_append(&a->messages, &m->node);
    return m;
}

/* ---- incoming ---- */

void ua_message_incoming(ua_agent *a, ua_account *acc, ua_call *call, const stack_event *ev) {
    if (!ua_asks(a, UA_ASK_MESSAGE)) {
        ua_answer(ev->tx, 405, NULL, SX_LIT("Allow: " UA_ALLOW_NO_MESSAGE "\r\n"));
        return;
    }
    ua_message *m = new_message(a, acc, 0);
    if (!m) {
        ua_answer(ev->tx, 500, NULL, sx_slice_empty());
        return;
    }
    m->incoming = true;
    m->call = call;
    m->tx = ev->tx;
    sx_timer_start(a->wheel, &m->timer, ua_now(a) + (uint64_t)a->opt.message_decision_ms);
    sx_buf from_name, to_name;
    sx_buf_init(&from_name);
    sx_buf_init(&to_name);
    ua_event out = ua_event_of(UA_EV_MESSAGE);
    out.message = m;
    out.account = acc;
    out.call = call;
    ua_event_message_fields(&out, ev->msg, &from_name, &to_name);
    out.deadline_ms = a->opt.message_decision_ms;
    out.default_status = 480;
    ua_emit(a, &out);
    sx_buf_free(&from_name);
    sx_buf_free(&to_name);
}

static int decide(ua_message *m, int status, const ua_reply *reply) {
    if (!m->incoming || !m->tx) return sx_fail(SX_E_STATE, "the message has been answered, or is our own");
    sx_buf lines;
    sx_buf_init(&lines);
    int rc = reply ? ua_put_headers(&lines, reply->headers, reply->header_count) : SX_OK;
    if (rc == SX_OK) {
        tx_response r = {.status = status, .headers = sx_buf_view(&lines)};
        if (reply) {
            r.reason = sx_slice_str(reply->reason);
            r.body = reply->body;
            if (r.body.n) r.content_type = sx_slice_str(reply->content_type ? reply->content_type : "text/plain");
        }
        rc = tx_respond(m->tx, &r);
    }
    sx_buf_free(&lines);
    if (rc != SX_OK) return rc;
    m->tx = NULL;
    m->status = status;
    sx_timer_stop(m->agent->wheel, &m->timer);
    sx_runq_post(m->agent->runq, &m->task);
    return SX_OK;
}

int ua_message_accept(ua_message *m, const ua_reply *reply) {
    int status = reply && reply->status ? reply->status : 200;
    if (status < 200 || status > 299)
        return sx_fail(SX_E_INVALID, "a message is accepted with a status from 200 to 299");
    return decide(m, status, reply);
}

int ua_message_reject(ua_message *m, const ua_reply *reply) {
    int status = reply && reply->status ? reply->status : 480;
    if (status < 300 || status > 699) return sx_fail(SX_E_INVALID, "a refusal is a status from 300 to 699");
    return decide(m, status, reply);
}

/* ---- outgoing ---- */

static void on_final(void *ctx, const stack_event *ev) {
    ua_message *m = ev->user;
    (void)ctx;
    if (ev->type != STACK_EV_FINAL) return;
    m->request = NULL;
    bool ok = ev->msg && ev->status < 300;
    ua_event out = ua_event_of(m->options ? UA_EV_OPTIONS_ANSWERED
                               : ok       ? UA_EV_MESSAGE_DELIVERED
                                          : UA_EV_MESSAGE_FAILED);
    if (ev->msg) {
        out.status = ev->status;
        out.reason = ev->msg->reason;
        out.body = ev->msg->body;
        out.content_type = sip_value(ev->msg, SIP_HDR_CONTENT_TYPE);
        out.msg = ev->msg;
    } else if (ev->status) { /* RFC 3261 8.1.3.1: no answer counts as 408, no way there as 503 */
        out.status = ev->status;
        out.reason = sip_reason(ev->status);
    }
    out.code = ev->code;
    out.text = sx_slice_str(ev->text);
    if (!ok) out.cause = ua_cause_of_code(ev->code, ev->status);
    out.duration_ms = ua_now(m->agent) - m->sent_ms;
    end(m, &out);
}

static int fill(ua_agent *a, ua_account *acc, const ua_message_config *cfg, sx_buf *uri, sx_buf *from, sx_buf *lines) {
    sx_slice type = sx_slice_str(cfg->content_type);
    if (!sip_is_header_value(type)) return sx_fail(SX_E_HEADER, "a line break in content_type");
    int rc = ua_request_identity(a, acc, cfg->target, cfg->from, uri, from);
    if (rc != SX_OK) return rc;
    ua_common_lines(NULL, lines);
    return ua_put_headers(lines, cfg->headers, cfg->header_count);
}

static int send_request(ua_message *m, const ua_message_config *cfg, sx_slice method) {
    ua_agent *a = m->agent;
    sx_buf uri, from, lines;
    sx_buf_init(&uri);
    sx_buf_init(&from);
    sx_buf_init(&lines);
    int rc = fill(a, m->account, cfg, &uri, &from, &lines);
    if (rc == SX_OK && m->options) SX_BUF_LIT(&lines, UA_ACCEPT_LINE);
    if (rc == SX_OK && lines.failed) rc = sx_fail(SX_E_NOMEM, "no memory for the request");
    if (rc == SX_OK) {
        ua_way way;
        ua_way_of(a, m->account, sx_buf_view(&uri), &way);
        sx_slice type = cfg->content_type && *cfg->content_type ? sx_slice_str(cfg->content_type)
                                                                : SX_LIT("text/plain;charset=utf-8");
        stack_request_params p = {
            .method = method,
            .uri = sx_buf_view(&uri),
            .from = sx_buf_view(&from),
            .routes = way.routes,
            .nroutes = way.nroutes,
            .next_hop = way.next_hop,
            .hops = way.hops,
            .nhops = way.nhops,
            .hop_routes = way.hop_routes,
            .prefer = way.prefer,
            .outbound = way.outbound,
            .tls = way.tls,
            .ws_headers = way.ws_headers,
            .contact = m->options ? &way.contact : NULL, /* RFC 3428 4: a MESSAGE has none */
            .headers = sx_buf_view(&lines),
            .content_type = cfg->body.n || !m->options ? type : sx_slice_empty(),
            .body = cfg->body,
            .auth = way.auth,
            .timeout_ms = cfg->timeout_ms > 0 ? (uint32_t)cfg->timeout_ms : 32000,
            .sink = {on_final, a},
            .user = m,
        };
        rc = stack_request_create(a->stack, &p, &m->request);
    }
    sx_buf_free(&uri);
    sx_buf_free(&from);
    sx_buf_free(&lines);
    return rc;
}

static int start(ua_agent *a, ua_account *acc, const ua_message_config *cfg, uint64_t id, bool options,
                 ua_message **out) {
    if (a->shutting) return sx_fail(SX_E_CLOSED, "the agent is shutting down");
    if (acc && acc->closing) return sx_fail(SX_E_GONE, "the account is being closed");
    ua_message *m = new_message(a, acc, id);
    if (!m) return sx_fail(SX_E_NOMEM, "no memory for the message");
    m->options = options;
    m->sent_ms = ua_now(a);
    int rc = send_request(m, cfg, options ? SX_LIT("OPTIONS") : SX_LIT("MESSAGE"));
    if (rc != SX_OK) {
        sx_list_remove(&m->node);
        sx_runq_bury(a->runq, &m->grave, free_message);
        return rc;
    }
    *out = m;
    return SX_OK;
}

int ua_message_send(ua_agent *a, ua_account *acc, const ua_message_config *cfg, uint64_t id, ua_message **out) {
    return start(a, acc, cfg, id, false, out);
}

int ua_options_send(ua_agent *a, ua_account *acc, const ua_message_config *cfg, uint64_t id, ua_message **out) {
    return start(a, acc, cfg, id, true, out);
}

/* ---- both ---- */

void ua_message_set_id(ua_message *m, uint64_t id) { m->id = id; }
uint64_t ua_message_id(const ua_message *m) { return m->id; }

void ua_message_orphan(ua_agent *a, ua_account *acc, ua_call *call) {
    SX_LIST_EACH(it, tmp, &a->messages) {
        ua_message *m = SX_CONTAINER(it, ua_message, node);
        if (acc && m->account == acc) m->account = NULL;
        if (call && m->call == call) m->call = NULL;
    }
}

void ua_message_give_up_all(ua_agent *a, bool now) {
    SX_LIST_EACH(it, tmp, &a->messages) {
        ua_message *m = SX_CONTAINER(it, ua_message, node);
        if (m->tx) {
            ua_answer(m->tx, 480, NULL, sx_slice_empty());
            m->tx = NULL;
            m->status = 480;
            m->by_default = true;
            sx_timer_stop(a->wheel, &m->timer);
            sx_runq_post(a->runq, &m->task);
        } else if (now && m->request) {
            stack_request_abandon(m->request);
            m->request = NULL;
            m->code = SX_E_CANCELED;
            sx_runq_post(a->runq, &m->task);
        }
    }
}

void ua_message_destroy_all(ua_agent *a) {
    for (sx_list *n; (n = sx_list_pop(&a->messages)) != NULL;) {
        ua_message *m = SX_CONTAINER(n, ua_message, node);
        sx_timer_stop(a->wheel, &m->timer);
        sx_runq_cancel(&m->task);
        sx_runq_bury(a->runq, &m->grave, free_message);
    }
}
