/* Finding the way of one message: its targets, a connection where one is needed, the next target after a failure. */
#include <stdlib.h>

#include "stack/internal.h"
#include "stack/resolve_uri.h"

static void try_target(stack_courier *c);

void stack_courier_init(stack_courier *c, stack *s, stack_role role) {
    memset(c, 0, sizeof *c);
    c->s = s;
    c->role = role;
    sx_list_init(&c->wait.link);
    sx_timer_init(&c->timer, NULL);
}

static void note(stack_courier *c, int code, const char *text) {
    size_t n = strlen(text);
    if (n >= sizeof c->text) n = sizeof c->text - 1;
    memcpy(c->text, text, n);
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
    free(c->targets);
    c->targets = NULL;
    c->ntargets = 0;
    c->at = 0;
}

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

static void use_conn(stack_courier *c, const stack_conn *conn) {
    c->flow.id = conn->path.id;
    c->flow.transport = conn->transport;
    c->flow.remote = conn->remote;
}

/* TCP only for the size has failed: UDP after all, and that is remembered. */
static void back_to_udp(stack_courier *c) {
    stop_waiting(c);
    c->trying_tcp = false;
    const net_addr *to = &c->targets[c->at].addr;
    stack_no_tcp_learn(c->s, to);
    if (use_udp(c, to))
        c->ready(c);
    else
        stack_courier_next(c, c->code, c->text);
}

static void on_connected(stack_wait *w, int code, const char *text) {
    stack_courier *c = SX_CONTAINER(w, stack_courier, wait);
    stop_waiting(c);
    if (code == SX_OK) {
        c->ready(c);
    } else if (c->trying_tcp) {
        back_to_udp(c);
    } else {
        stack_courier_next(c, code, text);
    }
}

static void on_tcp_try_over(sx_timer *t, uint64_t now) { back_to_udp(SX_CONTAINER(t, stack_courier, timer)); }

/* 1: there already, 0: on its way, negative: no. */
static int use_tcp(stack_courier *c, const net_addr *to) {
    int code = SX_OK;
    stack_dial dial;
    memset(&dial, 0, sizeof dial);
    const stack_target *t = &c->targets[c->at];
    dial.transport = stack_is_stream(t->transport) ? t->transport : STACK_TCP;
    dial.addr = *to;
    dial.name = sx_slice_str(t->name);
    dial.ws_path = sx_slice_str(t->path);
    stack_conn *conn = stack_conn_get(c->s, c->role, &dial, &code);
    if (!conn) {
        note(c, code, sx_last_error_text());
        return code;
    }
    use_conn(c, conn);
    if (conn->connected) return 1;
    c->wait.fn = on_connected;
    c->waiting = true;
    sx_list_append(&conn->waits, &c->wait.link);
    return 0;
}

static void try_target(stack_courier *c) {
    for (; c->at < c->ntargets; c->at++) {
        const stack_target *t = &c->targets[c->at];
        if (t->transport == STACK_UDP) {
            if (!use_udp(c, &t->addr)) continue;
            c->ready(c);
            return;
        }
        int rc = use_tcp(c, &t->addr);
        if (rc < 0) continue;
        if (rc > 0) c->ready(c);
        return;
    }
    c->failed(c);
}

static char *keep(char **at, sx_slice text) {
    char *to = *at;
    if (text.n) memcpy(to, text.p, text.n);
    to[text.n] = 0;
    *at += text.n + 1;
    return to;
}

/* In one block with the name and the path that they share. */
static int take_targets(stack_courier *c, const stack_target *v, size_t n, sx_slice name, sx_slice path,
                        bool explicit_transport) {
    c->targets = malloc(n * sizeof *v + name.n + path.n + 2);
    if (!c->targets) return sx_fail(SX_E_NOMEM, "no memory for the targets");
    memcpy(c->targets, v, n * sizeof *v);
    char *at = (char *)(c->targets + n);
    const char *kept_name = keep(&at, name), *kept_path = path.n ? keep(&at, path) : NULL;
    for (size_t i = 0; i < n; i++) {
        c->targets[i].name = kept_name;
        c->targets[i].path = kept_path;
    }
    c->ntargets = n;
    c->at = 0;
    c->explicit_transport = explicit_transport;
    return SX_OK;
}

static void on_targets(void *ctx, const stack_targets *t) {
    stack_courier *c = ctx;
    c->resolve = NULL;
    note(c, t->code, t->text);
    if (t->n && take_targets(c, t->v, t->n, sx_slice_str(t->v->name), sx_slice_str(t->v->path), t->explicit_transport))
        note(c, SX_E_NOMEM, "memory ran out");
    try_target(c);
}

int stack_courier_start(stack_courier *c, sx_slice uri, const stack_flow *flow, const stack_flow *prefer) {
    stack *s = c->s;
    stack_courier_stop(c);
    c->pinned = false;
    c->trying_tcp = false;
    note(c, SX_E_TRANSPORT, "no way to the peer");
    if (prefer && prefer->id && !(flow && flow->id) && stack_flow_alive(s, prefer)) flow = prefer;
    if (flow && flow->id) {
        c->pinned = true;
        c->explicit_transport = true;
        c->flow = *flow;
        if (stack_flow_alive(s, flow)) {
            c->ready(c);
        } else {
            note(c, SX_E_TRANSPORT, "the flow is gone");
            c->failed(c);
        }
        return SX_OK;
    }
    stack_target v[2];
    int code;
    stack_want w;
    code = stack_want_read(uri, &w);
    if (code == SX_OK && !stack_want_numeric(&w, v)) return stack_resolve_start(s, uri, on_targets, c, &c->resolve);
    if (code == SX_OK) code = take_targets(c, v, 1, w.name, w.path, w.explicit_transport);
    if (code == SX_OK) try_target(c);
    return code;
}

void stack_courier_again(stack_courier *c) {
    stop_waiting(c);
    c->trying_tcp = false;
    if (!c->pinned) {
        try_target(c);
    } else if (stack_flow_alive(c->s, &c->flow)) {
        c->ready(c);
    } else {
        note(c, SX_E_TRANSPORT, "the flow is gone");
        c->failed(c);
    }
}

bool stack_courier_has_next(const stack_courier *c) { return !c->pinned && c->at + 1 < c->ntargets; }

void stack_courier_next(stack_courier *c, int code, const char *text) {
    stop_waiting(c);
    if (text != c->text) note(c, code, text);
    c->trying_tcp = false;
    if (c->at < c->ntargets) c->at++;
    try_target(c);
}

bool stack_courier_tcp(stack_courier *c) {
    if (c->pinned || c->explicit_transport || c->trying_tcp || c->at >= c->ntargets) return false;
    const net_addr *to = &c->targets[c->at].addr;
    if (stack_no_tcp_known(c->s, to)) return false;
    stack_flow udp = c->flow;
    int rc = use_tcp(c, to);
    if (rc < 0) {
        c->flow = udp;
        stack_no_tcp_learn(c->s, to);
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
