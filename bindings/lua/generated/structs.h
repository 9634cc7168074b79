/* Written by abi/gen/generate from sipua.h. Do not edit.
 * How each struct looks in Lua; c/support.c and c/push.c read it. */
#ifndef SIPUA_LUA_STRUCTS_H
#define SIPUA_LUA_STRUCTS_H

static const sl_word words_error[] = {{"ok", 0}, {"invalid", -1}, {"nomem", -2}, {"closed", -3}, {"gone", -4}, {"kind", -5}, {"state", -6}, {"version", -7}, {"forked", -8}, {"busy", -9}, {"interrupted", -10}, {"canceled", -11}, {"timeout", -12}, {"eof", -13}, {"full", -14}, {"limit", -15}, {"unsupported", -16}, {"uri", -17}, {"header", -18}, {"address", -19}, {"in_use", -20}, {"io", -21}, {"not_found", -22}, {"format", -23}, {"dns", -24}, {"transport", -25}, {"protocol", -26}, {"auth", -27}, {"media", -28}, {"permission", -29}, {"internal", -30}, {"tls", -31}, {NULL, 0}};
static const sl_word words_cause[] = {{"Terminated", 1}, {"Canceled", 2}, {"Busy", 3}, {"Rejected", 4}, {"Redirected", 5}, {"Unavailable", 6}, {"Not Found", 7}, {"Address Incomplete", 8}, {"Incompatible SDP", 9}, {"Missing SDP", 10}, {"Bad Media Description", 11}, {"Authentication Error", 12}, {"No Answer", 13}, {"No ACK", 14}, {"Expires", 15}, {"Dialog Error", 16}, {"Request Timeout", 17}, {"Connection Error", 18}, {"RTP Timeout", 19}, {"SIP Failure Code", 20}, {"Internal Error", 21}, {"Overload", 22}, {"Replaced", 23}, {"Transferred", 24}, {"Time Limit", 25}, {"Session Expired", 26}, {NULL, 0}};
static const sl_word words_originator[] = {{"local", 1}, {"remote", 2}, {"system", 3}, {NULL, 0}};
static const sl_word words_log_level[] = {{"default", 0}, {"none", -1}, {"error", 1}, {"warning", 2}, {"info", 3}, {"debug", 4}, {NULL, 0}};
static const sl_word words_ask_kind[] = {{"call", 1}, {"message", 2}, {"change", 3}, {"transfer", 4}, {"subscribe", 5}, {"replace", 6}, {"join", 7}, {NULL, 0}};
static const sl_word words_event_type[] = {{"listening", 1}, {"listener_closed", 2}, {"transport_connecting", 3}, {"transport_connected", 4}, {"transport_disconnected", 5}, {"network_changed", 6}, {"registered", 10}, {"registration_degraded", 11}, {"unregistered", 12}, {"registration_failed", 13}, {"account_closed", 14}, {"path_quality", 15}, {"incoming_call", 20}, {"call_sending", 21}, {"call_progress", 22}, {"call_accepted", 23}, {"call_confirmed", 24}, {"call_ended", 25}, {"call_held", 26}, {"call_resumed", 27}, {"call_updated", 28}, {"call_redirected", 29}, {"dtmf", 30}, {"info", 31}, {"dtmf_sent", 32}, {"call_moved", 33}, {"call_change_requested", 34}, {"call_change_failed", 35}, {"call_muted", 36}, {"call_unmuted", 37}, {"call_replaced", 38}, {"request_answered", 39}, {"message", 40}, {"message_answered", 41}, {"message_delivered", 42}, {"message_failed", 43}, {"message_composing", 44}, {"message_disposition", 45}, {"options", 50}, {"options_answered", 51}, {"subscribe_requested", 52}, {"notify", 53}, {"subscription_state", 54}, {"publish_state", 55}, {"transfer_requested", 56}, {"transfer_progress", 57}, {"transfer_done", 58}, {"media_ready", 60}, {"media_stalled", 61}, {"media_resumed", 62}, {"mark", 63}, {"flushed", 64}, {"audio_ready", 65}, {"play_done", 66}, {"record_done", 67}, {"collected", 68}, {"conference_changed", 70}, {"conference_ended", 71}, {"bridge_changed", 72}, {"bridge_ended", 73}, {"server_binding", 80}, {"server_closed", 81}, {"stats", 90}, {"trace", 91}, {"log", 92}, {"overflow", 93}, {"reply", 94}, {"shutdown", 95}, {"suspicious", 96}, {"drained", 97}, {NULL, 0}};
static const sl_word words_event_flags[] = {{"refresh", 1}, {"early_media", 2}, {"established", 4}, {"default", 8}, {"flushed", 16}, {"final", 32}, {"followed", 64}, {"hold", 128}, {"resume", 256}, {"offerless", 512}, {"send", 1024}, {"receive", 2048}, {"join", 4096}, {"added", 8192}, {"wants_delivered", 16384}, {"wants_displayed", 32768}, {"early_only", 65536}, {"auto_answer", 131072}, {NULL, 0}};
static const sl_word words_media[] = {{"default", 0}, {"rtp", 1}, {"none", 2}, {NULL, 0}};
static const sl_word words_record_side[] = {{"far", 0}, {"near", 1}, {"stereo", 2}, {NULL, 0}};
static const sl_word words_change_method[] = {{"auto", 0}, {"invite", 1}, {"update", 2}, {NULL, 0}};
static const sl_word words_server_mode[] = {{"proxy", 0}, {"redirect", 1}, {NULL, 0}};

