/* Finding the way of one message: hop by hop its targets, a connection where one is needed, the next target after a
 * failure; those that failed lately come last. */
#define SX_MODULE "courier"
#include <stdlib.h>

#include "net/tls.h"
#include "stack/internal.h"
#include "stack/resolve_uri.h"

static void go(stack_courier *c);
static void on_targets(void *ctx, const stack_targets *t);

void stack_courier_init(stack_courier *c, stack *s, stack_role role) {
    memset(c, 0, sizeof *c);
    c->s = s;
    c->role = role;
    sx_arena_init(&c->arena, 512);
    sx_list_init(&c->wait.link);
    sx_timer_init(&c->timer, NULL);
}

/* What has no room here stands in the connection's own event: a long cause ends with its first part. */
static void note(stack_courier *c, int code, const char *text) {
    size_t n = strlen(text);
    if (n >= sizeof c->text) {
        const char *end = memchr(text, ';', sizeof c->text - 1);
        n = end ? (size_t)(end - text) : sizeof c->text - 1;
    }
    memmove(c->text, text, n);
    c->text[n] = 0;
    c->code = code;
}

static void stop_waiting(stack_courier *c) {
    sx_list_remove(&c->wait.link);
    c->waiting = false;
    sx_timer_stop(c->s->wheel, &c->timer);
}

void stack_courier_stop(stack_courier *c) {
    stop_waiting(c);
    stack_resolve_cancel(c->resolve);
    c->resolve = NULL;
    sx_arena_free(&c->arena);
    sx_arena_init(&c->arena, 512);
    net_tls_unref(c->tls);
    c->tls = NULL;
    c->targets = c->late = NULL;
    c->hops = NULL;
    c->ntargets = c->nlate = c->at = c->nhops = c->hop = 0;
    c->peeking = c->trying_tcp = false;
}

/* ---- the list ---- */

static courier_target *current(stack_courier *c) { return c->at < c->ntargets ? &c->targets[c->at] : NULL; }

static bool same_target(const stack_target *a, const stack_target *b) {
    return a->transport == b->transport && net_addr_eq(&a->addr, &b->addr) &&
           sx_ieq(sx_slice_str(a->name), sx_slice_str(b->name));
}

static bool has(const courier_target *v, size_t n, const stack_target *t) {
    for (size_t i = 0; i < n; i++) {
        if (same_target(&v[i].t, t)) return true;
    }
    return false;
}

/* Room for `more` further ones, in a new block: the arena gives nothing back. */
static courier_target *grown(stack_courier *c, const courier_target *v, size_t n, size_t more) {
    courier_target *out = sx_arena_alloc(&c->arena, (n + more) * sizeof *out);
    if (out && n) memcpy(out, v, n * sizeof *out);
    return out;
}

/* The targets of one hop; their strings are kept once. */
static void add_targets(stack_courier *c, const stack_target *v, size_t n, bool explicit_transport) {
    courier_target *targets = grown(c, c->targets, c->ntargets, n), *late = NULL;
    const char *name = sx_arena_str(&c->arena, sx_slice_str(v[0].name));
    const char *path = v[0].path ? sx_arena_str(&c->arena, sx_slice_str(v[0].path)) : NULL;
    if (!targets || c->arena.failed) {
        note(c, SX_E_NOMEM, "memory ran out");
        return;
    }
    c->targets = targets;
    for (size_t i = 0; i < n; i++) {
        courier_target t;
        memset(&t, 0, sizeof t);
        t.t = v[i];
        t.t.name = name;
        t.t.path = path;
        t.explicit_transport = explicit_transport;
        t.hop = (uint8_t)(c->hop - 1);
        if (has(c->targets, c->ntargets, &t.t) || has(c->late, c->nlate, &t.t)) continue;
        if (net_addr_is_set(&c->avoid) && net_addr_eq(&c->avoid, &t.t.addr)) {
            note(c, SX_E_NOT_FOUND, "no other server than the one of the other flow");
        } else if (c->secure && !stack_is_secure(t.t.transport)) {
            note(c, SX_E_UNSUPPORTED, "sips: wants TLS on every hop");
        } else if (!stack_penalty_has(c->s, &t.t)) {
            c->targets[c->ntargets++] = t;
        } else {
            if (!late) late = c->late = grown(c, c->late, c->nlate, n);
            if (late) late[c->nlate++] = t;
            if (!late) c->nlate = 0;
        }
    }
}

