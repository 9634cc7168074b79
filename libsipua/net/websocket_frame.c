/* Frames (RFC 6455 section 5). wslay takes them apart and puts them together; which may follow which, how much of them
 * is borne, and what they ask for, is here. */
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/rand.h"
#include "base/utf8.h"
#include "net/websocket_internal.h"

/* ---- sending */

static ssize_t put_bytes(const uint8_t *data, size_t n, int flags, void *ctx) {
    sx_buf *out = ctx;
    sx_buf_put(out, data, n);
    return out->failed ? -1 : (ssize_t)n;
}

static int make_mask(uint8_t *mask, size_t n, void *ctx) {
    sx_rand_bytes(mask, n);
    return 0;
}

bool ws_frame_write(net_ws *w, sx_buf *out, uint8_t opcode, sx_slice payload) {
    struct wslay_frame_callbacks callbacks = {put_bytes, NULL, make_mask};
    wslay_frame_context_ptr frames;
    struct wslay_frame_iocb io;
    size_t before = out->n, done = 0;
    bool ok = true;
    if (wslay_frame_context_init(&frames, &callbacks, out) != 0) return false;
    memset(&io, 0, sizeof io);
    io.fin = 1;
    io.opcode = opcode;
    io.mask = !w->server;
    io.payload_length = payload.n;
    do {
        io.data = payload.n ? (const uint8_t *)payload.p + done : NULL;
        io.data_length = payload.n - done;
        ssize_t n = wslay_frame_send(frames, &io);
        ok = n >= 0;
        if (ok) done += (size_t)n;
    } while (ok && done < payload.n);
    wslay_frame_context_free(frames);
    if (ok) return true;
    out->n = before;
    out->failed = false;
    return false;
}

int ws_frame_send(net_ws *w, uint8_t opcode, sx_slice payload) {
    sx_buf out;
    sx_buf_init(&out);
    int rc = SX_E_NOMEM;
    if (sx_buf_reserve(&out, payload.n + 14) && ws_frame_write(w, &out, opcode, payload))
        rc = net_conn_send(w->conn, sx_buf_view(&out));
    else
        sx_fail(SX_E_NOMEM, "no memory for a WebSocket frame");
    sx_buf_free(&out);
    return rc;
}

/* RFC 6455 7.4 and IANA's registry: 1004 is reserved; 1005, 1006 and 1015 are never on the wire. */
bool ws_may_send_code(unsigned code) {
    return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
           (code >= 3000 && code <= 4999);
}

void ws_frame_close(net_ws *w, unsigned code, sx_slice reason) {
    char payload[WS_CONTROL_MAX];
    size_t n = reason.n < sizeof payload - 2 ? reason.n : sizeof payload - 2;
    if (code == 0 || code == 1005) {
        ws_frame_send(w, WSLAY_CONNECTION_CLOSE, sx_slice_empty());
        return;
    }
    while (n && n < reason.n && ((unsigned char)reason.p[n] & 0xc0) == 0x80) n--; /* not within a character */
    payload[0] = (char)(code >> 8);
    payload[1] = (char)code;
    if (n) memcpy(payload + 2, reason.p, n);
    ws_frame_send(w, WSLAY_CONNECTION_CLOSE, sx_slice_of(payload, n + 2));
}

/* ---- receiving */

static ssize_t take_bytes(uint8_t *to, size_t room, int flags, void *ctx) {
    ws_rx *rx = ctx;
    size_t n = rx->feed.n < room ? rx->feed.n : room;
    if (!n) return -1;
    memcpy(to, rx->feed.p, n);
    rx->feed = sx_slice_of(rx->feed.p + n, rx->feed.n - n);
    rx->pulled += n;
    return (ssize_t)n;
}

static ws_rx *rx_new(void) {
    struct wslay_frame_callbacks callbacks = {NULL, take_bytes, NULL};
    ws_rx *rx = calloc(1, sizeof *rx);
    if (!rx) return NULL;
    if (wslay_frame_context_init(&rx->frames, &callbacks, rx) != 0) {
        free(rx);
        return NULL;
    }
    sx_buf_init(&rx->message);
    return rx;
}

void ws_rx_free(net_ws *w) {
    if (!w->rx) return;
    wslay_frame_context_free(w->rx->frames);
    sx_buf_free(&w->rx->message);
    free(w->rx);
    w->rx = NULL;
}

