/* Birth, settings and death of a stack. */
#include "stack/stack.h"

#include <stdlib.h>

#include "stack/internal.h"

static uint32_t or_default(uint32_t v, uint32_t d) { return v ? v : d; }

static void fill_config(stack_config *c) {
    c->t1_ms = or_default(c->t1_ms, 500);
    c->t2_ms = or_default(c->t2_ms, 4000);
    c->t4_ms = or_default(c->t4_ms, 5000);
    if (!c->timeout_ms) c->timeout_ms = c->t1_ms > UINT32_MAX / 64 ? UINT32_MAX : 64 * c->t1_ms;
    c->udp_to_tcp_threshold = or_default(c->udp_to_tcp_threshold, 1300);
    c->tcp_try_ms = or_default(c->tcp_try_ms, 1000);
    c->no_tcp_ms = or_default(c->no_tcp_ms, 600000);
    c->connect_ms = or_default(c->connect_ms, 10000);
    c->idle_ms = or_default(c->idle_ms, 120000);
    c->pong_ms = or_default(c->pong_ms, 10000);
    c->max_message = or_default(c->max_message, SIP_MAX_MESSAGE);
    c->max_connections = or_default(c->max_connections, 10000);
    c->max_connections_per_source = or_default(c->max_connections_per_source, 1000);
    c->handshake_ms = or_default(c->handshake_ms, 10000);
    c->conn_queue_bytes = or_default(c->conn_queue_bytes, 1 << 20);
    c->slow_ms = or_default(c->slow_ms, 30000);
    c->penalty_ms = or_default(c->penalty_ms, 30000);
    c->dns_timeout_ms = or_default(c->dns_timeout_ms, 5000);
    c->max_transactions = or_default(c->max_transactions, 100000);
    c->max_early_dialogs = or_default(c->max_early_dialogs, 32);
}

static void init_lists(stack *s) {
    sx_list_init(&s->notes);
    sx_list_init(&s->spare_notes);
    sx_list_init(&s->listeners);
    sx_list_init(&s->conns);
    sx_sweep_init(&s->conn_sweep, &s->conns);
    sx_list_init(&s->requests);
    sx_list_init(&s->dialogs);
    sx_list_init(&s->resolves);
    sx_list_init(&s->shots);
    sx_htab_init(&s->paths);
    sx_htab_init(&s->conns_by_key);
    sx_htab_init(&s->conn_sources);
    sx_htab_init(&s->server_txs);
    sx_htab_init(&s->merged);
    sx_htab_init(&s->client_txs);
    sx_htab_init(&s->client_txs_by_flow);
    sx_htab_init(&s->dialogs_by_id);
    sx_htab_init(&s->expects);
    sx_htab_init(&s->peers);
    sx_buf_init(&s->out);
    sx_task_init(&s->task, stack_run_notes);
}

stack *stack_create(net_loop *loop, const stack_config *cfg, stack_sink sink) {
    stack *s = calloc(1, sizeof *s);
    if (!s) {
        sx_fail(SX_E_NOMEM, "no memory for a stack");
        return NULL;
    }
    if (cfg) s->cfg = *cfg;
    fill_config(&s->cfg);
    s->loop = loop;
    s->wheel = net_loop_wheel(loop);
    s->runq = net_loop_runq(loop);
    s->log = s->cfg.log;
    s->sink = sink;
    s->timing.t1 = s->cfg.t1_ms;
    s->timing.t2 = s->cfg.t2_ms;
    s->timing.t4 = s->cfg.t4_ms;
    s->timing.timeout = s->cfg.timeout_ms;
    init_lists(s);
    const char *agent = s->cfg.user_agent ? s->cfg.user_agent : "libsipua";
    s->user_agent = sx_strdup(sx_slice_str(agent));
    s->cfg.user_agent = s->user_agent;
    if (s->cfg.dns_servers) s->dns_servers = sx_strdup(sx_slice_str(s->cfg.dns_servers));
    net_tls_ref(s->cfg.tls);
    bool failed = !s->user_agent || (s->cfg.dns_servers && !s->dns_servers);
    s->cfg.dns_servers = s->dns_servers;
    if (failed || !sip_is_header_value(sx_slice_str(agent))) {
        net_tls_unref(s->cfg.tls);
        free(s->user_agent);
        free(s->dns_servers);
        free(s);
        sx_fail(failed ? SX_E_NOMEM : SX_E_HEADER, failed ? "no memory for a stack" : "user_agent holds a line break");
        return NULL;
    }
    return s;
}

static void free_notes(stack *s, sx_list *l) {
    sx_list *n;
    while ((n = sx_list_pop(l)) != NULL) {
        stack_note *note = SX_CONTAINER(n, stack_note, in_stack);
        sx_list_remove(&note->in_owner);
        sip_msg_unref(note->kept);
        free(note->copy);
        free(note);
    }
    s->nnotes = 0;
}

