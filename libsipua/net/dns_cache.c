#define _GNU_SOURCE
#include <stdlib.h>

#include "base/error.h"
#include "net/dns_internal.h"

void dns_cache_init(dns_cache *c, unsigned max) {
    sx_htab_init(&c->table);
    sx_list_init(&c->order);
    c->max = max;
}

static void entry_free(dns_cache *c, dns_entry *e) {
    sx_htab_remove(&c->table, &e->hnode);
    sx_list_remove(&e->lru);
    free(e->records);
    free(e);
}

void dns_cache_free(dns_cache *c) {
    for (sx_list *n; (n = sx_list_first(&c->order)) != NULL;) entry_free(c, SX_CONTAINER(n, dns_entry, lru));
    sx_htab_free(&c->table);
}

static void make_room(dns_cache *c) {
    SX_LIST_EACH(it, tmp, &c->order) {
        dns_entry *e = SX_CONTAINER(it, dns_entry, lru);
        if (c->table.count < c->max) return;
        if (!e->refs && !e->asking) entry_free(c, e);
    }
}

dns_entry *dns_cache_get(dns_cache *c, sx_slice name, bool v6) {
    char kind = v6 ? '6' : '4';
    uint64_t hash = sx_hash_mix(sx_hash_of(name), &kind, 1);
    for (sx_hnode *n = sx_htab_first(&c->table, hash); n; n = sx_htab_next(n)) {
        dns_entry *e = SX_CONTAINER(n, dns_entry, hnode);
        if (e->v6 != v6 || !sx_eq(sx_slice_of(e->name, e->name_n), name)) continue;
        sx_list_remove(&e->lru);
        sx_list_append(&c->order, &e->lru);
        return e;
    }
    make_room(c);
    dns_entry *e = calloc(1, sizeof *e + name.n + 1);
    if (!e) return NULL;
    e->v6 = v6;
    e->text = "";
    e->name_n = name.n;
    memcpy(e->name, name.p, name.n);
    if (!sx_htab_insert(&c->table, &e->hnode, hash)) {
        free(e);
        return NULL;
    }
    sx_list_append(&c->order, &e->lru);
    return e;
}

void dns_entry_found(dns_entry *e, net_dns_record *records, size_t n, uint64_t now_ms) {
    uint32_t ttl = DNS_TTL_MAX;
    for (size_t i = 0; i < n; i++) {
        if (records[i].ttl_s < 1) records[i].ttl_s = 1;
        if (records[i].ttl_s < ttl) ttl = records[i].ttl_s;
    }
    free(e->records);
    e->records = records;
    e->nrecords = n;
    e->code = SX_OK;
    e->text = "";
    e->stale = false;
    e->good_ms = now_ms;
    e->until_ms = now_ms + ttl * 1000u;
}

void dns_entry_failed(dns_entry *e, int code, const char *text, bool no_such_name, uint64_t now_ms) {
    if (!no_such_name && e->nrecords && now_ms - e->good_ms <= DNS_GOOD_MS) {
        e->code = SX_OK;
        e->text = text;
        e->stale = true;
        e->until_ms = now_ms + DNS_FAILED_MS;
        return;
    }
    free(e->records);
    e->records = NULL;
    e->nrecords = 0;
    e->code = code;
    e->text = text;
    e->stale = false;
    e->until_ms = now_ms + (no_such_name ? DNS_NOT_FOUND_MS : DNS_FAILED_MS);
}

void dns_cache_forget(dns_cache *c) {
    SX_LIST_EACH(it, tmp, &c->order) {
        dns_entry *e = SX_CONTAINER(it, dns_entry, lru);
        if (!e->asking) e->until_ms = 0;
    }
}
