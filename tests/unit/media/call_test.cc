/* Two sessions of one engine talk over loopback, as an app would hear it. */
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

extern "C" {
#include "media/media.h"
#include "media/wav.h"
}

namespace {

using Clock = std::chrono::steady_clock;

std::vector<int16_t> Tone(double hz, uint32_t rate, uint32_t ms, double amplitude = 8000) {
    std::vector<int16_t> v((size_t)rate * ms / 1000);
    for (size_t i = 0; i < v.size(); i++) v[i] = (int16_t)(amplitude * std::sin(2 * M_PI * hz * (double)i / rate));
    return v;
}

/* The share of the signal's energy at this frequency. */
double Share(const int16_t *x, size_t n, double hz, uint32_t rate) {
    double re = 0, im = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        re += x[i] * std::cos(2 * M_PI * hz * (double)i / rate);
        im += x[i] * std::sin(2 * M_PI * hz * (double)i / rate);
        all += (double)x[i] * x[i];
    }
    return all > 0 ? 2 * (re * re + im * im) / (all * (double)n) : 0;
}

/* The best half second of it. */
double BestShare(const std::vector<int16_t> &v, double hz, uint32_t rate) {
    double best = 0;
    size_t w = rate / 2;
    for (size_t at = 0; at + w <= v.size(); at += w / 4) best = std::max(best, Share(v.data() + at, w, hz, rate));
    return best;
}

double Loudness(const std::vector<int16_t> &v, size_t from, size_t to) {
    double s = 0;
    for (size_t i = from; i < to && i < v.size(); i++) s += std::abs(v[i]);
    return to > from ? s / (double)(to - from) : 0;
}

class Call : public ::testing::Test {
  protected:
    struct Side {
        media_session *s = nullptr;
        media_audio *audio = nullptr;
        media_local local = {};
        bool stopped = false;
    };

    void SetUp() override { Start({}); }
    void Start(media_config c) {
        Finish();
        c.wake = [](void *ctx) {
            auto *self = static_cast<Call *>(ctx);
            std::lock_guard<std::mutex> l(self->m);
            self->woken = true;
            self->cv.notify_all();
        };
        c.wake_ctx = this;
        e = media_engine_create(&c);
        ASSERT_NE(e, nullptr) << sx_last_error_text();
    }
    void TearDown() override { Finish(); }
    void Finish() {
        for (Side *x : {&a, &b}) {
            if (x->audio) media_audio_unref(x->audio);
            *x = Side();
        }
        media_engine_destroy(e);
        e = nullptr;
        events.clear();
    }

    void Prepare(Side &x, uint64_t id) {
        media_prepare_params p = {};
        p.id = id;
        p.user = &x;
        ASSERT_TRUE(net_addr_parse_host(&p.local, SX_LIT("127.0.0.1"), 0));
        ASSERT_EQ(media_prepare(e, &p, &x.s, &x.local), 0) << sx_last_error_text();
        x.audio = media_session_audio(x.s);
    }
    static media_stream_config Config(const Side &to, codec_id id, uint8_t pt, uint32_t wanted = 0) {
        media_stream_config c = {};
        c.remote_rtp = to.local.rtp;
        c.remote_rtcp = to.local.rtcp;
        c.signalling = to.local.rtp;
        c.send = c.receive = true;
        const codec_info *info = codec_by_id(id);
        c.accept.n = 1;
        c.accept.payload[0].pt = pt;
        codec_config_init(&c.accept.payload[0].codec, info, sx_slice_str(info->fmtp), sx_slice_str(info->fmtp), wanted, -1);
        c.accept.n_events = 1;
        c.accept.event[0].pt = 101;
        c.accept.event[0].rate = 8000;
        c.accept.cn_pt = 13;
        c.sending = c.accept.payload[0];
        c.send_event_pt = 101;
        c.send_event_rate = 8000;
        return c;
    }
    void Connect(codec_id id, uint8_t pt, uint32_t wanted = 0, std::function<void(media_stream_config &)> change = nullptr) {
        Prepare(a, 1);
        Prepare(b, 2);
        media_stream_config ca = Config(b, id, pt, wanted), cb = Config(a, id, pt, wanted);
        if (change) change(ca), change(cb);
        ASSERT_EQ(media_configure(a.s, &ca), 0) << sx_last_error_text();
        ASSERT_EQ(media_configure(b.s, &cb), 0) << sx_last_error_text();
        ASSERT_EQ(media_start(a.s), 0);
        ASSERT_EQ(media_start(b.s), 0);
    }

