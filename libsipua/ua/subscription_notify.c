/* Subscriptions of ours: their dialogs, which a 2xx or a NOTIFY makes, and what NOTIFYs say. */
#include <stdlib.h>

#include "base/hash.h"
#include "sip/lex.h"
#include "ua/subscription.h"

/* ---- forks ---- */

static void fork_timer(sx_timer *t, uint64_t now);

sub_fork *sub_fork_new(ua_subscription *s, stack_dialog *d) {
    sub_fork *f = calloc(1, sizeof *f);
    if (!f) return NULL;
    f->sub = s;
    f->dialog = d;
    f->number = s->next_fork++;
    sx_timer_init(&f->timer, fork_timer);
    f->epoch = ua_evt_epoch(&s->e);
    sx_list_append(&s->forks, &f->node);
    s->nforks++;
    return f;
}

sub_fork *sub_fork_find(const ua_subscription *s, const stack_dialog *d) {
    for (const sx_list *n = s->forks.next; n != &s->forks; n = n->next) {
        sub_fork *f = SX_CONTAINER(n, sub_fork, node);
        if (f->dialog == d) return f;
    }
    return NULL;
}

static void free_fork(sx_grave *g) { free(SX_CONTAINER(g, sub_fork, grave)); }

static uint32_t hash_of(sx_slice tag) { return (uint32_t)sx_hash_of(tag) | 1; }

bool sub_fork_ended(const ua_subscription *s, sx_slice tag) {
    for (size_t i = 0; i < SUB_ENDED; i++)
        if (s->ended[i] == hash_of(tag)) return true;
    return false;
}

void sub_fork_end(sub_fork *f) {
    ua_subscription *s = f->sub;
    dlg_info info;
    if (f->dialog) {
        dlg_get(f->dialog, &info);
        s->ended[s->nended++ % SUB_ENDED] = hash_of(info.remote_tag);
    }
    sx_timer_stop(s->e.agent->wheel, &f->timer);
    if (f->request) stack_request_abandon(f->request);
    f->request = NULL;
    dlg_end(f->dialog);
    f->dialog = NULL;
    sx_list_remove(&f->node);
    s->nforks--;
    sx_runq_bury(s->e.agent->runq, &f->grave, free_fork);
}

void sub_forget_forks(ua_subscription *s) {
    for (sx_list *n; (n = sx_list_first(&s->forks)) != NULL;) sub_fork_end(SX_CONTAINER(n, sub_fork, node));
}

/* A refresh before the time is over: at five sixths, with a share of chance so that thousands spread. */
void sub_fork_granted(sub_fork *f, uint32_t seconds) {
    uint64_t now = ua_now(f->sub->e.agent);
    if (seconds > SUB_LONGEST_S) seconds = SUB_LONGEST_S;
    uint32_t ms = seconds * 1000, due = ms / 6 * 5 - sx_rand_below(ms / 12 + 1);
    f->until_ms = now + ms;
    if (!seconds) due = 30000; /* nothing was granted, though it stands: not at once again and again */
    f->refresh_ms = f->leaving || f->sub->fetch ? 0 : now + (due < 500 ? 500 : due);
}

void sub_fork_arm(sub_fork *f) {
    sx_wheel *w = f->sub->e.agent->wheel;
    uint64_t at = f->request || f->leaving ? 0 : f->refresh_ms;
    if (f->notify_ms && (!at || f->notify_ms < at)) at = f->notify_ms;
    if (at)
        sx_timer_start(w, &f->timer, at);
    else
        sx_timer_stop(w, &f->timer);
}

/* No NOTIFY within timer N: the subscription has failed, whatever its answer said (RFC 6665 4.1.2.4). */
static void unnotified(sub_fork *f) {
    ua_subscription *s = f->sub;
    bool left = f->leaving;
    sub_fork_end(f);
    if (!sub_is_idle(s)) return;
    sub_news n = {.word = UA_SUB_TERMINATED, .code = SX_E_TIMEOUT, .text = SX_LIT("no NOTIFY came")};
    if ((left && s->ending) || (s->fetch && s->established)) /* it is over as it was wished */
        n = (sub_news){.word = UA_SUB_TERMINATED};
    if (s->ending || s->fetch || !s->established)
        sub_finish(s, &n);
    else
        sub_again(s, &n, ua_evt_pause_ms(s->tries < 250 ? s->tries++ : s->tries, 0));
}

