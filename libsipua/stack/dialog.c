/* Dialogs: made, found, moved on and ended. What they send is in dialog_out.c. */
#include "stack/dialog.h"

#include <stdlib.h>

#include "net/tls.h"
#include "stack/internal.h"

static uint64_t id_hash(sx_slice call_id, sx_slice local_tag, sx_slice remote_tag) {
    uint64_t h = sx_hash_mix(sx_hash_seed(), call_id.p, call_id.n);
    h = sx_hash_mix(h, local_tag.p, local_tag.n);
    return sx_hash_mix(h, remote_tag.p, remote_tag.n);
}

stack_dialog *stack_dialog_find(stack *s, sx_slice call_id, sx_slice local_tag, sx_slice remote_tag) {
    for (sx_hnode *n = sx_htab_first(&s->dialogs_by_id, id_hash(call_id, local_tag, remote_tag)); n;
         n = sx_htab_next(n)) {
        stack_dialog *d = SX_CONTAINER(n, stack_dialog, by_id);
        if (sx_eq(d->call_id, call_id) && sx_eq(d->local_tag, local_tag) && sx_eq(d->remote_tag, remote_tag)) return d;
    }
    return NULL;
}

stack_dialog *dlg_find(stack *s, sx_slice call_id, sx_slice local_tag, sx_slice remote_tag) {
    stack_dialog *d = stack_dialog_find(s, call_id, local_tag, remote_tag);
    return d && !d->zombie ? d : NULL;
}

/* ---- what it is made of ---- */

typedef struct origin {
    sx_slice call_id, local_tag, remote_tag, target;
    sip_addr local, remote;
} origin;

static size_t addr_size(const sip_addr *a) { return a->display.n + a->uri.n + 3; }

static sx_slice put(char **at, sx_slice s) {
    char *p = *at;
    if (s.n) memcpy(p, s.p, s.n);
    *at += s.n;
    return sx_slice_of(p, s.n);
}

/* Without tag: 12.1 keeps the URIs; the display name is kept for the eye. */
static sx_slice put_addr(char **at, const sip_addr *a) {
    char *p = *at;
    if (a->display.n) {
        put(at, a->display);
        *(*at)++ = ' ';
    }
    *(*at)++ = '<';
    put(at, a->uri);
    *(*at)++ = '>';
    for (char *c = p; c < *at; c++) { /* folds inside the display name */
        if (*c == '\r' || *c == '\n' || *c == 0) *c = ' ';
    }
    return sx_slice_between(p, *at);
}

static int set_target(stack_dialog *d, sx_slice uri) {
    char *copy = sx_strdup(uri);
    if (!copy) return SX_E_NOMEM;
    free(d->target);
    d->target = copy;
    d->ntarget = (uint32_t)uri.n;
    return SX_OK;
}

/* Record-Route becomes the route set: as it stands for a UAS, turned round for a UAC (12.1.1, 12.1.2). */
static int set_routes(stack_dialog *d, const sip_msg *m, bool turn) {
    sip_list l;
    sx_slice v;
    size_t n = 0, bytes = 0;
    sip_list_begin(&l, m, SIP_HDR_RECORD_ROUTE);
    while (sip_list_next(&l, &v) == 1) n++, bytes += v.n;
    if (!n) {
        free(d->routes);
        d->routes = NULL;
        d->nroutes = 0;
        return SX_OK;
    }
    sx_slice *routes = malloc(n * sizeof *routes + bytes);
    if (!routes) return SX_E_NOMEM;
    char *at = (char *)(routes + n);
    size_t i = 0;
    sip_list_begin(&l, m, SIP_HDR_RECORD_ROUTE);
    while (i < n && sip_list_next(&l, &v) == 1) {
        routes[turn ? n - 1 - i : i] = put(&at, v);
        i++;
    }
    free(d->routes);
    d->routes = routes;
    d->nroutes = n;
    return SX_OK;
}

static void on_linger_over(sx_timer *t, uint64_t now) { stack_dialog_free(SX_CONTAINER(t, stack_dialog, linger)); }

