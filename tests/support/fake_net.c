/* Clock, machines, loops, and what happens next. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/rand.h"
#include "support/fake_internal.h"

fake_world fake;

struct net_watch {
    sx_list node;
    sx_grave grave;
    net_loop *loop;
    net_sink sink;
    void *ctx;
    int fd;
    bool closed;
};

/* There only in programs that link sipua_oom. */
__attribute__((weak)) void oom_pause(int by);

static void *resize(void *p, size_t n) {
    if (oom_pause) oom_pause(1);
    p = realloc(p, n ? n : 1);
    if (oom_pause) oom_pause(-1);
    if (p) return p;
    fprintf(stderr, "fake_net: out of memory\n");
    exit(3);
}

void *fake_alloc(size_t n) {
    return memset(resize(NULL, n), 0, n);
}

static void set_now(uint64_t ms) {
    fake.now_ms = ms;
    fake.now_us = ms * 1000;
    fake.wall_ms = fake.wall_at_ms + ms;
}

/* ---- machines */

static fake_machine *machine_new(void) {
    fake_machine *m = fake_alloc(sizeof *m);
    sx_list_append(&fake.machines, &m->node);
    return m;
}

static bool same_host(const net_addr *a, const net_addr *b) {
    return net_addr_eq_host(a, b);
}

void fake_host(const char *addresses) {
    net_addr addrs[4];
    int n = 0;
    for (sx_slice rest = sx_slice_str(addresses), one; rest.n && n < 4;) {
        one = sx_split(rest, ' ', &rest);
        if (one.n && net_addr_parse_host(&addrs[n], one, 0)) n++;
    }
    if (n == 0) return;
    SX_LIST_EACH(it, tmp, &fake.machines) {
        fake_machine *m = SX_CONTAINER(it, fake_machine, node);
        if (m->naddrs && same_host(&m->addrs[0], &addrs[0])) {
            fake.here = m;
            return;
        }
    }
    fake.here = machine_new();
    memcpy(fake.here->addrs, addrs, sizeof(net_addr) * (size_t)n);
    fake.here->naddrs = n;
}

void fake_host_up(const char *address, bool up) {
    net_addr a;
    if (!net_addr_parse_host(&a, sx_slice_str(address), 0)) return;
    fake_machine *m = fake_machine_at(&a, NULL);
    if (!m && up && fake.here->naddrs < 4) fake.here->addrs[fake.here->naddrs++] = a;
    if (!m || up) return;
    int n = 0;
    for (int i = 0; i < m->naddrs; i++)
        if (!same_host(&m->addrs[i], &a)) m->addrs[n++] = m->addrs[i];
    m->naddrs = n;
}

bool fake_owns(const fake_machine *m, const net_addr *a) {
    if (net_addr_is_loopback(a)) return true;
    for (int i = 0; i < m->naddrs; i++)
        if (same_host(&m->addrs[i], a)) return true;
    return false;
}

fake_machine *fake_machine_at(const net_addr *a, const fake_machine *sender) {
    if (net_addr_is_loopback(a)) return (fake_machine *)sender;
    SX_LIST_EACH(it, tmp, &fake.machines) {
        fake_machine *m = SX_CONTAINER(it, fake_machine, node);
        if (fake_owns(m, a)) return m;
    }
    return NULL;
}

bool fake_matches(const fake_machine *m, const net_addr *bound, const net_addr *to, const fake_machine *sender) {
    if (net_addr_port(bound) != net_addr_port(to) || net_addr_is_v6(bound) != net_addr_is_v6(to)) return false;
    if (net_addr_is_loopback(to)) return m == sender && (net_addr_is_any(bound) || same_host(bound, to));
    return fake_owns(m, to) && (net_addr_is_any(bound) || same_host(bound, to));
}

int fake_source(const fake_machine *m, const net_addr *dst, net_addr *src) {
    if (net_addr_is_loopback(dst)) {
        *src = net_addr_loopback(net_addr_is_v6(dst) ? NET_V6 : NET_V4, 0);
        return SX_OK;
    }
    for (int i = 0; i < m->naddrs; i++) {
        if (net_addr_is_v6(&m->addrs[i]) != net_addr_is_v6(dst)) continue;
        *src = m->addrs[i];
        return SX_OK;
    }
    return sx_fail(SX_E_TRANSPORT, "no route: Network is unreachable");
}

