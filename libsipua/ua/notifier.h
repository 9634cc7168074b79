/* The inside of a peer's subscription to us (RFC 6665 4.2). */
#ifndef UA_NOTIFIER_H
#define UA_NOTIFIER_H

#include "ua/subscription.h"

enum { NOTIFIER_TRIES = 4 /* of one NOTIFY that gets a 5xx or its like */ };

struct ua_notifier {
    ua_evt e;
    stack_tx *tx; /* of the SUBSCRIBE that is not decided yet */
    stack_dialog *dialog;
    char *event; /* value of Event; package is in it */
    sx_slice package;
    uint32_t asked_s, most_s; /* of the first SUBSCRIBE; what is granted at most */
    uint64_t until_ms;
    char *lines, *content_type, *body; /* of the newest NOTIFY; NULL: none */
    size_t nbody;
    char reason[32];
    int retry_after_s;
    stack_request *request; /* a NOTIFY without an answer yet */
    net_addr told;
    uint32_t epoch;
    uint8_t word; /* ua_sub_word; OTHER: undecided */
    uint8_t said; /* that the program knows */
    uint8_t tries;
    bool again; /* the newest has not been sent: after the one on its way */
    bool final; /* the NOTIFY on its way is the last */
    bool over, by_default;
    int status, code; /* of the terminal event */
    sx_timer timer;   /* the decision's deadline, the expiry, or the next try of a NOTIFY */
};

static inline ua_notifier *notifier_of(ua_evt *e) { return SX_CONTAINER(e, ua_notifier, e); }
void notifier_free(sx_grave *g);
void notifier_tell(ua_notifier *n, int status, uint32_t flags, const sip_msg *msg);
void notifier_finish(ua_notifier *n, int status, int code, const char *reason, const sip_msg *msg); /* n is gone */
void notifier_over(ua_notifier *n, int status, int code); /* the same from the run queue */
/* notifier_notify.c */
void notifier_send(ua_notifier *n);                           /* the newest, now or after the one on its way */
int notifier_take(ua_notifier *n, const ua_notify_config *c); /* what to say from now on */
void notifier_terminate(ua_notifier *n, const char *reason, int retry_after_s);
void notifier_arm(ua_notifier *n); /* for its expiry */
void notifier_on_stack(void *ctx, const stack_event *ev);

#endif
