/* Where servers are: the addresses behind a first hop, for all accounts that name it. */
#include <stdlib.h>

#include "ua/internal.h"

static void resolved(void *ctx, const stack_targets *t) {
    ua_place *p = ctx;
    p->resolving = NULL;
    for (size_t i = 0; i < t->n; i++) ua_place_add(p, &t->v[i].addr);
}

static ua_place *find(ua_agent *a, sx_slice uri, uint64_t hash) {
    for (sx_hnode *n = sx_htab_first(&a->places, hash); n; n = sx_htab_next(n)) {
        ua_place *p = SX_CONTAINER(n, ua_place, by_uri);
        if (sx_eq(sx_slice_str(p->uri), uri)) return p;
    }
    return NULL;
}

ua_place *ua_place_get(ua_agent *a, sx_slice uri) {
    uint64_t hash = sx_hash_of(uri);
    ua_place *p = find(a, uri, hash);
    if (p) {
        p->refs++;
        return p;
    }
    p = calloc(1, sizeof *p + uri.n + 1);
    if (!p) return NULL;
    p->agent = a;
    p->refs = 1;
    memcpy(p->uri, uri.p, uri.n);
    if (!sx_htab_insert(&a->places, &p->by_uri, hash)) {
        free(p);
        return NULL;
    }
    /* Failures are no news: REGISTER and calls resolve for themselves and say what went wrong. */
    if (stack_resolve_start(a->stack, uri, resolved, p, &p->resolving) != SX_OK) p->resolving = NULL;
    return p;
}

void ua_place_unref(ua_place *p) {
    if (!p || --p->refs) return;
    if (p->resolving && p->agent->stack) stack_resolve_cancel(p->resolving);
    sx_htab_remove(&p->agent->places, &p->by_uri);
    free(p);
}

bool ua_place_has(const ua_place *p, const net_addr *addr) {
    for (size_t i = 0; p && i < p->n; i++) {
        if (net_addr_eq_host(&p->addr[i], addr)) return true;
    }
    return false;
}

void ua_place_add(ua_place *p, const net_addr *addr) {
    if (!p || ua_place_has(p, addr)) return;
    if (p->n == UA_MAX_SOURCES) { /* the oldest goes */
        memmove(p->addr, p->addr + 1, (UA_MAX_SOURCES - 1) * sizeof *p->addr);
        p->n--;
    }
    p->addr[p->n++] = *addr;
}

bool ua_place_any(const ua_agent *a, const net_addr *addr) {
    SX_HTAB_EACH(n, next, &a->places) {
        if (ua_place_has(SX_CONTAINER(n, ua_place, by_uri), addr)) return true;
    }
    return false;
}

bool ua_account_has_source(const ua_account *acc, const net_addr *addr) {
    for (size_t i = 0; i < acc->nhops; i++) {
        if (ua_place_has(acc->hops[i].place, addr)) return true;
    }
    return ua_place_has(acc->home, addr);
}
