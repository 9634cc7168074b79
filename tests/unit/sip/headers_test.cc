#include <gtest/gtest.h>

#include <random>

extern "C" {
#include "sip/headers.h"
#include "sip/lex.h"
#include "sip/scan.h"
}
#include "sip_test.h"

namespace {

// A message with just these header lines.
Parsed with(const std::string &lines) { return Parsed("OPTIONS sip:a@b SIP/2.0\r\n" + lines + "\r\n"); }

std::vector<std::string> elements(const std::string &lines, sip_hdr_id id, int *end = nullptr) {
    Parsed m = with(lines);
    EXPECT_EQ(m.rc, SX_OK) << lines;
    sip_list l;
    sx_slice one;
    std::vector<std::string> out;
    int rc;
    sip_list_begin(&l, m.get(), id);
    while ((rc = sip_list_next(&l, &one)) > 0) out.push_back(str(one));
    if (end) *end = rc;
    EXPECT_EQ(sip_list_next(&l, &one), 0) << "a list stays over";
    return out;
}
using Strings = std::vector<std::string>;

} // namespace

TEST(Lists, CommasHeadersAndQuotesAreToldApart) {
    EXPECT_EQ(elements("Route: <sip:a,b@c;lr>, \"x,\\\",y\" <sip:d>;p=\"1,2\" , e\r\nX: y\r\nRoute: f,,g,\r\n",
                       SIP_HDR_ROUTE),
              (Strings{"<sip:a,b@c;lr>", "\"x,\\\",y\" <sip:d>;p=\"1,2\"", "e", "f", "g"}));
    EXPECT_EQ(elements("Require: a\r\n ,\r\n\tb\r\n", SIP_HDR_REQUIRE), (Strings{"a", "b"}));
    EXPECT_EQ(elements("Require:\r\n", SIP_HDR_REQUIRE), Strings{});
    EXPECT_EQ(elements("X: y\r\n", SIP_HDR_REQUIRE), Strings{});
    int end;
    EXPECT_EQ(elements("Route: a, \"b\r\nRoute: c\r\n", SIP_HDR_ROUTE, &end), Strings{"a"});
    EXPECT_EQ(end, SX_E_FORMAT);
    elements("Route: <sip:a, <sip:b\r\n", SIP_HDR_ROUTE, &end);
    EXPECT_EQ(end, SX_E_FORMAT);
}

TEST(Lists, OptionTagsAndTokens) {
    Parsed m = with("Require: 100rel, nothing, Timer\r\nRequire: path\r\nAllow: INVITE,ACK\r\n");
    int unknown;
    EXPECT_EQ(sip_option_tags(m.get(), SIP_HDR_REQUIRE, &unknown),
              (uint32_t)(SIP_TAG_100REL | SIP_TAG_TIMER | SIP_TAG_PATH));
    EXPECT_EQ(unknown, 1);
    EXPECT_TRUE(sip_list_has(m.get(), SIP_HDR_REQUIRE, SX_LIT("PATH")));
    EXPECT_FALSE(sip_list_has(m.get(), SIP_HDR_REQUIRE, SX_LIT("gruu")));
    EXPECT_TRUE(sip_list_has(m.get(), SIP_HDR_ALLOW, SX_LIT("ACK")));
}

TEST(Params, AllShapes) {
    sx_slice rest = SX_LIT("a ; b = c;d=\"e;\\\"f\";\r\n g=[::1]");
    sip_param p;
    ASSERT_TRUE(sip_param_next(&rest, &p));
    EXPECT_EQ(str(p.name), "a");
    EXPECT_EQ(p.value.p, nullptr);
    ASSERT_TRUE(sip_param_next(&rest, &p));
    EXPECT_EQ(str(p.value), "c");
    ASSERT_TRUE(sip_param_next(&rest, &p));
    EXPECT_EQ(str(p.value), "\"e;\\\"f\"");
    ASSERT_TRUE(sip_param_next(&rest, &p));
    EXPECT_EQ(str(p.value), "[::1]");
    EXPECT_FALSE(sip_param_next(&rest, &p));
    sx_slice v;
    EXPECT_TRUE(sip_param_get(SX_LIT("x=1;Y=\"2\""), SX_LIT("y"), &v));
    EXPECT_EQ(str(v), "2");
    EXPECT_FALSE(sip_param_get(SX_LIT("x=1;;y=2"), SX_LIT("y"), &v));
    EXPECT_FALSE(sip_param_get(sx_slice_empty(), SX_LIT("y"), &v));
}