static stack_dialog *dialog_new(stack *s, const origin *o) {
    stack_dialog *d = calloc(1, sizeof *d);
    size_t size = o->call_id.n + o->local_tag.n + o->remote_tag.n + addr_size(&o->local) + addr_size(&o->remote);
    char *at = malloc(size);
    if (!d || !at) goto no;
    stack_sink none = {NULL, NULL};
    d->s = s;
    d->block = at;
    d->call_id = put(&at, o->call_id);
    d->local_tag = put(&at, o->local_tag);
    d->remote_tag = put(&at, o->remote_tag);
    d->local = put_addr(&at, &o->local);
    d->remote = put_addr(&at, &o->remote);
    at = d->block;
    d->state = DLG_EARLY;
    stack_owner_init(&d->owner, none, NULL);
    sx_list_init(&d->link);
    sx_list_init(&d->requests);
    sx_list_init(&d->txs);
    sx_list_init(&d->in_set);
    sx_timer_init(&d->linger, on_linger_over);
    if (set_target(d, o->target) != SX_OK) goto no;
    if (!sx_htab_insert(&s->dialogs_by_id, &d->by_id, id_hash(d->call_id, d->local_tag, d->remote_tag))) goto no;
    sx_list_append(&s->dialogs, &d->link);
    return d;
no:
    free(at);
    if (d) free(d->target);
    free(d);
    sx_fail(SX_E_NOMEM, "no memory for a dialog");
    return NULL;
}

int stack_dialog_set_way(stack_dialog *d, net_tls *tls, sx_slice ws_headers) {
    char *copy = ws_headers.n ? sx_strdup(ws_headers) : NULL;
    if (ws_headers.n && !copy) return sx_fail(SX_E_NOMEM, "no memory for a dialog");
    free(d->ws_headers);
    d->ws_headers = copy;
    net_tls *was = d->tls;
    d->tls = net_tls_ref(tls);
    net_tls_unref(was);
    return SX_OK;
}

int dlg_create_uas(stack_tx *tx, const dlg_params *p, stack_dialog **out) {
    sip_basics b;
    sip_addr contact;
    sip_uri uri;
    stack *s = tx->s;
    if (tx->dialog || tx->answered) return sx_fail(SX_E_STATE, "the request is in a dialog or answered");
    const sip_msg *m = tx->msg;
    if (p->contact && !stack_contact_is_clean(p->contact)) return sx_fail(SX_E_HEADER, "a line break in the Contact");
    if (sip_basics_read(m, &b, NULL) != SX_OK) return sx_fail(SX_E_PROTOCOL, "the request cannot be read");
    if (sip_addr_first(m, SIP_HDR_CONTACT, &contact) != SX_OK || contact.star ||
        sip_uri_parse(contact.uri, &uri) != SX_OK) {
        return sx_fail(SX_E_PROTOCOL, "no usable Contact");
    }
    origin o = {b.call_id, sx_slice_of(tx->tag, STACK_TAG_LEN), b.from_tag, contact.uri, b.to, b.from};
    stack_dialog *d = dialog_new(s, &o);
    if (!d) return SX_E_NOMEM;
    if (stack_dialog_set_way(d, p->tls, p->ws_headers) != SX_OK || set_routes(d, m, false) != SX_OK ||
        (p->contact && stack_dialog_set_contact(d, p->contact) != SX_OK)) {
        stack_dialog_free(d);
        return sx_fail(SX_E_NOMEM, "no memory for a dialog");
    }
    d->secure = stack_is_sips(m->uri) && stack_is_secure(tx->flow.transport); /* 12.1.1 */
    d->role = tx->role;
    d->remote_cseq = b.cseq.number;
    d->has_remote_cseq = true;
    d->flow = tx->flow;
    d->auth = stack_auth_ref(p->auth);
    d->owner.sink = p->sink;
    d->owner.user = p->user;
    tx->dialog = d;
    tx->owner.sink = p->sink;
    tx->owner.user = p->user;
    sx_list_append(&d->txs, &tx->in_dialog);
    *out = d;
    return SX_OK;
}

int stack_dialog_from_response(stack *s, const sip_msg *sent, const sip_msg *msg, const sip_basics *b,
                               stack_dialog **out) {
    sip_basics mine;
    sip_addr contact;
    sip_uri uri;
    if (sip_basics_read(sent, &mine, NULL) != SX_OK) return sx_fail(SX_E_INTERNAL, "our own request cannot be read");
    sx_slice target = sent->uri; /* a provisional answer may lack Contact */
    if (sip_addr_first(msg, SIP_HDR_CONTACT, &contact) == SX_OK && !contact.star &&
        sip_uri_parse(contact.uri, &uri) == SX_OK) {
        target = contact.uri;
    }
    origin o = {b->call_id, mine.from_tag, b->to_tag, target, mine.from, b->to};
    stack_dialog *d = dialog_new(s, &o);
    if (!d) return SX_E_NOMEM;
    if (set_routes(d, msg, true) != SX_OK) {
        stack_dialog_free(d);
        return sx_fail(SX_E_NOMEM, "no memory for a dialog");
    }
    d->uac = true;
    d->secure = stack_is_sips(sent->uri);
    d->local_cseq = mine.cseq.number;
    *out = d;
    return SX_OK;
}

