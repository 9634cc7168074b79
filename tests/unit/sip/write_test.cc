#include <gtest/gtest.h>

#include <algorithm>
#include <random>

extern "C" {
#include "sip/lex.h"
#include "sip/write.h"
}
#include "sip_test.h"

namespace {

sip_via_spec via_spec(const char *transport, const char *host, uint16_t port, const char *branch, bool rport) {
    sip_via_spec v = {sx_slice_str(transport), sx_slice_str(host), sx_slice_str(branch), port, rport};
    return v;
}

// Runs one writing call in an otherwise good message and returns what sip_write_end says.
template <typename F> int error_of(F write) {
    Buf b;
    sip_writer w;
    sip_write_begin(&w, b);
    sip_write_request(&w, SX_LIT("OPTIONS"), SX_LIT("sip:a@b"));
    write(&w);
    return sip_write_end(&w, {}, {});
}

const std::string kRequest = "INVITE sip:bob@b SIP/2.0\r\n"
                             "v: SIP/2.0/UDP 10.0.0.1:5061 ;branch=z9hG4bKa;rport; x=\"y\", SIP/2.0/TCP c;branch=2\r\n"
                             "Via: SIP/2.0/TCP d\r\n"
                             "f: \"A\r\n B\" <sip:a@a>;tag=1\r\n"
                             "To: <sip:bob@b>\r\n"
                             "i: call\r\n"
                             "CSeq: 1\r\n  INVITE\r\n"
                             "l: 0\r\n\r\n";

} // namespace

TEST(Writer, ARequestIsReadBackToTheSame) {
    Buf b;
    sip_writer w;
    sip_via_spec via = via_spec("TCP", "2001:db8::1", 5061, "z9hG4bKabc", true);
    sip_write_begin(&w, b);
    sip_write_request(&w, SX_LIT("INVITE"), SX_LIT("sip:bob@b.com;lr"));
    sip_write_via(&w, &via);
    sip_write_hdr_u64(&w, SIP_HDR_MAX_FORWARDS, 70);
    sip_write_addr(&w, SIP_HDR_FROM, SX_LIT("Al \"ice\" \\"), SX_LIT("sip:alice@a.com"), SX_LIT("t1"), {});
    sip_write_addr(&w, SIP_HDR_TO, {}, SX_LIT("sip:bob@b.com"), {}, {});
    sip_write_hdr_str(&w, SIP_HDR_CALL_ID, "abc@a");
    sip_write_cseq(&w, 7, SX_LIT("INVITE"));
    sip_write_addr(&w, SIP_HDR_CONTACT, {}, SX_LIT("sip:alice@1.2.3.4"), {},
                   SX_LIT("expires=60;+sip.instance=\"<urn:x>\""));
    sip_write_option_tags(&w, SIP_HDR_SUPPORTED, SIP_TAG_TIMER | SIP_TAG_100REL | 1u << 31);
    sip_write_option_tags(&w, SIP_HDR_REQUIRE, 0);
    sip_write_named(&w, SX_LIT("X-App"), SX_LIT("some: value"));
    ASSERT_EQ(sip_write_end(&w, SX_LIT("application/sdp"), SX_LIT("v=0\r\n")), SX_OK);
    EXPECT_EQ(b.text(), "INVITE sip:bob@b.com;lr SIP/2.0\r\n"
                        "Via: SIP/2.0/TCP [2001:db8::1]:5061;rport;branch=z9hG4bKabc\r\n"
                        "Max-Forwards: 70\r\n"
                        "From: \"Al \\\"ice\\\" \\\\\" <sip:alice@a.com>;tag=t1\r\n"
                        "To: <sip:bob@b.com>\r\n"
                        "Call-ID: abc@a\r\n"
                        "CSeq: 7 INVITE\r\n"
                        "Contact: <sip:alice@1.2.3.4>;expires=60;+sip.instance=\"<urn:x>\"\r\n"
                        "Supported: 100rel, timer\r\n"
                        "X-App: some: value\r\n"
                        "Content-Type: application/sdp\r\n"
                        "Content-Length: 5\r\n\r\nv=0\r\n");
    Parsed m(b.text());
    sip_basics basics;
    ASSERT_EQ(m.rc, SX_OK);
    ASSERT_EQ(sip_basics_read(m.get(), &basics, nullptr), SX_OK);
    EXPECT_EQ(str(basics.via.host), "2001:db8::1");
    Buf display;
    sip_unescape_quoted(display, basics.from.display);
    EXPECT_EQ(display.text(), "Al \"ice\" \\");
    EXPECT_EQ(str(m->body), "v=0\r\n");
}

