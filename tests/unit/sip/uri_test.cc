#include <gtest/gtest.h>

extern "C" {
#include "sip/host.h"
#include "sip/lex.h"
#include "sip/uri.h"
}
#include "sip_test.h"

namespace {

std::string host_of(const std::string &text) {
    sip_uri u;
    return sip_uri_parse(S(text), &u) == SX_OK ? str(u.host) : "(error)";
}
int parse(const std::string &text) {
    sip_uri u;
    return sip_uri_parse(S(text), &u);
}
bool equal(const std::string &a, const std::string &b) {
    sip_uri x, y;
    EXPECT_EQ(sip_uri_parse(S(a), &x), SX_OK) << a;
    EXPECT_EQ(sip_uri_parse(S(b), &y), SX_OK) << b;
    EXPECT_EQ(sip_uri_eq(&x, &y), sip_uri_eq(&y, &x));
    EXPECT_TRUE(sip_uri_eq(&x, &x));
    return sip_uri_eq(&x, &y);
}
int check(const std::string &text) {
    sip_uri u;
    int rc = sip_uri_parse(S(text), &u);
    return rc == SX_OK ? sip_uri_check(&u) : rc;
}

} // namespace

TEST(Uri, AllPartsAreFound) {
    std::string text = "sips:alice:se%20cret@atlanta.com:5071;transport=tcp;lr;method=REGISTER?to=bob%40b.com&x=y";
    sip_uri u;
    ASSERT_EQ(sip_uri_parse(S(text), &u), SX_OK);
    EXPECT_EQ(u.scheme, SIP_SCHEME_SIPS);
    EXPECT_EQ(str(u.user), "alice");
    EXPECT_EQ(str(u.password), "se%20cret");
    EXPECT_EQ(str(u.host), "atlanta.com");
    EXPECT_EQ(u.host_kind, SIP_HOST_NAME);
    EXPECT_EQ(u.port, 5071);
    EXPECT_EQ(str(u.params), "transport=tcp;lr;method=REGISTER");
    sx_slice v;
    EXPECT_TRUE(sip_uri_param(&u, SX_LIT("Transport"), &v));
    EXPECT_EQ(str(v), "tcp");
    EXPECT_TRUE(sip_uri_param(&u, SX_LIT("lr"), &v));
    EXPECT_EQ(v.n, 0u);
    EXPECT_FALSE(sip_uri_param(&u, SX_LIT("ob"), &v));
    sx_slice rest = u.headers, name;
    ASSERT_TRUE(sip_uri_header_next(&rest, &name, &v));
    EXPECT_EQ(str(name) + "=" + str(v), "to=bob%40b.com");
    ASSERT_TRUE(sip_uri_header_next(&rest, &name, &v));
    EXPECT_FALSE(sip_uri_header_next(&rest, &name, &v));
    Buf b;
    sip_uri_write(b, &u);
    EXPECT_EQ(b.text(), text);
}

TEST(Uri, TheExamplesOfTheRfcAreRead) {
    for (const char *text :
         {"sip:alice@atlanta.com",
          "sip:alice:secretword@atlanta.com;transport=tcp",
          "sips:alice@atlanta.com?subject=project%20x&priority=urgent",
          "sip:+1-212-555-1212:1234@gateway.com;user=phone",
          "sips:1212@gateway.com",
          "sip:alice@192.0.2.4",
          "sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com",
          "sip:alice;day=tuesday@atlanta.com",
          "sip:%61lice@atlanta.com;transport=TCP",
          "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
          "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com",
          "sip:user;par=u%40example.net@example.com",
          "tel:+358-555-1234567;postd=pp22;isub=1411",
          "tel:*21#",
          "sip:[2001:db8::10]:5070",
          "sip:caller@[::ffff:192.0.2.2]",
          "sip:null-%00-null@example.com",
          "nobodyKnowsThisScheme:totallyopaquecontent",
          "soap.beep://192.0.2.103:3002",
          "urn:service:sos",
          "sip:bob@host_with_underscore;x",
          "sip:@host"}) {
        sip_uri u;
        EXPECT_EQ(sip_uri_parse(sx_slice_str(text), &u), SX_OK) << text;
        Buf b;
        sip_uri_write(b, &u);
        EXPECT_EQ(b.text(), text);
    }
}

