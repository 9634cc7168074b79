#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/error.h"
#include "net/tls_internal.h"

static const struct {
    int err;
    const char *check;
} checks[] = {
    {X509_V_ERR_CERT_HAS_EXPIRED, "expired"},
    {X509_V_ERR_CERT_NOT_YET_VALID, "not yet valid"},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "self-signed"},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "unknown issuer"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "unknown issuer"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "unknown issuer"},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "unknown issuer"},
    {X509_V_ERR_CERT_UNTRUSTED, "unknown issuer"},
    {X509_V_ERR_CERT_CHAIN_TOO_LONG, "unknown issuer"},
    {X509_V_ERR_CERT_REVOKED, "revoked"},
    {X509_V_ERR_CA_MD_TOO_WEAK, "weak signature"},
    {X509_V_ERR_EE_KEY_TOO_SMALL, "weak signature"},
    {X509_V_ERR_CA_KEY_TOO_SMALL, "weak signature"},
    {X509_V_ERR_INVALID_PURPOSE, "wrong key usage"},
    {X509_V_ERR_CERT_REJECTED, "wrong key usage"},
    {X509_V_ERR_KEYUSAGE_NO_CERTSIGN, "wrong key usage"},
    {X509_V_ERR_KEYUSAGE_NO_CRL_SIGN, "wrong key usage"},
    {X509_V_ERR_INVALID_CA, "wrong key usage"},
};

static const char *check_of(int err) {
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        if (checks[i].err == err) return checks[i].check;
    return "other";
}

/* RFC 5924: a certificate for SIP may say so instead of naming TLS. */
static bool is_for_sip(X509 *cert) {
    EXTENDED_KEY_USAGE *all = X509_get_ext_d2i(cert, NID_ext_key_usage, NULL, NULL);
    ASN1_OBJECT *sip = OBJ_txt2obj("1.3.6.1.5.5.7.3.20", 1);
    bool yes = false;
    for (int i = 0; sip && all && i < sk_ASN1_OBJECT_num(all); i++) {
        const ASN1_OBJECT *o = sk_ASN1_OBJECT_value(all, i);
        yes |= OBJ_cmp(o, sip) == 0 || OBJ_obj2nid(o) == NID_anyExtendedKeyUsage;
    }
    ASN1_OBJECT_free(sip);
    sk_ASN1_OBJECT_pop_free(all, ASN1_OBJECT_free);
    uint32_t usage = X509_get_key_usage(cert); /* all ones where it says nothing */
    return yes && (usage & (KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT));
}

/* Each complaint of OpenSSL's about a chain; 1 lets it pass. */
static int complaint(int ok, X509_STORE_CTX *store) {
    if (ok) return ok;
    int err = X509_STORE_CTX_get_error(store);
    bool passes = err == X509_V_ERR_UNABLE_TO_GET_CRL; /* this issuer's list was not given: as the header says */
    if (err == X509_V_ERR_INVALID_PURPOSE && X509_STORE_CTX_get_error_depth(store) == 0)
        passes = is_for_sip(X509_STORE_CTX_get0_cert(store));
    if (passes) X509_STORE_CTX_set_error(store, X509_V_OK);
    return passes;
}

int net_tls_parse_pin(const char *text, unsigned char out[32]) {
    unsigned char raw[33];
    const char *p = text && strncmp(text, "sha256/", 7) == 0 ? text + 7 : NULL;
    if (p && *p == '/' && strlen(p) == 45) p++; /* curl writes two; base64 may begin with one too */
    if (!p || strlen(p) != 44 || p[43] != '=' || p[42] == '=' ||
        EVP_DecodeBlock(raw, (const unsigned char *)p, 44) != 33)
        return sx_fail(SX_E_INVALID, "pins: %s is not \"sha256/\" and 44 characters of base64", text ? text : "NULL");
    memcpy(out, raw, 32);
    return SX_OK;
}

static bool is_pinned(const net_tls *t, X509 *cert) {
    unsigned char *der = NULL, md[EVP_MAX_MD_SIZE];
    size_t n = 0;
    bool yes = false;
    int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);
    if (len > 0 && EVP_Q_digest(t->libctx, "SHA256", NULL, der, (size_t)len, md, &n) == 1)
        for (size_t i = 0; i < t->npins; i++) yes |= CRYPTO_memcmp(md, t->pins[i], 32) == 0;
    OPENSSL_free(der);
    return yes;
}

static void describe(tls_link *k, X509_STORE_CTX *store, int err) {
    sx_buf *b = &k->fault.text;
    X509 *at = X509_STORE_CTX_get_current_cert(store);
    int depth = X509_STORE_CTX_get_error_depth(store);
    sx_buf_printf(b, "the certificate was refused: %s", X509_verify_cert_error_string(err));
    if (at && depth > 0) {
        SX_BUF_LIT(b, " (its issuer ");
        net_tls_cert_first_name(at, b);
        SX_BUF_LIT(b, ")");
    }
    bool trust = strcmp(k->fault.check, "unknown issuer") == 0 || strcmp(k->fault.check, "self-signed") == 0;
    if (trust && k->tls->m.tried.p) sx_buf_printf(b, "; trust was looked for in %s", k->tls->m.tried.p);
}

static int refuse(tls_link *k, X509_STORE_CTX *store, int err, const char *check, const char *text) {
    X509 *cert = X509_STORE_CTX_get0_cert(store);
    k->fault.code = SX_E_TLS;
    k->fault.check = check;
    sx_buf_reset(&k->fault.text);
    sx_buf_reset(&k->fault.names);
    if (cert) net_tls_cert_names(cert, &k->fault.names);
    if (text)
        sx_buf_str(&k->fault.text, text);
    else
        describe(k, store, err);
    X509_STORE_CTX_set_error(store, err); /* decides which alert the other side gets */
    return 0;
}

int net_tls_verify(X509_STORE_CTX *store, void *tls) {
    net_tls *t = tls;
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    tls_link *k = SSL_get_app_data(ssl);
    X509 *cert = X509_STORE_CTX_get0_cert(store);
    if (!t->o.insecure) {
        X509_STORE_CTX_set_verify_cb(store, complaint);
        int ok = X509_verify_cert(store), err = X509_STORE_CTX_get_error(store);
        ERR_clear_error();
        if (ok <= 0) {
            if (err == X509_V_OK) err = X509_V_ERR_UNSPECIFIED;
            return refuse(k, store, err, check_of(err), NULL);
        }
        if (!k->server && !net_tls_cert_covers(cert, sx_slice_str(k->name))) {
            sx_buf text;
            sx_buf_init(&text);
            sx_buf_printf(&text, "the certificate is not for %s", k->name);
            sx_buf_char(&text, 0);
            int rc = refuse(k, store, X509_V_ERR_HOSTNAME_MISMATCH, "name mismatch", text.failed ? NULL : text.p);
            sx_buf_free(&text);
            return rc;
        }
    }
    if (t->npins && !is_pinned(t, cert))
        return refuse(k, store, X509_V_ERR_APPLICATION_VERIFICATION, "pin mismatch",
                      "the certificate's key is not a pinned one");
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
}
