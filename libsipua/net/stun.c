#include "net/stun.h"

#include "base/error.h"
#include "base/rand.h"

#define HEADER 20
#define COOKIE 0x2112a442u
#define BINDING_REQUEST 0x0001u
#define BINDING_SUCCESS 0x0101u
#define BINDING_ERROR 0x0111u
#define MAPPED_ADDRESS 0x0001u
#define MESSAGE_INTEGRITY 0x0008u
#define ERROR_CODE 0x0009u
#define UNKNOWN_ATTRIBUTES 0x000au
#define MESSAGE_INTEGRITY_SHA256 0x001cu
#define XOR_MAPPED_ADDRESS 0x0020u
#define FINGERPRINT 0x8028u
#define FINGERPRINT_XOR 0x5354554eu
#define FAMILY_V4 1
#define FAMILY_V6 2

/* ---- bytes */

static unsigned get16(const char *at) { return (unsigned)(unsigned char)at[0] << 8 | (unsigned char)at[1]; }

static uint32_t get32(const char *at) { return (uint32_t)get16(at) << 16 | get16(at + 2); }

static unsigned char *put16(unsigned char *at, unsigned v) {
    at[0] = (unsigned char)(v >> 8);
    at[1] = (unsigned char)v;
    return at + 2;
}

static unsigned char *put32(unsigned char *at, uint32_t v) { return put16(put16(at, v >> 16), v & 0xffff); }

/* CRC-32 of ITU-T V.42, four bits at a time. */
static uint32_t crc32(const void *data, size_t n) {
    static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
                                       0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                       0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    const unsigned char *p = data;
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return ~crc;
}

/* ---- the message */

static unsigned type_of(sx_slice d) { return get16(d.p); }

bool net_stun_is(sx_slice d) {
    return d.n >= HEADER && !(d.p[0] & 0xc0) && get32(d.p + 4) == COOKIE && get16(d.p + 2) % 4 == 0 &&
           get16(d.p + 2) + (size_t)HEADER == d.n;
}

bool net_stun_is_request(sx_slice d) { return net_stun_is(d) && type_of(d) == BINDING_REQUEST; }

bool net_stun_is_response(sx_slice d) {
    return net_stun_is(d) && (type_of(d) == BINDING_SUCCESS || type_of(d) == BINDING_ERROR);
}

typedef struct attribute {
    unsigned type;
    sx_slice value;
    size_t at; /* where it begins in the message */
} attribute;

/* 1 with the next one, 0 after the last, -1: it does not fit. *at begins at HEADER. */
static int next_attribute(sx_slice d, size_t *at, attribute *a) {
    if (*at == d.n) return 0;
    if (d.n - *at < 4) return -1;
    a->at = *at;
    a->type = get16(d.p + *at);
    size_t n = get16(d.p + *at + 2), padded = (n + 3) & ~(size_t)3;
    if (padded > d.n - *at - 4) return -1;
    a->value = sx_slice_of(d.p + *at + 4, n);
    *at += 4 + padded;
    return 1;
}

/* It is the last one and right: RFC 8489 14.7. */
static bool fingerprint_fits(sx_slice d, const attribute *a) {
    return a->value.n == 4 && a->at + 8 == d.n && get32(a->value.p) == (crc32(d.p, a->at) ^ FINGERPRINT_XOR);
}

/* Of the attributes that must be understood (below 0x8000) those that we do, or know not to matter: RFC 8489 18.3 and
 * what was in RFC 3489 (0x0002 to 0x0005, 0x0007, 0x000b), which old servers still send. */
static bool is_known(unsigned type) {
    switch (type) {
    case MAPPED_ADDRESS:
    case 0x0002:
    case 0x0003:
    case 0x0004:
    case 0x0005:
    case 0x0006: /* USERNAME */
    case 0x0007:
    case MESSAGE_INTEGRITY:
    case ERROR_CODE:
    case UNKNOWN_ATTRIBUTES:
    case 0x000b:
    case 0x0014: /* REALM */
    case 0x0015: /* NONCE */
    case MESSAGE_INTEGRITY_SHA256:
    case 0x001d: /* PASSWORD-ALGORITHM */
    case 0x001e: /* USERHASH */
    case XOR_MAPPED_ADDRESS: return true;
    default: return type >= 0x8000;
    }
}

typedef struct found {
    attribute mapped, xored, error; /* type 0: not there */
    unsigned unknown;               /* the first that would have to be understood; 0: none */
    bool signed_already;            /* what follows an integrity attribute is passed over: RFC 8489 14.5 */
} found;

static void keep(attribute *place, const attribute *a) {
    if (!place->type) *place = *a; /* the first counts: RFC 8489 14 */
}

/* False: malformed. */
static bool look_through(sx_slice d, found *f) {
    attribute a;
    size_t at = HEADER;
    int more;
    memset(f, 0, sizeof *f);
    while ((more = next_attribute(d, &at, &a)) > 0) {
        if (a.type == FINGERPRINT) return fingerprint_fits(d, &a);
        if (f->signed_already) continue;
        if (a.type == MESSAGE_INTEGRITY || a.type == MESSAGE_INTEGRITY_SHA256) f->signed_already = true;
        if (a.type == MAPPED_ADDRESS) keep(&f->mapped, &a);
        if (a.type == XOR_MAPPED_ADDRESS) keep(&f->xored, &a);
        if (a.type == ERROR_CODE) keep(&f->error, &a);
        if (!is_known(a.type) && !f->unknown) f->unknown = a.type;
    }
    return more == 0;
}

