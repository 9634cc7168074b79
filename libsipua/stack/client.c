/* Client transactions on the wire: the machine of client_transaction.h with its messages, timer and flow. */
#include <stdlib.h>

#include "base/rand.h"
#include "stack/internal.h"

enum { LOST_AT_ONCE = 64 /* transactions that end in one turn of the loop with their connection: 5 us each */ };

static void on_timer(sx_timer *t, uint64_t now);

void stack_branch_new(char out[STACK_BRANCH_LEN + 1]) {
    memcpy(out, "z9hG4bK", 7);
    sx_rand_token(out + 7, STACK_BRANCH_LEN - 7);
    out[STACK_BRANCH_LEN] = 0;
}

static void free_ctx(sx_grave *g) {
    stack_ctx *c = SX_CONTAINER(g, stack_ctx, grave);
    free(c->bytes);
    free(c->ack);
    free(c);
}

static void end_ctx(stack_ctx *c) {
    stack *s = c->s;
    sx_timer_stop(s->wheel, &c->timer);
    sx_htab_remove(&s->client_txs, &c->by_branch);
    sx_htab_remove(&s->client_txs_by_flow, &c->by_flow);
    stack_bury(s, &c->grave, free_ctx);
}

static void arm(stack_ctx *c) {
    uint64_t due = tx_machine_due(&c->m);
    if (due)
        sx_timer_start(c->s->wheel, &c->timer, due);
    else
        sx_timer_stop(c->s->wheel, &c->timer);
}

static void send_again(stack_ctx *c) {
    if (!c->bytes) return;
    c->s->stats.retransmissions_out++;
    stack_flow_send(c->s, &c->flow, NULL, sx_slice_of(c->bytes, c->n));
}

/* The ACK to a failure answer: the INVITE's Request-URI, top Via, Route, From, Call-ID and number, the answer's To
 * (17.1.1.3). Of a forwarded INVITE likewise. */
static void send_ack(stack_ctx *c, const sip_msg *answer) {
    stack *s = c->s;
    if (!c->ack && answer && c->bytes && sip_parse(&s->work, c->bytes, c->n, NULL, NULL) == SX_OK) {
        const sip_msg *m = &s->work.msg;
        sip_writer w;
        sip_cseq cseq;
        sip_list l;
        sx_slice via;
        sip_list_begin(&l, m, SIP_HDR_VIA);
        if (sip_list_next(&l, &via) != 1 || sip_cseq_read(sip_value(m, SIP_HDR_CSEQ), &cseq) != SX_OK) return;
        sx_buf_reset(&s->out);
        sip_write_begin(&w, &s->out);
        sip_write_request(&w, SX_LIT("ACK"), m->uri);
        sip_write_hdr(&w, SIP_HDR_VIA, via);
        sip_write_hdr(&w, SIP_HDR_MAX_FORWARDS, SX_LIT("70"));
        sip_write_copy(&w, m, SIP_HDR_ROUTE);
        sip_write_copy(&w, m, SIP_HDR_FROM);
        sip_write_copy(&w, answer, SIP_HDR_TO);
        sip_write_copy(&w, m, SIP_HDR_CALL_ID);
        sip_write_cseq(&w, cseq.number, SX_LIT("ACK"));
        if (sip_write_end(&w, sx_slice_empty(), sx_slice_empty()) != SX_OK) return;
        c->nack = (uint32_t)s->out.n;
        c->ack = malloc(s->out.n);
        if (!c->ack) return;
        memcpy(c->ack, s->out.p, s->out.n);
    }
    if (c->ack) stack_flow_send(s, &c->flow, NULL, sx_slice_of(c->ack, c->nack));
}

static void tell(stack_ctx *c, stack_ctx_report what, const sip_msg *msg, const sip_basics *b, int code,
                 const char *text) {
    if (c->fn) c->fn(c->owner, c, what, msg, b, code, text);
}

static void feed(stack_ctx *c, tx_client_input in, const sip_msg *msg, const sip_basics *b, int code,
                 const char *text) {
    tx_client_action todo[TX_CLIENT_MAX_ACTIONS];
    int n = tx_client_input_at(&c->m, &c->s->timing, in, stack_now(c->s), todo);
    bool ended = n && todo[n - 1] == TX_CLIENT_DO_TERMINATE;
    if (!ended) arm(c);
    for (int i = 0; i < n; i++) {
        switch (todo[i]) {
        case TX_CLIENT_DO_SEND: break; /* stack_ctx_start did */
        case TX_CLIENT_DO_RESEND: send_again(c); break;
        case TX_CLIENT_DO_ACK: send_ack(c, msg); break;
        case TX_CLIENT_DO_PASS: tell(c, STACK_CTX_RESPONSE, msg, b, 0, ""); break;
        case TX_CLIENT_DO_TIMEOUT: tell(c, STACK_CTX_TIMEOUT, NULL, NULL, SX_E_TIMEOUT, "no answer in time"); break;
        case TX_CLIENT_DO_TRANSPORT: tell(c, STACK_CTX_TRANSPORT, NULL, NULL, code, text); break;
        case TX_CLIENT_DO_TERMINATE:
            end_ctx(c);
            tell(c, STACK_CTX_END, NULL, NULL, 0, "");
            c->fn = NULL;
            return;
        }
    }
    /* Answered, and only repetitions are to come: the request is not needed any more. */
    if (c->m.state == TX_CLIENT_COMPLETED && c->bytes) {
        free(c->bytes);
        c->bytes = NULL;
    }
}

