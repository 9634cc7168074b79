/* IP addresses with a port. Plain values: copy them freely. IPv4-mapped IPv6 addresses never appear: every function
 * that makes a net_addr turns them into IPv4. */
#ifndef NET_ADDR_H
#define NET_ADDR_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/slice.h"

/* All zero: no address (family AF_UNSPEC). */
typedef struct net_addr {
    union {
        struct sockaddr sa;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } u;
} net_addr;

typedef enum net_family { NET_BOTH = 0, NET_V4 = 4, NET_V6 = 6 } net_family;

/* "[ffff:…%4294967295]:65535" and its NUL */
#define NET_ADDR_TEXT 72

net_addr net_addr_none(void);
static inline bool net_addr_is_set(const net_addr *a) { return a->u.sa.sa_family != AF_UNSPEC; }
static inline bool net_addr_is_v6(const net_addr *a) { return a->u.sa.sa_family == AF_INET6; }
/* From the operating system; false when it is neither IPv4 nor IPv6 or too short. */
bool net_addr_from_sockaddr(net_addr *out, const struct sockaddr *sa, size_t n);
/* For bind, connect and sendto: the length that goes with &a->u.sa. */
socklen_t net_addr_len(const net_addr *a);

/* A numeric host: "192.0.2.1", "2001:db8::1", "[2001:db8::1]", "fe80::1%2" (zone as a number or an interface's name).
 * No names, no short forms such as "127.1". False: not an address; *out is untouched. */
bool net_addr_parse_host(net_addr *out, sx_slice host, uint16_t port);
/* "192.0.2.1:5060", "[2001:db8::1]:5060"; without a port: `default_port`. A bare IPv6 address has no port. */
bool net_addr_parse(net_addr *out, sx_slice text, uint16_t default_port);
bool net_addr_is_numeric(sx_slice host); /* would net_addr_parse_host take it? */

/* "192.0.2.1", "2001:db8::1" (without brackets, with its zone if it has one); port apart. Nothing for none. */
void net_addr_write_host(const net_addr *a, sx_buf *b);
/* As in a URI or Via: IPv6 in brackets, without a zone. */
void net_addr_write_uri_host(const net_addr *a, sx_buf *b);
/* "192.0.2.1:5060", "[2001:db8::1]:5060"; "none" for none. */
void net_addr_write(const net_addr *a, sx_buf *b);
/* The same into `text` (NET_ADDR_TEXT bytes), which is returned: for logs. */
const char *net_addr_text(const net_addr *a, char *text);

uint16_t net_addr_port(const net_addr *a); /* host byte order; 0 for none */
void net_addr_set_port(net_addr *a, uint16_t port);
bool net_addr_eq(const net_addr *a, const net_addr *b);      /* host, zone and port */
bool net_addr_eq_host(const net_addr *a, const net_addr *b); /* host and zone */
int net_addr_cmp(const net_addr *a, const net_addr *b);      /* a total order: <0, 0, >0 */
uint64_t net_addr_hash(const net_addr *a);                   /* host, zone and port; seeded (base/hash.h) */

bool net_addr_is_loopback(const net_addr *a);
bool net_addr_is_any(const net_addr *a); /* 0.0.0.0, :: */
bool net_addr_is_multicast(const net_addr *a);
/* Not reachable from the Internet: RFC 1918, 100.64/10, link-local, fc00::/7, and loopback. */
bool net_addr_is_private(const net_addr *a);

net_addr net_addr_any(net_family family, uint16_t port); /* NET_BOTH counts as NET_V4 */
net_addr net_addr_loopback(net_family family, uint16_t port);

/* Which of our addresses the operating system would send from to `dst` (port 0 in *src). Asks by connecting a UDP
 * socket, sends nothing, does not block. SX_E_TRANSPORT: no route. */
int net_addr_source_for(const net_addr *dst, net_addr *src);
/* Is it an address of this machine now (the port does not matter; loopback is)? Asks by binding a socket. False for the
 * wildcard. */
bool net_addr_is_ours(const net_addr *a);

#endif
