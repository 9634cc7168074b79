/* PCMU and PCMA behind codec.h: G.711 tables to encode and decode, plc to conceal. */
#include <stdlib.h>

#include "base/error.h"
#include "codec/g711.h"
#include "codec/ops.h"
#include "codec/plc.h"

enum { PCM_RATE = 8000 };

static void configure(codec_config *c, sx_slice our_fmtp, sx_slice peer_fmtp) {}

static bool config_ok(const codec_config *c) {
    return c->encode_rate == PCM_RATE && c->decode_rate == PCM_RATE && c->pcm_channels == 1;
}

static unsigned nearest_ptime(unsigned ms) {
    if (ms > CODEC_MAX_MS) ms = CODEC_MAX_MS;
    return ms < 10 ? 10 : ms - ms % 10;
}

static int ticks(const uint8_t *p, size_t n) { return n <= PCM_RATE / 1000 * CODEC_MAX_MS ? (int)n : SX_E_FORMAT; }

static const char no_state = 0;
static void *encoder_new(const codec_config *c) { return (void *)&no_state; }
static void encoder_free(void *e) {}
static void encoder_reset(void *e) {}
static void encoder_loss(void *e, unsigned percent) {}
static unsigned lookahead(const codec_config *c, void *e) { return 0; }

static int encode_ulaw(const codec_config *c, void *e, const int16_t *pcm, size_t samples, uint8_t *out, size_t cap) {
    if (cap < samples) return SX_E_FULL;
    g711_ulaw_encode(pcm, out, samples);
    return (int)samples;
}

static int encode_alaw(const codec_config *c, void *e, const int16_t *pcm, size_t samples, uint8_t *out, size_t cap) {
    if (cap < samples) return SX_E_FULL;
    g711_alaw_encode(pcm, out, samples);
    return (int)samples;
}

static void *decoder_new(const codec_config *c) {
    plc *p = malloc(sizeof *p);
    if (p) plc_init(p, PCM_RATE);
    return p;
}

static void decoder_free(void *d) { free(d); }
static void decoder_reset(const codec_config *c, void *d) { plc_init(d, PCM_RATE); }

static int decode_ulaw(const codec_config *c, void *d, const uint8_t *p, size_t n, int16_t *pcm, size_t cap) {
    if (ticks(p, n) < 0) return SX_E_FORMAT;
    if (cap < n) return SX_E_FULL;
    g711_ulaw_decode(p, pcm, n);
    plc_good(d, pcm, n);
    return (int)n;
}

static int decode_alaw(const codec_config *c, void *d, const uint8_t *p, size_t n, int16_t *pcm, size_t cap) {
    if (ticks(p, n) < 0) return SX_E_FORMAT;
    if (cap < n) return SX_E_FULL;
    g711_alaw_decode(p, pcm, n);
    plc_good(d, pcm, n);
    return (int)n;
}

static int conceal(const codec_config *c, void *d, int16_t *pcm, size_t samples) {
    plc_lost(d, pcm, samples);
    return (int)samples;
}

static int decode_fec(const codec_config *c, void *d, const uint8_t *next, size_t n, int16_t *pcm, size_t samples) {
    return 0;
}

const codec_ops codec_pcmu_ops = {configure,     config_ok,    nearest_ptime, ticks,       encoder_new, encoder_free,
                                  encoder_reset, encoder_loss, lookahead,     encode_ulaw, decoder_new, decoder_free,
                                  decoder_reset, decode_ulaw,  conceal,       decode_fec};
const codec_ops codec_pcma_ops = {configure,     config_ok,    nearest_ptime, ticks,       encoder_new, encoder_free,
                                  encoder_reset, encoder_loss, lookahead,     encode_alaw, decoder_new, decoder_free,
                                  decoder_reset, decode_alaw,  conceal,       decode_fec};
