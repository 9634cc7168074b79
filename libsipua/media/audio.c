#include "media/audio.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"
#include "media/command.h"

#define GET(x) __atomic_load_n(&(x), __ATOMIC_SEQ_CST)
#define SET(x, v) __atomic_store_n(&(x), (v), __ATOMIC_SEQ_CST)

media_audio *media_audio_create(media_pool *pool, media_boxes *boxes, unsigned at, uint32_t max_queued_ms) {
    media_audio *a = calloc(1, sizeof *a);
    if (!a) return NULL;
    a->poke = calloc(1, sizeof *a->poke);
    if (!a->poke || pthread_mutex_init(&a->lock, NULL)) goto fail;
    if (media_ring_init(&a->far, pool) || media_chunkq_init(&a->near, pool)) {
        media_ring_free(&a->far);
        pthread_mutex_destroy(&a->lock);
        goto fail;
    }
    a->poke->type = MEDIA_CMD_POKE;
    a->poke->audio = a;
    a->refs = 1;
    a->pool = media_pool_ref(pool);
    a->boxes = media_boxes_ref(boxes);
    a->at = at;
    a->max_units = (uint64_t)max_queued_ms * 48;
    a->idle = 1; /* until the worker has it on the clock */
    return a;
fail:
    free(a->poke);
    free(a);
    return NULL;
}

void media_audio_ref(media_audio *a) { __atomic_add_fetch(&a->refs, 1, __ATOMIC_RELAXED); }

void media_audio_unref(media_audio *a) {
    if (!a || __atomic_sub_fetch(&a->refs, 1, __ATOMIC_ACQ_REL) != 0) return;
    media_chunk_free(a->pool, a->cur);
    media_ring_free(&a->far);
    media_chunkq_free(&a->near);
    resample_destroy(a->res);
    pthread_mutex_destroy(&a->lock);
    free(a->poke);
    media_boxes_unref(a->boxes);
    media_pool_unref(a->pool);
    free(a);
}

/* ---- app threads ---- */

void media_mailbox_drain(media_mailbox *box) {
    for (media_node *n = media_queue_take(&box->queue); n;) {
        media_cmd *c = SX_CONTAINER(n, media_cmd, node);
        n = n->next;
        if (c->type == MEDIA_CMD_POKE)
            media_audio_unref(c->audio);
        else
            media_cmd_free(c);
    }
}

void media_audio_poke_on(media_audio *a) {
    /* From the push on the reference is the worker's: the boxes are held here. */
    media_boxes *boxes = media_boxes_ref(a->boxes);
    media_mailbox *box = boxes->box[GET(a->at)];
    media_mailbox_push(box, &a->poke->node);
    if (GET(box->closed)) media_mailbox_drain(box); /* the worker has ended meanwhile */
    media_boxes_unref(boxes);
}

/* An idle session is off the worker's clock: tells the worker that there is something to do. */
static void poke(media_audio *a) {
    if (!GET(a->idle) || GET(a->ended) || __atomic_exchange_n(&a->poking, 1, __ATOMIC_SEQ_CST)) return;
    media_audio_ref(a);
    media_audio_poke_on(a);
}

static void rearm(media_audio *a) {
    if (GET(a->watch_readable_ms) || GET(a->watch_writable_ms)) SET(a->armed, 1);
}

static uint64_t queued_units(const media_audio *a) {
    uint64_t out = GET(a->consumed), flushed = GET(a->flushed), in = GET(a->written);
    if (flushed > out) out = flushed;
    return in > out ? in - out : 0;
}

static uint64_t readable_units(const media_audio *a) { return media_ring_units(&a->far) + GET(a->cur_units); }

static bool use_resampler(media_audio *a, uint32_t in, uint32_t out) {
    if (a->res && resample_in_rate(a->res) == in && resample_out_rate(a->res) == out) return true;
    resample_destroy(a->res);
    a->res = NULL;
    return resample_create(&a->res, in, out, 1, RESAMPLE_VOICE) == SX_OK;
}

