/* The consumer's side of the event queue. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "core/events.h"

static void clear_fd(core_events *q) {
    uint64_t count;
    ssize_t n = read(q->fd, &count, sizeof count); /* non-blocking: nothing there is fine */
    (void)n;
}

static void describe_overflow(core_event *o, const uint64_t *drops) {
    static const char *const names[CORE_DROPS] = {"log", "trace", "stats", "digit", "other"};
    char text[160];
    int at = 0;
    for (int i = 0; i < CORE_DROPS; i++) {
        if (!drops[i] || at >= (int)sizeof text) continue;
        at += snprintf(text + at, sizeof text - (size_t)at, "%s%s %llu", at ? ", " : "", names[i],
                       (unsigned long long)drops[i]);
    }
    if (at >= (int)sizeof text) at = (int)sizeof text - 1;
    core_event_set_str(o, CORE_STR_TEXT, sx_slice_of(text, (size_t)at));
}

/* Takes all that waits. False, and the descriptor cleared, if that is nothing; then the consumer is marked as sleeping
 * if it is going to. */
static bool take(core_events *q, bool woken, bool sleep) {
    pthread_mutex_lock(&q->lock);
    bool clear = false;
    q->batch = q->head;
    q->sleeping = false;
    if (q->head) {
        q->head = q->tail = q->lossy_head = q->lossy_tail = NULL;
        q->lossy = 0;
        q->epoch++;
        if (q->overflow) {
            describe_overflow(q->overflow, q->drops);
            q->overflow = NULL;
            for (int i = 0; i < CORE_DROPS; i++) q->drops[i] = 0;
        }
    } else if (!__atomic_load_n(&q->ended, __ATOMIC_ACQUIRE)) { /* a closed agent's descriptor stays readable */
        clear = q->signalled || woken;
        q->signalled = false;
        q->sleeping = sleep;
        if (clear) clear_fd(q);
    }
    pthread_mutex_unlock(&q->lock);
    return q->batch != NULL;
}

static void awake(core_events *q) {
    pthread_mutex_lock(&q->lock);
    q->sleeping = false;
    pthread_mutex_unlock(&q->lock);
}

static core_event *serve(core_events *q) {
    core_event *e = q->batch;
    q->batch = e->next;
    e->next = e->prev = NULL;
    if (e->entry) __atomic_fetch_sub(&e->entry->queued, 1, __ATOMIC_RELAXED);
    __atomic_fetch_sub(&q->bytes, e->bytes, __ATOMIC_RELAXED);
    uint32_t left = __atomic_sub_fetch(&q->waiting, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&q->tight, __ATOMIC_SEQ_CST) && left <= q->limit_events / 4 * 3 &&
        (left == 0 || __atomic_load_n(&q->bytes, __ATOMIC_RELAXED) <= q->limit_bytes / 4 * 3) &&
        __atomic_exchange_n(&q->tight, 0, __ATOMIC_SEQ_CST))
        q->relief(q->relief_ctx);
    return e;
}

static int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* 1: woken, 0: time is up, SX_E_INTERRUPTED. */
static int wait_fd(core_events *q, int64_t until) {
    struct pollfd p = {.fd = q->fd, .events = POLLIN};
    int64_t left = until < 0 ? -1 : until - now_ms();
    if (until >= 0 && left < 0) left = 0;
    int n = poll(&p, 1, left > INT_MAX ? INT_MAX : (int)left);
    if (n < 0) return errno == EINTR ? SX_E_INTERRUPTED : sx_fail(SX_E_IO, "the event queue's descriptor fails");
    return n > 0;
}

static int poll_locked(core_events *q, int timeout_ms, core_event **out) {
    int64_t until = timeout_ms < 0 ? -1 : timeout_ms ? now_ms() + timeout_ms : 0;
    bool woken = false, timeout = timeout_ms == 0;
    for (;;) {
        if (__atomic_load_n(&q->interrupted, __ATOMIC_RELAXED) &&
            __atomic_exchange_n(&q->interrupted, 0, __ATOMIC_ACQ_REL)) {
            awake(q);
            return SX_E_INTERRUPTED;
        }
        bool ended = __atomic_load_n(&q->ended, __ATOMIC_ACQUIRE); /* what came before it is seen by take */
        if (q->batch || take(q, woken, !timeout)) {
            *out = serve(q);
            return 1;
        }
        if (ended) return SX_E_CLOSED;
        if (timeout) return 0;
        if (__atomic_load_n(&q->interrupted, __ATOMIC_SEQ_CST)) continue;
        int rc = wait_fd(q, until);
        if (rc < 0) {
            awake(q);
            return rc;
        }
        woken = rc > 0;
        timeout = rc == 0 && until >= 0 && now_ms() >= until;
    }
}

int core_events_poll(core_events *q, int timeout_ms, core_event **out) {
    *out = NULL;
    if (__atomic_exchange_n(&q->polling, 1, __ATOMIC_ACQUIRE)) return SX_E_BUSY;
    int rc = poll_locked(q, timeout_ms, out);
    __atomic_store_n(&q->polling, 0, __ATOMIC_RELEASE);
    return rc;
}

void core_events_interrupt(core_events *q) {
    __atomic_store_n(&q->interrupted, 1, __ATOMIC_SEQ_CST);
    pthread_mutex_lock(&q->lock);
    bool wake = q->sleeping && !q->signalled;
    if (wake) q->signalled = true;
    pthread_mutex_unlock(&q->lock);
    uint64_t one = 1;
    if (wake && write(q->fd, &one, sizeof one) < 0) return;
}

int core_events_watch(core_events *q) {
    pthread_mutex_lock(&q->lock);
    q->watched = true;
    bool wake = !q->signalled &&
                (__atomic_load_n(&q->waiting, __ATOMIC_ACQUIRE) || __atomic_load_n(&q->ended, __ATOMIC_ACQUIRE));
    if (wake) q->signalled = true;
    pthread_mutex_unlock(&q->lock);
    uint64_t one = 1;
    if (wake && write(q->fd, &one, sizeof one) < 0) return q->fd;
    return q->fd;
}
