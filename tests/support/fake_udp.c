#include <stdlib.h>

#include "base/error.h"
#include "support/fake_internal.h"

struct net_udp {
    sx_list node;
    sx_grave grave;
    net_loop *loop;
    net_sink sink;
    void *ctx;
    net_addr local, peer;
    net_udp_figures figures;
    uint64_t id;
};

static bool taken(const net_addr *a, const fake_machine *m) {
    SX_LIST_EACH(it, tmp, &fake.loops) {
        net_loop *l = SX_CONTAINER(it, net_loop, node);
        if (l->machine != m) continue;
        SX_LIST_EACH(ui, utmp, &l->udps) {
            net_udp *u = SX_CONTAINER(ui, net_udp, node);
            if (net_addr_port(&u->local) != net_addr_port(a) || net_addr_is_v6(&u->local) != net_addr_is_v6(a)) continue;
            if (net_addr_is_any(a) || net_addr_is_any(&u->local) || net_addr_eq_host(a, &u->local)) return true;
        }
    }
    return false;
}

int net_udp_open(net_loop *l, const net_addr *local, const net_udp_options *opt, net_sink sink, void *ctx, net_udp **out) {
    net_addr at = *local;
    int rc = fake_bind(l, &at, taken);
    if (rc < 0) return rc;
    net_udp *u = calloc(1, sizeof *u);
    if (!u) return sx_fail(SX_E_NOMEM, "no memory for a socket");
    u->loop = l;
    u->sink = sink;
    u->ctx = ctx;
    u->local = at;
    u->peer = net_addr_none();
    u->id = ++fake.ids;
    sx_list_append(&l->udps, &u->node);
    *out = u;
    return SX_OK;
}

static void udp_free(sx_grave *g) {
    free(SX_CONTAINER(g, net_udp, grave));
}

void net_udp_close(net_udp *u) {
    if (!u) return;
    sx_list_remove(&u->node);
    sx_runq_bury(&u->loop->runq, &u->grave, udp_free);
}

void fake_udp_free_all(net_loop *l) {
    for (sx_list *n; (n = sx_list_first(&l->udps)) != NULL;) net_udp_close(SX_CONTAINER(n, net_udp, node));
}

const net_addr *net_udp_local(const net_udp *u) {
    return &u->local;
}

void net_udp_get_figures(const net_udp *u, net_udp_figures *out) {
    *out = u->figures;
}

int net_udp_connect(net_udp *u, const net_addr *peer) {
    net_addr src;
    if (!peer || !net_addr_is_set(peer)) {
        u->peer = net_addr_none();
        return SX_OK;
    }
    if (fake_source(u->loop->machine, peer, &src) < 0) return SX_E_TRANSPORT;
    u->peer = *peer;
    if (net_addr_is_any(&u->local)) {
        net_addr_set_port(&src, net_addr_port(&u->local));
        u->local = src;
    }
    return SX_OK;
}

static net_udp *socket_by_id(uint64_t id) {
    SX_LIST_EACH(it, tmp, &fake.loops) {
        net_loop *l = SX_CONTAINER(it, net_loop, node);
        SX_LIST_EACH(ui, utmp, &l->udps)
        if (SX_CONTAINER(ui, net_udp, node)->id == id) return SX_CONTAINER(ui, net_udp, node);
    }
    return NULL;
}

/* e->to: where it was sent; e->from: as the receiver sees it; e->real_from: whose machine it left */
static net_udp *receiver(const fake_event *e) {
    fake_machine *sender = fake_machine_at(&e->real_from, NULL);
    if (e->token) sender = (fake_machine *)(uintptr_t)e->token;
    SX_LIST_EACH(it, tmp, &fake.loops) {
        net_loop *l = SX_CONTAINER(it, net_loop, node);
        SX_LIST_EACH(ui, utmp, &l->udps) {
            net_udp *u = SX_CONTAINER(ui, net_udp, node);
            if (!fake_matches(l->machine, &u->local, &e->to, sender)) continue;
            if (net_addr_is_set(&u->peer) && !net_addr_eq(&u->peer, &e->from)) continue;
            return u;
        }
    }
    return NULL;
}

