/* What the library may do to the process it lives in: nothing; and what the process may do to it: fork, signals, loops.
 */
#include "support.h"

#include <dirent.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <thread>

namespace {

struct Fds {
    std::map<int, std::string> open;
    Fds() {
        DIR *d = opendir("/proc/self/fd");
        while (dirent *e = readdir(d)) {
            char target[256], path[300];
            snprintf(path, sizeof path, "/proc/self/fd/%.200s", e->d_name);
            ssize_t n = readlink(path, target, sizeof target - 1);
            if (n > 0 && atoi(e->d_name) != dirfd(d)) open[atoi(e->d_name)] = std::string(target, (size_t)n);
        }
        closedir(d);
    }
};

TEST(Host, SignalsLocaleAndPipesAreLeftAlone) {
    setlocale(LC_ALL, "C");
    struct sigaction before[65] = {}, after[65] = {};
    for (int i = 1; i < 65; i++) sigaction(i, nullptr, &before[i]);
    sigset_t mask, mask2;
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    {
        Agent a, b;
        ASSERT_NO_FATAL_FAILURE(a.start());
        ASSERT_NO_FATAL_FAILURE(b.start());
        sipua_id id = a.call(b.uri("bob", ";transport=tcp"));
        a.until(SIPUA_EVENT_CALL_ENDED, id);
    }
    pthread_sigmask(SIG_SETMASK, nullptr, &mask2);
    for (int i = 1; i < 65; i++) EXPECT_EQ(sigismember(&mask, i), sigismember(&mask2, i)) << "signal " << i;
    for (int i = 1; i < 65; i++) {
        sigaction(i, nullptr, &after[i]);
        EXPECT_EQ(before[i].sa_handler, after[i].sa_handler) << "signal " << i;
    }
    EXPECT_STREQ(setlocale(LC_ALL, nullptr), "C");
}

TEST(Host, EveryDescriptorIsCloseOnExecAndAllAreGivenBack) {
    {
        Agent warm; /* what libraries open once for the process */
        ASSERT_NO_FATAL_FAILURE(warm.start());
    }
    Fds before;
    for (int round = 0; round < 3; round++) {
        Agent a, b;
        ASSERT_NO_FATAL_FAILURE(a.start());
        ASSERT_NO_FATAL_FAILURE(b.start());
        ASSERT_EQ(sipua_agent_ask(b.raw, SIPUA_ASK_CALL, SIPUA_ON, 1), SIPUA_OK);
        ASSERT_TRUE(b.reply(1));
        sipua_id id = a.call(b.uri("bob", ";transport=tcp"));
        Event in = b.until(SIPUA_EVENT_INCOMING_CALL);
        sipua_call_answer(b.raw, in.v.id, nullptr, 0);
        a.until(SIPUA_EVENT_CALL_CONFIRMED, id);
        for (auto &[fd, name] : Fds().open) {
            if (before.open.count(fd)) continue;
            EXPECT_TRUE(fcntl(fd, F_GETFD) & FD_CLOEXEC) << name;
        }
    }
    Fds after;
    for (auto &[fd, name] : after.open) EXPECT_TRUE(before.open.count(fd)) << name << " is still open";
}

TEST(Host, AgentsComeAndGoInUnder100ms) {
    for (int i = 0; i < 10; i++) {
        Agent a, b;
        ASSERT_NO_FATAL_FAILURE(a.start());
        ASSERT_NO_FATAL_FAILURE(b.start());
        ASSERT_EQ(sipua_agent_ask(b.raw, SIPUA_ASK_CALL, SIPUA_ON, 1), SIPUA_OK);
        ASSERT_TRUE(b.reply(1));
        sipua_id id = a.call(b.uri());
        Event in = b.until(SIPUA_EVENT_INCOMING_CALL);
        if (i % 3 == 1) sipua_call_ring(b.raw, in.v.id, nullptr, 0);
        if (i % 3 == 2) {
            sipua_call_answer(b.raw, in.v.id, nullptr, 0);
            a.until(SIPUA_EVENT_CALL_CONFIRMED, id);
        }
        auto t = std::chrono::steady_clock::now();
        EXPECT_EQ(sipua_agent_close(a.raw), SIPUA_OK);
        auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - t).count();
        EXPECT_LT(ms, 1000); /* 100 on a machine that has nothing else to do */
        RecordProperty("close_ms", (int)ms);
    }
}

TEST(Host, AForkedChildIsToldSoByEverything) {
    Agent a;
    ASSERT_NO_FATAL_FAILURE(a.start());
    sipua_id call = a.call("sip:bob@127.0.0.1:9");
    int fd = sipua_agent_fd(a.raw);
    pid_t child = fork();
    if (!child) {
        sipua_event *e;
        int16_t pcm[16];
        bool ok = sipua_poll(a.raw, 0, &e) == SIPUA_E_FORKED &&
                  sipua_call_hangup(a.raw, call, nullptr, 0) == SIPUA_E_FORKED &&
                  sipua_agent_fd(a.raw) == SIPUA_E_FORKED && sipua_agent_shutdown(a.raw, 0, 0) == SIPUA_E_FORKED &&
                  sipua_audio_read(a.raw, call, pcm, 16, 0, nullptr) == SIPUA_E_FORKED &&
                  sipua_agent_close(a.raw) == SIPUA_OK && fcntl(fd, F_GETFD) == -1;
        sipua_agent_free(a.raw);
#ifndef __SANITIZE_THREAD__         /* which forbids threads in a forked child */
        sipua_agent *own = nullptr; /* the child may have an agent of its own */
        sipua_agent_config c = Agent::defaults();
        ok = ok && sipua_agent_create(&c, &own) == SIPUA_OK && sipua_poll(own, 5000, &e) == 1;
        if (own) sipua_agent_close(own);
#endif
        _exit(ok ? 0 : 1);
    }
    int status;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT_TRUE(a.until(SIPUA_EVENT_CALL_ENDED, call)); /* the parent goes on */
    ASSERT_EQ(sipua_agent_stats(a.raw, 9), SIPUA_OK);
    EXPECT_TRUE(a.reply(9));
}

