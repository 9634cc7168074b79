/* conformance LOG SCENARIO ...: plays each scenario and writes what happened. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"

void give_up(runner *r, const char *format, ...) {
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    for (int i = 0; i < r->entry_count; i++)
        if (r->entries[i]->event)
            fprintf(stderr, "%s: %s\n", r->entries[i]->from->name, sipua_event_json(r->entries[i]->event));
    fail(r->at ? r->at->path : r->script.path, r->at ? r->at->line : 0, "%s", text);
}

static agent *agent_of(runner *r, const char *name) {
    for (int i = 0; i < r->agent_count; i++)
        if (!strcmp(r->agents[i].name, name)) return &r->agents[i];
    if (r->agent_count == AGENTS) give_up(r, "more than %d agents", AGENTS);
    agent *a = &r->agents[r->agent_count++];
    *a = (agent){.name = must(strdup(name))};
    return a;
}

static void step(runner *r) {
    const char *who = r->at->words[0].value, *what = r->at->words[1].value;
    if (!strcmp(who, "stranger")) return stranger_start(r);
    if (!strcmp(what, "answered")) return stranger_end(r);
    agent *a = agent_of(r, who);
    if (!strcmp(what, "wait")) return event_wait(r, a);
    if (!strcmp(what, "audio_echo")) return audio_echo(r, a);
    command_run(r, a);
}

/* Every agent leaves politely, the last made first; what it says until then belongs to the log. */
static void leave(runner *r) {
    for (int i = r->agent_count; i-- > 0;) {
        agent *a = &r->agents[i];
        if (!a->raw) continue;
        if (!a->leaving && sipua_agent_shutdown(a->raw, PATIENCE_MS, ++a->tag) < 0)
            give_up(r, "%s", sipua_last_error_text());
        while (!a->gone) event_take(r, a);
    }
}

static void clear(runner *r) {
    for (int i = 0; i < r->agent_count; i++) {
        sipua_agent_free(r->agents[i].raw);
        free(r->agents[i].name);
    }
    for (int i = 0; i < r->entry_count; i++) {
        sipua_event_destroy(r->entries[i]->event);
        free(r->entries[i]->stream);
        free(r->entries[i]->line);
        free(r->entries[i]);
    }
    for (int i = 0; i < r->name_count; i++) free(r->names[i].name);
    free(r->entries);
    free(r->names);
    script_free(&r->script);
}

static void play(FILE *log, const char *files, const char *path) {
    runner r = {.log = log, .files = files};
    const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    char *title = must(strndup(base, strcspn(base, ".")));
    script_read(&r.script, path);
    for (int i = 0; i < r.script.count; i++) {
        r.at = &r.script.statements[i];
        step(&r);
    }
    if (r.strangers) give_up(&r, "nobody looked at what %s", "a stranger was answered");
    leave(&r);
    log_write(&r, title);
    clear(&r);
    free(title);
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fputs("usage: conformance LOG SCENARIO ...\n", stderr);
        return 2;
    }
    FILE *log = fopen(argv[1], "w");
    if (!log) {
        perror(argv[1]);
        return 1;
    }
    for (int i = 2; i < argc; i++) play(log, argv[1], argv[i]);
    return fclose(log) ? 1 : 0;
}
