/* The jitter buffer: packets and `now` in, decisions about frames out. Pure; no clock, one thread at a time.
 *
 * All positions are "media time": microseconds of audio since the first packet, made from RTP timestamps. A new SSRC, a
 * restarted sequence or a timestamp that jumped against the arrival time begins a new epoch whose first packet simply
 * follows the present timeline: what is buffered still plays, and the new audio waits its normal depth. So no delta
 * from the network is ever walked or waited for.
 *
 * A packet is due at: base + media time + depth, where base is the least transit of late seconds (it follows the drift
 * of the two clocks) and depth adapts to the spread of transits above it (99 of 100 in time; a late packet raises it at
 * once). When nothing is there in its turn the media time stands still: late audio is played late, not lost, and the
 * delay that it leaves is taken out again by the owner in quiet frames (jitter_excess_us). */
#ifndef MEDIA_JITTER_H
#define MEDIA_JITTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    JITTER_BINS = 128, /* of JITTER_BIN_US: transits above the least one */
    JITTER_BIN_US = 8000,
    JITTER_MAX_NODES = 256,
    JITTER_TOLERANCE_US = 5000 /* half a tick: the owner asks on a 10 ms grid */
};

typedef struct jitter_node jitter_node;

typedef struct jitter {
    int64_t min_us, max_us;
    bool started;
    bool playing; /* else waiting for the head to be due */
    /* the present epoch */
    uint32_t ssrc, rate;
    uint32_t last_ts;
    uint16_t last_seq;
    int64_t ext_seq; /* of the newest packet */
    int64_t media;   /* media time of last_ts */
    int64_t last_arrival;
    uint32_t epoch;
    /* timeline */
    int64_t play;         /* media time of the next sample to be played */
    int64_t played_order; /* order of the last packet taken out */
    bool has_base;
    int64_t base[2]; /* least transits: of the running window, of the one before */
    int64_t window_end;
    int64_t target_us;
    int64_t peak_us; /* a late packet's, fading */
    int64_t peak_at;
    float weight; /* of the next entry: grows instead of all others shrinking */
    float sum;
    unsigned until_scan;
    jitter_node *head, *tail; /* by order */
    jitter_node *spare;
    unsigned count, spares;
    uint64_t late, duplicate, dropped, epochs;
    float bins[JITTER_BINS];
} jitter;

typedef struct jitter_packet {
    uint32_t ssrc;
    uint32_t ts;
    uint32_t rate; /* RTP clock of the payload type, Hz; not 0 */
    uint16_t seq;
    uint8_t pt;
    bool skip;            /* no audio (telephone-event, comfort noise): only holds its place in the sequence */
    uint32_t duration_us; /* of the audio in it, as far as known; 0: unknown */
    const uint8_t *payload;
    size_t n; /* at most 2048 */
} jitter_packet;

typedef enum jitter_put_result {
    JITTER_QUEUED,
    JITTER_LATE, /* its turn has passed */
    JITTER_DUPLICATE,
    JITTER_NOMEM
} jitter_put_result;

typedef enum jitter_decision {
    JITTER_NONE,   /* nothing is due: conceal a little, then silence */
    JITTER_PACKET, /* decode this */
    JITTER_LOST    /* conceal lost_us; or recover it from the next packet, if fec */
} jitter_decision;

typedef struct jitter_frame {
    uint8_t pt;
    const uint8_t *payload; /* valid until the next call; with JITTER_LOST and fec: of the packet that follows */
    size_t n;
    uint32_t lost_us; /* PACKET: its duration_us */
    bool fec;         /* the loss ends where the packet here begins, and is as long as one packet */
    bool fresh;       /* first packet of an epoch: the decoder starts anew */
} jitter_frame;

void jitter_init(jitter *j, uint32_t min_ms, uint32_t max_ms);
void jitter_free(jitter *j);
/* Drops what is buffered and all that was learnt. */
void jitter_reset(jitter *j);
jitter_put_result jitter_put(jitter *j, const jitter_packet *p, uint64_t arrival_us);
/* now: of the sample that would be heard next; that is, present time plus what the owner has decoded and not yet played
 * (ahead_us). A decision moves the media time on: LOST by lost_us, PACKET by its duration_us, see jitter_played. */
jitter_decision jitter_get(jitter *j, uint64_t now_us, uint32_t ahead_us, jitter_frame *out);
/* A packet decoded to another length than put told. */
void jitter_played(jitter *j, int32_t more_us);
/* How much deeper the buffer is than it wants to be (negative: shallower), given what is decoded ahead; 0 while
 * waiting. */
int64_t jitter_excess_us(const jitter *j, uint64_t now_us, uint32_t ahead_us);
/* When a packet that arrived at arrival_us without delay would be due: for choosing a phase. */
static inline uint64_t jitter_due_us(const jitter *j, uint64_t arrival_us) {
    return arrival_us + (uint64_t)j->target_us;
}
static inline uint32_t jitter_depth_ms(const jitter *j) { return (uint32_t)(j->target_us / 1000); }

#endif
