#include "base/hash.h"

#include <stdlib.h>

#include "base/rand.h"

/* Drawn once per process at first use (from the fixed sequence, if a test fixed one before). key[0] is never 0 once
 * drawn. */
static uint64_t process_key[2];

static uint64_t key_half(int i) {
    uint64_t have = __atomic_load_n(&process_key[i], __ATOMIC_RELAXED);
    if (have) return have;
    uint64_t drawn = 0, none = 0;
    while (!drawn) sx_rand_bytes(&drawn, sizeof drawn);
    if (__atomic_compare_exchange_n(&process_key[i], &none, drawn, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        return drawn;
    return none;
}

uint64_t sx_hash_seed(void) { return key_half(0); }

/* ASCII upper case to lower in all eight bytes at once */
static inline uint64_t lower8(uint64_t x) {
    const uint64_t ones = 0x0101010101010101u;
    uint64_t low7 = x & (ones * 0x7f);
    uint64_t ge_a = low7 + ones * (0x80 - 'A');
    uint64_t gt_z = low7 + ones * (0x7f - 'Z');
    uint64_t upper = (ge_a ^ gt_z) & ~x & (ones * 0x80);
    return x | (upper >> 2);
}

#define ROTL(x, b) (((x) << (b)) | ((x) >> (64 - (b))))
#define SIP_ROUND(v0, v1, v2, v3)                                                                                      \
    do {                                                                                                               \
        v0 += v1;                                                                                                      \
        v1 = ROTL(v1, 13);                                                                                             \
        v1 ^= v0;                                                                                                      \
        v0 = ROTL(v0, 32);                                                                                             \
        v2 += v3;                                                                                                      \
        v3 = ROTL(v3, 16);                                                                                             \
        v3 ^= v2;                                                                                                      \
        v0 += v3;                                                                                                      \
        v3 = ROTL(v3, 21);                                                                                             \
        v3 ^= v0;                                                                                                      \
        v2 += v1;                                                                                                      \
        v1 = ROTL(v1, 17);                                                                                             \
        v1 ^= v2;                                                                                                      \
        v2 = ROTL(v2, 32);                                                                                             \
    } while (0)

/* SipHash-1-3: keyed, so a stranger who cannot see the key cannot choose colliding names. */
static inline uint64_t siphash(uint64_t k0, uint64_t k1, const unsigned char *p, size_t n, bool fold) {
    uint64_t v0 = k0 ^ 0x736f6d6570736575u, v1 = k1 ^ 0x646f72616e646f6du;
    uint64_t v2 = k0 ^ 0x6c7967656e657261u, v3 = k1 ^ 0x7465646279746573u;
    uint64_t last = (uint64_t)n << 56, w;
    for (; n >= 8; p += 8, n -= 8) {
        memcpy(&w, p, 8);
        if (fold) w = lower8(w);
        v3 ^= w;
        SIP_ROUND(v0, v1, v2, v3);
        v0 ^= w;
    }
    w = 0;
    if (n) memcpy(&w, p, n);
    if (fold) w = lower8(w);
    last ^= w;
    v3 ^= last;
    SIP_ROUND(v0, v1, v2, v3);
    v0 ^= last;
    v2 ^= 0xff;
    SIP_ROUND(v0, v1, v2, v3);
    SIP_ROUND(v0, v1, v2, v3);
    SIP_ROUND(v0, v1, v2, v3);
    return v0 ^ v1 ^ v2 ^ v3;
}

uint64_t sx_hash_mix(uint64_t h, const void *p, size_t n) { return siphash(h, key_half(1), p, n, false); }

uint64_t sx_hash_ofi(sx_slice s) { return siphash(sx_hash_seed(), key_half(1), (const unsigned char *)s.p, s.n, true); }

void sx_htab_init(sx_htab *t) { memset(t, 0, sizeof *t); }

void sx_htab_free(sx_htab *t) {
    free(t->slots);
    memset(t, 0, sizeof *t);
}

static bool grow(sx_htab *t) {
    size_t nslots = t->nslots ? t->nslots * 2 : 16;
    if (nslots > SIZE_MAX / sizeof(sx_hnode *) / 2) return false;
    sx_hnode **slots = calloc(nslots, sizeof *slots);
    if (!slots) return false;
    for (size_t i = 0; i < t->nslots; i++) {
        for (sx_hnode *n = t->slots[i], *next; n; n = next) {
            next = n->next;
            n->next = slots[n->hash & (nslots - 1)];
            slots[n->hash & (nslots - 1)] = n;
        }
    }
    free(t->slots);
    t->slots = slots;
    t->nslots = nslots;
    t->low = 0;
    return true;
}

bool sx_htab_insert(sx_htab *t, sx_hnode *n, uint64_t hash) {
    /* Half full at most: what is looked for is mostly not there, and each node on the way is a cache miss. A table that
     * cannot grow still works, only slower: only the first insert can fail. */
    if (t->count >= t->nslots / 2 && !grow(t) && t->nslots == 0) return false;
    size_t i = hash & (t->nslots - 1);
    n->hash = hash;
    n->next = t->slots[i];
    t->slots[i] = n;
    t->count++;
    if (i < t->low) t->low = i;
    return true;
}

void sx_htab_remove(sx_htab *t, sx_hnode *n) {
    if (t->nslots == 0) return;
    for (sx_hnode **at = &t->slots[n->hash & (t->nslots - 1)]; *at; at = &(*at)->next) {
        if (*at == n) {
            *at = n->next;
            n->next = NULL;
            t->count--;
            return;
        }
    }
}

sx_hnode *sx_htab_first(const sx_htab *t, uint64_t hash) {
    if (t->count == 0) return NULL;
    sx_hnode *n = t->slots[hash & (t->nslots - 1)];
    while (n && n->hash != hash) n = n->next;
    return n;
}

sx_hnode *sx_htab_next(const sx_hnode *n) {
    uint64_t hash = n->hash;
    sx_hnode *m = n->next;
    while (m && m->hash != hash) m = m->next;
    return m;
}

static sx_hnode *from_slot(const sx_htab *t, size_t i) {
    for (; i < t->nslots; i++)
        if (t->slots[i]) return t->slots[i];
    return NULL;
}

sx_hnode *sx_htab_any(const sx_htab *t) {
    if (t->count == 0) return NULL;
    sx_hnode *n = from_slot(t, t->low);
    /* where the search stopped is where the next one may begin: emptying a table by any + remove stays linear */
    if (n) ((sx_htab *)t)->low = n->hash & (t->nslots - 1);
    return n;
}

sx_hnode *sx_htab_after(const sx_htab *t, const sx_hnode *n) {
    if (!n) return from_slot(t, 0);
    return n->next ? n->next : from_slot(t, (n->hash & (t->nslots - 1)) + 1);
}
