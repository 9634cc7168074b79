#define _GNU_SOURCE
#include "net/udp.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/error.h"
#include "net/internal.h"

#define READ_BATCHES 4 /* recvmmsg calls before others have their turn */
#define ERRORS_KEPT 16 /* send errors waiting for the run queue; more are only counted */
#define DATAGRAM_MAX 65507

/* A datagram that waits for the system's buffer. */
typedef struct waiting {
    struct waiting *next;
    net_addr to;
    size_t n;
    char bytes[];
} waiting;

struct net_udp {
    sx_grave grave;
    net_loop *loop;
    net_sink sink;
    void *ctx;
    struct event *readable, *writable;
    int fd;
    net_addr local, peer;
    net_addr bound; /* what local was before a connect chose one of 0.0.0.0's */
    bool bound_any, timestamps, recverr;
    bool reading; /* our handler is on the stack: it buries us if we are closed meanwhile */
    bool closed;
    size_t batched;
    waiting *first, **last;
    size_t waiting_bytes, queue_max;
    sx_task error_task;
    struct {
        net_addr to;
        int err;
    } errors[ERRORS_KEPT];
    unsigned nerrors;
    net_udp_figures figures;
};

/* ---- errors: kept, and told from the run queue, so that nobody is re-entered */

static void note_error(net_udp *u, const net_addr *to, int err) {
    u->figures.errors++;
    if (u->nerrors == ERRORS_KEPT) return;
    u->errors[u->nerrors].to = to ? *to : net_addr_none();
    u->errors[u->nerrors].err = err;
    u->nerrors++;
    sx_runq_post(&u->loop->runq, &u->error_task);
}

static void tell_errors(sx_task *t) {
    net_udp *u = SX_CONTAINER(t, net_udp, error_task);
    net_addr to = u->errors[0].to;
    int err = u->errors[0].err;
    u->nerrors--;
    memmove(&u->errors[0], &u->errors[1], u->nerrors * sizeof u->errors[0]);
    if (u->nerrors) sx_runq_post(&u->loop->runq, &u->error_task);
    net_event ev = net_event_of(NET_SEND_ERROR);
    ev.from = &to;
    ev.local = &u->local;
    ev.code = net_os_error(err);
    if (ev.code == SX_E_ADDRESS) ev.code = SX_E_TRANSPORT;
    ev.text = net_os_text(err);
    u->sink(u->ctx, &ev);
}

/* ICMP errors, with the destination of the datagram that they are about (IP_RECVERR). */
static void read_error_queue(net_udp *u) {
    for (int i = 0; i < 64; i++) {
        struct sockaddr_storage name;
        _Alignas(8) char control[512];
        char one;
        struct iovec iov = {&one, 1};
        struct msghdr m;
        memset(&m, 0, sizeof m);
        m.msg_name = &name;
        m.msg_namelen = sizeof name;
        m.msg_iov = &iov;
        m.msg_iovlen = 1;
        m.msg_control = control;
        m.msg_controllen = sizeof control;
        if (recvmsg(u->fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return;
        net_addr to = net_addr_none();
        net_addr_from_sockaddr(&to, (struct sockaddr *)&name, m.msg_namelen);
        for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
            bool v4 = c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR;
            bool v6 = c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR;
            struct sock_extended_err e;
            if (!(v4 || v6) || c->cmsg_len < CMSG_LEN(sizeof e)) continue;
            memcpy(&e, CMSG_DATA(c), sizeof e);
            if (e.ee_errno) note_error(u, &to, (int)e.ee_errno);
        }
    }
}

/* ---- receiving */

static void local_from_control(net_udp *u, struct cmsghdr *c, net_addr *local) {
    if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO &&
        c->cmsg_len >= CMSG_LEN(sizeof(struct in_pktinfo))) {
        struct in_pktinfo p;
        memcpy(&p, CMSG_DATA(c), sizeof p);
        local->u.v4.sin_addr = p.ipi_spec_dst;
    } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO &&
               c->cmsg_len >= CMSG_LEN(sizeof(struct in6_pktinfo))) {
        struct in6_pktinfo p;
        memcpy(&p, CMSG_DATA(c), sizeof p);
        local->u.v6.sin6_addr = p.ipi6_addr;
        if (IN6_IS_ADDR_LINKLOCAL(&p.ipi6_addr)) local->u.v6.sin6_scope_id = p.ipi6_ifindex;
    }
}

