#include <openssl/err.h>
#include <stdlib.h>

#include "base/error.h"
#include "net/tls_internal.h"

#define PUT_MAX (64 * 1024) /* plain bytes encrypted at a time */

/* ---- making */

/* "sip,sip/2" -> 3sip5sip/2 */
static int set_alpn(tls_link *k, const char *list) {
    size_t n = strlen(list);
    if (n == 0) return SX_OK;
    k->alpn = malloc(n + 1);
    if (!k->alpn) return sx_fail(SX_E_NOMEM, "no memory for TLS");
    for (sx_slice rest = sx_slice_str(list); rest.p;) {
        sx_slice one = sx_trim(sx_split(rest, ',', &rest));
        if (one.n == 0 || one.n > 255) return sx_fail(SX_E_INVALID, "alpn: \"%s\" is not a list of protocols", list);
        k->alpn[k->alpn_n++] = (char)(unsigned char)one.n;
        memcpy(k->alpn + k->alpn_n, one.p, one.n);
        k->alpn_n += one.n;
    }
    return SX_OK;
}

static int set_name(tls_link *k, const char *name, const net_addr *remote) {
    sx_buf b;
    sx_buf_init(&b);
    sx_slice s = sx_slice_str(name);
    if (s.n && s.p[s.n - 1] == '.') s.n--;
    if (s.n > 2 && s.p[0] == '[' && s.p[s.n - 1] == ']') s = sx_slice_of(s.p + 1, s.n - 2);
    if (s.n)
        sx_buf_slice(&b, s);
    else
        net_addr_write_host(remote, &b);
    k->name = sx_buf_detach(&b);
    return k->name ? SX_OK : sx_fail(SX_E_NOMEM, "no memory for TLS");
}

int net_tls_link_create(const net_tcp_options *o, bool server, const net_addr *remote, tls_link **out) {
    tls_link *k = calloc(1, sizeof *k);
    if (!k) return sx_fail(SX_E_NOMEM, "no memory for TLS");
    k->tls = net_tls_ref(o->tls);
    k->server = server;
    sx_buf_init(&k->pending);
    sx_buf_init(&k->cipher);
    sx_buf_init(&k->fault.text);
    sx_buf_init(&k->fault.names);
    sx_list_init(&k->node);
    int rc = set_alpn(k, o->alpn ? o->alpn : "sip,sip/2");
    if (rc == SX_OK && !server) rc = set_name(k, o->tls_name, remote);
    if (rc < 0) {
        net_tls_link_free(k);
        return rc;
    }
    *out = k;
    return SX_OK;
}