static void fork_timer(sx_timer *t, uint64_t now) {
    sub_fork *f = SX_CONTAINER(t, sub_fork, timer);
    ua_subscription *s = f->sub;
    if (f->notify_ms && f->notify_ms <= now) {
        if (f->request) { /* the SUBSCRIBE itself has the word: its own timer runs out in this moment */
            f->notify_ms = now + 1000;
            sub_fork_arm(f);
            return;
        }
        unnotified(f);
        return;
    }
    if (!f->refresh_ms || f->refresh_ms > now || f->request) {
        sub_fork_arm(f);
        return;
    }
    if (sub_refresh(f, s->expires_s) == SX_OK) return;
    f->refresh_ms = now + 1000; /* memory ran out */
    sub_fork_arm(f);
}

/* ---- NOTIFY ---- */

static void say(ua_subscription *s, const stack_event *ev, const ua_sub_state *st, int fork) {
    sx_buf from_name, to_name;
    sx_buf_init(&from_name);
    sx_buf_init(&to_name);
    ua_event out = ua_event_of(UA_EV_NOTIFY);
    ua_event_message_fields(&out, ev->msg, &from_name, &to_name);
    out.from_name = out.to_name = out.to = out.target = sx_slice_empty();
    out.subscription = s;
    out.account = s->e.account;
    out.event = s->package;
    out.state = st->text;
    out.expires = !st->has_expires ? 0 : st->expires_s > INT32_MAX ? INT32_MAX : (int)st->expires_s;
    out.fork = fork;
    if (st->word == UA_SUB_TERMINATED) out.flags |= UA_FLAG_FINAL;
    ua_emit(s->e.agent, &out);
    sx_buf_free(&from_name);
    sx_buf_free(&to_name);
}

/* The best of all forks is what the subscription is. */
static ua_sub_word word_of(const ua_subscription *s) {
    for (const sx_list *n = s->forks.next; n != &s->forks; n = n->next) {
        if (SX_CONTAINER(n, sub_fork, node)->word == UA_SUB_ACTIVE) return UA_SUB_ACTIVE;
    }
    return UA_SUB_PENDING;
}

static void over_or_again(ua_subscription *s, const stack_event *ev, const ua_sub_state *st) {
    sub_news n = {.word = UA_SUB_TERMINATED, .reason = st->reason, .msg = ev->msg};
    ua_sub_after after = s->ending || s->fetch ? UA_SUB_OVER : ua_sub_after_of(st->reason);
    if (after == UA_SUB_OVER) {
        sub_finish(s, &n);
        return;
    }
    if (ua_now(s->e.agent) - s->started_ms >= SUB_GOOD_MS) s->tries = 0;
    uint8_t tries = s->tries < 250 ? s->tries++ : s->tries;
    uint32_t said = st->has_retry_after ? st->retry_after_s : 0, pause = 0;
    if (said || after == UA_SUB_LATER)
        pause = ua_evt_pause_ms(tries, said);
    else if (tries)
        pause = ua_evt_pause_ms((uint8_t)(tries - 1), 0);
    sub_again(s, &n, pause);
}

static void terminated(ua_subscription *s, sub_fork *f, const stack_event *ev, const ua_sub_state *st) {
    sub_fork_end(f);
    if (s->nforks) return;
    if (s->request) stack_request_abandon(s->request); /* it came before the answer, which has no more to say */
    s->request = NULL;
    over_or_again(s, ev, st);
}

