/* The stack thread: one per agent, owner of everything in stack/, ua/ and server/. */
#define _GNU_SOURCE /* pthread_setname_np */
#include <errno.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/error.h"
#include "core/agent.h"

#define SX_MODULE "core"

/* Commands carried out before the loop looks at the network again. */
enum { BATCH = 64, STACK_BYTES = 1 << 20, PORT_TRIES = 32 };

static _Thread_local const core_agent *current;

bool core_on_stack_thread(const core_agent *a) { return current == a; }

void core_wake(core_agent *a) {
    uint64_t one = 1;
    ssize_t n = write(a->wake_fd, &one, sizeof one); /* fails only when it is readable already */
    (void)n;
}

static void wake_for_media(void *ctx) {
    core_agent *a = ctx;
    if (!__atomic_exchange_n(&a->media_pending, 1, __ATOMIC_ACQ_REL)) core_wake(a);
}

static void carry_out(core_agent *a) {
    for (int n = 0; n < BATCH && a->todo; n++) {
        core_cmd *c = a->todo;
        a->todo = c->next;
        if (!a->todo) a->todo_last = NULL;
        core_dispatch(a, c);
        if (!a->todo) core_take_commands(a);
    }
    if (a->todo) core_wake(a);
}

static void on_wake(void *ctx, const net_event *ev) {
    core_agent *a = ctx;
    uint64_t count;
    if (ev->type != NET_READABLE) return;
    ssize_t n = read(a->wake_fd, &count, sizeof count); /* before looking, so that nothing is missed */
    (void)n;
    if (__atomic_load_n(&a->stop, __ATOMIC_ACQUIRE)) {
        net_loop_stop(a->loop);
        return;
    }
    core_take_commands(a);
    carry_out(a);
    if (__atomic_exchange_n(&a->media_pending, 0, __ATOMIC_ACQ_REL)) ua_agent_media_events(a->ua);
    if (__atomic_exchange_n(&a->relieved, 0, __ATOMIC_ACQ_REL)) core_check_room(a);
}

static int open_listener(core_agent *a, const char *address, core_entry **out) {
    core_entry *e = core_ids_new(&a->ids, CORE_LISTENER, 0, NULL);
    ua_listener *l = NULL;
    stack_listen_params more;
    memset(&more, 0, sizeof more);
    if (!e) return sx_fail(SX_E_NOMEM, "no memory for a listener");
    e->made = true;
    int rc = core_tls_listener(&a->tls, address, NULL, &e->tls);
    more.tls = core_tls_object(e->tls);
    if (rc >= 0) rc = ua_listener_open(a->ua, address, a->config->ua.advertise, a->open, &more, e->id, &l);
    e->object = l;
    if (rc < 0) core_retire(a, e);
    if (rc < 0 || !out) {
        core_entry_unref(e);
        e = NULL;
    }
    if (out) *out = e;
    return rc < 0 ? rc : SX_OK;
}

/* Undoes a listener that nobody has heard of: its events find no entry. */
static void drop_listener(core_agent *a, core_entry *e) {
    ua_listener *l = e->object;
    core_ids_retire(&a->ids, e);
    ua_listener_close(l);
    core_entry_unref(e);
}

/* udp and tcp on `bind`, with the same free port. */
static int open_default_listeners(core_agent *a) {
    const char *host = a->config->ua.bind;
    const char *open = strchr(host, ':') && host[0] != '[' ? "[" : "", *close = *open ? "]" : "";
    char address[96];
    int rc = SX_E_IN_USE;
    for (int i = 0; i < PORT_TRIES && rc == SX_E_IN_USE; i++) {
        core_entry *udp = NULL;
        snprintf(address, sizeof address, "udp:%s%s%s:0", open, host, close);
        rc = open_listener(a, address, &udp);
        if (rc < 0) return rc;
        snprintf(address, sizeof address, "tcp:%s%s%s:%d", open, host, close, ua_listener_port(udp->object));
        rc = open_listener(a, address, NULL);
        if (rc < 0)
            drop_listener(a, udp);
        else
            core_entry_unref(udp);
    }
    return rc;
}

