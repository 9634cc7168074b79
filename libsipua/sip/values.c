/* Readers of the smaller header values. */
#include "base/error.h"
#include "sip/lex.h"
#include "sip/param.h"

int sip_cseq_read(sx_slice value, sip_cseq *out) {
    const char *end = sip_end(value), *p = sip_ws(value.p, end), *from = p;
    uint64_t number = 0;
    for (; p < end && sip_is(*p, SIP_C_DIGIT); p++) {
        number = number * 10 + (uint64_t)(*p - '0');
        if (number > 0x7fffffff) return SX_E_FORMAT;
    }
    if (p == from || p == end || !sip_is(*p, SIP_C_WS)) return SX_E_FORMAT;
    from = p = sip_ws(p, end);
    while (p < end && sip_is(*p, SIP_C_TOKEN)) p++;
    if (p == from || sip_ws(p, end) != end) return SX_E_FORMAT;
    out->number = (uint32_t)number;
    out->method_name = sx_slice_between(from, p);
    out->method = (uint8_t)sip_method_of(out->method_name);
    return SX_OK;
}

int sip_rack_read(sx_slice value, sip_rack *out) {
    value = sx_trim(value);
    sx_slice digits = sip_take(&value, SIP_C_DIGIT);
    if (value.n == 0 || !sip_is(*value.p, SIP_C_WS)) return SX_E_FORMAT;
    if (sip_read_u32(digits, UINT32_MAX, &out->rseq) != SX_OK) return SX_E_FORMAT;
    return sip_cseq_read(value, &out->cseq);
}

int sip_number(const sip_msg *m, sip_hdr_id id, uint32_t max, uint32_t *out) {
    return sip_first(m, id) ? sip_read_u32(sip_value(m, id), max, out) : SX_E_NOT_FOUND;
}

/* Whatever stands behind a value's first part: nothing, or ';' and parameters that can be read. */
static int params_of(const char *p, const char *end, sx_slice *params) {
    sx_slice none = sx_slice_empty();
    if (!params) params = &none;
    p = sip_ws(p, end);
    *params = sx_slice_empty();
    if (sip_params_walk(p, end, NULL, NULL) != end) return SX_E_FORMAT;
    if (p < end) *params = sx_trim(sx_slice_between(p + 1, end));
    return SX_OK;
}

int sip_delta_read(sx_slice value, uint32_t *seconds, sx_slice *params) {
    value = sx_trim(value);
    const char *end = sip_end(value);
    int rc = sip_read_u32(sip_take(&value, SIP_C_DIGIT), UINT32_MAX, seconds);
    return rc == SX_OK ? params_of(value.p, end, params) : rc;
}

/* "( ... )" with nested ones and escapes at the start of s: its length, 0 if it does not end. */
static size_t comment_len(sx_slice s) {
    size_t depth = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\\') {
            i++;
        } else if (s.p[i] == '(') {
            depth++;
        } else if (s.p[i] == ')' && --depth == 0) {
            return i + 1;
        }
    }
    return 0;
}

int sip_retry_after_read(sx_slice value, sip_retry_after *out) {
    memset(out, 0, sizeof *out);
    value = sx_trim(value);
    int rc = sip_read_u32(sip_take(&value, SIP_C_DIGIT), UINT32_MAX, &out->seconds);
    if (rc == SX_E_LIMIT) out->seconds = UINT32_MAX;
    if (rc == SX_E_FORMAT) return rc;
    value = sip_skip_ws(value);
    if (value.n && *value.p == '(') {
        size_t n = comment_len(value);
        if (n == 0) return SX_E_FORMAT;
        out->comment = sx_slice_of(value.p + 1, n - 2);
        value = sx_slice_of(value.p + n, value.n - n);
    }
    sx_slice params, duration;
    rc = params_of(value.p, sip_end(value), &params);
    if (rc == SX_OK && sip_param_get(params, SX_LIT("duration"), &duration) &&
        sip_read_u32(duration, UINT32_MAX, &out->duration) != SX_OK)
        out->duration = 0;
    return rc;
}

int sip_token_read(sx_slice value, sx_slice *token, sx_slice *params) {
    value = sx_trim(value);
    const char *end = sip_end(value);
    *token = sip_take(&value, SIP_C_TOKEN);
    return token->n ? params_of(value.p, end, params) : SX_E_FORMAT;
}

