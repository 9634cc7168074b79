/* We ask a peer to call somebody: the REFER, and what its NOTIFYs say. Done is what the last of them says, not the 202:
 * that says only that the peer will try. */
#include <stdlib.h>

#include "sip/lex.h"
#include "sip/write.h"
#include "ua/transfer.h"

enum { DEFAULT_TIMEOUT_MS = 90000 };

/* ---- the REFER ---- */

/* "Replaces" as the peer of this call sees its dialog with us (RFC 3891 6.1), escaped for a URI. */
static int put_replaces(const ua_call *c, sx_buf *out) {
    dlg_info info;
    sx_buf value;
    dlg_get(c->dialog, &info);
    sx_buf_init(&value);
    sx_buf_slice(&value, info.call_id);
    SX_BUF_LIT(&value, ";to-tag=");
    sx_buf_slice(&value, info.remote_tag);
    SX_BUF_LIT(&value, ";from-tag=");
    sx_buf_slice(&value, info.local_tag);
    SX_BUF_LIT(out, "?Replaces=");
    sip_escape(out, sx_buf_view(&value), SIP_C_UNRESERVED);
    int rc = value.failed || out->failed ? sx_fail(SX_E_NOMEM, "no memory for the transfer") : SX_OK;
    sx_buf_free(&value);
    return rc;
}

/* How others reach the peer of a call: by what was dialled, for its Contact may be an address of a network of its own;
 * by its Contact if that is good everywhere (RFC 5627), or if it was the one that called. */
static void put_peer(const ua_call *c, sx_buf *out) {
    dlg_info info;
    sip_addr remote;
    sip_uri u;
    dlg_get(c->dialog, &info);
    sx_slice uri = info.remote_target;
    bool gruu = sip_uri_parse(uri, &u) == SX_OK && sip_uri_param(&u, SX_LIT("gr"), NULL);
    if (info.uac && !gruu && sip_addr_read(info.remote, &remote) == SX_OK) uri = remote.uri;
    if (sip_uri_parse(uri, &u) == SX_OK) {
        u.headers = sx_slice_empty();
        sip_uri_write(out, &u);
    }
}

static int put_refer_to(ua_agent *a, ua_account *acc, const ua_transfer_config *cfg, sx_buf *out) {
    sx_buf uri, from;
    sx_buf_init(&uri);
    sx_buf_init(&from);
    int rc = SX_OK;
    if (cfg->target && *cfg->target) {
        rc = ua_request_identity(a, acc, cfg->target, NULL, &uri, &from);
    } else if (cfg->consult) {
        put_peer(cfg->consult, &uri);
    } else {
        rc = sx_fail(SX_E_INVALID, "a transfer needs a target");
    }
    SX_BUF_LIT(out, "Refer-To: <");
    sx_buf_slice(out, sx_buf_view(&uri));
    if (rc == SX_OK && cfg->consult) rc = put_replaces(cfg->consult, out);
    SX_BUF_LIT(out, ">\r\n");
    if (rc == SX_OK && (uri.failed || out->failed)) rc = sx_fail(SX_E_NOMEM, "no memory for the transfer");
    sx_buf_free(&uri);
    sx_buf_free(&from);
    return rc;
}

/* RFC 3892. from: ours, as a value of From. */
static int put_referred_by(const ua_transfer_config *cfg, sx_slice from, sx_buf *out) {
    sip_addr addr;
    sip_uri u;
    if (cfg->referred_by && !*cfg->referred_by) return SX_OK;
    if (cfg->referred_by) from = sx_slice_str(cfg->referred_by);
    if (!sip_is_header_value(from) || sip_addr_read(from, &addr) != SX_OK || sip_uri_parse(addr.uri, &u) != SX_OK ||
        sip_uri_check(&u) != SX_OK) {
        return cfg->referred_by ? sx_fail(SX_E_URI, "referred_by is not a usable URI") : SX_OK;
    }
    SX_BUF_LIT(out, "Referred-By: <");
    sx_buf_slice(out, addr.uri);
    SX_BUF_LIT(out, ">\r\n");
    return SX_OK;
}

