/* A SIP message as an index of views over its bytes. One scan finds the start line, every header line and the body;
 * no value is decoded until a reader (headers.h) asks, and what a reader finds never goes back into the index: a parsed
 * message never changes. Pure functions, no allocation except in sip_msg_keep; any thread.
 *
 * The usual way through:   static thread-owned sip_scratch s;
 *                          rc = sip_parse(&s, bytes, n, NULL, &err);      index only
 *                          rc = sip_basics_read(&s.msg, &basics, &err);   what every message must have
 *                          keep = sip_msg_keep(&s.msg);                   when it has to outlive the buffer
 */
#ifndef SIP_MESSAGE_H
#define SIP_MESSAGE_H

#include "base/buf.h"
#include "base/slice.h"
#include "sip/names.h"

#define SIP_MAX_HEADERS 128
#define SIP_MAX_MESSAGE 65536
#define SIP_MAX_LINE 8192
#define SIP_NO_HDR 0xff /* end of a chain */

/* One header line (with what was folded onto it). */
typedef struct sip_hdr {
    uint32_t name_at;  /* offset of the name in sip_msg.bytes */
    uint32_t value_at; /* offset of the value, whitespace around it trimmed, folds inside it still there */
    uint32_t value_len;
    uint16_t name_len;
    uint8_t id;   /* sip_hdr_id */
    uint8_t next; /* index of the next header with the same id, or SIP_NO_HDR */
} sip_hdr;

typedef struct sip_msg {
    sx_slice bytes;       /* the whole message, without leading CRLFs, body included */
    sx_slice method_name; /* requests; empty in responses */
    sx_slice uri;         /* requests: Request-URI as written */
    sx_slice reason;      /* responses; may be empty */
    sx_slice body;        /* by Content-Length, or all that follows the headers in a datagram without one */
    const sip_hdr *hdrs;
    uint32_t refs;   /* 0: lives in a sip_scratch; else the count of a kept one (private) */
    uint16_t status; /* responses 100..699; 0: it is a request */
    uint8_t method;  /* requests: sip_method */
    uint8_t nhdrs;
    uint8_t first[SIP_HDR_COUNT]; /* index of the first header of an id, or SIP_NO_HDR */
} sip_msg;

/* What a parse writes into: reusable, owned by the caller; about 2.3 KB, no initialisation needed. msg is valid until
 * the next parse into it and as long as the parsed bytes live. */
typedef struct sip_scratch {
    sip_msg msg;
    sip_hdr hdrs[SIP_MAX_HEADERS];
} sip_scratch;

/* Zero fields mean the defaults above; SIP_MAX_HEADERS cannot be exceeded. */
typedef struct sip_limits {
    uint32_t max_message; /* bytes */
    uint32_t max_line;    /* bytes of one header with its folded lines, and of the start line */
    uint32_t max_headers; /* lines */
} sip_limits;

typedef enum sip_fault {
    SIP_FAULT_NONE = 0,
    SIP_FAULT_START_LINE,     /* neither a request nor a status line */
    SIP_FAULT_VERSION,        /* not SIP/2.0: 505 */
    SIP_FAULT_HEADER,         /* a header line without a name or colon, a bare CR or NUL in it */
    SIP_FAULT_END,            /* no empty line ends the headers */
    SIP_FAULT_CONTENT_LENGTH, /* not a number, contradicting ones, or more than has arrived */
    SIP_FAULT_TOO_LONG,       /* message or line above the cap: 513 */
    SIP_FAULT_TOO_MANY,       /* more headers than the cap: 513 */
    SIP_FAULT_MISSING,        /* Via, From, To, Call-ID or CSeq is not there */
    SIP_FAULT_REPEATED,       /* From, To, Call-ID, CSeq or Max-Forwards more than once */
    SIP_FAULT_VALUE           /* one of those cannot be read, or the CSeq method contradicts the request's */
} sip_fault;

/* What was wrong. */
typedef struct sip_parse_error {
    sip_fault fault;
    uint32_t at;      /* offset in the bytes given */
    sip_hdr_id hdr;   /* the header in question, or SIP_HDR_OTHER */
    const char *what; /* a short English phrase, static: fit for a reason phrase ("Missing Call-ID") and a log */
    /* A response we could send: 400, 505 or 513. 0: the message must be dropped (it is a response or an ACK, or Via,
     * From, To, Call-ID and CSeq cannot all be read). When it is not 0 the scratch holds a message that is good enough
     * to write the response from (sip_write_response). */
    uint16_t status;
} sip_parse_error;

/* Indexes one whole message: a datagram, or what the framer cut from a stream. Leading CRLFs are skipped; bytes behind
 * Content-Length are ignored (RFC 3261 18.3). A line may end with LF alone. SX_OK, SX_E_PROTOCOL or SX_E_LIMIT; on
 * failure *err (may be NULL) says why, and s->msg holds what was understood, at most to be answered from.
 * SX_E_INVALID when nothing but CR, LF or NUL bytes is there (a keepalive). */
int sip_parse(sip_scratch *s, const char *p, size_t n, const sip_limits *limits, sip_parse_error *err);

static inline bool sip_is_request(const sip_msg *m) { return m->status == 0; }

/* Views of one header line. */
static inline sx_slice sip_hdr_value(const sip_msg *m, const sip_hdr *h) {
    return sx_slice_of(m->bytes.p + h->value_at, h->value_len);
}
static inline sx_slice sip_hdr_raw_name(const sip_msg *m, const sip_hdr *h) {
    return sx_slice_of(m->bytes.p + h->name_at, h->name_len);
}
/* First header of an id, and the next of the same: NULL at the end. O(1). */
static inline const sip_hdr *sip_first(const sip_msg *m, sip_hdr_id id) {
    return m->first[id] == SIP_NO_HDR ? NULL : &m->hdrs[m->first[id]];
}
static inline const sip_hdr *sip_next(const sip_msg *m, const sip_hdr *h) {
    return h->next == SIP_NO_HDR ? NULL : &m->hdrs[h->next];
}
/* Value of the first header of an id; p == NULL if there is none. */
static inline sx_slice sip_value(const sip_msg *m, sip_hdr_id id) {
    return m->first[id] == SIP_NO_HDR ? sx_slice_empty() : sip_hdr_value(m, &m->hdrs[m->first[id]]);
}
/* By name, long or compact, any case: the first one (after == NULL) or the next after it; NULL at the end. */
const sip_hdr *sip_find(const sip_msg *m, sx_slice name, const sip_hdr *after);

/* Copies bytes and index into one block of exact size with a count of 1, immutable from then on and shared between
 * threads. Of a kept message it is a new reference. NULL when memory ran out. */
sip_msg *sip_msg_keep(const sip_msg *m);
sip_msg *sip_msg_ref(sip_msg *m); /* of a kept one; returns m */
void sip_msg_unref(sip_msg *m);   /* NULL is legal; of a scratch's message nothing happens */

#endif
