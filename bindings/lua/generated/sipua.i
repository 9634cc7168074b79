/* Written by abi/gen/generate from sipua.h. Do not edit.
 * SWIG turns this into generated/sipua_wrap.c, which is committed. */
%module sipua_raw

%{
#include "c/support.h"
#include "generated/structs.h"
%}

%include <stdint.i>
%rename("%(strip:[sipua_])s") "";

/* Numbers: finite, whole, in range. */
%typemap(in) int32_t { $1 = sl_i32(L, $input, "$symname", "$1_name"); }
%typemap(in) uint32_t { $1 = sl_u32(L, $input, "$symname", "$1_name"); }
%typemap(in) uint64_t { $1 = sl_u64(L, $input, "$symname", "$1_name"); }
%typemap(in) const char * { $1 = (char *)sl_string(L, $input, "$symname", "$1_name"); }
%typemap(in) const char *NULLABLE { $1 = (char *)sl_string_or_nil(L, $input, "$symname", "$1_name"); }
%typemap(in) (const int16_t *pcm, uint32_t samples) {
    $1 = (int16_t *)sl_pcm(L, $input, "$symname", "$1_name", &$2);
}
%typemap(in) (const char *bytes, uint32_t length) {
    $1 = (char *)sl_bytes(L, $input, "$symname", "$1_name", &$2);
}

%typemap(in) (const sipua_pair *pairs, uint32_t count) {
    $1 = (sipua_pair *)sl_pairs(L, $input, "$symname", "$1_name", &$2);
}

/* Handles. */
%typemap(in) sipua_agent * {
    $1 = sl_check_agent(L, $input, "$symname", "$1_name")->agent;
    if (!$1) return sl_closed(L);
}
%typemap(in) const sipua_event * {
    $1 = sl_check_event(L, $input, "$symname", "$1_name")->event;
    if (!$1) sl_bad(L, "$symname", "$1_name", "the event was destroyed");
}
/* Freeing twice is legal. */
%typemap(in) sipua_agent *FREE {
    sl_agent *handle = sl_check_agent(L, $input, "$symname", "$1_name");
    $1 = handle->agent;
    handle->agent = NULL;
}
%typemap(in) sipua_event *FREE {
    sl_event *handle = sl_check_event(L, $input, "$symname", "$1_name");
    $1 = handle->event;
    handle->event = NULL;
}

/* Results: what is negative is nil, code, text. */
%typemap(out) int32_t {
    if ($1 < 0) return sl_fail(L, $1);
    sl_push_int(L, $1);
    SWIG_arg++;
}
%typemap(out) int32_t PLAIN {
    sl_push_int(L, $1);
    SWIG_arg++;
}
%typemap(out) const char * {
    lua_pushstring(L, $1);
    SWIG_arg++;
}

