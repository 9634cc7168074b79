#include "stack/connection.h"

#include <stdlib.h>

#define SX_MODULE "connection"

static uint64_t key_of(stack_role role, const net_addr *remote) {
    return net_addr_hash(remote) ^ ((uint64_t)role + 1) * 0x9e3779b97f4a7c15u;
}

stack_conn *stack_conn_find(stack *s, uint64_t id) {
    stack_path *p = stack_path_find(s, id);
    return p && p->kind == STACK_PATH_CONN ? SX_CONTAINER(p, stack_conn, path) : NULL;
}

static stack_flow flow_of(const stack_conn *c) {
    stack_flow f;
    f.id = c->path.id;
    f.transport = c->transport;
    f.remote = c->remote;
    return f;
}

static void report(stack_conn *c, stack_event_type type, int code, const char *text) {
    stack_event ev = stack_event_of(type);
    ev.flow = flow_of(c);
    ev.transport = c->transport;
    ev.role = c->role;
    ev.local = c->local;
    ev.remote = c->remote;
    ev.outbound = c->outbound;
    ev.code = code;
    ev.text = text;
    stack_post(c->s, NULL, &ev, NULL, NULL);
}

static void free_conn(sx_grave *g) {
    stack_conn *c = SX_CONTAINER(g, stack_conn, grave);
    sip_framer_free(&c->framer);
    free(c);
}

static void unlink_conn(stack_conn *c, bool flush) {
    stack *s = c->s;
    sx_list_remove(&c->link);
    sx_htab_remove(&s->paths, &c->path.by_id);
    if (c->keyed) sx_htab_remove(&s->conns_by_key, &c->by_key);
    c->keyed = false;
    sx_timer_stop(s->wheel, &c->timer);
    net_conn_close(c->net, flush);
    c->net = NULL;
    stack_bury(s, &c->grave, free_conn);
}

void stack_conn_close(stack_conn *c, int code, const char *text) {
    if (!c->net) return;
    stack *s = c->s;
    stack_flow f = flow_of(c);
    report(c, STACK_EV_DISCONNECTED, code, text);
    unlink_conn(c, true);
    sx_list *l;
    while ((l = sx_list_pop(&c->waits)) != NULL) {
        stack_wait *w = SX_CONTAINER(l, stack_wait, link);
        w->fn(w, code ? code : SX_E_TRANSPORT, text);
    }
    stack_peer_gone(s, f.id);
    stack_ctx_lost(s, &f, true, code ? code : SX_E_TRANSPORT, text[0] ? text : "the peer closed the connection");
}

void stack_close_conns(stack *s) {
    sx_list *n;
    while ((n = sx_list_first(&s->conns)) != NULL) {
        stack_conn *c = SX_CONTAINER(n, stack_conn, link);
        sx_list_init(&c->waits);
        unlink_conn(c, false);
    }
}

int stack_conn_send(stack_conn *c, sx_slice bytes) {
    c->used_at = stack_now(c->s);
    return net_conn_send(c->net, bytes);
}

void stack_conn_ping(stack_conn *c) {
    if (!c->connected || net_conn_send(c->net, SX_LIT("\r\n\r\n")) != SX_OK) return;
    sip_framer_pinged(&c->framer);
    uint64_t now = stack_now(c->s);
    if (c->ponged && !c->pong_at) {
        c->pong_at = now + c->s->cfg.pong_ms;
        if (c->timer.at_ms > c->pong_at || !sx_timer_running(&c->timer))
            sx_timer_start(c->s->wheel, &c->timer, c->pong_at);
    }
}

/* ---- what arrives ---- */

static void receive_all(stack_conn *c) {
    stack *s = c->s;
    sx_slice msg;
    stack_rx rx;
    rx.flow = flow_of(c);
    rx.local = c->local;
    rx.role = c->role;
    rx.listener = c->listener_id ? stack_listener_find(s, c->listener_id) : NULL;
    while (c->net) {
        int what = sip_framer_next(&c->framer, &msg);
        if (what == SIP_FRAME_MORE) return;
        if (what == SIP_FRAME_PING) {
            net_conn_send(c->net, SX_LIT("\r\n"));
        } else if (what == SIP_FRAME_PONG) {
            c->ponged = true;
            c->pong_at = 0;
        } else if (what == SIP_FRAME_MESSAGE) {
            c->used_at = stack_now(s);
            stack_receive(s, &rx, msg);
        } else {
            /* The stream can't be trusted any more; a 400 or 513 goes out first where the headers allow it. */
            if (msg.n)
                stack_receive(s, &rx, msg);
            else
                s->stats.malformed++;
            if (c->net)
                stack_conn_close(c, what, what == SX_E_LIMIT ? "a message above the limit" : "the stream is no SIP");
            return;
        }
    }
}

static void wake_waits(stack_conn *c) {
    sx_list waits;
    sx_list_init(&waits);
    sx_list *l;
    while ((l = sx_list_pop(&c->waits)) != NULL) sx_list_append(&waits, l);
    while ((l = sx_list_pop(&waits)) != NULL) {
        stack_wait *w = SX_CONTAINER(l, stack_wait, link);
        w->fn(w, SX_OK, "");
    }
}

static void on_conn(void *ctx, const net_event *ev) {
    stack_conn *c = ctx;
    stack *s = c->s;
    switch (ev->type) {
    case NET_CONNECTED:
        c->connected = true;
        if (ev->local) c->local = *ev->local;
        c->used_at = stack_now(s);
        sx_timer_start(s->wheel, &c->timer, c->used_at + s->cfg.idle_ms);
        report(c, STACK_EV_CONNECTED, SX_OK, "");
        wake_waits(c);
        break;
    case NET_DATA:
        if (sip_framer_feed(&c->framer, ev->bytes.p, ev->bytes.n) != SX_OK) {
            stack_conn_close(c, SX_E_NOMEM, "memory ran out");
        } else {
            receive_all(c);
        }
        break;
    case NET_CLOSED: stack_conn_close(c, ev->code, ev->code ? ev->text : "closed by the peer"); break;
    default: break;
    }
}

