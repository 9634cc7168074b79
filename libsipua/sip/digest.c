/* Digest: algorithms, hashes and the client's side. */
#include "sip/digest.h"

#include <openssl/crypto.h>

#include "base/error.h"
#include "sip/digest_hash.h"
#include "sip/lex.h"

static const struct {
    const char *name;
    sip_digest_alg alg;
} algs[] = {
    {"MD5", SIP_DIGEST_MD5},
    {"MD5-sess", SIP_DIGEST_MD5_SESS},
    {"SHA-256", SIP_DIGEST_SHA256},
    {"SHA-256-sess", SIP_DIGEST_SHA256_SESS},
    {"SHA-512-256", SIP_DIGEST_SHA512_256},
    {"SHA-512-256-sess", SIP_DIGEST_SHA512_256_SESS},
};

sip_digest_alg sip_digest_alg_of(sx_slice token) {
    if (token.n == 0) return SIP_DIGEST_MD5;
    for (size_t i = 0; i < sizeof algs / sizeof *algs; i++)
        if (sx_ieq(token, sx_slice_str(algs[i].name))) return algs[i].alg;
    return SIP_DIGEST_NONE;
}

sx_slice sip_digest_alg_name(sip_digest_alg alg) {
    for (size_t i = 0; i < sizeof algs / sizeof *algs; i++)
        if (algs[i].alg == alg) return sx_slice_str(algs[i].name);
    return sx_slice_empty();
}

/* ---- reading challenges ---- */

static uint8_t qop_bits(sx_slice list) {
    sip_list l;
    sx_slice one;
    uint8_t bits = 0;
    sip_list_of(&l, list);
    while (sip_list_next(&l, &one) > 0) {
        if (sx_ieq(one, SX_LIT("auth")))
            bits |= SIP_QOP_AUTH;
        else if (sx_ieq(one, SX_LIT("auth-int")))
            bits |= SIP_QOP_AUTH_INT;
        else
            bits |= SIP_QOP_UNKNOWN;
    }
    return bits;
}

/* Nothing that would have to be changed on the way back: a NUL, an escaped line end, a backslash that escapes nothing.
 * A fold is fine. */
static bool can_be_sent_back(sx_slice s) {
    for (size_t i = 0; i < s.n; i++) {
        bool escaped = s.p[i] == '\\';
        if (escaped && ++i == s.n) return false;
        if (s.p[i] == '\0' || (escaped && (s.p[i] == '\r' || s.p[i] == '\n'))) return false;
    }
    return true;
}

int sip_challenge_read(const sip_auth *auth, bool proxy, sip_challenge *out) {
    sip_param p;
    sx_slice rest = auth->params;
    memset(out, 0, sizeof *out);
    if (!sx_ieq(auth->scheme, SX_LIT("Digest"))) return SX_E_UNSUPPORTED;
    out->proxy = proxy;
    while (sip_auth_param_next(&rest, &p)) {
        sx_slice v = sip_unquote(p.value);
        if (v.p == NULL) v = sx_slice_of(p.name.p + p.name.n, 0);
        if (sx_ieq(p.name, SX_LIT("realm")))
            out->realm = v;
        else if (sx_ieq(p.name, SX_LIT("nonce")))
            out->nonce = v;
        else if (sx_ieq(p.name, SX_LIT("opaque")))
            out->opaque = v;
        else if (sx_ieq(p.name, SX_LIT("domain")))
            out->domain = v;
        else if (sx_ieq(p.name, SX_LIT("algorithm")))
            out->algorithm = v;
        else if (sx_ieq(p.name, SX_LIT("stale")))
            out->stale = sx_ieq(v, SX_LIT("true"));
        else if (sx_ieq(p.name, SX_LIT("qop")))
            out->qop |= qop_bits(v);
    }
    if (!out->realm.p || !out->nonce.p) return SX_E_FORMAT;
    if (!can_be_sent_back(out->realm) || !can_be_sent_back(out->nonce) || !can_be_sent_back(out->opaque))
        return SX_E_FORMAT;
    out->alg = sip_digest_alg_of(out->algorithm);
    if (out->alg == SIP_DIGEST_NONE || out->qop == SIP_QOP_UNKNOWN) return SX_E_UNSUPPORTED;
    return SX_OK;
}

/* -sess adds nothing to the strength: MD5 < SHA-256 < SHA-512-256. */
static int strength(sip_digest_alg alg) { return ((int)alg + 1) / 2; }