/* Out parameters. */
%typemap(in, numinputs=0) sipua_id *ID_OUT (sipua_id made = 0) { $1 = &made; }
%typemap(argout) sipua_id *ID_OUT {
    sl_push_number(L, *$1);
    SWIG_arg++;
}
%typemap(in, numinputs=0) int32_t *NUMBER_OUT (int32_t number = 0) { $1 = &number; }
%typemap(argout) int32_t *NUMBER_OUT {
    sl_push_int(L, *$1);
    SWIG_arg++;
}
%typemap(in, numinputs=0) uint32_t *NUMBER_OUT (uint32_t number = 0) { $1 = &number; }
%typemap(argout) uint32_t *NUMBER_OUT {
    sl_push_number(L, *$1);
    SWIG_arg++;
}
%typemap(in, numinputs=0) sipua_agent **agent (int place) ""
%typemap(check) sipua_agent **agent {
    $1 = &sl_new_agent(L)->agent;
    place$argnum = lua_gettop(L);
}
%typemap(argout) sipua_agent **agent {
    lua_pushvalue(L, place$argnum);
    SWIG_arg++;
}
%typemap(in, numinputs=0) const char **TEXT_OUT (const char *text = NULL) { $1 = (char **)&text; }
%typemap(argout) const char **TEXT_OUT {
    lua_pushstring(L, *$1);
    SWIG_arg++;
}
%typemap(in, numinputs=0) uint64_t *size (uint64_t bytes = 0) { $1 = &bytes; }
%typemap(argout) uint64_t *size {
    lua_pushlstring(L, (const char *)result, (size_t)*$1);
    SWIG_arg++;
}
/* audio_read(agent, call, samples, timeout_ms) -> pcm, flags */
%typemap(in) (int16_t *pcm, uint32_t samples) (int16_t room[2048]) {
    $2 = sl_u32(L, $input, "$symname", "$2_name");
    if ($2 > SL_MAX_SAMPLES) sl_bad(L, "$symname", "$2_name", "more than %d", SL_MAX_SAMPLES);
    $1 = $2 <= sizeof room / sizeof *room ? room : (int16_t *)sl_scratch(L, $2 * sizeof *room);
}
%typemap(argout) (int16_t *pcm, uint32_t samples) {
    lua_pushlstring(L, (const char *)$1, (size_t)result * 2);
    SWIG_arg++;
}
/* audio_ready(agent) -> {ids} */
%typemap(in, numinputs=0) (sipua_id *calls, uint32_t capacity) (sipua_id ids[256]) {
    $1 = ids;
    $2 = sizeof ids / sizeof *ids;
}
%typemap(argout) (sipua_id *calls, uint32_t capacity) {
    sl_push_ids(L, $1, result);
    SWIG_arg++;
}
/* uri_parse(text) -> table; uri_write(table) -> text */
%typemap(in, numinputs=0) (char *parsed, uint32_t room) ""
%typemap(check) (char *parsed, uint32_t room) {
    size_t n = 0;
    for (int i = 1; i <= lua_gettop(L); i++) n += lua_type(L, i) == LUA_TSTRING ? strlen(lua_tostring(L, i)) : 0;
    $2 = (uint32_t)(3 * n + 64);
    $1 = (char *)sl_scratch(L, $2);
}
%typemap(argout) (char *parsed, uint32_t room) ""
%typemap(in, numinputs=0) (char *written, uint32_t room) ""
%typemap(check) (char *written, uint32_t room) {
    $2 = (uint32_t)(3 * sl_texts(&struct_uri, arg1) + 64);
    $1 = (char *)sl_scratch(L, $2);
}
%typemap(argout) (char *written, uint32_t room) {
    lua_pushlstring(L, $1, (size_t)result);
    SWIG_arg++;
}
/* document_write(type, fields) -> text */
%typemap(in, numinputs=0) (char *document, uint32_t room) ""
%typemap(check) (char *document, uint32_t room) {
    $2 = 65536;
    $1 = (char *)sl_scratch(L, $2);
}
%typemap(argout) (char *document, uint32_t room) {
    lua_pushlstring(L, $1, (size_t)result);
    SWIG_arg++;
}
%typemap(in) const sipua_agent_config * (sipua_agent_config filled) {
    sl_fill(L, $input, "$symname", "$1_name", &struct_agent_config, &filled);
    $1 = &filled;
}
%typemap(in) const sipua_agent_config *NULLABLE (sipua_agent_config filled) {
    $1 = NULL;
    if (!lua_isnoneornil(L, $input)) {
        sl_fill(L, $input, "$symname", "$1_name", &struct_agent_config, &filled);
        $1 = &filled;
    }
}
%typemap(in, numinputs=0) sipua_event_view * (sipua_event_view filled) {
    memset(&filled, 0, sizeof filled);
    filled.struct_size = sizeof filled;
    $1 = &filled;
}
%typemap(argout) sipua_event_view * {
    sl_push_event(L, &struct_event_view, event_fields($1->type), $1);
    SWIG_arg++;
}
%typemap(in, numinputs=0) sipua_field_info * (sipua_field_info filled) {
    memset(&filled, 0, sizeof filled);
    filled.struct_size = sizeof filled;
    $1 = &filled;
}
%typemap(argout) sipua_field_info * {
    sl_push_struct(L, &struct_field_info, $1);
    SWIG_arg++;
}
%typemap(in, numinputs=0) sipua_call_stats * (sipua_call_stats filled) {
    memset(&filled, 0, sizeof filled);
    filled.struct_size = sizeof filled;
    $1 = &filled;
}
%typemap(argout) sipua_call_stats * {
    sl_push_struct(L, &struct_call_stats, $1);
    SWIG_arg++;
}
%typemap(in, numinputs=0) sipua_agent_counters * (sipua_agent_counters filled) {
    memset(&filled, 0, sizeof filled);
    filled.struct_size = sizeof filled;
    $1 = &filled;
}
%typemap(argout) sipua_agent_counters * {
    sl_push_struct(L, &struct_agent_counters, $1);
    SWIG_arg++;
}
%typemap(in) const sipua_account_config * (sipua_account_config filled) {
    sl_fill(L, $input, "$symname", "$1_name", &struct_account_config, &filled);
    $1 = &filled;
}
%typemap(in) const sipua_account_config *NULLABLE (sipua_account_config filled) {
    $1 = NULL;
    if (!lua_isnoneornil(L, $input)) {
        sl_fill(L, $input, "$symname", "$1_name", &struct_account_config, &filled);
        $1 = &filled;
    }
}
%typemap(in) const sipua_call_config * (sipua_call_config filled) {
    sl_fill(L, $input, "$symname", "$1_name", &struct_call_config, &filled);
    $1 = &filled;
}
%typemap(in) const sipua_call_config *NULLABLE (sipua_call_config filled) {
    $1 = NULL;
    if (!lua_isnoneornil(L, $input)) {
        sl_fill(L, $input, "$symname", "$1_name", &struct_call_config, &filled);
        $1 = &filled;
    }
}
%typemap(in) const sipua_reply * (sipua_reply filled) {
    sl_fill(L, $input, "$symname", "$1_name", &struct_reply, &filled);
    $1 = &filled;
}
%typemap(in) const sipua_reply *NULLABLE (sipua_reply filled) {
    $1 = NULL;
    if (!lua_isnoneornil(L, $input)) {
        sl_fill(L, $input, "$symname", "$1_name", &struct_reply, &filled);
        $1 = &filled;
    }
}
%typemap(in) const sipua_collect_config * (sipua_collect_config filled) {
    sl_fill(L, $input, "$symname", "$1_name", &struct_collect_config, &filled);
    $1 = &filled;
}
%typemap(in) const sipua_collect_config *NULLABLE (sipua_collect_config filled) {
    $1 = NULL;
    if (!lua_isnoneornil(L, $input)) {
        sl_fill(L, $input, "$symname", "$1_name", &struct_collect_config, &filled);
        $1 = &filled;
    }
}
%typemap(in) const sipua_change * (sipua_change filled) {
    sl_fill(L, $input, "$symname", "$1_name", &struct_change, &filled);
    $1 = &filled;
}
%typemap(in) const sipua_change *NULLABLE (sipua_change filled) {
    $1 = NULL;
    if (!lua_isnoneornil(L, $input)) {
        sl_fill(L, $input, "$symname", "$1_name", &struct_change, &filled);
        $1 = &filled;
    }
}
%typemap(in) const sipua_request_config * (sipua_request_config filled) {
    sl_fill(L, $input, "$symname", "$1_name", &struct_request_config, &filled);
    $1 = &filled;
}
%typemap(in) const sipua_request_config *NULLABLE (sipua_request_config filled) {
    $1 = NULL;
    if (!lua_isnoneornil(L, $input)) {
        sl_fill(L, $input, "$symname", "$1_name", &struct_request_config, &filled);
        $1 = &filled;
    }
}
%typemap(in) const sipua_transfer_config * (sipua_transfer_config filled) {
    sl_fill(L, $input, "$symname", "$1_name", &struct_transfer_config, &filled);
    $1 = &filled;
}
%typemap(in) const sipua_transfer_config *NULLABLE (sipua_transfer_config filled) {
    $1 = NULL;
    if (!lua_isnoneornil(L, $input)) {
        sl_fill(L, $input, "$symname", "$1_name", &struct_transfer_config, &filled);
        $1 = &filled;
    }
}
%typemap(in) const sipua_conference_config * (sipua_conference_config filled) {
    sl_fill(L, $input, "$symname", "$1_name", &struct_conference_config, &filled);
    $1 = &filled;
}
%typemap(in) const sipua_conference_config *NULLABLE (sipua_conference_config filled) {
    $1 = NULL;
    if (!lua_isnoneornil(L, $input)) {
        sl_fill(L, $input, "$symname", "$1_name", &struct_conference_config, &filled);
        $1 = &filled;
    }
}
%typemap(in) const sipua_bridge_config * (sipua_bridge_config filled) {
    sl_fill(L, $input, "$symname", "$1_name", &struct_bridge_config, &filled);
    $1 = &filled;
}
%typemap(in) const sipua_bridge_config *NULLABLE (sipua_bridge_config filled) {
    $1 = NULL;
    if (!lua_isnoneornil(L, $input)) {
        sl_fill(L, $input, "$symname", "$1_name", &struct_bridge_config, &filled);
        $1 = &filled;
    }
}
%typemap(in) const sipua_subscribe_config * (sipua_subscribe_config filled) {
    sl_fill(L, $input, "$symname", "$1_name", &struct_subscribe_config, &filled);
    $1 = &filled;
}
%typemap(in) const sipua_subscribe_config *NULLABLE (sipua_subscribe_config filled) {
    $1 = NULL;
    if (!lua_isnoneornil(L, $input)) {
        sl_fill(L, $input, "$symname", "$1_name", &struct_subscribe_config, &filled);
        $1 = &filled;
    }
}
%typemap(in) const sipua_notify_config * (sipua_notify_config filled) {
    sl_fill(L, $input, "$symname", "$1_name", &struct_notify_config, &filled);
    $1 = &filled;
}
%typemap(in) const sipua_notify_config *NULLABLE (sipua_notify_config filled) {
    $1 = NULL;
    if (!lua_isnoneornil(L, $input)) {
        sl_fill(L, $input, "$symname", "$1_name", &struct_notify_config, &filled);
        $1 = &filled;
    }
}
%typemap(in) const sipua_publish_config * (sipua_publish_config filled) {
    sl_fill(L, $input, "$symname", "$1_name", &struct_publish_config, &filled);
    $1 = &filled;
}
%typemap(in) const sipua_publish_config *NULLABLE (sipua_publish_config filled) {
    $1 = NULL;
    if (!lua_isnoneornil(L, $input)) {
        sl_fill(L, $input, "$symname", "$1_name", &struct_publish_config, &filled);
        $1 = &filled;
    }
}
%typemap(in) const sipua_message_config * (sipua_message_config filled) {
    sl_fill(L, $input, "$symname", "$1_name", &struct_message_config, &filled);
    $1 = &filled;
}
%typemap(in) const sipua_message_config *NULLABLE (sipua_message_config filled) {
    $1 = NULL;
    if (!lua_isnoneornil(L, $input)) {
        sl_fill(L, $input, "$symname", "$1_name", &struct_message_config, &filled);
        $1 = &filled;
    }
}
%typemap(in) const sipua_listener_config * (sipua_listener_config filled) {
    sl_fill(L, $input, "$symname", "$1_name", &struct_listener_config, &filled);
    $1 = &filled;
}
%typemap(in) const sipua_listener_config *NULLABLE (sipua_listener_config filled) {
    $1 = NULL;
    if (!lua_isnoneornil(L, $input)) {
        sl_fill(L, $input, "$symname", "$1_name", &struct_listener_config, &filled);
        $1 = &filled;
    }
}
%typemap(in) const sipua_server_config * (sipua_server_config filled) {
    sl_fill(L, $input, "$symname", "$1_name", &struct_server_config, &filled);
    $1 = &filled;
}
%typemap(in) const sipua_server_config *NULLABLE (sipua_server_config filled) {
    $1 = NULL;
    if (!lua_isnoneornil(L, $input)) {
        sl_fill(L, $input, "$symname", "$1_name", &struct_server_config, &filled);
        $1 = &filled;
    }
}
%typemap(in, numinputs=0) sipua_option_info * (sipua_option_info filled) {
    memset(&filled, 0, sizeof filled);
    filled.struct_size = sizeof filled;
    $1 = &filled;
}
%typemap(argout) sipua_option_info * {
    sl_push_struct(L, &struct_option_info, $1);
    SWIG_arg++;
}
%typemap(in, numinputs=0) sipua_uri * (sipua_uri filled) {
    memset(&filled, 0, sizeof filled);
    filled.struct_size = sizeof filled;
    $1 = &filled;
}
%typemap(argout) sipua_uri * {
    sl_push_struct(L, &struct_uri, $1);
    SWIG_arg++;
}
%typemap(in) const sipua_uri * (sipua_uri filled) {
    sl_fill(L, $input, "$symname", "$1_name", &struct_uri, &filled);
    $1 = &filled;
}
%typemap(argout) const sipua_uri * ""
%typemap(in) sipua_switch { $1 = sl_switch(L, $input, "$symname", "$1_name"); }
%typemap(in) sipua_ask_kind { $1 = sl_word_of(L, $input, "$symname", "$1_name", words_ask_kind); }
%typemap(in) sipua_record_side { $1 = sl_word_of(L, $input, "$symname", "$1_name", words_record_side); }

