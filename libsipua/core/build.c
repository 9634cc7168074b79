/* How happenings in ua/ become events: whose they are, how they are queued, what they say. */
#include "base/error.h"
#include "core/agent.h"
#include "sip/headers.h"

static bool is_state(const ua_event *ev, const char *state) { return sx_eq(ev->state, sx_slice_str(state)); }

/* Of calls and of what belongs to them. */
static core_rule rule_of_calls(ua_event_type type) {
    switch (type) {
    case UA_EV_INCOMING_CALL:
    case UA_EV_CALL_REPLACED:
    case UA_EV_CALL_ACCEPTED:
    case UA_EV_CALL_CONFIRMED: return (core_rule){CORE_CALL, CORE_RESERVED, false};
    case UA_EV_CALL_PROGRESS: return (core_rule){CORE_CALL, CORE_PROGRESS, false};
    case UA_EV_CALL_ENDED: return (core_rule){CORE_CALL, CORE_RESERVED, true};
    case UA_EV_DTMF:
    case UA_EV_INFO: return (core_rule){CORE_CALL, CORE_BUDGET, false};
    case UA_EV_CALL_SENDING:
    case UA_EV_CALL_HELD:
    case UA_EV_CALL_RESUMED:
    case UA_EV_CALL_UPDATED:
    case UA_EV_CALL_REDIRECTED:
    case UA_EV_DTMF_SENT:
    case UA_EV_CALL_MOVED:
    case UA_EV_CALL_CHANGE_REQUESTED:
    case UA_EV_CALL_CHANGE_FAILED:
    case UA_EV_CALL_MUTED:
    case UA_EV_CALL_UNMUTED: return (core_rule){CORE_CALL, CORE_NORMAL, false};
    case UA_EV_MEDIA_READY:
    case UA_EV_MEDIA_STALLED:
    case UA_EV_MEDIA_RESUMED:
    case UA_EV_MARK:
    case UA_EV_FLUSHED:
    case UA_EV_AUDIO_READY: return (core_rule){CORE_AUDIBLE, CORE_NORMAL, false};
    case UA_EV_PLAY_DONE: return (core_rule){CORE_PLAYER, CORE_RESERVED, true};
    case UA_EV_RECORD_DONE: return (core_rule){CORE_RECORDER, CORE_RESERVED, true};
    case UA_EV_REQUEST_ANSWERED: return (core_rule){CORE_REQUEST, CORE_RESERVED, true};
    case UA_EV_COLLECTED: return (core_rule){CORE_COLLECTOR, CORE_RESERVED, true};
    case UA_EV_TRANSFER_REQUESTED: return (core_rule){CORE_TRANSFER, CORE_RESERVED, false};
    case UA_EV_TRANSFER_PROGRESS: return (core_rule){CORE_TRANSFER, CORE_PROGRESS, false};
    case UA_EV_TRANSFER_DONE: return (core_rule){CORE_TRANSFER, CORE_RESERVED, true};
    case UA_EV_CONFERENCE_CHANGED: return (core_rule){CORE_CONFERENCE, CORE_NORMAL, false};
    case UA_EV_CONFERENCE_ENDED: return (core_rule){CORE_CONFERENCE, CORE_RESERVED, true};
    case UA_EV_BRIDGE_CHANGED: return (core_rule){CORE_BRIDGE, CORE_PROGRESS, false};
    case UA_EV_BRIDGE_ENDED: return (core_rule){CORE_BRIDGE, CORE_RESERVED, true};
    default: /* connections, the network, trace, OPTIONS received, composing, disposition, suspicious ... */
        return (core_rule){CORE_NONE, CORE_LOSSY, false};
    }
}

