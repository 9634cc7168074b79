/* Accounts: who we are towards a server, and the ways its requests take. */
#include <stdlib.h>

#include "sip/lex.h"
#include "ua/internal.h"

/* ---- life ---- */

static void free_account(sx_grave *g) {
    ua_account *acc = SX_CONTAINER(g, ua_account, grave);
    for (size_t i = 0; i < acc->nregs; i++) {
        free(acc->regs[i].bound);
        free(acc->regs[i].stale);
        free(acc->regs[i].service_route);
    }
    free(acc->own);
    free(acc->pub_gruu);
    free(acc->temp_gruu);
    ua_account_forget(acc);
    free(acc);
}

/* Takes it out of everything; what is left is memory. */
static void detach(ua_account *acc) {
    ua_agent *a = acc->agent;
    for (size_t i = 0; i < acc->nregs; i++) ua_register_stop(&acc->regs[i]);
    ua_qualify_stop(acc);
    sx_runq_cancel(&acc->task);
    sx_list_remove(&acc->in_some);
    ua_account_leave(acc);
    if (!sx_list_is_empty(&acc->node)) {
        sx_htab_remove(&a->by_contact, &acc->by_contact);
        sx_htab_remove(&a->by_user, &acc->by_user);
        sx_sweep_leave(&a->walk.accounts, &acc->node);
        sx_list_remove(&acc->node);
        a->naccounts--;
        if (acc->npeers) a->with_peers--;
    }
}

static void account_task(sx_task *t) {
    ua_account *acc = SX_CONTAINER(t, ua_account, task);
    ua_agent *a = acc->agent;
    unsigned what = acc->pending;
    acc->pending = 0;
    if (what & UA_ACC_UNREGISTERED) {
        ua_event ev = ua_event_of(UA_EV_UNREGISTERED);
        ev.account = acc;
        ev.cause = UA_CAUSE_TERMINATED;
        ua_emit(a, &ev);
    }
    if ((what & UA_ACC_STEP) || acc->closing) ua_account_progress(acc);
    if (!(what & UA_ACC_CLOSED)) return;
    detach(acc);
    ua_event ev = ua_event_of(UA_EV_ACCOUNT_CLOSED);
    ev.account = acc;
    ua_emit(a, &ev);
    ua_message_orphan(a, acc, NULL);
    ua_transfer_orphan(a, acc);
    sx_runq_bury(a->runq, &acc->grave, free_account);
    ua_agent_progress(a);
}

void ua_account_progress(ua_account *acc) {
    if (!acc->closing || (acc->pending & UA_ACC_CLOSED)) return;
    if (acc->ncalls || acc->nevents || ua_register_busy(acc)) return;
    acc->pending |= UA_ACC_CLOSED;
    sx_runq_post(acc->agent->runq, &acc->task);
}

static void reg_timer(sx_timer *t, uint64_t now) {
    ua_reg *r = SX_CONTAINER(t, ua_reg, timer);
    reg_input in = {.type = REG_IN_TIMER, .random = sx_rand_u32()};
    (void)now;
    ua_register_step(r, &in, false);
}

static void init_reg(ua_account *acc, uint8_t index, const ua_account_config *c) {
    ua_reg *r = &acc->regs[index];
    const ua_settings *o = &acc->agent->opt;
    r->acc = acc;
    r->index = index;
    sx_list_init(&r->waiting);
    sx_list_init(&r->in_flow);
    sx_list_init(&r->in_news);
    sx_timer_init(&r->timer, reg_timer);
    reg_init(&r->m, c->expires > 0 ? (uint32_t)c->expires : 600, (uint32_t)o->register_min_retry_ms,
             (uint32_t)o->flow_retry_base_s, (uint32_t)o->flow_retry_max_s);
    sx_rand_token(r->call_id, sizeof r->call_id - 1);
    r->cseq = sx_rand_below(1000) + 1;
}

