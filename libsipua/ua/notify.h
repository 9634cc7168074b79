/* What subscriptions of all kinds share (RFC 6665): Event and Subscription-State read and written, a NOTIFY sent inside
 * a dialog. Used by subscriptions and notifiers of their own, and by REFER's implicit ones.
 *
 * To find the subscription that a NOTIFY belongs to: dlg_expect() with the Call-ID and From tag of the SUBSCRIBE or
 * REFER brings those that come before any dialog (dlg_create_notified makes it), the dialog's sink brings the others;
 * then ua_event_name_is() tells which of a dialog's subscriptions is meant. */
#ifndef UA_NOTIFY_H
#define UA_NOTIFY_H

#include "stack/dialog.h"
#include "stack/request.h"
#include "ua/ua.h"

/* ---- Event: package and id ---- */

typedef struct ua_event_name {
    sx_slice package; /* "presence", with its templates: "presence.winfo" */
    sx_slice id;      /* empty: none */
} ua_event_name;
/* Of a header's value ("dialog;id=7") or of a message. SX_E_FORMAT; SX_E_NOT_FOUND: no such header. Views. */
int ua_event_name_read(sx_slice value, ua_event_name *out);
int ua_event_name_of(const sip_msg *m, ua_event_name *out);
/* RFC 6665 8.2.1: packages with case, ids byte by byte; what other parameters say does not count. */
bool ua_event_name_eq(const ua_event_name *a, const ua_event_name *b);
/* Is that the subscription with this Event value? */
bool ua_event_name_is(const sip_msg *m, sx_slice event);

/* ---- Subscription-State ---- */

typedef enum ua_sub_word {
    UA_SUB_OTHER = 0, /* a word of others: taken as active (RFC 6665 4.1.3) */
    UA_SUB_PENDING,
    UA_SUB_ACTIVE,
    UA_SUB_TERMINATED
} ua_sub_word;

typedef struct ua_sub_state {
    ua_sub_word word;
    sx_slice text;   /* as written */
    sx_slice reason; /* empty: none */
    uint32_t expires_s, retry_after_s;
    bool has_expires, has_retry_after;
} ua_sub_state;
int ua_sub_state_read(const sip_msg *m, ua_sub_state *out); /* SX_E_NOT_FOUND, SX_E_FORMAT; views */
/* What `reason` of a termination means for who had subscribed (RFC 6665 4.1.3, RFC 5839's invariant). */
typedef enum ua_sub_after {
    UA_SUB_OVER = 0, /* rejected, noresource, invariant: no more of it */
    UA_SUB_AT_ONCE,  /* deactivated, timeout: subscribe anew */
    UA_SUB_LATER     /* probation, giveup, and what nobody knows: anew after retry-after, or a while */
} ua_sub_after;
ua_sub_after ua_sub_after_of(sx_slice reason);

/* ---- sending ---- */

typedef struct ua_notify {
    stack_dialog *dialog;
    sx_slice event; /* value of Event, as subscribed */
    ua_sub_word word;
    sx_slice reason;   /* of terminated; a token, or empty */
    int64_t expires_s; /* of active and pending; negative: not said */
    int retry_after_s; /* of terminated; 0: not said */
    sx_slice headers;  /* further lines, each with CRLF */
    sx_slice content_type, body;
    stack_sink sink; /* STACK_EV_FINAL */
    void *user;
} ua_notify;
/* Everything is copied. The answer: ua_notify_gone() says whether it ends the subscription. */
int ua_notify_send(ua_agent *a, const ua_notify *n, stack_request **out);
/* Does that final answer to a NOTIFY, or to a SUBSCRIBE inside its dialog, end the subscription (RFC 6665 4.1.2.2,
 * 4.2.2, RFC 5057 5.1)? No answer in time does. */
bool ua_notify_gone(const stack_event *final);

#endif
