/* PUBLISH (RFC 3903): a state of ours at a server, kept fresh under the entity tag that it gave us. */
#include <stdlib.h>

#include "sip/lex.h"
#include "ua/subscription.h"

enum {
    PUB_MAX_BODY = 60000,
    PUB_MAX_ETAG = 512,
    PUB_TRIES = 3 /* of what 412 and 423 make anew without a pause */,
    PUB_NOTHING_MS = 30000 /* until the next, where a server keeps it for no time */
};

struct ua_publication {
    ua_evt e;
    sx_arena arena;
    sx_slice uri, from, event, package, lines;
    char call_id[25], from_tag[13];
    uint32_t cseq;
    char *content_type, *body; /* the newest */
    size_t nbody;
    char *etag; /* NULL: the server has nothing of ours */
    uint32_t expires_s, least_s, asked_s;
    uint64_t until_ms; /* it has it until then */
    stack_request *request;
    bool sent_body; /* by the request on its way */
    bool dirty;     /* the newest has not been sent */
    bool ending;
    bool said;    /* PUBLISH_STATE "published" was told */
    bool refused; /* for good: nothing is tried until it is updated */
    bool over;
    int code, status;
    uint8_t tries, quick;
    sx_timer timer;
};

static ua_publication *pub_of(ua_evt *e) { return SX_CONTAINER(e, ua_publication, e); }

/* ---- what the program hears ---- */

static ua_event event_of(ua_publication *p, const char *state) {
    ua_event ev = ua_event_of(UA_EV_PUBLISH_STATE);
    ev.publication = p;
    ev.account = p->e.account;
    ev.event = p->package;
    ev.state = sx_slice_str(state);
    return ev;
}

static void fill_answer(ua_event *out, const stack_event *ev) {
    out->status = ev->status;
    out->reason = ev->msg ? ev->msg->reason : ev->status ? sip_reason(ev->status) : sx_slice_empty();
    out->code = ev->code;
    out->text = sx_slice_str(ev->text);
    out->msg = ev->msg;
    if (!ev->msg || ev->status >= 300) out->cause = ua_cause_of_code(ev->code, ev->status);
}

static void free_pub(sx_grave *g) {
    ua_publication *p = SX_CONTAINER(g, ua_publication, e.grave);
    sx_arena_free(&p->arena);
    free(p->content_type);
    free(p->body);
    free(p->etag);
    free(p);
}

static void finish(ua_publication *p, const stack_event *answer) {
    ua_agent *a = p->e.agent;
    ua_account *acc = p->e.account;
    sx_timer_stop(a->wheel, &p->timer);
    if (p->request) stack_request_abandon(p->request);
    p->request = NULL;
    ua_evt_leave(&p->e);
    ua_event ev = event_of(p, "removed");
    if (answer)
        fill_answer(&ev, answer);
    else
        ev.code = p->code;
    if (!answer && p->code) ev.text = sx_slice_str(sx_error_text(p->code));
    ev.retry_ms = -1;
    ua_emit(a, &ev);
    sx_runq_bury(a->runq, &p->e.grave, free_pub);
    ua_evt_left(a, acc);
}

static void pub_task(sx_task *t) {
    ua_publication *p = pub_of(SX_CONTAINER(t, ua_evt, task));
    if (p->over) finish(p, NULL);
}

static void over(ua_publication *p, int code) {
    if (p->over) return;
    p->over = true;
    p->code = code;
    sx_runq_post(p->e.agent->runq, &p->e.task);
}

/* ---- sending ---- */

static void on_final(void *ctx, const stack_event *ev);

static void put_lines(const ua_publication *p, uint32_t expires_s, sx_buf *b) {
    sx_buf_slice(b, p->lines);
    if (p->etag) {
        SX_BUF_LIT(b, "SIP-If-Match: ");
        sx_buf_str(b, p->etag);
        SX_BUF_LIT(b, "\r\n");
    }
    SX_BUF_LIT(b, "Expires: ");
    sx_buf_u64(b, expires_s);
    SX_BUF_LIT(b, "\r\n");
}

