/* Comparison of URIs (RFC 3261 19.1.4, RFC 3966 5). */
#include "sip/host.h"
#include "sip/lex.h"

/* More parameters or headers than this on a side are not compared one by one: such URIs are equal only byte for byte.
 */
enum { MAX_PAIRS = 32 };

static int nibble(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = sx_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The next character of s at *i: its value, and whether it was escaped. */
static unsigned char unit(sx_slice s, size_t *i, bool *escaped) {
    *escaped = false;
    if (s.p[*i] == '%' && *i + 2 < s.n && nibble(s.p[*i + 1]) >= 0 && nibble(s.p[*i + 2]) >= 0) {
        unsigned char c = (unsigned char)(nibble(s.p[*i + 1]) * 16 + nibble(s.p[*i + 2]));
        *i += 3;
        *escaped = true;
        return c;
    }
    return (unsigned char)s.p[(*i)++];
}

/* An escaped character equals the plain one unless it is reserved: %3B is not ';' (19.1.4). */
static bool same_text(sx_slice a, sx_slice b, bool any_case) {
    size_t i = 0, j = 0;
    while (i < a.n && j < b.n) {
        bool ea, eb;
        char x = (char)unit(a, &i, &ea), y = (char)unit(b, &j, &eb);
        if (ea != eb && x && strchr(";/?:@&=+$,", x)) return false;
        if (any_case ? sx_lower(x) != sx_lower(y) : x != y) return false;
    }
    return i == a.n && j == b.n;
}

typedef struct pairs {
    sx_slice name[MAX_PAIRS], value[MAX_PAIRS];
    int n; /* MAX_PAIRS + 1: too many */
} pairs;

static void pairs_read(pairs *out, sx_slice rest, char sep) {
    out->n = 0;
    while (rest.p && rest.n) {
        sx_slice piece = sx_split(rest, sep, &rest);
        if (piece.n == 0) continue;
        if (out->n == MAX_PAIRS) {
            out->n = MAX_PAIRS + 1;
            return;
        }
        out->name[out->n] = sx_split(piece, '=', &out->value[out->n]);
        out->n++;
    }
}

static int pairs_find(const pairs *p, sx_slice name) {
    for (int i = 0; i < p->n; i++)
        if (same_text(p->name[i], name, true)) return i;
    return -1;
}

/* A parameter that changes what the URI means must stand on both sides. */
static bool must_match(sx_slice name) {
    return sx_ieq(name, SX_LIT("user")) || sx_ieq(name, SX_LIT("ttl")) || sx_ieq(name, SX_LIT("method")) ||
           sx_ieq(name, SX_LIT("maddr")) || sx_ieq(name, SX_LIT("transport"));
}

/* Every pair of a: also in b with the same value, or not there and `all` false and harmless. */
static bool covered(const pairs *a, const pairs *b, bool all) {
    for (int i = 0; i < a->n; i++) {
        int j = pairs_find(b, a->name[i]);
        if (j < 0 ? all || must_match(a->name[i]) : !same_text(a->value[i], b->value[j], true)) return false;
    }
    return true;
}

static bool same_pairs(sx_slice a, sx_slice b, char sep, bool all) {
    if (sx_eq(a, b)) return true;
    pairs x, y;
    pairs_read(&x, a, sep);
    pairs_read(&y, b, sep);
    if (x.n > MAX_PAIRS || y.n > MAX_PAIRS || (all && x.n != y.n)) return false;
    return covered(&x, &y, all) && covered(&y, &x, all);
}

static bool is_separator(char c) { return c == '-' || c == '.' || c == '(' || c == ')'; }

/* Numbers are compared without their visual separators. */
static bool same_number(sx_slice a, sx_slice b) {
    size_t i = 0, j = 0;
    for (;;) {
        while (i < a.n && is_separator(a.p[i])) i++;
        while (j < b.n && is_separator(b.p[j])) j++;
        if (i == a.n || j == b.n) return i == a.n && j == b.n;
        if (sx_lower(a.p[i++]) != sx_lower(b.p[j++])) return false;
    }
}

bool sip_uri_eq_aor(const sip_uri *a, const sip_uri *b) {
    if (a->scheme != b->scheme) return false;
    switch (a->scheme) {
    case SIP_SCHEME_OTHER: return sx_ieq(a->scheme_name, b->scheme_name) && sx_eq(a->user, b->user);
    case SIP_SCHEME_TEL: return same_number(a->user, b->user);
    default: break;
    }
    return a->port == b->port && a->has_user == b->has_user && same_text(a->user, b->user, false) &&
           sip_host_eq(a->host, b->host);
}

bool sip_uri_eq(const sip_uri *a, const sip_uri *b) {
    if (!sip_uri_eq_aor(a, b)) return false;
    if (a->scheme == SIP_SCHEME_OTHER) return true;
    if (a->scheme == SIP_SCHEME_TEL) return same_pairs(a->params, b->params, ';', true);
    if ((a->password.p == NULL) != (b->password.p == NULL)) return false;
    return same_text(a->password, b->password, false) && same_pairs(a->params, b->params, ';', false) &&
           same_pairs(a->headers, b->headers, '&', true);
}
