/* All subscriptions and publications of an agent: their list, the walk over it after a change, the end. */
#include "ua/subscription.h"

enum {
    LOOKS = 48,      /* in one turn of the loop: 2 us each */
    COST_OF_END = 4, /* looks */
    PER_TURN = 4,    /* refreshes after a change: 200 a second, 100 us each */
    TURN_MS = 20
};

/* Returns what it costs: to look is little, to end sends a request. */
static int visit(ua_evt *e) {
    bool end = e->agent->shutting || (e->account && e->account->closing);
    switch (e->kind) {
    case UA_EVT_SUBSCRIPTION:
        if (end)
            ua_sub_give_up(e, false);
        else
            ua_sub_look(e);
        break;
    case UA_EVT_NOTIFIER:
        if (end)
            ua_notifier_give_up(e, false);
        else
            ua_notifier_look(e);
        break;
    default:
        if (end) ua_publication_give_up(e, false);
        break;
    }
    return end ? COST_OF_END : 1;
}

static void walk_timer(sx_timer *t, uint64_t now) {
    ua_agent *a = SX_CONTAINER(t, ua_agent, events.timer);
    (void)now;
    sx_list *n;
    for (int i = 0; i < LOOKS && (n = sx_sweep_next(&a->events.walk)) != NULL;)
        i += visit(SX_CONTAINER(n, ua_evt, node));
    if (sx_sweep_is_on(&a->events.walk)) sx_timer_start(a->wheel, t, ua_now(a));
}

void ua_events_look(ua_agent *a) {
    if (!a->events.n || !a->stack) return;
    sx_sweep_start(&a->events.walk, a->events.n);
    if (!sx_timer_running(&a->events.timer)) sx_timer_start(a->wheel, &a->events.timer, ua_now(a));
}

void ua_events_init(ua_agent *a) {
    sx_list_init(&a->events.all);
    sx_sweep_init(&a->events.walk, &a->events.all);
    sx_timer_init(&a->events.timer, walk_timer);
}

bool ua_events_over(const ua_agent *a) { return a->events.n == 0; }

void ua_events_give_up_all(ua_agent *a) {
    SX_LIST_EACH(n, tmp, &a->events.all) {
        ua_evt *e = SX_CONTAINER(n, ua_evt, node);
        switch (e->kind) {
        case UA_EVT_SUBSCRIPTION: ua_sub_give_up(e, true); break;
        case UA_EVT_NOTIFIER: ua_notifier_give_up(e, true); break;
        default: ua_publication_give_up(e, true); break;
        }
    }
}

void ua_events_destroy_all(ua_agent *a) {
    sx_timer_stop(a->wheel, &a->events.timer);
    for (sx_list *n; (n = sx_list_first(&a->events.all)) != NULL;) {
        ua_evt *e = SX_CONTAINER(n, ua_evt, node);
        ua_evt_leave(e);
        switch (e->kind) {
        case UA_EVT_SUBSCRIPTION: ua_sub_destroy(e); break;
        case UA_EVT_NOTIFIER: ua_notifier_destroy(e); break;
        default: ua_publication_destroy(e); break;
        }
    }
}

void ua_evt_join(ua_evt *e, ua_agent *a, ua_account *acc, ua_evt_kind kind, uint64_t id, void (*task)(sx_task *)) {
    e->agent = a;
    e->account = acc;
    e->kind = (uint8_t)kind;
    e->id = id;
    sx_task_init(&e->task, task);
    sx_list_append(&a->events.all, &e->node);
    sx_sweep_joined(&a->events.walk);
    a->events.n++;
    if (kind == UA_EVT_NOTIFIER) a->events.notifiers++;
    if (acc) acc->nevents++;
}

void ua_evt_leave(ua_evt *e) {
    ua_agent *a = e->agent;
    sx_runq_cancel(&e->task);
    sx_sweep_leave(&a->events.walk, &e->node);
    sx_list_remove(&e->node);
    a->events.n--;
    if (e->kind == UA_EVT_NOTIFIER) a->events.notifiers--;
    if (e->account) e->account->nevents--;
}

void ua_evt_left(ua_agent *a, ua_account *acc) {
    if (acc) ua_account_progress(acc);
    ua_agent_progress(a);
}

uint32_t ua_evt_turn_ms(ua_agent *a) {
    uint64_t now = ua_now(a);
    if (a->events.turn_ms < now) {
        a->events.turn_ms = now;
        a->events.turns = 0;
    }
    if (a->events.turns++ >= PER_TURN) {
        a->events.turn_ms += TURN_MS;
        a->events.turns = 1;
    }
    return (uint32_t)(a->events.turn_ms - now);
}

bool ua_evt_flow_stands(ua_agent *a, const stack_flow *flow, const net_addr *told) {
    if (!stack_flow_alive(a->stack, flow)) return false;
    net_addr now = stack_flow_local(a->stack, flow);
    return net_addr_is_set(&now) && (!net_addr_is_set(told) || net_addr_eq(&now, told));
}

void ua_evt_take_flow(ua_evt *e, stack_dialog *d) {
    dlg_info info;
    if (!e->account) return;
    dlg_get(d, &info);
    stack_flow f = ua_account_flow(e->account);
    if (f.id && net_addr_eq(&f.remote, &info.flow.remote) && !stack_flow_alive(e->agent->stack, &info.flow))
        dlg_set_flow(d, &f);
}

uint32_t ua_evt_pause_ms(uint8_t tries, uint32_t retry_after_s) {
    if (retry_after_s > SUB_RETRY_AFTER_MAX_S) retry_after_s = SUB_RETRY_AFTER_MAX_S;
    if (retry_after_s) return retry_after_s * 1000 + sx_rand_below(500);
    uint32_t s = tries < 9 ? 1u << tries : SUB_RETRY_MAX_S;
    if (s > SUB_RETRY_MAX_S) s = SUB_RETRY_MAX_S;
    return s * 1000 - sx_rand_below(s * 250); /* up to a quarter less: not all at the same time */
}

uint32_t ua_evt_retry_after(const sip_msg *m) {
    sip_retry_after after;
    sx_slice v = m ? sip_value(m, SIP_HDR_RETRY_AFTER) : sx_slice_empty();
    return v.n && sip_retry_after_read(v, &after) == SX_OK ? after.seconds : 0;
}

bool ua_evt_expires(const sip_msg *m, uint32_t fallback, uint32_t *out) {
    int rc = sip_number(m, SIP_HDR_EXPIRES, UINT32_MAX, out);
    if (rc == SX_E_NOT_FOUND) *out = fallback;
    if (rc == SX_E_LIMIT) *out = UINT32_MAX;
    return rc == SX_OK || rc == SX_E_NOT_FOUND || rc == SX_E_LIMIT;
}
