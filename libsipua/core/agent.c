#include "core/agent.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"

static void relief(void *ctx) {
    core_agent *a = ctx;
    if (!__atomic_exchange_n(&a->relieved, 1, __ATOMIC_ACQ_REL)) core_wake(a);
}

/* A page that reads as zero in a forked child costs no system call to ask; without it the process id tells. */
static int mark_process(core_agent *a) {
    size_t size = (size_t)sysconf(_SC_PAGESIZE);
    unsigned char *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return sx_fail(SX_E_NOMEM, "no memory for an agent");
    *page = 1;
    a->alive = page;
    if (madvise(page, size, MADV_WIPEONFORK)) a->pid = getpid();
    return SX_OK;
}

static bool forked(const core_agent *a) { return !*a->alive || (a->pid && a->pid != getpid()); }

static void release(core_agent *a) {
    for (sx_list *n; (n = sx_list_pop(&a->ready)) != NULL;) core_entry_unref(SX_CONTAINER(n, core_entry, ready));
    if (a->events.fd >= 0) core_events_free(&a->events);
    core_ids_free(&a->ids);
    if (a->wake_fd >= 0) close(a->wake_fd);
    if (a->libctx) OSSL_LIB_CTX_free(a->libctx);
    pthread_mutex_destroy(&a->close_lock);
    pthread_mutex_destroy(&a->ready_lock);
    pthread_mutex_destroy(&a->start_lock);
    pthread_cond_destroy(&a->start_done);
    if (a->alive) munmap((void *)(uintptr_t)a->alive, (size_t)sysconf(_SC_PAGESIZE));
    free(a);
}

static int prepare(core_agent *a, const core_config *cfg) {
    int rc = mark_process(a);
    if (rc < 0) return rc;
    a->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (a->wake_fd < 0) return sx_fail(SX_E_LIMIT, "no descriptor for an agent");
    rc = core_events_init(&a->events, cfg->queue_events, cfg->queue_bytes);
    if (rc < 0) return rc;
    a->events.relief = relief;
    a->events.relief_ctx = a;
    a->config = cfg;
    a->open = cfg->ua.open;
    a->max_calls = cfg->ua.max_calls;
    core_log_init(a, cfg->log_level);
    return SX_OK;
}

int core_agent_create(const core_config *cfg, core_agent **out) {
    *out = NULL;
    core_agent *a = calloc(1, sizeof *a);
    if (!a) return sx_fail(SX_E_NOMEM, "no memory for an agent");
    a->wake_fd = a->events.fd = -1;
    sx_list_init(&a->ready);
    sx_list_init(&a->overloads);
    core_tls_init(&a->tls);
    pthread_mutex_init(&a->close_lock, NULL);
    pthread_mutex_init(&a->ready_lock, NULL);
    pthread_mutex_init(&a->start_lock, NULL);
    pthread_cond_init(&a->start_done, NULL);
    int rc = core_ids_init(&a->ids);
    if (rc < 0) {
        free(a);
        return rc;
    }
    rc = prepare(a, cfg);
    if (rc == SX_OK) rc = core_thread_start(a);
    if (rc < 0) {
        release(a);
        return rc;
    }
    *out = a;
    return SX_OK;
}

int core_agent_check(core_agent *a) {
    if (forked(a)) return sx_fail(SX_E_FORKED, "this agent belongs to the parent process");
    if (__atomic_load_n(&a->closed, __ATOMIC_ACQUIRE)) return sx_fail(SX_E_CLOSED, "this agent has been closed");
    return SX_OK;
}

/* In a forked child: the locks and lists may have been caught in the middle of a change by threads that do not exist
 * here. */
static int abandon(core_agent *a) {
    if (a->abandoned) return SX_OK;
    a->abandoned = true;
    if (a->loop) net_loop_abandon(a->loop);
    if (a->media) media_engine_abandon(a->media);
    close(a->wake_fd);
    close(a->events.fd);
    return SX_OK;
}

