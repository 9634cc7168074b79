#include "fake_ua.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/list.h"
#include "server/server.h"
#include "ua/ua.h"

#define SX_MODULE "fake"

static fake_state state = {.admit = -1};
#define COUNT(member, by) __atomic_add_fetch(&state.member, by, __ATOMIC_SEQ_CST)

fake_state fake_get(void) {
    fake_state s;
    s.agents = __atomic_load_n(&state.agents, __ATOMIC_SEQ_CST);
    s.calls = __atomic_load_n(&state.calls, __ATOMIC_SEQ_CST);
    s.overloads = __atomic_load_n(&state.overloads, __ATOMIC_SEQ_CST);
    s.admit = __atomic_load_n(&state.admit, __ATOMIC_SEQ_CST);
    s.refusals = __atomic_load_n(&state.refusals, __ATOMIC_SEQ_CST);
    s.servers = __atomic_load_n(&state.servers, __ATOMIC_SEQ_CST);
    s.log_level = __atomic_load_n(&state.log_level, __ATOMIC_SEQ_CST);
    s.handles = __atomic_load_n(&state.handles, __ATOMIC_SEQ_CST);
    s.progress = __atomic_load_n(&state.progress, __ATOMIC_SEQ_CST);
    return s;
}

void fake_reset(void) {
    __atomic_store_n(&state.overloads, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&state.progress, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&state.refusals, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&state.admit, -1, __ATOMIC_SEQ_CST);
}

/* ---- audio ---- */

struct media_audio {
    pthread_mutex_t lock;
    pthread_cond_t change;
    int refs;
    uint64_t call;
    int readable, queued;
    bool ended, closed;
    struct media_audio *next;
};

static pthread_mutex_t audio_lock = PTHREAD_MUTEX_INITIALIZER;
static media_audio *audios;

static media_audio *audio_create(uint64_t call) {
    media_audio *a = calloc(1, sizeof *a);
    if (!a) return NULL;
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->change, &attr);
    a->refs = 1;
    a->call = call;
    COUNT(handles, 1);
    pthread_mutex_lock(&audio_lock);
    a->next = audios;
    audios = a;
    pthread_mutex_unlock(&audio_lock);
    return a;
}

void media_audio_ref(media_audio *a) {
    __atomic_add_fetch(&a->refs, 1, __ATOMIC_SEQ_CST);
}

void media_audio_unref(media_audio *a) {
    if (__atomic_sub_fetch(&a->refs, 1, __ATOMIC_SEQ_CST)) return;
    pthread_mutex_lock(&audio_lock);
    for (media_audio **at = &audios; *at; at = &(*at)->next) {
        if (*at != a) continue;
        *at = a->next;
        break;
    }
    pthread_mutex_unlock(&audio_lock);
    pthread_mutex_destroy(&a->lock);
    pthread_cond_destroy(&a->change);
    free(a);
    COUNT(handles, -1);
}

void fake_audio_feed(unsigned long long call, int samples) {
    pthread_mutex_lock(&audio_lock);
    for (media_audio *a = audios; a; a = a->next) {
        if (a->call != call) continue;
        pthread_mutex_lock(&a->lock);
        a->readable += samples;
        pthread_cond_broadcast(&a->change);
        pthread_mutex_unlock(&a->lock);
    }
    pthread_mutex_unlock(&audio_lock);
}

int media_audio_read(media_audio *a, int16_t *pcm, size_t samples, uint32_t rate, uint32_t *flags) {
    pthread_mutex_lock(&a->lock);
    int n = a->readable < (int)samples ? a->readable : (int)samples;
    a->readable -= n;
    memset(pcm, 0, (size_t)n * 2);
    if (!n && a->ended) n = SX_E_EOF;
    pthread_mutex_unlock(&a->lock);
    if (flags) *flags = n > 0 ? MEDIA_READ_SILENCE : 0;
    return n;
}

int media_audio_write(media_audio *a, const int16_t *pcm, size_t samples, uint32_t rate, uint64_t segment) {
    pthread_mutex_lock(&a->lock);
    int room = 48000 - a->queued, n = (int)samples < room ? (int)samples : room;
    a->queued += n;
    if (a->ended) n = SX_E_EOF;
    pthread_mutex_unlock(&a->lock);
    return n;
}

int media_audio_mark(media_audio *a, uint64_t mark_id) {
    return 0;
}

