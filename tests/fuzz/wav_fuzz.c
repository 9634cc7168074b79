/* A WAV file from memory: recognised or refused with words, and decoded to the end. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "media/wav.h"
#include "must.h"

typedef struct memory {
    const uint8_t *p;
    size_t n;
} memory;

static ptrdiff_t read_at(void *ctx, uint64_t at, void *p, size_t n) {
    memory *m = ctx;
    if (at >= m->n) return 0;
    if (n > m->n - at) n = m->n - at;
    memcpy(p, m->p + at, n);
    return (ptrdiff_t)n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    memory m = {data, size};
    wav_info w;
    int err = wav_parse(&w, read_at, &m, size);
    if (err) {
        never(!*sx_last_error_text());
        return 0;
    }
    if (w.frame == 0 || w.channels < 1 || w.channels > 2 || w.data_at > size || w.frames > (size - w.data_at) / w.frame)
        abort();
    int16_t out[512];
    for (uint64_t at = 0; at < w.frames;) {
        size_t k = w.frames - at < 512 ? (size_t)(w.frames - at) : 512;
        uint8_t *exact = malloc(k * w.frame);
        if (!exact) break;
        memcpy(exact, data + w.data_at + at * w.frame, k * w.frame);
        wav_decode(&w, exact, k, out);
        free(exact);
        at += k;
    }
    return 0;
}