/* Moves samples of the current chunk out; how many. -1: out of memory. */
static ptrdiff_t read_chunk(media_audio *a, int16_t *pcm, size_t room, uint32_t rate) {
    media_chunk *c = a->cur;
    size_t in = c->n - a->cur_off, out = room;
    if (c->rate == rate) {
        if (in > out) in = out;
        memcpy(pcm, c->pcm + a->cur_off, in * sizeof *pcm);
        out = in;
    } else {
        if (!use_resampler(a, c->rate, rate)) return -1;
        resample_run(a->res, c->pcm + a->cur_off, &in, pcm, &out);
        if (in == 0 && out == 0) in = c->n - a->cur_off; /* cannot be; but never stand still */
    }
    a->cur_off += (uint32_t)in;
    __atomic_store_n(&a->cur_units, media_units(c->n - a->cur_off, c->rate), __ATOMIC_SEQ_CST);
    if (a->cur_off >= c->n) {
        a->cur = NULL;
        media_chunk_free(a->pool, c);
    }
    return (ptrdiff_t)out;
}

int media_audio_read(media_audio *a, int16_t *pcm, size_t samples, uint32_t rate, uint32_t *flags) {
    uint32_t seen = 0;
    if (flags) *flags = 0;
    if (!media_rate_ok(rate))
        return sx_fail(SX_E_INVALID, "%u is no rate for audio: 8000, 16000, 24000 or 48000", rate);
    if (samples > INT32_MAX) samples = INT32_MAX;
    SET(a->reading, 1);
    poke(a);
    pthread_mutex_lock(&a->lock);
    bool ended = GET(a->ended); /* before looking: what was pushed before the end is then there */
    size_t got = 0;
    int err = 0;
    while (got < samples) {
        if (!a->cur) {
            bool gap;
            a->cur = media_ring_pop(&a->far, &gap);
            if (!a->cur) break;
            a->cur_off = 0;
            __atomic_store_n(&a->cur_units, media_units(a->cur->n, a->cur->rate), __ATOMIC_SEQ_CST);
            if (gap) a->cur->flags |= MEDIA_READ_GAP;
        }
        seen |= a->cur->flags;
        a->cur->flags &= (uint8_t)~MEDIA_READ_GAP;
        ptrdiff_t k = read_chunk(a, pcm + got, samples - got, rate);
        if (k < 0) {
            err = SX_E_NOMEM;
            break;
        }
        got += (size_t)k;
    }
    pthread_mutex_unlock(&a->lock);
    rearm(a);
    if (flags) *flags = seen;
    if (got) return (int)got;
    return err ? err : ended && samples ? SX_E_EOF : 0;
}

int media_audio_write(media_audio *a, const int16_t *pcm, size_t samples, uint32_t rate, uint64_t segment) {
    if (!media_rate_ok(rate))
        return sx_fail(SX_E_INVALID, "%u is no rate for audio: 8000, 16000, 24000 or 48000", rate);
    if (samples > INT32_MAX) samples = INT32_MAX;
    pthread_mutex_lock(&a->lock);
    if (GET(a->ended)) {
        pthread_mutex_unlock(&a->lock);
        return SX_E_EOF;
    }
    uint64_t queued = queued_units(a), room = a->max_units > queued ? a->max_units - queued : 0;
    size_t fit = (size_t)(room / media_units(1, rate));
    size_t n = samples < fit ? samples : fit;
    n = media_chunkq_write(&a->near, pcm, n, rate, segment);
    /* After the samples: the worker may take some before they are counted, which queued_units forgives. */
    __atomic_add_fetch(&a->written, media_units(n, rate), __ATOMIC_SEQ_CST);
    pthread_mutex_unlock(&a->lock);
    rearm(a);
    poke(a);
    return (int)n;
}

static int note(media_audio *a, media_chunk_kind kind, uint64_t name) {
    pthread_mutex_lock(&a->lock);
    int err = GET(a->ended) ? SX_E_EOF : media_chunkq_note(&a->near, kind, name);
    if (err == SX_OK && kind == MEDIA_CHUNK_FLUSH) {
        SET(a->flushed, GET(a->written));
        __atomic_add_fetch(&a->flushes, 1, __ATOMIC_SEQ_CST);
    }
    pthread_mutex_unlock(&a->lock);
    if (err == SX_OK) poke(a);
    return err;
}

