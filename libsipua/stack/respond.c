/* Answers: built, checked and sent. */
#include "stack/respond.h"

#include <stdlib.h>

#include "stack/internal.h"

/* Names that the stack writes itself, and so must not come from above. */
static bool is_ours(sip_hdr_id id, bool contact_too) {
    switch (id) {
    case SIP_HDR_VIA:
    case SIP_HDR_FROM:
    case SIP_HDR_TO:
    case SIP_HDR_CALL_ID:
    case SIP_HDR_CSEQ:
    case SIP_HDR_CONTENT_LENGTH:
    case SIP_HDR_MAX_FORWARDS:
    case SIP_HDR_ROUTE: return true;
    case SIP_HDR_CONTACT: return contact_too;
    default: return false;
    }
}

int stack_check_lines(sx_slice lines, bool contact_too) {
    while (lines.n) {
        const char *end = memchr(lines.p, '\n', lines.n);
        if (!end || end == lines.p || end[-1] != '\r')
            return sx_fail(SX_E_HEADER, "a header line does not end with CRLF");
        sx_slice line = sx_slice_between(lines.p, end - 1);
        lines = sx_slice_of(end + 1, lines.n - (size_t)(end + 1 - lines.p));
        ptrdiff_t colon = sx_find(line, ':');
        sx_slice name = sx_slice_of(line.p, colon < 0 ? 0 : (size_t)colon);
        if (!sip_is_token(name)) return sx_fail(SX_E_HEADER, "a header line without a name");
        if (!sip_is_header_value(line)) return sx_fail(SX_E_HEADER, "a line break or NUL inside a header");
        if (is_ours(sip_hdr_of(name), contact_too)) {
            return sx_fail(SX_E_HEADER, "%.*s is written by the stack itself", (int)name.n, name.p);
        }
    }
    return SX_OK;
}

static void source_text(const net_addr *from, char host[NET_ADDR_TEXT], sip_response_spec *spec) {
    spec->source_host = stack_addr_text(from, host);
    spec->source_port = net_addr_port(from);
}

static void write_server(stack *s, sip_writer *w) {
    if (s->user_agent[0]) sip_write_hdr_str(w, SIP_HDR_SERVER, s->user_agent);
}

void stack_reply(stack *s, const stack_rx *rx, const sip_msg *m, const sip_basics *b, int status, sx_slice reason,
                 sx_slice extra) {
    stack_reply_tagged(s, rx, m, b, status, reason, extra, sx_slice_empty());
}

void stack_reply_tagged(stack *s, const stack_rx *rx, const sip_msg *m, const sip_basics *b, int status,
                        sx_slice reason, sx_slice extra, sx_slice to_tag) {
    sip_response_spec spec;
    sip_via via;
    char host[NET_ADDR_TEXT], tag[17];
    if (b)
        via = b->via;
    else if (sip_via_first(m, &via) != SX_OK)
        return;
    memset(&spec, 0, sizeof spec);
    spec.status = status;
    spec.reason = reason;
    /* Without state, but the same each time (RFC 3261 8.2.7). */
    uint64_t h = sx_hash_mix(sx_hash_seed(), via.branch.p, via.branch.n);
    sx_buf t;
    sx_buf_init_fixed(&t, tag, sizeof tag);
    sx_buf_hex(&t, &h, sizeof h);
    spec.to_tag = to_tag.n ? to_tag : sx_buf_view(&t);
    source_text(&rx->flow.remote, host, &spec);
    sip_writer w;
    sx_buf_reset(&s->out);
    sip_write_begin(&w, &s->out);
    sip_write_response(&w, m, &spec);
    write_server(s, &w);
    sx_buf_slice(&s->out, extra);
    if (sip_write_end(&w, sx_slice_empty(), sx_slice_empty()) != SX_OK) return;
    net_addr to = stack_reply_to(rx, &via);
    stack_send_response(s, &rx->flow, rx->role, &to, sx_buf_view(&s->out));
}

static bool wants_contact(const stack_tx *tx, int status) {
    if (status < 101 || status > 299 || !tx->dialog || !tx->dialog->has_contact) return false;
    switch (tx->msg->method) {
    case SIP_INVITE:
    case SIP_UPDATE:
    case SIP_SUBSCRIBE:
    case SIP_NOTIFY:
    case SIP_REFER: return true;
    default: return false;
    }
}

