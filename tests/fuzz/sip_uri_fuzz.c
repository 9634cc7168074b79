/* Two URIs, separated by a newline: each is read, written back and compared with itself and the other. */
#include <stdlib.h>

#include "base/error.h"
#include "must.h"
#include "sip/host.h"
#include "sip/lex.h"
#include "sip/uri.h"

static int round_trip(const sip_uri *u) {
    sip_uri again;
    sx_buf b;
    sx_buf_init(&b);
    sip_uri_write(&b, u);
    never(sip_uri_parse(sx_buf_view(&b), &again) != SX_OK || !sip_uri_eq(u, &again));
    sx_buf_reset(&b);
    sip_uri_write_aor(&b, u);
    never(sip_uri_parse(sx_buf_view(&b), &again) != SX_OK || !sip_uri_eq_aor(u, &again));
    sx_buf_reset(&b);
    sip_escape(&b, u->user, SIP_C_USER);
    sx_buf plain;
    sx_buf_init(&plain);
    sip_unescape(&plain, sx_buf_view(&b));
    never(!sx_eq(sx_buf_view(&plain), u->user));
    sx_buf_free(&plain);
    sx_buf_free(&b);
    return sip_uri_check(u);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    sip_uri a, b;
    sx_slice second, first = sx_split(sx_slice_of((const char *)data, size), '\n', &second);
    sip_host_kind_of(first);
    int good = sip_uri_parse(first, &a) == SX_OK;
    if (good) {
        round_trip(&a);
        sip_uri_port(&a);
        sip_uri_param(&a, SX_LIT("transport"), NULL);
        sx_slice rest = a.headers, name, value;
        while (sip_uri_header_next(&rest, &name, &value)) continue;
    }
    if (second.p && sip_uri_parse(second, &b) == SX_OK) {
        round_trip(&b);
        never(good && sip_uri_eq(&a, &b) != sip_uri_eq(&b, &a));
    }
    return 0;
}
