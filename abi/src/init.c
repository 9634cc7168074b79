/* Struct initialisers for those who cannot use the macros. */
#include "src/abi.h"

#define INIT(type)                                                                                                     \
    void type##_init(type *p, uint32_t size) {                                                                         \
        if (!p || size < sizeof p->struct_size) return;                                                                \
        memset(p, 0, size);                                                                                            \
        p->struct_size = size;                                                                                         \
    }

INIT(sipua_agent_config)
INIT(sipua_event_view)
INIT(sipua_call_stats)
INIT(sipua_agent_counters)
INIT(sipua_account_config)
INIT(sipua_call_config)
INIT(sipua_reply)
INIT(sipua_message_config)
INIT(sipua_listener_config)
INIT(sipua_server_config)
INIT(sipua_option_info)
INIT(sipua_uri)
