/* bench_watchers serve: an agent that takes every subscription, until stdin ends.
 * bench_watchers watch PORT N WARM: subscribes WARM times at the agent on PORT, says "ready"; on a line of stdin N
 * times more, and says "watching"; ends with stdin. */
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

static const char body[] = "Messages-Waiting: yes\r\nVoice-Message: 2/8 (0/2)\r\n";
static sipua_agent *agent;

static void *wait_for_driver(void *arg) {
    (void)arg;
    while (getchar() != EOF) {}
    _exit(0);
}

static void serve(void) {
    int32_t port;
    agent = bench_agent(1, &port);
    bench_check(sipua_agent_ask(agent, SIPUA_ASK_SUBSCRIBE, SIPUA_ON, 0), "ask");
    printf("listening %d\n", (int)port);
    fflush(stdout);
    pthread_t driver;
    if (pthread_create(&driver, NULL, wait_for_driver, NULL)) bench_die("thread", "not started");
    sipua_event *event;
    for (;;) {
        bench_check(sipua_poll(agent, -1, &event), "poll");
        if (!event) continue;
        sipua_event_view view = SIPUA_EVENT_VIEW_INIT;
        sipua_event_get(event, &view);
        if (view.type == SIPUA_EVENT_SUBSCRIBE_REQUESTED) {
            sipua_notify_config config = SIPUA_NOTIFY_CONFIG_INIT;
            config.content_type = "application/simple-message-summary";
            config.body = body;
            config.body_size = sizeof body - 1;
            bench_check(sipua_notifier_accept(agent, view.id, &config, 0, 0), "notifier_accept");
        }
        sipua_event_destroy(event);
    }
}

static void watch(const char *port, uint32_t from, uint32_t to) {
    /* A window of 50: nobody shall have to retransmit. */
    uint32_t sent = from, done = from;
    while (done < to) {
        for (; sent < to && sent - done < 50; sent++) {
            char target[64];
            snprintf(target, sizeof target, "sip:u%u@127.0.0.1:%s", sent, port);
            sipua_subscribe_config config = SIPUA_SUBSCRIBE_CONFIG_INIT;
            sipua_id subscription;
            config.target = target;
            config.event = "message-summary";
            bench_check(sipua_subscription_create(agent, 0, &config, 0, &subscription), "subscription_create");
        }
        sipua_event *event;
        bench_check(sipua_poll(agent, 20000, &event), "poll");
        if (!event) bench_die("watch", "no NOTIFY");
        sipua_event_view view = SIPUA_EVENT_VIEW_INIT;
        sipua_event_get(event, &view);
        if (view.type == SIPUA_EVENT_SUBSCRIPTION_STATE && !strcmp(view.state, "terminated"))
            bench_die("watch", view.reason ? view.reason : view.text);
        if (view.type == SIPUA_EVENT_NOTIFY) done++;
        sipua_event_destroy(event);
    }
}

int main(int argc, char **argv) {
    if (argc == 2 && !strcmp(argv[1], "serve")) serve();
    if (argc < 5) bench_die("usage", "bench_watchers serve | watch PORT N WARM");
    uint32_t n = (uint32_t)atoi(argv[3]), warm = (uint32_t)atoi(argv[4]);
    int32_t port;
    agent = bench_agent(1, &port);
    watch(argv[2], 0, warm);
    puts("ready");
    fflush(stdout);
    if (getchar() == EOF) return 0;
    watch(argv[2], warm, warm + n);
    puts("watching");
    fflush(stdout);
    while (getchar() != EOF) {}
    return 0;
}
