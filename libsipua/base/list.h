/* An intrusive, doubly linked, circular list. A node that is in no list is linked to itself. */
#ifndef SX_LIST_H
#define SX_LIST_H

#include <stdbool.h>
#include <stddef.h>

#define SX_CONTAINER(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

typedef struct sx_list {
    struct sx_list *next;
    struct sx_list *prev;
} sx_list;

static inline void sx_list_init(sx_list *l) { l->next = l->prev = l; }
static inline bool sx_list_is_empty(const sx_list *l) { return l->next == l; }
static inline void sx_list_insert_before(sx_list *at, sx_list *n) {
    n->next = at;
    n->prev = at->prev;
    at->prev->next = n;
    at->prev = n;
}
static inline void sx_list_append(sx_list *l, sx_list *n) { sx_list_insert_before(l, n); }
static inline void sx_list_prepend(sx_list *l, sx_list *n) { sx_list_insert_before(l->next, n); }
/* Harmless on a node that is in no list, if it was initialised. */
static inline void sx_list_remove(sx_list *n) {
    n->prev->next = n->next;
    n->next->prev = n->prev;
    n->next = n->prev = n;
}
static inline sx_list *sx_list_first(sx_list *l) { return l->next == l ? NULL : l->next; }
static inline sx_list *sx_list_pop(sx_list *l) {
    sx_list *n = sx_list_first(l);
    if (n) sx_list_remove(n);
    return n;
}
/* The current node may be removed inside the loop; its neighbour may not. */
#define SX_LIST_EACH(it, tmp, l) for (sx_list *it = (l)->next, *tmp = it->next; it != (l); it = tmp, tmp = it->next)

#endif
