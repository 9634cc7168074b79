#include <gtest/gtest.h>

extern "C" {
#include "media/latch.h"
}

namespace {

net_addr A(const char *text) {
    net_addr a;
    EXPECT_TRUE(net_addr_parse(&a, sx_slice_str(text), 0)) << text;
    return a;
}

class Latch : public ::testing::Test {
  protected:
    void SetUp() override { latch_init(&l); }
    void Configure(const char *rtp, const char *sig) {
        net_addr r = A(rtp), s = A(sig);
        latch_configure(&l, &r, &s, now);
    }
    latch_verdict From(const char *a, uint32_t ssrc = 7, int seq = -1) {
        net_addr f = A(a);
        now += 20;
        return latch_packet(&l, &f, ssrc, seq < 0 ? next++ : (uint16_t)seq, now);
    }
    bool SendsTo(const char *a) {
        net_addr x = A(a);
        return net_addr_eq(&l.remote, &x);
    }
    latch l;
    uint64_t now = 1000;
    uint16_t next = 1;
};

TEST_F(Latch, TheSignalledAddressIsTakenAtOnce) {
    Configure("203.0.113.5:4000", "203.0.113.5:5060");
    EXPECT_TRUE(SendsTo("203.0.113.5:4000"));
    EXPECT_EQ(From("203.0.113.5:4000"), LATCH_NEW);
    EXPECT_EQ(From("203.0.113.5:4000"), LATCH_KEEP);
}

TEST_F(Latch, AnotherPortOfTheSignalledHostLatchesWithinFivePackets) {
    Configure("203.0.113.5:4000", "203.0.113.5:5060");
    int n = 0;
    latch_verdict v;
    do {
        v = From("203.0.113.5:61000");
        EXPECT_NE(v, LATCH_REFUSE); /* heard from the first packet on */
        n++;
    } while (v != LATCH_NEW && n < 10);
    EXPECT_LE(n, 5);
    EXPECT_TRUE(SendsTo("203.0.113.5:61000"));
}

TEST_F(Latch, ATickThatIsLateDoesNotSeeSilence) {
    Configure("203.0.113.5:4000", "203.0.113.5:5060");
    From("203.0.113.5:4000");
    EXPECT_FALSE(latch_is_loose(&l, now - 15)); /* its own time lies before the packet */
    EXPECT_FALSE(latch_is_loose(&l, now + 1999));
    EXPECT_TRUE(latch_is_loose(&l, now + 2000));
}

TEST_F(Latch, AStrangerIsNeverHeardNorSentTo) {
    Configure("203.0.113.5:4000", "203.0.113.9:5060");
    for (int i = 0; i < 500; i++) EXPECT_EQ(From("198.51.100.66:9"), LATCH_REFUSE);
    EXPECT_TRUE(SendsTo("203.0.113.5:4000"));
    EXPECT_EQ(From("203.0.113.5:4000"), LATCH_NEW);
    for (int i = 0; i < 500; i++) EXPECT_EQ(From("198.51.100.66:9"), LATCH_REFUSE);
    EXPECT_TRUE(SendsTo("203.0.113.5:4000"));
}

TEST_F(Latch, MediaFromWhereTheSignallingComesIsTakenAfterAFewPackets) {
    Configure("203.0.113.5:4000", "203.0.113.9:5060");
    EXPECT_EQ(From("203.0.113.9:7000"), LATCH_HEAR);
    EXPECT_EQ(From("203.0.113.9:7000"), LATCH_HEAR);
    EXPECT_EQ(From("203.0.113.9:7000"), LATCH_NEW);
}

TEST_F(Latch, APrivateAddressBehindNatTakesTheFirstValidSource) {
    Configure("192.168.1.20:4000", "198.51.100.7:5060");
    EXPECT_EQ(From("198.51.100.7:33000"), LATCH_NEW);
    for (int i = 0; i < 50; i++) EXPECT_EQ(From("198.51.100.66:9"), LATCH_REFUSE);
    EXPECT_TRUE(SendsTo("198.51.100.7:33000"));
}

TEST_F(Latch, APrivateAddressInOneLanIsNotOpenToAll) {
    Configure("192.168.1.20:4000", "192.168.1.20:5060");
    EXPECT_EQ(From("192.168.1.66:9"), LATCH_REFUSE);
}

TEST_F(Latch, AnInjectorCannotTakeOverALiveCall) {
    Configure("203.0.113.5:4000", "203.0.113.5:5060");
    From("203.0.113.5:4000");
    for (int i = 0; i < 500; i++) {
        EXPECT_EQ(From("203.0.113.5:4000", 7), LATCH_KEEP);
        EXPECT_EQ(From("203.0.113.5:6666", 8, i), LATCH_REFUSE); /* even from the same host */
    }
    EXPECT_TRUE(SendsTo("203.0.113.5:4000"));
}

TEST_F(Latch, AMovedPortIsFollowedAfterSilenceAndSeveralConsistentPackets) {
    Configure("203.0.113.5:4000", "203.0.113.5:5060");
    From("203.0.113.5:4000");
    net_addr moved = A("203.0.113.5:5555");
    now += 1000;
    EXPECT_EQ(latch_packet(&l, &moved, 7, 50, now), LATCH_REFUSE); /* too early */
    now += 1100;
    EXPECT_TRUE(latch_is_loose(&l, now));
    for (int i = 0; i < 4; i++) EXPECT_EQ(From("203.0.113.5:5555"), LATCH_REFUSE);
    EXPECT_EQ(From("203.0.113.5:5555"), LATCH_NEW);
    EXPECT_TRUE(SendsTo("203.0.113.5:5555"));
}

TEST_F(Latch, PacketsThatDoNotFitTogetherProveNothing) {
    Configure("203.0.113.5:4000", "203.0.113.5:5060");
    for (int i = 0; i < 50; i++) EXPECT_EQ(From("203.0.113.5:6000", (uint32_t)i), LATCH_HEAR); /* a new SSRC each */
    for (int i = 0; i < 50; i++) EXPECT_NE(From("203.0.113.5:6000", 1, (i * 997) & 0xffff), LATCH_NEW);
    EXPECT_TRUE(SendsTo("203.0.113.5:4000"));
}

TEST_F(Latch, ANewConfigurationLatchesAnewAndTheSameOneDoesNot) {
    Configure("203.0.113.5:4000", "203.0.113.5:5060");
    From("203.0.113.5:4100");
    From("203.0.113.5:4100");
    From("203.0.113.5:4100");
    EXPECT_TRUE(SendsTo("203.0.113.5:4100"));
    Configure("203.0.113.5:4000", "203.0.113.5:5060"); /* a session refresh */
    EXPECT_TRUE(SendsTo("203.0.113.5:4100"));
    Configure("203.0.113.77:8000", "203.0.113.5:5060");
    EXPECT_TRUE(SendsTo("203.0.113.77:8000"));
    EXPECT_EQ(From("203.0.113.77:8000"), LATCH_NEW);
}

}  // namespace