static const sl_field fields_agent_config[] = {
    {"max_calls", SL_I32, 0, offsetof(sipua_agent_config, max_calls), 0, 0, NULL},
    {"bind", SL_STRING, 0, offsetof(sipua_agent_config, bind), 0, 0, NULL},
    {"advertise", SL_STRING, 0, offsetof(sipua_agent_config, advertise), 0, 0, NULL},
    {"listen", SL_STRINGS, 0, offsetof(sipua_agent_config, listen), offsetof(sipua_agent_config, listen_count), 4, NULL},
    {"open", SL_SWITCH, 0, offsetof(sipua_agent_config, open), 0, 0, NULL},
    {"user_agent", SL_STRING, 0, offsetof(sipua_agent_config, user_agent), 0, 0, NULL},
    {"codecs", SL_STRINGS, 0, offsetof(sipua_agent_config, codecs), offsetof(sipua_agent_config, codec_count), 4, NULL},
    {"rtp_port_min", SL_I32, 0, offsetof(sipua_agent_config, rtp_port_min), 0, 0, NULL},
    {"rtp_port_max", SL_I32, 0, offsetof(sipua_agent_config, rtp_port_max), 0, 0, NULL},
    {"media_workers", SL_I32, 0, offsetof(sipua_agent_config, media_workers), 0, 0, NULL},
    {"queue_events", SL_I32, 0, offsetof(sipua_agent_config, queue_events), 0, 0, NULL},
    {"queue_bytes", SL_I32, 0, offsetof(sipua_agent_config, queue_bytes), 0, 0, NULL},
    {"log_level", SL_WORD, 0, offsetof(sipua_agent_config, log_level), 0, 0, words_log_level},
    {"trace", SL_SWITCH, 0, offsetof(sipua_agent_config, trace), 0, 0, NULL},
    {"dns_servers", SL_STRINGS, 0, offsetof(sipua_agent_config, dns_servers), offsetof(sipua_agent_config, dns_server_count), 4, NULL},
    {"tls_ca", SL_STRING, 0, offsetof(sipua_agent_config, tls_ca), 0, 0, NULL},
    {"tls_ca_fallback", SL_STRING, 0, offsetof(sipua_agent_config, tls_ca_fallback), 0, 0, NULL},
    {"tls_cert", SL_STRING, 0, offsetof(sipua_agent_config, tls_cert), 0, 0, NULL},
    {"tls_key", SL_STRING, 0, offsetof(sipua_agent_config, tls_key), 0, 0, NULL},
    {"tls_key_password", SL_STRING, 0, offsetof(sipua_agent_config, tls_key_password), 0, 0, NULL},
    {"tls_crl", SL_STRING, 0, offsetof(sipua_agent_config, tls_crl), 0, 0, NULL},
    {"tls_pins", SL_STRINGS, 0, offsetof(sipua_agent_config, tls_pins), offsetof(sipua_agent_config, tls_pin_count), 4, NULL},
    {"tls_verify", SL_SWITCH, 0, offsetof(sipua_agent_config, tls_verify), 0, 0, NULL},
    {"tls_min_version", SL_I32, 0, offsetof(sipua_agent_config, tls_min_version), 0, 0, NULL},
    {"watch_network", SL_SWITCH, 0, offsetof(sipua_agent_config, watch_network), 0, 0, NULL},
    {"media_bind", SL_STRING, 0, offsetof(sipua_agent_config, media_bind), 0, 0, NULL},
    {"media_advertise", SL_STRING, 0, offsetof(sipua_agent_config, media_advertise), 0, 0, NULL},
    {"stun_server", SL_STRING, 0, offsetof(sipua_agent_config, stun_server), 0, 0, NULL},
};
static const sl_struct struct_agent_config = {"agent_config", sizeof(sipua_agent_config), 28, fields_agent_config};

static const sl_field fields_event_view[] = {
    {"type", SL_I32, 0, offsetof(sipua_event_view, type), 0, 0, NULL},
    {"id", SL_U64, 0, offsetof(sipua_event_view, id), 0, 0, NULL},
    {"account", SL_U64, 0, offsetof(sipua_event_view, account), 0, 0, NULL},
    {"call", SL_U64, 0, offsetof(sipua_event_view, call), 0, 0, NULL},
    {"user", SL_U64, 0, offsetof(sipua_event_view, user), 0, 0, NULL},
    {"tag", SL_U64, 0, offsetof(sipua_event_view, tag), 0, 0, NULL},
    {"time_ms", SL_U64, 0, offsetof(sipua_event_view, time_ms), 0, 0, NULL},
    {"code", SL_I32, 0, offsetof(sipua_event_view, code), 0, 0, NULL},
    {"status", SL_I32, 0, offsetof(sipua_event_view, status), 0, 0, NULL},
    {"cause", SL_CAUSE, 0, offsetof(sipua_event_view, cause), 0, 0, NULL},
    {"originator", SL_WORD, 0, offsetof(sipua_event_view, originator), 0, 0, words_originator},
    {"flags", SL_FLAGS, 0, offsetof(sipua_event_view, flags), 0, 0, words_event_flags},
    {"q850", SL_NONZERO, 0, offsetof(sipua_event_view, q850), 0, 0, NULL},
    {"expires", SL_I32, 0, offsetof(sipua_event_view, expires), 0, 0, NULL},
    {"retry_ms", SL_I32, 0, offsetof(sipua_event_view, retry_ms), 0, 0, NULL},
    {"port", SL_I32, 0, offsetof(sipua_event_view, port), 0, 0, NULL},
    {"rate", SL_I32, 0, offsetof(sipua_event_view, rate), 0, 0, NULL},
    {"deadline_ms", SL_I32, 0, offsetof(sipua_event_view, deadline_ms), 0, 0, NULL},
    {"default_status", SL_I32, 0, offsetof(sipua_event_view, default_status), 0, 0, NULL},
    {"digit", SL_DIGIT, 0, offsetof(sipua_event_view, digit), 0, 0, NULL},
    {"level", SL_WORD, 0, offsetof(sipua_event_view, level), 0, 0, words_log_level},
    {"count", SL_U64, 0, offsetof(sipua_event_view, count), 0, 0, NULL},
    {"duration_ms", SL_U64, 0, offsetof(sipua_event_view, duration_ms), 0, 0, NULL},
    {"mark", SL_U64, 0, offsetof(sipua_event_view, mark), 0, 0, NULL},
    {"segment", SL_U64, 0, offsetof(sipua_event_view, segment), 0, 0, NULL},
    {"played_ms", SL_U64, 0, offsetof(sipua_event_view, played_ms), 0, 0, NULL},
    {"discarded_ms", SL_U64, 0, offsetof(sipua_event_view, discarded_ms), 0, 0, NULL},
    {"reason", SL_STRING, 0, offsetof(sipua_event_view, reason), 0, 0, NULL},
    {"text", SL_STRING, 0, offsetof(sipua_event_view, text), 0, 0, NULL},
    {"from", SL_STRING, 0, offsetof(sipua_event_view, from), 0, 0, NULL},
    {"from_name", SL_STRING, 0, offsetof(sipua_event_view, from_name), 0, 0, NULL},
    {"to", SL_STRING, 0, offsetof(sipua_event_view, to), 0, 0, NULL},
    {"to_name", SL_STRING, 0, offsetof(sipua_event_view, to_name), 0, 0, NULL},
    {"target", SL_STRING, 0, offsetof(sipua_event_view, target), 0, 0, NULL},
    {"codec", SL_STRING, 0, offsetof(sipua_event_view, codec), 0, 0, NULL},
    {"transport", SL_STRING, 0, offsetof(sipua_event_view, transport), 0, 0, NULL},
    {"host", SL_STRING, 0, offsetof(sipua_event_view, host), 0, 0, NULL},
    {"module", SL_STRING, 0, offsetof(sipua_event_view, module), 0, 0, NULL},
    {"content_type", SL_STRING, 0, offsetof(sipua_event_view, content_type), 0, 0, NULL},
    {"body", SL_BYTES, 0, offsetof(sipua_event_view, body), offsetof(sipua_event_view, body_size), 8, NULL},
    {"check", SL_STRING, 0, offsetof(sipua_event_view, check), 0, 0, NULL},
    {"names", SL_STRING, 0, offsetof(sipua_event_view, names), 0, 0, NULL},
    {"pub_gruu", SL_STRING, 0, offsetof(sipua_event_view, pub_gruu), 0, 0, NULL},
    {"temp_gruu", SL_STRING, 0, offsetof(sipua_event_view, temp_gruu), 0, 0, NULL},
    {"local_host", SL_STRING, 0, offsetof(sipua_event_view, local_host), 0, 0, NULL},
    {"local_port", SL_I32, 0, offsetof(sipua_event_view, local_port), 0, 0, NULL},
    {"other", SL_U64, 0, offsetof(sipua_event_view, other), 0, 0, NULL},
    {"state", SL_STRING, 0, offsetof(sipua_event_view, state), 0, 0, NULL},
    {"package", SL_STRING, 0, offsetof(sipua_event_view, package), 0, 0, NULL},
    {"message_id", SL_STRING, 0, offsetof(sipua_event_view, message_id), 0, 0, NULL},
    {"digits", SL_STRING, 0, offsetof(sipua_event_view, digits), 0, 0, NULL},
    {"identity", SL_STRING, 0, offsetof(sipua_event_view, identity), 0, 0, NULL},
    {"identity_name", SL_STRING, 0, offsetof(sipua_event_view, identity_name), 0, 0, NULL},
    {"diversion", SL_STRING, 0, offsetof(sipua_event_view, diversion), 0, 0, NULL},
    {"referred_by", SL_STRING, 0, offsetof(sipua_event_view, referred_by), 0, 0, NULL},
    {"replaces", SL_STRING, 0, offsetof(sipua_event_view, replaces), 0, 0, NULL},
    {"privacy", SL_STRING, 0, offsetof(sipua_event_view, privacy), 0, 0, NULL},
    {"answer_after_s", SL_I32, 0, offsetof(sipua_event_view, answer_after_s), 0, 0, NULL},
    {"fork", SL_I32, 0, offsetof(sipua_event_view, fork), 0, 0, NULL},
    {"dialog", SL_STRING, 0, offsetof(sipua_event_view, dialog), 0, 0, NULL},
};
static const sl_struct struct_event_view = {"event_view", sizeof(sipua_event_view), 60, fields_event_view};

