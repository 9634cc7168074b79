/* Before the INVITE has its final answer: offers by UPDATE and PRACK (RFC 3311, 3262), the forks' own descriptions and
 * whose media is heard (RFC 3960), and callers who have something to reserve first (RFC 3312). */
#include <stdlib.h>

#include "sip/lex.h"
#include "ua/call.h"
#include "ua/precondition.h"

enum { WAIT_MS = 20000 }; /* for the caller's reservation */

static void on_wait(sx_timer *t, uint64_t now);

/* ---- early media that is only promised ---- */

/* Who is told of early media and hears none should be rung back to by his own program (RFC 3960 4.2). */
enum { EARLY_SILENCE_MS = 1000 };

static void say_early(ua_call *c, ua_event_type type, uint64_t ms) {
    ua_event out = call_event(c, type);
    out.flags = UA_FLAG_EARLY_MEDIA;
    out.duration_ms = ms;
    ua_emit(c->agent, &out);
}

static void on_silence(ua_call *c) {
    if (c->state != CALL_INVITING || c->wait.heard) return;
    c->wait.told = true;
    say_early(c, UA_EV_MEDIA_STALLED, EARLY_SILENCE_MS);
}

void call_early_heard(ua_call *c, bool stalled) {
    bool told = c->wait.told;
    c->wait.told = false;
    if (stalled) return;
    c->wait.heard = true;
    if (!c->incoming) sx_timer_stop(c->agent->wheel, &c->wait.timer);
    if (told && c->state == CALL_INVITING) say_early(c, UA_EV_MEDIA_RESUMED, 0);
}

void call_early_init(ua_call *c) { sx_timer_init(&c->wait.timer, on_wait); }

void call_early_stop(ua_call *c) {
    sx_timer_stop(c->agent->wheel, &c->wait.timer);
    c->wait.active = false;
}

/* ---- offers ---- */

stack_dialog *call_early_dialog(const ua_call *c) {
    if (c->incoming) {
        bool ready = c->state == CALL_OFFERED && c->reliable.settled && !c->reliable.open && !c->wait.active;
        return ready ? c->dialog : NULL;
    }
    if (c->state != CALL_INVITING || !c->session) return NULL;
    for (size_t i = 0; i < c->nforks; i++) { /* of the one that is heard: what we say is said to it */
        const call_fork *f = &c->forks[i];
        if (f->dialog == c->heard) return f->settled ? f->dialog : NULL;
    }
    return NULL;
}

bool call_early_clear(const ua_call *c) {
    for (size_t i = 0; i < c->nforks; i++) {
        if (c->forks[i].dialog == c->heard && c->forks[i].prack) return false;
    }
    return true;
}

/* RFC 3311 5.2: what an offer in an early dialog collides with; 0: nothing. */
static int collision(ua_call *c, const stack_event *ev) {
    const call_reliable *r = &c->reliable;
    if (call_change_is_open(c)) return 491;
    if (!c->incoming) {
        call_fork *f = call_fork_of(c, ev->dialog, false);
        return f && f->settled ? 0 : 491; /* our INVITE's offer has no answer that counts */
    }
    if (c->session && session_has_offer(c->session)) return 491;
    return r->described ? 0 : 500;
}

static void answer_later(stack_tx *tx) {
    char text[40] = "Retry-After: 0\r\n";
    text[13] = (char)('0' + sx_rand_below(10));
    ua_answer(tx, 500, NULL, sx_slice_str(text));
}

static bool respond(ua_call *c, const stack_event *ev, sx_slice body) {
    sx_buf lines;
    sx_buf_init(&lines);
    ua_common_lines(c, &lines);
    tx_response r = {.status = 200,
                     .headers = sx_buf_view(&lines),
                     .content_type = body.n ? SX_LIT("application/sdp") : sx_slice_empty(),
                     .body = body};
    bool sent = !lines.failed && tx_respond(ev->tx, &r) == SX_OK;
    sx_buf_free(&lines);
    if (!sent) ua_answer(ev->tx, 500, NULL, sx_slice_empty());
    return sent;
}

/* Signalling-only: the program's own description fitted, else one in which nothing flows. */
static bool respond_none(ua_call *c, const stack_event *ev, sx_slice offer) {
    sx_buf b;
    net_addr own;
    sx_buf_init(&b);
    bool known = ua_local_address(c->agent, &ev->flow.remote, &own) == SX_OK;
    int rc = c->own_sdp ? session_refit(sx_slice_str(c->own_sdp), offer, &b)
                        : session_inactive_answer(offer, known ? &own : NULL, &b);
    bool ok = rc == SX_OK && !b.failed;
    if (ok) {
        ok = respond(c, ev, sx_buf_view(&b));
    } else {
        ua_answer(ev->tx, rc == SX_E_NOMEM || b.failed ? 500 : 488, NULL, sx_slice_empty());
    }
    sx_buf_free(&b);
    return ok;
}

