/* An event as one JSON object: the form that all languages and logs share. */
#include "src/json.h"

#include <stdlib.h>

#include "base/buf.h"

typedef struct json {
    sx_buf b;
    bool first;
} json;

static void text(json *j, sx_slice s) {
    static const char hex[] = "0123456789abcdef";
    sx_buf_char(&j->b, '"');
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f) continue;
        sx_buf_put(&j->b, s.p + from, i - from);
        from = i + 1;
        char escape = c == '\n' ? 'n' : c == '\r' ? 'r' : c == '\t' ? 't' : c == '"' || c == '\\' ? (char)c : 0;
        if (escape) {
            sx_buf_char(&j->b, '\\');
            sx_buf_char(&j->b, escape);
        } else {
            SX_BUF_LIT(&j->b, "\\u00");
            sx_buf_char(&j->b, hex[c >> 4]);
            sx_buf_char(&j->b, hex[c & 15]);
        }
    }
    sx_buf_put(&j->b, s.p + from, s.n - from);
    sx_buf_char(&j->b, '"');
}

static void name(json *j, const char *key) {
    if (!j->first) sx_buf_char(&j->b, ',');
    j->first = false;
    sx_buf_char(&j->b, '"');
    sx_buf_str(&j->b, key);
    SX_BUF_LIT(&j->b, "\":");
}

static void put_text(json *j, const char *key, const char *s) {
    if (!s) return;
    name(j, key);
    text(j, sx_slice_str(s));
}

static void put_int(json *j, const char *key, int64_t v) {
    name(j, key);
    if (v < 0) sx_buf_char(&j->b, '-');
    sx_buf_u64(&j->b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

static void put_id(json *j, const char *key, uint64_t v) {
    if (v) put_int(j, key, (int64_t)v);
}

static void digits(sx_buf *b, uint32_t v, int width) {
    char d[10];
    for (int i = width - 1; i >= 0; i--, v /= 10) d[i] = (char)('0' + v % 10);
    sx_buf_put(b, d, (size_t)width);
}

/* ISO 8601 in UTC, without the host's locale or time zone: days since 1970 to a date by counting eras of 400 years. */
static void put_time(json *j, uint64_t ms) {
    uint64_t days = ms / 86400000, of_day = ms % 86400000;
    int64_t z = (int64_t)days + 719468, era = z / 146097;
    uint32_t doe = (uint32_t)(z - era * 146097);
    uint32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    uint32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    uint32_t day = doy - (153 * mp + 2) / 5 + 1, month = mp < 10 ? mp + 3 : mp - 9;
    uint32_t year = (uint32_t)(yoe + era * 400) + (month <= 2);
    name(j, "time");
    sx_buf_char(&j->b, '"');
    digits(&j->b, year, 4);
    sx_buf_char(&j->b, '-');
    digits(&j->b, month, 2);
    sx_buf_char(&j->b, '-');
    digits(&j->b, day, 2);
    sx_buf_char(&j->b, 'T');
    digits(&j->b, (uint32_t)(of_day / 3600000), 2);
    sx_buf_char(&j->b, ':');
    digits(&j->b, (uint32_t)(of_day / 60000 % 60), 2);
    sx_buf_char(&j->b, ':');
    digits(&j->b, (uint32_t)(of_day / 1000 % 60), 2);
    sx_buf_char(&j->b, '.');
    digits(&j->b, (uint32_t)(of_day % 1000), 3);
    SX_BUF_LIT(&j->b, "Z\"");
}

static void put_flags(json *j, uint32_t flags) {
    static const char *const names[] = {
        "refresh",  "early_media", "established",     "default",         "flushed",    "final",
        "followed", "hold",        "resume",          "offerless",       "send",       "receive",
        "join",     "added",       "wants_delivered", "wants_displayed", "early_only", "auto_answer"};
    bool first = true;
    name(j, "flags");
    sx_buf_char(&j->b, '[');
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!(flags & (1u << i))) continue;
        if (!first) sx_buf_char(&j->b, ',');
        first = false;
        text(j, sx_slice_str(names[i]));
    }
    sx_buf_char(&j->b, ']');
}

