/* The inside of ua/: shared by its files, not for the floors above.
 *
 * Nobody is re-entered: the functions of ua.h never call the sink. What they bring about is emitted by the object's own
 * task, from the loop's run queue; handlers of the stack's and the media's events emit directly. */
#ifndef UA_INTERNAL_H
#define UA_INTERNAL_H

#define SX_MODULE "ua"

#include "base/buf.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/list.h"
#include "base/rand.h"
#include "base/sweep.h"
#include "net/netwatch.h"
#include "sip/headers.h"
#include "stack/auth.h"
#include "stack/dialog.h"
#include "stack/dialog_set.h"
#include "stack/request.h"
#include "stack/resolve.h"
#include "stack/respond.h"
#include "stack/transport.h"
#include "ua/options.h"
#include "ua/registration.h"
#include "ua/ua.h"

enum {
    UA_TOKEN = 12,            /* characters of a Contact user: 60 bits */
    UA_MAX_SOURCES = 8,       /* addresses from which an account's server may call */
    UA_MAX_HOPS = 8,          /* outbound proxies of an account */
    UA_MAX_ROUTES = 8,        /* Route values that we preload */
    UA_MAX_FLOWS = 2,         /* registrations of an account at one time */
    UA_SOURCES_WATCHED = 64,  /* strangers remembered for UA_EV_SUSPICIOUS */
    UA_SUSPICIOUS_MS = 60000, /* one event per stranger in this time */
    UA_CANCEL_WAIT_MS = 5000, /* how long a cancelled INVITE's final answer is waited for */
    UA_MAX_FORKS = 16,        /* early dialogs whose SDP is remembered */
    UA_ENDED = 64,            /* dialogs of calls that ended last: a Replaces for one of them gets 603 */
    UA_RETRY_AFTER_S = 5
};

/* ---- codecs: read once, shared (codecs.c) ---- */

typedef struct ua_codecs {
    unsigned refs;
    size_t n;
    codec_choice v[];
} ua_codecs;
/* No entries: every codec there is. SX_E_FORMAT with words, SX_E_NOMEM. */
int ua_codecs_create(const char *const *list, size_t n, ua_codecs **out);
ua_codecs *ua_codecs_ref(ua_codecs *c);
void ua_codecs_unref(ua_codecs *c);

/* ---- the agent ---- */

typedef struct ua_stranger {
    net_addr addr; /* port 0 */
    uint64_t next_ms;
    uint64_t count;
} ua_stranger;

struct ua_listener {
    sx_list node;
    ua_agent *agent;
    stack_listener *stack;
    uint64_t id;
    bool open;
    int code; /* why it closes */
    sx_task task;
    sx_grave grave;
};

/* REGISTERs that wait: at most register_in_flight are under way (register_queue.c). */
typedef struct ua_queue {
    sx_list waiting[2]; /* as they come; and those after the loss of a flow, at register_rate a second */
    uint32_t in_flight;
    bool turn;                  /* which list comes next where both may */
    uint64_t tokens, filled_ms; /* thousandths of a REGISTER of the second list */
    sx_timer timer;
    sx_list news; /* registrations with ua_flow_news */
    sx_timer news_timer;
    int lost_code; /* of the flow lost last */
    char lost_text[96];
} ua_queue;

typedef struct ua_stun {
    char *uri;       /* "sip:HOST:PORT;transport=udp"; NULL: none is configured */
    net_addr server; /* it, until until_ms */
    uint64_t until_ms;
    uint64_t silent_until_ms; /* it did not answer: not asked before */
    net_addr same;            /* an address of ours that it saw as it is, until same_until_ms */
    uint64_t same_until_ms;
} ua_stun;

/* Who has still to look whether its way is there (network.c): few in each turn of the loop. */
typedef struct ua_walk {
    sx_sweep accounts;
    sx_sweep calls;   /* after a change of the network */
    sx_sweep lost;    /* calls, after the loss of a connection */
    sx_list some;     /* accounts whose own calls look */
    bool busy;        /* with a change of the network */
    bool again;       /* the network changed once more meanwhile: nobody waits for others */
    uint64_t move_ms; /* when the next call that moves may send, and how many do then already */
    unsigned moves;
    sx_timer timer;
} ua_walk;

