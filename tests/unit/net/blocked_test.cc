// The system's send buffer is full when we say so (sendmmsg, sendto and send are wrapped at link time): on loopback it never is.
#include <cerrno>

#include "net_fixture.h"

static int block_calls;      // this many calls meet a full buffer
static size_t stream_at_most;  // a stream takes at most this many bytes a call; 0: all

extern "C" {
int __real_sendmmsg(int fd, struct mmsghdr *m, unsigned n, int flags);
ssize_t __real_sendto(int fd, const void *p, size_t n, int flags, const struct sockaddr *to, socklen_t tn);
ssize_t __real_send(int fd, const void *p, size_t n, int flags);

static bool full() {
    if (block_calls == 0) return false;
    if (block_calls > 0) block_calls--;
    errno = EAGAIN;
    return true;
}

int __wrap_sendmmsg(int fd, struct mmsghdr *m, unsigned n, int flags) {
    return full() ? -1 : __real_sendmmsg(fd, m, n, flags);
}
ssize_t __wrap_sendto(int fd, const void *p, size_t n, int flags, const struct sockaddr *to, socklen_t tn) {
    return full() ? -1 : __real_sendto(fd, p, n, flags, to, tn);
}
ssize_t __wrap_send(int fd, const void *p, size_t n, int flags) {
    if (full()) return -1;
    if (stream_at_most && n > stream_at_most) n = stream_at_most;
    return __real_send(fd, p, n, flags);
}
}

namespace {

class Blocked : public Net {
    void TearDown() override {
        block_calls = 0;
        stream_at_most = 0;
        Net::TearDown();
    }
};

TEST_F(Blocked, DatagramsWaitForTheSystemAndKeepTheirOrder) {
    Box a, b;
    net_udp *ua = udp("127.0.0.1:0", &a), *ub = udp("127.0.0.1:0", &b);
    block_calls = 5;
    for (int i = 0; i < 150; i++) ASSERT_EQ(SX_OK, net_udp_send(ua, net_udp_local(ub), slice(std::to_string(i))));
    ASSERT_TRUE(until([&] { return b.count(NET_DATAGRAM) == 150; }));
    for (int i = 0; i < 150; i++) EXPECT_EQ(std::to_string(i), b.seen[i].bytes);
    net_udp_figures f;
    net_udp_get_figures(ua, &f);
    EXPECT_GT(f.blocked, 0u);
    EXPECT_EQ(150u, f.sent);
    EXPECT_EQ(0u, f.dropped);
    net_udp_close(ua);
    net_udp_close(ub);
}

TEST_F(Blocked, WaitingDatagramsAreBounded) {
    Box a;
    net_udp_options o = {};
    o.queue_max = 10000;
    net_udp *ua = udp("127.0.0.1:0", &a, &o);
    block_calls = -1;
    std::string k(1000, 'x');
    int rc = SX_OK;
    for (int i = 0; i < 1000 && rc == SX_OK; i++) {
        rc = net_udp_send(ua, net_udp_local(ua), slice(k));
        net_loop_run_once(l, 0);
    }
    EXPECT_EQ(SX_E_FULL, rc);
    net_udp_figures f;
    net_udp_get_figures(ua, &f);
    EXPECT_EQ(10u, f.blocked);
    EXPECT_EQ(1u, f.dropped);
    block_calls = 0;
    EXPECT_TRUE(until([&] { return a.count(NET_DATAGRAM) == 10; }));
    block_calls = -1;
    for (int i = 0; i < 5; i++) net_udp_send(ua, net_udp_local(ua), slice(k));
    net_loop_run_once(l, 0);
    net_udp_close(ua);  // with some still waiting
}

TEST_F(Blocked, StreamWrittenInSmallPiecesArrivesWhole) {
    Box s, c;
    net_addr at = net_addr_loopback(NET_V4, 0);
    net_listener *ls;
    net_conn *cc;
    ASSERT_EQ(SX_OK, net_listener_open(l, &at, nullptr, Box::sink, &s, &ls));
    ASSERT_EQ(SX_OK, net_tcp_connect(l, net_listener_local(ls), nullptr, nullptr, Box::sink, &c, &cc));
    ASSERT_TRUE(until([&] { return s.accepted && c.count(NET_CONNECTED); }));
    std::string all;
    stream_at_most = 7;
    for (int i = 0; i < 50; i++) {
        std::string part = "part " + std::to_string(i) + ";";
        block_calls = 1;
        all += part;
        ASSERT_EQ(SX_OK, net_conn_send(cc, slice(part)));
        net_loop_run_once(l, 0);
    }
    ASSERT_TRUE(until([&] { return s.data().size() >= all.size(); }));
    EXPECT_EQ(all, s.data());
    block_calls = 3;
    net_conn_send(cc, SX_LIT("the end"));
    net_conn_close(cc, true);
    ASSERT_TRUE(until([&] { return s.count(NET_CLOSED) == 1; }));
    EXPECT_EQ(all + "the end", s.data());
    net_conn_close(s.accepted, false);
    net_listener_close(ls);
}

}  // namespace
