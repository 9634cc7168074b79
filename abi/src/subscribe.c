/* Event packages: subscriptions of ours and of peers, publications. */
#include <limits.h>

#include "src/abi.h"

static void empty_to_null(const char **s) {
    if (*s && !**s) *s = NULL;
}

/* ---- ours ---- */

static void fill_subscribe(abi_pack *k, core_params *p, const void *in) {
    const sipua_subscribe_config *c = in;
    ua_subscribe_config *u = &p->subscribe;
    u->expires = c->expires == 0 ? 3600 : c->expires < 0 ? 0 : c->expires;
    u->target = abi_pack_str(k, c->target);
    u->from = abi_pack_str(k, c->from);
    u->event = abi_pack_str(k, c->event);
    u->accept = abi_pack_str(k, c->accept);
    u->content_type = abi_pack_str(k, c->content_type);
    u->body = abi_pack_bytes(k, c->body, c->body_size);
    u->headers = abi_pack_pairs(k, c->headers, c->header_count);
    u->header_count = c->header_count;
}

static int check_subscribe(sipua_subscribe_config *c) {
    empty_to_null(&c->from);
    empty_to_null(&c->accept);
    empty_to_null(&c->content_type);
    ABI_TRY(abi_range("expires", c->expires, -1, INT32_MAX));
    ABI_TRY(abi_target(c->target, true));
    ABI_TRY(abi_uri("from", c->from, false));
    ABI_TRY(abi_package(c->event));
    ABI_TRY(abi_text("accept", c->accept, false));
    ABI_TRY(abi_text("content_type", c->content_type, false));
    ABI_TRY(abi_body(c->body, c->body_size));
    if (c->body_size && !c->content_type) return sx_fail(SX_E_INVALID, "the body has no content_type");
    return abi_headers(c->headers, c->header_count);
}

int32_t sipua_subscription_create(sipua_agent *agent, sipua_id account, const sipua_subscribe_config *config,
                                  uint64_t tag, sipua_id *subscription) {
    sipua_subscribe_config c;
    if (subscription) *subscription = 0;
    ABI_TRY(abi_enter(agent));
    if (!config) return sx_fail(SX_E_INVALID, "config is NULL");
    ABI_IN(sipua_subscribe_config, &c, config);
    ABI_TRY(check_subscribe(&c));
    abi_new what = {.op = CORE_OP_SUBSCRIPTION_CREATE,
                    .kind = CORE_SUBSCRIPTION,
                    .owner_kind = CORE_ACCOUNT,
                    .owner = account,
                    .user = c.user,
                    .tag = tag,
                    .inherit_user = true};
    return abi_create(agent, &what, fill_subscribe, &c, subscription);
}

static void fill_refresh(abi_pack *k, core_params *p, const void *in) { p->refresh.expires = *(const int32_t *)in; }

int32_t sipua_subscription_refresh(sipua_agent *agent, sipua_id subscription, int32_t expires, uint64_t tag) {
    ABI_TRY(abi_enter(agent));
    ABI_TRY(abi_range("expires", expires, 0, INT32_MAX));
    return abi_object_command(agent, subscription, CORE_SUBSCRIPTION, CORE_OP_SUBSCRIPTION_REFRESH, tag,
                              CORE_NEED_REPLY, fill_refresh, &expires);
}

int32_t sipua_subscription_end(sipua_agent *agent, sipua_id subscription, uint64_t tag) {
    return abi_object_command(agent, subscription, CORE_SUBSCRIPTION, CORE_OP_SUBSCRIPTION_END, tag, CORE_NEED_NOTHING,
                              NULL, NULL);
}

/* ---- of peers ---- */

typedef struct notify_in {
    sipua_notify_config c;
    uint64_t user;
    bool given;
} notify_in;

static void fill_notify(abi_pack *k, core_params *p, const void *in) {
    const notify_in *n = in;
    const sipua_notify_config *c = &n->c;
    ua_notify_config *u = &p->notify.config;
    p->notify.user = n->user;
    p->notify.given = n->given;
    u->state = abi_pack_str(k, c->state);
    u->reason = abi_pack_str(k, c->reason);
    u->retry_after_s = c->retry_after_s;
    u->content_type = abi_pack_str(k, c->content_type);
    u->body = abi_pack_bytes(k, c->body, c->body_size);
    u->headers = abi_pack_pairs(k, c->headers, c->header_count);
    u->header_count = c->header_count;
    u->expires = c->expires;
}

static int check_word(const char *what, const char *s, const char *const *words, size_t n) {
    for (size_t i = 0; s && i < n; i++)
        if (!strcmp(s, words[i])) return SX_OK;
    return s ? sx_fail(SX_E_INVALID, "\"%.40s\" is not a %s of a subscription", s, what) : SX_OK;
}

static int check_notify(sipua_notify_config *c) {
    static const char *const states[] = {"active", "pending", "terminated"};
    static const char *const reasons[] = {"timeout", "noresource", "rejected", "deactivated", "probation", "giveup"};
    empty_to_null(&c->state);
    empty_to_null(&c->reason);
    empty_to_null(&c->content_type);
    ABI_TRY(check_word("state", c->state, states, sizeof states / sizeof states[0]));
    ABI_TRY(check_word("reason", c->reason, reasons, sizeof reasons / sizeof reasons[0]));
    ABI_TRY(abi_range("retry_after_s", c->retry_after_s, 0, INT32_MAX));
    ABI_TRY(abi_text("content_type", c->content_type, false));
    ABI_TRY(abi_body(c->body, c->body_size));
    ABI_TRY(abi_range("expires", c->expires, 0, INT32_MAX));
    return abi_headers(c->headers, c->header_count);
}

