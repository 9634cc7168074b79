/* What comes out of the library, as Lua values. */
#include <string.h>

#include "support.h"

void sl_push_number(lua_State *L, uint64_t value) {
#if LUA_VERSION_NUM >= 503
    lua_pushinteger(L, (lua_Integer)value);
#else
    lua_pushnumber(L, (lua_Number)value);
#endif
}

void sl_push_int(lua_State *L, int32_t value) { lua_pushinteger(L, (lua_Integer)value); }

static void push_flags(lua_State *L, uint32_t flags, const sl_word *words) {
    lua_createtable(L, 0, flags ? 1 : 0);
    for (; words->word; words++)
        if (flags & (uint32_t)words->value) {
            lua_pushboolean(L, 1);
            lua_setfield(L, -2, words->word);
        }
}

static void push_word(lua_State *L, int32_t value, const sl_word *words) {
    for (; words->word; words++)
        if (words->value == value) {
            lua_pushstring(L, words->word);
            return;
        }
    if (value)
        sl_push_int(L, value); /* of a newer library */
    else
        lua_pushnil(L);
}

/* Pushes a member; nil for what is left out. */
static void push_field(lua_State *L, const sl_field *f, const char *from) {
    const void *at = from + f->offset;
    char digit[2] = {0, 0};
    switch (f->kind) {
    case SL_U32: sl_push_number(L, *(const uint32_t *)at); break;
    case SL_U64: sl_push_number(L, *(const uint64_t *)at); break;
    case SL_STRING: lua_pushstring(L, *(const char *const *)at); break;
    case SL_BYTES: {
        const char *p = *(const char *const *)at;
        uint64_t n = f->count_size == 8 ? *(const uint64_t *)(const void *)(from + f->count)
                                        : *(const uint32_t *)(const void *)(from + f->count);
        if (p && n)
            lua_pushlstring(L, p, (size_t)n);
        else
            lua_pushnil(L);
        break;
    }
    case SL_WORD: push_word(L, *(const int32_t *)at, f->words); break;
    case SL_CAUSE: {
        const char *text = sipua_cause_text(*(const int32_t *)at);
        lua_pushstring(L, *text ? text : NULL);
        break;
    }
    case SL_FLAGS: push_flags(L, *(const uint32_t *)at, f->words); break;
    case SL_DIGIT:
        digit[0] = (char)*(const int32_t *)at;
        lua_pushstring(L, digit);
        break;
    case SL_NONZERO:
        if (*(const int32_t *)at)
            sl_push_int(L, *(const int32_t *)at);
        else
            lua_pushnil(L);
        break;
    default: sl_push_int(L, *(const int32_t *)at); break;
    }
}

static void set_field(lua_State *L, const sl_field *f, const void *from) {
    lua_pushstring(L, f->name);
    push_field(L, f, (const char *)from);
    if (lua_isnil(L, -1))
        lua_pop(L, 2);
    else
        lua_rawset(L, -3);
}

void sl_push_struct(lua_State *L, const sl_struct *s, const void *from) {
    lua_createtable(L, 0, s->count);
    for (int32_t i = 0; i < s->count; i++) set_field(L, &s->fields[i], from);
}

static void set_number(lua_State *L, const char *name, uint64_t value) {
    lua_pushstring(L, name);
    sl_push_number(L, value);
    lua_rawset(L, -3);
}

void sl_push_event(lua_State *L, const sl_struct *view_struct, const uint8_t *fields, const sipua_event_view *v) {
    const char *name = sipua_event_type_name(v->type);
    lua_createtable(L, 0, 16);
    lua_pushliteral(L, "event");
    if (*name)
        lua_pushstring(L, name);
    else
        lua_pushfstring(L, "unknown_%d", (int)v->type);
    lua_rawset(L, -3);
    set_number(L, "type", (uint64_t)(uint32_t)v->type);
    set_number(L, "time_ms", v->time_ms);
    if (v->id) set_number(L, "id", v->id);
    if (v->account) set_number(L, "account", v->account);
    if (v->call) set_number(L, "call", v->call);
    if (v->user) set_number(L, "user", v->user);
    if (v->tag) set_number(L, "tag", v->tag);
    if (fields) {
        for (; *fields != 255; fields++) set_field(L, &view_struct->fields[*fields], v);
        return;
    }
    for (int32_t i = 0; i < view_struct->count; i++) { /* a kind of a newer library: all that is filled */
        const sl_field *f = &view_struct->fields[i];
        lua_pushstring(L, f->name);
        push_field(L, f, (const char *)(const void *)v);
        if (lua_isnil(L, -1) || (lua_type(L, -1) == LUA_TNUMBER && lua_tonumber(L, -1) == 0))
            lua_pop(L, 2);
        else
            lua_rawset(L, -3);
    }
}

void sl_push_ids(lua_State *L, const sipua_id *ids, int32_t count) {
    lua_createtable(L, count, 0);
    for (int32_t i = 0; i < count; i++) {
        sl_push_number(L, ids[i]);
        lua_rawseti(L, -2, i + 1);
    }
}

size_t sl_texts(const sl_struct *s, const void *from) {
    size_t n = 0;
    for (int32_t i = 0; i < s->count; i++) {
        const char *text = NULL;
        if (s->fields[i].kind == SL_STRING)
            text = *(const char *const *)(const void *)((const char *)from + s->fields[i].offset);
        n += text ? strlen(text) : 0;
    }
    return n;
}
