/* Bodies of messages of ours: "is writing", what became of a message, and the wrapper of RFC 3862. */
#include <time.h>

#include "base/clock.h"
#include "sip/lex.h"
#include "ua/message.h"

/* RFC 3339, in UTC. */
static sx_slice now_text(char text[32]) {
    time_t seconds = (time_t)(sx_wall_ms() / 1000);
    struct tm t;
    if (!gmtime_r(&seconds, &t)) return sx_slice_empty();
    return sx_slice_of(text, strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &t));
}

static void add(body_field *fields, size_t *n, const char *name, sx_slice value) {
    fields[*n].name = sx_slice_str(name);
    fields[(*n)++].value = value;
}

/* URI and name of a header's value; the name needs the buffer. */
static sx_slice uri_of(sx_slice value, sx_buf *name) {
    sip_addr addr;
    if (sip_addr_read(value, &addr) != SX_OK) return value;
    if (addr.display.n) sip_unescape_quoted(name, addr.display);
    return addr.uri;
}

static sx_slice wanted_of(unsigned disposition, sx_buf *b) {
    static const char *const words[] = {"positive-delivery, negative-delivery", "display", "processing"};
    for (unsigned i = 0; i < 3; i++) {
        if (!(disposition & 1u << i)) continue;
        sx_buf_str(b, b->n ? ", " : "");
        sx_buf_str(b, words[i]);
    }
    return sx_buf_view(b);
}

/* RFC 3994: nothing but the state, and how long it holds. */
static int write_composing(int composing, sx_buf *body, sx_slice *type) {
    body_field fields[2];
    size_t n = 0;
    bool on = composing == UA_ON;
    add(fields, &n, "state", on ? SX_LIT("active") : SX_LIT("idle"));
    if (on) add(fields, &n, "refresh", SX_LIT("120"));
    *type = SX_LIT("application/im-iscomposing+xml");
    return body_write(*type, fields, n, body);
}

static const char *kind_of(sx_slice word) {
    if (sx_eq(word, SX_LIT("displayed"))) return "display";
    if (sx_eq(word, SX_LIT("processed")) || sx_eq(word, SX_LIT("stored"))) return "processing";
    return "delivery"; /* and where it failed or was forbidden nothing came after that */
}

int message_write_report(const message_report *r, sx_slice from, sx_slice to, sx_buf *body, sx_slice *type) {
    body_field about[7], headers[4];
    size_t n = 0, h = 0;
    char now[32], id[21] = "";
    sx_buf xml, names;
    sx_buf_init(&xml);
    sx_buf_init(&names);
    sx_slice ours = uri_of(from, &names), theirs = r->sender ? sx_slice_str(r->sender) : uri_of(to, &names);
    sx_slice when = now_text(now);
    sx_rand_token(id, 20);
    add(about, &n, "message_id", sx_slice_str(r->message_id));
    add(about, &n, "datetime", r->datetime ? sx_slice_str(r->datetime) : when);
    add(about, &n, "recipient", r->recipient ? sx_slice_str(r->recipient) : ours);
    add(about, &n, "original", sx_slice_str(r->original));
    add(about, &n, "kind", sx_slice_str(kind_of(sx_slice_str(r->word))));
    add(about, &n, "status", sx_slice_str(r->word));
    add(headers, &h, "from", ours);
    add(headers, &h, "to", theirs);
    add(headers, &h, "datetime", when);
    add(headers, &h, "message_id", sx_slice_of(id, 20));
    int rc = body_write(SX_LIT("message/imdn+xml"), about, n, &xml);
    if (rc == SX_OK)
        rc = body_cpim_wrap_note(headers, h, SX_LIT("message/imdn+xml"), sx_buf_view(&xml), sx_slice_str(r->routes),
                                 body);
    *type = SX_LIT("message/cpim");
    sx_buf_free(&xml);
    sx_buf_free(&names);
    return rc;
}

static int wrap(const ua_message_config *cfg, const char *message_id, sx_slice from, sx_slice to, sx_slice content_type,
                sx_buf *body) {
    body_field fields[7];
    size_t n = 0;
    char now[32];
    sx_buf from_name, to_name, wanted;
    sx_buf_init(&from_name);
    sx_buf_init(&to_name);
    sx_buf_init(&wanted);
    sx_slice from_uri = uri_of(from, &from_name), to_uri = uri_of(to, &to_name);
    add(fields, &n, "from", from_uri);
    add(fields, &n, "from_name", sx_buf_view(&from_name));
    add(fields, &n, "to", to_uri);
    add(fields, &n, "to_name", sx_buf_view(&to_name));
    add(fields, &n, "datetime", now_text(now));
    add(fields, &n, "message_id", sx_slice_str(message_id));
    add(fields, &n, "disposition", wanted_of(cfg->disposition, &wanted));
    bool failed = from_name.failed || to_name.failed || wanted.failed;
    int rc = failed ? sx_fail(SX_E_NOMEM, "no memory for the message")
                    : body_cpim_wrap(fields, n, content_type, cfg->body, body);
    sx_buf_free(&from_name);
    sx_buf_free(&to_name);
    sx_buf_free(&wanted);
    return rc;
}

int message_write(const ua_message_config *cfg, const char *message_id, sx_slice from, sx_slice to, sx_buf *body,
                  sx_slice *type) {
    sx_slice given = sx_slice_str(cfg->content_type);
    int rc = SX_OK;
    if (!given.n) given = SX_LIT("text/plain;charset=utf-8");
    if (cfg->composing != UA_AS_IS) {
        rc = write_composing(cfg->composing, body, type);
    } else if (cfg->report) {
        message_report r = {.message_id = cfg->message_id, .word = cfg->report};
        rc = message_write_report(&r, from, to, body, type);
    } else if (cfg->cpim || cfg->disposition) {
        rc = wrap(cfg, message_id, from, to, given, body);
        *type = SX_LIT("message/cpim");
    } else {
        sx_buf_slice(body, cfg->body);
        *type = given;
    }
    if (rc == SX_OK && body->failed) rc = sx_fail(SX_E_NOMEM, "no memory for the message");
    return rc;
}
