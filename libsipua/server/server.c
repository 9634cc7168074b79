#include "server/internal.h"

#include "base/error.h"
#include "base/rand.h"
#include "net/loop.h"
#include "sip/host.h"
#include "stack/transport.h"

#include <stdio.h>
#include <stdlib.h>

static void on_stack(void *ctx, const stack_event *ev);

uint64_t srv_now(const srv_server *s) { return net_loop_now(stack_loop(s->stack)); }

/* ---- users ---- */

static sx_slice plain_user(sx_buf *b, sx_slice user) {
    sip_unescape(b, user);
    return b->failed ? sx_slice_empty() : sx_buf_view(b);
}

static srv_account *find_plain(srv_server *s, sx_slice name) {
    for (sx_hnode *n = sx_htab_first(&s->accounts, sx_hash_of(name)); n; n = sx_htab_next(n)) {
        srv_account *a = SX_CONTAINER(n, srv_account, node);
        if (sx_eq(sx_slice_str(a->name), name)) return a;
    }
    return NULL;
}

srv_account *srv_account_find(srv_server *s, sx_slice name) {
    if (sx_find(name, '%') < 0) return find_plain(s, name);
    sx_buf b;
    sx_buf_init(&b);
    srv_account *a = find_plain(s, plain_user(&b, name));
    sx_buf_free(&b);
    return a;
}

static void account_free(srv_account *a) {
    while (!sx_list_is_empty(&a->bindings)) srv_binding_free(SX_CONTAINER(a->bindings.next, srv_binding, node));
    free(a->name);
    if (a->password) explicit_bzero(a->password, strlen(a->password));
    free(a->password);
    free(a);
}

static int account_add(srv_server *s, const char *name, const char *password) {
    srv_account *a = calloc(1, sizeof *a);
    if (!a) return sx_fail(SX_E_NOMEM, "no memory for a user");
    sx_list_init(&a->bindings);
    a->server = s;
    a->name = strdup(name);
    a->password = strdup(password);
    if (!a->name || !a->password || !sx_htab_insert(&s->accounts, &a->node, sx_hash_of(sx_slice_str(name)))) {
        account_free(a);
        return sx_fail(SX_E_NOMEM, "no memory for a user");
    }
    return SX_OK;
}

int srv_server_set_user(srv_server *s, const char *name, const char *password) {
    if (!name || !*name) return sx_fail(SX_E_INVALID, "a user needs a name");
    srv_account *a = find_plain(s, sx_slice_str(name));
    if (!password) {
        if (!a) return sx_fail(SX_E_NOT_FOUND, "there is no user %s", name);
        srv_bindings_clear(a, NULL);
        sx_htab_remove(&s->accounts, &a->node);
        account_free(a);
        return SX_OK;
    }
    if (!a) return account_add(s, name, password);
    char *copy = strdup(password);
    if (!copy) return sx_fail(SX_E_NOMEM, "no memory for a password");
    explicit_bzero(a->password, strlen(a->password));
    free(a->password);
    a->password = copy;
    return SX_OK;
}

/* ---- listeners ---- */

static bool is_our_port(srv_server *s, uint16_t port) {
    if (!port) return true;
    SX_LIST_EACH(it, tmp, &s->listeners) {
        const srv_listener *l = SX_CONTAINER(it, srv_listener, node);
        if (!l->listener) continue;
        net_addr local = stack_listener_address(l->listener);
        if (net_addr_port(&local) == port) return true;
    }
    return false;
}

static uint16_t port_of(const sip_uri *u) {
    sx_slice value;
    bool sips = u->scheme == SIP_SCHEME_SIPS;
    if (u->port) return u->port;
    stack_transport t = STACK_ANY;
    if (sip_uri_param(u, SX_LIT("transport"), &value)) t = stack_transport_parse(value);
    if (sips) t = stack_is_ws(t) ? STACK_WSS : STACK_TLS;
    return stack_default_port(t);
}

/* The realm may be an address that others have ports at, too. */
bool srv_is_here(srv_server *s, const sip_uri *u) {
    if (u->scheme != SIP_SCHEME_SIP && u->scheme != SIP_SCHEME_SIPS) return false;
    if (stack_is_own(s->stack, STACK_ROLE_SERVER, u->host, port_of(u))) return true;
    return s->realm && sip_host_eq(u->host, sx_slice_str(s->realm)) && is_our_port(s, u->port);
}

/* "udp:HOST:PORT" */
static int read_address(const char *address, stack_listen_params *p) {
    sx_slice rest, name = sx_split(sx_slice_str(address), ':', &rest);
    p->transport = stack_transport_parse(name);
    if (p->transport == STACK_ANY || !rest.p)
        return sx_fail(SX_E_ADDRESS, "%s: want TRANSPORT:HOST:PORT with udp, tcp, tls, ws or wss", address);
    if (!net_addr_parse(&p->addr, rest, 0)) return sx_fail(SX_E_ADDRESS, "%s: not a numeric address and port", address);
    return SX_OK;
}