    /* Polls until `done` says so; everything polled is kept. */
    bool Until(std::function<bool()> done, int ms = 5000) {
        auto end = Clock::now() + std::chrono::milliseconds(ms);
        for (;;) {
            media_event ev;
            while (media_poll(e, &ev)) {
                if (ev.type == MEDIA_STOPPED) static_cast<Side *>(ev.user)->stopped = true;
                events.push_back(ev);
            }
            if (done()) return true;
            std::unique_lock<std::mutex> l(m);
            if (Clock::now() > end) return false;
            cv.wait_for(l, std::chrono::milliseconds(5), [&] { return woken; });
            woken = false;
        }
    }
    const media_event *Find(media_event_type t, uint64_t id) {
        for (auto &ev : events)
            if (ev.type == t && ev.id == id) return &ev;
        return nullptr;
    }
    size_t CountOf(media_event_type t, uint64_t id) {
        size_t n = 0;
        for (auto &ev : events) n += ev.type == t && ev.id == id;
        return n;
    }
    bool Wait(media_event_type t, uint64_t id, int ms = 5000) {
        return Until([&] { return Find(t, id) != nullptr; }, ms);
    }
    /* Reads for so long by the clock of the stream. */
    std::vector<int16_t> Read(Side &x, uint32_t rate, uint32_t ms, uint32_t *all_flags = nullptr) {
        std::vector<int16_t> v;
        size_t want = (size_t)rate * ms / 1000;
        auto end = Clock::now() + std::chrono::milliseconds(ms + 3000);
        while (v.size() < want && Clock::now() < end) {
            int16_t buf[960];
            uint32_t f;
            int n = media_audio_read(x.audio, buf, std::min<size_t>(960, want - v.size()), rate, &f);
            if (n == SX_E_EOF) break;
            EXPECT_GE(n, 0);
            if (all_flags) *all_flags |= f;
            v.insert(v.end(), buf, buf + (n > 0 ? n : 0));
            if (n == 0) media_audio_wait(x.audio, 20, 0, 200);
        }
        return v;
    }
    void Stop(Side &x) { media_stop(x.s); }

    media_engine *e = nullptr;
    Side a, b;
    std::deque<media_event> events;
    std::mutex m;
    std::condition_variable cv;
    bool woken = false;
};

TEST_F(Call, APcmuToneIsHeardOnTheOtherSide) {
    Connect(CODEC_PCMU, 0);
    auto tone = Tone(440, 16000, 1500);
    ASSERT_EQ(media_audio_write(a.audio, tone.data(), tone.size(), 16000, 7), (int)tone.size());
    auto heard = Read(b, 16000, 1800);
    EXPECT_GT(BestShare(heard, 440, 16000), 0.95);
    ASSERT_TRUE(Until([&] { return Find(MEDIA_STARTED, 1) && Find(MEDIA_STARTED, 2) && events.size() >= 4; }));
    media_stats_request(b.s, 5);
    ASSERT_TRUE(Wait(MEDIA_STATS, 2));
    const media_stats &st = Find(MEDIA_STATS, 2)->u.stats.stats;
    EXPECT_STREQ(st.codec, "PCMU");
    EXPECT_GT(st.packets_received, 60u);
    EXPECT_EQ(st.packets_lost, 0u);
    EXPECT_EQ(st.packets_invalid + st.packets_unknown, 0u);
    EXPECT_EQ(st.remote_ssrc, a.local.ssrc);
    EXPECT_LE(st.jitter_depth_ms, 60u); /* 20 on a machine that has time */
    EXPECT_LE(st.bytes_received, st.packets_received * 160);
    EXPECT_GE(st.bytes_received, st.packets_received * 160 - 80); /* one packet may be of 10 ms */
}

TEST_F(Call, AnOpusToneIsHeardBothWaysAtOnce) {
    Connect(CODEC_OPUS, 96, 48000);
    auto t1 = Tone(440, 48000, 1500), t2 = Tone(1000, 24000, 1500);
    media_audio_write(a.audio, t1.data(), t1.size(), 48000, 0);
    media_audio_write(b.audio, t2.data(), t2.size(), 24000, 0);
    std::vector<int16_t> at_a;
    std::thread other([&] { at_a = Read(a, 48000, 1800); });
    auto at_b = Read(b, 8000, 1800);
    other.join();
    EXPECT_GT(BestShare(at_b, 440, 8000), 0.95);
    EXPECT_GT(BestShare(at_a, 1000, 48000), 0.95);
}

