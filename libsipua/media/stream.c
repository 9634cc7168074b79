#include "media/stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/rand.h"

int media_stream_init(media_stream *s) {
    memset(s, 0, sizeof *s);
    s->ssrc = sx_rand_u32();
    s->seq = (uint16_t)sx_rand_below(0x8000); /* RFC 3711, 3.3.1: away from the first wrap */
    s->ts = sx_rand_u32();
    s->event_pt = -1;
    s->ptime_ms = 20;
    s->marker = true;
    s->silent = true;
    return SX_OK;
}

void media_stream_free(media_stream *s) {
    codec_destroy(s->encoder);
    free(s->pcm);
    while (s->digits) {
        media_digits *d = s->digits;
        s->digits = d->next;
        free(d);
    }
}

static uint32_t clock_rate(const media_stream *s) {
    return s->sending.codec.info ? s->sending.codec.info->clock_rate : 8000;
}

static bool same_encoder(const codec_config *a, const codec_config *b) {
    return a->info == b->info && a->encode_rate == b->encode_rate && a->complexity == b->complexity &&
           a->fec == b->fec && a->dtx == b->dtx && a->cbr == b->cbr && a->bitrate == b->bitrate &&
           a->max_rate == b->max_rate;
}

void media_stream_configure(media_stream *s, const media_stream_config *c) {
    if (s->encoder && !same_encoder(&s->sending.codec, &c->sending.codec)) {
        codec_destroy(s->encoder);
        s->encoder = NULL;
        s->marker = true;
    }
    s->sending = c->sending;
    s->sending.codec.pcm_channels = 1;
    uint32_t wished = c->ptime_ms ? c->ptime_ms : 20;
    s->ptime_ms = c->sending.codec.info ? codec_ptime(c->sending.codec.info, wished) : wished;
    if (s->ptime_ms < 10) s->ptime_ms = 10;
    s->ptime_ms -= s->ptime_ms % 10;
    free(s->pcm);
    s->pcm = NULL;
    if (c->send && !s->send) s->marker = true;
    s->send = c->send;
    s->event_pt = c->send_event_pt;
    if (c->send_event_pt >= 0 && (!s->dtmf_ready || s->dtmf.rate != c->send_event_rate)) {
        dtmf_sender_init(&s->dtmf, c->send_event_rate ? c->send_event_rate : 8000);
        s->dtmf_ready = true;
    }
}

void media_stream_skip(media_stream *s, uint64_t now_us) {
    if (now_us <= s->due_us) return;
    s->ts += (uint32_t)((now_us - s->due_us) / 1000 * clock_rate(s) / 1000);
    s->due_us = now_us;
    s->marker = true;
}

static uint32_t packet_ms(const media_stream *s) {
    return s->short_once && s->ptime_ms > 10 && codec_ptime(s->sending.codec.info, 10) == 10 ? 10 : s->ptime_ms;
}

int media_stream_frame(media_stream *s) {
    const codec_config *c = &s->sending.codec;
    if (!c->info) return 0;
    if (!s->encoder && codec_create(&s->encoder, c) != SX_OK) return SX_E_NOMEM;
    uint32_t cap = c->encode_rate / 1000 * s->ptime_ms;
    if (!s->pcm || s->pcm_cap != cap) {
        free(s->pcm);
        s->pcm = malloc(2 * cap * sizeof *s->pcm);
        if (!s->pcm) return SX_E_NOMEM;
        s->pcm_cap = cap;
    }
    return (int)(c->encode_rate / 1000 * packet_ms(s));
}

static void advance(media_stream *s, uint32_t ms) {
    s->ts += clock_rate(s) / 1000 * ms;
    s->due_us += (uint64_t)ms * 1000;
}

static void sent(media_stream *s, media_out *out, uint8_t pt, bool marker, uint32_t ts, size_t payload) {
    rtp_write_header(out->p, marker, pt, s->seq++, ts, s->ssrc);
    out->n = RTP_HEADER + payload;
    s->packets++;
    s->bytes += payload;
    s->last_ts = s->ts;
    s->last_sent_us = s->due_us;
    s->sent_any = true;
}

void media_stream_audio(media_stream *s, uint32_t n_pcm, bool real, media_out *out) {
    out->n = 0;
    if (s->silent && real) s->marker = true;
    s->silent = !real;
    int n = codec_encode(s->encoder, s->pcm, n_pcm, out->p + RTP_HEADER, CODEC_MAX_PAYLOAD);
    if (n > 0) {
        sent(s, out, s->sending.pt, s->marker, s->ts, (size_t)n);
        s->marker = false;
    } else {
        s->marker = true; /* DTX: the next packet begins anew */
    }
    advance(s, packet_ms(s));
    s->short_once = false;
}

/* ---- digits ---- */

static void give_digits(media_stream *s) {
    media_digits *d = s->digits;
    if (!d || d->given || dtmf_sender_busy(&s->dtmf)) return;
    d->given = true;
    if (dtmf_sender_add(&s->dtmf, sx_slice_str(d->text), d->tone_ms, d->gap_ms) != SX_OK) d->left = 0;
}

static bool pop_done(media_stream *s, uint64_t *tag) {
    media_digits *d = s->digits;
    if (!d || !d->given || d->left > 0) return false;
    *tag = d->tag;
    s->digits = d->next;
    free(d);
    return true;
}

bool media_stream_digit(media_stream *s, media_out *out, uint64_t *done, bool *is_done) {
    out->n = 0;
    give_digits(s);
    dtmf_packet p;
    uint32_t rate = s->dtmf.rate, units = rate / 1000 * s->ptime_ms;
    bool send = dtmf_sender_step(&s->dtmf, s->ts, units, &p);
    if (send) {
        memcpy(out->p + RTP_HEADER, p.payload, DTMF_PAYLOAD);
        sent(s, out, (uint8_t)s->event_pt, p.marker, p.timestamp, DTMF_PAYLOAD);
        if (p.ended && s->digits && s->digits->left) s->digits->left--;
    }
    *is_done = pop_done(s, done);
    if (!dtmf_sender_sounding(&s->dtmf) && !send) return false;
    s->marker = true; /* audio after a digit begins a talkspurt */
    advance(s, s->ptime_ms);
    return true;
}
