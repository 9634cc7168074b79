/* Reliable provisional answers (RFC 3262), both roles.
 *
 * Ours: one is under way at a time, sent again at T1, 2*T1 ... until its PRACK; without one for 64*T1 the INVITE gets
 * 504. Those after it wait, and so does a 2xx while a description of ours is not acknowledged. Theirs: counted per
 * early dialog, each in order and acknowledged once. */
#include <stdlib.h>

#include "sip/lex.h"
#include "ua/call.h"

enum {
    MAX_WAITING = 8,
    AGAIN_MS = 60000,          /* RFC 3261 13.3.1.1 */
    AGAIN_RELIABLY_MS = 150000 /* RFC 3262 3 */
};

typedef struct call_said {
    sx_list node;
    int status;
    uint32_t rseq;
    bool described;
    bool offer; /* our offer: the PRACK has the answer */
    sx_buf lines, reason, type, body;
} call_said;

static void on_timer(sx_timer *t, uint64_t now);
static void on_again(sx_timer *t, uint64_t now);

static void free_said(call_said *s) {
    if (!s) return;
    sx_buf_free(&s->lines);
    sx_buf_free(&s->reason);
    sx_buf_free(&s->type);
    sx_buf_free(&s->body);
    free(s);
}

void call_reliable_init(ua_call *c) {
    sx_list_init(&c->reliable.waiting);
    sx_timer_init(&c->reliable.timer, on_timer);
    sx_timer_init(&c->reliable.again, on_again);
}

void call_reliable_quiet(ua_call *c) {
    call_reliable *r = &c->reliable;
    sx_timer_stop(c->agent->wheel, &r->timer);
    sx_timer_stop(c->agent->wheel, &r->again);
    for (sx_list *n; (n = sx_list_pop(&r->waiting)) != NULL;) free_said(SX_CONTAINER(n, call_said, node));
}

void call_reliable_stop(ua_call *c) {
    call_reliable *r = &c->reliable;
    call_reliable_quiet(c);
    free_said(r->open);
    r->open = NULL;
    free(r->answer);
    r->answer = NULL;
}

/* ---- who wants them ---- */

static int setting(const ua_call *c) { return UA_CALL_OPT(c, reliable_1xx); }

bool call_reliable_refuse(ua_agent *a, ua_account *acc, const stack_event *ev) {
    int how = ua_account_setting(a, acc, offsetof(ua_settings, reliable_1xx));
    bool requires = sip_list_has(ev->msg, SIP_HDR_REQUIRE, SX_LIT("100rel"));
    if (how == UA_RELIABLE_OFF && requires) {
        ua_answer(ev->tx, 420, NULL, SX_LIT("Unsupported: 100rel\r\n"));
        return true;
    }
    if (how != UA_RELIABLE_REQUIRED || requires || sip_list_has(ev->msg, SIP_HDR_SUPPORTED, SX_LIT("100rel")))
        return false;
    ua_answer(ev->tx, 421, NULL, SX_LIT("Require: 100rel\r\n"));
    return true;
}

void call_reliable_begin(ua_call *c, const sip_msg *invite) {
    call_reliable *r = &c->reliable;
    sip_cseq cseq;
    int how = setting(c);
    r->required = sip_list_has(invite, SIP_HDR_REQUIRE, SX_LIT("100rel"));
    r->wanted = how != UA_RELIABLE_OFF && (r->required || sip_list_has(invite, SIP_HDR_SUPPORTED, SX_LIT("100rel")));
    if (how == UA_RELIABLE_REQUIRED) r->required = true;
    if (sip_cseq_read(sip_value(invite, SIP_HDR_CSEQ), &cseq) == SX_OK) r->cseq = cseq.number;
}

/* Where the caller leaves it to us, what carries a description goes reliably; a plain 180 needs no round trip. */
bool call_reliable_used(const ua_call *c, bool described) {
    return c->reliable.wanted && (c->reliable.required || described || c->wait.used);
}

/* ---- ours: sending ---- */

static void refuse(ua_call *c, int status, ua_cause cause, int code, const char *text) {
    call_end e = {.originator = UA_SYSTEM, .cause = cause, .status = status, .code = code, .text = sx_slice_str(text)};
    call_in_refuse(c, status, NULL);
    call_finish(c, &e);
}

