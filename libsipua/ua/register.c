/* Carries out what the registration machine decides, for each flow of an account, and tells the account's news. */
#include <stdlib.h>

#include "sip/lex.h"
#include "ua/internal.h"

/* ---- the account's news, made of those of its flows ---- */

static bool others_granted(const ua_reg *r) {
    for (size_t i = 0; i < r->acc->nregs; i++) {
        if (&r->acc->regs[i] != r && r->acc->regs[i].m.granted) return true;
    }
    return false;
}

bool ua_register_busy(const ua_account *acc) {
    for (size_t i = 0; i < acc->nregs; i++) {
        if (acc->regs[i].m.state == REG_REMOVING) return true;
    }
    return false;
}

/* "https://..." of a Bearer challenge (RFC 8898 4): where a token is to be had. */
static sx_slice token_server(const sip_msg *m) {
    for (int proxy = 0; proxy < 2; proxy++) {
        sip_list l;
        sip_auth auth;
        sx_slice value;
        sip_list_begin(&l, m, proxy ? SIP_HDR_PROXY_AUTHENTICATE : SIP_HDR_WWW_AUTHENTICATE);
        while (sip_auth_next(&l, &auth) == 1) {
            if (!sx_ieq(auth.scheme, SX_LIT("Bearer"))) continue;
            if (sip_auth_param_get(auth.params, SX_LIT("authz_server"), &value)) return value;
        }
    }
    return sx_slice_empty();
}

static void fill_where(const ua_reg *r, ua_event *out, char *remote, char *local, size_t cap) {
    sx_buf b;
    if (!r->flow) return;
    const stack_flow *f = &r->flow->at;
    sx_buf_init_fixed(&b, remote, cap);
    net_addr_write_host(&f->remote, &b);
    out->host = sx_buf_view(&b);
    out->port = net_addr_port(&f->remote);
    out->transport = sx_slice_str(stack_transport_name(f->transport));
    sip_uri u;
    if (!r->bound || sip_uri_parse(sx_slice_str(r->bound), &u) != SX_OK || u.host.n >= cap) return;
    memcpy(local, u.host.p, u.host.n);
    out->local_host = sx_slice_of(local, u.host.n);
    out->local_port = u.port;
    out->pub_gruu = sx_slice_str(r->acc->pub_gruu);
    out->temp_gruu = sx_slice_str(r->acc->temp_gruu);
}

static ua_event_type type_of(const ua_reg *r, const reg_action *act) {
    switch (act->news) {
    case REG_REGISTERED: return UA_EV_REGISTERED;
    case REG_DEGRADED: return UA_EV_REGISTRATION_DEGRADED;
    case REG_UNREGISTERED: return UA_EV_UNREGISTERED;
    default: return others_granted(r) ? UA_EV_REGISTRATION_DEGRADED : UA_EV_REGISTRATION_FAILED;
    }
}

static void tell(ua_reg *r, const reg_action *act, const stack_event *ev) {
    ua_account *acc = r->acc;
    char remote[256], local[256], words[256];
    ua_event out = ua_event_of(type_of(r, act));
    out.account = acc;
    out.retry_ms = act->retry_ms;
    if (out.type == UA_EV_REGISTERED) {
        if (acc->known) out.flags |= UA_FLAG_REFRESH;
        out.expires = r->m.granted_s > INT32_MAX ? INT32_MAX : (int)r->m.granted_s;
        fill_where(r, &out, remote, local, sizeof local);
        acc->known = true;
    }
    if (out.type == UA_EV_UNREGISTERED) out.cause = UA_CAUSE_TERMINATED;
    if (out.type == UA_EV_UNREGISTERED || out.type == UA_EV_REGISTRATION_FAILED) acc->known = false;
    if (ev) {
        out.status = ev->status;
        out.code = ev->code;
        out.text = sx_slice_str(ev->text);
        out.msg = ev->msg;
        if (ev->msg) out.reason = ev->msg->reason;
        if (ev->code || ev->status >= 300) out.cause = ua_cause_of_code(ev->code, ev->status);
        sx_slice server = ev->msg && ev->code == SX_E_AUTH ? token_server(ev->msg) : sx_slice_empty();
        if (server.n && server.n < sizeof words - 100 && out.text.n < 64) {
            sx_buf b;
            sx_buf_init_fixed(&b, words, sizeof words);
            sx_buf_slice(&b, out.text);
            SX_BUF_LIT(&b, "; tokens are from ");
            sx_buf_slice(&b, server);
            out.text = sx_buf_view(&b);
        }
    }
    ua_emit(acc->agent, &out);
}

