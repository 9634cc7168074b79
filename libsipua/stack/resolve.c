/* RFC 3263 step by step: NAPTR, SRV, addresses. Each step asks all its questions at once and goes on when they are
 * answered, or have waited long enough. */
#include "stack/resolve.h"

#include <inttypes.h>
#include <stdlib.h>

#include "stack/internal.h"
#include "stack/resolve_uri.h"

#define SX_MODULE "resolve"

#define MAX_CHOICES 16
#define MAX_HOSTS 32
#define MAX_ADDRESSES 16 /* of one host */
#define MAX_REPLACEMENTS 4
#define GRACE_MS 2000 /* for the other answers of a step when one is there */

/* One question to net_dns; its address is the token. */
typedef struct lookup {
    struct stack_resolve *r;
    bool open;
    size_t i; /* of the choice or host it is for */
} lookup;

/* A transport that the domain offers, or may offer. */
typedef struct choice {
    stack_transport transport;
    uint16_t order;   /* of NAPTR */
    bool direct;      /* NAPTR with flag "a": `name` is a host */
    bool denied;      /* SRV says "." */
    const char *name; /* the SRV name */
    net_dns_record *srv;
    size_t nsrv;
} choice;

typedef struct host {
    stack_transport transport;
    uint16_t port;
    sx_slice name;
    net_addr *addrs;
    size_t naddrs;
} host;

typedef enum step { STEP_DONE, STEP_NAPTR, STEP_SRV, STEP_ADDRESS } step;

struct stack_resolve {
    sx_list link;
    stack *s;
    stack_resolve_fn fn;
    void *ctx;
    sx_arena arena;
    sx_timer timer;
    uint64_t end_ms;
    stack_want want;
    const char *name, *path;
    step step;
    unsigned replacements;
    sx_slice onward; /* where NAPTR sends us next */
    choice choices[MAX_CHOICES];
    size_t nchoices, group, group_end; /* the choices being asked */
    host *hosts;
    size_t nhosts;
    lookup *lookups;
    size_t nlookups, nopen;
    bool any; /* this step has found something */
    bool stale;
    int code;
    char text[96];
    stack_target numeric;
};

static void next_step(stack_resolve *r);

/* ---- the end */

void stack_resolve_cancel(stack_resolve *r) {
    if (!r) return;
    sx_timer_stop(r->s->wheel, &r->timer);
    for (size_t i = 0; i < r->nlookups; i++) {
        if (r->lookups[i].open && r->s->dns) net_dns_cancel(r->s->dns, (uint64_t)(uintptr_t)&r->lookups[i]);
    }
    sx_list_remove(&r->link);
    sx_arena_free(&r->arena);
    free(r);
}

static void tell_log(const stack_resolve *r, const stack_target *v, size_t n) {
    net_dns_stats st;
    char first[NET_ADDR_TEXT];
    stack_resolve_stats(r->s, &st);
    SX_LOG(r->s->log, r->stale || !n ? SX_LOG_INFO : SX_LOG_DEBUG,
           "%s: %zu targets%s%s%s%s%s; cache: %" PRIu64 " of %" PRIu64 " questions, %u names, DNS failed %" PRIu64
           " times",
           r->name, n, n ? ", first " : ": ", n ? stack_transport_name(v[0].transport) : r->text, n ? " " : "",
           n ? net_addr_text(&v[0].addr, first) : "", r->stale ? " (last good answer, DNS fails)" : "", st.cached,
           st.asked, st.names, st.failed);
}

static void finish(stack_resolve *r, const stack_target *v, size_t n) {
    if (r->step != STEP_DONE) tell_log(r, v, n); /* a numeric host is no news */
    stack_targets t;
    t.v = v;
    t.n = n;
    t.explicit_transport = r->want.explicit_transport;
    t.stale = r->stale;
    t.code = n ? SX_OK : r->code ? r->code : SX_E_DNS;
    t.text = n ? "" : r->text[0] ? r->text : "the domain has no address";
    sx_list_remove(&r->link);
    sx_timer_stop(r->s->wheel, &r->timer);
    r->fn(r->ctx, &t);
    stack_resolve_cancel(r);
}

