/* The upper half of internal.h, which is the one to include: dialogs, couriers, credentials, requests, sets. */
#ifndef STACK_INTERNAL_DIALOG_H
#define STACK_INTERNAL_DIALOG_H

#include "stack/internal.h"

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
    net_tls *tls;     /* for new connections; NULL: the stack's */
    char *ws_headers; /* the same; NULL: none */
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
int stack_dialog_from_response(stack *s, const sip_msg *sent, const sip_msg *msg, const sip_basics *b,
                               stack_dialog **out);
/* How requests inside it open connections. */
int stack_dialog_set_way(stack_dialog *d, net_tls *tls, sx_slice ws_headers);
int stack_dialog_set_contact(stack_dialog *d, const stack_contact *c);
/* 2xx to a target refresh of ours, the peer's own one that we accepted, or the 2xx that confirms: new target, and
 * routes if `confirm`. */
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
/* expect.c: whose NOTIFY that is; NULL: nobody's. */
stack_owner *stack_expect_find(stack *s, sx_slice call_id, sx_slice local_tag);
void stack_close_expects(stack *s);
/* Where d's next request goes: Request-URI, Route values, next hop (RFC 3261 12.2.1.1). */
sx_slice stack_route_set_uri(const sx_slice *routes, size_t nroutes, sx_slice target);
/* Writes Route headers, with the strict-router fallback. */
void stack_write_routes(sip_writer *w, const sx_slice *routes, size_t nroutes, sx_slice target);
sx_slice stack_route_uri(sx_slice route); /* the URI inside one Route value */
bool stack_route_is_loose(sx_slice route);

/* ---- finding the way (courier.c): resolve, connect, next ---- */

/* The ways that one message may take; all of it is copied. */
typedef struct courier_way {
    const sx_slice *hops; /* URIs, in order: when the targets of one have failed, those of the next are tried */
    size_t nhops;
    const stack_flow *flow;   /* id not 0: this one and no other */
    const stack_flow *prefer; /* id not 0: this one first, if it is alive and good enough for the first hop */
    const stack_flow *dialog; /* id not 0: the flow of the dialog, which is used again where the hop is its far end */
    bool outbound;            /* `prefer` is one of RFC 5626: its far end takes requests to anybody */
    bool may_leave;           /* `prefer` over UDP gives way to TCP for size: nothing but the answer has to come back */
    bool secure;              /* TLS on every hop (sips:) */
    const net_addr *avoid;    /* NULL or not set: none; else no target at this address */
    net_tls *tls;             /* NULL: the stack's */
    const char *ws_headers;   /* NULL: none */
} courier_way;

typedef struct courier_target {
    stack_target t;  /* addr none: a flow that broke; its address may be tried again with a new connection */
    stack_flow flow; /* id not 0: over this one */
    bool explicit_transport;
    uint8_t hop;
} courier_target;

typedef struct stack_courier {
    stack *s;
    stack_role role;
    sx_arena arena; /* the strings and lists below */
    sx_slice *hops;
    size_t nhops, hop; /* the next one to be resolved */
    net_addr avoid;
    net_tls *tls;
    const char *ws_headers;
    stack_resolve *resolve;
    stack_wait wait;
    bool waiting;
    courier_target *targets;
    size_t ntargets, at;
    courier_target *late; /* put aside: after all others */
    size_t nlate;
    bool pinned, secure;
    bool trying_tcp; /* for the size of the message only */
    bool peeking;
    sx_timer timer;
    stack_flow flow; /* the current one */
    char text[96];   /* why the last target failed */
    int code;
    /* ready: c->flow can be sent on. failed: no target is left; code and text say why. Both may come from inside
     * courier_start, courier_next and courier_tcp. peeked: the late answer to courier_peek; may be NULL. */
    void (*ready)(struct stack_courier *c);
    void (*failed)(struct stack_courier *c);
    void (*peeked)(struct stack_courier *c, bool more);
} stack_courier;

#define STACK_MAX_HOPS 16
void stack_courier_init(stack_courier *c, stack *s, stack_role role);
/* SX_E_URI and its like: nothing was started (there is one hop only, and it cannot be used). */
int stack_courier_start(stack_courier *c, const courier_way *w);
/* The current target is no good: it is put aside (for penalty_ms; 0: as the code deserves), on to the next. */
void stack_courier_next(stack_courier *c, int code, const char *text, uint32_t penalty_ms);
/* The same for the last one, which nothing comes after: it is put aside. */
void stack_courier_bad(stack_courier *c, int code, const char *text);
void stack_courier_refused(stack_courier *c, uint32_t penalty_ms);
/* It is good: it has answered. */
void stack_courier_good(stack_courier *c);
/* Is there anything left to try? There may be nothing though, once the hops not yet looked at are resolved. */
bool stack_courier_has_next(const stack_courier *c);
/* Is there another target that was not put aside? 1 yes, 0 no, -1: it is being resolved, `peeked` follows unless
 * something else is asked of the courier first. Changes nothing. */
