/* Route preprocessing: what we put into Record-Route comes back as Route, or from a strict router as Request-URI
 * (RFC 3261 16.4), and the next hop may be a strict router itself (16.6 step 6). */
#include "server/internal.h"

#include "base/error.h"

static bool route_uri(sx_slice value, sip_uri *u) {
    sip_addr a;
    return sip_addr_read(value, &a) == SX_OK && sip_uri_parse(a.uri, u) == SX_OK;
}

/* Proves that it is ours, whatever the host says by now: a socket of the stack's own, a name, an address of a NAT.
 * Which way the request goes the tags say: theirs is in the ticket who came over the flow that it names. */
static bool has_ticket(srv_server *s, const sip_uri *u, const sip_basics *b, srv_route *r) {
    char room[SRV_TICKET_ROOM];
    uint64_t flow = 0;
    sx_slice user = u->user;
    if (user.n < SRV_TICKET) return false;
    if (user.n == SRV_TICKET) return sx_eq_secret(user, srv_ticket(s, b->call_id, 0, sx_slice_empty(), room));
    if (!sx_to_u64(sx_slice_of(user.p + SRV_TICKET, user.n - SRV_TICKET), UINT64_MAX, &flow) || !flow) return false;
    if (sx_eq_secret(user, srv_ticket(s, b->call_id, flow, b->from_tag, room))) return true;
    if (!sx_eq_secret(user, srv_ticket(s, b->call_id, flow, b->to_tag, room))) return false;
    r->back = flow;
    return true;
}

/* 0, 1 with another value, or negative: not a list. */
static int count_routes(const sip_msg *msg, srv_route *r, size_t *n) {
    sip_list l;
    sx_slice v;
    int more;
    *n = 0;
    sip_list_begin(&l, msg, SIP_HDR_ROUTE);
    while ((more = sip_list_next(&l, &v)) == 1) {
        if (*n == SRV_MAX_ROUTES) return SX_E_LIMIT;
        r->values[(*n)++] = v;
    }
    return more;
}

/* All of Route is written anew from values[from..to) and what `last` holds. */
static void rewrite(srv_route *r, size_t total, size_t from, size_t to) {
    if (r->last.n) r->values[to++] = sx_buf_view(&r->last);
    r->drop = total;
    r->put = &r->values[from];
    r->nput = to - from;
}

int srv_route_read(srv_server *s, const sip_msg *msg, const sip_basics *basics, srv_route *r) {
    size_t total, from = 0, to;
    sip_uri u;
    memset(r, 0, sizeof *r);
    sx_buf_init(&r->last);
    if (sip_uri_parse(msg->uri, &r->uri) < 0) return 400;
    if (count_routes(msg, r, &total) < 0) return 400;
    to = total;
    if (to && has_ticket(s, &r->uri, basics, r)) { /* a strict router before us */
        if (!route_uri(r->values[--to], &r->uri)) return 400;
        r->ticket = true;
        r->new_uri = r->uri.raw;
    }
    for (; from < to && route_uri(r->values[from], &u); from++) {
        bool ticket = has_ticket(s, &u, basics, r);
        if (!ticket && !srv_is_here(s, &u)) break;
        r->ticket |= ticket;
    }
    r->drop = from;
    r->more = from < to;
    if (r->new_uri.n) rewrite(r, total, from, to);
    if (!r->more) return 0;
    if (!route_uri(r->values[from], &u)) return 400;
    if (sip_uri_param(&u, SX_LIT("lr"), NULL)) return 0;
    SX_BUF_LIT(&r->last, "<"); /* a strict router behind us */
    sx_buf_slice(&r->last, r->new_uri.n ? r->new_uri : msg->uri);
    sx_buf_char(&r->last, '>');
    if (r->last.failed) return 500;
    r->new_uri = r->next_hop = u.raw;
    rewrite(r, total, from + 1, to);
    return 0;
}

void srv_route_done(srv_route *r) { sx_buf_free(&r->last); }
