/* Via and what every message must have. */
#include "base/error.h"
#include "sip/fault.h"
#include "sip/host.h"
#include "sip/lex.h"
#include "sip/param.h"

/* "SIP" SLASH "2.0" SLASH transport LWS, in whatever case and with whitespace around the slashes: the byte behind the
 * transport, or NULL. any_version is for answering 505. */
static const char *protocol(const char *p, const char *end, bool any_version, sip_via *out) {
    for (int part = 0; part < 2; part++) {
        const char *q = p;
        while (q < end && sip_is(*q, SIP_C_TOKEN)) q++;
        sx_slice got = sx_slice_between(p, q);
        bool good = part == 0 ? sx_ieq(got, SX_LIT("SIP")) : sx_eq(got, SX_LIT("2.0")) || (any_version && got.n);
        p = sip_ws(q, end);
        if (!good || p == end || *p != '/') return NULL;
        p = sip_ws(p + 1, end);
    }
    const char *q = p;
    while (q < end && sip_is(*q, SIP_C_TOKEN)) q++;
    if (q == p || q == end || !sip_is(*q, SIP_C_WS)) return NULL;
    out->transport = sx_slice_between(p, q);
    return q;
}

/* Up to and with sent-by. */
static const char *sent_by(const char *p, const char *end, bool any_version, sip_via *out) {
    uint8_t kind;
    const char *begin = p;
    memset(out, 0, sizeof *out);
    if (end - p > 8 && memcmp(p, "SIP/2.0/", 8) == 0) {
        const char *q = p + 8;
        while (q < end && sip_is(*q, SIP_C_TOKEN)) q++;
        out->transport = sx_slice_between(p + 8, q);
        p = q > p + 8 && q < end && sip_is(*q, SIP_C_WS) ? q : NULL;
    } else {
        p = protocol(p, end, any_version, out);
    }
    if (!p) return NULL;
    p = sip_ws(p, end);
    sx_slice rest = sx_slice_between(p, end);
    size_t used = sip_hostport(begin, rest, &out->host, &kind, &out->port);
    if (used == 0) return NULL;
    p += used;
    if (out->port) return p;
    const char *colon = sip_ws(p, end); /* "host : port" is legal here (RFC 3261 7.3.1, 4475 3.1.1.1) */
    if (colon == end || *colon != ':') return p;
    p = sip_ws(colon + 1, end);
    uint32_t v = 0;
    const char *from = p;
    while (p < end && p - from < 6 && sip_is(*p, SIP_C_DIGIT)) v = v * 10 + (uint32_t)(*p++ - '0');
    if (v == 0 || v > 65535) return NULL;
    out->port = (uint16_t)v;
    return p;
}

int sip_via_sent_by(sx_slice value, sip_via *out) {
    return value.n && sent_by(value.p, value.p + value.n, true, out) ? SX_OK : SX_E_FORMAT;
}

typedef struct via_params {
    sip_via *via;
    bool bad;
} via_params;

static sx_slice unbracket(sx_slice s) {
    return s.n > 2 && s.p[0] == '[' && s.p[s.n - 1] == ']' ? sx_slice_of(s.p + 1, s.n - 2) : s;
}

static void via_param(void *ctx, const sip_param *p) {
    via_params *v = (via_params *)ctx;
    uint32_t number;
    switch (p->name.n) {
    case 3:
        if (!SIP_NAME_IS(p->name, "ttl")) return;
        if (sip_read_u32(p->value, 255, &number) == SX_OK)
            v->via->ttl = (uint8_t)number;
        else
            v->bad = true;
        return;
    case 5:
        if (SIP_NAME_IS(p->name, "rport")) {
            v->via->has_rport = true;
            if (p->value.n == 0) return;
            if (sip_read_u32(p->value, 65535, &number) == SX_OK)
                v->via->rport = (uint16_t)number;
            else
                v->bad = true;
        } else if (SIP_NAME_IS(p->name, "maddr")) {
            v->via->maddr = unbracket(p->value);
        }
        return;
    case 6:
        if (SIP_NAME_IS(p->name, "branch")) v->via->branch = p->value;
        return;
    case 8:
        if (SIP_NAME_IS(p->name, "received")) v->via->received = unbracket(p->value);
        return;
    default: return;
    }
}

const char *sip_via_take(const char *p, const char *end, sip_via *out) {
    via_params v = {out, false};
    p = sent_by(sip_ws(p, end), end, false, out);
    if (!p) return NULL;
    p = sip_ws(p, end);
    const char *behind = sip_params_walk(p, end, via_param, &v);
    if (!behind || v.bad) return NULL;
    if (p < behind && *p == ';') out->params = sip_trimmed(p + 1, behind);
    return behind;
}

int sip_via_read(sx_slice element, sip_via *out) {
    const char *end = sip_end(element);
    return element.n && sip_via_take(element.p, end, out) == end ? SX_OK : SX_E_FORMAT;
}

