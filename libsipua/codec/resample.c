#include "codec/resample.h"

#include <stdlib.h>
#include <string.h>

#include <speex/speex_resampler.h>

#include "base/error.h"

struct resample {
    SpeexResamplerState *st; /* NULL: equal rates */
    uint32_t in_rate, out_rate;
    unsigned channels;
};

int resample_create(resample **out, uint32_t in_rate, uint32_t out_rate, unsigned channels, int quality) {
    *out = NULL;
    if (in_rate < 1000 || in_rate > 384000 || out_rate < 1000 || out_rate > 384000)
        return sx_fail(SX_E_INVALID, "cannot convert %u Hz to %u Hz", in_rate, out_rate);
    if (channels < 1 || channels > 2 || quality < 0 || quality > 10) return SX_E_INVALID;
    resample *r = calloc(1, sizeof *r);
    if (!r) return SX_E_NOMEM;
    r->in_rate = in_rate;
    r->out_rate = out_rate;
    r->channels = channels;
    if (in_rate != out_rate) {
        int err;
        r->st = speex_resampler_init(channels, in_rate, out_rate, quality, &err);
        if (!r->st) {
            free(r);
            return SX_E_NOMEM;
        }
    }
    *out = r;
    return SX_OK;
}

void resample_destroy(resample *r) {
    if (!r) return;
    if (r->st) speex_resampler_destroy(r->st);
    free(r);
}

static void pass_through(resample *r, const int16_t *in, size_t *in_n, int16_t *out, size_t *out_n) {
    size_t n = *in_n < *out_n ? *in_n : *out_n;
    if (in)
        memmove(out, in, n * r->channels * sizeof *out);
    else
        memset(out, 0, n * r->channels * sizeof *out);
    *in_n = *out_n = n;
}

void resample_run(resample *r, const int16_t *in, size_t *in_n, int16_t *out, size_t *out_n) {
    if (!r->st) {
        pass_through(r, in, in_n, out, out_n);
        return;
    }
    size_t read = 0, written = 0;
    while (read < *in_n && written < *out_n) {
        spx_uint32_t i = *in_n - read > 65536 ? 65536 : (spx_uint32_t)(*in_n - read);
        spx_uint32_t o = *out_n - written > 65536 ? 65536 : (spx_uint32_t)(*out_n - written);
        const int16_t *from = in ? in + read * r->channels : NULL;
        if (speex_resampler_process_interleaved_int(r->st, from, &i, out + written * r->channels, &o) !=
            RESAMPLER_ERR_SUCCESS)
            break;
        if (i == 0 && o == 0) break;
        read += i;
        written += o;
    }
    *in_n = read;
    *out_n = written;
}

size_t resample_out_max(const resample *r, size_t in_n) {
    return (size_t)(((unsigned __int128)in_n * r->out_rate + r->in_rate - 1) / r->in_rate) + 1;
}

unsigned resample_latency_in(const resample *r) {
    return r->st ? (unsigned)speex_resampler_get_input_latency(r->st) : 0;
}

unsigned resample_latency_out(const resample *r) {
    return r->st ? (unsigned)speex_resampler_get_output_latency(r->st) : 0;
}

void resample_reset(resample *r) {
    if (r->st) speex_resampler_reset_mem(r->st);
}

uint32_t resample_in_rate(const resample *r) { return r->in_rate; }
uint32_t resample_out_rate(const resample *r) { return r->out_rate; }