int media_audio_flush(media_audio *a, uint64_t flush_id) {
    pthread_mutex_lock(&a->lock);
    a->queued = 0;
    pthread_cond_broadcast(&a->change);
    pthread_mutex_unlock(&a->lock);
    return 0;
}

uint32_t media_audio_queued_ms(media_audio *a) {
    pthread_mutex_lock(&a->lock);
    int n = a->queued / 16;
    pthread_mutex_unlock(&a->lock);
    return (uint32_t)n;
}

uint32_t media_audio_readable_ms(media_audio *a) {
    pthread_mutex_lock(&a->lock);
    int n = a->readable / 16;
    pthread_mutex_unlock(&a->lock);
    return (uint32_t)n;
}

int media_audio_watch(media_audio *a, uint32_t readable_ms, uint32_t writable_ms) {
    return 0;
}

int media_audio_wait(media_audio *a, uint32_t readable_ms, uint32_t writable_ms, int timeout_ms) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    int64_t ns = t.tv_nsec + (int64_t)(timeout_ms < 0 ? 3600000 : timeout_ms) * 1000000;
    t.tv_sec += ns / 1000000000;
    t.tv_nsec = ns % 1000000000;
    int rc = 0;
    pthread_mutex_lock(&a->lock);
    for (;;) {
        if (a->closed) rc = SX_E_CLOSED;
        else if (a->ended && !(readable_ms && a->readable)) rc = SX_E_EOF;
        else if (readable_ms && a->readable / 16 >= (int)readable_ms) rc = 1;
        else if (writable_ms && (48000 - a->queued) / 16 >= (int)writable_ms) rc = 1;
        if (rc || pthread_cond_timedwait(&a->change, &a->lock, &t) == ETIMEDOUT) break;
    }
    pthread_mutex_unlock(&a->lock);
    return rc;
}

void media_audio_close(media_audio *a) {
    pthread_mutex_lock(&a->lock);
    a->closed = true;
    pthread_cond_broadcast(&a->change);
    pthread_mutex_unlock(&a->lock);
}

static void audio_end(media_audio *a) {
    pthread_mutex_lock(&a->lock);
    a->ended = true;
    pthread_cond_broadcast(&a->change);
    pthread_mutex_unlock(&a->lock);
}

struct media_engine {
    int unused;
};

media_engine *media_engine_create(const media_config *config) {
    return calloc(1, sizeof(media_engine));
}

void media_engine_destroy(media_engine *e) {
    free(e);
}

/* In a forked child only the descriptors would be closed; the fake has none. */
void media_engine_abandon(media_engine *e) {
    (void)e;
}

/* ---- the agent ---- */

typedef struct planned {
    sx_list node;
    ua_event ev;
    ua_call *ends;   /* freed after it */
    char text[24];
} planned;

struct ua_agent {
    net_loop *loop;
    ua_sink sink;
    void *ctx;
    sx_log *log;
    sx_list plan;
    sx_list calls;
    sx_list others;
    sx_task task;
    int port;
};

struct ua_call {
    sx_list node;
    ua_agent *agent;
    uint64_t id;
    media_audio *audio;
    bool ending, confirmed;
    uint64_t player;
};

struct ua_account {
    sx_list node;
    ua_agent *agent;
    uint64_t id;
};

struct ua_message {
    sx_list node;
    ua_agent *agent;
    uint64_t id;
};

struct ua_listener {
    sx_list node;
    ua_agent *agent;
    uint64_t id;
    int port;
};

static void run_plan(sx_task *t);

static planned *plan(ua_agent *a, ua_event_type type, ua_call *call) {
    planned *p = calloc(1, sizeof *p);
    if (!p) abort();
    p->ev.type = type;
    p->ev.call = call;
    sx_list_append(&a->plan, &p->node);
    sx_runq_post(net_loop_runq(a->loop), &a->task);
    return p;
}

static void call_free(ua_call *c) {
    sx_list_remove(&c->node);
    if (c->audio) {
        audio_end(c->audio);
        media_audio_unref(c->audio);
    }
    free(c);
    COUNT(calls, -1);
}

static void run_plan(sx_task *t) {
    ua_agent *a = SX_CONTAINER(t, ua_agent, task);
    sx_list *n;
    while ((n = sx_list_pop(&a->plan)) != NULL) {
        planned *p = SX_CONTAINER(n, planned, node);
        if (p->ends && p->ends->audio) audio_end(p->ends->audio);
        a->sink(a->ctx, &p->ev);
        if (p->ends) call_free(p->ends);
        if (p->ev.type == UA_EV_CALL_PROGRESS) COUNT(progress, 1);
        free(p);
    }
}

