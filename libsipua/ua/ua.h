/* What a user agent does: floor 3's face towards core/, the only one that uses it. Everything here runs on the stack
 * thread and never waits. Strings handed in are copied before the function returns.
 *
 * Objects are pointers that core/ finds by id. An object made here by a peer (an incoming call or message) is announced
 * by its first event; core/ gives it an id and its `user` number by ua_*_set_ids() while handling that event. An object
 * is valid until its terminal event has been handled by the sink; the pointer is dead when the sink returns from it. */
#ifndef UA_UA_H
#define UA_UA_H

#include "media/media.h"
#include "net/loop.h"
#include "sip/message.h"
#include "stack/stack.h"
#include "stack/transport.h"

typedef struct ua_agent ua_agent;
typedef struct ua_account ua_account;
typedef struct ua_call ua_call;
typedef struct ua_message ua_message; /* a MESSAGE of either direction, or an OPTIONS of ours */

typedef struct ua_pair {
    const char *name;
    const char *value;
} ua_pair;

/* The numbers of the public sipua_cause; abi/src asserts it. ua_cause_text gives JsSIP's words. */
typedef enum ua_cause {
    UA_CAUSE_NONE,
    UA_CAUSE_TERMINATED,
    UA_CAUSE_CANCELED,
    UA_CAUSE_BUSY,
    UA_CAUSE_REJECTED,
    UA_CAUSE_REDIRECTED,
    UA_CAUSE_UNAVAILABLE,
    UA_CAUSE_NOT_FOUND,
    UA_CAUSE_ADDRESS_INCOMPLETE,
    UA_CAUSE_INCOMPATIBLE_SDP,
    UA_CAUSE_MISSING_SDP,
    UA_CAUSE_BAD_MEDIA,
    UA_CAUSE_AUTHENTICATION,
    UA_CAUSE_NO_ANSWER,
    UA_CAUSE_NO_ACK,
    UA_CAUSE_EXPIRES,
    UA_CAUSE_DIALOG_ERROR,
    UA_CAUSE_REQUEST_TIMEOUT,
    UA_CAUSE_CONNECTION_ERROR,
    UA_CAUSE_RTP_TIMEOUT,
    UA_CAUSE_SIP_FAILURE_CODE,
    UA_CAUSE_INTERNAL_ERROR,
    UA_CAUSE_OVERLOAD
} ua_cause;
const char *ua_cause_text(ua_cause c);
ua_cause ua_cause_of_status(int status);

typedef enum ua_originator { UA_NOBODY, UA_LOCAL, UA_REMOTE, UA_SYSTEM } ua_originator;

/* The numbers of the public sipua_event_type. */
typedef enum ua_event_type {
    UA_EV_LISTENING = 1,
    UA_EV_LISTENER_CLOSED = 2,
    UA_EV_TRANSPORT_CONNECTING = 3,
    UA_EV_TRANSPORT_CONNECTED = 4,
    UA_EV_TRANSPORT_DISCONNECTED = 5,
    UA_EV_NETWORK_CHANGED = 6,
    UA_EV_REGISTERED = 10,
    UA_EV_REGISTRATION_DEGRADED = 11,
    UA_EV_UNREGISTERED = 12,
    UA_EV_REGISTRATION_FAILED = 13,
    UA_EV_ACCOUNT_CLOSED = 14,
    UA_EV_INCOMING_CALL = 20,
    UA_EV_CALL_SENDING = 21,
    UA_EV_CALL_PROGRESS = 22,
    UA_EV_CALL_ACCEPTED = 23,
    UA_EV_CALL_CONFIRMED = 24,
    UA_EV_CALL_ENDED = 25,
    UA_EV_CALL_HELD = 26,
    UA_EV_CALL_RESUMED = 27,
    UA_EV_CALL_UPDATED = 28,
    UA_EV_CALL_REDIRECTED = 29,
    UA_EV_DTMF = 30,
    UA_EV_INFO = 31,
    UA_EV_DTMF_SENT = 32,
    UA_EV_CALL_MOVED = 33,
    UA_EV_MESSAGE = 40,
    UA_EV_MESSAGE_ANSWERED = 41,
    UA_EV_MESSAGE_DELIVERED = 42,
    UA_EV_MESSAGE_FAILED = 43,
    UA_EV_OPTIONS = 50,
    UA_EV_OPTIONS_ANSWERED = 51,
    UA_EV_MEDIA_READY = 60,
    UA_EV_MEDIA_STALLED = 61,
    UA_EV_MEDIA_RESUMED = 62,
    UA_EV_MARK = 63,
    UA_EV_FLUSHED = 64,
    UA_EV_AUDIO_READY = 65,
    UA_EV_PLAY_DONE = 66,
    UA_EV_RECORD_DONE = 67,
    UA_EV_STATS = 90,
    UA_EV_TRACE = 91,
    UA_EV_SHUTDOWN = 95,
    UA_EV_SUSPICIOUS = 96
} ua_event_type;