/* "HOST", "HOST:PORT" or "[v6]:PORT" into the caller's bytes. */
static int read_advertise(const char *advertise, char *host, size_t cap, stack_listen_params *p) {
    if (!advertise) return SX_OK;
    const char *colon = strrchr(advertise, ':');
    if (colon && strchr(colon, ']')) colon = NULL;                                   /* [v6] alone */
    if (colon && strchr(advertise, ':') != colon && *advertise != '[') colon = NULL; /* v6 without brackets */
    size_t n = colon ? (size_t)(colon - advertise) : strlen(advertise);
    uint64_t port = 0;
    if (n == 0 || n >= cap || (colon && !sx_to_u64(sx_slice_str(colon + 1), 65535, &port)))
        return sx_fail(SX_E_ADDRESS, "%s: want HOST or HOST:PORT to advertise", advertise);
    memcpy(host, advertise, n);
    host[n] = 0;
    p->advertise_host = host;
    p->advertise_port = (uint16_t)port;
    return SX_OK;
}

/* What users and clients see of a server that was given no name: where it says that it is. 0.0.0.0 is nowhere. */
static void adopt_realm(srv_server *s, const stack_listen_params *p, const stack_listener *l) {
    if (s->realm) return;
    net_addr local = stack_listener_address(l);
    sx_buf b;
    sx_buf_init(&b);
    if (p->advertise_host)
        sx_buf_str(&b, p->advertise_host);
    else if (net_addr_is_any(&local))
        SX_BUF_LIT(&b, "localhost");
    else
        net_addr_write_host(&local, &b);
    s->realm = sx_buf_detach(&b);
}

static void tell_listener_closed(sx_task *t) {
    srv_listener *l = SX_CONTAINER(t, srv_listener, closed);
    srv_event ev = {.type = SRV_EV_LISTENER_CLOSED,
                    .server = l->server,
                    .id = l->server->id,
                    .listener_id = l->id,
                    .code = l->code,
                    .text = l->text};
    sx_list_remove(&l->node);
    l->server->sink(l->server->ctx, &ev);
    free(l);
}

void srv_listener_close(srv_listener *l) {
    if (!l || !l->listener) return;
    stack_listener_destroy(l->listener);
    l->listener = NULL;
    sx_runq_post(l->server->runq, &l->closed);
}

int srv_listener_create(srv_server *s, const char *address, const char *advertise, uint64_t id, srv_listener **out) {
    return srv_listener_open(s, address, advertise, NULL, id, out);
}

int srv_listener_open(srv_server *s, const char *address, const char *advertise, const stack_listen_params *more,
                      uint64_t id, srv_listener **out) {
    char host[256];
    stack_listen_params p;
    memset(&p, 0, sizeof p);
    if (more) p = *more;
    p.role = STACK_ROLE_SERVER;
    int rc = read_address(address, &p);
    if (rc >= 0) rc = read_advertise(advertise, host, sizeof host, &p);
    if (rc < 0) return rc;
    if (s->closing) return sx_fail(SX_E_STATE, "the server is being closed");
    srv_listener *l = calloc(1, sizeof *l);
    if (!l) return sx_fail(SX_E_NOMEM, "no memory for a listener");
    l->server = s;
    l->id = id;
    sx_list_init(&l->node);
    sx_task_init(&l->closed, tell_listener_closed);
    p.sink.fn = on_stack;
    p.sink.ctx = s;
    p.user = l;
    rc = stack_listen(s->stack, &p, &l->listener);
    if (rc < 0) {
        free(l);
        return rc;
    }
    sx_list_append(&s->listeners, &l->node);
    adopt_realm(s, &p, l->listener);
    *out = l;
    return SX_OK;
}

static void tell_listening(srv_server *s, const srv_listener *l, const stack_event *ev) {
    char room[NET_ADDR_TEXT];
    sx_buf host;
    sx_buf_init_fixed(&host, room, sizeof room);
    net_addr_write_host(&ev->local, &host);
    srv_event out = {.type = SRV_EV_LISTENING,
                     .server = s,
                     .id = s->id,
                     .listener_id = l->id,
                     .text = "",
                     .transport = ev->transport,
                     .local = ev->local,
                     .host = sx_buf_view(&host),
                     .port = net_addr_port(&ev->local)};
    s->sink(s->ctx, &out);
}