static void on_timer(sx_timer *t, uint64_t now) {
    stack_ctx *c = SX_CONTAINER(t, stack_ctx, timer);
    if (c->failed) {
        int code = c->failed;
        c->failed = SX_OK;
        feed(c, TX_CLIENT_LOST, NULL, NULL, code,
             c->lost             ? "the connection was lost"
             : code == SX_E_FULL ? "too much waits to be sent on this connection"
                                 : "the message could not be sent");
    } else {
        feed(c, TX_CLIENT_TIME, NULL, NULL, 0, "");
    }
}

static uint64_t branch_hash(const char *p, size_t n) { return sx_hash_of(sx_slice_of(p, n)); }

stack_ctx *stack_ctx_start(stack *s, sip_method method, const char *branch, const stack_flow *flow, char *bytes,
                           size_t n, stack_ctx_fn fn, void *owner) {
    stack_ctx *c = calloc(1, sizeof *c);
    if (!c || !bytes) {
        free(c);
        free(bytes);
        return NULL;
    }
    c->s = s;
    c->method = (uint8_t)method;
    c->flow = *flow;
    c->fn = fn;
    c->owner = owner;
    c->bytes = bytes;
    c->n = (uint32_t)n;
    memcpy(c->branch, branch, STACK_BRANCH_LEN + 1);
    sx_timer_init(&c->timer, on_timer);
    if (!sx_htab_insert(&s->client_txs, &c->by_branch, branch_hash(branch, STACK_BRANCH_LEN))) {
        free_ctx(&c->grave);
        return NULL;
    }
    if (!sx_htab_insert(&s->client_txs_by_flow, &c->by_flow, stack_flow_hash(flow))) {
        sx_htab_remove(&s->client_txs, &c->by_branch);
        free_ctx(&c->grave);
        return NULL;
    }
    tx_client_init(&c->m, method == SIP_INVITE, flow->transport != STACK_UDP);
    feed(c, TX_CLIENT_START, NULL, NULL, 0, "");
    int rc = stack_flow_send(s, flow, NULL, sx_slice_of(c->bytes, c->n));
    if (rc != SX_OK) {
        c->failed = rc == SX_E_FULL ? rc : SX_E_TRANSPORT;
        sx_timer_start(s->wheel, &c->timer, stack_now(s));
    }
    return c;
}

void stack_ctx_forget(stack_ctx *c) {
    c->fn = NULL;
    c->owner = NULL;
}

void stack_ctx_kill(stack_ctx *c) {
    stack_ctx_forget(c);
    end_ctx(c);
}

void stack_ctx_lost(stack *s, const stack_flow *f, bool connection, int code, const char *text) {
    /* Reports start new attempts, on other flows or in new transactions of this one: collect first. */
    stack_ctx *hit[LOST_AT_ONCE];
    size_t n = 0, later = 0;
    sx_hnode *h = sx_htab_first(&s->client_txs_by_flow, stack_flow_hash(f));
    for (; h && (connection || n < LOST_AT_ONCE); h = sx_htab_next(h)) {
        stack_ctx *c = SX_CONTAINER(h, stack_ctx, by_flow);
        if (!stack_flow_eq(&c->flow, f)) continue;
        bool waits = c->m.state == TX_CLIENT_CALLING || (connection && c->m.state == TX_CLIENT_PROCEEDING);
        if (!waits) continue;
        if (n < LOST_AT_ONCE) {
            hit[n++] = c;
            continue;
        }
        c->failed = code ? code : SX_E_TRANSPORT; /* so many each millisecond */
        c->lost = true;
        sx_timer_start(s->wheel, &c->timer, stack_now(s) + 1 + later++ / LOST_AT_ONCE);
    }
    for (size_t i = 0; i < n; i++) {
        feed(hit[i], connection ? TX_CLIENT_LOST : TX_CLIENT_SEND_ERROR, NULL, NULL, code ? code : SX_E_TRANSPORT,
             text);
    }
}

bool stack_ctx_response(stack *s, const stack_rx *rx, const sip_msg *msg, const sip_basics *b) {
    if (b->via.branch.n != STACK_BRANCH_LEN) return false;
    for (sx_hnode *h = sx_htab_first(&s->client_txs, branch_hash(b->via.branch.p, b->via.branch.n)); h;
         h = sx_htab_next(h)) {
        stack_ctx *c = SX_CONTAINER(h, stack_ctx, by_branch);
        if (c->method != b->cseq.method || memcmp(c->branch, b->via.branch.p, STACK_BRANCH_LEN) != 0) continue;
        tx_client_input in = msg->status < 200 ? TX_CLIENT_1XX : msg->status < 300 ? TX_CLIENT_2XX : TX_CLIENT_FAILURE;
        c->failed = SX_OK; /* it has arrived after all */
        feed(c, in, msg, b, 0, "");
        return true;
    }
    return false;
}

void stack_close_ctxs(stack *s) {
    sx_hnode *n;
    while ((n = sx_htab_any(&s->client_txs)) != NULL) stack_ctx_kill(SX_CONTAINER(n, stack_ctx, by_branch));
}
