#include "core/commands.h"

#include <stdlib.h>

#include "base/error.h"

/* Stands in `head` when the queue is closed. */
static const core_cmd closed_mark;
#define CLOSED ((core_cmd *)(uintptr_t)&closed_mark)

core_cmd *core_cmd_alloc(core_op op, size_t room) {
    if (room > SIZE_MAX / 4) return NULL;
    core_cmd *c = malloc(sizeof *c + room);
    if (!c) return NULL;
    memset(c, 0, sizeof *c);
    c->op = op;
    c->size = sizeof *c + room;
    return c;
}

void core_cmd_free(core_cmd *c) {
    if (!c) return;
    core_event_free(c->reply);
    core_entry_unref(c->entry);
    for (size_t i = 0; i < 2; i++) core_entry_unref(c->with[i]);
    if (c->op == CORE_OP_ACCOUNT_CREATE || c->op == CORE_OP_SERVER_CREATE || c->op == CORE_OP_SERVER_USER ||
        c->op == CORE_OP_ACCOUNT_TOKEN || c->op == CORE_OP_LISTENER_CREATE)
        explicit_bzero(c, c->size); /* passwords and keys */
    free(c);
}

int core_commands_push(core_commands *q, core_cmd *c) {
    core_cmd *head = __atomic_load_n(&q->head, __ATOMIC_RELAXED);
    do {
        if (head == CLOSED) return SX_E_CLOSED;
        c->next = head;
    } while (!__atomic_compare_exchange_n(&q->head, &head, c, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
    return head == NULL;
}

static core_cmd *reversed(core_cmd *c) {
    core_cmd *first = NULL;
    while (c) {
        core_cmd *next = c->next;
        c->next = first;
        first = c;
        c = next;
    }
    return first;
}

core_cmd *core_commands_take(core_commands *q) {
    if (!__atomic_load_n(&q->head, __ATOMIC_RELAXED) || __atomic_load_n(&q->head, __ATOMIC_RELAXED) == CLOSED)
        return NULL;
    return reversed(__atomic_exchange_n(&q->head, NULL, __ATOMIC_ACQUIRE));
}

core_cmd *core_commands_close(core_commands *q) {
    core_cmd *all = __atomic_exchange_n(&q->head, CLOSED, __ATOMIC_ACQUIRE);
    return all == CLOSED ? NULL : reversed(all);
}
