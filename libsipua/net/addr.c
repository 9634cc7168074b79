#include "net/addr.h"

#include <arpa/inet.h>
#include <net/if.h>

#include "base/hash.h"

net_addr net_addr_none(void) {
    net_addr a;
    memset(&a, 0, sizeof a);
    return a;
}

static net_addr make_v4(const void *four, uint16_t port) {
    net_addr a = net_addr_none();
    a.u.v4.sin_family = AF_INET;
    memcpy(&a.u.v4.sin_addr, four, 4);
    a.u.v4.sin_port = htons(port);
    return a;
}

/* The one place where an IPv6 address is made: a mapped one becomes IPv4 (RFC 4291 section 2.5.5.2). */
static net_addr make_v6(const struct in6_addr *six, uint32_t zone, uint16_t port) {
    if (IN6_IS_ADDR_V4MAPPED(six)) return make_v4(six->s6_addr + 12, port);
    net_addr a = net_addr_none();
    a.u.v6.sin6_family = AF_INET6;
    a.u.v6.sin6_addr = *six;
    a.u.v6.sin6_scope_id = zone;
    a.u.v6.sin6_port = htons(port);
    return a;
}

bool net_addr_from_sockaddr(net_addr *out, const struct sockaddr *sa, size_t n) {
    if (n < sizeof(sa_family_t)) return false;
    if (sa->sa_family == AF_INET && n >= sizeof(struct sockaddr_in)) {
        struct sockaddr_in v4;
        memcpy(&v4, sa, sizeof v4);
        *out = make_v4(&v4.sin_addr, ntohs(v4.sin_port));
        return true;
    }
    if (sa->sa_family == AF_INET6 && n >= sizeof(struct sockaddr_in6)) {
        struct sockaddr_in6 v6;
        memcpy(&v6, sa, sizeof v6);
        *out = make_v6(&v6.sin6_addr, v6.sin6_scope_id, ntohs(v6.sin6_port));
        return true;
    }
    return false;
}

socklen_t net_addr_len(const net_addr *a) {
    if (a->u.sa.sa_family == AF_INET) return sizeof a->u.v4;
    if (a->u.sa.sa_family == AF_INET6) return sizeof a->u.v6;
    return 0;
}

static bool zone_of(sx_slice text, uint32_t *zone) {
    uint64_t v;
    char name[IF_NAMESIZE];
    if (sx_to_u64(text, UINT32_MAX, &v)) {
        *zone = (uint32_t)v;
        return true;
    }
    if (text.n == 0 || text.n >= sizeof name || memchr(text.p, 0, text.n)) return false;
    memcpy(name, text.p, text.n);
    name[text.n] = 0;
    *zone = if_nametoindex(name);
    return *zone != 0;
}

bool net_addr_parse_host(net_addr *out, sx_slice host, uint16_t port) {
    char text[INET6_ADDRSTRLEN];
    bool bracketed = host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
    if (bracketed) host = sx_slice_of(host.p + 1, host.n - 2);
    sx_slice zone_text, num = sx_split(host, '%', &zone_text);
    if (num.n == 0 || num.n >= sizeof text || memchr(num.p, 0, num.n)) return false;
    memcpy(text, num.p, num.n);
    text[num.n] = 0;
    struct in_addr four;
    struct in6_addr six;
    if (!bracketed && !zone_text.p && inet_pton(AF_INET, text, &four) == 1) {
        *out = make_v4(&four, port);
        return true;
    }
    uint32_t zone = 0;
    if (inet_pton(AF_INET6, text, &six) != 1) return false;
    if (zone_text.p && !zone_of(zone_text, &zone)) return false;
    *out = make_v6(&six, zone, port);
    return true;
}

bool net_addr_parse(net_addr *out, sx_slice text, uint16_t default_port) {
    sx_slice host = text, port_text = sx_slice_empty();
    uint64_t port = default_port;
    if (text.n && text.p[0] == '[') {
        ptrdiff_t end = sx_find(text, ']');
        if (end < 0) return false;
        host = sx_slice_of(text.p, (size_t)end + 1);
        sx_slice after = sx_slice_between(text.p + end + 1, text.p + text.n);
        if (after.n) {
            if (after.p[0] != ':') return false;
            port_text = sx_slice_of(after.p + 1, after.n - 1);
        }
    } else {
        sx_slice rest, first = sx_split(text, ':', &rest);
        if (rest.p && sx_find(rest, ':') < 0) {
            host = first;
            port_text = rest;
        }
    }
    if (port_text.p && !sx_to_u64(port_text, 65535, &port)) return false;
    return net_addr_parse_host(out, host, (uint16_t)port);
}

bool net_addr_is_numeric(sx_slice host) {
    net_addr a;
    return net_addr_parse_host(&a, host, 0);
}

static void write_host(const net_addr *a, sx_buf *b) {
    char text[INET6_ADDRSTRLEN];
    const void *from = net_addr_is_v6(a) ? (const void *)&a->u.v6.sin6_addr : (const void *)&a->u.v4.sin_addr;
    if (net_addr_is_set(a) && inet_ntop(a->u.sa.sa_family, from, text, sizeof text)) sx_buf_str(b, text);
}

void net_addr_write_host(const net_addr *a, sx_buf *b) {
    write_host(a, b);
    if (net_addr_is_v6(a) && a->u.v6.sin6_scope_id) {
        sx_buf_char(b, '%');
        sx_buf_u64(b, a->u.v6.sin6_scope_id);
    }
}

