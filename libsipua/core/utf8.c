#include "base/utf8.h"
#include "core/event.h"

/* Length of the well-formed UTF-8 sequence at p; 0 for a bad byte and for NUL. */
static size_t sequence(const unsigned char *p, size_t n) { return *p ? sx_utf8_sequence((const char *)p, n) : 0; }

bool core_utf8_valid(sx_slice s) {
    for (size_t i = 0; i < s.n;) {
        size_t len = sequence((const unsigned char *)s.p + i, s.n - i);
        if (!len) return false;
        i += len;
    }
    return true;
}

/* The C0 and C1 controls and DEL, in their one or two bytes: what would move a terminal's cursor. */
static bool control(const unsigned char *p, size_t len) {
    return len == 1 ? p[0] < 0x20 || p[0] == 0x7f : len == 2 && p[0] == 0xc2 && p[1] < 0xa0;
}

size_t core_text_room(sx_slice s) {
    size_t bad = 0;
    if (!s.p) return 0;
    for (size_t i = 0; i < s.n;) {
        size_t len = sequence((const unsigned char *)s.p + i, s.n - i);
        bad += !len || control((const unsigned char *)s.p + i, len);
        i += len ? len : 1;
    }
    return s.n + 2 * bad + 1;
}

static size_t copy(char *out, sx_slice s, bool line) {
    size_t at = 0;
    for (size_t i = 0; i < s.n;) {
        const unsigned char *p = (const unsigned char *)s.p + i;
        size_t len = sequence(p, s.n - i);
        bool odd = line && len && control(p, len);
        if (odd && (*p == '\r' || *p == '\n')) { /* of a folded line, which white space follows */
            i++;
        } else if (odd && *p == '\t') {
            out[at++] = ' ';
            i++;
        } else if (len && !odd) {
            memcpy(out + at, s.p + i, len);
            at += len;
            i += len;
        } else {
            memcpy(out + at, "\xef\xbf\xbd", 3);
            at += 3;
            i += len ? len : 1;
        }
    }
    return at;
}

size_t core_utf8_repair(char *out, sx_slice s) { return copy(out, s, false); }

size_t core_utf8_line(char *out, sx_slice s) { return copy(out, s, true); }
