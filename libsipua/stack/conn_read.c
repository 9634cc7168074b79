/* What arrives on a connection: cut into messages, keepalives answered, rubbish ended early. */
#include "sip/lex.h"
#include "stack/connection.h"

#define MAX_START_LINE 8192

static stack_rx rx_of(const stack_conn *c) {
    stack_rx rx;
    rx.flow = stack_conn_flow(c);
    rx.local = c->local;
    rx.role = c->role;
    rx.listener = c->listener_id ? stack_listener_find(c->s, c->listener_id) : NULL;
    return rx;
}

static void garbage(stack_conn *c, int code, const char *text) {
    c->s->stats.conns_garbage++;
    stack_conn_close(c, code, text);
}

static bool ends_with_version(sx_slice line) {
    for (size_t i = line.n; i-- && line.n - i < 12;)
        if (line.p[i] == ' ') return line.n - i > 5 && sx_ieq(sx_slice_of(line.p + i + 1, 4), SX_LIT("SIP/"));
    return false;
}

/* Before the first message nobody has earned patience: what cannot become a start line is ended at once, not when
 * 64 KB of it have come. */
static const char *unlike_sip(sx_slice held) {
    size_t i = 0;
    if (!held.n) return NULL;
    while (i < held.n && (held.p[i] == '\r' || held.p[i] == '\n')) i++;
    sx_slice rest = sx_slice_of(held.p + i, held.n - i);
    const char *lf = rest.n ? memchr(rest.p, '\n', rest.n) : NULL;
    sx_slice line = lf ? sx_trim(sx_slice_between(rest.p, lf)) : rest;
    if (line.n && (unsigned char)line.p[0] == 0x16) return "TLS, where plain SIP is spoken";
    for (size_t k = 0; k < line.n; k++)
        if ((unsigned char)line.p[k] < ' ' && line.p[k] != '\t' && line.p[k] != '\r') return "the stream is no SIP";
    if (line.n > MAX_START_LINE) return "the stream is no SIP";
    if (!lf || !line.n) return NULL;
    if (line.n > 4 && sx_ieq(sx_slice_of(line.p, 4), SX_LIT("SIP/"))) return NULL;
    if (ends_with_version(line)) return NULL;
    return "the stream is no SIP";
}

/* How long the message has been coming: the clock starts with its first byte, and with each new one. */
static void mark_begun(stack_conn *c, bool complete) {
    bool held = sip_framer_held(&c->framer) > 0;
    if (!held)
        c->begun_at = 0;
    else if (!c->begun_at || complete)
        c->begun_at = stack_now(c->s);
    if (c->begun_at) stack_conn_rearm(c);
}

static void broken(stack_conn *c, const stack_rx *rx, int what, sx_slice head) {
    /* The stream can't be trusted any more; a 400 or 513 goes out first where the headers allow it. */
    if (head.n)
        stack_receive(c->s, rx, head);
    else
        c->s->stats.malformed++;
    if (carrier_is_open(c)) garbage(c, what, what == SX_E_LIMIT ? "a message above the limit" : "the stream is no SIP");
}

void stack_conn_stream(stack_conn *c, sx_slice bytes) {
    stack *s = c->s;
    sx_slice msg;
    bool complete = false;
    if (sip_framer_feed(&c->framer, bytes.p, bytes.n) != SX_OK) {
        stack_conn_close(c, SX_E_NOMEM, "memory ran out");
        return;
    }
    stack_rx rx = rx_of(c);
    while (carrier_is_open(c)) {
        const char *bad = c->heard ? NULL : unlike_sip(sip_framer_view(&c->framer));
        if (bad) {
            s->stats.malformed++;
            garbage(c, SX_E_PROTOCOL, bad);
            return;
        }
        int what = sip_framer_next(&c->framer, &msg);
        if (what == SIP_FRAME_MORE) {
            mark_begun(c, complete);
            return;
        }
        complete = true;
        if (what == SIP_FRAME_PING) {
            if (c->heard) c->used_at = stack_now(s);
            carrier_send(c, SX_LIT("\r\n"));
        } else if (what == SIP_FRAME_PONG) {
            c->ponged = true;
            c->pong_at = 0;
        } else if (what == SIP_FRAME_MESSAGE) {
            c->used_at = stack_now(s);
            bool first = !c->heard;
            c->heard = true;
            bool read = stack_receive(s, &rx, msg);
            if (first && !read && carrier_is_open(c)) garbage(c, SX_E_PROTOCOL, "the stream is no SIP");
        } else {
            broken(c, &rx, what, msg);
            return;
        }
    }
}

/* RFC 7118 5: one message a frame, whose end ends the body. Some clients keep alive by CRLF all the same. */
void stack_conn_frame(stack_conn *c, sx_slice bytes) {
    if (sx_trim(bytes).n == 0) {
        if (bytes.n >= 4)
            carrier_send(c, SX_LIT("\r\n"));
        else
            c->pong_at = 0;
        return;
    }
    stack_rx rx = rx_of(c);
    c->used_at = stack_now(c->s);
    bool first = !c->heard;
    c->heard = true;
    bool read = stack_receive(c->s, &rx, bytes);
    if (first && !read && carrier_is_open(c)) garbage(c, SX_E_PROTOCOL, "the WebSocket speaks no SIP");
}
