#include "sip/write.h"

#include "base/error.h"
#include "sip/lex.h"
#include "sip/param.h"

static void fail(sip_writer *w, int code) {
    if (w->error == SX_OK) w->error = code;
}

static void crlf(sip_writer *w) { SX_BUF_LIT(w->b, "\r\n"); }

void sip_write_begin(sip_writer *w, sx_buf *b) {
    w->b = b;
    w->start = b->n;
    w->error = SX_OK;
}

/* One growth for a usual message. A fixed buffer may well be smaller. */
static void make_room(sx_buf *b, size_t more) {
    if (!b->fixed) sx_buf_reserve(b, 1024 + more);
}

/* No byte that would end a URI where it is written. */
static bool is_writable_uri(sx_slice s) {
    for (size_t i = 0; i < s.n; i++)
        if (sip_is(s.p[i], SIP_C_URI_STOP)) return false;
    return s.n > 0;
}

void sip_write_request(sip_writer *w, sx_slice method, sx_slice uri) {
    if (!sip_is_token(method)) fail(w, SX_E_INVALID);
    if (!is_writable_uri(uri)) fail(w, SX_E_URI);
    make_room(w->b, uri.n);
    sx_buf_slice(w->b, method);
    sx_buf_char(w->b, ' ');
    sx_buf_slice(w->b, uri);
    SX_BUF_LIT(w->b, " SIP/2.0\r\n");
}

void sip_write_status(sip_writer *w, int status, sx_slice reason) {
    if (status < 100 || status > 699) {
        fail(w, SX_E_INVALID);
        return;
    }
    if (!sip_is_header_value(reason)) fail(w, SX_E_HEADER);
    if (reason.n == 0) reason = sip_reason(status);
    make_room(w->b, reason.n);
    SX_BUF_LIT(w->b, "SIP/2.0 ");
    sx_buf_u64(w->b, (uint64_t)status);
    sx_buf_char(w->b, ' ');
    sx_buf_slice(w->b, reason);
    crlf(w);
}

/* ---- plain headers ---- */

static void name(sip_writer *w, sip_hdr_id id) {
    sx_slice n = sip_hdr_name(id);
    if (n.n == 0) fail(w, SX_E_INVALID);
    sx_buf_slice(w->b, n);
    SX_BUF_LIT(w->b, ": ");
}

void sip_write_hdr(sip_writer *w, sip_hdr_id id, sx_slice value) {
    if (!sip_is_header_value(value)) fail(w, SX_E_HEADER);
    name(w, id);
    sx_buf_slice(w->b, value);
    crlf(w);
}

void sip_write_hdr_str(sip_writer *w, sip_hdr_id id, const char *value) { sip_write_hdr(w, id, sx_slice_str(value)); }

void sip_write_hdr_u64(sip_writer *w, sip_hdr_id id, uint64_t value) {
    name(w, id);
    sx_buf_u64(w->b, value);
    crlf(w);
}

void sip_write_named(sip_writer *w, sx_slice header, sx_slice value) {
    if (!sip_is_token(header) || !sip_is_header_value(value)) fail(w, SX_E_HEADER);
    sx_buf_slice(w->b, header);
    SX_BUF_LIT(w->b, ": ");
    sx_buf_slice(w->b, value);
    crlf(w);
}

bool sip_hdr_is_reserved(sx_slice header) {
    switch (sip_hdr_of(header)) {
    case SIP_HDR_VIA:
    case SIP_HDR_FROM:
    case SIP_HDR_TO:
    case SIP_HDR_CALL_ID:
    case SIP_HDR_CSEQ:
    case SIP_HDR_CONTACT:
    case SIP_HDR_CONTENT_LENGTH:
    case SIP_HDR_MAX_FORWARDS:
    case SIP_HDR_ROUTE:
    case SIP_HDR_RECORD_ROUTE: return true;
    default: return false;
    }
}

int sip_hdr_check(sx_slice header, sx_slice value) {
    int shown = header.n > 64 ? 64 : (int)header.n;
    if (!sip_is_token(header)) return sx_fail(SX_E_HEADER, "a header name must be a token (RFC 3261 25.1)");
    if (sip_hdr_is_reserved(header)) return sx_fail(SX_E_HEADER, "the stack writes %.*s itself", shown, header.p);
    if (!sip_is_header_value(value))
        return sx_fail(SX_E_HEADER, "the value of %.*s holds CR, LF or NUL", shown, header.p);
    return SX_OK;
}

/* ---- copies ---- */

