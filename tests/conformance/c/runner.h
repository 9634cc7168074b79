/* What happens in one scenario: its agents, the events taken from them, and what it has given names to. */
#ifndef CONFORMANCE_RUNNER_H
#define CONFORMANCE_RUNNER_H

#include <sipua/sipua.h>
#include <stdio.h>

#include "script.h"

#define AGENTS 8
#define PATIENCE_MS 30000 /* a bound, not a wait */

typedef struct agent {
    char *name;
    sipua_agent *raw;
    uint64_t tag; /* of its last command */
    bool leaving; /* sipua_agent_shutdown() was called */
    bool gone;    /* its shutdown event was taken */
} agent;

/* An event that was taken, or a line that the runner itself puts into the log. */
typedef struct entry {
    agent *from;
    sipua_event *event; /* NULL for a line */
    sipua_event_view view;
    char *stream; /* of a line */
    char *line;
    bool consumed; /* by a wait */
} entry;

/* What `-> NAME` named: an object, and the event that told of it. */
typedef struct name {
    char *name;
    sipua_id id;
    const sipua_event_view *event; /* NULL: a command made it */
} name;

typedef struct runner {
    script script;
    const statement *at;
    agent agents[AGENTS];
    int agent_count;
    entry **entries; /* in the order they were taken */
    int entry_count;
    name *names;
    int name_count;
    FILE *log;
    const char *files; /* $files: what the names of files that a scenario writes begin with */
    struct stranger *strangers;
} runner;

_Noreturn void give_up(runner *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Names and values (values.c) */
void name_it(runner *r, const char *name, sipua_id id, const sipua_event_view *event);
const char *name_of(const runner *r, sipua_id id); /* "?" for what has none */
/* The word's text with $NAME and $NAME.FIELD replaced; to be freed. */
char *expand(runner *r, const char *text);
/* The word as a number: digits, on, off, a constant of the header, $NAME. */
uint64_t number_of(runner *r, const word *w);
char *text_of(runner *r, const word *w);

/* Commands (commands.c): the statement's, all but `wait` and what the runner brings itself. */
void command_run(runner *r, agent *a);

/* Events (events.c) */
void event_wait(runner *r, agent *a);
/* Takes one event, or gives up. */
entry *event_take(runner *r, agent *a);
/* The member of that name as text, to be freed; NULL when it is 0 or nothing. */
char *event_field(const runner *r, const sipua_event_view *v, const char *field);

/* The log (log.c) */
void log_line(runner *r, const char *stream, const char *format, ...) __attribute__((format(printf, 3, 4)));
void log_write(runner *r, const char *scenario);

/* What the language brings itself: audio through the library's functions, and somebody who speaks raw SIP (actors.c) */
void audio_echo(runner *r, agent *a);
void stranger_start(runner *r);
void stranger_end(runner *r);

#endif
