/* The structs of the C interface as plain objects, by the tables that the generator writes. */
#include <stdio.h>
#include <string.h>

#include "convert.h"

#define MAX_KEY 64

static void *at(void *base, uint16_t offset) { return (char *)base + offset; }

static void set_count(const node_member *member, void *out, size_t count) {
    uint32_t narrow = (uint32_t)count;
    uint64_t wide = count;
    if (member->count_wide)
        memcpy(at(out, member->count), &wide, sizeof wide);
    else
        memcpy(at(out, member->count), &narrow, sizeof narrow);
}

/* The array's length; what is not an array is refused. */
static bool list_in(napi_env env, napi_value value, const char *name, const char *wanted, uint32_t *length) {
    bool is = false;
    if (napi_is_array(env, value, &is) != napi_ok) return false;
    if (!is) {
        node_throw_type(env, name, wanted, value);
        return false;
    }
    return napi_get_array_length(env, value, length) == napi_ok;
}

static bool strings_in(napi_env env, napi_value value, const char *name, const node_member *member, node_arena *arena,
                       void *out) {
    uint32_t length;
    if (!list_in(env, value, name, "an array of strings", &length)) return false;
    const char **list = (const char **)node_arena_take(arena, sizeof *list * (length + (size_t)1));
    if (!list) {
        node_throw(env, SIPUA_E_NOMEM, NULL);
        return false;
    }
    for (uint32_t i = 0; i < length; i++) {
        char item[192];
        napi_value one;
        snprintf(item, sizeof item, "%s[%u]", name, i);
        if (napi_get_element(env, value, i, &one) != napi_ok || !node_string(env, one, item, false, arena, &list[i]))
            return false;
    }
    memcpy(at(out, member->offset), &list, sizeof list);
    set_count(member, out, length);
    return true;
}

static bool pair_in(napi_env env, napi_value value, const char *name, node_arena *arena, sipua_pair *pair) {
    uint32_t length;
    napi_value first, second;
    if (!list_in(env, value, name, "an array of a name and a value", &length)) return false;
    if (length != 2) {
        node_throw_range(env, name, "an array of a name and a value");
        return false;
    }
    return napi_get_element(env, value, 0, &first) == napi_ok && napi_get_element(env, value, 1, &second) == napi_ok &&
           node_string(env, first, name, false, arena, &pair->name) &&
           node_string(env, second, name, false, arena, &pair->value);
}

static bool pairs_in(napi_env env, napi_value value, const char *name, const node_member *member, node_arena *arena,
                     void *out) {
    uint32_t length;
    if (!list_in(env, value, name, "an array of pairs", &length)) return false;
    sipua_pair *list = (sipua_pair *)node_arena_take(arena, sizeof *list * (length + (size_t)1));
    if (!list) {
        node_throw(env, SIPUA_E_NOMEM, NULL);
        return false;
    }
    for (uint32_t i = 0; i < length; i++) {
        char item[192];
        napi_value one;
        snprintf(item, sizeof item, "%s[%u]", name, i);
        if (napi_get_element(env, value, i, &one) != napi_ok || !pair_in(env, one, item, arena, &list[i])) return false;
    }
    memcpy(at(out, member->offset), &list, sizeof list);
    set_count(member, out, length);
    return true;
}

bool node_pairs(napi_env env, napi_value value, const char *name, node_arena *arena, const sipua_pair **list,
                uint32_t *count) {
    struct {
        uint32_t n;
        const sipua_pair *list;
    } out = {0, NULL};
    const node_member member = {name, NODE_PAIRS, (uint16_t)((char *)&out.list - (char *)&out), 0, 0, 1};
    if (!pairs_in(env, value, name, &member, arena, &out)) return false;
    *list = out.list;
    *count = out.n;
    return true;
}

static bool member_in(napi_env env, napi_value value, const char *name, const node_member *member, node_arena *arena,
                      void *out) {
    void *place = at(out, member->offset);
    const char *text;
    const void *bytes;
    size_t size;
    switch (member->kind) {
    case NODE_I32: return node_int32(env, value, name, (int32_t *)place);
    case NODE_U32: return node_uint32(env, value, name, (uint32_t *)place);
    case NODE_U64: return node_uint64(env, value, name, (uint64_t *)place);
    case NODE_STRING:
        if (!node_string(env, value, name, false, arena, &text)) return false;
        memcpy(place, &text, sizeof text);
        return true;
    case NODE_STRINGS: return strings_in(env, value, name, member, arena, out);
    case NODE_PAIRS: return pairs_in(env, value, name, member, arena, out);
    case NODE_BYTES:
        if (!node_bytes(env, value, name, true, arena, &bytes, &size)) return false;
        memcpy(place, &bytes, sizeof bytes);
        set_count(member, out, size);
        return true;
    case NODE_HIDDEN: break;
    }
    return false;
}

static const node_member *find(const node_struct *type, const char *key) {
    for (uint16_t i = 0; i < type->member_count; i++)
        if (type->members[i].kind != NODE_HIDDEN && !strcmp(type->members[i].name, key)) return &type->members[i];
    return NULL;
}