int media_audio_mark(media_audio *a, uint64_t mark_id) { return note(a, MEDIA_CHUNK_MARK, mark_id); }

int media_audio_flush(media_audio *a, uint64_t flush_id) {
    int err = note(a, MEDIA_CHUNK_FLUSH, flush_id);
    rearm(a);
    return err;
}

uint32_t media_audio_queued_ms(media_audio *a) { return (uint32_t)media_units_ms(queued_units(a)); }
uint32_t media_audio_readable_ms(media_audio *a) { return (uint32_t)media_units_ms(readable_units(a)); }

int media_audio_watch(media_audio *a, uint32_t readable_ms, uint32_t writable_ms) {
    SET(a->watch_readable_ms, readable_ms);
    SET(a->watch_writable_ms, writable_ms);
    SET(a->armed, readable_ms || writable_ms);
    if (readable_ms) SET(a->reading, 1);
    if (readable_ms || writable_ms) poke(a);
    return SX_OK;
}

static void reached(const media_audio *a, uint32_t readable_ms, uint32_t writable_ms, bool *readable, bool *writable) {
    bool ended = GET(a->ended);
    uint64_t queued = queued_units(a);
    *readable = readable_ms && (ended || readable_units(a) >= (uint64_t)readable_ms * 48);
    *writable = writable_ms && (ended || queued + (uint64_t)writable_ms * 48 <= a->max_units || queued == 0);
}

static int wait_state(media_audio *a, uint32_t readable_ms, uint32_t writable_ms) {
    if (GET(a->closed)) return SX_E_CLOSED;
    bool ended = GET(a->ended), r, w;
    if (ended && (writable_ms || readable_units(a) == 0)) return SX_E_EOF;
    reached(a, readable_ms, writable_ms, &r, &w);
    return r || w;
}

int media_audio_wait(media_audio *a, uint32_t readable_ms, uint32_t writable_ms, int timeout_ms) {
    uint64_t end = sx_now_us() + (uint64_t)(timeout_ms > 0 ? timeout_ms : 0) * 1000;
    if (readable_ms) SET(a->reading, 1);
    poke(a);
    for (;;) {
        __atomic_add_fetch(&a->waiters, 1, __ATOMIC_SEQ_CST);
        uint32_t turn = GET(a->turns);
        int state = wait_state(a, readable_ms, writable_ms);
        uint64_t now = sx_now_us();
        if (state == 0 && (timeout_ms < 0 || now < end)) {
            uint64_t us = end - now;
            struct timespec ts = {(time_t)(us / 1000000), (long)(us % 1000000) * 1000};
            if (syscall(SYS_futex, &a->turns, FUTEX_WAIT_PRIVATE, turn, timeout_ms < 0 ? NULL : &ts, NULL, 0) < 0 &&
                errno == EINTR)
                state = SX_E_INTERRUPTED;
        }
        __atomic_sub_fetch(&a->waiters, 1, __ATOMIC_SEQ_CST);
        if (state != 0) return state;
        if (timeout_ms >= 0 && sx_now_us() >= end) return wait_state(a, readable_ms, writable_ms);
    }
}

static void wake_all(media_audio *a) {
    __atomic_add_fetch(&a->turns, 1, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, &a->turns, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

void media_audio_close(media_audio *a) {
    SET(a->closed, 1);
    wake_all(a);
}

/* ---- the worker ---- */

void media_audio_push(media_audio *a, media_chunk *c) {
    /* The reader may hold one chunk in its hands: that is not in the ring. */
    media_ring_push(&a->far, c, MEDIA_RING_SLOTS - 12);
    media_audio_turn(a);
}

void media_audio_turn(media_audio *a) {
    if (GET(a->waiters)) wake_all(a);
}

bool media_audio_ready(media_audio *a, bool *readable, bool *writable) {
    if (!__atomic_load_n(&a->armed, __ATOMIC_ACQUIRE)) return false;
    reached(a, GET(a->watch_readable_ms), GET(a->watch_writable_ms), readable, writable);
    if (!*readable && !*writable) return false;
    return __atomic_exchange_n(&a->armed, 0, __ATOMIC_SEQ_CST) != 0;
}

void media_audio_end(media_audio *a) {
    SET(a->ended, 1);
    wake_all(a);
}
