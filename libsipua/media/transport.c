#define _GNU_SOURCE /* recvmmsg */
#include "media/transport.h"

#include <errno.h>
#include <netinet/ip.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/rand.h"

enum { REST_MS = 5000, MAX_BINDS = 64, KERNEL_TRIES = 8, DSCP_EF = 46 << 2 };

/* ---- ports ---- */

struct media_ports {
    uint16_t first;    /* even */
    unsigned pairs;    /* 0: the kernel chooses */
    unsigned at;       /* where the walk goes on */
    uint64_t *free_at; /* per pair, ms, atomic; UINT64_MAX: in use */
};

media_ports *media_ports_create(uint16_t min, uint16_t max) {
    media_ports *p = calloc(1, sizeof *p);
    if (!p) {
        sx_fail(SX_E_NOMEM, "no memory for RTP ports");
        return NULL;
    }
    if (min == 0 && max == 0) return p;
    unsigned first = (min + 1u) & ~1u;
    if (first == 0) first = 2;
    if (max < first + 1) {
        sx_fail(SX_E_INVALID, "no pair of RTP ports between %u and %u", min, max);
        free(p);
        return NULL;
    }
    p->first = (uint16_t)first;
    p->pairs = (max - first + 1) / 2;
    p->at = sx_rand_below(p->pairs);
    p->free_at = calloc(p->pairs, sizeof *p->free_at);
    if (!p->free_at) {
        sx_fail(SX_E_NOMEM, "no memory for RTP ports");
        free(p);
        return NULL;
    }
    return p;
}

void media_ports_destroy(media_ports *p) {
    if (!p) return;
    free(p->free_at);
    free(p);
}

/* ---- opening ---- */

