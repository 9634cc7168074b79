/* The SIP machinery of RFC 3261 that knows no SDP: one `stack` per agent, living on that agent's loop thread.
 *
 *   stack.h     create, configure, events            transport.h  listeners and flows
 *   request.h   send a request, cancel it            auth.h       credentials and cached challenges
 *   respond.h   answer a request                     dialog.h     dialogs, ACK, requests inside them
 *   forward.h   what a stateful proxy needs          dialog_set.h an outgoing INVITE with its forks
 *
 * Threads: everything here is called on the loop's thread only.
 * Nobody is re-entered: no function here calls a sink before it returns. What it has to say is appended to the loop's
 * run queue and comes first in, first out. What is freed goes to the loop's graveyard.
 * Ownership: a slice given to a function is copied before it returns, unless its comment says otherwise. An event and
 * all it points to live until the sink returns; sip_msg_keep() keeps a message longer (a reference, no copy). */
#ifndef STACK_STACK_H
#define STACK_STACK_H

#include "base/error.h"
#include "base/log.h"
#include "base/slice.h"
#include "net/addr.h"
#include "net/loop.h"
#include "sip/message.h"

typedef struct stack stack;
typedef struct net_tls net_tls;                   /* net/tls.h */
typedef struct stack_listener stack_listener;     /* transport.h */
typedef struct stack_request stack_request;       /* request.h */
typedef struct stack_auth stack_auth;             /* auth.h */
typedef struct stack_tx stack_tx;                 /* respond.h: a server transaction */
typedef struct stack_dialog stack_dialog;         /* dialog.h */
typedef struct stack_dialog_set stack_dialog_set; /* dialog_set.h */

typedef enum stack_transport {
    STACK_ANY = 0,
    STACK_UDP = 1,
    STACK_TCP = 2,
    STACK_TLS = 3,
    STACK_WS = 4, /* RFC 7118 */
    STACK_WSS = 5
} stack_transport;
static inline bool stack_is_stream(stack_transport t) { return t > STACK_UDP; } /* connections, not datagrams */
static inline bool stack_is_secure(stack_transport t) { return t == STACK_TLS || t == STACK_WSS; }
static inline bool stack_is_ws(stack_transport t) { return t == STACK_WS || t == STACK_WSS; }

/* Whom a listener's requests are for. Dialogs, 481 and merged requests (482) exist only in the ua role; the server role
 * hands every request up as it came. */
typedef enum stack_role { STACK_ROLE_UA = 0, STACK_ROLE_SERVER = 1 } stack_role;

/* A path to a peer, as a plain value that may be kept for ever: sending on a flow that is gone fails with
 * SX_E_TRANSPORT. UDP: a socket of ours and the peer's address. All others: one connection. All zero: no flow. */
typedef struct stack_flow {
    uint64_t id; /* socket (UDP) or connection (TCP), never used twice in a stack; 0: none */
    stack_transport transport;
    net_addr remote;
} stack_flow;
bool stack_flow_eq(const stack_flow *a, const stack_flow *b);

/* ---- events ---- */

typedef enum stack_event_type {
    /* A listener. `listener`, `transport`, `local` (the bound address), `user`. */
    STACK_EV_LISTENING = 1,
    STACK_EV_LISTENER_FAILED, /* it works no more: `code`, `text`; destroy it */

    /* A connection (never UDP); to the stack's sink. `flow`, `transport`, `remote`, `local`, `outbound`; the end of it
     * also `code` (0: closed in good order) and the cause in words, `text`; where TLS failed `code` is SX_E_TLS, and
     * `tls_check` and `tls_names` say which check and what names the certificate had. */
    STACK_EV_CONNECTING,
    STACK_EV_CONNECTED,
    STACK_EV_DISCONNECTED,

    /* Flows that are held (stack_flow_hold) with keepalives; to the stack's sink. */
    STACK_EV_FLOW_LOST,  /* UDP: who answered our STUN requests answers no more. `flow`, `code`, `text`. What
                            DISCONNECTED is to a connection; sending on it goes on being possible */
    STACK_EV_FLOW_MOVED, /* the peer sees us under another address than before (`seen`: what STUN said, port too): what
                            was told it in a Contact is out of date. `flow`. Never from a public address to a private
                            one */

    /* A request came in. `tx` to answer it with (NULL for an ACK), `msg`, `flow`, `role`, `listener` (NULL when it came
     * over a connection that we opened), `dialog` or NULL. To the dialog's sink if there is one, else to the
     * listener's, else to the stack's.
     * The ua role never sees: CANCEL, an ACK to a failure, a retransmission, a merged request, an in-dialog request
     * without its dialog or with a CSeq from the past, malformed requests.
     * The server role never sees: CANCEL, an ACK to a failure, a retransmission, malformed requests; it does see the
     * ACK to a 2xx. */
    STACK_EV_REQUEST,
    STACK_EV_CANCELED, /* the INVITE of `tx` was cancelled (the CANCEL in `msg` has its 200): answer it 487 */
    STACK_EV_TX_DONE,  /* only after tx_keep(): the last of `tx` */

    /* Dialogs. `dialog`, `user`. */
    STACK_EV_ACK,         /* ACK to our 2xx, each time for a new CSeq, never twice: `msg`, `cseq` */
    STACK_EV_ACK_TIMEOUT, /* no ACK within 64*T1: `cseq`. The dialog is still there: send BYE (RFC 3261 13.3.1.4) */

    /* A request of ours. `request` or `set`, `user`, `msg`. */
    STACK_EV_PROVISIONAL, /* a 1xx, 100 too: `msg`, `status`; in a set `dialog` if it has a To tag and is not 100 */
    STACK_EV_FINAL,       /* the one final answer: `msg`, `status`; or a local failure: no `msg`, `code`, `text` and the
                             `status` of RFC 3261 8.1.3.1 (408 timeout, 503 transport, DNS, 487 cancelled before it was
                             sent). Terminal, unless it is a 2xx to an INVITE; then STACK_EV_DONE is */
    STACK_EV_EXTRA_2XX,   /* INVITE: a further 2xx of another fork (other To tag), or to a forwarded INVITE the same one
                             again. In a set ACK and BYE are already on their way */
    STACK_EV_DONE,        /* the terminal event after a 2xx to an INVITE, 64*T1 later */

    STACK_EV_TRACE /* if switched on: `bytes`, `outgoing`, `transport`, `local`, `remote`; to the stack's sink */
} stack_event_type;