/* Subscriptions of both directions, and publications (subscription_walk.c). */
typedef struct ua_events {
    sx_list all; /* ua_evt */
    size_t n, notifiers;
    sx_sweep walk; /* who has still to look whether his way is there, or to end */
    sx_timer timer;
    uint64_t turn_ms; /* when the next one that looks may send, and how many do then already */
    unsigned turns;
} ua_events;

struct ua_agent {
    net_loop *loop;
    sx_wheel *wheel;
    sx_runq *runq;
    media_engine *media;
    sx_log *log;
    ua_sink sink;
    void *ctx;
    stack *stack;
    net_addr bind, media_bind;
    char *media_advertise; /* NULL: none */
    ua_stun stun;
    char *advertise_host; /* NULL: none */
    uint16_t advertise_port;
    bool open, no_room;
    unsigned asks; /* bits 1u << UA_ASK_ */
    bool shutting, down; /* shutdown asked for; SHUTDOWN emitted */
    bool draining, drained; /* no new calls; DRAINED emitted */
    bool in_sweep;
    int max_calls;
    ua_codecs *codecs;
    char contact_user[UA_TOKEN + 1]; /* of direct calls */
    ua_settings opt;
    sx_list accounts, calls, messages, listeners, transfers, conferences, bridges;
    size_t ntransfers;
    sx_list composing; /* peers that are writing */
    size_t ncomposing, nnotes; /* nnotes: notifications of ours that are under way */
    bool wants_notes; /* it has asked to be told of a message of its own */
    uint64_t ended[UA_ENDED]; /* hashes of Call-ID and tags */
    unsigned ended_at;
    ua_walk walk;
    ua_events events;
    sx_htab by_contact; /* accounts by Contact user */
    sx_htab by_user;    /* accounts by the user of their AOR */
    sx_htab flows;      /* ua_flow by its id */
    sx_htab places;
    size_t with_peers; /* accounts that have peers configured */
    stack_auth_pool *auth_pool;
    ua_queue queue;
    size_t ncalls, naccounts;
    uint64_t calls_total, refused;
    unsigned byes; /* BYEs without an answer yet */
    bool overdue;  /* the deadline of the shutdown has passed: nobody waits for them */
    ua_stranger *strangers;
    sx_timer deadline;
    sx_task task;         /* the end of a shutdown */
    sx_task drain_task;   /* DRAINED */
    sx_task network_task; /* the program says that the network changed */
    net_netwatch *netwatch;
    sx_grave grave;
};

static inline bool ua_asks(const ua_agent *a, int kind) { return (a->asks >> kind & 1) != 0; }
/* A setting as it holds for a call: its own, else its account's, else the agent's. ua_account_setting without the first.
 * UA_CALL_OPT(call, max_call_ms), UA_ACCOUNT_OPT(agent, account_or_NULL, qualify_s). */
int ua_call_setting(const ua_call *c, size_t offset);
int ua_account_setting(const ua_agent *a, const ua_account *acc, size_t offset);
#define UA_CALL_OPT(c, member) ua_call_setting(c, offsetof(ua_settings, member))
#define UA_ACCOUNT_OPT(a, acc, member) ua_account_setting(a, acc, offsetof(ua_settings, member))
static inline uint64_t ua_now(const ua_agent *a) { return net_loop_now(a->loop); }
ua_event ua_event_of(ua_event_type type);
void ua_emit(ua_agent *a, const ua_event *ev);
/* Settings of the agent have changed: those that the stack keeps too. */
void ua_agent_take_settings(ua_agent *a);
/* A shutdown has come one step further: an object is gone, a BYE answered. */
void ua_agent_progress(ua_agent *a);
void ua_shutdown_init(ua_agent *a);
/* "host", "host:port", "[v6]:port" into a copy and a number. SX_E_ADDRESS, SX_E_NOMEM. */
int ua_host_port(const char *text, char **host, uint16_t *port);
/* Our address towards a peer, as it goes into SDP and made-up URIs. SX_E_TRANSPORT. */
int ua_local_address(ua_agent *a, const net_addr *peer, net_addr *out);
/* Sends BYE in silence inside a dialog; counted, so that a shutdown waits for its answer. */
void ua_bye(ua_agent *a, stack_dialog *d, sx_slice headers, sx_slice body, sx_slice content_type);

/* ---- changes of the network (network.c) ---- */

