/* Agents with several media threads: calls are bridged, mixed and taken apart while they speak, hold and end. */
#include "support.h"

#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

namespace {

/* Everybody who takes its events at once; incoming calls are answered. */
struct Party {
    explicit Party(int workers) {
        sipua_agent_config c = Agent::defaults();
        c.media_workers = workers;
        agent.start(c);
        EXPECT_EQ(sipua_agent_ask(agent.raw, SIPUA_ASK_CALL, SIPUA_ON, 0), SIPUA_OK);
        thread = std::thread([this] { take(); });
    }
    void take() {
        for (;;) {
            sipua_event *raw;
            int rc = sipua_poll(agent.raw, 1000, &raw);
            if (rc == SIPUA_E_CLOSED) return;
            if (rc <= 0) continue;
            Event e(raw);
            if (e.v.type == SIPUA_EVENT_INCOMING_CALL) sipua_call_answer(agent.raw, e.v.id, nullptr, 0);
            std::lock_guard<std::mutex> g(lock);
            if (e.v.type == SIPUA_EVENT_CALL_CONFIRMED) up.push_back(e.v.id);
            bool last = e.v.type == SIPUA_EVENT_CALL_ENDED || e.v.type == SIPUA_EVENT_BRIDGE_ENDED ||
                        e.v.type == SIPUA_EVENT_CONFERENCE_ENDED;
            EXPECT_FALSE(e.v.id && ended.count(e.v.id) && e.v.type != SIPUA_EVENT_REPLY) << "after its end: " << e.json();
            if (last) ended.insert(e.v.id);
            if (e.v.type == SIPUA_EVENT_CALL_ENDED) {
                for (size_t i = 0; i < up.size(); i++)
                    if (up[i] == e.v.id) up.erase(up.begin() + (long)i--);
            }
        }
    }
    void finish() {
        EXPECT_EQ(sipua_agent_shutdown(agent.raw, 2000, 0), SIPUA_OK);
        thread.join();
    }
    size_t count() {
        std::lock_guard<std::mutex> g(lock);
        return up.size();
    }
    sipua_id at(size_t i) {
        std::lock_guard<std::mutex> g(lock);
        return up.empty() ? 0 : up[i % up.size()];
    }
    bool wait(size_t calls, int ms = 10000) {
        for (; ms > 0 && count() != calls; ms -= 10) std::this_thread::sleep_for(std::chrono::milliseconds(10));
        return count() == calls;
    }
    Agent agent;
    std::mutex lock;
    std::vector<sipua_id> up; /* in the order of their confirmation */
    std::set<sipua_id> ended;
    std::thread thread;
};

/* Does one phone hear what another says? */
bool hears(Party &phones, sipua_id from, sipua_id to, bool wanted, int ms = 8000) {
    std::vector<int16_t> loud(1600), got(1600);
    for (size_t i = 0; i < loud.size(); i++) loud[i] = i / 8 % 2 ? 9000 : -9000;
    auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
    for (bool last = !wanted; std::chrono::steady_clock::now() < until;) {
        sipua_audio_write(phones.agent.raw, from, loud.data(), 800, 8000, 1, 0);
        int n = sipua_audio_read(phones.agent.raw, to, got.data(), 800, 200, nullptr);
        size_t high = 0;
        for (int i = 0; i < n; i++) high += abs(got[(size_t)i]) > 4000;
        last = n > 0 && high > (size_t)n / 2;
        if (last == wanted && n > 0) return true;
    }
    return false;
}

TEST(Workers, CallsOfDifferentMediaThreadsAreBridgedMixedAndPartedAndSound) {
    Party us(3), phones(2);
    std::vector<sipua_id> a, b;
    for (size_t i = 0; i < 4; i++) { /* one after the other: both ends are known by their order */
        us.agent.call(phones.agent.uri());
        ASSERT_TRUE(us.wait(i + 1) && phones.wait(i + 1));
        a.push_back(us.at(i));
        b.push_back(phones.at(i));
    }
    sipua_agent *raw = us.agent.raw;
    for (int round = 0; round < 3; round++) {
        SCOPED_TRACE(round);
        sipua_id one, two, room;
        size_t x = (size_t)round;
        ASSERT_EQ(sipua_bridge_create(raw, a[x], a[x + 1], nullptr, 0, &one), SIPUA_OK);
        ASSERT_EQ(sipua_bridge_create(raw, a[(x + 2) % 4], a[(x + 3) % 4], nullptr, 0, &two), SIPUA_OK);
        EXPECT_TRUE(hears(phones, b[x], b[x + 1], true));
        EXPECT_TRUE(hears(phones, b[(x + 3) % 4], b[(x + 2) % 4], true));
        EXPECT_TRUE(hears(phones, b[x], b[(x + 2) % 4], false)) << "that is another bridge";
        ASSERT_EQ(sipua_bridge_end(raw, one, 0), SIPUA_OK);
        ASSERT_EQ(sipua_bridge_end(raw, two, 0), SIPUA_OK);
        ASSERT_EQ(sipua_conference_create(raw, nullptr, 0, &room), SIPUA_OK);
        for (sipua_id call : a) ASSERT_EQ(sipua_conference_add(raw, room, call, 0), SIPUA_OK);
        EXPECT_TRUE(hears(phones, b[0], b[2], true));
        EXPECT_TRUE(hears(phones, b[3], b[1], true));
        ASSERT_EQ(sipua_conference_end(raw, room, SIPUA_OFF, 0), SIPUA_OK);
    }
    us.finish();
    phones.finish();
    EXPECT_EQ(us.ended.size(), 4u + 3 * 3);
}

void at_random(Party &us, const std::string &target, unsigned seed, int rounds, std::atomic<int> &made) {
    std::mt19937 r(seed);
    int16_t pcm[320] = {0};
    std::vector<sipua_id> bridges, rooms;
    sipua_agent *raw = us.agent.raw;
    for (int i = 0; i < rounds; i++) {
        sipua_id x = us.at(r()), y = us.at(r()), id = 0;
        sipua_id bridge = bridges.empty() ? 0 : bridges[r() % bridges.size()];
        sipua_id room = rooms.empty() ? 0 : rooms[r() % rooms.size()];
        sipua_call_config call = SIPUA_CALL_CONFIG_INIT;
        sipua_bridge_config how = SIPUA_BRIDGE_CONFIG_INIT;
        sipua_change hold = SIPUA_CHANGE_INIT;
        call.target = target.c_str();
        how.untouched = r() % 3 ? SIPUA_ON : SIPUA_OFF;
        how.hangup = r() % 2 ? SIPUA_ON : SIPUA_OFF;
        hold.hold = r() % 2 ? SIPUA_ON : SIPUA_OFF;
        switch (r() % 16) {
        case 0: case 1:
            if (us.count() < 12) sipua_call_create(raw, 0, &call, 0, &id);
            break;
        case 2: case 3: case 4:
            if (x && y && x != y && sipua_bridge_create(raw, x, y, &how, 0, &id) == SIPUA_OK) bridges.push_back(id), made++;
            break;
        case 5: if (bridge) sipua_bridge_end(raw, bridge, 0); break;
        case 6:
            if (rooms.size() < 20 && sipua_conference_create(raw, nullptr, 0, &id) == SIPUA_OK) rooms.push_back(id), made++;
            break;
        case 7: case 8: if (room && x) sipua_conference_add(raw, room, x, 0); break;
        case 9: if (room && x) sipua_conference_remove(raw, room, x, 0); break;
        case 10: if (room) sipua_conference_end(raw, room, r() % 4 ? SIPUA_OFF : SIPUA_ON, 0); break;
        case 11: if (x && r() % 3 == 0) sipua_call_hangup(raw, x, nullptr, 0); break;
        case 12: if (x) sipua_call_change(raw, x, &hold, 0); break;
        case 13: sipua_audio_write(raw, r() % 2 || !room ? x : room, pcm, 320, 16000, 1, 0); break;
        case 14: sipua_audio_read(raw, r() % 2 || !room ? x : room, pcm, 320, 0, nullptr); break;
        case 15: if (x) sipua_call_mute(raw, x, SIPUA_FLAG_SEND, r() % 2 ? SIPUA_ON : SIPUA_OFF, 0); break;
        }
        std::this_thread::sleep_for(std::chrono::microseconds(r() % 4000));
    }
}

TEST(Workers, AnythingAtRandomOnSeveralMediaThreadsEndsOnce) {
    Party us(4), phones(2);
    std::atomic<int> made{0};
    for (size_t i = 0; i < 6; i++) us.agent.call(phones.agent.uri());
    ASSERT_TRUE(us.wait(6));
    std::string target = phones.agent.uri();
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < 3; i++)
        threads.emplace_back([&, i] { at_random(us, target, 7 + i, 500, made); });
    for (auto &t : threads) t.join();
    us.finish();
    phones.finish();
    size_t others = 0;
    for (sipua_id id : us.ended) others += id != 0;
    EXPECT_GE((int)others, made.load()) << "each bridge and each conference has ended";
    EXPECT_EQ(us.count(), 0u);
}

TEST(Workers, CloseInTheMiddleOfIt) {
    for (unsigned round = 0; round < 4; round++) {
        Party us(3), phones(2);
        std::atomic<int> made{0};
        for (size_t i = 0; i < 4; i++) us.agent.call(phones.agent.uri());
        ASSERT_TRUE(us.wait(4));
        std::string target = phones.agent.uri();
        std::thread busy([&] { at_random(us, target, 99 + round, 150, made); });
        std::this_thread::sleep_for(std::chrono::milliseconds(20 + 40 * round));
        EXPECT_EQ(sipua_agent_close(us.agent.raw), SIPUA_OK);
        busy.join();
        us.thread.join();
        phones.finish();
    }
}

} // namespace
