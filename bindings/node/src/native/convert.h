/* Between JavaScript values and the arguments of the C interface. The wrapper that SWIG writes calls these; nothing
 * here knows a function of the library by name. A conversion that fails leaves an exception pending and returns false.
 */
#ifndef SIPUA_NODE_CONVERT_H
#define SIPUA_NODE_CONVERT_H

#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sipua/older.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NODE_MAX_EXACT 9007199254740991.0 /* 2^53 - 1: what a JavaScript number still holds exactly */

/* What was allocated for one call: freed when the wrapper returns. */
typedef struct node_arena {
    struct node_block *first;
} node_arena;

void *node_arena_take(node_arena *arena, size_t size);
void node_arena_drop(node_arena *arena);

/* How a member of a struct looks from JavaScript. */
typedef enum node_kind {
    NODE_I32,
    NODE_U32,
    NODE_U64,
    NODE_STRING,
    NODE_STRINGS, /* const char *const *, and a count */
    NODE_PAIRS,   /* const sipua_pair *, and a count */
    NODE_BYTES,   /* const char * or const uint8_t *, and a size */
    NODE_HIDDEN   /* struct_size, counts, padding: JavaScript never sees it */
} node_kind;

typedef struct node_member {
    const char *name;
    node_kind kind;
    uint16_t offset;
    uint16_t count;     /* offset of the count, 0 without one */
    uint8_t count_wide; /* the count is a uint64_t */
    uint8_t required;
} node_member;

typedef struct node_struct {
    const char *name;
    const node_member *members;
    uint16_t member_count;
    uint32_t size;
} node_struct;

/* Values in. `name` is that of the argument or "argument.key", for the message. */
bool node_int32(napi_env env, napi_value value, const char *name, int32_t *out);
bool node_uint32(napi_env env, napi_value value, const char *name, uint32_t *out);
bool node_uint64(napi_env env, napi_value value, const char *name, uint64_t *out);
bool node_string(napi_env env, napi_value value, const char *name, bool nullable, node_arena *arena, const char **out);
/* A Buffer or Uint8Array, or (text) a string; copied, with a NUL behind it. */
bool node_bytes(napi_env env, napi_value value, const char *name, bool text, node_arena *arena, const void **data,
                size_t *size);
/* An Int16Array, or a Buffer or Uint8Array of even length: `samples` of 16 bits. Bytes at an odd address are copied, or
 * refused where the library writes. */
bool node_samples(napi_env env, napi_value value, const char *name, bool writable, node_arena *arena, int16_t **pcm,
                  uint32_t *samples);
/* A Uint32Array of one or more elements, where a number comes out, or undefined: *out NULL. */
bool node_word_out(napi_env env, napi_value value, const char *name, uint32_t **out);
/* An array of [name, value]. */
bool node_pairs(napi_env env, napi_value value, const char *name, node_arena *arena, const sipua_pair **list,
                uint32_t *count);
/* A plain object, key by key, into *out, which is of type->size bytes. undefined and null: *given false, if nullable.
 */
bool node_struct_in(napi_env env, napi_value value, const char *name, const node_struct *type, bool nullable,
                    node_arena *arena, void *out, bool *given);

/* Values out; NULL with an exception pending when memory ran out. */
napi_value node_number(napi_env env, double number);
napi_value node_text(napi_env env, const char *text);                /* NULL: null */
napi_value node_buffer(napi_env env, const void *data, size_t size); /* NULL: null */
napi_value node_struct_out(napi_env env, const node_struct *type, const void *data);
napi_value node_member_out(napi_env env, const node_member *member, const void *data);
napi_value node_append(napi_env env, napi_value list,
                       napi_value value); /* list NULL: value; a value: both in an array */

/* The library's failure as a SipuaError. text NULL: that of sipua_last_error_text(). */
void node_throw(napi_env env, int32_t code, const char *text);
void node_throw_type(napi_env env, const char *name, const char *wanted, napi_value value);
void node_throw_range(napi_env env, const char *name, const char *wanted);

/* Handles: an agent and an event are externals of ours. */
bool node_agent_in(napi_env env, napi_value value, const char *name, sipua_agent **out);
napi_value node_agent_out(napi_env env, sipua_agent *agent);
bool node_agent_free(napi_env env, napi_value value);
bool node_event_in(napi_env env, napi_value value, const char *name, sipua_event **out);
napi_value node_event_out(napi_env env, sipua_event *event); /* NULL: null */
bool node_event_free(napi_env env, napi_value value);

/* What an event fills, by its type: written by the generator. */
typedef struct node_event_kind {
    int32_t type;
    uint8_t count;
    uint8_t members[24]; /* indices into node_event_view.members */
} node_event_kind;
extern const node_struct node_event_view;
extern const node_event_kind node_event_kinds[];
extern const uint16_t node_event_kind_count;
extern const uint8_t node_event_common[];
extern const uint8_t node_event_common_count;
const node_event_kind *node_event_kind_of(int32_t type); /* NULL for one that is not known here */
napi_value node_view_out(napi_env env, const sipua_event_view *view);

/* Adds what is not generated: agent_free, event_destroy, agent_on_wakeup, agent_ref, agent_unref, agent_take,
 * set_error_class. */
bool node_extras(napi_env env, napi_value exports);
/* For messages: an external cannot be looked into, so a handle of another kind is told by its type tag. */
extern const napi_type_tag node_agent_tag, node_event_tag;

#ifdef __cplusplus
}
#endif

#endif
