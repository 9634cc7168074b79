#include "src/abi.h"

#include <limits.h>

static void fill_account(abi_pack *k, core_params *p, const void *in) {
    const sipua_account_config *c = in;
    ua_account_config *a = &p->account.config;
    core_tls_config *t = &p->account.tls;
    ua_account_config_init(a);
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
    a->transport = c->transport ? stack_transport_parse(sx_slice_str(c->transport)) : STACK_ANY;
    a->outbound_proxies = abi_pack_strs(k, c->outbound_proxies, c->outbound_proxy_count);
    a->outbound_proxy_count = c->outbound_proxy_count;
    a->contact_params = abi_pack_str(k, c->contact_params);
    a->contact_features = abi_pack_str(k, c->contact_features);
    a->contact_user = abi_pack_str(k, c->contact_user);
    a->ha1 = abi_pack_str(k, c->ha1);
    a->bearer_token = abi_pack_str(k, c->bearer_token);
    a->ws_headers = abi_pack_pairs(k, c->ws_headers, c->ws_header_count);
    a->ws_header_count = c->ws_header_count;
    a->flows = c->flows ? c->flows : 1;
    a->outbound = c->outbound != SIPUA_OFF;
    a->sticky = c->sticky != SIPUA_OFF;
    a->contact_rewrite = c->contact_rewrite != SIPUA_OFF;
    a->gruu = c->gruu != SIPUA_OFF;
    a->gruu_contact = c->gruu == SIPUA_ON;
    a->preload_route = c->preload_route == SIPUA_ON;
    t->ca = abi_pack_str(k, c->tls_ca);
    t->cert = abi_pack_str(k, c->tls_cert);
    t->key = abi_pack_str(k, c->tls_key);
    t->key_password = abi_pack_str(k, c->tls_key_password);
    t->pins = abi_pack_strs(k, c->tls_pins, c->tls_pin_count);
    t->pin_count = c->tls_pin_count;
    t->verify = c->tls_verify;
}

/* An empty text is as good as none. */
static void empty_to_null(const char **s) {
    if (*s && !**s) *s = NULL;
}

/* How its server is reached. */
static int check_way(const sipua_account_config *c) {
    if (c->transport && stack_transport_parse(sx_slice_str(c->transport)) == STACK_ANY)
        return sx_fail(SX_E_INVALID, "the transport \"%.40s\" is not udp, tcp, tls, ws or wss", c->transport);
    ABI_TRY(abi_texts("outbound_proxies", c->outbound_proxies, c->outbound_proxy_count));
    for (uint32_t i = 0; i < c->outbound_proxy_count; i++)
        ABI_TRY(abi_hop("one of outbound_proxies", c->outbound_proxies[i]));
    if (c->outbound_proxy_count && !c->outbound_proxy)
        return sx_fail(SX_E_INVALID, "outbound_proxies without an outbound_proxy");
    ABI_TRY(abi_ws_headers(c->ws_headers, c->ws_header_count));
    ABI_TRY(abi_range("flows", c->flows, 0, 2));
    ABI_TRY(abi_switch("outbound", c->outbound));
    ABI_TRY(abi_switch("sticky", c->sticky));
    ABI_TRY(abi_switch("contact_rewrite", c->contact_rewrite));
    ABI_TRY(abi_switch("gruu", c->gruu));
    ABI_TRY(abi_switch("preload_route", c->preload_route));
    ABI_TRY(abi_pem("tls_ca", c->tls_ca, true));
    ABI_TRY(abi_certificate(c->tls_cert, c->tls_key, c->tls_key_password));
    ABI_TRY(abi_pins(c->tls_pins, c->tls_pin_count));
    return abi_switch("tls_verify", c->tls_verify);
}

static int check_contact(const sipua_account_config *c) {
    ABI_TRY(abi_params("contact_params", c->contact_params));
    ABI_TRY(abi_params("contact_features", c->contact_features));
    ABI_TRY(abi_text("contact_user", c->contact_user, false));
    ABI_TRY(abi_ha1(c->ha1));
    if (c->ha1 && c->password) return sx_fail(SX_E_INVALID, "give password or ha1, not both");
    return abi_token(c->bearer_token);
}

static int check_account(sipua_account_config *c) {
    const char **optional[] = {&c->password,       &c->auth_user,        &c->display_name, &c->server,
                               &c->advertise,      &c->outbound_proxy,   &c->instance_id,  &c->transport,
                               &c->contact_params, &c->contact_features, &c->contact_user, &c->ha1,
                               &c->bearer_token,   &c->tls_ca,           &c->tls_cert,     &c->tls_key,
                               &c->tls_key_password};
    for (size_t i = 0; i < sizeof optional / sizeof optional[0]; i++) empty_to_null(optional[i]);
    ABI_TRY(abi_range("expires", c->expires, 0, INT32_MAX));
    ABI_TRY(abi_uri("the address of record", c->aor, true));
    ABI_TRY(abi_text("the password", c->password, false));
    ABI_TRY(abi_text("auth_user", c->auth_user, false));
    ABI_TRY(abi_text("display_name", c->display_name, false));
    ABI_TRY(abi_hop("server", c->server));
    ABI_TRY(abi_hop("outbound_proxy", c->outbound_proxy));
    ABI_TRY(abi_host("advertise", c->advertise, false));
    ABI_TRY(abi_codecs(c->codecs, c->codec_count));
    ABI_TRY(abi_switch("auto_answer", c->auto_answer));
    ABI_TRY(abi_texts("peers", c->peers, c->peer_count));
    ABI_TRY(abi_range("media", c->media, SIPUA_MEDIA_DEFAULT, SIPUA_MEDIA_NONE));
    ABI_TRY(abi_text("instance_id", c->instance_id, false));
    ABI_TRY(abi_headers(c->headers, c->header_count));
    ABI_TRY(check_way(c));
    return check_contact(c);
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

static void fill_token(abi_pack *k, core_params *p, const void *in) { p->token.token = abi_pack_str(k, in); }

int32_t sipua_account_set_token(sipua_agent *agent, sipua_id account, const char *token, uint64_t tag) {
    ABI_TRY(abi_enter(agent));
    if (token && !*token) token = NULL;
    ABI_TRY(abi_token(token));
    return abi_object_command(agent, account, CORE_ACCOUNT, CORE_OP_ACCOUNT_TOKEN, tag, CORE_NEED_REPLY, fill_token,
                              token);
}

int32_t sipua_account_close(sipua_agent *agent, sipua_id account, uint64_t tag) {
    return abi_object_command(agent, account, CORE_ACCOUNT, CORE_OP_ACCOUNT_CLOSE, tag, CORE_NEED_NOTHING, NULL, NULL);
}