/* One key of the object. A value that is undefined counts as absent. */
static bool key_in(napi_env env, napi_value object, napi_value key, const char *name, const node_struct *type,
                   node_arena *arena, void *out, uint64_t *seen) {
    char text[MAX_KEY], path[160];
    size_t length = 0;
    napi_value value;
    napi_valuetype kind;
    if (napi_get_value_string_utf8(env, key, text, sizeof text, &length) != napi_ok) return false;
    const node_member *member = length < sizeof text - 1 ? find(type, text) : NULL;
    snprintf(path, sizeof path, "%s.%s", name, text);
    if (!member) {
        char message[240];
        snprintf(message, sizeof message, "%s: there is no such setting", path);
        napi_throw_type_error(env, "ERR_INVALID_ARG_VALUE", message);
        return false;
    }
    if (napi_get_property(env, object, key, &value) != napi_ok || napi_typeof(env, value, &kind) != napi_ok)
        return false;
    if (kind == napi_undefined) return true;
    *seen |= (uint64_t)1 << (member - type->members);
    return member_in(env, value, path, member, arena, out);
}

bool node_struct_in(napi_env env, napi_value value, const char *name, const node_struct *type, bool nullable,
                    node_arena *arena, void *out, bool *given) {
    napi_valuetype kind;
    napi_value keys;
    uint32_t count = 0;
    uint64_t seen = 0;
    bool array = false;
    memset(out, 0, type->size);
    memcpy(out, &type->size, sizeof type->size);
    if (napi_typeof(env, value, &kind) != napi_ok || napi_is_array(env, value, &array) != napi_ok) return false;
    *given = !(nullable && (kind == napi_undefined || kind == napi_null));
    if (!*given) return true;
    if (kind != napi_object || array) {
        node_throw_type(env, name, "an object", value);
        return false;
    }
    if (napi_get_all_property_names(env, value, napi_key_own_only,
                                    (napi_key_filter)(napi_key_enumerable | napi_key_skip_symbols),
                                    napi_key_numbers_to_strings, &keys) != napi_ok ||
        napi_get_array_length(env, keys, &count) != napi_ok)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        napi_value key;
        if (napi_get_element(env, keys, i, &key) != napi_ok || !key_in(env, value, key, name, type, arena, out, &seen))
            return false;
    }
    for (uint16_t i = 0; i < type->member_count; i++)
        if (type->members[i].required && !(seen >> i & 1)) {
            char message[240];
            snprintf(message, sizeof message, "%s.%s is missing", name, type->members[i].name);
            napi_throw_type_error(env, "ERR_MISSING_ARGS", message);
            return false;
        }
    return true;
}

napi_value node_member_out(napi_env env, const node_member *member, const void *data) {
    const char *place = (const char *)data + member->offset;
    int32_t i32;
    uint32_t u32;
    uint64_t u64 = 0;
    const char *text;
    switch (member->kind) {
    case NODE_I32: memcpy(&i32, place, sizeof i32); return node_number(env, i32);
    case NODE_U32: memcpy(&u32, place, sizeof u32); return node_number(env, u32);
    case NODE_U64: memcpy(&u64, place, sizeof u64); return node_number(env, (double)u64);
    case NODE_STRING: memcpy(&text, place, sizeof text); return node_text(env, text);
    case NODE_BYTES:
        memcpy(&text, place, sizeof text);
        if (member->count_wide)
            memcpy(&u64, (const char *)data + member->count, sizeof u64);
        else
            memcpy(&u32, (const char *)data + member->count, sizeof u32), u64 = u32;
        return node_buffer(env, text, (size_t)u64);
    default: return NULL;
    }
}

static bool put(napi_env env, napi_value object, const node_member *member, const void *data) {
    napi_value value = node_member_out(env, member, data);
    return value && napi_set_named_property(env, object, member->name, value) == napi_ok;
}

napi_value node_struct_out(napi_env env, const node_struct *type, const void *data) {
    napi_value object;
    if (napi_create_object(env, &object) != napi_ok) return NULL;
    for (uint16_t i = 0; i < type->member_count; i++)
        if (type->members[i].kind <= NODE_STRING || type->members[i].kind == NODE_BYTES)
            if (!put(env, object, &type->members[i], data)) return NULL;
    return object;
}

const node_event_kind *node_event_kind_of(int32_t type) {
    for (uint16_t i = 0; i < node_event_kind_count; i++)
        if (node_event_kinds[i].type == type) return &node_event_kinds[i];
    return NULL;
}

/* What every event says, then what this type fills. Of a type that is not known here: all. */
napi_value node_view_out(napi_env env, const sipua_event_view *view) {
    const node_event_kind *kind = node_event_kind_of(view->type);
    napi_value object;
    if (!kind) return node_struct_out(env, &node_event_view, view);
    if (napi_create_object(env, &object) != napi_ok) return NULL;
    for (uint8_t i = 0; i < node_event_common_count; i++)
        if (!put(env, object, &node_event_view.members[node_event_common[i]], view)) return NULL;
    for (uint8_t i = 0; i < kind->count; i++)
        if (!put(env, object, &node_event_view.members[kind->members[i]], view)) return NULL;
    return object;
}
