#include "stack/connection.h"

#include <stdlib.h>

#include "base/rand.h"
#include "net/websocket.h"

#define SX_MODULE "connection"

static uint64_t key_of(stack_role role, const stack_dial *d) {
    uint64_t h = net_addr_hash(&d->addr) ^ ((uint64_t)role + 1) * 0x9e3779b97f4a7c15u;
    h ^= ((uint64_t)d->transport + 1) * 0xd6e8feb86659fd93u;
    return d->transport == STACK_TCP ? h : h ^ sx_hash_ofi(d->name);
}

stack_conn *stack_conn_find(stack *s, uint64_t id) {
    stack_path *p = stack_path_find(s, id);
    return p && p->kind == STACK_PATH_CONN ? SX_CONTAINER(p, stack_conn, path) : NULL;
}

stack_flow stack_conn_flow(const stack_conn *c) {
    stack_flow f;
    f.id = c->path.id;
    f.transport = c->transport;
    f.remote = c->remote;
    return f;
}

static void report(stack_conn *c, stack_event_type type, int code, const char *text, const char *tls_check,
                   const char *tls_names) {
    stack_event ev = stack_event_of(type);
    ev.flow = stack_conn_flow(c);
    ev.transport = c->transport;
    ev.role = c->role;
    ev.local = c->local;
    ev.remote = c->remote;
    ev.outbound = c->outbound;
    ev.code = code;
    ev.text = text;
    ev.tls_check = tls_check;
    ev.tls_names = tls_names;
    stack_post(c->s, NULL, &ev, NULL, NULL);
}

/* ---- how many from where ---- */

/* IPv6: a /64 is one customer's. */
static net_addr source_of_peer(const net_addr *remote) {
    net_addr a = *remote;
    net_addr_set_port(&a, 0);
    if (net_addr_is_v6(&a)) memset(&a.u.v6.sin6_addr.s6_addr[8], 0, 8);
    return a;
}

static stack_conn_source *source_find(stack *s, const net_addr *from) {
    for (sx_hnode *n = sx_htab_first(&s->conn_sources, net_addr_hash(from)); n; n = sx_htab_next(n)) {
        stack_conn_source *src = SX_CONTAINER(n, stack_conn_source, by_addr);
        if (net_addr_eq(&src->addr, from)) return src;
    }
    return NULL;
}

/* NULL: too many, or no memory. */
static stack_conn_source *source_take(stack *s, const net_addr *remote) {
    net_addr from = source_of_peer(remote);
    stack_conn_source *src = source_find(s, &from);
    if (!src) {
        src = calloc(1, sizeof *src);
        if (!src) return NULL;
        src->addr = from;
        if (!sx_htab_insert(&s->conn_sources, &src->by_addr, net_addr_hash(&from))) {
            free(src);
            return NULL;
        }
    }
    if (src->n >= s->cfg.max_connections_per_source) return NULL;
    src->n++;
    return src;
}

static void source_give(stack *s, stack_conn_source *src) {
    if (!src || --src->n) return;
    sx_htab_remove(&s->conn_sources, &src->by_addr);
    free(src);
}

/* ---- their end ---- */

static void free_conn(sx_grave *g) {
    stack_conn *c = SX_CONTAINER(g, stack_conn, grave);
    sip_framer_free(&c->framer);
    net_tls_unref(c->tls);
    free(c->name);
    free(c->ws_path);
    free(c->ws_headers);
    free(c);
}

static void unlink_conn(stack_conn *c, bool flush) {
    stack *s = c->s;
    sx_sweep_leave(&s->conn_sweep, &c->link);
    sx_list_remove(&c->link);
    s->nconns--;
    sx_htab_remove(&s->paths, &c->path.by_id);
    if (c->keyed) sx_htab_remove(&s->conns_by_key, &c->by_key);
    c->keyed = false;
    source_give(s, c->source);
    c->source = NULL;
    sx_timer_stop(s->wheel, &c->timer);
    carrier_close(c, flush);
    stack_bury(s, &c->grave, free_conn);
}

