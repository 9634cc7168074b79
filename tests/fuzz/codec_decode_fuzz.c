/* Payloads to every decoder, in sequence with losses, to concealment and FEC; the same bytes as telephone events, as
 * fmtp and as a `codecs` setting. First byte: codec and rate; then records of length byte and payload. */
#include <stdlib.h>

#include "base/error.h"
#include "codec/codec.h"
#include "codec/dtmf.h"
#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int16_t pcm[CODEC_MAX_SAMPLES * 2];

/* In a block of its exact size, so that reading past the end is seen. */
static uint8_t *exact(const uint8_t *p, size_t n) {
    uint8_t *copy = malloc(n ? n : 1);
    never(!copy);
    if (n) memcpy(copy, p, n);
    return copy;
}

static void decode_one(codec *c, const codec_config *cfg, const uint8_t *p, size_t n, unsigned kind) {
    uint8_t *copy = exact(p, n);
    int ticks = codec_packet_ticks(cfg->info, copy, n), got = 0;
    size_t lost = (size_t)cfg->decode_rate / 50;
    if (kind == 0) got = codec_conceal(c, pcm, n);
    never(kind == 1 && (got = codec_decode_fec(c, copy, n, pcm, lost)) < 0);
    if (kind == 2) codec_reset_decoder(c);
    if (kind != 0) got = codec_decode(c, copy, n, pcm, CODEC_MAX_SAMPLES);
    never(got > CODEC_MAX_SAMPLES);
    never(kind > 0 && got > 0 && (uint64_t)got * cfg->info->clock_rate != (uint64_t)ticks * cfg->decode_rate);
    free(copy);
}

static void events(const uint8_t *p, size_t n) {
    dtmf_receiver r;
    dtmf_digit_event out[2];
    dtmf_receiver_init(&r, n ? (uint32_t)p[0] * 1000 : 0);
    uint64_t now = 0;
    for (size_t i = 0; i + 8 <= n; i += 8) {
        now += p[i];
        uint32_t ts = (uint32_t)p[i + 1] << 24 | (uint32_t)p[i + 2] << 8 | p[i + 3];
        never(dtmf_receiver_packet(&r, p[i] & 1, ts, p + i + 4, 4, now, out) > 2);
        never(dtmf_receiver_time(&r, now, out) > 1);
    }
    dtmf_receiver_finish(&r, out);
    dtmf_sender s;
    dtmf_packet packet;
    dtmf_sender_init(&s, 48000);
    dtmf_sender_add(&s, sx_slice_of((const char *)p, n > 8 ? 8 : n), (unsigned)n, 0);
    for (int i = 0; i < 4000 && dtmf_sender_busy(&s); i++) dtmf_sender_step(&s, (uint32_t)i * 960, 960, &packet);
    never(dtmf_sender_busy(&s));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint32_t rates[] = {8000, 12000, 16000, 24000, 48000, 44100, 0, 1};
    if (size < 2) return 0;
    codec_config cfg;
    codec *c;
    sx_slice text = sx_slice_of((const char *)data + 1, size - 1);
    codec_config_init(&cfg, codec_at(data[0] % 3), text, text, rates[data[0] >> 5], data[0]);
    never(codec_create(&c, &cfg) != SX_OK);
    for (size_t at = 1; at < size;) {
        size_t n = data[at++];
        if (n > size - at) n = size - at;
        decode_one(c, &cfg, data + at, n, n & 3);
        at += n;
    }
    codec_destroy(c);
    events(data + 1, size - 1);
    codec_choice choices[4];
    codec_list_parse(text, choices, 4);
    return 0;
}
