/* Telephone events (RFC 4733): the payload, a machine that sends digits, a machine that receives them. Plain structs,
 * no sockets, no clock of their own, no allocation; one thread at a time. */
#ifndef CODEC_DTMF_H
#define CODEC_DTMF_H

#include "base/slice.h"

enum {
    DTMF_PAYLOAD = 4, /* bytes of one event block */
    DTMF_FLASH = 16,  /* event code, written '!' as a digit */
    DTMF_MIN_MS = 40, /* a digit sounds at least */
    DTMF_DEFAULT_MS = 100,
    DTMF_MAX_MS = 6000,
    DTMF_GAP_MS = 50,     /* least silence between digits */
    DTMF_QUEUE = 64,      /* digits that wait in a sender */
    DTMF_TIMEOUT_MS = 200 /* no packet for so long: the digit has ended, its END was lost */
};

typedef struct dtmf_event {
    uint8_t event; /* 0..15: 0-9 * # A-D; 16: flash */
    bool end;
    uint8_t volume;    /* 0..63, -dBm0 */
    uint16_t duration; /* in units of the clock rate */
} dtmf_event;

/* Reads the first block of a payload (later ones repeat older events). False: too short, or not an event 0..16. */
bool dtmf_read(const uint8_t *p, size_t n, dtmf_event *out);
void dtmf_write(const dtmf_event *e, uint8_t out[DTMF_PAYLOAD]);
int dtmf_code(char digit); /* "0-9*#A-Da-d!" -> 0..16, else -1 */
char dtmf_char(int code);  /* 0..16 -> digit, else 0 */

/* ---- sending ---- */

typedef struct dtmf_digit {
    uint8_t event;
    uint16_t duration_ms, gap_ms;
} dtmf_digit;

typedef struct dtmf_sender {
    uint32_t rate; /* RTP clock of the event's payload type, Hz */
    uint8_t volume;
    uint8_t state;       /* private from here */
    uint8_t ends;        /* END packets sent */
    uint8_t head, count; /* of the queue */
    bool marker;         /* the next packet is the digit's first */
    bool sounding;
    uint8_t event;
    uint32_t started; /* RTP timestamp of the current segment */
    uint32_t segment; /* units of the current segment */
    uint64_t total;   /* units of the digit that are still to sound */
    uint64_t gap;     /* units of silence that are still due */
    uint32_t gap_ms;
    dtmf_digit queue[DTMF_QUEUE];
} dtmf_sender;

/* One packet to send now. The caller numbers it: every packet, the repeated END too, takes a new sequence number. */
typedef struct dtmf_packet {
    uint8_t payload[DTMF_PAYLOAD];
    uint32_t timestamp; /* of the start of the event (or of its segment) */
    bool marker;
    bool ended; /* first END of this digit: it has now been sent (for the app) */
    char digit;
} dtmf_packet;

void dtmf_sender_init(dtmf_sender *s, uint32_t clock_rate);
/* Queues digits; "," waits 500 ms. duration_ms 0: default; clamped to 40..6000; gap_ms: at least 50.
 * All or nothing: SX_E_INVALID: a character that is none; SX_E_FULL: no room. Returns SX_OK. */
int dtmf_sender_add(dtmf_sender *s, sx_slice digits, unsigned duration_ms, unsigned gap_ms);
/* Call once per packet time while dtmf_sender_busy: `timestamp` is that of the audio packet due now, `units` its length
 * (clock_rate * ptime / 1000). True: *out is to be sent. dtmf_sender_sounding tells whether it replaces the audio of
 * this packet time. The duration grows with every call; the END is sent three times, one per call (a burst would be
 * lost as one); a digit longer than 65535 units continues in segments (RFC 4733, section 2.5.1.3). */
bool dtmf_sender_step(dtmf_sender *s, uint32_t timestamp, uint32_t units, dtmf_packet *out);
bool dtmf_sender_busy(const dtmf_sender *s);     /* something is sounding, in its gap, or waiting */
bool dtmf_sender_sounding(const dtmf_sender *s); /* as of the last step: audio is to be left out */
void dtmf_sender_clear(dtmf_sender *s);          /* drops what waits; a sounding digit ends with its END packets */

/* ---- receiving ---- */

typedef struct dtmf_seen {
    uint32_t ssrc, timestamp;
    uint8_t event;
    bool used;
} dtmf_seen;

typedef struct dtmf_receiver {
    bool active; /* private: a digit is sounding */
    uint8_t next_seen;
    uint8_t event;
    uint32_t ssrc, timestamp, rate;
    uint32_t duration; /* of the current segment, units */
    uint64_t earlier;  /* units of earlier segments */
    uint64_t last_ms;  /* when its last packet came */
    dtmf_seen seen[8]; /* digits already reported, or segments of them */
} dtmf_receiver;

/* A digit that was received, reported once, when it ended. */
typedef struct dtmf_digit_event {
    char digit; /* 0-9 * # A-D ! */
    uint32_t duration_ms;
    bool end_lost; /* no END came: found by time, or by the next digit */
} dtmf_digit_event;

void dtmf_receiver_init(dtmf_receiver *r, uint32_t clock_rate);
/* One RTP packet of a telephone-event payload type. Returns 0..2 digits in out (two: the one before, whose END was
 * lost, and this one). Repeated, late and reordered packets of a reported digit give nothing. */
unsigned dtmf_receiver_packet(dtmf_receiver *r, uint32_t ssrc, uint32_t timestamp, const uint8_t *payload, size_t n,
                              uint64_t now_ms, dtmf_digit_event out[2]);
/* The passing of time: ends a digit that fell silent. Call every packet time or so while `active`. */
unsigned dtmf_receiver_time(dtmf_receiver *r, uint64_t now_ms, dtmf_digit_event out[1]);
/* The stream ends or changes: a sounding digit is reported now. */
unsigned dtmf_receiver_finish(dtmf_receiver *r, dtmf_digit_event out[1]);

#endif
