/* The table of options: what may be changed while running. */
#ifndef CORE_OPTION_H
#define CORE_OPTION_H

#include "core/core.h"

typedef enum core_option_type { CORE_OPTION_INT, CORE_OPTION_SWITCH, CORE_OPTION_STRING, CORE_OPTION_CHOICE } core_option_type;
typedef enum core_option_scope { CORE_SCOPE_AGENT = 1, CORE_SCOPE_ACCOUNT = 2, CORE_SCOPE_CALL = 4 } core_option_scope;

typedef struct core_option {
    const char *key;
    core_option_type type;
    unsigned scope; /* core_option_scope bits */
    int32_t minimum, maximum;
    const char *default_value;
    const char *text;
    const char *since;
    const char *choices; /* of a choice: the words, with one space between; else NULL */
} core_option;

/* False past the end. */
bool core_option_at(size_t index, core_option *out);
/* Any thread: is this a value for this key of this kind of object (CORE_NONE: the agent)? SX_E_NOT_FOUND, SX_E_KIND,
 * SX_E_INVALID. */
int core_option_check(core_kind kind, const char *key, const char *value);
/* Stack thread. */
int core_option_apply(core_agent *a, core_entry *e, const char *key, const char *value);

#endif
