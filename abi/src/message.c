#include "src/abi.h"

#include <limits.h>

typedef struct message_in {
    sipua_message_config c;
    bool options;
} message_in;

static void fill_message(abi_pack *k, core_params *p, const void *in) {
    const message_in *m = in;
    const sipua_message_config *c = &m->c;
    ua_message_config *u = &p->message;
    const char *type = c->content_type && *c->content_type ? c->content_type : "text/plain;charset=utf-8";
    u->target = abi_pack_str(k, c->target);
    u->from = abi_pack_str(k, c->from);
    u->content_type = abi_pack_str(k, m->options && !c->body_size ? NULL : type);
    u->body = abi_pack_bytes(k, c->body, c->body_size);
    u->timeout_ms = c->timeout_ms;
    u->headers = abi_pack_pairs(k, c->headers, c->header_count);
    u->header_count = c->header_count;
    u->message_id = abi_pack_str(k, c->message_id);
    u->report = abi_pack_str(k, c->report);
    u->disposition = c->disposition;
    u->composing = c->composing;
    u->cpim = c->cpim == SIPUA_ON;
}

static int check_report(const char *report) {
    static const char *const words[] = {"delivered", "displayed", "processed", "stored", "failed", "error", "forbidden"};
    for (size_t i = 0; report && i < sizeof words / sizeof words[0]; i++)
        if (!strcmp(report, words[i])) return SX_OK;
    return report ? sx_fail(SX_E_INVALID, "\"%.40s\" is nothing that can be reported of a message", report) : SX_OK;
}

/* What a MESSAGE may be besides text. */
static int check_kind(const sipua_message_config *c) {
    const uint32_t all = SIPUA_DISPOSITION_DELIVERED | SIPUA_DISPOSITION_DISPLAYED | SIPUA_DISPOSITION_PROCESSED;
    ABI_TRY(abi_number("call", c->call));
    ABI_TRY(abi_text("message_id", c->message_id, false));
    ABI_TRY(check_report(c->report));
    ABI_TRY(abi_switch("composing", c->composing));
    ABI_TRY(abi_switch("cpim", c->cpim));
    if (c->disposition & ~all) return sx_fail(SX_E_INVALID, "disposition has bits that nobody knows");
    if (c->report && !c->message_id) return sx_fail(SX_E_INVALID, "a report says of which message: message_id");
    if ((c->report || c->composing) && (c->body_size || c->disposition || (c->report && c->composing)))
        return sx_fail(SX_E_INVALID, "a report, \"is writing\" and a message are one each");
    return SX_OK;
}

static int check_message(sipua_message_config *c) {
    const char **optional[] = {&c->from, &c->message_id, &c->report};
    for (size_t i = 0; i < sizeof optional / sizeof optional[0]; i++)
        if (*optional[i] && !**optional[i]) *optional[i] = NULL;
    ABI_TRY(abi_range("timeout_ms", c->timeout_ms, 0, INT32_MAX));
    ABI_TRY(abi_target(c->target, !c->call));
    ABI_TRY(check_kind(c));
    ABI_TRY(abi_uri("from", c->from, false));
    ABI_TRY(abi_text("content_type", c->content_type, false));
    ABI_TRY(abi_body(c->body, c->body_size));
    return abi_headers(c->headers, c->header_count);
}

static int send_message(sipua_agent *agent, sipua_id account, const sipua_message_config *config, bool options,
                        uint64_t tag, sipua_id *id) {
    message_in in;
    if (id) *id = 0;
    ABI_TRY(abi_enter(agent));
    if (!config) return sx_fail(SX_E_INVALID, "config is NULL");
    in.options = options;
    ABI_IN(sipua_message_config, &in.c, config);
    ABI_TRY(check_message(&in.c));
    if (options && in.c.call) return sx_fail(SX_E_INVALID, "an OPTIONS inside a call is a sipua_call_request()");
    abi_new what = {.op = options ? CORE_OP_OPTIONS_SEND : CORE_OP_MESSAGE_SEND,
                    .kind = options ? CORE_QUERY : CORE_MESSAGE,
                    .owner_kind = in.c.call ? CORE_CALL : CORE_ACCOUNT,
                    .owner = in.c.call ? in.c.call : account,
                    .user = in.c.user,
                    .tag = tag,
                    .inherit_user = true,
                    .with_kind = CORE_CALL,
                    .with = {in.c.call, 0}};
    return abi_create(agent, &what, fill_message, &in, id);
}

int32_t sipua_message_send(sipua_agent *agent, sipua_id account, const sipua_message_config *config, uint64_t tag,
                           sipua_id *message) {
    return send_message(agent, account, config, false, tag, message);
}

int32_t sipua_options_send(sipua_agent *agent, sipua_id account, const sipua_message_config *config, uint64_t tag,
                           sipua_id *query) {
    return send_message(agent, account, config, true, tag, query);
}

int32_t sipua_message_accept(sipua_agent *agent, sipua_id message, const sipua_reply *reply, uint64_t tag) {
    abi_reply in;
    ABI_TRY(abi_enter(agent));
    ABI_TRY(abi_reply_in(&in, reply, 200, 299, false));
    return abi_object_command(agent, message, CORE_MESSAGE, CORE_OP_MESSAGE_ACCEPT, tag, CORE_NEED_REPLY,
                              abi_reply_fill, &in);
}

int32_t sipua_message_reject(sipua_agent *agent, sipua_id message, const sipua_reply *reply, uint64_t tag) {
    abi_reply in;
    ABI_TRY(abi_enter(agent));
    ABI_TRY(abi_reply_in(&in, reply, 300, 699, false));
    return abi_object_command(agent, message, CORE_MESSAGE, CORE_OP_MESSAGE_REJECT, tag, CORE_NEED_NOTHING,
                              abi_reply_fill, &in);
}