static void add_late(stack_courier *c) {
    courier_target *v = grown(c, c->targets, c->ntargets, c->nlate);
    if (v) {
        memcpy(v + c->ntargets, c->late, c->nlate * sizeof *v);
        c->targets = v;
        c->ntargets += c->nlate;
    } else {
        note(c, SX_E_NOMEM, "memory ran out");
    }
    c->nlate = 0;
}

/* The next hop: its targets are there at once, or on_targets will bring them. */
static int open_hop(stack_courier *c) {
    sx_slice uri = c->hops[c->hop++];
    stack_want w;
    stack_target t;
    int rc = stack_want_read(uri, &w);
    memset(&t, 0, sizeof t);
    if (rc == SX_OK && !stack_want_numeric(&w, &t)) {
        rc = stack_resolve_start(c->s, uri, on_targets, c, &c->resolve);
    } else if (rc == SX_OK) {
        t.name = sx_arena_str(&c->arena, w.name);
        t.path = stack_want_path(&w, &c->arena);
        if (t.name) add_targets(c, &t, 1, w.explicit_transport);
    }
    if (rc != SX_OK) note(c, rc, sx_last_error_text());
    return rc;
}

/* ---- one target ---- */

static bool use_udp(stack_courier *c, const net_addr *to) {
    stack_listener *l = stack_pick_udp(c->s, c->role, to);
    if (!l) {
        note(c, sx_last_error(), sx_last_error_text());
        return false;
    }
    c->flow.id = l->path.id;
    c->flow.transport = STACK_UDP;
    c->flow.remote = *to;
    return true;
}

/* TCP only for the size has failed: UDP after all, and that is remembered. */
static void back_to_udp(stack_courier *c) {
    stop_waiting(c);
    c->trying_tcp = false;
    const courier_target *t = current(c);
    stack_no_tcp_learn(c->s, &t->t.addr);
    bool same = t->flow.id && stack_flow_alive(c->s, &t->flow);
    if (same) c->flow = t->flow;
    if (same || use_udp(c, &t->t.addr))
        c->ready(c);
    else
        stack_courier_next(c, c->code, c->text, 0);
}

static void on_connected(stack_wait *w, int code, const char *text) {
    stack_courier *c = SX_CONTAINER(w, stack_courier, wait);
    stop_waiting(c);
    if (code == SX_OK) {
        c->ready(c);
    } else if (c->trying_tcp) {
        back_to_udp(c);
    } else {
        stack_courier_next(c, code, text, 0);
    }
}

static void on_tcp_try_over(sx_timer *t, uint64_t now) { back_to_udp(SX_CONTAINER(t, stack_courier, timer)); }

/* It takes long: the next one, if there is a good one; the connection goes on being made for whoever wants it. */
static void on_connect_slow(sx_timer *t, uint64_t now) {
    stack_courier *c = SX_CONTAINER(t, stack_courier, timer);
    if (stack_courier_peek(c) > 0) stack_courier_next(c, SX_E_TIMEOUT, "no connection in time", 0);
}

uint32_t stack_target_wait(const stack *s, stack_transport t) {
    uint32_t ms = s->cfg.target_wait_ms ? s->cfg.target_wait_ms : 8 * s->cfg.t1_ms;
    return stack_is_stream(t) && ms < UINT32_MAX / 2 ? 2 * ms : ms;
}

