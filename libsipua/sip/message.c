#include "sip/message.h"

#include <stdlib.h>

#include "base/error.h"
#include "sip/fault.h"
#include "sip/headers.h"
#include "sip/lex.h"
#include "sip/scan.h"

typedef struct parser {
    sip_msg *m;
    sip_hdr *hdrs;
    const char *base; /* message offsets count from here */
    const char *end;
    uint32_t max_line;
    uint32_t max_headers;
    sip_parse_error err;         /* the first fault; `at` counts from base */
    bool response;               /* the start line begins with SIP/ */
    uint8_t last[SIP_HDR_COUNT]; /* end of each chain; unset while first[] is SIP_NO_HDR */
} parser;

static void fault(parser *ps, sip_fault f, const char *at, sip_hdr_id hdr, const char *what) {
    if (ps->err.fault != SIP_FAULT_NONE) return;
    ps->err.fault = f;
    ps->err.at = (uint32_t)(at - ps->base);
    ps->err.hdr = hdr;
    ps->err.what = what;
}

/* ---- start line ---- */

static bool is_version(sx_slice s) {
    return s.n == 7 && (memcmp(s.p, "SIP/2.0", 7) == 0 || sx_ieq(s, SX_LIT("SIP/2.0")));
}

/* SIP/ and two numbers, but not 2.0. */
static bool is_other_version(sx_slice s) {
    if (s.n < 7 || !sx_ieq(sx_slice_of(s.p, 4), SX_LIT("SIP/"))) return false;
    s = sx_slice_of(s.p + 4, s.n - 4);
    if (sip_take(&s, SIP_C_DIGIT).n == 0 || s.n == 0 || *s.p != '.') return false;
    s = sx_slice_of(s.p + 1, s.n - 1);
    return sip_take(&s, SIP_C_DIGIT).n > 0 && s.n == 0;
}

/* SIP/2.0 486 Busy Here */
static void status_line(parser *ps, sx_slice line) {
    sx_slice rest;
    ps->response = true;
    sx_slice version = sx_split(line, ' ', &rest);
    if (!is_version(version)) {
        sip_fault f = is_other_version(version) ? SIP_FAULT_VERSION : SIP_FAULT_START_LINE;
        fault(ps, f, line.p, SIP_HDR_OTHER, "Bad Version in Status Line");
        return;
    }
    if (rest.n < 3 || !sip_is(rest.p[0], SIP_C_DIGIT) || !sip_is(rest.p[1], SIP_C_DIGIT) ||
        !sip_is(rest.p[2], SIP_C_DIGIT) || rest.p[0] < '1' || rest.p[0] > '6' || (rest.n > 3 && rest.p[3] != ' ')) {
        fault(ps, SIP_FAULT_START_LINE, line.p, SIP_HDR_OTHER, "Bad Status Code");
        return;
    }
    ps->m->status = (uint16_t)((rest.p[0] - '0') * 100 + (rest.p[1] - '0') * 10 + (rest.p[2] - '0'));
    if (rest.n > 4) ps->m->reason = sx_slice_of(rest.p + 4, rest.n - 4);
}

/* INVITE sip:bob@example.com SIP/2.0 */
static void request_line(parser *ps, sx_slice line) {
    sx_slice rest = line;
    sx_slice method = sip_take(&rest, SIP_C_TOKEN);
    if (method.n == 0 || rest.n == 0 || *rest.p != ' ') {
        fault(ps, SIP_FAULT_START_LINE, line.p, SIP_HDR_OTHER, "Bad Request Line");
        return;
    }
    ps->m->method_name = method;
    ps->m->method = (uint8_t)sip_method_of(method);
    sx_slice version, uri = sx_split(sx_slice_of(rest.p + 1, rest.n - 1), ' ', &version);
    if (uri.n == 0 || !is_version(version)) {
        if (uri.n && is_other_version(version))
            fault(ps, SIP_FAULT_VERSION, version.p, SIP_HDR_OTHER, "Version Not Supported");
        else
            fault(ps, SIP_FAULT_START_LINE, line.p, SIP_HDR_OTHER, "Bad Request Line");
        return;
    }
    const char *bad = sip_run_uri(line.p, uri.p, uri.p + uri.n);
    if (bad != uri.p + uri.n) {
        fault(ps, SIP_FAULT_START_LINE, bad, SIP_HDR_OTHER, "Bad Request-URI");
        return;
    }
    ps->m->uri = uri;
}

