/* Is an account's server there, and how far away (option qualify_s): OPTIONS to it, and how long its answer took. */
#include "ua/internal.h"

enum { QUALIFY_WAIT_MS = 8000 /* for an answer, whatever it says: that it comes is what counts */ };

static uint64_t interval_ms(const ua_account *acc) {
    return (uint64_t)UA_ACCOUNT_OPT(acc->agent, acc, qualify_s) * 1000;
}

static void arm(ua_account *acc) {
    uint64_t ms = interval_ms(acc);
    if (!ms || acc->closing) return;
    uint64_t took = ua_now(acc->agent) - acc->qualify_ms;
    sx_timer_start(acc->agent->wheel, &acc->qualify, ua_now(acc->agent) + (took < ms ? ms - took : 1));
}

static void on_final(void *ctx, const stack_event *ev) {
    ua_account *acc = ev->user;
    ua_agent *a = ctx;
    if (ev->type != STACK_EV_FINAL) return;
    acc->qualifying = NULL;
    acc->unanswered = ev->msg ? 0 : acc->unanswered + 1;
    arm(acc);
    ua_event out = ua_event_of(UA_EV_PATH_QUALITY);
    out.account = acc;
    out.status = ev->status;
    out.reason = ev->msg ? ev->msg->reason : ev->status ? sip_reason(ev->status) : sx_slice_empty();
    if (!ev->msg) {
        out.code = ev->code;
        out.text = sx_slice_str(ev->text);
    }
    out.duration_ms = ua_now(a) - acc->qualify_ms;
    out.count = acc->unanswered;
    out.msg = ev->msg;
    ua_emit(a, &out);
}

static int ask(ua_account *acc) {
    ua_agent *a = acc->agent;
    ua_way way;
    sx_buf lines;
    sx_buf_init(&lines);
    ua_common_lines(NULL, &lines);
    SX_BUF_LIT(&lines, UA_ACCEPT_LINE);
    ua_way_of(a, acc, acc->server, &way);
    stack_request_params p = {
        .method = SX_LIT("OPTIONS"),
        .uri = acc->server,
        .from = acc->from,
        .headers = sx_buf_view(&lines),
        .timeout_ms = QUALIFY_WAIT_MS,
        .sink = {on_final, a},
        .user = acc,
    };
    ua_way_take(&way, &p);
    int rc = lines.failed ? SX_E_NOMEM : stack_request_create(a->stack, &p, &acc->qualifying);
    if (rc != SX_OK) acc->qualifying = NULL;
    sx_buf_free(&lines);
    return rc;
}

static void on_timer(sx_timer *t, uint64_t now) {
    ua_account *acc = SX_CONTAINER(t, ua_account, qualify);
    if (acc->qualifying || acc->closing || !interval_ms(acc)) return;
    acc->qualify_ms = now;
    if (ask(acc) != SX_OK) arm(acc);
}

void ua_qualify_init(ua_account *acc) {
    sx_timer_init(&acc->qualify, on_timer);
    acc->qualify_ms = ua_now(acc->agent);
}

/* The first after a moment, which is another one for each of thousands. */
void ua_qualify_start(ua_account *acc) {
    uint64_t ms = interval_ms(acc);
    sx_timer_stop(acc->agent->wheel, &acc->qualify);
    acc->unanswered = 0;
    if (!ms || acc->closing || acc->qualifying) return;
    acc->qualify_ms = ua_now(acc->agent);
    sx_timer_start(acc->agent->wheel, &acc->qualify,
                   acc->qualify_ms + 100 + sx_rand_below(ms < 4000 ? 400 : (uint32_t)ms / 8));
}

void ua_qualify_stop(ua_account *acc) {
    sx_timer_stop(acc->agent->wheel, &acc->qualify);
    if (acc->qualifying && acc->agent->stack) stack_request_abandon(acc->qualifying);
    acc->qualifying = NULL;
}
