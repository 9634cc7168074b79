/* The same bytes in one piece and in pieces chosen by the input are the same messages. */
#include <stdlib.h>

#include "base/error.h"
#include "must.h"
#include "sip/frame.h"

enum { MAX = 256 };
typedef struct trace {
    size_t n;
    size_t len[MAX];
    uint32_t sum[MAX];
    int error;
} trace;

static void drain(sip_framer *f, trace *t) {
    sx_slice out;
    int what;
    while ((what = sip_framer_next(f, &out)) > 0 && t->n < MAX) {
        uint32_t sum = (uint32_t)what;
        for (size_t i = 0; i < out.n; i++) sum = sum * 31 + (unsigned char)out.p[i];
        t->len[t->n] = out.n;
        t->sum[t->n++] = sum;
    }
    if (what < 0) t->error = what;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static trace whole, pieces;
    sip_framer f;
    if (size < 2) return 0;
    uint8_t pattern = data[0];
    bool expect_pong = data[1] & 1;
    data += 2;
    size -= 2;
    for (int round = 0; round < 2; round++) {
        trace *t = round ? &pieces : &whole;
        t->n = 0;
        t->error = 0;
        sip_framer_init(&f, 4096, 4096);
        if (expect_pong) sip_framer_pinged(&f);
        size_t at = 0, step = pattern;
        while (at < size) {
            step = step * 7 + 3;
            size_t n = round ? step % 23 + 1 : size;
            if (n > size - at) n = size - at;
            size_t room;
            if (step & 64) {
                char *p = sip_framer_space(&f, n, &room);
                never(!p);
                memcpy(p, data + at, n);
                sip_framer_added(&f, n);
            } else if (sip_framer_feed(&f, data + at, n) != SX_OK) {
                abort();
            }
            at += n;
            drain(&f, t);
            if (t->error) break;
        }
        sip_framer_free(&f);
    }
    /* the caps may strike earlier or later in pieces; without errors both see the same */
    if (whole.error || pieces.error) return 0;
    never(whole.n != pieces.n);
    for (size_t i = 0; i < whole.n; i++) never(whole.len[i] != pieces.len[i] || whole.sum[i] != pieces.sum[i]);
    return 0;
}
