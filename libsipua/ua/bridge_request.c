/* Requests inside one call of a bridge that go to the other side, and whose answers come back: INFO, MESSAGE, methods
 * that the stack has no name for, and REFER (the rest of which is in bridge_refer.c). */
#include <stdlib.h>

#include "sip/headers.h"
#include "sip/lex.h"
#include "ua/call.h"

enum { MAX_OPEN = 16, MAX_TRANSFERS = 8 };

/* What belongs to the body, and what a REFER or an INFO package says; extensions (X-) belong to who speaks. Whatever
 * names, routes or authenticates is of one call alone. */
static const char *const asked[] = {
    "Content-Disposition", "Content-Encoding", "Content-Language", "Content-ID", "MIME-Version", "Accept",
    "Info-Package",        "Subject",          "Priority",         "Refer-To",   "Referred-By",  "Refer-Sub",
    "Target-Dialog"};
static const char *const answered[] = {"Content-Disposition", "Content-Encoding", "Content-Language", "Accept",
                                       "Recv-Info",           "Retry-After",      "Warning",          "Refer-Sub",
                                       "Unsupported"};

/* A value may be folded. */
static void put_line(sx_buf *lines, sx_slice name, sx_slice value) {
    sx_buf_slice(lines, name);
    SX_BUF_LIT(lines, ": ");
    for (size_t i = 0; i < value.n; i++) {
        char ch = value.p[i];
        sx_buf_char(lines, ch == '\r' || ch == '\n' ? ' ' : ch);
    }
    SX_BUF_LIT(lines, "\r\n");
}

static void copy_headers(sx_buf *lines, const sip_msg *m, const char *const *names, size_t n) {
    for (size_t i = 0; i < n; i++) {
        sx_slice name = sx_slice_str(names[i]);
        for (const sip_hdr *h = NULL; (h = sip_find(m, name, h)) != NULL;) put_line(lines, name, sip_hdr_value(m, h));
    }
    for (size_t i = 0; i < m->nhdrs; i++) {
        const sip_hdr *h = &m->hdrs[i];
        sx_slice name = sip_hdr_raw_name(m, h);
        if (name.n > 2 && sx_ieq(sx_slice_of(name.p, 2), SX_LIT("X-"))) put_line(lines, name, sip_hdr_value(m, h));
    }
}

static void answer(stack_tx *tx, int status, const sip_msg *m) {
    sx_buf lines;
    sx_buf_init(&lines);
    if (m) copy_headers(&lines, m, answered, sizeof answered / sizeof *answered);
    bool same = m && m->status == status;
    tx_response r = {.status = status,
                     .reason = same ? m->reason : sx_slice_empty(),
                     .headers = lines.failed ? sx_slice_empty() : sx_buf_view(&lines),
                     .content_type = same && m->body.n ? sip_value(m, SIP_HDR_CONTENT_TYPE) : sx_slice_empty()};
    if (r.content_type.n) r.body = m->body;
    if (tx_respond(tx, &r) != SX_OK) ua_answer(tx, status, NULL, sx_slice_empty());
    sx_buf_free(&lines);
}

/* Not now (RFC 3261 21.5.1): nothing is lost, who asks comes back. */
static void answer_later(stack_tx *tx) { ua_answer(tx, 500, NULL, SX_LIT("Retry-After: 2\r\n")); }

static void free_passed(sx_grave *g) { free(SX_CONTAINER(g, bridge_passed, grave)); }

void bridge_passed_end(bridge_passed *p) {
    ua_agent *a = p->bridge->agent;
    if (p->request && a->stack) stack_request_abandon(p->request);
    if (p->tx && a->stack) ua_answer(p->tx, 480, NULL, sx_slice_empty());
    p->request = NULL;
    p->tx = NULL;
    sx_list_remove(&p->node);
    sx_runq_bury(a->runq, &p->grave, free_passed);
}

void bridge_passed_end_all(ua_bridge *b) {
    while (!sx_list_is_empty(&b->passed))
        bridge_passed_end(SX_CONTAINER(sx_list_first(&b->passed), bridge_passed, node));
    for (size_t i = 0; i < BRIDGE_NOTICES; i++) {
        if (b->notice[i] && b->agent->stack) stack_request_abandon(b->notice[i]);
        b->notice[i] = NULL;
    }
}

