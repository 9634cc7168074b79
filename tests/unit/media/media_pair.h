/* Sessions of one engine that talk with each other over loopback, and what a test asks of their sound. */
#ifndef MEDIA_PAIR_H
#define MEDIA_PAIR_H

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

extern "C" {
#include "media/media.h"
}

inline std::vector<int16_t> Tone(double hz, uint32_t rate, uint32_t ms, double amplitude = 8000) {
    std::vector<int16_t> v((size_t)rate * ms / 1000);
    for (size_t i = 0; i < v.size(); i++) v[i] = (int16_t)(amplitude * std::sin(2 * M_PI * hz * (double)i / rate));
    return v;
}

/* The share of the signal's energy at this frequency. */
inline double Share(const int16_t *x, size_t n, double hz, uint32_t rate) {
    double re = 0, im = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        re += x[i] * std::cos(2 * M_PI * hz * (double)i / rate);
        im += x[i] * std::sin(2 * M_PI * hz * (double)i / rate);
        all += (double)x[i] * x[i];
    }
    return all > 0 ? 2 * (re * re + im * im) / (all * (double)n) : 0;
}

/* The best half second of it. */
inline double BestShare(const std::vector<int16_t> &v, double hz, uint32_t rate) {
    double best = 0;
    size_t w = rate / 2;
    for (size_t at = 0; at + w <= v.size(); at += w / 4) best = std::max(best, Share(v.data() + at, w, hz, rate));
    return best;
}

inline double Loudness(const std::vector<int16_t> &v, size_t from, size_t to) {
    double s = 0;
    for (size_t i = from; i < to && i < v.size(); i++) s += std::abs(v[i]);
    return to > from ? s / (double)(to - from) : 0;
}

class PairTest : public ::testing::Test {
  public:
    struct Side {
        media_session *s = nullptr;
        media_audio *audio = nullptr;
        media_local local = {};
    };

    void Start(media_config c) {
        c.wake = [](void *ctx) {
            auto *self = static_cast<PairTest *>(ctx);
            std::lock_guard<std::mutex> l(self->m);
            self->woken = true;
            self->cv.notify_all();
        };
        c.wake_ctx = this;
        e = media_engine_create(&c);
        ASSERT_NE(e, nullptr) << sx_last_error_text();
    }
    void TearDown() override {
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
    static media_stream_config Config(const net_addr &to, codec_id id, uint8_t pt, uint32_t wanted) {
        media_stream_config c = {};
        c.remote_rtp = to;
        c.signalling = to;
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
    /* Two sessions that talk with each other: ids n and n + 1. */
    void Connect(Side &a, Side &b, uint64_t n, codec_id id, uint8_t pt, uint32_t wanted,
                 std::function<void(media_stream_config &)> change = nullptr) {
        Prepare(a, n);
        Prepare(b, n + 1);
        media_stream_config ca = Config(b.local.rtp, id, pt, wanted), cb = Config(a.local.rtp, id, pt, wanted);
        if (change) change(ca), change(cb);
        ASSERT_EQ(media_configure(a.s, &ca), 0) << sx_last_error_text();
        ASSERT_EQ(media_configure(b.s, &cb), 0) << sx_last_error_text();
        ASSERT_EQ(media_start(a.s), 0);
        ASSERT_EQ(media_start(b.s), 0);
    }
    /* Polls until `done` says so; everything polled is kept. */
    bool Until(std::function<bool()> done, int ms = 8000) {
        auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
        for (;;) {
            media_event ev;
            while (media_poll(e, &ev)) events.push_back(ev);
            if (done()) return true;
            std::unique_lock<std::mutex> l(m);
            if (std::chrono::steady_clock::now() > end) return false;
            cv.wait_for(l, std::chrono::milliseconds(5), [&] { return woken; });
            woken = false;
        }
    }
    const media_event *Find(media_event_type t, uint64_t id) {
        for (auto &ev : events)
            if (ev.type == t && ev.id == id) return &ev;
        return nullptr;
    }
    size_t CountOf(media_event_type t) {
        size_t n = 0;
        for (auto &ev : events) n += ev.type == t;
        return n;
    }
    bool Wait(media_event_type t, uint64_t id, int ms = 8000) {
        return Until([&] { return Find(t, id) != nullptr; }, ms);
    }
    /* Reads for so long by the clock of the stream. */
    std::vector<int16_t> Read(Side &x, uint32_t rate, uint32_t ms) {
        std::vector<int16_t> v;
        size_t want = (size_t)rate * ms / 1000;
        auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms + 3000);
        while (v.size() < want && std::chrono::steady_clock::now() < end) {
            int16_t buf[960];
            int n = media_audio_read(x.audio, buf, std::min<size_t>(960, want - v.size()), rate, nullptr);
            if (n == SX_E_EOF) break;
            EXPECT_GE(n, 0);
            v.insert(v.end(), buf, buf + (n > 0 ? n : 0));
            if (n == 0) media_audio_wait(x.audio, 20, 0, 200);
        }
        return v;
    }

    media_engine *e = nullptr;
    std::deque<media_event> events;
    std::mutex m;
    std::condition_variable cv;
    bool woken = false;
};

#endif