/* ---- carrying out ---- */

static void drop_request(ua_reg *r) {
    if (r->request) stack_request_abandon(r->request);
    r->request = NULL;
    ua_queue_remove(r);
}

/* This flow has ended for the registrar. */
static void forget_binding(ua_reg *r) {
    ua_account *acc = r->acc;
    ua_flow_leave(r);
    free(r->bound);
    free(r->service_route);
    r->bound = r->service_route = NULL;
    r->nservice = 0;
    r->m.outbound = false;
    if (others_granted(r)) return;
    free(acc->pub_gruu);
    free(acc->temp_gruu);
    acc->pub_gruu = acc->temp_gruu = NULL;
}

static void on_news(ua_reg *r, const reg_action *act, const stack_event *ev, int code, bool api) {
    ua_account *acc = r->acc;
    if (act->news == REG_UNREGISTERED || (act->news == REG_FAILED && act->retry_ms < 0)) forget_binding(r);
    if (code == SX_E_NOT_FOUND && others_granted(r)) return; /* there is no second server, and may be one day */
    if (act->news == REG_UNREGISTERED && (others_granted(r) || ua_register_busy(acc))) return; /* the last one tells */
    if (api) {
        acc->pending |= UA_ACC_UNREGISTERED; /* the one piece of news that an app's request can bring at once */
        sx_runq_post(acc->agent->runq, &acc->task);
    } else if (ev) {
        tell(r, act, ev);
    } else {
        stack_event own = {.type = STACK_EV_FINAL, .code = code, .text = code ? sx_error_text(code) : ""};
        if (!code && act->news == REG_FAILED) {
            own.code = SX_E_TIMEOUT;
            own.text = "the registration has run out before it could be renewed";
        }
        tell(r, act, &own);
    }
}

int ua_register_send(ua_reg *r) { return ua_register_request(r, r->send_expires_s, r->all); }

/* What the machine said; `ev` is what it was about, if it came from the network. api: called by the app, so that
 * nothing may be emitted from here. */
static int carry_out(ua_reg *r, reg_input *in, const stack_event *ev, bool api) {
    reg_action act[REG_MAX_ACTIONS];
    ua_agent *a = r->acc->agent;
    in->others_up = others_granted(r);
    r->m.min_retry_ms = (uint32_t)a->opt.register_min_retry_ms; /* they may have changed */
    r->m.flow_base_s = (uint32_t)a->opt.flow_retry_base_s;
    r->m.flow_max_s = (uint32_t)a->opt.flow_retry_max_s;
    int n = reg_step(&r->m, in, ua_now(a), act);
    int rc = SX_OK;
    for (int i = 0; i < n; i++) {
        switch (act[i].type) {
        case REG_SEND:
            r->send_expires_s = act[i].expires_s;
            r->all = act[i].all;
            rc = ua_queue_submit(r);
            break;
        case REG_CANCEL: drop_request(r); break;
        case REG_TIMER:
            if (act[i].at_ms) {
                sx_timer_start(a->wheel, &r->timer, act[i].at_ms);
            } else {
                sx_timer_stop(a->wheel, &r->timer);
            }
            break;
        case REG_TELL: on_news(r, &act[i], ev, ev ? ev->code : in->code, api); break;
        }
    }
    return rc;
}

