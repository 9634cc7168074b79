#include "src/abi.h"

#include <limits.h>

static void fill_account(abi_pack *k, core_params *p, const void *in) {
    const sipua_account_config *c = in;
    ua_account_config *a = &p->account;
    a->aor = abi_pack_str(k, c->aor);
    a->password = abi_pack_str(k, c->password);
    a->auth_user = abi_pack_str(k, c->auth_user);
    a->display_name = abi_pack_str(k, c->display_name);
    a->server = abi_pack_str(k, c->server);
    a->outbound_proxy = abi_pack_str(k, c->outbound_proxy);
    a->advertise = abi_pack_str(k, c->advertise);
    a->instance_id = abi_pack_str(k, c->instance_id);
    a->expires = c->expires;
    a->codecs = abi_pack_strs(k, c->codecs, c->codec_count);
    a->codec_count = c->codec_count;
    a->peers = abi_pack_strs(k, c->peers, c->peer_count);
    a->peer_count = c->peer_count;
    a->headers = abi_pack_pairs(k, c->headers, c->header_count);
    a->header_count = c->header_count;
    a->auto_answer = c->auto_answer == SIPUA_ON;
    a->media_none = c->media == SIPUA_MEDIA_NONE;
}

/* An empty text is as good as none. */
static void empty_to_null(const char **s) {
    if (*s && !**s) *s = NULL;
}

static int check_account(sipua_account_config *c) {
    const char **optional[] = {&c->password,  &c->auth_user,      &c->display_name, &c->server,
                               &c->advertise, &c->outbound_proxy, &c->instance_id};
    for (size_t i = 0; i < sizeof optional / sizeof optional[0]; i++) empty_to_null(optional[i]);
    ABI_TRY(abi_range("expires", c->expires, 0, INT32_MAX));
    ABI_TRY(abi_uri("the address of record", c->aor, true));
    ABI_TRY(abi_text("the password", c->password, false));
    ABI_TRY(abi_text("auth_user", c->auth_user, false));
    ABI_TRY(abi_text("display_name", c->display_name, false));
    ABI_TRY(abi_uri("server", c->server, false));
    ABI_TRY(abi_uri("outbound_proxy", c->outbound_proxy, false));
    ABI_TRY(abi_host("advertise", c->advertise, false));
    ABI_TRY(abi_codecs(c->codecs, c->codec_count));
    ABI_TRY(abi_switch("auto_answer", c->auto_answer));
    ABI_TRY(abi_texts("peers", c->peers, c->peer_count));
    ABI_TRY(abi_range("media", c->media, SIPUA_MEDIA_DEFAULT, SIPUA_MEDIA_NONE));
    ABI_TRY(abi_text("instance_id", c->instance_id, false));
    return abi_headers(c->headers, c->header_count);
}

int32_t sipua_account_create(sipua_agent *agent, const sipua_account_config *config, uint64_t tag, sipua_id *account) {
    sipua_account_config c;
    if (account) *account = 0;
    ABI_TRY(abi_enter(agent));
    if (!config) return sx_fail(SX_E_INVALID, "config is NULL");
    ABI_IN(sipua_account_config, &c, config);
    ABI_TRY(check_account(&c));
    abi_new what = {.op = CORE_OP_ACCOUNT_CREATE, .kind = CORE_ACCOUNT, .user = c.user, .tag = tag};
    return abi_create(agent, &what, fill_account, &c, account);
}

int32_t sipua_account_register(sipua_agent *agent, sipua_id account, uint64_t tag) {
    return abi_object_command(agent, account, CORE_ACCOUNT, CORE_OP_ACCOUNT_REGISTER, tag, CORE_NEED_REPLY, NULL, NULL);
}

static void fill_unregister(abi_pack *k, core_params *p, const void *in) {
    p->unregister.all = *(const sipua_switch *)in == SIPUA_ON;
}

int32_t sipua_account_unregister(sipua_agent *agent, sipua_id account, sipua_switch all, uint64_t tag) {
    ABI_TRY(abi_enter(agent));
    ABI_TRY(abi_switch("all", all));
    return abi_object_command(agent, account, CORE_ACCOUNT, CORE_OP_ACCOUNT_UNREGISTER, tag, CORE_NEED_NOTHING,
                              fill_unregister, &all);
}

int32_t sipua_account_close(sipua_agent *agent, sipua_id account, uint64_t tag) {
    return abi_object_command(agent, account, CORE_ACCOUNT, CORE_OP_ACCOUNT_CLOSE, tag, CORE_NEED_NOTHING, NULL, NULL);
}
