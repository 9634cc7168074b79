#ifndef ABI_JSON_H
#define ABI_JSON_H

#include "generated/events.h"
#include "src/abi.h"

typedef struct abi_event_info {
    sipua_event_type type;
    const char *name;
    uint64_t fields; /* ABI_F_ */
} abi_event_info;

const abi_event_info *abi_event_info_of(sipua_event_type type); /* NULL: unknown */

/* event.c */
void abi_view(sipua_event_view *v, const core_event *e);
void abi_call_stats(sipua_call_stats *out, const core_call_stats *s);
void abi_counters(sipua_agent_counters *out, const core_agent_stats *s);

#endif
