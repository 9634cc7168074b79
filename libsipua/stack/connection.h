/* Connections: made, found again, watched and closed. Reused by role, transport, remote address, verified name, TLS
 * context and the WebSocket's path and headers. The types live in internal.h; transport.h is the face upwards.
 *
 *   connection.c  their life: finding, connecting, accepting, waiting, closing
 *   conn_read.c   what arrives on them
 *   carrier.c     what carries them: a net_conn (TCP, TLS) or a net_ws */
#ifndef STACK_CONNECTION_H
#define STACK_CONNECTION_H

#include "stack/internal.h"

/* Queues on a connection; the caller's stats count it. */
int stack_conn_send(stack_conn *c, sx_slice bytes);
stack_flow stack_conn_flow(const stack_conn *c);
/* Looks again at what is due when; call it when something becomes due earlier. */
void stack_conn_rearm(stack_conn *c);
/* As stack_conn_close, with what TLS said. */
void stack_conn_end(stack_conn *c, int code, const char *text, const char *tls_check, const char *tls_names);

/* conn_read.c */
void stack_conn_stream(stack_conn *c, sx_slice bytes); /* of a byte stream */
void stack_conn_frame(stack_conn *c, sx_slice bytes);  /* one message of a WebSocket */

/* carrier.c */
static inline bool carrier_is_open(const stack_conn *c) { return c->net || c->ws; }
int carrier_connect(stack_conn *c, const net_addr *from, net_sink sink);
/* From NET_ACCEPTED: takes over. Negative: the connection is not ours. */
int carrier_accept(stack_conn *c, const stack_listener *l, net_conn *net, net_sink sink);
int carrier_send(stack_conn *c, sx_slice bytes);
int carrier_ping(stack_conn *c);
void carrier_close(stack_conn *c, bool flush);

#endif
