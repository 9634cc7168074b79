/* Where a request goes (RFC 3261 16.3 to 16.5). */
#include "server/internal.h"

#include "base/error.h"
#include "stack/transport.h"

typedef struct routing {
    srv_server *server;
    stack_tx *tx; /* NULL: an ACK */
    const sip_msg *msg;
    stack_flow flow; /* by which it came */
    sip_uri uri;
    sip_basics basics;
    size_t own_routes; /* values on top of Route that name us */
    bool more_routes;
} routing;

static void read_routes(routing *r) {
    sip_list l;
    sip_addr route;
    sip_list_begin(&l, r->msg, SIP_HDR_ROUTE);
    while (sip_addr_next(&l, &route) == 1) {
        sip_uri u;
        if (sip_uri_parse(route.uri, &u) < 0 || !srv_is_ours(r->server, &u)) {
            r->more_routes = true;
            return;
        }
        r->own_routes++;
    }
}

/* Straight on: to the next Route, or to the Request-URI; a registered Contact is reached by the flow it registered
 * over. */
static void forward_on(const routing *r) {
    srv_target t = {.uri = sx_slice_empty()};
    srv_binding *b = r->more_routes ? NULL : srv_binding_by_contact(r->server, &r->uri);
    if (b) t.flow = b->flow;
    if (r->tx) {
        srv_fork_start(r->server, r->tx, r->msg, &r->flow, r->own_routes, &t, 1);
        return;
    }
    stack_forward_params p = {.msg = r->msg, .drop_routes = r->own_routes, .in_flow = r->flow, .flow = t.flow};
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
    tx_response moved = {.status = 302, .headers = sx_buf_view(&b)};
    if (b.failed || tx_respond(r->tx, &moved) < 0) tx_reply(r->tx, 500, NULL);
    sx_buf_free(&b);
}

static void forward_to_user(const routing *r, srv_account *a) {
    srv_target targets[SRV_MAX_BINDINGS];
    size_t n = 0;
    if (a->nbindings == 0) {
        tx_reply(r->tx, 480, NULL);
        return;
    }
    if (r->server->mode == SRV_REDIRECT) {
        redirect(r, a);
        return;
    }
    SX_LIST_EACH(it, tmp, &a->bindings) {
        const srv_binding *b = SX_CONTAINER(it, srv_binding, node);
        targets[n].uri = sx_slice_str(b->contact);
        targets[n++].flow = b->flow;
    }
    srv_fork_start(r->server, r->tx, r->msg, &r->flow, r->own_routes, targets, n);
}

/* Who may use us towards strangers: a user of ours, by a flow that is registered. We are no open relay. */
static bool may_relay(const routing *r) {
    sip_uri from;
    if (sip_uri_parse(r->basics.from.uri, &from) < 0) return false;
    srv_account *a = srv_account_find(r->server, from.user);
    return a && srv_binding_has_flow(r->server, a, &r->flow);
}

static bool needs_digest(const routing *r) {
    sip_uri from;
    if (!r->server->challenge_calls || (r->msg->method != SIP_INVITE && r->msg->method != SIP_MESSAGE)) return false;
    return sip_uri_parse(r->basics.from.uri, &from) == SX_OK && srv_account_find(r->server, from.user) != NULL;
}

static void answer_options(const routing *r) {
    tx_response ok = {.status = 200,
                      .headers =
                          SX_LIT("Accept: */*\r\nAllow: INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, MESSAGE\r\n")};
    tx_respond(r->tx, &ok);
}

/* A request that opens something, addressed to a name rather than along a route. */
static void route_new(const routing *r) {
    bool ours = srv_is_ours(r->server, &r->uri);
    srv_account *to = r->uri.has_user ? srv_account_find(r->server, r->uri.user) : NULL;
    if (needs_digest(r) && !srv_authenticate(r->server, r->tx, r->msg, true)) return;
    if (to)
        forward_to_user(r, to);
    else if (ours && !r->uri.has_user && r->msg->method == SIP_OPTIONS)
        answer_options(r);
    else if (ours)
        tx_reply(r->tx, 404, NULL);
    else if (may_relay(r))
        forward_on(r);
    else
        tx_reply(r->tx, 403, "Relaying Denied");
}

static void refuse_extension(const routing *r, sx_slice wanted) {
    sx_buf b;
    sx_buf_init(&b);
    SX_BUF_LIT(&b, "Unsupported: ");
    sx_buf_slice(&b, wanted);
    SX_BUF_LIT(&b, "\r\n");
    tx_response bad = {.status = 420, .headers = sx_buf_view(&b)};
    if (b.failed || tx_respond(r->tx, &bad) < 0) tx_reply(r->tx, 420, NULL);
    sx_buf_free(&b);
}

void srv_request(srv_server *s, const stack_event *ev) {
    routing r = {.server = s, .tx = ev->tx, .msg = ev->msg, .flow = ev->flow};
    bool to_registrar = ev->msg->method == SIP_REGISTER;
    if (sip_uri_parse(ev->msg->uri, &r.uri) < 0 || sip_basics_read(ev->msg, &r.basics, NULL) != SX_OK) {
        if (r.tx) tx_reply(r.tx, 400, NULL);
        return;
    }
    read_routes(&r);
    sx_slice wanted = sip_value(ev->msg, to_registrar ? SIP_HDR_REQUIRE : SIP_HDR_PROXY_REQUIRE);
    if (!r.tx)
        forward_on(&r);
    else if (wanted.n)
        refuse_extension(&r, wanted);
    else if (to_registrar && !r.more_routes)
        srv_register(s, r.tx, r.msg, &r.flow);
    else if (r.more_routes || r.basics.to_tag.p)
        forward_on(&r);
    else
        route_new(&r);
}