/* RFC 3261 12.1.1: a dialog that was asked for by sips: is one of sips: on our side too. */
static bool wants_sips(const sip_msg *m) {
    sip_list l;
    sx_slice route;
    sip_addr contact;
    if (stack_is_sips(m->uri)) return true;
    sip_list_begin(&l, m, SIP_HDR_RECORD_ROUTE);
    if (sip_list_next(&l, &route) == 1) return stack_is_sips(stack_route_uri(route));
    return sip_addr_first(m, SIP_HDR_CONTACT, &contact) == SX_OK && !contact.star && stack_is_sips(contact.uri);
}

static int build(stack_tx *tx, const tx_response *r) {
    stack *s = tx->s;
    sip_writer w;
    sip_response_spec spec;
    char host[NET_ADDR_TEXT];
    memset(&spec, 0, sizeof spec);
    spec.status = r->status;
    spec.reason = r->reason;
    if (r->status > 100) spec.to_tag = tx_local_tag(tx);
    source_text(&tx->flow.remote, host, &spec);
    sx_buf_reset(&s->out);
    sip_write_begin(&w, &s->out);
    sip_write_response(&w, tx->msg, &spec);
    /* 12.1.1: only where the answer makes or refreshes a dialog. */
    if (tx->dialog && r->status > 100 && r->status < 300) sip_write_copy(&w, tx->msg, SIP_HDR_RECORD_ROUTE);
    const stack_contact *c = r->contact ? r->contact : wants_contact(tx, r->status) ? &tx->dialog->contact : NULL;
    if (c) {
        size_t mark = s->out.n;
        stack_contact contact = *c;
        if (!contact.secure) contact.secure = wants_sips(tx->msg);
        SX_BUF_LIT(&s->out, "Contact: ");
        if (stack_contact_write(s, &tx->flow, tx->role, &contact, &s->out) == SX_OK)
            SX_BUF_LIT(&s->out, "\r\n");
        else
            s->out.n = mark; /* the connection is gone; so is the caller, most probably */
    }
    write_server(s, &w);
    sx_buf_slice(&s->out, r->headers);
    return sip_write_end(&w, r->content_type, r->body);
}

static int check(const stack_tx *tx, const tx_response *r) {
    if (r->status < 100 || r->status > 699) return sx_fail(SX_E_INVALID, "no SIP status: %d", r->status);
    if (tx->answered) return sx_fail(SX_E_STATE, "the request has its final answer");
    if (!sip_is_header_value(r->reason)) return sx_fail(SX_E_HEADER, "a line break in the reason phrase");
    if (r->contact && !stack_contact_is_clean(r->contact)) return sx_fail(SX_E_HEADER, "a line break in the Contact");
    if (!sip_is_header_value(r->content_type)) return sx_fail(SX_E_HEADER, "a line break in the content type");
    return stack_check_lines(r->headers, false);
}

/* What is in s->out goes out, and is kept for retransmissions. */
static int send_out(stack_tx *tx, int status) {
    stack *s = tx->s;
    size_t n = s->out.n;
    char *copy = malloc(n);
    if (!copy) return sx_fail(SX_E_NOMEM, "no memory for a response");
    memcpy(copy, s->out.p, n);
    tx_server_input in = status < 200 ? TX_SERVER_1XX : status < 300 ? TX_SERVER_2XX : TX_SERVER_FAILURE;
    /* RFC 4320 4.2: no 408 to a non-INVITE; the client knows by itself. */
    if (!tx->invite && status == 408) in = TX_SERVER_DROP;
    bool send = stack_tx_feed(tx, in);
    free(tx->last);
    tx->last = copy;
    tx->nlast = (uint32_t)n;
    if (send) stack_send_response(s, &tx->flow, tx->role, &tx->reply_to, sx_slice_of(copy, n));
    return SX_OK;
}

int tx_respond(stack_tx *tx, const tx_response *r) {
    int rc = check(tx, r);
    if (rc == SX_OK) rc = build(tx, r);
    if (rc == SX_OK) rc = send_out(tx, r->status);
    if (rc != SX_OK) return rc;
    if (r->status >= 200) {
        stack_dialog *d = tx->dialog;
        if (d) stack_dialog_answered(d, tx, r->status);
        if (tx->invite && r->status < 300 && !tx->kept) { /* repeated by the dialog, not here (13.3.1.4) */
            free(tx->last);
            tx->last = NULL;
        }
        stack_tx_answered(tx);
    }
    stack_tx_reap(tx);
    return SX_OK;
}

