/* Cursors over header values, between the files of this folder. */
#ifndef SIP_PARAM_H
#define SIP_PARAM_H

#include "base/buf.h"
#include "sip/headers.h"
#include "sip/lex.h"
#include "sip/scan.h"

/* One past the last byte; of the empty slice its p, NULL included. */
static inline const char *sip_end(sx_slice s) { return s.n ? s.p + s.n : s.p; }

static inline const char *sip_ws(const char *p, const char *end) {
    while (p < end && sip_is(*p, SIP_C_WS)) p++;
    return p;
}

/* Without whitespace at both ends; almost always there is none. */
static inline sx_slice sip_trimmed(const char *p, const char *end) {
    while (p < end && sip_is(*p, SIP_C_WS)) p++;
    while (end > p && sip_is(end[-1], SIP_C_WS)) end--;
    return sx_slice_between(p, end);
}

/* Is this the name, given in lower-case letters only? In any case. */
static inline bool sip_name_is(sx_slice s, const char *lower, size_t n) {
    if (s.n != n) return false;
    for (size_t i = 0; i < n; i++)
        if ((s.p[i] | 0x20) != lower[i]) return false;
    return true;
}
#define SIP_NAME_IS(s, lower) sip_name_is((s), (lower), sizeof(lower) - 1)

/* One name[=value] at p (no separator before it). Returns the byte behind it, or NULL if there is none. A
 * value is a quoted string or a run up to ';', ',', whitespace, '<', '>' or '"'. */
static inline const char *sip_param_take(const char *p, const char *end, sip_param *out) {
    const char *q = p, *begin = p;
    while (q < end && sip_is(*q, SIP_C_TOKEN)) q++;
    if (q == p) return NULL;
    out->name = sx_slice_between(p, q);
    out->value = sx_slice_empty();
    const char *eq = sip_ws(q, end);
    if (eq == end || *eq != '=') return q;
    p = sip_ws(eq + 1, end);
    if (p < end && *p == '"') {
        size_t n = sip_quoted_len(sx_slice_between(p, end));
        if (n == 0) return NULL;
        out->value = sx_slice_of(p, n);
        return p + n;
    }
    q = sip_run_value(begin, p, end);
    out->value = sx_slice_between(p, q);
    return q;
}

/* The parameters at p, which stands at ';', ',', the end, or whitespace before those: each is handed to `each` (may be
 * NULL). Returns where they end (at a ',' or the end), NULL if they are malformed. One ';' with nothing behind it is
 * forgiven. */
static inline const char *sip_params_walk(const char *p, const char *end, void (*each)(void *, const sip_param *),
                                          void *ctx) {
    for (;;) {
        p = sip_ws(p, end);
        if (p == end || *p == ',') return p;
        if (*p != ';') return NULL;
        p = sip_ws(p + 1, end);
        if (p == end || *p == ',') return p;
        sip_param one;
        p = sip_param_take(p, end, &one);
        if (!p) return NULL;
        if (each) each(ctx, &one);
    }
}

/* One address at p; what sip_addr_read and sip_addr_next stand on. Returns the byte behind it (a ',' or the end), NULL
 * if malformed. tag (may be NULL) gets the tag parameter. */
const char *sip_addr_take(const char *p, const char *end, sip_addr *out, sx_slice *tag);
/* The same for one Via. */
const char *sip_via_take(const char *p, const char *end, sip_via *out);
/* Moves a list to its next non-empty element's first byte: false at the end of all headers. */
bool sip_list_seek(sip_list *l);
/* A value from a parsed message on one line: each fold, and what is illegal in it, becomes one space. */
void sip_put_unfolded(sx_buf *b, sx_slice v);

#endif