typedef struct stack_event {
    stack_event_type type;
    void *user; /* of the object that the event is about */
    stack_listener *listener;
    stack_request *request;
    stack_dialog_set *set;
    stack_tx *tx;
    stack_dialog *dialog;
    const sip_msg *msg;
    stack_flow flow; /* the one that `msg` came by */
    stack_transport transport;
    stack_role role;
    net_addr local;
    net_addr remote;
    bool outbound;
    bool outgoing;
    /* STACK_EV_FINAL: the peer sees us under another address than the Contact said (received, rport). The next request
     * over this flow carries the new one; a registration repeats itself. */
    bool contact_changed;
    int status;            /* SIP */
    int code;              /* SX_E_*, 0: none */
    const char *text;      /* a cause in words; never NULL */
    const char *tls_check; /* "expired", "name mismatch", ... as in net/event.h; NULL: TLS was not the cause */
    const char *tls_names; /* the names in the peer's certificate, comma-separated; NULL: not known */
    net_addr seen;
    uint32_t cseq;
    sx_slice bytes;
} stack_event;

typedef void (*stack_sink_fn)(void *ctx, const stack_event *ev);
/* Every object may name its own; with fn == NULL its events go to the stack's. */
typedef struct stack_sink {
    stack_sink_fn fn;
    void *ctx;
} stack_sink;

/* ---- the stack ---- */

typedef struct stack_config { /* zero everywhere: the defaults */
    uint32_t t1_ms;           /* 500 */
    uint32_t t2_ms;           /* 4000 */
    uint32_t t4_ms;           /* 5000 */
    uint32_t timeout_ms;      /* timers B, F, H, L and M, and the life of forks: 64*T1 */
    uint32_t invite_wait_ms;  /* from the first 1xx to an INVITE to its CANCEL, where it has no timeout_ms; 0: never */
    uint32_t udp_to_tcp_threshold;       /* bytes: 1300; UINT32_MAX: never */
    uint32_t tcp_try_ms;                 /* to connect because of the threshold: 1000; then UDP */
    uint32_t no_tcp_ms;                  /* how long 'no TCP there' is remembered: 600000 */
    uint32_t connect_ms;                 /* to connect otherwise: 10000 */
    uint32_t idle_ms;                    /* an unused, unheld connection is closed: 120000 */
    uint32_t pong_ms;                    /* to answer a keepalive on a connection (RFC 5626 4.4.1): 10000 */
    uint32_t max_message;                /* bytes: 65536 */
    uint32_t max_connections;            /* 10000: all together; more are closed at once, or fail with SX_E_LIMIT */
    uint32_t max_connections_per_source; /* accepted ones from one address: 1000 */
    uint32_t handshake_ms;      /* from TCP's connection to the end of the TLS and WebSocket handshakes: 10000 */
    uint32_t conn_queue_bytes;  /* what may wait to be sent on one connection: 1 MB. Beyond it SX_E_FULL, and the
                                   transaction fails with 503 */
    uint32_t slow_ms;           /* a message that has begun on a connection must be complete by then: 30000 */
    uint32_t penalty_ms;        /* a target that failed is put aside (tried last) for so long: 30000 */
    uint32_t target_wait_ms;    /* a target that says nothing at all gives way to the next one, if there is one that is
                                   not put aside: 8*T1 (4000). Its own transaction goes on */
    uint32_t dns_timeout_ms;    /* from a name to its targets, all questions together: 5000 */
    uint32_t max_transactions;  /* server transactions without a final answer: 100000; beyond it 503 */
    uint32_t max_early_dialogs; /* forks of one INVITE: 32 */
    bool trace;
    const char *user_agent; /* User-Agent and Server; NULL: "libsipua"; empty: none. Copied, as dns_servers is */
    sx_log *log;
    const char *dns_servers; /* as net_dns_options.servers; NULL: the system's */
    net_tls *tls; /* what our connections trust and show where a request names nothing else (a reference is taken);
                     NULL: no TLS without a context of the request's own */
} stack_config;

