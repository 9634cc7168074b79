#include "net/websocket_http.h"

#include <openssl/evp.h>
#include <stdio.h>

#include "base/error.h"
#include "base/rand.h"

/* ---- bytes */

/* RFC 7230 3.2.6 */
static bool is_token_char(char c) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
    return c && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

static bool is_token(sx_slice s) {
    for (size_t i = 0; i < s.n; i++)
        if (!is_token_char(s.p[i])) return false;
    return s.n > 0;
}

static bool has_controls(sx_slice s) {
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) return true;
    }
    return false;
}

const char *ws_printable(sx_slice s, char *text, size_t cap) {
    size_t n = s.n < cap ? s.n : cap - 1;
    for (size_t i = 0; i < n; i++) text[i] = s.p[i] >= 0x20 && s.p[i] < 0x7f ? s.p[i] : '?';
    text[n] = 0;
    return text;
}

/* Does the list (RFC 7230 7) hold the token? *as gets it as it is spelt there. */
static bool list_has(sx_slice list, sx_slice token, sx_slice *as) {
    while (list.n) {
        sx_slice one = sx_trim(sx_split(list, ',', &list));
        if (!sx_ieq(one, token)) continue;
        if (as) *as = one;
        return true;
    }
    return false;
}

/* ---- lines */

int ws_head_find(ws_head *h, sx_slice in) {
    for (; h->at < in.n; h->at++) {
        unsigned char c = (unsigned char)in.p[h->at];
        if (h->at >= WS_HEAD_MAX) return -431;
        if (c == '\n') {
            size_t n = h->at - h->line;
            bool empty = n == 0 || (n == 1 && in.p[h->line] == '\r');
            h->line = h->at + 1;
            if (!empty) h->begun = true;
            if (empty && h->begun) return (int)++h->at;
        } else if ((c < 0x20 && c != '\r' && c != '\t') || c == 0x7f) {
            return -400;
        }
    }
    return h->at >= WS_HEAD_MAX ? -431 : 0;
}

static sx_slice next_line(sx_slice *rest) {
    sx_slice line = sx_split(*rest, '\n', rest);
    if (line.n && line.p[line.n - 1] == '\r') line.n--;
    return line;
}

static sx_slice first_line(sx_slice *rest) {
    sx_slice line;
    do line = next_line(rest);
    while (!line.n && rest->n);
    return line;
}

/* 1 with a header, 0 after the last, or the negative status of what is wrong. */
static int next_header(sx_slice *rest, size_t *count, sx_slice *name, sx_slice *value) {
    sx_slice line = next_line(rest);
    if (!line.n) return 0;
    if (++*count > WS_HEADERS_MAX) return -431;
    if (sx_find(line, ':') < 0) return -400;
    *name = sx_split(line, ':', value);
    *value = sx_trim(*value);
    /* space before the colon and folded lines have been ways to smuggle: RFC 7230 3.2.4 */
    if (!is_token(*name) || has_controls(*value)) return -400;
    return 1;
}

/* ---- keys */

void ws_key_make(char key[WS_KEY]) {
    unsigned char raw[16];
    char text[WS_KEY + 1];
    sx_rand_bytes(raw, sizeof raw);
    EVP_EncodeBlock((unsigned char *)text, raw, sizeof raw);
    memcpy(key, text, WS_KEY);
}

int ws_accept_make(sx_slice key, char accept[WS_ACCEPT]) {
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; /* RFC 6455 1.3 */
    char both[WS_KEY + sizeof guid];
    unsigned char md[EVP_MAX_MD_SIZE];
    char text[WS_ACCEPT + 1];
    unsigned n = 0;
    if (key.n != WS_KEY) return SX_E_INVALID;
    memcpy(both, key.p, WS_KEY);
    memcpy(both + WS_KEY, guid, sizeof guid - 1);
    if (EVP_Digest(both, WS_KEY + sizeof guid - 1, md, &n, EVP_sha1(), NULL) != 1 || n != 20)
        return sx_fail(SX_E_NOMEM, "no memory for the WebSocket handshake");
    EVP_EncodeBlock((unsigned char *)text, md, 20);
    memcpy(accept, text, WS_ACCEPT);
    return SX_OK;
}

static bool is_key(sx_slice s) {
    if (s.n != WS_KEY || s.p[22] != '=' || s.p[23] != '=') return false;
    for (size_t i = 0; i < 22; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/'))
            return false;
    }
    return true;
}

/* ---- client */

