/* Queues of plain structs between threads: many producers, one consumer, who takes all at once. Nobody waits. */
#ifndef MEDIA_QUEUE_H
#define MEDIA_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct media_node {
    struct media_node *next;
} media_node;

typedef struct media_queue {
    media_node *top; /* newest first; atomic */
} media_queue;

/* True when the queue was empty before. n belongs to the consumer from now on. */
bool media_queue_push(media_queue *q, media_node *n);
/* Everything, oldest first, linked by next. NULL: nothing. */
media_node *media_queue_take(media_queue *q);
static inline bool media_queue_is_empty(const media_queue *q) {
    return __atomic_load_n(&q->top, __ATOMIC_SEQ_CST) == NULL;
}

/* A queue with a sleeping place for its consumer. Counted, so that a producer may outlive the consumer's thread. */
typedef struct media_mailbox {
    media_queue queue;
    int fd;        /* eventfd: written only when the consumer sleeps */
    int sleeping;  /* atomic */
    int closed;    /* atomic: the consumer has ended; who pushes after that takes it back himself */
    unsigned refs; /* atomic */
} media_mailbox;

media_mailbox *media_mailbox_create(void); /* NULL: descriptors or memory ran out (sx_last_error) */
media_mailbox *media_mailbox_ref(media_mailbox *m);
void media_mailbox_unref(media_mailbox *m);
void media_mailbox_push(media_mailbox *m, media_node *n);
/* Wakes the consumer without a message. */
void media_mailbox_wake(media_mailbox *m);
/* Consumer: sleeps until something is pushed, or timeout_ms (negative: for ever) has passed. */
void media_mailbox_sleep(media_mailbox *m, int timeout_ms);

/* The mailboxes of all workers, for those who may be moved from one to another. Counted. */
typedef struct media_boxes {
    unsigned refs; /* atomic */
    unsigned n;
    media_mailbox *box[];
} media_boxes;

media_boxes *media_boxes_create(unsigned n); /* to be filled; refs 1. NULL: no memory */
media_boxes *media_boxes_ref(media_boxes *b);
void media_boxes_unref(media_boxes *b); /* the last one lets go of each that was filled in. NULL is fine */

#endif
