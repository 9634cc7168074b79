#include "net/websocket.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/utf8.h"
#include "net/websocket_internal.h"

#define MAX_MESSAGE 65536u
#define HANDSHAKE_MS 10000u
#define MESSAGE_MS 30000u
#define QUEUE_MAX (1024u * 1024u)
#define HEAD_ROOM 1024u /* of the queue, for our part of the handshake */

net_event ws_event(net_event_type type) {
    net_event ev;
    memset(&ev, 0, sizeof ev);
    ev.type = type;
    ev.text = "";
    return ev;
}

void ws_emit(net_ws *w, net_event *ev) {
    ev->conn = w->conn;
    ev->from = &w->remote;
    ev->local = &w->local;
    if (w->sink) w->sink(w->ctx, ev);
}

/* ---- the end */

static void setup_free(net_ws *w) {
    if (!w->setup) return;
    sx_buf_free(&w->setup->in);
    sx_buf_free(&w->setup->early);
    free(w->setup);
    w->setup = NULL;
}

static void ws_free(sx_grave *g) {
    net_ws *w = SX_CONTAINER(g, net_ws, grave);
    setup_free(w);
    ws_rx_free(w);
    sx_buf_free(&w->held);
    free(w);
}

static void leave_conn(net_ws *w, bool flush) {
    sx_timer_stop(net_loop_wheel(w->loop), &w->timer);
    sx_runq_cancel(&w->task);
    net_conn_close(w->conn, flush);
    w->conn = NULL;
}

void ws_end(net_ws *w, int code, const char *text) {
    w->state = WS_ENDED;
    leave_conn(w, true);
    net_event ev = ws_event(NET_CLOSED);
    ev.code = code;
    ev.text = text;
    ws_emit(w, &ev);
}

void ws_fail(net_ws *w, unsigned close_code, int code, const char *text) {
    ws_frame_close(w, close_code, sx_slice_str(text));
    ws_end(w, code, text);
}

static void bury(net_ws *w) {
    w->sink = NULL;
    w->state = WS_ENDED;
    sx_runq_bury(net_loop_runq(w->loop), &w->grave, ws_free);
}

void net_ws_close(net_ws *w, bool flush) {
    if (!w) return;
    if (flush && w->state == WS_UP) {
        net_ws_close_with(w, 1001, sx_slice_empty());
        return;
    }
    if (w->conn) leave_conn(w, flush && w->server);
    bury(w);
}

void net_ws_close_with(net_ws *w, unsigned code, sx_slice reason) {
    if (!w) return;
    if (w->state == WS_UP) ws_frame_close(w, ws_may_send_code(code) ? code : 1000, reason);
    if (w->conn) leave_conn(w, true);
    bury(w);
}

/* The connection itself has ended. */
static void conn_closed(net_ws *w, const net_event *ev) {
    net_event mine = *ev;
    bool halfway = w->rx || w->held.n, upgraded = w->state == WS_UP;
    char text[200];
    if (!upgraded && w->state == WS_UPGRADING) {
        snprintf(text, sizeof text, "the connection ended during the WebSocket handshake: %s", ev->text);
        mine.text = text;
        if (mine.code == SX_OK) mine.code = SX_E_TRANSPORT;
    } else if (mine.code == SX_OK && halfway) {
        mine.code = SX_E_TRANSPORT;
        mine.text = "closed by the peer in the middle of a WebSocket message";
    }
    w->state = WS_ENDED;
    leave_conn(w, false);
    ws_emit(w, &mine);
}

/* ---- the handshake */

/* Without a frame: the upgrade is not done. */
static void refuse(net_ws *w, int status, int code, const ws_request *r, const char *why) {
    sx_buf out;
    char text[240], what[120] = "";
    sx_buf_init(&out);
    if (ws_answer_write(&out, status, NULL, why) == SX_OK) net_conn_send(w->conn, sx_buf_view(&out));
    sx_buf_free(&out);
    if (r && status == 403) ws_printable(r->origin, what, sizeof what);
    if (r && status == 404) ws_printable(r->path, what, sizeof what);
    snprintf(text, sizeof text, "refused with %d: %s%s%s", status, why, *what ? ": " : "", what);
    ws_end(w, code, text);
}

