#define _GNU_SOURCE
#include "support.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char own_folder; /* its address is the key in the registry */

int sl_own_folder(lua_State *L) {
    luaL_checkstring(L, 1);
    lua_pushlightuserdata(L, &own_folder);
    lua_pushvalue(L, 1);
    lua_rawset(L, LUA_REGISTRYINDEX);
    return 0;
}

void sl_where(lua_State *L) {
    char own[256] = "";
    lua_pushlightuserdata(L, &own_folder);
    lua_rawget(L, LUA_REGISTRYINDEX);
    if (lua_type(L, -1) == LUA_TSTRING) snprintf(own, sizeof own, "%s", lua_tostring(L, -1));
    lua_pop(L, 1);
    lua_Debug at;
    for (int level = 0; level < 20 && lua_getstack(L, level, &at); level++) {
        if (!lua_getinfo(L, "Sl", &at) || at.currentline <= 0) continue;
        if (*own && strncmp(at.source, own, strlen(own)) == 0) continue;
        lua_pushfstring(L, "%s:%d: ", at.short_src, at.currentline);
        return;
    }
    lua_pushliteral(L, "");
}

int sl_position(lua_State *L) {
    sl_where(L);
    return 1;
}

int sl_bad(lua_State *L, const char *function, const char *argument, const char *format, ...) {
    va_list list;
    char text[256];
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    sl_where(L);
    lua_pushfstring(L, "%s: %s%s%s", function, argument, *argument ? ": " : "", text);
    lua_concat(L, 2);
    return lua_error(L);
}

int sl_fail(lua_State *L, int32_t code) {
    lua_pushnil(L);
    sl_push_int(L, code);
    lua_pushstring(L, sipua_last_error() == code ? sipua_last_error_text() : sipua_error_text(code));
    return 3;
}

int sl_closed(lua_State *L) {
    lua_pushnil(L);
    sl_push_int(L, SIPUA_E_CLOSED);
    lua_pushliteral(L, "the agent was closed");
    return 3;
}

/* Numbers */

static double number(lua_State *L, int index, const char *function, const char *what, double low, double high) {
    if (lua_type(L, index) != LUA_TNUMBER) {
        if (lua_isnoneornil(L, index)) sl_bad(L, function, what, "a number is missing");
        sl_bad(L, function, what, "a number expected, got a %s", luaL_typename(L, index));
    }
#if LUA_VERSION_NUM >= 503
    if (lua_isinteger(L, index)) {
        lua_Integer i = lua_tointeger(L, index);
        if ((double)i < low || (double)i > high)
            sl_bad(L, function, what, "%lld is not between %.0f and %.0f", (long long)i, low, high);
        return (double)i;
    }
#endif
    double v = (double)lua_tonumber(L, index);
    if (isnan(v) || isinf(v)) sl_bad(L, function, what, "a finite number expected");
    if (v != floor(v)) sl_bad(L, function, what, "%.14g is not a whole number", v);
    if (v < low || v > high) sl_bad(L, function, what, "%.0f is not between %.0f and %.0f", v, low, high);
    return v;
}

int32_t sl_i32(lua_State *L, int index, const char *function, const char *what) {
    return (int32_t)number(L, index, function, what, INT32_MIN, INT32_MAX);
}

uint32_t sl_u32(lua_State *L, int index, const char *function, const char *what) {
    return (uint32_t)number(L, index, function, what, 0, UINT32_MAX);
}

uint64_t sl_u64(lua_State *L, int index, const char *function, const char *what) {
    return (uint64_t)number(L, index, function, what, 0, SL_MAX_NUMBER);
}

int32_t sl_switch(lua_State *L, int index, const char *function, const char *what) {
    if (lua_type(L, index) == LUA_TBOOLEAN) return lua_toboolean(L, index) ? SIPUA_ON : SIPUA_OFF;
    if (lua_type(L, index) != LUA_TNUMBER)
        sl_bad(L, function, what, "true or false expected, got a %s", luaL_typename(L, index));
    return (int32_t)number(L, index, function, what, SIPUA_DEFAULT, SIPUA_OFF);
}

int32_t sl_word_of(lua_State *L, int index, const char *function, const char *what, const sl_word *words) {
    if (lua_type(L, index) != LUA_TSTRING) return sl_i32(L, index, function, what);
    size_t n;
    const char *s = lua_tolstring(L, index, &n);
    char known[160] = "";
    for (; words->word; words++) {
        if (strlen(words->word) == n && memcmp(words->word, s, n) == 0) return words->value;
        size_t have = strlen(known);
        snprintf(known + have, sizeof known - have, "%s%s", have ? ", " : "", words->word);
    }
    return sl_bad(L, function, what, "'%.40s' is none of %s", s, known);
}

