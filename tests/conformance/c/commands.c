/* A statement's words become the arguments of one function of the library. */
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "runner.h"

#define PARAMS 4

/* One argument: which of the two is meant says the function's entry. */
typedef struct argument {
    uint64_t n;
    char *s; /* NULL when it was not given */
} argument;

typedef struct command {
    const char *name;
    const char *params; /* in order, a letter each: n a number, s a text */
    const char *names[PARAMS];
    const field *config; /* what all other words fill; NULL: there are none */
    size_t size;         /* of that struct */
    int32_t (*run)(sipua_agent *g, const argument *a, const void *c, uint64_t tag, sipua_id *out);
} command;

#define RUN(name, ...)                                                                                                 \
    static int32_t name(sipua_agent *g, const argument *a, const void *c, uint64_t tag, sipua_id *out) {               \
        (void)g, (void)a, (void)c, (void)tag, (void)out;                                                               \
        return sipua_##name(g, __VA_ARGS__);                                                                           \
    }
RUN(agent_shutdown, (int32_t)a[0].n, tag)
RUN(agent_stats, tag)
RUN(agent_ask, (sipua_ask_kind)a[0].n, (sipua_switch)a[1].n, tag)
RUN(network_changed, tag)
RUN(agent_reload_tls, tag)
RUN(account_set_token, a[0].n, a[1].s, tag)
RUN(account_create, c, tag, out)
RUN(account_register, a[0].n, tag)
RUN(account_unregister, a[0].n, (sipua_switch)a[1].n, tag)
RUN(account_close, a[0].n, tag)
RUN(call_create, a[0].n, c, tag, out)
RUN(call_ring, a[0].n, c, tag)
RUN(call_answer, a[0].n, c, tag)
RUN(call_reject, a[0].n, c, tag)
RUN(call_hangup, a[0].n, c, tag)
RUN(call_set_user, a[0].n, a[1].n, tag)
RUN(call_dtmf, a[0].n, a[1].s, (int32_t)a[2].n, (int32_t)a[3].n, tag)
RUN(call_play, a[0].n, a[1].s, (sipua_switch)a[2].n, a[3].n, tag, out)
RUN(call_record, a[0].n, a[1].s, (sipua_record_side)a[2].n, a[3].n, tag, out)
RUN(call_stats_request, a[0].n, tag)
RUN(player_stop, a[0].n, tag)
RUN(recorder_stop, a[0].n, tag)
RUN(audio_set_rate, a[0].n, (int32_t)a[1].n)
RUN(audio_flush, a[0].n, tag)
RUN(audio_watch, a[0].n, (int32_t)a[1].n, (int32_t)a[2].n)
RUN(audio_mark, a[0].n, a[1].n)
RUN(message_send, a[0].n, c, tag, out)
RUN(message_accept, a[0].n, c, tag)
RUN(message_reject, a[0].n, c, tag)
RUN(options_send, a[0].n, c, tag, out)
RUN(listener_create, c, tag, out)
RUN(listener_close, a[0].n, tag)
RUN(server_create, c, tag, out)
RUN(server_set_user, a[0].n, a[1].s, a[2].s, tag)
RUN(server_close, a[0].n, tag)
RUN(agent_drain, (sipua_switch)a[0].n, tag)
RUN(call_mute, a[0].n, (sipua_event_flags)a[1].n, (sipua_switch)a[2].n, tag)
RUN(call_collect, a[0].n, c, tag, out)
RUN(collector_stop, a[0].n, tag)
RUN(call_change, a[0].n, c, tag)
RUN(call_accept_change, a[0].n, c, tag)
RUN(call_reject_change, a[0].n, c, tag)
RUN(call_request, a[0].n, c, tag, out)
RUN(call_transfer, a[0].n, c, tag, out)
RUN(transfer_send, a[0].n, c, tag, out)
RUN(transfer_accept, a[0].n, c, tag, out)
RUN(transfer_reject, a[0].n, c, tag)
RUN(conference_create, c, tag, out)
RUN(conference_add, a[0].n, a[1].n, tag)
RUN(conference_remove, a[0].n, a[1].n, tag)
RUN(conference_play, a[0].n, a[1].s, (sipua_switch)a[2].n, a[3].n, tag, out)
RUN(conference_record, a[0].n, a[1].s, a[2].n, tag, out)
RUN(conference_end, a[0].n, (sipua_switch)a[1].n, tag)
RUN(bridge_create, a[0].n, a[1].n, c, tag, out)
RUN(bridge_end, a[0].n, tag)
RUN(subscription_create, a[0].n, c, tag, out)
RUN(subscription_refresh, a[0].n, (int32_t)a[1].n, tag)
RUN(subscription_end, a[0].n, tag)
RUN(notifier_accept, a[0].n, c, a[1].n, tag)
RUN(notifier_reject, a[0].n, c, tag)
RUN(notifier_notify, a[0].n, c, tag)
RUN(publication_create, a[0].n, c, tag, out)
RUN(publication_update, a[0].n, a[1].s, a[2].s, (uint32_t)strlen(a[2].s), tag)
RUN(publication_end, a[0].n, tag)
RUN(option_set, a[0].n, a[1].s, a[2].s, tag)

