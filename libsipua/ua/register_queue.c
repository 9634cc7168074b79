/* The order in which REGISTERs go out: never more than register_in_flight at a time, and after the loss of a flow that
 * many accounts shared no more than register_rate a second. First come, first served; the two kinds take turns. */
#include "ua/internal.h"

enum { PLAIN = 0, PACED = 1, BATCH = 16 /* sent in one turn of the loop */ };

static uint64_t limit_of(const ua_agent *a) { return (uint64_t)a->opt.register_in_flight; }

/* Tokens for what has passed; a tenth of a second's worth may be saved. */
static void refill(ua_agent *a) {
    ua_queue *q = &a->queue;
    uint64_t now = ua_now(a), rate = (uint64_t)a->opt.register_rate, cap = rate * 100 > 1000 ? rate * 100 : 1000;
    uint64_t passed = now - q->filled_ms;
    q->filled_ms = now;
    q->tokens = passed > 1000 ? cap : q->tokens + passed * rate;
    if (q->tokens > cap) q->tokens = cap;
}

static bool may_go(ua_agent *a, int kind) {
    if (a->queue.in_flight >= limit_of(a)) return false;
    if (kind == PLAIN) return true;
    refill(a);
    return a->queue.tokens >= 1000;
}

static int start(ua_reg *r) {
    ua_queue *q = &r->acc->agent->queue;
    if (r->paced) q->tokens -= 1000;
    int rc = ua_register_send(r);
    if (rc != SX_OK) return rc;
    r->in_flight = true;
    q->in_flight++;
    return SX_OK;
}

/* When to look again: at the next turn of the loop, so that others have theirs, or when there is a token. */
static void plan(ua_agent *a) {
    ua_queue *q = &a->queue;
    uint64_t at = ua_now(a), rate = (uint64_t)a->opt.register_rate;
    if (q->in_flight >= limit_of(a)) return; /* the next one that is done plans anew */
    if (sx_list_is_empty(&q->waiting[PLAIN])) {
        if (sx_list_is_empty(&q->waiting[PACED])) return;
        uint64_t missing = q->tokens >= 1000 ? 0 : 1000 - q->tokens;
        at += (missing + rate - 1) / rate;
    }
    if (!sx_timer_running(&q->timer) || q->timer.at_ms > at) sx_timer_start(a->wheel, &q->timer, at);
}

static ua_reg *next(ua_agent *a) {
    ua_queue *q = &a->queue;
    q->turn = !q->turn;
    for (int i = 0; i < 2; i++) {
        int kind = q->turn ? i : 1 - i;
        sx_list *first = sx_list_first(&q->waiting[kind]);
        if (first && may_go(a, kind)) return SX_CONTAINER(first, ua_reg, waiting);
    }
    return NULL;
}

static void pump(ua_agent *a) {
    ua_reg *r;
    for (int i = 0; i < BATCH && (r = next(a)) != NULL; i++) {
        sx_list_remove(&r->waiting);
        int rc = start(r);
        if (rc == SX_OK) continue;
        reg_input failed = {.type = REG_IN_REFUSED, .code = rc, .random = sx_rand_u32()};
        ua_register_step(r, &failed, false);
    }
    plan(a);
}

static void queue_timer(sx_timer *t, uint64_t now) {
    (void)now;
    pump(SX_CONTAINER(t, ua_agent, queue.timer));
}

void ua_queue_init(ua_agent *a) {
    sx_list_init(&a->queue.waiting[PLAIN]);
    sx_list_init(&a->queue.waiting[PACED]);
    sx_timer_init(&a->queue.timer, queue_timer);
}

void ua_queue_stop(ua_agent *a) { sx_timer_stop(a->wheel, &a->queue.timer); }

int ua_queue_submit(ua_reg *r) {
    ua_agent *a = r->acc->agent;
    int kind = r->paced ? PACED : PLAIN;
    sx_list_remove(&r->waiting);
    if (sx_list_is_empty(&a->queue.waiting[kind]) && may_go(a, kind)) return start(r);
    sx_list_append(&a->queue.waiting[kind], &r->waiting);
    plan(a);
    return SX_OK;
}

void ua_queue_done(ua_reg *r) {
    if (!r->in_flight) return;
    r->in_flight = false;
    r->acc->agent->queue.in_flight--;
    plan(r->acc->agent);
}

void ua_queue_remove(ua_reg *r) {
    sx_list_remove(&r->waiting);
    ua_queue_done(r);
}
