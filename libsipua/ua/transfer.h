/* Transfers (RFC 3515, 3891, 3892, 4488, 5589), shared by transfer.c (life, and what a dialog brings), transfer_out.c
 * (our REFER), transfer_in.c (a peer's REFER and the NOTIFYs about the call that it asked for) and refer.c (reading
 * one).
 *
 * A REFER and its NOTIFYs are a usage of their own inside the call's dialog (RFC 5057): when the call ends first, the
 * transfer takes the dialog over and keeps it until the last NOTIFY. */
#ifndef UA_TRANSFER_H
#define UA_TRANSFER_H

#include "ua/call.h"
#include "ua/notify.h"

typedef enum transfer_state {
    TRANSFER_WAITS = 1, /* ours: the call has been answered, but its ACK has not come */
    TRANSFER_SENT,      /* ours: the REFER has no final answer */
    TRANSFER_ACCEPTED,  /* ours: it has a 2xx; the final NOTIFY is awaited */
    TRANSFER_ASKED,     /* theirs: undecided */
    TRANSFER_PLACED,    /* theirs: the new call is on its way */
    TRANSFER_TOLD,      /* theirs: its outcome is known, and on its way to the peer */
    TRANSFER_OVER       /* TRANSFER_DONE is being said */
} transfer_state;

struct ua_transfer {
    sx_list node, in_call, in_consult;
    ua_agent *agent;
    ua_account *account;
    ua_call *call; /* the one whose dialog it is in; NULL: none, or it is gone */
    uint64_t id;
    uint8_t state;
    bool incoming;
    bool owns_dialog; /* no call has it (any more): requests inside come to us, and we end it */
    stack_dialog *dialog;
    /* ours */
    sx_buf lines;           /* of the REFER, while it waits */
    stack_request *request; /* the REFER, without a final answer */
    uint32_t cseq;          /* of the REFER, either way: the id of its NOTIFYs */
    stack_expect *expect;   /* outside calls: for a NOTIFY before the 2xx */
    ua_call *consult;
    bool hangup;
    bool refused; /* the REFER got no 2xx, which may be the end of the dialog */
    /* theirs */
    stack_tx *tx;                          /* until it is decided */
    bool subscribed, with_id, nosub, join; /* nosub: RFC 7614; join: `replaces` is a Join */
    uint8_t depth;
    char *target, *replaces, *referred_by; /* replaces, referred_by: NULL without */
    ua_call *placed;
    stack_request *notify;     /* without a final answer */
    bool say_wanted, say_last; /* something newer waits for its end; it is the last one */
    bool expired;              /* the last one says so */
    int say_status;            /* of the new call */
    char say_reason[64];
    uint64_t until_ms; /* the end of the subscription */
    /* both */
    sx_timer timer;
    int status, code; /* how it ended */
    char *reason;
    const char *text;
    sip_msg *msg; /* that said so; NULL: none */
    sx_task task;
    sx_grave grave;
};

ua_transfer *transfer_new(ua_agent *a, ua_account *acc, ua_call *call); /* NULL: no memory, or too many */
void transfer_discard(ua_transfer *t);                                  /* nobody was told of it */
/* It is over: TRANSFER_DONE follows. text: static, or NULL. */
void transfer_finish(ua_transfer *t, int status, int code, sx_slice reason, const char *text);
void transfer_keep(ua_transfer *t, const sip_msg *msg); /* goes with TRANSFER_DONE */
void transfer_attach(ua_transfer *t, stack_dialog *d);  /* a dialog of its own, or one that its call leaves behind */
void transfer_on_dialog(void *ctx, const stack_event *ev);

/* transfer_out.c */
void transfer_out_notify(ua_transfer *t, const stack_event *ev); /* a NOTIFY about our REFER */
/* transfer_in.c */
/* A REFER, in a call or (call NULL) outside dialogs. */
void transfer_in_begin(ua_agent *a, ua_account *acc, ua_call *call, const stack_event *ev);
void transfer_in_timer(ua_transfer *t);
void transfer_in_subscribe(ua_transfer *t, const stack_event *ev); /* the peer refreshes or ends its subscription */
void transfer_in_refuse(ua_transfer *t, int status, int code);

/* ---- reading a REFER (refer.c) ---- */

typedef struct refer {
    sx_buf target;        /* the URI to call, without method and headers */
    sx_buf replaces;      /* of its escaped Replaces or Join header; empty without */
    bool join;            /* it is a Join */
    sx_slice referred_by; /* URI; empty without */
    bool subscribe;       /* false: Refer-Sub: false, or Require: nosub */
    bool nosub;           /* RFC 7614 */
} refer;
void refer_init(refer *r);
void refer_free(refer *r);
/* 0, or the status that it deserves. */
int refer_read(const sip_msg *m, refer *r);
/* The status line of a message/sipfrag body: 0 when it has none, -1 when it is no such body. */
int refer_fragment(const sip_msg *m, sx_slice *reason);
/* Event: refer;id=N: false when it is another package. *id is 0 without one. */
bool refer_event(const sip_msg *m, uint32_t *id);
bool refer_is_full(const ua_agent *a, const ua_call *call); /* no further transfer at this time */

#endif
