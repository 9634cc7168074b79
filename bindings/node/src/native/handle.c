/* The two handles, as externals that know when they are closed, and how Node's loop is woken.
 *
 * An agent belongs to the environment (main thread or worker) that made it. When that environment ends, in mid-call or
 * not, its cleanup hook silences the wakeup and stops the agent's threads before the thread-safe function goes; the
 * external's finaliser, which runs later or at a garbage collection, frees the memory. */
#include <stdlib.h>

#include "convert.h"

typedef struct node_agent {
    sipua_agent *agent; /* NULL once freed */
    napi_env env;
    napi_threadsafe_function wake; /* NULL without one */
} node_agent;

typedef struct node_event {
    sipua_event *event;
    int64_t size; /* roughly what it holds, for the garbage collector */
} node_event;

const napi_type_tag node_agent_tag = {0x7369707561206167ULL, 0x656e7420a1f39c02ULL};
const napi_type_tag node_event_tag = {0x7369707561206576ULL, 0x656e742b0d51e7f4ULL};

/* On a thread of the library. */
static void wake(void *arg) {
    napi_call_threadsafe_function((napi_threadsafe_function)arg, NULL, napi_tsfn_nonblocking);
}

static void silence(node_agent *self) {
    napi_threadsafe_function function = self->wake;
    if (!function) return;
    self->wake = NULL;
    sipua_agent_set_wakeup(self->agent, NULL, NULL); /* returns when a running wake() has ended */
    napi_release_threadsafe_function(function, napi_tsfn_abort);
}

static void environment_ends(void *arg) {
    node_agent *self = (node_agent *)arg;
    silence(self);
    sipua_agent_close(self->agent);
}

static void release(node_agent *self) {
    if (!self->agent) return;
    napi_remove_env_cleanup_hook(self->env, environment_ends, self);
    silence(self);
    sipua_agent_free(self->agent);
    self->agent = NULL;
}

static void agent_collected(napi_env env, void *data, void *hint) {
    (void)env, (void)hint;
    release((node_agent *)data);
    free(data);
}

static void event_gone(napi_env env, node_event *self) {
    int64_t total;
    if (!self->event) return;
    sipua_event_destroy(self->event);
    self->event = NULL;
    napi_adjust_external_memory(env, -self->size, &total);
}

static void event_collected(napi_env env, void *data, void *hint) {
    (void)hint;
    event_gone(env, (node_event *)data);
    free(data);
}

static void *handle_of(napi_env env, napi_value value, const char *name, const napi_type_tag *tag, const char *wanted) {
    napi_valuetype type;
    bool ours = false;
    void *data = NULL;
    if (napi_typeof(env, value, &type) != napi_ok) return NULL;
    if (type != napi_external || napi_check_object_type_tag(env, value, tag, &ours) != napi_ok || !ours ||
        napi_get_value_external(env, value, &data) != napi_ok) {
        node_throw_type(env, name, wanted, value);
        return NULL;
    }
    return data;
}

bool node_agent_in(napi_env env, napi_value value, const char *name, sipua_agent **out) {
    node_agent *self = (node_agent *)handle_of(env, value, name, &node_agent_tag, "an agent");
    if (!self) return false;
    if (!self->agent) {
        node_throw(env, SIPUA_E_CLOSED, "the agent has been freed");
        return false;
    }
    *out = self->agent;
    return true;
}

napi_value node_agent_out(napi_env env, sipua_agent *agent) {
    node_agent *self = (node_agent *)calloc(1, sizeof *self);
    if (!self) {
        sipua_agent_free(agent);
        node_throw(env, SIPUA_E_NOMEM, NULL);
        return NULL;
    }
    self->agent = agent;
    self->env = env;
    napi_value value;
    if (napi_create_external(env, self, agent_collected, NULL, &value) != napi_ok) {
        sipua_agent_free(agent);
        free(self);
        return NULL;
    }
    napi_add_env_cleanup_hook(env, environment_ends, self);
    napi_type_tag_object(env, value, &node_agent_tag);
    return value;
}

bool node_event_in(napi_env env, napi_value value, const char *name, sipua_event **out) {
    node_event *self = (node_event *)handle_of(env, value, name, &node_event_tag, "an event");
    if (!self) return false;
    if (!self->event) {
        node_throw(env, SIPUA_E_GONE, "the event has been destroyed");
        return false;
    }
    *out = self->event;
    return true;
}

