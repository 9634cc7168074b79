#include "support/certs.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include <atomic>
#include <filesystem>
#include <fstream>

namespace {

std::string text_of(BIO *b) {
    char *p = nullptr;
    long n = BIO_get_mem_data(b, &p);
    std::string s(p, static_cast<size_t>(n));
    BIO_free(b);
    return s;
}

void add_extension(X509 *x, X509 *issuer, int nid, const std::string &value) {
    if (value.empty()) return;
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, x, nullptr, nullptr, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(nullptr, &ctx, nid, value.c_str());
    if (!e) abort();
    X509_add_ext(x, e, -1);
    X509_EXTENSION_free(e);
}

std::string join(const CertWish &w) {
    std::string s;
    auto add = [&](const char *kind, const std::vector<std::string> &all) {
        for (auto &v : all) s += (s.empty() ? "" : ",") + std::string(kind) + ":" + v;
    };
    add("URI", w.uri);
    add("DNS", w.dns);
    add("IP", w.ip);
    return s;
}

std::string pin_of(EVP_PKEY *key) {
    unsigned char *der = nullptr, md[32];
    int n = i2d_PUBKEY(key, &der);
    EVP_Digest(der, static_cast<size_t>(n), md, nullptr, EVP_sha256(), nullptr);
    OPENSSL_free(der);
    unsigned char b64[64];
    EVP_EncodeBlock(b64, md, 32);
    return std::string("sha256/") + reinterpret_cast<char *>(b64);
}

Cert make(const CertWish &w, X509 *issuer, EVP_PKEY *signer) {
    static std::atomic<long> serial{1000};
    Cert out;
    EVP_PKEY *key = w.rsa_bits ? EVP_RSA_gen(static_cast<unsigned>(w.rsa_bits)) : EVP_EC_gen("P-256");
    X509 *x = X509_new();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(x), w.not_before_s);
    X509_gmtime_adj(X509_getm_notAfter(x), w.not_after_s);
    X509_NAME *name = X509_get_subject_name(x);
    if (!w.cn.empty())
        X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char *>(w.cn.data()), static_cast<int>(w.cn.size()), -1, 0);
    else
        X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, reinterpret_cast<const unsigned char *>("Test"), -1, -1, 0);
    X509_set_issuer_name(x, issuer ? X509_get_subject_name(issuer) : name);
    X509_set_pubkey(x, key);
    X509 *above = issuer ? issuer : x;
    add_extension(x, above, NID_basic_constraints, w.ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
    add_extension(x, above, NID_key_usage, w.ca ? "critical,keyCertSign,cRLSign" : w.ku);
    if (!w.ca) add_extension(x, above, NID_ext_key_usage, w.eku);
    add_extension(x, above, NID_subject_key_identifier, "hash");
    add_extension(x, above, NID_authority_key_identifier, "keyid:always");
    add_extension(x, above, NID_subject_alt_name, join(w));
    if (!X509_sign(x, signer ? signer : key, EVP_get_digestbyname(w.digest))) abort();
    BIO *b = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(b, x);
    out.cert = text_of(b);
    b = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(b, key, nullptr, nullptr, 0, nullptr, nullptr);
    out.key = text_of(b);
    out.pin = pin_of(key);
    out.x509.reset(x, X509_free);
    out.pkey.reset(key, EVP_PKEY_free);
    return out;
}

} // namespace

Cert SelfSigned(const CertWish &wish) { return make(wish, nullptr, nullptr); }

Ca::Ca(const char *name, int rsa_bits) {
    CertWish w;
    w.cn = name;
    w.ca = true;
    w.rsa_bits = rsa_bits;
    static_cast<Cert &>(*this) = make(w, nullptr, nullptr);
}

Cert Ca::issue(const CertWish &wish) const { return make(wish, x509.get(), pkey.get()); }

Ca Ca::issue_ca(const char *name) const {
    CertWish w;
    w.cn = name;
    w.ca = true;
    Ca below(*this);
    static_cast<Cert &>(below) = make(w, x509.get(), pkey.get());
    return below;
}

std::string Ca::crl(const std::vector<Cert> &revoked, long next_update_s) const {
    X509_CRL *list = X509_CRL_new();
    X509_CRL_set_version(list, 1);
    X509_CRL_set_issuer_name(list, X509_get_subject_name(x509.get()));
    ASN1_TIME *t = ASN1_TIME_new();
    X509_gmtime_adj(t, -7200);
    X509_CRL_set1_lastUpdate(list, t);
    for (auto &c : revoked) {
        X509_REVOKED *r = X509_REVOKED_new();
        X509_REVOKED_set_serialNumber(r, X509_get_serialNumber(c.x509.get()));
        X509_REVOKED_set_revocationDate(r, t);
        X509_CRL_add0_revoked(list, r);
    }
    X509_gmtime_adj(t, next_update_s);
    X509_CRL_set1_nextUpdate(list, t);
    ASN1_TIME_free(t);
    X509_CRL_sign(list, pkey.get(), EVP_sha256());
    BIO *b = BIO_new(BIO_s_mem());
    PEM_write_bio_X509_CRL(b, list);
    X509_CRL_free(list);
    return text_of(b);
}

std::string EncryptedKey(const Cert &c, const char *password) {
    BIO *b = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(b, c.pkey.get(), EVP_aes_128_cbc(), reinterpret_cast<const unsigned char *>(password),
                             static_cast<int>(strlen(password)), nullptr, nullptr);
    return text_of(b);
}

TempDir::TempDir() {
    std::string t = (std::filesystem::temp_directory_path() / "sipua-XXXXXX").string();
    path = mkdtemp(t.data());
}

TempDir::~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
}

std::string TempDir::write(const std::string &name, const std::string &text) const {
    std::string p = path + "/" + name;
    std::ofstream(p, std::ios::binary | std::ios::trunc) << text;
    return p;
}