int ua_agent_create(net_loop *loop, media_engine *media, const ua_agent_config *config, ua_sink sink, void *ctx,
                    ua_agent **out) {
    ua_agent *a = calloc(1, sizeof *a);
    if (!a) return sx_fail(SX_E_NOMEM, "no memory");
    a->loop = loop;
    a->sink = sink;
    a->ctx = ctx;
    a->log = config->log;
    a->port = 5060;
    sx_list_init(&a->plan);
    sx_list_init(&a->calls);
    sx_list_init(&a->others);
    sx_task_init(&a->task, run_plan);
    COUNT(agents, 1);
    *out = a;
    return SX_OK;
}

void ua_agent_destroy(ua_agent *a) {
    sx_list *n;
    sx_runq_cancel(&a->task);
    while ((n = sx_list_pop(&a->plan)) != NULL) free(SX_CONTAINER(n, planned, node));
    while ((n = sx_list_first(&a->calls)) != NULL) call_free(SX_CONTAINER(n, ua_call, node));
    while ((n = sx_list_pop(&a->others)) != NULL) free(n); /* node is their first member */
    free(a);
    COUNT(agents, -1);
}

stack *ua_agent_stack(ua_agent *agent) {
    return NULL;
}

void stack_get_stats(const stack *s, stack_stats *out) {
    memset(out, 0, sizeof *out);
    out->messages_in = 7;
}

void ua_agent_shutdown(ua_agent *a, int deadline_ms) {
    SX_LIST_EACH(it, next, &a->calls) ua_call_hangup(SX_CONTAINER(it, ua_call, node), NULL);
    plan(a, UA_EV_SHUTDOWN, NULL);
}

void ua_agent_ask(ua_agent *agent, unsigned kinds) {}

void ua_agent_admit(ua_agent *agent, bool room) {
    __atomic_store_n(&state.admit, room, __ATOMIC_SEQ_CST);
    if (!room) COUNT(refusals, 1);
}

void ua_agent_trace(ua_agent *agent, bool on) {}
void ua_agent_media_events(ua_agent *agent) {}

const char *stack_transport_name(stack_transport t) {
    static const char *const names[] = {"", "udp", "tcp", "tls", "ws", "wss"};
    return names[t];
}

int ua_network_changed(ua_agent *a) {
    plan(a, UA_EV_NETWORK_CHANGED, NULL)->ev.originator = UA_LOCAL;
    return SX_OK;
}

int ua_listener_create(ua_agent *a, const char *address, const char *advertise, bool open, uint64_t id, ua_listener **out) {
    return ua_listener_open(a, address, advertise, open, NULL, id, out);
}

int ua_listener_open(ua_agent *a, const char *address, const char *advertise, bool open, const stack_listen_params *more,
                     uint64_t id, ua_listener **out) {
    if (strstr(address, ":5061")) return sx_fail(SX_E_IN_USE, "port 5061 is taken");
    ua_listener *l = calloc(1, sizeof *l);
    if (!l) return sx_fail(SX_E_NOMEM, "no memory");
    l->agent = a;
    l->id = id;
    l->port = a->port++;
    sx_list_append(&a->others, &l->node);
    planned *p = plan(a, UA_EV_LISTENING, NULL);
    p->ev.id = id;
    p->ev.port = l->port;
    p->ev.transport = SX_LIT("udp");
    p->ev.host = SX_LIT("127.0.0.1");
    *out = l;
    return SX_OK;
}

int ua_listener_port(const ua_listener *l) {
    return l->port;
}

void ua_listener_close(ua_listener *l) {
    plan(l->agent, UA_EV_LISTENER_CLOSED, NULL)->ev.id = l->id;
    sx_list_remove(&l->node);
    free(l);
}

const char *ua_cause_text(ua_cause c) {
    return c == UA_CAUSE_BUSY ? "Busy" : "Other";
}

/* ---- accounts ---- */

int ua_account_create(ua_agent *a, const ua_account_config *config, uint64_t id, ua_account **out) {
    if (strstr(config->aor, "refuse")) return sx_fail(SX_E_URI, "refused: %s", config->aor);
    ua_account *acc = calloc(1, sizeof *acc);
    if (!acc) return sx_fail(SX_E_NOMEM, "no memory");
    acc->agent = a;
    acc->id = id;
    sx_list_append(&a->others, &acc->node);
    *out = acc;
    return SX_OK;
}

