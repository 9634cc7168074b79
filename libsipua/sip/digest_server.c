/* Digest: the server's side. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/error.h"
#include "sip/digest_hash.h"
#include "sip/lex.h"

/* ---- credentials ---- */

/* Eight hexadecimal digits; lenient: one to eight. */
static bool read_nc(sx_slice s, uint32_t *out) {
    uint32_t v = 0;
    if (s.n == 0 || s.n > 8) return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!sip_is(s.p[i], SIP_C_HEX)) return false;
        char c = sx_lower(s.p[i]);
        v = v * 16 + (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    *out = v;
    return true;
}

static bool read_qop(sx_slice s, uint8_t *out) {
    if (!s.p) return true;
    *out = sx_ieq(s, SX_LIT("auth")) ? SIP_QOP_AUTH : sx_ieq(s, SX_LIT("auth-int")) ? SIP_QOP_AUTH_INT : 0;
    return *out != 0;
}

int sip_authorization_read(const sip_auth *auth, sip_authorization *out) {
    memset(out, 0, sizeof *out);
    if (!sx_ieq(auth->scheme, SX_LIT("Digest"))) return SX_E_UNSUPPORTED;
    sx_slice qop = sx_slice_empty(), rest = auth->params;
    const struct {
        sx_slice name;
        sx_slice *to;
    } fields[] = {
        {SX_LIT("username"), &out->username}, {SX_LIT("realm"), &out->realm},
        {SX_LIT("nonce"), &out->nonce},       {SX_LIT("uri"), &out->uri},
        {SX_LIT("response"), &out->response}, {SX_LIT("cnonce"), &out->cnonce},
        {SX_LIT("opaque"), &out->opaque},     {SX_LIT("algorithm"), &out->algorithm},
        {SX_LIT("nc"), &out->nc_text},        {SX_LIT("qop"), &qop},
    };
    sip_param p;
    while (sip_auth_param_next(&rest, &p)) {
        for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
            if (!sx_ieq(p.name, fields[i].name)) continue;
            if (fields[i].to->p) return SX_E_FORMAT; /* given twice: which one was hashed? */
            *fields[i].to = p.value.p ? sip_unquote(p.value) : sx_slice_of(p.name.p, 0);
        }
    }
    if (!out->username.n || !out->realm.p || !out->nonce.n || !out->uri.n || !out->response.n) return SX_E_FORMAT;
    if (!read_qop(qop, &out->qop)) return SX_E_UNSUPPORTED;
    if (out->qop && (!out->cnonce.p || !read_nc(out->nc_text, &out->nc))) return SX_E_FORMAT;
    out->alg = sip_digest_alg_of(out->algorithm);
    return out->alg == SIP_DIGEST_NONE ? SX_E_UNSUPPORTED : SX_OK;
}

/* Is what stood between quotes this plain text? */
static bool same_unescaped(sx_slice raw, sx_slice plain) {
    size_t k = 0;
    for (size_t i = 0; i < raw.n; i++, k++) {
        if (raw.p[i] == '\\' && i + 1 < raw.n) i++;
        if (k == plain.n || raw.p[i] != plain.p[k]) return false;
    }
    return k == plain.n;
}

int sip_authorization_find(const sip_msg *m, bool proxy, sx_slice realm, sip_authorization *out) {
    sip_list l;
    sip_auth auth;
    sip_list_begin(&l, m, proxy ? SIP_HDR_PROXY_AUTHORIZATION : SIP_HDR_AUTHORIZATION);
    while (sip_auth_next(&l, &auth) > 0)
        if (sip_authorization_read(&auth, out) == SX_OK && same_unescaped(out->realm, realm)) return SX_OK;
    return SX_E_NOT_FOUND;
}

/* ---- nonces: 16 hex digits of milliseconds, 16 of salt, 32 of HMAC-SHA256 over both and the realm ---- */

enum { STAMP = 32, MAC = 32, NONCE = STAMP + MAC, AHEAD_MS = 5000 };

