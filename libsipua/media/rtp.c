#include "media/rtp.h"

#include <string.h>

#include "base/error.h"

static uint32_t get32(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put32(uint8_t *p, uint32_t v) {
    p[0] = (uint8_t)(v >> 24);
    p[1] = (uint8_t)(v >> 16);
    p[2] = (uint8_t)(v >> 8);
    p[3] = (uint8_t)v;
}

int rtp_parse(rtp_packet *out, const uint8_t *p, size_t n) {
    if (n < RTP_HEADER || (p[0] >> 6) != 2) return SX_E_FORMAT;
    size_t at = RTP_HEADER + 4u * (p[0] & 0x0f);
    if (at > n) return SX_E_FORMAT;
    out->csrc_count = p[0] & 0x0f;
    out->marker = p[1] >> 7;
    out->pt = p[1] & 0x7f;
    out->seq = (uint16_t)(p[2] << 8 | p[3]);
    out->ts = get32(p + 4);
    out->ssrc = get32(p + 8);
    out->ext = NULL;
    out->ext_n = 0;
    out->ext_profile = 0;
    if (p[0] & 0x10) {
        if (n - at < 4) return SX_E_FORMAT;
        size_t len = 4u * (size_t)(p[at + 2] << 8 | p[at + 3]);
        if (n - at - 4 < len) return SX_E_FORMAT;
        out->ext_profile = (uint16_t)(p[at] << 8 | p[at + 1]);
        out->ext = p + at + 4;
        out->ext_n = len;
        at += 4 + len;
    }
    size_t end = n;
    if (p[0] & 0x20) { /* the last octet of the padding counts it, itself included */
        if (end == at || p[end - 1] == 0 || p[end - 1] > end - at) return SX_E_FORMAT;
        end -= p[end - 1];
    }
    out->payload = p + at;
    out->n = end - at;
    return SX_OK;
}

bool rtp_is_rtcp(const uint8_t *p, size_t n) { return n >= 2 && (p[0] >> 6) == 2 && p[1] >= 192 && p[1] <= 223; }

void rtp_write_header(uint8_t out[RTP_HEADER], bool marker, uint8_t pt, uint16_t seq, uint32_t ts, uint32_t ssrc) {
    out[0] = 0x80;
    out[1] = (uint8_t)((marker ? 0x80 : 0) | (pt & 0x7f));
    out[2] = (uint8_t)(seq >> 8);
    out[3] = (uint8_t)seq;
    put32(out + 4, ts);
    put32(out + 8, ssrc);
}

enum { MAX_DROPOUT = 3000, MAX_MISORDER = 100, NO_BAD_SEQ = 0x10000 };

void rtp_source_init(rtp_source *s, uint32_t ssrc) {
    memset(s, 0, sizeof *s);
    s->ssrc = ssrc;
    s->bad_seq = NO_BAD_SEQ;
}

static void source_begin(rtp_source *s, uint16_t seq) {
    s->started = true;
    s->base_seq = seq;
    s->max_seq = seq;
    s->cycles = 0;
    s->bad_seq = NO_BAD_SEQ;
    s->seen = 1;
    s->received = 1;
    s->expected_prior = s->received_prior = 0;
    s->has_transit = false;
}

rtp_seq rtp_source_packet(rtp_source *s, uint16_t seq) {
    if (!s->started) {
        source_begin(s, seq);
        return RTP_SEQ_NEXT;
    }
    uint16_t ahead = (uint16_t)(seq - s->max_seq);
    if (ahead != 0 && ahead < MAX_DROPOUT) {
        if (seq < s->max_seq) s->cycles += 0x10000;
        s->max_seq = seq;
        s->seen = ahead < 64 ? s->seen << ahead | 1 : 1;
        s->received++;
        s->bad_seq = NO_BAD_SEQ;
        return RTP_SEQ_NEXT;
    }
    if (ahead == 0 || ahead > 0x10000 - MAX_MISORDER) {
        uint16_t behind = (uint16_t)(s->max_seq - seq);
        s->received++;
        if (behind < 64) {
            if (s->seen >> behind & 1) return RTP_SEQ_DUPLICATE;
            s->seen |= (uint64_t)1 << behind;
        }
        return RTP_SEQ_REORDERED;
    }
    if (seq == s->bad_seq) { /* two in a row: the other side restarted without telling (RFC 3550, A.1) */
        int64_t lost = rtp_source_lost(s);
        source_begin(s, seq);
        s->lost_before = lost > 0 ? (uint64_t)lost : 0;
        return RTP_SEQ_RESTART;
    }
    s->bad_seq = (uint16_t)(seq + 1);
    return RTP_SEQ_JUMP;
}

void rtp_source_jitter(rtp_source *s, uint32_t ts, uint32_t rate, uint64_t arrival_us) {
    if (rate == 0) return;
    uint32_t arrival = (uint32_t)(arrival_us * rate / 1000000u);
    uint32_t transit = arrival - ts;
    if (s->has_transit && s->rate == rate) {
        int64_t d = (int32_t)(transit - s->transit);
        if (d < 0) d = -d;
        /* A clock that jumped (a new source behind the same SSRC, a pause without timestamps) is no jitter. */
        if (d < (int64_t)rate * 2) s->jitter += ((double)d - s->jitter) / 16.0;
    } else if (s->rate != rate) {
        s->jitter = 0;
    }
    s->has_transit = true;
    s->transit = transit;
    s->rate = rate;
    s->jitter_ms = s->jitter * 1000.0 / rate;
}

uint64_t rtp_source_expected(const rtp_source *s) {
    return s->started ? (uint64_t)s->cycles + s->max_seq - s->base_seq + 1 : 0;
}

int64_t rtp_source_lost(const rtp_source *s) {
    return (int64_t)s->lost_before + (int64_t)rtp_source_expected(s) - (int64_t)s->received;
}

uint8_t rtp_source_fraction(rtp_source *s) {
    uint64_t expected = rtp_source_expected(s);
    int64_t due = (int64_t)(expected - s->expected_prior);
    int64_t lost = due - (int64_t)(s->received - s->received_prior);
    s->expected_prior = expected;
    s->received_prior = s->received;
    if (due <= 0 || lost <= 0) return 0;
    int64_t f = lost * 256 / due;
    return f > 255 ? 255 : (uint8_t)f;
}