static void note(stack_resolve *r, int code, const char *text) {
    size_t n = strlen(text);
    if (n >= sizeof r->text) n = sizeof r->text - 1;
    memcpy(r->text, text, n);
    r->text[n] = 0;
    r->code = code;
}

static void out_of_memory(stack_resolve *r) {
    note(r, SX_E_NOMEM, "memory ran out");
    finish(r, NULL, 0);
}

static bool listed(const stack_target *v, size_t n, stack_transport transport, const net_addr *a) {
    for (size_t i = 0; i < n; i++) {
        if (v[i].transport == transport && net_addr_eq(&v[i].addr, a)) return true;
    }
    return false;
}

/* Of a host's addresses those first that we have a route for: asked only where there are both families. */
static void by_route(stack *s, host *h) {
    bool v4 = false, v6 = false;
    for (size_t i = 0; i < h->naddrs; i++) {
        bool six = net_addr_is_v6(&h->addrs[i]);
        v4 |= !six;
        v6 |= six;
    }
    if (!v4 || !v6) return;
    net_addr last[MAX_ADDRESSES];
    size_t n = 0, nlast = 0;
    for (size_t i = 0; i < h->naddrs; i++) {
        net_addr from = stack_source_for(s, &h->addrs[i]);
        if (net_addr_is_set(&from))
            h->addrs[n++] = h->addrs[i];
        else
            last[nlast++] = h->addrs[i];
    }
    if (nlast) memcpy(h->addrs + n, last, nlast * sizeof *last);
}

static void assemble(stack_resolve *r) {
    stack_target *v = sx_arena_alloc(&r->arena, STACK_MAX_TARGETS * sizeof *v);
    size_t n = 0;
    if (!v) {
        out_of_memory(r);
        return;
    }
    for (size_t i = 0; i < r->nhosts; i++) {
        host *h = &r->hosts[i];
        by_route(r->s, h);
        for (size_t j = 0; j < h->naddrs && n < STACK_MAX_TARGETS; j++) {
            net_addr_set_port(&h->addrs[j], h->port);
            if (listed(v, n, h->transport, &h->addrs[j])) continue;
            v[n].transport = h->transport;
            v[n].addr = h->addrs[j];
            v[n].name = r->name;
            v[n].path = r->path;
            n++;
        }
    }
    finish(r, v, n);
}

/* ---- questions */

static bool begin_step(stack_resolve *r, step what, size_t questions) {
    r->lookups = sx_arena_alloc(&r->arena, (questions + 1) * sizeof *r->lookups);
    r->step = what;
    r->nlookups = r->nopen = 0;
    r->any = false;
    return r->lookups != NULL;
}

static void ask(stack_resolve *r, net_dns_type type, sx_slice name, size_t i) {
    lookup *l = &r->lookups[r->nlookups++];
    uint64_t token = (uint64_t)(uintptr_t)l;
    l->r = r;
    l->i = i;
    int rc = type == NET_DNS_NAPTR ? net_dns_query_naptr(r->s->dns, name, token)
             : type == NET_DNS_SRV ? net_dns_query_srv(r->s->dns, name, token)
                                   : net_dns_query(r->s->dns, name, NET_BOTH, token);
    l->open = rc == SX_OK;
    if (l->open)
        r->nopen++;
    else if (type == NET_DNS_ADDRESS && !r->code)
        note(r, rc == SX_E_NOMEM ? rc : SX_E_DNS, sx_last_error_text());
}

/* The step ends when all is answered, at the latest then. */
static void wait_until(stack_resolve *r, uint64_t at) {
    if (at > r->end_ms) at = r->end_ms;
    sx_timer_start(r->s->wheel, &r->timer, r->nopen ? at : stack_now(r->s));
}

static void on_timer(sx_timer *t, uint64_t now) {
    stack_resolve *r = SX_CONTAINER(t, stack_resolve, timer);
    if (r->nopen && r->step == STEP_ADDRESS && !r->code) note(r, SX_E_TIMEOUT, "DNS did not answer in time");
    for (size_t i = 0; i < r->nlookups; i++) {
        if (r->lookups[i].open) net_dns_cancel(r->s->dns, (uint64_t)(uintptr_t)&r->lookups[i]);
        r->lookups[i].open = false;
    }
    r->nopen = 0;
    next_step(r);
}

