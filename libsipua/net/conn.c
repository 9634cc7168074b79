#define _GNU_SOURCE
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "net/tcp_internal.h"

#define READS 4        /* of 64 KB, before others have their turn */
#define LINGER_MS 5000 /* for a connection that its owner has left */
#define KEEP_BUFFER (16 * 1024)

void net_conn_emit(net_conn *c, net_event *ev) {
    ev->conn = c;
    ev->from = &c->remote;
    ev->local = &c->local;
    if (c->sink) c->sink(c->ctx, ev);
}

/* ---- the end */

static void conn_free(sx_grave *g) {
    net_conn *c = SX_CONTAINER(g, net_conn, grave);
    sx_buf_free(&c->out);
    net_tls_link_free(c->tls);
    free(c);
}

void net_conn_leave_listener(net_conn *c) {
    if (!c->listener) return;
    c->listener->nconns--;
    c->listener = NULL;
    sx_list_remove(&c->peers_node);
}

static void drop_socket(net_conn *c) {
    if (c->tls) net_conn_tls_leave(c);
    if (c->readable) event_free(c->readable);
    if (c->writable) event_free(c->writable);
    c->readable = c->writable = NULL;
    net_os_close(c->loop, c->fd);
    c->fd = -1;
    sx_list_remove(&c->write_node);
    sx_runq_cancel(&c->task);
    net_conn_leave_listener(c);
}

void net_conn_bury(net_conn *c) {
    drop_socket(c);
    sx_timer_stop(c->loop->wheel, &c->timer);
    sx_list_remove(&c->linger_node);
    if (c->gone) *c->gone = true;
    sx_runq_bury(&c->loop->runq, &c->grave, conn_free);
}

bool net_conn_is_left(const net_conn *c) { return !sx_list_is_empty(&c->linger_node); }

void net_conn_end(net_conn *c, net_event *why) {
    if (net_conn_is_left(c)) {
        net_conn_bury(c); /* nobody is there to be told */
        return;
    }
    c->state = CONN_ENDED;
    drop_socket(c);
    sx_buf_free(&c->out);
    c->out_done = 0;
    net_conn_emit(c, why);
}

static void end(net_conn *c, int err) {
    if (c->tls && c->tls->fault.code) {
        net_conn_tls_failed(c);
        return;
    }
    net_event ev = net_event_of(NET_CLOSED);
    ev.code = err ? SX_E_TRANSPORT : SX_OK;
    ev.text = err ? net_os_text(err) : "closed by the peer";
    net_conn_end(c, &ev);
}

/* ---- reading */

static bool deliver(net_conn *c, sx_slice bytes, bool *gone) {
    if (c->tls && (c->state == CONN_UP || c->state == CONN_SHAKING)) return net_conn_tls_take(c, bytes, gone);
    if (c->state != CONN_UP) return true; /* nobody wants it */
    net_event ev = net_event_of(NET_DATA);
    ev.bytes = bytes;
    net_conn_emit(c, &ev);
    net_loop_tock(c->loop);
    return !*gone && c->state != CONN_ENDED;
}

static void no_more(net_conn *c, int err) {
    if (c->tls && c->state == CONN_SHAKING)
        net_conn_tls_eof(c, err);
    else
        end(c, err);
}

/* False when c may be gone or has ended. */
static bool read_some(net_conn *c, bool *gone) {
    net_loop *l = c->loop;
    size_t most = c->tls ? NET_TLS_READ : NET_SLOT;
    for (int i = 0; i < READS && (!c->paused || c->state == CONN_SHAKING); i++) {
        ssize_t n = recv(c->fd, l->rx->slots, most, MSG_DONTWAIT);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return true;
        if (n == 0 && c->state == CONN_FLUSHING) {
            c->paused = true; /* the peer has said all; it may still read what we have for it */
            event_del(c->readable);
            return true;
        }
        if (n <= 0) {
            no_more(c, n < 0 ? errno : 0);
            return false;
        }
        if (!deliver(c, sx_slice_of(l->rx->slots, (size_t)n), gone)) return false;
        if ((size_t)n < most) return true;
    }
    return true;
}

