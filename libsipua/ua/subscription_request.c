/* Subscriptions of ours: the SUBSCRIBE that opens dialogs, those inside them, and what their answers mean. */
#include "sip/lex.h"
#include "ua/subscription.h"

/* ---- the one that opens dialogs ---- */

static int put_expires(const ua_subscription *s, uint32_t expires_s, sx_buf *b) {
    sx_buf_slice(b, s->lines);
    SX_BUF_LIT(b, "Expires: ");
    sx_buf_u64(b, expires_s);
    SX_BUF_LIT(b, "\r\n");
    return b->failed ? sx_fail(SX_E_NOMEM, "no memory for a SUBSCRIBE") : SX_OK;
}

static uint32_t wanted(const ua_subscription *s) {
    return s->fetch ? 0 : s->expires_s < s->least_s ? s->least_s : s->expires_s;
}

static void on_opened(void *ctx, const stack_event *ev);

static int send_first(ua_subscription *s) {
    ua_agent *a = s->e.agent;
    ua_way way;
    sx_buf lines;
    sx_buf_init(&lines);
    int rc = put_expires(s, wanted(s), &lines);
    if (rc == SX_OK) {
        ua_way_of(a, s->e.account, s->uri, &way);
        stack_request_params p = {
            .method = SX_LIT("SUBSCRIBE"),
            .uri = s->uri,
            .from = s->from,
            .from_tag = sx_slice_str(s->from_tag),
            .call_id = sx_slice_str(s->call_id),
            .cseq = &s->cseq,
            .headers = sx_buf_view(&lines),
            .content_type = s->content_type,
            .body = s->body,
            .sink = {on_opened, a},
            .user = s,
        };
        ua_way_take(&way, &p);
        rc = stack_request_create(a->stack, &p, &s->request);
        if (rc != SX_OK) s->request = NULL;
    }
    sx_buf_free(&lines);
    return rc;
}

/* Each attempt has a Call-ID and a tag of its own: what is left of the last one is no part of it (RFC 6665 4.1.2.1). */
int sub_start(ua_subscription *s) {
    ua_agent *a = s->e.agent;
    dlg_expect_end(s->expect);
    s->expect = NULL;
    sx_rand_token(s->call_id, sizeof s->call_id - 1);
    sx_rand_token(s->from_tag, sizeof s->from_tag - 1);
    s->cseq = sx_rand_below(1u << 24);
    s->next_fork = 0;
    memset(s->ended, 0, sizeof s->ended);
    int rc = dlg_expect(a->stack, sx_slice_str(s->call_id), sx_slice_str(s->from_tag), (stack_sink){sub_on_stack, a}, s,
                        &s->expect);
    if (rc == SX_OK) rc = send_first(s);
    if (rc != SX_OK) {
        dlg_expect_end(s->expect);
        s->expect = NULL;
        return rc;
    }
    s->started_ms = ua_now(a);
    sx_timer_start(a->wheel, &s->timer, s->started_ms + sub_wait_n(a));
    return SX_OK;
}

bool sub_is_idle(const ua_subscription *s) { return !s->request && !s->nforks; }

static sub_news news_of(const stack_event *ev, ua_sub_word word) {
    sub_news n = {.word = word, .status = ev->status, .code = ev->code, .msg = ev->msg, .text = sx_slice_str(ev->text)};
    n.reason = ev->msg ? ev->msg->reason : ev->status ? sip_reason(ev->status) : sx_slice_empty();
    return n;
}

static void end_sub(ua_subscription *s, sub_news n) {
    n.word = UA_SUB_TERMINATED;
    sub_finish(s, &n);
}

void sub_again(ua_subscription *s, const sub_news *why, uint32_t pause_ms) {
    ua_agent *a = s->e.agent;
    sub_news n = *why;
    n.word = UA_SUB_PENDING;
    n.retry_ms = (int)pause_ms;
    dlg_expect_end(s->expect);
    s->expect = NULL;
    sx_timer_start(a->wheel, &s->timer, ua_now(a) + pause_ms);
    sub_tell(s, &n);
}