/* The bits of the public sipua_event_flags. */
enum {
    UA_FLAG_REFRESH = 1,
    UA_FLAG_EARLY_MEDIA = 2,
    UA_FLAG_ESTABLISHED = 4,
    UA_FLAG_DEFAULT = 8,
    UA_FLAG_FLUSHED = 16,
    UA_FLAG_FINAL = 32
};

/* One happening. Everything pointed to is borrowed for the time of the sink's call; `msg` may be kept by reference. */
typedef struct ua_event {
    ua_event_type type;
    ua_account *account;
    ua_call *call;
    ua_message *message;
    uint64_t id; /* of a player or recorder: the number core/ gave it; of a listener or server: its owner's */
    int code;    /* SX_OK or SX_E_ */
    int status;
    ua_cause cause;
    ua_originator originator;
    uint32_t flags;
    int q850;
    int expires;  /* s */
    int retry_ms; /* -1: no further try */
    int port;
    int rate;
    int deadline_ms;
    int default_status;
    int digit;
    int local_port; /* with local_host: an address of ours */
    int ptime_ms; /* UA_EV_STATS of a call; 0: nothing agreed */
    uint64_t count, duration_ms, mark, segment, played_ms, discarded_ms;
    sx_slice reason, text, from, from_name, to, to_name, target, codec, transport, host, content_type, body;
    sx_slice check, names;        /* TRANSPORT_DISCONNECTED with SX_E_TLS: tls_check and tls_names of the stack's event */
    sx_slice pub_gruu, temp_gruu; /* REGISTERED */
    sx_slice local_host;          /* REGISTERED: what the Contact says; CALL_MOVED: where the call is now */
    const sip_msg *msg;       /* the message behind it, kept form, or NULL */
    const media_stats *stats; /* UA_EV_STATS of a call */
} ua_event;

typedef void (*ua_sink)(void *ctx, const ua_event *ev);

typedef struct ua_agent_config {
    int max_calls;         /* -1: no limit */
    const char *bind;      /* numeric, never NULL */
    const char *advertise; /* or NULL */
    const char *user_agent;
    const char *const *codecs;
    size_t codec_count;
    const char *dns_servers; /* as net_dns_options.servers: "127.0.0.1:5353,[::1]:53"; NULL: the system's */
    bool open;
    bool trace;
    sx_log *log;
    net_tls *tls;            /* what its connections trust and show; a reference is taken */
    const char *media_bind;  /* numeric, or NULL: as `bind` */
    const char *media_advertise; /* numeric, or NULL: `advertise` if that is numeric, else as the system says */
    const char *stun_server; /* "HOST", "HOST:PORT", or NULL */
    bool watch_network;      /* look out for changes of addresses and routes */
} ua_agent_config;

