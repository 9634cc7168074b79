/* Writes what a call's worker hands over. Both channels lie on one timeline, by the time of their samples: a gap in
 * one, a hold, a stall, all are silence of the right length. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "codec/resample.h"
#include "media/file_job.h"
#include "media/wav.h"

enum {
    FAR = 0,
    NEAR = 1,
    MAX_PENDING = 3000, /* chunks: half a minute of both channels while a disk hangs; then they are dropped */
    LAG_MS = 500,       /* a channel that has nothing for so long is silent */
    WINDOW_MS = 1000,
    SNAP_US = 5000, /* less is no gap */
    BLOCK = 960
};

struct media_recorder {
    media_job job; /* first */
    media_files *files;
    media_pool *pool;
    media_recorder *next; /* of the same call; the worker's */
    uint64_t id;
    media_record_mode mode;
    media_queue in;   /* chunks from the worker */
    int pending;      /* atomic: chunks in it */
    int stop;         /* atomic */
    uint64_t end_us;  /* written before stop */
    uint64_t written; /* frames; published by done */
    /* the thread's */
    char *path;
    wav_writer *wav;
    uint32_t rate;
    bool begun;
    uint64_t start_us;
    int16_t (*win)[2]; /* from frame `base` on: far, near */
    uint64_t base, cap;
    uint64_t track_end[2];
    resample *res[2];
};

static bool two_tracks(const media_recorder *r) {
    return r->mode == MEDIA_RECORD_STEREO || r->mode == MEDIA_RECORD_MIX;
}
static bool wants(const media_recorder *r, bool near) {
    return two_tracks(r) || near == (r->mode == MEDIA_RECORD_NEAR);
}

/* ---- the timeline ---- */

static int write_out(media_recorder *r, uint64_t frames) {
    int16_t out[2 * BLOCK];
    unsigned channels = r->mode == MEDIA_RECORD_STEREO ? 2 : 1;
    for (uint64_t done = 0; done < frames;) {
        size_t k = frames - done < BLOCK ? (size_t)(frames - done) : BLOCK;
        for (size_t i = 0; i < k; i++) {
            const int16_t *f = r->win[done + i];
            int32_t sum = f[FAR] + f[NEAR]; /* the track that is not recorded is silent */
            if (channels == 2) {
                out[2 * i] = f[NEAR];
                out[2 * i + 1] = f[FAR];
            } else {
                out[i] = (int16_t)(sum > 32767 ? 32767 : sum < -32768 ? -32768 : sum);
            }
        }
        int err = wav_write(r->wav, out, k);
        if (err) return err;
        done += k;
    }
    return SX_OK;
}

/* Writes everything before frame `to`. */
static int advance(media_recorder *r, uint64_t to) {
    while (r->base < to) {
        uint64_t k = to - r->base < r->cap ? to - r->base : r->cap;
        int err = write_out(r, k);
        if (err) return err;
        memmove(r->win, r->win + k, (r->cap - k) * sizeof *r->win);
        memset(r->win + (r->cap - k), 0, k * sizeof *r->win);
        r->base += k;
    }
    return SX_OK;
}

static uint64_t frame_at(const media_recorder *r, uint64_t us) {
    return us > r->start_us ? (us - r->start_us) * r->rate / 1000000 : 0;
}

/* Puts samples at the record's rate into a track. */
static int place(media_recorder *r, int track, uint64_t pos, const int16_t *pcm, size_t n) {
    if (pos + n > r->base + r->cap) {
        int err = advance(r, pos + n - r->cap);
        if (err) return err;
    }
    for (size_t i = 0; i < n; i++)
        if (pos + i >= r->base) r->win[pos + i - r->base][track] = pcm[i];
    if (pos + n > r->track_end[track]) r->track_end[track] = pos + n;
    return SX_OK;
}

