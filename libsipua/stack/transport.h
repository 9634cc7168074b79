/* Listeners and flows, as the floors above see them. */
#ifndef STACK_TRANSPORT_H
#define STACK_TRANSPORT_H

#include "stack/stack.h"

typedef struct stack_listen_params {
    stack_transport transport; /* STACK_UDP or STACK_TCP */
    net_addr addr;             /* port 0: the kernel's choice; 0.0.0.0 and :: are fine */
    stack_role role;
    /* The host (and port; 0: the real one) that goes into Via and Contact in place of the local address. NULL: none. */
    const char *advertise_host;
    uint16_t advertise_port;
    stack_sink sink; /* of LISTENING, LISTENER_FAILED and of REQUESTs that arrive here outside dialogs */
    void *user;      /* comes back in these events; in a REQUEST until tx_set_owner() */
} stack_listen_params;

/* SX_E_IN_USE, SX_E_PERMISSION, SX_E_ADDRESS, SX_E_NOMEM. STACK_EV_LISTENING follows. Requests of ours leave through
 * the first UDP listener of the right role and address family; without any the stack opens one of its own (port 0). */
int stack_listen(stack *s, const stack_listen_params *p, stack_listener **out);
/* Stops listening and closes its UDP socket; accepted connections live on until they are idle. No event. */
void stack_listener_destroy(stack_listener *l);
net_addr stack_listener_address(const stack_listener *l); /* bound, with the real port: known at once */
stack_role stack_listener_role(const stack_listener *l);
stack_transport stack_listener_transport(const stack_listener *l);

/* True if host (a name or number, brackets as in a URI) and port (0: 5060) mean one of our listeners with that role:
 * their bound addresses, the addresses of this machine under a wildcard, and what they advertise. */
bool stack_is_own(stack *s, stack_role role, sx_slice host, uint16_t port);

/* "udp", "tcp": for logs and URIs. "UDP", "TCP": for Via. */
const char *stack_transport_name(stack_transport t);
const char *stack_transport_via(stack_transport t);
stack_transport stack_transport_parse(sx_slice name); /* any case; STACK_ANY: unknown to us */

/* Holds the flow open: it is not closed for being idle, and every keepalive_ms (0: never) a CRLF keepalive goes out
 * (RFC 5626 3.5.1 on connections, where a missing pong closes it if the peer has ever sent one; on UDP nobody answers
 * it). Holds are counted and the shortest interval wins; release with the same interval. Releasing a flow that is gone
 * is harmless. SX_E_TRANSPORT: the flow is gone. */
int stack_flow_hold(stack *s, const stack_flow *f, uint32_t keepalive_ms);
void stack_flow_release(stack *s, const stack_flow *f, uint32_t keepalive_ms);
bool stack_flow_alive(stack *s, const stack_flow *f);
/* Closes a connection now; its transactions fail. Nothing for UDP. */
void stack_flow_close(stack *s, const stack_flow *f);
/* Fills `host` (NUL-terminated, IPv6 in brackets; 256 bytes always suffice) and *port with what a Contact says on this
 * flow. */
int stack_flow_contact(stack *s, const stack_flow *f, char *host, size_t cap, uint16_t *port);

#endif
