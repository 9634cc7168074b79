/* The end of an agent: everything says goodbye, and what does not get done by the deadline is given up. */
#include "ua/internal.h"
#include "ua/together.h"

/* ---- BYE and no more ---- */

static void on_bye(void *ctx, const stack_event *ev) {
    ua_agent *a = ctx;
    if (ev->type != STACK_EV_FINAL) return;
    a->byes--;
    ua_agent_progress(a);
}

void ua_bye(ua_agent *a, stack_dialog *d, sx_slice headers, sx_slice body, sx_slice content_type) {
    stack_request_params p = {.method = SX_LIT("BYE"),
                              .dialog = d,
                              .headers = headers,
                              .body = body,
                              .content_type = content_type,
                              .sink = {on_bye, a}};
    stack_request *r;
    int rc = stack_request_create(a->stack, &p, &r);
    if (rc != SX_OK) { /* once more, with less: a peer that is not told hangs on for long */
        p.headers = p.body = p.content_type = sx_slice_empty();
        rc = stack_request_create(a->stack, &p, &r);
    }
    if (rc == SX_OK) a->byes++;
}

/* ---- the shutdown ---- */

static void agent_task(sx_task *t) {
    ua_agent *a = SX_CONTAINER(t, ua_agent, task);
    if (a->down || !a->shutting) return;
    a->down = true;
    sx_timer_stop(a->wheel, &a->deadline);
    ua_event ev = ua_event_of(UA_EV_SHUTDOWN);
    ua_emit(a, &ev);
}

static void shutdown_deadline(sx_timer *t, uint64_t now) {
    ua_agent *a = SX_CONTAINER(t, ua_agent, deadline);
    (void)now;
    a->overdue = true;
    SX_LIST_EACH(it, tmp, &a->calls) ua_call_shutdown(ua_call_of_node(it), true);
    ua_transfer_give_up_all(a, true);
    ua_message_give_up_all(a, true);
    ua_events_give_up_all(a);
    SX_LIST_EACH(it, tmp, &a->accounts) {
        ua_account *acc = SX_CONTAINER(it, ua_account, node);
        if (ua_register_busy(acc)) { /* told as removed: the registrar will forget it */
            for (size_t i = 0; i < acc->nregs; i++) ua_register_stop(&acc->regs[i]);
            acc->pending |= UA_ACC_UNREGISTERED | UA_ACC_STEP;
            sx_runq_post(a->runq, &acc->task);
        }
    }
    ua_agent_progress(a);
}

void ua_agent_progress(ua_agent *a) {
    if (!a->shutting || a->down || (a->byes && !a->overdue)) return;
    if (!sx_list_is_empty(&a->transfers)) return;
    if (!sx_list_is_empty(&a->calls) || !sx_list_is_empty(&a->messages) || !sx_list_is_empty(&a->accounts)) return;
    if (!ua_events_over(a) || !sx_list_is_empty(&a->conferences) || !sx_list_is_empty(&a->bridges)) return;
    sx_runq_post(a->runq, &a->task);
}

void ua_agent_shutdown(ua_agent *a, int deadline_ms) {
    if (a->shutting) return;
    a->shutting = true;
    stack_refuse(a->stack, 503, 503, UA_RETRY_AFTER_S);
    SX_LIST_EACH(it, tmp, &a->calls) ua_call_shutdown(ua_call_of_node(it), false);
    ua_transfer_give_up_all(a, false);
    ua_conference_shutdown(a);
    ua_message_give_up_all(a, false);
    ua_events_look(a);
    SX_LIST_EACH(it, tmp, &a->accounts) ua_account_close(SX_CONTAINER(it, ua_account, node));
    uint64_t wait = deadline_ms > 0 ? (uint64_t)deadline_ms : deadline_ms < 0 ? 0 : 2000;
    sx_timer_start(a->wheel, &a->deadline, ua_now(a) + wait);
    ua_agent_progress(a);
}

void ua_shutdown_init(ua_agent *a) {
    sx_task_init(&a->task, agent_task);
    sx_timer_init(&a->deadline, shutdown_deadline);
}