/* Strings */

const char *sl_string(lua_State *L, int index, const char *function, const char *what) {
    size_t n;
    if (lua_type(L, index) != LUA_TSTRING) {
        if (lua_isnoneornil(L, index)) sl_bad(L, function, what, "a string is missing");
        sl_bad(L, function, what, "a string expected, got a %s", luaL_typename(L, index));
    }
    const char *s = lua_tolstring(L, index, &n);
    if (strlen(s) != n) sl_bad(L, function, what, "a NUL in the string");
    return s;
}

const char *sl_string_or_nil(lua_State *L, int index, const char *function, const char *what) {
    return lua_isnoneornil(L, index) ? NULL : sl_string(L, index, function, what);
}

const char *sl_bytes(lua_State *L, int index, const char *function, const char *what, uint32_t *bytes) {
    size_t n;
    if (lua_type(L, index) != LUA_TSTRING)
        sl_bad(L, function, what, "a string expected, got a %s", luaL_typename(L, index));
    const char *s = lua_tolstring(L, index, &n);
    if (n > INT32_MAX) sl_bad(L, function, what, "too long");
    *bytes = (uint32_t)n;
    return s;
}

const int16_t *sl_pcm(lua_State *L, int index, const char *function, const char *what, uint32_t *samples) {
    size_t n;
    if (lua_type(L, index) != LUA_TSTRING)
        sl_bad(L, function, what, "a string of 16-bit samples expected, got a %s", luaL_typename(L, index));
    const char *s = lua_tolstring(L, index, &n);
    if (n % 2) sl_bad(L, function, what, "%d bytes are not a whole number of 16-bit samples", (int)n);
    if (n / 2 > UINT32_MAX) sl_bad(L, function, what, "too long");
    *samples = (uint32_t)(n / 2);
    return (const int16_t *)(const void *)s;
}

void *sl_scratch(lua_State *L, size_t bytes) { return lua_newuserdata(L, bytes ? bytes : 1); }

/* Structs from tables. Lists become userdata left on the stack, which keeps them until the call is over; their strings
 * are kept by the tables. */

static void set_count(const sl_field *f, char *out, size_t n) {
    if (f->count_size == 8)
        *(uint64_t *)(void *)(out + f->count) = n;
    else
        *(uint32_t *)(void *)(out + f->count) = (uint32_t)n;
}

static size_t length(lua_State *L, int index) {
#if LUA_VERSION_NUM >= 502
    return lua_rawlen(L, index);
#else
    return lua_objlen(L, index);
#endif
}

static void fill_strings(lua_State *L, int table, const char *function, const char *what, const sl_field *f,
                         char *out) {
    size_t n = length(L, table);
    char item[128];
    if (n > UINT16_MAX) sl_bad(L, function, what, "too many");
    const char **list = (const char **)sl_scratch(L, n * sizeof *list);
    size_t seen = 0;
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) seen++;
    if (seen != n) sl_bad(L, function, what, "a list of strings expected, got a table with other keys");
    for (size_t i = 0; i < n; i++) {
        snprintf(item, sizeof item, "%s[%d]", what, (int)i + 1);
        lua_rawgeti(L, table, (int)i + 1);
        list[i] = sl_string(L, -1, function, item);
        lua_pop(L, 1);
    }
    *(const char ***)(void *)(out + f->offset) = list;
    set_count(f, out, n);
}

/* One pair: the key and value on top of the stack, or a {name, value} in the value. */
static void fill_pair(lua_State *L, const char *function, const char *what, sipua_pair *pair) {
    char item[128];
    if (lua_type(L, -2) == LUA_TSTRING) {
        pair->name = sl_string(L, -2, function, what);
        snprintf(item, sizeof item, "%s['%.40s']", what, pair->name);
        pair->value = sl_string(L, -1, function, item);
        return;
    }
    if (lua_type(L, -1) != LUA_TTABLE)
        sl_bad(L, function, what, "{name = value} or {{name, value}, ...} expected, got a %s", luaL_typename(L, -1));
    lua_rawgeti(L, -1, 1);
    pair->name = sl_string(L, -1, function, what);
    snprintf(item, sizeof item, "%s['%.40s']", what, pair->name);
    lua_rawgeti(L, -2, 2);
    pair->value = sl_string(L, -1, function, item);
    lua_pop(L, 2);
}

