/* Which source of packets is believed, and where to send (symmetric RTP that cannot be hijacked). Pure: packets and
 * `now` in, verdicts out.
 *
 * The address in the SDP comes first. A packet from exactly there latches at once. The same host from another port (a
 * NAT, an asymmetric phone) and the host that the signalling comes from must send CONSISTENT packets, one SSRC with
 * rising sequence numbers, meanwhile being heard but not answered. Only if the SDP holds a private address unlike the
 * signalling's source (a phone behind NAT that does not know itself) is the first valid source taken, whoever it is.
 * Nobody else is ever heard. Once latched, another source wins only after a new configuration, or after the latched one
 * was silent for 2 s, and then by RELATCH consistent packets. */
#ifndef MEDIA_LATCH_H
#define MEDIA_LATCH_H

#include "net/addr.h"

enum { LATCH_CONSISTENT = 3, LATCH_RELATCH = 5, LATCH_SILENCE_MS = 2000 };

typedef enum latch_verdict {
    LATCH_REFUSE = 0, /* not to be believed: ignore the packet */
    LATCH_HEAR = 1,   /* a good source: play it, keep sending where we sent */
    LATCH_NEW = 2,    /* play it, and send there from now on: the address has just been latched */
    LATCH_KEEP = 3    /* from the latched source */
} latch_verdict;

typedef struct latch {
    net_addr signalled;
    net_addr signalling;
    bool open; /* anyone may be first */
    bool latched;
    net_addr remote;    /* where to send: the latched address, or the signalled one */
    uint64_t heard_ms;  /* last packet of the latched source */
    net_addr candidate; /* a source on trial */
    uint32_t ssrc;
    uint16_t seq;
    unsigned good; /* consistent packets of the candidate */
    uint64_t candidate_ms;
} latch;

void latch_init(latch *l);
/* A configuration was committed. The same signalled address keeps what is latched. */
void latch_configure(latch *l, const net_addr *signalled, const net_addr *signalling, uint64_t now_ms);
/* A packet that parsed as RTP of a payload type that we accept. */
latch_verdict latch_packet(latch *l, const net_addr *from, uint32_t ssrc, uint16_t seq, uint64_t now_ms);
/* Has the latched source been silent for so long that another may take over? (Then the socket must hear everybody.) */
bool latch_is_loose(const latch *l, uint64_t now_ms);
/* May RTCP come from this host? */
bool latch_believes_host(const latch *l, const net_addr *from);

#endif