TEST(Host, AnEventLoopIsWokenForEveryEventAndSleepsOtherwise) {
    Agent a;
    ASSERT_NO_FATAL_FAILURE(a.start());
    int ep = epoll_create1(EPOLL_CLOEXEC), fd = sipua_agent_fd(a.raw);
    epoll_event ev{EPOLLIN, {}}, got;
    ASSERT_EQ(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev), 0);
    for (uint64_t tag = 1; tag <= 200; tag++) {
        ASSERT_EQ(sipua_agent_ask(a.raw, SIPUA_ASK_CALL, SIPUA_ON, tag), SIPUA_OK);
        ASSERT_EQ(epoll_wait(ep, &got, 1, 10000), 1);
        Event e = a.next(0);
        while (!e) { /* rarely readable with none */
            ASSERT_EQ(epoll_wait(ep, &got, 1, 10000), 1);
            e = a.next(0);
        }
        EXPECT_EQ(e.v.tag, tag);
        EXPECT_FALSE(a.next(0));
    }
    EXPECT_EQ(epoll_wait(ep, &got, 1, 20), 0);
    ASSERT_EQ(sipua_agent_close(a.raw), SIPUA_OK);
    EXPECT_EQ(epoll_wait(ep, &got, 1, 10000), 1); /* the loop learns of the end */
    close(ep);
}

TEST(Host, APollIsInterruptedBySignalsAndByRequest) {
    Agent a;
    ASSERT_NO_FATAL_FAILURE(a.start());
    struct sigaction act {
    }, old;
    act.sa_handler = [](int) {};
    act.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &act, &old);
    std::atomic<bool> done{false};
    std::thread poller([&] {
        sipua_event *e;
        EXPECT_EQ(sipua_poll(a.raw, -1, &e), SIPUA_E_INTERRUPTED);
        done = true;
        EXPECT_EQ(sipua_poll(a.raw, -1, &e), SIPUA_E_INTERRUPTED);
    });
    while (!done) {
        pthread_kill(poller.native_handle(), SIGUSR1);
        usleep(1000);
    }
    sipua_poll_interrupt(a.raw);
    poller.join();
    sigaction(SIGUSR1, &old, nullptr);
}

TEST(Host, WaitingForAudioEndsWithTheAgent) {
    Agent a, b;
    ASSERT_NO_FATAL_FAILURE(a.start());
    ASSERT_NO_FATAL_FAILURE(b.start());
    ASSERT_EQ(sipua_agent_ask(b.raw, SIPUA_ASK_CALL, SIPUA_ON, 1), SIPUA_OK);
    ASSERT_TRUE(b.reply(1));
    sipua_id id = a.call(b.uri());
    b.until(SIPUA_EVENT_INCOMING_CALL);
    std::thread reader([&] {
        int16_t pcm[160];
        int rc;
        while ((rc = sipua_audio_read(a.raw, id, pcm, 160, -1, nullptr)) > 0) {
        }
        EXPECT_TRUE(rc == SIPUA_E_CLOSED || rc == SIPUA_E_EOF) << rc;
    });
    std::thread writer([&] {
        std::vector<int16_t> pcm(48000 * 70);
        int rc = sipua_audio_write(a.raw, id, pcm.data(), (uint32_t)pcm.size(), 48000, 0, -1);
        if (rc != SIPUA_E_CLOSED) {    /* it came too late */
            EXPECT_GT(rc, 48000 * 50); /* a minute of it fits */
            EXPECT_LT(rc, (int)pcm.size());
        }
    });
    usleep(30000);
    EXPECT_EQ(sipua_agent_close(a.raw), SIPUA_OK);
    reader.join();
    writer.join();
}

TEST(Host, OutOfDescriptorsIsAnErrorAndNeverTheEndOfTheProcess) {
    rlimit old, few;
    getrlimit(RLIMIT_NOFILE, &old);
    Fds now;
    std::vector<int> holes; /* below the highest one: they would be taken first, and none would ever be missing */
    while (holes.empty() || holes.back() < now.open.rbegin()->first) holes.push_back(dup(0));
    const int highest = holes.back();
    few = old;
    for (int n = 0; n < 24; n++) {
        few.rlim_cur = (rlim_t)highest + 1 + (rlim_t)n;
        setrlimit(RLIMIT_NOFILE, &few);
        sipua_agent *a = nullptr;
        sipua_agent_config c = Agent::defaults();
        int32_t rc = sipua_agent_create(&c, &a);
        setrlimit(RLIMIT_NOFILE, &old);
        EXPECT_EQ(rc == SIPUA_OK, a != nullptr);
        if (rc < 0) {
            EXPECT_STRNE(sipua_last_error_text(), "") << sipua_error_name(rc);
        }
        sipua_agent_free(a);
    }
    for (int fd : holes) close(fd);
    EXPECT_EQ(Fds().open.size(), now.open.size());
}

} // namespace
