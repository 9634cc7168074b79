#define _GNU_SOURCE
#include "net/dns.h"

#include <stdlib.h>

#include "base/error.h"
#include "net/dns_internal.h"

#define OPEN_MAX_QUESTIONS 65536

typedef struct question {
    sx_list node; /* in waiting or ready */
    uint64_t token;
    net_family family;
    dns_entry *of[2]; /* what it waits for, in the order of the answer; none for a numeric name */
    net_addr numeric;
    uint64_t stale_at; /* from then on a last good answer will do */
} question;

/* ---- answers */

static void question_free(net_dns *d, question *q) {
    sx_list_remove(&q->node);
    for (int i = 0; i < 2; i++) {
        if (q->of[i]) q->of[i]->refs--;
    }
    d->open--;
    free(q);
}

static size_t add_records(net_dns *d, const dns_entry *e, net_dns_record *out, size_t n, bool *stale) {
    if (!e || !e->set) return n;
    uint64_t age_s = (d->loop->now_ms - e->good_ms) / 1000;
    bool past = e->stale || e->asking;
    for (size_t i = 0; i < e->set->n && n < DNS_RECORDS; i++, n++) {
        out[n] = e->set->v[i];
        if (out[n].ttl_s > e->set->ttl_s) out[n].ttl_s = e->set->ttl_s;
        out[n].ttl_s = !past && out[n].ttl_s > age_s ? out[n].ttl_s - (uint32_t)age_s : 1;
        if (out[n].ttl_s > DNS_TTL_MAX) out[n].ttl_s = DNS_TTL_MAX;
    }
    if (past) *stale = true;
    return n;
}

static size_t numeric_record(const question *q, net_dns_record *out) {
    if (q->family != NET_BOTH && (q->family == NET_V6) != net_addr_is_v6(&q->numeric)) return 0;
    memset(out, 0, sizeof *out);
    out->type = NET_DNS_ADDRESS;
    out->ttl_s = DNS_TTL_MAX;
    out->addr = q->numeric;
    return 1;
}

/* Of two failures the one that may pass is worth telling: "no such name" is said only if both say so. */
static const dns_entry *worth_telling(const question *q) {
    return q->of[1] && !q->of[1]->absent && q->of[0]->absent ? q->of[1] : q->of[0];
}

static size_t collect(net_dns *d, const question *q, net_dns_record *records, net_event *ev) {
    size_t n = 0;
    if (net_addr_is_set(&q->numeric)) {
        n = numeric_record(q, records);
        if (n) return n;
        ev->code = SX_E_DNS;
        ev->absent = true;
        ev->text = q->family == NET_V6 ? "not an IPv6 address" : "not an IPv4 address";
        return 0;
    }
    for (int i = 0; i < 2; i++) n = add_records(d, q->of[i], records, n, &ev->stale);
    if (n && ev->stale) {
        const dns_entry *failed = q->of[1] && q->of[1]->stale ? q->of[1] : q->of[0];
        d->stats.stale++;
        ev->text = failed->stale ? failed->text : "no DNS server answers";
    }
    if (n) return n;
    const dns_entry *told = worth_telling(q);
    ev->code = told->code < 0 ? told->code : SX_E_DNS;
    ev->absent = told->absent;
    ev->text = told->text;
    return 0;
}

static void answer(net_dns *d, question *q) {
    net_dns_record records[DNS_RECORDS];
    net_event ev = net_event_of(NET_RESOLVED);
    dns_set *held[2] = {NULL, NULL}; /* names in the records live there */
    for (int i = 0; i < 2; i++) {
        if (!q->of[i] || !q->of[i]->set) continue;
        held[i] = q->of[i]->set;
        held[i]->refs++;
    }
    ev.token = q->token;
    ev.records = records;
    ev.nrecords = collect(d, q, records, &ev);
    question_free(d, q);
    d->sink(d->ctx, &ev);
    for (int i = 0; i < 2; i++) dns_set_unref(held[i]);
}