static int begin(media_recorder *r, const media_chunk *c) {
    r->begun = true;
    r->start_us = c->seq;
    if (!r->rate) r->rate = c->rate;
    wav_set_rate(r->wav, r->rate);
    r->cap = r->rate / 1000 * WINDOW_MS;
    r->win = calloc(r->cap, sizeof *r->win);
    return r->win ? SX_OK : sx_fail(SX_E_NOMEM, "no memory to record");
}

static int add(media_recorder *r, const media_chunk *c) {
    int track = c->flags ? NEAR : FAR, err;
    if (!r->begun && (err = begin(r, c))) return err;
    uint64_t pos = frame_at(r, c->seq), snap = (uint64_t)r->rate * SNAP_US / 1000000, end = r->track_end[track];
    if (pos < end || pos - end < snap) pos = end;
    resample **res = &r->res[track];
    if (!*res || resample_in_rate(*res) != c->rate) {
        resample_destroy(*res);
        *res = NULL;
        if ((err = resample_create(res, c->rate, r->rate, 1, RESAMPLE_VOICE)))
            return sx_fail(err, "no memory to record");
    }
    const int16_t *in = c->pcm;
    for (size_t left = c->n; left;) {
        int16_t out[BLOCK];
        size_t k = left, n = BLOCK;
        resample_run(*res, in, &k, out, &n);
        if (k == 0 && n == 0) break;
        if ((err = place(r, track, pos, out, n))) return err;
        pos += n;
        in += k;
        left -= k;
    }
    return SX_OK;
}

static uint64_t ready_up_to(const media_recorder *r) {
    uint64_t a = r->track_end[FAR], b = r->track_end[NEAR], lag = (uint64_t)r->rate * LAG_MS / 1000;
    uint64_t most = a > b ? a : b, least = a < b ? a : b;
    if (!two_tracks(r)) return most;
    return most > lag && most - lag > least ? most - lag : least;
}

/* ---- the thread ---- */

static void drop_all(media_recorder *r) {
    for (media_node *n = media_queue_take(&r->in); n;) {
        media_chunk *c = SX_CONTAINER(n, media_chunk, node);
        n = n->next;
        media_chunk_free(r->pool, c);
    }
}

static bool over(media_recorder *r, int err) {
    char text[160] = "";
    if (err) strncpy(text, sx_last_error_text(), sizeof text - 1);
    if (r->wav) {
        r->written = wav_written(r->wav);
        int closing = wav_finish(r->wav);
        r->wav = NULL;
        if (!err && closing) {
            err = closing;
            strncpy(text, sx_last_error_text(), sizeof text - 1);
        }
    }
    media_job_end(&r->job, err, text);
    return true;
}

static bool turn(media_job *j, bool quitting) {
    media_recorder *r = (media_recorder *)j;
    bool stop = __atomic_load_n(&r->stop, __ATOMIC_ACQUIRE) || quitting; /* before looking: all is there then */
    int err = SX_OK;
    if (!r->wav) err = wav_create(&r->wav, r->path, r->rate ? r->rate : 8000, r->mode == MEDIA_RECORD_STEREO ? 2 : 1);
    for (media_node *n = media_queue_take(&r->in); n;) {
        media_chunk *c = SX_CONTAINER(n, media_chunk, node);
        n = n->next;
        if (!err) err = add(r, c);
        media_chunk_free(r->pool, c);
        __atomic_sub_fetch(&r->pending, 1, __ATOMIC_RELAXED);
    }
    if (err) return over(r, err);
    if (r->begun) {
        uint64_t to = ready_up_to(r);
        if (stop) {
            uint64_t most = r->track_end[FAR] > r->track_end[NEAR] ? r->track_end[FAR] : r->track_end[NEAR];
            uint64_t end = r->end_us ? frame_at(r, r->end_us) : 0;
            to = end > most ? end : most;
        }
        err = advance(r, to);
    }
    return err || stop ? over(r, err) : false;
}

