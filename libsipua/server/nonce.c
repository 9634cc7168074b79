/* Which nonces have been used, and how far: credentials that somebody saw on the wire open no door a second time
 * (RFC 7616 3.4, nc). Only who knows the password leaves a trace here, so that strangers cannot fill the table. */
#include "server/internal.h"

#include <stdlib.h>

#include "base/error.h"
#include "sip/digest.h"

typedef struct nonce {
    sx_hnode node; /* in srv_server.nonces, by its text */
    sx_list age;   /* in srv_server.nonces_by_age, first used last */
    uint64_t used_ms;
    uint64_t seen; /* bit i: the count `top` - i has been used */
    uint32_t top;
    size_t n;
    char text[];
} nonce;

static void forget(srv_server *s, nonce *it) {
    sx_htab_remove(&s->nonces, &it->node);
    sx_list_remove(&it->age);
    free(it);
}

void srv_nonces_clear(srv_server *s) {
    for (sx_list *it; (it = sx_list_first(&s->nonces_by_age));) forget(s, SX_CONTAINER(it, nonce, age));
    sx_htab_free(&s->nonces);
}

/* What is stale by its age need not be remembered. Beyond the limit the oldest are forgotten before that, and every
 * nonce from before their time counts as stale. */
static void tidy(srv_server *s, uint64_t now) {
    for (sx_list *first; (first = sx_list_first(&s->nonces_by_age));) {
        nonce *it = SX_CONTAINER(first, nonce, age);
        bool old = now - it->used_ms > SRV_NONCE_LIFE_MS;
        if (!old && s->nonces.count < SRV_MAX_NONCES) return;
        if (!old) s->nonce_floor_ms = it->used_ms;
        forget(s, it);
    }
}

static nonce *find(srv_server *s, sx_slice text, uint64_t hash) {
    for (sx_hnode *n = sx_htab_first(&s->nonces, hash); n; n = sx_htab_next(n)) {
        nonce *it = SX_CONTAINER(n, nonce, node);
        if (sx_eq(sx_slice_of(it->text, it->n), text)) return it;
    }
    return NULL;
}

static bool below_floor(srv_server *s, sx_slice text, uint64_t now) {
    sx_slice key = sx_slice_of((const char *)s->nonce_key, sizeof s->nonce_key), realm = sx_slice_str(s->realm);
    if (!s->nonce_floor_ms) return false;
    if (now <= s->nonce_floor_ms) return true;
    return sip_nonce_check(text, key, realm, now, now - s->nonce_floor_ms - 1) != SIP_NONCE_GOOD;
}

static bool remember(srv_server *s, sx_slice text, uint64_t hash, uint32_t nc, uint64_t now) {
    nonce *it = calloc(1, sizeof *it + text.n);
    if (!it) return false;
    it->used_ms = now;
    it->top = nc;
    it->seen = 1;
    it->n = text.n;
    memcpy(it->text, text.p, text.n);
    if (!sx_htab_insert(&s->nonces, &it->node, hash)) {
        free(it);
        return false;
    }
    sx_list_append(&s->nonces_by_age, &it->age);
    return true;
}

bool srv_nonce_use(srv_server *s, sx_slice text, uint32_t nc) {
    uint64_t now = srv_now(s), hash = sx_hash_of(text);
    nonce *it = find(s, text, hash);
    if (nc == 0) return false;
    if (!it) {
        tidy(s, now);
        return !below_floor(s, text, now) && remember(s, text, hash, nc, now);
    }
    /* Requests sent at once may overtake each other: the last 64 counts may come in any order, each of them once. */
    if (nc > it->top) {
        it->seen = nc - it->top < 64 ? it->seen << (nc - it->top) | 1 : 1;
        it->top = nc;
        return true;
    }
    uint32_t behind = it->top - nc;
    if (behind >= 64 || it->seen & (uint64_t)1 << behind) return false;
    it->seen |= (uint64_t)1 << behind;
    return true;
}
