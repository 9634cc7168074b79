/* message/cpim. */
#include "unit/body/body_fixture.h"

namespace {

TEST(BodyCpim, AMessageWithHeadersOfItsOwn) {
    Fields f =
        read(kCpim,
             "From: MR SANDERS <im:piglet@100akerwood.com>\r\nTo: \"Depressed \\\"Donkey\\\"\" "
             "<im:eeyore@100akerwood.com>\r\n"
             "DateTime: 2000-12-13T13:40:00-08:00\r\nSubject: the weather will be fine today\r\n"
             "Subject:;lang=fr beau temps prevu pour aujourd'hui\r\nNS: imdn <urn:ietf:params:imdn>\r\n"
             "imdn.Message-ID: 34jk324j\r\nimdn.Disposition-Notification: positive-delivery, display\r\n\r\n"
             "Content-type: text/plain; charset=utf-8\r\nContent-ID: <1234567890@foo.com>\r\nContent-length: 12\r\n\r\n"
             " Hello World and what is behind");
    EXPECT_EQ(f, (Fields{{"from", "im:piglet@100akerwood.com"},
                         {"from_name", "MR SANDERS"},
                         {"to", "im:eeyore@100akerwood.com"},
                         {"to_name", "Depressed \"Donkey\""},
                         {"datetime", "2000-12-13T13:40:00-08:00"},
                         {"subject", "the weather will be fine today"},
                         {"message_id", "34jk324j"},
                         {"disposition", "positive-delivery, display"},
                         {"content_type", "text/plain; charset=utf-8"},
                         {"content", " Hello World"}}));
}

TEST(BodyCpim, OtherPrefixesBareLineFeedsAndABlockBefore) {
    Fields f = read(
        kCpim,
        "Content-Type: Message/CPIM\n\nNS: x <urn:ietf:params:imdn>\nx.Message-ID: abc\nFrom: sip:a@b\nfoo.Bar: baz\n\n"
        "Content-Type: text/html\n\n<b>hi</b>\n");
    EXPECT_EQ(f["message_id"], "abc");
    EXPECT_EQ(f["from"], "sip:a@b");
    EXPECT_EQ(f["content"], "<b>hi</b>\n");
    f = read(kCpim, "imdn.Message-ID: undeclared\r\nSubject: a\\u00e9\\\\\r\n\r\n\r\nno type");
    EXPECT_EQ(f["message_id"], "undeclared");
    EXPECT_EQ(f["subject"], "a\xC3\xA9\\");
    EXPECT_EQ(f["content"], "no type");
}

TEST(BodyCpim, ParametersStandRightBehindTheColonAndNowhereElse) {
    EXPECT_EQ(read(kCpim, "Subject:;lang=fr Salut\r\n\r\n\r\nx")["subject"], "Salut");
    EXPECT_EQ(read(kCpim, "Subject:;lang=fr;x=\"a \\\" b\" Salut\r\n\r\n\r\nx")["subject"], "Salut");
    EXPECT_EQ(read(kCpim, "Subject: ;-) hello\r\n\r\n\r\nx")["subject"], ";-) hello");
    EXPECT_EQ(read(kCpim, "Subject: ;-)\r\n\r\n\r\nx")["subject"], ";-)");
    EXPECT_EQ(read(kCpim, "From: sip:a@b\r\nSubject:;lang=fr\r\n\r\n\r\nx").count("subject"), 0u);
}

TEST(BodyCpim, RequiredHeadersThatNobodyKnowsAreRefused) {
    const std::string no = std::to_string(SX_E_UNSUPPORTED);
    EXPECT_EQ(read(kCpim, "NS: f <mid:x>\r\nRequire: f.Vital\r\n\r\n\r\nx")["error"], no);
    EXPECT_EQ(read(kCpim, "Require: Subject,imdn.Message-ID\r\nSubject: ok\r\n\r\n\r\nx")["subject"], "ok");
    EXPECT_EQ(read(kCpim, "NS: imdn <urn:other>\r\nRequire: imdn.Message-ID\r\n\r\n\r\nx")["error"], no);
    EXPECT_EQ(read(kCpim, "Subject: x\r\n\r\nContent-Transfer-Encoding: x-gzip\r\n\r\neA==")["error"], no);
}

std::string encoded(const std::string &encoding, const std::string &content) {
    Fields f = read(kCpim, "Subject: x\r\n\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: " + encoding +
                               "\r\n\r\n" + content);
    return f.count("error") ? "error " + f["error"] : f["content"];
}

TEST(BodyCpim, ContentInBase64IsDecoded) {
    EXPECT_EQ(encoded("base64", "SGVsbG8gV29ybGQ="), "Hello World");
    EXPECT_EQ(encoded("BASE64", "SGVsbG8g\r\nV29y bGQ=\r\n"), "Hello World") << "in lines";
    EXPECT_EQ(encoded("base64", "w6nDqQ"), "\xC3\xA9\xC3\xA9") << "without its fill";
    EXPECT_EQ(encoded("base64", "eA=="), "x");
    EXPECT_EQ(encoded("base64", ""), "");
    EXPECT_EQ(
        read(kCpim,
             "Subject: x\r\n\r\nContent-Transfer-Encoding: base64\r\nContent-Length: 4\r\n\r\neHh4eHh4")["content"],
        "xxx")
        << "its length counts what was sent";
    const std::string broken = "error " + std::to_string(SX_E_FORMAT);
    for (const char *bad : {"Hello World!", "eA==eA==", "eHh4e", "eA===", "=eA=", "\xC3\xA9"})
        EXPECT_EQ(encoded("base64", bad), broken) << bad;
}

TEST(BodyCpim, QuotedPrintableContentIsDecoded) {
    EXPECT_EQ(encoded("quoted-printable", "caf=C3=A9 =\r\nund  \r\n=3d"), "caf\xC3\xA9 und\r\n=");
    EXPECT_EQ(encoded("quoted-printable", "a=  \nb\t"), "ab");
    EXPECT_EQ(encoded("quoted-printable", "1=2, a=Gx ="), "1=2, a=Gx ") << "not everybody escapes";
    EXPECT_EQ(encoded("Quoted-Printable", "="), "");
    EXPECT_EQ(encoded("quoted-printable", "a\r\n\r\nb\rc"), "a\r\n\r\nb\rc");
}

TEST(BodyCpim, EncodedBytesPassUntouched) {
    body_cpim c;
    ASSERT_EQ(body_cpim_open(SX_LIT("Subject: x\r\n\r\nContent-Transfer-Encoding: base64\r\n\r\n/wAKDQ=="), &c), SX_OK);
    EXPECT_EQ(text(c.content), std::string("\xFF\0\n\r", 4));
    body_free(&c.doc);
}

TEST(BodyCpim, AFieldOfBlanksIsNoneAndTheNextOfItsNameCounts) {
    Fields f = read(kCpim, write(kCpim, {{"from", " \t"}, {"from", "sip:a@b"}, {"content", "x"}}));
    EXPECT_EQ(f["from"], "sip:a@b");
    f = read(kSummary,
             write(kSummary, {{"waiting", " "}, {"waiting", "yes"}, {"voice.new", "\r"}, {"voice.new", "2"}}));
    EXPECT_EQ(f["waiting"], "yes");
    EXPECT_EQ(f["voice.new"], "2");
}

TEST(BodyCpim, WhatANotificationHandsOnIsKeptInOrderAndNothingElseSlipsIn) {
    body_cpim c;
    ASSERT_EQ(body_cpim_open(SX_LIT("NS: i <urn:ietf:params:imdn>\r\ni.Message-ID: 1\r\n"
                                    "i.Original-To: Bob <im:bob@b>\r\n"
                                    "i.IMDN-Record-Route: <im:two@x>\r\ni.IMDN-Record-Route: A\rFrom: <sip:evil@x>\r\n"
                                    "i.IMDN-Record-Route:\r\ni.IMDN-Record-Route: One <im:one@x>\r\n\r\n\r\nx"),
                             &c),
              SX_OK);
    EXPECT_EQ(text(c.original), "im:bob@b");
    EXPECT_EQ(text(c.routes), "imdn.IMDN-Route: <im:two@x>\r\nimdn.IMDN-Route: One <im:one@x>\r\n");
    body_free(&c.doc);
    std::string many = "Subject: x\r\n";
    for (int i = 0; i < 100; i++) many += "imdn.IMDN-Record-Route: <im:" + std::string(100, 'a') + "@x>\r\n";
    ASSERT_EQ(body_cpim_open(slice(many + "\r\n\r\n"), &c), SX_OK);
    EXPECT_LE(c.routes.n, 2048u);
    EXPECT_GT(c.routes.n, 1024u);
    body_free(&c.doc);
}

TEST(BodyCpim, BrokenOnes) {
    const std::string broken = std::to_string(SX_E_FORMAT);
    for (const char *bad :
         {"", "\r\n", "Subject: x", "Subject: x\r\n", "hello\r\n\r\n", "Content-Type: text/plain\r\n\r\nhi"})
        EXPECT_EQ(read(kCpim, bad)["error"], broken) << bad;
    std::string many;
    for (int i = 0; i < 200; i++) many += "X-A: b\r\n";
    EXPECT_EQ(read(kCpim, many + "\r\n\r\n")["error"], std::to_string(SX_E_LIMIT));
    EXPECT_EQ(read(kCpim, "Subject: x\r\n\r\n")["subject"], "x") << "no content at all";
}

TEST(BodyCpim, BytesPassUntouchedAndSeveralRecipientsAreSeen) {
    std::string bytes("a\0\xFF\r\nb", 6);
    body_field fields[] = {{SX_LIT("from"), SX_LIT("sip:a@b")}, {SX_LIT("message_id"), SX_LIT("m1")}};
    sx_buf out;
    sx_buf_init(&out);
    ASSERT_EQ(body_cpim_wrap_note(fields, 2, SX_LIT("image/png"), slice(bytes), sx_slice_empty(), &out), SX_OK);
    body_cpim c;
    ASSERT_EQ(body_cpim_open(sx_buf_view(&out), &c), SX_OK);
    EXPECT_EQ(text(c.content), bytes);
    EXPECT_EQ(text(c.content_type), "image/png");
    EXPECT_FALSE(c.group);
    EXPECT_NE(text(sx_buf_view(&out)).find("Content-Disposition: notification\r\n"), std::string::npos);
    body_free(&c.doc);
    sx_buf_free(&out);
    ASSERT_EQ(body_cpim_open(SX_LIT("To: <sip:a@b>\r\ncc: <sip:c@d>\r\n\r\n\r\nx"), &c), SX_OK);
    EXPECT_TRUE(c.group);
    body_free(&c.doc);
}

TEST(BodyCpim, ContentWithBadBytesIsReadableText) {
    EXPECT_EQ(read(kCpim, std::string("Subject: x\r\n\r\n\r\na\0\xFF"
                                      "b",
                                      20))["content"],
              "a\xEF\xBF\xBD\xEF\xBF\xBD"
              "b");
}

} // namespace
