/* Header lines of ours, answers that need no state, and a message's fields in an event. */
#include "sip/lex.h"
#include "sip/write.h"
#include "ua/internal.h"

static int check_contact(sx_slice value) {
    sip_addr addr;
    if (!sip_is_header_value(value)) return sx_fail(SX_E_HEADER, "a line break in Contact");
    return sip_addr_read(value, &addr) == SX_OK && addr.uri.n ? SX_OK : sx_fail(SX_E_URI, "Contact is not an address");
}

static int put_headers(sx_buf *b, const ua_pair *pairs, size_t n, bool contact) {
    for (size_t i = 0; i < n; i++) {
        sx_slice name = sx_slice_str(pairs[i].name), value = sx_slice_str(pairs[i].value);
        bool where = contact && sip_hdr_of(name) == SIP_HDR_CONTACT;
        int rc = where ? check_contact(sx_trim(value)) : sip_hdr_check(name, value);
        if (rc != SX_OK) return rc;
        sx_buf_slice(b, name);
        SX_BUF_LIT(b, ": ");
        sx_buf_slice(b, sx_trim(value));
        SX_BUF_LIT(b, "\r\n");
    }
    return b->failed ? sx_fail(SX_E_NOMEM, "no memory for the headers") : SX_OK;
}

int ua_put_headers(sx_buf *b, const ua_pair *pairs, size_t n) { return put_headers(b, pairs, n, false); }

int ua_put_refusal(sx_buf *b, int status, const ua_reply *reply) {
    if (!reply) return SX_OK;
    int rc = put_headers(b, reply->headers, reply->header_count, status < 400);
    if (rc == SX_OK && reply->q850) rc = ua_put_reason(b, 0, reply->q850, NULL); /* RFC 6432 */
    if (rc == SX_OK && !sip_is_header_value(sx_slice_str(reply->reason))) rc = sx_fail(SX_E_HEADER, "a line break in the reason");
    return rc;
}

void ua_answer(stack_tx *tx, int status, const char *reason, sx_slice lines) {
    tx_response r = {.status = status, .reason = sx_slice_str(reason), .headers = lines};
    if (tx_respond(tx, &r) != SX_OK && tx_reply(tx, status, NULL) != SX_OK) tx_drop(tx);
}

/* What a peer may require of us. Nothing has to be done for path and norefersub here; replaces and join:
 * call_replace.c; 100rel: call_in.c. */
enum {
    UA_TAGS = SIP_TAG_PATH | SIP_TAG_REPLACES | SIP_TAG_JOIN | SIP_TAG_NOREFERSUB | SIP_TAG_TIMER | SIP_TAG_100REL |
              SIP_TAG_PRECONDITION,
    UA_REFER_TAGS = UA_TAGS | SIP_TAG_TDIALOG | SIP_TAG_NOSUB /* transfer_in.c */
};

void ua_common_lines(const ua_call *c, sx_buf *b) {
    SX_BUF_LIT(b, "Allow: " UA_ALLOW "\r\nSupported: path, replaces, timer, norefersub, nosub, tdialog");
    if (!c || UA_CALL_OPT(c, reliable_1xx) != UA_RELIABLE_OFF) SX_BUF_LIT(b, ", 100rel");
    SX_BUF_LIT(b, "\r\n");
}

bool ua_refuse_extension(stack_tx *tx, const sip_msg *m) {
    if (!sip_first(m, SIP_HDR_REQUIRE)) return false;
    sx_buf b;
    sx_buf_init(&b);
    sip_list l;
    sx_slice tag;
    uint32_t known = m->method == SIP_REFER ? UA_REFER_TAGS : UA_TAGS;
    sip_list_begin(&l, m, SIP_HDR_REQUIRE);
    while (sip_list_next(&l, &tag) == 1) {
        if (!sip_is_token(tag) || (sip_option_tag_of(tag) & known)) continue;
        sx_buf_str(&b, b.n ? ", " : "Unsupported: ");
        sx_buf_slice(&b, tag);
    }
    bool any = b.n > 0;
    SX_BUF_LIT(&b, "\r\n");
    if (any) ua_answer(tx, 420, NULL, b.failed ? sx_slice_empty() : sx_buf_view(&b));
    sx_buf_free(&b);
    return any;
}