%{
/* poll(agent, timeout_ms) -> event, table; false when none came. The handle exists before the event is taken, and owns
 * it: an error on the way loses nothing. */
int sl_poll(lua_State *L) {
    sipua_agent *agent = sl_check_agent(L, 1, "poll", "agent")->agent;
    int32_t timeout = sl_i32(L, 2, "poll", "timeout_ms");
    if (!agent) return sl_closed(L);
    sl_event *handle = lua_gettop(L) >= 3 ? sl_check_event(L, 3, "poll", "reuse") : sl_new_event(L);
    lua_settop(L, 3);
    if (handle->event) sl_bad(L, "poll", "reuse", "the handle holds an event");
    int32_t code = sipua_poll(agent, timeout, &handle->event);
    if (code < 0) return sl_fail(L, code);
    if (!code) {
        lua_pushboolean(L, 0);
        return 1;
    }
    sipua_event_view view = SIPUA_EVENT_VIEW_INIT;
    code = sipua_event_get(handle->event, &view);
    if (code < 0) return sl_fail(L, code);
    lua_pushvalue(L, 3);
    sl_push_event(L, &struct_event_view, event_fields(view.type), &view);
    return 2;
}
%}

/* What is not of the header. header_version: what this was compiled with; abi_version() may be older. */
%native(now) int sl_now(lua_State *L);
%native(wait) int sl_wait(lua_State *L);
%native(position) int sl_position(lua_State *L);
%native(own_folder) int sl_own_folder(lua_State *L);
%native(fiber_create) int sl_fiber_create(lua_State *L);
%native(fiber_resume) int sl_fiber_resume(lua_State *L);
%native(fiber_yield) int sl_fiber_yield(lua_State *L);
%native(poll) int sl_poll(lua_State *L);
%constant int32_t header_version = 2;

