/* What the files of server/ share: the server, its users, their bindings, and requests being forwarded. */
#ifndef SERVER_INTERNAL_H
#define SERVER_INTERNAL_H

#include "base/hash.h"
#include "base/list.h"
#include "base/runq.h"
#include "base/timer.h"
#include "server/server.h"
#include "sip/headers.h"
#include "sip/uri.h"
#include "stack/forward.h"
#include "stack/respond.h"

enum {
    SRV_MAX_BINDINGS = 32, /* contacts of one user: more gets 403 */
    SRV_MAX_PATH = 8,      /* Path values of a REGISTER: more gets 400 */
    SRV_MAX_ROUTES = 32,   /* Route values of a request that a strict router wrote: more gets 400 */
    SRV_TICKET = 24,       /* characters of the user part of our Record-Route, before the flow that it may name */
    SRV_TICKET_ROOM = SRV_TICKET + 20,
    SRV_NONCE_LIFE_MS = 300000,
    SRV_MAX_NONCES = 65536 /* in use and remembered, about 150 bytes each */
};

typedef struct srv_account {
    sx_hnode node; /* in srv_server.accounts, by name */
    srv_server *server;
    char *name;
    char *password;
    sx_list bindings;
    size_t nbindings;
} srv_account;

/* The domain of an address of record that somebody has registered here: the server is asked about names by whatever
 * name its users have for it, not by its addresses alone. */
typedef struct srv_domain {
    sx_list node; /* in srv_server.domains */
    size_t refs;  /* bindings */
    char *host;
    uint16_t port;
} srv_domain;

/* One Contact of one user (RFC 3261 10.3), with the flow that its REGISTER came by. */
typedef struct srv_binding {
    sx_list node; /* in srv_account.bindings, newest last */
    srv_account *account;
    srv_domain *domain;
    sx_timer expiry;
    uint64_t expires_at_ms;
    char *contact;   /* the URI */
    uint64_t mark;   /* of its user and port: most others are passed over by it */
    char *instance;  /* +sip.instance, or NULL */
    char *path;      /* the values of Path, or NULL: the way to it leads through these */
    uint32_t reg_id; /* RFC 5626; 0: none */
    bool flow_only;  /* its Contact means nothing to anybody: without its flow it cannot be reached */
    char *call_id;
    uint32_t cseq;
    bool held;     /* its connection stays open as long as it is registered */
    bool removing; /* while one REGISTER is looked at */
    stack_flow flow;
} srv_binding;

struct srv_listener {
    sx_list node; /* in srv_server.listeners */
    srv_server *server;
    stack_listener *listener; /* NULL once closed */
    uint64_t id;
    sx_task closed;
    int code;
    char text[160];
};

struct srv_server {
    stack *stack;
    sx_runq *runq;
    sx_wheel *wheel;
    sx_log *log;
    uint64_t id;
    srv_sink sink;
    void *ctx;
    srv_mode mode;
    char *realm; /* NULL until the first listener is up */
    uint32_t min_expires, max_expires;
    bool challenge_calls, record_route;
    uint8_t nonce_key[32];
    sx_htab nonces; /* those that have been used: nonce.c */
    sx_list nonces_by_age;
    uint64_t nonce_floor_ms; /* one from before that which is not among them is stale; 0: none */
    sx_htab accounts;
    sx_list domains;
    sx_list listeners;
    sx_list forks;
    sx_list notices; /* binding events on their way to the sink */
    sx_task closed;
    bool closing;
};

/* ---- server.c ---- */
srv_account *srv_account_find(srv_server *s, sx_slice name); /* escapes in the user part are undone */
bool srv_is_here(srv_server *s, const sip_uri *u); /* the server itself: a listener, or the realm at its port */
uint64_t srv_now(const srv_server *s);

/* ---- location.c ---- */
/* reg_id 0: none. */
srv_binding *srv_binding_find(srv_account *a, const sip_uri *contact, sx_slice instance, uint32_t reg_id,
                              const stack_flow *flow);
/* The binding whose Contact this is, whoever's. */
srv_binding *srv_binding_by_contact(srv_server *s, const sip_uri *contact);
bool srv_binding_has_flow(const srv_account *a, const stack_flow *flow);
/* One of the domains that the addresses registered here belong to. */
bool srv_is_domain(srv_server *s, const sip_uri *u);
/* The flow by which it can be reached; none if that is gone: then its Contact has to do. */
stack_flow srv_binding_way(const srv_binding *b);
/* It can be reached only by a flow that is gone. */
bool srv_binding_is_dead(const srv_binding *b);
void srv_put_domain(const srv_binding *b, sx_buf *out); /* "host:port" of its address of record */
typedef struct srv_update {
    sx_slice contact, instance, call_id, path;
    const sip_uri *aor;
    uint32_t cseq, reg_id;
    bool direct; /* no proxy between it and us */
    stack_flow flow;
} srv_update;
/* NULL: no memory. Nothing sees it before it is put into place. */
srv_binding *srv_binding_new(srv_account *a, const srv_update *u);
/* Puts it into place for so many seconds, instead of the one that it refreshes or moves. Cannot fail; msg: for the
 * event. */
void srv_binding_commit(srv_binding *b, uint32_t expires, const sip_msg *msg);
void srv_binding_remove(srv_binding *b, const sip_msg *msg);
void srv_bindings_clear(srv_account *a, const sip_msg *msg);
/* Frees without telling anybody. */
void srv_binding_free(srv_binding *b);
/* Binding events not yet told are dropped. */
void srv_notices_drop(srv_server *s);