static int put_lines(ua_agent *a, ua_account *acc, const ua_transfer_config *cfg, sx_slice from, sx_buf *out) {
    int rc = put_refer_to(a, acc, cfg, out);
    if (rc == SX_OK) rc = put_referred_by(cfg, from, out);
    if (rc != SX_OK) return rc;
    if (!cfg->subscribe) SX_BUF_LIT(out, "Refer-Sub: false\r\n"); /* RFC 4488 */
    ua_common_lines(NULL, out);
    return ua_put_headers(out, cfg->headers, cfg->header_count);
}

static int check(ua_agent *a, const ua_transfer_config *cfg, const ua_call *call) {
    const ua_call *other = cfg->consult;
    if (a->shutting) return sx_fail(SX_E_CLOSED, "the agent is shutting down");
    if (call && (!call_is_answered(call) || !call->dialog))
        return sx_fail(SX_E_STATE, "only a call that was answered can be transferred");
    if (!other) return SX_OK;
    if (other == call) return sx_fail(SX_E_INVALID, "a call cannot be transferred to itself");
    if (!call_is_answered(other) || !other->dialog)
        return sx_fail(SX_E_STATE, "the call to be replaced was not answered");
    return SX_OK;
}

static void on_refer(void *ctx, const stack_event *ev);

static void begin(ua_transfer *t, const ua_transfer_config *cfg, uint64_t id) {
    t->id = id;
    t->hangup = cfg->hangup;
    t->consult = cfg->consult;
    if (t->consult) sx_list_append(&t->consult->links.consults, &t->in_consult);
    int wait = cfg->timeout_ms > 0 ? cfg->timeout_ms : DEFAULT_TIMEOUT_MS;
    sx_timer_start(t->agent->wheel, &t->timer, ua_now(t->agent) + (uint64_t)wait);
}

static int send_inside(ua_transfer *t) {
    ua_call *c = t->call;
    stack_request_params p = {.method = SX_LIT("REFER"),
                              .dialog = c->dialog,
                              .prefer = call_change_flow(c),
                              .headers = sx_buf_view(&t->lines),
                              .sink = {on_refer, t->agent},
                              .user = t};
    int rc = stack_request_create(t->agent->stack, &p, &t->request);
    if (rc != SX_OK) {
        t->request = NULL;
        return rc;
    }
    sx_buf_free(&t->lines);
    t->state = TRANSFER_SENT;
    c->links.referred = true;
    return SX_OK;
}

/* A callee's REFER before the ACK could overtake the 200: it waits for what tells that the caller has it. */
int ua_call_transfer(ua_call *c, const ua_transfer_config *cfg, uint64_t id, ua_transfer **out) {
    ua_agent *a = c->agent;
    dlg_info info;
    int rc = check(a, cfg, c);
    if (rc != SX_OK) return rc;
    ua_transfer *t = transfer_new(a, c->account, c);
    if (!t) return sx_last_error();
    dlg_get(c->dialog, &info);
    rc = put_lines(a, c->account, cfg, info.local, &t->lines);
    if (rc == SX_OK && t->lines.failed) rc = sx_fail(SX_E_NOMEM, "no memory for the transfer");
    t->state = TRANSFER_WAITS;
    if (rc == SX_OK && c->state == CALL_UP) rc = send_inside(t);
    if (rc != SX_OK) {
        transfer_discard(t);
        return rc;
    }
    begin(t, cfg, id);
    *out = t;
    return SX_OK;
}

