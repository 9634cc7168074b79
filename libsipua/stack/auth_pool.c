#include "stack/auth_pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/rand.h"

stack_auth_pool *stack_auth_pool_create(void) {
    stack_auth_pool *p = calloc(1, sizeof *p);
    if (!p) return NULL;
    p->refs = 1;
    sx_htab_init(&p->known);
    return p;
}

void stack_auth_pool_unref(stack_auth_pool *p) {
    if (!p || --p->refs) return;
    sx_htab_free(&p->known); /* empty: each entry is held by an account, and each account holds the pool */
    free(p);
}

static uint64_t key_of(const net_addr *host, sx_slice realm, bool proxy, const stack_auth *only) {
    uint64_t h = sx_hash_mix(net_addr_hash(host), realm.p, realm.n);
    h = sx_hash_mix(h, &only, sizeof only);
    return proxy ? ~h : h;
}

stack_known *stack_known_find(stack_auth_pool *p, const net_addr *host, sx_slice realm, bool proxy,
                              const stack_auth *only) {
    for (sx_hnode *n = sx_htab_first(&p->known, key_of(host, realm, proxy, only)); n; n = sx_htab_next(n)) {
        stack_known *k = SX_CONTAINER(n, stack_known, by_key);
        if (k->only == only && k->ch.proxy == proxy && net_addr_eq(&k->host, host) && sx_eq(k->ch.realm, realm))
            return k;
    }
    return NULL;
}

static sx_slice put(char **at, sx_slice s) {
    if (!s.p) return s;
    char *p = *at;
    if (s.n) memcpy(p, s.p, s.n);
    *at += s.n;
    return sx_slice_of(p, s.n);
}

bool stack_known_set(stack_known *k, const sip_challenge *ch, bool bearer, const stack_auth *owner) {
    char *block = malloc(ch->realm.n + ch->nonce.n + ch->opaque.n + ch->domain.n + ch->algorithm.n + 1);
    if (!block) return false;
    char *at = block, *old = k->block; /* the challenge may lie in the old block */
    k->ch = *ch;
    k->ch.realm = put(&at, ch->realm);
    k->ch.nonce = put(&at, ch->nonce);
    k->ch.opaque = put(&at, ch->opaque);
    k->ch.domain = put(&at, ch->domain);
    k->ch.algorithm = put(&at, ch->algorithm);
    k->block = block;
    k->bearer = bearer;
    k->owner = owner;
    k->nc = 0;
    sx_rand_token(k->cnonce, 16);
    k->cnonce[16] = 0;
    free(old);
    return true;
}

stack_known *stack_known_new(stack_auth_pool *p, const net_addr *host, const sip_challenge *ch,
                             const stack_auth *only) {
    stack_known *k = calloc(1, sizeof *k);
    if (!k) return NULL;
    k->pool = p;
    k->refs = 1;
    k->host = *host;
    k->only = only;
    if (!stack_known_set(k, ch, false, NULL) ||
        !sx_htab_insert(&p->known, &k->by_key, key_of(host, ch->realm, ch->proxy, only))) {
        free(k->block);
        free(k);
        return NULL;
    }
    return k;
}

void stack_known_unref(stack_known *k) {
    if (!k || --k->refs) return;
    sx_htab_remove(&k->pool->known, &k->by_key);
    free(k->block);
    free(k);
}