/* What a dialog of our own SUBSCRIBE or REFER has from its owner. */
static int take_params(stack_dialog *d, const dlg_params *p) {
    if (stack_dialog_set_way(d, p->tls, p->ws_headers) != SX_OK) return SX_E_NOMEM;
    if (p->contact && stack_dialog_set_contact(d, p->contact) != SX_OK)
        return sx_fail(SX_E_NOMEM, "no memory for a dialog");
    d->uac = true;
    d->state = DLG_CONFIRMED;
    d->auth = stack_auth_ref(p->auth);
    d->owner.sink = p->sink;
    d->owner.user = p->user;
    return SX_OK;
}

int dlg_create_uac(stack_request *r, const sip_msg *final, const dlg_params *p, stack_dialog **out) {
    sip_basics b;
    sip_addr contact;
    sip_uri uri;
    if (p->contact && !stack_contact_is_clean(p->contact)) return sx_fail(SX_E_HEADER, "a line break in the Contact");
    if (sip_basics_read(final, &b, NULL) != SX_OK || !b.to_tag.n)
        return sx_fail(SX_E_PROTOCOL, "the answer opens no dialog");
    if (stack_dialog_find(r->s, b.call_id, b.from_tag, b.to_tag)) return sx_fail(SX_E_STATE, "the dialog is there");
    sx_slice target = r->uri;
    if (sip_addr_first(final, SIP_HDR_CONTACT, &contact) == SX_OK && !contact.star &&
        sip_uri_parse(contact.uri, &uri) == SX_OK) {
        target = contact.uri;
    }
    origin o = {b.call_id, b.from_tag, b.to_tag, target, b.from, b.to};
    stack_dialog *d = dialog_new(r->s, &o);
    if (!d) return SX_E_NOMEM;
    if (set_routes(d, final, true) != SX_OK || take_params(d, p) != SX_OK) {
        stack_dialog_free(d);
        return sx_fail(SX_E_NOMEM, "no memory for a dialog");
    }
    d->secure = stack_is_sips(r->uri);
    d->role = r->role;
    d->local_cseq = b.cseq.number;
    d->flow = r->courier.flow;
    *out = d;
    return SX_OK;
}

static void bind_tx(stack_dialog *d, stack_tx *tx, const sip_basics *b) {
    d->remote_cseq = b->cseq.number;
    d->has_remote_cseq = true;
    d->flow = tx->flow;
    tx->dialog = d;
    tx->owner.sink = d->owner.sink;
    tx->owner.user = d->owner.user;
    sx_list_append(&d->txs, &tx->in_dialog);
}

int dlg_create_notified(stack_tx *tx, const dlg_params *p, uint32_t local_cseq, stack_dialog **out) {
    sip_basics b;
    sip_addr contact;
    sip_uri uri;
    stack *s = tx->s;
    if (tx->dialog || tx->answered) return sx_fail(SX_E_STATE, "the request is in a dialog or answered");
    const sip_msg *m = tx->msg;
    if (p->contact && !stack_contact_is_clean(p->contact)) return sx_fail(SX_E_HEADER, "a line break in the Contact");
    if (sip_basics_read(m, &b, NULL) != SX_OK || !b.from_tag.n || !b.to_tag.n)
        return sx_fail(SX_E_PROTOCOL, "the request cannot be read");
    if (sip_addr_first(m, SIP_HDR_CONTACT, &contact) != SX_OK || contact.star ||
        sip_uri_parse(contact.uri, &uri) != SX_OK) {
        return sx_fail(SX_E_PROTOCOL, "no usable Contact");
    }
    stack_dialog *d = stack_dialog_find(s, b.call_id, b.to_tag, b.from_tag);
    if (d) {
        if (d->zombie || (d->has_remote_cseq && b.cseq.number <= d->remote_cseq))
            return sx_fail(SX_E_PROTOCOL, "CSeq out of order");
    } else {
        origin o = {b.call_id, b.to_tag, b.from_tag, contact.uri, b.to, b.from};
        d = dialog_new(s, &o);
        if (!d) return SX_E_NOMEM;
        if (set_routes(d, m, false) != SX_OK || take_params(d, p) != SX_OK) { /* as a UAS: RFC 6665 4.4.1 */
            stack_dialog_free(d);
            return sx_fail(SX_E_NOMEM, "no memory for a dialog");
        }
        d->role = tx->role;
        d->local_cseq = local_cseq;
    }
    bind_tx(d, tx, &b);
    *out = d;
    return SX_OK;
}

int stack_dialog_set_contact(stack_dialog *d, const stack_contact *c) {
    char *at = malloc(c->user.n + c->uri_params.n + c->params.n + c->host.n + c->uri.n + 1);
    if (!at) return SX_E_NOMEM;
    free(d->contact_block);
    d->contact_block = at;
    d->contact = *c;
    d->contact.user = put(&at, c->user);
    d->contact.uri_params = put(&at, c->uri_params);
    d->contact.params = put(&at, c->params);
    d->contact.host = put(&at, c->host);
    d->contact.uri = put(&at, c->uri);
    d->has_contact = true;
    return SX_OK;
}

