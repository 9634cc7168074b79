#include "src/json.h"

#include "core/events.h"

#define SAME(ours, theirs) _Static_assert((int)(ours) == (int)(theirs), "ua.h and sipua.h disagree")
SAME(UA_EV_LISTENING, SIPUA_EVENT_LISTENING);
SAME(UA_EV_LISTENER_CLOSED, SIPUA_EVENT_LISTENER_CLOSED);
SAME(UA_EV_TRANSPORT_CONNECTING, SIPUA_EVENT_TRANSPORT_CONNECTING);
SAME(UA_EV_TRANSPORT_CONNECTED, SIPUA_EVENT_TRANSPORT_CONNECTED);
SAME(UA_EV_TRANSPORT_DISCONNECTED, SIPUA_EVENT_TRANSPORT_DISCONNECTED);
SAME(UA_EV_NETWORK_CHANGED, SIPUA_EVENT_NETWORK_CHANGED);
SAME(UA_EV_REGISTERED, SIPUA_EVENT_REGISTERED);
SAME(UA_EV_REGISTRATION_DEGRADED, SIPUA_EVENT_REGISTRATION_DEGRADED);
SAME(UA_EV_UNREGISTERED, SIPUA_EVENT_UNREGISTERED);
SAME(UA_EV_REGISTRATION_FAILED, SIPUA_EVENT_REGISTRATION_FAILED);
SAME(UA_EV_ACCOUNT_CLOSED, SIPUA_EVENT_ACCOUNT_CLOSED);
SAME(UA_EV_INCOMING_CALL, SIPUA_EVENT_INCOMING_CALL);
SAME(UA_EV_CALL_SENDING, SIPUA_EVENT_CALL_SENDING);
SAME(UA_EV_CALL_PROGRESS, SIPUA_EVENT_CALL_PROGRESS);
SAME(UA_EV_CALL_ACCEPTED, SIPUA_EVENT_CALL_ACCEPTED);
SAME(UA_EV_CALL_CONFIRMED, SIPUA_EVENT_CALL_CONFIRMED);
SAME(UA_EV_CALL_ENDED, SIPUA_EVENT_CALL_ENDED);
SAME(UA_EV_CALL_HELD, SIPUA_EVENT_CALL_HELD);
SAME(UA_EV_CALL_RESUMED, SIPUA_EVENT_CALL_RESUMED);
SAME(UA_EV_CALL_UPDATED, SIPUA_EVENT_CALL_UPDATED);
SAME(UA_EV_CALL_REDIRECTED, SIPUA_EVENT_CALL_REDIRECTED);
SAME(UA_EV_DTMF, SIPUA_EVENT_DTMF);
SAME(UA_EV_INFO, SIPUA_EVENT_INFO);
SAME(UA_EV_DTMF_SENT, SIPUA_EVENT_DTMF_SENT);
SAME(UA_EV_CALL_MOVED, SIPUA_EVENT_CALL_MOVED);
SAME(UA_EV_MESSAGE, SIPUA_EVENT_MESSAGE);
SAME(UA_EV_MESSAGE_ANSWERED, SIPUA_EVENT_MESSAGE_ANSWERED);
SAME(UA_EV_MESSAGE_DELIVERED, SIPUA_EVENT_MESSAGE_DELIVERED);
SAME(UA_EV_MESSAGE_FAILED, SIPUA_EVENT_MESSAGE_FAILED);
SAME(UA_EV_OPTIONS, SIPUA_EVENT_OPTIONS);
SAME(UA_EV_OPTIONS_ANSWERED, SIPUA_EVENT_OPTIONS_ANSWERED);
SAME(UA_EV_MEDIA_READY, SIPUA_EVENT_MEDIA_READY);
SAME(UA_EV_MEDIA_STALLED, SIPUA_EVENT_MEDIA_STALLED);
SAME(UA_EV_MEDIA_RESUMED, SIPUA_EVENT_MEDIA_RESUMED);
SAME(UA_EV_MARK, SIPUA_EVENT_MARK);
SAME(UA_EV_FLUSHED, SIPUA_EVENT_FLUSHED);
SAME(UA_EV_AUDIO_READY, SIPUA_EVENT_AUDIO_READY);
SAME(UA_EV_PLAY_DONE, SIPUA_EVENT_PLAY_DONE);
SAME(UA_EV_RECORD_DONE, SIPUA_EVENT_RECORD_DONE);
SAME(CORE_EV_SERVER_BINDING, SIPUA_EVENT_SERVER_BINDING);
SAME(CORE_EV_SERVER_CLOSED, SIPUA_EVENT_SERVER_CLOSED);
SAME(UA_EV_STATS, SIPUA_EVENT_STATS);
SAME(UA_EV_TRACE, SIPUA_EVENT_TRACE);
SAME(CORE_EV_LOG, SIPUA_EVENT_LOG);
SAME(CORE_EV_OVERFLOW, SIPUA_EVENT_OVERFLOW);
SAME(CORE_EV_REPLY, SIPUA_EVENT_REPLY);
SAME(UA_EV_SHUTDOWN, SIPUA_EVENT_SHUTDOWN);
SAME(UA_EV_SUSPICIOUS, SIPUA_EVENT_SUSPICIOUS);
SAME(UA_FLAG_REFRESH, SIPUA_FLAG_REFRESH);
SAME(UA_FLAG_EARLY_MEDIA, SIPUA_FLAG_EARLY_MEDIA);
SAME(UA_FLAG_ESTABLISHED, SIPUA_FLAG_ESTABLISHED);
SAME(UA_FLAG_DEFAULT, SIPUA_FLAG_DEFAULT);
SAME(UA_FLAG_FLUSHED, SIPUA_FLAG_FLUSHED);
SAME(UA_FLAG_FINAL, SIPUA_FLAG_FINAL);
SAME(UA_EV_PATH_QUALITY, SIPUA_EVENT_PATH_QUALITY);
SAME(UA_EV_CALL_CHANGE_REQUESTED, SIPUA_EVENT_CALL_CHANGE_REQUESTED);
SAME(UA_EV_CALL_CHANGE_FAILED, SIPUA_EVENT_CALL_CHANGE_FAILED);
SAME(UA_EV_CALL_MUTED, SIPUA_EVENT_CALL_MUTED);
SAME(UA_EV_CALL_UNMUTED, SIPUA_EVENT_CALL_UNMUTED);
SAME(UA_EV_CALL_REPLACED, SIPUA_EVENT_CALL_REPLACED);
SAME(UA_EV_REQUEST_ANSWERED, SIPUA_EVENT_REQUEST_ANSWERED);
SAME(UA_EV_MESSAGE_COMPOSING, SIPUA_EVENT_MESSAGE_COMPOSING);
SAME(UA_EV_MESSAGE_DISPOSITION, SIPUA_EVENT_MESSAGE_DISPOSITION);
SAME(UA_EV_SUBSCRIBE_REQUESTED, SIPUA_EVENT_SUBSCRIBE_REQUESTED);
SAME(UA_EV_NOTIFY, SIPUA_EVENT_NOTIFY);
SAME(UA_EV_SUBSCRIPTION_STATE, SIPUA_EVENT_SUBSCRIPTION_STATE);
SAME(UA_EV_PUBLISH_STATE, SIPUA_EVENT_PUBLISH_STATE);
SAME(UA_EV_TRANSFER_REQUESTED, SIPUA_EVENT_TRANSFER_REQUESTED);
SAME(UA_EV_TRANSFER_PROGRESS, SIPUA_EVENT_TRANSFER_PROGRESS);
SAME(UA_EV_TRANSFER_DONE, SIPUA_EVENT_TRANSFER_DONE);
SAME(UA_EV_COLLECTED, SIPUA_EVENT_COLLECTED);
SAME(UA_EV_CONFERENCE_CHANGED, SIPUA_EVENT_CONFERENCE_CHANGED);
SAME(UA_EV_CONFERENCE_ENDED, SIPUA_EVENT_CONFERENCE_ENDED);
SAME(UA_EV_BRIDGE_CHANGED, SIPUA_EVENT_BRIDGE_CHANGED);
SAME(UA_EV_BRIDGE_ENDED, SIPUA_EVENT_BRIDGE_ENDED);
SAME(UA_EV_DRAINED, SIPUA_EVENT_DRAINED);
SAME(UA_FLAG_FOLLOWED, SIPUA_FLAG_FOLLOWED);
SAME(UA_FLAG_HOLD, SIPUA_FLAG_HOLD);
SAME(UA_FLAG_RESUME, SIPUA_FLAG_RESUME);
SAME(UA_FLAG_OFFERLESS, SIPUA_FLAG_OFFERLESS);
SAME(UA_FLAG_SEND, SIPUA_FLAG_SEND);
SAME(UA_FLAG_RECEIVE, SIPUA_FLAG_RECEIVE);
SAME(UA_FLAG_JOIN, SIPUA_FLAG_JOIN);
SAME(UA_FLAG_ADDED, SIPUA_FLAG_ADDED);
SAME(UA_FLAG_WANTS_DELIVERED, SIPUA_FLAG_WANTS_DELIVERED);
SAME(UA_FLAG_WANTS_DISPLAYED, SIPUA_FLAG_WANTS_DISPLAYED);
SAME(UA_FLAG_EARLY_ONLY, SIPUA_FLAG_EARLY_ONLY);
SAME(UA_FLAG_AUTO_ANSWER, SIPUA_FLAG_AUTO_ANSWER);
SAME(UA_CAUSE_TERMINATED, SIPUA_CAUSE_TERMINATED);
SAME(UA_CAUSE_CANCELED, SIPUA_CAUSE_CANCELED);
SAME(UA_CAUSE_REJECTED, SIPUA_CAUSE_REJECTED);
SAME(UA_CAUSE_REDIRECTED, SIPUA_CAUSE_REDIRECTED);
SAME(UA_CAUSE_UNAVAILABLE, SIPUA_CAUSE_UNAVAILABLE);
SAME(UA_CAUSE_ADDRESS_INCOMPLETE, SIPUA_CAUSE_ADDRESS_INCOMPLETE);
SAME(UA_CAUSE_INCOMPATIBLE_SDP, SIPUA_CAUSE_INCOMPATIBLE_SDP);
SAME(UA_CAUSE_MISSING_SDP, SIPUA_CAUSE_MISSING_SDP);
SAME(UA_CAUSE_BAD_MEDIA, SIPUA_CAUSE_BAD_MEDIA);
SAME(UA_CAUSE_NO_ANSWER, SIPUA_CAUSE_NO_ANSWER);
SAME(UA_CAUSE_NO_ACK, SIPUA_CAUSE_NO_ACK);
SAME(UA_CAUSE_EXPIRES, SIPUA_CAUSE_EXPIRES);
SAME(UA_CAUSE_DIALOG_ERROR, SIPUA_CAUSE_DIALOG_ERROR);
SAME(UA_CAUSE_REQUEST_TIMEOUT, SIPUA_CAUSE_REQUEST_TIMEOUT);
SAME(UA_CAUSE_RTP_TIMEOUT, SIPUA_CAUSE_RTP_TIMEOUT);
SAME(UA_CAUSE_SIP_FAILURE_CODE, SIPUA_CAUSE_SIP_FAILURE_CODE);
SAME(UA_CAUSE_INTERNAL_ERROR, SIPUA_CAUSE_INTERNAL_ERROR);
SAME(UA_CAUSE_REPLACED, SIPUA_CAUSE_REPLACED);
SAME(UA_CAUSE_TRANSFERRED, SIPUA_CAUSE_TRANSFERRED);
SAME(UA_CAUSE_TIME_LIMIT, SIPUA_CAUSE_TIME_LIMIT);
SAME(UA_CAUSE_SESSION_EXPIRED, SIPUA_CAUSE_SESSION_EXPIRED);
SAME(UA_ASK_CALL, SIPUA_ASK_CALL);
SAME(UA_ASK_MESSAGE, SIPUA_ASK_MESSAGE);
SAME(UA_ASK_CHANGE, SIPUA_ASK_CHANGE);
SAME(UA_ASK_TRANSFER, SIPUA_ASK_TRANSFER);
SAME(UA_ASK_SUBSCRIBE, SIPUA_ASK_SUBSCRIBE);
SAME(UA_ASK_REPLACE, SIPUA_ASK_REPLACE);
SAME(UA_ASK_JOIN, SIPUA_ASK_JOIN);
SAME(UA_ON, SIPUA_ON);
SAME(UA_OFF, SIPUA_OFF);
SAME(UA_CHANGE_INVITE, SIPUA_CHANGE_INVITE);
SAME(UA_CHANGE_UPDATE, SIPUA_CHANGE_UPDATE);
SAME(UA_NOBODY, SIPUA_ORIGINATOR_NONE);
SAME(UA_LOCAL, SIPUA_ORIGINATOR_LOCAL);
SAME(UA_REMOTE, SIPUA_ORIGINATOR_REMOTE);
SAME(UA_SYSTEM, SIPUA_ORIGINATOR_SYSTEM);
SAME(UA_CAUSE_NONE, SIPUA_CAUSE_NONE);
SAME(UA_CAUSE_BUSY, SIPUA_CAUSE_BUSY);
SAME(UA_CAUSE_NOT_FOUND, SIPUA_CAUSE_NOT_FOUND);
SAME(UA_CAUSE_AUTHENTICATION, SIPUA_CAUSE_AUTHENTICATION);
SAME(UA_CAUSE_CONNECTION_ERROR, SIPUA_CAUSE_CONNECTION_ERROR);
SAME(UA_CAUSE_OVERLOAD, SIPUA_CAUSE_OVERLOAD);
SAME(SX_LOG_ERROR, SIPUA_LOG_ERROR);
SAME(SX_LOG_DEBUG, SIPUA_LOG_DEBUG);
SAME(MEDIA_RECORD_FAR, SIPUA_RECORD_FAR);
SAME(MEDIA_RECORD_NEAR, SIPUA_RECORD_NEAR);
SAME(MEDIA_RECORD_STEREO, SIPUA_RECORD_STEREO);

