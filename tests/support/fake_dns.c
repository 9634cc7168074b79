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
    net_dns_type type;
    net_family family;
    char name[256];
} question;

typedef struct table_row {
    struct table_row *next;
    char name[256];
    net_dns_type type;
    net_addr addr;
    uint32_t ttl_s;
    int code; /* the name fails with it, and has nothing else in this row */
    uint16_t a, b, port; /* SRV: priority, weight; NAPTR: order, preference */
    char target[256], flags[8], service[32];
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
    r->type = NET_DNS_ADDRESS;
    r->addr = a;
    r->ttl_s = ttl_s;
}

static void set_text(char *to, size_t cap, const char *text) {
    size_t n = strlen(text);
    memcpy(to, text, n < cap ? n : cap - 1);
}

void fake_dns_add_srv(const char *name, unsigned priority, unsigned weight, unsigned port, const char *target) {
    table_row *r = row_new(name);
    r->type = NET_DNS_SRV;
    r->a = (uint16_t)priority;
    r->b = (uint16_t)weight;
    r->port = (uint16_t)port;
    r->ttl_s = 60;
    set_text(r->target, sizeof r->target, strcmp(target, ".") ? target : "");
}

void fake_dns_add_naptr(const char *name, unsigned order, unsigned preference, const char *flags, const char *service,
                        const char *replacement) {
    table_row *r = row_new(name);
    r->type = NET_DNS_NAPTR;
    r->a = (uint16_t)order;
    r->b = (uint16_t)preference;
    r->ttl_s = 60;
    set_text(r->flags, sizeof r->flags, flags);
    set_text(r->service, sizeof r->service, service);
    set_text(r->target, sizeof r->target, replacement);
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

static uint32_t rank_of(const net_dns_record *r) {
    return r->type == NET_DNS_SRV ? r->priority : (uint32_t)r->order << 16 | r->preference;
}

static size_t collect_records(const question *q, net_dns_record *out, size_t max) {
    size_t n = 0;
    for (table_row *r = table; r && n < max; r = r->next) {
        if (r->code || r->type != q->type || !is_name(r, q->name)) continue;
        net_dns_record x;
        memset(&x, 0, sizeof x);
        x.type = r->type;
        x.ttl_s = r->ttl_s;
        x.priority = x.order = r->a;
        x.weight = x.preference = r->b;
        x.port = r->port;
        x.name = sx_slice_str(r->target);
        x.flags = sx_slice_str(r->flags);
        x.service = sx_slice_str(r->service);
        size_t i = n++;
        for (; i > 0 && rank_of(&out[i - 1]) > rank_of(&x); i--) out[i] = out[i - 1];
        out[i] = x;
    }
    return n;
}

static size_t collect(const question *q, bool v6, net_dns_record *out, size_t n, size_t max) {
    net_addr numeric;
    if (q->type != NET_DNS_ADDRESS) return collect_records(q, out, max);
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
        if (r->code || r->type != NET_DNS_ADDRESS || !is_name(r, q->name) || net_addr_is_v6(&r->addr) != v6) continue;
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
    memset(records, 0, sizeof records);
    net_event ev = fake_event_of(NET_RESOLVED);
    const table_row *failed = failure_of(q->name);
    ev.token = q->token;
    if (failed) {
        ev.code = failed->code;
        ev.text = failed->code == SX_E_TIMEOUT ? "no DNS server answers" : "the DNS servers fail or cannot be reached";
    } else {
        size_t n = collect(q, d->prefer_v6, records, 0, 64);
        if (q->type == NET_DNS_ADDRESS) n = collect(q, !d->prefer_v6, records, n, 64);
        ev.records = records;
        ev.nrecords = n;
        ev.code = n ? SX_OK : SX_E_DNS;
        ev.text = n ? "" : "no such name";
        ev.absent = !n;
    }
    free(q);
    fake_deliver(d->loop, d->sink, d->ctx, &ev);
}

static int ask(net_dns *d, net_dns_type type, sx_slice name, net_family family, uint64_t token) {
    if (name.n == 0 || name.n > 253 || memchr(name.p, 0, name.n)) return sx_fail(SX_E_INVALID, "not a host name");
    question *q = calloc(1, sizeof *q);
    if (!q) return sx_fail(SX_E_NOMEM, "no memory for a question");
    memcpy(q->name, name.p, name.n);
    if (name.n > 1 && q->name[name.n - 1] == '.') q->name[name.n - 1] = 0;
    q->id = ++fake.ids;
    q->token = token;
    q->type = type;
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

int net_dns_query(net_dns *d, sx_slice name, net_family family, uint64_t token) {
    return ask(d, NET_DNS_ADDRESS, name, family, token);
}

int net_dns_query_srv(net_dns *d, sx_slice name, uint64_t token) { return ask(d, NET_DNS_SRV, name, NET_BOTH, token); }

int net_dns_query_naptr(net_dns *d, sx_slice name, uint64_t token) {
    return ask(d, NET_DNS_NAPTR, name, NET_BOTH, token);
}

void net_dns_get_stats(const net_dns *d, net_dns_stats *out) {
    memset(out, 0, sizeof *out);
    out->asked = out->sent = fake.dns_queries;
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
