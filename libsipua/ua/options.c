#include "ua/options.h"

#include <stdlib.h>

#include "base/error.h"

#define ROW(key, member, min, max, def, scopes, text)                                                                  \
    { key, "int", min, max, def, scopes, text, "0.1", offsetof(ua_settings, member), NULL }
#define ROW_0_2(key, member, min, max, def, scopes, text)                                                              \
    { key, "int", min, max, def, scopes, text, "0.2", offsetof(ua_settings, member), NULL }
#define SWITCH_0_2(key, member, def, scopes, text)                                                                     \
    { key, "switch", 0, 0, def, scopes, text, "0.2", offsetof(ua_settings, member), NULL }
#define CHOICE_0_2(key, member, choices, def, scopes, text)                                                            \
    { key, "choice", 0, 0, def, scopes, text, "0.2", offsetof(ua_settings, member), choices }
#define UA_SCOPE_ALL (UA_SCOPE_AGENT | UA_SCOPE_ACCOUNT | UA_SCOPE_CALL)

static const ua_option table[] = {
    ROW("t1_ms", t1_ms, 5, 60000, "500", UA_SCOPE_AGENT,
        "Timer T1 of RFC 3261 in ms: the round trip assumed; requests are given up after 64 times this"),
    ROW("t2_ms", t2_ms, 10, 60000, "4000", UA_SCOPE_AGENT,
        "Timer T2 in ms: the longest wait between two retransmissions"),
    ROW("t4_ms", t4_ms, 10, 60000, "5000", UA_SCOPE_AGENT, "Timer T4 in ms: how long the network may keep a message"),
    ROW("udp.max_request", udp_max_request, 200, 65535, "1300", UA_SCOPE_AGENT,
        "Bytes; a larger request goes by TCP where no transport was named; 65535: never"),
    ROW("no_answer_ms", no_answer_ms, 100, 3600000, "60000", UA_SCOPE_AGENT,
        "How long an incoming call waits for its decision, and rings, in ms; then 480"),
    ROW("message_decision_ms", message_decision_ms, 100, 30000, "30000", UA_SCOPE_AGENT,
        "How long an incoming message waits for its decision, in ms; then 480"),
    ROW("register.min_retry_ms", register_min_retry_ms, 10, 30000, "1000", UA_SCOPE_AGENT,
        "Wait before the first new try after a failed registration, in ms; doubled with each failure"),
    ROW("rtp_timeout_ms", rtp_timeout_ms, 0, 3600000, "0", UA_SCOPE_AGENT | UA_SCOPE_CALL,
        "A call whose media is silent for so long is ended with cause RTP Timeout, in ms; 0: never"),
    ROW("opus.complexity", opus_complexity, 0, 10, "5", UA_SCOPE_AGENT, "Effort of the Opus encoder, 0 to 10"),
    ROW("keepalive_s", keepalive_s, 0, 3600, "25", UA_SCOPE_AGENT,
        "Seconds between keepalives on the path to a registrar; 0: none"),
    ROW("prepare_ms", prepare_ms, 100, 60000, "5000", UA_SCOPE_AGENT,
        "How long the preparation of a call's media (name resolution) may take, in ms"),
    ROW("jitter.min_ms", jitter_min_ms, 10, 1000, "20", UA_SCOPE_AGENT,
        "The least depth of the jitter buffer of calls made from now on, in ms"),
    ROW("jitter.max_ms", jitter_max_ms, 10, 1000, "200", UA_SCOPE_AGENT,
        "The greatest depth of the jitter buffer of calls made from now on, in ms; below jitter.min_ms: as that"),
    ROW("max_queued_ms", max_queued_ms, 20, 3600000, "60000", UA_SCOPE_AGENT,
        "How much audio may wait to be sent in each call made from now on, in ms; beyond it a write takes less"),
    ROW_0_2("max_connections", max_connections, 1, 1000000, "10000", UA_SCOPE_AGENT,
            "TCP, TLS and WebSocket connections at one time, both directions; more are closed at once, or fail"),
    ROW_0_2("max_connections_per_source", max_connections_per_source, 1, 1000000, "1000", UA_SCOPE_AGENT,
            "Accepted connections from one address at one time; more are closed at once"),
    ROW_0_2("connection_queue_bytes", connection_queue_bytes, 4096, 1073741824, "1048576", UA_SCOPE_AGENT,
            "Bytes that may wait to be sent on one connection; beyond it what is to be sent fails"),
    ROW_0_2("handshake_ms", handshake_ms, 100, 600000, "10000", UA_SCOPE_AGENT,
            "How long the handshakes of TLS and WebSocket may take together, in ms"),
    ROW_0_2("slow_message_ms", slow_message_ms, 100, 3600000, "30000", UA_SCOPE_AGENT,
            "A message that has begun on a connection must be complete by then, in ms, else the connection is closed"),
    ROW_0_2("target_penalty_ms", target_penalty_ms, 0, 3600000, "30000", UA_SCOPE_AGENT,
            "How long a server that failed is tried last, in ms; a Retry-After of its own counts instead"),
    ROW_0_2("dns_timeout_ms", dns_timeout_ms, 100, 60000, "5000", UA_SCOPE_AGENT,
            "How long the resolution of a name may take, in ms; then the last good answer serves, if there is one"),
    ROW_0_2("register_in_flight", register_in_flight, 1, 100000, "100", UA_SCOPE_AGENT,
            "REGISTER requests under way at one time; further accounts wait for their turn"),
    ROW_0_2("register_rate", register_rate, 1, 100000, "100", UA_SCOPE_AGENT,
            "REGISTER requests a second after the loss of a flow that many accounts shared"),
    ROW_0_2("flow_retry_base_s", flow_retry_base_s, 1, 3600, "30", UA_SCOPE_AGENT,
            "Base of the growing pauses between attempts at a lost flow, in seconds (RFC 5626 4.5); the first attempt "
            "is made at once"),
    ROW_0_2("flow_retry_max_s", flow_retry_max_s, 1, 86400, "1800", UA_SCOPE_AGENT,
            "The longest such pause, in seconds"),
    SWITCH_0_2("reinvite_on_move", reinvite_on_move, "on", UA_SCOPE_AGENT,
               "Established calls move to a new address of this machine by re-INVITE; off: they stay as they are"),
    ROW_0_2("session_expires_s", session_expires_s, 0, 86400, "1800", UA_SCOPE_ALL,
            "Session timer asked for, in seconds (RFC 4028); 0: none is asked for, a peer's is kept"),
    ROW_0_2("session_min_se_s", session_min_se_s, 90, 86400, "90", UA_SCOPE_ALL,
            "The shortest session timer taken, in seconds; a peer that wants a shorter one gets 422"),
    CHOICE_0_2("session_refresher", session_refresher, "auto local remote", "auto", UA_SCOPE_ALL,
               "Who refreshes the session: as negotiated, we, or the peer"),
    CHOICE_0_2("session_refresh_method", session_refresh_method, "auto update invite", "auto", UA_SCOPE_ALL,
               "How we refresh the session: UPDATE where the peer allows it, else re-INVITE; or always one of them"),
    CHOICE_0_2("reliable_1xx", reliable_1xx, "off supported required", "supported", UA_SCOPE_ALL,
               "Reliable provisional responses (RFC 3262): not at all, where the peer asks for them or takes them, or "
               "required of it"),
    CHOICE_0_2("dtmf_method", dtmf_method, "auto rtp info info-dtmf", "auto", UA_SCOPE_ALL,
               "How digits are sent: by RFC 4733 where negotiated, else INFO; by RFC 4733; by INFO with "
               "application/dtmf-relay; by INFO with application/dtmf"),
    ROW_0_2("max_call_ms", max_call_ms, 0, 604800000, "0", UA_SCOPE_ALL,
            "A call is hung up so long after its answer, in ms, with cause Time Limit; 0: never"),
    ROW_0_2("max_calls", max_calls, 0, 1000000, "0", UA_SCOPE_ACCOUNT,
            "Calls of the account at one time; beyond it an INVITE gets 486; 0: as the agent's"),
    SWITCH_0_2("answer_after", answer_after, "off", UA_SCOPE_AGENT | UA_SCOPE_ACCOUNT,
               "Call-Info answer-after and Alert-Info auto-answer of a caller are obeyed; off: they are only told"),
    ROW_0_2("qualify_s", qualify_s, 0, 86400, "0", UA_SCOPE_AGENT | UA_SCOPE_ACCOUNT,
            "Seconds between OPTIONS to an account's server, each answered by a path_quality event; 0: none"),
    SWITCH_0_2("unsolicited_notify", unsolicited_notify, "on", UA_SCOPE_AGENT | UA_SCOPE_ACCOUNT,
               "A NOTIFY that nobody subscribed to is told of, as servers send it for waiting messages; off: 481"),
    ROW_0_2("change_decision_ms", change_decision_ms, 100, 30000, "30000", UA_SCOPE_ALL,
            "How long a change that the peer wants waits for its decision, in ms; then 488"),
    ROW_0_2("subscribe_decision_ms", subscribe_decision_ms, 100, 30000, "30000", UA_SCOPE_AGENT | UA_SCOPE_ACCOUNT,
            "How long a subscription to us waits for its decision, in ms; then 403"),
    ROW_0_2("transfer_decision_ms", transfer_decision_ms, 100, 30000, "30000", UA_SCOPE_ALL,
            "How long a transfer that the peer wants waits for its decision, in ms; then 603"),
    ROW_0_2("stall_ms", stall_ms, 100, 3600000, "5000", UA_SCOPE_AGENT | UA_SCOPE_CALL,
            "How long a call may bring no audio until media_stalled tells of it, in ms"),
    ROW_0_2("max_subscriptions", max_subscriptions, 0, 10000000, "100000", UA_SCOPE_AGENT,
            "Subscriptions of peers to us at one time; more get 503"),
    ROW_0_2("max_transfers", max_transfers, 0, 1000, "5", UA_SCOPE_AGENT,
            "A call that came of so many transfers in a row takes no further one"),
};

