/* Accounts: who we are towards a server, and the ways its requests take. */
#include <stdlib.h>

#include "sip/lex.h"
#include "sip/write.h"
#include "ua/internal.h"

/* ---- reading the configuration into one block of text ---- */

typedef struct piece {
    sx_slice *out;
    size_t at, n;
} piece;

typedef struct block {
    sx_buf b;
    piece v[12];
    size_t n;
} block;

static size_t begin(block *k) { return k->b.n; }
static void keep(block *k, sx_slice *out, size_t from) {
    piece *p = &k->v[k->n++];
    p->out = out;
    p->at = from;
    p->n = k->b.n - from;
}

static int put_uuid(sx_buf *b) {
    uint8_t r[16];
    sx_rand_bytes(r, sizeof r);
    r[6] = (uint8_t)((r[6] & 0x0f) | 0x40);
    r[8] = (uint8_t)((r[8] & 0x3f) | 0x80);
    SX_BUF_LIT(b, "urn:uuid:");
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) sx_buf_char(b, '-');
        sx_buf_hex(b, r + i, 1);
    }
    return SX_OK;
}

static int read_uri(const char *what, const char *text, sip_uri *u) {
    sip_addr addr;
    sx_slice s = sx_trim(sx_slice_str(text));
    if (!sip_is_header_value(s)) return sx_fail(SX_E_URI, "%s has a line break in it", what);
    if (sx_find(s, '<') >= 0 && sip_addr_read(s, &addr) == SX_OK) s = addr.uri;
    if (sip_uri_parse(s, u) != SX_OK || (u->scheme != SIP_SCHEME_SIP && u->scheme != SIP_SCHEME_SIPS) || !u->host.n ||
        sip_uri_check(u) != SX_OK) {
        return sx_fail(SX_E_URI, "%s is not a SIP URI: %.100s", what, text ? text : "");
    }
    return SX_OK;
}

static void put_host_port(sx_buf *b, const sip_uri *u, uint16_t port) {
    bool v6 = u->host_kind == SIP_HOST_IPV6;
    if (v6) sx_buf_char(b, '[');
    sx_buf_slice(b, u->host);
    if (v6) sx_buf_char(b, ']');
    if (port) {
        sx_buf_char(b, ':');
        sx_buf_u64(b, port);
    }
}

/* scheme:host[:port][;params], the user and ?headers left out: as a registrar's Request-URI and as a hop. */
static void put_hop(sx_buf *b, const sip_uri *u, bool lr) {
    sx_buf_str(b, u->scheme == SIP_SCHEME_SIPS ? "sips:" : "sip:");
    put_host_port(b, u, u->port);
    if (u->params.n) {
        sx_buf_char(b, ';');
        sx_buf_slice(b, u->params);
    }
    if (lr && !sip_uri_param(u, SX_LIT("lr"), NULL)) SX_BUF_LIT(b, ";lr");
}

static int read_identity(ua_account *acc, const ua_account_config *c, block *k) {
    sip_uri aor, server, proxy;
    int rc = read_uri("aor", c->aor, &aor);
    if (rc != SX_OK) return rc;
    acc->secure = aor.scheme == SIP_SCHEME_SIPS;
    size_t at = begin(k);
    sip_uri_write_aor(&k->b, &aor);
    keep(k, &acc->aor, at);
    at = begin(k);
    sip_unescape(&k->b, aor.user);
    keep(k, &acc->user, at);
    at = begin(k);
    sx_buf_slice(&k->b, aor.host);
    keep(k, &acc->host, at);
    acc->explicit_server = c->server && *c->server;
    if (acc->explicit_server && (rc = read_uri("server", c->server, &server)) != SX_OK) return rc;
    if (!acc->explicit_server) server = aor;
    /* An AOR without a port at a server with one: its users are at that port too. */
    uint16_t port = aor.port;
    if (!port && sx_ieq(server.host, aor.host)) port = server.port;
    at = begin(k);
    put_host_port(&k->b, &aor, port);
    keep(k, &acc->domain, at);
    at = begin(k);
    put_hop(&k->b, &server, false);
    keep(k, &acc->server, at);
    if (c->outbound_proxy && *c->outbound_proxy) {
        if ((rc = read_uri("outbound_proxy", c->outbound_proxy, &proxy)) != SX_OK) return rc;
        at = begin(k);
        sx_buf_char(&k->b, '<');
        put_hop(&k->b, &proxy, true);
        sx_buf_char(&k->b, '>');
        keep(k, &acc->proxy, at);
    }
    return SX_OK;
}