static int bind_one(const net_addr *local, uint16_t port, int *fd, net_addr *bound) {
    int one = 1, tos = DSCP_EF;
    net_addr a = *local;
    net_addr_set_port(&a, port);
    *fd = socket(a.u.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd < 0) return sx_fail(SX_E_LIMIT, "no descriptor for RTP: %s", strerror(errno));
    if (bind(*fd, &a.u.sa, net_addr_len(&a)) < 0) {
        int e = errno;
        close(*fd);
        *fd = -1;
        if (e == EADDRINUSE) return SX_E_IN_USE;
        char text[NET_ADDR_TEXT];
        return sx_fail(e == EADDRNOTAVAIL ? SX_E_ADDRESS
                       : e == EACCES      ? SX_E_PERMISSION
                                          : SX_E_IO,
                       "cannot bind RTP to %s: %s", net_addr_text(&a, text), strerror(e));
    }
    /* These may fail without harm: late arrival times, or no priority. */
    setsockopt(*fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
    if (net_addr_is_v6(&a))
        setsockopt(*fd, IPPROTO_IPV6, IPV6_TCLASS, &tos, sizeof tos);
    else
        setsockopt(*fd, IPPROTO_IP, IP_TOS, &tos, sizeof tos);
    struct sockaddr_storage ss;
    socklen_t n = sizeof ss;
    if (getsockname(*fd, (struct sockaddr *)&ss, &n) < 0 || !net_addr_from_sockaddr(bound, (struct sockaddr *)&ss, n)) {
        close(*fd);
        *fd = -1;
        return sx_fail(SX_E_IO, "no address for an RTP socket");
    }
    return SX_OK;
}

/* A port of the kernel's choice, bound once more by its number: a port that it chose itself, Linux takes away again
 * when the socket is disconnected. */
static int bind_any(const net_addr *local, int *fd, net_addr *bound) {
    int err = SX_E_IN_USE;
    for (int i = 0; i < KERNEL_TRIES && err == SX_E_IN_USE; i++) {
        err = bind_one(local, 0, fd, bound);
        if (err) return err;
        close(*fd);
        err = bind_one(local, net_addr_port(bound), fd, bound);
    }
    return err;
}

static int bind_pair(media_transport *t, const net_addr *local, uint16_t port) {
    int err = bind_one(local, port, &t->rtp_fd, &t->rtp_local);
    if (err) return err;
    err = bind_one(local, (uint16_t)(port + 1), &t->rtcp_fd, &t->rtcp_local);
    if (err) {
        close(t->rtp_fd);
        t->rtp_fd = -1;
    }
    return err;
}

static int open_from_range(media_transport *t, const net_addr *local, uint64_t now_ms) {
    media_ports *p = t->ports;
    unsigned binds = 0;
    for (unsigned i = 0; i < p->pairs && binds < MAX_BINDS; i++) {
        unsigned k = p->at;
        p->at = (p->at + 1) % p->pairs;
        if (__atomic_load_n(&p->free_at[k], __ATOMIC_ACQUIRE) > now_ms) continue;
        binds++;
        int err = bind_pair(t, local, (uint16_t)(p->first + 2 * k));
        if (err == SX_E_IN_USE) continue; /* somebody else's */
        if (err) return err;
        __atomic_store_n(&p->free_at[k], UINT64_MAX, __ATOMIC_RELEASE);
        t->pair = (int)k;
        return SX_OK;
    }
    return sx_fail(SX_E_LIMIT, "no RTP port free between %u and %u", p->first, p->first + 2 * p->pairs - 1);
}

static int open_anywhere(media_transport *t, const net_addr *local) {
    for (int i = 0; i < KERNEL_TRIES; i++) {
        int err = bind_any(local, &t->rtp_fd, &t->rtp_local);
        if (err) return err == SX_E_IN_USE ? sx_fail(SX_E_LIMIT, "no UDP port is free") : err;
        uint16_t port = net_addr_port(&t->rtp_local);
        if (port % 2 == 0) {
            err = bind_one(local, (uint16_t)(port + 1), &t->rtcp_fd, &t->rtcp_local);
            if (err == SX_OK) return SX_OK;
        } else { /* this one becomes RTCP, the even one below it RTP */
            t->rtcp_fd = t->rtp_fd;
            t->rtcp_local = t->rtp_local;
            err = bind_one(local, (uint16_t)(port - 1), &t->rtp_fd, &t->rtp_local);
            if (err == SX_OK) return SX_OK;
            t->rtp_fd = t->rtcp_fd;
            t->rtp_local = t->rtcp_local;
            t->rtcp_fd = -1;
        }
        if (err != SX_E_IN_USE || i == KERNEL_TRIES - 1) {
            /* Any two ports will do: the SDP names both. */
            if (err == SX_E_IN_USE) err = bind_any(local, &t->rtcp_fd, &t->rtcp_local);
            if (err) close(t->rtp_fd);
            return err;
        }
        close(t->rtp_fd);
    }
    return SX_E_INTERNAL;
}

int media_transport_open(media_transport *t, media_ports *ports, const net_addr *local, uint64_t now_ms) {
    memset(t, 0, sizeof *t);
    t->ports = ports;
    t->pair = -1;
    t->rtp_fd = t->rtcp_fd = -1;
    if (!net_addr_is_set(local)) return sx_fail(SX_E_ADDRESS, "no address to bind RTP to");
    return ports->pairs ? open_from_range(t, local, now_ms) : open_anywhere(t, local);
}

void media_transport_close(media_transport *t, uint64_t now_ms) {
    if (t->rtp_fd >= 0) close(t->rtp_fd);
    if (t->rtcp_fd >= 0) close(t->rtcp_fd);
    t->rtp_fd = t->rtcp_fd = -1;
    /* Late packets of this call must not reach the next one. */
    if (t->pair >= 0) __atomic_store_n(&t->ports->free_at[t->pair], now_ms + REST_MS, __ATOMIC_RELEASE);
    t->pair = -1;
}

/* ---- datagrams ---- */

struct media_batch {
    struct mmsghdr msg[MEDIA_BATCH];
    struct iovec iov[MEDIA_BATCH];
    struct sockaddr_storage from[MEDIA_BATCH];
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(struct timespec)) + 64];
    } control[MEDIA_BATCH];
    uint8_t data[MEDIA_BATCH][RTP_MAX_PACKET];
};

media_batch *media_batch_create(void) {
    media_batch *b = calloc(1, sizeof *b);
    if (!b) return NULL;
    for (int i = 0; i < MEDIA_BATCH; i++) {
        b->iov[i].iov_base = b->data[i];
        b->iov[i].iov_len = RTP_MAX_PACKET;
        b->msg[i].msg_hdr.msg_iov = &b->iov[i];
        b->msg[i].msg_hdr.msg_iovlen = 1;
        b->msg[i].msg_hdr.msg_name = &b->from[i];
        b->msg[i].msg_hdr.msg_control = b->control[i].bytes;
    }
    return b;
}

