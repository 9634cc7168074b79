#include "sip/headers.h"

#include "base/error.h"
#include "sip/lex.h"
#include "sip/param.h"

/* ---- parameters ---- */

bool sip_param_next(sx_slice *rest, sip_param *out) {
    const char *end = sip_end(*rest);
    const char *p = sip_ws(rest->p, end);
    const char *q = p < end ? sip_param_take(p, end, out) : NULL;
    if (!q) {
        *rest = sx_slice_of(end, 0);
        return false;
    }
    q = sip_ws(q, end);
    *rest = q < end && *q == ';' ? sx_slice_between(q + 1, end) : sx_slice_of(end, 0);
    return true;
}

bool sip_param_get(sx_slice params, sx_slice name, sx_slice *value) {
    sip_param one;
    while (sip_param_next(&params, &one)) {
        if (!sx_ieq(one.name, name)) continue;
        if (value) *value = sip_unquote(one.value);
        return true;
    }
    return false;
}

/* ---- comma lists ---- */

void sip_list_begin(sip_list *l, const sip_msg *m, sip_hdr_id id) {
    l->msg = m;
    l->hdr = sip_first(m, id);
    l->rest = l->hdr ? sip_hdr_value(m, l->hdr) : sx_slice_empty();
}

void sip_list_of(sip_list *l, sx_slice value) {
    l->msg = NULL;
    l->hdr = NULL;
    l->rest = value;
}

bool sip_list_seek(sip_list *l) {
    for (;;) {
        while (l->rest.n && (*l->rest.p == ',' || sip_is(*l->rest.p, SIP_C_WS))) {
            l->rest.p++;
            l->rest.n--;
        }
        if (l->rest.n) return true;
        const sip_hdr *next = l->hdr ? sip_next(l->msg, l->hdr) : NULL;
        if (!next) return false;
        l->hdr = next;
        l->rest = sip_hdr_value(l->msg, next);
    }
}

/* Ends a list that cannot be read on. */
static int list_broken(sip_list *l) {
    l->rest.n = 0;
    l->hdr = NULL;
    return SX_E_FORMAT;
}

int sip_list_next(sip_list *l, sx_slice *element) {
    if (!sip_list_seek(l)) return 0;
    const char *p = l->rest.p, *end = sip_end(l->rest), *q = p;
    while (q < end && *q != ',') {
        if (*q == '"') {
            size_t n = sip_quoted_len(sx_slice_between(q, end));
            if (n == 0) return list_broken(l);
            q += n;
        } else if (*q == '<') {
            q = (const char *)memchr(q, '>', (size_t)(end - q));
            if (!q) return list_broken(l);
            q++;
        } else {
            q++;
        }
    }
    *element = sx_trim(sx_slice_between(p, q));
    l->rest = sx_slice_between(q, end);
    return 1;
}

bool sip_list_has(const sip_msg *m, sip_hdr_id id, sx_slice token) {
    sip_list l;
    sx_slice one;
    sip_list_begin(&l, m, id);
    while (sip_list_next(&l, &one) > 0)
        if (sx_ieq(one, token)) return true;
    return false;
}

uint32_t sip_option_tags(const sip_msg *m, sip_hdr_id id, int *unknown) {
    sip_list l;
    sx_slice one;
    uint32_t bits = 0;
    if (unknown) *unknown = 0;
    sip_list_begin(&l, m, id);
    while (sip_list_next(&l, &one) > 0) {
        uint32_t bit = sip_option_tag_of(one);
        bits |= bit;
        if (!bit && unknown) ++*unknown;
    }
    return bits;
}

/* ---- addresses ---- */

static void pick_tag(void *ctx, const sip_param *p) {
    sx_slice *tag = (sx_slice *)ctx;
    if (tag->p || !SIP_NAME_IS(p->name, "tag")) return;
    *tag = p->value.p ? p->value : sx_slice_of(p->name.p + 3, 0);
}

