/* What is done in a call, in CPU time: three agents of one process, one call after the other.
 *
 *   bench_control plain|hold|transfer N    a call from one to another; held and resumed by its caller; the same, and
 * then transferred to the third, who is called and hung up on
 *
 * Prints {"cpu_us": of all three together, each time, "ms": how long each took}. */
#include "agent.h"

typedef struct phone {
    sipua_agent *agent;
    int32_t port;
} phone;

static sipua_id wait_for(phone *p, sipua_event_type type) {
    sipua_event_view view;
    sipua_event *event = bench_wait(p->agent, type, &view);
    sipua_id id = view.id;
    if (type == SIPUA_EVENT_TRANSFER_DONE && view.status != 200) bench_die("transfer", "it failed");
    sipua_event_destroy(event);
    return id;
}

static sipua_id answer_next(phone *p) {
    sipua_id id = wait_for(p, SIPUA_EVENT_INCOMING_CALL);
    bench_check(sipua_call_answer(p->agent, id, NULL, 0), "answer");
    return id;
}

static void change(phone *p, sipua_id call, sipua_switch hold, sipua_event_type result) {
    sipua_change c = SIPUA_CHANGE_INIT;
    c.hold = hold;
    bench_check(sipua_call_change(p->agent, call, &c, 0), "change");
    wait_for(p, result);
}

static void uri_of(const phone *p, char *out, size_t size) { snprintf(out, size, "sip:x@127.0.0.1:%d", p->port); }

static sipua_call_config pcmu(void) {
    static const char *const codecs[] = {"pcmu"};
    sipua_call_config c = SIPUA_CALL_CONFIG_INIT;
    c.codecs = codecs;
    c.codec_count = 1;
    return c;
}

static void transfer(phone *p, sipua_id call) {
    char target[64];
    uri_of(&p[2], target, sizeof target);
    sipua_transfer_config t = SIPUA_TRANSFER_CONFIG_INIT;
    sipua_call_config c = pcmu();
    sipua_id id, placed;
    t.target = target;
    bench_check(sipua_call_transfer(p[0].agent, call, &t, 0, &id), "transfer");
    sipua_id asked = wait_for(&p[1], SIPUA_EVENT_TRANSFER_REQUESTED);
    bench_check(sipua_transfer_accept(p[1].agent, asked, &c, 0, &placed), "accept");
    answer_next(&p[2]);
    wait_for(&p[0], SIPUA_EVENT_TRANSFER_DONE);
    wait_for(&p[0], SIPUA_EVENT_CALL_ENDED);
    bench_check(sipua_call_hangup(p[1].agent, placed, NULL, 0), "hangup");
    wait_for(&p[2], SIPUA_EVENT_CALL_ENDED);
}

static void once(phone *p, int hold, int moved) {
    char target[64];
    uri_of(&p[1], target, sizeof target);
    sipua_call_config c = pcmu();
    sipua_id call;
    c.target = target;
    bench_check(sipua_call_create(p[0].agent, 0, &c, 0, &call), "call");
    answer_next(&p[1]);
    wait_for(&p[0], SIPUA_EVENT_CALL_CONFIRMED);
    if (hold) {
        change(p, call, SIPUA_ON, SIPUA_EVENT_CALL_HELD);
        change(p, call, SIPUA_OFF, SIPUA_EVENT_CALL_RESUMED);
    }
    if (moved) {
        transfer(p, call);
        return;
    }
    bench_check(sipua_call_hangup(p[0].agent, call, NULL, 0), "hangup");
    wait_for(&p[1], SIPUA_EVENT_CALL_ENDED);
}

int main(int argc, char **argv) {
    if (argc != 3) bench_die("usage", "bench_control plain|hold|transfer N");
    int hold = strcmp(argv[1], "plain") != 0, moved = !strcmp(argv[1], "transfer"), n = atoi(argv[2]);
    phone p[3];
    for (int i = 0; i < 3; i++) {
        p[i].agent = bench_agent(1, &p[i].port);
        bench_check(sipua_agent_ask(p[i].agent, SIPUA_ASK_CALL, SIPUA_ON, 0), "ask");
        bench_check(sipua_agent_ask(p[i].agent, SIPUA_ASK_TRANSFER, SIPUA_ON, 0), "ask");
    }
    for (int i = 0; i < 20; i++) once(p, hold, moved); /* warm */
    uint64_t cpu = bench_cpu_ns(CLOCK_PROCESS_CPUTIME_ID), start = bench_now_ns();
    for (int i = 0; i < n; i++) once(p, hold, moved);
    printf("{\"cpu_us\": %.1f, \"ms\": %.3f}\n", (double)(bench_cpu_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu) / 1e3 / n,
           (double)(bench_now_ns() - start) / 1e6 / n);
    fflush(stdout);
    for (int i = 0; i < 3; i++) {
        sipua_agent_close(p[i].agent);
        sipua_agent_free(p[i].agent);
    }
    return 0;
}