uint64_t ua_account_id(const ua_account *account) {
    return account->id;
}

int ua_account_register(ua_account *account) {
    planned *p = plan(account->agent, UA_EV_REGISTERED, NULL);
    p->ev.account = account;
    p->ev.status = 200;
    p->ev.expires = 600;
    return SX_OK;
}

int ua_account_unregister(ua_account *account, bool all) {
    plan(account->agent, UA_EV_UNREGISTERED, NULL)->ev.account = account;
    return SX_OK;
}

int ua_account_set_token(ua_account *account, const char *token) {
    return SX_OK;
}

int ua_account_close(ua_account *account) {
    plan(account->agent, UA_EV_ACCOUNT_CLOSED, NULL)->ev.account = account;
    return SX_OK;
}

/* ---- calls ---- */

static int number_in(const char *target) {
    const char *dot = strchr(target, '.');
    return dot ? atoi(dot + 1) : 1;
}

static ua_call *call_new(ua_agent *a, uint64_t id) {
    ua_call *c = calloc(1, sizeof *c);
    if (!c) abort();
    c->agent = a;
    c->id = id;
    sx_list_append(&a->calls, &c->node);
    COUNT(calls, 1);
    return c;
}

static void many(ua_agent *a, ua_call *c, const char *target) {
    int n = number_in(target);
    for (int i = 0; i < n; i++) {
        if (strstr(target, "dtmf")) plan(a, UA_EV_DTMF, c)->ev.digit = '0' + i % 10;
        if (strstr(target, "hold")) plan(a, UA_EV_CALL_HELD, c);
        if (strstr(target, "trace")) plan(a, UA_EV_TRACE, NULL)->ev.body = SX_LIT("OPTIONS sip:x SIP/2.0\r\n\r\n");
        if (strstr(target, "log")) SX_LOG(a->log, SX_LOG_WARNING, "line %d", i);
        if (strstr(target, "ring")) plan(a, UA_EV_CALL_PROGRESS, c)->ev.status = 180 + i % 4;
        if (strstr(target, "incoming")) {
            planned *p = plan(a, UA_EV_INCOMING_CALL, call_new(a, 0));
            p->ev.from = SX_LIT("sip:bob@\xff\0" "example.com");
        }
    }
}

int ua_call_create(ua_agent *a, ua_account *account, const ua_call_config *config, uint64_t id, ua_call **out) {
    if (strstr(config->target, "refuse")) return sx_fail(SX_E_URI, "refused: %s", config->target);
    ua_call *c = call_new(a, id);
    if (!config->media_none) c->audio = audio_create(id);
    *out = c;
    planned *p = plan(a, UA_EV_CALL_SENDING, c);
    p->ev.account = account;
    plan(a, UA_EV_CALL_PROGRESS, c)->ev.status = 180;
    plan(a, UA_EV_CALL_ACCEPTED, c)->ev.status = 200;
    plan(a, UA_EV_CALL_CONFIRMED, c);
    many(a, c, config->target);
    return SX_OK;
}

void ua_call_set_id(ua_call *call, uint64_t id) {
    call->id = id;
}

uint64_t ua_call_id(const ua_call *call) {
    return call->id;
}

static int end(ua_call *c, ua_cause cause, int status) {
    if (c->ending) return sx_fail(SX_E_STATE, "it is ending");
    c->ending = true;
    if (c->player) {
        planned *d = plan(c->agent, UA_EV_PLAY_DONE, c);
        d->ev.id = c->player;
        d->ev.code = SX_E_CANCELED;
    }
    planned *p = plan(c->agent, UA_EV_CALL_ENDED, c);
    p->ev.cause = cause;
    p->ev.status = status;
    p->ends = c;
    return SX_OK;
}

int ua_call_ring(ua_call *call, const ua_reply *reply) {
    return SX_OK;
}

int ua_call_answer(ua_call *call, const ua_reply *reply) {
    plan(call->agent, UA_EV_CALL_ACCEPTED, call);
    plan(call->agent, UA_EV_CALL_CONFIRMED, call);
    return SX_OK;
}

int ua_call_reject(ua_call *call, const ua_reply *reply) {
    return end(call, UA_CAUSE_REJECTED, reply->status ? reply->status : 486);
}