#define CONFIG(fields, type) fields, sizeof(type)
static const command commands[] = {
    {"agent_shutdown", "n", {"deadline_ms"}, NULL, 0, agent_shutdown},
    {"agent_stats", "", {NULL}, NULL, 0, agent_stats},
    {"agent_ask", "nn", {"kind", "on"}, NULL, 0, agent_ask},
    {"network_changed", "", {NULL}, NULL, 0, network_changed},
    {"agent_reload_tls", "", {NULL}, NULL, 0, agent_reload_tls},
    {"account_set_token", "ns", {"account", "token"}, NULL, 0, account_set_token},
    {"account_create", "", {NULL}, CONFIG(account_config, sipua_account_config), account_create},
    {"account_register", "n", {"account"}, NULL, 0, account_register},
    {"account_unregister", "nn", {"account", "all"}, NULL, 0, account_unregister},
    {"account_close", "n", {"account"}, NULL, 0, account_close},
    {"call_create", "n", {"account"}, CONFIG(call_config, sipua_call_config), call_create},
    {"call_ring", "n", {"call"}, CONFIG(reply_config, sipua_reply), call_ring},
    {"call_answer", "n", {"call"}, CONFIG(reply_config, sipua_reply), call_answer},
    {"call_reject", "n", {"call"}, CONFIG(reply_config, sipua_reply), call_reject},
    {"call_hangup", "n", {"call"}, CONFIG(reply_config, sipua_reply), call_hangup},
    {"call_set_user", "nn", {"call", "user"}, NULL, 0, call_set_user},
    {"call_dtmf", "nsnn", {"call", "digits", "duration_ms", "gap_ms"}, NULL, 0, call_dtmf},
    {"call_play", "nsnn", {"call", "path", "loop", "user"}, NULL, 0, call_play},
    {"call_record", "nsnn", {"call", "path", "side", "user"}, NULL, 0, call_record},
    {"call_stats_request", "n", {"call"}, NULL, 0, call_stats_request},
    {"player_stop", "n", {"player"}, NULL, 0, player_stop},
    {"recorder_stop", "n", {"recorder"}, NULL, 0, recorder_stop},
    {"audio_set_rate", "nn", {"call", "rate"}, NULL, 0, audio_set_rate},
    {"audio_flush", "n", {"call"}, NULL, 0, audio_flush},
    {"audio_watch", "nnn", {"call", "readable_ms", "writable_ms"}, NULL, 0, audio_watch},
    {"audio_mark", "nn", {"call", "mark"}, NULL, 0, audio_mark},
    {"message_send", "n", {"account"}, CONFIG(message_config, sipua_message_config), message_send},
    {"message_accept", "n", {"message"}, CONFIG(reply_config, sipua_reply), message_accept},
    {"message_reject", "n", {"message"}, CONFIG(reply_config, sipua_reply), message_reject},
    {"options_send", "n", {"account"}, CONFIG(message_config, sipua_message_config), options_send},
    {"listener_create", "", {NULL}, CONFIG(listener_config, sipua_listener_config), listener_create},
    {"listener_close", "n", {"listener"}, NULL, 0, listener_close},
    {"server_create", "", {NULL}, CONFIG(server_config, sipua_server_config), server_create},
    {"server_set_user", "nss", {"server", "name", "password"}, NULL, 0, server_set_user},
    {"server_close", "n", {"server"}, NULL, 0, server_close},
    {"agent_drain", "n", {"on"}, NULL, 0, agent_drain},
    {"call_mute", "nnn", {"call", "sides", "on"}, NULL, 0, call_mute},
    {"call_collect", "n", {"call"}, CONFIG(collect_config, sipua_collect_config), call_collect},
    {"collector_stop", "n", {"collector"}, NULL, 0, collector_stop},
    {"call_change", "n", {"call"}, CONFIG(change, sipua_change), call_change},
    {"call_accept_change", "n", {"call"}, CONFIG(reply_config, sipua_reply), call_accept_change},
    {"call_reject_change", "n", {"call"}, CONFIG(reply_config, sipua_reply), call_reject_change},
    {"call_request", "n", {"call"}, CONFIG(request_config, sipua_request_config), call_request},
    {"call_transfer", "n", {"call"}, CONFIG(transfer_config, sipua_transfer_config), call_transfer},
    {"transfer_send", "n", {"account"}, CONFIG(transfer_config, sipua_transfer_config), transfer_send},
    {"transfer_accept", "n", {"transfer"}, CONFIG(call_config, sipua_call_config), transfer_accept},
    {"transfer_reject", "n", {"transfer"}, CONFIG(reply_config, sipua_reply), transfer_reject},
    {"conference_create", "", {NULL}, CONFIG(conference_config, sipua_conference_config), conference_create},
    {"conference_add", "nn", {"conference", "call"}, NULL, 0, conference_add},
    {"conference_remove", "nn", {"conference", "call"}, NULL, 0, conference_remove},
    {"conference_play", "nsnn", {"conference", "path", "loop", "user"}, NULL, 0, conference_play},
    {"conference_record", "nsn", {"conference", "path", "user"}, NULL, 0, conference_record},
    {"conference_end", "nn", {"conference", "hangup"}, NULL, 0, conference_end},
    {"bridge_create", "nn", {"a", "b"}, CONFIG(bridge_config, sipua_bridge_config), bridge_create},
    {"bridge_end", "n", {"bridge"}, NULL, 0, bridge_end},
    {"subscription_create", "n", {"account"}, CONFIG(subscribe_config, sipua_subscribe_config), subscription_create},
    {"subscription_refresh", "nn", {"subscription", "expires"}, NULL, 0, subscription_refresh},
    {"subscription_end", "n", {"subscription"}, NULL, 0, subscription_end},
    {"notifier_accept", "nn", {"notifier", "user"}, CONFIG(notify_config, sipua_notify_config), notifier_accept},
    {"notifier_reject", "n", {"notifier"}, CONFIG(reply_config, sipua_reply), notifier_reject},
    {"notifier_notify", "n", {"notifier"}, CONFIG(notify_config, sipua_notify_config), notifier_notify},
    {"publication_create", "n", {"account"}, CONFIG(publish_config, sipua_publish_config), publication_create},
    {"publication_update", "nss", {"publication", "content_type", "body"}, NULL, 0, publication_update},
    {"publication_end", "n", {"publication"}, NULL, 0, publication_end},
    {"option_set", "nss", {"id", "key", "value"}, NULL, 0, option_set},
};

