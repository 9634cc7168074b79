#include "media/leg.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum {
    SOURCE_GONE_US = 100000, /* a new SSRC may take over at once when the old has been silent for so long */
    CONCEAL_MS = 100,        /* then silence */
    TRIM_MS = 10,            /* taken out of, or put into, quiet audio */
    TRIM_ABOVE_US = 7500,    /* less than what is taken out: the tolerance of the jitter buffer lies below */
    QUIET = 120              /* mean magnitude that counts as quiet whatever went before */
};

void media_leg_init(media_leg *l, uint32_t jitter_min_ms, uint32_t jitter_max_ms) {
    memset(l, 0, sizeof *l);
    latch_init(&l->latch);
    jitter_init(&l->jitter, jitter_min_ms, jitter_max_ms);
    l->accept.cn_pt = -1;
    l->pcm_rate = 8000;
}

void media_leg_free(media_leg *l) {
    jitter_free(&l->jitter);
    codec_destroy(l->decoder);
    free(l->fifo);
    free(l->pending);
}

/* ---- payload types ---- */

typedef struct payload_kind {
    const media_payload *audio;
    uint32_t event_rate; /* 0: no telephone-event */
    bool noise;
} payload_kind;

static bool find_in(const media_receivable *r, uint8_t pt, payload_kind *k) {
    for (size_t i = 0; i < r->n; i++) {
        if (r->payload[i].pt != pt) continue;
        k->audio = &r->payload[i];
        return true;
    }
    for (size_t i = 0; i < r->n_events; i++) {
        if (r->event[i].pt != pt) continue;
        k->event_rate = r->event[i].rate;
        return true;
    }
    if (r->cn_pt == pt) {
        k->noise = true;
        return true;
    }
    return false;
}

static bool find_payload(const media_leg *l, uint8_t pt, payload_kind *k) {
    memset(k, 0, sizeof *k);
    return find_in(&l->accept, pt, k) || (l->pending && find_in(l->pending, pt, k));
}

/* ---- packets in ---- */

static void new_source(media_leg *l, uint32_t ssrc) {
    if (l->has_source) {
        int64_t lost = rtp_source_lost(&l->source);
        if (lost > 0) l->lost_before += (uint64_t)lost;
    }
    rtp_source_init(&l->source, ssrc);
    l->has_source = true;
    l->has_rival = false;
}

/* One source is heard at a time. Another takes over when the present one has stopped, or with its second packet if none
 * of the present one came between. */
static bool accept_source(media_leg *l, uint32_t ssrc, uint64_t arrived_us) {
    bool gone = (int64_t)(arrived_us - l->heard_us) > SOURCE_GONE_US; /* arrival times may run back a little */
    if (l->has_source && l->source.ssrc == ssrc) {
        l->has_rival = false;
    } else if (!l->has_source || gone || (l->has_rival && l->rival == ssrc)) {
        new_source(l, ssrc);
    } else {
        l->rival = ssrc;
        l->has_rival = true;
        return false;
    }
    l->heard_us = arrived_us;
    return true;
}

static void take_digit(media_leg *l, const rtp_packet *p, uint32_t rate, uint64_t now_us, media_leg_digits *d) {
    if (!l->dtmf_ready || l->dtmf.rate != rate) {
        if (l->dtmf_ready && d->n < 3) d->n += dtmf_receiver_finish(&l->dtmf, d->digit + d->n);
        dtmf_receiver_init(&l->dtmf, rate);
        l->dtmf_ready = true;
    }
    dtmf_digit_event got[2];
    unsigned n = dtmf_receiver_packet(&l->dtmf, p->ssrc, p->ts, p->payload, p->n, now_us / 1000, got);
    for (unsigned i = 0; i < n && d->n < 3; i++) d->digit[d->n++] = got[i];
}