/* The head ends at `n`; what else came in the same bytes is `rest`. */
static void upgraded(net_ws *w, size_t n, sx_slice rest) {
    ws_setup *s = w->setup;
    sx_timer_stop(net_loop_wheel(w->loop), &w->timer);
    w->state = WS_UP;
    if (s->early.n && net_conn_send(w->conn, sx_buf_view(&s->early)) < 0) {
        ws_fail(w, 1011, SX_E_NOMEM, "no memory for what was sent before the WebSocket stood");
        return;
    }
    sx_buf_free(&s->early);
    net_event ev = ws_event(NET_CONNECTED);
    ev.bytes = sx_slice_of(s->in.p, n);
    ws_emit(w, &ev);
    if (w->state != WS_UP) return;
    bool refused = s->early_refused;
    setup_free(w);
    if (refused) { /* the early frames are away */
        ev = ws_event(NET_DRAINED);
        ws_emit(w, &ev);
    }
    if (w->state != WS_UP) return;
    if (w->paused) {
        sx_buf_put(&w->held, rest.p, rest.n);
        net_conn_read(w->conn, false);
        if (w->held.failed) ws_fail(w, 1011, SX_E_NOMEM, "no memory for bytes that came while reading was stopped");
    } else if (rest.n) {
        ws_feed(w, rest);
    }
}

static void read_request(net_ws *w, size_t n, sx_slice rest) {
    ws_setup *s = w->setup;
    ws_request r;
    const char *why;
    sx_buf out;
    int status = ws_request_read(sx_slice_of(s->in.p, n), &s->rules, &r, &why);
    if (status != 101) {
        refuse(w, status, SX_E_PROTOCOL, &r, why);
        return;
    }
    sx_buf_init(&out);
    int rc = ws_answer_write(&out, 101, &r, "");
    if (rc == SX_OK) rc = net_conn_send(w->conn, sx_buf_view(&out));
    sx_buf_free(&out);
    if (rc < 0)
        ws_end(w, SX_E_NOMEM, "no memory for the WebSocket handshake");
    else
        upgraded(w, n, rest);
}

static void read_answer(net_ws *w, size_t n, sx_slice rest) {
    char text[320];
    ws_setup *s = w->setup;
    int rc = ws_answer_read(sx_slice_of(s->in.p, n), s->key, text, sizeof text);
    if (rc < 0)
        ws_end(w, rc, text);
    else if (rc == 0)
        upgraded(w, n, rest);
}

static void bad_head(net_ws *w, int status) {
    const char *why = status == 431 ? "the request is too large" : "not an HTTP request";
    if (w->server)
        refuse(w, status, SX_E_PROTOCOL, NULL, why);
    else
        ws_end(w, SX_E_PROTOCOL, status == 431 ? "the server's answer to the upgrade is too large"
                                                : "what answers there does not speak HTTP");
}

static void shake_hands(net_ws *w, sx_slice bytes) {
    while (w->state == WS_UPGRADING) {
        ws_setup *s = w->setup;
        size_t room = WS_HEAD_MAX + 1 - s->in.n, take = bytes.n < room ? bytes.n : room;
        sx_buf_put(&s->in, bytes.p, take);
        if (s->in.failed) {
            ws_end(w, SX_E_NOMEM, "no memory for the WebSocket handshake");
            return;
        }
        int n = ws_head_find(&s->head, sx_buf_view(&s->in));
        if (n < 0) bad_head(w, -n);
        if (n <= 0) return;
        /* a head ends among the bytes that have just come */
        size_t over = s->in.n - (size_t)n;
        bytes = sx_slice_of(bytes.p + (take - over), bytes.n - (take - over));
        if (w->server)
            read_request(w, (size_t)n, bytes);
        else
            read_answer(w, (size_t)n, bytes);
        if (w->state != WS_UPGRADING) return;
        sx_buf_reset(&s->in); /* an interim answer */
        memset(&s->head, 0, sizeof s->head);
    }
}

static void on_timer(sx_timer *t, uint64_t now_ms) {
    net_ws *w = SX_CONTAINER(t, net_ws, timer);
    if (w->state == WS_UP)
        ws_fail(w, 1008, SX_E_TIMEOUT, "the peer left a WebSocket message unfinished for too long");
    else if (w->server)
        refuse(w, 408, SX_E_TIMEOUT, NULL, "no complete request in time");
    else
        ws_end(w, SX_E_TIMEOUT, "no answer to the WebSocket upgrade in time");
}

/* ---- what the connection says */

