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

void stack_listener_report(stack_listener *l, stack_event_type type, int code, const char *text) {
    stack_event ev = stack_event_of(type);
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
        if (stack_stun_receive(l, ev->from, ev->bytes)) break;
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
    case NET_CLOSED: stack_listener_report(l, STACK_EV_LISTENER_FAILED, ev->code, ev->text); break;
    default: break;
    }
}

static void on_stream(void *ctx, const net_event *ev) {
    stack_listener *l = ctx;
    stack *s = l->s;
    char from[NET_ADDR_TEXT];
    switch (ev->type) {
    case NET_ACCEPTED: stack_conn_accept(l, ev); break;
    case NET_CLOSED: stack_listener_report(l, STACK_EV_LISTENER_FAILED, ev->code, ev->text); break;
    case NET_REFUSED:
        s->stats.handshakes_failed++;
        SX_LOG(s->log, SX_LOG_INFO, "TLS with %s failed: %s", ev->from ? net_addr_text(ev->from, from) : "?", ev->text);
        break;
    default: break;
    }
}

static void free_listener(sx_grave *g) {
    stack_listener *l = SX_CONTAINER(g, stack_listener, grave);
    for (size_t i = 0; i < l->norigins; i++) free(l->origins[i]);
    free(l->origins);
    free(l->ws_path);
    free(l->advertise_host);
    net_tls_unref(l->tls);
    free(l);
}

static int open_listener(stack_listener *l, const net_addr *addr) {
    const stack_config *cfg = &l->s->cfg;
    net_tcp_options tcp;
    memset(&tcp, 0, sizeof tcp);
    tcp.max_conns = cfg->max_connections;
    tcp.queue_max = cfg->conn_queue_bytes;
    tcp.handshake_ms = cfg->handshake_ms;
    tcp.tls = l->tls;
    if (l->transport == STACK_WSS) tcp.alpn = "http/1.1";
    int rc = l->transport == STACK_UDP ? net_udp_open(l->s->loop, addr, NULL, on_udp, l, &l->udp)
                                       : net_listener_open(l->s->loop, addr, &tcp, on_stream, l, &l->tcp);
    if (rc != SX_OK) return rc;
    l->local = l->udp ? *net_udp_local(l->udp) : *net_listener_local(l->tcp);
    return SX_OK;
}

static int check_params(const stack_listen_params *p) {
    net_addr adv;
    if (p->transport < STACK_UDP || p->transport > STACK_WSS) return sx_fail(SX_E_INVALID, "no such transport");
    if (!net_addr_is_set(&p->addr)) return sx_fail(SX_E_ADDRESS, "no address to listen on");
    if (stack_is_secure(p->transport) && !p->tls)
        return sx_fail(SX_E_INVALID, "a %s listener needs a certificate", stack_transport_name(p->transport));
    sx_slice host = sx_slice_str(p->advertise_host);
    if (!host.n) return SX_OK;
    if (sip_host_kind_of(host) == SIP_HOST_NONE) return sx_fail(SX_E_ADDRESS, "not a host: %s", p->advertise_host);
    if (net_addr_parse_host(&adv, host, 0) && net_addr_is_any(&adv))
        return sx_fail(SX_E_ADDRESS, "nobody can be reached at %s", p->advertise_host);
    return SX_OK;
}

static bool take_advertised(stack_listener *l, sx_slice adv) {
    if (!adv.n) return true;
    bool v6 = sip_host_kind_of(adv) == SIP_HOST_IPV6 && adv.p[0] != '[';
    l->advertise_host = malloc(adv.n + 3);
    if (!l->advertise_host) return false;
    memcpy(l->advertise_host + v6, adv.p, adv.n);
    if (v6) l->advertise_host[0] = '[', l->advertise_host[adv.n + 1] = ']';
    l->advertise_host[adv.n + 2 * (size_t)v6] = 0;
    return true;
}

static bool take_ws(stack_listener *l, const stack_listen_params *p) {
    if (!stack_is_ws(l->transport)) return true;
    if (p->ws_path && *p->ws_path && !(l->ws_path = sx_strdup(sx_slice_str(p->ws_path)))) return false;
    if (!p->norigins) return true;
    l->origins = calloc(p->norigins, sizeof *l->origins);
    if (!l->origins) return false;
    for (; l->norigins < p->norigins; l->norigins++) {
        l->origins[l->norigins] = sx_strdup(sx_slice_str(p->origins[l->norigins]));
        if (!l->origins[l->norigins]) return false;
    }
    return true;
}