/* NULL when memory ran out. `cfg` may be NULL. `sink` must have a function. */
stack *stack_create(net_loop *loop, const stack_config *cfg, stack_sink sink);
/* At any time, from inside a sink too: closes every socket and frees every object at once; all handles die, no further
 * event comes, nothing is sent but the goodbye of WebSockets. NULL is fine. */
void stack_destroy(stack *s);
net_loop *stack_loop(stack *s);
const stack_config *stack_settings(const stack *s); /* with the defaults filled in */
void stack_set_trace(stack *s, bool on);
/* New timers (ms) and threshold (bytes) while running: what begins from now on keeps to them. timeout_ms becomes 64*T1.
 */
void stack_set_timing(stack *s, uint32_t t1_ms, uint32_t t2_ms, uint32_t t4_ms, uint32_t udp_to_tcp_threshold);
/* New max_connections, max_connections_per_source, handshake_ms, conn_queue_bytes, slow_ms, penalty_ms and
 * dns_timeout_ms while running, those that are not 0: connections and listeners that are opened from now on keep to
 * them. */
void stack_set_limits(stack *s, const stack_config *c);

/* Overload: from now on new INVITEs outside dialogs get `invite_status`, other new requests `other_status`, both
 * without state and with Retry-After (seconds, 0: none); requests inside dialogs are always taken. 0, 0: take all
 * again. In the ua role only: a server answers for itself. */
void stack_refuse(stack *s, int invite_status, int other_status, uint32_t retry_after_s);

typedef struct stack_stats {
    uint64_t messages_in;
    uint64_t messages_out;
    uint64_t retransmissions_in; /* absorbed by transactions */
    uint64_t retransmissions_out;
    uint64_t malformed;       /* could not be read: answered with 400 where possible, else dropped */
    uint64_t stray_responses; /* belonged to nothing */
    uint64_t merged;          /* answered 482 */
    uint64_t refused;         /* answered by stack_refuse() or a limit */
    uint64_t dropped;         /* tx_drop() */
    uint64_t send_failures;
    uint64_t conns_refused;       /* accepted and closed at once: a cap was reached */
    uint64_t conns_slow;          /* closed: a message, or a handshake, was not complete in time */
    uint64_t conns_garbage;       /* closed: what came was no SIP, or above a limit */
    uint64_t conns_full;          /* sends refused: too much waited already */
    uint64_t handshakes_failed;   /* TLS and WebSocket, both directions */
    uint64_t keepalives_lost;     /* flows given up because nobody answered */
    uint32_t server_transactions; /* now, those lingering after their final answer too */
    uint32_t client_transactions;
    uint32_t requests;
    uint32_t dialogs;
    uint32_t connections;
} stack_stats;
void stack_get_stats(const stack *s, stack_stats *out);

/* ---- pieces of messages ---- */

/* Our Contact. Its host, port and transport are filled in for the flow each time it is sent: over a WebSocket that we
 * opened a name under .invalid (RFC 7118 5.2); else what the listener advertises; else the address that the peer said
 * it sees (received, rport, STUN); else the local address towards that peer. Never 0.0.0.0. `transport=` is written for
 * all but UDP, and never tls behind sips: (RFC 3261 26.2.2). */
typedef struct stack_contact {
    sx_slice user;       /* escaped already; may be empty */
    sx_slice uri_params; /* ";ob": inside <>, after transport; may be empty */
    sx_slice params;     /* ";expires=60;+sip.instance=...": after >; may be empty */
    sx_slice host;       /* in place of all that; numeric or a name, IPv6 in brackets; empty: as above */
    uint16_t port;       /* the same for the port; 0: as above */
    bool secure;         /* sips: */
    bool fixed;          /* what the peer says it sees (received, rport, STUN) is not taken */
    sx_slice uri;        /* the whole URI, in place of all but `params`: a GRUU (RFC 5627 4.4.1); empty: none */
} stack_contact;

#endif
