/* Calls with sound, through the ABI and with one thread.
 *
 *   bench_talk echo            takes calls and says back what it hears, 20 ms at a time, until its stdin ends
 *   bench_talk call PORT N     keeps N calls up to somebody until its stdin ends; silence goes out, sound is not read
 *   bench_talk write N         writes N frames of 20 ms into one call, as fast as they are taken; prints frames a second
 *   bench_talk abi N           calls a function of the ABI N times; prints nanoseconds each
 *
 * echo prints "listening PORT", call "up N" when all are answered. */
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent.h"

enum { RATE = 8000, FRAME = RATE / 50, QUEUE = 2000 /* frames, of the 60 s that a call takes */ };

static sipua_agent *agent;

static int stdin_ended(void) {
    struct pollfd p = {.fd = 0, .events = POLLIN};
    char line[64];
    return poll(&p, 1, 0) == 1 && read(0, line, sizeof line) <= 0;
}

static void echo_ready(void) {
    sipua_id ready[256];
    int32_t n = sipua_audio_ready(agent, ready, 256);
    for (int32_t i = 0; i < n && i < 256; i++) {
        int16_t pcm[FRAME];
        int32_t got;
        while ((got = sipua_audio_read(agent, ready[i], pcm, FRAME, 0, NULL)) > 0)
            sipua_audio_write(agent, ready[i], pcm, (uint32_t)got, RATE, 0, 0);
    }
}

static void on_event(const sipua_event_view *v) {
    sipua_reply reply = SIPUA_REPLY_INIT;
    reply.rate = RATE;
    if (v->type == SIPUA_EVENT_INCOMING_CALL) bench_check(sipua_call_answer(agent, v->id, &reply, 0), "answer");
    if (v->type == SIPUA_EVENT_CALL_ACCEPTED) sipua_audio_watch(agent, v->id, 20, 0);
    if (v->type == SIPUA_EVENT_AUDIO_READY) echo_ready();
}

/* Takes events for a while; counts those of that type. */
static int take(int32_t ms, sipua_event_type type, int echo) {
    sipua_event *event;
    int count = 0;
    for (bench_check(sipua_poll(agent, ms, &event), "poll"); event; bench_check(sipua_poll(agent, 0, &event), "poll")) {
        sipua_event_view view = SIPUA_EVENT_VIEW_INIT;
        sipua_event_get(event, &view);
        if (echo) on_event(&view);
        count += view.type == type;
        sipua_event_destroy(event);
    }
    return count;
}

static sipua_id call(int port) {
    static const char *const codecs[] = {"pcmu"};
    char target[64];
    sipua_id id;
    sipua_call_config config = SIPUA_CALL_CONFIG_INIT;
    snprintf(target, sizeof target, "sip:bench@127.0.0.1:%d", port);
    config.target = target;
    config.codecs = codecs;
    config.codec_count = 1;
    config.rate = RATE;
    bench_check(sipua_call_create(agent, 0, &config, 0, &id), "call");
    return id;
}

static void keep_up(int port, int n) {
    int up = 0;
    for (int i = 0; i < n; i++) {
        call(port);
        up += take(5, SIPUA_EVENT_CALL_ACCEPTED, 0);
    }
    while (up < n && !stdin_ended()) up += take(1000, SIPUA_EVENT_CALL_ACCEPTED, 0);
    printf("up %d\n", up);
    fflush(stdout);
    while (!stdin_ended()) take(100, SIPUA_EVENT_CALL_ACCEPTED, 0);
}

/* A port whose owner never answers: where nobody is at all, the system's refusal would end the call. */
static int silent_port(void) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof a;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) || getsockname(fd, (struct sockaddr *)&a, &size))
        bench_die("socket", "not to be had");
    return ntohs(a.sin_port);
}

static void write_frames(uint64_t n) {
    int16_t pcm[FRAME] = {0};
    sipua_id id = call(silent_port()); /* what is written waits */
    uint64_t start = bench_now_ns();
    for (uint64_t i = 0; i < n; i++) {
        if (i % QUEUE == 0) bench_check(sipua_audio_flush(agent, id, 0), "flush");
        int32_t taken = sipua_audio_write(agent, id, pcm, FRAME, RATE, 0, 0);
        if (taken != FRAME) bench_die("write", "not taken");
    }
    printf("{\"frames_per_s\":%.0f}\n", (double)n * 1e9 / (double)(bench_now_ns() - start));
}

static void cross(uint64_t n) {
    uint64_t start = bench_now_ns();
    for (uint64_t i = 0; i < n; i++)
        if (!*sipua_event_type_name(SIPUA_EVENT_MARK)) bench_die("abi", "no name");
    printf("{\"ns\":%.1f}\n", (double)(bench_now_ns() - start) / (double)n);
}

int main(int argc, char **argv) {
    const char *mode = argc > 1 ? argv[1] : "";
    int32_t port;
    agent = bench_agent(1, &port);
    if (!strcmp(mode, "echo")) {
        bench_check(sipua_agent_ask(agent, SIPUA_ASK_CALL, SIPUA_ON, 0), "ask");
        printf("listening %d\n", (int)port);
        fflush(stdout);
        while (!stdin_ended()) take(100, SIPUA_EVENT_AUDIO_READY, 1);
    } else if (!strcmp(mode, "call") && argc > 3) {
        keep_up(atoi(argv[2]), atoi(argv[3]));
    } else if (!strcmp(mode, "write") && argc > 2) {
        write_frames((uint64_t)atoll(argv[2]));
    } else if (!strcmp(mode, "abi") && argc > 2) {
        cross((uint64_t)atoll(argv[2]));
    } else {
        bench_die("usage", "bench_talk echo | call PORT N | write N | abi N");
    }
    sipua_agent_free(agent);
    return 0;
}
