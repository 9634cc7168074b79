/* What the stack thread asks of a session, on its worker; and the session's end. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "media/session.h"

#define SX_MODULE "media"

enum { FILES_WAIT_US = 3000000 };

/* ---- files ---- */

void media_session_check_recorders(media_session *s) {
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

/* A hold, or its end: the silence before it does not count any more. */
static void unstall(media_session *s, media_turn *t) {
    s->leg.decoded_us = t->now_us;
    if (!s->stalled) return;
    s->stalled = false;
    media_event_node *n = media_event_new(s, MEDIA_RESUMED);
    if (!n) return;
    n->ev.u.stall.silent_ms = (uint32_t)((t->now_us - s->stall_us) / 1000);
    media_event_post(s, n);
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
    if (c->held != s->held) {
        s->held = c->held;
        unstall(s, t);
    }
    if (c->receive != l->receive) {
        l->receive = c->receive;
        unstall(s, t);
        media_leg_restart(l, t->now_us);
        s->phased = false;
    }
    media_stream_configure(&s->stream, c);
    if (c->send_event_pt < 0) cancel_digits(s);
}

static void add_digits(media_session *s, media_digits *d) {
    media_digits **at = &s->stream.digits;
    while (*at) at = &(*at)->next;
    *at = d;
}

static void add_player(media_session *s, media_player *p) {
    media_playing *f = media_player_playing(p);
    if (!s->is_room) media_session_end_players(s, 0, SX_E_CANCELED, "another file is played");
    f->file.q = media_player_queue(p);
    media_player **at = &s->players;
    while (*at) at = &media_player_playing(*at)->next;
    *at = p;
    if (s->ended) {
        media_session_end_players(s, 0, SX_E_CANCELED, "the call has ended");
    } else if (s->is_room) {
        media_room_play(s, p);
    }
}

static void link_up(media_session *s, media_link *l, unsigned side, media_turn *t) {
    media_link_leave(s);
    if (s->ended)
        media_link_unref(l);
    else
        media_link_enter(s, l, side, t);
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
    if (s->running && (s->leg.receive || s->stream.send)) media_session_receive(s, t); /* a last digit may be waiting */
    if (s->leg.dtmf_ready) d.n = dtmf_receiver_finish(&s->leg.dtmf, d.digit);
    media_session_post_digits(s, &d);
    media_report_bye(s, t);
    media_link_leave(s);
    if (s->is_room) {
        media_room_end(s, t);
    } else {
        media_room_leave(s, t);
        media_transport_close(&s->transport, media_clock_us() / 1000);
        media_session_close_other(s);
    }
    media_session_end_players(s, 0, SX_E_CANCELED, s->is_room ? "the conference has ended" : "the call has ended");
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
    media_session_check_recorders(s);
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
    case MEDIA_CMD_PLAY: add_player(s, body); break;
    case MEDIA_CMD_STOP_PLAY: media_session_end_players(s, c->tag, SX_E_CANCELED, "stopped"); break;
    case MEDIA_CMD_RECORD: media_recorders_add(&s->recorders, body); break;
    case MEDIA_CMD_STOP_RECORD: media_recorders_stop(s->recorders, c->tag, t->now_us); break;
    case MEDIA_CMD_STATS: post_stats(s, c->tag, t); break;
    case MEDIA_CMD_MUTE: s->muted = (uint8_t)c->tag; break;
    case MEDIA_CMD_STALL: s->stall_ms = (uint32_t)c->tag; break;
    case MEDIA_CMD_JOIN: media_room_join(s, body); break;
    case MEDIA_CMD_LEAVE: media_room_leave(s, t); break;
    case MEDIA_CMD_LINK: link_up(s, body, (unsigned)c->tag, t); break;
    case MEDIA_CMD_UNLINK: media_link_leave(s); break;
    case MEDIA_CMD_MOVE: /* the worker's own */
    case MEDIA_CMD_ADOPT:
    case MEDIA_CMD_POKE:
    case MEDIA_CMD_QUIT: break;
    }
}
