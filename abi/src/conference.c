/* Conferences and bridges. */
#include "src/abi.h"

static void fill_conference(abi_pack *k, core_params *p, const void *in) {
    const sipua_conference_config *c = in;
    p->conference.rate = c->rate ? c->rate : 16000;
}

int32_t sipua_conference_create(sipua_agent *agent, const sipua_conference_config *config, uint64_t tag,
                                sipua_id *conference) {
    sipua_conference_config c = SIPUA_CONFERENCE_CONFIG_INIT;
    if (conference) *conference = 0;
    ABI_TRY(abi_enter(agent));
    if (config) ABI_IN(sipua_conference_config, &c, config);
    ABI_TRY(abi_rate(c.rate, true));
    abi_new what = {
        .op = CORE_OP_CONFERENCE_CREATE, .kind = CORE_CONFERENCE, .user = c.user, .tag = tag, .rate = c.rate};
    return abi_create(agent, &what, fill_conference, &c, conference);
}

int32_t sipua_conference_add(sipua_agent *agent, sipua_id conference, sipua_id call, uint64_t tag) {
    return abi_pair_command(agent, conference, CORE_CONFERENCE, call, CORE_CALL, CORE_OP_CONFERENCE_ADD, tag,
                            CORE_NEED_REPLY, NULL, NULL);
}

int32_t sipua_conference_remove(sipua_agent *agent, sipua_id conference, sipua_id call, uint64_t tag) {
    return abi_pair_command(agent, conference, CORE_CONFERENCE, call, CORE_CALL, CORE_OP_CONFERENCE_REMOVE, tag,
                            CORE_NEED_REPLY, NULL, NULL);
}

int32_t sipua_conference_play(sipua_agent *agent, sipua_id conference, const char *path, sipua_switch loop,
                              uint64_t user, uint64_t tag, sipua_id *player) {
    abi_file in = {path, loop, 0};
    if (player) *player = 0;
    ABI_TRY(abi_enter(agent));
    return abi_create_file(agent, conference, CORE_CONFERENCE, CORE_OP_CONFERENCE_PLAY, &in, user, tag, player);
}

int32_t sipua_conference_record(sipua_agent *agent, sipua_id conference, const char *path, uint64_t user, uint64_t tag,
                                sipua_id *recorder) {
    abi_file in = {path, 0, 0};
    if (recorder) *recorder = 0;
    ABI_TRY(abi_enter(agent));
    return abi_create_file(agent, conference, CORE_CONFERENCE, CORE_OP_CONFERENCE_RECORD, &in, user, tag, recorder);
}

static void fill_end(abi_pack *k, core_params *p, const void *in) {
    p->end.hangup = *(const sipua_switch *)in == SIPUA_ON;
}

int32_t sipua_conference_end(sipua_agent *agent, sipua_id conference, sipua_switch hangup, uint64_t tag) {
    ABI_TRY(abi_enter(agent));
    ABI_TRY(abi_switch("hangup", hangup));
    return abi_object_command(agent, conference, CORE_CONFERENCE, CORE_OP_CONFERENCE_END, tag, CORE_NEED_NOTHING,
                              fill_end, &hangup);
}

static void fill_bridge(abi_pack *k, core_params *p, const void *in) {
    const sipua_bridge_config *c = in;
    ua_bridge_config *u = &p->bridge;
    u->dtmf = c->dtmf != SIPUA_OFF;
    u->hold = c->hold != SIPUA_OFF;
    u->hangup = c->hangup != SIPUA_OFF;
    u->transfer = c->transfer == SIPUA_ON;
    u->signalling = c->signalling != SIPUA_OFF;
    u->untouched = c->untouched != SIPUA_OFF;
    u->requests = c->requests != SIPUA_OFF;
}

int32_t sipua_bridge_create(sipua_agent *agent, sipua_id a, sipua_id b, const sipua_bridge_config *config, uint64_t tag,
                            sipua_id *bridge) {
    sipua_bridge_config c = SIPUA_BRIDGE_CONFIG_INIT;
    if (bridge) *bridge = 0;
    ABI_TRY(abi_enter(agent));
    if (config) ABI_IN(sipua_bridge_config, &c, config);
    ABI_TRY(abi_switch("dtmf", c.dtmf));
    ABI_TRY(abi_switch("hold", c.hold));
    ABI_TRY(abi_switch("hangup", c.hangup));
    ABI_TRY(abi_switch("transfer", c.transfer));
    ABI_TRY(abi_switch("signalling", c.signalling));
    ABI_TRY(abi_switch("untouched", c.untouched));
    ABI_TRY(abi_switch("requests", c.requests));
    if (!a || !b) return sx_fail(SX_E_GONE, "there is no call 0");
    if (a == b) return sx_fail(SX_E_INVALID, "a call cannot be bridged with itself");
    abi_new what = {.op = CORE_OP_BRIDGE_CREATE,
                    .kind = CORE_BRIDGE,
                    .user = c.user,
                    .tag = tag,
                    .with_kind = CORE_CALL,
                    .with = {a, b},
                    .one_will_do = true};
    return abi_create(agent, &what, fill_bridge, &c, bridge);
}

int32_t sipua_bridge_end(sipua_agent *agent, sipua_id bridge, uint64_t tag) {
    return abi_object_command(agent, bridge, CORE_BRIDGE, CORE_OP_BRIDGE_END, tag, CORE_NEED_NOTHING, NULL, NULL);
}
