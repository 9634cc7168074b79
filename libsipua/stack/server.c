/* Server transactions on the wire: the machine of server_transaction.h with its response, timer and flow. */
#include <stdlib.h>

#include "base/rand.h"
#include "stack/internal.h"

static void on_timer(sx_timer *t, uint64_t now);

/* ---- keys ---- */

static uint64_t mix(uint64_t h, sx_slice s) {
    h = sx_hash_mix(h, &s.n, sizeof s.n);
    return sx_hash_mix(h, s.p, s.n);
}

static uint64_t half_key(uint64_t h, stack_role role, const sip_msg *m, const sip_basics *b) {
    char low[256];
    size_t n = b->via.host.n < sizeof low ? b->via.host.n : sizeof low;
    for (size_t i = 0; i < n; i++) low[i] = sx_lower(b->via.host.p[i]);
    bool invite = m->method == SIP_INVITE || m->method == SIP_ACK || m->method == SIP_CANCEL;
    uint32_t fixed[3] = {(uint32_t)role, b->via.port, invite};
    h = sx_hash_mix(h, fixed, sizeof fixed);
    h = mix(h, sx_slice_of(low, n));
    if (!invite) h = mix(h, m->method_name);
    h = mix(h, b->via.branch);
    if (sip_branch_is_3261(b->via.branch)) return h;
    /* RFC 2543 (17.2.3): what identifies the request. Not its To tag: the ACK has one that the INVITE had not. */
    h = mix(h, b->call_id);
    h = mix(h, b->from_tag);
    return sx_hash_mix(h, &b->cseq.number, sizeof b->cseq.number);
}

stack_key stack_tx_key(stack_role role, const sip_msg *m, const sip_basics *b) {
    stack_key k;
    k.a = half_key(sx_hash_seed(), role, m, b);
    k.b = half_key(~sx_hash_seed(), role, m, b);
    return k;
}

stack_tx *stack_tx_find(stack *s, stack_key k) {
    for (sx_hnode *n = sx_htab_first(&s->server_txs, k.a); n; n = sx_htab_next(n)) {
        stack_tx *tx = SX_CONTAINER(n, stack_tx, by_key);
        if (tx->key2 == k.b) return tx;
    }
    return NULL;
}

/* ---- life ---- */

static void free_tx(sx_grave *g) {
    stack_tx *tx = SX_CONTAINER(g, stack_tx, grave);
    sip_msg_unref(tx->msg);
    free(tx->last);
    free(tx);
}

static void bury_tx(void *obj) {
    stack_tx *tx = obj;
    stack_owner_drop(&tx->owner);
    stack_bury(tx->s, &tx->grave, free_tx);
}

static void unlink_tx(stack_tx *tx) {
    stack *s = tx->s;
    sx_timer_stop(s->wheel, &tx->timer);
    sx_htab_remove(&s->server_txs, &tx->by_key);
    if (tx->in_merged) sx_htab_remove(&s->merged, &tx->by_merge);
    tx->in_merged = false;
    sx_list_remove(&tx->in_dialog);
    if (!tx->answered) s->open_txs--;
    tx->answered = true;
}

stack_tx *stack_tx_new(stack *s, const stack_rx *rx, const sip_msg *m, const sip_basics *b, stack_key k) {
    stack_tx *tx = calloc(1, sizeof *tx);
    sip_msg *kept = sip_msg_keep(m);
    if (!tx || !kept || !sx_htab_insert(&s->server_txs, &tx->by_key, k.a)) {
        free(tx);
        sip_msg_unref(kept);
        return NULL;
    }
    stack_sink none = {NULL, NULL};
    tx->key2 = k.b;
    tx->s = s;
    tx->msg = kept;
    tx->flow = rx->flow;
    tx->reply_to = stack_reply_to(rx, &b->via);
    tx->listener_id = rx->listener ? rx->listener->path.id : 0;
    tx->role = (uint8_t)rx->role;
    tx->invite = m->method == SIP_INVITE;
    sx_list_init(&tx->in_dialog);
    stack_owner_init(&tx->owner, none, NULL);
    sx_timer_init(&tx->timer, on_timer);
    sx_rand_token(tx->tag, STACK_TAG_LEN);
    tx->tag[STACK_TAG_LEN] = 0;
    s->open_txs++;
    tx_server_init(&tx->m, tx->invite, rx->flow.transport != STACK_UDP);
    stack_tx_feed(tx, TX_SERVER_START);
    return tx;
}

void stack_close_txs(stack *s) {
    sx_hnode *n;
    while ((n = sx_htab_any(&s->server_txs)) != NULL) {
        stack_tx *tx = SX_CONTAINER(n, stack_tx, by_key);
        unlink_tx(tx);
        bury_tx(tx);
    }
}

