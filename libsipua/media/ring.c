#include "media/ring.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

int media_ring_init(media_ring *q, media_pool *pool) {
    memset(q, 0, sizeof *q);
    q->pool = pool;
    q->slots = calloc(MEDIA_RING_SLOTS, sizeof *q->slots);
    return q->slots ? SX_OK : SX_E_NOMEM;
}

void media_ring_free(media_ring *q) {
    if (!q->slots) return;
    for (unsigned i = 0; i < MEDIA_RING_SLOTS; i++) media_chunk_free(q->pool, q->slots[i]);
    free(q->slots);
    q->slots = NULL;
}

static void discard(media_ring *q, media_chunk *old) {
    uint64_t u = media_units(old->n, old->rate);
    __atomic_sub_fetch(&q->units, u, __ATOMIC_ACQ_REL);
    __atomic_add_fetch(&q->dropped, u, __ATOMIC_RELAXED);
    media_chunk_free(q->pool, old);
}

/* Puts c (or nothing) into a slot; what was there is too old to be read. Whoever exchanges a chunk out owns it. */
static void replace(media_ring *q, uint64_t pos, media_chunk *c) {
    media_chunk *old = __atomic_exchange_n(&q->slots[pos % MEDIA_RING_SLOTS], c, __ATOMIC_ACQ_REL);
    if (old) discard(q, old);
}

void media_ring_push(media_ring *q, media_chunk *c, unsigned keep) {
    uint64_t w = q->w; /* ours alone to write */
    if (keep == 0 || keep > MEDIA_RING_SLOTS) keep = MEDIA_RING_SLOTS;
    if (w >= keep) replace(q, w - keep, NULL);
    c->seq = w;
    __atomic_add_fetch(&q->units, media_units(c->n, c->rate), __ATOMIC_ACQ_REL);
    replace(q, w, c);
    __atomic_store_n(&q->w, w + 1, __ATOMIC_RELEASE);
}

media_chunk *media_ring_pop(media_ring *q, bool *gap) {
    *gap = false;
    for (;;) {
        uint64_t w = __atomic_load_n(&q->w, __ATOMIC_ACQUIRE);
        if (q->r == w) return NULL;
        if (w - q->r > MEDIA_RING_SLOTS) {
            q->r = w - MEDIA_RING_SLOTS;
            *gap = true;
        }
        media_chunk **slot = &q->slots[q->r % MEDIA_RING_SLOTS];
        media_chunk *c = __atomic_exchange_n(slot, NULL, __ATOMIC_ACQ_REL);
        if (!c || c->seq != q->r) {
            /* Dropped meanwhile; or the producer has come round since we looked, and older chunks wait in the slots
             * after this one: it goes back until its turn, unless the producer has come round again. */
            media_chunk *none = NULL;
            if (c && !__atomic_compare_exchange_n(slot, &none, c, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
                discard(q, c);
            q->r++;
            *gap = true;
            continue;
        }
        q->r++;
        __atomic_sub_fetch(&q->units, media_units(c->n, c->rate), __ATOMIC_ACQ_REL);
        return c;
    }
}

int media_chunkq_init(media_chunkq *q, media_pool *pool) {
    memset(q, 0, sizeof *q);
    q->pool = pool;
    q->head = q->tail = media_chunk_new(pool, 0);
    if (!q->head) return SX_E_NOMEM;
    q->head->kind = MEDIA_CHUNK_MARK;
    q->spent = true;
    return SX_OK;
}

void media_chunkq_free(media_chunkq *q) {
    while (q->head) {
        media_chunk *next = q->head->next;
        media_chunk_free(q->pool, q->head);
        q->head = next;
    }
}

static void append(media_chunkq *q, media_chunk *c) {
    __atomic_store_n(&q->tail->next, c, __ATOMIC_RELEASE);
    q->tail = c;
}

size_t media_chunkq_write(media_chunkq *q, const int16_t *pcm, size_t n, uint32_t rate, uint64_t name) {
    size_t done = 0;
    while (done < n) {
        media_chunk *t = q->tail;
        uint32_t has = t->n; /* only we write it */
        if (t->kind == MEDIA_CHUNK_AUDIO && t->rate == rate && t->name == name && has < t->cap) {
            size_t k = n - done < t->cap - has ? n - done : t->cap - has;
            memcpy(t->pcm + has, pcm + done, k * sizeof *pcm);
            __atomic_store_n(&t->n, has + (uint32_t)k, __ATOMIC_RELEASE);
            done += k;
            continue;
        }
        media_chunk *c = media_chunk_new(q->pool, rate);
        if (!c) break;
        size_t k = n - done < c->cap ? n - done : c->cap;
        memcpy(c->pcm, pcm + done, k * sizeof *pcm);
        c->n = (uint32_t)k;
        c->name = name;
        append(q, c);
        done += k;
    }
    return done;
}

int media_chunkq_note(media_chunkq *q, media_chunk_kind kind, uint64_t name) {
    media_chunk *c = media_chunk_new(q->pool, 0);
    if (!c) return SX_E_NOMEM;
    c->kind = (uint8_t)kind;
    c->name = name;
    append(q, c);
    return SX_OK;
}

media_chunk *media_chunkq_peek(media_chunkq *q, uint32_t *off, uint32_t *n) {
    *off = *n = 0;
    for (;;) {
        media_chunk *h = q->head;
        if (h->kind != MEDIA_CHUNK_AUDIO) {
            if (!q->spent) return h;
        }
        /* The successor first: once it is there, this chunk grows no more. */
        media_chunk *next = __atomic_load_n(&h->next, __ATOMIC_ACQUIRE);
        if (h->kind == MEDIA_CHUNK_AUDIO) {
            uint32_t has = __atomic_load_n(&h->n, __ATOMIC_ACQUIRE);
            if (has > q->used) {
                *off = q->used;
                *n = has - q->used;
                return h;
            }
        }
        if (!next) return NULL;
        q->head = next;
        q->used = 0;
        q->spent = false;
        media_chunk_free(q->pool, h);
    }
}

void media_chunkq_take(media_chunkq *q, uint32_t n) {
    if (q->head->kind == MEDIA_CHUNK_AUDIO)
        q->used += n;
    else
        q->spent = true;
}
