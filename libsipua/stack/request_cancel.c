/* Requests that are not wanted any more: CANCEL (RFC 3261 9.1). */
#include <stdlib.h>

#include "stack/internal.h"

static const sip_msg *sent_by(stack_ctx *c) {
    stack *s = c->s;
    if (!c->bytes) return NULL;
    return sip_parse(&s->work, c->bytes, c->n, NULL, NULL) == SX_OK ? &s->work.msg : NULL;
}

const sip_msg *stack_request_sent(stack_request *r) { return r->ctx ? sent_by(r->ctx) : NULL; }

void stack_request_send_cancel(stack_request *r) {
    stack *s = r->s;
    r->cancel_sent = true;
    /* 64*T1 for the final answer to the INVITE (9.1) */
    sx_timer_start(s->wheel, &r->timer, stack_now(s) + s->timing.timeout);
    if (r->ctx) stack_request_cancel_ctx(r, r->ctx);
}

void stack_request_cancel_ctx(stack_request *r, stack_ctx *c) {
    stack *s = r->s;
    sip_writer w;
    sip_list l;
    sip_cseq cseq;
    sx_slice via;
    const sip_msg *m = sent_by(c);
    if (!m) return;
    sip_list_begin(&l, m, SIP_HDR_VIA);
    if (sip_list_next(&l, &via) != 1 || sip_cseq_read(sip_value(m, SIP_HDR_CSEQ), &cseq) != SX_OK) return;
    sx_buf_reset(&s->out);
    sip_write_begin(&w, &s->out);
    sip_write_request(&w, SX_LIT("CANCEL"), m->uri);
    sip_write_hdr(&w, SIP_HDR_VIA, via);
    sip_write_hdr_u64(&w, SIP_HDR_MAX_FORWARDS, 70);
    sip_write_copy(&w, m, SIP_HDR_ROUTE);
    sip_write_copy(&w, m, SIP_HDR_FROM);
    sip_write_copy(&w, m, SIP_HDR_TO);
    sip_write_copy(&w, m, SIP_HDR_CALL_ID);
    sip_write_cseq(&w, cseq.number, SX_LIT("CANCEL"));
    if (s->user_agent[0]) sip_write_hdr_str(&w, SIP_HDR_USER_AGENT, s->user_agent);
    sx_buf_slice(&s->out, r->cancel_headers);
    if (sip_write_end(&w, sx_slice_empty(), sx_slice_empty()) != SX_OK) return;
    char *bytes = malloc(s->out.n);
    if (!bytes) return;
    memcpy(bytes, s->out.p, s->out.n);
    stack_ctx_start(s, SIP_CANCEL, c->branch, &c->flow, bytes, s->out.n, NULL, NULL);
}

void stack_request_want_cancel(stack_request *r, sx_slice headers) {
    if (r->cancel_wanted) return;
    r->cancel_wanted = true;
    r->cancel_headers = sx_arena_dup(&r->arena, headers);
    if (r->state == STACK_REQ_PROCEEDING) stack_request_send_cancel(r);
}

int stack_request_cancel(stack_request *r, sx_slice headers) {
    int rc = stack_check_lines(headers, false);
    if (rc != SX_OK || r->reported || r->abandoned) return rc;
    if (!r->invite || r->state == STACK_REQ_ROUTING) {
        stack_request_drop_ctx(r);
        stack_request_fail(r, 487, SX_E_CANCELED, "cancelled");
    } else if (r->state == STACK_REQ_SENT || r->state == STACK_REQ_PROCEEDING) {
        stack_request_want_cancel(r, headers);
    }
    return SX_OK;
}
