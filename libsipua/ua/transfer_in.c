/* A peer asks us to call somebody. Who says yes to that unasked pays for calls of strangers: so it is a question to the
 * program if it takes such questions, and 603 if not. What becomes of the call is told by NOTIFY, one at a time: while
 * one has no answer only the newest state waits. */
#include <stdlib.h>

#include "sip/lex.h"
#include "sip/write.h"
#include "ua/transfer.h"

enum { SUBSCRIPTION_S = 300 };

/* ---- telling the peer ---- */

static void on_notify(void *ctx, const stack_event *ev);

static void end_of(ua_transfer *t) {
    bool ok = t->say_status >= 200;
    transfer_finish(t, ok ? t->say_status : 0,
                    ok           ? SX_OK
                    : t->expired ? SX_E_TIMEOUT
                                 : SX_E_CANCELED,
                    sx_slice_str(t->say_reason), NULL);
}

static void send_notify(ua_transfer *t) {
    char event[32], body[128];
    sx_buf e, b;
    uint64_t now = ua_now(t->agent);
    sx_buf_init_fixed(&e, event, sizeof event);
    sx_buf_init_fixed(&b, body, sizeof body);
    SX_BUF_LIT(&e, "refer");
    if (t->with_id) {
        SX_BUF_LIT(&e, ";id=");
        sx_buf_u64(&e, t->cseq);
    }
    SX_BUF_LIT(&b, "SIP/2.0 ");
    sx_buf_u64(&b, (uint64_t)t->say_status);
    sx_buf_char(&b, ' ');
    sx_buf_str(&b, t->say_reason);
    SX_BUF_LIT(&b, "\r\n");
    ua_notify n = {.dialog = t->dialog,
                   .event = sx_buf_view(&e),
                   .word = t->say_last ? UA_SUB_TERMINATED : UA_SUB_ACTIVE,
                   .reason = !t->say_last ? sx_slice_empty()
                             : t->expired ? SX_LIT("timeout")
                                          : SX_LIT("noresource"),
                   .expires_s = t->until_ms > now ? (int64_t)((t->until_ms - now + 999) / 1000) : 0,
                   .content_type = SX_LIT("message/sipfrag;version=2.0"),
                   .body = sx_buf_view(&b),
                   .sink = {on_notify, t->agent},
                   .user = t};
    t->say_wanted = false;
    if (ua_notify_send(t->agent, &n, &t->notify) == SX_OK) return;
    t->notify = NULL;
    t->subscribed = false; /* without memory or dialog: it finds out by its own timeout */
    if (t->say_last) end_of(t);
}

static void on_notify(void *ctx, const stack_event *ev) {
    ua_transfer *t = ev->user;
    (void)ctx;
    if (ev->type != STACK_EV_FINAL) return;
    bool last = t->say_last && !t->say_wanted;
    t->notify = NULL;
    if (t->state == TRANSFER_OVER) return;
    if (ua_notify_gone(ev)) { /* nobody listens any more; the call goes on */
        t->subscribed = false;
        t->say_wanted = false;
        sx_timer_stop(t->agent->wheel, &t->timer);
        if (t->state == TRANSFER_TOLD) end_of(t);
    } else if (last) {
        end_of(t);
    } else if (t->say_wanted) {
        send_notify(t);
    }
}

static void say(ua_transfer *t, int status, sx_slice reason, bool last) {
    sx_buf b;
    char room[sizeof t->say_reason];
    if (!reason.n) reason = sip_reason(status);
    sx_buf_init_fixed(&b, room, sizeof room - 1);
    for (size_t i = 0; i < reason.n && b.n < sizeof room - 1; i++) {
        char ch = reason.p[i];
        sx_buf_char(&b, ch == '\r' || ch == '\n' || ch == 0 ? ' ' : ch);
    }
    memcpy(t->say_reason, room, b.n);
    t->say_reason[b.n] = 0;
    t->say_status = status;
    t->say_last = last;
    if (!t->subscribed || !t->dialog) {
        if (last) end_of(t);
        return;
    }
    t->say_wanted = true;
    if (!t->notify) send_notify(t);
}

/* How the new call went: all is said with it. */
static void outcome(ua_transfer *t, int status, sx_slice reason) {
    if (t->placed) t->placed->links.placed_by = NULL;
    t->placed = NULL;
    if (t->state != TRANSFER_PLACED) return;
    t->state = TRANSFER_TOLD;
    sx_timer_stop(t->agent->wheel, &t->timer);
    say(t, status, reason, true);
}

