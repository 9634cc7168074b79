#include <gtest/gtest.h>

#include <thread>

extern "C" {
#include "sip/headers.h"
#include "sip/message.h"
}
#include "sip_test.h"

namespace {

const std::string kInvite = "INVITE sip:bob@biloxi.com SIP/2.0\r\n"
                            "Via: SIP/2.0/UDP pc33.atlanta.com:5066;branch=z9hG4bK776asdhds;rport\r\n"
                            "Via: SIP/2.0/TCP [2001:db8::1];branch=z9hG4bK2\r\n"
                            "Max-Forwards: 69\r\n"
                            "To: Bob <sip:bob@biloxi.com>\r\n"
                            "From: \"Alice \\\"A\\\"\" <sip:alice@atlanta.com>;tag=1928301774\r\n"
                            "Call-ID: a84b4c76e66710@pc33.atlanta.com\r\n"
                            "CSeq: 314159 INVITE\r\n"
                            "Contact: <sip:alice@pc33.atlanta.com>\r\n"
                            "X-Thing: one\r\n"
                            "x-thing: two\r\n"
                            "X-Other: three\r\n"
                            "Content-Type: application/sdp\r\n"
                            "Content-Length: 4\r\n"
                            "\r\n"
                            "v=0\n";

std::string without(std::string text, const std::string &header) {
    size_t at = text.find("\r\n" + header) + 2;
    return text.erase(at, text.find("\r\n", at) + 2 - at);
}
std::string with(std::string text, const std::string &from, const std::string &to) {
    return text.replace(text.find(from), from.size(), to);
}

} // namespace

TEST(Message, AnInviteIsIndexedWhole) {
    Parsed m(kInvite);
    ASSERT_EQ(m.rc, SX_OK);
    EXPECT_TRUE(sip_is_request(m.get()));
    EXPECT_EQ(m->method, SIP_INVITE);
    EXPECT_EQ(str(m->method_name), "INVITE");
    EXPECT_EQ(str(m->uri), "sip:bob@biloxi.com");
    EXPECT_EQ(m->nhdrs, 13);
    EXPECT_EQ(str(m->body), "v=0\n");
    EXPECT_EQ(str(m->bytes), kInvite);
    EXPECT_EQ(str(sip_value(m.get(), SIP_HDR_CSEQ)), "314159 INVITE");
    const sip_hdr *via = sip_first(m.get(), SIP_HDR_VIA);
    ASSERT_NE(via, nullptr);
    ASSERT_NE(sip_next(m.get(), via), nullptr);
    EXPECT_EQ(sip_next(m.get(), sip_next(m.get(), via)), nullptr);
    EXPECT_EQ(sip_value(m.get(), SIP_HDR_EXPIRES).p, nullptr);
}

TEST(Message, HeadersAreFoundByNameWhetherKnownOrNot) {
    Parsed m(kInvite);
    const sip_hdr *one = sip_find(m.get(), SX_LIT("X-THING"), nullptr);
    ASSERT_NE(one, nullptr);
    EXPECT_EQ(str(sip_hdr_value(m.get(), one)), "one");
    const sip_hdr *two = sip_find(m.get(), SX_LIT("X-Thing"), one);
    ASSERT_NE(two, nullptr);
    EXPECT_EQ(str(sip_hdr_value(m.get(), two)), "two");
    EXPECT_EQ(sip_find(m.get(), SX_LIT("X-Thing"), two), nullptr);
    EXPECT_EQ(sip_find(m.get(), SX_LIT("X-Missing"), nullptr), nullptr);
    EXPECT_EQ(str(m.value("i")), "a84b4c76e66710@pc33.atlanta.com");
}

TEST(Message, AResponseIsIndexed) {
    Parsed m("SIP/2.0 486 Busy Here\r\nContent-Length: 0\r\n\r\n");
    ASSERT_EQ(m.rc, SX_OK);
    EXPECT_FALSE(sip_is_request(m.get()));
    EXPECT_EQ(m->status, 486);
    EXPECT_EQ(str(m->reason), "Busy Here");
    Parsed empty("SIP/2.0 100 \r\nContent-Length: 0\r\n\r\n"), none("SIP/2.0 200\r\n\r\n");
    EXPECT_EQ(empty.rc, SX_OK);
    EXPECT_EQ(empty->reason.n, 0u);
    EXPECT_EQ(none.rc, SX_OK);
}

