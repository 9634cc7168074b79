/* The inside of a session, shared by session.c (descriptions), session_place.c (addresses) and session_prepare.c (what
 * has to be known before a description). */
#ifndef UA_SESSION_INTERNAL_H
#define UA_SESSION_INTERNAL_H

#include "ua/session.h"

struct ua_session {
    ua_agent *agent;
    media_session *media;
    media_audio *audio;
    media_local local;
    ua_codecs *codecs;
    int rate;
    uint64_t sdp_id;
    net_addr own;                 /* our address towards the peer; none: not known yet */
    char addr[NET_ADDR_TEXT];     /* the same as it stands in SDP: without brackets and scope */
    char *advertise;              /* what stands there instead */
    uint8_t family;               /* of the one in SDP */
    bool prepared, placed;        /* sockets; address */
    bool learning, learned;       /* a STUN server is being asked; has been, or need not be */
    net_addr mapped, mapped_rtcp; /* our sockets as it sees them; none: not known */
    bool moving;                  /* another address is in use, or wanted, than was agreed */
    net_addr own_before;
    media_local local_before;
    bool stopped, started;
    bool offered; /* our offer waits for its answer */
    bool prefer_ours; /* our order of codecs decides, though the peer offers: session_favour.c */
    bool remote_hold;
    bool removed; /* the peer has taken the audio line away: port 0 (RFC 3264 8.2) */
    bool hold, hold_wanted;      /* we keep the peer on hold: agreed; and in the offer that is open */
    ua_codecs *codecs_wanted;    /* of the offer that is open; NULL: no others */
    uint64_t theirs;             /* session_weight.mark of the peer's offer in force */
    sdp_reason why;              /* the last description of the peer could not be used */
    char *sent;                  /* our description that is in force or offered */
    char *attributes;            /* of the audio line, beyond those of sdp/ */
    char *committed;             /* the one before, while an offer is open */
    media_stream_config *config; /* in force; NULL before the first */
    uint32_t version;
    stack_resolve *resolving;
    session_prepared_fn fn;
    void *ctx;
    sx_timer timer;
};

void session_init_prepare(ua_session *s);
bool session_knows_place(const ua_session *s);                /* without a peer */
void session_say_address(ua_session *s, const net_addr *own); /* in SDP from now on */
/* The peer's media is of a family that ours is not: goes there, if we have an address of it. SX_E_MEDIA: we have not.
 */
int session_follow_family(ua_session *s, const net_addr *remote);

/* The first audio line in use; NULL: none. */
const sdp_media *session_audio_line(const sdp_session *d);
bool session_has_removed(const sdp_session *d); /* audio has port 0, and nothing else is wanted instead */
/* session_config.c. Puts in force what was agreed; an error leaves all as it was. answer: the peer's words are one. */
int session_commit(ua_session *s, const sdp_result *result, const net_addr *signalling, bool answer,
                   session_change *change);
/* No audio until another description has some: as if the peer held us. */
int session_remove(ua_session *s, session_change *change);
void session_follow_hold(ua_session *s);                        /* the peer took our hold without a word of its own */
void session_announce(ua_session *s, const sdp_session *offer); /* what it promises is received from now on */

#endif
