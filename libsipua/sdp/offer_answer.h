/* The offer/answer model (RFC 3264) as pure functions over sdp_session.
 *
 * What an endpoint does with them:
 *   offering:   sdp_offer -> sdp_write -> send; on the answer: sdp_parse -> sdp_commit
 *   answering:  sdp_parse -> sdp_answer -> sdp_write -> send (the result comes with the answer)
 *   again:      the same, with `previous` = the description this side sent last, parsed from the kept text
 * Nothing here keeps state: the user keeps the text it sent last and the result in force.
 *
 * All memory comes from the arena given; outputs point into that arena only, never into the inputs. An arena per
 * result is the intended use: free it when the next result is committed. */
#ifndef SDP_OFFER_ANSWER_H
#define SDP_OFFER_ANSWER_H

#include "sdp/sdp.h"

enum { SDP_MAX_CODECS = 16, SDP_MAX_EVENTS = 4 };

/* One codec that we can speak. Views of the caller's. */
typedef struct sdp_codec {
    sx_slice name;    /* "opus" */
    uint32_t rate;    /* RTP clock, Hz */
    uint8_t channels; /* as in the rtpmap (opus: 2); 0 means 1 */
    int pt;           /* static (0, 8, ...), a wish for a dynamic one (96..127), or -1: chosen here */
    sx_slice fmtp;    /* what we tell the peer of ourselves; empty: no fmtp line */
} sdp_codec;

/* One kind of media that we want or can serve: one m-line. */
typedef struct sdp_local_media {
    sx_slice type;           /* "audio"; empty means audio */
    sx_slice proto;          /* "RTP/AVP"; empty means that. RTP/AVPF is taken as equal, and so are SAVP and SAVPF */
    const sdp_codec *codecs; /* in our order of preference, 1..SDP_MAX_CODECS */
    size_t n_codecs;
    bool no_telephone_event; /* do not offer or accept RFC 4733 events */
    sdp_direction direction; /* wanted: SDP_SENDRECV; SDP_SENDONLY holds the peer, SDP_INACTIVE stops both ways. In an
                                answer it is cut to what the offer allows */
    uint16_t port;           /* RTP; 0 writes the line as disabled */
    uint16_t rtcp_port;      /* 0 or port + 1: no a=rtcp line */
    bool rtcp_mux;           /* offer it, or accept it where offered */
    sx_slice addr;           /* an address of its own (c= in the m-line); empty: the session's */
    uint8_t family;          /* 4 or 6, of addr */
    uint16_t ptime;          /* ms that we wish to receive and by default send; 0: 20, and no a=ptime line */
    uint16_t maxptime;       /* ms; 0: no line */
    const sdp_attr *attrs;   /* written as they are after the others: crypto, fingerprint, setup, ice-*, candidate */
    size_t n_attrs;
} sdp_local_media;

/* What this side brings to a negotiation. Views of the caller's, read during the call only. */
typedef struct sdp_local {
    sx_slice user;                /* o= user; empty: "-" */
    uint64_t id;                  /* o= session id; constant for the life of the session, below 2^62 */
    uint64_t version;             /* o= version of the first description; later ones count from `previous` */
    sx_slice name;                /* s=; empty: "-" */
    sx_slice addr;                /* c= and o=; never 0.0.0.0 from us */
    uint8_t family;               /* 4 or 6 */
    const sdp_local_media *media; /* 1..SDP_MAX_MEDIA */
    size_t n_media;
    const sdp_attr *attrs; /* session level, written as they are */
    size_t n_attrs;
    bool prefer_ours; /* answering: our codec order decides instead of the offerer's */
    bool one_codec;   /* answering: name only the first common codec (and its telephone-event) */
} sdp_local;

/* Why an m-line is not in use, or what was odd. Each has a plain text. */
typedef enum sdp_reason {
    SDP_REASON_NONE = 0,
    SDP_REASON_NO_MEDIA,    /* the other side named no m-line at all, or none of a type that we have */
    SDP_REASON_TYPE,        /* a type of media that we do not have (or have in use already) */
    SDP_REASON_PROTO,       /* a transport that we do not speak (or may not fall back to) */
    SDP_REASON_NO_CODEC,    /* no codec in common */
    SDP_REASON_REFUSED,     /* refused or disabled by the other side: port 0 */
    SDP_REASON_DISABLED,    /* disabled by us: port 0 in our description */
    SDP_REASON_NO_ADDRESS,  /* no usable c= */
    SDP_REASON_MISSING,     /* the answer stopped before this m-line (tolerated: taken as refused) */
    SDP_REASON_TYPE_CHANGED /* the answer has another type of media at this place */
} sdp_reason;
const char *sdp_reason_text(sdp_reason r); /* never NULL */