TEST(Message, FoldedHeadersAreOneValue) {
    Parsed m(with(kInvite, "X-Thing: one", "X-Thing:\r\n  one\r\n\tmore \r\n \r\n end  "));
    ASSERT_EQ(m.rc, SX_OK);
    EXPECT_EQ(str(m.value("X-Thing")), "one\r\n\tmore \r\n \r\n end");
    EXPECT_EQ(m->nhdrs, 13);
}

TEST(Message, LinesMayEndWithLfAlone) {
    std::string text = kInvite;
    for (size_t at; (at = text.find('\r')) != std::string::npos;) text.erase(at, 1);
    Parsed m(text);
    ASSERT_EQ(m.rc, SX_OK);
    EXPECT_EQ(str(m->body), "v=0\n");
    EXPECT_EQ(str(m.value("Max-Forwards")), "69");
}

TEST(Message, BytesBehindContentLengthAreIgnoredAndLeadingCrlfSkipped) {
    Parsed m("\r\n\r\n" + kInvite + "GARBAGE");
    ASSERT_EQ(m.rc, SX_OK);
    EXPECT_EQ(str(m->body), "v=0\n");
    EXPECT_EQ(str(m->bytes), kInvite);
    Parsed rest(without(kInvite, "Content-Length"));
    EXPECT_EQ(str(rest->body), "v=0\n");
}

TEST(Message, KeepalivesAreNoMessages) {
    EXPECT_EQ(Parsed("").rc, SX_E_INVALID);
    EXPECT_EQ(Parsed("\r\n\r\n").rc, SX_E_INVALID);
    EXPECT_EQ(Parsed(std::string(4, '\0')).rc, SX_E_INVALID);
}

TEST(Message, EveryTruncationFailsAndOnlyReadsItsOwnBytes) {
    size_t head = kInvite.find("\r\n\r\n") + 4;
    for (size_t n = 1; n < kInvite.size(); n++) {
        Parsed m(kInvite.substr(0, n));
        EXPECT_NE(m.rc, SX_OK) << n;
        if (n >= head) {
            EXPECT_EQ(m.err.fault, SIP_FAULT_CONTENT_LENGTH);
            EXPECT_EQ(m.err.status, 400);
        }
    }
}

TEST(Message, WhatIsWrongIsSaidAndWhetherItCanBeAnswered) {
    struct {
        std::string text;
        sip_fault fault;
        int status;
    } cases[] = {
        {with(kInvite, "SIP/2.0", "SIP/3.0"), SIP_FAULT_VERSION, 505},
        {with(kInvite, " SIP/2.0", ""), SIP_FAULT_START_LINE, 400},
        {with(kInvite, "INVITE sip", "INVITE  sip"), SIP_FAULT_START_LINE, 400},
        {with(kInvite, "bob@biloxi.com SIP/2.0", "bob@biloxi.com SIP/2.0 "), SIP_FAULT_START_LINE, 400},
        {with(kInvite, "sip:bob@biloxi.com S", "<sip:bob@biloxi.com> S"), SIP_FAULT_START_LINE, 400},
        {with(kInvite, "INVITE sip:bob", "INV\\ITE sip:bob"), SIP_FAULT_START_LINE, 400},
        {with(kInvite, "INVITE sip:bob", "ACK sip:bob\x01"), SIP_FAULT_START_LINE, 0},
        {with(kInvite, "X-Thing: one", "no colon here"), SIP_FAULT_HEADER, 400},
        {with(kInvite, "X-Thing: one", ": empty name"), SIP_FAULT_HEADER, 400},
        {with(kInvite, "X-Thing: one", "X-Thing: o\rne"), SIP_FAULT_HEADER, 400},
        {with(kInvite, "X-Thing: one", std::string("X-Thing: o\0ne", 13)), SIP_FAULT_HEADER, 400},
        {with(kInvite, "Length: 4", "Length: -4"), SIP_FAULT_CONTENT_LENGTH, 400},
        {with(kInvite, "Length: 4", "Length: 5"), SIP_FAULT_CONTENT_LENGTH, 400},
        {with(kInvite, "Length: 4", "Length: 99999999999999999999"), SIP_FAULT_CONTENT_LENGTH, 400},
        {with(kInvite, "Length: 4", "Length: 4\r\nl: 3"), SIP_FAULT_CONTENT_LENGTH, 400},
        {with(kInvite, "Length: 4", "Length:"), SIP_FAULT_CONTENT_LENGTH, 400},
        {with(without(kInvite, "Call-ID"), "Length: 4", "Length: 5"), SIP_FAULT_CONTENT_LENGTH, 0},
        {"SIP/2.0 99 Too Low\r\n\r\n", SIP_FAULT_START_LINE, 0},
        {"SIP/2.0 4294967301 better\r\n\r\n", SIP_FAULT_START_LINE, 0},
        {"SIP/7.0 200 OK\r\n\r\n", SIP_FAULT_VERSION, 0},
        {"hello\r\n\r\n", SIP_FAULT_START_LINE, 0},
        {"hello", SIP_FAULT_END, 0},
    };
    for (auto &c : cases) {
        Parsed m(c.text);
        EXPECT_LT(m.rc, 0) << c.text;
        EXPECT_EQ(m.err.fault, c.fault) << c.text;
        EXPECT_EQ(m.err.status, c.status) << c.text;
        ASSERT_NE(m.err.what, nullptr);
        EXPECT_LE(m.err.at, c.text.size());
    }
    Parsed quoted(with(kInvite, "\\\"A\\\"", std::string("\\\0A", 3)));
    EXPECT_EQ(quoted.rc, SX_OK) << "an escaped NUL in a quoted string is legal";
}

