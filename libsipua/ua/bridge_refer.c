/* Transfers that pass through a bridge: REFER of one side becomes a REFER to the other (bridge_request.c), whose
 * NOTIFYs come back. Each is told apart by the id of its Event: the CSeq of the REFER, in either dialog its own. */
#include "ua/call.h"
#include "ua/notify.h"
#include "ua/transfer.h"

/* Which of them is this NOTIFY about? Old phones leave the id out: then it is the oldest one. */
static bridge_passed *transfer_of(ua_bridge *b, const ua_call *c, uint32_t id) {
    SX_LIST_EACH(it, next, &b->passed) {
        bridge_passed *p = SX_CONTAINER(it, bridge_passed, node);
        if (!p->refer || p->from == c->bridge_side) continue;
        uint32_t cseq = p->request ? stack_request_cseq(p->request) : p->cseq_out; /* it may come before the 202 */
        if (!id || id == cseq) return p;
    }
    return NULL;
}

/* What is answered to a NOTIFY is of no matter, but that nothing piles up when nobody answers. */
static void on_notified(void *ctx, const stack_event *ev) {
    ua_bridge *b = ev->user;
    (void)ctx;
    for (size_t i = 0; i < BRIDGE_NOTICES && ev->type == STACK_EV_FINAL; i++)
        if (b->notice[i] == ev->request) b->notice[i] = NULL;
}

/* False: not now. */
static bool send_on(bridge_passed *p, const stack_event *ev, const ua_sub_state *state) {
    char event[32];
    sx_buf e;
    size_t slot = 0;
    ua_call *to = p->bridge->side[p->from];
    if (to->state != CALL_UP || !to->dialog) return true;
    while (slot < BRIDGE_NOTICES && p->bridge->notice[slot]) slot++;
    if (slot == BRIDGE_NOTICES) return false;
    sx_buf_init_fixed(&e, event, sizeof event);
    SX_BUF_LIT(&e, "refer");
    if (p->with_id) {
        SX_BUF_LIT(&e, ";id=");
        sx_buf_u64(&e, p->cseq_in);
    }
    ua_notify n = {.dialog = to->dialog,
                   .event = sx_buf_view(&e),
                   .word = state->word,
                   .reason = state->reason,
                   .expires_s = state->has_expires ? (int64_t)state->expires_s : -1,
                   .content_type = sip_value(ev->msg, SIP_HDR_CONTENT_TYPE),
                   .body = ev->msg->body,
                   .sink = {on_notified, to->agent},
                   .user = p->bridge};
    if (ua_notify_send(to->agent, &n, &p->bridge->notice[slot]) == SX_OK) return true;
    p->bridge->notice[slot] = NULL;
    return false;
}

static bool take_notify(ua_bridge *b, ua_call *c, const stack_event *ev) {
    ua_sub_state state;
    uint32_t id;
    bridge_passed *p = refer_event(ev->msg, &id) ? transfer_of(b, c, id) : NULL;
    if (!p) return false;
    sx_slice reason;
    int rc = ua_sub_state_read(ev->msg, &state), status = refer_fragment(ev->msg, &reason);
    if (rc == SX_E_NOT_FOUND && status >= 100) { /* old phones leave the state out */
        memset(&state, 0, sizeof state);
        state.word = status < 200 ? UA_SUB_ACTIVE : UA_SUB_TERMINATED;
        if (status >= 200) state.reason = SX_LIT("noresource");
    } else if (rc != SX_OK) {
        ua_answer(ev->tx, 400, NULL, sx_slice_empty());
        return true;
    }
    if (!send_on(p, ev, &state)) {
        ua_answer(ev->tx, 500, NULL, SX_LIT("Retry-After: 2\r\n"));
        return true;
    }
    ua_answer(ev->tx, 200, NULL, sx_slice_empty());
    if (state.word != UA_SUB_TERMINATED) return true;
    if (!p->request)
        bridge_passed_end(p);
    else
        p->refer = false; /* its 202 is still to come, and nothing after it */
    return true;
}

bool call_bridge_takes(ua_call *c, const stack_event *ev) {
    ua_bridge *b = c->bridge;
    char digit;
    unsigned ms;
    if (b->over) return false;
    ua_call *other = b->side[!c->bridge_side];
    switch (ev->msg->method) {
    case SIP_REFER:
        if (!b->cfg.transfer || c->state != CALL_UP || other->state != CALL_UP || !other->dialog) return false;
        break;
    case SIP_NOTIFY: return take_notify(b, c, ev);
    case SIP_INFO:
        if (ua_body_dtmf(ev->msg, &digit, &ms)) return false; /* a digit, whichever way it came */
        /* fall through */
    case SIP_MESSAGE:
    case SIP_METHOD_OTHER:
        if (!b->cfg.requests || c->state >= CALL_LEAVING || !call_inside(other)) return false;
        break;
    default: return false;
    }
    bridge_pass(b, c, ev);
    return true;
}
