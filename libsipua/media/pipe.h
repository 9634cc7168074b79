/* Samples on their way from one clock-driven part of a worker to another: what one session hears, until another sends
 * it. Converts the rate on the way in. One thread. */
#ifndef MEDIA_PIPE_H
#define MEDIA_PIPE_H

#include "codec/resample.h"

typedef struct media_pipe {
    int16_t *buf;
    uint32_t n, cap, rate; /* rate 0: nothing was put in yet */
    resample *res;
} media_pipe;

void media_pipe_init(media_pipe *p);
void media_pipe_free(media_pipe *p);
/* Puts n samples of `from` Hz in, to come out at `rate` (another than before: what waits is dropped). When more than
 * most_ms wait the oldest are dropped until half of that is left. Without memory the samples are lost. */
void media_pipe_put(media_pipe *p, const int16_t *pcm, uint32_t n, uint32_t from, uint32_t rate, uint32_t most_ms);
/* Takes n samples; how many were there (the rest of the n is silence). */
uint32_t media_pipe_get(media_pipe *p, int16_t *out, uint32_t n);
void media_pipe_reset(media_pipe *p);

#endif
