/* What a dialog sends by itself: our 2xx until its ACK, our ACK whenever the 2xx comes again. */
#include <stdlib.h>

#include "stack/internal.h"

/* ---- our 2xx (13.3.1.4) ---- */

static void on_answer_timer(sx_timer *t, uint64_t now) {
    stack_answer *a = SX_CONTAINER(t, stack_answer, timer);
    stack_dialog *d = a->dialog;
    stack *s = d->s;
    if (now >= a->give_up_at) {
        stack_event ev = stack_event_of(STACK_EV_ACK_TIMEOUT);
        ev.dialog = d;
        ev.cseq = a->cseq;
        ev.code = SX_E_TIMEOUT;
        ev.text = "no ACK in time";
        if (stack_post(s, &d->owner, &ev, NULL, NULL) == SX_OK)
            stack_answer_free(d);
        else
            sx_timer_start(s->wheel, t, now + s->timing.t1);
        return;
    }
    s->stats.retransmissions_out++;
    stack_send_response(s, &a->flow, d->role, &a->to, sx_slice_of(a->bytes, a->n));
    a->interval = a->interval >= s->timing.t2 / 2 ? s->timing.t2 : a->interval * 2;
    uint64_t next = now + a->interval;
    sx_timer_start(s->wheel, t, next < a->give_up_at ? next : a->give_up_at);
}

void stack_answer_free(stack_dialog *d) {
    stack_answer *a = d->answer;
    if (!a) return;
    d->answer = NULL;
    sx_timer_stop(d->s->wheel, &a->timer);
    free(a->bytes);
    free(a);
}

/* An early dialog is confirmed by the 2xx to what made it, not by one to a PRACK or an UPDATE inside it; one of a set
 * is made by our INVITE. */
static bool makes_dialog(const sip_msg *m) {
    return m->method == SIP_INVITE || m->method == SIP_SUBSCRIBE || m->method == SIP_REFER || m->method == SIP_NOTIFY;
}

static bool refreshes_target(const sip_msg *m) { /* RFC 3261 12.2, RFC 3311, RFC 6665 4.1.2.2 and 4.2.2 */
    return m->method == SIP_INVITE || m->method == SIP_UPDATE || m->method == SIP_SUBSCRIBE || m->method == SIP_NOTIFY;
}

void stack_dialog_answered(stack_dialog *d, stack_tx *tx, int status) {
    stack *s = d->s;
    if (status >= 300) return; /* 12.2.2: what is refused changes nothing, where the peer is neither */
    if (refreshes_target(tx->msg)) stack_dialog_response(d, tx->msg, tx->invite, false);
    if (!d->set && makes_dialog(tx->msg)) d->state = DLG_CONFIRMED;
    if (!tx->invite) return;
    stack_answer_free(d);
    sip_cseq cseq;
    stack_answer *a = calloc(1, sizeof *a);
    if (!a || sip_cseq_read(sip_value(tx->msg, SIP_HDR_CSEQ), &cseq) != SX_OK) {
        free(a); /* sent once: the peer repeats its INVITE into an absorbing transaction; the ACK mostly comes anyway */
        return;
    }
    a->dialog = d;
    a->bytes = tx->last;
    a->n = tx->nlast;
    tx->last = NULL;
    a->flow = tx->flow;
    a->to = tx->reply_to;
    a->cseq = cseq.number;
    a->interval = s->timing.t1;
    uint64_t now = stack_now(s);
    a->give_up_at = now + s->timing.timeout;
    sx_timer_init(&a->timer, on_answer_timer);
    sx_timer_start(s->wheel, &a->timer, now + a->interval);
    d->answer = a;
}

void stack_dialog_ack(stack_dialog *d, const sip_msg *m, const sip_basics *b, const stack_rx *rx) {
    if (!d->answer || d->answer->cseq != b->cseq.number) return; /* again, or for nothing */
    stack_event ev = stack_event_of(STACK_EV_ACK);
    ev.dialog = d;
    ev.msg = m;
    ev.cseq = b->cseq.number;
    ev.flow = rx->flow;
    ev.transport = rx->flow.transport;
    ev.role = rx->role;
    ev.local = rx->local;
    ev.remote = rx->flow.remote;
    /* Without memory the 2xx goes on, and so the ACK comes again. */
    if (stack_post(d->s, &d->owner, &ev, NULL, NULL) == SX_OK) stack_answer_free(d);
}

/* ---- routes (12.2.1.1) ---- */

sx_slice stack_route_uri(sx_slice route) {
    sip_addr a;
    return sip_addr_read(route, &a) == SX_OK ? a.uri : sx_slice_empty();
}

