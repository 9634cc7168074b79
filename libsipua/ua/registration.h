/* A registration's life as a machine: (input, now) in, actions out. No socket, no clock, no memory of its own, and the
 * random number comes in too. register.c carries the actions out. */
#ifndef UA_REGISTRATION_H
#define UA_REGISTRATION_H

#include <stdbool.h>
#include <stdint.h>

typedef enum reg_state {
    REG_IDLE = 0, /* nothing asked for, or removed, or failed for good */
    REG_TRYING,   /* a REGISTER is on its way */
    REG_DONE,     /* registered, the next refresh is planned */
    REG_WAITING,  /* the next try is planned */
    REG_REMOVING  /* the REGISTER that removes is on its way */
} reg_state;

typedef struct reg_machine {
    uint8_t state;
    bool granted;       /* a grant holds until grant_until_ms */
    bool known;         /* REGISTERED was reported, and no end of it since */
    bool raised;        /* 423 was answered once */
    bool again;         /* asked for while another request was on its way */
    bool refused;       /* for good: only the app starts it again */
    bool outbound;      /* the registrar keeps flows (RFC 5626): pauses are those of its section 4.5 */
    bool repeated;      /* the Contact was sent a second time since the last refresh */
    bool moved;         /* the flow has moved since the last refresh */
    uint32_t asked_s;   /* what the app wants */
    uint32_t expires_s; /* what we ask for: more, after a 423 */
    uint32_t granted_s;
    uint32_t tries; /* failures in a row */
    uint32_t min_retry_ms;
    uint32_t flow_base_s, flow_max_s;
    uint64_t grant_until_ms;
    uint64_t retry_at_ms;
} reg_machine;

typedef enum reg_input_type {
    REG_IN_REGISTER = 1, /* the app */
    REG_IN_UNREGISTER,   /* the app; all */
    REG_IN_OK,      /* a 2xx: granted_s; repeat: the Contact must be sent again in another form (done once a refresh) */
    REG_IN_REFUSED, /* any other end: status, code, min_expires_s, retry_after_s, others_up */
    REG_IN_AGAIN,   /* what was refused will be sent in another form or another way, at once */
    REG_IN_TIMER,
    REG_IN_FLOW_LOST, /* the flow that the registrar knows us by is gone, or the request over it failed: told, and tried
                         again at once */
    REG_IN_MOVED,     /* the flow shows us under another address: registered anew at once, once a refresh */
    REG_IN_NETWORK    /* the machine's addresses have changed: whatever is going on begins anew at once */
} reg_input_type;

typedef struct reg_input {
    reg_input_type type;
    int status;
    int code;
    uint32_t granted_s;
    uint32_t min_expires_s;
    uint32_t retry_after_s;
    uint32_t random;
    bool all;
    bool repeat;
    bool others_up; /* the account is registered over another flow */
} reg_input;

typedef enum reg_action_type {
    REG_SEND = 1, /* REGISTER with expires_s; 0 removes (all: everybody's) */
    REG_CANCEL,   /* give up the one on its way */
    REG_TIMER,    /* REG_IN_TIMER at at_ms; 0: none */
    REG_TELL      /* an event */
} reg_action_type;

typedef enum reg_news { REG_REGISTERED = 1, REG_DEGRADED, REG_UNREGISTERED, REG_FAILED } reg_news;

typedef struct reg_action {
    reg_action_type type;
    uint32_t expires_s;
    bool all;
    uint64_t at_ms;
    reg_news news;
    bool refresh;
    int32_t retry_ms; /* -1: no further try */
} reg_action;

enum { REG_MAX_ACTIONS = 4 };

/* flow_base_s: of RFC 5626 4.5, all flows lost (30); three times that while another is up. */
void reg_init(reg_machine *m, uint32_t expires_s, uint32_t min_retry_ms, uint32_t flow_base_s, uint32_t flow_max_s);
/* Returns how many actions were written. */
int reg_step(reg_machine *m, const reg_input *in, uint64_t now_ms, reg_action out[REG_MAX_ACTIONS]);
/* Back-off before the next try: min, 2*min, 4*min .. 30 s, after ten failures up to 5 min; 80 to 120 per cent of it. */
uint32_t reg_backoff_ms(uint32_t min_ms, uint32_t tries, uint32_t random);
/* RFC 5626 4.5: base * 2^tries, at most max; 50 to 100 per cent of it. */
uint32_t reg_flow_pause_ms(uint32_t base_s, uint32_t max_s, uint32_t tries, uint32_t random);
/* When to refresh: 50 to 90 per cent of the grant, so that a thousand accounts do not refresh at once. */
uint32_t reg_refresh_ms(uint32_t granted_s, uint32_t random);
/* A refusal that time cannot heal: 403, 404 ... until the app asks again. */
bool reg_is_final(int status, int code);

#endif