/* The loop and the media engine outlive the agent. Opens no listeners. The stack is made and owned by the agent. */
int ua_agent_create(net_loop *loop, media_engine *media, const ua_agent_config *config, ua_sink sink, void *ctx,
                    ua_agent **out);
/* At any time, without network and without further events. */
void ua_agent_destroy(ua_agent *agent);
stack *ua_agent_stack(ua_agent *agent); /* for core/ to hang server/ on, and for counters */
/* BYE, CANCEL, un-REGISTER; refuses new work with 503; UA_EV_SHUTDOWN when all is answered or the deadline passed. */
void ua_agent_shutdown(ua_agent *agent, int deadline_ms);
/* Which questions the program takes (public sipua_ask_kind). */
void ua_agent_ask(ua_agent *agent, bool calls, bool messages);
/* False: the event queue has no room for new work. INVITE: 480, others 500, with Retry-After (section 3). */
void ua_agent_admit(ua_agent *agent, bool room);
void ua_agent_trace(ua_agent *agent, bool on);
/* Addresses or routes of this machine changed, says the program. UA_EV_NETWORK_CHANGED follows (originator UA_LOCAL; what
 * the watcher noticed comes as UA_SYSTEM), then what comes of it. */
int ua_network_changed(ua_agent *agent);
/* Handles what the media engine reports; call it when the engine's wake-up fired. */
void ua_agent_media_events(ua_agent *agent);

typedef struct ua_counters {
    uint64_t calls_now, calls_total, accounts_now;
    uint64_t refused; /* requests for nobody here, dropped */
} ua_counters;
void ua_agent_get_counters(ua_agent *agent, ua_counters *out);

/* id is echoed in LISTENING and LISTENER_CLOSED. address: "udp:HOST:PORT". Binds at once: ua_listener_port is the real
 * one. An error brings no event. */
typedef struct ua_listener ua_listener;
int ua_listener_create(ua_agent *agent, const char *address, const char *advertise, bool open, uint64_t id,
                       ua_listener **out);
/* The same with more: `tls`, `origins`, `norigins` and `ws_path` of `more` count, or NULL: none of it. */
int ua_listener_open(ua_agent *agent, const char *address, const char *advertise, bool open,
                     const stack_listen_params *more, uint64_t id, ua_listener **out);
int ua_listener_port(const ua_listener *listener);
void ua_listener_close(ua_listener *listener); /* LISTENER_CLOSED follows and frees it */

typedef struct ua_account_config {
    const char *aor, *password, *auth_user, *display_name, *server, *outbound_proxy, *advertise, *instance_id;
    int expires; /* 0: default */
    const char *const *codecs;
    size_t codec_count;
    const char *const *peers;
    size_t peer_count;
    const ua_pair *headers;
    size_t header_count;
    bool auto_answer;
    bool media_none;
    /* server, outbound_proxy and outbound_proxies may be URLs: "ws://host[:port]/path?query", "wss://..." */
    stack_transport transport; /* where neither server nor proxy names one; STACK_ANY: as DNS says */
    const char *const *outbound_proxies; /* further ones, in order */
    size_t outbound_proxy_count;
    const char *contact_params;   /* of the Contact's URI, without the first ';'; or NULL */
    const char *contact_features; /* of the Contact itself, the same way */
    const char *contact_user;     /* user part of the Contact; NULL: made up */
    const char *ha1;              /* as stack_auth_add() takes it; or NULL */
    const char *bearer_token;     /* RFC 8898; or NULL */
    const ua_pair *ws_headers;    /* of the request that opens a WebSocket */
    size_t ws_header_count;
    int flows;                    /* 1 or 2; 0: 1 */
    bool outbound, sticky, contact_rewrite, gruu;
    bool gruu_contact;  /* the GRUU stands in the Contact of dialogs too: only where the domain routes them */
    bool preload_route; /* a WebSocket hop stands in a Route header too */
    net_tls *tls;       /* NULL: the agent's; a reference is taken */
} ua_account_config;
/* Fills in the defaults of what is not zero by default: flows 1, and the four switches on. */
static inline void ua_account_config_init(ua_account_config *c) {
    memset(c, 0, sizeof *c);
    c->flows = 1;
    c->outbound = c->sticky = c->contact_rewrite = c->gruu = true;
}
int ua_account_create(ua_agent *agent, const ua_account_config *config, uint64_t id, ua_account **out);
uint64_t ua_account_id(const ua_account *account);
int ua_account_register(ua_account *account);
int ua_account_unregister(ua_account *account, bool all);
/* The bearer token of what is sent from now on; NULL: none. */
int ua_account_set_token(ua_account *account, const char *token);
int ua_account_close(ua_account *account); /* UA_EV_ACCOUNT_CLOSED is its terminal event */