static int status_of(const ua_event *ev) {
    if (ev->status >= 300) return ev->status;
    switch (ev->cause) {
    case UA_CAUSE_CANCELED:
    case UA_CAUSE_TERMINATED:
    case UA_CAUSE_NO_ANSWER: return 487;
    case UA_CAUSE_REQUEST_TIMEOUT: return 408;
    case UA_CAUSE_CONNECTION_ERROR: return 503;
    default: return 500;
    }
}

void ua_transfer_note(const ua_event *ev) {
    ua_transfer *t = ev->call->links.placed_by;
    if (!t) return;
    switch (ev->type) {
    case UA_EV_CALL_PROGRESS:
        if (ev->status > 100 && ev->status != t->say_status) say(t, ev->status, ev->reason, false);
        break;
    case UA_EV_CALL_ACCEPTED: outcome(t, ev->status, ev->reason); break;
    case UA_EV_CALL_ENDED: {
        int status = status_of(ev);
        outcome(t, status, status == ev->status ? ev->reason : sx_slice_empty());
        break;
    }
    default: break;
    }
}

/* ---- the question ---- */

/* Would we call ourselves? */
static bool is_own(const ua_agent *a, const ua_account *acc, sx_slice target) {
    sip_uri u, own;
    if (sip_uri_parse(target, &u) != SX_OK) return false;
    if (!acc) return u.user.n && sx_eq_secret(u.user, sx_slice_str(a->contact_user));
    if (u.user.n && sx_eq_secret(u.user, acc->contact_user)) return true;
    return sip_uri_parse(acc->aor, &own) == SX_OK && sip_uri_eq_aor(&u, &own);
}

/* What can be refused without a question: the status, or 0. */
static int refusal(ua_agent *a, ua_account *acc, const ua_call *c, const stack_event *ev, refer *r) {
    int status = refer_read(ev->msg, r);
    if (status) return status;
    if (c && (!c->established || c->state >= CALL_LEAVING)) return 480;
    if (a->shutting || !ua_asks(a, UA_ASK_TRANSFER)) return 603;
    if (is_own(a, acc, sx_buf_view(&r->target))) return 482;
    if ((c ? c->links.depth : 0) >= a->opt.max_transfers) return 482; /* passed on in a circle, it seems */
    if (refer_is_full(a, c)) return 503;
    return 0;
}

static int keep(ua_transfer *t, const refer *r) {
    t->target = sx_strdup(sx_buf_view(&r->target));
    if (!t->target) return SX_E_NOMEM;
    t->nosub = r->nosub;
    t->join = r->join;
    if (r->replaces.n && !(t->replaces = sx_strdup(sx_buf_view(&r->replaces)))) return SX_E_NOMEM;
    if (r->referred_by.n && !(t->referred_by = sx_strdup(r->referred_by))) return SX_E_NOMEM;
    return SX_OK;
}

/* Outside calls the REFER opens a dialog of its own. */
static int open_dialog(ua_transfer *t, const stack_event *ev) {
    ua_way way;
    ua_way_of(t->agent, t->account, sx_slice_empty(), &way);
    dlg_params p = ua_way_dialog(&way, (stack_sink){transfer_on_dialog, t->agent}, t);
    int rc = dlg_create_uas(ev->tx, &p, &t->dialog);
    if (rc == SX_OK) {
        t->owns_dialog = true;
    } else {
        t->dialog = NULL;
    }
    return rc;
}

static void ask(ua_transfer *t, const sip_msg *m, int wait) {
    sx_buf from_name, to_name;
    sx_buf_init(&from_name);
    sx_buf_init(&to_name);
    ua_event ev = ua_event_of(UA_EV_TRANSFER_REQUESTED);
    ev.transfer = t;
    ev.account = t->account;
    ev.call = t->call;
    ua_event_message_fields(&ev, m, &from_name, &to_name);
    ev.target = sx_slice_str(t->target);
    ev.referred_by = sx_slice_str(t->referred_by);
    ev.replaces = sx_slice_str(t->replaces);
    if (t->join) ev.flags |= UA_FLAG_JOIN;
    ev.deadline_ms = wait;
    ev.default_status = 603;
    ua_emit(t->agent, &ev);
    sx_buf_free(&from_name);
    sx_buf_free(&to_name);
}

