/* What the files of net/ know of each other. Not for other folders. */
#ifndef NET_INTERNAL_H
#define NET_INTERNAL_H

#include <event2/event.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "net/loop.h"
#include "net/udp.h"

#define NET_SLOTS 16   /* datagrams per recvmmsg */
#define NET_SLOT 65536 /* more than any datagram */
#define NET_OUT 64     /* datagrams per flush */
#define NET_OUT_BYTES (128 * 1024)

/* Receive space, shared by all sockets of a loop: bytes are used up before the sink returns. */
typedef struct net_rx {
    struct mmsghdr msgs[NET_SLOTS];
    struct iovec iov[NET_SLOTS];
    struct sockaddr_storage from[NET_SLOTS];
    _Alignas(8) char control[NET_SLOTS][256];
    char *slots; /* NET_SLOTS * NET_SLOT; untouched pages cost nothing */
} net_rx;

typedef struct net_out {
    net_udp *udp;
    net_addr to; /* none: the connected peer */
    size_t at, n;
} net_out;

struct net_loop {
    struct event_base *base;
    struct event *timer_event;
    int timer_fd;
    uint64_t armed_ms; /* UINT64_MAX: the timer descriptor is silent */
    sx_wheel *wheel;
    sx_runq runq;
    uint64_t now_ms;
    bool stale; /* woken up since now_ms was read */
    bool stop;
    net_rx *rx;
    net_out *out; /* datagrams of this turn */
    char *out_bytes;
    size_t nout, out_used;
    sx_list writers;    /* connections with something to write at the end of the turn */
    sx_list lingering;  /* connections closed by their owner, still flushing */
    unsigned char *fds; /* one bit for each descriptor that is ours: net_loop_abandon */
    size_t nfds;
};

/* loop.c */
void net_loop_tick(net_loop *l); /* first thing in every handler */
static inline void net_loop_tock(net_loop *l) { sx_runq_drain(&l->runq); }
int net_loop_own_fd(net_loop *l, int fd);
void net_loop_disown_fd(net_loop *l, int fd);
int net_loop_need_io(net_loop *l); /* makes rx and out */
net_event net_event_of(net_event_type type);

/* udp.c, tcp.c: the end of the turn */
void net_udp_flush(net_loop *l);
void net_tcp_flush(net_loop *l);
void net_tcp_drop_lingering(net_loop *l);

/* os.c */
const char *net_os_text(int err);  /* in English whatever the locale; a constant */
int net_os_error(int err);         /* an sx_error */
int net_os_fail(const char *what); /* sx_fail from errno */
/* socket + V6ONLY; non-blocking, close-on-exec, known to the loop. Negative: an sx_error, last error set */
int net_os_socket(net_loop *l, int family, int type);
void net_os_close(net_loop *l, int fd);
int net_os_local(int fd, net_addr *out);

#endif