void net_addr_write_uri_host(const net_addr *a, sx_buf *b) {
    if (net_addr_is_v6(a)) sx_buf_char(b, '[');
    write_host(a, b);
    if (net_addr_is_v6(a)) sx_buf_char(b, ']');
}

void net_addr_write(const net_addr *a, sx_buf *b) {
    if (!net_addr_is_set(a)) {
        SX_BUF_LIT(b, "none");
        return;
    }
    if (net_addr_is_v6(a)) sx_buf_char(b, '[');
    net_addr_write_host(a, b);
    if (net_addr_is_v6(a)) sx_buf_char(b, ']');
    sx_buf_char(b, ':');
    sx_buf_u64(b, net_addr_port(a));
}

const char *net_addr_text(const net_addr *a, char *text) {
    sx_buf b;
    sx_buf_init_fixed(&b, text, NET_ADDR_TEXT - 1);
    net_addr_write(a, &b);
    text[b.n] = 0;
    return text;
}

uint16_t net_addr_port(const net_addr *a) {
    if (a->u.sa.sa_family == AF_INET) return ntohs(a->u.v4.sin_port);
    if (a->u.sa.sa_family == AF_INET6) return ntohs(a->u.v6.sin6_port);
    return 0;
}

void net_addr_set_port(net_addr *a, uint16_t port) {
    if (a->u.sa.sa_family == AF_INET) a->u.v4.sin_port = htons(port);
    if (a->u.sa.sa_family == AF_INET6) a->u.v6.sin6_port = htons(port);
}

static int cmp_host(const net_addr *a, const net_addr *b) {
    if (a->u.sa.sa_family != b->u.sa.sa_family) return a->u.sa.sa_family < b->u.sa.sa_family ? -1 : 1;
    if (a->u.sa.sa_family == AF_INET) return memcmp(&a->u.v4.sin_addr, &b->u.v4.sin_addr, 4);
    if (a->u.sa.sa_family != AF_INET6) return 0;
    int d = memcmp(&a->u.v6.sin6_addr, &b->u.v6.sin6_addr, 16);
    if (d) return d;
    if (a->u.v6.sin6_scope_id == b->u.v6.sin6_scope_id) return 0;
    return a->u.v6.sin6_scope_id < b->u.v6.sin6_scope_id ? -1 : 1;
}

bool net_addr_eq_host(const net_addr *a, const net_addr *b) { return cmp_host(a, b) == 0; }

int net_addr_cmp(const net_addr *a, const net_addr *b) {
    int d = cmp_host(a, b);
    return d ? d : (int)net_addr_port(a) - (int)net_addr_port(b);
}

bool net_addr_eq(const net_addr *a, const net_addr *b) { return net_addr_cmp(a, b) == 0; }

uint64_t net_addr_hash(const net_addr *a) {
    unsigned char key[24] = {0};
    uint16_t port = net_addr_port(a);
    size_t n = 0;
    key[n++] = net_addr_is_v6(a) ? 6 : 4;
    memcpy(key + n, &port, 2);
    n += 2;
    if (net_addr_is_v6(a)) {
        memcpy(key + n, &a->u.v6.sin6_addr, 16);
        memcpy(key + n + 16, &a->u.v6.sin6_scope_id, 4);
        n += 20;
    } else if (net_addr_is_set(a)) {
        memcpy(key + n, &a->u.v4.sin_addr, 4);
        n += 4;
    }
    return sx_hash_mix(sx_hash_seed(), key, n);
}

static uint32_t host_v4(const net_addr *a) { return ntohl(a->u.v4.sin_addr.s_addr); }

bool net_addr_is_loopback(const net_addr *a) {
    if (net_addr_is_v6(a)) return IN6_IS_ADDR_LOOPBACK(&a->u.v6.sin6_addr);
    return net_addr_is_set(a) && host_v4(a) >> 24 == 127;
}

bool net_addr_is_any(const net_addr *a) {
    if (net_addr_is_v6(a)) return IN6_IS_ADDR_UNSPECIFIED(&a->u.v6.sin6_addr);
    return net_addr_is_set(a) && host_v4(a) == 0;
}

bool net_addr_is_multicast(const net_addr *a) {
    if (net_addr_is_v6(a)) return IN6_IS_ADDR_MULTICAST(&a->u.v6.sin6_addr);
    return net_addr_is_set(a) && host_v4(a) >> 28 == 14;
}

bool net_addr_is_private(const net_addr *a) {
    if (!net_addr_is_set(a)) return false;
    if (net_addr_is_loopback(a)) return true;
    if (net_addr_is_v6(a))
        return IN6_IS_ADDR_LINKLOCAL(&a->u.v6.sin6_addr) || (a->u.v6.sin6_addr.s6_addr[0] & 0xfe) == 0xfc;
    uint32_t h = host_v4(a);
    return h >> 24 == 10 || h >> 20 == 0xac1 || h >> 16 == 0xc0a8 || h >> 22 == (100u << 2 | 1) || h >> 16 == 0xa9fe;
}

net_addr net_addr_any(net_family family, uint16_t port) {
    static const unsigned char zero[4];
    return family == NET_V6 ? make_v6(&in6addr_any, 0, port) : make_v4(zero, port);
}

net_addr net_addr_loopback(net_family family, uint16_t port) {
    static const unsigned char one[4] = {127, 0, 0, 1};
    return family == NET_V6 ? make_v6(&in6addr_loopback, 0, port) : make_v4(one, port);
}