int ua_register_step(ua_reg *r, const reg_input *input, bool api) {
    reg_machine before = r->m;
    reg_input in = *input;
    int rc = carry_out(r, &in, NULL, api);
    if (rc == SX_OK) return SX_OK;
    if (api && in.type == REG_IN_REGISTER) { /* refused at once: as it was */
        r->m = before;
        return rc;
    }
    reg_input failed = {.type = REG_IN_REFUSED, .status = 0, .code = rc, .random = sx_rand_u32()};
    if (api) {
        r->m.state = REG_IDLE;
        r->m.granted = r->m.known = false;
        r->acc->pending |= UA_ACC_UNREGISTERED;
        sx_runq_post(r->acc->agent->runq, &r->acc->task);
        return SX_OK;
    }
    carry_out(r, &failed, NULL, false);
    return rc;
}

/* ---- answers ---- */

/* The way, not the registrar's will: another one may do. */
static bool is_way_down(const stack_event *ev) {
    if (ev->code == SX_E_NOT_FOUND) return false;
    if (ev->code) return ev->code != SX_E_AUTH && ev->code != SX_E_NOMEM && ev->code != SX_E_CANCELED;
    return ev->status == 503 || ev->status == 408 || ev->status == 430 || ev->status == 504;
}

static bool is_taken(const ua_reg *r, uint8_t hop) {
    for (size_t i = 0; i < r->acc->nregs; i++) {
        const ua_reg *other = &r->acc->regs[i];
        if (other != r && other->m.granted && other->hop == hop) return true;
    }
    return false;
}

/* The next hop that no other flow of ours lives on; after one round none. */
static bool next_hop(ua_reg *r) {
    uint8_t hop = r->hop, n = r->acc->nhops;
    while (++r->tried < n) {
        hop = (uint8_t)((hop + 1) % n);
        if (is_taken(r, hop)) continue;
        r->hop = hop;
        return true;
    }
    r->tried = 0;
    return false;
}

static void read_refusal(ua_reg *r, const stack_event *ev, reg_input *in) {
    ua_account *acc = r->acc;
    ua_register_read_refusal(ev, in);
    if (r->m.state == REG_REMOVING) return;
    if (ev->status == 439 && !ev->code && acc->outbound && !acc->no_outbound) { /* RFC 5626 4.2.2 */
        acc->no_outbound = true;
        in->type = REG_IN_AGAIN;
    } else if (r->over_flow && is_way_down(ev) &&
               !in->retry_after_s) { /* what was silent or broken is the flow: look for another */
        stack_flow flow = ua_flow_of(r);
        ua_flow_leave(r);
        if (ev->code == SX_E_TIMEOUT)
            stack_flow_close(acc->agent->stack, &flow); /* a connection; others learn by that */
        r->paced = true;
        in->type = REG_IN_FLOW_LOST;
    } else if (is_way_down(ev) && !in->retry_after_s && next_hop(r)) {
        in->type = REG_IN_AGAIN;
    }
}

/* The second flow, now that the registrar is known to keep flows: by another proxy where there is one. */
static void begin_second(ua_account *acc) {
    if (acc->nregs < 2 || acc->closing || acc->agent->shutting) return;
    ua_reg *r = &acc->regs[1];
    if (r->m.state != REG_IDLE || r->m.refused) return;
    r->hop = (uint8_t)((acc->regs[0].hop + 1) % acc->nhops);
    reg_input in = {.type = REG_IN_REGISTER, .random = sx_rand_u32()};
    ua_register_step(r, &in, false);
}

