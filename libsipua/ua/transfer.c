/* The life of transfers, and who is told what comes in a dialog that one of them has. */
#include "ua/transfer.h"

#include <stdlib.h>

enum { MAX_PER_CALL = 8, MAX_TRANSFERS = 100000 };

static void free_transfer(sx_grave *g) {
    ua_transfer *t = SX_CONTAINER(g, ua_transfer, grave);
    free(t->target);
    free(t->replaces);
    free(t->referred_by);
    free(t->reason);
    sx_buf_free(&t->lines);
    sip_msg_unref(t->msg);
    free(t);
}

/* The dialog goes on with another transfer in it, or ends. */
static void let_go(ua_transfer *t) {
    if (!t->owns_dialog) return;
    t->owns_dialog = false;
    SX_LIST_EACH(it, tmp, &t->agent->transfers) {
        ua_transfer *o = SX_CONTAINER(it, ua_transfer, node);
        if (o == t || o->dialog != t->dialog || o->state == TRANSFER_OVER) continue;
        transfer_attach(o, t->dialog);
        return;
    }
    dlg_end(t->dialog);
}

static void leave(ua_transfer *t) {
    ua_agent *a = t->agent;
    sx_timer_stop(a->wheel, &t->timer);
    sx_runq_cancel(&t->task);
    sx_list_remove(&t->node);
    sx_list_remove(&t->in_call);
    sx_list_remove(&t->in_consult);
    if (t->placed) t->placed->links.placed_by = NULL;
    t->placed = NULL;
    a->ntransfers--;
}

void transfer_keep(ua_transfer *t, const sip_msg *msg) {
    if (!t->msg && msg && t->state != TRANSFER_OVER) t->msg = sip_msg_keep(msg); /* without memory: none */
}

static void hang_up(ua_call *c) {
    call_end e = {.originator = UA_LOCAL, .cause = UA_CAUSE_TRANSFERRED};
    if (c) call_terminate(c, &e, 480, sx_slice_empty());
}

/* RFC 3261 12.2.1.2, RFC 5057 5.1: 481, 408 and silence are the end of the call too, told after the transfer's. */
static void dialog_failed(ua_transfer *t) {
    stack_event ev = {STACK_EV_FINAL};
    ev.status = t->status;
    ev.code = t->code;
    ev.msg = t->msg;
    if (t->call) call_inside_failed(t->call, &ev, 64ull * (uint64_t)t->agent->opt.t1_ms);
}

static void transfer_task(sx_task *task) {
    ua_transfer *t = SX_CONTAINER(task, ua_transfer, task);
    ua_agent *a = t->agent;
    ua_event ev = ua_event_of(UA_EV_TRANSFER_DONE);
    ev.transfer = t;
    ev.account = t->account;
    ev.call = t->call;
    ev.status = t->status;
    ev.code = t->code;
    ev.reason = t->reason ? sx_slice_str(t->reason) : t->status ? sip_reason(t->status) : sx_slice_empty();
    if (t->code || t->status >= 300) ev.cause = ua_cause_of_code(t->code, t->status);
    if (t->refused && t->status == 481) ev.cause = UA_CAUSE_DIALOG_ERROR;
    ev.text = t->text   ? sx_slice_str(t->text)
              : t->code ? sx_slice_str(sx_error_text(t->code))
                        : sx_slice_str(ua_cause_text(ev.cause));
    ev.msg = t->msg;
    if (t->dialog) let_go(t);
    ua_emit(a, &ev);
    if (t->hangup && !t->code && t->status >= 200 && t->status < 300) {
        hang_up(t->consult);
        hang_up(t->call);
    }
    if (t->refused) dialog_failed(t);
    leave(t);
    sx_runq_bury(a->runq, &t->grave, free_transfer);
    ua_agent_progress(a);
}

static void transfer_timer(sx_timer *timer, uint64_t now) {
    ua_transfer *t = SX_CONTAINER(timer, ua_transfer, timer);
    (void)now;
    if (t->incoming) {
        transfer_in_timer(t);
    } else {
        transfer_finish(t, 0, SX_E_TIMEOUT, sx_slice_empty(), "the peer did not say how it went");
    }
}

bool refer_is_full(const ua_agent *a, const ua_call *call) {
    size_t n = 0;
    for (const sx_list *it = call ? call->links.transfers.next : NULL; it && it != &call->links.transfers;
         it = it->next)
        n++;
    return n >= MAX_PER_CALL || a->ntransfers >= MAX_TRANSFERS;
}

