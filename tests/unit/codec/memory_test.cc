#include <gtest/gtest.h>

#include "oom/oom.h"

extern "C" {
#include "base/error.h"
#include "codec/codec.h"
#include "codec/resample.h"
}

namespace {

TEST(CodecMemory, AFailedFirstUseCanBeTriedAgain) {
    codec_config cfg;
    codec_config_init(&cfg, codec_by_id(CODEC_PCMU), sx_slice_empty(), sx_slice_empty(), 8000, -1);
    codec *c = nullptr;
    oom_after(1);
    EXPECT_EQ(codec_create(&c, &cfg), SX_E_NOMEM);
    EXPECT_EQ(c, nullptr);
    oom_after(0);
    ASSERT_EQ(codec_create(&c, &cfg), SX_OK);
    uint8_t payload[160] = {0};
    int16_t pcm[160];
    oom_after(1);
    EXPECT_EQ(codec_decode(c, payload, 160, pcm, 160), SX_E_NOMEM);
    oom_after(1);
    EXPECT_EQ(codec_conceal(c, pcm, 160), SX_E_NOMEM);
    oom_after(0);
    EXPECT_EQ(codec_decode(c, payload, 160, pcm, 160), 160);
    codec_destroy(c);
    resample *r = nullptr;
    oom_after(1);
    EXPECT_EQ(resample_create(&r, 8000, 16000, 1, RESAMPLE_VOICE), SX_E_NOMEM);
    oom_after(0);
    EXPECT_EQ(r, nullptr);
}

/* The hot path allocates nothing once it runs. */
TEST(CodecMemory, FramesCostNoAllocation) {
    for (codec_id id : {CODEC_PCMU, CODEC_PCMA, CODEC_OPUS}) {
        codec_config cfg;
        codec_config_init(&cfg, codec_by_id(id), sx_slice_empty(), sx_slice_empty(), 16000, -1);
        codec *c = nullptr;
        ASSERT_EQ(codec_create(&c, &cfg), SX_OK);
        int16_t pcm[960] = {0};
        uint8_t payload[CODEC_MAX_PAYLOAD];
        size_t frame = cfg.encode_rate / 50;
        int n = codec_encode(c, pcm, frame, payload, sizeof payload);
        ASSERT_GT(n, 0);
        ASSERT_EQ(codec_decode(c, payload, (size_t)n, pcm, 960), (int)frame);
        oom_after(1);
        n = codec_encode(c, pcm, frame, payload, sizeof payload);
        codec_decode(c, payload, (size_t)n, pcm, 960);
        codec_conceal(c, pcm, frame);
        codec_reset_decoder(c);
        codec_reset_encoder(c);
        EXPECT_FALSE(oom_hit());
        oom_after(0);
        codec_destroy(c);
    }
}

} // namespace