int tx_reply(stack_tx *tx, int status, const char *reason) {
    tx_response r;
    memset(&r, 0, sizeof r);
    r.status = status;
    r.reason = sx_slice_str(reason);
    return tx_respond(tx, &r);
}

void stack_tx_trying(stack_tx *tx) {
    tx_response r;
    memset(&r, 0, sizeof r);
    r.status = 100;
    if (!tx->msg || build(tx, &r) != SX_OK) return;
    char *copy = malloc(tx->s->out.n);
    if (!copy) return;
    memcpy(copy, tx->s->out.p, tx->s->out.n);
    free(tx->last);
    tx->last = copy;
    tx->nlast = (uint32_t)tx->s->out.n;
    stack_send_response(tx->s, &tx->flow, tx->role, &tx->reply_to, sx_slice_of(copy, tx->nlast));
}

void tx_drop(stack_tx *tx) {
    if (tx->answered) return;
    tx->s->stats.dropped++;
    stack_tx_feed(tx, TX_SERVER_DROP);
    free(tx->last);
    tx->last = NULL;
    stack_tx_answered(tx);
    stack_tx_reap(tx);
}

/* ---- looking at it ---- */

const sip_msg *tx_message(const stack_tx *tx) { return tx->msg; }

stack_flow tx_flow(const stack_tx *tx) { return tx->flow; }

stack_listener *tx_listener(const stack_tx *tx) { return stack_listener_find(tx->s, tx->listener_id); }

stack_dialog *tx_dialog(const stack_tx *tx) { return tx->dialog; }

bool tx_is_canceled(const stack_tx *tx) { return tx->canceled; }

sx_slice tx_local_tag(const stack_tx *tx) {
    return tx->dialog ? tx->dialog->local_tag : sx_slice_of(tx->tag, STACK_TAG_LEN);
}

void tx_set_owner(stack_tx *tx, stack_sink sink, void *user) {
    tx->owner.sink = sink;
    tx->owner.user = user;
}

void tx_keep(stack_tx *tx) { tx->kept = true; }

/* ---- passing a response back ---- */

/* Our Via is the first value of the first Via line. */
static void copy_headers(sip_writer *w, const sip_msg *m) {
    bool popped = false;
    for (int i = 0; i < m->nhdrs; i++) {
        const sip_hdr *h = &m->hdrs[i];
        if (h->id == SIP_HDR_CONTENT_LENGTH) continue;
        if (h->id != SIP_HDR_VIA || popped) {
            sip_write_copy_one(w, m, h);
            continue;
        }
        popped = true;
        sip_list l;
        sx_slice via;
        sip_list_of(&l, sip_hdr_value(m, h));
        if (sip_list_next(&l, &via) != 1) continue;
        while (sip_list_next(&l, &via) == 1) sip_write_hdr(w, SIP_HDR_VIA, via);
    }
}

int tx_forward(stack_tx *tx, const sip_msg *response, sx_slice headers) {
    stack *s = tx->s;
    sip_writer w;
    int rc = stack_check_lines(headers, false);
    if (rc != SX_OK) return rc;
    if (sip_is_request(response)) return sx_fail(SX_E_INVALID, "not a response");
    if (response->status == 100) return SX_OK; /* hop by hop (16.7 step 5) */
    bool again = tx->answered && tx->kept && tx->invite && response->status < 300;
    if (tx->answered && !again) return sx_fail(SX_E_STATE, "the request has its final answer");
    sx_buf_reset(&s->out);
    sip_write_begin(&w, &s->out);
    sip_write_status(&w, response->status, response->reason);
    copy_headers(&w, response);
    sx_buf_slice(&s->out, headers);
    rc = sip_write_end(&w, sx_slice_empty(), response->body);
    if (rc == SX_OK) rc = send_out(tx, response->status);
    if (rc != SX_OK) return rc;
    if (response->status >= 200 && !again) stack_tx_answered(tx);
    stack_tx_reap(tx);
    return SX_OK;
}