static void free_stack(sx_grave *g) {
    stack *s = SX_CONTAINER(g, stack, grave);
    if (s->cut_off) {
        sip_msg_unref(s->cut_off->kept);
        free(s->cut_off->copy);
        free(s->cut_off);
    }
    sx_list_init(&s->notes);
    free_notes(s, &s->spare_notes);
    sx_htab_free(&s->paths);
    sx_htab_free(&s->conns_by_key);
    sx_htab_free(&s->conn_sources);
    sx_htab_free(&s->server_txs);
    sx_htab_free(&s->merged);
    sx_htab_free(&s->client_txs);
    sx_htab_free(&s->client_txs_by_flow);
    sx_htab_free(&s->dialogs_by_id);
    sx_htab_free(&s->expects);
    sx_htab_free(&s->peers);
    sx_buf_free(&s->out);
    net_tls_unref(s->cfg.tls);
    free(s->no_tcp);
    free(s->penalties);
    free(s->user_agent);
    free(s->dns_servers);
    free(s);
}

void stack_destroy(stack *s) {
    if (!s) return;
    s->closing = true;
    /* Owners first, then what they use. Nothing of this sends or reports. */
    stack_close_requests(s);
    stack_close_shots(s);
    stack_close_dialogs(s);
    stack_close_expects(s);
    stack_close_txs(s);
    stack_close_ctxs(s);
    stack_close_resolves(s);
    stack_close_peers(s);
    stack_close_conns(s);
    stack_close_listeners(s);
    net_dns_destroy(s->dns);
    sx_runq_cancel(&s->task);
    if (s->delivering) {
        s->cut_off = s->delivering;
        sx_list_remove(&s->cut_off->in_owner);
        s->delivering = NULL;
    }
    free_notes(s, &s->notes);
    /* The objects buried above lie on top of the graveyard's heap or below it: none of them looks at s any more. */
    sx_runq_bury(s->runq, &s->grave, free_stack);
}

net_loop *stack_loop(stack *s) { return s->loop; }

const stack_config *stack_settings(const stack *s) { return &s->cfg; }

void stack_set_trace(stack *s, bool on) { s->cfg.trace = on; }

void stack_set_timing(stack *s, uint32_t t1_ms, uint32_t t2_ms, uint32_t t4_ms, uint32_t udp_to_tcp_threshold) {
    s->cfg.t1_ms = s->timing.t1 = t1_ms;
    s->cfg.t2_ms = s->timing.t2 = t2_ms;
    s->cfg.t4_ms = s->timing.t4 = t4_ms;
    s->cfg.timeout_ms = s->timing.timeout = 64 * t1_ms;
    s->cfg.udp_to_tcp_threshold = udp_to_tcp_threshold;
}

static void set_if(uint32_t *to, uint32_t v) {
    if (v) *to = v;
}

void stack_set_limits(stack *s, const stack_config *c) {
    set_if(&s->cfg.max_connections, c->max_connections);
    set_if(&s->cfg.max_connections_per_source, c->max_connections_per_source);
    set_if(&s->cfg.handshake_ms, c->handshake_ms);
    set_if(&s->cfg.conn_queue_bytes, c->conn_queue_bytes);
    set_if(&s->cfg.slow_ms, c->slow_ms);
    set_if(&s->cfg.penalty_ms, c->penalty_ms);
    set_if(&s->cfg.dns_timeout_ms, c->dns_timeout_ms);
}

void stack_refuse(stack *s, int invite_status, int other_status, uint32_t retry_after_s) {
    s->refuse_invite = invite_status;
    s->refuse_other = other_status;
    s->refuse_after = retry_after_s;
}

void stack_get_stats(const stack *s, stack_stats *out) {
    *out = s->stats;
    out->server_transactions = (uint32_t)s->server_txs.count;
    out->client_transactions = (uint32_t)s->client_txs.count;
    uint32_t n = 0;
    for (const sx_list *l = s->requests.next; l != &s->requests; l = l->next) n++;
    out->requests = n;
    out->dialogs = (uint32_t)s->dialogs_by_id.count;
    out->connections = (uint32_t)s->nconns;
    for (const sx_list *l = s->listeners.next; l != &s->listeners; l = l->next) {
        const net_listener *tcp = SX_CONTAINER(l, stack_listener, link)->tcp;
        if (tcp) out->conns_refused += net_listener_refused(tcp);
    }
}

void stack_bury(stack *s, sx_grave *g, void (*fn)(sx_grave *)) { sx_runq_bury(s->runq, g, fn); }

bool stack_flow_eq(const stack_flow *a, const stack_flow *b) {
    return a->id == b->id && (a->transport != STACK_UDP || net_addr_eq(&a->remote, &b->remote));
}
