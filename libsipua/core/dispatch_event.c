/* Commands about event packages: subscriptions of both directions, publications. */
#include "base/error.h"
#include "core/agent.h"

static int subscribe(core_agent *a, core_cmd *c, ua_account *account) {
    ua_subscription *made = NULL;
    int rc = ua_subscription_create(a->ua, account, &c->p.subscribe, c->entry->id, &made);
    if (rc >= 0) c->entry->object = made;
    return rc;
}

static int publish(core_agent *a, core_cmd *c, ua_account *account) {
    ua_publication *made = NULL;
    int rc = ua_publication_create(a->ua, account, &c->p.publish, c->entry->id, &made);
    if (rc >= 0) c->entry->object = made;
    return rc;
}

bool core_creates_events(core_op op) { return op == CORE_OP_SUBSCRIPTION_CREATE || op == CORE_OP_PUBLICATION_CREATE; }

int core_create_events(core_agent *a, core_cmd *c) {
    ua_account *account;
    if (!core_account_of(c->entry, &account)) return sx_fail(SX_E_GONE, "the account has ended");
    return c->op == CORE_OP_SUBSCRIPTION_CREATE ? subscribe(a, c, account) : publish(a, c, account);
}

static int accept_notifier(core_cmd *c) {
    if (c->p.notify.user) __atomic_store_n(&c->entry->user, c->p.notify.user, __ATOMIC_RELAXED);
    return ua_notifier_accept(c->entry->object, c->p.notify.given ? &c->p.notify.config : NULL);
}

int core_event_op(core_cmd *c) {
    void *object = c->entry->object;
    switch (c->op) {
    case CORE_OP_SUBSCRIPTION_REFRESH: return ua_subscription_refresh(object, c->p.refresh.expires);
    case CORE_OP_SUBSCRIPTION_END: return ua_subscription_end(object);
    case CORE_OP_NOTIFIER_ACCEPT: return accept_notifier(c);
    case CORE_OP_NOTIFIER_REJECT: return ua_notifier_reject(object, &c->p.reply.reply);
    case CORE_OP_NOTIFIER_NOTIFY: return ua_notifier_notify(object, &c->p.notify.config);
    case CORE_OP_PUBLICATION_UPDATE: return ua_publication_update(object, c->p.update.content_type, c->p.update.body);
    case CORE_OP_PUBLICATION_END: return ua_publication_end(object);
    default: return 1;
    }
}
