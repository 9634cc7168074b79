/* A caller that asks for an answer without a hand: an intercom, a paging system, click to dial. Call-Info answer-after,
 * Alert-Info alert-autoanswer, Answer-Mode (RFC 5373). Told to the program; obeyed only where the option says so, for
 * whoever may do that listens in. */
#include "sip/lex.h"
#include "ua/call.h"

enum { MAX_AFTER_S = 3600 };

static bool has_param(const sip_msg *m, sip_hdr_id id, sx_slice name, sx_slice *value) {
    sip_list l;
    sx_slice element;
    sip_list_begin(&l, m, id);
    while (sip_list_next(&l, &element) == 1) {
        ptrdiff_t close = sx_find(element, '>');
        sx_slice rest = close < 0 ? element : sx_slice_of(element.p + close + 1, element.n - (size_t)close - 1);
        sx_slice params;
        sx_split(rest, ';', &params);
        if (sip_param_get(params, name, value)) return true;
    }
    return false;
}

static bool is_auto_word(sx_slice v) {
    v = sip_unquote(v);
    return sx_ieq(v, SX_LIT("alert-autoanswer")) || sx_ieq(v, SX_LIT("auto-answer")) ||
           sx_ieq(v, SX_LIT("auto answer")) || sx_ieq(v, SX_LIT("autoanswer"));
}

static bool by_alert(const sip_msg *m, int *after) {
    sx_slice v, delay;
    uint64_t n;
    bool any = has_param(m, SIP_HDR_ALERT_INFO, SX_LIT("info"), &v) && is_auto_word(v);
    for (const sip_hdr *h = sip_first(m, SIP_HDR_ALERT_INFO); h && !any; h = sip_next(m, h))
        any = is_auto_word(sip_hdr_value(m, h)); /* Polycom: the words alone */
    *after = 0;
    if (any && has_param(m, SIP_HDR_ALERT_INFO, SX_LIT("delay"), &delay) && sx_to_u64(sx_trim(delay), MAX_AFTER_S, &n))
        *after = (int)n;
    return any;
}

static bool by_mode(const sip_msg *m) { /* RFC 5373 */
    static const char *const names[] = {"Answer-Mode", "Priv-Answer-Mode"};
    for (size_t i = 0; i < 2; i++) {
        const sip_hdr *h = sip_find(m, sx_slice_str(names[i]), NULL);
        sx_slice token, params;
        if (h && sip_token_read(sip_hdr_value(m, h), &token, &params) == SX_OK && sx_ieq(token, SX_LIT("Auto")))
            return true;
    }
    return false;
}

bool call_auto_asked(const sip_msg *m, int *after_s) {
    sx_slice v;
    uint64_t n;
    *after_s = 0;
    if (has_param(m, SIP_HDR_CALL_INFO, SX_LIT("answer-after"), &v) && sx_to_u64(sx_trim(v), MAX_AFTER_S, &n)) {
        *after_s = (int)n;
        return true;
    }
    return by_alert(m, after_s) || by_mode(m);
}

bool call_auto_obeyed(const ua_agent *a, const ua_account *acc, const sip_msg *m) {
    int after;
    return ua_account_setting(a, acc, offsetof(ua_settings, answer_after)) && call_auto_asked(m, &after);
}

void call_auto_read(ua_call *c, const sip_msg *m, ua_event *ev) {
    int after;
    if (!call_auto_asked(m, &after)) return;
    ev->flags |= UA_FLAG_AUTO_ANSWER;
    ev->answer_after_s = after;
    if (!ua_account_setting(c->agent, c->account, offsetof(ua_settings, answer_after))) return;
    ev->deadline_ms = after * 1000;
    ev->default_status = 200;
}

void call_auto_timer(sx_timer *t, uint64_t now) {
    ua_call *c = SX_CONTAINER(t, ua_call, f.auto_timer);
    (void)now;
    if (c->state == CALL_OFFERED) call_in_answer_now(c);
}

bool call_auto_begin(ua_call *c, const sip_msg *m) {
    int after;
    if (c->state != CALL_OFFERED || !call_auto_obeyed(c->agent, c->account, m)) return false;
    call_auto_asked(m, &after);
    if (!after) return true; /* now */
    if (!c->ring_status) call_in_ring(c, NULL);
    sx_timer_start(c->agent->wheel, &c->f.auto_timer, call_now(c) + (uint64_t)after * 1000);
    return false;
}
