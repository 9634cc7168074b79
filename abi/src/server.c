#include "src/abi.h"

#include <limits.h>

_Static_assert((int)SRV_PROXY == (int)SIPUA_SERVER_PROXY && (int)SRV_REDIRECT == (int)SIPUA_SERVER_REDIRECT,
               "server.h and sipua.h disagree");

static void fill_listener(abi_pack *k, core_params *p, const void *in) {
    const sipua_listener_config *c = in;
    p->listener.address = abi_pack_str(k, c->address);
    p->listener.advertise = abi_pack_str(k, c->advertise && *c->advertise ? c->advertise : NULL);
    p->listener.open = c->open;
    p->listener.tls.ca = abi_pack_str(k, c->tls_ca);
    p->listener.tls.cert = abi_pack_str(k, c->tls_cert);
    p->listener.tls.key = abi_pack_str(k, c->tls_key);
    p->listener.tls.key_password = abi_pack_str(k, c->tls_key_password);
    p->listener.tls.need_client = c->tls_need_client == SIPUA_ON;
    p->listener.origins = abi_pack_strs(k, c->origins, c->origin_count);
    p->listener.origin_count = c->origin_count;
    p->listener.ws_path = abi_pack_str(k, c->ws_path);
}

/* Whom a listener lets in. */
static int check_doors(sipua_listener_config *c) {
    const char **optional[] = {&c->tls_cert, &c->tls_key, &c->tls_key_password, &c->tls_ca, &c->ws_path};
    for (size_t i = 0; i < sizeof optional / sizeof optional[0]; i++)
        if (*optional[i] && !**optional[i]) *optional[i] = NULL;
    ABI_TRY(abi_pem("tls_ca", c->tls_ca, true));
    ABI_TRY(abi_certificate(c->tls_cert, c->tls_key, c->tls_key_password));
    ABI_TRY(abi_switch("tls_need_client", c->tls_need_client));
    ABI_TRY(abi_texts("origins", c->origins, c->origin_count));
    ABI_TRY(abi_text("ws_path", c->ws_path, false));
    if (c->ws_path && (c->ws_path[0] != '/' || strpbrk(c->ws_path, " ?#")))
        return sx_fail(SX_E_FORMAT, "ws_path \"%.100s\" is not the path of a URL: it begins with /", c->ws_path);
    return SX_OK;
}

int32_t sipua_listener_create(sipua_agent *agent, const sipua_listener_config *config, uint64_t tag,
                              sipua_id *listener) {
    sipua_listener_config c;
    if (listener) *listener = 0;
    ABI_TRY(abi_enter(agent));
    if (!config) return sx_fail(SX_E_INVALID, "config is NULL");
    ABI_IN(sipua_listener_config, &c, config);
    ABI_TRY(abi_switch("open", c.open));
    ABI_TRY(abi_listen_address(c.address));
    ABI_TRY(abi_host("advertise", c.advertise, false));
    ABI_TRY(check_doors(&c));
    abi_new what = {.op = CORE_OP_LISTENER_CREATE,
                    .kind = CORE_LISTENER,
                    .owner_kind = CORE_SERVER,
                    .owner = c.server,
                    .user = c.user,
                    .tag = tag};
    return abi_create(agent, &what, fill_listener, &c, listener);
}

int32_t sipua_listener_close(sipua_agent *agent, sipua_id listener, uint64_t tag) {
    return abi_object_command(agent, listener, CORE_LISTENER, CORE_OP_LISTENER_CLOSE, tag, CORE_NEED_NOTHING, NULL,
                              NULL);
}

static void fill_server(abi_pack *k, core_params *p, const void *in) {
    const sipua_server_config *c = in;
    srv_config *s = &p->server;
    _Static_assert(sizeof(srv_user) == sizeof(ua_pair) && offsetof(srv_user, password) == offsetof(ua_pair, value),
                   "a user is packed as a pair");
    s->mode = (srv_mode)c->mode;
    s->realm = abi_pack_str(k, c->realm && *c->realm ? c->realm : NULL);
    s->users = (const srv_user *)(const void *)abi_pack_pairs(k, c->users, c->user_count);
    s->user_count = c->user_count;
    s->min_expires = c->min_expires;
    s->max_expires = c->max_expires;
    s->challenge_calls = c->challenge_calls == SIPUA_ON;
    s->record_route = c->record_route != SIPUA_OFF;
}

static int check_server(const sipua_server_config *c) {
    ABI_TRY(abi_range("mode", c->mode, SIPUA_SERVER_PROXY, SIPUA_SERVER_REDIRECT));
    ABI_TRY(abi_text("realm", c->realm, false));
    ABI_TRY(abi_list("users", c->users, c->user_count, ABI_MAX_USERS));
    for (uint32_t i = 0; i < c->user_count; i++) {
        ABI_TRY(abi_text("a user's name", c->users[i].name, true));
        if (!c->users[i].value) return sx_fail(SX_E_INVALID, "user %.64s has no password", c->users[i].name);
        ABI_TRY(abi_text("a user's password", c->users[i].value, false));
    }
    ABI_TRY(abi_range("min_expires", c->min_expires, 0, INT32_MAX));
    ABI_TRY(abi_range("max_expires", c->max_expires, 0, INT32_MAX));
    if (c->min_expires > (c->max_expires ? c->max_expires : 3600))
        return sx_fail(SX_E_INVALID, "min_expires is above max_expires");
    ABI_TRY(abi_switch("challenge_calls", c->challenge_calls));
    return abi_switch("record_route", c->record_route);
}

int32_t sipua_server_create(sipua_agent *agent, const sipua_server_config *config, uint64_t tag, sipua_id *server) {
    sipua_server_config c;
    if (server) *server = 0;
    ABI_TRY(abi_enter(agent));
    if (!config) return sx_fail(SX_E_INVALID, "config is NULL");
    ABI_IN(sipua_server_config, &c, config);
    ABI_TRY(check_server(&c));
    abi_new what = {.op = CORE_OP_SERVER_CREATE, .kind = CORE_SERVER, .user = c.user, .tag = tag};
    return abi_create(agent, &what, fill_server, &c, server);
}

static void fill_user(abi_pack *k, core_params *p, const void *in) {
    const sipua_pair *u = in;
    p->server_user.name = abi_pack_str(k, u->name);
    p->server_user.password = abi_pack_str(k, u->value);
}

int32_t sipua_server_set_user(sipua_agent *agent, sipua_id server, const char *name, const char *password,
                              uint64_t tag) {
    sipua_pair user = {name, password};
    ABI_TRY(abi_enter(agent));
    ABI_TRY(abi_text("the user's name", name, true));
    ABI_TRY(abi_text("the user's password", password, false));
    return abi_object_command(agent, server, CORE_SERVER, CORE_OP_SERVER_USER, tag, CORE_NEED_REPLY, fill_user, &user);
}

int32_t sipua_server_close(sipua_agent *agent, sipua_id server, uint64_t tag) {
    return abi_object_command(agent, server, CORE_SERVER, CORE_OP_SERVER_CLOSE, tag, CORE_NEED_NOTHING, NULL, NULL);
}
