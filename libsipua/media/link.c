#include "media/link.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "media/session.h"

enum {
    FEED_MS = 60,
    PAUSE_US = 500000 /* a program that writes in real time is still speaking when nothing waits for a moment */
};

media_link *media_link_create(bool untouched, bool events) {
    media_link *l = calloc(1, sizeof *l);
    if (!l) return NULL;
    l->refs = 2;
    l->untouched = untouched;
    l->events = events;
    media_pipe_init(&l->feed[0]);
    media_pipe_init(&l->feed[1]);
    return l;
}

void media_link_unref(media_link *l) {
    if (!l || __atomic_sub_fetch(&l->refs, 1, __ATOMIC_ACQ_REL) != 0) return;
    media_pipe_free(&l->feed[0]);
    media_pipe_free(&l->feed[1]);
    free(l);
}

static media_session *partner(const media_session *s) { return s->link ? s->link->side[!s->link_side] : NULL; }

/* ---- waking the worker ---- */

static void arm(media_session *s, media_turn *t) {
    if (s->armed) return;
    if (t->epoll < 0) t->epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = s};
    if (t->epoll < 0 || epoll_ctl(t->epoll, EPOLL_CTL_ADD, s->transport.rtp_fd, &ev) < 0)
        return; /* at its turns then */
    s->armed = true;
    t->armed++;
}

void media_link_disarm(media_session *s) {
    if (!s->armed) return;
    media_turn *t = s->link->turn;
    epoll_ctl(t->epoll, EPOLL_CTL_DEL, s->transport.rtp_fd, NULL);
    s->armed = false;
    t->armed--;
}

void media_link_packets(media_session *s, media_turn *t) {
    media_datagram d[MEDIA_BATCH];
    unsigned n = MEDIA_BATCH;
    for (unsigned rounds = 0; s->armed && n == MEDIA_BATCH && rounds < 16; rounds++) {
        n = media_batch_read(t->batch, s->transport.rtp_fd, t->wall_offset_us, media_clock_us(), d);
        for (unsigned i = 0; i < n; i++) media_session_datagram(s, t, &d[i]);
    }
}

/* ---- which way ---- */

/* Packets of x go out by `to`, or its PCM does. */
static void set_passes(media_link *l, unsigned to, bool passes) {
    media_session *x = l->side[!to];
    if (l->passes[to] == passes) return;
    l->passes[to] = passes;
    relay_reset(&l->map[to]);
    media_pipe_reset(&l->feed[to]);
    if (!x) return;
    if (passes) {
        arm(x, l->turn);
    } else {
        media_link_disarm(x);
        media_leg_set_bypass(&x->leg, false);
    }
}

static bool codec_fits(const media_leg *heard, const media_stream *sent) {
    const codec_info *info = sent->sending.codec.info;
    if (!info || heard->heard_codec) return info && heard->heard_codec == info;
    for (size_t i = 0; i < heard->accept.n; i++)
        if (heard->accept.payload[i].codec.info == info) return true;
    return false;
}

static bool flows(const media_session *x, const media_session *y) {
    return x->running && y->running && x->leg.receive && y->stream.send && media_session_has_remote(y);
}

/* Has y something of its own to say, or had it until just now? */
static bool speaks(media_link *l, const media_session *y) {
    uint32_t off, n;
    uint64_t now = l->turn->now_us;
    media_chunk *c = y->players ? NULL : media_chunkq_peek(y->app.q, &off, &n);
    if (c && c->kind == MEDIA_CHUNK_AUDIO) l->spoken_us[y->link_side] = now + PAUSE_US;
    return y->players || now < l->spoken_us[y->link_side];
}

static bool may_pass(media_link *l, const media_session *x, const media_session *y) {
    return l->untouched && flows(x, y) && codec_fits(&x->leg, &y->stream) && !(x->muted & MEDIA_MUTE_RECEIVE) &&
           !(y->muted & MEDIA_MUTE_SEND) && !speaks(l, y) && !media_recorders_want(y->recorders, true);
}

static void say(media_link *l) {
    media_session *a = l->side[0], *b = l->side[1];
    bool ab = flows(a, b), ba = flows(b, a);
    if (!ab && !ba) return;
    uint8_t state = (!ab || l->passes[1]) && (!ba || l->passes[0]) ? 2 : 1;
    const codec_info *heard = a->leg.heard_codec;
    codec_id id = heard ? heard->id : CODEC_NONE;
    if (state == l->said && id == l->said_codec) return;
    media_event_node *n = media_event_new(a, MEDIA_LINKED);
    if (!n) return;
    l->said = state;
    l->said_codec = id;
    n->ev.u.linked.untouched = state == 2;
    n->ev.u.linked.with = b->id;
    if (heard) strncpy(n->ev.u.linked.codec, heard->name, sizeof n->ev.u.linked.codec - 1);
    media_event_post(a, n);
}

