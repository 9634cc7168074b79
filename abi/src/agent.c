#include "src/abi.h"

#include <stdlib.h>

#include "base/buf.h"
#include "core/option.h"
#include "net/addr.h"

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)
#define QUEUE_EVENTS 4096
#define QUEUE_BYTES (16 << 20)

static int check_tls(const sipua_agent_config *c) {
    ABI_TRY(abi_pem("tls_ca", c->tls_ca, true));
    ABI_TRY(abi_pem("tls_ca_fallback", c->tls_ca_fallback, false));
    ABI_TRY(abi_certificate(c->tls_cert, c->tls_key, c->tls_key_password));
    ABI_TRY(abi_pem("tls_crl", c->tls_crl, false));
    ABI_TRY(abi_pins(c->tls_pins, c->tls_pin_count));
    ABI_TRY(abi_switch("tls_verify", c->tls_verify));
    if (c->tls_min_version && c->tls_min_version != 12 && c->tls_min_version != 13)
        return sx_fail(SX_E_INVALID, "tls_min_version is %d, not 12 or 13", (int)c->tls_min_version);
    return SX_OK;
}

static int check_config(const sipua_agent_config *c) {
    net_addr addr;
    ABI_TRY(abi_range("max_calls", c->max_calls, -1, INT32_MAX));
    if (c->bind && !net_addr_parse_host(&addr, sx_slice_str(c->bind), 0))
        return sx_fail(SX_E_ADDRESS, "bind \"%.100s\" is not a numeric address", c->bind);
    ABI_TRY(abi_host("advertise", c->advertise, false));
    ABI_TRY(abi_list("listen", c->listen, c->listen_count, ABI_MAX_LIST));
    for (uint32_t i = 0; i < c->listen_count; i++) ABI_TRY(abi_listen_address(c->listen[i]));
    ABI_TRY(abi_switch("open", c->open));
    ABI_TRY(abi_text("user_agent", c->user_agent, false));
    ABI_TRY(abi_codecs(c->codecs, c->codec_count));
    ABI_TRY(abi_range("rtp_port_min", c->rtp_port_min, 0, 65535));
    ABI_TRY(abi_range("rtp_port_max", c->rtp_port_max, 0, 65535));
    if (c->rtp_port_min > c->rtp_port_max || (!c->rtp_port_min && c->rtp_port_max) ||
        (c->rtp_port_max && c->rtp_port_max == c->rtp_port_min))
        return sx_fail(SX_E_INVALID, "RTP ports from %d to %d hold no pair", (int)c->rtp_port_min,
                       (int)c->rtp_port_max);
    ABI_TRY(abi_range("media_workers", c->media_workers, 0, 64));
    ABI_TRY(abi_range("queue_events", c->queue_events, 0, 1 << 24));
    ABI_TRY(abi_range("queue_bytes", c->queue_bytes, 0, INT32_MAX));
    ABI_TRY(abi_range("log_level", c->log_level, SIPUA_LOG_NONE, SIPUA_LOG_DEBUG));
    ABI_TRY(abi_switch("trace", c->trace));
    ABI_TRY(check_tls(c));
    ABI_TRY(abi_switch("watch_network", c->watch_network));
    if (c->media_bind && *c->media_bind && !net_addr_parse_host(&addr, sx_slice_str(c->media_bind), 0))
        return sx_fail(SX_E_ADDRESS, "media_bind \"%.100s\" is not a numeric address", c->media_bind);
    if (c->media_advertise && *c->media_advertise && !net_addr_parse_host(&addr, sx_slice_str(c->media_advertise), 0))
        return sx_fail(SX_E_ADDRESS, "media_advertise \"%.100s\" is not a numeric address", c->media_advertise);
    ABI_TRY(abi_host("stun_server", c->stun_server, false));
    ABI_TRY(abi_list("dns_servers", c->dns_servers, c->dns_server_count, 16));
    for (uint32_t i = 0; i < c->dns_server_count; i++) {
        ABI_TRY(abi_text("a DNS server", c->dns_servers[i], true));
        ABI_TRY(abi_host("DNS server", c->dns_servers[i], true));
    }
    return SX_OK;
}

static const char user_agent[] =
    "libsipua/" TEXT(SIPUA_VERSION_MAJOR) "." TEXT(SIPUA_VERSION_MINOR) "." TEXT(SIPUA_VERSION_PATCH);

static const char *given(const char *s) { return s && *s ? s : NULL; }

