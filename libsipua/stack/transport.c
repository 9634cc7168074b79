/* Listeners, and our own name on a flow. */
#include "stack/transport.h"

#include <ifaddrs.h>
#include <stdlib.h>

#include "stack/internal.h"

#define SX_MODULE "transport"

uint64_t stack_flow_hash(const stack_flow *f) {
    uint64_t h = sx_hash_mix(sx_hash_seed(), &f->id, sizeof f->id);
    return f->transport == STACK_UDP ? h ^ net_addr_hash(&f->remote) : h;
}

bool stack_path_add(stack *s, stack_path *p, stack_path_kind kind) {
    p->id = ++s->next_id;
    p->kind = kind;
    return sx_htab_insert(&s->paths, &p->by_id, sx_hash_mix(sx_hash_seed(), &p->id, sizeof p->id));
}

stack_path *stack_path_find(stack *s, uint64_t id) {
    if (!id) return NULL;
    for (sx_hnode *n = sx_htab_first(&s->paths, sx_hash_mix(sx_hash_seed(), &id, sizeof id)); n; n = sx_htab_next(n)) {
        stack_path *p = SX_CONTAINER(n, stack_path, by_id);
        if (p->id == id) return p;
    }
    return NULL;
}

stack_listener *stack_listener_find(stack *s, uint64_t id) {
    stack_path *p = stack_path_find(s, id);
    return p && p->kind == STACK_PATH_LISTENER ? SX_CONTAINER(p, stack_listener, path) : NULL;
}

static void listener_failed(stack_listener *l, int code, const char *text) {
    stack_event ev = stack_event_of(STACK_EV_LISTENER_FAILED);
    ev.listener = l;
    ev.transport = l->transport;
    ev.role = l->role;
    ev.local = l->local;
    ev.code = code;
    ev.text = text;
    stack_post(l->s, &l->owner, &ev, NULL, NULL);
}

static void on_udp(void *ctx, const net_event *ev) {
    stack_listener *l = ctx;
    stack_rx rx;
    switch (ev->type) {
    case NET_DATAGRAM:
        rx.flow.id = l->path.id;
        rx.flow.transport = STACK_UDP;
        rx.flow.remote = *ev->from;
        rx.local = ev->local ? *ev->local : l->local;
        rx.role = l->role;
        rx.listener = l;
        stack_receive(l->s, &rx, ev->bytes);
        break;
    case NET_SEND_ERROR:
        l->s->stats.send_failures++;
        if (!ev->from || !net_addr_is_set(ev->from)) break;
        rx.flow.id = l->path.id;
        rx.flow.transport = STACK_UDP;
        rx.flow.remote = *ev->from;
        stack_ctx_lost(l->s, &rx.flow, false, ev->code, ev->text);
        break;
    case NET_CLOSED: listener_failed(l, ev->code, ev->text); break;
    default: break;
    }
}

static void on_tcp(void *ctx, const net_event *ev) {
    stack_listener *l = ctx;
    if (ev->type == NET_ACCEPTED) stack_conn_accept(l, ev);
    if (ev->type == NET_CLOSED) listener_failed(l, ev->code, ev->text);
}

static void free_listener(sx_grave *g) {
    stack_listener *l = SX_CONTAINER(g, stack_listener, grave);
    free(l->advertise_host);
    free(l);
}

static int open_listener(stack_listener *l, const net_addr *addr) {
    net_tcp_options tcp;
    memset(&tcp, 0, sizeof tcp);
    tcp.max_conns = l->s->cfg.max_connections;
    int rc = l->transport == STACK_UDP ? net_udp_open(l->s->loop, addr, NULL, on_udp, l, &l->udp)
                                       : net_listener_open(l->s->loop, addr, &tcp, on_tcp, l, &l->tcp);
    if (rc != SX_OK) return rc;
    l->local = l->udp ? *net_udp_local(l->udp) : *net_listener_local(l->tcp);
    return SX_OK;
}

