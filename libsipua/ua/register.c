/* Carries out what the registration machine decides: REGISTER requests, their answers, the path that is kept open. */
#include <stdlib.h>

#include "sip/lex.h"
#include "sip/write.h"
#include "ua/internal.h"

static void on_answer(void *ctx, const stack_event *ev);

/* ---- the request ---- */

/* A Contact that the registrar still has under another address of ours goes in the same request. `flow` tells what our
 * Contact will say, if the path is known. */
static void put_stale(ua_account *acc, sx_buf *lines) {
    if (acc->stale) {
        sx_buf_str(lines, acc->stale);
        return;
    }
    char host[256];
    uint16_t port = 0;
    sip_uri old;
    if (!acc->bound || !acc->flow.id || acc->advertise_host.n) return;
    if (!stack_flow_alive(acc->agent->stack, &acc->flow)) return;
    if (stack_flow_contact(acc->agent->stack, &acc->flow, host, sizeof host, &port) != SX_OK) return;
    if (sip_uri_parse(sx_slice_str(acc->bound), &old) != SX_OK) return;
    sx_slice now = sx_slice_str(host);
    if (now.n > 2 && now.p[0] == '[') now = sx_slice_of(now.p + 1, now.n - 2);
    if (sx_ieq(old.host, now) && sip_uri_port(&old) == (port ? port : 5060)) return;
    SX_BUF_LIT(lines, "Contact: <");
    sx_buf_str(lines, acc->bound);
    SX_BUF_LIT(lines, ">;expires=0\r\n");
}

static int send_register(ua_account *acc, uint32_t expires_s, bool all) {
    ua_agent *a = acc->agent;
    sx_buf lines, params;
    sx_buf_init(&lines);
    sx_buf_init(&params);
    SX_BUF_LIT(&lines, UA_COMMON_LINES);
    if (all) {
        SX_BUF_LIT(&lines, "Contact: *\r\n");
    } else {
        put_stale(acc, &lines);
        SX_BUF_LIT(&params, ";expires=");
        sx_buf_u64(&params, expires_s);
        SX_BUF_LIT(&params, ";+sip.instance=\"<");
        sx_buf_slice(&params, acc->instance);
        SX_BUF_LIT(&params, ">\"");
    }
    SX_BUF_LIT(&lines, "Expires: ");
    sx_buf_u64(&lines, expires_s);
    SX_BUF_LIT(&lines, "\r\n");
    sx_buf_slice(&lines, acc->headers);
    ua_way way;
    ua_way_of(a, acc, acc->server, &way);
    way.contact.params = sx_buf_view(&params);
    stack_request_params p = {
        .method = SX_LIT("REGISTER"),
        .uri = acc->server,
        .from = acc->from,
        .to = acc->from,
        .call_id = sx_slice_str(acc->call_id),
        .cseq = &acc->cseq,
        .routes = way.routes,
        .nroutes = way.nroutes,
        .prefer = acc->flow,
        .contact = all ? NULL : &way.contact,
        .headers = sx_buf_view(&lines),
        .auth = acc->auth,
        .sink = {on_answer, a},
        .user = acc,
    };
    int rc = lines.failed || params.failed ? sx_fail(SX_E_NOMEM, "no memory for REGISTER")
                                           : stack_request_create(a->stack, &p, &acc->request);
    sx_buf_free(&lines);
    sx_buf_free(&params);
    return rc;
}

/* ---- the answer ---- */

static bool is_ours(const ua_account *acc, const sip_addr *contact, sip_uri *uri) {
    if (contact->star || sip_uri_parse(contact->uri, uri) != SX_OK) return false;
    if (sx_eq(uri->user, sx_slice_of(acc->contact_user, UA_TOKEN))) return true; /* wherever it points: NATs rewrite */
    sx_slice instance;
    if (!sip_param_get(contact->params, SX_LIT("+sip.instance"), &instance)) return false;
    if (instance.n > 2 && instance.p[0] == '<') instance = sx_slice_of(instance.p + 1, instance.n - 2);
    return sx_ieq(instance, acc->instance);
}