/* Whoever is called in between may close c, and so may a call further out. */
static void read_watched(net_conn *c) {
    bool gone = false, *before = c->gone;
    c->gone = &gone;
    read_some(c, &gone);
    if (!gone)
        c->gone = before;
    else if (before)
        *before = true;
}

static void on_readable(evutil_socket_t fd, short what, void *ctx) {
    net_conn *c = ctx;
    net_loop *l = c->loop;
    net_loop_tick(l);
    read_watched(c);
    net_loop_tock(l);
}

static void tell_drained(net_conn *c) {
    if (c->state != CONN_UP || !c->refused || net_conn_queued(c)) return;
    c->refused = false;
    net_event ev = net_event_of(NET_DRAINED);
    net_conn_emit(c, &ev);
}

static void last_words(net_conn *c) {
    bool gone = false, *before = c->gone, was_up = c->state == CONN_UP || c->state == CONN_SHAKING;
    c->gone = &gone;
    if (was_up && !c->paused) read_some(c, &gone);
    if (gone) {
        if (before) *before = true;
        return;
    }
    c->gone = before;
    if (c->state == CONN_SHAKING)
        no_more(c, c->failed);
    else if (c->state != CONN_ENDED)
        end(c, c->failed);
}

/* From the run queue: the queue is empty; or a write or connect failed, but first what the peer had still said; or
 * reading goes on where bytes were kept. */
static void tell(sx_task *t) {
    net_conn *c = SX_CONTAINER(t, net_conn, task);
    if (c->failed) {
        last_words(c);
        return;
    }
    bool gone = false, *before = c->gone;
    c->gone = &gone;
    tell_drained(c);
    if (!gone && c->tls && c->state == CONN_UP && !c->paused) net_conn_tls_resume(c);
    if (!gone)
        c->gone = before;
    else if (before)
        *before = true;
}

void net_conn_fail(net_conn *c, int err) {
    c->failed = err;
    sx_runq_post(&c->loop->runq, &c->task);
}

/* ---- writing */

size_t net_conn_queued(const net_conn *c) {
    size_t plain = c->out.n - c->out_done;
    return plain + (c->tls && c->tls->up ? net_tls_link_out(c->tls).n : 0);
}

void net_conn_want_write(net_conn *c) {
    if (!c->blocked && !c->failed && sx_list_is_empty(&c->write_node))
        sx_list_append(&c->loop->writers, &c->write_node);
}

static void all_written(net_conn *c) {
    if (c->blocked) {
        event_del(c->writable);
        c->blocked = false;
    }
    if (net_conn_queued(c)) return; /* until the TLS handshake has ended */
    c->out_done = 0;
    if (c->out.cap > KEEP_BUFFER || c->tls)
        sx_buf_free(&c->out);
    else
        sx_buf_reset(&c->out);
    if (c->state == CONN_UP && c->refused) sx_runq_post(&c->loop->runq, &c->task);
    if (c->state != CONN_FLUSHING) return;
    /* closing now could turn what the peer has not read yet into a reset: say that this was all, and wait for its end
     */
    c->state = CONN_WAITING;
    if (shutdown(c->fd, SHUT_WR) != 0) {
        net_conn_bury(c);
        return;
    }
    if (c->paused) {
        c->paused = false;
        event_add(c->readable, NULL);
    }
}

static sx_slice next_bytes(net_conn *c) {
    if (c->tls) return net_conn_tls_next(c);
    return c->out.p ? sx_slice_of(c->out.p + c->out_done, net_conn_queued(c)) : sx_slice_empty();
}

void net_conn_write(net_conn *c) {
    for (sx_slice s; (s = next_bytes(c)).n;) {
        ssize_t n = send(c->fd, s.p, s.n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n > 0) {
            if (c->tls)
                net_tls_link_sent(c->tls, (size_t)n);
            else
                c->out_done += (size_t)n;
            continue;
        }
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
            net_conn_fail(c, errno);
            return;
        }
        if (!c->blocked) event_add(c->writable, NULL);
        c->blocked = true;
        return;
    }
    if (!c->failed) all_written(c);
}

