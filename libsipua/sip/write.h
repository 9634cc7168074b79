/* Builds messages: headers in the order of the calls, canonical long names, no printf. What it writes, sip_parse reads
 * back to the same structure. Errors stick in the writer and come out of sip_write_end; nothing else needs checking.
 *
 *     sip_writer w;
 *     sip_write_begin(&w, &buf);
 *     sip_write_request(&w, SX_LIT("OPTIONS"), target);
 *     sip_write_via(&w, &via);
 *     ...
 *     rc = sip_write_end(&w, SX_LIT("application/sdp"), body);
 */
#ifndef SIP_WRITE_H
#define SIP_WRITE_H

#include "base/buf.h"
#include "sip/headers.h"

typedef struct sip_writer {
    sx_buf *b;
    size_t start; /* where this message begins in b */
    int error;    /* the first one: SX_E_HEADER, SX_E_URI, SX_E_INVALID */
} sip_writer;

/* Appends to b, which the caller owns. On an error what was written stays in b and must not be sent. */
void sip_write_begin(sip_writer *w, sx_buf *b);

/* METHOD uri SIP/2.0. The method must be a token; the URI holds no space or control character. */
void sip_write_request(sip_writer *w, sx_slice method, sx_slice uri);
/* SIP/2.0 status reason; an empty reason is replaced by the usual phrase. Status 100..699. */
void sip_write_status(sip_writer *w, int status, sx_slice reason);

/* One header. SX_E_HEADER if the value holds CR, LF or NUL (a folded value that came from a parsed message is written
 * on one line: use sip_write_copy for those). */
void sip_write_hdr(sip_writer *w, sip_hdr_id id, sx_slice value);
void sip_write_hdr_str(sip_writer *w, sip_hdr_id id, const char *value);
void sip_write_hdr_u64(sip_writer *w, sip_hdr_id id, uint64_t value);
/* By name, for headers an app gives: the name must be a token, and none of those the stack writes itself when
 * `reserved` says so: Via, From, To, Call-ID, CSeq, Contact, Content-Length, Max-Forwards, Route, Record-Route
 * (SX_E_HEADER). */
void sip_write_named(sip_writer *w, sx_slice name, sx_slice value);
bool sip_hdr_is_reserved(sx_slice name);
/* May an app set this header? SX_OK or SX_E_HEADER with a sentence in sx_last_error_text(). */
int sip_hdr_check(sx_slice name, sx_slice value);

/* Copies one header line, or all of an id in order, from a parsed message; folds become spaces. */
void sip_write_copy_one(sip_writer *w, const sip_msg *m, const sip_hdr *h);
void sip_write_copy(sip_writer *w, const sip_msg *m, sip_hdr_id id);

/* Via: SIP/2.0/TRANSPORT host[:port];branch=...  */
typedef struct sip_via_spec {
    sx_slice transport; /* "UDP" */
    sx_slice host;      /* an IPv6 address without brackets gets them */
    sx_slice branch;    /* with its z9hG4bK */
    uint16_t port;      /* 0: none */
    bool rport;         /* ask for rport (RFC 3581) */
} sip_via_spec;
void sip_write_via(sip_writer *w, const sip_via_spec *via);
void sip_write_cseq(sip_writer *w, uint32_t number, sx_slice method);

/* "display" <uri>;tag=tag;params. Display is plain text and gets quoted and escaped; empty display, tag or params are
 * left out; params is written as it is, without a first ';'. */
void sip_write_addr(sip_writer *w, sip_hdr_id id, sx_slice display, sx_slice uri, sx_slice tag, sx_slice params);
/* The same without the name and line end, for one's own lists and for storing. */
void sip_put_addr(sx_buf *b, sx_slice display, sx_slice uri, sx_slice tag, sx_slice params);
/* Known option tags as "a, b": nothing is written for 0. */
void sip_write_option_tags(sip_writer *w, sip_hdr_id id, uint32_t bits);

/* Ends the headers: Content-Type (unless the body or the type is empty), Content-Length, empty line, body.
 * SX_OK, the first error, or SX_E_NOMEM (also when a fixed buffer is full). */
int sip_write_end(sip_writer *w, sx_slice content_type, sx_slice body);

/* Status line, every Via, From, To, Call-ID and CSeq of `req`, as 8.2.6 asks; further headers and sip_write_end follow.
 * req may be one that failed to parse but has an answerable error (sip_parse_error.status). */
typedef struct sip_response_spec {
    int status;
    sx_slice reason; /* empty: the usual phrase */
    sx_slice to_tag; /* added to a To without tag; empty: none (100 needs none) */
    sx_slice
        source_host; /* where the request came from, numeric, no brackets: goes into received of the top Via when it
                        differs from sent-by or rport was asked for (18.2.1, RFC 3581); empty: the Via as it was */
    uint16_t source_port; /* goes into rport where asked for */
} sip_response_spec;
void sip_write_response(sip_writer *w, const sip_msg *req, const sip_response_spec *spec);

/* Copies any message, even a malformed one, with secrets hidden, for traces: the response of digest credentials,
 * passwords in sip and sips URIs, and keys in an SDP's a=crypto lines become "***"; of other schemes in
 * (Proxy-)Authorization everything. The rest is kept byte for byte. */
void sip_redact(sx_buf *out, sx_slice message);

#endif
