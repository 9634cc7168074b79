/* INFO (RFC 6086, and the older use without packages): what comes in a call, digits among it, and digits that we send
 * this way where the peer takes no telephone-event. */
#include <stdlib.h>

#include "sip/lex.h"
#include "ua/call.h"

/* ---- digits of the peer ---- */

/* Some peers send each digit twice, as telephone-event and by INFO. The same digit by the other way within this time
 * is the same keystroke. */
enum { SAME_DIGIT_MS = 2000 };

static bool is_echo(ua_call *c, char digit, unsigned ms, call_digit_way way) {
    uint64_t now = call_now(c);
    call_heard_digit *slot = &c->f.heard[0];
    for (size_t i = 0; i < CALL_DIGITS; i++) {
        call_heard_digit *d = &c->f.heard[i];
        if (d->digit == digit && d->way != way && now - d->at_ms <= SAME_DIGIT_MS + ms) {
            d->digit = 0; /* each of them stands for one only */
            return true;
        }
        if (slot->digit && (!d->digit || d->at_ms < slot->at_ms)) slot = d;
    }
    slot->at_ms = now;
    slot->digit = digit;
    slot->way = (uint8_t)way;
    return false;
}

void call_digit(ua_call *c, char digit, unsigned ms, call_digit_way way, const sip_msg *msg) {
    /* What media heard before it was stopped is told until the very end. */
    if ((way == CALL_DIGIT_INFO && c->state >= CALL_LEAVING) || is_echo(c, digit, ms, way)) return;
    ua_event out = call_event(c, UA_EV_DTMF);
    out.digit = digit;
    out.duration_ms = ms;
    out.msg = msg;
    ua_emit(c->agent, &out);
    call_collect_digit(c, digit);
}

/* ---- INFO that comes ---- */

/* RFC 6086 4.2.2: a package that we have not said to take. The program says it by a Recv-Info header of its own. */
static bool takes_package(const ua_call *c, sx_slice package) {
    sip_list l;
    sx_slice element, token, params;
    if (sip_token_read(package, &package, &params) != SX_OK) return false;
    sip_list_of(&l, sx_slice_str(c->f.recv_info));
    while (sip_list_next(&l, &element) == 1)
        if (sip_token_read(element, &token, &params) == SX_OK && sx_ieq(token, package)) return true;
    return false;
}

void call_info_packages(ua_call *c, const ua_pair *headers, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (sip_hdr_of(sx_slice_str(headers[i].name)) != SIP_HDR_RECV_INFO) continue;
        free(c->f.recv_info);
        c->f.recv_info = sx_strdup(sx_slice_str(headers[i].value)); /* without memory: none */
    }
}

static bool refuse_package(ua_call *c, const stack_event *ev) {
    sx_slice package = sip_value(ev->msg, SIP_HDR_INFO_PACKAGE);
    if (!package.n || takes_package(c, package)) return false;
    sx_buf lines;
    sx_buf_init(&lines);
    SX_BUF_LIT(&lines, "Recv-Info: ");
    sx_buf_str(&lines, c->f.recv_info ? c->f.recv_info : "nil");
    SX_BUF_LIT(&lines, "\r\n");
    ua_answer(ev->tx, 469, "Bad Info Package", lines.failed ? sx_slice_empty() : sx_buf_view(&lines));
    sx_buf_free(&lines);
    return true;
}

void call_info_request(ua_call *c, const stack_event *ev) {
    char digit;
    unsigned ms;
    if (ua_refuse_extension(ev->tx, ev->msg)) return;
    if (ev->msg->body.n && !sip_first(ev->msg, SIP_HDR_CONTENT_TYPE)) {
        ua_answer(ev->tx, 415, NULL, SX_LIT("Accept: application/dtmf-relay, application/dtmf\r\n"));
        return;
    }
    if (refuse_package(c, ev)) return;
    ua_answer(ev->tx, 200, NULL, sx_slice_empty());
    if (c->state >= CALL_LEAVING) return;
    if (ua_body_dtmf(ev->msg, &digit, &ms)) {
        call_digit(c, digit, ms, CALL_DIGIT_INFO, ev->msg);
        return;
    }
    ua_event out = call_event(c, UA_EV_INFO);
    out.body = ev->msg->body;
    out.content_type = sip_value(ev->msg, SIP_HDR_CONTENT_TYPE);
    out.msg = ev->msg;
    ua_emit(c->agent, &out);
}

/* ---- digits that we send ---- */

int call_info_way(const ua_call *c) {
    int method = ua_call_setting(c, offsetof(ua_settings, dtmf_method));
    bool rtp = c->session && !c->media_none && session_is_up(c->session) && session_takes_dtmf(c->session);
    if (method == UA_DTMF_INFO || method == UA_DTMF_INFO_DTMF) return method;
    if (rtp || method == UA_DTMF_RTP) return UA_DTMF_RTP;
    return UA_DTMF_AUTO; /* INFO, and which form shows by trying */
}