static void on_stack(void *ctx, const stack_event *ev) {
    srv_server *s = ctx;
    srv_listener *l = ev->user;
    if (ev->type == STACK_EV_LISTENING) {
        tell_listening(s, l, ev);
    } else if (ev->type == STACK_EV_LISTENER_FAILED) {
        l->code = ev->code;
        snprintf(l->text, sizeof l->text, "%s", ev->text);
        srv_listener_close(l);
    } else if (ev->type == STACK_EV_REQUEST) {
        srv_request(s, ev);
    }
}

/* ---- life ---- */

static void server_free(srv_server *s) {
    srv_forks_drop(s);
    for (sx_hnode *n; (n = sx_htab_any(&s->accounts));) {
        sx_htab_remove(&s->accounts, n);
        account_free(SX_CONTAINER(n, srv_account, node));
    }
    srv_notices_drop(s);
    sx_htab_free(&s->accounts);
    srv_nonces_clear(s);
    explicit_bzero(s->nonce_key, sizeof s->nonce_key);
    free(s->realm);
    free(s);
}

static void tell_closed(sx_task *t) {
    srv_server *s = SX_CONTAINER(t, srv_server, closed);
    srv_event ev = {.type = SRV_EV_CLOSED, .server = s, .id = s->id, .text = ""};
    s->sink(s->ctx, &ev);
    server_free(s);
}

/* Accepted connections outlive their listener: those that registered over them shall know that it is over. */
static void hang_up(srv_server *s) {
    SX_HTAB_EACH(n, next, &s->accounts) {
        srv_account *a = SX_CONTAINER(n, srv_account, node);
        SX_LIST_EACH(it, tmp, &a->bindings) stack_flow_close(s->stack, &SX_CONTAINER(it, srv_binding, node)->flow);
    }
}

void srv_server_close(srv_server *s) {
    if (s->closing) return;
    s->closing = true;
    srv_forks_drop(s);
    hang_up(s);
    SX_LIST_EACH(it, tmp, &s->listeners) srv_listener_close(SX_CONTAINER(it, srv_listener, node));
    sx_runq_post(s->runq, &s->closed); /* behind the listeners' own last words */
}

void srv_server_destroy(srv_server *s) {
    if (!s) return;
    sx_runq_cancel(&s->closed);
    for (sx_list *it; (it = sx_list_pop(&s->listeners));) {
        srv_listener *l = SX_CONTAINER(it, srv_listener, node);
        if (l->listener) stack_listener_destroy(l->listener);
        sx_runq_cancel(&l->closed);
        free(l);
    }
    server_free(s);
}

static int check_config(const srv_config *c) {
    if (c->min_expires < 0 || c->max_expires < 0 || (c->max_expires && c->min_expires > c->max_expires))
        return sx_fail(SX_E_INVALID, "min_expires %d and max_expires %d contradict each other", c->min_expires,
                       c->max_expires);
    for (size_t i = 0; i < c->user_count; i++)
        if (!c->users[i].name || !*c->users[i].name || !c->users[i].password)
            return sx_fail(SX_E_INVALID, "user %zu has no name or no password", i);
    return SX_OK;
}

int srv_server_create(stack *st, const srv_config *c, uint64_t id, srv_sink sink, void *ctx, srv_server **out) {
    int rc = check_config(c);
    if (rc < 0) return rc;
    srv_server *s = calloc(1, sizeof *s);
    if (!s) return sx_fail(SX_E_NOMEM, "no memory for a server");
    s->stack = st;
    s->runq = net_loop_runq(stack_loop(st));
    s->wheel = net_loop_wheel(stack_loop(st));
    s->log = c->log;
    s->id = id;
    s->sink = sink;
    s->ctx = ctx;
    s->mode = c->mode;
    s->min_expires = c->min_expires ? (uint32_t)c->min_expires : 1;
    s->max_expires = c->max_expires ? (uint32_t)c->max_expires : s->min_expires > 3600 ? s->min_expires : 3600;
    s->challenge_calls = c->challenge_calls;
    s->record_route = c->record_route;
    sx_rand_bytes(s->nonce_key, sizeof s->nonce_key);
    sx_htab_init(&s->accounts);
    sx_htab_init(&s->nonces);
    sx_list_init(&s->nonces_by_age);
    sx_list_init(&s->domains);
    sx_list_init(&s->listeners);
    sx_list_init(&s->forks);
    sx_list_init(&s->notices);
    sx_task_init(&s->closed, tell_closed);
    if (c->realm && !(s->realm = strdup(c->realm))) rc = sx_fail(SX_E_NOMEM, "no memory for a server");
    for (size_t i = 0; rc >= 0 && i < c->user_count; i++)
        rc = srv_server_set_user(s, c->users[i].name, c->users[i].password);
    if (rc < 0) {
        server_free(s);
        return rc;
    }
    *out = s;
    return SX_OK;
}