static void on_timer(sx_timer *t, uint64_t now) {
    stack_conn *c = SX_CONTAINER(t, stack_conn, timer);
    stack *s = c->s;
    if (!c->connected) {
        stack_conn_close(c, SX_E_TIMEOUT, "no connection in time");
        return;
    }
    if (c->pong_at && now >= c->pong_at) {
        stack_conn_close(c, SX_E_TIMEOUT, "no answer to a keepalive");
        return;
    }
    stack_flow f = flow_of(c);
    stack_peer *peer = stack_peer_find(s, &f);
    bool busy = (peer && peer->nholds) || sx_htab_first(&s->client_txs_by_flow, stack_flow_hash(&f)) ||
                !sx_list_is_empty(&c->waits);
    uint64_t idle_at = c->used_at + s->cfg.idle_ms;
    if (!busy && now >= idle_at) {
        stack_conn_close(c, SX_OK, "idle");
        return;
    }
    if (idle_at <= now) idle_at = now + s->cfg.idle_ms;
    sx_timer_start(s->wheel, t, c->pong_at && c->pong_at < idle_at ? c->pong_at : idle_at);
}

/* ---- making them ---- */

static stack_conn *conn_new(stack *s, stack_role role, const net_addr *remote, bool outbound) {
    stack_conn *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->s = s;
    c->role = role;
    c->transport = STACK_TCP;
    c->remote = *remote;
    c->outbound = outbound;
    sx_list_init(&c->link);
    sx_list_init(&c->waits);
    sx_timer_init(&c->timer, on_timer);
    sip_framer_init(&c->framer, s->cfg.max_message, s->cfg.max_message);
    if (!stack_path_add(s, &c->path, STACK_PATH_CONN)) {
        free(c);
        return NULL;
    }
    if (!sx_htab_insert(&s->conns_by_key, &c->by_key, key_of(role, remote))) {
        sx_htab_remove(&s->paths, &c->path.by_id);
        free(c);
        return NULL;
    }
    c->keyed = true;
    sx_list_append(&s->conns, &c->link);
    c->used_at = stack_now(s);
    return c;
}

static void conn_undo(stack_conn *c) {
    sx_list_remove(&c->link);
    sx_htab_remove(&c->s->paths, &c->path.by_id);
    sx_htab_remove(&c->s->conns_by_key, &c->by_key);
    sip_framer_free(&c->framer);
    free(c);
}

/* Bound to one address means: all traffic from that one. None: the system chooses. */
static net_addr source_of(stack *s, stack_role role, const net_addr *remote) {
    net_addr from = net_addr_none();
    SX_LIST_EACH(n, tmp, &s->listeners) {
        const stack_listener *l = SX_CONTAINER(n, stack_listener, link);
        bool fits = l->role == role && net_addr_is_v6(&l->local) == net_addr_is_v6(remote);
        if (!fits || (net_addr_is_set(&from) && l->transport != STACK_TCP)) continue;
        if (net_addr_is_any(&l->local)) return net_addr_none();
        if (net_addr_is_loopback(&l->local) && !net_addr_is_loopback(remote)) continue; /* it would lead nowhere */
        from = l->local;
    }
    net_addr_set_port(&from, 0);
    return from;
}

stack_conn *stack_conn_get(stack *s, stack_role role, const stack_dial *dial, int *code) {
    const net_addr *remote = &dial->addr;
    if (dial->transport != STACK_TCP) {
        *code = sx_fail(SX_E_UNSUPPORTED, "no transport %s here", stack_transport_name(dial->transport));
        return NULL;
    }
    for (sx_hnode *n = sx_htab_first(&s->conns_by_key, key_of(role, remote)); n; n = sx_htab_next(n)) {
        stack_conn *c = SX_CONTAINER(n, stack_conn, by_key);
        if (c->role == role && net_addr_eq(&c->remote, remote)) return c;
    }
    if (s->conns_by_key.count >= s->cfg.max_connections) {
        *code = sx_fail(SX_E_LIMIT, "too many connections");
        return NULL;
    }
    stack_conn *c = conn_new(s, role, remote, true);
    if (!c) {
        *code = sx_fail(SX_E_NOMEM, "no memory for a connection");
        return NULL;
    }
    net_addr from = source_of(s, role, remote);
    *code = net_tcp_connect(s->loop, remote, &from, NULL, on_conn, c, &c->net);
    if (*code != SX_OK) {
        conn_undo(c);
        return NULL;
    }
    sx_timer_start(s->wheel, &c->timer, c->used_at + s->cfg.connect_ms);
    report(c, STACK_EV_CONNECTING, SX_OK, "");
    return c;
}

void stack_conn_accept(stack_listener *l, const net_event *ev) {
    stack *s = l->s;
    if (s->conns_by_key.count >= s->cfg.max_connections) return; /* not taken: net closes it */
    stack_conn *c = conn_new(s, l->role, ev->from, false);
    if (!c) return;
    c->net = ev->conn;
    c->connected = true;
    c->listener_id = l->path.id;
    if (ev->local)
        c->local = *ev->local;
    else if (net_conn_local(ev->conn))
        c->local = *net_conn_local(ev->conn);
    net_conn_adopt(ev->conn, on_conn, c);
    sx_timer_start(s->wheel, &c->timer, c->used_at + s->cfg.idle_ms);
    report(c, STACK_EV_CONNECTED, SX_OK, "");
}
