/* Latency from a datagram to a program that polls: takes N MESSAGEs whose body is the time of sending (bench_stamp)
 * and prints the median and the 99th percentile in microseconds. bench_receive N */
#include "agent.h"

int main(int argc, char **argv) {
    size_t n = argc > 1 ? (size_t)atoi(argv[1]) : 1000, have = 0;
    double *us = calloc(n, sizeof *us);
    int32_t port;
    sipua_agent *agent = bench_agent(1, &port);
    if (!us) bench_die("memory", "ran out");
    bench_check(sipua_agent_ask(agent, SIPUA_ASK_MESSAGE, SIPUA_ON, 0), "ask");
    printf("listening %d\n", (int)port);
    fflush(stdout);
    while (have < n) {
        sipua_event *event;
        bench_check(sipua_poll(agent, -1, &event), "poll");
        uint64_t now = bench_now_ns();
        sipua_event_view view = SIPUA_EVENT_VIEW_INIT;
        sipua_event_get(event, &view);
        if (view.type == SIPUA_EVENT_MESSAGE) {
            us[have++] = (double)(now - strtoull((const char *)view.body, NULL, 10)) / 1e3;
            bench_check(sipua_message_accept(agent, view.id, NULL, 0), "accept");
        }
        sipua_event_destroy(event);
    }
    double p50 = bench_quantile(us, n, 0.5), p99 = bench_quantile(us, n, 0.99);
    printf("{\"p50\":%.1f,\"p99\":%.1f}\n", p50, p99);
    fflush(stdout);
    bench_check(sipua_agent_shutdown(agent, 1000, 0), "shutdown"); /* the last answer shall get out */
    sipua_event_view last;
    sipua_event_destroy(bench_wait(agent, SIPUA_EVENT_SHUTDOWN, &last));
    sipua_agent_free(agent);
    free(us);
    return 0;
}
