/* Character classes and the small readers everything else is built on (RFC 3261 25.1). ASCII rules under any locale.
 * Pure functions, safe from any thread. */
#ifndef SIP_LEX_H
#define SIP_LEX_H

#include "base/buf.h"
#include "base/slice.h"

enum {
    SIP_C_TOKEN = 1 << 0, /* token: alphanum and -.!%*_+`'~ */
    SIP_C_WS = 1 << 1,    /* SP HTAB CR LF: folded lines are whitespace inside a value */
    SIP_C_DIGIT = 1 << 2,
    SIP_C_ALPHA = 1 << 3,
    SIP_C_USER = 1 << 4,       /* unreserved or user-unreserved, without '%' */
    SIP_C_PARAM = 1 << 5,      /* unreserved or param-unreserved, without '%' */
    SIP_C_UNRESERVED = 1 << 6, /* alphanum and mark */
    SIP_C_HEX = 1 << 7,
    SIP_C_HOST = 1 << 8,       /* in a host name or IPv4 address; '_' too, which occurs in the field */
    SIP_C_VALUE = 1 << 9,      /* in an unquoted parameter value, lenient: not ; , < > " space or control */
    SIP_C_ADDR_STOP = 1 << 10, /* < , " : ends the search for a display name */
    SIP_C_URI_STOP = 1 << 11   /* in no URI, however lenient: controls, space, < > " */
};
extern const uint16_t sip_class[256];

static inline bool sip_is(char c, int classes) { return (sip_class[(unsigned char)c] & classes) != 0; }

bool sip_is_token(sx_slice s);               /* non-empty and all of class TOKEN */
bool sip_is_header_value(sx_slice s);        /* may be written as a value: no CR, LF or NUL */
sx_slice sip_skip_ws(sx_slice s);            /* without leading whitespace (folding included) */
sx_slice sip_take(sx_slice *s, int classes); /* the longest run of `classes` at the start; *s moves behind it */

/* A quoted string at the start of s (its first byte is '"'): its length with both quotes, backslash escapes honoured;
 * 0 if it does not end. */
size_t sip_quoted_len(sx_slice s);
/* What stands between the quotes, escapes still in; s itself when it is not quoted. */
sx_slice sip_unquote(sx_slice s);
/* Writes s (quoted or not, escapes in) as plain text: quotes and backslashes gone, a folded line becomes one space. */
void sip_unescape_quoted(sx_buf *b, sx_slice s);
/* Writes s between quotes; '"' and '\' are escaped, CR, LF and NUL become spaces. */
void sip_write_quoted(sx_buf *b, sx_slice s);

/* Decimal without sign, whitespace around allowed. SX_OK, SX_E_FORMAT (no number) or SX_E_LIMIT (beyond max). */
int sip_read_u32(sx_slice s, uint32_t max, uint32_t *out);

#endif
