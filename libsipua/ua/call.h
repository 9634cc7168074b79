/* A call, shared by the files that make up its life: call.c (the API and what all calls have), call_out.c, call_in.c,
 * call_request.c (what the peer asks inside the dialog), call_question.c (what of that the program decides),
 * call_change.c (what we ask: the one outgoing re-INVITE or UPDATE), call_hold.c (what of that the program wants),
 * call_move.c (another address of ours), call_media.c, call_end.c. */
#ifndef UA_CALL_H
#define UA_CALL_H

#include "ua/features.h"
#include "ua/together.h"
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
    CALL_DO_CHANGE = 128,
    CALL_SAY_MUTED = 256
};

typedef struct call_fork {
    stack_dialog *dialog;
    char *sdp;            /* what it described last, in a 1xx or an UPDATE; NULL: nothing yet */
    char *ours;           /* what we answered to its UPDATE; NULL: our INVITE's offer stands */
    net_addr from;        /* where that came from */
    uint32_t rseq;        /* of its last reliable 1xx; 0: none yet */
    stack_request *prack; /* without a final answer: nothing with a higher CSeq goes before (RFC 3261 12.2.2) */
    bool settled;         /* its answer came reliably: either side may offer anew by UPDATE (RFC 3311 5.1) */
} call_fork;

/* All that an INVITE needs; kept while another one may be needed (422, 3xx: call_out_again()). */
typedef struct call_start {
    sx_buf target, from, lines, body;
    int timeout_ms;
    char call_id[32], from_tag[24]; /* of the first one: those after it have the same (RFC 3261 8.1.3.5) */
    uint32_t cseq;                  /* the last one's; 0: none was sent */
    uint8_t attempts;
} call_start;

/* Our reliable provisional answers (RFC 3262 3): call_reliable.c. */
typedef struct call_reliable {
    sx_list waiting;        /* call_said: not before the one under way is acknowledged */
    struct call_said *open; /* under way */
    uint32_t rseq;          /* the last one's; 0: none yet */
    uint32_t cseq;          /* of their INVITE */
    bool wanted;            /* the caller understands them */
    bool required;          /* ... and insists */
    bool described;         /* one of them carried a description */
    bool settled;           /* and that was acknowledged: offer and answer are complete */
    uint32_t interval;
    uint64_t give_up_at;
    sx_timer timer;
    sx_timer again;   /* proxies forget an INVITE that nothing is heard of for three minutes */
    ua_reply *answer; /* what the program answered while a description was not acknowledged */
} call_reliable;

/* The session timer (RFC 4028): call_timer.c. */
typedef struct call_timers {
    uint32_t expires_s; /* agreed; 0: there is none */
    uint32_t min_s;     /* the greatest Min-SE that was met; 0: none */
    uint64_t end_at;    /* when the session ends without a refresh */
    bool ours;          /* we refresh */
    bool refreshing;
    bool asked; /* our request under way has a Session-Expires */
    sx_timer timer;
} call_timers;

/* What the caller has still to reserve (RFC 3312): call_early.c. */
typedef struct call_wait {
    bool active; /* nobody was told of the call yet: ua_call.invite is the INVITE */
    bool used;   /* preconditions are in use */
    bool met;
    sx_timer timer;  /* outgoing: early media was described; is there any? */
    bool heard;      /* outgoing: the first packet of the peer has come */
    bool told;       /* outgoing: of the silence */
} call_wait;

struct call_dtmf {
    sx_list node;
    char *digits; /* as the app wrote them */
    char *rest;   /* what is still to be sent, pauses written out */
    unsigned ms, gap_ms;
    int way; /* UA_DTMF_ */
};

enum { CALL_MUTE_NEWS = 8 };

typedef struct call_recording {
    struct call_recording *next;
    uint64_t id;
    char path[];
} call_recording;

/* What the one outgoing re-INVITE or UPDATE is for; several wishes share one. */
enum {
    CALL_FOR_MOVE = 1,    /* signalling or media has another address of ours */
    CALL_FOR_REFRESH = 2, /* the Contact that was sent is not what others see */
    CALL_FOR_WISH = 4,    /* the first of change.wishes */
    CALL_FOR_TIMER = 8,   /* the session timer: no new description (RFC 4028) */
    CALL_FOR_RESTORE = 16 /* the peer agreed to something that cannot be: back to what stood */
};

