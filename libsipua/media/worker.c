/* A media worker: a thread that turns its sessions on an absolute grid of 10 ms, and sleeps when none has anything to
 * do. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "media/audio.h"
#include "media/session.h"

#define SX_MODULE "media"

enum { TICK_US = 10000, CATCH_UP_US = 60000, STACK = 512 * 1024 };

struct media_worker {
    pthread_t thread;
    media_mailbox *box;
    unsigned index;
    sx_list clocked;        /* sessions that are ticked, but those of a room, which its mixer has */
    media_cmd *held, **end; /* orders for sessions that another worker has not let go of yet, oldest first */
    bool quit;
    media_cmd *quit_order; /* made in advance: ending never fails */
    media_turn turn;
};

uint64_t media_clock_us(void) {
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static int64_t wall_offset(void) {
    struct timespec wall, mono;
    clock_gettime(CLOCK_MONOTONIC, &mono);
    clock_gettime(CLOCK_REALTIME, &wall);
    return (int64_t)(wall.tv_sec - mono.tv_sec) * 1000000 + (wall.tv_nsec - mono.tv_nsec) / 1000;
}

static uint64_t grid(uint64_t us) { return (us + TICK_US - 1) / TICK_US * TICK_US; }

/* ---- orders ---- */

static bool owns(const media_worker *w, const media_session *s) {
    return __atomic_load_n(&s->owner, __ATOMIC_ACQUIRE) == w->index + 1;
}

static void settle(media_worker *w, media_session *s) {
    bool wants = media_session_wants_clock(s);
    sx_list *clock = media_session_clock(s, &w->turn);
    if (wants && !s->ticking) {
        s->clock = clock;
        sx_list_append(clock, &s->on_clock);
        media_session_join_clock(s, &w->turn);
    } else if (!wants && s->ticking) {
        sx_list_remove(&s->on_clock);
        media_session_leave_clock(s, &w->turn);
    } else if (s->ticking && s->clock != clock) {
        sx_list_remove(&s->on_clock);
        s->clock = clock;
        sx_list_append(clock, &s->on_clock);
    }
}

static void finish(media_worker *w, media_session *s) {
    if (!media_session_is_over(s, &w->turn)) return;
    sx_list_remove(&s->on_clock);
    media_session_finish(s, &w->turn);
}

/* The worker that the audio is said to be at has the session, or nobody has: only then may it look. */
static void poked(media_worker *w, media_audio *a) {
    if (__atomic_load_n(&a->at, __ATOMIC_SEQ_CST) != w->index) {
        media_audio_poke_on(a);
        return;
    }
    media_session *s = a->session;
    __atomic_store_n(&a->poking, 0, __ATOMIC_SEQ_CST);
    if (s && owns(w, s) && !s->ended) {
        media_session_poked(s, &w->turn);
        settle(w, s);
    }
    media_audio_unref(a);
}

/* Lets go of the session, and tells the worker that shall have it, by the same order. */
static void let_go(media_worker *w, media_cmd *c) {
    media_session *s = c->session;
    media_boxes *boxes = s->audio->boxes;
    media_link_leave(s);
    media_room_leave(s, &w->turn);
    if (s->ticking) sx_list_remove(&s->on_clock);
    __atomic_store_n(&s->audio->at, (unsigned)c->tag, __ATOMIC_SEQ_CST);
    __atomic_store_n(&s->owner, 0, __ATOMIC_RELEASE);
    c->type = MEDIA_CMD_ADOPT;
    media_boxes_ref(boxes);
    media_mailbox *box = boxes->box[c->tag];
    media_mailbox_push(box, &c->node);
    if (__atomic_load_n(&box->closed, __ATOMIC_SEQ_CST)) media_mailbox_drain(box); /* the engine ends */
    media_boxes_unref(boxes);
}

static void carry_out(media_worker *w, media_cmd *c) {
    media_session *s = c->session;
    if (c->type == MEDIA_CMD_MOVE) {
        let_go(w, c);
        return;
    }
    media_session_command(s, c, &w->turn);
    settle(w, s);
    if (s->ended) finish(w, s);
    media_cmd_free(c);
}

static void hold(media_worker *w, media_cmd *c) {
    c->node.next = NULL;
    *w->end = c;
    w->end = (media_cmd **)(void *)&c->node.next;
}

static media_cmd *next_of(media_cmd *c) { return c->node.next ? SX_CONTAINER(c->node.next, media_cmd, node) : NULL; }

/* What waited for this session, in its order. */
static void carry_out_held(media_worker *w) {
    media_cmd *c = w->held;
    w->held = NULL;
    w->end = &w->held;
    while (c) {
        media_cmd *next = next_of(c);
        if (owns(w, c->session))
            carry_out(w, c);
        else
            hold(w, c);
        c = next;
    }
}

static void adopt(media_worker *w, media_cmd *c) {
    media_session *s = c->session;
    media_cmd_free(c);
    __atomic_store_n(&s->owner, w->index + 1, __ATOMIC_RELEASE);
    if (s->ticking) {
        s->clock = &w->clocked;
        sx_list_append(s->clock, &s->on_clock);
    }
    if (!s->ended) media_session_poked(s, &w->turn); /* a poke may have come too early */
    settle(w, s);
    if (s->ended) finish(w, s);
    carry_out_held(w);
}

static void take_orders(media_worker *w) {
    for (media_node *n = media_queue_take(&w->box->queue); n;) {
        media_cmd *c = SX_CONTAINER(n, media_cmd, node);
        n = n->next;
        if (c->type == MEDIA_CMD_POKE) {
            poked(w, c->audio); /* the struct is part of it */
        } else if (c->type == MEDIA_CMD_QUIT) {
            w->quit = true;
            media_cmd_free(c);
        } else if (c->type == MEDIA_CMD_ADOPT) {
            adopt(w, c);
        } else if (owns(w, c->session)) {
            carry_out(w, c);
        } else {
            hold(w, c);
        }
    }
}

/* ---- time ---- */

static void sleep_until(uint64_t us) {
    struct timespec ts = {(time_t)(us / 1000000), (long)(us % 1000000) * 1000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR) {
    }
}

/* A short stall is made up for tick by tick; a longer one is given up at once. */
static void catch_up(media_worker *w) {
    media_turn *t = &w->turn;
    uint64_t now = media_clock_us();
    if (now < t->now_us + CATCH_UP_US) return;
    uint64_t late = (now - t->now_us) / 1000;
    t->now_us = now / TICK_US * TICK_US;
    SX_LOG(t->log, SX_LOG_WARNING, "the media thread was %llu ms late: audio is dropped", (unsigned long long)late);
    SX_LIST_EACH(it, tmp, &w->clocked) {
        media_session *s = SX_CONTAINER(it, media_session, on_clock);
        media_session_stall(s, t);
        if (!s->is_room) continue;
        SX_LIST_EACH(m, mtmp, &s->mixer->ticking) media_session_stall(SX_CONTAINER(m, media_session, on_clock), t);
    }
}

static void prefetch(const void *from, const void *to) {
    for (const char *p = from; p < (const char *)to; p += 64) __builtin_prefetch(p);
}

/* A thousand sessions do not stay in the cache between two ticks: what the next ones will need is fetched in three
 * steps while this one is in its system calls, each step reading only what the one before has fetched. */
static void look_ahead(media_worker *w, sx_list *it) {
    uint64_t now = w->turn.now_us;
    for (int step = 1; step <= 3 && it != &w->clocked; step++, it = it->next) {
        media_session *s = SX_CONTAINER(it, media_session, on_clock);
        bool plays = now >= s->play_due_us, sends = now >= s->stream.due_us;
        if (step == 3) {
            prefetch(it->next, (char *)it->next + 1);
            prefetch(s->audio, &s->audio->cur);
        } else if (step == 2) {
            if (plays) prefetch(&s->transport, s->leg.jitter.bins + 1);
            if (plays) prefetch(&s->leg.accept, &s->leg.accept.payload[1]);
            if (sends) prefetch(&s->stream.pcm_cap, &s->stream.dtmf);
            if (sends) prefetch(&s->app, &s->app + 1);
            if (sends) prefetch(&s->leg.latch, &s->leg.pending);
            if (sends && s->audio->near.head) prefetch(s->audio->near.head, s->audio->near.head->pcm + 160);
        } else {
            media_chunk *c = s->audio->near.head;
            if (plays && s->leg.jitter.spare) prefetch(s->leg.jitter.spare, (char *)s->leg.jitter.spare + 256);
            if (plays && s->leg.fifo) prefetch(s->leg.fifo, s->leg.fifo + 160);
            if (sends && s->stream.pcm) prefetch(s->stream.pcm, s->stream.pcm + 160);
            if (sends && c && (c = __atomic_load_n(&c->next, __ATOMIC_ACQUIRE))) prefetch(c, c->pcm + 160);
        }
    }
}

static void turned(media_worker *w, media_session *s) {
    if (s->ended)
        finish(w, s);
    else if (!s->running)
        settle(w, s);
}

/* All hear, then it is mixed, then all say: nothing waits for the next turn. */
static void tick_room(media_worker *w, media_session *room) {
    media_turn *t = &w->turn;
    sx_list *members = &room->mixer->ticking;
    media_session_hear(room, t);
    SX_LIST_EACH(it, tmp, members) media_session_hear(SX_CONTAINER(it, media_session, on_clock), t);
    media_room_turn(room, t);
    SX_LIST_EACH(it, tmp, members) {
        media_session *s = SX_CONTAINER(it, media_session, on_clock);
        media_session_say(s, t);
        turned(w, s);
    }
}

static void tick(media_worker *w) {
    media_turn *t = &w->turn;
    t->late = media_clock_us() > t->now_us + TICK_US;
    SX_LIST_EACH(it, tmp, &w->clocked) {
        media_session *s = SX_CONTAINER(it, media_session, on_clock);
        look_ahead(w, tmp);
        if (s->is_room) {
            tick_room(w, s);
        } else {
            media_session_hear(s, t);
            media_session_say(s, t);
        }
        turned(w, s);
    }
    t->now_us += TICK_US;
}

/* Until the next turn; packets that pass untouched leave when they come. */
static void wait_for_turn(media_worker *w) {
    media_turn *t = &w->turn;
    while (t->armed) {
        uint64_t now = media_clock_us();
        if (now + 1000 > t->now_us) break;
        struct epoll_event ev[16];
        int n = epoll_wait(t->epoll, ev, 16, (int)((t->now_us - now) / 1000));
        for (int i = 0; i < n; i++) media_link_packets(ev[i].data.ptr, t);
    }
    sleep_until(t->now_us);
}

static void *run(void *arg) {
    media_worker *w = arg;
    media_turn *t = &w->turn;
    t->now_us = grid(media_clock_us());
    while (!w->quit) {
        if (sx_list_is_empty(&w->clocked)) {
            media_mailbox_sleep(w->box, -1);
            t->now_us = grid(media_clock_us());
        } else {
            wait_for_turn(w);
            catch_up(w);
        }
        t->wall_offset_us = wall_offset();
        take_orders(w);
        if (!w->quit && !sx_list_is_empty(&w->clocked) && media_clock_us() >= t->now_us) tick(w);
    }
    return NULL;
}

/* ---- from the engine ---- */

media_worker *media_worker_create(media_pool *pool, unsigned index, sx_log *log) {
    media_worker *w = calloc(1, sizeof *w);
    if (!w) {
        sx_fail(SX_E_NOMEM, "no memory for a media worker");
        return NULL;
    }
    sx_list_init(&w->clocked);
    w->turn.pool = pool;
    w->turn.clocked = &w->clocked;
    w->turn.epoll = -1;
    w->index = index;
    w->end = &w->held;
    w->turn.log = log;
    w->turn.batch = media_batch_create();
    w->box = media_mailbox_create();
    w->quit_order = calloc(1, sizeof *w->quit_order);
    pthread_attr_t attr;
    if (!w->box || !w->turn.batch || !w->quit_order || pthread_attr_init(&attr)) goto fail;
    pthread_attr_setstacksize(&attr, STACK);
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old); /* the thread is born with all signals blocked */
    int err = pthread_create(&w->thread, &attr, run, w);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attr);
    if (!err) return w;
    sx_fail(SX_E_LIMIT, "no media thread could be started");
