/* From a URI to the list of targets to try, in order (RFC 3263 in shape: NAPTR and SRV come later and only fill this
 * list). Asynchronous; a numeric host is answered without any DNS, but never from inside the call either. */
#ifndef STACK_RESOLVE_H
#define STACK_RESOLVE_H

#include "stack/stack.h"

typedef struct stack_target {
    stack_transport transport;
    net_addr addr; /* with the port */
} stack_target;

typedef struct stack_targets {
    const stack_target *v;   /* live until the sink returns */
    size_t n;                /* 0: `code` says why */
    bool explicit_transport; /* the URI named it: no change to TCP for size (RFC 3261 18.1.1) */
    int code;                /* SX_OK, SX_E_DNS, SX_E_URI, SX_E_UNSUPPORTED (a transport we lack), SX_E_NOMEM */
    const char *text;
} stack_targets;

typedef struct stack_resolve stack_resolve;
typedef void (*stack_resolve_fn)(void *ctx, const stack_targets *t);

/* uri: sip: or sips:; its maddr, port and transport parameters count, others do not. *out (may be NULL) is valid until
 * fn is called, which happens exactly once unless it is cancelled. SX_E_URI, SX_E_UNSUPPORTED, SX_E_NOMEM: fn is not
 * called. */
int stack_resolve_start(stack *s, sx_slice uri, stack_resolve_fn fn, void *ctx, stack_resolve **out);
void stack_resolve_cancel(stack_resolve *r); /* NULL is fine */

#endif