static int notify(sipua_agent *agent, sipua_id notifier, const sipua_notify_config *config, bool accept, uint64_t user,
                  uint64_t tag) {
    notify_in in = {SIPUA_NOTIFY_CONFIG_INIT, user, config != NULL};
    ABI_TRY(abi_enter(agent));
    if (!config && !accept) return sx_fail(SX_E_INVALID, "config is NULL");
    if (config) ABI_IN(sipua_notify_config, &in.c, config);
    ABI_TRY(check_notify(&in.c));
    ABI_TRY(abi_number("user", user));
    return abi_object_command(agent, notifier, CORE_NOTIFIER,
                              accept ? CORE_OP_NOTIFIER_ACCEPT : CORE_OP_NOTIFIER_NOTIFY, tag, CORE_NEED_REPLY,
                              fill_notify, &in);
}

int32_t sipua_notifier_accept(sipua_agent *agent, sipua_id notifier, const sipua_notify_config *config, uint64_t user,
                              uint64_t tag) {
    return notify(agent, notifier, config, true, user, tag);
}

int32_t sipua_notifier_notify(sipua_agent *agent, sipua_id notifier, const sipua_notify_config *config, uint64_t tag) {
    return notify(agent, notifier, config, false, 0, tag);
}

int32_t sipua_notifier_reject(sipua_agent *agent, sipua_id notifier, const sipua_reply *reply, uint64_t tag) {
    abi_reply in;
    ABI_TRY(abi_enter(agent));
    ABI_TRY(abi_reply_in(&in, reply, 300, 699, false));
    return abi_object_command(agent, notifier, CORE_NOTIFIER, CORE_OP_NOTIFIER_REJECT, tag, CORE_NEED_NOTHING,
                              abi_reply_fill, &in);
}

/* ---- publications ---- */

static void fill_publish(abi_pack *k, core_params *p, const void *in) {
    const sipua_publish_config *c = in;
    ua_publish_config *u = &p->publish;
    u->expires = c->expires ? c->expires : 3600;
    u->target = abi_pack_str(k, c->target);
    u->event = abi_pack_str(k, c->event);
    u->content_type = abi_pack_str(k, c->content_type);
    u->body = abi_pack_bytes(k, c->body, c->body_size);
    u->headers = abi_pack_pairs(k, c->headers, c->header_count);
    u->header_count = c->header_count;
}

int32_t sipua_publication_create(sipua_agent *agent, sipua_id account, const sipua_publish_config *config, uint64_t tag,
                                 sipua_id *publication) {
    sipua_publish_config c;
    if (publication) *publication = 0;
    ABI_TRY(abi_enter(agent));
    if (!config) return sx_fail(SX_E_INVALID, "config is NULL");
    ABI_IN(sipua_publish_config, &c, config);
    empty_to_null(&c.target);
    empty_to_null(&c.content_type);
    ABI_TRY(abi_range("expires", c.expires, 0, INT32_MAX));
    ABI_TRY(abi_target(c.target, !account));
    ABI_TRY(abi_package(c.event));
    ABI_TRY(abi_text("content_type", c.content_type, false));
    ABI_TRY(abi_body(c.body, c.body_size));
    ABI_TRY(abi_headers(c.headers, c.header_count));
    abi_new what = {.op = CORE_OP_PUBLICATION_CREATE,
                    .kind = CORE_PUBLICATION,
                    .owner_kind = CORE_ACCOUNT,
                    .owner = account,
                    .user = c.user,
                    .tag = tag,
                    .inherit_user = true};
    return abi_create(agent, &what, fill_publish, &c, publication);
}

typedef struct update_in {
    const char *content_type, *body;
    uint32_t body_size;
} update_in;

static void fill_update(abi_pack *k, core_params *p, const void *in) {
    const update_in *u = in;
    p->update.content_type = abi_pack_str(k, u->content_type);
    p->update.body = abi_pack_bytes(k, u->body, u->body_size);
}

int32_t sipua_publication_update(sipua_agent *agent, sipua_id publication, const char *content_type, const char *body,
                                 uint32_t body_size, uint64_t tag) {
    update_in in = {content_type, body, body_size};
    ABI_TRY(abi_enter(agent));
    empty_to_null(&in.content_type);
    ABI_TRY(abi_text("content_type", in.content_type, false));
    ABI_TRY(abi_body(body, body_size));
    return abi_object_command(agent, publication, CORE_PUBLICATION, CORE_OP_PUBLICATION_UPDATE, tag, CORE_NEED_REPLY,
                              fill_update, &in);
}

int32_t sipua_publication_end(sipua_agent *agent, sipua_id publication, uint64_t tag) {
    return abi_object_command(agent, publication, CORE_PUBLICATION, CORE_OP_PUBLICATION_END, tag, CORE_NEED_NOTHING,
                              NULL, NULL);
}
