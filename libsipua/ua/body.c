/* Bodies: SDP alone or inside multipart, digits in INFO. Lenient with what others send (a charset on application/sdp is
 * no reason for 415). */
#include "sip/lex.h"
#include "ua/internal.h"

/* One header of a body part: the value after `name` and a colon in the lines of `head`. */
static sx_slice part_header(sx_slice head, sx_slice name) {
    while (head.n) {
        sx_slice rest, line = sx_split(head, '\n', &rest), value, n = sx_split(line, ':', &value);
        if (value.p && sx_ieq(sx_trim(n), name)) return sx_trim(value);
        if (!rest.p) break;
        head = rest;
    }
    return sx_slice_empty();
}

static ptrdiff_t find_text(sx_slice in, sx_slice what, size_t from) {
    for (size_t i = from; what.n && i + what.n <= in.n; i++) {
        const char *p = memchr(in.p + i, what.p[0], in.n - i - what.n + 1);
        if (!p) return -1;
        i = (size_t)(p - in.p);
        if (memcmp(p, what.p, what.n) == 0) return p - in.p;
    }
    return -1;
}

/* Headers end at the first empty line, whatever its kind. */
static sx_slice split_part(sx_slice part, sx_slice *head) {
    if (part.n >= 2 && part.p[0] == '\r' && part.p[1] == '\n') { /* no headers at all */
        *head = sx_slice_empty();
        return sx_slice_of(part.p + 2, part.n - 2);
    }
    for (size_t i = 0; i + 1 < part.n; i++) {
        if (part.p[i] != '\n') continue;
        size_t j = i + 1;
        if (j < part.n && part.p[j] == '\r') j++;
        if (j < part.n && part.p[j] == '\n') {
            *head = sx_slice_of(part.p, i);
            return sx_slice_of(part.p + j + 1, part.n - j - 1);
        }
    }
    *head = sx_slice_empty();
    return sx_slice_empty();
}

/* The next part of a multipart body from *at on (behind a delimiter): false at the end. */
static bool next_part(sx_slice body, sx_slice boundary, size_t *at, sx_slice *part) {
    ptrdiff_t open = find_text(body, boundary, *at);
    if (open < 0) return false;
    size_t start = (size_t)open + boundary.n;
    if (start + 1 < body.n && body.p[start] == '-' && body.p[start + 1] == '-') return false;
    while (start < body.n && body.p[start] != '\n') start++;
    if (start < body.n) start++;
    ptrdiff_t close = find_text(body, boundary, start);
    size_t end = close < 0 ? body.n : (size_t)close;
    *at = end;
    if (end > start && body.p[end - 1] == '\n') end--;
    if (end > start && body.p[end - 1] == '\r') end--;
    *part = sx_slice_of(body.p + start, end - start);
    return true;
}

static bool type_of(sx_slice value, sip_media_type *t) { return value.n && sip_media_type_read(value, t) == SX_OK; }

/* The SDP part of a multipart body; a multipart inside it is opened too, two deep at most. */
static bool find_sdp(const sip_media_type *type, sx_slice body, sx_slice *sdp) {
    sip_media_type t = *type;
    for (int depth = 0; depth < 3; depth++) {
        sx_slice boundary, part, head, inner = sx_slice_empty();
        char text[80];
        if (!sip_param_get(t.params, SX_LIT("boundary"), &boundary) || !boundary.n || boundary.n > 70) return false;
        text[0] = text[1] = '-';
        memcpy(text + 2, boundary.p, boundary.n);
        sip_media_type inner_type = t;
        size_t at = 0;
        while (next_part(body, sx_slice_of(text, boundary.n + 2), &at, &part)) {
            sx_slice content = split_part(part, &head);
            sip_media_type pt;
            if (!type_of(part_header(head, SX_LIT("Content-Type")), &pt)) continue;
            if (sip_media_type_is(&pt, "application", "sdp")) {
                *sdp = content;
                return true;
            }
            if (sx_ieq(pt.type, SX_LIT("multipart")) && !inner.p) {
                inner = content;
                inner_type = pt;
            }
        }
        if (!inner.p) return false;
        body = inner;
        t = inner_type;
    }
    return false;
}

int ua_body_sdp(const sip_msg *m, sx_slice *sdp) {
    *sdp = sx_slice_empty();
    if (!sx_trim(m->body).n) return 0;
    sx_slice encoding = sip_value(m, SIP_HDR_CONTENT_ENCODING);
    if (encoding.n && !sx_ieq(encoding, SX_LIT("identity"))) return SX_E_UNSUPPORTED;
    sip_media_type t;
    sx_slice value = sip_value(m, SIP_HDR_CONTENT_TYPE);
    if (!value.n) return SX_E_UNSUPPORTED;
    if (!type_of(value, &t)) return SX_E_UNSUPPORTED;
    if (sip_media_type_is(&t, "application", "sdp")) {
        *sdp = m->body;
        return 1;
    }
    if (sx_ieq(t.type, SX_LIT("multipart")) && find_sdp(&t, m->body, sdp)) return 1;
    return SX_E_UNSUPPORTED;
}

static char digit_of(sx_slice s) {
    s = sx_trim(s);
    if (s.n == 1) {
        char c = s.p[0];
        if ((c >= '0' && c <= '9') || c == '*' || c == '#') return c;
        if (c >= 'A' && c <= 'D') return c;
        if (c >= 'a' && c <= 'd') return (char)(c - 'a' + 'A');
        if (c == 'F' || c == 'f' || c == '!') return 'F';
    }
    uint64_t n; /* some say 10 for *, 11 for # */
    if (s.n == 2 && sx_to_u64(s, 16, &n) && n >= 10) return "*#ABCDF"[n - 10];
    return 0;
}

bool ua_body_dtmf(const sip_msg *m, char *digit, unsigned *ms) {
    sip_media_type t;
    if (!type_of(sip_value(m, SIP_HDR_CONTENT_TYPE), &t) || !sx_ieq(t.type, SX_LIT("application"))) return false;
    *ms = 100;
    if (sx_ieq(t.subtype, SX_LIT("dtmf"))) return (*digit = digit_of(m->body)) != 0;
    if (!sx_ieq(t.subtype, SX_LIT("dtmf-relay"))) return false;
    *digit = 0;
    for (sx_slice rest = m->body, line; rest.n;) {
        sx_slice value, name;
        line = sx_split(rest, '\n', &rest);
        name = sx_trim(sx_split(line, '=', &value));
        uint64_t n;
        if (sx_ieq(name, SX_LIT("Signal"))) *digit = digit_of(value);
        if (sx_ieq(name, SX_LIT("Duration")) && sx_to_u64(sx_trim(value), 60000, &n)) *ms = (unsigned)n;
        if (!rest.p) break;
    }
    return *digit != 0;
}
