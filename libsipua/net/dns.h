/* Names to addresses, SRV and NAPTR records, on the loop, without ever blocking it: c-ares for /etc/hosts and DNS, the
 * cache is ours (c-ares 1.18 has none). Rules: net/event.h.
 *
 * An answer is kept for its TTL (at least 1 s, at most 1 h; from /etc/hosts 1 s), "no such name" and "no such record"
 * for 30 s, or for SRV and NAPTR as long as the zone's SOA says (RFC 2308; 1 s to 5 min), a failure of DNS for 5 s.
 * When DNS fails and an answer of the last 24 h is known, that one is given, marked `stale`; it is given after 1 s
 * already while DNS is silent, and at once while it is known to fail (RFC 8767). Equal questions at the same time are
 * asked once. */
#ifndef NET_DNS_H
#define NET_DNS_H

#include "net/loop.h"

typedef struct net_dns net_dns;

typedef enum net_dns_type {
    NET_DNS_ADDRESS = 1, /* A or AAAA, as addr says */
    NET_DNS_SRV,         /* RFC 2782 */
    NET_DNS_NAPTR        /* RFC 3403 */
} net_dns_type;

struct net_dns_record {
    net_dns_type type;
    uint32_t ttl_s; /* what is left of it */
    net_addr addr;  /* ADDRESS: port 0 */
    /* SRV and NAPTR come sorted: by priority, by order and preference. Weights are for whoever uses the records. */
    uint16_t priority, weight, port; /* SRV */
    uint16_t order, preference;      /* NAPTR */
    sx_slice name;                   /* SRV: target; NAPTR: replacement. In lower case without its last dot, 0 to 253
                                        bytes; empty: "." (SRV: there is no such service). Only host name bytes: a record
                                        with others is left out */
    sx_slice flags, service;         /* NAPTR, as they came, at most 255 bytes each: any byte. Compare without case */
    bool regexp;                     /* NAPTR: it has a regular expression in place of a replacement */
};

/* All zero is the default. */
typedef struct net_dns_options {
    const char *servers; /* "127.0.0.1:5353,[::1]:53"; NULL: the system's (/etc/resolv.conf) */
    unsigned timeout_ms; /* the first wait for a server; grows with each try; 0: 2000 */
    unsigned tries;      /* rounds over the servers; 0: 3 */
    unsigned cache_max;  /* names kept, each type apart; 0: 4096 */
    unsigned stale_ms;   /* a last good answer is given after so long without a new one; 0: 1000 */
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
 * host name), SX_E_LIMIT (65536 open).
 * An event with SX_E_DNS has `absent` set if a server said that there is no such name or record: DNS works. */
int net_dns_query(net_dns *d, sx_slice name, net_family family, uint64_t token);
/* The same for the SRV records of "_sip._udp.example.org" and the NAPTR records of "example.org". The name is taken as
 * it is: no search list, no hosts file; aliases (CNAME) are followed. */
int net_dns_query_srv(net_dns *d, sx_slice name, uint64_t token);
int net_dns_query_naptr(net_dns *d, sx_slice name, uint64_t token);
/* No answer for any question with this token any more. Harmless without one. */
void net_dns_cancel(net_dns *d, uint64_t token);
/* The network has changed: all answers are forgotten (last good ones stay as such), and where the system's servers are
 * used their list is read again. */
void net_dns_flush(net_dns *d);

typedef struct net_dns_stats {
    uint64_t asked;  /* questions of the program */
    uint64_t cached; /* of them answered from the cache, negative answers too */
    uint64_t sent;   /* names that DNS was asked about */
    uint64_t absent; /* no such name or record */
    uint64_t failed; /* DNS failed or was silent */
    uint64_t stale;  /* questions answered with a last good answer because of that */
    uint32_t names;  /* in the cache now */
} net_dns_stats;
void net_dns_get_stats(const net_dns *d, net_dns_stats *out);

#endif
