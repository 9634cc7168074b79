/* Calls together: conferences (conference.c) and bridges (bridge.c, bridge_signalling.c). They stand above calls: a
 * call knows only that it is in one. Included by call.h. */
#ifndef UA_TOGETHER_H
#define UA_TOGETHER_H

#include "ua/internal.h"

/* What a media event of app audio says, for calls and conferences alike. */
void ua_audio_event(const media_event *ev, ua_event *out);

/* ---- conferences ---- */

typedef struct conference_member conference_member;

/* Events of a conference's room carry it in this form: `user` of a call's media is the call. */
static inline void *ua_conference_mark(ua_conference *f) { return (char *)f + 1; }
static inline bool ua_conference_is_marked(const void *user) { return ((uintptr_t)user & 1) != 0; }
void ua_conference_media_event(void *marked, const media_event *ev);
/* Before an event of this call is told: whoever ends leaves first. */
void call_conference_note(ua_call *c, const ua_event *ev);
void ua_conference_shutdown(ua_agent *a); /* all end */
void ua_conference_destroy_all(ua_agent *a);

/* ---- bridges ---- */

enum { BRIDGE_NOTICES = 8 };

typedef struct bridge_passed {
    sx_list node;
    ua_bridge *bridge;
    stack_tx *tx;           /* of one side; NULL: it has its answer */
    stack_request *request; /* to the other side; NULL: answered */
    uint64_t sent_ms;
    uint8_t from;               /* the side that asked */
    bool refer;                 /* NOTIFYs follow */
    bool with_id;               /* and say in that dialog which REFER is meant */
    uint32_t cseq_in, cseq_out; /* of the REFER there, and of its copy */
    sx_grave grave;
} bridge_passed;

struct ua_bridge {
    sx_list node;
    ua_agent *agent;
    uint64_t id;
    ua_bridge_config cfg;
    ua_call *side[2]; /* NULL once it is over */
    int caller;       /* which side waits for the other's answer; -1: neither */
    bool holding[2];  /* we keep this side on hold, because the other wants a pause */
    int8_t linked;    /* what the media said last: -1 nothing, 0 transcoded, 1 untouched */
    uint8_t said;     /* BRIDGE_ state told last */
    char codec[16], said_codec[16];
    uint64_t begun_ms;
    bool over;
    int end_code;
    char end_text[80];
    sx_list passed; /* requests of one side that went to the other, and what is still to come of them */
    stack_request *notice[BRIDGE_NOTICES]; /* NOTIFYs on their way to one side; NULL: free */
    sx_task task;
    sx_grave grave;
};

/* After an event of this call was told. */
void call_bridge_note(ua_call *c, const ua_event *ev);
/* This call has taken the place of that one, which ends: in its bridge or conference too. */
void call_bridge_replaced(ua_call *fresh, ua_call *old);
void call_conference_replaced(ua_call *fresh, ua_call *old);
void call_bridge_media(ua_call *c, const media_event *ev); /* MEDIA_LINKED */
/* A request inside the call: true when the other side has it now. */
bool call_bridge_takes(ua_call *c, const stack_event *ev);
void ua_bridge_destroy_all(ua_agent *a);

bool bridge_hold_goal(const ua_call *c); /* do we hold its peer once all that was asked for is done? */
/* bridge_signalling.c: what of one side's events becomes of the other side. */
void bridge_signal(ua_bridge *b, ua_call *c, const ua_event *ev);
void bridge_begin(ua_bridge *b); /* what has happened before there was a bridge */
/* The call that is left when the other has ended (ev), in or before the bridge. caller: it waits for the other's
 * answer. */
void bridge_let_go(const ua_bridge_config *cfg, ua_call *left, bool caller, const ua_event *ev);
void bridge_other_ended(ua_bridge *b, unsigned ended, const ua_event *ev); /* the side that is left */
/* bridge_request.c: the request goes to the other side, or is refused. */
void bridge_pass(ua_bridge *b, ua_call *c, const stack_event *ev);
void bridge_passed_end(bridge_passed *p); /* what is open is given up */
void bridge_passed_end_all(ua_bridge *b);

/* session_favour.c: the codecs of `s` that the offer has come first (empty: as they are), and before all of them the
 * one with this name (empty: none); and our order is the one that counts. Without memory all stays as it is. */
struct ua_session;
void session_favour(struct ua_session *s, sx_slice offer, sx_slice codec);

#endif
