/* Copying in and out: versioned structs, and commands in one block. */
#include "src/abi.h"

/* No struct of ours will ever be so large: a size beyond is a mistake of the caller's. */
enum { MAX_STRUCT = 65536 };

/* Sizes are those of whole structs: half a pointer is never copied. */
static bool known_size(uint32_t size, uint32_t first) {
    return size >= first && size <= MAX_STRUCT && size % sizeof(void *) == 0;
}

int abi_in(void *full, uint32_t full_size, uint32_t first, const void *theirs, const char *name) {
    uint32_t size;
    memcpy(&size, theirs, sizeof size);
    if (!known_size(size, first))
        return sx_fail(SX_E_VERSION, "%s: struct_size %u is not one that this library knows", name, (unsigned)size);
    for (uint32_t i = full_size; i < size; i++)
        if (((const unsigned char *)theirs)[i])
            return sx_fail(SX_E_VERSION, "%s: it has members that this library does not know", name);
    memset(full, 0, full_size);
    memcpy(full, theirs, size < full_size ? size : full_size);
    return SX_OK;
}

int abi_padding(uint32_t reserved, const char *name) {
    return reserved ? sx_fail(SX_E_VERSION, "%s: a reserved member is not zero", name) : SX_OK;
}

int abi_out(void *theirs, const void *full, uint32_t full_size, uint32_t first, const char *name) {
    uint32_t size;
    if (!theirs) return sx_fail(SX_E_INVALID, "%s is NULL", name);
    memcpy(&size, theirs, sizeof size);
    if (!known_size(size, first))
        return sx_fail(SX_E_VERSION, "%s: struct_size %u is not one that this library knows", name, (unsigned)size);
    uint32_t n = size < full_size ? size : full_size;
    memcpy((char *)theirs + sizeof size, (const char *)full + sizeof size, n - sizeof size);
    memset((char *)theirs + n, 0, size - n);
    return (int)n;
}

static void *take(abi_pack *k, size_t n, size_t align) {
    k->n = (k->n + align - 1) / align * align;
    char *at = k->p ? k->p + k->n : NULL;
    k->n += n;
    return at;
}

const char *abi_pack_str(abi_pack *k, const char *s) {
    if (!s) return NULL;
    size_t n = strlen(s) + 1;
    char *at = take(k, n, 1);
    if (at) memcpy(at, s, n);
    return at;
}

const char *const *abi_pack_strs(abi_pack *k, const char *const *list, size_t count) {
    if (!count) return NULL;
    const char **at = take(k, count * sizeof *at, _Alignof(const char *));
    for (size_t i = 0; i < count; i++) {
        const char *s = abi_pack_str(k, list[i]);
        if (at) at[i] = s;
    }
    return at;
}

const ua_pair *abi_pack_pairs(abi_pack *k, const sipua_pair *list, size_t count) {
    if (!count) return NULL;
    ua_pair *at = take(k, count * sizeof *at, _Alignof(ua_pair));
    for (size_t i = 0; i < count; i++) {
        const char *name = abi_pack_str(k, list[i].name), *value = abi_pack_str(k, list[i].value);
        if (!at) continue;
        at[i].name = name;
        at[i].value = value;
    }
    return at;
}

sx_slice abi_pack_bytes(abi_pack *k, const void *p, size_t n) {
    if (!n) return sx_slice_empty();
    char *at = take(k, n, 1);
    if (at) memcpy(at, p, n);
    return sx_slice_of(at, n);
}

core_cmd *abi_command(core_op op, uint64_t tag, abi_fill fill, const void *in) {
    abi_pack k = {NULL, 0};
    core_params scratch;
    memset(&scratch, 0, sizeof scratch);
    if (fill) fill(&k, &scratch, in);
    core_cmd *c = core_cmd_alloc(op, k.n);
    if (!c) {
        sx_fail(SX_E_NOMEM, "no memory for a command");
        return NULL;
    }
    c->tag = tag;
    k.p = c->data;
    k.n = 0;
    if (fill) fill(&k, &c->p, in);
    return c;
}