/* ---- structs ---- */

#define HELD 64

/* A struct being filled, with all that it points to. */
typedef struct config {
    _Alignas(8) char bytes[512];
    void *held[HELD];
    int held_count;
    bool any; /* something was set */
} config;

static void *hold(config *c, void *p) {
    if (c->held_count == HELD) abort();
    return c->held[c->held_count++] = must(p);
}

static void put_list(config *c, const field *f, char *text) {
    size_t n = strlen(text);
    if (n < 2 || text[0] != '[' || text[n - 1] != ']') {
        fprintf(stderr, "a list is [A,B]: %s\n", text);
        exit(1);
    }
    const char **items = hold(c, calloc(n, sizeof *items)); /* more than enough */
    uint32_t count = 0;
    text[n - 1] = 0;
    for (char *save, *item = strtok_r(text + 1, ",", &save); item; item = strtok_r(NULL, ",", &save))
        items[count++] = item;
    memcpy(c->bytes + f->at, &items, sizeof items);
    memcpy(c->bytes + f->count, &count, sizeof count);
}

static void put_pair(config *c, const field *f, const char *key, char *value) {
    uint32_t count;
    sipua_pair *pairs;
    memcpy(&count, c->bytes + f->count, sizeof count);
    memcpy(&pairs, c->bytes + f->at, sizeof pairs);
    if (!pairs) pairs = hold(c, calloc(32, sizeof *pairs));
    if (count == 32) abort();
    pairs[count++] = (sipua_pair){key, value};
    memcpy(c->bytes + f->at, &pairs, sizeof pairs);
    memcpy(c->bytes + f->count, &count, sizeof count);
}

/* `header:X-Bot=1` is an item of the member `headers`. */
static const field *find_field(const field *all, const char *key, const char **item) {
    const char *colon = strchr(key, ':');
    size_t n = colon ? (size_t)(colon - key) : strlen(key);
    *item = colon ? colon + 1 : NULL;
    for (const field *f = all; f->name; f++)
        if (colon ? f->kind == PAIRS && strlen(f->name) == n + 1 && !strncmp(f->name, key, n) : !strcmp(f->name, key))
            return f;
    return NULL;
}

