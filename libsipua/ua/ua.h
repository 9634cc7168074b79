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
#include "ua/event.h"

typedef struct ua_pair {
    const char *name;
    const char *value;
} ua_pair;

/* The numbers of the public sipua_switch, where a thing may also stay as it is. */
enum { UA_AS_IS, UA_ON, UA_OFF };

/* The numbers of the public sipua_ask_kind. */
enum { UA_ASK_CALL = 1, UA_ASK_MESSAGE, UA_ASK_CHANGE, UA_ASK_TRANSFER, UA_ASK_SUBSCRIBE, UA_ASK_REPLACE, UA_ASK_JOIN };

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
    net_tls *tls;                /* what its connections trust and show; a reference is taken */
    const char *media_bind;      /* numeric, or NULL: as `bind` */
    const char *media_advertise; /* numeric, or NULL: `advertise` if that is numeric, else as the system says */
    const char *stun_server;     /* "HOST", "HOST:PORT", or NULL */
    bool watch_network;          /* look out for changes of addresses and routes */
} ua_agent_config;

/* The loop and the media engine outlive the agent. Opens no listeners. The stack is made and owned by the agent. */
int ua_agent_create(net_loop *loop, media_engine *media, const ua_agent_config *config, ua_sink sink, void *ctx,
                    ua_agent **out);
/* At any time, without network and without further events. */
void ua_agent_destroy(ua_agent *agent);
stack *ua_agent_stack(ua_agent *agent); /* for core/ to hang server/ on, and for counters */
/* BYE, CANCEL, un-REGISTER; refuses new work with 503; UA_EV_SHUTDOWN when all is answered or the deadline passed. */
void ua_agent_shutdown(ua_agent *agent, int deadline_ms);
/* Which questions the program takes: bits 1u << UA_ASK_. */
void ua_agent_ask(ua_agent *agent, unsigned kinds);
/* On: new calls from outside get 503 with Retry-After, new ones of ours SX_E_STATE. UA_EV_DRAINED when none is left. */
int ua_agent_drain(ua_agent *agent, bool on);
/* False: the event queue has no room for new work. INVITE: 480, others 500, with Retry-After (section 3). */
void ua_agent_admit(ua_agent *agent, bool room);
void ua_agent_trace(ua_agent *agent, bool on);
/* Addresses or routes of this machine changed, says the program. UA_EV_NETWORK_CHANGED follows (originator UA_LOCAL;
 * what the watcher noticed comes as UA_SYSTEM), then what comes of it. */
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
    stack_transport transport;           /* where neither server nor proxy names one; STACK_ANY: as DNS says */
    const char *const *outbound_proxies; /* further ones, in order */
    size_t outbound_proxy_count;
    const char *contact_params;   /* of the Contact's URI, without the first ';'; or NULL */
    const char *contact_features; /* of the Contact itself, the same way */
    const char *contact_user;     /* user part of the Contact; NULL: made up */
    const char *ha1;              /* as stack_auth_add() takes it; or NULL */
    const char *bearer_token;     /* RFC 8898; or NULL */
    const ua_pair *ws_headers;    /* of the request that opens a WebSocket */
    size_t ws_header_count;
    int flows; /* 1 or 2; 0: 1 */
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
    bool media_default;          /* as the account says */
    const char *replaces, *join; /* "CALL-ID;to-tag=X;from-tag=Y[;early-only]", or NULL */
    const char *from_name;
    const char *asserted_identity, *preferred_identity; /* URIs, or NULL */
    const char *privacy;
    bool anonymous;
    int max_redirects; /* 0: a 3xx is not followed */
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
    int q850; /* 0: none */
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

/* ---- in a call ---- */

typedef enum ua_change_method { UA_CHANGE_AUTO, UA_CHANGE_INVITE, UA_CHANGE_UPDATE } ua_change_method;
typedef struct ua_change { /* all zero: everything is offered anew */
    ua_change_method method;
    int hold; /* UA_AS_IS, UA_ON: hold the peer, UA_OFF: resume */
    const char *const *codecs;
    size_t codec_count; /* 0: as they are */
    const ua_pair *headers;
    size_t header_count;
    sx_slice body; /* with media_none: the offer */
} ua_change;
/* One after the other. CALL_HELD, CALL_RESUMED, CALL_UPDATED or CALL_CHANGE_FAILED with this tag. */
int ua_call_change(ua_call *call, const ua_change *change, uint64_t tag);
int ua_call_accept_change(ua_call *call, const ua_reply *reply);
int ua_call_reject_change(ua_call *call, const ua_reply *reply);

typedef struct ua_request_config {
    const char *method; /* NULL: INFO */
    const char *content_type;
    sx_slice body;
    int timeout_ms;
    const ua_pair *headers;
    size_t header_count;
} ua_request_config;
int ua_call_request(ua_call *call, const ua_request_config *config, uint64_t id, ua_request **out);
uint64_t ua_request_id(const ua_request *request);

typedef struct ua_collect_config {
    int max_digits;
    const char *terminators; /* or NULL */
    int timeout_ms;          /* for the first digit; -1: none */
    int between_ms;
    bool interrupt;
    uint64_t player; /* of this call: timeout_ms counts from its end. 0, or one that has ended: from now */
} ua_collect_config;
int ua_call_collect(ua_call *call, const ua_collect_config *config, uint64_t id, ua_collector **out);
uint64_t ua_collector_id(const ua_collector *collector);
int ua_collector_stop(ua_collector *collector);

/* sides: UA_FLAG_SEND and UA_FLAG_RECEIVE. */
int ua_call_mute(ua_call *call, unsigned sides, bool on);

/* ---- transfer ---- */

