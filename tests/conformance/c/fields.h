/* Members of structs by their names. */
#ifndef CONFORMANCE_FIELDS_H
#define CONFORMANCE_FIELDS_H

#include <stddef.h>

#include <sipua/sipua.h>

typedef enum kind { INT, WIDE, TEXT, BYTES, LIST, PAIRS } kind;

typedef struct field {
    const char *name;
    size_t at;
    size_t count; /* where the number of items or bytes stands */
    kind kind;
} field;

/* structs.c; each ends with a field without a name */
extern const field agent_config[], account_config[], call_config[], reply_config[], message_config[], listener_config[],
    server_config[], change[], request_config[], collect_config[], transfer_config[], conference_config[],
    bridge_config[], subscribe_config[], notify_config[], publish_config[];

#endif
