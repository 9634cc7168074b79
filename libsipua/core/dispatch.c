/* From commands to what carries them out. Each command is answered here, once, before anything comes of it. */
#include "core/agent.h"

#include "base/error.h"
#include "base/log.h"
#include "core/option.h"

#define SX_MODULE "core"

void core_take_commands(core_agent *a) {
    core_cmd *c = core_commands_take(&a->commands);
    if (!c) return;
    if (a->todo_last)
        a->todo_last->next = c;
    else
        a->todo = c;
    while (c->next) c = c->next;
    a->todo_last = c;
}

/* The detail of a failure, if the one who failed left one. */
static const char *why(int rc) { return sx_last_error() == rc ? sx_last_error_text() : sx_error_text(rc); }

void core_reply(core_agent *a, core_cmd *c, int rc) {
    core_event *ev = c->reply;
    c->reply = NULL;
    if (!ev) return;
    sx_slice words = sx_slice_str(rc < 0 ? why(rc) : NULL);
    core_event *full = words.n ? core_make(c->entry, CORE_EV_REPLY, CORE_RESERVED, core_text_room(words)) : NULL;
    if (full) {
        core_event_free(ev);
        ev = full;
        core_event_set_str(ev, CORE_STR_TEXT, words);
    } else {
        core_about(ev, c->entry, CORE_EV_REPLY, CORE_RESERVED);
    }
    ev->code = rc < 0 ? rc : SX_OK;
    ev->tag = c->tag;
    core_events_unreserve(&a->events);
    core_push_event(a, ev);
}

int core_gone(void) { return sx_fail(SX_E_GONE, "the object has ended"); }

/* ---- creation: the id is out already, so what fails here still ends with the terminal event ---- */

static int create_account(core_agent *a, core_cmd *c) {
    ua_account *made = NULL;
    int rc = core_tls_client(&a->tls, &c->p.account.tls, &c->entry->tls);
    if (rc < 0) return rc;
    c->p.account.config.tls = core_tls_object(c->entry->tls);
    if (c->p.account.tls.verify == 2)
        SX_LOG(&a->log, SX_LOG_WARNING,
               "tls_verify is off for %s: whoever sits in between reads and changes everything",
               c->p.account.config.aor);
    rc = ua_account_create(a->ua, &c->p.account.config, c->entry->id, &made);
    c->entry->object = made;
    return rc;
}

/* The account of an entry; false when it was given one that has ended meanwhile. */
bool core_account_of(const core_entry *e, ua_account **account) {
    bool owned = e->owner && e->owner->kind == CORE_ACCOUNT;
    *account = owned ? e->owner->object : NULL;
    return !owned || *account;
}

static int create_message(core_agent *a, core_cmd *c) {
    ua_account *account;
    ua_message *made = NULL;
    if (!core_account_of(c->entry, &account)) return sx_fail(SX_E_GONE, "the account has ended");
    if (c->with[0] && !c->with[0]->object) return sx_fail(SX_E_GONE, "the call has ended");
    if (c->with[0]) c->p.message.call = c->with[0]->object;
    int rc = c->op == CORE_OP_OPTIONS_SEND ? ua_options_send(a->ua, account, &c->p.message, c->entry->id, &made)
                                           : ua_message_send(a->ua, account, &c->p.message, c->entry->id, &made);
    c->entry->object = made;
    return rc;
}

static int create_listener(core_agent *a, core_cmd *c) {
    core_entry *e = c->entry, *server = e->owner;
    bool open = c->p.listener.open ? c->p.listener.open == 1 : a->open;
    stack_listen_params more;
    int rc;
    memset(&more, 0, sizeof more);
    more.origins = c->p.listener.origins;
    more.norigins = c->p.listener.origin_count;
    more.ws_path = c->p.listener.ws_path;
    rc = core_tls_listener(&a->tls, c->p.listener.address, &c->p.listener.tls, &e->tls);
    if (rc < 0) return rc;
    more.tls = core_tls_object(e->tls);
    if (server) {
        srv_listener *made = NULL;
        e->server_side = true;
        if (!server->object) return sx_fail(SX_E_GONE, "the server has ended");
        rc = srv_listener_open(server->object, c->p.listener.address, c->p.listener.advertise, &more, e->id, &made);
        e->object = made;
        if (rc >= 0) core_add_child(e);
        return rc;
    }
    ua_listener *made = NULL;
    rc = ua_listener_open(a->ua, c->p.listener.address, c->p.listener.advertise, open, &more, e->id, &made);
    e->object = made;
    return rc;
}

static int create_server(core_agent *a, core_cmd *c) {
    srv_server *made = NULL;
    c->p.server.log = &a->log;
    int rc = srv_server_create(ua_agent_stack(a->ua), &c->p.server, c->entry->id, core_server_sink, a, &made);
    c->entry->object = made;
    return rc;
}

static int create(core_agent *a, core_cmd *c) {
    c->entry->made = true;
    if (core_creates_in_calls(c->op)) return core_create_in_calls(a, c);
    if (core_creates_events(c->op)) return core_create_events(a, c);
    switch (c->op) {
    case CORE_OP_ACCOUNT_CREATE: return create_account(a, c);
    case CORE_OP_MESSAGE_SEND:
    case CORE_OP_OPTIONS_SEND: return create_message(a, c);
    case CORE_OP_LISTENER_CREATE: return create_listener(a, c);
    default: return create_server(a, c);
    }
}

