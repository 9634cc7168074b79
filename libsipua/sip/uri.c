#include "sip/uri.h"

#include "base/error.h"
#include "sip/host.h"
#include "sip/lex.h"
#include "sip/param.h"

/* ---- reading ---- */

static bool scheme_char(char c) { return sip_is(c, SIP_C_ALPHA | SIP_C_DIGIT) || c == '+' || c == '-' || c == '.'; }

/* What may stand in no URI, however lenient we are: controls, space and what would end it in its surroundings. */
static bool has_forbidden(const char *begin, sx_slice s) { return sip_run_uri(begin, s.p, s.p + s.n) != s.p + s.n; }

/* The '@' that ends the userinfo, or s.n. The first one, but an unescaped e-mail address as user part is common enough
 * to take the last before the host's end (sip:bob@example.com@proxy). */
static size_t find_at(sx_slice s) {
    const char *at = s.n ? (const char *)memchr(s.p, '@', s.n) : NULL;
    if (!at) return s.n;
    size_t i = (size_t)(at - s.p);
    if (!memchr(at + 1, '@', s.n - i - 1)) return i;
    for (size_t k = i + 1; k < s.n && s.p[k] != ';' && s.p[k] != '?'; k++)
        if (s.p[k] == '@') i = k;
    return i;
}

/* s: what stands behind "sip:". */
static int parse_sip(sx_slice s, sip_uri *u) {
    size_t at = find_at(s);
    if (at < s.n) {
        size_t colon = 0;
        while (colon < at && s.p[colon] != ':') colon++;
        u->has_user = true;
        u->user = sx_slice_of(s.p, colon);
        if (colon < at) u->password = sx_slice_of(s.p + colon + 1, at - colon - 1);
        s = sx_slice_of(s.p + at + 1, s.n - at - 1);
    }
    size_t used = sip_hostport(u->raw.p, s, &u->host, &u->host_kind, &u->port);
    if (used == 0) return SX_E_URI;
    s = sx_slice_of(s.p + used, s.n - used);
    if (s.n && s.p[0] == ';') {
        s = sx_slice_of(s.p + 1, s.n - 1);
        ptrdiff_t q = sx_find(s, '?');
        u->params = q < 0 ? s : sx_slice_of(s.p, (size_t)q);
        s = q < 0 ? sx_slice_empty() : sx_slice_of(s.p + q, s.n - (size_t)q);
    }
    if (s.n == 0) return SX_OK;
    if (s.p[0] != '?') return SX_E_URI;
    u->headers = sx_slice_of(s.p + 1, s.n - 1);
    return SX_OK;
}

static int parse_tel(sx_slice s, sip_uri *u) {
    ptrdiff_t semi = sx_find(s, ';');
    u->user = semi < 0 ? s : sx_slice_of(s.p, (size_t)semi);
    if (semi >= 0) u->params = sx_slice_of(s.p + semi + 1, s.n - (size_t)semi - 1);
    return u->user.n ? SX_OK : SX_E_URI;
}

/* Length of the scheme, 0 if there is none. */
static size_t scheme_len(sx_slice s) {
    size_t n = 1;
    if (s.n == 0 || !sip_is(s.p[0], SIP_C_ALPHA)) return 0;
    while (n < s.n && scheme_char(s.p[n])) n++;
    return n < s.n && s.p[n] == ':' ? n : 0;
}

static sip_scheme scheme_of(sx_slice s) {
    if (SIP_NAME_IS(s, "sip")) return SIP_SCHEME_SIP;
    if (SIP_NAME_IS(s, "sips")) return SIP_SCHEME_SIPS;
    return SIP_NAME_IS(s, "tel") ? SIP_SCHEME_TEL : SIP_SCHEME_OTHER;
}

