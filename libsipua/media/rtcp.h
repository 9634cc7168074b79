/* RTCP (RFC 3550, section 6): reading compound packets, writing SR or RR with SDES and BYE, when to send. Pure. */
#ifndef MEDIA_RTCP_H
#define MEDIA_RTCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RTCP_SR = 200, RTCP_RR = 201, RTCP_SDES = 202, RTCP_BYE = 203, RTCP_APP = 204 };
enum { RTCP_MAX_PACKET = 512 };

typedef struct rtcp_report {
    uint32_t ssrc;    /* whose packets are reported on */
    uint8_t fraction; /* lost since the last report, 1/256 */
    int32_t lost;     /* cumulative, 24 bits signed */
    uint32_t ext_max; /* extended highest sequence number */
    uint32_t jitter;  /* in units of that source's clock */
    uint32_t lsr;     /* middle 32 bits of the NTP time of its last SR; 0: none came */
    uint32_t dlsr;    /* time since then, 1/65536 s */
} rtcp_report;

/* One packet of a compound. Pointers go into the caller's bytes. */
typedef struct rtcp_packet {
    uint8_t type;
    uint8_t count;       /* of report blocks, chunks or sources */
    const uint8_t *body; /* after the first four octets, without padding */
    size_t n;
    uint32_t ssrc;    /* of the sender: SR, RR, BYE (its first source), APP; else 0 */
    uint64_t ntp;     /* SR */
    uint32_t rtp_ts;  /* SR */
    uint32_t packets; /* SR */
    uint32_t octets;  /* SR */
} rtcp_packet;

/* Is this a compound packet as section A.2 wants it: version 2, an SR or RR first, lengths that add up, padding only in
 * the last? */
bool rtcp_valid(const uint8_t *p, size_t n);
/* Reads the packet at *at and moves on. False at the end, or at what does not fit. */
bool rtcp_next(const uint8_t *p, size_t n, size_t *at, rtcp_packet *out);
/* Report block i of an SR or RR; false past the last. */
bool rtcp_report_at(const rtcp_packet *r, unsigned i, rtcp_report *out);
/* Does this BYE name the source? */
bool rtcp_bye_names(const rtcp_packet *r, uint32_t ssrc);
/* CNAME of the source in an SDES: into the caller's bytes; false: not there. */
bool rtcp_sdes_cname(const rtcp_packet *r, uint32_t ssrc, const char **cname, size_t *cname_n);

typedef struct rtcp_compound {
    uint32_t ssrc;
    bool sender;  /* SR, else RR */
    uint64_t ntp; /* SR from here */
    uint32_t rtp_ts;
    uint32_t packets;
    uint32_t octets;
    const rtcp_report *report; /* NULL: none */
    const char *cname;
    bool bye;
} rtcp_compound;

/* Returns the bytes written, 0 if cap is too small (RTCP_MAX_PACKET is enough for a CNAME up to 255). */
size_t rtcp_write(const rtcp_compound *c, uint8_t *out, size_t cap);

/* 64-bit NTP time of a moment in microseconds since 1970. */
uint64_t rtcp_ntp(uint64_t unix_us);
static inline uint32_t rtcp_ntp_middle(uint64_t ntp) { return (uint32_t)(ntp >> 16); }
/* Round trip from a report on us (section 6.4.1): ms, or -1: no LSR in it, or times that cannot be. */
double rtcp_rtt_ms(uint64_t now_ntp, uint32_t lsr, uint32_t dlsr);

/* When to send next (section 6.3.1), for a session of two. avg_size: octets of an RTCP packet with UDP and IP;
 * bandwidth: of RTCP, octets per second; initial: none has been sent; random: 32 random bits. Microseconds. */
uint64_t rtcp_interval_us(bool we_send, bool they_send, double avg_size, double bandwidth, bool initial,
                          uint32_t random);

#endif