/* ---- the rest ---- */

static int close_listener(core_entry *e) {
    if (e->server_side)
        srv_listener_close(e->object);
    else
        ua_listener_close(e->object);
    return SX_OK;
}

static int object_op(core_agent *a, core_cmd *c) {
    core_entry *e = c->entry;
    int rc;
    if (!e->object) return core_gone();
    switch (c->op) {
    case CORE_OP_ACCOUNT_REGISTER: return ua_account_register(e->object);
    case CORE_OP_ACCOUNT_UNREGISTER: return ua_account_unregister(e->object, c->p.unregister.all);
    case CORE_OP_ACCOUNT_TOKEN: return ua_account_set_token(e->object, c->p.token.token);
    case CORE_OP_ACCOUNT_CLOSE: return ua_account_close(e->object);
    case CORE_OP_MESSAGE_ACCEPT: return ua_message_accept(e->object, &c->p.reply.reply);
    case CORE_OP_MESSAGE_REJECT: return ua_message_reject(e->object, &c->p.reply.reply);
    case CORE_OP_LISTENER_CLOSE: return close_listener(e);
    case CORE_OP_SERVER_USER: return srv_server_set_user(e->object, c->p.server_user.name, c->p.server_user.password);
    case CORE_OP_SERVER_CLOSE: srv_server_close(e->object); return SX_OK;
    case CORE_OP_OPTION: return core_option_apply(a, e, c->p.option.key, c->p.option.value);
    default: rc = core_event_op(c); return rc == 1 ? core_call_op(a, c) : rc;
    }
}

static int ask(core_agent *a, int kind, bool on) {
    a->asks = on ? a->asks | 1u << kind : a->asks & ~(1u << kind);
    ua_agent_ask(a->ua, a->asks);
    return SX_OK;
}

static int agent_op(core_agent *a, core_cmd *c) {
    switch (c->op) {
    case CORE_OP_ASK: return ask(a, c->p.ask.kind, c->p.ask.on);
    case CORE_OP_OPTION: return core_option_apply(a, NULL, c->p.option.key, c->p.option.value);
    case CORE_OP_RELOAD_TLS: return core_tls_reload(&a->tls);
    case CORE_OP_NETWORK_CHANGED: return ua_network_changed(a->ua);
    case CORE_OP_DRAIN: return ua_agent_drain(a->ua, c->p.drain.on);
    case CORE_OP_SHUTDOWN: ua_agent_shutdown(a->ua, c->p.shutdown.deadline_ms); return SX_OK;
    case CORE_OP_LOG:
        __atomic_fetch_sub(&a->log_lines, 1, __ATOMIC_RELAXED);
        core_log_event(a, c->p.log.level, c->p.log.module, c->p.log.text, c->p.log.n);
        return SX_OK;
    case CORE_OP_FIRE: core_events_fire(&a->events); return SX_OK;
    default: return SX_OK;
    }
}

static bool creates(core_op op) {
    return op == CORE_OP_ACCOUNT_CREATE || op == CORE_OP_MESSAGE_SEND || op == CORE_OP_OPTIONS_SEND ||
           op == CORE_OP_LISTENER_CREATE || op == CORE_OP_SERVER_CREATE || core_creates_in_calls(op) ||
           core_creates_events(op);
}

void core_dispatch(core_agent *a, core_cmd *c) {
    int rc;
    if (c->op == CORE_OP_FLUSH) { /* done by the caller already; see core_flushed */
        core_reply(a, c, SX_OK);
    } else if (creates(c->op)) {
        rc = create(a, c);
        core_reply(a, c, rc);
        if (rc < 0) core_end_entry(a, c->entry, rc, why(rc));
    } else {
        rc = c->entry ? object_op(a, c) : agent_op(a, c);
        core_reply(a, c, rc);
        if (c->op == CORE_OP_AGENT_STATS) core_agent_stats_event(a);
    }
    core_cmd_free(c);
}

void core_flushed(core_agent *a, const core_entry *e) {
    core_take_commands(a);
    for (core_cmd *c = a->todo; c; c = c->next) {
        if (c->op != CORE_OP_FLUSH || c->entry != e || !c->reply) continue;
        core_reply(a, c, SX_OK);
        return;
    }
}

void core_cancel_commands(core_agent *a) {
    core_take_commands(a);
    core_cmd *last = core_commands_close(&a->commands), *c;
    if (a->todo_last)
        a->todo_last->next = last;
    else
        a->todo = last;
    while ((c = a->todo) != NULL) {
        a->todo = c->next;
        if (c->entry && creates(c->op)) c->entry->made = true;
        if (c->op == CORE_OP_LOG) {
            agent_op(a, c);
        } else if (c->reply) {
            sx_fail(SX_E_CANCELED, "the agent has ended before this was done");
            core_reply(a, c, SX_E_CANCELED);
        }
        core_cmd_free(c);
    }
    a->todo_last = NULL;
}
