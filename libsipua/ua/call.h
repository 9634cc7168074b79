/* A call, shared by the files that make up its life: call.c (the API and what all calls have), call_out.c, call_in.c,
 * call_request.c (what the peer asks inside the dialog), call_change.c (what we ask: the one outgoing re-INVITE),
 * call_move.c (another address of ours), call_media.c, call_end.c. */
#ifndef UA_CALL_H
#define UA_CALL_H

#include "ua/features.h"
#include "ua/internal.h"
#include "ua/session.h"

typedef enum call_state {
    CALL_NEW = 1,  /* outgoing: its media is being prepared */
    CALL_INVITING, /* outgoing: the INVITE is on its way */
    CALL_OFFERED,  /* incoming: nothing decided yet, or ringing */
    CALL_ANSWERED, /* incoming: our 200 has no ACK yet */
    CALL_UP,       /* confirmed */
    CALL_LEAVING,  /* hung up, but the final answer (outgoing) or the ACK (incoming) has to be waited for */
    CALL_STOPPING  /* signalling is over; media's last figures are awaited */
} call_state;

/* What the call's own task does, in this order. */
enum {
    CALL_DO_START = 1,
    CALL_SAY_PROGRESS = 2,
    CALL_SAY_READY = 4,
    CALL_SAY_ACCEPTED = 8,
    CALL_SAY_STATS = 16,
    CALL_DO_DTMF = 32,
    CALL_DO_END = 64,
    CALL_DO_CHANGE = 128
};

typedef struct call_fork {
    stack_dialog *dialog;
    char *sdp; /* what it answered in a 1xx; NULL: nothing yet */
} call_fork;

/* All that an INVITE needs until it is sent. */
typedef struct call_start {
    sx_buf target, from, lines, body;
    int timeout_ms;
} call_start;

struct call_dtmf {
    sx_list node;
    char *digits; /* as the app wrote them */
    char *rest;   /* what is still to be sent, pauses written out */
    unsigned ms, gap_ms;
    int way;      /* UA_DTMF_ */
};

typedef struct call_recording {
    struct call_recording *next;
    uint64_t id;
    char path[];
} call_recording;

/* What the one outgoing re-INVITE is for; several wishes share one. */
enum {
    CALL_FOR_MOVE = 1,   /* signalling or media has another address of ours */
    CALL_FOR_REFRESH = 2 /* the Contact that was sent is not what others see */
};

typedef struct call_change {
    stack_request *request; /* our re-INVITE, without a final answer */
    uint8_t wanted;         /* CALL_FOR_ bits: what the next one is for */
    uint8_t doing;          /* and the one under way */
    bool theirs;            /* our 200 to the peer's re-INVITE has no ACK yet */
    bool excused;           /* ... and it went to an address that we left: it may never come
                             */
    bool refreshed;         /* once since the last move: a NAT that changes its mind does not keep us busy */
    uint8_t tries;          /* refused for a moment, one after the other */
    sx_timer timer;         /* not before it fires */
} call_change;

typedef struct call_move {
    uint64_t gone;    /* the connection whose loss it has met */
    net_addr local;   /* of the signalling, as the peer was told; none: not known */
    uint8_t failures; /* in a row */
    bool lost;        /* its path is gone, and no other was found yet */
    bool told;        /* of that */
    bool queued;      /* its turn to send is fixed */
} call_move;

/* How a wish ended. */
typedef struct call_outcome {
    int status, code; /* status 2xx: fulfilled */
    sx_slice reason, text;
} call_outcome;

struct ua_call {
    sx_list node, in_account;
    ua_agent *agent;
    ua_account *account;
    uint64_t id;
    uint8_t state;
    bool incoming, established, media_none, confirmed_told;
    bool ring_early;
    bool media_told;    /* MEDIA_READY was said */
    bool expires_first; /* the caller's Expires passes before our patience */
    uint16_t pending;
    /* signalling */
    stack_dialog_set *set;
    stack_dialog *dialog;
    stack_tx *tx;    /* the INVITE of an incoming call until its final answer */
    sip_msg *invite; /* the same while nobody was told of the call: its media is being prepared */
    net_addr peer;   /* where its signalling comes from */
    char *offer;     /* incoming: the INVITE's SDP until it is answered */
    char *own_sdp;   /* signalling-only: what the app said last */
    char *bye_lines;
    call_fork *forks;
    uint8_t nforks;
    call_start *start;
    int ring_status;
    call_change change;
    call_move move;
    stack_flow held; /* the connection that is kept open for it; id 0: none */
    uint32_t held_ms;
    /* media */
    ua_session *session;
    stack_dialog *heard; /* outgoing, early: the fork whose media is on */
    sx_list dtmf;
    bool dtmf_running;
    int dtmf_code; /* why the piece that was running did not leave */
    uint64_t player;
    call_recording *recordings;
    int rtp_timeout_ms;
    ua_own_settings *own;
    call_features f;
    /* time */
    uint64_t answered_ms;
    sx_timer timer;     /* no answer; the grace of leaving */
    sx_timer rtp_timer; /* silence */
    /* how it ended */
    bool ending; /* the fields below are set */
    uint8_t end_originator;
    uint8_t end_cause;
    int end_status, end_code, end_q850;
    char *end_reason, *end_text;
    sip_msg *end_msg;
    sx_task task;
    sx_grave grave;
};