int stack_listen(stack *s, const stack_listen_params *p, stack_listener **out) {
    if (p->transport != STACK_UDP && p->transport != STACK_TCP)
        return sx_fail(SX_E_UNSUPPORTED, "no listener for that transport");
    if (!net_addr_is_set(&p->addr)) return sx_fail(SX_E_ADDRESS, "no address to listen on");
    sx_slice adv = sx_slice_str(p->advertise_host);
    if (adv.n && sip_host_kind_of(adv) == SIP_HOST_NONE)
        return sx_fail(SX_E_ADDRESS, "not a host: %s", p->advertise_host);
    stack_listener *l = calloc(1, sizeof *l);
    if (!l) return sx_fail(SX_E_NOMEM, "no memory for a listener");
    l->s = s;
    l->transport = p->transport;
    l->role = p->role;
    l->advertise_port = p->advertise_port;
    stack_owner_init(&l->owner, p->sink, p->user);
    sx_list_init(&l->link);
    int rc = SX_OK;
    if (adv.n) {
        bool v6 = sip_host_kind_of(adv) == SIP_HOST_IPV6 && adv.p[0] != '[';
        l->advertise_host = malloc(adv.n + 3);
        if (!l->advertise_host)
            rc = sx_fail(SX_E_NOMEM, "no memory for a listener");
        else {
            memcpy(l->advertise_host + v6, adv.p, adv.n);
            if (v6) l->advertise_host[0] = '[', l->advertise_host[adv.n + 1] = ']';
            l->advertise_host[adv.n + 2 * (size_t)v6] = 0;
        }
    }
    if (rc == SX_OK) rc = open_listener(l, &p->addr);
    if (rc == SX_OK && !stack_path_add(s, &l->path, STACK_PATH_LISTENER))
        rc = sx_fail(SX_E_NOMEM, "no memory for a listener");
    if (rc != SX_OK) {
        net_udp_close(l->udp);
        net_listener_close(l->tcp);
        free_listener(&l->grave);
        return rc;
    }
    sx_list_append(&s->listeners, &l->link);
    stack_event ev = stack_event_of(STACK_EV_LISTENING);
    ev.listener = l;
    ev.transport = l->transport;
    ev.role = l->role;
    ev.local = l->local;
    stack_post(s, &l->owner, &ev, NULL, NULL);
    *out = l;
    return SX_OK;
}

int stack_listener_rebind(stack_listener *l, const net_addr *addr) {
    net_udp *udp = l->udp;
    net_listener *tcp = l->tcp;
    l->udp = NULL;
    l->tcp = NULL;
    int rc = open_listener(l, addr);
    if (rc != SX_OK) {
        l->udp = udp;
        l->tcp = tcp;
        return rc;
    }
    net_udp_close(udp);
    net_listener_close(tcp);
    return SX_OK;
}

void stack_listener_destroy(stack_listener *l) {
    if (!l) return;
    stack *s = l->s;
    stack_owner_drop(&l->owner);
    sx_list_remove(&l->link);
    sx_htab_remove(&s->paths, &l->path.by_id);
    net_udp_close(l->udp);
    net_listener_close(l->tcp);
    if (l->transport == STACK_UDP) stack_peer_gone(s, l->path.id);
    stack_bury(s, &l->grave, free_listener);
}

void stack_close_listeners(stack *s) {
    sx_list *n;
    while ((n = sx_list_first(&s->listeners)) != NULL) stack_listener_destroy(SX_CONTAINER(n, stack_listener, link));
}

net_addr stack_listener_address(const stack_listener *l) { return l->local; }

stack_role stack_listener_role(const stack_listener *l) { return l->role; }

stack_transport stack_listener_transport(const stack_listener *l) { return l->transport; }

static stack_listener *first_listener(stack *s, stack_transport t, stack_role role, bool v6) {
    SX_LIST_EACH(n, tmp, &s->listeners) {
        stack_listener *l = SX_CONTAINER(n, stack_listener, link);
        if (l->transport == t && l->role == role && net_addr_is_v6(&l->local) == v6) return l;
    }
    return NULL;
}

stack_listener *stack_pick_udp(stack *s, stack_role role, bool v6) {
    stack_listener *l = first_listener(s, STACK_UDP, role, v6);
    if (l) return l;
    stack_listen_params p;
    memset(&p, 0, sizeof p);
    p.transport = STACK_UDP;
    p.addr = net_addr_any(v6 ? NET_V6 : NET_V4, 0);
    p.role = role;
    return stack_listen(s, &p, &l) == SX_OK ? l : NULL;
}

/* ---- our name ---- */

