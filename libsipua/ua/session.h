/* The one place where SDP meets media: a call's offers and answers, and what they make of its RTP session.
 *
 *   session_create     sockets are bound (media_prepare); the app's audio handle exists from here on
 *   session_prepare    our address towards the peer becomes known: a step with completion, timeout and cancel
 *   session_offer      our description, new or again       session_answered   the peer's answer commits it
 *   session_offered    the peer's offer, and our answer to it
 *   session_stop       two-phase: MEDIA_STOPPED is the last of it, then session_free
 */
#ifndef UA_SESSION_H
#define UA_SESSION_H

#include "sdp/offer_answer.h"
#include "ua/internal.h"

typedef struct ua_session ua_session;

/* What a committed description changed. */
typedef struct session_change {
    bool first;   /* media can flow since now */
    bool changed; /* another address, codec, direction or payload type than before */
    bool held;    /* the peer has put us on hold ... */
    bool resumed; /* ... or taken us back */
} session_change;

/* `user` comes back in the media's events. peer: for choosing the family, none if it is not known yet.
 * SX_E_LIMIT: out of ports or descriptors; SX_E_NOMEM; SX_E_ADDRESS. */
int session_create(ua_agent *a, ua_codecs *codecs, void *user, uint64_t id, const net_addr *peer, int rate,
                   ua_session **out);
/* Called from a handler of its own: 0, or why it failed. */
typedef void (*session_prepared_fn)(void *ctx, int code, const char *text);
/* Finds our address towards `uri` (a hop or target). 0: done already; 1: fn follows; else an error and nothing follows.
 */
int session_prepare(ua_session *s, sx_slice uri, session_prepared_fn fn, void *ctx);
/* The same towards a known peer. */
int session_prepare_peer(ua_session *s, const net_addr *peer, session_prepared_fn fn, void *ctx);
/* Only the address, at once: for whoever cannot wait for a STUN server. */
int session_prepare_towards(ua_session *s, const net_addr *peer);
void session_cancel_prepare(ua_session *s);
void session_event_prepared(ua_session *s, const media_event *ev); /* MEDIA_PREPARED, MEDIA_LEARNED, MEDIA_ERROR */

void session_set_rate(ua_session *s, int rate);
/* What stands in SDP in place of our address, if it is numeric; copied. */
int session_advertise(ua_session *s, sx_slice host);

/* Makes an offer: our full wish, whatever the peer keeps on hold now. *text lives until the next description of ours.
 */
int session_offer(ua_session *s, sx_slice *text);
/* What is to be different when the peer has agreed: session_settle() puts it in force, session_drop_offer() forgets it.
 */
typedef struct session_plan {
    ua_codecs *codecs; /* NULL: as they are */
    int hold;          /* 1: keeps the peer on hold, 0: does not, -1: as it is */
} session_plan;
int session_reoffer(ua_session *s, const session_plan *plan, sx_slice *text);
/* The answer to it, from the dialog that is heard; may come again from another fork until session_settle().
 * SX_E_FORMAT: no SDP; SX_E_MEDIA: nothing in common; media is as it was then. */
int session_answered(ua_session *s, sx_slice answer, const net_addr *signalling, session_change *change);
/* The answer, in an ACK, to an offer that the peer asked for in a call that is up: has it taken the audio away by port 0
 * (RFC 3264 8.2)? Then that is in force; else SX_E_MEDIA. */
int session_answered_none(ua_session *s, sx_slice answer, session_change *change);
void session_settle(ua_session *s); /* the answer heard last is final */
/* Offers what we said last once more, to the letter (RFC 4028 7.4). */
int session_repeat(ua_session *s, sx_slice *text);
/* What we said last is this instead: to a fork that knows no other description. SX_E_NOMEM: as before. */
int session_say(ua_session *s, sx_slice ours);
/* Attributes of the audio line of what we say from now on: "name:value\n" each; empty: none. SX_E_NOMEM. */
int session_attributes(ua_session *s, sx_slice lines);
void session_drop_offer(ua_session *s); /* it failed: as before it */
/* The peer took it, but its answer cannot be used: as before it, and what we said then is our newest word, under a
 * version that the peer has not seen: session_repeat() puts it back. */