/* sipua_call_change(): what the program wants. One after the other. */
typedef struct call_wish {
    sx_list node;
    uint64_t tag;
    ua_change_method method;
    int8_t hold;       /* 1: hold, 0: resume, -1: as it is */
    ua_codecs *codecs; /* NULL: as they are */
    sx_buf lines;      /* header lines */
    sx_buf body;       /* signalling-only: the description */
} call_wish;

/* What the peer wants, while the program thinks about it. */
typedef struct call_question {
    stack_tx *tx;
    bool invite;
    sx_timer timer;
    ua_call *call;
} call_question;

typedef struct call_change {
    stack_request *request; /* ours, without a final answer */
    uint8_t wanted;         /* CALL_FOR_ bits: what the next one is for */
    uint8_t doing;          /* and the one under way */
    uint8_t by;             /* UA_CHANGE_: the other method is tried, because one was not known; 0: as chosen */
    bool fell;              /* that was done for this one */
    bool update, offers;    /* of the one under way: it is an UPDATE; it has an offer */
    bool heard;             /* ... and the peer asked for something meanwhile, and got 491 */
    uint32_t rseq;          /* of its last reliable 1xx; 0: none yet */
    char *answer;           /* the description in one of those; NULL: none */
    uint8_t peer_update;    /* the peer's Allow: 0 not seen, 1 names UPDATE, 2 does not */
    bool theirs;            /* our 200 to the peer's re-INVITE has no ACK yet */
    bool excused;           /* ... and it went to an address that we left: it may never come */
    bool refreshed;         /* once since the last move: a NAT that changes its mind does not keep us busy */
    uint8_t tries;          /* refused for a moment, one after the other */
    uint8_t nwishes;
    sx_timer timer; /* not before it fires */
    sx_list wishes;
    call_question *question; /* the peer's offer that the program decides on; NULL: none */
    uint32_t room;           /* offers of the peer that may come just now, in thousandths */
    uint64_t room_ms;
    uint64_t theirs_mark; /* signalling-only: of the peer's description, as session_weight has it; 0: not seen */
    bool theirs_hold;
} call_change;

typedef struct call_move {
    uint64_t gone;    /* the connection whose loss it has met */
    net_addr local;   /* of the signalling, as the peer was told; none: not known */
    uint8_t failures; /* in a row */
    bool lost;        /* its path is gone, and no other was found yet */
    bool told;        /* of that */
    bool queued;      /* its turn to send is fixed */
} call_move;

/* What binds it to transfers and other calls (transfer.c, call_replace.c). */
typedef struct call_links {
    sx_list transfers; /* that came in its dialog, or were sent there */
    sx_list consults;  /* those in which its peer is the target */
    ua_transfer *placed_by;
    uint8_t depth;               /* transfers in a row that it came of */
    bool referred, was_referred; /* we sent a REFER in it; one came */
    bool join, early_only;       /* what it wants of `other` */
    bool automatic;              /* takes the place of `other` without a question */
    bool untold;                 /* nobody knows of it */
    ua_call *other;              /* incoming: the call that it replaces or joins; NULL: none, or gone */
    ua_call *heir;               /* the one that took its place */
    sx_list rivals, in_rivals;   /* calls of which it is the `other` */
} call_links;

