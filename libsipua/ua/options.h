/* The long-tail settings of floor 3 as data: what ua_option_set() takes, for the public table of options. */
#ifndef UA_OPTIONS_H
#define UA_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

typedef struct ua_settings {
    int32_t t1_ms, t2_ms, t4_ms;
    int32_t udp_max_request;
    int32_t no_answer_ms;
    int32_t message_decision_ms;
    int32_t register_min_retry_ms;
    int32_t rtp_timeout_ms;
    int32_t opus_complexity;
    int32_t keepalive_s;
    int32_t prepare_ms;
    int32_t jitter_min_ms, jitter_max_ms;
    int32_t max_queued_ms;
    /* since 0.2 */
    int32_t max_connections, max_connections_per_source, connection_queue_bytes, handshake_ms, slow_message_ms;
    int32_t target_penalty_ms, dns_timeout_ms;
    int32_t register_in_flight, register_rate;
    int32_t flow_retry_base_s, flow_retry_max_s;
    int32_t reinvite_on_move; /* a switch: 1 on, 0 off */
} ua_settings;

enum { UA_SCOPE_AGENT = 1, UA_SCOPE_CALL = 2 };

typedef struct ua_option {
    const char *key;
    const char *type; /* "int", "switch" */
    int32_t minimum, maximum;
    const char *default_value;
    unsigned scopes;  /* UA_SCOPE_ bits */
    const char *text; /* what it does, with its unit */
    const char *since;
    size_t offset; /* in ua_settings */
} ua_option;

size_t ua_option_count(void);
const ua_option *ua_option_at(size_t i); /* NULL past the end */
const ua_option *ua_option_find(const char *key);
void ua_settings_default(ua_settings *s);
/* Reads a value into *out, a switch as 1 or 0: SX_OK, SX_E_INVALID (not a number or switch, or out of its range). */
int ua_option_read(const ua_option *o, const char *value, int32_t *out);

#endif
