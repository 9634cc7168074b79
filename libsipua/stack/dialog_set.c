#include "stack/dialog_set.h"

#include <stdlib.h>

#include "stack/internal.h"

struct stack_dialog_set {
    stack_request *r;
    sx_list dialogs; /* stack_dialog.in_set */
    sx_grave grave;
};

static void free_set(sx_grave *g) { free(SX_CONTAINER(g, stack_dialog_set, grave)); }

int dlg_set_create(stack *s, const stack_request_params *invite, stack_dialog_set **out) {
    stack_request_params p = *invite;
    p.method = SX_LIT("INVITE");
    if (p.dialog) return sx_fail(SX_E_INVALID, "a dialog set begins outside dialogs");
    if (!p.contact) return sx_fail(SX_E_INVALID, "an INVITE needs a Contact");
    stack_dialog_set *set = calloc(1, sizeof *set);
    if (!set) return sx_fail(SX_E_NOMEM, "no memory for a dialog set");
    sx_list_init(&set->dialogs);
    int rc = stack_request_new(s, &p, &set->r);
    if (rc != SX_OK) {
        free(set);
        return rc;
    }
    set->r->set = set;
    rc = stack_request_begin(set->r);
    if (rc != SX_OK) {
        stack_request_free(set->r);
        return rc;
    }
    *out = set;
    return SX_OK;
}

static stack_dialog *find(const stack_dialog_set *set, sx_slice remote_tag) {
    for (sx_list *l = set->dialogs.next; l != &set->dialogs; l = l->next) {
        stack_dialog *d = SX_CONTAINER(l, stack_dialog, in_set);
        if (sx_eq(d->remote_tag, remote_tag)) return d;
    }
    return NULL;
}

size_t dlg_set_count(const stack_dialog_set *set) {
    size_t n = 0;
    for (const sx_list *l = set->dialogs.next; l != &set->dialogs; l = l->next) n++;
    return n;
}

stack_dialog *dlg_set_at(const stack_dialog_set *set, size_t i) {
    for (sx_list *l = set->dialogs.next; l != &set->dialogs; l = l->next) {
        if (!i--) return SX_CONTAINER(l, stack_dialog, in_set);
    }
    return NULL;
}

/* What a dialog has from its INVITE. */
static int inherit(stack_dialog *d, stack_request *r) {
    d->role = r->role;
    d->flow = r->courier.flow;
    d->auth = stack_auth_ref(r->auth);
    int rc = stack_dialog_set_way(d, r->tls, sx_slice_str(r->ws_headers));
    if (rc != SX_OK) return rc;
    return r->has_contact ? stack_dialog_set_contact(d, &r->contact) : SX_OK;
}

stack_dialog *stack_set_dialog(stack_dialog_set *set, const sip_msg *msg, const sip_basics *b) {
    stack_request *r = set->r;
    stack_dialog *d = find(set, b->to_tag);
    if (d) {
        if (msg->status < 200) stack_dialog_response(d, msg, true, false);
        return d;
    }
    if (msg->status < 200 && (!b->to_tag.n || dlg_set_count(set) >= r->s->cfg.max_early_dialogs)) return NULL;
    const sip_msg *sent = stack_request_sent(r);
    if (!sent || stack_dialog_from_response(r->s, sent, msg, b, &d) != SX_OK) return NULL;
    if (inherit(d, r) != SX_OK) {
        stack_dialog_free(d);
        return NULL;
    }
    d->owner.sink = r->owner.sink;
    d->owner.user = r->owner.user;
    d->set = set;
    sx_list_append(&set->dialogs, &d->in_set);
    return d;
}

void stack_set_settle(stack_dialog_set *set) {
    SX_LIST_EACH(l, tmp, &set->dialogs) {
        stack_dialog *d = SX_CONTAINER(l, stack_dialog, in_set);
        if (d->state != DLG_CONFIRMED) stack_dialog_free(d);
    }
}

void stack_set_forget_ack(stack_dialog_set *set) {
    for (sx_list *l = set->dialogs.next; l != &set->dialogs; l = l->next) {
        stack_dialog *d = SX_CONTAINER(l, stack_dialog, in_set);
        if (d->ack_cseq == set->r->cseq) stack_dialog_forget_ack(d);
    }
}

void stack_set_free(stack_dialog_set *set) {
    stack_set_settle(set);
    sx_list *l;
    while ((l = sx_list_pop(&set->dialogs)) != NULL) SX_CONTAINER(l, stack_dialog, in_set)->set = NULL;
    stack *s = set->r->s;
    set->r->set = NULL;
    stack_bury(s, &set->grave, free_set);
}

void stack_end_fork(stack_request *r, const sip_msg *msg, const sip_basics *b) {
    stack *s = r->s;
    stack_dialog *d = stack_dialog_find(s, b->call_id, b->from_tag, b->to_tag);
    sx_slice none = sx_slice_empty();
    bool early = d && d->set && d->state == DLG_EARLY;
    if (d && !early) {
        if (d->set && d->set == r->set && !d->ack && !r->final_seen)
            dlg_ack_and_bye(d, msg, none); /* confirmed, and nobody saw it */
        else if (!stack_dialog_reack(d, b->cseq.number))
            dlg_ack(d, msg, none, none, none); /* a re-INVITE */
        return;
    }
    if (!early) {
        if (r->forks_ended >= s->cfg.max_early_dialogs) return;
        const sip_msg *sent = stack_request_sent(r);
        if (!sent || stack_dialog_from_response(s, sent, msg, b, &d) != SX_OK) return;
        inherit(d, r);
    }
    r->forks_ended++;
    stack_dialog_response(d, msg, true, true);
    stack_request_keep_auth(r, d);
    dlg_ack_and_bye(d, msg, none);
}

int dlg_set_cancel(stack_dialog_set *set, sx_slice headers) { return stack_request_cancel(set->r, headers); }

void dlg_set_abandon(stack_dialog_set *set) {
    stack_request *r = set->r;
    /* A confirmed dialog has an owner, unless the event that brings it was never seen: abandon looks after that. */
    SX_LIST_EACH(l, tmp, &set->dialogs) {
        stack_dialog *d = SX_CONTAINER(l, stack_dialog, in_set);
        if (d->state == DLG_EARLY) stack_dialog_free(d);
    }
    stack_request_abandon(r);
    if (r->set) stack_set_free(set);
}

stack_request *dlg_set_request(stack_dialog_set *set) { return set->r; }