core_rule core_rule_of(const ua_event *ev) {
    switch (ev->type) {
    case UA_EV_LISTENING: return (core_rule){CORE_LISTENER, CORE_NORMAL, false};
    case UA_EV_LISTENER_CLOSED: return (core_rule){CORE_LISTENER, CORE_RESERVED, true};
    case UA_EV_REGISTERED:
    case UA_EV_REGISTRATION_DEGRADED:
    case UA_EV_UNREGISTERED:
    case UA_EV_REGISTRATION_FAILED:
    case UA_EV_PATH_QUALITY: return (core_rule){CORE_ACCOUNT, CORE_PROGRESS, false};
    case UA_EV_ACCOUNT_CLOSED: return (core_rule){CORE_ACCOUNT, CORE_RESERVED, true};
    case UA_EV_MESSAGE: return (core_rule){CORE_MESSAGE, CORE_RESERVED, false};
    case UA_EV_MESSAGE_ANSWERED:
    case UA_EV_MESSAGE_DELIVERED:
    case UA_EV_MESSAGE_FAILED:
    case UA_EV_OPTIONS_ANSWERED: return (core_rule){CORE_MESSAGE, CORE_RESERVED, true};
    case UA_EV_SUBSCRIBE_REQUESTED: return (core_rule){CORE_NOTIFIER, CORE_RESERVED, false};
    /* Only the last news of a dialog counts when nobody takes them, so a flood of NOTIFY waits as one event. */
    case UA_EV_NOTIFY:
        return ev->subscription ? (core_rule){CORE_SUBSCRIPTION, CORE_PROGRESS, false}
                                : (core_rule){CORE_NONE, CORE_LOSSY, false};
    case UA_EV_SUBSCRIPTION_STATE:
        return is_state(ev, "terminated") ? (core_rule){CORE_SUBSCRIPTION, CORE_RESERVED, true}
                                          : (core_rule){CORE_SUBSCRIPTION, CORE_PROGRESS, false};
    case UA_EV_PUBLISH_STATE:
        return is_state(ev, "removed") ? (core_rule){CORE_PUBLICATION, CORE_RESERVED, true}
                                       : (core_rule){CORE_PUBLICATION, CORE_PROGRESS, false};
    case UA_EV_STATS: return (core_rule){ev->call ? CORE_CALL : CORE_NONE, CORE_LOSSY, false};
    case UA_EV_DRAINED: return (core_rule){CORE_NONE, CORE_RESERVED, false};
    default: return rule_of_calls(ev->type);
    }
}

uint64_t core_subject_id(const ua_event *ev, core_kind kind) {
    switch (kind) {
    case CORE_ACCOUNT: return ev->account ? ua_account_id(ev->account) : 0;
    case CORE_CALL: return ev->call ? ua_call_id(ev->call) : 0;
    case CORE_AUDIBLE: return ev->conference ? ua_conference_id(ev->conference) : ev->call ? ua_call_id(ev->call) : 0;
    case CORE_MESSAGE: return ev->message ? ua_message_id(ev->message) : 0;
    case CORE_TRANSFER: return ev->transfer ? ua_transfer_id(ev->transfer) : 0;
    case CORE_REQUEST: return ev->request ? ua_request_id(ev->request) : 0;
    case CORE_COLLECTOR: return ev->collector ? ua_collector_id(ev->collector) : 0;
    case CORE_SUBSCRIPTION:
        if (ev->subscription) return ua_subscription_id(ev->subscription);
        return ev->notifier ? ua_notifier_id(ev->notifier) : 0;
    case CORE_NOTIFIER: return ev->notifier ? ua_notifier_id(ev->notifier) : 0;
    case CORE_PUBLICATION: return ev->publication ? ua_publication_id(ev->publication) : 0;
    case CORE_CONFERENCE: return ev->conference ? ua_conference_id(ev->conference) : 0;
    case CORE_BRIDGE: return ev->bridge ? ua_bridge_id(ev->bridge) : 0;
    default: return ev->id; /* players, recorders, listeners, servers */
    }
}

static bool inside(sx_slice part, sx_slice whole) {
    return part.n && whole.n && part.p >= whole.p && part.p + part.n <= whole.p + whole.n;
}

/* What tells one early dialog of a call from another: the To tag. */
static uint64_t dialog_key(const sip_msg *m) {
    sip_addr to;
    if (!m || sip_addr_first(m, SIP_HDR_TO, &to) < 0) return 0;
    return sx_hash_of(sip_addr_tag(&to));
}

static bool tries_again(ua_event_type type) {
    return type == UA_EV_REGISTRATION_DEGRADED || type == UA_EV_REGISTRATION_FAILED ||
           type == UA_EV_SUBSCRIPTION_STATE || type == UA_EV_PUBLISH_STATE;
}

/* What later events of the same type and key may replace: early dialogs by their To tag, a forked subscription's by its
 * dialog. */
static uint64_t key_of(const ua_event *ev) {
    if (ev->type == UA_EV_CALL_PROGRESS) return dialog_key(ev->msg);
    return ev->type == UA_EV_NOTIFY ? (uint64_t)ev->fork : 0;
}

