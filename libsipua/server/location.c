/* Who can be reached where: the bindings of each user (RFC 3261 10.3). */
#include "server/internal.h"

#include "base/error.h"
#include "net/loop.h"
#include "sip/host.h"
#include "stack/transport.h"

#include <stdlib.h>

/* A binding event on its way through the run queue: the location never calls the sink from inside. */
typedef struct notice {
    sx_list node; /* in srv_server.notices */
    sx_task task;
    srv_server *server;
    char *user;
    char *contact;
    uint32_t expires;
    sip_msg *msg;
} notice;

static void notice_free(notice *n) {
    sx_list_remove(&n->node);
    sx_runq_cancel(&n->task);
    sip_msg_unref(n->msg);
    free(n->user);
    free(n->contact);
    free(n);
}

static void tell(sx_task *t) {
    notice *n = SX_CONTAINER(t, notice, task);
    srv_event ev = {.type = SRV_EV_BINDING,
                    .server = n->server,
                    .id = n->server->id,
                    .text = "",
                    .user = sx_slice_str(n->user),
                    .contact = sx_slice_str(n->contact),
                    .expires = (int)n->expires,
                    .msg = n->msg};
    n->server->sink(n->server->ctx, &ev);
    notice_free(n);
}

static char *aor_of(const srv_account *a) {
    sx_buf b;
    sx_buf_init(&b);
    SX_BUF_LIT(&b, "sip:");
    sx_buf_str(&b, a->name);
    sx_buf_char(&b, '@');
    sx_buf_str(&b, a->server->realm ? a->server->realm : "");
    return sx_buf_detach(&b);
}

/* For information only: when memory runs out it is lost, and the binding stands all the same. */
static void notify(const srv_binding *b, uint32_t expires, const sip_msg *msg) {
    srv_server *s = b->account->server;
    notice *n = calloc(1, sizeof *n);
    if (!n) return;
    sx_list_init(&n->node);
    sx_task_init(&n->task, tell);
    n->server = s;
    n->expires = expires;
    n->user = aor_of(b->account);
    n->contact = strdup(b->contact);
    n->msg = msg ? sip_msg_keep(msg) : NULL;
    if (!n->user || !n->contact) {
        notice_free(n);
        return;
    }
    sx_list_append(&s->notices, &n->node);
    sx_runq_post(s->runq, &n->task);
}

void srv_notices_drop(srv_server *s) {
    for (sx_list *it; (it = sx_list_first(&s->notices));) notice_free(SX_CONTAINER(it, notice, node));
}

/* ---- domains ---- */

static srv_domain *domain_find(srv_server *s, const sip_uri *u) {
    SX_LIST_EACH(it, tmp, &s->domains) {
        srv_domain *d = SX_CONTAINER(it, srv_domain, node);
        if (d->port == u->port && sip_host_eq(sx_slice_str(d->host), u->host)) return d;
    }
    return NULL;
}

bool srv_is_domain(srv_server *s, const sip_uri *u) { return domain_find(s, u) != NULL; }

static srv_domain *domain_get(srv_server *s, const sip_uri *u) {
    srv_domain *d = domain_find(s, u);
    if (!d) {
        d = calloc(1, sizeof *d);
        if (!d) return NULL;
        d->host = sx_strdup(u->host);
        d->port = u->port;
        if (!d->host) {
            free(d);
            return NULL;
        }
        sx_list_append(&s->domains, &d->node);
    }
    d->refs++;
    return d;
}

static void domain_put(srv_domain *d) {
    if (!d || --d->refs) return;
    sx_list_remove(&d->node);
    free(d->host);
    free(d);
}

/* ---- bindings ---- */

void srv_binding_free(srv_binding *b) {
    srv_server *s = b->account->server;
    sx_timer_stop(s->wheel, &b->expiry);
    if (!sx_list_is_empty(&b->node)) b->account->nbindings--;
    sx_list_remove(&b->node);
    if (b->held) stack_flow_release(s->stack, &b->flow, 0);
    domain_put(b->domain);
    free(b->contact);
    free(b->instance);
    free(b->path);
    free(b->call_id);
    free(b);
}

void srv_binding_remove(srv_binding *b, const sip_msg *msg) {
    notify(b, 0, msg);
    srv_binding_free(b);
}

void srv_bindings_clear(srv_account *a, const sip_msg *msg) {
    for (sx_list *it; (it = sx_list_first(&a->bindings));) srv_binding_remove(SX_CONTAINER(it, srv_binding, node), msg);
}

static void on_expiry(sx_timer *t, uint64_t now_ms) { srv_binding_remove(SX_CONTAINER(t, srv_binding, expiry), NULL); }

static bool contact_is(const srv_binding *b, const sip_uri *contact) {
    sip_uri mine;
    return sip_uri_parse(sx_slice_str(b->contact), &mine) == SX_OK && sip_uri_eq(&mine, contact);
}

static bool same_instance(const srv_binding *b, sx_slice instance) {
    return instance.n && b->instance && sx_eq(instance, sx_slice_str(b->instance));
}

/* RFC 5626 6: an address of record, a device and one of its flows; nothing else counts. */
static srv_binding *find_flow(srv_account *a, sx_slice instance, uint32_t reg_id) {
    SX_LIST_EACH(it, tmp, &a->bindings) {
        srv_binding *b = SX_CONTAINER(it, srv_binding, node);
        if (b->reg_id == reg_id && same_instance(b, instance)) return b;
    }
    return NULL;
}

