/* Memory that is freed all at once. For what lives and dies together: one parsed SDP, one request's template. */
#ifndef SX_ARENA_H
#define SX_ARENA_H

#include "base/slice.h"

typedef struct sx_arena_chunk sx_arena_chunk;
typedef struct sx_arena {
    sx_arena_chunk *head;
    size_t chunk; /* size of the next chunk */
    bool failed;  /* an allocation failed: sticks until reset */
} sx_arena;

void sx_arena_init(sx_arena *a, size_t first_chunk); /* allocates nothing yet */
void sx_arena_free(sx_arena *a);
void *sx_arena_alloc(sx_arena *a, size_t n);    /* zeroed, aligned for any type; NULL when memory ran out */
sx_slice sx_arena_dup(sx_arena *a, sx_slice s); /* a copy, NUL-terminated one past its end */
const char *sx_arena_str(sx_arena *a, sx_slice s);

#endif
