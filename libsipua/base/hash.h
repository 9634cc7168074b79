/* An intrusive hash table, keyed by bytes that the nodes' owners hold, and the seeded hash under it.
 * The seed is drawn per process: names chosen by a stranger cannot be made to collide. */
#ifndef SX_HASH_H
#define SX_HASH_H

#include "base/slice.h"

/* 64-bit hash of bytes; chain calls through `h` (start with sx_hash_seed()). */
uint64_t sx_hash_seed(void);
uint64_t sx_hash_mix(uint64_t h, const void *p, size_t n);
static inline uint64_t sx_hash_of(sx_slice s) { return sx_hash_mix(sx_hash_seed(), s.p, s.n); }
uint64_t sx_hash_ofi(sx_slice s); /* as if in lower case */

typedef struct sx_hnode {
    struct sx_hnode *next;
    uint64_t hash;
} sx_hnode;

typedef struct sx_htab {
    sx_hnode **slots; /* a power of two of them; none until the first insert */
    size_t nslots;
    size_t count;
} sx_htab;

void sx_htab_init(sx_htab *t);
void sx_htab_free(sx_htab *t); /* the slots only; nodes belong to their owners */
bool sx_htab_insert(sx_htab *t, sx_hnode *n, uint64_t hash); /* false when memory ran out; duplicates are allowed */
void sx_htab_remove(sx_htab *t, sx_hnode *n);                /* n must be in t */
/* First node with this hash, then the next one: the caller compares the key. */
sx_hnode *sx_htab_first(const sx_htab *t, uint64_t hash);
sx_hnode *sx_htab_next(const sx_hnode *n);
/* Walks all; n may be removed by the caller between calls. Start with NULL. */
sx_hnode *sx_htab_any(const sx_htab *t);

#endif
