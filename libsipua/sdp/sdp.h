/* Session descriptions (RFC 8866): the structure, the lenient reader, the strict writer.
 *
 * Pure functions; any thread, one caller per arena. Everything a parsed or built sdp_session points at lives in the
 * sx_arena it was made with (the text is copied there once): freeing the arena ends the session, and neither the text
 * nor any other input needs to outlive the call. Errors are base/error.h codes.
 *
 * Property that the tests hold to: parse(write(s)) equals s, for every s that parse or sdp/offer_answer.h made. */
#ifndef SDP_SDP_H
#define SDP_SDP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"

enum {
    SDP_MAX_TEXT = 65536,  /* bytes */
    SDP_MAX_LINES = 1024,  /* more: SX_E_LIMIT */
    SDP_MAX_MEDIA = 16,    /* m-lines; more: SX_E_LIMIT (an answer must answer every one) */
    SDP_MAX_FORMATS = 32,  /* per m-line; the rest is not read */
    SDP_MAX_ATTRS = 128,   /* kept per section; the rest is not read */
    SDP_MAX_PTIME = 1000,  /* ms; larger values are read as this */
    SDP_MAX_RATE = 384000, /* Hz; an rtpmap beyond is unusable (rate 0) */
    SDP_MAX_CHANNELS = 8   /* an rtpmap beyond is unusable (rate 0) */
};

/* Direction as its writer sees it. Two bits, so that & intersects. */
typedef enum sdp_direction { SDP_INACTIVE = 0, SDP_SENDONLY = 1, SDP_RECVONLY = 2, SDP_SENDRECV = 3 } sdp_direction;

/* The same direction seen from the other end: sendonly <-> recvonly. */
static inline sdp_direction sdp_reverse(sdp_direction d) { return (sdp_direction)(((d & 1) << 1) | ((d >> 1) & 1)); }
const char *sdp_direction_name(sdp_direction d); /* "sendrecv", ... */

/* An address as text ("192.0.2.1", "2001:db8::1", sometimes a host name), without a multicast TTL. addr.n == 0: the
 * line is absent (or of a network other than IN IP4 and IN IP6, which is not read). */
typedef struct sdp_conn {
    sx_slice addr;
    uint8_t family; /* 4 or 6 */
} sdp_conn;

/* One a= line: "name" or "name:value". */
typedef struct sdp_attr {
    sx_slice name;
    sx_slice value; /* p == NULL: there was no colon */
} sdp_attr;

/* One format of an m-line. */
typedef struct sdp_format {
    sx_slice fmt;     /* as on the m-line: "96", or for other protocols any token */
    int pt;           /* 0..127, or -1 where fmt is not a payload type */
    bool has_rtpmap;  /* false: the name below is the static assignment of RFC 3551, or unknown */
    sx_slice name;    /* encoding name, "opus"; empty when unknown. Compare with sx_ieq */
    uint32_t rate;    /* RTP clock, Hz; 0: unknown or out of range, not usable */
    uint8_t channels; /* 1 when not said */
    sx_slice fmtp;    /* value of a=fmtp after the format; empty when absent */
} sdp_format;

typedef struct sdp_media {
    sx_slice type;  /* "audio", "video", "image", ... */
    uint16_t port;  /* 0: refused or disabled */
    uint16_t count; /* of ports, "49170/2"; 1 when not said */
    sx_slice proto; /* "RTP/AVP", "RTP/SAVP", "UDP/TLS/RTP/SAVPF", "udptl", ... */
    sdp_format *formats;
    size_t n_formats;
    sdp_conn conn;           /* the m-line's own c=; see sdp_media_conn */
    sdp_direction direction; /* in force: the m-line's own, else the session's, else sendrecv */
    bool has_direction;      /* the m-line has its own line */
    uint16_t ptime;          /* ms; 0: absent */
    uint16_t maxptime;       /* ms; 0: absent */
    uint16_t rtcp_port;      /* a=rtcp (RFC 3605); 0: absent */
    sdp_conn rtcp_conn;      /* address in a=rtcp; absent: that of the media */
    bool rtcp_mux;           /* RFC 5761 */
    sx_slice mid;            /* RFC 5888; empty: absent */
    sdp_attr *attrs;         /* all others in order, unread: crypto, fingerprint, setup, ice-*, candidate, ssrc, ... */
    size_t n_attrs;
    sx_slice *bandwidth; /* values of b= lines */
    size_t n_bandwidth;
} sdp_media;

/* o=. Numbers are text: peers send some that fit no integer. */
typedef struct sdp_origin {
    sx_slice user, id, version;
    sdp_conn conn;
} sdp_origin;

typedef struct sdp_session {
    sdp_origin origin; /* read leniently: blanks in the user are kept, a broken o= is read as "- 0 0 IN IP4 0.0.0.0" */
    sx_slice name;     /* s=; "-" when absent or empty */
    sx_slice time;     /* value of the first t=; "0 0" when absent */
    sdp_conn conn;     /* session-level c= */
    sdp_direction direction; /* session level; sendrecv when absent */
    bool has_direction;
    sdp_attr *attrs; /* all other session-level attributes in order: group, ice-*, fingerprint, setup, ... */
    size_t n_attrs;
    sx_slice *bandwidth;
    size_t n_bandwidth;
    sdp_media *media;
    size_t n_media;
} sdp_session;

/* Reads a description. Lenient: LF alone, a last line without an end, missing t= and s=, unknown and out-of-order lines
 * (skipped), broken attributes (kept raw, or skipped where they claim a known form).
 * SX_E_FORMAT: not SDP at all (no v=0 first, an m-line that cannot be read); SX_E_LIMIT; SX_E_NOMEM. */
int sdp_parse(sx_arena *a, sx_slice text, sdp_session *out);

/* Appends the description, lines ended by CRLF, in the order of RFC 8866, section 5.
 * SX_E_INVALID: CR, LF or NUL in a value, or a missing part (nothing is appended); SX_E_NOMEM. */
int sdp_write(sx_buf *out, const sdp_session *s);
/* The same as text in the arena. */
int sdp_text(sx_arena *a, const sdp_session *s, sx_slice *out);

/* The address in force for an m-line: its own c=, else the session's. */
const sdp_conn *sdp_media_conn(const sdp_session *s, const sdp_media *m);
/* "Do not send to me" of RFC 2543: 0.0.0.0, ::, or a name that ends in .invalid. */
bool sdp_conn_is_hold(const sdp_conn *c);
/* Direction of an m-line with an address of hold taken in (it takes the receiving away). */
sdp_direction sdp_media_direction(const sdp_session *s, const sdp_media *m);
/* First attribute of that name (ASCII case ignored), or NULL. */
const sdp_attr *sdp_attr_find(const sdp_attr *attrs, size_t n, const char *name);
/* Of an m-line, else of the session: for setup, fingerprint, ice-ufrag, ice-pwd. */
const sdp_attr *sdp_media_attr(const sdp_session *s, const sdp_media *m, const char *name);
/* Value of one parameter in "key=value; key2=value2" (names without case); false when absent. */
bool sdp_fmtp_get(sx_slice fmtp, const char *key, sx_slice *value);

/* Whether two descriptions ask for the same media: all but o=, s= and t= is equal. For an answer in 183 that is
 * repeated in the 200, and for session refreshes. */
bool sdp_same(const sdp_session *x, const sdp_session *y);

#endif