static void refused(fake_event *e) {
    net_udp *u = socket_by_id(e->id);
    if (!u) return;
    net_event ev = fake_event_of(NET_SEND_ERROR);
    ev.code = e->code;
    ev.text = e->text;
    ev.from = &e->to;
    ev.local = &u->local;
    u->figures.errors++;
    fake_deliver(u->loop, u->sink, u->ctx, &ev);
}

static void refuse(const fake_event *e, uint64_t at, int code, const char *text) {
    fake_event *back = fake_schedule(at, refused);
    back->id = e->id;
    back->to = e->to;
    back->code = code;
    back->text = text;
}

static void arrive(fake_event *e) {
    net_addr asked = e->to;
    net_udp *u = fake_nat_in(&e->to) ? receiver(e) : NULL;
    if (!u) {
        bool there = fake_machine_at(&e->to, (fake_machine *)(uintptr_t)e->token) != NULL;
        e->to = asked;
        if (e->id && there && !fake.no_icmp) refuse(e, fake.now_ms, SX_E_TRANSPORT, "Connection refused");
        return;
    }
    net_event ev = fake_event_of(NET_DATAGRAM);
    ev.bytes = sx_slice_of(e->bytes, e->n);
    ev.from = &e->from;
    ev.local = &e->to;
    ev.arrived_us = fake.now_us;
    u->figures.received++;
    u->figures.received_bytes += e->n;
    fake_deliver(u->loop, u->sink, u->ctx, &ev);
}

static void transmit(const net_addr *from, const net_addr *to, fake_machine *m, uint64_t id, sx_slice bytes) {
    fake_fate fate = fake_pass(from, to, false, bytes);
    net_addr seen = *from;
    if (m) fake_nat_out(&seen, to);
    for (unsigned i = 0; !fate.lost && i < fate.copies; i++) {
        fake_event *e = fake_schedule(fake.now_ms + fate.delay_ms[i], arrive);
        e->id = id;
        e->token = (uint64_t)(uintptr_t)m;
        e->from = seen;
        e->real_from = *from;
        e->to = *to;
        fake_set_bytes(e, bytes);
    }
}

int net_udp_send(net_udp *u, const net_addr *to, sx_slice bytes) {
    net_addr src = u->local;
    const net_addr *dst = to ? to : &u->peer;
    if (!net_addr_is_set(dst)) return sx_fail(SX_E_INVALID, "no destination");
    if (bytes.n > 65507) return sx_fail(SX_E_INVALID, "datagram too long");
    if (net_addr_is_v6(dst) != net_addr_is_v6(&u->local)) return sx_fail(SX_E_INVALID, "destination of another family");
    u->figures.sent++;
    u->figures.sent_bytes += bytes.n;
    bool routed = true;
    if (net_addr_is_any(&src)) {
        routed = fake_source(u->loop->machine, dst, &src) >= 0;
        net_addr_set_port(&src, net_addr_port(&u->local));
    }
    if (!routed || !fake_owns(u->loop->machine, &src) || net_addr_port(dst) == 0) {
        fake_event *e = fake_schedule(fake.now_ms, refused);
        e->id = u->id;
        e->to = *dst;
        e->code = SX_E_TRANSPORT;
        e->text = net_addr_port(dst) ? "Network is unreachable" : "Invalid argument";
        return SX_OK;
    }
    transmit(&src, dst, u->loop->machine, u->id, bytes);
    return SX_OK;
}

void fake_inject(const char *from, const char *to, sx_slice bytes) {
    net_addr f, t;
    if (!net_addr_parse(&f, sx_slice_str(from), 0) || !net_addr_parse(&t, sx_slice_str(to), 0)) return;
    transmit(&f, &t, NULL, 0, bytes);
}

void fake_icmp(bool on) {
    fake.no_icmp = !on;
}
