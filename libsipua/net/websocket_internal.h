/* What websocket.c (life) and websocket_frame.c (frames) know of each other. */
#ifndef NET_WEBSOCKET_INTERNAL_H
#define NET_WEBSOCKET_INTERNAL_H

#include <wslay/wslay.h>

#include "net/websocket_http.h"

#define WS_CONTROL_MAX 125 /* a control frame's payload: RFC 6455 5.5 */
/* Frames that bring no message to an end (control frames, fragments) are paid for: so many at once, and one more every
 * WS_FRAME_MS. A peer that makes us work without saying anything is closed (1008). */
#define WS_FRAMES 1000u
#define WS_FRAME_MS 5u

typedef enum ws_state {
    WS_CONNECTING,
    WS_UPGRADING, /* the connection stands */
    WS_UP,
    WS_ENDED /* NET_CLOSED has been told */
} ws_state;

/* Until the upgrade is done. */
typedef struct ws_setup {
    sx_buf in;
    ws_head head;
    char key[WS_KEY]; /* client: ours */
    unsigned handshake_ms;
    sx_buf early; /* frames sent before it */
    size_t early_max;
    bool early_refused;
    net_ws_options rules; /* server: its strings are in `text` */
    char text[];
} ws_setup;

/* While bytes of a frame or of a message are here; an idle connection has none. */
typedef struct ws_rx {
    wslay_frame_context_ptr frames;
    sx_slice feed;           /* what wslay may take */
    uint64_t pulled, parsed; /* bytes given to it; bytes of the frames that are complete */
    bool in_frame;
    uint8_t frame_op, frame_fin, message_op; /* message_op 0: none has begun */
    uint64_t frame_n, frame_at;              /* payload bytes */
    bool done_one;                           /* a message was completed by these bytes */
    sx_buf message;
    size_t control_n;
    char control[WS_CONTROL_MAX];
} ws_rx;

struct net_ws {
    sx_grave grave;
    net_loop *loop;
    net_conn *conn; /* NULL when ended */
    net_sink sink;  /* NULL: closed by its owner */
    void *ctx;
    net_addr remote, local;
    ws_state state;
    bool server;
    bool paused;
    uint32_t frames_left, frames_at_ms;
    size_t max_message;
    unsigned message_ms;
    uint64_t heard_ms;
    sx_timer timer; /* the handshake, then the message that has begun */
    sx_task task;   /* goes on with `held` */
    sx_buf held;    /* came while reading was stopped */
    ws_setup *setup;
    ws_rx *rx;
    net_ws_figures figures;
};

/* websocket_frame.c */

/* Bytes of the stream. May end or close w; its memory stays until the run queue has drained. */
void ws_feed(net_ws *w, sx_slice bytes);
/* Appends one frame; false when memory ran out (`out` is then as it was). */
bool ws_frame_write(net_ws *w, sx_buf *out, uint8_t opcode, sx_slice payload);
int ws_frame_send(net_ws *w, uint8_t opcode, sx_slice payload);
/* A Close frame, if it can be sent; 0 and 1005: one without a code. */
void ws_frame_close(net_ws *w, unsigned code, sx_slice reason);
bool ws_may_send_code(unsigned code);
void ws_rx_free(net_ws *w);

/* websocket.c */

void ws_emit(net_ws *w, net_event *ev);
net_event ws_event(net_event_type type);
/* The connection goes, flushed; then NET_CLOSED. */
void ws_end(net_ws *w, int code, const char *text);
/* The same after a Close frame with this code. */
void ws_fail(net_ws *w, unsigned close_code, int code, const char *text);

#endif