int stack_courier_peek(stack_courier *c);
void stack_courier_again(stack_courier *c); /* the same target once more */
/* Back to target `at`, which has answered over `flow` after all. */
void stack_courier_back(stack_courier *c, size_t at, const stack_flow *flow);
bool stack_courier_tcp(stack_courier *c); /* the message is too big for UDP: true if TCP is being tried; ready follows,
                                             over TCP or, after a failure, UDP again */
void stack_courier_stop(stack_courier *c);
size_t stack_courier_hop(const stack_courier *c);              /* which of the hops the current target belongs to */
uint32_t stack_target_wait(const stack *s, stack_transport t); /* how long a silent one is waited for */
void stack_close_resolves(stack *s);
void stack_on_resolved(void *ctx, const net_event *ev);

/* Targets that failed lately (penalty.c): by transport, address and name; the newest 256 or so. */
void stack_penalty_set(stack *s, const stack_target *t, uint32_t ms);
void stack_penalty_clear(stack *s, const stack_target *t);
bool stack_penalty_has(stack *s, const stack_target *t);
void stack_penalties_forget(stack *s);

/* One message without a transaction: an ACK to a 2xx. head: start line with CRLF; rest: all behind Via. */
int stack_shot_fire(stack *s, stack_role role, sx_slice head, sx_slice rest, sx_slice uri, const stack_flow *flow,
                    stack_dialog *d, uint32_t cseq);
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
int stack_auth_challenged(stack_auth *a, const sip_msg *msg, const stack_flow *flow,
                          stack_auth_try tries[STACK_MAX_REALMS], const char **why);
/* Writes the Authorization and Proxy-Authorization lines known for this peer. */
void stack_auth_write(stack_auth *a, const stack_flow *flow, sx_slice method, sx_slice uri, sx_slice body,
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

/* A transaction whose target said nothing for so long that the next one was tried; it may still answer. */
typedef struct stack_older {
    stack_ctx *ctx;
    size_t at; /* the courier's target */
    bool cancelled;
} stack_older;
#define STACK_OLDER 4

struct stack_request {
    sx_list link;
    stack *s;
    stack_owner owner;
    sx_arena arena; /* all strings */
    /* For FINAL and, after a 2xx to an INVITE, DONE: they never fail for want of memory. NULL once posted. */
    stack_note *final_note, *done_note;
    sx_slice method, uri, from, from_tag, to, call_id, headers, content_type, body;
    sx_slice *hops;       /* in place of what Route or Request-URI say */
    sx_slice *hop_routes; /* NULL: the same for all */
    size_t nhops;
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
    net_addr avoid;
    bool outbound;
    net_tls *tls;
    const char *ws_headers;
    stack_ctx *ctx;
    stack_older older[STACK_OLDER];
    size_t nolder;
    sx_timer timer;
    sx_timer give_way; /* the current target has been silent for too long */
    sx_timer hung;     /* the older ones after their CANCEL */
    sip_msg *refusal;  /* a 503, should no other target have an answer */
    int last_status, last_code;
    char last_text[96]; /* how the last target failed, while older ones may still answer */
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
/* request_older.c */
void stack_older_give_way(stack_request *r); /* the current transaction joins the older ones */
/* A report about a transaction that is not the current one. True: it has answered, and is the current one again. */
bool stack_older_report(stack_request *r, stack_ctx *c, stack_ctx_report what, const sip_msg *msg, const sip_basics *b);
/* The current one has answered: the others are not wanted any more. INVITEs stay, for they may ring. */
void stack_older_drop(stack_request *r);
void stack_older_free(stack_request *r);
bool stack_older_rings(const stack_request *r); /* there are INVITEs that may still be answered */
/* request_cancel.c */
void stack_request_want_cancel(stack_request *r, sx_slice headers); /* as soon as a 1xx is there */
void stack_request_send_cancel(stack_request *r);
void stack_request_cancel_ctx(stack_request *r, stack_ctx *c); /* sends CANCEL for this transaction */
/* request_run.c */
void stack_request_drop_ctx(stack_request *r);    /* its transaction runs to its end alone */
void stack_request_last_failed(stack_request *r); /* nothing is left that could answer */
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
