#include <stdlib.h>

#include "base/error.h"
#include "support/fake_internal.h"

#define KERNEL_BUFFER (256 * 1024) /* unread bytes that do not count as queued yet */

struct net_listener {
    sx_list node;
    sx_grave grave;
    net_loop *loop;
    net_sink sink;
    void *ctx;
    net_addr local;
    net_tcp_options opt;
    uint64_t id, refused, tls_failed;
    unsigned conns;
};

struct net_conn {
    sx_list node;
    sx_grave grave;
    net_loop *loop;
    net_sink sink;
    void *ctx;
    net_addr local, remote;
    net_addr true_remote; /* behind the NATs */
    uint64_t id, peer, listener;
    bool connected, ended, paused, refused, mute;
    sx_buf early;    /* sent before NET_CONNECTED */
    sx_buf inbox;    /* came while reading was stopped */
    bool inbox_eof;
    size_t unread;   /* bytes of ours that the peer has not been given */
    size_t queue_max;
    uint64_t out_at; /* when the last thing we sent arrives: order is kept */
    net_tls *tls, *peer_tls;
    char tls_name[256], tls_peer[256]; /* client: what is verified; the first name of the other side */
    const char *tls_check;
};

typedef struct mode_rule {
    struct mode_rule *next;
    net_addr to;
    fake_tcp_mode mode;
} mode_rule;

static mode_rule *modes;

static bool covers(const net_addr *rule, const net_addr *a) {
    return net_addr_port(rule) ? net_addr_eq(rule, a) : net_addr_eq_host(rule, a);
}

void fake_tcp_set(const char *to, fake_tcp_mode mode) {
    net_addr a;
    if (!net_addr_parse(&a, sx_slice_str(to), 0)) return;
    mode_rule *r = modes;
    while (r && !net_addr_eq(&r->to, &a)) r = r->next;
    if (!r) {
        r = fake_alloc(sizeof *r);
        r->to = a;
        r->next = modes;
        modes = r;
    }
    r->mode = mode;
}

void fake_tcp_modes_reset(void) {
    while (modes) {
        mode_rule *next = modes->next;
        free(modes);
        modes = next;
    }
}

static fake_tcp_mode mode_of(const net_addr *to) {
    for (mode_rule *r = modes; r; r = r->next)
        if (r->mode != FAKE_TCP_NORMAL && covers(&r->to, to)) return r->mode;
    return FAKE_TCP_NORMAL;
}

void fake_tcp_chunk(size_t n) {
    fake.chunk = n;
}

/* ---- looking things up */

static net_conn *conn_by_id(uint64_t id) {
    if (!id) return NULL;
    SX_LIST_EACH(it, tmp, &fake.loops) {
        net_loop *l = SX_CONTAINER(it, net_loop, node);
        SX_LIST_EACH(ci, ctmp, &l->conns)
        if (SX_CONTAINER(ci, net_conn, node)->id == id) return SX_CONTAINER(ci, net_conn, node);
    }
    return NULL;
}

static net_listener *find_listener(const net_addr *to, const fake_machine *sender, uint64_t id) {
    SX_LIST_EACH(it, tmp, &fake.loops) {
        net_loop *l = SX_CONTAINER(it, net_loop, node);
        SX_LIST_EACH(si, stmp, &l->listeners) {
            net_listener *s = SX_CONTAINER(si, net_listener, node);
            if (id ? s->id == id : fake_matches(l->machine, &s->local, to, sender)) return s;
        }
    }
    return NULL;
}

static bool taken(const net_addr *a, const fake_machine *m) {
    SX_LIST_EACH(it, tmp, &fake.loops) {
        net_loop *l = SX_CONTAINER(it, net_loop, node);
        if (l->machine != m) continue;
        SX_LIST_EACH(si, stmp, &l->listeners) {
            net_listener *s = SX_CONTAINER(si, net_listener, node);
            if (net_addr_port(&s->local) != net_addr_port(a) || net_addr_is_v6(&s->local) != net_addr_is_v6(a)) continue;
            if (net_addr_is_any(a) || net_addr_is_any(&s->local) || net_addr_eq_host(a, &s->local)) return true;
        }
    }
    return false;
}