void ua_refuse_method(ua_agent *a, stack_tx *tx, const sip_msg *m) {
    int status = m->method == SIP_METHOD_OTHER ? 501 : 405;
    ua_answer(tx, status, NULL,
              ua_asks(a, UA_ASK_MESSAGE) ? SX_LIT("Allow: " UA_ALLOW "\r\n") : SX_LIT("Allow: " UA_ALLOW_NO_MESSAGE "\r\n"));
}

void ua_answer_options(stack_tx *tx) {
    sx_buf lines;
    sx_buf_init(&lines);
    ua_common_lines(NULL, &lines);
    SX_BUF_LIT(&lines, UA_ACCEPT_LINE);
    ua_answer(tx, 200, NULL, lines.failed ? sx_slice_empty() : sx_buf_view(&lines));
    sx_buf_free(&lines);
}

static void put_address(const sip_msg *m, sip_hdr_id id, sx_slice *uri, sx_slice *name, sx_buf *text) {
    sip_addr addr;
    if (sip_addr_first(m, id, &addr) != SX_OK) return;
    *uri = addr.uri;
    if (!addr.display.n) return;
    sip_unescape_quoted(text, addr.display);
    if (!text->failed) *name = sx_buf_view(text);
}

void ua_event_message_fields(ua_event *ev, const sip_msg *m, sx_buf *from_name, sx_buf *to_name) {
    put_address(m, SIP_HDR_FROM, &ev->from, &ev->from_name, from_name);
    put_address(m, SIP_HDR_TO, &ev->to, &ev->to_name, to_name);
    ev->msg = m;
    ev->body = m->body;
    ev->content_type = sip_value(m, SIP_HDR_CONTENT_TYPE);
    if (sip_is_request(m)) {
        ev->target = m->uri;
    } else {
        ev->status = m->status;
        ev->reason = m->reason;
    }
}

/* Where we can be reached, as well as it can be told before a path is chosen. */
static void put_own_host(ua_agent *a, sx_slice target, sx_buf *out) {
    if (a->advertise_host) {
        sx_buf_str(out, a->advertise_host);
        return;
    }
    sip_uri u;
    net_addr peer, own = a->bind;
    bool known = !net_addr_is_any(&own);
    if (!known && sip_uri_parse(target, &u) == SX_OK && net_addr_parse_host(&peer, u.host, sip_uri_port(&u))) {
        known = net_addr_source_for(&peer, &own) == SX_OK;
    }
    if (known) {
        net_addr_write_uri_host(&own, out);
    } else {
        SX_BUF_LIT(out, "anonymous.invalid"); /* RFC 3323 4.1.1.3 */
    }
}

int ua_make_from(ua_agent *a, const char *from, sx_slice target, sx_buf *out) {
    sx_slice text = sx_trim(sx_slice_str(from));
    if (!text.n) {
        SX_BUF_LIT(out, "<sip:sipua@");
        put_own_host(a, target, out);
        SX_BUF_LIT(out, ">");
        return out->failed ? sx_fail(SX_E_NOMEM, "no memory for From") : SX_OK;
    }
    sip_addr addr;
    sip_uri u;
    if (!sip_is_header_value(text) || sip_addr_read(text, &addr) != SX_OK) {
        return sx_fail(SX_E_URI, "from is not a usable URI");
    }
    sx_buf uri, name;
    sx_buf_init(&uri);
    sx_buf_init(&name);
    if (sip_uri_parse(addr.uri, &u) != SX_OK || u.scheme == SIP_SCHEME_OTHER) {
        /* a bare user gets our host; user@host its scheme */
        SX_BUF_LIT(&uri, "sip:");
        ptrdiff_t at = sx_find(addr.uri, '@');
        if (at >= 0) {
            sx_buf_slice(&uri, addr.uri);
        } else {
            sip_escape(&uri, addr.uri, SIP_C_USER);
            sx_buf_char(&uri, '@');
            put_own_host(a, target, &uri);
        }
    } else {
        sx_buf_slice(&uri, addr.uri);
    }
    int rc = SX_OK;
    if (sip_uri_parse(sx_buf_view(&uri), &u) != SX_OK || sip_uri_check(&u) != SX_OK) {
        rc = sx_fail(SX_E_URI, "from is not a usable URI");
    } else {
        sip_unescape_quoted(&name, addr.display);
        sip_put_addr(out, sx_buf_view(&name), sx_buf_view(&uri), sx_slice_empty(), sx_slice_empty());
    }
    if (uri.failed || name.failed || out->failed) rc = sx_fail(SX_E_NOMEM, "no memory for From");
    sx_buf_free(&uri);
    sx_buf_free(&name);
    return rc;
}