static void put(runner *r, config *c, const field *all, const word *w) {
    const char *item;
    const field *f = find_field(all, w->key, &item);
    if (!f) give_up(r, "there is no %s", w->key);
    c->any = true;
    if (f->kind == INT || f->kind == WIDE) {
        uint64_t wide = number_of(r, w);
        int32_t narrow = (int32_t)(int64_t)wide;
        memcpy(c->bytes + f->at, f->kind == WIDE ? (void *)&wide : (void *)&narrow, f->kind == WIDE ? 8 : 4);
        return;
    }
    char *text = hold(c, text_of(r, w));
    uint32_t size = (uint32_t)strlen(text);
    if (f->kind == LIST) return put_list(c, f, text);
    if (f->kind == PAIRS) return put_pair(c, f, item, text);
    memcpy(c->bytes + f->at, &text, sizeof text);
    if (f->kind == BYTES) memcpy(c->bytes + f->count, &size, sizeof size);
}

static void config_start(config *c, size_t size) {
    uint32_t own = (uint32_t)size;
    memset(c, 0, sizeof *c);
    memcpy(c->bytes, &own, sizeof own);
}

static void config_end(config *c) {
    while (c->held_count) free(c->held[--c->held_count]);
}

/* ---- the statement ---- */

/* What came of it: a name for what it made, or the refusal that the scenario expects. */
static void outcome(runner *r, agent *a, const char *what, int32_t result, sipua_id id, const char *name,
                    const char *refusal) {
    char stream[64];
    if (refusal) {
        if (result >= 0 || strcmp(sipua_error_name(result), refusal))
            give_up(r, "%s answered %s, not %s", what, result < 0 ? sipua_error_name(result) : "success", refusal);
        if (sipua_last_error() != result) give_up(r, "sipua_last_error() does not say %s", refusal);
        snprintf(stream, sizeof stream, "%s refused", a->name);
        log_line(r, stream, "%s %s", what, refusal);
        return;
    }
    if (result < 0) give_up(r, "%s: %s (%s)", what, sipua_last_error_text(), sipua_error_name(result));
    if (name) name_it(r, name, id, NULL);
}

static int param_of(const command *c, const char *key) {
    for (int i = 0; c->params[i]; i++)
        if (!strcmp(c->names[i], key)) return i;
    return -1;
}

static void agent_create(runner *r, agent *a, const word *words, int count, const char *name, const char *refusal) {
    config c;
    config_start(&c, sizeof(sipua_agent_config));
    for (int i = 0; i < count; i++) {
        if (!words[i].key) give_up(r, "agent_create takes key=value");
        put(r, &c, agent_config, &words[i]);
    }
    outcome(r, a, "agent_create", sipua_agent_create((const void *)c.bytes, &a->raw), 0, name, refusal);
    config_end(&c);
}

/* NULL is legal for its struct, and means the defaults. */
static bool may_lack(const command *k) {
    const field *all[] = {reply_config, change, request_config, collect_config, conference_config, bridge_config};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (k->config == all[i]) return true;
    return k->run == notifier_accept || k->run == transfer_accept;
}

static void run(runner *r, agent *a, const command *k, const word *words, int count, const char *name,
                const char *refusal) {
    argument args[PARAMS] = {{0}};
    uint64_t tag = 0;
    int positional = 0;
    sipua_id id = 0;
    config c;
    config_start(&c, k->size);
    for (int i = 0; i < count; i++) {
        const word *w = &words[i];
        int at = w->key ? param_of(k, w->key) : positional++;
        if (w->key && !strcmp(w->key, "tag")) {
            tag = number_of(r, w);
        } else if (at < 0) {
            if (!k->config) give_up(r, "%s has no %s", k->name, w->key);
            put(r, &c, k->config, w);
        } else if (at >= (int)strlen(k->params)) {
            give_up(r, "%s takes %zu words", k->name, strlen(k->params));
        } else if (k->params[at] == 's') {
            args[at].s = hold(&c, text_of(r, w));
        } else {
            args[at].n = number_of(r, w);
        }
    }
    if (!tag) tag = ++a->tag;
    if (!strcmp(k->name, "agent_shutdown")) a->leaving = true;
    bool none = !c.any && may_lack(k);
    int32_t result = k->run(a->raw, args, none ? NULL : c.bytes, tag, &id);
    outcome(r, a, k->name, result, id, name, refusal);
    config_end(&c);
}

void command_run(runner *r, agent *a) {
    const word *words = r->at->words;
    int count = r->at->count;
    const char *what = words[1].value, *name = NULL, *refusal = NULL;
    if (count > 3 && !words[count - 2].key) {
        const char *before = words[count - 2].value;
        if (!strcmp(before, "->")) name = words[count - 1].value;
        if (!strcmp(before, "fails")) refusal = words[count - 1].value;
        if (name || refusal) count -= 2;
    }
    if (!strcmp(what, "agent_create")) return agent_create(r, a, words + 2, count - 2, name, refusal);
    if (!a->raw) give_up(r, "there is no agent %s", a->name);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (!strcmp(commands[i].name, what)) return run(r, a, &commands[i], words + 2, count - 2, name, refusal);
    give_up(r, "nobody can %s", what);
}