static bool never_taken(const net_addr *a, const fake_machine *m) {
    return false;
}

/* ---- listener */

int net_listener_open(net_loop *l, const net_addr *local, const net_tcp_options *opt, net_sink sink, void *ctx,
                      net_listener **out) {
    net_addr at = *local;
    int rc = fake_bind(l, &at, taken);
    if (rc < 0) return rc;
    net_listener *s = calloc(1, sizeof *s);
    if (!s) return sx_fail(SX_E_NOMEM, "no memory for a listener");
    s->loop = l;
    s->sink = sink;
    s->ctx = ctx;
    s->local = at;
    if (opt) s->opt = *opt;
    if (!s->opt.max_conns) s->opt.max_conns = 10000;
    net_tls_ref(s->opt.tls);
    s->id = ++fake.ids;
    sx_list_append(&l->listeners, &s->node);
    *out = s;
    return SX_OK;
}

static void listener_free(sx_grave *g) {
    net_listener *s = SX_CONTAINER(g, net_listener, grave);
    net_tls_unref(s->opt.tls);
    free(s);
}

void net_listener_close(net_listener *s) {
    if (!s) return;
    sx_list_remove(&s->node);
    sx_runq_bury(&s->loop->runq, &s->grave, listener_free);
}

const net_addr *net_listener_local(const net_listener *s) {
    return &s->local;
}

unsigned net_listener_conns(const net_listener *s) {
    return s->conns;
}

uint64_t net_listener_refused(const net_listener *s) {
    return s->refused;
}

unsigned net_listener_handshakes(const net_listener *s) {
    return 0; /* they take no time */
}

uint64_t net_listener_tls_failed(const net_listener *s) {
    return s->tls_failed;
}

/* ---- what travels: each is an event for the connection with id e->id */

static fake_event *travel(net_conn *c, uint64_t to_id, void (*fn)(fake_event *), sx_slice bytes) {
    fake_fate fate = fake_pass(&c->local, &c->true_remote, true, bytes);
    if (fate.cut) c->mute = true; /* a hole in the stream: nothing after it can arrive */
    if (c->mute) return NULL;
    uint64_t at = fake.now_ms + fate.delay_ms[0];
    if (at < c->out_at) at = c->out_at;
    c->out_at = at;
    fake_event *e = fake_schedule(at, fn);
    e->id = to_id;
    e->token = c->id;
    return e;
}

static void drop_from_listener(net_conn *c) {
    net_listener *s = c->listener ? find_listener(NULL, NULL, c->listener) : NULL;
    if (s) s->conns--;
    c->listener = 0;
}

static void end(net_conn *c, int code, const char *text) {
    if (c->ended) return;
    c->ended = true;
    drop_from_listener(c);
    net_event ev = fake_event_of(NET_CLOSED);
    ev.code = code;
    ev.text = text;
    ev.conn = c;
    ev.from = &c->remote;
    ev.local = &c->local;
    if (code == SX_E_TLS) {
        ev.tls_check = c->tls_check;
        ev.tls_names = fake_tls_names(c->peer_tls);
    }
    fake_deliver(c->loop, c->sink, c->ctx, &ev);
}

static void on_end(fake_event *e) {
    net_conn *c = conn_by_id(e->id);
    if (!c) return;
    if (c->paused && !e->code) {
        c->inbox_eof = true;
        return;
    }
    end(c, e->code, e->text);
}

static void schedule_end(uint64_t id, uint64_t at, int code, const char *text) {
    fake_event *e = fake_schedule(at, on_end);
    e->id = id;
    e->code = code;
    e->text = text;
}

static void on_drained(fake_event *e) {
    net_conn *c = conn_by_id(e->id);
    if (!c || c->ended || !c->refused || net_conn_queued(c)) return;
    c->refused = false;
    net_event ev = fake_event_of(NET_DRAINED);
    ev.conn = c;
    fake_deliver(c->loop, c->sink, c->ctx, &ev);
}