static const sl_field fields_field_info[] = {
    {"type", SL_STRING, 0, offsetof(sipua_field_info, type), 0, 0, NULL},
    {"name", SL_STRING, 0, offsetof(sipua_field_info, name), 0, 0, NULL},
    {"kind", SL_STRING, 0, offsetof(sipua_field_info, kind), 0, 0, NULL},
    {"text", SL_STRING, 0, offsetof(sipua_field_info, text), 0, 0, NULL},
};
static const sl_struct struct_field_info = {"field_info", sizeof(sipua_field_info), 4, fields_field_info};

static const sl_field fields_call_stats[] = {
    {"ptime_ms", SL_I32, 0, offsetof(sipua_call_stats, ptime_ms), 0, 0, NULL},
    {"duration_ms", SL_U64, 0, offsetof(sipua_call_stats, duration_ms), 0, 0, NULL},
    {"packets_sent", SL_U64, 0, offsetof(sipua_call_stats, packets_sent), 0, 0, NULL},
    {"bytes_sent", SL_U64, 0, offsetof(sipua_call_stats, bytes_sent), 0, 0, NULL},
    {"packets_received", SL_U64, 0, offsetof(sipua_call_stats, packets_received), 0, 0, NULL},
    {"bytes_received", SL_U64, 0, offsetof(sipua_call_stats, bytes_received), 0, 0, NULL},
    {"packets_lost", SL_U64, 0, offsetof(sipua_call_stats, packets_lost), 0, 0, NULL},
    {"packets_late", SL_U64, 0, offsetof(sipua_call_stats, packets_late), 0, 0, NULL},
    {"packets_duplicate", SL_U64, 0, offsetof(sipua_call_stats, packets_duplicate), 0, 0, NULL},
    {"packets_reordered", SL_U64, 0, offsetof(sipua_call_stats, packets_reordered), 0, 0, NULL},
    {"packets_invalid", SL_U64, 0, offsetof(sipua_call_stats, packets_invalid), 0, 0, NULL},
    {"frames_concealed", SL_U64, 0, offsetof(sipua_call_stats, frames_concealed), 0, 0, NULL},
    {"underrun_ms", SL_U64, 0, offsetof(sipua_call_stats, underrun_ms), 0, 0, NULL},
    {"overrun_ms", SL_U64, 0, offsetof(sipua_call_stats, overrun_ms), 0, 0, NULL},
    {"remote_packets_lost", SL_U64, 0, offsetof(sipua_call_stats, remote_packets_lost), 0, 0, NULL},
    {"jitter_us", SL_I32, 0, offsetof(sipua_call_stats, jitter_us), 0, 0, NULL},
    {"remote_jitter_us", SL_I32, 0, offsetof(sipua_call_stats, remote_jitter_us), 0, 0, NULL},
    {"rtt_us", SL_I32, 0, offsetof(sipua_call_stats, rtt_us), 0, 0, NULL},
    {"jitter_buffer_ms", SL_I32, 0, offsetof(sipua_call_stats, jitter_buffer_ms), 0, 0, NULL},
    {"queued_ms", SL_I32, 0, offsetof(sipua_call_stats, queued_ms), 0, 0, NULL},
    {"codec", SL_STRING, 0, offsetof(sipua_call_stats, codec), 0, 0, NULL},
    {"remote_address", SL_STRING, 0, offsetof(sipua_call_stats, remote_address), 0, 0, NULL},
};
static const sl_struct struct_call_stats = {"call_stats", sizeof(sipua_call_stats), 22, fields_call_stats};

static const sl_field fields_agent_counters[] = {
    {"calls_now", SL_U64, 0, offsetof(sipua_agent_counters, calls_now), 0, 0, NULL},
    {"calls_total", SL_U64, 0, offsetof(sipua_agent_counters, calls_total), 0, 0, NULL},
    {"accounts_now", SL_U64, 0, offsetof(sipua_agent_counters, accounts_now), 0, 0, NULL},
    {"transactions_now", SL_U64, 0, offsetof(sipua_agent_counters, transactions_now), 0, 0, NULL},
    {"connections_now", SL_U64, 0, offsetof(sipua_agent_counters, connections_now), 0, 0, NULL},
    {"messages_received", SL_U64, 0, offsetof(sipua_agent_counters, messages_received), 0, 0, NULL},
    {"messages_sent", SL_U64, 0, offsetof(sipua_agent_counters, messages_sent), 0, 0, NULL},
    {"retransmissions", SL_U64, 0, offsetof(sipua_agent_counters, retransmissions), 0, 0, NULL},
    {"malformed", SL_U64, 0, offsetof(sipua_agent_counters, malformed), 0, 0, NULL},
    {"refused", SL_U64, 0, offsetof(sipua_agent_counters, refused), 0, 0, NULL},
    {"events_dropped", SL_U64, 0, offsetof(sipua_agent_counters, events_dropped), 0, 0, NULL},
};
static const sl_struct struct_agent_counters = {"agent_counters", sizeof(sipua_agent_counters), 11, fields_agent_counters};

