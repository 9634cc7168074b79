/* The event queue of an agent. One producer: the stack thread (and, when it has ended, whoever closes the agent); one
 * consumer at a time: the poller. Bounded in count and bytes; what is never refused has its place reserved.
 *
 * The consumer takes all that waits at once and then serves from its own list, so that both sides meet once per batch.
 * The wake descriptor is written only when the consumer sleeps, or when a foreign loop watches it; it stays readable
 * until a poll finds nothing. */
#ifndef CORE_EVENTS_H
#define CORE_EVENTS_H

#include <pthread.h>

#include "core/event.h"
#include "core/ids.h"

/* Why events were thrown away: the figures of an OVERFLOW. */
typedef enum core_drop {
    CORE_DROP_LOG,
    CORE_DROP_TRACE,
    CORE_DROP_STATS,
    CORE_DROP_DIGIT,
    CORE_DROP_OTHER,
    CORE_DROPS
} core_drop;

typedef struct core_events {
    /* both sides */
    pthread_mutex_t lock;
    core_event *head, *tail;             /* what the consumer has not taken */
    core_event *lossy_head, *lossy_tail; /* of these, the lossy ones */
    uint64_t epoch;                      /* counts the batches taken */
    uint32_t lossy;                      /* queued and not taken */
    core_event *overflow;                /* the OVERFLOW in the queue that still counts up */
    uint64_t drops[CORE_DROPS];          /* since that one */
    bool signalled;                      /* the descriptor has been written and not read */
    bool sleeping;                       /* the consumer waits for it */
    bool watched;                        /* the program asked for the descriptor */
    int fd;
    uint64_t dropped; /* in all */

    uint32_t waiting; /* atomic: events in the queue and in the consumer's batch */
    uint64_t bytes;   /* atomic: of these */
    uint32_t replies; /* atomic: places reserved for replies */
    uint32_t tight;   /* atomic: the producer was told of no room; the consumer says when there is some again */
    uint32_t limit_events;
    uint64_t limit_bytes;
    void (*relief)(void *ctx); /* called by the consumer when room has come back; any thread, no lock */
    void *relief_ctx;

    /* wake-up callback */
    pthread_mutex_t wakeup_lock;
    pthread_cond_t wakeup_done;
    void (*wakeup)(void *arg);
    void *wakeup_arg;
    bool wakeup_running;
    uint32_t wakeup_set; /* atomic: spares the lock */
    uint32_t wakeup_due; /* atomic: it was set and has not fired yet */

    /* consumer */
    uint32_t polling;     /* atomic: somebody is in poll */
    uint32_t interrupted; /* atomic */
    uint32_t ended;       /* atomic: nothing comes any more */
    core_event *batch;
} core_events;

int core_events_init(core_events *q, uint32_t limit_events, uint64_t limit_bytes);
/* Nobody else is inside. Events not taken are freed. */
void core_events_free(core_events *q);

/* ---- producer ---- */

typedef enum core_push {
    CORE_PUSHED,
    CORE_DROPPED, /* lossy or beyond its budget: counted */
    CORE_OVERLOAD /* its call has had too many: end it */
} core_push;
/* Takes over the event whatever comes of it. */
core_push core_events_push(core_events *q, core_event *e);
/* Counts an event that could not even be made. */
void core_events_drop(core_events *q, core_drop why);
/* Room for new work? False once means that `relief` will be called when there is. */
bool core_events_room(core_events *q);
/* Calls the program's wake-up if events wait (after it was set). */
void core_events_fire(core_events *q);
/* Nothing comes any more: a poll that finds nothing says SX_E_CLOSED. Wakes the poller. */
void core_events_end(core_events *q);

/* ---- any thread ---- */

/* A place for a reply. force: never refused. False: no room. */
bool core_events_reserve(core_events *q, bool force);
void core_events_unreserve(core_events *q);
/* 1 and an event, 0, SX_E_BUSY, SX_E_INTERRUPTED, SX_E_CLOSED. */
int core_events_poll(core_events *q, int timeout_ms, core_event **out);
void core_events_interrupt(core_events *q);
/* The descriptor; from now on it is kept readable while events wait. */
int core_events_watch(core_events *q);
/* NULL: returns only when a running call has ended. The producer's own thread never waits. */
void core_events_set_wakeup(core_events *q, void (*fn)(void *arg), void *arg, bool on_producer);

#endif
