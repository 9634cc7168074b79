/* TCP listeners and connections. Rules: net/event.h. Framing is the reader's matter. */
#ifndef NET_TCP_H
#define NET_TCP_H

#include "net/loop.h"
#include "net/tls.h"

typedef struct net_listener net_listener;

/* All zero is the default. */
typedef struct net_tcp_options {
    size_t queue_max;     /* a connection's unsent bytes; 0: 1 MB */
    unsigned max_conns;   /* listener: accepted connections alive at a time, more are closed at once; 0: 10000 */
    unsigned keepalive_s; /* TCP keep-alive after so much silence; 0: 60 */
    bool no_keepalive;
    /* TLS. The connection or listener holds a reference of its own to `tls`; the strings are copied. */
    net_tls *tls; /* NULL: none */
    const char
        *tls_name;    /* client: SNI and the name that is verified, a DNS name or a numeric host; NULL: the address */
    const char *alpn; /* comma-separated protocols, offered or accepted; NULL: "sip,sip/2"; "": no ALPN */
    unsigned handshake_ms; /* from the TCP connection to the end of the handshake, and for each record of TLS to come in
                              whole; 0: 10000 */
    unsigned max_handshakes; /* listener: handshakes in progress; 0: 1000. One more pushes out the oldest, once that is
                                older than a second; until then it waits in the system's queue */
} net_tcp_options;

/* ---- listener: event NET_ACCEPTED. Address and SO_REUSEADDR as servers do it. Errors as net_udp_open. */
int net_listener_open(net_loop *l, const net_addr *local, const net_tcp_options *opt, net_sink sink, void *ctx,
                      net_listener **out);
void net_listener_close(net_listener *s);                  /* its connections live on; NULL is harmless */
const net_addr *net_listener_local(const net_listener *s); /* with the real port */
unsigned net_listener_conns(const net_listener *s);        /* accepted and alive */
uint64_t net_listener_refused(const net_listener *s);      /* closed at once, for the cap or for want of an owner */
unsigned net_listener_handshakes(const net_listener *s);   /* in progress; they count among net_listener_conns too */
uint64_t
net_listener_tls_failed(const net_listener *s); /* handshakes that failed, ran out of time or were pushed out */

/* ---- connection: events NET_CONNECTED (outgoing ones only), NET_DATA, NET_DRAINED, NET_CLOSED */

/* Does not wait. Then NET_CONNECTED or NET_CLOSED with the reason, never from inside this call. There is no time limit
 * but the system's (minutes): the owner has a timer. `local` NULL or none: the system chooses; its port may be 0. */
int net_tcp_connect(net_loop *l, const net_addr *remote, const net_addr *local, const net_tcp_options *opt,
                    net_sink sink, void *ctx, net_conn **out);
/* Gives the connection (from NET_ACCEPTED, or any) a new owner. */
void net_conn_adopt(net_conn *c, net_sink sink, void *ctx);
/* Queues a copy and writes at the end of the turn; before NET_CONNECTED too. All or nothing.
 * SX_E_FULL: over queue_max; SX_E_STATE: closed; SX_E_NOMEM. */
int net_conn_send(net_conn *c, sx_slice bytes);
size_t net_conn_queued(const net_conn *c); /* bytes not yet taken by the system */
/* Stops and resumes reading: back-pressure onto the peer. A close by the peer is then seen only on resuming. */
void net_conn_read(net_conn *c, bool on);
/* No events from here on; c is no longer the caller's. flush: what is queued is sent first, and the peer may read it
 * all (at most 5 s in the background); else it is dropped. NULL is harmless. */
void net_conn_close(net_conn *c, bool flush);

net_loop *net_conn_loop(const net_conn *c);
const net_addr *net_conn_remote(const net_conn *c);
const net_addr *net_conn_local(const net_conn *c); /* none before NET_CONNECTED */

bool net_conn_is_tls(const net_conn *c);
/* The first name in the other side's certificate, if that was verified; else NULL. Valid until the connection is
 * closed. */
const char *net_conn_tls_peer(const net_conn *c);
/* "TLSv1.3 TLS_AES_256_GCM_SHA384 sip", with " resumed" at the end; "" for plain ones and before the handshake's end.
 */
const char *net_conn_tls_text(const net_conn *c);

#endif
