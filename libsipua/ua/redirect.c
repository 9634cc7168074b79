/* 3xx followed: the contacts of an answer are tried one after the other (RFC 3261 8.1.3.4) under the same Call-ID, as
 * long as max_redirects allows. What cannot be followed ends the call with the answer that came last. */
#include <stdlib.h>

#include "sip/lex.h"
#include "sip/write.h"
#include "ua/call.h"

enum { MAX_CONTACTS = 16 };

typedef struct contact {
    char *uri;
    int q;         /* thousandths */
    size_t parent; /* who named it: index in `tried` */
    int cause;     /* with which answer */
} contact;

typedef struct target {
    char *uri, *index; /* as in History-Info: "1.2" */
    size_t parent;     /* of all but the first */
    int cause;
    int left_for; /* its answer */
    unsigned children;
} target;

struct call_redirects {
    int left; /* how many more targets may be tried */
    size_t n;
    contact next[MAX_CONTACTS]; /* still to be tried, the first one first */
    size_t ntried;
    target *tried;  /* the first one is what the program asked for, the last one is being asked */
    contact coming; /* the next one, until it is sent */
    sx_buf lines;   /* of the program's INVITE, without what a diversion adds */
    uint64_t deadline_ms; /* 0: none */
};

static void free_contacts(call_redirects *r) {
    for (size_t i = 0; i < r->n; i++) free(r->next[i].uri);
    r->n = 0;
}

void call_redirect_free(ua_call *c) {
    call_redirects *r = c->f.redirects;
    if (!r) return;
    free_contacts(r);
    for (size_t i = 0; i < r->ntried; i++) {
        free(r->tried[i].uri);
        free(r->tried[i].index);
    }
    free(r->tried);
    sx_buf_free(&r->lines);
    free(r);
    c->f.redirects = NULL;
}

int call_redirect_init(ua_call *c, int max_redirects) {
    if (max_redirects <= 0) return SX_OK;
    call_redirects *r = calloc(1, sizeof *r);
    size_t most = max_redirects < 64 ? (size_t)max_redirects : 64;
    if (r) {
        sx_buf_init(&r->lines);
        r->left = (int)most;
        r->tried = calloc(most + 1, sizeof *r->tried);
        c->f.redirects = r;
        sx_buf_slice(&r->lines, sx_buf_view(&c->start->lines));
    }
    if (!r || !r->tried || r->lines.failed) return sx_fail(SX_E_NOMEM, "no memory for the call");
    return SX_OK;
}

/* ---- the INVITE ---- */

/* Its place in the tree of History-Info. */
static char *index_of(call_redirects *r) {
    sx_buf b;
    sx_buf_init(&b);
    if (r->ntried) {
        target *parent = &r->tried[r->coming.parent];
        sx_buf_str(&b, parent->index);
        sx_buf_char(&b, '.');
        sx_buf_u64(&b, parent->children + 1u);
    } else {
        sx_buf_char(&b, '1');
    }
    return sx_buf_detach(&b);
}

static bool begin(ua_call *c, call_redirects *r) {
    r->deadline_ms = c->start->timeout_ms > 0 ? call_now(c) + (uint64_t)c->start->timeout_ms : 0;
    target *first = &r->tried[0];
    first->uri = sx_strdup(sx_buf_view(&c->start->target));
    first->index = index_of(r);
    r->ntried = 1;
    return first->uri && first->index;
}

bool call_redirect_sent(ua_call *c) {
    call_redirects *r = c->f.redirects;
    if (!r) return false;
    if (r->ntried || begin(c, r)) return true;
    call_redirect_free(c); /* without memory it is not followed */
    return false;
}

void call_redirect_params(ua_call *c, stack_request_params *p, sx_buf *to) {
    call_redirects *r = c->f.redirects;
    if (!r || !r->ntried) return;
    sx_buf_char(to, '<');
    sx_buf_str(to, r->tried[0].uri);
    sx_buf_char(to, '>');
    if (!to->failed) p->to = sx_buf_view(to);
}

/* ---- contacts ---- */

/* "0.7" as 700; what cannot be read is 1. */
static int read_q(sx_slice params) {
    sx_slice v;
    if (!sip_param_get(params, SX_LIT("q"), &v) || !v.n || (v.p[0] != '0' && v.p[0] != '1')) return 1000;
    if (v.p[0] == '1') return 1000;
    int q = 0, unit = 100;
    for (size_t i = 2; i < v.n && i < 5 && v.p[1] == '.' && v.p[i] >= '0' && v.p[i] <= '9'; i++, unit /= 10)
        q += unit * (v.p[i] - '0');
    return q;
}

