/* What the client and the server transaction machines share: their times and their state. Pure. */
#ifndef STACK_TRANSACTION_H
#define STACK_TRANSACTION_H

#include <stdbool.h>
#include <stdint.h>

typedef struct tx_timing { /* milliseconds */
    uint32_t t1;
    uint32_t t2;
    uint32_t t4;
    uint32_t timeout; /* 64*T1: timers B, F, H, J, L, M */
} tx_timing;

typedef struct tx_machine {
    uint64_t retry_at; /* timers A, E, G, and the 200 ms before a 100; 0: stopped */
    uint64_t end_at;   /* timers B, D, F, H to M; 0: stopped */
    uint32_t interval;
    uint8_t state;
    bool invite;
    bool reliable;
} tx_machine;

static inline void tx_machine_init(tx_machine *m, int state, bool invite, bool reliable) {
    m->retry_at = 0;
    m->end_at = 0;
    m->interval = 0;
    m->state = (uint8_t)state;
    m->invite = invite;
    m->reliable = reliable;
}

/* When it wants to be told that time has passed; 0: never. */
static inline uint64_t tx_machine_due(const tx_machine *m) {
    if (!m->retry_at) return m->end_at;
    if (!m->end_at) return m->retry_at;
    return m->retry_at < m->end_at ? m->retry_at : m->end_at;
}

/* Enters a state that absorbs what is repeated for `ms`. False: with 0 it is over at once. */
static inline bool tx_machine_linger(tx_machine *m, int state, uint64_t now_ms, uint32_t ms) {
    m->retry_at = 0;
    if (!ms) return false;
    m->state = (uint8_t)state;
    m->end_at = now_ms + ms;
    return true;
}

#endif
