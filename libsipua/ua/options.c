#include "ua/options.h"

#include "base/error.h"

#define ROW(key, member, min, max, def, scopes, text)                                                                  \
    { key, "int", min, max, def, scopes, text, "0.1", offsetof(ua_settings, member) }

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

int ua_option_read(const ua_option *o, const char *value, int32_t *out) {
    uint64_t v;
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