TEST(Message, CapsHold) {
    sip_limits small = {200, 0, 0};
    EXPECT_EQ(Parsed(kInvite, &small).rc, SX_E_LIMIT);
    sip_limits line = {0, 20, 0};
    Parsed long_line(kInvite, &line);
    EXPECT_EQ(long_line.rc, SX_E_LIMIT);
    EXPECT_EQ(long_line.err.fault, SIP_FAULT_TOO_LONG);
    sip_limits few = {0, 0, 12};
    Parsed many(kInvite, &few);
    EXPECT_EQ(many.rc, SX_E_LIMIT);
    EXPECT_EQ(many.err.status, 513);
    std::string all = "OPTIONS sip:a@b SIP/2.0\r\n";
    for (int i = 0; i < 128; i++) all += "X: y\r\n";
    EXPECT_EQ(Parsed(all + "\r\n").rc, SX_OK);
    sip_limits asked_more = {0, 0, 100000};
    EXPECT_EQ(Parsed(all + "X: y\r\n\r\n", &asked_more).err.fault, SIP_FAULT_TOO_MANY);
}

TEST(Message, KeepingMakesACopyThatOutlivesItsBytes) {
    sip_msg *kept;
    {
        Parsed m(kInvite);
        kept = sip_msg_keep(m.get());
        ASSERT_NE(kept, nullptr);
        sip_msg_unref(&m.scratch->msg); // harmless
    }
    EXPECT_EQ(str(kept->bytes), kInvite);
    EXPECT_EQ(str(kept->uri), "sip:bob@biloxi.com");
    EXPECT_EQ(str(kept->method_name), "INVITE");
    EXPECT_EQ(str(kept->body), "v=0\n");
    EXPECT_EQ(str(sip_value(kept, SIP_HDR_CALL_ID)), "a84b4c76e66710@pc33.atlanta.com");
    sip_basics b;
    EXPECT_EQ(sip_basics_read(kept, &b, nullptr), SX_OK);
    sip_msg *again = sip_msg_keep(kept);
    EXPECT_EQ(again, kept);
    sip_msg_unref(kept);
    EXPECT_EQ(again->nhdrs, 13);
    sip_msg_unref(again);
    sip_msg_unref(nullptr);
}

TEST(Message, AKeptOneMayBeSharedBetweenThreads) {
    Parsed m(kInvite);
    sip_msg *kept = sip_msg_keep(m.get());
    ASSERT_NE(kept, nullptr);
    auto use = [](sip_msg *mine) {
        for (int i = 0; i < 1000; i++) {
            sip_msg *more = sip_msg_ref(mine);
            sip_basics b;
            EXPECT_EQ(sip_basics_read(more, &b, nullptr), SX_OK);
            sip_msg_unref(more);
        }
        sip_msg_unref(mine);
    };
    std::thread one(use, sip_msg_ref(kept)), two(use, sip_msg_ref(kept));
    sip_msg_unref(kept);
    one.join();
    two.join();
}

