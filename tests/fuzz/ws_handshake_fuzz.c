/* Any head as a client's request and as a server's answer: found the same in pieces, judged without a byte beyond it,
 * and what we write to it is what our other end takes. */
#include <stdlib.h>

#include "base/error.h"
#include "must.h"
#include "net/websocket_http.h"

static int find_in_pieces(sx_slice in, size_t step) {
    ws_head h;
    int n = 0;
    memset(&h, 0, sizeof h);
    for (size_t have = step; n == 0; have += step) {
        if (have > in.n) have = in.n;
        n = ws_head_find(&h, sx_slice_of(in.p, have));
        if (have == in.n) break;
    }
    return n;
}

static void as_request(sx_slice head, const net_ws_options *rules) {
    ws_request r;
    const char *why = NULL;
    sx_buf out;
    char text[200];
    sx_buf_init(&out);
    int status = ws_request_read(head, rules, &r, &why);
    never(!why || (status == 101) != !*why);
    never(ws_answer_write(&out, status, &r, why) != SX_OK);
    ws_head h;
    memset(&h, 0, sizeof h);
    int n = ws_head_find(&h, sx_buf_view(&out));
    never(n <= 0);
    int rc = ws_answer_read(sx_slice_of(out.p, (size_t)n), status == 101 ? r.key.p : "dGhlIHNhbXBsZSBub25jZQ==", text,
                            sizeof text);
    never(rc != (status == 101 ? SX_OK : SX_E_PROTOCOL));
    sx_buf_free(&out);
}

static void as_headers(sx_slice in) {
    char *text = sx_strdup(in);
    sx_buf out;
    ws_request r;
    const char *why;
    net_ws_options rules;
    sx_buf_init(&out);
    memset(&rules, 0, sizeof rules);
    if (text && ws_request_write(&out, "example.com", "/x", text, "dGhlIHNhbXBsZSBub25jZQ==") == SX_OK) {
        ws_head h;
        memset(&h, 0, sizeof h);
        never(ws_head_find(&h, sx_buf_view(&out)) != (int)out.n && out.n <= WS_HEAD_MAX); /* no second request in it */
        int status = ws_request_read(sx_buf_view(&out), &rules, &r, &why);
        never(status != 101 && status != 400); /* 400: two Origin headers */
    }
    sx_buf_free(&out);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const origins[] = {"https://phone.example", "null"};
    net_ws_options rules;
    char text[200];
    if (size < 1) return 0;
    memset(&rules, 0, sizeof rules);
    if (data[0] & 1) rules.server_path = "/sip";
    if (data[0] & 2) rules.origins = origins, rules.norigins = 2;
    size_t step = (data[0] >> 2) + 1u;
    /* exact blocks of their own: a byte too many is seen */
    sx_slice in = sx_slice_of((const char *)data + 1, size - 1);
    ws_head h;
    memset(&h, 0, sizeof h);
    int n = ws_head_find(&h, in);
    never(in.n && find_in_pieces(in, step) != n);
    never(n > WS_HEAD_MAX || n > (int)in.n);
    if (n > 0) {
        char *exact = malloc((size_t)n);
        if (!exact) return 0;
        memcpy(exact, in.p, (size_t)n);
        as_request(sx_slice_of(exact, (size_t)n), &rules);
        never(ws_answer_read(sx_slice_of(exact, (size_t)n), "dGhlIHNhbXBsZSBub25jZQ==", text, sizeof text) < 0 &&
              !*text);
        free(exact);
    }
    as_headers(in);
    return 0;
}
