/* Targets that failed lately are put aside: they come last, not never (RFC 3263 4.3 leaves it open; RFC 3261 21.5.4).
 */
#include <stdlib.h>

#include "stack/internal.h"

#define SETS 64
#define WAYS 4

struct stack_penalty {
    uint64_t key;
    uint64_t until_ms; /* 0: free */
};

static uint64_t key_of(const stack_target *t) {
    uint64_t h = net_addr_hash(&t->addr) ^ (uint64_t)t->transport * 0x9e3779b97f4a7c15u;
    return h ^ sx_hash_ofi(sx_slice_str(t->name));
}

static stack_penalty *find(stack *s, uint64_t key) {
    if (!s->penalties) return NULL;
    stack_penalty *set = &s->penalties[key % SETS * WAYS];
    for (int i = 0; i < WAYS; i++) {
        if (set[i].until_ms && set[i].key == key) return &set[i];
    }
    return NULL;
}

void stack_penalty_set(stack *s, const stack_target *t, uint32_t ms) {
    if (!s->penalties) s->penalties = calloc(SETS * WAYS, sizeof *s->penalties);
    if (!s->penalties) return; /* it is tried again, no more */
    uint64_t key = key_of(t);
    stack_penalty *p = find(s, key);
    if (!p) { /* the one that ends first makes room */
        p = &s->penalties[key % SETS * WAYS];
        for (int i = 1; i < WAYS; i++) {
            stack_penalty *q = &s->penalties[key % SETS * WAYS + (size_t)i];
            if (q->until_ms < p->until_ms) p = q;
        }
        p->until_ms = 0;
    }
    p->key = key;
    uint64_t until = stack_now(s) + ms;
    if (p->until_ms < until) p->until_ms = until; /* a Retry-After is not cut short */
}

void stack_penalty_clear(stack *s, const stack_target *t) {
    stack_penalty *p = find(s, key_of(t));
    if (p) p->until_ms = 0;
}

bool stack_penalty_has(stack *s, const stack_target *t) {
    stack_penalty *p = s->penalties ? find(s, key_of(t)) : NULL;
    return p && p->until_ms > stack_now(s);
}

void stack_penalties_forget(stack *s) {
    if (s->penalties) memset(s->penalties, 0, SETS * WAYS * sizeof *s->penalties);
}

void stack_resolve_flush(stack *s) {
    if (s->dns) net_dns_flush(s->dns);
    stack_penalties_forget(s);
}

void stack_resolve_stats(const stack *s, net_dns_stats *out) {
    memset(out, 0, sizeof *out);
    if (s->dns) net_dns_get_stats(s->dns, out);
}
