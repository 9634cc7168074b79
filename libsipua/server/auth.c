/* Digest for REGISTER, and for calls if asked: SHA-256 first, MD5 for those who know no better (RFC 8760). */
#include "server/internal.h"

#include "base/error.h"
#include "base/rand.h"
#include "net/loop.h"
#include "sip/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

static void put_challenge(srv_server *s, sx_buf *b, bool proxy, sip_digest_alg alg, bool stale) {
    char room[256];
    uint8_t salt[8];
    sx_buf nonce;
    sx_slice realm = sx_slice_str(s->realm);
    sx_buf_init_fixed(&nonce, room, sizeof room);
    sx_rand_bytes(salt, sizeof salt);
    sip_nonce_make(&nonce, sx_slice_of((const char *)s->nonce_key, sizeof s->nonce_key), realm, srv_now(s), salt);
    sx_buf_str(b, proxy ? "Proxy-Authenticate: " : "WWW-Authenticate: ");
    sip_challenge_write(b, realm, sx_buf_view(&nonce), alg, SIP_QOP_AUTH, stale);
    SX_BUF_LIT(b, "\r\n");
}

static void challenge(srv_server *s, stack_tx *tx, bool proxy, bool stale) {
    sx_buf b;
    sx_buf_init(&b);
    put_challenge(s, &b, proxy, SIP_DIGEST_SHA256, stale);
    put_challenge(s, &b, proxy, SIP_DIGEST_MD5, stale);
    srv_answer(tx, proxy ? 407 : 401, &b);
    sx_buf_free(&b);
}

/* The URI that was hashed must be the one that was asked for, or a captured answer would open other doors. */
static bool uri_fits(const sip_authorization *a, const sip_msg *msg) {
    sip_uri hashed, asked;
    if (sx_eq(a->uri, msg->uri)) return true;
    return sip_uri_parse(a->uri, &hashed) == SX_OK && sip_uri_parse(msg->uri, &asked) == SX_OK &&
           sip_uri_eq(&hashed, &asked);
}

srv_account *srv_authenticate(srv_server *s, stack_tx *tx, const sip_msg *msg, bool proxy) {
    sip_authorization a;
    sx_slice key = sx_slice_of((const char *)s->nonce_key, sizeof s->nonce_key), realm = sx_slice_str(s->realm);
    bool stale = false;
    if (sip_authorization_find(msg, proxy, realm, &a) == SX_OK && uri_fits(&a, msg)) {
        sip_nonce_state nonce = sip_nonce_check(a.nonce, key, realm, srv_now(s), SRV_NONCE_LIFE_MS);
        srv_account *account = srv_account_find(s, a.username);
        if (account && nonce != SIP_NONCE_FOREIGN) {
            sip_creds creds = {.password = sx_slice_str(account->password)};
            bool right = sip_digest_verify(&a, &creds, msg->method_name, msg->body) == SX_OK;
            /* Without qop there is no count: such a nonce serves once. */
            if (right && nonce == SIP_NONCE_GOOD && srv_nonce_use(s, a.nonce, a.qop ? a.nc : 1)) return account;
            stale = right; /* only who knows the password is told that a new nonce would do (RFC 7616 3.3) */
        }
    }
    challenge(s, tx, proxy, stale);
    return NULL;
}

static bool mac(const srv_server *s, sx_slice text, unsigned char md[EVP_MAX_MD_SIZE]) {
    unsigned n = 0;
    return HMAC(EVP_sha256(), s->nonce_key, (int)sizeof s->nonce_key, (const unsigned char *)text.p, text.n, md, &n);
}

sx_slice srv_ticket(srv_server *s, sx_slice call_id, uint64_t flow_id, sx_slice tag, char room[SRV_TICKET_ROOM]) {
    unsigned char md[EVP_MAX_MD_SIZE];
    sx_buf b, said;
    sx_buf_init(&said); /* lengths first: no two tickets say the same */
    sx_buf_u64(&said, flow_id);
    sx_buf_char(&said, ':');
    sx_buf_u64(&said, tag.n);
    sx_buf_char(&said, ':');
    sx_buf_slice(&said, tag);
    sx_buf_slice(&said, call_id);
    bool good = !said.failed && mac(s, sx_buf_view(&said), md);
    sx_buf_free(&said);
    if (!good) return sx_slice_empty();
    sx_buf_init_fixed(&b, room, SRV_TICKET_ROOM);
    sx_buf_hex(&b, md, SRV_TICKET / 2);
    if (flow_id) sx_buf_u64(&b, flow_id);
    return b.failed ? sx_slice_empty() : sx_buf_view(&b);
}
