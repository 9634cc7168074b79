#include "script.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fail(const char *path, int line, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s:%d: ", path, line);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

void *must(void *allocated) {
    if (!allocated) {
        fputs("no memory\n", stderr);
        exit(1);
    }
    return allocated;
}

static int hex(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

/* One escape, *p at its backslash: the byte, with *p behind it. */
static char escape(const char *path, int line, const char **p) {
    const char *at = *p + 1;
    *p += 2;
    if (*at == 'n') return '\n';
    if (*at == 'r') return '\r';
    if (*at == '"' || *at == '\\') return *at;
    if (*at != 'x' || hex(at[1]) < 0 || hex(at[2]) < 0)
        fail(path, line, "an escape is \\n \\r \\\" \\\\ or \\x with two digits");
    *p += 2;
    return (char)(hex(at[1]) << 4 | hex(at[2]));
}

static word read_word(const char *path, int line, const char **p) {
    word w = {0};
    const char *at = *p;
    char *out = must(malloc(strlen(at) + 1));
    size_t n = 0;
    while (*at && *at != ' ') {
        if (*at == '"') {
            w.quoted = true;
            for (at++; *at != '"';) {
                if (!*at) fail(path, line, "a quote does not end");
                out[n++] = *at == '\\' ? escape(path, line, &at) : *at++;
            }
            at++;
        } else if (*at == '=' && !w.key && !w.quoted && n) {
            w.least = out[n - 1] == '>';
            w.key = must(strndup(out, n - w.least));
            n = 0;
            at++;
        } else {
            out[n++] = *at++;
        }
    }
    out[n] = 0;
    w.value = out;
    *p = at;
    return w;
}

static void read_words(statement *s, const char *path, const char *p) {
    for (;;) {
        while (*p == ' ') p++;
        if (!*p || *p == '#') return;
        s->words = must(realloc(s->words, sizeof *s->words * (size_t)(s->count + 1)));
        s->words[s->count++] = read_word(path, s->line, &p);
    }
}

static void add_block(script *s, const char *path, int line, const char *text) {
    if (!s->count) fail(path, line, "nothing before this line takes a block");
    statement *to = &s->statements[s->count - 1];
    size_t n = to->block ? strlen(to->block) : 0;
    to->block = must(realloc(to->block, n + strlen(text) + 3));
    for (const char *p = *text == ' ' ? text + 1 : text; *p;)
        to->block[n++] = *p == '\\' ? escape(path, line, &p) : *p++;
    memcpy(to->block + n, "\r\n", 3);
}

static void free_words(statement *s) {
    for (int k = 0; k < s->count; k++) {
        free(s->words[k].key);
        free(s->words[k].value);
    }
    free(s->words);
}

/* The path of the file that a statement includes, to be freed; NULL when it includes none. */
static char *included(const statement *s) {
    const char *slash = strrchr(s->path, '/');
    char *path;
    if (s->count != 2 || strcmp(s->words[0].value, "include")) return NULL;
    if (asprintf(&path, "%.*s%s", slash ? (int)(slash - s->path) + 1 : 0, s->path, s->words[1].value) < 0) path = NULL;
    return must(path);
}

/* Returns the file's `include`, which is to be freed, and stops there; NULL at the end. */
static char *read_lines(script *s, const char *path, FILE *f, int *line) {
    char *text = NULL, *part = NULL;
    size_t room = 0;
    ssize_t n;
    while (!part && (n = getline(&text, &room, f)) > 0) {
        ++*line;
        if (text[n - 1] == '\n') text[n - 1] = 0;
        if (*text == '|') {
            add_block(s, path, *line, text + 1);
            continue;
        }
        statement one = {.path = path, .line = *line};
        read_words(&one, path, text);
        if (!one.count) continue;
        if (one.count < 2) fail(path, *line, "a line says who does what");
        if ((part = included(&one))) {
            free_words(&one);
            continue;
        }
        s->statements = must(realloc(s->statements, sizeof one * (size_t)(s->count + 1)));
        s->statements[s->count++] = one;
    }
    free(text);
    return part;
}

static FILE *open_file(const char *path) {
    FILE *f = fopen(path, "r");
    if (!f) fail(path, 0, "cannot be read");
    return f;
}

void script_read(script *s, const char *path) {
    int line = 0, part_line = 0;
    char *part;
    FILE *f = open_file(path);
    *s = (script){.path = path};
    while ((part = read_lines(s, path, f, &line))) {
        if (s->part) fail(path, line, "one include is enough");
        s->part = part;
        FILE *inner = open_file(part);
        if (read_lines(s, part, inner, &part_line)) fail(part, part_line, "what is included includes nothing");
        fclose(inner);
    }
    fclose(f);
}

void script_free(script *s) {
    for (int i = 0; i < s->count; i++) {
        free_words(&s->statements[i]);
        free(s->statements[i].block);
    }
    free(s->statements);
    free(s->part);
}