static bool same_uri(const char *x, const sip_uri *y) {
    sip_uri u;
    return sip_uri_parse(sx_slice_str(x), &u) == SX_OK && sip_uri_eq(&u, y);
}

static bool is_known(const call_redirects *r, const contact *found, size_t nfound, const sip_uri *u) {
    for (size_t i = 0; i < r->ntried; i++)
        if (same_uri(r->tried[i].uri, u)) return true;
    for (size_t i = 0; i < r->n; i++)
        if (same_uri(r->next[i].uri, u)) return true;
    for (size_t i = 0; i < nfound; i++)
        if (same_uri(found[i].uri, u)) return true;
    return false;
}

static bool was_secure(const ua_call *c, const call_redirects *r) {
    sip_uri u;
    if (c->account && c->account->secure) return true;
    return sip_uri_parse(sx_slice_str(r->tried[r->ntried - 1].uri), &u) == SX_OK && u.scheme == SIP_SCHEME_SIPS;
}

/* One contact as a target of ours; NULL: not one to follow. Who was called by sips: is not talked to in clear. */
static char *usable(const ua_call *c, const call_redirects *r, const sip_addr *a, const contact *found, size_t nfound) {
    sip_uri u;
    sx_buf b;
    if (a->star) return NULL;
    sx_buf_init(&b);
    bool secure = was_secure(c, r);
    sx_slice method;
    int rc = sip_uri_parse(a->uri, &u) == SX_OK && u.scheme != SIP_SCHEME_OTHER
                 ? ua_target(a->uri, c->account ? c->account->domain : sx_slice_empty(), secure, &b)
                 : SX_E_URI;
    if (rc == SX_OK && sip_uri_param(&u, SX_LIT("method"), &method) && !sx_eq(method, SX_LIT("INVITE")))
        rc = SX_E_URI; /* to be asked in another way */
    bool ok = rc == SX_OK && sip_uri_parse(sx_buf_view(&b), &u) == SX_OK && (!secure || u.scheme == SIP_SCHEME_SIPS) &&
              !is_known(r, found, nfound, &u);
    char *uri = ok ? sx_buf_detach(&b) : NULL;
    sx_buf_free(&b);
    return uri;
}

/* The contacts of a 3xx, the best first, before those of earlier ones. */
static void take_contacts(ua_call *c, call_redirects *r, const sip_msg *m) {
    contact found[MAX_CONTACTS];
    size_t n = 0;
    sip_list l;
    sip_addr a;
    sip_list_begin(&l, m, SIP_HDR_CONTACT);
    while (n < MAX_CONTACTS && sip_addr_next(&l, &a) == 1) {
        char *uri = usable(c, r, &a, found, n);
        if (!uri) continue;
        int q = read_q(a.params);
        size_t at = n++;
        for (; at && found[at - 1].q < q; at--) found[at] = found[at - 1];
        found[at] = (contact){uri, q, r->ntried - 1, m->status};
    }
    while (r->n && r->n + n > MAX_CONTACTS) free(r->next[--r->n].uri);
    memmove(r->next + n, r->next, r->n * sizeof *r->next);
    if (n) memcpy(r->next, found, n * sizeof *found);
    r->n += n;
}

/* ---- what the next one is told ---- */

static bool given(sx_slice lines, sip_hdr_id id) { /* did the program write this header itself? */
    while (lines.n) {
        sx_slice line = sx_split(lines, '\n', &lines), value, name = sx_split(line, ':', &value);
        if (value.p && sip_hdr_of(sx_trim(name)) == id) return true;
        if (!lines.p) break;
    }
    return false;
}

/* RFC 5806: the latest first. What the 3xx said itself is passed on instead (section 4). */
static void put_diversions(const call_redirects *r, const stack_event *ev, sx_buf *lines) {
    bool any = false;
    for (const sip_hdr *h = ev->msg ? sip_first(ev->msg, SIP_HDR_DIVERSION) : NULL; h; h = sip_next(ev->msg, h)) {
        if (!sip_is_header_value(sip_hdr_value(ev->msg, h))) continue;
        SX_BUF_LIT(lines, "Diversion: ");
        sx_buf_slice(lines, sip_hdr_value(ev->msg, h));
        SX_BUF_LIT(lines, "\r\n");
        any = true;
    }
    for (size_t i = r->coming.parent; !any; i = r->tried[i].parent) {
        SX_BUF_LIT(lines, "Diversion: <");
        sx_buf_str(lines, r->tried[i].uri);
        SX_BUF_LIT(lines, ">;reason=unknown;counter=1\r\n");
        if (!i) break;
    }
}

