/* Calls that we place. */
#include <stdlib.h>

#include "sip/lex.h"
#include "ua/call.h"

enum { MAX_ATTEMPTS = 12 }; /* INVITEs of one call: 422 and 3xx, one after the other */

/* ---- making one ---- */

/* In the account's domain a server's port belongs to the Request-URI: proxies know themselves by it. */
static int complete_port(const ua_account *acc, sx_buf *target) {
    sip_uri u;
    if (!acc || !acc->explicit_server || sip_uri_parse(sx_buf_view(target), &u) != SX_OK) return SX_OK;
    if (u.port || !sx_ieq(u.host, acc->host) || acc->domain.n == acc->host.n) return SX_OK;
    sx_buf b;
    sx_buf_init(&b);
    sx_buf_slice(&b, u.scheme_name);
    sx_buf_char(&b, ':');
    if (u.has_user) {
        sx_buf_slice(&b, u.user);
        sx_buf_char(&b, '@');
    }
    sx_buf_slice(&b, acc->domain);
    if (u.params.n) {
        sx_buf_char(&b, ';');
        sx_buf_slice(&b, u.params);
    }
    if (b.failed) {
        sx_buf_free(&b);
        return sx_fail(SX_E_NOMEM, "no memory for the target");
    }
    sx_buf_free(target);
    *target = b;
    return SX_OK;
}

int ua_request_identity(ua_agent *a, ua_account *acc, const char *target, const char *from, sx_buf *uri,
                        sx_buf *from_out) {
    int rc = ua_target(sx_slice_str(target), acc ? acc->domain : sx_slice_empty(), acc && acc->secure, uri);
    if (rc == SX_OK) rc = complete_port(acc, uri);
    if (rc != SX_OK) return rc;
    if (!acc) return ua_make_from(a, from, sx_buf_view(uri), from_out);
    sx_buf_slice(from_out, acc->from);
    return from_out->failed ? sx_fail(SX_E_NOMEM, "no memory for From") : SX_OK;
}

static int fill_start(ua_call *c, const ua_call_config *cfg) {
    call_start *s = calloc(1, sizeof *s);
    if (!s) return sx_fail(SX_E_NOMEM, "no memory for the call");
    c->start = s;
    s->timeout_ms = cfg->timeout_ms ? cfg->timeout_ms : 180000;
    int rc = ua_request_identity(c->agent, c->account, cfg->target, cfg->from, &s->target, &s->from);
    if (rc == SX_OK) {
        ua_common_lines(c, &s->lines);
        rc = ua_put_headers(&s->lines, cfg->headers, cfg->header_count);
        if (rc == SX_OK) rc = call_replace_lines(cfg, &s->lines);
    }
    if (rc == SX_OK) rc = call_identity_lines(c, cfg, &s->from, &s->lines);
    if (rc == SX_OK) rc = call_redirect_init(c, cfg->max_redirects);
    call_info_packages(c, cfg->headers, cfg->header_count);
    if (rc == SX_OK && c->media_none) sx_buf_slice(&s->body, cfg->body);
    if (rc == SX_OK && (s->lines.failed || s->body.failed)) rc = sx_fail(SX_E_NOMEM, "no memory for the call");
    return rc;
}

static int make_session(ua_call *c, const ua_call_config *cfg) {
    ua_codecs *codecs = NULL;
    int rc = SX_OK;
    if (cfg->codec_count) {
        rc = ua_codecs_create(cfg->codecs, cfg->codec_count, &codecs);
    } else {
        codecs = ua_codecs_ref(c->account ? c->account->codecs : c->agent->codecs);
    }
    if (rc != SX_OK) return rc;
    net_addr peer = net_addr_none();
    sip_uri u;
    if (sip_uri_parse(sx_buf_view(&c->start->target), &u) == SX_OK) net_addr_parse_host(&peer, u.host, 0);
    rc = session_create(c->agent, codecs, c, c->id, &peer, cfg->rate, &c->session);
    ua_codecs_unref(codecs);
    if (rc != SX_OK) return rc;
    sx_slice advertise = ua_media_advertise(c->agent, c->account);
    if (advertise.n) session_advertise(c->session, advertise); /* without memory: our plain address */
    return SX_OK;
}