static void on_answer(void *ctx, const stack_event *ev);

static int send_digit(ua_call *c, call_dtmf *j) {
    sx_buf body;
    sx_buf_init(&body);
    bool relay = j->way != UA_DTMF_INFO_DTMF;
    if (relay) SX_BUF_LIT(&body, "Signal=");
    sx_buf_char(&body, j->rest[0]);
    if (relay) {
        SX_BUF_LIT(&body, "\r\nDuration=");
        sx_buf_u64(&body, j->ms);
        SX_BUF_LIT(&body, "\r\n");
    }
    stack_request_params p = {
        .method = SX_LIT("INFO"),
        .dialog = call_inside(c),
        .content_type = relay ? SX_LIT("application/dtmf-relay") : SX_LIT("application/dtmf"),
        .body = sx_buf_view(&body),
        .sink = {on_answer, c->agent},
        .user = c,
    };
    int rc = body.failed ? sx_fail(SX_E_NOMEM, "no memory for a digit")
             : !p.dialog ? sx_fail(SX_E_STATE, "there is no dialog to send digits in")
                         : stack_request_create(c->agent->stack, &p, &c->f.digit);
    if (rc != SX_OK) c->f.digit = NULL;
    if (rc == SX_OK) c->f.digit_sent_ms = call_now(c);
    sx_buf_free(&body);
    return rc;
}

/* The next piece of the job: a pause, a digit, or 1: all is sent. */
int call_info_dtmf_next(ua_call *c, call_dtmf *j) {
    uint64_t now = call_now(c);
    if (now < c->f.digit_after_ms) {
        sx_timer_start(c->agent->wheel, &c->f.digit_timer, c->f.digit_after_ms);
        return SX_OK;
    }
    if (*j->rest == ',') {
        size_t n = strspn(j->rest, ",");
        memmove(j->rest, j->rest + n, strlen(j->rest + n) + 1);
        c->f.digit_after_ms = now + 500 * n;
        return call_info_dtmf_next(c, j);
    }
    return *j->rest ? send_digit(c, j) : 1;
}

/* A digit lasts, and so does the gap behind it, also where both are only words in a body. */
static void sent(ua_call *c, call_dtmf *j) {
    memmove(j->rest, j->rest + 1, strlen(j->rest));
    c->f.digit_after_ms = c->f.digit_sent_ms + j->ms + j->gap_ms;
}

static void on_answer(void *ctx, const stack_event *ev) {
    ua_call *c = ev->user;
    (void)ctx;
    if (ev->type != STACK_EV_FINAL || ev->request != c->f.digit) return;
    c->f.digit = NULL;
    c->dtmf_running = false;
    call_dtmf *j = SX_CONTAINER(sx_list_first(&c->dtmf), call_dtmf, node);
    if (ev->msg && ev->status < 300) {
        sent(c, j);
    } else if (ev->msg && ev->status == 415 && j->way == UA_DTMF_AUTO) {
        j->way = UA_DTMF_INFO_DTMF; /* the other form */
    } else {
        c->dtmf_code = ev->code ? ev->code : SX_E_PROTOCOL;
        c->f.digit_status = ev->status;
        call_inside_failed(c, ev, 64ull * (uint64_t)c->agent->opt.t1_ms);
    }
    call_media_dtmf_next(c);
}

/* ---- the whole of it ---- */

static void digit_timer(sx_timer *t, uint64_t now) {
    ua_call *c = SX_CONTAINER(t, ua_call, f.digit_timer);
    (void)now;
    c->dtmf_running = false;
    call_media_dtmf_next(c);
}

void call_features_init(ua_call *c) {
    sx_list_init(&c->f.requests);
    sx_timer_init(&c->f.digit_timer, digit_timer);
    sx_timer_init(&c->f.limit_timer, call_limit_timer);
    sx_timer_init(&c->f.auto_timer, call_auto_timer);
}

void call_features_stop(ua_call *c) {
    sx_wheel *w = c->agent->wheel;
    sx_timer_stop(w, &c->f.digit_timer);
    sx_timer_stop(w, &c->f.limit_timer);
    sx_timer_stop(w, &c->f.auto_timer);
}

void call_features_end(ua_call *c) {
    call_features_stop(c);
    if (c->f.digit) stack_request_abandon(c->f.digit);
    c->f.digit = NULL;
    if (!sx_list_is_empty(&c->dtmf)) { /* sent by INFO, or waiting behind such */
        c->dtmf_running = false;
        c->dtmf_code = SX_E_CANCELED;
        call_media_dtmf_next(c);
    }
    call_requests_end(c);
    call_collect_end(c);
}

void call_features_bury(ua_call *c) {
    call_features_stop(c);
    call_requests_drop(c);
    call_collect_drop(c);
}

void call_features_free(ua_call *c) {
    call_redirect_free(c);
    free(c->f.recv_info);
}