int32_t sipua_poll(sipua_agent *agent, int32_t timeout_ms, sipua_event **event) {
    core_event *e = NULL;
    if (!event) return sx_fail(SX_E_INVALID, "there is nowhere to write the event");
    *event = NULL;
    if (!agent) return sx_fail(SX_E_INVALID, "agent is NULL");
    int rc = core_poll(abi_core(agent), timeout_ms, &e);
    *event = (sipua_event *)(void *)e;
    return rc;
}

void sipua_event_destroy(sipua_event *event) { core_event_free((core_event *)(void *)event); }

static void view_numbers(sipua_event_view *v, const core_event *e, uint64_t fields) {
    v->type = e->type;
    v->id = e->id;
    v->account = e->account;
    v->call = e->call;
    v->user = e->user;
    v->tag = e->tag;
    v->time_ms = e->time_ms;
    if (fields & ABI_F_CODE) v->code = e->code;
    if (fields & ABI_F_STATUS) v->status = e->status;
    if (fields & ABI_F_CAUSE) v->cause = e->cause;
    if (fields & ABI_F_ORIGINATOR) v->originator = e->originator;
    if (fields & ABI_F_FLAGS) v->flags = e->flags;
    if (fields & ABI_F_Q850) v->q850 = e->q850;
    if (fields & ABI_F_EXPIRES) v->expires = e->expires;
    if (fields & ABI_F_RETRY_MS) v->retry_ms = e->retry_ms;
    if (fields & ABI_F_PORT) v->port = e->port;
    if (fields & ABI_F_RATE) v->rate = e->rate;
    if (fields & ABI_F_DEADLINE_MS) v->deadline_ms = e->deadline_ms;
    if (fields & ABI_F_DEFAULT_STATUS) v->default_status = e->default_status;
    if (fields & ABI_F_DIGIT) v->digit = e->digit;
    if (fields & ABI_F_LEVEL) v->level = e->level;
    if (fields & ABI_F_COUNT) v->count = e->count;
    if (fields & ABI_F_DURATION_MS) v->duration_ms = e->duration_ms;
    if (fields & ABI_F_MARK) v->mark = e->mark;
    if (fields & ABI_F_SEGMENT) v->segment = e->segment;
    if (fields & ABI_F_PLAYED_MS) v->played_ms = e->played_ms;
    if (fields & ABI_F_DISCARDED_MS) v->discarded_ms = e->discarded_ms;
    if (fields & ABI_F_LOCAL_PORT) v->local_port = e->local_port;
    if (fields & ABI_F_OTHER) v->other = e->other;
    if (fields & ABI_F_ANSWER_AFTER_S) v->answer_after_s = e->answer_after_s;
    if (fields & ABI_F_FORK) v->fork = e->fork;
}

