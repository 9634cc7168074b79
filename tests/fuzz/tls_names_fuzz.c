/* What of ours is read in a certificate: its names. The first line is the name of a host; then a certificate in DER, or
 * lines with names of DNS and URIs as they would stand in one. */
#include <openssl/err.h>
#include <stdlib.h>

#include "must.h"
#include "net/tls_internal.h"

static void as_certificate(sx_slice host, sx_slice rest) {
    const unsigned char *p = (const unsigned char *)rest.p;
    X509 *x = d2i_X509(NULL, &p, (long)rest.n);
    ERR_clear_error();
    if (!x) return;
    sx_buf names, first;
    sx_buf_init(&names);
    sx_buf_init(&first);
    net_tls_cert_names(x, &names);
    net_tls_cert_first_name(x, &first);
    never(names.n > 1100);
    for (size_t i = 0; i < names.n; i++) never((unsigned char)names.p[i] < ' ' || (unsigned char)names.p[i] > 0x7e);
    never(first.n && (first.n > names.n || memcmp(names.p, first.p, first.n) != 0));
    net_tls_cert_covers(x, host);
    sx_buf_free(&names);
    sx_buf_free(&first);
    X509_free(x);
    ERR_clear_error();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    sx_slice rest, host = sx_split(sx_slice_of((const char *)data, size), '\n', &rest);
    if (!rest.p) return 0;
    as_certificate(host, rest);
    while (rest.n) {
        sx_slice one = sx_split(rest, '\n', &rest);
        bool dns = net_tls_dns_covers(one, host), uri = net_tls_uri_covers(one, host);
        /* a wildcard is a whole label or nothing, and a URI has none */
        never(dns && memchr(one.p, '*', one.n) && (one.p[0] != '*' || one.p[1] != '.'));
        never(dns && memchr(one.p, 0, one.n));
        bool parameters = one.n && (memchr(one.p, ';', one.n) || memchr(one.p, '?', one.n));
        never(uri && !parameters && (memchr(one.p, '*', one.n) || memchr(one.p, '@', one.n)));
        never(dns && uri);
    }
    return 0;
}