size_t ua_option_count(void) { return sizeof table / sizeof table[0]; }

const ua_option *ua_option_at(size_t i) { return i < ua_option_count() ? &table[i] : NULL; }

const ua_option *ua_option_find(const char *key) {
    sx_slice k = sx_slice_str(key);
    for (size_t i = 0; i < ua_option_count(); i++) {
        if (sx_eq(k, sx_slice_str(table[i].key))) return &table[i];
    }
    return NULL;
}

static int read_choice(const ua_option *o, sx_slice value, int32_t *out) {
    sx_slice rest = sx_slice_str(o->choices);
    for (int32_t i = 0; rest.n; i++) {
        if (!sx_eq(sx_split(rest, ' ', &rest), value)) continue;
        *out = i;
        return SX_OK;
    }
    return sx_fail(SX_E_INVALID, "%s must be one of: %s", o->key, o->choices);
}

int ua_option_read(const ua_option *o, const char *value, int32_t *out) {
    uint64_t v;
    if (!strcmp(o->type, "switch")) {
        bool on = !strcmp(value, "on");
        if (!on && strcmp(value, "off")) return sx_fail(SX_E_INVALID, "%s must be on or off", o->key);
        *out = on;
        return SX_OK;
    }
    if (o->choices) return read_choice(o, sx_slice_str(value), out);
    if (!sx_to_u64(sx_trim(sx_slice_str(value)), INT32_MAX, &v) || (int64_t)v < o->minimum || (int64_t)v > o->maximum) {
        return sx_fail(SX_E_INVALID, "%s must be a number from %d to %d", o->key, (int)o->minimum, (int)o->maximum);
    }
    *out = (int32_t)v;
    return SX_OK;
}

void ua_settings_default(ua_settings *s) {
    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < ua_option_count(); i++) {
        ua_option_read(&table[i], table[i].default_value, (int32_t *)(void *)((char *)s + table[i].offset));
    }
}

struct ua_own_settings {
    uint64_t set; /* which of them, by their place */
    ua_settings v;
};
_Static_assert(sizeof(ua_settings) <= 64 * sizeof(int32_t), "a bit for each setting");

int ua_own_set(ua_own_settings **own, const ua_option *o, int32_t value) {
    if (!*own) *own = calloc(1, sizeof **own);
    if (!*own) return sx_fail(SX_E_NOMEM, "no memory for a setting");
    *(int32_t *)(void *)((char *)&(*own)->v + o->offset) = value;
    (*own)->set |= 1ull << (o->offset / sizeof(int32_t));
    return SX_OK;
}

bool ua_own_get(const ua_own_settings *own, size_t offset, int32_t *out) {
    if (!own || !(own->set >> (offset / sizeof(int32_t)) & 1)) return false;
    *out = *(const int32_t *)(const void *)((const char *)&own->v + offset);
    return true;
}
