// On real netlink, in a network namespace of the test's own.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <thread>

#include "support/own_network.h"

extern "C" {
#include "base/clock.h"
#include "base/error.h"
#include "net/netwatch.h"
}

namespace {

void set_address(const char *name, const char *address, bool up) {
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq r = {};
    strncpy(r.ifr_name, name, IFNAMSIZ - 1);
    if (address) {
        sockaddr_in a = {};
        a.sin_family = AF_INET;
        inet_pton(AF_INET, address, &a.sin_addr);
        memcpy(&r.ifr_addr, &a, sizeof a);
        EXPECT_EQ(ioctl(fd, SIOCSIFADDR, &r), 0) << strerror(errno);
    }
    ioctl(fd, SIOCGIFFLAGS, &r);
    r.ifr_flags = (short)(up ? r.ifr_flags | IFF_UP : r.ifr_flags & ~IFF_UP);
    EXPECT_EQ(ioctl(fd, SIOCSIFFLAGS, &r), 0) << strerror(errno);
    close(fd);
}

// Runs in a namespace of its own, with loopback up.
void apart(std::function<void()> body) {
    if (!own_network::allowed()) return;
    std::thread([&] {
        ASSERT_EQ(unshare(CLONE_NEWNET), 0);
        set_address("lo", nullptr, true);
        body();
    }).join();
}

struct Watch {
    net_loop *loop = net_loop_create();
    net_netwatch *w = nullptr;
    int changes = 0;
    Watch() { EXPECT_EQ(net_netwatch_open(loop, sink, this, &w), 0) << sx_last_error_text(); }
    ~Watch() {
        net_netwatch_close(w);
        net_loop_destroy(loop);
    }
    static void sink(void *ctx, const net_event *ev) {
        EXPECT_EQ(ev->type, NET_CHANGED);
        EXPECT_STRNE(ev->text, "");
        static_cast<Watch *>(ctx)->changes++;
    }
    void run(int until, uint64_t ms) {
        uint64_t end = sx_now_ms() + ms;
        while (changes < until && sx_now_ms() < end) net_loop_run_once(loop, 50);
    }
};

TEST(NetWatch, ANewAndALostAddressAreToldOnceEach) {
    apart([] {
        Watch w;
        set_address("lo:1", "10.77.0.1", true);
        w.run(1, 10000);
        EXPECT_EQ(w.changes, 1);
        set_address("lo:1", nullptr, false);
        w.run(2, 10000);
        EXPECT_EQ(w.changes, 2);
    });
}

TEST(NetWatch, AnAddressThatComesAndGoesAtOnceIsNoChange) {
    apart([] {
        Watch w;
        set_address("lo:1", "10.77.0.1", true);
        set_address("lo:1", nullptr, false);
        set_address("lo:2", "127.0.0.77", true); // loopback only
        w.run(1, 1000);
        EXPECT_EQ(w.changes, 0);
    });
}

TEST(NetWatch, AnAddressIsOursWhileItIsThere) {
    apart([] {
        net_addr a, any = net_addr_any(NET_V4, 0), lo = net_addr_loopback(NET_V4, 5060);
        ASSERT_TRUE(net_addr_parse_host(&a, sx_slice_str("10.77.0.1"), 5060));
        EXPECT_FALSE(net_addr_is_ours(&a));
        set_address("lo:1", "10.77.0.1", true);
        EXPECT_TRUE(net_addr_is_ours(&a));
        set_address("lo:1", nullptr, false);
        EXPECT_FALSE(net_addr_is_ours(&a));
        EXPECT_FALSE(net_addr_is_ours(&any));
        EXPECT_TRUE(net_addr_is_ours(&lo));
    });
}

} // namespace
