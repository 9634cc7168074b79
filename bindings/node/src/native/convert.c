#include "convert.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct node_block {
    struct node_block *next;
    max_align_t data[];
} node_block;

void *node_arena_take(node_arena *arena, size_t size) {
    node_block *block = (node_block *)malloc(sizeof *block + size);
    if (!block) return NULL;
    block->next = arena->first;
    arena->first = block;
    return block->data;
}

void node_arena_drop(node_arena *arena) {
    while (arena->first) {
        node_block *block = arena->first;
        arena->first = block->next;
        free(block);
    }
}

static const char *kind_of(napi_env env, napi_value value) {
    static const char *const names[] = {"undefined", "null",   "a boolean",  "a number",    "a string",
                                        "a symbol",  "object", "a function", "an external", "a bigint"};
    napi_valuetype type = napi_undefined;
    bool is = false;
    if (napi_typeof(env, value, &type) != napi_ok) return "something";
    if (type != napi_object) return names[type];
    if (napi_is_array(env, value, &is) == napi_ok && is) return "an array";
    if (napi_is_typedarray(env, value, &is) == napi_ok && is) return "a typed array";
    return "an object";
}

void node_throw_type(napi_env env, const char *name, const char *wanted, napi_value value) {
    char text[256];
    snprintf(text, sizeof text, "%s must be %s, not %s", name, wanted, kind_of(env, value));
    napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", text);
}

void node_throw_range(napi_env env, const char *name, const char *wanted) {
    char text[256];
    snprintf(text, sizeof text, "%s must be %s", name, wanted);
    napi_throw_range_error(env, "ERR_OUT_OF_RANGE", text);
}

static bool no_memory(napi_env env) {
    node_throw(env, SIPUA_E_NOMEM, NULL);
    return false;
}

static bool whole(napi_env env, napi_value value, const char *name, double low, double high, double *out) {
    char text[80];
    napi_valuetype type;
    double number;
    if (napi_typeof(env, value, &type) != napi_ok) return false;
    if (type != napi_number) {
        node_throw_type(env, name, "a whole number", value);
        return false;
    }
    if (napi_get_value_double(env, value, &number) != napi_ok) return false;
    if (!(number >= low && number <= high) || number != floor(number)) {
        snprintf(text, sizeof text, "a whole number between %.0f and %.0f, not %.17g", low, high, number);
        node_throw_range(env, name, text);
        return false;
    }
    *out = number;
    return true;
}

bool node_int32(napi_env env, napi_value value, const char *name, int32_t *out) {
    double number;
    if (!whole(env, value, name, INT32_MIN, INT32_MAX, &number)) return false;
    *out = (int32_t)number;
    return true;
}

bool node_uint32(napi_env env, napi_value value, const char *name, uint32_t *out) {
    double number;
    if (!whole(env, value, name, 0, UINT32_MAX, &number)) return false;
    *out = (uint32_t)number;
    return true;
}

bool node_uint64(napi_env env, napi_value value, const char *name, uint64_t *out) {
    double number;
    if (!whole(env, value, name, 0, NODE_MAX_EXACT, &number)) return false;
    *out = (uint64_t)number;
    return true;
}

static bool absent(napi_env env, napi_value value) {
    napi_valuetype type;
    return napi_typeof(env, value, &type) == napi_ok && (type == napi_undefined || type == napi_null);
}

/* The string's bytes with a NUL behind them; *size is without it. */
static bool text_in(napi_env env, napi_value value, const char *name, node_arena *arena, char **out, size_t *size) {
    napi_valuetype type;
    size_t length = 0;
    if (napi_typeof(env, value, &type) != napi_ok) return false;
    if (type != napi_string) {
        node_throw_type(env, name, "a string", value);
        return false;
    }
    if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok) return false;
    if (length > UINT32_MAX / 2) {
        node_throw_range(env, name, "shorter than 2 GiB");
        return false;
    }
    char *text = (char *)node_arena_take(arena, length + 1);
    if (!text) return no_memory(env);
    if (napi_get_value_string_utf8(env, value, text, length + 1, &length) != napi_ok) return false;
    *out = text;
    *size = length;
    return true;
}

bool node_string(napi_env env, napi_value value, const char *name, bool nullable, node_arena *arena, const char **out) {
    char *text;
    size_t size;
    if (nullable && absent(env, value)) {
        *out = NULL;
        return true;
    }
    if (!text_in(env, value, name, arena, &text, &size)) return false;
    if (memchr(text, 0, size)) {
        char message[256];
        snprintf(message, sizeof message, "%s must not hold a NUL character", name);
        napi_throw_type_error(env, "ERR_INVALID_ARG_VALUE", message);
        return false;
    }
    *out = text;
    return true;
}