/* What stands beside the event's type in the header, and nothing else. */
void abi_view(sipua_event_view *v, const core_event *e) {
    const abi_event_info *info = abi_event_info_of(e->type);
    uint64_t fields = info ? info->fields : 0;
    view_numbers(v, e, fields);
    if (fields & ABI_F_REASON) v->reason = e->str[CORE_STR_REASON];
    if (fields & ABI_F_TEXT) v->text = e->str[CORE_STR_TEXT];
    if (fields & ABI_F_FROM) v->from = e->str[CORE_STR_FROM];
    if (fields & ABI_F_FROM_NAME) v->from_name = e->str[CORE_STR_FROM_NAME];
    if (fields & ABI_F_TO) v->to = e->str[CORE_STR_TO];
    if (fields & ABI_F_TO_NAME) v->to_name = e->str[CORE_STR_TO_NAME];
    if (fields & ABI_F_TARGET) v->target = e->str[CORE_STR_TARGET];
    if (fields & ABI_F_CODEC) v->codec = e->str[CORE_STR_CODEC];
    if (fields & ABI_F_TRANSPORT) v->transport = e->str[CORE_STR_TRANSPORT];
    if (fields & ABI_F_HOST) v->host = e->str[CORE_STR_HOST];
    if (fields & ABI_F_MODULE) v->module = e->str[CORE_STR_MODULE];
    if (fields & ABI_F_CONTENT_TYPE) v->content_type = e->str[CORE_STR_CONTENT_TYPE];
    if (fields & ABI_F_CHECK) v->check = e->str[CORE_STR_CHECK];
    if (fields & ABI_F_NAMES) v->names = e->str[CORE_STR_NAMES];
    if (fields & ABI_F_PUB_GRUU) v->pub_gruu = e->str[CORE_STR_PUB_GRUU];
    if (fields & ABI_F_TEMP_GRUU) v->temp_gruu = e->str[CORE_STR_TEMP_GRUU];
    if (fields & ABI_F_LOCAL_HOST) v->local_host = e->str[CORE_STR_LOCAL_HOST];
    if (fields & ABI_F_STATE) v->state = e->str[CORE_STR_STATE];
    if (fields & ABI_F_PACKAGE) v->package = e->str[CORE_STR_PACKAGE];
    if (fields & ABI_F_MESSAGE_ID) v->message_id = e->str[CORE_STR_MESSAGE_ID];
    if (fields & ABI_F_DIGITS) v->digits = e->str[CORE_STR_DIGITS];
    if (fields & ABI_F_IDENTITY) v->identity = e->str[CORE_STR_IDENTITY];
    if (fields & ABI_F_IDENTITY_NAME) v->identity_name = e->str[CORE_STR_IDENTITY_NAME];
    if (fields & ABI_F_DIVERSION) v->diversion = e->str[CORE_STR_DIVERSION];
    if (fields & ABI_F_REFERRED_BY) v->referred_by = e->str[CORE_STR_REFERRED_BY];
    if (fields & ABI_F_REPLACES) v->replaces = e->str[CORE_STR_REPLACES];
    if (fields & ABI_F_PRIVACY) v->privacy = e->str[CORE_STR_PRIVACY];
    if (fields & ABI_F_DIALOG) v->dialog = e->str[CORE_STR_DIALOG];
    if (!(fields & ABI_F_BODY)) return;
    v->body = e->body;
    v->body_size = e->body_size;
}

