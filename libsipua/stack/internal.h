/* The inside of stack/: shared by its files, not for the floors above. */
#ifndef STACK_INTERNAL_H
#define STACK_INTERNAL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/list.h"
#include "base/runq.h"
#include "net/dns.h"
#include "net/tcp.h"
#include "net/udp.h"
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
    stack_owner *owner; /* NULL: the stack's sink */
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
    sx_htab conns_by_key; /* role, remote address */
    sx_htab server_txs, merged, client_txs, client_txs_by_flow, dialogs_by_id, peers;
    uint64_t next_id;
    unsigned open_txs; /* server transactions without a final answer */
    net_dns *dns;
    int refuse_invite, refuse_other;
    uint32_t refuse_after;
    stack_no_tcp *no_tcp; /* direct-mapped by address; made at first use */
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
    sx_grave grave;
};

/* Somebody who waits for a connection. fn is called once, not from inside conn_get. */
typedef struct stack_wait {
    sx_list link;
    void (*fn)(struct stack_wait *w, int code, const char *text);
} stack_wait;

typedef struct stack_conn {
    stack_path path;
    sx_list link;
    sx_hnode by_key;
    stack *s;
    net_conn *net;
    stack_role role;
    net_addr remote, local;
    bool outbound, connected, keyed;
    bool ponged; /* the peer has answered a keepalive */
    uint64_t listener_id;
    sip_framer framer;
    sx_timer timer; /* connecting too long, idle, pong missing */
    uint64_t used_at;
    uint64_t pong_at; /* a pong is due by then; 0: none */
    sx_list waits;
    sx_grave grave;
} stack_conn;

/* What we know about one flow (peers.c): its holds, and how the far end sees us. */
typedef struct stack_peer {
    sx_hnode by_flow;
    stack *s;
    stack_flow flow;
    net_addr learned; /* none: nothing learned */
    uint32_t *holds;  /* keepalive intervals */
    size_t nholds;
    sx_timer timer;
} stack_peer;

uint64_t stack_flow_hash(const stack_flow *f);
stack_path *stack_path_find(stack *s, uint64_t id);
bool stack_path_add(stack *s, stack_path *p, stack_path_kind kind); /* draws the id */
stack_listener *stack_listener_find(stack *s, uint64_t id);
stack_listener *stack_pick_udp(stack *s, stack_role role, bool v6); /* opens one if there is none; NULL: failed */
void stack_close_listeners(stack *s);

/* An existing connection, connected or on its way, or a new one. NULL with the error in *code. */
stack_conn *stack_conn_get(stack *s, stack_role role, const net_addr *remote, int *code);
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
net_addr stack_source_for(stack *s, const net_addr *remote);
bool stack_no_tcp_known(stack *s, const net_addr *a);
void stack_no_tcp_learn(stack *s, const net_addr *a);

stack_peer *stack_peer_find(stack *s, const stack_flow *f);
/* The peer saw our request coming from `seen`; true if that is news for a Contact. */
bool stack_peer_learn(stack *s, const stack_flow *f, const net_addr *seen, bool as_sent);
void stack_peer_gone(stack *s, uint64_t flow_id); /* the path is closed */
void stack_close_peers(stack *s);

/* ---- receiving (receive.c) ---- */

typedef struct stack_rx {
    stack_flow flow;
    net_addr local;
    stack_role role;
    stack_listener *listener; /* NULL: a connection of ours */
} stack_rx;
void stack_receive(stack *s, const stack_rx *rx, sx_slice bytes);
void stack_trace(stack *s, const stack_flow *f, const net_addr *to, const net_addr *local, bool outgoing, sx_slice bytes);

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
    bool failed; /* the first sending: told by the timer */
    char *ack;
    uint32_t nack;
    char branch[STACK_BRANCH_LEN + 1];
    sx_grave grave;
};