static void fill_pairs(lua_State *L, int table, const char *function, const char *what, const sl_field *f, char *out) {
    size_t n = 0, listed = length(L, table), at = 0;
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) n++;
    if (n > UINT16_MAX) sl_bad(L, function, what, "too many");
    sipua_pair *list = (sipua_pair *)sl_scratch(L, n * sizeof *list);
    for (size_t i = 0; i < listed && at < n; i++) { /* a list keeps its order */
        lua_pushinteger(L, (lua_Integer)i + 1);
        lua_rawgeti(L, table, (int)i + 1);
        fill_pair(L, function, what, &list[at++]);
        lua_pop(L, 2);
    }
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        if (lua_type(L, -2) == LUA_TNUMBER && lua_tonumber(L, -2) <= (lua_Number)listed) continue;
        if (lua_type(L, -2) != LUA_TSTRING)
            sl_bad(L, function, what, "a name expected, got a %s", luaL_typename(L, -2));
        if (at < n) fill_pair(L, function, what, &list[at++]);
    }
    *(sipua_pair **)(void *)(out + f->offset) = list;
    set_count(f, out, at);
}

const sipua_pair *sl_pairs(lua_State *L, int index, const char *function, const char *what, uint32_t *count) {
    struct {
        sipua_pair *list;
        uint32_t n;
    } out = {NULL, 0};
    const sl_field field = {what, SL_PAIRS, 1, 0, (uint16_t)((char *)&out.n - (char *)&out), 4, NULL};
    if (lua_type(L, index) != LUA_TTABLE)
        sl_bad(L, function, what, "{name = value} or {{name, value}, ...} expected, got a %s", luaL_typename(L, index));
    fill_pairs(L, index, function, what, &field, (char *)&out);
    *count = out.n;
    return out.list;
}

static void fill_field(lua_State *L, const char *function, const char *what, const sl_field *f, char *out) {
    int value = lua_gettop(L);
    void *at = out + f->offset;
    size_t n;
    if (f->kind >= SL_STRINGS && lua_type(L, value) != LUA_TTABLE)
        sl_bad(L, function, what, "a table expected, got a %s", luaL_typename(L, value));
    switch (f->kind) {
    case SL_U32: *(uint32_t *)at = sl_u32(L, value, function, what); break;
    case SL_U64: *(uint64_t *)at = sl_u64(L, value, function, what); break;
    case SL_SWITCH: *(int32_t *)at = sl_switch(L, value, function, what); break;
    case SL_WORD: *(int32_t *)at = sl_word_of(L, value, function, what, f->words); break;
    case SL_STRING: *(const char **)at = sl_string(L, value, function, what); break;
    case SL_BYTES:
        if (lua_type(L, value) != LUA_TSTRING)
            sl_bad(L, function, what, "a string expected, got a %s", luaL_typename(L, value));
        *(const char **)at = lua_tolstring(L, value, &n);
        if (n > INT32_MAX) sl_bad(L, function, what, "too long");
        set_count(f, out, n);
        break;
    case SL_STRINGS: fill_strings(L, value, function, what, f, out); return;
    case SL_PAIRS: fill_pairs(L, value, function, what, f, out); return;
    default: *(int32_t *)at = sl_i32(L, value, function, what); break;
    }
}

static const sl_field *field_of(const sl_struct *s, const char *name) {
    for (int32_t i = 0; i < s->count; i++)
        if (strcmp(s->fields[i].name, name) == 0) return &s->fields[i];
    return NULL;
}

static void check_keys(lua_State *L, int table, const char *function, const char *what, const sl_struct *s) {
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            sl_bad(L, function, what, "its keys are names, one of them is a %s", luaL_typename(L, -2));
        const char *key = lua_tostring(L, -2);
        if (!field_of(s, key)) sl_bad(L, function, what, "unknown key '%.60s'", key);
    }
}

void sl_fill(lua_State *L, int index, const char *function, const char *what, const sl_struct *s, void *out) {
    char name[96];
    memset(out, 0, s->size);
    *(uint32_t *)out = s->size;
    if (lua_type(L, index) != LUA_TTABLE) {
        if (lua_isnoneornil(L, index)) sl_bad(L, function, what, "a table is missing");
        sl_bad(L, function, what, "a table expected, got a %s", luaL_typename(L, index));
    }
    luaL_checkstack(L, 2 * s->count + 20, "no room for a struct");
    check_keys(L, index, function, what, s);
    for (int32_t i = 0; i < s->count; i++) {
        const sl_field *f = &s->fields[i];
        lua_pushstring(L, f->name);
        lua_rawget(L, index);
        if (lua_isnil(L, -1)) {
            if (f->required) sl_bad(L, function, what, "the key '%s' is missing", f->name);
            lua_pop(L, 1);
            continue;
        }
        snprintf(name, sizeof name, "%s.%s", what, f->name);
        fill_field(L, function, name, f,
                   (char *)out); /* the value stays on the stack: it is kept, not only its table */
    }
}
