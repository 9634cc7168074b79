#include "body/mime.h"

#include "base/error.h"

static int broken(const char *encoding) { return sx_fail(SX_E_FORMAT, "the content is no %s", encoding); }

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/* ---- base64: RFC 2045 6.8 ---- */

static int sextet(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Line breaks and blanks do not count; the '=' at the end may be missing. p holds in.n bytes. */
static int base64(sx_slice in, char *p, size_t *n) {
    uint32_t bits = 0;
    unsigned have = 0, filled = 0;
    for (size_t i = 0; i < in.n; i++) {
        int v = sextet(in.p[i]);
        if (is_blank(in.p[i])) continue;
        if (in.p[i] == '=' && ++filled <= 2) continue;
        if (v < 0 || filled) return broken("base64");
        bits = bits << 6 | (uint32_t)v;
        have++;
        if (have % 4 == 1) continue;
        p[(*n)++] = (char)(bits >> (have % 4 == 2 ? 4 : have % 4 == 3 ? 2 : 0));
    }
    return have % 4 == 1 ? broken("base64") : SX_OK;
}

/* ---- quoted-printable: RFC 2045 6.7 ---- */

static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = sx_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A line ends at i, or the whole does. */
static bool ends(sx_slice in, size_t i) {
    return i >= in.n || in.p[i] == '\n' || (in.p[i] == '\r' && i + 1 < in.n && in.p[i + 1] == '\n');
}

/* Blanks before a line's end, which carriers add and take away, do not count. p holds in.n bytes. */
static void quoted_printable(sx_slice in, char *p, size_t *n) {
    size_t fixed = 0; /* so many bytes of p stay: the others may be such blanks */
    for (size_t i = 0; i <= in.n; i++) {
        while (ends(in, i) && *n > fixed && (p[*n - 1] == ' ' || p[*n - 1] == '\t')) --*n;
        if (i == in.n) break;
        if (in.p[i] == '=' && i + 2 < in.n && hex(in.p[i + 1]) >= 0 && hex(in.p[i + 2]) >= 0) {
            p[(*n)++] = (char)(hex(in.p[i + 1]) << 4 | hex(in.p[i + 2]));
            fixed = *n;
            i += 2;
            continue;
        }
        size_t k = i + 1;
        while (in.p[i] == '=' && k < in.n && (in.p[k] == ' ' || in.p[k] == '\t')) k++;
        if (in.p[i] == '=' && ends(in, k)) { /* a line that goes on: what stands before the sign is meant */
            fixed = *n;
            i = k < in.n && in.p[k] == '\r' ? k + 1 : k;
            if (k == in.n) break;
            continue;
        }
        p[(*n)++] = in.p[i]; /* what is no escape was meant as it stands */
    }
}

int mime_decode(sx_slice encoding, sx_slice in, sx_arena *arena, sx_slice *out) {
    size_t n = 0;
    bool is_base64 = sx_ieq(encoding, SX_LIT("base64"));
    *out = in;
    if (encoding.n == 0 || sx_ieq(encoding, SX_LIT("7bit")) || sx_ieq(encoding, SX_LIT("8bit")) ||
        sx_ieq(encoding, SX_LIT("binary")))
        return SX_OK;
    if (!is_base64 && !sx_ieq(encoding, SX_LIT("quoted-printable")))
        return sx_fail(SX_E_UNSUPPORTED, "the content is encoded in a way that is unknown here");
    char *p = sx_arena_alloc(arena, in.n + 1);
    if (!p) return sx_fail(SX_E_NOMEM, "no memory for a message");
    int rc = SX_OK;
    if (is_base64)
        rc = base64(in, p, &n);
    else
        quoted_printable(in, p, &n);
    *out = sx_slice_of(p, n);
    return rc;
}
