// STUN as bytes; the vectors are RFC 5769's.
#include "net_fixture.h"

extern "C" {
#include "net/stun.h"
}

namespace {

const unsigned char TID[] = {0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae};

std::string hex(const char *text) {
    std::string out;
    unsigned half = 0, v = 0;
    for (; *text; text++) {
        if (*text == ' ') continue;
        v = v * 16 + static_cast<unsigned>(*text <= '9' ? *text - '0' : *text - 'a' + 10);
        if (half++ & 1) out += static_cast<char>(v), v = 0;
    }
    return out;
}

// 2.1: a request with SOFTWARE, PRIORITY, ICE-CONTROLLED, USERNAME, MESSAGE-INTEGRITY, FINGERPRINT
const char REQUEST[] = "00010058 2112a442 b7e7a701 bc34d686 fa87dfae 80220010 5354554e 20746573 7420636c 69656e74 00240004"
                       "6e0001ff 80290008 932ff9b1 51263b36 00060009 6576746a 3a683676 59202020 00080014 9aeaa70c bfd8cb56"
                       "781ef2b5 b2d3f249 c1b571a2 80280004 e57a3bcf";
const char V4[] = "0101003c 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220 00200008 0001a147"
                  "e112a643 00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7 80280004 c07d4c96";
const char V6[] = "01010048 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220 00200014 0002a147"
                  "0113a9fa a5d3f179 bc25f4b5 bed2b9d9 00080014 a382954e 4be67bf1 1784c97c 8292c275 bfe3ed41 80280004 c8fb0b4c";

std::string tid() { return std::string(reinterpret_cast<const char *>(TID), 12); }
std::string message(const char *type, const std::string &attributes) {
    std::string n{static_cast<char>(attributes.size() >> 8), static_cast<char>(attributes.size())};
    return hex(type) + n + hex("2112a442") + tid() + attributes;
}
int read(const std::string &bytes, net_stun_response *r) {
    // an exact block of its own, so that ASan sees a byte too many
    std::vector<char> exact(bytes.begin(), bytes.end());
    return net_stun_response_read(sx_slice_of(exact.data(), exact.size()), TID, r);
}

TEST(Stun, ReadsTheSampleAnswersOfRfc5769) {
    net_stun_response r;
    ASSERT_EQ(SX_OK, read(hex(V4), &r));
    EXPECT_EQ("192.0.2.1:32853", text_of(&r.mapped));
    EXPECT_EQ(0u, r.error);
    ASSERT_EQ(SX_OK, read(hex(V6), &r));
    EXPECT_EQ("[2001:db8:1234:5678:11:2233:4455:6677]:32853", text_of(&r.mapped));
}

TEST(Stun, OneWrongBitAnywhereIsNotAnAnswer) {
    std::string good = hex(V4);
    net_stun_response r;
    for (size_t i = 0; i < good.size(); i++) {
        for (int bit = 0; bit < 8; bit++) {
            std::string bad = good;
            bad[i] = static_cast<char>(bad[i] ^ 1 << bit);
            // another type in its place, or a longer attribute before it, hides the fingerprint: nothing vouches for the rest
            if ((i == 51 || i == 72 || i == 73) && read(bad, &r) == SX_OK) continue;
            EXPECT_LT(read(bad, &r), 0) << i << "/" << bit;
        }
    }
    for (size_t n = 0; n < good.size(); n++) EXPECT_EQ(SX_E_NOT_FOUND, read(good.substr(0, n), &r)) << n;
    EXPECT_EQ(SX_E_NOT_FOUND, read(good + std::string(4, '\0'), &r));
}

TEST(Stun, OurRequestIsWhatAServerReads) {
    unsigned char out[NET_STUN_REQUEST], seen[NET_STUN_TID], other[NET_STUN_TID], mine[NET_STUN_TID];
    net_stun_request_write(out, TID);
    std::string bytes(reinterpret_cast<char *>(out), sizeof out);
    EXPECT_EQ(hex("00010008 2112a442") + tid() + hex("80280004"), bytes.substr(0, 24));
    EXPECT_TRUE(net_stun_is_request(slice(bytes)));
    EXPECT_FALSE(net_stun_is_response(slice(bytes)));
    ASSERT_EQ(SX_OK, net_stun_request_read(slice(bytes), seen));
    EXPECT_EQ(0, memcmp(seen, TID, sizeof seen));
    net_stun_tid_make(mine);
    net_stun_tid_make(other);
    EXPECT_NE(0, memcmp(mine, other, sizeof mine));
    bytes[27] ^= 1;
    EXPECT_EQ(SX_E_FORMAT, net_stun_request_read(slice(bytes), seen));
}

TEST(Stun, OurAnswerIsWhatAClientReads) {
    for (const char *at : {"192.0.2.1:32853", "[2001:db8::1]:5060", "127.0.0.1:1", "[::1]:65535"}) {
        unsigned char out[NET_STUN_ANSWER];
        net_addr a = addr(at);
        size_t n = net_stun_response_write(out, TID, &a);
        ASSERT_LE(n, sizeof out);
        net_stun_response r;
        ASSERT_EQ(SX_OK, read(std::string(reinterpret_cast<char *>(out), n), &r)) << at;
        EXPECT_EQ(at, text_of(&r.mapped));
    }
}

TEST(Stun, AnswerOfAnotherTransactionIsNotOurs) {
    net_stun_response r;
    std::string bytes = hex(V4);
    bytes[19] ^= 1;
    EXPECT_EQ(SX_E_NOT_FOUND, read(bytes, &r));
    EXPECT_TRUE(net_stun_is_response(slice(bytes)));
    EXPECT_EQ(SX_E_NOT_FOUND, read(hex(REQUEST), &r));
}

TEST(Stun, UnknownAttributesThatMatterAreRefusedOthersPassedOver) {
    net_stun_response r;
    unsigned char seen[NET_STUN_TID], out[NET_STUN_ANSWER];
    std::string address = hex("00200008 0001a147 e112a643");
    EXPECT_EQ(SX_E_UNSUPPORTED, read(message("0101", hex("7fff0000") + address), &r));
    EXPECT_EQ(SX_OK, read(message("0101", hex("80ff0003 01020300") + address), &r));
    EXPECT_EQ(SX_OK, read(message("0101", hex("00040008 00010d96 c0000201 00050008 00010d97 c0000202") + address), &r));
    // PRIORITY is not ours to understand
    std::string request = hex(REQUEST);
    ASSERT_EQ(SX_E_UNSUPPORTED, net_stun_request_read(slice(request), seen));
    size_t n = net_stun_refusal_write(out, slice(request));
    ASSERT_LE(n, sizeof out);
    ASSERT_EQ(SX_OK, read(std::string(reinterpret_cast<char *>(out), n), &r));
    EXPECT_EQ(420u, r.error);
    EXPECT_EQ(hex("000a0002 0024 0000"), std::string(reinterpret_cast<char *>(out), n).substr(28, 8));
}

TEST(Stun, PlainAddressServesWhereTheOtherIsMissing) {
    net_stun_response r;
    std::string plain = hex("00010008 000113c4 c0000205"), address = hex("00200008 0001a147 e112a643");
    ASSERT_EQ(SX_OK, read(message("0101", plain), &r));
    EXPECT_EQ("192.0.2.5:5060", text_of(&r.mapped));
    ASSERT_EQ(SX_OK, read(message("0101", plain + address), &r));
    EXPECT_EQ("192.0.2.1:32853", text_of(&r.mapped));
    ASSERT_EQ(SX_OK, read(message("0101", address + hex("00200008 00010000 00000000")), &r)) << "the first counts";
    EXPECT_EQ("192.0.2.1:32853", text_of(&r.mapped));
}

TEST(Stun, UselessAddressesAreNone) {
    net_stun_response r;
    for (const char *attributes : {"", "00010008 00010000 c0000205", "00010008 000113c4 00000000", "00010008 000113c4 e0000001",
                                   "00010008 000313c4 c0000205", "00010004 000113c4", "00010008 000213c4 c0000205",
                                   "00010014 000113c4 c0000205 00000000 00000000 00000000", "00200004 0001a147",
                                   "00010014 000213c4 00000000 00000000 00000000 00000000"}) {
        EXPECT_EQ(SX_E_FORMAT, read(message("0101", hex(attributes)), &r)) << attributes;
        EXPECT_FALSE(net_addr_is_set(&r.mapped));
    }
    ASSERT_EQ(SX_OK, read(message("0101", hex("00010014 000213c4 00000000 00000000 0000ffff c0000205")), &r));
    EXPECT_EQ("192.0.2.5:5060", text_of(&r.mapped)) << "a mapped IPv4 address is IPv4";
}

TEST(Stun, ErrorAnswersSayTheirCode) {
    net_stun_response r;
    std::string no = message("0111", hex("00090010 00000401 556e6175 74686f72 697a6564"));
    ASSERT_EQ(SX_OK, net_stun_response_read(slice(no), TID, &r));
    EXPECT_EQ(401u, r.error);
    EXPECT_EQ("Unauthorized", std::string(r.reason.p, r.reason.n));
    EXPECT_FALSE(net_addr_is_set(&r.mapped));
    for (const char *attributes : {"", "00090004 00000201", "00090004 00000764", "00090004 00000464", "00090003 00000400"})
        EXPECT_EQ(SX_E_FORMAT, read(message("0111", hex(attributes)), &r)) << attributes;
}

TEST(Stun, LengthsThatLieAreMalformed) {
    net_stun_response r;
    for (const char *attributes : {"00200009 0001a147 e112a643", "0020ffff 0001a147 e112a643", "8022fffd 00000000", "00200008 0001a147",
                                   "80280004"})
        EXPECT_EQ(SX_E_FORMAT, read(message("0101", hex(attributes)), &r)) << attributes;
    EXPECT_EQ(SX_E_FORMAT, read(message("0101", hex("80280004 00000000 00200008 0001a147 e112a643")), &r)) << "not the last";
}

TEST(Stun, SipAndKeepAlivesAreNoStun) {
    for (const char *text : {"", "\r\n\r\n", "OPTIONS sip:a@example.com SIP/2.0\r\nVia: x\r\n\r\n", "SIP/2.0 200 OK\r\n"})
        EXPECT_FALSE(net_stun_is(sx_slice_str(text))) << text;
    EXPECT_TRUE(net_stun_is(slice(hex(REQUEST))));
    EXPECT_FALSE(net_stun_is(slice(hex("80010000 2112a442 b7e7a701 bc34d686 fa87dfae"))));
    EXPECT_FALSE(net_stun_is(slice(hex("00010000 2112a443 b7e7a701 bc34d686 fa87dfae"))));
}

}  // namespace
