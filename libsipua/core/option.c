#include "core/option.h"

#include "base/error.h"
#include "core/agent.h"
#include "ua/options.h"

static const core_option options[] = {
    {"log_level", CORE_OPTION_INT, CORE_SCOPE_AGENT, 0, 4, "2",
     "How much the log says: 0 nothing, 1 errors, 2 warnings, "
     "3 information, 4 everything.",
     "0.1", NULL},
    {"trace", CORE_OPTION_SWITCH, CORE_SCOPE_AGENT, 0, 0, "off",
     "Every SIP message sent and received becomes a trace event.", "0.1", NULL},
};

bool core_option_at(size_t index, core_option *out) {
    size_t own = sizeof options / sizeof options[0];
    if (index < own) {
        *out = options[index];
        return true;
    }
    const ua_option *o = ua_option_at(index - own);
    if (!o) return false;
    out->key = o->key;
    out->type = !strcmp(o->type, "int")      ? CORE_OPTION_INT
                : !strcmp(o->type, "switch") ? CORE_OPTION_SWITCH
                : !strcmp(o->type, "choice") ? CORE_OPTION_CHOICE
                                             : CORE_OPTION_STRING;
    out->scope = (o->scopes & UA_SCOPE_AGENT ? CORE_SCOPE_AGENT : 0) |
                 (o->scopes & UA_SCOPE_ACCOUNT ? CORE_SCOPE_ACCOUNT : 0) |
                 (o->scopes & UA_SCOPE_CALL ? CORE_SCOPE_CALL : 0);
    out->minimum = o->minimum;
    out->maximum = o->maximum;
    out->default_value = o->default_value;
    out->text = o->text;
    out->since = o->since;
    out->choices = o->choices;
    return true;
}

static bool find(const char *key, core_option *out) {
    for (size_t i = 0; core_option_at(i, out); i++)
        if (!strcmp(out->key, key)) return true;
    return false;
}

static bool number(const char *text, int32_t *out) {
    sx_slice s = sx_slice_str(text);
    bool minus = s.n && s.p[0] == '-';
    uint64_t v;
    if (minus) s = sx_slice_of(s.p + 1, s.n - 1);
    if (!s.n || !sx_to_u64(s, INT32_MAX, &v)) return false;
    *out = minus ? -(int32_t)v : (int32_t)v;
    return true;
}

static bool among(const char *choices, const char *word) {
    sx_slice rest = sx_slice_str(choices), w = sx_slice_str(word);
    while (rest.n)
        if (sx_eq(sx_split(rest, ' ', &rest), w)) return true;
    return false;
}

int core_option_check(core_kind kind, const char *key, const char *value) {
    core_option row, *o = &row;
    int32_t v;
    if (!find(key, o)) return sx_fail(SX_E_NOT_FOUND, "there is no option %.64s", key);
    unsigned scope = kind == CORE_NONE      ? CORE_SCOPE_AGENT
                     : kind == CORE_ACCOUNT ? CORE_SCOPE_ACCOUNT
                     : kind == CORE_CALL    ? CORE_SCOPE_CALL
                                            : 0;
    if (!(o->scope & scope)) return sx_fail(SX_E_KIND, "option %s does not belong to this kind of object", o->key);
    if (o->type == CORE_OPTION_SWITCH && strcmp(value, "on") && strcmp(value, "off"))
        return sx_fail(SX_E_INVALID, "option %s is on or off", o->key);
    if (o->type == CORE_OPTION_CHOICE && !among(o->choices, value))
        return sx_fail(SX_E_INVALID, "option %s is one of: %s", o->key, o->choices);
    if (o->type == CORE_OPTION_INT && (!number(value, &v) || v < o->minimum || v > o->maximum))
        return sx_fail(SX_E_INVALID, "option %s is a number from %d to %d", o->key, (int)o->minimum, (int)o->maximum);
    return SX_OK;
}

int core_option_apply(core_agent *a, core_entry *e, const char *key, const char *value) {
    int32_t v;
    int rc = core_option_check(e ? (core_kind)e->kind : CORE_NONE, key, value);
    if (rc < 0) return rc;
    if (!e && !strcmp(key, "log_level") && number(value, &v)) {
        __atomic_store_n(&a->log.level, v, __ATOMIC_RELAXED);
        return SX_OK;
    }
    if (!e && !strcmp(key, "trace")) {
        ua_agent_trace(a->ua, !strcmp(value, "on"));
        return SX_OK;
    }
    return ua_option_set(a->ua, e && e->kind == CORE_ACCOUNT ? e->object : NULL,
                         e && e->kind == CORE_CALL ? e->object : NULL, key, value);
}
