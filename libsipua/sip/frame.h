/* Cuts a byte stream (TCP, TLS) into SIP messages by Content-Length (RFC 3261 18.3), whatever way it was split on the
 * way, and answers for the CRLF keepalives between them (RFC 5626 4.4.1). One per connection; not thread-safe.
 *
 *     char *space = sip_framer_space(&f, 4096, &room);  n = recv(fd, space, room);  sip_framer_added(&f, n);
 *     while ((what = sip_framer_next(&f, &message)) > SIP_FRAME_MORE) ...
 */
#ifndef SIP_FRAME_H
#define SIP_FRAME_H

#include "base/buf.h"
#include "base/slice.h"

typedef struct sip_framer {
    sx_buf buf; /* bytes not yet handed out begin at `start` */
    size_t start;
    size_t scanned;     /* bytes behind start that hold no end of headers */
    size_t head;        /* length of the headers with their empty line; 0: not yet seen */
    size_t total;       /* length of the whole message, when head is known */
    size_t max_head;    /* bytes */
    size_t max_body;    /* bytes */
    unsigned pongs_due; /* pings we sent and have no answer to */
    bool half_ping;     /* one CRLF seen that was no pong */
    int error;          /* sticks */
} sip_framer;

typedef enum sip_frame {
    SIP_FRAME_MORE = 0,    /* nothing complete: read on */
    SIP_FRAME_MESSAGE = 1, /* *out is one whole message */
    SIP_FRAME_PING = 2,    /* CRLF CRLF arrived: answer with CRLF */
    SIP_FRAME_PONG = 3     /* CRLF arrived and a ping of ours was open */
} sip_frame;

/* 0: headers of at most 65536 bytes, a body of at most 65536. Allocates nothing yet. */
void sip_framer_init(sip_framer *f, size_t max_head, size_t max_body);
void sip_framer_free(sip_framer *f);

/* Room for at least `want` bytes to read into (*room tells how many), or NULL when memory ran out. Slices handed out
 * before are invalid from here on. */
char *sip_framer_space(sip_framer *f, size_t want, size_t *room);
void sip_framer_added(sip_framer *f, size_t n); /* n bytes were put there */
/* The same with a copy: SX_OK or SX_E_NOMEM. */
int sip_framer_feed(sip_framer *f, const void *p, size_t n);

/* The next thing that is complete. *out (for MESSAGE) is valid until the next call of space, feed or free.
 * Errors, after each of which the stream can't be trusted any more and must be closed (they stick):
 * SX_E_PROTOCOL: no or an unreadable or contradicting Content-Length; SX_E_LIMIT: headers or body above the cap.
 * With an error *out holds the headers as far as they came, so that a 400 may be sent before closing; it may be empty.
 */
int sip_framer_next(sip_framer *f, sx_slice *out);

/* We have sent CRLF CRLF: a single CRLF from there is the pong. */
static inline void sip_framer_pinged(sip_framer *f) { f->pongs_due++; }
/* What waits for the rest of its message; valid as long as what sip_framer_next handed out. */
static inline sx_slice sip_framer_view(const sip_framer *f) {
    return f->buf.n > f->start ? sx_slice_of(f->buf.p + f->start, f->buf.n - f->start) : sx_slice_empty();
}
/* Bytes waiting for the rest of their message. */
static inline size_t sip_framer_held(const sip_framer *f) { return f->buf.n - f->start; }

#endif