void ua_network_init(ua_agent *a, bool watch);
void ua_network_stop(ua_agent *a);
void ua_walk_on(ua_agent *a); /* in the next turn of the loop, if anybody has still to look */
/* What stands in the SDP of a call of this account (or of none) in place of our address; empty: nothing. */
/* "HOST", "HOST:PORT". */
int ua_stun_init(ua_agent *a, const char *server);
sx_slice ua_media_advertise(const ua_agent *a, const ua_account *acc);

/* ---- who may ask us (accept.c) ---- */

typedef enum ua_verdict { UA_DROP = 0, UA_TAKE = 1 } ua_verdict;
/* Section 7's rule for a request outside dialogs; *account may be NULL with UA_TAKE (an open listener). */
ua_verdict ua_admit(ua_agent *a, const stack_event *ev, ua_account **account);
void ua_suspicious(ua_agent *a, const stack_event *ev);
typedef struct ua_net {
    net_addr addr;
    uint8_t bits;
} ua_net;
bool ua_net_parse(sx_slice text, ua_net *out); /* "192.0.2.0/24", "2001:db8::1" */
bool ua_net_has(const ua_net *n, const net_addr *a);

/* ---- accounts (account.c, register.c) ---- */

/* Where a server is, for all accounts that name it alike: one resolution, one list (place.c). */
typedef struct ua_place {
    sx_hnode by_uri;
    ua_agent *agent;
    unsigned refs;
    stack_resolve *resolving;
    net_addr addr[UA_MAX_SOURCES];
    uint8_t n;
    char uri[];
} ua_place;
/* NULL when memory ran out. Resolution begins with the first one; failures are no news. */
ua_place *ua_place_get(ua_agent *a, sx_slice uri);
void ua_place_unref(ua_place *p);
void ua_place_add(ua_place *p, const net_addr *addr); /* beyond the limit the oldest goes; NULL is fine */
bool ua_place_has(const ua_place *p, const net_addr *addr);
bool ua_place_any(const ua_agent *a, const net_addr *addr); /* is it that of any server of ours? */

/* A first hop: where the requests of an account go. */
typedef struct ua_hop {
    sx_slice uri;   /* where to send: a SIP URI, or the URL of a WebSocket; empty: as the request says */
    sx_slice route; /* value of Route for it; empty: none */
    ua_place *place;
} ua_hop;

/* A flow that registrations share: one hold for all of them, and one list for the day it is lost (flow.c). */
typedef struct ua_flow {
    sx_hnode by_id;
    ua_agent *agent;
    stack_flow at;
    sx_list regs;
    uint32_t hold_ms; /* 0: held without keepalives */
    bool held;
} ua_flow;

/* What a registration has still to be told (flow.c). */
typedef enum ua_flow_news { UA_FLOW_QUIET = 0, UA_FLOW_LOST, UA_FLOW_MOVED, UA_FLOW_NETWORK } ua_flow_news;

/* One registration of an account: it has one, or with two flows two (RFC 5626). */
typedef struct ua_reg {
    ua_account *acc;
    reg_machine m;
    uint8_t index; /* reg-id less one */
    uint8_t hop;   /* index of the account's hop in use */
    uint8_t tried; /* hops that failed, one after the other */
    bool paced, in_flight, all;
    uint8_t news;            /* ua_flow_news */
    bool over_flow;          /* the request went over the flow that was there */
    uint32_t send_expires_s; /* of the request that waits for its turn */
    sx_list waiting;         /* in the agent's queue */
    stack_request *request;
    uint32_t cseq;
    char call_id[24];
    char *bound;         /* Contact URI that the registrar has; NULL: none */
    char *stale;         /* "Contact: <...>;expires=0" lines for the next REGISTER; NULL: none */
    char *service_route; /* values of Route (RFC 3608), each with a NUL; NULL: none */
    uint8_t nservice;
    ua_flow *flow;  /* NULL: none */
    net_addr local; /* our address on it */
    sx_list in_flow, in_news;
    sx_timer timer;
} ua_reg;