static inline uint64_t call_now(const ua_call *c) { return ua_now(c->agent); }
ua_call *call_new(ua_agent *a, ua_account *acc, uint64_t id, bool incoming); /* NULL: no memory */
void call_discard(ua_call *c); /* one that was never told of; nothing of the stack may hang on it any more */
void call_post(ua_call *c, unsigned what);
ua_event call_event(ua_call *c, ua_event_type type);
void call_on_stack(void *ctx, const stack_event *ev); /* the sink of all its stack objects */
void call_free_forks(ua_call *c);
void call_free_start(ua_call *c);
/* CALL_LEAVING's and the no-answer timer's end. */
void call_timer(sx_timer *t, uint64_t now);

/* call_out.c */
void call_out_start(ua_call *c);
void call_out_event(ua_call *c, const stack_event *ev);
/* ACK to a 2xx; with an answer where the 2xx had the offer. */
int call_out_ack(ua_call *c, const stack_event *ev);
/* call_in.c */
int call_in_answer(ua_call *c, const ua_reply *reply);
int call_in_ring(ua_call *c, const ua_reply *reply);
void call_in_answer_now(ua_call *c); /* without the program; 500 when it cannot be done */
/* Answers the INVITE with a refusal. SX_E_HEADER and its like leave all as it was. */
int call_in_refuse(ua_call *c, int status, const ua_reply *reply);
void call_in_ack(ua_call *c, const stack_event *ev);
/* call_request.c */
void call_request(ua_call *c, const stack_event *ev);
/* call_change.c */
/* A re-INVITE for this, as soon as it may be sent, but not before wait_ms have passed. */
void call_change_want(ua_call *c, unsigned what, uint32_t wait_ms);
void call_change_drop(ua_call *c, unsigned what); /* not wanted any more; what is under way goes on */
void call_change_step(ua_call *c);                /* something that may have been in its way is gone */
bool call_change_is_open(const ua_call *c);       /* ours has no final answer yet */
void call_change_theirs(ua_call *c, bool invite); /* the peer's offer has its 200; invite: which waits for the ACK */
/* Their ACK came, or never will. True: it is no wonder if it did not. */
bool call_change_ack(ua_call *c);
void call_change_event(ua_call *c, const stack_event *ev);
stack_flow call_change_flow(const ua_call *c);
void call_change_stop(ua_call *c); /* the call ends */
void call_change_init(ua_call *c);
/* call_move.c */
void call_move_note(ua_call *c);  /* the peer knows where we are */
void call_flow_hold(ua_call *c);  /* the connection that its dialog is on, if it is one */
void call_flow_release(ua_call *c);
void call_move_check(ua_call *c); /* are we still there? */
/* Gets ready for the re-INVITE: SX_OK, or why there is no way (to be tried later). *needed: false when all is well. */
int call_move_prepare(ua_call *c, bool *needed);
void call_move_done(ua_call *c, const call_outcome *o);
void call_move_answered(ua_call *c); /* the peer's offer was answered: it knows where we are */
/* call_media.c */
void call_media_ready(ua_call *c, bool early);
void call_media_change(ua_call *c, const session_change *change);
void call_media_dtmf_next(ua_call *c);
void call_media_say_stats(ua_call *c, const media_stats *stats, bool final);
void call_media_drop(ua_call *c); /* DTMF jobs and the like */
void call_rtp_timer(sx_timer *t, uint64_t now);

/* call_end.c */
typedef struct call_end {
    ua_originator originator;
    ua_cause cause;
    int status, code;
    sx_slice reason, text;
    const sip_msg *msg; /* its Reason header and headers go with CALL_ENDED */
} call_end;
/* Remembers how the call ends; the first one counts. */
void call_end_set(ua_call *c, const call_end *e);
/* Signalling is over: lets go of the stack, stops the media, and at last CALL_ENDED. */
void call_finish(ua_call *c, const call_end *e);
/* Ends it from here whatever its state: CANCEL, refusal or BYE. lines: further header lines. */
void call_terminate(ua_call *c, const call_end *e, int refusal, sx_slice lines);
void call_bye(ua_call *c, const call_end *e, sx_slice lines); /* BYE and finish, in a confirmed dialog */
void call_end_task(ua_call *c);                               /* CALL_ENDED */
void call_end_media_stopped(ua_call *c, const media_event *ev);

#endif
