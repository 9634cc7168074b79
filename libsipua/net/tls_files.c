#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "net/internal.h"
#include "net/tls_internal.h"

#define CA_NAMES_MAX 100 /* more make a request that some clients refuse */

bool net_tls_is_pem(const char *s) { return strstr(s, "-----BEGIN") != NULL; }

void net_tls_forget(sx_buf *text) {
    if (text->p) OPENSSL_cleanse(text->p, text->cap);
    sx_buf_free(text);
}

static int file_fail(const char *what, const char *path, int err) {
    int code = err == ENOENT || err == ENOTDIR ? SX_E_NOT_FOUND : net_os_error(err);
    return sx_fail(code == SX_E_TRANSPORT || code == SX_E_ADDRESS ? SX_E_IO : code, "%s: %s: %s", what, path,
                   code == SX_E_NOT_FOUND ? "no such file" : net_os_text(err));
}

static int read_all(const char *what, const char *path, int fd, sx_buf *text) {
    struct stat st;
    if (fstat(fd, &st) != 0) return file_fail(what, path, errno);
    if (!S_ISREG(st.st_mode)) return sx_fail(SX_E_FORMAT, "%s: %s is not a file", what, path);
    if (st.st_size > NET_TLS_FILE_MAX) return sx_fail(SX_E_LIMIT, "%s: %s is larger than 16 MB", what, path);
    size_t size = (size_t)st.st_size;
    char *p = sx_buf_reserve(text, size + 1);
    if (!p) return sx_fail(SX_E_NOMEM, "no memory for %s", path);
    while (text->n < size) {
        ssize_t n = read(fd, p + text->n, size - text->n);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return file_fail(what, path, errno);
        if (n == 0) break;
        text->n += (size_t)n;
    }
    return SX_OK;
}

