/* Settings while running: of the agent, and those that an account or a call has of its own. */
#include "ua/call.h"

int ua_account_setting(const ua_agent *a, const ua_account *acc, size_t offset) {
    int32_t v;
    if (acc && ua_own_get(acc->own, offset, &v)) return v;
    return *(const int32_t *)(const void *)((const char *)&a->opt + offset);
}

int ua_call_setting(const ua_call *c, size_t offset) {
    int32_t v;
    return ua_own_get(c->own, offset, &v) ? v : ua_account_setting(c->agent, c->account, offset);
}

int ua_option_set(ua_agent *a, ua_account *account, ua_call *call, const char *key, const char *value) {
    const ua_option *o = ua_option_find(key);
    int32_t v;
    if (!o) return sx_fail(SX_E_NOT_FOUND, "no option named %.60s", key ? key : "");
    unsigned scope = call ? UA_SCOPE_CALL : account ? UA_SCOPE_ACCOUNT : UA_SCOPE_AGENT;
    if (!(o->scopes & scope)) return sx_fail(SX_E_KIND, "%s is not a setting of this object", o->key);
    int rc = ua_option_read(o, value, &v);
    if (rc != SX_OK) return rc;
    if (call && o->offset == offsetof(ua_settings, rtp_timeout_ms)) return ua_call_set_rtp_timeout(call, v);
    if (call) {
        rc = ua_own_set(&call->own, o, v);
        if (rc == SX_OK && o->offset == offsetof(ua_settings, max_call_ms)) call_limit_start(call);
        if (rc == SX_OK && o->offset == offsetof(ua_settings, stall_ms) && call_has_media(call))
            rc = media_set_stall(session_media(call->session), (uint32_t)v);
        return rc;
    }
    bool qualify = o->offset == offsetof(ua_settings, qualify_s);
    if (account) {
        rc = ua_own_set(&account->own, o, v);
        if (rc == SX_OK && qualify) ua_qualify_start(account);
        return rc;
    }
    *(int32_t *)(void *)((char *)&a->opt + o->offset) = v;
    ua_agent_take_settings(a);
    if (!qualify) return SX_OK;
    SX_LIST_EACH(n, tmp, &a->accounts) ua_qualify_start(SX_CONTAINER(n, ua_account, node));
    return SX_OK;
}
