/* A call whose way to the peer is gone, because an address of ours or a connection is: signalling and media go over to
 * what there is now, by a re-INVITE from there. */
#include "ua/call.h"

enum {
    WAIT_FOR_FLOW_MS = 4000, /* for the account to have a flow again */
    RECONNECT_MS = 200,
    MOVE_BATCH = 10, /* calls that move at once; the next ones a little later: 1000 a second */
    MOVE_PAUSE_MS = 10,
    LOOKS = 32,        /* calls that look in one turn of the loop: 10 us each with media */
    QUICK_LOOKS = 512, /* at their connection only */
    PAUSE_MS = 2000,   /* after the first failure; doubled with each */
    PAUSE_MAX_MS = 32000,
    GIVE_UP_AFTER = 6 /* failures in a row with a way that should work */
};

void call_flow_release(ua_call *c) {
    if (c->held.id && c->agent->stack) stack_flow_release(c->agent->stack, &c->held, c->held_ms);
    c->held.id = 0;
}

/* A connection that carries a call is not idle while nobody says anything: the peer may not be able to open another one
 * to us. Who opened it sends the keepalives (RFC 5626 4.4), which is us where we called. */
void call_flow_hold(ua_call *c) {
    dlg_info info;
    if (!c->dialog) return;
    dlg_get(c->dialog, &info);
    if (c->held.id && stack_flow_eq(&c->held, &info.flow)) return;
    call_flow_release(c);
    if (!stack_is_stream(info.flow.transport)) return;
    c->held_ms = c->incoming ? 0 : (uint32_t)c->agent->opt.keepalive_s * 1000;
    if (stack_flow_hold(c->agent->stack, &info.flow, c->held_ms) == SX_OK) c->held = info.flow;
}

void call_move_note(ua_call *c) {
    dlg_info info;
    if (!c->dialog) return;
    call_flow_hold(c);
    dlg_get(c->dialog, &info);
    c->move.local = stack_flow_local(c->agent->stack, &info.flow);
}

/* Would requests of ours leave from where the peer was told? */
static bool signalling_stands(const ua_call *c) {
    dlg_info info;
    stack *s = c->agent->stack;
    dlg_get(c->dialog, &info);
    if (!stack_flow_alive(s, &info.flow)) return false;
    net_addr now = stack_flow_local(s, &info.flow);
    return net_addr_is_set(&now) && (!net_addr_is_set(&c->move.local) || net_addr_eq(&now, &c->move.local));
}

static bool account_recovers(const ua_call *c) { return c->account && ua_account_recovers(c->account); }

/* Whatever is said inside the call from now on, a BYE too, goes over the account's new flow. */
static void take_flow(ua_call *c) {
    dlg_info info;
    stack_flow f = call_change_flow(c);
    dlg_get(c->dialog, &info);
    if (f.id && !stack_flow_alive(c->agent->stack, &info.flow)) dlg_set_flow(c->dialog, &f);
}

/* Its turn among those that move: so many at once, and the next ones a little later. */
static uint32_t turn_ms(ua_agent *a) {
    ua_walk *w = &a->walk;
    uint64_t now = ua_now(a);
    if (w->move_ms < now) {
        w->move_ms = now;
        w->moves = 0;
    }
    if (w->moves++ >= MOVE_BATCH) {
        w->move_ms += MOVE_PAUSE_MS;
        w->moves = 1;
    }
    return (uint32_t)(w->move_ms - now);
}

static void begin(ua_call *c, uint32_t wait_ms) {
    take_flow(c);
    c->move.lost = true;
    c->move.told = false;
    c->change.refreshed = false;
    c->change.excused = c->change.theirs;
    /* An offer of ours in that 200 has its answer in an ACK that may never come either. */
    if (c->change.excused && call_has_media(c) && session_has_offer(c->session) && !call_change_is_open(c))
        session_take_back(c->session);
    call_change_want(c, CALL_FOR_MOVE, account_recovers(c) ? WAIT_FOR_FLOW_MS : wait_ms);
}

