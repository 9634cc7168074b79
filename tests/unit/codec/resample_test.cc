#include <gtest/gtest.h>

#include "unit/codec/tone.h"

extern "C" {
#include "base/error.h"
#include "codec/resample.h"
}

namespace {

class Resample : public ::testing::TestWithParam<std::pair<uint32_t, uint32_t>> {};

/* 20 ms in are 20 ms out, frame after frame, and the tone is the same tone. */
TEST_P(Resample, TonesAndLengthsSurvive) {
    auto [from, to] = GetParam();
    resample *r = nullptr;
    ASSERT_EQ(resample_create(&r, from, to, 1, RESAMPLE_VOICE), SX_OK);
    size_t in_frame = from / 50, out_frame = to / 50;
    std::vector<int16_t> in = tone(440, from, in_frame * 50), out;
    for (size_t i = 0; i < 50; i++) {
        std::vector<int16_t> part(resample_out_max(r, in_frame));
        size_t read = in_frame, wrote = part.size();
        resample_run(r, &in[i * in_frame], &read, part.data(), &wrote);
        EXPECT_EQ(read, in_frame);
        EXPECT_NEAR((double)wrote, (double)out_frame, 1);
        out.insert(out.end(), part.begin(), part.begin() + (ptrdiff_t)wrote);
    }
    EXPECT_NEAR((double)out.size(), (double)out_frame * 50, 2);
    EXPECT_GT(share(&out[out_frame * 5], out_frame * 40, 440, to), 0.99);
    EXPECT_NEAR(power(&out[out_frame * 5], out_frame * 40) / power(in.data(), in.size()), 1, 0.05);
    if (from == to) {
        EXPECT_EQ(out, in);
    }
    /* the latency told is the one there is: the first loud sample appears then */
    size_t first = 0;
    while (first < out.size() && std::abs(out[first]) < 3000) first++;
    double start = from == to ? 0 : resample_latency_out(r);
    EXPECT_NEAR((double)first, start + std::asin(0.3) / 2 / M_PI / 440 * to, 0.0004 * to);
    resample_destroy(r);
}

INSTANTIATE_TEST_SUITE_P(Rates, Resample,
                         ::testing::Values(std::pair(8000u, 16000u), std::pair(8000u, 48000u), std::pair(16000u, 8000u),
                                           std::pair(24000u, 8000u), std::pair(24000u, 48000u),
                                           std::pair(48000u, 8000u), std::pair(48000u, 16000u),
                                           std::pair(16000u, 24000u), std::pair(44100u, 8000u),
                                           std::pair(16000u, 16000u)));

TEST(ResampleMore, ResetLeavesNoEcho) {
    resample *r = nullptr;
    ASSERT_EQ(resample_create(&r, 24000, 8000, 1, RESAMPLE_VOICE), SX_OK);
    std::vector<int16_t> in = tone(440, 24000, 480), out(170);
    size_t n = in.size(), m = out.size();
    resample_run(r, in.data(), &n, out.data(), &m);
    EXPECT_GT(power(out.data(), m), 1e6);
    EXPECT_GT(resample_latency_in(r), 0u);
    resample_reset(r);
    n = 480;
    m = out.size();
    resample_run(r, nullptr, &n, out.data(), &m);
    EXPECT_EQ(power(out.data(), m), 0) << "sound from before the flush";
    resample_destroy(r);
}

TEST(ResampleMore, StereoKeepsItsSides) {
    resample *r = nullptr;
    ASSERT_EQ(resample_create(&r, 8000, 16000, 2, RESAMPLE_VOICE), SX_OK);
    std::vector<int16_t> l = tone(440, 8000, 800), in(1600), out(3300), left, right;
    for (size_t i = 0; i < 800; i++) in[2 * i] = l[i];
    size_t n = 800, m = 1650;
    resample_run(r, in.data(), &n, out.data(), &m);
    for (size_t i = 0; i < m; i++) {
        left.push_back(out[2 * i]);
        right.push_back(out[2 * i + 1]);
    }
    EXPECT_GT(power(left.data(), m), 1e6);
    EXPECT_EQ(power(right.data(), m), 0);
    resample_destroy(r);
}

TEST(ResampleMore, ShortOutputLeavesInputForLater) {
    for (uint32_t to : {8000u, 16000u}) {
        resample *r = nullptr;
        ASSERT_EQ(resample_create(&r, 8000, to, 1, RESAMPLE_VOICE), SX_OK);
        std::vector<int16_t> in = tone(440, 8000, 160), out(100);
        size_t n = 160, m = 40;
        resample_run(r, in.data(), &n, out.data(), &m);
        EXPECT_EQ(m, 40u);
        EXPECT_LE(n, 45u);
        resample_destroy(r);
    }
}

TEST(ResampleMore, RatesOutOfRangeAreRefused) {
    resample *r = nullptr;
    EXPECT_EQ(resample_create(&r, 0, 8000, 1, 3), SX_E_INVALID);
    EXPECT_EQ(resample_create(&r, 8000, 400000, 1, 3), SX_E_INVALID);
    EXPECT_EQ(resample_create(&r, 8000, 16000, 3, 3), SX_E_INVALID);
    EXPECT_EQ(resample_create(&r, 8000, 16000, 1, 11), SX_E_INVALID);
    EXPECT_EQ(r, nullptr);
    resample_destroy(nullptr);
}

} // namespace