int ua_call_hangup(ua_call *call, const ua_reply *reply) {
    return end(call, UA_CAUSE_TERMINATED, 0);
}

void ua_call_overload(ua_call *call) {
    COUNT(overloads, 1);
    end(call, UA_CAUSE_OVERLOAD, 0);
}

int ua_call_dtmf(ua_call *call, const char *digits, int duration_ms, int gap_ms) {
    plan(call->agent, UA_EV_DTMF_SENT, call)->ev.text = SX_LIT("1");
    return SX_OK;
}

int ua_call_play(ua_call *call, const char *path, bool loop, uint64_t player) {
    call->player = player;
    return SX_OK;
}

int ua_call_stop_play(ua_call *call, uint64_t player) {
    planned *p = plan(call->agent, UA_EV_PLAY_DONE, call);
    p->ev.id = player;
    call->player = 0;
    return SX_OK;
}

int ua_call_record(ua_call *call, const char *path, int side, uint64_t recorder) {
    return SX_OK;
}

int ua_call_stop_record(ua_call *call, uint64_t recorder) {
    plan(call->agent, UA_EV_RECORD_DONE, call)->ev.id = recorder;
    return SX_OK;
}

int ua_call_stats(ua_call *call) {
    plan(call->agent, UA_EV_STATS, call);
    return SX_OK;
}

media_audio *ua_call_audio(ua_call *call) {
    if (call->audio) media_audio_ref(call->audio);
    return call->audio;
}

/* ---- messages ---- */

static int message_new(ua_agent *a, uint64_t id, ua_event_type type, ua_message **out) {
    ua_message *m = calloc(1, sizeof *m);
    if (!m) return sx_fail(SX_E_NOMEM, "no memory");
    m->agent = a;
    m->id = id;
    sx_list_append(&a->others, &m->node);
    planned *p = plan(a, type, NULL);
    p->ev.message = m;
    p->ev.status = 200;
    *out = m;
    return SX_OK;
}

int ua_message_send(ua_agent *a, ua_account *account, const ua_message_config *config, uint64_t id, ua_message **out) {
    return message_new(a, id, UA_EV_MESSAGE_DELIVERED, out);
}

int ua_options_send(ua_agent *a, ua_account *account, const ua_message_config *config, uint64_t id, ua_message **out) {
    return message_new(a, id, UA_EV_OPTIONS_ANSWERED, out);
}

void ua_message_set_id(ua_message *message, uint64_t id) {
    message->id = id;
}

uint64_t ua_message_id(const ua_message *message) {
    return message->id;
}

int ua_message_accept(ua_message *message, const ua_reply *reply) {
    return SX_OK;
}

int ua_message_reject(ua_message *message, const ua_reply *reply) {
    return SX_OK;
}

int ua_option_set(ua_agent *agent, ua_account *account, ua_call *call, const char *key, const char *value) {
    return SX_E_NOT_FOUND;
}

/* ---- the server ---- */

struct srv_server {
    uint64_t id;
    srv_sink sink;
    void *ctx;
};

struct srv_listener {
    srv_server *server;
    uint64_t id;
};

int srv_server_create(stack *s, const srv_config *config, uint64_t id, srv_sink sink, void *ctx, srv_server **out) {
    srv_server *v = calloc(1, sizeof *v);
    if (!v) return sx_fail(SX_E_NOMEM, "no memory");
    v->id = id;
    v->sink = sink;
    v->ctx = ctx;
    COUNT(servers, 1);
    *out = v;
    return SX_OK;
}

int srv_server_set_user(srv_server *server, const char *name, const char *password) {
    return password ? SX_OK : sx_fail(SX_E_NOT_FOUND, "no user %s", name);
}

void srv_server_destroy(srv_server *server) {
    if (!server) return;
    free(server);
    COUNT(servers, -1);
}

void srv_server_close(srv_server *server) {
    srv_event ev;
    memset(&ev, 0, sizeof ev);
    ev.type = SRV_EV_CLOSED;
    ev.server = server;
    ev.id = server->id;
    ev.text = "";
    server->sink(server->ctx, &ev);
    srv_server_destroy(server);
}

int srv_listener_open(srv_server *server, const char *address, const char *advertise, const stack_listen_params *more,
                      uint64_t id, srv_listener **out) {
    return sx_fail(SX_E_IN_USE, "%s is taken", address);
}

void srv_listener_close(srv_listener *listener) {}
