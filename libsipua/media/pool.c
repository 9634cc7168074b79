#include "media/pool.h"

#include <pthread.h>
#include <stdlib.h>

enum { CLASSES = 5, KEEP = 2048 };
static const uint32_t class_rate[CLASSES] = {0, 8000, 16000, 24000, 48000};

struct media_pool {
    pthread_mutex_t lock; /* only ever tried */
    media_chunk *spare[CLASSES];
    unsigned count[CLASSES];
    unsigned refs;
};

media_pool *media_pool_create(void) {
    media_pool *p = calloc(1, sizeof *p);
    if (!p) return NULL;
    if (pthread_mutex_init(&p->lock, NULL)) {
        free(p);
        return NULL;
    }
    p->refs = 1;
    return p;
}

media_pool *media_pool_ref(media_pool *p) {
    __atomic_add_fetch(&p->refs, 1, __ATOMIC_RELAXED);
    return p;
}

void media_pool_unref(media_pool *p) {
    if (!p || __atomic_sub_fetch(&p->refs, 1, __ATOMIC_ACQ_REL) != 0) return;
    for (int i = 0; i < CLASSES; i++) {
        while (p->spare[i]) {
            media_chunk *c = p->spare[i];
            p->spare[i] = c->next;
            free(c);
        }
    }
    pthread_mutex_destroy(&p->lock);
    free(p);
}

static int class_of(uint32_t rate) {
    for (int i = 0; i < CLASSES; i++)
        if (class_rate[i] == rate) return i;
    return -1;
}

bool media_rate_ok(uint32_t rate) { return rate != 0 && class_of(rate) > 0; }

media_chunk *media_chunk_new(media_pool *p, uint32_t rate) {
    int cls = class_of(rate);
    if (cls < 0) return NULL;
    media_chunk *c = NULL;
    if (pthread_mutex_trylock(&p->lock) == 0) {
        c = p->spare[cls];
        if (c) {
            p->spare[cls] = c->next;
            p->count[cls]--;
        }
        pthread_mutex_unlock(&p->lock);
    }
    uint32_t cap = rate / 50;
    if (!c) c = malloc(sizeof *c + cap * sizeof c->pcm[0]);
    if (!c) return NULL;
    c->next = NULL;
    c->seq = c->name = 0;
    c->rate = rate;
    c->n = 0;
    c->cap = cap;
    c->kind = MEDIA_CHUNK_AUDIO;
    c->flags = 0;
    c->cls = (uint8_t)cls;
    return c;
}

void media_chunk_free(media_pool *p, media_chunk *c) {
    if (!c) return;
    if (pthread_mutex_trylock(&p->lock) == 0) {
        bool keep = p->count[c->cls] < KEEP;
        if (keep) {
            c->next = p->spare[c->cls];
            p->spare[c->cls] = c;
            p->count[c->cls]++;
        }
        pthread_mutex_unlock(&p->lock);
        if (keep) return;
    }
    free(c);
}
