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

enum { SRV_MAX_BINDINGS = 32 }; /* contacts of one user: more gets 403 */

typedef struct srv_account {
    sx_hnode node; /* in srv_server.accounts, by name */
    srv_server *server;
    char *name;
    char *password;
    sx_list bindings;
    size_t nbindings;
} srv_account;

/* One Contact of one user (RFC 3261 10.3), with the flow that its REGISTER came by. */
typedef struct srv_binding {
    sx_list node; /* in srv_account.bindings, newest last */
    srv_account *account;
    sx_timer expiry;
    uint64_t expires_at_ms;
    char *contact;  /* the URI */
    char *instance; /* +sip.instance, or NULL */
    char *call_id;
    uint32_t cseq;
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
    sx_htab accounts;
    sx_list listeners;
    sx_list forks;
    sx_list notices; /* binding events on their way to the sink */
    sx_task closed;
    bool closing;
};

/* ---- server.c ---- */
srv_account *srv_account_find(srv_server *s, sx_slice name); /* escapes in the user part are undone */
bool srv_is_ours(srv_server *s, const sip_uri *u);           /* our listeners' addresses, or the realm */
uint64_t srv_now(const srv_server *s);

/* ---- location.c ---- */
srv_binding *srv_binding_find(srv_account *a, const sip_uri *contact, sx_slice instance);
/* The binding whose Contact this is, whoever's. */
srv_binding *srv_binding_by_contact(srv_server *s, const sip_uri *contact);
bool srv_binding_has_flow(srv_server *s, const srv_account *a, const stack_flow *flow);
typedef struct srv_update {
    sx_slice contact, instance, call_id;
    uint32_t cseq, expires; /* s, not 0 */
    stack_flow flow;
    const sip_msg *msg;
} srv_update;
/* Adds or refreshes; `b` NULL adds. SX_E_NOMEM leaves all as it was. */
int srv_binding_put(srv_account *a, srv_binding *b, const srv_update *u);
void srv_binding_remove(srv_binding *b, const sip_msg *msg);
void srv_bindings_clear(srv_account *a, const sip_msg *msg);
/* Frees without telling anybody. */
void srv_binding_free(srv_binding *b);
/* Binding events not yet told are dropped. */
void srv_notices_drop(srv_server *s);

/* ---- auth.c ---- */
/* The user that the credentials of the request prove. NULL: it has been challenged (401, or 407 for a proxy). */
srv_account *srv_authenticate(srv_server *s, stack_tx *tx, const sip_msg *msg, bool proxy);

/* ---- registrar.c ---- */
void srv_register(srv_server *s, stack_tx *tx, const sip_msg *msg, const stack_flow *flow);

/* ---- proxy.c ---- */
void srv_request(srv_server *s, const stack_event *ev);

/* ---- fork.c ---- */
typedef struct srv_target {
    sx_slice uri; /* empty: the Request-URI as it is */
    stack_flow flow;
} srv_target;
/* Forwards a request to all targets at once and owns it from now on. */
void srv_fork_start(srv_server *s, stack_tx *tx, const sip_msg *msg, const stack_flow *in_flow, size_t drop_routes,
                    const srv_target *targets, size_t n);
void srv_forks_drop(srv_server *s);

#endif
