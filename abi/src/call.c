#include "src/abi.h"

#include <limits.h>

void abi_fill_call(abi_pack *k, ua_call_config *u, const sipua_call_config *c) {
    u->target = abi_pack_str(k, c->target);
    u->from = abi_pack_str(k, c->from);
    u->timeout_ms = c->timeout_ms;
    u->rate = c->rate;
    u->codecs = abi_pack_strs(k, c->codecs, c->codec_count);
    u->codec_count = c->codec_count;
    u->headers = abi_pack_pairs(k, c->headers, c->header_count);
    u->header_count = c->header_count;
    u->body = abi_pack_bytes(k, c->body, c->body_size);
    u->media_none = c->media == SIPUA_MEDIA_NONE;
    u->media_default = c->media == SIPUA_MEDIA_DEFAULT;
    u->replaces = abi_pack_str(k, c->replaces);
    u->join = abi_pack_str(k, c->join);
    u->from_name = abi_pack_str(k, c->from_name);
    u->asserted_identity = abi_pack_str(k, c->asserted_identity);
    u->preferred_identity = abi_pack_str(k, c->preferred_identity);
    u->privacy = abi_pack_str(k, c->privacy);
    u->anonymous = c->anonymous == SIPUA_ON;
    u->max_redirects = c->max_redirects > 0 ? c->max_redirects : 0;
}

static void fill_call(abi_pack *k, core_params *p, const void *in) { abi_fill_call(k, &p->call, in); }

static int check_identity(const sipua_call_config *c) {
    ABI_TRY(abi_replaces("replaces", c->replaces));
    ABI_TRY(abi_replaces("join", c->join));
    if (c->replaces && c->join) return sx_fail(SX_E_INVALID, "a call replaces another or joins it, not both");
    ABI_TRY(abi_text("from_name", c->from_name, false));
    ABI_TRY(abi_uri("asserted_identity", c->asserted_identity, false));
    ABI_TRY(abi_uri("preferred_identity", c->preferred_identity, false));
    ABI_TRY(abi_text("privacy", c->privacy, false));
    ABI_TRY(abi_switch("anonymous", c->anonymous));
    return abi_range("max_redirects", c->max_redirects, -1, 100);
}

int abi_check_call(sipua_call_config *c, bool target) {
    const char **optional[] = {
        &c->from, &c->replaces, &c->join, &c->from_name, &c->privacy, &c->asserted_identity, &c->preferred_identity};
    for (size_t i = 0; i < sizeof optional / sizeof optional[0]; i++)
        if (*optional[i] && !**optional[i]) *optional[i] = NULL;
    ABI_TRY(abi_range("media", c->media, SIPUA_MEDIA_DEFAULT, SIPUA_MEDIA_NONE));
    ABI_TRY(abi_target(c->target, target));
    ABI_TRY(abi_uri("from", c->from, false));
    ABI_TRY(abi_range("timeout_ms", c->timeout_ms, -1, INT32_MAX));
    ABI_TRY(abi_rate(c->rate, true));
    ABI_TRY(abi_codecs(c->codecs, c->codec_count));
    ABI_TRY(abi_headers(c->headers, c->header_count));
    ABI_TRY(check_identity(c));
    return abi_body(c->body, c->body_size);
}

int abi_room_for_a_call(sipua_agent *agent) {
    int max = core_agent_max_calls(abi_core(agent));
    const uint32_t *now = &core_agent_ids(abi_core(agent))->count[CORE_CALL];
    if (max >= 0 && __atomic_load_n(now, __ATOMIC_RELAXED) >= (uint32_t)max)
        return sx_fail(SX_E_LIMIT, "there are %d calls already (max_calls)", max);
    return SX_OK;
}

int32_t sipua_call_create(sipua_agent *agent, sipua_id account, const sipua_call_config *config, uint64_t tag,
                          sipua_id *call) {
    sipua_call_config c;
    if (call) *call = 0;
    ABI_TRY(abi_enter(agent));
    if (!config) return sx_fail(SX_E_INVALID, "config is NULL");
    ABI_IN(sipua_call_config, &c, config);
    ABI_TRY(abi_check_call(&c, true));
    ABI_TRY(abi_room_for_a_call(agent));
    abi_new what = {.op = CORE_OP_CALL_CREATE,
                    .kind = CORE_CALL,
                    .owner_kind = CORE_ACCOUNT,
                    .owner = account,
                    .user = c.user,
                    .tag = tag,
                    .inherit_user = true,
                    .rate = c.rate};
    return abi_create(agent, &what, fill_call, &c, call);
}

/* ---- replies, of calls and of messages ---- */

