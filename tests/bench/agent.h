/* An agent for the benchmarks: listens on a free UDP port of loopback. */
#ifndef BENCH_AGENT_H
#define BENCH_AGENT_H

#include <sipua/sipua.h>

#include "bench.h"

static inline void bench_check(int32_t rc, const char *what) {
    if (rc < 0) bench_die(what, sipua_last_error_text());
}

/* Takes events until one of that type comes. */
static inline sipua_event *bench_wait(sipua_agent *agent, sipua_event_type type, sipua_event_view *view) {
    sipua_event *event;
    for (;;) {
        bench_check(sipua_poll(agent, 20000, &event), "poll");
        if (!event) bench_die("poll", "the event does not come");
        *view = (sipua_event_view)SIPUA_EVENT_VIEW_INIT;
        bench_check(sipua_event_get(event, view), "event_get");
        if (view->type == type) return event;
        sipua_event_destroy(event);
    }
}

/* Listens on `transport` ("udp", "tls" ...); pem is certificate and key for tls and wss, ca whom to trust, both may be NULL. */
static inline sipua_agent *bench_agent_over(const char *transport, const char *pem, const char *ca, int open, int32_t *port) {
    char address[64];
    snprintf(address, sizeof address, "%s:127.0.0.1:0", transport);
    const char *const listen[] = {address};
    sipua_agent_config config = SIPUA_AGENT_CONFIG_INIT;
    config.bind = "127.0.0.1";
    config.listen = listen;
    config.listen_count = 1;
    config.open = open ? SIPUA_ON : SIPUA_OFF;
    config.max_calls = -1;
    config.queue_events = 1000000;
    config.queue_bytes = 1 << 30;
    config.tls_cert = pem;
    config.tls_ca = ca;
    sipua_agent *agent;
    bench_check(sipua_agent_create(&config, &agent), "agent_create");
    sipua_event_view view;
    sipua_event *event = bench_wait(agent, SIPUA_EVENT_LISTENING, &view);
    *port = view.port;
    sipua_event_destroy(event);
    return agent;
}

static inline sipua_agent *bench_agent(int open, int32_t *port) {
    return bench_agent_over("udp", NULL, NULL, open, port);
}

/* Where an account finds a server on loopback: a URI, or for WebSockets a URL. */
static inline void bench_server_uri(char *out, size_t size, const char *transport, const char *port) {
    if (transport[0] == 'w') snprintf(out, size, "%s://127.0.0.1:%s/", transport, port);
    else snprintf(out, size, "sip:127.0.0.1:%s;transport=%s", port, transport);
}

#endif
