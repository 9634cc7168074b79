/* A UDP socket. Receives in batches, sends in batches at the end of the loop's turn. Rules: net/event.h. */
#ifndef NET_UDP_H
#define NET_UDP_H

#include "net/loop.h"

typedef struct net_udp net_udp;

/* All zero is the default. */
typedef struct net_udp_options {
    int rcvbuf; /* bytes asked of the system; 0: 4 MB; -1: the system's default (media: many sockets, little each) */
    int sndbuf; /* the same */
    bool reuse; /* SO_REUSEADDR and SO_REUSEPORT */
    bool timestamps;  /* arrived_us from the kernel (SO_TIMESTAMPNS) */
    int dscp;         /* 0-63 for the DS field (46: voice); 0: the system's */
    size_t queue_max; /* bytes kept while the system's buffer is full; 0: 256 KB */
} net_udp_options;

typedef struct net_udp_figures {
    uint64_t received, received_bytes;
    uint64_t sent, sent_bytes; /* handed to the system */
    uint64_t blocked;          /* had to wait for the system's buffer */
    uint64_t dropped;          /* refused with SX_E_FULL */
    uint64_t errors;           /* NET_SEND_ERRORs */
} net_udp_figures;

/* Port 0: the system chooses, see net_udp_local. opt may be NULL. Events: NET_DATAGRAM, NET_SEND_ERROR.
 * SX_E_IN_USE, SX_E_ADDRESS (not ours), SX_E_PERMISSION, SX_E_LIMIT (descriptors), SX_E_NOMEM, SX_E_IO. */
int net_udp_open(net_loop *l, const net_addr *local, const net_udp_options *opt, net_sink sink, void *ctx,
                 net_udp **out);
/* What was sent before is still handed to the system, except what waits for a full buffer. NULL is harmless. */
void net_udp_close(net_udp *u);

/* The bound address, with the real port. */
const net_addr *net_udp_local(const net_udp *u);
/* Copies; at most 65507 bytes. The result of the sending itself comes, if it is bad, as NET_SEND_ERROR.
 * `to` NULL: the connected peer. SX_E_FULL: the queue is full (counted as dropped); SX_E_INVALID: too long, another
 * family, no peer; SX_E_NOMEM. */
int net_udp_send(net_udp *u, const net_addr *to, sx_slice bytes);
/* From now on only this peer's datagrams arrive, and sending is cheaper; again with another peer: it changes; with
 * NULL: everybody's again. SX_E_TRANSPORT: no route; SX_E_IO. */
int net_udp_connect(net_udp *u, const net_addr *peer);
void net_udp_get_figures(const net_udp *u, net_udp_figures *out);

#endif