static void take_audio(media_leg *l, const rtp_packet *p, const payload_kind *k, uint64_t arrived_us) {
    jitter_packet jp = {.ssrc = p->ssrc, .ts = p->ts, .seq = p->seq, .pt = p->pt};
    if (k->audio) {
        const codec_info *info = k->audio->codec.info;
        jp.rate = info->clock_rate;
        int ticks = codec_packet_ticks(info, p->payload, p->n);
        if (ticks <= 0) { /* not a payload of this codec: it only keeps its place */
            l->invalid++;
            jp.skip = true;
        } else {
            jp.duration_us = (uint32_t)((uint64_t)ticks * 1000000 / jp.rate);
            jp.payload = p->payload;
            jp.n = p->n;
        }
        l->heard_codec = info;
    } else {
        jp.rate = l->jitter.rate ? l->jitter.rate : 8000;
        jp.skip = true;
    }
    jitter_put(&l->jitter, &jp, arrived_us);
}

media_leg_result media_leg_packet(media_leg *l, const uint8_t *p, size_t n, const net_addr *from, uint64_t arrived_us,
                                  uint64_t now_us, media_leg_digits *d) {
    rtp_packet r;
    payload_kind k;
    if (rtp_parse(&r, p, n) != SX_OK || rtp_is_rtcp(p, n)) {
        l->invalid++;
        return LEG_IGNORED;
    }
    if (!find_payload(l, r.pt, &k)) {
        /* Counted only if it is the remote's; it neither latches nor disturbs what plays. */
        if (l->latch.latched && net_addr_eq(from, &l->latch.remote))
            l->unknown++;
        else
            l->invalid++;
        return LEG_IGNORED;
    }
    latch_verdict v = latch_packet(&l->latch, from, r.ssrc, r.seq, arrived_us / 1000);
    if (v == LATCH_REFUSE) {
        l->invalid++;
        return LEG_IGNORED;
    }
    media_leg_result res = v == LATCH_NEW ? LEG_LATCHED : LEG_TAKEN;
    if (!accept_source(l, r.ssrc, arrived_us)) return res;
    rtp_seq seq = rtp_source_packet(&l->source, r.seq);
    if (seq == RTP_SEQ_JUMP) return res;
    l->packets++;
    l->bytes += r.n;
    if (seq == RTP_SEQ_DUPLICATE) {
        l->duplicates++;
        return res;
    }
    if (seq == RTP_SEQ_REORDERED) l->reordered++;
    if (k.audio) rtp_source_jitter(&l->source, r.ts, k.audio->codec.info->clock_rate, arrived_us);
    if (k.event_rate) take_digit(l, &r, k.event_rate, now_us, d);
    if (!l->receive) return res;
    if (k.noise) l->decoded_us = now_us; /* silent on purpose: the way is open (RFC 3389) */
    if (l->tap) l->tap(l->tap_ctx, &r, k.audio, k.event_rate, arrived_us);
    if (!l->bypass) {
        take_audio(l, &r, &k, arrived_us);
    } else if (k.audio && codec_packet_ticks(k.audio->codec.info, r.payload, r.n) > 0) {
        l->heard_codec = k.audio->codec.info;
        l->decoded_us = now_us;
    }
    return res;
}

void media_leg_time(media_leg *l, uint64_t now_us, media_leg_digits *d) {
    if (l->dtmf_ready && l->dtmf.active && d->n < 3)
        d->n += dtmf_receiver_time(&l->dtmf, now_us / 1000, d->digit + d->n);
}

void media_leg_restart(media_leg *l, uint64_t now_us) {
    jitter_reset(&l->jitter);
    l->fifo_n = 0;
    l->concealing_ms = CONCEAL_MS;
    l->decoded_us = now_us;
    if (l->decoder) codec_reset_decoder(l->decoder);
}

void media_leg_set_bypass(media_leg *l, bool bypass) {
    if (l->bypass == bypass) return;
    uint64_t decoded_us = l->decoded_us;
    media_leg_restart(l, decoded_us);
    l->bypass = bypass;
}

