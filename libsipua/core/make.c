/* Making events, and the end of objects. */
#include "core/agent.h"

#include "base/clock.h"
#include "base/error.h"

void core_about(core_event *ev, core_entry *e, int type, core_class klass) {
    ev->type = type;
    ev->klass = (uint8_t)klass;
    ev->time_ms = sx_wall_ms();
    if (!e) return;
    ev->entry = core_entry_ref(e);
    ev->id = e->id;
    ev->user = core_entry_user(e);
    for (const core_entry *o = e; o; o = o->owner) {
        if (o->kind == CORE_CALL) ev->call = o->id;
        if (o->kind == CORE_ACCOUNT) ev->account = o->id;
    }
}

core_event *core_make(core_entry *e, int type, core_class klass, size_t room) {
    core_event *ev = core_event_alloc(room);
    if (!ev && e && type == core_terminal_type(e)) { /* what was set aside when the object was made */
        ev = e->last;
        e->last = NULL;
    }
    if (ev) core_about(ev, e, type, klass);
    return ev;
}

static void admit_now(sx_task *t) {
    core_agent *a = SX_CONTAINER(t, core_agent, admit_task);
    bool room = core_events_room(&a->events);
    if (room == a->room || a->finished) return;
    a->room = room;
    ua_agent_admit(a->ua, room);
}

void core_check_room(core_agent *a) {
    if (!a->admit_task.fn) {
        sx_task_init(&a->admit_task, admit_now);
        a->room = true;
    }
    if (!a->loop || a->finished || !a->ua) return;
    if (core_events_room(&a->events) != a->room) sx_runq_post(net_loop_runq(a->loop), &a->admit_task);
}

static void overload_now(sx_task *t) {
    core_agent *a = SX_CONTAINER(t, core_agent, overload_task);
    sx_list *n;
    while ((n = sx_list_pop(&a->overloads)) != NULL) {
        core_entry *e = SX_CONTAINER(n, core_entry, pending);
        if (e->object) ua_call_overload(e->object);
        core_entry_unref(e);
    }
}

void core_overload(core_agent *a, core_entry *e) {
    if (e->overload || a->finished || !e->object || e->kind != CORE_CALL) return;
    e->overload = true;
    sx_list_append(&a->overloads, &core_entry_ref(e)->pending);
    if (!a->overload_task.fn) sx_task_init(&a->overload_task, overload_now);
    sx_runq_post(net_loop_runq(a->loop), &a->overload_task);
}

void core_push_event(core_agent *a, core_event *ev) {
    core_entry *e = ev->entry ? core_entry_ref(ev->entry) : NULL;
    if (core_events_push(&a->events, ev) == CORE_OVERLOAD && e) core_overload(a, e);
    core_entry_unref(e);
    core_check_room(a);
}

int core_terminal_type(const core_entry *e) {
    switch ((core_kind)e->kind) {
    case CORE_ACCOUNT: return UA_EV_ACCOUNT_CLOSED;
    case CORE_CALL: return UA_EV_CALL_ENDED;
    case CORE_MESSAGE: return e->incoming ? UA_EV_MESSAGE_ANSWERED : UA_EV_MESSAGE_FAILED;
    case CORE_QUERY: return UA_EV_OPTIONS_ANSWERED;
    case CORE_PLAYER: return UA_EV_PLAY_DONE;
    case CORE_RECORDER: return UA_EV_RECORD_DONE;
    case CORE_LISTENER: return UA_EV_LISTENER_CLOSED;
    case CORE_SERVER: return CORE_EV_SERVER_CLOSED;
    case CORE_TRANSFER: return UA_EV_TRANSFER_DONE;
    case CORE_REQUEST: return UA_EV_REQUEST_ANSWERED;
    case CORE_COLLECTOR: return UA_EV_COLLECTED;
    case CORE_SUBSCRIPTION:
    case CORE_NOTIFIER: return UA_EV_SUBSCRIPTION_STATE;
    case CORE_PUBLICATION: return UA_EV_PUBLISH_STATE;
    case CORE_CONFERENCE: return UA_EV_CONFERENCE_ENDED;
    case CORE_BRIDGE: return UA_EV_BRIDGE_ENDED;
    case CORE_NONE:
    case CORE_KINDS:
    case CORE_AUDIBLE: break;
    }
    return 0;
}

