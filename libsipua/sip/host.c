#include "sip/host.h"

#include "sip/lex.h"
#include "sip/scan.h"

/* Four numbers 0..255. Leading zeros are taken as decimal, up to three digits. */
static bool ipv4_bytes(sx_slice s, uint8_t out[4]) {
    unsigned v = 0, digits = 0, part = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned d = (unsigned)(unsigned char)s.p[i] - '0';
        if (d <= 9) {
            v = v * 10 + d;
            if (++digits > 3) return false;
        } else {
            if (s.p[i] != '.' || digits == 0 || v > 255 || part == 3) return false;
            out[part++] = (uint8_t)v;
            v = digits = 0;
        }
    }
    out[3] = (uint8_t)v;
    return part == 3 && digits > 0 && v <= 255;
}

static unsigned hex_digit(char c) { return c <= '9' ? (unsigned)(c - '0') : (unsigned)(sx_lower(c) - 'a' + 10); }

bool sip_ipv6_bytes(sx_slice s, uint8_t out[16]) {
    uint8_t b[16] = {0};
    int n = 0, gap = -1; /* bytes written; where "::" stood */
    size_t i = 0;
    if (s.n < 2 || s.n > 45) return false;
    if (s.p[0] == ':') {
        if (s.p[1] != ':') return false;
        gap = 0;
        i = 2;
    }
    while (i < s.n) {
        size_t from = i;
        unsigned v = 0;
        while (i < s.n && i - from < 4 && sip_is(s.p[i], SIP_C_HEX)) v = v * 16 + hex_digit(s.p[i++]);
        if (i < s.n && s.p[i] == '.') {
            if (n > 12 || !ipv4_bytes(sx_slice_of(s.p + from, s.n - from), b + n)) return false;
            n += 4;
            break;
        }
        if (i == from || n > 14) return false;
        b[n++] = (uint8_t)(v >> 8);
        b[n++] = (uint8_t)v;
        if (i == s.n) break;
        if (s.p[i++] != ':' || i == s.n) return false;
        if (s.p[i] == ':') {
            if (gap >= 0) return false;
            gap = n;
            i++;
        }
    }
    if (gap < 0 ? n != 16 : n > 14) return false;
    memset(out, 0, 16);
    if (gap < 0) gap = n;
    memcpy(out, b, (size_t)gap);
    memcpy(out + 16 - (n - gap), b + gap, (size_t)(n - gap));
    return true;
}

static inline bool name_char(char c) { return sip_is(c, SIP_C_HOST); }

/* ipv4_bytes without the bytes. begin: as in sip_hostport. */
static inline bool is_ipv4(const char *begin, sx_slice s) {
#ifdef __SSE2__
    if (s.p + s.n - begin >= 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(s.p + s.n - 16)),
                d = _mm_sub_epi8(x, _mm_set1_epi8('0'));
        unsigned digits =
            (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(d, _mm_set1_epi8(9)), d)) >> (16 - s.n);
        unsigned dots = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, _mm_set1_epi8('.'))) >> (16 - s.n);
        if ((digits | dots) != (1u << s.n) - 1) return false;
        const char *from = s.p;
        for (int part = 0; part < 4; part++, dots &= dots - 1) {
            if (part < 3 ? dots == 0 : dots != 0) return false;
            const char *to = part < 3 ? s.p + __builtin_ctz(dots) : s.p + s.n;
            if (to == from || to - from > 3) return false;
            if (to - from == 3 &&
                (from[0] > '2' || (from[0] == '2' && (from[1] > '5' || (from[1] == '5' && from[2] > '5')))))
                return false;
            from = to + 1;
        }
        return true;
    }
#endif
    uint8_t v4[4];
    return ipv4_bytes(s, v4);
}

static inline sip_host_kind kind_of_name(const char *begin, sx_slice s) {
    if (s.n == 0) return SIP_HOST_NONE;
    if (s.n <= 15 && sip_is(s.p[0], SIP_C_DIGIT) && is_ipv4(begin, s)) return SIP_HOST_IPV4;
    return s.p[0] == '.' || s.p[0] == '-' ? SIP_HOST_NONE : SIP_HOST_NAME;
}

size_t sip_hostport(const char *begin, sx_slice s, sx_slice *host, uint8_t *kind, uint16_t *port) {
    size_t i = 0;
    *port = 0;
    if (s.n == 0) return 0;
    if (s.p[0] == '[') {
        uint8_t v6[16];
        ptrdiff_t end = sx_find(s, ']');
        if (end < 0) return 0;
        *host = sx_slice_of(s.p + 1, (size_t)end - 1);
        if (!sip_ipv6_bytes(*host, v6)) return 0;
        *kind = SIP_HOST_IPV6;
        i = (size_t)end + 1;
    } else {
        i = (size_t)(sip_run_host(begin, s.p, s.p + s.n) - s.p);
        *host = sx_slice_of(s.p, i);
        *kind = (uint8_t)kind_of_name(begin, *host);
        if (*kind == SIP_HOST_NONE) return 0;
    }
    if (i < s.n && s.p[i] == ':') {
        uint32_t v = 0;
        size_t from = ++i;
        while (i < s.n && i - from < 6 && sip_is(s.p[i], SIP_C_DIGIT)) v = v * 10 + (uint32_t)(s.p[i++] - '0');
        if (i == from || v == 0 || v > 65535) return 0;
        *port = (uint16_t)v;
    }
    return i < s.n && (name_char(s.p[i]) || s.p[i] == ':') ? 0 : i;
}

sip_host_kind sip_host_kind_of(sx_slice s) {
    uint8_t v6[16];
    if (s.n > 2 && s.p[0] == '[' && s.p[s.n - 1] == ']') s = sx_slice_of(s.p + 1, s.n - 2);
    if (sip_ipv6_bytes(s, v6)) return SIP_HOST_IPV6;
    for (size_t i = 0; i < s.n; i++)
        if (!name_char(s.p[i])) return SIP_HOST_NONE;
    return kind_of_name(s.p, s);
}

bool sip_host_is_strict(sx_slice host, sip_host_kind kind) {
    uint8_t bytes[16];
    if (kind == SIP_HOST_IPV4) return ipv4_bytes(host, bytes);
    if (kind == SIP_HOST_IPV6) return sip_ipv6_bytes(host, bytes);
    if (kind != SIP_HOST_NAME || host.n == 0 || host.n > 255) return false;
    sx_slice rest = host, label = sx_slice_empty();
    while (rest.p) {
        sx_slice next = sx_split(rest, '.', &rest);
        if (next.n == 0 && (!rest.p || rest.n == 0) && label.n) break; /* one dot may end a name */
        label = next;
        if (label.n == 0 || label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-') return false;
        for (size_t i = 0; i < label.n; i++)
            if (!name_char(label.p[i])) return false;
    }
    for (size_t i = 0; i < label.n; i++)
        if (!sip_is(label.p[i], SIP_C_DIGIT)) return true;
    return false;
}

bool sip_host_eq(sx_slice a, sx_slice b) {
    uint8_t x[16], y[16];
    if (sx_ieq(a, b)) return true;
    return sip_ipv6_bytes(a, x) && sip_ipv6_bytes(b, y) && memcmp(x, y, 16) == 0;
}
