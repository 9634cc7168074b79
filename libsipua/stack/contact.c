/* Our own name on a flow: what goes into Via, Contact and Record-Route. */
#include "stack/internal.h"
#include "stack/transport.h"

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

static stack_listener *listener_of(stack *s, const stack_conn *c, stack_role role) {
    stack_listener *l = c->listener_id ? stack_listener_find(s, c->listener_id) : NULL;
    return l ? l : stack_listener_for(s, c->transport, role, &c->remote);
}

/* A WebSocket that we opened: no address of ours means anything at its other end (RFC 7118 5.1). */
static bool is_nameless(const stack_conn *c) { return c && c->invalid[0]; }

int stack_flow_sentby(stack *s, const stack_flow *f, stack_role role, stack_sentby *out) {
    stack_path *p = stack_path_find(s, f->id);
    if (!p) return sx_fail(SX_E_TRANSPORT, "the flow is gone");
    if (p->kind == STACK_PATH_LISTENER)
        return listener_name(s, SX_CONTAINER(p, stack_listener, path), &f->remote, NULL, out);
    stack_conn *c = SX_CONTAINER(p, stack_conn, path);
    if (is_nameless(c)) return put_text(out, c->invalid, 0);
    /* Where there is a listener, answers find us there when the connection breaks (RFC 3261 18.1.1). */
    stack_listener *l = listener_of(s, c, role);
    if (l) return listener_name(s, l, &c->remote, &c->local, out);
    return put_addr(out, &c->local, net_addr_port(&c->local));
}

/* Is what we say there settled, whatever the peer sees? */
static bool is_advertised(stack *s, const stack_flow *f, stack_role role) {
    stack_path *p = stack_path_find(s, f->id);
    if (!p) return false;
    stack_listener *l = p->kind == STACK_PATH_LISTENER ? SX_CONTAINER(p, stack_listener, path)
                                                       : listener_of(s, SX_CONTAINER(p, stack_conn, path), role);
    return l && l->advertise_host;
}

int stack_contact_host(stack *s, const stack_flow *f, stack_role role, const stack_contact *c, stack_sentby *out) {
    net_addr wanted;
    int rc = stack_flow_sentby(s, f, role, out);
    if (rc != SX_OK || is_nameless(stack_conn_find(s, f->id))) return rc;
    if (!is_advertised(s, f, role) && !(c && c->fixed)) {
        stack_peer *peer = stack_peer_find(s, f);
        net_addr learned = peer ? stack_peer_learned(peer) : net_addr_none();
        if (net_addr_is_set(&learned)) rc = put_addr(out, &learned, net_addr_port(&learned));
    }
    if (rc == SX_OK && c && c->host.n && !(net_addr_parse_host(&wanted, c->host, 0) && net_addr_is_any(&wanted))) {
        if (c->host.n >= sizeof out->host) return sx_fail(SX_E_ADDRESS, "the host name is too long");
        memcpy(out->host, c->host.p, c->host.n);
        out->host[c->host.n] = 0;
    }
    if (c && c->port) out->port = c->port;
    return rc;
}

void stack_put_transport(sx_buf *b, stack_transport t, bool secure) {
    if (t == STACK_UDP || (t == STACK_TLS && secure)) return; /* sips: says TLS by itself (RFC 3261 26.2.2) */
    SX_BUF_LIT(b, ";transport=");
    sx_buf_str(b, stack_transport_param(t));
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
    stack_put_transport(out, f->transport, c->secure);
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

sx_slice stack_addr_text(const net_addr *a, char room[NET_ADDR_TEXT]) {
    sx_buf b;
    sx_buf_init_fixed(&b, room, NET_ADDR_TEXT);
    net_addr_write_uri_host(a, &b);
    sx_slice s = sx_buf_view(&b);
    return s.n > 2 && s.p[0] == '[' ? sx_slice_of(s.p + 1, s.n - 2) : s;
}

bool stack_is_sips(sx_slice uri) { return uri.n > 5 && sx_ieq(sx_slice_of(uri.p, 5), SX_LIT("sips:")); }