/* ---- NAPTR (4.1) */

static void ask_naptr(stack_resolve *r, sx_slice name) {
    if (!begin_step(r, STEP_NAPTR, 1)) {
        out_of_memory(r);
        return;
    }
    ask(r, NET_DNS_NAPTR, name, 0);
    /* Some home routers drop what they do not know: then it is as if there were none. */
    wait_until(r, stack_now(r->s) + r->s->cfg.dns_timeout_ms / 2);
}

static void add_choice(stack_resolve *r, stack_transport t, uint16_t order, bool direct, const char *name) {
    if (r->nchoices == MAX_CHOICES || !name) return;
    choice *c = &r->choices[r->nchoices++];
    memset(c, 0, sizeof *c);
    c->transport = t;
    c->order = order;
    c->direct = direct;
    c->name = name;
}

static void on_naptr(stack_resolve *r, const net_event *ev) {
    r->onward = sx_slice_empty();
    for (size_t i = 0; i < ev->nrecords; i++) {
        const net_dns_record *n = &ev->records[i];
        stack_transport t = stack_naptr_transport(n->service, r->want.secure);
        if (t == STACK_ANY || n->regexp || !n->name.n) continue;
        bool s = sx_ieq(n->flags, SX_LIT("s")), a = sx_ieq(n->flags, SX_LIT("a"));
        if (s || a) add_choice(r, t, n->order, a, sx_arena_str(&r->arena, n->name));
        if (!n->flags.n && !r->onward.n) r->onward = sx_arena_dup(&r->arena, n->name);
    }
}

/* ---- SRV (4.2) */

static const char *srv_name(stack_resolve *r, stack_transport t) {
    const char *prefix = stack_srv_prefix(t);
    size_t n = strlen(prefix);
    char *name = sx_arena_alloc(&r->arena, n + r->want.host.n + 1);
    if (!name) return NULL;
    memcpy(name, prefix, n);
    memcpy(name + n, r->want.host.p, r->want.host.n);
    return name;
}

static void guess_choices(stack_resolve *r) {
    static const stack_transport ours[] = {STACK_UDP, STACK_TCP, STACK_TLS};
    if (r->want.transport != STACK_ANY) {
        add_choice(r, r->want.transport, 0, false, srv_name(r, r->want.transport));
        return;
    }
    for (size_t i = 0; i < 3; i++) {
        if (!r->want.secure || ours[i] == STACK_TLS) add_choice(r, ours[i], 0, false, srv_name(r, ours[i]));
    }
}

/* The choices of the next order, all at once. */
static void ask_srv(stack_resolve *r) {
    r->group = r->group_end;
    while (r->group_end < r->nchoices && r->choices[r->group_end].order == r->choices[r->group].order) r->group_end++;
    if (!begin_step(r, STEP_SRV, r->group_end - r->group)) {
        out_of_memory(r);
        return;
    }
    for (size_t i = r->group; i < r->group_end; i++) {
        if (!r->choices[i].direct) ask(r, NET_DNS_SRV, sx_slice_str(r->choices[i].name), i);
    }
    wait_until(r, r->end_ms);
}

static void after_naptr(stack_resolve *r) {
    sx_slice onward = r->onward;
    r->onward = sx_slice_empty();
    if (!r->nchoices && onward.n && r->replacements++ < MAX_REPLACEMENTS) {
        ask_naptr(r, onward);
        return;
    }
    if (!r->nchoices) guess_choices(r);
    if (r->arena.failed)
        out_of_memory(r);
    else
        ask_srv(r);
}