TEST(Addr, FormsOfTheField) {
    struct {
        const char *text, *display, *uri, *params, *tag;
    } cases[] = {
        {"<sip:a@b>", "", "sip:a@b", "", nullptr},
        {"Alice <sip:a@b>;tag=x", "Alice", "sip:a@b", "tag=x", "x"},
        {"\"A <,> B\\\"\" <sip:a@b;lr> ; x ; tag = y", "\"A <,> B\\\"\"", "sip:a@b;lr", "x ; tag = y", "y"},
        {"sip:a@b;tag=x", "", "sip:a@b", "tag=x", "x"},
        {"sip:a@b ;   tag    = 1918181833n", "", "sip:a@b", "tag    = 1918181833n", "1918181833n"},
        {"caller<sip:caller@example.com>;tag=323", "caller", "sip:caller@example.com", "tag=323", "323"},
        {"token1~` token2'+_ token3*%!.- <sip:mundane@example.com>", "token1~` token2'+_ token3*%!.-",
         "sip:mundane@example.com", "", nullptr},
        {"\"Watson, Thomas\" < sip:t.watson@example.org >", "\"Watson, Thomas\"", "sip:t.watson@example.org", "",
         nullptr},
        {"isbn:2983792873", "", "isbn:2983792873", "", nullptr},
        {"<http://x/y>;expires=3;", "", "http://x/y", "expires=3;", nullptr},
        {"J\xc3\xb6rg <sip:j@b>;TAG=q", "J\xc3\xb6rg", "sip:j@b", "TAG=q", "q"},
        {"\"\" <sip:a@b>;tag", "\"\"", "sip:a@b", "tag", ""},
    };
    for (auto &c : cases) {
        sip_addr a;
        ASSERT_EQ(sip_addr_read(sx_slice_str(c.text), &a), SX_OK) << c.text;
        EXPECT_EQ(str(a.display), c.display) << c.text;
        EXPECT_EQ(str(a.uri), c.uri) << c.text;
        EXPECT_EQ(str(a.params), c.params) << c.text;
        sx_slice tag = sip_addr_tag(&a);
        EXPECT_EQ(tag.p == nullptr, c.tag == nullptr) << c.text;
        if (c.tag) {
            EXPECT_EQ(str(tag), c.tag) << c.text;
        }
    }
    for (const char *bad :
         {"", "  ", "\"a <sip:b>", "\"a\" sip:b", "<sip:b", "<>", "A <sip:b> x", "<sip:b>;;x", "noscheme",
          "A \"b\" <sip:c>", "<sip:a>, <sip:b>", ",", "<sip:a>;=x", "<sip:a>;x=\"y", ":x"}) {
        sip_addr a;
        EXPECT_EQ(sip_addr_read(sx_slice_str(bad), &a), SX_E_FORMAT) << bad;
    }
}

TEST(Addr, ListsAndStars) {
    Parsed m =
        with("Contact: \"a,b\" <sip:1>;expires=5, <sip:2>\r\nm: sip:3;q=0.5,sip:4\r\nExpires: 99\r\nRoute: *\r\n");
    sip_list l;
    sip_addr a;
    std::vector<std::string> uris;
    std::vector<uint32_t> expires;
    sip_list_begin(&l, m.get(), SIP_HDR_CONTACT);
    while (sip_addr_next(&l, &a) > 0) {
        uris.push_back(str(a.uri));
        expires.push_back(sip_contact_expires(m.get(), &a, 7));
    }
    EXPECT_EQ(uris, (Strings{"sip:1", "sip:2", "sip:3", "sip:4"}));
    EXPECT_EQ(expires, (std::vector<uint32_t>{5, 99, 99, 99}));
    EXPECT_EQ(sip_addr_first(m.get(), SIP_HDR_ROUTE, &a), SX_OK);
    EXPECT_TRUE(a.star);
    EXPECT_EQ(sip_addr_first(m.get(), SIP_HDR_PATH, &a), SX_E_NOT_FOUND);
}