static void put_body(json *j, const uint8_t *p, uint64_t n) {
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    sx_slice s = sx_slice_of((const char *)p, (size_t)n);
    if (!n) return;
    if (core_utf8_valid(s)) {
        name(j, "body");
        text(j, s);
        return;
    }
    name(j, "body_base64");
    sx_buf_char(&j->b, '"');
    for (size_t i = 0; i < n; i += 3) {
        size_t have = n - i < 3 ? (size_t)n - i : 3;
        uint32_t v = (uint32_t)p[i] << 16 | (have > 1 ? (uint32_t)p[i + 1] << 8 : 0) | (have > 2 ? p[i + 2] : 0);
        char q[4] = {set[v >> 18], set[v >> 12 & 63], have > 1 ? set[v >> 6 & 63] : '=', have > 2 ? set[v & 63] : '='};
        sx_buf_put(&j->b, q, 4);
    }
    sx_buf_char(&j->b, '"');
}

static void put_words(json *j, const sipua_event_view *v, uint64_t fields) {
    static const char *const who[] = {NULL, "local", "remote", "system"};
    static const char *const levels[] = {NULL, "error", "warning", "info", "debug"};
    char digit[2] = {(char)v->digit, 0};
    if (fields & ABI_F_CAUSE && v->cause) put_text(j, "cause", sipua_cause_text(v->cause));
    if (fields & ABI_F_CODE && v->code) {
        put_int(j, "code", v->code);
        put_text(j, "error", sipua_error_name(v->code));
    }
    if (fields & ABI_F_ORIGINATOR && v->originator > 0 && v->originator < 4)
        put_text(j, "originator", who[v->originator]);
    if (fields & ABI_F_FLAGS) put_flags(j, v->flags);
    if (fields & ABI_F_LEVEL && v->level > 0 && v->level < 5) put_text(j, "level", levels[v->level]);
    if (fields & ABI_F_DIGIT) put_text(j, "digit", digit);
}

