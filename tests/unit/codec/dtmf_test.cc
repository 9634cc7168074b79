#include <gtest/gtest.h>

#include <algorithm>

#include <string>
#include <vector>

extern "C" {
#include "base/error.h"
#include "codec/dtmf.h"
}

namespace {

std::vector<dtmf_packet> send_all(dtmf_sender &s, uint32_t units, uint32_t ts = 1000, std::string *sounding = nullptr) {
    std::vector<dtmf_packet> out;
    for (int i = 0; i < 20000 && dtmf_sender_busy(&s); i++, ts += units) {
        dtmf_packet p;
        if (dtmf_sender_step(&s, ts, units, &p)) out.push_back(p);
        if (sounding) *sounding += dtmf_sender_sounding(&s) ? '#' : '.';
    }
    EXPECT_FALSE(dtmf_sender_busy(&s));
    return out;
}

dtmf_event read(const dtmf_packet &p) {
    dtmf_event e{};
    EXPECT_TRUE(dtmf_read(p.payload, sizeof p.payload, &e));
    return e;
}

/* Feeds packets 20 ms apart; drop[i] leaves one out. */
struct Receiver {
    dtmf_receiver r;
    uint64_t now = 5000;
    std::string digits;
    std::vector<uint32_t> durations;
    int end_lost = 0;
    explicit Receiver(uint32_t rate = 8000) { dtmf_receiver_init(&r, rate); }
    void take(unsigned n, const dtmf_digit_event *e) {
        for (unsigned i = 0; i < n; i++) {
            digits += e[i].digit;
            durations.push_back(e[i].duration_ms);
            end_lost += e[i].end_lost;
        }
    }
    void packet(const dtmf_packet &p, uint32_t ssrc = 1) {
        dtmf_digit_event e[2];
        take(dtmf_receiver_packet(&r, ssrc, p.timestamp, p.payload, sizeof p.payload, now, e), e);
    }
    void pass(uint64_t ms) {
        dtmf_digit_event e[1];
        now += ms;
        take(dtmf_receiver_time(&r, now, e), e);
    }
    void all(const std::vector<dtmf_packet> &ps, const std::vector<size_t> &drop = {}) {
        for (size_t i = 0; i < ps.size(); i++) {
            if (std::find(drop.begin(), drop.end(), i) == drop.end()) packet(ps[i]);
            pass(20);
        }
    }
};

TEST(DtmfPayload, ReadsAndWrites) {
    dtmf_event e{11, true, 10, 0x1234}, back;
    uint8_t p[4];
    dtmf_write(&e, p);
    ASSERT_TRUE(dtmf_read(p, 4, &back));
    EXPECT_EQ(back.event, 11);
    EXPECT_TRUE(back.end);
    EXPECT_EQ(back.volume, 10);
    EXPECT_EQ(back.duration, 0x1234);
    EXPECT_FALSE(dtmf_read(p, 3, &back));
    p[0] = 17;
    EXPECT_FALSE(dtmf_read(p, 4, &back));
    std::string all = "0123456789*#ABCD!";
    for (int i = 0; i < 17; i++) {
        EXPECT_EQ(dtmf_code(all[(size_t)i]), i);
        EXPECT_EQ(dtmf_char(i), all[(size_t)i]);
    }
    EXPECT_EQ(dtmf_code('d'), 15);
    EXPECT_EQ(dtmf_code('e'), -1);
    EXPECT_EQ(dtmf_code(0), -1);
    EXPECT_EQ(dtmf_char(-1), 0);
    EXPECT_EQ(dtmf_char(17), 0);
}

TEST(DtmfSender, OneDigitIsMarkedGrowsAndEndsThreeTimes) {
    dtmf_sender s;
    dtmf_sender_init(&s, 8000);
    ASSERT_EQ(dtmf_sender_add(&s, SX_LIT("5"), 0, 0), SX_OK);
    std::string sounding;
    auto ps = send_all(s, 160, 1000, &sounding);
    ASSERT_EQ(ps.size(), 7u); /* 5 of 20 ms, the last an END, two more */
    for (size_t i = 0; i < ps.size(); i++) {
        dtmf_event e = read(ps[i]);
        EXPECT_EQ(e.event, 5);
        EXPECT_EQ(ps[i].timestamp, 1000u) << "one timestamp for the whole digit";
        EXPECT_EQ(ps[i].marker, i == 0);
        EXPECT_EQ(e.end, i >= 4);
        EXPECT_EQ(e.duration, i < 4 ? 160 * (i + 1) : 800);
        EXPECT_EQ(ps[i].ended, i == 4) << "the app is told once";
        EXPECT_EQ(ps[i].digit, '5');
    }
    EXPECT_EQ(sounding, "#####...");
}

TEST(DtmfSender, GapsPausesAndLimits) {
    dtmf_sender s;
    dtmf_sender_init(&s, 8000);
    ASSERT_EQ(dtmf_sender_add(&s, SX_LIT("1,2"), 1, 1), SX_OK); /* both too short: 40 and 50 ms */
    std::string sounding;
    send_all(s, 160, 0, &sounding);
    EXPECT_EQ(sounding, "##..." + std::string(25, '.') + "." + "##...");
    EXPECT_EQ(dtmf_sender_add(&s, SX_LIT("12x"), 0, 0), SX_E_INVALID);
    EXPECT_FALSE(dtmf_sender_busy(&s)) << "all or nothing";
    std::string many(DTMF_QUEUE, '1');
    EXPECT_EQ(dtmf_sender_add(&s, sx_slice_of(many.data(), many.size()), 0, 0), SX_OK);
    EXPECT_EQ(dtmf_sender_add(&s, SX_LIT("1"), 0, 0), SX_E_FULL);
    EXPECT_EQ(send_all(s, 160).size(), (size_t)DTMF_QUEUE * 7);
}

TEST(DtmfSender, ClearEndsTheSoundingDigitProperly) {
    dtmf_sender s;
    dtmf_sender_init(&s, 8000);
    ASSERT_EQ(dtmf_sender_add(&s, SX_LIT("123"), 5000, 0), SX_OK);
    dtmf_packet p;
    for (int i = 0; i < 10; i++) dtmf_sender_step(&s, 0, 160, &p);
    dtmf_sender_clear(&s);
    auto rest = send_all(s, 160);
    ASSERT_EQ(rest.size(), 3u);
    for (auto &r : rest) EXPECT_TRUE(read(r).end);
}

class DtmfBothWays : public ::testing::TestWithParam<std::pair<uint32_t, unsigned>> {};

TEST_P(DtmfBothWays, AllDigitsArriveOnceWithTheirLength) {
    auto [rate, ptime] = GetParam();
    for (unsigned ms : {40u, 100u, 1500u, 6000u}) {
        dtmf_sender s;
        dtmf_sender_init(&s, rate);
        ASSERT_EQ(dtmf_sender_add(&s, SX_LIT("0123456789*#ABCD!"), ms, 50), SX_OK);
        auto ps = send_all(s, rate / 1000 * ptime, 0xfffff000u); /* timestamps wrap */
        Receiver r(rate);
        r.all(ps);
        r.pass(1000);
        EXPECT_EQ(r.digits, "0123456789*#ABCD!") << ms;
        EXPECT_EQ(r.end_lost, 0);
        for (uint32_t d : r.durations) EXPECT_NEAR(d, ms, ptime);
    }
}

INSTANTIATE_TEST_SUITE_P(Rates, DtmfBothWays,
                         ::testing::Values(std::pair(8000u, 20u), std::pair(48000u, 20u), std::pair(16000u, 60u),
                                           std::pair(8000u, 10u)));

TEST(DtmfReceiver, AnySinglePacketSurvivingIsOneDigit) {
    dtmf_sender s;
    dtmf_sender_init(&s, 8000);
    dtmf_sender_add(&s, SX_LIT("7"), 0, 0);
    auto ps = send_all(s, 160);
    for (unsigned lost = 0; lost < (1u << ps.size()) - 1; lost++) {
        std::vector<size_t> drop;
        for (size_t i = 0; i < ps.size(); i++)
            if (lost >> i & 1) drop.push_back(i);
        Receiver r;
        r.all(ps, drop);
        r.pass(500);
        r.pass(500);
        EXPECT_EQ(r.digits, "7") << "loss pattern " << lost;
    }
}

/* field.md 8: END packets lost, then the next digit or nothing. */
TEST(DtmfReceiver, LostEndsAreFoundByTheNextDigitAndByTime) {
    dtmf_sender s;
    dtmf_sender_init(&s, 8000);
    dtmf_sender_add(&s, SX_LIT("112"), 100, 50);
    auto ps = send_all(s, 160);
    ASSERT_EQ(ps.size(), 21u);
    Receiver r;
    r.all(ps, {4, 5, 6, 11, 12, 13, 18, 19, 20});
    EXPECT_EQ(r.digits, "11");
    EXPECT_EQ(r.end_lost, 2);
    r.pass(DTMF_TIMEOUT_MS);
    EXPECT_EQ(r.digits, "112");
    EXPECT_EQ(r.durations[2], 80u);
    /* a very late END of it is not another */
    r.packet(ps[20]);
    EXPECT_EQ(r.digits, "112");
}

TEST(DtmfReceiver, RepeatedAndReorderedPacketsAreOneDigit) {
    dtmf_sender s;
    dtmf_sender_init(&s, 8000);
    dtmf_sender_add(&s, SX_LIT("93"), 100, 50);
    auto ps = send_all(s, 160);
    Receiver r;
    for (auto &p : ps) { /* everything twice, and an old one after each */
        r.packet(p);
        r.packet(p);
        r.packet(ps[2]);
        r.pass(20);
    }
    EXPECT_EQ(r.digits, "93");
    Receiver backwards; /* ENDs first */
    for (size_t i = 7; i-- > 0;) backwards.packet(ps[i]);
    EXPECT_EQ(backwards.digits, "9");
    Receiver overtaken; /* the second digit begins before the first's END arrives */
    for (size_t i : {0, 1, 2, 7, 8, 4, 9, 5, 10, 11}) overtaken.packet(ps[i]);
    EXPECT_EQ(overtaken.digits, "93");
}

TEST(DtmfReceiver, AnotherSsrcIsAnotherDigit) {
    dtmf_sender s;
    dtmf_sender_init(&s, 8000);
    dtmf_sender_add(&s, SX_LIT("4"), 0, 0);
    auto ps = send_all(s, 160);
    Receiver r;
    for (auto &p : ps) r.packet(p, 1);
    for (auto &p : ps) r.packet(p, 2);
    EXPECT_EQ(r.digits, "44");
}

TEST(DtmfReceiver, ALongDigitWithLossIsOneDigit) {
    for (size_t gone = 0; gone < 100; gone++) {
        dtmf_sender s;
        dtmf_sender_init(&s, 48000);
        dtmf_sender_add(&s, SX_LIT("6"), 2000, 50);
        auto ps = send_all(s, 960);
        Receiver r(48000);
        r.all(ps, {gone, gone + 1});
        r.pass(500);
        EXPECT_EQ(r.digits, "6") << gone;
    }
}

TEST(DtmfReceiver, FinishReportsASoundingDigit) {
    dtmf_sender s;
    dtmf_sender_init(&s, 8000);
    dtmf_sender_add(&s, SX_LIT("8"), 1000, 0);
    dtmf_packet p;
    ASSERT_TRUE(dtmf_sender_step(&s, 0, 160, &p));
    Receiver r;
    r.packet(p);
    dtmf_digit_event e[1];
    ASSERT_EQ(dtmf_receiver_finish(&r.r, e), 1u);
    EXPECT_EQ(e[0].digit, '8');
    EXPECT_EQ(dtmf_receiver_finish(&r.r, e), 0u);
    r.packet(p);
    r.pass(500);
    EXPECT_EQ(r.digits, "");
}

} // namespace