bool node_bytes(napi_env env, napi_value value, const char *name, bool text, node_arena *arena, const void **data,
                size_t *size) {
    napi_valuetype type;
    bool is = false;
    void *bytes = NULL;
    if (napi_typeof(env, value, &type) != napi_ok) return false;
    if (text && type == napi_string) {
        char *copy;
        if (!text_in(env, value, name, arena, &copy, size)) return false;
        *data = copy;
        return true;
    }
    if (type == napi_object && napi_is_buffer(env, value, &is) == napi_ok && is &&
        napi_get_buffer_info(env, value, &bytes, size) == napi_ok) {
        if (*size > UINT32_MAX / 2) {
            node_throw_range(env, name, "shorter than 2 GiB");
            return false;
        }
        char *copy = (char *)node_arena_take(arena, *size + 1); /* a later getter could detach the memory */
        if (!copy) return no_memory(env);
        if (*size) memcpy(copy, bytes, *size);
        *data = copy;
        return true;
    }
    node_throw_type(env, name, text ? "a string or a Buffer" : "a Buffer", value);
    return false;
}

bool node_samples(napi_env env, napi_value value, const char *name, bool writable, node_arena *arena, int16_t **pcm,
                  uint32_t *samples) {
    napi_typedarray_type type;
    bool is = false;
    size_t length = 0;
    void *data = NULL;
    if (napi_is_typedarray(env, value, &is) != napi_ok) return false;
    if (!is || napi_get_typedarray_info(env, value, &type, &length, &data, NULL, NULL) != napi_ok ||
        (type != napi_int16_array && type != napi_uint8_array)) {
        node_throw_type(env, name, "a Buffer or an Int16Array", value);
        return false;
    }
    if (type == napi_uint8_array && length % 2) {
        node_throw_range(env, name, "a whole number of 16-bit samples");
        return false;
    }
    size_t count = type == napi_uint8_array ? length / 2 : length;
    if (count > INT32_MAX) {
        node_throw_range(env, name, "shorter than 2^31 samples");
        return false;
    }
    if ((uintptr_t)data % sizeof(int16_t)) {
        if (writable) {
            node_throw_range(env, name, "at an even offset of its memory");
            return false;
        }
        void *copy = node_arena_take(arena, length);
        if (!copy) return no_memory(env);
        data = memcpy(copy, data, length);
    }
    *pcm = (int16_t *)data;
    *samples = (uint32_t)count;
    return true;
}

bool node_word_out(napi_env env, napi_value value, const char *name, uint32_t **out) {
    napi_typedarray_type type;
    bool is = false;
    size_t length = 0;
    void *data = NULL;
    *out = NULL;
    if (absent(env, value)) return true;
    if (napi_is_typedarray(env, value, &is) != napi_ok) return false;
    if (!is || napi_get_typedarray_info(env, value, &type, &length, &data, NULL, NULL) != napi_ok ||
        type != napi_uint32_array || length < 1) {
        node_throw_type(env, name, "a Uint32Array of at least one element", value);
        return false;
    }
    *out = (uint32_t *)data;
    return true;
}

napi_value node_number(napi_env env, double number) {
    napi_value value = NULL;
    napi_create_double(env, number, &value);
    return value;
}

napi_value node_text(napi_env env, const char *text) {
    napi_value value = NULL;
    if (!text)
        napi_get_null(env, &value);
    else
        napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value);
    return value;
}

napi_value node_buffer(napi_env env, const void *data, size_t size) {
    napi_value value = NULL;
    if (!data)
        napi_get_null(env, &value);
    else if (napi_create_buffer_copy(env, size, data, NULL, &value) != napi_ok)
        return NULL;
    return value;
}

napi_value node_append(napi_env env, napi_value list, napi_value value) {
    bool is = false;
    uint32_t length = 0;
    napi_value array = NULL;
    if (!list || !value) return value;
    if (napi_is_array(env, list, &is) == napi_ok && is) {
        array = list;
        napi_get_array_length(env, array, &length);
    } else {
        if (napi_create_array_with_length(env, 2, &array) != napi_ok) return NULL;
        napi_set_element(env, array, length++, list);
    }
    napi_set_element(env, array, length, value);
    return array;
}