/* Returns the first byte behind the start line, or NULL if it does not end. */
static const char *start_line(parser *ps, const char *p) {
    const char *q = p;
    for (;;) {
        q = sip_scan_line(q, ps->end);
        if (q == ps->end) {
            fault(ps, SIP_FAULT_END, p, SIP_HDR_OTHER, "Incomplete Message");
            return NULL;
        }
        if (*q == '\n' || (*q == '\r' && q + 1 < ps->end && q[1] == '\n')) break;
        fault(ps, SIP_FAULT_START_LINE, q, SIP_HDR_OTHER, "Control Character in Start Line");
        q++;
    }
    sx_slice line = sx_slice_between(p, q);
    if (line.n > ps->max_line) fault(ps, SIP_FAULT_TOO_LONG, p, SIP_HDR_OTHER, "Start Line Too Long");
    if (line.n >= 4 && (memcmp(p, "SIP/", 4) == 0 || sx_ieq(sx_slice_of(p, 4), SX_LIT("SIP/"))))
        status_line(ps, line);
    else
        request_line(ps, line);
    return *q == '\n' ? q + 1 : q + 2;
}

/* ---- headers ---- */

/* The end of the header at p, folded lines included: *next gets the line behind it; NULL if there is no line end. */
static const char *value_end(parser *ps, const char *p, const char **next) {
    const char *from = p;
    for (;;) {
        const char *q = sip_scan_line(p, ps->end);
        if (q == ps->end) return NULL;
        const char *eol = q + 1;
        if (*q == '\r') {
            if (eol == ps->end) return NULL;
            if (*eol != '\n') {
                fault(ps, SIP_FAULT_HEADER, q, SIP_HDR_OTHER, "Bare CR in Header");
                p = eol;
                continue;
            }
            eol++;
        } else if (*q == '\0') { /* legal in a quoted pair only */
            if (q == from || q[-1] != '\\') fault(ps, SIP_FAULT_HEADER, q, SIP_HDR_OTHER, "NUL in Header");
            p = eol;
            continue;
        }
        if (eol < ps->end && (*eol == ' ' || *eol == '\t')) {
            p = eol + 1;
            continue;
        }
        *next = eol;
        return q;
    }
}

static void add_header(parser *ps, sip_hdr_id id, sx_slice name, const char *value, const char *end) {
    sip_msg *m = ps->m;
    if (m->nhdrs >= ps->max_headers) {
        fault(ps, SIP_FAULT_TOO_MANY, name.p, SIP_HDR_OTHER, "Too Many Headers");
        return;
    }
    while (value < end && sip_is(*value, SIP_C_WS)) value++;
    while (end > value && sip_is(end[-1], SIP_C_WS)) end--;
    uint8_t i = m->nhdrs++;
    sip_hdr *h = &ps->hdrs[i];
    h->name_at = (uint32_t)(name.p - ps->base);
    h->name_len = (uint16_t)name.n;
    h->value_at = (uint32_t)(value - ps->base);
    h->value_len = (uint32_t)(end - value);
    h->id = (uint8_t)id;
    h->next = SIP_NO_HDR;
    if (m->first[id] == SIP_NO_HDR)
        m->first[id] = i;
    else
        ps->hdrs[ps->last[id]].next = i;
    ps->last[id] = i;
}

/* The name at p in any spelling, whitespace before the colon allowed. Returns the byte behind the colon, or NULL. */
static const char *any_name(const char *p, const char *end, sx_slice *name, sip_hdr_id *id) {
    const char *colon = p;
    while (colon < end && sip_is(*colon, SIP_C_TOKEN)) colon++;
    *name = sx_slice_between(p, colon);
    while (colon < end && (*colon == ' ' || *colon == '\t')) colon++;
    *id = sip_hdr_of(*name);
    return name->n > 0 && name->n <= UINT16_MAX && colon < end && *colon == ':' ? colon + 1 : NULL;
}

