/* What arrives: parsed, checked, and given to the transaction, dialog or owner it belongs to. */
#include "stack/internal.h"

#define SX_MODULE "stack"

static void log_malformed(stack *s, const stack_rx *rx, const sip_parse_error *err) {
    char from[NET_ADDR_TEXT];
    s->stats.malformed++;
    SX_LOG(s->log, SX_LOG_INFO, "unreadable message from %s: %s (at byte %u)", net_addr_text(&rx->flow.remote, from),
           err->what ? err->what : "?", err->at);
}

static bool on_malformed(stack *s, const stack_rx *rx, const sip_parse_error *err) {
    log_malformed(s, rx, err);
    if (!err->status) return false;
    stack_reply(s, rx, &s->rx.msg, NULL, err->status, sx_slice_str(err->what), sx_slice_empty());
    return true;
}

static void on_response(stack *s, const stack_rx *rx, const sip_msg *m, const sip_basics *b) {
    if (stack_ctx_response(s, rx, m, b)) return;
    /* A 2xx repeated after its transaction: the ACK was lost, send it again while the dialog knows it. */
    if (b->cseq.method == SIP_INVITE && m->status >= 200 && m->status < 300) {
        stack_dialog *d = stack_dialog_find(s, b->call_id, b->from_tag, b->to_tag);
        if (d && stack_dialog_reack(d, b->cseq.number)) return;
    }
    s->stats.stray_responses++;
}

static stack_event request_event(const stack_rx *rx, const sip_msg *m) {
    stack_event ev = stack_event_of(STACK_EV_REQUEST);
    ev.listener = rx->listener;
    ev.msg = m;
    ev.flow = rx->flow;
    ev.transport = rx->flow.transport;
    ev.role = rx->role;
    ev.local = rx->local;
    ev.remote = rx->flow.remote;
    return ev;
}

/* Whose requests they are. What comes to a server over a connection that it opened, or to a socket that the stack
 * opened for it, is for its first listener: the ua role would not know what to do with it. */
static stack_owner *owner_of(stack *s, const stack_rx *rx) {
    if (rx->role == STACK_ROLE_SERVER && (!rx->listener || !rx->listener->owner.sink.fn)) {
        SX_LIST_EACH(n, tmp, &s->listeners) {
            stack_listener *l = SX_CONTAINER(n, stack_listener, link);
            if (l->role == STACK_ROLE_SERVER && l->owner.sink.fn) return &l->owner;
        }
    }
    return rx->listener ? &rx->listener->owner : NULL;
}

static void on_ack(stack *s, const stack_rx *rx, const sip_msg *m, const sip_basics *b) {
    stack_tx *tx = stack_tx_find(s, stack_tx_key(rx->role, m, b));
    if (tx && stack_tx_ack(tx)) return;
    if (rx->role == STACK_ROLE_UA) {
        stack_dialog *d = stack_dialog_find(s, b->call_id, b->to_tag, b->from_tag);
        if (d) stack_dialog_ack(d, m, b, rx);
        return;
    }
    stack_event ev = request_event(rx, m);
    stack_post(s, owner_of(s, rx), &ev, NULL, NULL);
}

static void on_cancel(stack *s, const stack_rx *rx, const sip_msg *m, const sip_basics *b) {
    stack_tx *tx = stack_tx_find(s, stack_tx_key(rx->role, m, b));
    if (!tx || !tx->invite) {
        stack_reply(s, rx, m, b, 481, sx_slice_empty(), sx_slice_empty());
        return;
    }
    /* Answered without state: a repeated CANCEL gets the same again. The To tag is the INVITE's (9.2). */
    stack_reply_tagged(s, rx, m, b, 200, sx_slice_empty(), sx_slice_empty(), tx_local_tag(tx));
    stack_tx_cancel(tx, m);
}

/* The ua role, outside dialogs: true if it was turned away. */
static bool turned_away(stack *s, const stack_rx *rx, const sip_msg *m, const sip_basics *b) {
    char line[40];
    int status = m->method == SIP_INVITE ? s->refuse_invite : s->refuse_other;
    uint32_t after = s->refuse_after;
    if (s->open_txs >= s->cfg.max_transactions) {
        status = 503;
        after = 5;
    } else if (rx->role != STACK_ROLE_UA || b->to_tag.p || !status) {
        return false;
    }
    sx_buf lines;
    sx_buf_init_fixed(&lines, line, sizeof line);
    if (after) {
        SX_BUF_LIT(&lines, "Retry-After: ");
        sx_buf_u64(&lines, after);
        SX_BUF_LIT(&lines, "\r\n");
    }
    s->stats.refused++;
    stack_reply(s, rx, m, b, status, sx_slice_empty(), sx_buf_view(&lines));
    return true;
}

