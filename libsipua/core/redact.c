#include "core/event.h"

/* Works on raw bytes, so that it serves messages that could not be parsed as well. */

static bool starts_with(const char *p, const char *end, const char *word) {
    size_t n = strlen(word);
    return (size_t)(end - p) >= n && sx_ieq(sx_slice_of(p, n), sx_slice_of(word, n));
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The end of the header line at p, with what is folded onto it: behind its last byte, before the next line. */
static char *line_end(char *p, char *end) {
    while (p < end) {
        char *lf = memchr(p, '\n', (size_t)(end - p));
        if (!lf) return end;
        p = lf + 1;
        if (p >= end || (*p != ' ' && *p != '\t')) return p;
    }
    return end;
}

static void blank(char *p, char *end) {
    for (; p < end; p++)
        if (!is_blank(*p)) *p = '*';
}

/* Blanks the value of `response` in Digest credentials; the rest helps whoever reads a trace. */
static void redact_digest(char *p, char *end) {
    while (p < end) {
        while (p < end && (is_blank(*p) || *p == ',')) p++;
        char *name = p;
        while (p < end && *p != '=' && *p != ',' && *p != '"') p++;
        if (p >= end || *p != '=') {
            if (p < end) p++;
            continue;
        }
        bool secret = starts_with(name, p, "response");
        p++;
        while (p < end && is_blank(*p)) p++;
        char *value = p;
        if (p < end && *p == '"') {
            value = ++p;
            while (p < end && *p != '"') p += *p == '\\' && p + 1 < end ? 2 : 1;
        } else {
            while (p < end && *p != ',' && !is_blank(*p)) p++;
        }
        if (secret) blank(value, p < end ? p : end);
        if (p < end) p++;
    }
}

static void redact_credentials(char *p, char *end) {
    while (p < end && is_blank(*p)) p++;
    char *scheme = p;
    while (p < end && !is_blank(*p)) p++;
    if (sx_ieq(sx_slice_between(scheme, p), SX_LIT("Digest")))
        redact_digest(p, end);
    else
        blank(p, end);
}

/* a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20 (RFC 4568) */
static void redact_keys(char *p, char *end) {
    static const char word[] = "inline:";
    for (; (size_t)(end - p) >= sizeof word - 1; p++) {
        if (*p != 'i' || memcmp(p, word, sizeof word - 1)) continue;
        p += sizeof word - 1;
        while (p < end && *p != '|' && *p != ';' && !is_blank(*p)) *p++ = '*';
        if (p >= end) return;
    }
}

void core_redact(char *p, size_t n) {
    char *end = p + n;
    while (p < end && *p != '\r' && *p != '\n') {
        char *next = line_end(p, end);
        if (starts_with(p, next, "authorization") || starts_with(p, next, "proxy-authorization")) {
            char *colon = memchr(p, ':', (size_t)(next - p));
            if (colon) redact_credentials(colon + 1, next);
        }
        p = next;
    }
    redact_keys(p, end);
}
