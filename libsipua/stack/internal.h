/* The inside of stack/: shared by its files, not for the floors above. Here the lower half (events, paths, receiving,
 * transactions); dialogs and requests are in internal_dialog.h. */
#ifndef STACK_INTERNAL_H
#define STACK_INTERNAL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/list.h"
#include "base/runq.h"
#include "base/sweep.h"
#include "net/dns.h"
#include "net/tcp.h"
#include "net/udp.h"
#include "net/websocket.h"
#include "sip/frame.h"
#include "sip/headers.h"
#include "sip/lex.h"
#include "sip/write.h"
#include "stack/client_transaction.h"
#include "stack/dialog_set.h"
#include "stack/forward.h"
#include "stack/resolve.h"
#include "stack/server_transaction.h"
#include "stack/transport.h"

#define STACK_TAG_LEN 12
#define STACK_BRANCH_LEN (7 + 16) /* z9hG4bK and a token */

/* ---- events upwards (event.c) ---- */

/* Part of every object that reports: whose sink, and the events not yet delivered. */
typedef struct stack_owner {
    stack_sink sink; /* fn NULL: the stack's */
    void *user;
    sx_list notes;
} stack_owner;

typedef struct stack_note {
    sx_list in_stack; /* the queue */
    sx_list in_owner;
    stack *s;
    stack_owner *owner;       /* NULL: the stack's sink */
    void (*after)(void *obj); /* after delivery, unless the owner let go before */
    void *obj;
    sip_msg *kept;
    char *copy;
    bool queued;
    stack_event ev;
    char text[96];
} stack_note;

void stack_owner_init(stack_owner *o, stack_sink sink, void *user);
/* What is still queued for o is never delivered. */
void stack_owner_drop(stack_owner *o);
/* Copies the event, keeps its message. SX_E_NOMEM: nothing was queued. */
int stack_post(stack *s, stack_owner *o, const stack_event *ev, void (*after)(void *obj), void *obj);
/* With memory taken beforehand (stack_note_new): cannot fail, ev->msg may be lost though when memory runs out. */
stack_note *stack_note_new(stack *s);
void stack_note_free(stack_note *n);
void stack_post_note(stack_note *n, stack_owner *o, const stack_event *ev, void (*after)(void *obj), void *obj);
void stack_run_notes(sx_task *t);
stack_event stack_event_of(stack_event_type type);

/* ---- the stack (stack.c) ---- */

typedef struct stack_no_tcp {
    net_addr addr;
    uint64_t until;
} stack_no_tcp;

typedef struct stack_source { /* what net_addr_source_for said */
    net_addr to, from;
    uint64_t until;
} stack_source;

typedef struct stack_penalty stack_penalty; /* penalty.c */

#define STACK_NO_TCP_SLOTS 256
#define STACK_SOURCE_SLOTS 64

struct stack {
    net_loop *loop;
    sx_wheel *wheel;
    sx_runq *runq;
    stack_config cfg;
    char *user_agent;
    char *dns_servers;
    sx_log *log;
    tx_timing timing;
    stack_sink sink;
    sx_task task;
    sx_list notes;
    size_t nnotes;
    stack_note *delivering;
    bool closing;
    stack_note *cut_off; /* the one whose sink destroyed the stack */
    sx_list spare_notes;
    unsigned nspare;
    sx_list listeners, conns, requests, dialogs, resolves, shots;
    sx_htab paths;        /* listeners and connections by flow id */
    sx_htab conns_by_key; /* role, transport, remote address, name */
    sx_htab conn_sources;
    size_t nconns;
    sx_sweep conn_sweep; /* who has still to hear of a changed network */
    uint32_t network;    /* counts its changes */
    sx_htab server_txs, merged, client_txs, client_txs_by_flow, dialogs_by_id, expects, peers;
    uint64_t next_id;
    unsigned open_txs; /* server transactions without a final answer */
    net_dns *dns;
    int refuse_invite, refuse_other;
    uint32_t refuse_after;
    stack_no_tcp *no_tcp; /* direct-mapped by address; made at first use */
    stack_penalty *penalties;
    stack_source sources[STACK_SOURCE_SLOTS];
    stack_stats stats;
    sx_buf out; /* one message at a time is built here */
    sx_grave grave;
    sip_scratch rx;   /* what is being received */
    sip_scratch work; /* what we sent ourselves and look at again */
};

static inline uint64_t stack_now(const stack *s) { return net_loop_now(s->loop); }
void stack_bury(stack *s, sx_grave *g, void (*fn)(sx_grave *));

