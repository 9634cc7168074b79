/* bench_registrar N [TRANSPORT [PEM]]: the embedded server with the users u0 … uN-1, all with the password "secret", until
 * stdin ends. PEM holds certificate and key, for tls and wss. */
#include <pthread.h>
#include <unistd.h>

#include "agent.h"

static void *wait_for_driver(void *arg) {
    (void)arg;
    while (getchar() != EOF) {}
    _exit(0);
}

int main(int argc, char **argv) {
    uint32_t n = argc > 1 ? (uint32_t)atoi(argv[1]) : 1000;
    const char *transport = argc > 2 ? argv[2] : "udp";
    int32_t port;
    sipua_agent *agent = bench_agent(0, &port);
    bench_check(sipua_option_set(agent, 0, "max_connections", "30000", 0), "max_connections");
    bench_check(sipua_option_set(agent, 0, "max_connections_per_source", "30000", 0), "max_connections_per_source");
    sipua_pair *users = calloc(n, sizeof *users);
    char(*names)[16] = calloc(n, sizeof *names);
    if (!users || !names) bench_die("memory", "ran out");
    for (uint32_t i = 0; i < n; i++) {
        snprintf(names[i], sizeof names[i], "u%u", i);
        users[i] = (sipua_pair){names[i], "secret"};
    }
    sipua_server_config config = SIPUA_SERVER_CONFIG_INIT;
    config.users = users;
    config.user_count = n;
    sipua_id server, listener;
    bench_check(sipua_server_create(agent, &config, 0, &server), "server_create");
    sipua_listener_config at = SIPUA_LISTENER_CONFIG_INIT;
    char address[64];
    snprintf(address, sizeof address, "%s:127.0.0.1:0", transport);
    at.address = address;
    at.tls_cert = argc > 3 ? argv[3] : NULL;
    at.server = server;
    bench_check(sipua_listener_create(agent, &at, 0, &listener), "listener_create");
    sipua_event_view view;
    sipua_event *event = bench_wait(agent, SIPUA_EVENT_LISTENING, &view);
    printf("listening %d\n", (int)view.port);
    fflush(stdout);
    sipua_event_destroy(event);
    pthread_t driver;
    if (pthread_create(&driver, NULL, wait_for_driver, NULL)) bench_die("thread", "not started");
    for (;;) {
        bench_check(sipua_poll(agent, -1, &event), "poll");
        sipua_event_destroy(event);
    }
}
