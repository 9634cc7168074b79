#define _GNU_SOURCE
#include "net/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "net/internal.h"

struct net_watch {
    sx_grave grave;
    net_loop *loop;
    net_sink sink;
    void *ctx;
    struct event *event;
};

net_event net_event_of(net_event_type type) {
    net_event ev;
    memset(&ev, 0, sizeof ev);
    ev.type = type;
    ev.text = "";
    return ev;
}

/* ---- our descriptors */

int net_loop_own_fd(net_loop *l, int fd) {
    size_t i = (size_t)fd / 8;
    if (i >= l->nfds) {
        size_t n = (i + 64) & ~(size_t)63;
        unsigned char *p = realloc(l->fds, n);
        if (!p) return sx_fail(SX_E_NOMEM, "no memory for a descriptor");
        memset(p + l->nfds, 0, n - l->nfds);
        l->fds = p;
        l->nfds = n;
    }
    l->fds[i] |= (unsigned char)(1u << (fd % 8));
    return SX_OK;
}

void net_loop_disown_fd(net_loop *l, int fd) {
    size_t i = (size_t)fd / 8;
    if (i < l->nfds) l->fds[i] &= (unsigned char)~(1u << (fd % 8));
}

void net_loop_abandon(net_loop *l) {
    if (!l) return;
    for (size_t i = 0; i < l->nfds * 8; i++)
        if (l->fds[i / 8] & (1u << (i % 8))) close((int)i);
}

/* ---- the timer: one descriptor at the wheel's next time. Not a libevent timeout: those read a clock of 4 ms grain, or
 * cost a system call a turn. */

static void on_timer(evutil_socket_t fd, short what, void *ctx) {
    net_loop *l = ctx;
    uint64_t expirations;
    net_loop_tick(l);
    if (read(fd, &expirations, sizeof expirations) < 0) {
        /* already read, or moved by us in between: nothing is lost, the wheel is asked every turn */
    }
    l->armed_ms = UINT64_MAX;
}

static void arm(net_loop *l, uint64_t at_ms) {
    /* a timer that was put off wakes us once too early; that is cheaper than a system call for each change */
    if (at_ms >= l->armed_ms) return;
    struct itimerspec t;
    memset(&t, 0, sizeof t);
    t.it_value.tv_sec = (time_t)(at_ms / 1000);
    t.it_value.tv_nsec = (long)(at_ms % 1000) * 1000000;
    if (t.it_value.tv_sec == 0 && t.it_value.tv_nsec == 0) t.it_value.tv_nsec = 1;
    if (timerfd_settime(l->timer_fd, TFD_TIMER_ABSTIME, &t, NULL) == 0) l->armed_ms = at_ms;
}

/* ---- life */

static void drain_after_timer(void *ctx) {
    net_loop *l = ctx;
    sx_runq_drain(&l->runq);
}

/* libevent ends the process when descriptors run out while it makes a base (evsig_init_), so they are counted first.
 * What another thread takes in between is beyond us. */
static bool descriptors_left(void) {
    enum { NEEDED = 6 }; /* epoll, libevent's signal pair, our timer; two to spare */
    int fd[NEEDED], n = 0, saved;
    while (n < NEEDED && (fd[n] = eventfd(0, EFD_CLOEXEC)) >= 0) n++;
    saved = errno;
    for (int i = 0; i < n; i++) close(fd[i]);
    errno = saved;
    return n == NEEDED;
}

static bool make_base(net_loop *l) {
    if (!descriptors_left()) return false;
    struct event_config *cfg = event_config_new();
    if (!cfg) return false;
    /* one thread, and no environment variable of the host's decides how */
    event_config_set_flag(cfg, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_IGNORE_ENV);
    l->base = event_base_new_with_config(cfg);
    event_config_free(cfg);
    return l->base != NULL;
}

net_loop *net_loop_create(void) {
    net_loop *l = calloc(1, sizeof *l);
    if (!l) {
        sx_fail(SX_E_NOMEM, "no memory for a loop");
        return NULL;
    }
    l->timer_fd = -1;
    l->armed_ms = UINT64_MAX;
    l->now_ms = sx_now_ms();
    sx_runq_init(&l->runq);
    sx_list_init(&l->writers);
    sx_list_init(&l->lingering);
    l->wheel = sx_wheel_create(l->now_ms);
    if (l->wheel) sx_wheel_after_each(l->wheel, drain_after_timer, l);
    if (!l->wheel || !make_base(l)) {
        sx_fail(l->wheel && (errno == EMFILE || errno == ENFILE) ? SX_E_LIMIT : SX_E_NOMEM, "no event loop");
        net_loop_destroy(l);
        return NULL;
    }
    l->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (l->timer_fd < 0) {
        net_os_fail("timerfd_create");
        net_loop_destroy(l);
        return NULL;
    }
    l->timer_event = event_new(l->base, l->timer_fd, EV_READ | EV_PERSIST, on_timer, l);
    if (net_loop_own_fd(l, l->timer_fd) < 0 || !l->timer_event || event_add(l->timer_event, NULL) != 0) {
        sx_fail(SX_E_NOMEM, "no memory for a timer");
        net_loop_destroy(l);
        return NULL;
    }
    return l;
}