void net_tcp_flush(net_loop *l) {
    for (sx_list *n; (n = sx_list_pop(&l->writers)) != NULL;) {
        net_conn *c = SX_CONTAINER(n, net_conn, write_node);
        if (!c->blocked && c->state != CONN_CONNECTING && !c->failed) net_conn_write(c);
    }
}

static void connected(net_conn *c) {
    int err = 0;
    socklen_t n = sizeof err;
    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &n) != 0) err = errno;
    if (!err && c->state == CONN_CONNECTING && net_os_local(c->fd, &c->local) < 0) err = ENOTCONN;
    if (err) {
        event_del(c->writable);
        end(c, err);
        return;
    }
    c->blocked = false;
    event_del(c->writable);
    if (c->tls) {
        event_add(c->readable, NULL);
        net_conn_tls_start(c);
        return;
    }
    if (!c->paused) event_add(c->readable, NULL);
    if (net_conn_queued(c)) net_conn_want_write(c);
    c->state = net_conn_is_left(c) ? CONN_FLUSHING : CONN_UP;
    if (net_conn_is_left(c)) return;
    net_event ev = net_event_of(NET_CONNECTED);
    net_conn_emit(c, &ev);
}

static void on_writable(evutil_socket_t fd, short what, void *ctx) {
    net_conn *c = ctx;
    net_loop *l = c->loop;
    net_loop_tick(l);
    if (c->state == CONN_CONNECTING) {
        connected(c);
    } else if (!c->failed) {
        net_conn_write(c);
    }
    net_loop_tock(l);
}

int net_conn_send(net_conn *c, sx_slice bytes) {
    if (c->state > CONN_UP || c->failed) return sx_fail(SX_E_STATE, "the connection has ended");
    size_t queued = net_conn_queued(c);
    if (bytes.n > c->queue_max || queued > c->queue_max - bytes.n) {
        c->refused = true;
        return sx_fail(SX_E_FULL, "the connection's write queue is full");
    }
    if (c->out_done && c->out_done >= c->out.n / 2) {
        sx_buf_consume(&c->out, c->out_done);
        c->out_done = 0;
    }
    sx_buf_put(&c->out, bytes.p, bytes.n);
    if (c->out.failed) {
        c->out.failed = false; /* the buffer is as it was */
        return sx_fail(SX_E_NOMEM, "no memory for bytes to send");
    }
    if (c->state == CONN_UP) net_conn_want_write(c);
    return SX_OK;
}

/* ---- life */

static void give_up(sx_timer *t, uint64_t now_ms) { net_conn_bury(SX_CONTAINER(t, net_conn, timer)); }

static void set_options(int fd, const net_tcp_options *o) {
    int one = 1, idle = o->keepalive_s ? (int)o->keepalive_s : 60, gap = 10, count = 3;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (o->no_keepalive) return;
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &gap, sizeof gap);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
}

int net_conn_make(net_loop *l, int fd, const net_tcp_options *opt, conn_state state, net_conn **out) {
    net_conn *c = calloc(1, sizeof *c);
    if (!c) {
        net_os_close(l, fd);
        return sx_fail(SX_E_NOMEM, "no memory for a connection");
    }
    c->loop = l;
    c->fd = fd;
    c->state = state;
    c->queue_max = opt->queue_max ? opt->queue_max : 1024 * 1024;
    sx_list_init(&c->write_node);
    sx_list_init(&c->linger_node);
    sx_list_init(&c->peers_node);
    sx_buf_init(&c->out);
    sx_task_init(&c->task, tell);
    sx_timer_init(&c->timer, give_up);
    set_options(fd, opt);
    c->readable = event_new(l->base, fd, EV_READ | EV_PERSIST, on_readable, c);
    c->writable = event_new(l->base, fd, EV_WRITE | EV_PERSIST, on_writable, c);
    struct event *first = state == CONN_CONNECTING ? NULL : c->readable;
    if (!c->readable || !c->writable || (first && event_add(first, NULL) != 0)) {
        net_conn_bury(c);
        return sx_fail(SX_E_NOMEM, "no memory for a connection");
    }
    *out = c;
    return SX_OK;
}