static int read_rest(ua_account *acc, const ua_account_config *c, block *k) {
    sx_slice name = sx_trim(sx_slice_str(c->display_name)), instance = sx_trim(sx_slice_str(c->instance_id));
    if (!sip_is_header_value(name)) return sx_fail(SX_E_HEADER, "a line break in display_name");
    if (!sip_is_header_value(instance) || sx_find(instance, '"') >= 0 || sx_find(instance, '>') >= 0) {
        return sx_fail(SX_E_INVALID, "instance_id is not a URN");
    }
    size_t at = begin(k);
    sx_buf_slice(&k->b, name); /* made into From below, when the block stands still */
    keep(k, &acc->from, at);
    at = begin(k);
    if (instance.n) {
        sx_buf_slice(&k->b, instance);
    } else {
        put_uuid(&k->b);
    }
    keep(k, &acc->instance, at);
    at = begin(k);
    int rc = ua_put_headers(&k->b, c->headers, c->header_count);
    keep(k, &acc->headers, at);
    if (rc != SX_OK || !c->advertise || !*c->advertise) return rc;
    char *host = NULL;
    rc = ua_host_port(c->advertise, &host, &acc->advertise_port);
    if (rc != SX_OK) return rc;
    at = begin(k);
    sx_buf_str(&k->b, host);
    keep(k, &acc->advertise_host, at);
    free(host);
    return SX_OK;
}

/* The block stops growing: every slice gets its place, and From is written behind them. */
static int settle(ua_account *acc, block *k) {
    sx_buf from;
    sx_buf_init(&from);
    piece *name = NULL;
    for (size_t i = 0; i < k->n; i++) {
        if (k->v[i].out == &acc->from) name = &k->v[i];
    }
    if (k->b.failed || !name) return sx_fail(SX_E_NOMEM, "no memory for the account");
    sip_put_addr(&from, sx_slice_of(k->b.p + name->at, name->n), sx_slice_of(k->b.p + k->v[0].at, k->v[0].n),
                 sx_slice_empty(), sx_slice_empty());
    name->at = k->b.n;
    name->n = from.n;
    sx_buf_slice(&k->b, sx_buf_view(&from));
    bool failed = from.failed || k->b.failed;
    sx_buf_free(&from);
    if (failed) return sx_fail(SX_E_NOMEM, "no memory for the account");
    size_t n = k->b.n;
    char *text = sx_buf_detach(&k->b);
    if (!text) return sx_fail(SX_E_NOMEM, "no memory for the account");
    char *fit = realloc(text, n + 1);
    acc->text = fit ? fit : text;
    for (size_t i = 0; i < k->n; i++) *k->v[i].out = sx_slice_of(acc->text + k->v[i].at, k->v[i].n);
    return SX_OK;
}

static int read_peers(ua_account *acc, const ua_account_config *c) {
    if (!c->peer_count) return SX_OK;
    acc->peers = calloc(c->peer_count, sizeof *acc->peers);
    if (!acc->peers) return sx_fail(SX_E_NOMEM, "no memory for the peers");
    for (size_t i = 0; i < c->peer_count; i++) {
        if (!ua_net_parse(sx_slice_str(c->peers[i]), &acc->peers[i])) {
            return sx_fail(SX_E_ADDRESS, "not an address or network: %.60s", c->peers[i] ? c->peers[i] : "");
        }
    }
    acc->npeers = c->peer_count;
    return SX_OK;
}

static int read_secrets(ua_account *acc, const ua_account_config *c) {
    if (!c->password) return SX_OK;
    acc->auth = stack_auth_create();
    if (!acc->auth) return sx_fail(SX_E_NOMEM, "no memory for the credentials");
    sx_slice user = c->auth_user && *c->auth_user ? sx_slice_str(c->auth_user) : acc->user;
    if (!user.n) return SX_OK;
    return stack_auth_add(acc->auth, sx_slice_empty(), user, sx_slice_str(c->password), sx_slice_empty());
}

static int read_config(ua_account *acc, const ua_account_config *c) {
    block k = {.n = 0};
    sx_buf_init(&k.b);
    int rc = read_identity(acc, c, &k);
    if (rc == SX_OK) rc = read_rest(acc, c, &k);
    if (rc == SX_OK) rc = settle(acc, &k);
    sx_buf_free(&k.b);
    if (rc == SX_OK) rc = read_peers(acc, c);
    if (rc == SX_OK) rc = read_secrets(acc, c);
    if (rc != SX_OK) return rc;
    if (!c->codec_count) {
        acc->codecs = ua_codecs_ref(acc->agent->codecs);
        return SX_OK;
    }
    return ua_codecs_create(c->codecs, c->codec_count, &acc->codecs);
}

/* ---- where its server is ---- */

