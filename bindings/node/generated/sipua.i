/* Written by abi/gen/generate from sipua.h. Do not edit. */
%module sipua
%begin %{
#define NAPI_VERSION 8
#define NAPI_DISABLE_CPP_EXCEPTIONS
%}
%header %{
#include <mutex>

#include "convert.h"

// SWIG's tables are static: two workers that load this at once take turns.
#undef NODE_API_MODULE
#define NODE_API_MODULE(name, function)                                          \
    static napi_value load_##name(napi_env env, napi_value exports)              \
    {                                                                            \
        static std::mutex one;                                                   \
        std::lock_guard<std::mutex> turn(one);                                   \
        napi_value module = Napi::RegisterModule(env, exports, function);        \
        return module && node_extras(env, module) ? module : nullptr;            \
    }                                                                            \
    NAPI_MODULE(name, load_##name)

namespace {
struct Arena {
    node_arena arena = {nullptr};
    ~Arena() { node_arena_drop(&arena); }
    operator node_arena *() { return &arena; }
};

napi_value undefined(napi_env env)
{
    napi_value value = nullptr;
    napi_get_undefined(env, &value);
    return value;
}
}
%}
%header %{
static const node_member sipua_agent_config_members[] = {
    {"struct_size", NODE_HIDDEN, offsetof(sipua_agent_config, struct_size), 0, 0, 0},
    {"max_calls", NODE_I32, offsetof(sipua_agent_config, max_calls), 0, 0, 0},
    {"bind", NODE_STRING, offsetof(sipua_agent_config, bind), 0, 0, 0},
    {"advertise", NODE_STRING, offsetof(sipua_agent_config, advertise), 0, 0, 0},
    {"listen", NODE_STRINGS, offsetof(sipua_agent_config, listen), offsetof(sipua_agent_config, listen_count), 0, 0},
    {"listen_count", NODE_HIDDEN, offsetof(sipua_agent_config, listen_count), 0, 0, 0},
    {"open", NODE_I32, offsetof(sipua_agent_config, open), 0, 0, 0},
    {"user_agent", NODE_STRING, offsetof(sipua_agent_config, user_agent), 0, 0, 0},
    {"codecs", NODE_STRINGS, offsetof(sipua_agent_config, codecs), offsetof(sipua_agent_config, codec_count), 0, 0},
    {"codec_count", NODE_HIDDEN, offsetof(sipua_agent_config, codec_count), 0, 0, 0},
    {"rtp_port_min", NODE_I32, offsetof(sipua_agent_config, rtp_port_min), 0, 0, 0},
    {"rtp_port_max", NODE_I32, offsetof(sipua_agent_config, rtp_port_max), 0, 0, 0},
    {"media_workers", NODE_I32, offsetof(sipua_agent_config, media_workers), 0, 0, 0},
    {"queue_events", NODE_I32, offsetof(sipua_agent_config, queue_events), 0, 0, 0},
    {"queue_bytes", NODE_I32, offsetof(sipua_agent_config, queue_bytes), 0, 0, 0},
    {"log_level", NODE_I32, offsetof(sipua_agent_config, log_level), 0, 0, 0},
    {"trace", NODE_I32, offsetof(sipua_agent_config, trace), 0, 0, 0},
    {"dns_servers", NODE_STRINGS, offsetof(sipua_agent_config, dns_servers), offsetof(sipua_agent_config, dns_server_count), 0, 0},
    {"dns_server_count", NODE_HIDDEN, offsetof(sipua_agent_config, dns_server_count), 0, 0, 0},
    {"reserved", NODE_HIDDEN, offsetof(sipua_agent_config, reserved), 0, 0, 0},
    {"tls_ca", NODE_STRING, offsetof(sipua_agent_config, tls_ca), 0, 0, 0},
    {"tls_ca_fallback", NODE_STRING, offsetof(sipua_agent_config, tls_ca_fallback), 0, 0, 0},
    {"tls_cert", NODE_STRING, offsetof(sipua_agent_config, tls_cert), 0, 0, 0},
    {"tls_key", NODE_STRING, offsetof(sipua_agent_config, tls_key), 0, 0, 0},
    {"tls_key_password", NODE_STRING, offsetof(sipua_agent_config, tls_key_password), 0, 0, 0},
    {"tls_crl", NODE_STRING, offsetof(sipua_agent_config, tls_crl), 0, 0, 0},
    {"tls_pins", NODE_STRINGS, offsetof(sipua_agent_config, tls_pins), offsetof(sipua_agent_config, tls_pin_count), 0, 0},
    {"tls_pin_count", NODE_HIDDEN, offsetof(sipua_agent_config, tls_pin_count), 0, 0, 0},
    {"tls_verify", NODE_I32, offsetof(sipua_agent_config, tls_verify), 0, 0, 0},
    {"tls_min_version", NODE_I32, offsetof(sipua_agent_config, tls_min_version), 0, 0, 0},
    {"watch_network", NODE_I32, offsetof(sipua_agent_config, watch_network), 0, 0, 0},
    {"media_bind", NODE_STRING, offsetof(sipua_agent_config, media_bind), 0, 0, 0},
    {"media_advertise", NODE_STRING, offsetof(sipua_agent_config, media_advertise), 0, 0, 0},
    {"stun_server", NODE_STRING, offsetof(sipua_agent_config, stun_server), 0, 0, 0},
};
static const node_struct sipua_agent_config_struct = {"sipua_agent_config", sipua_agent_config_members, 34, sizeof(sipua_agent_config)};
static const node_member sipua_event_view_members[] = {
    {"struct_size", NODE_HIDDEN, offsetof(sipua_event_view, struct_size), 0, 0, 0},
    {"type", NODE_I32, offsetof(sipua_event_view, type), 0, 0, 0},
    {"id", NODE_U64, offsetof(sipua_event_view, id), 0, 0, 0},
    {"account", NODE_U64, offsetof(sipua_event_view, account), 0, 0, 0},
    {"call", NODE_U64, offsetof(sipua_event_view, call), 0, 0, 0},
    {"user", NODE_U64, offsetof(sipua_event_view, user), 0, 0, 0},
    {"tag", NODE_U64, offsetof(sipua_event_view, tag), 0, 0, 0},
    {"time_ms", NODE_U64, offsetof(sipua_event_view, time_ms), 0, 0, 0},
    {"code", NODE_I32, offsetof(sipua_event_view, code), 0, 0, 0},
    {"status", NODE_I32, offsetof(sipua_event_view, status), 0, 0, 0},
    {"cause", NODE_I32, offsetof(sipua_event_view, cause), 0, 0, 0},
    {"originator", NODE_I32, offsetof(sipua_event_view, originator), 0, 0, 0},
    {"flags", NODE_U32, offsetof(sipua_event_view, flags), 0, 0, 0},
    {"q850", NODE_I32, offsetof(sipua_event_view, q850), 0, 0, 0},
    {"expires", NODE_I32, offsetof(sipua_event_view, expires), 0, 0, 0},
    {"retry_ms", NODE_I32, offsetof(sipua_event_view, retry_ms), 0, 0, 0},
    {"port", NODE_I32, offsetof(sipua_event_view, port), 0, 0, 0},
    {"rate", NODE_I32, offsetof(sipua_event_view, rate), 0, 0, 0},
    {"deadline_ms", NODE_I32, offsetof(sipua_event_view, deadline_ms), 0, 0, 0},
    {"default_status", NODE_I32, offsetof(sipua_event_view, default_status), 0, 0, 0},
    {"digit", NODE_I32, offsetof(sipua_event_view, digit), 0, 0, 0},
    {"level", NODE_I32, offsetof(sipua_event_view, level), 0, 0, 0},
    {"count", NODE_U64, offsetof(sipua_event_view, count), 0, 0, 0},
    {"duration_ms", NODE_U64, offsetof(sipua_event_view, duration_ms), 0, 0, 0},
    {"mark", NODE_U64, offsetof(sipua_event_view, mark), 0, 0, 0},
    {"segment", NODE_U64, offsetof(sipua_event_view, segment), 0, 0, 0},
    {"played_ms", NODE_U64, offsetof(sipua_event_view, played_ms), 0, 0, 0},
    {"discarded_ms", NODE_U64, offsetof(sipua_event_view, discarded_ms), 0, 0, 0},
    {"reason", NODE_STRING, offsetof(sipua_event_view, reason), 0, 0, 0},
    {"text", NODE_STRING, offsetof(sipua_event_view, text), 0, 0, 0},
    {"from", NODE_STRING, offsetof(sipua_event_view, from), 0, 0, 0},
    {"from_name", NODE_STRING, offsetof(sipua_event_view, from_name), 0, 0, 0},
    {"to", NODE_STRING, offsetof(sipua_event_view, to), 0, 0, 0},
    {"to_name", NODE_STRING, offsetof(sipua_event_view, to_name), 0, 0, 0},
    {"target", NODE_STRING, offsetof(sipua_event_view, target), 0, 0, 0},
    {"codec", NODE_STRING, offsetof(sipua_event_view, codec), 0, 0, 0},
    {"transport", NODE_STRING, offsetof(sipua_event_view, transport), 0, 0, 0},
    {"host", NODE_STRING, offsetof(sipua_event_view, host), 0, 0, 0},
    {"module", NODE_STRING, offsetof(sipua_event_view, module), 0, 0, 0},
    {"content_type", NODE_STRING, offsetof(sipua_event_view, content_type), 0, 0, 0},
    {"body", NODE_BYTES, offsetof(sipua_event_view, body), offsetof(sipua_event_view, body_size), 1, 0},
    {"body_size", NODE_HIDDEN, offsetof(sipua_event_view, body_size), 0, 0, 0},
    {"check", NODE_STRING, offsetof(sipua_event_view, check), 0, 0, 0},
    {"names", NODE_STRING, offsetof(sipua_event_view, names), 0, 0, 0},
    {"pub_gruu", NODE_STRING, offsetof(sipua_event_view, pub_gruu), 0, 0, 0},
    {"temp_gruu", NODE_STRING, offsetof(sipua_event_view, temp_gruu), 0, 0, 0},
    {"local_host", NODE_STRING, offsetof(sipua_event_view, local_host), 0, 0, 0},
    {"local_port", NODE_I32, offsetof(sipua_event_view, local_port), 0, 0, 0},
    {"reserved", NODE_HIDDEN, offsetof(sipua_event_view, reserved), 0, 0, 0},
    {"other", NODE_U64, offsetof(sipua_event_view, other), 0, 0, 0},
    {"state", NODE_STRING, offsetof(sipua_event_view, state), 0, 0, 0},
    {"package", NODE_STRING, offsetof(sipua_event_view, package), 0, 0, 0},
    {"message_id", NODE_STRING, offsetof(sipua_event_view, message_id), 0, 0, 0},
    {"digits", NODE_STRING, offsetof(sipua_event_view, digits), 0, 0, 0},
    {"identity", NODE_STRING, offsetof(sipua_event_view, identity), 0, 0, 0},
    {"identity_name", NODE_STRING, offsetof(sipua_event_view, identity_name), 0, 0, 0},
    {"diversion", NODE_STRING, offsetof(sipua_event_view, diversion), 0, 0, 0},
    {"referred_by", NODE_STRING, offsetof(sipua_event_view, referred_by), 0, 0, 0},
    {"replaces", NODE_STRING, offsetof(sipua_event_view, replaces), 0, 0, 0},
    {"privacy", NODE_STRING, offsetof(sipua_event_view, privacy), 0, 0, 0},
    {"answer_after_s", NODE_I32, offsetof(sipua_event_view, answer_after_s), 0, 0, 0},
    {"fork", NODE_I32, offsetof(sipua_event_view, fork), 0, 0, 0},
    {"dialog", NODE_STRING, offsetof(sipua_event_view, dialog), 0, 0, 0},
};
extern "C" const node_struct node_event_view = {"sipua_event_view", sipua_event_view_members, 63, sizeof(sipua_event_view)};
static const node_member sipua_field_info_members[] = {
    {"struct_size", NODE_HIDDEN, offsetof(sipua_field_info, struct_size), 0, 0, 0},
    {"reserved", NODE_HIDDEN, offsetof(sipua_field_info, reserved), 0, 0, 0},
    {"type", NODE_STRING, offsetof(sipua_field_info, type), 0, 0, 0},
    {"name", NODE_STRING, offsetof(sipua_field_info, name), 0, 0, 0},
    {"kind", NODE_STRING, offsetof(sipua_field_info, kind), 0, 0, 0},
    {"text", NODE_STRING, offsetof(sipua_field_info, text), 0, 0, 0},
};
static const node_struct sipua_field_info_struct = {"sipua_field_info", sipua_field_info_members, 6, sizeof(sipua_field_info)};
static const node_member sipua_call_stats_members[] = {
    {"struct_size", NODE_HIDDEN, offsetof(sipua_call_stats, struct_size), 0, 0, 0},
    {"ptime_ms", NODE_I32, offsetof(sipua_call_stats, ptime_ms), 0, 0, 0},
    {"duration_ms", NODE_U64, offsetof(sipua_call_stats, duration_ms), 0, 0, 0},
    {"packets_sent", NODE_U64, offsetof(sipua_call_stats, packets_sent), 0, 0, 0},
    {"bytes_sent", NODE_U64, offsetof(sipua_call_stats, bytes_sent), 0, 0, 0},
    {"packets_received", NODE_U64, offsetof(sipua_call_stats, packets_received), 0, 0, 0},
    {"bytes_received", NODE_U64, offsetof(sipua_call_stats, bytes_received), 0, 0, 0},
    {"packets_lost", NODE_U64, offsetof(sipua_call_stats, packets_lost), 0, 0, 0},
    {"packets_late", NODE_U64, offsetof(sipua_call_stats, packets_late), 0, 0, 0},
    {"packets_duplicate", NODE_U64, offsetof(sipua_call_stats, packets_duplicate), 0, 0, 0},
    {"packets_reordered", NODE_U64, offsetof(sipua_call_stats, packets_reordered), 0, 0, 0},
    {"packets_invalid", NODE_U64, offsetof(sipua_call_stats, packets_invalid), 0, 0, 0},
    {"frames_concealed", NODE_U64, offsetof(sipua_call_stats, frames_concealed), 0, 0, 0},
    {"underrun_ms", NODE_U64, offsetof(sipua_call_stats, underrun_ms), 0, 0, 0},
    {"overrun_ms", NODE_U64, offsetof(sipua_call_stats, overrun_ms), 0, 0, 0},
    {"remote_packets_lost", NODE_U64, offsetof(sipua_call_stats, remote_packets_lost), 0, 0, 0},
    {"jitter_us", NODE_I32, offsetof(sipua_call_stats, jitter_us), 0, 0, 0},
    {"remote_jitter_us", NODE_I32, offsetof(sipua_call_stats, remote_jitter_us), 0, 0, 0},
    {"rtt_us", NODE_I32, offsetof(sipua_call_stats, rtt_us), 0, 0, 0},
    {"jitter_buffer_ms", NODE_I32, offsetof(sipua_call_stats, jitter_buffer_ms), 0, 0, 0},
    {"queued_ms", NODE_I32, offsetof(sipua_call_stats, queued_ms), 0, 0, 0},
    {"reserved", NODE_HIDDEN, offsetof(sipua_call_stats, reserved), 0, 0, 0},
    {"codec", NODE_STRING, offsetof(sipua_call_stats, codec), 0, 0, 0},
    {"remote_address", NODE_STRING, offsetof(sipua_call_stats, remote_address), 0, 0, 0},
};
static const node_struct sipua_call_stats_struct = {"sipua_call_stats", sipua_call_stats_members, 24, sizeof(sipua_call_stats)};
static const node_member sipua_agent_counters_members[] = {
    {"struct_size", NODE_HIDDEN, offsetof(sipua_agent_counters, struct_size), 0, 0, 0},
    {"reserved", NODE_HIDDEN, offsetof(sipua_agent_counters, reserved), 0, 0, 0},
    {"calls_now", NODE_U64, offsetof(sipua_agent_counters, calls_now), 0, 0, 0},
    {"calls_total", NODE_U64, offsetof(sipua_agent_counters, calls_total), 0, 0, 0},
    {"accounts_now", NODE_U64, offsetof(sipua_agent_counters, accounts_now), 0, 0, 0},
    {"transactions_now", NODE_U64, offsetof(sipua_agent_counters, transactions_now), 0, 0, 0},
    {"connections_now", NODE_U64, offsetof(sipua_agent_counters, connections_now), 0, 0, 0},
    {"messages_received", NODE_U64, offsetof(sipua_agent_counters, messages_received), 0, 0, 0},
    {"messages_sent", NODE_U64, offsetof(sipua_agent_counters, messages_sent), 0, 0, 0},
    {"retransmissions", NODE_U64, offsetof(sipua_agent_counters, retransmissions), 0, 0, 0},
    {"malformed", NODE_U64, offsetof(sipua_agent_counters, malformed), 0, 0, 0},
    {"refused", NODE_U64, offsetof(sipua_agent_counters, refused), 0, 0, 0},
    {"events_dropped", NODE_U64, offsetof(sipua_agent_counters, events_dropped), 0, 0, 0},
};
static const node_struct sipua_agent_counters_struct = {"sipua_agent_counters", sipua_agent_counters_members, 13, sizeof(sipua_agent_counters)};
static const node_member sipua_account_config_members[] = {
    {"struct_size", NODE_HIDDEN, offsetof(sipua_account_config, struct_size), 0, 0, 0},
    {"expires", NODE_I32, offsetof(sipua_account_config, expires), 0, 0, 0},
    {"user", NODE_U64, offsetof(sipua_account_config, user), 0, 0, 0},
    {"aor", NODE_STRING, offsetof(sipua_account_config, aor), 0, 0, 1},
    {"password", NODE_STRING, offsetof(sipua_account_config, password), 0, 0, 0},
    {"auth_user", NODE_STRING, offsetof(sipua_account_config, auth_user), 0, 0, 0},
    {"display_name", NODE_STRING, offsetof(sipua_account_config, display_name), 0, 0, 0},
    {"server", NODE_STRING, offsetof(sipua_account_config, server), 0, 0, 0},
    {"outbound_proxy", NODE_STRING, offsetof(sipua_account_config, outbound_proxy), 0, 0, 0},
    {"advertise", NODE_STRING, offsetof(sipua_account_config, advertise), 0, 0, 0},
    {"codecs", NODE_STRINGS, offsetof(sipua_account_config, codecs), offsetof(sipua_account_config, codec_count), 0, 0},
    {"codec_count", NODE_HIDDEN, offsetof(sipua_account_config, codec_count), 0, 0, 0},
    {"auto_answer", NODE_I32, offsetof(sipua_account_config, auto_answer), 0, 0, 0},
    {"peers", NODE_STRINGS, offsetof(sipua_account_config, peers), offsetof(sipua_account_config, peer_count), 0, 0},
    {"peer_count", NODE_HIDDEN, offsetof(sipua_account_config, peer_count), 0, 0, 0},
    {"media", NODE_I32, offsetof(sipua_account_config, media), 0, 0, 0},
    {"instance_id", NODE_STRING, offsetof(sipua_account_config, instance_id), 0, 0, 0},
    {"headers", NODE_PAIRS, offsetof(sipua_account_config, headers), offsetof(sipua_account_config, header_count), 0, 0},
    {"header_count", NODE_HIDDEN, offsetof(sipua_account_config, header_count), 0, 0, 0},
    {"reserved", NODE_HIDDEN, offsetof(sipua_account_config, reserved), 0, 0, 0},
    {"transport", NODE_STRING, offsetof(sipua_account_config, transport), 0, 0, 0},
    {"outbound_proxies", NODE_STRINGS, offsetof(sipua_account_config, outbound_proxies), offsetof(sipua_account_config, outbound_proxy_count), 0, 0},
    {"contact_params", NODE_STRING, offsetof(sipua_account_config, contact_params), 0, 0, 0},
    {"contact_features", NODE_STRING, offsetof(sipua_account_config, contact_features), 0, 0, 0},
    {"contact_user", NODE_STRING, offsetof(sipua_account_config, contact_user), 0, 0, 0},
    {"ha1", NODE_STRING, offsetof(sipua_account_config, ha1), 0, 0, 0},
    {"bearer_token", NODE_STRING, offsetof(sipua_account_config, bearer_token), 0, 0, 0},
    {"ws_headers", NODE_PAIRS, offsetof(sipua_account_config, ws_headers), offsetof(sipua_account_config, ws_header_count), 0, 0},
    {"outbound_proxy_count", NODE_HIDDEN, offsetof(sipua_account_config, outbound_proxy_count), 0, 0, 0},
    {"ws_header_count", NODE_HIDDEN, offsetof(sipua_account_config, ws_header_count), 0, 0, 0},
    {"flows", NODE_I32, offsetof(sipua_account_config, flows), 0, 0, 0},
    {"outbound", NODE_I32, offsetof(sipua_account_config, outbound), 0, 0, 0},
    {"sticky", NODE_I32, offsetof(sipua_account_config, sticky), 0, 0, 0},
    {"contact_rewrite", NODE_I32, offsetof(sipua_account_config, contact_rewrite), 0, 0, 0},
    {"gruu", NODE_I32, offsetof(sipua_account_config, gruu), 0, 0, 0},
    {"preload_route", NODE_I32, offsetof(sipua_account_config, preload_route), 0, 0, 0},
    {"tls_ca", NODE_STRING, offsetof(sipua_account_config, tls_ca), 0, 0, 0},
    {"tls_cert", NODE_STRING, offsetof(sipua_account_config, tls_cert), 0, 0, 0},
    {"tls_key", NODE_STRING, offsetof(sipua_account_config, tls_key), 0, 0, 0},
    {"tls_key_password", NODE_STRING, offsetof(sipua_account_config, tls_key_password), 0, 0, 0},
    {"tls_pins", NODE_STRINGS, offsetof(sipua_account_config, tls_pins), offsetof(sipua_account_config, tls_pin_count), 0, 0},
    {"tls_pin_count", NODE_HIDDEN, offsetof(sipua_account_config, tls_pin_count), 0, 0, 0},
    {"tls_verify", NODE_I32, offsetof(sipua_account_config, tls_verify), 0, 0, 0},
};
static const node_struct sipua_account_config_struct = {"sipua_account_config", sipua_account_config_members, 43, sizeof(sipua_account_config)};
static const node_member sipua_call_config_members[] = {
    {"struct_size", NODE_HIDDEN, offsetof(sipua_call_config, struct_size), 0, 0, 0},
    {"media", NODE_I32, offsetof(sipua_call_config, media), 0, 0, 0},
    {"user", NODE_U64, offsetof(sipua_call_config, user), 0, 0, 0},
    {"target", NODE_STRING, offsetof(sipua_call_config, target), 0, 0, 0},
    {"from", NODE_STRING, offsetof(sipua_call_config, from), 0, 0, 0},
    {"timeout_ms", NODE_I32, offsetof(sipua_call_config, timeout_ms), 0, 0, 0},
    {"rate", NODE_I32, offsetof(sipua_call_config, rate), 0, 0, 0},
    {"codecs", NODE_STRINGS, offsetof(sipua_call_config, codecs), offsetof(sipua_call_config, codec_count), 0, 0},
    {"headers", NODE_PAIRS, offsetof(sipua_call_config, headers), offsetof(sipua_call_config, header_count), 0, 0},
    {"codec_count", NODE_HIDDEN, offsetof(sipua_call_config, codec_count), 0, 0, 0},
    {"header_count", NODE_HIDDEN, offsetof(sipua_call_config, header_count), 0, 0, 0},
    {"body", NODE_BYTES, offsetof(sipua_call_config, body), offsetof(sipua_call_config, body_size), 0, 0},
    {"body_size", NODE_HIDDEN, offsetof(sipua_call_config, body_size), 0, 0, 0},
    {"reserved", NODE_HIDDEN, offsetof(sipua_call_config, reserved), 0, 0, 0},
    {"replaces", NODE_STRING, offsetof(sipua_call_config, replaces), 0, 0, 0},
    {"join", NODE_STRING, offsetof(sipua_call_config, join), 0, 0, 0},
    {"from_name", NODE_STRING, offsetof(sipua_call_config, from_name), 0, 0, 0},
    {"asserted_identity", NODE_STRING, offsetof(sipua_call_config, asserted_identity), 0, 0, 0},
    {"preferred_identity", NODE_STRING, offsetof(sipua_call_config, preferred_identity), 0, 0, 0},
    {"privacy", NODE_STRING, offsetof(sipua_call_config, privacy), 0, 0, 0},
    {"anonymous", NODE_I32, offsetof(sipua_call_config, anonymous), 0, 0, 0},
    {"max_redirects", NODE_I32, offsetof(sipua_call_config, max_redirects), 0, 0, 0},
};
static const node_struct sipua_call_config_struct = {"sipua_call_config", sipua_call_config_members, 22, sizeof(sipua_call_config)};
static const node_member sipua_reply_members[] = {
    {"struct_size", NODE_HIDDEN, offsetof(sipua_reply, struct_size), 0, 0, 0},
    {"status", NODE_I32, offsetof(sipua_reply, status), 0, 0, 0},
    {"reason", NODE_STRING, offsetof(sipua_reply, reason), 0, 0, 0},
    {"headers", NODE_PAIRS, offsetof(sipua_reply, headers), offsetof(sipua_reply, header_count), 0, 0},
    {"header_count", NODE_HIDDEN, offsetof(sipua_reply, header_count), 0, 0, 0},
    {"rate", NODE_I32, offsetof(sipua_reply, rate), 0, 0, 0},
    {"early_media", NODE_I32, offsetof(sipua_reply, early_media), 0, 0, 0},
    {"media", NODE_I32, offsetof(sipua_reply, media), 0, 0, 0},
    {"user", NODE_U64, offsetof(sipua_reply, user), 0, 0, 0},
    {"content_type", NODE_STRING, offsetof(sipua_reply, content_type), 0, 0, 0},
    {"body", NODE_BYTES, offsetof(sipua_reply, body), offsetof(sipua_reply, body_size), 0, 0},
    {"body_size", NODE_HIDDEN, offsetof(sipua_reply, body_size), 0, 0, 0},
    {"reserved", NODE_HIDDEN, offsetof(sipua_reply, reserved), 0, 0, 0},
    {"q850", NODE_I32, offsetof(sipua_reply, q850), 0, 0, 0},
    {"reserved2", NODE_HIDDEN, offsetof(sipua_reply, reserved2), 0, 0, 0},
};
static const node_struct sipua_reply_struct = {"sipua_reply", sipua_reply_members, 15, sizeof(sipua_reply)};
static const node_member sipua_collect_config_members[] = {
    {"struct_size", NODE_HIDDEN, offsetof(sipua_collect_config, struct_size), 0, 0, 0},
    {"max_digits", NODE_I32, offsetof(sipua_collect_config, max_digits), 0, 0, 0},
    {"user", NODE_U64, offsetof(sipua_collect_config, user), 0, 0, 0},
    {"terminators", NODE_STRING, offsetof(sipua_collect_config, terminators), 0, 0, 0},
    {"timeout_ms", NODE_I32, offsetof(sipua_collect_config, timeout_ms), 0, 0, 0},
    {"between_ms", NODE_I32, offsetof(sipua_collect_config, between_ms), 0, 0, 0},
    {"interrupt", NODE_I32, offsetof(sipua_collect_config, interrupt), 0, 0, 0},
    {"reserved", NODE_HIDDEN, offsetof(sipua_collect_config, reserved), 0, 0, 0},
    {"player", NODE_U64, offsetof(sipua_collect_config, player), 0, 0, 0},
};
static const node_struct sipua_collect_config_struct = {"sipua_collect_config", sipua_collect_config_members, 9, sizeof(sipua_collect_config)};
static const node_member sipua_change_members[] = {
    {"struct_size", NODE_HIDDEN, offsetof(sipua_change, struct_size), 0, 0, 0},
    {"method", NODE_I32, offsetof(sipua_change, method), 0, 0, 0},
    {"hold", NODE_I32, offsetof(sipua_change, hold), 0, 0, 0},
    {"codec_count", NODE_HIDDEN, offsetof(sipua_change, codec_count), 0, 0, 0},
    {"codecs", NODE_STRINGS, offsetof(sipua_change, codecs), offsetof(sipua_change, codec_count), 0, 0},
    {"headers", NODE_PAIRS, offsetof(sipua_change, headers), offsetof(sipua_change, header_count), 0, 0},
    {"header_count", NODE_HIDDEN, offsetof(sipua_change, header_count), 0, 0, 0},
    {"body_size", NODE_HIDDEN, offsetof(sipua_change, body_size), 0, 0, 0},
    {"body", NODE_BYTES, offsetof(sipua_change, body), offsetof(sipua_change, body_size), 0, 0},
};
static const node_struct sipua_change_struct = {"sipua_change", sipua_change_members, 9, sizeof(sipua_change)};
static const node_member sipua_request_config_members[] = {
    {"struct_size", NODE_HIDDEN, offsetof(sipua_request_config, struct_size), 0, 0, 0},
    {"timeout_ms", NODE_I32, offsetof(sipua_request_config, timeout_ms), 0, 0, 0},
    {"user", NODE_U64, offsetof(sipua_request_config, user), 0, 0, 0},
    {"method", NODE_STRING, offsetof(sipua_request_config, method), 0, 0, 0},
    {"content_type", NODE_STRING, offsetof(sipua_request_config, content_type), 0, 0, 0},
    {"body", NODE_BYTES, offsetof(sipua_request_config, body), offsetof(sipua_request_config, body_size), 0, 0},
    {"headers", NODE_PAIRS, offsetof(sipua_request_config, headers), offsetof(sipua_request_config, header_count), 0, 0},
    {"body_size", NODE_HIDDEN, offsetof(sipua_request_config, body_size), 0, 0, 0},
    {"header_count", NODE_HIDDEN, offsetof(sipua_request_config, header_count), 0, 0, 0},
};
static const node_struct sipua_request_config_struct = {"sipua_request_config", sipua_request_config_members, 9, sizeof(sipua_request_config)};
static const node_member sipua_transfer_config_members[] = {
    {"struct_size", NODE_HIDDEN, offsetof(sipua_transfer_config, struct_size), 0, 0, 0},
    {"timeout_ms", NODE_I32, offsetof(sipua_transfer_config, timeout_ms), 0, 0, 0},
    {"user", NODE_U64, offsetof(sipua_transfer_config, user), 0, 0, 0},
    {"consult", NODE_U64, offsetof(sipua_transfer_config, consult), 0, 0, 0},
    {"target", NODE_STRING, offsetof(sipua_transfer_config, target), 0, 0, 0},
    {"recipient", NODE_STRING, offsetof(sipua_transfer_config, recipient), 0, 0, 0},
    {"referred_by", NODE_STRING, offsetof(sipua_transfer_config, referred_by), 0, 0, 0},
    {"headers", NODE_PAIRS, offsetof(sipua_transfer_config, headers), offsetof(sipua_transfer_config, header_count), 0, 0},
    {"header_count", NODE_HIDDEN, offsetof(sipua_transfer_config, header_count), 0, 0, 0},
    {"subscribe", NODE_I32, offsetof(sipua_transfer_config, subscribe), 0, 0, 0},
    {"hangup", NODE_I32, offsetof(sipua_transfer_config, hangup), 0, 0, 0},
    {"reserved", NODE_HIDDEN, offsetof(sipua_transfer_config, reserved), 0, 0, 0},
};
static const node_struct sipua_transfer_config_struct = {"sipua_transfer_config", sipua_transfer_config_members, 12, sizeof(sipua_transfer_config)};
static const node_member sipua_conference_config_members[] = {
    {"struct_size", NODE_HIDDEN, offsetof(sipua_conference_config, struct_size), 0, 0, 0},
    {"rate", NODE_I32, offsetof(sipua_conference_config, rate), 0, 0, 0},
    {"user", NODE_U64, offsetof(sipua_conference_config, user), 0, 0, 0},
};
static const node_struct sipua_conference_config_struct = {"sipua_conference_config", sipua_conference_config_members, 3, sizeof(sipua_conference_config)};
static const node_member sipua_bridge_config_members[] = {
    {"struct_size", NODE_HIDDEN, offsetof(sipua_bridge_config, struct_size), 0, 0, 0},
    {"dtmf", NODE_I32, offsetof(sipua_bridge_config, dtmf), 0, 0, 0},
    {"hold", NODE_I32, offsetof(sipua_bridge_config, hold), 0, 0, 0},
    {"hangup", NODE_I32, offsetof(sipua_bridge_config, hangup), 0, 0, 0},
    {"transfer", NODE_I32, offsetof(sipua_bridge_config, transfer), 0, 0, 0},
    {"signalling", NODE_I32, offsetof(sipua_bridge_config, signalling), 0, 0, 0},
    {"untouched", NODE_I32, offsetof(sipua_bridge_config, untouched), 0, 0, 0},
    {"requests", NODE_I32, offsetof(sipua_bridge_config, requests), 0, 0, 0},
    {"user", NODE_U64, offsetof(sipua_bridge_config, user), 0, 0, 0},
};
static const node_struct sipua_bridge_config_struct = {"sipua_bridge_config", sipua_bridge_config_members, 9, sizeof(sipua_bridge_config)};
static const node_member sipua_subscribe_config_members[] = {
    {"struct_size", NODE_HIDDEN, offsetof(sipua_subscribe_config, struct_size), 0, 0, 0},
    {"expires", NODE_I32, offsetof(sipua_subscribe_config, expires), 0, 0, 0},
    {"user", NODE_U64, offsetof(sipua_subscribe_config, user), 0, 0, 0},
    {"target", NODE_STRING, offsetof(sipua_subscribe_config, target), 0, 0, 1},
    {"from", NODE_STRING, offsetof(sipua_subscribe_config, from), 0, 0, 0},
    {"event", NODE_STRING, offsetof(sipua_subscribe_config, event), 0, 0, 1},
    {"accept", NODE_STRING, offsetof(sipua_subscribe_config, accept), 0, 0, 0},
    {"content_type", NODE_STRING, offsetof(sipua_subscribe_config, content_type), 0, 0, 0},
    {"body", NODE_BYTES, offsetof(sipua_subscribe_config, body), offsetof(sipua_subscribe_config, body_size), 0, 0},
    {"headers", NODE_PAIRS, offsetof(sipua_subscribe_config, headers), offsetof(sipua_subscribe_config, header_count), 0, 0},
    {"body_size", NODE_HIDDEN, offsetof(sipua_subscribe_config, body_size), 0, 0, 0},
    {"header_count", NODE_HIDDEN, offsetof(sipua_subscribe_config, header_count), 0, 0, 0},
};
static const node_struct sipua_subscribe_config_struct = {"sipua_subscribe_config", sipua_subscribe_config_members, 12, sizeof(sipua_subscribe_config)};
static const node_member sipua_notify_config_members[] = {
    {"struct_size", NODE_HIDDEN, offsetof(sipua_notify_config, struct_size), 0, 0, 0},
    {"retry_after_s", NODE_I32, offsetof(sipua_notify_config, retry_after_s), 0, 0, 0},
    {"state", NODE_STRING, offsetof(sipua_notify_config, state), 0, 0, 0},
    {"reason", NODE_STRING, offsetof(sipua_notify_config, reason), 0, 0, 0},
    {"content_type", NODE_STRING, offsetof(sipua_notify_config, content_type), 0, 0, 0},
    {"body", NODE_BYTES, offsetof(sipua_notify_config, body), offsetof(sipua_notify_config, body_size), 0, 0},
    {"headers", NODE_PAIRS, offsetof(sipua_notify_config, headers), offsetof(sipua_notify_config, header_count), 0, 0},
    {"body_size", NODE_HIDDEN, offsetof(sipua_notify_config, body_size), 0, 0, 0},
    {"header_count", NODE_HIDDEN, offsetof(sipua_notify_config, header_count), 0, 0, 0},
    {"expires", NODE_I32, offsetof(sipua_notify_config, expires), 0, 0, 0},
    {"reserved", NODE_HIDDEN, offsetof(sipua_notify_config, reserved), 0, 0, 0},
};
static const node_struct sipua_notify_config_struct = {"sipua_notify_config", sipua_notify_config_members, 11, sizeof(sipua_notify_config)};
static const node_member sipua_publish_config_members[] = {
    {"struct_size", NODE_HIDDEN, offsetof(sipua_publish_config, struct_size), 0, 0, 0},
    {"expires", NODE_I32, offsetof(sipua_publish_config, expires), 0, 0, 0},
    {"user", NODE_U64, offsetof(sipua_publish_config, user), 0, 0, 0},
    {"target", NODE_STRING, offsetof(sipua_publish_config, target), 0, 0, 0},
    {"event", NODE_STRING, offsetof(sipua_publish_config, event), 0, 0, 1},
    {"content_type", NODE_STRING, offsetof(sipua_publish_config, content_type), 0, 0, 0},
    {"body", NODE_BYTES, offsetof(sipua_publish_config, body), offsetof(sipua_publish_config, body_size), 0, 0},
    {"headers", NODE_PAIRS, offsetof(sipua_publish_config, headers), offsetof(sipua_publish_config, header_count), 0, 0},
    {"body_size", NODE_HIDDEN, offsetof(sipua_publish_config, body_size), 0, 0, 0},
    {"header_count", NODE_HIDDEN, offsetof(sipua_publish_config, header_count), 0, 0, 0},
};
static const node_struct sipua_publish_config_struct = {"sipua_publish_config", sipua_publish_config_members, 10, sizeof(sipua_publish_config)};
static const node_member sipua_message_config_members[] = {
    {"struct_size", NODE_HIDDEN, offsetof(sipua_message_config, struct_size), 0, 0, 0},
    {"timeout_ms", NODE_I32, offsetof(sipua_message_config, timeout_ms), 0, 0, 0},
    {"user", NODE_U64, offsetof(sipua_message_config, user), 0, 0, 0},
    {"target", NODE_STRING, offsetof(sipua_message_config, target), 0, 0, 0},
    {"from", NODE_STRING, offsetof(sipua_message_config, from), 0, 0, 0},
    {"content_type", NODE_STRING, offsetof(sipua_message_config, content_type), 0, 0, 0},
    {"body", NODE_BYTES, offsetof(sipua_message_config, body), offsetof(sipua_message_config, body_size), 0, 0},
    {"body_size", NODE_HIDDEN, offsetof(sipua_message_config, body_size), 0, 0, 0},
    {"header_count", NODE_HIDDEN, offsetof(sipua_message_config, header_count), 0, 0, 0},
    {"headers", NODE_PAIRS, offsetof(sipua_message_config, headers), offsetof(sipua_message_config, header_count), 0, 0},
    {"call", NODE_U64, offsetof(sipua_message_config, call), 0, 0, 0},
    {"message_id", NODE_STRING, offsetof(sipua_message_config, message_id), 0, 0, 0},
    {"report", NODE_STRING, offsetof(sipua_message_config, report), 0, 0, 0},
    {"disposition", NODE_U32, offsetof(sipua_message_config, disposition), 0, 0, 0},
    {"composing", NODE_I32, offsetof(sipua_message_config, composing), 0, 0, 0},
    {"cpim", NODE_I32, offsetof(sipua_message_config, cpim), 0, 0, 0},
    {"reserved", NODE_HIDDEN, offsetof(sipua_message_config, reserved), 0, 0, 0},
};
static const node_struct sipua_message_config_struct = {"sipua_message_config", sipua_message_config_members, 17, sizeof(sipua_message_config)};
static const node_member sipua_listener_config_members[] = {
    {"struct_size", NODE_HIDDEN, offsetof(sipua_listener_config, struct_size), 0, 0, 0},
    {"open", NODE_I32, offsetof(sipua_listener_config, open), 0, 0, 0},
    {"user", NODE_U64, offsetof(sipua_listener_config, user), 0, 0, 0},
    {"server", NODE_U64, offsetof(sipua_listener_config, server), 0, 0, 0},
    {"address", NODE_STRING, offsetof(sipua_listener_config, address), 0, 0, 1},
    {"advertise", NODE_STRING, offsetof(sipua_listener_config, advertise), 0, 0, 0},
    {"tls_cert", NODE_STRING, offsetof(sipua_listener_config, tls_cert), 0, 0, 0},
    {"tls_key", NODE_STRING, offsetof(sipua_listener_config, tls_key), 0, 0, 0},
    {"tls_key_password", NODE_STRING, offsetof(sipua_listener_config, tls_key_password), 0, 0, 0},
    {"tls_ca", NODE_STRING, offsetof(sipua_listener_config, tls_ca), 0, 0, 0},
    {"origins", NODE_STRINGS, offsetof(sipua_listener_config, origins), offsetof(sipua_listener_config, origin_count), 0, 0},
    {"ws_path", NODE_STRING, offsetof(sipua_listener_config, ws_path), 0, 0, 0},
    {"origin_count", NODE_HIDDEN, offsetof(sipua_listener_config, origin_count), 0, 0, 0},
    {"tls_need_client", NODE_I32, offsetof(sipua_listener_config, tls_need_client), 0, 0, 0},
};
static const node_struct sipua_listener_config_struct = {"sipua_listener_config", sipua_listener_config_members, 14, sizeof(sipua_listener_config)};
static const node_member sipua_server_config_members[] = {
    {"struct_size", NODE_HIDDEN, offsetof(sipua_server_config, struct_size), 0, 0, 0},
    {"mode", NODE_I32, offsetof(sipua_server_config, mode), 0, 0, 0},
    {"user", NODE_U64, offsetof(sipua_server_config, user), 0, 0, 0},
    {"realm", NODE_STRING, offsetof(sipua_server_config, realm), 0, 0, 0},
    {"users", NODE_PAIRS, offsetof(sipua_server_config, users), offsetof(sipua_server_config, user_count), 0, 0},
    {"user_count", NODE_HIDDEN, offsetof(sipua_server_config, user_count), 0, 0, 0},
    {"min_expires", NODE_I32, offsetof(sipua_server_config, min_expires), 0, 0, 0},
    {"max_expires", NODE_I32, offsetof(sipua_server_config, max_expires), 0, 0, 0},
    {"challenge_calls", NODE_I32, offsetof(sipua_server_config, challenge_calls), 0, 0, 0},
    {"record_route", NODE_I32, offsetof(sipua_server_config, record_route), 0, 0, 0},
    {"reserved", NODE_HIDDEN, offsetof(sipua_server_config, reserved), 0, 0, 0},
};
static const node_struct sipua_server_config_struct = {"sipua_server_config", sipua_server_config_members, 11, sizeof(sipua_server_config)};
static const node_member sipua_option_info_members[] = {
    {"struct_size", NODE_HIDDEN, offsetof(sipua_option_info, struct_size), 0, 0, 0},
    {"minimum", NODE_I32, offsetof(sipua_option_info, minimum), 0, 0, 0},
    {"maximum", NODE_I32, offsetof(sipua_option_info, maximum), 0, 0, 0},
    {"reserved", NODE_HIDDEN, offsetof(sipua_option_info, reserved), 0, 0, 0},
    {"key", NODE_STRING, offsetof(sipua_option_info, key), 0, 0, 0},
    {"type", NODE_STRING, offsetof(sipua_option_info, type), 0, 0, 0},
    {"scope", NODE_STRING, offsetof(sipua_option_info, scope), 0, 0, 0},
    {"default_value", NODE_STRING, offsetof(sipua_option_info, default_value), 0, 0, 0},
    {"text", NODE_STRING, offsetof(sipua_option_info, text), 0, 0, 0},
    {"since", NODE_STRING, offsetof(sipua_option_info, since), 0, 0, 0},
    {"choices", NODE_STRING, offsetof(sipua_option_info, choices), 0, 0, 0},
};
static const node_struct sipua_option_info_struct = {"sipua_option_info", sipua_option_info_members, 11, sizeof(sipua_option_info)};
static const node_member sipua_uri_members[] = {
    {"struct_size", NODE_HIDDEN, offsetof(sipua_uri, struct_size), 0, 0, 0},
    {"port", NODE_I32, offsetof(sipua_uri, port), 0, 0, 0},
    {"scheme", NODE_STRING, offsetof(sipua_uri, scheme), 0, 0, 0},
    {"user", NODE_STRING, offsetof(sipua_uri, user), 0, 0, 0},
    {"password", NODE_STRING, offsetof(sipua_uri, password), 0, 0, 0},
    {"host", NODE_STRING, offsetof(sipua_uri, host), 0, 0, 0},
    {"parameters", NODE_STRING, offsetof(sipua_uri, parameters), 0, 0, 0},
    {"headers", NODE_STRING, offsetof(sipua_uri, headers), 0, 0, 0},
};
static const node_struct sipua_uri_struct = {"sipua_uri", sipua_uri_members, 8, sizeof(sipua_uri)};
extern "C" const uint8_t node_event_common[] = {1, 2, 3, 4, 5, 6, 7};
extern "C" const uint8_t node_event_common_count = 7;
extern "C" const node_event_kind node_event_kinds[] = {
    {SIPUA_EVENT_LISTENING, 3, {36, 37, 16}},
    {SIPUA_EVENT_LISTENER_CLOSED, 2, {8, 29}},
    {SIPUA_EVENT_TRANSPORT_CONNECTING, 3, {36, 37, 16}},
    {SIPUA_EVENT_TRANSPORT_CONNECTED, 3, {36, 37, 16}},
    {SIPUA_EVENT_TRANSPORT_DISCONNECTED, 7, {36, 37, 16, 8, 29, 42, 43}},
    {SIPUA_EVENT_NETWORK_CHANGED, 2, {11, 29}},
    {SIPUA_EVENT_REGISTERED, 11, {9, 28, 14, 12, 36, 37, 16, 46, 47, 44, 45}},
    {SIPUA_EVENT_REGISTRATION_DEGRADED, 6, {9, 28, 10, 8, 29, 15}},
    {SIPUA_EVENT_UNREGISTERED, 5, {9, 28, 10, 8, 29}},
    {SIPUA_EVENT_REGISTRATION_FAILED, 6, {9, 28, 10, 8, 29, 15}},
    {SIPUA_EVENT_ACCOUNT_CLOSED, 0, {}},
    {SIPUA_EVENT_PATH_QUALITY, 6, {9, 28, 8, 29, 23, 22}},
    {SIPUA_EVENT_INCOMING_CALL, 19, {30, 31, 32, 33, 34, 18, 19, 40, 39, 49, 12, 54, 55, 56, 57, 58, 59, 60, 62}},
    {SIPUA_EVENT_CALL_SENDING, 3, {30, 32, 34}},
    {SIPUA_EVENT_CALL_PROGRESS, 9, {9, 28, 12, 11, 40, 39, 54, 55, 62}},
    {SIPUA_EVENT_CALL_ACCEPTED, 10, {9, 28, 11, 30, 32, 40, 39, 54, 55, 62}},
    {SIPUA_EVENT_CALL_CONFIRMED, 1, {11}},
    {SIPUA_EVENT_CALL_ENDED, 10, {9, 28, 10, 8, 29, 13, 11, 12, 23, 49}},
    {SIPUA_EVENT_CALL_HELD, 3, {11, 40, 39}},
    {SIPUA_EVENT_CALL_RESUMED, 3, {11, 40, 39}},
    {SIPUA_EVENT_CALL_UPDATED, 4, {11, 35, 40, 39}},
    {SIPUA_EVENT_CALL_REDIRECTED, 4, {9, 28, 34, 12}},
    {SIPUA_EVENT_DTMF, 2, {20, 23}},
    {SIPUA_EVENT_INFO, 2, {40, 39}},
    {SIPUA_EVENT_DTMF_SENT, 4, {9, 28, 8, 29}},
    {SIPUA_EVENT_CALL_MOVED, 6, {46, 47, 9, 28, 8, 29}},
    {SIPUA_EVENT_CALL_CHANGE_REQUESTED, 5, {18, 19, 12, 40, 39}},
    {SIPUA_EVENT_CALL_CHANGE_FAILED, 7, {11, 9, 28, 10, 8, 29, 12}},
    {SIPUA_EVENT_CALL_MUTED, 1, {12}},
    {SIPUA_EVENT_CALL_UNMUTED, 1, {12}},
    {SIPUA_EVENT_CALL_REPLACED, 11, {49, 30, 31, 32, 33, 34, 54, 55, 40, 39, 62}},
    {SIPUA_EVENT_REQUEST_ANSWERED, 8, {9, 28, 10, 8, 29, 23, 40, 39}},
    {SIPUA_EVENT_MESSAGE, 11, {30, 31, 32, 33, 34, 18, 19, 40, 39, 52, 12}},
    {SIPUA_EVENT_MESSAGE_ANSWERED, 2, {9, 12}},
    {SIPUA_EVENT_MESSAGE_DELIVERED, 3, {9, 28, 52}},
    {SIPUA_EVENT_MESSAGE_FAILED, 6, {9, 28, 10, 8, 29, 52}},
    {SIPUA_EVENT_MESSAGE_COMPOSING, 4, {30, 31, 50, 14}},
    {SIPUA_EVENT_MESSAGE_DISPOSITION, 4, {30, 52, 50, 9}},
    {SIPUA_EVENT_OPTIONS, 2, {30, 32}},
    {SIPUA_EVENT_OPTIONS_ANSWERED, 8, {9, 28, 10, 8, 29, 23, 40, 39}},
    {SIPUA_EVENT_SUBSCRIBE_REQUESTED, 11, {30, 31, 32, 33, 34, 51, 14, 18, 19, 40, 39}},
    {SIPUA_EVENT_NOTIFY, 8, {30, 51, 50, 14, 61, 12, 40, 39}},
    {SIPUA_EVENT_SUBSCRIPTION_STATE, 9, {51, 50, 9, 28, 8, 29, 14, 15, 12}},
    {SIPUA_EVENT_PUBLISH_STATE, 10, {51, 50, 9, 28, 10, 8, 29, 14, 15, 12}},
    {SIPUA_EVENT_TRANSFER_REQUESTED, 8, {34, 30, 31, 57, 58, 12, 18, 19}},
    {SIPUA_EVENT_TRANSFER_PROGRESS, 2, {9, 28}},
    {SIPUA_EVENT_TRANSFER_DONE, 5, {9, 28, 10, 8, 29}},
    {SIPUA_EVENT_MEDIA_READY, 5, {35, 17, 37, 16, 12}},
    {SIPUA_EVENT_MEDIA_STALLED, 2, {23, 12}},
    {SIPUA_EVENT_MEDIA_RESUMED, 1, {12}},
    {SIPUA_EVENT_MARK, 3, {24, 12, 26}},
    {SIPUA_EVENT_FLUSHED, 3, {25, 26, 27}},
    {SIPUA_EVENT_AUDIO_READY, 0, {}},
    {SIPUA_EVENT_PLAY_DONE, 4, {8, 29, 23, 12}},
    {SIPUA_EVENT_RECORD_DONE, 4, {8, 29, 23, 34}},
    {SIPUA_EVENT_COLLECTED, 3, {53, 50, 23}},
    {SIPUA_EVENT_CONFERENCE_CHANGED, 3, {49, 22, 12}},
    {SIPUA_EVENT_CONFERENCE_ENDED, 3, {8, 29, 23}},
    {SIPUA_EVENT_BRIDGE_CHANGED, 2, {50, 35}},
    {SIPUA_EVENT_BRIDGE_ENDED, 3, {8, 29, 23}},
    {SIPUA_EVENT_SERVER_BINDING, 3, {30, 34, 14}},
    {SIPUA_EVENT_SERVER_CLOSED, 0, {}},
    {SIPUA_EVENT_STATS, 1, {12}},
    {SIPUA_EVENT_TRACE, 5, {11, 36, 37, 16, 40}},
    {SIPUA_EVENT_LOG, 3, {21, 38, 29}},
    {SIPUA_EVENT_OVERFLOW, 2, {22, 29}},
    {SIPUA_EVENT_REPLY, 2, {8, 29}},
    {SIPUA_EVENT_SHUTDOWN, 0, {}},
    {SIPUA_EVENT_SUSPICIOUS, 4, {37, 16, 22, 29}},
    {SIPUA_EVENT_DRAINED, 0, {}},
};
extern "C" const uint16_t node_event_kind_count = 70;
%}

%rename("%(strip:[sipua_])s") "";
typedef int int32_t;
typedef unsigned int uint32_t;
typedef unsigned char uint8_t;
typedef short int16_t;
typedef unsigned long uint64_t;

// Numbers: finite, whole, in range.
%typemap(in) int32_t { if (!node_int32(env, $input, "$1_name", &$1)) SWIG_fail; }
%typemap(in) uint32_t { if (!node_uint32(env, $input, "$1_name", &$1)) SWIG_fail; }
%typemap(in) uint64_t { uint64_t number; if (!node_uint64(env, $input, "$1_name", &number)) SWIG_fail; $1 = number; }
%typemap(in) const char * (Arena arena) { if (!node_string(env, $input, "$1_name", false, arena, const_cast<const char **>(&$1))) SWIG_fail; }
%typemap(in) const char *NULLABLE (Arena arena) { if (!node_string(env, $input, "$1_name", true, arena, const_cast<const char **>(&$1))) SWIG_fail; }
%typemap(freearg) const char * ""
%typemap(freearg) const char *NULLABLE ""
%typemap(out) int32_t { if ($1 < 0) { node_throw(env, $1, nullptr); SWIG_fail; } $result = Napi::Value(env, node_number(env, $1)); }
%typemap(out) int32_t NUMBER { $result = Napi::Value(env, node_number(env, $1)); }
%typemap(out) int32_t CHECKED { if ($1 < 0) { node_throw(env, $1, nullptr); SWIG_fail; } }
%typemap(out) const char * { $result = Napi::Value(env, node_text(env, $1)); }
%typemap(out) void { $result = Napi::Value(env, undefined(env)); }

// Handles. An agent or event is looked up again when all arguments have been read: a getter among them may have freed it.
%typemap(in) sipua_agent *agent { if (!node_agent_in(env, $input, "$1_name", &$1)) SWIG_fail; }
%typemap(check) sipua_agent *agent { if (!node_agent_in(env, info[0], "$1_name", &$1)) SWIG_fail; }
%typemap(in) const sipua_event *event { sipua_event *found; if (!node_event_in(env, $input, "$1_name", &found)) SWIG_fail; $1 = found; }
%typemap(check) const sipua_event *event { sipua_event *found; if (!node_event_in(env, info[0], "$1_name", &found)) SWIG_fail; $1 = found; }
%typemap(in, numinputs=0) sipua_agent **OUT (sipua_agent *made = nullptr) { $1 = &made; }
%typemap(argout) sipua_agent **OUT { $result = Napi::Value(env, node_append(env, $result, node_agent_out(env, *$1))); }
%typemap(in, numinputs=0) sipua_event **OUT (sipua_event *made = nullptr) { $1 = &made; }
%typemap(argout) sipua_event **OUT { $result = Napi::Value(env, node_append(env, $result, node_event_out(env, *$1))); }

// What comes out of a pointer.
%typemap(in, numinputs=0) uint64_t *OUT (uint64_t number = 0) { $1 = &number; }
%typemap(argout) uint64_t *OUT { $result = Napi::Value(env, node_append(env, $result, node_number(env, static_cast<double>(*$1)))); }
%typemap(in, numinputs=0) const char **OUT (const char *text = nullptr) { $1 = const_cast<char **>(&text); }
%typemap(argout) const char **OUT { $result = Napi::Value(env, node_append(env, $result, node_text(env, *$1))); }
%typemap(in, numinputs=0) uint64_t *BYTES (uint64_t size = 0) { $1 = &size; }
%typemap(argout) uint64_t *BYTES { $result = Napi::Value(env, node_buffer(env, result, static_cast<size_t>(*$1))); }
%typemap(out) const uint8_t * ""
%typemap(in) uint32_t *FLAGS { if (!node_word_out(env, $input, "$1_name", &$1)) SWIG_fail; }
%typemap(argout) uint32_t *FLAGS ""
%typemap(in, numinputs=0) (char *TEXT, uint32_t CAPACITY) (Arena arena) {
    $2 = 262144;
    $1 = static_cast<char *>(node_arena_take(arena, $2));
    if (!$1) { node_throw(env, SIPUA_E_NOMEM, nullptr); SWIG_fail; }
}
%typemap(argout) (char *TEXT, uint32_t CAPACITY) { $result = Napi::Value(env, node_append(env, $result, node_text(env, $1))); }
%typemap(in, numinputs=0) (char *SCRATCH, uint32_t CAPACITY) = (char *TEXT, uint32_t CAPACITY);
%typemap(argout) (char *SCRATCH, uint32_t CAPACITY) ""
%typemap(in) (const int16_t *pcm, uint32_t samples) (Arena arena) {
    int16_t *pcm;
    if (!node_samples(env, $input, "$1_name", false, arena, &pcm, &$2)) SWIG_fail;
    $1 = pcm;
}
%typemap(in) (int16_t *pcm, uint32_t samples) (Arena arena) {
    if (!node_samples(env, $input, "$1_name", true, arena, &$1, &$2)) SWIG_fail;
}
%typemap(in) (const sipua_pair *PAIRS, uint32_t COUNT) (Arena arena) {
    const sipua_pair *list;
    if (!node_pairs(env, $input, "$1_name", arena, &list, &$2)) SWIG_fail;
    $1 = const_cast<sipua_pair *>(list);
}
%typemap(in) (const char *BYTES, uint32_t SIZE) (Arena arena) {
    const void *data;
    size_t size;
    if (!node_bytes(env, $input, "$1_name", true, arena, &data, &size)) SWIG_fail;
    if (size > UINT32_MAX) { node_throw_range(env, "$1_name", "at most 4 GiB"); SWIG_fail; }
    $1 = const_cast<char *>(static_cast<const char *>(data));
    $2 = static_cast<uint32_t>(size);
}
%typemap(freearg) (const char *BYTES, uint32_t SIZE) ""
%typemap(freearg) (const sipua_pair *PAIRS, uint32_t COUNT) ""
%typemap(freearg) (int16_t *pcm, uint32_t samples) ""
%typemap(freearg) (const int16_t *pcm, uint32_t samples) ""
%typemap(in) (uint64_t *LIST, uint32_t CAPACITY) (Arena arena) {
    if (!node_uint32(env, $input, "$2_name", &$2)) SWIG_fail;
    if ($2 > 1000000) { node_throw_range(env, "$2_name", "a whole number between 0 and 1000000"); SWIG_fail; }
    $1 = static_cast<uint64_t *>(node_arena_take(arena, ($2 + size_t(1)) * sizeof(uint64_t)));
    if (!$1) { node_throw(env, SIPUA_E_NOMEM, nullptr); SWIG_fail; }
}
%typemap(argout) (uint64_t *LIST, uint32_t CAPACITY) {
    napi_value list;
    if (napi_create_array(env, &list) != napi_ok) SWIG_fail;
    for (uint32_t i = 0; i < $2 && i < static_cast<uint32_t>(result); i++)
        napi_set_element(env, list, i, node_number(env, static_cast<double>($1[i])));
    $result = Napi::Value(env, list);
}

// Integers of the library, by their sizes.
typedef uint64_t sipua_id;
typedef int32_t sipua_error;
typedef int32_t sipua_cause;
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

// Structs in: filled on the stack from an object. Structs out: an object.
%typemap(in) const sipua_agent_config * (sipua_agent_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_agent_config_struct, false, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in) const sipua_agent_config *NULLABLE (sipua_agent_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_agent_config_struct, true, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in, numinputs=0) sipua_agent_config *INOUT (sipua_agent_config filled = {sizeof(sipua_agent_config)}) { $1 = &filled; }
%typemap(argout) sipua_agent_config *INOUT { $result = Napi::Value(env, node_append(env, $result, node_struct_out(env, &sipua_agent_config_struct, $1))); }
%typemap(in) const sipua_event_view * (sipua_event_view filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &node_event_view, false, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in) const sipua_event_view *NULLABLE (sipua_event_view filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &node_event_view, true, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in, numinputs=0) sipua_event_view *INOUT (sipua_event_view filled = {sizeof(sipua_event_view)}) { $1 = &filled; }
%typemap(argout) sipua_event_view *INOUT { $result = Napi::Value(env, node_append(env, $result, node_view_out(env, $1))); }
%typemap(in) const sipua_field_info * (sipua_field_info filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_field_info_struct, false, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in) const sipua_field_info *NULLABLE (sipua_field_info filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_field_info_struct, true, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in, numinputs=0) sipua_field_info *INOUT (sipua_field_info filled = {sizeof(sipua_field_info)}) { $1 = &filled; }
%typemap(argout) sipua_field_info *INOUT { $result = Napi::Value(env, node_append(env, $result, node_struct_out(env, &sipua_field_info_struct, $1))); }
%typemap(in) const sipua_call_stats * (sipua_call_stats filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_call_stats_struct, false, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in) const sipua_call_stats *NULLABLE (sipua_call_stats filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_call_stats_struct, true, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in, numinputs=0) sipua_call_stats *INOUT (sipua_call_stats filled = {sizeof(sipua_call_stats)}) { $1 = &filled; }
%typemap(argout) sipua_call_stats *INOUT { $result = Napi::Value(env, node_append(env, $result, node_struct_out(env, &sipua_call_stats_struct, $1))); }
%typemap(in) const sipua_agent_counters * (sipua_agent_counters filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_agent_counters_struct, false, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in) const sipua_agent_counters *NULLABLE (sipua_agent_counters filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_agent_counters_struct, true, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in, numinputs=0) sipua_agent_counters *INOUT (sipua_agent_counters filled = {sizeof(sipua_agent_counters)}) { $1 = &filled; }
%typemap(argout) sipua_agent_counters *INOUT { $result = Napi::Value(env, node_append(env, $result, node_struct_out(env, &sipua_agent_counters_struct, $1))); }
%typemap(in) const sipua_account_config * (sipua_account_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_account_config_struct, false, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in) const sipua_account_config *NULLABLE (sipua_account_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_account_config_struct, true, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in, numinputs=0) sipua_account_config *INOUT (sipua_account_config filled = {sizeof(sipua_account_config)}) { $1 = &filled; }
%typemap(argout) sipua_account_config *INOUT { $result = Napi::Value(env, node_append(env, $result, node_struct_out(env, &sipua_account_config_struct, $1))); }
%typemap(in) const sipua_call_config * (sipua_call_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_call_config_struct, false, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in) const sipua_call_config *NULLABLE (sipua_call_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_call_config_struct, true, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in, numinputs=0) sipua_call_config *INOUT (sipua_call_config filled = {sizeof(sipua_call_config)}) { $1 = &filled; }
%typemap(argout) sipua_call_config *INOUT { $result = Napi::Value(env, node_append(env, $result, node_struct_out(env, &sipua_call_config_struct, $1))); }
%typemap(in) const sipua_reply * (sipua_reply filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_reply_struct, false, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in) const sipua_reply *NULLABLE (sipua_reply filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_reply_struct, true, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in, numinputs=0) sipua_reply *INOUT (sipua_reply filled = {sizeof(sipua_reply)}) { $1 = &filled; }
%typemap(argout) sipua_reply *INOUT { $result = Napi::Value(env, node_append(env, $result, node_struct_out(env, &sipua_reply_struct, $1))); }
%typemap(in) const sipua_collect_config * (sipua_collect_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_collect_config_struct, false, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in) const sipua_collect_config *NULLABLE (sipua_collect_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_collect_config_struct, true, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in, numinputs=0) sipua_collect_config *INOUT (sipua_collect_config filled = {sizeof(sipua_collect_config)}) { $1 = &filled; }
%typemap(argout) sipua_collect_config *INOUT { $result = Napi::Value(env, node_append(env, $result, node_struct_out(env, &sipua_collect_config_struct, $1))); }
%typemap(in) const sipua_change * (sipua_change filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_change_struct, false, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in) const sipua_change *NULLABLE (sipua_change filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_change_struct, true, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in, numinputs=0) sipua_change *INOUT (sipua_change filled = {sizeof(sipua_change)}) { $1 = &filled; }
%typemap(argout) sipua_change *INOUT { $result = Napi::Value(env, node_append(env, $result, node_struct_out(env, &sipua_change_struct, $1))); }
%typemap(in) const sipua_request_config * (sipua_request_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_request_config_struct, false, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in) const sipua_request_config *NULLABLE (sipua_request_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_request_config_struct, true, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in, numinputs=0) sipua_request_config *INOUT (sipua_request_config filled = {sizeof(sipua_request_config)}) { $1 = &filled; }
%typemap(argout) sipua_request_config *INOUT { $result = Napi::Value(env, node_append(env, $result, node_struct_out(env, &sipua_request_config_struct, $1))); }
%typemap(in) const sipua_transfer_config * (sipua_transfer_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_transfer_config_struct, false, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in) const sipua_transfer_config *NULLABLE (sipua_transfer_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_transfer_config_struct, true, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in, numinputs=0) sipua_transfer_config *INOUT (sipua_transfer_config filled = {sizeof(sipua_transfer_config)}) { $1 = &filled; }
%typemap(argout) sipua_transfer_config *INOUT { $result = Napi::Value(env, node_append(env, $result, node_struct_out(env, &sipua_transfer_config_struct, $1))); }
%typemap(in) const sipua_conference_config * (sipua_conference_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_conference_config_struct, false, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in) const sipua_conference_config *NULLABLE (sipua_conference_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_conference_config_struct, true, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in, numinputs=0) sipua_conference_config *INOUT (sipua_conference_config filled = {sizeof(sipua_conference_config)}) { $1 = &filled; }
%typemap(argout) sipua_conference_config *INOUT { $result = Napi::Value(env, node_append(env, $result, node_struct_out(env, &sipua_conference_config_struct, $1))); }
%typemap(in) const sipua_bridge_config * (sipua_bridge_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_bridge_config_struct, false, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in) const sipua_bridge_config *NULLABLE (sipua_bridge_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_bridge_config_struct, true, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in, numinputs=0) sipua_bridge_config *INOUT (sipua_bridge_config filled = {sizeof(sipua_bridge_config)}) { $1 = &filled; }
%typemap(argout) sipua_bridge_config *INOUT { $result = Napi::Value(env, node_append(env, $result, node_struct_out(env, &sipua_bridge_config_struct, $1))); }
%typemap(in) const sipua_subscribe_config * (sipua_subscribe_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_subscribe_config_struct, false, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in) const sipua_subscribe_config *NULLABLE (sipua_subscribe_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_subscribe_config_struct, true, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in, numinputs=0) sipua_subscribe_config *INOUT (sipua_subscribe_config filled = {sizeof(sipua_subscribe_config)}) { $1 = &filled; }
%typemap(argout) sipua_subscribe_config *INOUT { $result = Napi::Value(env, node_append(env, $result, node_struct_out(env, &sipua_subscribe_config_struct, $1))); }
%typemap(in) const sipua_notify_config * (sipua_notify_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_notify_config_struct, false, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in) const sipua_notify_config *NULLABLE (sipua_notify_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_notify_config_struct, true, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in, numinputs=0) sipua_notify_config *INOUT (sipua_notify_config filled = {sizeof(sipua_notify_config)}) { $1 = &filled; }
%typemap(argout) sipua_notify_config *INOUT { $result = Napi::Value(env, node_append(env, $result, node_struct_out(env, &sipua_notify_config_struct, $1))); }
%typemap(in) const sipua_publish_config * (sipua_publish_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_publish_config_struct, false, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in) const sipua_publish_config *NULLABLE (sipua_publish_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_publish_config_struct, true, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in, numinputs=0) sipua_publish_config *INOUT (sipua_publish_config filled = {sizeof(sipua_publish_config)}) { $1 = &filled; }
%typemap(argout) sipua_publish_config *INOUT { $result = Napi::Value(env, node_append(env, $result, node_struct_out(env, &sipua_publish_config_struct, $1))); }
%typemap(in) const sipua_message_config * (sipua_message_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_message_config_struct, false, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in) const sipua_message_config *NULLABLE (sipua_message_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_message_config_struct, true, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in, numinputs=0) sipua_message_config *INOUT (sipua_message_config filled = {sizeof(sipua_message_config)}) { $1 = &filled; }
%typemap(argout) sipua_message_config *INOUT { $result = Napi::Value(env, node_append(env, $result, node_struct_out(env, &sipua_message_config_struct, $1))); }
%typemap(in) const sipua_listener_config * (sipua_listener_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_listener_config_struct, false, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in) const sipua_listener_config *NULLABLE (sipua_listener_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_listener_config_struct, true, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in, numinputs=0) sipua_listener_config *INOUT (sipua_listener_config filled = {sizeof(sipua_listener_config)}) { $1 = &filled; }
%typemap(argout) sipua_listener_config *INOUT { $result = Napi::Value(env, node_append(env, $result, node_struct_out(env, &sipua_listener_config_struct, $1))); }
%typemap(in) const sipua_server_config * (sipua_server_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_server_config_struct, false, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in) const sipua_server_config *NULLABLE (sipua_server_config filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_server_config_struct, true, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in, numinputs=0) sipua_server_config *INOUT (sipua_server_config filled = {sizeof(sipua_server_config)}) { $1 = &filled; }
%typemap(argout) sipua_server_config *INOUT { $result = Napi::Value(env, node_append(env, $result, node_struct_out(env, &sipua_server_config_struct, $1))); }
%typemap(in) const sipua_option_info * (sipua_option_info filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_option_info_struct, false, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in) const sipua_option_info *NULLABLE (sipua_option_info filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_option_info_struct, true, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in, numinputs=0) sipua_option_info *INOUT (sipua_option_info filled = {sizeof(sipua_option_info)}) { $1 = &filled; }
%typemap(argout) sipua_option_info *INOUT { $result = Napi::Value(env, node_append(env, $result, node_struct_out(env, &sipua_option_info_struct, $1))); }
%typemap(in) const sipua_uri * (sipua_uri filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_uri_struct, false, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in) const sipua_uri *NULLABLE (sipua_uri filled, Arena arena, bool given) {
    if (!node_struct_in(env, $input, "$1_name", &sipua_uri_struct, true, arena, &filled, &given)) SWIG_fail;
    $1 = given ? &filled : nullptr;
}
%typemap(in, numinputs=0) sipua_uri *INOUT (sipua_uri filled = {sizeof(sipua_uri)}) { $1 = &filled; }
%typemap(argout) sipua_uri *INOUT { $result = Napi::Value(env, node_append(env, $result, node_struct_out(env, &sipua_uri_struct, $1))); }

%typemap(out) int32_t sipua_abi_version = int32_t NUMBER;
int32_t sipua_abi_version(void);
const char *sipua_version(void);
const char *sipua_features(void);
const char *sipua_error_name(sipua_error code);
const char *sipua_error_text(sipua_error code);
%typemap(out) int32_t sipua_error_retryable = int32_t NUMBER;
int32_t sipua_error_retryable(sipua_error code);
%typemap(out) int32_t sipua_error_fatal = int32_t NUMBER;
int32_t sipua_error_fatal(sipua_error code);
%typemap(out) sipua_error sipua_last_error = int32_t NUMBER;
sipua_error sipua_last_error(void);
const char *sipua_last_error_text(void);
const char *sipua_cause_text(sipua_cause cause);
%apply const sipua_agent_config *NULLABLE { const sipua_agent_config * config };
%apply sipua_agent **OUT { sipua_agent ** agent };
%typemap(out) int32_t sipua_agent_create = int32_t CHECKED;
int32_t sipua_agent_create(const sipua_agent_config *config, sipua_agent **agent);
%clear const sipua_agent_config * config;
%clear sipua_agent ** agent;
int32_t sipua_agent_shutdown(sipua_agent *agent, int32_t deadline_ms, uint64_t tag);
int32_t sipua_agent_close(sipua_agent *agent);
// sipua_agent_free: src/native/handle.c
int32_t sipua_agent_stats(sipua_agent *agent, uint64_t tag);
int32_t sipua_agent_ask(sipua_agent *agent, sipua_ask_kind kind, sipua_switch on, uint64_t tag);
int32_t sipua_network_changed(sipua_agent *agent, uint64_t tag);
int32_t sipua_agent_reload_tls(sipua_agent *agent, uint64_t tag);
int32_t sipua_agent_drain(sipua_agent *agent, sipua_switch on, uint64_t tag);
%apply sipua_event **OUT { sipua_event ** event };
%typemap(out) int32_t sipua_poll = int32_t CHECKED;
int32_t sipua_poll(sipua_agent *agent, int32_t timeout_ms, sipua_event **event);
%clear sipua_event ** event;
int32_t sipua_poll_interrupt(sipua_agent *agent);
int32_t sipua_agent_fd(sipua_agent *agent);
// sipua_agent_set_wakeup: agent_on_wakeup of src/native/handle.c
const char *sipua_event_type_name(sipua_event_type type);
%apply sipua_event_view *INOUT { sipua_event_view * view };
%typemap(out) int32_t sipua_event_get = int32_t CHECKED;
int32_t sipua_event_get(const sipua_event *event, sipua_event_view *view);
%clear sipua_event_view * view;
// sipua_event_destroy: src/native/handle.c
int32_t sipua_event_header_count(const sipua_event *event);
%apply const char **OUT { const char ** name };
%apply const char **OUT { const char ** value };
%typemap(out) int32_t sipua_event_header_at = int32_t CHECKED;
int32_t sipua_event_header_at(const sipua_event *event, int32_t index, const char **name, const char **value);
%clear const char ** name;
%clear const char ** value;
const char *sipua_event_header(const sipua_event *event, const char *name, int32_t index);
%apply uint64_t *BYTES { uint64_t * size };
const uint8_t *sipua_event_message(const sipua_event *event, uint64_t *size);
%clear uint64_t * size;
const char *sipua_event_json(const sipua_event *event);
int32_t sipua_event_document_count(const sipua_event *event);
%apply const char **OUT { const char ** name };
%apply const char **OUT { const char ** value };
%typemap(out) int32_t sipua_event_document_at = int32_t CHECKED;
int32_t sipua_event_document_at(const sipua_event *event, int32_t index, const char **name, const char **value);
%clear const char ** name;
%clear const char ** value;
%apply (const sipua_pair *PAIRS, uint32_t COUNT) { (const sipua_pair * fields, uint32_t field_count) };
%apply (char *TEXT, uint32_t CAPACITY) { (char * buffer, uint32_t capacity) };
%typemap(out) int32_t sipua_document_write = int32_t CHECKED;
int32_t sipua_document_write(const char *type, const sipua_pair *fields, uint32_t field_count, char *buffer, uint32_t capacity);
%clear (const sipua_pair * fields, uint32_t field_count);
%clear (char * buffer, uint32_t capacity);
%typemap(out) int32_t sipua_field_count = int32_t NUMBER;
int32_t sipua_field_count(void);
%apply sipua_field_info *INOUT { sipua_field_info * info };
%typemap(out) int32_t sipua_field_at = int32_t CHECKED;
int32_t sipua_field_at(int32_t index, sipua_field_info *info);
%clear sipua_field_info * info;
int32_t sipua_call_stats_request(sipua_agent *agent, sipua_id call, uint64_t tag);
%apply sipua_call_stats *INOUT { sipua_call_stats * stats };
%typemap(out) int32_t sipua_event_call_stats = int32_t CHECKED;
int32_t sipua_event_call_stats(const sipua_event *event, sipua_call_stats *stats);
%clear sipua_call_stats * stats;
%apply sipua_agent_counters *INOUT { sipua_agent_counters * counters };
%typemap(out) int32_t sipua_event_agent_stats = int32_t CHECKED;
int32_t sipua_event_agent_stats(const sipua_event *event, sipua_agent_counters *counters);
%clear sipua_agent_counters * counters;
%apply uint64_t *OUT { sipua_id * account };
%typemap(out) int32_t sipua_account_create = int32_t CHECKED;
int32_t sipua_account_create(sipua_agent *agent, const sipua_account_config *config, uint64_t tag, sipua_id *account);
%clear sipua_id * account;
int32_t sipua_account_register(sipua_agent *agent, sipua_id account, uint64_t tag);
int32_t sipua_account_unregister(sipua_agent *agent, sipua_id account, sipua_switch all, uint64_t tag);
%apply const char *NULLABLE { const char * token };
int32_t sipua_account_set_token(sipua_agent *agent, sipua_id account, const char *token, uint64_t tag);
%clear const char * token;
int32_t sipua_account_close(sipua_agent *agent, sipua_id account, uint64_t tag);
%apply uint64_t *OUT { sipua_id * call };
%typemap(out) int32_t sipua_call_create = int32_t CHECKED;
int32_t sipua_call_create(sipua_agent *agent, sipua_id account, const sipua_call_config *config, uint64_t tag, sipua_id *call);
%clear sipua_id * call;
%apply const sipua_reply *NULLABLE { const sipua_reply * reply };
int32_t sipua_call_ring(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag);
%clear const sipua_reply * reply;
%apply const sipua_reply *NULLABLE { const sipua_reply * reply };
int32_t sipua_call_answer(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag);
%clear const sipua_reply * reply;
%apply const sipua_reply *NULLABLE { const sipua_reply * reply };
int32_t sipua_call_reject(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag);
%clear const sipua_reply * reply;
%apply const sipua_reply *NULLABLE { const sipua_reply * reply };
int32_t sipua_call_hangup(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag);
%clear const sipua_reply * reply;
int32_t sipua_call_set_user(sipua_agent *agent, sipua_id call, uint64_t user, uint64_t tag);
int32_t sipua_call_dtmf(sipua_agent *agent, sipua_id call, const char *digits, int32_t duration_ms, int32_t gap_ms, uint64_t tag);
%apply uint64_t *OUT { sipua_id * player };
%typemap(out) int32_t sipua_call_play = int32_t CHECKED;
int32_t sipua_call_play(sipua_agent *agent, sipua_id call, const char *path, sipua_switch loop, uint64_t user, uint64_t tag, sipua_id *player);
%clear sipua_id * player;
int32_t sipua_player_stop(sipua_agent *agent, sipua_id player, uint64_t tag);
%apply uint64_t *OUT { sipua_id * recorder };
%typemap(out) int32_t sipua_call_record = int32_t CHECKED;
int32_t sipua_call_record(sipua_agent *agent, sipua_id call, const char *path, sipua_record_side side, uint64_t user, uint64_t tag, sipua_id *recorder);
%clear sipua_id * recorder;
int32_t sipua_recorder_stop(sipua_agent *agent, sipua_id recorder, uint64_t tag);
int32_t sipua_call_mute(sipua_agent *agent, sipua_id call, sipua_event_flags sides, sipua_switch on, uint64_t tag);
%apply const sipua_collect_config *NULLABLE { const sipua_collect_config * config };
%apply uint64_t *OUT { sipua_id * collector };
%typemap(out) int32_t sipua_call_collect = int32_t CHECKED;
int32_t sipua_call_collect(sipua_agent *agent, sipua_id call, const sipua_collect_config *config, uint64_t tag, sipua_id *collector);
%clear const sipua_collect_config * config;
%clear sipua_id * collector;
int32_t sipua_collector_stop(sipua_agent *agent, sipua_id collector, uint64_t tag);
%apply const sipua_change *NULLABLE { const sipua_change * change };
int32_t sipua_call_change(sipua_agent *agent, sipua_id call, const sipua_change *change, uint64_t tag);
%clear const sipua_change * change;
%apply const sipua_reply *NULLABLE { const sipua_reply * reply };
int32_t sipua_call_accept_change(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag);
%clear const sipua_reply * reply;
%apply const sipua_reply *NULLABLE { const sipua_reply * reply };
int32_t sipua_call_reject_change(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag);
%clear const sipua_reply * reply;
%apply const sipua_request_config *NULLABLE { const sipua_request_config * config };
%apply uint64_t *OUT { sipua_id * request };
%typemap(out) int32_t sipua_call_request = int32_t CHECKED;
int32_t sipua_call_request(sipua_agent *agent, sipua_id call, const sipua_request_config *config, uint64_t tag, sipua_id *request);
%clear const sipua_request_config * config;
%clear sipua_id * request;
%apply uint64_t *OUT { sipua_id * transfer };
%typemap(out) int32_t sipua_call_transfer = int32_t CHECKED;
int32_t sipua_call_transfer(sipua_agent *agent, sipua_id call, const sipua_transfer_config *config, uint64_t tag, sipua_id *transfer);
%clear sipua_id * transfer;
%apply uint64_t *OUT { sipua_id * transfer };
%typemap(out) int32_t sipua_transfer_send = int32_t CHECKED;
int32_t sipua_transfer_send(sipua_agent *agent, sipua_id account, const sipua_transfer_config *config, uint64_t tag, sipua_id *transfer);
%clear sipua_id * transfer;
%apply const sipua_call_config *NULLABLE { const sipua_call_config * config };
%apply uint64_t *OUT { sipua_id * call };
%typemap(out) int32_t sipua_transfer_accept = int32_t CHECKED;
int32_t sipua_transfer_accept(sipua_agent *agent, sipua_id transfer, const sipua_call_config *config, uint64_t tag, sipua_id *call);
%clear const sipua_call_config * config;
%clear sipua_id * call;
%apply const sipua_reply *NULLABLE { const sipua_reply * reply };
int32_t sipua_transfer_reject(sipua_agent *agent, sipua_id transfer, const sipua_reply *reply, uint64_t tag);
%clear const sipua_reply * reply;
%apply const sipua_conference_config *NULLABLE { const sipua_conference_config * config };
%apply uint64_t *OUT { sipua_id * conference };
%typemap(out) int32_t sipua_conference_create = int32_t CHECKED;
int32_t sipua_conference_create(sipua_agent *agent, const sipua_conference_config *config, uint64_t tag, sipua_id *conference);
%clear const sipua_conference_config * config;
%clear sipua_id * conference;
int32_t sipua_conference_add(sipua_agent *agent, sipua_id conference, sipua_id call, uint64_t tag);
int32_t sipua_conference_remove(sipua_agent *agent, sipua_id conference, sipua_id call, uint64_t tag);
%apply uint64_t *OUT { sipua_id * player };
%typemap(out) int32_t sipua_conference_play = int32_t CHECKED;
int32_t sipua_conference_play(sipua_agent *agent, sipua_id conference, const char *path, sipua_switch loop, uint64_t user, uint64_t tag, sipua_id *player);
%clear sipua_id * player;
%apply uint64_t *OUT { sipua_id * recorder };
%typemap(out) int32_t sipua_conference_record = int32_t CHECKED;
int32_t sipua_conference_record(sipua_agent *agent, sipua_id conference, const char *path, uint64_t user, uint64_t tag, sipua_id *recorder);
%clear sipua_id * recorder;
int32_t sipua_conference_end(sipua_agent *agent, sipua_id conference, sipua_switch hangup, uint64_t tag);
%apply const sipua_bridge_config *NULLABLE { const sipua_bridge_config * config };
%apply uint64_t *OUT { sipua_id * bridge };
%typemap(out) int32_t sipua_bridge_create = int32_t CHECKED;
int32_t sipua_bridge_create(sipua_agent *agent, sipua_id a, sipua_id b, const sipua_bridge_config *config, uint64_t tag, sipua_id *bridge);
%clear const sipua_bridge_config * config;
%clear sipua_id * bridge;
int32_t sipua_bridge_end(sipua_agent *agent, sipua_id bridge, uint64_t tag);
%apply uint64_t *OUT { sipua_id * subscription };
%typemap(out) int32_t sipua_subscription_create = int32_t CHECKED;
int32_t sipua_subscription_create(sipua_agent *agent, sipua_id account, const sipua_subscribe_config *config, uint64_t tag, sipua_id *subscription);
%clear sipua_id * subscription;
int32_t sipua_subscription_refresh(sipua_agent *agent, sipua_id subscription, int32_t expires, uint64_t tag);
int32_t sipua_subscription_end(sipua_agent *agent, sipua_id subscription, uint64_t tag);
%apply const sipua_notify_config *NULLABLE { const sipua_notify_config * config };
int32_t sipua_notifier_accept(sipua_agent *agent, sipua_id notifier, const sipua_notify_config *config, uint64_t user, uint64_t tag);
%clear const sipua_notify_config * config;
%apply const sipua_reply *NULLABLE { const sipua_reply * reply };
int32_t sipua_notifier_reject(sipua_agent *agent, sipua_id notifier, const sipua_reply *reply, uint64_t tag);
%clear const sipua_reply * reply;
int32_t sipua_notifier_notify(sipua_agent *agent, sipua_id notifier, const sipua_notify_config *config, uint64_t tag);
%apply uint64_t *OUT { sipua_id * publication };
%typemap(out) int32_t sipua_publication_create = int32_t CHECKED;
int32_t sipua_publication_create(sipua_agent *agent, sipua_id account, const sipua_publish_config *config, uint64_t tag, sipua_id *publication);
%clear sipua_id * publication;
%apply const char *NULLABLE { const char * content_type };
%apply (const char *BYTES, uint32_t SIZE) { (const char * body, uint32_t body_size) };
int32_t sipua_publication_update(sipua_agent *agent, sipua_id publication, const char *content_type, const char *body, uint32_t body_size, uint64_t tag);
%clear const char * content_type;
%clear (const char * body, uint32_t body_size);
int32_t sipua_publication_end(sipua_agent *agent, sipua_id publication, uint64_t tag);
%apply (const int16_t *pcm, uint32_t samples) { (const int16_t * pcm, uint32_t samples) };
int32_t sipua_audio_write(sipua_agent *agent, sipua_id call, const int16_t *pcm, uint32_t samples, int32_t rate, uint64_t segment, int32_t timeout_ms);
%clear (const int16_t * pcm, uint32_t samples);
%apply (int16_t *pcm, uint32_t samples) { (int16_t * pcm, uint32_t samples) };
%apply uint32_t *FLAGS { sipua_audio_flags * flags };
int32_t sipua_audio_read(sipua_agent *agent, sipua_id call, int16_t *pcm, uint32_t samples, int32_t timeout_ms, sipua_audio_flags *flags);
%clear (int16_t * pcm, uint32_t samples);
%clear sipua_audio_flags * flags;
int32_t sipua_audio_set_rate(sipua_agent *agent, sipua_id call, int32_t rate);
int32_t sipua_audio_flush(sipua_agent *agent, sipua_id call, uint64_t tag);
int32_t sipua_audio_mark(sipua_agent *agent, sipua_id call, uint64_t mark);
int32_t sipua_audio_queued(sipua_agent *agent, sipua_id call);
int32_t sipua_audio_watch(sipua_agent *agent, sipua_id call, int32_t readable_ms, int32_t writable_ms);
%apply (uint64_t *LIST, uint32_t CAPACITY) { (sipua_id * calls, uint32_t capacity) };
%typemap(out) int32_t sipua_audio_ready = int32_t CHECKED;
int32_t sipua_audio_ready(sipua_agent *agent, sipua_id *calls, uint32_t capacity);
%clear (sipua_id * calls, uint32_t capacity);
%apply uint64_t *OUT { sipua_id * message };
%typemap(out) int32_t sipua_message_send = int32_t CHECKED;
int32_t sipua_message_send(sipua_agent *agent, sipua_id account, const sipua_message_config *config, uint64_t tag, sipua_id *message);
%clear sipua_id * message;
%apply const sipua_reply *NULLABLE { const sipua_reply * reply };
int32_t sipua_message_accept(sipua_agent *agent, sipua_id message, const sipua_reply *reply, uint64_t tag);
%clear const sipua_reply * reply;
%apply const sipua_reply *NULLABLE { const sipua_reply * reply };
int32_t sipua_message_reject(sipua_agent *agent, sipua_id message, const sipua_reply *reply, uint64_t tag);
%clear const sipua_reply * reply;
%apply uint64_t *OUT { sipua_id * query };
%typemap(out) int32_t sipua_options_send = int32_t CHECKED;
int32_t sipua_options_send(sipua_agent *agent, sipua_id account, const sipua_message_config *config, uint64_t tag, sipua_id *query);
%clear sipua_id * query;
%apply uint64_t *OUT { sipua_id * listener };
%typemap(out) int32_t sipua_listener_create = int32_t CHECKED;
int32_t sipua_listener_create(sipua_agent *agent, const sipua_listener_config *config, uint64_t tag, sipua_id *listener);
%clear sipua_id * listener;
int32_t sipua_listener_close(sipua_agent *agent, sipua_id listener, uint64_t tag);
%apply uint64_t *OUT { sipua_id * server };
%typemap(out) int32_t sipua_server_create = int32_t CHECKED;
int32_t sipua_server_create(sipua_agent *agent, const sipua_server_config *config, uint64_t tag, sipua_id *server);
%clear sipua_id * server;
%apply const char *NULLABLE { const char * password };
int32_t sipua_server_set_user(sipua_agent *agent, sipua_id server, const char *name, const char *password, uint64_t tag);
%clear const char * password;
int32_t sipua_server_close(sipua_agent *agent, sipua_id server, uint64_t tag);
int32_t sipua_option_set(sipua_agent *agent, sipua_id id, const char *key, const char *value, uint64_t tag);
%typemap(out) int32_t sipua_option_count = int32_t NUMBER;
int32_t sipua_option_count(void);
%apply sipua_option_info *INOUT { sipua_option_info * info };
%typemap(out) int32_t sipua_option_at = int32_t CHECKED;
int32_t sipua_option_at(int32_t index, sipua_option_info *info);
%clear sipua_option_info * info;
%apply sipua_uri *INOUT { sipua_uri * uri };
%apply (char *SCRATCH, uint32_t CAPACITY) { (char * buffer, uint32_t capacity) };
%typemap(out) int32_t sipua_uri_parse = int32_t CHECKED;
int32_t sipua_uri_parse(const char *text, sipua_uri *uri, char *buffer, uint32_t capacity);
%clear sipua_uri * uri;
%clear (char * buffer, uint32_t capacity);
%apply (char *TEXT, uint32_t CAPACITY) { (char * buffer, uint32_t capacity) };
%typemap(out) int32_t sipua_uri_write = int32_t CHECKED;
int32_t sipua_uri_write(const sipua_uri *uri, char *buffer, uint32_t capacity);
%clear (char * buffer, uint32_t capacity);
// sipua_agent_config_init: structs are objects here
// sipua_event_view_init: structs are objects here
// sipua_call_stats_init: structs are objects here
// sipua_agent_counters_init: structs are objects here
// sipua_account_config_init: structs are objects here
// sipua_call_config_init: structs are objects here
// sipua_reply_init: structs are objects here
// sipua_message_config_init: structs are objects here
// sipua_listener_config_init: structs are objects here
// sipua_server_config_init: structs are objects here
// sipua_option_info_init: structs are objects here
// sipua_uri_init: structs are objects here
// sipua_change_init: structs are objects here
// sipua_request_config_init: structs are objects here
// sipua_collect_config_init: structs are objects here
// sipua_transfer_config_init: structs are objects here
// sipua_conference_config_init: structs are objects here
// sipua_bridge_config_init: structs are objects here
// sipua_subscribe_config_init: structs are objects here
// sipua_notify_config_init: structs are objects here
// sipua_publish_config_init: structs are objects here
// sipua_field_info_init: structs are objects here
