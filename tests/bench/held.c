/* bench_held CALLS HOURS: calls between two user agents with session timers, over the fake network and its clock.
 * Prints what they hold after that time more than before, and what the time cost. */
#include <malloc.h>

#include "bench.h"
#include "support/fake_media.h"
#include "support/fake_net.h"
#include "ua/ua.h"

typedef struct phone {
    net_loop *loop;
    media_engine *media;
    ua_agent *agent;
    sx_task task;
    int confirmed, ended;
} phone;

static void on_event(void *ctx, const ua_event *ev) {
    phone *p = ctx;
    if (ev->type == UA_EV_INCOMING_CALL) ua_call_answer(ev->call, NULL);
    if (ev->type == UA_EV_CALL_CONFIRMED) p->confirmed++;
    if (ev->type == UA_EV_CALL_ENDED) p->ended++;
}

static void on_wake(void *ctx) {
    phone *p = ctx;
    sx_runq_post(net_loop_runq(p->loop), &p->task);
}

static void on_task(sx_task *t) {
    phone *p = SX_CONTAINER(t, phone, task);
    if (p->agent) ua_agent_media_events(p->agent);
}

static void make(phone *p, const char *host) {
    ua_agent_config c = {.max_calls = -1, .bind = "0.0.0.0", .user_agent = "bench", .open = true};
    media_config m = {.wake = on_wake, .wake_ctx = p};
    ua_listener *l;
    fake_host(host);
    p->loop = net_loop_create();
    p->media = media_engine_create(&m);
    sx_task_init(&p->task, on_task);
    if (ua_agent_create(p->loop, p->media, &c, on_event, p, &p->agent) != SX_OK ||
        ua_listener_create(p->agent, "udp:0.0.0.0:5060", NULL, true, 1, &l) != SX_OK)
        bench_die("agent", sx_last_error_text());
    ua_agent_ask(p->agent, 1u << UA_ASK_CALL);
}

int main(int argc, char **argv) {
    static phone alice, bob;
    if (argc < 3) bench_die("usage", "bench_held CALLS HOURS");
    int n = atoi(argv[1]), hours = atoi(argv[2]);
    fake_net_begin(1);
    make(&alice, "10.0.0.1");
    make(&bob, "10.0.0.2");
    for (int i = 0; i < n; i++) {
        ua_call_config c = {.target = "sip:bench@10.0.0.2", .media_default = true};
        ua_call *call;
        ua_option_set(alice.agent, NULL, NULL, "session_refresher", i % 2 ? "local" : "remote");
        if (ua_call_create(alice.agent, NULL, &c, (uint64_t)i + 1, &call) != SX_OK)
            bench_die("call", sx_last_error_text());
        fake_run_for(20);
    }
    fake_run_for(2 * 3600 * 1000);
    size_t before = mallinfo2().uordblks, sent = fake_sent();
    uint64_t cpu = bench_cpu_ns(CLOCK_PROCESS_CPUTIME_ID);
    fake_run_for((uint64_t)hours * 3600 * 1000);
    cpu = bench_cpu_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    double refreshes = (double)(fake_sent() - sent) / 2;
    if (alice.confirmed != n || bob.confirmed != n || alice.ended || bob.ended) bench_die("calls", "not all are up");
    printf("{\"bytes\":%.1f,\"refreshes\":%.0f,\"us\":%.2f}\n", ((double)mallinfo2().uordblks - (double)before) / n,
           refreshes / n, (double)cpu / 1000 / refreshes);
    return 0;
}