/* 1: there already, 0: on its way, negative: no. */
static int use_conn(stack_courier *c, const stack_target *t, stack_transport transport) {
    int code = SX_OK;
    stack_dial dial;
    memset(&dial, 0, sizeof dial);
    dial.transport = transport;
    dial.addr = t->addr;
    dial.name = sx_slice_str(t->name);
    dial.tls = c->tls;
    dial.ws_path = sx_slice_str(t->path);
    dial.ws_headers = sx_slice_str(c->ws_headers);
    stack_conn *conn = stack_conn_get(c->s, c->role, &dial, &code);
    if (!conn) {
        note(c, code, sx_last_error_text());
        return code;
    }
    c->flow.id = conn->path.id;
    c->flow.transport = conn->transport;
    c->flow.remote = conn->remote;
    if (conn->connected) return 1;
    c->wait.fn = on_connected;
    c->waiting = true;
    sx_list_append(&conn->waits, &c->wait.link);
    return 0;
}

/* 1: c->flow is good, 0: on its way, negative: no. */
static int try_target(stack_courier *c) {
    const courier_target *t = current(c);
    if (t->flow.id) {
        c->flow = t->flow;
        if (stack_flow_alive(c->s, &t->flow)) return 1;
        note(c, SX_E_TRANSPORT, "the flow is gone");
        return SX_E_TRANSPORT;
    }
    if (t->t.transport == STACK_UDP) return use_udp(c, &t->t.addr) ? 1 : SX_E_TRANSPORT;
    int rc = use_conn(c, &t->t, t->t.transport);
    if (rc == 0 && stack_courier_has_next(c)) {
        sx_timer_init(&c->timer, on_connect_slow);
        sx_timer_start(c->s->wheel, &c->timer, stack_now(c->s) + stack_target_wait(c->s, STACK_UDP));
    }
    return rc;
}

static void go(stack_courier *c) {
    for (;;) {
        if (current(c)) {
            int rc = try_target(c);
            if (rc > 0) c->ready(c);
            if (rc >= 0) return;
            c->at++;
        } else if (c->resolve) {
            return; /* on_targets goes on */
        } else if (c->hop < c->nhops) {
            open_hop(c);
        } else if (c->nlate) {
            add_late(c);
        } else {
            c->failed(c);
            return;
        }
    }
}

static void on_targets(void *ctx, const stack_targets *t) {
    stack_courier *c = ctx;
    bool peeking = c->peeking;
    c->resolve = NULL;
    c->peeking = false;
    if (t->n)
        add_targets(c, t->v, t->n, t->explicit_transport);
    else
        note(c, t->code, t->text);
    if (!peeking) {
        if (!c->waiting) go(c);
        return;
    }
    int more = stack_courier_peek(c);
    if (more < 0) return;
    if (!c->waiting) {
        if (c->peeked) c->peeked(c, more > 0);
    } else if (more && !c->trying_tcp) {
        stack_courier_next(c, SX_E_TIMEOUT, "no connection in time", 0);
    }
}

/* ---- from outside ---- */

static bool take_hops(stack_courier *c, const courier_way *w) {
    c->nhops = w->nhops < STACK_MAX_HOPS ? w->nhops : STACK_MAX_HOPS;
    c->hops = sx_arena_alloc(&c->arena, (c->nhops ? c->nhops : 1) * sizeof *c->hops);
    for (size_t i = 0; c->hops && i < c->nhops; i++) {
        sx_slice hop = w->hops[i];
        bool plain = c->secure && hop.n > 4 && sx_ieq(sx_slice_of(hop.p, 4), SX_LIT("sip:"));
        char *copy = sx_arena_alloc(&c->arena, hop.n + 2);
        if (!copy) break;
        if (plain) { /* RFC 3261 26.2.2: as if it were sips: */
            memcpy(copy, "sips", 4);
            memcpy(copy + 4, hop.p + 3, hop.n - 3);
        } else {
            memcpy(copy, hop.p, hop.n);
        }
        c->hops[i] = sx_slice_of(copy, hop.n + plain);
    }
    c->tls = net_tls_ref(w->tls);
    c->ws_headers = w->ws_headers ? sx_arena_str(&c->arena, sx_slice_str(w->ws_headers)) : NULL;
    return !c->arena.failed;
}

