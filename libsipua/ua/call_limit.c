/* How many calls there may be, how long one may last, and the end of taking new ones. */
#include "ua/call.h"

bool call_limit_reached(const ua_agent *a, const ua_account *acc) {
    if (a->max_calls >= 0 && a->ncalls >= (size_t)a->max_calls) return true;
    int most = acc ? ua_account_setting(a, acc, offsetof(ua_settings, max_calls)) : 0;
    return most > 0 && acc->ncalls >= (size_t)most;
}

/* ---- how long ---- */

void call_limit_timer(sx_timer *t, uint64_t now) {
    ua_call *c = SX_CONTAINER(t, ua_call, f.limit_timer);
    (void)now;
    if (c->state >= CALL_LEAVING) return;
    call_end e = {.originator = UA_SYSTEM, .cause = UA_CAUSE_TIME_LIMIT, .code = SX_E_LIMIT};
    call_terminate(c, &e, 480, SX_LIT("Reason: Q.850;cause=31;text=\"Time Limit\"\r\n"));
}

void call_limit_start(ua_call *c) {
    int ms = ua_call_setting(c, offsetof(ua_settings, max_call_ms));
    sx_timer_stop(c->agent->wheel, &c->f.limit_timer);
    if (ms > 0 && c->established && c->state < CALL_LEAVING)
        sx_timer_start(c->agent->wheel, &c->f.limit_timer, c->answered_ms + (uint64_t)ms);
}

/* ---- no more of them ---- */

static void say_drained(sx_task *t) {
    ua_agent *a = SX_CONTAINER(t, ua_agent, drain_task);
    if (!a->draining || a->drained || a->ncalls) return;
    a->drained = true;
    ua_event ev = ua_event_of(UA_EV_DRAINED);
    ua_emit(a, &ev);
}

void ua_drain_init(ua_agent *a) { sx_task_init(&a->drain_task, say_drained); }

void ua_drain_progress(ua_agent *a) {
    if (a->draining && !a->drained && !a->ncalls) sx_runq_post(a->runq, &a->drain_task);
}

int ua_agent_drain(ua_agent *a, bool on) {
    if (a->shutting) return sx_fail(SX_E_CLOSED, "the agent is shutting down");
    if (on == a->draining) return SX_OK;
    a->draining = on;
    a->drained = false;
    ua_drain_progress(a);
    return SX_OK;
}

bool ua_drain_refuses(const ua_agent *a, stack_tx *tx) {
    if (!a->draining) return false;
    ua_answer(tx, 503, NULL, SX_LIT("Retry-After: 30\r\n"));
    return true;
}