bool stack_route_is_loose(sx_slice route) {
    sip_uri u;
    return sip_uri_parse(stack_route_uri(route), &u) == SX_OK && sip_uri_param(&u, SX_LIT("lr"), NULL);
}

sx_slice stack_route_set_uri(const sx_slice *routes, size_t nroutes, sx_slice target) {
    return !nroutes || stack_route_is_loose(routes[0]) ? target : stack_route_uri(routes[0]);
}

void stack_write_routes(sip_writer *w, const sx_slice *routes, size_t nroutes, sx_slice target) {
    bool loose = !nroutes || stack_route_is_loose(routes[0]);
    for (size_t i = loose ? 0 : 1; i < nroutes; i++) sip_write_hdr(w, SIP_HDR_ROUTE, routes[i]);
    if (loose) return;
    SX_BUF_LIT(w->b, "Route: <");
    sx_buf_slice(w->b, target);
    SX_BUF_LIT(w->b, ">\r\n");
}

/* ---- one message without a transaction ---- */

typedef struct shot {
    sx_list link;
    stack_courier courier;
    char *text; /* head, then rest */
    size_t nhead, nrest;
    stack_dialog *dialog;
    uint32_t cseq;
    sx_grave grave;
} shot;

static void free_shot(sx_grave *g) {
    shot *h = SX_CONTAINER(g, shot, grave);
    free(h->text);
    free(h);
}

static void end_shot(shot *h) {
    stack_courier_stop(&h->courier);
    sx_list_remove(&h->link);
    if (h->dialog) h->dialog->shots--;
    h->dialog = NULL;
    stack_bury(h->courier.s, &h->grave, free_shot);
}

static int build_shot(shot *h, const stack_flow *flow) {
    stack *s = h->courier.s;
    char branch[STACK_BRANCH_LEN + 1];
    sip_writer w;
    stack_branch_new(branch);
    sx_buf_reset(&s->out);
    sip_write_begin(&w, &s->out);
    sx_buf_put(&s->out, h->text, h->nhead);
    int rc = stack_write_via(s, &w, flow, h->courier.role, branch);
    if (rc != SX_OK) return rc;
    sx_buf_put(&s->out, h->text + h->nhead, h->nrest);
    return w.error ? w.error : s->out.failed ? SX_E_NOMEM : SX_OK;
}

static void keep_ack(shot *h, const stack_flow *flow) {
    stack_dialog *d = h->dialog;
    stack *s = d->s;
    char *copy = malloc(s->out.n);
    if (!copy) return;
    memcpy(copy, s->out.p, s->out.n);
    free(d->ack);
    d->ack = copy;
    d->nack = s->out.n;
    d->ack_flow = *flow;
    d->ack_cseq = h->cseq;
}

static void on_shot_ready(stack_courier *c) {
    shot *h = SX_CONTAINER(c, shot, courier);
    stack *s = c->s;
    stack_flow flow = c->flow;
    if (build_shot(h, &flow) == SX_OK) {
        if (flow.transport == STACK_UDP && s->out.n > s->cfg.udp_to_tcp_threshold && stack_courier_tcp(c)) return;
        if (h->dialog) keep_ack(h, &flow);
        stack_flow_send(s, &flow, NULL, sx_buf_view(&s->out));
    }
    end_shot(h);
}

static void on_shot_failed(stack_courier *c) {
    c->s->stats.send_failures++;
    end_shot(SX_CONTAINER(c, shot, courier));
}

int stack_shot_fire(stack *s, stack_role role, sx_slice head, sx_slice rest, sx_slice uri, const stack_flow *flow,
                    stack_dialog *d, uint32_t cseq) {
    shot *h = calloc(1, sizeof *h);
    char *text = malloc(head.n + rest.n);
    if (!h || !text) {
        free(h);
        free(text);
        return sx_fail(SX_E_NOMEM, "no memory for a message");
    }
    stack_courier_init(&h->courier, s, role);
    h->courier.ready = on_shot_ready;
    h->courier.failed = on_shot_failed;
    memcpy(text, head.p, head.n);
    memcpy(text + head.n, rest.p, rest.n);
    h->text = text;
    h->nhead = head.n;
    h->nrest = rest.n;
    h->dialog = d;
    h->cseq = cseq;
    if (d) d->shots++;
    sx_list_append(&s->shots, &h->link);
    courier_way way;
    memset(&way, 0, sizeof way);
    way.hops = &uri;
    way.nhops = 1;
    way.flow = flow;
    if (d) {
        way.dialog = &d->flow;
        way.secure = stack_is_sips(sx_slice_of(d->target, d->ntarget));
        way.tls = d->tls;
        way.ws_headers = d->ws_headers;
    }
    int rc = stack_courier_start(&h->courier, &way);
    if (rc != SX_OK) end_shot(h);
    return rc;
}

