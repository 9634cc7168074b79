/* What a call has beyond its life: who calls (identity.c), answers without a hand (auto_answer.c), redirects
 * (redirect.c), INFO and requests inside it (call_info.c, call_info_request.c), collecting digits (call_collect.c),
 * limits (call_limit.c). Included by call.h. */
#ifndef UA_FEATURES_H
#define UA_FEATURES_H

#include "ua/internal.h"

typedef struct call_redirects call_redirects;

typedef enum call_digit_way { CALL_DIGIT_RTP = 1, CALL_DIGIT_INFO } call_digit_way;

typedef struct call_heard_digit {
    uint64_t at_ms;
    char digit; /* 0: free */
    uint8_t way;
} call_heard_digit;

enum { CALL_DIGITS = 8 };

typedef struct call_features {
    call_redirects *redirects; /* NULL: none is followed */
    sx_list requests;          /* of the program, without an answer */
    ua_collector *collector;   /* NULL: none */
    char *recv_info;           /* INFO packages that the program takes; NULL: none */
    call_heard_digit heard[CALL_DIGITS];
    stack_request *digit;                   /* our INFO with a digit, without an answer */
    uint64_t digit_sent_ms, digit_after_ms; /* when it was sent; no further one before */
    int digit_status;                       /* what the last one was refused with */
    sx_timer digit_timer, limit_timer, auto_timer;
} call_features;

typedef struct call_dtmf call_dtmf;

void call_features_init(ua_call *c);
void call_features_stop(ua_call *c); /* timers, when the call is over */
void call_features_end(ua_call *c);  /* the last events of what hangs on it, before CALL_ENDED */
void call_features_free(ua_call *c); /* without events, from the graveyard */
void call_features_bury(ua_call *c); /* out of everything that finds it */

/* identity.c. Lines for an INVITE, and its From as it shall be. SX_E_HEADER, SX_E_URI, SX_E_INVALID, SX_E_NOMEM. */
int call_identity_lines(ua_call *c, const ua_call_config *cfg, sx_buf *from, sx_buf *lines);
/* Identity, diversion, privacy and the like of a message into an event; room lives as long as the event. */
void call_identity_read(ua_event *ev, const sip_msg *m, sx_buf *room);

/* auto_answer.c */
void call_auto_timer(sx_timer *t, uint64_t now);
/* Does this INVITE ask to be answered by itself, and after how many seconds? */
bool call_auto_asked(const sip_msg *m, int *after_s);
bool call_auto_obeyed(const ua_agent *a, const ua_account *acc, const sip_msg *m);
void call_auto_read(ua_call *c, const sip_msg *m, ua_event *ev); /* into INCOMING_CALL */
bool call_auto_begin(ua_call *c, const sip_msg *m);              /* true: answer it now; else in its time, if at all */

/* redirect.c */
void call_redirect_free(ua_call *c);
int call_redirect_init(ua_call *c, int max_redirects); /* call_start is filled */
/* The INVITE is on its way. True: call_start is needed again. */
bool call_redirect_sent(ua_call *c);
/* The To of the first one, for an INVITE that follows. `to` lives until it is sent. */
void call_redirect_params(ua_call *c, stack_request_params *p, sx_buf *to);
/* A final answer that is no 2xx. True: another target is being tried. */
bool call_redirect(ua_call *c, const stack_event *ev);

/* call_info.c */
void call_digit(ua_call *c, char digit, unsigned ms, call_digit_way way, const sip_msg *msg);
void call_info_request(ua_call *c, const stack_event *ev);             /* an INFO of the peer */
void call_info_packages(ua_call *c, const ua_pair *headers, size_t n); /* Recv-Info that the program sends */
/* How digits are sent now: UA_DTMF_RTP, or a form of INFO; UA_DTMF_AUTO: INFO in whichever form is taken. */
int call_info_way(const ua_call *c);
int call_info_dtmf_next(ua_call *c, call_dtmf *j); /* SX_OK: under way; 1: all of it is sent; or an error */

/* call_info_request.c */
/* The dialog for requests inside the call, early ones included; NULL: none. */
stack_dialog *call_inside(const ua_call *c);
int call_no_inside(const ua_call *c); /* the error where there is none */
/* A request inside got no good answer: ends the call where that means that the dialog is gone. */
void call_inside_failed(ua_call *c, const stack_event *ev, uint64_t waited_ms);
void call_requests_end(ua_call *c);
void call_requests_drop(ua_call *c);

/* call_collect.c */
void call_collect_digit(ua_call *c, char digit);
void call_collect_played(ua_call *c, uint64_t player); /* it has ended */
void call_collect_end(ua_call *c);
void call_collect_drop(ua_call *c);

/* call_limit.c */
void call_limit_timer(sx_timer *t, uint64_t now);
bool call_limit_reached(const ua_agent *a, const ua_account *acc);
void call_limit_start(ua_call *c); /* answered, or the setting has changed */

#endif
