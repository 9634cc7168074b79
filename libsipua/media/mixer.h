/* Mixing: what everybody of a set hears of all others. Pure samples; no clock, no sockets, one thread.
 *
 * A turn is 10 ms. It takes 10 ms of each slot, adds them all once in 32 bit, and gives each slot that listens the sum
 * less its own, saturated: nobody hears himself, and the cost grows with the number of slots, not with its square. What
 * is put in at other rates is converted to the mixer's, what comes out to the rate of the listener. */
#ifndef MEDIA_MIXER_H
#define MEDIA_MIXER_H

#include "base/list.h"
#include "media/pipe.h"

enum { MEDIA_MIX_MS = 10, MEDIA_MIX_MAX = 480 /* samples of a turn at 48 kHz */, MEDIA_MIX_WAIT_MS = 60 };

struct media_session;

typedef struct media_mixer {
    unsigned refs; /* atomic: the room's and each slot's */
    uint32_t rate; /* 8000, 16000, 24000 or 48000 */
    unsigned n;    /* samples of a turn */
    sx_list slots;
    sx_list ticking;            /* sessions that are turned with the room */
    struct media_session *room; /* the worker's; NULL once it has ended */
    int32_t sum[MEDIA_MIX_MAX];
    int16_t all[MEDIA_MIX_MAX]; /* of the last turn: everything, saturated */
} media_mixer;

typedef struct media_slot {
    sx_list node;
    media_mixer *mixer;
    struct media_session *session; /* whose it is; NULL: a file's, or the program's */
    media_pipe in;                 /* at the mixer's rate */
    media_pipe out;                /* at the listener's */
    uint32_t out_rate;             /* 0: does not listen */
    uint32_t out_ms;               /* more than this is not kept for him */
    bool spoke;                    /* in this turn */
    int16_t own[MEDIA_MIX_MAX];    /* of this turn */
} media_slot;

media_mixer *media_mixer_create(uint32_t rate); /* refs 1. NULL: no memory */
void media_mixer_unref(media_mixer *m);         /* NULL is fine */
/* A place at the table, with a reference to it; not in the mix yet. NULL: no memory. */
media_slot *media_slot_create(media_mixer *m);
void media_slot_enter(media_slot *s); /* from now on it is mixed */
void media_slot_destroy(media_slot *s);
/* What he says next. */
void media_slot_put(media_slot *s, const int16_t *pcm, uint32_t n, uint32_t rate);
/* What he hears next: n samples at `rate`; how many of them are real. It begins with the first call. ms: how much is
 * asked for at a time. */
uint32_t media_slot_get(media_slot *s, int16_t *out, uint32_t n, uint32_t rate, uint32_t ms);
/* 10 ms pass. */
void media_mixer_turn(media_mixer *m);

static inline int16_t media_saturate(int32_t v) { return (int16_t)(v > 32767 ? 32767 : v < -32768 ? -32768 : v); }

#endif