static const sl_field fields_account_config[] = {
    {"expires", SL_I32, 0, offsetof(sipua_account_config, expires), 0, 0, NULL},
    {"user", SL_U64, 0, offsetof(sipua_account_config, user), 0, 0, NULL},
    {"aor", SL_STRING, 1, offsetof(sipua_account_config, aor), 0, 0, NULL},
    {"password", SL_STRING, 0, offsetof(sipua_account_config, password), 0, 0, NULL},
    {"auth_user", SL_STRING, 0, offsetof(sipua_account_config, auth_user), 0, 0, NULL},
    {"display_name", SL_STRING, 0, offsetof(sipua_account_config, display_name), 0, 0, NULL},
    {"server", SL_STRING, 0, offsetof(sipua_account_config, server), 0, 0, NULL},
    {"outbound_proxy", SL_STRING, 0, offsetof(sipua_account_config, outbound_proxy), 0, 0, NULL},
    {"advertise", SL_STRING, 0, offsetof(sipua_account_config, advertise), 0, 0, NULL},
    {"codecs", SL_STRINGS, 0, offsetof(sipua_account_config, codecs), offsetof(sipua_account_config, codec_count), 4, NULL},
    {"auto_answer", SL_SWITCH, 0, offsetof(sipua_account_config, auto_answer), 0, 0, NULL},
    {"peers", SL_STRINGS, 0, offsetof(sipua_account_config, peers), offsetof(sipua_account_config, peer_count), 4, NULL},
    {"media", SL_WORD, 0, offsetof(sipua_account_config, media), 0, 0, words_media},
    {"instance_id", SL_STRING, 0, offsetof(sipua_account_config, instance_id), 0, 0, NULL},
    {"headers", SL_PAIRS, 0, offsetof(sipua_account_config, headers), offsetof(sipua_account_config, header_count), 4, NULL},
    {"transport", SL_STRING, 0, offsetof(sipua_account_config, transport), 0, 0, NULL},
    {"outbound_proxies", SL_STRINGS, 0, offsetof(sipua_account_config, outbound_proxies), offsetof(sipua_account_config, outbound_proxy_count), 4, NULL},
    {"contact_params", SL_STRING, 0, offsetof(sipua_account_config, contact_params), 0, 0, NULL},
    {"contact_features", SL_STRING, 0, offsetof(sipua_account_config, contact_features), 0, 0, NULL},
    {"contact_user", SL_STRING, 0, offsetof(sipua_account_config, contact_user), 0, 0, NULL},
    {"ha1", SL_STRING, 0, offsetof(sipua_account_config, ha1), 0, 0, NULL},
    {"bearer_token", SL_STRING, 0, offsetof(sipua_account_config, bearer_token), 0, 0, NULL},
    {"ws_headers", SL_PAIRS, 0, offsetof(sipua_account_config, ws_headers), offsetof(sipua_account_config, ws_header_count), 4, NULL},
    {"flows", SL_I32, 0, offsetof(sipua_account_config, flows), 0, 0, NULL},
    {"outbound", SL_SWITCH, 0, offsetof(sipua_account_config, outbound), 0, 0, NULL},
    {"sticky", SL_SWITCH, 0, offsetof(sipua_account_config, sticky), 0, 0, NULL},
    {"contact_rewrite", SL_SWITCH, 0, offsetof(sipua_account_config, contact_rewrite), 0, 0, NULL},
    {"gruu", SL_SWITCH, 0, offsetof(sipua_account_config, gruu), 0, 0, NULL},
    {"preload_route", SL_SWITCH, 0, offsetof(sipua_account_config, preload_route), 0, 0, NULL},
    {"tls_ca", SL_STRING, 0, offsetof(sipua_account_config, tls_ca), 0, 0, NULL},
    {"tls_cert", SL_STRING, 0, offsetof(sipua_account_config, tls_cert), 0, 0, NULL},
    {"tls_key", SL_STRING, 0, offsetof(sipua_account_config, tls_key), 0, 0, NULL},
    {"tls_key_password", SL_STRING, 0, offsetof(sipua_account_config, tls_key_password), 0, 0, NULL},
    {"tls_pins", SL_STRINGS, 0, offsetof(sipua_account_config, tls_pins), offsetof(sipua_account_config, tls_pin_count), 4, NULL},
    {"tls_verify", SL_SWITCH, 0, offsetof(sipua_account_config, tls_verify), 0, 0, NULL},
};
static const sl_struct struct_account_config = {"account_config", sizeof(sipua_account_config), 35, fields_account_config};

static const sl_field fields_call_config[] = {
    {"media", SL_WORD, 0, offsetof(sipua_call_config, media), 0, 0, words_media},
    {"user", SL_U64, 0, offsetof(sipua_call_config, user), 0, 0, NULL},
    {"target", SL_STRING, 0, offsetof(sipua_call_config, target), 0, 0, NULL},
    {"from", SL_STRING, 0, offsetof(sipua_call_config, from), 0, 0, NULL},
    {"timeout_ms", SL_I32, 0, offsetof(sipua_call_config, timeout_ms), 0, 0, NULL},
    {"rate", SL_I32, 0, offsetof(sipua_call_config, rate), 0, 0, NULL},
    {"codecs", SL_STRINGS, 0, offsetof(sipua_call_config, codecs), offsetof(sipua_call_config, codec_count), 4, NULL},
    {"headers", SL_PAIRS, 0, offsetof(sipua_call_config, headers), offsetof(sipua_call_config, header_count), 4, NULL},
    {"body", SL_BYTES, 0, offsetof(sipua_call_config, body), offsetof(sipua_call_config, body_size), 4, NULL},
    {"replaces", SL_STRING, 0, offsetof(sipua_call_config, replaces), 0, 0, NULL},
    {"join", SL_STRING, 0, offsetof(sipua_call_config, join), 0, 0, NULL},
    {"from_name", SL_STRING, 0, offsetof(sipua_call_config, from_name), 0, 0, NULL},
    {"asserted_identity", SL_STRING, 0, offsetof(sipua_call_config, asserted_identity), 0, 0, NULL},
    {"preferred_identity", SL_STRING, 0, offsetof(sipua_call_config, preferred_identity), 0, 0, NULL},
    {"privacy", SL_STRING, 0, offsetof(sipua_call_config, privacy), 0, 0, NULL},
    {"anonymous", SL_SWITCH, 0, offsetof(sipua_call_config, anonymous), 0, 0, NULL},
    {"max_redirects", SL_I32, 0, offsetof(sipua_call_config, max_redirects), 0, 0, NULL},
};
static const sl_struct struct_call_config = {"call_config", sizeof(sipua_call_config), 17, fields_call_config};