/* Initial, refresh, modify or remove, by what there is (RFC 3903 4.1). */
static int publish(ua_publication *p) {
    ua_agent *a = p->e.agent;
    uint32_t expires_s = p->ending ? 0 : p->expires_s < p->least_s ? p->least_s : p->expires_s;
    bool with_body = !p->ending && (!p->etag || p->dirty);
    ua_way way;
    sx_buf lines;
    sx_buf_init(&lines);
    put_lines(p, expires_s, &lines);
    ua_way_of(a, p->e.account, p->uri, &way);
    stack_request_params q = {
        .method = SX_LIT("PUBLISH"),
        .uri = p->uri,
        .from = p->from,
        .from_tag = sx_slice_str(p->from_tag),
        .call_id = sx_slice_str(p->call_id),
        .cseq = &p->cseq,
        .headers = sx_buf_view(&lines),
        .content_type = with_body ? sx_slice_str(p->content_type) : sx_slice_empty(),
        .body = with_body ? sx_slice_of(p->body, p->nbody) : sx_slice_empty(),
        .sink = {on_final, a},
        .user = p,
    };
    ua_way_take(&way, &q);
    q.contact = NULL; /* RFC 3903 4.1: it makes no dialog */
    int rc =
        lines.failed ? sx_fail(SX_E_NOMEM, "no memory for a PUBLISH") : stack_request_create(a->stack, &q, &p->request);
    sx_buf_free(&lines);
    if (rc != SX_OK) {
        p->request = NULL;
        return rc;
    }
    sx_timer_stop(a->wheel, &p->timer);
    p->asked_s = expires_s;
    p->sent_body = with_body;
    if (with_body) p->dirty = false;
    return SX_OK;
}

/* Something is to be said: now, or after the request on its way. */
static int say(ua_publication *p) { return p->request ? SX_OK : publish(p); }

static void forget(ua_publication *p) {
    free(p->etag);
    p->etag = NULL;
    p->until_ms = 0;
}

static void later(ua_publication *p, uint32_t ms) {
    sx_timer_start(p->e.agent->wheel, &p->timer, ua_now(p->e.agent) + ms);
}

static void on_timer(sx_timer *t, uint64_t now) {
    ua_publication *p = SX_CONTAINER(t, ua_publication, timer);
    if (p->over || p->request || p->refused) return;
    if (p->etag && p->until_ms <= now) forget(p); /* it has run out */
    if (publish(p) != SX_OK) later(p, 1000);
}

/* ---- answers ---- */

static void tell_failed(ua_publication *p, const stack_event *ev, int retry_ms) {
    ua_event out = event_of(p, "failed");
    fill_answer(&out, ev);
    out.retry_ms = retry_ms;
    p->said = false;
    ua_emit(p->e.agent, &out);
}

static void on_ok(ua_publication *p, const stack_event *ev) {
    ua_agent *a = p->e.agent;
    uint32_t granted;
    sx_slice etag = sip_value(ev->msg, SIP_HDR_SIP_ETAG);
    bool usable = etag.n && etag.n <= PUB_MAX_ETAG && sip_is_header_value(etag);
    if (!ua_evt_expires(ev->msg, p->asked_s, &granted) || granted > p->asked_s) granted = p->asked_s;
    char *copy = usable ? sx_strdup(etag) : NULL;
    if (copy || usable) { /* without memory for it the next one is an initial one again */
        free(p->etag);
        p->etag = copy;
    } /* none in the answer: the one that we have goes on (RFC 3903 demands one) */
    p->until_ms = ua_now(a) + (uint64_t)granted * 1000;
    p->tries = p->quick = 0;
    bool refresh = p->said && !p->sent_body;
    p->said = true;
    uint32_t ms = granted * 1000;
    uint32_t due = ms / 6 * 5 - sx_rand_below(ms / 12 + 1);
    if (!granted) due = PUB_NOTHING_MS; /* not at once again and again */
    later(p, due < 500 ? 500 : due);
    if (p->dirty && publish(p) != SX_OK) later(p, 1000);
    ua_event out = event_of(p, "published");
    fill_answer(&out, ev);
    out.expires = (int)granted;
    if (refresh) out.flags |= UA_FLAG_REFRESH;
    ua_emit(a, &out);
}

static bool may_pass(const stack_event *ev) {
    if (ev->code == SX_E_AUTH) return false;
    if (!ev->msg || ua_evt_retry_after(ev->msg)) return true;
    return ev->status == 408 || ev->status == 480 || ev->status == 500 || (ev->status >= 502 && ev->status <= 504);
}