int ua_call_create(ua_agent *a, ua_account *acc, const ua_call_config *cfg, uint64_t id, ua_call **out) {
    if (a->shutting) return sx_fail(SX_E_CLOSED, "the agent is shutting down");
    if (acc && acc->closing) return sx_fail(SX_E_GONE, "the account is being closed");
    if (a->draining) return sx_fail(SX_E_STATE, "the agent is draining: it takes no new calls");
    if (call_limit_reached(a, acc)) return sx_fail(SX_E_LIMIT, "max_calls is reached");
    ua_call *c = call_new(a, acc, id, false);
    if (!c) return sx_fail(SX_E_NOMEM, "no memory for the call");
    c->media_none = cfg->media_default ? acc && acc->media_none : cfg->media_none;
    int rc = fill_start(c, cfg);
    if (rc == SX_OK && !c->media_none) rc = make_session(c, cfg);
    if (rc != SX_OK) {
        call_discard(c);
        return rc;
    }
    call_post(c, CALL_DO_START);
    *out = c;
    return SX_OK;
}

/* ---- the INVITE ---- */

static void fail_local(ua_call *c, int code, const char *text) {
    call_end e = {.originator = UA_SYSTEM, .code = code, .text = sx_slice_str(text)};
    e.cause = ua_cause_of_code(code, 0);
    if (code == SX_E_TIMEOUT) e.cause = UA_CAUSE_CONNECTION_ERROR; /* of name resolution: nothing was asked yet */
    call_finish(c, &e);
}

/* What another INVITE of this call has in common with this one. */
static void keep_identity(ua_call *c) {
    call_start *s = c->start;
    stack_request *r = dlg_set_request(c->set);
    sx_slice id = stack_request_call_id(r), tag = stack_request_from_tag(r);
    if (id.n >= sizeof s->call_id || tag.n >= sizeof s->from_tag) return;
    memcpy(s->call_id, id.p, id.n);
    memcpy(s->from_tag, tag.p, tag.n);
    s->call_id[id.n] = s->from_tag[tag.n] = 0;
}

static int send_invite(ua_call *c, bool again) {
    call_start *s = c->start;
    ua_agent *a = c->agent;
    ua_way way;
    sx_slice body = sx_buf_view(&s->body);
    if (c->session) {
        int rc = session_offer(c->session, &body);
        if (rc != SX_OK) return rc;
    } else if (body.n && !c->own_sdp) {
        c->own_sdp = sx_strdup(body);
    }
    ua_way_of(a, c->account, sx_buf_view(&s->target), &way);
    sx_buf lines;
    sx_buf_init(&lines);
    sx_buf_slice(&lines, sx_buf_view(&s->lines));
    call_timer_lines(c, &lines, true);
    if (UA_CALL_OPT(c, reliable_1xx) == UA_RELIABLE_REQUIRED) SX_BUF_LIT(&lines, "Require: 100rel\r\n");
    stack_request_params p = {
        .uri = sx_buf_view(&s->target),
        .from = sx_buf_view(&s->from),
        .from_tag = sx_slice_str(s->from_tag),
        .call_id = sx_slice_str(s->call_id),
        .first_cseq = s->cseq ? s->cseq + 1 : 0,
        .headers = sx_buf_view(&lines),
        .content_type = body.n ? SX_LIT("application/sdp") : sx_slice_empty(),
        .body = body,
        .sink = {call_on_stack, a},
        .user = c,
    };
    ua_way_take(&way, &p);
    sx_buf to;
    sx_buf_init(&to);
    call_redirect_params(c, &p, &to);
    int rc = lines.failed ? sx_fail(SX_E_NOMEM, "no memory for the call") : dlg_set_create(a->stack, &p, &c->set);
    sx_buf_free(&lines);
    sx_buf_free(&to);
    if (rc != SX_OK) {
        c->set = NULL;
        return rc;
    }
    s->attempts++;
    keep_identity(c);
    c->state = CALL_INVITING;
    if (s->timeout_ms > 0 && !again) sx_timer_start(a->wheel, &c->timer, call_now(c) + (uint64_t)s->timeout_ms);
    ua_event ev = call_event(c, UA_EV_CALL_SENDING);
    sip_addr from;
    ev.target = ev.to = sx_buf_view(&s->target);
    if (sip_addr_read(sx_buf_view(&s->from), &from) == SX_OK) ev.from = from.uri;
    call_redirect_sent(c);
    if (!again) ua_emit(a, &ev);
    return SX_OK;
}

