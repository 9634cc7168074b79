/* Leaving the process in mid-call, in every way there is, again and again: it never crashes or hangs.
 * usage: leave TIMES [crash]; with `crash` the last one crashes, to see that it is noticed.
 * Each time is a child of its own, with a call to itself, audio both ways, one thread in sipua_poll(), one in
 * sipua_audio_read(), one in sipua_audio_write(). */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sipua/sipua.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    BY_RETURN,
    BY_EXIT,
    BY_EXIT_ON_A_THREAD,
    BY__EXIT,
    BY_QUICK_EXIT,
    BY_SIGTERM,
    BY_FREE_AT_EXIT,
    BY_CLOSE_AT_EXIT,
    WAYS
};
static const char *const names[] = {"return",     "exit",    "exit on a thread", "_exit",
                                    "quick_exit", "SIGTERM", "free at exit",     "close at exit"};

static sipua_agent *agent;
static sipua_id legs[2];
static int confirmed;

static void give_up(const char *what) {
    fprintf(stderr, "%s: %s\n", what, sipua_last_error_text());
    _exit(3);
}

static void *poller(void *arg) {
    sipua_event *e;
    int32_t rc;
    while ((rc = sipua_poll(agent, -1, &e)) >= 0 || rc == SIPUA_E_INTERRUPTED)
        if (rc > 0) sipua_event_destroy(e);
    return arg;
}

static void *reader(void *arg) {
    int16_t pcm[320];
    sipua_audio_flags flags;
    while (sipua_audio_read(agent, legs[0], pcm, 320, -1, &flags) > 0) {
    }
    return arg;
}

static void *writer(void *arg) {
    int16_t pcm[48000] = {0};
    while (sipua_audio_write(agent, legs[1], pcm, 48000, 48000, 1, -1) > 0) {
    }
    return arg;
}

static void *leaver(void *arg) { exit(arg ? 1 : 0); }

static void free_it(void) { sipua_agent_free(agent); }
static void close_it(void) { sipua_agent_close(agent); }

static void call_oneself(void) {
    sipua_agent_config config = SIPUA_AGENT_CONFIG_INIT;
    sipua_call_config call = SIPUA_CALL_CONFIG_INIT;
    sipua_event_view v = SIPUA_EVENT_VIEW_INIT;
    sipua_event *e;
    char target[64];
    config.bind = "127.0.0.1";
    config.open = SIPUA_ON;
    if (sipua_agent_create(&config, &agent) < 0) give_up("create");
    sipua_agent_ask(agent, SIPUA_ASK_CALL, SIPUA_ON, 0);
    while (confirmed < 2) {
        if (sipua_poll(agent, 20000, &e) != 1 || sipua_event_get(e, &v) < 0) give_up("poll");
        if (v.type == SIPUA_EVENT_LISTENING && !legs[0]) {
            snprintf(target, sizeof target, "sip:me@127.0.0.1:%d", (int)v.port);
            call.target = target;
            if (sipua_call_create(agent, 0, &call, 0, &legs[0]) < 0) give_up("call");
        }
        if (v.type == SIPUA_EVENT_INCOMING_CALL) sipua_call_answer(agent, legs[1] = v.id, NULL, 0);
        confirmed += v.type == SIPUA_EVENT_CALL_CONFIRMED;
        sipua_event_destroy(e);
    }
}

static int child(int way, int time, int crash) {
    static void *(*const users[])(void *) = {poller, reader, writer};
    pthread_t t, inside[3];
    call_oneself();
    for (int i = 0; i < 3; i++) pthread_create(&inside[i], NULL, users[i], NULL);
    struct timespec moment = {0, (time * 7919 % 30) * 1000000L};
    nanosleep(&moment, NULL);
    if (crash) raise(SIGSEGV);
    switch (way) {
    case BY_EXIT: exit(0);
    case BY_EXIT_ON_A_THREAD:
        pthread_create(&t, NULL, leaver, NULL);
        pthread_join(t, NULL);
        return 1;
    case BY__EXIT: _exit(0);
    case BY_QUICK_EXIT: quick_exit(0);
    case BY_SIGTERM: raise(SIGTERM); return 1;
    case BY_FREE_AT_EXIT: /* as a global object of C++ would */
        sipua_agent_close(agent);
        for (int i = 0; i < 3; i++) pthread_join(inside[i], NULL);
        atexit(free_it);
        return 0;
    case BY_CLOSE_AT_EXIT: atexit(close_it); return 0;
    default: return 0;
    }
}

int main(int argc, char **argv) {
    int times = argc > 1 ? atoi(argv[1]) : WAYS, bad = 0;
    for (int i = 0; i < times; i++) {
        int way = i % WAYS, status = 0, crash = argc > 2 && i == times - 1;
        fflush(NULL);
        pid_t pid = fork();
        if (!pid) {
            alarm(60); /* a hang is a failure too */
            return child(way, i, crash);
        }
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        }
        int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        if (way == BY_SIGTERM ? signal != SIGTERM : signal || WEXITSTATUS(status)) {
            fprintf(stderr, "time %d, by %s: %s %d\n", i, names[way], signal ? "signal" : "status",
                    signal ? signal : WEXITSTATUS(status));
            bad++;
        }
    }
    printf("left %d times in mid-call, %d went wrong\n", times, bad);
    return bad ? 1 : 0;
}