static void give(net_conn *c, sx_slice bytes) {
    net_conn *peer = conn_by_id(c->peer);
    if (peer) {
        peer->unread -= bytes.n < peer->unread ? bytes.n : peer->unread;
        if (peer->refused && !net_conn_queued(peer)) fake_schedule(fake.now_ms, on_drained)->id = peer->id;
    }
    net_event ev = fake_event_of(NET_DATA);
    ev.conn = c;
    ev.bytes = bytes;
    ev.from = &c->remote;
    ev.local = &c->local;
    fake_deliver(c->loop, c->sink, c->ctx, &ev);
}

static void on_data(fake_event *e) {
    net_conn *c = conn_by_id(e->id);
    if (!c || c->ended) {
        schedule_end(e->token, fake.now_ms + 1, SX_E_TRANSPORT, "Connection reset by peer");
        return;
    }
    if (c->paused)
        sx_buf_put(&c->inbox, e->bytes, e->n);
    else
        give(c, sx_slice_of(e->bytes, e->n));
}

static void transmit(net_conn *c, sx_slice bytes) {
    size_t most = fake.chunk && fake.chunk < 65536 ? fake.chunk : 65536;
    c->unread += bytes.n;
    while (bytes.n) {
        size_t n = bytes.n < most ? bytes.n : most;
        fake_event *e = travel(c, c->peer, on_data, sx_slice_of(bytes.p, n));
        if (e) fake_set_bytes(e, sx_slice_of(bytes.p, n));
        bytes = sx_slice_of(bytes.p + n, bytes.n - n);
    }
}

/* ---- connecting */

static net_conn *conn_new(net_loop *l, const net_tcp_options *opt) {
    net_conn *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->loop = l;
    c->id = ++fake.ids;
    c->queue_max = opt && opt->queue_max ? opt->queue_max : 1024 * 1024;
    c->tls = net_tls_ref(opt ? opt->tls : NULL);
    sx_buf_init(&c->early);
    sx_buf_init(&c->inbox);
    sx_list_append(&l->conns, &c->node);
    return c;
}

static void on_connected(fake_event *e) {
    net_conn *c = conn_by_id(e->id);
    if (!c || c->ended) {
        schedule_end(e->token, fake.now_ms + 1, SX_OK, "closed by the peer");
        return;
    }
    c->connected = true;
    c->peer = e->token;
    if (c->early.n) transmit(c, sx_buf_view(&c->early));
    sx_buf_free(&c->early);
    net_event ev = fake_event_of(NET_CONNECTED);
    ev.conn = c;
    ev.from = &c->remote;
    ev.local = &c->local;
    fake_deliver(c->loop, c->sink, c->ctx, &ev);
}

static void accept_one(net_listener *s, net_conn *client, const net_addr *reached, const net_addr *seen) {
    net_conn *c = conn_new(s->loop, &s->opt);
    if (!c) return;
    c->connected = true;
    c->local = *reached;
    c->remote = *seen;
    c->true_remote = client->local;
    c->peer = client->id;
    c->listener = s->id;
    s->conns++;
    client->true_remote = *reached;
    if (c->tls) {
        client->peer_tls = net_tls_ref(c->tls);
        fake_tls_first_name(c->tls, client->tls_peer, sizeof client->tls_peer);
        c->peer_tls = net_tls_ref(client->tls);
        fake_tls_first_name(client->tls, c->tls_peer, sizeof c->tls_peer);
    }
    travel(c, client->id, on_connected, sx_slice_empty());
    net_event ev = fake_event_of(NET_ACCEPTED);
    uint64_t id = c->id, sid = s->id;
    ev.conn = c;
    ev.from = &c->remote;
    ev.local = &c->local;
    fake_deliver(s->loop, s->sink, s->ctx, &ev);
    c = conn_by_id(id);
    if (!c || c->sink) return;
    s = find_listener(NULL, NULL, sid);
    if (s) s->refused++;
    net_conn_close(c, false);
}