static void convert(core_config *out, const sipua_agent_config *c, const char *dns) {
    memset(out, 0, sizeof *out);
    out->ua.max_calls = c->max_calls ? c->max_calls : 1000;
    out->ua.bind = c->bind ? c->bind : "0.0.0.0";
    out->ua.advertise = c->advertise && *c->advertise ? c->advertise : NULL;
    out->ua.user_agent = c->user_agent ? c->user_agent : user_agent;
    out->ua.codecs = c->codecs;
    out->ua.codec_count = c->codec_count;
    out->ua.dns_servers = dns;
    out->ua.open = c->open == SIPUA_ON;
    out->ua.trace = c->trace == SIPUA_ON;
    out->ua.media_bind = given(c->media_bind);
    out->ua.media_advertise = given(c->media_advertise);
    out->ua.stun_server = given(c->stun_server);
    out->ua.watch_network = c->watch_network != SIPUA_OFF;
    out->tls.ca = given(c->tls_ca);
    out->tls.ca_fallback = given(c->tls_ca_fallback);
    out->tls.cert = given(c->tls_cert);
    out->tls.key = given(c->tls_key);
    out->tls.key_password = given(c->tls_key_password);
    out->tls.crl = given(c->tls_crl);
    out->tls.pins = c->tls_pins;
    out->tls.pin_count = c->tls_pin_count;
    out->tls.verify = c->tls_verify;
    out->tls.min_version = c->tls_min_version;
    out->listen = c->listen;
    out->listen_count = c->listen_count;
    out->rtp_port_min = (uint16_t)c->rtp_port_min;
    out->rtp_port_max = (uint16_t)c->rtp_port_max;
    out->media_workers = c->media_workers ? (unsigned)c->media_workers : 1;
    out->queue_events = c->queue_events ? (uint32_t)c->queue_events : QUEUE_EVENTS;
    out->queue_bytes = c->queue_bytes ? (uint64_t)c->queue_bytes : QUEUE_BYTES;
    out->log_level = c->log_level == SIPUA_LOG_DEFAULT ? SIPUA_LOG_WARNING : c->log_level < 0 ? 0 : c->log_level;
}

int32_t sipua_agent_create(const sipua_agent_config *config, sipua_agent **agent) {
    sipua_agent_config c = SIPUA_AGENT_CONFIG_INIT;
    core_config cc;
    core_agent *made = NULL;
    sx_buf dns;
    if (!agent) return sx_fail(SX_E_INVALID, "there is nowhere to write the agent");
    *agent = NULL;
    if (config) ABI_IN(sipua_agent_config, &c, config);
    ABI_TRY(check_config(&c));
    sx_buf_init(&dns);
    for (uint32_t i = 0; i < c.dns_server_count; i++) {
        if (i) sx_buf_char(&dns, ',');
        sx_buf_str(&dns, c.dns_servers[i]);
    }
    if (c.dns_server_count) sx_buf_char(&dns, 0);
    if (dns.failed) {
        sx_buf_free(&dns);
        return sx_fail(SX_E_NOMEM, "no memory for an agent");
    }
    convert(&cc, &c, dns.p);
    int rc = core_agent_create(&cc, &made);
    sx_buf_free(&dns);
    *agent = (sipua_agent *)(void *)made;
    return rc;
}

int32_t sipua_agent_close(sipua_agent *agent) {
    if (!agent) return sx_fail(SX_E_INVALID, "agent is NULL");
    return core_agent_close(abi_core(agent));
}

void sipua_agent_free(sipua_agent *agent) {
    if (agent) core_agent_free(abi_core(agent));
}

static int agent_command(sipua_agent *agent, core_op op, uint64_t tag, core_need need, abi_fill fill, const void *in) {
    ABI_TRY(abi_enter(agent));
    ABI_TRY(abi_number("tag", tag));
    core_cmd *c = abi_command(op, tag, fill, in);
    return c ? core_submit(abi_core(agent), c, need) : SX_E_NOMEM;
}

static void fill_shutdown(abi_pack *k, core_params *p, const void *in) {
    p->shutdown.deadline_ms = *(const int32_t *)in;
}

int32_t sipua_agent_shutdown(sipua_agent *agent, int32_t deadline_ms, uint64_t tag) {
    ABI_TRY(abi_enter(agent));
    ABI_TRY(abi_range("deadline_ms", deadline_ms, -1, 3600000));
    int32_t ms = deadline_ms == 0 ? 2000 : deadline_ms < 0 ? 0 : deadline_ms;
    return agent_command(agent, CORE_OP_SHUTDOWN, tag, CORE_NEED_NOTHING, fill_shutdown, &ms);
}

int32_t sipua_agent_stats(sipua_agent *agent, uint64_t tag) {
    return agent_command(agent, CORE_OP_AGENT_STATS, tag, CORE_NEED_REPLY, NULL, NULL);
}

