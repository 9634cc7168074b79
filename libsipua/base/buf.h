/* A growing buffer for building messages. A failed allocation sticks: check `failed` once, at the end. */
#ifndef SX_BUF_H
#define SX_BUF_H

#include "base/slice.h"

typedef struct sx_buf {
    char *p;
    size_t n;
    size_t cap;
    bool failed; /* out of memory, or past a fixed buffer's end: nothing more is written */
    bool fixed;  /* the bytes are the caller's; never reallocated or freed */
} sx_buf;

void sx_buf_init(sx_buf *b);                            /* empty, grows on demand */
void sx_buf_init_fixed(sx_buf *b, char *p, size_t cap); /* writes into the caller's bytes only */
void sx_buf_free(sx_buf *b);
void sx_buf_reset(sx_buf *b); /* keeps the memory, clears `failed` */

/* Makes room for `more` bytes and returns where they go, or NULL. */
char *sx_buf_reserve(sx_buf *b, size_t more);
void sx_buf_put(sx_buf *b, const void *p, size_t n);
void sx_buf_slice(sx_buf *b, sx_slice s);
void sx_buf_str(sx_buf *b, const char *s);
void sx_buf_char(sx_buf *b, char c);
void sx_buf_u64(sx_buf *b, uint64_t v); /* decimal */
void sx_buf_hex(sx_buf *b, const void *p, size_t n);
/* For cold paths: errors, logs, traces. */
void sx_buf_printf(sx_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
#define SX_BUF_LIT(b, s) sx_buf_put((b), (s), sizeof(s) - 1)

static inline sx_slice sx_buf_view(const sx_buf *b) { return sx_slice_of(b->p, b->n); }
/* The bytes, NUL-terminated, now the caller's to free; the buffer is empty again. NULL if it failed; what it
 * held is freed then. */
char *sx_buf_detach(sx_buf *b);
/* Drops the first n bytes. */
void sx_buf_consume(sx_buf *b, size_t n);

#endif