/* What one peer says of its own dialog with us, or of who it takes us for, is not true of the other's. */
static int status_for_other(const stack_event *ev) {
    if (!ev->msg) return 480;
    if (ev->status == 401 || ev->status == 407) return 403;
    return (ev->status >= 300 && ev->status < 400) || ev->status == 408 || ev->status == 481 ? 480 : ev->status;
}

static bool agreed_to_say_nothing(const sip_msg *m) { /* RFC 4488 */
    sx_slice word, params;
    return sip_token_read(sip_value(m, SIP_HDR_REFER_SUB), &word, &params) == SX_OK && sx_ieq(word, SX_LIT("false"));
}

static void on_answer(void *ctx, const stack_event *ev) {
    bridge_passed *p = ev->user;
    ua_bridge *b = p->bridge;
    (void)ctx;
    if (ev->type != STACK_EV_FINAL || ev->request != p->request) return;
    ua_call *other = b->side[!p->from];
    uint64_t waited = ua_now(b->agent) - p->sent_ms;
    p->cseq_out = stack_request_cseq(ev->request);
    p->request = NULL;
    if (p->tx) answer(p->tx, status_for_other(ev), ev->msg);
    p->tx = NULL;
    bool taken = ev->msg && ev->status < 300;
    if (!p->refer || !taken || agreed_to_say_nothing(ev->msg)) bridge_passed_end(p);
    call_inside_failed(other, ev, waited);
}

/* Room for one more: REFERs that were taken wait for NOTIFYs which may never come, and give way. */
static bool has_room(ua_bridge *b, bool refer) {
    size_t open = 0;
    bridge_passed *oldest = NULL;
    SX_LIST_EACH(it, next, &b->passed) {
        bridge_passed *p = SX_CONTAINER(it, bridge_passed, node);
        if (p->refer != refer) continue;
        open++;
        if (!p->request && !oldest) oldest = p;
    }
    if (open < (refer ? MAX_TRANSFERS : MAX_OPEN)) return true;
    if (oldest) bridge_passed_end(oldest);
    return oldest != NULL;
}

static int send_on(bridge_passed *p, ua_call *other, const sip_msg *m) {
    sx_buf lines;
    sx_buf_init(&lines);
    ua_common_lines(other, &lines);
    copy_headers(&lines, m, asked, sizeof asked / sizeof *asked);
    if (m->method == SIP_REFER && sip_list_has(m, SIP_HDR_REQUIRE, SX_LIT("nosub")))
        SX_BUF_LIT(&lines, "Require: nosub\r\n"); /* RFC 7614: what the other side cannot it refuses with 420 */
    stack_request_params params = {.method = m->method_name,
                                   .dialog = call_inside(other),
                                   .prefer = other->state == CALL_UP ? call_change_flow(other) : (stack_flow){0},
                                   .headers = sx_buf_view(&lines),
                                   .content_type = m->body.n ? sip_value(m, SIP_HDR_CONTENT_TYPE) : sx_slice_empty(),
                                   .body = m->body,
                                   .sink = {on_answer, other->agent},
                                   .user = p};
    int rc = lines.failed ? SX_E_NOMEM : stack_request_create(other->agent->stack, &params, &p->request);
    sx_buf_free(&lines);
    return rc;
}

void bridge_pass(ua_bridge *b, ua_call *c, const stack_event *ev) {
    bool refer = ev->msg->method == SIP_REFER;
    ua_call *other = b->side[!c->bridge_side];
    if (ua_refuse_extension(ev->tx, ev->msg)) return;
    if (ev->msg->body.n && !sip_first(ev->msg, SIP_HDR_CONTENT_TYPE)) {
        ua_answer(ev->tx, 415, NULL, sx_slice_empty());
        return;
    }
    bridge_passed *p = has_room(b, refer) ? calloc(1, sizeof *p) : NULL;
    if (!p || send_on(p, other, ev->msg) != SX_OK) {
        free(p);
        answer_later(ev->tx);
        return;
    }
    p->bridge = b;
    p->tx = ev->tx;
    p->from = c->bridge_side;
    p->sent_ms = ua_now(b->agent);
    p->refer = refer;
    if (refer) {
        sip_cseq cseq;
        if (sip_cseq_read(sip_value(ev->msg, SIP_HDR_CSEQ), &cseq) == SX_OK) p->cseq_in = cseq.number;
        p->with_id = c->links.was_referred; /* RFC 3515 2.4.6: from the second one on */
        c->links.was_referred = other->links.referred = true;
    }
    sx_list_append(&b->passed, &p->node);
    tx_set_owner(ev->tx, (stack_sink){call_on_stack, b->agent}, c);
}
