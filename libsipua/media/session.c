/* A session on its worker: the clock, receiving and playing out. Sending is in send.c, orders are in order.c. */
#include "media/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define SX_MODULE "media"

enum { PLAY_MS = 20, TICK_US = 10000, RTCP_TURNS = 25, ONE_IS_ALL_US = 12000 };

/* ---- the clock ---- */

bool media_session_wants_clock(const media_session *s) {
    if (s->ended || s->learn || s->is_room) return true; /* until its files are closed */
    return s->running &&
           (s->leg.receive || s->stream.send || s->recorders || s->players || media_audio_is_read(s->audio));
}

void media_session_join_clock(media_session *s, media_turn *t) {
    s->ticking = true;
    __atomic_store_n(&s->audio->idle, 0, __ATOMIC_SEQ_CST);
    if (s->ended) return;
    s->play_due_us = t->now_us;
    if (s->is_room) return;
    media_stream_skip(&s->stream, t->now_us + TICK_US);
    media_batch_discard(t->batch, s->transport.rtp_fd, 1024); /* what came while nobody listened */
    if (s->has_other) media_batch_discard(t->batch, s->other.rtp_fd, 1024);
    media_leg_restart(&s->leg, t->now_us);
    s->phased = false;
}

void media_session_leave_clock(media_session *s, media_turn *t) {
    s->ticking = false;
    __atomic_store_n(&s->audio->idle, 1, __ATOMIC_SEQ_CST);
    media_session_poked(s, t);
}

void media_session_poked(media_session *s, media_turn *t) {
    media_do_flushes(s);
    media_source_notes(&s->app, media_note_played, s);
    media_say_ready(s);
}

void media_session_stall(media_session *s, media_turn *t) {
    s->stalls++;
    if (s->play_due_us < t->now_us) s->play_due_us = t->now_us;
    if (s->stream.due_us < t->now_us) media_stream_skip(&s->stream, t->now_us);
}

/* ---- receiving ---- */

void media_session_post_digits(media_session *s, const media_leg_digits *d) {
    for (unsigned i = 0; i < d->n; i++) {
        media_event_node *n = media_event_new(s, MEDIA_DTMF);
        if (!n) return;
        n->ev.u.dtmf.digit = d->digit[i].digit;
        n->ev.u.dtmf.duration_ms = d->digit[i].duration_ms;
        n->ev.u.dtmf.passed = media_link_passes_events(s);
        media_event_post(s, n);
    }
}

void media_session_said_started(media_session *s, bool received, const codec_info *info) {
    media_event_node *n = media_event_new(s, MEDIA_STARTED);
    if (!n) return;
    n->ev.u.started.received = received;
    if (info) {
        strncpy(n->ev.u.started.codec, info->name, sizeof n->ev.u.started.codec - 1);
        n->ev.u.started.clock_rate = info->clock_rate;
    }
    media_event_post(s, n);
}

static void latched(media_session *s, media_turn *t, const net_addr *old) {
    if (!s->learn) media_transport_connect(&s->transport, &s->leg.latch.remote);
    if (!net_addr_is_set(old) || net_addr_eq(old, &s->leg.latch.remote)) return;
    char a[NET_ADDR_TEXT], b[NET_ADDR_TEXT];
    SX_LOG(t->log, SX_LOG_INFO, "media comes from %s, not from %s as signalled: sending there",
           net_addr_text(&s->leg.latch.remote, a), net_addr_text(old, b));
    media_event_node *n = media_event_new(s, MEDIA_LATCHED);
    if (!n) return;
    n->ev.u.latched.old_remote = *old;
    n->ev.u.latched.new_remote = s->leg.latch.remote;
    media_event_post(s, n);
}

uint64_t media_session_datagram(media_session *s, media_turn *t, const media_datagram *d) {
    media_leg_digits digits = {0};
    net_addr old = s->leg.latch.remote;
    if (d->n && (uint8_t)d->p[0] < 4 && media_learn_take(s, d, 0)) return 0;
    media_leg_result r = media_leg_packet(&s->leg, d->p, d->n, &d->from, d->arrived_us, t->now_us, &digits);
    if (r == LEG_IGNORED) return 0;
    if (r == LEG_LATCHED)
        latched(s, t, &old);
    else if (!s->transport.connected && s->leg.latch.latched && !s->learn)
        media_transport_connect(&s->transport, &s->leg.latch.remote);
    if (digits.n) media_session_post_digits(s, &digits);
    return d->arrived_us;
}

static uint64_t receive_by(media_session *s, media_turn *t, int fd) {
    media_datagram d[MEDIA_BATCH];
    uint64_t first = 0, now = media_clock_us();
    /* Mostly there is just one. If it has only just come, another one behind it can wait for the next turn. */
    if (media_batch_read_one(t->batch, fd, t->wall_offset_us, now, d)) {
        first = media_session_datagram(s, t, d);
        unsigned n = d->arrived_us + ONE_IS_ALL_US > now && s->phased ? 0 : MEDIA_BATCH;
        for (unsigned rounds = 0; n == MEDIA_BATCH && rounds < 16; rounds++) {
            n = media_batch_read(t->batch, fd, t->wall_offset_us, now, d);
            for (unsigned i = 0; i < n; i++) {
                uint64_t at = media_session_datagram(s, t, &d[i]);
                if (!first) first = at;
            }
        }
    }
    return first;
}