static void send_first(ua_call *c) {
    int rc = send_invite(c, false);
    if (rc != SX_OK) fail_local(c, rc, sx_last_error_text());
}

int call_out_again(ua_call *c) {
    if (!c->start || c->state != CALL_INVITING || c->set) return sx_fail(SX_E_STATE, "the call cannot be placed again");
    if (c->start->attempts >= MAX_ATTEMPTS) return sx_fail(SX_E_LIMIT, "placed %d times already", MAX_ATTEMPTS);
    call_free_forks(c);
    return send_invite(c, true); /* the program's patience is for all of them together */
}

static void prepared(void *ctx, int code, const char *text) {
    ua_call *c = ctx;
    if (c->state != CALL_NEW) return;
    if (code != SX_OK) {
        fail_local(c, code, text);
    } else {
        send_first(c);
    }
}

void call_out_start(ua_call *c) {
    if (!c->session) {
        send_first(c);
        return;
    }
    ua_way way;
    ua_way_of(c->agent, c->account, sx_buf_view(&c->start->target), &way);
    sx_slice hop = sx_buf_view(&c->start->target);
    if (way.nroutes) hop = sx_slice_of(way.routes[0].p + 1, way.routes[0].n - 2);
    if (way.next_hop.n) hop = way.next_hop;
    int rc = way.prefer.id ? session_prepare_towards(c->session, &way.prefer.remote) : SX_OK;
    if (rc == SX_OK) rc = session_prepare(c->session, hop, prepared, c);
    if (rc < 0) {
        fail_local(c, rc, sx_last_error_text());
    } else if (rc == 0) {
        send_first(c);
    }
}

/* ---- what comes of it ---- */

static void on_provisional(ua_call *c, const stack_event *ev) {
    if (ev->status == 100 || !call_reliable_take(c, ev) || c->state != CALL_INVITING) return;
    sx_slice sdp = sx_slice_empty();
    bool early = false;
    if (ev->dialog && ua_body_sdp(ev->msg, &sdp) == 1) early = c->session ? call_early_media(c, ev, sdp) : true;
    sx_buf identity;
    sx_buf_init(&identity);
    ua_event out = call_event(c, UA_EV_CALL_PROGRESS);
    call_identity_read(&out, ev->msg, &identity);
    out.status = ev->status;
    out.reason = ev->msg->reason;
    out.originator = UA_REMOTE;
    if (early) out.flags |= UA_FLAG_EARLY_MEDIA;
    out.body = ev->msg->body;
    out.content_type = sip_value(ev->msg, SIP_HDR_CONTENT_TYPE);
    out.msg = ev->msg;
    call_emit_dialog(c, ev->dialog, &out);
    sx_buf_free(&identity);
}

/* The answer cannot be used: the call is accepted and ended in one. */
static void accept_and_leave(ua_call *c, const stack_event *ev, const call_end *e, sx_slice lines) {
    dlg_ack_and_bye(ev->dialog, ev->msg, lines);
    c->dialog = NULL;
    call_finish(c, e);
}

static int take_answer(ua_call *c, const stack_event *ev, session_change *change, ua_cause *cause) {
    sx_slice sdp;
    int rc = call_early_confirm(c, ev, change);
    *cause = rc == SX_E_NOMEM                        ? UA_CAUSE_INTERNAL_ERROR
             : ua_body_sdp(ev->msg, &sdp) != 1 && rc ? UA_CAUSE_MISSING_SDP
             : rc == SX_E_MEDIA                      ? UA_CAUSE_INCOMPATIBLE_SDP
                                                     : UA_CAUSE_BAD_MEDIA;
    return rc;
}

int call_out_ack(ua_call *c, const stack_event *ev) {
    sx_slice sdp, type = sx_slice_empty();
    sx_buf b;
    sx_buf_init(&b);
    if (!c->session && !c->own_sdp && ua_body_sdp(ev->msg, &sdp) == 1 &&
        session_inactive_answer(sdp, &ev->local, &b) == SX_OK) {
        type = SX_LIT("application/sdp");
    } else {
        sx_buf_reset(&b);
    }
    int rc = dlg_ack(ev->dialog, ev->msg, sx_slice_empty(), type, sx_buf_view(&b));
    sx_buf_free(&b);
    return rc;
}