static void broke(net_ws *w, const char *how) { ws_fail(w, 1002, SX_E_PROTOCOL, how); }

static bool gone(const net_ws *w) { return !w->sink || w->state != WS_UP; }

/* False: too many frames that say nothing. */
static bool pay(net_ws *w) {
    uint32_t now = (uint32_t)net_loop_now(w->loop), earned = (now - w->frames_at_ms) / WS_FRAME_MS;
    if (earned) {
        w->frames_left = earned < WS_FRAMES - w->frames_left ? w->frames_left + earned : WS_FRAMES;
        w->frames_at_ms = now;
    }
    if (!w->frames_left) return false;
    w->frames_left--;
    return true;
}

/* The header of a frame: is it one that may come now? */
static const char *wrong_with(const net_ws *w, const struct wslay_frame_iocb *io) {
    bool continues = io->opcode == WSLAY_CONTINUATION_FRAME;
    if (io->rsv) return "the peer set reserved bits in a WebSocket frame, though no extension was agreed";
    if (io->mask != (w->server ? 1 : 0))
        return w->server ? "the client did not mask a WebSocket frame" : "the server masked a WebSocket frame";
    if (io->opcode > WSLAY_PONG || (io->opcode > WSLAY_BINARY_FRAME && io->opcode < WSLAY_CONNECTION_CLOSE))
        return "the peer sent a WebSocket frame of an unknown kind";
    if (wslay_is_ctrl_frame(io->opcode)) return NULL;
    if (continues && !w->rx->message_op) return "the peer went on with a WebSocket message that it had not begun";
    if (!continues && w->rx->message_op) return "the peer began a WebSocket message within another";
    return NULL;
}

static void begin_frame(net_ws *w, const struct wslay_frame_iocb *io) {
    ws_rx *rx = w->rx;
    w->figures.frames_in++;
    const char *wrong = wrong_with(w, io);
    if (wrong) {
        broke(w, wrong);
        return;
    }
    bool control = wslay_is_ctrl_frame(io->opcode);
    if (!control && io->payload_length > w->max_message - rx->message.n) {
        ws_fail(w, 1009, SX_E_LIMIT, "the peer sent a WebSocket message over the limit");
        return;
    }
    if ((control || !io->fin || !io->payload_length) && !pay(w)) {
        ws_fail(w, 1008, SX_E_LIMIT, "the peer sent a flood of small WebSocket frames");
        return;
    }
    rx->in_frame = true;
    rx->frame_op = io->opcode;
    rx->frame_fin = io->fin;
    rx->frame_n = io->payload_length;
    rx->frame_at = 0;
    rx->control_n = 0;
    if (!control && io->opcode) rx->message_op = io->opcode;
    rx->parsed += 2u + (io->payload_length > 65535 ? 8u : io->payload_length > 125 ? 2u : 0u) + (io->mask ? 4u : 0u) +
                  io->payload_length;
}

static void deliver(net_ws *w, sx_slice message) {
    ws_rx *rx = w->rx;
    bool text = rx->message_op == WSLAY_TEXT_FRAME;
    rx->message_op = 0;
    rx->done_one = true;
    if (text && !sx_utf8_valid(message)) {
        ws_fail(w, 1007, SX_E_PROTOCOL, "the peer sent a WebSocket text message that is not UTF-8");
        return;
    }
    if (!message.n) return;
    w->figures.messages_in++;
    net_event ev = ws_event(NET_DATA);
    ev.bytes = message;
    ws_emit(w, &ev);
}