struct ua_account {
    sx_list node;
    sx_hnode by_contact, by_user;
    ua_agent *agent;
    uint64_t id;
    char *text;                 /* all strings below live in this one block */
    sx_slice aor, user, domain; /* domain: host[:port], as targets are completed */
    sx_slice host;              /* of the AOR, bare */
    sx_slice from;              /* value of From */
    sx_slice server;            /* Request-URI of REGISTER */
    sx_slice headers;           /* for REGISTER, with CRLF */
    sx_slice instance;          /* urn:uuid:... */
    sx_slice contact_user;      /* escaped */
    sx_slice uri_params;        /* of the Contact in REGISTER: RFC 8599; ";pn-...", or empty */
    sx_slice features;          /* of the Contact: ";audio", or empty */
    sx_slice ws_lines;          /* for the handshake of WebSockets, with CRLF */
    sx_slice advertise_host;
    uint16_t advertise_port;
    bool explicit_server, secure, auto_answer, media_none;
    bool proxied;   /* hops are for every request, not only for the own domain's */
    bool named_hop; /* a server or transport was given: the hop says more than a Request-URI */
    ua_place *home; /* of the server, where hops are proxies; else NULL */
    bool outbound, sticky, contact_rewrite, gruu, gruu_contact;
    bool no_outbound; /* a first hop on the way knows nothing of it (439) */
    bool closing;
    bool known;   /* REGISTERED was reported, and no end of it since */
    ua_hop *hops; /* at least one */
    uint8_t nhops;
    net_tls *tls;
    ua_codecs *codecs;
    ua_own_settings *own;
    stack_auth *auth;
    ua_net *peers;
    size_t npeers;
    char *pub_gruu, *temp_gruu; /* NULL: none */
    uint8_t pending;            /* UA_ACC_... */
    sx_task task;
    size_t ncalls, nevents;
    sx_timer qualify; /* the next OPTIONS of qualify_s, or the end of the wait for its answer */
    stack_request *qualifying;
    uint64_t qualify_ms; /* when it was sent */
    uint32_t unanswered; /* in a row */
    uint32_t contact_epoch; /* counts the times that a NAT began to show us elsewhere */
    sx_list calls, in_some;
    sx_sweep walk;
    uint8_t looks; /* UA_LOOK_..., for those of its calls that the walk meets */
    sx_grave grave;
    uint8_t nregs;
    ua_reg regs[];
};
enum { UA_LOOK_PATH = 1, UA_LOOK_CONTACT = 2 };
enum { UA_ACC_UNREGISTERED = 1, UA_ACC_CLOSED = 2, UA_ACC_STEP = 4 };

int ua_account_read(ua_account *acc, const ua_account_config *c); /* account_config.c; undone by ua_account_forget */
void ua_account_forget(ua_account *acc);
void ua_account_leave(ua_account *acc); /* what is shared with others: before the agent goes */
void ua_account_destroy_all(ua_agent *a);
bool ua_account_has_source(const ua_account *acc, const net_addr *addr);
/* Routes, next hop, preferred flow, Contact, From and credentials of an account (or of none) for a request to `uri`. */
typedef struct ua_way {
    stack_contact contact;
    sx_slice routes[UA_MAX_ROUTES];
    size_t nroutes;
    sx_slice next_hop;
    sx_slice hops[UA_MAX_HOPS], hop_routes[UA_MAX_HOPS]; /* all of the account's, where it has several */
    size_t nhops;
    stack_flow prefer;
    bool outbound; /* `prefer` is a flow of RFC 5626 */
    stack_auth *auth;
    net_tls *tls;
    sx_slice ws_headers;
} ua_way;
void ua_way_of(ua_agent *a, ua_account *acc, sx_slice uri, ua_way *out);
/* Puts it into the parameters of a request outside dialogs; both are used before `way` goes. */
void ua_way_take(const ua_way *way, stack_request_params *p);
/* The same for a dialog that a peer's message makes. */
dlg_params ua_way_dialog(const ua_way *way, stack_sink sink, void *user);
void ua_account_progress(ua_account *acc); /* a call of it is gone */
/* The machine's addresses have changed: registers anew, over a new flow where the old one can't work, as soon as
 * ua_flow_tell_now says so. Many accounts together keep to register_rate. */
void ua_account_network_changed(ua_account *acc);
stack_flow ua_account_flow(const ua_account *acc); /* the one that its requests take; id 0: none */
bool ua_account_recovers(const ua_account *acc);   /* registered, but without a flow just now */