int ua_account_create(ua_agent *a, const ua_account_config *config, uint64_t id, ua_account **out) {
    if (!config->aor || !*config->aor) return sx_fail(SX_E_INVALID, "aor is required");
    if (config->flows < 0 || config->flows > UA_MAX_FLOWS) return sx_fail(SX_E_INVALID, "flows is 1 or 2");
    if (a->shutting) return sx_fail(SX_E_CLOSED, "the agent is shutting down");
    size_t nregs = config->flows == 2 && config->outbound ? 2 : 1;
    ua_account *acc = calloc(1, sizeof *acc + nregs * sizeof(ua_reg));
    if (!acc) return sx_fail(SX_E_NOMEM, "no memory for the account");
    acc->agent = a;
    acc->id = id;
    acc->nregs = (uint8_t)nregs;
    sx_list_init(&acc->node);
    sx_list_init(&acc->calls);
    sx_list_init(&acc->in_some);
    sx_sweep_init(&acc->walk, &acc->calls);
    ua_qualify_init(acc);
    sx_task_init(&acc->task, account_task);
    for (size_t i = 0; i < nregs; i++) init_reg(acc, (uint8_t)i, config);
    int rc = ua_account_read(acc, config);
    if (rc != SX_OK) {
        free_account(&acc->grave);
        return rc;
    }
    if (!sx_htab_insert(&a->by_contact, &acc->by_contact, sx_hash_of(acc->contact_user))) {
        free_account(&acc->grave);
        return sx_fail(SX_E_NOMEM, "no memory for the account");
    }
    if (!sx_htab_insert(&a->by_user, &acc->by_user, sx_hash_of(acc->user))) {
        sx_htab_remove(&a->by_contact, &acc->by_contact);
        free_account(&acc->grave);
        return sx_fail(SX_E_NOMEM, "no memory for the account");
    }
    sx_list_append(&a->accounts, &acc->node);
    sx_sweep_joined(&a->walk.accounts);
    a->naccounts++;
    if (acc->npeers) a->with_peers++;
    ua_qualify_start(acc);
    *out = acc;
    return SX_OK;
}

uint64_t ua_account_id(const ua_account *acc) { return acc->id; }

/* The first registration; the second follows when the registrar turns out to keep flows (RFC 5626 4.2.1). */
int ua_account_register(ua_account *acc) {
    if (acc->closing || acc->agent->shutting) return sx_fail(SX_E_STATE, "the account is being closed");
    acc->no_outbound = false; /* the way may be another one by now */
    reg_input in = {.type = REG_IN_REGISTER, .random = sx_rand_u32()};
    int rc = ua_register_step(&acc->regs[0], &in, true);
    for (size_t i = 1; i < acc->nregs && rc == SX_OK; i++) {
        if (acc->regs[i].m.state != REG_IDLE) ua_register_step(&acc->regs[i], &in, true);
    }
    return rc;
}

static int unregister(ua_account *acc, bool all) {
    reg_input in = {.type = REG_IN_UNREGISTER, .all = all};
    int rc = SX_OK;
    for (size_t i = acc->nregs; i-- > 0;) {
        ua_reg *r = &acc->regs[i];
        bool idle = r->m.state == REG_IDLE && !r->m.granted;
        if (i ? all || idle : idle && !all && ua_register_busy(acc)) {
            ua_register_stop(r); /* the star of the first takes it along; or there is nothing to remove */
        } else if ((rc = ua_register_step(r, &in, true)) != SX_OK) {
            return rc;
        }
    }
    return rc;
}

int ua_account_unregister(ua_account *acc, bool all) {
    if (acc->closing) return sx_fail(SX_E_STATE, "the account is being closed");
    return unregister(acc, all);
}