typedef struct ua_transfer_config {
    const char *target;      /* NULL with consult */
    ua_call *consult;        /* or NULL */
    const char *recipient;   /* ua_transfer_send: who shall call */
    const char *referred_by; /* NULL: who we are; "": none */
    bool subscribe, hangup;
    int timeout_ms; /* for the final NOTIFY */
    const ua_pair *headers;
    size_t header_count;
} ua_transfer_config;
int ua_call_transfer(ua_call *call, const ua_transfer_config *config, uint64_t id, ua_transfer **out);
int ua_transfer_send(ua_agent *agent, ua_account *account, const ua_transfer_config *config, uint64_t id,
                     ua_transfer **out);
void ua_transfer_set_id(ua_transfer *transfer, uint64_t id);
uint64_t ua_transfer_id(const ua_transfer *transfer);
/* config: its target and replaces come from the REFER; NULL: defaults. */
int ua_transfer_accept(ua_transfer *transfer, const ua_call_config *config, uint64_t call_id, ua_call **out);
int ua_transfer_reject(ua_transfer *transfer, const ua_reply *reply);

/* ---- conference and bridge ---- */

typedef struct ua_conference_config {
    int rate; /* of mixing and reading */
} ua_conference_config;
int ua_conference_create(ua_agent *agent, const ua_conference_config *config, uint64_t id, ua_conference **out);
uint64_t ua_conference_id(const ua_conference *conference);
int ua_conference_add(ua_conference *conference, ua_call *call);
int ua_conference_remove(ua_conference *conference, ua_call *call);
int ua_conference_play(ua_conference *conference, const char *path, bool loop, uint64_t player);
int ua_conference_stop_play(ua_conference *conference, uint64_t player);
int ua_conference_record(ua_conference *conference, const char *path, uint64_t recorder);
int ua_conference_stop_record(ua_conference *conference, uint64_t recorder);
int ua_conference_end(ua_conference *conference, bool hangup);
/* As ua_call_audio: a new reference; exists from creation on. */
media_audio *ua_conference_audio(ua_conference *conference);

typedef struct ua_bridge_config {
    bool dtmf, hold, hangup, transfer; /* what passes across */
    bool signalling;                   /* a's ringing, answer and refusal follow b's */
    bool untouched;                    /* packets pass as they are where the codecs match */
    bool requests;                     /* INFO that is no digit, MESSAGE and methods of others pass, and their answers */
} ua_bridge_config;
/* A call that has ended (NULL counts as one): SX_E_GONE, and the other one is let go as config says. */
int ua_bridge_create(ua_agent *agent, ua_call *a, ua_call *b, const ua_bridge_config *config, uint64_t id,
                     ua_bridge **out);
uint64_t ua_bridge_id(const ua_bridge *bridge);
int ua_bridge_end(ua_bridge *bridge);

/* ---- events (RFC 6665, 3903) ---- */

typedef struct ua_subscribe_config {
    int expires; /* s; 0: ask once */
    const char *target, *from;
    const char *event;  /* "presence;id=7" */
    const char *accept; /* NULL: what the package has */
    const char *content_type;
    sx_slice body;
    const ua_pair *headers;
    size_t header_count;
} ua_subscribe_config;
/* SUBSCRIPTION_STATE with state "terminated" is its terminal event. */
int ua_subscription_create(ua_agent *agent, ua_account *account, const ua_subscribe_config *config, uint64_t id,
                           ua_subscription **out);
uint64_t ua_subscription_id(const ua_subscription *subscription);
int ua_subscription_refresh(ua_subscription *subscription, int expires); /* 0: as before */
int ua_subscription_end(ua_subscription *subscription);

typedef struct ua_notify_config {
    const char *state;  /* "active", "pending", "terminated"; NULL: as it is */
    const char *reason; /* of terminated, or NULL */
    int retry_after_s;  /* 0: not said */
    const char *content_type;
    sx_slice body;
    const ua_pair *headers;
    size_t header_count;
    int expires; /* accept: at most so many s; 0: as asked */
} ua_notify_config;
void ua_notifier_set_id(ua_notifier *notifier, uint64_t id);
uint64_t ua_notifier_id(const ua_notifier *notifier);
int ua_notifier_accept(ua_notifier *notifier, const ua_notify_config *config); /* config NULL: active, without a body */
int ua_notifier_reject(ua_notifier *notifier, const ua_reply *reply);
int ua_notifier_notify(ua_notifier *notifier, const ua_notify_config *config);

typedef struct ua_publish_config {
    int expires;        /* s */
    const char *target; /* NULL: the account's address of record */
    const char *event, *content_type;
    sx_slice body;
    const ua_pair *headers;
    size_t header_count;
} ua_publish_config;
/* PUBLISH_STATE with state "removed" is its terminal event. */
int ua_publication_create(ua_agent *agent, ua_account *account, const ua_publish_config *config, uint64_t id,
                          ua_publication **out);
uint64_t ua_publication_id(const ua_publication *publication);
int ua_publication_update(ua_publication *publication, const char *content_type, sx_slice body); /* NULL: as before */
int ua_publication_end(ua_publication *publication);

typedef struct ua_message_config {
    const char *target, *from, *content_type;
    sx_slice body;
    int timeout_ms;
    const ua_pair *headers;
    size_t header_count;
    ua_call *call; /* inside this call, or NULL */
    const char *message_id;
    const char *report;   /* "delivered", ...: only says so of message_id; or NULL */
    unsigned disposition; /* bits of the public sipua_disposition: which notifications are asked for */
    int composing;        /* UA_AS_IS: this is a message; UA_ON: "is writing"; UA_OFF: "has stopped" */
    bool cpim;
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