void stack_branch_new(char out[STACK_BRANCH_LEN + 1]);
/* Takes `bytes` (malloc'd) in any case; sends it. NULL: no memory. Reports come later, never from inside this call. */
stack_ctx *stack_ctx_start(stack *s, sip_method method, const char *branch, const stack_flow *flow, char *bytes, size_t n,
                           stack_ctx_fn fn, void *owner);
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
/* True: the response at hand is to be sent (or the ACK passed up). Call stack_tx_reap after it, when tx is not needed. */
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
void stack_reply_tagged(stack *s, const stack_rx *rx, const sip_msg *m, const sip_basics *b, int status, sx_slice reason,
                        sx_slice extra, sx_slice to_tag);
net_addr stack_reply_to(const stack_rx *rx, const sip_via *via);
/* Sends a response; where the connection is gone, over a new one (RFC 3261 18.2.2). */
void stack_send_response(stack *s, const stack_flow *f, stack_role role, const net_addr *to, sx_slice bytes);
/* SX_E_HEADER with words if these are not whole header lines, or name one that the stack writes itself. */
int stack_check_lines(sx_slice lines, bool contact_too);

/* ---- dialogs (dialog.c, dialog_out.c) ---- */

typedef struct stack_answer { /* our 2xx until its ACK */
    sx_timer timer;
    stack_dialog *dialog;
    char *bytes;
    size_t n;
    stack_flow flow;
    net_addr to;
    uint64_t give_up_at;
    uint32_t interval, cseq;
} stack_answer;

struct stack_dialog {
    sx_hnode by_id;
    sx_list link;
    stack *s;
    stack_owner owner;
    char *block; /* the strings below, but for those with a block of their own */
    sx_slice call_id, local_tag, remote_tag, local, remote;
    char *target;
    uint32_t ntarget;
    sx_slice *routes; /* in one block with their bytes */
    size_t nroutes;
    char *contact_block;
    stack_contact contact;
    bool has_contact, uac, secure, zombie, has_remote_cseq;
    uint8_t state, role;
    uint32_t local_cseq, remote_cseq;
    stack_flow flow;
    stack_auth *auth;
    char *invite_auth; /* the credentials of our last INVITE: its ACK carries them too */
    stack_answer *answer;
    char *ack;
    size_t nack;
    stack_flow ack_flow;
    net_addr ack_to;
    uint32_t ack_cseq;
    sx_list requests; /* stack_request.in_dialog */
    sx_list txs;      /* stack_tx.in_dialog */
    stack_dialog_set *set;
    sx_list in_set;
    sx_timer linger; /* ended here, but its ACK may be wanted again */
    unsigned shots;  /* ACKs on their way to the network */
    sx_grave grave;
};

/* By Call-ID, local tag and remote tag. */
stack_dialog *stack_dialog_find(stack *s, sx_slice call_id, sx_slice local_tag, sx_slice remote_tag);
/* A UAC dialog from a response; sent: our request as it went out. */
int stack_dialog_from_response(stack *s, const sip_msg *sent, const sip_msg *msg, const sip_basics *b, stack_dialog **out);
int stack_dialog_set_contact(stack_dialog *d, const stack_contact *c);
/* 2xx to a target refresh, or the 2xx that confirms: new target, and routes if `routes`. */
void stack_dialog_response(stack_dialog *d, const sip_msg *msg, bool invite, bool confirm);
/* A request inside d came: true if it may go up; else it was answered. tx may be NULL for ACK. */
bool stack_dialog_request(stack_dialog *d, const stack_rx *rx, const sip_msg *m, const sip_basics *b);
void stack_dialog_ack(stack_dialog *d, const sip_msg *m, const sip_basics *b, const stack_rx *rx);
/* A final answer of ours went out (tx->last): a 2xx confirms, and is taken over and repeated if it is to an INVITE. */
void stack_dialog_answered(stack_dialog *d, stack_tx *tx, int status);
void stack_answer_free(stack_dialog *d);
void stack_dialog_forget_ack(stack_dialog *d); /* no 2xx can come again */
/* Ended, but for 64*T1 it still sends its ACK again. */
void stack_dialog_linger(stack_dialog *d);
/* A repeated 2xx: sends the ACK again, if there is one. */
bool stack_dialog_reack(stack_dialog *d, uint32_t cseq);
void stack_dialog_free(stack_dialog *d);
void stack_close_dialogs(stack *s);
/* Where d's next request goes: Request-URI, Route values, next hop (RFC 3261 12.2.1.1). */
sx_slice stack_route_set_uri(const sx_slice *routes, size_t nroutes, sx_slice target);
/* Writes Route headers, with the strict-router fallback. */
void stack_write_routes(sip_writer *w, const sx_slice *routes, size_t nroutes, sx_slice target);
sx_slice stack_route_uri(sx_slice route); /* the URI inside one Route value */
bool stack_route_is_loose(sx_slice route);

