/* URIs: sip, sips and tel are taken apart, every other scheme is kept as it is (RFC 3261 19.1, RFC 3966).
 * Lenient when reading what others sent, strict for what we send (sip_uri_check). Pure functions, safe from any thread;
 * the slices of a sip_uri point into the text it was read from. */
#ifndef SIP_URI_H
#define SIP_URI_H

#include "base/buf.h"
#include "base/slice.h"

typedef enum sip_scheme { SIP_SCHEME_OTHER = 0, SIP_SCHEME_SIP, SIP_SCHEME_SIPS, SIP_SCHEME_TEL } sip_scheme;
typedef enum sip_host_kind { SIP_HOST_NONE = 0, SIP_HOST_NAME, SIP_HOST_IPV4, SIP_HOST_IPV6 } sip_host_kind;

typedef struct sip_uri {
    sx_slice raw;         /* all of it */
    sx_slice scheme_name; /* as written, without the colon */
    sx_slice user;        /* escapes still in; tel: the number; other schemes: all behind the colon */
    sx_slice password;    /* p != NULL: there was a colon, the password may be empty */
    sx_slice host;        /* an IPv6 reference without its brackets */
    sx_slice params;      /* without the first ';'; walk with sip_param_next (headers.h) or sip_uri_param */
    sx_slice headers;     /* without the '?'; walk with sip_uri_header_next */
    uint16_t port;        /* 0: none given */
    uint8_t scheme;       /* sip_scheme */
    uint8_t host_kind;    /* sip_host_kind */
    bool has_user;        /* there was an '@': sip:@host has an empty user, sip:host none */
} sip_uri;

/* The whole of s must be one URI, without <>. SX_OK or SX_E_URI. Lenient: unescaped odd characters are taken in the
 * user part and in parameters; never control characters or spaces, never '<' '>' '"'; the port is 1..65535. */
int sip_uri_parse(sx_slice s, sip_uri *u);
/* May we send this? Escapes complete, characters legal where they stand, host well-formed. SX_OK or SX_E_URI with a
 * sentence in sx_last_error_text(). */
int sip_uri_check(const sip_uri *u);

/* A parameter's value (escapes still in; empty for a flag such as lr). False if it is not there. Any case. */
bool sip_uri_param(const sip_uri *u, sx_slice name, sx_slice *value); /* value may be NULL */
/* Walks ?name=value&name=value: start with *rest = u->headers; false at the end. */
bool sip_uri_header_next(sx_slice *rest, sx_slice *name, sx_slice *value);

/* Equality as RFC 3261 19.1.4 has it (not transitive, and without DNS); tel by RFC 3966 5; others byte for byte. */
bool sip_uri_eq(const sip_uri *a, const sip_uri *b);
/* Scheme, user, host and port only, as registrars compare an address-of-record (RFC 3261 10.3 step 5). */
bool sip_uri_eq_aor(const sip_uri *a, const sip_uri *b);

/* Composes from the parts (raw is not looked at); an IPv6 host gets its brackets. Nothing is escaped here. */
void sip_uri_write(sx_buf *b, const sip_uri *u);
/* The same, only scheme, user, host and port: an address-of-record, no password, no parameters. */
void sip_uri_write_aor(sx_buf *b, const sip_uri *u);

/* The port in use: the given one, else 5061 for sips or transport=tls, else 5060. */
uint16_t sip_uri_port(const sip_uri *u);

/* %41 -> A. An incomplete escape stays as it is. */
void sip_unescape(sx_buf *b, sx_slice s);
/* Plain text as user part, or as parameter or header value: everything outside `class` (SIP_C_USER, SIP_C_PARAM, of
 * lex.h) becomes %HH. */
void sip_escape(sx_buf *b, sx_slice s, int classes);

/* What kind of host is this text (an IPv6 one with or without brackets)? SIP_HOST_NONE if it is no host at all. */
sip_host_kind sip_host_kind_of(sx_slice s);

#endif
