/* What the generated wrapper stands on: checked numbers and strings, structs from and to tables, handles.
 *
 * Everything here runs on the interpreter's thread. A wrong argument raises a Lua error that names it; memory that a
 * call needs comes from the interpreter as userdata on its stack, so an error in the middle leaks nothing. */
#ifndef SIPUA_LUA_SUPPORT_H
#define SIPUA_LUA_SUPPORT_H

#include <stddef.h>
#include <stdint.h>

#include <lauxlib.h>
#include <lua.h>

#include <sipua/older.h>

#define SL_MAX_NUMBER 9007199254740991.0 /* 2^53 - 1: what every interpreter's number holds exactly */
#define SL_MAX_SAMPLES 480000            /* of one audio_read: ten seconds at the highest rate */

/* A member of a struct, and how its value looks in Lua. */
typedef enum sl_kind {
    SL_I32,
    SL_U32,
    SL_U64,
    SL_SWITCH,  /* true, false, or 0 1 2 */
    SL_WORD,    /* one of `words`, or its number */
    SL_STRING,  /* without NUL */
    SL_BYTES,   /* pointer and length: any string */
    SL_STRINGS, /* {"a", "b"} */
    SL_PAIRS,   /* {name = value} or {{"name", "value"}, ...} */
    /* out of the library only */
    SL_CAUSE,  /* in words */
    SL_FLAGS,  /* {established = true} */
    SL_DIGIT,  /* "5" */
    SL_NONZERO /* left out when 0 */
} sl_kind;

typedef struct sl_word {
    const char *word;
    int32_t value;
} sl_word;

typedef struct sl_field {
    const char *name;
    uint8_t kind;
    uint8_t required;
    uint16_t offset;
    uint16_t count;       /* offset of the member with the length */
    uint8_t count_size;   /* its size: 4 or 8 */
    const sl_word *words; /* ends with word NULL */
} sl_field;

typedef struct sl_struct {
    const char *name;
    uint32_t size;
    int32_t count;
    const sl_field *fields;
} sl_struct;

/* Errors. sl_bad raises; sl_fail returns nil, code, text to the caller. */
int sl_bad(lua_State *L, const char *function, const char *argument, const char *format, ...);
int sl_fail(lua_State *L, int32_t code);
int sl_closed(lua_State *L);
/* Pushes "file:line: " of the program's line that called into the binding, or "". */
void sl_where(lua_State *L);

/* Arguments. `what` is the parameter's name, `function` the name without sipua_. */
int32_t sl_i32(lua_State *L, int index, const char *function, const char *what);
uint32_t sl_u32(lua_State *L, int index, const char *function, const char *what);
uint64_t sl_u64(lua_State *L, int index, const char *function, const char *what);
int32_t sl_switch(lua_State *L, int index, const char *function, const char *what);
int32_t sl_word_of(lua_State *L, int index, const char *function, const char *what, const sl_word *words);
const char *sl_string(lua_State *L, int index, const char *function, const char *what);
const char *sl_string_or_nil(lua_State *L, int index, const char *function, const char *what);
const char *sl_bytes(lua_State *L, int index, const char *function, const char *what, uint32_t *length);
const int16_t *sl_pcm(lua_State *L, int index, const char *function, const char *what, uint32_t *samples);
const sipua_pair *sl_pairs(lua_State *L, int index, const char *function, const char *what, uint32_t *count);
void sl_fill(lua_State *L, int index, const char *function, const char *what, const sl_struct *s, void *out);

/* Results. */
void sl_push_number(lua_State *L, uint64_t value);
void sl_push_int(lua_State *L, int32_t value);
void sl_push_struct(lua_State *L, const sl_struct *s, const void *from);
void sl_push_ids(lua_State *L, const sipua_id *ids, int32_t count);
/* A view as a table with the fields of its type, `event` (its name) and the common ones. */
void sl_push_event(lua_State *L, const sl_struct *view_struct, const uint8_t *fields, const sipua_event_view *v);
/* The bytes of all strings in a struct. */
size_t sl_texts(const sl_struct *s, const void *from);
/* Memory on the interpreter's stack. */
void *sl_scratch(lua_State *L, size_t bytes);

/* Handles: userdata that know when what they hold is gone. */
typedef struct sl_agent {
    sipua_agent *agent;
} sl_agent;
typedef struct sl_event {
    sipua_event *event;
} sl_event;

sl_agent *sl_new_agent(lua_State *L);
sl_event *sl_new_event(lua_State *L);
sl_agent *sl_check_agent(lua_State *L, int index, const char *function, const char *what);
sl_event *sl_check_event(lua_State *L, int index, const char *function, const char *what);

/* Functions of the module that are not of the header. */
int sl_poll(lua_State *L);         /* in the generated part */
int sl_now(lua_State *L);          /* () -> seconds on a clock that only goes forward */
int sl_wait(lua_State *L);         /* ({agents}, timeout_ms) -> true when one of them has events */
int sl_position(lua_State *L);     /* () -> "file:line: " */
int sl_own_folder(lua_State *L);   /* (chunk name of the binding's first file) */
int sl_fiber_create(lua_State *L); /* Lua 5.1: (function) -> fiber; nil elsewhere */
int sl_fiber_resume(lua_State *L); /* (fiber) -> true while it waits, false when it has ended */
int sl_fiber_yield(lua_State *L);  /* (fiber), inside it */

#endif