ua_transfer *transfer_new(ua_agent *a, ua_account *acc, ua_call *call) {
    if (refer_is_full(a, call)) {
        sx_fail(SX_E_LIMIT, "too many transfers at one time");
        return NULL;
    }
    ua_transfer *t = calloc(1, sizeof *t);
    if (!t) {
        sx_fail(SX_E_NOMEM, "no memory for the transfer");
        return NULL;
    }
    t->agent = a;
    t->account = acc;
    t->call = call;
    sx_list_init(&t->in_call);
    sx_list_init(&t->in_consult);
    sx_buf_init(&t->lines);
    sx_timer_init(&t->timer, transfer_timer);
    sx_task_init(&t->task, transfer_task);
    sx_list_append(&a->transfers, &t->node);
    if (call) {
        sx_list_append(&call->links.transfers, &t->in_call);
        t->dialog = call->dialog;
    }
    a->ntransfers++;
    return t;
}

void transfer_discard(ua_transfer *t) {
    if (t->dialog) let_go(t);
    dlg_expect_end(t->expect);
    leave(t);
    sx_runq_bury(t->agent->runq, &t->grave, free_transfer);
}

void transfer_finish(ua_transfer *t, int status, int code, sx_slice reason, const char *text) {
    if (t->state == TRANSFER_OVER) return;
    t->state = TRANSFER_OVER;
    t->status = status;
    t->code = code;
    t->text = text;
    if (reason.n) t->reason = sx_strdup(reason); /* without memory it ends with the standard words */
    sx_timer_stop(t->agent->wheel, &t->timer);
    if (t->request) stack_request_abandon(t->request);
    if (t->notify) stack_request_abandon(t->notify);
    t->request = t->notify = NULL;
    dlg_expect_end(t->expect);
    t->expect = NULL;
    sx_runq_post(t->agent->runq, &t->task);
}

/* ---- what comes in a dialog ---- */

void transfer_attach(ua_transfer *t, stack_dialog *d) {
    t->dialog = d;
    t->owns_dialog = true;
    dlg_set_owner(d, (stack_sink){transfer_on_dialog, t->agent}, t);
}

/* RFC 3515 2.4.6: only the first REFER of a dialog may be meant without an id. */
static bool is_meant(const ua_transfer *t, uint32_t id, bool incoming) {
    if (t->incoming != incoming || t->state == TRANSFER_OVER || t->state == TRANSFER_WAITS) return false;
    return !id || id == (!incoming && t->request ? stack_request_cseq(t->request) : t->cseq);
}

static ua_transfer *find(ua_agent *a, const stack_dialog *d, uint32_t id, bool incoming) {
    ua_transfer *owner = dlg_user(d);
    if (is_meant(owner, id, incoming)) return owner;
    SX_LIST_EACH(it, tmp, &a->transfers) {
        ua_transfer *t = SX_CONTAINER(it, ua_transfer, node);
        if (t->dialog == d && is_meant(t, id, incoming)) return t;
    }
    return NULL;
}

/* The same among those of one call, of which there are few. */
static ua_transfer *find_in_call(ua_call *c, uint32_t id, bool incoming) {
    SX_LIST_EACH(it, tmp, &c->links.transfers) {
        ua_transfer *t = SX_CONTAINER(it, ua_transfer, in_call);
        if (t->dialog == c->dialog && is_meant(t, id, incoming)) return t;
    }
    return NULL;
}

/* A dialog of a call carries the subscriptions of its REFERs alone: RFC 6665 4.5.2 wants no others in there. Who may
 * subscribe outside of it is told so, and not that there is no such package. */
static void no_such_package(const ua_agent *a, const stack_event *ev) {
    ua_event_name name;
    bool elsewhere =
        ev->msg->method == SIP_SUBSCRIBE && ua_asks(a, UA_ASK_SUBSCRIBE) && ua_event_name_of(ev->msg, &name) == SX_OK;
    if (elsewhere)
        ua_answer(ev->tx, 403, "Subscribe Outside This Dialog", sx_slice_empty());
    else
        ua_answer(ev->tx, 489, NULL, SX_LIT("Allow-Events: refer\r\n"));
}

static void on_subscription(ua_agent *a, ua_call *c, const stack_event *ev) {
    uint32_t id;
    bool notify = ev->msg->method == SIP_NOTIFY;
    if (!refer_event(ev->msg, &id)) {
        no_such_package(a, ev);
        return;
    }
    ua_transfer *t = c ? find_in_call(c, id, !notify) : find(a, ev->dialog, id, !notify);
    if (t && notify) {
        transfer_out_notify(t, ev);
    } else if (t) {
        transfer_in_subscribe(t, ev);
    } else { /* a late one, after the one that told all, is no reason to take the call for dead */
        ua_answer(ev->tx, notify && c && c->links.referred ? 200 : 481, NULL, sx_slice_empty());
    }
}

