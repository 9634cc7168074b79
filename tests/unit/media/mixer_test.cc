/* Mixing: exact to the sample by arithmetic, and rooms of sessions over loopback, told apart by their tones. */
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

extern "C" {
#include "media/media.h"
#include "media/mixer.h"
#include "media/wav.h"
}

#include "media_pair.h"

namespace {

int16_t Saturated(int32_t v) { return (int16_t)std::max(-32768, std::min(32767, v)); }

struct Table {
    explicit Table(uint32_t rate, size_t n) : m(media_mixer_create(rate)) {
        for (size_t i = 0; i < n; i++) {
            slot.push_back(media_slot_create(m));
            media_slot_enter(slot.back());
        }
    }
    ~Table() {
        for (auto *s : slot) media_slot_destroy(s);
        media_mixer_unref(m);
    }
    media_mixer *m;
    std::vector<media_slot *> slot;
};

/* What member i hears is saturate(sum of all - own), whatever their number and the rate. */
void Exact(uint32_t rate, size_t members, int amplitude) {
    Table t(rate, members);
    size_t n = rate / 100;
    std::mt19937 random(7);
    std::vector<std::vector<int16_t>> own(members, std::vector<int16_t>(n));
    std::vector<int16_t> got(n);
    for (auto *s : t.slot) media_slot_get(s, got.data(), (uint32_t)n, rate, 20); /* from here on they listen */
    for (int turn = 0; turn < 5; turn++) {
        std::vector<int32_t> sum(n);
        for (size_t i = 0; i < members; i++) {
            for (auto &v : own[i]) v = (int16_t)((int)(random() % (unsigned)(2 * amplitude)) - amplitude);
            for (size_t k = 0; k < n; k++) sum[k] += own[i][k];
            media_slot_put(t.slot[i], own[i].data(), (uint32_t)n, rate);
        }
        media_mixer_turn(t.m);
        for (size_t k = 0; k < n; k++) ASSERT_EQ(t.m->all[k], Saturated(sum[k]));
        for (size_t i = 0; i < members; i++) {
            ASSERT_EQ(media_slot_get(t.slot[i], got.data(), (uint32_t)n, rate, 20), n);
            for (size_t k = 0; k < n; k++)
                ASSERT_EQ(got[k], Saturated(sum[k] - own[i][k])) << "member " << i << " of " << members;
        }
    }
}

TEST(Mixer, EverybodyHearsExactlyTheSumOfTheOthers) {
    for (uint32_t rate : {8000u, 16000u, 24000u, 48000u})
        for (size_t members : {1u, 2u, 3u, 10u, 100u}) Exact(rate, members, 300);
}

TEST(Mixer, AHundredLoudVoicesSaturateOnceAndDoNotWrap) {
    Exact(8000, 100, 32767);
    Table t(8000, 3);
    std::vector<int16_t> loud(80, 32767), got(80);
    for (auto *s : t.slot) {
        media_slot_get(s, got.data(), 80, 8000, 20);
        media_slot_put(s, loud.data(), 80, 8000);
    }
    media_mixer_turn(t.m);
    media_slot_get(t.slot[0], got.data(), 80, 8000, 20);
    for (int16_t v : got) ASSERT_EQ(v, 32767) << "the others' sum is clipped, and nothing of the own is taken off it after";
}

TEST(Mixer, WhoSaysNothingHearsAllAndWhoIsLateIsSilentNotStale) {
    Table t(16000, 2);
    std::vector<int16_t> voice(160, 1000), got(160);
    for (auto *s : t.slot) media_slot_get(s, got.data(), 160, 16000, 20);
    media_slot_put(t.slot[0], voice.data(), 160, 16000);
    media_mixer_turn(t.m);
    EXPECT_EQ(media_slot_get(t.slot[1], got.data(), 160, 16000, 20), 160u);
    EXPECT_EQ(got[80], 1000);
    media_slot_get(t.slot[0], got.data(), 160, 16000, 20);
    EXPECT_EQ(got[80], 0);
    media_mixer_turn(t.m);
    media_slot_get(t.slot[1], got.data(), 160, 16000, 20);
    EXPECT_EQ(got[80], 0);
}

TEST(Mixer, OtherRatesAreConvertedWithTheirTonesIntact) {
    Table t(16000, 3);
    const uint32_t rate[3] = {8000, 16000, 48000};
    const double hz[3] = {500, 1100, 1900};
    std::vector<std::vector<int16_t>> heard(3);
    std::vector<int16_t> voice[3];
    for (int i = 0; i < 3; i++) voice[i] = Tone(hz[i], rate[i], 1000, 6000);
    for (int turn = 0; turn < 100; turn++) {
        for (int i = 0; i < 3; i++) {
            uint32_t n = rate[i] / 100;
            media_slot_put(t.slot[i], voice[i].data() + turn * n, n, rate[i]);
        }
        media_mixer_turn(t.m);
        for (int i = 0; i < 3; i++) {
            std::vector<int16_t> got(rate[i] / 100);
            media_slot_get(t.slot[i], got.data(), (uint32_t)got.size(), rate[i], 10);
            heard[i].insert(heard[i].end(), got.begin(), got.end());
        }
    }
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++) {
            double share = Share(heard[i].data() + rate[i] / 4, rate[i] / 2, hz[k], rate[i]);
            if (i == k)
                EXPECT_LT(share, 1e-4) << "member " << i << " hears himself";
            else
                EXPECT_GT(share, 0.45) << "member " << i << " does not hear " << k;
        }
    }
}

