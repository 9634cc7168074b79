/* Reads a WAV file ahead of the worker. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "codec/resample.h"
#include "media/file_job.h"
#include "media/stream.h"
#include "media/wav.h"

enum { AHEAD_UNITS = 2 * 48000, BLOCK = 960 };

struct media_player {
    media_job job; /* first */
    media_pool *pool;
    media_chunkq q; /* the thread writes, the worker reads */
    uint64_t id;
    uint32_t rate;
    uint32_t repeat; /* how often again */
    uint64_t taken;  /* atomic; units */
    int cancel;      /* atomic */
    media_playing playing; /* the worker's */
    /* the thread's */
    char *path;
    wav_reader *wav;
    resample *res;
    uint64_t written;
};

static void close_file(media_player *p) {
    wav_close(p->wav);
    p->wav = NULL;
    resample_destroy(p->res);
    p->res = NULL;
}

static bool over(media_player *p, int code, const char *text) {
    media_job_end(&p->job, code, text);
    close_file(p);
    return true;
}

static bool put(media_player *p, const int16_t *pcm, size_t n) {
    if (media_chunkq_write(&p->q, pcm, n, p->rate, 0) != n) return false;
    p->written += media_units(n, p->rate);
    return true;
}

/* One block through the resampler; in NULL: what is still inside it. */
static bool convert(media_player *p, const int16_t *in, size_t n) {
    int16_t out[BLOCK];
    while (n) {
        size_t k = n, room = BLOCK;
        resample_run(p->res, in, &k, out, &room);
        if (!put(p, out, room)) return false;
        if (k == 0 && room == 0) break;
        if (in) in += k;
        n -= k;
    }
    return true;
}

static bool turn(media_job *j, bool quitting) {
    media_player *p = (media_player *)j;
    if (quitting || __atomic_load_n(&p->cancel, __ATOMIC_ACQUIRE)) return over(p, SX_E_CANCELED, "stopped");
    if (!p->wav) {
        int err = wav_open(&p->wav, p->path);
        if (err == SX_OK) err = resample_create(&p->res, wav_reader_info(p->wav)->rate, p->rate, 1, RESAMPLE_FILE);
        if (err) return over(p, err, NULL);
        if (wav_reader_info(p->wav)->frames == 0) return over(p, SX_OK, NULL);
    }
    int16_t in[BLOCK];
    while (p->written < __atomic_load_n(&p->taken, __ATOMIC_ACQUIRE) + AHEAD_UNITS) {
        int n = wav_read(p->wav, in, BLOCK);
        if (n < 0) return over(p, n, NULL);
        if (n == 0) {
            if (!convert(p, NULL, resample_latency_in(p->res))) return over(p, SX_E_NOMEM, "no memory to play a file");
            if (p->repeat == 0) return over(p, SX_OK, NULL);
            if (p->repeat != UINT32_MAX) p->repeat--;
            resample_reset(p->res);
            wav_rewind(p->wav);
            n = wav_read(p->wav, in, BLOCK);
            if (n <= 0) return over(p, n, NULL); /* cut off while playing */
        }
        if (!convert(p, in, (size_t)n)) return over(p, SX_E_NOMEM, "no memory to play a file");
    }
    return false;
}

static void destroy(media_job *j) {
    media_player *p = (media_player *)j;
    close_file(p);
    media_chunkq_free(&p->q);
    media_pool_unref(p->pool);
    free(p->path);
    free(p);
}

media_player *media_player_start(media_files *f, uint64_t play_id, const char *path, uint32_t repeat, uint32_t rate) {
    media_player *p = calloc(1, sizeof *p);
    if (!p) return NULL;
    p->pool = media_pool_ref(media_files_pool(f));
    p->path = strdup(path);
    if (!p->path || media_chunkq_init(&p->q, p->pool)) {
        media_pool_unref(p->pool);
        free(p->path);
        free(p);
        return NULL;
    }
    p->id = play_id;
    p->repeat = repeat == UINT32_MAX ? repeat : repeat > 1 ? repeat - 1 : 0;
    p->rate = rate;
    p->job.turn = turn;
    p->job.destroy = destroy;
    media_job_start(f, &p->job);
    return p;
}

uint64_t media_player_id(const media_player *p) { return p->id; }
media_playing *media_player_playing(media_player *p) { return &p->playing; }
media_chunkq *media_player_queue(media_player *p) { return &p->q; }
void media_player_taken(media_player *p, uint64_t units) { __atomic_store_n(&p->taken, units, __ATOMIC_RELEASE); }

bool media_player_done(const media_player *p, int *code, const char **text) {
    if (!media_job_is_done(&p->job)) return false;
    *code = p->job.code;
    *text = p->job.text;
    return true;
}

void media_player_release(media_player *p) {
    if (!p) return;
    media_source_free(&p->playing.file);
    media_slot_destroy(p->playing.slot);
    p->playing.slot = NULL;
    __atomic_store_n(&p->cancel, 1, __ATOMIC_RELEASE);
    media_job_unref(&p->job);
}