int net_addr_source_for(const net_addr *dst, net_addr *src) {
    if (!net_addr_is_set(dst)) return sx_fail(SX_E_INVALID, "no address to find a route to");
    return fake_source(fake.running ? fake.running->machine : fake.here, dst, src);
}

bool net_addr_is_ours(const net_addr *a) {
    if (!net_addr_is_set(a) || net_addr_is_any(a)) return false;
    return fake_owns(fake.running ? fake.running->machine : fake.here, a);
}

void fake_host_move(const char *from, const char *to) {
    net_addr a, b;
    if (!net_addr_parse_host(&a, sx_slice_str(from), 0) || !net_addr_parse_host(&b, sx_slice_str(to), 0)) return;
    fake_machine *m = fake_machine_at(&a, NULL);
    for (int i = 0; m && i < m->naddrs; i++)
        if (same_host(&m->addrs[i], &a)) m->addrs[i] = b;
}

int fake_bind(net_loop *l, net_addr *local, bool (*taken)(const net_addr *a, const fake_machine *m)) {
    if (!net_addr_is_set(local)) return sx_fail(SX_E_INVALID, "no local address");
    if (!net_addr_is_any(local) && !fake_owns(l->machine, local))
        return sx_fail(SX_E_ADDRESS, "bind: Cannot assign requested address");
    if (net_addr_port(local)) {
        if (taken(local, l->machine)) return sx_fail(SX_E_IN_USE, "bind: Address already in use");
        return SX_OK;
    }
    for (int i = 0; i < 28000; i++) {
        fake.next_port = fake.next_port < 32768 || fake.next_port > 60000 ? 32768 : (uint16_t)(fake.next_port + 1);
        net_addr_set_port(local, fake.next_port);
        if (!taken(local, l->machine)) return SX_OK;
    }
    return sx_fail(SX_E_IN_USE, "bind: no port left");
}

uint32_t fake_random(uint32_t below) {
    uint64_t x = fake.rng += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    x ^= x >> 31;
    return below ? (uint32_t)((x >> 32) * below >> 32) : 0;
}

/* ---- what will happen: a heap by (time, order of asking) */

static bool before(const fake_event *a, const fake_event *b) {
    return a->at != b->at ? a->at < b->at : a->seq < b->seq;
}

fake_event *fake_schedule(uint64_t at, void (*fn)(fake_event *)) {
    fake_event *e = fake_alloc(sizeof *e);
    e->at = at < fake.now_ms ? fake.now_ms : at;
    e->seq = ++fake.seq;
    e->fn = fn;
    if (fake.nheap == fake.capheap) {
        fake.capheap = fake.capheap ? fake.capheap * 2 : 64;
        fake.heap = resize(fake.heap, fake.capheap * sizeof *fake.heap);
    }
    size_t i = fake.nheap++;
    for (; i && before(e, fake.heap[(i - 1) / 2]); i = (i - 1) / 2) fake.heap[i] = fake.heap[(i - 1) / 2];
    fake.heap[i] = e;
    return e;
}

static fake_event *pop(void) {
    fake_event *top = fake.heap[0], *last = fake.heap[--fake.nheap];
    size_t i = 0;
    for (size_t c; (c = 2 * i + 1) < fake.nheap; i = c) {
        if (c + 1 < fake.nheap && before(fake.heap[c + 1], fake.heap[c])) c++;
        if (!before(fake.heap[c], last)) break;
        fake.heap[i] = fake.heap[c];
    }
    if (fake.nheap) fake.heap[i] = last;
    return top;
}

static void event_free(fake_event *e) {
    free(e->bytes);
    free(e);
}

void fake_set_bytes(fake_event *e, sx_slice bytes) {
    e->bytes = resize(NULL, bytes.n); /* exact: ASan sees a read past the end */
    if (bytes.n) memcpy(e->bytes, bytes.p, bytes.n);
    e->n = bytes.n;
}

net_event fake_event_of(net_event_type type) {
    net_event ev;
    memset(&ev, 0, sizeof ev);
    ev.type = type;
    ev.text = "";
    return ev;
}

void fake_deliver(net_loop *l, net_sink sink, void *ctx, const net_event *ev) {
    net_loop *was = fake.running;
    fake.running = l;
    if (sink) sink(ctx, ev);
    sx_runq_drain(&l->runq);
    fake.running = was;
}

/* ---- loops */