int abi_reply_in(abi_reply *out, const sipua_reply *reply, int min, int max, bool call) {
    memset(out, 0, sizeof *out);
    out->call = call;
    if (!reply) return SX_OK;
    sipua_reply *r = &out->r;
    ABI_IN(sipua_reply, r, reply);
    if (r->status) ABI_TRY(abi_range("status", r->status, min, max));
    ABI_TRY(abi_text("reason", r->reason, false));
    ABI_TRY(abi_headers_of(r->headers, r->header_count, r->status));
    ABI_TRY(abi_rate(r->rate, true));
    ABI_TRY(abi_switch("early_media", r->early_media));
    ABI_TRY(abi_range("media", r->media, SIPUA_MEDIA_DEFAULT, SIPUA_MEDIA_NONE));
    ABI_TRY(abi_number("user", r->user));
    ABI_TRY(abi_text("content_type", r->content_type, false));
    ABI_TRY(abi_range("q850", r->q850, 0, 127));
    return abi_body(r->body, r->body_size);
}

void abi_reply_fill(abi_pack *k, core_params *p, const void *in) {
    const abi_reply *a = in;
    const sipua_reply *r = &a->r;
    ua_reply *u = &p->reply.reply;
    bool body = r->body_size != 0;
    u->status = r->status;
    u->reason = abi_pack_str(k, r->reason && *r->reason ? r->reason : NULL);
    u->headers = abi_pack_pairs(k, r->headers, r->header_count);
    u->header_count = r->header_count;
    u->rate = r->rate;
    u->early_media = r->early_media == SIPUA_ON;
    u->media_none = r->media == SIPUA_MEDIA_NONE;
    const char *type = r->content_type && *r->content_type ? r->content_type
                       : a->call                           ? "application/sdp"
                                                           : "text/plain";
    u->content_type = abi_pack_str(k, body ? type : NULL);
    u->body = abi_pack_bytes(k, r->body, r->body_size);
    u->q850 = r->q850;
    p->reply.user = r->user;
}

static int reply_command(sipua_agent *agent, sipua_id call, const sipua_reply *reply, int min, int max, core_op op,
                         core_need need, uint64_t tag) {
    abi_reply in;
    ABI_TRY(abi_enter(agent));
    ABI_TRY(abi_reply_in(&in, reply, min, max, true));
    return abi_object_command(agent, call, CORE_CALL, op, tag, need, abi_reply_fill, &in);
}

int32_t sipua_call_ring(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag) {
    return reply_command(agent, call, reply, 101, 199, CORE_OP_CALL_RING, CORE_NEED_REPLY, tag);
}

int32_t sipua_call_answer(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag) {
    return reply_command(agent, call, reply, 200, 299, CORE_OP_CALL_ANSWER, CORE_NEED_REPLY, tag);
}

int32_t sipua_call_reject(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag) {
    return reply_command(agent, call, reply, 300, 699, CORE_OP_CALL_REJECT, CORE_NEED_NOTHING, tag);
}

int32_t sipua_call_hangup(sipua_agent *agent, sipua_id call, const sipua_reply *reply, uint64_t tag) {
    return reply_command(agent, call, reply, 300, 699, CORE_OP_CALL_HANGUP, CORE_NEED_NOTHING, tag);
}

static void fill_user(abi_pack *k, core_params *p, const void *in) { p->user.user = *(const uint64_t *)in; }

int32_t sipua_call_set_user(sipua_agent *agent, sipua_id call, uint64_t user, uint64_t tag) {
    ABI_TRY(abi_enter(agent));
    ABI_TRY(abi_number("user", user));
    return abi_object_command(agent, call, CORE_CALL, CORE_OP_CALL_USER, tag, CORE_NEED_REPLY, fill_user, &user);
}

typedef struct dtmf_in {
    const char *digits;
    int32_t duration_ms, gap_ms;
} dtmf_in;

static void fill_dtmf(abi_pack *k, core_params *p, const void *in) {
    const dtmf_in *d = in;
    p->dtmf.digits = abi_pack_str(k, d->digits);
    p->dtmf.duration_ms = d->duration_ms;
    p->dtmf.gap_ms = d->gap_ms;
}

int32_t sipua_call_dtmf(sipua_agent *agent, sipua_id call, const char *digits, int32_t duration_ms, int32_t gap_ms,
                        uint64_t tag) {
    dtmf_in in = {digits, duration_ms ? duration_ms : 100, gap_ms ? gap_ms : 70};
    ABI_TRY(abi_enter(agent));
    ABI_TRY(abi_text("digits", digits, true));
    if (digits[strspn(digits, "0123456789*#ABCDabcd,")])
        return sx_fail(SX_E_INVALID, "the digits \"%.64s\" have something else than 0-9 * # A-D and commas", digits);
    if (strlen(digits) > 64) return sx_fail(SX_E_LIMIT, "more than 64 digits at a time");
    ABI_TRY(abi_range("duration_ms", in.duration_ms, 40, 6000));
    ABI_TRY(abi_range("gap_ms", in.gap_ms, 50, 6000));
    return abi_object_command(agent, call, CORE_CALL, CORE_OP_CALL_DTMF, tag, CORE_NEED_REPLY, fill_dtmf, &in);
}

int32_t sipua_call_stats_request(sipua_agent *agent, sipua_id call, uint64_t tag) {
    return abi_object_command(agent, call, CORE_CALL, CORE_OP_CALL_STATS, tag, CORE_NEED_REPLY, NULL, NULL);
}
