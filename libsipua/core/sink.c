/* From happenings in ua/ and server/ to events of the program's queue. */
#include "core/agent.h"

#include "base/error.h"
#include "sip/headers.h"

/* How an event of ua/ is queued. */
typedef struct rule {
    core_kind subject; /* whose event it is; CORE_NONE: of no object */
    core_class klass;
    bool terminal;
} rule;

static rule rule_of(ua_event_type type) {
    switch (type) {
    case UA_EV_LISTENING: return (rule){CORE_LISTENER, CORE_NORMAL, false};
    case UA_EV_LISTENER_CLOSED: return (rule){CORE_LISTENER, CORE_RESERVED, true};
    case UA_EV_REGISTERED:
    case UA_EV_REGISTRATION_DEGRADED:
    case UA_EV_UNREGISTERED:
    case UA_EV_REGISTRATION_FAILED: return (rule){CORE_ACCOUNT, CORE_PROGRESS, false};
    case UA_EV_ACCOUNT_CLOSED: return (rule){CORE_ACCOUNT, CORE_RESERVED, true};
    case UA_EV_INCOMING_CALL:
    case UA_EV_CALL_ACCEPTED:
    case UA_EV_CALL_CONFIRMED: return (rule){CORE_CALL, CORE_RESERVED, false};
    case UA_EV_CALL_PROGRESS: return (rule){CORE_CALL, CORE_PROGRESS, false};
    case UA_EV_CALL_ENDED: return (rule){CORE_CALL, CORE_RESERVED, true};
    case UA_EV_DTMF:
    case UA_EV_INFO: return (rule){CORE_CALL, CORE_BUDGET, false};
    case UA_EV_CALL_SENDING:
    case UA_EV_CALL_HELD:
    case UA_EV_CALL_RESUMED:
    case UA_EV_CALL_UPDATED:
    case UA_EV_CALL_REDIRECTED:
    case UA_EV_DTMF_SENT:
    case UA_EV_CALL_MOVED:
    case UA_EV_MEDIA_READY:
    case UA_EV_MEDIA_STALLED:
    case UA_EV_MEDIA_RESUMED:
    case UA_EV_MARK:
    case UA_EV_FLUSHED:
    case UA_EV_AUDIO_READY: return (rule){CORE_CALL, CORE_NORMAL, false};
    case UA_EV_MESSAGE: return (rule){CORE_MESSAGE, CORE_RESERVED, false};
    case UA_EV_MESSAGE_ANSWERED:
    case UA_EV_MESSAGE_DELIVERED:
    case UA_EV_MESSAGE_FAILED:
    case UA_EV_OPTIONS_ANSWERED: return (rule){CORE_MESSAGE, CORE_RESERVED, true};
    case UA_EV_PLAY_DONE: return (rule){CORE_PLAYER, CORE_RESERVED, true};
    case UA_EV_RECORD_DONE: return (rule){CORE_RECORDER, CORE_RESERVED, true};
    default:
        return (rule){CORE_NONE, CORE_LOSSY, false}; /* connections, the network, OPTIONS received, trace, suspicious */
    }
}

/* The first event of something that a peer began. */
static bool asks(ua_event_type type) { return type == UA_EV_INCOMING_CALL || type == UA_EV_MESSAGE; }

static core_entry *find(core_agent *a, uint64_t id) {
    core_entry *e = NULL;
    if (id) core_ids_find(&a->ids, id, CORE_NONE, &e);
    return e;
}

/* An object made by a peer gets its id with its first event. */
static core_entry *adopt(core_agent *a, const ua_event *ev) {
    core_kind kind = ev->call ? CORE_CALL : CORE_MESSAGE;
    core_entry *account = find(a, ev->account ? ua_account_id(ev->account) : 0);
    core_entry *e = core_ids_new(&a->ids, kind, account ? core_entry_user(account) : 0, account);
    core_entry_unref(account);
    if (!e) return NULL;
    e->incoming = e->made = true;
    if (kind == CORE_CALL) {
        a->calls_total++;
        e->object = ev->call;
        ua_call_set_id(ev->call, e->id);
        core_ids_set_audio(&a->ids, e, ua_call_audio(ev->call));
    } else {
        e->object = ev->message;
        ua_message_set_id(ev->message, e->id);
    }
    return e;
}

