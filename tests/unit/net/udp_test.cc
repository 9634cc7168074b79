#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net_fixture.h"

namespace {

class Udp : public Net {};

TEST_F(Udp, DatagramsArriveInOrderWithBothAddresses) {
    Box a, b;
    net_udp *ua = udp("127.0.0.1:0", &a), *ub = udp("127.0.0.1:0", &b);
    ASSERT_NE(0, net_addr_port(net_udp_local(ua)));
    for (int i = 0; i < 200; i++)
        ASSERT_EQ(SX_OK, net_udp_send(ua, net_udp_local(ub), slice(std::to_string(i))));
    ASSERT_TRUE(until([&] { return b.count(NET_DATAGRAM) == 200; }));
    for (int i = 0; i < 200; i++) EXPECT_EQ(std::to_string(i), b.seen[i].bytes);
    EXPECT_EQ(text_of(net_udp_local(ua)), b.seen[0].from);
    EXPECT_EQ(text_of(net_udp_local(ub)), b.seen[0].local);
    net_udp_figures f;
    net_udp_get_figures(ua, &f);
    EXPECT_EQ(200u, f.sent);
    net_udp_close(ua);
    net_udp_close(ub);
}

TEST_F(Udp, NothingIsSentBeforeTheEndOfTheTurnAndNobodyIsReentered) {
    Box a;
    net_udp *ua = udp("127.0.0.1:0", &a);
    bool inside = false;
    int rounds = 0;
    a.then = [&](const net_event *ev) {
        EXPECT_FALSE(inside);
        inside = true;
        if (ev->type == NET_DATAGRAM && rounds++ < 10) net_udp_send(ua, ev->from, SX_LIT("again"));
        inside = false;
    };
    net_udp_send(ua, net_udp_local(ua), SX_LIT("self"));
    EXPECT_TRUE(until([&] { return rounds == 11; }));
    net_udp_close(ua);
}

TEST_F(Udp, WildcardSocketTellsWhichOfItsAddressesWasUsed) {
    Box a, b;
    net_udp *ua = udp("0.0.0.0:0", &a), *ub = udp("127.0.0.1:0", &b);
    net_addr to = addr("127.0.0.7:1");
    net_addr_set_port(&to, net_addr_port(net_udp_local(ua)));
    net_udp_send(ub, &to, SX_LIT("x"));
    ASSERT_TRUE(until([&] { return a.count(NET_DATAGRAM) == 1; }));
    EXPECT_EQ(text_of(&to), a.seen[0].local);
    net_udp_close(ua);
    net_udp_close(ub);
}

TEST_F(Udp, LargestDatagramPassesAndALongerOneIsRefused) {
    Box a;
    net_udp *ua = udp("127.0.0.1:0", &a);
    std::string big(65507, 'x');
    EXPECT_EQ(SX_OK, net_udp_send(ua, net_udp_local(ua), slice(big)));
    EXPECT_EQ(SX_OK, net_udp_send(ua, net_udp_local(ua), slice(big)));
    EXPECT_EQ(SX_OK, net_udp_send(ua, net_udp_local(ua), slice(big)));
    EXPECT_EQ(SX_E_INVALID, net_udp_send(ua, net_udp_local(ua), slice(big + "x")));
    ASSERT_TRUE(until([&] { return a.count(NET_DATAGRAM) == 3; }));
    EXPECT_EQ(big, a.seen[2].bytes);
    net_udp_close(ua);
}

TEST_F(Udp, ClosedPortIsReportedWithItsAddress) {
    Box a, b;
    net_udp *ua = udp("127.0.0.1:0", &a), *ub = udp("127.0.0.1:0", &b);
    net_addr dead = *net_udp_local(ub);
    net_udp_close(ub);
    net_udp_send(ua, &dead, SX_LIT("anybody?"));
    ASSERT_TRUE(until([&] { return a.count(NET_SEND_ERROR) == 1; }));
    EXPECT_EQ(text_of(&dead), a.seen[0].from);
    EXPECT_EQ(SX_E_TRANSPORT, a.seen[0].code);
    EXPECT_EQ("Connection refused", a.seen[0].text);
    // and the socket goes on working
    net_udp_send(ua, net_udp_local(ua), SX_LIT("me"));
    EXPECT_TRUE(until([&] { return a.count(NET_DATAGRAM) == 1; }));
    net_udp_close(ua);
}

TEST_F(Udp, DeadNeighbourDoesNotCostOtherDatagrams) {
    Box a, b, c;
    net_udp *ua = udp("127.0.0.1:0", &a), *ub = udp("127.0.0.1:0", &b), *uc = udp("127.0.0.1:0", &c);
    net_addr dead = *net_udp_local(uc);
    net_udp_close(uc);
    for (int i = 0; i < 50; i++) {
        net_udp_send(ua, &dead, SX_LIT("x"));
        net_udp_send(ua, net_udp_local(ub), SX_LIT("y"));
        net_loop_run_once(l, 0);
    }
    EXPECT_TRUE(until([&] { return b.count(NET_DATAGRAM) == 50; }));
    net_udp_close(ua);
    net_udp_close(ub);
}

TEST_F(Udp, BadDestinationIsAnEventNotALostLoop) {
    Box a;
    net_udp *ua = udp("127.0.0.1:0", &a);
    net_addr zero = addr("127.0.0.1:0"), six = addr("[::1]:5060");
    EXPECT_EQ(SX_E_INVALID, net_udp_send(ua, &six, SX_LIT("x")));
    EXPECT_EQ(SX_E_INVALID, net_udp_send(ua, nullptr, SX_LIT("x")));
    EXPECT_EQ(SX_OK, net_udp_send(ua, &zero, SX_LIT("x")));
    ASSERT_TRUE(until([&] { return a.count(NET_SEND_ERROR) == 1; }));
    net_udp_close(ua);
}

TEST_F(Udp, ConnectedSocketHearsOnlyItsPeer) {
    Box a, b, c;
    net_udp *ua = udp("127.0.0.1:0", &a), *ub = udp("127.0.0.1:0", &b), *uc = udp("127.0.0.1:0", &c);
    ASSERT_EQ(SX_OK, net_udp_connect(ua, net_udp_local(ub)));
    net_udp_send(uc, net_udp_local(ua), SX_LIT("stranger"));
    net_udp_send(ub, net_udp_local(ua), SX_LIT("friend"));
    net_udp_send(ua, nullptr, SX_LIT("hello"));
    ASSERT_TRUE(until([&] { return a.count(NET_DATAGRAM) == 1 && b.count(NET_DATAGRAM) == 1; }));
    EXPECT_EQ("friend", a.seen[0].bytes);
    ASSERT_EQ(SX_OK, net_udp_connect(ua, nullptr));
    net_udp_send(uc, net_udp_local(ua), SX_LIT("stranger"));
    ASSERT_TRUE(until([&] { return a.count(NET_DATAGRAM) == 2; }));
    for (net_udp *u : {ua, ub, uc}) net_udp_close(u);
}

TEST_F(Udp, ClosingInsideItsOwnHandlerIsSafe) {
    Box a, b;
    net_udp *ua = udp("127.0.0.1:0", &a), *ub = udp("127.0.0.1:0", &b);
    b.then = [&](const net_event *) {
        net_udp_close(ub);
        b.then = nullptr;
    };
    for (int i = 0; i < 30; i++) net_udp_send(ua, net_udp_local(ub), SX_LIT("x"));
    ASSERT_TRUE(until([&] { return b.count(NET_DATAGRAM) >= 1; }));
    net_loop_run_once(l, 20);
    EXPECT_EQ(1u, b.seen.size());
    net_udp_close(ua);
}

TEST_F(Udp, ClosingInATaskBetweenTwoDatagramsIsSafe) {
    struct Closer {
        sx_task t;
        net_udp *u;
    } closer;
    Box a, b;
    net_udp *ua = udp("127.0.0.1:0", &a), *ub = udp("127.0.0.1:0", &b);
    closer.u = ub;
    sx_task_init(&closer.t, [](sx_task *t) { net_udp_close(reinterpret_cast<Closer *>(t)->u); });
    b.then = [&](const net_event *) { sx_runq_post(net_loop_runq(l), &closer.t); };
    for (int i = 0; i < 30; i++) net_udp_send(ua, net_udp_local(ub), SX_LIT("x"));
    ASSERT_TRUE(until([&] { return b.count(NET_DATAGRAM) >= 1; }));
    net_loop_run_once(l, 20);
    EXPECT_EQ(1u, b.seen.size());
    net_udp_close(ua);
}

TEST_F(Udp, WhatWasSentBeforeACloseStillGoesOut) {
    Box a, b;
    net_udp *ua = udp("127.0.0.1:0", &a), *ub = udp("127.0.0.1:0", &b);
    net_udp_send(ua, net_udp_local(ub), SX_LIT("bye"));
    net_udp_close(ua);
    EXPECT_TRUE(until([&] { return b.count(NET_DATAGRAM) == 1; }));
    net_udp_close(ub);
}

TEST_F(Udp, KernelTimestampsAreOnOurClock) {
    net_udp_options o = {};
    o.timestamps = true;
    o.rcvbuf = -1;
    Box a;
    net_udp *ua = udp("127.0.0.1:0", &a, &o);
    uint64_t t0 = sx_now_us();
    net_udp_send(ua, net_udp_local(ua), SX_LIT("x"));
    ASSERT_TRUE(until([&] { return a.count(NET_DATAGRAM) == 1; }));
    EXPECT_GE(a.seen[0].arrived_us + 2000, t0);
    EXPECT_LE(a.seen[0].arrived_us, sx_now_us());
    net_udp_close(ua);
}

TEST_F(Udp, TakenForeignAndV6Addresses) {
    Box a;
    net_udp *ua = udp("127.0.0.1:0", &a), *other = nullptr;
    net_addr taken = *net_udp_local(ua), foreign = addr("192.0.2.1:0");
    EXPECT_EQ(SX_E_IN_USE, net_udp_open(l, &taken, nullptr, Box::sink, &a, &other));
    EXPECT_NE(std::string::npos, std::string(sx_last_error_text()).find("Address already in use"));
    EXPECT_EQ(SX_E_ADDRESS, net_udp_open(l, &foreign, nullptr, Box::sink, &a, &other));
    net_addr six = addr("[::1]:0");
    if (net_udp_open(l, &six, nullptr, Box::sink, &a, &other) == SX_OK) {
        net_udp_send(other, net_udp_local(other), SX_LIT("six"));
        ASSERT_TRUE(until([&] { return a.count(NET_DATAGRAM) == 1; }));
        EXPECT_EQ(text_of(net_udp_local(other)), a.seen[0].from);
        net_udp_close(other);
    }
    net_udp_close(ua);
}

class Loop : public Net {};

struct Order {
    sx_timer t;
    sx_task task;
    std::vector<std::string> *log;
    net_loop *l;
    const char *name;
};

TEST_F(Loop, RunQueueIsEmptiedBetweenTwoTimersOfTheSameMoment) {
    std::vector<std::string> log;
    Order o[2];
    for (int i = 0; i < 2; i++) {
        o[i].log = &log;
        o[i].l = l;
        o[i].name = i ? "b" : "a";
        sx_task_init(&o[i].task, [](sx_task *t) {
            Order *o = SX_CONTAINER(t, Order, task);
            o->log->push_back(std::string("task ") + o->name);
        });
        sx_timer_init(&o[i].t, [](sx_timer *t, uint64_t) {
            Order *o = reinterpret_cast<Order *>(t);
            o->log->push_back(o->name);
            sx_runq_post(net_loop_runq(o->l), &o->task);
        });
        sx_timer_start(net_loop_wheel(l), &o[i].t, net_loop_now(l) + 5);
    }
    EXPECT_TRUE(until([&] { return log.size() == 4; }));
    EXPECT_EQ((std::vector<std::string>{"a", "task a", "b", "task b"}), log);
}

TEST_F(Loop, TimersAreNeverEarly) {
    struct T {
        sx_timer t;
        uint64_t due, fired;
    } t = {};
    sx_timer_init(&t.t, [](sx_timer *t, uint64_t) { reinterpret_cast<T *>(t)->fired = sx_now_ms(); });
    for (int i = 0; i < 5; i++) {
        t.fired = 0;
        t.due = sx_now_ms() + 7;
        sx_timer_start(net_loop_wheel(l), &t.t, t.due);
        ASSERT_TRUE(until([&] { return t.fired != 0; }));
        EXPECT_GE(t.fired, t.due);
    }
}

TEST_F(Loop, WatchTellsOfAForeignDescriptorAndStopEndsTheRun) {
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    Box box;
    net_watch *w = nullptr;
    ASSERT_EQ(SX_OK, net_watch_open(l, fd, Box::sink, &box, &w));
    box.then = [&](const net_event *) {
        uint64_t v;
        EXPECT_EQ(8, read(fd, &v, 8));
        net_watch_close(w);
        net_loop_stop(l);
    };
    uint64_t one = 1;
    ASSERT_EQ(8, write(fd, &one, 8));
    net_loop_run(l);
    EXPECT_EQ(1, box.count(NET_READABLE));
    close(fd);
}

TEST_F(Loop, AbandonedInAForkedChildTheParentGoesOn) {
    Box a;
    net_udp *ua = udp("127.0.0.1:0", &a);
    pid_t pid = fork();
    if (pid == 0) {
        net_loop_abandon(l);
        _exit(0);
    }
    int status = 1;
    ASSERT_EQ(pid, waitpid(pid, &status, 0));
    EXPECT_EQ(0, status);
    net_udp_send(ua, net_udp_local(ua), SX_LIT("x"));
    EXPECT_TRUE(until([&] { return a.count(NET_DATAGRAM) == 1; }));
    net_udp_close(ua);
}

}  // namespace
