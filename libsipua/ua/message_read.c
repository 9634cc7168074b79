/* What is inside a MESSAGE: a text, which may be wrapped into headers of its own (RFC 3862), "is writing" (RFC 3994),
 * or a notification of what became of a message of ours (RFC 5438). */
#include <stdlib.h>

#include "sip/lex.h"
#include "ua/message.h"

static bool is_type(sx_slice value, const char *type, const char *subtype) {
    sip_media_type t;
    return value.n && sip_media_type_read(value, &t) == SX_OK && sip_media_type_is(&t, type, subtype);
}

/* Whether a list like "positive-delivery, display;x=y" has the word. */
static bool has_word(sx_slice list, sx_slice word) {
    while (list.n > 0) {
        sx_slice params, item = sx_split(list, ',', &list);
        if (sx_ieq(sx_trim(sx_split(item, ';', &params)), word)) return true;
    }
    return false;
}

static int look_inside(message_content *c) {
    bool composing = is_type(c->type, "application", "im-iscomposing+xml");
    c->kind = MESSAGE_TEXT;
    if (!composing && !is_type(c->type, "message", "imdn+xml")) return SX_OK;
    int rc =
        body_read(composing ? SX_LIT("application/im-iscomposing+xml") : SX_LIT("message/imdn+xml"), c->body, &c->doc);
    if (rc != SX_OK) return rc;
    bool whole = composing ? body_get(&c->doc, SX_LIT("state")).n > 0
                           : body_get(&c->doc, SX_LIT("message_id")).n > 0 && body_get(&c->doc, SX_LIT("status")).n > 0;
    c->kind = composing ? MESSAGE_COMPOSING : MESSAGE_NOTE;
    return whole ? SX_OK : sx_fail(SX_E_FORMAT, "a document that does not say what it must");
}

int message_content_read(const sip_msg *m, message_content *c) {
    memset(c, 0, sizeof *c);
    sx_slice encoding = sip_value(m, SIP_HDR_CONTENT_ENCODING);
    if (encoding.n && !sx_ieq(encoding, SX_LIT("identity")))
        return sx_fail(SX_E_UNSUPPORTED, "a body that is encoded in a way that is unknown here");
    c->type = sip_value(m, SIP_HDR_CONTENT_TYPE);
    c->body = m->body;
    if (is_type(c->type, "message", "cpim")) {
        int rc = body_cpim_open(m->body, &c->cpim);
        if (rc != SX_OK) return rc;
        sx_slice wanted = body_get(&c->cpim.doc, SX_LIT("disposition"));
        c->type = c->cpim.content_type.n ? c->cpim.content_type : SX_LIT("text/plain");
        c->body = c->cpim.content;
        if (body_get(&c->cpim.doc, SX_LIT("message_id")).n) {
            if (has_word(wanted, SX_LIT("positive-delivery"))) c->wants |= UA_FLAG_WANTS_DELIVERED;
            if (has_word(wanted, SX_LIT("display"))) c->wants |= UA_FLAG_WANTS_DISPLAYED;
        }
    }
    int rc = look_inside(c);
    if (rc != SX_OK) message_content_free(c);
    return rc;
}

void message_content_free(message_content *c) {
    body_free(&c->cpim.doc);
    body_free(&c->doc);
}

/* ---- who wants to be told ---- */

static bool is_anonymous(sx_slice uri) {
    sip_uri u;
    if (uri.n == 0) return false;
    /* "im:" URIs look like SIP's */
    sx_slice rest, scheme = sx_split(uri, ':', &rest);
    if (sx_ieq(scheme, SX_LIT("im"))) {
        sx_slice host, user = sx_split(rest, '@', &host);
        return sx_ieq(user, SX_LIT("anonymous")) || sx_ieq(host, SX_LIT("anonymous.invalid"));
    }
    if (sip_uri_parse(uri, &u) != SX_OK) return true;
    return sx_ieq(u.user, SX_LIT("anonymous")) || sx_ieq(u.host, SX_LIT("anonymous.invalid"));
}

message_wish *message_wish_of(const message_content *c, const sip_msg *m) {
    sip_addr from, to;
    const body_doc *doc = &c->cpim.doc;
    sx_slice sender = body_get(doc, SX_LIT("from"));
    /* RFC 5438 6.2: never to a group, and never so that it shows who reads what nobody put his name to */
    if (!(c->wants & UA_FLAG_WANTS_DELIVERED) || c->cpim.group || sip_first(m, SIP_HDR_PRIVACY)) return NULL;
    if (sip_addr_first(m, SIP_HDR_FROM, &from) != SX_OK || sip_addr_first(m, SIP_HDR_TO, &to) != SX_OK) return NULL;
    if (is_anonymous(from.uri) || is_anonymous(sender)) return NULL;
    message_wish *w = calloc(1, sizeof *w);
    if (!w) return NULL;
    sx_slice datetime = body_get(doc, SX_LIT("datetime")), recipient = body_get(doc, SX_LIT("to"));
    sx_arena_init(&w->arena, 512);
    w->message_id = sx_arena_str(&w->arena, body_get(doc, SX_LIT("message_id")));
    w->target = sx_arena_str(&w->arena, from.uri);
    w->from = sx_arena_str(&w->arena, to.uri);
    w->datetime = datetime.n ? sx_arena_str(&w->arena, datetime) : NULL;
    w->sender = sender.n ? sx_arena_str(&w->arena, sender) : NULL;
    w->recipient = recipient.n ? sx_arena_str(&w->arena, recipient) : NULL;
    w->original = c->cpim.original.n ? sx_arena_str(&w->arena, c->cpim.original) : NULL;
    w->routes = c->cpim.routes.n ? sx_arena_str(&w->arena, c->cpim.routes) : NULL;
    if (!w->arena.failed) return w;
    message_wish_free(w);
    return NULL;
}

void message_wish_free(message_wish *w) {
    if (w) sx_arena_free(&w->arena);
    free(w);
}