static int bind_local(int fd, const net_addr *local) {
    int one = 1;
    if (!local || !net_addr_is_set(local)) return SX_OK;
    /* our listener may hold the same port: an explicit port is then shared with it */
    if (net_addr_port(local))
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    else
        setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (bind(fd, &local->u.sa, net_addr_len(local)) != 0) return net_os_fail("bind");
    return SX_OK;
}

int net_tcp_connect(net_loop *l, const net_addr *remote, const net_addr *local, const net_tcp_options *opt,
                    net_sink sink, void *ctx, net_conn **out) {
    net_tcp_options o;
    net_conn *c;
    memset(&o, 0, sizeof o);
    if (opt) o = *opt;
    if (!net_addr_is_set(remote) || net_addr_port(remote) == 0)
        return sx_fail(SX_E_INVALID, "no address to connect to");
    if (local && net_addr_is_set(local) && local->u.sa.sa_family != remote->u.sa.sa_family)
        return sx_fail(SX_E_INVALID, "the local address is of another family");
    int rc = net_loop_need_io(l);
    if (rc < 0) return rc;
    int fd = net_os_socket(l, remote->u.sa.sa_family, SOCK_STREAM);
    if (fd < 0) return fd;
    rc = bind_local(fd, local);
    if (rc < 0) {
        net_os_close(l, fd);
        return rc;
    }
    rc = net_conn_make(l, fd, &o, CONN_CONNECTING, &c);
    if (rc < 0) return rc;
    c->remote = *remote;
    c->sink = sink;
    c->ctx = ctx;
    if (o.tls) rc = net_conn_tls_attach(c, &o, NULL);
    if (rc < 0) {
        net_conn_bury(c);
        return rc;
    }
    if (connect(fd, &remote->u.sa, net_addr_len(remote)) != 0 && errno != EINPROGRESS && errno != EINTR)
        net_conn_fail(c, errno);
    else
        event_add(c->writable, NULL);
    *out = c;
    return SX_OK;
}

void net_conn_adopt(net_conn *c, net_sink sink, void *ctx) {
    c->sink = sink;
    c->ctx = ctx;
}

void net_conn_read(net_conn *c, bool on) {
    if (c->paused == !on) return;
    c->paused = !on;
    if (c->state != CONN_UP) return;
    if (on)
        event_add(c->readable, NULL);
    else
        event_del(c->readable);
    if (on && c->tls)
        sx_runq_post(&c->loop->runq, &c->task); /* some bytes may have been read from the socket already */
}

void net_conn_linger(net_conn *c, unsigned ms) {
    sx_list_append(&c->loop->lingering, &c->linger_node);
    sx_timer_start(c->loop->wheel, &c->timer, c->loop->now_ms + ms);
}

void net_conn_close(net_conn *c, bool flush) {
    if (!c) return;
    c->sink = NULL;
    bool something = net_conn_queued(c) > 0;
    if (!flush || c->state == CONN_ENDED || c->failed || (c->state <= CONN_SHAKING && !something)) {
        net_conn_bury(c);
        return;
    }
    if (c->gone) *c->gone = true; /* for whoever reads for the owner: it is not theirs any more */
    c->gone = NULL;
    net_conn_leave_listener(c);
    net_conn_linger(c, LINGER_MS);
    if (c->state <= CONN_SHAKING) return; /* `connected` or the handshake's end goes on from here */
    c->state = CONN_FLUSHING;
    net_conn_want_write(c);
}

void net_tcp_drop_lingering(net_loop *l) {
    for (sx_list *n; (n = sx_list_first(&l->lingering)) != NULL;) {
        net_conn *c = SX_CONTAINER(n, net_conn, linger_node);
        if (c->state == CONN_FLUSHING && !c->blocked) net_conn_write(c);
        if (sx_list_first(&l->lingering) == n) net_conn_bury(c);
    }
}

net_loop *net_conn_loop(const net_conn *c) { return c->loop; }

const net_addr *net_conn_remote(const net_conn *c) { return &c->remote; }

const net_addr *net_conn_local(const net_conn *c) { return &c->local; }
