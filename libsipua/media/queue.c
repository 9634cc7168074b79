#include "media/queue.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/error.h"

bool media_queue_push(media_queue *q, media_node *n) {
    media_node *top = __atomic_load_n(&q->top, __ATOMIC_RELAXED);
    do n->next = top; /* never popped one by one: no ABA */
    while (!__atomic_compare_exchange_n(&q->top, &top, n, true, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
    return top == NULL;
}

media_node *media_queue_take(media_queue *q) {
    if (!__atomic_load_n(&q->top, __ATOMIC_RELAXED)) return NULL;
    media_node *n = __atomic_exchange_n(&q->top, NULL, __ATOMIC_SEQ_CST), *first = NULL;
    while (n) {
        media_node *next = n->next;
        n->next = first;
        first = n;
        n = next;
    }
    return first;
}

media_mailbox *media_mailbox_create(void) {
    media_mailbox *m = calloc(1, sizeof *m);
    if (!m) {
        sx_fail(SX_E_NOMEM, "no memory for a media queue");
        return NULL;
    }
    m->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (m->fd < 0) {
        sx_fail(SX_E_LIMIT, "no descriptor for a media queue");
        free(m);
        return NULL;
    }
    m->refs = 1;
    return m;
}

media_mailbox *media_mailbox_ref(media_mailbox *m) {
    __atomic_add_fetch(&m->refs, 1, __ATOMIC_RELAXED);
    return m;
}

void media_mailbox_unref(media_mailbox *m) {
    if (!m || __atomic_sub_fetch(&m->refs, 1, __ATOMIC_ACQ_REL) != 0) return;
    close(m->fd);
    free(m);
}

void media_mailbox_wake(media_mailbox *m) {
    if (__atomic_load_n(&m->sleeping, __ATOMIC_SEQ_CST) && __atomic_exchange_n(&m->sleeping, 0, __ATOMIC_SEQ_CST)) {
        uint64_t one = 1;
        while (write(m->fd, &one, sizeof one) < 0 && errno == EINTR) {
        }
    }
}

void media_mailbox_push(media_mailbox *m, media_node *n) {
    media_queue_push(&m->queue, n);
    media_mailbox_wake(m);
}

void media_mailbox_sleep(media_mailbox *m, int timeout_ms) {
    __atomic_store_n(&m->sleeping, 1, __ATOMIC_SEQ_CST);
    /* Who pushed before this store did not write; who pushes after it will. */
    if (media_queue_is_empty(&m->queue)) {
        struct pollfd p = {m->fd, POLLIN, 0};
        poll(&p, 1, timeout_ms);
    }
    __atomic_store_n(&m->sleeping, 0, __ATOMIC_SEQ_CST);
    uint64_t n;
    if (read(m->fd, &n, sizeof n) < 0) { /* nothing was written: fine */
    }
}

media_boxes *media_boxes_create(unsigned n) {
    media_boxes *b = calloc(1, sizeof *b + n * sizeof(media_mailbox *));
    if (!b) return NULL;
    b->refs = 1;
    b->n = n;
    return b;
}

media_boxes *media_boxes_ref(media_boxes *b) {
    __atomic_add_fetch(&b->refs, 1, __ATOMIC_RELAXED);
    return b;
}

void media_boxes_unref(media_boxes *b) {
    if (!b || __atomic_sub_fetch(&b->refs, 1, __ATOMIC_ACQ_REL) != 0) return;
    for (unsigned i = 0; i < b->n; i++) media_mailbox_unref(b->box[i]);
    free(b);
}
