// Credentials of an account: what is accepted, and which challenge they answer.
#include <gtest/gtest.h>

#include <string>

extern "C" {
#include "stack/internal.h"
}

namespace {

sx_slice sl(const std::string &s) { return sx_slice_of(s.data(), s.size()); }

struct Answered {
    int rc;
    std::string lines;
};

Answered answer(stack_auth *a, const std::string &challenges, stack_auth_try *tries, const char *host = "10.0.0.1") {
    std::string m =
        "SIP/2.0 401 X\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\n"
        "Call-ID: c\r\nCSeq: 1 REGISTER\r\n" +
        challenges + "Content-Length: 0\r\n\r\n";
    sip_scratch s;
    EXPECT_EQ(sip_parse(&s, m.data(), m.size(), nullptr, nullptr), SX_OK);
    net_addr at;
    EXPECT_TRUE(net_addr_parse(&at, sx_slice_str(host), 5060));
    const char *why;
    Answered r;
    r.rc = stack_auth_challenged(a, &s.msg, &at, tries, &why);
    sx_buf b;
    sx_buf_init(&b);
    if (r.rc == SX_OK) stack_auth_write(a, &at, SX_LIT("REGISTER"), SX_LIT("sip:b"), sx_slice_empty(), tries, &b);
    r.lines = std::string(b.p ? b.p : "", b.n);
    sx_buf_free(&b);
    return r;
}

TEST(StackAuth, RefusesCredentialsThatCannotWork) {
    stack_auth *a = stack_auth_create();
    sx_slice none = sx_slice_empty();
    std::string ha1(32, 'a');
    EXPECT_EQ(stack_auth_add(a, none, none, SX_LIT("p"), none), SX_E_INVALID);
    EXPECT_EQ(stack_auth_add(a, none, SX_LIT("u"), none, none), SX_E_INVALID);
    EXPECT_EQ(stack_auth_add(a, none, SX_LIT("u"), SX_LIT("p"), sl(ha1)), SX_E_INVALID);
    EXPECT_EQ(stack_auth_add(a, none, SX_LIT("u"), none, SX_LIT("xyz")), SX_E_INVALID);
    EXPECT_FALSE(stack_auth_has_credentials(a));
    EXPECT_EQ(stack_auth_add(a, none, SX_LIT("u"), SX_LIT(""), none), SX_OK) << "an empty password is one";
    EXPECT_EQ(stack_auth_add(a, none, SX_LIT("u"), none, sl(ha1)), SX_OK);
    EXPECT_TRUE(stack_auth_has_credentials(a));
    stack_auth_clear(a);
    EXPECT_FALSE(stack_auth_has_credentials(a));
    stack_auth_unref(a);
}

TEST(StackAuth, AnMd5Ha1AnswersMd5WhereSha256IsOfferedFirst) {
    stack_auth *a = stack_auth_create();
    std::string ha1(32, 'a');
    stack_auth_add(a, sx_slice_empty(), SX_LIT("u"), sx_slice_empty(), sl(ha1));
    stack_auth_try tries[STACK_MAX_REALMS] = {};
    Answered r = answer(a,
                        "WWW-Authenticate: Digest realm=\"r\", nonce=\"1\", algorithm=SHA-256, qop=\"auth\"\r\n"
                        "WWW-Authenticate: Digest realm=\"r\", nonce=\"2\", algorithm=MD5, qop=\"auth\"\r\n",
                        tries);
    EXPECT_EQ(r.rc, SX_OK);
    EXPECT_NE(r.lines.find("nonce=\"2\""), std::string::npos);
    EXPECT_EQ(r.lines.find("nonce=\"1\""), std::string::npos);
    stack_auth_unref(a);
}

TEST(StackAuth, ARealmsOwnCredentialsComeBeforeThoseForAnyRealm) {
    stack_auth *a = stack_auth_create();
    stack_auth_add(a, sx_slice_empty(), SX_LIT("any"), SX_LIT("p"), sx_slice_empty());
    stack_auth_add(a, SX_LIT("mine"), SX_LIT("own"), SX_LIT("p"), sx_slice_empty());
    stack_auth_try tries[STACK_MAX_REALMS] = {};
    Answered r = answer(a,
                        "WWW-Authenticate: Digest realm=\"mine\", nonce=\"1\"\r\nProxy-Authenticate: Digest "
                        "realm=\"other\", nonce=\"2\"\r\n",
                        tries);
    EXPECT_EQ(r.rc, SX_OK);
    EXPECT_NE(r.lines.find("Authorization: Digest username=\"own\""), std::string::npos);
    EXPECT_NE(r.lines.find("Proxy-Authorization: Digest username=\"any\""), std::string::npos);
    stack_auth_unref(a);
}

TEST(StackAuth, AStaleNonceIsRenewedAndAnEndlessOneIsNot) {
    stack_auth *a = stack_auth_create();
    stack_auth_add(a, sx_slice_empty(), SX_LIT("u"), SX_LIT("p"), sx_slice_empty());
    stack_auth_try tries[STACK_MAX_REALMS] = {};
    EXPECT_EQ(answer(a, "WWW-Authenticate: Digest realm=\"r\", nonce=\"1\"\r\n", tries).rc, SX_OK);
    EXPECT_EQ(answer(a, "WWW-Authenticate: Digest realm=\"r\", nonce=\"2\", stale=true\r\n", tries).rc, SX_OK);
    EXPECT_EQ(answer(a, "WWW-Authenticate: Digest realm=\"r\", nonce=\"3\", stale=true\r\n", tries).rc, SX_E_AUTH);
    stack_auth_unref(a);
}

TEST(StackAuth, UnknownKindsOfChallengeAreNoReasonToTry) {
    stack_auth *a = stack_auth_create();
    stack_auth_add(a, sx_slice_empty(), SX_LIT("u"), SX_LIT("p"), sx_slice_empty());
    stack_auth_try tries[STACK_MAX_REALMS] = {};
    EXPECT_EQ(answer(a, "WWW-Authenticate: Basic realm=\"r\"\r\n", tries).rc, SX_E_AUTH);
    EXPECT_EQ(answer(a, "WWW-Authenticate: Digest realm=\"r\", nonce=\"1\", algorithm=ROT13\r\n", tries).rc, SX_E_AUTH);
    EXPECT_EQ(answer(a, "", tries).rc, SX_E_AUTH);
    stack_auth_unref(a);
}

} // namespace
