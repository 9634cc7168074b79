/* Readers of header values: from bytes to views, on demand. Nothing is copied or allocated; every slice points into the
 * value given. Lenient where RFC 4475 is. Pure functions, any thread.
 * Return codes: SX_OK, SX_E_FORMAT (cannot be read), SX_E_NOT_FOUND (by-message readers: no such header). */
#ifndef SIP_HEADERS_H
#define SIP_HEADERS_H

#include "sip/message.h"
#include "sip/uri.h"

/* ---- parameters: name[=value] separated by ';' ---- */
typedef struct sip_param {
    sx_slice name;
    sx_slice value; /* as written, quotes and escapes in (lex.h undoes them); p == NULL: a flag */
} sip_param;
/* *rest is what stands behind the first ';'. True with the next one, false at the end or at what is no parameter. */
bool sip_param_next(sx_slice *rest, sip_param *out);
/* False if it is not there. A quoted value comes without its quotes. Any case; value may be NULL. */
bool sip_param_get(sx_slice params, sx_slice name, sx_slice *value);

/* ---- comma lists, over all headers of one id in order ---- */
typedef struct sip_list {
    const sip_msg *msg;
    const sip_hdr *hdr; /* the header the last element came from */
    sx_slice rest;
} sip_list;
void sip_list_begin(sip_list *l, const sip_msg *m, sip_hdr_id id);
void sip_list_of(sip_list *l, sx_slice value); /* over one value only */
/* 1 with the next element (trimmed, never empty: empty ones are skipped), 0 at the end, SX_E_FORMAT where a quote or
 * '<' is never closed (the list is over then). Commas in quotes and in <> do not separate. */
int sip_list_next(sip_list *l, sx_slice *element);
/* Is this token in the list (Require, Allow, Supported ...)? Any case. */
bool sip_list_has(const sip_msg *m, sip_hdr_id id, sx_slice token);
/* Known option tags of a header as bits of sip_option_tag; *unknown (may be NULL) counts the others. */
uint32_t sip_option_tags(const sip_msg *m, sip_hdr_id id, int *unknown);

/* ---- addresses: From, To, Contact, Route, Record-Route, Path, Refer-To, P-Asserted-Identity ... ---- */
typedef struct sip_addr {
    sx_slice display; /* as written, quotes and escapes in; empty if none */
    sx_slice uri;     /* without <>; take it apart with sip_uri_parse */
    sx_slice params;  /* the header's, without the first ';' (in addr-spec form all parameters are the header's) */
    bool star;        /* Contact: *  (all else is empty) */
} sip_addr;
int sip_addr_read(sx_slice element, sip_addr *out);
/* From and To: p == NULL without a tag. */
sx_slice sip_addr_tag(const sip_addr *a);
/* Walks the addresses of a header: 1, 0 at the end, SX_E_FORMAT. */
int sip_addr_next(sip_list *l, sip_addr *out);
/* First address of a header. */
int sip_addr_first(const sip_msg *m, sip_hdr_id id, sip_addr *out);
/* Contact: seconds of its expires parameter, else of the Expires header, else `fallback`. An unreadable value is 3600
 * (RFC 3261 10.2.1.1, 20.10); values above 2^32-1 are 2^32-1. */
uint32_t sip_contact_expires(const sip_msg *m, const sip_addr *contact, uint32_t fallback);

/* ---- Via ---- */
typedef struct sip_via {
    sx_slice transport; /* "UDP", as written */
    sx_slice host;      /* sent-by, an IPv6 reference without brackets */
    sx_slice params;    /* without the first ';' */
    sx_slice branch;    /* p == NULL: none */
    sx_slice received;  /* p == NULL: none; brackets of an IPv6 one removed */
    sx_slice maddr;     /* p == NULL: none */
    uint16_t port;      /* of sent-by, 0: none given */
    uint16_t rport;     /* 0: none or without value */
    uint8_t ttl;        /* 0: none */
    bool has_rport;     /* rport stands there, with or without value (RFC 3581) */
} sip_via;
int sip_via_read(sx_slice element, sip_via *out);
int sip_via_next(sip_list *l, sip_via *out); /* 1, 0, SX_E_FORMAT */
int sip_via_first(const sip_msg *m, sip_via *out);
/* Does the branch begin with the magic cookie z9hG4bK (any case) and go on? */
bool sip_branch_is_3261(sx_slice branch);