/* ---- the end ---- */

static void free_dialog(sx_grave *g) {
    stack_dialog *d = SX_CONTAINER(g, stack_dialog, grave);
    free(d->block);
    free(d->target);
    free(d->routes);
    free(d->contact_block);
    free(d->invite_auth);
    free(d->ws_headers);
    net_tls_unref(d->tls);
    free(d->ack);
    free(d);
}

/* Whoever points here, points elsewhere from now on. */
static void detach(stack_dialog *d) {
    sx_list *n;
    stack_owner_drop(&d->owner);
    while ((n = sx_list_first(&d->requests)) != NULL)
        stack_request_dialog_gone(SX_CONTAINER(n, stack_request, in_dialog));
    while ((n = sx_list_pop(&d->txs)) != NULL) SX_CONTAINER(n, stack_tx, in_dialog)->dialog = NULL;
    stack_answer_free(d);
    sx_list_remove(&d->in_set);
    d->set = NULL;
    d->state = DLG_ENDED;
}

void stack_dialog_free(stack_dialog *d) {
    stack *s = d->s;
    detach(d);
    stack_shot_forget(s, d);
    sx_timer_stop(s->wheel, &d->linger);
    sx_list_remove(&d->link);
    sx_htab_remove(&s->dialogs_by_id, &d->by_id);
    stack_auth_unref(d->auth);
    stack_bury(s, &d->grave, free_dialog);
}

void stack_dialog_linger(stack_dialog *d) {
    detach(d);
    d->zombie = true;
    sx_timer_start(d->s->wheel, &d->linger, stack_now(d->s) + d->s->timing.timeout);
}

void dlg_end(stack_dialog *d) {
    if (!d) return;
    if (d->ack || d->shots)
        stack_dialog_linger(d); /* its 2xx may come again and wants the ACK */
    else
        stack_dialog_free(d);
}

void stack_close_dialogs(stack *s) {
    sx_list *n;
    while ((n = sx_list_first(&s->dialogs)) != NULL) stack_dialog_free(SX_CONTAINER(n, stack_dialog, link));
}

/* ---- moving on ---- */

void stack_dialog_response(stack_dialog *d, const sip_msg *msg, bool invite, bool confirm) {
    sip_addr contact;
    sip_uri uri;
    if (sip_addr_first(msg, SIP_HDR_CONTACT, &contact) == SX_OK && !contact.star &&
        sip_uri_parse(contact.uri, &uri) == SX_OK) {
        if (!sx_eq(contact.uri, sx_slice_of(d->target, d->ntarget))) set_target(d, contact.uri);
    }
    if (!confirm) return;
    d->state = DLG_CONFIRMED;
    set_routes(d, msg, true); /* the 2xx has the last word on the route set (13.2.2.4) */
}

bool stack_dialog_request(stack_dialog *d, const stack_rx *rx, const sip_msg *m, const sip_basics *b) {
    if (d->has_remote_cseq && b->cseq.number <= d->remote_cseq) { /* 12.2.2 */
        stack_reply(d->s, rx, m, b, 500, SX_LIT("CSeq Out Of Order"), sx_slice_empty());
        return false;
    }
    d->remote_cseq = b->cseq.number;
    d->has_remote_cseq = true;
    d->flow = rx->flow;
    return true;
}

void dlg_get(const stack_dialog *d, dlg_info *out) {
    memset(out, 0, sizeof *out);
    out->state = (dlg_state)d->state;
    out->uac = d->uac;
    out->secure = d->secure;
    out->call_id = d->call_id;
    out->local_tag = d->local_tag;
    out->remote_tag = d->remote_tag;
    out->local = d->local;
    out->remote = d->remote;
    out->remote_target = sx_slice_of(d->target, d->ntarget);
    out->nroutes = d->nroutes;
    out->local_cseq = d->local_cseq;
    out->remote_cseq = d->remote_cseq;
    out->flow = d->flow;
}

sx_slice dlg_route(const stack_dialog *d, size_t i) { return i < d->nroutes ? d->routes[i] : sx_slice_empty(); }

void dlg_set_flow(stack_dialog *d, const stack_flow *flow) { d->flow = *flow; }

void dlg_set_owner(stack_dialog *d, stack_sink sink, void *user) {
    d->owner.sink = sink;
    d->owner.user = user;
}

void *dlg_user(const stack_dialog *d) { return d->owner.user; }

bool dlg_is_owned_by(const stack_dialog *d, stack_sink_fn fn) { return d->owner.sink.fn == fn; }
