/* TLS inside net_conn: between the socket (conn.c) and the filter (tls_conn.c). */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "net/tcp_internal.h"

#define ALERT_MS 1000 /* for a refused client to read why */

static void on_time(sx_timer *t, uint64_t now_ms) {
    tls_link *k = SX_CONTAINER(t, tls_link, timer);
    net_tls_link_timeout(k);
    net_conn_tls_failed(k->conn);
}

static void start_timer(net_conn *c) {
    c->tls->since_ms = c->loop->now_ms;
    sx_timer_start(c->loop->wheel, &c->tls->timer, c->loop->now_ms + c->tls->handshake_ms);
}

int net_conn_tls_attach(net_conn *c, const net_tcp_options *o, net_listener *s) {
    int rc = net_tls_link_create(o, s != NULL, &c->remote, &c->tls);
    if (rc < 0) return rc;
    tls_link *k = c->tls;
    k->conn = c;
    k->handshake_ms = o->handshake_ms ? o->handshake_ms : 10000;
    sx_timer_init(&k->timer, on_time);
    if (!s) return SX_OK;
    sx_list_append(&s->shaking, &k->node);
    s->nshaking++;
    start_timer(c);
    return SX_OK;
}

static void stop_shaking(net_conn *c) {
    sx_timer_stop(c->loop->wheel, &c->tls->timer);
    if (sx_list_is_empty(&c->tls->node)) return;
    sx_list_remove(&c->tls->node);
    if (c->listener) net_listener_shaken(c->listener);
}

/* At once, if the system takes it: alerts, and the last thing before a close. */
static void send_now(net_conn *c) {
    sx_slice s = net_tls_link_out(c->tls);
    if (s.n == 0 || c->blocked || c->failed || c->fd < 0) return;
    ssize_t n = send(c->fd, s.p, s.n, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0) net_tls_link_sent(c->tls, (size_t)n);
}

void net_conn_tls_leave(net_conn *c) {
    stop_shaking(c);
    if ((c->state != CONN_UP && c->state != CONN_FLUSHING) || c->blocked || net_tls_link_out(c->tls).n) return;
    net_tls_link_goodbye(c->tls);
    send_now(c);
}

/* ---- the end */

static const char *words(sx_buf *b) {
    sx_buf_char(b, 0);
    return b->p && b->n && !b->failed ? b->p : NULL;
}

static void fill(net_event *ev, tls_fault *f) {
    const char *text = words(&f->text);
    ev->code = f->code;
    ev->text = text ? text : "TLS failed";
    ev->tls_check = f->check;
    ev->tls_names = f->names.n ? words(&f->names) : NULL;
}

/* An accepted one: its listener's owner is told. The alert needs a moment to be read: a close with bytes unread would
 * be a reset, which overtakes it. */
static void refuse(net_conn *c) {
    net_listener *s = c->listener;
    stop_shaking(c);
    send_now(c);
    c->state = CONN_WAITING;
    if (s) {
        net_event ev = net_event_of(NET_REFUSED);
        fill(&ev, &c->tls->fault);
        ev.from = &c->remote;
        ev.local = &c->local;
        s->tls_failed++;
        s->sink(s->ctx, &ev);
    }
    bool said = c->tls->heard && c->tls->ssl && !net_tls_link_out(c->tls).n && !c->blocked;
    if (!said || shutdown(c->fd, SHUT_WR) != 0) {
        net_conn_bury(c);
        return;
    }
    net_tls_link_free(c->tls);
    c->tls = NULL;
    net_conn_linger(c, ALERT_MS);
}

void net_conn_tls_failed(net_conn *c) {
    if (c->tls->server && c->state == CONN_SHAKING) {
        refuse(c);
        return;
    }
    send_now(c);
    net_event ev = net_event_of(NET_CLOSED);
    fill(&ev, &c->tls->fault);
    net_conn_end(c, &ev);
}

void net_conn_tls_eof(net_conn *c, int err) {
    net_tls_link_eof(c->tls, err != 0);
    net_conn_tls_failed(c);
}

/* ---- life */