static void on_srv(stack_resolve *r, choice *c, const net_event *ev) {
    uint8_t order[64];
    if (!ev->nrecords || ev->nrecords > 64) return;
    c->denied = ev->nrecords == 1 && !ev->records[0].name.n;
    c->srv = sx_arena_alloc(&r->arena, ev->nrecords * sizeof *c->srv);
    if (!c->srv) return;
    stack_srv_order(ev->records, ev->nrecords, order);
    for (size_t i = 0; i < ev->nrecords; i++) {
        const net_dns_record *rec = &ev->records[order[i]];
        if (!rec->name.n || !rec->port) continue;
        c->srv[c->nsrv] = *rec;
        c->srv[c->nsrv++].name = sx_arena_dup(&r->arena, rec->name);
    }
    r->any |= c->nsrv > 0;
}

/* ---- addresses */

static void add_host(stack_resolve *r, stack_transport t, sx_slice name, uint16_t port) {
    if (r->nhosts == MAX_HOSTS) return;
    host *h = &r->hosts[r->nhosts++];
    memset(h, 0, sizeof *h);
    h->transport = t;
    h->name = name;
    h->port = port;
}

static void ask_addresses(stack_resolve *r) {
    if (!begin_step(r, STEP_ADDRESS, r->nhosts)) {
        out_of_memory(r);
        return;
    }
    note(r, 0, "");
    for (size_t i = 0; i < r->nhosts; i++) ask(r, NET_DNS_ADDRESS, r->hosts[i].name, i);
    wait_until(r, r->end_ms);
}

static void on_addresses(stack_resolve *r, host *h, const net_event *ev) {
    size_t n = ev->nrecords < MAX_ADDRESSES ? ev->nrecords : MAX_ADDRESSES;
    h->addrs = n ? sx_arena_alloc(&r->arena, n * sizeof *h->addrs) : NULL;
    if (!n) note(r, ev->code, ev->text);
    if (!h->addrs) return;
    for (size_t i = 0; i < n; i++) h->addrs[h->naddrs++] = ev->records[i].addr;
    r->any = true;
}

/* No SRV anywhere: the domain's own addresses, with the first transport that it has not denied. */
static bool fall_back(stack_resolve *r) {
    stack_transport t = r->want.transport != STACK_ANY ? r->want.transport : r->want.secure ? STACK_TLS : STACK_UDP;
    static const stack_transport others[] = {STACK_UDP, STACK_TCP, STACK_TLS};
    bool denied = false;
    for (size_t i = 0; i < r->nchoices; i++) denied |= r->choices[i].denied && r->choices[i].transport == t;
    for (size_t i = 0; denied && i < 3 && r->want.transport == STACK_ANY; i++) {
        denied = r->want.secure && others[i] != STACK_TLS;
        for (size_t j = 0; j < r->nchoices; j++) denied |= r->choices[j].denied && r->choices[j].transport == others[i];
        t = others[i];
    }
    if (denied) {
        note(r, SX_E_DNS, "the domain says that it has no such service (SRV)");
        return false;
    }
    add_host(r, t, r->want.host, r->want.port ? r->want.port : stack_default_port(t));
    return true;
}

static void take_hosts(stack_resolve *r) {
    if (!r->hosts) r->hosts = sx_arena_alloc(&r->arena, MAX_HOSTS * sizeof *r->hosts);
    if (!r->hosts) return;
    for (size_t i = r->group; i < r->group_end; i++) {
        choice *c = &r->choices[i];
        if (c->direct) add_host(r, c->transport, sx_slice_str(c->name), stack_default_port(c->transport));
        for (size_t j = 0; j < c->nsrv; j++) add_host(r, c->transport, c->srv[j].name, c->srv[j].port);
    }
}

static void after_srv(stack_resolve *r) {
    take_hosts(r);
    if (!r->hosts) {
        out_of_memory(r);
    } else if (r->nhosts) {
        ask_addresses(r);
    } else if (r->group_end < r->nchoices) {
        ask_srv(r);
    } else if (fall_back(r)) {
        ask_addresses(r);
    } else {
        finish(r, NULL, 0);
    }
}

static void next_step(stack_resolve *r) {
    switch (r->step) {
    case STEP_NAPTR: after_naptr(r); break;
    case STEP_SRV: after_srv(r); break;
    case STEP_ADDRESS:
        if (!r->any && r->group_end < r->nchoices) /* nothing of this order has an address */
            ask_srv(r);
        else
            assemble(r);
        break;
    case STEP_DONE: finish(r, &r->numeric, 1); break;
    }
}