static void take(ua_subscription *s, sub_fork *f, const stack_event *ev, const ua_sub_state *st) {
    ua_agent *a = s->e.agent;
    int number = f->number;
    bool first = f->word == UA_SUB_OTHER;
    s->established = true;
    f->word = (uint8_t)(st->word == UA_SUB_OTHER ? UA_SUB_ACTIVE : st->word);
    if (st->word != UA_SUB_TERMINATED && !f->leaving) {
        if (!s->fetch) f->notify_ms = 0; /* who asks once waits for the last one, though some never say that it is */
        if (st->has_expires) {
            uint64_t until = ua_now(a) + (uint64_t)st->expires_s * 1000;
            bool shorter = !f->until_ms || until + 2000 < f->until_ms;
            if (shorter || first) sub_fork_granted(f, st->expires_s);
        } else if (!f->until_ms) {
            sub_fork_granted(f, s->expires_s);
        }
        sub_fork_arm(f);
    }
    if (st->word != UA_SUB_TERMINATED) {
        ua_sub_word word = word_of(s);
        if (word != (ua_sub_word)s->said && !s->ending) {
            sub_news n = {.word = word, .msg = ev->msg};
            if (f->until_ms > ua_now(a)) n.expires_s = (uint32_t)((f->until_ms - ua_now(a) + 999) / 1000);
            sub_tell(s, &n);
        }
    }
    if (!a->stack) return;
    say(s, ev, st, number);
    if (!a->stack || st->word != UA_SUB_TERMINATED || s->over) return;
    terminated(s, f, ev, st);
}

/* The dialog of a NOTIFY that belongs to none yet. NULL: it was answered. */
static sub_fork *fork_of_notify(ua_subscription *s, const stack_event *ev) {
    ua_agent *a = s->e.agent;
    stack_dialog *d;
    ua_way way;
    sip_addr from;
    bool late = sip_addr_first(ev->msg, SIP_HDR_FROM, &from) == SX_OK && sub_fork_ended(s, sip_addr_tag(&from));
    /* Who has said that he wants no more makes no dialog any more: 481 ends it there (RFC 6665 4.2.2). */
    if (s->nforks >= SUB_MAX_FORKS || s->over || s->ending || late) {
        ua_answer(ev->tx, 481, NULL, sx_slice_empty());
        return NULL;
    }
    ua_way_of(a, s->e.account, s->uri, &way);
    dlg_params p = ua_way_dialog(&way, (stack_sink){sub_on_stack, a}, s);
    int rc = dlg_create_notified(ev->tx, &p, s->cseq, &d);
    if (rc != SX_OK) {
        ua_answer(ev->tx, rc == SX_E_PROTOCOL ? 400 : 500, NULL, sx_slice_empty());
        return NULL;
    }
    sub_fork *f = sub_fork_find(s, d);
    if (f) return f;
    f = sub_fork_new(s, d);
    if (!f) {
        ua_answer(ev->tx, 500, NULL, sx_slice_empty());
        dlg_end(d);
        return NULL;
    }
    f->told = stack_flow_local(a->stack, &ev->flow);
    f->notify_ms = s->fetch ? s->started_ms + sub_wait_n(a) : 0;
    return f;
}

static void on_notify(ua_subscription *s, const stack_event *ev) {
    ua_sub_state st;
    sub_fork *f = ev->dialog ? sub_fork_find(s, ev->dialog) : NULL;
    if ((ev->dialog && !f) || !ua_event_name_is(ev->msg, s->event)) {
        bool none = !sip_first(ev->msg, SIP_HDR_EVENT);
        ua_answer(ev->tx, none ? 489 : 481, NULL, sx_slice_empty());
        return;
    }
    if (ua_sub_state_read(ev->msg, &st) != SX_OK) {
        ua_answer(ev->tx, 400, "Subscription-State Missing or Unreadable", sx_slice_empty());
        return;
    }
    sx_slice encoding = sip_value(ev->msg, SIP_HDR_CONTENT_ENCODING);
    if (ev->msg->body.n && encoding.n && !sx_ieq(encoding, SX_LIT("identity"))) {
        ua_answer(ev->tx, 415, NULL, SX_LIT("Accept-Encoding: identity\r\n"));
        return;
    }
    if (!f) f = fork_of_notify(s, ev);
    if (!f) return;
    ua_answer(ev->tx, 200, NULL, sx_slice_empty());
    take(s, f, ev, &st);
}

void sub_on_stack(void *ctx, const stack_event *ev) {
    ua_subscription *s = ev->user;
    ua_agent *a = ctx;
    if (ev->type != STACK_EV_REQUEST || !ev->tx) return;
    if (ua_refuse_extension(ev->tx, ev->msg)) return;
    switch (ev->msg->method) {
    case SIP_NOTIFY: on_notify(s, ev); break;
    case SIP_OPTIONS: ua_answer_options(ev->tx); break;
    default: ua_refuse_method(a, ev->tx, ev->msg); break;
    }
}
