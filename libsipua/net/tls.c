#include "net/tls.h"

#include <openssl/err.h>
#include <stdlib.h>

#include "base/error.h"
#include "net/tls_internal.h"

/* ---- what OpenSSL's connections read from and write to: the link's own buffers */

static int bio_read(BIO *b, char *out, size_t cap, size_t *n) {
    tls_link *k = BIO_get_data(b);
    BIO_clear_retry_flags(b);
    *n = k->in_n < cap ? k->in_n : cap;
    if (*n == 0) {
        BIO_set_retry_read(b);
        return 0;
    }
    memcpy(out, k->in, *n);
    k->in += *n;
    k->in_n -= *n;
    return 1;
}

static int bio_write(BIO *b, const char *p, size_t n, size_t *written) {
    tls_link *k = BIO_get_data(b);
    BIO_clear_retry_flags(b);
    *written = 0;
    /* answers to a peer that asks for ever and never reads */
    if (k->cipher.n - k->cipher_done > 256 * 1024) return 0;
    sx_buf_put(&k->cipher, p, n);
    if (k->cipher.failed) {
        k->cipher.failed = false;
        return 0;
    }
    *written = n;
    return 1;
}

static long bio_ctrl(BIO *b, int cmd, long num, void *ptr) { return cmd == BIO_CTRL_FLUSH || cmd == BIO_CTRL_DUP; }

static BIO_METHOD *make_bio(void) {
    BIO_METHOD *m = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "connection");
    if (m && BIO_meth_set_read_ex(m, bio_read) && BIO_meth_set_write_ex(m, bio_write) && BIO_meth_set_ctrl(m, bio_ctrl))
        return m;
    BIO_meth_free(m);
    return NULL;
}

/* ---- callbacks of a handshake */

/* RFC 7301: of what the client offers, the first that we know; it decides the order. */
static int choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *outlen, const unsigned char *in,
                       unsigned inlen, void *unused) {
    const tls_link *k = SSL_get_app_data(ssl);
    if (!k->alpn_n) return SSL_TLSEXT_ERR_NOACK;
    for (unsigned i = 0; i < inlen; i += 1u + in[i])
        for (size_t j = 0; j < k->alpn_n; j += 1u + (unsigned char)k->alpn[j])
            if (in[i] == (unsigned char)k->alpn[j] && i + 1u + in[i] <= inlen &&
                memcmp(in + i + 1, k->alpn + j + 1, in[i]) == 0) {
                *out = in + i + 1;
                *outlen = in[i];
                return SSL_TLSEXT_ERR_OK;
            }
    return SSL_TLSEXT_ERR_ALERT_FATAL; /* section 3.2: a client that wants another protocol is not ours */
}

static int no_certificate(SSL *ssl, X509 **x, EVP_PKEY **key) {
    tls_link *k = SSL_get_app_data(ssl);
    k->asked = true;
    return 0;
}

static void notice(const SSL *ssl, int where, int ret) {
    tls_link *k = SSL_get_app_data(ssl);
    if (k && (where & SSL_CB_ALERT) && (where & SSL_CB_WRITE) && (ret & 0xff) == SSL_AD_NO_RENEGOTIATION)
        k->renegotiated = true;
}

/* ---- making */

static int ask_clients(net_tls *t, SSL_CTX *ctx) {
    static const unsigned char id[] = "sipua";
    SSL_CTX_set_session_id_context(ctx, id, sizeof id - 1);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF); /* tickets alone: nothing is kept for who has gone */
    SSL_CTX_set_num_tickets(ctx, 1);
    SSL_CTX_set_dh_auto(ctx, 1);
    SSL_CTX_set_alpn_select_cb(ctx, choose_alpn, NULL);
    int mode = t->o.ask_client || t->o.need_client ? SSL_VERIFY_PEER : SSL_VERIFY_NONE;
    if (t->o.need_client) mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    SSL_CTX_set_verify(ctx, mode, NULL);
    if (mode == SSL_VERIFY_NONE || !t->o.ca) return SX_OK;
    STACK_OF(X509_NAME) *names = net_tls_ca_names(SSL_CTX_get_cert_store(ctx));
    if (names) SSL_CTX_set_client_CA_list(ctx, names);
    return SX_OK;
}

static void be_client(net_tls *t, SSL_CTX *ctx) {
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL); /* `insecure` is net_tls_verify's matter */
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, net_tls_session_new);
    if (!t->o.cert) SSL_CTX_set_client_cert_cb(ctx, no_certificate);
}

