/* A challenge from a stranger is answered, and the answer verifies; credentials from a stranger are read and refused.
 */
#include <stdlib.h>

#include "base/error.h"
#include "must.h"
#include "sip/digest.h"

static void answer(const sip_challenge *ch) {
    sip_creds creds = {SX_LIT("us\"er"), SX_LIT("secret"), {NULL, 0}};
    sx_buf b;
    sip_list l;
    sip_auth auth;
    sip_authorization a;
    sx_buf_init(&b);
    int rc =
        sip_digest_authorize(&creds, ch, SX_LIT("INVITE"), SX_LIT("sip:b@c"), SX_LIT("body"), 1, SX_LIT("cnonce"), &b);
    if (rc == SX_OK) {
        for (size_t i = 0; i < b.n; i++) never(b.p[i] == '\r' || b.p[i] == '\n' || b.p[i] == '\0');
        sip_list_of(&l, sx_buf_view(&b));
        never(sip_auth_next(&l, &auth) != 1);
        if (sip_authorization_read(&auth, &a) == SX_OK) {
            never(sip_digest_verify(&a, &creds, SX_LIT("INVITE"), SX_LIT("body")) != SX_OK);
            never(sip_digest_verify(&a, &creds, SX_LIT("BYE"), SX_LIT("body")) != SX_E_AUTH);
        } else if (ch->nonce.n) {
            abort(); /* an empty nonce is what we may refuse */
        }
    }
    sx_buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    sip_list l;
    sip_auth auth;
    sip_challenge ch;
    sip_authorization a;
    sip_creds creds = {{NULL, 0}, SX_LIT("secret"), {NULL, 0}};
    if (size == 0) return 0;
    sip_list_of(&l, sx_slice_of((const char *)data, size));
    for (int i = 0; i < 20 && sip_auth_next(&l, &auth) > 0; i++) {
        if (sip_challenge_read(&auth, false, &ch) == SX_OK) answer(&ch);
        if (sip_authorization_read(&auth, &a) == SX_OK) {
            sip_digest_verify(&a, &creds, SX_LIT("INVITE"), sx_slice_empty());
            sip_nonce_check(a.nonce, SX_LIT("key"), a.realm, 1, 1);
        }
    }
    return 0;
}
