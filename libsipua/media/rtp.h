/* RTP packets (RFC 3550, section 5) and what a receiver keeps of a source (sections 6.4.1, A.1, A.3, A.8). Pure. */
#ifndef MEDIA_RTP_H
#define MEDIA_RTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RTP_HEADER = 12, RTP_MAX_PACKET = 2048 };

typedef struct rtp_packet {
    bool marker;
    uint8_t pt;
    uint16_t seq;
    uint32_t ts;
    uint32_t ssrc;
    uint8_t csrc_count;
    uint16_t ext_profile;   /* header extension: its "defined by profile" field */
    const uint8_t *ext;     /* NULL: none; points into the packet */
    size_t ext_n;           /* bytes */
    const uint8_t *payload; /* into the packet, without padding */
    size_t n;
} rtp_packet;

/* SX_E_FORMAT: not RTP version 2, or lengths that do not fit. */
int rtp_parse(rtp_packet *out, const uint8_t *p, size_t n);
/* RFC 5761, section 4: would this datagram on a shared port be RTCP? */
bool rtp_is_rtcp(const uint8_t *p, size_t n);
/* Writes the 12 octets of a header without CSRC and extension. */
void rtp_write_header(uint8_t out[RTP_HEADER], bool marker, uint8_t pt, uint16_t seq, uint32_t ts, uint32_t ssrc);

/* What one packet was in the sequence of its source. */
typedef enum rtp_seq {
    RTP_SEQ_NEXT,      /* newer than all before (first, in order, or after a gap) */
    RTP_SEQ_REORDERED, /* older than the newest, not seen before */
    RTP_SEQ_DUPLICATE,
    RTP_SEQ_JUMP,   /* far away: the source may have restarted; not counted, the packet is to be ignored */
    RTP_SEQ_RESTART /* the second after a jump: the source has restarted, counting began anew */
} rtp_seq;

/* One remote source (SSRC). All zero but ssrc after rtp_source_init. */
typedef struct rtp_source {
    uint32_t ssrc;
    bool started;
    bool has_transit;
    uint16_t max_seq;
    uint32_t cycles; /* sequence numbers' wraps, shifted by 16 */
    uint32_t base_seq;
    uint32_t bad_seq;  /* what the second packet after a jump would have; above 65535: none */
    uint64_t seen;     /* bit i: max_seq - i has come */
    uint64_t received; /* in this run of sequence numbers, duplicates included (A.3) */
    uint64_t expected_prior;
    uint64_t received_prior;
    uint32_t transit;
    uint32_t rate; /* of `transit` */
    double jitter; /* in units of `rate` */
    double jitter_ms;
    uint64_t lost_before; /* of earlier runs, before restarts */
} rtp_source;

void rtp_source_init(rtp_source *s, uint32_t ssrc);
rtp_seq rtp_source_packet(rtp_source *s, uint16_t seq);
/* Interarrival jitter (A.8): once per packet that is no duplicate. rate: the RTP clock of its payload type, Hz. */
void rtp_source_jitter(rtp_source *s, uint32_t ts, uint32_t rate, uint64_t arrival_us);

static inline uint32_t rtp_source_ext_max(const rtp_source *s) { return s->cycles + s->max_seq; }
uint64_t rtp_source_expected(const rtp_source *s);
/* Over all runs; negative by duplicates (A.3). */
int64_t rtp_source_lost(const rtp_source *s);
/* Fraction lost since the last call, in 1/256 (A.3): for a report. */
uint8_t rtp_source_fraction(rtp_source *s);

#endif