/* ---- auth.c ---- */
/* The user that the credentials of the request prove. NULL: it has been challenged (401, or 407 for a proxy). */
srv_account *srv_authenticate(srv_server *s, stack_tx *tx, const sip_msg *msg, bool proxy);
/* What our Record-Route carries in a dialog with this Call-ID: who comes back with it has been let through before. It
 * may name a connection, to be used for what goes to the one with this tag (RFC 5626 5.3); flow_id 0: none, and no tag.
 * Text in `room`; empty: no memory. */
sx_slice srv_ticket(srv_server *s, sx_slice call_id, uint64_t flow_id, sx_slice tag, char room[SRV_TICKET_ROOM]);

/* ---- nonce.c ---- */
/* May this count of that nonce, which is ours and young enough, be used? Once. False too when memory ran out. */
bool srv_nonce_use(srv_server *s, sx_slice text, uint32_t nc);
void srv_nonces_clear(srv_server *s);

/* ---- registrar.c ---- */
void srv_register(srv_server *s, stack_tx *tx, const sip_msg *msg, const stack_flow *flow);

/* ---- outbound.c ---- */
typedef struct srv_features { /* of one REGISTER */
    uint32_t supported;       /* sip_option_tag */
    bool direct;              /* no proxy between it and us */
    bool flows;               /* reg-id counts (RFC 5626 6) */
    sx_buf path;              /* the values of Path */
} srv_features;
/* 0, or the status that refuses it. srv_features_done in any case. */
int srv_features_read(const sip_msg *msg, srv_features *f);
void srv_features_done(srv_features *f);
/* The header lines of the 200. has_flow: a binding with reg-id has come of it. stream: it came over a connection. */
void srv_features_answer(const srv_features *f, bool has_flow, bool stream, sx_buf *b);
void srv_put_gruu(const srv_binding *b, sx_buf *out);         /* ;pub-gruu="..." */
bool srv_is_gruu(const sip_uri *u, sx_slice *instance);       /* "urn:uuid:..." */
bool srv_binding_is(const srv_binding *b, sx_slice instance); /* of that device */
bool srv_needs_flow(sx_slice contact, const stack_flow *flow, uint32_t reg_id);
bool srv_is_unreachable(sx_slice uri); /* under .invalid: a WebSocket's name (RFC 7118 5.1), never looked up */
/* Has the sender of this request no address but the connection that it came by? Nobody stands between it and us. */
bool srv_is_bound_to(const sip_msg *msg, const stack_flow *flow);
/* A Contact that means nothing without its flow: under .invalid, of a WebSocket, or with ;ob. */
bool srv_is_bound(const sip_uri *contact);
/* Nobody but us can reach a client of TLS or of a WebSocket: dialogs with it stay with us. */
bool srv_is_one_way(const stack_flow *f);
size_t srv_path_values(const srv_binding *b, sx_slice out[SRV_MAX_PATH]);

/* ---- answer.c ---- */
/* Answers with header lines; sees to it that the request gets an answer at all. */
void srv_answer(stack_tx *tx, int status, const sx_buf *headers);
void srv_refuse(stack_tx *tx, int status, const char *reason);
/* 420 and true, if that header wants anything but these sip_option_tags. */
bool srv_refuse_extensions(stack_tx *tx, const sip_msg *msg, sip_hdr_id wanted, uint32_t known);
void srv_answer_options(stack_tx *tx, const sip_msg *msg);

/* ---- proxy.c ---- */
void srv_request(srv_server *s, const stack_event *ev);

/* ---- route.c ---- */
/* What becomes of Request-URI and Route (RFC 3261 16.4 and 16.6 steps 2 and 6). */
typedef struct srv_route {
    sip_uri uri;         /* the request's own target */
    sx_slice new_uri;    /* empty: the Request-URI stays as it came */
    size_t drop;         /* values off the top of Route */
    const sx_slice *put; /* and these on top */
    size_t nput;
    sx_slice next_hop; /* empty: the first Route left, or the Request-URI */
    bool more;         /* it goes to another proxy */
    bool ticket;       /* our Record-Route came back */
    uint64_t back;     /* stack_flow.id that it names, where the request goes to who once called over it; 0: none */
    sx_slice values[SRV_MAX_ROUTES + 1];
    sx_buf last;
} srv_route;
/* 0, or the status that refuses it. srv_route_done in any case. */
int srv_route_read(srv_server *s, const sip_msg *msg, const sip_basics *basics, srv_route *r);
void srv_route_done(srv_route *r);

/* ---- fork.c ---- */
typedef struct srv_target {
    sx_slice uri; /* empty: the Request-URI as it is */
    stack_flow flow;
    sx_slice path[SRV_MAX_PATH]; /* put on top of Route */
    size_t npath;
    bool known; /* a registered Contact: not reached, it is 480 */
} srv_target;
/* Forwards a request to all targets at once and owns it from now on. */
void srv_fork_start(srv_server *s, stack_tx *tx, const sip_msg *msg, const sip_basics *basics,
                    const stack_flow *in_flow, const srv_route *route, const srv_target *targets, size_t n);
/* The same request, to the same URI, is being forwarded already: it has come round in a circle. */
bool srv_fork_loops(srv_server *s, const sip_msg *msg, const sip_basics *basics);
void srv_forks_drop(srv_server *s);

#endif
