/* MESSAGE and OPTIONS that we send: outside calls, inside them, and notifications that go out by themselves. */
#include <stdlib.h>

#include "sip/lex.h"
#include "sip/names.h"
#include "ua/call.h"
#include "ua/message.h"

static void on_final(void *ctx, const stack_event *ev) {
    ua_message *m = ev->user;
    (void)ctx;
    if (ev->type != STACK_EV_FINAL) return;
    ua_call *call = m->call;
    uint64_t waited = ua_now(m->agent) - m->sent_ms;
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
    out.duration_ms = waited;
    message_end(m, &out);
    if (call) call_inside_failed(call, ev, waited);
}

/* ---- the request ---- */

typedef struct draft {
    sx_buf uri, from, lines, body;
    stack_dialog *dialog; /* NULL: outside calls */
    sx_slice sender, receiver, type;
} draft;

static void draft_init(draft *d) {
    memset(d, 0, sizeof *d);
    sx_buf_init(&d->uri);
    sx_buf_init(&d->from);
    sx_buf_init(&d->lines);
    sx_buf_init(&d->body);
}

static void draft_free(draft *d) {
    sx_buf_free(&d->uri);
    sx_buf_free(&d->from);
    sx_buf_free(&d->lines);
    sx_buf_free(&d->body);
}

static int address(ua_message *m, const ua_message_config *cfg, draft *d) {
    if (!m->call) {
        int rc = ua_request_identity(m->agent, m->account, cfg->target, cfg->from, &d->uri, &d->from);
        d->sender = sx_buf_view(&d->from);
        d->receiver = sx_buf_view(&d->uri);
        return rc;
    }
    dlg_info info;
    d->dialog = call_inside(m->call);
    if (!d->dialog) return call_no_inside(m->call);
    dlg_get(d->dialog, &info);
    d->sender = info.local;
    d->receiver = info.remote;
    return SX_OK;
}

static int put_lines(ua_message *m, const ua_message_config *cfg, draft *d) {
    if (!sip_is_header_value(sx_slice_str(cfg->content_type)))
        return sx_fail(SX_E_HEADER, "a line break in content_type");
    if (!m->call) ua_common_lines(NULL, &d->lines);
    int rc = ua_put_headers(&d->lines, cfg->headers, cfg->header_count);
    if (rc == SX_OK && m->options) SX_BUF_LIT(&d->lines, UA_ACCEPT_LINE);
    if (rc == SX_OK && d->lines.failed) rc = sx_fail(SX_E_NOMEM, "no memory for the request");
    return rc;
}

static int submit(ua_message *m, const ua_message_config *cfg, draft *d) {
    ua_agent *a = m->agent;
    stack_request_params p = {
        .method = m->options ? SX_LIT("OPTIONS") : SX_LIT("MESSAGE"),
        .headers = sx_buf_view(&d->lines),
        .content_type = d->body.n || !m->options ? d->type : sx_slice_empty(),
        .body = sx_buf_view(&d->body),
        .timeout_ms = cfg->timeout_ms > 0 ? (uint32_t)cfg->timeout_ms : 32000,
        .sink = {on_final, a},
        .user = m,
    };
    ua_way way;
    if (d->dialog) {
        p.dialog = d->dialog;
    } else {
        ua_way_of(a, m->account, sx_buf_view(&d->uri), &way);
        p.uri = sx_buf_view(&d->uri);
        p.from = sx_buf_view(&d->from);
        ua_way_take(&way, &p);
        if (!m->options) p.contact = NULL; /* RFC 3428 4: a MESSAGE has none */
    }
    return stack_request_create(a->stack, &p, &m->request);
}

/* report: instead of what cfg has to say. */
static int send_request(ua_message *m, const ua_message_config *cfg, const message_report *report) {
    draft d;
    draft_init(&d);
    int rc = address(m, cfg, &d);
    if (rc == SX_OK) rc = put_lines(m, cfg, &d);
    if (rc == SX_OK)
        rc = report ? message_write_report(report, d.sender, d.receiver, &d.body, &d.type)
                    : message_write(cfg, m->message_id, d.sender, d.receiver, &d.body, &d.type);
    if (rc == SX_OK) rc = submit(m, cfg, &d);
    draft_free(&d);
    return rc;
}

/* ---- what the program sends ---- */

static int check(const ua_message_config *cfg) {
    static const char *const words[] = {"delivered", "displayed", "processed", "stored",
                                        "failed",    "error",     "forbidden"};
    bool known = !cfg->report;
    for (size_t i = 0; i < sizeof words / sizeof *words && !known; i++) known = strcmp(cfg->report, words[i]) == 0;
    if (!known) return sx_fail(SX_E_INVALID, "%.40s is nothing that can be said of a message", cfg->report);
    if (cfg->report && !(cfg->message_id && *cfg->message_id))
        return sx_fail(SX_E_INVALID, "a report needs the message_id that it is about");
    if ((cfg->report || cfg->composing != UA_AS_IS) && (cfg->body.n || cfg->disposition))
        return sx_fail(SX_E_INVALID, "a report and \"is writing\" have no body of their own");
    return SX_OK;
}

/* The one given, else one that nobody has; only where it is to stand in the message. */
static int choose_id(ua_message *m, const ua_message_config *cfg) {
    char made[21] = "";
    bool given = cfg->message_id && *cfg->message_id;
    if (!given && !cfg->disposition && !cfg->cpim) return SX_OK;
    if (!given) sx_rand_token(made, 20);
    m->message_id = sx_strdup(sx_slice_str(given ? cfg->message_id : made));
    return m->message_id ? SX_OK : sx_fail(SX_E_NOMEM, "no memory for the message");
}

static int start(ua_agent *a, ua_account *acc, const ua_message_config *cfg, uint64_t id, bool options,
                 ua_message **out) {
    if (a->shutting) return sx_fail(SX_E_CLOSED, "the agent is shutting down");
    if (cfg->call) acc = ua_call_account(cfg->call);
    if (acc && acc->closing) return sx_fail(SX_E_GONE, "the account is being closed");
    int rc = options ? SX_OK : check(cfg);
    if (rc != SX_OK) return rc;
    ua_message *m = message_new(a, acc, id);
    if (!m) return sx_fail(SX_E_NOMEM, "no memory for the message");
    m->options = options;
    m->call = cfg->call;
    m->sent_ms = ua_now(a);
    rc = options ? SX_OK : choose_id(m, cfg);
    if (rc == SX_OK) rc = send_request(m, cfg, NULL);
    if (rc == SX_OK && cfg->disposition) a->wants_notes = true;
    if (rc != SX_OK) {
        message_drop(m);
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

/* ---- what goes out by itself ---- */

void message_notify(ua_message *m, const char *word) {
    ua_agent *a = m->agent;
    message_wish *w = m->wish;
    m->wish = NULL;
    bool inside = m->call && call_inside(m->call);
    ua_message *note = NULL;
    if (!a->shutting && a->nnotes < MESSAGE_MAX_NOTES && !(m->account && m->account->closing) && (inside || !m->call))
        note = message_new(a, m->account, 0);
    if (note) {
        ua_message_config cfg;
        memset(&cfg, 0, sizeof cfg);
        cfg.target = w->target;
        cfg.from = m->account ? NULL : w->from;
        message_report r = {w->message_id, word, w->datetime, w->sender, w->recipient, w->original, w->routes};
        note->quiet = true;
        a->nnotes++;
        note->call = m->call;
        note->sent_ms = ua_now(a);
        if (send_request(note, &cfg, &r) != SX_OK) message_drop(note);
    }
    message_wish_free(w);
}