/* Returns the first byte behind the empty line, or NULL if there is none. */
static const char *header_lines(parser *ps, const char *p) {
    const char *end = ps->end, *next, *colon;
    while (p < end) {
        sx_slice name;
        const char *value;
        sip_hdr_id id = sip_scan_name(p, end, &colon);
        if (id != SIP_HDR_OTHER) {
            name = sx_slice_between(p, colon);
            value = colon + 1;
        } else {
            if (*p == '\n') return p + 1;
            if (*p == '\r' && p + 1 < end && p[1] == '\n') return p + 2;
            value = any_name(p, end, &name, &id);
            if (!value) fault(ps, SIP_FAULT_HEADER, p, SIP_HDR_OTHER, "Bad Header Line");
        }
        /* From the line's begin, though the name holds no line end: the next line then waits for no colon. */
        const char *stop = value_end(ps, p, &next);
        if (!stop) break;
        if ((size_t)(stop - p) > ps->max_line)
            fault(ps, SIP_FAULT_TOO_LONG, p, id, "Header Too Long");
        else if (value)
            add_header(ps, id, name, value, stop);
        p = next;
    }
    fault(ps, SIP_FAULT_END, end, SIP_HDR_OTHER, "Incomplete Message");
    return NULL;
}

/* ---- body ---- */

static void cut_body(parser *ps, const char *p) {
    sip_msg *m = ps->m;
    uint32_t have = (uint32_t)(ps->end - p), want = have;
    const sip_hdr *first = sip_first(m, SIP_HDR_CONTENT_LENGTH);
    for (const sip_hdr *h = first; h; h = sip_next(m, h)) {
        uint32_t v;
        sx_slice value = sip_hdr_value(m, h);
        int rc = sip_read_u32(value, UINT32_MAX, &v);
        if (rc == SX_OK && v > have) rc = SX_E_LIMIT;
        if (rc == SX_OK && h != first && v != want) rc = SX_E_FORMAT;
        if (rc != SX_OK) {
            fault(ps, SIP_FAULT_CONTENT_LENGTH, value.p, SIP_HDR_CONTENT_LENGTH,
                  rc == SX_E_LIMIT ? "Content-Length Beyond Message" : "Bad Content-Length");
            want = have;
            break;
        }
        want = v;
    }
    m->body = sx_slice_of(p, want);
    m->bytes.n = (size_t)(p - ps->base) + want;
}

/* ---- the whole ---- */

uint16_t sip_answer_status(const sip_msg *m, sip_fault f) {
    static const sip_hdr_id needed[] = {SIP_HDR_FROM, SIP_HDR_TO, SIP_HDR_CALL_ID, SIP_HDR_CSEQ};
    sip_via via;
    if (m->status || m->method == SIP_ACK || sip_via_sent_by(sip_value(m, SIP_HDR_VIA), &via) != SX_OK) return 0;
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (sip_value(m, needed[i]).n == 0) return 0;
    sx_slice cseq = sip_value(m, SIP_HDR_CSEQ);
    if (m->method == SIP_METHOD_OTHER && cseq.n >= 3 && memcmp(cseq.p + cseq.n - 3, "ACK", 3) == 0) return 0;
    if (f == SIP_FAULT_VERSION) return 505;
    return f == SIP_FAULT_TOO_LONG || f == SIP_FAULT_TOO_MANY ? 513 : 400;
}

static uint32_t limit(uint32_t given, uint32_t usual) { return given ? given : usual; }

static void parser_init(parser *ps, sip_scratch *s, const char *p, const char *end, const sip_limits *limits) {
    ps->m = &s->msg;
    ps->hdrs = s->hdrs;
    ps->base = p;
    ps->end = end;
    ps->max_line = limit(limits ? limits->max_line : 0, SIP_MAX_LINE);
    ps->max_headers = limit(limits ? limits->max_headers : 0, SIP_MAX_HEADERS);
    if (ps->max_headers > SIP_MAX_HEADERS) ps->max_headers = SIP_MAX_HEADERS;
    memset(&ps->err, 0, sizeof ps->err);
    ps->response = false;
    memset(&s->msg, 0, offsetof(sip_msg, first));
    memset(s->msg.first, SIP_NO_HDR, sizeof s->msg.first);
    s->msg.hdrs = s->hdrs;
    s->msg.bytes = sx_slice_between(p, end);
}