void ua_register_answer(void *ctx, const stack_event *ev) {
    ua_reg *r = ev->user;
    ua_account *acc = r->acc;
    (void)ctx;
    if (ev->type != STACK_EV_FINAL) return;
    reg_input in = {.random = sx_rand_u32()};
    bool ok = ev->msg && ev->status >= 200 && ev->status < 300, had_flow = r->flow, elsewhere = false;
    if (ok && r->m.state != REG_REMOVING) {
        elsewhere = ua_register_read_ok(r, ev, &in);
    } else if (ok) {
        in.type = REG_IN_OK;
    } else {
        read_refusal(r, ev, &in);
    }
    r->request = NULL;
    ua_queue_done(r);
    int rc = carry_out(r, &in, ev, false);
    if (rc != SX_OK) {
        reg_input failed = {.type = REG_IN_REFUSED, .code = rc, .random = sx_rand_u32()};
        carry_out(r, &failed, NULL, false);
    }
    if (ok && r->m.granted && r->m.outbound && r->index == 0) begin_second(acc);
    if (!had_flow && r->flow && acc->ncalls) ua_calls_check(acc); /* they wait for it */
    if (!had_flow && r->flow && acc->nevents) ua_events_look(acc->agent);
    /* The same socket, which a NAT shows elsewhere: peers of calls have the old Contact. */
    if (had_flow && elsewhere && r->flow && r->flow->at.transport == STACK_UDP) {
        ua_calls_seen_elsewhere(acc);
        acc->contact_epoch++;
        ua_events_look(acc->agent);
    }
    if (acc->closing) ua_account_progress(acc);
    ua_agent_progress(acc->agent);
}

/* ---- flows that are lost, and flows that have moved ---- */

void ua_register_news(ua_reg *r, ua_flow_news what, int code, const char *text) {
    static const reg_input_type inputs[] = {0, REG_IN_FLOW_LOST, REG_IN_MOVED, REG_IN_NETWORK};
    if (r->acc->closing) return;
    if (what == UA_FLOW_LOST && r->m.state != REG_DONE) return; /* a request on its way finds out by itself */
    if (what == UA_FLOW_MOVED && !r->acc->contact_rewrite) return;
    r->paced = true;
    reg_input in = {.type = inputs[what], .random = sx_rand_u32()};
    stack_event about = {.type = STACK_EV_FINAL, .text = ""};
    if (what == UA_FLOW_LOST) {
        in.code = about.code = code;
        about.text = text;
    }
    int rc = carry_out(r, &in, &about, false);
    if (rc == SX_OK) return;
    reg_input failed = {.type = REG_IN_REFUSED, .code = rc, .random = sx_rand_u32()};
    carry_out(r, &failed, NULL, false);
}

/* Is our address on its flow still what the registrar was told? */
static bool stands(const ua_reg *r) {
    stack *s = r->acc->agent->stack;
    net_addr now = stack_flow_local(s, &r->flow->at);
    return stack_flow_alive(s, &r->flow->at) && net_addr_eq_host(&now, &r->local);
}

static void network_changed(ua_reg *r) {
    ua_queue *q = &r->acc->agent->queue;
    if (r->m.state == REG_IDLE || r->m.state == REG_REMOVING) return;
    r->tried = 0;
    bool lost = r->flow && !stands(r);
    if (lost) {
        ua_flow_leave(r);
        q->lost_code = SX_E_TRANSPORT;
        strcpy(q->lost_text, "the network has changed");
    }
    ua_flow_tell(r, lost && r->m.state == REG_DONE ? UA_FLOW_LOST : UA_FLOW_NETWORK);
}

void ua_account_network_changed(ua_account *acc) {
    for (size_t i = 0; i < acc->nregs && !acc->closing; i++) network_changed(&acc->regs[i]);
}

void ua_register_stop(ua_reg *r) {
    drop_request(r);
    sx_timer_stop(r->acc->agent->wheel, &r->timer);
    ua_flow_leave(r);
    sx_list_remove(&r->in_news);
    r->news = UA_FLOW_QUIET;
    r->m.state = REG_IDLE;
    r->m.granted = r->m.known = false;
}
