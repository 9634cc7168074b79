/* Links: who loses, delays, doubles and rewrites what. */
#include <stdlib.h>

#include "support/fake_internal.h"

typedef struct link_rule {
    struct link_rule *next;
    net_addr from, to; /* none: any */
    fake_link link;
    uint64_t passed;
} link_rule;

typedef struct drop_rule {
    struct drop_rule *next;
    net_addr from, to;
    char start[32];
    unsigned skip, n;
} drop_rule;

typedef struct nat_map {
    struct nat_map *next;
    net_addr inside; /* host and port */
    net_addr outside;
    bool old; /* rebound: packets from outside still find in, new ones from inside get another port */
} nat_map;

typedef struct nat_rule {
    struct nat_rule *next;
    net_addr inside, outside; /* hosts */
} nat_rule;

static struct {
    link_rule *links;
    drop_rule *drops;
    nat_rule *nats;
    nat_map *maps;
    uint16_t nat_port;
} wire;

#define FREE_ALL(type, head)             \
    while (head) {                       \
        type *next_ = (head)->next;      \
        free(head);                      \
        head = next_;                    \
    }

void fake_wire_reset(void) {
    FREE_ALL(link_rule, wire.links);
    FREE_ALL(drop_rule, wire.drops);
    FREE_ALL(nat_rule, wire.nats);
    FREE_ALL(nat_map, wire.maps);
    memset(&wire, 0, sizeof wire);
}

static net_addr host_of(const char *text) {
    net_addr a = net_addr_none();
    if (text) net_addr_parse(&a, sx_slice_str(text), 0);
    return a;
}

static bool covers(const net_addr *rule, const net_addr *a) {
    if (!net_addr_is_set(rule)) return true;
    return net_addr_port(rule) ? net_addr_eq(rule, a) : net_addr_eq_host(rule, a);
}

void fake_link_set(const char *from, const char *to, const fake_link *link) {
    net_addr f = host_of(from), t = host_of(to);
    link_rule *r = wire.links;
    while (r && !(net_addr_eq(&r->from, &f) && net_addr_eq(&r->to, &t))) r = r->next;
    if (!r) {
        r = fake_alloc(sizeof *r);
        r->from = f;
        r->to = t;
        r->next = wire.links;
        wire.links = r;
    }
    r->link = *link;
}

void fake_drop_starting(const char *from, const char *to, const char *start, unsigned skip, unsigned n) {
    drop_rule *r = fake_alloc(sizeof *r), **at = &wire.drops;
    r->from = host_of(from);
    r->to = host_of(to);
    size_t len = strlen(start);
    memcpy(r->start, start, len < sizeof r->start ? len : sizeof r->start - 1);
    r->skip = skip;
    r->n = n;
    while (*at) at = &(*at)->next;
    *at = r;
}

void fake_drop(const char *from, const char *to, unsigned skip, unsigned n) {
    fake_drop_starting(from, to, "", skip, n);
}

static bool drop_ruled(const net_addr *from, const net_addr *to, sx_slice bytes) {
    for (drop_rule *r = wire.drops; r; r = r->next) {
        size_t len = strlen(r->start);
        if (!r->n || !covers(&r->from, from) || !covers(&r->to, to)) continue;
        if (bytes.n < len || (len && memcmp(bytes.p, r->start, len) != 0)) continue;
        if (r->skip) {
            r->skip--;
            continue;
        }
        r->n--;
        return true;
    }
    return false;
}

static link_rule *link_between(const net_addr *from, const net_addr *to) {
    link_rule *best = NULL;
    int best_rank = -1;
    for (link_rule *r = wire.links; r; r = r->next) {
        int rank = (net_addr_is_set(&r->from) ? 2 : 0) + (net_addr_is_set(&r->to) ? 1 : 0);
        if (rank <= best_rank || !covers(&r->from, from) || !covers(&r->to, to)) continue;
        best = r;
        best_rank = rank;
    }
    return best;
}

