/* The log of a scenario: what happened to each object, in order; addresses, times and ids under names. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"

void log_line(runner *r, const char *stream, const char *format, ...) {
    entry *e = must(calloc(1, sizeof *e));
    va_list args;
    va_start(args, format);
    if (vasprintf(&e->line, format, args) < 0) e->line = NULL;
    va_end(args);
    must(e->line);
    e->stream = must(strdup(stream));
    r->entries = must(realloc(r->entries, sizeof(entry *) * (size_t)(r->entry_count + 1)));
    r->entries[r->entry_count++] = e;
}

/* The name of who listens at that port, or PORT. */
static const char *port_name(const runner *r, long port) {
    for (int i = 0; i < r->name_count; i++) {
        const sipua_event_view *v = r->names[i].event;
        if (v && v->type == SIPUA_EVENT_LISTENING && v->port == port) return r->names[i].name;
    }
    return "PORT";
}

/* Contact users are twelve letters and digits that nobody can guess. */
static size_t contact_user(const char *p) {
    return strspn(p, "abcdefghijklmnopqrstuvwxyz012345") == 12 && p[12] == '@' ? 12 : 0;
}

/* Letters and digits, ".invalid": how long it is. */
static size_t invalid_host(const char *p) {
    size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789");
    return n && !strncmp(p + n, ".invalid", 8) ? n + 8 : 0;
}

static void put_text(const runner *r, FILE *f, const char *p) {
    const char *tls = getenv("SIPUA_TLS");
    fputc('"', f);
    while (*p) {
        if (!strncmp(p, "127.0.0.1:", 10) && p[10] >= '0' && p[10] <= '9') {
            char *end;
            fprintf(f, "127.0.0.1:%s", port_name(r, strtol(p + 10, &end, 10)));
            p = end;
        } else if (!strncmp(p, "sip:", 4) && contact_user(p + 4)) {
            fputs("sip:CONTACT", f);
            p += 16;
        } else if (invalid_host(p)) { /* of a WebSocket (RFC 7118 5.2) */
            fputs("HOST.invalid", f);
            p += invalid_host(p);
        } else if (!strncmp(p, "urn:uuid:", 9) && strspn(p + 9, "0123456789abcdef-") == 36) {
            fputs("urn:uuid:UUID", f);
            p += 45;
        } else if (tls && !strncmp(p, tls, strlen(tls))) {
            fputs("TLS", f);
            p += strlen(tls);
        } else if (!strncmp(p, r->files, strlen(r->files))) {
            fputs("FILES", f);
            p += strlen(r->files);
        } else if (*p == '"' || *p == '\\') {
            fprintf(f, "\\%c", *p++);
        } else if ((unsigned char)*p < 0x20 || *p == 0x7f) {
            fprintf(f, "\\u%04x", *p++);
        } else {
            fputc(*p++, f);
        }
    }
    fputc('"', f);
}

static const char *const bare[] = {"id",    "account",     "call",           "other",          "user",
                                   "tag",   "code",        "status",         "originator",     "flags",
                                   "q850",  "expires",     "retry_ms",       "port",           "local_port",
                                   "rate",  "deadline_ms", "default_status", "digit",          "level",
                                   "count", "mark",        "segment",        "answer_after_s", "fork"};
static const char *const quoted[] = {
    "package",  "state",      "cause",      "reason",    "text",     "from",          "from_name",    "to",
    "to_name",  "target",     "codec",      "transport", "host",     "module",        "content_type", "check",
    "names",    "local_host", "pub_gruu",   "temp_gruu", "identity", "identity_name", "diversion",    "referred_by",
    "replaces", "privacy",    "message_id", "digits",    "dialog"};

static bool is_random(const char *name) { /* Call-IDs and tags */
    return !strcmp(name, "replaces") || !strcmp(name, "dialog");
}

