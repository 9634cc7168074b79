#include "base/runq.h"

void sx_runq_init(sx_runq *q) {
    sx_list_init(&q->tasks);
    q->graves = NULL;
    q->draining = false;
}

void sx_runq_post(sx_runq *q, sx_task *t) {
    if (sx_list_is_empty(&t->node)) sx_list_append(&q->tasks, &t->node);
}

void sx_runq_bury(sx_runq *q, sx_grave *g, void (*free_fn)(sx_grave *)) {
    g->free_fn = free_fn;
    g->next = q->graves;
    q->graves = g;
}

void sx_runq_drain(sx_runq *q) {
    if (q->draining) return;
    q->draining = true;
    /* freeing may post or bury more: go on until both are empty */
    for (;;) {
        sx_list *n;
        while ((n = sx_list_pop(&q->tasks)) != NULL) {
            sx_task *t = SX_CONTAINER(n, sx_task, node);
            t->fn(t);
        }
        sx_grave *g = q->graves;
        if (!g) break;
        q->graves = NULL;
        while (g) {
            sx_grave *next = g->next;
            g->free_fn(g);
            g = next;
        }
    }
    q->draining = false;
}