void net_tls_link_free(tls_link *k) {
    if (!k) return;
    if (k->ssl) {
        /* the loss of a connection is no reason to forget its session: OpenSSL would, without a goodbye */
        if (k->up && !k->fault.code) SSL_set_shutdown(k->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        SSL_set_app_data(k->ssl, NULL);
        SSL_free(k->ssl);
    }
    sx_list_remove(&k->node);
    net_tls_forget(&k->pending);
    sx_buf_free(&k->cipher);
    sx_buf_free(&k->fault.text);
    sx_buf_free(&k->fault.names);
    free(k->name);
    free(k->alpn);
    free(k->peer);
    free(k->words);
    net_tls_unref(k->tls);
    free(k);
}

static int no_memory(tls_link *k) {
    k->fault.code = SX_E_NOMEM;
    k->fault.check = NULL;
    sx_buf_reset(&k->fault.text);
    sx_buf_str(&k->fault.text, "no memory for TLS");
    return sx_fail(SX_E_NOMEM, "no memory for TLS");
}

static int make_ssl(tls_link *k) {
    BIO *bio = BIO_new(k->tls->bio);
    k->ssl = SSL_new(k->tls->m.ssl);
    if (!k->ssl || !bio) {
        BIO_free(bio);
        ERR_clear_error();
        return no_memory(k);
    }
    BIO_set_data(bio, k);
    BIO_set_init(bio, 1);
    SSL_set_bio(k->ssl, bio, bio);
    SSL_set_app_data(k->ssl, k);
    if (k->server)
        SSL_set_accept_state(k->ssl);
    else
        SSL_set_connect_state(k->ssl);
    return SX_OK;
}

/* ---- what went wrong */

static const struct {
    int reason;
    const char *check, *text;
} reasons[] = {
    {SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, "client certificate required", "the server wants a client certificate"},
    {SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, "client certificate required", "the client showed no certificate"},
    {SSL_R_UNSUPPORTED_PROTOCOL, "protocol version", "the other side speaks only versions of TLS that are too old"},
    {SSL_R_VERSION_TOO_LOW, "protocol version", "the other side speaks only versions of TLS that are too old"},
    {SSL_R_WRONG_SSL_VERSION, "protocol version", "the other side chose another version of TLS"},
    {SSL_R_UNKNOWN_PROTOCOL, "protocol version", "the other side speaks an unknown version of TLS"},
    {SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, "protocol version", "the other side refuses our versions of TLS"},
    {SSL_R_WRONG_VERSION_NUMBER, "not TLS", "the other side does not speak TLS"},
    {SSL_R_HTTP_REQUEST, "not TLS", "the other side does not speak TLS"},
    {SSL_R_HTTPS_PROXY_REQUEST, "not TLS", "the other side does not speak TLS"},
    {SSL_R_WRONG_SIGNATURE_TYPE, "weak signature", "the other side signs in a way that is too weak"},
    {SSL_R_LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED, "weak signature", "the other side signs in a way that is too weak"},
    {SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, "weak signature", "no signature algorithm in common"},
    {SSL_R_DH_KEY_TOO_SMALL, "weak signature", "the other side's Diffie-Hellman key is too short"},
    {SSL_R_EE_KEY_TOO_SMALL, "weak signature", "the certificate's key is too short"},
    {SSL_R_CA_MD_TOO_WEAK, "weak signature", "the certificate is signed with an algorithm that is too weak"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, "expired", "the other side says that our certificate has expired"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, "revoked", "the other side says that our certificate is revoked"},
    {SSL_R_TLSV1_ALERT_UNKNOWN_CA, "unknown issuer", "the other side does not know our certificate's issuer"},
    {SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, "other", "the other side refuses our certificate"},
    {SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, "wrong key usage", "the other side has no use for such a certificate"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, "other", "the other side refuses our certificate"},
    {SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL, "other", "the other side knows none of the protocols offered (ALPN)"},
    {SSL_R_NO_APPLICATION_PROTOCOL, "other", "the client wants another protocol (ALPN)"},
    {SSL_R_NO_SHARED_CIPHER, "other", "no cipher in common"},
    {SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, "other", "the other side refuses the handshake"},
};

static tls_step blame(tls_link *k, const char *check, const char *text) {
    k->fault.code = SX_E_TLS;
    k->fault.check = check;
    sx_buf_reset(&k->fault.text);
    sx_buf_str(&k->fault.text, text);
    return TLS_FAILED;
}

static tls_step failed(tls_link *k) {
    unsigned long err = ERR_peek_error();
    int reason = ERR_GET_REASON(err);
    const char *words = ERR_reason_error_string(err);
    char text[160];
    ERR_clear_error();
    if (k->fault.check || k->fault.code) return TLS_FAILED; /* net_tls_verify has said it */
    bool refused = reason == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE || reason == SSL_R_SSLV3_ALERT_BAD_CERTIFICATE;
    if (refused && k->asked) /* TLS 1.2 has no alert of its own for it */
        return blame(k, "client certificate required", "the server asked for a client certificate and there is none");
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (ERR_GET_LIB(err) == ERR_LIB_SSL && reasons[i].reason == reason)
            return blame(k, reasons[i].check, reasons[i].text);
    if (reason == ERR_R_MALLOC_FAILURE) {
        no_memory(k);
        return TLS_FAILED;
    }
    size_t n = words ? strlen(words) : 0;
    if (n > sizeof text - 32) n = sizeof text - 32;
    sx_buf b;
    sx_buf_init_fixed(&b, text, sizeof text);
    sx_buf_str(&b, k->up ? "TLS: " : "the TLS handshake failed: ");
    sx_buf_put(&b, n ? words : "no reason given", n ? n : 15);
    sx_buf_char(&b, 0);
    return blame(k, "other", text);
}

/* The first bytes: a record of a handshake or an alert, of any version (RFC 8446, section 5.1). */
static bool looks_like_tls(const tls_link *k) {
    unsigned char type = (unsigned char)k->in[0];
    if (type != SSL3_RT_HANDSHAKE && type != SSL3_RT_ALERT) return false;
    return k->in_n < 2 || k->in[1] == 3;
}

/* ---- steps */

int net_tls_link_start(tls_link *k) {
    int rc = net_tls_need_trust(k->tls);
    if (rc == SX_OK) rc = make_ssl(k);
    if (rc < 0) return no_memory(k);
    /* RFC 6066, section 3: names only */
    bool numeric = net_addr_is_numeric(sx_slice_str(k->name));
    if (!numeric && strlen(k->name) < 256 && SSL_set_tlsext_host_name(k->ssl, k->name) != 1) return no_memory(k);
    if (k->alpn_n && SSL_set_alpn_protos(k->ssl, (const unsigned char *)k->alpn, (unsigned)k->alpn_n) != 0)
        return no_memory(k);
    net_tls_session_offer(k->tls, k->name, k->ssl);
    ERR_clear_error();
    rc = SSL_do_handshake(k->ssl);
    if (SSL_get_error(k->ssl, rc) == SSL_ERROR_WANT_READ) return SX_OK;
    failed(k);
    return k->fault.code;
}

static void came_up(tls_link *k) {
    const unsigned char *proto = NULL;
    unsigned n = 0;
    X509 *cert = SSL_get0_peer_certificate(k->ssl);
    sx_buf b;
    k->up = true;
    sx_buf_init(&b);
    if (cert && !k->tls->o.insecure) net_tls_cert_first_name(cert, &b);
    k->peer = b.n ? sx_buf_detach(&b) : NULL;
    sx_buf_free(&b);
    SSL_get0_alpn_selected(k->ssl, &proto, &n);
    sx_buf_printf(&b, "%s %s", SSL_get_version(k->ssl), SSL_get_cipher_name(k->ssl));
    if (n) {
        SX_BUF_LIT(&b, " ");
        sx_buf_put(&b, proto, n);
    }
    if (SSL_session_reused(k->ssl)) SX_BUF_LIT(&b, " resumed");
    k->words = sx_buf_detach(&b);
    free(k->alpn);
    k->alpn = NULL;
    k->alpn_n = 0;
}

int net_tls_link_give(tls_link *k, sx_slice cipher) {
    if (k->pending.n) {
        sx_buf_slice(&k->pending, cipher);
        if (k->pending.failed) return no_memory(k);
        cipher = sx_buf_view(&k->pending);
    }
    k->in = cipher.p;
    k->in_n = cipher.n;
    return SX_OK;
}

static tls_step handshake(tls_link *k) {
    if (k->in_n == 0) return TLS_MORE;
    if (!k->heard && !looks_like_tls(k)) return blame(k, "not TLS", "the other side does not speak TLS");
    k->heard = true;
    if (!k->ssl && make_ssl(k) < 0) return TLS_FAILED;
    ERR_clear_error();
    int rc = SSL_do_handshake(k->ssl);
    if (rc == 1) {
        came_up(k);
        return TLS_UP;
    }
    return SSL_get_error(k->ssl, rc) == SSL_ERROR_WANT_READ ? TLS_MORE : failed(k);
}

tls_step net_tls_link_step(tls_link *k, char *plain, size_t cap, size_t *n) {
    *n = 0;
    if (!k->up) return handshake(k);
    if (k->last) return k->last;
    int err = 0;
    while (*n < cap && !k->renegotiated) {
        size_t got = 0;
        ERR_clear_error();
        int rc = SSL_read_ex(k->ssl, plain + *n, cap - *n, &got);
        *n += got;
        if (rc == 1) continue;
        err = SSL_get_error(k->ssl, rc);
        break;
    }
    if (k->renegotiated) {
        *n = 0;
        return blame(k, "other", "the other side wanted to renegotiate");
    }
    tls_step step = TLS_MORE;
    if (err && err != SSL_ERROR_WANT_READ) {
        step = err == SSL_ERROR_ZERO_RETURN ? TLS_ENDED : failed(k);
        k->in_n = 0;
    }
    if (!*n) {
        k->partial = SSL_free_buffers(k->ssl) == 0; /* a session's ticket leaves one of 16 KB */
        return step;
    }
    k->last = step; /* first the bytes that came before it */
    return TLS_DATA;
}

int net_tls_link_keep(tls_link *k) {
    if (!k->in_n) {
        net_tls_forget(&k->pending);
    } else if (k->pending.n) { /* `in` is its end */
        sx_buf_consume(&k->pending, k->pending.n - k->in_n);
    } else {
        sx_buf_put(&k->pending, k->in, k->in_n);
    }
    k->in = NULL;
    k->in_n = 0;
    return k->pending.failed ? no_memory(k) : SX_OK;
}

tls_step net_tls_link_eof(tls_link *k, bool reset) {
    if (k->up) return TLS_ENDED;
    if (!k->heard)
        return blame(k, "not TLS",
                     reset ? "the other side reset the connection instead of answering in TLS"
                           : "the other side closed the connection without a word of TLS");
    return blame(k, "other", "the other side broke off the TLS handshake");
}

void net_tls_link_timeout(tls_link *k) {
    if (k->up)
        blame(k, "other", "a TLS record did not end");
    else
        blame(k, "handshake timeout", "the TLS handshake took too long");
}

/* ---- sending */

long net_tls_link_put(tls_link *k, sx_slice plain) {
    size_t done = 0, most = plain.n < PUT_MAX ? plain.n : PUT_MAX;
    while (done < most) {
        size_t n = 0;
        ERR_clear_error();
        if (SSL_write_ex(k->ssl, plain.p + done, most - done, &n) != 1) break;
        done += n;
    }
    if (done) return (long)done;
    failed(k);
    return k->fault.code;
}

void net_tls_link_goodbye(tls_link *k) {
    if (!k->up || k->notified || k->fault.code) return;
    k->notified = true;
    ERR_clear_error();
    SSL_shutdown(k->ssl);
    ERR_clear_error();
}

void net_tls_link_sent(tls_link *k, size_t n) {
    k->cipher_done += n;
    if (k->cipher_done < k->cipher.n) return;
    sx_buf_free(&k->cipher); /* an idle connection has no buffers */
    k->cipher_done = 0;
}
