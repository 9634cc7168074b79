/* The receiving half of a session towards one remote: who is believed, the jitter buffer, decoders, digits. Lives on
 * the worker; no sockets of its own. */
#ifndef MEDIA_LEG_H
#define MEDIA_LEG_H

#include "codec/dtmf.h"
#include "media/jitter.h"
#include "media/latch.h"
#include "media/media.h"
#include "media/pool.h"
#include "media/rtp.h"

/* A packet that has been accepted, before it is queued: once each, in the order of arrival. audio NULL and event_rate 0:
 * comfort noise. */
typedef void (*media_tap_fn)(void *ctx, const rtp_packet *p, const media_payload *audio, uint32_t event_rate,
                             uint64_t arrived_us);

typedef struct media_leg {
    latch latch;
    media_receivable *pending; /* of an offer of ours; malloc'd */
    bool receive, has_source, has_rival, dtmf_ready;
    bool bypass; /* nobody wants PCM: packets are not queued, and count as decoded */
    uint8_t decoder_pt;
    uint32_t rival;            /* another SSRC that may be taking over */
    uint64_t heard_us;         /* last packet of the source */
    uint32_t pcm_rate;         /* of the decoder; 8000 before there is one */
    uint32_t fifo_cap, fifo_n; /* samples */
    uint32_t concealing_ms;    /* since the last good audio */
    uint32_t loudness;         /* mean magnitude of late speech, x16 */
    int16_t *fifo;             /* decoded, not yet played */
    codec *decoder;
    const codec_info *decoder_info;
    const codec_info *heard_codec;
    uint64_t decoded_us; /* when audio was last decoded, or comfort noise came */
    media_tap_fn tap;    /* NULL: none */
    void *tap_ctx;
    uint64_t packets, bytes, frames, concealed;
    rtp_source source;
    jitter jitter;
    media_receivable accept;
    dtmf_receiver dtmf;
    uint64_t lost_before; /* of sources that went */
    uint64_t reordered, duplicates, invalid, unknown;
} media_leg;

typedef enum media_leg_result {
    LEG_IGNORED,
    LEG_TAKEN,  /* audio or another packet of the remote */
    LEG_LATCHED /* the same, and the address to send to is now leg->latch.remote */
} media_leg_result;

typedef struct media_leg_digits {
    unsigned n;
    dtmf_digit_event digit[3];
} media_leg_digits;

void media_leg_init(media_leg *l, uint32_t jitter_min_ms, uint32_t jitter_max_ms);
void media_leg_free(media_leg *l);
/* One datagram on the RTP socket. Adds digits that ended to *d. */
media_leg_result media_leg_packet(media_leg *l, const uint8_t *p, size_t n, const net_addr *from, uint64_t arrived_us,
                                  uint64_t now_us, media_leg_digits *d);
/* The passing of time for digits whose END was lost. */
void media_leg_time(media_leg *l, uint64_t now_us, media_leg_digits *d);
/* The next `ms` (10 or 20) of what is heard, at l->pcm_rate, into pcm (room for 20 ms at 48 kHz). Returns MEDIA_READ_*.
 */
uint32_t media_leg_play(media_leg *l, int16_t *pcm, uint32_t ms, uint64_t now_us);
/* From now on with or without PCM. */
void media_leg_set_bypass(media_leg *l, bool bypass);
/* A pause of receiving, or its end: nothing of before is played after. */
void media_leg_restart(media_leg *l, uint64_t now_us);

#endif
