#include <gtest/gtest.h>

#include <string>

#include "unit/codec/tone.h"

extern "C" {
#include "base/error.h"
#include "codec/codec.h"
}

namespace {

struct Codec {
    codec *c = nullptr;
    codec_config cfg{};
    Codec(codec_id id, uint32_t rate, const char *ours = "", const char *peers = "", int complexity = -1) {
        codec_config_init(&cfg, codec_by_id(id), sx_slice_str(ours), sx_slice_str(peers), rate, complexity);
        EXPECT_EQ(codec_create(&c, &cfg), SX_OK);
    }
    ~Codec() { codec_destroy(c); }
    std::vector<uint8_t> encode(const int16_t *pcm, size_t n) {
        std::vector<uint8_t> out(CODEC_MAX_PAYLOAD);
        int r = codec_encode(c, pcm, n, out.data(), out.size());
        EXPECT_GE(r, 0);
        out.resize((size_t)std::max(r, 0));
        return out;
    }
    std::vector<int16_t> decode(const std::vector<uint8_t> &p) {
        std::vector<int16_t> out(CODEC_MAX_SAMPLES);
        int r = codec_decode(c, p.data(), p.size(), out.data(), out.size());
        EXPECT_GE(r, 0);
        out.resize((size_t)std::max(r, 0));
        return out;
    }
};

TEST(CodecTable, CodecsAreFoundByTheirRtpmap) {
    EXPECT_EQ(codec_find(SX_LIT("OPUS"), 48000, 2)->id, CODEC_OPUS);
    EXPECT_EQ(codec_find(SX_LIT("pcmu"), 8000, 1)->static_pt, 0);
    EXPECT_EQ(codec_find(SX_LIT("PCMA"), 0, 0)->static_pt, 8);
    EXPECT_EQ(codec_find(SX_LIT("opus"), 16000, 2), nullptr);
    EXPECT_EQ(codec_find(SX_LIT("G729"), 8000, 1), nullptr);
    EXPECT_EQ(codec_find(sx_slice_empty(), 0, 0), nullptr);
    EXPECT_STREQ(codec_at(0)->name, "opus");
    EXPECT_EQ(codec_at(3), nullptr);
    EXPECT_EQ(codec_pcm_rate(codec_by_id(CODEC_OPUS), 16000), 16000u);
    EXPECT_EQ(codec_pcm_rate(codec_by_id(CODEC_OPUS), 22050), 24000u);
    EXPECT_EQ(codec_pcm_rate(codec_by_id(CODEC_OPUS), 96000), 48000u);
    EXPECT_EQ(codec_pcm_rate(codec_by_id(CODEC_PCMU), 48000), 8000u);
    EXPECT_EQ(codec_ptime(codec_by_id(CODEC_OPUS), 30), 20u);
    EXPECT_EQ(codec_ptime(codec_by_id(CODEC_OPUS), 0), 10u);
    EXPECT_EQ(codec_ptime(codec_by_id(CODEC_PCMU), 30), 30u);
    EXPECT_EQ(codec_ptime(codec_by_id(CODEC_PCMU), 9999), 120u);
}

TEST(CodecSetting, EntriesAndListsAreRead) {
    codec_choice c[4];
    ASSERT_EQ(codec_list_parse(SX_LIT("opus, pcmu ,PCMA/8000/1"), c, 4), 3);
    EXPECT_EQ(c[0].info->id, CODEC_OPUS);
    EXPECT_STREQ(c[0].fmtp, "useinbandfec=1");
    EXPECT_EQ(c[0].complexity, -1);
    EXPECT_EQ(c[2].info->id, CODEC_PCMA);
    ASSERT_EQ(codec_list_parse(SX_LIT("opus/48000/2; maxaveragebitrate=24000;complexity=3;"), c, 4), 1);
    EXPECT_STREQ(c[0].fmtp, "maxaveragebitrate=24000;useinbandfec=1");
    EXPECT_EQ(c[0].complexity, 3);
    ASSERT_EQ(codec_choice_parse(SX_LIT("opus;USEINBANDFEC=0"), c), SX_OK);
    EXPECT_STREQ(c[0].fmtp, "USEINBANDFEC=0");
    EXPECT_EQ(codec_list_parse(SX_LIT("pcmu,PCMU,pcma"), c, 4), 2);
}

TEST(CodecSetting, NonsenseIsRefusedWithWords) {
    codec_choice c[2];
    EXPECT_EQ(codec_list_parse(SX_LIT(""), c, 2), SX_E_FORMAT);
    EXPECT_EQ(codec_list_parse(SX_LIT("opus,"), c, 2), SX_E_FORMAT);
    EXPECT_EQ(codec_list_parse(SX_LIT("opus,pcmu,pcma"), c, 2), SX_E_LIMIT);
    EXPECT_EQ(codec_list_parse(SX_LIT("g729"), c, 2), SX_E_NOT_FOUND);
    EXPECT_NE(std::string(sx_last_error_text()).find("g729"), std::string::npos);
    EXPECT_EQ(codec_list_parse(SX_LIT("opus/16000"), c, 2), SX_E_NOT_FOUND);
    for (const char *bad :
         {"opus/x", "opus/48000/0", "opus/48000/2/1", "/8000", "opus;=1", "opus;complexity=11", "opus;a=b\r\nx"})
        EXPECT_EQ(codec_choice_parse(sx_slice_str(bad), c), SX_E_FORMAT) << bad;
    EXPECT_EQ(codec_choice_parse(sx_slice_str(("opus;" + std::string(300, 'x')).c_str()), c), SX_E_FORMAT);
}

TEST(CodecConfig, ThePeersWishesDecideWhatWeSend) {
    codec_config c;
    const codec_info *opus = codec_by_id(CODEC_OPUS);
    codec_config_init(&c, opus, sx_slice_empty(), sx_slice_empty(), 16000, -1);
    EXPECT_FALSE(c.fec || c.dtx || c.cbr);
    EXPECT_EQ(c.complexity, CODEC_OPUS_COMPLEXITY);
    EXPECT_EQ(c.encode_rate, 16000u);
    EXPECT_EQ(c.pcm_channels, 1);
    codec_config_init(
        &c, opus, SX_LIT("maxaveragebitrate=12000"),
        SX_LIT("maxplaybackrate=99999999999;maxaveragebitrate=16000; useinbandfec=1; usedtx=1;cbr=1;stereo=1;x"), 48000,
        99);
    EXPECT_TRUE(c.fec && c.dtx && c.cbr);
    EXPECT_EQ(c.bitrate, 12000u);
    EXPECT_EQ(c.max_rate, 48000u) << "out of range: as if not said";
    EXPECT_EQ(c.complexity, 10);
    EXPECT_GT(c.loss_percent, 0) << "without expected loss libopus sends no FEC";
    codec_config_init(&c, opus, sx_slice_empty(), SX_LIT("maxplaybackrate=1;maxaveragebitrate=1"), 48000, 0);
    EXPECT_EQ(c.max_rate, 8000u);
    EXPECT_EQ(c.bitrate, 6000u);
    codec *x;
    c.decode_rate = 44100;
    EXPECT_EQ(codec_create(&x, &c), SX_E_INVALID);
    EXPECT_EQ(x, nullptr);
    codec_config_init(&c, codec_by_id(CODEC_PCMU), sx_slice_empty(), sx_slice_empty(), 16000, -1);
    EXPECT_EQ(c.encode_rate, 8000u);
    c.pcm_channels = 2;
    EXPECT_EQ(codec_create(&x, &c), SX_E_INVALID);
}

class EveryCodec : public ::testing::TestWithParam<std::pair<codec_id, uint32_t>> {};

TEST_P(EveryCodec, AToneComesThrough) {
    auto [id, rate] = GetParam();
    Codec c(id, rate, "", "useinbandfec=1");
    size_t frame = rate / 50;
    std::vector<int16_t> in = tone(440, rate, frame * 50), out;
    for (size_t i = 0; i < 50; i++) {
        auto p = c.encode(&in[i * frame], frame);
        EXPECT_EQ(codec_packet_ticks(c.cfg.info, p.data(), p.size()), (int)c.cfg.info->clock_rate / 50);
        auto pcm = c.decode(p);
        EXPECT_EQ(pcm.size(), frame);
        out.insert(out.end(), pcm.begin(), pcm.end());
    }
    EXPECT_GT(share(&out[frame * 10], frame * 40, 440, rate), 0.95);
    EXPECT_NEAR(power(&out[frame * 10], frame * 40) / power(in.data(), in.size()), 1, 0.2);
    EXPECT_LE(codec_lookahead(c.c), rate / 100);
}

TEST_P(EveryCodec, LossIsConcealedAndFades) {
    auto [id, rate] = GetParam();
    Codec c(id, rate);
    size_t frame = rate / 50;
    std::vector<int16_t> in = tone(200, rate, frame * 20), lost(frame);
    for (size_t i = 0; i < 20; i++) c.decode(c.encode(&in[i * frame], frame));
    EXPECT_EQ(codec_conceal(c.c, lost.data(), frame), (int)frame);
    EXPECT_GT(power(lost.data(), frame), 0.1 * power(in.data(), in.size())) << "a gap is heard";
    for (int i = 0; i < 50; i++) EXPECT_EQ(codec_conceal(c.c, lost.data(), frame), (int)frame);
    EXPECT_LT(power(lost.data(), frame), 0.01 * power(in.data(), in.size())) << "a tone that never ends";
    std::vector<int16_t> odd(rate / 1000 * 120);
    for (size_t n : {(size_t)1, (size_t)7, frame + 3, odd.size()}) EXPECT_EQ(codec_conceal(c.c, odd.data(), n), (int)n);
    EXPECT_EQ(codec_conceal(c.c, odd.data(), odd.size() + 1), SX_E_INVALID);
    EXPECT_EQ(codec_conceal(c.c, odd.data(), 0), 0);
}

TEST_P(EveryCodec, ResetForgetsThePast) {
    auto [id, rate] = GetParam();
    Codec c(id, rate);
    size_t frame = rate / 50;
    codec_reset_encoder(c.c);
    codec_reset_decoder(c.c);
    std::vector<int16_t> in = tone(440, rate, frame), silence(frame, 0), lost(frame);
    for (int i = 0; i < 5; i++) c.decode(c.encode(in.data(), frame));
    codec_reset_encoder(c.c);
    codec_reset_decoder(c.c);
    codec_conceal(c.c, lost.data(), frame);
    EXPECT_EQ(power(lost.data(), frame), 0);
    auto pcm = c.decode(c.encode(silence.data(), frame));
    EXPECT_LT(power(pcm.data(), pcm.size()), 100);
}

INSTANTIATE_TEST_SUITE_P(All, EveryCodec,
                         ::testing::Values(std::pair(CODEC_PCMU, 8000u), std::pair(CODEC_PCMA, 8000u),
                                           std::pair(CODEC_OPUS, 8000u), std::pair(CODEC_OPUS, 16000u),
                                           std::pair(CODEC_OPUS, 24000u), std::pair(CODEC_OPUS, 48000u)));

TEST(CodecErrors, BadLengthsAndBuffersAreRefused) {
    std::vector<int16_t> pcm(6000);
    std::vector<uint8_t> out(2000);
    Codec u(CODEC_PCMU, 8000), o(CODEC_OPUS, 16000);
    EXPECT_EQ(codec_encode(u.c, pcm.data(), 0, out.data(), 2000), SX_E_INVALID);
    EXPECT_EQ(codec_encode(u.c, pcm.data(), 961, out.data(), 2000), SX_E_INVALID);
    EXPECT_EQ(codec_encode(u.c, pcm.data(), 160, out.data(), 159), SX_E_FULL);
    EXPECT_EQ(codec_encode(o.c, pcm.data(), 160 * 3, out.data(), 2000), SX_E_INVALID) << "opus has no 30 ms";
    EXPECT_EQ(codec_decode(u.c, out.data(), 0, pcm.data(), 6000), SX_E_FORMAT);
    EXPECT_EQ(codec_decode(u.c, out.data(), 961, pcm.data(), 6000), SX_E_FORMAT);
    EXPECT_EQ(codec_decode(u.c, out.data(), 160, pcm.data(), 159), SX_E_FULL);
    uint8_t broken[] = {0xff, 0x31}; /* code 3, 49 frames */
    EXPECT_EQ(codec_decode(o.c, broken, 2, pcm.data(), 6000), SX_E_FORMAT);
    EXPECT_EQ(codec_packet_ticks(o.cfg.info, broken, 2), SX_E_FORMAT);
    EXPECT_EQ(codec_packet_ticks(o.cfg.info, broken, 0), SX_E_FORMAT);
    auto p = o.encode(pcm.data(), 320);
    EXPECT_EQ(codec_decode(o.c, p.data(), p.size(), pcm.data(), 319), SX_E_FULL);
    EXPECT_EQ(codec_decode(o.c, p.data(), p.size(), pcm.data(), 320), 320) << "an error before must not harm";
    EXPECT_EQ(codec_decode_fec(u.c, out.data(), 160, pcm.data(), 160), 0);
    codec_destroy(nullptr);
}

TEST(Opus, DtxSendsNextToNothingInSilence) {
    Codec c(CODEC_OPUS, 16000, "", "usedtx=1");
    std::vector<int16_t> quiet(320, 0), loud = tone(300, 16000, 320);
    int empty = 0;
    for (int i = 0; i < 100; i++) empty += c.encode(quiet.data(), 320).empty();
    EXPECT_GT(empty, 60);
    EXPECT_FALSE(c.encode(loud.data(), 320).empty());
    Codec always(CODEC_OPUS, 16000);
    for (int i = 0; i < 100; i++) EXPECT_FALSE(always.encode(quiet.data(), 320).empty());
}

/* A voice-like sound: harmonics that come and go, so that frames differ. */
std::vector<int16_t> voice(size_t n) {
    std::vector<int16_t> v(n);
    for (size_t i = 0; i < n; i++) {
        double t = (double)i / 16000, e = 0.3 + 0.7 * std::fabs(std::sin(2 * M_PI * 4 * t)), x = 0;
        for (int h = 1; h < 12; h++) x += std::sin(2 * M_PI * (120 + 20 * std::sin(2 * M_PI * t)) * h * t) / h;
        v[i] = (int16_t)(5000 * e * x);
    }
    return v;
}

TEST(Opus, ALostFrameIsRecoveredFromTheNextPacket) {
    Codec tx(CODEC_OPUS, 16000, "", "useinbandfec=1;maxaveragebitrate=24000"), rx(CODEC_OPUS, 16000),
        plain(CODEC_OPUS, 16000);
    codec_set_loss(tx.c, 20);
    std::vector<int16_t> in = voice(320 * 100), fec(320), whole;
    double with_fec = 0, with_plc = 0;
    int recovered = 0;
    Codec ideal(CODEC_OPUS, 16000);
    std::vector<std::vector<uint8_t>> packets;
    for (int i = 0; i < 100; i++) packets.push_back(tx.encode(&in[(size_t)i * 320], 320));
    for (size_t i = 0; i < 100; i++) {
        auto good = ideal.decode(packets[i]);
        std::vector<int16_t> a, b(320);
        if (i % 5 == 4 && i + 1 < 100) {
            int n = codec_decode_fec(rx.c, packets[i + 1].data(), packets[i + 1].size(), fec.data(), 320);
            if (n == 320)
                recovered++;
            else
                codec_conceal(rx.c, fec.data(), 320);
            codec_conceal(plain.c, b.data(), 320);
            for (size_t k = 0; k < 320; k++) {
                with_fec += std::pow(fec[k] - good[k], 2);
                with_plc += std::pow(b[k] - good[k], 2);
            }
        } else {
            rx.decode(packets[i]);
            plain.decode(packets[i]);
        }
    }
    EXPECT_GE(recovered, 15);
    EXPECT_LT(with_fec, with_plc * 0.7);
    Codec no_fec(CODEC_OPUS, 16000);
    for (int i = 0; i < 10; i++) {
        auto p = no_fec.encode(&in[(size_t)i * 320], 320);
        EXPECT_EQ(codec_decode_fec(rx.c, p.data(), p.size(), fec.data(), 320), 0);
    }
}

TEST(Opus, BitrateAndBandwidthFollowThePeer) {
    Codec low(CODEC_OPUS, 48000, "", "maxplaybackrate=8000;maxaveragebitrate=12000;cbr=1"), high(CODEC_OPUS, 48000);
    std::vector<int16_t> in = tone(440, 48000, 960 * 50);
    size_t low_bytes = 0, high_bytes = 0;
    for (size_t i = 0; i < 50; i++) {
        low_bytes += low.encode(&in[i * 960], 960).size();
        high_bytes += high.encode(&in[i * 960], 960).size();
    }
    EXPECT_NEAR((double)low_bytes * 8, 12000, 1500);
    EXPECT_GT(high_bytes, low_bytes);
}

TEST(Opus, StereoPacketsAreHeardInMono) {
    codec_config cfg;
    codec_config_init(&cfg, codec_by_id(CODEC_OPUS), sx_slice_empty(), sx_slice_empty(), 48000, -1);
    cfg.pcm_channels = 2;
    codec *two = nullptr;
    ASSERT_EQ(codec_create(&two, &cfg), SX_OK);
    Codec one(CODEC_OPUS, 48000);
    std::vector<int16_t> l = tone(440, 48000, 960 * 20), in(960 * 40);
    std::vector<int16_t> out;
    for (size_t i = 0; i < l.size(); i++) in[2 * i] = in[2 * i + 1] = l[i];
    for (size_t i = 0; i < 20; i++) {
        std::vector<uint8_t> p(CODEC_MAX_PAYLOAD);
        int n = codec_encode(two, &in[i * 1920], 960, p.data(), p.size());
        ASSERT_GT(n, 0);
        p.resize((size_t)n);
        out = one.decode(p);
    }
    EXPECT_EQ(out.size(), 960u);
    EXPECT_GT(share(out.data(), out.size(), 440, 48000), 0.9);
    int16_t conceal[2 * 1000];
    EXPECT_EQ(codec_conceal(two, conceal, 1000), 1000);
    codec_destroy(two);
}

} // namespace
