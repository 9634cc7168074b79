/* Credentials of an account and the challenges it has met: requests that share one stack_auth carry the answer to a
 * known challenge from the start, with nc counting on (RFC 7616 3.4). */
#ifndef STACK_AUTH_H
#define STACK_AUTH_H

#include "stack/stack.h"

/* Starts with one reference; requests and dialogs take their own. NULL when memory ran out. */
stack_auth *stack_auth_create(void);
stack_auth *stack_auth_ref(stack_auth *a);
void stack_auth_unref(stack_auth *a); /* NULL is fine; secrets are wiped with the last one */

/* Adds credentials. `realm` empty: for any realm (a realm's own ones come first). Give a password or a ready HA1 (hex
 * of H(user:realm:password); it serves only the algorithm of its length: 32 digits MD5, 64 SHA-256 or SHA-512-256).
 * SX_E_INVALID: no user, neither or both of password and HA1, or a bad HA1. */
int stack_auth_add(stack_auth *a, sx_slice realm, sx_slice user, sx_slice password, sx_slice ha1);
/* Forgets the credentials and every cached challenge: the password has changed. */
void stack_auth_clear(stack_auth *a);
bool stack_auth_has_credentials(const stack_auth *a);

#endif
