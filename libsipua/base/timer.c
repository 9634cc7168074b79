/* Eleven levels of 64 slots: level L holds the timers whose time first differs from now in the L-th group of six bits.
 * So any 64-bit deadline has a place, and a timer moves at most once per level on its way down. */
#include "base/timer.h"

#include <stddef.h>
#include <stdlib.h>

#define BITS 6
#define SLOTS 64
#define LEVELS 11

struct sx_wheel {
    uint64_t now; /* everything due up to here has been fired */
    uint64_t used[LEVELS];
    sx_timer *slots[LEVELS][SLOTS]; /* newest first */
    sx_timer *past;                 /* started when already due; newest first */
    sx_timer *due;                  /* being fired, oldest first */
    bool advancing;
    void (*after)(void *ctx);
    void *after_ctx;
};

sx_wheel *sx_wheel_create(uint64_t now_ms) {
    sx_wheel *w = calloc(1, sizeof *w);
    if (w) w->now = now_ms;
    return w;
}

static void forget(sx_timer *t) {
    while (t) {
        sx_timer *next = t->next;
        t->next = NULL;
        t->link = NULL;
        t = next;
    }
}

void sx_wheel_destroy(sx_wheel *w) {
    if (!w) return;
    for (int l = 0; l < LEVELS; l++)
        for (int s = 0; s < SLOTS; s++) forget(w->slots[l][s]);
    forget(w->past);
    forget(w->due);
    free(w);
}

static void push(sx_timer **head, sx_timer *t) {
    t->next = *head;
    if (t->next) t->next->link = &t->next;
    t->link = head;
    *head = t;
}

static void insert(sx_wheel *w, sx_timer *t) {
    if (t->at_ms <= w->now) {
        push(&w->past, t);
        return;
    }
    int level = (63 - __builtin_clzll(t->at_ms ^ w->now)) / BITS;
    int slot = (int)(t->at_ms >> (BITS * level)) & (SLOTS - 1);
    push(&w->slots[level][slot], t);
    w->used[level] |= (uint64_t)1 << slot;
}

void sx_timer_stop(sx_wheel *w, sx_timer *t) {
    sx_timer **link = t->link;
    if (!link) return;
    *link = t->next;
    if (t->next) t->next->link = link;
    t->next = NULL;
    t->link = NULL;
    if (*link) return;
    uintptr_t first = (uintptr_t)&w->slots[0][0], at = (uintptr_t)link;
    if (at >= first && at < first + sizeof w->slots) {
        size_t i = (at - first) / sizeof(sx_timer *);
        w->used[i / SLOTS] &= ~((uint64_t)1 << (i % SLOTS));
    }
}

void sx_timer_start(sx_wheel *w, sx_timer *t, uint64_t at_ms) {
    sx_timer_stop(w, t);
    t->at_ms = at_ms;
    insert(w, t);
}

/* Takes the list off its head and turns it round: oldest first. */
static sx_timer *take_reversed(sx_timer **head) {
    sx_timer *in = *head, *out = NULL;
    *head = NULL;
    while (in) {
        sx_timer *next = in->next;
        in->next = out;
        out = in;
        in = next;
    }
    return out;
}

static sx_timer *merge(sx_timer *a, sx_timer *b) {
    sx_timer *out = NULL, **tail = &out;
    while (a && b) {
        sx_timer **from = b->at_ms < a->at_ms ? &b : &a;
        *tail = *from;
        tail = &(*from)->next;
        *from = (*from)->next;
    }
    *tail = a ? a : b;
    return out;
}

/* Stable merge sort by time; `runs` holds sorted lists of 2^i timers. */
static sx_timer *sort(sx_timer *in) {
    sx_timer *runs[64] = {0};
    int top = 0;
    while (in) {
        sx_timer *one = in;
        in = in->next;
        one->next = NULL;
        int i = 0;
        for (; runs[i]; i++) {
            one = merge(runs[i], one);
            runs[i] = NULL;
        }
        runs[i] = one;
        if (i > top) top = i;
    }
    sx_timer *out = NULL;
    for (int i = 0; i <= top; i++) out = merge(runs[i], out);
    return out;
}

static void fire(sx_wheel *w, sx_timer *list, uint64_t now_ms) {
    w->due = list;
    sx_timer **link = &w->due;
    for (sx_timer *t = list; t; t = t->next) {
        t->link = link;
        link = &t->next;
    }
    while (w->due) {
        sx_timer *t = w->due;
        sx_timer_stop(w, t);
        t->fn(t, now_ms);
        if (w->after) w->after(w->after_ctx);
    }
}

/* The earliest slot in use; false when the wheel is empty. Lower levels hold earlier times. */
static bool earliest(const sx_wheel *w, int *level, int *slot, uint64_t *start) {
    for (int l = 0; l < LEVELS; l++) {
        if (!w->used[l]) continue;
        int s = __builtin_ctzll(w->used[l]);
        int above = BITS * (l + 1);
        uint64_t high = above >= 64 ? 0 : w->now >> above << above;
        *level = l;
        *slot = s;
        *start = high | (uint64_t)s << (BITS * l);
        return true;
    }
    return false;
}

void sx_wheel_advance(sx_wheel *w, uint64_t now_ms) {
    int level, slot;
    uint64_t start;
    if (w->advancing) return;
    w->advancing = true;
    if (w->past) fire(w, sort(take_reversed(&w->past)), now_ms);
    while (earliest(w, &level, &slot, &start) && start <= now_ms) {
        w->now = start;
        w->used[level] &= ~((uint64_t)1 << slot);
        sx_timer *in = take_reversed(&w->slots[level][slot]);
        sx_timer *due = NULL, **tail = &due;
        while (in) {
            sx_timer *t = in;
            in = in->next;
            if (t->at_ms <= start) {
                *tail = t;
                tail = &t->next;
            } else {
                insert(w, t);
            }
        }
        *tail = NULL;
        if (due) fire(w, due, now_ms);
    }
    if (now_ms > w->now) w->now = now_ms;
    w->advancing = false;
}

void sx_wheel_after_each(sx_wheel *w, void (*fn)(void *ctx), void *ctx) {
    w->after = fn;
    w->after_ctx = ctx;
}

uint64_t sx_wheel_next(const sx_wheel *w) {
    int level, slot;
    uint64_t start;
    if (w->past || w->due) return w->now;
    return earliest(w, &level, &slot, &start) ? start : UINT64_MAX;
}
