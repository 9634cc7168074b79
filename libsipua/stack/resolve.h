/* From a URI to the list of targets to try, in order (RFC 3263, RFC 7118, RFC 7984).
 *
 * What is asked for, and what comes of it:
 *   numeric host                 that address; no DNS
 *   a port                       A and AAAA of the host; transport= or UDP (sips: TLS)
 *   transport= without a port    SRV of that transport; none: A and AAAA, default port
 *   neither                      NAPTR, of which the lowest order with a service that we have counts (in it all, by
 *                                preference); none: SRV of UDP, TCP and TLS (sips: TLS only), all that there are in
 *                                this order; none: A and AAAA, default port
 *   ws://, wss:// URL            A and AAAA
 * maddr takes the place of the host. Default ports: 5060, TLS 5061, WS 80, WSS 443. An SRV target of "." means that
 * there is no such service. SRV records come by priority, within one at random by weight (RFC 2782). Of a name's
 * addresses those of a family that we have a route for come first, then IPv4 before IPv6 (net_dns_options.prefer_v6).
 * With sips: every target is TLS or WSS.
 *
 * All is asynchronous and bounded: 4 NAPTR replacements, 16 services, 32 SRV targets, 64 targets, and
 * stack_config.dns_timeout_ms in all, after which what has been found is what there is. A numeric host is answered
 * without any DNS, but never from inside the call either. */
#ifndef STACK_RESOLVE_H
#define STACK_RESOLVE_H

#include "net/dns.h"
#include "stack/stack.h"

#define STACK_MAX_TARGETS 64

typedef struct stack_target {
    stack_transport transport;
    net_addr addr;    /* with the port */
    const char *name; /* the host that was asked for, an IPv6 one without brackets: what a certificate must name (RFC
                         5922), whatever SRV, NAPTR or maddr say. Shared by all targets, never NULL */
    const char *path; /* WS, WSS: "/path?query" of the URL; NULL: "/" */
} stack_target;

typedef struct stack_targets {
    const stack_target *v;   /* live until the sink returns, their strings too */
    size_t n;                /* 0: `code` says why */
    bool explicit_transport; /* the URI named it: no change to TCP for size (RFC 3261 18.1.1) */
    bool stale;              /* DNS fails: these are the last good answers */
    int code; /* SX_OK, SX_E_DNS, SX_E_TIMEOUT, SX_E_URI, SX_E_UNSUPPORTED (a transport we lack), SX_E_NOMEM */
    const char *text;
} stack_targets;

typedef struct stack_resolve stack_resolve;
typedef void (*stack_resolve_fn)(void *ctx, const stack_targets *t);

/* uri: sip: or sips:, whose maddr, port and transport parameters count, others do not; or a URL,
 * "ws://host[:port]/path" or "wss://...". *out (may be NULL) is valid until fn is called, which happens exactly once
 * unless it is cancelled. SX_E_URI, SX_E_UNSUPPORTED, SX_E_NOMEM: fn is not called. */
int stack_resolve_start(stack *s, sx_slice uri, stack_resolve_fn fn, void *ctx, stack_resolve **out);
void stack_resolve_cancel(stack_resolve *r); /* NULL is fine */

/* The network has changed: names are asked anew (of the system's servers as they are now), and no target is put aside
 * any more. */
void stack_resolve_flush(stack *s);
/* What the cache of names has done so far; all zero before the first name. */
void stack_resolve_stats(const stack *s, net_dns_stats *out);

#endif