/* ---- paths: listeners and connections (transport.c, connection.c) ---- */

typedef enum stack_path_kind { STACK_PATH_LISTENER = 1, STACK_PATH_CONN } stack_path_kind;
typedef struct stack_path {
    sx_hnode by_id;
    uint64_t id;
    stack_path_kind kind;
} stack_path;

struct stack_listener {
    stack_path path;
    sx_list link;
    stack *s;
    stack_owner owner;
    stack_transport transport;
    stack_role role;
    net_udp *udp;
    net_listener *tcp;
    net_addr local;
    char *advertise_host;
    uint16_t advertise_port;
    net_tls *tls;
    char **origins;
    size_t norigins;
    char *ws_path;
    sx_grave grave;
};

/* Somebody who waits for a connection. fn is called once, not from inside conn_get. */
typedef struct stack_wait {
    sx_list link;
    void (*fn)(struct stack_wait *w, int code, const char *text);
} stack_wait;

/* Accepted connections from one address. */
typedef struct stack_conn_source {
    sx_hnode by_addr;
    net_addr addr;
    unsigned n;
} stack_conn_source;

typedef struct stack_conn {
    stack_path path;
    sx_list link;
    sx_hnode by_key;
    stack *s;
    net_conn *net; /* one of the two, until it is closed */
    net_ws *ws;
    stack_transport transport;
    stack_role role;
    net_addr remote, local;
    bool outbound, connected, keyed;
    bool heard;  /* a message has come */
    bool ponged; /* the peer has answered a keepalive */
    uint64_t listener_id;
    stack_conn_source *source; /* accepted */
    /* Outgoing ones: what they are found again by, besides the address. */
    char *name; /* verified, and in Host */
    net_tls *tls;
    char *ws_path, *ws_headers;
    char invalid[24]; /* "abc.invalid": our name in Via and Contact on a WebSocket that we opened */
    sip_framer framer;
    sx_timer timer; /* the first of what follows */
    uint64_t connect_by;
    uint64_t born_at;
    uint64_t used_at;
    uint64_t begun_at; /* since when a part of a message waits for the rest; 0: none */
    uint64_t full_at;  /* by then the queue must have been drained; 0: it has room */
    uint64_t pong_at;  /* a pong is due by then; 0: none */
    uint64_t pinged_at;
    sx_list waits;
    sx_grave grave;
} stack_conn;

typedef struct stack_hold {
    uint32_t keepalive_ms; /* 0: never */
    uint32_t count;
} stack_hold;

/* What we know about one flow (peers.c): its holds, and how the far end sees us. */
typedef struct stack_peer {
    sx_hnode by_flow;
    stack *s;
    stack_flow flow;
    net_addr learned; /* none: nothing learned */
    net_addr source;  /* the address of ours that it was learned for */
    uint32_t network; /* and when that was looked at last */
    net_addr mapped;  /* what STUN said last */
    bool stun;        /* keepalives by STUN are wanted */
    bool no_stun;     /* and nobody answers them there */
    bool stun_answered, lost;
    unsigned asked; /* requests sent in the open transaction; 0: none is open */
    unsigned char tid[12];
    uint64_t asked_at;
    sx_timer stun_timer;
    stack_hold *holds; /* one for each keepalive interval */
    size_t nholds;
    sx_timer timer;
} stack_peer;

uint64_t stack_flow_hash(const stack_flow *f);
/* What the far end sees of us; none: nothing learned, or for an address that is not ours towards it any more. */
net_addr stack_peer_learned(stack_peer *p);
stack_path *stack_path_find(stack *s, uint64_t id);
bool stack_path_add(stack *s, stack_path *p, stack_path_kind kind); /* draws the id */
stack_listener *stack_listener_find(stack *s, uint64_t id);
void stack_listener_report(stack_listener *l, stack_event_type type, int code, const char *text);
/* The same listener on another address; flows over it live on. On an error it is as it was. */
int stack_listener_rebind(stack_listener *l, const net_addr *addr);
/* The best for sending to `to`; NULL: there is none. */
stack_listener *stack_listener_for(stack *s, stack_transport t, stack_role role, const net_addr *to);
stack_listener *stack_pick_udp(stack *s, stack_role role, const net_addr *to); /* opens one if need be; NULL: failed */
/* The local address (port 0) to connect to `to` from; none: the system's choice. */
net_addr stack_bind_for(stack *s, stack_role role, stack_transport t, const net_addr *to);
void stack_close_listeners(stack *s);

