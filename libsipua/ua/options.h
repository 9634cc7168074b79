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
    int32_t session_expires_s, session_min_se_s;
    int32_t session_refresher;      /* UA_REFRESHER_ */
    int32_t session_refresh_method; /* UA_REFRESH_ */
    int32_t reliable_1xx;           /* UA_RELIABLE_ */
    int32_t dtmf_method;            /* UA_DTMF_ */
    int32_t max_call_ms, max_calls; /* 0: no limit; 0: the agent's */
    int32_t answer_after;           /* a switch */
    int32_t qualify_s;
    int32_t unsolicited_notify; /* a switch */
    int32_t change_decision_ms, subscribe_decision_ms, transfer_decision_ms;
    int32_t stall_ms;
    int32_t max_subscriptions, max_transfers;
} ua_settings;

/* Values of type "choice": the place of the word among the choices. */
enum { UA_REFRESHER_AUTO, UA_REFRESHER_LOCAL, UA_REFRESHER_REMOTE };
enum { UA_REFRESH_AUTO, UA_REFRESH_UPDATE, UA_REFRESH_INVITE };
enum { UA_RELIABLE_OFF, UA_RELIABLE_SUPPORTED, UA_RELIABLE_REQUIRED };
enum { UA_DTMF_AUTO, UA_DTMF_RTP, UA_DTMF_INFO, UA_DTMF_INFO_DTMF };

enum { UA_SCOPE_AGENT = 1, UA_SCOPE_CALL = 2, UA_SCOPE_ACCOUNT = 4 };

typedef struct ua_option {
    const char *key;
    const char *type; /* "int", "switch", "choice" */
    int32_t minimum, maximum;
    const char *default_value;
    unsigned scopes;  /* UA_SCOPE_ bits */
    const char *text; /* what it does, with its unit */
    const char *since;
    size_t offset;       /* in ua_settings */
    const char *choices; /* of a choice: the words, with one space between; else NULL */
} ua_option;

size_t ua_option_count(void);
const ua_option *ua_option_at(size_t i); /* NULL past the end */
const ua_option *ua_option_find(const char *key);
void ua_settings_default(ua_settings *s);
/* Reads a value into *out, a switch as 1 or 0, a choice as the place of its word: SX_OK, SX_E_INVALID (none of these,
 * or out of its range). */
int ua_option_read(const ua_option *o, const char *value, int32_t *out);

/* The settings that an account or a call has of its own; made with the first one. */
typedef struct ua_own_settings ua_own_settings;
int ua_own_set(ua_own_settings **own, const ua_option *o, int32_t value); /* SX_E_NOMEM */
/* False: it has none of its own. own may be NULL. */
bool ua_own_get(const ua_own_settings *own, size_t offset, int32_t *out);

#endif
