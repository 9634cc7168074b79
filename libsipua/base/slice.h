/* A view of bytes that somebody else owns. Never NUL-terminated, never freed through the slice. */
#ifndef SX_SLICE_H
#define SX_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct sx_slice {
    const char *p;
    size_t n;
} sx_slice;

/* A slice of a string literal, usable as an expression: SX_LIT("INVITE"). */
#define SX_LIT(s) sx_slice_of((s), sizeof(s) - 1)

static inline sx_slice sx_slice_of(const char *p, size_t n) {
    sx_slice s;
    s.p = p;
    s.n = n;
    return s;
}

/* NULL becomes the empty slice. */
static inline sx_slice sx_slice_str(const char *s) { return sx_slice_of(s, s ? strlen(s) : 0); }
static inline sx_slice sx_slice_empty(void) { return sx_slice_of(NULL, 0); }
static inline sx_slice sx_slice_between(const char *a, const char *b) { return sx_slice_of(a, (size_t)(b - a)); }

static inline bool sx_eq(sx_slice a, sx_slice b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }

/* ASCII only, and so the same under every locale. */
static inline char sx_lower(char c) { return (c >= 'A' && c <= 'Z') ? (char)(c | 0x20) : c; }
bool sx_ieq(sx_slice a, sx_slice b);
/* In constant time for equal lengths: for secrets. */
bool sx_eq_secret(sx_slice a, sx_slice b);

/* Without SP, HTAB, CR and LF at both ends. */
sx_slice sx_trim(sx_slice s);
/* The bytes before the first `c`; *rest gets those after it. Without `c`: all of s, and rest is empty with p == NULL.
 */
sx_slice sx_split(sx_slice s, char c, sx_slice *rest);
/* Index of c, or -1. */
ptrdiff_t sx_find(sx_slice s, char c);

/* Decimal digits only, the whole slice, no sign, no space. False on anything else or beyond max. */
bool sx_to_u64(sx_slice s, uint64_t max, uint64_t *out);

/* malloc'd and NUL-terminated; NULL when memory ran out. */
char *sx_strdup(sx_slice s);

#endif