void ua_account_add_source(ua_account *acc, const net_addr *addr) {
    for (size_t i = 0; i < acc->nsources; i++) {
        if (net_addr_eq_host(&acc->sources[i], addr)) return;
    }
    if (!acc->sources && !(acc->sources = calloc(UA_MAX_SOURCES, sizeof *acc->sources))) return;
    if (acc->nsources == UA_MAX_SOURCES) { /* the oldest goes */
        memmove(acc->sources, acc->sources + 1, (UA_MAX_SOURCES - 1) * sizeof *acc->sources);
        acc->nsources--;
    }
    acc->sources[acc->nsources++] = *addr;
}

static void add_sources(ua_account *acc, const stack_targets *t) {
    for (size_t i = 0; i < t->n; i++) ua_account_add_source(acc, &t->v[i].addr);
}

static void server_resolved(void *ctx, const stack_targets *t) {
    ua_account *acc = ctx;
    acc->resolving[0] = NULL;
    add_sources(acc, t);
}

static void proxy_resolved(void *ctx, const stack_targets *t) {
    ua_account *acc = ctx;
    acc->resolving[1] = NULL;
    add_sources(acc, t);
}

/* Failures are no news here: REGISTER and calls resolve for themselves and say what went wrong. */
static void find_sources(ua_account *acc) {
    stack *s = acc->agent->stack;
    if (stack_resolve_start(s, acc->server, server_resolved, acc, &acc->resolving[0]) != SX_OK)
        acc->resolving[0] = NULL;
    if (!acc->proxy.n) return;
    sx_slice hop = sx_slice_of(acc->proxy.p + 1, acc->proxy.n - 2);
    if (stack_resolve_start(s, hop, proxy_resolved, acc, &acc->resolving[1]) != SX_OK) acc->resolving[1] = NULL;
}

/* ---- life ---- */

static void free_account(sx_grave *g) {
    ua_account *acc = SX_CONTAINER(g, ua_account, grave);
    stack_auth_unref(acc->auth);
    ua_codecs_unref(acc->codecs);
    free(acc->peers);
    free(acc->sources);
    free(acc->bound);
    free(acc->stale);
    free(acc->text);
    free(acc);
}

/* Takes it out of everything; what is left is memory. */
static void detach(ua_account *acc) {
    ua_agent *a = acc->agent;
    ua_register_stop(acc);
    for (int i = 0; i < 2; i++) {
        if (acc->resolving[i]) stack_resolve_cancel(acc->resolving[i]);
        acc->resolving[i] = NULL;
    }
    sx_timer_stop(a->wheel, &acc->timer);
    sx_runq_cancel(&acc->task);
    if (!sx_list_is_empty(&acc->node)) {
        sx_htab_remove(&a->by_contact, &acc->by_contact);
        sx_htab_remove(&a->by_user, &acc->by_user);
        sx_list_remove(&acc->node);
        a->naccounts--;
    }
}

static void account_task(sx_task *t) {
    ua_account *acc = SX_CONTAINER(t, ua_account, task);
    ua_agent *a = acc->agent;
    unsigned what = acc->pending;
    acc->pending = 0;
    if (what & UA_ACC_UNREGISTERED) {
        ua_event ev = ua_event_of(UA_EV_UNREGISTERED);
        ev.account = acc;
        ev.cause = UA_CAUSE_TERMINATED;
        ua_emit(a, &ev);
    }
    if ((what & UA_ACC_STEP) || acc->closing) ua_account_progress(acc);
    if (!(what & UA_ACC_CLOSED)) return;
    detach(acc);
    ua_event ev = ua_event_of(UA_EV_ACCOUNT_CLOSED);
    ev.account = acc;
    ua_emit(a, &ev);
    ua_message_orphan(a, acc, NULL);
    sx_runq_bury(a->runq, &acc->grave, free_account);
    ua_agent_progress(a);
}

void ua_account_progress(ua_account *acc) {
    if (!acc->closing || (acc->pending & UA_ACC_CLOSED)) return;
    if (acc->ncalls || acc->reg.state == REG_REMOVING) return;
    acc->pending |= UA_ACC_CLOSED;
    sx_runq_post(acc->agent->runq, &acc->task);
}

static void account_timer(sx_timer *t, uint64_t now) {
    ua_account *acc = SX_CONTAINER(t, ua_account, timer);
    reg_input in = {.type = REG_IN_TIMER, .random = sx_rand_u32()};
    (void)now;
    ua_register_step(acc, &in, false);
}

