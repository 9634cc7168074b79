/* What has to be known before a description of ours is made: a step with completion, timeout and cancel. The address
 * towards the peer may need a name resolved; where a STUN server is configured and the address is private, it is asked
 * how our sockets look from outside. That costs 500 ms at the most, the resolution of its name included; one that does
 * not answer, or sees no translation, is left alone for a minute. */
#include "ua/session_internal.h"

enum { STUN_BUDGET_MS = 500, STUN_REST_MS = 60000, STUN_ADDRESS_MS = 300000 };

static void prepared(ua_session *s, int code, const char *text) {
    session_prepared_fn fn = s->fn;
    sx_timer_stop(s->agent->wheel, &s->timer);
    s->fn = NULL;
    if (fn) fn(s->ctx, code, text);
}

/* ---- STUN ---- */

static bool needs_learning(const ua_session *s) {
    const ua_stun *st = &s->agent->stun;
    uint64_t now = ua_now(s->agent);
    if (!st->uri || s->advertise || s->learned || !net_addr_is_set(&s->own) || !net_addr_is_private(&s->own))
        return false;
    return now >= st->silent_until_ms && !(now < st->same_until_ms && net_addr_eq_host(&st->same, &s->own));
}

static void learned(ua_session *s) {
    s->learning = false;
    s->learned = true;
    prepared(s, SX_OK, "");
}

static void not_learned(ua_session *s, const char *why) {
    ua_agent *a = s->agent;
    a->stun.silent_until_ms = ua_now(a) + STUN_REST_MS;
    a->stun.until_ms = 0;
    SX_LOG_UA(a, SX_LOG_WARNING, "calls have the address of this machine in their SDP, %s: %s", s->addr, why);
    learned(s);
}

static void on_learned(ua_session *s, const media_event *ev) {
    ua_agent *a = s->agent;
    if (!s->learning) return; /* too late */
    if (ev->code != SX_OK || net_addr_is_any(&ev->u.learned.rtp)) {
        not_learned(s, ev->text);
        return;
    }
    net_addr own = s->own;
    net_addr_set_port(&own, net_addr_port(&s->local.rtp));
    if (net_addr_eq(&own, &ev->u.learned.rtp)) {
        a->stun.same = s->own;
        a->stun.same_until_ms = ua_now(a) + STUN_REST_MS;
    } else {
        s->mapped = ev->u.learned.rtp;
        s->mapped_rtcp = ev->u.learned.rtcp;
        if (!net_addr_eq_host(&s->mapped, &s->mapped_rtcp)) s->mapped_rtcp = net_addr_none();
        session_say_address(s, &s->mapped);
    }
    learned(s);
}

static bool ask(ua_session *s) {
    return net_addr_is_v6(&s->agent->stun.server) == net_addr_is_v6(&s->own) &&
           media_ask_mapping(s->media, &s->agent->stun.server) == SX_OK;
}

static void stun_resolved(void *ctx, const stack_targets *t) {
    ua_session *s = ctx;
    ua_stun *st = &s->agent->stun;
    s->resolving = NULL;
    for (size_t i = 0; i < t->n; i++) {
        if (net_addr_is_v6(&t->v[i].addr) != net_addr_is_v6(&s->own)) continue;
        st->server = t->v[i].addr;
        st->until_ms = ua_now(s->agent) + STUN_ADDRESS_MS;
        if (ask(s)) return;
    }
    not_learned(s, t->n ? "the STUN server has no address of its family" : t->text);
}

/* 1: under way; 0: there is nothing to be learned. */
static int learn(ua_session *s) {
    ua_stun *st = &s->agent->stun;
    if (s->learning) return 1;
    if (!needs_learning(s)) return 0;
    bool known = ua_now(s->agent) < st->until_ms && net_addr_is_v6(&st->server) == net_addr_is_v6(&s->own);
    if (known ? !ask(s)
              : stack_resolve_start(s->agent->stack, sx_slice_str(st->uri), stun_resolved, s, &s->resolving) != SX_OK) {
        s->learned = true;
        return 0;
    }
    s->learning = true;
    sx_timer_start(s->agent->wheel, &s->timer, ua_now(s->agent) + STUN_BUDGET_MS);
    return 1;
}

/* ---- the step ---- */

static void on_timer(sx_timer *t, uint64_t now) {
    ua_session *s = SX_CONTAINER(t, ua_session, timer);
    (void)now;
    if (s->resolving) stack_resolve_cancel(s->resolving);
    s->resolving = NULL;
    if (s->learning)
        not_learned(s, "the STUN server does not answer");
    else
        prepared(s, SX_E_TIMEOUT, "media could not be prepared in time");
}

void session_init_prepare(ua_session *s) { sx_timer_init(&s->timer, on_timer); }

/* 0: all is known; 1: something is under way. */
static int advance(ua_session *s) { return s->placed && s->prepared ? learn(s) : 1; }

static void resolved(void *ctx, const stack_targets *t) {
    ua_session *s = ctx;
    s->resolving = NULL;
    int code = t->n ? session_prepare_towards(s, &t->v[0].addr) : t->code;
    if (code != SX_OK) {
        prepared(s, code, t->n ? sx_last_error_text() : t->text);
    } else if (advance(s) == 0) {
        prepared(s, SX_OK, "");
    }
}

static int wait(ua_session *s, session_prepared_fn fn, void *ctx) {
    s->fn = fn;
    s->ctx = ctx;
    if (!s->learning) sx_timer_start(s->agent->wheel, &s->timer, ua_now(s->agent) + (uint64_t)s->agent->opt.prepare_ms);
    return 1;
}

int session_prepare(ua_session *s, sx_slice uri, session_prepared_fn fn, void *ctx) {
    if (!s->placed && session_knows_place(s)) session_prepare_towards(s, &s->agent->media_bind);
    if (!s->placed) {
        int rc = stack_resolve_start(s->agent->stack, uri, resolved, s, &s->resolving);
        if (rc != SX_OK) return rc;
    } else if (advance(s) == 0) {
        return SX_OK;
    }
    return wait(s, fn, ctx);
}

int session_prepare_peer(ua_session *s, const net_addr *peer, session_prepared_fn fn, void *ctx) {
    int rc = session_prepare_towards(s, peer);
    if (rc != SX_OK) return rc;
    return advance(s) == 0 ? SX_OK : wait(s, fn, ctx);
}

void session_event_prepared(ua_session *s, const media_event *ev) {
    if (ev->type == MEDIA_LEARNED) {
        on_learned(s, ev);
    } else if (ev->type == MEDIA_PREPARED) {
        s->local = ev->u.prepared;
        s->prepared = true;
        if (s->placed && advance(s) == 0) prepared(s, SX_OK, "");
    } else {
        prepared(s, ev->code ? ev->code : SX_E_MEDIA, ev->text);
    }
}

void session_cancel_prepare(ua_session *s) {
    if (s->resolving && s->agent->stack) stack_resolve_cancel(s->resolving); /* without a stack it died with it */
    s->resolving = NULL;
    s->learning = false;
    sx_timer_stop(s->agent->wheel, &s->timer);
    s->fn = NULL;
}
