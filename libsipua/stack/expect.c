/* NOTIFYs that are waited for by Call-ID and local tag, before there is a dialog with their sender (RFC 6665 4.4.1). */
#include <stdlib.h>

#include "stack/internal.h"

struct stack_expect {
    sx_hnode by_id;
    stack *s;
    stack_owner owner;
    sx_slice call_id, local_tag; /* behind this struct */
    sx_grave grave;
};

static uint64_t id_hash(sx_slice call_id, sx_slice local_tag) {
    uint64_t h = sx_hash_mix(sx_hash_seed(), call_id.p, call_id.n);
    return sx_hash_mix(h, local_tag.p, local_tag.n);
}

static void free_expect(sx_grave *g) { free(SX_CONTAINER(g, stack_expect, grave)); }

int dlg_expect(stack *s, sx_slice call_id, sx_slice local_tag, stack_sink sink, void *user, stack_expect **out) {
    stack_expect *e = malloc(sizeof *e + call_id.n + local_tag.n);
    if (!e) return sx_fail(SX_E_NOMEM, "no memory for a dialog");
    memset(e, 0, sizeof *e);
    char *at = (char *)(e + 1);
    memcpy(at, call_id.p, call_id.n);
    memcpy(at + call_id.n, local_tag.p, local_tag.n);
    e->s = s;
    e->call_id = sx_slice_of(at, call_id.n);
    e->local_tag = sx_slice_of(at + call_id.n, local_tag.n);
    stack_owner_init(&e->owner, sink, user);
    if (!sx_htab_insert(&s->expects, &e->by_id, id_hash(call_id, local_tag))) {
        free(e);
        return sx_fail(SX_E_NOMEM, "no memory for a dialog");
    }
    *out = e;
    return SX_OK;
}

void dlg_expect_end(stack_expect *e) {
    if (!e) return;
    stack_owner_drop(&e->owner);
    sx_htab_remove(&e->s->expects, &e->by_id);
    stack_bury(e->s, &e->grave, free_expect);
}

stack_owner *stack_expect_find(stack *s, sx_slice call_id, sx_slice local_tag) {
    for (sx_hnode *n = sx_htab_first(&s->expects, id_hash(call_id, local_tag)); n; n = sx_htab_next(n)) {
        stack_expect *e = SX_CONTAINER(n, stack_expect, by_id);
        if (sx_eq(e->call_id, call_id) && sx_eq(e->local_tag, local_tag)) return &e->owner;
    }
    return NULL;
}

void stack_close_expects(stack *s) {
    sx_hnode *n;
    while ((n = sx_htab_any(&s->expects)) != NULL) dlg_expect_end(SX_CONTAINER(n, stack_expect, by_id));
}
