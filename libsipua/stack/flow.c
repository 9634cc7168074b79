/* Flows: sending on them, holding them open, and what the far end told us about them. */
#include <stdlib.h>

#include "base/rand.h"
#include "stack/connection.h"

#define MAX_PEERS 100000

void stack_trace(stack *s, const stack_flow *f, const net_addr *to, const net_addr *local, bool outgoing,
                 sx_slice bytes) {
    stack_event ev = stack_event_of(STACK_EV_TRACE);
    ev.flow = *f;
    ev.transport = f->transport;
    ev.outgoing = outgoing;
    ev.remote = to ? *to : f->remote;
    if (local) ev.local = *local;
    ev.bytes = bytes;
    stack_post(s, NULL, &ev, NULL, NULL);
}

int stack_flow_send(stack *s, const stack_flow *f, const net_addr *to, sx_slice bytes) {
    stack_path *p = stack_path_find(s, f->id);
    if (!p) return sx_fail(SX_E_TRANSPORT, "the flow is gone");
    int rc;
    const net_addr *local;
    if (p->kind == STACK_PATH_LISTENER) {
        stack_listener *l = SX_CONTAINER(p, stack_listener, path);
        if (!l->udp) return sx_fail(SX_E_INVALID, "not a flow");
        local = &l->local;
        rc = net_udp_send(l->udp, to ? to : &f->remote, bytes);
    } else {
        stack_conn *c = SX_CONTAINER(p, stack_conn, path);
        local = &c->local;
        to = &c->remote;
        rc = stack_conn_send(c, bytes);
    }
    if (rc != SX_OK) {
        s->stats.send_failures++;
        return rc;
    }
    s->stats.messages_out++;
    if (s->cfg.trace) stack_trace(s, f, to, local, true, bytes);
    return SX_OK;
}

bool stack_flow_alive(stack *s, const stack_flow *f) {
    stack_path *p = stack_path_find(s, f->id);
    return p && (p->kind == STACK_PATH_CONN) == stack_is_stream(f->transport);
}

bool stack_flow_find(stack *s, uint64_t id, stack_flow *out) {
    const stack_conn *c = stack_conn_find(s, id);
    if (c) *out = stack_conn_flow(c);
    return c != NULL;
}

void stack_flow_close(stack *s, const stack_flow *f) {
    stack_conn *c = stack_conn_find(s, f->id);
    if (c) stack_conn_close(c, SX_OK, "closed by us");
}

/* ---- peers ---- */

stack_peer *stack_peer_find(stack *s, const stack_flow *f) {
    if (!s->peers.count) return NULL;
    for (sx_hnode *n = sx_htab_first(&s->peers, stack_flow_hash(f)); n; n = sx_htab_next(n)) {
        stack_peer *p = SX_CONTAINER(n, stack_peer, by_flow);
        if (stack_flow_eq(&p->flow, f)) return p;
    }
    return NULL;
}

static void on_keepalive(sx_timer *t, uint64_t now);

static stack_peer *peer_get(stack *s, const stack_flow *f) {
    stack_peer *p = stack_peer_find(s, f);
    if (p) return p;
    if (s->peers.count >= MAX_PEERS) return NULL;
    p = calloc(1, sizeof *p);
    if (!p) return NULL;
    p->s = s;
    p->flow = *f;
    sx_timer_init(&p->timer, on_keepalive);
    sx_timer_init(&p->stun_timer, stack_stun_timer);
    if (!sx_htab_insert(&s->peers, &p->by_flow, stack_flow_hash(f))) {
        free(p);
        return NULL;
    }
    return p;
}

void stack_peer_free(stack_peer *p) {
    sx_htab_remove(&p->s->peers, &p->by_flow);
    sx_timer_stop(p->s->wheel, &p->timer);
    sx_timer_stop(p->s->wheel, &p->stun_timer);
    free(p->holds);
    free(p);
}

net_addr stack_peer_learned(stack_peer *p) {
    if (p->network == p->s->network || !net_addr_is_set(&p->learned)) return p->learned;
    net_addr now = stack_source_for(p->s, &p->flow.remote);
    p->network = p->s->network;
    if (!net_addr_eq_host(&now, &p->source)) p->learned = net_addr_none();
    return p->learned;
}

bool stack_peer_is_own(const stack_peer *p, const net_addr *seen) {
    net_addr own = stack_flow_local(p->s, &p->flow);
    return net_addr_eq(&own, seen);
}

/* A private address is no news to who has a public one, and of no use to a public server: a helpful router has
 * rewritten what passed. */
static bool is_worse(stack *s, const stack_flow *f, stack_peer *p, const net_addr *seen) {
    if (!net_addr_is_private(seen)) return false;
    if (!net_addr_is_private(&f->remote)) return true;
    net_addr now = p ? stack_peer_learned(p) : net_addr_none();
    if (!net_addr_is_set(&now)) now = stack_flow_local(s, f);
    return net_addr_is_set(&now) && !net_addr_is_private(&now);
}

