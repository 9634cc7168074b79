/* The sending half of a session: what the app writes and what a file plays, mixed, encoded, numbered and given to the
 * transport; digits; the RTP clock that never stops. Lives on the worker. */
#ifndef MEDIA_STREAM_H
#define MEDIA_STREAM_H

#include "codec/dtmf.h"
#include "codec/resample.h"
#include "media/audio.h"
#include "media/command.h"
#include "media/file.h"
#include "media/mixer.h"
#include "media/transport.h"

/* ---- a source of samples: a queue and the rate conversion behind it ---- */

typedef struct media_source {
    media_chunkq *q;
    resample *res;
    uint32_t tail;   /* input samples of silence that still drain the resampler */
    uint64_t taken;  /* units of 1/48000 s since the beginning, discarded ones included */
    uint64_t played; /* the same without discarded ones */
    bool in_segment;
    uint64_t segment;       /* the one that played last */
    uint64_t segment_units; /* of it: played */
    bool dropped_any;       /* the last flush dropped audio, */
    uint64_t dropped_name;  /* first of this segment */
} media_source;

/* Called for each mark or flush in its turn. */
typedef void (*media_note_fn)(void *ctx, const media_chunk *note);

void media_source_free(media_source *s);
/* Up to n samples at `rate` into out; how many are real (the rest of the n is silence). */
size_t media_source_read(media_source *s, int16_t *out, size_t n, uint32_t rate, media_note_fn note, void *ctx);
/* Handles marks and flushes that have no audio before them. */
void media_source_notes(media_source *s, media_note_fn note, void *ctx);
/* Drops everything up to and including the next flush; marks on the way are given to `note`, then the flush itself
 * (NULL if there was none: everything is gone). Returns the units dropped, which are in `taken` already. */
uint64_t media_source_flush(media_source *s, media_note_fn note, void *ctx, const media_chunk **flush);

/* What a session or room keeps of a file that plays; part of the media_player. */
typedef struct media_playing {
    media_player *next;
    media_source file;
    media_slot *slot; /* in a room; else NULL */
} media_playing;
media_playing *media_player_playing(media_player *p);

/* ---- the stream ---- */

typedef struct media_stream {
    uint64_t due_us; /* tick at which the next packet goes out; the moment `ts` belongs to */
    uint32_t ssrc;
    uint32_t ts; /* of the next packet */
    uint16_t seq;
    bool send; /* as configured */
    bool dtmf_ready;
    bool marker;     /* the next audio packet begins a talkspurt */
    bool silent;     /* the last audio packet carried nothing of the app's */
    bool short_once; /* the next audio packet takes 10 ms only: sending moves to the other tick without a gap */
    bool sent_any;
    uint32_t ptime_ms;
    uint32_t pcm_cap; /* samples of one packet */
    int16_t *pcm;     /* one packet's worth at the encoder's rate, and one more to mix */
    codec *encoder;
    media_digits *digits;    /* oldest first */
    uint64_t packets, bytes; /* sent */
    uint64_t last_sent_us;
    uint32_t last_ts; /* of the last packet sent, and when: for sender reports */
    int event_pt;
    uint64_t dry_units; /* silence sent since the app's audio ran dry */
    uint64_t underrun_units;
    media_payload sending;
    dtmf_sender dtmf; /* large, and rarely looked at */
} media_stream;

/* One packet, ready to go. */
typedef struct media_out {
    uint8_t p[RTP_HEADER + CODEC_MAX_PAYLOAD];
    size_t n; /* 0: nothing to send */
} media_out;

int media_stream_init(media_stream *s); /* random SSRC, sequence number and timestamp */
void media_stream_free(media_stream *s);
/* A new configuration; the encoder is kept if the codec is the same. */
void media_stream_configure(media_stream *s, const media_stream_config *c);
/* Moves the clock on to now_us without sending: after a hold, or a stall. */
void media_stream_skip(media_stream *s, uint64_t now_us);
/* The samples that one packet takes now, at s->sending.codec.encode_rate; 0: nothing is configured to be sent. Makes
 * the encoder and s->pcm on first use. SX_E_NOMEM. */
int media_stream_frame(media_stream *s);
/* Encodes s->pcm (n as media_stream_frame said), numbers it, moves the clock on by its time. `real`: there is app or
 * file audio in it. */
void media_stream_audio(media_stream *s, uint32_t n, bool real, media_out *out);
/* Is a digit sounding, or waiting? Then media_stream_digit is to be asked first, once per packet time. */
static inline bool media_stream_has_digits(const media_stream *s) {
    return s->digits != NULL || (s->dtmf_ready && dtmf_sender_busy(&s->dtmf));
}
/* True: the digit takes this packet time (out may be empty all the same) and the clock has moved on; false: audio goes
 * as usual. *done: the tag of an order all of whose digits are out, if *is_done. */
bool media_stream_digit(media_stream *s, media_out *out, uint64_t *done, bool *is_done);

#endif
