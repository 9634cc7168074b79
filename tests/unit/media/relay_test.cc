/* Linked sessions: packets pass untouched with numbers of ours, or their sound does. */
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <thread>

extern "C" {
#include "codec/g711.h"
#include "media/relay.h"
#include "media/rtp.h"
}

#include "media_pair.h"

namespace {

using Clock = std::chrono::steady_clock;

/* ---- numbers ---- */

struct Numbers : ::testing::Test {
    relay r = {};
    relay_clock clock = {100, 5000, 1000000};
    relay_out out = {};
    bool Pass(uint16_t seq, uint32_t ts, uint64_t at_us, uint32_t ssrc = 1, bool marker = false, bool audio = true) {
        relay_in in = {seq, ts, ssrc, marker, audio, 8000, audio ? 160u : 0u, at_us};
        return relay_pass(&r, &in, &clock, &out);
    }
};

TEST_F(Numbers, TheFirstPacketGoesOnWhereOursEnded) {
    ASSERT_TRUE(Pass(60000, 77, 1000000));
    EXPECT_EQ(out.seq, 100);
    EXPECT_EQ(out.ts, 5000u);
    EXPECT_TRUE(out.marker);
    ASSERT_TRUE(Pass(60001, 237, 1020000));
    EXPECT_EQ(out.seq, 101);
    EXPECT_EQ(out.ts, 5160u);
    EXPECT_FALSE(out.marker);
    EXPECT_EQ(clock.seq, 102);
    EXPECT_EQ(clock.ts, 5320u);
    EXPECT_EQ(clock.due_us, 1040000u);
}

TEST_F(Numbers, LossesAndLatePacketsStayWhatTheyAre) {
    Pass(10, 0, 1000000);
    Pass(12, 320, 1040000);
    EXPECT_EQ(out.seq, 102) << "one is missing, and that shows";
    ASSERT_TRUE(Pass(11, 160, 1041000));
    EXPECT_EQ(out.seq, 101);
    EXPECT_EQ(out.ts, 5160u);
    EXPECT_EQ(clock.seq, 103);
}

TEST_F(Numbers, ANewSsrcJoinsWithoutGapOrJump) {
    Pass(10, 0, 1000000);
    Pass(11, 160, 1020000);
    ASSERT_TRUE(Pass(40000, 999999, 1040000, 2));
    EXPECT_EQ(out.seq, 102);
    EXPECT_EQ(out.ts, 5320u);
    EXPECT_TRUE(out.marker);
    ASSERT_TRUE(Pass(40001, 1000159, 1060000, 2));
    EXPECT_EQ(out.seq, 103);
    EXPECT_EQ(out.ts, 5480u);
    EXPECT_EQ(r.joins, 2u);
    ASSERT_TRUE(Pass(2, 0, 1260000, 3)); /* after 180 ms of silence */
    EXPECT_EQ(out.seq, 104);
    EXPECT_EQ(out.ts, 5480u + 160 + 180 * 8);
}

TEST_F(Numbers, TimestampsThatJumpAndSequencesThatRestartAreJoinedToo) {
    Pass(10, 0, 1000000);
    ASSERT_TRUE(Pass(11, 4000000, 1020000));
    EXPECT_EQ(out.seq, 101);
    EXPECT_EQ(out.ts, 5160u);
    ASSERT_TRUE(Pass(30011, 4000160, 1040000));
    EXPECT_EQ(out.seq, 102);
    EXPECT_EQ(out.ts, 5320u);
    EXPECT_EQ(r.joins, 3u);
}

TEST_F(Numbers, APauseWithItsTimestampsIsNoJump) {
    Pass(10, 0, 1000000);
    ASSERT_TRUE(Pass(11, 8000 * 30, 31000000, 1, true));
    EXPECT_EQ(out.ts, 5000u + 8000 * 30);
    EXPECT_TRUE(out.marker);
    EXPECT_EQ(r.joins, 1u);
}

TEST_F(Numbers, WhatDoesNotPassLeavesNoGapAndNoNumberTwice) {
    Pass(10, 0, 1000000);
    relay_leave_out(&r, 11, 1);
    relay_leave_out(&r, 12, 1);
    relay_leave_out(&r, 12, 1);
    ASSERT_TRUE(Pass(13, 480, 1060000));
    EXPECT_EQ(out.seq, 101);
    EXPECT_EQ(out.ts, 5480u) << "time has passed all the same";
    EXPECT_FALSE(Pass(9, 0, 1061000)) << "its number is taken";
}

TEST_F(Numbers, WhereWeSentOurselvesItGoesOnBehindThat) {
    Pass(10, 0, 1000000);
    clock.seq = 140; /* digits of ours */
    clock.ts = 9000;
    clock.due_us = 1400000;
    ASSERT_TRUE(Pass(31, 3360, 1400000));
    EXPECT_EQ(out.seq, 140);
    EXPECT_EQ(out.ts, 9000u);
}

TEST_F(Numbers, SequenceAndTimestampWrapFarFromTheJoin) {
    clock.seq = 65530;
    clock.ts = 0xffffff00u;
    uint16_t seq = 65000, expect = 65530;
    uint32_t ts = 0xfffffff0u, expect_ts = 0xffffff00u;
    for (int i = 0; i < 140000; i++, seq++, expect++, ts += 160, expect_ts += 160) {
        ASSERT_TRUE(Pass(seq, ts, 1000000 + (uint64_t)i * 20000)) << i;
        ASSERT_EQ(out.seq, expect);
        ASSERT_EQ(out.ts, expect_ts);
    }
    EXPECT_EQ(r.joins, 1u);
}

TEST_F(Numbers, ALongDigitDoesNotLookLikeAJump) {
    Pass(10, 0, 1000000);
    for (uint16_t i = 0; i < 200; i++) {
        ASSERT_TRUE(Pass((uint16_t)(11 + i), 160, 1020000 + i * 20000u, 1, i == 0, false));
        EXPECT_EQ(out.ts, 5160u);
    }
    ASSERT_TRUE(Pass(211, 160 * 201, 5020000));
    EXPECT_EQ(out.ts, 5000u + 160 * 201);
    EXPECT_EQ(r.joins, 1u);
}

/* ---- sessions between two phones of bytes ---- */

struct Got {
    rtp_packet r;
    std::vector<uint8_t> payload;
    Clock::time_point at;
};

class Peer {
  public:
    Peer() {
        fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        sockaddr_in a = {};
        a.sin_family = AF_INET;
        a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(bind(fd, (sockaddr *)&a, sizeof a), 0);
        socklen_t n = sizeof a;
        getsockname(fd, (sockaddr *)&a, &n);
        net_addr_from_sockaddr(&local, (sockaddr *)&a, n);
    }
    ~Peer() { close(fd); }
    void Send(uint8_t pt, uint16_t seq, uint32_t ts, uint32_t ssrc, const std::vector<uint8_t> &p, bool m = false) {
        std::vector<uint8_t> b(RTP_HEADER);
        rtp_write_header(b.data(), m, pt, seq, ts, ssrc);
        b.insert(b.end(), p.begin(), p.end());
        sendto(fd, b.data(), b.size(), 0, &to.u.sa, net_addr_len(&to));
    }
    void Drain() {
        uint8_t buf[2048];
        ssize_t n;
        while ((n = recv(fd, buf, sizeof buf, 0)) > 0) {
            Got g;
            if (rtp_parse(&g.r, buf, (size_t)n) != 0) continue;
            g.payload.assign(g.r.payload, g.r.payload + g.r.n);
            g.at = Clock::now();
            got.push_back(g);
        }
    }
    /* Waits for the next packet. */
    bool Next(int ms = 2000) {
        pollfd p = {fd, POLLIN, 0};
        size_t n = got.size();
        poll(&p, 1, ms);
        Drain();
        return got.size() > n;
    }
    int fd;
    net_addr local = {}, to = {};
    std::vector<Got> got;
};

std::vector<uint8_t> Voice(uint8_t id, uint8_t pt = 0) {
    std::vector<uint8_t> v(160);
    for (size_t i = 0; i < v.size(); i++) {
        int16_t s = (int16_t)(i / 8 % 2 ? 8000 : -8000);
        v[i] = pt == 8 ? g711_alaw(s) : g711_ulaw(s);
    }
    v[0] = id; /* to be known again */
    return v;
}

class Link : public PairTest {
  protected:
    void SetUp() override { Begin(1); }
    void Begin(unsigned workers) {
        media_config c = {};
        c.workers = workers;
        Start(c);
    }
    /* a <-> A = B <-> b. pt_b: what B's remote wants for the codec. */
    void Open(codec_id ca, uint8_t pt_a, codec_id cb, uint8_t pt_b, bool untouched = true, bool events = true,
              bool both = true) {
        Prepare(A, 1);
        Prepare(B, 2);
        a.to = A.local.rtp;
        b.to = B.local.rtp;
        media_stream_config x = Config(a.local, ca, pt_a, 8000), y = Config(b.local, cb, pt_b, 8000);
        y.accept.event[0].pt = 97;
        y.send_event_pt = 96;
        if (both) { /* each takes PCMU and PCMA */
            for (auto *c : {&x, &y}) {
                c->accept.n = 2;
                for (int i = 0; i < 2; i++) {
                    c->accept.payload[i].pt = i ? 8 : 0;
                    const codec_info *info = codec_by_id(i ? CODEC_PCMA : CODEC_PCMU);
                    codec_config_init(&c->accept.payload[i].codec, info, sx_slice_empty(), sx_slice_empty(), 8000, -1);
                }
            }
        }
        config_a = x;
        config_b = y;
        ASSERT_EQ(media_configure(A.s, &x), 0);
        ASSERT_EQ(media_configure(B.s, &y), 0);
        ASSERT_EQ(media_start(A.s), 0);
        ASSERT_EQ(media_start(B.s), 0);
        ASSERT_EQ(media_link_sessions(A.s, B.s, untouched, events), 0) << sx_last_error_text();
    }
    void TearDown() override {
        if (A.audio) media_audio_unref(A.audio);
        if (B.audio) media_audio_unref(B.audio);
        PairTest::TearDown();
    }
    /* n packets of voice from a, every 20 ms. */
    void Talk(int n, uint8_t pt = 0, uint32_t ssrc = 7) {
        for (int i = 0; i < n; i++, seq++, ts += 160) {
            a.Send(pt, seq, ts, ssrc, Voice((uint8_t)i, pt));
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            a.Drain();
            b.Drain();
        }
    }
    bool Linked(bool untouched) {
        return Until([&] {
            for (size_t i = events.size(); i-- > 0;)
                if (events[i].type == MEDIA_LINKED) return events[i].u.linked.untouched == untouched;
            return false;
        });
    }
    Side A, B;
    Peer a, b;
    media_stream_config config_a, config_b;
    uint16_t seq = 65530;
    uint32_t ts = 12345;
};

TEST_F(Link, PacketsPassUntouchedWithOurNumbersAndThePayloadTypeOfTheOtherSide) {
    Open(CODEC_PCMU, 0, CODEC_PCMU, 100, true, true, false);
    ASSERT_TRUE(Linked(true));
    Talk(5);
    size_t from = b.got.size() > 3 ? b.got.size() - 3 : 0;
    Talk(30);
    ASSERT_GE(b.got.size(), from + 28);
    for (size_t i = from + 1; i < b.got.size(); i++) {
        EXPECT_EQ(b.got[i].r.pt, 100);
        EXPECT_EQ(b.got[i].r.ssrc, B.local.ssrc);
        EXPECT_EQ((uint16_t)(b.got[i].r.seq - b.got[i - 1].r.seq), 1);
        EXPECT_EQ(b.got[i].r.ts - b.got[i - 1].r.ts, 160u);
    }
    EXPECT_EQ(b.got.back().payload, Voice(29));
    media_stats_request(B.s, 1);
    ASSERT_TRUE(Wait(MEDIA_STATS, 2));
    EXPECT_EQ(Find(MEDIA_STATS, 2)->u.stats.stats.packets_sent, b.got.size());
}

TEST_F(Link, PacketsLeaveWhenTheyComeNotAtTheNextTurn) {
    Open(CODEC_PCMU, 0, CODEC_PCMU, 0);
    ASSERT_TRUE(Linked(true));
    Talk(5);
    std::vector<double> ms;
    for (int i = 0; i < 30; i++, seq++, ts += 160) {
        b.Drain();
        auto at = Clock::now();
        a.Send(0, seq, ts, 7, Voice(1));
        ASSERT_TRUE(b.Next());
        ms.push_back(std::chrono::duration<double, std::milli>(b.got.back().at - at).count());
        std::this_thread::sleep_for(std::chrono::milliseconds(13));
    }
    std::sort(ms.begin(), ms.end());
    EXPECT_LT(ms[10], 3.0) << "a third of them at once, however busy the machine";
}

TEST_F(Link, ANewSsrcOfTheSenderIsNotSeenByTheReceiver) {
    Open(CODEC_PCMU, 0, CODEC_PCMU, 0);
    ASSERT_TRUE(Linked(true));
    Talk(10);
    seq = 300;
    ts = 5;
    Talk(15, 0, 99);
    for (size_t i = 1; i < b.got.size(); i++) {
        EXPECT_EQ(b.got[i].r.ssrc, B.local.ssrc);
        EXPECT_EQ((uint16_t)(b.got[i].r.seq - b.got[i - 1].r.seq), 1);
        EXPECT_LT((int32_t)(b.got[i].r.ts - b.got[i - 1].r.ts), 8000);
        EXPECT_GT((int32_t)(b.got[i].r.ts - b.got[i - 1].r.ts), 0);
    }
    EXPECT_GE(b.got.size(), 20u);
}

void Digit(Peer &p, uint8_t pt, uint16_t &seq, uint32_t ts, uint8_t code) {
    for (int i = 0; i < 6; i++) {
        uint16_t d = (uint16_t)(160 * (i < 4 ? i + 1 : 4));
        p.Send(pt, seq++, ts, 7, {code, (uint8_t)(i >= 3 ? 0x8a : 0x0a), (uint8_t)(d >> 8), (uint8_t)d}, i == 0);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

TEST_F(Link, DigitsPassAsPacketsAndAreToldAsPassed) {
    Open(CODEC_PCMU, 0, CODEC_PCMU, 0);
    ASSERT_TRUE(Linked(true));
    Talk(5);
    Digit(a, 101, seq, ts, 5);
    ASSERT_TRUE(Wait(MEDIA_DTMF, 1));
    EXPECT_TRUE(Find(MEDIA_DTMF, 1)->u.dtmf.passed);
    EXPECT_EQ(Find(MEDIA_DTMF, 1)->u.dtmf.digit, '5');
    b.Drain();
    size_t events_seen = 0;
    for (size_t i = 1; i < b.got.size(); i++) {
        events_seen += b.got[i].r.pt == 96;
        EXPECT_EQ((uint16_t)(b.got[i].r.seq - b.got[i - 1].r.seq), 1);
    }
    EXPECT_GE(events_seen, 5u);
}

TEST_F(Link, DigitsThatAreNotWantedLeaveNoGap) {
    Open(CODEC_PCMU, 0, CODEC_PCMU, 0, true, false);
    ASSERT_TRUE(Linked(true));
    Talk(5);
    Digit(a, 101, seq, ts, 5);
    ASSERT_TRUE(Wait(MEDIA_DTMF, 1));
    EXPECT_FALSE(Find(MEDIA_DTMF, 1)->u.dtmf.passed);
    ts += 960;
    Talk(5);
    for (size_t i = 1; i < b.got.size(); i++) {
        EXPECT_NE(b.got[i].r.pt, 96);
        EXPECT_EQ((uint16_t)(b.got[i].r.seq - b.got[i - 1].r.seq), 1);
    }
}

TEST_F(Link, OtherCodecsAreTranscodedAndDigitsAreLeftToTheCaller) {
    Open(CODEC_PCMU, 0, CODEC_PCMA, 8);
    Talk(30);
    ASSERT_TRUE(Linked(false));
    size_t loud = 0;
    for (auto &g : b.got) {
        EXPECT_EQ(g.r.pt, 8);
        size_t n = 0;
        for (uint8_t c : g.payload) n += std::abs(g711_alaw_table[c]) > 6000;
        loud += n > 120;
    }
    EXPECT_GT(loud, 15u);
    Digit(a, 101, seq, ts, 5);
    ASSERT_TRUE(Wait(MEDIA_DTMF, 1));
    EXPECT_FALSE(Find(MEDIA_DTMF, 1)->u.dtmf.passed);
}

TEST_F(Link, ItChangesBetweenTheTwoWhileRunningWithoutAGapInTheNumbers) {
    Open(CODEC_PCMU, 0, CODEC_PCMU, 0);
    Talk(15);
    ASSERT_TRUE(Linked(true));
    config_b.sending = config_b.accept.payload[1]; /* a re-INVITE of b: it wants PCMA now */
    config_b.version++;
    ASSERT_EQ(media_configure(B.s, &config_b), 0);
    Talk(15);
    ASSERT_TRUE(Linked(false));
    config_b.sending = config_b.accept.payload[0];
    config_b.version++;
    ASSERT_EQ(media_configure(B.s, &config_b), 0);
    Talk(15);
    ASSERT_TRUE(Linked(true));
    Talk(15, 8); /* and now a sends something else than it agreed on first */
    ASSERT_TRUE(Linked(false));
    size_t alaw = 0;
    for (size_t i = 1; i < b.got.size(); i++) {
        alaw += b.got[i].r.pt == 8;
        EXPECT_EQ((uint16_t)(b.got[i].r.seq - b.got[i - 1].r.seq), 1) << i;
        int32_t dts = (int32_t)(b.got[i].r.ts - b.got[i - 1].r.ts);
        EXPECT_GE(dts, 0) << i;
        EXPECT_LE(dts, 8000) << i;
    }
    EXPECT_GT(alaw, 8u);
    EXPECT_GT(b.got.size(), 50u);
}

TEST_F(Link, WhatIsReadOrRecordedOfAnUntouchedCallIsDecodedBesideIt) {
    Open(CODEC_PCMU, 0, CODEC_PCMU, 0);
    int16_t pcm[160];
    media_audio_read(A.audio, pcm, 160, 8000, nullptr);
    Talk(30);
    ASSERT_TRUE(Linked(true));
    size_t loud = 0;
    int n;
    while ((n = media_audio_read(A.audio, pcm, 160, 8000, nullptr)) > 0)
        for (int i = 0; i < n; i++) loud += std::abs(pcm[i]) > 6000;
    EXPECT_GT(loud, 160u * 15);
    EXPECT_GE(b.got.size(), 25u);
    EXPECT_EQ(b.got.back().payload, Voice(29)) << "and the packet is still the sender's own";
}

TEST_F(Link, WhoSpeaksIntoALinkIsHeardByThatSide) {
    Open(CODEC_PCMU, 0, CODEC_PCMU, 0);
    ASSERT_TRUE(Linked(true));
    auto tone = Tone(1000, 8000, 400);
    media_audio_write(B.audio, tone.data(), tone.size(), 8000, 1);
    ASSERT_EQ(media_audio_mark(B.audio, 4), 0);
    Talk(20);
    ASSERT_TRUE(Wait(MEDIA_MARK, 2));
    Talk(45);
    EXPECT_TRUE(Linked(true)) << "untouched again after it";
    EXPECT_EQ(b.got.back().payload, Voice(44));
    for (size_t i = 1; i < b.got.size(); i++) EXPECT_EQ((uint16_t)(b.got[i].r.seq - b.got[i - 1].r.seq), 1);
}

/* A bot whispers into a bridge in real time: 20 ms at a time, with nothing waiting in between. */
TEST_F(Link, AProgramThatWritesInRealTimeDoesNotMakeTheBridgeChangeItsMindAllTheTime) {
    Open(CODEC_PCMU, 0, CODEC_PCMU, 0);
    Talk(5);
    ASSERT_TRUE(Linked(true));
    size_t told = CountOf(MEDIA_LINKED);
    auto tone = Tone(1000, 8000, 20);
    for (int i = 0; i < 40; i++) {
        media_audio_write(B.audio, tone.data(), tone.size(), 8000, 1);
        Talk(2);
    }
    Until([] { return true; });
    EXPECT_LE(CountOf(MEDIA_LINKED), told + 5) << "transcoded, once, but for a machine that pauses";
    EXPECT_TRUE(Linked(false));
}

TEST_F(Link, AMutedWayIsSilentAndTheOtherPasses) {
    Open(CODEC_PCMU, 0, CODEC_PCMU, 0);
    ASSERT_TRUE(Linked(true));
    ASSERT_EQ(media_mute(A.s, MEDIA_MUTE_RECEIVE), 0);
    Talk(10);
    ASSERT_TRUE(Linked(false));
    size_t from = b.got.size();
    Talk(10);
    ASSERT_GT(b.got.size(), from + 5) << "silence is sent, with the clock running";
    for (size_t i = from; i < b.got.size(); i++)
        for (uint8_t c : b.got[i].payload) ASSERT_LT(std::abs(g711_ulaw_table[c]), 50);
}

TEST_F(Link, WhoIsConnectedWithAHeldCallIsSentSilence) {
    Open(CODEC_PCMU, 0, CODEC_PCMU, 0);
    ASSERT_TRUE(Linked(true));
    Talk(5);
    config_a.send = config_a.receive = false;
    config_a.held = true;
    config_a.version++;
    ASSERT_EQ(media_configure(A.s, &config_a), 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    size_t from = (b.Drain(), b.got.size());
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_GT((b.Drain(), b.got.size()), from + 5) << "the other phone must not take the call for dead";
}

TEST_F(Link, TheStallIsSeenThoughNothingIsDecoded) {
    Open(CODEC_PCMU, 0, CODEC_PCMU, 0);
    media_set_stall(A.s, 700);
    ASSERT_TRUE(Linked(true));
    Talk(30);
    Until([] { return true; });
    EXPECT_EQ(Find(MEDIA_STALLED, 1), nullptr);
    ASSERT_TRUE(Wait(MEDIA_STALLED, 1));
    Talk(5);
    EXPECT_TRUE(Wait(MEDIA_RESUMED, 1));
}

TEST_F(Link, OtherWorkersAndTheEndOfEitherSideAtAnyTime) {
    TearDown();
    A = B = Side();
    Begin(3);
    Open(CODEC_PCMU, 0, CODEC_PCMU, 0);
    Talk(10);
    EXPECT_TRUE(Linked(true));
    EXPECT_GT(b.got.size(), 3u);
    EXPECT_EQ(media_link_sessions(A.s, B.s, true, true), SX_E_BUSY);
    media_stop(A.s);
    ASSERT_TRUE(Wait(MEDIA_STOPPED, 1));
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    size_t n = (b.Drain(), b.got.size());
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    EXPECT_GT((b.Drain(), b.got.size()), n) << "the other goes on by itself";
    media_stop(B.s);
    ASSERT_TRUE(Wait(MEDIA_STOPPED, 2));
}

/* ---- what counts as sound ---- */

TEST_F(Link, SilenceOnPurposeIsNoStallDigitsAreNoSoundAndAHeldCallDoesNotStall) {
    Prepare(A, 1);
    a.to = A.local.rtp;
    config_a = Config(a.local, CODEC_PCMU, 0, 8000);
    ASSERT_EQ(media_configure(A.s, &config_a), 0);
    media_set_stall(A.s, 300);
    ASSERT_EQ(media_start(A.s), 0);
    Talk(10);
    for (int i = 0; i < 40; i++, seq++, ts += 160) {
        a.Send(13, seq, ts, 7, std::vector<uint8_t>{40});
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    Until([] { return true; });
    EXPECT_EQ(CountOf(MEDIA_STALLED), 0u) << "comfort noise says that it is silent on purpose";
    for (int i = 0; i < 30; i++, seq++, ts += 160) {
        a.Send(101, seq, ts, 7, std::vector<uint8_t>{1, 10, 0, 80});
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    ASSERT_TRUE(Until([&] { return Find(MEDIA_STALLED, 1) != nullptr; }, 0)) << "digits do not count";
    Talk(10);
    ASSERT_TRUE(Wait(MEDIA_RESUMED, 1));
    config_a.held = true; /* the remote said sendonly, and plays nothing */
    config_a.version++;
    ASSERT_EQ(media_configure(A.s, &config_a), 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    Until([] { return true; });
    EXPECT_EQ(CountOf(MEDIA_STALLED), 1u);
    config_a.held = false;
    config_a.version++;
    ASSERT_EQ(media_configure(A.s, &config_a), 0);
    EXPECT_TRUE(Until([&] { return CountOf(MEDIA_STALLED) == 2; }));
}

} // namespace
