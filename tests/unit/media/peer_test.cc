/* A session against a raw UDP peer, which does what phones in the field do. */
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <deque>
#include <functional>
#include <string>
#include <thread>
#include <vector>

extern "C" {
#include "codec/g711.h"
#include "media/media.h"
#include "media/rtcp.h"
#include "media/rtp.h"
#include "net/stun.h"
}

namespace {

using Clock = std::chrono::steady_clock;

struct Packet {
    rtp_packet r;
    std::vector<uint8_t> payload;
    Clock::time_point at;
    uint16_t from;
};

class Phone {
  public:
    Phone() {
        fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        sockaddr_in a = {};
        a.sin_family = AF_INET;
        a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(bind(fd, (sockaddr *)&a, sizeof a), 0);
        socklen_t n = sizeof a;
        getsockname(fd, (sockaddr *)&a, &n);
        net_addr_from_sockaddr(&local, (sockaddr *)&a, n);
    }
    ~Phone() { close(fd); }
    void Send(const net_addr &to, uint8_t pt, uint16_t seq, uint32_t ts, uint32_t ssrc, const void *p, size_t n, bool m = false) {
        std::vector<uint8_t> b(RTP_HEADER + n);
        rtp_write_header(b.data(), m, pt, seq, ts, ssrc);
        if (n) memcpy(b.data() + RTP_HEADER, p, n);
        sendto(fd, b.data(), b.size(), 0, &to.u.sa, net_addr_len(&to));
    }
    /* 20 ms of a loud PCMU square wave. */
    void Loud(const net_addr &to, uint16_t seq, uint32_t ts, uint32_t ssrc, uint8_t pt = 0, size_t n = 160) {
        std::vector<uint8_t> b(n);
        for (size_t i = 0; i < n; i++) b[i] = pt == 8 ? g711_alaw(i / 8 % 2 ? 8000 : -8000) : g711_ulaw(i / 8 % 2 ? 8000 : -8000);
        Send(to, pt, seq, ts, ssrc, b.data(), n);
    }
    void Drain() {
        uint8_t buf[2048];
        ssize_t n;
        sockaddr_in from = {};
        socklen_t len = sizeof from;
        while ((n = recvfrom(fd, buf, sizeof buf, 0, (sockaddr *)&from, &len)) > 0) {
            Packet p;
            p.from = ntohs(from.sin_port);
            if (rtp_parse(&p.r, buf, (size_t)n) != 0) continue;
            p.payload.assign(p.r.payload, p.r.payload + p.r.n);
            p.at = Clock::now();
            got.push_back(p);
        }
    }
    int fd;
    net_addr local = {};
    std::vector<Packet> got;
};

class Peer : public ::testing::Test {
  protected:
    void SetUp() override {
        media_config c = {};
        e = media_engine_create(&c);
        media_prepare_params p = {};
        p.id = 1;
        net_addr_parse_host(&p.local, SX_LIT("127.0.0.1"), 0);
        ASSERT_EQ(media_prepare(e, &p, &s, &local), 0);
        audio = media_session_audio(s);
    }
    void TearDown() override {
        media_audio_unref(audio);
        media_engine_destroy(e);
    }
    media_stream_config Config() {
        media_stream_config c = {};
        c.remote_rtp = phone.local;
        c.signalling = phone.local;
        c.send = c.receive = true;
        c.accept.cn_pt = 13;
        for (auto id : {CODEC_PCMU, CODEC_PCMA}) {
            media_payload &p = c.accept.payload[c.accept.n++];
            p.pt = (uint8_t)codec_by_id(id)->static_pt;
            codec_config_init(&p.codec, codec_by_id(id), sx_slice_empty(), sx_slice_empty(), 8000, -1);
        }
        c.accept.n_events = 1;
        c.accept.event[0].pt = 101;
        c.accept.event[0].rate = 8000;
        c.sending = c.accept.payload[0];
        c.send_event_pt = 96;
        c.send_event_rate = 8000;
        return c;
    }
    void Begin() {
        media_stream_config c = Config();
        ASSERT_EQ(media_configure(s, &c), 0) << sx_last_error_text();
        ASSERT_EQ(media_start(s), 0);
        int16_t buf[160];
        media_audio_read(audio, buf, 160, 8000, nullptr);
        Turn(), Turn(); /* what comes before the worker's first turn is not media of this call */
        heard.clear();
    }
    /* Lets 20 ms pass. */
    void Turn() {
        next += std::chrono::milliseconds(20);
        std::this_thread::sleep_until(next);
        if (Clock::now() - next > std::chrono::milliseconds(60)) disturbed = true;
        phone.Drain();
        other.Drain();
        int16_t buf[960];
        int n;
        while ((n = media_audio_read(audio, buf, 960, 8000, nullptr)) > 0) heard.insert(heard.end(), buf, buf + n);
        media_event ev;
        while (media_poll(e, &ev)) events.push_back(ev);
    }
    size_t LoudMs(size_t from = 0) const {
        size_t n = 0;
        for (size_t i = from; i < heard.size(); i++) n += heard[i] > 4000 || heard[i] < -4000;
        return n / 8;
    }
    const media_event *Find(media_event_type t) {
        for (auto &ev : events)
            if (ev.type == t) return &ev;
        return nullptr;
    }
    /* How many packets have come, when all that was sent could be read. */
    uint64_t Received() {
        for (int i = 0; i < 5; i++) Turn();
        return Stats().packets_received;
    }
    media_stats Stats() {
        media_stats_request(s, 1);
        for (int i = 0; i < 100 && !Find(MEDIA_STATS); i++) Turn();
        media_stats st = {};
        if (auto *ev = Find(MEDIA_STATS)) st = ev->u.stats.stats;
        return st;
    }

