/* The events' names and what each of them says: the table behind JSON. */
#include "src/json.h"

#define F(x) ABI_F_##x
static const abi_event_info infos[] = {
    {SIPUA_EVENT_LISTENING, "listening", F(TRANSPORT) | F(HOST) | F(PORT)},
    {SIPUA_EVENT_LISTENER_CLOSED, "listener_closed", F(CODE) | F(TEXT)},
    {SIPUA_EVENT_TRANSPORT_CONNECTING, "transport_connecting", F(TRANSPORT) | F(HOST) | F(PORT)},
    {SIPUA_EVENT_TRANSPORT_CONNECTED, "transport_connected", F(TRANSPORT) | F(HOST) | F(PORT)},
    {SIPUA_EVENT_TRANSPORT_DISCONNECTED, "transport_disconnected",
     F(TRANSPORT) | F(HOST) | F(PORT) | F(CODE) | F(TEXT) | F(CHECK) | F(NAMES)},
    {SIPUA_EVENT_NETWORK_CHANGED, "network_changed", F(ORIGINATOR) | F(TEXT)},
    {SIPUA_EVENT_REGISTERED, "registered",
     F(STATUS) | F(REASON) | F(EXPIRES) | F(FLAGS) | F(TRANSPORT) | F(HOST) | F(PORT) | F(LOCAL_HOST) | F(LOCAL_PORT) |
         F(PUB_GRUU) | F(TEMP_GRUU)},
    {SIPUA_EVENT_REGISTRATION_DEGRADED, "registration_degraded",
     F(STATUS) | F(REASON) | F(CAUSE) | F(CODE) | F(TEXT) | F(RETRY_MS)},
    {SIPUA_EVENT_UNREGISTERED, "unregistered", F(STATUS) | F(REASON) | F(CAUSE) | F(CODE) | F(TEXT)},
    {SIPUA_EVENT_REGISTRATION_FAILED, "registration_failed",
     F(STATUS) | F(REASON) | F(CAUSE) | F(CODE) | F(TEXT) | F(RETRY_MS)},
    {SIPUA_EVENT_ACCOUNT_CLOSED, "account_closed", 0},
    {SIPUA_EVENT_INCOMING_CALL, "incoming_call",
     F(FROM) | F(FROM_NAME) | F(TO) | F(TO_NAME) | F(TARGET) | F(DEADLINE_MS) | F(DEFAULT_STATUS) | F(BODY) |
         F(CONTENT_TYPE)},
    {SIPUA_EVENT_CALL_SENDING, "call_sending", F(FROM) | F(TO) | F(TARGET)},
    {SIPUA_EVENT_CALL_PROGRESS, "call_progress",
     F(STATUS) | F(REASON) | F(FLAGS) | F(ORIGINATOR) | F(BODY) | F(CONTENT_TYPE)},
    {SIPUA_EVENT_CALL_ACCEPTED, "call_accepted",
     F(STATUS) | F(REASON) | F(ORIGINATOR) | F(FROM) | F(TO) | F(BODY) | F(CONTENT_TYPE)},
    {SIPUA_EVENT_CALL_CONFIRMED, "call_confirmed", F(ORIGINATOR)},
    {SIPUA_EVENT_CALL_ENDED, "call_ended",
     F(STATUS) | F(REASON) | F(CAUSE) | F(CODE) | F(TEXT) | F(Q850) | F(ORIGINATOR) | F(FLAGS) | F(DURATION_MS)},
    {SIPUA_EVENT_CALL_HELD, "call_held", F(ORIGINATOR)},
    {SIPUA_EVENT_CALL_RESUMED, "call_resumed", F(ORIGINATOR)},
    {SIPUA_EVENT_CALL_UPDATED, "call_updated", F(ORIGINATOR) | F(CODEC)},
    {SIPUA_EVENT_CALL_REDIRECTED, "call_redirected", F(STATUS) | F(REASON) | F(TARGET)},
    {SIPUA_EVENT_DTMF, "dtmf", F(DIGIT) | F(DURATION_MS)},
    {SIPUA_EVENT_INFO, "info", F(BODY) | F(CONTENT_TYPE)},
    {SIPUA_EVENT_DTMF_SENT, "dtmf_sent", F(CODE) | F(TEXT)},
    {SIPUA_EVENT_CALL_MOVED, "call_moved",
     F(LOCAL_HOST) | F(LOCAL_PORT) | F(STATUS) | F(REASON) | F(CODE) | F(TEXT)},
    {SIPUA_EVENT_MESSAGE, "message",
     F(FROM) | F(FROM_NAME) | F(TO) | F(TO_NAME) | F(TARGET) | F(DEADLINE_MS) | F(DEFAULT_STATUS) | F(BODY) |
         F(CONTENT_TYPE)},
    {SIPUA_EVENT_MESSAGE_ANSWERED, "message_answered", F(STATUS) | F(FLAGS)},
    {SIPUA_EVENT_MESSAGE_DELIVERED, "message_delivered", F(STATUS) | F(REASON)},
    {SIPUA_EVENT_MESSAGE_FAILED, "message_failed", F(STATUS) | F(REASON) | F(CAUSE) | F(CODE) | F(TEXT)},
    {SIPUA_EVENT_OPTIONS, "options", F(FROM) | F(TO)},
    {SIPUA_EVENT_OPTIONS_ANSWERED, "options_answered",
     F(STATUS) | F(REASON) | F(CAUSE) | F(CODE) | F(TEXT) | F(DURATION_MS) | F(BODY) | F(CONTENT_TYPE)},
    {SIPUA_EVENT_MEDIA_READY, "media_ready", F(CODEC) | F(RATE) | F(HOST) | F(PORT) | F(FLAGS)},
    {SIPUA_EVENT_MEDIA_STALLED, "media_stalled", F(DURATION_MS)},
    {SIPUA_EVENT_MEDIA_RESUMED, "media_resumed", 0},
    {SIPUA_EVENT_MARK, "mark", F(MARK) | F(FLAGS) | F(PLAYED_MS)},
    {SIPUA_EVENT_FLUSHED, "flushed", F(SEGMENT) | F(PLAYED_MS) | F(DISCARDED_MS)},
    {SIPUA_EVENT_AUDIO_READY, "audio_ready", 0},
    {SIPUA_EVENT_PLAY_DONE, "play_done", F(CODE) | F(TEXT) | F(DURATION_MS) | F(FLAGS)},
    {SIPUA_EVENT_RECORD_DONE, "record_done", F(CODE) | F(TEXT) | F(DURATION_MS) | F(TARGET)},
    {SIPUA_EVENT_SERVER_BINDING, "server_binding", F(FROM) | F(TARGET) | F(EXPIRES)},
    {SIPUA_EVENT_SERVER_CLOSED, "server_closed", 0},
    {SIPUA_EVENT_STATS, "stats", F(FLAGS)},
    {SIPUA_EVENT_TRACE, "trace", F(ORIGINATOR) | F(TRANSPORT) | F(HOST) | F(PORT) | F(BODY)},
    {SIPUA_EVENT_LOG, "log", F(LEVEL) | F(MODULE) | F(TEXT)},
    {SIPUA_EVENT_OVERFLOW, "overflow", F(COUNT) | F(TEXT)},
    {SIPUA_EVENT_REPLY, "reply", F(CODE) | F(TEXT)},
    {SIPUA_EVENT_SHUTDOWN, "shutdown", 0},
    {SIPUA_EVENT_SUSPICIOUS, "suspicious", F(HOST) | F(PORT) | F(COUNT) | F(TEXT)},
};

const abi_event_info *abi_event_info_of(sipua_event_type type) {
    for (size_t i = 0; i < sizeof infos / sizeof infos[0]; i++)
        if (infos[i].type == type) return &infos[i];
    return NULL;
}

const char *sipua_event_type_name(sipua_event_type type) {
    const abi_event_info *i = abi_event_info_of(type);
    return i ? i->name : "";
}
