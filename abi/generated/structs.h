/* Written by abi/gen/generate from sipua.h. Do not edit. */
#ifndef ABI_GENERATED_STRUCTS_H
#define ABI_GENERATED_STRUCTS_H

/* The bytes up to and with the last member of each struct's first release. */
#define ABI_FIRST_sipua_agent_config ABI_FIRST(sipua_agent_config, reserved)
#define ABI_FIRST_sipua_event_view ABI_FIRST(sipua_event_view, body_size)
#define ABI_FIRST_sipua_field_info ABI_FIRST(sipua_field_info, text)
#define ABI_FIRST_sipua_call_stats ABI_FIRST(sipua_call_stats, remote_address)
#define ABI_FIRST_sipua_agent_counters ABI_FIRST(sipua_agent_counters, events_dropped)
#define ABI_FIRST_sipua_account_config ABI_FIRST(sipua_account_config, reserved)
#define ABI_FIRST_sipua_call_config ABI_FIRST(sipua_call_config, reserved)
#define ABI_FIRST_sipua_reply ABI_FIRST(sipua_reply, reserved)
#define ABI_FIRST_sipua_collect_config ABI_FIRST(sipua_collect_config, player)
#define ABI_FIRST_sipua_change ABI_FIRST(sipua_change, body)
#define ABI_FIRST_sipua_request_config ABI_FIRST(sipua_request_config, header_count)
#define ABI_FIRST_sipua_transfer_config ABI_FIRST(sipua_transfer_config, reserved)
#define ABI_FIRST_sipua_conference_config ABI_FIRST(sipua_conference_config, user)
#define ABI_FIRST_sipua_bridge_config ABI_FIRST(sipua_bridge_config, user)
#define ABI_FIRST_sipua_subscribe_config ABI_FIRST(sipua_subscribe_config, header_count)
#define ABI_FIRST_sipua_notify_config ABI_FIRST(sipua_notify_config, reserved)
#define ABI_FIRST_sipua_publish_config ABI_FIRST(sipua_publish_config, header_count)
#define ABI_FIRST_sipua_message_config ABI_FIRST(sipua_message_config, headers)
#define ABI_FIRST_sipua_listener_config ABI_FIRST(sipua_listener_config, advertise)
#define ABI_FIRST_sipua_server_config ABI_FIRST(sipua_server_config, reserved)
#define ABI_FIRST_sipua_option_info ABI_FIRST(sipua_option_info, since)
#define ABI_FIRST_sipua_uri ABI_FIRST(sipua_uri, headers)

/* Not 0 when a reserved member or a pad is not zero. */
#if UINTPTR_MAX > 0xffffffffu
#define ABI_PAD(member) 0
#else
#define ABI_PAD(member) (member)
#endif
#define ABI_RESERVED_sipua_agent_config(p) ((p)->reserved | ABI_PAD((p)->pad_tls_pins) | ABI_PAD((p)->pad_stun_server))
#define ABI_RESERVED_sipua_event_view(p) ((p)->reserved | ABI_PAD((p)->pad_body) | ABI_PAD((p)->pad_local_host) | ABI_PAD((p)->pad_dialog))
#define ABI_RESERVED_sipua_field_info(p) ((p)->reserved)
#define ABI_RESERVED_sipua_call_stats(p) ((p)->reserved)
#define ABI_RESERVED_sipua_agent_counters(p) ((p)->reserved)
#define ABI_RESERVED_sipua_account_config(p) ((p)->reserved | ABI_PAD((p)->pad_headers) | ABI_PAD((p)->pad_tls_pins))
#define ABI_RESERVED_sipua_call_config(p) ((p)->reserved | ABI_PAD((p)->pad_body))
#define ABI_RESERVED_sipua_reply(p) ((p)->reserved | (p)->reserved2)
#define ABI_RESERVED_sipua_collect_config(p) ((p)->reserved | ABI_PAD((p)->pad_terminators))
#define ABI_RESERVED_sipua_change(p) (ABI_PAD((p)->pad_body))
#define ABI_RESERVED_sipua_request_config(p) (0)
#define ABI_RESERVED_sipua_transfer_config(p) ((p)->reserved)
#define ABI_RESERVED_sipua_conference_config(p) (0)
#define ABI_RESERVED_sipua_bridge_config(p) (0)
#define ABI_RESERVED_sipua_subscribe_config(p) (ABI_PAD((p)->pad_headers))
#define ABI_RESERVED_sipua_notify_config(p) ((p)->reserved | ABI_PAD((p)->pad_headers))
#define ABI_RESERVED_sipua_publish_config(p) (ABI_PAD((p)->pad_headers))
#define ABI_RESERVED_sipua_message_config(p) ((p)->reserved | ABI_PAD((p)->pad_headers))
#define ABI_RESERVED_sipua_listener_config(p) (0)
#define ABI_RESERVED_sipua_server_config(p) ((p)->reserved)
#define ABI_RESERVED_sipua_option_info(p) ((p)->reserved | ABI_PAD((p)->pad_choices))
#define ABI_RESERVED_sipua_uri(p) (0)

#define ABI_EACH_STRUCT(x) \
    x(sipua_agent_config) \
    x(sipua_event_view) \
    x(sipua_field_info) \
    x(sipua_call_stats) \
    x(sipua_agent_counters) \
    x(sipua_account_config) \
    x(sipua_call_config) \
    x(sipua_reply) \
    x(sipua_collect_config) \
    x(sipua_change) \
    x(sipua_request_config) \
    x(sipua_transfer_config) \
    x(sipua_conference_config) \
    x(sipua_bridge_config) \
    x(sipua_subscribe_config) \
    x(sipua_notify_config) \
    x(sipua_publish_config) \
    x(sipua_message_config) \
    x(sipua_listener_config) \
    x(sipua_server_config) \
    x(sipua_option_info) \
    x(sipua_uri)

#endif