fail:
    free(w->quit_order);
    media_mailbox_unref(w->box);
    media_batch_destroy(w->turn.batch);
    free(w);
    return NULL;
}

media_mailbox *media_worker_box(media_worker *w) { return w->box; }
void media_worker_command(media_worker *w, media_cmd *c) { media_mailbox_push(w->box, &c->node); }

void media_worker_stop(media_worker *w) {
    w->quit_order->type = MEDIA_CMD_QUIT;
    media_worker_command(w, w->quit_order);
    w->quit_order = NULL;
}

void media_worker_join(media_worker *w) {
    pthread_join(w->thread, NULL);
    __atomic_store_n(&w->box->closed, 1, __ATOMIC_SEQ_CST); /* an app's poke takes itself back from now on */
    media_mailbox_drain(w->box);
    for (media_cmd *c; (c = w->held) != NULL; media_cmd_free(c)) w->held = next_of(c);
    if (w->turn.epoll >= 0) close(w->turn.epoll);
    media_mailbox_unref(w->box);
    media_batch_destroy(w->turn.batch);
    free(w);
}

unsigned media_worker_index(const media_worker *w) { return w->index; }

void media_worker_abandon(media_worker *w) {
    close(w->box->fd);
    if (w->turn.epoll >= 0) close(w->turn.epoll);
}
