/* Names to addresses, on the loop, without ever blocking it: c-ares for /etc/hosts and DNS, the cache is ours
 * (c-ares 1.18 has none). Rules: net/event.h.
 *
 * An answer is kept for its TTL (at least 1 s, at most 1 h; from /etc/hosts 1 s), "no such name" for 30 s, a failure of
 * DNS for 5 s. When DNS fails and an answer of the last 24 h is known, that one is given, marked `stale`. Equal
 * questions at the same time are asked once. */
#ifndef NET_DNS_H
#define NET_DNS_H

#include "net/loop.h"

typedef struct net_dns net_dns;

typedef enum net_dns_type {
    NET_DNS_ADDRESS = 1 /* A or AAAA, as addr says; SRV and NAPTR have their place here */
} net_dns_type;

struct net_dns_record {
    net_dns_type type;
    uint32_t ttl_s; /* what is left of it */
    net_addr addr;  /* port 0 */
};

/* All zero is the default. */
typedef struct net_dns_options {
    const char *servers; /* "127.0.0.1:5353,[::1]:53"; NULL: the system's (/etc/resolv.conf) */
    unsigned timeout_ms; /* the first wait for a server; grows with each try; 0: 2000 */
    unsigned tries;      /* rounds over the servers; 0: 3 */
    unsigned cache_max;  /* names kept; 0: 1024 */
    bool prefer_v6;      /* NET_BOTH: IPv6 first; else IPv4 first. Within a family the order is the server's */
} net_dns_options;

/* opt may be NULL. SX_E_NOMEM, SX_E_INVALID (servers), SX_E_DNS (no use of c-ares). Event: NET_RESOLVED. */
int net_dns_create(net_loop *l, const net_dns_options *opt, net_sink sink, void *ctx, net_dns **out);
void net_dns_destroy(net_dns *d); /* open questions get no answer; NULL is harmless */

/* One NET_RESOLVED with this token follows, never from inside this call: SX_OK with 1 to 64 records, or no records and
 * SX_E_DNS (no such name, no address of that family: `text` says so; or DNS failed), SX_E_TIMEOUT (no server answers),
 * SX_E_NOMEM. A numeric address (brackets allowed) is answered too, with a TTL of an hour; one of the other family is
 * SX_E_DNS. With NET_BOTH one family's failure is hidden by the other's success. Tokens are the caller's; equal ones
 * are legal, and then equal in the answers. Refused at once: SX_E_INVALID (empty, over 253 bytes, bytes that are in no
 * host name), SX_E_LIMIT (4096 open). */
int net_dns_query(net_dns *d, sx_slice name, net_family family, uint64_t token);
/* No answer for any question with this token any more. Harmless without one. */
void net_dns_cancel(net_dns *d, uint64_t token);
/* Forgets all answers (the network has changed); last good ones stay as such. */
void net_dns_flush(net_dns *d);

#endif