static bool may_be_stale(const net_dns *d, const dns_entry *e, const question *q) {
    return dns_entry_has_last_good(e, d->loop->now_ms) && (e->stale || d->loop->now_ms >= q->stale_at);
}

static bool is_answered(const net_dns *d, const question *q) {
    for (int i = 0; i < 2; i++) {
        if (q->of[i] && q->of[i]->asking && !may_be_stale(d, q->of[i], q)) return false;
    }
    return true;
}

static void watch_stale(net_dns *d, const question *q) {
    bool any = (q->of[0] && q->of[0]->set) || (q->of[1] && q->of[1]->set);
    if (any && !sx_timer_running(&d->stale_timer)) sx_timer_start(d->loop->wheel, &d->stale_timer, q->stale_at);
}

static void tell(sx_task *t) {
    net_dns *d = SX_CONTAINER(t, net_dns, task);
    bool gone = false;
    SX_LIST_EACH(it, tmp, &d->waiting) {
        question *q = SX_CONTAINER(it, question, node);
        if (!is_answered(d, q)) {
            watch_stale(d, q);
            continue;
        }
        sx_list_remove(&q->node);
        sx_list_append(&d->ready, &q->node);
    }
    d->gone = &gone;
    for (sx_list *n; !gone && (n = sx_list_first(&d->ready)) != NULL;) answer(d, SX_CONTAINER(n, question, node));
    d->gone = NULL; /* the memory is still there: the graveyard waits for the end of the drain */
}

void dns_settled(net_dns *d) { sx_runq_post(&d->loop->runq, &d->task); }

static void on_stale(sx_timer *t, uint64_t now_ms) { dns_settled(SX_CONTAINER(t, net_dns, stale_timer)); }

/* ---- questions */

static bool host_name(sx_slice name, char *lower) {
    if (name.n == 0 || name.n > DNS_NAME) return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = sx_lower(name.p[i]);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_')) return false;
        lower[i] = c;
    }
    lower[name.n] = 0;
    return true;
}

static bool wait_for(net_dns *d, question *q, int i, sx_slice name, dns_kind kind) {
    dns_entry *e = dns_cache_get(&d->cache, name, kind);
    if (!e) return false;
    e->refs++;
    q->of[i] = e;
    return dns_ask(d, e);
}

static bool find_answers(net_dns *d, question *q, sx_slice name, dns_kind kind) {
    if (kind == DNS_SRV || kind == DNS_NAPTR) return wait_for(d, q, 0, name, kind);
    if (q->family != NET_BOTH) return wait_for(d, q, 0, name, q->family == NET_V6 ? DNS_V6 : DNS_V4);
    return wait_for(d, q, 0, name, d->opt.prefer_v6 ? DNS_V6 : DNS_V4) &&
           wait_for(d, q, 1, name, d->opt.prefer_v6 ? DNS_V4 : DNS_V6);
}

static int query(net_dns *d, sx_slice name, dns_kind kind, net_family family, uint64_t token) {
    char lower[DNS_NAME + 1];
    net_addr numeric = net_addr_none();
    bool address = kind == DNS_V4 && net_addr_parse_host(&numeric, name, 0);
    if (!address && !host_name(name, lower)) return sx_fail(SX_E_INVALID, "this is not a host name");
    if (d->open >= OPEN_MAX_QUESTIONS) return sx_fail(SX_E_LIMIT, "%u names are being resolved already", d->open);
    question *q = calloc(1, sizeof *q);
    if (!q) return sx_fail(SX_E_NOMEM, "no memory for a question");
    q->token = token;
    q->family = family;
    q->numeric = numeric;
    q->stale_at = d->loop->now_ms + (d->opt.stale_ms ? d->opt.stale_ms : 1000);
    sx_list_init(&q->node);
    d->open++;
    uint64_t sent = d->stats.sent;
    if (!address && !find_answers(d, q, sx_slice_of(lower, name.n), kind)) {
        question_free(d, q);
        return sx_fail(SX_E_NOMEM, "no memory for a question");
    }
    d->stats.asked++;
    sx_list_append(&d->waiting, &q->node);
    if (is_answered(d, q)) {
        if (sent == d->stats.sent) d->stats.cached++;
        dns_settled(d);
    } else {
        watch_stale(d, q);
    }
    return SX_OK;
}