/* The `state` of that event, where its type alone does not say that it is the last. */
const char *core_terminal_state(const core_entry *e) {
    switch ((core_kind)e->kind) {
    case CORE_SUBSCRIPTION:
    case CORE_NOTIFIER: return "terminated";
    case CORE_PUBLICATION: return "removed";
    case CORE_COLLECTOR: return "ended";
    default: return NULL;
    }
}

/* Those whose terminal event says a cause. */
static bool has_cause(const core_entry *e) {
    switch ((core_kind)e->kind) {
    case CORE_CALL:
    case CORE_MESSAGE:
    case CORE_QUERY:
    case CORE_TRANSFER:
    case CORE_REQUEST:
    case CORE_PUBLICATION: return true;
    default: return false;
    }
}

void core_add_child(core_entry *e) {
    e->child = true;
    e->owner->children++;
}

void core_drop_child(core_entry *e) {
    if (!e->child) return;
    e->child = false;
    e->owner->children--;
}

static ua_cause cause_of(int rc) {
    switch (rc) {
    case SX_OK: return UA_CAUSE_NONE;
    case SX_E_CANCELED: return UA_CAUSE_CANCELED;
    case SX_E_DNS:
    case SX_E_TRANSPORT:
    case SX_E_TLS:
    case SX_E_ADDRESS:
    case SX_E_IO: return UA_CAUSE_CONNECTION_ERROR;
    case SX_E_MEDIA: return UA_CAUSE_INCOMPATIBLE_SDP;
    case SX_E_AUTH: return UA_CAUSE_AUTHENTICATION;
    default: return UA_CAUSE_INTERNAL_ERROR;
    }
}

void core_retire(core_agent *a, core_entry *e) {
    core_tls *t = e->tls;
    e->tls = NULL;
    core_ids_retire(&a->ids, e);
    core_tls_release(t);
}

void core_end_entry(core_agent *a, core_entry *e, int rc, const char *text) {
    if (!core_entry_live(e)) return;
    for (core_entry *child; e->children && (child = core_ids_child(&a->ids, e)) != NULL;) {
        core_end_entry(a, child, SX_E_CANCELED, "");
        core_entry_unref(child);
    }
    sx_slice words = sx_slice_str(text && text[0] ? text : NULL);
    core_event *ev = core_make(e, core_terminal_type(e), CORE_RESERVED, core_text_room(words));
    core_entry_ref(e);
    core_drop_child(e);
    core_retire(a, e);
    if (ev) {
        ev->code = rc;
        ev->originator = rc == SX_OK ? UA_NOBODY : UA_SYSTEM;
        ev->str[CORE_STR_STATE] = core_terminal_state(e);
        if (e->kind == CORE_SUBSCRIPTION || e->kind == CORE_NOTIFIER || e->kind == CORE_PUBLICATION) ev->retry_ms = -1;
        if (has_cause(e)) ev->cause = cause_of(rc);
        core_event_set_str(ev, CORE_STR_TEXT, words);
        core_push_event(a, ev);
    }
    core_entry_unref(e);
}

void core_end_all(core_agent *a) {
    static const core_kind order[] = {CORE_PLAYER,      CORE_RECORDER, CORE_REQUEST,  CORE_COLLECTOR,
                                      CORE_TRANSFER,    CORE_BRIDGE,   CORE_CALL,     CORE_CONFERENCE,
                                      CORE_MESSAGE,     CORE_QUERY,    CORE_NOTIFIER, CORE_SUBSCRIPTION,
                                      CORE_PUBLICATION, CORE_ACCOUNT,  CORE_LISTENER, CORE_SERVER};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        core_entry *e;
        while ((e = core_ids_any(&a->ids, order[i])) != NULL) {
            if (e->kind == CORE_SERVER) srv_server_destroy(e->object);
            bool given_up = e->kind != CORE_LISTENER && e->kind != CORE_SERVER && e->kind != CORE_ACCOUNT;
            core_end_entry(a, e, given_up ? SX_E_CANCELED : SX_OK, "");
            core_entry_unref(e);
        }
    }
}