int stack_listen(stack *s, const stack_listen_params *p, stack_listener **out) {
    int rc = check_params(p);
    if (rc != SX_OK) return rc;
    stack_listener *l = calloc(1, sizeof *l);
    if (!l) return sx_fail(SX_E_NOMEM, "no memory for a listener");
    l->s = s;
    l->transport = p->transport;
    l->role = p->role;
    l->advertise_port = p->advertise_port;
    if (stack_is_secure(l->transport)) l->tls = net_tls_ref(p->tls);
    stack_owner_init(&l->owner, p->sink, p->user);
    sx_list_init(&l->link);
    if (!take_advertised(l, sx_slice_str(p->advertise_host)) || !take_ws(l, p))
        rc = sx_fail(SX_E_NOMEM, "no memory for a listener");
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
    stack_listener_report(l, STACK_EV_LISTENING, SX_OK, "");
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
    if (l->tcp) s->stats.conns_refused += net_listener_refused(l->tcp);
    net_udp_close(l->udp);
    net_listener_close(l->tcp);
    if (l->transport == STACK_UDP) stack_peers_gone(s, l->path.id);
    stack_bury(s, &l->grave, free_listener);
}

void stack_close_listeners(stack *s) {
    sx_list *n;
    while ((n = sx_list_first(&s->listeners)) != NULL) stack_listener_destroy(SX_CONTAINER(n, stack_listener, link));
}

net_addr stack_listener_address(const stack_listener *l) { return l->local; }

stack_role stack_listener_role(const stack_listener *l) { return l->role; }

stack_transport stack_listener_transport(const stack_listener *l) { return l->transport; }

/* What suits a destination best, of our listeners of one kind and family: bound to the very address that the system
 * would send from, else to all, else anything that is not the loopback interface, which leads nowhere else. */
stack_listener *stack_listener_for(stack *s, stack_transport t, stack_role role, const net_addr *to) {
    stack_listener *best = NULL;
    int best_rank = -1;
    net_addr from = net_addr_none();
    bool asked = false;
    SX_LIST_EACH(n, tmp, &s->listeners) {
        stack_listener *l = SX_CONTAINER(n, stack_listener, link);
        if (l->transport != t || l->role != role || net_addr_is_v6(&l->local) != net_addr_is_v6(to)) continue;
        if (best && !asked) {
            from = stack_source_for(s, to);
            asked = true;
            if (net_addr_eq_host(&best->local, &from)) best_rank = 3;
        }
        bool any = net_addr_is_any(&l->local);
        bool deaf = net_addr_is_loopback(&l->local) && !net_addr_is_loopback(to);
        int rank = asked && net_addr_eq_host(&l->local, &from) ? 3 : any ? 2 : deaf ? 0 : 1;
        if (rank <= best_rank) continue;
        best = l;
        best_rank = rank;
    }
    return best;
}

stack_listener *stack_pick_udp(stack *s, stack_role role, const net_addr *to) {
    stack_listener *l = stack_listener_for(s, STACK_UDP, role, to);
    if (l) return l;
    stack_listen_params p;
    memset(&p, 0, sizeof p);
    p.transport = STACK_UDP;
    p.addr = net_addr_any(net_addr_is_v6(to) ? NET_V6 : NET_V4, 0);
    p.role = role;
    return stack_listen(s, &p, &l) == SX_OK ? l : NULL;
}

/* Bound to one address means: all traffic from that one. None: the system chooses. */
net_addr stack_bind_for(stack *s, stack_role role, stack_transport t, const net_addr *to) {
    net_addr from = net_addr_none(), best = net_addr_none();
    int best_rank = -1;
    SX_LIST_EACH(n, tmp, &s->listeners) {
        const stack_listener *l = SX_CONTAINER(n, stack_listener, link);
        if (l->role != role || net_addr_is_v6(&l->local) != net_addr_is_v6(to)) continue;
        if (net_addr_is_any(&l->local)) return net_addr_none();
        if (net_addr_is_loopback(&l->local) && !net_addr_is_loopback(to)) continue; /* it would lead nowhere */
        if (best_rank < 0) from = stack_source_for(s, to);
        int rank = net_addr_eq_host(&l->local, &from) ? 3 : l->transport == t ? 2 : l->transport == STACK_TCP ? 1 : 0;
        if (rank <= best_rank) continue;
        best = l->local;
        best_rank = rank;
    }
    net_addr_set_port(&best, 0);
    return best;
}

/* ---- is that us? ---- */

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