/* A codec in use in one m-line. */
typedef struct sdp_codec_map {
    sx_slice name; /* as the other side wrote it: look up without case */
    uint32_t rate; /* RTP clock, Hz */
    uint8_t channels;
    uint8_t tx_pt;    /* we send with this payload type (the other side's number) */
    uint8_t rx_pt;    /* we receive this one (our number) ... */
    int rx_pt_other;  /* ... and this: the peer's own number where it differs and means nothing else; -1: none */
    sx_slice tx_fmtp; /* the peer's parameters: what it wants to receive */
    sx_slice rx_fmtp; /* ours */
} sdp_codec_map;

/* telephone-event at one clock rate. */
typedef struct sdp_event_map {
    uint32_t rate;
    uint8_t tx_pt, rx_pt;
    int rx_pt_other; /* as above */
} sdp_event_map;

/* One m-line after offer and answer. */
typedef struct sdp_stream {
    size_t index;      /* of the m-line */
    int local;         /* index into sdp_local.media (sdp_answer only); -1: none or not known */
    bool active;       /* both sides have a port and a codec: media may flow as `direction` says */
    sdp_reason reason; /* when not active */
    sx_slice type, proto, mid;
    sdp_codec_map *codecs; /* in the order of the answer: the first is what we send */
    size_t n_codecs;
    sdp_event_map events[SDP_MAX_EVENTS]; /* in the order of the answer */
    size_t n_events;
    sdp_conn remote; /* where RTP goes; an address of hold stays here as it was written */
    uint16_t remote_port;
    sdp_conn remote_rtcp; /* where RTCP goes (equal to RTP with rtcp_mux) */
    uint16_t remote_rtcp_port;
    bool rtcp_mux;           /* agreed by both */
    sdp_direction direction; /* ours, in force: SDP_SENDONLY bit: we may send; SDP_RECVONLY bit: we may receive */
    sdp_direction remote_direction; /* as the peer wrote it, with an address of hold taken in */
    bool remote_hold;               /* the peer does not want to receive (sendonly, inactive, 0.0.0.0) */
    uint16_t ptime;                 /* ms per packet that we send: 10..120, a multiple of 10 */
    uint16_t maxptime;              /* ms, the peer's; 0: not said */
    const sdp_attr *attrs;          /* the peer's other attributes (m-line) */
    size_t n_attrs;
} sdp_stream;

typedef struct sdp_result {
    sdp_stream *streams; /* one per m-line of the offer, in order */
    size_t n_streams;
    size_t n_active;
    sdp_reason reason;            /* when none is active: the most telling one */
    bool fewer_lines, more_lines; /* the answer had fewer or more m-lines than the offer: tolerated */
} sdp_result;

/* Builds an offer. `previous`: what we sent last in this session (offer or answer), or NULL for the first. With it:
 * the o= id stays, the version goes up by one only if anything else in the text changed; m-lines keep number and
 * order (RFC 3264, section 8: what we no longer want gets port 0, a new one takes a disabled line of its type or comes
 * last); payload types keep their meaning.
 * SX_E_INVALID: `local` makes no sense; SX_E_LIMIT: too many m-lines; SX_E_NOMEM. */
int sdp_offer(sx_arena *a, const sdp_local *local, const sdp_session *previous, sdp_session *out);

/* Answers an offer. Every m-line is answered in order; what we cannot use is refused with port 0, its protocol and
 * formats kept. Payload types are the offerer's numbers, direction is mirrored and cut to what `local` wants.
 * `answer` and `result` are filled also when nothing is in common; then the return is SX_E_MEDIA and
 * result->reason says why (usual consequence: 488). `previous` as for sdp_offer.
 * SX_E_INVALID, SX_E_NOMEM as for sdp_offer. */
int sdp_answer(sx_arena *a, const sdp_local *local, const sdp_session *offer, const sdp_session *previous,
               sdp_session *answer, sdp_result *result);

/* What our offer and the peer's answer agree on. Tolerates an answer with fewer or more m-lines (and says so) and one
 * that numbers payload types its own way (RFC 3264, section 8.3.2, allows it): we send with its numbers and receive
 * both. SX_E_MEDIA with result->reason when nothing is in common; SX_E_NOMEM. */
int sdp_commit(sx_arena *a, const sdp_session *offer, const sdp_session *answer, sdp_result *result);

/* The first stream in use of that type ("audio"), or NULL. */
const sdp_stream *sdp_result_find(const sdp_result *r, const char *type);
/* telephone-event for a codec's clock rate; else the first there is (peers pair opus with 8000); NULL: none. */
const sdp_event_map *sdp_stream_event(const sdp_stream *s, uint32_t rate);

#endif
