/* The events' names and what each of them says: the table behind JSON. */
#include "src/json.h"

#define ROW(type, name, fields) [type] = {type, name, fields},
static const abi_event_info infos[] = {ABI_EACH_EVENT(ROW)};

const abi_event_info *abi_event_info_of(sipua_event_type type) {
    bool known = type > 0 && (size_t)type < sizeof infos / sizeof infos[0] && infos[type].name;
    return known ? &infos[type] : NULL;
}

const char *sipua_event_type_name(sipua_event_type type) {
    const abi_event_info *i = abi_event_info_of(type);
    return i ? i->name : "";
}
