/* Commands about calls and what is made of them: requests, collectors, transfers, conferences, bridges. */
#include "base/error.h"
#include "core/agent.h"

static int no_call(void) { return sx_fail(SX_E_GONE, "the call has ended"); }

static ua_call *with(const core_cmd *c, int i) { return c->with[i] ? c->with[i]->object : NULL; }

/* ---- creation ---- */

static int made_call(core_agent *a, core_cmd *c, int rc, ua_call *made) {
    if (rc < 0) return rc;
    a->calls_total++;
    c->entry->object = made;
    core_ids_set_audio(&a->ids, c->entry, ua_call_audio(made));
    return SX_OK;
}

static int create_call(core_agent *a, core_cmd *c) {
    ua_account *account;
    ua_call *made = NULL;
    if (!core_account_of(c->entry, &account)) return sx_fail(SX_E_GONE, "the account has ended");
    int rc = ua_call_create(a->ua, account, &c->p.call, c->entry->id, &made);
    return made_call(a, c, rc, made);
}

/* Following a REFER makes a call; the transfer goes on beside it. */
static int accept_transfer(core_agent *a, core_cmd *c) {
    ua_call *made = NULL;
    if (!c->with[0]->object) return sx_fail(SX_E_GONE, "the transfer has ended");
    int rc = ua_transfer_accept(c->with[0]->object, c->p.accept.given ? &c->p.accept.config : NULL, c->entry->id, &made);
    return made_call(a, c, rc, made);
}

static int start_file(core_cmd *c) {
    core_entry *e = c->entry;
    void *in = e->owner->object;
    int rc;
    if (!in) return e->owner->kind == CORE_CALL ? no_call() : sx_fail(SX_E_GONE, "the conference has ended");
    switch (c->op) {
    case CORE_OP_CALL_PLAY: rc = ua_call_play(in, c->p.file.path, c->p.file.loop, e->id); break;
    case CORE_OP_CALL_RECORD: rc = ua_call_record(in, c->p.file.path, c->p.file.side, e->id); break;
    case CORE_OP_CONFERENCE_PLAY: rc = ua_conference_play(in, c->p.file.path, c->p.file.loop, e->id); break;
    default: rc = ua_conference_record(in, c->p.file.path, e->id); break;
    }
    if (rc < 0) return rc;
    e->object = in;
    core_add_child(e);
    return SX_OK;
}

/* What runs inside a call and ends with it. */
static int create_inside(core_cmd *c) {
    core_entry *e = c->entry;
    ua_call *call = e->owner->object;
    ua_request *request = NULL;
    ua_collector *collector = NULL;
    int rc;
    if (!call) return no_call();
    if (c->op == CORE_OP_CALL_REQUEST)
        rc = ua_call_request(call, &c->p.request, e->id, &request);
    else
        rc = ua_call_collect(call, &c->p.collect, e->id, &collector);
    if (rc < 0) return rc;
    e->object = request ? (void *)request : (void *)collector;
    core_add_child(e);
    return SX_OK;
}

static int create_transfer(core_agent *a, core_cmd *c) {
    core_entry *e = c->entry;
    ua_account *account;
    ua_transfer *made = NULL;
    int rc;
    c->p.transfer.consult = with(c, 0);
    if (c->with[0] && !c->p.transfer.consult) return no_call();
    if (c->op == CORE_OP_CALL_TRANSFER) {
        if (!e->owner->object) return no_call();
        rc = ua_call_transfer(e->owner->object, &c->p.transfer, e->id, &made);
    } else {
        if (!core_account_of(e, &account)) return sx_fail(SX_E_GONE, "the account has ended");
        rc = ua_transfer_send(a->ua, account, &c->p.transfer, e->id, &made);
    }
    if (rc >= 0) e->object = made;
    return rc;
}

static int create_conference(core_agent *a, core_cmd *c) {
    ua_conference *made = NULL;
    int rc = ua_conference_create(a->ua, &c->p.conference, c->entry->id, &made);
    if (rc < 0) return rc;
    c->entry->object = made;
    core_ids_set_audio(&a->ids, c->entry, ua_conference_audio(made));
    return SX_OK;
}

static int create_bridge(core_agent *a, core_cmd *c) {
    ua_bridge *made = NULL;
    int rc = ua_bridge_create(a->ua, with(c, 0), with(c, 1), &c->p.bridge, c->entry->id, &made);
    if (rc >= 0) c->entry->object = made;
    return rc;
}