/* Those who have their turn keep it: with changes that come faster than all can move, the last ones never would. */
static void begin_in_turn(ua_call *c) {
    const sx_timer *t = &c->change.timer;
    bool recovers = account_recovers(c);
    uint64_t now = call_now(c);
    uint32_t wait_ms = 0;
    if (!recovers && c->move.queued && sx_timer_running(t))
        wait_ms = t->at_ms > now ? (uint32_t)(t->at_ms - now) : 0;
    else if (!recovers)
        wait_ms = turn_ms(c->agent);
    begin(c, wait_ms);
    c->move.queued = wait_ms > 0;
}

static bool may_move(const ua_call *c) { return c->state == CALL_UP && c->dialog && c->agent->opt.reinvite_on_move; }

static void check(ua_call *c) {
    if (!may_move(c)) return;
    if (!net_addr_is_set(&c->move.local)) call_move_note(c);
    bool media = !c->session || session_stands(c->session, &c->peer);
    if (!media || !signalling_stands(c) || c->move.lost)
        begin_in_turn(c);
    else if (c->session)
        session_refresh(c->session);
}

void call_move_check(ua_call *c) { check(c); }

/* A connection was lost, not the network: is it ours? */
static void check_connection(ua_call *c) {
    dlg_info info;
    if (!may_move(c) || c->move.lost) return;
    dlg_get(c->dialog, &info);
    if (info.flow.id == c->move.gone || !stack_is_stream(info.flow.transport)) return;
    if (stack_flow_alive(c->agent->stack, &info.flow)) return;
    c->move.gone = info.flow.id;
    begin(c, RECONNECT_MS);
}

/* A NAT shows the socket elsewhere. */
static void check_contact(ua_call *c) {
    dlg_info info;
    if (!may_move(c) || c->move.lost) return;
    dlg_get(c->dialog, &info);
    if (info.flow.transport == STACK_UDP) begin_in_turn(c);
}

/* ---- who looks, and when ---- */

void ua_calls_walk(ua_agent *a) {
    sx_list *n;
    for (int i = 0; i < LOOKS && (n = sx_sweep_next(&a->walk.calls)) != NULL; i++)
        check(SX_CONTAINER(n, ua_call, node));
}

/* True: all have looked. */
static bool walk_account(ua_account *acc, int *room) {
    sx_list *n;
    while (*room > 0 && (n = sx_sweep_next(&acc->walk)) != NULL) {
        ua_call *c = SX_CONTAINER(n, ua_call, in_account);
        --*room;
        if (acc->looks & UA_LOOK_PATH) check(c);
        if (acc->looks & UA_LOOK_CONTACT) check_contact(c);
    }
    return !sx_sweep_is_on(&acc->walk);
}

void ua_calls_walk_on(ua_agent *a) {
    ua_walk *w = &a->walk;
    sx_list *n;
    for (int i = 0; i < QUICK_LOOKS && (n = sx_sweep_next(&w->lost)) != NULL; i++)
        check_connection(SX_CONTAINER(n, ua_call, node));
    int room = LOOKS;
    while (room > 0 && (n = sx_list_first(&w->some)) != NULL) {
        ua_account *acc = SX_CONTAINER(n, ua_account, in_some);
        if (!walk_account(acc, &room)) break;
        acc->looks = 0;
        sx_list_remove(&acc->in_some);
    }
}

static void look(ua_account *acc, uint8_t what) {
    ua_agent *a = acc->agent;
    acc->looks |= what;
    sx_sweep_start(&acc->walk, acc->ncalls);
    if (sx_list_is_empty(&acc->in_some)) sx_list_append(&a->walk.some, &acc->in_some);
    if (!sx_timer_running(&a->walk.timer)) ua_calls_walk_on(a);
    ua_walk_on(a);
}

