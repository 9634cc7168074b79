/* REGISTER, step by step as RFC 3261 10.3 has it. */
#include "server/internal.h"

#include "base/error.h"
#include "net/loop.h"
#include "sip/lex.h"

typedef struct registration {
    srv_server *server;
    srv_account *account;
    stack_tx *tx;
    const sip_msg *msg;
    const stack_flow *flow;
    sip_basics basics;
    sip_uri aor; /* To */
    srv_features features;
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
            if (r->features.supported & SIP_TAG_GRUU) srv_put_gruu(one, b);
        }
        if (one->reg_id) {
            SX_BUF_LIT(b, ";reg-id=");
            sx_buf_u64(b, one->reg_id);
        }
        SX_BUF_LIT(b, "\r\n");
    }
}

static void answer_with_bindings(const registration *r) {
    sx_buf b;
    bool flow = false;
    SX_LIST_EACH(it, tmp, &r->account->bindings) {
        const srv_binding *one = SX_CONTAINER(it, srv_binding, node);
        flow |= one->reg_id && sx_eq(sx_slice_str(one->call_id), r->basics.call_id);
    }
    sx_buf_init(&b);
    put_contacts(r, &b);
    srv_features_answer(&r->features, flow && r->features.flows, stack_is_stream(r->flow->transport), &b);
    srv_answer(r->tx, 200, &b);
    sx_buf_free(&b);
}

static void refuse_brief(const registration *r) {
    sx_buf b;
    sx_buf_init(&b);
    SX_BUF_LIT(&b, "Min-Expires: ");
    sx_buf_u64(&b, r->server->min_expires);
    SX_BUF_LIT(&b, "\r\n");
    srv_answer(r->tx, 423, &b);
    sx_buf_free(&b);
}

static sx_slice instance_of(const sip_addr *contact) {
    sx_slice value;
    return sip_param_get(contact->params, SX_LIT("+sip.instance"), &value) ? value : sx_slice_empty();
}

/* One Contact of the request, taken apart. */
typedef struct wish {
    sip_uri uri;
    sx_slice instance;
    uint32_t reg_id;  /* 0: none */
    uint32_t expires; /* s, 0: to be removed */
} wish;

/* Without a device or a first proxy that keeps flows it means nothing (RFC 5626 6). */
static uint32_t reg_id_of(const registration *r, const sip_addr *contact, sx_slice instance) {
    sx_slice value;
    uint32_t id;
    if (!r->features.flows || !instance.n || !sip_param_get(contact->params, SX_LIT("reg-id"), &value)) return 0;
    return sip_read_u32(value, INT32_MAX, &id) == SX_OK ? id : 0;
}

static bool read_wish(const registration *r, const sip_addr *c, wish *w) {
    if (c->star || sip_uri_parse(c->uri, &w->uri) < 0) return false;
    if (w->uri.scheme != SIP_SCHEME_SIP && w->uri.scheme != SIP_SCHEME_SIPS) return false;
    w->instance = instance_of(c);
    w->reg_id = reg_id_of(r, c, w->instance);
    w->expires = sip_contact_expires(r->msg, c, r->server->max_expires);
    return true;
}

static srv_binding *known(const registration *r, const wish *w) {
    return srv_binding_find(r->account, &w->uri, w->instance, w->reg_id, r->flow);
}

/* An older or repeated request may not undo a newer one (steps 6 and 7). */
static bool is_outdated(const registration *r, const srv_binding *b) {
    return sx_eq(r->basics.call_id, sx_slice_str(b->call_id)) && r->basics.cseq.number <= b->cseq;
}

/* Looked at before anything is changed. 0, or the status that refuses the whole request. */
static int check_contact(const registration *r, const wish *w) {
    if (w->expires && w->expires < r->server->min_expires && w->expires < 3600) return 423;
    srv_binding *b = known(r, w);
    if (!b) return 0;
    if (is_outdated(r, b)) return 500;
    if (!w->expires) b->removing = true;
    return 0;
}

static int check_contacts(const registration *r, size_t *count) {
    sip_list l;
    sip_addr c;
    wish w;
    int more, status;
    *count = 0;
    sip_list_begin(&l, r->msg, SIP_HDR_CONTACT);
    while ((more = sip_addr_next(&l, &c)) == 1) {
        if (!read_wish(r, &c, &w)) return 400;
        if ((status = check_contact(r, &w))) return status;
        if (++*count > 2 * SRV_MAX_BINDINGS) return 403;
    }
    return more < 0 ? 400 : 0;
}

