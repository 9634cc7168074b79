/* What the objects of net/ report, each through the one sink it was given.
 *
 * Rules for all of net/: an object belongs to its loop's thread, every function on it is called there. Events come from
 * the loop only, never from inside a function that the owner calls; so nobody is re-entered. Pointers and slices in an
 * event live until the sink returns. Any object may be closed inside any handler, its own too: after its close function
 * has returned it says nothing more, and its memory goes when the run queue's drain ends. Every object is freed by its
 * close function and by nothing else; after NET_CLOSED too. Objects are closed before their loop is destroyed. */
#ifndef NET_EVENT_H
#define NET_EVENT_H

#include "net/addr.h"

typedef struct net_conn net_conn;

typedef enum net_event_type {
    NET_READABLE = 1, /* watch: the descriptor can be read (level-triggered: comes again until it is empty) */
    NET_DATAGRAM,     /* udp: bytes, from, local, arrived_us */
    NET_SEND_ERROR,   /* udp: a datagram to `from` was refused: by the system at once, or later by ICMP. code, text.
                         `from` is none where the system does not say for whom */
    NET_ACCEPTED,     /* listener: conn, from (the peer), local; with TLS after the handshake. Take it with
                         net_conn_adopt before returning, or it is closed at once */
    NET_CONNECTED,    /* conn: from (the peer), local; with TLS after the handshake */
    NET_DATA,         /* conn: bytes, as they came from the stream, 1 to 65536 */
    NET_DRAINED,      /* conn: the write queue is empty again, after a send was refused with SX_E_FULL */
    NET_CLOSED,       /* conn: code, text: the connection could not be made, failed, or the peer closed it (code SX_OK).
                         The last event; what was still queued is lost. SX_E_TLS: tls_check and tls_names too */
    NET_RESOLVED,     /* dns: token, records, nrecords, code, text, stale */
    NET_CHANGED,      /* netwatch: the addresses or default routes of this machine are others than before. text */
    NET_REFUSED       /* listener: a TLS handshake failed or took too long. code, text, tls_check, tls_names, from, local */
} net_event_type;

typedef struct net_dns_record net_dns_record; /* net/dns.h */

typedef struct net_event {
    net_event_type type;
    int code;         /* SX_OK or an sx_error */
    const char *text; /* the cause in words, never NULL; "" where there is none */
    sx_slice bytes;
    const net_addr *from;  /* the far end; NULL where it does not belong to the event */
    const net_addr *local; /* ours; for a socket bound to 0.0.0.0 or ::, the address that the peer really used */
    uint64_t arrived_us; /* NET_DATAGRAM: sx_now_us() when it reached the kernel, if the socket has timestamps on; else
                            when it was read */
    net_conn *conn;
    uint64_t token;
    const net_dns_record *records;
    size_t nrecords;
    bool stale; /* NET_RESOLVED: DNS failed now; these records are the last good ones, past their time */
    bool absent; /* NET_RESOLVED with SX_E_DNS: a server said that there is no such name or record */
    /* Which check of TLS failed: "expired", "not yet valid", "name mismatch", "unknown issuer", "self-signed", "revoked",
     * "weak signature", "wrong key usage", "pin mismatch", "protocol version", "client certificate required", "not TLS",
     * "handshake timeout", "other". NULL where none did. */
    const char *tls_check;
    const char *tls_names; /* the names in the other side's certificate, comma-separated; NULL where there is none */
} net_event;

typedef void (*net_sink)(void *ctx, const net_event *ev);

#endif
