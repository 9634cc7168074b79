#include <stdlib.h>

#include "base/error.h"
#include "support/fake_internal.h"

struct net_dns {
    sx_list node;
    sx_grave grave;
    net_loop *loop;
    net_sink sink;
    void *ctx;
    uint64_t id;
    bool prefer_v6;
    sx_list open;
};

typedef struct question {
    sx_list node;
    uint64_t id, token;
    net_family family;
    char name[256];
} question;

typedef struct table_row {
    struct table_row *next;
    char name[256];
    net_addr addr; /* none: the name fails with `code` */
    uint32_t ttl_s;
    int code;
} table_row;

static table_row *table;

static table_row *row_new(const char *name) {
    table_row *r = fake_alloc(sizeof *r), **at = &table;
    size_t n = strlen(name);
    memcpy(r->name, name, n < sizeof r->name ? n : sizeof r->name - 1);
    while (*at) at = &(*at)->next;
    *at = r;
    return r;
}

void fake_dns_add(const char *name, const char *address, uint32_t ttl_s) {
    net_addr a;
    if (!net_addr_parse_host(&a, sx_slice_str(address), 0)) return;
    table_row *r = row_new(name);
    r->addr = a;
    r->ttl_s = ttl_s;
}

static bool is_name(const table_row *r, const char *name) {
    return sx_ieq(sx_slice_str(r->name), sx_slice_str(name));
}

void fake_dns_fail(const char *name, int code) {
    table_row **at = &table;
    while (*at) {
        table_row *r = *at;
        if (is_name(r, name) && r->code) {
            *at = r->next;
            free(r);
        } else {
            at = &r->next;
        }
    }
    table_row *r = code ? row_new(name) : NULL;
    if (r) r->code = code;
}

void fake_dns_clear(void) {
    while (table) {
        table_row *next = table->next;
        free(table);
        table = next;
    }
}

void fake_dns_reset(void) {
    fake_dns_clear();
}

uint64_t fake_dns_queries(void) {
    return fake.dns_queries;
}

int net_dns_create(net_loop *l, const net_dns_options *opt, net_sink sink, void *ctx, net_dns **out) {
    net_dns *d = calloc(1, sizeof *d);
    if (!d) return sx_fail(SX_E_NOMEM, "no memory for a resolver");
    d->loop = l;
    d->sink = sink;
    d->ctx = ctx;
    d->id = ++fake.ids;
    d->prefer_v6 = opt && opt->prefer_v6;
    sx_list_init(&d->open);
    sx_list_append(&l->resolvers, &d->node);
    *out = d;
    return SX_OK;
}

static void dns_free(sx_grave *g) {
    net_dns *d = SX_CONTAINER(g, net_dns, grave);
    for (sx_list *n; (n = sx_list_pop(&d->open)) != NULL;) free(SX_CONTAINER(n, question, node));
    free(d);
}

void net_dns_destroy(net_dns *d) {
    if (!d) return;
    sx_list_remove(&d->node);
    sx_runq_bury(&d->loop->runq, &d->grave, dns_free);
}

void fake_dns_free_all(net_loop *l) {
    for (sx_list *n; (n = sx_list_first(&l->resolvers)) != NULL;) net_dns_destroy(SX_CONTAINER(n, net_dns, node));
}

static net_dns *dns_by_id(uint64_t id) {
    SX_LIST_EACH(it, tmp, &fake.loops) {
        net_loop *l = SX_CONTAINER(it, net_loop, node);
        SX_LIST_EACH(di, dtmp, &l->resolvers)
        if (SX_CONTAINER(di, net_dns, node)->id == id) return SX_CONTAINER(di, net_dns, node);
    }
    return NULL;
}

static size_t collect(const question *q, bool v6, net_dns_record *out, size_t n, size_t max) {
    net_addr numeric;
    if (q->family == (v6 ? NET_V4 : NET_V6)) return n;
    if (net_addr_parse_host(&numeric, sx_slice_str(q->name), 0)) {
        if (net_addr_is_v6(&numeric) != v6) return n;
        out[n].type = NET_DNS_ADDRESS;
        out[n].ttl_s = 3600;
        out[n].addr = numeric;
        return n + 1;
    }
    if (sx_ieq(sx_slice_str(q->name), SX_LIT("localhost"))) {
        out[n].type = NET_DNS_ADDRESS;
        out[n].ttl_s = 30;
        out[n].addr = net_addr_loopback(v6 ? NET_V6 : NET_V4, 0);
        return n + 1;
    }
    for (table_row *r = table; r && n < max; r = r->next) {
        if (r->code || !is_name(r, q->name) || net_addr_is_v6(&r->addr) != v6) continue;
        out[n].type = NET_DNS_ADDRESS;
        out[n].ttl_s = r->ttl_s;
        out[n].addr = r->addr;
        n++;
    }
    return n;
}

static const table_row *failure_of(const char *name) {
    for (table_row *r = table; r; r = r->next)
        if (r->code && is_name(r, name)) return r;
    return NULL;
}

static void answer(fake_event *e) {
    net_dns *d = dns_by_id(e->id);
    question *q = NULL;
    if (!d) return;
    SX_LIST_EACH(it, tmp, &d->open)
    if (SX_CONTAINER(it, question, node)->id == e->token) q = SX_CONTAINER(it, question, node);
    if (!q) return; /* cancelled */
    sx_list_remove(&q->node);
    net_dns_record records[64];
    net_event ev = fake_event_of(NET_RESOLVED);
    const table_row *failed = failure_of(q->name);
    ev.token = q->token;
    if (failed) {
        ev.code = failed->code;
        ev.text = failed->code == SX_E_TIMEOUT ? "no DNS server answers" : "the DNS servers fail or cannot be reached";
    } else {
        size_t n = collect(q, d->prefer_v6, records, 0, 64);
        n = collect(q, !d->prefer_v6, records, n, 64);
        ev.records = records;
        ev.nrecords = n;
        ev.code = n ? SX_OK : SX_E_DNS;
        ev.text = n ? "" : "no such name";
    }
    free(q);
    fake_deliver(d->loop, d->sink, d->ctx, &ev);
}

int net_dns_query(net_dns *d, sx_slice name, net_family family, uint64_t token) {
    if (name.n == 0 || name.n > 253 || memchr(name.p, 0, name.n)) return sx_fail(SX_E_INVALID, "not a host name");
    question *q = calloc(1, sizeof *q);
    if (!q) return sx_fail(SX_E_NOMEM, "no memory for a question");
    memcpy(q->name, name.p, name.n);
    if (name.n > 1 && q->name[name.n - 1] == '.') q->name[name.n - 1] = 0;
    q->id = ++fake.ids;
    q->token = token;
    q->family = family;
    sx_list_append(&d->open, &q->node);
    const table_row *failed = failure_of(q->name);
    bool numeric = net_addr_is_numeric(name);
    if (!numeric) fake.dns_queries++;
    uint64_t wait = failed && failed->code == SX_E_TIMEOUT ? 5000 : numeric ? 0 : 1;
    fake_event *e = fake_schedule(fake.now_ms + wait, answer);
    e->id = d->id;
    e->token = q->id;
    return SX_OK;
}

void net_dns_cancel(net_dns *d, uint64_t token) {
    SX_LIST_EACH(it, tmp, &d->open) {
        question *q = SX_CONTAINER(it, question, node);
        if (q->token != token) continue;
        sx_list_remove(&q->node);
        free(q);
    }
}

void net_dns_flush(net_dns *d) {
}
