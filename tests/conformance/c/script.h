/* A scenario file as statements of words; what they mean is the runner's business. See ../README.md. */
#ifndef CONFORMANCE_SCRIPT_H
#define CONFORMANCE_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

/* key=value, key>=value, or a value alone (key NULL). Values are still to be expanded. */
typedef struct word {
    char *key;
    char *value; /* escapes undone, may hold any byte but NUL */
    bool quoted; /* "…": a string, whatever is in it */
    bool least;  /* >= */
} word;

typedef struct statement {
    const char *path; /* the file it stands in, and its line there */
    int line;
    int count;
    word *words; /* words[0] names the actor, words[1] says what it does */
    char *block; /* the lines that begin with '|', each ended with CRLF; NULL without any */
} statement;

typedef struct script {
    const char *path;
    int count;
    statement *statements;
    char *part; /* the path of a file that it includes */
} script;

/* `include NAME` stands for the lines of that file in the folder of this one; what is included includes nothing. Ends
 * the program with file, line and reason when the file cannot be read. */
void script_read(script *s, const char *path);
void script_free(script *s);

/* As printf, to standard error, then exit(1). */
_Noreturn void fail(const char *path, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));
void *must(void *allocated);

#endif