bool stack_peer_learn(stack *s, const stack_flow *f, const net_addr *seen, bool as_sent) {
    stack_peer *p = stack_peer_find(s, f);
    if (as_sent) { /* no translation on the way (any more) */
        if (!p || !net_addr_is_set(&p->learned)) return false;
        net_addr was = stack_peer_learned(p);
        p->learned = net_addr_none();
        if (!p->nholds) stack_peer_free(p);
        return net_addr_is_set(&was);
    }
    if (is_worse(s, f, p, seen)) return false;
    if (!p) p = peer_get(s, f);
    net_addr was = p ? stack_peer_learned(p) : net_addr_none();
    if (!p || net_addr_eq(&was, seen)) return false;
    p->learned = *seen;
    p->network = s->network;
    p->source = stack_source_for(s, &f->remote);
    return true;
}

void stack_peers_gone(stack *s, uint64_t listener_id) {
    if (!s->peers.count) return;
    for (size_t i = 0; i < s->peers.nslots; i++) {
        for (sx_hnode *n = s->peers.slots[i], *next; n; n = next) {
            next = n->next;
            stack_peer *p = SX_CONTAINER(n, stack_peer, by_flow);
            if (p->flow.id == listener_id) stack_peer_free(p);
        }
    }
}

void stack_close_peers(stack *s) {
    sx_hnode *n;
    while ((n = sx_htab_any(&s->peers)) != NULL) stack_peer_free(SX_CONTAINER(n, stack_peer, by_flow));
}

/* ---- holds ---- */

static uint32_t shortest(const stack_peer *p) {
    uint32_t best = 0;
    for (size_t i = 0; i < p->nholds; i++) {
        uint32_t ms = p->holds[i].keepalive_ms;
        if (ms && (!best || ms < best)) best = ms;
    }
    return best;
}

static void rearm(stack_peer *p) {
    uint32_t ms = shortest(p);
    if (!ms) {
        sx_timer_stop(p->s->wheel, &p->timer);
        return;
    }
    uint64_t at = stack_now(p->s) + ms - sx_rand_below(ms / 5 + 1); /* RFC 5626 4.4: not all at once */
    if (!sx_timer_running(&p->timer) || p->timer.at_ms > at) sx_timer_start(p->s->wheel, &p->timer, at);
}

static void on_keepalive(sx_timer *t, uint64_t now) {
    stack_peer *p = SX_CONTAINER(t, stack_peer, timer);
    stack_path *path = stack_path_find(p->s, p->flow.id);
    if (path && path->kind == STACK_PATH_LISTENER) {
        net_udp *udp = SX_CONTAINER(path, stack_listener, path)->udp;
        if (udp && !stack_stun_ping(p)) net_udp_send(udp, &p->flow.remote, SX_LIT("\r\n\r\n"));
    } else if (path) {
        stack_conn_ping(SX_CONTAINER(path, stack_conn, path));
    }
    rearm(p);
}

static stack_hold *hold_of(stack_peer *p, uint32_t keepalive_ms) {
    for (size_t i = 0; i < p->nholds; i++) {
        if (p->holds[i].keepalive_ms == keepalive_ms) return &p->holds[i];
    }
    return NULL;
}

int stack_flow_hold(stack *s, const stack_flow *f, uint32_t keepalive_ms) {
    if (!stack_flow_alive(s, f)) return sx_fail(SX_E_TRANSPORT, "the flow is gone");
    stack_peer *p = peer_get(s, f);
    stack_hold *hold = p ? hold_of(p, keepalive_ms) : NULL;
    if (hold) {
        hold->count++;
        return SX_OK;
    }
    stack_hold *more = p ? realloc(p->holds, (p->nholds + 1) * sizeof *more) : NULL;
    if (!more) {
        if (p && !p->nholds && !net_addr_is_set(&p->learned)) stack_peer_free(p);
        return sx_fail(SX_E_NOMEM, "no memory to hold a flow");
    }
    p->holds = more;
    more[p->nholds].keepalive_ms = keepalive_ms;
    more[p->nholds++].count = 1;
    rearm(p);
    return SX_OK;
}

void stack_flow_release(stack *s, const stack_flow *f, uint32_t keepalive_ms) {
    stack_peer *p = stack_peer_find(s, f);
    stack_hold *hold = p ? hold_of(p, keepalive_ms) : NULL;
    if (!hold || --hold->count) return;
    *hold = p->holds[--p->nholds];
    if (!p->nholds && !net_addr_is_set(&p->learned))
        stack_peer_free(p);
    else
        rearm(p);
}

void stack_flow_stun(stack *s, const stack_flow *f) {
    stack_peer *p = f->transport == STACK_UDP ? stack_peer_find(s, f) : NULL;
    if (p) p->stun = true; /* it begins with the next keepalive */
}

/* ---- who has no TCP ---- */

bool stack_no_tcp_known(stack *s, const net_addr *a) {
    if (!s->no_tcp) return false;
    const stack_no_tcp *e = &s->no_tcp[net_addr_hash(a) % STACK_NO_TCP_SLOTS];
    return e->until > stack_now(s) && net_addr_eq(&e->addr, a);
}

void stack_no_tcp_learn(stack *s, const net_addr *a) {
    if (!s->no_tcp) s->no_tcp = calloc(STACK_NO_TCP_SLOTS, sizeof *s->no_tcp);
    if (!s->no_tcp) return;
    stack_no_tcp *e = &s->no_tcp[net_addr_hash(a) % STACK_NO_TCP_SLOTS];
    e->addr = *a;
    e->until = stack_now(s) + s->cfg.no_tcp_ms;
}