void stack_conn_end(stack_conn *c, int code, const char *text, const char *tls_check, const char *tls_names) {
    if (!carrier_is_open(c)) return;
    stack *s = c->s;
    stack_flow f = stack_conn_flow(c);
    if (c->connected || c->outbound) report(c, STACK_EV_DISCONNECTED, code, text, tls_check, tls_names);
    if (!c->connected && (code == SX_E_TLS || stack_is_ws(c->transport))) s->stats.handshakes_failed++;
    unlink_conn(c, true);
    sx_list *l;
    while ((l = sx_list_pop(&c->waits)) != NULL) {
        stack_wait *w = SX_CONTAINER(l, stack_wait, link);
        w->fn(w, code ? code : SX_E_TRANSPORT, text);
    }
    stack_peer *peer = stack_peer_find(s, &f);
    if (peer) stack_peer_free(peer);
    stack_ctx_lost(s, &f, true, code ? code : SX_E_TRANSPORT, text[0] ? text : "the peer closed the connection");
}

void stack_conn_close(stack_conn *c, int code, const char *text) { stack_conn_end(c, code, text, NULL, NULL); }

void stack_close_conns(stack *s) {
    sx_list *n;
    while ((n = sx_list_first(&s->conns)) != NULL) {
        stack_conn *c = SX_CONTAINER(n, stack_conn, link);
        sx_list_init(&c->waits);
        unlink_conn(c, stack_is_ws(c->transport)); /* a WebSocket says that it is going away: RFC 6455 7.4.1 */
    }
}

int stack_conn_send(stack_conn *c, sx_slice bytes) {
    int rc = carrier_send(c, bytes);
    if (rc == SX_E_FULL) {
        c->s->stats.conns_full++;
        if (!c->full_at) c->full_at = stack_now(c->s) + c->s->cfg.slow_ms;
        stack_conn_rearm(c);
        return sx_fail(SX_E_FULL, "too much waits to be sent on this connection");
    }
    c->used_at = stack_now(c->s);
    return rc;
}

void stack_conn_ping(stack_conn *c) {
    if (!c->connected || carrier_ping(c) != SX_OK) return;
    uint64_t now = stack_now(c->s);
    if (!c->ws) sip_framer_pinged(&c->framer);
    if ((!c->ws && !c->ponged) || c->pong_at) return; /* a WebSocket always has a pong (RFC 6455 5.5.2) */
    c->pinged_at = now;
    c->pong_at = now + c->s->cfg.pong_ms;
    stack_conn_rearm(c);
}

/* ---- what is due when ---- */

/* Keepalives are a sign of life, but from who has once spoken SIP only. */
static uint64_t idle_at(const stack_conn *c) {
    uint64_t used = c->used_at;
    if (c->ws && c->heard && net_ws_heard_ms(c->ws) > used) used = net_ws_heard_ms(c->ws);
    return used + c->s->cfg.idle_ms;
}

/* Accepted, and nothing heard: nobody connects to say nothing. */
static uint64_t first_at(const stack_conn *c) {
    return c->outbound || c->heard || !c->connected ? 0 : c->born_at + c->s->cfg.slow_ms;
}

static uint64_t sooner(uint64_t a, uint64_t b) { return b && b < a ? b : a; }

static uint64_t due_of(const stack_conn *c) {
    if (!c->connected) return c->connect_by;
    uint64_t at = sooner(idle_at(c), c->pong_at);
    at = sooner(at, c->begun_at ? c->begun_at + c->s->cfg.slow_ms : 0);
    at = sooner(at, c->full_at);
    return sooner(at, first_at(c));
}

void stack_conn_rearm(stack_conn *c) {
    uint64_t at = due_of(c);
    if (!sx_timer_running(&c->timer) || at < c->timer.at_ms) sx_timer_start(c->s->wheel, &c->timer, at);
}

static bool is_busy(const stack_conn *c) {
    stack *s = c->s;
    stack_flow f = stack_conn_flow(c);
    stack_peer *peer = stack_peer_find(s, &f);
    return (peer && peer->nholds) || sx_htab_first(&s->client_txs_by_flow, stack_flow_hash(&f)) ||
           !sx_list_is_empty((sx_list *)&c->waits);
}

static bool too_slow(stack_conn *c, uint64_t at, uint64_t now, const char *text) {
    if (!at || now < at) return false;
    c->s->stats.conns_slow++;
    stack_conn_close(c, SX_E_TIMEOUT, text);
    return true;
}

static bool pong_missing(stack_conn *c, uint64_t now) {
    if (!c->pong_at || now < c->pong_at) return false;
    if (c->ws && net_ws_heard_ms(c->ws) >= c->pinged_at) {
        c->pong_at = 0;
        return false;
    }
    c->s->stats.keepalives_lost++;
    stack_conn_close(c, SX_E_TIMEOUT, "no answer to a keepalive");
    return true;
}

