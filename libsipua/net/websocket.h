/* WebSocket, both ends (RFC 6455, subprotocol `sip` of RFC 7118), over a net_conn: TCP, or TLS where the net_tcp_options
 * or the listener say so. Rules: net/event.h. A net_ws looks like a net_conn to its owner:
 *
 *   NET_CONNECTED  the upgrade is done, on the server's side too; from, local, and bytes: the other side's request or
 *                  answer (start line and headers), until the sink returns
 *   NET_DATA       bytes is exactly one message, never empty; text and binary alike; bytes.p may be written to by nobody
 *   NET_DRAINED    as net_conn
 *   NET_CLOSED     the last event. SX_OK: the peer closed in order (1000, 1001, no code; or the stream's end between
 *                  messages). SX_E_TRANSPORT: lost, or closed with another code, which `text` says. SX_E_TLS as net_conn.
 *                  SX_E_PROTOCOL: the peer broke RFC 6455, or the upgrade was refused, by it or by us: `text` says the
 *                  HTTP status and why. SX_E_LIMIT: a message over max_message, or a flood of small frames.
 *                  SX_E_TIMEOUT: handshake_ms or message_ms. SX_E_NOMEM.
 *
 * Pings are answered here. A message goes out as one frame, and fragments that come in are put together here. What is
 * wrong on the wire closes the connection with the right code (1002, 1007, 1008, 1009, 1011), and only it. */
#ifndef NET_WEBSOCKET_H
#define NET_WEBSOCKET_H

#include "net/tcp.h"

typedef struct net_ws net_ws;

/* All zero is the default. Everything is copied. */
typedef struct net_ws_options {
    size_t max_message;    /* a longer message closes the connection (1009); 0: 65536 */
    unsigned handshake_ms; /* from the connection's standing to the upgrade's end; 0: 10000 */
    unsigned message_ms;   /* a message that has begun must be whole within so long; 0: 30000 */

    /* client */
    const char *host;    /* Host: of the request, with the port if it is not the default one; NULL: the remote address */
    const char *path;    /* "/x?y"; NULL or "": "/" */
    const char *headers; /* further lines, "Name: value\r\n" each (Cookie, Origin, Authorization); NULL: none */

    /* server */
    const char *server_path;    /* another path is 404; without its query; NULL: any */
    const char *const *origins; /* what a browser's Origin may be ("https://example.com", in any case of letters; "*" is any),
                                   another is 403. A request without Origin comes from no browser and is let in */
    size_t norigins;            /* 0: any */
} net_ws_options;

typedef struct net_ws_figures {
    uint64_t messages_in, messages_out;
    uint64_t frames_in; /* control frames and fragments too */
    uint64_t pings_in, pongs_in;
} net_ws_figures;

/* ---- client. As net_tcp_connect, which it calls (`local`, `tcp` and `o` may be NULL); of TLS's ALPN it offers
 * "http/1.1" unless tcp->alpn says otherwise. SX_E_HEADER: host, path or headers are not usable: CR, LF or other control
 * characters, a space, a header that is the handshake's own. */
int net_ws_connect(net_loop *l, const net_addr *remote, const net_addr *local, const net_tcp_options *tcp,
                   const net_ws_options *o, net_sink sink, void *ctx, net_ws **out);

/* ---- server: takes c over; call it in the NET_ACCEPTED handler. A failure (SX_E_NOMEM) leaves c the caller's. A client
 * that asks wrongly is answered with 400, 403, 404, 405, 408, 426 or 431 and closed; the owner gets NET_CLOSED. */
int net_ws_accept(net_conn *c, const net_ws_options *o, net_sink sink, void *ctx, net_ws **out);

/* ---- both */

/* Queues one message, as text if it is valid UTF-8, else as binary; before NET_CONNECTED too. All or nothing.
 * SX_E_FULL: over the connection's queue_max, NET_DRAINED follows; SX_E_STATE: it has ended; SX_E_NOMEM;
 * SX_E_INVALID: empty. */
int net_ws_send(net_ws *w, sx_slice message);
/* SX_E_STATE before NET_CONNECTED. The answer shows in net_ws_heard_ms. */
int net_ws_ping(net_ws *w);
/* net_loop_now of the last bytes that came, whatever they were; the beginning of its life before any. */
uint64_t net_ws_heard_ms(const net_ws *w);
size_t net_ws_queued(const net_ws *w); /* bytes not yet taken by the system */
/* Stops and resumes NET_DATA, and the reading of the connection with it. Pings are not answered meanwhile. */
void net_ws_read(net_ws *w, bool on);
/* No events from here on; w is no longer the caller's. flush: what is queued is sent first, then a Close frame with 1001
 * (going away); else both ends see the connection go. NULL is harmless. */
void net_ws_close(net_ws *w, bool flush);
/* The same with another code (1000 to 1014 as RFC 6455 7.4 has them, 3000 to 4999) and a reason (UTF-8, cut at 123
 * bytes); flushes. A code that may not be sent becomes 1000. */
void net_ws_close_with(net_ws *w, unsigned code, sx_slice reason);

const net_addr *net_ws_remote(const net_ws *w);
const net_addr *net_ws_local(const net_ws *w); /* none before the connection stands */
net_conn *net_ws_conn(const net_ws *w);        /* for asking only (net_conn_is_tls …); NULL after NET_CLOSED */
net_ws_figures net_ws_get_figures(const net_ws *w);

#endif
