/* What a stateful proxy needs (RFC 3261 16). A request comes in with the server role; each branch is one
 * stack_forward(), a stack_request like any other (cancel it, abandon it, get PROVISIONAL, FINAL, EXTRA_2XX and DONE);
 * what it brings is passed back with tx_forward(). Before forwarding an INVITE call tx_keep(tx), so that late 2xx
 * answers find their way. */
#ifndef STACK_FORWARD_H
#define STACK_FORWARD_H

#include "stack/request.h"
#include "stack/respond.h"

typedef struct stack_forward_params {
    const sip_msg *msg;     /* the request as it came in; kept by reference */
    sx_slice uri;           /* the new Request-URI; empty: as it was */
    size_t drop_routes;     /* so many values are removed from the top of Route: those that name us */
    const sx_slice *routes; /* values put on top of Route (a Path, an outbound proxy) */
    size_t nroutes;
    bool record_route; /* our own address for the flow chosen, with ;lr, on top of Record-Route. Where the request came
                          by another transport or listener than it leaves by, twice (RFC 5658) */
    sx_slice record_user; /* user part in that Record-Route; may be empty */
    sx_slice headers;     /* further lines to add, each with CRLF */
    stack_flow in_flow;   /* by which msg came */
    stack_flow flow;      /* the location's flow: if set, over this one and no other */
    sx_slice next_hop;    /* as in stack_request_params */
    uint32_t timeout_ms;  /* timer C for an INVITE: restarted by each 1xx but 100, then CANCEL; 0: none */
    stack_sink sink;
    void *user;
} stack_forward_params;

/* Copies the request with our Via on top, Max-Forwards one less, Request-URI, Route and Record-Route as said. Sent to
 * `flow`, else next_hop, else the first Route left, else the Request-URI. SX_E_LIMIT: Max-Forwards was 0 (answer 483).
 * A forwarded request answers no challenge; a 503 or timeout tries the next address of the same name. */
int stack_forward(stack *s, const stack_forward_params *p, stack_request **out);
/* The same without a transaction: for the ACK to a 2xx. Nothing is reported. */
int stack_forward_ack(stack *s, const stack_forward_params *p);

/* Passes a response of a branch back: our Via off, the rest as it came, `headers` (lines with CRLF; may be empty)
 * added, e.g. the challenges of other branches. After tx_keep() a 2xx to an INVITE may follow another one. */
int tx_forward(stack_tx *tx, const sip_msg *response, sx_slice headers);
#endif