static void drain_loop(void *loop) {
    net_loop *l = loop;
    net_loop *was = fake.running;
    fake.running = l;
    sx_runq_drain(&l->runq);
    fake.running = was;
}

net_loop *net_loop_create(void) {
    if (!fake.begun) fake_net_begin(1);
    net_loop *l = calloc(1, sizeof *l);
    if (l) l->wheel = sx_wheel_create(fake.now_ms);
    if (!l || !l->wheel) {
        free(l);
        sx_fail(SX_E_NOMEM, "no memory for a loop");
        return NULL;
    }
    l->machine = fake.here;
    sx_runq_init(&l->runq);
    sx_list_init(&l->watches);
    sx_list_init(&l->udps);
    sx_list_init(&l->listeners);
    sx_list_init(&l->conns);
    sx_list_init(&l->resolvers);
    sx_list_init(&l->netwatches);
    sx_wheel_after_each(l->wheel, drain_loop, l);
    sx_list_append(&fake.loops, &l->node);
    return l;
}

/* What its owner forgot to close is closed here and remembered against the test. */
static void close_all(net_loop *l) {
    bool clean = sx_list_is_empty(&l->watches) && sx_list_is_empty(&l->udps) && sx_list_is_empty(&l->listeners) &&
                 sx_list_is_empty(&l->conns) && sx_list_is_empty(&l->resolvers) && sx_list_is_empty(&l->netwatches);
    if (clean) return;
    fprintf(stderr, "fake_net: objects on a destroyed loop were not closed\n");
    fake.leaked = true;
    for (sx_list *w; (w = sx_list_first(&l->watches)) != NULL;) net_watch_close(SX_CONTAINER(w, net_watch, node));
    fake_udp_free_all(l);
    fake_tcp_free_all(l);
    fake_dns_free_all(l);
    fake_netwatch_free_all(l);
}

void net_loop_destroy(net_loop *l) {
    if (!l) return;
    close_all(l);
    sx_runq_drain(&l->runq);
    sx_list_remove(&l->node);
    sx_wheel_destroy(l->wheel);
    if (fake.running == l) fake.running = NULL;
    free(l);
}

void net_loop_abandon(net_loop *l) {
}

sx_wheel *net_loop_wheel(net_loop *l) {
    return l->wheel;
}

sx_runq *net_loop_runq(net_loop *l) {
    return &l->runq;
}

uint64_t net_loop_now(const net_loop *l) {
    return fake.now_ms;
}

void net_loop_stop(net_loop *l) {
    l->stop = true;
}

void net_loop_run(net_loop *l) {
    while (!l->stop && fake_step()) {
    }
    l->stop = false;
}

void net_loop_run_once(net_loop *l, unsigned max_wait_ms) {
    fake_run_for(max_wait_ms);
}

static void watch_free(sx_grave *g) {
    free(SX_CONTAINER(g, net_watch, grave));
}

int net_watch_open(net_loop *l, int fd, net_sink sink, void *ctx, net_watch **out) {
    net_watch *w = calloc(1, sizeof *w);
    if (!w) return sx_fail(SX_E_NOMEM, "no memory for a watch");
    w->loop = l;
    w->fd = fd;
    w->sink = sink;
    w->ctx = ctx;
    sx_list_append(&l->watches, &w->node);
    *out = w;
    return SX_OK;
}

void net_watch_close(net_watch *w) {
    if (!w) return;
    sx_list_remove(&w->node);
    w->closed = true;
    sx_runq_bury(&w->loop->runq, &w->grave, watch_free);
}

static bool poll_watches(void) {
    SX_LIST_EACH(it, tmp, &fake.loops) {
        net_loop *l = SX_CONTAINER(it, net_loop, node);
        SX_LIST_EACH(wi, wtmp, &l->watches) {
            net_watch *w = SX_CONTAINER(wi, net_watch, node);
            struct pollfd p = {w->fd, POLLIN, 0};
            if (poll(&p, 1, 0) != 1) continue;
            net_event ev = fake_event_of(NET_READABLE);
            fake_deliver(l, w->sink, w->ctx, &ev);
            return true;
        }
    }
    return false;
}

/* ---- time */

void fake_settle(void) {
    bool more = true;
    while (more) {
        more = false;
        SX_LIST_EACH(it, tmp, &fake.loops) {
            net_loop *l = SX_CONTAINER(it, net_loop, node);
            if (sx_list_is_empty(&l->runq.tasks) && !l->runq.graves) continue;
            if (l->runq.draining) continue;
            drain_loop(l);
            more = true;
            break; /* a task may have created or destroyed loops */
        }
    }
}

