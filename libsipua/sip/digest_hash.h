/* Hashes and the response formula, between the files of this folder. */
#ifndef SIP_DIGEST_HASH_H
#define SIP_DIGEST_HASH_H

#include "sip/digest.h"

typedef struct sip_hash {
    void *ctx; /* EVP_MD_CTX */
    int error; /* the first one; sticks */
} sip_hash;

/* SX_OK, SX_E_UNSUPPORTED (libcrypto refuses the algorithm: MD5 in a FIPS build), SX_E_NOMEM. After SX_OK sip_hash_end
 * must be called. */
int sip_hash_begin(sip_hash *h, sip_digest_alg alg);
void sip_hash_put(sip_hash *h, sx_slice s);
/* What stood between quotes: backslash escapes undone, a fold as one space. */
void sip_hash_put_unescaped(sip_hash *h, sx_slice s);
int sip_hash_end(sip_hash *h, char hex[65]); /* lower case, NUL-terminated */

/* Everything the response is made from (RFC 7616 3.4.1). Username, realm, nonce and cnonce as they stood between
 * quotes. */
typedef struct sip_digest_input {
    sip_digest_alg alg;
    uint8_t qop;                             /* 0, SIP_QOP_AUTH or SIP_QOP_AUTH_INT */
    bool username_plain;                     /* the username has no escapes to undo */
    sx_slice username, realm, password, ha1; /* ha1 instead of the password when not empty */
    sx_slice nonce, cnonce, nc, method, uri, body;
} sip_digest_input;
int sip_digest_response(const sip_digest_input *in, char hex[65]);

#endif
