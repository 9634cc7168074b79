/* The pure parts of resolve.c: what a URI asks for, what NAPTR services mean, SRV records in their order. */
#ifndef STACK_RESOLVE_URI_H
#define STACK_RESOLVE_URI_H

#include "base/arena.h"
#include "stack/resolve.h"

typedef struct stack_want {
    sx_slice name;             /* the URI's host, what a certificate must name */
    sx_slice host;             /* whom to look for: maddr, else the same */
    stack_transport transport; /* STACK_ANY: not said */
    uint16_t port;             /* 0: not said */
    bool secure;               /* sips:, wss: */
    bool url;                  /* a WebSocket URL: no NAPTR, no SRV */
    bool explicit_transport;
    sx_slice path; /* of a URL; empty: "/" */
} stack_want;

/* The slices point into text. SX_E_URI, SX_E_UNSUPPORTED. */
int stack_want_read(sx_slice text, stack_want *w);
/* A numeric host needs no DNS: its transport and address. */
bool stack_want_numeric(const stack_want *w, stack_target *v);
/* "/path?query", or NULL: none was given (or, a->failed, memory ran out). */
const char *stack_want_path(const stack_want *w, sx_arena *a);
bool stack_is_url(sx_slice text); /* ws:// or wss:// */
/* "SIP+D2U", "SIPS+D2T", "SIPS+D2W", ...; STACK_ANY: none of ours, or not secure though it must be. */
stack_transport stack_naptr_transport(sx_slice service, bool secure);
/* "_sip._udp.", "_sips._tcp.", ... */
const char *stack_srv_prefix(stack_transport t);
/* Writes the order in which v[0..n) are to be tried into `order` (RFC 2782): v is sorted by priority; within one
 * priority random by weight. At most 64. */
void stack_srv_order(const net_dns_record *v, size_t n, uint8_t *order);

#endif