static void free_io(net_loop *l) {
    if (l->rx) {
        if (l->rx->slots) munmap(l->rx->slots, (size_t)NET_SLOTS * NET_SLOT);
        free(l->rx);
    }
    free(l->out);
    free(l->out_bytes);
    l->rx = NULL;
    l->out = NULL;
    l->out_bytes = NULL;
}

void net_loop_destroy(net_loop *l) {
    if (!l) return;
    if (l->nout) net_udp_flush(l);
    net_tcp_drop_lingering(l);
    sx_runq_drain(&l->runq);
    if (l->timer_event) event_free(l->timer_event);
    if (l->timer_fd >= 0) close(l->timer_fd);
    if (l->base) event_base_free(l->base);
    sx_wheel_destroy(l->wheel);
    free_io(l);
    free(l->fds);
    free(l);
}

int net_loop_need_io(net_loop *l) {
    if (l->rx) return SX_OK;
    l->rx = calloc(1, sizeof *l->rx);
    l->out = calloc(NET_OUT, sizeof *l->out);
    l->out_bytes = malloc(NET_OUT_BYTES);
    if (l->rx) {
        void *p = mmap(NULL, (size_t)NET_SLOTS * NET_SLOT, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        l->rx->slots = p == MAP_FAILED ? NULL : p;
    }
    if (!l->rx || !l->rx->slots || !l->out || !l->out_bytes) {
        free_io(l);
        return sx_fail(SX_E_NOMEM, "no memory for buffers");
    }
    for (int i = 0; i < NET_SLOTS; i++) {
        l->rx->iov[i].iov_base = l->rx->slots + (size_t)i * NET_SLOT;
        l->rx->iov[i].iov_len = NET_SLOT;
    }
    return SX_OK;
}

/* ---- turning */

void net_loop_tick(net_loop *l) {
    if (!l->stale) return;
    l->stale = false;
    l->now_ms = sx_now_ms();
}

static bool has_work(net_loop *l) {
    return !sx_list_is_empty(&l->runq.tasks) || l->runq.graves || l->nout || !sx_list_is_empty(&l->writers);
}

static void finish_turn(net_loop *l) {
    sx_runq_drain(&l->runq);
    if (!sx_list_is_empty(&l->writers)) net_tcp_flush(l);
    if (l->nout) net_udp_flush(l);
}

/* limit_ms: when to come back at the latest */
static void turn(net_loop *l, uint64_t limit_ms) {
    if (has_work(l)) finish_turn(l); /* asked for from outside, before the run */
    uint64_t next = sx_wheel_next(l->wheel);
    if (limit_ms < next) next = limit_ms;
    int flags = EVLOOP_ONCE;
    if (l->stop || has_work(l) || next <= sx_now_ms())
        flags |= EVLOOP_NONBLOCK; /* without ONCE it would go on while anything is ready, and no timer would fire */
    else if (next != UINT64_MAX)
        arm(l, next);
    l->stale = true;
    event_base_loop(l->base, flags);
    l->stale = true;
    net_loop_tick(l);
    l->stale = true; /* a long timer handler must not make the next one's start old: read again at the next wake-up */
    if (sx_wheel_next(l->wheel) <= l->now_ms) sx_wheel_advance(l->wheel, l->now_ms);
    finish_turn(l);
}

void net_loop_run(net_loop *l) {
    do turn(l, UINT64_MAX);
    while (!l->stop);
    l->stop = false;
}

void net_loop_stop(net_loop *l) { l->stop = true; }

void net_loop_run_once(net_loop *l, unsigned max_wait_ms) { turn(l, sx_now_ms() + max_wait_ms); }

sx_wheel *net_loop_wheel(net_loop *l) { return l->wheel; }

sx_runq *net_loop_runq(net_loop *l) { return &l->runq; }

uint64_t net_loop_now(const net_loop *l) { return l->now_ms; }

/* ---- watches */

static void on_watch(evutil_socket_t fd, short what, void *ctx) {
    net_watch *w = ctx;
    net_loop *l = w->loop;
    net_loop_tick(l);
    net_event ev = net_event_of(NET_READABLE);
    w->sink(w->ctx, &ev);
    net_loop_tock(l);
}

int net_watch_open(net_loop *l, int fd, net_sink sink, void *ctx, net_watch **out) {
    net_watch *w = calloc(1, sizeof *w);
    if (!w) return sx_fail(SX_E_NOMEM, "no memory for a watch");
    w->loop = l;
    w->sink = sink;
    w->ctx = ctx;
    w->event = event_new(l->base, fd, EV_READ | EV_PERSIST, on_watch, w);
    if (!w->event || event_add(w->event, NULL) != 0) {
        if (w->event) event_free(w->event);
        free(w);
        return sx_fail(SX_E_IO, "the descriptor cannot be watched");
    }
    *out = w;
    return SX_OK;
}

static void watch_free(sx_grave *g) { free(SX_CONTAINER(g, net_watch, grave)); }

void net_watch_close(net_watch *w) {
    if (!w) return;
    event_free(w->event);
    sx_runq_bury(&w->loop->runq, &w->grave, watch_free);
}
