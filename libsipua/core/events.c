#include "core/events.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "ua/ua.h"

/* An id with so many events in the queue gets no more digits or INFO; a call with so many of any kind, or so many
 * dropped, is ended: its program sleeps. */
enum { BUDGET_DIGITS = 64, BUDGET_OBJECT = 512, BUDGET_DROPPED = 1024, COALESCE_FROM = 4 };

int core_events_init(core_events *q, uint32_t limit_events, uint64_t limit_bytes) {
    memset(q, 0, sizeof *q);
    q->limit_events = limit_events;
    q->limit_bytes = limit_bytes;
    q->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (q->fd < 0) return sx_fail(SX_E_LIMIT, "no descriptor for the event queue");
    pthread_mutex_init(&q->lock, NULL);
    pthread_mutex_init(&q->wakeup_lock, NULL);
    pthread_cond_init(&q->wakeup_done, NULL);
    return SX_OK;
}

void core_events_free(core_events *q) {
    core_event *lists[] = {q->batch, q->head};
    for (size_t i = 0; i < 2; i++) {
        for (core_event *e = lists[i], *next; e; e = next) {
            next = e->next;
            core_event_free(e);
        }
    }
    close(q->fd);
    pthread_mutex_destroy(&q->lock);
    pthread_mutex_destroy(&q->wakeup_lock);
    pthread_cond_destroy(&q->wakeup_done);
}

static void signal_fd(core_events *q) {
    uint64_t one = 1;
    ssize_t n = write(q->fd, &one, sizeof one); /* fails only when it is readable already */
    (void)n;
}

/* ---- producer ---- */

static void fire(core_events *q) {
    if (!__atomic_load_n(&q->wakeup_set, __ATOMIC_ACQUIRE)) return;
    pthread_mutex_lock(&q->wakeup_lock);
    void (*fn)(void *) = q->wakeup;
    void *arg = q->wakeup_arg;
    q->wakeup_running = fn != NULL;
    pthread_mutex_unlock(&q->wakeup_lock);
    if (!fn) return;
    __atomic_store_n(&q->wakeup_due, 0, __ATOMIC_RELEASE);
    fn(arg);
    pthread_mutex_lock(&q->wakeup_lock);
    q->wakeup_running = false;
    pthread_cond_broadcast(&q->wakeup_done);
    pthread_mutex_unlock(&q->wakeup_lock);
}

void core_events_fire(core_events *q) {
    if (__atomic_load_n(&q->wakeup_due, __ATOMIC_ACQUIRE) && __atomic_load_n(&q->waiting, __ATOMIC_ACQUIRE)) fire(q);
}

static void account(core_events *q, core_event *e, bool add) {
    if (add) {
        __atomic_fetch_add(&q->bytes, e->bytes, __ATOMIC_RELAXED);
        if (e->entry) __atomic_fetch_add(&e->entry->queued, 1, __ATOMIC_RELAXED);
    } else {
        __atomic_fetch_sub(&q->bytes, e->bytes, __ATOMIC_RELAXED);
        if (e->entry) __atomic_fetch_sub(&e->entry->queued, 1, __ATOMIC_RELAXED);
    }
}

/* All of the following with the lock held. */

static void unlink_lossy(core_events *q, core_event *e) {
    if (!e->lossy_queued) return;
    *(e->lossy_prev ? &e->lossy_prev->lossy_next : &q->lossy_head) = e->lossy_next;
    *(e->lossy_next ? &e->lossy_next->lossy_prev : &q->lossy_tail) = e->lossy_prev;
    e->lossy_queued = false;
    q->lossy--;
}

static void unlink_event(core_events *q, core_event *e) {
    *(e->prev ? &e->prev->next : &q->head) = e->next;
    *(e->next ? &e->next->prev : &q->tail) = e->prev;
    unlink_lossy(q, e);
    account(q, e, false);
    __atomic_fetch_sub(&q->waiting, 1, __ATOMIC_RELAXED);
}

