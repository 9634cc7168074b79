/* What a REFER asks for, and what a NOTIFY about one says. Everything here comes from outside. */
#include "ua/transfer.h"

#include "sip/lex.h"

void refer_init(refer *r) {
    memset(r, 0, sizeof *r);
    sx_buf_init(&r->target);
    sx_buf_init(&r->replaces);
    r->subscribe = true;
}

void refer_free(refer *r) {
    sx_buf_free(&r->target);
    sx_buf_free(&r->replaces);
}

/* The URI without ?headers and without the parameter that says how to ask. */
static int put_target(const sip_uri *u, sx_buf *out) {
    sip_uri bare = *u;
    sx_buf params;
    sx_buf_init(&params);
    sip_param p;
    for (sx_slice rest = u->params; sip_param_next(&rest, &p);) {
        if (sx_ieq(p.name, SX_LIT("method"))) continue;
        if (params.n) sx_buf_char(&params, ';');
        sx_buf_slice(&params, p.name);
        if (!p.value.p) continue;
        sx_buf_char(&params, '=');
        sx_buf_slice(&params, p.value);
    }
    bare.params = sx_buf_view(&params);
    bare.headers = sx_slice_empty();
    sip_uri_write(out, &bare);
    sip_uri again;
    int status = out->failed || params.failed                                                         ? 500
                 : sip_uri_parse(sx_buf_view(out), &again) != SX_OK || sip_uri_check(&again) != SX_OK ? 400
                                                                                                      : 0;
    sx_buf_free(&params);
    return status;
}

/* Of the headers in the URI only Replaces and Join are obeyed, one of them: the others would let a peer write our
 * INVITE (RFC 3261 19.1.5). */
static int put_replaces(const sip_uri *u, sx_buf *out, bool *join) {
    sx_slice rest = u->headers, name, value;
    while (sip_uri_header_next(&rest, &name, &value)) {
        bool joins = sx_ieq(name, SX_LIT("Join"));
        if (!joins && !sx_ieq(name, SX_LIT("Replaces"))) continue;
        if (out->n) return 400;
        *join = joins;
        sip_unescape(out, value);
        sip_dialog_ref ref;
        if (out->failed) return 500;
        if (!sip_is_header_value(sx_buf_view(out)) || sip_dialog_ref_read(sx_buf_view(out), &ref) != SX_OK) return 400;
    }
    return 0;
}

int refer_read(const sip_msg *m, refer *r) {
    sip_list l;
    sx_slice value, more;
    sip_addr addr;
    sip_uri u;
    sip_list_begin(&l, m, SIP_HDR_REFER_TO);
    if (sip_list_next(&l, &value) != 1 || sip_list_next(&l, &more) != 0) return 400; /* RFC 3515 2.4.2: exactly one */
    if (sip_addr_read(value, &addr) != SX_OK || addr.star || sip_uri_parse(addr.uri, &u) != SX_OK) return 400;
    if (u.scheme == SIP_SCHEME_OTHER) return 416;
    sx_slice method;
    if (u.scheme != SIP_SCHEME_TEL && sip_uri_param(&u, SX_LIT("method"), &method) &&
        !sx_eq(method, SX_LIT("INVITE"))) {
        return 603; /* we place calls for others, and do nothing else for them */
    }
    int status = 0;
    if (u.scheme == SIP_SCHEME_TEL) {
        sx_buf_slice(&r->target, addr.uri);
        if (r->target.failed) status = 500;
    } else {
        status = put_target(&u, &r->target);
        if (!status) status = put_replaces(&u, &r->replaces, &r->join);
    }
    if (status) return status;
    if (sip_addr_first(m, SIP_HDR_REFERRED_BY, &addr) == SX_OK && sip_uri_parse(addr.uri, &u) == SX_OK)
        r->referred_by = addr.uri;
    sx_slice sub, params;
    if (sip_token_read(sip_value(m, SIP_HDR_REFER_SUB), &sub, &params) == SX_OK && sx_ieq(sub, SX_LIT("false")))
        r->subscribe = false;
    r->nosub = sip_list_has(m, SIP_HDR_REQUIRE, SX_LIT("nosub"));
    if (r->nosub) r->subscribe = false;
    return 0;
}

int refer_fragment(const sip_msg *m, sx_slice *reason) {
    sip_media_type t;
    sx_slice body = sx_trim(m->body), rest;
    *reason = sx_slice_empty();
    if (sip_media_type_read(sip_value(m, SIP_HDR_CONTENT_TYPE), &t) != SX_OK) return -1;
    if (!sip_media_type_is(&t, "message", "sipfrag")) return -1;
    sx_slice line = sx_trim(sx_split(body, '\n', &rest));
    if (line.n < 11 || !sx_ieq(sx_slice_of(line.p, 8), SX_LIT("SIP/2.0 "))) return 0;
    uint64_t status;
    if (!sx_to_u64(sx_slice_of(line.p + 8, 3), 699, &status) || status < 100) return 0;
    if (line.n > 11 && line.p[11] != ' ') return 0;
    *reason = sx_trim(sx_slice_of(line.p + 11, line.n - 11));
    return (int)status;
}

bool refer_event(const sip_msg *m, uint32_t *id) {
    sx_slice token, params, value;
    *id = 0;
    if (sip_token_read(sip_value(m, SIP_HDR_EVENT), &token, &params) != SX_OK) return false;
    if (!sx_ieq(token, SX_LIT("refer"))) return false;
    if (sip_param_get(params, SX_LIT("id"), &value) && sip_read_u32(value, UINT32_MAX, id) != SX_OK) *id = UINT32_MAX;
    return true;
}
