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
    UA_SOURCES_WATCHED = 64,  /* strangers remembered for UA_EV_SUSPICIOUS */
    UA_SUSPICIOUS_MS = 60000, /* one event per stranger in this time */
    UA_CANCEL_WAIT_MS = 5000, /* how long a cancelled INVITE's final answer is waited for */
    UA_MAX_FORKS = 16,        /* early dialogs whose SDP is remembered */
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
    char *advertise_host; /* NULL: none */
    uint16_t advertise_port;
    bool open, ask_calls, ask_messages, no_room;
    bool shutting, down; /* shutdown asked for; SHUTDOWN emitted */
    bool in_sweep;
    int max_calls;
    ua_codecs *codecs;
    char contact_user[UA_TOKEN + 1]; /* of direct calls */
    ua_settings opt;
    sx_list accounts, calls, messages, listeners;
    sx_htab by_contact; /* accounts by Contact user */
    sx_htab by_user;    /* accounts by the user of their AOR */
    size_t ncalls, naccounts;
    uint64_t calls_total, refused;
    unsigned byes; /* BYEs without an answer yet */
    ua_stranger *strangers;
    sx_timer deadline;
    sx_task task; /* the end of a shutdown */
    sx_task network_task; /* the program says that the network changed */
    net_netwatch *netwatch;
    sx_grave grave;
};

static inline uint64_t ua_now(const ua_agent *a) { return net_loop_now(a->loop); }
ua_event ua_event_of(ua_event_type type);
void ua_emit(ua_agent *a, const ua_event *ev);
/* A shutdown has come one step further: an object is gone, a BYE answered. */
void ua_agent_progress(ua_agent *a);
/* "host", "host:port", "[v6]:port" into a copy and a number. SX_E_ADDRESS, SX_E_NOMEM. */
int ua_host_port(const char *text, char **host, uint16_t *port);
/* Our address towards a peer, as it goes into SDP and made-up URIs. SX_E_TRANSPORT. */
int ua_local_address(ua_agent *a, const net_addr *peer, net_addr *out);
/* Sends a request in silence inside a dialog and then ends the dialog; counted, so that a shutdown waits for it. */
void ua_send_bye(ua_agent *a, stack_dialog *d, sx_slice headers);

/* ---- changes of the network (network.c) ---- */

void ua_network_init(ua_agent *a, bool watch);
void ua_network_stop(ua_agent *a);
/* What stands in the SDP of a call of this account (or of none) in place of our address; empty: nothing. */
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

struct ua_account {
    sx_list node;
    sx_hnode by_contact, by_user;
    ua_agent *agent;
    uint64_t id;
    char *text;                         /* all strings below live in this one block */
    sx_slice aor, user, domain, scheme; /* domain: host[:port], as targets are completed */
    sx_slice host;                      /* of the AOR, bare */
    sx_slice from;                      /* value of From */
    sx_slice server;                    /* registrar URI, cleaned */
    sx_slice proxy;                     /* value of Route for the outbound proxy; empty: none */
    sx_slice headers;                   /* for REGISTER, with CRLF */
    sx_slice instance;                  /* urn:uuid:... */
    sx_slice advertise_host;
    uint16_t advertise_port;
    bool explicit_server, secure, auto_answer, media_none;
    bool closing;
    char contact_user[UA_TOKEN + 1];
    ua_codecs *codecs;
    stack_auth *auth;
    ua_net *peers;
    size_t npeers;
    net_addr *sources; /* where its server and proxy are; UA_MAX_SOURCES of them once there is one */
    uint8_t nsources;
    uint8_t failed_once;
    stack_resolve *resolving[2];
    /* registration */
    reg_machine reg;
    stack_request *request;
    uint32_t cseq;
    char call_id[24];
    char *bound; /* Contact URI that the registrar has; NULL: none */
    char *stale; /* "Contact: <...>;expires=0" lines for the next REGISTER; NULL: none */
    stack_flow flow;
    bool held;
    uint32_t hold_ms;
    uint8_t pending; /* UA_ACC_... */
    bool removing_all;
    sx_timer timer;
    sx_task task;
    size_t ncalls;
    sx_grave grave;
};
enum { UA_ACC_UNREGISTERED = 1, UA_ACC_CLOSED = 2, UA_ACC_STEP = 4 };

void ua_account_destroy_all(ua_agent *a);
void ua_account_add_source(ua_account *acc, const net_addr *addr);
/* Routes, next hop, preferred flow, Contact, From and credentials of an account (or of none) for a request to `uri`. */
typedef struct ua_way {
    stack_contact contact;
    sx_slice routes[1];
    size_t nroutes;
    sx_slice next_hop;
    stack_flow prefer;
    stack_auth *auth;
} ua_way;
void ua_way_of(ua_agent *a, ua_account *acc, sx_slice uri, ua_way *out);
void ua_account_flow_lost(ua_account *acc, const stack_event *ev);
void ua_account_progress(ua_account *acc); /* a call of it is gone */
/* register.c */
int ua_register_step(ua_account *acc, const reg_input *in, bool api);
void ua_register_stop(ua_account *acc); /* forgets everything without sending */

/* ---- requests and answers in general (headers.c, target.c, body.c) ---- */

#define UA_ALLOW "INVITE, ACK, CANCEL, BYE, UPDATE, INFO, OPTIONS, MESSAGE"
#define UA_ALLOW_NO_MESSAGE "INVITE, ACK, CANCEL, BYE, UPDATE, INFO, OPTIONS"
ua_cause ua_cause_of_code(int code, int status);
#define UA_COMMON_LINES "Allow: " UA_ALLOW "\r\nSupported: path\r\n"
#define UA_ACCEPT_LINE "Accept: application/sdp, application/dtmf-relay, application/dtmf, text/plain\r\n"

/* Appends an app's headers as lines. SX_E_HEADER with words. */
int ua_put_headers(sx_buf *b, const ua_pair *pairs, size_t n);
/* "Reason: ..." of a reply; nothing when it says nothing. */
int ua_put_reason(sx_buf *b, int status, const char *reason);
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
void ua_answer_options(stack_tx *tx);
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

/* ---- calls (call.c and its like: call.h) ---- */

ua_call *ua_call_of_node(sx_list *node);
ua_account *ua_call_account(const ua_call *call);
void ua_call_incoming(ua_agent *a, ua_account *acc, const stack_event *ev);
void ua_call_media_event(ua_call *call, const media_event *ev);
void ua_call_destroy_all(ua_agent *a);
void ua_call_shutdown(ua_call *call, bool now);
int ua_call_set_rtp_timeout(ua_call *call, int ms);
/* Established calls (of this account; NULL: all) look whether the address and the flow they run over are still there,
 * and go elsewhere if not: after a change of the network, and when an account has another flow. */
void ua_calls_check(ua_agent *a, ua_account *account);
void ua_calls_flow_lost(ua_agent *a, const stack_flow *flow);

#define SX_LOG_UA(agent, level, ...) SX_LOG((agent)->log, level, __VA_ARGS__)

#endif