static void on_accepted(ua_call *c, const stack_event *ev) {
    if (c->state != CALL_INVITING) { /* the answer won against our CANCEL */
        accept_and_leave(c, ev, NULL, sx_slice_str(c->bye_lines));
        return;
    }
    session_change change = {0};
    ua_cause cause = UA_CAUSE_INTERNAL_ERROR;
    int rc = c->session ? take_answer(c, ev, &change, &cause) : SX_OK;
    if (rc == SX_OK) rc = call_out_ack(c, ev);
    if (rc != SX_OK) {
        call_end e = {.originator = UA_SYSTEM,
                      .cause = cause,
                      .code = rc,
                      .text = sx_slice_str(sx_last_error_text()),
                      .msg = ev->msg};
        accept_and_leave(c, ev, &e, SX_LIT("Reason: SIP;cause=488;text=\"Not Acceptable Here\"\r\n"));
        return;
    }
    c->dialog = ev->dialog;
    call_change_learn(c, ev->msg);
    dlg_set_owner(c->dialog, (stack_sink){call_on_stack, c->agent}, c);
    c->peer = ev->flow.remote;
    c->state = CALL_UP;
    c->established = true;
    c->answered_ms = call_now(c);
    bool other = c->heard != ev->dialog;
    call_free_forks(c);
    call_timer_refreshed(c, ev->msg, NULL);
    sx_timer_stop(c->agent->wheel, &c->timer);
    call_free_start(c);
    call_limit_start(c);
    if (c->session && (change.first || (change.changed && other))) call_media_ready(c, false);
    ua_event out = call_event(c, UA_EV_CALL_ACCEPTED);
    sx_buf from_name, to_name, identity;
    sx_buf_init(&from_name);
    sx_buf_init(&to_name);
    sx_buf_init(&identity);
    call_identity_read(&out, ev->msg, &identity);
    ua_event_message_fields(&out, ev->msg, &from_name, &to_name);
    out.originator = UA_REMOTE;
    call_emit_dialog(c, c->dialog, &out);
    sx_buf_free(&from_name);
    sx_buf_free(&to_name);
    sx_buf_free(&identity);
    call_media_say_held(c);
    ua_event confirmed = call_event(c, UA_EV_CALL_CONFIRMED);
    confirmed.originator = UA_LOCAL;
    ua_emit(c->agent, &confirmed);
    call_flow_hold(c);
    call_move_check(c); /* what changed while it was ringing */
    call_replace_established(c);
}

static void say_redirected(ua_call *c, const stack_event *ev) {
    sip_addr contact;
    ua_event out = call_event(c, UA_EV_CALL_REDIRECTED);
    out.status = ev->status;
    out.reason = ev->msg->reason;
    out.msg = ev->msg;
    if (sip_addr_first(ev->msg, SIP_HDR_CONTACT, &contact) == SX_OK) out.target = contact.uri;
    ua_emit(c->agent, &out);
}

static void on_refused(ua_call *c, const stack_event *ev) {
    c->set = NULL; /* dead after this event, as its early dialogs are */
    if (c->start) c->start->cseq = ev->cseq;
    if (c->state == CALL_INVITING && call_timer_too_short(c, ev->msg) && call_out_again(c) == SX_OK) return;
    if (call_redirect(c, ev)) return;
    if (ev->msg && ev->status >= 300 && ev->status < 400 && c->state == CALL_INVITING) say_redirected(c, ev);
    call_end e = {.originator = ev->msg ? UA_REMOTE : UA_SYSTEM,
                  .cause = ua_cause_of_code(ev->code, ev->status),
                  .status = ev->status,
                  .code = ev->code,
                  .reason = ev->msg ? ev->msg->reason : sx_slice_empty(),
                  .text = sx_slice_str(ev->text),
                  .msg = ev->msg};
    if (c->ending && !c->end_status) { /* we gave up: the cause is ours, the status is what came of it */
        c->end_status = ev->status;
        if (!c->end_reason) c->end_reason = sx_strdup(ev->msg ? ev->msg->reason : sip_reason(ev->status));
    }
    call_finish(c, &e);
}

void call_out_event(ua_call *c, const stack_event *ev) {
    switch (ev->type) {
    case STACK_EV_PROVISIONAL: on_provisional(c, ev); break;
    case STACK_EV_FINAL:
        if (ev->msg && ev->status >= 200 && ev->status < 300) {
            on_accepted(c, ev);
        } else {
            on_refused(c, ev);
        }
        break;
    case STACK_EV_DONE: c->set = NULL; break;
    default: break;
    }
}
