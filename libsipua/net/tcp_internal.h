/* What listener.c, conn.c and conn_tls.c know of each other. */
#ifndef NET_TCP_INTERNAL_H
#define NET_TCP_INTERNAL_H

#include "net/internal.h"
#include "net/tls_internal.h"

typedef enum conn_state {
    CONN_CONNECTING,
    CONN_SHAKING, /* the TLS handshake; accepted ones have no owner yet */
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
    tls_link *tls; /* NULL: plain */
    int failed;    /* errno of a failed write or connect */
    sx_task task;  /* tells the failure */
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
    sx_list shaking; /* links of connections in their handshake, oldest first */
    unsigned nshaking;
    bool full; /* of them: accepting waits */
    uint64_t tls_failed;
    char *alpn;     /* opt.alpn */
    sx_timer pause; /* out of descriptors: try again a little later */
    bool *gone;
};

/* Takes over fd, connected or connecting. Negative: fd is closed. */
int net_conn_make(net_loop *l, int fd, const net_tcp_options *opt, conn_state state, net_conn **out);
void net_conn_leave_listener(net_conn *c);
void net_listener_shaken(net_listener *s); /* a handshake has ended */
void net_listener_offer(net_conn *c); /* NET_ACCEPTED; closed if nobody takes it */

/* conn.c, for conn_tls.c */
void net_conn_emit(net_conn *c, net_event *ev);
void net_conn_end(net_conn *c, net_event *why); /* code, text and the rest of NET_CLOSED */
void net_conn_bury(net_conn *c);
void net_conn_fail(net_conn *c, int err);
void net_conn_want_write(net_conn *c);
void net_conn_write(net_conn *c);
bool net_conn_is_left(const net_conn *c);
void net_conn_linger(net_conn *c, unsigned ms);

/* conn_tls.c */
#define NET_TLS_READ                                                                                                   \
    (NET_SLOT - 18 * 1024) /* with what OpenSSL holds of a record, never more than a slot of plain bytes */
int net_conn_tls_attach(net_conn *c, const net_tcp_options *o, net_listener *s);
void net_conn_tls_start(net_conn *c); /* the TCP connection stands */
/* What came in. False when c may be gone or has ended. */
bool net_conn_tls_take(net_conn *c, sx_slice cipher, bool *gone);
void net_conn_tls_eof(net_conn *c, int err);
void net_conn_tls_resume(net_conn *c);   /* after a pause; from the run queue */
void net_conn_tls_failed(net_conn *c);   /* link's fault; ends it */
void net_conn_tls_leave(net_conn *c);    /* the socket is about to be closed */
sx_slice net_conn_tls_next(net_conn *c); /* what is to be written next */

#endif