TEST(Message, TheBasicsOfAnInvite) {
    Parsed m(kInvite);
    sip_basics b;
    ASSERT_EQ(sip_basics_read(m.get(), &b, nullptr), SX_OK);
    EXPECT_EQ(str(b.via.host), "pc33.atlanta.com");
    EXPECT_EQ(b.via.port, 5066);
    EXPECT_TRUE(b.via.has_rport);
    EXPECT_EQ(str(b.via.branch), "z9hG4bK776asdhds");
    EXPECT_EQ(str(b.from.display), "\"Alice \\\"A\\\"\"");
    EXPECT_EQ(str(b.from.uri), "sip:alice@atlanta.com");
    EXPECT_EQ(str(b.from_tag), "1928301774");
    EXPECT_EQ(b.to_tag.p, nullptr);
    EXPECT_EQ(str(b.to.display), "Bob");
    EXPECT_EQ(b.cseq.number, 314159u);
    EXPECT_EQ(b.cseq.method, SIP_INVITE);
    EXPECT_EQ(b.max_forwards, 69u);
}

TEST(Message, MissingRepeatedAndUnreadableBasicsAreTold) {
    struct {
        std::string text;
        sip_fault fault;
        sip_hdr_id hdr;
        int status;
    } cases[] = {
        {without(kInvite, "Call-ID"), SIP_FAULT_MISSING, SIP_HDR_CALL_ID, 0},
        {without(kInvite, "To"), SIP_FAULT_MISSING, SIP_HDR_TO, 0},
        {without(kInvite, "CSeq"), SIP_FAULT_MISSING, SIP_HDR_CSEQ, 0},
        {without(without(kInvite, "Via"), "Via"), SIP_FAULT_MISSING, SIP_HDR_VIA, 0},
        {with(kInvite, "X-Thing: one", "t: <sip:x@y>"), SIP_FAULT_REPEATED, SIP_HDR_TO, 400},
        {with(kInvite, "X-Thing: one", "CSeq: 1 INVITE"), SIP_FAULT_REPEATED, SIP_HDR_CSEQ, 400},
        {with(kInvite, "X-Thing: one", "Max-Forwards: 1"), SIP_FAULT_REPEATED, SIP_HDR_MAX_FORWARDS, 400},
        {with(kInvite, "314159 INVITE", "314159 BYE"), SIP_FAULT_VALUE, SIP_HDR_CSEQ, 400},
        {with(kInvite, "314159 INVITE", "2147483648 INVITE"), SIP_FAULT_VALUE, SIP_HDR_CSEQ, 400},
        {with(kInvite, "314159 INVITE", "INVITE"), SIP_FAULT_VALUE, SIP_HDR_CSEQ, 400},
        {with(kInvite, "Forwards: 69", "Forwards: 256"), SIP_FAULT_VALUE, SIP_HDR_MAX_FORWARDS, 400},
        {with(kInvite, "To: Bob <", "To: \"Bob <"), SIP_FAULT_VALUE, SIP_HDR_TO, 400},
        {with(kInvite, "To: Bob <", "To: A, Bob <"), SIP_FAULT_VALUE, SIP_HDR_TO, 400},
        {with(kInvite, "To: Bob <sip:bob@biloxi.com>", "To: *"), SIP_FAULT_VALUE, SIP_HDR_TO, 400},
        {with(kInvite, "SIP/2.0/UDP pc33", "SIP/2.0/UDP ?pc33"), SIP_FAULT_VALUE, SIP_HDR_VIA, 0},
        {with(kInvite, ";rport", ";;,;"), SIP_FAULT_VALUE, SIP_HDR_VIA, 400},
    };
    for (auto &c : cases) {
        Parsed m(c.text);
        ASSERT_EQ(m.rc, SX_OK) << c.text;
        sip_basics b;
        sip_parse_error err{};
        EXPECT_EQ(sip_basics_read(m.get(), &b, &err), SX_E_PROTOCOL) << c.text;
        EXPECT_EQ(err.fault, c.fault) << c.text;
        EXPECT_EQ(err.hdr, c.hdr) << c.text;
        EXPECT_EQ(err.status, c.status) << c.text;
    }
}
