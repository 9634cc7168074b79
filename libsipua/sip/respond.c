/* The part of a response that comes from its request (RFC 3261 8.2.6.2, 18.2.1, RFC 3581 4). */
#include "base/error.h"
#include "sip/host.h"
#include "sip/lex.h"
#include "sip/param.h"
#include "sip/write.h"

static void put_param(sx_buf *b, const sip_param *p) {
    sx_buf_char(b, ';');
    sx_buf_slice(b, p->name);
    if (!p->value.p) return;
    sx_buf_char(b, '=');
    sip_put_unfolded(b, p->value); /* a quoted string may hold a folded line, and NUL where the message is a bad one */
}

static void put_via_params(sx_buf *b, sx_slice params, const sip_response_spec *spec) {
    sip_param one;
    while (sip_param_next(&params, &one)) {
        if (sx_ieq(one.name, SX_LIT("received"))) continue;
        if (!sx_ieq(one.name, SX_LIT("rport")) || spec->source_port == 0) {
            put_param(b, &one);
            continue;
        }
        SX_BUF_LIT(b, ";rport=");
        sx_buf_u64(b, spec->source_port);
    }
}

/* The top Via with received and rport as seen; what else its header holds follows unchanged. */
static void top_via(sip_writer *w, const sip_msg *req, const sip_hdr *h, const sip_response_spec *spec) {
    sx_slice v = sip_hdr_value(req, h);
    const char *p = v.p, *end = sip_end(v);
    sip_via via;
    while (p < end && (*p == ',' || sip_is(*p, SIP_C_WS))) p++;
    const char *behind = sip_via_take(p, end, &via);
    bool stamped = behind && (via.has_rport || !sip_host_eq(via.host, spec->source_host));
    if (!stamped) {
        sip_write_copy_one(w, req, h);
        return;
    }
    SX_BUF_LIT(w->b, "Via: SIP/2.0/");
    sx_buf_slice(w->b, via.transport);
    sx_buf_char(w->b, ' ');
    bool v6 = sx_find(via.host, ':') >= 0;
    if (v6) sx_buf_char(w->b, '[');
    sx_buf_slice(w->b, via.host);
    if (v6) sx_buf_char(w->b, ']');
    if (via.port) {
        sx_buf_char(w->b, ':');
        sx_buf_u64(w->b, via.port);
    }
    SX_BUF_LIT(w->b, ";received=");
    sx_buf_slice(w->b, spec->source_host);
    put_via_params(w->b, via.params, spec);
    sx_slice rest = sx_slice_between(behind, end);
    if (rest.n) SX_BUF_LIT(w->b, ", ");
    while (rest.n && (*rest.p == ',' || sip_is(*rest.p, SIP_C_WS))) rest = sx_slice_of(rest.p + 1, rest.n - 1);
    sip_put_unfolded(w->b, rest);
    SX_BUF_LIT(w->b, "\r\n");
}

static void to_with_tag(sip_writer *w, const sip_msg *req, sx_slice tag) {
    const sip_hdr *h = sip_first(req, SIP_HDR_TO);
    sx_slice value = sip_hdr_value(req, h), had = sx_slice_empty();
    sip_addr addr;
    if (tag.n && !sip_is_token(tag) && w->error == SX_OK) w->error = SX_E_HEADER;
    sip_addr_take(value.p, sip_end(value), &addr, &had);
    while (value.n && (value.p[value.n - 1] == ';' || sip_is(value.p[value.n - 1], SIP_C_WS))) value.n--;
    SX_BUF_LIT(w->b, "To: ");
    sip_put_unfolded(w->b, value);
    if (tag.n && !had.p) {
        SX_BUF_LIT(w->b, ";tag=");
        sx_buf_slice(w->b, tag);
    }
    SX_BUF_LIT(w->b, "\r\n");
}

void sip_write_response(sip_writer *w, const sip_msg *req, const sip_response_spec *spec) {
    sip_write_status(w, spec->status, spec->reason);
    const sip_hdr *via = sip_first(req, SIP_HDR_VIA);
    if (!via || !sip_first(req, SIP_HDR_TO)) {
        if (w->error == SX_OK) w->error = SX_E_INVALID;
        return;
    }
    if (spec->source_host.n)
        top_via(w, req, via, spec);
    else
        sip_write_copy_one(w, req, via);
    for (via = sip_next(req, via); via; via = sip_next(req, via)) sip_write_copy_one(w, req, via);
    sip_write_copy(w, req, SIP_HDR_FROM);
    to_with_tag(w, req, spec->to_tag);
    sip_write_copy(w, req, SIP_HDR_CALL_ID);
    sip_write_copy(w, req, SIP_HDR_CSEQ);
}
