/* Transfers that pass through a bridge: REFER of one side becomes a REFER to the other, whose answer and NOTIFYs come
 * back. One at a time. */
#include <stdlib.h>

#include "ua/call.h"
#include "ua/notify.h"

static void copy_header(sx_buf *lines, const sip_msg *m, const char *name) {
    const sip_hdr *h = sip_find(m, sx_slice_str(name), NULL);
    if (!h) return;
    sx_slice v = sip_hdr_value(m, h);
    sx_buf_str(lines, name);
    SX_BUF_LIT(lines, ": ");
    sx_buf_slice(lines, v);
    SX_BUF_LIT(lines, "\r\n");
}

static void on_answer(void *ctx, const stack_event *ev) {
    ua_bridge *b = ev->user;
    (void)ctx;
    if (ev->type != STACK_EV_FINAL || ev->request != b->refer_request) return;
    stack_tx *tx = b->refer;
    b->refer_request = NULL;
    b->refer = NULL;
    sx_buf lines;
    sx_buf_init(&lines);
    if (ev->msg) copy_header(&lines, ev->msg, "Refer-Sub");
    bool taken = ev->msg && ev->status >= 200 && ev->status < 300;
    b->refer_notifies = taken;
    int status = ev->msg && ev->status != 401 && ev->status != 407 ? ev->status : taken ? 202 : 480;
    if (tx) ua_answer(tx, status, NULL, lines.failed ? sx_slice_empty() : sx_buf_view(&lines));
    sx_buf_free(&lines);
}

static bool take_refer(ua_bridge *b, ua_call *c, const stack_event *ev) {
    ua_call *other = b->side[!c->bridge_side];
    if (!b->cfg.transfer || c->state != CALL_UP || other->state != CALL_UP || !other->dialog) return false;
    if (ua_refuse_extension(ev->tx, ev->msg)) return true;
    if (b->refer) {
        ua_answer(ev->tx, 491, NULL, sx_slice_empty());
        return true;
    }
    sx_buf lines;
    sx_buf_init(&lines);
    ua_common_lines(other, &lines);
    static const char *const passed[] = {"Refer-To", "Referred-By", "Refer-Sub", "Target-Dialog"};
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++) copy_header(&lines, ev->msg, passed[i]);
    stack_request_params p = {.method = SX_LIT("REFER"),
                              .dialog = other->dialog,
                              .headers = sx_buf_view(&lines),
                              .sink = {on_answer, b->agent},
                              .user = b};
    int rc = lines.failed ? SX_E_NOMEM : stack_request_create(b->agent->stack, &p, &b->refer_request);
    sx_buf_free(&lines);
    if (rc != SX_OK) {
        b->refer_request = NULL;
        ua_answer(ev->tx, 500, NULL, sx_slice_empty());
        return true;
    }
    b->refer = ev->tx;
    b->refer_side = c->bridge_side;
    tx_set_owner(ev->tx, (stack_sink){call_on_stack, b->agent}, c);
    return true;
}

static void on_notified(void *ctx, const stack_event *ev) { (void)ctx, (void)ev; }

static bool take_notify(ua_bridge *b, ua_call *c, const stack_event *ev) {
    ua_sub_state state;
    ua_event_name name;
    if (c->bridge_side == b->refer_side || (!b->refer_notifies && !b->refer)) return false;
    if (ua_event_name_of(ev->msg, &name) != SX_OK || !sx_eq(name.package, SX_LIT("refer"))) return false;
    if (ua_sub_state_read(ev->msg, &state) != SX_OK) {
        ua_answer(ev->tx, 400, NULL, sx_slice_empty());
        return true;
    }
    ua_answer(ev->tx, 200, NULL, sx_slice_empty());
    ua_call *to = b->side[b->refer_side];
    if (to->state == CALL_UP && to->dialog) {
        stack_request *r;
        ua_notify n = {.dialog = to->dialog,
                       .event = SX_LIT("refer"),
                       .word = state.word,
                       .reason = state.reason,
                       .expires_s = state.has_expires ? (int64_t)state.expires_s : -1,
                       .content_type = sip_value(ev->msg, SIP_HDR_CONTENT_TYPE),
                       .body = ev->msg->body,
                       .sink = {on_notified, b->agent}};
        if (ua_notify_send(b->agent, &n, &r) == SX_OK) stack_request_abandon(r); /* its answer is of no matter */
    }
    if (state.word == UA_SUB_TERMINATED) b->refer_notifies = false;
    return true;
}

bool call_bridge_takes(ua_call *c, const stack_event *ev) {
    ua_bridge *b = c->bridge;
    if (b->over) return false;
    if (ev->msg->method == SIP_REFER) return take_refer(b, c, ev);
    return ev->msg->method == SIP_NOTIFY && take_notify(b, c, ev);
}

void bridge_refer_stop(ua_bridge *b) {
    if (b->refer_request && b->agent->stack) stack_request_abandon(b->refer_request);
    if (b->refer && b->agent->stack) ua_answer(b->refer, 480, NULL, sx_slice_empty());
    b->refer_request = NULL;
    b->refer = NULL;
    b->refer_notifies = false;
}
