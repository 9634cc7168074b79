/* What the answers to REGISTER say: bindings, routes, GRUUs, timers. */
#include <stdlib.h>

#include "sip/lex.h"
#include "ua/internal.h"

/* ---- the flow that is kept open ---- */

/* Flow-Timer is the registrar's word on how often (RFC 5626 4.4). */
static void keep_flow(ua_reg *r, const stack_flow *flow, uint32_t timer_s) {
    ua_agent *a = r->acc->agent;
    uint32_t ms = timer_s ? timer_s * 1000 : (uint32_t)a->opt.keepalive_s * 1000;
    if (!a->opt.keepalive_s) ms = 0; /* switched off */
    ua_flow_join(r, flow, ms);
    if (!r->flow) return;
    r->local = stack_flow_local(a->stack, flow);
    if (ms && r->acc->outbound && !r->acc->no_outbound) stack_flow_stun(a->stack, flow);
}

/* ---- bindings ---- */

static bool is_this_flow(const ua_reg *r, const sip_addr *contact) {
    sx_slice id;
    uint64_t n;
    if (!sip_param_get(contact->params, SX_LIT("reg-id"), &id)) return true;
    return !sx_to_u64(id, UINT32_MAX, &n) || n == r->index + 1u;
}

static bool is_ours(const ua_reg *r, const sip_addr *contact, sip_uri *uri) {
    if (contact->star || sip_uri_parse(contact->uri, uri) != SX_OK || !is_this_flow(r, contact)) return false;
    if (sx_eq(uri->user, r->acc->contact_user)) return true; /* wherever it points: NATs rewrite */
    sx_slice instance;
    if (!sip_param_get(contact->params, SX_LIT("+sip.instance"), &instance)) return false;
    if (instance.n > 2 && instance.p[0] == '<') instance = sx_slice_of(instance.p + 1, instance.n - 2);
    return sx_ieq(instance, r->acc->instance);
}

/* The Contact of our other flow carries the same user: it is no ghost. */
static bool is_sibling(const ua_reg *r, const sip_addr *contact) {
    for (size_t i = 0; i < r->acc->nregs; i++) {
        const ua_reg *other = &r->acc->regs[i];
        if (other != r && other->bound && sx_eq(sx_slice_str(other->bound), contact->uri)) return true;
    }
    return false;
}

/* A GRUU that is one: it goes into our Contact as it is. */
static void take_gruu(char **to, const sip_addr *contact, sx_slice name) {
    sx_slice value;
    sip_uri u;
    if (!sip_param_get(contact->params, name, &value) || !value.n || value.n > 512) return;
    bool good = sip_is_header_value(value) && sx_find(value, '<') < 0 && sx_find(value, '>') < 0 &&
                sip_uri_parse(value, &u) == SX_OK && sip_uri_check(&u) == SX_OK &&
                sip_uri_param(&u, SX_LIT("gr"), NULL) && (u.scheme == SIP_SCHEME_SIP || u.scheme == SIP_SCHEME_SIPS);
    if (!good || (*to && sx_eq(sx_slice_str(*to), value))) return;
    char *copy = sx_strdup(value);
    if (!copy) return;
    free(*to);
    *to = copy;
}

static void put_removal(sx_slice uri, sx_buf *stale) {
    if (stale->n > 2048) return;
    SX_BUF_LIT(stale, "Contact: <");
    sx_buf_slice(stale, uri);
    SX_BUF_LIT(stale, ">;expires=0\r\n");
}

