/* Whom a request is for, and whether we carry it there (RFC 3261 16.3 and 16.5). */
#include "server/internal.h"

#include "base/error.h"
#include "stack/transport.h"

typedef struct routing {
    srv_server *server;
    stack_tx *tx; /* NULL: an ACK */
    const sip_msg *msg;
    stack_flow flow; /* by which it came */
    sip_basics basics;
    srv_route route;
} routing;

static bool is_ours(srv_server *s, const sip_uri *u) {
    bool sip = u->scheme == SIP_SCHEME_SIP || u->scheme == SIP_SCHEME_SIPS;
    return sip && (srv_is_here(s, u) || srv_is_domain(s, u));
}

/* The user of ours with this address of record. */
static srv_account *local_user(srv_server *s, const sip_uri *u) {
    return u->has_user && is_ours(s, u) ? srv_account_find(s, u->user) : NULL;
}

static srv_account *local_sender(const routing *r) {
    sip_uri from;
    return sip_uri_parse(r->basics.from.uri, &from) < 0 ? NULL : local_user(r->server, &from);
}

/* A Contact as Request-URI: without header fields (16.6 step 2). */
static sx_slice target_uri(const srv_binding *b) {
    sx_slice all = sx_slice_str(b->contact);
    ptrdiff_t headers = sx_find(all, '?');
    return headers < 0 ? all : sx_slice_of(all.p, (size_t)headers);
}

/* The connection over which who is meant began this dialog; none: it is gone, or not needed, for what is registered
 * now is newer. */
static stack_flow way_back(const routing *r, const srv_binding *b) {
    const srv_route *way = &r->route;
    stack_flow f = {.id = 0};
    if (way->more || !way->back || (b && (b->path || srv_binding_way(b).id))) return f;
    stack_flow_find(r->server->stack, way->back, &f);
    return f;
}

/* Nothing but a flow that is gone leads there. */
static bool is_lost(const routing *r, const srv_binding *b) {
    const srv_route *way = &r->route;
    if (b) return srv_binding_is_dead(b);
    return !way->more && (srv_is_unreachable(way->uri.raw) || (way->back && srv_is_bound(&way->uri)));
}

/* Straight on: to the next Route, or to the Request-URI; a registered Contact is reached by the flow it registered
 * over, and who called without being registered by the one it called over. */
static void forward_on(const routing *r, const srv_binding *b, bool gruu) {
    const srv_route *way = &r->route;
    srv_target t = {.uri = gruu ? target_uri(b) : way->new_uri, .flow = way_back(r, b)};
    if (!t.flow.id && is_lost(r, b)) {
        if (!r->tx) return;
        if (b ? b->reg_id != 0 : way->back != 0)
            srv_refuse(r->tx, 430, "Flow Failed"); /* RFC 5626 5.3 */
        else
            srv_refuse(r->tx, 480, NULL);
        return;
    }
    if (t.flow.id) {
        t.known = true;
    } else if (b) {
        t.flow = srv_binding_way(b);
        t.npath = srv_path_values(b, t.path);
    }
    if (r->tx) {
        srv_fork_start(r->server, r->tx, r->msg, &r->basics, &r->flow, way, &t, 1);
        return;
    }
    stack_forward_params p = {.msg = r->msg,
                              .uri = t.uri,
                              .drop_routes = way->drop,
                              .routes = way->put,
                              .nroutes = way->nput,
                              .next_hop = way->next_hop,
                              .in_flow = r->flow,
                              .flow = t.flow};
    if (t.npath) {
        p.routes = t.path;
        p.nroutes = t.npath;
    }
    stack_forward_ack(r->server->stack, &p);
}

static void redirect(const routing *r, const srv_account *a) {
    sx_buf b;
    sx_buf_init(&b);
    SX_LIST_EACH(it, tmp, &a->bindings) {
        SX_BUF_LIT(&b, "Contact: <");
        sx_buf_str(&b, SX_CONTAINER(it, srv_binding, node)->contact);
        SX_BUF_LIT(&b, ">\r\n");
    }
    srv_answer(r->tx, 302, &b);
    sx_buf_free(&b);
}

/* Reachable, of the device that was asked for, and by sips: only where sips: goes (RFC 5630 5.3)? */
static bool suits(const routing *r, const srv_binding *b, sx_slice instance) {
    if (srv_binding_is_dead(b) || (instance.n && !srv_binding_is(b, instance))) return false;
    if (r->route.uri.scheme != SIP_SCHEME_SIPS) return true;
    sip_uri contact;
    return sip_uri_parse(sx_slice_str(b->contact), &contact) == SX_OK && contact.scheme == SIP_SCHEME_SIPS;
}

/* Of the flows of one device only the newest is used (RFC 5626 7). */
static bool has_newer_flow(const routing *r, const srv_binding *b, const srv_account *a) {
    if (!b->reg_id) return false;
    for (const sx_list *it = b->node.next; it != &a->bindings; it = it->next) {
        const srv_binding *other = SX_CONTAINER(it, srv_binding, node);
        if (other->reg_id && strcmp(other->instance, b->instance) == 0 && suits(r, other, sx_slice_empty()))
            return true;
    }
    return false;
}

