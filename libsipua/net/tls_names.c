#include <openssl/x509v3.h>

#include "net/tls_internal.h"

#define NAMES_MAX 1024

static sx_slice without_dot(sx_slice s) {
    if (s.n && s.p[s.n - 1] == '.') s.n--;
    return s;
}

static bool is_name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* Labels of 1 to 63 letters, digits, hyphens and underscores. No NUL, no wildcard, nothing else. */
static bool is_name(sx_slice s) {
    size_t label = 0;
    if (s.n == 0 || s.n > 253) return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '.') {
            if (label == 0) return false;
            label = 0;
        } else if (!is_name_char(s.p[i]) || ++label > 63) {
            return false;
        }
    }
    return label > 0;
}

bool net_tls_dns_covers(sx_slice pattern, sx_slice host) {
    pattern = without_dot(pattern);
    host = without_dot(host);
    if (!is_name(host)) return false;
    if (pattern.n > 2 && pattern.p[0] == '*' && pattern.p[1] == '.') {
        /* the whole left-most label, and at least two more: "*.com" is everybody's */
        sx_slice rest, tail = sx_slice_of(pattern.p + 2, pattern.n - 2);
        sx_split(host, '.', &rest);
        return rest.p && is_name(tail) && sx_find(tail, '.') > 0 && sx_ieq(tail, rest);
    }
    return is_name(pattern) && sx_ieq(pattern, host);
}

static bool same_host(sx_slice a, sx_slice b) {
    net_addr x, y;
    if (net_addr_parse_host(&x, a, 0)) return net_addr_parse_host(&y, b, 0) && net_addr_eq_host(&x, &y);
    return is_name(without_dot(a)) && sx_ieq(without_dot(a), without_dot(b));
}

/* RFC 5922, section 7.1: a URI with a user part is not a domain's identity. Parameters are not looked at. */
bool net_tls_uri_covers(sx_slice uri, sx_slice host) {
    sx_slice rest, scheme = sx_split(uri, ':', &rest);
    if (!rest.p || !(sx_ieq(scheme, SX_LIT("sip")) || sx_ieq(scheme, SX_LIT("sips")))) return false;
    for (size_t i = 0; i < rest.n; i++) {
        if (rest.p[i] == '@') return false;
        if (rest.p[i] == ';' || rest.p[i] == '?') rest.n = i;
    }
    ptrdiff_t colon = sx_find(rest, ':');
    if (rest.n && rest.p[0] == '[') {
        ptrdiff_t end = sx_find(rest, ']');
        if (end < 0) return false;
        bool more = (size_t)end + 1 < rest.n;
        if (more && rest.p[end + 1] != ':') return false;
        colon = more ? end + 1 : -1;
    }
    uint64_t port;
    if (colon < 0) return same_host(rest, host);
    if (!sx_to_u64(sx_slice_between(rest.p + colon + 1, rest.p + rest.n), 65535, &port)) return false;
    return same_host(sx_slice_of(rest.p, (size_t)colon), host);
}

static sx_slice ia5(const ASN1_STRING *s) {
    return sx_slice_of((const char *)ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s));
}

static bool ip_of(const ASN1_STRING *s, net_addr *out) {
    int n = ASN1_STRING_length(s);
    *out = net_addr_any(n == 16 ? NET_V6 : NET_V4, 0);
    if (n == 4)
        memcpy(&out->u.v4.sin_addr, ASN1_STRING_get0_data(s), 4);
    else if (n == 16)
        memcpy(&out->u.v6.sin6_addr, ASN1_STRING_get0_data(s), 16);
    return n == 4 || n == 16;
}

/* The most specific common name, if it is of plain characters. *text is OpenSSL's, to be freed. */
static sx_slice common_name(X509 *cert, unsigned char **text) {
    const X509_NAME *subject = X509_get_subject_name(cert);
    int at = -1;
    *text = NULL;
    for (int i; (i = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0;) at = i;
    if (at < 0) return sx_slice_empty();
    int n = ASN1_STRING_to_UTF8(text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    return n < 0 ? sx_slice_empty() : sx_slice_of((const char *)*text, (size_t)n);
}

/* Sets *kinds when there is a name that outranks the common name. */
static bool san_covers(const GENERAL_NAMES *all, sx_slice host, bool *kinds) {
    net_addr want = net_addr_none(), have;
    bool numeric = net_addr_parse_host(&want, host, 0);
    if (numeric && net_addr_is_v6(&want)) want.u.v6.sin6_scope_id = 0; /* a zone is this machine's matter */
    for (int i = 0; i < sk_GENERAL_NAME_num(all); i++) {
        const GENERAL_NAME *g = sk_GENERAL_NAME_value(all, i);
        if (g->type == GEN_URI || g->type == GEN_DNS) *kinds = true;
        if (g->type == GEN_URI && net_tls_uri_covers(ia5(g->d.uniformResourceIdentifier), host)) return true;
        if (g->type == GEN_DNS && !numeric && net_tls_dns_covers(ia5(g->d.dNSName), host)) return true;
        if (g->type == GEN_IPADD && numeric && ip_of(g->d.iPAddress, &have) && net_addr_eq_host(&want, &have))
            return true;
    }
    return false;
}

bool net_tls_cert_covers(X509 *cert, sx_slice host) {
    bool kinds = false, yes = false;
    GENERAL_NAMES *all = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
    if (all) {
        yes = san_covers(all, host, &kinds);
        GENERAL_NAMES_free(all);
    }
    if (yes || kinds || net_addr_is_numeric(host)) return yes;
    unsigned char *text;
    sx_slice cn = common_name(cert, &text);
    yes = net_tls_dns_covers(cn, host);
    OPENSSL_free(text);
    return yes;
}

/* False: that was the last one for which there was room. */
static bool add(sx_buf *out, sx_slice s) {
    if (s.n == 0) return true;
    if (out->n) SX_BUF_LIT(out, ", ");
    if (out->n + s.n > NAMES_MAX) {
        SX_BUF_LIT(out, "...");
        return false;
    }
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        sx_buf_char(out, c > ' ' && c < 0x7f && c != ',' ? (char)c : '?');
    }
    return !out->failed;
}

static bool add_general(sx_buf *out, const GENERAL_NAME *g) {
    net_addr ip;
    if (g->type == GEN_URI) return add(out, ia5(g->d.uniformResourceIdentifier));
    if (g->type == GEN_DNS) return add(out, ia5(g->d.dNSName));
    if (g->type == GEN_EMAIL) return add(out, ia5(g->d.rfc822Name));
    if (g->type != GEN_IPADD || !ip_of(g->d.iPAddress, &ip)) return true;
    char text[NET_ADDR_TEXT];
    sx_buf b;
    sx_buf_init_fixed(&b, text, sizeof text);
    net_addr_write_host(&ip, &b);
    return add(out, sx_buf_view(&b));
}

static void write_names(X509 *cert, sx_buf *out, bool first_only) {
    GENERAL_NAMES *all = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
    size_t before = out->n;
    for (int i = 0; all && i < sk_GENERAL_NAME_num(all); i++)
        if (!add_general(out, sk_GENERAL_NAME_value(all, i)) || (first_only && out->n > before)) break;
    GENERAL_NAMES_free(all);
    if (out->n > before) return;
    unsigned char *text;
    add(out, common_name(cert, &text));
    OPENSSL_free(text);
}

void net_tls_cert_names(X509 *cert, sx_buf *out) { write_names(cert, out, false); }

void net_tls_cert_first_name(X509 *cert, sx_buf *out) { write_names(cert, out, true); }