static sx_slice uri_user(sx_slice uri) {
    sip_uri u;
    return sip_uri_parse(uri, &u) == SX_OK ? u.user : sx_slice_empty();
}

/* The same request over another path (RFC 3261 8.2.2.2). The Request-URI's user counts too: two accounts of one agent
 * may both be targets of the same fork. */
static uint64_t merge_hash(const sip_msg *m, const sip_basics *b) {
    uint64_t h = sx_hash_mix(sx_hash_seed(), b->call_id.p, b->call_id.n);
    h = sx_hash_mix(h, b->from_tag.p, b->from_tag.n);
    h = sx_hash_mix(h, &b->cseq.number, sizeof b->cseq.number);
    h = sx_hash_mix(h, m->method_name.p, m->method_name.n);
    sx_slice user = uri_user(m->uri);
    return sx_hash_mix(h, user.p, user.n);
}

static bool is_merged(stack *s, const stack_rx *rx, const sip_msg *m, const sip_basics *b, uint64_t h) {
    if (rx->role != STACK_ROLE_UA || b->to_tag.p || !b->from_tag.p) return false;
    if (!sx_htab_first(&s->merged, h)) return false;
    s->stats.merged++;
    stack_reply(s, rx, m, b, 482, sx_slice_empty(), sx_slice_empty());
    return true;
}

static void on_request(stack *s, const stack_rx *rx, const sip_msg *m, const sip_basics *b) {
    stack_key key = stack_tx_key(rx->role, m, b);
    stack_tx *tx = stack_tx_find(s, key);
    if (tx) {
        s->stats.retransmissions_in++;
        stack_tx_again(tx);
        return;
    }
    uint64_t merge = merge_hash(m, b);
    if (turned_away(s, rx, m, b) || is_merged(s, rx, m, b, merge)) return;
    stack_dialog *d = NULL;
    stack_owner *awaited = NULL;
    if (rx->role == STACK_ROLE_UA && b->to_tag.p) {
        d = stack_dialog_find(s, b->call_id, b->to_tag, b->from_tag);
        if (!d && m->method == SIP_NOTIFY) awaited = stack_expect_find(s, b->call_id, b->to_tag);
        if (!awaited && (!d || d->zombie)) {
            stack_reply(s, rx, m, b, 481, sx_slice_empty(), sx_slice_empty());
            return;
        }
        if (d && !stack_dialog_request(d, rx, m, b)) return;
    }
    tx = stack_tx_new(s, rx, m, b, key);
    if (!tx) {
        stack_reply(s, rx, m, b, 500, sx_slice_empty(), SX_LIT("Retry-After: 5\r\n"));
        return;
    }
    if (rx->role == STACK_ROLE_UA && !b->to_tag.p) tx->in_merged = sx_htab_insert(&s->merged, &tx->by_merge, merge);
    if (d) {
        tx->dialog = d;
        sx_list_append(&d->txs, &tx->in_dialog);
    }
    stack_event ev = request_event(rx, tx->msg);
    ev.tx = tx;
    ev.dialog = d;
    stack_owner *o = d ? &d->owner : awaited ? awaited : owner_of(s, rx);
    if (o) {
        tx->owner.sink = o->sink;
        tx->owner.user = o->user;
    }
    if (stack_post(s, o, &ev, NULL, NULL) != SX_OK) stack_tx_orphaned(tx, 500);
}

bool stack_receive(stack *s, const stack_rx *rx, sx_slice bytes) {
    sip_parse_error err;
    sip_basics basics;
    sip_limits limits;
    memset(&limits, 0, sizeof limits);
    limits.max_message = s->cfg.max_message;
    s->stats.messages_in++;
    if (s->cfg.trace) stack_trace(s, &rx->flow, NULL, &rx->local, false, bytes);
    int rc = sip_parse(&s->rx, bytes.p, bytes.n, &limits, &err);
    if (rc == SX_E_INVALID) return true; /* a keepalive */
    if (rc == SX_OK) rc = sip_basics_read(&s->rx.msg, &basics, &err);
    if (rc != SX_OK) return on_malformed(s, rx, &err);
    const sip_msg *m = &s->rx.msg;
    if (!sip_is_request(m))
        on_response(s, rx, m, &basics);
    else if (m->method == SIP_ACK)
        on_ack(s, rx, m, &basics);
    else if (m->method == SIP_CANCEL)
        on_cancel(s, rx, m, &basics);
    else
        on_request(s, rx, m, &basics);
    return true;
}