static const sl_field fields_reply[] = {
    {"status", SL_I32, 0, offsetof(sipua_reply, status), 0, 0, NULL},
    {"reason", SL_STRING, 0, offsetof(sipua_reply, reason), 0, 0, NULL},
    {"headers", SL_PAIRS, 0, offsetof(sipua_reply, headers), offsetof(sipua_reply, header_count), 4, NULL},
    {"rate", SL_I32, 0, offsetof(sipua_reply, rate), 0, 0, NULL},
    {"early_media", SL_SWITCH, 0, offsetof(sipua_reply, early_media), 0, 0, NULL},
    {"media", SL_WORD, 0, offsetof(sipua_reply, media), 0, 0, words_media},
    {"user", SL_U64, 0, offsetof(sipua_reply, user), 0, 0, NULL},
    {"content_type", SL_STRING, 0, offsetof(sipua_reply, content_type), 0, 0, NULL},
    {"body", SL_BYTES, 0, offsetof(sipua_reply, body), offsetof(sipua_reply, body_size), 4, NULL},
    {"q850", SL_I32, 0, offsetof(sipua_reply, q850), 0, 0, NULL},
    {"reserved2", SL_I32, 0, offsetof(sipua_reply, reserved2), 0, 0, NULL},
};
static const sl_struct struct_reply = {"reply", sizeof(sipua_reply), 11, fields_reply};

static const sl_field fields_collect_config[] = {
    {"max_digits", SL_I32, 0, offsetof(sipua_collect_config, max_digits), 0, 0, NULL},
    {"user", SL_U64, 0, offsetof(sipua_collect_config, user), 0, 0, NULL},
    {"terminators", SL_STRING, 0, offsetof(sipua_collect_config, terminators), 0, 0, NULL},
    {"timeout_ms", SL_I32, 0, offsetof(sipua_collect_config, timeout_ms), 0, 0, NULL},
    {"between_ms", SL_I32, 0, offsetof(sipua_collect_config, between_ms), 0, 0, NULL},
    {"interrupt", SL_SWITCH, 0, offsetof(sipua_collect_config, interrupt), 0, 0, NULL},
    {"player", SL_U64, 0, offsetof(sipua_collect_config, player), 0, 0, NULL},
};
static const sl_struct struct_collect_config = {"collect_config", sizeof(sipua_collect_config), 7, fields_collect_config};

static const sl_field fields_change[] = {
    {"method", SL_WORD, 0, offsetof(sipua_change, method), 0, 0, words_change_method},
    {"hold", SL_SWITCH, 0, offsetof(sipua_change, hold), 0, 0, NULL},
    {"codecs", SL_STRINGS, 0, offsetof(sipua_change, codecs), offsetof(sipua_change, codec_count), 4, NULL},
    {"headers", SL_PAIRS, 0, offsetof(sipua_change, headers), offsetof(sipua_change, header_count), 4, NULL},
    {"body", SL_BYTES, 0, offsetof(sipua_change, body), offsetof(sipua_change, body_size), 4, NULL},
};
static const sl_struct struct_change = {"change", sizeof(sipua_change), 5, fields_change};

static const sl_field fields_request_config[] = {
    {"timeout_ms", SL_I32, 0, offsetof(sipua_request_config, timeout_ms), 0, 0, NULL},
    {"user", SL_U64, 0, offsetof(sipua_request_config, user), 0, 0, NULL},
    {"method", SL_STRING, 0, offsetof(sipua_request_config, method), 0, 0, NULL},
    {"content_type", SL_STRING, 0, offsetof(sipua_request_config, content_type), 0, 0, NULL},
    {"body", SL_BYTES, 0, offsetof(sipua_request_config, body), offsetof(sipua_request_config, body_size), 4, NULL},
    {"headers", SL_PAIRS, 0, offsetof(sipua_request_config, headers), offsetof(sipua_request_config, header_count), 4, NULL},
};
static const sl_struct struct_request_config = {"request_config", sizeof(sipua_request_config), 6, fields_request_config};

static const sl_field fields_transfer_config[] = {
    {"timeout_ms", SL_I32, 0, offsetof(sipua_transfer_config, timeout_ms), 0, 0, NULL},
    {"user", SL_U64, 0, offsetof(sipua_transfer_config, user), 0, 0, NULL},
    {"consult", SL_U64, 0, offsetof(sipua_transfer_config, consult), 0, 0, NULL},
    {"target", SL_STRING, 0, offsetof(sipua_transfer_config, target), 0, 0, NULL},
    {"recipient", SL_STRING, 0, offsetof(sipua_transfer_config, recipient), 0, 0, NULL},
    {"referred_by", SL_STRING, 0, offsetof(sipua_transfer_config, referred_by), 0, 0, NULL},
    {"headers", SL_PAIRS, 0, offsetof(sipua_transfer_config, headers), offsetof(sipua_transfer_config, header_count), 4, NULL},
    {"subscribe", SL_SWITCH, 0, offsetof(sipua_transfer_config, subscribe), 0, 0, NULL},
    {"hangup", SL_SWITCH, 0, offsetof(sipua_transfer_config, hangup), 0, 0, NULL},
};
static const sl_struct struct_transfer_config = {"transfer_config", sizeof(sipua_transfer_config), 9, fields_transfer_config};

static const sl_field fields_conference_config[] = {
    {"rate", SL_I32, 0, offsetof(sipua_conference_config, rate), 0, 0, NULL},
    {"user", SL_U64, 0, offsetof(sipua_conference_config, user), 0, 0, NULL},
};
static const sl_struct struct_conference_config = {"conference_config", sizeof(sipua_conference_config), 2, fields_conference_config};

static const sl_field fields_bridge_config[] = {
    {"dtmf", SL_SWITCH, 0, offsetof(sipua_bridge_config, dtmf), 0, 0, NULL},
    {"hold", SL_SWITCH, 0, offsetof(sipua_bridge_config, hold), 0, 0, NULL},
    {"hangup", SL_SWITCH, 0, offsetof(sipua_bridge_config, hangup), 0, 0, NULL},
    {"transfer", SL_SWITCH, 0, offsetof(sipua_bridge_config, transfer), 0, 0, NULL},
    {"signalling", SL_SWITCH, 0, offsetof(sipua_bridge_config, signalling), 0, 0, NULL},
    {"untouched", SL_SWITCH, 0, offsetof(sipua_bridge_config, untouched), 0, 0, NULL},
    {"requests", SL_SWITCH, 0, offsetof(sipua_bridge_config, requests), 0, 0, NULL},
    {"user", SL_U64, 0, offsetof(sipua_bridge_config, user), 0, 0, NULL},
};
static const sl_struct struct_bridge_config = {"bridge_config", sizeof(sipua_bridge_config), 8, fields_bridge_config};

