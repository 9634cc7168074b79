#include <gtest/gtest.h>

extern "C" {
#include "codec/g711.h"
}

namespace {

/* ITU-T G.711, tables 1a/1b and 2a/2b: decision and output values, at 16 bit scale. */
TEST(G711, ReferenceValuesDecode) {
    EXPECT_EQ(g711_ulaw_table[0xff], 0);
    EXPECT_EQ(g711_ulaw_table[0x7f], 0);
    EXPECT_EQ(g711_ulaw_table[0x80], 32124);
    EXPECT_EQ(g711_ulaw_table[0x00], -32124);
    EXPECT_EQ(g711_ulaw_table[0x8f], 16764);
    EXPECT_EQ(g711_ulaw_table[0xfe], 8);
    EXPECT_EQ(g711_ulaw_table[0xef], 132);
    EXPECT_EQ(g711_alaw_table[0xd5], 8);
    EXPECT_EQ(g711_alaw_table[0x55], -8);
    EXPECT_EQ(g711_alaw_table[0xaa], 32256);
    EXPECT_EQ(g711_alaw_table[0x2a], -32256);
    EXPECT_EQ(g711_alaw_table[0x80], 5504);
    EXPECT_EQ(g711_alaw_table[0xd4], 24);
}

TEST(G711, SilenceIsSilence) {
    EXPECT_EQ(g711_ulaw(0), G711_ULAW_SILENCE);
    EXPECT_EQ(g711_alaw(0), G711_ALAW_SILENCE);
    EXPECT_EQ(g711_ulaw(-1), 0x7f);
    EXPECT_EQ(g711_alaw(-1), 0x55);
    EXPECT_EQ(g711_ulaw(32767), 0x80);
    EXPECT_EQ(g711_ulaw(-32768), 0x00);
    EXPECT_EQ(g711_alaw(32767), 0xaa);
    EXPECT_EQ(g711_alaw(-32768), 0x2a);
}

TEST(G711, EveryCodeSurvivesTheRoundTrip) {
    for (int b = 0; b < 256; b++) {
        if (b != 0x7f) {
            EXPECT_EQ(g711_ulaw(g711_ulaw_table[b]), b);
        } /* 0x7f is minus zero */
        EXPECT_EQ(g711_alaw(g711_alaw_table[b]), b);
    }
}

/* Half a step of its segment: a thirty-second of the value, and the smallest step. */
TEST(G711, NoSampleIsOffByMoreThanHalfAStep) {
    for (int x = -32768; x <= 32767; x++) {
        ASSERT_LE(std::abs(g711_ulaw_table[g711_ulaw((int16_t)x)] - x), std::abs(x) / 32 + 8) << x;
        ASSERT_LE(std::abs(g711_alaw_table[g711_alaw((int16_t)x)] - x), std::abs(x) / 32 + 8) << x;
    }
}

TEST(G711, BlocksEqualSingles) {
    int16_t pcm[160], back[160];
    uint8_t u[160], a[160];
    for (int i = 0; i < 160; i++) pcm[i] = (int16_t)(i * 409 - 32000);
    g711_ulaw_encode(pcm, u, 160);
    g711_alaw_encode(pcm, a, 160);
    for (int i = 0; i < 160; i++) {
        EXPECT_EQ(u[i], g711_ulaw(pcm[i]));
        EXPECT_EQ(a[i], g711_alaw(pcm[i]));
    }
    g711_ulaw_decode(u, back, 160);
    EXPECT_EQ(back[5], g711_ulaw_table[u[5]]);
    g711_alaw_decode(a, back, 160);
    EXPECT_EQ(back[5], g711_alaw_table[a[5]]);
}

} // namespace