static int set_up(core_agent *a) {
    const core_config *cfg = a->config;
    int rc;
    OSSL_LIB_CTX *ctx = OSSL_LIB_CTX_new();
    a->libctx = ctx;
    if (!ctx) return sx_fail(SX_E_NOMEM, "no memory for a context of OpenSSL");
    OSSL_LIB_CTX_set0_default(ctx);
    a->loop = net_loop_create();
    if (!a->loop) return sx_last_error();
    rc = net_watch_open(a->loop, a->wake_fd, on_wake, a, &a->watch);
    if (rc < 0) return rc;
    media_config media = {.workers = cfg->media_workers,
                          .port_min = cfg->rtp_port_min,
                          .port_max = cfg->rtp_port_max,
                          .log = &a->log,
                          .wake = wake_for_media,
                          .wake_ctx = a};
    a->media = media_engine_create(&media);
    if (!a->media) return sx_last_error();
    rc = core_tls_start(&a->tls, &cfg->tls);
    if (rc < 0) return rc;
    if (cfg->tls.verify == 2)
        SX_LOG(&a->log, SX_LOG_WARNING,
               "tls_verify is off: whoever sits between us and a server reads and changes everything");
    ua_agent_config ua = cfg->ua;
    ua.log = &a->log;
    ua.tls = core_tls_object(a->tls.client);
    rc = ua_agent_create(a->loop, a->media, &ua, core_ua_sink, a, &a->ua);
    if (rc < 0) return rc;
    core_check_room(a);
    for (size_t i = 0; i < cfg->listen_count; i++) {
        rc = open_listener(a, cfg->listen[i], NULL);
        if (rc < 0) return rc;
    }
    return cfg->listen_count ? SX_OK : open_default_listeners(a);
}

static void take_down(core_agent *a) {
    core_cancel_commands(a);
    core_events_end(&a->events);
    a->finished = true;
    core_entry *e;
    while (a->ua && (e = core_ids_any(&a->ids, CORE_SERVER)) != NULL) {
        srv_server_destroy(e->object);
        core_ids_retire(&a->ids, e);
        core_entry_unref(e);
    }
    for (sx_list *n; (n = sx_list_pop(&a->overloads)) != NULL;) core_entry_unref(SX_CONTAINER(n, core_entry, pending));
    if (a->admit_task.fn) sx_runq_cancel(&a->admit_task);
    if (a->overload_task.fn) sx_runq_cancel(&a->overload_task);
    if (a->ua) ua_agent_destroy(a->ua);
    if (a->media) media_engine_destroy(a->media);
    a->ua = NULL;
    a->media = NULL;
    net_watch_close(a->watch);
    if (a->loop) {
        sx_runq_drain(net_loop_runq(a->loop));
        net_loop_destroy(a->loop);
    }
    a->loop = NULL;
    core_tls_stop(&a->tls);
    OSSL_LIB_CTX_set0_default(NULL);
    OPENSSL_thread_stop();
}

static void started(core_agent *a, int rc) {
    pthread_mutex_lock(&a->start_lock);
    a->config = NULL;
    if (rc < 0) snprintf(a->start_text, sizeof a->start_text, "%s", sx_last_error_text());
    a->start_rc = rc;
    pthread_cond_signal(&a->start_done);
    pthread_mutex_unlock(&a->start_lock);
}

static void *run(void *arg) {
    core_agent *a = arg;
    current = a;
    pthread_setname_np(pthread_self(), "sipua");
    int rc = set_up(a);
    if (rc < 0) {
        int code = rc;
        char text[sizeof a->start_text];
        snprintf(text, sizeof text, "%s", sx_last_error_text());
        take_down(a);
        sx_fail(code, "%s", text);
        started(a, code);
        return NULL;
    }
    started(a, SX_OK);
    net_loop_run(a->loop);
    take_down(a);
    return NULL;
}

/* Signals are the program's: no thread of ours takes any. */
static int spawn(core_agent *a) {
    sigset_t all, before;
    pthread_attr_t attr;
    if (pthread_attr_init(&attr)) return ENOMEM;
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int err = pthread_create(&a->thread, &attr, run, a);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    return err;
}

int core_thread_start(core_agent *a) {
#ifdef SIPUA_PACKAGE
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
#else
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
#endif
    a->start_rc = 1;
    int err = spawn(a);
    if (err) return sx_fail(err == ENOMEM ? SX_E_NOMEM : SX_E_LIMIT, "no thread could be started");
    pthread_mutex_lock(&a->start_lock);
    while (a->start_rc == 1) pthread_cond_wait(&a->start_done, &a->start_lock);
    int rc = a->start_rc;
    pthread_mutex_unlock(&a->start_lock);
    if (rc == SX_OK) return SX_OK;
    pthread_join(a->thread, NULL);
    return sx_fail(rc, "%s", a->start_text);
}
