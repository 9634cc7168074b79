/* Who can be reached where: the bindings of each user (RFC 3261 10.3). */
#include "server/internal.h"

#include "base/error.h"
#include "net/loop.h"

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

void srv_binding_free(srv_binding *b) {
    sx_timer_stop(b->account->server->wheel, &b->expiry);
    if (!sx_list_is_empty(&b->node)) b->account->nbindings--;
    sx_list_remove(&b->node);
    free(b->contact);
    free(b->instance);
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

srv_binding *srv_binding_find(srv_account *a, const sip_uri *contact, sx_slice instance) {
    SX_LIST_EACH(it, tmp, &a->bindings) {
        srv_binding *b = SX_CONTAINER(it, srv_binding, node);
        /* The same device behind another address replaces its binding (RFC 5626 6). */
        if (instance.n && b->instance && sx_eq(instance, sx_slice_str(b->instance))) return b;
        if (contact_is(b, contact)) return b;
    }
    return NULL;
}

typedef bool (*binding_test)(const srv_binding *b, const void *what);

static srv_binding *any_binding(srv_server *s, const srv_account *only, binding_test test, const void *what) {
    for (size_t i = 0; i < s->accounts.nslots; i++) {
        for (sx_hnode *n = s->accounts.slots[i]; n; n = n->next) {
            srv_account *a = SX_CONTAINER(n, srv_account, node);
            if (only && a != only) continue;
            SX_LIST_EACH(it, tmp, &a->bindings) {
                srv_binding *b = SX_CONTAINER(it, srv_binding, node);
                if (test(b, what)) return b;
            }
        }
    }
    return NULL;
}

static bool is_contact(const srv_binding *b, const void *uri) {
    sip_uri mine;
    const sip_uri *theirs = uri;
    /* Inside a dialog only user, host and port are sure to come back as they were registered. */
    return sip_uri_parse(sx_slice_str(b->contact), &mine) == SX_OK && sip_uri_eq_aor(&mine, theirs);
}

srv_binding *srv_binding_by_contact(srv_server *s, const sip_uri *contact) {
    return any_binding(s, NULL, is_contact, contact);
}

static bool is_flow(const srv_binding *b, const void *flow) { return stack_flow_eq(&b->flow, flow); }

bool srv_binding_has_flow(srv_server *s, const srv_account *a, const stack_flow *flow) {
    return any_binding(s, a, is_flow, flow) != NULL;
}

static srv_binding *binding_new(srv_account *a) {
    srv_binding *b = calloc(1, sizeof *b);
    if (!b) return NULL;
    sx_list_init(&b->node);
    sx_timer_init(&b->expiry, on_expiry);
    b->account = a;
    return b;
}

int srv_binding_put(srv_account *a, srv_binding *b, const srv_update *u) {
    srv_server *s = a->server;
    srv_binding *fresh = b ? NULL : binding_new(a);
    char *contact = sx_strdup(u->contact), *call_id = sx_strdup(u->call_id);
    char *instance = u->instance.n ? sx_strdup(u->instance) : NULL;
    if ((!b && !fresh) || !contact || !call_id || (u->instance.n && !instance)) {
        free(contact);
        free(call_id);
        free(instance);
        if (fresh) srv_binding_free(fresh);
        return sx_fail(SX_E_NOMEM, "no memory for a binding");
    }
    if (!b) {
        b = fresh;
        sx_list_append(&a->bindings, &b->node);
        a->nbindings++;
    }
    free(b->contact);
    free(b->call_id);
    free(b->instance);
    b->contact = contact;
    b->call_id = call_id;
    b->instance = instance;
    b->cseq = u->cseq;
    b->flow = u->flow;
    b->expires_at_ms = srv_now(s) + (uint64_t)u->expires * 1000;
    sx_timer_start(s->wheel, &b->expiry, b->expires_at_ms);
    notify(b, u->expires, u->msg);
    return SX_OK;
}
