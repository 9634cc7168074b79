/* Requests of the program inside a call: INFO with any body, MESSAGE, or what the stack has no name for. */
#include <stdlib.h>

#include "sip/lex.h"
#include "ua/call.h"

enum { MAX_OPEN = 16 };

struct ua_request {
    sx_list node; /* of its call */
    ua_call *call;
    uint64_t id;
    stack_request *request;
    uint64_t sent_ms;
    sx_grave grave;
};

/* ---- the dialog ---- */

stack_dialog *call_inside(const ua_call *c) {
    switch (c->state) {
    case CALL_ANSWERED:
    case CALL_UP: return c->dialog;
    case CALL_OFFERED: return c->ring_status > 100 ? c->dialog : NULL; /* the caller knows it by our 1xx */
    case CALL_INVITING: {
        size_t n = c->set ? dlg_set_count(c->set) : 0;
        return c->heard ? c->heard : n ? dlg_set_at(c->set, n - 1) : NULL;
    }
    default: return NULL;
    }
}

int call_no_inside(const ua_call *c) {
    return c->state >= CALL_LEAVING ? sx_fail(SX_E_GONE, "the call has ended")
                                    : sx_fail(SX_E_STATE, "there is no dialog with the peer yet");
}

/* RFC 3261 12.2.1.2: 481, 408 and silence are the end of the dialog. Before the answer only the INVITE decides. */
void call_inside_failed(ua_call *c, const stack_event *ev, uint64_t waited_ms) {
    bool answered = ev->msg || ev->code == SX_OK; /* a transfer's answer may have found no memory to be kept in */
    if (c->state != CALL_UP) return;
    if (answered ? ev->status != 481 && ev->status != 408 : ev->code != SX_E_TIMEOUT) return;
    if (!answered && waited_ms < 64ull * (uint64_t)c->agent->opt.t1_ms) return; /* only the program's patience */
    call_end e = {.originator = answered ? UA_REMOTE : UA_SYSTEM,
                  .cause = ev->status == 408 ? UA_CAUSE_REQUEST_TIMEOUT : UA_CAUSE_DIALOG_ERROR,
                  .status = ev->status,
                  .code = ev->code,
                  .msg = ev->msg};
    call_bye(c, &e, sx_slice_empty());
}

/* ---- its end ---- */

static void free_request(sx_grave *g) { free(SX_CONTAINER(g, ua_request, grave)); }

static void end(ua_request *r, ua_event *ev) {
    ua_agent *a = r->call->agent;
    ev->request = r;
    sx_list_remove(&r->node);
    ua_emit(a, ev);
    sx_runq_bury(a->runq, &r->grave, free_request);
}

static void on_final(void *ctx, const stack_event *ev) {
    ua_request *r = ev->user;
    ua_call *c = r->call;
    (void)ctx;
    if (ev->type != STACK_EV_FINAL) return;
    uint64_t waited = call_now(c) - r->sent_ms;
    r->request = NULL;
    ua_event out = call_event(c, UA_EV_REQUEST_ANSWERED);
    out.status = ev->status;
    out.code = ev->code;
    out.duration_ms = waited;
    if (ev->msg) {
        out.reason = ev->msg->reason;
        out.body = ev->msg->body;
        out.content_type = sip_value(ev->msg, SIP_HDR_CONTENT_TYPE);
        out.msg = ev->msg;
    } else {
        if (ev->status) out.reason = sip_reason(ev->status);
        out.text = sx_slice_str(ev->text);
    }
    if (!ev->msg || ev->status >= 300) out.cause = ua_cause_of_code(ev->code, ev->status);
    if (ev->status == 481) out.cause = UA_CAUSE_DIALOG_ERROR;
    end(r, &out);
    call_inside_failed(c, ev, waited);
}

void call_requests_end(ua_call *c) {
    SX_LIST_EACH(it, tmp, &c->f.requests) {
        ua_request *r = SX_CONTAINER(it, ua_request, node);
        if (r->request) stack_request_abandon(r->request);
        r->request = NULL;
        ua_event out = call_event(c, UA_EV_REQUEST_ANSWERED);
        out.code = SX_E_CANCELED;
        out.cause = UA_CAUSE_CANCELED;
        out.text = SX_LIT("the call has ended");
        out.duration_ms = call_now(c) - r->sent_ms;
        end(r, &out);
    }
}

void call_requests_drop(ua_call *c) {
    for (sx_list *n; (n = sx_list_pop(&c->f.requests)) != NULL;)
        sx_runq_bury(c->agent->runq, &SX_CONTAINER(n, ua_request, node)->grave, free_request);
}

/* ---- sending ---- */

static int check(const ua_call *c, sx_slice method) {
    if (!sip_is_token(method)) return sx_fail(SX_E_INVALID, "a method is a word without spaces");
    switch (sip_method_of(method)) {
    case SIP_INVITE:
    case SIP_ACK:
    case SIP_BYE:
    case SIP_CANCEL:
    case SIP_REGISTER:
    case SIP_UPDATE:
    case SIP_PRACK:
    case SIP_REFER:
    case SIP_SUBSCRIBE: return sx_fail(SX_E_INVALID, "%.*s is what the library sends itself", (int)method.n, method.p);
    default: break;
    }
    size_t open = 0;
    for (const sx_list *it = c->f.requests.next; it != &c->f.requests; it = it->next) open++;
    if (open >= MAX_OPEN) return sx_fail(SX_E_LIMIT, "%d requests of this call have no answer yet", MAX_OPEN);
    return SX_OK;
}

static int send_it(ua_request *r, const ua_request_config *cfg, sx_slice method) {
    ua_call *c = r->call;
    sx_buf lines;
    sx_buf_init(&lines);
    int rc = ua_put_headers(&lines, cfg->headers, cfg->header_count);
    sx_slice type = sx_slice_str(cfg->content_type);
    if (rc == SX_OK && !sip_is_header_value(type)) rc = sx_fail(SX_E_HEADER, "a line break in content_type");
    if (rc == SX_OK) {
        stack_request_params p = {
            .method = method,
            .dialog = call_inside(c),
            .headers = sx_buf_view(&lines),
            .content_type = !cfg->body.n ? sx_slice_empty()
                            : type.n     ? type
                                         : SX_LIT("text/plain;charset=utf-8"),
            .body = cfg->body,
            .timeout_ms = cfg->timeout_ms > 0 ? (uint32_t)cfg->timeout_ms : 0,
            .sink = {on_final, c->agent},
            .user = r,
        };
        rc = stack_request_create(c->agent->stack, &p, &r->request);
    }
    sx_buf_free(&lines);
    return rc;
}

int ua_call_request(ua_call *c, const ua_request_config *cfg, uint64_t id, ua_request **out) {
    sx_slice method = cfg->method && *cfg->method ? sx_slice_str(cfg->method) : SX_LIT("INFO");
    if (!call_inside(c)) return call_no_inside(c);
    int rc = check(c, method);
    if (rc != SX_OK) return rc;
    ua_request *r = calloc(1, sizeof *r);
    if (!r) return sx_fail(SX_E_NOMEM, "no memory for the request");
    r->call = c;
    r->id = id;
    r->sent_ms = call_now(c);
    rc = send_it(r, cfg, method);
    if (rc != SX_OK) {
        free(r);
        return rc;
    }
    sx_list_append(&c->f.requests, &r->node);
    *out = r;
    return SX_OK;
}

uint64_t ua_request_id(const ua_request *r) { return r->id; }