/* Nothing to parse: empty, or a keepalive. */
static int nothing(sip_scratch *s, parser *ps, sip_parse_error *err) {
    parser_init(ps, s, NULL, NULL, NULL);
    if (err) {
        memset(err, 0, sizeof *err);
        err->fault = SIP_FAULT_START_LINE;
        err->what = "Empty Message";
    }
    return SX_E_INVALID;
}

int sip_parse(sip_scratch *s, const char *p, size_t n, const sip_limits *limits, sip_parse_error *err) {
    parser ps;
    size_t lead = 0;
    while (lead < n && (p[lead] == '\r' || p[lead] == '\n')) lead++;
    size_t zeros = lead;
    while (zeros < n && (p[zeros] == '\0' || p[zeros] == '\r' || p[zeros] == '\n')) zeros++;
    if (zeros == n) return nothing(s, &ps, err);
    if (n > UINT32_MAX / 2) {
        nothing(s, &ps, err);
        return SX_E_LIMIT;
    }
    parser_init(&ps, s, p + lead, p + n, limits);
    if (n - lead > limit(limits ? limits->max_message : 0, SIP_MAX_MESSAGE))
        fault(&ps, SIP_FAULT_TOO_LONG, ps.base, SIP_HDR_OTHER, "Message Too Large");
    const char *at = start_line(&ps, ps.base);
    if (at) at = header_lines(&ps, at);
    if (at) cut_body(&ps, at);
    if (ps.err.fault == SIP_FAULT_NONE) return SX_OK;
    ps.err.at += (uint32_t)lead;
    ps.err.status = ps.response ? 0 : sip_answer_status(&s->msg, ps.err.fault);
    if (err) *err = ps.err;
    return ps.err.fault == SIP_FAULT_TOO_LONG || ps.err.fault == SIP_FAULT_TOO_MANY ? SX_E_LIMIT : SX_E_PROTOCOL;
}

const sip_hdr *sip_find(const sip_msg *m, sx_slice name, const sip_hdr *after) {
    sip_hdr_id id = sip_hdr_of(name);
    const sip_hdr *h = after ? sip_next(m, after) : sip_first(m, id);
    while (h && id == SIP_HDR_OTHER && !sx_ieq(sip_hdr_raw_name(m, h), name)) h = sip_next(m, h);
    return h;
}

/* ---- keeping ---- */

static sx_slice moved(sx_slice s, const char *from, const char *to) {
    return s.p ? sx_slice_of(to + (s.p - from), s.n) : s;
}

sip_msg *sip_msg_keep(const sip_msg *m) {
    /* Another thread may be letting go of an event with the same message. */
    if (__atomic_load_n(&m->refs, __ATOMIC_RELAXED)) return sip_msg_ref((sip_msg *)(uintptr_t)m);
    size_t index = sizeof(sip_msg) + m->nhdrs * sizeof(sip_hdr);
    char *block = (char *)malloc(index + m->bytes.n + 1);
    if (!block) return NULL;
    sip_msg *k = (sip_msg *)(void *)block;
    sip_hdr *hdrs = (sip_hdr *)(void *)(block + sizeof(sip_msg));
    char *bytes = block + index;
    *k = *m;
    if (m->nhdrs) memcpy(hdrs, m->hdrs, m->nhdrs * sizeof(sip_hdr));
    if (m->bytes.n) memcpy(bytes, m->bytes.p, m->bytes.n);
    bytes[m->bytes.n] = '\0';
    k->bytes = sx_slice_of(bytes, m->bytes.n);
    k->method_name = moved(m->method_name, m->bytes.p, bytes);
    k->uri = moved(m->uri, m->bytes.p, bytes);
    k->reason = moved(m->reason, m->bytes.p, bytes);
    k->body = moved(m->body, m->bytes.p, bytes);
    k->hdrs = hdrs;
    k->refs = 1;
    return k;
}

sip_msg *sip_msg_ref(sip_msg *m) {
    __atomic_add_fetch(&m->refs, 1, __ATOMIC_RELAXED);
    return m;
}

void sip_msg_unref(sip_msg *m) {
    if (!m || __atomic_load_n(&m->refs, __ATOMIC_RELAXED) == 0) return;
    if (__atomic_sub_fetch(&m->refs, 1, __ATOMIC_ACQ_REL) == 0) free(m);
}