static const sl_field fields_subscribe_config[] = {
    {"expires", SL_I32, 0, offsetof(sipua_subscribe_config, expires), 0, 0, NULL},
    {"user", SL_U64, 0, offsetof(sipua_subscribe_config, user), 0, 0, NULL},
    {"target", SL_STRING, 1, offsetof(sipua_subscribe_config, target), 0, 0, NULL},
    {"from", SL_STRING, 0, offsetof(sipua_subscribe_config, from), 0, 0, NULL},
    {"event", SL_STRING, 1, offsetof(sipua_subscribe_config, event), 0, 0, NULL},
    {"accept", SL_STRING, 0, offsetof(sipua_subscribe_config, accept), 0, 0, NULL},
    {"content_type", SL_STRING, 0, offsetof(sipua_subscribe_config, content_type), 0, 0, NULL},
    {"body", SL_BYTES, 0, offsetof(sipua_subscribe_config, body), offsetof(sipua_subscribe_config, body_size), 4, NULL},
    {"headers", SL_PAIRS, 0, offsetof(sipua_subscribe_config, headers), offsetof(sipua_subscribe_config, header_count), 4, NULL},
};
static const sl_struct struct_subscribe_config = {"subscribe_config", sizeof(sipua_subscribe_config), 9, fields_subscribe_config};

static const sl_field fields_notify_config[] = {
    {"retry_after_s", SL_I32, 0, offsetof(sipua_notify_config, retry_after_s), 0, 0, NULL},
    {"state", SL_STRING, 0, offsetof(sipua_notify_config, state), 0, 0, NULL},
    {"reason", SL_STRING, 0, offsetof(sipua_notify_config, reason), 0, 0, NULL},
    {"content_type", SL_STRING, 0, offsetof(sipua_notify_config, content_type), 0, 0, NULL},
    {"body", SL_BYTES, 0, offsetof(sipua_notify_config, body), offsetof(sipua_notify_config, body_size), 4, NULL},
    {"headers", SL_PAIRS, 0, offsetof(sipua_notify_config, headers), offsetof(sipua_notify_config, header_count), 4, NULL},
    {"expires", SL_I32, 0, offsetof(sipua_notify_config, expires), 0, 0, NULL},
};
static const sl_struct struct_notify_config = {"notify_config", sizeof(sipua_notify_config), 7, fields_notify_config};

static const sl_field fields_publish_config[] = {
    {"expires", SL_I32, 0, offsetof(sipua_publish_config, expires), 0, 0, NULL},
    {"user", SL_U64, 0, offsetof(sipua_publish_config, user), 0, 0, NULL},
    {"target", SL_STRING, 0, offsetof(sipua_publish_config, target), 0, 0, NULL},
    {"event", SL_STRING, 1, offsetof(sipua_publish_config, event), 0, 0, NULL},
    {"content_type", SL_STRING, 0, offsetof(sipua_publish_config, content_type), 0, 0, NULL},
    {"body", SL_BYTES, 0, offsetof(sipua_publish_config, body), offsetof(sipua_publish_config, body_size), 4, NULL},
    {"headers", SL_PAIRS, 0, offsetof(sipua_publish_config, headers), offsetof(sipua_publish_config, header_count), 4, NULL},
};
static const sl_struct struct_publish_config = {"publish_config", sizeof(sipua_publish_config), 7, fields_publish_config};

static const sl_field fields_message_config[] = {
    {"timeout_ms", SL_I32, 0, offsetof(sipua_message_config, timeout_ms), 0, 0, NULL},
    {"user", SL_U64, 0, offsetof(sipua_message_config, user), 0, 0, NULL},
    {"target", SL_STRING, 0, offsetof(sipua_message_config, target), 0, 0, NULL},
    {"from", SL_STRING, 0, offsetof(sipua_message_config, from), 0, 0, NULL},
    {"content_type", SL_STRING, 0, offsetof(sipua_message_config, content_type), 0, 0, NULL},
    {"body", SL_BYTES, 0, offsetof(sipua_message_config, body), offsetof(sipua_message_config, body_size), 4, NULL},
    {"headers", SL_PAIRS, 0, offsetof(sipua_message_config, headers), offsetof(sipua_message_config, header_count), 4, NULL},
    {"call", SL_U64, 0, offsetof(sipua_message_config, call), 0, 0, NULL},
    {"message_id", SL_STRING, 0, offsetof(sipua_message_config, message_id), 0, 0, NULL},
    {"report", SL_STRING, 0, offsetof(sipua_message_config, report), 0, 0, NULL},
    {"disposition", SL_U32, 0, offsetof(sipua_message_config, disposition), 0, 0, NULL},
    {"composing", SL_SWITCH, 0, offsetof(sipua_message_config, composing), 0, 0, NULL},
    {"cpim", SL_SWITCH, 0, offsetof(sipua_message_config, cpim), 0, 0, NULL},
};
static const sl_struct struct_message_config = {"message_config", sizeof(sipua_message_config), 13, fields_message_config};

static const sl_field fields_listener_config[] = {
    {"open", SL_SWITCH, 0, offsetof(sipua_listener_config, open), 0, 0, NULL},
    {"user", SL_U64, 0, offsetof(sipua_listener_config, user), 0, 0, NULL},
    {"server", SL_U64, 0, offsetof(sipua_listener_config, server), 0, 0, NULL},
    {"address", SL_STRING, 1, offsetof(sipua_listener_config, address), 0, 0, NULL},
    {"advertise", SL_STRING, 0, offsetof(sipua_listener_config, advertise), 0, 0, NULL},
    {"tls_cert", SL_STRING, 0, offsetof(sipua_listener_config, tls_cert), 0, 0, NULL},
    {"tls_key", SL_STRING, 0, offsetof(sipua_listener_config, tls_key), 0, 0, NULL},
    {"tls_key_password", SL_STRING, 0, offsetof(sipua_listener_config, tls_key_password), 0, 0, NULL},
    {"tls_ca", SL_STRING, 0, offsetof(sipua_listener_config, tls_ca), 0, 0, NULL},
    {"origins", SL_STRINGS, 0, offsetof(sipua_listener_config, origins), offsetof(sipua_listener_config, origin_count), 4, NULL},
    {"ws_path", SL_STRING, 0, offsetof(sipua_listener_config, ws_path), 0, 0, NULL},
    {"tls_need_client", SL_SWITCH, 0, offsetof(sipua_listener_config, tls_need_client), 0, 0, NULL},
};
static const sl_struct struct_listener_config = {"listener_config", sizeof(sipua_listener_config), 12, fields_listener_config};

static const sl_field fields_server_config[] = {
    {"mode", SL_WORD, 0, offsetof(sipua_server_config, mode), 0, 0, words_server_mode},
    {"user", SL_U64, 0, offsetof(sipua_server_config, user), 0, 0, NULL},
    {"realm", SL_STRING, 0, offsetof(sipua_server_config, realm), 0, 0, NULL},
    {"users", SL_PAIRS, 0, offsetof(sipua_server_config, users), offsetof(sipua_server_config, user_count), 4, NULL},
    {"min_expires", SL_I32, 0, offsetof(sipua_server_config, min_expires), 0, 0, NULL},
    {"max_expires", SL_I32, 0, offsetof(sipua_server_config, max_expires), 0, 0, NULL},
    {"challenge_calls", SL_SWITCH, 0, offsetof(sipua_server_config, challenge_calls), 0, 0, NULL},
    {"record_route", SL_SWITCH, 0, offsetof(sipua_server_config, record_route), 0, 0, NULL},
};
static const sl_struct struct_server_config = {"server_config", sizeof(sipua_server_config), 8, fields_server_config};