void call_links_up(ua_call *c) {
    SX_LIST_EACH(it, tmp, &c->links.transfers) {
        ua_transfer *t = SX_CONTAINER(it, ua_transfer, in_call);
        if (t->state != TRANSFER_WAITS || c->state != CALL_UP) continue;
        int rc = send_inside(t);
        if (rc != SX_OK) transfer_finish(t, 0, rc, sx_slice_empty(), NULL);
    }
}

/* ---- outside calls ---- */

static void on_expected(void *ctx, const stack_event *ev);

static int send_alone(ua_transfer *t, const ua_transfer_config *cfg) {
    ua_agent *a = t->agent;
    ua_way way;
    sx_buf uri, from, lines;
    sx_buf_init(&uri);
    sx_buf_init(&from);
    sx_buf_init(&lines);
    int rc = ua_request_identity(a, t->account, cfg->recipient, NULL, &uri, &from);
    if (rc == SX_OK) rc = put_lines(a, t->account, cfg, sx_buf_view(&from), &lines);
    if (rc == SX_OK && lines.failed) rc = sx_fail(SX_E_NOMEM, "no memory for the transfer");
    if (rc == SX_OK) {
        ua_way_of(a, t->account, sx_buf_view(&uri), &way);
        stack_request_params p = {.method = SX_LIT("REFER"),
                                  .uri = sx_buf_view(&uri),
                                  .from = sx_buf_view(&from),
                                  .headers = sx_buf_view(&lines),
                                  .sink = {on_refer, a},
                                  .user = t};
        ua_way_take(&way, &p);
        rc = stack_request_create(a->stack, &p, &t->request);
    }
    sx_buf_free(&uri);
    sx_buf_free(&from);
    sx_buf_free(&lines);
    if (rc != SX_OK) {
        t->request = NULL;
        return rc;
    }
    rc = dlg_expect(a->stack, stack_request_call_id(t->request), stack_request_from_tag(t->request),
                    (stack_sink){on_expected, a}, t, &t->expect);
    if (rc != SX_OK) {
        stack_request_abandon(t->request);
        t->request = NULL;
        t->expect = NULL;
    }
    return rc;
}

int ua_transfer_send(ua_agent *a, ua_account *acc, const ua_transfer_config *cfg, uint64_t id, ua_transfer **out) {
    int rc = check(a, cfg, NULL);
    if (rc == SX_OK && acc && acc->closing) rc = sx_fail(SX_E_GONE, "the account is being closed");
    if (rc == SX_OK && (!cfg->recipient || !*cfg->recipient)) rc = sx_fail(SX_E_INVALID, "a REFER needs a recipient");
    if (rc != SX_OK) return rc;
    ua_transfer *t = transfer_new(a, acc, NULL);
    if (!t) return sx_last_error();
    rc = send_alone(t, cfg);
    if (rc != SX_OK) {
        transfer_discard(t);
        return rc;
    }
    t->state = TRANSFER_SENT;
    begin(t, cfg, id);
    *out = t;
    return SX_OK;
}

static dlg_params params_of(ua_transfer *t, ua_way *way) {
    ua_way_of(t->agent, t->account, sx_slice_empty(), way);
    return (dlg_params){.contact = &way->contact,
                        .auth = way->auth,
                        .tls = way->tls,
                        .ws_headers = way->ws_headers,
                        .sink = {transfer_on_dialog, t->agent},
                        .user = t};
}

/* A NOTIFY that came before the 2xx makes the dialog. Of other forks only the first that speaks is listened to. */
static void on_expected(void *ctx, const stack_event *ev) {
    ua_transfer *t = ev->user;
    ua_way way;
    uint32_t id;
    (void)ctx;
    if (ev->type != STACK_EV_REQUEST || !ev->tx) return;
    if (!refer_event(ev->msg, &id)) {
        ua_answer(ev->tx, 489, NULL, SX_LIT("Allow-Events: refer\r\n"));
        return;
    }
    dlg_params p = params_of(t, &way);
    if (!t->dialog) {
        int rc = dlg_create_notified(ev->tx, &p, t->request ? stack_request_cseq(t->request) : t->cseq, &t->dialog);
        if (rc != SX_OK) {
            t->dialog = NULL;
            ua_answer(ev->tx, rc == SX_E_NOMEM ? 500 : 400, NULL, sx_slice_empty());
            return;
        }
        t->owns_dialog = true;
        transfer_out_notify(t, ev);
    } else {
        ua_answer(ev->tx, 481, NULL, sx_slice_empty());
    }
}

