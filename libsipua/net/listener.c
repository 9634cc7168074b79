#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "net/tcp_internal.h"

#define ACCEPTS 32    /* per turn */
#define PAUSE_MS 100  /* without descriptors */
#define SHAKE_MS 1000 /* so long no handshake is pushed out by a later one */

void net_listener_offer(net_conn *c) {
    net_listener *s = c->listener;
    net_event ev = net_event_of(NET_ACCEPTED);
    ev.conn = c;
    ev.from = &c->remote;
    ev.local = &c->local;
    bool gone = false, *before = c->gone;
    c->gone = &gone;
    s->sink(s->ctx, &ev);
    if (gone) {
        if (before) *before = true;
        return;
    }
    c->gone = before;
    if (c->sink) return;
    if (c->listener) c->listener->refused++;
    net_conn_close(c, false);
}

/* Accepts nothing for a while. What cannot be accepted stays readable: without this the loop would spin. */
static void pause_until(net_listener *s, uint64_t at_ms) {
    event_del(s->readable);
    sx_timer_start(s->loop->wheel, &s->pause, at_ms);
}

static void resume(sx_timer *t, uint64_t now_ms) {
    net_listener *s = SX_CONTAINER(t, net_listener, pause);
    s->full = false;
    event_add(s->readable, NULL);
}

void net_listener_shaken(net_listener *s) {
    s->nshaking--;
    if (!s->full) return;
    sx_timer_stop(s->loop->wheel, &s->pause);
    resume(&s->pause, s->loop->now_ms);
}

/* A flood of half-open connections must not keep others out: the oldest makes room, once it has had its time. Until
 * then newcomers wait in the system's queue. */
static bool room_for_handshake(net_listener *s) {
    if (!s->opt.tls || s->nshaking < s->opt.max_handshakes) return true;
    const tls_link *oldest = SX_CONTAINER(sx_list_first(&s->shaking), tls_link, node);
    if (s->loop->now_ms - oldest->since_ms >= SHAKE_MS) return true;
    pause_until(s, oldest->since_ms + SHAKE_MS);
    s->full = true;
    return false;
}

static void take(net_listener *s, int fd, const struct sockaddr *sa, socklen_t n) {
    net_conn *c;
    net_addr remote;
    if (s->nconns >= s->opt.max_conns || !net_addr_from_sockaddr(&remote, sa, n)) {
        s->refused++;
        close(fd);
        return;
    }
    if (net_loop_own_fd(s->loop, fd) < 0) {
        close(fd);
        return;
    }
    if (net_conn_make(s->loop, fd, &s->opt, s->opt.tls ? CONN_SHAKING : CONN_UP, &c) < 0) {
        s->refused++;
        return;
    }
    c->remote = remote;
    if (net_os_local(fd, &c->local) < 0) c->local = s->local;
    c->listener = s;
    sx_list_append(&s->conns, &c->peers_node);
    s->nconns++;
    if (s->opt.tls && s->nshaking >= s->opt.max_handshakes) {
        s->tls_failed++;
        net_conn_bury(SX_CONTAINER(sx_list_first(&s->shaking), tls_link, node)->conn);
    }
    if (!s->opt.tls) {
        net_listener_offer(c);
    } else if (net_conn_tls_attach(c, &s->opt, s) < 0) {
        s->refused++;
        net_conn_bury(c);
    }
}

static void on_acceptable(evutil_socket_t lfd, short what, void *ctx) {
    net_listener *s = ctx;
    net_loop *l = s->loop;
    bool gone = false;
    net_loop_tick(l);
    s->gone = &gone;
    for (int i = 0; i < ACCEPTS && room_for_handshake(s); i++) {
        struct sockaddr_storage ss;
        socklen_t n = sizeof ss;
        int fd = accept4(s->fd, (struct sockaddr *)&ss, &n, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0) {
            if (errno == EINTR || errno == ECONNABORTED) continue;
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
                pause_until(s, l->now_ms + PAUSE_MS);
            break;
        }
        take(s, fd, (struct sockaddr *)&ss, n);
        net_loop_tock(l);
        if (gone) return;
    }
    s->gone = NULL;
}