/* Looks through the bindings listed in a 2xx: what was granted to ours, and what is left of our former addresses. */
static uint32_t read_bindings(ua_reg *r, const sip_msg *m, sx_slice sent, sx_buf *stale) {
    uint32_t asked = r->m.expires_s, granted = 0, best = 0;
    bool exact = false, any = false;
    sip_uri mine, u;
    bool known = sip_uri_parse(sent, &mine) == SX_OK;
    sip_list l;
    sip_addr contact;
    sip_list_begin(&l, m, SIP_HDR_CONTACT);
    while (sip_addr_next(&l, &contact) == 1) {
        if (!is_ours(r, &contact, &u)) continue;
        uint32_t expires = sip_contact_expires(m, &contact, asked);
        bool same =
            known && sx_ieq(u.host, mine.host) && sip_uri_port(&u) == sip_uri_port(&mine) && sx_eq(u.user, mine.user);
        if (same) {
            exact = true;
            granted = expires;
        } else if (known && expires && sx_eq(u.user, mine.user) && !is_sibling(r, &contact)) {
            put_removal(contact.uri, stale);
        }
        if (r->acc->gruu) {
            take_gruu(&r->acc->pub_gruu, &contact, SX_LIT("pub-gruu"));
            take_gruu(&r->acc->temp_gruu, &contact, SX_LIT("temp-gruu"));
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

/* ---- the other headers ---- */

/* RFC 3608: what stands there replaces what stood there before, and nothing means none. */
static void read_service_route(ua_reg *r, const sip_msg *m) {
    sip_list l;
    sip_addr one;
    sx_buf b;
    uint8_t n = 0;
    sx_buf_init(&b);
    sip_list_begin(&l, m, SIP_HDR_SERVICE_ROUTE);
    while (n < UA_MAX_ROUTES && sip_addr_next(&l, &one) == 1) {
        sip_uri u;
        if (one.star || sip_uri_parse(one.uri, &u) != SX_OK || !sip_is_header_value(one.uri)) continue;
        if (sx_find(one.uri, '>') >= 0 || sx_find(one.uri, '<') >= 0) continue;
        sx_buf_char(&b, '<');
        sx_buf_slice(&b, one.uri);
        SX_BUF_LIT(&b, ">");
        sx_buf_char(&b, 0);
        n++;
    }
    char *text = n && !b.failed ? sx_buf_detach(&b) : NULL;
    sx_buf_free(&b);
    if (n && !text) return; /* no memory: what was there is better than nothing */
    free(r->service_route);
    r->service_route = text;
    r->nservice = n;
}

static bool requires_outbound(const sip_msg *m) {
    sip_list l;
    sx_slice tag;
    sip_list_begin(&l, m, SIP_HDR_REQUIRE);
    while (sip_list_next(&l, &tag) == 1) {
        if (sx_ieq(tag, SX_LIT("outbound"))) return true;
    }
    return false;
}

bool ua_register_read_ok(ua_reg *r, const stack_event *ev, reg_input *in) {
    ua_account *acc = r->acc;
    sx_slice sent = stack_request_contact(ev->request);
    sx_buf stale;
    sx_buf_init(&stale);
    bool tried = r->stale != NULL;
    free(r->stale);
    r->stale = NULL;
    in->type = REG_IN_OK;
    r->m.outbound = acc->outbound && !acc->no_outbound && requires_outbound(ev->msg);
    in->granted_s = read_bindings(r, ev->msg, sent, &stale);
    in->repeat = ev->contact_changed;
    if (stale.n && !stale.failed && !tried && !r->m.outbound) { /* once: a registrar may insist on keeping them */
        r->stale = sx_buf_detach(&stale);
        in->repeat = in->repeat || r->stale;
    }
    sx_buf_free(&stale);
    bool elsewhere = r->bound && sent.n && !sx_eq(sx_slice_str(r->bound), sent);
    char *bound = sent.n ? sx_strdup(sent) : NULL;
    if (bound) {
        free(r->bound);
        r->bound = bound;
    }
    read_service_route(r, ev->msg);
    uint32_t timer = 0;
    if (sip_number(ev->msg, SIP_HDR_FLOW_TIMER, 86400, &timer) != SX_OK) timer = 0;
    stack_flow flow = stack_request_flow(ev->request);
    if (!flow.id) flow = ev->flow;
    keep_flow(r, &flow, timer);
    ua_place_add(acc->hops[r->hop].place, &flow.remote);
    r->tried = 0;
    r->paced = false;
    return elsewhere;
}

void ua_register_read_refusal(const stack_event *ev, reg_input *in) {
    in->type = REG_IN_REFUSED;
    in->status = ev->status;
    in->code = ev->code;
    if (!ev->msg) return;
    sip_number(ev->msg, SIP_HDR_MIN_EXPIRES, 86400 * 30, &in->min_expires_s);
    sip_retry_after after;
    sx_slice value = sip_value(ev->msg, SIP_HDR_RETRY_AFTER);
    if (value.n && sip_retry_after_read(value, &after) == SX_OK) in->retry_after_s = after.seconds;
}