static int transmit(ua_call *c, call_said *s) {
    tx_response r = {.status = s->status,
                     .reason = sx_buf_view(&s->reason),
                     .headers = sx_buf_view(&s->lines),
                     .content_type = sx_buf_view(&s->type),
                     .body = sx_buf_view(&s->body)};
    return c->tx ? tx_respond(c->tx, &r) : SX_E_STATE;
}

/* The next one goes out; its RSeq is one more than that of the one before (3). */
static int begin(ua_call *c, call_said *s) {
    call_reliable *r = &c->reliable;
    size_t before = s->lines.n;
    s->rseq = r->rseq ? r->rseq + 1 : 1 + sx_rand_below(1u << 30);
    SX_BUF_LIT(&s->lines, "Require: 100rel\r\nRSeq: ");
    sx_buf_u64(&s->lines, s->rseq);
    SX_BUF_LIT(&s->lines, "\r\n");
    int rc = s->lines.failed ? sx_fail(SX_E_NOMEM, "no memory for the answer") : transmit(c, s);
    if (rc != SX_OK) {
        s->lines.n = before;
        return rc;
    }
    r->rseq = s->rseq;
    r->open = s;
    r->interval = (uint32_t)c->agent->opt.t1_ms;
    r->give_up_at = call_now(c) + 64u * (uint64_t)c->agent->opt.t1_ms;
    if (s->described) r->described = true;
    sx_timer_start(c->agent->wheel, &r->timer, call_now(c) + r->interval);
    return SX_OK;
}

static void on_timer(sx_timer *t, uint64_t now) {
    ua_call *c = SX_CONTAINER(t, ua_call, reliable.timer);
    call_reliable *r = &c->reliable;
    if (!r->open || c->state != CALL_OFFERED) return;
    if (now >= r->give_up_at) {
        refuse(c, 504, UA_CAUSE_REQUEST_TIMEOUT, SX_E_TIMEOUT, "a provisional answer was never acknowledged");
        return;
    }
    transmit(c, r->open);
    r->interval *= 2;
    uint64_t next = now + r->interval;
    sx_timer_start(c->agent->wheel, t, next < r->give_up_at ? next : r->give_up_at);
}

int call_reliable_say(ua_call *c, const tx_response *t) {
    call_reliable *r = &c->reliable;
    size_t n = 0;
    for (sx_list *l = r->waiting.next; l != &r->waiting; l = l->next) n++;
    if (n >= MAX_WAITING) return sx_fail(SX_E_FULL, "%d provisional answers wait for the caller already", MAX_WAITING);
    call_said *s = calloc(1, sizeof *s);
    if (!s) return sx_fail(SX_E_NOMEM, "no memory for the answer");
    sx_list_init(&s->node);
    s->status = t->status;
    s->described = t->body.n > 0;
    s->offer = s->described && c->session && session_has_offer(c->session) && !r->described;
    sx_buf_slice(&s->reason, t->reason);
    sx_buf_slice(&s->lines, t->headers);
    sx_buf_slice(&s->type, t->content_type);
    sx_buf_slice(&s->body, t->body);
    int rc = SX_OK;
    if (s->reason.failed || s->lines.failed || s->type.failed || s->body.failed) rc = SX_E_NOMEM;
    if (rc == SX_OK && !r->open) {
        rc = begin(c, s);
    } else if (rc == SX_OK) {
        sx_list_append(&r->waiting, &s->node);
    }
    if (rc != SX_OK) free_said(s);
    return rc;
}

/* ---- ours: ringing for long ---- */

void call_reliable_ringing(ua_call *c) {
    uint64_t ms = c->reliable.required ? AGAIN_RELIABLY_MS : AGAIN_MS;
    sx_timer_start(c->agent->wheel, &c->reliable.again, call_now(c) + ms);
}