/* Did the last attempt hold long enough that it was no accident of the next one? */
static uint8_t tries_of(ua_subscription *s) {
    if (ua_now(s->e.agent) - s->started_ms >= SUB_GOOD_MS) s->tries = 0;
    return s->tries < 255 ? s->tries++ : s->tries;
}

/* 423: as long as they want, unless that is what they had, or they never have enough. */
static bool takes_longer(ua_subscription *s, const stack_event *ev, uint32_t asked) {
    uint32_t least;
    if (ev->status != 423 || !ev->msg || s->raises == SUB_RAISES) return false;
    if (sip_number(ev->msg, SIP_HDR_MIN_EXPIRES, SUB_LONGEST_S, &least) != SX_OK || least <= asked) return false;
    s->least_s = least;
    s->raises++;
    return true;
}

/* Is the refusal one that may be over in a while? For who has never been let in only where the answer says so. */
static bool may_pass(const ua_subscription *s, const stack_event *ev) {
    if (ev->code == SX_E_AUTH) return false;
    if (!ev->msg) return s->established;
    switch (ev->status) {
    case 408:
    case 430:
    case 480:
    case 486:
    case 500:
    case 502:
    case 503:
    case 504:
    case 580:
    case 600: return s->established || ua_evt_retry_after(ev->msg);
    default: return false;
    }
}

static void not_opened(ua_subscription *s, const stack_event *ev) {
    sub_news n = news_of(ev, UA_SUB_PENDING);
    if (s->nforks) return; /* a NOTIFY says more than an answer that got lost, or that of a fork which refused */
    if (s->ending) {
        end_sub(s, n);
        return;
    }
    if (takes_longer(s, ev, wanted(s)) && sub_start(s) == SX_OK) return;
    if (may_pass(s, ev)) {
        sub_again(s, &n, ua_evt_pause_ms(tries_of(s), ua_evt_retry_after(ev->msg)));
        return;
    }
    end_sub(s, n);
}

/* The dialog of the 2xx, which a NOTIFY may have made before. */
static sub_fork *fork_of_answer(ua_subscription *s, const stack_event *ev) {
    ua_agent *a = s->e.agent;
    stack_dialog *d;
    ua_way way;
    ua_way_of(a, s->e.account, s->uri, &way);
    dlg_params p = ua_way_dialog(&way, (stack_sink){sub_on_stack, a}, s);
    int rc = dlg_create_uac(ev->request, ev->msg, &p, &d);
    if (rc == SX_OK) {
        sub_fork *f = sub_fork_new(s, d);
        if (!f) {
            dlg_end(d);
            return NULL;
        }
        f->notify_ms = s->started_ms + sub_wait_n(a);
        return f;
    }
    sip_addr to;
    if (rc != SX_E_STATE || sip_addr_first(ev->msg, SIP_HDR_TO, &to) != SX_OK) return NULL;
    d = dlg_find(a->stack, sx_slice_str(s->call_id), sx_slice_str(s->from_tag), sip_addr_tag(&to));
    return d ? sub_fork_find(s, d) : NULL;
}

static void opened(ua_subscription *s, const stack_event *ev) {
    ua_agent *a = s->e.agent;
    uint32_t granted, asked = wanted(s);
    s->raises = 0;
    if (!ua_evt_expires(ev->msg, asked, &granted) || granted > asked) granted = asked;
    size_t before = s->nforks;
    sub_fork *f = fork_of_answer(s, ev);
    if (!f && !before) { /* the answer cannot be used, or memory ran out */
        sub_news n = news_of(ev, UA_SUB_PENDING);
        n.code = SX_E_PROTOCOL;
        n.text = SX_LIT("the answer to SUBSCRIBE opens no dialog");
        if (s->established && !s->ending)
            sub_again(s, &n, ua_evt_pause_ms(tries_of(s), 0));
        else
            end_sub(s, n);
        return;
    }
    if (f) {
        f->told = stack_flow_local(a->stack, &ev->flow);
        sub_fork_granted(f, granted);
        sub_fork_arm(f);
    }
    sub_news n = news_of(ev, s->said == UA_SUB_ACTIVE ? UA_SUB_ACTIVE : UA_SUB_PENDING);
    n.expires_s = granted;
    sub_tell(s, &n);
    if (!a->stack) return;
    SX_LIST_EACH(it, tmp, &s->forks) {
        if (s->ending)
            sub_leave(SX_CONTAINER(it, sub_fork, node));
        else if (s->again)
            sub_refresh(SX_CONTAINER(it, sub_fork, node), s->expires_s);
    }
    s->again = false;
}

