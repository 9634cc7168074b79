#include <gtest/gtest.h>

#include <string>

extern "C" {
#include "support/fake_net.h"
#include "ua/internal.h"
#include "ua/session.h"
}

namespace {

std::string target(const char *text, const char *domain = "example.org", bool secure = false) {
    sx_buf b;
    sx_buf_init(&b);
    int rc = ua_target(sx_slice_str(text), sx_slice_str(domain), secure, &b);
    std::string s = rc == SX_OK ? std::string(b.p, b.n) : std::string(sx_error_name(rc));
    sx_buf_free(&b);
    return s;
}

TEST(Target, IsCompletedFromTheAccount) {
    EXPECT_EQ(target("bob"), "sip:bob@example.org");
    EXPECT_EQ(target("+49 (30) 123-45"), "sip:+493012345@example.org");
    EXPECT_EQ(target("*97#"), "sip:*97%23@example.org");
    EXPECT_EQ(target("bob@other.net"), "sip:bob@other.net");
    EXPECT_EQ(target("sip:bob@other.net;transport=tcp"), "sip:bob@other.net;transport=tcp");
    EXPECT_EQ(target("sip:bob@other.net?Subject=x"), "sip:bob@other.net") << "headers in a URI are not obeyed";
    EXPECT_EQ(target("\"Bob\" <sip:bob@other.net>"), "sip:bob@other.net");
    EXPECT_EQ(target("tel:+49-30-12345"), "sip:+493012345@example.org;user=phone");
    EXPECT_EQ(target("bob", "example.org", true), "sips:bob@example.org");
    EXPECT_EQ(target("J\xc3\xb6rg"), "sip:J%C3%B6rg@example.org");
    EXPECT_EQ(target("10.0.0.2:5070"), "sip:10.0.0.2:5070");
    EXPECT_EQ(target("[2001:db8::1]:5070"), "sip:[2001:db8::1]:5070");
    EXPECT_EQ(target("sip:[2001:db8::1]"), "sip:[2001:db8::1]");
}

TEST(Target, ThatCannotBeUsedIsRefused) {
    EXPECT_EQ(target(""), "SIPUA_E_URI");
    EXPECT_EQ(target("sip:"), "SIPUA_E_URI");
    EXPECT_EQ(target("sip:bob@"), "SIPUA_E_URI");
    EXPECT_EQ(target("bob\r\nX: y"), "SIPUA_E_URI");
    EXPECT_EQ(target("tel:+49123", ""), "SIPUA_E_URI");
    EXPECT_EQ(target("+49123", ""), "SIPUA_E_URI");
    EXPECT_EQ(target("bob@bad host"), "SIPUA_E_URI");
    EXPECT_EQ(target("host:99999"), "sip:host%3A99999@example.org");
}

TEST(Cause, SpeaksJsSip) {
    EXPECT_STREQ(ua_cause_text(UA_CAUSE_BUSY), "Busy");
    EXPECT_STREQ(ua_cause_text(UA_CAUSE_OVERLOAD), "Overload");
    EXPECT_STREQ(ua_cause_text((ua_cause)999), "");
    EXPECT_EQ(ua_cause_of_status(600), UA_CAUSE_BUSY);
    EXPECT_EQ(ua_cause_of_status(410), UA_CAUSE_UNAVAILABLE);
    EXPECT_EQ(ua_cause_of_status(424), UA_CAUSE_ADDRESS_INCOMPLETE);
    EXPECT_EQ(ua_cause_of_status(606), UA_CAUSE_INCOMPATIBLE_SDP);
    EXPECT_EQ(ua_cause_of_status(513), UA_CAUSE_SIP_FAILURE_CODE);
    EXPECT_EQ(ua_cause_of_status(200), UA_CAUSE_NONE);
}

struct Msg {
    sip_scratch s;
    std::string raw;
    Msg(const std::string &lines, const std::string &body)
        : raw("INFO sip:x SIP/2.0\r\n" + lines + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body) {
        sip_parse_error err;
        EXPECT_EQ(sip_parse(&s, raw.data(), raw.size(), nullptr, &err), 0) << err.what;
    }
};

std::string find_sdp(const std::string &lines, const std::string &body, int *rc = nullptr) {
    Msg m(lines, body);
    sx_slice out;
    int r = ua_body_sdp(&m.s.msg, &out);
    if (rc) *rc = r;
    return std::string(out.p ? out.p : "", out.n);
}

TEST(Body, SdpIsFoundHoweverItIsWrapped) {
    EXPECT_EQ(find_sdp("Content-Type: application/sdp\r\n", "v=0"), "v=0");
    EXPECT_EQ(find_sdp("c: APPLICATION/SDP ;charset=\"utf-8\"\r\n", "v=0"), "v=0");
    std::string inner = "--in\r\nContent-Type: "
                        "text/plain\r\n\r\nhi\r\n--in\r\ncontent-type:application/sdp\r\n\r\nv=0\r\n\r\n--in--\r\n";
    EXPECT_EQ(find_sdp("Content-Type: multipart/alternative; boundary=\"in\"\r\n", inner), "v=0\r\n");
    EXPECT_EQ(find_sdp("Content-Type: multipart/mixed;boundary=out\r\n",
                       "preamble\r\n--out\r\nContent-Type: multipart/alternative;boundary=in\r\n\r\n" + inner +
                           "\r\n--out--"),
              "v=0\r\n");
    EXPECT_EQ(
        find_sdp("Content-Type: multipart/mixed;boundary=b\r\n", "--b\nContent-Type: application/sdp\n\nv=0\n--b--"),
        "v=0");
}

TEST(Body, WhatIsNotSdpIsRefusedAndNothingIsNothing) {
    int rc;
    find_sdp("", "", &rc);
    EXPECT_EQ(rc, 0);
    for (const char *type :
         {"text/plain", "multipart/mixed", "multipart/mixed;boundary=zz", "application/", "application/sdp"}) {
        std::string lines = "Content-Type: " + std::string(type) + "\r\n";
        if (std::string(type) == "application/sdp") lines += "Content-Encoding: gzip\r\n";
        find_sdp(lines, "--b\r\n\r\nx", &rc);
        EXPECT_EQ(rc, SX_E_UNSUPPORTED) << type;
    }
    find_sdp("", "v=0", &rc);
    EXPECT_EQ(rc, SX_E_UNSUPPORTED);
}

TEST(Body, DigitsOfInfo) {
    struct {
        const char *type, *body;
        char digit;
        unsigned ms;
    } rows[] = {{"application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", '5', 160},
                {"application/dtmf-relay", "signal = *\nduration = 90", '*', 90},
                {"application/dtmf-relay", "Signal= d", 'D', 100},
                {"application/dtmf-relay", "Signal=11\r\n", '#', 100},
                {"application/dtmf", "7", '7', 100},
                {"application/dtmf", "16", 'F', 100}};
    for (auto &r : rows) {
        Msg m("Content-Type: " + std::string(r.type) + "\r\n", r.body);
        char d = 0;
        unsigned ms = 0;
        EXPECT_TRUE(ua_body_dtmf(&m.s.msg, &d, &ms)) << r.body;
        EXPECT_EQ(d, r.digit) << r.body;
        EXPECT_EQ(ms, r.ms) << r.body;
    }
    Msg none("Content-Type: application/dtmf-relay\r\n", "Duration=1");
    char d;
    unsigned ms;
    EXPECT_FALSE(ua_body_dtmf(&none.s.msg, &d, &ms));
}

TEST(Peers, AreNetworks) {
    ua_net n;
    net_addr a;
    ASSERT_TRUE(ua_net_parse(SX_LIT("192.0.2.128/25"), &n));
    net_addr_parse_host(&a, SX_LIT("192.0.2.200"), 5060);
    EXPECT_TRUE(ua_net_has(&n, &a));
    net_addr_parse_host(&a, SX_LIT("192.0.2.100"), 5060);
    EXPECT_FALSE(ua_net_has(&n, &a));
    net_addr_parse_host(&a, SX_LIT("2001:db8::1"), 5060);
    EXPECT_FALSE(ua_net_has(&n, &a));
    ASSERT_TRUE(ua_net_parse(SX_LIT("2001:db8::/33"), &n));
    EXPECT_TRUE(ua_net_has(&n, &a));
    ASSERT_TRUE(ua_net_parse(SX_LIT("0.0.0.0/0"), &n));
    net_addr_parse_host(&a, SX_LIT("8.8.8.8"), 1);
    EXPECT_TRUE(ua_net_has(&n, &a));
    for (const char *bad : {"", "x", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/-1", "::/129"})
        EXPECT_FALSE(ua_net_parse(sx_slice_str(bad), &n)) << bad;
}

TEST(Options, AreATableWithRanges) {
    ASSERT_GT(ua_option_count(), 5u);
    EXPECT_EQ(ua_option_at(ua_option_count()), nullptr);
    for (size_t i = 0; i < ua_option_count(); i++) {
        const ua_option *o = ua_option_at(i);
        int32_t v;
        EXPECT_EQ(ua_option_read(o, o->default_value, &v), SX_OK) << o->key;
        EXPECT_EQ(ua_option_read(o, "x", &v), SX_E_INVALID) << o->key;
        EXPECT_EQ(ua_option_read(o, "99999999999", &v), SX_E_INVALID) << o->key;
        EXPECT_EQ(ua_option_find(o->key), o);
    }
    EXPECT_EQ(ua_option_find("no.such"), nullptr);
    EXPECT_EQ(ua_option_find(nullptr), nullptr);
}

TEST(SignallingOnly, AnswersTakeEveryLineAndLetNothingFlow) {
    sx_buf b;
    sx_buf_init(&b);
    ASSERT_EQ(session_inactive_answer(SX_LIT("v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nc=IN IP4 1.2.3.4\r\nt=0 0\r\n"
                                             "m=audio 4000 RTP/AVP 0 8\r\nm=video 0 RTP/AVP 96\r\n"),
                                      nullptr, &b),
              SX_OK);
    std::string s(b.p, b.n);
    EXPECT_NE(s.find("m=audio 9 RTP/AVP 0 8"), std::string::npos) << s;
    EXPECT_NE(s.find("m=video 0 RTP/AVP 96"), std::string::npos) << s;
    EXPECT_NE(s.find("a=inactive"), std::string::npos);
    sx_buf_free(&b);
}

} // namespace