static bool is_ours(sx_slice name) {
    static const char *const names[] = {"Host",    "Upgrade",           "Connection", "Content-Length",
                                        "Trailer", "Transfer-Encoding", "TE",         "Expect"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (sx_ieq(name, sx_slice_str(names[i]))) return true;
    return name.n >= 14 && sx_ieq(sx_slice_of(name.p, 14), SX_LIT("Sec-WebSocket-"));
}

static int check_headers(sx_slice rest) {
    char shown[64];
    size_t count = 6; /* those of the handshake */
    while (rest.n) {
        sx_slice name = sx_slice_empty(), value;
        ptrdiff_t end = sx_find(rest, '\n');
        if (end < 1 || rest.p[end - 1] != '\r') return sx_fail(SX_E_HEADER, "a WebSocket header does not end with CRLF");
        int rc = next_header(&rest, &count, &name, &value);
        if (rc == -431) return sx_fail(SX_E_HEADER, "more than %d WebSocket headers", WS_HEADERS_MAX);
        if (rc <= 0)
            return sx_fail(SX_E_HEADER, "not a usable WebSocket header: \"%s\"", ws_printable(name, shown, sizeof shown));
        if (is_ours(name))
            return sx_fail(SX_E_HEADER, "%s is the WebSocket handshake's own header",
                           ws_printable(name, shown, sizeof shown));
    }
    return SX_OK;
}

static bool is_visible(sx_slice s) {
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= 0x20 || s.p[i] == 0x7f) return false;
    return s.n > 0;
}

static int check_request(const char *host, const char *path, const char *headers) {
    if (!is_visible(sx_slice_str(host)) || strpbrk(host, "/?#@"))
        return sx_fail(SX_E_HEADER, "not a usable host for a WebSocket");
    if (path[0] != '/' || !is_visible(sx_slice_str(path)) || strchr(path, '#'))
        return sx_fail(SX_E_HEADER, "the path of a WebSocket begins with / and holds neither spaces nor #");
    return check_headers(sx_slice_str(headers));
}

int ws_request_write(sx_buf *out, const char *host, const char *path, const char *headers, const char key[WS_KEY]) {
    if (!path || !*path) path = "/";
    int rc = check_request(host, path, headers);
    if (rc < 0) return rc;
    size_t before = out->n;
    SX_BUF_LIT(out, "GET ");
    sx_buf_str(out, path);
    SX_BUF_LIT(out, " HTTP/1.1\r\nHost: ");
    sx_buf_str(out, host);
    SX_BUF_LIT(out, "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ");
    sx_buf_put(out, key, WS_KEY);
    SX_BUF_LIT(out, "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\n");
    if (headers) sx_buf_str(out, headers);
    SX_BUF_LIT(out, "\r\n");
    if (out->failed) return sx_fail(SX_E_NOMEM, "no memory for the WebSocket handshake");
    if (out->n - before > WS_HEAD_MAX)
        return sx_fail(SX_E_HEADER, "the WebSocket request is longer than %d bytes", WS_HEAD_MAX);
    return SX_OK;
}

typedef struct answer {
    bool upgrade, connection, extension;
    unsigned accepts, protocols;
    sx_slice accept, protocol, location;
} answer;

static int read_answer_headers(sx_slice rest, answer *a) {
    sx_slice name, value;
    size_t count = 0;
    int rc;
    while ((rc = next_header(&rest, &count, &name, &value)) > 0) {
        if (sx_ieq(name, SX_LIT("Upgrade"))) {
            a->upgrade = a->upgrade || list_has(value, SX_LIT("websocket"), NULL);
        } else if (sx_ieq(name, SX_LIT("Connection"))) {
            a->connection = a->connection || list_has(value, SX_LIT("upgrade"), NULL);
        } else if (sx_ieq(name, SX_LIT("Sec-WebSocket-Accept"))) {
            a->accepts++;
            a->accept = value;
        } else if (sx_ieq(name, SX_LIT("Sec-WebSocket-Protocol"))) {
            a->protocols++;
            a->protocol = value;
        } else if (sx_ieq(name, SX_LIT("Sec-WebSocket-Extensions"))) {
            a->extension = a->extension || value.n > 0;
        } else if (sx_ieq(name, SX_LIT("Location"))) {
            a->location = value;
        }
    }
    return rc;
}

static int refuse(char *text, size_t cap, const char *why) {
    snprintf(text, cap, "%s", why);
    return SX_E_PROTOCOL;
}

static int refused(char *text, size_t cap, unsigned status, sx_slice reason, sx_slice location) {
    char phrase[64], to[160];
    ws_printable(sx_trim(reason), phrase, sizeof phrase);
    ws_printable(location, to, sizeof to);
    bool moved = status >= 300 && status < 400 && location.n;
    snprintf(text, cap, "the server refused the WebSocket: %u%s%s%s%s", status, *phrase ? " " : "", phrase,
             moved ? ", it points to " : "", moved ? to : "");
    return SX_E_PROTOCOL;
}