static const sl_field fields_option_info[] = {
    {"minimum", SL_I32, 0, offsetof(sipua_option_info, minimum), 0, 0, NULL},
    {"maximum", SL_I32, 0, offsetof(sipua_option_info, maximum), 0, 0, NULL},
    {"key", SL_STRING, 0, offsetof(sipua_option_info, key), 0, 0, NULL},
    {"type", SL_STRING, 0, offsetof(sipua_option_info, type), 0, 0, NULL},
    {"scope", SL_STRING, 0, offsetof(sipua_option_info, scope), 0, 0, NULL},
    {"default_value", SL_STRING, 0, offsetof(sipua_option_info, default_value), 0, 0, NULL},
    {"text", SL_STRING, 0, offsetof(sipua_option_info, text), 0, 0, NULL},
    {"since", SL_STRING, 0, offsetof(sipua_option_info, since), 0, 0, NULL},
    {"choices", SL_STRING, 0, offsetof(sipua_option_info, choices), 0, 0, NULL},
};
static const sl_struct struct_option_info = {"option_info", sizeof(sipua_option_info), 9, fields_option_info};

static const sl_field fields_uri[] = {
    {"port", SL_I32, 0, offsetof(sipua_uri, port), 0, 0, NULL},
    {"scheme", SL_STRING, 0, offsetof(sipua_uri, scheme), 0, 0, NULL},
    {"user", SL_STRING, 0, offsetof(sipua_uri, user), 0, 0, NULL},
    {"password", SL_STRING, 0, offsetof(sipua_uri, password), 0, 0, NULL},
    {"host", SL_STRING, 0, offsetof(sipua_uri, host), 0, 0, NULL},
    {"parameters", SL_STRING, 0, offsetof(sipua_uri, parameters), 0, 0, NULL},
    {"headers", SL_STRING, 0, offsetof(sipua_uri, headers), 0, 0, NULL},
};
static const sl_struct struct_uri = {"uri", sizeof(sipua_uri), 7, fields_uri};