static void data(net_ws *w, sx_slice bytes) {
    w->heard_ms = net_loop_now(w->loop);
    if (w->state != WS_UP) {
        shake_hands(w, bytes);
    } else if (w->paused || w->held.n) {
        sx_buf_put(&w->held, bytes.p, bytes.n);
        if (w->held.failed) ws_fail(w, 1011, SX_E_NOMEM, "no memory for bytes that came while reading was stopped");
    } else {
        ws_feed(w, bytes);
    }
}

static void on_conn(void *ctx, const net_event *ev) {
    net_ws *w = ctx;
    net_event mine;
    switch (ev->type) {
    case NET_CONNECTED:
        w->state = WS_UPGRADING;
        w->local = *net_conn_local(w->conn);
        w->heard_ms = net_loop_now(w->loop);
        sx_timer_start(net_loop_wheel(w->loop), &w->timer, w->heard_ms + w->setup->handshake_ms);
        break;
    case NET_DATA: data(w, ev->bytes); break;
    case NET_DRAINED:
        if (w->state != WS_UP) break;
        mine = ws_event(NET_DRAINED);
        ws_emit(w, &mine);
        break;
    case NET_CLOSED: conn_closed(w, ev); break;
    default: break;
    }
}

/* ---- reading stopped and resumed */

static void go_on(sx_task *t) {
    net_ws *w = SX_CONTAINER(t, net_ws, task);
    if (w->state != WS_UP || w->paused) return;
    sx_buf held = w->held;
    sx_buf_init(&w->held);
    if (held.n || w->rx) ws_feed(w, sx_buf_view(&held));
    sx_buf_free(&held);
    if (w->state == WS_UP && !w->paused) net_conn_read(w->conn, true);
}

void net_ws_read(net_ws *w, bool on) {
    if (w->paused == !on) return;
    w->paused = !on;
    if (w->state != WS_UP) return;
    if (on)
        sx_runq_post(net_loop_runq(w->loop), &w->task);
    else
        net_conn_read(w->conn, false);
}

/* ---- the beginning */

static net_ws *ws_new(net_loop *l, const net_ws_options *o, size_t text, net_sink sink, void *ctx) {
    net_ws *w = calloc(1, sizeof *w);
    ws_setup *s = calloc(1, sizeof *s + text);
    if (!w || !s) {
        free(w);
        free(s);
        return NULL;
    }
    w->loop = l;
    w->sink = sink;
    w->ctx = ctx;
    w->setup = s;
    w->frames_left = WS_FRAMES;
    w->heard_ms = net_loop_now(l);
    w->frames_at_ms = (uint32_t)w->heard_ms;
    w->max_message = o->max_message ? o->max_message : MAX_MESSAGE;
    w->message_ms = o->message_ms ? o->message_ms : MESSAGE_MS;
    s->handshake_ms = o->handshake_ms ? o->handshake_ms : HANDSHAKE_MS;
    s->early_max = QUEUE_MAX - HEAD_ROOM;
    sx_timer_init(&w->timer, on_timer);
    sx_task_init(&w->task, go_on);
    sx_buf_init(&w->held);
    sx_buf_init(&s->in);
    sx_buf_init(&s->early);
    return w;
}

static void ws_delete(net_ws *w) {
    setup_free(w);
    free(w);
}

static int start_client(net_ws *w, const net_addr *remote, const net_addr *local, const net_tcp_options *tcp,
                        const net_ws_options *o) {
    char text[NET_ADDR_TEXT];
    sx_buf request;
    sx_buf_init(&request);
    ws_key_make(w->setup->key);
    int rc = ws_request_write(&request, o->host ? o->host : net_addr_text(remote, text), o->path, o->headers,
                              w->setup->key);
    if (rc == SX_OK) rc = net_tcp_connect(w->loop, remote, local, tcp, on_conn, w, &w->conn);
    if (rc == SX_OK) {
        rc = net_conn_send(w->conn, sx_buf_view(&request)); /* waits there for the connection */
        if (rc < 0) net_conn_close(w->conn, false);
    }
    sx_buf_free(&request);
    return rc;
}

