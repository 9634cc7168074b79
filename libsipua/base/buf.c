#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void sx_buf_init(sx_buf *b) { memset(b, 0, sizeof *b); }

void sx_buf_init_fixed(sx_buf *b, char *p, size_t cap) {
    memset(b, 0, sizeof *b);
    b->p = p;
    b->cap = cap;
    b->fixed = true;
}

void sx_buf_free(sx_buf *b) {
    if (!b->fixed) free(b->p);
    memset(b, 0, sizeof *b);
}

void sx_buf_reset(sx_buf *b) {
    b->n = 0;
    b->failed = false;
}

/* Makes cap at least n + more. On failure the bytes written so far stay as they were. */
static bool grow(sx_buf *b, size_t more) {
    if (b->failed) return false;
    if (more <= b->cap - b->n) return true;
    if (b->fixed || more > SIZE_MAX / 2 - b->n) {
        b->failed = true;
        return false;
    }
    size_t need = b->n + more;
    size_t cap = b->cap < 64 ? 64 : b->cap;
    while (cap < need) cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    char *p = realloc(b->p, cap);
    if (!p) {
        b->failed = true;
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

char *sx_buf_reserve(sx_buf *b, size_t more) { return grow(b, more) ? b->p + b->n : NULL; }

void sx_buf_put(sx_buf *b, const void *p, size_t n) {
    if (n == 0 || !grow(b, n)) return;
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

void sx_buf_slice(sx_buf *b, sx_slice s) { sx_buf_put(b, s.p, s.n); }

void sx_buf_str(sx_buf *b, const char *s) {
    if (s) sx_buf_put(b, s, strlen(s));
}

void sx_buf_char(sx_buf *b, char c) {
    if (!grow(b, 1)) return;
    b->p[b->n++] = c;
}

void sx_buf_u64(sx_buf *b, uint64_t v) {
    char d[20];
    size_t i = sizeof d;
    do {
        d[--i] = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    sx_buf_put(b, d + i, sizeof d - i);
}

void sx_buf_hex(sx_buf *b, const void *p, size_t n) {
    static const char digits[] = "0123456789abcdef";
    const unsigned char *s = p;
    if (n > SIZE_MAX / 4) {
        b->failed = true;
        return;
    }
    if (!grow(b, n * 2)) return;
    for (size_t i = 0; i < n; i++) {
        b->p[b->n++] = digits[s[i] >> 4];
        b->p[b->n++] = digits[s[i] & 15];
    }
}

void sx_buf_printf(sx_buf *b, const char *fmt, ...) {
    char small[256];
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    if (n < 0) {
        b->failed = true;
    } else if ((size_t)n < sizeof small) {
        sx_buf_put(b, small, (size_t)n);
    } else {
        /* vsnprintf writes a NUL too, which a fixed buffer may have no room for */
        char *big = b->failed ? NULL : malloc((size_t)n + 1);
        if (big) {
            vsnprintf(big, (size_t)n + 1, fmt, again);
            sx_buf_put(b, big, (size_t)n);
            free(big);
        } else {
            b->failed = true;
        }
    }
    va_end(again);
}

char *sx_buf_detach(sx_buf *b) {
    char *p;
    if (b->failed) {
        sx_buf_free(b);
        return NULL;
    }
    if (b->fixed) {
        p = sx_strdup(sx_buf_view(b));
        if (p) b->n = 0;
        return p;
    }
    if (!grow(b, 1)) {
        sx_buf_free(b);
        return NULL;
    }
    b->p[b->n] = 0;
    p = b->p;
    sx_buf_init(b);
    return p;
}

void sx_buf_consume(sx_buf *b, size_t n) {
    if (n >= b->n) {
        b->n = 0;
        return;
    }
    if (n == 0) return;
    memmove(b->p, b->p + n, b->n - n);
    b->n -= n;
}
