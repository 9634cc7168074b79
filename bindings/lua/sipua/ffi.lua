-- Written by abi/gen/generate from sipua.h. Do not edit.
-- libsipua by LuaJIT's ffi, without the compiled half: local lib = require("sipua.ffi").load("libsipua.so.0").
-- Everything is as in C: sipua.h is the manual. The functions that take a callback are left out: it would be called on
-- another thread, which LuaJIT does not survive.
local ffi = require "ffi"

ffi.cdef [[
int32_t sipua_abi_version(void);
const char *sipua_version(void);
const char *sipua_features(void);
typedef int32_t sipua_error;
enum { SIPUA_OK = 0, SIPUA_E_INVALID = -1, SIPUA_E_NOMEM = -2, SIPUA_E_CLOSED = -3, SIPUA_E_GONE = -4, SIPUA_E_KIND = -5, SIPUA_E_STATE = -6, SIPUA_E_VERSION = -7, SIPUA_E_FORKED = -8, SIPUA_E_BUSY = -9, SIPUA_E_INTERRUPTED = -10, SIPUA_E_CANCELED = -11, SIPUA_E_TIMEOUT = -12, SIPUA_E_EOF = -13, SIPUA_E_FULL = -14, SIPUA_E_LIMIT = -15, SIPUA_E_UNSUPPORTED = -16, SIPUA_E_URI = -17, SIPUA_E_HEADER = -18, SIPUA_E_ADDRESS = -19, SIPUA_E_IN_USE = -20, SIPUA_E_IO = -21, SIPUA_E_NOT_FOUND = -22, SIPUA_E_FORMAT = -23, SIPUA_E_DNS = -24, SIPUA_E_TRANSPORT = -25, SIPUA_E_PROTOCOL = -26, SIPUA_E_AUTH = -27, SIPUA_E_MEDIA = -28, SIPUA_E_PERMISSION = -29, SIPUA_E_INTERNAL = -30, SIPUA_E_TLS = -31 };
const char *sipua_error_name(sipua_error code);
const char *sipua_error_text(sipua_error code);
int32_t sipua_error_retryable(sipua_error code);
int32_t sipua_error_fatal(sipua_error code);
sipua_error sipua_last_error(void);
const char *sipua_last_error_text(void);
typedef int32_t sipua_cause;
enum { SIPUA_CAUSE_NONE = 0, SIPUA_CAUSE_TERMINATED = 1, SIPUA_CAUSE_CANCELED = 2, SIPUA_CAUSE_BUSY = 3, SIPUA_CAUSE_REJECTED = 4, SIPUA_CAUSE_REDIRECTED = 5, SIPUA_CAUSE_UNAVAILABLE = 6, SIPUA_CAUSE_NOT_FOUND = 7, SIPUA_CAUSE_ADDRESS_INCOMPLETE = 8, SIPUA_CAUSE_INCOMPATIBLE_SDP = 9, SIPUA_CAUSE_MISSING_SDP = 10, SIPUA_CAUSE_BAD_MEDIA = 11, SIPUA_CAUSE_AUTHENTICATION = 12, SIPUA_CAUSE_NO_ANSWER = 13, SIPUA_CAUSE_NO_ACK = 14, SIPUA_CAUSE_EXPIRES = 15, SIPUA_CAUSE_DIALOG_ERROR = 16, SIPUA_CAUSE_REQUEST_TIMEOUT = 17, SIPUA_CAUSE_CONNECTION_ERROR = 18, SIPUA_CAUSE_RTP_TIMEOUT = 19, SIPUA_CAUSE_SIP_FAILURE_CODE = 20, SIPUA_CAUSE_INTERNAL_ERROR = 21, SIPUA_CAUSE_OVERLOAD = 22, SIPUA_CAUSE_REPLACED = 23, SIPUA_CAUSE_TRANSFERRED = 24, SIPUA_CAUSE_TIME_LIMIT = 25, SIPUA_CAUSE_SESSION_EXPIRED = 26 };
const char *sipua_cause_text(sipua_cause cause);
typedef uint64_t sipua_id;
typedef struct sipua_agent sipua_agent;
typedef struct sipua_event sipua_event;
typedef struct sipua_pair {
    const char *name;
    const char *value;
} sipua_pair;
typedef int32_t sipua_switch;
enum { SIPUA_DEFAULT = 0, SIPUA_ON = 1, SIPUA_OFF = 2 };
typedef int32_t sipua_originator;
enum { SIPUA_ORIGINATOR_NONE = 0, SIPUA_ORIGINATOR_LOCAL = 1, SIPUA_ORIGINATOR_REMOTE = 2, SIPUA_ORIGINATOR_SYSTEM = 3 };
typedef int32_t sipua_log_level;
enum { SIPUA_LOG_DEFAULT = 0, SIPUA_LOG_NONE = -1, SIPUA_LOG_ERROR = 1, SIPUA_LOG_WARNING = 2, SIPUA_LOG_INFO = 3, SIPUA_LOG_DEBUG = 4 };
typedef struct sipua_agent_config {
    uint32_t struct_size;
    int32_t max_calls;
    const char *bind;
    const char *advertise;
    const char * const *listen;
    uint32_t listen_count;
    sipua_switch open;
    const char *user_agent;
    const char * const *codecs;
    uint32_t codec_count;
    int32_t rtp_port_min;
    int32_t rtp_port_max;
    int32_t media_workers;
    int32_t queue_events;
    int32_t queue_bytes;
    sipua_log_level log_level;
    sipua_switch trace;
    const char * const *dns_servers;
    uint32_t dns_server_count;
    int32_t reserved;
    const char *tls_ca;
    const char *tls_ca_fallback;
    const char *tls_cert;
    const char *tls_key;
    const char *tls_key_password;
    const char *tls_crl;
    const char * const *tls_pins;
    uint32_t tls_pin_count;
    sipua_switch tls_verify;
    int32_t tls_min_version;
    sipua_switch watch_network;
    const char *media_bind;
    const char *media_advertise;
    const char *stun_server;
} sipua_agent_config;
int32_t sipua_agent_create(const sipua_agent_config *config, sipua_agent **agent);
int32_t sipua_agent_shutdown(sipua_agent *agent, int32_t deadline_ms, uint64_t tag);
int32_t sipua_agent_close(sipua_agent *agent);
void sipua_agent_free(sipua_agent *agent);
int32_t sipua_agent_stats(sipua_agent *agent, uint64_t tag);
typedef int32_t sipua_ask_kind;
enum { SIPUA_ASK_CALL = 1, SIPUA_ASK_MESSAGE = 2, SIPUA_ASK_CHANGE = 3, SIPUA_ASK_TRANSFER = 4, SIPUA_ASK_SUBSCRIBE = 5, SIPUA_ASK_REPLACE = 6, SIPUA_ASK_JOIN = 7 };
int32_t sipua_agent_ask(sipua_agent *agent, sipua_ask_kind kind, sipua_switch on, uint64_t tag);
int32_t sipua_network_changed(sipua_agent *agent, uint64_t tag);
int32_t sipua_agent_reload_tls(sipua_agent *agent, uint64_t tag);
int32_t sipua_agent_drain(sipua_agent *agent, sipua_switch on, uint64_t tag);
int32_t sipua_poll(sipua_agent *agent, int32_t timeout_ms, sipua_event **event);
int32_t sipua_poll_interrupt(sipua_agent *agent);
int32_t sipua_agent_fd(sipua_agent *agent);
typedef int32_t sipua_event_type;
enum { SIPUA_EVENT_LISTENING = 1, SIPUA_EVENT_LISTENER_CLOSED = 2, SIPUA_EVENT_TRANSPORT_CONNECTING = 3, SIPUA_EVENT_TRANSPORT_CONNECTED = 4, SIPUA_EVENT_TRANSPORT_DISCONNECTED = 5, SIPUA_EVENT_NETWORK_CHANGED = 6, SIPUA_EVENT_REGISTERED = 10, SIPUA_EVENT_REGISTRATION_DEGRADED = 11, SIPUA_EVENT_UNREGISTERED = 12, SIPUA_EVENT_REGISTRATION_FAILED = 13, SIPUA_EVENT_ACCOUNT_CLOSED = 14, SIPUA_EVENT_PATH_QUALITY = 15, SIPUA_EVENT_INCOMING_CALL = 20, SIPUA_EVENT_CALL_SENDING = 21, SIPUA_EVENT_CALL_PROGRESS = 22, SIPUA_EVENT_CALL_ACCEPTED = 23, SIPUA_EVENT_CALL_CONFIRMED = 24, SIPUA_EVENT_CALL_ENDED = 25, SIPUA_EVENT_CALL_HELD = 26, SIPUA_EVENT_CALL_RESUMED = 27, SIPUA_EVENT_CALL_UPDATED = 28, SIPUA_EVENT_CALL_REDIRECTED = 29, SIPUA_EVENT_DTMF = 30, SIPUA_EVENT_INFO = 31, SIPUA_EVENT_DTMF_SENT = 32, SIPUA_EVENT_CALL_MOVED = 33, SIPUA_EVENT_CALL_CHANGE_REQUESTED = 34, SIPUA_EVENT_CALL_CHANGE_FAILED = 35, SIPUA_EVENT_CALL_MUTED = 36, SIPUA_EVENT_CALL_UNMUTED = 37, SIPUA_EVENT_CALL_REPLACED = 38, SIPUA_EVENT_REQUEST_ANSWERED = 39, SIPUA_EVENT_MESSAGE = 40, SIPUA_EVENT_MESSAGE_ANSWERED = 41, SIPUA_EVENT_MESSAGE_DELIVERED = 42, SIPUA_EVENT_MESSAGE_FAILED = 43, SIPUA_EVENT_MESSAGE_COMPOSING = 44, SIPUA_EVENT_MESSAGE_DISPOSITION = 45, SIPUA_EVENT_OPTIONS = 50, SIPUA_EVENT_OPTIONS_ANSWERED = 51, SIPUA_EVENT_SUBSCRIBE_REQUESTED = 52, SIPUA_EVENT_NOTIFY = 53, SIPUA_EVENT_SUBSCRIPTION_STATE = 54, SIPUA_EVENT_PUBLISH_STATE = 55, SIPUA_EVENT_TRANSFER_REQUESTED = 56, SIPUA_EVENT_TRANSFER_PROGRESS = 57, SIPUA_EVENT_TRANSFER_DONE = 58, SIPUA_EVENT_MEDIA_READY = 60, SIPUA_EVENT_MEDIA_STALLED = 61, SIPUA_EVENT_MEDIA_RESUMED = 62, SIPUA_EVENT_MARK = 63, SIPUA_EVENT_FLUSHED = 64, SIPUA_EVENT_AUDIO_READY = 65, SIPUA_EVENT_PLAY_DONE = 66, SIPUA_EVENT_RECORD_DONE = 67, SIPUA_EVENT_COLLECTED = 68, SIPUA_EVENT_CONFERENCE_CHANGED = 70, SIPUA_EVENT_CONFERENCE_ENDED = 71, SIPUA_EVENT_BRIDGE_CHANGED = 72, SIPUA_EVENT_BRIDGE_ENDED = 73, SIPUA_EVENT_SERVER_BINDING = 80, SIPUA_EVENT_SERVER_CLOSED = 81, SIPUA_EVENT_STATS = 90, SIPUA_EVENT_TRACE = 91, SIPUA_EVENT_LOG = 92, SIPUA_EVENT_OVERFLOW = 93, SIPUA_EVENT_REPLY = 94, SIPUA_EVENT_SHUTDOWN = 95, SIPUA_EVENT_SUSPICIOUS = 96, SIPUA_EVENT_DRAINED = 97 };
const char *sipua_event_type_name(sipua_event_type type);
typedef uint32_t sipua_event_flags;
enum { SIPUA_FLAG_REFRESH = 1, SIPUA_FLAG_EARLY_MEDIA = 2, SIPUA_FLAG_ESTABLISHED = 4, SIPUA_FLAG_DEFAULT = 8, SIPUA_FLAG_FLUSHED = 16, SIPUA_FLAG_FINAL = 32, SIPUA_FLAG_FOLLOWED = 64, SIPUA_FLAG_HOLD = 128, SIPUA_FLAG_RESUME = 256, SIPUA_FLAG_OFFERLESS = 512, SIPUA_FLAG_SEND = 1024, SIPUA_FLAG_RECEIVE = 2048, SIPUA_FLAG_JOIN = 4096, SIPUA_FLAG_ADDED = 8192, SIPUA_FLAG_WANTS_DELIVERED = 16384, SIPUA_FLAG_WANTS_DISPLAYED = 32768, SIPUA_FLAG_EARLY_ONLY = 65536, SIPUA_FLAG_AUTO_ANSWER = 131072 };
typedef struct sipua_event_view {
    uint32_t struct_size;
    sipua_event_type type;
    sipua_id id;
    sipua_id account;
    sipua_id call;
    uint64_t user;
    uint64_t tag;
    uint64_t time_ms;
    int32_t code;
    int32_t status;
    sipua_cause cause;
    sipua_originator originator;
    sipua_event_flags flags;
    int32_t q850;
    int32_t expires;
    int32_t retry_ms;
    int32_t port;
    int32_t rate;
    int32_t deadline_ms;
    int32_t default_status;
    int32_t digit;
    int32_t level;
    uint64_t count;
    uint64_t duration_ms;
    uint64_t mark;
    uint64_t segment;
    uint64_t played_ms;
    uint64_t discarded_ms;
    const char *reason;
    const char *text;
    const char *from;
    const char *from_name;
    const char *to;
    const char *to_name;
    const char *target;
    const char *codec;
    const char *transport;
    const char *host;
    const char *module;
    const char *content_type;
    const uint8_t *body;
    uint64_t body_size;
    const char *check;
    const char *names;
    const char *pub_gruu;
    const char *temp_gruu;
    const char *local_host;
    int32_t local_port;
    int32_t reserved;
    sipua_id other;
    const char *state;
    const char *package;
    const char *message_id;
    const char *digits;
    const char *identity;
    const char *identity_name;
    const char *diversion;
    const char *referred_by;
    const char *replaces;
    const char *privacy;
    int32_t answer_after_s;
    int32_t fork;
    const char *dialog;
} sipua_event_view;
int32_t sipua_event_get(const sipua_event *event, sipua_event_view *view);
void sipua_event_destroy(sipua_event *event);
int32_t sipua_event_header_count(const sipua_event *event);
int32_t sipua_event_header_at(const sipua_event *event, int32_t index, const char **name, const char **value);
const char *sipua_event_header(const sipua_event *event, const char *name, int32_t index);
const uint8_t *sipua_event_message(const sipua_event *event, uint64_t *size);
const char *sipua_event_json(const sipua_event *event);
int32_t sipua_event_document_count(const sipua_event *event);
int32_t sipua_event_document_at(const sipua_event *event, int32_t index, const char **name, const char **value);
int32_t sipua_document_write(const char *type, const sipua_pair *fields, uint32_t field_count, char *buffer, uint32_t capacity);
typedef struct sipua_field_info {
    uint32_t struct_size;
    int32_t reserved;
    const char *type;
    const char *name;
    const char *kind;
    const char *text;
} sipua_field_info;
int32_t sipua_field_count(void);
int32_t sipua_field_at(int32_t index, sipua_field_info *info);
typedef struct sipua_call_stats {
    uint32_t struct_size;
    int32_t ptime_ms;
    uint64_t duration_ms;
    uint64_t packets_sent;
    uint64_t bytes_sent;
    uint64_t packets_received;
    uint64_t bytes_received;
    uint64_t packets_lost;
    uint64_t packets_late;
    uint64_t packets_duplicate;
    uint64_t packets_reordered;
    uint64_t packets_invalid;
    uint64_t frames_concealed;
    uint64_t underrun_ms;
    uint64_t overrun_ms;
    uint64_t remote_packets_lost;
    int32_t jitter_us;
    int32_t remote_jitter_us;
    int32_t rtt_us;
    int32_t jitter_buffer_ms;
    int32_t queued_ms;
    int32_t reserved;
    const char *codec;
    const char *remote_address;
} sipua_call_stats;
int32_t sipua_call_stats_request(sipua_agent *agent, sipua_id call, uint64_t tag);
int32_t sipua_event_call_stats(const sipua_event *event, sipua_call_stats *stats);
typedef struct sipua_agent_counters {
    uint32_t struct_size;
    int32_t reserved;
    uint64_t calls_now;
    uint64_t calls_total;
    uint64_t accounts_now;
    uint64_t transactions_now;
    uint64_t connections_now;
    uint64_t messages_received;
    uint64_t messages_sent;
    uint64_t retransmissions;
    uint64_t malformed;
    uint64_t refused;
    uint64_t events_dropped;
} sipua_agent_counters;
int32_t sipua_event_agent_stats(const sipua_event *event, sipua_agent_counters *counters);
typedef struct sipua_account_config {
    uint32_t struct_size;
    int32_t expires;
    uint64_t user;
    const char *aor;
    const char *password;
    const char *auth_user;
    const char *display_name;
    const char *server;
    const char *outbound_proxy;
    const char *advertise;
    const char * const *codecs;
    uint32_t codec_count;
    sipua_switch auto_answer;
    const char * const *peers;
    uint32_t peer_count;
    int32_t media;
    const char *instance_id;
    const sipua_pair *headers;
    uint32_t header_count;
    int32_t reserved;
    const char *transport;
    const char * const *outbound_proxies;
    const char *contact_params;
    const char *contact_features;
    const char *contact_user;
    const char *ha1;
    const char *bearer_token;
    const sipua_pair *ws_headers;
    uint32_t outbound_proxy_count;
    uint32_t ws_header_count;
    int32_t flows;
    sipua_switch outbound;
    sipua_switch sticky;
    sipua_switch contact_rewrite;
    sipua_switch gruu;
    sipua_switch preload_route;
    const char *tls_ca;
    const char *tls_cert;
    const char *tls_key;
    const char *tls_key_password;
    const char * const *tls_pins;
    uint32_t tls_pin_count;
    sipua_switch tls_verify;
} sipua_account_config;
int32_t sipua_account_create(sipua_agent *agent, const sipua_account_config *config, uint64_t tag, sipua_id *account);
int32_t sipua_account_register(sipua_agent *agent, sipua_id account, uint64_t tag);
int32_t sipua_account_unregister(sipua_agent *agent, sipua_id account, sipua_switch all, uint64_t tag);
int32_t sipua_account_set_token(sipua_agent *agent, sipua_id account, const char *token, uint64_t tag);
int32_t sipua_account_close(sipua_agent *agent, sipua_id account, uint64_t tag);
typedef int32_t sipua_media;
enum { SIPUA_MEDIA_DEFAULT = 0, SIPUA_MEDIA_RTP = 1, SIPUA_MEDIA_NONE = 2 };
typedef struct sipua_call_config {
    uint32_t struct_size;
    sipua_media media;
    uint64_t user;
    const char *target;
    const char *from;
    int32_t timeout_ms;
    int32_t rate;
    const char * const *codecs;
    const sipua_pair *headers;
    uint32_t codec_count;
    uint32_t header_count;
    const char *body;
    uint32_t body_size;
    int32_t reserved;
    const char *replaces;
    const char *join;
    const char *from_name;
    const char *asserted_identity;
    const char *preferred_identity;
    const char *privacy;
    sipua_switch anonymous;
    int32_t max_redirects;
} sipua_call_config;
int32_t sipua_call_create(sipua_agent *agent, sipua_id account, const sipua_call_config *config, uint64_t tag, sipua_id *call);
typedef struct sipua_reply {
    uint32_t struct_size;
    int32_t status;
    const char *reason;
    const sipua_pair *headers;
    uint32_t header_count;
    int32_t rate;
    sipua_switch early_media;
    sipua_media media;
    uint64_t user;
    const char *content_type;
    const char *body;
    uint32_t body_size;
    int32_t reserved;
    int32_t q850;
    int32_t reserved2;
} sipua_reply;
int32_t sipua_call_ring(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag);
int32_t sipua_call_answer(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag);
int32_t sipua_call_reject(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag);
int32_t sipua_call_hangup(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag);
int32_t sipua_call_set_user(sipua_agent *agent, sipua_id call, uint64_t user, uint64_t tag);
int32_t sipua_call_dtmf(sipua_agent *agent, sipua_id call, const char *digits, int32_t duration_ms, int32_t gap_ms, uint64_t tag);
int32_t sipua_call_play(sipua_agent *agent, sipua_id call, const char *path, sipua_switch loop, uint64_t user, uint64_t tag, sipua_id *player);
int32_t sipua_player_stop(sipua_agent *agent, sipua_id player, uint64_t tag);
typedef int32_t sipua_record_side;
enum { SIPUA_RECORD_FAR = 0, SIPUA_RECORD_NEAR = 1, SIPUA_RECORD_STEREO = 2 };
int32_t sipua_call_record(sipua_agent *agent, sipua_id call, const char *path, sipua_record_side side, uint64_t user, uint64_t tag, sipua_id *recorder);
int32_t sipua_recorder_stop(sipua_agent *agent, sipua_id recorder, uint64_t tag);
int32_t sipua_call_mute(sipua_agent *agent, sipua_id call, sipua_event_flags sides, sipua_switch on, uint64_t tag);
typedef struct sipua_collect_config {
    uint32_t struct_size;
    int32_t max_digits;
    uint64_t user;
    const char *terminators;
    int32_t timeout_ms;
    int32_t between_ms;
    sipua_switch interrupt;
    int32_t reserved;
    sipua_id player;
} sipua_collect_config;
int32_t sipua_call_collect(sipua_agent *agent, sipua_id call, const sipua_collect_config *config, uint64_t tag, sipua_id *collector);
int32_t sipua_collector_stop(sipua_agent *agent, sipua_id collector, uint64_t tag);
typedef int32_t sipua_change_method;
enum { SIPUA_CHANGE_AUTO = 0, SIPUA_CHANGE_INVITE = 1, SIPUA_CHANGE_UPDATE = 2 };
typedef struct sipua_change {
    uint32_t struct_size;
    sipua_change_method method;
    sipua_switch hold;
    uint32_t codec_count;
    const char * const *codecs;
    const sipua_pair *headers;
    uint32_t header_count;
    uint32_t body_size;
    const char *body;
} sipua_change;
int32_t sipua_call_change(sipua_agent *agent, sipua_id call, const sipua_change *change, uint64_t tag);
int32_t sipua_call_accept_change(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag);
int32_t sipua_call_reject_change(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag);
typedef struct sipua_request_config {
    uint32_t struct_size;
    int32_t timeout_ms;
    uint64_t user;
    const char *method;
    const char *content_type;
    const char *body;
    const sipua_pair *headers;
    uint32_t body_size;
    uint32_t header_count;
} sipua_request_config;
int32_t sipua_call_request(sipua_agent *agent, sipua_id call, const sipua_request_config *config, uint64_t tag, sipua_id *request);
typedef struct sipua_transfer_config {
    uint32_t struct_size;
    int32_t timeout_ms;
    uint64_t user;
    sipua_id consult;
    const char *target;
    const char *recipient;
    const char *referred_by;
    const sipua_pair *headers;
    uint32_t header_count;
    sipua_switch subscribe;
    sipua_switch hangup;
    int32_t reserved;
} sipua_transfer_config;
int32_t sipua_call_transfer(sipua_agent *agent, sipua_id call, const sipua_transfer_config *config, uint64_t tag, sipua_id *transfer);
int32_t sipua_transfer_send(sipua_agent *agent, sipua_id account, const sipua_transfer_config *config, uint64_t tag, sipua_id *transfer);
int32_t sipua_transfer_accept(sipua_agent *agent, sipua_id transfer, const sipua_call_config *config, uint64_t tag, sipua_id *call);
int32_t sipua_transfer_reject(sipua_agent *agent, sipua_id transfer, const sipua_reply *reply, uint64_t tag);
typedef struct sipua_conference_config {
    uint32_t struct_size;
    int32_t rate;
    uint64_t user;
} sipua_conference_config;
int32_t sipua_conference_create(sipua_agent *agent, const sipua_conference_config *config, uint64_t tag, sipua_id *conference);
int32_t sipua_conference_add(sipua_agent *agent, sipua_id conference, sipua_id call, uint64_t tag);
int32_t sipua_conference_remove(sipua_agent *agent, sipua_id conference, sipua_id call, uint64_t tag);
int32_t sipua_conference_play(sipua_agent *agent, sipua_id conference, const char *path, sipua_switch loop, uint64_t user, uint64_t tag, sipua_id *player);
int32_t sipua_conference_record(sipua_agent *agent, sipua_id conference, const char *path, uint64_t user, uint64_t tag, sipua_id *recorder);
int32_t sipua_conference_end(sipua_agent *agent, sipua_id conference, sipua_switch hangup, uint64_t tag);
typedef struct sipua_bridge_config {
    uint32_t struct_size;
    sipua_switch dtmf;
    sipua_switch hold;
    sipua_switch hangup;
    sipua_switch transfer;
    sipua_switch signalling;
    sipua_switch untouched;
    sipua_switch requests;
    uint64_t user;
} sipua_bridge_config;
int32_t sipua_bridge_create(sipua_agent *agent, sipua_id a, sipua_id b, const sipua_bridge_config *config, uint64_t tag, sipua_id *bridge);
int32_t sipua_bridge_end(sipua_agent *agent, sipua_id bridge, uint64_t tag);
typedef struct sipua_subscribe_config {
    uint32_t struct_size;
    int32_t expires;
    uint64_t user;
    const char *target;
    const char *from;
    const char *event;
    const char *accept;
    const char *content_type;
    const char *body;
    const sipua_pair *headers;
    uint32_t body_size;
    uint32_t header_count;
} sipua_subscribe_config;
int32_t sipua_subscription_create(sipua_agent *agent, sipua_id account, const sipua_subscribe_config *config, uint64_t tag, sipua_id *subscription);
int32_t sipua_subscription_refresh(sipua_agent *agent, sipua_id subscription, int32_t expires, uint64_t tag);
int32_t sipua_subscription_end(sipua_agent *agent, sipua_id subscription, uint64_t tag);
typedef struct sipua_notify_config {
    uint32_t struct_size;
    int32_t retry_after_s;
    const char *state;
    const char *reason;
    const char *content_type;
    const char *body;
    const sipua_pair *headers;
    uint32_t body_size;
    uint32_t header_count;
    int32_t expires;
    int32_t reserved;
} sipua_notify_config;
int32_t sipua_notifier_accept(sipua_agent *agent, sipua_id notifier, const sipua_notify_config *config, uint64_t user, uint64_t tag);
int32_t sipua_notifier_reject(sipua_agent *agent, sipua_id notifier, const sipua_reply *reply, uint64_t tag);
int32_t sipua_notifier_notify(sipua_agent *agent, sipua_id notifier, const sipua_notify_config *config, uint64_t tag);
typedef struct sipua_publish_config {
    uint32_t struct_size;
    int32_t expires;
    uint64_t user;
    const char *target;
    const char *event;
    const char *content_type;
    const char *body;
    const sipua_pair *headers;
    uint32_t body_size;
    uint32_t header_count;
} sipua_publish_config;
int32_t sipua_publication_create(sipua_agent *agent, sipua_id account, const sipua_publish_config *config, uint64_t tag, sipua_id *publication);
int32_t sipua_publication_update(sipua_agent *agent, sipua_id publication, const char *content_type, const char *body, uint32_t body_size, uint64_t tag);
int32_t sipua_publication_end(sipua_agent *agent, sipua_id publication, uint64_t tag);
int32_t sipua_audio_write(sipua_agent *agent, sipua_id call, const int16_t *pcm, uint32_t samples, int32_t rate, uint64_t segment, int32_t timeout_ms);
typedef uint32_t sipua_audio_flags;
enum { SIPUA_AUDIO_CONCEALED = 1, SIPUA_AUDIO_SILENCE = 2 };
int32_t sipua_audio_read(sipua_agent *agent, sipua_id call, int16_t *pcm, uint32_t samples, int32_t timeout_ms, sipua_audio_flags *flags);
int32_t sipua_audio_set_rate(sipua_agent *agent, sipua_id call, int32_t rate);
int32_t sipua_audio_flush(sipua_agent *agent, sipua_id call, uint64_t tag);
int32_t sipua_audio_mark(sipua_agent *agent, sipua_id call, uint64_t mark);
int32_t sipua_audio_queued(sipua_agent *agent, sipua_id call);
int32_t sipua_audio_watch(sipua_agent *agent, sipua_id call, int32_t readable_ms, int32_t writable_ms);
int32_t sipua_audio_ready(sipua_agent *agent, sipua_id *calls, uint32_t capacity);
typedef uint32_t sipua_disposition;
enum { SIPUA_DISPOSITION_DELIVERED = 1, SIPUA_DISPOSITION_DISPLAYED = 2, SIPUA_DISPOSITION_PROCESSED = 4 };
typedef struct sipua_message_config {
    uint32_t struct_size;
    int32_t timeout_ms;
    uint64_t user;
    const char *target;
    const char *from;
    const char *content_type;
    const char *body;
    uint32_t body_size;
    uint32_t header_count;
    const sipua_pair *headers;
    sipua_id call;
    const char *message_id;
    const char *report;
    sipua_disposition disposition;
    sipua_switch composing;
    sipua_switch cpim;
    int32_t reserved;
} sipua_message_config;
int32_t sipua_message_send(sipua_agent *agent, sipua_id account, const sipua_message_config *config, uint64_t tag, sipua_id *message);
int32_t sipua_message_accept(sipua_agent *agent, sipua_id message, const sipua_reply *reply, uint64_t tag);
int32_t sipua_message_reject(sipua_agent *agent, sipua_id message, const sipua_reply *reply, uint64_t tag);
int32_t sipua_options_send(sipua_agent *agent, sipua_id account, const sipua_message_config *config, uint64_t tag, sipua_id *query);
typedef struct sipua_listener_config {
    uint32_t struct_size;
    sipua_switch open;
    uint64_t user;
    sipua_id server;
    const char *address;
    const char *advertise;
    const char *tls_cert;
    const char *tls_key;
    const char *tls_key_password;
    const char *tls_ca;
    const char * const *origins;
    const char *ws_path;
    uint32_t origin_count;
    sipua_switch tls_need_client;
} sipua_listener_config;
int32_t sipua_listener_create(sipua_agent *agent, const sipua_listener_config *config, uint64_t tag, sipua_id *listener);
int32_t sipua_listener_close(sipua_agent *agent, sipua_id listener, uint64_t tag);
typedef int32_t sipua_server_mode;
enum { SIPUA_SERVER_PROXY = 0, SIPUA_SERVER_REDIRECT = 1 };
typedef struct sipua_server_config {
    uint32_t struct_size;
    sipua_server_mode mode;
    uint64_t user;
    const char *realm;
    const sipua_pair *users;
    uint32_t user_count;
    int32_t min_expires;
    int32_t max_expires;
    sipua_switch challenge_calls;
    sipua_switch record_route;
    int32_t reserved;
} sipua_server_config;
int32_t sipua_server_create(sipua_agent *agent, const sipua_server_config *config, uint64_t tag, sipua_id *server);
int32_t sipua_server_set_user(sipua_agent *agent, sipua_id server, const char *name, const char *password, uint64_t tag);
int32_t sipua_server_close(sipua_agent *agent, sipua_id server, uint64_t tag);
int32_t sipua_option_set(sipua_agent *agent, sipua_id id, const char *key, const char *value, uint64_t tag);
typedef struct sipua_option_info {
    uint32_t struct_size;
    int32_t minimum;
    int32_t maximum;
    int32_t reserved;
    const char *key;
    const char *type;
    const char *scope;
    const char *default_value;
    const char *text;
    const char *since;
    const char *choices;
} sipua_option_info;
int32_t sipua_option_count(void);
int32_t sipua_option_at(int32_t index, sipua_option_info *info);
typedef struct sipua_uri {
    uint32_t struct_size;
    int32_t port;
    const char *scheme;
    const char *user;
    const char *password;
    const char *host;
    const char *parameters;
    const char *headers;
} sipua_uri;
int32_t sipua_uri_parse(const char *text, sipua_uri *uri, char *buffer, uint32_t capacity);
int32_t sipua_uri_write(const sipua_uri *uri, char *buffer, uint32_t capacity);
void sipua_agent_config_init(sipua_agent_config *p, uint32_t size);
void sipua_event_view_init(sipua_event_view *p, uint32_t size);
void sipua_call_stats_init(sipua_call_stats *p, uint32_t size);
void sipua_agent_counters_init(sipua_agent_counters *p, uint32_t size);
void sipua_account_config_init(sipua_account_config *p, uint32_t size);
void sipua_call_config_init(sipua_call_config *p, uint32_t size);
void sipua_reply_init(sipua_reply *p, uint32_t size);
void sipua_message_config_init(sipua_message_config *p, uint32_t size);
void sipua_listener_config_init(sipua_listener_config *p, uint32_t size);
void sipua_server_config_init(sipua_server_config *p, uint32_t size);
void sipua_option_info_init(sipua_option_info *p, uint32_t size);
void sipua_uri_init(sipua_uri *p, uint32_t size);
void sipua_change_init(sipua_change *p, uint32_t size);
void sipua_request_config_init(sipua_request_config *p, uint32_t size);
void sipua_collect_config_init(sipua_collect_config *p, uint32_t size);
void sipua_transfer_config_init(sipua_transfer_config *p, uint32_t size);
void sipua_conference_config_init(sipua_conference_config *p, uint32_t size);
void sipua_bridge_config_init(sipua_bridge_config *p, uint32_t size);
void sipua_subscribe_config_init(sipua_subscribe_config *p, uint32_t size);
void sipua_notify_config_init(sipua_notify_config *p, uint32_t size);
void sipua_publish_config_init(sipua_publish_config *p, uint32_t size);
void sipua_field_info_init(sipua_field_info *p, uint32_t size);
]]