/* False: the handshake failed, and both sides are told. */
static bool shake_hands(net_conn *client, net_listener *s, unsigned delay_ms) {
    const char *check = fake_tls_check(client->tls, s->opt.tls, client->tls_name);
    if (!check && (client->tls || !s->opt.tls)) return true;
    client->tls_check = check;
    client->peer_tls = net_tls_ref(s->opt.tls);
    schedule_end(client->id, fake.now_ms + delay_ms, check ? SX_E_TLS : SX_E_TRANSPORT,
                 check ? check : "Connection reset by peer");
    if (!s->opt.tls) return false;
    net_event ev = fake_event_of(NET_REFUSED);
    ev.code = SX_E_TLS;
    ev.text = check ? check : "the other side does not speak TLS";
    ev.tls_check = check ? check : "not TLS";
    ev.from = &client->local;
    ev.local = &s->local;
    s->tls_failed++;
    fake_deliver(s->loop, s->sink, s->ctx, &ev);
    return false;
}

static void on_syn(fake_event *e) {
    net_conn *client = conn_by_id(e->id);
    if (!client || client->ended) return;
    fake_tcp_mode mode = mode_of(&client->remote);
    net_addr to = client->remote;
    net_listener *s = fake_nat_in(&to) ? find_listener(&to, client->loop->machine, 0) : NULL;
    if (mode == FAKE_TCP_HANG || (!s && mode != FAKE_TCP_REFUSE && !fake_machine_at(&to, client->loop->machine))) {
        schedule_end(client->id, fake.now_ms + 127000, SX_E_TRANSPORT, "Connection timed out");
        return;
    }
    fake_fate back = fake_pass(&client->remote, &client->local, true, sx_slice_empty());
    if (!s || mode == FAKE_TCP_REFUSE) {
        schedule_end(client->id, fake.now_ms + back.delay_ms[0], SX_E_TRANSPORT, "Connection refused");
        return;
    }
    if (s->conns >= s->opt.max_conns) {
        s->refused++;
        schedule_end(client->id, fake.now_ms + back.delay_ms[0], SX_OK, "closed by the peer");
        return;
    }
    if (!shake_hands(client, s, back.delay_ms[0])) return;
    net_addr seen = client->local;
    fake_nat_out(&seen, &client->remote);
    accept_one(s, client, &to, &seen);
}

int net_tcp_connect(net_loop *l, const net_addr *remote, const net_addr *local, const net_tcp_options *opt, net_sink sink,
                    void *ctx, net_conn **out) {
    net_addr src;
    if (!net_addr_is_set(remote) || net_addr_port(remote) == 0) return sx_fail(SX_E_INVALID, "no address to connect to");
    if (local && net_addr_is_set(local) && !net_addr_is_any(local)) {
        src = *local;
        if (!fake_owns(l->machine, &src)) return sx_fail(SX_E_ADDRESS, "bind: Cannot assign requested address");
    } else if (fake_source(l->machine, remote, &src) < 0) {
        return SX_E_TRANSPORT;
    }
    int rc = fake_bind(l, &src, never_taken);
    if (rc < 0) return rc;
    net_conn *c = conn_new(l, opt);
    if (!c) return sx_fail(SX_E_NOMEM, "no memory for a connection");
    c->sink = sink;
    c->ctx = ctx;
    c->local = src;
    c->remote = c->true_remote = *remote;
    if (c->tls) {
        sx_buf b;
        sx_buf_init_fixed(&b, c->tls_name, sizeof c->tls_name - 1); /* zeroed, so it ends with NUL */
        if (opt->tls_name)
            sx_buf_str(&b, opt->tls_name);
        else
            net_addr_write_host(remote, &b);
    }
    if (!travel(c, c->id, on_syn, sx_slice_empty()))
        schedule_end(c->id, fake.now_ms + 127000, SX_E_TRANSPORT, "Connection timed out");
    *out = c;
    return SX_OK;
}

/* ---- connection */

void net_conn_adopt(net_conn *c, net_sink sink, void *ctx) {
    c->sink = sink;
    c->ctx = ctx;
}

