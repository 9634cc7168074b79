/* A host that loads the library, uses it and unloads it, again and again: nothing of it may stay behind.
 * usage: host LIBRARY ROUNDS [leak]; with `leak` an agent is forgotten each round, to see that it is noticed. */
#include <dirent.h>
#include <dlfcn.h>
#include <malloc.h>
#include <sipua/sipua.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NEED(what)                                                                                                     \
    do {                                                                                                               \
        if (!(what)) {                                                                                                 \
            fprintf(stderr, "line %d: %s\n", __LINE__, #what);                                                         \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

typedef struct left {
    int threads, descriptors;
    size_t heap;
} left;

static int entries(const char *folder) {
    int n = 0;
    DIR *d = opendir(folder);
    while (d && readdir(d)) n++;
    closedir(d);
    return n;
}

static left now(void) {
    left l;
    l.threads = entries("/proc/self/task");
    l.descriptors = entries("/proc/self/fd");
    l.heap = mallinfo2().uordblks;
    return l;
}

#define F(name) __typeof__(name) *name##_ = (__typeof__(name) *)dlsym(library, #name)

static void round_of(const char *path, int leak) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) fprintf(stderr, "%s\n", dlerror());
    NEED(library);
    F(sipua_agent_create);
    F(sipua_poll);
    F(sipua_event_get);
    F(sipua_event_json);
    F(sipua_event_destroy);
    F(sipua_call_create);
    F(sipua_call_answer);
    F(sipua_agent_ask);
    F(sipua_audio_write);
    F(sipua_agent_free);
    sipua_agent *agent;
    sipua_event *e;
    sipua_event_view v = SIPUA_EVENT_VIEW_INIT;
    sipua_agent_config config = SIPUA_AGENT_CONFIG_INIT;
    sipua_call_config call = SIPUA_CALL_CONFIG_INIT;
    sipua_id id = 0;
    int16_t pcm[1600] = {0};
    char target[64];
    config.bind = "127.0.0.1";
    config.open = SIPUA_ON;
    NEED(sipua_agent_create_(&config, &agent) == SIPUA_OK);
    NEED(sipua_agent_ask_(agent, SIPUA_ASK_CALL, SIPUA_ON, 0) == SIPUA_OK);
    do {
        NEED(sipua_poll_(agent, 20000, &e) == 1 && sipua_event_json_(e) && sipua_event_get_(e, &v) > 0);
        if (v.type == SIPUA_EVENT_LISTENING && !id) { /* calls itself */
            snprintf(target, sizeof target, "sip:me@127.0.0.1:%d", (int)v.port);
            call.target = target;
            NEED(sipua_call_create_(agent, 0, &call, 0, &id) == SIPUA_OK);
        }
        if (v.type == SIPUA_EVENT_INCOMING_CALL) NEED(sipua_call_answer_(agent, v.id, NULL, 0) == SIPUA_OK);
        if (v.type == SIPUA_EVENT_MEDIA_READY) sipua_audio_write_(agent, v.id, pcm, 1600, 16000, 0, 0);
        sipua_event_destroy_(e);
    } while (v.type != SIPUA_EVENT_CALL_CONFIRMED);
    if (leak) return;
    sipua_agent_free_(agent);
    NEED(!dlclose(library));
    NEED(!dlopen(path, RTLD_NOW | RTLD_NOLOAD)); /* it is gone */
}

int main(int argc, char **argv) {
    NEED(argc > 2);
    int rounds = atoi(argv[2]), leak = argc > 3;
    for (int i = 0; i < 3; i++) round_of(argv[1], 0); /* what the system's libraries set up once */
    left before = now();
    for (int i = 0; i < rounds; i++) round_of(argv[1], leak);
    left after = now();
    printf("%d rounds: threads %+d, descriptors %+d, heap %+ld bytes\n", rounds, after.threads - before.threads,
           after.descriptors - before.descriptors, (long)(after.heap - before.heap));
    /* ci/abi turns off the per-thread caches of malloc, whose contents count as in use */
    return after.threads != before.threads || after.descriptors != before.descriptors ||
           (long)(after.heap - before.heap) > 64 * rounds;
}
