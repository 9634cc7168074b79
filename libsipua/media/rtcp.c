#include "media/rtcp.h"

#include <string.h>

static uint16_t get16(const uint8_t *p) { return (uint16_t)(p[0] << 8 | p[1]); }
static uint32_t get32(const uint8_t *p) { return (uint32_t)get16(p) << 16 | get16(p + 2); }

bool rtcp_valid(const uint8_t *p, size_t n) {
    if (n < 8 || n % 4 || (p[1] != RTCP_SR && p[1] != RTCP_RR) || (p[0] & 0x20 && n != 4u * (get16(p + 2) + 1u)))
        return false;
    size_t at = 0;
    while (at < n) {
        if (n - at < 4 || (p[at] >> 6) != 2) return false;
        size_t len = 4u * ((size_t)get16(p + at + 2) + 1);
        if (len > n - at) return false;
        if ((p[at] & 0x20) && (at + len != n || p[n - 1] == 0 || p[n - 1] > len - 4)) return false;
        at += len;
    }
    return true;
}

bool rtcp_next(const uint8_t *p, size_t n, size_t *at, rtcp_packet *out) {
    if (*at > n || n - *at < 4 || (p[*at] >> 6) != 2) return false;
    const uint8_t *q = p + *at;
    size_t len = 4u * ((size_t)get16(q + 2) + 1);
    if (len > n - *at) return false;
    *at += len;
    memset(out, 0, sizeof *out);
    out->type = q[1];
    out->count = q[0] & 0x1f;
    out->body = q + 4;
    out->n = len - 4;
    if (q[0] & 0x20) {
        uint8_t pad = out->n ? q[len - 1] : 0;
        if (pad == 0 || pad > out->n) return false;
        out->n -= pad;
    }
    switch (out->type) {
    case RTCP_SR:
        if (out->n < 24) return false;
        out->ntp = (uint64_t)get32(q + 8) << 32 | get32(q + 12);
        out->rtp_ts = get32(q + 16);
        out->packets = get32(q + 20);
        out->octets = get32(q + 24);
        break;
    case RTCP_RR:
    case RTCP_APP:
        if (out->n < 4) return false;
        break;
    case RTCP_BYE:
        if (out->n < 4u * out->count) return false;
        if (out->count == 0) return true;
        break;
    default: return true;
    }
    out->ssrc = get32(out->body);
    return true;
}

bool rtcp_report_at(const rtcp_packet *r, unsigned i, rtcp_report *out) {
    size_t first = r->type == RTCP_SR ? 24 : r->type == RTCP_RR ? 4 : SIZE_MAX;
    if (first == SIZE_MAX || i >= r->count || r->n < first || (r->n - first) / 24 <= i) return false;
    const uint8_t *p = r->body + first + 24u * i;
    out->ssrc = get32(p);
    out->fraction = p[4];
    uint32_t lost = get32(p + 4) & 0xffffff;
    out->lost = lost & 0x800000 ? (int32_t)lost - 0x1000000 : (int32_t)lost;
    out->ext_max = get32(p + 8);
    out->jitter = get32(p + 12);
    out->lsr = get32(p + 16);
    out->dlsr = get32(p + 20);
    return true;
}

bool rtcp_bye_names(const rtcp_packet *r, uint32_t ssrc) {
    if (r->type != RTCP_BYE) return false;
    for (unsigned i = 0; i < r->count && 4u * i + 4 <= r->n; i++)
        if (get32(r->body + 4u * i) == ssrc) return true;
    return false;
}

bool rtcp_sdes_cname(const rtcp_packet *r, uint32_t ssrc, const char **cname, size_t *cname_n) {
    if (r->type != RTCP_SDES) return false;
    size_t at = 0;
    for (unsigned i = 0; i < r->count; i++) {
        if (r->n - at < 4) return false;
        uint32_t who = get32(r->body + at);
        at += 4;
        while (at < r->n && r->body[at] != 0) { /* items; a zero octet ends the chunk */
            if (r->n - at < 2 || r->n - at - 2 < r->body[at + 1]) return false;
            if (r->body[at] == 1 && who == ssrc) {
                *cname = (const char *)r->body + at + 2;
                *cname_n = r->body[at + 1];
                return true;
            }
            at += 2u + r->body[at + 1];
        }
        at = (at / 4 + 1) * 4;
        if (at > r->n) return false;
    }
    return false;
}

