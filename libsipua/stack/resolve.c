#include "stack/resolve.h"

#include <stdlib.h>

#include "stack/internal.h"

#define MAX_TARGETS 16

struct stack_resolve {
    sx_list link;
    stack *s;
    stack_resolve_fn fn;
    void *ctx;
    sx_timer timer; /* a numeric host: the answer comes from the loop too */
    stack_transport transport;
    bool explicit_transport;
    uint16_t port;
    stack_target v[MAX_TARGETS];
    size_t n;
    bool asked;
};

typedef struct want {
    sx_slice host;
    stack_transport transport;
    uint16_t port;
    bool explicit_transport;
} want;

/* RFC 3263 4.1 without NAPTR: the URI's transport, else UDP; RFC 3261 19.1.1 for maddr. */
static int read_uri(sx_slice text, want *w) {
    sip_uri u;
    sx_slice v;
    int rc = sip_uri_parse(text, &u);
    if (rc != SX_OK) return sx_fail(SX_E_URI, "not a URI: %.*s", (int)(text.n > 200 ? 200 : text.n), text.p);
    if (u.scheme == SIP_SCHEME_SIPS) return sx_fail(SX_E_UNSUPPORTED, "sips: needs TLS, which is not there yet");
    if (u.scheme != SIP_SCHEME_SIP || !u.host.n)
        return sx_fail(SX_E_URI, "a %.*s: URI says nothing about where to send it", (int)u.scheme_name.n,
                       u.scheme_name.p);
    w->explicit_transport = sip_uri_param(&u, SX_LIT("transport"), &v);
    w->transport = STACK_UDP;
    if (w->explicit_transport) {
        w->transport = stack_transport_parse(v);
        if (w->transport == STACK_ANY) return sx_fail(SX_E_UNSUPPORTED, "no transport %.*s here", (int)v.n, v.p);
    }
    w->host = u.host;
    if (sip_uri_param(&u, SX_LIT("maddr"), &v) && v.n) w->host = v;
    w->port = u.port ? u.port : 5060;
    return SX_OK;
}

bool stack_resolve_numeric(stack *s, sx_slice uri, stack_target *v, size_t *n, bool *explicit_transport, int *code) {
    want w;
    *n = 0;
    *code = read_uri(uri, &w);
    if (*code != SX_OK) return true;
    if (!net_addr_parse_host(&v->addr, w.host, w.port)) return false;
    v->transport = w.transport;
    *explicit_transport = w.explicit_transport;
    *n = 1;
    return true;
}

static void finish(stack_resolve *r, int code, const char *text) {
    stack_targets t;
    t.v = r->v;
    t.n = r->n;
    t.explicit_transport = r->explicit_transport;
    t.code = code;
    t.text = text;
    stack_resolve_fn fn = r->fn;
    void *ctx = r->ctx;
    sx_list_remove(&r->link);
    sx_timer_stop(r->s->wheel, &r->timer);
    fn(ctx, &t);
    free(r);
}

static void on_numeric(sx_timer *t, uint64_t now) { finish(SX_CONTAINER(t, stack_resolve, timer), SX_OK, ""); }

void stack_on_resolved(void *ctx, const net_event *ev) {
    stack *s = ctx;
    if (ev->type != NET_RESOLVED) return;
    SX_LIST_EACH(l, tmp, &s->resolves) {
        stack_resolve *r = SX_CONTAINER(l, stack_resolve, link);
        if (!r->asked || (uint64_t)(uintptr_t)r != ev->token) continue;
        for (size_t i = 0; i < ev->nrecords && r->n < MAX_TARGETS; i++) {
            if (ev->records[i].type != NET_DNS_ADDRESS) continue;
            r->v[r->n].transport = r->transport;
            r->v[r->n].addr = ev->records[i].addr;
            net_addr_set_port(&r->v[r->n].addr, r->port);
            r->n++;
        }
        finish(r, r->n ? SX_OK : ev->code ? ev->code : SX_E_DNS, ev->text);
        return;
    }
}

int stack_resolve_start(stack *s, sx_slice uri, stack_resolve_fn fn, void *ctx, stack_resolve **out) {
    want w;
    int rc = read_uri(uri, &w);
    if (rc != SX_OK) return rc;
    stack_resolve *r = calloc(1, sizeof *r);
    if (!r) return sx_fail(SX_E_NOMEM, "no memory to resolve a name");
    r->s = s;
    r->fn = fn;
    r->ctx = ctx;
    r->transport = w.transport;
    r->explicit_transport = w.explicit_transport;
    r->port = w.port;
    sx_timer_init(&r->timer, on_numeric);
    sx_list_append(&s->resolves, &r->link);
    if (net_addr_parse_host(&r->v[0].addr, w.host, w.port)) {
        r->v[0].transport = w.transport;
        r->n = 1;
        sx_timer_start(s->wheel, &r->timer, stack_now(s));
    } else {
        net_dns_options opt;
        memset(&opt, 0, sizeof opt);
        opt.servers = s->dns_servers;
        if (!s->dns) rc = net_dns_create(s->loop, &opt, stack_on_resolved, s, &s->dns);
        if (rc == SX_OK) {
            r->asked = true;
            rc = net_dns_query(s->dns, w.host, NET_BOTH, (uint64_t)(uintptr_t)r);
        }
        if (rc != SX_OK) {
            sx_list_remove(&r->link);
            free(r);
            return rc;
        }
    }
    if (out) *out = r;
    return SX_OK;
}

void stack_resolve_cancel(stack_resolve *r) {
    if (!r) return;
    if (r->asked && r->s->dns) net_dns_cancel(r->s->dns, (uint64_t)(uintptr_t)r);
    sx_timer_stop(r->s->wheel, &r->timer);
    sx_list_remove(&r->link);
    free(r);
}

void stack_close_resolves(stack *s) {
    sx_list *n;
    while ((n = sx_list_first(&s->resolves)) != NULL) stack_resolve_cancel(SX_CONTAINER(n, stack_resolve, link));
}
