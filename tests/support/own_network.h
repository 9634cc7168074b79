/* For tests that need network namespaces, whoever runs them. */
#ifndef OWN_NETWORK_H
#define OWN_NETWORK_H

#include <gtest/gtest.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

namespace own_network {

inline const char *const INSIDE = "SIPUA_TEST_NETWORK";

inline bool may_unshare() {
    bool yes = false;
    std::thread([&] { yes = unshare(CLONE_NEWNET) == 0; }).join(); /* the thread's own, and gone with it */
    return yes;
}

inline int run(const std::vector<std::string> &words) {
    std::vector<char *> argv;
    for (auto &w : words) argv.push_back(const_cast<char *>(w.c_str()));
    argv.push_back(nullptr);
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[0], argv.data());
        _exit(127);
    }
    int status = -1;
    if (child < 0 || waitpid(child, &status, 0) != child) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* True: the calling test may make namespaces in its threads, and goes on. Else it has been run again where it may, as
 * root of a user namespace, or by sudo where that is forbidden (a chroot); its outcome is the caller's, which returns. */
inline bool allowed() {
    if (may_unshare()) return true;
    EXPECT_EQ(getenv(INSIDE), nullptr) << "a namespace in which none can be made";
    if (getenv(INSIDE)) return false;
    auto *test = testing::UnitTest::GetInstance()->current_test_info();
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self);
    std::string filter = std::string("--gtest_filter=") + test->test_suite_name() + "." + test->name();
    const std::vector<std::string> ways[] = {{"unshare", "--user", "--map-root-user", "--net"},
                                             {"sudo", "-nE", "unshare", "--net"}};
    for (auto way : ways) {
        way.insert(way.end(), {"env", std::string(INSIDE) + "=1"});
        auto probe = way, again = way;
        probe.push_back("true");
        if (run(probe) != 0) continue;
        again.insert(again.end(), {std::string(self, n > 0 ? (size_t)n : 0), filter});
        EXPECT_EQ(run(again), 0) << "the test failed in a network of its own";
        return false;
    }
    ADD_FAILURE() << "no network namespace can be made here: neither as root of a user namespace nor by sudo";
    return false;
}

} // namespace own_network

#endif