/* The kernel's stamp is wall-clock time; what counts is how long ago it was. */
static void time_from_control(struct cmsghdr *c, uint64_t now_us, const struct timespec *wall, uint64_t *arrived_us) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS ||
        c->cmsg_len < CMSG_LEN(sizeof(struct timespec)))
        return;
    struct timespec t;
    memcpy(&t, CMSG_DATA(c), sizeof t);
    int64_t ago_us = ((int64_t)wall->tv_sec - t.tv_sec) * 1000000 + (wall->tv_nsec - t.tv_nsec) / 1000;
    if (ago_us > 0 && ago_us < 10000000 && (uint64_t)ago_us < now_us) *arrived_us = now_us - (uint64_t)ago_us;
}

static void deliver(net_udp *u, struct mmsghdr *m, uint64_t now_us, const struct timespec *wall) {
    net_addr from, local = u->local;
    net_event ev = net_event_of(NET_DATAGRAM);
    if (!net_addr_from_sockaddr(&from, m->msg_hdr.msg_name, m->msg_hdr.msg_namelen)) return;
    ev.arrived_us = now_us;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&m->msg_hdr); c; c = CMSG_NXTHDR(&m->msg_hdr, c)) {
        if (u->bound_any) local_from_control(u, c, &local);
        if (u->timestamps) time_from_control(c, now_us, wall, &ev.arrived_us);
    }
    ev.bytes = sx_slice_of(m->msg_hdr.msg_iov->iov_base, m->msg_len);
    ev.from = &from;
    ev.local = &local;
    u->figures.received++;
    u->figures.received_bytes += m->msg_len;
    u->sink(u->ctx, &ev);
}

static int receive(net_udp *u) {
    net_rx *rx = u->loop->rx;
    for (int i = 0; i < NET_SLOTS; i++) {
        struct msghdr *h = &rx->msgs[i].msg_hdr;
        memset(h, 0, sizeof *h);
        h->msg_name = &rx->from[i];
        h->msg_namelen = sizeof rx->from[i];
        h->msg_iov = &rx->iov[i];
        h->msg_iovlen = 1;
        h->msg_control = rx->control[i];
        h->msg_controllen = sizeof rx->control[i];
    }
    return recvmmsg(u->fd, rx->msgs, NET_SLOTS, MSG_DONTWAIT, NULL);
}

static void read_some(net_udp *u) {
    net_loop *l = u->loop;
    for (int batch = 0; batch < READ_BATCHES; batch++) {
        int n = receive(u);
        if (n < 0) {
            int err = errno;
            if (err == EINTR) continue;
            if (u->recverr)
                read_error_queue(u);
            else if (err != EAGAIN && err != EWOULDBLOCK)
                note_error(u, &u->peer, err);
            net_loop_tock(l);
            if (u->closed || err == EAGAIN || err == EWOULDBLOCK) return;
            continue;
        }
        struct timespec wall = {0, 0};
        uint64_t now_us = sx_now_us();
        if (u->timestamps) clock_gettime(CLOCK_REALTIME, &wall);
        for (int i = 0; i < n; i++) {
            deliver(u, &l->rx->msgs[i], now_us, &wall);
            net_loop_tock(l);
            if (u->closed) return;
        }
        if (n < NET_SLOTS) return;
    }
}

static void udp_free(sx_grave *g);

static void on_readable(evutil_socket_t fd, short what, void *ctx) {
    net_udp *u = ctx;
    net_loop_tick(u->loop);
    u->reading = true;
    read_some(u);
    u->reading = false;
    if (u->closed) sx_runq_bury(&u->loop->runq, &u->grave, udp_free);
}

/* ---- sending */

static bool would_block(int err) { return err == EAGAIN || err == EWOULDBLOCK; }

/* One message, apart: its own error, or success. 0, or an errno. */
static int send_one(net_udp *u, const net_addr *to, const char *bytes, size_t n) {
    for (int tries = 0;; tries++) {
        ssize_t sent = net_addr_is_set(to)
                           ? sendto(u->fd, bytes, n, MSG_NOSIGNAL | MSG_DONTWAIT, &to->u.sa, net_addr_len(to))
                           : send(u->fd, bytes, n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            u->figures.sent++;
            u->figures.sent_bytes += n;
            return 0;
        }
        if (errno == EINTR) continue;
        /* the first failure may be an earlier datagram's ICMP error, which the call only passes on */
        if (would_block(errno) || tries > 0) return errno;
        if (!u->recverr) note_error(u, net_addr_is_set(&u->peer) ? &u->peer : NULL, errno);
    }
}

static void keep(net_udp *u, const net_addr *to, const char *bytes, size_t n) {
    waiting *w = n <= u->queue_max - u->waiting_bytes ? malloc(sizeof *w + n) : NULL;
    if (!w) {
        u->figures.dropped++;
        return;
    }
    w->next = NULL;
    w->to = *to;
    w->n = n;
    memcpy(w->bytes, bytes, n);
    *u->last = w;
    u->last = &w->next;
    u->waiting_bytes += n;
    u->figures.blocked++;
    event_add(u->writable, NULL);
}

