/* SRV and NAPTR answers as they come from the wire: pure. Not for other folders. */
#ifndef NET_DNS_READ_H
#define NET_DNS_READ_H

#include "net/dns.h"

#define DNS_RECORDS 64
#define DNS_NAME 253

/* Records that came together, in one block with their names. */
typedef struct dns_set {
    unsigned refs;
    uint32_t ttl_s; /* of an alias on the way to them; UINT32_MAX without one */
    size_t n;
    net_dns_record v[];
} dns_set;

dns_set *dns_set_new(size_t n, size_t text); /* refs 1, zeroed; `text` bytes behind the records */
void dns_set_unref(dns_set *s);              /* NULL is harmless */

/* The SRV or NAPTR records for the question of this answer (aliases followed), sorted. SX_OK: *out. SX_E_DNS: there are
 * none; *absent_s is for how long that holds (0: the answer does not say). SX_E_PROTOCOL: this is no answer;
 * SX_E_NOMEM.
 */
int dns_read(const unsigned char *p, size_t n, net_dns_type type, dns_set **out, uint32_t *absent_s);

#endif
