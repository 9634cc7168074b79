#include "base/arena.h"

#include <stdlib.h>

#define ARENA_ALIGN 16
#define ARENA_MAX_CHUNK (256 * 1024)

struct sx_arena_chunk {
    sx_arena_chunk *next;
    size_t used;
    size_t cap;
    _Alignas(ARENA_ALIGN) char bytes[];
};

void sx_arena_init(sx_arena *a, size_t first_chunk) {
    a->head = NULL;
    a->chunk = first_chunk < 64 ? 64 : first_chunk;
    a->failed = false;
}

void sx_arena_free(sx_arena *a) {
    while (a->head) {
        sx_arena_chunk *next = a->head->next;
        free(a->head);
        a->head = next;
    }
    a->failed = false;
}

void *sx_arena_alloc(sx_arena *a, size_t n) {
    if (n == 0) n = 1;
    if (a->failed || n > SIZE_MAX / 4) {
        a->failed = true;
        return NULL;
    }
    n = (n + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    sx_arena_chunk *c = a->head;
    if (!c || c->cap - c->used < n) {
        size_t cap = n > a->chunk ? n : (a->chunk + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
        c = malloc(sizeof *c + cap);
        if (!c) {
            a->failed = true;
            return NULL;
        }
        c->used = 0;
        c->cap = cap;
        if (a->head && n > a->chunk) {
            /* one large block: keep filling the chunk that still has room */
            c->next = a->head->next;
            a->head->next = c;
        } else {
            c->next = a->head;
            a->head = c;
        }
        if (a->chunk < ARENA_MAX_CHUNK) a->chunk *= 2;
    }
    void *p = c->bytes + c->used;
    c->used += n;
    memset(p, 0, n);
    return p;
}

sx_slice sx_arena_dup(sx_arena *a, sx_slice s) {
    char *p = s.n < SIZE_MAX ? sx_arena_alloc(a, s.n + 1) : NULL;
    if (!p) {
        a->failed = true;
        return sx_slice_empty();
    }
    if (s.n) memcpy(p, s.p, s.n);
    return sx_slice_of(p, s.n);
}

const char *sx_arena_str(sx_arena *a, sx_slice s) { return sx_arena_dup(a, s).p; }