napi_value node_event_out(napi_env env, sipua_event *event) {
    if (!event) return node_text(env, NULL);
    node_event *self = (node_event *)malloc(sizeof *self);
    napi_value value = NULL;
    if (self) {
        int64_t total;
        uint64_t message = 0;
        sipua_event_message(event, &message);
        self->event = event;
        self->size = (int64_t)message + 512;
        if (napi_create_external(env, self, event_collected, NULL, &value) == napi_ok) {
            napi_adjust_external_memory(env, self->size, &total);
            napi_type_tag_object(env, value, &node_event_tag); /* without it the handle is refused, and collected */
            return value;
        }
    }
    sipua_event_destroy(event);
    free(self);
    node_throw(env, SIPUA_E_NOMEM, NULL);
    return NULL;
}

static napi_value undefined(napi_env env) {
    napi_value value = NULL;
    napi_get_undefined(env, &value);
    return value;
}

static bool arguments(napi_env env, napi_callback_info info, size_t wanted, napi_value *values) {
    size_t count = wanted;
    if (napi_get_cb_info(env, info, &count, values, NULL, NULL) != napi_ok) return false;
    if (count == wanted) return true;
    napi_throw_type_error(env, "ERR_MISSING_ARGS", "a wrong number of arguments");
    return false;
}

/* agent_free(agent): closes it if need be and releases it now. Twice is legal. */
static napi_value agent_free(napi_env env, napi_callback_info info) {
    napi_value value;
    if (!arguments(env, info, 1, &value)) return NULL;
    node_agent *self = (node_agent *)handle_of(env, value, "agent", &node_agent_tag, "an agent");
    if (!self) return NULL;
    release(self);
    return undefined(env);
}

/* event_destroy(event): releases it now. Twice is legal. */
static napi_value event_destroy(napi_env env, napi_callback_info info) {
    napi_value value;
    if (!arguments(env, info, 1, &value)) return NULL;
    node_event *self = (node_event *)handle_of(env, value, "event", &node_event_tag, "an event");
    if (!self) return NULL;
    event_gone(env, self);
    return undefined(env);
}

static bool live_agent(napi_env env, napi_value value, node_agent **out) {
    sipua_agent *agent;
    *out = NULL;
    if (!node_agent_in(env, value, "agent", &agent)) return false;
    return napi_get_value_external(env, value, (void **)out) == napi_ok;
}

/* agent_on_wakeup(agent, function or null): the function is called on this environment's loop when events wait, and
 * then each time the queue stops being empty. It does not keep the process alive until agent_ref(). */
static napi_value agent_on_wakeup(napi_env env, napi_callback_info info) {
    napi_value values[2], name;
    napi_valuetype type;
    node_agent *self;
    if (!arguments(env, info, 2, values) || !live_agent(env, values[0], &self) ||
        napi_typeof(env, values[1], &type) != napi_ok)
        return NULL;
    if (type != napi_function && type != napi_null) {
        node_throw_type(env, "callback", "a function or null", values[1]);
        return NULL;
    }
    silence(self);
    if (type == napi_null) return undefined(env);
    /* The hook goes first and last: what ends with the environment ends in the reverse order of its making, and the
     * wakeup must be silent before the thread-safe function goes. */
    napi_remove_env_cleanup_hook(env, environment_ends, self);
    napi_create_string_utf8(env, "sipua", NAPI_AUTO_LENGTH, &name);
    napi_status made =
        napi_create_threadsafe_function(env, values[1], NULL, name, 0, 1, NULL, NULL, NULL, NULL, &self->wake);
    napi_add_env_cleanup_hook(env, environment_ends, self);
    if (made != napi_ok) {
        self->wake = NULL;
        node_throw(env, SIPUA_E_NOMEM, NULL);
        return NULL;
    }
    napi_unref_threadsafe_function(env, self->wake);
    int32_t result = sipua_agent_set_wakeup(self->agent, wake, self->wake);
    if (result < 0) {
        silence(self);
        node_throw(env, result, NULL);
        return NULL;
    }
    return undefined(env);
}

static napi_value keep(napi_env env, napi_callback_info info, bool alive) {
    napi_value value;
    node_agent *self;
    if (!arguments(env, info, 1, &value) || !live_agent(env, value, &self)) return NULL;
    if (self->wake && alive)
        napi_ref_threadsafe_function(env, self->wake);
    else if (self->wake)
        napi_unref_threadsafe_function(env, self->wake);
    return undefined(env);
}

/* agent_ref(agent), agent_unref(agent): whether the wakeup keeps the process alive. */
static napi_value agent_ref(napi_env env, napi_callback_info info) { return keep(env, info, true); }

static napi_value agent_unref(napi_env env, napi_callback_info info) { return keep(env, info, false); }

/* An array of what the event says: its handle, the common members, those of its type; or, of an unknown type, the whole
 * view as one object. */
