/* The session timer (RFC 4028), both roles and both directions. Who refreshes does so at half the interval, through the
 * one way by which we change a call (call_change.c); who does not hangs up min(32 s, a third) before the end. */
#include <stdlib.h>

#include "sip/lex.h"
#include "ua/call.h"

enum {
    FLOOR_S = 90,            /* what Min-SE means where it does not stand (5) */
    EARLY_MS = 32000,        /* before the end (10) */
    RETRY_MS = 2000,         /* the soonest new try after a refresh that failed */
    MAX_INTERVAL_S = 1 << 24 /* whatever a peer says */
};

static uint64_t deadline(const call_timers *t) {
    uint64_t third = (uint64_t)t->expires_s * 1000 / 3;
    return t->end_at - (third < EARLY_MS ? third : EARLY_MS);
}

static void say_expired(ua_call *c) {
    call_end e = {.originator = UA_SYSTEM,
                  .cause = UA_CAUSE_SESSION_EXPIRED,
                  .code = SX_E_TIMEOUT,
                  .text = c->timers.ours ? SX_LIT("the session could not be refreshed in time")
                                         : SX_LIT("the peer did not refresh the session")};
    call_bye(c, &e, SX_LIT("Reason: SIP;cause=408;text=\"Session Timer Expired\"\r\n"));
}

static void on_timer(sx_timer *timer, uint64_t now) {
    ua_call *c = SX_CONTAINER(timer, ua_call, timers.timer);
    call_timers *t = &c->timers;
    if (c->state != CALL_UP || !t->expires_s) return;
    if (now >= deadline(t)) {
        say_expired(c);
        return;
    }
    sx_timer_start(c->agent->wheel, timer, deadline(t));
    if (!t->ours) return;
    t->refreshing = true;
    call_change_want(c, CALL_FOR_TIMER, 0);
}

void call_timer_init(ua_call *c) { sx_timer_init(&c->timers.timer, on_timer); }

void call_timer_stop(ua_call *c) {
    sx_timer_stop(c->agent->wheel, &c->timers.timer);
    c->timers.expires_s = 0;
}

static void start(ua_call *c, uint32_t seconds, bool ours) {
    call_timers *t = &c->timers;
    t->expires_s = seconds > MAX_INTERVAL_S ? MAX_INTERVAL_S : seconds;
    t->ours = ours;
    t->refreshing = false;
    t->end_at = call_now(c) + (uint64_t)t->expires_s * 1000;
    sx_timer_start(c->agent->wheel, &t->timer, ours ? call_now(c) + (uint64_t)t->expires_s * 500 : deadline(t));
}

/* ---- what requests and answers say ---- */

static uint32_t delta(const sip_msg *m, sip_hdr_id id, sx_slice *params) {
    uint32_t s;
    sx_slice value = sip_value(m, id);
    if (!value.n || sip_delta_read(value, &s, params) != SX_OK) return 0;
    return s;
}

static uint32_t wish(const ua_call *c) { return (uint32_t)UA_CALL_OPT(c, session_expires_s); }
static uint32_t floor_of(const ua_call *c) { return (uint32_t)UA_CALL_OPT(c, session_min_se_s); }
static int refresher(const ua_call *c) { return UA_CALL_OPT(c, session_refresher); }

static uint32_t max(uint32_t x, uint32_t y) { return x > y ? x : y; }

static bool supports(const sip_msg *m) {
    return sip_list_has(m, SIP_HDR_SUPPORTED, SX_LIT("timer")) || sip_list_has(m, SIP_HDR_REQUIRE, SX_LIT("timer"));
}

static void put_min(const ua_call *c, sx_buf *lines) {
    uint32_t least = max(c->timers.min_s, floor_of(c));
    if (least <= FLOOR_S) return;
    SX_BUF_LIT(lines, "Min-SE: ");
    sx_buf_u64(lines, least);
    SX_BUF_LIT(lines, "\r\n");
}

static void put_expires(sx_buf *lines, uint32_t seconds, const char *who) {
    SX_BUF_LIT(lines, "Session-Expires: ");
    sx_buf_u64(lines, seconds);
    if (*who) {
        SX_BUF_LIT(lines, ";refresher=");
        sx_buf_str(lines, who);
    }
    SX_BUF_LIT(lines, "\r\n");
}

/* 7.1: the INVITE that makes the call. */
static void ask_first(ua_call *c, sx_buf *lines) {
    static const char *const who[] = {"", "uac", "uas"};
    int r = refresher(c);
    uint32_t seconds = wish(c);
    if (!seconds && !c->timers.min_s) return;
    seconds = max(seconds, max(c->timers.min_s, floor_of(c)));
    put_expires(lines, seconds, r >= 0 && r <= 2 ? who[r] : "");
    put_min(c, lines);
}

void call_timer_lines(ua_call *c, sx_buf *lines, bool is_request) {
    call_timers *t = &c->timers;
    if (!is_request) return; /* call_timer_refreshed() writes those of answers */
    if (c->dialog && c->state != CALL_UP) return;
    size_t before = lines->n;
    if (!c->dialog) {
        ask_first(c, lines);
    } else if (t->expires_s) { /* 7.4: as it stands, and whoever refreshed goes on doing so */
        put_expires(lines, max(t->expires_s, t->min_s), t->ours ? "uac" : "uas");
        put_min(c, lines);
    }
    t->asked = lines->n > before;
}

