/* Hides secrets in a copy of a message. Works on bytes, not on the index: what cannot be parsed may hold a password
 * too. */
#include "sip/lex.h"
#include "sip/names.h"
#include "sip/write.h"

static void put_range(sx_buf *b, const char *from, const char *to) { sx_buf_put(b, from, (size_t)(to - from)); }

/* Where `word` (lower case) stands in [p, end), in any case; NULL if nowhere. */
static const char *find_word(const char *p, const char *end, const char *word, size_t n) {
    for (; (size_t)(end - p) >= n; p++) {
        size_t i = 0;
        while (i < n && sx_lower(p[i]) == word[i]) i++;
        if (i == n) return p;
    }
    return NULL;
}

/* user:password@ behind a sip: or sips: becomes user:***@ */
static void put_without_passwords(sx_buf *b, const char *p, const char *end) {
    while (p < end) {
        const char *sip = find_word(p, end, "sip", 3);
        const char *from = sip ? sip + 3 : end;
        if (from < end && sx_lower(*from) == 's') from++;
        if (from == end || *from != ':') {
            put_range(b, p, from);
            p = from;
            continue;
        }
        const char *q = ++from, *colon = NULL;
        while (q < end && *q != '@' && !sip_is(*q, SIP_C_WS) && *q != '>' && *q != '<' && *q != '"') {
            if (*q == ':' && !colon) colon = q;
            q++;
        }
        /* nothing up to q can be another password: without '@' there is none before q, and what stood before it is gone
         */
        if (q < end && *q == '@' && colon) {
            put_range(b, p, colon + 1);
            SX_BUF_LIT(b, "***");
        } else {
            put_range(b, p, q);
        }
        p = q;
    }
}

/* The value of (Proxy-)Authorization, line end included. */
static void put_credentials(sx_buf *b, const char *p, const char *end) {
    const char *scheme = p;
    while (scheme < end && sip_is(*scheme, SIP_C_WS)) scheme++;
    const char *q = scheme;
    while (q < end && sip_is(*q, SIP_C_TOKEN)) q++;
    if (!sx_ieq(sx_slice_between(scheme, q), SX_LIT("Digest"))) {
        put_range(b, p, q);
        SX_BUF_LIT(b, " ***\r\n");
        return;
    }
    while (p < end) {
        const char *word = find_word(p, end, "response", 8);
        const char *at = word ? word + 8 : end;
        const char *eq = at;
        while (eq < end && sip_is(*eq, SIP_C_WS)) eq++;
        if (!word || eq == end || *eq != '=') {
            put_without_passwords(b, p, at);
            p = at;
            continue;
        }
        put_without_passwords(b, p, eq + 1);
        SX_BUF_LIT(b, "\"***\"");
        p = eq + 1;
        while (p < end && sip_is(*p, SIP_C_WS)) p++;
        size_t n = sip_quoted_len(sx_slice_between(p, end));
        if (n)
            p += n;
        else
            while (p < end && *p != ',' && *p != '\r' && *p != '\n') p++;
    }
}

/* SDP: a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:<key> */
static void put_body_line(sx_buf *b, const char *p, const char *end) {
    static const char crypto[] = "a=crypto:";
    const char *key = NULL;
    if ((size_t)(end - p) > sizeof crypto && memcmp(p, crypto, sizeof crypto - 1) == 0)
        key = find_word(p, end, "inline:", 7);
    if (!key) {
        put_range(b, p, end);
        return;
    }
    put_range(b, p, key + 7);
    SX_BUF_LIT(b, "***\r\n");
}

static void put_header_line(sx_buf *b, const char *p, const char *end) {
    const char *colon = (const char *)memchr(p, ':', (size_t)(end - p));
    sip_hdr_id id = colon ? sip_hdr_of(sx_trim(sx_slice_between(p, colon))) : SIP_HDR_OTHER;
    if (id == SIP_HDR_AUTHORIZATION || id == SIP_HDR_PROXY_AUTHORIZATION) {
        put_range(b, p, colon + 1);
        put_credentials(b, colon + 1, end);
    } else {
        put_without_passwords(b, p, end);
    }
}

/* Behind the line that begins at p; folded lines belong to it in the headers. */
static const char *line_behind(const char *p, const char *end, bool headers) {
    for (;;) {
        const char *lf = (const char *)memchr(p, '\n', (size_t)(end - p));
        if (!lf) return end;
        p = lf + 1;
        if (p == end || !headers || (*p != ' ' && *p != '\t')) return p;
    }
}

void sip_redact(sx_buf *out, sx_slice message) {
    if (message.n == 0) return;
    const char *p = message.p, *end = p + message.n;
    bool headers = true, first = true;
    while (p < end) {
        const char *next = line_behind(p, end, headers);
        bool empty = *p == '\n' || (*p == '\r' && p + 1 < end && p[1] == '\n');
        if (!headers)
            put_body_line(out, p, next);
        else if (empty)
            put_range(out, p, next);
        else
            put_header_line(out, p, next);
        if (empty && !first) headers = false;
        first = first && empty;
        p = next;
    }
}