void stack_shot_forget(stack *s, stack_dialog *d) {
    if (!d->shots) return;
    SX_LIST_EACH(l, tmp, &s->shots) {
        shot *h = SX_CONTAINER(l, shot, link);
        if (h->dialog == d) h->dialog = NULL;
    }
    d->shots = 0;
}

void stack_close_shots(stack *s) {
    sx_list *n;
    while ((n = sx_list_first(&s->shots)) != NULL) end_shot(SX_CONTAINER(n, shot, link));
}

/* ---- our ACK (13.2.2.4) ---- */

bool stack_dialog_reack(stack_dialog *d, uint32_t cseq) {
    if (!d->ack || d->ack_cseq != cseq) return false;
    stack *s = d->s;
    s->stats.retransmissions_in++;
    s->stats.retransmissions_out++;
    stack_flow_send(s, &d->ack_flow, NULL, sx_slice_of(d->ack, d->nack));
    return true;
}

void stack_dialog_forget_ack(stack_dialog *d) {
    free(d->ack);
    d->ack = NULL;
}

int dlg_ack(stack_dialog *d, const sip_msg *final, sx_slice headers, sx_slice content_type, sx_slice body) {
    stack *s = d->s;
    sip_cseq cseq;
    sip_writer w;
    int rc = stack_check_lines(headers, false);
    if (rc != SX_OK) return rc;
    if (!sip_is_header_value(content_type)) return sx_fail(SX_E_HEADER, "a line break in the content type");
    if (sip_cseq_read(sip_value(final, SIP_HDR_CSEQ), &cseq) != SX_OK)
        return sx_fail(SX_E_PROTOCOL, "no CSeq in the 2xx");
    sx_slice target = sx_slice_of(d->target, d->ntarget);
    sx_buf text;
    sx_buf_init(&text);
    sip_write_begin(&w, &text);
    sip_write_request(&w, SX_LIT("ACK"), stack_route_set_uri(d->routes, d->nroutes, target));
    size_t head = text.n;
    sip_write_hdr_u64(&w, SIP_HDR_MAX_FORWARDS, 70);
    stack_write_routes(&w, d->routes, d->nroutes, target);
    stack_write_party(&text, SIP_HDR_FROM, d->local, d->local_tag);
    stack_write_party(&text, SIP_HDR_TO, d->remote, d->remote_tag);
    sip_write_hdr(&w, SIP_HDR_CALL_ID, d->call_id);
    sip_write_cseq(&w, cseq.number, SX_LIT("ACK"));
    if (d->invite_auth) sx_buf_str(&text, d->invite_auth);
    if (s->user_agent[0]) sip_write_hdr_str(&w, SIP_HDR_USER_AGENT, s->user_agent);
    sx_buf_slice(&text, headers);
    rc = sip_write_end(&w, content_type, body);
    if (rc == SX_OK) {
        sx_slice hop = d->nroutes ? stack_route_uri(d->routes[0]) : target;
        rc = stack_shot_fire(s, (stack_role)d->role, sx_slice_of(text.p, head),
                             sx_slice_of(text.p + head, text.n - head), hop, NULL, d, cseq.number);
    }
    sx_buf_free(&text);
    return rc;
}

void stack_write_party(sx_buf *b, sip_hdr_id id, sx_slice party, sx_slice tag) {
    sx_buf_slice(b, sip_hdr_name(id));
    SX_BUF_LIT(b, ": ");
    sx_buf_slice(b, party);
    if (tag.n) {
        SX_BUF_LIT(b, ";tag=");
        sx_buf_slice(b, tag);
    }
    SX_BUF_LIT(b, "\r\n");
}

void dlg_ack_and_bye(stack_dialog *d, const sip_msg *final, sx_slice bye_headers) {
    stack_request_params p;
    stack_request *bye;
    dlg_ack(d, final, sx_slice_empty(), sx_slice_empty(), sx_slice_empty());
    memset(&p, 0, sizeof p);
    p.method = SX_LIT("BYE");
    p.dialog = d;
    p.headers = bye_headers;
    if (stack_request_create(d->s, &p, &bye) == SX_OK) stack_request_abandon(bye);
    dlg_end(d);
}