static void drop_first(net_udp *u) {
    waiting *w = u->first;
    u->first = w->next;
    if (!u->first) u->last = &u->first;
    u->waiting_bytes -= w->n;
    free(w);
}

static void on_writable(evutil_socket_t fd, short what, void *ctx) {
    net_udp *u = ctx;
    net_loop *l = u->loop;
    net_loop_tick(l);
    for (int i = 0; i < NET_OUT && u->first; i++) {
        int err = send_one(u, &u->first->to, u->first->bytes, u->first->n);
        if (would_block(err)) break;
        if (err) note_error(u, net_addr_is_set(&u->first->to) ? &u->first->to : &u->peer, err);
        drop_first(u);
    }
    if (!u->first) event_del(u->writable);
    net_loop_tock(l);
}

static void send_run(net_loop *l, net_out *out, size_t n) {
    struct mmsghdr msgs[NET_OUT];
    struct iovec iov[NET_OUT];
    net_udp *u = out->udp;
    u->batched -= n;
    for (size_t i = 0; i < n; i++) {
        iov[i].iov_base = l->out_bytes + out[i].at;
        iov[i].iov_len = out[i].n;
        memset(&msgs[i], 0, sizeof msgs[i]);
        msgs[i].msg_hdr.msg_iov = &iov[i];
        msgs[i].msg_hdr.msg_iovlen = 1;
        if (!net_addr_is_set(&out[i].to)) continue;
        msgs[i].msg_hdr.msg_name = &out[i].to.u.sa;
        msgs[i].msg_hdr.msg_namelen = net_addr_len(&out[i].to);
    }
    size_t i = 0;
    while (i < n) {
        int sent = u->first ? -1 : sendmmsg(u->fd, msgs + i, (unsigned)(n - i), MSG_NOSIGNAL | MSG_DONTWAIT);
        for (int k = 0; k < sent; k++, i++) {
            u->figures.sent++;
            u->figures.sent_bytes += out[i].n;
        }
        if (sent > 0) continue;
        if (!u->first && sent < 0 && errno == EINTR) continue;
        /* this one by itself: wait, or report, or (the error was an older one's) it goes out */
        int err = u->first ? EAGAIN : send_one(u, &out[i].to, l->out_bytes + out[i].at, out[i].n);
        if (would_block(err))
            keep(u, &out[i].to, l->out_bytes + out[i].at, out[i].n);
        else if (err)
            note_error(u, net_addr_is_set(&out[i].to) ? &out[i].to : &u->peer, err);
        i++;
    }
}

void net_udp_flush(net_loop *l) {
    size_t n = l->nout;
    for (size_t i = 0, k; i < n; i += k) {
        for (k = 1; i + k < n && l->out[i + k].udp == l->out[i].udp; k++) {
        }
        send_run(l, l->out + i, k);
    }
    l->nout = 0;
    l->out_used = 0;
}

int net_udp_send(net_udp *u, const net_addr *to, sx_slice bytes) {
    net_loop *l = u->loop;
    if (bytes.n > DATAGRAM_MAX) return sx_fail(SX_E_INVALID, "a datagram of %zu bytes is too long", bytes.n);
    bool to_peer = !to || !net_addr_is_set(to);
    if (to_peer && !net_addr_is_set(&u->peer)) return sx_fail(SX_E_INVALID, "no destination");
    if (!to_peer && to->u.sa.sa_family != u->local.u.sa.sa_family)
        return sx_fail(SX_E_INVALID, "the destination is of another address family");
    if (u->first && bytes.n > u->queue_max - u->waiting_bytes) {
        u->figures.dropped++;
        return sx_fail(SX_E_FULL, "the socket's queue is full");
    }
    if (l->nout == NET_OUT || bytes.n > NET_OUT_BYTES - l->out_used) net_udp_flush(l);
    net_out *o = &l->out[l->nout++];
    o->udp = u;
    o->to = to_peer ? net_addr_none() : *to;
    o->at = l->out_used;
    o->n = bytes.n;
    if (bytes.n) memcpy(l->out_bytes + o->at, bytes.p, bytes.n);
    l->out_used += bytes.n;
    u->batched++;
    return SX_OK;
}

/* ---- life */

static void set_buffer(int fd, int option, int asked) {
    int n = asked ? asked : 4 * 1024 * 1024;
    if (asked >= 0) setsockopt(fd, SOL_SOCKET, option, &n, sizeof n); /* the system gives what it allows */
}