static int lookup(sipua_agent *agent, sipua_id id, core_kind kind, core_entry **out) {
    static const char *const names[] = {[CORE_NONE] = "object",
                                        [CORE_ACCOUNT] = "account",
                                        [CORE_CALL] = "call",
                                        [CORE_MESSAGE] = "message",
                                        [CORE_QUERY] = "query",
                                        [CORE_PLAYER] = "player",
                                        [CORE_RECORDER] = "recorder",
                                        [CORE_LISTENER] = "listener",
                                        [CORE_SERVER] = "server",
                                        [CORE_TRANSFER] = "transfer",
                                        [CORE_REQUEST] = "request",
                                        [CORE_COLLECTOR] = "collector",
                                        [CORE_SUBSCRIPTION] = "subscription",
                                        [CORE_NOTIFIER] = "notifier",
                                        [CORE_PUBLICATION] = "publication",
                                        [CORE_CONFERENCE] = "conference",
                                        [CORE_BRIDGE] = "bridge",
                                        [CORE_KINDS] = "object",
                                        [CORE_AUDIBLE] = "call or conference"};
    int rc = core_ids_find(core_agent_ids(abi_core(agent)), id, kind, out);
    if (rc == SX_E_GONE)
        return sx_fail(rc, "there is no %s %llu, or it has ended", names[kind], (unsigned long long)id);
    if (rc == SX_E_KIND) return sx_fail(rc, "%llu is not a %s", (unsigned long long)id, names[kind]);
    return rc;
}

int abi_pair_command(sipua_agent *agent, sipua_id id, core_kind kind, sipua_id with, core_kind with_kind, core_op op,
                     uint64_t tag, core_need need, abi_fill fill, const void *in) {
    core_entry *e, *other = NULL;
    ABI_TRY(abi_enter(agent));
    ABI_TRY(abi_number("tag", tag));
    ABI_TRY(lookup(agent, id, kind, &e));
    int rc = with_kind ? lookup(agent, with, with_kind, &other) : SX_OK;
    core_cmd *c = rc >= 0 ? abi_command(op, tag, fill, in) : NULL;
    if (!c) {
        core_entry_unref(e);
        core_entry_unref(other);
        return rc < 0 ? rc : SX_E_NOMEM;
    }
    c->entry = e;
    c->with[0] = other;
    return core_submit(abi_core(agent), c, need);
}

int abi_object_command(sipua_agent *agent, sipua_id id, core_kind kind, core_op op, uint64_t tag, core_need need,
                       abi_fill fill, const void *in) {
    return abi_pair_command(agent, id, kind, 0, CORE_NONE, op, tag, need, fill, in);
}

/* The others that a new object needs; the caller frees the command. */
static int add_others(sipua_agent *agent, const abi_new *what, core_cmd *c) {
    int found = 0, first = SX_OK;
    for (int i = 0; i < 2; i++) {
        if (!what->with[i]) continue;
        int rc = lookup(agent, what->with[i], what->with_kind, &c->with[i]);
        if (rc >= 0) found++;
        if (first == SX_OK && rc < 0) first = rc;
        if (rc < 0 && (rc != SX_E_GONE || !what->one_will_do)) return first;
    }
    return found ? SX_OK : first;
}

/* A call that a transfer makes belongs to the account of the transfer. */
static core_entry *account_behind(core_entry *e) {
    while (e && e->kind != CORE_ACCOUNT) e = e->owner;
    return e ? core_entry_ref(e) : NULL;
}

static int make_entry(sipua_agent *agent, const abi_new *what, const core_cmd *c, core_entry **out) {
    core_ids *ids = core_agent_ids(abi_core(agent));
    core_entry *owner = NULL;
    if (what->owner) ABI_TRY(lookup(agent, what->owner, what->owner_kind, &owner));
    if (what->op == CORE_OP_TRANSFER_ACCEPT) owner = account_behind(c->with[0]);
    uint64_t user = what->user || !owner || !what->inherit_user ? what->user : core_entry_user(owner);
    *out = core_ids_new(ids, what->kind, user, owner);
    core_entry_unref(owner);
    if (!*out) return sx_fail(SX_E_NOMEM, "no memory for an object");
    if (what->rate) (*out)->read_rate = what->rate;
    return SX_OK;
}

int abi_create(sipua_agent *agent, const abi_new *what, abi_fill fill, const void *in, sipua_id *id) {
    core_entry *e;
    if (!id) return sx_fail(SX_E_INVALID, "there is nowhere to write the id");
    *id = 0;
    ABI_TRY(abi_number("tag", what->tag));
    ABI_TRY(abi_number("user", what->user));
    core_cmd *c = abi_command(what->op, what->tag, fill, in);
    if (!c) return SX_E_NOMEM;
    int rc = add_others(agent, what, c);
    if (rc >= 0) rc = make_entry(agent, what, c, &e);
    if (rc < 0) {
        core_cmd_free(c);
        return rc;
    }
    *id = e->id;
    c->entry = core_entry_ref(e);
    rc = core_submit(abi_core(agent), c, CORE_NEED_ROOM);
    if (rc < 0) {
        core_ids_retire(core_agent_ids(abi_core(agent)), e);
        *id = 0;
    }
    core_entry_unref(e);
    return rc;
}
