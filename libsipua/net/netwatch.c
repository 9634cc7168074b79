#define _GNU_SOURCE
#include "net/netwatch.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/hash.h"
#include "net/internal.h"

/* What we live by, as sums over hashes: the order of a dump does not matter. */
typedef struct snapshot {
    uint64_t addresses, routes;
    bool valid;
} snapshot;

struct net_netwatch {
    sx_grave grave;
    net_loop *loop;
    net_sink sink;
    void *ctx;
    net_watch *watch;
    sx_timer timer;
    snapshot seen;
    int fd;
};

static int open_socket(unsigned groups) {
    struct sockaddr_nl a;
    memset(&a, 0, sizeof a);
    a.nl_family = AF_NETLINK;
    a.nl_groups = groups;
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    if (fd < 0) return fd;
    if (bind(fd, (struct sockaddr *)&a, sizeof a) == 0) return fd;
    int err = errno;
    close(fd);
    errno = err;
    return -1;
}

/* ---- what there is ---- */

static uint64_t mix(uint64_t h, const void *p, size_t n) { return sx_hash_mix(h, p, n); }

static uint64_t address_hash(const struct nlmsghdr *h) {
    const struct ifaddrmsg *m = NLMSG_DATA(h);
    int left = (int)IFA_PAYLOAD(h);
    uint32_t flags = m->ifa_flags;
    const void *addr = NULL, *local = NULL;
    size_t n = m->ifa_family == AF_INET ? 4 : m->ifa_family == AF_INET6 ? 16 : 0;
    for (const struct rtattr *r = IFA_RTA(m); RTA_OK(r, left); r = RTA_NEXT(r, left)) {
        if (r->rta_type == IFA_FLAGS && RTA_PAYLOAD(r) >= 4) memcpy(&flags, RTA_DATA(r), 4);
        if (r->rta_type == IFA_ADDRESS && RTA_PAYLOAD(r) >= n) addr = RTA_DATA(r);
        if (r->rta_type == IFA_LOCAL && RTA_PAYLOAD(r) >= n) local = RTA_DATA(r);
    }
    if (local) addr = local; /* on a point-to-point link IFA_ADDRESS is the other end */
    if (!n || !addr || m->ifa_scope == RT_SCOPE_HOST || m->ifa_scope == RT_SCOPE_LINK) return 0;
    if (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_DEPRECATED)) return 0;
    return mix(mix(sx_hash_seed(), addr, n), &n, sizeof n);
}

static uint64_t route_hash(const struct nlmsghdr *h) {
    const struct rtmsg *m = NLMSG_DATA(h);
    int left = (int)RTM_PAYLOAD(h);
    if (m->rtm_dst_len != 0 || m->rtm_type != RTN_UNICAST || m->rtm_table != RT_TABLE_MAIN ||
        (m->rtm_flags & RTM_F_CLONED))
        return 0;
    uint64_t hash = mix(sx_hash_seed(), &m->rtm_family, 1);
    for (const struct rtattr *r = RTM_RTA(m); RTA_OK(r, left); r = RTA_NEXT(r, left)) {
        /* not the whole message: it counts lifetimes down */
        if (r->rta_type == RTA_GATEWAY || r->rta_type == RTA_OIF || r->rta_type == RTA_PRIORITY ||
            r->rta_type == RTA_MULTIPATH)
            hash = mix(mix(hash, &r->rta_type, 2), RTA_DATA(r), RTA_PAYLOAD(r));
    }
    return hash;
}

