/* The SDP reader on any bytes. What it accepts, the writer must write, and that must read back the same. */
#include <stdlib.h>

#include "base/error.h"
#include "must.h"
#include "sdp/sdp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    sx_arena a;
    sx_arena_init(&a, 256);
    sdp_session s, again;
    if (sdp_parse(&a, sx_slice_of((const char *)data, size), &s) == SX_OK) {
        sx_slice once, twice, v;
        never(sdp_text(&a, &s, &once) != SX_OK);
        /* growing by defaults and expanded lines may pass the limit of the reader */
        if (once.n <= SDP_MAX_TEXT && sdp_parse(&a, once, &again) == SX_OK) {
            never(sdp_text(&a, &again, &twice) != SX_OK || !sx_eq(once, twice) || !sdp_same(&s, &again));
        } else if (once.n <= SDP_MAX_TEXT) {
            abort();
        }
        for (size_t i = 0; i < s.n_media; i++) {
            const sdp_media *m = &s.media[i];
            if (m->n_formats) sdp_fmtp_get(m->formats[0].fmtp, "useinbandfec", &v);
            sdp_media_direction(&s, m);
            sdp_media_attr(&s, m, "setup");
            never(m->ptime > SDP_MAX_PTIME || m->n_formats > SDP_MAX_FORMATS);
        }
    }
    sx_arena_free(&a);
    return 0;
}