/* Without <>: everything up to ';' is the URI, and it must not hold a '?' (RFC 3261 20.10). */
static const char *bare_uri(const char *p, const char *q, const char *end, sip_addr *out) {
    const char *at = p;
    while (at < q && *at != ';' && *at != '?' && !sip_is(*at, SIP_C_WS)) at++;
    out->uri = sx_slice_between(p, at);
    if (out->uri.n == 0 || sx_find(out->uri, ':') <= 0) return NULL;
    at = sip_ws(at, end);
    return at == end || *at == ';' || *at == ',' ? at : NULL;
}

/* "display" <uri> or display <uri>: sets both and returns the byte behind '>'. */
static const char *bracketed(const char *p, const char *lt, const char *end, sip_addr *out) {
    const char *gt = (const char *)memchr(lt, '>', (size_t)(end - lt));
    if (!gt) return NULL;
    out->display = sip_trimmed(p, lt);
    out->uri = sip_trimmed(lt + 1, gt);
    if (out->uri.n == 0) return NULL;
    return sip_ws(gt + 1, end);
}

const char *sip_addr_take(const char *p, const char *end, sip_addr *out, sx_slice *tag) {
    const char *q;
    memset(out, 0, sizeof *out);
    p = sip_ws(p, end);
    if (p == end) return NULL;
    if (*p == '"') {
        size_t n = sip_quoted_len(sx_slice_between(p, end));
        q = sip_ws(p + n, end);
        if (n == 0 || q == end || *q != '<') return NULL;
        q = bracketed(p, q, end, out);
    } else if (*p == '*' && (sip_ws(p + 1, end) == end || *sip_ws(p + 1, end) == ',')) {
        out->star = true;
        return sip_ws(p + 1, end);
    } else {
        q = p;
        while (q < end && !sip_is(*q, SIP_C_ADDR_STOP)) q++;
        if (q < end && *q == '"') return NULL;
        q = q < end && *q == '<' ? bracketed(p, q, end, out) : bare_uri(p, q, end, out);
    }
    if (!q) return NULL;
    const char *behind = sip_params_walk(q, end, tag ? pick_tag : NULL, tag);
    if (behind && q < behind && *q == ';') out->params = sip_trimmed(q + 1, behind);
    return behind;
}

int sip_addr_read(sx_slice element, sip_addr *out) {
    const char *end = sip_end(element);
    return sip_addr_take(element.p, end, out, NULL) == end && element.n ? SX_OK : SX_E_FORMAT;
}

sx_slice sip_addr_tag(const sip_addr *a) {
    sx_slice tag = sx_slice_empty();
    sip_param one;
    sx_slice rest = a->params;
    while (!tag.p && sip_param_next(&rest, &one)) pick_tag(&tag, &one);
    return tag;
}

int sip_addr_next(sip_list *l, sip_addr *out) {
    if (!sip_list_seek(l)) return 0;
    const char *end = sip_end(l->rest);
    const char *q = sip_addr_take(l->rest.p, end, out, NULL);
    if (!q) return list_broken(l);
    l->rest = sx_slice_between(q, end);
    return 1;
}

int sip_addr_first(const sip_msg *m, sip_hdr_id id, sip_addr *out) {
    sip_list l;
    sip_list_begin(&l, m, id);
    int rc = sip_addr_next(&l, out);
    return rc > 0 ? SX_OK : rc == 0 ? SX_E_NOT_FOUND : rc;
}

static uint32_t expires_of(sx_slice value) {
    uint32_t v;
    switch (sip_read_u32(value, UINT32_MAX, &v)) {
    case SX_OK: return v;
    case SX_E_LIMIT: return UINT32_MAX;
    default: return 3600;
    }
}

uint32_t sip_contact_expires(const sip_msg *m, const sip_addr *contact, uint32_t fallback) {
    sx_slice value;
    if (contact && sip_param_get(contact->params, SX_LIT("expires"), &value)) return expires_of(value);
    if (sip_first(m, SIP_HDR_EXPIRES)) return expires_of(sip_value(m, SIP_HDR_EXPIRES));
    return fallback;
}
