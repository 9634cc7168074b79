/* One logical request above transactions: resolve, connect, transaction, then the answer to a challenge or the next
 * target. Transport, Via, branch and Contact are chosen per attempt. */
#ifndef STACK_REQUEST_H
#define STACK_REQUEST_H

#include "stack/auth.h"
#include "stack/stack.h"

/* All slices are copied. What is empty is left out or drawn. Values must be free of CR and LF (SX_E_HEADER), except in
 * `headers`, whose lines end with CRLF. */
typedef struct stack_request_params {
    sx_slice method; /* any token; ACK and CANCEL are not sent this way */

    /* Outside dialogs. */
    sx_slice uri;           /* Request-URI, sip: or sips: (tel: needs a route or next_hop) */
    sx_slice from;          /* value of From without tag: "Alice" <sip:alice@example.org> */
    sx_slice from_tag;      /* empty: drawn */
    sx_slice to;            /* value of To; empty: <uri> */
    sx_slice call_id;       /* empty: drawn */
    uint32_t *cseq;         /* the last CSeq used under this Call-ID: read and advanced at every attempt, so it must
                               outlive the request. NULL: the request counts for itself, from a random start */
    uint32_t first_cseq;    /* the CSeq of its first attempt where `cseq` is NULL; 0: drawn */
    const sx_slice *routes; /* values of Route, first one first: "<sip:proxy;lr>" */
    size_t nroutes;

    /* Inside a dialog: all of the above except method come from here, and its Contact unless one is given. */
    stack_dialog *dialog;

    /* Where to send it. */
    sx_slice next_hop;    /* a URI, or a URL of a WebSocket ("wss://host/path"), that replaces what Route or Request-URI
                             say    about where it goes; no Route is made of it */
    const sx_slice *hops; /* several of them in place of next_hop, at most 16: when the targets of one have failed,
                             those of the next are tried. One that cannot be resolved is passed over */
    size_t nhops;
    const sx_slice
        *hop_routes;   /* a value of Route for each of the hops, or none: `routes` are those for the first hop, and
                          for another one its value takes the place of the first hop's. NULL: no difference */
    stack_flow flow;   /* if set: over this flow and no other; lost: STACK_EV_FINAL with SX_E_TRANSPORT */
    stack_flow prefer; /* if set and alive: this flow first, whatever resolving would say; lost, or when its target
                          fails: the normal way. Never for sips: when it is not secure; never when it was verified for
                          another name than that of the first hop */
    bool outbound;   /* `prefer` is a flow of RFC 5626, whose far end takes requests to anybody: its name may differ */
    net_addr avoid;  /* if set: no target at this address, where another flow of ours lives already (RFC 5626); none
                        left: SX_E_NOT_FOUND */
    stack_role role; /* whose sockets; leave STACK_ROLE_UA outside server/ */
    net_tls *tls;    /* for the connections it opens (a reference is taken); NULL: the dialog's, else the stack's */
    sx_slice ws_headers; /* further lines of a WebSocket's handshake, each with CRLF; empty: the dialog's, else none */

    const stack_contact *contact; /* NULL: no Contact (in a dialog: the dialog's, where the method wants one) */
    sx_slice headers;             /* further header lines, each with CRLF; not Via, Max-Forwards, From, To, Call-ID,
                                     CSeq, Route, Content-Length, Authorization, Proxy-Authorization */
    sx_slice content_type;
    sx_slice body;
    uint32_t max_forwards; /* 0: 70 */
    stack_auth *auth;      /* NULL: a challenge is final (in a dialog: the dialog's) */
    uint32_t timeout_ms;   /* in all, from now until the final answer; 0: the transaction's. An INVITE that has a 1xx by
                              then is cancelled, and ends as it ends */
    stack_sink sink;
    void *user;
} stack_request_params;

/* *out is valid until the terminal event has been delivered: STACK_EV_FINAL, or STACK_EV_DONE after a 2xx to an INVITE.
 * SX_E_INVALID, SX_E_URI, SX_E_HEADER, SX_E_NOMEM, SX_E_GONE (the dialog has ended): no event follows. Whatever goes
 * wrong later is a STACK_EV_FINAL with `code` and words.
 *
 * A challenge (401, 407; several at once, one after the other) is answered from `auth` at the same target with CSeq +
 * 1, at most twice per realm; it only comes up, as STACK_EV_FINAL with code SX_E_AUTH, when it cannot be answered or
 * the answer was refused.
 *
 * Targets (RFC 3263 4.3): a transport failure (ICMP, no connection, TLS), a 503, or a timeout before any 1xx tries the
 * next one, with a new branch and Via, the same Call-ID and CSeq. The target that failed is put aside: for
 * stack_config.penalty_ms, or as long as Retry-After says (an hour at most), requests try it last. A target that says
 * nothing at all gives way after stack_config.target_wait_ms (twice that over connections) if there is another one that
 * is not put aside; its own transaction goes on, as RFC 3261 has it, and whichever answers first is the one that
 * counts: the others are ended, INVITEs with CANCEL when they ring and with ACK and BYE when they are answered. A 503
 * comes up when no further target has an answer. */
int stack_request_create(stack *s, const stack_request_params *p, stack_request **out);

/* INVITE: sends CANCEL as soon as a 1xx is there (RFC 3261 9.1); before anything was sent the request ends at once with
 * code SX_E_CANCELED and status 487. The final answer comes as ever: 487 mostly, but a 2xx that won the race comes up
 * as the 2xx it is, and wants ACK and BYE. 64*T1 after the CANCEL without a final answer: 487, SX_E_TIMEOUT.
 * Other methods: ends it now with SX_E_CANCELED; a late answer is swallowed. `headers`: further lines ("Reason: ...").
 * Harmless when repeated or too late. */
int stack_request_cancel(stack_request *r, sx_slice headers);
/* Nobody listens any more: no further event, the handle is dead on return. An INVITE is cancelled, a 2xx that wins gets
 * ACK and BYE; other requests run to their end in silence. */
void stack_request_abandon(stack_request *r);

void *stack_request_user(const stack_request *r);
void stack_request_set_user(stack_request *r, stack_sink sink, void *user);
/* Of the last attempt. The Contact URI as it was sent ("sip:x@1.2.3.4:5060"), empty without one; valid until the next
 * attempt. The flow it went by: id 0 before it was sent. */
sx_slice stack_request_contact(const stack_request *r);
stack_flow stack_request_flow(const stack_request *r);
uint32_t stack_request_cseq(const stack_request *r);
sx_slice stack_request_call_id(const stack_request *r);
sx_slice stack_request_from_tag(const stack_request *r);

#endif