static void on_refused(ua_publication *p, const stack_event *ev) {
    uint32_t least;
    bool newer = p->dirty; /* changed since: what is refused is no more what we have to say */
    if (p->sent_body) p->dirty = true;
    if (ev->msg && ev->status == 412 && p->etag && p->quick++ < PUB_TRIES) { /* they have forgotten it: anew (4.1) */
        forget(p);
        p->dirty = true;
        if (publish(p) == SX_OK) return;
    }
    if (ev->msg && ev->status == 423 && p->quick++ < PUB_TRIES &&
        sip_number(ev->msg, SIP_HDR_MIN_EXPIRES, SUB_LONGEST_S, &least) == SX_OK && least > p->asked_s) {
        p->least_s = least;
        if (publish(p) == SX_OK) return;
    }
    if (ev->msg && ev->status == 412) forget(p);
    if (may_pass(ev)) {
        uint32_t pause = ua_evt_pause_ms(p->tries < 250 ? p->tries++ : p->tries, ua_evt_retry_after(ev->msg));
        later(p, pause);
        tell_failed(p, ev, (int)pause);
        return;
    }
    if (newer && ev->code != SX_E_AUTH && publish(p) == SX_OK) {
        tell_failed(p, ev, 0);
        return;
    }
    p->refused = true;
    tell_failed(p, ev, -1);
}

static void on_final(void *ctx, const stack_event *ev) {
    ua_publication *p = ev->user;
    (void)ctx;
    if (ev->type != STACK_EV_FINAL) return;
    p->request = NULL;
    bool ok = ev->msg && ev->status < 300;
    if (p->over) return;
    if (p->ending && !p->asked_s) { /* the removal; whatever they say, we are done with it */
        finish(p, ev);
        return;
    }
    if (p->ending) { /* the one before it */
        if (ok && sip_first(ev->msg, SIP_HDR_SIP_ETAG)) {
            char *etag = sx_strdup(sip_value(ev->msg, SIP_HDR_SIP_ETAG));
            free(p->etag);
            p->etag = etag;
        }
        if (!p->etag || !sip_is_header_value(sx_slice_str(p->etag)) || publish(p) != SX_OK) finish(p, ev);
        return;
    }
    if (ok)
        on_ok(p, ev);
    else
        on_refused(p, ev);
}

/* ---- the functions of the API ---- */

static int set_body(ua_publication *p, sx_slice type, sx_slice body) {
    if (!sip_is_header_value(type)) return sx_fail(SX_E_HEADER, "a line break in content_type");
    if (!body.n) return sx_fail(SX_E_INVALID, "a body is required");
    if (body.n > PUB_MAX_BODY) return sx_fail(SX_E_LIMIT, "the body is too long for a PUBLISH");
    char *kind = type.n ? sx_strdup(type) : NULL, *copy = malloc(body.n);
    if ((type.n && !kind) || !copy) {
        free(kind);
        free(copy);
        return sx_fail(SX_E_NOMEM, "no memory for a publication");
    }
    memcpy(copy, body.p, body.n);
    if (kind) {
        free(p->content_type);
        p->content_type = kind;
    }
    free(p->body);
    p->body = copy;
    p->nbody = body.n;
    p->dirty = true;
    return SX_OK;
}

