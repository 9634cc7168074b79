/* TLS for connections and listeners (OpenSSL 3): whom to trust and what to show. A net_tls goes into
 * net_tcp_options.tls; TLS is then a filter inside net_conn, and its owner sees plain bytes.
 *
 * The name of a server is verified as RFC 5922 says: a URI (sip: or sips:) among the subject's alternative names, then
 * a DNS name, for a numeric host an IP address; the common name only where there are neither URIs nor DNS names. A
 * wildcard stands for one whole left-most label of a DNS name. Signatures with SHA-1 or MD5 and RSA keys under 2048
 * bits are refused, renegotiation too.
 *
 * Threads: created anywhere (its OSSL_LIB_CTX is the creating thread's default one, which must outlive it), references
 * counted atomically; everything else on the thread of the loop whose connections use it. */
#ifndef NET_TLS_H
#define NET_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct net_tls net_tls;

/* All zero is the default: a client that verifies. Strings are copied. "PEM text" is told from a file's name by its
 * "-----BEGIN". Files are read when the net_tls is made and in net_tls_reload, at most 16 MB each. */
typedef struct net_tls_options {
    /* Trusted certificates: PEM text, a file, or a directory (of hashed names, else all its *.pem, *.crt and *.cer).
     * NULL: a client searches SSL_CERT_FILE and SSL_CERT_DIR, then the places of Debian, Fedora, SUSE, Alpine and
     * macOS, then ca_fallback; a server trusts no client. The search is made for the first connection. */
    const char *ca;
    const char *ca_fallback; /* PEM text or a file */
    /* Shown to the other side: PEM text or a file; the certificate first, then its chain. A server needs both; a client
     * shows it if asked. key NULL: it is in `cert` too. */
    const char *cert, *key, *key_password;
    /* "sha256/BASE64" of the SubjectPublicKeyInfo of the other side's own certificate; one match is enough, besides all
     * other checks (with `insecure`: the only check). */
    const char *const *pins;
    size_t npins;
    const char *crl; /* PEM text or a file: certificates whose issuer has a list there are looked up in it */
    bool insecure;   /* verify nothing. The owner says so loudly in its log */
    bool server;     /* for listeners */
    bool ask_client, need_client; /* server: ask for a client's certificate and check it if there is one; demand one */
    int min_version;              /* 0x0303: TLS 1.2 (0 too); 0x0304: TLS 1.3 */
} net_tls_options;

/* SX_E_NOT_FOUND, SX_E_PERMISSION, SX_E_IO: a file; SX_E_FORMAT: not PEM, or no certificate or key in it, or a wrong
 * password; SX_E_INVALID: options that do not go together, a bad pin, a key that is not the certificate's; SX_E_TLS:
 * OpenSSL refuses the certificate (a weak key); SX_E_NOMEM. The last error names the option and the file. */
int net_tls_create(const net_tls_options *o, net_tls **out);
net_tls *net_tls_ref(net_tls *t); /* NULL is harmless in both */
void net_tls_unref(net_tls *t);

/* Reads the files again (and searches again): connections made from now on use what they hold. Standing ones go on.
 * Errors as net_tls_create; then all is as it was. */
int net_tls_reload(net_tls *t);

/* What the search for trusted certificates looked at and found, in words ("SSL_CERT_FILE=/x: no such file;
 * /etc/ssl/certs/ ca-certificates.crt: 140 certificates"); never NULL. Makes the search if it has not been made. Valid
 * until the next reload. */
const char *net_tls_tried(net_tls *t);

#endif