local sipua_ffi = { ffi = ffi }

-- What an older library of this major version may lack, and what a call of it returns there.
local newer = {
    sipua_network_changed = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_agent_reload_tls = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_agent_drain = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_event_document_count = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_event_document_at = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_document_write = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_field_count = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_field_at = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_account_set_token = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_call_mute = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_call_collect = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_collector_stop = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_call_change = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_call_accept_change = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_call_reject_change = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_call_request = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_call_transfer = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_transfer_send = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_transfer_accept = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_transfer_reject = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_conference_create = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_conference_add = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_conference_remove = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_conference_play = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_conference_record = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_conference_end = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_bridge_create = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_bridge_end = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_subscription_create = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_subscription_refresh = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_subscription_end = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_notifier_accept = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_notifier_reject = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_notifier_notify = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_publication_create = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_publication_update = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_publication_end = function() return ffi.C.SIPUA_E_UNSUPPORTED end,
    sipua_change_init = function() end,
    sipua_request_config_init = function() end,
    sipua_collect_config_init = function() end,
    sipua_transfer_config_init = function() end,
    sipua_conference_config_init = function() end,
    sipua_bridge_config_init = function() end,
    sipua_subscribe_config_init = function() end,
    sipua_notify_config_init = function() end,
    sipua_publish_config_init = function() end,
    sipua_field_info_init = function() end,
}

-- Loads the library; by default the one that the system's loader finds. An older one of this major version will do: a
-- function that it does not have returns SIPUA_E_UNSUPPORTED, or nil for a pointer.
function sipua_ffi.load(name)
    local lib = ffi.load(name or "libsipua.so.0")
    local version = lib.sipua_abi_version()
    if math.floor(version / 65536) ~= 0 then
        error(("sipua.ffi: the library is version %d.%d, and these declarations are of 0.2"):format(
            math.floor(version / 65536), version % 65536))
    end
    if version % 65536 >= 2 then return lib end
    return setmetatable({}, { __index = function(known, key)
        local there, value = pcall(function() return lib[key] end)
        if not there then
            if not newer[key] then error(value, 2) end
            value = newer[key]
        end
        known[key] = value
        return value
    end })
end

-- A zeroed struct that knows its size: sipua_ffi.new "sipua_agent_config".
function sipua_ffi.new(name)
    local struct = ffi.new(name)
    struct.struct_size = ffi.sizeof(name)
    return struct
end

return sipua_ffi