TEST(Writer, NothingCanBeSmuggledIn) {
    for (const char *bad : {"a\r\nX: y", "a\nb", "a\rb"}) {
        sx_slice v = sx_slice_str(bad);
        EXPECT_EQ(error_of([&](sip_writer *w) { sip_write_hdr(w, SIP_HDR_SUBJECT, v); }), SX_E_HEADER) << bad;
        EXPECT_EQ(error_of([&](sip_writer *w) { sip_write_named(w, SX_LIT("X"), v); }), SX_E_HEADER);
        EXPECT_EQ(error_of([&](sip_writer *w) { sip_write_named(w, v, SX_LIT("x")); }), SX_E_HEADER);
        EXPECT_EQ(error_of([&](sip_writer *w) { sip_write_addr(w, SIP_HDR_TO, {}, v, {}, {}); }), SX_E_URI);
        EXPECT_EQ(error_of([&](sip_writer *w) { sip_write_addr(w, SIP_HDR_TO, {}, SX_LIT("sip:a"), v, {}); }),
                  SX_E_HEADER);
        EXPECT_EQ(error_of([&](sip_writer *w) { sip_write_addr(w, SIP_HDR_TO, {}, SX_LIT("sip:a"), {}, v); }),
                  SX_E_HEADER);
        EXPECT_EQ(error_of([&](sip_writer *w) { sip_write_addr(w, SIP_HDR_TO, v, SX_LIT("sip:a"), {}, {}); }), SX_OK)
            << "a display name is made harmless";
        EXPECT_EQ(error_of([&](sip_writer *w) { sip_write_cseq(w, 1, v); }), SX_E_INVALID);
        EXPECT_EQ(error_of([&](sip_writer *w) { sip_write_request(w, v, SX_LIT("sip:a")); }), SX_E_INVALID);
        EXPECT_EQ(error_of([&](sip_writer *w) { sip_write_request(w, SX_LIT("BYE"), v); }), SX_E_URI);
        EXPECT_EQ(error_of([&](sip_writer *w) { sip_write_status(w, 200, v); }), SX_E_HEADER);
        sip_via_spec via = via_spec("UDP", bad, 0, "z9hG4bKa", false);
        EXPECT_EQ(error_of([&](sip_writer *w) { sip_write_via(w, &via); }), SX_E_ADDRESS);
        via = via_spec("UDP", "a", 0, bad, false);
        EXPECT_EQ(error_of([&](sip_writer *w) { sip_write_via(w, &via); }), SX_E_INVALID);
    }
    EXPECT_EQ(error_of([&](sip_writer *w) { sip_write_hdr(w, SIP_HDR_SUBJECT, sx_slice_of("a\0b", 3)); }), SX_E_HEADER);
    EXPECT_EQ(error_of([&](sip_writer *w) { sip_write_status(w, 99, {}); }), SX_E_INVALID);
    EXPECT_EQ(error_of([&](sip_writer *w) { sip_write_status(w, 700, {}); }), SX_E_INVALID);
    EXPECT_EQ(error_of([&](sip_writer *w) { sip_write_hdr(w, SIP_HDR_OTHER, SX_LIT("x")); }), SX_E_INVALID);
    EXPECT_EQ(error_of([&](sip_writer *w) { sip_write_addr(w, SIP_HDR_TO, {}, {}, {}, {}); }), SX_E_URI);
}