/* ---- rooms ---- */

class Room : public PairTest {
  protected:
    void SetUp() override { Begin(1); }
    void Begin(unsigned workers) {
        media_config c = {};
        c.workers = workers;
        Start(c);
        media_room_params p = {};
        p.id = 1000;
        p.user = &room;
        p.rate = 16000;
        ASSERT_EQ(media_room_create(e, &p, &room.s), 0) << sx_last_error_text();
        room.audio = media_session_audio(room.s);
    }
    void TearDown() override {
        parties.clear();
        if (room.audio) media_audio_unref(room.audio);
        room.audio = nullptr;
        PairTest::TearDown();
    }
    /* A party: the session that is in the room, and the phone that it talks to. */
    struct Party {
        Side in, phone;
        ~Party() {
            if (in.audio) media_audio_unref(in.audio);
            if (phone.audio) media_audio_unref(phone.audio);
        }
    };
    Party &Add(codec_id id, uint8_t pt, double hz) {
        parties.emplace_back(new Party);
        Party &p = *parties.back();
        uint64_t n = 10 * parties.size();
        Connect(p.in, p.phone, n, id, pt, 16000);
        EXPECT_EQ(media_room_add(room.s, p.in.s), 0) << sx_last_error_text();
        if (hz) Say(p.phone, hz);
        return p;
    }
    static void Say(Side &s, double hz, uint32_t ms = 4000) {
        auto tone = Tone(hz, 16000, ms, 5000);
        EXPECT_EQ(media_audio_write(s.audio, tone.data(), tone.size(), 16000, 1), (int)tone.size());
    }
    Side room;
    std::vector<std::unique_ptr<Party>> parties;
};

void ThreeParties(PairTest &t, PairTest::Side *phone[3], const double hz[3]) {
    std::vector<int16_t> heard[3];
    for (int i = 0; i < 3; i++) media_audio_watch(phone[i]->audio, 20, 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(1300));
    for (int i = 0; i < 3; i++) heard[i] = t.Read(*phone[i], 8000, 1200);
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++) {
            double share = BestShare(heard[i], hz[k], 8000);
            if (i == k)
                EXPECT_LT(share, 0.003) << "party " << i << " hears himself";
            else
                EXPECT_GT(share, 0.4) << "party " << i << " does not hear " << k;
        }
    }
}

TEST_F(Room, ThreePartiesWithThreeCodecsHearTheTwoOthersAndNotThemselves) {
    const double hz[3] = {440, 1000, 1700};
    PairTest::Side *phone[3] = {&Add(CODEC_PCMU, 0, hz[0]).phone, &Add(CODEC_PCMA, 8, hz[1]).phone,
                                &Add(CODEC_OPUS, 111, hz[2]).phone};
    ThreeParties(*this, phone, hz);
}

TEST_F(Room, SessionsOfOtherWorkersMoveToTheRoomsAndSoundTheSame) {
    TearDown();
    Begin(3);
    const double hz[3] = {440, 1000, 1700};
    PairTest::Side *phone[3] = {&Add(CODEC_PCMU, 0, hz[0]).phone, &Add(CODEC_PCMA, 8, hz[1]).phone,
                                &Add(CODEC_PCMU, 0, hz[2]).phone};
    ThreeParties(*this, phone, hz);
    for (auto &p : parties) media_room_remove(room.s, p->in.s); /* they go on by themselves */
    Say(parties[0]->in, 600, 1000);
    EXPECT_GT(BestShare(Read(parties[0]->phone, 8000, 2500), 600, 8000), 0.9);
}

