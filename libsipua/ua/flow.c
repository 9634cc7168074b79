/* Flows of registrations (RFC 5626): who shares them, and the news that concern all who do. */
#include <stdlib.h>

#include "ua/internal.h"

enum { BATCH = 64 /* registrations told in one turn of the loop */ };

static uint64_t key_of(const stack_flow *f) {
    uint64_t h = sx_hash_mix(sx_hash_seed(), &f->id, sizeof f->id);
    return f->transport == STACK_UDP ? h ^ net_addr_hash(&f->remote) : h;
}

static ua_flow *find(ua_agent *a, const stack_flow *at) {
    for (sx_hnode *n = sx_htab_first(&a->flows, key_of(at)); n; n = sx_htab_next(n)) {
        ua_flow *f = SX_CONTAINER(n, ua_flow, by_id);
        if (stack_flow_eq(&f->at, at)) return f;
    }
    return NULL;
}

static ua_flow *get(ua_agent *a, const stack_flow *at) {
    ua_flow *f = find(a, at);
    if (f) return f;
    f = calloc(1, sizeof *f);
    if (!f) return NULL;
    f->agent = a;
    f->at = *at;
    sx_list_init(&f->regs);
    if (sx_htab_insert(&a->flows, &f->by_id, key_of(at))) return f;
    free(f);
    return NULL;
}

/* The shortest interval that anybody asked for; it does not grow before all have left. */
static void hold(ua_flow *f, uint32_t ms) {
    stack *s = f->agent->stack;
    bool shorter = ms && (!f->hold_ms || ms < f->hold_ms);
    if (f->held && !shorter) return;
    if (f->held) stack_flow_release(s, &f->at, f->hold_ms);
    f->held = stack_flow_hold(s, &f->at, ms) == SX_OK;
    f->hold_ms = ms;
}

void ua_flow_leave(ua_reg *r) {
    ua_flow *f = r->flow;
    if (!f) return;
    r->flow = NULL;
    sx_list_remove(&r->in_flow);
    if (!sx_list_is_empty(&f->regs)) return;
    if (f->held && f->agent->stack) stack_flow_release(f->agent->stack, &f->at, f->hold_ms);
    sx_htab_remove(&f->agent->flows, &f->by_id);
    free(f);
}

void ua_flow_join(ua_reg *r, const stack_flow *at, uint32_t hold_ms) {
    ua_flow *f = at->id ? get(r->acc->agent, at) : NULL;
    if (f != r->flow) ua_flow_leave(r);
    if (!f) return;
    if (f != r->flow) sx_list_append(&f->regs, &r->in_flow);
    r->flow = f;
    hold(f, hold_ms);
}

/* ---- news ---- */

static void tell_some(ua_agent *a) {
    ua_queue *q = &a->queue;
    sx_list *n;
    for (int i = 0; i < BATCH && (n = sx_list_pop(&q->news)) != NULL; i++) {
        ua_reg *r = SX_CONTAINER(n, ua_reg, in_news);
        ua_flow_news what = (ua_flow_news)r->news;
        r->news = UA_FLOW_QUIET;
        ua_register_news(r, what, q->lost_code, q->lost_text);
    }
    if (!sx_list_is_empty(&q->news)) sx_timer_start(a->wheel, &q->news_timer, ua_now(a));
}

static void news_timer(sx_timer *t, uint64_t now) {
    (void)now;
    tell_some(SX_CONTAINER(t, ua_agent, queue.news_timer));
}

void ua_flow_tell(ua_reg *r, ua_flow_news what) {
    ua_queue *q = &r->acc->agent->queue;
    if (!r->news) sx_list_append(&q->news, &r->in_news);
    if (r->news != UA_FLOW_LOST) r->news = (uint8_t)what; /* nothing is worse than that */
}

void ua_flow_tell_now(ua_agent *a) {
    if (!sx_timer_running(&a->queue.news_timer)) tell_some(a);
}

static void remember(ua_agent *a, int code, const char *text) {
    ua_queue *q = &a->queue;
    size_t n = strlen(text);
    if (n >= sizeof q->lost_text) n = sizeof q->lost_text - 1;
    memcpy(q->lost_text, text, n);
    q->lost_text[n] = 0;
    q->lost_code = code ? code : SX_E_TRANSPORT;
}

void ua_flow_lost(ua_agent *a, const stack_event *ev) {
    ua_flow *f = find(a, &ev->flow);
    if (!f) return;
    remember(a, ev->code, ev->text);
    if (stack_is_stream(f->at.transport)) f->held = false; /* gone, and the hold with it */
    for (bool last = false; !last;) {
        ua_reg *r = SX_CONTAINER(sx_list_first(&f->regs), ua_reg, in_flow);
        last = f->regs.next == f->regs.prev; /* the flow ends with it */
        ua_flow_leave(r);
        ua_flow_tell(r, UA_FLOW_LOST);
    }
    ua_flow_tell_now(a);
}

void ua_flow_moved(ua_agent *a, const stack_event *ev) {
    ua_flow *f = find(a, &ev->flow);
    if (!f) return;
    SX_LIST_EACH(it, tmp, &f->regs) ua_flow_tell(SX_CONTAINER(it, ua_reg, in_flow), UA_FLOW_MOVED);
    ua_flow_tell_now(a);
}

void ua_flows_init(ua_agent *a) {
    sx_htab_init(&a->flows);
    sx_list_init(&a->queue.news);
    sx_timer_init(&a->queue.news_timer, news_timer);
}

void ua_flows_stop(ua_agent *a) { sx_timer_stop(a->wheel, &a->queue.news_timer); }