TEST(Uri, OddShapesAreTakenApartRight) {
    sip_uri u;
    ASSERT_EQ(sip_uri_parse(SX_LIT("sip:alice;day=tuesday@atlanta.com"), &u), SX_OK);
    EXPECT_EQ(str(u.user), "alice;day=tuesday");
    ASSERT_EQ(sip_uri_parse(SX_LIT("sip:bob@example.com@proxy.net;lr"), &u), SX_OK);
    EXPECT_EQ(str(u.user), "bob@example.com");
    EXPECT_EQ(str(u.host), "proxy.net");
    ASSERT_EQ(sip_uri_parse(SX_LIT("SIP:A@[2001:DB8::1];x?y=z"), &u), SX_OK);
    EXPECT_EQ(str(u.host), "2001:DB8::1");
    EXPECT_EQ(u.host_kind, SIP_HOST_IPV6);
    ASSERT_EQ(sip_uri_parse(SX_LIT("tel:+1-201-555-0123;phone-context=example.com"), &u), SX_OK);
    EXPECT_EQ(str(u.user), "+1-201-555-0123");
    EXPECT_EQ(str(u.params), "phone-context=example.com");
    ASSERT_EQ(sip_uri_parse(SX_LIT("urn:service:sos"), &u), SX_OK);
    EXPECT_EQ(u.scheme, SIP_SCHEME_OTHER);
    EXPECT_EQ(str(u.user), "service:sos");
    ASSERT_EQ(sip_uri_parse(SX_LIT("sip:a:@b"), &u), SX_OK);
    EXPECT_NE(u.password.p, nullptr);
    EXPECT_EQ(u.password.n, 0u);
    EXPECT_EQ(host_of("sip:[::1]"), "::1");
}

TEST(Uri, BrokenOnesAreRefused) {
    for (const char *text : {"",
                             "sip",
                             "sip:",
                             ":alice@a",
                             "sip:alice@",
                             "sip:alice@a b",
                             "sip:alice@a\tb",
                             "<sip:a@b>",
                             "sip:a@b>",
                             "sip:a@b:0",
                             "sip:a@b:65536",
                             "sip:a@b:",
                             "sip:a@b:5060x",
                             "sip:a@b:99999999999",
                             "sip:[2001:db8::10",
                             "sip:2001:db8::10",
                             "sip:a@[::1]x",
                             "sip:a@[1::2::3]",
                             "sip:a@[::12345]",
                             "sip:a@[1:2:3:4:5:6:7]",
                             "sip:a@[1:2:3:4:5:6:7:8:9]",
                             "sip:a@[]",
                             "sip:a@.b",
                             "sip:a@-b",
                             "sip:a@b/c",
                             "tel:",
                             "tel:;x",
                             "1sip:a@b",
                             "x:",
                             "sip:a@b\x7f"})
        EXPECT_EQ(parse(text), SX_E_URI) << text;
    EXPECT_EQ(parse(std::string("sip:a\0@b", 8)), SX_E_URI);
}

TEST(Uri, OnlyCleanOnesMayBeSent) {
    for (const char *good :
         {"sip:alice@atlanta.com", "sip:a%40b@192.0.2.1:5060;transport=tls;lr", "sips:[::1]", "tel:+1-201-555-0123",
          "tel:*21#", "urn:service:sos", "sip:+1;ext=2@gw.example.", "sip:a:b@c?x=y"})
        EXPECT_EQ(check(good), SX_OK) << good << ": " << sx_last_error_text();
    for (const char *bad : {"sip:al\xc3\xa4@b", "sip:a@b@c", "sip:@b", "sip:a%4@b", "sip:a%zz@b", "sip:a@b;",
                            "sip:a@b;;lr", "sip:a@b;x=", "sip:a@b;x=%", "sip:a@256.1.1.1", "sip:a@a..b", "sip:a@b-",
                            "tel:abcxyz", "tel:+-", "tel:1+2", "sip:a:p\\w@b", "sip:a@b?x y"})
        EXPECT_EQ(check(bad), SX_E_URI) << bad;
}

TEST(Uri, TheComparisonTableOfTheRfc) {
    // RFC 3261 19.1.4: equal
    EXPECT_TRUE(equal("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"));
    EXPECT_TRUE(equal("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"));
    EXPECT_TRUE(equal("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"));
    EXPECT_TRUE(equal("sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
                      "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"));
    EXPECT_TRUE(equal("sip:alice@atlanta.com?subject=project%20x&priority=urgent",
                      "sip:alice@atlanta.com?priority=urgent&subject=project%20x"));
    // not equal
    EXPECT_FALSE(equal("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"));
    EXPECT_FALSE(equal("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"));
    EXPECT_FALSE(equal("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"));
    EXPECT_FALSE(equal("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"));
    EXPECT_FALSE(equal("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"));
    EXPECT_FALSE(equal("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"));
    EXPECT_FALSE(equal("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"));
}

