/* A phone gets another address in the middle of a call, in networks of the test's own: the call goes on. */
#include "support.h"
#include "support/own_network.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace {

using Clock = std::chrono::steady_clock;

/* A thread in a network namespace of its own; what is started from it lives there too. */
class Elsewhere {
  public:
    Elsewhere() : thread([this] { run(); }) {
        std::unique_lock<std::mutex> l(m);
        cv.wait(l, [this] { return begun; });
    }
    ~Elsewhere() {
        {
            std::lock_guard<std::mutex> l(m);
            stop = true;
            cv.notify_all();
        }
        thread.join();
    }
    void call(std::function<void()> f) {
        std::unique_lock<std::mutex> l(m);
        job = f;
        cv.notify_all();
        cv.wait(l, [this] { return !job; });
    }
    bool shell(const std::string &line) {
        bool ok = false;
        call([&] { ok = system((line + " 2>/dev/null").c_str()) == 0; });
        return ok;
    }
    bool apart = false;
    long id = 0;

  private:
    void run() {
        std::unique_lock<std::mutex> l(m);
        apart = unshare(CLONE_NEWNET) == 0;
        id = syscall(SYS_gettid);
        begun = true;
        cv.notify_all();
        for (;;) {
            cv.wait(l, [this] { return stop || job; });
            if (stop) return;
            job();
            job = nullptr;
            cv.notify_all();
        }
    }
    std::mutex m;
    std::condition_variable cv;
    std::function<void()> job;
    bool begun = false, stop = false;
    std::thread thread;
};

/* Speaks all the time, and remembers the longest time for which it heard nothing. */
class Ear {
  public:
    Ear(sipua_agent *a, sipua_id c) : agent(a), call(c), thread([this] { run(); }) {}
    ~Ear() {
        stop = true;
        thread.join();
    }
    int longest() const { return longest_ms; }
    void forget() { longest_ms = 0; }
    bool hears(int ms) const {
        for (int i = 0; i < ms / 10 && quiet_ms > 100; i++) std::this_thread::sleep_for(std::chrono::milliseconds(10));
        return quiet_ms <= 100;
    }

  private:
    void run() {
        std::vector<int16_t> loud(160), heard(160);
        for (size_t i = 0; i < loud.size(); i++) loud[i] = i / 8 % 2 ? 9000 : -9000;
        auto last = Clock::now(), next = last;
        while (!stop) {
            sipua_audio_write(agent, call, loud.data(), 160, 8000, 0, 0);
            int32_t n = 0;
            bool any = false;
            while ((n = sipua_audio_read(agent, call, heard.data(), 160, 0, nullptr)) > 0)
                for (int32_t i = 0; i < n; i++) any = any || heard[(size_t)i] > 4000;
            auto now = Clock::now();
            if (any) last = now;
            quiet_ms = (int)std::chrono::duration_cast<std::chrono::milliseconds>(now - last).count();
            if (quiet_ms > longest_ms) longest_ms = (int)quiet_ms;
            next += std::chrono::milliseconds(20);
            std::this_thread::sleep_until(next);
        }
    }
    sipua_agent *agent;
    sipua_id call;
    std::atomic<bool> stop{false};
    std::atomic<int> quiet_ms{10000}, longest_ms{0};
    std::thread thread;
};

TEST(Move, ACallGoesOnWhenTheMachineGetsAnotherAddress) {
    if (!own_network::allowed()) return;
    Elsewhere here, there;
    ASSERT_TRUE(here.apart && there.apart);
    std::string other = std::to_string(there.id);
    ASSERT_TRUE(here.shell("ip link add v0 type veth peer name v1 netns " + other));
    ASSERT_TRUE(here.shell("ip link set lo up && ip addr add 10.9.0.1/24 dev v0 && ip link set v0 up"));
    ASSERT_TRUE(there.shell("ip link set lo up && ip addr add 10.9.0.9/24 dev v1 && ip link set v1 up"));
    Agent alice, bob;
    sipua_agent_config c = Agent::defaults();
    const char *codecs[] = {"PCMU"};
    c.codecs = codecs;
    c.codec_count = 1;
    c.bind = "0.0.0.0";
    here.call([&] { alice.start(c); });
    there.call([&] { bob.start(c); });
    ASSERT_TRUE(alice.raw && bob.raw);
    ASSERT_EQ(sipua_agent_ask(bob.raw, SIPUA_ASK_CALL, SIPUA_ON, 1), SIPUA_OK);
    ASSERT_TRUE(bob.reply(1));
    sipua_id out = alice.call("sip:bob@10.9.0.9:" + std::to_string(bob.port));
    Event incoming = bob.until(SIPUA_EVENT_INCOMING_CALL);
    ASSERT_TRUE(incoming);
    sipua_id in = incoming.v.id;
    ASSERT_EQ(sipua_call_answer(bob.raw, in, nullptr, 0), SIPUA_OK);
    ASSERT_TRUE(alice.until(SIPUA_EVENT_CALL_CONFIRMED, out));
    ASSERT_TRUE(bob.until(SIPUA_EVENT_CALL_CONFIRMED, in));
    {
        Ear a(alice.raw, out), b(bob.raw, in);
        ASSERT_TRUE(a.hears(10000) && b.hears(10000));
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        a.forget(), b.forget();
        ASSERT_TRUE(here.shell("ip addr del 10.9.0.1/24 dev v0 && ip addr add 10.9.0.2/24 dev v0"));
        Event changed = alice.until(SIPUA_EVENT_NETWORK_CHANGED);
        ASSERT_TRUE(changed);
        EXPECT_EQ(changed.v.originator, SIPUA_ORIGINATOR_SYSTEM);
        Event moved = alice.until(SIPUA_EVENT_CALL_MOVED, out);
        ASSERT_TRUE(moved);
        EXPECT_EQ(moved.v.code, SIPUA_OK) << str(moved.v.text);
        EXPECT_STREQ(moved.v.local_host, "10.9.0.2");
        EXPECT_GT(moved.v.local_port, 0);
        EXPECT_TRUE(bob.until(SIPUA_EVENT_CALL_UPDATED, in)) << "the other side was told where we are";
        EXPECT_TRUE(a.hears(5000) && b.hears(5000));
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        printf("longest silence: %d ms here, %d ms there\n", a.longest(), b.longest());
        EXPECT_LT(a.longest(), 2000); /* some 300 ms on an idle machine: the watcher waits 250 */
        EXPECT_LT(b.longest(), 2000);
    }
    ASSERT_EQ(sipua_call_hangup(bob.raw, in, nullptr, 0), SIPUA_OK);
    Event ended = alice.until(SIPUA_EVENT_CALL_ENDED, out);
    ASSERT_TRUE(ended);
    EXPECT_EQ(ended.v.originator, SIPUA_ORIGINATOR_REMOTE) << "requests of the peer find us at the new address";
}

} // namespace