typedef struct out_buf {
    uint8_t *p;
    size_t n, cap;
    bool full;
} out_buf;

static void put8(out_buf *b, uint8_t v) {
    if (b->n < b->cap)
        b->p[b->n++] = v;
    else
        b->full = true;
}
static void put32(out_buf *b, uint32_t v) {
    for (int s = 24; s >= 0; s -= 8) put8(b, (uint8_t)(v >> s));
}
/* The header's length field, in words less one, once the packet that began at `from` is complete. */
static void finish(out_buf *b, size_t from) {
    if (b->full) return;
    size_t words = (b->n - from) / 4 - 1;
    b->p[from + 2] = (uint8_t)(words >> 8);
    b->p[from + 3] = (uint8_t)words;
}

static void put_report(out_buf *b, const rtcp_report *r) {
    int32_t lost = r->lost > 0x7fffff ? 0x7fffff : r->lost < -0x800000 ? -0x800000 : r->lost;
    put32(b, r->ssrc);
    put32(b, (uint32_t)r->fraction << 24 | ((uint32_t)lost & 0xffffff));
    put32(b, r->ext_max);
    put32(b, r->jitter);
    put32(b, r->lsr);
    put32(b, r->dlsr);
}

size_t rtcp_write(const rtcp_compound *c, uint8_t *out, size_t cap) {
    out_buf b = {out, 0, cap, false};
    put32(&b, (0x80u | (c->report ? 1u : 0u)) << 24 | (c->sender ? RTCP_SR : RTCP_RR) << 16);
    put32(&b, c->ssrc);
    if (c->sender) {
        put32(&b, (uint32_t)(c->ntp >> 32));
        put32(&b, (uint32_t)c->ntp);
        put32(&b, c->rtp_ts);
        put32(&b, c->packets);
        put32(&b, c->octets);
    }
    if (c->report) put_report(&b, c->report);
    finish(&b, 0);

    size_t sdes = b.n, len = strlen(c->cname);
    if (len > 255) len = 255;
    put32(&b, 0x81u << 24 | RTCP_SDES << 16);
    put32(&b, c->ssrc);
    put8(&b, 1);
    put8(&b, (uint8_t)len);
    for (size_t i = 0; i < len; i++) put8(&b, (uint8_t)c->cname[i]);
    do put8(&b, 0); /* at least one zero ends the items */
    while (b.n % 4 && !b.full);
    finish(&b, sdes);

    if (c->bye) {
        size_t bye = b.n;
        put32(&b, 0x81u << 24 | RTCP_BYE << 16);
        put32(&b, c->ssrc);
        finish(&b, bye);
    }
    return b.full ? 0 : b.n;
}

uint64_t rtcp_ntp(uint64_t unix_us) {
    uint64_t s = unix_us / 1000000u + 2208988800u; /* seconds from 1900 to 1970 */
    return s << 32 | ((unix_us % 1000000u) << 32) / 1000000u;
}

double rtcp_rtt_ms(uint64_t now_ntp, uint32_t lsr, uint32_t dlsr) {
    if (lsr == 0) return -1;
    int32_t rtt = (int32_t)(rtcp_ntp_middle(now_ntp) - lsr - dlsr); /* 1/65536 s */
    if (rtt < 0) return rtt > -656 ? 0 : -1;                        /* 10 ms of rounding and clock steps are forgiven */
    double ms = rtt * 1000.0 / 65536.0;
    return ms > 60000 ? -1 : ms;
}

uint64_t rtcp_interval_us(bool we_send, bool they_send, double avg_size, double bandwidth, bool initial,
                          uint32_t random) {
    /* Two members: one sender is more than a quarter of them, so all share all of the bandwidth; without any sender,
     * receivers have three quarters. */
    double share = we_send || they_send ? bandwidth : bandwidth * 0.75;
    double t = share > 0 ? avg_size * 2 / share : 0;
    double least = initial ? 2.5 : 5.0;
    if (t < least) t = least;
    t *= 0.5 + (double)random / 4294967296.0;
    return (uint64_t)(t / 1.21828 * 1e6); /* e - 3/2: makes up for timer reconsideration */
}