void media_batch_destroy(media_batch *b) { free(b); }

static uint64_t arrival_of(struct msghdr *m, int64_t wall_offset_us, uint64_t now_us) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS) continue;
        struct timespec ts;
        memcpy(&ts, CMSG_DATA(c), sizeof ts);
        int64_t us = (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000 - wall_offset_us;
        /* A stepped clock, or one that a test replaced, says nothing about arrival. */
        if (us <= (int64_t)now_us && us > (int64_t)now_us - 2000000) return (uint64_t)us;
    }
    return now_us;
}

unsigned media_batch_read(media_batch *b, int fd, int64_t wall_offset_us, uint64_t now_us,
                          media_datagram out[MEDIA_BATCH]) {
    for (int i = 0; i < MEDIA_BATCH; i++) {
        b->msg[i].msg_hdr.msg_namelen = sizeof b->from[i];
        b->msg[i].msg_hdr.msg_controllen = sizeof b->control[i].bytes;
    }
    int got = -1;
    for (int tries = 0; tries < 4 && got < 0; tries++) {
        got = recvmmsg(fd, b->msg, MEDIA_BATCH, MSG_DONTWAIT, NULL);
        if (got < 0 && errno != EINTR && errno != ECONNREFUSED) break; /* ICMP: reported once, then data again */
    }
    unsigned n = 0;
    for (int i = 0; i < got; i++) {
        struct msghdr *m = &b->msg[i].msg_hdr;
        media_datagram *d = &out[n];
        if (m->msg_flags & MSG_TRUNC) continue;
        if (!net_addr_from_sockaddr(&d->from, (struct sockaddr *)&b->from[i], m->msg_namelen)) continue;
        d->p = b->data[i];
        d->n = b->msg[i].msg_len;
        d->arrived_us = arrival_of(m, wall_offset_us, now_us);
        n++;
    }
    return n;
}

bool media_batch_read_one(media_batch *b, int fd, int64_t wall_offset_us, uint64_t now_us, media_datagram *out) {
    struct msghdr *m = &b->msg[0].msg_hdr;
    m->msg_namelen = sizeof b->from[0];
    m->msg_controllen = sizeof b->control[0].bytes;
    ssize_t n = -1;
    for (int tries = 0; tries < 4 && n < 0; tries++) {
        n = recvmsg(fd, m, MSG_DONTWAIT);
        if (n < 0 && errno != EINTR && errno != ECONNREFUSED) return false;
    }
    if (n < 0 || (m->msg_flags & MSG_TRUNC)) return false;
    if (!net_addr_from_sockaddr(&out->from, (struct sockaddr *)&b->from[0], m->msg_namelen)) return false;
    out->p = b->data[0];
    out->n = (size_t)n;
    out->arrived_us = arrival_of(m, wall_offset_us, now_us);
    return true;
}

void media_batch_discard(media_batch *b, int fd, unsigned most) {
    for (unsigned i = 0; i < most; i += MEDIA_BATCH) {
        int got = recvmmsg(fd, b->msg, MEDIA_BATCH, MSG_DONTWAIT | MSG_TRUNC, NULL);
        if (got < MEDIA_BATCH) return;
    }
}

void media_transport_connect(media_transport *t, const net_addr *peer) {
    if (peer) {
        t->connected = connect(t->rtp_fd, &peer->u.sa, net_addr_len(peer)) == 0;
        t->peer = *peer;
        return;
    }
    struct sockaddr none = {.sa_family = AF_UNSPEC};
    if (t->connected) connect(t->rtp_fd, &none, sizeof none);
    t->connected = false;
}

static bool send_to(int fd, const net_addr *to, const void *p, size_t n) {
    for (int tries = 0; tries < 3; tries++) {
        ssize_t r = to ? sendto(fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL, &to->u.sa, net_addr_len(to))
                       : send(fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (r >= 0) return true;
        if (errno != EINTR && errno != ECONNREFUSED) return false;
    }
    return false;
}

bool media_transport_send(media_transport *t, const net_addr *to, const void *p, size_t n) {
    return send_to(t->rtp_fd, t->connected && net_addr_eq(&t->peer, to) ? NULL : to, p, n);
}

bool media_transport_send_rtcp(media_transport *t, const net_addr *to, const void *p, size_t n) {
    return send_to(t->rtcp_fd, to, p, n);
}