static void open_dialog(ua_transfer *t, const stack_event *ev) {
    ua_way way;
    if (t->call || t->dialog) return;
    dlg_params p = params_of(t, &way);
    if (dlg_create_uac(ev->request, ev->msg, &p, &t->dialog) == SX_OK) {
        t->owns_dialog = true;
    } else {
        t->dialog = NULL; /* the first NOTIFY makes it */
    }
}

/* ---- what comes of it ---- */

static void on_refer(void *ctx, const stack_event *ev) {
    ua_transfer *t = ev->user;
    (void)ctx;
    if (ev->type != STACK_EV_FINAL || t->state != TRANSFER_SENT) return;
    t->cseq = stack_request_cseq(ev->request);
    bool ok = ev->msg && ev->status < 300;
    if (ok) open_dialog(t, ev);
    t->request = NULL;
    if (!ok) {
        t->refused = true;
        transfer_keep(t, ev->msg);
        transfer_finish(t, ev->status, ev->code, ev->msg ? ev->msg->reason : sx_slice_empty(), NULL);
        return;
    }
    sx_slice word, params;
    if (sip_token_read(sip_value(ev->msg, SIP_HDR_REFER_SUB), &word, &params) == SX_OK &&
        sx_ieq(word, SX_LIT("false"))) { /* RFC 4488: nothing more will be said */
        transfer_keep(t, ev->msg);
        transfer_finish(t, ev->status, SX_OK, ev->msg->reason, NULL);
        return;
    }
    t->state = TRANSFER_ACCEPTED;
}

static void say_progress(ua_transfer *t, int status, sx_slice reason, const sip_msg *msg) {
    ua_event ev = ua_event_of(UA_EV_TRANSFER_PROGRESS);
    ev.transfer = t;
    ev.account = t->account;
    ev.call = t->call;
    ev.status = status;
    ev.reason = reason.n ? reason : sip_reason(status);
    ev.msg = msg;
    ua_emit(t->agent, &ev);
}

void transfer_out_notify(ua_transfer *t, const stack_event *ev) {
    ua_sub_state state;
    sx_slice reason;
    int read = ua_sub_state_read(ev->msg, &state);
    int status = refer_fragment(ev->msg, &reason);
    bool over = read == SX_OK && state.word == UA_SUB_TERMINATED;
    bool empty = !sx_trim(ev->msg->body).n;
    if (status < 0 && !over && !empty) { /* says nothing that we could use */
        ua_answer(ev->tx, 415, NULL, SX_LIT("Accept: message/sipfrag\r\n"));
        return;
    }
    /* old phones leave the state out */
    if (read == SX_E_FORMAT || (read == SX_E_NOT_FOUND && status < 100) || (!status && !over && !empty)) {
        ua_answer(ev->tx, 400, NULL, sx_slice_empty());
        return;
    }
    ua_answer(ev->tx, 200, NULL, sx_slice_empty());
    if (status >= 200 || over) transfer_keep(t, ev->msg);
    if (status >= 200) {
        transfer_finish(t, status, SX_OK, reason, NULL);
    } else if (over) {
        bool late = sx_ieq(state.reason, SX_LIT("timeout"));
        transfer_finish(t, 0, late ? SX_E_TIMEOUT : SX_E_PROTOCOL, sx_slice_empty(),
                        "the peer says no more, and did not say how it went");
    } else if (status > 100) {
        say_progress(t, status, reason, ev->msg);
    }
}