/* inside: it came in the dialog of c; else it only names it. */
static int take(ua_agent *a, ua_account *acc, ua_call *c, bool inside, const stack_event *ev, const refer *r) {
    sip_basics basics;
    ua_transfer *t = transfer_new(a, acc, c);
    if (!t) return SX_E_NOMEM;
    t->incoming = true;
    t->state = TRANSFER_ASKED;
    int rc = sip_basics_read(ev->msg, &basics, NULL) == SX_OK ? keep(t, r) : SX_E_PROTOCOL;
    if (rc == SX_OK && !inside) rc = open_dialog(t, ev);
    if (rc != SX_OK) {
        transfer_discard(t);
        return rc;
    }
    t->tx = ev->tx;
    t->cseq = basics.cseq.number;
    t->subscribed = r->subscribe;
    t->depth = c ? c->links.depth : 0;
    if (inside) {
        t->with_id = c->links.was_referred; /* RFC 3515 2.4.6: from the second one on */
        c->links.was_referred = true;
    }
    int wait = c ? UA_CALL_OPT(c, transfer_decision_ms) : UA_ACCOUNT_OPT(a, acc, transfer_decision_ms);
    sx_timer_start(a->wheel, &t->timer, ua_now(a) + (uint64_t)wait);
    ask(t, ev->msg, wait);
    return SX_OK;
}

/* RFC 4538: which call a REFER outside of it is about. Who names one that is not there may still mean something, unless
 * he insists. */
static int named(ua_agent *a, const sip_msg *m, ua_call **out) {
    sip_dialog_ref ref;
    *out = NULL;
    sx_slice value = sip_value(m, SIP_HDR_TARGET_DIALOG);
    if (value.n && sip_dialog_ref_read(value, &ref) == SX_OK) *out = call_replace_named(a, &ref);
    return !*out && sip_list_has(m, SIP_HDR_REQUIRE, SX_LIT("tdialog")) ? 481 : 0;
}

void transfer_in_begin(ua_agent *a, ua_account *acc, ua_call *c, const stack_event *ev) {
    refer r;
    bool inside = c != NULL;
    refer_init(&r);
    int status = inside ? 0 : named(a, ev->msg, &c);
    if (!status) status = refusal(a, acc, c, ev, &r);
    if (!status) {
        int rc = take(a, acc, c, inside, ev, &r);
        if (rc != SX_OK) status = rc == SX_E_PROTOCOL ? 400 : 500;
    }
    if (status) ua_answer(ev->tx, status, NULL, status == 503 ? SX_LIT("Retry-After: 5\r\n") : sx_slice_empty());
    refer_free(&r);
}

void ua_refer_incoming(ua_agent *a, ua_account *acc, const stack_event *ev) { transfer_in_begin(a, acc, NULL, ev); }

/* ---- the decision ---- */

static int place(ua_transfer *t, const ua_call_config *config, uint64_t call_id, ua_call **out) {
    ua_call_config c;
    memset(&c, 0, sizeof c);
    c.media_default = true;
    if (config) c = *config;
    c.target = t->target;
    c.replaces = t->join ? NULL : t->replaces;
    c.join = t->join ? t->replaces : NULL;
    sx_buf value;
    sx_buf_init(&value);
    ua_pair *pairs = calloc(c.header_count + 1, sizeof *pairs);
    if (!pairs) return sx_fail(SX_E_NOMEM, "no memory for the call");
    if (c.header_count) memcpy(pairs, c.headers, c.header_count * sizeof *pairs);
    int rc = SX_OK;
    if (t->referred_by) { /* RFC 3892 2.3: handed on as it came */
        SX_BUF_LIT(&value, "<");
        sx_buf_str(&value, t->referred_by);
        sx_buf_put(&value, ">", 2);
        pairs[c.header_count++] = (ua_pair){"Referred-By", value.p};
    }
    c.headers = pairs;
    if (value.failed) rc = sx_fail(SX_E_NOMEM, "no memory for the call");
    if (rc == SX_OK) rc = ua_call_create(t->agent, t->account, &c, call_id, out);
    sx_buf_free(&value);
    free(pairs);
    return rc;
}