/* How many bindings there would be: those that go before those that come. */
static size_t count_after(const registration *r) {
    sip_list l;
    sip_addr c;
    wish w;
    size_t n = r->account->nbindings;
    SX_LIST_EACH(it, tmp, &r->account->bindings) n -= SX_CONTAINER(it, srv_binding, node)->removing;
    sip_list_begin(&l, r->msg, SIP_HDR_CONTACT);
    while (sip_addr_next(&l, &c) == 1) {
        if (!read_wish(r, &c, &w) || !w.expires) continue;
        srv_binding *b = known(r, &w);
        if (!b || b->removing) n++;
    }
    return n;
}

/* A new binding waiting to be put into place. */
typedef struct staged {
    srv_binding *binding;
    uint32_t expires;
} staged;

static bool stage(const registration *r, const sip_addr *c, const wish *w, staged *out) {
    srv_update u = {.contact = c->uri,
                    .instance = w->instance,
                    .call_id = r->basics.call_id,
                    .path = sx_buf_view(&r->features.path),
                    .reg_id = w->reg_id,
                    .direct = r->features.direct,
                    .aor = &r->aor,
                    .cseq = r->basics.cseq.number,
                    .flow = *r->flow};
    out->expires = w->expires < r->server->max_expires ? w->expires : r->server->max_expires;
    out->binding = srv_binding_new(r->account, &u);
    return out->binding != NULL;
}

/* All or nothing (step 7): whatever may fail comes first. */
static int apply_contacts(const registration *r) {
    staged fresh[2 * SRV_MAX_BINDINGS];
    sip_list l;
    sip_addr c;
    wish w;
    size_t n = 0;
    sip_list_begin(&l, r->msg, SIP_HDR_CONTACT);
    while (sip_addr_next(&l, &c) == 1) {
        if (!read_wish(r, &c, &w) || !w.expires) continue;
        if (stage(r, &c, &w, &fresh[n])) {
            n++;
            continue;
        }
        while (n) srv_binding_free(fresh[--n].binding);
        return 500;
    }
    SX_LIST_EACH(it, tmp, &r->account->bindings) {
        srv_binding *b = SX_CONTAINER(it, srv_binding, node);
        if (b->removing) srv_binding_remove(b, r->msg);
    }
    for (size_t i = 0; i < n; i++) srv_binding_commit(fresh[i].binding, fresh[i].expires, r->msg);
    return 0;
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
    SX_LIST_EACH(it, tmp, &r->account->bindings)
    if (fine && is_outdated(r, SX_CONTAINER(it, srv_binding, node))) *status = 500;
    return true;
}

static int update(const registration *r) {
    int status = 0;
    size_t count;
    if (is_star(r, &status)) {
        if (!status) srv_bindings_clear(r->account, r->msg);
        return status;
    }
    SX_LIST_EACH(it, tmp, &r->account->bindings) SX_CONTAINER(it, srv_binding, node)->removing = false;
    status = check_contacts(r, &count);
    if (status || !count) return status;
    return count_after(r) > SRV_MAX_BINDINGS ? 403 : apply_contacts(r);
}

static void carry_out(registration *r) {
    int status = srv_features_read(r->msg, &r->features);
    if (!status) status = update(r);
    if (status == 423)
        refuse_brief(r);
    else if (status == 439)
        srv_refuse(r->tx, status, "First Hop Lacks Outbound Support");
    else if (status)
        srv_refuse(r->tx, status, NULL);
    else
        answer_with_bindings(r);
    srv_features_done(&r->features);
}

void srv_register(srv_server *s, stack_tx *tx, const sip_msg *msg, const stack_flow *flow) {
    registration r = {.server = s, .tx = tx, .msg = msg, .flow = flow};
    if (sip_basics_read(msg, &r.basics, NULL) != SX_OK || sip_uri_parse(r.basics.to.uri, &r.aor) < 0 || !r.aor.host.n) {
        srv_refuse(tx, 400, NULL);
        return;
    }
    srv_account *who = srv_authenticate(s, tx, msg, false);
    if (!who) return;
    r.account = srv_account_find(s, r.aor.user);
    if (r.account != who) {
        srv_refuse(tx, 403, "Not Your Address Of Record");
        return;
    }
    carry_out(&r);
}
