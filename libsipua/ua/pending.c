/* What nobody has built yet. Each function moves out of here with the file that does it. */
#include "base/error.h"
#include "ua/ua.h"

static int later(const char *what) { return sx_fail(SX_E_UNSUPPORTED, "%s: this build cannot do that yet", what); }


/* ---- muting ---- */

int ua_call_mute(ua_call *call, unsigned sides, bool on) { return later("call_mute"); }

/* ---- transfer ---- */

int ua_call_transfer(ua_call *call, const ua_transfer_config *config, uint64_t id, ua_transfer **out) {
    return later("call_transfer");
}

int ua_transfer_send(ua_agent *agent, ua_account *account, const ua_transfer_config *config, uint64_t id,
                     ua_transfer **out) {
    return later("transfer_send");
}

void ua_transfer_set_id(ua_transfer *transfer, uint64_t id) {}

uint64_t ua_transfer_id(const ua_transfer *transfer) { return 0; }

int ua_transfer_accept(ua_transfer *transfer, const ua_call_config *config, uint64_t call_id, ua_call **out) {
    return later("transfer_accept");
}

int ua_transfer_reject(ua_transfer *transfer, const ua_reply *reply) { return later("transfer_reject"); }

/* ---- conferences ---- */

int ua_conference_create(ua_agent *agent, const ua_conference_config *config, uint64_t id, ua_conference **out) {
    return later("conference_create");
}

uint64_t ua_conference_id(const ua_conference *conference) { return 0; }

int ua_conference_add(ua_conference *conference, ua_call *call) { return later("conference_add"); }

int ua_conference_remove(ua_conference *conference, ua_call *call) { return later("conference_remove"); }

int ua_conference_play(ua_conference *conference, const char *path, bool loop, uint64_t player) {
    return later("conference_play");
}

int ua_conference_stop_play(ua_conference *conference, uint64_t player) { return later("conference_stop_play"); }

int ua_conference_record(ua_conference *conference, const char *path, uint64_t recorder) {
    return later("conference_record");
}

int ua_conference_stop_record(ua_conference *conference, uint64_t recorder) { return later("conference_stop_record"); }

int ua_conference_end(ua_conference *conference, bool hangup) { return later("conference_end"); }

media_audio *ua_conference_audio(ua_conference *conference) { return NULL; }

/* ---- bridges ---- */

int ua_bridge_create(ua_agent *agent, ua_call *a, ua_call *b, const ua_bridge_config *config, uint64_t id,
                     ua_bridge **out) {
    return later("bridge_create");
}

uint64_t ua_bridge_id(const ua_bridge *bridge) { return 0; }

int ua_bridge_end(ua_bridge *bridge) { return later("bridge_end"); }

/* ---- subscriptions ---- */

int ua_subscription_create(ua_agent *agent, ua_account *account, const ua_subscribe_config *config, uint64_t id,
                           ua_subscription **out) {
    return later("subscription_create");
}

uint64_t ua_subscription_id(const ua_subscription *subscription) { return 0; }

int ua_subscription_refresh(ua_subscription *subscription, int expires) { return later("subscription_refresh"); }

int ua_subscription_end(ua_subscription *subscription) { return later("subscription_end"); }

/* ---- notifiers ---- */

void ua_notifier_set_id(ua_notifier *notifier, uint64_t id) {}

uint64_t ua_notifier_id(const ua_notifier *notifier) { return 0; }

int ua_notifier_accept(ua_notifier *notifier, const ua_notify_config *config) { return later("notifier_accept"); }

int ua_notifier_reject(ua_notifier *notifier, const ua_reply *reply) { return later("notifier_reject"); }

int ua_notifier_notify(ua_notifier *notifier, const ua_notify_config *config) { return later("notifier_notify"); }

/* ---- publications ---- */

int ua_publication_create(ua_agent *agent, ua_account *account, const ua_publish_config *config, uint64_t id,
                          ua_publication **out) {
    return later("publication_create");
}

uint64_t ua_publication_id(const ua_publication *publication) { return 0; }

int ua_publication_update(ua_publication *publication, const char *content_type, sx_slice body) {
    return later("publication_update");
}

int ua_publication_end(ua_publication *publication) { return later("publication_end"); }
