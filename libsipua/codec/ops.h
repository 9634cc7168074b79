/* What a codec implements behind codec.h. Inside codec/ only. */
#ifndef CODEC_OPS_H
#define CODEC_OPS_H

#include "codec/codec.h"

struct codec_ops {
    /* From fmtp of both sides into c; the common fields are filled. */
    void (*configure)(codec_config *c, sx_slice our_fmtp, sx_slice peer_fmtp);
    bool (*config_ok)(const codec_config *c);
    unsigned (*ptime)(unsigned wished_ms);
    int (*ticks)(const uint8_t *p, size_t n);

    /* States; NULL when memory ran out. A codec without encoder state returns its constant in place of one. */
    void *(*encoder_new)(const codec_config *c);
    void (*encoder_free)(void *e);
    void (*encoder_reset)(void *e);
    void (*encoder_loss)(void *e, unsigned percent);
    unsigned (*lookahead)(const codec_config *c, void *e); /* e may be NULL */
    int (*encode)(const codec_config *c, void *e, const int16_t *pcm, size_t samples, uint8_t *out, size_t cap);

    void *(*decoder_new)(const codec_config *c);
    void (*decoder_free)(void *d);
    void (*decoder_reset)(const codec_config *c, void *d);
    int (*decode)(const codec_config *c, void *d, const uint8_t *p, size_t n, int16_t *pcm, size_t cap);
    int (*conceal)(const codec_config *c, void *d, int16_t *pcm, size_t samples);
    int (*decode_fec)(const codec_config *c, void *d, const uint8_t *next, size_t n, int16_t *pcm, size_t samples);
};

extern const codec_ops codec_pcmu_ops, codec_pcma_ops, codec_opus_ops;

/* The value of a parameter in "key=value;key=value", as a number up to max; false when absent or no number. */
bool codec_fmtp_number(sx_slice fmtp, const char *key, uint64_t *value);

#endif