/* True when the queue was empty. */
static bool append(core_events *q, core_event *e) {
    e->next = NULL;
    e->prev = q->tail;
    *(q->tail ? &q->tail->next : &q->head) = e;
    q->tail = e;
    if (e->klass == CORE_LOSSY) {
        e->lossy_next = NULL;
        e->lossy_prev = q->lossy_tail;
        *(q->lossy_tail ? &q->lossy_tail->lossy_next : &q->lossy_head) = e;
        q->lossy_tail = e;
        e->lossy_queued = true;
        q->lossy++;
    }
    account(q, e, true);
    return __atomic_fetch_add(&q->waiting, 1, __ATOMIC_ACQ_REL) == 0;
}

static core_drop drop_of(const core_event *e) {
    switch (e->type) {
    case CORE_EV_LOG: return CORE_DROP_LOG;
    case UA_EV_TRACE: return CORE_DROP_TRACE;
    case UA_EV_STATS: return CORE_DROP_STATS;
    case UA_EV_DTMF:
    case UA_EV_INFO: return CORE_DROP_DIGIT;
    default: return CORE_DROP_OTHER;
    }
}

/* Counts a loss in the one OVERFLOW that waits, or makes it. True when the queue was empty. */
static bool count_drop(core_events *q, core_drop why) {
    q->dropped++;
    q->drops[why]++;
    if (q->overflow) {
        q->overflow->count++;
        return false;
    }
    core_event *o = core_event_alloc(200);
    if (!o) return false; /* the next loss tells of this one */
    o->type = CORE_EV_OVERFLOW;
    o->klass = CORE_RESERVED;
    for (int i = 0; i < CORE_DROPS; i++) o->count += q->drops[i];
    o->time_ms = sx_wall_ms();
    q->overflow = o;
    return append(q, o);
}

static bool over(const core_events *q, uint32_t factor, uint32_t divisor) {
    uint32_t waiting = __atomic_load_n(&q->waiting, __ATOMIC_RELAXED);
    uint64_t bytes = __atomic_load_n(&q->bytes, __ATOMIC_RELAXED);
    return waiting / factor >= q->limit_events / divisor || bytes / factor >= q->limit_bytes / divisor;
}

/* The newest of a key takes the place of the one before, at the end: the order stays that of the effects. Returns the
 * one that was replaced. */
static core_event *replace_older(core_events *q, const core_event *e) {
    core_entry *entry = e->entry;
    if (entry->recent_epoch != q->epoch) entry->recent = NULL;
    entry->recent_epoch = q->epoch;
    if (__atomic_load_n(&entry->queued, __ATOMIC_RELAXED) < COALESCE_FROM && !over(q, 1, 4)) return NULL;
    for (core_event **at = &entry->recent; *at; at = &(*at)->same) {
        core_event *old = *at;
        if (old->type != e->type || old->key != e->key) continue;
        *at = old->same;
        unlink_event(q, old);
        return old;
    }
    return NULL;
}

/* What must happen to e; sets *victim to an event to be freed. */
static core_push admit(core_events *q, core_event *e, core_event **victim) {
    uint32_t queued = e->entry ? __atomic_load_n(&e->entry->queued, __ATOMIC_RELAXED) : 0;
    bool call = e->entry && e->entry->kind == CORE_CALL;
    switch ((core_class)e->klass) {
    case CORE_RESERVED: return CORE_PUSHED;
    case CORE_PROGRESS:
        *victim = replace_older(q, e);
        if (!*victim && (queued >= BUDGET_OBJECT || over(q, 2, 1))) break;
        e->same = e->entry->recent;
        e->entry->recent = e;
        return CORE_PUSHED;
    case CORE_LOSSY:
        if (q->lossy < q->limit_events / 4 + 1 && !over(q, 1, 1)) return CORE_PUSHED;
        if (!q->lossy_head) return CORE_DROPPED;
        *victim = q->lossy_head;
        unlink_event(q, *victim);
        return CORE_PUSHED;
    case CORE_BUDGET:
        if (queued < BUDGET_DIGITS && !over(q, 2, 1)) return CORE_PUSHED;
        return ++e->entry->dropped >= BUDGET_DROPPED ? CORE_OVERLOAD : CORE_DROPPED;
    case CORE_NORMAL: break;
    }
    if (queued < BUDGET_OBJECT && !over(q, 2, 1)) return CORE_PUSHED;
    return call ? CORE_OVERLOAD : CORE_DROPPED;
}

