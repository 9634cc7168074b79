/* A hierarchical timing wheel driven by a caller's clock, in milliseconds. Start and stop cost O(1) whatever the
 * number of timers; nothing here reads a clock, so a test moves time by hand. */
#ifndef SX_TIMER_H
#define SX_TIMER_H

#include <stdbool.h>
#include <stdint.h>

typedef struct sx_timer sx_timer;
typedef void (*sx_timer_fn)(sx_timer *t, uint64_t now_ms);

/* Lives inside its owner (find it with SX_CONTAINER). 32 bytes on 64-bit machines. */
struct sx_timer {
    sx_timer *next;
    sx_timer **link; /* what points at us; NULL while stopped */
    uint64_t at_ms;
    sx_timer_fn fn;
};

typedef struct sx_wheel sx_wheel;

sx_wheel *sx_wheel_create(uint64_t now_ms);
void sx_wheel_destroy(sx_wheel *w); /* running timers are stopped, not fired: they must still exist */

static inline void sx_timer_init(sx_timer *t, sx_timer_fn fn) {
    t->next = 0;
    t->link = 0;
    t->at_ms = 0;
    t->fn = fn;
}
static inline bool sx_timer_running(const sx_timer *t) { return t->link != 0; }
/* (Re)starts t to fire at or after at_ms; a time already past fires at the next advance. */
void sx_timer_start(sx_wheel *w, sx_timer *t, uint64_t at_ms);
void sx_timer_stop(sx_wheel *w, sx_timer *t); /* harmless when stopped */

/* Fires all that is due, in order of time; a timer is stopped before its function runs, which may start and stop any.
 */
void sx_wheel_advance(sx_wheel *w, uint64_t now_ms);
/* `fn` runs after every timer's function (a loop drains its run queue there); NULL: nothing. */
void sx_wheel_after_each(sx_wheel *w, void (*fn)(void *ctx), void *ctx);
/* When the next timer is due (may be earlier than the truth, never later); UINT64_MAX with none. */
uint64_t sx_wheel_next(const sx_wheel *w);

#endif
