#include "ua/notify.h"

#include "sip/lex.h"
#include "ua/internal.h"

/* ---- Event ---- */

int ua_event_name_read(sx_slice value, ua_event_name *out) {
    sx_slice params;
    out->id = sx_slice_empty();
    if (sip_token_read(value, &out->package, &params) != SX_OK) return SX_E_FORMAT;
    sip_param_get(params, SX_LIT("id"), &out->id);
    return SX_OK;
}

int ua_event_name_of(const sip_msg *m, ua_event_name *out) {
    sx_slice v = sip_value(m, SIP_HDR_EVENT);
    return v.n ? ua_event_name_read(v, out) : SX_E_NOT_FOUND;
}

bool ua_event_name_eq(const ua_event_name *a, const ua_event_name *b) {
    return sx_eq(a->package, b->package) && sx_eq(a->id, b->id);
}

bool ua_event_name_is(const sip_msg *m, sx_slice event) {
    ua_event_name theirs, ours;
    return ua_event_name_of(m, &theirs) == SX_OK && ua_event_name_read(event, &ours) == SX_OK &&
           ua_event_name_eq(&theirs, &ours);
}

/* ---- Subscription-State ---- */

static bool seconds(sx_slice params, sx_slice name, uint32_t *out) {
    sx_slice v;
    uint64_t n;
    if (!sip_param_get(params, name, &v) || !v.n) return false;
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] < '0' || v.p[i] > '9') return false;
    }
    *out = sx_to_u64(v, UINT32_MAX, &n) ? (uint32_t)n : UINT32_MAX;
    return true;
}

int ua_sub_state_read(const sip_msg *m, ua_sub_state *out) {
    sx_slice v = sip_value(m, SIP_HDR_SUBSCRIPTION_STATE), params;
    memset(out, 0, sizeof *out);
    if (!v.n) return SX_E_NOT_FOUND;
    if (sip_token_read(v, &out->text, &params) != SX_OK) return SX_E_FORMAT;
    out->word = sx_ieq(out->text, SX_LIT("active"))       ? UA_SUB_ACTIVE
                : sx_ieq(out->text, SX_LIT("pending"))    ? UA_SUB_PENDING
                : sx_ieq(out->text, SX_LIT("terminated")) ? UA_SUB_TERMINATED
                                                          : UA_SUB_OTHER;
    if (!sip_param_get(params, SX_LIT("reason"), &out->reason)) out->reason = sx_slice_empty();
    out->has_expires = seconds(params, SX_LIT("expires"), &out->expires_s);
    out->has_retry_after = seconds(params, SX_LIT("retry-after"), &out->retry_after_s);
    return SX_OK;
}

ua_sub_after ua_sub_after_of(sx_slice reason) {
    if (sx_ieq(reason, SX_LIT("rejected")) || sx_ieq(reason, SX_LIT("noresource")) ||
        sx_ieq(reason, SX_LIT("invariant")))
        return UA_SUB_OVER;
    if (sx_ieq(reason, SX_LIT("deactivated")) || sx_ieq(reason, SX_LIT("timeout"))) return UA_SUB_AT_ONCE;
    return UA_SUB_LATER;
}

/* ---- sending ---- */

static void put_state(sx_buf *b, const ua_notify *n) {
    SX_BUF_LIT(b, "Event: ");
    sx_buf_slice(b, n->event);
    SX_BUF_LIT(b, "\r\nSubscription-State: ");
    if (n->word == UA_SUB_TERMINATED) {
        SX_BUF_LIT(b, "terminated");
        if (n->reason.n) {
            SX_BUF_LIT(b, ";reason=");
            sx_buf_slice(b, n->reason);
        }
        if (n->retry_after_s > 0) {
            SX_BUF_LIT(b, ";retry-after=");
            sx_buf_u64(b, (uint64_t)n->retry_after_s);
        }
    } else {
        sx_buf_str(b, n->word == UA_SUB_PENDING ? "pending" : "active");
        if (n->expires_s >= 0) {
            SX_BUF_LIT(b, ";expires=");
            sx_buf_u64(b, (uint64_t)n->expires_s);
        }
    }
    SX_BUF_LIT(b, "\r\n");
}

int ua_notify_send(ua_agent *a, const ua_notify *n, stack_request **out) {
    sx_buf lines;
    if (n->reason.n && !sip_is_token(n->reason)) return sx_fail(SX_E_INVALID, "the reason is no token");
    sx_buf_init(&lines);
    ua_common_lines(NULL, &lines);
    put_state(&lines, n);
    sx_buf_slice(&lines, n->headers);
    stack_request_params p = {.method = SX_LIT("NOTIFY"),
                              .dialog = n->dialog,
                              .headers = sx_buf_view(&lines),
                              .content_type = n->body.n ? n->content_type : sx_slice_empty(),
                              .body = n->body,
                              .sink = n->sink,
                              .user = n->user};
    int rc = lines.failed ? sx_fail(SX_E_NOMEM, "no memory for a NOTIFY") : stack_request_create(a->stack, &p, out);
    sx_buf_free(&lines);
    return rc;
}

bool ua_notify_gone(const stack_event *final) {
    if (!final->msg) return true;
    switch (final->status) {
    case 404:
    case 405:
    case 410:
    case 416:
    case 480:
    case 481:
    case 482:
    case 483:
    case 484:
    case 485:
    case 489:
    case 501:
    case 604: return true;
    default: return false;
    }
}
