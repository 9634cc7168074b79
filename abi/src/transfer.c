#include <limits.h>

#include "src/abi.h"

static void fill_transfer(abi_pack *k, core_params *p, const void *in) {
    const sipua_transfer_config *c = in;
    ua_transfer_config *u = &p->transfer;
    u->target = abi_pack_str(k, c->target);
    u->recipient = abi_pack_str(k, c->recipient);
    u->referred_by = abi_pack_str(k, c->referred_by);
    u->subscribe = c->subscribe != SIPUA_OFF;
    u->hangup = c->hangup != SIPUA_OFF;
    u->timeout_ms = c->timeout_ms ? c->timeout_ms : 90000;
    u->headers = abi_pack_pairs(k, c->headers, c->header_count);
    u->header_count = c->header_count;
}

static int check_transfer(sipua_transfer_config *c, bool in_call) {
    if (c->target && !*c->target) c->target = NULL;
    if (c->recipient && !*c->recipient) c->recipient = NULL;
    ABI_TRY(abi_number("consult", c->consult));
    ABI_TRY(abi_target(c->target, !c->consult));
    if (in_call && c->recipient) return sx_fail(SX_E_INVALID, "recipient is the peer of the call");
    ABI_TRY(abi_target(c->recipient, !in_call));
    ABI_TRY(abi_uri("referred_by", c->referred_by, false));
    ABI_TRY(abi_range("timeout_ms", c->timeout_ms, 0, INT32_MAX));
    ABI_TRY(abi_switch("subscribe", c->subscribe));
    ABI_TRY(abi_switch("hangup", c->hangup));
    return abi_headers(c->headers, c->header_count);
}

static int transfer(sipua_agent *agent, sipua_id owner, bool in_call, const sipua_transfer_config *config, uint64_t tag,
                    sipua_id *id) {
    sipua_transfer_config c;
    if (id) *id = 0;
    ABI_TRY(abi_enter(agent));
    if (!config) return sx_fail(SX_E_INVALID, "config is NULL");
    ABI_IN(sipua_transfer_config, &c, config);
    ABI_TRY(check_transfer(&c, in_call));
    if (in_call && !owner) return sx_fail(SX_E_GONE, "there is no call 0");
    if (in_call && owner == c.consult) return sx_fail(SX_E_INVALID, "consult is the call itself");
    abi_new what = {.op = in_call ? CORE_OP_CALL_TRANSFER : CORE_OP_TRANSFER_SEND,
                    .kind = CORE_TRANSFER,
                    .owner_kind = in_call ? CORE_CALL : CORE_ACCOUNT,
                    .owner = owner,
                    .user = c.user,
                    .tag = tag,
                    .inherit_user = true,
                    .with_kind = CORE_CALL,
                    .with = {c.consult, 0}};
    return abi_create(agent, &what, fill_transfer, &c, id);
}

int32_t sipua_call_transfer(sipua_agent *agent, sipua_id call, const sipua_transfer_config *config, uint64_t tag,
                            sipua_id *id) {
    return transfer(agent, call, true, config, tag, id);
}

int32_t sipua_transfer_send(sipua_agent *agent, sipua_id account, const sipua_transfer_config *config, uint64_t tag,
                            sipua_id *id) {
    return transfer(agent, account, false, config, tag, id);
}

typedef struct accept_in {
    sipua_call_config c;
    bool given;
} accept_in;

static void fill_accept(abi_pack *k, core_params *p, const void *in) {
    const accept_in *a = in;
    p->accept.given = a->given;
    abi_fill_call(k, &p->accept.config, &a->c);
}

int32_t sipua_transfer_accept(sipua_agent *agent, sipua_id id, const sipua_call_config *config, uint64_t tag,
                              sipua_id *call) {
    accept_in in = {SIPUA_CALL_CONFIG_INIT, config != NULL};
    if (call) *call = 0;
    ABI_TRY(abi_enter(agent));
    if (config) ABI_IN(sipua_call_config, &in.c, config);
    ABI_TRY(abi_check_call(&in.c, false));
    if ((in.c.target && *in.c.target) || in.c.replaces)
        return sx_fail(SX_E_INVALID, "target and replaces come from the REFER");
    in.c.target = NULL;
    if (!id) return sx_fail(SX_E_GONE, "there is no transfer 0");
    ABI_TRY(abi_room_for_a_call(agent));
    abi_new what = {.op = CORE_OP_TRANSFER_ACCEPT,
                    .kind = CORE_CALL,
                    .user = in.c.user,
                    .tag = tag,
                    .inherit_user = true,
                    .rate = in.c.rate,
                    .with_kind = CORE_TRANSFER,
                    .with = {id, 0}};
    return abi_create(agent, &what, fill_accept, &in, call);
}

int32_t sipua_transfer_reject(sipua_agent *agent, sipua_id id, const sipua_reply *reply, uint64_t tag) {
    abi_reply in;
    ABI_TRY(abi_enter(agent));
    ABI_TRY(abi_reply_in(&in, reply, 300, 699, false));
    return abi_object_command(agent, id, CORE_TRANSFER, CORE_OP_TRANSFER_REJECT, tag, CORE_NEED_NOTHING, abi_reply_fill,
                              &in);
}