TEST_F(Call, DigitsGoBothWaysOnceEach) {
    Connect(CODEC_PCMA, 8);
    ASSERT_EQ(media_dtmf(a.s, "12#d", 60, 50, 11), 0) << sx_last_error_text();
    ASSERT_EQ(media_dtmf(b.s, "*0", 0, 0, 12), 0);
    ASSERT_EQ(media_dtmf(a.s, "9", 60, 50, 13), 0);
    EXPECT_EQ(media_dtmf(a.s, "1x", 0, 0, 0), SX_E_INVALID);
    EXPECT_EQ(media_dtmf(a.s, "", 0, 0, 0), SX_E_INVALID);
    ASSERT_TRUE(Until([&] { return CountOf(MEDIA_DTMF, 2) >= 5 && CountOf(MEDIA_DTMF, 1) >= 2; }));
    std::string at_a, at_b;
    for (auto &ev : events)
        if (ev.type == MEDIA_DTMF) (ev.id == 1 ? at_a : at_b) += ev.u.dtmf.digit;
    EXPECT_EQ(at_b, "12#D9");
    EXPECT_EQ(at_a, "*0");
    ASSERT_TRUE(Until([&] { return CountOf(MEDIA_DTMF_SENT, 1) == 2; }));
    EXPECT_EQ(Find(MEDIA_DTMF_SENT, 1)->u.dtmf_sent.tag, 11u);
}

TEST_F(Call, AMarkSaysWhenItWasPlayedAndAFlushHowMuchWasHeard) {
    Connect(CODEC_PCMU, 0);
    auto x = Tone(300, 8000, 200), y = Tone(300, 8000, 3000);
    media_audio_write(a.audio, x.data(), x.size(), 8000, 1);
    media_audio_mark(a.audio, 100);
    media_audio_write(a.audio, y.data(), y.size(), 8000, 2);
    media_audio_mark(a.audio, 101);
    EXPECT_GT(media_audio_queued_ms(a.audio), 2900u);
    ASSERT_TRUE(Wait(MEDIA_MARK, 1));
    EXPECT_EQ(Find(MEDIA_MARK, 1)->u.mark.mark_id, 100u);
    EXPECT_TRUE(Find(MEDIA_MARK, 1)->u.mark.played);
    EXPECT_EQ(Find(MEDIA_MARK, 1)->u.mark.played_ms, 200u);
    Until([] { return false; }, 300);
    media_audio_flush(a.audio, 55);
    EXPECT_EQ(media_audio_queued_ms(a.audio), 0u);
    media_audio_write(a.audio, x.data(), x.size(), 8000, 3); /* after the flush: is played */
    media_audio_mark(a.audio, 102);
    ASSERT_TRUE(Until([&] { return CountOf(MEDIA_MARK, 1) == 3; }));
    const media_event *f = Find(MEDIA_FLUSHED, 1);
    ASSERT_NE(f, nullptr);
    EXPECT_EQ(f->u.flushed.flush_id, 55u);
    EXPECT_EQ(f->u.flushed.segment, 2u);
    EXPECT_EQ(f->u.flushed.sent_ms + f->u.flushed.discarded_ms, 3000u);
    EXPECT_GT(f->u.flushed.sent_ms, 200u);
    EXPECT_LT(f->u.flushed.sent_ms, 1500u);
    EXPECT_EQ(f->u.flushed.played_ms, 200u + f->u.flushed.sent_ms);
    std::vector<std::pair<uint64_t, bool>> marks;
    for (auto &ev : events)
        if (ev.type == MEDIA_MARK) marks.push_back({ev.u.mark.mark_id, ev.u.mark.played});
    EXPECT_EQ(marks, (std::vector<std::pair<uint64_t, bool>>{{100, true}, {101, false}, {102, true}}));
}

TEST_F(Call, AFlushIsHeardAtOnce) {
    Connect(CODEC_PCMU, 0);
    auto y = Tone(300, 24000, 10000);
    media_audio_write(a.audio, y.data(), y.size(), 24000, 2);
    Read(b, 8000, 600);
    media_audio_flush(a.audio, 1);
    auto after = Read(b, 8000, 600);
    EXPECT_LT(Loudness(after, 8000 * 300 / 1000, after.size()), 50); /* 300 ms on: silence */
}