static int no_event(void) { return sx_fail(SX_E_INVALID, "event is NULL"); }

int32_t sipua_event_get(const sipua_event *event, sipua_event_view *view) {
    sipua_event_view full = SIPUA_EVENT_VIEW_INIT;
    if (!event) return no_event();
    abi_view(&full, abi_event(event));
    return ABI_OUT(sipua_event_view, view, &full);
}

/* ---- the message behind it ---- */

int32_t sipua_event_header_count(const sipua_event *event) {
    if (!event) return no_event();
    return abi_event(event)->msg ? abi_event(event)->msg->nhdrs : 0;
}

int32_t sipua_event_header_at(const sipua_event *event, int32_t index, const char **name, const char **value) {
    if (name) *name = NULL;
    if (value) *value = NULL;
    if (!event) return no_event();
    if (!name || !value) return sx_fail(SX_E_INVALID, "there is nowhere to write name or value");
    const core_event *e = abi_event(event);
    if (!e->msg || index < 0 || index >= e->msg->nhdrs)
        return sx_fail(SX_E_NOT_FOUND, "there is no header number %d", (int)index);
    const core_headers *h = core_event_headers(e);
    if (!h) return sx_fail(SX_E_NOMEM, "no memory for the headers");
    *name = h->v[index].name;
    *value = h->v[index].value;
    return SX_OK;
}

