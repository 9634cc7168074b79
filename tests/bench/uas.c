/* A user agent server: answers calls until its stdin ends.
 *
 *   bench_uas auto    the stack answers by itself (auto_answer); the program empties its queue 50 times a second
 *   bench_uas poll    the program rings and answers each call; signalling only, as in auto
 *   bench_uas rtp     the same with media
 *
 * Prints "listening PORT"; for each line on stdin one line of counters. */
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include "agent.h"

static const char answer_sdp[] = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                                 "m=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";

static sipua_agent *agent;
static uint64_t incoming, confirmed, ended, failed;

static void on_event(sipua_event *event, const sipua_reply *reply) {
    sipua_event_view view = SIPUA_EVENT_VIEW_INIT;
    sipua_event_get(event, &view);
    switch (view.type) {
    case SIPUA_EVENT_INCOMING_CALL:
        incoming++;
        if (!reply) break;
        bench_check(sipua_call_ring(agent, view.id, NULL, 0), "ring");
        bench_check(sipua_call_answer(agent, view.id, reply, 0), "answer");
        break;
    case SIPUA_EVENT_CALL_CONFIRMED: confirmed++; break;
    case SIPUA_EVENT_CALL_ENDED:
        ended++;
        if (!(view.flags & SIPUA_FLAG_ESTABLISHED)) failed++;
        break;
    case SIPUA_EVENT_STATS: {
        sipua_agent_counters c = SIPUA_AGENT_COUNTERS_INIT;
        if (sipua_event_agent_stats(event, &c) < 0) break;
        printf("{\"incoming\":%llu,\"confirmed\":%llu,\"ended\":%llu,\"failed\":%llu,\"calls_now\":%llu,"
               "\"transactions_now\":%llu,\"retransmissions\":%llu,\"refused\":%llu,\"malformed\":%llu}\n",
               (unsigned long long)incoming, (unsigned long long)confirmed, (unsigned long long)ended,
               (unsigned long long)failed, (unsigned long long)c.calls_now, (unsigned long long)c.transactions_now,
               (unsigned long long)c.retransmissions, (unsigned long long)c.refused, (unsigned long long)c.malformed);
        fflush(stdout);
        break;
    }
    default: break;
    }
}

/* The driver's lines; the end of them is the end of the program. */
static void *listen_to_driver(void *arg) {
    (void)arg;
    char line[64];
    while (fgets(line, sizeof line, stdin)) bench_check(sipua_agent_stats(agent, 0), "agent_stats");
    _exit(0);
}

/* Whose calls are signalling only. */
static void make_account(int automatic) {
    static const char *const peers[] = {"127.0.0.0/8"};
    sipua_account_config config = SIPUA_ACCOUNT_CONFIG_INIT;
    sipua_id account;
    config.aor = "sip:bench@127.0.0.1";
    config.auto_answer = automatic ? SIPUA_ON : SIPUA_OFF;
    config.media = SIPUA_MEDIA_NONE;
    config.peers = peers;
    config.peer_count = 1;
    bench_check(sipua_account_create(agent, &config, 0, &account), "account_create");
}

int main(int argc, char **argv) {
    const char *mode = argc > 1 ? argv[1] : "";
    int automatic = !strcmp(mode, "auto"), rtp = !strcmp(mode, "rtp");
    if (!automatic && !rtp && strcmp(mode, "poll") != 0) bench_die("usage", "bench_uas auto | poll | rtp");
    int32_t port;
    agent = bench_agent(!automatic, &port);
    sipua_reply reply = SIPUA_REPLY_INIT;
    if (!rtp) {
        reply.media = SIPUA_MEDIA_NONE;
        reply.body = answer_sdp;
        reply.body_size = sizeof answer_sdp - 1;
    }
    if (!rtp) make_account(automatic);
    if (!automatic)
        bench_check(sipua_agent_ask(agent, SIPUA_ASK_CALL, SIPUA_ON, 0), "ask");
    printf("listening %d\n", (int)port);
    fflush(stdout);
    pthread_t driver;
    if (pthread_create(&driver, NULL, listen_to_driver, NULL)) bench_die("thread", "not started");
    for (;;) {
        sipua_event *event;
        if (automatic) poll(NULL, 0, 20);
        int32_t rc = sipua_poll(agent, automatic ? 0 : -1, &event);
        bench_check(rc, "poll");
        while (event) {
            on_event(event, automatic ? NULL : &reply);
            sipua_event_destroy(event);
            event = NULL;
            bench_check(sipua_poll(agent, 0, &event), "poll");
        }
    }
}