/* register.c */
int ua_register_step(ua_reg *r, const reg_input *in, bool api);
void ua_register_stop(ua_reg *r);             /* forgets everything without sending */
bool ua_register_busy(const ua_account *acc); /* a removal is on its way */
/* Its flow is lost, has moved, or the network is another one. */
void ua_register_news(ua_reg *r, ua_flow_news what, int code, const char *text);
void ua_register_answer(void *ctx, const stack_event *ev);
/* Sends what was waiting; an error is what sending said. */
int ua_register_send(ua_reg *r);
/* register_request.c */
int ua_register_request(ua_reg *r, uint32_t expires_s, bool all);
/* The way of a REGISTER by this hop. */
void ua_register_way(const ua_reg *r, ua_way *out);
/* register_answer.c: what a 2xx and any other answer say. True: the registrar now has another Contact than before. */
bool ua_register_read_ok(ua_reg *r, const stack_event *ev, reg_input *in);
void ua_register_read_refusal(const stack_event *ev, reg_input *in);
/* flow.c */
void ua_flows_init(ua_agent *a);
void ua_flows_stop(ua_agent *a);
void ua_flow_join(ua_reg *r, const stack_flow *at, uint32_t hold_ms); /* leaves the one before; no memory: none */
void ua_flow_leave(ua_reg *r);
static inline stack_flow ua_flow_of(const ua_reg *r) {
    stack_flow none;
    memset(&none, 0, sizeof none);
    return r->flow ? r->flow->at : none;
}
void ua_flow_lost(ua_agent *a, const stack_event *ev);
void ua_flow_moved(ua_agent *a, const stack_event *ev);
/* Tells it in its turn: the first at once, thousands over several turns of the loop. */
void ua_flow_tell(ua_reg *r, ua_flow_news what);
void ua_flow_tell_now(ua_agent *a);
/* register_queue.c: the order in which REGISTERs go out. */
void ua_queue_init(ua_agent *a);
void ua_queue_stop(ua_agent *a);
int ua_queue_submit(ua_reg *r); /* now, or when its turn comes; an error is what sending at once said */
void ua_queue_done(ua_reg *r);  /* its request is over */
void ua_queue_remove(ua_reg *r);

/* ---- requests and answers in general (headers.c, target.c, body.c) ---- */

#define UA_ALLOW_NO_MESSAGE "INVITE, ACK, CANCEL, BYE, PRACK, UPDATE, INFO, OPTIONS, REFER, NOTIFY, SUBSCRIBE"
#define UA_ALLOW UA_ALLOW_NO_MESSAGE ", MESSAGE"
ua_cause ua_cause_of_code(int code, int status);
/* Allow and Supported, as this call has them (NULL: as for requests outside calls); not REGISTER's. */
void ua_common_lines(const ua_call *c, sx_buf *b);
#define UA_EVENTS "refer, presence, message-summary, dialog, reg, conference" /* what the program may serve */
#define UA_ACCEPT_LINE "Accept: application/sdp, application/dtmf-relay, application/dtmf, text/plain\r\n"

/* Appends an app's headers as lines. SX_E_HEADER with words. */
int ua_put_headers(sx_buf *b, const ua_pair *pairs, size_t n);
/* The lines of a refusal: the app's headers, with a 3xx its Contact too, and a Q.850 cause. */
int ua_put_refusal(sx_buf *b, int status, const ua_reply *reply);
/* "Reason: ..." of a reply; nothing when it says nothing. */
int ua_put_reason(sx_buf *b, int status, int q850, const char *reason);
int ua_q850_of(const sip_msg *m); /* of the Reason headers; 0 without one */
/* Makes a Request-URI of what a person wrote; domain empty: nothing to complete with. SX_E_URI with words. */
int ua_target(sx_slice text, sx_slice domain, bool secure, sx_buf *out);
/* The SDP of a message. 1: *sdp is it; 0: there is no body; SX_E_UNSUPPORTED: a body that we cannot use (415). */
int ua_body_sdp(const sip_msg *m, sx_slice *sdp);
/* A digit and its duration from an INFO body. */
bool ua_body_dtmf(const sip_msg *m, char *digit, unsigned *ms);
/* Answers with lines of ours; errors are the peer's to notice by asking again. */
void ua_answer(stack_tx *tx, int status, const char *reason, sx_slice lines);
/* 420, 415, 405 and 501, where the request asks for it: true when it was answered. */
bool ua_refuse_extension(stack_tx *tx, const sip_msg *m);
void ua_refuse_method(ua_agent *a, stack_tx *tx, const sip_msg *m);
void ua_answer_options(stack_tx *tx); /* inside a dialog */
/* capabilities.c: outside dialogs. */
void ua_answer_options_of(ua_agent *a, ua_account *acc, const stack_event *ev);
/* From, To, R-URI, body of a message into an event; names need the two buffers. */
void ua_event_message_fields(ua_event *ev, const sip_msg *m, sx_buf *from_name, sx_buf *to_name);
/* Value of From for those who have no account. */
int ua_make_from(ua_agent *a, const char *from, sx_slice target, sx_buf *out);