typedef int32_t sipua_error;
typedef int32_t sipua_cause;
typedef uint64_t sipua_id;
typedef int32_t sipua_switch;
typedef int32_t sipua_originator;
typedef int32_t sipua_log_level;
typedef int32_t sipua_ask_kind;
typedef int32_t sipua_event_type;
typedef uint32_t sipua_event_flags;
typedef int32_t sipua_media;
typedef int32_t sipua_record_side;
typedef int32_t sipua_change_method;
typedef uint32_t sipua_audio_flags;
typedef uint32_t sipua_disposition;
typedef int32_t sipua_server_mode;
%ignore sipua_agent_config;
%ignore sipua_event_view;
%ignore sipua_field_info;
%ignore sipua_call_stats;
%ignore sipua_agent_counters;
%ignore sipua_account_config;
%ignore sipua_call_config;
%ignore sipua_reply;
%ignore sipua_collect_config;
%ignore sipua_change;
%ignore sipua_request_config;
%ignore sipua_transfer_config;
%ignore sipua_conference_config;
%ignore sipua_bridge_config;
%ignore sipua_subscribe_config;
%ignore sipua_notify_config;
%ignore sipua_publish_config;
%ignore sipua_message_config;
%ignore sipua_listener_config;
%ignore sipua_server_config;
%ignore sipua_option_info;
%ignore sipua_uri;
int32_t sipua_abi_version(void);
const char *sipua_version(void);
const char *sipua_features(void);
const char *sipua_error_name(sipua_error code);
const char *sipua_error_text(sipua_error code);
int32_t sipua_error_retryable(sipua_error code);
int32_t sipua_error_fatal(sipua_error code);
%typemap(out) sipua_error sipua_last_error { sl_push_int(L, $1); SWIG_arg++; }
sipua_error sipua_last_error(void);
const char *sipua_last_error_text(void);
const char *sipua_cause_text(sipua_cause cause);
%apply const sipua_agent_config *NULLABLE { const sipua_agent_config *config };
%typemap(out) int32_t sipua_agent_create { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_agent_create(const sipua_agent_config *config, sipua_agent **agent);
%clear const sipua_agent_config *config;
int32_t sipua_agent_shutdown(sipua_agent *agent, int32_t deadline_ms, uint64_t tag);
int32_t sipua_agent_close(sipua_agent *agent);
%apply sipua_agent *FREE { sipua_agent *agent };
void sipua_agent_free(sipua_agent *agent);
%clear sipua_agent *agent;
int32_t sipua_agent_stats(sipua_agent *agent, uint64_t tag);
int32_t sipua_agent_ask(sipua_agent *agent, sipua_ask_kind kind, sipua_switch on, uint64_t tag);
int32_t sipua_network_changed(sipua_agent *agent, uint64_t tag);
int32_t sipua_agent_reload_tls(sipua_agent *agent, uint64_t tag);
int32_t sipua_agent_drain(sipua_agent *agent, sipua_switch on, uint64_t tag);
int32_t sipua_poll_interrupt(sipua_agent *agent);
int32_t sipua_agent_fd(sipua_agent *agent);
const char *sipua_event_type_name(sipua_event_type type);
%typemap(out) int32_t sipua_event_get { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_event_get(const sipua_event *event, sipua_event_view *view);
%apply sipua_event *FREE { sipua_event *event };
void sipua_event_destroy(sipua_event *event);
%clear sipua_event *event;
int32_t sipua_event_header_count(const sipua_event *event);
%apply const char **TEXT_OUT { const char **name };
%apply const char **TEXT_OUT { const char **value };
%typemap(out) int32_t sipua_event_header_at { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_event_header_at(const sipua_event *event, int32_t index, const char **name, const char **value);
%clear const char **name;
%clear const char **value;
const char *sipua_event_header(const sipua_event *event, const char *name, int32_t index);
%typemap(out) const uint8_t * sipua_event_message ""
const uint8_t *sipua_event_message(const sipua_event *event, uint64_t *size);
const char *sipua_event_json(const sipua_event *event);
int32_t sipua_event_document_count(const sipua_event *event);
%apply const char **TEXT_OUT { const char **name };
%apply const char **TEXT_OUT { const char **value };
%typemap(out) int32_t sipua_event_document_at { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_event_document_at(const sipua_event *event, int32_t index, const char **name, const char **value);
%clear const char **name;
%clear const char **value;
%apply (const sipua_pair *pairs, uint32_t count) { (const sipua_pair *fields, uint32_t field_count) };
%apply (char *document, uint32_t room) { (char *buffer, uint32_t capacity) };
%typemap(out) int32_t sipua_document_write { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_document_write(const char *type, const sipua_pair *fields, uint32_t field_count, char *buffer, uint32_t capacity);
%clear (const sipua_pair *fields, uint32_t field_count);
%clear (char *buffer, uint32_t capacity);
int32_t sipua_field_count(void);
%typemap(out) int32_t sipua_field_at { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_field_at(int32_t index, sipua_field_info *info);
int32_t sipua_call_stats_request(sipua_agent *agent, sipua_id call, uint64_t tag);
%typemap(out) int32_t sipua_event_call_stats { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_event_call_stats(const sipua_event *event, sipua_call_stats *stats);
%typemap(out) int32_t sipua_event_agent_stats { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_event_agent_stats(const sipua_event *event, sipua_agent_counters *counters);
%apply sipua_id *ID_OUT { sipua_id *account };
%typemap(out) int32_t sipua_account_create { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_account_create(sipua_agent *agent, const sipua_account_config *config, uint64_t tag, sipua_id *account);
%clear sipua_id *account;
int32_t sipua_account_register(sipua_agent *agent, sipua_id account, uint64_t tag);
int32_t sipua_account_unregister(sipua_agent *agent, sipua_id account, sipua_switch all, uint64_t tag);
%apply const char *NULLABLE { const char *token };
int32_t sipua_account_set_token(sipua_agent *agent, sipua_id account, const char *token, uint64_t tag);
%clear const char *token;
int32_t sipua_account_close(sipua_agent *agent, sipua_id account, uint64_t tag);
%apply sipua_id *ID_OUT { sipua_id *call };
%typemap(out) int32_t sipua_call_create { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_call_create(sipua_agent *agent, sipua_id account, const sipua_call_config *config, uint64_t tag, sipua_id *call);
%clear sipua_id *call;
%apply const sipua_reply *NULLABLE { const sipua_reply *reply };
int32_t sipua_call_ring(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag);
%clear const sipua_reply *reply;
%apply const sipua_reply *NULLABLE { const sipua_reply *reply };
int32_t sipua_call_answer(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag);
%clear const sipua_reply *reply;
%apply const sipua_reply *NULLABLE { const sipua_reply *reply };
int32_t sipua_call_reject(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag);
%clear const sipua_reply *reply;
%apply const sipua_reply *NULLABLE { const sipua_reply *reply };
int32_t sipua_call_hangup(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag);
%clear const sipua_reply *reply;
int32_t sipua_call_set_user(sipua_agent *agent, sipua_id call, uint64_t user, uint64_t tag);
int32_t sipua_call_dtmf(sipua_agent *agent, sipua_id call, const char *digits, int32_t duration_ms, int32_t gap_ms, uint64_t tag);
%apply sipua_id *ID_OUT { sipua_id *player };
%typemap(out) int32_t sipua_call_play { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_call_play(sipua_agent *agent, sipua_id call, const char *path, sipua_switch loop, uint64_t user, uint64_t tag, sipua_id *player);
%clear sipua_id *player;
int32_t sipua_player_stop(sipua_agent *agent, sipua_id player, uint64_t tag);
%apply sipua_id *ID_OUT { sipua_id *recorder };
%typemap(out) int32_t sipua_call_record { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_call_record(sipua_agent *agent, sipua_id call, const char *path, sipua_record_side side, uint64_t user, uint64_t tag, sipua_id *recorder);
%clear sipua_id *recorder;
int32_t sipua_recorder_stop(sipua_agent *agent, sipua_id recorder, uint64_t tag);
int32_t sipua_call_mute(sipua_agent *agent, sipua_id call, sipua_event_flags sides, sipua_switch on, uint64_t tag);
%apply const sipua_collect_config *NULLABLE { const sipua_collect_config *config };
%apply sipua_id *ID_OUT { sipua_id *collector };
%typemap(out) int32_t sipua_call_collect { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_call_collect(sipua_agent *agent, sipua_id call, const sipua_collect_config *config, uint64_t tag, sipua_id *collector);
%clear const sipua_collect_config *config;
%clear sipua_id *collector;
int32_t sipua_collector_stop(sipua_agent *agent, sipua_id collector, uint64_t tag);
%apply const sipua_change *NULLABLE { const sipua_change *change };
int32_t sipua_call_change(sipua_agent *agent, sipua_id call, const sipua_change *change, uint64_t tag);
%clear const sipua_change *change;
%apply const sipua_reply *NULLABLE { const sipua_reply *reply };
int32_t sipua_call_accept_change(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag);
%clear const sipua_reply *reply;
%apply const sipua_reply *NULLABLE { const sipua_reply *reply };
int32_t sipua_call_reject_change(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag);
%clear const sipua_reply *reply;
%apply const sipua_request_config *NULLABLE { const sipua_request_config *config };
%apply sipua_id *ID_OUT { sipua_id *request };
%typemap(out) int32_t sipua_call_request { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_call_request(sipua_agent *agent, sipua_id call, const sipua_request_config *config, uint64_t tag, sipua_id *request);
%clear const sipua_request_config *config;
%clear sipua_id *request;
%apply sipua_id *ID_OUT { sipua_id *transfer };
%typemap(out) int32_t sipua_call_transfer { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_call_transfer(sipua_agent *agent, sipua_id call, const sipua_transfer_config *config, uint64_t tag, sipua_id *transfer);
%clear sipua_id *transfer;
%apply sipua_id *ID_OUT { sipua_id *transfer };
%typemap(out) int32_t sipua_transfer_send { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_transfer_send(sipua_agent *agent, sipua_id account, const sipua_transfer_config *config, uint64_t tag, sipua_id *transfer);
%clear sipua_id *transfer;
%apply const sipua_call_config *NULLABLE { const sipua_call_config *config };
%apply sipua_id *ID_OUT { sipua_id *call };
%typemap(out) int32_t sipua_transfer_accept { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_transfer_accept(sipua_agent *agent, sipua_id transfer, const sipua_call_config *config, uint64_t tag, sipua_id *call);
%clear const sipua_call_config *config;
%clear sipua_id *call;
%apply const sipua_reply *NULLABLE { const sipua_reply *reply };
int32_t sipua_transfer_reject(sipua_agent *agent, sipua_id transfer, const sipua_reply *reply, uint64_t tag);
%clear const sipua_reply *reply;
%apply const sipua_conference_config *NULLABLE { const sipua_conference_config *config };
%apply sipua_id *ID_OUT { sipua_id *conference };
%typemap(out) int32_t sipua_conference_create { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_conference_create(sipua_agent *agent, const sipua_conference_config *config, uint64_t tag, sipua_id *conference);
%clear const sipua_conference_config *config;
%clear sipua_id *conference;
int32_t sipua_conference_add(sipua_agent *agent, sipua_id conference, sipua_id call, uint64_t tag);
int32_t sipua_conference_remove(sipua_agent *agent, sipua_id conference, sipua_id call, uint64_t tag);
%apply sipua_id *ID_OUT { sipua_id *player };
%typemap(out) int32_t sipua_conference_play { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_conference_play(sipua_agent *agent, sipua_id conference, const char *path, sipua_switch loop, uint64_t user, uint64_t tag, sipua_id *player);
%clear sipua_id *player;
%apply sipua_id *ID_OUT { sipua_id *recorder };
%typemap(out) int32_t sipua_conference_record { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_conference_record(sipua_agent *agent, sipua_id conference, const char *path, uint64_t user, uint64_t tag, sipua_id *recorder);
%clear sipua_id *recorder;
int32_t sipua_conference_end(sipua_agent *agent, sipua_id conference, sipua_switch hangup, uint64_t tag);
%apply const sipua_bridge_config *NULLABLE { const sipua_bridge_config *config };
%apply sipua_id *ID_OUT { sipua_id *bridge };
%typemap(out) int32_t sipua_bridge_create { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_bridge_create(sipua_agent *agent, sipua_id a, sipua_id b, const sipua_bridge_config *config, uint64_t tag, sipua_id *bridge);
%clear const sipua_bridge_config *config;
%clear sipua_id *bridge;
int32_t sipua_bridge_end(sipua_agent *agent, sipua_id bridge, uint64_t tag);
%apply sipua_id *ID_OUT { sipua_id *subscription };
%typemap(out) int32_t sipua_subscription_create { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_subscription_create(sipua_agent *agent, sipua_id account, const sipua_subscribe_config *config, uint64_t tag, sipua_id *subscription);
%clear sipua_id *subscription;
int32_t sipua_subscription_refresh(sipua_agent *agent, sipua_id subscription, int32_t expires, uint64_t tag);
int32_t sipua_subscription_end(sipua_agent *agent, sipua_id subscription, uint64_t tag);
%apply const sipua_notify_config *NULLABLE { const sipua_notify_config *config };
int32_t sipua_notifier_accept(sipua_agent *agent, sipua_id notifier, const sipua_notify_config *config, uint64_t user, uint64_t tag);
%clear const sipua_notify_config *config;
%apply const sipua_reply *NULLABLE { const sipua_reply *reply };
int32_t sipua_notifier_reject(sipua_agent *agent, sipua_id notifier, const sipua_reply *reply, uint64_t tag);
%clear const sipua_reply *reply;
int32_t sipua_notifier_notify(sipua_agent *agent, sipua_id notifier, const sipua_notify_config *config, uint64_t tag);
%apply sipua_id *ID_OUT { sipua_id *publication };
%typemap(out) int32_t sipua_publication_create { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_publication_create(sipua_agent *agent, sipua_id account, const sipua_publish_config *config, uint64_t tag, sipua_id *publication);
%clear sipua_id *publication;
%apply const char *NULLABLE { const char *content_type };
%apply (const char *bytes, uint32_t length) { (const char *body, uint32_t body_size) };
int32_t sipua_publication_update(sipua_agent *agent, sipua_id publication, const char *content_type, const char *body, uint32_t body_size, uint64_t tag);
%clear const char *content_type;
%clear (const char *body, uint32_t body_size);
int32_t sipua_publication_end(sipua_agent *agent, sipua_id publication, uint64_t tag);
int32_t sipua_audio_write(sipua_agent *agent, sipua_id call, const int16_t *pcm, uint32_t samples, int32_t rate, uint64_t segment, int32_t timeout_ms);
%apply uint32_t *NUMBER_OUT { sipua_audio_flags *flags };
%typemap(out) int32_t sipua_audio_read { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_audio_read(sipua_agent *agent, sipua_id call, int16_t *pcm, uint32_t samples, int32_t timeout_ms, sipua_audio_flags *flags);
%clear sipua_audio_flags *flags;
int32_t sipua_audio_set_rate(sipua_agent *agent, sipua_id call, int32_t rate);
int32_t sipua_audio_flush(sipua_agent *agent, sipua_id call, uint64_t tag);
int32_t sipua_audio_mark(sipua_agent *agent, sipua_id call, uint64_t mark);
int32_t sipua_audio_queued(sipua_agent *agent, sipua_id call);
int32_t sipua_audio_watch(sipua_agent *agent, sipua_id call, int32_t readable_ms, int32_t writable_ms);
%typemap(out) int32_t sipua_audio_ready { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_audio_ready(sipua_agent *agent, sipua_id *calls, uint32_t capacity);
%apply sipua_id *ID_OUT { sipua_id *message };
%typemap(out) int32_t sipua_message_send { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_message_send(sipua_agent *agent, sipua_id account, const sipua_message_config *config, uint64_t tag, sipua_id *message);
%clear sipua_id *message;
%apply const sipua_reply *NULLABLE { const sipua_reply *reply };
int32_t sipua_message_accept(sipua_agent *agent, sipua_id message, const sipua_reply *reply, uint64_t tag);
%clear const sipua_reply *reply;
%apply const sipua_reply *NULLABLE { const sipua_reply *reply };
int32_t sipua_message_reject(sipua_agent *agent, sipua_id message, const sipua_reply *reply, uint64_t tag);
%clear const sipua_reply *reply;
%apply sipua_id *ID_OUT { sipua_id *query };
%typemap(out) int32_t sipua_options_send { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_options_send(sipua_agent *agent, sipua_id account, const sipua_message_config *config, uint64_t tag, sipua_id *query);
%clear sipua_id *query;
%apply sipua_id *ID_OUT { sipua_id *listener };
%typemap(out) int32_t sipua_listener_create { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_listener_create(sipua_agent *agent, const sipua_listener_config *config, uint64_t tag, sipua_id *listener);
%clear sipua_id *listener;
int32_t sipua_listener_close(sipua_agent *agent, sipua_id listener, uint64_t tag);
%apply sipua_id *ID_OUT { sipua_id *server };
%typemap(out) int32_t sipua_server_create { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_server_create(sipua_agent *agent, const sipua_server_config *config, uint64_t tag, sipua_id *server);
%clear sipua_id *server;
%apply const char *NULLABLE { const char *password };
int32_t sipua_server_set_user(sipua_agent *agent, sipua_id server, const char *name, const char *password, uint64_t tag);
%clear const char *password;
int32_t sipua_server_close(sipua_agent *agent, sipua_id server, uint64_t tag);
int32_t sipua_option_set(sipua_agent *agent, sipua_id id, const char *key, const char *value, uint64_t tag);
int32_t sipua_option_count(void);
%typemap(out) int32_t sipua_option_at { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_option_at(int32_t index, sipua_option_info *info);
%apply (char *parsed, uint32_t room) { (char *buffer, uint32_t capacity) };
%typemap(out) int32_t sipua_uri_parse { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_uri_parse(const char *text, sipua_uri *uri, char *buffer, uint32_t capacity);
%clear (char *buffer, uint32_t capacity);
%apply (char *written, uint32_t room) { (char *buffer, uint32_t capacity) };
%typemap(out) int32_t sipua_uri_write { if ($1 < 0) return sl_fail(L, $1); }
int32_t sipua_uri_write(const sipua_uri *uri, char *buffer, uint32_t capacity);
%clear (char *buffer, uint32_t capacity);
