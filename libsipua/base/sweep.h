/* A walk through a list that takes more than one turn of the loop. Nodes may join at the end and leave in between; a
 * walk asked for while one is going on makes no new start: it goes on, past the end to the beginning, until all that
 * were there have been met once more. Who joins meanwhile, and who was met before others left, may be met twice. */
#ifndef SX_SWEEP_H
#define SX_SWEEP_H

#include "base/list.h"

typedef struct sx_sweep {
    sx_list *list;
    sx_list *at; /* the next one; the list's head: the first one */
    size_t left; /* how many are still to be met, or more */
} sx_sweep;

static inline void sx_sweep_init(sx_sweep *w, sx_list *list) {
    w->list = w->at = list;
    w->left = 0;
}
/* All `n` that are in the list, from where the walk stands. */
static inline void sx_sweep_start(sx_sweep *w, size_t n) { w->left = n; }
static inline bool sx_sweep_is_on(const sx_sweep *w) { return w->left > 0; }
/* NULL: all have been met. The node may leave the list at once. */
static inline sx_list *sx_sweep_next(sx_sweep *w) {
    sx_list *n = w->at == w->list ? w->list->next : w->at;
    if (!w->left) return NULL;
    if (n == w->list) { /* none is left */
        w->left = 0;
        return NULL;
    }
    w->at = n->next;
    w->left--;
    return n;
}
/* After a node was appended: it stands before those that come round again. */
static inline void sx_sweep_joined(sx_sweep *w) {
    if (w->left) w->left++;
}
/* Before a node is removed; of one that is in no list (any more) nothing comes. */
static inline void sx_sweep_leave(sx_sweep *w, const sx_list *n) {
    if (w->at == n) w->at = n->next;
}

#endif