void sip_put_unfolded(sx_buf *b, sx_slice v) {
    size_t run = 0;
    for (size_t i = 0; i < v.n; i++) {
        bool bad_nul = v.p[i] == '\0' && (i == 0 || v.p[i - 1] != '\\'); /* from a message that failed to parse */
        if (v.p[i] != '\r' && v.p[i] != '\n' && !bad_nul) continue;
        sx_buf_put(b, v.p + run, i - run);
        while (i < v.n && (sip_is(v.p[i], SIP_C_WS) || v.p[i] == '\0')) i++;
        sx_buf_char(b, ' ');
        run = i--;
    }
    if (run < v.n) sx_buf_put(b, v.p + run, v.n - run);
}

void sip_write_copy_one(sip_writer *w, const sip_msg *m, const sip_hdr *h) {
    sx_buf_slice(w->b, h->id == SIP_HDR_OTHER ? sip_hdr_raw_name(m, h) : sip_hdr_name((sip_hdr_id)h->id));
    SX_BUF_LIT(w->b, ": ");
    sip_put_unfolded(w->b, sip_hdr_value(m, h));
    crlf(w);
}

void sip_write_copy(sip_writer *w, const sip_msg *m, sip_hdr_id id) {
    for (const sip_hdr *h = sip_first(m, id); h; h = sip_next(m, h)) sip_write_copy_one(w, m, h);
}

/* ---- structured headers ---- */

static void put_hostport(sx_buf *b, sx_slice host, uint16_t port) {
    bool v6 = sx_find(host, ':') >= 0 && host.p[0] != '[';
    if (v6) sx_buf_char(b, '[');
    sx_buf_slice(b, host);
    if (v6) sx_buf_char(b, ']');
    if (port) {
        sx_buf_char(b, ':');
        sx_buf_u64(b, port);
    }
}

void sip_write_via(sip_writer *w, const sip_via_spec *via) {
    if (!sip_is_token(via->transport) || !sip_is_token(via->branch)) fail(w, SX_E_INVALID);
    if (sip_host_kind_of(via->host) == SIP_HOST_NONE) fail(w, SX_E_ADDRESS);
    SX_BUF_LIT(w->b, "Via: SIP/2.0/");
    sx_buf_slice(w->b, via->transport);
    sx_buf_char(w->b, ' ');
    put_hostport(w->b, via->host, via->port);
    if (via->rport) SX_BUF_LIT(w->b, ";rport");
    SX_BUF_LIT(w->b, ";branch=");
    sx_buf_slice(w->b, via->branch);
    crlf(w);
}

void sip_write_cseq(sip_writer *w, uint32_t number, sx_slice method) {
    if (!sip_is_token(method) || number > 0x7fffffff) fail(w, SX_E_INVALID);
    SX_BUF_LIT(w->b, "CSeq: ");
    sx_buf_u64(w->b, number);
    sx_buf_char(w->b, ' ');
    sx_buf_slice(w->b, method);
    crlf(w);
}

void sip_put_addr(sx_buf *b, sx_slice display, sx_slice uri, sx_slice tag, sx_slice params) {
    if (display.n) {
        sip_write_quoted(b, display);
        sx_buf_char(b, ' ');
    }
    sx_buf_char(b, '<');
    sx_buf_slice(b, uri);
    sx_buf_char(b, '>');
    if (tag.n) {
        SX_BUF_LIT(b, ";tag=");
        sx_buf_slice(b, tag);
    }
    if (params.n) {
        sx_buf_char(b, ';');
        sx_buf_slice(b, params);
    }
}

void sip_write_addr(sip_writer *w, sip_hdr_id id, sx_slice display, sx_slice uri, sx_slice tag, sx_slice params) {
    if (!is_writable_uri(uri)) fail(w, SX_E_URI);
    if ((tag.n && !sip_is_token(tag)) || !sip_is_header_value(params)) fail(w, SX_E_HEADER);
    name(w, id);
    sip_put_addr(w->b, display, uri, tag, params);
    crlf(w);
}

void sip_write_option_tags(sip_writer *w, sip_hdr_id id, uint32_t bits) {
    bool first = true;
    for (int i = 0; i < 32; i++) {
        sx_slice tag = bits & (1u << i) ? sip_option_tag_name(1u << i) : sx_slice_empty();
        if (tag.n == 0) continue;
        if (first)
            name(w, id);
        else
            SX_BUF_LIT(w->b, ", ");
        sx_buf_slice(w->b, tag);
        first = false;
    }
    if (!first) crlf(w);
}

/* ---- end and responses ---- */

int sip_write_end(sip_writer *w, sx_slice content_type, sx_slice body) {
    if (body.n && content_type.n) sip_write_hdr(w, SIP_HDR_CONTENT_TYPE, content_type);
    sip_write_hdr_u64(w, SIP_HDR_CONTENT_LENGTH, body.n);
    crlf(w);
    sx_buf_slice(w->b, body);
    if (w->error != SX_OK) return w->error;
    return w->b->failed ? SX_E_NOMEM : SX_OK;
}