TEST_F(Room, MovingToAndFroManyTimesLosesNoOrderAndNoSession) {
    TearDown();
    Begin(3);
    media_session *rooms[3] = {room.s};
    for (int i = 1; i < 3; i++) {
        media_room_params p = {};
        p.id = 1000 + (uint64_t)i;
        p.rate = 8000;
        ASSERT_EQ(media_room_create(e, &p, &rooms[i]), 0);
    }
    for (int i = 0; i < 4; i++) Add(CODEC_PCMU, 0, 0);
    for (auto &p : parties) media_room_remove(room.s, p->in.s);
    for (int turn = 0; turn < 200; turn++) {
        for (auto &p : parties) {
            media_session *r = rooms[(unsigned)turn % 3];
            ASSERT_EQ(media_room_add(r, p->in.s), 0);
            int16_t pcm[80] = {};
            media_audio_write(p->in.audio, pcm, 80, 8000, 1);
            media_mute(p->in.s, (unsigned)turn & 3);
            media_room_remove(r, p->in.s);
        }
        if (turn % 20 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(7));
    }
    for (auto &p : parties) media_mute(p->in.s, 0), media_stats_request(p->in.s, 77);
    ASSERT_TRUE(Until([&] { return CountOf(MEDIA_STATS) == 4; }));
    for (auto &p : parties) media_stop(p->in.s);
    for (auto *r : rooms) media_stop(r);
    EXPECT_TRUE(Until([&] { return CountOf(MEDIA_STOPPED) == 7; }));
}

TEST_F(Room, TheProgramIsOneMoreMember) {
    Party &p = Add(CODEC_PCMU, 0, 700);
    int16_t none[1];
    media_audio_read(room.audio, none, 1, 16000, nullptr);
    Say(room, 1500, 3000);
    auto app = Read(room, 16000, 1500), phone = Read(p.phone, 8000, 1500);
    EXPECT_GT(BestShare(app, 700, 16000), 0.9);
    EXPECT_LT(BestShare(app, 1500, 16000), 0.01) << "it hears itself";
    EXPECT_GT(BestShare(phone, 1500, 8000), 0.9);
    ASSERT_EQ(media_audio_mark(room.audio, 5), 0);
    EXPECT_TRUE(Wait(MEDIA_MARK, 1000));
}

std::string WriteTone(const char *name, double hz, uint32_t ms) {
    std::string path = ::testing::TempDir() + name + std::to_string(getpid()) + ".wav";
    wav_writer *w;
    EXPECT_EQ(wav_create(&w, path.c_str(), 8000, 1), 0);
    auto t = Tone(hz, 8000, ms, 5000);
    EXPECT_EQ(wav_write(w, t.data(), t.size()), 0);
    EXPECT_EQ(wav_finish(w), 0);
    return path;
}

TEST_F(Room, SeveralFilesAtOnceAreMixedAndARecordingHasEverything) {
    Party &p = Add(CODEC_PCMU, 0, 500);
    std::string a = WriteTone("a", 1200, 1500), b = WriteTone("b", 2100, 1500);
    std::string out = ::testing::TempDir() + "room" + std::to_string(getpid()) + ".wav";
    ASSERT_EQ(media_record(room.s, 3, out.c_str(), MEDIA_RECORD_FAR, 8000), 0);
    ASSERT_EQ(media_play(room.s, 1, a.c_str(), 0), 0);
    ASSERT_EQ(media_play(room.s, 2, b.c_str(), 0), 0);
    auto heard = Read(p.phone, 8000, 1500);
    EXPECT_GT(BestShare(heard, 1200, 8000), 0.4);
    EXPECT_GT(BestShare(heard, 2100, 8000), 0.4);
    ASSERT_TRUE(Until([&] { return CountOf(MEDIA_PLAY_DONE) == 2; }));
    for (auto &ev : events) {
        if (ev.type == MEDIA_PLAY_DONE) EXPECT_EQ(ev.code, 0) << ev.text;
    }
    media_stop_record(room.s, 3);
    ASSERT_TRUE(Wait(MEDIA_RECORD_DONE, 1000));
    wav_reader *r;
    ASSERT_EQ(wav_open(&r, out.c_str()), 0);
    std::vector<int16_t> all(wav_reader_info(r)->frames);
    ASSERT_GT(all.size(), 8000u);
    for (size_t at = 0; at < all.size();) {
        int n = wav_read(r, all.data() + at, all.size() - at);
        ASSERT_GT(n, 0);
        at += (size_t)n;
    }
    wav_close(r);
    for (double hz : {500.0, 1200.0, 2100.0}) EXPECT_GT(BestShare(all, hz, 8000), 0.25) << hz;
    for (auto &f : {a, b, out}) unlink(f.c_str());
}

TEST_F(Room, OneFileOfSeveralCanBeStopped) {
    std::string a = WriteTone("s", 1200, 3000);
    ASSERT_EQ(media_play(room.s, 1, a.c_str(), UINT32_MAX), 0);
    ASSERT_EQ(media_play(room.s, 2, a.c_str(), UINT32_MAX), 0);
    media_stop_play(room.s, 1);
    ASSERT_TRUE(Wait(MEDIA_PLAY_DONE, 1000));
    EXPECT_EQ(Find(MEDIA_PLAY_DONE, 1000)->u.play.play_id, 1u);
    EXPECT_EQ(CountOf(MEDIA_PLAY_DONE), 1u);
    media_stop(room.s);
    ASSERT_TRUE(Wait(MEDIA_STOPPED, 1000));
    EXPECT_EQ(CountOf(MEDIA_PLAY_DONE), 2u);
    unlink(a.c_str());
}