TEST_F(Call, AFullQueueTakesLessAndSaysSo) {
    media_config c = {};
    c.max_queued_ms = 500;
    Start(c);
    Connect(CODEC_PCMU, 0);
    std::vector<int16_t> v(8000);
    int n = media_audio_write(a.audio, v.data(), v.size(), 8000, 0);
    EXPECT_GE(n, 4000);
    EXPECT_LT(n, 4500);
    EXPECT_EQ(media_audio_wait(a.audio, 0, 200, 3000), 1);
    EXPECT_GT(media_audio_write(a.audio, v.data(), v.size(), 8000, 0), 1000);
    EXPECT_EQ(media_audio_write(a.audio, v.data(), 10, 11025, 0), SX_E_INVALID);
}

TEST_F(Call, TheWatchFiresOnceUntilTheAppReads) {
    Connect(CODEC_PCMU, 0);
    media_audio_watch(b.audio, 40, 0);
    ASSERT_TRUE(Wait(MEDIA_AUDIO_READY, 2));
    EXPECT_TRUE(Find(MEDIA_AUDIO_READY, 2)->u.ready.readable);
    EXPECT_FALSE(Find(MEDIA_AUDIO_READY, 2)->u.ready.writable);
    Until([] { return false; }, 200);
    EXPECT_EQ(CountOf(MEDIA_AUDIO_READY, 2), 1u);
    Read(b, 8000, 20);
    ASSERT_TRUE(Until([&] { return CountOf(MEDIA_AUDIO_READY, 2) == 2; }));
    media_audio_watch(b.audio, 0, 0);
    Read(b, 8000, 100);
    Until([] { return false; }, 200);
    EXPECT_EQ(CountOf(MEDIA_AUDIO_READY, 2), 2u);
}

TEST_F(Call, ReadingHasAConstantRateWithNobodyThereAndInHold) {
    Connect(CODEC_PCMU, 0, 0, [](media_stream_config &c) { c.send = c.receive = false; });
    auto start = Clock::now();
    uint32_t flags = 0;
    auto v = Read(b, 8000, 600, &flags);
    auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
    EXPECT_EQ(v.size(), 4800u);
    EXPECT_GE(ms, 500);
    EXPECT_LE(ms, 900);
    EXPECT_EQ(flags, (uint32_t)MEDIA_READ_SILENCE);
    EXPECT_EQ(Loudness(v, 0, v.size()), 0);
}

TEST_F(Call, AfterHoldTheCallGoesOnWithAContinuousStream) {
    Connect(CODEC_PCMU, 0);
    auto x = Tone(440, 8000, 400);
    media_audio_write(a.audio, x.data(), x.size(), 8000, 0);
    EXPECT_GT(Loudness(Read(b, 8000, 400), 0, 3200), 500);
    media_stream_config ca = Config(b, CODEC_PCMU, 0), cb = Config(a, CODEC_PCMU, 0);
    ca.send = ca.receive = cb.send = cb.receive = false;
    media_configure(a.s, &ca);
    media_configure(b.s, &cb);
    Read(b, 8000, 200);
    EXPECT_LT(Loudness(Read(b, 8000, 200), 0, 1600), 10);
    media_audio_write(a.audio, x.data(), x.size(), 8000, 0);
    Read(b, 8000, 100);
    EXPECT_GE(media_audio_queued_ms(a.audio), 400u); /* waits */
    ca.send = ca.receive = cb.send = cb.receive = true;
    media_configure(a.s, &ca);
    media_configure(b.s, &cb);
    auto v = Read(b, 8000, 800);
    EXPECT_GT(BestShare(std::vector<int16_t>(v.begin(), v.end()), 440, 8000), 0.5);
    media_stats_request(b.s, 1);
    ASSERT_TRUE(Wait(MEDIA_STATS, 2));
    EXPECT_EQ(Find(MEDIA_STATS, 2)->u.stats.stats.packets_lost, 0u);
    EXPECT_EQ(CountOf(MEDIA_LATCHED, 2), 0u);
}

