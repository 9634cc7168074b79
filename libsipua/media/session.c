/* A session on its worker: the ticks of playing out and sending. */
#include "media/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define SX_MODULE "media"

enum { PLAY_MS = 20, TICK_US = 10000, RTCP_TURNS = 25, ONE_IS_ALL_US = 12000, FILES_WAIT_US = 3000000 };

/* ---- the clock ---- */

bool media_session_wants_clock(const media_session *s) {
    if (s->ended || s->learn) return true; /* until its files are closed */
    return s->running &&
           (s->leg.receive || s->stream.send || s->recorders || s->player || media_audio_is_read(s->audio));
}

void media_session_join_clock(media_session *s, media_turn *t) {
    s->ticking = true;
    __atomic_store_n(&s->audio->idle, 0, __ATOMIC_SEQ_CST);
    if (s->ended) return;
    s->play_due_us = t->now_us;
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

static void post_digits(media_session *s, const media_leg_digits *d) {
    for (unsigned i = 0; i < d->n; i++) {
        media_event_node *n = media_event_new(s, MEDIA_DTMF);
        if (!n) return;
        n->ev.u.dtmf.digit = d->digit[i].digit;
        n->ev.u.dtmf.duration_ms = d->digit[i].duration_ms;
        media_event_post(s, n);
    }
}

static void post_started(media_session *s, bool received, const codec_info *info) {
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

/* One datagram; its time of arrival if it is the remote's, else 0. */
static uint64_t take(media_session *s, media_turn *t, const media_datagram *d) {
    media_leg_digits digits = {0};
    net_addr old = s->leg.latch.remote;
    if (d->n && (uint8_t)d->p[0] < 4 && media_learn_take(s, d, 0)) return 0;
    media_leg_result r = media_leg_packet(&s->leg, d->p, d->n, &d->from, d->arrived_us, t->now_us, &digits);
    if (r == LEG_IGNORED) return 0;
    if (r == LEG_LATCHED)
        latched(s, t, &old);
    else if (!s->transport.connected && s->leg.latch.latched && !s->learn)
        media_transport_connect(&s->transport, &s->leg.latch.remote);
    if (digits.n) post_digits(s, &digits);
    return d->arrived_us;
}

static uint64_t receive_by(media_session *s, media_turn *t, int fd) {
    media_datagram d[MEDIA_BATCH];
    uint64_t first = 0, now = media_clock_us();
    /* Mostly there is just one. If it has only just come, another one behind it can wait for the next turn. */
    if (media_batch_read_one(t->batch, fd, t->wall_offset_us, now, d)) {
        first = take(s, t, d);
        unsigned n = d->arrived_us + ONE_IS_ALL_US > now && s->phased ? 0 : MEDIA_BATCH;
        for (unsigned rounds = 0; n == MEDIA_BATCH && rounds < 16; rounds++) {
            n = media_batch_read(t->batch, fd, t->wall_offset_us, now, d);
            for (unsigned i = 0; i < n; i++) {
                uint64_t at = take(s, t, &d[i]);
                if (!first) first = at;
            }
        }
    }
    return first;
}

/* Everything that has come, in bounds; when the first packet of the remote came, or 0. */
static uint64_t receive(media_session *s, media_turn *t) {
    media_leg_digits digits = {0};
    /* A silent source may be replaced: then the socket must hear others again. */
    if (s->transport.connected && latch_is_loose(&s->leg.latch, t->now_us / 1000))
        media_transport_connect(&s->transport, NULL);
    uint64_t first = receive_by(s, t, s->transport.rtp_fd);
    if (s->has_other) {
        uint64_t at = receive_by(s, t, s->other.rtp_fd);
        if (!first) first = at;
        if (s->other_until_us && t->now_us >= s->other_until_us) media_session_close_other(s);
    }
    media_leg_time(&s->leg, t->now_us, &digits);
    if (digits.n) post_digits(s, &digits);
    if (s->leg.packets && !s->said_received) {
        s->said_received = true;
        post_started(s, true, s->leg.heard_codec);
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
    if (!l->receive) return;
    uint64_t quiet = t->now_us > l->decoded_us ? t->now_us - l->decoded_us : 0;
    bool now = quiet >= (uint64_t)t->stall_ms * 1000;
    if (now == s->stalled) return;
    media_event_node *n = media_event_new(s, now ? MEDIA_STALLED : MEDIA_RESUMED);
    if (!n) return;
    if (now) s->stall_us = l->decoded_us;
    n->ev.u.stall.silent_ms = (uint32_t)((t->now_us - s->stall_us) / 1000);
    s->stalled = now;
    media_event_post(s, n);
}

static void play(media_session *s, media_turn *t, uint32_t ms) {
    uint32_t flags = media_leg_play(&s->leg, t->pcm, ms, t->now_us);
    uint32_t rate = s->leg.pcm_rate, n = rate / 1000 * ms;
    media_recorders_push(s->recorders, t->pool, false, t->now_us, t->pcm, n, rate);
    if (!media_audio_is_read(s->audio)) return;
    media_chunk *c = media_chunk_new(t->pool, rate);
    if (!c) return; /* 20 ms are missing then; the app is told of a gap by the next overrun at most */
    memcpy(c->pcm, t->pcm, n * sizeof *t->pcm);
    c->n = n;
    c->flags = (uint8_t)flags;
    media_audio_push(s->audio, c);
}

static void play_turn(media_session *s, media_turn *t) {
    uint64_t first = s->leg.receive || s->stream.send ? receive(s, t) : 0;
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

/* ---- sending ---- */

static bool has_remote(const media_session *s) {
    const net_addr *r = &s->leg.latch.remote;
    return net_addr_is_set(r) && net_addr_port(r) != 0 && !net_addr_is_any(r);
}

static void transmit(media_session *s, media_turn *t) {
    if (t->out.n == 0) return;
    media_transport *way = s->has_other ? media_session_way(s, &s->leg.latch.remote) : &s->transport;
    media_transport_send(way, &s->leg.latch.remote, t->out.p, t->out.n);
    if (s->said_sent) return;
    s->said_sent = true;
    post_started(s, false, s->stream.sending.codec.info);
}

static void end_player(media_session *s, int code, const char *text) {
    media_event_node *n = media_event_new(s, MEDIA_PLAY_DONE);
    if (n) {
        n->ev.code = code;
        strncpy(n->ev.text, text, sizeof n->ev.text - 1);
        n->ev.u.play.play_id = media_player_id(s->player);
        n->ev.u.play.played_ms = media_units_ms(s->file.played);
        media_event_post(s, n);
    }
    media_source_free(&s->file);
    memset(&s->file, 0, sizeof s->file);
    media_player_release(s->player);
    s->player = NULL;
}

static void no_note(void *ctx, const media_chunk *note) { (void)ctx, (void)note; }

static bool mix_file(media_session *s, size_t n, uint32_t rate) {
    int16_t *pcm = s->stream.pcm, *more = pcm + n;
    int code;
    const char *text;
    bool done = media_player_done(s->player, &code, &text); /* before reading: then nothing comes after it */
    size_t got = media_source_read(&s->file, more, n, rate, no_note, NULL);
    media_player_taken(s->player, s->file.taken);
    for (size_t i = 0; i < n && got; i++) {
        int32_t v = pcm[i] + more[i];
        pcm[i] = (int16_t)(v > 32767 ? 32767 : v < -32768 ? -32768 : v);
    }
    if (got < n && done) end_player(s, code, text);
    return got > 0;
}

static bool mix_app(media_session *s, size_t n, uint32_t rate) {
    media_stream *st = &s->stream;
    uint64_t before = s->app.taken, segment = s->app.segment;
    bool going = s->app.in_segment;
    size_t got = media_source_read(&s->app, st->pcm, n, rate, media_note_played, s);
    media_publish_taken(s, before);
    if (got && going && s->app.segment == segment && st->dry_units < 48000) st->underrun_units += st->dry_units;
    if (got) st->dry_units = 0;
    if (got < n && s->app.in_segment) st->dry_units += media_units(n - got, rate);
    return got > 0;
}

static void send_turn(media_session *s, media_turn *t) {
    media_stream *st = &s->stream;
    uint64_t at = t->now_us, done;
    bool is_done = false;
    if (!st->send || !has_remote(s)) {
        media_stream_skip(st, t->now_us + TICK_US);
        return;
    }
    if (media_stream_has_digits(st) && st->event_pt >= 0) {
        bool took = media_stream_digit(st, &t->out, &done, &is_done);
        transmit(s, t);
        if (is_done) {
            media_event_node *n = media_event_new(s, MEDIA_DTMF_SENT);
            if (n) n->ev.u.dtmf_sent.tag = done;
            media_event_post(s, n);
        }
        if (took) return;
    }
    int n = media_stream_frame(st);
    if (n <= 0) {
        media_stream_skip(st, st->due_us + (uint64_t)st->ptime_ms * 1000);
        return;
    }
    uint32_t rate = st->sending.codec.encode_rate;
    bool real = mix_app(s, (size_t)n, rate);
    if (s->player && mix_file(s, (size_t)n, rate)) real = true;
    media_stream_audio(st, (uint32_t)n, real, &t->out);
    transmit(s, t);
    media_recorders_push(s->recorders, t->pool, true, at, st->pcm, (uint32_t)n, rate);
}

/* ---- files ---- */

static void check_recorders(media_session *s) {
    for (media_recorder *r; (r = media_recorders_take_done(&s->recorders)) != NULL; media_recorder_release(r)) {
        const char *text;
        media_event_node *n = media_event_new(s, MEDIA_RECORD_DONE);
        if (!n) continue;
        media_recorder_result(r, &n->ev.code, &text, &n->ev.u.record.recorded_ms);
        strncpy(n->ev.text, text, sizeof n->ev.text - 1);
        n->ev.u.record.record_id = media_recorder_id(r);
        media_event_post(s, n);
    }
}

void media_session_tick(media_session *s, media_turn *t) {
    check_recorders(s);
    if (s->ended) return;
    if (s->learn) media_learn_tick(s, t);
    if (!s->running) return;
    s->late_ticks += t->late;
    if (s->flushes_done != __atomic_load_n(&s->audio->flushes, __ATOMIC_ACQUIRE)) media_do_flushes(s);
    if (t->now_us >= s->play_due_us) play_turn(s, t);
    if (t->now_us >= s->stream.due_us) send_turn(s, t);
}

/* ---- orders ---- */

static void cancel_digits(media_session *s) {
    while (s->stream.digits) {
        media_digits *d = s->stream.digits;
        s->stream.digits = d->next;
        media_event_node *n = media_event_new(s, MEDIA_DTMF_SENT);
        if (n) {
            n->ev.code = SX_E_CANCELED;
            n->ev.u.dtmf_sent.tag = d->tag;
            media_event_post(s, n);
        }
        free(d);
    }
}

static void configure(media_session *s, const media_stream_config *c, media_turn *t) {
    media_leg *l = &s->leg;
    s->version = c->version;
    s->no_rtcp = c->no_rtcp;
    s->remote_rtcp = c->remote_rtcp;
    free(l->pending);
    l->pending = NULL;
    l->accept = c->accept;
    /* A held call may say 0.0.0.0: nobody to send to now, but no other remote either. */
    if (net_addr_is_set(&c->remote_rtp) && net_addr_port(&c->remote_rtp) != 0 && !net_addr_is_any(&c->remote_rtp)) {
        net_addr before = l->latch.remote;
        latch_configure(&l->latch, &c->remote_rtp, &c->signalling, t->now_us / 1000);
        if (!net_addr_eq(&before, &l->latch.remote)) media_transport_connect(&s->transport, NULL);
    }
    if (c->receive != l->receive) {
        l->receive = c->receive;
        media_leg_restart(l, t->now_us);
        s->stalled = s->phased = false;
    }
    media_stream_configure(&s->stream, c);
    if (c->send_event_pt < 0) cancel_digits(s);
}

static void add_digits(media_session *s, media_digits *d) {
    media_digits **at = &s->stream.digits;
    while (*at) at = &(*at)->next;
    *at = d;
}

static void post_stats(media_session *s, uint64_t tag, media_turn *t) {
    media_event_node *n = media_event_new(s, MEDIA_STATS);
    if (!n) return;
    n->ev.u.stats.tag = tag;
    media_session_stats(s, t->now_us, &n->ev.u.stats.stats);
    media_event_post(s, n);
}

static void end(media_session *s, media_turn *t) {
    if (s->ended) return;
    s->ended = true;
    free(s->learn);
    s->learn = NULL;
    s->ended_us = t->now_us;
    media_leg_digits d = {0};
    if (s->running && (s->leg.receive || s->stream.send)) receive(s, t); /* a last digit may be waiting */
    if (s->leg.dtmf_ready) d.n = dtmf_receiver_finish(&s->leg.dtmf, d.digit);
    post_digits(s, &d);
    media_report_bye(s, t);
    media_transport_close(&s->transport, media_clock_us() / 1000);
    media_session_close_other(s);
    if (s->player) end_player(s, SX_E_CANCELED, "the call has ended");
    media_recorders_stop(s->recorders, 0, t->now_us);
    cancel_digits(s);
    media_audio_end(s->audio);
    media_do_flushes(s);
    const media_chunk *flush;
    media_source_flush(&s->app, media_note_dropped, s, &flush);
    media_say_ready(s);
}

bool media_session_is_over(media_session *s, media_turn *t) {
    if (!s->ended) return false;
    check_recorders(s);
    if (s->recorders) {
        if (t->now_us - s->ended_us < FILES_WAIT_US) return false;
        /* A disk that hangs does not hold the call's end; the file is closed when it can be. */
        SX_LOG(t->log, SX_LOG_WARNING, "a recording is still being written after its call ended");
        media_recorders_release(&s->recorders);
    }
    return true;
}

void media_session_finish(media_session *s, media_turn *t) {
    s->audio->session = NULL;
    media_event_node *n = s->last;
    s->last = NULL;
    n->ev.type = MEDIA_STOPPED;
    media_session_stats(s, s->ended_us, &n->ev.u.stats.stats);
    media_event_post(s, n); /* s may be gone from here on */
}

void media_session_command(media_session *s, media_cmd *c, media_turn *t) {
    void *body = c->body;
    c->body = NULL; /* ours now */
    switch (c->type) {
    case MEDIA_CMD_OFFER:
        free(s->leg.pending);
        s->leg.pending = body;
        if (body && !net_addr_is_set(&s->leg.latch.remote)) s->leg.receive = true; /* early media */
        break;
    case MEDIA_CMD_CONFIGURE:
        configure(s, body, t);
        free(body);
        break;
    case MEDIA_CMD_REBIND:
        media_session_rebind(s, body, c->tag != 0);
        free(body);
        break;
    case MEDIA_CMD_REBOUND: media_session_rebound(s, c->tag != 0, t->now_us); break;
    case MEDIA_CMD_LEARN:
        free(s->learn);
        s->learn = body;
        media_transport_connect(&s->transport, NULL); /* the server's answers must get through */
        break;
    case MEDIA_CMD_START:
        s->running = true;
        s->play_due_us = t->now_us;
        s->started_us = t->now_us;
        s->stream.due_us = t->now_us;
        s->leg.decoded_us = t->now_us;
        break;
    case MEDIA_CMD_STOP: end(s, t); break;
    case MEDIA_CMD_DTMF: add_digits(s, body); break;
    case MEDIA_CMD_PLAY:
        if (s->player) end_player(s, SX_E_CANCELED, "another file is played");
        s->player = body;
        s->file.q = media_player_queue(s->player);
        break;
    case MEDIA_CMD_STOP_PLAY:
        if (s->player) end_player(s, SX_E_CANCELED, "stopped");
        break;
    case MEDIA_CMD_RECORD: media_recorders_add(&s->recorders, body); break;
    case MEDIA_CMD_STOP_RECORD: media_recorders_stop(s->recorders, c->tag, t->now_us); break;
    case MEDIA_CMD_STATS: post_stats(s, c->tag, t); break;
    case MEDIA_CMD_POKE:
    case MEDIA_CMD_QUIT: break;
    }
}