TEST(Addr, ExpiresOutOfRange) {
    Parsed none = with(""), huge = with("Expires: 99999999999999\r\n"), junk = with("Expires: soon\r\n");
    sip_addr a = {};
    EXPECT_EQ(sip_contact_expires(none.get(), &a, 7), 7u);
    EXPECT_EQ(sip_contact_expires(huge.get(), nullptr, 7), UINT32_MAX);
    EXPECT_EQ(sip_contact_expires(junk.get(), nullptr, 7), 3600u);
    a.params = SX_LIT("expires=\"5\"");
    EXPECT_EQ(sip_contact_expires(none.get(), &a, 7), 5u);
}

TEST(Via, FormsOfTheField) {
    sip_via v;
    ASSERT_EQ(
        sip_via_read(
            SX_LIT("SIP/2.0/UDP 192.0.2.2:5060;rport=9;branch=390skdjuw;received=[2001:db8::9];ttl=16;maddr=m"), &v),
        SX_OK);
    EXPECT_EQ(str(v.transport), "UDP");
    EXPECT_EQ(str(v.host), "192.0.2.2");
    EXPECT_EQ(v.port, 5060);
    EXPECT_EQ(v.rport, 9);
    EXPECT_EQ(str(v.received), "2001:db8::9");
    EXPECT_EQ(v.ttl, 16);
    EXPECT_EQ(str(v.maddr), "m");
    ASSERT_EQ(sip_via_read(SX_LIT("SIP  / 2.0\r\n /UDP\r\n    [2001:db8::9:1]  : 5070 ;rport;branch=z9hG4bKa"), &v),
              SX_OK);
    EXPECT_EQ(str(v.host), "2001:db8::9:1");
    EXPECT_EQ(v.port, 5070);
    EXPECT_TRUE(v.has_rport);
    EXPECT_EQ(v.rport, 0);
    ASSERT_EQ(sip_via_read(SX_LIT("sip/2.0/weird host"), &v), SX_OK);
    EXPECT_EQ(v.branch.p, nullptr);
    for (const char *bad :
         {"", "SIP/2.0/UDP", "SIP/2.0/UDP ", "SIP/1.0/UDP a", "SIP/2.0 UDP a", "SIP/2.0/UDP a:x", "SIP/2.0/UDP a:0",
          "SIP/2.0/UDP a:70000", "SIP/2.0/UDP [::1", "SIP/2.0/UDP a b", "SIP/2.0/UDP a;;b", "SIP/2.0/UDP a;rport=x",
          "SIP/2.0/UDP a;ttl=256", "SIP/2.0/UDP a, SIP/2.0/UDP b", "HTTP/2.0/UDP a"})
        EXPECT_EQ(sip_via_read(sx_slice_str(bad), &v), SX_E_FORMAT) << bad;
}

TEST(Via, ListsKeepTheirOrder) {
    Parsed m = with("Via: SIP/2.0/UDP a;branch=1 , SIP/2.0/TCP b;branch=2\r\nv: SIP/2.0/TLS c;branch=3\r\n");
    sip_list l;
    sip_via v;
    std::string seen;
    sip_list_begin(&l, m.get(), SIP_HDR_VIA);
    while (sip_via_next(&l, &v) > 0) seen += str(v.transport) + str(v.host) + str(v.branch) + " ";
    EXPECT_EQ(seen, "UDPa1 TCPb2 TLSc3 ");
    EXPECT_TRUE(sip_branch_is_3261(SX_LIT("z9hG4bKx")));
    EXPECT_TRUE(sip_branch_is_3261(SX_LIT("Z9HG4BKx")));
    EXPECT_FALSE(sip_branch_is_3261(SX_LIT("z9hG4bK")));
    EXPECT_FALSE(sip_branch_is_3261(sx_slice_empty()));
}