/* ---- CSeq, RAck, numbers, dates ---- */
typedef struct sip_cseq {
    uint32_t number; /* below 2^31 (RFC 3261 8.1.1.5) */
    uint8_t method;  /* sip_method */
    sx_slice method_name;
} sip_cseq;
int sip_cseq_read(sx_slice value, sip_cseq *out);
typedef struct sip_rack {
    uint32_t rseq;
    sip_cseq cseq;
} sip_rack;
int sip_rack_read(sx_slice value, sip_rack *out);
/* A header that is one number: Max-Forwards, Expires, Min-Expires, RSeq, Content-Length ... SX_E_LIMIT above max. */
int sip_number(const sip_msg *m, sip_hdr_id id, uint32_t max, uint32_t *out);
/* delta-seconds with parameters: Session-Expires, Min-SE; params may be NULL. */
int sip_delta_read(sx_slice value, uint32_t *seconds, sx_slice *params);
typedef struct sip_retry_after {
    uint32_t seconds;
    uint32_t duration; /* seconds, 0: none */
    sx_slice comment;  /* without the outer parentheses */
} sip_retry_after;
int sip_retry_after_read(sx_slice value, sip_retry_after *out);

/* ---- values with parameters ---- */
typedef struct sip_media_type {
    sx_slice type, subtype; /* "application", "sdp" */
    sx_slice params;
} sip_media_type;
int sip_media_type_read(sx_slice value, sip_media_type *out); /* Content-Type, one element of Accept */
bool sip_media_type_is(const sip_media_type *t, const char *type, const char *subtype);
/* token *(;param): Event, Subscription-State, Content-Disposition, one element of Reason. */
int sip_token_read(sx_slice value, sx_slice *token, sx_slice *params);
typedef struct sip_reason_value {
    sx_slice protocol; /* "SIP", "Q.850" */
    int cause;         /* -1: none */
    sx_slice text;     /* without quotes, escapes in; p == NULL: none */
} sip_reason_value;
int sip_reason_read(sx_slice element, sip_reason_value *out);
/* Replaces, Target-Dialog, Join: Call-ID and both tags. */
typedef struct sip_dialog_ref {
    sx_slice call_id, to_tag, from_tag;
    bool early_only;
} sip_dialog_ref;
int sip_dialog_ref_read(sx_slice value, sip_dialog_ref *out);

/* ---- challenges and credentials (their parameters are separated by commas too) ---- */
typedef struct sip_auth {
    sx_slice scheme; /* "Digest" */
    sx_slice params; /* walk with sip_auth_param_next; a token68 of another scheme stands here as it is */
} sip_auth;
/* Of WWW-Authenticate, Proxy-Authenticate, Authorization, Proxy-Authorization: begin with sip_list_begin; several per
 * line are told apart. 1, 0 at the end, SX_E_FORMAT. */
int sip_auth_next(sip_list *l, sip_auth *out);
/* As sip_param_next, with commas. Also reads Authentication-Info. */
bool sip_auth_param_next(sx_slice *rest, sip_param *out);
bool sip_auth_param_get(sx_slice params, sx_slice name, sx_slice *value); /* quotes removed, escapes in */

/* ---- what every message must have ---- */
typedef struct sip_basics {
    sip_uri uri; /* requests: the Request-URI; any scheme */
    sip_via via; /* the topmost */
    sip_addr from, to;
    sx_slice from_tag; /* p == NULL: none */
    sx_slice to_tag;
    sx_slice call_id;
    sip_cseq cseq;
    uint32_t max_forwards; /* 70 where there is no such header */
} sip_basics;
/* Reads and checks them: each there, once, readable; in a request the method of CSeq is that of the start line. SX_OK
 * or SX_E_PROTOCOL with *err (may be NULL) filled as sip_parse does. */
int sip_basics_read(const sip_msg *m, sip_basics *out, sip_parse_error *err);

#endif
