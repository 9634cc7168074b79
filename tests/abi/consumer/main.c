/* A program of somebody who has only what was installed. */
#include <sipua/sipua.h>
#include <stdio.h>
#include <string.h>

int main(void) {
    sipua_agent *agent;
    sipua_agent_config config = SIPUA_AGENT_CONFIG_INIT;
    sipua_event *event;
    config.bind = "127.0.0.1";
    if (strcmp(sipua_version(), "0.2.0") || sipua_abi_version() != SIPUA_VERSION_MAJOR * 65536 + SIPUA_VERSION_MINOR) return 2;
    if (sipua_agent_create(&config, &agent) < 0) {
        fprintf(stderr, "%s\n", sipua_last_error_text());
        return 3;
    }
    if (sipua_poll(agent, 10000, &event) != 1) return 4;
    printf("%s\n", sipua_event_json(event));
    sipua_event_destroy(event);
    sipua_agent_free(agent);
    return 0;
}