size_t net_conn_queued(const net_conn *c) {
    return c->early.n + (c->unread > KERNEL_BUFFER ? c->unread - KERNEL_BUFFER : 0);
}

int net_conn_send(net_conn *c, sx_slice bytes) {
    if (c->ended) return sx_fail(SX_E_STATE, "the connection has ended");
    if (net_conn_queued(c) + bytes.n > c->queue_max) {
        c->refused = true;
        return sx_fail(SX_E_FULL, "the connection's write queue is full");
    }
    if (c->connected) {
        transmit(c, bytes);
        return SX_OK;
    }
    sx_buf_put(&c->early, bytes.p, bytes.n);
    if (!c->early.failed) return SX_OK;
    c->early.failed = false;
    return sx_fail(SX_E_NOMEM, "no memory for bytes to send");
}

static void on_resume(fake_event *e) {
    net_conn *c = conn_by_id(e->id);
    if (!c || c->ended || c->paused) return;
    if (c->inbox.n) {
        size_t n = c->inbox.n < 65536 ? c->inbox.n : 65536;
        fake_set_bytes(e, sx_slice_of(c->inbox.p, n));
        sx_buf_consume(&c->inbox, n);
        fake_schedule(fake.now_ms, on_resume)->id = c->id;
        give(c, sx_slice_of(e->bytes, n));
    } else if (c->inbox_eof) {
        end(c, SX_OK, "closed by the peer");
    }
}

void net_conn_read(net_conn *c, bool on) {
    if (c->paused == !on) return;
    c->paused = !on;
    if (on) fake_schedule(fake.now_ms, on_resume)->id = c->id;
}

static void conn_free(sx_grave *g) {
    net_conn *c = SX_CONTAINER(g, net_conn, grave);
    sx_buf_free(&c->early);
    sx_buf_free(&c->inbox);
    net_tls_unref(c->tls);
    net_tls_unref(c->peer_tls);
    free(c);
}

void net_conn_close(net_conn *c, bool flush) {
    if (!c) return;
    if (!c->ended && c->connected) {
        fake_event *e = travel(c, c->peer, on_end, sx_slice_empty());
        if (e) e->text = "closed by the peer";
    }
    drop_from_listener(c);
    sx_list_remove(&c->node);
    sx_runq_bury(&c->loop->runq, &c->grave, conn_free);
}

void fake_tcp_free_all(net_loop *l) {
    for (sx_list *n; (n = sx_list_first(&l->listeners)) != NULL;) net_listener_close(SX_CONTAINER(n, net_listener, node));
    for (sx_list *n; (n = sx_list_first(&l->conns)) != NULL;) net_conn_close(SX_CONTAINER(n, net_conn, node), false);
}

unsigned fake_tcp_reset(const char *addr) {
    net_addr a;
    unsigned n = 0;
    if (!net_addr_parse(&a, sx_slice_str(addr), 0)) return 0;
    SX_LIST_EACH(it, tmp, &fake.loops) {
        net_loop *l = SX_CONTAINER(it, net_loop, node);
        SX_LIST_EACH(ci, ctmp, &l->conns) {
            net_conn *c = SX_CONTAINER(ci, net_conn, node);
            if (c->ended || !c->connected || !(covers(&a, &c->local) || covers(&a, &c->true_remote))) continue;
            c->mute = true;
            schedule_end(c->id, fake.now_ms, SX_E_TRANSPORT, "Connection reset by peer");
            n++;
        }
    }
    return n / 2;
}

net_loop *net_conn_loop(const net_conn *c) {
    return c->loop;
}

const net_addr *net_conn_remote(const net_conn *c) {
    return &c->remote;
}

const net_addr *net_conn_local(const net_conn *c) {
    static const net_addr none;
    return c->connected ? &c->local : &none;
}

bool net_conn_is_tls(const net_conn *c) {
    return c->tls != NULL;
}

const char *net_conn_tls_peer(const net_conn *c) {
    return c->tls_peer[0] ? c->tls_peer : NULL;
}

const char *net_conn_tls_text(const net_conn *c) {
    return c->tls && c->connected ? "TLSv1.3 fake" : "";
}