net_addr stack_source_for(stack *s, const net_addr *remote) {
    net_addr to = *remote;
    net_addr_set_port(&to, 0);
    stack_source *slot = &s->sources[net_addr_hash(&to) % STACK_SOURCE_SLOTS];
    uint64_t now = stack_now(s);
    if (slot->until > now && net_addr_eq(&slot->to, &to)) return slot->from;
    net_addr from = net_addr_none();
    if (net_addr_source_for(remote, &from) != SX_OK) from = net_addr_none();
    slot->to = to;
    slot->from = from;
    slot->until = now + 5000; /* routes change rarely, but they do */
    return from;
}

static int put_addr(stack_sentby *out, const net_addr *host, uint16_t port) {
    if (!net_addr_is_set(host)) return sx_fail(SX_E_TRANSPORT, "no route to the peer");
    sx_buf b;
    sx_buf_init_fixed(&b, out->host, sizeof out->host);
    net_addr_write_uri_host(host, &b);
    sx_buf_char(&b, 0);
    out->port = port;
    return b.failed ? SX_E_ADDRESS : SX_OK;
}

static int put_text(stack_sentby *out, const char *host, uint16_t port) {
    size_t n = strlen(host);
    if (n >= sizeof out->host) return sx_fail(SX_E_ADDRESS, "the host name is too long");
    memcpy(out->host, host, n + 1);
    out->port = port;
    return SX_OK;
}

static int listener_name(stack *s, const stack_listener *l, const net_addr *remote, const net_addr *seen_local,
                         stack_sentby *out) {
    uint16_t port = l->advertise_port ? l->advertise_port : net_addr_port(&l->local);
    if (l->advertise_host) return put_text(out, l->advertise_host, port);
    if (!net_addr_is_any(&l->local)) return put_addr(out, &l->local, port);
    net_addr from = seen_local ? *seen_local : stack_source_for(s, remote);
    return put_addr(out, &from, port);
}

int stack_flow_sentby(stack *s, const stack_flow *f, stack_role role, stack_sentby *out) {
    stack_path *p = stack_path_find(s, f->id);
    if (!p) return sx_fail(SX_E_TRANSPORT, "the flow is gone");
    if (p->kind == STACK_PATH_LISTENER)
        return listener_name(s, SX_CONTAINER(p, stack_listener, path), &f->remote, NULL, out);
    stack_conn *c = SX_CONTAINER(p, stack_conn, path);
    /* Where there is a listener, answers find us there when the connection breaks (RFC 3261 18.1.1). */
    stack_listener *l = c->listener_id ? stack_listener_find(s, c->listener_id) : NULL;
    if (!l) l = first_listener(s, STACK_TCP, role, net_addr_is_v6(&c->remote));
    if (l) return listener_name(s, l, &c->remote, &c->local, out);
    return put_addr(out, &c->local, net_addr_port(&c->local));
}

static bool is_advertised(stack *s, const stack_flow *f, stack_role role) {
    stack_path *p = stack_path_find(s, f->id);
    stack_listener *l = NULL;
    if (p && p->kind == STACK_PATH_LISTENER)
        l = SX_CONTAINER(p, stack_listener, path);
    else if (p) {
        stack_conn *c = SX_CONTAINER(p, stack_conn, path);
        l = c->listener_id ? stack_listener_find(s, c->listener_id)
                           : first_listener(s, STACK_TCP, role, net_addr_is_v6(&c->remote));
    }
    return l && l->advertise_host;
}

int stack_contact_host(stack *s, const stack_flow *f, stack_role role, const stack_contact *c, stack_sentby *out) {
    int rc = stack_flow_sentby(s, f, role, out);
    if (rc != SX_OK) return rc;
    if (!is_advertised(s, f, role) && !(c && c->fixed)) {
        stack_peer *peer = stack_peer_find(s, f);
        if (peer && net_addr_is_set(&peer->learned)) rc = put_addr(out, &peer->learned, net_addr_port(&peer->learned));
    }
    if (rc == SX_OK && c && c->host.n) {
        if (c->host.n >= sizeof out->host) return sx_fail(SX_E_ADDRESS, "the host name is too long");
        memcpy(out->host, c->host.p, c->host.n);
        out->host[c->host.n] = 0;
    }
    if (c && c->port) out->port = c->port;
    return rc;
}