void ua_calls_check(ua_account *acc) { look(acc, UA_LOOK_PATH); }

void ua_calls_seen_elsewhere(ua_account *acc) { look(acc, UA_LOOK_CONTACT); }

void ua_calls_flow_lost(ua_agent *a) {
    sx_sweep_start(&a->walk.lost, a->ncalls);
    if (!sx_timer_running(&a->walk.timer)) ua_calls_walk_on(a);
    ua_walk_on(a);
}

int call_move_prepare(ua_call *c, bool *needed) {
    *needed = true;
    c->move.queued = false;
    if (!c->session) return SX_OK;
    return session_readdress(c->session, &c->peer);
}

static void say(ua_call *c, const call_outcome *o) {
    char host[NET_ADDR_TEXT];
    sx_buf b;
    session_view v;
    net_addr at = c->move.local;
    ua_event ev = call_event(c, UA_EV_CALL_MOVED);
    if (c->session) {
        session_look(c->session, &v);
        at = v.local;
    }
    if (net_addr_is_any(&at)) { /* others are told another one; ours is whatever the system takes */
        uint16_t port = net_addr_port(&at);
        at = c->move.local;
        net_addr_set_port(&at, port);
    }
    sx_buf_init_fixed(&b, host, sizeof host);
    net_addr_write_host(&at, &b);
    ev.local_host = sx_buf_view(&b);
    ev.local_port = net_addr_port(&at);
    ev.status = o->status;
    ev.code = o->code;
    ev.reason = o->reason;
    ev.text = o->text;
    ua_emit(c->agent, &ev);
}

static uint32_t pause_ms(const ua_call *c) {
    uint32_t ms = PAUSE_MS;
    for (unsigned i = 1; i < c->move.failures && ms < PAUSE_MAX_MS; i++) ms *= 2;
    if (ms > PAUSE_MAX_MS) ms = PAUSE_MAX_MS;
    return ms - sx_rand_below(ms / 4);
}

static void give_up(ua_call *c, const call_outcome *o) {
    call_end e = {
        .originator = UA_SYSTEM, .cause = ua_cause_of_code(o->code, o->status), .code = o->code, .text = o->text};
    call_bye(c, &e, sx_slice_empty());
}

void call_move_done(ua_call *c, const call_outcome *o) {
    call_move *m = &c->move;
    bool moved = o->status >= 200 && o->status < 300, refused = o->status >= 300;
    m->queued = false;
    if ((o->status == 500 || o->status == 503 || o->status == 504) &&
        ++m->failures < GIVE_UP_AFTER) { /* this may pass */
        say(c, o);
        call_change_want(c, CALL_FOR_MOVE, pause_ms(c));
        return;
    }
    if (moved ||
        refused) { /* the peer was reached, so the way is good; refused: its media stays where it was, if it can */
        m->failures = 0;
        m->lost = false;
        if (c->session) session_moved(c->session, moved);
        if (refused) call_move_note(c);
        say(c, o);
        return;
    }
    m->failures++;
    if (!m->told || o->code == SX_E_TIMEOUT) say(c, o);
    m->told = true;
    if (c->state != CALL_UP) return;
    net_addr way;
    bool network = ua_local_address(c->agent, &c->peer, &way) == SX_OK;
    if (m->failures >= GIVE_UP_AFTER && network) {
        give_up(c, o);
        return;
    }
    if (!network && m->failures > GIVE_UP_AFTER) m->failures = GIVE_UP_AFTER;
    call_change_want(c, CALL_FOR_MOVE, pause_ms(c));
}

void call_move_answered(ua_call *c) {
    call_move_note(c);
    if (!c->move.lost) return;
    call_outcome o = {.status = 200, .reason = SX_LIT("OK")};
    call_change_drop(c, CALL_FOR_MOVE);
    call_move_done(c, &o);
}
