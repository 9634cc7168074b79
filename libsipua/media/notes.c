/* Marks, flushes and readiness of the app's audio. */
#include "media/session.h"

static void post_mark(media_session *s, uint64_t id, bool played) {
    media_event_node *n = media_event_new(s, MEDIA_MARK);
    if (!n) return;
    n->ev.u.mark.mark_id = id;
    n->ev.u.mark.played = played;
    n->ev.u.mark.played_ms = media_units_ms(s->app.played);
    media_event_post(s, n);
}

static void post_flushed(media_session *s, uint64_t id, uint64_t dropped) {
    media_event_node *n = media_event_new(s, MEDIA_FLUSHED);
    if (!n) return;
    const media_source *a = &s->app;
    n->ev.u.flushed.flush_id = id;
    if (dropped) {
        n->ev.u.flushed.segment = a->dropped_name;
        if (a->in_segment && a->segment == a->dropped_name)
            n->ev.u.flushed.sent_ms = (uint32_t)media_units_ms(a->segment_units);
    }
    n->ev.u.flushed.discarded_ms = (uint32_t)media_units_ms(dropped);
    n->ev.u.flushed.played_ms = media_units_ms(a->played);
    media_event_post(s, n);
}

void media_note_played(void *ctx, const media_chunk *note) {
    media_session *s = ctx;
    if (note->kind == MEDIA_CHUNK_MARK) {
        post_mark(s, note->name, true);
    } else { /* everything before it had been played when it came */
        s->flushes_done++;
        post_flushed(s, note->name, 0);
    }
}

void media_note_dropped(void *ctx, const media_chunk *note) { post_mark(ctx, note->name, false); }

void media_publish_taken(media_session *s, uint64_t before) {
    if (s->app.taken == before) return;
    media_audio_consumed(s->audio, s->app.taken - before);
    media_audio_turn(s->audio);
}

void media_do_flushes(media_session *s) {
    uint64_t before = s->app.taken;
    while (s->flushes_done != __atomic_load_n(&s->audio->flushes, __ATOMIC_ACQUIRE)) {
        const media_chunk *flush;
        uint64_t dropped = media_source_flush(&s->app, media_note_dropped, s, &flush);
        s->flushes_done++;
        post_flushed(s, flush ? flush->name : 0, dropped);
        s->app.in_segment = false;
        s->stream.dry_units = 0;
        if (s->stream.encoder && dropped) codec_reset_encoder(s->stream.encoder);
    }
    media_publish_taken(s, before);
}

void media_say_ready(media_session *s) {
    bool r, w;
    if (!media_audio_ready(s->audio, &r, &w)) return;
    media_event_node *n = media_event_new(s, MEDIA_AUDIO_READY);
    if (!n) return;
    n->ev.u.ready.readable = r;
    n->ev.u.ready.writable = w;
    media_event_post(s, n);
}