TEST(Writer, AppsMaySetWhatTheStackDoesNotWrite) {
    EXPECT_EQ(sip_hdr_check(SX_LIT("X-Foo"), SX_LIT("bar")), SX_OK);
    EXPECT_EQ(sip_hdr_check(SX_LIT("Subject"), SX_LIT("\xc3\xa4")), SX_OK);
    for (const char *name :
         {"Via", "v", "from", "TO", "i", "CSeq", "Contact", "l", "max-forwards", "Route", "Record-Route", "", "a b"})
        EXPECT_EQ(sip_hdr_check(sx_slice_str(name), SX_LIT("x")), SX_E_HEADER) << name;
    EXPECT_EQ(sip_hdr_check(SX_LIT("X"), SX_LIT("a\nb")), SX_E_HEADER);
}

TEST(Writer, AFullBufferIsAnError) {
    char small[64];
    sx_buf b;
    sx_buf_init_fixed(&b, small, sizeof small);
    sip_writer w;
    sip_write_begin(&w, &b);
    sip_write_request(&w, SX_LIT("OPTIONS"), SX_LIT("sip:a@b"));
    EXPECT_EQ(sip_write_end(&w, SX_LIT("text/plain"), SX_LIT("a body that is longer than what is left")), SX_E_NOMEM);
    sx_buf_init_fixed(&b, small, sizeof small);
    sip_write_begin(&w, &b);
    sip_write_status(&w, 200, {});
    EXPECT_EQ(sip_write_end(&w, {}, {}), SX_OK) << "what fits, fits";
}

TEST(Response, CarriesWhatTheRequestSaid) {
    Parsed req(kRequest);
    ASSERT_EQ(req.rc, SX_OK);
    Buf b;
    sip_writer w;
    sip_response_spec spec = {180, {}, SX_LIT("totag"), SX_LIT("192.0.2.9"), 4444};
    sip_write_begin(&w, b);
    sip_write_response(&w, req.get(), &spec);
    ASSERT_EQ(sip_write_end(&w, {}, {}), SX_OK);
    EXPECT_EQ(b.text(), "SIP/2.0 180 Ringing\r\n"
                        "Via: SIP/2.0/UDP 10.0.0.1:5061;received=192.0.2.9;branch=z9hG4bKa;rport=4444;x=\"y\", "
                        "SIP/2.0/TCP c;branch=2\r\n"
                        "Via: SIP/2.0/TCP d\r\n"
                        "From: \"A B\" <sip:a@a>;tag=1\r\n"
                        "To: <sip:bob@b>;tag=totag\r\n"
                        "Call-ID: call\r\n"
                        "CSeq: 1 INVITE\r\n"
                        "Content-Length: 0\r\n\r\n");
}

TEST(Response, ReceivedOnlyWhereItSaysSomething) {
    auto top_via = [](const char *via, const char *host, uint16_t port) {
        Parsed req("OPTIONS sip:b SIP/2.0\r\nVia: " + std::string(via) +
                   "\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:b>;tag=had;\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n\r\n");
        Buf b;
        sip_writer w;
        sip_response_spec spec = {200, SX_LIT("Fine"), SX_LIT("new"), sx_slice_str(host), port};
        sip_write_begin(&w, b);
        sip_write_response(&w, req.get(), &spec);
        EXPECT_EQ(sip_write_end(&w, {}, {}), SX_OK);
        Parsed m(b.text());
        EXPECT_EQ(str(m->reason), "Fine");
        EXPECT_EQ(str(sip_value(m.get(), SIP_HDR_TO)), "<sip:b>;tag=had") << "a tag that is there stays";
        return str(sip_value(m.get(), SIP_HDR_VIA));
    };
    EXPECT_EQ(top_via("SIP/2.0/UDP 1.2.3.4;branch=x", "1.2.3.4", 5), "SIP/2.0/UDP 1.2.3.4;branch=x");
    EXPECT_EQ(top_via("SIP/2.0/UDP h;branch=x", "1.2.3.4", 5), "SIP/2.0/UDP h;received=1.2.3.4;branch=x");
    EXPECT_EQ(top_via("SIP/2.0/UDP 1.2.3.4;rport;branch=x", "1.2.3.4", 5),
              "SIP/2.0/UDP 1.2.3.4;received=1.2.3.4;rport=5;branch=x");
    EXPECT_EQ(top_via("SIP/2.0/UDP h;received=6.6.6.6;rport=66", "1.2.3.4", 5),
              "SIP/2.0/UDP h;received=1.2.3.4;rport=5");
    EXPECT_EQ(top_via("SIP/2.0/TCP [::1]:7;branch=x", "0:0::1", 5), "SIP/2.0/TCP [::1]:7;branch=x");
    EXPECT_EQ(top_via("SIP/2.0/TCP [::2]:7;branch=x", "::1", 5), "SIP/2.0/TCP [::2]:7;received=::1;branch=x");
    EXPECT_EQ(top_via("SIP/2.0/UDP h", "", 0), "SIP/2.0/UDP h");
}