void transfer_on_dialog(void *ctx, const stack_event *ev) {
    if (ev->type != STACK_EV_REQUEST || !ev->tx) return;
    if (ev->msg->method == SIP_NOTIFY || ev->msg->method == SIP_SUBSCRIBE) {
        on_subscription(ctx, NULL, ev);
    } else {
        ua_answer(ev->tx, 481, NULL, sx_slice_empty()); /* the call that was here has ended */
    }
}

void call_transfer_request(ua_call *c, const stack_event *ev) {
    if (ua_refuse_extension(ev->tx, ev->msg)) return;
    if (ev->msg->method == SIP_REFER) {
        transfer_in_begin(c->agent, c->account, c, ev);
    } else {
        on_subscription(c->agent, c, ev);
    }
}

/* ---- the calls that it is about ---- */

void call_links_init(ua_call *c) {
    sx_list_init(&c->links.transfers);
    sx_list_init(&c->links.consults);
    sx_list_init(&c->links.rivals);
    sx_list_init(&c->links.in_rivals);
}

void call_links_signalling_over(ua_call *c) {
    stack_dialog *d = c->dialog;
    bool kept = false;
    SX_LIST_EACH(it, tmp, &c->links.transfers) {
        ua_transfer *t = SX_CONTAINER(it, ua_transfer, in_call);
        if (t->state == TRANSFER_ASKED) {
            transfer_in_refuse(t, 487, SX_E_CANCELED); /* RFC 3261 15.1.2 */
        } else if (t->state == TRANSFER_WAITS) {
            transfer_finish(t, 0, SX_E_CANCELED, sx_slice_empty(), "the call ended before the peer could be asked");
            t->dialog = NULL;
        } else if (t->state == TRANSFER_OVER || t->owns_dialog) {
            continue;
        } else if (!d || (t->incoming && !t->subscribed)) {
            if (t->dialog && !t->incoming) transfer_finish(t, 0, SX_E_CANCELED, sx_slice_empty(), NULL);
            t->dialog = NULL;
        } else if (!kept) {
            transfer_attach(t, d);
            kept = true;
        }
    }
    if (!d) return;
    call_replace_ended(c, d);
    if (!kept) dlg_end(d);
}

void call_links_drop(ua_call *c) {
    sx_list *n;
    while ((n = sx_list_pop(&c->links.transfers)) != NULL) SX_CONTAINER(n, ua_transfer, in_call)->call = NULL;
    while ((n = sx_list_pop(&c->links.consults)) != NULL) SX_CONTAINER(n, ua_transfer, in_consult)->consult = NULL;
    if (c->links.placed_by) c->links.placed_by->placed = NULL;
    c->links.placed_by = NULL;
    call_replace_drop(c);
}

/* ---- the agent ---- */

void ua_transfer_orphan(ua_agent *a, const ua_account *acc) {
    SX_LIST_EACH(it, tmp, &a->transfers) {
        ua_transfer *t = SX_CONTAINER(it, ua_transfer, node);
        if (t->account != acc) continue;
        if (t->state == TRANSFER_ASKED) transfer_in_refuse(t, 480, SX_E_CANCELED);
        t->account = NULL;
    }
}

void ua_transfer_give_up_all(ua_agent *a, bool now) {
    SX_LIST_EACH(it, tmp, &a->transfers) {
        ua_transfer *t = SX_CONTAINER(it, ua_transfer, node);
        if (t->state == TRANSFER_ASKED) {
            transfer_in_refuse(t, 603, SX_E_CANCELED);
        } else if (now || !t->incoming) {
            transfer_finish(t, 0, SX_E_CANCELED, sx_slice_empty(), NULL);
        }
    }
}

void ua_transfer_destroy_all(ua_agent *a) {
    for (sx_list *n; (n = sx_list_first(&a->transfers)) != NULL;) { /* the stack is gone, and its objects with it */
        ua_transfer *t = SX_CONTAINER(n, ua_transfer, node);
        leave(t);
        sx_runq_bury(a->runq, &t->grave, free_transfer);
    }
}

void ua_transfer_set_id(ua_transfer *t, uint64_t id) { t->id = id; }
uint64_t ua_transfer_id(const ua_transfer *t) { return t->id; }