int ua_account_set_token(ua_account *acc, const char *token) {
    sx_slice text = sx_slice_str(token);
    if (acc->closing) return sx_fail(SX_E_STATE, "the account is being closed");
    if (!acc->auth && !text.n) return SX_OK;
    if (!acc->auth && !(acc->auth = stack_auth_create_in(acc->agent->auth_pool, acc->host)))
        return sx_fail(SX_E_NOMEM, "no memory for the credentials");
    return stack_auth_set_token(acc->auth, text);
}

static bool is_registered(const ua_account *acc) {
    for (size_t i = 0; i < acc->nregs; i++) {
        if (acc->regs[i].m.granted || acc->regs[i].m.state == REG_TRYING) return true;
    }
    return false;
}

int ua_account_close(ua_account *acc) {
    if (acc->closing) return SX_OK;
    if (is_registered(acc)) {
        unregister(acc, false);
    } else if (!ua_register_busy(acc)) {
        for (size_t i = 0; i < acc->nregs; i++) ua_register_stop(&acc->regs[i]);
    }
    acc->closing = true;
    ua_qualify_stop(acc);
    if (acc->nevents) ua_events_look(acc->agent);
    SX_LIST_EACH(it, tmp, &acc->agent->calls) {
        ua_call *call = ua_call_of_node(it);
        if (ua_call_account(call) == acc) ua_call_hangup(call, NULL);
    }
    acc->pending |= UA_ACC_STEP;
    sx_runq_post(acc->agent->runq, &acc->task);
    return SX_OK;
}

void ua_account_destroy_all(ua_agent *a) {
    for (sx_list *n; (n = sx_list_first(&a->accounts)) != NULL;) {
        ua_account *acc = SX_CONTAINER(n, ua_account, node);
        for (size_t i = 0; i < acc->nregs; i++) { /* died with the stack */
            acc->regs[i].request = NULL;
        }
        acc->qualifying = NULL;
        detach(acc);
        sx_runq_bury(a->runq, &acc->grave, free_account);
    }
}

/* ---- which way its requests go ---- */

/* Is this URI in the account's own domain? */
static bool is_own_domain(const ua_account *acc, sx_slice uri) {
    sip_uri u;
    return sip_uri_parse(uri, &u) == SX_OK && sx_ieq(u.host, acc->host);
}

/* The registration whose flow requests take: one that works, else one that should. */
static const ua_reg *reg_of_choice(const ua_account *acc) {
    const ua_reg *best = &acc->regs[0];
    for (size_t i = 0; i < acc->nregs; i++) {
        const ua_reg *r = &acc->regs[i];
        if (!r->m.granted) continue;
        if (r->flow && stack_flow_alive(acc->agent->stack, &r->flow->at)) return r;
        if (!best->m.granted) best = r;
    }
    return best;
}

stack_flow ua_account_flow(const ua_account *acc) { return ua_flow_of(reg_of_choice(acc)); }

bool ua_account_recovers(const ua_account *acc) {
    const ua_reg *r = reg_of_choice(acc);
    return r->m.granted && !r->flow;
}

static bool same_server(sx_slice route, sx_slice other) {
    sip_addr a, b;
    sip_uri u, v;
    return sip_addr_read(route, &a) == SX_OK && sip_addr_read(other, &b) == SX_OK &&
           sip_uri_parse(a.uri, &u) == SX_OK && sip_uri_parse(b.uri, &v) == SX_OK && sx_ieq(u.host, v.host) &&
           u.port == v.port;
}

/* Behind the outbound proxy comes what the registrar said (RFC 3608 6.1); it often names that proxy itself. */
static void add_service_route(const ua_reg *r, ua_way *out) {
    const char *p = r->service_route;
    for (size_t i = 0; i < r->nservice && out->nroutes < UA_MAX_ROUTES; i++, p += strlen(p) + 1) {
        sx_slice one = sx_slice_str(p);
        if (i == 0 && out->nroutes && same_server(out->routes[0], one)) continue;
        out->routes[out->nroutes++] = one;
    }
}

