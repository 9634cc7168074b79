/* Credentials of an account and the challenges it has met: requests that share one stack_auth carry the answer to a
 * known challenge from the start, with nc counting on (RFC 7616 3.4). */
#ifndef STACK_AUTH_H
#define STACK_AUTH_H

#include "stack/stack.h"

/* What servers have asked for, shared by many accounts: one nonce for a server and realm, whoever fetched it. A server
 * that gives each user a nonce of his own is noticed, and its nonces are no longer shared. Counted like a stack_auth;
 * every stack_auth holds a reference. */
typedef struct stack_auth_pool stack_auth_pool;
stack_auth_pool *stack_auth_pool_create(void); /* NULL when memory ran out */
void stack_auth_pool_unref(stack_auth_pool *p);

/* Starts with one reference; requests and dialogs take their own. NULL when memory ran out. */
stack_auth *stack_auth_create(void);
/* The same, with challenges from `pool`. Those of the realm `home` (the account's own domain) are answered before this
 * account was ever asked; others once it has met them. */
stack_auth *stack_auth_create_in(stack_auth_pool *pool, sx_slice home);
stack_auth *stack_auth_ref(stack_auth *a);
void stack_auth_unref(stack_auth *a); /* NULL is fine; secrets are wiped with the last one */

/* Adds credentials. `realm` empty: for any realm (a realm's own ones come first). Give a password or ready HA1s, the
 * hex of H(user:realm:password), separated by commas. An HA1 serves the one algorithm that it was made with (and that
 * one's -sess): "MD5:32 digits", "SHA-256:64 digits", "SHA-512-256:64 digits"; without a name 32 digits are MD5 and 64
 * are SHA-256. SX_E_INVALID: no user, neither or both of password and HA1, or a bad HA1. */
int stack_auth_add(stack_auth *a, sx_slice realm, sx_slice user, sx_slice password, sx_slice ha1);
/* A bearer token (RFC 8898), for servers that ask for one: it goes out over TLS and WSS only. Replaces the one before;
 * empty: none. SX_E_INVALID: not a token of RFC 6750. */
int stack_auth_set_token(stack_auth *a, sx_slice token);
/* Forgets credentials, token and known challenges: the password has changed. */
void stack_auth_clear(stack_auth *a);
bool stack_auth_has_credentials(const stack_auth *a);

#endif
