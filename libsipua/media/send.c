/* A session on its worker: what goes out. The app's audio, files, what comes of others, digits. */
#include <string.h>

#include "base/error.h"
#include "media/session.h"

enum { TICK_US = 10000 };

void media_session_transmit(media_session *s, media_turn *t) {
    if (t->out.n == 0) return;
    media_transport *way = s->has_other ? media_session_way(s, &s->leg.latch.remote) : &s->transport;
    media_transport_send(way, &s->leg.latch.remote, t->out.p, t->out.n);
    if (s->said_sent) return;
    s->said_sent = true;
    media_session_said_started(s, false, s->stream.sending.codec.info);
}

static void end_player(media_session *s, media_player *p, int code, const char *text) {
    const media_playing *file = media_player_playing(p);
    media_event_node *n = media_event_new(s, MEDIA_PLAY_DONE);
    if (n) {
        n->ev.code = code;
        strncpy(n->ev.text, text, sizeof n->ev.text - 1);
        n->ev.u.play.play_id = media_player_id(p);
        n->ev.u.play.played_ms = media_units_ms(file->file.played);
        media_event_post(s, n);
    }
    media_player_release(p);
}

void media_session_end_players(media_session *s, uint64_t play_id, int code, const char *text) {
    for (media_player **at = &s->players, *p; (p = *at) != NULL;) {
        if (play_id && media_player_id(p) != play_id) {
            at = &media_player_playing(p)->next;
            continue;
        }
        *at = media_player_playing(p)->next;
        end_player(s, p, code, text);
    }
}

static void no_note(void *ctx, const media_chunk *note) { (void)ctx, (void)note; }

/* n samples of a file; how many are real. *over: it has ended, and how. */
static size_t read_file(media_player *p, int16_t *pcm, size_t n, uint32_t rate, bool *over, int *code,
                        const char **text) {
    media_playing *f = media_player_playing(p);
    bool done = media_player_done(p, code, text); /* before reading: then nothing comes after it */
    size_t got = media_source_read(&f->file, pcm, n, rate, no_note, NULL);
    media_player_taken(p, f->file.taken);
    *over = got < n && done;
    return got;
}

static void add(int16_t *pcm, const int16_t *more, size_t n) {
    for (size_t i = 0; i < n; i++) pcm[i] = media_saturate(pcm[i] + more[i]);
}

static bool mix_files(media_session *s, size_t n, uint32_t rate) {
    int16_t *pcm = s->stream.pcm, *more = pcm + n;
    bool any = false;
    for (media_player **at = &s->players, *p; (p = *at) != NULL;) {
        int code = SX_OK;
        const char *text = "";
        bool over;
        size_t got = read_file(p, more, n, rate, &over, &code, &text);
        if (got) {
            add(pcm, more, n);
            any = true;
        }
        if (over) {
            *at = media_player_playing(p)->next;
            end_player(s, p, code, text);
        } else {
            at = &media_player_playing(p)->next;
        }
    }
    return any;
}

void media_session_room_files(media_session *room, int16_t *pcm, size_t n, uint32_t rate) {
    for (media_player **at = &room->players, *p; (p = *at) != NULL;) {
        int code = SX_OK;
        const char *text = "";
        bool over;
        media_slot *slot = media_player_playing(p)->slot;
        size_t got = read_file(p, pcm, n, rate, &over, &code, &text);
        if (got && slot) media_slot_put(slot, pcm, (uint32_t)n, rate);
        if (over && !got) { /* what the slot was given last is heard first */
            *at = media_player_playing(p)->next;
            end_player(room, p, code, text);
        } else {
            at = &media_player_playing(p)->next;
        }
    }
}

/* What comes of its room, or of the session that it is linked to. */
static bool mix_others(media_session *s, size_t n, uint32_t rate) {
    int16_t *more = s->stream.pcm + n;
    uint32_t got = 0;
    if (s->slot)
        got = media_slot_get(s->slot, more, (uint32_t)n, rate, s->stream.ptime_ms);
    else if (s->link)
        got = media_pipe_get(&s->link->feed[s->link_side], more, (uint32_t)n);
    if (got) add(s->stream.pcm, more, n);
    return got > 0;
}

bool media_session_mix_app(media_session *s, int16_t *pcm, size_t n, uint32_t rate) {
    media_stream *st = &s->stream;
    uint64_t before = s->app.taken, segment = s->app.segment;
    bool going = s->app.in_segment;
    size_t got = media_source_read(&s->app, pcm, n, rate, media_note_played, s);
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
    if (!st->send || !media_session_has_remote(s)) {
        media_stream_skip(st, t->now_us + TICK_US);
        return;
    }
    if (media_stream_has_digits(st) && st->event_pt >= 0) {
        bool took = media_stream_digit(st, &t->out, &done, &is_done);
        media_session_transmit(s, t);
        if (is_done) {
            media_event_node *n = media_event_new(s, MEDIA_DTMF_SENT);
            if (n) n->ev.u.dtmf_sent.tag = done;
            media_event_post(s, n);
        }
        if (took) return;
    }
    if (media_link_is_fed(s)) { /* packets of the other side are what is sent */
        media_source_notes(&s->app, media_note_played, s);
        media_stream_skip(st, t->now_us + TICK_US);
        return;
    }
    int n = media_stream_frame(st);
    if (n <= 0) {
        media_stream_skip(st, st->due_us + (uint64_t)st->ptime_ms * 1000);
        return;
    }
    uint32_t rate = st->sending.codec.encode_rate;
    bool real = media_session_mix_app(s, st->pcm, (size_t)n, rate);
    if (s->players && mix_files(s, (size_t)n, rate)) real = true;
    if ((s->slot || s->link) && mix_others(s, (size_t)n, rate)) real = true;
    if (s->muted & MEDIA_MUTE_SEND) {
        memset(st->pcm, 0, (size_t)n * sizeof *st->pcm);
        real = false;
    }
    media_stream_audio(st, (uint32_t)n, real, &t->out);
    media_session_transmit(s, t);
    media_recorders_push(s->recorders, t->pool, true, at, st->pcm, (uint32_t)n, rate);
}

void media_session_say(media_session *s, media_turn *t) {
    if (s->ended || !s->running || s->is_room) return;
    if (t->now_us >= s->stream.due_us) send_turn(s, t);
}
