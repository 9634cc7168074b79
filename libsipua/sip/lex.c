#include "sip/lex.h"

#include "base/error.h"

/* RFC 3261 25.1; the bits are those of lex.h. */
const uint8_t sip_class[256] = {
    /* clang-format off */
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x02, 0x00, 0x00, 0x02, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x02, 0x71, 0x00, 0x00, 0x30, 0x01, 0x30, 0x71, 0x70, 0x70, 0x71, 0x31, 0x10, 0x71, 0x71, 0x30,
    0xf5, 0xf5, 0xf5, 0xf5, 0xf5, 0xf5, 0xf5, 0xf5, 0xf5, 0xf5, 0x20, 0x10, 0x00, 0x10, 0x00, 0x10,
    0x00, 0xf9, 0xf9, 0xf9, 0xf9, 0xf9, 0xf9, 0x79, 0x79, 0x79, 0x79, 0x79, 0x79, 0x79, 0x79, 0x79,
    0x79, 0x79, 0x79, 0x79, 0x79, 0x79, 0x79, 0x79, 0x79, 0x79, 0x79, 0x20, 0x00, 0x20, 0x00, 0x71,
    0x01, 0xf9, 0xf9, 0xf9, 0xf9, 0xf9, 0xf9, 0x79, 0x79, 0x79, 0x79, 0x79, 0x79, 0x79, 0x79, 0x79,
    0x79, 0x79, 0x79, 0x79, 0x79, 0x79, 0x79, 0x79, 0x79, 0x79, 0x79, 0x00, 0x00, 0x00, 0x71, 0x00,
    /* clang-format on */
};

bool sip_is_token(sx_slice s) {
    for (size_t i = 0; i < s.n; i++)
        if (!sip_is(s.p[i], SIP_C_TOKEN)) return false;
    return s.n > 0;
}

bool sip_is_header_value(sx_slice s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '\r' || s.p[i] == '\n' || s.p[i] == '\0') return false;
    return true;
}

sx_slice sip_skip_ws(sx_slice s) {
    while (s.n && sip_is(*s.p, SIP_C_WS)) {
        s.p++;
        s.n--;
    }
    return s;
}

sx_slice sip_take(sx_slice *s, int classes) {
    sx_slice run = sx_slice_of(s->p, 0);
    while (run.n < s->n && sip_is(s->p[run.n], classes)) run.n++;
    if (run.n) *s = sx_slice_of(s->p + run.n, s->n - run.n);
    return run;
}

size_t sip_quoted_len(sx_slice s) {
    if (s.n < 2 || s.p[0] != '"') return 0;
    for (size_t i = 1; i < s.n; i++) {
        if (s.p[i] == '"') return i + 1;
        if (s.p[i] == '\\') i++;
    }
    return 0;
}

sx_slice sip_unquote(sx_slice s) {
    return s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"' ? sx_slice_of(s.p + 1, s.n - 2) : s;
}

void sip_unescape_quoted(sx_buf *b, sx_slice s) {
    s = sip_unquote(s);
    size_t run = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\\' && i + 1 < s.n) {
            sx_buf_put(b, s.p + run, i - run);
            run = ++i; /* the escaped byte opens the next run */
        } else if (s.p[i] == '\r' || s.p[i] == '\n') {
            sx_buf_put(b, s.p + run, i - run);
            while (i + 1 < s.n && sip_is(s.p[i + 1], SIP_C_WS)) i++;
            sx_buf_char(b, ' ');
            run = i + 1;
        }
    }
    if (run < s.n) sx_buf_put(b, s.p + run, s.n - run);
}

void sip_write_quoted(sx_buf *b, sx_slice s) {
    sx_buf_char(b, '"');
    size_t run = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c != '"' && c != '\\' && c != '\r' && c != '\n' && c != '\0') continue;
        sx_buf_put(b, s.p + run, i - run);
        run = i;
        if (c == '"' || c == '\\') {
            sx_buf_char(b, '\\');
        } else {
            sx_buf_char(b, ' ');
            run = i + 1;
        }
    }
    if (run < s.n) sx_buf_put(b, s.p + run, s.n - run);
    sx_buf_char(b, '"');
}

int sip_read_u32(sx_slice s, uint32_t max, uint32_t *out) {
    s = sx_trim(s);
    if (s.n == 0) return SX_E_FORMAT;
    uint64_t v = 0;
    bool over = false;
    for (size_t i = 0; i < s.n; i++) {
        if (!sip_is(s.p[i], SIP_C_DIGIT)) return SX_E_FORMAT;
        v = v * 10 + (uint64_t)(s.p[i] - '0');
        if (v > max) {
            over = true;
            v = max;
        }
    }
    if (over) return SX_E_LIMIT;
    *out = (uint32_t)v;
    return SX_OK;
}
