#include "codec/codec.h"

#include <stdlib.h>

#include "base/error.h"
#include "codec/ops.h"

static const codec_info table[] = {
    {CODEC_OPUS, "opus", 48000, 2, -1, 0, "useinbandfec=1", true, &codec_opus_ops},
    {CODEC_PCMU, "PCMU", 8000, 1, 0, 8000, "", false, &codec_pcmu_ops},
    {CODEC_PCMA, "PCMA", 8000, 1, 8, 8000, "", false, &codec_pcma_ops},
};

const codec_info *codec_at(size_t i) { return i < sizeof table / sizeof *table ? &table[i] : NULL; }

const codec_info *codec_by_id(codec_id id) {
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].id == id) return &table[i];
    return NULL;
}

const codec_info *codec_find(sx_slice name, uint32_t clock_rate, unsigned channels) {
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (!sx_ieq(name, sx_slice_str(table[i].name))) continue;
        if ((clock_rate == 0 || clock_rate == table[i].clock_rate) && (channels == 0 || channels == table[i].channels))
            return &table[i];
    }
    return NULL;
}

uint32_t codec_pcm_rate(const codec_info *info, uint32_t wanted) {
    static const uint32_t rates[] = {8000, 12000, 16000, 24000};
    if (info->pcm_rate) return info->pcm_rate;
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
        if (wanted <= rates[i]) return rates[i];
    return 48000;
}

bool codec_fmtp_number(sx_slice fmtp, const char *key, uint64_t *value) {
    while (fmtp.n) {
        sx_slice v, k = sx_split(sx_split(fmtp, ';', &fmtp), '=', &v);
        if (sx_ieq(sx_trim(k), sx_slice_str(key))) return sx_to_u64(sx_trim(v), UINT32_MAX, value);
    }
    return false;
}

void codec_config_init(codec_config *c, const codec_info *info, sx_slice our_fmtp, sx_slice peer_fmtp,
                       uint32_t wanted_rate, int complexity) {
    memset(c, 0, sizeof *c);
    c->info = info;
    c->encode_rate = c->decode_rate = codec_pcm_rate(info, wanted_rate);
    c->pcm_channels = 1;
    c->complexity = (uint8_t)(complexity < 0 ? CODEC_OPUS_COMPLEXITY : complexity > 10 ? 10 : complexity);
    c->max_rate = 48000;
    info->ops->configure(c, our_fmtp, peer_fmtp);
}

/* ---- instances ---- */

struct codec {
    codec_config cfg;
    const codec_ops *ops;
    void *enc, *dec; /* made on first use */
    uint8_t loss_percent;
};

int codec_create(codec **out, const codec_config *cfg) {
    *out = NULL;
    if (!cfg->info || !cfg->info->ops->config_ok(cfg))
        return sx_fail(SX_E_INVALID, "not a rate or channel count of this codec");
    codec *c = calloc(1, sizeof *c);
    if (!c) return SX_E_NOMEM;
    c->cfg = *cfg;
    c->ops = cfg->info->ops;
    c->loss_percent = cfg->loss_percent;
    *out = c;
    return SX_OK;
}

void codec_destroy(codec *c) {
    if (!c) return;
    if (c->enc) c->ops->encoder_free(c->enc);
    if (c->dec) c->ops->decoder_free(c->dec);
    free(c);
}

const codec_config *codec_get_config(const codec *c) { return &c->cfg; }

static bool have_encoder(codec *c) {
    if (c->enc) return true;
    c->enc = c->ops->encoder_new(&c->cfg);
    if (c->enc) c->ops->encoder_loss(c->enc, c->loss_percent);
    return c->enc != NULL;
}

static bool have_decoder(codec *c) {
    if (!c->dec) c->dec = c->ops->decoder_new(&c->cfg);
    return c->dec != NULL;
}

static bool too_long(uint32_t rate, size_t samples) { return samples > (size_t)rate / 1000 * CODEC_MAX_MS; }

int codec_encode(codec *c, const int16_t *pcm, size_t samples, uint8_t *out, size_t cap) {
    if (samples == 0 || too_long(c->cfg.encode_rate, samples)) return SX_E_INVALID;
    if (!have_encoder(c)) return SX_E_NOMEM;
    return c->ops->encode(&c->cfg, c->enc, pcm, samples, out, cap);
}

unsigned codec_ptime(const codec_info *info, unsigned wished_ms) { return info->ops->ptime(wished_ms); }

int codec_decode(codec *c, const uint8_t *payload, size_t n, int16_t *pcm, size_t cap) {
    if (n == 0) return SX_E_FORMAT;
    if (!have_decoder(c)) return SX_E_NOMEM;
    return c->ops->decode(&c->cfg, c->dec, payload, n, pcm, cap);
}

int codec_conceal(codec *c, int16_t *pcm, size_t samples) {
    if (too_long(c->cfg.decode_rate, samples)) return SX_E_INVALID;
    if (samples == 0) return 0;
    if (!have_decoder(c)) return SX_E_NOMEM;
    return c->ops->conceal(&c->cfg, c->dec, pcm, samples);
}

int codec_decode_fec(codec *c, const uint8_t *next, size_t n, int16_t *pcm, size_t samples) {
    if (!c->cfg.info->fec || n == 0 || samples == 0) return 0;
    if (too_long(c->cfg.decode_rate, samples)) return SX_E_INVALID;
    if (!have_decoder(c)) return SX_E_NOMEM;
    return c->ops->decode_fec(&c->cfg, c->dec, next, n, pcm, samples);
}

int codec_packet_ticks(const codec_info *info, const uint8_t *payload, size_t n) {
    return n ? info->ops->ticks(payload, n) : SX_E_FORMAT;
}

unsigned codec_lookahead(const codec *c) { return c->ops->lookahead(&c->cfg, c->enc); }

void codec_reset_encoder(codec *c) {
    if (c->enc) c->ops->encoder_reset(c->enc);
}

void codec_reset_decoder(codec *c) {
    if (c->dec) c->ops->decoder_reset(&c->cfg, c->dec);
}

void codec_set_loss(codec *c, unsigned percent) {
    uint8_t p = (uint8_t)(percent > 100 ? 100 : percent);
    if (p == c->loss_percent) return;
    c->loss_percent = p;
    if (c->enc) c->ops->encoder_loss(c->enc, p);
}
