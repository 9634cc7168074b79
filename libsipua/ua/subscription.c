/* Subscriptions of ours (RFC 6665 4.1): their life, and the functions of the API. */
#include "ua/subscription.h"

#include <stdlib.h>

#include "sip/lex.h"

/* ---- what the program hears ---- */

static const char *word_text(ua_sub_word w) {
    return w == UA_SUB_TERMINATED ? "terminated" : w == UA_SUB_ACTIVE ? "active" : "pending";
}

static ua_event event_of(ua_subscription *s, ua_event_type type) {
    ua_event ev = ua_event_of(type);
    ev.subscription = s;
    ev.account = s->e.account;
    ev.event = s->package;
    return ev;
}

static void fill(ua_event *ev, const sub_news *n) {
    ev->state = sx_slice_str(word_text(n->word));
    ev->status = n->status;
    ev->code = n->code;
    ev->retry_ms = n->retry_ms;
    ev->flags = n->flags;
    ev->expires = n->expires_s > INT32_MAX ? INT32_MAX : (int)n->expires_s;
    ev->reason = n->reason;
    ev->text = n->text;
    ev->msg = n->msg;
}

void sub_tell(ua_subscription *s, const sub_news *n) {
    ua_event ev = event_of(s, UA_EV_SUBSCRIPTION_STATE);
    fill(&ev, n);
    s->said = (uint8_t)n->word;
    ua_emit(s->e.agent, &ev);
}

static void free_sub(sx_grave *g) {
    ua_subscription *s = SX_CONTAINER(g, ua_subscription, e.grave);
    sx_arena_free(&s->arena);
    free(s);
}

/* Whatever it has in the stack and in the wheel. */
static void let_go(ua_subscription *s) {
    sx_timer_stop(s->e.agent->wheel, &s->timer);
    if (s->request) stack_request_abandon(s->request);
    s->request = NULL;
    dlg_expect_end(s->expect);
    s->expect = NULL;
    sub_forget_forks(s);
}

void sub_finish(ua_subscription *s, const sub_news *n) {
    ua_agent *a = s->e.agent;
    ua_account *acc = s->e.account;
    let_go(s);
    ua_evt_leave(&s->e);
    ua_event ev = event_of(s, UA_EV_SUBSCRIPTION_STATE);
    fill(&ev, n);
    ev.state = SX_LIT("terminated");
    ev.retry_ms = -1;
    ua_emit(a, &ev);
    sx_runq_bury(a->runq, &s->e.grave, free_sub);
    ua_evt_left(a, acc);
}

static void sub_task(sx_task *t) {
    ua_subscription *s = sub_of(SX_CONTAINER(t, ua_evt, task));
    if (!s->over) return;
    sub_news n = {.word = UA_SUB_TERMINATED, .code = s->code};
    if (s->code) n.text = sx_slice_str(sx_error_text(s->code));
    sub_finish(s, &n);
}

/* ---- made ---- */

