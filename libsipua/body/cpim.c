/* Messages with headers of their own (RFC 3862), read and written. */
#include "body/cpim.h"

#include <stdlib.h>

#include "base/error.h"
#include "body/lines.h"
#include "body/mime.h"
#include "body/table.h"

#define IMDN_URI "urn:ietf:params:imdn"
#define CORE_URI "urn:ietf:params:cpim-headers:"
#define MAX_NAMESPACES 16u
#define MAX_HEADERS 128u
#define MAX_ROUTES 2048u /* bytes of all of them */
#define ROUTE "imdn.IMDN-Route: "

typedef struct reader {
    body_reader values;
    body_cpim *out;
    struct {
        sx_slice prefix, uri;
    } spaces[MAX_NAMESPACES];
    size_t nspaces;
    unsigned recipients;
} reader;

/* ---- values: RFC 3862 2.3 ---- */

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = sx_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void put_rune(sx_buf *out, unsigned c) {
    if (c < 0x80) {
        sx_buf_char(out, (char)c);
    } else if (c < 0x800) {
        sx_buf_char(out, (char)(0xC0 | c >> 6));
        sx_buf_char(out, (char)(0x80 | (c & 0x3F)));
    } else {
        sx_buf_char(out, (char)(0xE0 | c >> 12));
        sx_buf_char(out, (char)(0x80 | (c >> 6 & 0x3F)));
        sx_buf_char(out, (char)(0x80 | (c & 0x3F)));
    }
}

/* Without the escapes: \\ \" \' \b \t \n \r \u1234. */
static void unescape(sx_buf *out, sx_slice s) {
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '\\' || i + 1 == s.n) {
            sx_buf_char(out, s.p[i]);
            continue;
        }
        char c = s.p[++i];
        static const char from[] = "btnr", to[] = "\b\t\n\r";
        const char *known = c ? strchr(from, c) : NULL;
        unsigned rune = 0;
        int digits = 0;
        for (; c == 'u' && digits < 4 && i + 1 < s.n && hex_digit(s.p[i + 1]) >= 0; digits++)
            rune = rune << 4 | (unsigned)hex_digit(s.p[++i]);
        if (digits == 4)
            put_rune(out, rune);
        else
            sx_buf_char(out, known ? to[known - from] : c);
    }
}

static int add_text(reader *r, const char *name, sx_slice value) {
    sx_buf text;
    sx_buf_init(&text);
    unescape(&text, value);
    int rc = text.failed ? sx_fail(SX_E_NOMEM, "no memory for a document")
                         : body_add_named(&r->values, name, sx_buf_view(&text));
    sx_buf_free(&text);
    return rc;
}

/* "Name" <uri>, Name <uri>, <uri>, and a bare uri. */
static sx_slice split_address(sx_slice value, sx_slice *name) {
    sx_slice uri = sx_trim(value), rest;
    ptrdiff_t open = -1;
    *name = sx_slice_empty();
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] == '<') open = (ptrdiff_t)i; /* the last: a name may have one */
    if (open >= 0) {
        *name = sx_trim(sx_slice_of(value.p, (size_t)open));
        uri = sx_trim(sx_split(sx_slice_of(value.p + open + 1, value.n - (size_t)open - 1), '>', &rest));
    }
    if (name->n > 1 && *name->p == '"' && name->p[name->n - 1] == '"') *name = sx_slice_of(name->p + 1, name->n - 2);
    return uri;
}

static int add_address(reader *r, const char *uri_name, const char *display_name, sx_slice value) {
    sx_slice name, uri = split_address(value, &name);
    int rc = body_add_named(&r->values, uri_name, uri);
    return rc == SX_OK ? add_text(r, display_name, name) : rc;
}

/* ---- what a notification hands on: RFC 5438 ---- */

static bool is_plain(sx_slice s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < ' ' || s.p[i] > '~') return false;
    return s.n > 0;
}

/* 7.2.1: the notification goes back through those who asked for that, in the order in which they stand here. */
static int add_route(reader *r, sx_slice value) {
    sx_slice was = r->out->routes;
    size_t n = was.n + sizeof ROUTE - 1 + value.n + 2;
    if (!is_plain(value) || n > MAX_ROUTES) return SX_OK;
    char *p = sx_arena_alloc(&r->out->doc.arena, n + 1), *at = p;
    if (!p) return sx_fail(SX_E_NOMEM, "no memory for a message");
    if (was.n) memcpy(at, was.p, was.n);
    at += was.n;
    memcpy(at, ROUTE, sizeof ROUTE - 1);
    at += sizeof ROUTE - 1;
    memcpy(at, value.p, value.n);
    memcpy(at + value.n, "\r\n", 2);
    r->out->routes = sx_slice_of(p, n);
    return SX_OK;
}