static void put_numbers(json *j, const sipua_event_view *v, uint64_t fields) {
    const struct {
        uint64_t bit;
        const char *key;
        int64_t value;
        bool always;
    } all[] = {{ABI_F_Q850, "q850", v->q850, false},
               {ABI_F_EXPIRES, "expires", v->expires, true},
               {ABI_F_RETRY_MS, "retry_ms", v->retry_ms, true},
               {ABI_F_PORT, "port", v->port, true},
               {ABI_F_LOCAL_PORT, "local_port", v->local_port, false},
               {ABI_F_RATE, "rate", v->rate, true},
               {ABI_F_DEADLINE_MS, "deadline_ms", v->deadline_ms, true},
               {ABI_F_DEFAULT_STATUS, "default_status", v->default_status, true},
               {ABI_F_COUNT, "count", (int64_t)v->count, true},
               {ABI_F_DURATION_MS, "duration_ms", (int64_t)v->duration_ms, true},
               {ABI_F_MARK, "mark", (int64_t)v->mark, true},
               {ABI_F_SEGMENT, "segment", (int64_t)v->segment, true},
               {ABI_F_PLAYED_MS, "played_ms", (int64_t)v->played_ms, true},
               {ABI_F_DISCARDED_MS, "discarded_ms", (int64_t)v->discarded_ms, true},
               {ABI_F_ANSWER_AFTER_S, "answer_after_s", v->answer_after_s, (v->flags & SIPUA_FLAG_AUTO_ANSWER) != 0},
               {ABI_F_FORK, "fork", v->fork, false}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (fields & all[i].bit && (all[i].always || all[i].value)) put_int(j, all[i].key, all[i].value);
}

static void put_texts(json *j, const sipua_event_view *v) {
    put_text(j, "package", v->package);
    put_text(j, "state", v->state);
    put_text(j, "from", v->from);
    put_text(j, "from_name", v->from_name);
    put_text(j, "to", v->to);
    put_text(j, "to_name", v->to_name);
    put_text(j, "target", v->target);
    put_text(j, "identity", v->identity);
    put_text(j, "identity_name", v->identity_name);
    put_text(j, "diversion", v->diversion);
    put_text(j, "referred_by", v->referred_by);
    put_text(j, "replaces", v->replaces);
    put_text(j, "privacy", v->privacy);
    put_text(j, "dialog", v->dialog);
    put_text(j, "message_id", v->message_id);
    put_text(j, "digits", v->digits);
    put_text(j, "codec", v->codec);
    put_text(j, "transport", v->transport);
    put_text(j, "host", v->host);
    put_text(j, "local_host", v->local_host);
    put_text(j, "pub_gruu", v->pub_gruu);
    put_text(j, "temp_gruu", v->temp_gruu);
    put_text(j, "check", v->check);
    put_text(j, "names", v->names);
    put_text(j, "module", v->module);
    put_text(j, "text", v->text);
    put_text(j, "content_type", v->content_type);
    put_body(j, v->body, v->body_size);
}

static void put_call_stats(json *j, const core_call_stats *c) {
    sipua_call_stats s = SIPUA_CALL_STATS_INIT;
    abi_call_stats(&s, c);
    put_text(j, "codec", s.codec);
    put_text(j, "remote_address", s.remote_address);
    put_int(j, "ptime_ms", s.ptime_ms);
    put_int(j, "duration_ms", (int64_t)s.duration_ms);
    put_int(j, "packets_sent", (int64_t)s.packets_sent);
    put_int(j, "bytes_sent", (int64_t)s.bytes_sent);
    put_int(j, "packets_received", (int64_t)s.packets_received);
    put_int(j, "bytes_received", (int64_t)s.bytes_received);
    put_int(j, "packets_lost", (int64_t)s.packets_lost);
    put_int(j, "packets_late", (int64_t)s.packets_late);
    put_int(j, "packets_duplicate", (int64_t)s.packets_duplicate);
    put_int(j, "packets_reordered", (int64_t)s.packets_reordered);
    put_int(j, "packets_invalid", (int64_t)s.packets_invalid);
    put_int(j, "frames_concealed", (int64_t)s.frames_concealed);
    put_int(j, "underrun_ms", (int64_t)s.underrun_ms);
    put_int(j, "overrun_ms", (int64_t)s.overrun_ms);
    put_int(j, "remote_packets_lost", (int64_t)s.remote_packets_lost);
    put_int(j, "jitter_us", s.jitter_us);
    put_int(j, "remote_jitter_us", s.remote_jitter_us);
    put_int(j, "rtt_us", s.rtt_us);
    put_int(j, "jitter_buffer_ms", s.jitter_buffer_ms);
    put_int(j, "queued_ms", s.queued_ms);
}

static void put_counters(json *j, const core_agent_stats *c) {
    sipua_agent_counters s = SIPUA_AGENT_COUNTERS_INIT;
    abi_counters(&s, c);
    put_int(j, "calls_now", (int64_t)s.calls_now);
    put_int(j, "calls_total", (int64_t)s.calls_total);
    put_int(j, "accounts_now", (int64_t)s.accounts_now);
    put_int(j, "transactions_now", (int64_t)s.transactions_now);
    put_int(j, "connections_now", (int64_t)s.connections_now);
    put_int(j, "messages_received", (int64_t)s.messages_received);
    put_int(j, "messages_sent", (int64_t)s.messages_sent);
    put_int(j, "retransmissions", (int64_t)s.retransmissions);
    put_int(j, "malformed", (int64_t)s.malformed);
    put_int(j, "refused", (int64_t)s.refused);
    put_int(j, "events_dropped", (int64_t)s.events_dropped);
}

static char *build(const core_event *e) {
    sipua_event_view v = SIPUA_EVENT_VIEW_INIT;
    json j = {.first = true};
    const abi_event_info *info = abi_event_info_of(e->type);
    uint64_t fields = info ? info->fields : UINT64_MAX;
    abi_view(&v, e);
    sx_buf_init(&j.b);
    sx_buf_char(&j.b, '{');
    put_time(&j, v.time_ms);
    put_text(&j, "event", info ? info->name : "");
    put_id(&j, "id", v.id);
    put_id(&j, "account", v.account);
    put_id(&j, "call", v.call);
    put_id(&j, "other", v.other);
    put_id(&j, "user", v.user);
    put_id(&j, "tag", v.tag);
    if (fields & ABI_F_STATUS) put_int(&j, "status", v.status);
    put_text(&j, "reason", v.reason);
    put_words(&j, &v, fields);
    put_numbers(&j, &v, fields);
    put_texts(&j, &v);
    if (e->call_stats) put_call_stats(&j, e->call_stats);
    if (e->agent_stats) put_counters(&j, e->agent_stats);
    sx_buf_char(&j.b, '}');
    sx_buf_char(&j.b, 0);
    if (j.b.failed) {
        sx_buf_free(&j.b);
        return NULL;
    }
    return j.b.p;
}

const char *sipua_event_json(const sipua_event *event) {
    if (!event) {
        sx_fail(SX_E_INVALID, "event is NULL");
        return NULL;
    }
    core_event *e = (core_event *)(uintptr_t)event;
    char *have = __atomic_load_n(&e->json, __ATOMIC_ACQUIRE), *none = NULL;
    if (have) return have;
    char *made = build(e);
    if (!made) {
        sx_fail(SX_E_NOMEM, "no memory for the text of an event");
        return NULL;
    }
    if (__atomic_compare_exchange_n(&e->json, &none, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return made;
    free(made);
    return none;
}
