/* What the fake user agent does not do. */
#include "base/error.h"
#include "ua/ua.h"

static int no(void) { return sx_fail(SX_E_UNSUPPORTED, "a fake"); }

int ua_agent_drain(ua_agent *agent, bool on) { return no(); }
int ua_call_change(ua_call *call, const ua_change *change, uint64_t tag) { return no(); }
int ua_call_accept_change(ua_call *call, const ua_reply *reply) { return no(); }
int ua_call_reject_change(ua_call *call, const ua_reply *reply) { return no(); }
int ua_call_request(ua_call *call, const ua_request_config *config, uint64_t id, ua_request **out) { return no(); }
uint64_t ua_request_id(const ua_request *request) { return 0; }
int ua_call_collect(ua_call *call, const ua_collect_config *config, uint64_t id, ua_collector **out) { return no(); }
uint64_t ua_collector_id(const ua_collector *collector) { return 0; }
int ua_collector_stop(ua_collector *collector) { return no(); }
int ua_call_mute(ua_call *call, unsigned sides, bool on) { return no(); }
int ua_call_transfer(ua_call *call, const ua_transfer_config *config, uint64_t id, ua_transfer **out) { return no(); }
int ua_transfer_send(ua_agent *agent, ua_account *account, const ua_transfer_config *config, uint64_t id,
                     ua_transfer **out) {
    return no();
}
void ua_transfer_set_id(ua_transfer *transfer, uint64_t id) {}
uint64_t ua_transfer_id(const ua_transfer *transfer) { return 0; }
int ua_transfer_accept(ua_transfer *transfer, const ua_call_config *config, uint64_t call_id, ua_call **out) {
    return no();
}
int ua_transfer_reject(ua_transfer *transfer, const ua_reply *reply) { return no(); }
int ua_conference_create(ua_agent *agent, const ua_conference_config *config, uint64_t id, ua_conference **out) {
    return no();
}
uint64_t ua_conference_id(const ua_conference *conference) { return 0; }
int ua_conference_add(ua_conference *conference, ua_call *call) { return no(); }
int ua_conference_remove(ua_conference *conference, ua_call *call) { return no(); }
int ua_conference_play(ua_conference *conference, const char *path, bool loop, uint64_t player) { return no(); }
int ua_conference_stop_play(ua_conference *conference, uint64_t player) { return no(); }
int ua_conference_record(ua_conference *conference, const char *path, uint64_t recorder) { return no(); }
int ua_conference_stop_record(ua_conference *conference, uint64_t recorder) { return no(); }
int ua_conference_end(ua_conference *conference, bool hangup) { return no(); }
media_audio *ua_conference_audio(ua_conference *conference) { return NULL; }
int ua_bridge_create(ua_agent *agent, ua_call *a, ua_call *b, const ua_bridge_config *config, uint64_t id,
                     ua_bridge **out) {
    return no();
}
uint64_t ua_bridge_id(const ua_bridge *bridge) { return 0; }
int ua_bridge_end(ua_bridge *bridge) { return no(); }
int ua_subscription_create(ua_agent *agent, ua_account *account, const ua_subscribe_config *config, uint64_t id,
                           ua_subscription **out) {
    return no();
}
uint64_t ua_subscription_id(const ua_subscription *subscription) { return 0; }
int ua_subscription_refresh(ua_subscription *subscription, int expires) { return no(); }
int ua_subscription_end(ua_subscription *subscription) { return no(); }
void ua_notifier_set_id(ua_notifier *notifier, uint64_t id) {}
uint64_t ua_notifier_id(const ua_notifier *notifier) { return 0; }
int ua_notifier_accept(ua_notifier *notifier, const ua_notify_config *config) { return no(); }
int ua_notifier_reject(ua_notifier *notifier, const ua_reply *reply) { return no(); }
int ua_notifier_notify(ua_notifier *notifier, const ua_notify_config *config) { return no(); }
int ua_publication_create(ua_agent *agent, ua_account *account, const ua_publish_config *config, uint64_t id,
                          ua_publication **out) {
    return no();
}
uint64_t ua_publication_id(const ua_publication *publication) { return 0; }
int ua_publication_update(ua_publication *publication, const char *content_type, sx_slice body) { return no(); }
int ua_publication_end(ua_publication *publication) { return no(); }