static void copy_numbers(core_event *out, const ua_event *ev) {
    out->code = ev->code < 0 ? ev->code : SX_OK;
    out->status = ev->status;
    out->cause = (int32_t)ev->cause;
    out->originator = (int32_t)ev->originator;
    out->flags = ev->flags;
    out->q850 = ev->q850;
    out->expires = ev->expires;
    if (tries_again(ev->type)) out->retry_ms = ev->retry_ms;
    out->port = ev->port;
    out->rate = ev->rate;
    out->local_port = ev->local_port;
    out->deadline_ms = ev->deadline_ms;
    out->default_status = ev->default_status;
    out->digit = ev->digit;
    out->count = ev->count;
    out->duration_ms = ev->duration_ms;
    out->mark = ev->mark;
    out->segment = ev->segment;
    out->played_ms = ev->played_ms;
    out->discarded_ms = ev->discarded_ms;
    out->answer_after_s = ev->answer_after_s;
    out->fork = ev->fork;
    out->tag = ev->tag;
    out->other = ev->other ? ua_call_id(ev->other) : 0;
}

/* Copies texts and body; a body that is part of the message stays there. */
core_event *core_build(const ua_event *ev, core_entry *e, core_rule r) {
    const sx_slice texts[CORE_STR_COUNT] = {[CORE_STR_REASON] = ev->reason,
                                            [CORE_STR_TEXT] = ev->text,
                                            [CORE_STR_FROM] = ev->from,
                                            [CORE_STR_FROM_NAME] = ev->from_name,
                                            [CORE_STR_TO] = ev->to,
                                            [CORE_STR_TO_NAME] = ev->to_name,
                                            [CORE_STR_TARGET] = ev->target,
                                            [CORE_STR_CODEC] = ev->codec,
                                            [CORE_STR_TRANSPORT] = ev->transport,
                                            [CORE_STR_HOST] = ev->host,
                                            [CORE_STR_CONTENT_TYPE] = ev->content_type,
                                            [CORE_STR_CHECK] = ev->check,
                                            [CORE_STR_NAMES] = ev->names,
                                            [CORE_STR_PUB_GRUU] = ev->pub_gruu,
                                            [CORE_STR_TEMP_GRUU] = ev->temp_gruu,
                                            [CORE_STR_LOCAL_HOST] = ev->local_host,
                                            [CORE_STR_STATE] = ev->state,
                                            [CORE_STR_PACKAGE] = ev->event,
                                            [CORE_STR_MESSAGE_ID] = ev->message_id,
                                            [CORE_STR_DIGITS] = ev->digits,
                                            [CORE_STR_IDENTITY] = ev->identity,
                                            [CORE_STR_IDENTITY_NAME] = ev->identity_name,
                                            [CORE_STR_DIVERSION] = ev->diversion,
                                            [CORE_STR_REFERRED_BY] = ev->referred_by,
                                            [CORE_STR_REPLACES] = ev->replaces,
                                            [CORE_STR_PRIVACY] = ev->privacy,
                                            [CORE_STR_DIALOG] = ev->dialog};
    sip_msg *msg = ev->msg ? sip_msg_keep(ev->msg) : NULL;
    bool shared = msg && inside(ev->body, ev->msg->bytes);
    size_t room = shared ? 0 : ev->body.n;
    for (int i = 0; i < CORE_STR_COUNT; i++) room += core_text_room(texts[i]);
    core_event *out = core_make(e, (int)ev->type, r.klass, room);
    if (!out) {
        sip_msg_unref(msg);
        return NULL;
    }
    out->terminal = r.terminal;
    copy_numbers(out, ev);
    for (int i = 0; i < CORE_STR_COUNT; i++) core_event_set_str(out, (core_str)i, texts[i]);
    if (r.terminal && e && !out->str[CORE_STR_STATE]) out->str[CORE_STR_STATE] = core_terminal_state(e);
    if (!e && ev->account) out->account = ua_account_id(ev->account);
    if (!e && ev->call) out->call = ua_call_id(ev->call);
    out->msg = msg;
    if (msg) out->bytes += msg->bytes.n;
    if (shared) {
        out->body = (const uint8_t *)msg->bytes.p + (ev->body.p - ev->msg->bytes.p);
        out->body_size = ev->body.n;
    } else {
        core_event_set_body(out, ev->body);
    }
    out->key = key_of(ev);
    return out;
}