/* ---- audio out ---- */

static uint32_t samples_of(const media_leg *l, uint32_t us) { return (uint32_t)((uint64_t)us * l->pcm_rate / 1000000); }
static uint32_t fifo_us(const media_leg *l) { return (uint32_t)((uint64_t)l->fifo_n * 1000000 / l->pcm_rate); }

/* Room for `n` more samples, up to what a leg may ever hold: 20 ms waiting and one longest packet. */
static bool fifo_room(media_leg *l, uint32_t n) {
    if (l->fifo_n + n <= l->fifo_cap) return true;
    uint32_t most = l->pcm_rate / 1000 * (CODEC_MAX_MS + 60), cap = l->fifo_cap ? l->fifo_cap : l->pcm_rate / 25;
    while (cap < l->fifo_n + n) cap *= 2;
    if (l->fifo_n + n > most) return false;
    int16_t *bigger = realloc(l->fifo, cap * sizeof *bigger);
    if (!bigger) return false;
    l->fifo = bigger;
    l->fifo_cap = cap;
    return true;
}

static bool use_decoder(media_leg *l, uint8_t pt) {
    payload_kind k;
    if (l->decoder && l->decoder_pt == pt) return true;
    if (!find_payload(l, pt, &k) || !k.audio) return false;
    const codec_config *c = &k.audio->codec;
    if (l->decoder && l->decoder_info == c->info && codec_get_config(l->decoder)->decode_rate == c->decode_rate) {
        l->decoder_pt = pt; /* renumbered */
        return true;
    }
    codec_config mono = *c;
    mono.pcm_channels = 1;
    codec *made;
    if (codec_create(&made, &mono) != SX_OK) return false;
    codec_destroy(l->decoder);
    l->decoder = made;
    l->decoder_info = c->info;
    l->decoder_pt = pt;
    if (l->pcm_rate != mono.decode_rate) { /* the few samples that wait are of another rate */
        l->pcm_rate = mono.decode_rate;
        l->fifo_n = 0;
    }
    return true;
}

static uint32_t magnitude(const int16_t *pcm, uint32_t n) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n; i++) sum += (uint32_t)(pcm[i] < 0 ? -pcm[i] : pcm[i]);
    return n ? (uint32_t)(sum / n) : 0;
}

/* Takes the jitter buffer's excess of delay out of quiet audio, or puts in what is missing. */
static void trim(media_leg *l, uint32_t fresh, uint64_t now_us) {
    uint32_t cut = l->pcm_rate / 1000 * TRIM_MS;
    if (fresh < cut) return;
    int16_t *at = l->fifo + l->fifo_n - fresh;
    uint32_t level = magnitude(at, fresh);
    l->loudness += level - l->loudness / 16;
    if (level > QUIET && level > l->loudness / 16 / 8) return;
    int64_t excess = jitter_excess_us(&l->jitter, now_us, fifo_us(l));
    if (excess > TRIM_ABOVE_US) {
        l->fifo_n -= cut;
    } else if (excess < -JITTER_TOLERANCE_US && fifo_room(l, cut)) {
        at = l->fifo + l->fifo_n - fresh;
        memmove(at + fresh, at + fresh - cut, cut * sizeof *at);
        l->fifo_n += cut;
    }
}

static bool conceal(media_leg *l, uint32_t us) {
    uint32_t n = samples_of(l, us);
    if (n == 0 || !l->decoder || l->concealing_ms >= CONCEAL_MS || !fifo_room(l, n)) return false;
    if (codec_conceal(l->decoder, l->fifo + l->fifo_n, n) <= 0) return false;
    l->fifo_n += n;
    l->concealing_ms += us / 1000;
    return true;
}