const char *sipua_event_header(const sipua_event *event, const char *name, int32_t index) {
    if (!event || !name || index < 0) {
        sx_fail(SX_E_INVALID, "event or name is NULL, or the index negative");
        return NULL;
    }
    const core_event *e = abi_event(event);
    const core_headers *h = e->msg ? core_event_headers(e) : NULL;
    const sip_hdr *at = NULL;
    if (!h) return NULL;
    do at = sip_find(e->msg, sx_slice_str(name), at);
    while (at && index-- > 0);
    return at ? h->v[at - e->msg->hdrs].value : NULL;
}

const uint8_t *sipua_event_message(const sipua_event *event, uint64_t *size) {
    if (size) *size = 0;
    if (!event || !size) {
        sx_fail(SX_E_INVALID, "event or size is NULL");
        return NULL;
    }
    sx_slice text = core_event_message(abi_event(event));
    *size = text.n;
    return (const uint8_t *)text.p;
}

/* ---- figures ---- */

void abi_call_stats(sipua_call_stats *out, const core_call_stats *s) {
    out->ptime_ms = s->ptime_ms;
    out->duration_ms = s->duration_ms;
    out->packets_sent = s->packets_sent;
    out->bytes_sent = s->bytes_sent;
    out->packets_received = s->packets_received;
    out->bytes_received = s->bytes_received;
    out->packets_lost = s->packets_lost;
    out->packets_late = s->packets_late;
    out->packets_duplicate = s->packets_duplicate;
    out->packets_reordered = s->packets_reordered;
    out->packets_invalid = s->packets_invalid;
    out->frames_concealed = s->frames_concealed;
    out->underrun_ms = s->underrun_ms;
    out->overrun_ms = s->overrun_ms;
    out->remote_packets_lost = s->remote_packets_lost;
    out->jitter_us = s->jitter_us;
    out->remote_jitter_us = s->remote_jitter_us;
    out->rtt_us = s->rtt_us;
    out->jitter_buffer_ms = s->jitter_buffer_ms;
    out->queued_ms = s->queued_ms;
    out->codec = s->codec;
    out->remote_address = s->remote_address;
}