static void on_again(sx_timer *t, uint64_t now) {
    ua_call *c = SX_CONTAINER(t, ua_call, reliable.again);
    (void)now;
    if (c->state != CALL_OFFERED || !c->tx || !c->ring_status) return;
    call_reliable_ringing(c);
    if (c->reliable.open || c->reliable.answer) return; /* it is repeated anyway */
    sx_buf lines;
    sx_buf_init(&lines);
    ua_common_lines(c, &lines);
    tx_response r = {.status = c->ring_status, .headers = lines.failed ? sx_slice_empty() : sx_buf_view(&lines)};
    int rc = c->reliable.required ? call_reliable_say(c, &r) : tx_respond(c->tx, &r);
    if (rc != SX_OK) SX_LOG_UA(c->agent, SX_LOG_WARNING, "a repeated answer was not sent: %s", sx_last_error_text());
    sx_buf_free(&lines);
}

/* ---- ours: the 2xx that waits ---- */

/* 3: not while a description is under way, nor before one that waits has gone. */
bool call_reliable_holds(const ua_call *c) {
    const call_reliable *r = &c->reliable;
    if (r->open && r->open->described) return true;
    for (sx_list *l = r->waiting.next; l != &r->waiting; l = l->next) {
        if (SX_CONTAINER(l, call_said, node)->described) return true;
    }
    return false;
}

static char *put(char **at, const char *text) {
    if (!text) return NULL;
    size_t n = strlen(text) + 1;
    char *p = memcpy(*at, text, n);
    *at += n;
    return p;
}

static size_t room(const char *text) { return text ? strlen(text) + 1 : 0; }

/* One block: the reply, its headers, its strings. */
static ua_reply *copy_reply(const ua_reply *from) {
    size_t n = sizeof *from + room(from->reason) + room(from->content_type) + from->body.n;
    for (size_t i = 0; i < from->header_count; i++)
        n += sizeof(ua_pair) + room(from->headers[i].name) + room(from->headers[i].value);
    ua_reply *r = malloc(n);
    if (!r) return NULL;
    *r = *from;
    ua_pair *pairs = (ua_pair *)(void *)(r + 1);
    char *at = (char *)(pairs + from->header_count);
    for (size_t i = 0; i < from->header_count; i++) {
        pairs[i].name = put(&at, from->headers[i].name);
        pairs[i].value = put(&at, from->headers[i].value);
    }
    r->headers = from->header_count ? pairs : NULL;
    r->reason = put(&at, from->reason);
    r->content_type = put(&at, from->content_type);
    if (from->body.n) memcpy(at, from->body.p, from->body.n);
    r->body = sx_slice_of(at, from->body.n);
    return r;
}

int call_reliable_hold(ua_call *c, const ua_reply *reply) {
    ua_reply none;
    sx_buf lines;
    if (c->reliable.answer) return sx_fail(SX_E_STATE, "the call has been answered");
    memset(&none, 0, sizeof none);
    if (!reply) reply = &none;
    sx_buf_init(&lines); /* what is wrong with it is said now */
    int rc = ua_put_headers(&lines, reply->headers, reply->header_count);
    sx_buf_free(&lines);
    if (rc == SX_OK && !sip_is_header_value(sx_slice_str(reply->reason)))
        rc = sx_fail(SX_E_HEADER, "a line break in the reason");
    if (rc != SX_OK) return rc;
    c->reliable.answer = copy_reply(reply);
    return c->reliable.answer ? SX_OK : sx_fail(SX_E_NOMEM, "no memory for the answer");
}

static void answer_now(ua_call *c) {
    call_reliable *r = &c->reliable;
    ua_reply *answer = r->answer;
    if (!answer || call_reliable_holds(c)) return;
    r->answer = NULL;
    int rc = call_in_answer(c, answer);
    free(answer);
    if (rc != SX_OK) refuse(c, 500, UA_CAUSE_INTERNAL_ERROR, rc, sx_last_error_text());
}

/* ---- ours: PRACK ---- */

/* It is acknowledged: what waited goes on. */
static void acknowledged(ua_call *c) {
    call_reliable *r = &c->reliable;
    sx_timer_stop(c->agent->wheel, &r->timer);
    if (r->open->described) r->settled = true;
    free_said(r->open);
    r->open = NULL;
    while (!r->open) {
        sx_list *n = sx_list_pop(&r->waiting);
        if (!n) break;
        call_said *s = SX_CONTAINER(n, call_said, node);
        int rc = begin(c, s);
        if (rc == SX_OK) break;
        SX_LOG_UA(c->agent, SX_LOG_WARNING, "a provisional answer was not sent: %s", sx_last_error_text());
        free_said(s);
    }
    answer_now(c);
}