static void on_timer(sx_timer *t, uint64_t now) {
    stack_conn *c = SX_CONTAINER(t, stack_conn, timer);
    if (!c->connected) {
        if (!c->outbound) c->s->stats.conns_slow++;
        stack_conn_close(c, SX_E_TIMEOUT, "no connection in time");
        return;
    }
    if (pong_missing(c, now)) return;
    if (too_slow(c, c->begun_at ? c->begun_at + c->s->cfg.slow_ms : 0, now, "a message was not complete in time"))
        return;
    if (too_slow(c, c->full_at, now, "the peer reads nothing")) return;
    if (too_slow(c, is_busy(c) ? 0 : first_at(c), now, "nothing came in time")) return;
    if (now >= idle_at(c)) {
        if (!is_busy(c)) {
            stack_conn_close(c, SX_OK, "idle");
            return;
        }
        c->used_at = now;
    }
    if (first_at(c) && now >= first_at(c)) c->born_at = now;
    stack_conn_rearm(c);
}

/* ---- what net/ says ---- */

static void on_connected(stack_conn *c, const net_event *ev) {
    c->connected = true;
    if (ev->local) c->local = *ev->local;
    c->used_at = c->born_at = stack_now(c->s);
    sx_timer_stop(c->s->wheel, &c->timer);
    stack_conn_rearm(c);
    report(c, STACK_EV_CONNECTED, SX_OK, "", NULL, NULL);
    sx_list waits, *l;
    sx_list_init(&waits);
    while ((l = sx_list_pop(&c->waits)) != NULL) sx_list_append(&waits, l);
    while ((l = sx_list_pop(&waits)) != NULL) {
        stack_wait *w = SX_CONTAINER(l, stack_wait, link);
        w->fn(w, SX_OK, "");
    }
}

static void on_conn(void *ctx, const net_event *ev) {
    stack_conn *c = ctx;
    switch (ev->type) {
    case NET_CONNECTED: on_connected(c, ev); break;
    case NET_DATA:
        if (c->ws)
            stack_conn_frame(c, ev->bytes);
        else
            stack_conn_stream(c, ev->bytes);
        break;
    case NET_DRAINED: c->full_at = 0; break;
    case NET_CLOSED:
        stack_conn_end(c, ev->code, ev->code ? ev->text : "closed by the peer", ev->tls_check, ev->tls_names);
        break;
    default: break;
    }
}

/* ---- making them ---- */

static bool take_strings(stack_conn *c, const stack_dial *d) {
    if (d->transport == STACK_TCP || !c->outbound) return true;
    c->tls = net_tls_ref(d->tls);
    c->name = sx_strdup(d->name);
    if (!c->name) return false;
    if (!stack_is_ws(d->transport)) return true;
    c->ws_path = sx_strdup(d->ws_path);
    c->ws_headers = d->ws_headers.n ? sx_strdup(d->ws_headers) : NULL;
    sx_rand_token(c->invalid, 12); /* RFC 7118 5.1: nobody can reach us under an address, so none is made up */
    memcpy(c->invalid + 12, ".invalid", 9);
    return c->ws_path && (!d->ws_headers.n || c->ws_headers);
}

static stack_conn *conn_new(stack *s, stack_role role, const stack_dial *d, bool outbound) {
    stack_conn *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->s = s;
    c->role = role;
    c->transport = d->transport;
    c->remote = d->addr;
    c->outbound = outbound;
    sx_list_init(&c->link);
    sx_list_init(&c->waits);
    sx_timer_init(&c->timer, on_timer);
    sip_framer_init(&c->framer, s->cfg.max_message, s->cfg.max_message);
    if (!take_strings(c, d) || !stack_path_add(s, &c->path, STACK_PATH_CONN)) {
        free_conn(&c->grave);
        return NULL;
    }
    if (!sx_htab_insert(&s->conns_by_key, &c->by_key, key_of(role, d))) {
        sx_htab_remove(&s->paths, &c->path.by_id);
        free_conn(&c->grave);
        return NULL;
    }
    c->keyed = true;
    sx_list_append(&s->conns, &c->link);
    sx_sweep_joined(&s->conn_sweep);
    s->nconns++;
    c->used_at = c->born_at = stack_now(s);
    return c;
}

/* Nobody has heard of it yet. */
static void conn_undo(stack_conn *c) {
    sx_sweep_leave(&c->s->conn_sweep, &c->link);
    sx_list_remove(&c->link);
    c->s->nconns--;
    sx_htab_remove(&c->s->paths, &c->path.by_id);
    sx_htab_remove(&c->s->conns_by_key, &c->by_key);
    source_give(c->s, c->source);
    free_conn(&c->grave);
}