/* One dump. A netlink answer is there when the request has been sent: nothing is waited for. */
static bool dump(int fd, uint16_t type, uint64_t *sum) {
    struct {
        struct nlmsghdr h;
        struct rtgenmsg g;
    } ask;
    memset(&ask, 0, sizeof ask);
    ask.h.nlmsg_len = sizeof ask;
    ask.h.nlmsg_type = type;
    ask.h.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    ask.g.rtgen_family = AF_UNSPEC;
    if (send(fd, &ask, sizeof ask, 0) < 0) return false;
    _Alignas(struct nlmsghdr) char buf[32768];
    for (unsigned rounds = 0; rounds < 4096; rounds++) {
        ssize_t n = recv(fd, buf, sizeof buf, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        size_t left = (size_t)n;
        for (const struct nlmsghdr *h = (const void *)buf; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
            if (h->nlmsg_type == NLMSG_DONE) return true;
            if (h->nlmsg_type == NLMSG_ERROR) return false;
            if (h->nlmsg_type == RTM_NEWADDR) *sum += address_hash(h);
            if (h->nlmsg_type == RTM_NEWROUTE) *sum += route_hash(h);
        }
    }
    return false;
}

static snapshot look(void) {
    snapshot s = {0, 0, false};
    int fd = open_socket(0);
    if (fd < 0) return s;
    s.valid = dump(fd, RTM_GETADDR, &s.addresses) && dump(fd, RTM_GETROUTE, &s.routes);
    close(fd);
    return s;
}

/* ---- what happens to it ---- */

static void settled(sx_timer *t, uint64_t now) {
    net_netwatch *w = SX_CONTAINER(t, net_netwatch, timer);
    (void)now;
    snapshot s = look(), before = w->seen;
    if (s.valid && before.valid && s.addresses == before.addresses && s.routes == before.routes) return;
    w->seen = s;
    net_event ev = net_event_of(NET_CHANGED);
    ev.text = !s.valid || !before.valid         ? "the network may have changed"
              : s.addresses != before.addresses ? "the addresses of this machine have changed"
                                                : "the default route has changed";
    w->sink(w->ctx, &ev);
}

static void on_news(void *ctx, const net_event *ev) {
    net_netwatch *w = ctx;
    char buf[8192];
    (void)ev;
    /* What exactly was said does not matter, and with ENOBUFS some of it is lost: the state is read afresh. */
    for (unsigned i = 0; i < 256; i++)
        if (recv(w->fd, buf, sizeof buf, MSG_DONTWAIT) < 0 && errno != EINTR && errno != ENOBUFS) break;
    if (!sx_timer_running(&w->timer))
        sx_timer_start(w->loop->wheel, &w->timer, net_loop_now(w->loop) + NET_NETWATCH_DEBOUNCE_MS);
}

static void watch_free(sx_grave *g) { free(SX_CONTAINER(g, net_netwatch, grave)); }

int net_netwatch_open(net_loop *l, net_sink sink, void *ctx, net_netwatch **out) {
    net_netwatch *w = calloc(1, sizeof *w);
    if (!w) return sx_fail(SX_E_NOMEM, "no memory to watch the network");
    w->loop = l;
    w->sink = sink;
    w->ctx = ctx;
    sx_timer_init(&w->timer, settled);
    w->fd = open_socket(RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE);
    if (w->fd < 0) {
        int err = errno;
        free(w);
        if (err == EMFILE || err == ENFILE) return sx_fail(SX_E_LIMIT, "no descriptor to watch the network");
        return sx_fail(SX_E_UNSUPPORTED, "the network cannot be watched: %s", net_os_text(err));
    }
    int rc = net_loop_own_fd(l, w->fd);
    if (rc == SX_OK) rc = net_watch_open(l, w->fd, on_news, w, &w->watch);
    if (rc != SX_OK) {
        net_loop_disown_fd(l, w->fd);
        close(w->fd);
        free(w);
        return rc;
    }
    w->seen = look();
    *out = w;
    return SX_OK;
}

void net_netwatch_close(net_netwatch *w) {
    if (!w) return;
    sx_timer_stop(w->loop->wheel, &w->timer);
    net_watch_close(w->watch);
    net_os_close(w->loop, w->fd);
    sx_runq_bury(&w->loop->runq, &w->grave, watch_free);
}
