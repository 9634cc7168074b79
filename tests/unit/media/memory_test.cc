/* Every allocation of media fails once: an error or a little less sound, never a crash, never a leak (under ASan). */
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>

#include "support/oom.h"

extern "C" {
#include "media/leg.h"
#include "media/stream.h"
#include "media/wav.h"
}

namespace {

void Accept(media_receivable *r) {
    memset(r, 0, sizeof *r);
    uint8_t pts[] = {0, 96};
    codec_id ids[] = {CODEC_PCMU, CODEC_OPUS};
    for (int i = 0; i < 2; i++) {
        r->payload[i].pt = pts[i];
        codec_config_init(&r->payload[i].codec, codec_by_id(ids[i]), sx_slice_empty(), sx_slice_empty(), 16000, -1);
    }
    r->n = 2;
    r->cn_pt = -1;
}

TEST(MediaMemory, AnEngineAndItsOrders) {
    int n = OomEach([] {
        media_config c = {};
        media_engine *e = media_engine_create(&c);
        if (!e) return;
        media_prepare_params p = {};
        p.local = net_addr_loopback(NET_V4, 0);
        media_session *s;
        media_local local;
        if (media_prepare(e, &p, &s, &local) == 0) {
            media_stream_config cfg = {};
            cfg.remote_rtp = net_addr_loopback(NET_V4, 9);
            cfg.signalling = cfg.remote_rtp;
            Accept(&cfg.accept);
            cfg.sending = cfg.accept.payload[0];
            cfg.send_event_pt = 101;
            cfg.send_event_rate = 8000;
            cfg.send = cfg.receive = true;
            media_audio *a = media_session_audio(s);
            int16_t pcm[320] = {};
            EXPECT_NE(media_offer(s, &cfg.accept), 1);
            if (media_configure(s, &cfg) == 0 && media_start(s) == 0) {
                media_dtmf(s, "12", 0, 0, 1);
                media_stats_request(s, 1);
            }
            int taken = media_audio_write(a, pcm, 320, 16000, 1);
            EXPECT_TRUE(taken == 320 || taken == 0) << taken;
            media_audio_mark(a, 1);
            media_audio_flush(a, 1);
            EXPECT_GE(media_audio_read(a, pcm, 320, 16000, nullptr), SX_E_NOMEM);
            media_stop(s); /* never fails */
            media_event ev;
            auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
            do {
                if (!media_poll(e, &ev)) ev.type = MEDIA_ERROR, std::this_thread::sleep_for(std::chrono::milliseconds(1));
            } while (ev.type != MEDIA_STOPPED && std::chrono::steady_clock::now() < end);
            EXPECT_EQ(ev.type, MEDIA_STOPPED);
            media_audio_unref(a);
        }
        media_engine_destroy(e);
    });
    EXPECT_GT(n, 15);
}

TEST(MediaMemory, RoomsAndLinksAndMovingBetweenWorkers) {
    int n = OomEach([] {
        media_config c = {};
        c.workers = 2;
        media_engine *e = media_engine_create(&c);
        if (!e) return;
        media_session *s[3] = {}, *room = nullptr;
        media_local local;
        media_room_params rp = {};
        rp.rate = 16000;
        if (media_room_create(e, &rp, &room) != 0) room = nullptr;
        for (auto &one : s) {
            media_prepare_params p = {};
            p.local = net_addr_loopback(NET_V4, 0);
            if (media_prepare(e, &p, &one, &local) != 0) one = nullptr;
        }
        if (s[0] && s[1] && media_link_sessions(s[0], s[1], true, true) == 0) {
            EXPECT_EQ(media_link_sessions(s[0], s[1], true, true), SX_E_BUSY);
            media_unlink(s[0]);
        }
        for (auto *one : s)
            if (one && room) media_room_add(room, one);
        for (auto *one : s)
            if (one) media_mute(one, MEDIA_MUTE_SEND);
        if (room && s[1]) media_room_remove(room, s[1]);
        unsigned running = 0, stopped = 0;
        for (auto *one : {s[0], s[1], s[2], room})
            if (one) media_stop(one), running++;
        auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (stopped < running && std::chrono::steady_clock::now() < end) {
            media_event ev;
            if (!media_poll(e, &ev))
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            else
                stopped += ev.type == MEDIA_STOPPED;
        }
        EXPECT_EQ(stopped, running);
        media_engine_destroy(e);
    });
    EXPECT_GT(n, 30);
}

TEST(MediaMemory, TheReceivingSide) {
    int n = OomEach([] {
        media_leg l;
        media_leg_init(&l, 20, 200);
        Accept(&l.accept);
        l.receive = true;
        net_addr from = net_addr_loopback(NET_V4, 4000), none = net_addr_none();
        latch_configure(&l.latch, &from, &none, 0);
        uint64_t now = 1000000;
        for (uint16_t i = 0; i < 12; i++, now += 20000) {
            uint8_t b[RTP_HEADER + 160] = {};
            uint8_t opus[] = {0x78, 1, 2, 3, 4, 5, 6, 7};
            bool o = i >= 6;
            rtp_write_header(b, false, o ? 96 : 0, i, o ? i * 960u : i * 160u, 1);
            if (o) memcpy(b + RTP_HEADER, opus, sizeof opus);
            media_leg_digits d = {};
            if (i != 3) media_leg_packet(&l, b, RTP_HEADER + (o ? sizeof opus : 160), &from, now, now, &d);
            int16_t pcm[960];
            media_leg_play(&l, pcm, 20, now);
        }
        media_leg_free(&l);
    });
    EXPECT_GT(n, 4);
}

TEST(MediaMemory, TheSendingSide) {
    media_pool *pool = media_pool_create();
    int n = OomEach([&] {
        media_stream s;
        media_stream_init(&s);
        media_stream_config c = {};
        Accept(&c.accept);
        c.send_event_pt = -1;
        media_chunkq q;
        media_source src = {};
        media_out out;
        if (media_chunkq_init(&q, pool) == 0) {
            src.q = &q;
            int16_t pcm[960] = {};
            for (int k = 0; k < 2; k++) {
                c.sending = c.accept.payload[k];
                media_stream_configure(&s, &c);
                media_chunkq_write(&q, pcm, 960, 24000, 1);
                int need = media_stream_frame(&s);
                if (need <= 0) continue;
                media_source_read(&src, s.pcm, (size_t)need, c.sending.codec.encode_rate, [](void *, const media_chunk *) {}, nullptr);
                media_stream_audio(&s, (uint32_t)need, true, &out);
            }
            media_chunkq_free(&q);
        }
        media_source_free(&src);
        media_stream_free(&s);
    });
    media_pool_unref(pool);
    EXPECT_GT(n, 4);
}

TEST(MediaMemory, Files) {
    std::string path = ::testing::TempDir() + "sipua_memory_" + std::to_string(getpid()) + ".wav";
    OomEach([&] {
        wav_writer *w;
        if (wav_create(&w, path.c_str(), 8000, 1)) return;
        int16_t pcm[100] = {};
        EXPECT_EQ(wav_write(w, pcm, 100), 0);
        EXPECT_EQ(wav_finish(w), 0);
        wav_reader *r;
        if (wav_open(&r, path.c_str()) == 0) wav_close(r);
    });
    unlink(path.c_str());
}

}  // namespace