static int read_config(ua_publication *p, ua_account *acc, const ua_publish_config *c) {
    ua_event_name name;
    sx_slice event = sx_slice_str(c->event), type = sx_slice_str(c->content_type);
    if (!event.n || !sip_is_header_value(event) || ua_event_name_read(event, &name) != SX_OK)
        return sx_fail(SX_E_INVALID, "event is required: the name of a package");
    if (c->expires < 0 || c->expires > SUB_LONGEST_S) return sx_fail(SX_E_INVALID, "expires is at most a week");
    if (!type.n) return sx_fail(SX_E_INVALID, "content_type is required");
    bool own = !c->target || !*c->target;
    if (own && !acc) return sx_fail(SX_E_INVALID, "without an account a target is required");
    int rc = set_body(p, type, c->body);
    sx_buf uri, from, lines;
    sx_buf_init(&uri);
    sx_buf_init(&from);
    sx_buf_init(&lines);
    if (rc == SX_OK && own) {
        sx_buf_slice(&uri, acc->aor);
        sx_buf_slice(&from, acc->from);
    } else if (rc == SX_OK) {
        rc = ua_request_identity(p->e.agent, acc, c->target, NULL, &uri, &from);
    }
    if (rc == SX_OK) {
        SX_BUF_LIT(&lines, "Event: ");
        sx_buf_slice(&lines, event);
        SX_BUF_LIT(&lines, "\r\n");
        rc = ua_put_headers(&lines, c->headers, c->header_count);
    }
    if (rc == SX_OK) {
        p->uri = sx_arena_dup(&p->arena, sx_buf_view(&uri));
        p->from = sx_arena_dup(&p->arena, sx_buf_view(&from));
        p->lines = sx_arena_dup(&p->arena, sx_buf_view(&lines));
        p->event = sx_arena_dup(&p->arena, event);
        if (uri.failed || from.failed || lines.failed || p->arena.failed)
            rc = sx_fail(SX_E_NOMEM, "no memory for a publication");
        else if (ua_event_name_read(p->event, &name) == SX_OK)
            p->package = name.package;
    }
    sx_buf_free(&uri);
    sx_buf_free(&from);
    sx_buf_free(&lines);
    p->expires_s = c->expires ? (uint32_t)c->expires : SUB_DEFAULT_S;
    return rc;
}

int ua_publication_create(ua_agent *a, ua_account *acc, const ua_publish_config *c, uint64_t id, ua_publication **out) {
    if (a->shutting) return sx_fail(SX_E_CLOSED, "the agent is shutting down");
    if (acc && acc->closing) return sx_fail(SX_E_GONE, "the account is being closed");
    ua_publication *p = calloc(1, sizeof *p);
    if (!p) return sx_fail(SX_E_NOMEM, "no memory for a publication");
    sx_arena_init(&p->arena, 256);
    sx_timer_init(&p->timer, on_timer);
    sx_rand_token(p->call_id, sizeof p->call_id - 1);
    sx_rand_token(p->from_tag, sizeof p->from_tag - 1);
    p->cseq = sx_rand_below(1u << 24);
    ua_evt_join(&p->e, a, acc, UA_EVT_PUBLICATION, id, pub_task);
    int rc = read_config(p, acc, c);
    if (rc == SX_OK) rc = publish(p);
    if (rc != SX_OK) {
        ua_evt_leave(&p->e);
        sx_runq_bury(a->runq, &p->e.grave, free_pub);
        return rc;
    }
    *out = p;
    return SX_OK;
}

uint64_t ua_publication_id(const ua_publication *p) { return p->e.id; }

int ua_publication_update(ua_publication *p, const char *content_type, sx_slice body) {
    if (p->ending || p->over) return sx_fail(SX_E_STATE, "the publication is being removed");
    int rc = set_body(p, sx_slice_str(content_type), body);
    if (rc != SX_OK) return rc;
    p->refused = false;
    p->tries = p->quick = 0;
    if (p->etag && p->until_ms <= ua_now(p->e.agent)) forget(p);
    rc = say(p);
    if (rc != SX_OK) later(p, 1000); /* it is kept, and sent when there is memory */
    return SX_OK;
}

int ua_publication_end(ua_publication *p) {
    if (p->ending || p->over) return SX_OK;
    p->ending = true;
    if (p->request) return SX_OK; /* the removal comes after it: it needs its entity tag */
    if (!p->etag || p->until_ms <= ua_now(p->e.agent) || publish(p) != SX_OK) over(p, SX_OK);
    return SX_OK;
}

void ua_publication_give_up(ua_evt *e, bool now) {
    ua_publication *p = pub_of(e);
    if (!now) {
        ua_publication_end(p);
        return;
    }
    if (p->request) stack_request_abandon(p->request);
    p->request = NULL;
    p->ending = true;
    over(p, SX_E_CANCELED);
}

void ua_publication_destroy(ua_evt *e) {
    ua_publication *p = pub_of(e);
    sx_timer_stop(e->agent->wheel, &p->timer);
    sx_runq_bury(e->agent->runq, &e->grave, free_pub);
}