/* With a reference; NULL: nobody here knows it. */
static core_entry *subject_of(core_agent *a, const ua_event *ev, core_kind kind) {
    switch (kind) {
    case CORE_ACCOUNT: return find(a, ev->account ? ua_account_id(ev->account) : 0);
    case CORE_CALL: {
        uint64_t id = ev->call ? ua_call_id(ev->call) : 0;
        return !id && ev->type == UA_EV_INCOMING_CALL ? adopt(a, ev) : find(a, id);
    }
    case CORE_MESSAGE: {
        uint64_t id = ev->message ? ua_message_id(ev->message) : 0;
        return !id && ev->type == UA_EV_MESSAGE ? adopt(a, ev) : find(a, id);
    }
    default: return find(a, ev->id);
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

static void copy_numbers(core_event *out, const ua_event *ev) {
    out->code = ev->code < 0 ? ev->code : SX_OK;
    out->status = ev->status;
    out->cause = (int32_t)ev->cause;
    out->originator = (int32_t)ev->originator;
    out->flags = ev->flags;
    out->q850 = ev->q850;
    out->expires = ev->expires;
    if (ev->type == UA_EV_REGISTRATION_DEGRADED || ev->type == UA_EV_REGISTRATION_FAILED) out->retry_ms = ev->retry_ms;
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
}

/* Copies texts and body; a body that is part of the message stays there. */
static core_event *build(const ua_event *ev, core_entry *e, rule r) {
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
                                            [CORE_STR_LOCAL_HOST] = ev->local_host};
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
    out->msg = msg;
    if (msg) out->bytes += msg->bytes.n;
    if (shared) {
        out->body = (const uint8_t *)msg->bytes.p + (ev->body.p - ev->msg->bytes.p);
        out->body_size = ev->body.n;
    } else {
        core_event_set_body(out, ev->body);
    }
    if (ev->type == UA_EV_CALL_PROGRESS) out->key = dialog_key(ev->msg);
    return out;
}

/* At most one AUDIO_READY waits; which calls it is about is asked for. */
static void audio_ready(core_agent *a, core_entry *e) {
    pthread_mutex_lock(&a->ready_lock);
    bool first = a->ready_count == 0;
    if (sx_list_is_empty(&e->ready)) {
        sx_list_append(&a->ready, &core_entry_ref(e)->ready);
        a->ready_count++;
    }
    pthread_mutex_unlock(&a->ready_lock);
    if (!first) return;
    core_event *out = core_make(NULL, UA_EV_AUDIO_READY, CORE_RESERVED, 0);
    if (out) {
        core_push_event(a, out);
    } else { /* nobody would ask for it */
        uint64_t id;
        core_audio_ready(a, &id, 1);
    }
}

static void shut_down(core_agent *a) {
    core_cancel_commands(a);
    core_end_all(a);
    core_event *out = core_make(NULL, UA_EV_SHUTDOWN, CORE_RESERVED, 0);
    if (out) core_push_event(a, out);
    a->finished = true;
    core_events_end(&a->events);
}

static core_drop drop_kind(ua_event_type type) {
    if (type == UA_EV_TRACE) return CORE_DROP_TRACE;
    if (type == UA_EV_STATS) return CORE_DROP_STATS;
    return type == UA_EV_DTMF || type == UA_EV_INFO ? CORE_DROP_DIGIT : CORE_DROP_OTHER;
}

/* Children first: players and recorders that are still reported as running end with their call. */
static void end_children(core_agent *a, core_entry *e) {
    core_entry *child;
    while (e->children && (child = core_ids_any(&a->ids, CORE_NONE, e)) != NULL) {
        core_end_entry(a, child, SX_E_CANCELED, "");
        core_entry_unref(child);
    }
}

/* What a peer wants and the program cannot be told of is refused: nobody else would answer it. */
static void refuse(core_agent *a, const ua_event *ev, core_entry *e) {
    ua_reply reply;
    memset(&reply, 0, sizeof reply);
    reply.status = 500;
    core_events_drop(&a->events, CORE_DROP_OTHER);
    if (e) core_retire(a, e);
    if (ev->call)
        ua_call_overload(ev->call);
    else
        ua_message_reject(ev->message, &reply);
}

static void deliver(core_agent *a, const ua_event *ev, core_entry *e, rule r) {
    if (r.terminal) end_children(a, e);
    if (ev->type == UA_EV_FLUSHED) core_flushed(a, e);
    core_event *out = build(ev, e, r);
    if (out && ev->type == UA_EV_STATS && e) out->call_stats = core_convert_stats(ev, e);
    if (r.terminal) {
        if (e->owner && e->owner->children && (e->kind == CORE_PLAYER || e->kind == CORE_RECORDER))
            e->owner->children--;
        core_retire(a, e);
    }
    if (out) {
        core_push_event(a, out);
        return;
    }
    if (asks(ev->type)) {
        refuse(a, ev, e);
        return;
    }
    core_events_drop(&a->events, drop_kind(ev->type));
    if (e && r.klass != CORE_LOSSY && r.klass != CORE_BUDGET) core_overload(a, e); /* it has lost more than a digit */
}

void core_ua_sink(void *ctx, const ua_event *ev) {
    core_agent *a = ctx;
    if (a->finished) return;
    if (ev->type == UA_EV_SHUTDOWN) {
        shut_down(a);
        return;
    }
    rule r = rule_of(ev->type);
    if (ev->type == UA_EV_STATS && ev->call) r.subject = CORE_CALL;
    core_entry *e = subject_of(a, ev, r.subject);
    if (!e && r.subject != CORE_NONE) {
        if (asks(ev->type)) refuse(a, ev, NULL);
        return;
    }
    if (ev->type == UA_EV_AUDIO_READY)
        audio_ready(a, e);
    else
        deliver(a, ev, e, r);
    core_entry_unref(e);
}

static void server_event(core_agent *a, const srv_event *ev, core_entry *e, int type, rule r) {
    ua_event u;
    memset(&u, 0, sizeof u);
    u.type = (ua_event_type)type;
    u.code = ev->code;
    u.port = ev->port;
    u.expires = ev->expires;
    u.host = ev->host;
    if (ev->type == SRV_EV_LISTENING) u.transport = sx_slice_str(stack_transport_name(ev->transport));
    if (ev->text && ev->text[0]) u.text = sx_slice_str(ev->text);
    u.from = ev->user;
    u.target = ev->contact;
    u.msg = ev->msg;
    if (r.terminal && e->kind == CORE_LISTENER && e->owner && e->owner->children) e->owner->children--;
    deliver(a, &u, e, r);
}

void core_server_sink(void *ctx, const srv_event *ev) {
    core_agent *a = ctx;
    bool listener = ev->type == SRV_EV_LISTENING || ev->type == SRV_EV_LISTENER_CLOSED;
    if (a->finished) return;
    core_entry *e = find(a, listener ? ev->listener_id : ev->id);
    if (!e) return;
    switch (ev->type) {
    case SRV_EV_LISTENING: server_event(a, ev, e, UA_EV_LISTENING, (rule){CORE_LISTENER, CORE_NORMAL, false}); break;
    case SRV_EV_LISTENER_CLOSED:
        server_event(a, ev, e, UA_EV_LISTENER_CLOSED, (rule){CORE_LISTENER, CORE_RESERVED, true});
        break;
    case SRV_EV_BINDING: server_event(a, ev, e, CORE_EV_SERVER_BINDING, (rule){CORE_SERVER, CORE_LOSSY, false}); break;
    case SRV_EV_CLOSED: server_event(a, ev, e, CORE_EV_SERVER_CLOSED, (rule){CORE_SERVER, CORE_RESERVED, true}); break;
    }
    core_entry_unref(e);
}