void stack_on_resolved(void *ctx, const net_event *ev) {
    if (ev->type != NET_RESOLVED) return;
    lookup *l = (lookup *)(uintptr_t)ev->token; /* cancelled ones are never answered */
    stack_resolve *r = l->r;
    l->open = false;
    r->nopen--;
    r->stale |= ev->stale;
    if (r->step == STEP_NAPTR)
        on_naptr(r, ev);
    else if (r->step == STEP_SRV)
        on_srv(r, &r->choices[l->i], ev);
    else
        on_addresses(r, &r->hosts[l->i], ev);
    if (!r->nopen)
        next_step(r);
    else if (r->any && r->timer.at_ms > stack_now(r->s) + GRACE_MS)
        wait_until(r, stack_now(r->s) + GRACE_MS);
}

/* ---- the beginning */

static int need_dns(stack *s) {
    net_dns_options opt;
    if (s->dns) return SX_OK;
    memset(&opt, 0, sizeof opt);
    opt.servers = s->dns_servers;
    uint32_t first = s->cfg.dns_timeout_ms / 6; /* a lost question is asked again before its step is over */
    opt.timeout_ms = first < 200 ? 200 : first > 2000 ? 2000 : first;
    return net_dns_create(s->loop, &opt, stack_on_resolved, s, &s->dns);
}

static void begin(stack_resolve *r) {
    if (!r->want.port && r->want.transport == STACK_ANY) {
        ask_naptr(r, r->want.host);
    } else if (!r->want.port) {
        guess_choices(r);
        ask_srv(r);
    } else {
        r->group = r->group_end = 0;
        take_hosts(r);
        if (r->hosts) fall_back(r);
        if (r->hosts)
            ask_addresses(r);
        else
            out_of_memory(r);
    }
}

static void on_begin(sx_timer *t, uint64_t now) {
    stack_resolve *r = SX_CONTAINER(t, stack_resolve, timer);
    sx_timer_init(&r->timer, on_timer);
    begin(r);
}

int stack_resolve_start(stack *s, sx_slice uri, stack_resolve_fn fn, void *ctx, stack_resolve **out) {
    stack_want w;
    int rc = stack_want_read(uri, &w);
    if (rc != SX_OK) return rc;
    stack_resolve *r = calloc(1, sizeof *r);
    if (!r) return sx_fail(SX_E_NOMEM, "no memory to resolve a name");
    sx_list_init(&r->link);
    sx_timer_init(&r->timer, on_timer);
    sx_arena_init(&r->arena, 1024);
    r->s = s;
    r->fn = fn;
    r->ctx = ctx;
    r->want = w;
    r->want.host = sx_arena_dup(&r->arena, w.host);
    r->name = sx_arena_str(&r->arena, w.name);
    r->path = stack_want_path(&w, &r->arena);
    r->end_ms = stack_now(s) + s->cfg.dns_timeout_ms;
    bool numeric = stack_want_numeric(&w, &r->numeric);
    r->numeric.name = r->name;
    r->numeric.path = r->path;
    rc = r->arena.failed ? sx_fail(SX_E_NOMEM, "no memory to resolve a name") : numeric ? SX_OK : need_dns(s);
    if (rc == SX_OK && !numeric && r->want.host.n > 240) rc = sx_fail(SX_E_URI, "the host's name is too long");
    if (rc != SX_OK) {
        stack_resolve_cancel(r);
        return rc;
    }
    if (!numeric) sx_timer_init(&r->timer, on_begin);
    sx_timer_start(s->wheel, &r->timer, stack_now(s));
    sx_list_append(&s->resolves, &r->link);
    if (out) *out = r;
    return SX_OK;
}

void stack_close_resolves(stack *s) {
    sx_list *n;
    while ((n = sx_list_first(&s->resolves)) != NULL) stack_resolve_cancel(SX_CONTAINER(n, stack_resolve, link));
}