static void take_original(reader *r, sx_slice value) {
    sx_slice name, uri = split_address(value, &name);
    if (is_plain(uri) && !r->out->original.n) r->out->original = uri;
}

/* ---- headers ---- */

/* Whose namespace a header's name is in; *local: what is left of it. */
static sx_slice space_of(const reader *r, sx_slice name, sx_slice *local) {
    sx_slice prefix = sx_split(name, '.', local);
    if (!local->p) {
        *local = name;
        prefix = sx_slice_empty();
    }
    for (size_t i = r->nspaces; i-- > 0;)
        if (sx_eq(r->spaces[i].prefix, prefix)) return r->spaces[i].uri;
    if (prefix.n == 0) return SX_LIT(CORE_URI);
    return sx_ieq(prefix, SX_LIT("imdn")) ? SX_LIT(IMDN_URI) : sx_slice_empty(); /* some do not declare it */
}

static void declare(reader *r, sx_slice value) {
    sx_slice rest, uri, prefix = sx_trim(sx_split(value, '<', &uri));
    if (!uri.p || r->nspaces == MAX_NAMESPACES) return;
    r->spaces[r->nspaces].prefix = prefix;
    r->spaces[r->nspaces++].uri = sx_trim(sx_split(uri, '>', &rest));
}

static bool understood(const reader *r, sx_slice name) {
    static const char *const core[] = {"From", "To", "cc", "DateTime", "Subject", "NS", "Require"};
    static const char *const imdn[] = {"Message-ID", "Disposition-Notification", "Original-To", "IMDN-Route",
                                       "IMDN-Record-Route"};
    sx_slice local, space = space_of(r, name, &local);
    if (sx_eq(space, SX_LIT(CORE_URI)))
        for (size_t i = 0; i < sizeof core / sizeof *core; i++)
            if (sx_ieq(local, sx_slice_str(core[i]))) return true;
    if (sx_eq(space, SX_LIT(IMDN_URI)))
        for (size_t i = 0; i < sizeof imdn / sizeof *imdn; i++)
            if (sx_ieq(local, sx_slice_str(imdn[i]))) return true;
    return false;
}

static int check_required(const reader *r, sx_slice value) {
    while (value.n > 0) {
        sx_slice name = sx_trim(sx_split(value, ',', &value));
        if (name.n > 0 && !understood(r, name))
            return sx_fail(SX_E_UNSUPPORTED, "the message requires %.*s, which is unknown here",
                           (int)(name.n < 60 ? name.n : 60), name.p);
    }
    return SX_OK;
}

static int take_header(reader *r, sx_slice name, sx_slice value) {
    sx_slice local, space = space_of(r, name, &local);
    if (sx_eq(space, SX_LIT(IMDN_URI))) {
        if (sx_ieq(local, SX_LIT("Message-ID"))) return body_add_named(&r->values, "message_id", value);
        if (sx_ieq(local, SX_LIT("Disposition-Notification"))) return body_add_named(&r->values, "disposition", value);
        if (sx_ieq(local, SX_LIT("Original-To"))) take_original(r, value);
        return sx_ieq(local, SX_LIT("IMDN-Record-Route")) ? add_route(r, value) : SX_OK;
    }
    if (!sx_eq(space, SX_LIT(CORE_URI))) return SX_OK;
    if (sx_ieq(local, SX_LIT("To")) || sx_ieq(local, SX_LIT("cc"))) r->recipients++;
    if (sx_ieq(local, SX_LIT("From"))) return add_address(r, "from", "from_name", value);
    if (sx_ieq(local, SX_LIT("To")) && r->recipients == 1) return add_address(r, "to", "to_name", value);
    if (sx_ieq(local, SX_LIT("DateTime"))) return body_add_named(&r->values, "datetime", value);
    if (sx_ieq(local, SX_LIT("NS"))) declare(r, value);
    if (sx_ieq(local, SX_LIT("Require"))) return check_required(r, value);
    return sx_ieq(local, SX_LIT("Subject")) ? add_text(r, "subject", value) : SX_OK;
}

/* "Subject:;lang=fr Salut": parameters stand right behind the colon and end with a space; behind a space a semicolon is
 * text (RFC 3862 3.1). */