static net_loop *next_timer(uint64_t *at) {
    net_loop *found = NULL;
    *at = UINT64_MAX;
    SX_LIST_EACH(it, tmp, &fake.loops) {
        net_loop *l = SX_CONTAINER(it, net_loop, node);
        uint64_t t = sx_wheel_next(l->wheel);
        if (t < *at) {
            *at = t;
            found = l;
        }
    }
    return found;
}

static bool step(uint64_t limit) {
    uint64_t at;
    fake_settle();
    if (poll_watches()) return true;
    net_loop *l = next_timer(&at);
    if (at < fake.now_ms) at = fake.now_ms; /* a wheel that was not turned for a while names the start of a slot */
    bool packet = fake.nheap && fake.heap[0]->at <= at;
    if (packet) at = fake.heap[0]->at;
    if (at == UINT64_MAX || at > limit) return false;
    if (at > fake.now_ms) set_now(at);
    if (packet) {
        fake_event *e = pop();
        e->fn(e);
        event_free(e);
    } else {
        net_loop *was = fake.running;
        fake.running = l;
        sx_wheel_advance(l->wheel, fake.now_ms);
        fake.running = was;
    }
    fake_settle();
    return true;
}

bool fake_step(void) {
    return step(UINT64_MAX - 1);
}

/* A program that keeps itself busy without time passing would hang its test: say so instead. */
static bool stuck(uint64_t *at, unsigned *n) {
    if (*at != fake.now_ms) {
        *at = fake.now_ms;
        *n = 0;
    }
    if (++*n < 2000000) return false;
    fprintf(stderr, "fake_net: 2,000,000 events at %llu ms: something goes round in circles\n",
            (unsigned long long)fake.now_ms);
    return true;
}

void fake_run_until(uint64_t now_ms) {
    uint64_t at = 0;
    unsigned n = 0;
    while (step(now_ms) && !stuck(&at, &n)) {
    }
    if (now_ms > fake.now_ms) set_now(now_ms);
}

void fake_run_for(uint64_t ms) {
    fake_run_until(fake.now_ms + ms);
}

bool fake_run_until_done(bool (*done)(void *ctx), void *ctx, uint64_t max_ms) {
    uint64_t limit = fake.now_ms + max_ms, at = 0;
    unsigned n = 0;
    fake_settle();
    while (!done(ctx)) {
        if (step(limit) && !stuck(&at, &n)) continue;
        if (limit > fake.now_ms) set_now(limit);
        return done(ctx);
    }
    return true;
}

uint64_t fake_now(void) {
    return fake.now_ms;
}

void fake_wall_set(uint64_t wall_ms) {
    fake.wall_at_ms = wall_ms - fake.now_ms;
    fake.wall_ms = wall_ms;
}

/* ---- begin and end */

void fake_net_begin(uint64_t seed) {
    if (fake.begun) fake_net_end();
    memset(&fake, 0, sizeof fake);
    fake.begun = true;
    fake.rng = seed;
    sx_list_init(&fake.machines);
    sx_list_init(&fake.loops);
    fake.here = machine_new();
    set_now(1000000);
    fake_wall_set(1767225600000u); /* 2026-01-01 */
    sx_clock_fake(&fake.now_us, &fake.wall_ms);
    sx_rand_fix(seed ? seed : 1);
}

bool fake_net_end(void) {
    if (!fake.begun) return true;
    for (sx_list *n; (n = sx_list_first(&fake.loops)) != NULL;) {
        fprintf(stderr, "fake_net: a loop was not destroyed\n");
        fake.leaked = true;
        net_loop_destroy(SX_CONTAINER(n, net_loop, node));
    }
    bool clean = !fake.leaked;
    for (size_t i = 0; i < fake.nheap; i++) event_free(fake.heap[i]);
    free(fake.heap);
    for (sx_list *n; (n = sx_list_pop(&fake.machines)) != NULL;) free(SX_CONTAINER(n, fake_machine, node));
    fake_wire_reset();
    fake_dns_reset();
    fake_tcp_modes_reset();
    sx_clock_fake(NULL, NULL);
    sx_rand_fix(0);
    memset(&fake, 0, sizeof fake);
    return clean;
}
