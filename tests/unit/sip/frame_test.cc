#include <gtest/gtest.h>

extern "C" {
#include "sip/frame.h"
}
#include "sip_test.h"

namespace {

const std::string kOne = "OPTIONS sip:a@b SIP/2.0\r\nCSeq: 1 OPTIONS\r\nContent-Length: 5\r\n\r\nhello";
const std::string kTwo = "SIP/2.0 200 OK\nl : \n 0003\n\nabc";
const std::string kThree = "BYE sip:a@b SIP/2.0\r\nX-Content-Length: 9\r\nContent-Length: 0\r\n\r\n";

struct Framer {
    sip_framer f;
    Framer(size_t head = 0, size_t body = 0) { sip_framer_init(&f, head, body); }
    ~Framer() { sip_framer_free(&f); }
    std::vector<std::string> got;
    int error = 0;
    void pull() {
        sx_slice out;
        int what;
        while ((what = sip_framer_next(&f, &out)) > 0)
            got.push_back(what == SIP_FRAME_MESSAGE ? str(out) : what == SIP_FRAME_PING ? "PING" : "PONG");
        if (what < 0) error = what;
    }
    void feed(const std::string &s) {
        ASSERT_EQ(sip_framer_feed(&f, s.data(), s.size()), SX_OK);
        pull();
    }
};
using Strings = std::vector<std::string>;

} // namespace

TEST(Framer, SplitAtEveryByteIsTheSameStream) {
    std::string all = kOne + "\r\n\r\n" + kTwo + "\r\n" + kThree + kOne;
    Strings want = {kOne, "PING", kTwo, kThree, kOne};
    for (size_t split = 0; split <= all.size(); split++) {
        Framer f;
        f.feed(all.substr(0, split));
        f.feed(all.substr(split));
        ASSERT_EQ(f.got, want) << split;
        EXPECT_EQ(sip_framer_held(&f.f), 0u);
    }
    Framer f;
    for (char c : all) f.feed(std::string(1, c));
    EXPECT_EQ(f.got, want);
}

TEST(Framer, ReadingStraightIntoItsSpace) {
    Framer f;
    size_t room = 0;
    char *p = sip_framer_space(&f.f, kOne.size(), &room);
    ASSERT_NE(p, nullptr);
    ASSERT_GE(room, kOne.size());
    memcpy(p, kOne.data(), kOne.size());
    sip_framer_added(&f.f, kOne.size());
    f.pull();
    EXPECT_EQ(f.got, Strings{kOne});
    sip_framer_added(&f.f, (size_t)-1); // more than there was room for: nothing
    f.pull();
    EXPECT_EQ(f.got.size(), 1u);
}

TEST(Framer, PingsAndPongs) {
    Framer f;
    f.feed("\r\n");
    EXPECT_EQ(f.got, Strings{}) << "a lone CRLF that nobody waits for is nothing";
    f.feed("\r\n");
    EXPECT_EQ(f.got, Strings{"PING"});
    sip_framer_pinged(&f.f);
    f.feed("\r");
    f.feed("\n");
    EXPECT_EQ(f.got, (Strings{"PING", "PONG"}));
    sip_framer_pinged(&f.f);
    f.feed("\r\n\r\n\r\n"); // a pong and a ping, in whatever order
    EXPECT_EQ(f.got, (Strings{"PING", "PONG", "PONG", "PING"}));
    f.feed("\r\n" + kThree + "\r\n\r\n");
    EXPECT_EQ(f.got.size(), 6u);
    EXPECT_EQ(f.got[4], kThree);
    EXPECT_EQ(f.got[5], "PING");
}

TEST(Framer, WithoutContentLengthTheStreamIsLost) {
    for (const char *text :
         {"BYE sip:a SIP/2.0\r\nX: y\r\n\r\n", "BYE sip:a SIP/2.0\r\nContent-Length: -1\r\n\r\n",
          "BYE sip:a SIP/2.0\r\nContent-Length: 1\r\nl: 2\r\n\r\n", "BYE sip:a SIP/2.0\r\nContent-Length:\r\n\r\n",
          "BYE sip:a SIP/2.0\r\nl: 5x\r\n\r\n", "\n\x01\n\n"}) {
        Framer f;
        f.feed(text);
        EXPECT_EQ(f.error, SX_E_PROTOCOL) << text;
        sx_slice out;
        EXPECT_EQ(sip_framer_next(&f.f, &out), SX_E_PROTOCOL) << "an error sticks";
    }
    Framer same;
    same.feed("BYE sip:a SIP/2.0\r\nContent-Length: 1\r\nl: 1\r\n\r\nx");
    EXPECT_EQ(same.got.size(), 1u);
}

TEST(Framer, AnErrorGivesTheHeadersForAnAnswer) {
    Framer f;
    std::string head = "BYE sip:a SIP/2.0\r\nX: y\r\n\r\n";
    ASSERT_EQ(sip_framer_feed(&f.f, head.data(), head.size()), SX_OK);
    sx_slice out;
    EXPECT_EQ(sip_framer_next(&f.f, &out), SX_E_PROTOCOL);
    EXPECT_EQ(str(out), head);
}

TEST(Framer, CapsHoldWhileBytesArrive) {
    Framer endless(1000, 0);
    for (int i = 0; i < 200 && !endless.error; i++) endless.feed("0123456789");
    EXPECT_EQ(endless.error, SX_E_LIMIT);
    EXPECT_LE(sip_framer_held(&endless.f), 1010u);
    Framer body(0, 1000);
    body.feed("BYE sip:a SIP/2.0\r\nContent-Length: 1001\r\n\r\n");
    EXPECT_EQ(body.error, SX_E_LIMIT);
    Framer huge;
    huge.feed("BYE sip:a SIP/2.0\r\nContent-Length: 99999999999999999999\r\n\r\n");
    EXPECT_EQ(huge.error, SX_E_LIMIT);
}

TEST(Framer, GivesBackWhatALargeMessageTook) {
    Framer f;
    std::string big(50000, 'x');
    f.feed("BYE sip:a SIP/2.0\r\nContent-Length: 50000\r\n\r\n" + big);
    ASSERT_EQ(f.got.size(), 1u);
    f.feed(kThree);
    EXPECT_LT(f.f.buf.cap, 16384u);
}