static void set_up(net_tls *t, SSL_CTX *ctx) {
    SSL_CTX_set_min_proto_version(ctx, t->o.min_version == 0x0304 ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(ctx, 0);
    SSL_CTX_set_security_level(ctx, 2); /* 112 bits: no SHA-1, no MD5, no RSA under 2048 */
    SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(ctx,
                     SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(ctx, 0);
    SSL_CTX_set_cert_verify_callback(ctx, net_tls_verify, t);
    SSL_CTX_set_info_callback(ctx, notice);
    X509_STORE_set_flags(SSL_CTX_get_cert_store(ctx), X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST);
}

static void drop(tls_material *m) {
    SSL_CTX_free(m->ssl);
    sx_buf_free(&m->tried);
    memset(m, 0, sizeof *m);
}

static int load(net_tls *t, tls_material *m) {
    memset(m, 0, sizeof *m);
    sx_buf_init(&m->tried);
    ERR_clear_error();
    m->ssl = SSL_CTX_new_ex(t->libctx, NULL, TLS_method());
    if (!m->ssl) {
        ERR_clear_error();
        return sx_fail(SX_E_NOMEM, "no memory for TLS");
    }
    set_up(t, m->ssl);
    int rc = SX_OK;
    if (t->o.ca) {
        rc = net_tls_load_ca(t, SSL_CTX_get_cert_store(m->ssl), &m->tried);
        sx_buf_char(&m->tried, 0);
        if (rc == SX_OK && m->tried.failed) rc = sx_fail(SX_E_NOMEM, "no memory for TLS");
    }
    /* a server trusts no client by default, and who verifies nothing needs nobody's word */
    m->searched = t->o.ca || t->o.server || t->o.insecure;
    if (rc == SX_OK) rc = net_tls_load_identity(t, m->ssl);
    if (rc == SX_OK) rc = net_tls_load_crl(t, SSL_CTX_get_cert_store(m->ssl));
    if (rc == SX_OK && t->o.server) rc = ask_clients(t, m->ssl);
    if (rc == SX_OK && !t->o.server) be_client(t, m->ssl);
    if (rc < 0) drop(m);
    return rc;
}

static int check(const net_tls_options *o) {
    if (o->server && !o->cert) return sx_fail(SX_E_INVALID, "cert: a server needs a certificate");
    if (o->key && !o->cert) return sx_fail(SX_E_INVALID, "key: there is no certificate for it");
    if (o->server && (o->ask_client || o->need_client) && !o->ca && !o->insecure)
        return sx_fail(SX_E_INVALID, "ca: needed to check the certificates of clients");
    if (o->min_version && o->min_version != 0x0303 && o->min_version != 0x0304)
        return sx_fail(SX_E_INVALID, "min_version: TLS 1.2 (0x0303) or TLS 1.3 (0x0304)");
    return SX_OK;
}

static bool copy(char **to, const char *from) {
    if (from) *to = sx_strdup(sx_slice_str(from));
    return !from || *to;
}

static int copy_options(net_tls *t, const net_tls_options *o) {
    t->o.insecure = o->insecure;
    t->o.server = o->server;
    t->o.ask_client = o->ask_client;
    t->o.need_client = o->need_client;
    t->o.min_version = o->min_version;
    if (!copy(&t->o.ca, o->ca) || !copy(&t->o.ca_fallback, o->ca_fallback) || !copy(&t->o.cert, o->cert) ||
        !copy(&t->o.key, o->key) || !copy(&t->o.key_password, o->key_password) || !copy(&t->o.crl, o->crl))
        return sx_fail(SX_E_NOMEM, "no memory for the settings of TLS");
    if (!o->npins) return SX_OK;
    t->pins = calloc(o->npins, sizeof *t->pins);
    if (!t->pins) return sx_fail(SX_E_NOMEM, "no memory for pins");
    for (t->npins = 0; t->npins < o->npins; t->npins++) {
        int rc = net_tls_parse_pin(o->pins[t->npins], t->pins[t->npins]);
        if (rc < 0) return rc;
    }
    return SX_OK;
}

static void wipe(char *s) {
    if (s) OPENSSL_cleanse(s, strlen(s));
    free(s);
}

static void destroy(net_tls *t) {
    net_tls_sessions_clear(t);
    drop(&t->m);
    BIO_meth_free(t->bio);
    if (t->later) X509_LOOKUP_meth_free(t->later);
    free(t->o.ca);
    free(t->o.ca_fallback);
    wipe(t->o.cert); /* the key may be in it */
    wipe(t->o.key);
    wipe(t->o.key_password);
    free(t->o.crl);
    free(t->pins);
    free(t);
}

int net_tls_create(const net_tls_options *o, net_tls **out) {
    net_tls_options none;
    memset(&none, 0, sizeof none);
    if (!o) o = &none;
    int rc = check(o);
    if (rc < 0) return rc;
    net_tls *t = calloc(1, sizeof *t);
    if (!t) return sx_fail(SX_E_NOMEM, "no memory for TLS");
    t->refs = 1;
    t->libctx = OSSL_LIB_CTX_set0_default(NULL); /* asks, changes nothing */
    sx_list_init(&t->sessions);
    t->bio = make_bio();
    t->later = net_tls_later_method();
    rc = t->bio && t->later ? copy_options(t, o) : sx_fail(SX_E_NOMEM, "no memory for TLS");
    if (rc == SX_OK) rc = load(t, &t->m);
    if (rc < 0) {
        destroy(t);
        return rc;
    }
    *out = t;
    return SX_OK;
}

net_tls *net_tls_ref(net_tls *t) {
    if (t) __atomic_add_fetch(&t->refs, 1, __ATOMIC_RELAXED);
    return t;
}

void net_tls_unref(net_tls *t) {
    if (t && __atomic_sub_fetch(&t->refs, 1, __ATOMIC_ACQ_REL) == 0) destroy(t);
}

int net_tls_reload(net_tls *t) {
    tls_material fresh;
    int rc = load(t, &fresh);
    if (rc < 0) return rc;
    drop(&t->m); /* standing connections hold what they were made of */
    t->m = fresh;
    net_tls_sessions_clear(t);
    return SX_OK;
}

const char *net_tls_tried(net_tls *t) {
    if (net_tls_need_trust(t) < 0 || !t->m.tried.p) return "";
    return t->m.tried.p;
}
