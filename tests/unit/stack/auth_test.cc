// Credentials of an account: what is accepted, and which challenge they answer.
#include <gtest/gtest.h>

#include <string>
#include <vector>

extern "C" {
#include "sip/digest.h"
#include "stack/auth_pool.h"
#include "stack/internal.h"
}
#include "support/oom.h"

namespace {

sx_slice sl(const std::string &s) { return sx_slice_of(s.data(), s.size()); }

struct Answered {
    int rc;
    std::string lines;
};

stack_flow flow_to(const char *host, stack_transport t = STACK_UDP) {
    stack_flow f = {};
    f.id = 1;
    f.transport = t;
    EXPECT_TRUE(net_addr_parse(&f.remote, sx_slice_str(host), 5060));
    return f;
}

std::string written(stack_auth *a, stack_auth_try *tries, const stack_flow &f) {
    sx_buf b;
    sx_buf_init(&b);
    stack_auth_write(a, &f, SX_LIT("REGISTER"), SX_LIT("sip:b"), sx_slice_empty(), tries, &b);
    std::string s(b.p ? b.p : "", b.n);
    sx_buf_free(&b);
    return s;
}

int heard(stack_auth *a, const std::string &challenges, stack_auth_try *tries, const stack_flow &f,
          std::string *why = nullptr) {
    std::string m =
        "SIP/2.0 401 X\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\n"
        "Call-ID: c\r\nCSeq: 1 REGISTER\r\n" +
        challenges + "Content-Length: 0\r\n\r\n";
    sip_scratch s;
    EXPECT_EQ(sip_parse(&s, m.data(), m.size(), nullptr, nullptr), SX_OK);
    const char *words;
    int rc = stack_auth_challenged(a, &s.msg, &f, tries, &words);
    if (why) *why = words;
    return rc;
}

Answered answer(stack_auth *a, const std::string &challenges, stack_auth_try *tries, const char *host = "10.0.0.1",
                stack_transport t = STACK_UDP) {
    Answered r;
    r.rc = heard(a, challenges, tries, flow_to(host, t));
    if (r.rc == SX_OK) r.lines = written(a, tries, flow_to(host, t));
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

bool has(const std::string &s, const std::string &what) { return s.find(what) != std::string::npos; }

const std::string kMd5(32, 'a'), kSha(64, 'b');
const char *kBoth = "WWW-Authenticate: Digest realm=\"r\", nonce=\"md5\", algorithm=MD5, qop=\"auth\"\r\n"
                    "WWW-Authenticate: Digest realm=\"r\", nonce=\"sha\", algorithm=SHA-256, qop=\"auth\"\r\n"
                    "WWW-Authenticate: Digest realm=\"r\", nonce=\"512\", algorithm=SHA-512-256, qop=\"auth\"\r\n";

TEST(StackAuth, AnHa1ServesTheAlgorithmItWasMadeWithAndNoOther) {
    const struct {
        std::string ha1;
        const char *nonce;
    } cases[] = {{kMd5, "md5"},
                 {kSha, "sha"},
                 {"SHA-512-256:" + kSha, "512"},
                 {"MD5:" + kMd5 + ", SHA-256:" + kSha, "sha"},
                 {"sha-256:" + kSha, "sha"}};
    for (auto &c : cases) {
        stack_auth *a = stack_auth_create();
        ASSERT_EQ(stack_auth_add(a, sx_slice_empty(), SX_LIT("u"), sx_slice_empty(), sl(c.ha1)), SX_OK) << c.ha1;
        stack_auth_try tries[STACK_MAX_REALMS] = {};
        Answered r = answer(a, kBoth, tries);
        EXPECT_EQ(r.rc, SX_OK);
        EXPECT_TRUE(has(r.lines, std::string("nonce=\"") + c.nonce + "\"")) << c.ha1 << r.lines;
        stack_auth_unref(a);
    }
    stack_auth *a = stack_auth_create();
    for (auto &bad : {std::string("MD5:") + kSha, "SHA-256:" + kMd5, std::string("ROT13:") + kMd5, kMd5 + ",x",
                      ":" + kMd5, "MD5-sess:" + kMd5, kMd5 + ","})
        EXPECT_EQ(stack_auth_add(a, sx_slice_empty(), SX_LIT("u"), sx_slice_empty(), sl(bad)), SX_E_INVALID) << bad;
    EXPECT_FALSE(stack_auth_has_credentials(a)) << "a list with one bad entry adds nothing";
    stack_auth_unref(a);
}

TEST(StackAuth, AMadeUpHa1IsTheSameAsThePassword) {
    char hex[65];
    ASSERT_EQ(sip_digest_ha1(SIP_DIGEST_SHA256, SX_LIT("u"), SX_LIT("r"), SX_LIT("p"), hex), SX_OK);
    std::string both[2];
    for (int i = 0; i < 2; i++) {
        stack_auth *a = stack_auth_create();
        stack_auth_add(a, sx_slice_empty(), SX_LIT("u"), i ? SX_LIT("p") : sx_slice_empty(),
                       i ? sx_slice_empty() : sx_slice_str(hex));
        stack_auth_try tries[STACK_MAX_REALMS] = {};
        both[i] = answer(a, "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=SHA-256\r\n", tries).lines;
        stack_auth_unref(a);
    }
    EXPECT_EQ(both[0], both[1]);
}

TEST(StackAuth, ATokenGoesOverTlsOnlyAndOnlyToWhomAskedForIt) {
    const char *ask = "WWW-Authenticate: Bearer realm=\"r\", authz_server=\"https://login.example\"\r\n";
    stack_auth *a = stack_auth_create();
    EXPECT_EQ(stack_auth_set_token(a, SX_LIT("no token")), SX_E_INVALID);
    EXPECT_EQ(stack_auth_set_token(a, SX_LIT("x\r\nY: z")), SX_E_INVALID);
    ASSERT_EQ(stack_auth_set_token(a, SX_LIT("abc.def-_~+/==")), SX_OK);
    for (stack_transport t : {STACK_UDP, STACK_TCP, STACK_WS}) {
        stack_auth_try tries[STACK_MAX_REALMS] = {};
        std::string why;
        EXPECT_EQ(heard(a, ask, tries, flow_to("10.0.0.1", t), &why), SX_E_AUTH);
        EXPECT_TRUE(has(why, "TLS")) << why;
    }
    stack_auth_try tries[STACK_MAX_REALMS] = {};
    EXPECT_EQ(written(a, tries, flow_to("10.0.0.1", STACK_TLS)), "") << "nobody asked yet";
    Answered r = answer(a, ask, tries, "10.0.0.1", STACK_TLS);
    EXPECT_EQ(r.lines, "Authorization: Bearer abc.def-_~+/==\r\n");
    stack_auth_try next[STACK_MAX_REALMS] = {};
    EXPECT_EQ(written(a, next, flow_to("10.0.0.1", STACK_WSS)), r.lines);
    EXPECT_EQ(written(a, next, flow_to("10.0.0.1", STACK_TCP)), "") << "the same server without TLS";
    EXPECT_EQ(written(a, next, flow_to("10.0.0.2", STACK_TLS)), "");
    stack_auth_unref(a);
}

TEST(StackAuth, ARefusedTokenIsNotTriedAgainAndANewOneIs) {
    const char *ask = "Proxy-Authenticate: Bearer realm=\"r\", error=\"invalid_token\"\r\n";
    stack_auth *a = stack_auth_create();
    stack_auth_set_token(a, SX_LIT("one"));
    stack_auth_try tries[STACK_MAX_REALMS] = {};
    EXPECT_EQ(answer(a, ask, tries, "10.0.0.1", STACK_TLS).lines, "Proxy-Authorization: Bearer one\r\n");
    EXPECT_EQ(answer(a, ask, tries, "10.0.0.1", STACK_TLS).rc, SX_E_AUTH);
    stack_auth_set_token(a, SX_LIT("two"));
    stack_auth_try later[STACK_MAX_REALMS] = {};
    EXPECT_EQ(answer(a, ask, later, "10.0.0.1", STACK_TLS).lines, "Proxy-Authorization: Bearer two\r\n");
    stack_auth_unref(a);
}

TEST(StackAuth, WithTokenAndPasswordTheTokenIsForTlsAndThePasswordForTheRest) {
    const char *ask = "WWW-Authenticate: Digest realm=\"r\", nonce=\"1\"\r\nWWW-Authenticate: Bearer realm=\"r\"\r\n";
    for (stack_transport t : {STACK_TLS, STACK_TCP}) {
        stack_auth *a = stack_auth_create();
        stack_auth_add(a, sx_slice_empty(), SX_LIT("u"), SX_LIT("p"), sx_slice_empty());
        stack_auth_set_token(a, SX_LIT("tok"));
        stack_auth_try tries[STACK_MAX_REALMS] = {};
        Answered r = answer(a, ask, tries, "10.0.0.1", t);
        EXPECT_EQ(has(r.lines, "Bearer tok"), t == STACK_TLS) << r.lines;
        EXPECT_EQ(has(r.lines, "Digest"), t == STACK_TCP) << r.lines;
        stack_auth_unref(a);
    }
}

struct Pool {
    stack_auth_pool *pool = stack_auth_pool_create();
    std::vector<stack_auth *> all;
    ~Pool() {
        for (auto *a : all) stack_auth_unref(a);
        stack_auth_pool_unref(pool);
    }
    stack_auth *add(const char *user, const char *home = "") {
        stack_auth *a = stack_auth_create_in(pool, sx_slice_str(home));
        stack_auth_add(a, sx_slice_empty(), sx_slice_str(user), SX_LIT("p"), sx_slice_empty());
        all.push_back(a);
        return a;
    }
};
std::string digest(const std::string &realm, const std::string &nonce) {
    return "WWW-Authenticate: Digest realm=\"" + realm + "\", nonce=\"" + nonce + "\", qop=\"auth\"\r\n";
}

TEST(StackAuth, AccountsOfOneDomainShareTheNonceAndItsCount) {
    Pool p;
    stack_auth *a = p.add("a", "r"), *b = p.add("b", "r");
    stack_auth_try ta[STACK_MAX_REALMS] = {}, tb[STACK_MAX_REALMS] = {};
    EXPECT_TRUE(has(answer(a, digest("r", "n1"), ta).lines, "nc=00000001"));
    std::string line = written(b, tb, flow_to("10.0.0.1"));
    EXPECT_TRUE(has(line, "username=\"b\"") && has(line, "nonce=\"n1\"") && has(line, "nc=00000002")) << line;
    EXPECT_EQ(written(b, tb, flow_to("10.0.0.2")), "") << "another server gets nothing";
    stack_auth_try again[STACK_MAX_REALMS] = {};
    EXPECT_TRUE(has(answer(b, digest("r", "n2"), again).lines, "nc=00000001"));
    EXPECT_TRUE(has(written(a, ta, flow_to("10.0.0.1")), "nonce=\"n2\"")) << "the new nonce serves all";
}

TEST(StackAuth, ARealmThatAnAccountNeverMetIsNoneOfItsBusiness) {
    Pool p;
    stack_auth *a = p.add("a", "tenant-a"), *b = p.add("b", "tenant-b");
    stack_auth_try t[STACK_MAX_REALMS] = {}, tb[STACK_MAX_REALMS] = {};
    answer(a, digest("tenant-a", "n1"), t);
    answer(a, digest("asterisk", "n2"), t);
    EXPECT_EQ(written(b, tb, flow_to("10.0.0.1")), "");
    EXPECT_TRUE(has(answer(b, digest("asterisk", "n3"), tb).lines, "nonce=\"n3\""));
    stack_auth_try later[STACK_MAX_REALMS] = {};
    EXPECT_TRUE(has(written(a, later, flow_to("10.0.0.1")), "nonce=\"n3\"")) << "both have met it: shared";
}

TEST(StackAuth, AServerWhoseNoncesAreForOneUserOnlyIsNoticed) {
    Pool p;
    stack_auth *a = p.add("a", "r"), *b = p.add("b", "r");
    int n = 0, refused = 0;
    std::string mine[2];
    for (int round = 0; round < 20; round++) { /* each accepts only the nonce that was given to itself */
        for (int who = 0; who < 2; who++) {
            stack_auth *x = who ? b : a;
            stack_auth_try t[STACK_MAX_REALMS] = {};
            std::string line = written(x, t, flow_to("10.0.0.1"));
            if (!mine[who].empty() && has(line, "nonce=\"" + mine[who] + "\"")) continue;
            mine[who] = "n" + std::to_string(n++);
            Answered r = answer(x, digest("r", mine[who]), t);
            EXPECT_EQ(r.rc, SX_OK);
            EXPECT_TRUE(has(r.lines, "nonce=\"" + mine[who] + "\"")) << "the retry uses what it was just given";
            refused++;
        }
    }
    EXPECT_LE(refused, 2 + STACK_KNOWN_MISSES + 2) << "later each keeps its own";
}

TEST(StackAuth, RunningOutOfMemoryLosesNothingThatWasKnown) {
    OomEach([&] {
        stack_auth_pool *pool = stack_auth_pool_create();
        stack_auth *a = pool ? stack_auth_create_in(pool, SX_LIT("r")) : nullptr;
        stack_auth_pool_unref(pool);
        if (!a) return;
        std::string two = "MD5:" + kMd5 + ",SHA-256:" + kSha;
        stack_auth_try tries[STACK_MAX_REALMS] = {};
        int rc = stack_auth_add(a, sx_slice_empty(), SX_LIT("u"), sx_slice_empty(), sl(two));
        EXPECT_EQ(stack_auth_has_credentials(a), rc == SX_OK);
        if (rc == SX_OK) answer(a, digest("r", "n1"), tries);
        if (rc == SX_OK) answer(a, digest("r", "n2"), tries);
        stack_auth_set_token(a, SX_LIT("tok"));
        stack_auth_unref(a);
    });
}

} // namespace
