/* opus behind codec.h (RFC 6716, RFC 7587), by libopus. */
#include <opus/opus.h>

#include "base/error.h"
#include "codec/ops.h"

enum { RTP_RATE = 48000, UNIT_PER_SECOND = 400 /* libopus counts in 2.5 ms */ };

static uint32_t clamp(uint64_t v, uint32_t lo, uint32_t hi) { return v < lo ? lo : v > hi ? hi : (uint32_t)v; }

/* What libopus would choose for 20 ms packets when left alone. */
static uint32_t natural_bitrate(const codec_config *c) { return 3000 + c->encode_rate * c->pcm_channels; }

/* RFC 7587, section 6.1: these parameters say what their writer wants to receive. */
static void configure(codec_config *c, sx_slice our_fmtp, sx_slice peer_fmtp) {
    uint64_t v;
    c->fec = codec_fmtp_number(peer_fmtp, "useinbandfec", &v) && v == 1;
    c->dtx = codec_fmtp_number(peer_fmtp, "usedtx", &v) && v == 1;
    c->cbr = codec_fmtp_number(peer_fmtp, "cbr", &v) && v == 1;
    if (codec_fmtp_number(peer_fmtp, "maxplaybackrate", &v)) c->max_rate = clamp(v, 8000, 48000);
    uint32_t most = UINT32_MAX;
    if (codec_fmtp_number(our_fmtp, "maxaveragebitrate", &v)) most = clamp(v, 6000, 510000);
    if (codec_fmtp_number(peer_fmtp, "maxaveragebitrate", &v) && v < most) most = clamp(v, 6000, 510000);
    if (most < natural_bitrate(c)) c->bitrate = most;
    if (c->fec) c->loss_percent = 5; /* until RTCP tells: with 0 libopus would put no FEC in */
}

static bool rate_ok(uint32_t r) { return r == 8000 || r == 12000 || r == 16000 || r == 24000 || r == 48000; }

static bool config_ok(const codec_config *c) {
    return rate_ok(c->encode_rate) && rate_ok(c->decode_rate) && (c->pcm_channels == 1 || c->pcm_channels == 2) &&
           c->complexity <= 10 && (c->bitrate == 0 || (c->bitrate >= 6000 && c->bitrate <= 510000));
}

static unsigned nearest_ptime(unsigned ms) {
    static const uint8_t lengths[] = {120, 100, 80, 60, 40, 20, 10};
    for (size_t i = 0; i < sizeof lengths; i++)
        if (ms >= lengths[i]) return lengths[i];
    return 10;
}

static int ticks(const uint8_t *p, size_t n) {
    int samples = opus_packet_get_nb_samples(p, (opus_int32)n, RTP_RATE);
    return samples > 0 ? samples : SX_E_FORMAT;
}

/* ---- encoder ---- */

static opus_int32 bandwidth(uint32_t rate) {
    return rate >= 48000   ? OPUS_BANDWIDTH_FULLBAND
           : rate >= 24000 ? OPUS_BANDWIDTH_SUPERWIDEBAND
           : rate >= 16000 ? OPUS_BANDWIDTH_WIDEBAND
           : rate >= 12000 ? OPUS_BANDWIDTH_MEDIUMBAND
                           : OPUS_BANDWIDTH_NARROWBAND;
}

static void *encoder_new(const codec_config *c) {
    int err;
    OpusEncoder *e = opus_encoder_create((opus_int32)c->encode_rate, c->pcm_channels, OPUS_APPLICATION_VOIP, &err);
    if (!e) return NULL;
    opus_encoder_ctl(e, OPUS_SET_COMPLEXITY(c->complexity));
    opus_encoder_ctl(e, OPUS_SET_INBAND_FEC(c->fec));
    opus_encoder_ctl(e, OPUS_SET_DTX(c->dtx));
    opus_encoder_ctl(e, OPUS_SET_VBR(!c->cbr));
    opus_encoder_ctl(e, OPUS_SET_MAX_BANDWIDTH(bandwidth(c->max_rate)));
    opus_encoder_ctl(e, OPUS_SET_BITRATE(c->bitrate ? (opus_int32)c->bitrate : OPUS_AUTO));
    return e;
}

static void encoder_free(void *e) { opus_encoder_destroy(e); }
static void encoder_reset(void *e) { opus_encoder_ctl((OpusEncoder *)e, OPUS_RESET_STATE); }
static void encoder_loss(void *e, unsigned percent) {
    opus_encoder_ctl((OpusEncoder *)e, OPUS_SET_PACKET_LOSS_PERC((opus_int32)percent));
}