TEST_F(Room, MutedSidesAreSilentForTheOthersAndForThemselves) {
    Party &a = Add(CODEC_PCMU, 0, 500), &b = Add(CODEC_PCMU, 0, 900);
    ASSERT_EQ(media_mute(a.in.s, MEDIA_MUTE_RECEIVE), 0); /* nobody hears a */
    ASSERT_EQ(media_mute(b.in.s, MEDIA_MUTE_SEND), 0);    /* b hears nobody */
    Read(a.phone, 8000, 300), Read(b.phone, 8000, 300);
    auto ha = Read(a.phone, 8000, 800), hb = Read(b.phone, 8000, 1000);
    EXPECT_GT(BestShare(ha, 900, 8000), 0.9);
    EXPECT_LT(Loudness(hb, 0, hb.size()), 20);
    ASSERT_EQ(media_mute(a.in.s, 0), 0);
    ASSERT_EQ(media_mute(b.in.s, 0), 0);
    EXPECT_GT(BestShare(Read(b.phone, 8000, 1200), 500, 8000), 0.9);
}

TEST_F(Room, WhoIsInOneRoomCannotBeInASecondAndTheEndSetsAllFree) {
    Party &p = Add(CODEC_PCMU, 0, 0);
    EXPECT_EQ(media_room_add(room.s, p.in.s), SX_E_BUSY);
    media_stop(room.s);
    ASSERT_TRUE(Wait(MEDIA_STOPPED, 1000));
    Say(p.in, 800, 600);
    EXPECT_GT(BestShare(Read(p.phone, 8000, 1200), 800, 8000), 0.9) << "the call goes on";
    media_stop(p.in.s);
    EXPECT_TRUE(Wait(MEDIA_STOPPED, 10));
}

/* ---- mute of a call ---- */

TEST_F(Room, AMutedCallSendsSilenceWithItsClockRunningAndRecordingsHaveWhatReallyWent) {
    Side a, b;
    Connect(a, b, 1, CODEC_PCMU, 0, 8000);
    std::string near = ::testing::TempDir() + "near" + std::to_string(getpid()) + ".wav",
                far = ::testing::TempDir() + "far" + std::to_string(getpid()) + ".wav";
    ASSERT_EQ(media_mute(a.s, MEDIA_MUTE_SEND | MEDIA_MUTE_RECEIVE), 0);
    ASSERT_EQ(media_record(a.s, 1, near.c_str(), MEDIA_RECORD_NEAR, 8000), 0);
    ASSERT_EQ(media_record(a.s, 2, far.c_str(), MEDIA_RECORD_FAR, 8000), 0);
    Say(a, 700, 1000);
    ASSERT_EQ(media_audio_mark(a.audio, 9), 0);
    Say(b, 1300, 1500);
    int16_t none[1];
    media_audio_read(a.audio, none, 1, 8000, nullptr);
    auto heard = Read(b, 8000, 1000), read = Read(a, 8000, 1000);
    EXPECT_LT(Loudness(heard, 0, heard.size()), 20);
    EXPECT_LT(Loudness(read, 0, read.size()), 20);
    ASSERT_TRUE(Wait(MEDIA_MARK, 1)) << "what was written is over all the same";
    media_stop_record(a.s, 1);
    media_stop_record(a.s, 2);
    ASSERT_TRUE(Until([&] { return CountOf(MEDIA_RECORD_DONE) == 2; }));
    for (auto &path : {near, far}) {
        wav_reader *r;
        ASSERT_EQ(wav_open(&r, path.c_str()), 0);
        std::vector<int16_t> all(wav_reader_info(r)->frames);
        wav_read(r, all.data(), all.size());
        wav_close(r);
        unlink(path.c_str());
        if (path == near)
            EXPECT_LT(Loudness(all, 0, all.size()), 20) << "silence went out";
        else
            EXPECT_GT(BestShare(all, 1300, 8000), 0.9) << "this really came in";
    }
    media_stats_request(b.s, 1);
    ASSERT_TRUE(Wait(MEDIA_STATS, 2));
    EXPECT_GT(Find(MEDIA_STATS, 2)->u.stats.stats.packets_received, 40u);
    EXPECT_EQ(Find(MEDIA_STATS, 2)->u.stats.stats.packets_lost, 0u);
    media_audio_unref(a.audio);
    media_audio_unref(b.audio);
}

} // namespace
