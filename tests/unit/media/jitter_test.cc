#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <vector>

extern "C" {
#include "media/jitter.h"
}

namespace {

/* Plays a stream of 20 ms packets through the buffer on a 20 ms clock, as the worker does. */
class Player {
  public:
    explicit Player(uint32_t min_ms = 20, uint32_t max_ms = 200) { jitter_init(&j, min_ms, max_ms); }
    ~Player() { jitter_free(&j); }

    struct In {
        uint64_t arrival;
        uint16_t seq;
        uint32_t ts;
        uint32_t ssrc;
        bool skip;
        uint32_t ms;
    };
    void Add(uint64_t arrival, uint16_t seq, uint32_t ts, uint32_t ssrc = 1, bool skip = false, uint32_t ms = 20) {
        in.push_back({arrival, seq, ts, ssrc, skip, ms});
    }
    /* Runs until `end`; what happened at each tick, as a letter: P played, L concealed, f recovered, . nothing. */
    std::string Run(uint64_t end, bool adjust = false) {
        std::stable_sort(in.begin(), in.end(), [](const In &a, const In &b) { return a.arrival < b.arrival; });
        std::string out;
        size_t next = 0;
        int64_t ahead = 0;
        for (; now <= end; now += 20000) {
            while (next < in.size() && in[next].arrival <= now) {
                const In &p = in[next++];
                uint8_t body[4];
                memcpy(body, &p.ts, 4);
                jitter_packet jp = {};
                jp.ssrc = p.ssrc;
                jp.ts = p.ts;
                jp.seq = p.seq;
                jp.rate = 8000;
                jp.skip = p.skip;
                jp.duration_us = p.skip ? 0 : p.ms * 1000;
                jp.payload = body;
                jp.n = p.skip ? 0 : 4;
                last = jitter_put(&j, &jp, p.arrival);
            }
            int guard = 0;
            while (ahead < 20000) {
                if (++guard > 50) {
                    ADD_FAILURE() << "the buffer does not let go";
                    return out;
                }
                jitter_frame f;
                jitter_decision d = jitter_get(&j, now, (uint32_t)ahead, &f);
                if (d == JITTER_NONE) {
                    out += '.';
                    ahead = 20000;
                } else if (d == JITTER_LOST) {
                    out += f.fec ? 'f' : 'L';
                    ahead += f.lost_us;
                } else {
                    uint32_t ts;
                    memcpy(&ts, f.payload, 4);
                    played.push_back(ts);
                    when[ts] = now + (uint64_t)ahead;
                    out += 'P';
                    ahead += ms_of(ts) * 1000;
                }
                if (adjust) { /* everything is quiet: take out or put in 10 ms at a time */
                    int64_t x = jitter_excess_us(&j, now, (uint32_t)ahead);
                    if (x > 10000 && ahead >= 10000) ahead -= 10000, removed += 10;
                    else if (x < -5000) ahead += 10000, inserted += 10;
                }
            }
            ahead -= 20000;
        }
        in.erase(in.begin(), in.begin() + (long)next);
        return out;
    }
    uint32_t ms_of(uint32_t) { return packet_ms; }

