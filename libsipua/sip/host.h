/* Hosts as text: names, IPv4 addresses, IPv6 references (RFC 3261 25.1, RFC 3986 3.2.2, RFC 5954). Shared by URIs and
 * Via. Pure functions, any thread. */
#ifndef SIP_HOST_H
#define SIP_HOST_H

#include "sip/uri.h"

/* host [":" port] at the start of s. Returns the bytes used, 0 if there is no host, the port is not 1..65535, or
 * something that belongs to neither follows directly. Stops before anything else (';', '?', ',', whitespace ...). An
 * IPv6 reference comes without its brackets. begin: s is the end of something that begins there, 16 bytes of which are
 * read at once. */
size_t sip_hostport(const char *begin, sx_slice s, sx_slice *host, uint8_t *kind, uint16_t *port);
/* Well-formed to the letter: labels of a name, no label beginning or ending with '-', the last one not a number. */
bool sip_host_is_strict(sx_slice host, sip_host_kind kind);
/* The 16 bytes of an IPv6 address without brackets; false if it is none. */
bool sip_ipv6_bytes(sx_slice s, uint8_t out[16]);
/* Names in any case; IPv6 addresses by their bytes, whatever their spelling. */
bool sip_host_eq(sx_slice a, sx_slice b);

#endif