/* RFC 6455 5.5.1: it is answered with the same code, and that is the end. */
static void closed_by_peer(net_ws *w, sx_slice payload) {
    char reason[WS_CONTROL_MAX + 1], text[200];
    unsigned code = 0;
    if (payload.n >= 2) code = (unsigned)(unsigned char)payload.p[0] << 8 | (unsigned char)payload.p[1];
    sx_slice words = payload.n > 2 ? sx_slice_of(payload.p + 2, payload.n - 2) : sx_slice_empty();
    if (payload.n == 1 || (payload.n >= 2 && !ws_may_send_code(code))) {
        broke(w, "the peer sent a WebSocket Close frame with a bad code");
        return;
    }
    if (!sx_utf8_valid(words)) {
        ws_fail(w, 1007, SX_E_PROTOCOL, "the peer sent a WebSocket Close frame whose reason is not UTF-8");
        return;
    }
    ws_frame_close(w, code, sx_slice_empty());
    ws_printable(words, reason, sizeof reason);
    if (!code)
        snprintf(text, sizeof text, "closed by the peer");
    else
        snprintf(text, sizeof text, "closed by the peer: %u%s%s", code, *reason ? " " : "", reason);
    ws_end(w, code <= 1001 ? SX_OK : SX_E_TRANSPORT, text);
}

static void end_frame(net_ws *w, sx_slice last) {
    ws_rx *rx = w->rx;
    sx_slice control = sx_slice_of(rx->control, rx->control_n);
    rx->in_frame = false;
    switch (rx->frame_op) {
    case WSLAY_PING:
        w->figures.pings_in++;
        ws_frame_send(w, WSLAY_PONG, control); /* with no room for it, a later ping will do: RFC 6455 5.5.3 */
        return;
    case WSLAY_PONG: w->figures.pongs_in++; return;
    case WSLAY_CONNECTION_CLOSE: closed_by_peer(w, control); return;
    default: break;
    }
    if (!rx->frame_fin) return;
    bool in_one_piece = !rx->message.n && last.n == rx->frame_n;
    deliver(w, in_one_piece ? last : sx_buf_view(&rx->message));
    if (w->rx) sx_buf_reset(&w->rx->message);
}

/* Bytes of the frame's payload. */
static void take_payload(net_ws *w, sx_slice some) {
    ws_rx *rx = w->rx;
    rx->frame_at += some.n;
    bool last = rx->frame_at == rx->frame_n;
    if (wslay_is_ctrl_frame(rx->frame_op)) {
        if (some.n) memcpy(rx->control + rx->control_n, some.p, some.n);
        rx->control_n += some.n;
    } else if (!(last && rx->frame_fin && !rx->message.n)) {
        sx_buf_put(&rx->message, some.p, some.n);
        if (rx->message.failed) {
            ws_fail(w, 1011, SX_E_NOMEM, "no memory for a WebSocket message");
            return;
        }
    }
    if (last) end_frame(w, some);
}

static void run(net_ws *w) {
    ws_rx *rx = w->rx;
    while (!gone(w) && !w->paused) {
        struct wslay_frame_iocb io;
        memset(&io, 0, sizeof io);
        ssize_t n = wslay_frame_recv(rx->frames, &io);
        if (n == WSLAY_ERR_WANT_READ) return;
        if (n < 0) {
            broke(w, "the peer sent a malformed WebSocket frame");
            return;
        }
        if (!rx->in_frame) begin_frame(w, &io);
        if (!gone(w)) take_payload(w, sx_slice_of((const char *)io.data, (size_t)n));
    }
}

/* The bytes are used up, or reading was stopped in the middle of them. */
static void settle(net_ws *w) {
    ws_rx *rx = w->rx;
    sx_wheel *wheel = net_loop_wheel(w->loop);
    if (w->paused) {
        sx_slice rest = rx->feed;
        sx_timer_stop(wheel, &w->timer);
        sx_buf_put(&w->held, rest.p, rest.n);
        rx->feed = sx_slice_empty();
        if (w->held.failed) ws_fail(w, 1011, SX_E_NOMEM, "no memory for bytes that came while reading was stopped");
        return;
    }
    if (!rx->in_frame && !rx->message_op && rx->pulled == rx->parsed) {
        sx_timer_stop(wheel, &w->timer);
        ws_rx_free(w);
    } else if (rx->done_one || !sx_timer_running(&w->timer)) {
        sx_timer_start(wheel, &w->timer, net_loop_now(w->loop) + w->message_ms);
    }
}

void ws_feed(net_ws *w, sx_slice bytes) {
    if (!w->rx) w->rx = rx_new();
    if (!w->rx) {
        ws_fail(w, 1011, SX_E_NOMEM, "no memory for a WebSocket frame");
        return;
    }
    w->rx->feed = bytes;
    w->rx->done_one = false;
    run(w);
    if (!gone(w)) settle(w);
}
