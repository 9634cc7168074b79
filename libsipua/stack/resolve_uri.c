#include "stack/resolve_uri.h"

#include "base/rand.h"
#include "sip/uri.h"
#include "stack/transport.h"

static bool starts_with(sx_slice s, sx_slice start) {
    return s.n >= start.n && sx_ieq(sx_slice_of(s.p, start.n), start);
}

bool stack_is_url(sx_slice text) { return starts_with(text, SX_LIT("ws://")) || starts_with(text, SX_LIT("wss://")); }

static int url_fail(sx_slice text) {
    return sx_fail(SX_E_URI, "not a WebSocket URL: %.*s", (int)(text.n > 200 ? 200 : text.n), text.p);
}

/* Digits behind the host's colon, as RFC 3986 has them; nothing is the default port. */
static bool read_port(sx_slice s, uint16_t *port) {
    uint32_t v = 0;
    *port = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
        v = v * 10 + (uint32_t)(s.p[i] - '0');
        if (v > 65535) return false;
    }
    *port = (uint16_t)v;
    return s.n == 0 || v > 0;
}

static bool is_path(sx_slice s) {
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] >= 127 || s.p[i] == '#') return false;
    }
    return true;
}

/* RFC 6455 3: scheme "://" host [ ":" port ] path [ "?" query ], no user, no fragment. */
static int read_url(sx_slice text, stack_want *w) {
    w->secure = starts_with(text, SX_LIT("wss"));
    w->transport = w->secure ? STACK_WSS : STACK_WS;
    w->url = w->explicit_transport = true;
    const char *p = text.p + (w->secure ? 6 : 5), *end = text.p + text.n, *stop = p, *host_end = p;
    while (stop < end && *stop != '/' && *stop != '?') stop++;
    w->path = sx_slice_between(stop, end);
    if (p < stop && *p == '[') {
        while (host_end < stop && *host_end != ']') host_end++;
        if (host_end == stop) return url_fail(text);
        w->host = sx_slice_between(p + 1, host_end++);
    } else {
        while (host_end < stop && *host_end != ':') host_end++;
        w->host = sx_slice_between(p, host_end);
    }
    w->name = w->host;
    if (host_end < stop && *host_end != ':') return url_fail(text);
    sx_slice port = host_end < stop ? sx_slice_between(host_end + 1, stop) : sx_slice_empty();
    if (!w->host.n || sip_host_kind_of(w->host) == SIP_HOST_NONE || !is_path(w->path) || !read_port(port, &w->port))
        return url_fail(text);
    if (!w->port) w->port = stack_default_port(w->transport);
    return SX_OK;
}

/* sips: makes TLS of TCP, and WSS of WS (RFC 3261 26.2.2, RFC 7118 5.1). */
static int secure_transport(stack_want *w) {
    if (w->transport == STACK_UDP) return sx_fail(SX_E_UNSUPPORTED, "sips: does not go over UDP");
    if (w->transport == STACK_TCP) w->transport = STACK_TLS;
    if (w->transport == STACK_WS) w->transport = STACK_WSS;
    return SX_OK;
}

int stack_want_read(sx_slice text, stack_want *w) {
    sip_uri u;
    sx_slice v;
    memset(w, 0, sizeof *w);
    if (stack_is_url(text)) return read_url(text, w);
    if (sip_uri_parse(text, &u) != SX_OK)
        return sx_fail(SX_E_URI, "not a URI: %.*s", (int)(text.n > 200 ? 200 : text.n), text.p ? text.p : "");
    if ((u.scheme != SIP_SCHEME_SIP && u.scheme != SIP_SCHEME_SIPS) || !u.host.n)
        return sx_fail(SX_E_URI, "a %.*s: URI says nothing about where to send it", (int)u.scheme_name.n,
                       u.scheme_name.p);
    w->secure = u.scheme == SIP_SCHEME_SIPS;
    w->explicit_transport = sip_uri_param(&u, SX_LIT("transport"), &v);
    if (w->explicit_transport) {
        w->transport = stack_transport_parse(v);
        if (w->transport == STACK_ANY) return sx_fail(SX_E_UNSUPPORTED, "no transport %.*s here", (int)v.n, v.p);
    }
    w->name = w->host = u.host;
    if (sip_uri_param(&u, SX_LIT("maddr"), &v) && v.n) w->host = v;
    w->port = u.port;
    return w->secure ? secure_transport(w) : SX_OK;
}

uint16_t stack_default_port(stack_transport t) {
    switch (t) {
    case STACK_TLS: return 5061;
    case STACK_WS: return 80;
    case STACK_WSS: return 443;
    default: return 5060;
    }
}

stack_transport stack_naptr_transport(sx_slice service, bool secure) {
    static const struct {
        const char *name;
        stack_transport transport;
    } known[] = {{"SIP+D2U", STACK_UDP},
                 {"SIP+D2T", STACK_TCP},
                 {"SIPS+D2T", STACK_TLS},
                 {"SIP+D2W", STACK_WS},
                 {"SIPS+D2W", STACK_WSS}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!sx_ieq(service, sx_slice_str(known[i].name))) continue;
        return secure && !stack_is_secure(known[i].transport) ? STACK_ANY : known[i].transport;
    }
    return STACK_ANY;
}

const char *stack_srv_prefix(stack_transport t) {
    switch (t) {
    case STACK_TCP: return "_sip._tcp.";
    case STACK_TLS: return "_sips._tcp.";
    case STACK_WS: return "_sip._ws.";
    case STACK_WSS: return "_sips._ws.";
    default: return "_sip._udp.";
    }
}

/* One of the n left, at random by weight; those without weight stand in front and have a small chance (RFC 2782). */
static size_t draw(const net_dns_record *v, const uint8_t *left, size_t n) {
    uint32_t sum = 0, running = 0;
    for (size_t i = 0; i < n; i++) sum += v[left[i]].weight;
    uint32_t at = sx_rand_below(sum + 1);
    for (size_t i = 0; i < n; i++) {
        running += v[left[i]].weight;
        if (running >= at) return i;
    }
    return n - 1;
}

void stack_srv_order(const net_dns_record *v, size_t n, uint8_t *order) {
    size_t done = 0;
    for (size_t from = 0, to; from < n; from = to) {
        uint8_t left[64];
        size_t nleft = 0;
        for (to = from; to < n && v[to].priority == v[from].priority; to++) {
        }
        for (size_t i = from; i < to; i++)
            if (!v[i].weight) left[nleft++] = (uint8_t)i;
        size_t zeros = nleft;
        for (size_t i = from; i < to; i++)
            if (v[i].weight) left[nleft++] = (uint8_t)i;
        /* all without weight: each the same chance */
        bool even = zeros == nleft;
        while (nleft) {
            size_t i = even ? sx_rand_below((uint32_t)nleft) : draw(v, left, nleft);
            order[done++] = left[i];
            memmove(left + i, left + i + 1, nleft - i - 1);
            nleft--;
        }
    }
}

bool stack_want_numeric(const stack_want *w, stack_target *v) {
    v->transport = w->transport != STACK_ANY ? w->transport : w->secure ? STACK_TLS : STACK_UDP;
    return net_addr_parse_host(&v->addr, w->host, w->port ? w->port : stack_default_port(v->transport));
}

const char *stack_want_path(const stack_want *w, sx_arena *a) {
    char *p = w->path.n ? sx_arena_alloc(a, w->path.n + 2) : NULL;
    if (!p) return NULL;
    bool bare = w->path.p[0] == '?';
    if (bare) p[0] = '/';
    memcpy(p + bare, w->path.p, w->path.n);
    return p;
}
