#include "base/slice.h"

#include <stdlib.h>

bool sx_ieq(sx_slice a, sx_slice b) {
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++)
        if (sx_lower(a.p[i]) != sx_lower(b.p[i])) return false;
    return true;
}

bool sx_eq_secret(sx_slice a, sx_slice b) {
    if (a.n != b.n) return false;
    volatile unsigned char diff = 0;
    for (size_t i = 0; i < a.n; i++) diff = (unsigned char)(diff | ((unsigned char)a.p[i] ^ (unsigned char)b.p[i]));
    return diff == 0;
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

sx_slice sx_trim(sx_slice s) {
    while (s.n && is_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n && is_blank(s.p[s.n - 1])) s.n--;
    return s;
}

sx_slice sx_split(sx_slice s, char c, sx_slice *rest) {
    const char *at = s.n ? (const char *)memchr(s.p, c, s.n) : NULL;
    if (!at) {
        *rest = sx_slice_empty();
        return s;
    }
    *rest = sx_slice_between(at + 1, s.p + s.n);
    return sx_slice_between(s.p, at);
}

ptrdiff_t sx_find(sx_slice s, char c) {
    const char *at = s.n ? (const char *)memchr(s.p, c, s.n) : NULL;
    return at ? at - s.p : -1;
}

bool sx_to_u64(sx_slice s, uint64_t max, uint64_t *out) {
    uint64_t v = 0;
    if (s.n == 0) return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned d = (unsigned)((unsigned char)s.p[i] - '0');
        if (d > 9) return false;
        if (v > (UINT64_MAX - d) / 10) return false;
        v = v * 10 + d;
        if (v > max) return false;
    }
    *out = v;
    return true;
}

char *sx_strdup(sx_slice s) {
    if (s.n == SIZE_MAX) return NULL;
    char *p = malloc(s.n + 1);
    if (!p) return NULL;
    if (s.n) memcpy(p, s.p, s.n);
    p[s.n] = 0;
    return p;
}