static sx_slice without_parameters(sx_slice value) {
    bool quoted = false;
    size_t i = 0;
    if (value.n == 0 || *value.p != ';') return sx_trim(value);
    for (; i < value.n && (quoted || value.p[i] != ' '); i++) {
        if (value.p[i] == '"') quoted = !quoted;
        if (quoted && value.p[i] == '\\' && i + 1 < value.n) i++;
    }
    return sx_trim(sx_slice_of(value.p + i, value.n - i));
}

/* The headers of the message; *rest: what is behind their empty line. */
static int take_headers(reader *r, sx_slice bytes, sx_slice *rest) {
    bool any = false;
    for (unsigned n = 0; bytes.n > 0; n++) {
        sx_slice value, line = line_next(bytes, &bytes);
        if (sx_trim(line).n == 0) {
            if (!any && n < 2) continue;
            *rest = bytes;
            return SX_OK;
        }
        if (n >= MAX_HEADERS) return sx_fail(SX_E_LIMIT, "a message with too many headers");
        sx_slice name = sx_trim(sx_split(line, ':', &value));
        if (!value.p) return sx_fail(SX_E_FORMAT, "a line of a message's headers without a colon");
        value = without_parameters(value);
        if (!any && sx_ieq(name, SX_LIT("Content-Type"))) { /* its own type once more, in a block before it */
            if (body_type_of(value) != r->values.t) return sx_fail(SX_E_FORMAT, "a message without headers of its own");
            while (bytes.p && sx_trim(line_next(bytes, &bytes)).n > 0) {
            }
            continue;
        }
        any = true;
        int rc = take_header(r, name, value);
        if (rc != SX_OK) return rc;
    }
    return sx_fail(SX_E_FORMAT, "a message that ends within its headers");
}

/* The headers of the content, and it. */
static int take_content(reader *r, sx_slice bytes) {
    uint64_t length = UINT64_MAX;
    sx_slice encoding = sx_slice_empty();
    for (unsigned n = 0; bytes.p; n++) {
        sx_slice value, line = line_next(bytes, &bytes);
        if (sx_trim(line).n == 0) break;
        if (n >= MAX_HEADERS) return sx_fail(SX_E_LIMIT, "a message with too many headers");
        sx_slice name = sx_trim(sx_split(line, ':', &value));
        value = sx_trim(value);
        if (sx_ieq(name, SX_LIT("Content-Type"))) r->out->content_type = value;
        if (sx_ieq(name, SX_LIT("Content-Length")) && !sx_to_u64(value, UINT32_MAX, &length)) length = UINT64_MAX;
        if (sx_ieq(name, SX_LIT("Content-Transfer-Encoding"))) encoding = value;
    }
    bytes = sx_slice_of(bytes.p, length < bytes.n ? (size_t)length : bytes.n);
    return mime_decode(encoding, bytes, &r->out->doc.arena, &r->out->content);
}

static int read_it(const body_type *t, sx_slice bytes, body_cpim *out) {
    reader r = {.out = out};
    body_reader_init(&r.values, t, &out->doc);
    sx_slice rest = sx_slice_empty();
    int rc = take_headers(&r, bytes, &rest);
    if (rc == SX_OK) rc = take_content(&r, rest);
    out->group = r.recipients > 1;
    return rc;
}

int body_cpim_open(sx_slice bytes, body_cpim *out) {
    memset(out, 0, sizeof *out);
    if (bytes.n > BODY_MAX) return sx_fail(SX_E_LIMIT, "a message of more than %u bytes", BODY_MAX);
    int rc = read_it(body_type_of(SX_LIT("message/cpim")), bytes, out);
    if (rc != SX_OK) body_free(&out->doc);
    return rc;
}

int body_cpim_read(const body_type *t, sx_slice bytes, body_doc *out) {
    body_cpim c;
    body_reader r;
    memset(&c, 0, sizeof c);
    int rc = read_it(t, bytes, &c);
    *out = c.doc;
    memset(&r, 0, sizeof r);
    r.t = t;
    r.doc = out;
    if (rc == SX_OK) rc = body_add_named(&r, "content_type", c.content_type);
    return rc == SX_OK ? body_add_named(&r, "content", c.content) : rc;
}

/* ---- writing ---- */

static void escape(sx_buf *out, sx_slice s, bool quoted) {
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        const char *from = "\b\t\n\r", *known = c ? strchr(from, c) : NULL;
        if (known) {
            sx_buf_char(out, '\\');
            sx_buf_char(out, "btnr"[known - from]);
            continue;
        }
        if (c == '\\' || (quoted && c == '"')) sx_buf_char(out, '\\');
        sx_buf_char(out, c);
    }
}

