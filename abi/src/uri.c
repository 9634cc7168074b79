/* URIs, without an agent. */
#include "sip/uri.h"

#include "sip/headers.h"
#include "sip/lex.h"
#include "src/abi.h"

/* Appends text with a NUL and gives its place; NULL for what is not there. */
static const char *put(sx_buf *b, sx_slice s, bool unescape, bool lower) {
    size_t at = b->n;
    if (!s.p) return NULL;
    if (unescape)
        sip_unescape(b, s);
    else
        sx_buf_slice(b, s);
    if (!b->failed) {
        for (size_t i = at; i < b->n; i++) {
            if (lower) b->p[i] = sx_lower(b->p[i]);
            if (!b->p[i]) b->p[i] = '?'; /* %00: no string of C can hold it */
        }
    }
    sx_buf_char(b, 0);
    return b->failed ? NULL : b->p + at;
}

/* "Bob <sip:bob@example.com>;x=y" -> what stands between the brackets. */
static int inner(const char *text, sx_slice *out) {
    sip_addr addr;
    *out = sx_slice_str(text);
    if (!strchr(text, '<')) {
        *out = sx_trim(*out);
        return SX_OK;
    }
    if (sip_addr_read(*out, &addr) < 0 || addr.star) return SX_E_URI;
    *out = addr.uri;
    return SX_OK;
}

int32_t sipua_uri_parse(const char *text, sipua_uri *uri, char *buffer, uint32_t capacity) {
    sipua_uri full = SIPUA_URI_INIT;
    sx_slice s;
    sip_uri u;
    sx_buf b;
    if (!text || !uri || (!buffer && capacity)) return sx_fail(SX_E_INVALID, "text, uri or buffer is NULL");
    if (abi_text("the URI", text, true) < 0 || inner(text, &s) < 0 || sip_uri_parse(s, &u) < 0)
        return sx_fail(SX_E_URI, "\"%.200s\" is not a URI", text);
    sx_buf_init_fixed(&b, buffer, capacity);
    full.port = u.port;
    full.scheme = put(&b, u.scheme_name, false, true);
    full.user = put(&b, u.user.n || u.has_user ? u.user : sx_slice_empty(), u.scheme != SIP_SCHEME_OTHER, false);
    full.password = put(&b, u.password, true, false);
    full.host = put(&b, u.host.n ? u.host : sx_slice_empty(), false, false);
    full.parameters = put(&b, u.params.n ? u.params : sx_slice_empty(), false, false);
    full.headers = put(&b, u.headers.n ? u.headers : sx_slice_empty(), false, false);
    if (b.failed) return sx_fail(SX_E_FULL, "the buffer of %u bytes is too small", (unsigned)capacity);
    for (size_t i = 0; i < b.n;) { /* unescaping may have made what is not UTF-8 */
        sx_slice part = sx_slice_str(buffer + i);
        if (!core_utf8_valid(part))
            for (size_t k = 0; k < part.n; k++)
                if ((unsigned char)buffer[i + k] >= 0x80) buffer[i + k] = '?';
        i += part.n + 1;
    }
    ABI_TRY(ABI_OUT(sipua_uri, uri, &full));
    return (int32_t)b.n;
}

static int check_parts(const sipua_uri *u) {
    const char *parts[] = {u->scheme, u->user, u->password, u->host, u->parameters, u->headers};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (abi_text("a part of the URI", parts[i], false) < 0) return SX_E_URI;
    if (u->port < 0 || u->port > 65535) return sx_fail(SX_E_URI, "%d is not a port", (int)u->port);
    return SX_OK;
}

static void compose(sx_buf *b, const sipua_uri *u, bool tel) {
    sx_slice host = sx_slice_str(u->host);
    bool v6 = host.n && host.p[0] != '[' && sx_find(host, ':') >= 0;
    sx_buf_str(b, u->scheme && *u->scheme ? u->scheme : "sip");
    sx_buf_char(b, ':');
    if (u->user) {
        sip_escape(b, sx_slice_str(u->user), SIP_C_USER);
        if (u->password) {
            sx_buf_char(b, ':');
            sip_escape(b, sx_slice_str(u->password), SIP_C_UNRESERVED);
        }
        if (!tel) sx_buf_char(b, '@');
    }
    if (!tel) {
        if (v6) sx_buf_char(b, '[');
        sx_buf_slice(b, host);
        if (v6) sx_buf_char(b, ']');
        if (u->port) {
            sx_buf_char(b, ':');
            sx_buf_u64(b, (uint64_t)u->port);
        }
    }
    if (u->parameters && *u->parameters) {
        sx_buf_char(b, ';');
        sx_buf_str(b, u->parameters);
    }
    if (!tel && u->headers && *u->headers) {
        sx_buf_char(b, '?');
        sx_buf_str(b, u->headers);
    }
}

int32_t sipua_uri_write(const sipua_uri *uri, char *buffer, uint32_t capacity) {
    sipua_uri full;
    sip_uri check;
    sx_buf b;
    if (!uri || (!buffer && capacity)) return sx_fail(SX_E_INVALID, "uri or buffer is NULL");
    ABI_IN(sipua_uri, &full, uri);
    ABI_TRY(check_parts(&full));
    bool tel = full.scheme && sx_ieq(sx_slice_str(full.scheme), SX_LIT("tel"));
    bool sip = !full.scheme || !*full.scheme || sx_ieq(sx_slice_str(full.scheme), SX_LIT("sip")) ||
               sx_ieq(sx_slice_str(full.scheme), SX_LIT("sips"));
    if (sip && (!full.host || !*full.host)) return sx_fail(SX_E_URI, "host is missing");
    if (tel && (!full.user || !*full.user)) return sx_fail(SX_E_URI, "user, the number of a tel URI, is missing");
    sx_buf_init(&b);
    compose(&b, &full, tel);
    int rc;
    if (b.failed)
        rc = sx_fail(SX_E_NOMEM, "no memory for a URI");
    else if (sip_uri_parse(sx_buf_view(&b), &check) < 0 || sip_uri_check(&check) < 0)
        rc = sx_fail(SX_E_URI, "these parts make no URI");
    else if (b.n >= capacity)
        rc = sx_fail(SX_E_FULL, "the buffer of %u bytes is too small", (unsigned)capacity);
    else {
        memcpy(buffer, b.p, b.n);
        buffer[b.n] = 0;
        rc = (int)b.n;
    }
    sx_buf_free(&b);
    return rc;
}