/* Request-URI and From of a request by an account or none. */
int ua_request_identity(ua_agent *a, ua_account *acc, const char *target, const char *from, sx_buf *uri,
                        sx_buf *from_out);

/* ---- messages and OPTIONS (message.c) ---- */

void ua_message_incoming(ua_agent *a, ua_account *acc, ua_call *call, const stack_event *ev);
void ua_message_destroy_all(ua_agent *a);
void ua_message_give_up_all(ua_agent *a, bool now); /* shutdown: answers what is undecided, ends what is on its way */
void ua_message_orphan(ua_agent *a, ua_account *acc, ua_call *call);

/* ---- subscriptions and publications (subscription*.c, notifier*.c, publication.c), qualify.c ---- */

void ua_events_init(ua_agent *a);
void ua_events_look(ua_agent *a);        /* all of them, some in each turn: is the way there; is the account closing */
bool ua_events_over(const ua_agent *a);  /* none is left */
void ua_events_give_up_all(ua_agent *a); /* without the network */
void ua_events_destroy_all(ua_agent *a);
void ua_subscribe_incoming(ua_agent *a, ua_account *acc, const stack_event *ev); /* outside dialogs */
void ua_notify_incoming(ua_agent *a, ua_account *acc, const stack_event *ev);    /* outside dialogs: nobody asked */
/* What qualify_s says has begun to hold, or changed. */
void ua_qualify_init(ua_account *acc);
void ua_qualify_start(ua_account *acc);
void ua_qualify_stop(ua_account *acc);

/* ---- transfers (transfer.c and its like) ---- */

void ua_refer_incoming(ua_agent *a, ua_account *acc, const stack_event *ev); /* outside dialogs */
void ua_transfer_note(const ua_event *ev); /* what becomes of a call that was placed for somebody */
void ua_transfer_orphan(ua_agent *a, const ua_account *acc);
void ua_transfer_give_up_all(ua_agent *a, bool now); /* as ua_message_give_up_all */
void ua_transfer_destroy_all(ua_agent *a);

/* ---- calls (call.c and its like: call.h) ---- */

ua_call *ua_call_of_node(sx_list *node);
ua_account *ua_call_account(const ua_call *call);
void ua_call_incoming(ua_agent *a, ua_account *acc, const stack_event *ev);
void ua_call_media_event(ua_call *call, const media_event *ev);
void ua_call_destroy_all(ua_agent *a);
void ua_call_shutdown(ua_call *call, bool now);
int ua_call_set_rtp_timeout(ua_call *call, int ms);
/* Established calls look whether the address and the flow they run over are still there, and go elsewhere if not: the
 * first few at once, thousands over several turns of the loop. */
void ua_calls_check(ua_account *account); /* it has another flow */
void ua_calls_flow_lost(ua_agent *a);     /* a connection has gone */
/* Those over UDP are told of the new Contact, for a NAT shows our socket under another address. */
void ua_calls_seen_elsewhere(ua_account *account);
void ua_calls_walk(ua_agent *a);    /* the next few, after a change of the network */
void ua_calls_walk_on(ua_agent *a); /* and after what concerns single flows */

/* call_limit.c */
void ua_drain_init(ua_agent *a);
void ua_drain_progress(ua_agent *a);                        /* a call is gone */
bool ua_drain_refuses(const ua_agent *a, stack_tx *tx); /* true: it was answered with 503 */

#define SX_LOG_UA(agent, level, ...) SX_LOG((agent)->log, level, __VA_ARGS__)

#endif