/* Looks through the bindings listed in a 2xx: what was granted to ours, and what is left of our former addresses. */
static uint32_t read_bindings(ua_account *acc, const sip_msg *m, sx_slice sent, uint32_t asked, sx_buf *stale) {
    uint32_t granted = 0, best = 0;
    bool exact = false, any = false;
    sip_uri mine, u;
    bool known = sip_uri_parse(sent, &mine) == SX_OK;
    sip_list l;
    sip_addr contact;
    sip_list_begin(&l, m, SIP_HDR_CONTACT);
    while (sip_addr_next(&l, &contact) == 1) {
        if (!is_ours(acc, &contact, &u)) continue;
        uint32_t expires = sip_contact_expires(m, &contact, asked);
        bool same =
            known && sx_ieq(u.host, mine.host) && sip_uri_port(&u) == sip_uri_port(&mine) && sx_eq(u.user, mine.user);
        if (same) {
            exact = true;
            granted = expires;
        } else if (known && expires && sx_eq(u.user, mine.user) && stale->n < 2048) {
            SX_BUF_LIT(stale, "Contact: <");
            sx_buf_slice(stale, contact.uri);
            SX_BUF_LIT(stale, ">;expires=0\r\n");
        }
        any = true;
        if (expires > best) best = expires;
    }
    if (exact) return granted ? granted : asked;
    sx_buf_reset(stale); /* ours was rewritten on the way: none of them may be removed */
    if (any && best) return best;
    uint32_t header;
    return sip_number(m, SIP_HDR_EXPIRES, UINT32_MAX, &header) == SX_OK && header ? header : asked;
}

static void release_flow(ua_account *acc) {
    if (acc->held && acc->agent->stack) stack_flow_release(acc->agent->stack, &acc->flow, acc->hold_ms);
    acc->held = false;
}

static void hold_flow(ua_account *acc, const stack_flow *flow) {
    if (acc->held && stack_flow_eq(&acc->flow, flow)) return;
    release_flow(acc);
    acc->flow = *flow;
    acc->hold_ms = (uint32_t)acc->agent->opt.keepalive_s * 1000;
    acc->held = stack_flow_hold(acc->agent->stack, flow, acc->hold_ms) == SX_OK;
}

static void fill_ok(ua_account *acc, const stack_event *ev, reg_input *in) {
    sx_slice sent = stack_request_contact(ev->request);
    sx_buf stale;
    sx_buf_init(&stale);
    bool tried = acc->stale != NULL;
    free(acc->stale);
    acc->stale = NULL;
    in->type = REG_IN_OK;
    in->granted_s = read_bindings(acc, ev->msg, sent, acc->reg.expires_s, &stale);
    in->repeat = ev->contact_changed;
    if (stale.n && !stale.failed && !tried && !in->repeat) { /* once: a registrar may insist on keeping them */
        acc->stale = sx_buf_detach(&stale);
        in->repeat = acc->stale != NULL;
    }
    sx_buf_free(&stale);
    if (sent.n) {
        char *bound = sx_strdup(sent);
        if (bound) {
            free(acc->bound);
            acc->bound = bound;
        }
    }
    stack_flow flow = stack_request_flow(ev->request);
    if (!flow.id) flow = ev->flow;
    hold_flow(acc, &flow);
    ua_account_add_source(acc, &flow.remote);
}

static void fill_refused(const stack_event *ev, reg_input *in) {
    in->type = REG_IN_REFUSED;
    in->status = ev->status;
    in->code = ev->code;
    if (!ev->msg) return;
    sip_number(ev->msg, SIP_HDR_MIN_EXPIRES, 86400 * 30, &in->min_expires_s);
    sip_retry_after after;
    sx_slice value = sip_value(ev->msg, SIP_HDR_RETRY_AFTER);
    if (value.n && sip_retry_after_read(value, &after) == SX_OK) in->retry_after_s = after.seconds;
}

/* ---- carrying out ---- */

static void tell(ua_account *acc, const reg_action *act, const stack_event *ev) {
    static const ua_event_type types[] = {0, UA_EV_REGISTERED, UA_EV_REGISTRATION_DEGRADED, UA_EV_UNREGISTERED,
                                          UA_EV_REGISTRATION_FAILED};
    ua_event out = ua_event_of(types[act->news]);
    out.account = acc;
    out.retry_ms = act->retry_ms;
    if (act->refresh) out.flags |= UA_FLAG_REFRESH;
    if (act->news == REG_REGISTERED) out.expires = acc->reg.granted_s > INT32_MAX ? INT32_MAX : (int)acc->reg.granted_s;
    if (act->news == REG_UNREGISTERED) out.cause = UA_CAUSE_TERMINATED;
    if (ev) {
        out.status = ev->status;
        out.code = ev->code;
        out.text = sx_slice_str(ev->text);
        out.msg = ev->msg;
        if (ev->msg) out.reason = ev->msg->reason;
        if (ev->code || ev->status >= 300) out.cause = ua_cause_of_code(ev->code, ev->status);
    }
    ua_emit(acc->agent, &out);
}