typedef struct ua_call_config {
    const char *target, *from;
    int timeout_ms; /* 0: default, -1: none */
    int rate;       /* of reading */
    const char *const *codecs;
    size_t codec_count;
    const ua_pair *headers;
    size_t header_count;
    sx_slice body; /* with media_none: own SDP */
    bool media_none;
    bool media_default; /* as the account says */
} ua_call_config;
/* account NULL: a direct call. What can be refused at once is refused here; else CALL_ENDED comes in any case. */
int ua_call_create(ua_agent *agent, ua_account *account, const ua_call_config *config, uint64_t id, ua_call **out);

typedef struct ua_reply {
    int status; /* 0: the default of the verb */
    const char *reason;
    const ua_pair *headers;
    size_t header_count;
    int rate;
    bool early_media;
    bool media_none;
    const char *content_type;
    sx_slice body;
} ua_reply;
void ua_call_set_id(ua_call *call, uint64_t id);
uint64_t ua_call_id(const ua_call *call);
int ua_call_ring(ua_call *call, const ua_reply *reply);
int ua_call_answer(ua_call *call, const ua_reply *reply);
int ua_call_reject(ua_call *call, const ua_reply *reply);
int ua_call_hangup(ua_call *call, const ua_reply *reply); /* whatever ends it now; ends with cause when given */
/* Ends the call as overloaded: cause Overload. */
void ua_call_overload(ua_call *call);
int ua_call_dtmf(ua_call *call, const char *digits, int duration_ms, int gap_ms);
int ua_call_play(ua_call *call, const char *path, bool loop, uint64_t player);
int ua_call_stop_play(ua_call *call, uint64_t player);
int ua_call_record(ua_call *call, const char *path, int side, uint64_t recorder);
int ua_call_stop_record(ua_call *call, uint64_t recorder);
int ua_call_stats(ua_call *call);
/* The audio handle for app threads, a new reference for media_audio_unref(); NULL for signalling-only calls. Exists
 * from creation on. */
media_audio *ua_call_audio(ua_call *call);

typedef struct ua_message_config {
    const char *target, *from, *content_type;
    sx_slice body;
    int timeout_ms;
    const ua_pair *headers;
    size_t header_count;
} ua_message_config;
int ua_message_send(ua_agent *agent, ua_account *account, const ua_message_config *config, uint64_t id,
                    ua_message **out);
int ua_options_send(ua_agent *agent, ua_account *account, const ua_message_config *config, uint64_t id,
                    ua_message **out);
void ua_message_set_id(ua_message *message, uint64_t id);
uint64_t ua_message_id(const ua_message *message);
int ua_message_accept(ua_message *message, const ua_reply *reply);
int ua_message_reject(ua_message *message, const ua_reply *reply);

/* Long-tail settings, by the public key; account or call NULL: the agent's. SX_E_NOT_FOUND for a key that is not ours.
 */
int ua_option_set(ua_agent *agent, ua_account *account, ua_call *call, const char *key, const char *value);

#endif
