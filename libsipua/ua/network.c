/* Addresses or routes of this machine changed: what is remembered of the old network is forgotten, then accounts and
 * calls look whether their ways are still there. */
#include <stdlib.h>

#include "ua/internal.h"

enum { ACCOUNTS_A_STEP = 64 /* that look in one turn of the loop */ };

/* Connections first, then the accounts that live on them, then calls, which wait for their account's flow. */
static void step(ua_agent *a) {
    ua_walk *w = &a->walk;
    sx_list *n;
    bool conns = stack_network_step(a->stack), go = !conns || w->again;
    for (int i = 0; go && i < ACCOUNTS_A_STEP && (n = sx_sweep_next(&w->accounts)) != NULL; i++)
        ua_account_network_changed(SX_CONTAINER(n, ua_account, node));
    go = w->again || (go && !sx_sweep_is_on(&w->accounts));
    if (go) ua_calls_walk(a);
    w->busy = conns || sx_sweep_is_on(&w->accounts) || sx_sweep_is_on(&w->calls);
    if (!w->busy) w->again = false;
}

void ua_walk_on(ua_agent *a) {
    ua_walk *w = &a->walk;
    if (!w->busy && !sx_sweep_is_on(&w->lost) && sx_list_is_empty(&w->some)) return;
    if (!sx_timer_running(&w->timer)) sx_timer_start(a->wheel, &w->timer, ua_now(a));
}

static void walk_timer(sx_timer *t, uint64_t now) {
    ua_agent *a = SX_CONTAINER(t, ua_agent, walk.timer);
    (void)now;
    if (a->walk.busy) step(a);
    ua_calls_walk_on(a);
    ua_walk_on(a);
    ua_flow_tell_now(a); /* last: whoever is told may do anything */
}

static void changed(ua_agent *a, ua_originator who, const char *text) {
    if (a->down) return;
    ua_event ev = ua_event_of(UA_EV_NETWORK_CHANGED);
    ev.originator = who;
    ev.text = sx_slice_str(text);
    ua_emit(a, &ev);
    if (!a->stack) return; /* the sink may do anything */
    stack_network_changed(a->stack);
    a->stun.until_ms = a->stun.silent_until_ms = a->stun.same_until_ms = 0;
    ua_walk *w = &a->walk;
    w->again = w->busy;
    w->busy = true;
    sx_sweep_start(&w->accounts, a->naccounts);
    sx_sweep_start(&w->calls, a->ncalls);
    if (!w->again) step(a);
    ua_events_look(a);
    ua_walk_on(a);
    ua_flow_tell_now(a);
}

static void network_task(sx_task *t) { changed(SX_CONTAINER(t, ua_agent, network_task), UA_LOCAL, ""); }

static void on_netwatch(void *ctx, const net_event *ev) {
    if (ev->type == NET_CHANGED) changed(ctx, UA_SYSTEM, ev->text);
}

int ua_network_changed(ua_agent *a) {
    sx_runq_post(a->runq, &a->network_task);
    return SX_OK;
}

void ua_network_init(ua_agent *a, bool watch) {
    ua_walk *w = &a->walk;
    sx_sweep_init(&w->accounts, &a->accounts);
    sx_sweep_init(&w->calls, &a->calls);
    sx_sweep_init(&w->lost, &a->calls);
    sx_list_init(&w->some);
    sx_timer_init(&w->timer, walk_timer);
    sx_task_init(&a->network_task, network_task);
    if (watch && net_netwatch_open(a->loop, on_netwatch, a, &a->netwatch) != SX_OK) {
        a->netwatch = NULL; /* the program can still say so itself */
        SX_LOG_UA(a, SX_LOG_WARNING, "changes of the network will not be noticed: %s", sx_last_error_text());
    }
}

void ua_network_stop(ua_agent *a) {
    sx_runq_cancel(&a->network_task);
    sx_timer_stop(a->wheel, &a->walk.timer);
    net_netwatch_close(a->netwatch);
    a->netwatch = NULL;
}

int ua_stun_init(ua_agent *a, const char *server) {
    char *host;
    uint16_t port;
    sx_buf b;
    int rc = ua_host_port(server, &host, &port);
    if (rc != SX_OK) return rc;
    sx_buf_init(&b);
    SX_BUF_LIT(&b, "sip:");
    sx_buf_str(&b, host);
    sx_buf_char(&b, ':');
    sx_buf_u64(&b, port ? port : 3478);
    SX_BUF_LIT(&b, ";transport=udp");
    free(host);
    a->stun.uri = sx_buf_detach(&b);
    sx_buf_free(&b);
    return a->stun.uri ? SX_OK : sx_fail(SX_E_NOMEM, "no memory for the agent");
}

sx_slice ua_media_advertise(const ua_agent *a, const ua_account *acc) {
    if (a->media_advertise) return sx_slice_str(a->media_advertise);
    return acc && acc->advertise_host.n ? acc->advertise_host : sx_slice_str(a->advertise_host);
}
