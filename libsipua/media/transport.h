/* The sockets of one session, and the port range they come from. Made on the stack thread, used and closed by the
 * worker. */
#ifndef MEDIA_TRANSPORT_H
#define MEDIA_TRANSPORT_H

#include "media/rtp.h"
#include "net/addr.h"

/* ---- ports (stack thread; release may come from a worker) ---- */

typedef struct media_ports media_ports;

/* min and max 0: the kernel chooses. NULL: SX_E_INVALID (no even port with its successor in the range), SX_E_NOMEM. */
media_ports *media_ports_create(uint16_t min, uint16_t max);
void media_ports_destroy(media_ports *p);

typedef struct media_transport {
    media_ports *ports;
    int rtp_fd, rtcp_fd;
    int pair;       /* in the range; -1: the kernel's */
    bool connected; /* RTP: to `peer` */
    net_addr peer;
    net_addr rtp_local, rtcp_local;
} media_transport;

/* Binds a pair of ports (RTP even, RTCP next where that can be had). SX_E_LIMIT: no ports or descriptors left;
 * SX_E_ADDRESS: not ours; SX_E_IO. */
int media_transport_open(media_transport *t, media_ports *ports, const net_addr *local, uint64_t now_ms);
void media_transport_close(media_transport *t, uint64_t now_ms);

/* ---- datagrams (worker) ---- */

enum { MEDIA_BATCH = 8 };

typedef struct media_datagram {
    const uint8_t *p;
    size_t n;
    net_addr from;
    uint64_t arrived_us; /* sx_now_us() when it reached the kernel */
} media_datagram;

typedef struct media_batch media_batch; /* receive buffers, one set a worker */
media_batch *media_batch_create(void);
void media_batch_destroy(media_batch *b);
/* Reads what waits, at most MEDIA_BATCH; how many came. wall_offset_us: CLOCK_REALTIME - CLOCK_MONOTONIC. Datagrams
 * longer than RTP_MAX_PACKET are left out. */
unsigned media_batch_read(media_batch *b, int fd, int64_t wall_offset_us, uint64_t now_us,
                          media_datagram out[MEDIA_BATCH]);
/* The same for one datagram, cheaper. */
bool media_batch_read_one(media_batch *b, int fd, int64_t wall_offset_us, uint64_t now_us, media_datagram *out);
/* Throws away what waits, at most `most` datagrams. */
void media_batch_discard(media_batch *b, int fd, unsigned most);

/* Only this peer's packets from now on, and cheaper sending; NULL: everybody's again. */
void media_transport_connect(media_transport *t, const net_addr *peer);
/* False: the system refused for now (not an ICMP error of earlier packets, which is ignored). */
bool media_transport_send(media_transport *t, const net_addr *to, const void *p, size_t n);
bool media_transport_send_rtcp(media_transport *t, const net_addr *to, const void *p, size_t n);

#endif