srv_binding *srv_binding_find(srv_account *a, const sip_uri *contact, sx_slice instance, uint32_t reg_id,
                              const stack_flow *flow) {
    if (reg_id) return find_flow(a, instance, reg_id);
    srv_binding *moved = NULL;
    SX_LIST_EACH(it, tmp, &a->bindings) {
        srv_binding *b = SX_CONTAINER(it, srv_binding, node);
        bool both = instance.n && b->instance;
        bool same = same_instance(b, instance);
        /* Two devices behind two NATs may well have the same private address: then the instance tells them apart. */
        if (contact_is(b, contact) && (!both || same || stack_flow_eq(&b->flow, flow))) return b;
        if (same) moved = b; /* the same device behind another address (RFC 5626 6) */
    }
    return moved;
}

/* URIs with different marks differ, unless one of them is 0: an escaped user has several spellings. */
static uint64_t mark_of(const sip_uri *u) {
    if (sx_find(u->user, '%') >= 0) return 0;
    return sx_hash_mix(sx_hash_of(u->user), &u->port, sizeof u->port) | 1;
}

srv_binding *srv_binding_by_contact(srv_server *s, const sip_uri *contact) {
    uint64_t mark = mark_of(contact);
    SX_HTAB_EACH(n, next, &s->accounts) {
        srv_account *a = SX_CONTAINER(n, srv_account, node);
        SX_LIST_EACH(it, tmp, &a->bindings) {
            srv_binding *b = SX_CONTAINER(it, srv_binding, node);
            sip_uri mine;
            if (mark && b->mark && mark != b->mark) continue;
            /* Inside a dialog only user, host and port are sure to come back as they were registered. */
            if (sip_uri_parse(sx_slice_str(b->contact), &mine) != SX_OK) continue;
            mine.scheme = contact->scheme; /* registered by sips:, called by sip:, or the other way round */
            if (sip_uri_eq_aor(&mine, contact)) return b;
        }
    }
    return NULL;
}

bool srv_binding_has_flow(const srv_account *a, const stack_flow *flow) {
    SX_LIST_EACH(it, tmp, &a->bindings)
    if (stack_flow_eq(&SX_CONTAINER(it, srv_binding, node)->flow, flow)) return true;
    return false;
}

stack_flow srv_binding_way(const srv_binding *b) {
    stack_flow none = {.id = 0};
    return !b->path && stack_flow_alive(b->account->server->stack, &b->flow) ? b->flow : none;
}

bool srv_binding_is_dead(const srv_binding *b) {
    return b->flow_only && !stack_flow_alive(b->account->server->stack, &b->flow);
}

void srv_put_domain(const srv_binding *b, sx_buf *out) {
    bool v6 = strchr(b->domain->host, ':') != NULL;
    if (v6) sx_buf_char(out, '[');
    sx_buf_str(out, b->domain->host);
    if (v6) sx_buf_char(out, ']');
    if (!b->domain->port) return;
    sx_buf_char(out, ':');
    sx_buf_u64(out, b->domain->port);
}

srv_binding *srv_binding_new(srv_account *a, const srv_update *u) {
    srv_server *s = a->server;
    srv_binding *b = calloc(1, sizeof *b);
    if (!b) return NULL;
    sx_list_init(&b->node);
    sx_timer_init(&b->expiry, on_expiry);
    b->account = a;
    b->flow = u->flow;
    b->cseq = u->cseq;
    b->contact = sx_strdup(u->contact);
    sip_uri contact;
    if (sip_uri_parse(u->contact, &contact) == SX_OK) b->mark = mark_of(&contact);
    b->call_id = sx_strdup(u->call_id);
    b->instance = u->instance.n ? sx_strdup(u->instance) : NULL;
    b->path = u->path.n ? sx_strdup(u->path) : NULL;
    b->reg_id = u->reg_id;
    b->flow_only = u->direct && srv_needs_flow(u->contact, &u->flow, u->reg_id);
    b->domain = domain_get(s, u->aor);
    if (!b->contact || !b->call_id || (u->instance.n && !b->instance) || (u->path.n && !b->path) || !b->domain) {
        srv_binding_free(b);
        return NULL;
    }
    /* A connection that is registered over is kept, or its owner could be called for two minutes only. */
    b->held = stack_is_stream(b->flow.transport) && stack_flow_hold(s->stack, &b->flow, 0) == SX_OK;
    return b;
}

void srv_binding_commit(srv_binding *b, uint32_t expires, const sip_msg *msg) {
    srv_account *a = b->account;
    sip_uri contact;
    srv_binding *old = NULL;
    if (sip_uri_parse(sx_slice_str(b->contact), &contact) == SX_OK)
        old = srv_binding_find(a, &contact, sx_slice_str(b->instance), b->reg_id, &b->flow);
    if (old) {
        if (strcmp(old->contact, b->contact) != 0) notify(old, 0, msg);
        srv_binding_free(old);
    }
    if (a->nbindings >= SRV_MAX_BINDINGS) { /* the REGISTER was checked for that; it was an odd one */
        srv_binding_free(b);
        return;
    }
    sx_list_append(&a->bindings, &b->node);
    a->nbindings++;
    b->expires_at_ms = srv_now(a->server) + (uint64_t)expires * 1000;
    sx_timer_start(a->server->wheel, &b->expiry, b->expires_at_ms);
    notify(b, expires, msg);
}
