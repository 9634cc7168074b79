/* Many threads at random, on two agents that call each other: no crash, no race, no hang, every id ends once. */
#include "support.h"

#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

namespace {

struct Side {
    Agent agent;
    std::mutex lock;
    std::vector<sipua_id> calls; /* alive, as far as is known */
    std::set<sipua_id> made, ended;
    std::map<uint64_t, int> replies;
    std::atomic<uint64_t> tag{1};
    std::atomic<uint64_t> tags_sent{0};

    sipua_id any(unsigned r) {
        std::lock_guard<std::mutex> g(lock);
        return calls.empty() ? 0 : calls[r % calls.size()];
    }
};

void poller(Side &s) {
    for (;;) {
        sipua_event *raw;
        int rc = sipua_poll(s.agent.raw, 1000, &raw);
        if (rc == SIPUA_E_CLOSED) return;
        if (rc <= 0) continue;
        Event e(raw);
        std::lock_guard<std::mutex> g(s.lock);
        if (e.v.type == SIPUA_EVENT_INCOMING_CALL) {
            s.calls.push_back(e.v.id);
            s.made.insert(e.v.id);
        } else if (e.v.type == SIPUA_EVENT_CALL_ENDED) {
            EXPECT_TRUE(s.ended.insert(e.v.id).second);
            for (size_t i = 0; i < s.calls.size(); i++) {
                if (s.calls[i] != e.v.id) continue;
                s.calls[i] = s.calls.back();
                s.calls.pop_back();
                break;
            }
        } else if (e.v.type == SIPUA_EVENT_REPLY) {
            s.replies[e.v.tag]++;
        } else if (e.v.call) {
            EXPECT_FALSE(s.ended.count(e.v.call)) << "after its end: " << e.json();
        }
        if (e.v.tag % 7 == 0) sipua_event_json(raw);
    }
}

void worker(Side &s, const std::string &target, unsigned seed, int rounds) {
    std::mt19937 r(seed);
    int16_t pcm[320] = {0};
    for (int i = 0; i < rounds; i++) {
        sipua_id id = s.any(r());
        uint64_t tag = r() % 2 ? s.tag++ : 0;
        int32_t rc = -1;
        switch (r() % 14) {
        case 0: case 1: case 2: {
            sipua_call_config c = SIPUA_CALL_CONFIG_INIT;
            c.target = target.c_str();
            c.media = r() % 2 ? SIPUA_MEDIA_NONE : SIPUA_MEDIA_RTP;
            sipua_id made = 0;
            /* under the lock, so that its end cannot be seen before it is known */
            std::lock_guard<std::mutex> g(s.lock);
            rc = sipua_call_create(s.agent.raw, 0, &c, tag, &made);
            if (rc == SIPUA_OK) {
                s.calls.push_back(made);
                s.made.insert(made);
            }
            break;
        }
        case 3: case 4: rc = sipua_call_hangup(s.agent.raw, id, nullptr, tag); break;
        case 5: rc = sipua_call_answer(s.agent.raw, id, nullptr, tag); break;
        case 6: rc = sipua_call_ring(s.agent.raw, id, nullptr, tag); break;
        case 7: rc = sipua_call_reject(s.agent.raw, id, nullptr, tag); break;
        case 8: rc = sipua_call_dtmf(s.agent.raw, id, "1", 40, 50, tag); break;
        case 9: rc = sipua_call_stats_request(s.agent.raw, id, tag); break;
        case 10: rc = sipua_audio_flush(s.agent.raw, id, tag); break;
        case 11: tag = 0; sipua_audio_write(s.agent.raw, id, pcm, 320, 16000, 1, 0); break;
        case 12: tag = 0; sipua_audio_read(s.agent.raw, id, pcm, 320, (int)(r() % 3), nullptr); break;
        case 13: rc = sipua_agent_stats(s.agent.raw, tag); break;
        }
        if (tag && rc == SIPUA_OK) s.tags_sent++;
        if (r() % 8 == 0) std::this_thread::sleep_for(std::chrono::microseconds(r() % 500));
    }
}

void run(Side &a, Side &b, int rounds, unsigned seed) {
    std::string to_a = a.agent.uri(), to_b = b.agent.uri();
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < 3; i++) {
        threads.emplace_back(worker, std::ref(a), to_b, seed + i, rounds);
        threads.emplace_back(worker, std::ref(b), to_a, seed + 100 + i, rounds);
    }
    for (auto &t : threads) t.join();
}

void start(Side &a, Side &b) {
    sipua_agent_config c = Agent::defaults();
    c.max_calls = 40;
    for (Side *s : {&a, &b}) {
        ASSERT_NO_FATAL_FAILURE(s->agent.start(c));
        ASSERT_EQ(sipua_agent_ask(s->agent.raw, SIPUA_ASK_CALL, SIPUA_ON, 0), SIPUA_OK);
    }
}

TEST(Stress, ManyThreadsAndAPoliteEnd) {
    Side a, b;
    ASSERT_NO_FATAL_FAILURE(start(a, b));
    std::thread pa(poller, std::ref(a)), pb(poller, std::ref(b));
    run(a, b, 250, 1);
    for (Side *s : {&a, &b}) EXPECT_EQ(sipua_agent_shutdown(s->agent.raw, 1000, 0), SIPUA_OK);
    pa.join();
    pb.join();
    for (Side *s : {&a, &b}) {
        EXPECT_EQ(s->made, s->ended); /* every call has ended, and none that nobody knew */
        EXPECT_EQ(s->replies.size(), s->tags_sent);
        for (auto &[tag, n] : s->replies) EXPECT_EQ(n, 1) << tag;
    }
}

TEST(Stress, CloseAtAnyMoment) {
    for (unsigned round = 0; round < 6; round++) {
        Side a, b;
        ASSERT_NO_FATAL_FAILURE(start(a, b));
        std::thread pa(poller, std::ref(a)), pb(poller, std::ref(b));
        std::thread closer([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(1 + 9 * round));
            auto t = std::chrono::steady_clock::now();
            EXPECT_EQ(sipua_agent_close(a.agent.raw), SIPUA_OK);
            EXPECT_LT(std::chrono::steady_clock::now() - t, std::chrono::seconds(5));
            EXPECT_EQ(sipua_agent_close(b.agent.raw), SIPUA_OK);
        });
        run(a, b, 60, 1000 * round);
        closer.join();
        pa.join();
        pb.join();
        for (Side *s : {&a, &b}) {
            EXPECT_EQ(s->replies.size(), s->tags_sent); /* done, refused or canceled: each tag once */
            for (auto &[tag, n] : s->replies) EXPECT_EQ(n, 1) << tag;
        }
    }
}

} // namespace