int stack_contact_write(stack *s, const stack_flow *f, stack_role role, const stack_contact *c, sx_buf *out) {
    stack_sentby by;
    if (c->uri.n) {
        sx_buf_char(out, '<');
        sx_buf_slice(out, c->uri);
        sx_buf_char(out, '>');
        sx_buf_slice(out, c->params);
        return SX_OK;
    }
    int rc = stack_contact_host(s, f, role, c, &by);
    if (rc != SX_OK) return rc;
    sx_buf_str(out, c->secure ? "<sips:" : "<sip:");
    if (c->user.n) {
        sx_buf_slice(out, c->user);
        sx_buf_char(out, '@');
    }
    sx_buf_str(out, by.host);
    if (by.port) {
        sx_buf_char(out, ':');
        sx_buf_u64(out, by.port);
    }
    if (f->transport == STACK_TCP) SX_BUF_LIT(out, ";transport=tcp");
    sx_buf_slice(out, c->uri_params);
    sx_buf_char(out, '>');
    sx_buf_slice(out, c->params);
    return SX_OK;
}

int stack_flow_contact(stack *s, const stack_flow *f, char *host, size_t cap, uint16_t *port) {
    stack_sentby by;
    stack_path *p = stack_path_find(s, f->id);
    stack_role role = STACK_ROLE_UA;
    if (p)
        role = p->kind == STACK_PATH_LISTENER ? SX_CONTAINER(p, stack_listener, path)->role
                                              : SX_CONTAINER(p, stack_conn, path)->role;
    int rc = stack_contact_host(s, f, role, NULL, &by);
    if (rc != SX_OK) return rc;
    size_t n = strlen(by.host);
    if (n >= cap) return sx_fail(SX_E_INVALID, "the buffer is too small");
    memcpy(host, by.host, n + 1);
    *port = by.port;
    return SX_OK;
}

static bool host_is_local(const net_addr *host) {
    if (net_addr_is_loopback(host)) return true;
    struct ifaddrs *all = NULL;
    bool found = false;
    if (getifaddrs(&all) != 0) return false;
    for (struct ifaddrs *i = all; i && !found; i = i->ifa_next) {
        net_addr a;
        socklen_t n = i->ifa_addr && i->ifa_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                                        : sizeof(struct sockaddr_in);
        if (i->ifa_addr && net_addr_from_sockaddr(&a, i->ifa_addr, n)) found = net_addr_eq_host(&a, host);
    }
    freeifaddrs(all);
    return found;
}

bool stack_is_own(stack *s, stack_role role, sx_slice host, uint16_t port) {
    net_addr a;
    bool numeric = net_addr_parse_host(&a, host, 0);
    if (!port) port = 5060;
    SX_LIST_EACH(n, tmp, &s->listeners) {
        stack_listener *l = SX_CONTAINER(n, stack_listener, link);
        if (l->role != role) continue;
        uint16_t real = net_addr_port(&l->local);
        if (l->advertise_host && port == (l->advertise_port ? l->advertise_port : real)) {
            sx_slice adv = sx_slice_str(l->advertise_host);
            net_addr b;
            if (sx_ieq(adv, host) || (numeric && net_addr_parse_host(&b, adv, 0) && net_addr_eq_host(&a, &b)))
                return true;
        }
        if (!numeric || port != real) continue;
        if (net_addr_is_any(&l->local) ? host_is_local(&a) : net_addr_eq_host(&a, &l->local)) return true;
    }
    return false;
}

static const struct {
    const char *name, *param, *via;
} names[] = {{"any", "", "UDP"},    {"udp", "udp", "UDP"}, {"tcp", "tcp", "TCP"},
             {"tls", "tls", "TLS"}, {"ws", "ws", "WS"},    {"wss", "ws", "WSS"}};

static size_t index_of(stack_transport t) { return (unsigned)t < sizeof names / sizeof *names ? (unsigned)t : 0; }

const char *stack_transport_name(stack_transport t) { return names[index_of(t)].name; }

const char *stack_transport_param(stack_transport t) { return names[index_of(t)].param; }

const char *stack_transport_via(stack_transport t) { return names[index_of(t)].via; }

stack_transport stack_transport_parse(sx_slice name) {
    for (size_t i = 1; i < sizeof names / sizeof *names; i++)
        if (sx_ieq(name, sx_slice_str(names[i].name))) return (stack_transport)i;
    return STACK_ANY;
}
