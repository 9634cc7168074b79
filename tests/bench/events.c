/* Events through the ABI: commands with a tag, each answered by one REPLY, taken by the same thread. Prints the events
 * a second and the CPU time of the whole process for each. bench_events [N] */
#include "agent.h"

enum { WINDOW = 512 };

int main(int argc, char **argv) {
    uint64_t n = argc > 1 ? (uint64_t)atoll(argv[1]) : 200000, sent = 0, done = 0;
    int32_t port;
    sipua_agent *agent = bench_agent(0, &port);
    uint64_t start = bench_now_ns(), cpu = bench_cpu_ns(CLOCK_PROCESS_CPUTIME_ID);
    while (done < n) {
        for (; sent < n && sent - done < WINDOW; sent++)
            bench_check(sipua_agent_ask(agent, SIPUA_ASK_MESSAGE, SIPUA_OFF, sent + 1), "ask");
        sipua_event *event;
        bench_check(sipua_poll(agent, 20000, &event), "poll");
        if (!event) bench_die("poll", "no event");
        while (event) { /* all that wait */
            sipua_event_view view = SIPUA_EVENT_VIEW_INIT;
            bench_check(sipua_event_get(event, &view), "event_get");
            if (view.type == SIPUA_EVENT_REPLY) done++;
            sipua_event_destroy(event);
            bench_check(sipua_poll(agent, 0, &event), "poll");
        }
    }
    double took = (double)(bench_now_ns() - start), used = (double)(bench_cpu_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu);
    printf("{\"events_per_s\":%.0f,\"cpu_us\":%.3f}\n", (double)n * 1e9 / took, used / 1e3 / (double)n);
    sipua_agent_free(agent);
    return 0;
}
