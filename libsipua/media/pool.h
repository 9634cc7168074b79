/* Chunks of audio, at most 20 ms each, from a pool that all sessions of an engine share. Any thread. A thread never
 * waits for another here: who finds the pool taken goes to malloc. */
#ifndef MEDIA_POOL_H
#define MEDIA_POOL_H

#include <stdint.h>

#include "media/queue.h"

typedef enum media_chunk_kind { MEDIA_CHUNK_AUDIO = 0, MEDIA_CHUNK_MARK, MEDIA_CHUNK_FLUSH } media_chunk_kind;

typedef struct media_chunk {
    media_node node;          /* in a media_queue, to a recorder */
    struct media_chunk *next; /* in a media_chunkq: atomic */
    uint64_t seq;             /* in a ring: its position. To a recorder: time of its first sample, us */
    uint64_t name;            /* segment, mark_id or flush_id */
    uint32_t rate;            /* 8000, 16000, 24000 or 48000 */
    uint32_t n;               /* samples; in a queue: atomic, grows until the next chunk is there */
    uint32_t cap;             /* samples: 20 ms */
    uint8_t kind;
    uint8_t flags; /* MEDIA_READ_*; to a recorder: 1 near */
    uint8_t cls;
    int16_t pcm[];
} media_chunk;

typedef struct media_pool media_pool;

media_pool *media_pool_create(void);
media_pool *media_pool_ref(media_pool *p);
void media_pool_unref(media_pool *p);
bool media_rate_ok(uint32_t rate); /* one of the four */
/* NULL: memory ran out, or a rate that is none of the four. n is 0, kind AUDIO, flags 0. rate 0: a chunk for a mark. */
media_chunk *media_chunk_new(media_pool *p, uint32_t rate);
void media_chunk_free(media_pool *p, media_chunk *c);

/* Durations are kept in units of 1/48000 s: exact at every rate. */
static inline uint64_t media_units(uint64_t samples, uint32_t rate) { return samples * (48000u / rate); }
static inline uint64_t media_units_ms(uint64_t units) { return units / 48; }

#endif