static bool same_text(const char *mine, sx_slice theirs) { return sx_eq(sx_slice_str(mine), theirs); }

static bool fits(const stack_conn *c, stack_role role, const stack_dial *d) {
    if (c->role != role || c->transport != d->transport || !net_addr_eq(&c->remote, &d->addr)) return false;
    if (d->transport == STACK_TCP) return true;
    /* Who came to us has proven no name, and is reached by its flow only. */
    if (!c->outbound || c->tls != d->tls || !sx_ieq(sx_slice_str(c->name), d->name)) return false;
    return !stack_is_ws(d->transport) || (same_text(c->ws_path, d->ws_path) && same_text(c->ws_headers, d->ws_headers));
}

/* The defaults filled in, so that equal things are equal. */
static int settle(stack *s, stack_dial *d, char room[NET_ADDR_TEXT]) {
    if (!stack_is_stream(d->transport)) return sx_fail(SX_E_INVALID, "no connection by that transport");
    if (d->transport == STACK_TCP) d->name = sx_slice_empty();
    if (d->name.n > 2 && d->name.p[0] == '[') d->name = sx_slice_of(d->name.p + 1, d->name.n - 2);
    if (d->name.n && d->name.p[d->name.n - 1] == '.') d->name.n--; /* the root's dot is in no certificate */
    if (!d->name.n && d->transport != STACK_TCP) d->name = stack_addr_text(&d->addr, room);
    if (!stack_is_secure(d->transport)) d->tls = NULL;
    if (stack_is_secure(d->transport) && !d->tls) d->tls = s->cfg.tls;
    if (stack_is_secure(d->transport) && !d->tls) return sx_fail(SX_E_TLS, "nothing says whom to trust for TLS");
    if (!d->ws_path.n) d->ws_path = SX_LIT("/");
    return SX_OK;
}

stack_conn *stack_conn_get(stack *s, stack_role role, const stack_dial *dial, int *code) {
    char room[NET_ADDR_TEXT];
    stack_dial d = *dial;
    *code = settle(s, &d, room);
    if (*code != SX_OK) return NULL;
    for (sx_hnode *n = sx_htab_first(&s->conns_by_key, key_of(role, &d)); n; n = sx_htab_next(n)) {
        stack_conn *c = SX_CONTAINER(n, stack_conn, by_key);
        if (fits(c, role, &d)) return c;
    }
    if (s->nconns >= s->cfg.max_connections) {
        *code = sx_fail(SX_E_LIMIT, "too many connections");
        return NULL;
    }
    stack_conn *c = conn_new(s, role, &d, true);
    if (!c) {
        *code = sx_fail(SX_E_NOMEM, "no memory for a connection");
        return NULL;
    }
    net_addr from = stack_bind_for(s, role, d.transport, &d.addr);
    *code = carrier_connect(c, &from, on_conn);
    if (*code != SX_OK) {
        conn_undo(c);
        return NULL;
    }
    c->connect_by = c->used_at + s->cfg.connect_ms;
    if (stack_is_secure(d.transport)) c->connect_by += s->cfg.handshake_ms;
    if (stack_is_ws(d.transport)) c->connect_by += s->cfg.handshake_ms;
    stack_conn_rearm(c);
    report(c, STACK_EV_CONNECTING, SX_OK, "", NULL, NULL);
    return c;
}

void stack_conn_accept(stack_listener *l, const net_event *ev) {
    stack *s = l->s;
    stack_dial d;
    memset(&d, 0, sizeof d);
    d.transport = l->transport;
    d.addr = *ev->from;
    stack_conn_source *source = s->nconns < s->cfg.max_connections ? source_take(s, ev->from) : NULL;
    stack_conn *c = source ? conn_new(s, l->role, &d, false) : NULL;
    if (!c) {
        source_give(s, source);
        return; /* not taken: net closes and counts it */
    }
    c->source = source;
    c->listener_id = l->path.id;
    if (ev->local)
        c->local = *ev->local;
    else if (net_conn_local(ev->conn))
        c->local = *net_conn_local(ev->conn);
    if (carrier_accept(c, l, ev->conn, on_conn) != SX_OK) {
        conn_undo(c);
        return;
    }
    c->connected = !c->ws;                                   /* a WebSocket's handshake is still to come */
    c->connect_by = c->born_at + s->cfg.handshake_ms + 1000; /* net/ says 408 first */
    stack_conn_rearm(c);
    if (c->connected) report(c, STACK_EV_CONNECTED, SX_OK, "", NULL, NULL);
}
