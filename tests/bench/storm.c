/* bench_storm TRANSPORT PORT N CA: on a line of stdin makes N accounts u0 … uN-1 and registers all of them at once: the library
 * decides how many are under way. Prints {"seconds", "failed"} when the last has its answer; ends with stdin. */
#include "agent.h"

int main(int argc, char **argv) {
    if (argc < 5) bench_die("usage", "bench_storm TRANSPORT PORT N CA");
    int32_t port;
    uint32_t n = (uint32_t)atoi(argv[3]), done = 0, failed = 0;
    sipua_agent *agent = bench_agent_over("udp", NULL, *argv[4] ? argv[4] : NULL, 0, &port);
    char server[64];
    bench_server_uri(server, sizeof server, argv[1], argv[2]);
    puts("ready");
    fflush(stdout);
    if (getchar() == EOF) return 0;
    uint64_t start = bench_now_ns();
    for (uint32_t i = 0; i < n; i++) {
        char aor[64];
        snprintf(aor, sizeof aor, "sip:u%u@127.0.0.1", i);
        sipua_account_config config = SIPUA_ACCOUNT_CONFIG_INIT;
        sipua_id account;
        config.aor = aor;
        config.password = "secret";
        config.server = server;
        bench_check(sipua_account_create(agent, &config, 0, &account), "account_create");
        bench_check(sipua_account_register(agent, account, 0), "account_register");
    }
    while (done < n) {
        sipua_event *event;
        bench_check(sipua_poll(agent, 60000, &event), "poll");
        if (!event) bench_die("register", "no answer");
        sipua_event_view view = SIPUA_EVENT_VIEW_INIT;
        sipua_event_get(event, &view);
        if (view.type == SIPUA_EVENT_REGISTRATION_FAILED) failed++;
        if (view.type == SIPUA_EVENT_REGISTERED || view.type == SIPUA_EVENT_REGISTRATION_FAILED) done++;
        sipua_event_destroy(event);
    }
    printf("{\"seconds\": %.6f, \"failed\": %u}\n", (double)(bench_now_ns() - start) / 1e9, failed);
    fflush(stdout);
    while (getchar() != EOF) {}
    return 0;
}
