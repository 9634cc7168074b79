/* Audio through the library's functions, and strangers who speak raw SIP. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner.h"

#define RATE 16000
#define FRAME (RATE / 50)

/* How much of the power of `count` samples lies at that frequency: 1 is all of it. */
static double share(const int16_t *pcm, int count, double hertz) {
    double re = 0, im = 0, power = 0;
    for (int i = 0; i < count; i++) {
        re += pcm[i] * cos(2 * M_PI * hertz * i / RATE);
        im += pcm[i] * sin(2 * M_PI * hertz * i / RATE);
        power += (double)pcm[i] * pcm[i];
    }
    return power < count * 200.0 * 200.0 ? 0 : 2 * (re * re + im * im) / (power * count);
}

static int taken(runner *r, int32_t result, const char *what) {
    if (result < 0) give_up(r, "%s: %s", what, sipua_last_error_text());
    return result;
}

/* CALLER audio_echo $CALL CALLEE $CALL HERTZ: the caller speaks a tone, the callee gives back what it hears, until the
 * caller has heard ten tenths of a second in which the tone prevails. */
void audio_echo(runner *r, agent *a) {
    const word *w = r->at->words;
    agent *other = NULL;
    for (int i = 0; i < r->agent_count && r->at->count == 6; i++)
        if (!strcmp(r->agents[i].name, w[3].value)) other = &r->agents[i];
    if (!other) give_up(r, "CALLER audio_echo $CALL CALLEE $CALL HERTZ");
    sipua_id near = number_of(r, &w[2]), far = number_of(r, &w[4]);
    double hertz = (double)number_of(r, &w[5]);
    int16_t tone[FRAME], frame[FRAME], heard[RATE / 10];
    int said = 0, have = 0, good = 0;
    for (int left = PATIENCE_MS / 20; good < 10; left--) {
        if (!left) give_up(r, "no echo was heard: %d of 10 tenths", good);
        for (int i = 0; i < FRAME; i++) tone[i] = (int16_t)(9000 * sin(2 * M_PI * hertz * (said + i) / RATE));
        said += taken(r, sipua_audio_write(a->raw, near, tone, FRAME, RATE, 1, 0), "audio_write");
        int n = taken(r, sipua_audio_read(other->raw, far, frame, FRAME, 20, NULL), "audio_read");
        taken(r, sipua_audio_write(other->raw, far, frame, (uint32_t)n, RATE, 2, 0), "audio_write");
        sipua_audio_flags flags = 0;
        n = taken(r, sipua_audio_read(a->raw, near, frame, FRAME, 0, &flags), "audio_read");
        for (int i = 0; i < n; i++) {
            heard[have++] = frame[i];
            if (have < RATE / 10) continue;
            good += share(heard, have, hertz) > 0.8;
            have = 0;
        }
    }
    char *stream;
    if (asprintf(&stream, "%s %s audio", a->name, name_of(r, near)) < 0) stream = NULL;
    log_line(r, must(stream), "heard %.0f Hz", hertz);
    free(stream);
}

struct stranger {
    struct stranger *next;
    char *name;
    FILE *says;
};

/* stranger NAME HOST:PORT, then the request in a block: a process of its own sends it and prints the final answer. */
void stranger_start(runner *r) {
    const char *program = getenv("SIPUA_STRANGER");
    if (!program || !r->at->block || r->at->count != 3)
        give_up(r, "stranger NAME HOST:PORT and a request; SIPUA_STRANGER is set");
    char *to = expand(r, r->at->words[2].value), *request = expand(r, r->at->block), *command;
    size_t size, length = strlen(request);
    FILE *f = must(open_memstream(&command, &size));
    fprintf(f, "exec '%s' %s ", program, to);
    for (size_t i = 0; i < length; i++) fprintf(f, "%02x", (unsigned char)request[i]);
    fclose(f);
    struct stranger *s = must(calloc(1, sizeof *s));
    s->name = must(strdup(r->at->words[1].value));
    s->says = must(popen(command, "r"));
    s->next = r->strangers;
    r->strangers = s;
    free(command);
    free(request);
    free(to);
}

/* NAME answered: what the stranger was answered goes to the log. */
void stranger_end(runner *r) {
    char line[256] = "";
    for (struct stranger **at = &r->strangers; *at; at = &(*at)->next) {
        struct stranger *s = *at;
        if (strcmp(s->name, r->at->words[0].value)) continue;
        if (fgets(line, sizeof line, s->says)) line[strcspn(line, "\r\n")] = 0;
        int status = pclose(s->says);
        if (status) give_up(r, "%s was not answered: %s", s->name, line);
        log_line(r, s->name, "%s", line);
        *at = s->next;
        free(s->name);
        free(s);
        return;
    }
    give_up(r, "nobody is called %s", r->at->words[0].value);
}
