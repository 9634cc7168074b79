/* bench_messages serve TRANSPORT PEM: takes MESSAGEs from anybody, until stdin ends.
 * bench_messages send TRANSPORT PEM PORT CA: on each line "N" of stdin sends N of them over that transport, fifty at a time,
 * and prints {"seconds", "failed"}. */
#include <pthread.h>
#include <unistd.h>

#include "agent.h"

static void *wait_for_driver(void *arg) {
    (void)arg;
    while (getchar() != EOF) {}
    _exit(0);
}

static void serve(const char *transport, const char *pem) {
    int32_t port;
    sipua_agent *agent = bench_agent_over(transport, pem, NULL, 1, &port);
    bench_check(sipua_agent_ask(agent, SIPUA_ASK_MESSAGE, SIPUA_ON, 0), "agent_ask");
    printf("listening %d\n", (int)port);
    fflush(stdout);
    pthread_t driver;
    if (pthread_create(&driver, NULL, wait_for_driver, NULL)) bench_die("thread", "not started");
    for (;;) {
        sipua_event *event;
        bench_check(sipua_poll(agent, -1, &event), "poll");
        sipua_event_view view = SIPUA_EVENT_VIEW_INIT;
        sipua_event_get(event, &view);
        if (view.type == SIPUA_EVENT_MESSAGE) sipua_message_accept(agent, view.id, NULL, 0);
        sipua_event_destroy(event);
    }
}

static int send_some(sipua_agent *agent, sipua_id account, const char *target, int count) {
    int sent = 0, done = 0, failed = 0;
    while (done < count) {
        for (; sent < count && sent - done < 50; sent++) {
            sipua_message_config config = SIPUA_MESSAGE_CONFIG_INIT;
            sipua_id message;
            config.target = target;
            config.body = "a line of text as people write them, neither long nor short";
            config.body_size = (uint32_t)strlen(config.body);
            bench_check(sipua_message_send(agent, account, &config, 0, &message), "message_send");
        }
        sipua_event *event;
        bench_check(sipua_poll(agent, 20000, &event), "poll");
        if (!event) bench_die("messages", "no answer");
        sipua_event_view view = SIPUA_EVENT_VIEW_INIT;
        sipua_event_get(event, &view);
        if (view.type == SIPUA_EVENT_MESSAGE_FAILED) failed++;
        if (view.type == SIPUA_EVENT_MESSAGE_FAILED || view.type == SIPUA_EVENT_MESSAGE_DELIVERED) done++;
        sipua_event_destroy(event);
    }
    return failed;
}

int main(int argc, char **argv) {
    if (argc == 4 && !strcmp(argv[1], "serve")) serve(argv[2], *argv[3] ? argv[3] : NULL);
    if (argc < 6) bench_die("usage", "bench_messages serve TRANSPORT PEM | send TRANSPORT PEM PORT CA");
    int32_t port;
    char server[64], target[80], line[32];
    sipua_agent *agent = bench_agent_over("udp", NULL, *argv[5] ? argv[5] : NULL, 0, &port);
    bench_server_uri(server, sizeof server, argv[2], argv[4]);
    snprintf(target, sizeof target, "sip:bob@127.0.0.1:%s", argv[4]);
    sipua_account_config config = SIPUA_ACCOUNT_CONFIG_INIT;
    sipua_id account;
    config.aor = "sip:alice@127.0.0.1";
    config.outbound_proxy = server;
    bench_check(sipua_account_create(agent, &config, 0, &account), "account_create");
    while (fgets(line, sizeof line, stdin)) {
        uint64_t start = bench_now_ns();
        int failed = send_some(agent, account, target, atoi(line));
        printf("{\"seconds\": %.6f, \"failed\": %d}\n", (double)(bench_now_ns() - start) / 1e9, failed);
        fflush(stdout);
    }
    return 0;
}
