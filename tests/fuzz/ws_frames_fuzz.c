/* Any bytes after the upgrade, at either end, on the fake network: in one piece, in pieces, and with reading stopped
 * now and then, the same messages come out and it ends in the same way. */
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "must.h"
#include "net/websocket_http.h"
#include "support/fake_net.h"

enum { MAX = 512, MAX_MESSAGE = 5000 };

typedef struct trace {
    size_t n;
    size_t len[MAX];
    uint32_t sum[MAX];
    int code;
    char text[200];
} trace;

typedef struct world {
    net_ws *ws;
    net_conn *raw;
    char heard[WS_HEAD_MAX]; /* by the raw end, until the upgrade */
    size_t nheard;
    bool upgraded, pausing, raw_gone;
    const net_ws_options *options;
    trace *t;
} world;

static void on_ws(void *ctx, const net_event *ev) {
    world *w = ctx;
    if (ev->type == NET_CONNECTED) w->upgraded = true;
    if (ev->type == NET_DATA) {
        never(!ev->bytes.n || ev->bytes.n > MAX_MESSAGE);
        uint32_t sum = 1;
        for (size_t i = 0; i < ev->bytes.n; i++) sum = sum * 31 + (unsigned char)ev->bytes.p[i];
        if (w->t->n < MAX) {
            w->t->len[w->t->n] = ev->bytes.n;
            w->t->sum[w->t->n++] = sum;
        }
        if (w->pausing && sum % 3 == 0) net_ws_read(w->ws, false);
        net_ws_send(w->ws, ev->bytes);
    }
    if (ev->type == NET_CLOSED) {
        w->t->code = ev->code ? ev->code : 1;
        snprintf(w->t->text, sizeof w->t->text, "%s", ev->text);
    }
}

static void on_raw(void *ctx, const net_event *ev) {
    world *w = ctx;
    if (ev->type == NET_CLOSED) w->raw_gone = true;
    if (ev->type != NET_DATA || w->upgraded) return;
    size_t n = sizeof w->heard - w->nheard < ev->bytes.n ? sizeof w->heard - w->nheard : ev->bytes.n;
    memcpy(w->heard + w->nheard, ev->bytes.p, n);
    w->nheard += n;
}

static void on_listener(void *ctx, const net_event *ev) {
    world *w = ctx;
    if (ev->type != NET_ACCEPTED) return;
    if (w->raw)
        net_ws_accept(ev->conn, w->options, on_ws, w, &w->ws);
    else
        net_conn_adopt(w->raw = ev->conn, on_raw, w);
}

static void send_raw(world *w, const void *p, size_t n) {
    if (!w->raw_gone) net_conn_send(w->raw, sx_slice_of(p, n));
}

static void upgrade(world *w, net_loop *l, const net_addr *at, bool server) {
    static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                                  "Sec-WebSocket-Protocol: sip\r\n\r\n";
    if (server) {
        never(net_tcp_connect(l, at, NULL, NULL, on_raw, w, &w->raw) < 0);
        send_raw(w, request, sizeof request - 1);
        fake_run_for(20);
        return;
    }
    never(net_ws_connect(l, at, NULL, NULL, w->options, on_ws, w, &w->ws) < 0);
    fake_run_for(20);
    net_ws_options any;
    ws_request r;
    const char *why;
    sx_buf out;
    memset(&any, 0, sizeof any);
    sx_buf_init(&out);
    never(ws_request_read(sx_slice_of(w->heard, w->nheard), &any, &r, &why) != 101);
    never(ws_answer_write(&out, 101, &r, "") != SX_OK);
    send_raw(w, out.p, out.n);
    sx_buf_free(&out);
    fake_run_for(20);
}

static void play(trace *t, const uint8_t *data, size_t size, bool server, bool pieces, bool pausing) {
    world w;
    net_listener *s = NULL;
    net_ws_options o;
    net_addr at = net_addr_loopback(NET_V4, 0);
    memset(&w, 0, sizeof w);
    memset(&o, 0, sizeof o);
    memset(t, 0, sizeof *t);
    o.max_message = MAX_MESSAGE;
    w.t = t;
    w.options = &o;
    w.pausing = pausing;
    fake_net_begin(7);
    net_loop *l = net_loop_create();
    never(!l || net_listener_open(l, &at, NULL, on_listener, &w, &s) < 0);
    upgrade(&w, l, net_listener_local(s), server);
    never(!w.upgraded);
    size_t step = size;
    for (size_t done = 0; done < size;) {
        step = step * 7 + 3;
        size_t n = pieces ? step % 97 + 1 : size;
        if (n > size - done) n = size - done;
        send_raw(&w, data + done, n);
        fake_run_for(2);
        net_ws_read(w.ws, true);
        done += n;
    }
    for (int i = 0; i < 600 && pausing; i++) {
        net_ws_read(w.ws, true);
        fake_run_for(1);
    }
    net_ws_read(w.ws, true);
    fake_run_for(5);
    net_ws_close(w.ws, data[0] & 4);
    net_conn_close(w.raw, false);
    net_listener_close(s);
    fake_run_for(10);
    net_loop_destroy(l);
    never(!fake_net_end());
}

static void compare(const trace *a, const trace *b) {
    if (a->code == SX_E_LIMIT || b->code == SX_E_LIMIT) return; /* a flood is one by the clock */
    never(a->n != b->n || a->code != b->code || strcmp(a->text, b->text) != 0);
    for (size_t i = 0; i < a->n; i++) never(a->len[i] != b->len[i] || a->sum[i] != b->sum[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static trace whole, pieces, paused;
    if (size < 2 || size > 20000) return 0;
    bool server = data[0] & 1;
    play(&whole, data + 1, size - 1, server, false, false);
    play(&pieces, data + 1, size - 1, server, true, false);
    compare(&whole, &pieces);
    if (data[0] & 2) {
        play(&paused, data + 1, size - 1, server, data[0] & 8, true);
        compare(&whole, &paused);
    }
    return 0;
}
