/* Written by abi/gen/generate from sipua.h. Do not edit.
 * In place of sipua.h, for what must run on older libraries of this major version too: a function that the loaded library
 * does not have is SIPUA_E_UNSUPPORTED, NULL, or does nothing. Each is looked up when it is first called, because a linked
 * reference, even a weak one, makes the loader insist on its version. Whoever links libsipua.a in defines SIPUA_API as
 * nothing: then nothing can be missing, and everything is as in sipua.h. */
#ifndef SIPUA_OLDER_H
#define SIPUA_OLDER_H

#ifdef SIPUA_API
#include <sipua/sipua.h>
#else
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

#include <sipua/sipua.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The function of that name in the library that this is linked with, or NULL. Threads may look up at the same time. */
static inline __attribute__((unused)) void *sipua_older_find(void **kept, const char *name) {
    void *found = __atomic_load_n(kept, __ATOMIC_RELAXED);
    if (!found) {
        void *library = dlopen("libsipua.so.0", RTLD_LAZY | RTLD_NOLOAD);
        if (!library) return NULL;
        if (dlsym(library, "sipua_abi_version") == (void *)sipua_abi_version) found = dlsym(library, name);
        dlclose(library); /* it stays: this needs it */
        __atomic_store_n(kept, found, __ATOMIC_RELAXED);
    }
    return found;
}

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_network_changed(sipua_agent *agent, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_network_changed");
    return found ? ((int32_t (*)(sipua_agent *, uint64_t))found)(agent, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_network_changed older_sipua_network_changed

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_agent_reload_tls(sipua_agent *agent, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_agent_reload_tls");
    return found ? ((int32_t (*)(sipua_agent *, uint64_t))found)(agent, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_agent_reload_tls older_sipua_agent_reload_tls

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_agent_drain(sipua_agent *agent, sipua_switch on, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_agent_drain");
    return found ? ((int32_t (*)(sipua_agent *, sipua_switch, uint64_t))found)(agent, on, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_agent_drain older_sipua_agent_drain

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_event_document_count(const sipua_event *event) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_event_document_count");
    return found ? ((int32_t (*)(const sipua_event *))found)(event) : SIPUA_E_UNSUPPORTED;
}
#define sipua_event_document_count older_sipua_event_document_count

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_event_document_at(const sipua_event *event, int32_t index, const char **name, const char **value) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_event_document_at");
    return found ? ((int32_t (*)(const sipua_event *, int32_t, const char **, const char **))found)(event, index, name, value) : SIPUA_E_UNSUPPORTED;
}
#define sipua_event_document_at older_sipua_event_document_at

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_document_write(const char *type, const sipua_pair *fields, uint32_t field_count, char *buffer, uint32_t capacity) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_document_write");
    return found ? ((int32_t (*)(const char *, const sipua_pair *, uint32_t, char *, uint32_t))found)(type, fields, field_count, buffer, capacity) : SIPUA_E_UNSUPPORTED;
}
#define sipua_document_write older_sipua_document_write

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_field_count(void) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_field_count");
    return found ? ((int32_t (*)(void))found)() : SIPUA_E_UNSUPPORTED;
}
#define sipua_field_count older_sipua_field_count

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_field_at(int32_t index, sipua_field_info *info) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_field_at");
    return found ? ((int32_t (*)(int32_t, sipua_field_info *))found)(index, info) : SIPUA_E_UNSUPPORTED;
}
#define sipua_field_at older_sipua_field_at

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_account_set_token(sipua_agent *agent, sipua_id account, const char *token, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_account_set_token");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, const char *, uint64_t))found)(agent, account, token, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_account_set_token older_sipua_account_set_token

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_call_mute(sipua_agent *agent, sipua_id call, sipua_event_flags sides, sipua_switch on, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_call_mute");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, sipua_event_flags, sipua_switch, uint64_t))found)(agent, call, sides, on, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_call_mute older_sipua_call_mute

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_call_collect(sipua_agent *agent, sipua_id call, const sipua_collect_config *config, uint64_t tag, sipua_id *collector) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_call_collect");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, const sipua_collect_config *, uint64_t, sipua_id *))found)(agent, call, config, tag, collector) : SIPUA_E_UNSUPPORTED;
}
#define sipua_call_collect older_sipua_call_collect

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_collector_stop(sipua_agent *agent, sipua_id collector, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_collector_stop");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, uint64_t))found)(agent, collector, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_collector_stop older_sipua_collector_stop

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_call_change(sipua_agent *agent, sipua_id call, const sipua_change *change, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_call_change");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, const sipua_change *, uint64_t))found)(agent, call, change, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_call_change older_sipua_call_change

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_call_accept_change(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_call_accept_change");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, const sipua_reply *, uint64_t))found)(agent, call, reply, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_call_accept_change older_sipua_call_accept_change

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_call_reject_change(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_call_reject_change");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, const sipua_reply *, uint64_t))found)(agent, call, reply, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_call_reject_change older_sipua_call_reject_change

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_call_request(sipua_agent *agent, sipua_id call, const sipua_request_config *config, uint64_t tag, sipua_id *request) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_call_request");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, const sipua_request_config *, uint64_t, sipua_id *))found)(agent, call, config, tag, request) : SIPUA_E_UNSUPPORTED;
}
#define sipua_call_request older_sipua_call_request

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_call_transfer(sipua_agent *agent, sipua_id call, const sipua_transfer_config *config, uint64_t tag, sipua_id *transfer) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_call_transfer");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, const sipua_transfer_config *, uint64_t, sipua_id *))found)(agent, call, config, tag, transfer) : SIPUA_E_UNSUPPORTED;
}
#define sipua_call_transfer older_sipua_call_transfer

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_transfer_send(sipua_agent *agent, sipua_id account, const sipua_transfer_config *config, uint64_t tag, sipua_id *transfer) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_transfer_send");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, const sipua_transfer_config *, uint64_t, sipua_id *))found)(agent, account, config, tag, transfer) : SIPUA_E_UNSUPPORTED;
}
#define sipua_transfer_send older_sipua_transfer_send

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_transfer_accept(sipua_agent *agent, sipua_id transfer, const sipua_call_config *config, uint64_t tag, sipua_id *call) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_transfer_accept");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, const sipua_call_config *, uint64_t, sipua_id *))found)(agent, transfer, config, tag, call) : SIPUA_E_UNSUPPORTED;
}
#define sipua_transfer_accept older_sipua_transfer_accept

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_transfer_reject(sipua_agent *agent, sipua_id transfer, const sipua_reply *reply, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_transfer_reject");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, const sipua_reply *, uint64_t))found)(agent, transfer, reply, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_transfer_reject older_sipua_transfer_reject

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_conference_create(sipua_agent *agent, const sipua_conference_config *config, uint64_t tag, sipua_id *conference) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_conference_create");
    return found ? ((int32_t (*)(sipua_agent *, const sipua_conference_config *, uint64_t, sipua_id *))found)(agent, config, tag, conference) : SIPUA_E_UNSUPPORTED;
}
#define sipua_conference_create older_sipua_conference_create

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_conference_add(sipua_agent *agent, sipua_id conference, sipua_id call, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_conference_add");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, sipua_id, uint64_t))found)(agent, conference, call, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_conference_add older_sipua_conference_add

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_conference_remove(sipua_agent *agent, sipua_id conference, sipua_id call, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_conference_remove");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, sipua_id, uint64_t))found)(agent, conference, call, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_conference_remove older_sipua_conference_remove

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_conference_play(sipua_agent *agent, sipua_id conference, const char *path, sipua_switch loop, uint64_t user, uint64_t tag, sipua_id *player) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_conference_play");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, const char *, sipua_switch, uint64_t, uint64_t, sipua_id *))found)(agent, conference, path, loop, user, tag, player) : SIPUA_E_UNSUPPORTED;
}
#define sipua_conference_play older_sipua_conference_play

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_conference_record(sipua_agent *agent, sipua_id conference, const char *path, uint64_t user, uint64_t tag, sipua_id *recorder) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_conference_record");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, const char *, uint64_t, uint64_t, sipua_id *))found)(agent, conference, path, user, tag, recorder) : SIPUA_E_UNSUPPORTED;
}
#define sipua_conference_record older_sipua_conference_record

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_conference_end(sipua_agent *agent, sipua_id conference, sipua_switch hangup, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_conference_end");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, sipua_switch, uint64_t))found)(agent, conference, hangup, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_conference_end older_sipua_conference_end

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_bridge_create(sipua_agent *agent, sipua_id a, sipua_id b, const sipua_bridge_config *config, uint64_t tag, sipua_id *bridge) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_bridge_create");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, sipua_id, const sipua_bridge_config *, uint64_t, sipua_id *))found)(agent, a, b, config, tag, bridge) : SIPUA_E_UNSUPPORTED;
}
#define sipua_bridge_create older_sipua_bridge_create

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_bridge_end(sipua_agent *agent, sipua_id bridge, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_bridge_end");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, uint64_t))found)(agent, bridge, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_bridge_end older_sipua_bridge_end

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_subscription_create(sipua_agent *agent, sipua_id account, const sipua_subscribe_config *config, uint64_t tag, sipua_id *subscription) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_subscription_create");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, const sipua_subscribe_config *, uint64_t, sipua_id *))found)(agent, account, config, tag, subscription) : SIPUA_E_UNSUPPORTED;
}
#define sipua_subscription_create older_sipua_subscription_create

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_subscription_refresh(sipua_agent *agent, sipua_id subscription, int32_t expires, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_subscription_refresh");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, int32_t, uint64_t))found)(agent, subscription, expires, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_subscription_refresh older_sipua_subscription_refresh

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_subscription_end(sipua_agent *agent, sipua_id subscription, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_subscription_end");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, uint64_t))found)(agent, subscription, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_subscription_end older_sipua_subscription_end

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_notifier_accept(sipua_agent *agent, sipua_id notifier, const sipua_notify_config *config, uint64_t user, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_notifier_accept");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, const sipua_notify_config *, uint64_t, uint64_t))found)(agent, notifier, config, user, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_notifier_accept older_sipua_notifier_accept

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_notifier_reject(sipua_agent *agent, sipua_id notifier, const sipua_reply *reply, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_notifier_reject");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, const sipua_reply *, uint64_t))found)(agent, notifier, reply, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_notifier_reject older_sipua_notifier_reject

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_notifier_notify(sipua_agent *agent, sipua_id notifier, const sipua_notify_config *config, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_notifier_notify");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, const sipua_notify_config *, uint64_t))found)(agent, notifier, config, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_notifier_notify older_sipua_notifier_notify

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_publication_create(sipua_agent *agent, sipua_id account, const sipua_publish_config *config, uint64_t tag, sipua_id *publication) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_publication_create");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, const sipua_publish_config *, uint64_t, sipua_id *))found)(agent, account, config, tag, publication) : SIPUA_E_UNSUPPORTED;
}
#define sipua_publication_create older_sipua_publication_create

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_publication_update(sipua_agent *agent, sipua_id publication, const char *content_type, const char *body, uint32_t body_size, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_publication_update");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, const char *, const char *, uint32_t, uint64_t))found)(agent, publication, content_type, body, body_size, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_publication_update older_sipua_publication_update

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_publication_end(sipua_agent *agent, sipua_id publication, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_publication_end");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, uint64_t))found)(agent, publication, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_publication_end older_sipua_publication_end

/* since 0.2 */
static inline __attribute__((unused))
void older_sipua_change_init(sipua_change *p, uint32_t size) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_change_init");
    if (found) ((void (*)(sipua_change *, uint32_t))found)(p, size);
}
#define sipua_change_init older_sipua_change_init

/* since 0.2 */
static inline __attribute__((unused))
void older_sipua_request_config_init(sipua_request_config *p, uint32_t size) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_request_config_init");
    if (found) ((void (*)(sipua_request_config *, uint32_t))found)(p, size);
}
#define sipua_request_config_init older_sipua_request_config_init

/* since 0.2 */
static inline __attribute__((unused))
void older_sipua_collect_config_init(sipua_collect_config *p, uint32_t size) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_collect_config_init");
    if (found) ((void (*)(sipua_collect_config *, uint32_t))found)(p, size);
}
#define sipua_collect_config_init older_sipua_collect_config_init

/* since 0.2 */
static inline __attribute__((unused))
void older_sipua_transfer_config_init(sipua_transfer_config *p, uint32_t size) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_transfer_config_init");
    if (found) ((void (*)(sipua_transfer_config *, uint32_t))found)(p, size);
}
#define sipua_transfer_config_init older_sipua_transfer_config_init

/* since 0.2 */
static inline __attribute__((unused))
void older_sipua_conference_config_init(sipua_conference_config *p, uint32_t size) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_conference_config_init");
    if (found) ((void (*)(sipua_conference_config *, uint32_t))found)(p, size);
}
#define sipua_conference_config_init older_sipua_conference_config_init

/* since 0.2 */
static inline __attribute__((unused))
void older_sipua_bridge_config_init(sipua_bridge_config *p, uint32_t size) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_bridge_config_init");
    if (found) ((void (*)(sipua_bridge_config *, uint32_t))found)(p, size);
}
#define sipua_bridge_config_init older_sipua_bridge_config_init

/* since 0.2 */
static inline __attribute__((unused))
void older_sipua_subscribe_config_init(sipua_subscribe_config *p, uint32_t size) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_subscribe_config_init");
    if (found) ((void (*)(sipua_subscribe_config *, uint32_t))found)(p, size);
}
#define sipua_subscribe_config_init older_sipua_subscribe_config_init

/* since 0.2 */
static inline __attribute__((unused))
void older_sipua_notify_config_init(sipua_notify_config *p, uint32_t size) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_notify_config_init");
    if (found) ((void (*)(sipua_notify_config *, uint32_t))found)(p, size);
}
#define sipua_notify_config_init older_sipua_notify_config_init

/* since 0.2 */
static inline __attribute__((unused))
void older_sipua_publish_config_init(sipua_publish_config *p, uint32_t size) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_publish_config_init");
    if (found) ((void (*)(sipua_publish_config *, uint32_t))found)(p, size);
}
#define sipua_publish_config_init older_sipua_publish_config_init

/* since 0.2 */
static inline __attribute__((unused))
void older_sipua_field_info_init(sipua_field_info *p, uint32_t size) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_field_info_init");
    if (found) ((void (*)(sipua_field_info *, uint32_t))found)(p, size);
}
#define sipua_field_info_init older_sipua_field_info_init

#ifdef __cplusplus
}
#endif
#endif
#endif