static int answer(ua_transfer *t, int status, const ua_reply *reply) {
    sx_buf lines;
    sx_buf_init(&lines);
    int rc = SX_OK;
    if (status < 300) {
        ua_common_lines(NULL, &lines);
        if (!t->subscribed && !t->nosub) SX_BUF_LIT(&lines, "Refer-Sub: false\r\n");
    }
    if (reply) rc = ua_put_headers(&lines, reply->headers, reply->header_count);
    if (rc == SX_OK && lines.failed) rc = sx_fail(SX_E_NOMEM, "no memory for the answer");
    if (rc == SX_OK && reply && !sip_is_header_value(sx_slice_str(reply->reason)))
        rc = sx_fail(SX_E_HEADER, "a line break in the reason");
    if (rc == SX_OK) {
        tx_response r = {.status = status,
                         .reason = reply ? sx_slice_str(reply->reason) : sx_slice_empty(),
                         .headers = sx_buf_view(&lines)};
        rc = tx_respond(t->tx, &r);
    }
    sx_buf_free(&lines);
    if (rc == SX_OK) t->tx = NULL;
    return rc;
}

int ua_transfer_accept(ua_transfer *t, const ua_call_config *config, uint64_t call_id, ua_call **out) {
    if (!t->incoming || t->state != TRANSFER_ASKED) return sx_fail(SX_E_STATE, "the transfer has been decided");
    ua_call *c = NULL;
    int rc = place(t, config, call_id, &c);
    if (rc != SX_OK) return rc;
    rc = answer(t, t->nosub ? 200 : 202, NULL);
    if (rc != SX_OK) {
        session_free(c->session);
        c->session = NULL;
        call_discard(c);
        return rc;
    }
    c->links.depth = (uint8_t)(t->depth < UINT8_MAX ? t->depth + 1 : UINT8_MAX);
    c->links.placed_by = t;
    t->placed = c;
    t->state = TRANSFER_PLACED;
    sx_timer_stop(t->agent->wheel, &t->timer);
    if (t->subscribed) {
        t->until_ms = ua_now(t->agent) + SUBSCRIPTION_S * 1000ull;
        sx_timer_start(t->agent->wheel, &t->timer, t->until_ms);
    }
    say(t, 100, sx_slice_empty(), false);
    *out = c;
    return SX_OK;
}

int ua_transfer_reject(ua_transfer *t, const ua_reply *reply) {
    if (!t->incoming || t->state != TRANSFER_ASKED) return sx_fail(SX_E_STATE, "the transfer has been decided");
    int status = reply && reply->status ? reply->status : 603;
    if (status < 300 || status > 699) return sx_fail(SX_E_INVALID, "a refusal is a status from 300 to 699");
    int rc = answer(t, status, reply);
    if (rc == SX_OK) transfer_finish(t, status, SX_OK, reply ? sx_slice_str(reply->reason) : sx_slice_empty(), NULL);
    return rc;
}

void transfer_in_refuse(ua_transfer *t, int status, int code) {
    ua_answer(t->tx, status, NULL, sx_slice_empty());
    t->tx = NULL;
    transfer_finish(t, status, code, sx_slice_empty(), NULL);
}

/* ---- time, and the peer's subscription ---- */

/* The last NOTIFY while the new call goes on. */
static void unsubscribe(ua_transfer *t) {
    t->expired = true;
    t->state = TRANSFER_TOLD;
    sx_timer_stop(t->agent->wheel, &t->timer);
    if (t->placed) t->placed->links.placed_by = NULL;
    t->placed = NULL;
    say(t, t->say_status, sx_slice_str(t->say_reason), true);
}

void transfer_in_timer(ua_transfer *t) {
    if (t->state == TRANSFER_ASKED) {
        transfer_in_refuse(t, 603, SX_OK);
    } else if (t->state == TRANSFER_PLACED) {
        unsubscribe(t);
    }
}

void transfer_in_subscribe(ua_transfer *t, const stack_event *ev) {
    uint32_t expires = SUBSCRIPTION_S;
    char line[32];
    sx_buf b;
    if (t->state != TRANSFER_PLACED || !t->subscribed) {
        ua_answer(ev->tx, 481, NULL, sx_slice_empty());
        return;
    }
    if (sip_number(ev->msg, SIP_HDR_EXPIRES, UINT32_MAX, &expires) != SX_OK || expires > SUBSCRIPTION_S)
        expires = SUBSCRIPTION_S;
    sx_buf_init_fixed(&b, line, sizeof line);
    SX_BUF_LIT(&b, "Expires: ");
    sx_buf_u64(&b, expires);
    SX_BUF_LIT(&b, "\r\n");
    ua_answer(ev->tx, 200, NULL, sx_buf_view(&b));
    if (!expires) {
        unsubscribe(t);
        return;
    }
    t->until_ms = ua_now(t->agent) + expires * 1000ull;
    sx_timer_start(t->agent->wheel, &t->timer, t->until_ms);
    say(t, t->say_status, sx_slice_str(t->say_reason), false);
}
