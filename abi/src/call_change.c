/* What happens inside a call: changes, muting, requests, collecting digits. */
#include <limits.h>

#include "sip/lex.h"
#include "src/abi.h"

/* ---- changes ---- */

static void fill_change(abi_pack *k, core_params *p, const void *in) {
    const sipua_change *c = in;
    ua_change *u = &p->change;
    u->method = (ua_change_method)c->method;
    u->hold = c->hold;
    u->codecs = abi_pack_strs(k, c->codecs, c->codec_count);
    u->codec_count = c->codec_count;
    u->headers = abi_pack_pairs(k, c->headers, c->header_count);
    u->header_count = c->header_count;
    u->body = abi_pack_bytes(k, c->body, c->body_size);
}

int32_t sipua_call_change(sipua_agent *agent, sipua_id call, const sipua_change *change, uint64_t tag) {
    sipua_change c = SIPUA_CHANGE_INIT;
    ABI_TRY(abi_enter(agent));
    if (change) ABI_IN(sipua_change, &c, change);
    ABI_TRY(abi_range("method", c.method, SIPUA_CHANGE_AUTO, SIPUA_CHANGE_UPDATE));
    ABI_TRY(abi_switch("hold", c.hold));
    ABI_TRY(abi_codecs(c.codecs, c.codec_count));
    ABI_TRY(abi_headers(c.headers, c.header_count));
    ABI_TRY(abi_body(c.body, c.body_size));
    return abi_object_command(agent, call, CORE_CALL, CORE_OP_CALL_CHANGE, tag, CORE_NEED_REPLY, fill_change, &c);
}

int32_t sipua_call_accept_change(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag) {
    abi_reply in;
    ABI_TRY(abi_enter(agent));
    ABI_TRY(abi_reply_in(&in, reply, 200, 299, true));
    return abi_object_command(agent, call, CORE_CALL, CORE_OP_CALL_ACCEPT_CHANGE, tag, CORE_NEED_REPLY, abi_reply_fill,
                              &in);
}

int32_t sipua_call_reject_change(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag) {
    abi_reply in;
    ABI_TRY(abi_enter(agent));
    ABI_TRY(abi_reply_in(&in, reply, 300, 699, true));
    return abi_object_command(agent, call, CORE_CALL, CORE_OP_CALL_REJECT_CHANGE, tag, CORE_NEED_NOTHING,
                              abi_reply_fill, &in);
}

/* ---- muting ---- */

typedef struct mute_in {
    sipua_event_flags sides;
    sipua_switch on;
} mute_in;

static void fill_mute(abi_pack *k, core_params *p, const void *in) {
    const mute_in *m = in;
    p->mute.sides = m->sides;
    p->mute.on = m->on != SIPUA_OFF;
}

int32_t sipua_call_mute(sipua_agent *agent, sipua_id call, sipua_event_flags sides, sipua_switch on, uint64_t tag) {
    mute_in in = {sides, on};
    ABI_TRY(abi_enter(agent));
    if (!sides || sides & ~(sipua_event_flags)(SIPUA_FLAG_SEND | SIPUA_FLAG_RECEIVE))
        return sx_fail(SX_E_INVALID, "sides is SIPUA_FLAG_SEND, SIPUA_FLAG_RECEIVE, or both");
    ABI_TRY(abi_switch("on", on));
    return abi_object_command(agent, call, CORE_CALL, CORE_OP_CALL_MUTE, tag, CORE_NEED_REPLY, fill_mute, &in);
}

/* ---- requests ---- */

static void fill_request(abi_pack *k, core_params *p, const void *in) {
    const sipua_request_config *c = in;
    ua_request_config *u = &p->request;
    const char *type = c->content_type && *c->content_type ? c->content_type : "text/plain;charset=utf-8";
    u->method = abi_pack_str(k, c->method && *c->method ? c->method : "INFO");
    u->content_type = abi_pack_str(k, c->body_size ? type : NULL);
    u->body = abi_pack_bytes(k, c->body, c->body_size);
    u->timeout_ms = c->timeout_ms ? c->timeout_ms : 32000;
    u->headers = abi_pack_pairs(k, c->headers, c->header_count);
    u->header_count = c->header_count;
}