static int put_address(sx_buf *out, const char *header, sx_slice uri, sx_slice name) {
    if (uri.n == 0) return name.n == 0 ? SX_OK : sx_fail(SX_E_FORMAT, "a name without a URI in %s", header);
    if (sx_find(uri, '<') >= 0 || sx_find(uri, '>') >= 0)
        return sx_fail(SX_E_FORMAT, "%s cannot have that URI", header);
    sx_buf_str(out, header);
    SX_BUF_LIT(out, ": ");
    if (name.n > 0) {
        SX_BUF_LIT(out, "\"");
        escape(out, name, true);
        SX_BUF_LIT(out, "\" ");
    }
    SX_BUF_LIT(out, "<");
    sx_buf_slice(out, uri);
    SX_BUF_LIT(out, ">\r\n");
    return SX_OK;
}

static void put_header(sx_buf *out, const char *name, sx_slice value) {
    if (value.n == 0) return;
    sx_buf_str(out, name);
    SX_BUF_LIT(out, ": ");
    escape(out, value, false);
    SX_BUF_LIT(out, "\r\n");
}

static int put_headers(const body_type *t, const body_field *f, size_t n, sx_buf *out) {
    int rc = put_address(out, "From", body_given(t, f, n, "from"), body_given(t, f, n, "from_name"));
    if (rc == SX_OK) rc = put_address(out, "To", body_given(t, f, n, "to"), body_given(t, f, n, "to_name"));
    if (rc != SX_OK) return rc;
    sx_slice id = body_given(t, f, n, "message_id"), wanted = body_given(t, f, n, "disposition");
    put_header(out, "DateTime", body_given(t, f, n, "datetime"));
    put_header(out, "Subject", body_given(t, f, n, "subject"));
    if (id.n > 0 || wanted.n > 0) SX_BUF_LIT(out, "NS: imdn <" IMDN_URI ">\r\n");
    /* these two are tokens, and know no escapes */
    if (id.n > 0) {
        SX_BUF_LIT(out, "imdn.Message-ID: ");
        sx_buf_slice(out, id);
        SX_BUF_LIT(out, "\r\n");
    }
    if (wanted.n > 0) {
        SX_BUF_LIT(out, "imdn.Disposition-Notification: ");
        sx_buf_slice(out, wanted);
        SX_BUF_LIT(out, "\r\n");
    }
    /* an empty line would be no end of headers if nothing stood before it */
    if (out->n == 0) SX_BUF_LIT(out, "NS: imdn <" IMDN_URI ">\r\n");
    return SX_OK;
}

static int wrap(const body_field *fields, size_t n, sx_slice content_type, sx_slice content, bool notification,
                sx_slice routes, sx_buf *out) {
    const body_type *t = body_type_of(SX_LIT("message/cpim"));
    sx_buf headers;
    sx_buf_init(&headers);
    int rc = body_check_flat(t, fields, n);
    if (rc == SX_OK) rc = put_headers(t, fields, n, &headers);
    if (rc == SX_OK && headers.failed) rc = sx_fail(SX_E_NOMEM, "no memory for the message");
    if (rc == SX_OK) {
        sx_buf_slice(out, sx_buf_view(&headers));
        sx_buf_slice(out, routes);
        SX_BUF_LIT(out, "\r\nContent-Type: ");
        sx_buf_slice(out, content_type.n > 0 ? content_type : SX_LIT("text/plain;charset=utf-8"));
        SX_BUF_LIT(out, "\r\n");
        if (notification) SX_BUF_LIT(out, "Content-Disposition: notification\r\n");
        SX_BUF_LIT(out, "Content-Length: ");
        sx_buf_u64(out, content.n);
        SX_BUF_LIT(out, "\r\n\r\n");
        sx_buf_slice(out, content);
    }
    sx_buf_free(&headers);
    return rc;
}

int body_cpim_wrap(const body_field *fields, size_t n, sx_slice content_type, sx_slice content, sx_buf *out) {
    return wrap(fields, n, content_type, content, false, sx_slice_empty(), out);
}

int body_cpim_wrap_note(const body_field *fields, size_t n, sx_slice content_type, sx_slice content, sx_slice routes,
                        sx_buf *out) {
    return wrap(fields, n, content_type, content, true, routes, out);
}

int body_cpim_write(const body_type *t, const body_field *fields, size_t n, sx_buf *out) {
    return body_cpim_wrap(fields, n, body_given(t, fields, n, "content_type"), body_given(t, fields, n, "content"),
                          out);
}