/* Each fork goes its own way from its first UPDATE on: what it was told is kept beside what it said. */
static bool keep_fork(ua_call *c, const stack_event *ev, sx_slice offer, sx_slice ours) {
    call_fork *f = call_fork_of(c, ev->dialog, true);
    char *theirs = f ? sx_strdup(offer) : NULL, *mine = f ? sx_strdup(ours) : NULL;
    if (!theirs || !mine) {
        free(theirs);
        free(mine);
        return false;
    }
    free(f->sdp);
    free(f->ours);
    f->sdp = theirs;
    f->ours = mine;
    f->from = ev->flow.remote;
    c->heard = ev->dialog;
    return true;
}

static int restate(ua_call *c, const call_fork *f) {
    const char *ours = f && f->ours ? f->ours : c->first_offer;
    return ours ? session_say(c->session, sx_slice_str(ours)) : SX_OK;
}

static int prepare_offer(ua_call *c, const stack_event *ev, sx_slice offer) {
    precondition p;
    if (c->wait.used) {
        precondition_read(offer, &p);
        int rc = session_attributes(c->session, p.lines);
        if (rc != SX_OK) return rc;
    }
    if (c->incoming) return SX_OK;
    return restate(c, call_fork_of(c, ev->dialog, false));
}

bool call_early_offer(ua_call *c, const stack_event *ev, sx_slice offer) {
    sx_slice body;
    session_change change;
    if (!c->session || c->media_none) return respond_none(c, ev, offer);
    int rc = prepare_offer(c, ev, offer);
    if (rc == SX_OK) rc = session_offered(c->session, offer, &ev->flow.remote, &body, &change);
    if (rc != SX_OK) { /* all is as it was */
        ua_answer(ev->tx, rc == SX_E_NOMEM ? 500 : 488, NULL,
                  rc == SX_E_NOMEM ? sx_slice_empty()
                                   : SX_LIT("Warning: 304 sipua.invalid \"No audio in common\"\r\n"));
        return false;
    }
    if (!c->incoming && !keep_fork(c, ev, offer, body))
        SX_LOG_UA(c->agent, SX_LOG_WARNING, "no memory for what a fork said");
    if (!respond(c, ev, body)) return false;
    c->peer = ev->flow.remote;
    if (c->wait.active) return true; /* nobody knows of the call yet */
    if (change.first)
        call_media_ready(c, true);
    else
        call_media_change(c, &change);
    return true;
}

void call_early_agreed(ua_call *c, const stack_event *ev) {
    sx_slice sdp;
    if (c->incoming || !c->session || ua_body_sdp(ev->msg, &sdp) != 1) return;
    if (!keep_fork(c, ev, sdp, session_sent(c->session)))
        SX_LOG_UA(c->agent, SX_LOG_WARNING, "no memory for what a fork said");
}

bool call_early_update(ua_call *c, const stack_event *ev, sx_slice sdp) {
    if (ev->msg->method != SIP_UPDATE || (c->state != CALL_INVITING && c->state != CALL_OFFERED)) return false;
    if (!sdp.n) {
        respond(c, ev, sdp);
        return true;
    }
    int status = collision(c, ev);
    if (status == 500) {
        answer_later(ev->tx);
    } else if (status) {
        ua_answer(ev->tx, status, NULL, sx_slice_empty());
    } else if (call_early_offer(c, ev, sdp)) {
        call_early_wait_step(c, sdp);
    }
    return true;
}

/* ---- forks ---- */

/* The newest fork that has media is heard; a later 1xx without SDP, or with the same again, changes nothing. */
bool call_early_media(ua_call *c, const stack_event *ev, sx_slice sdp) {
    call_fork *f = call_fork_of(c, ev->dialog, true);
    session_change change;
    if (f && (f->ours || (f->sdp && sx_eq(sx_slice_str(f->sdp), sdp)))) return true;
    if (restate(c, f) != SX_OK || session_answered(c->session, sdp, &ev->flow.remote, &change) != SX_OK) return false;
    char *copy = f ? sx_strdup(sdp) : NULL;
    if (copy) {
        free(f->sdp);
        f->sdp = copy;
        f->from = ev->flow.remote;
    }
    c->heard = ev->dialog;
    if (change.first || change.changed) call_media_ready(c, true);
    if (!c->wait.heard && !c->wait.told && !sx_timer_running(&c->wait.timer))
        sx_timer_start(c->agent->wheel, &c->wait.timer, call_now(c) + EARLY_SILENCE_MS);
    return true;
}