static int check_method(const char *method) {
    static const char *const ours[] = {"INVITE", "ACK",   "BYE",    "CANCEL",    "UPDATE",
                                       "PRACK",  "REFER", "NOTIFY", "SUBSCRIBE", "REGISTER"};
    ABI_TRY(abi_text("method", method, false));
    if (!method || !*method) return SX_OK;
    if (strlen(method) > 32 || !sip_is_token(sx_slice_str(method)))
        return sx_fail(SX_E_INVALID, "\"%.40s\" is not the name of a method", method);
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        if (!strcmp(method, ours[i])) return sx_fail(SX_E_INVALID, "the stack itself sends %s", method);
    return SX_OK;
}

int32_t sipua_call_request(sipua_agent *agent, sipua_id call, const sipua_request_config *config, uint64_t tag,
                           sipua_id *request) {
    sipua_request_config c = SIPUA_REQUEST_CONFIG_INIT;
    if (request) *request = 0;
    ABI_TRY(abi_enter(agent));
    if (config) ABI_IN(sipua_request_config, &c, config);
    ABI_TRY(check_method(c.method));
    ABI_TRY(abi_range("timeout_ms", c.timeout_ms, 0, INT32_MAX));
    ABI_TRY(abi_text("content_type", c.content_type, false));
    ABI_TRY(abi_body(c.body, c.body_size));
    ABI_TRY(abi_headers(c.headers, c.header_count));
    if (!call) return sx_fail(SX_E_GONE, "there is no call 0");
    abi_new what = {.op = CORE_OP_CALL_REQUEST,
                    .kind = CORE_REQUEST,
                    .owner_kind = CORE_CALL,
                    .owner = call,
                    .user = c.user,
                    .tag = tag,
                    .inherit_user = true};
    return abi_create(agent, &what, fill_request, &c, request);
}

/* ---- digits ---- */

static void fill_collect(abi_pack *k, core_params *p, const void *in) {
    const sipua_collect_config *c = in;
    ua_collect_config *u = &p->collect;
    u->max_digits = c->max_digits ? c->max_digits : 1;
    u->terminators = abi_pack_str(k, c->terminators && *c->terminators ? c->terminators : NULL);
    u->timeout_ms = c->timeout_ms ? c->timeout_ms : 10000;
    u->between_ms = c->between_ms ? c->between_ms : 3000;
    u->interrupt = c->interrupt != SIPUA_OFF;
    u->player = c->player;
}

int32_t sipua_call_collect(sipua_agent *agent, sipua_id call, const sipua_collect_config *config, uint64_t tag,
                           sipua_id *collector) {
    sipua_collect_config c = SIPUA_COLLECT_CONFIG_INIT;
    if (collector) *collector = 0;
    ABI_TRY(abi_enter(agent));
    if (config) ABI_IN(sipua_collect_config, &c, config);
    ABI_TRY(abi_range("max_digits", c.max_digits, 0, 256));
    ABI_TRY(abi_text("terminators", c.terminators, false));
    if (c.terminators && c.terminators[strspn(c.terminators, "0123456789*#ABCDabcd")])
        return sx_fail(SX_E_INVALID, "the terminators \"%.64s\" have something else than 0-9 * # A-D", c.terminators);
    ABI_TRY(abi_range("timeout_ms", c.timeout_ms, -1, INT32_MAX));
    ABI_TRY(abi_range("between_ms", c.between_ms, 0, INT32_MAX));
    ABI_TRY(abi_switch("interrupt", c.interrupt));
    if (!call) return sx_fail(SX_E_GONE, "there is no call 0");
    abi_new what = {.op = CORE_OP_CALL_COLLECT,
                    .kind = CORE_COLLECTOR,
                    .owner_kind = CORE_CALL,
                    .owner = call,
                    .user = c.user,
                    .tag = tag,
                    .inherit_user = true};
    return abi_create(agent, &what, fill_collect, &c, collector);
}

int32_t sipua_collector_stop(sipua_agent *agent, sipua_id collector, uint64_t tag) {
    return abi_object_command(agent, collector, CORE_COLLECTOR, CORE_OP_COLLECTOR_STOP, tag, CORE_NEED_NOTHING, NULL,
                              NULL);
}
