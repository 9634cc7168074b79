/* REGISTER, step by step as RFC 3261 10.3 has it. */
#include "server/internal.h"

#include "base/error.h"
#include "net/loop.h"

typedef struct registration {
    srv_server *server;
    srv_account *account;
    stack_tx *tx;
    const sip_msg *msg;
    const stack_flow *flow;
    sip_basics basics;
} registration;

static void put_contacts(const registration *r, sx_buf *b) {
    uint64_t now = srv_now(r->server);
    SX_LIST_EACH(it, tmp, &r->account->bindings) {
        const srv_binding *one = SX_CONTAINER(it, srv_binding, node);
        SX_BUF_LIT(b, "Contact: <");
        sx_buf_str(b, one->contact);
        SX_BUF_LIT(b, ">;expires=");
        sx_buf_u64(b, one->expires_at_ms > now ? (one->expires_at_ms - now + 999) / 1000 : 0);
        if (one->instance) {
            SX_BUF_LIT(b, ";+sip.instance=\"");
            sx_buf_str(b, one->instance);
            sx_buf_char(b, '"');
        }
        SX_BUF_LIT(b, "\r\n");
    }
}

static void answer_with_bindings(const registration *r) {
    sx_buf b;
    sx_buf_init(&b);
    put_contacts(r, &b);
    tx_response ok = {.status = 200, .headers = sx_buf_view(&b)};
    if (b.failed || tx_respond(r->tx, &ok) < 0) tx_reply(r->tx, 500, NULL);
    sx_buf_free(&b);
}

static void refuse_brief(const registration *r) {
    sx_buf b;
    sx_buf_init(&b);
    SX_BUF_LIT(&b, "Min-Expires: ");
    sx_buf_u64(&b, r->server->min_expires);
    SX_BUF_LIT(&b, "\r\n");
    tx_response brief = {.status = 423, .headers = sx_buf_view(&b)};
    if (b.failed || tx_respond(r->tx, &brief) < 0) tx_reply(r->tx, 500, NULL);
    sx_buf_free(&b);
}

static sx_slice instance_of(const sip_addr *contact) {
    sx_slice value;
    return sip_param_get(contact->params, SX_LIT("+sip.instance"), &value) ? value : sx_slice_empty();
}

/* An older or repeated request may not undo a newer one (step 7). */
static bool is_outdated(const registration *r, const srv_binding *b) {
    return b && sx_eq(r->basics.call_id, sx_slice_str(b->call_id)) && r->basics.cseq.number <= b->cseq;
}

/* One Contact: looked at before anything is changed. 0, or the status that refuses the whole request. */
static int check_contact(const registration *r, const sip_addr *c) {
    sip_uri uri;
    if (c->star || sip_uri_parse(c->uri, &uri) < 0) return 400;
    uint32_t expires = sip_contact_expires(r->msg, c, r->server->max_expires);
    if (expires && expires < r->server->min_expires) return 423;
    if (is_outdated(r, srv_binding_find(r->account, &uri, instance_of(c)))) return 500;
    return 0;
}

static int check_contacts(const registration *r, size_t *count) {
    sip_list l;
    sip_addr c;
    int more, status;
    *count = 0;
    sip_list_begin(&l, r->msg, SIP_HDR_CONTACT);
    while ((more = sip_addr_next(&l, &c)) == 1) {
        if ((status = check_contact(r, &c))) return status;
        if (++*count > SRV_MAX_BINDINGS) return 403;
    }
    return more < 0 ? 400 : 0;
}

static int apply_contact(const registration *r, const sip_addr *c) {
    sip_uri uri;
    sx_slice instance = instance_of(c);
    if (sip_uri_parse(c->uri, &uri) < 0) return SX_E_URI;
    srv_binding *b = srv_binding_find(r->account, &uri, instance);
    uint32_t expires = sip_contact_expires(r->msg, c, r->server->max_expires);
    if (expires == 0) {
        if (b) srv_binding_remove(b, r->msg);
        return SX_OK;
    }
    if (!b && r->account->nbindings >= SRV_MAX_BINDINGS) return SX_E_LIMIT;
    if (expires > r->server->max_expires) expires = r->server->max_expires;
    srv_update u = {.contact = c->uri,
                    .instance = instance,
                    .call_id = r->basics.call_id,
                    .cseq = r->basics.cseq.number,
                    .expires = expires,
                    .flow = *r->flow,
                    .msg = r->msg};
    return srv_binding_put(r->account, b, &u);
}

/* Those that go before those that come: a device that moved keeps within the limit, and a Contact that replaces another
 * of the same instance in one request is not removed again. */
static int apply_contacts(const registration *r, bool removals) {
    sip_list l;
    sip_addr c;
    int rc = SX_OK;
    sip_list_begin(&l, r->msg, SIP_HDR_CONTACT);
    while (rc >= 0 && sip_addr_next(&l, &c) == 1)
        if ((sip_contact_expires(r->msg, &c, r->server->max_expires) == 0) == removals) rc = apply_contact(r, &c);
    return rc;
}

/* Contact: * removes all, and stands alone with Expires: 0 (step 6). */
static bool is_star(const registration *r, int *status) {
    sip_addr c;
    uint32_t expires;
    if (sip_addr_first(r->msg, SIP_HDR_CONTACT, &c) != SX_OK || !c.star) return false;
    sip_list l;
    size_t count = 0;
    sip_list_begin(&l, r->msg, SIP_HDR_CONTACT);
    while (sip_addr_next(&l, &c) == 1) count++;
    bool fine = count == 1 && sip_number(r->msg, SIP_HDR_EXPIRES, UINT32_MAX, &expires) == SX_OK && expires == 0;
    *status = fine ? 0 : 400;
    return true;
}

static void update(const registration *r) {
    int status = 0;
    size_t count;
    if (is_star(r, &status)) {
        if (!status) srv_bindings_clear(r->account, r->msg);
    } else if (!(status = check_contacts(r, &count)) && count) {
        int rc = apply_contacts(r, true);
        if (rc >= 0) rc = apply_contacts(r, false);
        if (rc < 0) status = rc == SX_E_LIMIT ? 403 : 500;
    }
    if (status == 423)
        refuse_brief(r);
    else if (status)
        tx_reply(r->tx, status, NULL);
    else
        answer_with_bindings(r);
}

void srv_register(srv_server *s, stack_tx *tx, const sip_msg *msg, const stack_flow *flow) {
    registration r = {.server = s, .tx = tx, .msg = msg, .flow = flow};
    sip_uri to;
    if (sip_basics_read(msg, &r.basics, NULL) != SX_OK || sip_uri_parse(r.basics.to.uri, &to) < 0) {
        tx_reply(tx, 400, NULL);
        return;
    }
    srv_account *who = srv_authenticate(s, tx, msg, false);
    if (!who) return;
    r.account = srv_account_find(s, to.user);
    if (r.account != who)
        tx_reply(tx, 403, "Not Your Address Of Record");
    else
        update(&r);
}