static void end_tx(stack_tx *tx) {
    if (!tx->kept) {
        unlink_tx(tx);
        bury_tx(tx);
        return;
    }
    stack_event ev = stack_event_of(STACK_EV_TX_DONE);
    ev.tx = tx;
    /* Without memory for the event it stays in the table, harmless, until the stack goes: the handle must not dangle.
     */
    if (stack_post(tx->s, &tx->owner, &ev, bury_tx, tx) == SX_OK) unlink_tx(tx);
}

static void resend(stack_tx *tx) {
    if (!tx->last) return;
    tx->s->stats.retransmissions_out++;
    stack_send_response(tx->s, &tx->flow, tx->role, &tx->reply_to, sx_slice_of(tx->last, tx->nlast));
}

bool stack_tx_feed(stack_tx *tx, tx_server_input in) {
    tx_server_action todo[TX_SERVER_MAX_ACTIONS];
    bool send = false;
    int n = tx_server_input_at(&tx->m, &tx->s->timing, in, stack_now(tx->s), todo);
    uint64_t due = tx_machine_due(&tx->m);
    if (due)
        sx_timer_start(tx->s->wheel, &tx->timer, due);
    else
        sx_timer_stop(tx->s->wheel, &tx->timer);
    for (int i = 0; i < n; i++) {
        switch (todo[i]) {
        case TX_SERVER_DO_SEND: send = true; break;
        case TX_SERVER_DO_RESEND: resend(tx); break;
        case TX_SERVER_DO_100: stack_tx_trying(tx); break;
        case TX_SERVER_DO_PASS_ACK: return true;
        case TX_SERVER_DO_TIMEOUT: break;
        case TX_SERVER_DO_TERMINATE: tx->ended = true; break;
        }
    }
    return send;
}

static void on_timer(sx_timer *t, uint64_t now) {
    stack_tx *tx = SX_CONTAINER(t, stack_tx, timer);
    stack_tx_feed(tx, TX_SERVER_TIME);
    stack_tx_reap(tx);
}

void stack_tx_reap(stack_tx *tx) {
    if (!tx->ended) return;
    tx->ended = false;
    end_tx(tx);
}

void stack_tx_again(stack_tx *tx) {
    stack_tx_feed(tx, TX_SERVER_REQUEST);
    stack_tx_reap(tx);
}

bool stack_tx_ack(stack_tx *tx) {
    bool pass = stack_tx_feed(tx, TX_SERVER_ACK);
    stack_tx_reap(tx);
    return !pass;
}

void stack_tx_cancel(stack_tx *tx, const sip_msg *cancel) {
    if (tx->answered || tx->canceled) return;
    stack_event ev = stack_event_of(STACK_EV_CANCELED);
    ev.tx = tx;
    ev.dialog = tx->dialog;
    ev.msg = cancel;
    ev.role = (stack_role)tx->role;
    ev.flow = tx->flow;
    if (stack_post(tx->s, &tx->owner, &ev, NULL, NULL) == SX_OK) tx->canceled = true;
}

void stack_tx_answered(stack_tx *tx) {
    if (!tx->answered) tx->s->open_txs--;
    tx->answered = true;
    sx_list_remove(&tx->in_dialog);
    tx->dialog = NULL;
    if (tx->kept) return;
    /* From here on it is only what retransmissions need. */
    stack_owner_drop(&tx->owner);
    sip_msg_unref(tx->msg);
    tx->msg = NULL;
}

void stack_tx_orphaned(stack_tx *tx, int status) {
    if (tx->s->closing || tx->answered) return;
    tx->dialog = NULL;
    sx_list_remove(&tx->in_dialog);
    tx_reply(tx, status, NULL);
}

/* ---- where responses go ---- */

net_addr stack_reply_to(const stack_rx *rx, const sip_via *via) {
    net_addr to = rx->flow.remote;
    net_addr maddr;
    /* RFC 3261 18.2.2 and RFC 3581 4. On a connection this address counts only when the connection is gone. */
    if (rx->flow.transport == STACK_UDP) {
        if (via->maddr.n && net_addr_parse_host(&maddr, via->maddr, via->port ? via->port : 5060) &&
            net_addr_is_multicast(&maddr) && net_addr_is_v6(&maddr) == net_addr_is_v6(&to)) {
            return maddr;
        }
        if (via->has_rport) return to;
    }
    net_addr_set_port(&to, via->port ? via->port : 5060);
    return to;
}

void stack_send_response(stack *s, const stack_flow *f, stack_role role, const net_addr *to, sx_slice bytes) {
    if (stack_flow_send(s, f, to, bytes) == SX_OK || f->transport != STACK_TCP || stack_flow_alive(s, f)) return;
    int code;
    stack_dial dial;
    memset(&dial, 0, sizeof dial);
    dial.transport = STACK_TCP;
    dial.addr = *to;
    stack_conn *c = stack_conn_get(s, role, &dial, &code);
    if (!c) return;
    stack_flow again;
    again.id = c->path.id;
    again.transport = STACK_TCP;
    again.remote = c->remote;
    stack_flow_send(s, &again, NULL, bytes);
}
