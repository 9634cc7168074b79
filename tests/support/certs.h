// Certificates made at test time with OpenSSL: PEM text in memory, or files in a folder of the test's own.
//
//     Ca ca;                                         a root of our own
//     Cert good = ca.issue({.dns = {"pbx.example"}});
//     Cert old = ca.issue({.dns = {"pbx.example"}, .not_before_s = -7200, .not_after_s = -3600});
//     options.cert = good.cert.c_str(); options.key = good.key.c_str();
//     client.ca = ca.cert.c_str();
#ifndef TESTS_CERTS_H
#define TESTS_CERTS_H

#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

struct CertWish {
    std::vector<std::string> dns = {}, uri = {}, ip = {}; // subjectAltName
    std::string cn = "";
    long not_before_s = -3600, not_after_s = 3600; // from now
    const char *eku = "serverAuth,clientAuth";       // as in openssl.cnf; "": none
    const char *ku = "critical,digitalSignature";
    const char *digest = "SHA256";
    int rsa_bits = 0; // 0: an EC key on P-256
    bool ca = false;
};

struct Cert {
    std::string cert, key; // PEM
    std::string pin;       // "sha256/…" of the public key
    std::shared_ptr<X509> x509;
    std::shared_ptr<EVP_PKEY> pkey;
};

// Not of any authority: signed with its own key.
Cert SelfSigned(const CertWish &wish);

class Ca : public Cert {
  public:
    explicit Ca(const char *name = "Test CA", int rsa_bits = 0);
    Cert issue(const CertWish &wish) const;
    Ca issue_ca(const char *name) const; // one below this one; `cert` of what it issues lacks it
    std::string crl(const std::vector<Cert> &revoked, long next_update_s = 3600) const; // PEM
};

// The key, encrypted.
std::string EncryptedKey(const Cert &c, const char *password);

// A folder that goes away with everything in it.
class TempDir {
  public:
    TempDir();
    ~TempDir();
    TempDir(const TempDir &) = delete;
    std::string write(const std::string &name, const std::string &text) const; // the path
    std::string path;
};

#endif
