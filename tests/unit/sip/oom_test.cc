// Memory runs out at every allocation in turn: what was there stays usable, nothing leaks, the error is told.
#include <gtest/gtest.h>

extern "C" {
#include "oom/oom.h"
#include "sip/digest.h"
#include "sip/frame.h"
#include "sip/write.h"
}
#include "sip_test.h"

TEST(OutOfMemory, KeepingAMessage) {
    Parsed m("OPTIONS sip:a@b SIP/2.0\r\nl: 0\r\n\r\n");
    oom_after(1);
    sip_msg *kept = sip_msg_keep(m.get());
    bool hit = oom_hit();
    oom_after(0);
    EXPECT_TRUE(hit);
    EXPECT_EQ(kept, nullptr);
}

TEST(OutOfMemory, AStreamGoesOnWhenMemoryIsBack) {
    const std::string text = "OPTIONS sip:a@b SIP/2.0\r\nl: 300\r\n\r\n" + std::string(300, 'x');
    for (int n = 1;; n++) {
        sip_framer f;
        sip_framer_init(&f, 0, 0);
        bool failed = false;
        oom_after(n);
        for (size_t at = 0; at < text.size(); at += 50) {
            size_t len = std::min<size_t>(50, text.size() - at);
            int rc = sip_framer_feed(&f, text.data() + at, len);
            if (rc == SX_E_NOMEM) {
                failed = true;
                rc = sip_framer_feed(&f, text.data() + at, len);
            }
            ASSERT_EQ(rc, SX_OK);
        }
        bool hit = oom_hit();
        oom_after(0);
        EXPECT_EQ(hit, failed);
        sx_slice out;
        EXPECT_EQ(sip_framer_next(&f, &out), SIP_FRAME_MESSAGE);
        EXPECT_EQ(str(out), text);
        sip_framer_free(&f);
        if (!hit) break;
    }
}

TEST(OutOfMemory, AMessageThatDoesNotFitIsNotSent) {
    Parsed req("OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;rport\r\nFrom: <sip:a>\r\nTo: <sip:b>\r\nCall-ID: c\r\n"
               "CSeq: 1 OPTIONS\r\n\r\n");
    std::string body(5000, 'b');
    for (int n = 1;; n++) {
        sx_buf b;
        sip_writer w;
        sip_response_spec spec = {200, {}, SX_LIT("t"), SX_LIT("1.2.3.4"), 5};
        oom_after(n);
        sx_buf_init(&b);
        sip_write_begin(&w, &b);
        sip_write_response(&w, req.get(), &spec);
        int rc = sip_write_end(&w, SX_LIT("text/plain"), S(body));
        bool hit = oom_hit();
        oom_after(0);
        EXPECT_EQ(rc, hit ? SX_E_NOMEM : SX_OK);
        sx_buf_free(&b);
        if (!hit) break;
    }
}

TEST(OutOfMemory, CredentialsAreWholeOrNotThere) {
    sip_list l;
    sip_auth auth;
    sip_challenge ch;
    sip_authorization a;
    std::string challenge = "Digest realm=\"r\r\n x\", nonce=\"n\", algorithm=SHA-256-sess, qop=auth-int";
    sip_list_of(&l, S(challenge));
    ASSERT_EQ(sip_auth_next(&l, &auth), 1);
    ASSERT_EQ(sip_challenge_read(&auth, false, &ch), SX_OK);
    sip_creds creds = {SX_LIT("u"), SX_LIT("p"), {}};
    uint8_t salt[8] = {0};
    for (int n = 1;; n++) {
        Buf value, nonce;
        oom_after(n);
        int rc = sip_digest_authorize(&creds, &ch, SX_LIT("BYE"), SX_LIT("sip:a"), SX_LIT("b"), 1, SX_LIT("c"), value);
        if (rc == SX_OK) rc = sip_nonce_make(nonce, SX_LIT("key"), SX_LIT("r"), 1, salt);
        bool hit = oom_hit();
        oom_after(0);
        if (hit) {
            EXPECT_EQ(rc, SX_E_NOMEM) << n;
            continue;
        }
        ASSERT_EQ(rc, SX_OK);
        std::string text = value.text();
        sip_list_of(&l, S(text));
        ASSERT_EQ(sip_auth_next(&l, &auth), 1);
        ASSERT_EQ(sip_authorization_read(&auth, &a), SX_OK);
        EXPECT_EQ(sip_digest_verify(&a, &creds, SX_LIT("BYE"), SX_LIT("b")), SX_OK);
        break;
    }
}
