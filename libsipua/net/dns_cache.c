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
    dns_set_unref(e->set);
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

dns_entry *dns_cache_get(dns_cache *c, sx_slice name, dns_kind kind) {
    char mark = (char)kind;
    uint64_t hash = sx_hash_mix(sx_hash_of(name), &mark, 1);
    for (sx_hnode *n = sx_htab_first(&c->table, hash); n; n = sx_htab_next(n)) {
        dns_entry *e = SX_CONTAINER(n, dns_entry, hnode);
        if (e->kind != kind || !sx_eq(sx_slice_of(e->name, e->name_n), name)) continue;
        sx_list_remove(&e->lru);
        sx_list_append(&c->order, &e->lru);
        return e;
    }
    make_room(c);
    dns_entry *e = calloc(1, sizeof *e + name.n + 1);
    if (!e) return NULL;
    e->kind = kind;
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

static void set_answer(dns_entry *e, dns_set *set, int code, const char *text, uint64_t until_ms) {
    dns_set_unref(e->set);
    e->set = set;
    e->code = code;
    e->text = text;
    e->stale = e->absent = false;
    e->until_ms = until_ms;
}

void dns_entry_found(dns_entry *e, dns_set *set, uint64_t now_ms) {
    uint32_t ttl = set->ttl_s < DNS_TTL_MAX ? set->ttl_s : DNS_TTL_MAX;
    for (size_t i = 0; i < set->n; i++) {
        if (set->v[i].ttl_s < ttl) ttl = set->v[i].ttl_s;
    }
    if (ttl < 1) ttl = 1;
    set_answer(e, set, SX_OK, "", now_ms + ttl * 1000u);
    e->good_ms = now_ms;
}

void dns_entry_absent(dns_entry *e, const char *text, uint32_t for_s, uint64_t now_ms) {
    if (for_s > DNS_NOT_FOUND_MAX_S) for_s = DNS_NOT_FOUND_MAX_S;
    set_answer(e, NULL, SX_E_DNS, text, now_ms + (for_s ? for_s * 1000u : DNS_NOT_FOUND_MS));
    e->absent = true;
}

bool dns_entry_has_last_good(const dns_entry *e, uint64_t now_ms) {
    return e->set && now_ms - e->good_ms <= DNS_GOOD_MS;
}

void dns_entry_failed(dns_entry *e, int code, const char *text, uint64_t now_ms) {
    if (dns_entry_has_last_good(e, now_ms)) {
        e->code = SX_OK;
        e->text = text;
        e->stale = true;
        e->until_ms = now_ms + DNS_FAILED_MS;
    } else {
        set_answer(e, NULL, code, text, now_ms + DNS_FAILED_MS);
    }
}

void dns_cache_forget(dns_cache *c) {
    SX_LIST_EACH(it, tmp, &c->order) {
        dns_entry *e = SX_CONTAINER(it, dns_entry, lru);
        if (!e->asking) e->until_ms = 0;
        e->stale = false; /* DNS may work again */
    }
}