int sip_media_type_read(sx_slice value, sip_media_type *out) {
    value = sx_trim(value);
    const char *end = sip_end(value);
    out->type = sip_take(&value, SIP_C_TOKEN);
    value = sip_skip_ws(value);
    if (out->type.n == 0 || value.n == 0 || *value.p != '/') return SX_E_FORMAT;
    value = sip_skip_ws(sx_slice_of(value.p + 1, value.n - 1));
    out->subtype = sip_take(&value, SIP_C_TOKEN);
    return out->subtype.n ? params_of(value.p, end, &out->params) : SX_E_FORMAT;
}

bool sip_media_type_is(const sip_media_type *t, const char *type, const char *subtype) {
    return sx_ieq(t->type, sx_slice_str(type)) && sx_ieq(t->subtype, sx_slice_str(subtype));
}

int sip_reason_read(sx_slice element, sip_reason_value *out) {
    sx_slice params, cause;
    uint32_t v;
    memset(out, 0, sizeof *out);
    out->cause = -1;
    int rc = sip_token_read(element, &out->protocol, &params);
    if (rc != SX_OK) return rc;
    if (sip_param_get(params, SX_LIT("cause"), &cause) && sip_read_u32(cause, 0x7fffffff, &v) == SX_OK)
        out->cause = (int)v;
    sip_param_get(params, SX_LIT("text"), &out->text);
    return SX_OK;
}

int sip_dialog_ref_read(sx_slice value, sip_dialog_ref *out) {
    sx_slice params;
    memset(out, 0, sizeof *out);
    value = sx_trim(value);
    size_t n = 0;
    while (n < value.n && value.p[n] != ';' && !sip_is(value.p[n], SIP_C_WS)) n++;
    out->call_id = sx_slice_of(value.p, n);
    if (n == 0 || params_of(value.p + n, value.p + value.n, &params) != SX_OK) return SX_E_FORMAT;
    /* Target-Dialog says local-tag and remote-tag, seen from its receiver: to-tag and from-tag of Replaces */
    if (!sip_param_get(params, SX_LIT("to-tag"), &out->to_tag))
        sip_param_get(params, SX_LIT("local-tag"), &out->to_tag);
    if (!sip_param_get(params, SX_LIT("from-tag"), &out->from_tag))
        sip_param_get(params, SX_LIT("remote-tag"), &out->from_tag);
    out->early_only = sip_param_get(params, SX_LIT("early-only"), NULL);
    return out->to_tag.n && out->from_tag.n ? SX_OK : SX_E_FORMAT;
}

/* ---- challenges and credentials ---- */

bool sip_auth_param_next(sx_slice *rest, sip_param *out) {
    const char *end = sip_end(*rest), *p = rest->p;
    while (p < end && (*p == ',' || sip_is(*p, SIP_C_WS))) p++;
    const char *q = p < end ? sip_param_take(p, end, out) : NULL;
    if (q) q = sip_ws(q, end);
    if (!q || (q < end && *q != ',')) {
        *rest = sx_slice_of(end, 0);
        return false;
    }
    *rest = sx_slice_between(q, end);
    return true;
}

bool sip_auth_param_get(sx_slice params, sx_slice name, sx_slice *value) {
    sip_param one;
    while (sip_auth_param_next(&params, &one)) {
        if (!sx_ieq(one.name, name)) continue;
        if (value) *value = sip_unquote(one.value);
        return true;
    }
    return false;
}

/* Does a new challenge begin here: a scheme, whitespace, and no '=' as the next thing? */
static bool begins_auth(const char *p, const char *end) {
    const char *q = p;
    while (q < end && sip_is(*q, SIP_C_TOKEN)) q++;
    const char *after = sip_ws(q, end);
    return q > p && after > q && after < end && *after != '=' && *after != ',';
}

int sip_auth_next(sip_list *l, sip_auth *out) {
    if (!sip_list_seek(l)) return 0;
    const char *end = sip_end(l->rest);
    sx_slice rest = l->rest;
    out->scheme = sip_take(&rest, SIP_C_TOKEN);
    const char *from = sip_ws(rest.p, end), *q = from;
    bool bad = out->scheme.n == 0 || (from == rest.p && from < end && *from != ',');
    while (!bad && q < end) {
        if (*q == '"') {
            size_t n = sip_quoted_len(sx_slice_between(q, end));
            bad = n == 0;
            q += n;
        } else if (*q == ',' && begins_auth(sip_ws(q + 1, end), end)) {
            break;
        } else {
            q++;
        }
    }
    if (bad) {
        l->rest.n = 0;
        l->hdr = NULL;
        return SX_E_FORMAT;
    }
    out->params = sx_trim(sx_slice_between(from, q));
    l->rest = sx_slice_between(q, end);
    return 1;
}
