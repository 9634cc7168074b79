/* Taking events, and their members as text in the words of sipua_event_json(). */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "runner.h"

typedef enum shape { ID, NUMBER, CODE, CAUSE, WHO, FLAGS, LEVEL, DIGIT, TEXT } shape;

static const struct {
    const char *name;
    size_t at;
    shape shape;
    bool wide;
} members[] = {
#define M(name, shape, wide)                                                                                           \
    { #name, offsetof(sipua_event_view, name), shape, wide }
    M(id, ID, true),
    M(account, ID, true),
    M(call, ID, true),
    M(other, ID, true),
    M(user, NUMBER, true),
    M(tag, NUMBER, true),
    M(code, CODE, false),
    M(status, NUMBER, false),
    M(cause, CAUSE, false),
    M(originator, WHO, false),
    M(flags, FLAGS, false),
    M(q850, NUMBER, false),
    M(expires, NUMBER, false),
    M(retry_ms, NUMBER, false),
    M(port, NUMBER, false),
    M(local_port, NUMBER, false),
    M(rate, NUMBER, false),
    M(deadline_ms, NUMBER, false),
    M(default_status, NUMBER, false),
    M(digit, DIGIT, false),
    M(level, LEVEL, false),
    M(count, NUMBER, true),
    M(answer_after_s, NUMBER, false),
    M(fork, NUMBER, false),
    M(duration_ms, NUMBER, true),
    M(mark, NUMBER, true),
    M(segment, NUMBER, true),
    M(played_ms, NUMBER, true),
    M(discarded_ms, NUMBER, true),
    M(package, TEXT, true),
    M(state, TEXT, true),
    M(reason, TEXT, true),
    M(text, TEXT, true),
    M(from, TEXT, true),
    M(from_name, TEXT, true),
    M(to, TEXT, true),
    M(to_name, TEXT, true),
    M(target, TEXT, true),
    M(identity, TEXT, true),
    M(identity_name, TEXT, true),
    M(diversion, TEXT, true),
    M(referred_by, TEXT, true),
    M(replaces, TEXT, true),
    M(privacy, TEXT, true),
    M(dialog, TEXT, true),
    M(message_id, TEXT, true),
    M(digits, TEXT, true),
    M(codec, TEXT, true),
    M(transport, TEXT, true),
    M(host, TEXT, true),
    M(module, TEXT, true),
    M(content_type, TEXT, true),
    M(check, TEXT, true),
    M(names, TEXT, true),
    M(local_host, TEXT, true),
    M(pub_gruu, TEXT, true),
    M(temp_gruu, TEXT, true),
};

static char *flag_words(uint32_t flags) {
    static const char *const words[] = {
        "refresh",  "early_media", "established",     "default",         "flushed",    "final",
        "followed", "hold",        "resume",          "offerless",       "send",       "receive",
        "join",     "added",       "wants_delivered", "wants_displayed", "early_only", "auto_answer"};
    char *out = must(calloc(1, 256));
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (flags & 1u << i) strcat(strcat(out, *out ? "," : ""), words[i]);
    return out;
}

static const char *word_at(const char *const *words, int64_t count, int64_t at) {
    return at > 0 && at < count ? words[at] : "?";
}

/* Raw bytes: what is not printable ASCII as \xNN. */
static char *body_text(const sipua_event_view *v) {
    char *out = must(malloc(v->body_size * 4 + 1)), *p = out;
    for (uint64_t i = 0; i < v->body_size; i++) {
        uint8_t c = v->body[i];
        p += sprintf(p, c < 0x20 || c > 0x7e || c == '\\' || c == '"' ? "\\x%02x" : "%c", c);
    }
    *p = 0;
    return out;
}

char *event_field(const runner *r, const sipua_event_view *v, const char *field) {
    static const char *const who[] = {"", "local", "remote", "system"};
    static const char *const levels[] = {"", "error", "warning", "info", "debug"};
    char *out = NULL;
    if (!strcmp(field, "event")) return must(strdup(sipua_event_type_name(v->type)));
    if (!strcmp(field, "body")) return v->body_size ? body_text(v) : NULL;
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if (strcmp(members[i].name, field)) continue;
        const char *at = (const char *)v + members[i].at;
        if (members[i].shape == TEXT) {
            const char *text = *(const char *const *)(const void *)at;
            return text && *text ? must(strdup(text)) : NULL;
        }
        int64_t n = members[i].wide ? *(const int64_t *)(const void *)at : *(const int32_t *)(const void *)at;
        if (!n) return NULL;
        switch (members[i].shape) {
        case ID: return must(strdup(name_of(r, (sipua_id)n)));
        case CODE: return must(strdup(sipua_error_name((sipua_error)n)));
        case CAUSE: return must(strdup(sipua_cause_text((sipua_cause)n)));
        case WHO: return must(strdup(word_at(who, 4, n)));
        case LEVEL: return must(strdup(word_at(levels, 5, n)));
        case FLAGS: return flag_words((uint32_t)n);
        case DIGIT: return asprintf(&out, "%c", (char)n) < 0 ? NULL : out;
        default: return asprintf(&out, "%lld", (long long)n) < 0 ? NULL : out;
        }
    }
    return NULL;
}