void media_link_look(media_session *s, media_turn *t) {
    media_link *l = s->link;
    media_session *y = partner(s);
    (void)t;
    if (!y) return;
    set_passes(l, y->link_side, may_pass(l, s, y));
    set_passes(l, s->link_side, may_pass(l, y, s)); /* the other may be on hold, and off the clock */
    if (l->passes[y->link_side]) {
        arm(s, l->turn); /* after its sockets changed */
        media_leg_set_bypass(&s->leg, !media_audio_is_read(s->audio) && !media_recorders_want(s->recorders, false));
    }
    say(l);
}

void media_link_heard(media_session *s, const int16_t *pcm, uint32_t n, uint32_t rate) {
    media_session *y = partner(s);
    if (!y || s->link->passes[y->link_side] || !flows(s, y) || !y->stream.sending.codec.info) return;
    media_pipe_put(&s->link->feed[y->link_side], pcm, n, rate, y->stream.sending.codec.encode_rate,
                   2 * y->stream.ptime_ms + FEED_MS);
}

bool media_link_is_fed(const media_session *s) { return s->link && s->link->passes[s->link_side] && partner(s); }

static bool events_pass(const media_link *l, const media_session *y, uint32_t rate) {
    return l->events && y->stream.event_pt >= 0 && y->stream.dtmf_ready && (!rate || y->stream.dtmf.rate == rate);
}

bool media_link_passes_events(const media_session *s) {
    const media_session *y = partner(s);
    return y && s->link->passes[y->link_side] && events_pass(s->link, y, s->leg.dtmf_ready ? s->leg.dtmf.rate : 0);
}

/* ---- packets ---- */

static void forward(media_session *y, const rtp_packet *p, const relay_out *o, uint8_t pt, uint64_t at_us) {
    media_stream *st = &y->stream;
    media_turn *t = y->link->turn;
    rtp_write_header(t->out.p, o->marker, pt, o->seq, o->ts, st->ssrc);
    memcpy(t->out.p + RTP_HEADER, p->payload, p->n);
    t->out.n = RTP_HEADER + p->n;
    st->packets++;
    st->bytes += p->n;
    st->last_ts = o->ts;
    st->last_sent_us = at_us;
    st->sent_any = true;
    st->silent = st->marker = true; /* what we make ourselves after it begins a talkspurt */
    media_session_transmit(y, t);
}

static void tap(void *ctx, const rtp_packet *p, const media_payload *audio, uint32_t event_rate, uint64_t arrived_us) {
    media_session *x = ctx, *y = partner(x);
    if (!y || !x->link->passes[y->link_side]) return;
    media_link *l = x->link;
    media_stream *st = &y->stream;
    relay *map = &l->map[y->link_side];
    if (audio && audio->codec.info != st->sending.codec.info) { /* it sends another codec now: from here on by PCM */
        set_passes(l, y->link_side, false);
        return;
    }
    int ticks = audio ? codec_packet_ticks(audio->codec.info, p->payload, p->n) : 1;
    bool busy = media_stream_has_digits(st) && st->event_pt >= 0; /* a digit of ours has the stream */
    bool fits = audio ? true : event_rate && events_pass(l, y, event_rate);
    if (busy || !fits || ticks <= 0 || p->n > CODEC_MAX_PAYLOAD) {
        relay_leave_out(map, p->seq, p->ssrc);
        return;
    }
    relay_clock clock = {.seq = st->seq, .ts = st->ts, .due_us = st->due_us};
    relay_in in = {.seq = p->seq,
                   .ts = p->ts,
                   .ssrc = p->ssrc,
                   .marker = p->marker,
                   .audio = audio != NULL,
                   .rate = audio ? audio->codec.info->clock_rate : event_rate,
                   .duration = (uint32_t)ticks,
                   .at_us = arrived_us};
    relay_out out;
    if (!relay_pass(map, &in, &clock, &out)) return;
    st->seq = clock.seq;
    st->ts = clock.ts;
    st->due_us = clock.due_us;
    forward(y, p, &out, audio ? st->sending.pt : (uint8_t)st->event_pt, arrived_us);
}

/* ---- coming and going ---- */

void media_link_enter(media_session *s, media_link *l, unsigned side, media_turn *t) {
    s->link = l;
    s->link_side = (uint8_t)side;
    l->side[side] = s;
    l->turn = t;
    s->leg.tap = tap;
    s->leg.tap_ctx = s;
}

void media_link_leave(media_session *s) {
    media_link *l = s->link;
    if (!l) return;
    set_passes(l, 0, false);
    set_passes(l, 1, false);
    l->side[s->link_side] = NULL;
    s->leg.tap = NULL;
    s->link = NULL;
    media_link_unref(l);
}
