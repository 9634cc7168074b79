/* Who calls whom, beyond From and To: what proxies and trunks say of it (RFC 3325, 3323, 5806, 7044, and the older
 * Remote-Party-ID), read into events and written into our INVITE. */
#include "sip/lex.h"
#include "sip/write.h"
#include "ua/call.h"

/* ---- reading ---- */

static void put_name(sx_slice display, sx_slice *name, sx_buf *room) {
    if (!display.n) return;
    size_t start = room->n;
    sip_unescape_quoted(room, display);
    if (!room->failed) *name = sx_slice_of(room->p + start, room->n - start);
}

/* A URI without the ?headers that History-Info and Refer-To hang on it. */
static sx_slice bare(sx_slice uri) {
    ptrdiff_t mark = sx_find(uri, '?');
    return mark < 0 ? uri : sx_slice_of(uri.p, (size_t)mark);
}

enum { MAX_HISTORY = 32 };

typedef struct history {
    sx_slice uri, index, mapped; /* mapped: index of the entry that was diverted to this one */
    bool reason;                 /* it was left because of an answer */
    bool cause;                  /* came to by a diversion (RFC 4458) */
} history;

static bool has_reason(const sip_uri *u) {
    sx_slice rest = u->headers, name, value;
    while (sip_uri_header_next(&rest, &name, &value))
        if (sx_ieq(name, SX_LIT("Reason"))) return true;
    return false;
}

static size_t read_history(const sip_msg *m, history *all) {
    sip_list l;
    sip_addr a;
    size_t n = 0;
    sip_list_begin(&l, m, SIP_HDR_HISTORY_INFO);
    while (n < MAX_HISTORY && sip_addr_next(&l, &a) == 1) {
        history *h = &all[n++];
        sip_uri u;
        memset(h, 0, sizeof *h);
        h->uri = bare(a.uri);
        sip_param_get(a.params, SX_LIT("index"), &h->index);
        sip_param_get(a.params, SX_LIT("mp"), &h->mapped);
        if (sip_uri_parse(a.uri, &u) != SX_OK) continue;
        h->reason = has_reason(&u);
        h->cause = sip_uri_param(&u, SX_LIT("cause"), NULL);
    }
    return n;
}

/* Who diverted the call last. RFC 7044 says it by mp=INDEX; older ones by the Reason that an entry was left for, or by
 * the cause (RFC 4458) that the next one was come to for. A mere routing to a registered contact (rc) is none. */
static sx_slice history_diverted(const sip_msg *m) {
    history all[MAX_HISTORY];
    size_t n = sip_first(m, SIP_HDR_HISTORY_INFO) ? read_history(m, all) : 0;
    for (size_t i = n; i-- > 0;) {
        for (size_t k = 0; all[i].mapped.n && k < n; k++)
            if (sx_eq(all[k].index, all[i].mapped)) return all[k].uri;
        if (all[i].reason && i + 1 < n) return all[i].uri;
        if (all[i].cause && i) return all[i - 1].uri;
    }
    return sx_slice_empty();
}

void call_identity_read(ua_event *ev, const sip_msg *m, sx_buf *room) {
    sip_addr a;
    if (sip_addr_first(m, SIP_HDR_P_ASSERTED_IDENTITY, &a) == SX_OK ||
        sip_addr_first(m, SIP_HDR_REMOTE_PARTY_ID, &a) == SX_OK) {
        ev->identity = bare(a.uri);
        put_name(a.display, &ev->identity_name, room);
    }
    ev->privacy = sip_value(m, SIP_HDR_PRIVACY);
    if (sip_addr_first(m, SIP_HDR_DIVERSION, &a) == SX_OK) { /* the latest stands first */
        ev->diversion = bare(a.uri);
    } else {
        ev->diversion = history_diverted(m);
    }
    if (!sip_is_request(m)) return;
    if (sip_addr_first(m, SIP_HDR_REFERRED_BY, &a) == SX_OK) ev->referred_by = a.uri;
    ev->replaces = sip_value(m, SIP_HDR_REPLACES);
}

/* ---- writing ---- */

static bool is_sendable(sx_slice uri) {
    sip_uri u;
    return sip_uri_parse(uri, &u) == SX_OK && u.scheme != SIP_SCHEME_OTHER && sip_uri_check(&u) == SX_OK;
}