int net_ws_connect(net_loop *l, const net_addr *remote, const net_addr *local, const net_tcp_options *tcp,
                   const net_ws_options *o, net_sink sink, void *ctx, net_ws **out) {
    net_ws_options none;
    net_tcp_options t;
    memset(&none, 0, sizeof none);
    memset(&t, 0, sizeof t);
    if (!o) o = &none;
    if (tcp) t = *tcp;
    if (!t.alpn) t.alpn = "http/1.1";
    if (!net_addr_is_set(remote)) return sx_fail(SX_E_INVALID, "no address to connect to");
    net_ws *w = ws_new(l, o, 0, sink, ctx);
    if (!w) return sx_fail(SX_E_NOMEM, "no memory for a WebSocket");
    w->remote = *remote;
    if (t.queue_max) w->setup->early_max = t.queue_max > 2 * HEAD_ROOM ? t.queue_max - HEAD_ROOM : t.queue_max / 2;
    int rc = start_client(w, remote, local, &t, o);
    if (rc < 0) {
        ws_delete(w);
        return rc;
    }
    *out = w;
    return SX_OK;
}

static size_t copy_text(char *to, const char *s) {
    size_t n = strlen(s) + 1;
    memcpy(to, s, n);
    return n;
}

/* The listener that these belong to may be closed before the handshake is done. */
static void copy_rules(ws_setup *s, const net_ws_options *o) {
    const char **origins = (const char **)(void *)s->text;
    char *at = s->text + o->norigins * sizeof *origins;
    s->rules.norigins = o->norigins;
    s->rules.origins = origins;
    for (size_t i = 0; i < o->norigins; i++) {
        origins[i] = at;
        at += copy_text(at, o->origins[i]);
    }
    if (!o->server_path) return;
    s->rules.server_path = at;
    copy_text(at, o->server_path);
}

int net_ws_accept(net_conn *c, const net_ws_options *o, net_sink sink, void *ctx, net_ws **out) {
    net_ws_options none;
    memset(&none, 0, sizeof none);
    if (!o) o = &none;
    size_t text = o->server_path ? strlen(o->server_path) + 1 : 0;
    for (size_t i = 0; i < o->norigins; i++) text += sizeof(char *) + strlen(o->origins[i]) + 1;
    net_ws *w = ws_new(net_conn_loop(c), o, text, sink, ctx);
    if (!w) return sx_fail(SX_E_NOMEM, "no memory for a WebSocket");
    copy_rules(w->setup, o);
    w->server = true;
    w->conn = c;
    w->state = WS_UPGRADING;
    w->remote = *net_conn_remote(c);
    w->local = *net_conn_local(c);
    sx_timer_start(net_loop_wheel(w->loop), &w->timer, w->heard_ms + w->setup->handshake_ms);
    net_conn_adopt(c, on_conn, w);
    *out = w;
    return SX_OK;
}

/* ---- sending and asking */

static int send_early(net_ws *w, uint8_t opcode, sx_slice message) {
    ws_setup *s = w->setup;
    if (message.n + 14 > s->early_max || s->early.n > s->early_max - message.n - 14) {
        s->early_refused = true;
        return sx_fail(SX_E_FULL, "the connection's write queue is full");
    }
    if (!ws_frame_write(w, &s->early, opcode, message)) return sx_fail(SX_E_NOMEM, "no memory for a WebSocket frame");
    return SX_OK;
}

int net_ws_send(net_ws *w, sx_slice message) {
    if (w->state == WS_ENDED) return sx_fail(SX_E_STATE, "the connection has ended");
    if (!message.n) return sx_fail(SX_E_INVALID, "an empty message");
    uint8_t opcode = sx_utf8_valid(message) ? WSLAY_TEXT_FRAME : WSLAY_BINARY_FRAME;
    int rc = w->state == WS_UP ? ws_frame_send(w, opcode, message) : send_early(w, opcode, message);
    if (rc == SX_OK) w->figures.messages_out++;
    return rc;
}

int net_ws_ping(net_ws *w) {
    if (w->state != WS_UP) return sx_fail(SX_E_STATE, "the WebSocket does not stand");
    return ws_frame_send(w, WSLAY_PING, sx_slice_empty());
}

uint64_t net_ws_heard_ms(const net_ws *w) { return w->heard_ms; }

size_t net_ws_queued(const net_ws *w) {
    return (w->setup ? w->setup->early.n : 0) + (w->conn ? net_conn_queued(w->conn) : 0);
}

const net_addr *net_ws_remote(const net_ws *w) { return &w->remote; }

const net_addr *net_ws_local(const net_ws *w) { return &w->local; }

net_conn *net_ws_conn(const net_ws *w) { return w->conn; }

net_ws_figures net_ws_get_figures(const net_ws *w) { return w->figures; }