static int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

entry *event_take(runner *r, agent *a) {
    int64_t until = now_ms() + PATIENCE_MS;
    for (;;) {
        sipua_event *event;
        int64_t left = until - now_ms();
        int32_t rc = sipua_poll(a->raw, left < 0 ? 0 : (int32_t)left, &event);
        if (rc == SIPUA_E_INTERRUPTED) continue;
        if (rc < 0) give_up(r, "%s has no more events: %s", a->name, sipua_last_error_text());
        if (!event) give_up(r, "%s waited in vain", a->name);
        entry *e = must(calloc(1, sizeof *e));
        e->from = a;
        e->event = event;
        e->view.struct_size = sizeof e->view;
        if (sipua_event_get(event, &e->view) < 0) give_up(r, "an event cannot be read: %s", sipua_last_error_text());
        if (e->view.type == SIPUA_EVENT_SHUTDOWN) a->gone = true;
        r->entries = must(realloc(r->entries, sizeof(entry *) * (size_t)(r->entry_count + 1)));
        r->entries[r->entry_count++] = e;
        return e;
    }
}

static char *document_value(const sipua_event *event, const char *wanted) {
    const char *name, *value;
    for (int32_t i = 0; sipua_event_document_at(event, i, &name, &value) == SIPUA_OK; i++)
        if (!strcmp(name, wanted)) return must(strdup(value));
    return NULL;
}

/* Is what the scenario says of a member true of this event? */
static bool holds(runner *r, const entry *e, const word *w) {
    char *wanted = expand(r, w->value), *have;
    if (!strncmp(w->key, "header:", 7)) {
        const char *value = sipua_event_header(e->event, w->key + 7, 0);
        have = value ? must(strdup(value)) : NULL;
    } else if (!strncmp(w->key, "document:", 9)) {
        have = document_value(e->event, w->key + 9);
    } else {
        have = event_field(r, &e->view, w->key);
    }
    bool ok = w->least ? strtoll(have ? have : "0", NULL, 10) >= strtoll(wanted, NULL, 10)
                       : !strcmp(have ? have : "", wanted);
    free(wanted);
    free(have);
    return ok;
}

static bool matches(runner *r, const entry *e, const char *kind, sipua_id id, const word *words, int count) {
    if (strcmp(sipua_event_type_name(e->view.type), kind) || (id && e->view.id != id)) return false;
    for (int i = 0; i < count; i++)
        if (!holds(r, e, &words[i])) return false;
    return true;
}

/* AGENT wait EVENT [$OBJECT] [member=value …] [-> NAME] */
void event_wait(runner *r, agent *a) {
    const word *words = r->at->words + 2;
    int count = r->at->count - 2, from = 1;
    const char *name = NULL;
    sipua_id id = 0;
    if (count < 1) give_up(r, "wait for what?");
    if (count > 2 && !words[count - 2].key && !strcmp(words[count - 2].value, "->")) {
        name = words[count - 1].value;
        count -= 2;
    }
    if (count > 1 && !words[1].key) id = number_of(r, &words[from++]);
    for (int i = from; i < count; i++)
        if (!words[i].key) give_up(r, "wait takes member=value, not %s", words[i].value);
    for (int i = 0;; i++) {
        entry *e = i < r->entry_count ? r->entries[i] : event_take(r, a);
        if (!e->event || e->from != a || e->consumed || !matches(r, e, words[0].value, id, words + from, count - from))
            continue;
        e->consumed = true;
        if (name) name_it(r, name, e->view.id, &e->view);
        return;
    }
}
