/* Listeners and flows, as the floors above see them. */
#ifndef STACK_TRANSPORT_H
#define STACK_TRANSPORT_H

#include "stack/stack.h"

typedef struct stack_listen_params {
    stack_transport transport; /* any but STACK_ANY */
    net_addr addr;             /* port 0: the kernel's choice; 0.0.0.0 and :: are fine */
    stack_role role;
    /* The host (and port; 0: the real one) that goes into Via and Contact in place of the local address. NULL: none. */
    const char *advertise_host;
    uint16_t advertise_port;
    net_tls *tls; /* TLS and WSS: our certificate, made with net_tls_options.server; a reference is taken */
    /* WS and WSS: the values of Origin that are let in ("https://app.example"), "*": any; none given: any. Who sends no
     * Origin is no browser, and is let in. Copied. */
    const char *const *origins;
    size_t norigins;
    const char *ws_path; /* "/sip": other paths get 404. NULL: any */
    stack_sink sink;     /* of LISTENING, LISTENER_FAILED and of REQUESTs that arrive here outside dialogs */
    void *user;          /* comes back in these events; in a REQUEST until tx_set_owner() */
} stack_listen_params;

/* SX_E_IN_USE, SX_E_PERMISSION, SX_E_ADDRESS, SX_E_NOMEM, SX_E_INVALID (TLS without `tls`). STACK_EV_LISTENING follows.
 * Requests of ours leave through the first UDP listener of the right role and address family; without any the stack
 * opens one of its own (port 0). */
int stack_listen(stack *s, const stack_listen_params *p, stack_listener **out);
/* Stops listening and closes its UDP socket; accepted connections live on until they are idle. No event. */
void stack_listener_destroy(stack_listener *l);
net_addr stack_listener_address(const stack_listener *l); /* bound, with the real port: known at once */
stack_role stack_listener_role(const stack_listener *l);
stack_transport stack_listener_transport(const stack_listener *l);

/* True if host (a name or number, brackets as in a URI) and port (0: 5060) mean one of our listeners with that role:
 * their bound addresses, the addresses of this machine under a wildcard, and what they advertise. */
bool stack_is_own(stack *s, stack_role role, sx_slice host, uint16_t port);

/* "udp", "tcp", "tls", "ws", "wss": for logs and events. The value of a URI's transport parameter: the same, but "ws"
 * for WSS too, which the scheme sips: tells apart (RFC 7118 5.2). "UDP", "TCP", "TLS", "WS", "WSS": for Via. */
const char *stack_transport_name(stack_transport t);
const char *stack_transport_param(stack_transport t);
const char *stack_transport_via(stack_transport t);
uint16_t stack_default_port(stack_transport t);       /* 5060, TLS 5061, WS 80, WSS 443 */
stack_transport stack_transport_parse(sx_slice name); /* any case; STACK_ANY: unknown to us */

/* Holds the flow open: it is not closed for being idle, and a keepalive goes out after 80 to 100 per cent of
 * keepalive_ms each time, at random (RFC 5626 4.4; 0: never): a ping frame on WebSockets, CRLF CRLF on other
 * connections, where a missing pong closes it if the peer has ever sent one; on UDP CRLF CRLF, which nobody answers, or
 * STUN, see below. Holds are counted and the shortest interval wins; release with the same interval. Releasing a flow
 * that is gone is harmless. SX_E_TRANSPORT: the flow is gone. */
int stack_flow_hold(stack *s, const stack_flow *f, uint32_t keepalive_ms);
void stack_flow_release(stack *s, const stack_flow *f, uint32_t keepalive_ms);
/* UDP only (elsewhere nothing): as long as the flow is held its keepalives are STUN Binding requests (RFC 5626 4.4.2).
 * If the first of them stays unanswered, the peer knows no STUN and gets CRLF CRLF again. Else an unanswered one is
 * STACK_EV_FLOW_LOST; and where an answer shows another address of ours than before, what goes into a Contact changes,
 * and STACK_EV_FLOW_MOVED says so. */
void stack_flow_stun(stack *s, const stack_flow *f);
bool stack_flow_alive(stack *s, const stack_flow *f);
/* The connection with this stack_flow.id, if it stands. Never UDP: there an id is a socket, and the peer is missing. */
bool stack_flow_find(stack *s, uint64_t id, stack_flow *out);
/* Closes a connection now; its transactions fail. Nothing for UDP. */
void stack_flow_close(stack *s, const stack_flow *f);
/* Fills `host` (NUL-terminated, IPv6 in brackets; 256 bytes always suffice) and *port with what a Contact says on this
 * flow. */
int stack_flow_contact(stack *s, const stack_flow *f, char *host, size_t cap, uint16_t *port);

/* Addresses or routes of this machine changed: source addresses, DNS answers (but the last good ones) and what peers
 * saw of us from other addresses are forgotten; connections whose address is gone are closed, others that would take
 * another way now are pinged; UDP listeners bound to an address that is gone are bound to the one that takes its place,
 * or to the old one when it is back, with the same port where that is free. Flows of those live on. Connections have
 * their turn in stack_network_step only. */
void stack_network_changed(stack *s);
/* The next few connections; true: call it again in the next turn of the loop. */
bool stack_network_step(stack *s);
/* Our address on that flow, as the peer sees it if nobody translates; none: the flow is gone, or there is no route. */
net_addr stack_flow_local(stack *s, const stack_flow *f);

#endif
