/* What nobody has plumbed yet. */
#include "src/abi.h"

int32_t sipua_agent_drain(sipua_agent *agent, sipua_switch on, uint64_t tag) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_event_document_count(const sipua_event *event) { return sx_fail(SX_E_UNSUPPORTED, "not yet"); }

int32_t sipua_event_document_at(const sipua_event *event, int32_t index, const char **name, const char **value) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_document_write(const char *type, const sipua_pair *fields, uint32_t field_count, char *buffer,
                             uint32_t capacity) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_field_count(void) { return sx_fail(SX_E_UNSUPPORTED, "not yet"); }

int32_t sipua_field_at(int32_t index, sipua_field_info *info) { return sx_fail(SX_E_UNSUPPORTED, "not yet"); }

int32_t sipua_call_mute(sipua_agent *agent, sipua_id call, sipua_event_flags sides, sipua_switch on, uint64_t tag) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_call_collect(sipua_agent *agent, sipua_id call, const sipua_collect_config *config, uint64_t tag,
                           sipua_id *collector) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_collector_stop(sipua_agent *agent, sipua_id collector, uint64_t tag) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_call_change(sipua_agent *agent, sipua_id call, const sipua_change *change, uint64_t tag) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_call_accept_change(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_call_reject_change(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_call_request(sipua_agent *agent, sipua_id call, const sipua_request_config *config, uint64_t tag,
                           sipua_id *request) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_call_transfer(sipua_agent *agent, sipua_id call, const sipua_transfer_config *config, uint64_t tag,
                            sipua_id *transfer) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_transfer_send(sipua_agent *agent, sipua_id account, const sipua_transfer_config *config, uint64_t tag,
                            sipua_id *transfer) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_transfer_accept(sipua_agent *agent, sipua_id transfer, const sipua_call_config *config, uint64_t tag,
                              sipua_id *call) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_transfer_reject(sipua_agent *agent, sipua_id transfer, const sipua_reply *reply, uint64_t tag) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_conference_create(sipua_agent *agent, const sipua_conference_config *config, uint64_t tag,
                                sipua_id *conference) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_conference_add(sipua_agent *agent, sipua_id conference, sipua_id call, uint64_t tag) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_conference_remove(sipua_agent *agent, sipua_id conference, sipua_id call, uint64_t tag) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_conference_play(sipua_agent *agent, sipua_id conference, const char *path, sipua_switch loop,
                              uint64_t user, uint64_t tag, sipua_id *player) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_conference_record(sipua_agent *agent, sipua_id conference, const char *path, uint64_t user, uint64_t tag,
                                sipua_id *recorder) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_conference_end(sipua_agent *agent, sipua_id conference, sipua_switch hangup, uint64_t tag) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_bridge_create(sipua_agent *agent, sipua_id a, sipua_id b, const sipua_bridge_config *config, uint64_t tag,
                            sipua_id *bridge) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_bridge_end(sipua_agent *agent, sipua_id bridge, uint64_t tag) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_subscription_create(sipua_agent *agent, sipua_id account, const sipua_subscribe_config *config,
                                  uint64_t tag, sipua_id *subscription) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_subscription_refresh(sipua_agent *agent, sipua_id subscription, int32_t expires, uint64_t tag) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_subscription_end(sipua_agent *agent, sipua_id subscription, uint64_t tag) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_notifier_accept(sipua_agent *agent, sipua_id notifier, const sipua_notify_config *config, uint64_t user,
                              uint64_t tag) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_notifier_reject(sipua_agent *agent, sipua_id notifier, const sipua_reply *reply, uint64_t tag) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_notifier_notify(sipua_agent *agent, sipua_id notifier, const sipua_notify_config *config, uint64_t tag) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_publication_create(sipua_agent *agent, sipua_id account, const sipua_publish_config *config, uint64_t tag,
                                 sipua_id *publication) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_publication_update(sipua_agent *agent, sipua_id publication, const char *content_type, const char *body,
                                 uint32_t body_size, uint64_t tag) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_publication_end(sipua_agent *agent, sipua_id publication, uint64_t tag) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}