static void set_options(net_udp *u, const net_udp_options *o) {
    int one = 1, tos = (o->dscp & 63) << 2;
    bool v6 = net_addr_is_v6(&u->local);
    set_buffer(u->fd, SO_RCVBUF, o->rcvbuf);
    set_buffer(u->fd, SO_SNDBUF, o->sndbuf);
    if (o->reuse) {
        setsockopt(u->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        setsockopt(u->fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    }
    u->timestamps = o->timestamps && setsockopt(u->fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one) == 0;
    if (v6) {
        u->recverr = setsockopt(u->fd, IPPROTO_IPV6, IPV6_RECVERR, &one, sizeof one) == 0;
        if (u->bound_any) setsockopt(u->fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &one, sizeof one);
        if (tos) setsockopt(u->fd, IPPROTO_IPV6, IPV6_TCLASS, &tos, sizeof tos);
    } else {
        u->recverr = setsockopt(u->fd, IPPROTO_IP, IP_RECVERR, &one, sizeof one) == 0;
        if (u->bound_any) setsockopt(u->fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof one);
        if (tos) setsockopt(u->fd, IPPROTO_IP, IP_TOS, &tos, sizeof tos);
    }
}

static void udp_free(sx_grave *g) {
    net_udp *u = SX_CONTAINER(g, net_udp, grave);
    while (u->first) drop_first(u);
    free(u);
}

static void release(net_udp *u) {
    if (u->readable) event_free(u->readable);
    if (u->writable) event_free(u->writable);
    net_os_close(u->loop, u->fd);
}

static int start(net_udp *u, const net_udp_options *o) {
    net_loop *l = u->loop;
    int rc = net_loop_need_io(l);
    if (rc < 0) return rc;
    u->fd = net_os_socket(l, u->local.u.sa.sa_family, SOCK_DGRAM);
    if (u->fd < 0) return u->fd;
    u->bound_any = net_addr_is_any(&u->local);
    set_options(u, o);
    if (bind(u->fd, &u->local.u.sa, net_addr_len(&u->local)) != 0) {
        char text[NET_ADDR_TEXT];
        return net_os_fail(net_addr_text(&u->local, text));
    }
    rc = net_os_local(u->fd, &u->local);
    if (rc < 0) return rc;
    u->bound = u->local;
    u->readable = event_new(l->base, u->fd, EV_READ | EV_PERSIST, on_readable, u);
    u->writable = event_new(l->base, u->fd, EV_WRITE | EV_PERSIST, on_writable, u);
    if (!u->readable || !u->writable || event_add(u->readable, NULL) != 0)
        return sx_fail(SX_E_NOMEM, "no memory for a socket");
    return SX_OK;
}

int net_udp_open(net_loop *l, const net_addr *local, const net_udp_options *opt, net_sink sink, void *ctx,
                 net_udp **out) {
    net_udp_options o;
    memset(&o, 0, sizeof o);
    if (opt) o = *opt;
    if (!net_addr_is_set(local)) return sx_fail(SX_E_INVALID, "no local address");
    net_udp *u = calloc(1, sizeof *u);
    if (!u) return sx_fail(SX_E_NOMEM, "no memory for a socket");
    u->loop = l;
    u->sink = sink;
    u->ctx = ctx;
    u->fd = -1;
    u->local = *local;
    u->last = &u->first;
    u->queue_max = o.queue_max ? o.queue_max : 256 * 1024;
    sx_task_init(&u->error_task, tell_errors);
    int rc = start(u, &o);
    if (rc < 0) {
        release(u);
        free(u);
        return rc;
    }
    *out = u;
    return SX_OK;
}

void net_udp_close(net_udp *u) {
    if (!u) return;
    if (u->batched) net_udp_flush(u->loop);
    u->closed = true;
    sx_runq_cancel(&u->error_task);
    release(u);
    if (!u->reading) sx_runq_bury(&u->loop->runq, &u->grave, udp_free);
}

const net_addr *net_udp_local(const net_udp *u) { return &u->local; }

int net_udp_connect(net_udp *u, const net_addr *peer) {
    net_addr none = net_addr_none();
    if (!peer) peer = &none;
    if (net_addr_is_set(peer) && peer->u.sa.sa_family != u->local.u.sa.sa_family)
        return sx_fail(SX_E_INVALID, "the peer is of another address family");
    if (u->batched) net_udp_flush(u->loop);
    socklen_t n = net_addr_is_set(peer) ? net_addr_len(peer) : sizeof peer->u.sa;
    if (connect(u->fd, &peer->u.sa, n) != 0) return net_os_fail("connect");
    u->peer = *peer;
    int rc = net_os_local(u->fd, &u->local);
    if (rc < 0 || net_addr_port(&u->local)) return rc;
    /* disconnecting loses a port that the system had chosen */
    if (bind(u->fd, &u->bound.u.sa, net_addr_len(&u->bound)) != 0) return net_os_fail("bind");
    return net_os_local(u->fd, &u->local);
}

void net_udp_get_figures(const net_udp *u, net_udp_figures *out) { *out = u->figures; }