int sip_challenges(const sip_msg *m, sip_challenge *out, int cap) {
    int n = 0;
    for (int proxy = 0; proxy < 2; proxy++) {
        sip_list l;
        sip_auth auth;
        sip_challenge one;
        sip_list_begin(&l, m, proxy ? SIP_HDR_PROXY_AUTHENTICATE : SIP_HDR_WWW_AUTHENTICATE);
        while (sip_auth_next(&l, &auth) > 0) {
            if (sip_challenge_read(&auth, proxy != 0, &one) != SX_OK) continue;
            int i = 0;
            while (i < n && (out[i].proxy != one.proxy || !sx_eq(out[i].realm, one.realm))) i++;
            if (i == cap) continue;
            if (i == n)
                n++;
            else if (strength(one.alg) <= strength(out[i].alg))
                continue;
            out[i] = one;
        }
    }
    return n;
}

/* ---- answering ---- */

int sip_digest_ha1(sip_digest_alg alg, sx_slice username, sx_slice realm, sx_slice password, char hex[65]) {
    sip_hash h;
    int rc = sip_hash_begin(&h, alg);
    if (rc != SX_OK) return rc;
    sip_hash_put(&h, username);
    sip_hash_put(&h, SX_LIT(":"));
    sip_hash_put(&h, realm);
    sip_hash_put(&h, SX_LIT(":"));
    sip_hash_put(&h, password);
    return sip_hash_end(&h, hex);
}

static bool is_hex(sx_slice s) {
    for (size_t i = 0; i < s.n; i++)
        if (!sip_is(s.p[i], SIP_C_HEX)) return false;
    return true;
}

/* H(A1) of the session: from the password or the stored form. in->username and in->realm hold their escapes. */
static int session_ha1(const sip_digest_input *in, char hex[65]) {
    sip_hash h;
    int rc;
    if (in->ha1.n) {
        if (in->ha1.n != sip_digest_hex_len(in->alg) || !is_hex(in->ha1)) return SX_E_AUTH;
        for (size_t i = 0; i < in->ha1.n; i++) hex[i] = sx_lower(in->ha1.p[i]);
        hex[in->ha1.n] = '\0';
    } else {
        rc = sip_hash_begin(&h, in->alg);
        if (rc != SX_OK) return rc;
        if (in->username_plain)
            sip_hash_put(&h, in->username);
        else
            sip_hash_put_unescaped(&h, in->username);
        sip_hash_put(&h, SX_LIT(":"));
        sip_hash_put_unescaped(&h, in->realm);
        sip_hash_put(&h, SX_LIT(":"));
        sip_hash_put(&h, in->password);
        rc = sip_hash_end(&h, hex);
        if (rc != SX_OK) return rc;
    }
    bool sess =
        in->alg == SIP_DIGEST_MD5_SESS || in->alg == SIP_DIGEST_SHA256_SESS || in->alg == SIP_DIGEST_SHA512_256_SESS;
    if (!sess) return SX_OK;
    rc = sip_hash_begin(&h, in->alg);
    if (rc != SX_OK) return rc;
    sip_hash_put(&h, sx_slice_of(hex, sip_digest_hex_len(in->alg)));
    sip_hash_put(&h, SX_LIT(":"));
    sip_hash_put_unescaped(&h, in->nonce);
    sip_hash_put(&h, SX_LIT(":"));
    sip_hash_put_unescaped(&h, in->cnonce);
    return sip_hash_end(&h, hex);
}

/* H(A2): method and URI, for auth-int the body too. */
static int request_ha2(const sip_digest_input *in, char hex[65]) {
    sip_hash h;
    char body[65];
    int rc;
    if (in->qop == SIP_QOP_AUTH_INT) {
        rc = sip_hash_begin(&h, in->alg);
        if (rc != SX_OK) return rc;
        sip_hash_put(&h, in->body);
        rc = sip_hash_end(&h, body);
        if (rc != SX_OK) return rc;
    }
    rc = sip_hash_begin(&h, in->alg);
    if (rc != SX_OK) return rc;
    sip_hash_put(&h, in->method);
    sip_hash_put(&h, SX_LIT(":"));
    sip_hash_put(&h, in->uri);
    if (in->qop == SIP_QOP_AUTH_INT) {
        sip_hash_put(&h, SX_LIT(":"));
        sip_hash_put(&h, sx_slice_of(body, sip_digest_hex_len(in->alg)));
    }
    return sip_hash_end(&h, hex);
}

