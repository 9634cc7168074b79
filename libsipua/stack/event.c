/* Events upwards: queued here, delivered from the run queue, so that nobody is re-entered. */
#include <stdlib.h>

#include "stack/internal.h"

#define MAX_SPARE 256

void stack_owner_init(stack_owner *o, stack_sink sink, void *user) {
    o->sink = sink;
    o->user = user;
    sx_list_init(&o->notes);
}

stack_event stack_event_of(stack_event_type type) {
    stack_event ev;
    memset(&ev, 0, sizeof ev);
    ev.type = type;
    ev.text = "";
    return ev;
}

stack_note *stack_note_new(stack *s) {
    sx_list *l = sx_list_pop(&s->spare_notes);
    stack_note *n;
    if (l) {
        n = SX_CONTAINER(l, stack_note, in_stack);
        s->nspare--;
    } else {
        n = malloc(sizeof *n);
        if (!n) return NULL;
    }
    sx_list_init(&n->in_stack);
    sx_list_init(&n->in_owner);
    n->s = s;
    n->owner = NULL;
    n->after = NULL;
    n->obj = NULL;
    n->kept = NULL;
    n->copy = NULL;
    n->queued = false;
    return n;
}

void stack_note_free(stack_note *n) {
    if (!n) return;
    stack *s = n->s;
    if (n->queued) s->nnotes--;
    sx_list_remove(&n->in_stack);
    sx_list_remove(&n->in_owner);
    sip_msg_unref(n->kept);
    free(n->copy);
    n->kept = NULL;
    n->copy = NULL;
    n->queued = false;
    if (s->nspare < MAX_SPARE) {
        sx_list_prepend(&s->spare_notes, &n->in_stack);
        s->nspare++;
    } else {
        free(n);
    }
}

void stack_owner_drop(stack_owner *o) {
    sx_list *l;
    while ((l = sx_list_first(&o->notes)) != NULL) {
        stack_note *n = SX_CONTAINER(l, stack_note, in_owner);
        sx_list_remove(&n->in_owner);
        n->owner = NULL;
        n->after = NULL;
        if (n == n->s->delivering) continue; /* freed by who delivers it */
        /* A request that nobody will see now still wants its answer. */
        stack_tx *unseen = n->ev.type == STACK_EV_REQUEST ? n->ev.tx : NULL;
        bool in_dialog = n->ev.dialog || (unseen && n->kept && n->kept->method == SIP_NOTIFY);
        stack_note_free(n);
        if (unseen) stack_tx_orphaned(unseen, in_dialog ? 481 : 503);
    }
}

void stack_post_note(stack_note *n, stack_owner *o, const stack_event *ev, void (*after)(void *), void *obj) {
    stack *s = n->s;
    n->ev = *ev;
    n->owner = o;
    n->after = after;
    n->obj = obj;
    if (ev->msg) {
        n->kept = sip_msg_keep(ev->msg);
        n->ev.msg = n->kept;
    }
    size_t len = ev->text ? strlen(ev->text) : 0;
    if (len >= sizeof n->text) len = sizeof n->text - 1;
    if (len) memcpy(n->text, ev->text, len);
    n->text[len] = 0;
    n->ev.text = n->text;
    if (o) sx_list_append(&o->notes, &n->in_owner);
    sx_list_append(&s->notes, &n->in_stack);
    n->queued = true;
    s->nnotes++;
    sx_runq_post(s->runq, &s->task);
}

static size_t room_of(const char *text) { return text ? strlen(text) + 1 : 0; }

/* What an event points to, in one block: bytes, then the words about TLS, then a text that has no room in the note
 * (where trust was looked for is a long list). */
static int copy_into(stack_note *n, const stack_event *ev) {
    size_t check = room_of(ev->tls_check), names = room_of(ev->tls_names), text = room_of(ev->text);
    if (text <= sizeof n->text) text = 0;
    size_t total = ev->bytes.n + check + names + text;
    if (!total) return SX_OK;
    n->copy = malloc(total);
    if (!n->copy) return SX_E_NOMEM;
    if (ev->bytes.n) memcpy(n->copy, ev->bytes.p, ev->bytes.n);
    if (check) memcpy(n->copy + ev->bytes.n, ev->tls_check, check);
    if (names) memcpy(n->copy + ev->bytes.n + check, ev->tls_names, names);
    if (text) memcpy(n->copy + ev->bytes.n + check + names, ev->text, text);
    return SX_OK;
}

int stack_post(stack *s, stack_owner *o, const stack_event *ev, void (*after)(void *), void *obj) {
    stack_note *n = stack_note_new(s);
    if (!n) return SX_E_NOMEM;
    if (copy_into(n, ev) != SX_OK) {
        stack_note_free(n);
        return SX_E_NOMEM;
    }
    stack_post_note(n, o, ev, after, obj);
    if (ev->bytes.n) n->ev.bytes = sx_slice_of(n->copy, ev->bytes.n);
    if (ev->tls_check) n->ev.tls_check = n->copy + ev->bytes.n;
    if (ev->tls_names) n->ev.tls_names = n->copy + ev->bytes.n + room_of(ev->tls_check);
    if (room_of(ev->text) > sizeof n->text)
        n->ev.text = n->copy + ev->bytes.n + room_of(ev->tls_check) + room_of(ev->tls_names);
    if (ev->msg && !n->kept) {
        stack_note_free(n);
        return SX_E_NOMEM;
    }
    return SX_OK;
}

/* One batch: what the sinks cause comes after what others have put into the run queue meanwhile. */
void stack_run_notes(sx_task *t) {
    stack *s = SX_CONTAINER(t, stack, task);
    for (size_t left = s->nnotes; left; left--) {
        sx_list *l = sx_list_pop(&s->notes);
        if (!l) break;
        s->nnotes--;
        stack_note *n = SX_CONTAINER(l, stack_note, in_stack);
        n->queued = false;
        s->delivering = n;
        stack_sink sink = n->owner && n->owner->sink.fn ? n->owner->sink : s->sink;
        n->ev.user = n->owner ? n->owner->user : NULL;
        sink.fn(sink.ctx, &n->ev);
        if (s->delivering != n) return; /* destroyed inside the sink: s and n lie in the graveyard */
        s->delivering = NULL;
        void (*after)(void *) = n->after;
        void *obj = n->obj;
        stack_note_free(n);
        if (after) after(obj);
    }
    if (!sx_list_is_empty(&s->notes)) sx_runq_post(s->runq, &s->task);
}
