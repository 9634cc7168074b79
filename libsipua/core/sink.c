/* From happenings in ua/ and server/ to events of the program's queue. */
#include "core/agent.h"

#include "base/error.h"
#include "sip/headers.h"

/* The first event of something that a peer began: what it is, else CORE_NONE. */
static core_kind begins(ua_event_type type) {
    switch (type) {
    case UA_EV_INCOMING_CALL:
    case UA_EV_CALL_REPLACED: return CORE_CALL;
    case UA_EV_MESSAGE: return CORE_MESSAGE;
    case UA_EV_TRANSFER_REQUESTED: return CORE_TRANSFER;
    case UA_EV_SUBSCRIBE_REQUESTED: return CORE_NOTIFIER;
    default: return CORE_NONE;
    }
}

static core_entry *find(core_agent *a, uint64_t id) {
    core_entry *e = NULL;
    if (id) core_ids_find(&a->ids, id, CORE_NONE, &e);
    return e;
}

/* Whose it will be: the call that it came in, else the account. */
static core_entry *owner_of(core_agent *a, const ua_event *ev, core_kind kind) {
    core_entry *e = kind != CORE_CALL && ev->call ? find(a, ua_call_id(ev->call)) : NULL;
    return e || !ev->account ? e : find(a, ua_account_id(ev->account));
}

static void give_id(core_agent *a, const ua_event *ev, core_kind kind, core_entry *e) {
    switch (kind) {
    case CORE_CALL:
        a->calls_total++;
        e->object = ev->call;
        ua_call_set_id(ev->call, e->id);
        core_ids_set_audio(&a->ids, e, ua_call_audio(ev->call));
        break;
    case CORE_TRANSFER:
        e->object = ev->transfer;
        ua_transfer_set_id(ev->transfer, e->id);
        break;
    case CORE_NOTIFIER:
        e->object = ev->notifier;
        ua_notifier_set_id(ev->notifier, e->id);
        break;
    default:
        e->object = ev->message;
        ua_message_set_id(ev->message, e->id);
        break;
    }
}

/* An object made by a peer gets its id with its first event. A call that takes the place of another is the program's in
 * the same way. */
static core_entry *adopt(core_agent *a, const ua_event *ev, core_kind kind) {
    core_entry *owner = owner_of(a, ev, kind);
    core_entry *before = ev->type == UA_EV_CALL_REPLACED && ev->other ? find(a, ua_call_id(ev->other)) : NULL;
    core_entry *like = before ? before : owner;
    core_entry *e = core_ids_new(&a->ids, kind, like ? core_entry_user(like) : 0, owner);
    core_entry_unref(owner);
    core_entry_unref(before);
    if (!e) return NULL;
    e->incoming = e->made = true;
    give_id(a, ev, kind, e);
    return e;
}

/* With a reference; NULL: nobody here knows it. */
static core_entry *subject_of(core_agent *a, const ua_event *ev, core_kind kind) {
    uint64_t id = core_subject_id(ev, kind);
    core_kind begun = begins(ev->type);
    return !id && begun != CORE_NONE ? adopt(a, ev, begun) : find(a, id);
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
    while (e->children && (child = core_ids_child(&a->ids, e)) != NULL) {
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
    switch (begins(ev->type)) {
    case CORE_CALL: ua_call_overload(ev->call); break;
    case CORE_TRANSFER: ua_transfer_reject(ev->transfer, &reply); break;
    case CORE_NOTIFIER: ua_notifier_reject(ev->notifier, &reply); break;
    default: ua_message_reject(ev->message, &reply); break;
    }
}

static void deliver(core_agent *a, const ua_event *ev, core_entry *e, core_rule r) {
    if (r.terminal) end_children(a, e);
    if (ev->type == UA_EV_FLUSHED) core_flushed(a, e);
    core_event *out = core_build(ev, e, r);
    if (out && ev->type == UA_EV_STATS && e) out->call_stats = core_convert_stats(ev, e);
    if (r.terminal) {
        core_drop_child(e);
        core_retire(a, e);
    }
    if (out) {
        core_push_event(a, out);
        return;
    }
    if (begins(ev->type)) {
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
    core_rule r = core_rule_of(ev);
    core_entry *e = subject_of(a, ev, r.subject);
    if (!e && r.subject != CORE_NONE) {
        if (begins(ev->type)) refuse(a, ev, NULL);
        return;
    }
    if (ev->type == UA_EV_AUDIO_READY)
        audio_ready(a, e);
    else
        deliver(a, ev, e, r);
    core_entry_unref(e);
}

static void server_event(core_agent *a, const srv_event *ev, core_entry *e, int type, core_rule r) {
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
    deliver(a, &u, e, r);
}

void core_server_sink(void *ctx, const srv_event *ev) {
    core_agent *a = ctx;
    bool listener = ev->type == SRV_EV_LISTENING || ev->type == SRV_EV_LISTENER_CLOSED;
    if (a->finished) return;
    core_entry *e = find(a, listener ? ev->listener_id : ev->id);
    if (!e) return;
    switch (ev->type) {
    case SRV_EV_LISTENING:
        server_event(a, ev, e, UA_EV_LISTENING, (core_rule){CORE_LISTENER, CORE_NORMAL, false});
        break;
    case SRV_EV_LISTENER_CLOSED:
        server_event(a, ev, e, UA_EV_LISTENER_CLOSED, (core_rule){CORE_LISTENER, CORE_RESERVED, true});
        break;
    case SRV_EV_BINDING:
        server_event(a, ev, e, CORE_EV_SERVER_BINDING, (core_rule){CORE_SERVER, CORE_LOSSY, false});
        break;
    case SRV_EV_CLOSED:
        server_event(a, ev, e, CORE_EV_SERVER_CLOSED, (core_rule){CORE_SERVER, CORE_RESERVED, true});
        break;
    }
    core_entry_unref(e);
}
