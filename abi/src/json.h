#ifndef ABI_JSON_H
#define ABI_JSON_H

#include "src/abi.h"

/* Members of sipua_event_view, as bits. */
enum {
    ABI_F_CODE = 1 << 0,
    ABI_F_STATUS = 1 << 1,
    ABI_F_CAUSE = 1 << 2,
    ABI_F_ORIGINATOR = 1 << 3,
    ABI_F_FLAGS = 1 << 4,
    ABI_F_Q850 = 1 << 5,
    ABI_F_EXPIRES = 1 << 6,
    ABI_F_RETRY_MS = 1 << 7,
    ABI_F_PORT = 1 << 8,
    ABI_F_RATE = 1 << 9,
    ABI_F_DEADLINE_MS = 1 << 10,
    ABI_F_DEFAULT_STATUS = 1 << 11,
    ABI_F_DIGIT = 1 << 12,
    ABI_F_LEVEL = 1 << 13,
    ABI_F_COUNT = 1 << 14,
    ABI_F_DURATION_MS = 1 << 15,
    ABI_F_MARK = 1 << 16,
    ABI_F_SEGMENT = 1 << 17,
    ABI_F_PLAYED_MS = 1 << 18,
    ABI_F_DISCARDED_MS = 1 << 19,
    ABI_F_REASON = 1 << 20,
    ABI_F_TEXT = 1 << 21,
    ABI_F_FROM = 1 << 22,
    ABI_F_FROM_NAME = 1 << 23,
    ABI_F_TO = 1 << 24,
    ABI_F_TO_NAME = 1 << 25,
    ABI_F_TARGET = 1 << 26,
    ABI_F_CODEC = 1 << 27,
    ABI_F_TRANSPORT = 1 << 28,
    ABI_F_HOST = 1 << 29,
    ABI_F_MODULE = 1 << 30
};
#define ABI_F_CONTENT_TYPE (1ll << 31)
#define ABI_F_BODY (1ll << 32)
#define ABI_F_CHECK (1ll << 33)
#define ABI_F_NAMES (1ll << 34)
#define ABI_F_PUB_GRUU (1ll << 35)
#define ABI_F_TEMP_GRUU (1ll << 36)
#define ABI_F_LOCAL_HOST (1ll << 37)
#define ABI_F_LOCAL_PORT (1ll << 38)

typedef struct abi_event_info {
    sipua_event_type type;
    const char *name;
    int64_t fields;
} abi_event_info;

const abi_event_info *abi_event_info_of(sipua_event_type type); /* NULL: unknown */

/* event.c */
void abi_view(sipua_event_view *v, const core_event *e);
void abi_call_stats(sipua_call_stats *out, const core_call_stats *s);
void abi_counters(sipua_agent_counters *out, const core_agent_stats *s);

#endif