core_push core_events_push(core_events *q, core_event *e) {
    core_event *victim = NULL;
    bool was_empty = false, wake = false;
    pthread_mutex_lock(&q->lock);
    core_push verdict = admit(q, e, &victim);
    if (verdict == CORE_PUSHED) was_empty = append(q, e);
    if (e->type == UA_EV_SHUTDOWN)
        __atomic_store_n(&q->ended, 1, __ATOMIC_RELEASE); /* whoever polls it gets no 0 after it */
    if (verdict != CORE_PUSHED) was_empty = count_drop(q, drop_of(e));
    if (victim && victim->klass == CORE_LOSSY) count_drop(q, drop_of(victim));
    if (q->head && !q->signalled && (q->sleeping || q->watched)) q->signalled = wake = true;
    pthread_mutex_unlock(&q->lock);
    if (wake) signal_fd(q);
    if (was_empty) fire(q);
    core_event_free(victim);
    if (verdict != CORE_PUSHED) core_event_free(e);
    return verdict;
}

void core_events_drop(core_events *q, core_drop why) {
    bool wake = false;
    pthread_mutex_lock(&q->lock);
    bool was_empty = count_drop(q, why);
    if (q->head && !q->signalled && (q->sleeping || q->watched)) q->signalled = wake = true;
    pthread_mutex_unlock(&q->lock);
    if (wake) signal_fd(q);
    if (was_empty) fire(q);
}

bool core_events_room(core_events *q) {
    uint32_t used = __atomic_load_n(&q->waiting, __ATOMIC_RELAXED) + __atomic_load_n(&q->replies, __ATOMIC_RELAXED);
    if (used < q->limit_events && __atomic_load_n(&q->bytes, __ATOMIC_RELAXED) < q->limit_bytes) return true;
    __atomic_store_n(&q->tight, 1, __ATOMIC_SEQ_CST);
    /* the consumer may have made room before it could see that we want to hear of it */
    return __atomic_load_n(&q->waiting, __ATOMIC_SEQ_CST) == 0 &&
           __atomic_exchange_n(&q->tight, 0, __ATOMIC_SEQ_CST) != 0;
}

void core_events_end(core_events *q) {
    pthread_mutex_lock(&q->lock);
    __atomic_store_n(&q->ended, 1, __ATOMIC_RELEASE);
    bool wake = q->sleeping || q->watched;
    if (wake) q->signalled = true;
    pthread_mutex_unlock(&q->lock);
    if (wake) signal_fd(q);
}

/* ---- any thread ---- */

bool core_events_reserve(core_events *q, bool force) {
    uint32_t replies = __atomic_fetch_add(&q->replies, 1, __ATOMIC_RELAXED);
    if (force || (replies + __atomic_load_n(&q->waiting, __ATOMIC_RELAXED) < q->limit_events &&
                  __atomic_load_n(&q->bytes, __ATOMIC_RELAXED) < q->limit_bytes))
        return true;
    core_events_unreserve(q);
    return false;
}

void core_events_unreserve(core_events *q) { __atomic_fetch_sub(&q->replies, 1, __ATOMIC_RELAXED); }

void core_events_set_wakeup(core_events *q, void (*fn)(void *arg), void *arg, bool on_producer) {
    pthread_mutex_lock(&q->wakeup_lock);
    q->wakeup = fn;
    q->wakeup_arg = arg;
    __atomic_store_n(&q->wakeup_due, fn != NULL, __ATOMIC_RELEASE);
    __atomic_store_n(&q->wakeup_set, fn != NULL, __ATOMIC_RELEASE);
    while (!fn && q->wakeup_running && !on_producer) pthread_cond_wait(&q->wakeup_done, &q->wakeup_lock);
    pthread_mutex_unlock(&q->wakeup_lock);
}