static void tell_local(ua_account *acc, const reg_action *act, int code) {
    stack_event ev = {.type = STACK_EV_FINAL, .code = code, .text = sx_error_text(code)};
    tell(acc, act, &ev);
}

/* What the machine said; `ev` is what it was about, if it came from the network. api: called by the app, so that
 * nothing may be emitted from here. */
static int carry_out(ua_account *acc, const reg_input *in, const stack_event *ev, bool api) {
    reg_action act[REG_MAX_ACTIONS];
    int n = reg_step(&acc->reg, in, ua_now(acc->agent), act);
    int rc = SX_OK;
    for (int i = 0; i < n; i++) {
        switch (act[i].type) {
        case REG_SEND: rc = send_register(acc, act[i].expires_s, act[i].all); break;
        case REG_CANCEL:
            if (acc->request) stack_request_abandon(acc->request);
            acc->request = NULL;
            break;
        case REG_TIMER:
            if (act[i].at_ms) {
                sx_timer_start(acc->agent->wheel, &acc->timer, act[i].at_ms);
            } else {
                sx_timer_stop(acc->agent->wheel, &acc->timer);
            }
            break;
        case REG_TELL:
            if (act[i].news == REG_UNREGISTERED || (act[i].news == REG_FAILED && act[i].retry_ms < 0)) {
                release_flow(acc);
                acc->flow = (stack_flow){0};
                free(acc->bound);
                acc->bound = NULL;
            }
            if (api) {
                acc->pending |= UA_ACC_UNREGISTERED; /* the one piece of news that an app's request can bring at once */
                sx_runq_post(acc->agent->runq, &acc->task);
            } else if (ev) {
                tell(acc, &act[i], ev);
            } else {
                tell_local(acc, &act[i], in->code);
            }
            break;
        }
    }
    return rc;
}

int ua_register_step(ua_account *acc, const reg_input *in, bool api) {
    reg_machine before = acc->reg;
    int rc = carry_out(acc, in, NULL, api);
    if (rc == SX_OK) return SX_OK;
    if (api && in->type == REG_IN_REGISTER) { /* refused at once: as it was */
        acc->reg = before;
        return rc;
    }
    reg_input failed = {.type = REG_IN_REFUSED, .status = 0, .code = rc, .random = sx_rand_u32()};
    if (api) {
        acc->reg.state = REG_IDLE;
        acc->reg.granted = acc->reg.known = false;
        acc->pending |= UA_ACC_UNREGISTERED;
        sx_runq_post(acc->agent->runq, &acc->task);
        return SX_OK;
    }
    carry_out(acc, &failed, NULL, false);
    return rc;
}

static void on_answer(void *ctx, const stack_event *ev) {
    ua_account *acc = ev->user;
    (void)ctx;
    if (ev->type != STACK_EV_FINAL) return;
    reg_input in = {.random = sx_rand_u32()};
    bool ok = ev->msg && ev->status >= 200 && ev->status < 300;
    bool removing = acc->reg.state == REG_REMOVING;
    if (ok && !removing) {
        fill_ok(acc, ev, &in);
    } else if (ok) {
        in.type = REG_IN_OK;
    } else {
        fill_refused(ev, &in);
    }
    acc->request = NULL;
    int rc = carry_out(acc, &in, ev, false);
    if (rc != SX_OK) {
        reg_input failed = {.type = REG_IN_REFUSED, .code = rc, .random = sx_rand_u32()};
        carry_out(acc, &failed, NULL, false);
    }
    if (acc->closing) ua_account_progress(acc);
    ua_agent_progress(acc->agent);
}

void ua_account_flow_lost(ua_account *acc, const stack_event *ev) {
    if (!acc->flow.id || acc->flow.id != ev->flow.id) return;
    acc->held = false; /* it is gone, and the hold with it */
    acc->flow = (stack_flow){0};
    if (acc->closing) return;
    reg_input in = {.type = REG_IN_FLOW_LOST, .code = ev->code ? ev->code : SX_E_TRANSPORT, .random = sx_rand_u32()};
    stack_event about = *ev;
    about.code = in.code;
    about.status = 0;
    about.msg = NULL;
    if (carry_out(acc, &in, &about, false) == SX_OK) return;
    reg_input failed = {.type = REG_IN_REFUSED, .code = SX_E_NOMEM, .random = sx_rand_u32()};
    carry_out(acc, &failed, NULL, false);
}

void ua_register_stop(ua_account *acc) {
    if (acc->request) stack_request_abandon(acc->request);
    acc->request = NULL;
    sx_timer_stop(acc->agent->wheel, &acc->timer);
    release_flow(acc);
    acc->reg.state = REG_IDLE;
    acc->reg.granted = acc->reg.known = false;
}