static sx_slice accept_of(sx_slice package) {
    static const struct {
        const char *package, *types;
    } known[] = {{"presence", "application/pidf+xml"},
                 {"message-summary", "application/simple-message-summary"},
                 {"dialog", "application/dialog-info+xml"},
                 {"reg", "application/reginfo+xml"},
                 {"conference", "application/conference-info+xml"},
                 {"refer", "message/sipfrag"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (sx_eq(package, sx_slice_str(known[i].package))) return sx_slice_str(known[i].types);
    }
    return sx_slice_empty();
}

static int put_lines(const ua_subscribe_config *c, sx_slice package, sx_buf *b) {
    sx_slice accept = c->accept && *c->accept ? sx_slice_str(c->accept) : accept_of(package);
    if (!sip_is_header_value(accept)) return sx_fail(SX_E_HEADER, "a line break in accept");
    ua_common_lines(NULL, b);
    SX_BUF_LIT(b, "Event: ");
    sx_buf_str(b, c->event);
    SX_BUF_LIT(b, "\r\n");
    if (accept.n) {
        SX_BUF_LIT(b, "Accept: ");
        sx_buf_slice(b, accept);
        SX_BUF_LIT(b, "\r\n");
    }
    return ua_put_headers(b, c->headers, c->header_count);
}

static int read_config(ua_subscription *s, ua_account *acc, const ua_subscribe_config *c) {
    ua_event_name name;
    sx_slice event = sx_slice_str(c->event), type = sx_slice_str(c->content_type);
    if (!event.n || !sip_is_header_value(event) || ua_event_name_read(event, &name) != SX_OK)
        return sx_fail(SX_E_INVALID, "event is required: the name of a package");
    if (c->expires < 0 || c->expires > SUB_LONGEST_S) return sx_fail(SX_E_INVALID, "expires is at most a week");
    if (!sip_is_header_value(type)) return sx_fail(SX_E_HEADER, "a line break in content_type");
    sx_buf uri, from, lines;
    sx_buf_init(&uri);
    sx_buf_init(&from);
    sx_buf_init(&lines);
    int rc = ua_request_identity(s->e.agent, acc, c->target, c->from, &uri, &from);
    if (rc == SX_OK) rc = put_lines(c, name.package, &lines);
    if (rc == SX_OK) {
        s->uri = sx_arena_dup(&s->arena, sx_buf_view(&uri));
        s->from = sx_arena_dup(&s->arena, sx_buf_view(&from));
        s->lines = sx_arena_dup(&s->arena, sx_buf_view(&lines));
        s->event = sx_arena_dup(&s->arena, event);
        if (c->body.n) {
            s->content_type = sx_arena_dup(&s->arena, type);
            s->body = sx_arena_dup(&s->arena, c->body);
        }
        if (uri.failed || from.failed || lines.failed || s->arena.failed)
            rc = sx_fail(SX_E_NOMEM, "no memory for a subscription");
        else if (ua_event_name_read(s->event, &name) == SX_OK)
            s->package = name.package;
    }
    sx_buf_free(&uri);
    sx_buf_free(&from);
    sx_buf_free(&lines);
    s->expires_s = (uint32_t)c->expires;
    s->fetch = !c->expires;
    return rc;
}

int ua_subscription_create(ua_agent *a, ua_account *acc, const ua_subscribe_config *c, uint64_t id,
                           ua_subscription **out) {
    if (a->shutting) return sx_fail(SX_E_CLOSED, "the agent is shutting down");
    if (acc && acc->closing) return sx_fail(SX_E_GONE, "the account is being closed");
    ua_subscription *s = calloc(1, sizeof *s);
    if (!s) return sx_fail(SX_E_NOMEM, "no memory for a subscription");
    sx_arena_init(&s->arena, 512);
    sx_list_init(&s->forks);
    sx_timer_init(&s->timer, sub_timer);
    ua_evt_join(&s->e, a, acc, UA_EVT_SUBSCRIPTION, id, sub_task);
    int rc = read_config(s, acc, c);
    if (rc == SX_OK) rc = sub_start(s);
    if (rc != SX_OK) {
        let_go(s);
        ua_evt_leave(&s->e);
        sx_runq_bury(a->runq, &s->e.grave, free_sub);
        return rc;
    }
    *out = s;
    return SX_OK;
}

uint64_t ua_subscription_id(const ua_subscription *s) { return s->e.id; }

/* ---- the other functions ---- */

int ua_subscription_refresh(ua_subscription *s, int expires) {
    if (expires < 0 || expires > SUB_LONGEST_S) return sx_fail(SX_E_INVALID, "expires is at most a week");
    if (s->ending || s->over || s->fetch) return sx_fail(SX_E_STATE, "the subscription is ending");
    if (expires) s->expires_s = (uint32_t)expires;
    int rc = SX_OK;
    if (!s->nforks && !s->request) { /* it waits for its next attempt: now */
        sx_timer_stop(s->e.agent->wheel, &s->timer);
        rc = sub_start(s);
        if (rc != SX_OK) sx_timer_start(s->e.agent->wheel, &s->timer, ua_now(s->e.agent) + 1000);
        return rc;
    }
    s->again = s->request != NULL;
    SX_LIST_EACH(n, tmp, &s->forks) {
        sub_fork *f = SX_CONTAINER(n, sub_fork, node);
        int one = f->leaving ? SX_OK : sub_refresh(f, s->expires_s);
        if (rc == SX_OK) rc = one;
    }
    return rc;
}

static void over(ua_subscription *s, int code) {
    s->over = true;
    s->code = code;
    sx_runq_post(s->e.agent->runq, &s->e.task);
}

int ua_subscription_end(ua_subscription *s) {
    if (s->ending || s->over) return SX_OK;
    s->ending = true;
    SX_LIST_EACH(n, tmp, &s->forks) sub_leave(SX_CONTAINER(n, sub_fork, node));
    if (sub_is_idle(s)) over(s, SX_OK);
    return SX_OK;
}

void ua_sub_give_up(ua_evt *e, bool now) {
    ua_subscription *s = sub_of(e);
    if (!now) {
        ua_subscription_end(s);
        return;
    }
    let_go(s);
    s->ending = true;
    if (!s->over) over(s, SX_E_CANCELED);
}

void ua_sub_destroy(ua_evt *e) {
    ua_subscription *s = sub_of(e);
    ua_agent *a = e->agent;
    sx_timer_stop(a->wheel, &s->timer);
    s->request = NULL; /* died with the stack, as the dialogs did */
    s->expect = NULL;
    SX_LIST_EACH(n, tmp, &s->forks) {
        sub_fork *f = SX_CONTAINER(n, sub_fork, node);
        f->dialog = NULL;
        f->request = NULL;
    }
    sub_forget_forks(s);
    sx_runq_bury(a->runq, &e->grave, free_sub);
}

/* The network is another one, or a flow is gone: those who have lost their way, or say another address than we have,
 * refresh when it is their turn. */
void ua_sub_look(ua_evt *e) {
    ua_subscription *s = sub_of(e);
    ua_agent *a = e->agent;
    if (s->over) return;
    SX_LIST_EACH(n, tmp, &s->forks) {
        sub_fork *f = SX_CONTAINER(n, sub_fork, node);
        dlg_info info;
        if (f->leaving || f->request) continue;
        dlg_get(f->dialog, &info);
        if (f->epoch == ua_evt_epoch(e) && ua_evt_flow_stands(a, &info.flow, &f->told)) continue;
        bool wait = e->account && ua_account_recovers(e->account); /* it will have a flow in a moment */
        uint64_t at = ua_now(a) + (wait ? 4000 : ua_evt_turn_ms(a));
        if (f->refresh_ms && f->refresh_ms < at) continue;
        f->refresh_ms = at;
        sub_fork_arm(f);
    }
}