/* ---- finding the way (courier.c): resolve, connect, next ---- */

typedef struct stack_courier {
    stack *s;
    stack_role role;
    stack_resolve *resolve;
    stack_wait wait;
    bool waiting;
    stack_target *targets;
    size_t ntargets, at;
    bool explicit_transport, pinned;
    bool trying_tcp; /* for the size of the message only */
    sx_timer timer;
    stack_flow flow; /* the current one */
    char text[96];   /* why the last target failed */
    int code;
    /* ready: c->flow can be sent on. failed: no target is left; code and text say why. Both may come from inside
     * courier_start, courier_next and courier_tcp. */
    void (*ready)(struct stack_courier *c);
    void (*failed)(struct stack_courier *c);
} stack_courier;

void stack_courier_init(stack_courier *c, stack *s, stack_role role);
/* flow: this one only; prefer: this one first; else by the URI. SX_E_URI and its like: nothing was started. */
int stack_courier_start(stack_courier *c, sx_slice uri, const stack_flow *flow, const stack_flow *prefer);
void stack_courier_next(stack_courier *c, int code, const char *text); /* the current target is no good */
bool stack_courier_has_next(const stack_courier *c);
void stack_courier_again(stack_courier *c); /* the same target once more */
bool stack_courier_tcp(stack_courier *c); /* the message is too big for UDP: true if TCP is being tried; ready follows,
                                             over TCP or, after a failure, UDP again */
void stack_courier_stop(stack_courier *c);
/* For a numeric host at once: true with the targets in v (room for 2). */
bool stack_resolve_numeric(stack *s, sx_slice uri, stack_target *v, size_t *n, bool *explicit_transport, int *code);
void stack_close_resolves(stack *s);
void stack_on_resolved(void *ctx, const net_event *ev);

/* One message without a transaction: an ACK to a 2xx. head: start line with CRLF; rest: all behind Via. */
int stack_shot_fire(stack *s, stack_role role, sx_slice head, sx_slice rest, sx_slice uri, const stack_flow *flow,
                    const stack_flow *prefer, stack_dialog *d, uint32_t cseq);
void stack_shot_forget(stack *s, stack_dialog *d);
void stack_close_shots(stack *s);

/* ---- credentials (auth.c) ---- */

#define STACK_MAX_REALMS 8

typedef struct stack_auth_try {
    uint64_t realm; /* hash of realm and header */
    uint64_t nonce; /* hash of the nonce last answered */
    uint8_t tries;
    bool proxy;
} stack_auth_try;

/* Takes the challenges of a 401 or 407 in. SX_OK: worth another try; SX_E_AUTH: not (words in *why). */
int stack_auth_challenged(stack_auth *a, const sip_msg *msg, const net_addr *remote, stack_auth_try tries[STACK_MAX_REALMS],
                          const char **why);
/* Writes the Authorization and Proxy-Authorization lines known for this peer. */
void stack_auth_write(stack_auth *a, const net_addr *remote, sx_slice method, sx_slice uri, sx_slice body,
                      stack_auth_try tries[STACK_MAX_REALMS], sx_buf *out);
/* A final answer other than a challenge: Authentication-Info may bring the next nonce. */
void stack_auth_answered(stack_auth *a, const sip_msg *msg, const net_addr *remote);

