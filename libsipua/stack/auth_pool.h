/* Challenges that several accounts know. */
#ifndef STACK_AUTH_POOL_H
#define STACK_AUTH_POOL_H

#include "base/hash.h"
#include "sip/digest.h"
#include "stack/auth.h"

/* What one server (by address, without port) asked for. Credentials go to nobody else. */
typedef struct stack_known {
    sx_hnode by_key;
    stack_auth_pool *pool;
    unsigned refs;
    net_addr host;
    bool bearer;      /* RFC 8898: of `ch` realm and proxy count */
    sip_challenge ch; /* into block */
    char *block;
    uint32_t nc;
    char cnonce[17];
    const stack_auth *owner; /* who fetched this nonce: to compare only */
    const stack_auth *only;  /* whose it is alone; NULL: shared */
    uint8_t misses;          /* nonces of others that were refused, in a row */
    bool split;              /* not shared any more: only a sign for those who look */
} stack_known;

enum { STACK_KNOWN_MISSES = 8 };

struct stack_auth_pool {
    unsigned refs;
    sx_htab known;
};

/* `only` as in stack_known. NULL: there is none. */
stack_known *stack_known_find(stack_auth_pool *p, const net_addr *host, sx_slice realm, bool proxy,
                              const stack_auth *only);
/* A new one with one reference, without a challenge yet. */
stack_known *stack_known_new(stack_auth_pool *p, const net_addr *host, const sip_challenge *ch, const stack_auth *only);
/* Takes the challenge: the count begins anew. False: no memory, as it was. */
bool stack_known_set(stack_known *k, const sip_challenge *ch, bool bearer, const stack_auth *owner);
void stack_known_unref(stack_known *k);

#endif
