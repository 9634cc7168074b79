/* Digest authentication, both sides (RFC 7616, RFC 8760, RFC 3261 22). Pure functions over bytes: time, keys and random
 * come from the caller. Hashes are libcrypto's (EVP and HMAC in the default library context; nothing is kept between
 * calls, so every function is safe from any thread). Secrets are wiped from memory that was used. */
#ifndef SIP_DIGEST_H
#define SIP_DIGEST_H

#include "base/buf.h"
#include "sip/headers.h"

typedef enum sip_digest_alg {
    SIP_DIGEST_NONE = 0, /* an algorithm we do not know */
    SIP_DIGEST_MD5,
    SIP_DIGEST_MD5_SESS,
    SIP_DIGEST_SHA256,
    SIP_DIGEST_SHA256_SESS,
    SIP_DIGEST_SHA512_256,
    SIP_DIGEST_SHA512_256_SESS
} sip_digest_alg;

/* Bits of qop. */
enum { SIP_QOP_AUTH = 1, SIP_QOP_AUTH_INT = 2, SIP_QOP_UNKNOWN = 4 };

sip_digest_alg sip_digest_alg_of(sx_slice token); /* any case; the empty slice is MD5 */
sx_slice sip_digest_alg_name(sip_digest_alg alg);
static inline size_t sip_digest_hex_len(sip_digest_alg alg) { return alg <= SIP_DIGEST_MD5_SESS ? 32 : 64; }

/* ---- client ---- */
/* One Digest challenge. Slices point into the message; quotes removed, escapes in. */
typedef struct sip_challenge {
    sx_slice realm, nonce, opaque, domain;
    sx_slice algorithm; /* as written; p == NULL: none was given (MD5) */
    sip_digest_alg alg;
    uint8_t qop; /* bits of what is offered; 0: no qop at all (RFC 2069 form) */
    bool stale;
    bool proxy; /* from Proxy-Authenticate: answer in Proxy-Authorization */
} sip_challenge;

/* SX_E_UNSUPPORTED: not Digest, an algorithm or only qops we do not know; SX_E_FORMAT: realm or nonce is missing. */
int sip_challenge_read(const sip_auth *auth, bool proxy, sip_challenge *out);
/* The challenges of a 401 or 407 that we can answer: for each realm (and each of the two headers) the strongest, for
 * equal ones the first, in the server's order. Returns how many (at most cap). */
int sip_challenges(const sip_msg *m, sip_challenge *out, int cap);

typedef struct sip_creds {
    sx_slice username; /* plain UTF-8 */
    sx_slice password; /* plain; or */
    sx_slice ha1;      /* hex of H(username:realm:password), used instead when not empty; its length must fit the
                          algorithm (32 for MD5, 64 for the others), else SX_E_AUTH */
} sip_creds;

/* Appends the value of an (Proxy-)Authorization header to out. uri is the Request-URI as it will be sent. auth is
 * preferred over auth-int. nc counts from 1 per nonce; cnonce (no quotes or backslashes in it) is needed with qop or
 * -sess. SX_OK, SX_E_AUTH, SX_E_UNSUPPORTED, SX_E_INVALID or SX_E_NOMEM. */
int sip_digest_authorize(const sip_creds *creds, const sip_challenge *ch, sx_slice method, sx_slice uri, sx_slice body,
                         uint32_t nc, sx_slice cnonce, sx_buf *out);
static inline sip_hdr_id sip_challenge_answer_hdr(const sip_challenge *ch) {
    return ch->proxy ? SIP_HDR_PROXY_AUTHORIZATION : SIP_HDR_AUTHORIZATION;
}

/* H(username:realm:password) in hex, for storing instead of a password (the base algorithm: of -sess the one without).
 * hex: room for 64 and the NUL. SX_OK or SX_E_UNSUPPORTED. */
int sip_digest_ha1(sip_digest_alg alg, sx_slice username, sx_slice realm, sx_slice password, char hex[65]);

/* ---- server ---- */
/* Credentials as a client sent them. Slices point into the message; quotes removed, escapes in. */
typedef struct sip_authorization {
    sx_slice username, realm, nonce, uri, response, cnonce, opaque, algorithm, nc_text;
    sip_digest_alg alg;
    uint32_t nc;
    uint8_t qop; /* SIP_QOP_AUTH or SIP_QOP_AUTH_INT; 0: none */
} sip_authorization;
int sip_authorization_read(const sip_auth *auth, sip_authorization *out); /* SX_OK, SX_E_UNSUPPORTED, SX_E_FORMAT */
/* The credentials for this realm (plain text) in the Authorization (proxy: Proxy-Authorization) headers.
 * SX_E_NOT_FOUND. */
int sip_authorization_find(const sip_msg *m, bool proxy, sx_slice realm, sip_authorization *out);

/* Appends a nonce: time and HMAC-SHA256 over time, salt and realm under the caller's key. No state is kept: the server
 * can tell later that it made it, and when. salt: 8 random bytes. */
int sip_nonce_make(sx_buf *out, sx_slice key, sx_slice realm, uint64_t now_ms, const uint8_t salt[8]);
typedef enum sip_nonce_state { SIP_NONCE_FOREIGN = 0, SIP_NONCE_GOOD, SIP_NONCE_STALE } sip_nonce_state;
/* Ours, and not older than max_age_ms? From a clock ahead of ours by more than 5 s: stale. */
sip_nonce_state sip_nonce_check(sx_slice nonce, sx_slice key, sx_slice realm, uint64_t now_ms, uint64_t max_age_ms);
/* Appends the value of a WWW-Authenticate or Proxy-Authenticate header. qop: bits to offer, 0: none. */
int sip_challenge_write(sx_buf *out, sx_slice realm, sx_slice nonce, sip_digest_alg alg, uint8_t qop, bool stale);

/* Is the response right? Compared in constant time. The caller has looked at the nonce, and that a->uri fits the
 * request; the user name and realm hashed are those of `a` with escapes undone. creds->username is not looked at.
 * SX_OK, SX_E_AUTH (wrong), SX_E_UNSUPPORTED, SX_E_NOMEM. */
int sip_digest_verify(const sip_authorization *a, const sip_creds *creds, sx_slice method, sx_slice body);

#endif
