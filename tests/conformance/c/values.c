/* What a word of a scenario stands for. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"

void name_it(runner *r, const char *text, sipua_id id, const sipua_event_view *event) {
    for (int i = 0; i < r->name_count; i++)
        if (!strcmp(r->names[i].name, text)) give_up(r, "%s is named twice", text);
    r->names = must(realloc(r->names, sizeof *r->names * (size_t)(r->name_count + 1)));
    r->names[r->name_count++] = (name){must(strdup(text)), id, event};
}

const char *name_of(const runner *r, sipua_id id) {
    for (int i = 0; i < r->name_count; i++)
        if (r->names[i].id == id) return r->names[i].name;
    return "?";
}

static const name *find(runner *r, const char *text, size_t n) {
    for (int i = 0; i < r->name_count; i++)
        if (strlen(r->names[i].name) == n && !memcmp(r->names[i].name, text, n)) return &r->names[i];
    give_up(r, "nothing is called %.*s", (int)n, text);
}

static size_t name_length(const char *p) { return strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789_"); }

/* $NAME or $NAME.FIELD at *p: its text, with *p behind it. */
static char *variable(runner *r, const char **p) {
    const char *at = *p + 1;
    size_t n = name_length(at), field = at[n] == '.' ? name_length(at + n + 1) : 0;
    char *text = NULL;
    if (n == 5 && !memcmp(at, "files", 5)) {
        *p = at + n;
        return must(strdup(r->files));
    }
    if (n == 3 && !memcmp(at, "tls", 3)) { /* certificates and keys */
        *p = at + n;
        return must(strdup(getenv("SIPUA_TLS") ? getenv("SIPUA_TLS") : "."));
    }
    const name *named = find(r, at, n);
    *p = at + n + (field ? field + 1 : 0);
    if (!field) {
        if (asprintf(&text, "%llu", (unsigned long long)named->id) < 0) text = NULL;
        return must(text);
    }
    char *which = must(strndup(at + n + 1, field));
    if (named->event) text = event_field(r, named->event, which);
    if (!text) give_up(r, "%s has no %s", named->name, which);
    free(which);
    return text;
}

char *expand(runner *r, const char *text) {
    char *out = NULL;
    size_t size;
    FILE *f = must(open_memstream(&out, &size));
    for (const char *p = text; *p;) {
        if (*p != '$' || !name_length(p + 1) || !strncmp(p, "$self", 5)) { /* $self: see actors.c */
            fputc(*p++, f);
            continue;
        }
        char *value = variable(r, &p);
        fputs(value, f);
        free(value);
    }
    fclose(f);
    return out;
}

char *text_of(runner *r, const word *w) {
    size_t digits = strspn(w->value, "0123456789");
    if (!w->quoted && *w->value && !w->value[digits]) give_up(r, "a text of digits stands in quotes: \"%s\"", w->value);
    return expand(r, w->value);
}

static const struct {
    const char *name;
    int64_t value;
} constants[] = {
    {"on", SIPUA_ON},
    {"off", SIPUA_OFF},
    {"SIPUA_ASK_CALL", SIPUA_ASK_CALL},
    {"SIPUA_ASK_MESSAGE", SIPUA_ASK_MESSAGE},
    {"SIPUA_ASK_CHANGE", SIPUA_ASK_CHANGE},
    {"SIPUA_ASK_TRANSFER", SIPUA_ASK_TRANSFER},
    {"SIPUA_ASK_SUBSCRIBE", SIPUA_ASK_SUBSCRIBE},
    {"SIPUA_ASK_REPLACE", SIPUA_ASK_REPLACE},
    {"SIPUA_ASK_JOIN", SIPUA_ASK_JOIN},
    {"SIPUA_CHANGE_INVITE", SIPUA_CHANGE_INVITE},
    {"SIPUA_CHANGE_UPDATE", SIPUA_CHANGE_UPDATE},
    {"SIPUA_FLAG_SEND", SIPUA_FLAG_SEND},
    {"SIPUA_FLAG_RECEIVE", SIPUA_FLAG_RECEIVE},
    {"SIPUA_DISPOSITION_DELIVERED", SIPUA_DISPOSITION_DELIVERED},
    {"SIPUA_DISPOSITION_DISPLAYED", SIPUA_DISPOSITION_DISPLAYED},
    {"SIPUA_MEDIA_RTP", SIPUA_MEDIA_RTP},
    {"SIPUA_MEDIA_NONE", SIPUA_MEDIA_NONE},
    {"SIPUA_SERVER_PROXY", SIPUA_SERVER_PROXY},
    {"SIPUA_SERVER_REDIRECT", SIPUA_SERVER_REDIRECT},
    {"SIPUA_RECORD_FAR", SIPUA_RECORD_FAR},
    {"SIPUA_RECORD_NEAR", SIPUA_RECORD_NEAR},
    {"SIPUA_RECORD_STEREO", SIPUA_RECORD_STEREO},
    {"SIPUA_LOG_NONE", SIPUA_LOG_NONE},
    {"SIPUA_LOG_DEBUG", SIPUA_LOG_DEBUG},
};

uint64_t number_of(runner *r, const word *w) {
    if (w->quoted) give_up(r, "a number is needed, not \"%s\"", w->value);
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++)
        if (!strcmp(constants[i].name, w->value)) return (uint64_t)constants[i].value;
    char *text = expand(r, w->value), *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (errno || end == text || *end) give_up(r, "not a number: %s", text);
    free(text);
    return (uint64_t)n;
}
