#include "sip/frame.h"

#include "base/error.h"
#include "sip/lex.h"
#include "sip/names.h"

/* An idle connection keeps no more than this. */
enum { KEEP = 16 * 1024 };

void sip_framer_init(sip_framer *f, size_t max_head, size_t max_body) {
    memset(f, 0, sizeof *f);
    sx_buf_init(&f->buf);
    f->max_head = max_head ? max_head : 65536;
    f->max_body = max_body ? max_body : 65536;
}

void sip_framer_free(sip_framer *f) { sx_buf_free(&f->buf); }

/* Gives room back: what was handed out is gone by now. */
static void compact(sip_framer *f) {
    if (f->start == 0) return;
    if (f->start == f->buf.n && f->buf.cap > KEEP) {
        sx_buf_free(&f->buf);
        sx_buf_init(&f->buf);
    } else {
        sx_buf_consume(&f->buf, f->start);
    }
    f->start = 0;
}

char *sip_framer_space(sip_framer *f, size_t want, size_t *room) {
    compact(f);
    char *p = sx_buf_reserve(&f->buf, want ? want : 1);
    if (!p) {
        f->buf.failed = false; /* what is there stays usable */
        return NULL;
    }
    *room = f->buf.cap - f->buf.n;
    return p;
}

void sip_framer_added(sip_framer *f, size_t n) { f->buf.n += n <= f->buf.cap - f->buf.n ? n : 0; }

int sip_framer_feed(sip_framer *f, const void *p, size_t n) {
    size_t room;
    if (n == 0) return SX_OK;
    char *to = sip_framer_space(f, n, &room);
    if (!to) return SX_E_NOMEM;
    memcpy(to, p, n);
    f->buf.n += n;
    return SX_OK;
}

static int fail(sip_framer *f, int code, sx_slice *out) {
    f->error = code;
    size_t n = f->head ? f->head : f->buf.n - f->start;
    *out = n ? sx_slice_of(f->buf.p + f->start, n) : sx_slice_empty();
    return code;
}

/* The length of the headers with their empty line, or 0 if its end has not arrived. Lines may end with LF alone. */
static size_t find_head(sip_framer *f) {
    const char *p = f->buf.p + f->start;
    size_t n = f->buf.n - f->start;
    size_t at = f->scanned;
    while (at < n) {
        const char *lf = (const char *)memchr(p + at, '\n', n - at);
        if (!lf) break;
        size_t i = (size_t)(lf - p);
        if (i + 1 < n && p[i + 1] == '\n') return i + 2;
        if (i + 2 < n && p[i + 1] == '\r' && p[i + 2] == '\n') return i + 3;
        if (i + 2 >= n) { /* the line end may go on: look at it again */
            f->scanned = i;
            return 0;
        }
        at = i + 1;
    }
    f->scanned = n;
    return 0;
}

/* One logical line of the headers, folds included; *rest is what follows. */
static sx_slice logical_line(sx_slice *rest) {
    const char *p = rest->p, *end = p + rest->n, *q = p;
    for (;;) {
        const char *lf = (const char *)memchr(q, '\n', (size_t)(end - q));
        q = lf ? lf + 1 : end;
        if (q == end || (*q != ' ' && *q != '\t')) break;
    }
    *rest = sx_slice_between(q, end);
    return sx_slice_between(p, q);
}

/* Body bytes announced, or an error. */
static int content_length(sx_slice head, size_t max, size_t *out) {
    sx_slice rest = head;
    bool found = false;
    logical_line(&rest); /* the start line */
    while (rest.n) {
        sx_slice line = logical_line(&rest), value, name;
        char c = sx_lower(line.p[0]);
        if (c != 'c' && c != 'l') continue;
        name = sx_split(line, ':', &value);
        if (!value.p || sip_hdr_of(sx_trim(name)) != SIP_HDR_CONTENT_LENGTH) continue;
        uint32_t v;
        int rc = sip_read_u32(value, UINT32_MAX, &v);
        if (rc == SX_E_FORMAT || (found && rc == SX_OK && v != *out)) return SX_E_PROTOCOL;
        if (rc == SX_E_LIMIT || v > max) return SX_E_LIMIT;
        *out = v;
        found = true;
    }
    return found ? SX_OK : SX_E_PROTOCOL;
}

/* CRLFs before a message: keepalives, or nothing (RFC 3261 7.5). Returns what to report, or MORE. */
static int line_ends(sip_framer *f) {
    for (;;) {
        const char *p = f->buf.p + f->start;
        size_t n = f->buf.n - f->start;
        size_t len = n && *p == '\n' ? 1 : n > 1 && p[0] == '\r' && p[1] == '\n' ? 2 : 0;
        if (len == 0) {
            if (n > 1 || (n && *p != '\r')) f->half_ping = false; /* a message begins */
            return SIP_FRAME_MORE;
        }
        f->start += len;
        if (f->half_ping) {
            f->half_ping = false;
            return SIP_FRAME_PING;
        }
        if (f->pongs_due) {
            f->pongs_due--;
            return SIP_FRAME_PONG;
        }
        f->half_ping = true;
    }
}

int sip_framer_next(sip_framer *f, sx_slice *out) {
    *out = sx_slice_empty();
    if (f->error) return f->error;
    if (f->buf.n == f->start) return SIP_FRAME_MORE;
    if (f->head == 0) {
        if (f->scanned == 0) {
            int ping = line_ends(f);
            if (ping != SIP_FRAME_MORE) return ping;
        }
        size_t n = f->buf.n - f->start;
        if (n == 0 || (n == 1 && f->buf.p[f->start] == '\r')) return SIP_FRAME_MORE;
        f->head = find_head(f);
        if ((f->head ? f->head : n) > f->max_head) {
            f->head = 0;
            return fail(f, SX_E_LIMIT, out);
        }
        if (f->head == 0) return SIP_FRAME_MORE;
        size_t body = 0;
        int rc = content_length(sx_slice_of(f->buf.p + f->start, f->head), f->max_body, &body);
        if (rc != SX_OK) return fail(f, rc, out);
        f->total = f->head + body;
    }
    if (f->buf.n - f->start < f->total) return SIP_FRAME_MORE;
    *out = sx_slice_of(f->buf.p + f->start, f->total);
    f->start += f->total;
    f->head = f->total = f->scanned = 0;
    return SIP_FRAME_MESSAGE;
}
