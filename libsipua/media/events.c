/* What a session tells the stack thread. */
#include <stdlib.h>
#include <string.h>

#include "media/session.h"

media_event_node *media_event_new(media_session *s, media_event_type type) {
    media_event_node *n = calloc(1, sizeof *n);
    if (!n) return NULL; /* lossy: only MEDIA_STOPPED is sure, and made in advance */
    n->ev.type = type;
    return n;
}

void media_event_post(media_session *s, media_event_node *n) {
    if (!n) return;
    n->ev.id = s->id;
    n->ev.user = s->user;
    n->ev.session = s;
    media_engine_post(s->engine, n);
}

void media_event_simple(media_session *s, media_event_type type, int code, const char *text) {
    media_event_node *n = media_event_new(s, type);
    if (!n) return;
    n->ev.code = code;
    size_t len = strlen(text);
    if (len >= sizeof n->ev.text) len = sizeof n->ev.text - 1;
    memcpy(n->ev.text, text, len);
    media_event_post(s, n);
}

void media_session_stats(const media_session *s, uint64_t now_us, media_stats *o) {
    const media_leg *l = &s->leg;
    const media_stream *st = &s->stream;
    memset(o, 0, sizeof *o);
    const codec_info *info = l->heard_codec ? l->heard_codec : st->packets ? st->sending.codec.info : NULL;
    if (info) {
        strncpy(o->codec, info->name, sizeof o->codec - 1);
        o->clock_rate = info->clock_rate;
    }
    o->local_ssrc = st->ssrc;
    o->remote_ssrc = l->has_source ? l->source.ssrc : 0;
    o->remote = l->latch.remote;
    o->packets_sent = st->packets;
    o->bytes_sent = st->bytes;
    o->packets_received = l->packets;
    o->bytes_received = l->bytes;
    int64_t lost = (int64_t)l->lost_before + (l->has_source ? rtp_source_lost(&l->source) : 0);
    o->packets_lost = lost > 0 ? (uint64_t)lost : 0;
    o->packets_late = l->jitter.late + l->jitter.dropped;
    o->packets_duplicate = l->duplicates;
    o->packets_reordered = l->reordered;
    o->packets_invalid = l->invalid;
    o->packets_unknown = l->unknown;
    o->jitter_ms = l->source.jitter_ms;
    o->rtt_ms = s->report.rtt_ms;
    o->remote_jitter_ms = s->report.remote_jitter_ms;
    o->remote_loss = s->report.remote_loss;
    o->remote_lost = s->report.remote_lost;
    o->jitter_depth_ms = jitter_depth_ms(&l->jitter);
    o->frames_played = l->frames;
    o->frames_concealed = l->concealed;
    o->underrun_ms = media_units_ms(st->underrun_units);
    o->overrun_ms = media_units_ms(__atomic_load_n(&s->audio->far.dropped, __ATOMIC_RELAXED));
    o->stalled_ticks = s->stalls;
    o->late_ticks = s->late_ticks;
    o->rtp_ms = s->running && now_us > s->started_us ? (now_us - s->started_us) / 1000 : 0;
}
