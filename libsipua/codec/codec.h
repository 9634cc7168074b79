/* Audio codecs behind one interface: a table of descriptors, and instances that encode and decode whole frames.
 *
 * PCM is signed 16 bit in host order, interleaved where there are two channels. "Samples" counts per channel. An
 * instance belongs to one thread at a time; the tables are constant and free for all. Encoder and decoder state are
 * made on first use, so that the first codec_encode and the first codec_decode may fail with SX_E_NOMEM (the instance
 * is then as it was); after that nothing allocates. */
#ifndef CODEC_CODEC_H
#define CODEC_CODEC_H

#include "base/slice.h"

typedef enum codec_id { CODEC_NONE = 0, CODEC_PCMU, CODEC_PCMA, CODEC_OPUS } codec_id;

enum {
    CODEC_MAX_PAYLOAD = 1500, /* bytes; codec_encode never needs a larger buffer for packets up to 120 ms */
    CODEC_MAX_MS = 120,       /* the longest packet that is encoded or decoded */
    CODEC_MAX_SAMPLES = 5760, /* per channel: 120 ms at 48 kHz */
    CODEC_FMTP_MAX = 160,     /* bytes with the NUL */
    CODEC_OPUS_COMPLEXITY = 5 /* default, 0..10: fit for servers with many calls */
};

typedef struct codec_ops codec_ops;

/* One codec that this library has. Constant; compare by pointer or id. */
typedef struct codec_info {
    codec_id id;
    const char *name;    /* as in the rtpmap: "PCMU", "PCMA", "opus" */
    uint32_t clock_rate; /* of the RTP timestamp, Hz */
    uint8_t channels;    /* as in the rtpmap (opus: always 2, RFC 7587, section 7) */
    int8_t static_pt;    /* RFC 3551, or -1 */
    uint32_t pcm_rate;   /* native rate of PCM, Hz; 0: any of 8000, 12000, 16000, 24000, 48000 */
    const char *fmtp;    /* what we say in SDP by default; "" for none */
    bool fec;            /* a packet may carry a copy of the one before it */
    const codec_ops *ops;
} codec_info;

/* All codecs in the default order of preference (opus, PCMU, PCMA); NULL past the end. */
const codec_info *codec_at(size_t i);
const codec_info *codec_by_id(codec_id id);
/* By rtpmap name without case; rate or channels 0 match any. NULL: we do not have it. */
const codec_info *codec_find(sx_slice name, uint32_t clock_rate, unsigned channels);
/* The rate at which this codec gives and takes PCM when the app works at `wanted` Hz: its native rate; opus: the
 * smallest of its rates that is not below, else 48000. */
uint32_t codec_pcm_rate(const codec_info *info, uint32_t wanted);

/* ---- the setting `codecs` ---- */

/* One entry: "opus", "pcmu/8000", "opus/48000/2;maxaveragebitrate=24000;usedtx=1;complexity=3". */
typedef struct codec_choice {
    const codec_info *info;
    char fmtp[CODEC_FMTP_MAX]; /* for SDP: the entry's parameters, then the codec's defaults that it does not name; our
                                  own key `complexity` is taken out */
    int complexity;            /* opus 0..10, -1: default */
} codec_choice;

/* Reads one entry. SX_E_NOT_FOUND: a codec that we do not have; SX_E_FORMAT: not this grammar. Detail by sx_fail. */
int codec_choice_parse(sx_slice text, codec_choice *out);
/* Reads a list separated by commas, blanks allowed around entries; a codec named twice counts once. Returns how many.
 * SX_E_LIMIT: more than cap; SX_E_FORMAT: an empty list or entry; and as above. */
int codec_list_parse(sx_slice text, codec_choice *out, size_t cap);

/* ---- instances ---- */