static void on_opened(void *ctx, const stack_event *ev) {
    ua_subscription *s = ev->user;
    (void)ctx;
    if (ev->type != STACK_EV_FINAL) return;
    s->request = NULL;
    if (ev->msg && ev->status < 300)
        opened(s, ev);
    else
        not_opened(s, ev);
}

/* ---- inside a dialog ---- */

static void on_refreshed(void *ctx, const stack_event *ev);

static int send_inside(sub_fork *f, uint32_t expires_s) {
    ua_subscription *s = f->sub;
    sx_buf lines;
    sx_buf_init(&lines);
    int rc = put_expires(s, expires_s, &lines);
    if (rc == SX_OK) {
        ua_evt_take_flow(&s->e, f->dialog);
        stack_request_params p = {.method = SX_LIT("SUBSCRIBE"),
                                  .dialog = f->dialog,
                                  .headers = sx_buf_view(&lines),
                                  .sink = {on_refreshed, s->e.agent},
                                  .user = f};
        rc = stack_request_create(s->e.agent->stack, &p, &f->request);
        if (rc != SX_OK) f->request = NULL;
    }
    sx_buf_free(&lines);
    if (rc != SX_OK) return rc;
    f->asked_s = expires_s;
    f->epoch = ua_evt_epoch(&s->e);
    f->refresh_ms = 0;
    f->notify_ms = ua_now(s->e.agent) + sub_wait_n(s->e.agent); /* timer N (RFC 6665 4.1.2.4) */
    sub_fork_arm(f);
    return SX_OK;
}

int sub_refresh(sub_fork *f, uint32_t expires_s) {
    uint32_t least = f->sub->least_s;
    if (f->request) {
        f->again = true;
        return SX_OK;
    }
    return send_inside(f, expires_s && expires_s < least ? least : expires_s);
}

void sub_leave(sub_fork *f) {
    if (f->leaving) return;
    f->leaving = true;
    if (f->request) {
        f->again = true;
        return;
    }
    if (send_inside(f, 0) != SX_OK) { /* the peer's own time runs out as well */
        f->notify_ms = ua_now(f->sub->e.agent);
        sub_fork_arm(f);
    }
}

/* A dialog is no more: with the last one so is this attempt. */
static void fork_gone(sub_fork *f, const sub_news *n, bool final, uint32_t pause_ms) {
    ua_subscription *s = f->sub;
    sub_fork_end(f);
    if (!sub_is_idle(s)) return;
    if (s->ending || s->fetch || final)
        end_sub(s, *n);
    else
        sub_again(s, n, pause_ms);
}