    media_engine *e = nullptr;
    media_session *s = nullptr;
    media_audio *audio = nullptr;
    media_local local = {};
    Phone phone, other;
    Clock::time_point next = Clock::now();
    bool disturbed = false; /* this test itself could not keep time: then how much is heard proves nothing */
    std::vector<int16_t> heard;
    std::deque<media_event> events;
};

TEST_F(Peer, WhatWeSendIsAContinuousStreamOnOneClock) {
    Begin();
    std::vector<int16_t> x(8000, 5000);
    for (int i = 0; i < 20; i++) Turn();
    media_audio_write(audio, x.data(), 3200, 8000, 0);
    for (int i = 0; i < 40; i++) Turn();
    ASSERT_GE(phone.got.size(), 50u);
    int markers = 0;
    for (size_t i = 1; i < phone.got.size(); i++) {
        const rtp_packet &a = phone.got[i - 1].r, &b = phone.got[i].r;
        EXPECT_EQ((uint16_t)(b.seq - a.seq), 1);
        EXPECT_EQ(b.ts - a.ts, phone.got[i - 1].payload.size());
        EXPECT_EQ(b.ssrc, local.ssrc);
        EXPECT_EQ(b.pt, 0);
        markers += b.marker;
    }
    EXPECT_TRUE(phone.got[0].r.marker);
    EXPECT_EQ(markers, 1); /* where the app began to speak */
    EXPECT_EQ(phone.got[5].payload, std::vector<uint8_t>(160, 0xff));
}

TEST_F(Peer, APhoneOnAnotherPortThanSignalledIsFollowedWithinFivePackets) {
    Begin();
    for (uint16_t i = 0; i < 20; i++) other.Loud(local.rtp, i, i * 160u, 77), Turn();
    if (!disturbed) { EXPECT_GE(LoudMs(), 280u); }
    const media_event *l = Find(MEDIA_LATCHED);
    ASSERT_NE(l, nullptr);
    EXPECT_TRUE(net_addr_eq(&l->u.latched.new_remote, &other.local));
    EXPECT_GE(other.got.size(), 10u);
    size_t before = heard.size();
    for (uint16_t i = 0; i < 20; i++) phone.Loud(local.rtp, i, i * 160u, 99), Turn(); /* an injector from the old address */
    if (!disturbed) { EXPECT_LE(LoudMs(before), 150u); } /* the rest of the real one, no more */
}

TEST_F(Peer, APauseOfThreeSecondsDoesNotMoveOurPort) {
    Begin();
    for (uint16_t i = 0; i < 10; i++) phone.Loud(local.rtp, i, i * 160u, 1), Turn();
    for (int i = 0; i < 150; i++) Turn(); /* the remote is silent: others may be heard from now on */
    size_t before = heard.size(), sent = phone.got.size();
    for (uint16_t i = 0; i < 25; i++) phone.Loud(local.rtp, (uint16_t)(10 + i), 8000u * 4 + i * 160u, 1), Turn();
    if (!disturbed) { EXPECT_GE(LoudMs(before), 350u); }
    EXPECT_EQ(Received(), 35u);
    EXPECT_GT(phone.got.size(), sent + 10); /* from the port that it knows: it would hear no other */
    for (auto &p : phone.got) EXPECT_EQ(p.from, net_addr_port(&local.rtp));
}

TEST_F(Peer, ANewSourceWithAnotherTimelineIsHeardWithin200Ms) {
    Begin();
    for (uint16_t i = 0; i < 25; i++) phone.Loud(local.rtp, i, i * 160u, 1), Turn();
    size_t before = heard.size();
    for (uint16_t i = 0; i < 50; i++) phone.Loud(local.rtp, (uint16_t)(50000 + i), 0x90000000u + i * 160u, 2), Turn();
    size_t first_second = before + 8000;
    heard.resize(std::min(heard.size(), first_second));
    if (!disturbed) { EXPECT_GE(LoudMs(before), 800u); }
    media_stats st = Stats();
    EXPECT_EQ(st.remote_ssrc, 2u);
    if (HasFailure())
        printf("late %lu concealed %lu played %lu depth %u received %lu stalls %lu late ticks %lu heard %zu\n", st.packets_late,
               st.frames_concealed, st.frames_played, st.jitter_depth_ms, st.packets_received, st.stalled_ticks,
               st.late_ticks, heard.size() - before);
}

TEST_F(Peer, UnknownPayloadTypesAndComfortNoiseDisturbNothing) {
    Begin();
    uint8_t junk[50] = {0};
    uint16_t seq = 0;
    for (uint32_t i = 0; i < 50; i++) {
        phone.Loud(local.rtp, seq++, i * 160, 1);
        if (i % 5 == 0) phone.Send(local.rtp, 77, (uint16_t)(30000 + i), 99999999, 5, junk, sizeof junk); /* a stray stream */
        if (i % 7 == 0) phone.Send(local.rtp, 13, seq++, i * 160, 1, junk, 1);
        Turn();
    }
    if (!disturbed) { EXPECT_GE(LoudMs(), 900u); }
    media_stats st = Stats();
    EXPECT_EQ(st.packets_unknown, 10u);
    EXPECT_EQ(st.packets_lost, 0u);
    EXPECT_EQ(st.remote_ssrc, 1u);
}

TEST_F(Peer, ThePayloadTypeMayChangeWithEveryPacket) {
    Begin();
    for (uint16_t i = 0; i < 50; i++) phone.Loud(local.rtp, i, i * 160u, 1, i / 10 % 2 ? 8 : 0), Turn();
    if (!disturbed) { EXPECT_GE(LoudMs(), 900u); }
}

TEST_F(Peer, PacketsOfSixtyMillisecondsWithLossAreConcealed) {
    Begin();
    for (uint16_t i = 0; i < 20; i++) {
        if (i != 10) phone.Loud(local.rtp, i, i * 480u, 1, 0, 480);
        Turn(), Turn(), Turn();
    }
    if (!disturbed) { EXPECT_GE(LoudMs(), 950u); }
    media_stats st = Stats();
    EXPECT_EQ(st.packets_lost, 1u);
    EXPECT_GE(st.frames_concealed, 1u);
}

TEST_F(Peer, ADigitWhoseEndIsRepeatedUnderOneNumberOrLostIsOneDigit) {
    Begin();
    uint16_t seq = 1;
    auto digit = [&](uint8_t ev, uint32_t ts, bool end_lost) {
        for (int i = 0; i < 5; i++) {
            uint8_t p[4] = {ev, 10, (uint8_t)(i * 160 >> 8), (uint8_t)(i * 160)};
            phone.Send(local.rtp, 101, seq++, ts, 1, p, 4, i == 0);
            Turn();
        }
        uint8_t p[4] = {ev, 0x8a, 800 >> 8, 800 & 255};
        for (int i = 0; i < 3 && !end_lost; i++) phone.Send(local.rtp, 101, seq, ts, 1, p, 4);
        seq++;
        for (int i = 0; i < 15; i++) Turn();
    };
    digit(5, 1000, false);
    digit(11, 9000, true);
    digit(5, 17000, false);
    std::string all;
    for (auto &ev : events)
        if (ev.type == MEDIA_DTMF) all += ev.u.dtmf.digit;
    EXPECT_EQ(all, "5#5");
    EXPECT_EQ(Find(MEDIA_DTMF)->u.dtmf.duration_ms, 100u);
}

TEST_F(Peer, OurDigitsGoOutUnderTheRemotesPayloadTypeWithThreeEnds) {
    Begin();
    for (int i = 0; i < 5; i++) Turn();
    ASSERT_EQ(media_dtmf(s, "7", 100, 50, 3), 0);
    for (int i = 0; i < 20; i++) Turn();
    size_t ends = 0, starts = 0;
    uint32_t ts = 0;
    for (auto &p : phone.got) {
        if (p.r.pt != 96) continue;
        ASSERT_EQ(p.payload.size(), 4u);
        EXPECT_EQ(p.payload[0], 7);
        starts += p.r.marker;
        if (p.r.marker) ts = p.r.ts;
        EXPECT_EQ(p.r.ts, ts);
        ends += p.payload[1] >> 7;
    }
    EXPECT_EQ(starts, 1u);
    EXPECT_EQ(ends, 3u);
    for (size_t i = 1; i < phone.got.size(); i++) EXPECT_EQ((uint16_t)(phone.got[i].r.seq - phone.got[i - 1].r.seq), 1);
}

TEST_F(Peer, GarbageOnTheMediaPortsIsOnlyCounted) {
    Begin();
    unsigned seed = 3;
    net_addr rtcp = local.rtcp;
    for (int i = 0; i < 30; i++) {
        for (int k = 0; k < 20; k++) {
            uint8_t b[300];
            for (auto &x : b) seed = seed * 1664525 + 1013904223, x = (uint8_t)(seed >> 24);
            if (k % 2) b[0] = 0x80, b[1] &= 0x7f;
            sendto(phone.fd, b, seed % 300, 0, k % 3 ? &local.rtp.u.sa : &rtcp.u.sa, net_addr_len(&rtcp));
        }
        phone.Loud(local.rtp, (uint16_t)i, (uint32_t)i * 160, 1);
        Turn();
    }
    media_stats st = Stats();
    EXPECT_GT(st.packets_invalid + st.packets_unknown, 100u);
    /* A random packet may pass for the first of a new source, and the next of ours then for one that is not proven yet. */
    EXPECT_GE(st.packets_received, 25u);
}

TEST_F(Peer, AnOddPacketTimeInTheRemotesSdpDoesNotFailTheCall) {
    media_stream_config c = Config();
    c.ptime_ms = 25;
    c.send_event_rate = 0;
    EXPECT_EQ(media_configure(s, &c), 0);
    EXPECT_EQ(media_dtmf(s, "1", 0, 0, 0), SX_E_STATE);
    c.ptime_ms = 4000000000u;
    EXPECT_EQ(media_configure(s, &c), 0);
    c.sending.pt = 200;
    EXPECT_EQ(media_configure(s, &c), SX_E_INVALID);
}

/* ---- another local address in the middle of it ---- */

net_addr At(const char *host) {
    net_addr a = net_addr_none();
    net_addr_parse_host(&a, sx_slice_str(host), 0);
    return a;
}

TEST_F(Peer, AMoveToAnotherAddressGoesOnWithTheSameStream) {
    Begin();
    for (uint16_t i = 0; i < 25; i++) phone.Loud(local.rtp, i, i * 160u, 1), Turn();
    media_local moved = {};
    net_addr there = At("127.0.0.2");
    size_t sent = phone.got.size(), before = heard.size();
    ASSERT_EQ(media_rebind(s, &there, true, &moved), 0) << sx_last_error_text();
    EXPECT_TRUE(net_addr_eq_host(&moved.rtp, &there));
    EXPECT_EQ(moved.ssrc, local.ssrc);
    for (uint16_t i = 25; i < 50; i++) phone.Loud(local.rtp, i, i * 160u, 1), Turn(); /* it does not know yet */
    media_rebound(s, true);
    for (uint16_t i = 50; i < 75; i++) phone.Loud(moved.rtp, i, i * 160u, 1), Turn();
    if (!disturbed) { EXPECT_GE(LoudMs(before), 850u); }
    ASSERT_GT(phone.got.size(), sent + 20);
    EXPECT_EQ(phone.got.back().from, net_addr_port(&moved.rtp));
    for (size_t i = 1; i < phone.got.size(); i++) {
        EXPECT_EQ((uint16_t)(phone.got[i].r.seq - phone.got[i - 1].r.seq), 1);
        EXPECT_EQ(phone.got[i].r.ssrc, local.ssrc);
    }
}

TEST_F(Peer, AMoveThatTheRemoteRefusedLeavesTheOldAddressInUse) {
    Begin();
    for (uint16_t i = 0; i < 10; i++) phone.Loud(local.rtp, i, i * 160u, 1), Turn();
    media_local moved = {};
    net_addr there = At("127.0.0.2");
    ASSERT_EQ(media_rebind(s, &there, false, &moved), 0);
    for (uint16_t i = 10; i < 35; i++) phone.Loud(i % 2 ? moved.rtp : local.rtp, i, i * 160u, 1), Turn();
    EXPECT_EQ(phone.got.back().from, net_addr_port(&local.rtp)) << "until it is agreed";
    EXPECT_EQ(Received(), 35u) << "both are heard meanwhile";
    events.clear();
    media_rebound(s, false);
    for (uint16_t i = 35; i < 60; i++) phone.Loud(local.rtp, i, i * 160u, 1), Turn();
    EXPECT_EQ(phone.got.back().from, net_addr_port(&local.rtp));
    EXPECT_EQ(Received(), 60u);
}

TEST_F(Peer, AMoveIsPossibleBeforeAnythingFlowed) {
    media_local moved = {};
    net_addr there = At("127.0.0.2"), nowhere = At("192.0.2.1");
    EXPECT_EQ(media_rebind(s, &nowhere, true, &moved), SX_E_ADDRESS);
    ASSERT_EQ(media_rebind(s, &there, true, &moved), 0);
    media_rebound(s, true);
    Begin();
    for (uint16_t i = 0; i < 25; i++) phone.Loud(moved.rtp, i, i * 160u, 1), Turn();
    EXPECT_EQ(Received(), 25u);
    EXPECT_EQ(phone.got.back().from, net_addr_port(&moved.rtp));
}

TEST_F(Peer, ManyMovesLeaveNoSocketBehind) {
    Begin();
    media_local at = local;
    for (int i = 0; i < 50; i++) {
        net_addr there = At(i % 2 ? "127.0.0.2" : "127.0.0.3");
        ASSERT_EQ(media_rebind(s, &there, i % 3 != 0, &at), 0) << i;
        if (i % 5) media_rebound(s, i % 4 != 0);
    }
    net_addr last = At("127.0.0.4");
    ASSERT_EQ(media_rebind(s, &last, true, &at), 0);
    media_rebound(s, true);
    for (uint16_t i = 0; i < 25; i++) phone.Loud(at.rtp, i, i * 160u, 1), Turn();
    EXPECT_EQ(Received(), 25u);
    EXPECT_EQ(phone.got.back().from, net_addr_port(&at.rtp));
}

/* ---- STUN ---- */

/* Answers Binding requests with an address of its choice, after losing the first `lose` of them. */
struct StunServer : Phone {
    int lose = 0, asked = 0;
    bool deaf = false;
    void Serve(const char *host) {
        uint8_t buf[512];
        ssize_t n;
        sockaddr_in from = {};
        socklen_t len = sizeof from;
        while ((n = recvfrom(fd, buf, sizeof buf, 0, (sockaddr *)&from, &len)) > 0) {
            unsigned char tid[NET_STUN_TID], out[NET_STUN_ANSWER];
            if (net_stun_request_read(sx_slice_of((char *)buf, (size_t)n), tid) != SX_OK) continue;
            asked++;
            if (deaf || lose-- > 0) continue;
            net_addr seen;
            net_addr_parse_host(&seen, sx_slice_str(host), (uint16_t)(ntohs(from.sin_port) ^ 1));
            size_t k = net_stun_response_write(out, tid, &seen);
            sendto(fd, out, k, 0, (sockaddr *)&from, len);
        }
    }
};

TEST_F(Peer, AStunServerTellsHowTheSocketsAreSeen) {
    StunServer stun;
    stun.lose = 1; /* and is asked again */
    ASSERT_EQ(media_ask_mapping(s, &stun.local), 0);
    for (int i = 0; i < 250 && !Find(MEDIA_LEARNED); i++) stun.Serve("203.0.113.7"), Turn();
    const media_event *ev = Find(MEDIA_LEARNED);
    ASSERT_NE(ev, nullptr);
    EXPECT_EQ(ev->code, 0) << ev->text;
    net_addr seen;
    net_addr_parse_host(&seen, SX_LIT("203.0.113.7"), (uint16_t)(net_addr_port(&local.rtp) ^ 1));
    EXPECT_TRUE(net_addr_eq(&ev->u.learned.rtp, &seen));
    EXPECT_GE(stun.asked, 2);
    Begin(); /* and the call goes its way */
    for (uint16_t i = 0; i < 25; i++) phone.Loud(local.rtp, i, i * 160u, 1), Turn();
    EXPECT_EQ(Received(), 25u);
}

TEST_F(Peer, AStunServerThatIsSilentCostsHalfASecond) {
    StunServer stun;
    stun.deaf = true;
    auto at = Clock::now();
    ASSERT_EQ(media_ask_mapping(s, &stun.local), 0);
    for (int i = 0; i < 250 && !Find(MEDIA_LEARNED); i++) stun.Serve(""), Turn();
    const media_event *ev = Find(MEDIA_LEARNED);
    ASSERT_NE(ev, nullptr);
    EXPECT_EQ(ev->code, SX_E_TIMEOUT);
    EXPECT_GE(Clock::now() - at, std::chrono::milliseconds(400));
    if (!disturbed) { EXPECT_LE(Clock::now() - at, std::chrono::milliseconds(800)); }
    EXPECT_LE(stun.asked, 8);
}

TEST_F(Peer, ALateAnswerOfAStunServerIsNoBrokenPacket) {
    Begin();
    StunServer stun;
    unsigned char tid[NET_STUN_TID] = {}, late[NET_STUN_ANSWER];
    size_t k = net_stun_response_write(late, tid, &local.rtp);
    EXPECT_EQ(sendto(stun.fd, late, k, 0, &local.rtp.u.sa, net_addr_len(&local.rtp)), (ssize_t)k);
    for (int i = 0; i < 5; i++) Turn();
    EXPECT_EQ(Stats().packets_invalid, 0u);
}

TEST_F(Peer, AStunServerIsAskedInTheMiddleOfACallWithoutHarmToIt) {
    Begin();
    StunServer stun;
    for (uint16_t i = 0; i < 25; i++) phone.Loud(local.rtp, i, i * 160u, 1), Turn();
    ASSERT_EQ(media_ask_mapping(s, &stun.local), 0);
    for (uint16_t i = 25; i < 75; i++) stun.Serve("203.0.113.7"), phone.Loud(local.rtp, i, i * 160u, 1), Turn();
    const media_event *ev = Find(MEDIA_LEARNED);
    ASSERT_NE(ev, nullptr);
    EXPECT_EQ(ev->code, 0) << ev->text;
    EXPECT_EQ(Received(), 75u);
    events.clear();
    media_stats st = Stats();
    EXPECT_EQ(st.packets_invalid, 0u);
}

}  // namespace
