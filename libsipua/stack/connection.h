/* Connections: made, found again, watched and closed. Reused by role, transport and remote address (and, once there is
 * TLS, by the name they were verified for). The types live in internal.h; transport.h is the face upwards. */
#ifndef STACK_CONNECTION_H
#define STACK_CONNECTION_H

#include "stack/internal.h"

/* Sends one datagram or queues on a connection; the caller's stats count it. */
int stack_conn_send(stack_conn *c, sx_slice bytes);

#endif