TEST(Response, CanBeWrittenForAMessageThatFailedToParse) {
    Parsed bad("BYE <sip:b> SIP/2.0\r\nVia: SIP/2.0/UDP h;;;\r\nFrom: \"a <sip:a>\r\nTo: <sip:b\r\nCall-ID: c\r\nCSeq: "
               "x\r\n\r\n");
    ASSERT_EQ(bad.err.status, 400);
    Buf b;
    sip_writer w;
    sip_response_spec spec = {bad.err.status, sx_slice_str(bad.err.what), SX_LIT("t"), SX_LIT("1.1.1.1"), 1};
    sip_write_begin(&w, b);
    sip_write_response(&w, bad.get(), &spec);
    ASSERT_EQ(sip_write_end(&w, {}, {}), SX_OK);
    EXPECT_EQ(Parsed(b.text()).rc, SX_OK);
    Parsed none("BYE sip:b SIP/2.0\r\n\r\n");
    sip_write_begin(&w, b);
    sip_write_response(&w, none.get(), &spec);
    EXPECT_EQ(sip_write_end(&w, {}, {}), SX_E_INVALID);
}

TEST(Response, HoldsNoByteThatItsReaderRefuses) {
    std::string text =
        "BYE <sip:b> SIP/2.0\r\nVia: SIP/2.0/UDP h;rport;x=\"a@b\r\n c\"\r\nFrom: \"@\" <sip:a>\r\nTo: <sip:b>\r\n"
        "Call-ID: c@\r\nCSeq: 1 BYE\r\n\r\n";
    std::replace(text.begin(), text.end(), '@', '\0');
    Parsed bad(text);
    ASSERT_EQ(bad.err.status, 400);
    Buf b;
    sip_writer w;
    sip_response_spec spec = {400, {}, SX_LIT("t"), SX_LIT("1.1.1.1"), 1};
    sip_write_begin(&w, b);
    sip_write_response(&w, bad.get(), &spec);
    ASSERT_EQ(sip_write_end(&w, {}, {}), SX_OK);
    Parsed back(b.text());
    EXPECT_EQ(back.rc, SX_OK) << back.err.what;
    EXPECT_EQ(str(sip_value(back.get(), SIP_HDR_VIA)), "SIP/2.0/UDP h;received=1.1.1.1;rport=1;x=\"a b c\"");
}