static bool nonce_mac(const char *stamp, sx_slice key, sx_slice realm, char hex[MAC]) {
    static const char digits[] = "0123456789abcdef";
    unsigned char md[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    sx_buf text;
    sx_buf_init(&text);
    sx_buf_put(&text, stamp, STAMP);
    sx_buf_slice(&text, realm);
    bool good = !text.failed && key.n <= 1024 &&
                HMAC(EVP_sha256(), key.n ? key.p : "", (int)key.n, (const unsigned char *)text.p, text.n, md, &n) &&
                n == 32;
    for (int i = 0; good && i < MAC / 2; i++) {
        hex[2 * i] = digits[md[i] >> 4];
        hex[2 * i + 1] = digits[md[i] & 15];
    }
    sx_buf_free(&text);
    OPENSSL_cleanse(md, sizeof md);
    return good;
}

int sip_nonce_make(sx_buf *out, sx_slice key, sx_slice realm, uint64_t now_ms, const uint8_t salt[8]) {
    static const char digits[] = "0123456789abcdef";
    char nonce[NONCE];
    for (int i = 0; i < 16; i++) nonce[i] = digits[(now_ms >> (60 - 4 * i)) & 15];
    for (int i = 0; i < 8; i++) {
        nonce[16 + 2 * i] = digits[salt[i] >> 4];
        nonce[17 + 2 * i] = digits[salt[i] & 15];
    }
    if (!nonce_mac(nonce, key, realm, nonce + STAMP)) return SX_E_NOMEM;
    sx_buf_put(out, nonce, NONCE);
    return out->failed ? SX_E_NOMEM : SX_OK;
}

sip_nonce_state sip_nonce_check(sx_slice nonce, sx_slice key, sx_slice realm, uint64_t now_ms, uint64_t max_age_ms) {
    char mac[MAC];
    uint32_t hi, lo;
    if (nonce.n != NONCE || !nonce_mac(nonce.p, key, realm, mac)) return SIP_NONCE_FOREIGN;
    if (!sx_eq_secret(sx_slice_of(mac, MAC), sx_slice_of(nonce.p + STAMP, MAC))) return SIP_NONCE_FOREIGN;
    if (!read_nc(sx_slice_of(nonce.p, 8), &hi) || !read_nc(sx_slice_of(nonce.p + 8, 8), &lo)) return SIP_NONCE_FOREIGN;
    uint64_t made = ((uint64_t)hi << 32) | lo;
    if (made > now_ms) return made - now_ms > AHEAD_MS ? SIP_NONCE_STALE : SIP_NONCE_GOOD;
    return now_ms - made > max_age_ms ? SIP_NONCE_STALE : SIP_NONCE_GOOD;
}

int sip_challenge_write(sx_buf *out, sx_slice realm, sx_slice nonce, sip_digest_alg alg, uint8_t qop, bool stale) {
    if (alg == SIP_DIGEST_NONE) return SX_E_UNSUPPORTED;
    SX_BUF_LIT(out, "Digest realm=");
    sip_write_quoted(out, realm);
    SX_BUF_LIT(out, ", nonce=");
    sip_write_quoted(out, nonce);
    SX_BUF_LIT(out, ", algorithm=");
    sx_buf_slice(out, sip_digest_alg_name(alg));
    qop &= SIP_QOP_AUTH | SIP_QOP_AUTH_INT;
    if (qop == SIP_QOP_AUTH) SX_BUF_LIT(out, ", qop=\"auth\"");
    if (qop == SIP_QOP_AUTH_INT) SX_BUF_LIT(out, ", qop=\"auth-int\"");
    if (qop == (SIP_QOP_AUTH | SIP_QOP_AUTH_INT)) SX_BUF_LIT(out, ", qop=\"auth,auth-int\"");
    if (stale) SX_BUF_LIT(out, ", stale=true");
    return out->failed ? SX_E_NOMEM : SX_OK;
}

int sip_digest_verify(const sip_authorization *a, const sip_creds *creds, sx_slice method, sx_slice body) {
    char want[65], got[64];
    sip_digest_input in;
    memset(&in, 0, sizeof in);
    in.alg = a->alg;
    in.qop = a->qop;
    in.username = a->username;
    in.realm = a->realm;
    in.password = creds->password;
    in.ha1 = creds->ha1;
    in.nonce = a->nonce;
    in.cnonce = a->cnonce;
    in.nc = a->nc_text;
    in.method = method;
    in.uri = a->uri;
    in.body = body;
    int rc = sip_digest_response(&in, want);
    if (rc != SX_OK) return rc;
    size_t n = sip_digest_hex_len(a->alg);
    bool good = a->response.n == n;
    for (size_t i = 0; good && i < n; i++) got[i] = sx_lower(a->response.p[i]);
    good = good && sx_eq_secret(sx_slice_of(got, n), sx_slice_of(want, n));
    OPENSSL_cleanse(want, sizeof want);
    return good ? SX_OK : SX_E_AUTH;
}