/* Was this connection made for the name of one of the hops? */
static bool is_verified(stack_courier *c, const stack_flow *f) {
    const stack_conn *conn = stack_conn_find(c->s, f->id);
    const net_tls *tls = c->tls ? c->tls : c->s->cfg.tls;
    if (!conn || !conn->outbound || !conn->name || conn->tls != tls) return false;
    for (size_t i = 0; i < c->nhops; i++) {
        stack_want w;
        if (stack_want_read(c->hops[i], &w) == SX_OK && sx_ieq(sx_slice_str(conn->name), w.name)) return true;
    }
    return false;
}

/* Inside a dialog: is the hop the far end of the connection that the dialog runs over? Then it is used, whatever name
 * the hop has. A WebSocket client cannot be reached in any other way (RFC 7118 5.1), nor can most clients of TLS; and
 * whose certificate has shown a name says his address in Record-Route all the same: a new connection could only fail to
 * verify that address. */
static bool leads_there(stack_courier *c, const stack_flow *f, const stack_want *first) {
    stack_target t;
    if (!f || !f->id || !stack_is_stream(f->transport) || !stack_flow_alive(c->s, f)) return false;
    if ((c->secure || (first && first->secure)) && !stack_is_secure(f->transport)) return false;
    if (stack_is_ws(f->transport)) return true;
    return first && stack_want_numeric(first, &t) && t.transport == f->transport && net_addr_eq(&t.addr, &f->remote);
}

static bool may_use(stack_courier *c, const courier_way *w, const stack_want *first) {
    const stack_flow *f = w->prefer;
    if (!f || !f->id || !stack_flow_alive(c->s, f)) return false;
    if (!stack_is_secure(f->transport)) return !c->secure && !(first && first->secure);
    return w->outbound || is_verified(c, f) || (w->dialog && leads_there(c, f, first));
}

static bool add_flow(stack_courier *c, const stack_flow *f, const stack_want *first, bool may_leave) {
    courier_target *t = grown(c, NULL, 0, 1);
    if (!t) return false;
    memset(t, 0, sizeof *t);
    t->t.transport = f->transport;
    t->t.addr = f->remote;
    t->t.name = sx_arena_str(&c->arena, first ? first->name : sx_slice_empty());
    t->flow = *f;
    t->explicit_transport = f->transport != STACK_UDP || !may_leave || !first || first->explicit_transport;
    c->targets = t;
    c->ntargets = 1;
    return t->t.name != NULL;
}

static int start_pinned(stack_courier *c, const stack_flow *flow) {
    c->pinned = true;
    c->flow = *flow;
    if (stack_flow_alive(c->s, flow)) {
        c->ready(c);
    } else {
        note(c, SX_E_TRANSPORT, "the flow is gone");
        c->failed(c);
    }
    return SX_OK;
}

int stack_courier_start(stack_courier *c, const courier_way *w) {
    stack_courier_stop(c);
    c->pinned = false;
    c->secure = w->secure;
    c->avoid = w->avoid ? *w->avoid : net_addr_none();
    note(c, SX_E_TRANSPORT, "no way to the peer");
    if (w->flow && w->flow->id) return start_pinned(c, w->flow);
    stack_want want;
    bool ok = take_hops(c, w);
    bool read = ok && c->nhops && stack_want_read(c->hops[0], &want) == SX_OK;
    const stack_want *first = read ? &want : NULL;
    if (ok && may_use(c, w, first))
        ok = add_flow(c, w->prefer, first, w->may_leave);
    else if (ok && leads_there(c, w->dialog, first))
        ok = add_flow(c, w->dialog, first, false);
    if (!ok) return sx_fail(SX_E_NOMEM, "no memory for the targets");
    if (!c->ntargets && c->nhops == 1) { /* whoever asked is told at once what is wrong with it */
        int rc = open_hop(c);
        if (rc != SX_OK) return rc;
    }
    go(c);
    return SX_OK;
}