void abi_counters(sipua_agent_counters *out, const core_agent_stats *s) {
    out->calls_now = s->calls_now;
    out->calls_total = s->calls_total;
    out->accounts_now = s->accounts_now;
    out->transactions_now = s->transactions_now;
    out->connections_now = s->connections_now;
    out->messages_received = s->messages_received;
    out->messages_sent = s->messages_sent;
    out->retransmissions = s->retransmissions;
    out->malformed = s->malformed;
    out->refused = s->refused;
    out->events_dropped = s->events_dropped;
}

int32_t sipua_event_call_stats(const sipua_event *event, sipua_call_stats *stats) {
    sipua_call_stats full = SIPUA_CALL_STATS_INIT;
    if (!event) return no_event();
    if (!abi_event(event)->call_stats) return sx_fail(SX_E_KIND, "this event has no figures of a call");
    abi_call_stats(&full, abi_event(event)->call_stats);
    return ABI_OUT(sipua_call_stats, stats, &full);
}

int32_t sipua_event_agent_stats(const sipua_event *event, sipua_agent_counters *counters) {
    sipua_agent_counters full = SIPUA_AGENT_COUNTERS_INIT;
    if (!event) return no_event();
    if (!abi_event(event)->agent_stats) return sx_fail(SX_E_KIND, "this event has no counters of an agent");
    abi_counters(&full, abi_event(event)->agent_stats);
    return ABI_OUT(sipua_agent_counters, counters, &full);
}