/* Everything that has come, in bounds; when the first packet of the remote came, or 0. */
uint64_t media_session_receive(media_session *s, media_turn *t) {
    media_leg_digits digits = {0};
    /* A silent source may be replaced: then the socket must hear others again. */
    if (s->transport.connected && latch_is_loose(&s->leg.latch, t->now_us / 1000))
        media_transport_connect(&s->transport, NULL);
    uint64_t first = s->armed ? 0 : receive_by(s, t, s->transport.rtp_fd); /* armed: they came on their own */
    if (s->has_other) {
        uint64_t at = receive_by(s, t, s->other.rtp_fd);
        if (!first) first = at;
        if (s->other_until_us && t->now_us >= s->other_until_us) media_session_close_other(s);
    }
    media_leg_time(&s->leg, t->now_us, &digits);
    if (digits.n) media_session_post_digits(s, &digits);
    if (s->leg.packets && !s->said_received) {
        s->said_received = true;
        media_session_said_started(s, true, s->leg.heard_codec);
    }
    return first;
}

/* The frames of 20 ms are played on every second tick: on that of the two on which a packet like the first one is due
 * first. Sending goes on the other one, so that what an app makes of a frame leaves half a frame later. True: this turn
 * plays only 10 ms and the next is one tick on. */
static bool fit_phase(media_session *s, media_turn *t, uint64_t arrived_us) {
    uint64_t due = jitter_due_us(&s->leg.jitter, arrived_us), at = t->now_us;
    if (due > JITTER_TOLERANCE_US && due - JITTER_TOLERANCE_US > at) {
        uint64_t ticks = (due - JITTER_TOLERANCE_US - at + TICK_US - 1) / TICK_US;
        at += ticks * TICK_US;
    }
    s->phased = true;
    bool odd = (at - t->now_us) / TICK_US % 2;
    uint64_t play = t->now_us + (odd ? TICK_US : 0);
    uint64_t apart = (s->stream.due_us > play ? s->stream.due_us - play : play - s->stream.due_us) / TICK_US;
    if (apart % 2 == 0 && s->stream.ptime_ms % PLAY_MS == 0) s->stream.short_once = true;
    return odd;
}

static void check_stall(media_session *s, media_turn *t) {
    media_leg *l = &s->leg;
    if (!l->receive || s->held) return;
    uint64_t quiet = t->now_us > l->decoded_us ? t->now_us - l->decoded_us : 0;
    bool now = quiet >= (uint64_t)s->stall_ms * 1000;
    if (now == s->stalled) return;
    media_event_node *n = media_event_new(s, now ? MEDIA_STALLED : MEDIA_RESUMED);
    if (!n) return;
    if (now) s->stall_us = l->decoded_us;
    n->ev.u.stall.silent_ms = (uint32_t)((t->now_us - s->stall_us) / 1000);
    s->stalled = now;
    media_event_post(s, n);
}

static void play(media_session *s, media_turn *t, uint32_t ms) {
    bool read = media_audio_is_read(s->audio);
    if (s->leg.bypass && !read) return;
    uint32_t flags = media_leg_play(&s->leg, t->pcm, ms, t->now_us);
    uint32_t rate = s->leg.pcm_rate, n = rate / 1000 * ms;
    media_recorders_push(s->recorders, t->pool, false, t->now_us, t->pcm, n, rate);
    if (s->muted & MEDIA_MUTE_RECEIVE) {
        memset(t->pcm, 0, n * sizeof *t->pcm);
        flags |= MEDIA_READ_SILENCE;
    } else if (s->slot) {
        media_slot_put(s->slot, t->pcm, n, rate);
    } else if (s->link) {
        media_link_heard(s, t->pcm, n, rate);
    }
    if (!read) return;
    media_chunk *c = media_chunk_new(t->pool, rate);
    if (!c) return; /* 20 ms are missing then; the app is told of a gap by the next overrun at most */
    memcpy(c->pcm, t->pcm, n * sizeof *t->pcm);
    c->n = n;
    c->flags = (uint8_t)flags;
    media_audio_push(s->audio, c);
}

static void play_turn(media_session *s, media_turn *t) {
    if (s->link) media_link_look(s, t);
    uint64_t first = s->leg.receive || s->stream.send ? media_session_receive(s, t) : 0;
    uint32_t ms = first && !s->phased && s->leg.receive && fit_phase(s, t, first) ? PLAY_MS / 2 : PLAY_MS;
    play(s, t, ms);
    s->play_due_us += ms * 1000;
    check_stall(s, t);
    media_say_ready(s);
    if (s->turns++ % RTCP_TURNS == 0 && (s->leg.receive || s->stream.send)) {
        media_report_read(s, t);
        media_report_tick(s, t);
    }
}

void media_session_hear(media_session *s, media_turn *t) {
    media_session_check_recorders(s);
    if (s->ended) return;
    if (s->learn) media_learn_tick(s, t);
    if (!s->running) return;
    s->late_ticks += t->late;
    if (s->flushes_done != __atomic_load_n(&s->audio->flushes, __ATOMIC_ACQUIRE)) media_do_flushes(s);
    if (t->now_us >= s->play_due_us && !s->is_room) play_turn(s, t);
}