int net_tls_read(const char *what, const char *source, sx_buf *text) {
    sx_buf_init(text);
    if (net_tls_is_pem(source)) {
        sx_buf_str(text, source);
        return text->failed ? sx_fail(SX_E_NOMEM, "no memory for %s", what) : SX_OK;
    }
    /* a pipe would make this wait for its writer */
    int fd = open(source, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return file_fail(what, source, errno);
    int rc = read_all(what, source, fd, text);
    close(fd);
    if (rc < 0) net_tls_forget(text);
    return rc;
}

static const char *named(const char *source) { return net_tls_is_pem(source) ? "the given text" : source; }

static BIO *bio_of(sx_slice s) { return BIO_new_mem_buf(s.n ? s.p : "", (int)s.n); }

/* The next certificate; NULL at the end, or when one is broken (*broken). */
static X509 *next_cert(net_tls *t, BIO *bio, bool *broken) {
    X509 *x = X509_new_ex(t->libctx, NULL);
    *broken = !x;
    if (x && !PEM_read_bio_X509(bio, &x, NULL, NULL)) {
        *broken = ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE;
        X509_free(x);
        x = NULL;
    }
    ERR_clear_error();
    return x;
}

int net_tls_add_pem(net_tls *t, X509_STORE *store, sx_slice pem) {
    BIO *bio = bio_of(pem);
    int count = 0;
    bool broken = false;
    if (!bio) return sx_fail(SX_E_NOMEM, "no memory for certificates");
    for (X509 *x; (x = next_cert(t, bio, &broken)) != NULL || broken;) {
        if (!x) continue; /* one bad certificate in a bundle is no reason to trust none */
        count += X509_STORE_add_cert(store, x) == 1;
        X509_free(x);
    }
    ERR_clear_error();
    BIO_free(bio);
    return count;
}

static int no_password(char *buf, int size, int rwflag, void *password) {
    int n = password ? (int)strlen(password) : 0;
    if (n == 0 || n > size) return -1; /* never asked for at the terminal */
    memcpy(buf, password, (size_t)n);
    return n;
}

static int use_chain(net_tls *t, SSL_CTX *ctx, sx_slice pem) {
    BIO *bio = bio_of(pem);
    if (!bio) return sx_fail(SX_E_NOMEM, "no memory for certificates");
    bool broken;
    int rc = SX_OK;
    X509 *x = next_cert(t, bio, &broken);
    if (!x) {
        rc = sx_fail(SX_E_FORMAT, "cert: no certificate in %s", named(t->o.cert));
    } else if (SSL_CTX_use_certificate(ctx, x) != 1) {
        const char *why = ERR_reason_error_string(ERR_peek_error());
        rc = sx_fail(SX_E_TLS, "cert: OpenSSL refuses the one in %s: %s", named(t->o.cert),
                     why ? why : "no reason given");
    }
    X509_free(x);
    while (rc == SX_OK && ((x = next_cert(t, bio, &broken)) != NULL || broken)) {
        if (!x)
            rc = sx_fail(SX_E_FORMAT, "cert: the chain in %s cannot be read", named(t->o.cert));
        else if (SSL_CTX_add1_chain_cert(ctx, x) != 1)
            rc = sx_fail(SX_E_TLS, "cert: OpenSSL refuses the chain in %s", named(t->o.cert));
        X509_free(x);
    }
    BIO_free(bio);
    return rc;
}

static int use_key(net_tls *t, SSL_CTX *ctx, sx_slice pem) {
    const char *source = t->o.key ? t->o.key : t->o.cert;
    BIO *bio = bio_of(pem);
    if (!bio) return sx_fail(SX_E_NOMEM, "no memory for a key");
    EVP_PKEY *key = PEM_read_bio_PrivateKey_ex(bio, NULL, no_password, t->o.key_password, t->libctx, NULL);
    BIO_free(bio);
    ERR_clear_error();
    if (!key)
        return sx_fail(SX_E_FORMAT, "key: no private key in %s that can be read%s", named(source),
                       t->o.key_password ? " with this password" : " without a password");
    int rc = SSL_CTX_use_PrivateKey(ctx, key) == 1 && SSL_CTX_check_private_key(ctx) == 1 ? SX_OK : SX_E_INVALID;
    EVP_PKEY_free(key);
    if (rc < 0) return sx_fail(rc, "key: the one in %s does not belong to the certificate", named(source));
    return rc;
}

int net_tls_load_identity(net_tls *t, SSL_CTX *ctx) {
    sx_buf cert, key;
    if (!t->o.cert) return SX_OK;
    ERR_clear_error();
    int rc = net_tls_read("cert", t->o.cert, &cert);
    if (rc < 0) return rc;
    rc = use_chain(t, ctx, sx_buf_view(&cert));
    if (rc == SX_OK && t->o.key) {
        rc = net_tls_read("key", t->o.key, &key);
        if (rc == SX_OK) {
            rc = use_key(t, ctx, sx_buf_view(&key));
            net_tls_forget(&key);
        }
    } else if (rc == SX_OK) {
        rc = use_key(t, ctx, sx_buf_view(&cert));
    }
    net_tls_forget(&cert);
    ERR_clear_error();
    return rc;
}

int net_tls_load_crl(net_tls *t, X509_STORE *store) {
    sx_buf text;
    if (!t->o.crl) return SX_OK;
    int rc = net_tls_read("crl", t->o.crl, &text), count = 0;
    if (rc < 0) return rc;
    BIO *bio = bio_of(sx_buf_view(&text));
    for (X509_CRL *x; bio && (x = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL)) != NULL; X509_CRL_free(x))
        count += X509_STORE_add_crl(store, x) == 1;
    bool whole = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    BIO_free(bio);
    sx_buf_free(&text);
    /* a list of which only a part is read would let revoked ones in */
    if (!count || !whole) return sx_fail(SX_E_FORMAT, "crl: no list that can be read in %s", named(t->o.crl));
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    return SX_OK;
}

STACK_OF(X509_NAME) * net_tls_ca_names(X509_STORE *store) {
    STACK_OF(X509_OBJECT) *all = X509_STORE_get0_objects(store);
    STACK_OF(X509_NAME) *names = sk_X509_NAME_new_null();
    for (int i = 0; names && i < sk_X509_OBJECT_num(all) && sk_X509_NAME_num(names) < CA_NAMES_MAX; i++) {
        X509 *x = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(all, i));
        X509_NAME *name = x ? X509_NAME_dup(X509_get_subject_name(x)) : NULL;
        if (name && !sk_X509_NAME_push(names, name)) X509_NAME_free(name);
    }
    if (!names || sk_X509_NAME_num(names) < CA_NAMES_MAX) return names;
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    return NULL;
}