/* An UPDATE of ours is under way, or wanted to put things right. True: in the fork that answered, and so it goes on. */
static bool crosses_update(ua_call *c, const stack_dialog *confirmed) {
    call_change *g = &c->change;
    if (c->heard == confirmed) return g->request || (g->wanted & CALL_FOR_RESTORE);
    call_change_drop(c, CALL_FOR_RESTORE); /* another one: it never heard of that */
    if (!g->request) return false;
    stack_request_abandon(g->request);
    g->request = NULL;
    g->wanted |= g->doing & (uint8_t)~CALL_FOR_RESTORE; /* the one that answered has still to be asked */
    g->doing = 0;
    session_drop_offer(c->session);
    call_post(c, CALL_DO_CHANGE);
    return false;
}

int call_early_confirm(ua_call *c, const stack_event *ev, session_change *change) {
    call_fork *f = call_fork_of(c, ev->dialog, false);
    sx_slice sdp = sx_slice_empty();
    bool said = ua_body_sdp(ev->msg, &sdp) == 1;
    memset(change, 0, sizeof *change);
    if (crosses_update(c, ev->dialog)) return SX_OK;
    if (!said && (!f || !f->sdp)) return sx_fail(SX_E_MEDIA, "the 200 has no SDP");
    int rc = SX_OK;
    if (f && f->ours) { /* an UPDATE has gone on from there: what the 200 may repeat is of the past */
        if (c->heard != ev->dialog) {
            rc = restate(c, f);
            if (rc == SX_OK) rc = session_answered(c->session, sx_slice_str(f->sdp), &f->from, change);
        }
    } else {
        rc = restate(c, f);
        if (rc == SX_OK) {
            rc = said ? session_answered(c->session, sdp, &ev->flow.remote, change)
                      : session_answered(c->session, sx_slice_str(f->sdp), &f->from, change);
        }
    }
    if (rc == SX_OK) session_settle(c->session);
    return rc;
}

/* ---- preconditions ---- */

static void tell(ua_call *c) {
    sip_msg *invite = c->invite;
    c->wait.active = false;
    sx_timer_stop(c->agent->wheel, &c->wait.timer);
    c->invite = NULL;
    call_in_begin(c, invite);
    sip_msg_unref(invite);
}

static void give_up(ua_call *c, int status, sx_slice lines) {
    tx_response r = {.status = status, .headers = lines};
    if (c->tx && tx_respond(c->tx, &r) != SX_OK) tx_drop(c->tx);
    c->tx = NULL;
    call_end e = {.originator = UA_SYSTEM, .cause = UA_CAUSE_REJECTED, .status = status};
    call_finish(c, &e); /* c->invite is still set: nobody knew the call */
}

static void on_wait(sx_timer *t, uint64_t now) {
    ua_call *c = SX_CONTAINER(t, ua_call, wait.timer);
    (void)now;
    if (!c->incoming) on_silence(c);
    if (c->wait.active && c->state == CALL_OFFERED) give_up(c, 580, sx_slice_empty());
}

void call_early_wait_step(ua_call *c, sx_slice sdp) {
    precondition p;
    if (!c->wait.active || c->state != CALL_OFFERED) return;
    if (sdp.n) {
        precondition_read(sdp, &p);
        c->wait.met = !p.used || p.met;
    }
    if (c->wait.met && !c->reliable.open) tell(c);
}

static int say_session_progress(ua_call *c) {
    sx_slice body;
    sx_buf lines;
    int rc = call_in_describe(c, &body);
    if (rc != SX_OK) return rc;
    sx_buf_init(&lines);
    ua_common_lines(c, &lines);
    tx_response r = {
        .status = 183, .headers = sx_buf_view(&lines), .content_type = SX_LIT("application/sdp"), .body = body};
    rc = lines.failed ? SX_E_NOMEM : call_reliable_say(c, &r);
    sx_buf_free(&lines);
    return rc;
}

bool call_early_wait(ua_call *c, const sip_msg *invite) {
    precondition p;
    if (!c->offer || !c->session || c->media_none) return false;
    precondition_read(sx_slice_str(c->offer), &p);
    if (!p.used || session_attributes(c->session, p.lines) != SX_OK) return false;
    c->wait.used = true;
    c->wait.met = p.met;
    if (p.met) return false;
    sip_msg *kept = sip_msg_keep(invite);
    if (!kept) return false;
    c->invite = kept;
    c->wait.active = true;
    if (!c->reliable.wanted) { /* RFC 3312 11: it takes both */
        give_up(c, 421, SX_LIT("Require: 100rel\r\n"));
        return true;
    }
    sx_timer_start(c->agent->wheel, &c->wait.timer, call_now(c) + WAIT_MS);
    if (say_session_progress(c) != SX_OK) give_up(c, 500, sx_slice_empty());
    return true;
}
