/* The inside of messages, shared by the files message*.c. */
#ifndef UA_MESSAGE_H
#define UA_MESSAGE_H

#include "base/arena.h"
#include "body/cpim.h"
#include "ua/internal.h"

enum {
    MESSAGE_MAX_NOTES = 64,      /* notifications of ours that are under way */
    MESSAGE_MAX_COMPOSING = 256, /* peers that are writing */
    MESSAGE_REFRESH_S = 120,     /* RFC 3994 3.3: until it is idle, where the peer does not say */
    MESSAGE_MAX_REFRESH_S = 3600
};

/* A notification that goes out by itself when its message is accepted. */
typedef struct message_wish {
    sx_arena arena; /* holds the strings */
    const char *message_id;
    const char *datetime;           /* of the message; or NULL */
    const char *target;             /* who sent it, by SIP: nobody else gets a request of ours */
    const char *from;               /* as whom we got it */
    const char *sender, *recipient; /* by its own headers; or NULL */
    const char *original, *routes;  /* as body_cpim has them; or NULL */
} message_wish;

struct ua_message {
    sx_list node;
    ua_agent *agent;
    ua_account *account;
    ua_call *call;
    uint64_t id;
    bool incoming, options;
    bool quiet;             /* a notification that went out by itself: no event */
    stack_tx *tx;           /* incoming and undecided */
    stack_request *request; /* outgoing */
    uint64_t sent_ms;
    int status; /* incoming: what it was answered with */
    bool by_default;
    int code;
    char *message_id;   /* outgoing; NULL: it has none */
    message_wish *wish; /* incoming; NULL: nobody wants to be told */
    sx_timer timer;
    sx_task task;
    sx_grave grave;
};

/* message.c */
ua_message *message_new(ua_agent *a, ua_account *acc, uint64_t id);
void message_end(ua_message *m, ua_event *ev); /* its terminal event, and out */
void message_drop(ua_message *m);              /* out, without one */

/* message_read.c: what is inside a MESSAGE. */
typedef enum message_kind { MESSAGE_TEXT = 1, MESSAGE_COMPOSING, MESSAGE_NOTE } message_kind;
typedef struct message_content {
    message_kind kind;
    body_cpim cpim; /* its wrapper; empty: none */
    sx_slice type, body;
    body_doc doc;   /* of the last two kinds */
    uint32_t wants; /* UA_FLAG_WANTS_ */
} message_content;
/* SX_E_UNSUPPORTED: 415; SX_E_NOMEM; else 400. Nothing is held then. */
int message_content_read(const sip_msg *m, message_content *out);
void message_content_free(message_content *c);
/* The notification that the sender of an incoming one wants; NULL: none, or no memory for it. */
message_wish *message_wish_of(const message_content *c, const sip_msg *m);
void message_wish_free(message_wish *w);

/* message_write.c: the body of a MESSAGE of ours. from, to: values of headers ("Alice" <sip:a@b>). *type: its content
 * type. */
typedef struct message_report {
    const char *message_id, *word;
    const char *datetime, *sender, *recipient, *original, *routes; /* or NULL */
} message_report;
int message_write(const ua_message_config *cfg, const char *message_id, sx_slice from, sx_slice to, sx_buf *body,
                  sx_slice *type);
int message_write_report(const message_report *r, sx_slice from, sx_slice to, sx_buf *body, sx_slice *type);

/* message_out.c */
void message_notify(ua_message *m, const char *word); /* sends m->wish; whatever comes of it, nobody is told */

/* message_composing.c */
void message_composing_heard(ua_agent *a, ua_account *acc, ua_call *call, const ua_event *from, const body_doc *doc);
void message_composing_over(ua_agent *a, ua_account *acc, ua_call *call, sx_slice from); /* what was written is here */
void message_composing_orphan(ua_agent *a, ua_account *acc, ua_call *call);
void message_composing_clear(ua_agent *a);

#endif
