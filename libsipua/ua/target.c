/* From what a person types to a Request-URI. */
#include "sip/lex.h"
#include "ua/internal.h"

static bool is_separator(char c) { return c == '-' || c == '.' || c == '(' || c == ')' || c == ' ' || c == '/'; }

/* Digits with visual separators, perhaps a leading plus: "+49 (30) 123-45". */
static bool is_number(sx_slice s) {
    bool digit = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c >= '0' && c <= '9') {
            digit = true;
        } else if (c == '+') {
            if (i) return false;
        } else if (c != '*' && c != '#' && !is_separator(c)) {
            return false;
        }
    }
    return digit || (s.n && (s.p[0] == '*' || s.p[0] == '#'));
}

static void put_user(sx_buf *out, sx_slice user) {
    if (!is_number(user)) {
        sip_escape(out, user, SIP_C_USER);
        return;
    }
    for (size_t i = 0; i < user.n; i++) {
        if (!is_separator(user.p[i])) sip_escape(out, sx_slice_of(user.p + i, 1), SIP_C_USER);
    }
}

/* An address or name with a port, where no account can complete it; with one, only what cannot be a user. */
static bool is_host(sx_slice s, bool completable) {
    net_addr a;
    if (net_addr_parse(&a, s, 0)) return true;
    sx_slice port, host = sx_split(s, ':', &port);
    uint64_t n;
    if (port.p && (!sx_to_u64(port, 65535, &n) || !n)) return false;
    if (sip_host_kind_of(host) == SIP_HOST_NONE) return false;
    return port.p != NULL || !completable;
}

static int finish(sx_buf *out, sx_slice text) {
    if (out->failed) return sx_fail(SX_E_NOMEM, "no memory for the target");
    sip_uri u;
    if (sip_uri_parse(sx_buf_view(out), &u) != SX_OK || sip_uri_check(&u) != SX_OK || !u.host.n) {
        return sx_fail(SX_E_URI, "%.*s is not something to call", (int)(text.n > 120 ? 120 : text.n), text.p);
    }
    return SX_OK;
}

static void put_scheme(sx_buf *out, bool secure) { sx_buf_str(out, secure ? "sips:" : "sip:"); }

static int from_tel(const sip_uri *u, sx_slice text, sx_slice domain, bool secure, sx_buf *out) {
    if (!domain.n) return sx_fail(SX_E_URI, "a tel: number needs an account that knows where to send it");
    put_scheme(out, secure);
    put_user(out, u->user);
    sx_buf_char(out, '@');
    sx_buf_slice(out, domain);
    SX_BUF_LIT(out, ";user=phone");
    return finish(out, text);
}

/* RFC 3261 19.1.1: a method says how to ask, and does not stand in a Request-URI. */
static void put_params(const sip_uri *u, sx_buf *out) {
    sip_param p;
    bool method = sip_uri_param(u, SX_LIT("method"), NULL);
    if (u->params.n && !method) {
        sx_buf_char(out, ';');
        sx_buf_slice(out, u->params);
    }
    for (sx_slice rest = u->params; method && sip_param_next(&rest, &p);) {
        if (sx_ieq(p.name, SX_LIT("method"))) continue;
        sx_buf_char(out, ';');
        sx_buf_slice(out, p.name);
        if (!p.value.p) continue;
        sx_buf_char(out, '=');
        sx_buf_slice(out, p.value);
    }
}

static int from_uri(const sip_uri *u, sx_slice text, sx_buf *out) {
    sx_buf_slice(out, u->scheme_name);
    sx_buf_char(out, ':');
    if (u->has_user) {
        sx_buf_slice(out, u->user);
        if (u->password.p) {
            sx_buf_char(out, ':');
            sx_buf_slice(out, u->password);
        }
        sx_buf_char(out, '@');
    }
    sip_uri rest = *u; /* without the ?headers, which are not ours to obey */
    sx_slice host = rest.host;
    bool v6 = rest.host_kind == SIP_HOST_IPV6;
    if (v6) sx_buf_char(out, '[');
    sx_buf_slice(out, host);
    if (v6) sx_buf_char(out, ']');
    if (rest.port) {
        sx_buf_char(out, ':');
        sx_buf_u64(out, rest.port);
    }
    put_params(&rest, out);
    return finish(out, text);
}

int ua_target(sx_slice text, sx_slice domain, bool secure, sx_buf *out) {
    text = sx_trim(text);
    if (!text.n || !sip_is_header_value(text))
        return sx_fail(SX_E_URI, "the target is empty or has a line break in it");
    sx_slice s = text;
    sip_addr addr;
    if (sx_find(text, '<') >= 0 && sip_addr_read(text, &addr) == SX_OK) s = sx_trim(addr.uri);
    ptrdiff_t colon = sx_find(s, ':'), at = sx_find(s, '@');
    sip_uri u;
    if (colon > 0 && sip_uri_parse(s, &u) == SX_OK && u.scheme != SIP_SCHEME_OTHER) {
        return u.scheme == SIP_SCHEME_TEL ? from_tel(&u, text, domain, secure, out) : from_uri(&u, text, out);
    }
    if (colon > 0 && (sx_ieq(sx_slice_of(s.p, (size_t)colon), SX_LIT("sip")) ||
                      sx_ieq(sx_slice_of(s.p, (size_t)colon), SX_LIT("sips")))) {
        return sx_fail(SX_E_URI, "%.*s is not a SIP URI", (int)(text.n > 120 ? 120 : text.n), text.p);
    }
    put_scheme(out, secure);
    if (at >= 0) {
        sx_slice user = sx_slice_of(s.p, (size_t)at);
        if (user.n && user.p[0] == '+') {
            put_user(out, user);
        } else {
            sip_escape(out, user, SIP_C_USER);
        }
        sx_buf_slice(out, sx_slice_of(s.p + at, s.n - (size_t)at));
    } else if (is_host(s, domain.n > 0)) {
        sx_buf_slice(out, s);
    } else if (domain.n) {
        put_user(out, s);
        sx_buf_char(out, '@');
        sx_buf_slice(out, domain);
    } else {
        return sx_fail(SX_E_URI, "%.*s needs an account to complete it", (int)(text.n > 120 ? 120 : text.n), text.p);
    }
    return finish(out, text);
}