static bool refuse_below(const stack_event *ev, uint32_t least) {
    uint32_t seconds = delta(ev->msg, SIP_HDR_SESSION_EXPIRES, NULL);
    if (!sip_first(ev->msg, SIP_HDR_SESSION_EXPIRES) || seconds >= least || !supports(ev->msg)) return false;
    char text[40];
    sx_buf b;
    sx_buf_init_fixed(&b, text, sizeof text);
    SX_BUF_LIT(&b, "Min-SE: ");
    sx_buf_u64(&b, least);
    SX_BUF_LIT(&b, "\r\n");
    ua_answer(ev->tx, 422, NULL, sx_buf_view(&b));
    return true;
}

bool call_timer_refuse(ua_agent *a, ua_account *acc, const stack_event *ev) {
    return refuse_below(ev, (uint32_t)UA_ACCOUNT_OPT(a, acc, session_min_se_s));
}

bool call_timer_refuses(ua_call *c, const stack_event *ev) { return refuse_below(ev, floor_of(c)); }

ua_change_method call_timer_method(const ua_call *c) {
    int how = UA_CALL_OPT(c, session_refresh_method);
    return how == UA_REFRESH_UPDATE ? UA_CHANGE_UPDATE : how == UA_REFRESH_INVITE ? UA_CHANGE_INVITE : UA_CHANGE_AUTO;
}

/* 9: the interval and who refreshes, as the one who answers decides. */
static void answer(ua_call *c, const sip_msg *m, sx_buf *lines) {
    call_timers *t = &c->timers;
    sx_slice params = sx_slice_empty(), who = sx_slice_empty();
    bool theirs_able = supports(m);
    uint32_t seconds = delta(m, SIP_HDR_SESSION_EXPIRES, &params), mine = wish(c);
    uint32_t least = max(delta(m, SIP_HDR_MIN_SE, NULL), floor_of(c));
    int how = refresher(c);
    if (!seconds) {
        bool goes_on = t->expires_s && theirs_able; /* a change in between that says nothing of it */
        if (!goes_on && (!mine || (!theirs_able && how != UA_REFRESHER_LOCAL))) {
            call_timer_stop(c);
            return;
        }
        seconds = t->expires_s ? max(t->expires_s, least) : max(mine, max(least, t->min_s));
    } else if (mine && mine < seconds) {
        seconds = max(mine, least) < seconds ? max(mine, least) : seconds;
    }
    bool ours = how == UA_REFRESHER_LOCAL || (how == UA_REFRESHER_AUTO && t->expires_s && t->ours);
    if (!theirs_able) {
        ours = true;
    } else if (sip_param_get(params, SX_LIT("refresher"), &who)) {
        ours = !sx_ieq(who, SX_LIT("uac"));
    }
    put_expires(lines, seconds, ours ? "uas" : "uac");
    if (theirs_able) SX_BUF_LIT(lines, "Require: timer\r\n");
    start(c, seconds, ours);
}

/* 7.2: what the answer to our request decided. */
static void take(ua_call *c, const sip_msg *m) {
    call_timers *t = &c->timers;
    sx_slice params = sx_slice_empty(), who = sx_slice_empty();
    uint32_t seconds = delta(m, SIP_HDR_SESSION_EXPIRES, &params);
    bool asked = t->asked;
    t->asked = false;
    if (!seconds && !asked && t->expires_s)
        return;     /* an UPDATE that began before the call was up: neither said a word */
    if (!seconds) { /* it knows nothing of timers: nothing ends by itself */
        bool alone = refresher(c) == UA_REFRESHER_LOCAL && wish(c);
        if (alone || (t->expires_s && t->ours))
            start(c, t->expires_s ? t->expires_s : max(wish(c), t->min_s), true);
        else
            call_timer_stop(c);
        return;
    }
    bool theirs = sip_param_get(params, SX_LIT("refresher"), &who) && sx_ieq(who, SX_LIT("uas"));
    start(c, seconds, !theirs);
}

void call_timer_refreshed(ua_call *c, const sip_msg *m, sx_buf *lines) {
    if (sip_is_request(m) && m->method == SIP_UPDATE && c->state < CALL_ANSWERED) return; /* the INVITE decides */
    if (sip_is_request(m)) {
        answer(c, m, lines);
    } else {
        take(c, m);
    }
}

/* ---- refreshes that fail ---- */

void call_timer_done(ua_call *c, const call_outcome *o) {
    call_timers *t = &c->timers;
    if (o->status >= 200 && o->status < 300) return; /* call_timer_refreshed() has started it anew */
    if (!t->refreshing || !t->expires_s || c->state != CALL_UP) return;
    t->refreshing = false;
    uint64_t now = call_now(c), last = deadline(t), wait = last > now ? (last - now) / 2 : 0;
    sx_timer_start(c->agent->wheel, &t->timer, wait >= RETRY_MS ? now + wait : last);
}

bool call_timer_too_short(ua_call *c, const sip_msg *m) {
    uint32_t least = m ? delta(m, SIP_HDR_MIN_SE, NULL) : 0;
    if (!m || m->status != 422 || least <= c->timers.min_s || least > MAX_INTERVAL_S) return false;
    c->timers.min_s = least;
    return true;
}