/* An address, not obfuscated or so (RFC 8489 14.1, 14.2). `mask`: cookie and transaction id, 16 bytes, or NULL. */
static bool read_address(const attribute *a, const char *mask, net_addr *out) {
    static const char nothing[16];
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    if (!a->type || a->value.n < 8) return false;
    const char *m = mask ? mask : nothing, *raw = a->value.p + 4;
    unsigned char ip[16];
    size_t n = a->value.p[1] == FAMILY_V4 ? 4 : a->value.p[1] == FAMILY_V6 ? 16 : 0;
    if (!n || a->value.n != 4 + n) return false;
    uint16_t port = htons((uint16_t)(get16(a->value.p + 2) ^ get16(m)));
    for (size_t i = 0; i < n; i++) ip[i] = (unsigned char)(raw[i] ^ m[i]);
    memset(&v4, 0, sizeof v4);
    memset(&v6, 0, sizeof v6);
    v4.sin_family = AF_INET;
    v6.sin6_family = AF_INET6;
    v4.sin_port = v6.sin6_port = port;
    memcpy(&v4.sin_addr, ip, 4);
    memcpy(&v6.sin6_addr, ip, n);
    bool ok = n == 4 ? net_addr_from_sockaddr(out, (const struct sockaddr *)&v4, sizeof v4)
                     : net_addr_from_sockaddr(out, (const struct sockaddr *)&v6, sizeof v6);
    return ok && port && !net_addr_is_any(out) && !net_addr_is_multicast(out);
}

/* ---- asking */

void net_stun_tid_make(unsigned char tid[NET_STUN_TID]) { sx_rand_bytes(tid, NET_STUN_TID); }

static unsigned char *put_header(unsigned char *at, unsigned type, size_t body, const unsigned char *tid) {
    at = put32(put16(put16(at, type), (unsigned)body), COOKIE);
    memcpy(at, tid, NET_STUN_TID);
    return at + NET_STUN_TID;
}

static unsigned char *put_fingerprint(unsigned char *begin, unsigned char *at) {
    uint32_t sum = crc32(begin, (size_t)(at - begin)) ^ FINGERPRINT_XOR;
    return put32(put16(put16(at, FINGERPRINT), 4), sum);
}

void net_stun_request_write(unsigned char out[NET_STUN_REQUEST], const unsigned char tid[NET_STUN_TID]) {
    put_fingerprint(out, put_header(out, BINDING_REQUEST, 8, tid));
}

static int read_error(const attribute *a, net_stun_response *out) {
    if (!a->type || a->value.n < 4) return SX_E_FORMAT;
    unsigned class = a->value.p[2] & 7, number = (unsigned char)a->value.p[3];
    if (class < 3 || class > 6 || number > 99) return SX_E_FORMAT;
    out->error = class * 100 + number;
    out->reason = sx_slice_of(a->value.p + 4, a->value.n - 4);
    return SX_OK;
}

int net_stun_response_read(sx_slice d, const unsigned char tid[NET_STUN_TID], net_stun_response *out) {
    found f;
    memset(out, 0, sizeof *out);
    if (!net_stun_is_response(d) || memcmp(d.p + 8, tid, NET_STUN_TID) != 0) return SX_E_NOT_FOUND;
    if (!look_through(d, &f)) return SX_E_FORMAT;
    if (type_of(d) == BINDING_ERROR) return read_error(&f.error, out);
    if (f.unknown) return SX_E_UNSUPPORTED;
    /* a NAT may have rewritten the plain one: the other is believed first */
    if (read_address(&f.xored, d.p + 4, &out->mapped)) return SX_OK;
    if (!f.xored.type && read_address(&f.mapped, NULL, &out->mapped)) return SX_OK;
    out->mapped = net_addr_none();
    return SX_E_FORMAT;
}

/* ---- answering */

int net_stun_request_read(sx_slice d, unsigned char tid[NET_STUN_TID]) {
    found f;
    if (!net_stun_is_request(d)) return SX_E_NOT_FOUND;
    if (!look_through(d, &f)) return SX_E_FORMAT;
    memcpy(tid, d.p + 8, NET_STUN_TID);
    return f.unknown ? SX_E_UNSUPPORTED : SX_OK;
}

size_t net_stun_response_write(unsigned char out[NET_STUN_ANSWER], const unsigned char tid[NET_STUN_TID],
                               const net_addr *mapped) {
    bool v6 = net_addr_is_v6(mapped);
    size_t n = v6 ? 16 : 4;
    const unsigned char *ip = v6 ? (const unsigned char *)&mapped->u.v6.sin6_addr
                                 : (const unsigned char *)&mapped->u.v4.sin_addr;
    unsigned char *at = put_header(out, BINDING_SUCCESS, 4 + 4 + n + 8, tid);
    at = put16(put16(at, XOR_MAPPED_ADDRESS), (unsigned)(4 + n));
    at = put16(put16(at, v6 ? FAMILY_V6 : FAMILY_V4), net_addr_port(mapped) ^ (COOKIE >> 16));
    for (size_t i = 0; i < n; i++) *at++ = ip[i] ^ out[4 + i]; /* cookie and transaction id stand there */
    return (size_t)(put_fingerprint(out, at) - out);
}

size_t net_stun_refusal_write(unsigned char out[NET_STUN_ANSWER], sx_slice request) {
    found f;
    look_through(request, &f);
    unsigned char *at = put_header(out, BINDING_ERROR, 8 + 8 + 8, (const unsigned char *)request.p + 8);
    at = put32(put16(put16(at, ERROR_CODE), 4), 4u << 8 | 20u);
    at = put16(put16(at, UNKNOWN_ATTRIBUTES), 2);
    at = put16(put16(at, f.unknown), 0);
    return (size_t)(put_fingerprint(out, at) - out);
}