/* ---- requests (request.c, request_build.c, request_run.c) ---- */

typedef struct stack_raw { /* a forwarded request */
    sip_msg *msg;
    sx_slice uri, record_user, headers;
    const sx_slice *routes;
    size_t nroutes, drop_routes;
    bool record_route;
    stack_flow in_flow;
} stack_raw;

typedef enum stack_request_state {
    STACK_REQ_ROUTING = 1, /* resolving, connecting */
    STACK_REQ_SENT,
    STACK_REQ_PROCEEDING,
    STACK_REQ_ACCEPTED, /* INVITE with its first 2xx */
    STACK_REQ_OVER
} stack_request_state;

struct stack_request {
    sx_list link;
    stack *s;
    stack_owner owner;
    sx_arena arena; /* all strings */
    /* For FINAL and, after a 2xx to an INVITE, DONE: they never fail for want of memory. NULL once posted. */
    stack_note *final_note, *done_note;
    sx_slice method, uri, from, from_tag, to, call_id, headers, content_type, body, next_hop;
    sx_slice *routes;
    size_t nroutes;
    stack_contact contact;
    stack_raw *raw;
    uint8_t method_id, state, role;
    bool has_contact, invite;
    bool cancel_wanted, cancel_sent;
    bool reported;  /* the terminal event was posted */
    bool delivered; /* and delivered */
    bool abandoned; /* nobody listens */
    bool seen;      /* some answer came to this attempt */
    bool contact_news, timed_out;
    bool final_seen; /* the first 2xx was delivered */
    uint32_t max_forwards, timeout_ms;
    uint32_t *cseq_counter, own_cseq, cseq;
    stack_dialog *dialog;
    sx_list in_dialog;
    stack_dialog_set *set;
    stack_auth *auth;
    stack_auth_try tries[STACK_MAX_REALMS];
    stack_courier courier;
    stack_flow flow, prefer;
    stack_ctx *ctx;
    sx_timer timer;
    sx_slice cancel_headers;
    char *contact_sent; /* the URI, NUL-terminated */
    char branch[STACK_BRANCH_LEN + 1];
    char *first_tag; /* To tag of the first 2xx */
    unsigned forks_ended;
    sx_grave grave;
};

/* request.c */
int stack_request_new(stack *s, const stack_request_params *p, stack_request **out); /* not started */
stack_request *stack_request_blank(stack *s, stack_sink sink, void *user);
void stack_request_free(stack_request *r);
void stack_request_dialog_gone(stack_request *r);
void stack_close_requests(stack *s);
/* request_build.c: the message for this flow, into s->out. */
int stack_request_build(stack_request *r, const stack_flow *flow);
int stack_forward_build(stack_request *r, const stack_flow *flow); /* forward.c */
/* The lines of our Via on this flow. */
int stack_write_via(stack *s, sip_writer *w, const stack_flow *flow, stack_role role, const char *branch);
/* request_run.c */
int stack_request_begin(stack_request *r);
void stack_request_fail(stack_request *r, int status, int code, const char *text);
const sip_msg *stack_request_sent(stack_request *r); /* as it went out, in s->work; NULL when it is gone */
/* The credentials of the INVITE as sent, for its ACK (22.1). */
void stack_request_keep_auth(stack_request *r, stack_dialog *d);
void stack_write_party(sx_buf *b, sip_hdr_id id, sx_slice party, sx_slice tag);

/* ---- sets (dialog_set.c) ---- */

/* The dialog that a response belongs to, made if need be; NULL: none. */
stack_dialog *stack_set_dialog(stack_dialog_set *set, const sip_msg *msg, const sip_basics *b);
/* After the event that reported the first 2xx, or the failure: the other early dialogs go. */
void stack_set_settle(stack_dialog_set *set);
void stack_set_free(stack_dialog_set *set);
void stack_set_forget_ack(stack_dialog_set *set);
/* A 2xx of a further fork: ACK and BYE. */
void stack_end_fork(stack_request *r, const sip_msg *msg, const sip_basics *b);

#endif
