/* Reading a queue of chunks at one rate, with all that a flush needs to know. */
#include <string.h>

#include "base/error.h"
#include "media/stream.h"

void media_source_free(media_source *s) {
    resample_destroy(s->res);
    s->res = NULL;
}

static void count(media_source *s, const media_chunk *c, uint64_t units) {
    if (!s->in_segment || s->segment != c->name) {
        s->segment = c->name;
        s->segment_units = 0;
        s->in_segment = true;
    }
    s->segment_units += units;
    s->taken += units;
    s->played += units;
}

static bool use_resampler(media_source *s, uint32_t in, uint32_t out) {
    if (s->res && resample_in_rate(s->res) == in && resample_out_rate(s->res) == out) return true;
    resample_destroy(s->res);
    s->res = NULL;
    return resample_create(&s->res, in, out, 1, RESAMPLE_VOICE) == SX_OK;
}

/* Samples of one chunk; how many came out. */
static size_t read_some(media_source *s, const media_chunk *c, uint32_t off, uint32_t have, int16_t *out, size_t room,
                        uint32_t rate) {
    size_t in = have, n = room;
    if (c->rate == rate) {
        if (in > n) in = n;
        n = in;
        memcpy(out, c->pcm + off, n * sizeof *out);
        if (s->res) {
            resample_destroy(s->res);
            s->res = NULL;
        }
    } else if (use_resampler(s, c->rate, rate)) {
        resample_run(s->res, c->pcm + off, &in, out, &n);
        s->tail = resample_latency_in(s->res);
        if (in == 0 && n == 0) in = have;
    } else { /* out of memory: this piece is lost, the call goes on */
        n = 0;
    }
    count(s, c, media_units(in, c->rate));
    media_chunkq_take(s->q, (uint32_t)in);
    return n;
}

size_t media_source_read(media_source *s, int16_t *out, size_t n, uint32_t rate, media_note_fn note, void *ctx) {
    size_t got = 0;
    uint32_t off, have;
    media_chunk *c;
    while (got < n && (c = media_chunkq_peek(s->q, &off, &have))) {
        if (c->kind == MEDIA_CHUNK_AUDIO) {
            got += read_some(s, c, off, have, out + got, n - got, rate);
        } else {
            note(ctx, c);
            media_chunkq_take(s->q, 0);
        }
    }
    size_t real = got;
    if (got < n && s->res && s->tail && resample_out_rate(s->res) == rate) { /* the last millisecond is still inside */
        size_t in = s->tail, room = n - got;
        resample_run(s->res, NULL, &in, out + got, &room);
        s->tail -= (uint32_t)(in < s->tail ? in : s->tail);
        got += room;
        if (s->tail == 0) resample_reset(s->res);
    }
    if (got < n) memset(out + got, 0, (n - got) * sizeof *out);
    return real;
}

void media_source_notes(media_source *s, media_note_fn note, void *ctx) {
    uint32_t off, have;
    media_chunk *c;
    while ((c = media_chunkq_peek(s->q, &off, &have)) && c->kind != MEDIA_CHUNK_AUDIO) {
        note(ctx, c);
        media_chunkq_take(s->q, 0);
    }
}

uint64_t media_source_flush(media_source *s, media_note_fn note, void *ctx, const media_chunk **flush) {
    uint64_t dropped = 0;
    uint32_t off, have;
    media_chunk *c;
    *flush = NULL;
    s->dropped_any = false;
    while ((c = media_chunkq_peek(s->q, &off, &have))) {
        if (c->kind == MEDIA_CHUNK_FLUSH) {
            media_chunkq_take(s->q, 0);
            *flush = c; /* stays readable until the next peek */
            break;
        }
        if (c->kind == MEDIA_CHUNK_MARK) {
            note(ctx, c);
            media_chunkq_take(s->q, 0);
            continue;
        }
        uint64_t u = media_units(have, c->rate);
        if (!s->dropped_any) s->dropped_name = c->name;
        s->dropped_any = true;
        dropped += u;
        s->taken += u;
        media_chunkq_take(s->q, have);
    }
    if (s->res) resample_reset(s->res);
    s->tail = 0;
    return dropped;
}