int sip_digest_response(const sip_digest_input *in, char hex[65]) {
    char ha1[65], ha2[65];
    sip_hash h;
    size_t n = sip_digest_hex_len(in->alg);
    int rc = session_ha1(in, ha1);
    if (rc == SX_OK) rc = request_ha2(in, ha2);
    if (rc == SX_OK) rc = sip_hash_begin(&h, in->alg);
    if (rc == SX_OK) {
        sip_hash_put(&h, sx_slice_of(ha1, n));
        sip_hash_put(&h, SX_LIT(":"));
        sip_hash_put_unescaped(&h, in->nonce);
        sip_hash_put(&h, SX_LIT(":"));
        if (in->qop) {
            sip_hash_put(&h, in->nc);
            sip_hash_put(&h, SX_LIT(":"));
            sip_hash_put_unescaped(&h, in->cnonce);
            sip_hash_put(&h, in->qop == SIP_QOP_AUTH ? SX_LIT(":auth:") : SX_LIT(":auth-int:"));
        }
        sip_hash_put(&h, sx_slice_of(ha2, n));
        rc = sip_hash_end(&h, hex);
    }
    OPENSSL_cleanse(ha1, sizeof ha1);
    return rc;
}

/* , name="value" with the escapes it came with. */
static void put_quoted(sx_buf *b, const char *name, sx_slice raw) {
    sx_buf_str(b, name);
    if (sip_is_header_value(raw)) {
        SX_BUF_LIT(b, "\"");
        sx_buf_slice(b, raw);
        SX_BUF_LIT(b, "\"");
        return;
    }
    sx_buf plain; /* a fold inside: undo it, escape anew */
    sx_buf_init(&plain);
    sip_unescape_quoted(&plain, raw);
    if (plain.failed) b->failed = true;
    sip_write_quoted(b, sx_buf_view(&plain));
    sx_buf_free(&plain);
}

/* May stand between quotes as it is. */
static bool is_plain_quoted(sx_slice s) {
    return sip_is_header_value(s) && sx_find(s, '"') < 0 && sx_find(s, '\\') < 0;
}

static int check_input(const sip_creds *creds, const sip_challenge *ch, sx_slice uri, uint32_t nc, sx_slice cnonce,
                       uint8_t qop) {
    bool sess = (ch->alg & 1) == 0;
    if (ch->alg == SIP_DIGEST_NONE) return SX_E_UNSUPPORTED;
    if (creds->username.n == 0 || !sip_is_header_value(creds->username)) return SX_E_INVALID;
    if (uri.n == 0 || !is_plain_quoted(uri)) return SX_E_INVALID;
    if ((qop || sess) && (cnonce.n == 0 || !is_plain_quoted(cnonce))) return SX_E_INVALID;
    return qop && nc == 0 ? SX_E_INVALID : SX_OK;
}

int sip_digest_authorize(const sip_creds *creds, const sip_challenge *ch, sx_slice method, sx_slice uri, sx_slice body,
                         uint32_t nc, sx_slice cnonce, sx_buf *out) {
    static const char digits[] = "0123456789abcdef";
    uint8_t qop = ch->qop & SIP_QOP_AUTH ? SIP_QOP_AUTH : (uint8_t)(ch->qop & SIP_QOP_AUTH_INT);
    int rc = check_input(creds, ch, uri, nc, cnonce, qop);
    if (rc != SX_OK) return rc;
    char count[8], response[65];
    for (int i = 0; i < 8; i++) count[i] = digits[(nc >> (28 - 4 * i)) & 15];
    sip_digest_input in;
    memset(&in, 0, sizeof in);
    in.alg = ch->alg;
    in.qop = qop;
    in.username = creds->username;
    in.username_plain = true;
    in.password = creds->password;
    in.ha1 = creds->ha1;
    in.realm = ch->realm;
    in.nonce = ch->nonce;
    in.cnonce = cnonce;
    in.nc = sx_slice_of(count, 8);
    in.method = method;
    in.uri = uri;
    in.body = body;
    rc = sip_digest_response(&in, response);
    if (rc != SX_OK) return rc;
    SX_BUF_LIT(out, "Digest username=");
    sip_write_quoted(out, creds->username);
    put_quoted(out, ", realm=", ch->realm);
    put_quoted(out, ", nonce=", ch->nonce);
    put_quoted(out, ", uri=", uri);
    put_quoted(out, ", response=", sx_slice_of(response, sip_digest_hex_len(ch->alg)));
    if (ch->algorithm.p) {
        SX_BUF_LIT(out, ", algorithm=");
        sx_buf_slice(out, sip_digest_alg_name(ch->alg));
    }
    if (qop || (ch->alg & 1) == 0) put_quoted(out, ", cnonce=", cnonce);
    if (ch->opaque.p) put_quoted(out, ", opaque=", ch->opaque);
    if (qop) {
        sx_buf_str(out, qop == SIP_QOP_AUTH ? ", qop=auth, nc=" : ", qop=auth-int, nc=");
        sx_buf_put(out, count, 8);
    }
    return out->failed ? SX_E_NOMEM : SX_OK;
}
