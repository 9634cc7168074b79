#include "sip/digest_hash.h"

#include <openssl/evp.h>

#include "base/error.h"
#include "sip/lex.h"

static const EVP_MD *md_of(sip_digest_alg alg) {
    switch (alg) {
    case SIP_DIGEST_MD5:
    case SIP_DIGEST_MD5_SESS: return EVP_md5();
    case SIP_DIGEST_SHA256:
    case SIP_DIGEST_SHA256_SESS: return EVP_sha256();
    case SIP_DIGEST_SHA512_256:
    case SIP_DIGEST_SHA512_256_SESS: return EVP_sha512_256();
    default: return NULL;
    }
}

int sip_hash_begin(sip_hash *h, sip_digest_alg alg) {
    const EVP_MD *md = md_of(alg);
    h->ctx = NULL;
    h->error = SX_OK;
    if (!md) return SX_E_UNSUPPORTED;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (!ctx) return SX_E_NOMEM;
    if (EVP_DigestInit_ex(ctx, md, NULL) != 1) {
        EVP_MD_CTX_free(ctx);
        return SX_E_UNSUPPORTED;
    }
    h->ctx = ctx;
    return SX_OK;
}

void sip_hash_put(sip_hash *h, sx_slice s) {
    if (h->error == SX_OK && s.n && EVP_DigestUpdate((EVP_MD_CTX *)h->ctx, s.p, s.n) != 1) h->error = SX_E_NOMEM;
}

void sip_hash_put_unescaped(sip_hash *h, sx_slice s) {
    size_t run = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\\' && i + 1 < s.n) {
            sip_hash_put(h, sx_slice_of(s.p + run, i - run));
            run = ++i;
        } else if (s.p[i] == '\r' || s.p[i] == '\n') {
            sip_hash_put(h, sx_slice_of(s.p + run, i - run));
            while (i + 1 < s.n && sip_is(s.p[i + 1], SIP_C_WS)) i++;
            sip_hash_put(h, SX_LIT(" "));
            run = i + 1;
        }
    }
    if (run < s.n) sip_hash_put(h, sx_slice_of(s.p + run, s.n - run));
}

int sip_hash_end(sip_hash *h, char hex[65]) {
    static const char digits[] = "0123456789abcdef";
    unsigned char md[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (h->error == SX_OK && EVP_DigestFinal_ex((EVP_MD_CTX *)h->ctx, md, &n) != 1) h->error = SX_E_NOMEM;
    EVP_MD_CTX_free((EVP_MD_CTX *)h->ctx); /* wipes its state */
    if (n > 32) n = 32;
    for (unsigned i = 0; i < n; i++) {
        hex[2 * i] = digits[md[i] >> 4];
        hex[2 * i + 1] = digits[md[i] & 15];
    }
    hex[2 * n] = '\0';
    OPENSSL_cleanse(md, sizeof md);
    return h->error;
}
