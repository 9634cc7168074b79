/* Peers that are writing (RFC 3994): each becomes idle when what it writes is here, when it says so, or when it has
 * said nothing for the time that it gave. Only so many are remembered; one more lets the oldest become idle. */
#include <stdlib.h>

#include "ua/message.h"

typedef struct writer {
    sx_list node;
    ua_agent *agent;
    ua_account *account;
    ua_call *call;
    sx_timer timer;
    sx_slice from, from_name; /* in the same block */
    sx_grave grave;
    char text[];
} writer;

static void free_writer(sx_grave *g) { free(SX_CONTAINER(g, writer, grave)); }

static void forget(writer *w) {
    ua_agent *a = w->agent;
    sx_timer_stop(a->wheel, &w->timer);
    sx_list_remove(&w->node);
    a->ncomposing--;
    sx_runq_bury(a->runq, &w->grave, free_writer);
}

static void say(ua_agent *a, const writer *w, sx_slice state, int expires) {
    ua_event ev = ua_event_of(UA_EV_MESSAGE_COMPOSING);
    ev.account = w->account;
    ev.call = w->call;
    ev.from = w->from;
    ev.from_name = w->from_name;
    ev.state = state;
    ev.expires = expires;
    ua_emit(a, &ev);
}

static void become_idle(writer *w) {
    forget(w);
    say(w->agent, w, SX_LIT("idle"), 0);
}

static void on_timer(sx_timer *t, uint64_t now) {
    (void)now;
    become_idle(SX_CONTAINER(t, writer, timer));
}

static writer *find(ua_agent *a, ua_account *acc, ua_call *call, sx_slice from) {
    SX_LIST_EACH(it, tmp, &a->composing) {
        writer *w = SX_CONTAINER(it, writer, node);
        if (w->account == acc && w->call == call && sx_eq(w->from, from)) return w;
    }
    return NULL;
}

static writer *remember(ua_agent *a, ua_account *acc, ua_call *call, const ua_event *from) {
    writer *w = calloc(1, sizeof *w + from->from.n + from->from_name.n);
    if (!w) return NULL;
    if (a->ncomposing == MESSAGE_MAX_COMPOSING) become_idle(SX_CONTAINER(sx_list_first(&a->composing), writer, node));
    w->agent = a;
    w->account = acc;
    w->call = call;
    if (from->from.n) memcpy(w->text, from->from.p, from->from.n);
    if (from->from_name.n) memcpy(w->text + from->from.n, from->from_name.p, from->from_name.n);
    w->from = sx_slice_of(w->text, from->from.n);
    w->from_name = sx_slice_of(w->text + from->from.n, from->from_name.n);
    sx_timer_init(&w->timer, on_timer);
    sx_list_append(&a->composing, &w->node);
    a->ncomposing++;
    return w;
}

void message_composing_heard(ua_agent *a, ua_account *acc, ua_call *call, const ua_event *from, const body_doc *doc) {
    writer *w = find(a, acc, call, from->from);
    uint64_t refresh = MESSAGE_REFRESH_S;
    if (!sx_eq(body_get(doc, SX_LIT("state")), SX_LIT("active"))) { /* 3.2: what nobody knows is idle */
        if (w) become_idle(w);
        return;
    }
    sx_slice said = body_get(doc, SX_LIT("refresh"));
    if (said.n && !sx_to_u64(said, MESSAGE_MAX_REFRESH_S, &refresh)) refresh = MESSAGE_MAX_REFRESH_S;
    if (refresh == 0) refresh = 1;
    if (!w) w = remember(a, acc, call, from);
    if (!w) return; /* no memory for somebody's typing */
    sx_timer_stop(a->wheel, &w->timer);
    sx_timer_start(a->wheel, &w->timer, ua_now(a) + refresh * 1000);
    say(a, w, SX_LIT("active"), (int)refresh);
}

void message_composing_over(ua_agent *a, ua_account *acc, ua_call *call, sx_slice from) {
    writer *w = find(a, acc, call, from);
    if (w) become_idle(w);
}

void message_composing_orphan(ua_agent *a, ua_account *acc, ua_call *call) {
    SX_LIST_EACH(it, tmp, &a->composing) {
        writer *w = SX_CONTAINER(it, writer, node);
        if ((acc && w->account == acc) || (call && w->call == call)) forget(w);
    }
}

void message_composing_clear(ua_agent *a) {
    for (sx_list *n; (n = sx_list_first(&a->composing)) != NULL;) forget(SX_CONTAINER(n, writer, node));
}
