#include <gtest/gtest.h>

#include <list>

extern "C" {
#include "sip/digest.h"
}
#include "sip_test.h"

namespace {

const char *kNonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
const char *kCnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

sip_creds creds(const std::string &user, const std::string &password) {
    sip_creds c = {};
    c.username = S(user);
    c.password = S(password);
    return c;
}

// What is read points into the text: it stays until the program ends.
sx_slice pinned(const std::string &text) {
    static std::list<std::string> texts;
    return S(texts.emplace_back(text));
}

// Reads the first challenge of a header value.
int challenge(const std::string &value, sip_challenge *out) {
    sip_list l;
    sip_auth a;
    sip_list_of(&l, pinned(value));
    return sip_auth_next(&l, &a) == 1 ? sip_challenge_read(&a, false, out) : SX_E_FORMAT;
}
int authorization(const std::string &value, sip_authorization *out) {
    sip_list l;
    sip_auth a;
    sip_list_of(&l, pinned(value));
    return sip_auth_next(&l, &a) == 1 ? sip_authorization_read(&a, out) : SX_E_FORMAT;
}
std::string response_in(const std::string &value) {
    sip_authorization a;
    return authorization(value, &a) == SX_OK ? str(a.response) : "(error)";
}

} // namespace

TEST(Digest, TheExamplesOfRfc7616AndEveryOtherAlgorithm) {
    // RFC 7616 3.9.1 for MD5 and SHA-256; the others were computed the same way with another implementation.
    struct {
        const char *alg, *qop, *response;
    } cases[] = {
        {"MD5", "auth", "8ca523f5e9506fed4657c9700eebdbec"},
        {"MD5", "auth-int", "3835b139d1606d821f6f96713d044ded"},
        {"MD5-sess", "auth", "e783283f46242139c486a698fec7211d"},
        {"MD5-sess", "auth-int", "95a97f9edf077a8935ef998409f66850"},
        {"SHA-256", "auth", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"},
        {"SHA-256", "auth-int", "b3a4a0111e74e28223bac4af55ade12af037f6c8a019923135a0dca0d384407f"},
        {"sha-256-SESS", "auth", "2fd51b3a77ad75bad6afad6003e818d767133c46d9e2749e7f5232ae1ea3efd7"},
        {"SHA-256-sess", "auth-int", "f58ef7e67e5cd19cae4211da1f053c267649b0cd717561fc99ad03fccbe0152f"},
        {"SHA-512-256", "auth", "430d05014cecc49cab6fbe03176d41a1da86cbfe24a16580e22aaad928d960d0"},
        {"SHA-512-256", "auth-int", "631be824ac300042f70f9fd3050e439eb706f91ec48c3bacb8c102a628f68cd4"},
        {"SHA-512-256-sess", "auth", "3f2a34f923c38b0fb26dce2fdfc2ce326c23cecf86fbb1444f3e51fbbc2cb92e"},
        {"SHA-512-256-sess", "auth-int", "b0298a54e3165e9a68059b5199519de0c413ba1009fe63cbadc6467c348ed236"},
    };
    std::string user = "Mufasa", password = "Circle of Life";
    sip_creds c = creds(user, password);
    for (auto &k : cases) {
        std::string value = std::string("Digest realm=\"http-auth@example.org\", qop=\"") + k.qop +
                            "\", algorithm=" + k.alg + ", nonce=\"" + kNonce +
                            "\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
        sip_challenge ch;
        ASSERT_EQ(challenge(value, &ch), SX_OK) << value;
        Buf out;
        ASSERT_EQ(sip_digest_authorize(&c, &ch, SX_LIT("GET"), SX_LIT("/dir/index.html"), SX_LIT("v=0"), 1,
                                       sx_slice_str(kCnonce), out),
                  SX_OK);
        EXPECT_EQ(response_in(out.text()), k.response) << k.alg << " " << k.qop;
        sip_authorization a;
        std::string text = out.text();
        ASSERT_EQ(authorization(text, &a), SX_OK) << text;
        EXPECT_EQ(a.nc, 1u);
        EXPECT_EQ(str(a.opaque), "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS");
        EXPECT_EQ(sip_digest_verify(&a, &c, SX_LIT("GET"), SX_LIT("v=0")), SX_OK);
        EXPECT_EQ(sip_digest_verify(&a, &c, SX_LIT("PUT"), SX_LIT("v=0")), SX_E_AUTH);
        EXPECT_EQ(sip_digest_verify(&a, &c, SX_LIT("GET"), SX_LIT("v=1")),
                  std::string(k.qop) == "auth" ? SX_OK : SX_E_AUTH);
        std::string wrong = "circle of life";
        sip_creds w = creds(user, wrong);
        EXPECT_EQ(sip_digest_verify(&a, &w, SX_LIT("GET"), SX_LIT("v=0")), SX_E_AUTH);
        char ha1[65];
        ASSERT_EQ(sip_digest_ha1(a.alg, S(user), SX_LIT("http-auth@example.org"), S(password), ha1), SX_OK);
        sip_creds stored = {};
        stored.ha1 = sx_slice_str(ha1);
        EXPECT_EQ(sip_digest_verify(&a, &stored, SX_LIT("GET"), SX_LIT("v=0")), SX_OK) << "HA1 instead of the password";
    }
}

TEST(Digest, OldServersWithoutQop) {
    // RFC 2617 3.5 gives the qop form; the RFC 2069 form of the same values
    std::string user = "Mufasa", password = "Circle Of Life";
    sip_creds c = creds(user, password);
    sip_challenge ch;
    ASSERT_EQ(challenge("Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"", &ch),
              SX_OK);
    EXPECT_EQ(ch.alg, SIP_DIGEST_MD5);
    Buf out;
    ASSERT_EQ(sip_digest_authorize(&c, &ch, SX_LIT("GET"), SX_LIT("/dir/index.html"), {}, 0, {}, out), SX_OK);
    EXPECT_EQ(response_in(out.text()), "670fd8c2df070c60b045671b8b24ff02");
    EXPECT_EQ(out.text().find("algorithm"), std::string::npos) << "what was not asked for is not sent";
    EXPECT_EQ(out.text().find("qop"), std::string::npos);
    ASSERT_EQ(
        challenge(
            "Digest realm=\"testrealm@host.com\", qop=\"foo, auth\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"",
            &ch),
        SX_OK);
    Buf q;
    ASSERT_EQ(sip_digest_authorize(&c, &ch, SX_LIT("GET"), SX_LIT("/dir/index.html"), {}, 1, SX_LIT("0a4f113b"), q),
              SX_OK);
    EXPECT_EQ(response_in(q.text()), "6629fae49393a05397450978507c4ef1");
}

TEST(Digest, NamesWithQuotesAndUtf8) {
    std::string user = "J\xc3\xa4s\xc3\xb8n \"D\\oe\"", password = "Secret, or not?";
    sip_creds c = creds(user, password);
    sip_challenge ch;
    ASSERT_EQ(challenge("Digest realm=\"a \\\"b\\\" \\c\", nonce=\"x\\y\", qop=auth, algorithm=SHA-256", &ch), SX_OK);
    Buf out;
    ASSERT_EQ(sip_digest_authorize(&c, &ch, SX_LIT("REGISTER"), SX_LIT("sip:x"), {}, 0x1ff, SX_LIT("cc"), out), SX_OK);
    EXPECT_NE(out.text().find("username=\"J\xc3\xa4s\xc3\xb8n \\\"D\\\\oe\\\"\""), std::string::npos);
    EXPECT_NE(out.text().find("realm=\"a \\\"b\\\" \\c\""), std::string::npos) << "sent back as it came";
    EXPECT_NE(out.text().find("nc=000001ff"), std::string::npos);
    sip_authorization a;
    std::string text = out.text();
    ASSERT_EQ(authorization(text, &a), SX_OK);
    EXPECT_EQ(sip_digest_verify(&a, &c, SX_LIT("REGISTER"), {}), SX_OK);
    char ha1[65];
    ASSERT_EQ(sip_digest_ha1(SIP_DIGEST_SHA256, S(user), SX_LIT("a \"b\" c"), S(password), ha1), SX_OK);
    sip_creds stored = {};
    stored.ha1 = sx_slice_str(ha1);
    EXPECT_EQ(sip_digest_verify(&a, &stored, SX_LIT("REGISTER"), {}), SX_OK);
}

TEST(Digest, TheStrongestChallengeOfEachRealmIsAnswered) {
    Parsed m(
        "SIP/2.0 401 Unauthorized\r\n"
        "WWW-Authenticate: Digest realm=\"one\", nonce=\"1\", algorithm=MD5\r\n"
        "WWW-Authenticate: Digest realm=\"one\", nonce=\"2\", algorithm=SHA-999, Digest realm=\"two\",nonce=\"3\"\r\n"
        "WWW-Authenticate: Digest realm=\"one\", nonce=\"4\", algorithm=SHA-256, stale=TRUE\r\n"
        "WWW-Authenticate: Digest realm=\"one\", nonce=\"5\", algorithm=SHA-256-sess, qop=auth\r\n"
        "WWW-Authenticate: Basic realm=\"one\"\r\n"
        "Proxy-Authenticate: Digest realm=\"one\", nonce=\"6\", qop=\"unknown\"\r\n"
        "Proxy-Authenticate: Digest realm=\"one\", nonce=\"7\", qop=\"auth-int\"\r\n\r\n");
    sip_challenge got[8];
    ASSERT_EQ(sip_challenges(m.get(), got, 8), 3);
    EXPECT_EQ(str(got[0].nonce), "4");
    EXPECT_TRUE(got[0].stale);
    EXPECT_EQ(str(got[1].nonce), "3");
    EXPECT_EQ(str(got[2].nonce), "7");
    EXPECT_TRUE(got[2].proxy);
    EXPECT_EQ(sip_challenge_answer_hdr(&got[2]), SIP_HDR_PROXY_AUTHORIZATION);
    EXPECT_EQ(sip_challenges(m.get(), got, 1), 1);
    EXPECT_EQ(str(got[0].nonce), "4");
}

TEST(Digest, BrokenChallengesAreRefused) {
    sip_challenge ch;
    EXPECT_EQ(challenge("Digest nonce=\"x\"", &ch), SX_E_FORMAT);
    EXPECT_EQ(challenge("Digest realm=\"x\"", &ch), SX_E_FORMAT);
    EXPECT_EQ(challenge("Basic realm=\"x\"", &ch), SX_E_UNSUPPORTED);
    EXPECT_EQ(challenge("Digest realm=x, nonce=y, algorithm=AKAv1-MD5", &ch), SX_E_UNSUPPORTED);
    EXPECT_EQ(challenge("Digest realm=x, nonce=y, qop=\"token\"", &ch), SX_E_UNSUPPORTED);
}

TEST(Digest, WrongInputIsRefusedNotSent) {
    sip_challenge ch;
    ASSERT_EQ(challenge("Digest realm=x, nonce=y, qop=auth", &ch), SX_OK);
    std::string user = "u", pw = "p";
    sip_creds c = creds(user, pw);
    auto run = [&](const sip_creds &k, sx_slice uri, uint32_t nc, sx_slice cnonce) {
        Buf out;
        int rc = sip_digest_authorize(&k, &ch, SX_LIT("BYE"), uri, {}, nc, cnonce, out);
        if (rc != SX_OK) {
            EXPECT_EQ(out.text(), "");
        }
        return rc;
    };
    EXPECT_EQ(run(c, SX_LIT("sip:a"), 1, SX_LIT("c")), SX_OK);
    EXPECT_EQ(run(c, SX_LIT("sip:a"), 0, SX_LIT("c")), SX_E_INVALID);
    EXPECT_EQ(run(c, SX_LIT("sip:a"), 1, {}), SX_E_INVALID);
    EXPECT_EQ(run(c, SX_LIT("sip:\"a"), 1, SX_LIT("c")), SX_E_INVALID);
    EXPECT_EQ(run(c, SX_LIT("sip:a"), 1, SX_LIT("c\"")), SX_E_INVALID);
    sip_creds nobody = {};
    EXPECT_EQ(run(nobody, SX_LIT("sip:a"), 1, SX_LIT("c")), SX_E_INVALID);
    sip_creds crlf = {SX_LIT("a\r\nX: y"), SX_LIT("p"), {}};
    EXPECT_EQ(run(crlf, SX_LIT("sip:a"), 1, SX_LIT("c")), SX_E_INVALID);
    sip_creds short_ha1 = {SX_LIT("a"), {}, SX_LIT("abc")};
    EXPECT_EQ(run(short_ha1, SX_LIT("sip:a"), 1, SX_LIT("c")), SX_E_AUTH);
    char small[20];
    sx_buf fixed;
    sx_buf_init_fixed(&fixed, small, sizeof small);
    EXPECT_EQ(sip_digest_authorize(&c, &ch, SX_LIT("BYE"), SX_LIT("sip:a"), {}, 1, SX_LIT("c"), &fixed), SX_E_NOMEM);
}

TEST(Digest, CredentialsAreReadAndFoundByRealm) {
    Parsed m(
        "REGISTER sip:a SIP/2.0\r\n"
        "Authorization: Digest username=\"u\",realm=\"other\",nonce=\"n\",uri=\"sip:a\",response=\"r\"\r\n"
        "Authorization: Digest username=\"u\", realm=\"mine\", nonce=\"n\", uri=\"sip:a\", response=\"00\", qop=auth, "
        "nc=0000000a, cnonce=\"c\"\r\n"
        "Authorization: Digest username=\"u\",realm=\"say "
        "\\\"hi\\\"\",nonce=\"n\",uri=\"sip:a\",response=\"r\"\r\n\r\n");
    sip_authorization a;
    ASSERT_EQ(sip_authorization_find(m.get(), false, SX_LIT("mine"), &a), SX_OK);
    EXPECT_EQ(a.nc, 10u);
    EXPECT_EQ(a.qop, SIP_QOP_AUTH);
    EXPECT_EQ(sip_authorization_find(m.get(), true, SX_LIT("mine"), &a), SX_E_NOT_FOUND);
    EXPECT_EQ(sip_authorization_find(m.get(), false, SX_LIT("say \"hi\""), &a), SX_OK);
    EXPECT_EQ(sip_authorization_find(m.get(), false, SX_LIT("min"), &a), SX_E_NOT_FOUND);
    EXPECT_EQ(sip_authorization_find(m.get(), false, SX_LIT("x"), &a), SX_E_NOT_FOUND);
    const std::string good = "Digest username=\"u\",realm=\"r\",nonce=\"n\",uri=\"sip:a\",response=\"x\"";
    EXPECT_EQ(authorization(good, &a), SX_OK);
    EXPECT_EQ(authorization(good + ",qop=auth,cnonce=\"c\"", &a), SX_E_FORMAT) << "nc is missing";
    EXPECT_EQ(authorization(good + ",qop=auth,cnonce=\"c\",nc=123456789", &a), SX_E_FORMAT);
    EXPECT_EQ(authorization(good + ",qop=odd,cnonce=\"c\",nc=1", &a), SX_E_UNSUPPORTED);
    EXPECT_EQ(authorization(good + ",username=\"v\"", &a), SX_E_FORMAT) << "said twice";
    EXPECT_EQ(authorization("Digest username=\"u\"", &a), SX_E_FORMAT);
}

TEST(Digest, NoncesNeedNoMemory) {
    uint8_t salt[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    sx_slice key = SX_LIT("a key of thirty-two bytes or more"), realm = SX_LIT("r");
    Buf n;
    ASSERT_EQ(sip_nonce_make(n, key, realm, 1000000, salt), SX_OK);
    std::string nonce = n.text();
    EXPECT_EQ(sip_nonce_check(S(nonce), key, realm, 1000000, 60000), SIP_NONCE_GOOD);
    EXPECT_EQ(sip_nonce_check(S(nonce), key, realm, 1060000, 60000), SIP_NONCE_GOOD);
    EXPECT_EQ(sip_nonce_check(S(nonce), key, realm, 1060001, 60000), SIP_NONCE_STALE);
    EXPECT_EQ(sip_nonce_check(S(nonce), key, realm, 996000, 60000), SIP_NONCE_GOOD);
    EXPECT_EQ(sip_nonce_check(S(nonce), key, realm, 900000, 60000), SIP_NONCE_STALE);
    EXPECT_EQ(sip_nonce_check(S(nonce), SX_LIT("another"), realm, 1000000, 60000), SIP_NONCE_FOREIGN);
    EXPECT_EQ(sip_nonce_check(S(nonce), key, SX_LIT("s"), 1000000, 60000), SIP_NONCE_FOREIGN);
    for (size_t i = 0; i < nonce.size(); i++) {
        std::string bent = nonce;
        bent[i] = bent[i] == '0' ? '1' : '0';
        EXPECT_EQ(sip_nonce_check(S(bent), key, realm, 1000000, 60000), SIP_NONCE_FOREIGN) << i;
    }
    EXPECT_EQ(sip_nonce_check(SX_LIT("short"), key, realm, 0, 1), SIP_NONCE_FOREIGN);
}

TEST(Digest, ServerAndClientMeet) {
    uint8_t salt[8] = {0};
    std::string user = "alice", pw = "secret";
    for (int alg = SIP_DIGEST_MD5; alg <= SIP_DIGEST_SHA512_256_SESS; alg++)
        for (int qop = alg % 2 ? 0 : 1; qop <= 3; qop++) {
            Buf nonce, value, auth;
            ASSERT_EQ(sip_nonce_make(nonce, SX_LIT("k"), SX_LIT("re\"alm"), 5, salt), SX_OK);
            ASSERT_EQ(sip_challenge_write(value, SX_LIT("re\"alm"), sx_buf_view(nonce), (sip_digest_alg)alg,
                                          (uint8_t)qop, qop == 2),
                      SX_OK);
            sip_challenge ch;
            std::string text = value.text();
            ASSERT_EQ(challenge(text, &ch), SX_OK) << text;
            EXPECT_EQ(ch.alg, alg);
            EXPECT_EQ(ch.qop, qop);
            EXPECT_EQ(ch.stale, qop == 2);
            sip_creds c = creds(user, pw);
            ASSERT_EQ(
                sip_digest_authorize(&c, &ch, SX_LIT("INVITE"), SX_LIT("sip:b"), SX_LIT("body"), 7, SX_LIT("cn"), auth),
                SX_OK);
            sip_authorization a;
            std::string answer = auth.text();
            ASSERT_EQ(authorization(answer, &a), SX_OK) << answer;
            EXPECT_EQ(sip_nonce_check(a.nonce, SX_LIT("k"), SX_LIT("re\"alm"), 6, 10), SIP_NONCE_GOOD);
            EXPECT_EQ(sip_digest_verify(&a, &c, SX_LIT("INVITE"), SX_LIT("body")), SX_OK) << answer;
        }
    Buf b;
    EXPECT_EQ(sip_challenge_write(b, SX_LIT("r"), SX_LIT("n"), SIP_DIGEST_NONE, 0, false), SX_E_UNSUPPORTED);
}
