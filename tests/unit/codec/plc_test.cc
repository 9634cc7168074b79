#include <gtest/gtest.h>

#include "unit/codec/tone.h"

extern "C" {
#include "codec/plc.h"
}

namespace {

class Plc : public ::testing::TestWithParam<uint32_t> {};

TEST_P(Plc, ALostFrameOfAToneSoundsOn) {
    uint32_t rate = GetParam(), frame = rate / 50;
    plc p;
    plc_init(&p, rate);
    std::vector<int16_t> all = tone(200, rate, frame * 8);
    std::vector<int16_t> clean = all;
    for (size_t i = 0; i < 8; i++) {
        if (i == 4)
            plc_lost(&p, &all[i * frame], frame);
        else
            plc_good(&p, &all[i * frame], frame);
    }
    EXPECT_GT(power(&all[4 * frame], frame), 0.5 * power(&clean[4 * frame], frame));
    EXPECT_GT(share(&all[3 * frame], frame * 3, 200, rate), 0.9);
    EXPECT_LT(largest_step(all.data(), all.size()), 2 * largest_step(clean.data(), clean.size())) << "a click";
}

TEST_P(Plc, ALongLossFadesToSilence) {
    uint32_t rate = GetParam(), frame = rate / 50;
    plc p;
    plc_init(&p, rate);
    std::vector<int16_t> all = tone(150, rate, frame * 5), lost(frame);
    for (size_t i = 0; i < 5; i++) plc_good(&p, &all[i * frame], frame);
    double before = power(all.data(), all.size());
    for (int i = 0; i < 4; i++) {
        plc_lost(&p, lost.data(), frame);
        double now = power(lost.data(), frame);
        EXPECT_LE(now, before * 1.05);
        before = now;
    }
    EXPECT_EQ(before, 0) << "beyond 60 ms";
    for (int i = 0; i < 100; i++) plc_lost(&p, lost.data(), frame);
    EXPECT_EQ(power(lost.data(), frame), 0);
}

TEST_P(Plc, LossAtTheStartIsSilence) {
    uint32_t rate = GetParam();
    plc p;
    plc_init(&p, rate);
    std::vector<int16_t> v(rate / 50, 77);
    plc_lost(&p, v.data(), v.size());
    EXPECT_EQ(power(v.data(), v.size()), 0);
}

TEST_P(Plc, LoudNoiseAndOddLengthsStayInRange) {
    uint32_t rate = GetParam();
    plc p;
    plc_init(&p, rate);
    uint32_t seed = 1;
    for (int i = 0; i < 400; i++) {
        std::vector<int16_t> v((size_t)(1 + i * 7 % 900));
        for (auto &x : v) x = (seed = seed * 1664525 + 1013904223) & 0x10000 ? 32767 : -32768;
        if (i % 3 == 2)
            plc_lost(&p, v.data(), v.size());
        else
            plc_good(&p, v.data(), v.size());
    }
}

INSTANTIATE_TEST_SUITE_P(Rates, Plc, ::testing::Values(8000u, 16000u));

} // namespace