    jitter j;
    std::vector<In> in;
    std::vector<uint32_t> played;
    std::map<uint32_t, uint64_t> when;
    uint64_t now = 1000000;
    jitter_put_result last = JITTER_QUEUED;
    uint32_t packet_ms = 20;
    int removed = 0, inserted = 0;
};

size_t Count(const std::string &s, char c) { return (size_t)std::count(s.begin(), s.end(), c); }

TEST(Jitter, AQuietNetworkCostsTwentyMilliseconds) {
    Player p;
    for (uint32_t i = 0; i < 500; i++) p.Add(1000100 + i * 20000, (uint16_t)i, i * 160);
    std::string s = p.Run(11000000);
    EXPECT_EQ(p.played.size(), 500u);
    EXPECT_EQ(Count(s, 'L'), 0u);
    EXPECT_LE(p.when[160 * 400] - (1000100 + 400 * 20000), 20000u);
    EXPECT_EQ(jitter_depth_ms(&p.j), 20u);
}

TEST(Jitter, ReorderedPacketsPlayInOrder) {
    Player p(40);
    uint64_t t = 1000100;
    for (uint32_t i = 0; i < 50; i++) p.Add(t + (i ^ 1) * 20000, (uint16_t)(65530 + i), i * 160);
    p.Run(2200000);
    ASSERT_GT(p.played.size(), 45u);
    EXPECT_TRUE(std::is_sorted(p.played.begin(), p.played.end()));
}

TEST(Jitter, ALostPacketIsConcealedInItsPlaceAndOffersFec) {
    Player p(60);
    for (uint32_t i = 0; i < 50; i++)
        if (i != 25) p.Add(1000100 + i * 20000, (uint16_t)i, i * 160);
    std::string s = p.Run(2100000);
    EXPECT_EQ(Count(s, 'f'), 1u);
    EXPECT_EQ(p.when[26 * 160] - p.when[24 * 160], 40000u);
}

TEST(Jitter, ABurstOfLossIsConcealedPieceByPieceAndTheRestKeepsItsTime) {
    Player p(100);
    for (uint32_t i = 0; i < 60; i++)
        if (i < 25 || i >= 29) p.Add(1000100 + i * 20000, (uint16_t)i, i * 160);
    std::string s = p.Run(2300000);
    EXPECT_EQ(Count(s, 'L'), 3u);
    EXPECT_EQ(Count(s, 'f'), 1u);
    EXPECT_EQ(p.when[29 * 160] - p.when[24 * 160], 100000u);
}

TEST(Jitter, DuplicatesAreHeardOnce) {
    Player p;
    for (uint32_t i = 0; i < 50; i++) {
        p.Add(1000100 + i * 20000, (uint16_t)i, i * 160);
        p.Add(1000200 + i * 20000, (uint16_t)i, i * 160);
    }
    p.Run(2200000);
    EXPECT_EQ(p.played.size(), 50u);
    EXPECT_EQ(p.j.duplicate + p.j.late, 50u);
}

TEST(Jitter, AJumpyNetworkMakesItDeeperAndNothingIsLost) {
    Player p;
    unsigned seed = 1;
    for (uint32_t i = 0; i < 1500; i++) {
        seed = seed * 1103515245 + 12345;
        p.Add(1000100 + i * 20000 + (seed >> 16) % 80000, (uint16_t)i, i * 160);
    }
    p.Run(31200000);
    EXPECT_GE(jitter_depth_ms(&p.j), 70u);
    EXPECT_LE(jitter_depth_ms(&p.j), 110u);
    EXPECT_GT(p.played.size(), 1485u); /* the first few pay for learning */
}

TEST(Jitter, DepthComesBackWhenTheNetworkCalmsDown) {
    Player p;
    uint32_t i = 0;
    for (; i < 200; i++) p.Add(1000100 + i * 20000 + (i % 3) * 40000, (uint16_t)i, i * 160);
    for (; i < 5000; i++) p.Add(1000100 + i * 20000, (uint16_t)i, i * 160);
    p.Run(1000000 + 5000 * 20000, true);
    EXPECT_EQ(jitter_depth_ms(&p.j), 20u);
    EXPECT_LE(p.when[160 * 4990] - (1000100 + 4990 * 20000), 40000u);
}

TEST(Jitter, ClockDriftIsTakenOutInQuietFrames) {
    for (int ppm : {300, -300}) {
        Player p;
        for (uint32_t i = 0; i < 15000; i++) /* five minutes */
            p.Add(1000100 + (uint64_t)(i * 20000.0 * (1 + ppm * 1e-6)), (uint16_t)i, i * 160);
        std::string s = p.Run(1000000 + 299000000, true);
        EXPECT_LE(Count(s, 'L') + Count(s, '.'), 8u) << ppm;
        uint64_t wait = p.when[160 * 14900] - (1000100 + (uint64_t)(14900 * 20000.0 * (1 + ppm * 1e-6)));
        EXPECT_LE(wait, 60000u) << ppm;
        if (ppm < 0) { EXPECT_GE(p.removed, 60); }
    }
}

TEST(Jitter, ANewSsrcPlaysWithinTwoHundredMilliseconds) {
    Player p;
    for (uint32_t i = 0; i < 100; i++) p.Add(1000100 + i * 20000, (uint16_t)i, i * 160, 1);
    for (uint32_t i = 0; i < 100; i++) p.Add(3000100 + i * 20000, (uint16_t)(30000 + i), 0x7fff0000u + i * 160, 2);
    p.Run(5200000);
    EXPECT_GE(p.played.size(), 198u);
    EXPECT_LE(p.when[0x7fff0000u] - 3000100, 200000u);
}

TEST(Jitter, ATimestampHalfTheWorldAwayNeitherHangsNorSilences) {
    Player p;
    for (uint32_t i = 0; i < 50; i++) p.Add(1000100 + i * 20000, (uint16_t)i, i * 160);
    for (uint32_t i = 50; i < 100; i++) p.Add(1000100 + i * 20000, (uint16_t)i, 0x80000000u + i * 160);
    for (uint32_t i = 100; i < 150; i++) p.Add(1000100 + i * 20000, (uint16_t)i, 0xffffff00u + i * 160);
    p.Run(4200000);
    EXPECT_GE(p.played.size(), 147u);
}

TEST(Jitter, ASenderThatStopsItsClockInAPauseIsHeardAgainAtOnce) {
    Player p;
    for (uint32_t i = 0; i < 50; i++) p.Add(1000100 + i * 20000, (uint16_t)i, i * 160);
    for (uint32_t i = 50; i < 100; i++) p.Add(31000100 + i * 20000, (uint16_t)i, i * 160); /* 30 s later */
    p.Run(34000000);
    EXPECT_GE(p.played.size(), 99u);
    EXPECT_LE(p.when[160 * 50] - (31000100 + 50 * 20000), 40000u);
}

TEST(Jitter, SilenceSuppressionIsSilenceNotLoss) {
    Player p;
    for (uint32_t i = 0; i < 50; i++) p.Add(1000100 + i * 20000, (uint16_t)i, i * 160);
    for (uint32_t i = 100; i < 150; i++) p.Add(1000100 + i * 20000, (uint16_t)(i - 50), i * 160);
    std::string s = p.Run(4200000);
    EXPECT_EQ(Count(s, 'L') + Count(s, 'f'), 0u);
    EXPECT_EQ(p.played.size(), 100u);
    EXPECT_LE(p.when[160 * 100] - (1000100 + 100 * 20000), 20000u);
}

TEST(Jitter, DigitsAndComfortNoiseBetweenAudioAreNoLoss) {
    Player p(60);
    for (uint32_t i = 0; i < 100; i++) {
        bool digit = i >= 40 && i < 45;
        p.Add(1000100 + i * 20000, (uint16_t)i, digit ? 40 * 160 : i * 160, 1, digit);
    }
    std::string s = p.Run(3200000);
    EXPECT_EQ(Count(s, 'L') + Count(s, 'f'), 0u);
    EXPECT_EQ(p.played.size(), 95u);
}

TEST(Jitter, AStallOfTheNetworkDoesNotLeaveASecondOfDelay) {
    Player p;
    for (uint32_t i = 0; i < 400; i++) {
        uint64_t t = 1000100 + i * 20000;
        if (i >= 100 && i < 140) t = 1000100 + 140 * 20000; /* 800 ms come at once */
        p.Add(t, (uint16_t)i, i * 160);
    }
    p.Run(9100000);
    EXPECT_LE(p.when[160 * 390] - (1000100 + 390 * 20000), 300000u);
}

TEST(Jitter, PacketsOfSixtyAndTenMillisecondsPlayWithoutHoles) {
    Player p;
    p.packet_ms = 60;
    for (uint32_t i = 0; i < 100; i++) p.Add(1000100 + i * 60000, (uint16_t)i, i * 480, 1, false, 60);
    std::string s = p.Run(6900000);
    EXPECT_GE(p.played.size(), 97u);
    EXPECT_EQ(Count(s.substr(4), 'L') + Count(s.substr(4), '.'), 0u) << s;
    Player q;
    q.packet_ms = 10;
    for (uint32_t i = 0; i < 200; i++) q.Add(1000100 + i * 10000, (uint16_t)i, i * 80, 1, false, 10);
    s = q.Run(2900000);
    EXPECT_GE(q.played.size(), 187u);
    EXPECT_EQ(Count(s.substr(4), 'L') + Count(s.substr(4), '.'), 0u) << s;
}

TEST(Jitter, GarbageNeverHangsIt) {
    unsigned seed = 7;
    auto rnd = [&] { return seed = seed * 1664525 + 1013904223; };
    Player p;
    uint64_t t = 1000000;
    for (int i = 0; i < 20000; i++) {
        jitter_packet jp = {};
        uint8_t body[2048] = {};
        jp.ssrc = rnd() % 3;
        jp.ts = rnd() % 2 ? rnd() : (uint32_t)i * 160;
        jp.seq = (uint16_t)(rnd() % 2 ? rnd() >> 8 : (unsigned)i);
        jp.rate = rnd() % 5 ? 8000 : 48000;
        jp.skip = rnd() % 7 == 0;
        jp.duration_us = rnd() % 120000;
        jp.payload = body;
        jp.n = (rnd() >> 8) % 2049;
        jitter_put(&p.j, &jp, t + rnd() % 100000);
        jitter_frame f;
        for (int k = 0; k < 3; k++) jitter_get(&p.j, t, rnd() % 30000, &f);
        t += rnd() % 40000;
    }
    EXPECT_LE(p.j.count, (unsigned)JITTER_MAX_NODES);
}

}  // namespace