void net_conn_tls_start(net_conn *c) {
    c->state = CONN_SHAKING;
    start_timer(c);
    if (net_tls_link_start(c->tls) < 0)
        net_conn_tls_failed(c);
    else
        net_conn_want_write(c);
}

static void came_up(net_conn *c) {
    stop_shaking(c);
    if (c->paused) event_del(c->readable);
    c->state = net_conn_is_left(c) ? CONN_FLUSHING : CONN_UP;
    net_conn_want_write(c);
    if (net_conn_is_left(c)) return;
    if (c->tls->server) {
        net_listener_offer(c);
        return;
    }
    net_event ev = net_event_of(NET_CONNECTED);
    net_conn_emit(c, &ev);
}

static void deliver(net_conn *c, const char *plain, size_t n) {
    net_event ev = net_event_of(NET_DATA);
    ev.bytes = sx_slice_of(plain, n);
    net_conn_emit(c, &ev);
}

static void closed_by_peer(net_conn *c) {
    net_tls_link_goodbye(c->tls); /* RFC 5246, section 7.2.1: answered */
    send_now(c);
    net_event ev = net_event_of(NET_CLOSED);
    ev.text = "closed by the peer";
    net_conn_end(c, &ev);
}

/* A record that never ends would hold 16 KB for ever, unseen by the owner. */
static bool watch_record(net_conn *c) {
    tls_link *k = c->tls;
    if (!k->up) return true;
    if (!k->partial)
        sx_timer_stop(c->loop->wheel, &k->timer);
    else if (!sx_timer_running(&k->timer))
        start_timer(c);
    return true;
}

bool net_conn_tls_take(net_conn *c, sx_slice cipher, bool *gone) {
    net_loop *l = c->loop;
    tls_link *k = c->tls;
    tls_step step = net_tls_link_give(k, cipher) < 0 ? TLS_FAILED : TLS_MORE;
    char *plain = l->rx->slots + NET_SLOT;
    while (step != TLS_FAILED) {
        size_t n;
        step = net_tls_link_step(k, plain, NET_SLOT, &n);
        if (net_tls_link_out(k).n) net_conn_want_write(c);
        /* handlers and tasks come in between, and the slots are everybody's */
        if (step != TLS_FAILED && net_tls_link_keep(k) < 0) step = TLS_FAILED;
        if (step == TLS_MORE) return watch_record(c);
        if (step == TLS_FAILED) break;
        if (step == TLS_ENDED) {
            closed_by_peer(c);
            return false;
        }
        if (step == TLS_UP)
            came_up(c);
        else
            deliver(c, plain, n);
        if (*gone) return false;
        net_loop_tock(l);
        if (*gone || c->state != CONN_UP) return false;
        if (c->paused) return true; /* what has been kept waits for net_conn_tls_resume */
        if (net_tls_link_give(k, sx_slice_empty()) < 0) break;
    }
    net_conn_tls_failed(c);
    return false;
}

void net_conn_tls_resume(net_conn *c) { net_conn_tls_take(c, sx_slice_empty(), c->gone); }

sx_slice net_conn_tls_next(net_conn *c) {
    tls_link *k = c->tls;
    sx_slice out = net_tls_link_out(k), plain = sx_slice_empty();
    if (c->out.p) plain = sx_slice_of(c->out.p + c->out_done, c->out.n - c->out_done);
    if (out.n || !k->up) return out;
    if (plain.n) {
        long n = net_tls_link_put(k, plain);
        if (n < 0)
            net_conn_fail(c, EPROTO);
        else
            c->out_done += (size_t)n;
    } else if (c->state == CONN_FLUSHING) {
        net_tls_link_goodbye(k);
    }
    return c->failed ? sx_slice_empty() : net_tls_link_out(k);
}

bool net_conn_is_tls(const net_conn *c) { return c->tls != NULL; }

const char *net_conn_tls_peer(const net_conn *c) { return c->tls ? c->tls->peer : NULL; }

const char *net_conn_tls_text(const net_conn *c) { return c->tls && c->tls->words ? c->tls->words : ""; }

tls_link *net_conn_tls_link(net_conn *c) { return c->tls; }