int core_agent_close(core_agent *a) {
    if (forked(a)) return abandon(a);
    if (core_on_stack_thread(a)) return sx_fail(SX_E_STATE, "an agent cannot be closed from its own wake-up callback");
    __atomic_store_n(&a->closed, 1, __ATOMIC_RELEASE);
    pthread_mutex_lock(&a->close_lock);
    if (!a->joined) {
        __atomic_store_n(&a->stop, 1, __ATOMIC_RELEASE);
        core_ids_close_audio(&a->ids);
        core_wake(a);
        pthread_join(a->thread, NULL);
        core_ids_close_audio(&a->ids); /* what was made meanwhile */
        a->joined = true;
    }
    pthread_mutex_unlock(&a->close_lock);
    return SX_OK;
}

void core_agent_free(core_agent *a) {
    if (forked(a)) { /* the rest stays lost: see abandon */
        abandon(a);
        return;
    }
    if (core_agent_close(a) == SX_OK) release(a);
}

core_ids *core_agent_ids(core_agent *a) { return &a->ids; }

int core_agent_max_calls(const core_agent *a) { return a->max_calls; }

int core_submit(core_agent *a, core_cmd *c, core_need need) {
    int rc = SX_OK;
    if (c->tag || need == CORE_NEED_ROOM) {
        if (!core_events_reserve(&a->events, need == CORE_NEED_NOTHING)) {
            core_cmd_free(c);
            return sx_fail(SX_E_FULL, "too many events wait to be polled");
        }
        if (!c->tag) core_events_unreserve(&a->events);
    }
    if (c->tag) {
        c->reply = core_event_alloc(0);
        if (!c->reply) rc = sx_fail(SX_E_NOMEM, "no memory for a reply");
    }
    if (rc == SX_OK) {
        rc = core_commands_push(&a->commands, c);
        if (rc == 1) core_wake(a);
        if (rc == SX_E_CLOSED) sx_fail(rc, "this agent has been shut down");
    }
    if (rc >= 0) return SX_OK;
    if (c->tag) core_events_unreserve(&a->events);
    core_cmd_free(c);
    return rc;
}

int core_poll(core_agent *a, int timeout_ms, core_event **out) {
    *out = NULL;
    if (forked(a)) return sx_fail(SX_E_FORKED, "this agent belongs to the parent process");
    int rc = core_events_poll(&a->events, timeout_ms, out);
    if (rc == SX_E_BUSY) return sx_fail(rc, "another thread is polling this agent");
    if (rc == SX_E_INTERRUPTED) return sx_fail(rc, "the wait for an event was interrupted");
    if (rc == SX_E_CLOSED) return sx_fail(rc, "this agent has ended, and all its events were taken");
    return rc;
}

int core_poll_interrupt(core_agent *a) {
    core_events_interrupt(&a->events);
    return SX_OK;
}

int core_agent_fd(core_agent *a) { return core_events_watch(&a->events); }

int core_agent_set_wakeup(core_agent *a, void (*fn)(void *arg), void *arg) {
    core_cmd *c = fn ? core_cmd_alloc(CORE_OP_FIRE, 0) : NULL;
    if (fn && !c) return sx_fail(SX_E_NOMEM, "no memory for a command");
    core_events_set_wakeup(&a->events, fn, arg, core_on_stack_thread(a));
    if (!c) return SX_OK;
    core_submit(a, c, CORE_NEED_NOTHING); /* refused only when nothing comes any more */
    return SX_OK;
}

int core_audio_ready(core_agent *a, uint64_t *ids, uint32_t cap) {
    pthread_mutex_lock(&a->ready_lock);
    uint32_t there = a->ready_count;
    for (uint32_t i = 0; i < cap && a->ready_count; i++) {
        core_entry *e = SX_CONTAINER(sx_list_pop(&a->ready), core_entry, ready);
        a->ready_count--;
        ids[i] = e->id;
        core_entry_unref(e);
    }
    pthread_mutex_unlock(&a->ready_lock);
    return (int)(there > INT32_MAX ? INT32_MAX : there);
}