int sip_uri_parse(sx_slice s, sip_uri *u) {
    bool plain = s.n > 4 && memcmp(s.p, "sip:", 4) == 0; /* nearly always */
    size_t n = plain ? 3 : scheme_len(s);
    memset(u, 0, sizeof *u);
    u->raw = s;
    if (n == 0) return SX_E_URI;
    sx_slice rest = sx_slice_of(s.p + n + 1, s.n - n - 1);
    if (has_forbidden(s.p, rest)) return SX_E_URI;
    u->scheme_name = sx_slice_of(s.p, n);
    u->scheme = (uint8_t)(plain ? SIP_SCHEME_SIP : scheme_of(u->scheme_name));
    if (u->scheme == SIP_SCHEME_SIP || u->scheme == SIP_SCHEME_SIPS) return parse_sip(rest, u);
    if (u->scheme == SIP_SCHEME_TEL) return parse_tel(rest, u);
    u->user = rest;
    return rest.n ? SX_OK : SX_E_URI;
}

/* ---- parameters and headers ---- */

/* The next piece of a=b<sep>c=d. Empty pieces are skipped. */
static inline bool pair_next(sx_slice *rest, char sep, sx_slice *name, sx_slice *value) {
    const char *p = rest->p, *end = sip_end(*rest);
    while (p < end && *p == sep) p++;
    if (p == end) return false;
    const char *q = p;
    while (q < end && *q != sep && *q != '=') q++;
    *name = sx_slice_between(p, q);
    if (q < end && *q == '=') q++;
    p = q;
    while (q < end && *q != sep) q++;
    *value = sx_slice_between(p, q);
    *rest = sx_slice_between(q, end);
    return true;
}

bool sip_uri_param(const sip_uri *u, sx_slice name, sx_slice *value) {
    sx_slice rest = u->params, k, v;
    while (pair_next(&rest, ';', &k, &v)) {
        if (k.n != name.n || !sx_ieq(k, name)) continue;
        if (value) *value = v;
        return true;
    }
    return false;
}

bool sip_uri_header_next(sx_slice *rest, sx_slice *name, sx_slice *value) { return pair_next(rest, '&', name, value); }

uint16_t sip_uri_port(const sip_uri *u) {
    if (u->port) return u->port;
    sx_slice t;
    if (u->scheme == SIP_SCHEME_SIPS) return 5061;
    return sip_uri_param(u, SX_LIT("transport"), &t) && sx_ieq(t, SX_LIT("tls")) ? 5061 : 5060;
}

/* ---- writing ---- */

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = sx_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte %HH at s.p + i stands for, or -1. */
static int escape_at(sx_slice s, size_t i) {
    if (i + 2 >= s.n || s.p[i] != '%') return -1;
    int hi = hex_value(s.p[i + 1]), lo = hex_value(s.p[i + 2]);
    return hi < 0 || lo < 0 ? -1 : hi * 16 + lo;
}

void sip_unescape(sx_buf *b, sx_slice s) {
    for (size_t i = 0; i < s.n; i++) {
        int c = escape_at(s, i);
        sx_buf_char(b, c < 0 ? s.p[i] : (char)c);
        if (c >= 0) i += 2;
    }
}

void sip_escape(sx_buf *b, sx_slice s, int classes) {
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (sip_class[c] & classes) {
            sx_buf_char(b, (char)c);
        } else {
            char e[3] = {'%', digits[c >> 4], digits[c & 15]};
            sx_buf_put(b, e, 3);
        }
    }
}

static void put_host(sx_buf *b, const sip_uri *u) {
    bool v6 = u->host_kind == SIP_HOST_IPV6;
    if (v6) sx_buf_char(b, '[');
    sx_buf_slice(b, u->host);
    if (v6) sx_buf_char(b, ']');
    if (u->port) {
        sx_buf_char(b, ':');
        sx_buf_u64(b, u->port);
    }
}

static void put_scheme(sx_buf *b, const sip_uri *u) {
    static const char *const names[] = {"", "sip:", "sips:", "tel:"};
    if (u->scheme != SIP_SCHEME_OTHER) {
        sx_buf_str(b, names[u->scheme]);
    } else {
        sx_buf_slice(b, u->scheme_name);
        sx_buf_char(b, ':');
    }
}

