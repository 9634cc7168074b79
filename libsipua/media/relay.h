/* Packets of one session that go out by another untouched: only their numbers change. Pure; one direction.
 *
 * What leaves has one SSRC, and sequence numbers and timestamps that go on from whatever was sent before. Inside one
 * stream of the sender the distances stay as they are, so that the far end sees losses and late packets as they
 * happened; a new SSRC, a restart or a jump of the timestamps joins on where the last packet ended. */
#ifndef MEDIA_RELAY_H
#define MEDIA_RELAY_H

#include "media/rtp.h"

/* The numbers of the stream that is sent: the next packet's, and the moment that ts belongs to. */
typedef struct relay_clock {
    uint16_t seq;
    uint32_t ts;
    uint64_t due_us;
} relay_clock;

typedef struct relay {
    bool begun;
    uint32_t ssrc;     /* of the source */
    uint16_t seq_off;  /* added to its sequence numbers */
    uint32_t ts_off;   /* and timestamps */
    uint16_t first_in; /* older ones are not passed: their numbers are taken */
    uint16_t last_in;  /* newest */
    uint16_t next_out; /* the clock's seq after our last packet: another one means that somebody else sent */
    bool has_audio;
    uint32_t audio_ts; /* of the newest audio, and when it came */
    uint64_t audio_us;
    uint64_t joins; /* how often it began anew */
} relay;

typedef struct relay_in {
    uint16_t seq;
    uint32_t ts, ssrc;
    bool marker;
    bool audio;        /* else telephone-event or comfort noise: its timestamp says nothing about the clock */
    uint32_t rate;     /* RTP clock, Hz */
    uint32_t duration; /* of audio: in units of it */
    uint64_t at_us;
} relay_in;

typedef struct relay_out {
    uint16_t seq;
    uint32_t ts;
    bool marker;
} relay_out;

static inline void relay_reset(relay *r) { r->begun = false; }
/* A packet that passes: its new numbers, and the clock moves on. False: it is older than where we joined. */
bool relay_pass(relay *r, const relay_in *in, relay_clock *clock, relay_out *out);
/* A packet that does not pass: the next one leaves no gap. */
void relay_leave_out(relay *r, uint16_t seq, uint32_t ssrc);

#endif