static void not_refreshed(sub_fork *f, const stack_event *ev) {
    ua_subscription *s = f->sub;
    ua_agent *a = s->e.agent;
    sub_news n = news_of(ev, (ua_sub_word)f->word);
    if (f->leaving) {
        fork_gone(f, &n, true, 0);
        return;
    }
    if (takes_longer(s, ev, f->asked_s) && sub_refresh(f, s->expires_s) == SX_OK) return;
    if (ev->status == 481 && ev->msg) { /* they have forgotten us: anew (RFC 6665 4.1.2.2) */
        uint8_t tries = tries_of(s);
        fork_gone(f, &n, false, tries ? ua_evt_pause_ms((uint8_t)(tries - 1), 0) : 0);
        return;
    }
    uint32_t pause = ua_evt_pause_ms(f->tries < 250 ? f->tries++ : f->tries, ua_evt_retry_after(ev->msg));
    if (!ev->msg && ev->code != SX_E_AUTH) { /* who does not answer may be somewhere else by now */
        fork_gone(f, &n, false, ua_evt_pause_ms(tries_of(s), 0));
        return;
    }
    if (ev->code == SX_E_AUTH || ua_notify_gone(ev) || ev->status == 403 || ev->status == 603 || ev->status == 423) {
        fork_gone(f, &n, true, 0);
        return;
    }
    /* It stands until its time is over (RFC 6665 4.1.2.2, RFC 5057 5.1). */
    f->notify_ms = 0;
    uint64_t at = ua_now(a) + pause;
    if (at >= f->until_ms) {
        fork_gone(f, &n, false, pause);
        return;
    }
    f->refresh_ms = at;
    sub_fork_arm(f);
    n.word = s->said == UA_SUB_ACTIVE ? UA_SUB_ACTIVE : UA_SUB_PENDING;
    n.retry_ms = (int)pause;
    n.expires_s = (uint32_t)((f->until_ms - ua_now(a) + 999) / 1000);
    sub_tell(s, &n);
}

static void refreshed(sub_fork *f, const stack_event *ev) {
    ua_subscription *s = f->sub;
    ua_agent *a = s->e.agent;
    uint32_t granted;
    if (!ua_evt_expires(ev->msg, f->asked_s, &granted) || granted > f->asked_s) granted = f->asked_s;
    f->told = stack_flow_local(a->stack, &ev->flow);
    f->tries = s->raises = 0;
    if (f->leaving && !f->asked_s) { /* its last NOTIFY may have come before this answer */
        if (!f->notify_ms) fork_gone(f, &(sub_news){.word = UA_SUB_TERMINATED}, true, 0);
        return;
    }
    sub_fork_granted(f, granted);
    bool again = f->again;
    f->again = false;
    if (f->leaving) {
        f->leaving = false;
        sub_leave(f);
        return;
    }
    if (again && sub_refresh(f, s->expires_s) == SX_OK) return;
    sub_fork_arm(f);
    sub_news n = news_of(ev, s->said == UA_SUB_ACTIVE ? UA_SUB_ACTIVE : UA_SUB_PENDING);
    n.flags = UA_FLAG_REFRESH;
    n.expires_s = granted;
    sub_tell(s, &n);
}

static void on_refreshed(void *ctx, const stack_event *ev) {
    sub_fork *f = ev->user;
    (void)ctx;
    if (ev->type != STACK_EV_FINAL) return;
    f->request = NULL;
    if (ev->msg && ev->status < 300) {
        refreshed(f, ev);
        return;
    }
    if (f->leaving && f->asked_s) { /* the one before was refused: this is over too, or is told so once more */
        f->leaving = f->again = false;
        if (ua_notify_gone(ev)) {
            f->leaving = true;
            not_refreshed(f, ev);
        } else {
            sub_leave(f);
        }
        return;
    }
    not_refreshed(f, ev);
}

/* ---- time ---- */

void sub_timer(sx_timer *t, uint64_t now) {
    ua_subscription *s = SX_CONTAINER(t, ua_subscription, timer);
    if (s->over) return;
    if (s->nforks || s->request) { /* timer N of the attempt: further forks have no more time to show themselves */
        if (s->request) {
            sx_timer_start(s->e.agent->wheel, t, now + 1000); /* until its own transaction has ended */
            return;
        }
        dlg_expect_end(s->expect);
        s->expect = NULL;
        return;
    }
    int rc = sub_start(s);
    if (rc == SX_OK) return;
    sub_news n = {.code = rc, .text = sx_slice_str(sx_last_error_text())};
    sub_again(s, &n, ua_evt_pause_ms(tries_of(s), 0));
}