/* The answer to our offer in the 1xx. False: the call is over. */
static bool take_answer(ua_call *c, const stack_event *ev, sx_slice sdp) {
    session_change change;
    if (!c->session || c->media_none) { /* the program's own affair */
        ua_answer(ev->tx, 200, NULL, sx_slice_empty());
        return true;
    }
    int rc = sdp.n ? session_answered(c->session, sdp, &ev->flow.remote, &change) : SX_E_MEDIA;
    if (rc != SX_OK) {
        ua_answer(ev->tx, sdp.n ? 488 : 400, NULL, sx_slice_empty());
        refuse(c, 488, sdp.n ? UA_CAUSE_INCOMPATIBLE_SDP : UA_CAUSE_MISSING_SDP, rc,
               "the PRACK has no SDP answer of use");
        return false;
    }
    session_settle(c->session);
    ua_answer(ev->tx, 200, NULL, sx_slice_empty());
    call_post(c, call_in_say_ready(c));
    return true;
}

void call_reliable_prack(ua_call *c, const stack_event *ev) {
    call_reliable *r = &c->reliable;
    sip_rack rack;
    sx_slice sdp = sx_slice_empty();
    if (ua_refuse_extension(ev->tx, ev->msg)) return;
    if (sip_rack_read(sip_value(ev->msg, SIP_HDR_RACK), &rack) != SX_OK) {
        ua_answer(ev->tx, 400, "Missing or Unreadable RAck", sx_slice_empty());
        return;
    }
    if (!c->incoming || !r->open || rack.rseq != r->open->rseq || rack.cseq.number != r->cseq ||
        rack.cseq.method != SIP_INVITE) {
        ua_answer(ev->tx, 481, NULL, sx_slice_empty()); /* 3: it matches none that is open */
        return;
    }
    if (c->state != CALL_OFFERED) { /* the final answer overtook it */
        ua_answer(ev->tx, 200, NULL, sx_slice_empty());
        free_said(r->open);
        r->open = NULL;
        return;
    }
    int body = ua_body_sdp(ev->msg, &sdp);
    if (body < 0) {
        ua_answer(ev->tx, 415, NULL, SX_LIT("Accept: application/sdp\r\n"));
        return;
    }
    bool described = r->open->described;
    if (r->open->offer) {
        if (!take_answer(c, ev, sdp)) return;
    } else if (body == 1 && (described || r->settled)) { /* 5: an answer of ours has come, so they may offer anew */
        call_early_offer(c, ev, sdp);
    } else {
        ua_answer(ev->tx, body == 1 ? 488 : 200, NULL, sx_slice_empty());
    }
    if (c->state == CALL_OFFERED && r->open) acknowledged(c);
    call_early_wait_step(c, sdp);
}

/* ---- theirs ---- */

call_fork *call_fork_of(ua_call *c, const stack_dialog *d, bool make) {
    for (size_t i = 0; i < c->nforks; i++) {
        if (c->forks[i].dialog == d) return &c->forks[i];
    }
    if (!make || c->nforks == UA_MAX_FORKS) return NULL;
    call_fork *more = realloc(c->forks, (c->nforks + 1u) * sizeof *more);
    if (!more) return NULL;
    c->forks = more;
    memset(&more[c->nforks], 0, sizeof *more);
    more[c->nforks].dialog = (stack_dialog *)d;
    return &more[c->nforks++];
}

/* Signalling-only calls without an own description: their offer gets an answer in which nothing flows. */
static void answer_for(ua_call *c, const stack_event *ev, sx_buf *out) {
    sx_slice sdp;
    if (c->session || c->own_sdp || ua_body_sdp(ev->msg, &sdp) != 1) return;
    if (session_inactive_answer(sdp, &ev->local, out) != SX_OK) sx_buf_reset(out);
}

