/* What listener.c and conn.c know of each other. */
#ifndef NET_TCP_INTERNAL_H
#define NET_TCP_INTERNAL_H

#include "net/internal.h"
#include "net/tcp.h"

typedef enum conn_state {
    CONN_CONNECTING,
    CONN_UP,
    CONN_ENDED,    /* NET_CLOSED has been told */
    CONN_FLUSHING, /* the owner has gone; the queue is still being written */
    CONN_WAITING   /* all written and said so (FIN); the peer still reads */
} conn_state;

struct net_conn {
    sx_grave grave;
    net_loop *loop;
    net_sink sink;
    void *ctx;
    int fd;
    conn_state state;
    struct event *readable, *writable;
    net_addr local, remote;
    sx_list write_node;  /* in loop->writers while there is something to write this turn */
    sx_list linger_node; /* in loop->lingering */
    sx_list peers_node;  /* in listener->conns */
    net_listener *listener;
    sx_buf out;
    size_t out_done; /* bytes of `out` already written */
    size_t queue_max;
    bool blocked; /* the system's buffer is full: `writable` is on */
    bool refused; /* a send met a full queue */
    bool paused;
    bool *gone;
    int failed;   /* errno of a failed write or connect */
    sx_task task; /* tells the failure */
    sx_timer timer;
};

struct net_listener {
    sx_grave grave;
    net_loop *loop;
    net_sink sink;
    void *ctx;
    int fd;
    struct event *readable;
    net_addr local;
    net_tcp_options opt;
    sx_list conns;
    unsigned nconns;
    uint64_t refused;
    sx_timer pause; /* out of descriptors: try again a little later */
    bool *gone;
};

/* Takes over fd, connected or connecting. Negative: fd is closed. */
int net_conn_make(net_loop *l, int fd, const net_tcp_options *opt, conn_state state, net_conn **out);
void net_conn_leave_listener(net_conn *c);

#endif
