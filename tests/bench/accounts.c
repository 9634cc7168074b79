/* bench_accounts PORT N WARM: registers WARM accounts at the registrar on PORT, says "ready", then on a line of stdin
 * registers N more and says "registered"; ends with stdin. */
#include "agent.h"

static sipua_agent *agent;

static void register_some(uint32_t from, uint32_t to, const char *port) {
    /* A window of 50: the registrar shall not have to retransmit. */
    uint32_t sent = from, done = from;
    while (done < to) {
        for (; sent < to && sent - done < 50; sent++) {
            char aor[64], server[64];
            snprintf(aor, sizeof aor, "sip:u%u@127.0.0.1:%s", sent, port);
            snprintf(server, sizeof server, "sip:127.0.0.1:%s;transport=udp", port);
            sipua_account_config config = SIPUA_ACCOUNT_CONFIG_INIT;
            sipua_id account;
            config.aor = aor;
            config.password = "secret";
            config.server = server;
            bench_check(sipua_account_create(agent, &config, 0, &account), "account_create");
            bench_check(sipua_account_register(agent, account, 0), "account_register");
        }
        sipua_event *event;
        bench_check(sipua_poll(agent, 20000, &event), "poll");
        if (!event) bench_die("register", "no answer");
        sipua_event_view view = SIPUA_EVENT_VIEW_INIT;
        sipua_event_get(event, &view);
        if (view.type == SIPUA_EVENT_REGISTRATION_FAILED) bench_die("register", view.reason ? view.reason : view.text);
        if (view.type == SIPUA_EVENT_REGISTERED) done++;
        sipua_event_destroy(event);
    }
}

int main(int argc, char **argv) {
    if (argc < 4) bench_die("usage", "bench_accounts PORT N WARM");
    uint32_t n = (uint32_t)atoi(argv[2]), warm = (uint32_t)atoi(argv[3]);
    int32_t port;
    agent = bench_agent(0, &port);
    register_some(0, warm, argv[1]);
    puts("ready");
    fflush(stdout);
    if (getchar() == EOF) return 0;
    register_some(warm, warm + n, argv[1]);
    puts("registered");
    fflush(stdout);
    while (getchar() != EOF) {}
    return 0;
}