int ws_answer_read(sx_slice head, const char key[WS_KEY], char *text, size_t cap) {
    sx_slice rest = head, reason;
    sx_slice line = first_line(&rest);
    uint64_t status;
    answer a;
    memset(&a, 0, sizeof a);
    sx_slice version = sx_split(line, ' ', &reason);
    reason = sx_trim(reason);
    bool http = version.n == 8 && memcmp(version.p, "HTTP/1.", 7) == 0;
    if (!http || !sx_to_u64(sx_split(reason, ' ', &reason), 999, &status) || status < 100)
        return refuse(text, cap, "what answers there does not speak HTTP");
    if (read_answer_headers(rest, &a) < 0) return refuse(text, cap, "the server's answer to the upgrade is malformed");
    if (status < 200 && status != 101) return 1;
    if (status != 101) return refused(text, cap, (unsigned)status, reason, a.location);
    char expected[WS_ACCEPT];
    int rc = ws_accept_make(sx_slice_of(key, WS_KEY), expected);
    if (rc < 0) {
        snprintf(text, cap, "%s", sx_error_text(rc));
        return rc;
    }
    if (!a.upgrade || !a.connection) return refuse(text, cap, "the server's 101 is not an upgrade to WebSocket");
    if (a.accepts != 1 || !sx_eq(a.accept, sx_slice_of(expected, WS_ACCEPT)))
        return refuse(text, cap, "the server's Sec-WebSocket-Accept does not belong to our key");
    if (a.extension) return refuse(text, cap, "the server wants a WebSocket extension that was not offered");
    /* RFC 7118 4.1: it MUST be there; and RFC 6455 4.1 forbids one that was not asked for */
    if (!a.protocols) return refuse(text, cap, "the server did not take the subprotocol sip (RFC 7118)");
    if (a.protocols != 1 || !sx_ieq(a.protocol, SX_LIT("sip")))
        return refuse(text, cap, "the server chose another subprotocol than sip");
    return SX_OK;
}

/* ---- server */

typedef struct asked {
    bool upgrade, connection, body;
    unsigned hosts, keys, versions, protocols, origins;
    sx_slice version;
    ws_request *r;
} asked;

static void take_header(asked *a, sx_slice name, sx_slice value) {
    if (sx_ieq(name, SX_LIT("Host"))) {
        a->hosts++;
    } else if (sx_ieq(name, SX_LIT("Upgrade"))) {
        a->upgrade = a->upgrade || list_has(value, SX_LIT("websocket"), NULL);
    } else if (sx_ieq(name, SX_LIT("Connection"))) {
        a->connection = a->connection || list_has(value, SX_LIT("upgrade"), NULL);
    } else if (sx_ieq(name, SX_LIT("Sec-WebSocket-Key"))) {
        a->keys++;
        a->r->key = value;
    } else if (sx_ieq(name, SX_LIT("Sec-WebSocket-Version"))) {
        a->versions++;
        a->version = value;
    } else if (sx_ieq(name, SX_LIT("Sec-WebSocket-Protocol"))) {
        a->protocols++;
        if (!a->r->protocol.n) list_has(value, SX_LIT("sip"), &a->r->protocol);
    } else if (sx_ieq(name, SX_LIT("Origin"))) {
        a->origins++;
        a->r->origin = value;
    } else if (sx_ieq(name, SX_LIT("Transfer-Encoding")) ||
               (sx_ieq(name, SX_LIT("Content-Length")) && !sx_eq(value, SX_LIT("0")))) {
        a->body = true;
    }
}

static bool origin_allowed(const net_ws_options *rules, sx_slice origin) {
    if (!rules->norigins || !origin.n) return true;
    for (size_t i = 0; i < rules->norigins; i++) {
        sx_slice one = sx_slice_str(rules->origins[i]);
        if (sx_eq(one, SX_LIT("*")) || sx_ieq(one, origin)) return true;
    }
    return false;
}

/* Origin-form, or absolute-form (RFC 7230 5.3), of which the path is taken. */
static bool take_target(sx_slice target, ws_request *r) {
    sx_slice rest;
    if (!is_visible(target)) return false;
    if (target.p[0] != '/') {
        sx_slice scheme = sx_split(target, ':', &rest);
        if (!(sx_ieq(scheme, SX_LIT("ws")) || sx_ieq(scheme, SX_LIT("wss")) || sx_ieq(scheme, SX_LIT("http")) ||
              sx_ieq(scheme, SX_LIT("https"))) ||
            rest.n < 3 || rest.p[0] != '/' || rest.p[1] != '/')
            return false;
        rest = sx_slice_of(rest.p + 2, rest.n - 2);
        ptrdiff_t slash = sx_find(rest, '/');
        target = slash < 0 ? SX_LIT("/") : sx_slice_of(rest.p + slash, rest.n - (size_t)slash);
    }
    r->path = sx_split(target, '?', &rest);
    return true;
}

