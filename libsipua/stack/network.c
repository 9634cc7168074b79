/* Another network under our feet: what was true of the old one is forgotten. */
#include "stack/internal.h"

#define SX_MODULE "network"

enum { CONNS_A_STEP = 32 /* one costs 5 us, and 30 if it is closed */ };

net_addr stack_flow_local(stack *s, const stack_flow *f) {
    stack_path *p = stack_path_find(s, f->id);
    if (!p) return net_addr_none();
    if (p->kind == STACK_PATH_CONN) return SX_CONTAINER(p, stack_conn, path)->local;
    const stack_listener *l = SX_CONTAINER(p, stack_listener, path);
    if (!net_addr_is_any(&l->local)) return l->local;
    net_addr a = stack_source_for(s, &f->remote);
    if (net_addr_is_set(&a)) net_addr_set_port(&a, net_addr_port(&l->local));
    return a;
}

/* The address that the default route leaves from (RFC 5737 and 3849: to where nobody is; nothing is sent). */
static bool successor(bool v6, net_addr *out) {
    net_addr far;
    net_addr_parse_host(&far, v6 ? SX_LIT("2001:db8::1") : SX_LIT("192.0.2.1"), 9);
    return net_addr_source_for(&far, out) == SX_OK && !net_addr_is_loopback(out);
}

static void follow(stack_listener *l) {
    stack *s = l->s;
    net_addr to;
    char was[NET_ADDR_TEXT], is[NET_ADDR_TEXT];
    if (l->role != STACK_ROLE_UA || net_addr_is_any(&l->local) || net_addr_is_ours(&l->local)) return;
    if (!successor(net_addr_is_v6(&l->local), &to)) return; /* when the old one comes back, the socket is still there */
    net_addr_text(&l->local, was);
    net_addr_set_port(&to, net_addr_port(&l->local));
    int rc = stack_listener_rebind(l, &to);
    if (rc == SX_E_IN_USE) {
        net_addr_set_port(&to, 0);
        rc = stack_listener_rebind(l, &to);
    }
    if (rc != SX_OK) {
        SX_LOG(s->log, SX_LOG_WARNING, "%s has gone, and a listener could not follow: %s", was, sx_last_error_text());
        return;
    }
    SX_LOG(s->log, SX_LOG_INFO, "%s has gone: listening on %s", was, net_addr_text(&l->local, is));
    stack_listener_report(l, STACK_EV_LISTENING, SX_OK, "");
}

/* ours: the answer for the address that was asked about last; few have many. */
static void check_conn(stack_conn *c, net_addr *ours) {
    if (!c->connected) return; /* its own timeout, or the system, ends it if it has to end */
    bool known = net_addr_is_set(ours) && net_addr_eq_host(ours, &c->local);
    if (!known && !net_addr_is_ours(&c->local)) {
        stack_conn_close(c, SX_E_TRANSPORT, "our address has gone");
        return;
    }
    *ours = c->local;
    net_addr now = stack_source_for(c->s, &c->remote);
    if (!net_addr_is_set(&now) || !net_addr_eq_host(&now, &c->local)) stack_conn_ping(c);
}

bool stack_network_step(stack *s) {
    net_addr ours = net_addr_none();
    sx_list *n;
    for (int i = 0; i < CONNS_A_STEP && (n = sx_sweep_next(&s->conn_sweep)) != NULL; i++)
        check_conn(SX_CONTAINER(n, stack_conn, link), &ours);
    return sx_sweep_is_on(&s->conn_sweep);
}

void stack_network_changed(stack *s) {
    memset(s->sources, 0, sizeof s->sources);
    if (s->no_tcp) memset(s->no_tcp, 0, STACK_NO_TCP_SLOTS * sizeof *s->no_tcp);
    s->network++; /* what peers saw of us was the translation of an address that we may not use any more */
    stack_resolve_flush(s);
    SX_LIST_EACH(n, tmp, &s->listeners) follow(SX_CONTAINER(n, stack_listener, link));
    sx_sweep_start(&s->conn_sweep, s->nconns);
}