/* RFC 7044 10: "<uri;cause=302?Reason=SIP%3Bcause%3D486>;index=1.1;mp=1". */
static void put_entry(const char *uri, const char *index, const char *mapped, int cause, int left_for, sx_buf *b) {
    sx_buf_char(b, '<');
    sx_buf_str(b, uri);
    if (cause) {
        SX_BUF_LIT(b, ";cause=");
        sx_buf_u64(b, (uint64_t)cause);
    }
    if (left_for) {
        SX_BUF_LIT(b, "?Reason=SIP%3Bcause%3D");
        sx_buf_u64(b, (uint64_t)left_for);
    }
    SX_BUF_LIT(b, ">;index=");
    sx_buf_str(b, index);
    if (!mapped) return;
    SX_BUF_LIT(b, ";mp=");
    sx_buf_str(b, mapped);
}

static void put_history(const call_redirects *r, const char *index, sx_buf *lines) {
    for (size_t i = 0; i < r->ntried; i++) {
        const target *t = &r->tried[i];
        SX_BUF_LIT(lines, "History-Info: ");
        put_entry(t->uri, t->index, i ? r->tried[t->parent].index : NULL, t->cause, t->left_for, lines);
        SX_BUF_LIT(lines, "\r\n");
    }
    SX_BUF_LIT(lines, "History-Info: ");
    put_entry(r->coming.uri, index, r->tried[r->coming.parent].index, r->coming.cause, 0, lines);
    SX_BUF_LIT(lines, "\r\n");
}

/* ---- going on ---- */

static bool goes_on(const stack_event *ev) { /* 305 and 380 mean something else; who says 6xx speaks for all (16.7) */
    if (!ev->msg) return ev->code && ev->code != SX_E_CANCELED;
    return ev->status >= 300 && ev->status < 600 && ev->status != 305 && ev->status != 380;
}

static void say(ua_call *c, const stack_event *ev) {
    ua_event out = call_event(c, UA_EV_CALL_REDIRECTED);
    out.status = ev->status;
    out.reason = ev->msg ? ev->msg->reason : sip_reason(ev->status ? ev->status : 408);
    out.msg = ev->msg;
    out.target = sx_buf_view(&c->start->target);
    out.flags |= UA_FLAG_FOLLOWED;
    ua_emit(c->agent, &out);
}

/* What is sent next; false: no memory. */
static bool aim(ua_call *c, call_redirects *r, const stack_event *ev) {
    call_start *s = c->start;
    char *index = index_of(r);
    sx_slice own = sx_buf_view(&r->lines);
    sx_buf lines;
    sx_buf_init(&lines);
    sx_buf_slice(&lines, own);
    if (!given(own, SIP_HDR_DIVERSION)) put_diversions(r, ev, &lines);
    if (index && !given(own, SIP_HDR_HISTORY_INFO)) put_history(r, index, &lines);
    sx_buf_reset(&s->target);
    sx_buf_str(&s->target, r->coming.uri);
    if (!index || lines.failed || s->target.failed) {
        sx_buf_free(&lines);
        free(index);
        return false;
    }
    sx_buf_free(&s->lines);
    s->lines = lines;
    if (r->deadline_ms) s->timeout_ms = (int)(r->deadline_ms - call_now(c));
    r->tried[r->coming.parent].children++;
    r->tried[r->ntried++] = (target){r->coming.uri, index, r->coming.parent, r->coming.cause, 0, 0};
    r->coming.uri = NULL;
    return true;
}

bool call_redirect(ua_call *c, const stack_event *ev) {
    call_redirects *r = c->f.redirects;
    if (!r || !c->start || !r->ntried || c->state != CALL_INVITING || !goes_on(ev)) return false;
    r->tried[r->ntried - 1].left_for = ev->status;
    if (ev->msg && ev->status < 400) take_contacts(c, r, ev->msg);
    if (!r->n || r->left <= 0 || c->agent->shutting) return false;
    if (r->deadline_ms && r->deadline_ms <= call_now(c)) return false;
    r->coming = r->next[0];
    memmove(r->next, r->next + 1, --r->n * sizeof *r->next);
    if (!aim(c, r, ev)) {
        free(r->coming.uri);
        r->coming.uri = NULL;
        return false;
    }
    c->start->attempts = 0;
    r->left--;
    if (c->session) {
        session_drop_offer(c->session);
        session_pause(c->session);
    }
    call_free_forks(c);
    call_early_stop(c); /* what that one promised is not awaited any more */
    c->state = CALL_NEW;
    say(c, ev);
    if (c->state == CALL_NEW) call_post(c, CALL_DO_START);
    return true;
}