TEST_F(Call, TheEndDrainsThenSaysEof) {
    Connect(CODEC_PCMU, 0);
    auto x = Tone(440, 8000, 300);
    media_audio_write(a.audio, x.data(), x.size(), 8000, 0);
    media_audio_mark(a.audio, 9);
    Read(b, 8000, 60);
    Stop(b);
    ASSERT_TRUE(Until([&] { return b.stopped; }));
    int16_t buf[320];
    int n, reads = 0;
    while ((n = media_audio_read(b.audio, buf, 320, 16000, nullptr)) > 0) reads++;
    EXPECT_EQ(n, SX_E_EOF);
    EXPECT_LE(reads, 200);
    EXPECT_EQ(media_audio_write(b.audio, buf, 320, 16000, 0), SX_E_EOF);
    EXPECT_EQ(media_audio_wait(b.audio, 20, 0, -1), SX_E_EOF);
    const media_stats &st = events.back().u.stats.stats;
    EXPECT_EQ(events.back().type, MEDIA_STOPPED);
    EXPECT_GT(st.packets_sent, 0u);
    EXPECT_TRUE(Wait(MEDIA_REMOTE_BYE, 1));
    Stop(a);
    ASSERT_TRUE(Until([&] { return a.stopped; }));
    EXPECT_EQ(CountOf(MEDIA_MARK, 1), 1u); /* played or flushed, but answered */
}

TEST_F(Call, ARecordingInStereoHasBothSidesInTime) {
    std::string path = ::testing::TempDir() + "sipua_media_stereo.wav", far = ::testing::TempDir() + "sipua_media_far.wav";
    Connect(CODEC_PCMU, 0);
    ASSERT_EQ(media_record(a.s, 70, path.c_str(), MEDIA_RECORD_STEREO, 0), 0);
    std::string mono = ::testing::TempDir() + "sipua_media_mono.wav";
    ASSERT_EQ(media_record(a.s, 71, mono.c_str(), MEDIA_RECORD_FAR, 0), 0); /* the same call, another file */
    ASSERT_EQ(media_record(b.s, 72, far.c_str(), MEDIA_RECORD_FAR, 16000), 0);
    std::atomic<bool> enough{false};
    std::thread echo([&] {
        while (!enough) {
            int16_t buf[160];
            int n = media_audio_read(b.audio, buf, 160, 8000, nullptr);
            if (n > 0) media_audio_write(b.audio, buf, (size_t)n, 8000, 0);
            else media_audio_wait(b.audio, 20, 0, 50);
        }
    });
    Read(a, 8000, 300);
    auto x = Tone(440, 8000, 800);
    media_audio_write(a.audio, x.data(), x.size(), 8000, 0); /* near at a; b echoes it back */
    Read(a, 8000, 1200);
    enough = true;
    echo.join();
    media_stop_record(a.s, 70);
    ASSERT_TRUE(Wait(MEDIA_RECORD_DONE, 1));
    EXPECT_EQ(Find(MEDIA_RECORD_DONE, 1)->u.record.record_id, 70u);
    EXPECT_EQ(Find(MEDIA_RECORD_DONE, 1)->code, 0) << Find(MEDIA_RECORD_DONE, 1)->text;
    media_stop_record(a.s, 71);
    ASSERT_TRUE(Until([&] { return CountOf(MEDIA_RECORD_DONE, 1) == 2; }));
    Stop(b);
    ASSERT_TRUE(Until([&] { return b.stopped; }));
    ASSERT_NE(Find(MEDIA_RECORD_DONE, 2), nullptr); /* before STOPPED */
    FILE *f = fopen(path.c_str(), "rb");
    ASSERT_NE(f, nullptr);
    std::vector<uint8_t> raw(1 << 20);
    raw.resize(fread(raw.data(), 1, raw.size(), f));
    fclose(f);
    ASSERT_GT(raw.size(), 44u);
    EXPECT_EQ(raw[22], 2);
    std::vector<int16_t> left, right;
    for (size_t i = 44; i + 3 < raw.size(); i += 4) {
        left.push_back((int16_t)(raw[i] | raw[i + 1] << 8));
        right.push_back((int16_t)(raw[i + 2] | raw[i + 3] << 8));
    }
    uint64_t ms = Find(MEDIA_RECORD_DONE, 1)->u.record.recorded_ms;
    EXPECT_EQ(left.size(), ms * 8);
    EXPECT_GE(ms, 1400u);
    EXPECT_LE(ms, 2200u);
    EXPECT_GT(BestShare(left, 440, 8000), 0.9);
    auto onset = [](const std::vector<int16_t> &v) {
        size_t i = 0;
        while (i < v.size() && std::abs(v[i]) < 1000) i++;
        return i / 8;
    };
    ASSERT_LT(onset(right), ms);
    int delay = (int)onset(right) - (int)onset(left); /* the echo's round trip, as the network and b made it */
    EXPECT_GE(delay, 20);
    EXPECT_LE(delay, 150);
    RecordProperty("round_trip_ms", delay);
    printf("round trip through an app on loopback: %d ms\n", delay);
    wav_reader *w;
    ASSERT_EQ(wav_open(&w, far.c_str()), 0) << sx_last_error_text();
    EXPECT_EQ(wav_reader_info(w)->rate, 16000u);
    EXPECT_EQ(wav_reader_info(w)->channels, 1u);
    wav_close(w);
    ASSERT_EQ(wav_open(&w, mono.c_str()), 0) << sx_last_error_text();
    EXPECT_EQ(wav_reader_info(w)->channels, 1u);
    EXPECT_EQ(wav_reader_info(w)->rate, 8000u);
    wav_close(w);
    unlink(path.c_str());
    unlink(mono.c_str());
    unlink(far.c_str());
}