TEST(Values, NumbersAndCseq) {
    sip_cseq c;
    ASSERT_EQ(sip_cseq_read(SX_LIT("0009\r\n  INVITE"), &c), SX_OK);
    EXPECT_EQ(c.number, 9u);
    EXPECT_EQ(c.method, SIP_INVITE);
    ASSERT_EQ(sip_cseq_read(SX_LIT("139122385 !interesting-Method0123456789_*+`.%indeed'~"), &c), SX_OK);
    EXPECT_EQ(c.method, SIP_METHOD_OTHER);
    for (const char *bad :
         {"", "1", "1INVITE", "INVITE 1", "2147483648 BYE", "1 A B", "-1 BYE", "36893488147419103232 BYE"})
        EXPECT_EQ(sip_cseq_read(sx_slice_str(bad), &c), SX_E_FORMAT) << bad;
    sip_rack r;
    ASSERT_EQ(sip_rack_read(SX_LIT("776656 1 INVITE"), &r), SX_OK);
    EXPECT_EQ(r.rseq, 776656u);
    EXPECT_EQ(r.cseq.number, 1u);
    EXPECT_EQ(sip_rack_read(SX_LIT("1 INVITE"), &r), SX_E_FORMAT);
    Parsed m = with("Max-Forwards: 0068\r\nMin-Expires: 4294967296\r\n");
    uint32_t n;
    EXPECT_EQ(sip_number(m.get(), SIP_HDR_MAX_FORWARDS, 255, &n), SX_OK);
    EXPECT_EQ(n, 68u);
    EXPECT_EQ(sip_number(m.get(), SIP_HDR_MIN_EXPIRES, UINT32_MAX, &n), SX_E_LIMIT);
    EXPECT_EQ(sip_number(m.get(), SIP_HDR_EXPIRES, 9, &n), SX_E_NOT_FOUND);
}

TEST(Values, RetryAfterAndDelta) {
    sip_retry_after r;
    ASSERT_EQ(sip_retry_after_read(SX_LIT("18000;duration=3600"), &r), SX_OK);
    EXPECT_EQ(r.seconds, 18000u);
    EXPECT_EQ(r.duration, 3600u);
    ASSERT_EQ(sip_retry_after_read(SX_LIT("120 (I'm in a (long) \\) meeting)"), &r), SX_OK);
    EXPECT_EQ(str(r.comment), "I'm in a (long) \\) meeting");
    ASSERT_EQ(sip_retry_after_read(SX_LIT("99999999999"), &r), SX_OK);
    EXPECT_EQ(r.seconds, UINT32_MAX);
    EXPECT_EQ(sip_retry_after_read(SX_LIT("Mon, 1 Jan"), &r), SX_E_FORMAT);
    EXPECT_EQ(sip_retry_after_read(SX_LIT("1 (never"), &r), SX_E_FORMAT);
    uint32_t s;
    sx_slice params, v;
    ASSERT_EQ(sip_delta_read(SX_LIT("1800;refresher=uac"), &s, &params), SX_OK);
    EXPECT_TRUE(sip_param_get(params, SX_LIT("refresher"), &v));
    EXPECT_EQ(str(v), "uac");
    EXPECT_EQ(sip_delta_read(SX_LIT("90"), &s, nullptr), SX_OK);
    EXPECT_EQ(sip_delta_read(SX_LIT("x"), &s, nullptr), SX_E_FORMAT);
}

TEST(Values, TokensTypesReasonsAndReferences) {
    sip_media_type t;
    ASSERT_EQ(sip_media_type_read(SX_LIT("Multipart/ Mixed ;boundary=\"a;b\""), &t), SX_OK);
    EXPECT_TRUE(sip_media_type_is(&t, "multipart", "mixed"));
    sx_slice v;
    EXPECT_TRUE(sip_param_get(t.params, SX_LIT("boundary"), &v));
    EXPECT_EQ(str(v), "a;b");
    EXPECT_EQ(sip_media_type_read(SX_LIT("text"), &t), SX_E_FORMAT);
    EXPECT_EQ(sip_media_type_read(SX_LIT("text/"), &t), SX_E_FORMAT);
    sx_slice token, params;
    ASSERT_EQ(sip_token_read(SX_LIT("terminated;reason=noresource"), &token, &params), SX_OK);
    EXPECT_EQ(str(token), "terminated");
    sip_reason_value r;
    ASSERT_EQ(sip_reason_read(SX_LIT("Q.850 ;cause=16 ;text=\"Terminated\""), &r), SX_OK);
    EXPECT_EQ(str(r.protocol), "Q.850");
    EXPECT_EQ(r.cause, 16);
    EXPECT_EQ(str(r.text), "Terminated");
    ASSERT_EQ(sip_reason_read(SX_LIT("SIP"), &r), SX_OK);
    EXPECT_EQ(r.cause, -1);
    sip_dialog_ref d;
    ASSERT_EQ(sip_dialog_ref_read(SX_LIT("98732@sip.example.com;from-tag=r33th4x0r;to-tag=ff87ff;early-only"), &d),
              SX_OK);
    EXPECT_EQ(str(d.call_id), "98732@sip.example.com");
    EXPECT_EQ(str(d.to_tag), "ff87ff");
    EXPECT_TRUE(d.early_only);
    EXPECT_EQ(sip_dialog_ref_read(SX_LIT("x;to-tag=1"), &d), SX_E_FORMAT);
}