int net_dns_query(net_dns *d, sx_slice name, net_family family, uint64_t token) {
    return query(d, name, DNS_V4, family, token);
}

int net_dns_query_srv(net_dns *d, sx_slice name, uint64_t token) { return query(d, name, DNS_SRV, NET_BOTH, token); }

int net_dns_query_naptr(net_dns *d, sx_slice name, uint64_t token) {
    return query(d, name, DNS_NAPTR, NET_BOTH, token);
}

static void cancel_in(net_dns *d, sx_list *list, uint64_t token) {
    SX_LIST_EACH(it, tmp, list) {
        question *q = SX_CONTAINER(it, question, node);
        if (q->token == token) question_free(d, q);
    }
}

void net_dns_cancel(net_dns *d, uint64_t token) {
    cancel_in(d, &d->waiting, token);
    cancel_in(d, &d->ready, token);
}

void net_dns_flush(net_dns *d) {
    dns_cache_forget(&d->cache);
    if (d->own_servers || dns_channel_again(d) < 0) return;
    SX_LIST_EACH(it, tmp, &d->waiting) {
        question *q = SX_CONTAINER(it, question, node);
        for (int i = 0; i < 2; i++) {
            if (q->of[i] && !dns_ask(d, q->of[i]))
                dns_entry_failed(q->of[i], SX_E_NOMEM, "out of memory", d->loop->now_ms);
        }
    }
    dns_settled(d);
}

void net_dns_get_stats(const net_dns *d, net_dns_stats *out) {
    *out = d->stats;
    out->names = (uint32_t)d->cache.table.count;
}

/* ---- life */

int net_dns_create(net_loop *l, const net_dns_options *opt, net_sink sink, void *ctx, net_dns **out) {
    net_dns *d = calloc(1, sizeof *d);
    if (!d) return sx_fail(SX_E_NOMEM, "no memory for a resolver");
    d->loop = l;
    d->sink = sink;
    d->ctx = ctx;
    if (opt) d->opt = *opt;
    const char *servers = d->opt.servers;
    d->opt.servers = NULL; /* the caller's memory */
    sx_list_init(&d->sockets);
    sx_list_init(&d->waiting);
    sx_list_init(&d->ready);
    dns_cache_init(&d->cache, d->opt.cache_max ? d->opt.cache_max : 4096);
    sx_timer_init(&d->stale_timer, on_stale);
    sx_task_init(&d->task, tell);
    int rc = dns_channel_open(d, servers);
    if (rc < 0) {
        free(d);
        return rc;
    }
    *out = d;
    return SX_OK;
}

/* c-ares may be on the stack below us (never with our sinks, but a drain can be): its channel goes with the graveyard
 */
static void dns_free(sx_grave *g) {
    net_dns *d = SX_CONTAINER(g, net_dns, grave);
    dns_channel_close(d);
    dns_cache_free(&d->cache);
    free(d);
}

void net_dns_destroy(net_dns *d) {
    if (!d) return;
    d->closing = true;
    if (d->gone) *d->gone = true;
    sx_timer_stop(d->loop->wheel, &d->timer);
    sx_timer_stop(d->loop->wheel, &d->stale_timer);
    sx_runq_cancel(&d->task);
    for (sx_list *n; (n = sx_list_first(&d->waiting)) != NULL;) question_free(d, SX_CONTAINER(n, question, node));
    for (sx_list *n; (n = sx_list_first(&d->ready)) != NULL;) question_free(d, SX_CONTAINER(n, question, node));
    sx_runq_bury(&d->loop->runq, &d->grave, dns_free);
}