/* What an instance is made from. A plain value to be copied to the media thread. */
typedef struct codec_config {
    const codec_info *info;
    uint32_t encode_rate; /* Hz of the PCM given to codec_encode; see codec_pcm_rate */
    uint32_t decode_rate; /* Hz of the PCM that codec_decode gives */
    uint8_t pcm_channels; /* 1, or 2 for opus with both sides saying stereo=1 if the caller wants it */
    /* opus only */
    uint8_t complexity;   /* 0..10 */
    bool fec;             /* put in-band FEC into what we send (the peer said useinbandfec=1) */
    bool dtx;             /* send next to nothing in silence (the peer said usedtx=1) */
    bool cbr;             /* constant bit rate (the peer said cbr=1) */
    uint32_t bitrate;     /* bit/s, 6000..510000; 0: libopus decides from rate and channels */
    uint32_t max_rate;    /* the highest sampling rate worth encoding (the peer's maxplaybackrate), 8000..48000 */
    uint8_t loss_percent; /* expected loss, steers FEC; see codec_set_loss */
} codec_config;

/* Fills a configuration from what SDP agreed: our fmtp (rx_fmtp) and the peer's (tx_fmtp). What the peer wants to
 * receive decides what we send (RFC 7587, section 6.1); our own maxaveragebitrate caps it too. wanted_rate: the rate
 * the app works at, Hz. Values out of range are clamped, unknown keys ignored. complexity: -1 default. */
void codec_config_init(codec_config *c, const codec_info *info, sx_slice our_fmtp, sx_slice peer_fmtp,
                       uint32_t wanted_rate, int complexity);

typedef struct codec codec;

/* SX_E_INVALID: a rate or channel number that the codec does not have; SX_E_NOMEM. */
int codec_create(codec **out, const codec_config *cfg);
void codec_destroy(codec *c); /* NULL is fine */
const codec_config *codec_get_config(const codec *c);

/* Encodes one packet of `samples` (per channel, at encode_rate). G.711: any length up to 120 ms. Opus: 2.5, 5, 10, 20,
 * 40, 60, 80, 100 or 120 ms. Returns bytes written; 0: nothing needs to be sent (DTX; the timestamp runs on all the
 * same); SX_E_INVALID: a length that the codec does not have; SX_E_FULL: cap too small (CODEC_MAX_PAYLOAD is enough).
 */
int codec_encode(codec *c, const int16_t *pcm, size_t samples, uint8_t *out, size_t cap);
/* The nearest packet length, in ms, that codec_encode takes for a wished ptime: opus 30 -> 20, 50 -> 40. */
unsigned codec_ptime(const codec_info *info, unsigned wished_ms);

/* Decodes one payload. Returns samples per channel. SX_E_FORMAT: not a payload of this codec (the decoder is unharmed:
 * conceal instead); SX_E_FULL: cap (samples per channel) is too small, CODEC_MAX_SAMPLES is always enough. */
int codec_decode(codec *c, const uint8_t *payload, size_t n, int16_t *pcm, size_t cap);
/* Makes up `samples` that were lost (up to 120 ms): always fills them all; fades to silence when repeated.
 * Returns samples, or SX_E_NOMEM, SX_E_INVALID. Opus wants multiples of 2.5 ms; other lengths are padded with fade. */
int codec_conceal(codec *c, int16_t *pcm, size_t samples);
/* Recovers the `samples` lost right before `next` from the FEC in it. 0: there is none (conceal instead). The decoder
 * then expects `next` itself by codec_decode. */
int codec_decode_fec(codec *c, const uint8_t *next, size_t n, int16_t *pcm, size_t samples);

/* Duration of a payload without decoding it, in units of the RTP clock; SX_E_FORMAT when it has none. */
int codec_packet_ticks(const codec_info *info, const uint8_t *payload, size_t n);
/* What the encoder holds back, in samples at encode_rate: the sound that codec_encode was given and has not sent. */
unsigned codec_lookahead(const codec *c);
/* Forgets the past: after a flush (encoder), or a new SSRC (decoder). */
void codec_reset_encoder(codec *c);
void codec_reset_decoder(codec *c);
/* The loss that the peer reports by RTCP, 0..100. Without effect where there is no FEC. */
void codec_set_loss(codec *c, unsigned percent);

#endif