static unsigned lookahead(const codec_config *c, void *e) {
    opus_int32 n = 0;
    /* without a state yet: 2.5 ms of overlap and 4 ms of delay compensation, what libopus has for VOIP */
    if (!e || opus_encoder_ctl((OpusEncoder *)e, OPUS_GET_LOOKAHEAD(&n)) != OPUS_OK) return c->encode_rate * 13 / 2000;
    return (unsigned)n;
}

static int encode(const codec_config *c, void *e, const int16_t *pcm, size_t samples, uint8_t *out, size_t cap) {
    opus_int32 n =
        opus_encode(e, pcm, (int)samples, out, (opus_int32)(cap > CODEC_MAX_PAYLOAD ? CODEC_MAX_PAYLOAD : cap));
    if (n >= 0) return c->dtx && n <= 2 ? 0 : (int)n;
    if (n == OPUS_BUFFER_TOO_SMALL) return SX_E_FULL;
    return n == OPUS_BAD_ARG ? SX_E_INVALID : SX_E_INTERNAL;
}

/* ---- decoder ---- */

static void *decoder_new(const codec_config *c) {
    int err;
    return opus_decoder_create((opus_int32)c->decode_rate, c->pcm_channels, &err);
}

static void decoder_free(void *d) { opus_decoder_destroy(d); }
static void decoder_reset(const codec_config *c, void *d) { opus_decoder_ctl((OpusDecoder *)d, OPUS_RESET_STATE); }

static int decode(const codec_config *c, void *d, const uint8_t *p, size_t n, int16_t *pcm, size_t cap) {
    if (n > INT32_MAX) return SX_E_FORMAT;
    int samples = opus_packet_get_nb_samples(p, (opus_int32)n, (opus_int32)c->decode_rate);
    if (samples <= 0) return SX_E_FORMAT;
    if ((size_t)samples > cap) return SX_E_FULL;
    samples = opus_decode(d, p, (opus_int32)n, pcm, samples, 0);
    return samples > 0 ? samples : SX_E_FORMAT;
}

static int conceal(const codec_config *c, void *d, int16_t *pcm, size_t samples) {
    size_t unit = c->decode_rate / UNIT_PER_SECOND, whole = samples - samples % unit, rest = samples - whole;
    int n = whole ? opus_decode(d, NULL, 0, pcm, (int)whole, 0) : 0;
    if (n >= 0 && rest) {
        int16_t more[2 * 48000 / UNIT_PER_SECOND];
        n = opus_decode(d, NULL, 0, more, (int)unit, 0);
        if (n >= 0) memcpy(pcm + whole * c->pcm_channels, more, rest * c->pcm_channels * sizeof *pcm);
    }
    if (n < 0) memset(pcm, 0, samples * c->pcm_channels * sizeof *pcm);
    return (int)samples;
}

/* Whether the packet holds a low bit-rate copy of the frame before it: the flag follows the VAD bits of each channel at
 * the start of the first SILK frame (RFC 6716, section 4.2.3). */
static bool has_fec(const uint8_t *p, size_t n) {
    const unsigned char *frames[48];
    opus_int16 sizes[48];
    if (n > INT32_MAX || p[0] & 0x80) return false; /* CELT only */
    if (opus_packet_parse(p, (opus_int32)n, NULL, frames, sizes, NULL) <= 0 || sizes[0] == 0) return false;
    int per_frame = opus_packet_get_samples_per_frame(p, RTP_RATE);
    int silk_frames = per_frame > 960 ? per_frame / 960 : 1;
    if (frames[0][0] >> (7 - silk_frames) & 1) return true;
    return opus_packet_get_nb_channels(p) == 2 && (frames[0][0] >> (6 - 2 * silk_frames) & 1);
}

static int decode_fec(const codec_config *c, void *d, const uint8_t *next, size_t n, int16_t *pcm, size_t samples) {
    if (!has_fec(next, n) || samples % (c->decode_rate / UNIT_PER_SECOND)) return 0;
    int got = opus_decode(d, next, (opus_int32)n, pcm, (int)samples, 1);
    return got > 0 ? got : 0;
}

const codec_ops codec_opus_ops = {configure,     config_ok,    nearest_ptime, ticks,     encoder_new, encoder_free,
                                  encoder_reset, encoder_loss, lookahead,     encode,    decoder_new, decoder_free,
                                  decoder_reset, decode,       conceal,       decode_fec};