void session_take_back(ua_session *s);
void session_unanswered(ua_session *s); /* it was taken without a word: media goes on as it was */
void session_pause(ua_session *s);      /* who was heard is out of it: nothing flows until the next agreement */
/* An offer of the peer. *text: our answer. SX_E_FORMAT, SX_E_MEDIA: all is as it was. One that takes the audio away from
 * a session that is up (port 0, RFC 3264 8.2) is taken, and is as if the peer held us. */
int session_offered(ua_session *s, sx_slice offer, const net_addr *signalling, sx_slice *text, session_change *change);
/* Would session_offered() find something in common? SX_OK, SX_E_FORMAT, SX_E_MEDIA, SX_E_NOMEM. */
int session_check(const ua_codecs *codecs, sx_slice offer, sdp_reason *why);
/* Why the last description of the peer could not be used, as a line for the 488. */
sdp_reason session_why(const ua_session *s);
sx_slice session_warning(int rc, sdp_reason why);

/* An offer of the peer at a glance. SX_E_FORMAT, SX_E_LIMIT, SX_E_NOMEM. */
typedef struct session_weight {
    uint64_t mark; /* equal when nothing but o=, s= and t= is different */
    bool holds;    /* it does not want to receive */
    bool removed;  /* ... because its audio has port 0 */
} session_weight;
int session_weigh(sx_slice offer, session_weight *out);
uint64_t session_theirs(const ua_session *s); /* mark of its offer in force; 0: none */
ua_codecs *session_codecs(const ua_session *s);
bool session_is_held(const ua_session *s); /* by the peer */
bool session_holds(const ua_session *s);   /* we keep the peer on hold */

/* Is our media still where it should be towards this peer? */
bool session_stands(const ua_session *s, const net_addr *peer);
/* The network changed, and our address did not: the system chooses the way anew. */
void session_refresh(ua_session *s);
/* Goes where it should be: the next description says so, and media is received at both places until session_moved().
 * SX_E_TRANSPORT: no way to the peer; then, and with other errors, all is as it was. */
int session_readdress(ua_session *s, const net_addr *peer);
/* The peer took that (or not: back, if the old address is still there). Harmless when nothing moved. */
void session_moved(ua_session *s, bool agreed);

media_session *session_media(ua_session *s);
media_audio *session_audio(ua_session *s);
bool session_is_up(const ua_session *s);     /* configured once */
bool session_has_offer(const ua_session *s); /* ours, unanswered */
bool session_takes_dtmf(const ua_session *s);
int session_rate(const ua_session *s);
sx_slice session_sent(const ua_session *s); /* our description in force or offered; empty before */
/* Of the media in force, for events. */
typedef struct session_view {
    sx_slice codec;
    int rate;
    int ptime_ms; /* of packets sent */
    net_addr remote;
    net_addr local; /* set before there is any media */
} session_view;
void session_look(const ua_session *s, session_view *out);

void session_stop(ua_session *s); /* MEDIA_STOPPED follows */
void session_free(ua_session *s); /* stops it too, if nobody did; no event matters any more. NULL is fine */

/* Signalling-only calls: a description that takes every m-line of the offer and lets nothing flow. */
int session_inactive_answer(sx_slice offer, const net_addr *own, sx_buf *out);
/* Own description of the app again, with its directions fitted to a new offer. */
int session_refit(sx_slice own, sx_slice offer, sx_buf *out);
/* The same as an offer that holds the peer, or takes it back; its version goes up. */
int session_rehold(sx_slice own, bool hold, sx_buf *out);

#endif