/* What an INVITE with Replaces or Join is about. */
typedef struct call_replace {
    ua_call *other; /* NULL: it has neither */
    bool join, early_only, asks;
} call_replace;

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
    bool held_told;     /* CALL_HELD by the peer, and not yet CALL_RESUMED */
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
    char *bye_body, *bye_type; /* what its BYE says besides */
    size_t bye_body_n;
    call_fork *forks;
    uint8_t nforks;
    char *first_offer; /* outgoing: the INVITE's, once an UPDATE has changed what we said last */
    call_start *start;
    call_reliable reliable;
    call_timers timers;
    call_wait wait;
    int ring_status; /* of the last 1xx, ours or the peer's; with ring_early: it had a description */
    call_change change;
    call_move move;
    call_links links;
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
    uint32_t muted;                      /* UA_FLAG_SEND, UA_FLAG_RECEIVE */
    uint32_t mute_said[CALL_MUTE_NEWS];  /* what is still to be told: muted then, and 1: by muting */
    uint8_t mute_news;
    bool digit_passed;                   /* the digit that is told now went to the other side of the bridge by itself */
    uint8_t bridge_side;
    unsigned conference_news;            /* not told yet, with this call in them */
    ua_conference *conference;           /* that it is in, as this member; NULL: none */
    conference_member *member;
    ua_bridge *bridge;
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

/* The program has answered it, and not hung up since. Until the ACK comes the peer may not know; before it no request of
 * ours goes there but the BYE that ends the waiting for it. */
static inline bool call_is_answered(const ua_call *c) {
    return c->state == CALL_ANSWERED || c->state == CALL_UP || (c->state == CALL_OFFERED && c->reliable.answer);
}
static inline uint64_t call_now(const ua_call *c) { return ua_now(c->agent); }
ua_call *call_new(ua_agent *a, ua_account *acc, uint64_t id, bool incoming); /* NULL: no memory */
void call_discard(ua_call *c); /* one that was never told of; nothing of the stack may hang on it any more */
void call_post(ua_call *c, unsigned what);
ua_event call_event(ua_call *c, ua_event_type type);
/* Emits it with `dialog`, what names d in a Replaces that is sent to us; d may be NULL. */
void call_emit_dialog(ua_call *c, const stack_dialog *d, ua_event *ev);
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
/* Another INVITE of the same call in place of one that was refused, to start->target: 422, 3xx. lines: further header
 * lines that it has. SX_OK, or why not. */
int call_out_again(ua_call *c);
/* call_in.c */
int call_in_answer(ua_call *c, const ua_reply *reply);
int call_in_ring(ua_call *c, const ua_reply *reply);
void call_in_answer_now(ua_call *c); /* without the program; 500 when it cannot be done */
/* Answers the INVITE with a refusal. SX_E_HEADER and its like leave all as it was. */
int call_in_refuse(ua_call *c, int status, const ua_reply *reply);
void call_in_ack(ua_call *c, const stack_event *ev);
void call_in_begin(ua_call *c, const sip_msg *msg); /* tells of it, or answers it, as the account has it */
unsigned call_in_say_ready(ua_call *c);
int call_in_describe(ua_call *c, sx_slice *body); /* our description for a 1xx or 2xx */
/* call_reliable.c (RFC 3262) */
void call_reliable_init(ua_call *c);
void call_reliable_stop(ua_call *c);
void call_reliable_quiet(ua_call *c); /* the final answer was sent: no more of them, but a PRACK may still come */
/* 420 or 421 by Require, Supported and the option reliable_1xx: true when it was answered. */
bool call_reliable_refuse(ua_agent *a, ua_account *acc, const stack_event *ev);
void call_reliable_begin(ua_call *c, const sip_msg *invite); /* an incoming call */
bool call_reliable_used(const ua_call *c, bool described);   /* does this 1xx go reliably? */
/* Sends it, or queues it. SX_E_FULL, SX_E_NOMEM, SX_E_HEADER ... as tx_respond(). */
int call_reliable_say(ua_call *c, const tx_response *r);
void call_reliable_ringing(ua_call *c); /* a 1xx was sent: repeats it now and then, as long as it rings */
/* Must a 2xx wait (RFC 3262 3)? call_reliable_hold() then keeps it. */
bool call_reliable_holds(const ua_call *c);
int call_reliable_hold(ua_call *c, const ua_reply *reply);
void call_reliable_prack(ua_call *c, const stack_event *ev);
/* A 1xx to our INVITE: false: it is a reliable one that must not be looked at (again, or out of order). */
bool call_reliable_take(ua_call *c, const stack_event *ev);
bool call_reliable_event(ua_call *c, const stack_event *ev); /* true: it was about a PRACK of ours */
void call_reliable_inside(ua_call *c, const stack_event *ev); /* a 1xx to our re-INVITE */
call_fork *call_fork_of(ua_call *c, const stack_dialog *d, bool make);
/* call_timer.c (RFC 4028) */
void call_timer_init(ua_call *c);
void call_timer_stop(ua_call *c);
/* Session-Expires and Min-SE of a request of ours (INVITE, UPDATE). */
void call_timer_lines(ua_call *c, sx_buf *lines, bool is_request);
/* A 422 for an interval that is too small for us: true when it was answered. */
bool call_timer_refuse(ua_agent *a, ua_account *acc, const stack_event *ev);
bool call_timer_refuses(ua_call *c, const stack_event *ev); /* the same inside the call */
ua_change_method call_timer_method(const ua_call *c);       /* of the refresh, as the option has it */
/* A target refresh has succeeded or is about to. msg: the peer's request, and `lines` takes what its 2xx has to say of
 * the timer; or the peer's 2xx to ours, and `lines` is NULL. */
