/* A loop's run queue: what a handler wants done after it has returned, first in, first out, so that nobody is ever
 * re-entered; and its graveyard, emptied when the queue is, so that nothing dies under somebody's feet. */
#ifndef SX_RUNQ_H
#define SX_RUNQ_H

#include "base/list.h"

typedef struct sx_task {
    sx_list node; /* initialise with sx_task_init */
    void (*fn)(struct sx_task *t);
} sx_task;

typedef struct sx_grave {
    struct sx_grave *next;
    void (*free_fn)(struct sx_grave *g);
} sx_grave;

typedef struct sx_runq {
    sx_list tasks;
    sx_grave *graves;
    bool draining;
} sx_runq;

static inline void sx_task_init(sx_task *t, void (*fn)(sx_task *)) {
    sx_list_init(&t->node);
    t->fn = fn;
}
void sx_runq_init(sx_runq *q);
/* Allocates nothing. A task already queued stays where it is. */
void sx_runq_post(sx_runq *q, sx_task *t);
static inline void sx_runq_cancel(sx_task *t) { sx_list_remove(&t->node); }
/* Frees g when the drain has ended; g must not be queued or found by anyone any more. */
void sx_runq_bury(sx_runq *q, sx_grave *g, void (*free_fn)(sx_grave *));
/* Runs tasks until none is left, then empties the graveyard. A nested call returns at once. */
void sx_runq_drain(sx_runq *q);

#endif