static void fill_ask(abi_pack *k, core_params *p, const void *in) {
    const int32_t *v = in;
    p->ask.kind = v[0];
    p->ask.on = v[1] == SIPUA_ON;
}

int32_t sipua_network_changed(sipua_agent *agent, uint64_t tag) {
    return agent_command(agent, CORE_OP_NETWORK_CHANGED, tag, CORE_NEED_REPLY, NULL, NULL);
}

int32_t sipua_agent_reload_tls(sipua_agent *agent, uint64_t tag) {
    return agent_command(agent, CORE_OP_RELOAD_TLS, tag, CORE_NEED_REPLY, NULL, NULL);
}

static void fill_drain(abi_pack *k, core_params *p, const void *in) {
    p->drain.on = *(const sipua_switch *)in != SIPUA_OFF;
}

int32_t sipua_agent_drain(sipua_agent *agent, sipua_switch on, uint64_t tag) {
    ABI_TRY(abi_enter(agent));
    ABI_TRY(abi_switch("on", on));
    return agent_command(agent, CORE_OP_DRAIN, tag, CORE_NEED_REPLY, fill_drain, &on);
}

int32_t sipua_agent_ask(sipua_agent *agent, sipua_ask_kind kind, sipua_switch on, uint64_t tag) {
    int32_t v[2] = {kind, on};
    ABI_TRY(abi_enter(agent));
    if (kind < SIPUA_ASK_CALL || kind > SIPUA_ASK_JOIN)
        return sx_fail(SX_E_INVALID, "%d is not a kind of question", (int)kind);
    ABI_TRY(abi_switch("on", on));
    return agent_command(agent, CORE_OP_ASK, tag, CORE_NEED_REPLY, fill_ask, v);
}

int32_t sipua_poll_interrupt(sipua_agent *agent) {
    ABI_TRY(abi_enter(agent));
    return core_poll_interrupt(abi_core(agent));
}

int32_t sipua_agent_fd(sipua_agent *agent) {
    ABI_TRY(abi_enter(agent));
    return core_agent_fd(abi_core(agent));
}

int32_t sipua_agent_set_wakeup(sipua_agent *agent, void (*cb)(void *arg), void *arg) {
    ABI_TRY(abi_enter(agent));
    return core_agent_set_wakeup(abi_core(agent), cb, arg);
}

/* ---- options ---- */

typedef struct option_in {
    const char *key, *value;
} option_in;

static void fill_option(abi_pack *k, core_params *p, const void *in) {
    const option_in *o = in;
    p->option.key = abi_pack_str(k, o->key);
    p->option.value = abi_pack_str(k, o->value);
}

int32_t sipua_option_set(sipua_agent *agent, sipua_id id, const char *key, const char *value, uint64_t tag) {
    option_in in = {key, value};
    core_kind kind = CORE_NONE;
    ABI_TRY(abi_enter(agent));
    ABI_TRY(abi_text("key", key, true));
    if (!value) return sx_fail(SX_E_INVALID, "value is NULL");
    ABI_TRY(abi_text("value", value, false));
    if (id) {
        core_entry *e;
        if (core_ids_find(core_agent_ids(abi_core(agent)), id, CORE_NONE, &e) < 0)
            return sx_fail(SX_E_GONE, "there is no object %llu, or it has ended", (unsigned long long)id);
        kind = (core_kind)e->kind;
        core_entry_unref(e);
    }
    ABI_TRY(core_option_check(kind, key, value));
    if (id) return abi_object_command(agent, id, kind, CORE_OP_OPTION, tag, CORE_NEED_REPLY, fill_option, &in);
    return agent_command(agent, CORE_OP_OPTION, tag, CORE_NEED_REPLY, fill_option, &in);
}

int32_t sipua_option_count(void) {
    core_option o;
    int32_t n = 0;
    while (core_option_at((size_t)n, &o)) n++;
    return n;
}

int32_t sipua_option_at(int32_t index, sipua_option_info *info) {
    static const char *const types[] = {"int", "switch", "string", "choice"};
    static const char *const scopes[] = {"",     "agent",      "account",      "agent account",
                                         "call", "agent call", "account call", "agent account call"};
    core_option row, *o = &row;
    if (index < 0 || !core_option_at((size_t)index, o))
        return sx_fail(SX_E_NOT_FOUND, "there is no option number %d", (int)index);
    sipua_option_info full = SIPUA_OPTION_INFO_INIT;
    full.minimum = o->minimum;
    full.maximum = o->maximum;
    full.key = o->key;
    full.type = types[o->type];
    full.scope = scopes[o->scope & 7];
    full.default_value = o->default_value;
    full.text = o->text;
    full.since = o->since;
    full.choices = o->choices;
    return ABI_OUT(sipua_option_info, info, &full);
}