/* Indexes into fields_event_view; 255 ends them. */
static const uint8_t *event_fields(int32_t type) {
    static const uint8_t event_listening[] = {35, 36, 15, 255};
    static const uint8_t event_listener_closed[] = {7, 28, 255};
    static const uint8_t event_transport_connecting[] = {35, 36, 15, 255};
    static const uint8_t event_transport_connected[] = {35, 36, 15, 255};
    static const uint8_t event_transport_disconnected[] = {35, 36, 15, 7, 28, 40, 41, 255};
    static const uint8_t event_network_changed[] = {10, 28, 255};
    static const uint8_t event_registered[] = {8, 27, 13, 11, 35, 36, 15, 44, 45, 42, 43, 255};
    static const uint8_t event_registration_degraded[] = {8, 27, 9, 7, 28, 14, 255};
    static const uint8_t event_unregistered[] = {8, 27, 9, 7, 28, 255};
    static const uint8_t event_registration_failed[] = {8, 27, 9, 7, 28, 14, 255};
    static const uint8_t event_account_closed[] = {255};
    static const uint8_t event_path_quality[] = {8, 27, 7, 28, 22, 21, 255};
    static const uint8_t event_incoming_call[] = {29, 30, 31, 32, 33, 17, 18, 39, 38, 46, 11, 51, 52, 53, 54, 55, 56, 57, 59, 255};
    static const uint8_t event_call_sending[] = {29, 31, 33, 255};
    static const uint8_t event_call_progress[] = {8, 27, 11, 10, 39, 38, 51, 52, 59, 255};
    static const uint8_t event_call_accepted[] = {8, 27, 10, 29, 31, 39, 38, 51, 52, 59, 255};
    static const uint8_t event_call_confirmed[] = {10, 255};
    static const uint8_t event_call_ended[] = {8, 27, 9, 7, 28, 12, 10, 11, 22, 46, 255};
    static const uint8_t event_call_held[] = {10, 39, 38, 255};
    static const uint8_t event_call_resumed[] = {10, 39, 38, 255};
    static const uint8_t event_call_updated[] = {10, 34, 39, 38, 255};
    static const uint8_t event_call_redirected[] = {8, 27, 33, 11, 255};
    static const uint8_t event_dtmf[] = {19, 22, 255};
    static const uint8_t event_info[] = {39, 38, 255};
    static const uint8_t event_dtmf_sent[] = {8, 27, 7, 28, 255};
    static const uint8_t event_call_moved[] = {44, 45, 8, 27, 7, 28, 255};
    static const uint8_t event_call_change_requested[] = {17, 18, 11, 39, 38, 255};
    static const uint8_t event_call_change_failed[] = {10, 8, 27, 9, 7, 28, 11, 255};
    static const uint8_t event_call_muted[] = {11, 255};
    static const uint8_t event_call_unmuted[] = {11, 255};
    static const uint8_t event_call_replaced[] = {46, 29, 30, 31, 32, 33, 51, 52, 39, 38, 59, 255};
    static const uint8_t event_request_answered[] = {8, 27, 9, 7, 28, 22, 39, 38, 255};
    static const uint8_t event_message[] = {29, 30, 31, 32, 33, 17, 18, 39, 38, 49, 11, 255};
    static const uint8_t event_message_answered[] = {8, 11, 255};
    static const uint8_t event_message_delivered[] = {8, 27, 49, 255};
    static const uint8_t event_message_failed[] = {8, 27, 9, 7, 28, 49, 255};
    static const uint8_t event_message_composing[] = {29, 30, 47, 13, 255};
    static const uint8_t event_message_disposition[] = {29, 49, 47, 8, 255};
    static const uint8_t event_options[] = {29, 31, 255};
    static const uint8_t event_options_answered[] = {8, 27, 9, 7, 28, 22, 39, 38, 255};
    static const uint8_t event_subscribe_requested[] = {29, 30, 31, 32, 33, 48, 13, 17, 18, 39, 38, 255};
    static const uint8_t event_notify[] = {29, 48, 47, 13, 58, 11, 39, 38, 255};
    static const uint8_t event_subscription_state[] = {48, 47, 8, 27, 7, 28, 13, 14, 11, 255};
    static const uint8_t event_publish_state[] = {48, 47, 8, 27, 9, 7, 28, 13, 14, 11, 255};
    static const uint8_t event_transfer_requested[] = {33, 29, 30, 54, 55, 11, 17, 18, 255};
    static const uint8_t event_transfer_progress[] = {8, 27, 255};
    static const uint8_t event_transfer_done[] = {8, 27, 9, 7, 28, 255};
    static const uint8_t event_media_ready[] = {34, 16, 36, 15, 11, 255};
    static const uint8_t event_media_stalled[] = {22, 11, 255};
    static const uint8_t event_media_resumed[] = {11, 255};
    static const uint8_t event_mark[] = {23, 11, 25, 255};
    static const uint8_t event_flushed[] = {24, 25, 26, 255};
    static const uint8_t event_audio_ready[] = {255};
    static const uint8_t event_play_done[] = {7, 28, 22, 11, 255};
    static const uint8_t event_record_done[] = {7, 28, 22, 33, 255};
    static const uint8_t event_collected[] = {50, 47, 22, 255};
    static const uint8_t event_conference_changed[] = {46, 21, 11, 255};
    static const uint8_t event_conference_ended[] = {7, 28, 22, 255};
    static const uint8_t event_bridge_changed[] = {47, 34, 255};
    static const uint8_t event_bridge_ended[] = {7, 28, 22, 255};
    static const uint8_t event_server_binding[] = {29, 33, 13, 255};
    static const uint8_t event_server_closed[] = {255};
    static const uint8_t event_stats[] = {11, 255};
    static const uint8_t event_trace[] = {10, 35, 36, 15, 39, 255};
    static const uint8_t event_log[] = {20, 37, 28, 255};
    static const uint8_t event_overflow[] = {21, 28, 255};
    static const uint8_t event_reply[] = {7, 28, 255};
    static const uint8_t event_shutdown[] = {255};
    static const uint8_t event_suspicious[] = {36, 15, 21, 28, 255};
    static const uint8_t event_drained[] = {255};
    switch (type) {
    case SIPUA_EVENT_LISTENING: return event_listening;
    case SIPUA_EVENT_LISTENER_CLOSED: return event_listener_closed;
    case SIPUA_EVENT_TRANSPORT_CONNECTING: return event_transport_connecting;
    case SIPUA_EVENT_TRANSPORT_CONNECTED: return event_transport_connected;
    case SIPUA_EVENT_TRANSPORT_DISCONNECTED: return event_transport_disconnected;
    case SIPUA_EVENT_NETWORK_CHANGED: return event_network_changed;
    case SIPUA_EVENT_REGISTERED: return event_registered;
    case SIPUA_EVENT_REGISTRATION_DEGRADED: return event_registration_degraded;
    case SIPUA_EVENT_UNREGISTERED: return event_unregistered;
    case SIPUA_EVENT_REGISTRATION_FAILED: return event_registration_failed;
    case SIPUA_EVENT_ACCOUNT_CLOSED: return event_account_closed;
    case SIPUA_EVENT_PATH_QUALITY: return event_path_quality;
    case SIPUA_EVENT_INCOMING_CALL: return event_incoming_call;
    case SIPUA_EVENT_CALL_SENDING: return event_call_sending;
    case SIPUA_EVENT_CALL_PROGRESS: return event_call_progress;
    case SIPUA_EVENT_CALL_ACCEPTED: return event_call_accepted;
    case SIPUA_EVENT_CALL_CONFIRMED: return event_call_confirmed;
    case SIPUA_EVENT_CALL_ENDED: return event_call_ended;
    case SIPUA_EVENT_CALL_HELD: return event_call_held;
    case SIPUA_EVENT_CALL_RESUMED: return event_call_resumed;
    case SIPUA_EVENT_CALL_UPDATED: return event_call_updated;
    case SIPUA_EVENT_CALL_REDIRECTED: return event_call_redirected;
    case SIPUA_EVENT_DTMF: return event_dtmf;
    case SIPUA_EVENT_INFO: return event_info;
    case SIPUA_EVENT_DTMF_SENT: return event_dtmf_sent;
    case SIPUA_EVENT_CALL_MOVED: return event_call_moved;
    case SIPUA_EVENT_CALL_CHANGE_REQUESTED: return event_call_change_requested;
    case SIPUA_EVENT_CALL_CHANGE_FAILED: return event_call_change_failed;
    case SIPUA_EVENT_CALL_MUTED: return event_call_muted;
    case SIPUA_EVENT_CALL_UNMUTED: return event_call_unmuted;
    case SIPUA_EVENT_CALL_REPLACED: return event_call_replaced;
    case SIPUA_EVENT_REQUEST_ANSWERED: return event_request_answered;
    case SIPUA_EVENT_MESSAGE: return event_message;
    case SIPUA_EVENT_MESSAGE_ANSWERED: return event_message_answered;
    case SIPUA_EVENT_MESSAGE_DELIVERED: return event_message_delivered;
    case SIPUA_EVENT_MESSAGE_FAILED: return event_message_failed;
    case SIPUA_EVENT_MESSAGE_COMPOSING: return event_message_composing;
    case SIPUA_EVENT_MESSAGE_DISPOSITION: return event_message_disposition;
    case SIPUA_EVENT_OPTIONS: return event_options;
    case SIPUA_EVENT_OPTIONS_ANSWERED: return event_options_answered;
    case SIPUA_EVENT_SUBSCRIBE_REQUESTED: return event_subscribe_requested;
    case SIPUA_EVENT_NOTIFY: return event_notify;
    case SIPUA_EVENT_SUBSCRIPTION_STATE: return event_subscription_state;
    case SIPUA_EVENT_PUBLISH_STATE: return event_publish_state;
    case SIPUA_EVENT_TRANSFER_REQUESTED: return event_transfer_requested;
    case SIPUA_EVENT_TRANSFER_PROGRESS: return event_transfer_progress;
    case SIPUA_EVENT_TRANSFER_DONE: return event_transfer_done;
    case SIPUA_EVENT_MEDIA_READY: return event_media_ready;
    case SIPUA_EVENT_MEDIA_STALLED: return event_media_stalled;
    case SIPUA_EVENT_MEDIA_RESUMED: return event_media_resumed;
    case SIPUA_EVENT_MARK: return event_mark;
    case SIPUA_EVENT_FLUSHED: return event_flushed;
    case SIPUA_EVENT_AUDIO_READY: return event_audio_ready;
    case SIPUA_EVENT_PLAY_DONE: return event_play_done;
    case SIPUA_EVENT_RECORD_DONE: return event_record_done;
    case SIPUA_EVENT_COLLECTED: return event_collected;
    case SIPUA_EVENT_CONFERENCE_CHANGED: return event_conference_changed;
    case SIPUA_EVENT_CONFERENCE_ENDED: return event_conference_ended;
    case SIPUA_EVENT_BRIDGE_CHANGED: return event_bridge_changed;
    case SIPUA_EVENT_BRIDGE_ENDED: return event_bridge_ended;
    case SIPUA_EVENT_SERVER_BINDING: return event_server_binding;
    case SIPUA_EVENT_SERVER_CLOSED: return event_server_closed;
    case SIPUA_EVENT_STATS: return event_stats;
    case SIPUA_EVENT_TRACE: return event_trace;
    case SIPUA_EVENT_LOG: return event_log;
    case SIPUA_EVENT_OVERFLOW: return event_overflow;
    case SIPUA_EVENT_REPLY: return event_reply;
    case SIPUA_EVENT_SHUTDOWN: return event_shutdown;
    case SIPUA_EVENT_SUSPICIOUS: return event_suspicious;
    case SIPUA_EVENT_DRAINED: return event_drained;
    default: return NULL;
    }
}

#endif