static bool percent(unsigned p) {
    return p && fake_random(100) < p;
}

fake_fate fake_pass(const net_addr *from, const net_addr *to, bool tcp, sx_slice bytes) {
    link_rule *r = link_between(from, to);
    const fake_link *k = r ? &r->link : NULL;
    fake_fate fate;
    memset(&fate, 0, sizeof fate);
    fake_packet p;
    memset(&p, 0, sizeof p);
    p.from = *from;
    p.to = *to;
    p.tcp = tcp;
    p.bytes = bytes;
    p.n = r ? ++r->passed : 0;
    p.at_ms = fake.now_ms;
    fate.copies = 1;
    fate.delay_ms[0] = fate.delay_ms[1] = k ? k->latency_ms : 1;
    fate.cut = fate.lost = k && k->cut;
    if (!tcp) {
        if (drop_ruled(from, to, bytes)) fate.lost = true;
        if (k && percent(k->loss_percent)) fate.lost = true;
        if (k && percent(k->dup_percent)) fate.copies = 2;
        for (unsigned i = 0; k && i < 2; i++) {
            if (k->jitter_ms) fate.delay_ms[i] += fake_random(k->jitter_ms + 1);
            if (percent(k->reorder_percent)) fate.delay_ms[i] += k->reorder_ms;
        }
        if (k && k->mishap) k->mishap(k->mishap_ctx, &p, &fate);
    }
    fake.sent++;
    if (fate.lost) fake.dropped++;
    p.dropped = fate.lost;
    if (fake.see && (bytes.n || !tcp)) fake.see(fake.see_ctx, &p);
    return fate;
}

void fake_tap(void (*see)(void *ctx, const fake_packet *p), void *ctx) {
    fake.see = see;
    fake.see_ctx = ctx;
}

uint64_t fake_sent(void) {
    return fake.sent;
}

uint64_t fake_dropped(void) {
    return fake.dropped;
}

/* ---- NAT: full cone, one port for each inside address and port */

void fake_nat(const char *inside, const char *outside) {
    nat_rule *r = fake_alloc(sizeof *r);
    r->inside = host_of(inside);
    r->outside = host_of(outside);
    r->next = wire.nats;
    wire.nats = r;
}

void fake_nat_rebind(void) {
    for (nat_map *m = wire.maps; m; m = m->next) m->old = true;
}

static nat_rule *nat_of(const net_addr *inside) {
    for (nat_rule *r = wire.nats; r; r = r->next)
        if (net_addr_eq_host(&r->inside, inside)) return r;
    return NULL;
}

void fake_nat_out(net_addr *from, const net_addr *to) {
    nat_rule *r = nat_of(from), *far = nat_of(to);
    if (!r || net_addr_eq_host(from, to)) return;
    if (far && net_addr_eq_host(&far->outside, &r->outside)) return; /* neighbours behind the same box */
    nat_map *m = wire.maps;
    while (m && (m->old || !net_addr_eq(&m->inside, from) || !net_addr_eq_host(&m->outside, &r->outside))) m = m->next;
    if (!m) {
        m = fake_alloc(sizeof *m);
        m->inside = *from;
        m->outside = r->outside;
        wire.nat_port = wire.nat_port ? (uint16_t)(wire.nat_port + 1) : 40000;
        net_addr_set_port(&m->outside, wire.nat_port);
        m->next = wire.maps;
        wire.maps = m;
    }
    *from = m->outside;
}

bool fake_nat_in(net_addr *to) {
    bool is_box = false;
    for (nat_rule *r = wire.nats; r; r = r->next) is_box = is_box || net_addr_eq_host(&r->outside, to);
    if (!is_box) return true;
    for (nat_map *m = wire.maps; m; m = m->next) {
        if (m->old || !net_addr_eq(&m->outside, to)) continue;
        *to = m->inside;
        return true;
    }
    return false;
}