static void decode(media_leg *l, const jitter_frame *f, uint64_t now_us) {
    if (!use_decoder(l, f->pt) || !fifo_room(l, l->pcm_rate / 1000 * CODEC_MAX_MS / 2)) return;
    if (f->fresh) codec_reset_decoder(l->decoder);
    int n = codec_decode(l->decoder, f->payload, f->n, l->fifo + l->fifo_n, l->fifo_cap - l->fifo_n);
    if (n == SX_E_FULL && fifo_room(l, l->pcm_rate / 1000 * CODEC_MAX_MS))
        n = codec_decode(l->decoder, f->payload, f->n, l->fifo + l->fifo_n, l->fifo_cap - l->fifo_n);
    if (n <= 0) {
        l->invalid++;
        conceal(l, f->lost_us);
        return;
    }
    l->fifo_n += (uint32_t)n;
    int32_t us = (int32_t)((int64_t)n * 1000000 / l->pcm_rate);
    if (us != (int32_t)f->lost_us) jitter_played(&l->jitter, us - (int32_t)f->lost_us);
    l->concealing_ms = 0;
    l->decoded_us = now_us;
    trim(l, (uint32_t)n, now_us);
}

static bool recover(media_leg *l, const jitter_frame *f) {
    uint32_t n = samples_of(l, f->lost_us);
    if (!f->fec || !use_decoder(l, f->pt) || !fifo_room(l, n)) return false;
    int got = codec_decode_fec(l->decoder, f->payload, f->n, l->fifo + l->fifo_n, n);
    if (got <= 0) return false;
    l->fifo_n += (uint32_t)got;
    return true;
}

static void silence(media_leg *l, uint32_t n) {
    if (!fifo_room(l, n)) return;
    memset(l->fifo + l->fifo_n, 0, n * sizeof *l->fifo);
    l->fifo_n += n;
}

/* Fills the fifo up to `want` samples. Bounded: every turn adds audio, or takes a packet out of a bounded buffer. */
static uint32_t fill(media_leg *l, uint32_t ms, uint64_t now_us) {
    uint32_t flags = 0;
    for (int turn = 0; l->fifo_n < l->pcm_rate / 1000 * ms && turn < 2 * JITTER_MAX_NODES; turn++) {
        uint32_t missing = (l->pcm_rate / 1000 * ms - l->fifo_n);
        jitter_frame f;
        switch (jitter_get(&l->jitter, now_us, fifo_us(l), &f)) {
        case JITTER_PACKET: decode(l, &f, now_us); break;
        case JITTER_LOST:
            flags |= MEDIA_READ_CONCEALED;
            if (!recover(l, &f) && !conceal(l, f.lost_us)) silence(l, samples_of(l, f.lost_us));
            break;
        case JITTER_NONE:
            /* Late, lost at the end, or the remote is silent: a little invention covers the first two. */
            if (conceal(l, (uint32_t)((uint64_t)missing * 1000000 / l->pcm_rate))) {
                flags |= MEDIA_READ_CONCEALED;
            } else {
                silence(l, missing);
                flags |= MEDIA_READ_SILENCE;
            }
            break;
        }
    }
    return flags;
}

uint32_t media_leg_play(media_leg *l, int16_t *pcm, uint32_t ms, uint64_t now_us) {
    uint32_t flags = MEDIA_READ_SILENCE;
    if (l->receive && !l->bypass) {
        flags = fill(l, ms, now_us);
        l->frames++;
        if (flags & MEDIA_READ_CONCEALED) l->concealed++;
    }
    uint32_t n = l->pcm_rate / 1000 * ms, have = l->fifo_n < n ? l->fifo_n : n; /* the rate may have changed in fill */
    if (have) memcpy(pcm, l->fifo, have * sizeof *pcm);
    if (have < n) {
        memset(pcm + have, 0, (n - have) * sizeof *pcm);
        flags |= MEDIA_READ_SILENCE;
    }
    l->fifo_n -= have;
    if (l->fifo_n) memmove(l->fifo, l->fifo + have, l->fifo_n * sizeof *l->fifo);
    return flags;
}