static void destroy(media_job *j) {
    media_recorder *r = (media_recorder *)j;
    wav_finish(r->wav);
    drop_all(r);
    resample_destroy(r->res[0]);
    resample_destroy(r->res[1]);
    media_pool_unref(r->pool);
    free(r->win);
    free(r->path);
    free(r);
}

/* ---- the worker ---- */

media_recorder *media_recorder_start(media_files *f, uint64_t record_id, const char *path, media_record_mode mode,
                                     uint32_t rate) {
    media_recorder *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->path = strdup(path);
    if (!r->path) {
        free(r);
        return NULL;
    }
    r->files = f;
    r->pool = media_pool_ref(media_files_pool(f));
    r->id = record_id;
    r->mode = mode;
    r->rate = rate;
    r->job.turn = turn;
    r->job.destroy = destroy;
    media_job_start(f, &r->job);
    return r;
}

uint64_t media_recorder_id(const media_recorder *r) { return r->id; }

static void push(media_recorder *r, media_pool *pool, bool near, uint64_t at_us, const int16_t *pcm, uint32_t n,
                 uint32_t rate) {
    while (n) { /* a packet of 60 ms is three chunks */
        if (__atomic_load_n(&r->pending, __ATOMIC_RELAXED) > MAX_PENDING) return;
        media_chunk *c = media_chunk_new(pool, rate);
        if (!c) return;
        uint32_t k = n < c->cap ? n : c->cap;
        memcpy(c->pcm, pcm, k * sizeof *pcm);
        c->n = k;
        c->seq = at_us;
        c->flags = near;
        __atomic_add_fetch(&r->pending, 1, __ATOMIC_RELAXED);
        media_queue_push(&r->in, &c->node);
        pcm += k;
        n -= k;
        at_us += (uint64_t)k * 1000000 / rate;
    }
}

static void stop(media_recorder *r, uint64_t end_us) {
    if (__atomic_load_n(&r->stop, __ATOMIC_ACQUIRE)) return;
    r->end_us = end_us;
    __atomic_store_n(&r->stop, 1, __ATOMIC_RELEASE);
    media_job_nudge(r->files);
}

void media_recorder_result(const media_recorder *r, int *code, const char **text, uint64_t *recorded_ms) {
    *code = r->job.code;
    *text = r->job.text;
    *recorded_ms = r->rate ? r->written * 1000 / r->rate : 0;
}

void media_recorder_release(media_recorder *r) {
    if (!r) return;
    if (!media_job_is_done(&r->job)) __atomic_store_n(&r->stop, 1, __ATOMIC_RELEASE);
    media_job_unref(&r->job);
}

/* ---- all of a call ---- */

void media_recorders_add(media_recorder **all, media_recorder *r) {
    while (*all) all = &(*all)->next;
    *all = r;
}

void media_recorders_push(media_recorder *all, media_pool *pool, bool near, uint64_t at_us, const int16_t *pcm,
                          uint32_t n, uint32_t rate) {
    for (; all; all = all->next)
        if (wants(all, near)) push(all, pool, near, at_us, pcm, n, rate);
}

bool media_recorders_want(const media_recorder *all, bool near) {
    for (; all; all = all->next)
        if (wants(all, near) && !__atomic_load_n(&all->stop, __ATOMIC_RELAXED)) return true;
    return false;
}

void media_recorders_stop(media_recorder *all, uint64_t record_id, uint64_t end_us) {
    for (; all; all = all->next)
        if (!record_id || all->id == record_id) stop(all, end_us);
}

media_recorder *media_recorders_take_done(media_recorder **all) {
    while (*all && !media_job_is_done(&(*all)->job)) all = &(*all)->next;
    media_recorder *r = *all;
    if (r) *all = r->next;
    return r;
}

void media_recorders_release(media_recorder **all) {
    for (media_recorder *r; (r = *all) != NULL;) {
        *all = r->next;
        media_recorder_release(r);
    }
}
