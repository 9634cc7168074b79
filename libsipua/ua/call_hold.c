/* What the program wants changed in a call: hold, resume, other codecs, its own description. First come, first served.
 */
#include <stdlib.h>

#include "ua/call.h"

enum { MAX_WISHES = 32 };

static void free_wish(call_wish *w) {
    ua_codecs_unref(w->codecs);
    sx_buf_free(&w->lines);
    sx_buf_free(&w->body);
    free(w);
}

call_wish *call_wish_first(const ua_call *c) {
    sx_list *n = sx_list_first((sx_list *)&c->change.wishes);
    return n ? SX_CONTAINER(n, call_wish, node) : NULL;
}

static void leave(ua_call *c, call_wish *w) {
    sx_list_remove(&w->node);
    c->change.nwishes--;
}

void call_wish_free_all(ua_call *c) {
    for (call_wish *w; (w = call_wish_first(c)) != NULL; free_wish(w)) leave(c, w);
}

/* ---- asking for it ---- */

static int may_change(const ua_call *c, const ua_change *w) {
    bool none = !call_has_media(c);
    if (c->state >= CALL_LEAVING) return sx_fail(SX_E_GONE, "the call has ended");
    if (!call_is_answered(c) && !call_early_dialog(c))
        return sx_fail(SX_E_STATE, "the call is not answered yet, and nothing was agreed reliably before");
    if (w->method > UA_CHANGE_UPDATE) return sx_fail(SX_E_INVALID, "no such method of a change");
    if (none && w->codec_count) return sx_fail(SX_E_INVALID, "this call has no media of ours: codecs mean nothing");
    if (!none && w->body.n) return sx_fail(SX_E_INVALID, "a body of one's own is for calls without media");
    if (none && w->hold != UA_AS_IS && !w->body.n && !c->own_sdp)
        return sx_fail(SX_E_STATE, "there is no description of the program's own yet to hold with");
    if (c->change.nwishes == MAX_WISHES) return sx_fail(SX_E_LIMIT, "%d changes wait already", MAX_WISHES);
    return SX_OK;
}

int ua_call_change(ua_call *c, const ua_change *change, uint64_t tag) {
    static const ua_change anew;
    if (!change) change = &anew;
    int rc = may_change(c, change);
    if (rc != SX_OK) return rc;
    call_wish *w = calloc(1, sizeof *w);
    if (!w) return sx_fail(SX_E_NOMEM, "no memory for a change");
    sx_buf_init(&w->lines);
    sx_buf_init(&w->body);
    w->tag = tag;
    w->method = change->method;
    w->hold = change->hold == UA_AS_IS ? -1 : change->hold == UA_ON;
    if (change->codec_count) rc = ua_codecs_create(change->codecs, change->codec_count, &w->codecs);
    if (rc == SX_OK) rc = ua_put_headers(&w->lines, change->headers, change->header_count);
    sx_buf_slice(&w->body, change->body);
    if (rc == SX_OK && w->body.failed) rc = sx_fail(SX_E_NOMEM, "no memory for a change");
    if (rc != SX_OK) {
        free_wish(w);
        return rc;
    }
    sx_list_append(&c->change.wishes, &w->node);
    c->change.nwishes++;
    call_change_want(c, CALL_FOR_WISH, 0);
    return SX_OK;
}

int call_wish_offer(ua_call *c, const call_wish *w, sx_buf *room, sx_slice *body) {
    if (call_has_media(c)) {
        session_plan plan = {w->codecs, w->hold};
        return session_reoffer(c->session, &plan, body);
    }
    int rc = SX_OK;
    if (w->body.n) {
        *body = sx_buf_view(&w->body);
    } else if (w->hold >= 0 && c->own_sdp) {
        rc = session_rehold(sx_slice_str(c->own_sdp), w->hold > 0, room);
        if (rc != SX_OK) return sx_fail(rc, "the program's own description cannot be changed here");
        *body = sx_buf_view(room);
    } else if (c->own_sdp) {
        *body = sx_slice_str(c->own_sdp);
    }
    return rc;
}

/* ---- what came of it ---- */

/* What we say of ourselves from now on. */
static void keep_own(ua_call *c, const call_wish *w) {
    sx_buf room;
    sx_slice body = sx_slice_empty();
    sx_buf_init(&room);
    char *own = call_wish_offer(c, w, &room, &body) == SX_OK && body.n ? sx_strdup(body) : NULL;
    if (own) {
        free(c->own_sdp);
        c->own_sdp = own;
    }
    sx_buf_free(&room);
}

static void say(ua_call *c, ua_event_type type, uint64_t tag, const stack_event *answer) {
    session_view v;
    ua_event ev = call_event(c, type);
    ev.originator = UA_LOCAL;
    ev.tag = tag;
    if (call_has_media(c)) {
        session_look(c->session, &v);
        ev.codec = v.codec;
        ev.rate = v.rate;
    }
    if (answer) ev.msg = answer->msg;
    if (ev.msg && !call_has_media(c)) {
        ev.body = answer->msg->body;
        ev.content_type = sip_value(answer->msg, SIP_HDR_CONTENT_TYPE);
    }
    ua_emit(c->agent, &ev);
}

static void say_failed(ua_call *c, const call_wish *w, const call_outcome *o, const sip_msg *msg) {
    ua_event ev = call_event(c, UA_EV_CALL_CHANGE_FAILED);
    int code = o->status >= 300 && o->code == SX_E_PROTOCOL ? SX_OK : o->code; /* a refusal is no fault */
    ev.originator = UA_LOCAL;
    ev.tag = w->tag;
    ev.status = o->status;
    ev.code = code;
    ev.reason = o->reason;
    ev.text = o->text;
    ev.cause = code == SX_E_MEDIA    ? UA_CAUSE_INCOMPATIBLE_SDP
               : code == SX_E_FORMAT ? UA_CAUSE_BAD_MEDIA
                                     : ua_cause_of_code(code, o->status);
    ev.msg = msg;
    ua_emit(c->agent, &ev);
}

static void succeeded(ua_call *c, const call_wish *w, const session_change *change, const stack_event *ev) {
    session_change rest = *change;
    ua_event_type type = w->hold < 0 ? UA_EV_CALL_UPDATED : w->hold ? UA_EV_CALL_HELD : UA_EV_CALL_RESUMED;
    if (!call_has_media(c)) keep_own(c, w);
    say(c, type, w->tag, ev);
    if (rest.changed && w->hold >= 0 && c->state < CALL_STOPPING) say(c, UA_EV_CALL_UPDATED, 0, ev);
    rest.changed = false;
    if (c->state < CALL_STOPPING) call_media_change(c, &rest); /* the peer's own hold may have come along */
}

void call_wish_done(ua_call *c, const call_outcome *o, const session_change *change, const stack_event *ev) {
    call_wish *w = call_wish_first(c);
    if (!w) return;
    leave(c, w);
    if (c->change.nwishes) c->change.wanted |= CALL_FOR_WISH;
    if (change)
        succeeded(c, w, change, ev);
    else
        say_failed(c, w, o, ev ? ev->msg : NULL);
    free_wish(w);
}

void call_wish_give_up_all(ua_call *c) {
    call_outcome o = {.code = SX_E_GONE, .text = SX_LIT("the call has ended")};
    for (call_wish *w; (w = call_wish_first(c)) != NULL; free_wish(w)) {
        leave(c, w);
        say_failed(c, w, &o, NULL);
    }
}
