/* What the files of TLS in net/ know of each other. Not for other folders. */
#ifndef NET_TLS_INTERNAL_H
#define NET_TLS_INTERNAL_H

#include <openssl/ssl.h>

#include "base/buf.h"
#include "base/list.h"
#include "base/timer.h"
#include "net/tcp.h"
#include "net/tls.h"

#define NET_TLS_FILE_MAX (16 * 1024 * 1024)
#define NET_TLS_SESSIONS 64 /* names whose last session is kept */

/* What the files held: made anew by net_tls_reload. */
typedef struct tls_material {
    SSL_CTX *ssl;
    sx_buf tried; /* NUL-terminated words */
    bool searched;
} tls_material;

typedef struct tls_options {
    char *ca, *ca_fallback, *cert, *key, *key_password, *crl;
    bool insecure, server, ask_client, need_client;
    int min_version;
} tls_options;

struct net_tls {
    unsigned refs;
    OSSL_LIB_CTX *libctx;
    BIO_METHOD *bio;
    X509_LOOKUP_METHOD *later;
    tls_options o;
    unsigned char (*pins)[32];
    size_t npins;
    tls_material m;
    sx_list sessions; /* newest first */
    unsigned nsessions;
};

/* ---- tls_files.c */
bool net_tls_is_pem(const char *s);
/* The text itself, or the file's bytes: in *text, to be freed with OPENSSL_cleanse and free. `what` is for the error.
 */
int net_tls_read(const char *what, const char *source, sx_buf *text);
void net_tls_forget(sx_buf *text);
int net_tls_load_identity(net_tls *t, SSL_CTX *ctx);              /* cert, key, chain */
int net_tls_load_crl(net_tls *t, X509_STORE *store);              /* crl */
int net_tls_add_pem(net_tls *t, X509_STORE *store, sx_slice pem); /* how many certificates were added; SX_E_NOMEM */
STACK_OF(X509_NAME) * net_tls_ca_names(X509_STORE *store); /* for a server's request; NULL: too many, or no memory */

/* ---- tls_trust.c */
typedef struct tls_places {
    const char *env_file, *env_dir;         /* values of SSL_CERT_FILE, SSL_CERT_DIR; NULL: not set */
    const char *const *files, *const *dirs; /* NULL-terminated */
    const char *fallback;
} tls_places;
int net_tls_load_ca(net_tls *t, X509_STORE *store, sx_buf *tried); /* the explicit option */
int net_tls_search(net_tls *t, X509_STORE *store, const tls_places *where,
                   sx_buf *tried);  /* how many sources had some */
X509_LOOKUP_METHOD *net_tls_later_method(void); /* tls_later.c */
/* The store reads this file or text when it finds an issuer nowhere else. A file's name is copied; a text must outlive
 * the store. SX_E_NOMEM. */
int net_tls_later(net_tls *t, X509_STORE *store, const char *source);
int net_tls_need_trust(net_tls *t); /* searches once, if that is what is to be done */

/* ---- tls_names.c: pure functions over what a certificate says */
/* Does the DNS name of a certificate stand for host? Wildcards as the header says. Both without a final dot. */
bool net_tls_dns_covers(sx_slice pattern, sx_slice host);
/* Does the URI of a certificate ("sip:example.com") stand for host? RFC 5922, section 7.1: without a user part. */
bool net_tls_uri_covers(sx_slice uri, sx_slice host);
bool net_tls_cert_covers(X509 *cert, sx_slice host);
/* All of them, comma-separated, printable; at most 1 KB. */
void net_tls_cert_names(X509 *cert, sx_buf *out);
void net_tls_cert_first_name(X509 *cert, sx_buf *out);

/* ---- tls_verify.c */
typedef struct tls_link tls_link;
int net_tls_verify(X509_STORE_CTX *store,
                   void *tls); /* for SSL_CTX_set_cert_verify_callback; fills in the link's fault */
int net_tls_parse_pin(const char *text, unsigned char out[32]); /* SX_OK or SX_E_INVALID */

/* ---- tls_session.c: a client's sessions, by name */
void net_tls_sessions_clear(net_tls *t);
void net_tls_session_offer(net_tls *t, const char *name, SSL *ssl); /* for resumption */
int net_tls_session_new(SSL *ssl, SSL_SESSION *session);            /* OpenSSL's callback */

/* ---- tls_conn.c: the filter of one connection. It knows no socket. */
typedef enum tls_step {
    TLS_MORE = 0, /* nothing to do until more comes in */
    TLS_UP,       /* the handshake has ended */
    TLS_DATA,     /* plain bytes */
    TLS_ENDED,    /* the other side said that this was all */
    TLS_FAILED    /* fault */
} tls_step;

typedef struct tls_fault {
    int code;
    const char *check; /* of the list in net/event.h */
    sx_buf text, names;
} tls_fault;

struct tls_link {
    net_tls *tls;
    SSL *ssl;          /* NULL before the first byte of a client */
    char *name, *alpn; /* client: what is verified; the protocols in wire form (`alpn_n` bytes) */
    size_t alpn_n;
    const char *in; /* what has come in and not been used yet */
    size_t in_n;
    sx_buf pending; /* kept of it, while reading stands still */
    sx_buf cipher;  /* to be sent, from cipher_done on */
    size_t cipher_done;
    bool server, up, heard, asked, notified, renegotiated;
    bool partial;  /* a record has begun to come in */
    tls_step last; /* how it ended, right after bytes that were told first */
    tls_fault fault;
    char *peer, *words;
    /* conn_tls.c */
    net_conn *conn;
    sx_timer timer;
    uint64_t since_ms;
    unsigned handshake_ms;
    sx_list node; /* in the listener's `shaking`, oldest first */
};

int net_tls_link_create(const net_tcp_options *o, bool server, const net_addr *remote, tls_link **out);
void net_tls_link_free(tls_link *k);
int net_tls_link_start(tls_link *k); /* client: the first bytes to send */
/* What has come in, after what was kept. It must stay until a step says TLS_MORE, TLS_ENDED or TLS_FAILED, or until
 * net_tls_link_keep. */
int net_tls_link_give(tls_link *k, sx_slice cipher); /* SX_E_NOMEM */
tls_step net_tls_link_step(tls_link *k, char *plain, size_t cap, size_t *n);
int net_tls_link_keep(tls_link *k); /* copies what has not been used, or frees what has; SX_E_NOMEM */
tls_step net_tls_link_eof(tls_link *k,
                          bool reset); /* the stream has ended: TLS_ENDED or, in the handshake, TLS_FAILED */
/* Encrypts some of it: how many bytes (more than 0), or negative. */
long net_tls_link_put(tls_link *k, sx_slice plain);
void net_tls_link_goodbye(tls_link *k); /* close_notify, once */
void net_tls_link_timeout(tls_link *k);
static inline sx_slice net_tls_link_out(const tls_link *k) {
    return sx_slice_of(k->cipher.p + k->cipher_done, k->cipher.n - k->cipher_done);
}
void net_tls_link_sent(tls_link *k, size_t n);

tls_link *net_conn_tls_link(net_conn *c); /* conn_tls.c, for tests: NULL of a plain one */

#endif
