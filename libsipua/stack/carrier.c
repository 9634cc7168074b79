/* What carries a connection: a net_conn for TCP and TLS, a net_ws for WebSockets. */
#include "net/websocket.h"
#include "stack/connection.h"

static void put_host(sx_buf *b, const stack_conn *c) {
    net_addr numeric;
    sx_slice name = sx_slice_str(c->name);
    if (net_addr_parse_host(&numeric, name, 0))
        net_addr_write_uri_host(&numeric, b);
    else
        sx_buf_slice(b, name);
    uint16_t port = net_addr_port(&c->remote);
    if (port == stack_default_port(c->transport)) return;
    sx_buf_char(b, ':');
    sx_buf_u64(b, port);
}

static void fill_ws(const stack *s, net_ws_options *o) {
    memset(o, 0, sizeof *o);
    o->max_message = s->cfg.max_message;
    o->handshake_ms = s->cfg.handshake_ms;
    o->message_ms = s->cfg.slow_ms;
}

int carrier_connect(stack_conn *c, const net_addr *from, net_sink sink) {
    stack *s = c->s;
    net_tcp_options tcp;
    memset(&tcp, 0, sizeof tcp);
    tcp.queue_max = s->cfg.conn_queue_bytes;
    tcp.handshake_ms = s->cfg.handshake_ms;
    if (stack_is_secure(c->transport)) {
        tcp.tls = c->tls;
        tcp.tls_name = c->name;
    }
    if (!stack_is_ws(c->transport)) return net_tcp_connect(s->loop, &c->remote, from, &tcp, sink, c, &c->net);
    char host[320];
    sx_buf b;
    net_ws_options o;
    fill_ws(s, &o);
    sx_buf_init_fixed(&b, host, sizeof host);
    put_host(&b, c);
    sx_buf_char(&b, 0);
    if (b.failed) return sx_fail(SX_E_ADDRESS, "the host name is too long");
    o.host = host;
    o.path = c->ws_path;
    o.headers = c->ws_headers;
    return net_ws_connect(s->loop, &c->remote, from, &tcp, &o, sink, c, &c->ws);
}

int carrier_accept(stack_conn *c, const stack_listener *l, net_conn *net, net_sink sink) {
    if (!stack_is_ws(c->transport)) {
        net_conn_adopt(net, sink, c);
        c->net = net;
        return SX_OK;
    }
    net_ws_options o;
    fill_ws(c->s, &o);
    o.server_path = l->ws_path;
    o.origins = (const char *const *)l->origins;
    o.norigins = l->norigins;
    return net_ws_accept(net, &o, sink, c, &c->ws);
}

int carrier_send(stack_conn *c, sx_slice bytes) {
    return c->ws ? net_ws_send(c->ws, bytes) : net_conn_send(c->net, bytes);
}

int carrier_ping(stack_conn *c) { return c->ws ? net_ws_ping(c->ws) : net_conn_send(c->net, SX_LIT("\r\n\r\n")); }

void carrier_close(stack_conn *c, bool flush) {
    net_ws_close(c->ws, flush);
    net_conn_close(c->net, flush);
    c->ws = NULL;
    c->net = NULL;
}
