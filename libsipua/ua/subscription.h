/* The inside of subscriptions of both directions and of publications: what they share, and the agent's walk over them.
 */
#ifndef UA_SUBSCRIPTION_H
#define UA_SUBSCRIPTION_H

#include "base/arena.h"
#include "ua/internal.h"
#include "ua/notify.h"

enum {
    SUB_MAX_FORKS = 16,     /* dialogs of one subscription */
    SUB_ENDED = 4,          /* of those that ended so many are remembered */
    SUB_RAISES = 5,         /* 423s in a row that are followed */
    SUB_DEFAULT_S = 3600,   /* what a SUBSCRIBE without Expires asks for */
    SUB_LONGEST_S = 604800, /* a week: more is not granted, and not waited for */
    SUB_RETRY_MAX_S = 300,  /* the longest pause of our own before something is tried again */
    SUB_RETRY_AFTER_MAX_S = 1000000,
    SUB_GOOD_MS = 60000 /* what stood for so long is tried again without a pause */
};

/* ---- what all of them have ---- */

typedef enum ua_evt_kind { UA_EVT_SUBSCRIPTION = 1, UA_EVT_NOTIFIER, UA_EVT_PUBLICATION } ua_evt_kind;
typedef struct ua_evt {
    sx_list node;
    ua_agent *agent;
    ua_account *account; /* or NULL */
    uint64_t id;
    uint8_t kind;
    sx_task task; /* tells, from the run queue, what the program's own functions brought about */
    sx_grave grave;
} ua_evt;

/* Into the agent's list; its task runs `task`. */
void ua_evt_join(ua_evt *e, ua_agent *a, ua_account *acc, ua_evt_kind kind, uint64_t id, void (*task)(sx_task *));
/* Out of it, before its terminal event. */
void ua_evt_leave(ua_evt *e);
/* After its terminal event: whoever waits for it goes on. */
void ua_evt_left(ua_agent *a, ua_account *acc);
/* In how many ms it is its turn to send, among all that have to after a change of the network. */
uint32_t ua_evt_turn_ms(ua_agent *a);
static inline uint32_t ua_evt_epoch(const ua_evt *e) { return e->account ? e->account->contact_epoch : 0; }
/* Is the flow there, and do we leave from where the peer was told? `told` is our address by then; none: not known. */
bool ua_evt_flow_stands(ua_agent *a, const stack_flow *flow, const net_addr *told);
/* Whatever is sent in this dialog from now on goes over the account's flow, where its own is gone. */
void ua_evt_take_flow(ua_evt *e, stack_dialog *d);
/* The pause before another try: 1, 2, 4 … 300 s, with a random share; a server's Retry-After counts instead. */
uint32_t ua_evt_pause_ms(uint8_t tries, uint32_t retry_after_s);
uint32_t ua_evt_retry_after(const sip_msg *m); /* s; 0: none */
/* Expires of a message, or fallback; 2^32-1 for more than that. False: it cannot be read. */
bool ua_evt_expires(const sip_msg *m, uint32_t fallback, uint32_t *out);

/* ---- subscriptions of ours ---- */

typedef struct sub_fork {
    sx_list node;
    struct ua_subscription *sub;
    stack_dialog *dialog;
    stack_request *request; /* a SUBSCRIBE inside it; NULL: none is on its way */
    uint64_t refresh_ms;    /* when it is due; 0: not */
    uint64_t until_ms;      /* granted until then */
    uint64_t notify_ms;     /* timer N: a NOTIFY has to come by then; 0: has come */
    uint32_t asked_s;       /* by the request on its way */
    net_addr told;          /* our address in the Contact that it has */
    uint32_t epoch;         /* ua_evt_epoch() by then */
    uint16_t number;
    uint8_t word; /* ua_sub_word of its last NOTIFY; OTHER: none yet */
    uint8_t tries;
    bool again;   /* refresh once more after the one on its way */
    bool leaving; /* unsubscribed */
    sx_timer timer;
    sx_grave grave;
} sub_fork;

struct ua_subscription {
    ua_evt e;
    sx_arena arena; /* the strings */
    sx_slice uri, from, event, package, lines, content_type, body;
    char call_id[25], from_tag[13]; /* of this attempt */
    uint32_t cseq;
    stack_request *request; /* the SUBSCRIBE that opens dialogs */
    stack_expect *expect;   /* until timer N has run out */
    sx_list forks;
    uint16_t nforks, next_fork;
    uint32_t ended[SUB_ENDED]; /* hashes of the peer's tags: what comes late makes no dialog again */
    uint8_t nended, raises;
    uint32_t expires_s, least_s; /* wanted; what a 423 demands */
    uint64_t started_ms;
    uint8_t said; /* ua_sub_word that the program knows; OTHER: none */
    uint8_t tries;
    bool fetch;       /* Expires: 0 */
    bool again;       /* refresh as soon as the first answer is there */
    bool ending;      /* the program wants no more */
    bool established; /* a NOTIFY has come, by now or in a former attempt */
    bool over;        /* the task tells so */
    int code;
    sx_timer timer; /* the next attempt, or timer N */
};

static inline ua_subscription *sub_of(ua_evt *e) { return SX_CONTAINER(e, ua_subscription, e); }
static inline uint64_t sub_wait_n(const ua_agent *a) { return stack_settings(a->stack)->timeout_ms; }

/* What an event of the subscription says; texts live as long as the call. */
typedef struct sub_news {
    ua_sub_word word;
    int status, code, retry_ms;
    uint32_t flags, expires_s;
    sx_slice reason, text;
    const sip_msg *msg;
} sub_news;
void sub_tell(ua_subscription *s, const sub_news *n);   /* SUBSCRIPTION_STATE */
void sub_finish(ua_subscription *s, const sub_news *n); /* the terminal one; s is gone */

/* subscription_request.c */
int sub_start(ua_subscription *s); /* a SUBSCRIBE with a Call-ID of its own */
int sub_refresh(sub_fork *f, uint32_t expires_s);
void sub_leave(sub_fork *f); /* Expires: 0; the fork ends with its NOTIFY, or without one */
/* Nothing is left of this attempt: the next one after a pause, or the end. */
void sub_again(ua_subscription *s, const sub_news *why, uint32_t pause_ms);
bool sub_is_idle(const ua_subscription *s);
void sub_timer(sx_timer *t, uint64_t now);
/* subscription_notify.c */
void sub_on_stack(void *ctx, const stack_event *ev); /* NOTIFYs, before and inside dialogs */
sub_fork *sub_fork_new(ua_subscription *s, stack_dialog *d);
sub_fork *sub_fork_find(const ua_subscription *s, const stack_dialog *d);
void sub_fork_end(sub_fork *f);
bool sub_fork_ended(const ua_subscription *s, sx_slice tag); /* was there one, in this attempt? */
void sub_fork_granted(sub_fork *f, uint32_t seconds);
void sub_fork_arm(sub_fork *f);
void sub_forget_forks(ua_subscription *s); /* nothing is sent */

/* ---- what the walk and the end need of each kind ---- */

void ua_sub_look(ua_evt *e);
void ua_sub_give_up(ua_evt *e, bool now); /* asks for its end; now: without the network */
void ua_sub_destroy(ua_evt *e);
void ua_notifier_look(ua_evt *e);
void ua_notifier_give_up(ua_evt *e, bool now);
void ua_notifier_destroy(ua_evt *e);
void ua_publication_give_up(ua_evt *e, bool now);
void ua_publication_destroy(ua_evt *e);

#endif