void call_timer_refreshed(ua_call *c, const sip_msg *msg, sx_buf *lines);
void call_timer_done(ua_call *c, const call_outcome *o); /* what became of CALL_FOR_TIMER */
/* A 422 to a request of ours: true when it says what to ask for instead, and another try is worth it. */
bool call_timer_too_short(ua_call *c, const sip_msg *msg);
/* call_early.c (RFC 3311, 3312, 3960) */
/* An UPDATE before the INVITE has its final answer: true when it was answered. sdp empty: no offer. */
bool call_early_update(ua_call *c, const stack_event *ev, sx_slice sdp);
/* Answers an offer in an early dialog (UPDATE, PRACK) by 200 or a refusal. True: it was taken. */
bool call_early_offer(ua_call *c, const stack_event *ev, sx_slice sdp);
/* The early dialog in which we may offer by UPDATE; NULL: there is none. */
stack_dialog *call_early_dialog(const ua_call *c);
void call_early_heard(ua_call *c, bool stalled); /* a packet of the peer; stalled: media misses them by itself from here on */
bool call_early_clear(const ua_call *c); /* no PRACK is on its way there, which an UPDATE could overtake */
/* SDP in a 1xx of a fork: true when its media is heard now. */
bool call_early_media(ua_call *c, const stack_event *ev, sx_slice sdp);
/* The description of the fork that answered the INVITE: in the 2xx, or before. SX_E_MEDIA and its like. */
int call_early_confirm(ua_call *c, const stack_event *ev, session_change *change);
/* Our UPDATE in an early dialog was answered with this. */
void call_early_agreed(ua_call *c, const stack_event *ev);
/* The caller has something to reserve first: true, call_in_begin() follows. */
bool call_early_wait(ua_call *c, const sip_msg *invite);
/* Another offer came; or (sdp empty) an answer of ours was acknowledged. */
void call_early_wait_step(ua_call *c, sx_slice sdp);
void call_early_init(ua_call *c);
void call_early_stop(ua_call *c);
/* call_request.c */
void call_request(ua_call *c, const stack_event *ev);
/* Takes the offer in a request of the peer (re-INVITE, UPDATE, PRACK; early dialogs too) and answers it: 200, or 488
 * and all is as it was. A re-INVITE without an offer gets ours. */