static napi_value flat(napi_env env, sipua_event *event, const sipua_event_view *view) {
    const node_event_kind *kind = node_event_kind_of(view->type);
    bool plain =
        view->type == SIPUA_EVENT_REPLY || view->type == SIPUA_EVENT_AUDIO_READY; /* frequent, and nothing behind */
    napi_value list, value = plain ? node_text(env, NULL) : node_event_out(env, event);
    uint32_t at = 0;
    if (!value ||
        napi_create_array_with_length(env, (size_t)node_event_common_count + (kind ? kind->count : 1) + 1, &list) !=
            napi_ok ||
        napi_set_element(env, list, at++, value) != napi_ok)
        return NULL;
    for (uint8_t i = 0; i < node_event_common_count; i++) {
        value = node_member_out(env, &node_event_view.members[node_event_common[i]], view);
        if (!value || napi_set_element(env, list, at++, value) != napi_ok) return NULL;
    }
    for (uint8_t i = 0; kind && i < kind->count; i++) {
        value = node_member_out(env, &node_event_view.members[kind->members[i]], view);
        if (!value || napi_set_element(env, list, at++, value) != napi_ok) return NULL;
    }
    if (!kind && napi_set_element(env, list, at, node_struct_out(env, &node_event_view, view)) != napi_ok) return NULL;
    if (plain) sipua_event_destroy(event);
    return list;
}

/* agent_take(agent): sipua_poll() without waiting and sipua_event_get() in one, made to be fast; null when nothing
 * waits or the agent is closed. */
static napi_value agent_take(napi_env env, napi_callback_info info) {
    napi_value value;
    node_agent *self;
    sipua_event *event;
    if (!arguments(env, info, 1, &value) || !live_agent(env, value, &self)) return NULL;
    int32_t result;
    do result = sipua_poll(self->agent, 0, &event);
    while (result == SIPUA_E_INTERRUPTED);
    if (result == SIPUA_E_CLOSED || result == 0) return node_text(env, NULL);
    if (result < 0) {
        node_throw(env, result, NULL);
        return NULL;
    }
    sipua_event_view view = SIPUA_EVENT_VIEW_INIT;
    result = sipua_event_get(event, &view);
    if (result < 0) {
        sipua_event_destroy(event);
        node_throw(env, result, NULL);
        return NULL;
    }
    return flat(env, event, &view);
}

/* The class that failures become, a slot a thread: an environment lives on one thread. */
static __thread struct {
    napi_env env;
    napi_ref class;
} errors;

static void errors_end(void *env) {
    if (errors.env == (napi_env)env) errors.env = NULL;
}

/* set_error_class(class): what the library refuses is thrown as new class(code, text). */
static napi_value set_error_class(napi_env env, napi_callback_info info) {
    napi_value value;
    napi_valuetype type;
    napi_ref reference;
    if (!arguments(env, info, 1, &value) || napi_typeof(env, value, &type) != napi_ok) return NULL;
    if (type != napi_function) {
        node_throw_type(env, "class", "a class", value);
        return NULL;
    }
    if (napi_create_reference(env, value, 1, &reference) != napi_ok) return NULL;
    if (errors.env == env)
        napi_delete_reference(env, errors.class);
    else
        napi_add_env_cleanup_hook(env, errors_end, env);
    errors.env = env;
    errors.class = reference;
    return undefined(env);
}

void node_throw(napi_env env, int32_t code, const char *text) {
    bool pending = false;
    napi_value values[2], error = NULL, class = NULL;
    if (napi_is_exception_pending(env, &pending) == napi_ok && pending) return;
    if (!text)
        text =
            sipua_last_error() == code && *sipua_last_error_text() ? sipua_last_error_text() : sipua_error_text(code);
    if (napi_create_int32(env, code, &values[0]) != napi_ok ||
        napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &values[1]) != napi_ok)
        return;
    if (errors.env == env && napi_get_reference_value(env, errors.class, &class) == napi_ok && class) {
        if (napi_new_instance(env, class, 2, values, &error) != napi_ok) return;
    } else if (napi_create_error(env, NULL, values[1], &error) != napi_ok ||
               napi_set_named_property(env, error, "code", values[0]) != napi_ok) {
        return;
    }
    napi_throw(env, error);
}

bool node_extras(napi_env env, napi_value exports) {
    static const struct {
        const char *name;
        napi_callback function;
    } extras[] = {{"agent_free", agent_free},           {"event_destroy", event_destroy},
                  {"agent_on_wakeup", agent_on_wakeup}, {"agent_ref", agent_ref},
                  {"agent_unref", agent_unref},         {"agent_take", agent_take},
                  {"set_error_class", set_error_class}};
    for (size_t i = 0; i < sizeof extras / sizeof *extras; i++) {
        napi_value function;
        if (napi_create_function(env, extras[i].name, NAPI_AUTO_LENGTH, extras[i].function, NULL, &function) !=
                napi_ok ||
            napi_set_named_property(env, exports, extras[i].name, function) != napi_ok)
            return false;
    }
    return true;
}
