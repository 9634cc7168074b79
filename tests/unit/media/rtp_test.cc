#include <gtest/gtest.h>

#include <vector>

extern "C" {
#include "base/error.h"
#include "media/rtcp.h"
#include "media/rtp.h"
}

namespace {

std::vector<uint8_t> Packet(uint8_t first, uint8_t second, std::vector<uint8_t> rest = {}) {
    std::vector<uint8_t> p = {first, second, 0x12, 0x34, 0, 0, 0x10, 0, 0xde, 0xad, 0xbe, 0xef};
    for (uint8_t b : rest) p.push_back(b);
    return p;
}

TEST(Rtp, AHeaderIsReadAsItWasWritten) {
    uint8_t h[RTP_HEADER + 2] = {};
    rtp_write_header(h, true, 101, 65535, 0xfffffff0u, 0x01020304);
    rtp_packet p;
    ASSERT_EQ(rtp_parse(&p, h, sizeof h), SX_OK);
    EXPECT_TRUE(p.marker);
    EXPECT_EQ(p.pt, 101);
    EXPECT_EQ(p.seq, 65535);
    EXPECT_EQ(p.ts, 0xfffffff0u);
    EXPECT_EQ(p.ssrc, 0x01020304u);
    EXPECT_EQ(p.n, 2u);
}

TEST(Rtp, PaddingCsrcAndExtensionAreNotTakenForAudio) {
    auto p = Packet(0xb1, 0, {1, 2, 3, 4,                   /* CSRC */
                              0xbe, 0xde, 0, 1, 9, 9, 9, 9, /* extension, one word */
                              7, 8, 0, 0, 3});              /* two octets of audio, three of padding */
    rtp_packet r;
    ASSERT_EQ(rtp_parse(&r, p.data(), p.size()), SX_OK);
    EXPECT_EQ(r.csrc_count, 1);
    EXPECT_EQ(r.ext_profile, 0xbede);
    EXPECT_EQ(r.ext_n, 4u);
    ASSERT_EQ(r.n, 2u);
    EXPECT_EQ(r.payload[0], 7);
}

TEST(Rtp, LengthsThatLieAreRefused) {
    rtp_packet r;
    auto refuse = [&](std::vector<uint8_t> p) {
        std::vector<uint8_t> exact(p); /* ASan sees a read past the end */
        return rtp_parse(&r, exact.data(), exact.size()) == SX_E_FORMAT;
    };
    EXPECT_TRUE(refuse({}));
    EXPECT_TRUE(refuse({0x80, 0, 0}));
    EXPECT_TRUE(refuse(Packet(0x40, 0)));                         /* version 1 */
    EXPECT_TRUE(refuse(Packet(0x8f, 0, {1, 2, 3, 4})));           /* 15 CSRC promised */
    EXPECT_TRUE(refuse(Packet(0x90, 0, {0, 0})));                 /* half an extension header */
    EXPECT_TRUE(refuse(Packet(0x90, 0, {0, 0, 0xff, 0xff, 1})));  /* an extension of 256 KB */
    EXPECT_TRUE(refuse(Packet(0xa0, 0)));                         /* padding without an octet */
    EXPECT_TRUE(refuse(Packet(0xa0, 0, {1, 0})));                 /* padding of none */
    EXPECT_TRUE(refuse(Packet(0xa0, 0, {1, 3})));                 /* more padding than payload */
    EXPECT_FALSE(refuse(Packet(0xa0, 0, {1, 2})));                /* all padding is legal */
}

TEST(Rtp, RtcpOnTheSamePortIsToldApart) {
    uint8_t sr[2] = {0x80, 200}, pcmu[2] = {0x80, 0x80}, opus[2] = {0x80, 0x80 | 111};
    EXPECT_TRUE(rtp_is_rtcp(sr, 2));
    EXPECT_FALSE(rtp_is_rtcp(pcmu, 2));
    EXPECT_FALSE(rtp_is_rtcp(opus, 2));
}

TEST(RtpSource, LossReorderingAndDuplicatesAreCountedOverTheWrap) {
    rtp_source s;
    rtp_source_init(&s, 1);
    EXPECT_EQ(rtp_source_packet(&s, 65534), RTP_SEQ_NEXT);
    EXPECT_EQ(rtp_source_packet(&s, 65535), RTP_SEQ_NEXT);
    EXPECT_EQ(rtp_source_packet(&s, 1), RTP_SEQ_NEXT); /* 0 is missing */
    EXPECT_EQ(rtp_source_expected(&s), 4u);
    EXPECT_EQ(rtp_source_lost(&s), 1);
    EXPECT_EQ(rtp_source_packet(&s, 0), RTP_SEQ_REORDERED);
    EXPECT_EQ(rtp_source_lost(&s), 0);
    EXPECT_EQ(rtp_source_packet(&s, 0), RTP_SEQ_DUPLICATE);
    EXPECT_EQ(rtp_source_packet(&s, 1), RTP_SEQ_DUPLICATE);
    EXPECT_EQ(rtp_source_ext_max(&s), 0x10001u);
}

TEST(RtpSource, ARestartedSenderIsFollowedAndAStrayPacketIsNot) {
    rtp_source s;
    rtp_source_init(&s, 1);
    for (uint16_t i = 0; i < 10; i++) rtp_source_packet(&s, (uint16_t)(100 + i));
    EXPECT_EQ(rtp_source_packet(&s, 40000), RTP_SEQ_JUMP);
    EXPECT_EQ(rtp_source_packet(&s, 110), RTP_SEQ_NEXT);
    EXPECT_EQ(rtp_source_packet(&s, 40001), RTP_SEQ_JUMP);
    EXPECT_EQ(rtp_source_packet(&s, 40002), RTP_SEQ_RESTART);
    EXPECT_EQ(rtp_source_packet(&s, 40003), RTP_SEQ_NEXT);
    EXPECT_EQ(rtp_source_lost(&s), 0);
}

TEST(RtpSource, JitterFollowsTheFormulaOfTheRfc) {
    rtp_source s;
    rtp_source_init(&s, 1);
    uint64_t t = 1000000;
    double want = 0;
    for (uint32_t i = 0; i < 100; i++) {
        rtp_source_jitter(&s, i * 160, 8000, t + (i % 2 ? 5000 : 0)); /* every other packet 5 ms late: |D| = 40 units */
        if (i) want += (40 - want) / 16;
        t += 20000;
    }
    EXPECT_NEAR(s.jitter, want, 0.5);
    EXPECT_NEAR(s.jitter_ms, 5.0, 0.2);
    rtp_source_jitter(&s, 0x80000000u, 8000, t); /* a timestamp from elsewhere */
    EXPECT_NEAR(s.jitter_ms, 5.0, 0.2);
}

TEST(RtpSource, TheFractionLostIsThatSinceTheLastReport) {
    rtp_source s;
    rtp_source_init(&s, 1);
    for (uint16_t i = 0; i < 100; i++)
        if (i % 4 != 3 || i == 99) rtp_source_packet(&s, i);
    EXPECT_EQ(rtp_source_fraction(&s), 24 * 256 / 100);
    for (uint16_t i = 100; i < 200; i++) rtp_source_packet(&s, i);
    EXPECT_EQ(rtp_source_fraction(&s), 0);
}

TEST(Rtcp, ASenderReportIsReadAsItWasWritten) {
    rtcp_report rep = {0xaabbccdd, 12, -5, 0x10005, 77, 0x11112222, 0x333};
    rtcp_compound c = {};
    c.ssrc = 0x01020304;
    c.sender = true;
    c.ntp = 0x0123456789abcdefull;
    c.rtp_ts = 160;
    c.packets = 3;
    c.octets = 480;
    c.report = &rep;
    c.cname = "abc@x";
    c.bye = true;
    uint8_t b[RTCP_MAX_PACKET];
    size_t n = rtcp_write(&c, b, sizeof b);
    ASSERT_GT(n, 0u);
    EXPECT_EQ(n % 4, 0u);
    EXPECT_TRUE(rtcp_valid(b, n));
    size_t at = 0;
    rtcp_packet p;
    ASSERT_TRUE(rtcp_next(b, n, &at, &p));
    EXPECT_EQ(p.type, RTCP_SR);
    EXPECT_EQ(p.ssrc, 0x01020304u);
    EXPECT_EQ(p.ntp, 0x0123456789abcdefull);
    EXPECT_EQ(p.octets, 480u);
    rtcp_report r;
    ASSERT_TRUE(rtcp_report_at(&p, 0, &r));
    EXPECT_FALSE(rtcp_report_at(&p, 1, &r));
    EXPECT_EQ(r.lost, -5);
    EXPECT_EQ(r.fraction, 12);
    EXPECT_EQ(r.ext_max, 0x10005u);
    ASSERT_TRUE(rtcp_next(b, n, &at, &p));
    const char *cn;
    size_t cn_n;
    ASSERT_TRUE(rtcp_sdes_cname(&p, 0x01020304, &cn, &cn_n));
    EXPECT_EQ(std::string(cn, cn_n), "abc@x");
    ASSERT_TRUE(rtcp_next(b, n, &at, &p));
    EXPECT_TRUE(rtcp_bye_names(&p, 0x01020304));
    EXPECT_FALSE(rtcp_bye_names(&p, 1));
    EXPECT_FALSE(rtcp_next(b, n, &at, &p));
    for (size_t cut = 0; cut < n; cut++) {
        std::vector<uint8_t> part(b, b + cut);
        if (cut % 4) { EXPECT_FALSE(rtcp_valid(part.data(), cut)) << cut; }
    }
    EXPECT_EQ(rtcp_write(&c, b, 40), 0u);
}

TEST(Rtcp, ABlockCountThatLiesReadsNothingOutside) {
    std::vector<uint8_t> p = {0x9f, 201, 0, 1, 1, 2, 3, 4}; /* 31 report blocks promised, none there */
    size_t at = 0;
    rtcp_packet r;
    ASSERT_TRUE(rtcp_next(p.data(), p.size(), &at, &r));
    rtcp_report rep;
    EXPECT_FALSE(rtcp_report_at(&r, 0, &rep));
    std::vector<uint8_t> sdes = {0x81, 202, 0, 2, 1, 2, 3, 4, 1, 200, 'a', 'b'};
    at = 0;
    ASSERT_TRUE(rtcp_next(sdes.data(), sdes.size(), &at, &r));
    const char *cn;
    size_t n;
    EXPECT_FALSE(rtcp_sdes_cname(&r, 0x01020304, &cn, &n));
}

TEST(Rtcp, RoundTripComesFromLsrAndDlsr) {
    uint64_t t0 = rtcp_ntp(1700000000000000ull), t1 = rtcp_ntp(1700000000150000ull);
    EXPECT_NEAR(rtcp_rtt_ms(t1, rtcp_ntp_middle(t0), 65536 / 10), 50.0, 0.1); /* 150 ms less 100 ms held */
    EXPECT_EQ(rtcp_rtt_ms(t1, 0, 0), -1);
    EXPECT_EQ(rtcp_rtt_ms(t0, rtcp_ntp_middle(t1), 0x10000), -1); /* a report that was answered before it was sent */
}

TEST(Rtcp, ReportsComeAboutEveryFiveSecondsNeverInStep) {
    uint64_t low = rtcp_interval_us(true, true, 120, 400, false, 0), high = rtcp_interval_us(true, true, 120, 400, false, 0xffffffff);
    EXPECT_GT(low, 2000000u);
    EXPECT_LT(high, 6200000u);
    EXPECT_GT(high, 2 * low);
    EXPECT_LT(rtcp_interval_us(true, true, 120, 400, true, 0), low);
}

}  // namespace