static int start(net_listener *s) {
    int one = 1;
    s->fd = net_os_socket(s->loop, s->local.u.sa.sa_family, SOCK_STREAM);
    if (s->fd < 0) return s->fd;
    setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one); /* old connections in TIME_WAIT are no obstacle */
    if (bind(s->fd, &s->local.u.sa, net_addr_len(&s->local)) != 0) {
        char text[NET_ADDR_TEXT];
        return net_os_fail(net_addr_text(&s->local, text));
    }
    if (listen(s->fd, 1024) != 0) return net_os_fail("listen");
    int rc = net_os_local(s->fd, &s->local);
    if (rc < 0) return rc;
    s->readable = event_new(s->loop->base, s->fd, EV_READ | EV_PERSIST, on_acceptable, s);
    if (!s->readable || event_add(s->readable, NULL) != 0) return sx_fail(SX_E_NOMEM, "no memory for a listener");
    return SX_OK;
}

static void release(net_listener *s) {
    if (s->readable) event_free(s->readable);
    net_os_close(s->loop, s->fd);
    net_tls_unref(s->opt.tls);
    free(s->alpn);
}

static int keep_tls(net_listener *s) {
    s->opt.tls = net_tls_ref(s->opt.tls);
    if (!s->opt.max_handshakes) s->opt.max_handshakes = 1000;
    if (!s->opt.tls || !s->opt.alpn) return SX_OK;
    s->alpn = sx_strdup(sx_slice_str(s->opt.alpn));
    s->opt.alpn = s->alpn;
    return s->alpn ? SX_OK : sx_fail(SX_E_NOMEM, "no memory for a listener");
}

int net_listener_open(net_loop *l, const net_addr *local, const net_tcp_options *opt, net_sink sink, void *ctx,
                      net_listener **out) {
    if (!net_addr_is_set(local)) return sx_fail(SX_E_INVALID, "no local address");
    int rc = net_loop_need_io(l);
    if (rc < 0) return rc;
    net_listener *s = calloc(1, sizeof *s);
    if (!s) return sx_fail(SX_E_NOMEM, "no memory for a listener");
    s->loop = l;
    s->sink = sink;
    s->ctx = ctx;
    s->local = *local;
    if (opt) s->opt = *opt;
    if (!s->opt.max_conns) s->opt.max_conns = 10000;
    sx_list_init(&s->conns);
    sx_list_init(&s->shaking);
    sx_timer_init(&s->pause, resume);
    s->fd = -1;
    rc = keep_tls(s);
    if (rc == SX_OK) rc = start(s);
    if (rc < 0) {
        release(s);
        free(s);
        return rc;
    }
    *out = s;
    return SX_OK;
}

static void listener_free(sx_grave *g) { free(SX_CONTAINER(g, net_listener, grave)); }

void net_listener_close(net_listener *s) {
    if (!s) return;
    if (s->gone) *s->gone = true;
    for (sx_list *n; (n = sx_list_first(&s->shaking)) != NULL;) net_conn_bury(SX_CONTAINER(n, tls_link, node)->conn);
    for (sx_list *n; (n = sx_list_pop(&s->conns)) != NULL;) SX_CONTAINER(n, net_conn, peers_node)->listener = NULL;
    sx_timer_stop(s->loop->wheel, &s->pause);
    release(s);
    sx_runq_bury(&s->loop->runq, &s->grave, listener_free);
}

const net_addr *net_listener_local(const net_listener *s) { return &s->local; }

unsigned net_listener_conns(const net_listener *s) { return s->nconns; }

uint64_t net_listener_refused(const net_listener *s) { return s->refused; }

unsigned net_listener_handshakes(const net_listener *s) { return s->nshaking; }

uint64_t net_listener_tls_failed(const net_listener *s) { return s->tls_failed; }