void sip_uri_write_aor(sx_buf *b, const sip_uri *u) {
    put_scheme(b, u);
    sx_buf_slice(b, u->user);
    if (u->scheme != SIP_SCHEME_SIP && u->scheme != SIP_SCHEME_SIPS) return;
    if (u->has_user) sx_buf_char(b, '@');
    put_host(b, u);
}

void sip_uri_write(sx_buf *b, const sip_uri *u) {
    put_scheme(b, u);
    sx_buf_slice(b, u->user);
    if (u->scheme == SIP_SCHEME_SIP || u->scheme == SIP_SCHEME_SIPS) {
        if (u->password.p) {
            sx_buf_char(b, ':');
            sx_buf_slice(b, u->password);
        }
        if (u->has_user) sx_buf_char(b, '@');
        put_host(b, u);
    }
    if (u->params.n) {
        sx_buf_char(b, ';');
        sx_buf_slice(b, u->params);
    }
    if (u->headers.n) {
        sx_buf_char(b, '?');
        sx_buf_slice(b, u->headers);
    }
}

/* ---- strict: what we send ---- */

/* Only `classes`, the characters of `extra`, and complete escapes. */
static bool strict(sx_slice s, int classes, const char *extra) {
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '%') {
            if (escape_at(s, i) < 0) return false;
            i += 2;
        } else if (!sip_is(s.p[i], classes) && (s.p[i] == 0 || !strchr(extra, s.p[i]))) {
            return false;
        }
    }
    return true;
}

static int check_params(const sip_uri *u) {
    sx_slice rest = u->params;
    while (rest.p) {
        sx_slice value, name = sx_split(sx_split(rest, ';', &rest), '=', &value);
        if (name.n == 0 || !strict(name, SIP_C_PARAM, "")) return sx_fail(SX_E_URI, "a bad parameter in the URI");
        if (value.p && (value.n == 0 || !strict(value, SIP_C_PARAM, "")))
            return sx_fail(SX_E_URI, "a bad parameter value in the URI");
    }
    return SX_OK;
}

static int check_sip(const sip_uri *u) {
    if (u->has_user && (u->user.n == 0 || !strict(u->user, SIP_C_USER, "")))
        return sx_fail(SX_E_URI, "the user part of the URI is empty or holds an unescaped character");
    if (!strict(u->password, SIP_C_UNRESERVED, "&=+$,"))
        return sx_fail(SX_E_URI, "the password in the URI holds an unescaped character");
    if (!sip_host_is_strict(u->host, (sip_host_kind)u->host_kind))
        return sx_fail(SX_E_URI, "the URI has no usable host");
    int rc = check_params(u);
    if (rc != SX_OK) return rc;
    sx_slice rest = u->headers, name, value;
    while (sip_uri_header_next(&rest, &name, &value))
        if (name.n == 0 || !strict(name, SIP_C_UNRESERVED, "[]/?:+$") || !strict(value, SIP_C_UNRESERVED, "[]/?:+$"))
            return sx_fail(SX_E_URI, "a bad header in the URI");
    return SX_OK;
}

static int check_tel(const sip_uri *u) {
    size_t digits = 0;
    for (size_t i = 0; i < u->user.n; i++) {
        char c = u->user.p[i];
        bool digit = sip_is(c, SIP_C_HEX) || c == '*' || c == '#';
        bool separator = c == '-' || c == '.' || c == '(' || c == ')';
        if (!digit && !separator && !(c == '+' && i == 0)) return sx_fail(SX_E_URI, "not a telephone number");
        digits += digit;
    }
    return digits ? check_params(u) : sx_fail(SX_E_URI, "a telephone number without digits");
}

int sip_uri_check(const sip_uri *u) {
    switch (u->scheme) {
    case SIP_SCHEME_SIP:
    case SIP_SCHEME_SIPS: return check_sip(u);
    case SIP_SCHEME_TEL: return check_tel(u);
    default: break;
    }
    if (u->scheme_name.n == 0 || u->user.n == 0 || has_forbidden(u->user.p, u->user))
        return sx_fail(SX_E_URI, "the URI is empty or holds a space, a bracket or a control character");
    return SX_OK;
}