TEST_F(Call, ARecordingIsAsLongAsTheTimeThatPassedHoldIncluded) {
    std::string near = ::testing::TempDir() + "sipua_media_near.wav", mix = ::testing::TempDir() + "sipua_media_mix.wav";
    media_config c = {};
    c.workers = 2; /* the two calls live on different threads */
    Start(c);
    Connect(CODEC_PCMU, 0);
    ASSERT_EQ(media_record(a.s, 1, near.c_str(), MEDIA_RECORD_NEAR, 24000), 0);
    ASSERT_EQ(media_record(b.s, 2, mix.c_str(), MEDIA_RECORD_MIX, 0), 0);
    auto began = Clock::now();
    auto x = Tone(440, 16000, 300);
    media_audio_write(a.audio, x.data(), x.size(), 16000, 0);
    Read(b, 8000, 400);
    media_stream_config ca = Config(b, CODEC_PCMU, 0), cb = Config(a, CODEC_PCMU, 0);
    ca.send = ca.receive = cb.send = cb.receive = false;
    media_configure(a.s, &ca);
    media_configure(b.s, &cb);
    Read(b, 8000, 400);
    ca.send = ca.receive = cb.send = cb.receive = true;
    media_configure(a.s, &ca);
    media_configure(b.s, &cb);
    media_audio_write(a.audio, x.data(), x.size(), 16000, 0);
    Read(b, 8000, 400);
    auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began).count();
    Stop(a);
    Stop(b);
    ASSERT_TRUE(Until([&] { return a.stopped && b.stopped; }));
    for (uint64_t id : {1, 2}) {
        const media_event *done = Find(MEDIA_RECORD_DONE, id);
        ASSERT_NE(done, nullptr);
        EXPECT_EQ(done->code, 0) << done->text;
        EXPECT_NEAR((double)done->u.record.recorded_ms, (double)ms, 150) << id;
    }
    wav_reader *w;
    ASSERT_EQ(wav_open(&w, near.c_str()), 0);
    std::vector<int16_t> v(24000 * 3);
    size_t got = 0;
    for (int n; (n = wav_read(w, v.data() + got, v.size() - got)) > 0;) got += (size_t)n;
    wav_close(w);
    v.resize(got);
    EXPECT_GT(Loudness(v, 24 * 50, 24 * 200), 1000);  /* speech, */
    EXPECT_LT(Loudness(v, 24 * 500, 24 * 700), 10);   /* hold, */
    EXPECT_GT(Loudness(v, 24 * 850, 24 * 1050), 1000); /* speech */
    unlink(near.c_str());
    unlink(mix.c_str());
}

TEST_F(Call, ARecordingThatCannotBeMadeIsSaid) {
    Connect(CODEC_PCMU, 0);
    ASSERT_EQ(media_record(a.s, 1, "/nowhere/at/all.wav", MEDIA_RECORD_FAR, 0), 0);
    ASSERT_TRUE(Wait(MEDIA_RECORD_DONE, 1));
    EXPECT_EQ(Find(MEDIA_RECORD_DONE, 1)->code, SX_E_NOT_FOUND);
    EXPECT_EQ(media_record(a.s, 2, "/nowhere/at/all.wav", MEDIA_RECORD_FAR, 44100), SX_E_INVALID);
    EXPECT_EQ(media_record(a.s, 3, "/tmp", MEDIA_RECORD_FAR, 0), 0); /* another may begin */
}

