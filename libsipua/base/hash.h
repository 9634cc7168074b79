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
    size_t low; /* no slot below this one is in use */
} sx_htab;

void sx_htab_init(sx_htab *t);
void sx_htab_free(sx_htab *t);                               /* the slots only; nodes belong to their owners */
bool sx_htab_insert(sx_htab *t, sx_hnode *n, uint64_t hash); /* false when memory ran out; duplicates are allowed */
void sx_htab_remove(sx_htab *t, sx_hnode *n);                /* n must be in t */
/* First node with this hash, then the next one: the caller compares the key. */
sx_hnode *sx_htab_first(const sx_htab *t, uint64_t hash);
sx_hnode *sx_htab_next(const sx_hnode *n);
/* Any node, NULL when the table is empty: for emptying it (take one, remove it, again). */
sx_hnode *sx_htab_any(const sx_htab *t);
/* Walks all in no promised order; start with NULL. Nothing may be inserted during the walk. */
sx_hnode *sx_htab_after(const sx_htab *t, const sx_hnode *n);
/* The current node may be removed (and freed) inside the loop; no other may. */
#define SX_HTAB_EACH(it, tmp, t)                                                                                       \
    for (sx_hnode *it = sx_htab_after((t), NULL), *tmp = it ? sx_htab_after((t), it) : NULL; it;                       \
         it = tmp, tmp = it ? sx_htab_after((t), it) : NULL)

#endif
