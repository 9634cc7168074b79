/* What happens in ua/, as its one sink is told: the objects, the events and their causes. */
#ifndef UA_EVENT_H
#define UA_EVENT_H

#include "base/slice.h"
#include "media/media.h"
#include "sip/message.h"

typedef struct ua_agent ua_agent;
typedef struct ua_account ua_account;
typedef struct ua_call ua_call;
typedef struct ua_message ua_message;   /* a MESSAGE of either direction, or an OPTIONS of ours */
typedef struct ua_transfer ua_transfer; /* a REFER of either direction */
typedef struct ua_request ua_request;   /* a request of ours inside a call */
typedef struct ua_collector ua_collector;
typedef struct ua_subscription ua_subscription; /* ours */
typedef struct ua_notifier ua_notifier;         /* a peer's subscription to us */
typedef struct ua_publication ua_publication;
typedef struct ua_conference ua_conference;
typedef struct ua_bridge ua_bridge;

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
    UA_CAUSE_OVERLOAD,
    UA_CAUSE_REPLACED,
    UA_CAUSE_TRANSFERRED,
    UA_CAUSE_TIME_LIMIT,
    UA_CAUSE_SESSION_EXPIRED
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
    UA_EV_PATH_QUALITY = 15,
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
    UA_EV_CALL_CHANGE_REQUESTED = 34,
    UA_EV_CALL_CHANGE_FAILED = 35,
    UA_EV_CALL_MUTED = 36,
    UA_EV_CALL_UNMUTED = 37,
    UA_EV_CALL_REPLACED = 38,
    UA_EV_REQUEST_ANSWERED = 39,
    UA_EV_MESSAGE = 40,
    UA_EV_MESSAGE_ANSWERED = 41,
    UA_EV_MESSAGE_DELIVERED = 42,
    UA_EV_MESSAGE_FAILED = 43,
    UA_EV_MESSAGE_COMPOSING = 44,
    UA_EV_MESSAGE_DISPOSITION = 45,
    UA_EV_OPTIONS = 50,
    UA_EV_OPTIONS_ANSWERED = 51,
    UA_EV_SUBSCRIBE_REQUESTED = 52,
    UA_EV_NOTIFY = 53,
    UA_EV_SUBSCRIPTION_STATE = 54,
    UA_EV_PUBLISH_STATE = 55,
    UA_EV_TRANSFER_REQUESTED = 56,
    UA_EV_TRANSFER_PROGRESS = 57,
    UA_EV_TRANSFER_DONE = 58,
    UA_EV_MEDIA_READY = 60,
    UA_EV_MEDIA_STALLED = 61,
    UA_EV_MEDIA_RESUMED = 62,
    UA_EV_MARK = 63,
    UA_EV_FLUSHED = 64,
    UA_EV_AUDIO_READY = 65,
    UA_EV_PLAY_DONE = 66,
    UA_EV_RECORD_DONE = 67,
    UA_EV_COLLECTED = 68,
    UA_EV_CONFERENCE_CHANGED = 70,
    UA_EV_CONFERENCE_ENDED = 71,
    UA_EV_BRIDGE_CHANGED = 72,
    UA_EV_BRIDGE_ENDED = 73,
    UA_EV_STATS = 90,
    UA_EV_TRACE = 91,
    UA_EV_SHUTDOWN = 95,
    UA_EV_SUSPICIOUS = 96,
    UA_EV_DRAINED = 97
} ua_event_type;

/* The bits of the public sipua_event_flags. */
enum {
    UA_FLAG_REFRESH = 1,
    UA_FLAG_EARLY_MEDIA = 2,
    UA_FLAG_ESTABLISHED = 4,
    UA_FLAG_DEFAULT = 8,
    UA_FLAG_FLUSHED = 16,
    UA_FLAG_FINAL = 32,
    UA_FLAG_FOLLOWED = 64,
    UA_FLAG_HOLD = 128,
    UA_FLAG_RESUME = 256,
    UA_FLAG_OFFERLESS = 512,
    UA_FLAG_SEND = 1024,
    UA_FLAG_RECEIVE = 2048,
    UA_FLAG_JOIN = 4096,
    UA_FLAG_ADDED = 8192,
    UA_FLAG_WANTS_DELIVERED = 16384,
    UA_FLAG_WANTS_DISPLAYED = 32768,
    UA_FLAG_EARLY_ONLY = 65536,
    UA_FLAG_AUTO_ANSWER = 131072
};

/* One happening. Everything pointed to is borrowed for the time of the sink's call; `msg` may be kept by reference. */
typedef struct ua_event {
    ua_event_type type;
    ua_account *account;
    ua_call *call;
    ua_message *message;
    ua_transfer *transfer;
    ua_request *request;
    ua_collector *collector;
    ua_subscription *subscription;
    ua_notifier *notifier;
    ua_publication *publication;
    ua_conference *conference;
    ua_bridge *bridge;
    ua_call *other; /* another call that it is about */
    uint64_t id;    /* of a player or recorder: the number core/ gave it; of a listener or server: its owner's */
    int code;       /* SX_OK or SX_E_ */
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
    int local_port;     /* with local_host: an address of ours */
    int ptime_ms;       /* UA_EV_STATS of a call; 0: nothing agreed */
    int answer_after_s; /* with UA_FLAG_AUTO_ANSWER */
    int fork;           /* UA_EV_NOTIFY: which dialog of a forked subscription, from 0 */
    uint64_t tag;       /* of the command whose result this is; 0: none */
    uint64_t count, duration_ms, mark, segment, played_ms, discarded_ms;
    sx_slice reason, text, from, from_name, to, to_name, target, codec, transport, host, content_type, body;
    sx_slice check, names; /* TRANSPORT_DISCONNECTED with SX_E_TLS: tls_check and tls_names of the stack's event */
    sx_slice pub_gruu, temp_gruu; /* REGISTERED */
    sx_slice local_host;          /* REGISTERED: what the Contact says; CALL_MOVED: where the call is now */
    sx_slice state, event, message_id, digits; /* event: the package, without parameters */
    sx_slice identity, identity_name, diversion, referred_by, replaces, privacy;
    sx_slice dialog; /* of the call: "CALL-ID;to-tag=OURS;from-tag=PEERS" */
    const sip_msg *msg;       /* the message behind it, kept form, or NULL */
    const media_stats *stats; /* UA_EV_STATS of a call */
} ua_event;

typedef void (*ua_sink)(void *ctx, const ua_event *ev);

#endif