static int no(int status, const char *words, const char **why) {
    *why = words;
    return status;
}

static int judge(const asked *a, const net_ws_options *rules, const char **why) {
    if (!a->upgrade) return no(426, "this is a WebSocket server", why);
    if (a->hosts != 1) return no(400, "one Host header is needed", why);
    if (!a->connection) return no(400, "Connection: Upgrade is needed", why);
    if (a->body) return no(400, "an upgrade has no body", why);
    if (a->versions != 1 || !sx_eq(a->version, SX_LIT("13"))) return no(426, "WebSocket version 13 is needed", why);
    if (a->keys != 1 || !is_key(a->r->key)) return no(400, "Sec-WebSocket-Key is not 16 bytes in base64", why);
    if (!a->protocols) return no(400, "Sec-WebSocket-Protocol: sip is needed", why);
    if (!a->r->protocol.n) return no(400, "only the subprotocol sip is spoken here", why);
    if (a->origins > 1) return no(400, "more than one Origin header", why);
    if (!origin_allowed(rules, a->r->origin)) return no(403, "this origin is not allowed", why);
    return 101;
}

int ws_request_read(sx_slice head, const net_ws_options *rules, ws_request *out, const char **why) {
    sx_slice rest = head, target, version, name, value;
    asked a;
    size_t count = 0;
    int rc;
    memset(out, 0, sizeof *out);
    memset(&a, 0, sizeof a);
    a.r = out;
    *why = "";
    sx_slice line = first_line(&rest);
    sx_slice method = sx_split(line, ' ', &target);
    target = sx_split(target, ' ', &version);
    if (!is_token(method) || version.n != 8 || memcmp(version.p, "HTTP/1.", 7) != 0 || version.p[7] < '0' ||
        version.p[7] > '9')
        return no(400, "not an HTTP request", why);
    if (!sx_eq(method, SX_LIT("GET"))) return no(405, "only GET is possible here", why);
    if (version.p[7] == '0') return no(400, "HTTP/1.1 is needed", why);
    if (!take_target(target, out)) return no(400, "malformed request target", why);
    if (rules->server_path && !sx_eq(out->path, sx_slice_str(rules->server_path)))
        return no(404, "there is nothing at this path", why);
    while ((rc = next_header(&rest, &count, &name, &value)) > 0) take_header(&a, name, value);
    if (rc == -431) return no(431, "too many headers", why);
    if (rc < 0) return no(400, "malformed header", why);
    return judge(&a, rules, why);
}

static const char *phrase(int status) {
    switch (status) {
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 426: return "Upgrade Required";
    case 431: return "Request Header Fields Too Large";
    default: return "Bad Request";
    }
}

static int write_refusal(sx_buf *out, int status, const char *why) {
    SX_BUF_LIT(out, "HTTP/1.1 ");
    sx_buf_u64(out, (uint64_t)status);
    sx_buf_char(out, ' ');
    sx_buf_str(out, phrase(status));
    SX_BUF_LIT(out, "\r\nConnection: ");
    if (status == 426) SX_BUF_LIT(out, "Upgrade, ");
    SX_BUF_LIT(out, "close\r\nContent-Type: text/plain\r\nContent-Length: ");
    sx_buf_u64(out, strlen(why) + 1);
    if (status == 426) SX_BUF_LIT(out, "\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13");
    if (status == 405) SX_BUF_LIT(out, "\r\nAllow: GET");
    SX_BUF_LIT(out, "\r\n\r\n");
    sx_buf_str(out, why);
    sx_buf_char(out, '\n');
    return out->failed ? SX_E_NOMEM : SX_OK;
}

int ws_answer_write(sx_buf *out, int status, const ws_request *r, const char *why) {
    char accept[WS_ACCEPT];
    if (status != 101) return write_refusal(out, status, why);
    int rc = ws_accept_make(r->key, accept);
    if (rc < 0) return rc;
    SX_BUF_LIT(out, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Accept: ");
    sx_buf_put(out, accept, WS_ACCEPT);
    SX_BUF_LIT(out, "\r\nSec-WebSocket-Protocol: ");
    sx_buf_slice(out, r->protocol);
    SX_BUF_LIT(out, "\r\n\r\n");
    return out->failed ? SX_E_NOMEM : SX_OK;
}