static void forward_to_user(const routing *r, srv_account *a) {
    srv_target targets[SRV_MAX_BINDINGS];
    sx_slice instance = sx_slice_empty();
    size_t n = 0;
    srv_is_gruu(&r->route.uri, &instance);
    if (a->nbindings && r->server->mode == SRV_REDIRECT) {
        redirect(r, a);
        return;
    }
    SX_LIST_EACH(it, tmp, &a->bindings) {
        const srv_binding *b = SX_CONTAINER(it, srv_binding, node);
        if (n == SRV_MAX_BINDINGS || !suits(r, b, instance) || has_newer_flow(r, b, a)) continue;
        srv_target *t = &targets[n++];
        memset(t, 0, sizeof *t);
        t->uri = target_uri(b);
        t->flow = srv_binding_way(b);
        t->npath = srv_path_values(b, t->path);
        t->known = true;
    }
    if (n)
        srv_fork_start(r->server, r->tx, r->msg, &r->basics, &r->flow, &r->route, targets, n);
    else
        srv_refuse(r->tx, 480, NULL);
}

/* The sender has proven to be this user; else it has its answer. */
static bool proven(const routing *r, const srv_account *from) {
    srv_account *who = srv_authenticate(r->server, r->tx, r->msg, true);
    if (who && who != from) srv_refuse(r->tx, 403, "Not Your Address Of Record");
    return who == from;
}

/* Who may use us towards strangers: a user of ours, by a flow that is registered or with a password. We are no open
 * relay. False: it has its answer. */
static bool may_relay(const routing *r) {
    srv_account *from = local_sender(r);
    if (from && srv_binding_has_flow(from, &r->flow)) return true;
    if (!r->tx) return false;
    if (from) return proven(r, from);
    srv_refuse(r->tx, 403, "Relaying Denied");
    return false;
}

/* challenge_calls: who says to be a user of ours has to prove it. */
static bool passes_digest(const routing *r) {
    if (!r->server->challenge_calls || (r->msg->method != SIP_INVITE && r->msg->method != SIP_MESSAGE)) return true;
    srv_account *from = local_sender(r);
    return !from || proven(r, from);
}

/* A request that opens something, addressed to a name rather than along a route. */
static void route_new(const routing *r) {
    const sip_uri *uri = &r->route.uri;
    bool sips = uri->scheme == SIP_SCHEME_SIPS && stack_is_secure(r->flow.transport); /* it must have come by TLS */
    if (uri->scheme != SIP_SCHEME_SIP && !sips) {
        srv_refuse(r->tx, 416, NULL);
        return;
    }
    if (!passes_digest(r)) return;
    srv_account *to = local_user(r->server, uri);
    if (to)
        forward_to_user(r, to);
    else if (is_ours(r->server, uri) && !uri->has_user && r->msg->method == SIP_OPTIONS)
        srv_answer_options(r->tx, r->msg);
    else if (is_ours(r->server, uri))
        srv_refuse(r->tx, 404, NULL);
    else if (may_relay(r))
        forward_on(r, srv_binding_by_contact(r->server, uri), false);
}

/* The device whose GRUU stands in a Contact of this dialog. */
static const srv_binding *by_gruu(const routing *r) {
    sx_slice instance;
    const srv_account *a = srv_is_gruu(&r->route.uri, &instance) ? local_user(r->server, &r->route.uri) : NULL;
    if (!a) return NULL;
    for (const sx_list *it = a->bindings.prev; it != &a->bindings; it = it->prev) {
        const srv_binding *b = SX_CONTAINER(it, srv_binding, node);
        if (suits(r, b, instance)) return b;
    }
    return NULL;
}

/* Inside a dialog, or along a route: whoever was let through once carries our ticket in its Route; without one only
 * what goes to a registered Contact passes. */
static void route_along(const routing *r) {
    const srv_route *way = &r->route;
    const srv_binding *b = way->more ? NULL : srv_binding_by_contact(r->server, &way->uri);
    const srv_binding *device = b || way->more ? NULL : by_gruu(r);
    if (device) {
        forward_on(r, device, true);
        return;
    }
    if (!b && !way->more && !way_back(r, b).id && is_ours(r->server, &way->uri)) {
        if (r->tx) route_new(r);
        return;
    }
    if (way->ticket || b || may_relay(r)) forward_on(r, b, false);
}

/* Our own Via on it, and the very same request still on its way: it goes round in circles (16.3 step 4). */
static bool loops(const routing *r) {
    sip_list l;
    sip_via via;
    sip_list_begin(&l, r->msg, SIP_HDR_VIA);
    while (sip_via_next(&l, &via) == 1)
        if (stack_is_own(r->server->stack, STACK_ROLE_SERVER, via.host, via.port))
            return srv_fork_loops(r->server, r->msg, &r->basics);
    return false;
}

static void route(routing *r) {
    bool to_registrar = r->msg->method == SIP_REGISTER && !r->route.more;
    if (!r->tx) {
        route_along(r);
    } else if (loops(r)) {
        srv_refuse(r->tx, 482, NULL);
    } else if (!srv_refuse_extensions(r->tx, r->msg, to_registrar ? SIP_HDR_REQUIRE : SIP_HDR_PROXY_REQUIRE,
                                      to_registrar ? SIP_TAG_OUTBOUND | SIP_TAG_PATH | SIP_TAG_GRUU : 0)) {
        if (to_registrar)
            srv_register(r->server, r->tx, r->msg, &r->flow);
        else if (r->route.more || r->basics.to_tag.p)
            route_along(r);
        else
            route_new(r);
    }
}

void srv_request(srv_server *s, const stack_event *ev) {
    routing r = {.server = s, .tx = ev->tx, .msg = ev->msg, .flow = ev->flow};
    if (sip_basics_read(ev->msg, &r.basics, NULL) != SX_OK) {
        if (r.tx) srv_refuse(r.tx, 400, NULL);
        return;
    }
    int status = srv_route_read(s, ev->msg, &r.basics, &r.route);
    if (!status)
        route(&r);
    else if (r.tx)
        srv_refuse(r.tx, status, NULL);
    srv_route_done(&r.route);
}