TEST(Uri, ComparisonBeyondTheTable) {
    EXPECT_FALSE(equal("sip:a@b", "sips:a@b"));
    EXPECT_FALSE(equal("sip:a@b", "sip:b"));
    EXPECT_FALSE(equal("sip:a:x@b", "sip:a@b"));
    EXPECT_FALSE(equal("sip:a@b;maddr=1.1.1.1", "sip:a@b"));
    EXPECT_FALSE(equal("sip:a%3Bx@b", "sip:a;x@b")) << "an escaped reserved character is not the plain one";
    EXPECT_TRUE(equal("sip:a@[2001:db8::1]", "sip:a@[2001:DB8:0:0::0001]"));
    EXPECT_TRUE(equal("tel:+1-201-555", "tel:+1201555"));
    EXPECT_FALSE(equal("tel:+1201555;ext=1", "tel:+1201555"));
    EXPECT_TRUE(equal("urn:service:sos", "URN:service:sos"));
    std::string many = "sip:a@b";
    for (int i = 0; i < 100; i++) many += ";p" + std::to_string(i);
    EXPECT_TRUE(equal(many, many));
    EXPECT_FALSE(equal(many, many + ";q"));
}

TEST(Uri, AddressesOfRecord) {
    sip_uri a, b;
    ASSERT_EQ(sip_uri_parse(SX_LIT("sip:bob:pw@B.com;transport=tcp?x=y"), &a), SX_OK);
    ASSERT_EQ(sip_uri_parse(SX_LIT("sip:bob@b.com"), &b), SX_OK);
    EXPECT_TRUE(sip_uri_eq_aor(&a, &b));
    Buf out;
    sip_uri_write_aor(out, &a);
    EXPECT_EQ(out.text(), "sip:bob@B.com");
    EXPECT_EQ(sip_uri_port(&a), 5060);
    ASSERT_EQ(sip_uri_parse(SX_LIT("sip:b.com;transport=TLS"), &a), SX_OK);
    EXPECT_EQ(sip_uri_port(&a), 5061);
    ASSERT_EQ(sip_uri_parse(SX_LIT("sips:b.com"), &a), SX_OK);
    EXPECT_EQ(sip_uri_port(&a), 5061);
}

TEST(Uri, EscapesGoBothWays) {
    Buf b;
    sip_escape(b, S("a@b c%\xc3\xa4;x"), SIP_C_USER);
    EXPECT_EQ(b.text(), "a%40b%20c%25%C3%A4;x");
    Buf c;
    sip_unescape(c, S(b.text()));
    EXPECT_EQ(c.text(), "a@b c%\xc3\xa4;x");
    Buf d;
    sip_unescape(d, SX_LIT("%4 %zz %"));
    EXPECT_EQ(d.text(), "%4 %zz %");
}

TEST(Host, KindsAndBytes) {
    EXPECT_EQ(sip_host_kind_of(SX_LIT("192.0.2.1")), SIP_HOST_IPV4);
    EXPECT_EQ(sip_host_kind_of(SX_LIT("192.0.2.256")), SIP_HOST_NAME);
    EXPECT_EQ(sip_host_kind_of(SX_LIT("::1")), SIP_HOST_IPV6);
    EXPECT_EQ(sip_host_kind_of(SX_LIT("[::1]")), SIP_HOST_IPV6);
    EXPECT_EQ(sip_host_kind_of(SX_LIT("a.b")), SIP_HOST_NAME);
    EXPECT_EQ(sip_host_kind_of(SX_LIT("a b")), SIP_HOST_NONE);
    EXPECT_EQ(sip_host_kind_of(SX_LIT("")), SIP_HOST_NONE);
    uint8_t a[16];
    ASSERT_TRUE(sip_ipv6_bytes(SX_LIT("1:2:3:4:5:6:7:8"), a));
    EXPECT_EQ(a[1], 1);
    EXPECT_EQ(a[15], 8);
    ASSERT_TRUE(sip_ipv6_bytes(SX_LIT("::ffff:192.0.2.33"), a));
    EXPECT_EQ(a[10], 0xff);
    EXPECT_EQ(a[12], 192);
    EXPECT_EQ(a[15], 33);
    ASSERT_TRUE(sip_ipv6_bytes(SX_LIT("::"), a));
    ASSERT_TRUE(sip_ipv6_bytes(SX_LIT("1::"), a));
    EXPECT_EQ(a[1], 1);
    for (const char *bad :
         {":", ":::", "1:", ":1", "1:2:3:4:5:6:7::8:9", "g::", "::1.2.3", "::1.2.3.4.5", "1.2.3.4", "1::2:"})
        EXPECT_FALSE(sip_ipv6_bytes(sx_slice_str(bad), a)) << bad;
    EXPECT_TRUE(sip_host_eq(SX_LIT("::1"), SX_LIT("0:0::1")));
    EXPECT_FALSE(sip_host_eq(SX_LIT("::1"), SX_LIT("::2")));
    EXPECT_TRUE(sip_host_eq(SX_LIT("A.com"), SX_LIT("a.COM")));
}