void stack_courier_again(stack_courier *c) {
    stop_waiting(c);
    c->trying_tcp = false;
    if (!c->pinned) {
        go(c);
    } else if (stack_flow_alive(c->s, &c->flow)) {
        c->ready(c);
    } else {
        note(c, SX_E_TRANSPORT, "the flow is gone");
        c->failed(c);
    }
}

bool stack_courier_has_next(const stack_courier *c) {
    return !c->pinned && (c->at + 1 < c->ntargets || c->hop < c->nhops || c->nlate || c->resolve);
}

int stack_courier_peek(stack_courier *c) {
    c->peeking = false;
    if (c->pinned) return 0;
    for (;;) {
        if (c->at + 1 < c->ntargets) return 1;
        if (!c->resolve && c->hop >= c->nhops) return 0;
        if (!c->resolve) open_hop(c);
        if (c->resolve) {
            c->peeking = true;
            return -1;
        }
    }
}

/* A flow that broke says nothing against its address: a new connection may do. */
static void set_aside(stack_courier *c, courier_target *t, int code, uint32_t penalty_ms) {
    char text[NET_ADDR_TEXT];
    bool broke = t->flow.id && stack_is_stream(t->flow.transport) && code == SX_E_TRANSPORT && !penalty_ms;
    bool its_fault = penalty_ms || code == SX_E_TIMEOUT || code == SX_E_TRANSPORT || code == SX_E_TLS;
    if (broke) {
        t->t.addr = net_addr_none();
    } else if (its_fault && !c->pinned) {
        stack_penalty_set(c->s, &t->t, penalty_ms ? penalty_ms : c->s->cfg.penalty_ms);
        SX_LOG(c->s->log, SX_LOG_INFO, "%s %s is put aside: %s", stack_transport_name(t->t.transport),
               net_addr_text(&t->t.addr, text), c->text);
    }
}

void stack_courier_next(stack_courier *c, int code, const char *text, uint32_t penalty_ms) {
    stop_waiting(c);
    note(c, code, text);
    c->trying_tcp = c->peeking = false;
    if (current(c)) {
        set_aside(c, current(c), code, penalty_ms);
        c->at++;
    }
    go(c);
}

void stack_courier_bad(stack_courier *c, int code, const char *text) {
    note(c, code, text);
    if (current(c)) set_aside(c, current(c), code, 0);
}

void stack_courier_refused(stack_courier *c, uint32_t penalty_ms) {
    note(c, SX_E_TRANSPORT, "503");
    if (current(c)) set_aside(c, current(c), SX_E_TRANSPORT, penalty_ms);
}

size_t stack_courier_hop(const stack_courier *c) { return c->at < c->ntargets ? c->targets[c->at].hop : 0; }

void stack_courier_good(stack_courier *c) {
    if (current(c)) stack_penalty_clear(c->s, &current(c)->t);
}

void stack_courier_back(stack_courier *c, size_t at, const stack_flow *flow) {
    stop_waiting(c);
    c->trying_tcp = c->peeking = false;
    stack_resolve_cancel(c->resolve);
    if (c->resolve) c->hop--; /* what it was to bring may still be wanted */
    c->resolve = NULL;
    c->at = at;
    c->flow = *flow;
}

bool stack_courier_tcp(stack_courier *c) {
    courier_target *t = current(c);
    if (c->pinned || c->trying_tcp || !t || t->explicit_transport) return false;
    if (stack_no_tcp_known(c->s, &t->t.addr)) return false;
    stack_flow udp = c->flow;
    int rc = use_conn(c, &t->t, STACK_TCP);
    if (rc < 0) {
        c->flow = udp;
        stack_no_tcp_learn(c->s, &t->t.addr);
        return false;
    }
    c->trying_tcp = true;
    if (rc > 0) {
        c->ready(c);
    } else {
        sx_timer_init(&c->timer, on_tcp_try_over);
        sx_timer_start(c->s->wheel, &c->timer, stack_now(c->s) + c->s->cfg.tcp_try_ms);
    }
    return true;
}