/* Whom to connect to. What is found again has all of it in common: a connection that was verified for one name is never
 * used for another, whatever the address (CVE-2020-15260). Slices live as long as the call. */
typedef struct stack_dial {
    stack_transport transport; /* not UDP */
    net_addr addr;
    sx_slice name;       /* TLS, WSS: the name that the certificate must have (the URI's host, not what SRV said) and
                            SNI; a name or a numeric host; empty: that of `addr` */
    net_tls *tls;        /* TLS, WSS: NULL: stack_config.tls */
    sx_slice ws_path;    /* WS, WSS: "/path?query"; empty: "/" */
    sx_slice ws_headers; /* WS, WSS: further lines of the handshake, each with CRLF: cookies, Origin */
} stack_dial;
/* An existing connection, connected or on its way, or a new one. NULL with the error in *code. */
stack_conn *stack_conn_get(stack *s, stack_role role, const stack_dial *dial, int *code);
stack_conn *stack_conn_find(stack *s, uint64_t id);
void stack_conn_accept(stack_listener *l, const net_event *ev);
void stack_conn_ping(stack_conn *c);
void stack_conn_close(stack_conn *c, int code, const char *text); /* transactions fail, event */
void stack_close_conns(stack *s);

/* Sends on a flow. UDP: to `to`. SX_E_TRANSPORT: it is gone. Counts and traces. */
int stack_flow_send(stack *s, const stack_flow *f, const net_addr *to, sx_slice bytes);
/* Our name on this flow, for Via: host (in brackets for IPv6) and port into the buffer as "host:port". */
typedef struct stack_sentby {
    char host[256];
    uint16_t port;
} stack_sentby;
int stack_flow_sentby(stack *s, const stack_flow *f, stack_role role, stack_sentby *out);
/* The same for Contact. */
int stack_contact_host(stack *s, const stack_flow *f, stack_role role, const stack_contact *c, stack_sentby *out);
/* "<sip:user@host:port;transport=tcp;params>;params" */
int stack_contact_write(stack *s, const stack_flow *f, stack_role role, const stack_contact *c, sx_buf *out);
/* ";transport=ws" where a URI for that transport needs it. */
void stack_put_transport(sx_buf *b, stack_transport t, bool secure);
bool stack_is_sips(sx_slice uri);
/* The bare host, neither brackets nor zone. */
sx_slice stack_addr_text(const net_addr *a, char room[NET_ADDR_TEXT]);
bool stack_contact_is_clean(const stack_contact *c); /* no line breaks, no NUL */
net_addr stack_source_for(stack *s, const net_addr *remote);
bool stack_no_tcp_known(stack *s, const net_addr *a);
void stack_no_tcp_learn(stack *s, const net_addr *a);

stack_peer *stack_peer_find(stack *s, const stack_flow *f);
/* The peer saw our request coming from `seen`; true if that is news for a Contact. */
bool stack_peer_learn(stack *s, const stack_flow *f, const net_addr *seen, bool as_sent);
/* Is that the address that we have on this flow anyway? */
bool stack_peer_is_own(const stack_peer *p, const net_addr *seen);
void stack_peer_free(stack_peer *p);
void stack_peers_gone(stack *s, uint64_t listener_id); /* of a UDP listener that is closed */
void stack_close_peers(stack *s);

/* stun.c. ping: false if a CRLF has to do. receive: true if it was STUN. */
bool stack_stun_ping(stack_peer *p);
void stack_stun_timer(sx_timer *t, uint64_t now);
bool stack_stun_receive(stack_listener *l, const net_addr *from, sx_slice datagram);

/* ---- receiving (receive.c) ---- */

typedef struct stack_rx {
    stack_flow flow;
    net_addr local;
    stack_role role;
    stack_listener *listener; /* NULL: a connection of ours */
} stack_rx;
/* False: it was nothing that could be read or answered. */
bool stack_receive(stack *s, const stack_rx *rx, sx_slice bytes);
void stack_trace(stack *s, const stack_flow *f, const net_addr *to, const net_addr *local, bool outgoing,
                 sx_slice bytes);

/* ---- client transactions (client.c) ---- */

typedef enum stack_ctx_report {
    STACK_CTX_RESPONSE = 1, /* msg lives in the stack's rx scratch: keep it to keep it */
    STACK_CTX_TIMEOUT,
    STACK_CTX_TRANSPORT, /* code, text */
    STACK_CTX_END        /* the transaction is no more */
} stack_ctx_report;