static stack_request *acknowledge(ua_call *c, stack_dialog *d, const stack_event *ev, uint32_t rseq) {
    sip_cseq cseq;
    sx_buf lines, body;
    stack_request *request = NULL;
    if (sip_cseq_read(sip_value(ev->msg, SIP_HDR_CSEQ), &cseq) != SX_OK) return NULL;
    sx_buf_init(&lines);
    sx_buf_init(&body);
    SX_BUF_LIT(&lines, "RAck: ");
    sx_buf_u64(&lines, rseq);
    sx_buf_char(&lines, ' ');
    sx_buf_u64(&lines, cseq.number);
    SX_BUF_LIT(&lines, " INVITE\r\n");
    answer_for(c, ev, &body);
    stack_request_params p = {
        .method = SX_LIT("PRACK"),
        .dialog = d,
        .headers = sx_buf_view(&lines),
        .content_type = body.n ? SX_LIT("application/sdp") : sx_slice_empty(),
        .body = sx_buf_view(&body),
        .sink = {call_on_stack, c->agent},
        .user = c,
    };
    /* What becomes of it says nothing that the INVITE's final answer does not say. Without memory the 1xx comes again.
     */
    int rc = lines.failed ? SX_E_NOMEM : stack_request_create(c->agent->stack, &p, &request);
    if (rc != SX_OK) {
        request = NULL;
        SX_LOG_UA(c->agent, SX_LOG_WARNING, "no PRACK could be sent: %s", sx_last_error_text());
    }
    sx_buf_free(&lines);
    sx_buf_free(&body);
    return request;
}

bool call_reliable_event(ua_call *c, const stack_event *ev) {
    for (size_t i = 0; i < c->nforks; i++) {
        if (!ev->request || c->forks[i].prack != ev->request) continue;
        if (ev->type == STACK_EV_FINAL) c->forks[i].prack = NULL;
        if (c->change.wanted) call_post(c, CALL_DO_CHANGE);
        return true;
    }
    return false;
}

/* From here on UPDATEs may change what we said: to other forks it is still the INVITE's offer. */
static void settle(ua_call *c, call_fork *f) {
    if (c->session && !c->first_offer && !(c->first_offer = sx_strdup(session_sent(c->session)))) return;
    f->settled = true;
}

/* 0: it is a plain one, as all are where we never said that we could. */
static uint32_t rseq_of(const ua_call *c, const stack_event *ev) {
    uint32_t rseq;
    if (setting(c) == UA_RELIABLE_OFF || !sip_list_has(ev->msg, SIP_HDR_REQUIRE, SX_LIT("100rel"))) return 0;
    return sip_number(ev->msg, SIP_HDR_RSEQ, UINT32_MAX, &rseq) == SX_OK ? rseq : 0;
}

void call_reliable_inside(ua_call *c, const stack_event *ev) {
    call_change *g = &c->change;
    sx_slice sdp;
    uint32_t rseq = rseq_of(c, ev);
    if (!rseq || !c->dialog || (g->rseq && rseq != g->rseq + 1)) return;
    bool first = !g->answer && ua_body_sdp(ev->msg, &sdp) == 1;
    char *answer = first ? sx_strdup(sdp) : NULL;
    stack_request *prack = first && !answer ? NULL : acknowledge(c, c->dialog, ev, rseq);
    if (!prack) { /* without memory the 1xx comes again */
        free(answer);
        return;
    }
    stack_request_abandon(prack); /* it goes to its end by itself */
    g->rseq = rseq;
    if (answer) g->answer = answer;
}

bool call_reliable_take(ua_call *c, const stack_event *ev) {
    uint32_t rseq = ev->dialog ? rseq_of(c, ev) : 0;
    if (!rseq) return true;
    call_fork *f = call_fork_of(c, ev->dialog, true);
    if (!f) return true;
    if (f->rseq && rseq != f->rseq + 1) return false; /* 4: again, or one before it is missing */
    stack_request *prack = acknowledge(c, ev->dialog, ev, rseq);
    if (!prack) return false;
    if (f->prack) stack_request_abandon(f->prack);
    f->prack = prack;
    f->rseq = rseq;
    sx_slice sdp;
    if (ua_body_sdp(ev->msg, &sdp) == 1) settle(c, f);
    return true;
}
