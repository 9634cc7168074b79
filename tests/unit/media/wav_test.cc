#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

extern "C" {
#include "base/error.h"
#include "media/wav.h"
}

namespace {

using Bytes = std::vector<uint8_t>;

void Put(Bytes &b, uint64_t v, int n) {
    for (int i = 0; i < n; i++) b.push_back((uint8_t)(v >> 8 * i));
}

struct Spec {
    unsigned tag = 1, channels = 1, bits = 16;
    uint32_t rate = 8000;
    bool extensible = false;
    uint32_t data_says = 0xfffffffe; /* this: the truth */
};

Bytes Wav(const Spec &s, const Bytes &data) {
    Bytes b;
    unsigned frame = s.channels * s.bits / 8;
    for (char c : std::string("RIFF")) b.push_back((uint8_t)c);
    Put(b, 0, 4);
    for (char c : std::string("WAVEfmt ")) b.push_back((uint8_t)c);
    Put(b, s.extensible ? 40 : 16, 4);
    Put(b, s.extensible ? 0xfffe : s.tag, 2);
    Put(b, s.channels, 2);
    Put(b, s.rate, 4);
    Put(b, (uint64_t)s.rate * frame, 4);
    Put(b, frame, 2);
    Put(b, s.bits, 2);
    if (s.extensible) {
        Put(b, 22, 2), Put(b, s.bits, 2), Put(b, 3, 4), Put(b, s.tag, 2);
        for (uint8_t c : {0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71}) b.push_back(c);
    }
    for (char c : std::string("LIST")) b.push_back((uint8_t)c);
    Put(b, 3, 4), Put(b, 0, 4); /* odd: one octet of filling */
    for (char c : std::string("data")) b.push_back((uint8_t)c);
    Put(b, s.data_says == 0xfffffffe ? data.size() : s.data_says, 4);
    b.insert(b.end(), data.begin(), data.end());
    return b;
}

class WavFile : public ::testing::Test {
  protected:
    void SetUp() override { path = ::testing::TempDir() + "sipua_wav_" + std::to_string(getpid()) + ".wav"; }
    void TearDown() override { unlink(path.c_str()); }
    void Write(const Bytes &b) {
        FILE *f = fopen(path.c_str(), "wb");
        ASSERT_NE(f, nullptr);
        if (!b.empty()) { ASSERT_EQ(fwrite(b.data(), 1, b.size(), f), b.size()); }
        fclose(f);
    }
    std::vector<int16_t> Read(const Bytes &b) {
        Write(b);
        wav_reader *r = nullptr;
        EXPECT_EQ(wav_open(&r, path.c_str()), SX_OK) << sx_last_error_text();
        std::vector<int16_t> v;
        if (!r) return v;
        int16_t buf[7];
        int n;
        while ((n = wav_read(r, buf, 7)) > 0) v.insert(v.end(), buf, buf + n);
        EXPECT_EQ(n, 0);
        wav_close(r);
        return v;
    }
    std::string Refused(const Bytes &b) {
        Write(b);
        EXPECT_EQ(wav_check(path.c_str()), SX_E_FORMAT);
        return sx_last_error_text();
    }
    std::string path;
};

TEST_F(WavFile, EveryCodingIsHeardAsItIs) {
    Bytes d16, d24, d32, f32, f64;
    for (int v : {0, 1000, -1000, 32767, -32768}) {
        Put(d16, (uint16_t)v, 2);
        Put(d24, (uint64_t)(uint32_t)(v * 256), 3);
        Put(d32, (uint64_t)(uint32_t)(v * 65536), 4);
    }
    std::vector<int16_t> want = {0, 1000, -1000, 32767, -32768};
    EXPECT_EQ(Read(Wav({1, 1, 16}, d16)), want);
    EXPECT_EQ(Read(Wav({1, 1, 24}, d24)), want);
    EXPECT_EQ(Read(Wav({1, 1, 32}, d32)), want);
    EXPECT_EQ(Read(Wav({1, 1, 16, 44100, true}, d16)), want);
    EXPECT_EQ(Read(Wav({1, 1, 8}, {128, 255, 0})), (std::vector<int16_t>{0, 32512, -32768}));
    for (double v : {0.0, 0.5, -0.5, 7.0, -7.0, (double)NAN}) {
        float f = (float)v;
        uint32_t u;
        uint64_t w;
        memcpy(&u, &f, 4);
        memcpy(&w, &v, 8);
        Put(f32, u, 4);
        Put(f64, w, 8);
    }
    std::vector<int16_t> floats = {0, 16383, -16383, 32767, -32768, 0};
    EXPECT_EQ(Read(Wav({3, 1, 32}, f32)), floats);
    EXPECT_EQ(Read(Wav({3, 1, 64, 96000, true}, f64)), floats);
    EXPECT_EQ(Read(Wav({7, 1, 8}, {0xff, 0x80})), (std::vector<int16_t>{0, 32124}));
    EXPECT_EQ(Read(Wav({6, 1, 8}, {0xd5, 0x55})).size(), 2u);
}

TEST_F(WavFile, StereoIsMixedDown) {
    Bytes d;
    for (int v : {1000, 3000, -32768, -32768, 32767, 32767}) Put(d, (uint16_t)v, 2);
    EXPECT_EQ(Read(Wav({1, 2, 16}, d)), (std::vector<int16_t>{2000, -32768, 32767}));
}

TEST_F(WavFile, AnythingElseIsRefusedWithAWordOnWhatWasFound) {
    EXPECT_NE(Refused(Wav({2, 1, 4}, {1, 2})).find("ADPCM"), std::string::npos);
    EXPECT_NE(Refused(Wav({0x55, 1, 8}, {1, 2})).find("MP3"), std::string::npos);
    EXPECT_NE(Refused(Wav({1, 6, 16}, Bytes(12))).find("6 channels"), std::string::npos);
    EXPECT_NE(Refused(Wav({1, 1, 12}, Bytes(12))).find("12 bits"), std::string::npos);
    EXPECT_NE(Refused(Wav({1, 1, 16, 0}, Bytes(12))).find("0 Hz"), std::string::npos);
    EXPECT_NE(Refused({'O', 'g', 'g', 'S', 0, 0, 0, 0, 0, 0, 0, 0}).find("Ogg"), std::string::npos);
    EXPECT_NE(Refused({}).find("too short"), std::string::npos);
    EXPECT_NE(Refused(Bytes(100, 'x')).find("RIFF"), std::string::npos);
    Bytes cut = Wav({}, {});
    cut.resize(cut.size() - 8);
    EXPECT_NE(Refused(cut).find("without data"), std::string::npos);
    cut.resize(30);
    EXPECT_FALSE(Refused(cut).empty());
}

TEST_F(WavFile, LengthsThatLieReadWhatIsThere) {
    Bytes d = {1, 0, 2, 0, 3};
    for (uint32_t says : {0u, 0xffffffffu, 0x7ffffff0u, 1000u}) {
        Spec s;
        s.data_says = says;
        EXPECT_EQ(Read(Wav(s, d)), (std::vector<int16_t>{1, 2})) << says;
    }
    Bytes huge = Wav({}, d);
    huge[40] = huge[41] = huge[42] = huge[43] = 0xff; /* the LIST chunk claims 4 GB */
    Refused(huge);
}

TEST_F(WavFile, AMissingFileADirectoryAndAPipeAreRefusedAtOnce) {
    EXPECT_EQ(wav_check("/nowhere/x.wav"), SX_E_NOT_FOUND);
    EXPECT_EQ(wav_check("/tmp"), SX_E_FORMAT);
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    EXPECT_EQ(wav_check(path.c_str()), SX_E_FORMAT); /* does not wait for a writer */
    wav_writer *w;
    EXPECT_NE(wav_create(&w, "/nowhere/x.wav", 8000, 1), SX_OK);
    EXPECT_NE(wav_create(&w, path.c_str(), 8000, 1), SX_OK);
}

TEST_F(WavFile, WhatIsWrittenIsReadBack) {
    wav_writer *w;
    ASSERT_EQ(wav_create(&w, path.c_str(), 16000, 2), SX_OK);
    std::vector<int16_t> v(2 * 5000);
    for (size_t i = 0; i < v.size(); i++) v[i] = (int16_t)(i / 2 * 3); /* both channels alike */
    ASSERT_EQ(wav_write(w, v.data(), 5000), SX_OK);
    EXPECT_EQ(wav_written(w), 5000u);
    ASSERT_EQ(wav_finish(w), SX_OK);
    wav_reader *r;
    ASSERT_EQ(wav_open(&r, path.c_str()), SX_OK);
    EXPECT_EQ(wav_reader_info(r)->rate, 16000u);
    EXPECT_EQ(wav_reader_info(r)->frames, 5000u);
    std::vector<int16_t> back(5000);
    size_t got = 0;
    for (int n; (n = wav_read(r, back.data() + got, 5000 - got)) > 0;) got += (size_t)n;
    EXPECT_EQ(got, 5000u);
    EXPECT_EQ(back[4999], (int16_t)(4999 * 3));
    wav_rewind(r);
    EXPECT_EQ(wav_read(r, back.data(), 1), 1);
    wav_close(r);
}

TEST_F(WavFile, AFullDiskIsAnErrorNotACrash) {
    wav_writer *w = nullptr;
    EXPECT_NE(wav_create(&w, "/dev/full", 8000, 1), SX_OK);
}

}  // namespace