static char *event_line(const runner *r, const entry *e) {
    char *out = NULL, *value;
    size_t size;
    FILE *f = must(open_memstream(&out, &size));
    fputs(sipua_event_type_name(e->view.type), f);
    for (size_t i = 0; i < sizeof bare / sizeof bare[0]; i++) {
        if (!(value = event_field(r, &e->view, bare[i]))) continue;
        bool timed = !strcmp(bare[i], "retry_ms") && e->view.retry_ms > 0; /* it has a random part */
        const char *shown = timed                            ? "TIME"
                            : !strcmp(bare[i], "port")       ? port_name(r, e->view.port)
                            : !strcmp(bare[i], "local_port") ? port_name(r, e->view.local_port)
                                                             : value;
        fprintf(f, " %s=%s", bare[i], shown);
        free(value);
    }
    for (size_t i = 0; i < sizeof quoted / sizeof quoted[0]; i++) {
        if (!(value = event_field(r, &e->view, quoted[i]))) continue;
        fprintf(f, " %s=", quoted[i]);
        if (is_random(quoted[i]))
            fputs("RANDOM", f);
        else
            put_text(r, f, value);
        free(value);
    }
    if ((value = event_field(r, &e->view, "body"))) {
        if (e->view.content_type && !strcmp(e->view.content_type, "application/sdp"))
            fputs(" body=SDP", f);
        else if (e->view.type == SIPUA_EVENT_TRACE)
            fputs(" body=SIP", f);
        else
            fprintf(f, " body=\"%s\"", value);
        free(value);
    }
    fclose(f);
    return out;
}

/* Kinds that come or do not come as the machine is fast or slow: only those that the scenario waited for. */
static bool lossy(sipua_event_type type) {
    switch (type) {
    case SIPUA_EVENT_MEDIA_STALLED:
    case SIPUA_EVENT_MEDIA_RESUMED:
    case SIPUA_EVENT_AUDIO_READY:
    case SIPUA_EVENT_STATS:
    case SIPUA_EVENT_TRACE:
    case SIPUA_EVENT_LOG:
    case SIPUA_EVENT_OVERFLOW:
    case SIPUA_EVENT_SUSPICIOUS:
    case SIPUA_EVENT_TRANSPORT_DISCONNECTED:
    case SIPUA_EVENT_BRIDGE_CHANGED: return true;
    default: return false;
    }
}

/* Media has a thread of its own: what it reports is in order among itself. */
static bool of_media(sipua_event_type type) {
    return (type >= SIPUA_EVENT_MEDIA_READY && type <= SIPUA_EVENT_RECORD_DONE) || type == SIPUA_EVENT_DTMF ||
           type == SIPUA_EVENT_DTMF_SENT || type == SIPUA_EVENT_STATS;
}

static char *stream_of(const runner *r, const entry *e) {
    char *out;
    const sipua_event_view *v = &e->view;
    const char *about = v->type == SIPUA_EVENT_REPLY ? "replies" : v->id ? name_of(r, v->id) : "agent";
    if (asprintf(&out, "%s %s%s", e->from->name, about, of_media(v->type) ? " media" : "") < 0) out = NULL;
    return must(out);
}

static int by_stream(const void *a, const void *b) {
    const entry *const *x = a, *const *y = b;
    return strcmp((*x)->stream, (*y)->stream);
}

/* Insertion: the order within a stream must stay, which qsort() does not promise. */
static void sort(entry **all, int count) {
    for (int i = 1; i < count; i++) {
        entry *e = all[i];
        int at = i;
        for (; at && by_stream(&all[at - 1], &e) > 0; at--) all[at] = all[at - 1];
        all[at] = e;
    }
}

void log_write(runner *r, const char *scenario) {
    entry **all = must(malloc(sizeof *all * (size_t)(r->entry_count + 1)));
    int count = 0;
    for (int i = 0; i < r->entry_count; i++) {
        entry *e = r->entries[i];
        if (e->event && lossy(e->view.type) && !e->consumed) continue;
        if (e->event) {
            e->stream = stream_of(r, e);
            e->line = event_line(r, e);
        }
        all[count++] = e;
    }
    sort(all, count);
    fprintf(r->log, "== %s\n", scenario);
    for (int i = 0; i < count; i++) {
        if (!i || strcmp(all[i]->stream, all[i - 1]->stream)) fprintf(r->log, "-- %s\n", all[i]->stream);
        fprintf(r->log, "%s\n", all[i]->line);
    }
    fflush(r->log);
    free(all);
}