TEST_F(Call, AFileIsPlayedToItsEndAndAMissingOneIsSaid) {
    std::string path = ::testing::TempDir() + "sipua_media_play.wav";
    wav_writer *w;
    ASSERT_EQ(wav_create(&w, path.c_str(), 44100, 1), 0);
    auto x = Tone(700, 44100, 800);
    wav_write(w, x.data(), x.size());
    ASSERT_EQ(wav_finish(w), 0);
    Connect(CODEC_PCMU, 0);
    ASSERT_EQ(media_play(a.s, 1, path.c_str(), 0), 0);
    auto v = Read(b, 8000, 1100);
    EXPECT_GT(BestShare(v, 700, 8000), 0.95);
    ASSERT_TRUE(Wait(MEDIA_PLAY_DONE, 1));
    EXPECT_EQ(Find(MEDIA_PLAY_DONE, 1)->code, 0);
    EXPECT_NEAR((double)Find(MEDIA_PLAY_DONE, 1)->u.play.played_ms, 800, 10);
    events.clear();
    ASSERT_EQ(media_play(a.s, 2, "/nowhere/at/all.wav", 0), 0);
    ASSERT_TRUE(Wait(MEDIA_PLAY_DONE, 1));
    EXPECT_EQ(Find(MEDIA_PLAY_DONE, 1)->code, SX_E_NOT_FOUND);
    EXPECT_NE(std::string(Find(MEDIA_PLAY_DONE, 1)->text).find("all.wav"), std::string::npos);
    events.clear();
    ASSERT_EQ(media_play(a.s, 3, path.c_str(), UINT32_MAX), 0);
    Read(b, 8000, 1000);
    media_stop_play(a.s, 0);
    ASSERT_TRUE(Wait(MEDIA_PLAY_DONE, 1));
    EXPECT_EQ(Find(MEDIA_PLAY_DONE, 1)->code, SX_E_CANCELED);
    unlink(path.c_str());
}

TEST_F(Call, NobodySpeakingIsSilenceOnTheWireWithTheClockRunning) {
    Connect(CODEC_PCMU, 0);
    auto x = Tone(440, 8000, 100);
    for (int i = 0; i < 3; i++) {
        media_audio_write(a.audio, x.data(), x.size(), 8000, 4);
        Read(b, 8000, 240);
    }
    media_stats_request(a.s, 0);
    ASSERT_TRUE(Wait(MEDIA_STATS, 1));
    const media_stats &st = Find(MEDIA_STATS, 1)->u.stats.stats;
    EXPECT_GE(st.packets_sent, 30u);
    EXPECT_GT(st.underrun_ms, 100u); /* one segment with holes in it */
    media_stats_request(b.s, 0);
    ASSERT_TRUE(Wait(MEDIA_STATS, 2));
    EXPECT_EQ(Find(MEDIA_STATS, 2)->u.stats.stats.packets_lost, 0u);
    EXPECT_LE(Find(MEDIA_STATS, 2)->u.stats.stats.frames_concealed, 3u);
}

TEST_F(Call, ADeadRemoteIsSaidAndItsReturnToo) {
    media_config c = {};
    c.stall_ms = 300;
    Start(c);
    Connect(CODEC_PCMU, 0);
    Until([] { return false; }, 200);
    media_stream_config ca = Config(b, CODEC_PCMU, 0);
    ca.send = false;
    media_configure(a.s, &ca);
    ASSERT_TRUE(Wait(MEDIA_STALLED, 2));
    EXPECT_GE(Find(MEDIA_STALLED, 2)->u.stall.silent_ms, 300u);
    EXPECT_EQ(CountOf(MEDIA_STALLED, 1), 0u);
    ca.send = true;
    media_configure(a.s, &ca);
    ASSERT_TRUE(Wait(MEDIA_RESUMED, 2));
    EXPECT_GE(Find(MEDIA_RESUMED, 2)->u.stall.silent_ms, 300u);
}