/* A URI or a whole name-addr, as the value of an identity header. */
static int put_identity(sx_buf *lines, sip_hdr_id id, const char *text) {
    sx_slice s = sx_trim(sx_slice_str(text)), name = sip_hdr_name(id);
    sip_addr a;
    if (!s.n) return SX_OK;
    if (!sip_is_header_value(s)) return sx_fail(SX_E_HEADER, "a line break in %.*s", (int)name.n, name.p);
    if (sip_addr_read(s, &a) != SX_OK || a.star || !is_sendable(a.uri))
        return sx_fail(SX_E_URI, "not a URI for %.*s", (int)name.n, name.p);
    sx_buf display;
    sx_buf_init(&display);
    sip_unescape_quoted(&display, a.display);
    sx_buf_slice(lines, name);
    SX_BUF_LIT(lines, ": ");
    sip_put_addr(lines, sx_buf_view(&display), a.uri, sx_slice_empty(), sx_slice_empty());
    SX_BUF_LIT(lines, "\r\n");
    if (display.failed) lines->failed = true;
    sx_buf_free(&display);
    return SX_OK;
}

/* priv-value *(";" priv-value) of RFC 3323 4.2. */
static int put_privacy(sx_buf *lines, sx_slice given, bool id) {
    bool any = false;
    for (sx_slice rest = given, word; rest.n;) {
        word = sx_trim(sx_split(rest, ';', &rest));
        if (!sip_is_token(word)) return sx_fail(SX_E_INVALID, "privacy is words with ';' between: id;user");
        if (sx_ieq(word, SX_LIT("id"))) id = false;
        sx_buf_str(lines, any ? ";" : "Privacy: ");
        sx_buf_slice(lines, word);
        any = true;
        if (!rest.p) break;
    }
    if (id) sx_buf_str(lines, any ? ";id" : "Privacy: id");
    if (any || id) SX_BUF_LIT(lines, "\r\n");
    return SX_OK;
}

/* From with another display name. */
static int rename_from(sx_buf *from, const char *name) {
    sx_slice text = sx_slice_str(name);
    sip_addr a;
    sx_buf b;
    if (!sip_is_header_value(text)) return sx_fail(SX_E_HEADER, "a line break in from_name");
    if (sip_addr_read(sx_buf_view(from), &a) != SX_OK) return sx_fail(SX_E_URI, "from is not a usable URI");
    sx_buf_init(&b);
    sip_put_addr(&b, text, a.uri, sx_slice_empty(), sx_slice_empty());
    if (b.failed) {
        sx_buf_free(&b);
        return sx_fail(SX_E_NOMEM, "no memory for From");
    }
    sx_buf_free(from);
    *from = b;
    return SX_OK;
}

/* RFC 3323 4.1: nobody in From; the proxy that we trust is told who we are, and that it keeps that to itself. */
static int hide(ua_call *c, const ua_call_config *cfg, sx_buf *from, sx_buf *lines) {
    int rc = SX_OK;
    if (c->account && !cfg->asserted_identity && !cfg->preferred_identity) {
        SX_BUF_LIT(lines, "P-Preferred-Identity: <");
        sx_buf_slice(lines, c->account->aor);
        SX_BUF_LIT(lines, ">\r\n");
    }
    sx_buf_free(from);
    sx_buf_init(from);
    SX_BUF_LIT(from, "\"Anonymous\" <sip:anonymous@anonymous.invalid>");
    if (from->failed) rc = sx_fail(SX_E_NOMEM, "no memory for From");
    return rc;
}

int call_identity_lines(ua_call *c, const ua_call_config *cfg, sx_buf *from, sx_buf *lines) {
    int rc = SX_OK;
    if (cfg->anonymous) {
        rc = hide(c, cfg, from, lines);
    } else if (cfg->from_name && *cfg->from_name) {
        rc = rename_from(from, cfg->from_name);
    }
    if (rc == SX_OK) rc = put_identity(lines, SIP_HDR_P_ASSERTED_IDENTITY, cfg->asserted_identity);
    if (rc == SX_OK) rc = put_identity(lines, SIP_HDR_P_PREFERRED_IDENTITY, cfg->preferred_identity);
    if (rc == SX_OK) rc = put_privacy(lines, sx_trim(sx_slice_str(cfg->privacy)), cfg->anonymous);
    return rc;
}
