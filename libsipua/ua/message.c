/* MESSAGE both ways (RFC 3428), and OPTIONS of ours: their life, and what the program decides about those that come. */
#include "ua/message.h"

#include <stdlib.h>

#include "sip/lex.h"

static void free_message(sx_grave *g) {
    ua_message *m = SX_CONTAINER(g, ua_message, grave);
    message_wish_free(m->wish);
    free(m->message_id);
    free(m);
}

void message_drop(ua_message *m) {
    ua_agent *a = m->agent;
    sx_timer_stop(a->wheel, &m->timer);
    sx_runq_cancel(&m->task);
    sx_list_remove(&m->node);
    if (m->quiet) a->nnotes--;
    sx_runq_bury(a->runq, &m->grave, free_message);
}

void message_end(ua_message *m, ua_event *ev) {
    ua_agent *a = m->agent;
    ev->message = m;
    ev->account = m->account;
    ev->call = m->call;
    if (!m->incoming) ev->message_id = sx_slice_str(m->message_id);
    bool quiet = m->quiet;
    message_drop(m);
    if (!quiet) ua_emit(a, ev);
    ua_agent_progress(a);
}

static void say_answered(ua_message *m) {
    ua_event ev = ua_event_of(UA_EV_MESSAGE_ANSWERED);
    ev.status = m->status;
    if (m->by_default) ev.flags |= UA_FLAG_DEFAULT;
    message_end(m, &ev);
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
    message_end(m, &ev);
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

ua_message *message_new(ua_agent *a, ua_account *acc, uint64_t id) {
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

static void ask(ua_agent *a, ua_account *acc, ua_call *call, const stack_event *ev, const message_content *in,
                ua_event *out) {
    ua_message *m = message_new(a, acc, 0);
    if (!m) {
        ua_answer(ev->tx, 500, NULL, sx_slice_empty());
        return;
    }
    m->incoming = true;
    m->call = call;
    m->tx = ev->tx;
    m->wish = message_wish_of(in, ev->msg);
    sx_timer_start(a->wheel, &m->timer, ua_now(a) + (uint64_t)a->opt.message_decision_ms);
    out->type = UA_EV_MESSAGE;
    out->message = m;
    out->message_id = body_get(&in->cpim.doc, SX_LIT("message_id"));
    out->body = in->body;
    out->content_type = in->type;
    out->flags = in->wants;
    out->deadline_ms = a->opt.message_decision_ms;
    out->default_status = 480;
    ua_emit(a, out);
}

static void note(ua_agent *a, const message_content *in, ua_event *out) {
    out->type = UA_EV_MESSAGE_DISPOSITION;
    out->message_id = body_get(&in->doc, SX_LIT("message_id"));
    out->state = body_get(&in->doc, SX_LIT("status"));
    out->body = out->content_type = sx_slice_empty();
    ua_emit(a, out);
}

/* Who it is from and to: what stands inside is nearer to the truth than what servers on the way made of it. */
static void take_wrapper(ua_event *out, const body_doc *doc) {
    sx_slice from = body_get(doc, SX_LIT("from")), to = body_get(doc, SX_LIT("to"));
    if (from.n) {
        out->from = from;
        out->from_name = body_get(doc, SX_LIT("from_name"));
    }
    if (to.n) {
        out->to = to;
        out->to_name = body_get(doc, SX_LIT("to_name"));
    }
}

static void refuse(stack_tx *tx, int rc) {
    if (rc == SX_E_NOMEM)
        ua_answer(tx, 500, NULL, sx_slice_empty());
    else if (rc == SX_E_UNSUPPORTED)
        ua_answer(tx, 415, NULL, SX_LIT("Accept: */*, message/cpim\r\nAccept-Encoding: identity\r\n"));
    else
        ua_answer(tx, 400, "Malformed Body", sx_slice_empty());
}

static void take_none(stack_tx *tx) { ua_answer(tx, 405, NULL, SX_LIT("Allow: " UA_ALLOW_NO_MESSAGE "\r\n")); }

void ua_message_incoming(ua_agent *a, ua_account *acc, ua_call *call, const stack_event *ev) {
    bool asks = ua_asks(a, UA_ASK_MESSAGE);
    if (!asks && !a->wants_notes) {
        take_none(ev->tx);
        return;
    }
    message_content in;
    int rc = message_content_read(ev->msg, &in);
    if (rc != SX_OK) {
        refuse(ev->tx, rc);
        return;
    }
    if (!asks && in.kind != MESSAGE_NOTE) { /* what became of its own messages it has asked for */
        take_none(ev->tx);
        message_content_free(&in);
        return;
    }
    sx_buf from_name, to_name;
    sx_buf_init(&from_name);
    sx_buf_init(&to_name);
    ua_event out = ua_event_of(UA_EV_MESSAGE);
    out.account = acc;
    out.call = call;
    ua_event_message_fields(&out, ev->msg, &from_name, &to_name);
    take_wrapper(&out, &in.cpim.doc);
    if (in.kind != MESSAGE_TEXT) ua_answer(ev->tx, 200, NULL, sx_slice_empty());
    if (in.kind == MESSAGE_COMPOSING) {
        message_composing_heard(a, acc, call, &out, &in.doc);
    } else if (in.kind == MESSAGE_NOTE) {
        note(a, &in, &out);
    } else {
        message_composing_over(a, acc, call, out.from);
        ask(a, acc, call, ev, &in, &out);
    }
    sx_buf_free(&from_name);
    sx_buf_free(&to_name);
    message_content_free(&in);
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
    int rc = decide(m, status, reply);
    if (rc == SX_OK && m->wish) message_notify(m, "delivered");
    return rc;
}

int ua_message_reject(ua_message *m, const ua_reply *reply) {
    int status = reply && reply->status ? reply->status : 480;
    if (status < 300 || status > 699) return sx_fail(SX_E_INVALID, "a refusal is a status from 300 to 699");
    return decide(m, status, reply);
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
    message_composing_orphan(a, acc, call);
}

void ua_message_give_up_all(ua_agent *a, bool now) {
    message_composing_clear(a);
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
    message_composing_clear(a);
    for (sx_list *n; (n = sx_list_first(&a->messages)) != NULL;) message_drop(SX_CONTAINER(n, ua_message, node));
}
