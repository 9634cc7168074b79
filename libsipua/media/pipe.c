#include "media/pipe.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void media_pipe_init(media_pipe *p) { memset(p, 0, sizeof *p); }

void media_pipe_free(media_pipe *p) {
    free(p->buf);
    resample_destroy(p->res);
    memset(p, 0, sizeof *p);
}

void media_pipe_reset(media_pipe *p) {
    p->n = 0;
    if (p->res) resample_reset(p->res);
}

static bool room_for(media_pipe *p, uint32_t n) {
    if (p->n + n <= p->cap) return true;
    uint32_t cap = p->cap ? p->cap : 256;
    while (cap < p->n + n) cap *= 2;
    int16_t *bigger = realloc(p->buf, cap * sizeof *bigger);
    if (!bigger) return false;
    p->buf = bigger;
    p->cap = cap;
    return true;
}

static bool use_resampler(media_pipe *p, uint32_t from, uint32_t rate) {
    if (p->res && resample_in_rate(p->res) == from && resample_out_rate(p->res) == rate) return true;
    resample_destroy(p->res);
    p->res = NULL;
    return resample_create(&p->res, from, rate, 1, RESAMPLE_VOICE) == 0;
}

static void drop(media_pipe *p, uint32_t n) {
    p->n -= n;
    if (p->n) memmove(p->buf, p->buf + n, p->n * sizeof *p->buf);
}

void media_pipe_put(media_pipe *p, const int16_t *pcm, uint32_t n, uint32_t from, uint32_t rate, uint32_t most_ms) {
    if (p->rate != rate) {
        p->n = 0;
        p->rate = rate;
    }
    if (from == rate) {
        if (!room_for(p, n)) return;
        memcpy(p->buf + p->n, pcm, n * sizeof *pcm);
        p->n += n;
    } else {
        if (!use_resampler(p, from, rate) || !room_for(p, (uint32_t)resample_out_max(p->res, n))) return;
        for (size_t left = n; left;) {
            size_t in = left, out = p->cap - p->n;
            resample_run(p->res, pcm, &in, p->buf + p->n, &out);
            if (in == 0 && out == 0) break;
            p->n += (uint32_t)out;
            pcm += in;
            left -= in;
        }
    }
    uint32_t most = rate / 1000 * most_ms;
    if (p->n > most) drop(p, p->n - most / 2);
}

uint32_t media_pipe_get(media_pipe *p, int16_t *out, uint32_t n) {
    uint32_t have = p->n < n ? p->n : n;
    if (have) memcpy(out, p->buf, have * sizeof *out);
    if (have < n) memset(out + have, 0, (n - have) * sizeof *out);
    drop(p, have);
    return have;
}
