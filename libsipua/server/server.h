/* The embedded registrar and proxy (RFC 3261 10 and 16), for development, tests and demos. Lives on the agent's loop
 * thread; everything here is called there, never waits, and calls no sink before it returns: what it has to say is
 * appended to the loop's run queue. Strings handed in are copied. It shares the agent's stack and sees nothing of its
 * user agent: its own listeners have STACK_ROLE_SERVER. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include "stack/transport.h"

typedef struct srv_server srv_server;
typedef struct srv_listener srv_listener;

typedef enum srv_mode { SRV_PROXY = 0, SRV_REDIRECT = 1 } srv_mode; /* the numbers of the public sipua_server_mode */

typedef struct srv_user {
    const char *name; /* the user part of its address of record, unescaped; also its digest user name */
    const char *password;
} srv_user;

typedef struct srv_config {
    srv_mode mode;
    const char *realm; /* NULL: the host of the first listener (what it advertises, else its address,
                          "localhost" for the wildcard) */
    const srv_user *users;
    size_t user_count;
    int min_expires;      /* s; 0: 1. A REGISTER that asks for less (but not 0) gets 423 */
    int max_expires;      /* s; 0: 3600. More is granted as this */
    bool challenge_calls; /* INVITE and MESSAGE from its users need digest too */
    bool record_route;
    sx_log *log; /* may be NULL */
} srv_config;

typedef enum srv_event_type {
    SRV_EV_LISTENING = 1,       /* listener_id, transport, local (with the real port), host, port */
    SRV_EV_LISTENER_CLOSED = 2, /* listener_id, code, text; the last of a listener, whoever closed it */
    SRV_EV_BINDING = 3,         /* user, contact, expires (0: it is gone: removed, expired or its user deleted), msg */
    SRV_EV_CLOSED = 4           /* the last of a server, after the LISTENER_CLOSED of all its listeners */
} srv_event_type;

/* Everything pointed to lives until the sink returns. */
typedef struct srv_event {
    srv_event_type type;
    srv_server *server;   /* in SRV_EV_CLOSED: compare only */
    uint64_t id;          /* the server's */
    uint64_t listener_id; /* the listener's, 0 for BINDING and CLOSED */
    int code;             /* SX_OK or SX_E_ */
    const char *text;     /* never NULL */
    stack_transport transport;
    net_addr local;
    sx_slice host; /* of `local`, as text without brackets */
    int port;
    sx_slice user;      /* the address of record, "sip:alice@127.0.0.1" */
    sx_slice contact;   /* its Contact URI */
    int expires;        /* s */
    const sip_msg *msg; /* the REGISTER behind a BINDING, or NULL */
} srv_event;

typedef void (*srv_sink)(void *ctx, const srv_event *ev);

/* Has no listeners yet. id comes back in its events. The stack outlives the server. SX_E_INVALID (a user without a
 * name, min over max), SX_E_NOMEM. */
int srv_server_create(stack *s, const srv_config *config, uint64_t id, srv_sink sink, void *ctx, srv_server **out);
/* Adds a user or changes its password; password NULL removes it and its bindings (SX_E_NOT_FOUND: there is none). */
int srv_server_set_user(srv_server *server, const char *name, const char *password);
/* Closes its listeners and gives up what is being forwarded; SRV_EV_CLOSED ends it and frees it. A second close is
 * harmless until then. */
void srv_server_close(srv_server *server);
/* At any time, at once, without events: for the end of an agent, before its stack is destroyed. NULL is harmless. */
void srv_server_destroy(srv_server *server);

/* address: "udp:HOST:PORT", or with tcp, tls, ws or wss, numeric, IPv6 in brackets, port 0 is any. advertise: "HOST" or
 * "HOST:PORT" for Via and Record-Route, or NULL. SRV_EV_LISTENING follows. SX_E_ADDRESS, SX_E_IN_USE, SX_E_PERMISSION,
 * SX_E_NOMEM: no event then. */
int srv_listener_create(srv_server *server, const char *address, const char *advertise, uint64_t id,
                        srv_listener **out);
/* The same with more: `tls`, `origins`, `norigins` and `ws_path` of `more` count, or NULL: none of it. */
int srv_listener_open(srv_server *server, const char *address, const char *advertise, const stack_listen_params *more,
                      uint64_t id, srv_listener **out);
void srv_listener_close(srv_listener *listener); /* SRV_EV_LISTENER_CLOSED follows and frees it */

#endif
