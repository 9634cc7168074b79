/* Transactions whose target said nothing for so long that the next one was tried beside it. They go on as RFC 3261 has
 * it; whichever answers first is the one that counts. */
#include <stdlib.h>

#include "stack/internal.h"

static void on_hung(sx_timer *t, uint64_t now);

/* It rings, may do so yet, or was answered (its 2xx may be repeated). */
static bool may_ring(const stack_request *r, const stack_ctx *c) {
    return r->invite && c->m.state != TX_CLIENT_COMPLETED && c->m.state != TX_CLIENT_TERMINATED;
}

bool stack_older_rings(const stack_request *r) {
    for (size_t i = 0; i < r->nolder; i++) {
        if (may_ring(r, r->older[i].ctx)) return true;
    }
    return false;
}

void stack_older_give_way(stack_request *r) {
    stack_older *o = &r->older[r->nolder++];
    o->ctx = r->ctx;
    o->at = r->courier.at;
    o->cancelled = false;
    r->ctx = NULL;
}

static void take_out(stack_request *r, size_t i) {
    r->nolder--;
    memmove(&r->older[i], &r->older[i + 1], (r->nolder - i) * sizeof r->older[0]);
}

void stack_older_drop(stack_request *r) {
    for (size_t i = r->nolder; i-- > 0;) {
        stack_ctx *c = r->older[i].ctx;
        if (may_ring(r, c)) {
            c->m.retry_at = 0; /* it is not asked for any more */
            continue;
        }
        take_out(r, i);
        if (r->invite)
            stack_ctx_forget(c); /* answered: its ACKs are its own affair */
        else
            stack_ctx_kill(c);
    }
}

void stack_older_free(stack_request *r) {
    for (size_t i = 0; i < r->nolder; i++) {
        if (r->invite)
            stack_ctx_forget(r->older[i].ctx);
        else
            stack_ctx_kill(r->older[i].ctx);
    }
    r->nolder = 0;
}

/* Its target has spoken before any other: it is the current one again, what came after it waits in its place. */
static void swap_in(stack_request *r, size_t i) {
    stack_older o = r->older[i];
    stack_ctx *later = r->ctx;
    size_t at = r->courier.at;
    take_out(r, i);
    stack_courier_back(&r->courier, o.at, &o.ctx->flow);
    sx_timer_stop(r->s->wheel, &r->give_way);
    r->ctx = o.ctx;
    r->state = STACK_REQ_SENT;
    r->last_status = 0;
    memcpy(r->branch, o.ctx->branch, sizeof r->branch);
    if (!later) return;
    if (r->invite) {
        r->older[r->nolder].ctx = later;
        r->older[r->nolder].at = at;
        r->older[r->nolder++].cancelled = false;
    } else {
        stack_ctx_kill(later);
    }
}

/* An INVITE that nobody waits for any more rings: CANCEL; it is answered: ACK and BYE. */
static void send_away(stack_request *r, size_t i, const sip_msg *msg, const sip_basics *b) {
    stack_older *o = &r->older[i];
    if (msg->status < 200) {
        if (o->cancelled) return;
        o->cancelled = true;
        stack_request_cancel_ctx(r, o->ctx);
        sx_timer_init(&r->hung, on_hung);
        sx_timer_start(r->s->wheel, &r->hung, stack_now(r->s) + r->s->timing.timeout);
    } else if (msg->status < 300 && !r->raw) {
        stack_ctx *mine = r->ctx;
        stack_flow flow = r->courier.flow;
        r->ctx = o->ctx;
        r->courier.flow = o->ctx->flow;
        stack_end_fork(r, msg, b);
        r->ctx = mine;
        r->courier.flow = flow;
    }
}

static void settle(stack_request *r) {
    bool over = r->reported ? r->delivered : r->abandoned;
    if (!r->nolder && !r->ctx && !r->reported && r->last_status)
        stack_request_last_failed(r);
    else if (over && !r->ctx && !stack_older_rings(r) && (r->invite || r->state != STACK_REQ_ROUTING))
        stack_request_free(r);
}

/* 64*T1 after its CANCEL the peer has forgotten the INVITE. */
static void on_hung(sx_timer *t, uint64_t now) {
    stack_request *r = SX_CONTAINER(t, stack_request, hung);
    for (size_t i = r->nolder; i-- > 0;) {
        stack_ctx *c = r->older[i].ctx;
        if (!r->older[i].cancelled || c->m.state == TX_CLIENT_ACCEPTED) continue;
        take_out(r, i);
        stack_ctx_kill(c);
    }
    settle(r);
}

bool stack_older_report(stack_request *r, stack_ctx *c, stack_ctx_report what, const sip_msg *msg,
                        const sip_basics *b) {
    size_t i = 0;
    while (i < r->nolder && r->older[i].ctx != c) i++;
    if (i == r->nolder) return false;
    if (what == STACK_CTX_RESPONSE) {
        bool open = r->state == STACK_REQ_ROUTING || (r->state == STACK_REQ_SENT && !r->seen);
        bool wanted = open && !r->reported && !r->abandoned && !r->cancel_wanted;
        if (wanted && msg->status != 503) {
            swap_in(r, i);
            return true;
        }
        if (r->invite && msg->status < 300) {
            send_away(r, i, msg, b);
            return false;
        }
        if (msg->status < 200) return false;
    }
    take_out(r, i);
    if (what != STACK_CTX_END) stack_ctx_forget(c);
    settle(r);
    return false;
}