void call_take_offer(ua_call *c, const stack_event *ev);
/* The same for a request that waited; reply may be NULL. An error: nothing was answered yet. */
int call_answer_offer(ua_call *c, stack_tx *tx, const ua_reply *reply);
/* call_question.c */
bool call_question_ask(ua_call *c, const stack_event *ev, sx_slice offer); /* false: the program is not asked */
bool call_question_canceled(ua_call *c, const stack_event *ev);            /* true: it was that one */
void call_question_drop(ua_call *c);                                       /* the call ends: 487 */
/* call_change.c */
/* A re-INVITE or UPDATE for this, as soon as it may be sent, but not before wait_ms have passed. */
void call_change_want(ua_call *c, unsigned what, uint32_t wait_ms);
void call_change_drop(ua_call *c, unsigned what); /* not wanted any more; what is under way goes on */
void call_change_step(ua_call *c);                /* something that may have been in its way is gone */
bool call_change_is_open(const ua_call *c);       /* an INVITE, or an offer of ours, has no final answer yet */
void call_change_theirs(ua_call *c, bool invite); /* the peer's offer has its 200; invite: which waits for the ACK */
/* Their ACK came, or never will. True: it is no wonder if it did not. */
bool call_change_ack(ua_call *c);
void call_change_take_back(ua_call *c); /* the answer to our open offer cannot be used: what stood is put back */
void call_change_event(ua_call *c, const stack_event *ev);
stack_flow call_change_flow(const ua_call *c);
void call_change_learn(ua_call *c, const sip_msg *m); /* what the peer allows */
void call_change_stop(ua_call *c);                    /* the call ends */
void call_change_init(ua_call *c);
void call_change_free(ua_call *c);
/* call_hold.c */
static inline bool call_has_media(const ua_call *c) { return c->session && !c->media_none; }
call_wish *call_wish_first(const ua_call *c);
/* The description for it, in *room for signalling-only calls. */
int call_wish_offer(ua_call *c, const call_wish *w, sx_buf *room, sx_slice *body);
/* The first wish ends. change: what came of it; ev: the answer; both may be NULL when it failed. */
void call_wish_done(ua_call *c, const call_outcome *o, const session_change *change, const stack_event *ev);
void call_wish_give_up_all(ua_call *c);
void call_wish_free_all(ua_call *c);
/* Hooks of others. */
void call_transfer_request(ua_call *c,
                           const stack_event *ev); /* REFER; NOTIFY and SUBSCRIBE, which are about one, or 489 */
/* call_move.c */
void call_move_note(ua_call *c); /* the peer knows where we are */
void call_flow_hold(ua_call *c); /* the connection that its dialog is on, if it is one */
void call_flow_release(ua_call *c);
void call_move_check(ua_call *c); /* are we still there? */
/* Gets ready for the re-INVITE: SX_OK, or why there is no way (to be tried later). *needed: false when all is well. */
int call_move_prepare(ua_call *c, bool *needed);
void call_move_done(ua_call *c, const call_outcome *o);
void call_move_answered(ua_call *c); /* the peer's offer was answered: it knows where we are */
/* transfer.c, transfer_out.c */
void call_links_init(ua_call *c);
void call_links_up(ua_call *c);              /* the ACK came: what waited for it goes out */
void call_links_signalling_over(ua_call *c); /* ends the dialog, or leaves it to a transfer that still needs it */
void call_links_drop(ua_call *c);            /* the call goes */
/* call_replace.c */
/* Reads Replaces and Join of an INVITE; true: they were answered with a refusal. */
bool call_replace_incoming(ua_agent *a, const stack_event *ev, call_replace *out);
ua_call *call_replace_named(ua_agent *a, const sip_dialog_ref *ref); /* NULL: there is none, or it is ending */
void call_replace_link(ua_call *c, const call_replace *what);
bool call_replace_begin(ua_call *c, const sip_msg *msg); /* true: all is done without a question */
void call_replace_answered(ua_call *c);                  /* the other one ends */
/* An outgoing call was answered: who wanted it only while it rang comes too late (RFC 3891 3). */
void call_replace_established(ua_call *c);
void call_replace_fields(const ua_call *c, const sip_msg *m, ua_event *ev);
int call_replace_lines(const ua_call_config *cfg, sx_buf *lines); /* SX_E_INVALID with words */
void call_replace_ended(ua_call *c, const stack_dialog *d);       /* remembered: 603, not 481 */
void call_replace_drop(ua_call *c);
/* call_media.c */
void call_media_ready(ua_call *c, bool early);
void call_media_change(ua_call *c, const session_change *change);
void call_media_say_held(ua_call *c); /* it is up: does the peer hold us from the beginning? */
void call_media_dtmf_next(ua_call *c);
void call_media_say_stats(ua_call *c, const media_stats *stats, bool final);
void call_media_drop(ua_call *c); /* DTMF jobs and the like */
void call_rtp_timer(sx_timer *t, uint64_t now);
void call_mute_say(ua_call *c); /* call_mute.c */

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