TEST_F(Call, ACodecChangeInTheMiddleOfACallIsHeard) {
    Connect(CODEC_PCMU, 0, 16000, [](media_stream_config &c) {
        c.accept.n = 2;
        c.accept.payload[1].pt = 96;
        codec_config_init(&c.accept.payload[1].codec, codec_by_id(CODEC_OPUS), sx_slice_empty(), sx_slice_empty(), 16000, -1);
    });
    auto x = Tone(440, 16000, 3000);
    media_audio_write(a.audio, x.data(), x.size(), 16000, 0);
    EXPECT_GT(BestShare(Read(b, 16000, 800), 440, 16000), 0.95);
    media_stream_config ca = Config(b, CODEC_OPUS, 96, 16000);
    media_configure(a.s, &ca);
    Read(b, 16000, 300);
    EXPECT_GT(BestShare(Read(b, 16000, 800), 440, 16000), 0.95);
    media_stats_request(b.s, 0);
    ASSERT_TRUE(Wait(MEDIA_STATS, 2));
    EXPECT_STREQ(Find(MEDIA_STATS, 2)->u.stats.stats.codec, "opus");
}

TEST_F(Call, PacketsOfTenThirtyAndSixtyMillisecondsWork) {
    for (uint32_t ptime : {10u, 30u, 60u}) {
        Start({});
        Connect(CODEC_PCMU, 0, 0, [&](media_stream_config &c) { c.ptime_ms = ptime; });
        auto x = Tone(440, 8000, 1500);
        media_audio_write(a.audio, x.data(), x.size(), 8000, 0);
        EXPECT_GT(BestShare(Read(b, 8000, 1500), 440, 8000), 0.95) << ptime;
    }
}

TEST_F(Call, ClosingTheEngineWithCallsUpIsQuickAndWakesReaders) {
    Connect(CODEC_OPUS, 96, 16000);
    std::thread reader([&] {
        int16_t buf[320];
        int n;
        do {
            n = media_audio_read(b.audio, buf, 320, 16000, nullptr);
            if (n == 0) media_audio_wait(b.audio, 20, 0, -1);
        } while (n >= 0);
        EXPECT_EQ(n, SX_E_EOF);
    });
    Until([] { return false; }, 100);
    auto start = Clock::now();
    media_engine_destroy(e);
    e = nullptr;
    auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
    EXPECT_LT(ms, 100);
    reader.join();
}

TEST_F(Call, PortsOfARangeComeInPairsAndRestAfterUse) {
    media_config c = {};
    const uint16_t base = (uint16_t)(20001 + 2 * (getpid() % 5000)); /* below the ports that the kernel gives out */
    c.port_min = base;
    c.port_max = (uint16_t)(base + 7); /* three pairs */
    Start(c);
    Side x[4];
    for (int i = 0; i < 3; i++) {
        Prepare(x[i], 10 + (uint64_t)i);
        uint16_t p = net_addr_port(&x[i].local.rtp);
        EXPECT_EQ(p % 2, 0);
        EXPECT_GE(p, base + 1);
        EXPECT_LE(p, base + 5);
        EXPECT_EQ(net_addr_port(&x[i].local.rtcp), p + 1);
    }
    media_prepare_params p = {};
    net_addr_parse_host(&p.local, SX_LIT("127.0.0.1"), 0);
    EXPECT_EQ(media_prepare(e, &p, &x[3].s, &x[3].local), SX_E_LIMIT);
    Stop(x[0]);
    ASSERT_TRUE(Until([&] { return x[0].stopped; }));
    EXPECT_EQ(media_prepare(e, &p, &x[3].s, &x[3].local), SX_E_LIMIT); /* rests */
    for (auto &s : x)
        if (s.audio) media_audio_unref(s.audio);
}

TEST_F(Call, SenderReportsGiveTheRoundTrip) {
    Connect(CODEC_PCMU, 0);
    media_stats st = {};
    bool ok = Until([&] {
        events.clear();
        media_stats_request(a.s, 0);
        Until([&] { return Find(MEDIA_STATS, 1) != nullptr; }, 1000);
        if (auto *ev = Find(MEDIA_STATS, 1)) st = ev->u.stats.stats;
        return st.rtt_ms >= 0;
    }, 20000);
    EXPECT_TRUE(ok);
    EXPECT_LT(st.rtt_ms, 100);
    EXPECT_EQ(st.remote_lost, 0);
    EXPECT_GE(st.remote_jitter_ms, 0);
}

}  // namespace
