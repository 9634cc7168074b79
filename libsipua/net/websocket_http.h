/* The HTTP upgrade of RFC 6455 section 4 as pure functions over bytes, for both ends. Lenient where RFC 7230 asks for
 * it: bare LF, empty lines before the first one, lists in several headers, any case of letters. */
#ifndef NET_WEBSOCKET_HTTP_H
#define NET_WEBSOCKET_HTTP_H

#include "base/buf.h"
#include "net/websocket.h"

#define WS_HEAD_MAX 8192 /* start line, headers and the empty line */
#define WS_HEADERS_MAX 64
#define WS_KEY 24    /* base64 of 16 bytes */
#define WS_ACCEPT 28 /* base64 of 20 bytes */

/* ---- the head of a message as it comes in */

typedef struct ws_head { /* all zero before the first byte */
    size_t at;           /* looked at so far */
    size_t line;         /* where the current line begins */
    bool begun;          /* a line that is not empty was seen */
} ws_head;

/* `in` is all that has come, from the same beginning each time. The head's length with its empty line; 0: more is
 * needed; -400: a byte that is in no head; -431: longer than WS_HEAD_MAX. */
int ws_head_find(ws_head *h, sx_slice in);

/* ---- client */

/* A new random Sec-WebSocket-Key. */
void ws_key_make(char key[WS_KEY]);
/* What belongs to it; SX_E_NOMEM. */
int ws_accept_make(sx_slice key, char accept[WS_ACCEPT]);
/* SX_E_HEADER with words when one of them is not usable. `path` NULL: "/"; `headers` may be NULL. */
int ws_request_write(sx_buf *out, const char *host, const char *path, const char *headers, const char key[WS_KEY]);
/* The server's answer to `key`: SX_OK; 1: an interim answer (1xx), another one follows; SX_E_PROTOCOL with the reason in
 * `text` (`cap` bytes, printable ASCII); SX_E_NOMEM. */
int ws_answer_read(sx_slice head, const char key[WS_KEY], char *text, size_t cap);

/* ---- server */

typedef struct ws_request {
    sx_slice path;   /* without the query */
    sx_slice origin; /* empty: none */
    sx_slice key;
    sx_slice protocol; /* as the client spelt it: browsers compare */
} ws_request;

/* The status to answer with: 101, or 400, 403, 404, 405, 426, 431 with the reason in *why (a constant). Of `rules` the
 * server's part counts. `out` holds what was found before the reason. */
int ws_request_read(sx_slice head, const net_ws_options *rules, ws_request *out, const char **why);
/* 101 needs `r`; for others it may be NULL, and `why` is their body. SX_E_NOMEM. */
int ws_answer_write(sx_buf *out, int status, const ws_request *r, const char *why);

/* `s` with '?' for what is not printable ASCII, cut to cap - 1 bytes, and a NUL. Returns `text`. */
const char *ws_printable(sx_slice s, char *text, size_t cap);

#endif
