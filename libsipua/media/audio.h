/* The sample rings of one call, between an app's threads and the worker: the far side of media_audio (media/media.h).
 * App threads share a lock; the worker uses only what is atomic. */
#ifndef MEDIA_AUDIO_H
#define MEDIA_AUDIO_H

#include <pthread.h>

#include "codec/resample.h"
#include "media/media.h"
#include "media/ring.h"

typedef struct media_cmd media_cmd;

struct media_audio {
    unsigned refs; /* atomic */
    media_pool *pool;
    media_boxes *boxes; /* of the workers, to wake an idle session; */
    unsigned at;        /* atomic: which of them has it, or will have it when it has moved */

    /* far: worker -> app */
    media_ring far;
    int reading;        /* atomic: the app has read or watched */
    uint64_t cur_units; /* atomic: unread in `cur` */

    /* near: app -> worker; units of 1/48000 s since the beginning, atomic */
    media_chunkq near;
    uint64_t max_units;
    uint64_t written;
    uint64_t flushed;  /* `written` at the last flush */
    uint64_t consumed; /* by the worker: sent or discarded */
    uint64_t flushes;  /* posted; the worker looks for one as soon as this moves */

    /* atomic: states and thresholds */
    int ended;  /* by the worker: nothing more comes, nothing more goes */
    int closed; /* by media_audio_close */
    int idle;   /* by the worker: the session is off the clock and must be poked. After setting it the worker looks once
                   more at what the app may have left, so that nothing falls between */
    int poking; /* a poke is on its way */
    int armed;
    uint32_t watch_readable_ms, watch_writable_ms;
    int waiters;
    uint32_t turns; /* futex word: moves whenever something may have become ready */

    /* under lock, app threads only */
    pthread_mutex_t lock;
    media_chunk *cur;
    uint32_t cur_off;
    resample *res;

    media_cmd *poke;               /* embedded message to the worker */
    struct media_session *session; /* the worker's own; NULL once stopped */
};

media_audio *media_audio_create(media_pool *pool, media_boxes *boxes, unsigned at,
                                uint32_t max_queued_ms); /* refs 1; NULL: no memory */

/* ---- for the worker ---- */

/* Does anyone read? Before the first read nothing is kept: what waits then would be delay for ever in an app that
 * answers what it hears. */
static inline bool media_audio_is_read(const media_audio *a) {
    return __atomic_load_n(&a->reading, __ATOMIC_SEQ_CST) != 0;
}
/* Takes c, for the app to read. */
void media_audio_push(media_audio *a, media_chunk *c);
/* Publishes what has been taken from `near`. */
static inline void media_audio_consumed(media_audio *a, uint64_t units) {
    __atomic_add_fetch(&a->consumed, units, __ATOMIC_SEQ_CST);
}
/* Wakes waiters, if what they wait for may hold. */
void media_audio_turn(media_audio *a);
/* Is a threshold of the watch reached? Disarms and says which. */
bool media_audio_ready(media_audio *a, bool *readable, bool *writable);
void media_audio_end(media_audio *a);
/* A poke that came to a worker which has it no more: to the one that has. */
void media_audio_poke_on(media_audio *a);

#endif
