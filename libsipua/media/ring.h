/* The two ways samples cross between a worker and an app thread. Both have one producer and one consumer, and neither
 * ever waits for the other. */
#ifndef MEDIA_RING_H
#define MEDIA_RING_H

#include "media/pool.h"

/* ---- worker -> app: a ring of chunks whose oldest is dropped when nobody reads ---- */

enum { MEDIA_RING_SLOTS = 512 }; /* 10 s of 20 ms */

typedef struct media_ring {
    media_pool *pool;
    media_chunk **slots; /* each exchanged atomically */
    uint64_t w;          /* producer's; read by the consumer */
    uint64_t r;          /* consumer's */
    uint64_t units;      /* in the ring now (1/48000 s); both sides, atomic */
    uint64_t dropped;    /* units given up because nobody read them; atomic */
} media_ring;

int media_ring_init(media_ring *q, media_pool *pool);
void media_ring_free(media_ring *q); /* when both sides are done */
/* Producer. Takes c. At most `keep` chunks stay (1..MEDIA_RING_SLOTS): the oldest beyond are dropped. */
void media_ring_push(media_ring *q, media_chunk *c, unsigned keep);
/* Consumer. NULL: empty. *gap: chunks before this one were dropped. */
media_chunk *media_ring_pop(media_ring *q, bool *gap);
static inline uint64_t media_ring_units(const media_ring *q) { return __atomic_load_n(&q->units, __ATOMIC_ACQUIRE); }

/* ---- app -> worker: a queue of chunks without a limit of its own ---- */

typedef struct media_chunkq {
    media_pool *pool;
    media_chunk *head; /* consumer's: the chunk being read, or one already read (its successor is the next) */
    uint32_t used;     /* consumer's: samples of head already taken */
    bool spent;        /* consumer's: head is a mark or flush already handled */
    media_chunk *tail; /* producer's */
} media_chunkq;

int media_chunkq_init(media_chunkq *q, media_pool *pool);
void media_chunkq_free(media_chunkq *q);
/* Producer. Appends samples, filling the last chunk up if it is of the same rate and name. Returns those taken: fewer
 * only when memory ran out. */
size_t media_chunkq_write(media_chunkq *q, const int16_t *pcm, size_t n, uint32_t rate, uint64_t name);
/* Producer. A mark or flush. SX_E_NOMEM. */
int media_chunkq_note(media_chunkq *q, media_chunk_kind kind, uint64_t name);
/* Consumer. What is next: NULL when empty; a note; or audio, with *off the first sample and *n how many there are (>0).
 */
media_chunk *media_chunkq_peek(media_chunkq *q, uint32_t *off, uint32_t *n);
/* Consumer. Takes n samples of the audio that peek showed, or the note (n ignored). */
void media_chunkq_take(media_chunkq *q, uint32_t n);

#endif