int sip_via_next(sip_list *l, sip_via *out) {
    if (!sip_list_seek(l)) return 0;
    const char *end = sip_end(l->rest);
    const char *q = sip_via_take(l->rest.p, end, out);
    if (!q) {
        l->rest.n = 0;
        l->hdr = NULL;
        return SX_E_FORMAT;
    }
    l->rest = sx_slice_between(q, end);
    return 1;
}

int sip_via_first(const sip_msg *m, sip_via *out) {
    sip_list l;
    sip_list_begin(&l, m, SIP_HDR_VIA);
    int rc = sip_via_next(&l, out);
    return rc > 0 ? SX_OK : rc == 0 ? SX_E_NOT_FOUND : rc;
}

bool sip_branch_is_3261(sx_slice branch) { return branch.n > 7 && sx_ieq(sx_slice_of(branch.p, 7), SX_LIT("z9hG4bK")); }

/* ---- what every message must have ---- */

static int wrong(const sip_msg *m, sip_fault f, sip_hdr_id id, const char *what, sip_parse_error *err) {
    if (err) {
        sx_slice value = sip_value(m, id);
        err->fault = f;
        err->hdr = id;
        err->at = value.p ? (uint32_t)(value.p - m->bytes.p) : 0;
        err->what = what;
        err->status = sip_answer_status(m, f);
    }
    return SX_E_PROTOCOL;
}

static int check_presence(const sip_msg *m, sip_parse_error *err) {
    static const struct {
        sip_hdr_id id;
        const char *missing, *repeated;
    } needed[] = {
        {SIP_HDR_VIA, "Missing Via", NULL},
        {SIP_HDR_FROM, "Missing From", "More Than One From"},
        {SIP_HDR_TO, "Missing To", "More Than One To"},
        {SIP_HDR_CALL_ID, "Missing Call-ID", "More Than One Call-ID"},
        {SIP_HDR_CSEQ, "Missing CSeq", "More Than One CSeq"},
        {SIP_HDR_MAX_FORWARDS, NULL, "More Than One Max-Forwards"},
    };
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        const sip_hdr *h = sip_first(m, needed[i].id);
        if (needed[i].missing && (!h || h->value_len == 0))
            return wrong(m, SIP_FAULT_MISSING, needed[i].id, needed[i].missing, err);
        if (needed[i].repeated && h && h->next != SIP_NO_HDR)
            return wrong(m, SIP_FAULT_REPEATED, needed[i].id, needed[i].repeated, err);
    }
    return SX_OK;
}

static bool addr_with_tag(const sip_msg *m, sip_hdr_id id, sip_addr *out, sx_slice *tag) {
    sx_slice v = sip_value(m, id);
    *tag = sx_slice_empty();
    return sip_addr_take(v.p, v.p + v.n, out, tag) == v.p + v.n && !out->star;
}

int sip_basics_read(const sip_msg *m, sip_basics *out, sip_parse_error *err) {
    int rc = check_presence(m, err);
    if (rc != SX_OK) return rc;
    memset(&out->uri, 0, sizeof out->uri);
    if (sip_is_request(m) && sip_uri_parse(m->uri, &out->uri) != SX_OK)
        return wrong(m, SIP_FAULT_START_LINE, SIP_HDR_OTHER, "Bad Request-URI", err);
    if (sip_via_first(m, &out->via) != SX_OK) return wrong(m, SIP_FAULT_VALUE, SIP_HDR_VIA, "Bad Via", err);
    if (!addr_with_tag(m, SIP_HDR_FROM, &out->from, &out->from_tag))
        return wrong(m, SIP_FAULT_VALUE, SIP_HDR_FROM, "Bad From", err);
    if (!addr_with_tag(m, SIP_HDR_TO, &out->to, &out->to_tag))
        return wrong(m, SIP_FAULT_VALUE, SIP_HDR_TO, "Bad To", err);
    out->call_id = sip_value(m, SIP_HDR_CALL_ID);
    if (sip_cseq_read(sip_value(m, SIP_HDR_CSEQ), &out->cseq) != SX_OK)
        return wrong(m, SIP_FAULT_VALUE, SIP_HDR_CSEQ, "Bad CSeq", err);
    out->max_forwards = 70;
    if (sip_first(m, SIP_HDR_MAX_FORWARDS) && sip_number(m, SIP_HDR_MAX_FORWARDS, 255, &out->max_forwards) != SX_OK)
        return wrong(m, SIP_FAULT_VALUE, SIP_HDR_MAX_FORWARDS, "Bad Max-Forwards", err);
    if (sip_is_request(m) && (out->cseq.method != m->method ||
                              (m->method == SIP_METHOD_OTHER && !sx_eq(out->cseq.method_name, m->method_name))))
        return wrong(m, SIP_FAULT_VALUE, SIP_HDR_CSEQ, "CSeq Method Mismatch", err);
    return SX_OK;
}