TEST(Auth, SeveralChallengesOnALineAreToldApart) {
    Parsed m = with("WWW-Authenticate: Digest realm=\"a, b=c\", nonce=\"1\" ,qop=\"auth,auth-int\", Basic realm=\"x\", "
                    "NewScheme abc==\r\nWWW-Authenticate: Digest realm=q,nonce = 2\r\nWWW-Authenticate: Negotiate\r\n");
    sip_list l;
    sip_auth a;
    std::string seen;
    sip_list_begin(&l, m.get(), SIP_HDR_WWW_AUTHENTICATE);
    while (sip_auth_next(&l, &a) > 0) {
        sx_slice realm = sx_slice_empty();
        sip_auth_param_get(a.params, SX_LIT("realm"), &realm);
        seen += str(a.scheme) + "/" + str(realm) + " ";
    }
    EXPECT_EQ(seen, "Digest/a, b=c Basic/x NewScheme/ Digest/q Negotiate/ ");
    sip_list_of(&l, SX_LIT("Digest realm=\"never ends"));
    EXPECT_EQ(sip_auth_next(&l, &a), SX_E_FORMAT);
    EXPECT_EQ(sip_auth_next(&l, &a), 0);
    sip_list_of(&l, SX_LIT("=x"));
    EXPECT_EQ(sip_auth_next(&l, &a), SX_E_FORMAT);
}

TEST(Lex, QuotedStringsGoBothWays) {
    Buf b;
    sip_write_quoted(b, SX_LIT("a \"b\" \\ c\r\nd"));
    EXPECT_EQ(b.text(), "\"a \\\"b\\\" \\\\ c  d\"");
    Buf c;
    sip_unescape_quoted(c, S(b.text()));
    EXPECT_EQ(c.text(), "a \"b\" \\ c  d");
    Buf d;
    sip_unescape_quoted(d, SX_LIT("\"a\r\n  b\\\"\""));
    EXPECT_EQ(d.text(), "a b\"");
    EXPECT_EQ(sip_quoted_len(SX_LIT("\"a\\\"b\"c")), 6u);
    EXPECT_EQ(sip_quoted_len(SX_LIT("\"a\\\"")), 0u);
    EXPECT_EQ(sip_quoted_len(SX_LIT("\"")), 0u);
    EXPECT_FALSE(sip_is_token(SX_LIT("")));
    EXPECT_FALSE(sip_is_token(SX_LIT("a b")));
    EXPECT_TRUE(sip_is_token(SX_LIT("a-.!%*_+`'~9")));
}

// Sixteen bytes at a time finds what one at a time finds, wherever a run begins and ends.
TEST(Lex, RunsEndWhereTheirClassEnds) {
    std::mt19937 rng(3);
    for (int round = 0; round < 20000; round++) {
        size_t n = rng() % 50, start = n ? rng() % n : 0;
        std::unique_ptr<char[]> text(new char[n]);
        for (size_t i = 0; i < n; i++) text[i] = rng() % 12 ? (char)('a' + rng() % 26) : (char)rng();
        const char *p = text.get() + start, *end = text.get() + n;
        auto run = [&](int classes, bool in) {
            const char *q = p;
            while (q < end && sip_is(*q, classes) == in) q++;
            return q;
        };
        ASSERT_EQ(sip_run_value(text.get(), p, end), run(SIP_C_VALUE, true));
        ASSERT_EQ(sip_run_host(text.get(), p, end), run(SIP_C_HOST, true));
        ASSERT_EQ(sip_run_uri(text.get(), p, end), run(SIP_C_URI_STOP, false));
        ASSERT_EQ(sip_run_value(p, p, end), run(SIP_C_VALUE, true));
        const char *q = p;
        while (q < end && *q != '\r' && *q != '\n' && *q != '\0') q++;
        ASSERT_EQ(sip_scan_line(p, end), q);
    }
}
