#include <sys/eventfd.h>
#include <unistd.h>

#include <thread>

#include "net_fixture.h"

namespace {

// Several agents in one process: each has its loop and its thread, and they share nothing.
TEST(NetThreads, LoopsInSeveralThreadsAndAWakeFromOutside) {
    int fds[4];
    std::vector<std::thread> threads;
    for (int &fd : fds) {
        fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        threads.emplace_back([fd] {
            net_loop *l = net_loop_create();
            ASSERT_TRUE(l);
            Box box, answers;
            net_watch *w;
            net_dns *d;
            net_udp *u;
            net_addr at = net_addr_loopback(NET_V4, 0);
            ASSERT_EQ(SX_OK, net_watch_open(l, fd, Box::sink, &box, &w));
            ASSERT_EQ(SX_OK, net_dns_create(l, nullptr, Box::sink, &answers, &d));
            ASSERT_EQ(SX_OK, net_udp_open(l, &at, nullptr, Box::sink, &answers, &u));
            box.then = [&](const net_event *) {
                uint64_t v;
                if (read(fd, &v, 8) == 8) net_loop_stop(l);
            };
            net_dns_query(d, SX_LIT("localhost"), NET_V4, 1);
            net_udp_send(u, net_udp_local(u), SX_LIT("x"));
            net_loop_run(l);
            net_watch_close(w);
            net_dns_destroy(d);
            net_udp_close(u);
            net_loop_destroy(l);
        });
    }
    for (int fd : fds) {
        uint64_t one = 1;
        EXPECT_EQ(8, write(fd, &one, 8));
    }
    for (auto &t : threads) t.join();
    for (int fd : fds) close(fd);
}

}  // namespace