int ua_account_create(ua_agent *a, const ua_account_config *config, uint64_t id, ua_account **out) {
    if (!config->aor || !*config->aor) return sx_fail(SX_E_INVALID, "aor is required");
    if (a->shutting) return sx_fail(SX_E_CLOSED, "the agent is shutting down");
    ua_account *acc = calloc(1, sizeof *acc);
    if (!acc) return sx_fail(SX_E_NOMEM, "no memory for the account");
    acc->agent = a;
    acc->id = id;
    acc->auto_answer = config->auto_answer;
    acc->media_none = config->media_none;
    sx_list_init(&acc->node);
    sx_task_init(&acc->task, account_task);
    sx_timer_init(&acc->timer, account_timer);
    reg_init(&acc->reg, config->expires > 0 ? (uint32_t)config->expires : 600, (uint32_t)a->opt.register_min_retry_ms);
    sx_rand_token(acc->contact_user, UA_TOKEN);
    sx_rand_token(acc->call_id, sizeof acc->call_id - 1);
    acc->cseq = sx_rand_below(1000) + 1;
    int rc = read_config(acc, config);
    if (rc != SX_OK) {
        free_account(&acc->grave);
        return rc;
    }
    if (!sx_htab_insert(&a->by_contact, &acc->by_contact, sx_hash_of(sx_slice_of(acc->contact_user, UA_TOKEN)))) {
        free_account(&acc->grave);
        return sx_fail(SX_E_NOMEM, "no memory for the account");
    }
    if (!sx_htab_insert(&a->by_user, &acc->by_user, sx_hash_of(acc->user))) {
        sx_htab_remove(&a->by_contact, &acc->by_contact);
        free_account(&acc->grave);
        return sx_fail(SX_E_NOMEM, "no memory for the account");
    }
    sx_list_append(&a->accounts, &acc->node);
    a->naccounts++;
    find_sources(acc);
    *out = acc;
    return SX_OK;
}

uint64_t ua_account_id(const ua_account *acc) { return acc->id; }

int ua_account_register(ua_account *acc) {
    if (acc->closing || acc->agent->shutting) return sx_fail(SX_E_STATE, "the account is being closed");
    reg_input in = {.type = REG_IN_REGISTER, .random = sx_rand_u32()};
    return ua_register_step(acc, &in, true);
}

int ua_account_unregister(ua_account *acc, bool all) {
    if (acc->closing) return sx_fail(SX_E_STATE, "the account is being closed");
    reg_input in = {.type = REG_IN_UNREGISTER, .all = all};
    return ua_register_step(acc, &in, true);
}

int ua_account_set_token(ua_account *acc, const char *token) {
    (void)acc;
    return token ? sx_fail(SX_E_UNSUPPORTED, "bearer tokens are not supported") : SX_OK;
}

int ua_account_close(ua_account *acc) {
    if (acc->closing) return SX_OK;
    if (acc->reg.granted || acc->reg.state == REG_TRYING) {
        reg_input in = {.type = REG_IN_UNREGISTER};
        ua_register_step(acc, &in, true);
    } else if (acc->reg.state != REG_REMOVING) {
        ua_register_stop(acc);
    }
    acc->closing = true;
    SX_LIST_EACH(it, tmp, &acc->agent->calls) {
        ua_call *call = ua_call_of_node(it);
        if (ua_call_account(call) == acc) ua_call_hangup(call, NULL);
    }
    acc->pending |= UA_ACC_STEP;
    sx_runq_post(acc->agent->runq, &acc->task);
    return SX_OK;
}

void ua_account_destroy_all(ua_agent *a) {
    for (sx_list *n; (n = sx_list_first(&a->accounts)) != NULL;) {
        ua_account *acc = SX_CONTAINER(n, ua_account, node);
        acc->request = NULL; /* died with the stack */
        acc->held = false;
        acc->resolving[0] = acc->resolving[1] = NULL;
        detach(acc);
        sx_runq_bury(a->runq, &acc->grave, free_account);
    }
}

/* ---- which way its requests go ---- */

/* Is this URI in the account's own domain? */
static bool is_own_domain(const ua_account *acc, sx_slice uri) {
    sip_uri u;
    return sip_uri_parse(uri, &u) == SX_OK && sx_ieq(u.host, acc->host);
}

void ua_way_of(ua_agent *a, ua_account *acc, sx_slice uri, ua_way *out) {
    memset(out, 0, sizeof *out);
    out->contact.user = sx_slice_of(acc ? acc->contact_user : a->contact_user, UA_TOKEN);
    if (!acc) return;
    out->contact.secure = acc->secure;
    out->contact.host = acc->advertise_host;
    out->contact.port = acc->advertise_port;
    out->auth = acc->auth;
    bool own = is_own_domain(acc, uri);
    if (acc->proxy.n) {
        out->routes[0] = acc->proxy;
        out->nroutes = 1;
    } else if (own && acc->explicit_server) {
        out->next_hop = acc->server;
    }
    if (acc->reg.granted && acc->flow.id && (acc->proxy.n || own)) out->prefer = acc->flow;
}