typedef struct stack_ctx stack_ctx;
typedef void (*stack_ctx_fn)(void *owner, stack_ctx *c, stack_ctx_report what, const sip_msg *msg,
                             const sip_basics *basics, int code, const char *text);

struct stack_ctx {
    sx_hnode by_branch;
    sx_hnode by_flow;
    stack *s;
    tx_client m;
    sx_timer timer;
    stack_flow flow;
    stack_ctx_fn fn; /* NULL: nobody cares */
    void *owner;
    char *bytes; /* the request as sent; freed when nothing can need it */
    uint32_t n;
    uint8_t method;
    int failed; /* the first sending: why; told by the timer */
    bool lost;  /* by the end of its connection */
    char *ack;
    uint32_t nack;
    char branch[STACK_BRANCH_LEN + 1];
    sx_grave grave;
};

void stack_branch_new(char out[STACK_BRANCH_LEN + 1]);
/* Takes `bytes` (malloc'd) in any case; sends it. NULL: no memory. Reports come later, never from inside this call. */
stack_ctx *stack_ctx_start(stack *s, sip_method method, const char *branch, const stack_flow *flow, char *bytes,
                           size_t n, stack_ctx_fn fn, void *owner);
void stack_ctx_forget(stack_ctx *c); /* the owner listens no more; the transaction runs to its end */
void stack_ctx_kill(stack_ctx *c);   /* and ends at once */
void stack_ctx_lost(stack *s, const stack_flow *f, bool connection, int code, const char *text);
/* True if the response belongs to a transaction (and was handled). */
bool stack_ctx_response(stack *s, const stack_rx *rx, const sip_msg *msg, const sip_basics *b);
void stack_close_ctxs(stack *s);

/* ---- server transactions (respond.c, server.c) ---- */

struct stack_tx {
    sx_hnode by_key; /* hash: first half of the key */
    uint64_t key2;
    sx_hnode by_merge;
    stack *s;
    stack_owner owner;
    tx_server m;
    sx_timer timer;
    stack_flow flow;
    net_addr reply_to;
    uint64_t listener_id;
    sip_msg *msg; /* until the final answer (kept: until the end) */
    stack_dialog *dialog;
    sx_list in_dialog;
    char *last; /* the last response */
    uint32_t nlast;
    uint8_t role;
    bool invite, canceled, answered, kept, in_merged, ended;
    char tag[STACK_TAG_LEN + 1];
    sx_grave grave;
};

typedef struct stack_key {
    uint64_t a, b;
} stack_key;
/* The key of the transaction that a request belongs to; an ACK or CANCEL has that of its INVITE. */
stack_key stack_tx_key(stack_role role, const sip_msg *m, const sip_basics *b);
stack_tx *stack_tx_find(stack *s, stack_key k);
stack_tx *stack_tx_new(stack *s, const stack_rx *rx, const sip_msg *m, const sip_basics *b, stack_key k);
/* True: the response at hand is to be sent (or the ACK passed up). Call stack_tx_reap after it, when tx is not needed.
 */
bool stack_tx_feed(stack_tx *tx, tx_server_input in);
void stack_tx_reap(stack_tx *tx);
void stack_tx_trying(stack_tx *tx);   /* sends 100 */
void stack_tx_answered(stack_tx *tx); /* a final answer was given: shrinks */
void stack_tx_again(stack_tx *tx);
/* True: the ACK was for a failure and is done with. */
bool stack_tx_ack(stack_tx *tx);
void stack_tx_cancel(stack_tx *tx, const sip_msg *cancel);
/* Nobody will answer any more (its dialog is gone before anybody saw it). */
void stack_tx_orphaned(stack_tx *tx, int status);
void stack_close_txs(stack *s);
/* An answer without state. extra: header lines. */
void stack_reply(stack *s, const stack_rx *rx, const sip_msg *m, const sip_basics *b, int status, sx_slice reason,
                 sx_slice extra);
void stack_reply_tagged(stack *s, const stack_rx *rx, const sip_msg *m, const sip_basics *b, int status,
                        sx_slice reason, sx_slice extra, sx_slice to_tag);
net_addr stack_reply_to(const stack_rx *rx, const sip_via *via);
/* Sends a response; where the connection is gone, over a new one (RFC 3261 18.2.2). */
void stack_send_response(stack *s, const stack_flow *f, stack_role role, const net_addr *to, sx_slice bytes);
/* SX_E_HEADER with words if these are not whole header lines, or name one that the stack writes itself. */
int stack_check_lines(sx_slice lines, bool contact_too);

#include "stack/internal_dialog.h"

#endif
