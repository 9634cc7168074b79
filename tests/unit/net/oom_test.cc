#include <sys/eventfd.h>
#include <unistd.h>

#include "net_fixture.h"
#include "support/oom.h"

extern "C" {
#include "net/websocket.h"
}

namespace {

// Everything that this floor does, with each allocation failing once: an error or a lost datagram, never a crash or leak.
TEST(NetOom, LoopAndSockets) {
    int n = OomEach([] {
        net_loop *l = net_loop_create();
        if (!l) return;
        Box a, b;
        net_udp *ua = nullptr, *ub = nullptr;
        net_addr at = net_addr_loopback(NET_V4, 0);
        net_udp_open(l, &at, nullptr, Box::sink, &a, &ua);
        net_udp_open(l, &at, nullptr, Box::sink, &b, &ub);
        if (ua && ub) {
            net_udp_send(ua, net_udp_local(ub), SX_LIT("x"));
            for (int i = 0; i < 200 && b.seen.empty(); i++) net_loop_run_once(l, 20);
            EXPECT_FALSE(b.seen.empty());
        }
        net_udp_close(ua);
        net_udp_close(ub);
        int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        net_watch *w = nullptr;
        net_watch_open(l, fd, Box::sink, &a, &w);
        net_watch_close(w);
        close(fd);
        net_loop_destroy(l);
    });
    EXPECT_GE(n, 8);
}

TEST(NetOom, Tcp) {
    int n = OomEach([] {
        net_loop *l = net_loop_create();
        if (!l) return;
        Box s, c;
        net_listener *ls = nullptr;
        net_conn *cc = nullptr;
        net_addr at = net_addr_loopback(NET_V4, 0);
        net_listener_open(l, &at, nullptr, Box::sink, &s, &ls);
        if (ls) net_tcp_connect(l, net_listener_local(ls), nullptr, nullptr, Box::sink, &c, &cc);
        if (cc) {
            net_conn_send(cc, SX_LIT("hello"));
            for (int i = 0; i < 200 && s.data() != "hello" && !c.count(NET_CLOSED) && !oom_failed(); i++)
                net_loop_run_once(l, 20);
        }
        if (s.accepted && !oom_failed()) net_conn_send(s.accepted, SX_LIT("back"));
        for (int i = 0; i < 3; i++) net_loop_run_once(l, 5);
        net_conn_close(cc, true);
        net_conn_close(s.accepted, false);
        net_listener_close(ls);
        net_loop_destroy(l);
    });
    EXPECT_GE(n, 8);
}

TEST(NetOom, WebSocket) {
    int n = OomEach([] {
        net_loop *l = net_loop_create();
        if (!l) return;
        Box s, c;
        net_listener *ls = nullptr;
        net_ws *sw = nullptr, *cw = nullptr;
        net_addr at = net_addr_loopback(NET_V4, 0);
        const char *origins[] = {"https://phone.example"};
        net_ws_options o = {};
        o.origins = origins;
        o.norigins = 1;
        o.server_path = "/sip";
        o.path = "/sip";
        o.headers = "Origin: https://phone.example\r\n";
        s.then = [&](const net_event *ev) {
            if (ev->type == NET_ACCEPTED) net_ws_accept(ev->conn, &o, Box::sink, &s, &sw);
        };
        std::string big(20000, 'x');
        auto turn = [&](const std::function<bool()> &so) {
            for (int i = 0; i < 200 && !so() && !c.count(NET_CLOSED) && !s.count(NET_CLOSED) && !oom_failed(); i++)
                net_loop_run_once(l, 20);
        };
        net_listener_open(l, &at, nullptr, Box::sink, &s, &ls);
        if (ls) net_ws_connect(l, net_listener_local(ls), nullptr, nullptr, &o, Box::sink, &c, &cw);
        if (cw) {
            net_ws_send(cw, SX_LIT("hello"));
            turn([&] { return s.data() == "hello"; });
        }
        if (sw && s.count(NET_CONNECTED)) {
            net_ws_send(sw, slice(big));
            net_ws_read(cw, false);
            for (int i = 0; i < 3; i++) net_loop_run_once(l, 5);
            net_ws_read(cw, true);
            turn([&] { return c.count(NET_DATA) == 1; });
            net_ws_ping(sw);
        }
        for (int i = 0; i < 3; i++) net_loop_run_once(l, 5);
        net_ws_close(cw, true);
        for (int i = 0; i < 3; i++) net_loop_run_once(l, 5);
        net_ws_close(sw, false);
        net_listener_close(ls);
        net_loop_destroy(l);
    });
    EXPECT_GE(n, 15);
}

TEST(NetOom, Dns) {
    int n = OomEach([] {
        net_loop *l = net_loop_create();
        if (!l) return;
        Box box;
        net_dns *d = nullptr;
        net_dns_options o = {};
        o.servers = "127.0.0.1:9";
        o.timeout_ms = 20;
        o.tries = 1;
        net_dns_create(l, &o, Box::sink, &box, &d);
        size_t asked = 0;
        if (d) {
            asked += net_dns_query(d, SX_LIT("localhost"), NET_V4, 1) == SX_OK;
            asked += net_dns_query(d, SX_LIT("127.0.0.1"), NET_BOTH, 2) == SX_OK;
            asked += net_dns_query(d, SX_LIT("pbx.example."), NET_BOTH, 3) == SX_OK;
            for (int i = 0; i < 500 && box.seen.size() < asked; i++) net_loop_run_once(l, 10);
            EXPECT_EQ(asked, box.seen.size());
        }
        net_dns_destroy(d);
        net_loop_destroy(l);
    });
    EXPECT_GE(n, 10);
}

}  // namespace