bool core_creates_in_calls(core_op op) {
    switch (op) {
    case CORE_OP_CALL_CREATE:
    case CORE_OP_CALL_PLAY:
    case CORE_OP_CALL_RECORD:
    case CORE_OP_CALL_REQUEST:
    case CORE_OP_CALL_COLLECT:
    case CORE_OP_CALL_TRANSFER:
    case CORE_OP_TRANSFER_SEND:
    case CORE_OP_TRANSFER_ACCEPT:
    case CORE_OP_CONFERENCE_CREATE:
    case CORE_OP_CONFERENCE_PLAY:
    case CORE_OP_CONFERENCE_RECORD:
    case CORE_OP_BRIDGE_CREATE: return true;
    default: return false;
    }
}

int core_create_in_calls(core_agent *a, core_cmd *c) {
    switch (c->op) {
    case CORE_OP_CALL_CREATE: return create_call(a, c);
    case CORE_OP_CALL_REQUEST:
    case CORE_OP_CALL_COLLECT: return create_inside(c);
    case CORE_OP_CALL_TRANSFER:
    case CORE_OP_TRANSFER_SEND: return create_transfer(a, c);
    case CORE_OP_TRANSFER_ACCEPT: return accept_transfer(a, c);
    case CORE_OP_CONFERENCE_CREATE: return create_conference(a, c);
    case CORE_OP_BRIDGE_CREATE: return create_bridge(a, c);
    default: return start_file(c);
    }
}

/* ---- the rest ---- */

static int reply_op(core_cmd *c, int (*fn)(ua_call *, const ua_reply *)) {
    if (c->p.reply.user) __atomic_store_n(&c->entry->user, c->p.reply.user, __ATOMIC_RELAXED);
    if (c->p.reply.reply.rate) __atomic_store_n(&c->entry->read_rate, c->p.reply.reply.rate, __ATOMIC_RELAXED);
    return fn(c->entry->object, &c->p.reply.reply);
}

/* Without media of ours the call has no audio: its rings are given back. */
static int answer(core_agent *a, core_cmd *c) {
    int rc = reply_op(c, ua_call_answer);
    if (rc >= 0 && c->p.reply.reply.media_none) core_ids_set_audio(&a->ids, c->entry, NULL);
    return rc;
}

static int stop_file(const core_entry *e, bool player) {
    if (e->owner->kind == CORE_CONFERENCE)
        return player ? ua_conference_stop_play(e->object, e->id) : ua_conference_stop_record(e->object, e->id);
    return player ? ua_call_stop_play(e->object, e->id) : ua_call_stop_record(e->object, e->id);
}

static int member(const core_cmd *c, int (*fn)(ua_conference *, ua_call *)) {
    return with(c, 0) ? fn(c->entry->object, with(c, 0)) : no_call();
}

int core_call_op(core_agent *a, core_cmd *c) {
    core_entry *e = c->entry;
    switch (c->op) {
    case CORE_OP_CALL_RING: return reply_op(c, ua_call_ring);
    case CORE_OP_CALL_ANSWER: return answer(a, c);
    case CORE_OP_CALL_REJECT: return ua_call_reject(e->object, &c->p.reply.reply);
    case CORE_OP_CALL_HANGUP: return ua_call_hangup(e->object, &c->p.reply.reply);
    case CORE_OP_CALL_USER: __atomic_store_n(&e->user, c->p.user.user, __ATOMIC_RELAXED); return SX_OK;
    case CORE_OP_CALL_DTMF: return ua_call_dtmf(e->object, c->p.dtmf.digits, c->p.dtmf.duration_ms, c->p.dtmf.gap_ms);
    case CORE_OP_CALL_STATS: return ua_call_stats(e->object);
    case CORE_OP_CALL_CHANGE: return ua_call_change(e->object, &c->p.change, c->tag);
    case CORE_OP_CALL_ACCEPT_CHANGE: return ua_call_accept_change(e->object, &c->p.reply.reply);
    case CORE_OP_CALL_REJECT_CHANGE: return ua_call_reject_change(e->object, &c->p.reply.reply);
    case CORE_OP_CALL_MUTE: return ua_call_mute(e->object, c->p.mute.sides, c->p.mute.on);
    case CORE_OP_COLLECTOR_STOP: return ua_collector_stop(e->object);
    case CORE_OP_PLAYER_STOP: return stop_file(e, true);
    case CORE_OP_RECORDER_STOP: return stop_file(e, false);
    case CORE_OP_TRANSFER_REJECT: return ua_transfer_reject(e->object, &c->p.reply.reply);
    case CORE_OP_CONFERENCE_ADD: return member(c, ua_conference_add);
    case CORE_OP_CONFERENCE_REMOVE: return member(c, ua_conference_remove);
    case CORE_OP_CONFERENCE_END: return ua_conference_end(e->object, c->p.end.hangup);
    case CORE_OP_BRIDGE_END: return ua_bridge_end(e->object);
    default: return sx_fail(SX_E_INTERNAL, "a command that nobody carries out");
    }
}
