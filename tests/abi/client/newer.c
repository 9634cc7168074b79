/* A program built with a newer header than the library's: ci/abi gives every struct one more member, `future`. Left
 * alone it does no harm; set, the older library says SIPUA_E_VERSION and names the struct. */
#include <sipua/sipua.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "need.h"

/* `use` with the member zero and set. */
#define TRY(type, c, use)                                                                                              \
    do {                                                                                                               \
        (c).future = 0;                                                                                                \
        NEED((use) != SIPUA_E_VERSION);                                                                                \
        (c).future = 1;                                                                                                \
        NEED((use) == SIPUA_E_VERSION && strstr(sipua_last_error_text(), #type));                                      \
        (c).future = 0;                                                                                                \
    } while (0)

/* An out-struct of ours is longer: the library fills what it knows and zeroes the rest. */
#define FILL(c, use)                                                                                                   \
    do {                                                                                                               \
        (c).future = 1;                                                                                                \
        NEED((use) > 0 && (c).future == 0 && (c).struct_size == sizeof(c));                                            \
    } while (0)

static void in_structs(sipua_agent *agent) {
    sipua_agent *other = NULL;
    sipua_id id;
    sipua_agent_config a = SIPUA_AGENT_CONFIG_INIT;
    sipua_account_config b = SIPUA_ACCOUNT_CONFIG_INIT;
    sipua_call_config c = SIPUA_CALL_CONFIG_INIT;
    sipua_reply r = SIPUA_REPLY_INIT;
    sipua_message_config m = SIPUA_MESSAGE_CONFIG_INIT;
    sipua_listener_config l = SIPUA_LISTENER_CONFIG_INIT;
    sipua_server_config s = SIPUA_SERVER_CONFIG_INIT;
    sipua_uri u = SIPUA_URI_INIT;
    char buffer[100];
    a.bind = "127.0.0.1";
    TRY(sipua_agent_config, a, sipua_agent_create(&a, &other));
    sipua_agent_free(other);
    b.aor = "sip:alice@127.0.0.1";
    TRY(sipua_account_config, b, sipua_account_create(agent, &b, 0, &id));
    c.target = "sip:bob@127.0.0.1:9";
    TRY(sipua_call_config, c, sipua_call_create(agent, 0, &c, 0, &id));
    TRY(sipua_reply, r, sipua_call_hangup(agent, id, &r, 0));
    m.target = "sip:bob@127.0.0.1:9";
    TRY(sipua_message_config, m, sipua_message_send(agent, 0, &m, 0, &id));
    TRY(sipua_message_config, m, sipua_options_send(agent, 0, &m, 0, &id));
    l.address = "udp:127.0.0.1:0";
    TRY(sipua_listener_config, l, sipua_listener_create(agent, &l, 0, &id));
    TRY(sipua_server_config, s, sipua_server_create(agent, &s, 0, &id));
    u.scheme = "sip";
    u.host = "example.com";
    TRY(sipua_uri, u, sipua_uri_write(&u, buffer, sizeof buffer));
}

static void out_structs(sipua_agent *agent) {
    sipua_event *e;
    sipua_event_view v = SIPUA_EVENT_VIEW_INIT;
    sipua_agent_counters c = SIPUA_AGENT_COUNTERS_INIT;
    sipua_option_info o = SIPUA_OPTION_INFO_INIT;
    sipua_uri u = SIPUA_URI_INIT;
    char buffer[100];
    FILL(o, sipua_option_at(0, &o));
    FILL(u, sipua_uri_parse("sip:a@b", &u, buffer, sizeof buffer));
    NEED(sipua_agent_stats(agent, 0) == SIPUA_OK);
    do {
        NEED(sipua_poll(agent, 20000, &e) == 1);
        FILL(v, sipua_event_get(e, &v));
        if (v.type == SIPUA_EVENT_STATS && !v.id) FILL(c, sipua_event_agent_stats(e, &c));
        sipua_event_destroy(e);
    } while (v.type != SIPUA_EVENT_STATS || v.id);
}

int main(void) {
    sipua_agent *agent;
    NEED(sipua_agent_create(NULL, &agent) == SIPUA_OK);
    in_structs(agent);
    out_structs(agent);
    sipua_agent_free(agent);
    puts("what is unknown is refused");
    return 0;
}