// Whatever values are given, what is written either fails or reads back the same.
TEST(Property, WrittenIsReadBack) {
    std::mt19937 rng(7);
    const std::string alphabet = "ab0 \t\"\\<>;,:@=%\r\n()\x01\x7f\xc3\xa4[]*?&.-";
    auto random = [&](size_t max) {
        std::string s(rng() % (max + 1), ' ');
        for (auto &c : s) c = alphabet[rng() % alphabet.size()];
        return s;
    };
    int good = 0;
    for (int i = 0; i < 20000; i++) {
        std::string display = random(8), uri = "sip:" + random(rng() % 4), tag = random(rng() % 3),
                    name = random(rng() % 3), value = random(rng() % 8), body = random(20), display2 = random(5);
        Buf b;
        sip_writer w;
        sip_write_begin(&w, b);
        sip_write_request(&w, SX_LIT("MESSAGE"), SX_LIT("sip:a"));
        sip_write_addr(&w, SIP_HDR_TO, S(display), S(uri), S(tag), {});
        sip_write_addr(&w, SIP_HDR_CONTACT, S(display2), SX_LIT("sip:x"), {}, SX_LIT("q=1"));
        sip_write_named(&w, S("X" + name), S(value));
        if (sip_write_end(&w, SX_LIT("text/plain"), S(body)) != SX_OK) continue;
        good++;
        Parsed m(b.text());
        ASSERT_EQ(m.rc, SX_OK) << b.text();
        sip_addr a;
        ASSERT_EQ(sip_addr_first(m.get(), SIP_HDR_TO, &a), SX_OK) << b.text();
        ASSERT_EQ(str(a.uri), uri) << b.text();
        ASSERT_EQ(str(sip_addr_tag(&a)), tag) << b.text();
        std::string plain = display;
        for (auto &c : plain)
            if (c == '\r' || c == '\n') c = ' ';
        Buf back;
        sip_unescape_quoted(back, a.display);
        ASSERT_EQ(back.text(), plain) << b.text();
        ASSERT_EQ(sip_addr_first(m.get(), SIP_HDR_CONTACT, &a), SX_OK) << b.text();
        ASSERT_EQ(str(m.value(("X" + name).c_str())), str(sx_trim(S(value)))) << b.text();
        ASSERT_EQ(str(m->body), body);
        ASSERT_EQ(m->nhdrs, body.empty() ? 4 : 5) << b.text();
    }
    EXPECT_GT(good, 500);
}

TEST(Redact, NoSecretIsLeft) {
    std::string text = "REGISTER sip:u:topsecret@h SIP/2.0\r\n"
                       "From: \"sip:x\" <sips:alice:topsecret@a;x=y>, <sip:b@c>\r\n"
                       "Authorization: Digest username=\"sip:u\", response = \"topsecret\\\"x\",\r\n"
                       " uri=\"sip:u:topsecret@h\", nonce=\"kept\", Response=topsecret\r\n"
                       "Proxy-Authorization: Basic topsecret\r\n"
                       "authorization : Bearer topsecret\r\n\ttopsecret\r\n"
                       "X: response=\"fine\" 12:30\r\n"
                       "\r\n"
                       "v=0\r\na=crypto:1 AES inline:topsecret|2^20\r\nsip:a:seen@b\r\n";
    Buf b;
    sip_redact(b, S(text));
    EXPECT_EQ(b.text().find("topsecret"), std::string::npos) << b.text();
    EXPECT_EQ(b.text(), "REGISTER sip:u:***@h SIP/2.0\r\n"
                        "From: \"sip:x\" <sips:alice:***@a;x=y>, <sip:b@c>\r\n"
                        "Authorization: Digest username=\"sip:u\", response =\"***\",\r\n"
                        " uri=\"sip:u:***@h\", nonce=\"kept\", Response=\"***\"\r\n"
                        "Proxy-Authorization: Basic ***\r\n"
                        "authorization : Bearer ***\r\n"
                        "X: response=\"fine\" 12:30\r\n"
                        "\r\n"
                        "v=0\r\na=crypto:1 AES inline:***\r\nsip:a:seen@b\r\n");
    for (const char *odd :
         {"", "\r\n", "garbage", "Authorization", "Authorization: Digest response", "sip:", "sip:a:"}) {
        Buf o;
        sip_redact(o, sx_slice_str(odd));
        EXPECT_EQ(o.text(), odd);
    }
    for (size_t n = 0; n < text.size(); n++) {
        Buf o;
        sip_redact(o, S(text.substr(0, n)));
        SUCCEED();
    }
}