static void fill_contact(const ua_account *acc, const ua_reg *r, ua_way *out) {
    out->contact.user = acc->contact_user;
    out->contact.secure = acc->secure;
    out->contact.host = acc->advertise_host;
    out->contact.port = acc->advertise_port;
    out->contact.fixed = !acc->contact_rewrite;
    if (!r || !r->m.granted) return;
    if (acc->gruu && acc->gruu_contact && acc->pub_gruu) {
        out->contact.uri = sx_slice_str(acc->pub_gruu); /* RFC 5627 4.4.1 */
    } else if (r->m.outbound) {
        out->contact.uri_params = SX_LIT(";ob"); /* RFC 5626 4.3 */
    }
}

static void fill_common(const ua_account *acc, ua_way *out) {
    out->auth = acc->auth;
    out->tls = acc->tls;
    out->ws_headers = acc->ws_lines;
}

static void fill_hop(const ua_hop *hop, ua_way *out) {
    if (hop->route.n) out->routes[out->nroutes++] = hop->route;
    out->next_hop = hop->uri;
}

/* The others come after it, should it fail. */
static void fill_hops(const ua_account *acc, size_t first, ua_way *out) {
    for (size_t i = 0; acc->nhops > 1 && i < acc->nhops; i++) {
        const ua_hop *hop = &acc->hops[(first + i) % acc->nhops];
        sx_slice uri = hop->uri;
        sip_addr a;
        if (!uri.n && sip_addr_read(hop->route, &a) == SX_OK) uri = a.uri;
        if (!uri.n) continue;
        out->hops[out->nhops] = uri;
        out->hop_routes[out->nhops++] = hop->route;
    }
}

void ua_way_take(const ua_way *way, stack_request_params *p) {
    p->routes = way->routes;
    p->nroutes = way->nroutes;
    p->next_hop = way->next_hop;
    p->hops = way->hops;
    p->nhops = way->nhops;
    p->hop_routes = way->hop_routes;
    p->prefer = way->prefer;
    p->outbound = way->outbound;
    p->tls = way->tls;
    p->ws_headers = way->ws_headers;
    p->contact = &way->contact;
    p->auth = way->auth;
}

dlg_params ua_way_dialog(const ua_way *way, stack_sink sink, void *user) {
    return (dlg_params){.contact = &way->contact,
                        .auth = way->auth,
                        .tls = way->tls,
                        .ws_headers = way->ws_headers,
                        .sink = sink,
                        .user = user};
}

void ua_way_of(ua_agent *a, ua_account *acc, sx_slice uri, ua_way *out) {
    memset(out, 0, sizeof *out);
    if (!acc) {
        out->contact.user = sx_slice_of(a->contact_user, UA_TOKEN);
        return;
    }
    const ua_reg *r = reg_of_choice(acc);
    bool own = is_own_domain(acc, uri), routed;
    fill_contact(acc, r, out);
    fill_common(acc, out);
    if (acc->proxied || (own && acc->named_hop)) fill_hop(&acc->hops[r->hop], out);
    if (acc->proxied) fill_hops(acc, r->hop, out);
    if (r->m.granted) add_service_route(r, out);
    routed = r->m.granted && r->nservice && r->m.outbound;
    out->outbound = r->m.granted && r->m.outbound;
    if (!acc->proxied && r->m.granted && r->nservice) out->next_hop = sx_slice_empty(); /* its first one is the hop */
    bool flow = r->m.granted && r->flow && (acc->sticky || r->m.outbound);
    if (flow && (acc->proxied || routed || (own && !r->nservice))) out->prefer = r->flow->at;
}

void ua_register_way(const ua_reg *r, ua_way *out) {
    const ua_account *acc = r->acc;
    memset(out, 0, sizeof *out);
    fill_contact(acc, NULL, out);
    fill_common(acc, out);
    out->contact.uri_params = acc->uri_params;
    if (acc->proxied || acc->named_hop) fill_hop(&acc->hops[r->hop], out);
    out->prefer = ua_flow_of(r);
}
