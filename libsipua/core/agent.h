/* What the files of core/ share about an agent. Unless said otherwise a member belongs to the stack thread. */
#ifndef CORE_AGENT_H
#define CORE_AGENT_H

#include <pthread.h>
#include <sys/types.h>

#include "core/core.h"
#include "core/events.h"
#include "net/loop.h"
#include "server/server.h"

struct core_agent {
    /* any thread */
    const volatile unsigned char *alive; /* a page that a forked child finds empty */
    pid_t pid;                           /* where the system has no such pages, else 0 */
    int wake_fd;                         /* wakes the stack thread */
    uint32_t closed;                     /* atomic: sipua_agent_close was called */
    uint32_t stop;                       /* atomic: the stack thread shall end */
    uint32_t media_pending;              /* atomic: the media engine has something to say */
    uint32_t relieved;                   /* atomic: there is room for events again */
    uint32_t log_lines;                  /* atomic: lines of other threads under way */
    uint32_t log_lost;                   /* atomic */
    core_commands commands;
    core_events events;
    core_ids ids;
    sx_log log;
    int max_calls;
    pthread_mutex_t close_lock;
    bool joined;    /* close_lock */
    bool abandoned; /* in a forked child */
    pthread_mutex_t ready_lock;
    sx_list ready; /* ready_lock: calls of sipua_audio_ready */
    uint32_t ready_count;
    pthread_t thread;

    /* start of the thread */
    const core_config *config;
    pthread_mutex_t start_lock;
    pthread_cond_t start_done;
    int start_rc; /* 1 while it is under way */
    char start_text[256];

    /* stack thread */
    void *libctx; /* its private OSSL_LIB_CTX */
    net_loop *loop;
    net_watch *watch;
    media_engine *media;
    core_tls_set tls;
    ua_agent *ua;
    core_cmd *todo, *todo_last; /* taken from the queue, not yet carried out */
    sx_task admit_task;
    sx_task overload_task;
    sx_list overloads; /* calls to be ended */
    bool room;         /* what ua was told */
    bool finished;     /* SHUTDOWN is queued, or the thread ends: nothing more is said */
    unsigned asks;     /* bits 1u << UA_ASK_ */
    bool open;         /* default of listeners */
    uint64_t calls_total;
};

/* thread.c */
int core_thread_start(core_agent *a);
void core_wake(core_agent *a); /* any thread */
bool core_on_stack_thread(const core_agent *a);

/* dispatch.c */
void core_dispatch(core_agent *a, core_cmd *c); /* takes the command */
int core_gone(void);                            /* SX_E_GONE, with its words */
/* The account of what a command makes; false when it was given one that has ended meanwhile. */
bool core_account_of(const core_entry *e, ua_account **account);
/* dispatch_call.c, dispatch_event.c: what makes something of calls, and of event packages */
bool core_creates_in_calls(core_op op);
int core_create_in_calls(core_agent *a, core_cmd *c);
int core_call_op(core_agent *a, core_cmd *c);
bool core_creates_events(core_op op);
int core_create_events(core_agent *a, core_cmd *c);
int core_event_op(core_cmd *c); /* 1: not one of these */
/* Appends what waits in the queue to `todo`. */
void core_take_commands(core_agent *a);
/* Answers everything that still waits with SX_E_CANCELED and takes nothing more. */
void core_cancel_commands(core_agent *a);
/* FLUSHED of a call is about to be queued: the reply of the flush comes before it. */
void core_flushed(core_agent *a, const core_entry *e);
/* The reply to a command, if it has a tag; at most one. */
void core_reply(core_agent *a, core_cmd *c, int rc);

/* build.c: how an event of ua/ is queued, and what it says */
typedef struct core_rule {
    core_kind subject; /* whose event it is; CORE_NONE: of no object */
    core_class klass;
    bool terminal;
} core_rule;
core_rule core_rule_of(const ua_event *ev);
uint64_t core_subject_id(const ua_event *ev, core_kind kind);           /* 0: it has none yet */
core_event *core_build(const ua_event *ev, core_entry *e, core_rule r); /* NULL: memory ran out */

/* sink.c */
void core_ua_sink(void *ctx, const ua_event *ev);
void core_server_sink(void *ctx, const srv_event *ev);

/* make.c */
/* An event about an entry (NULL: about none) with ids, user and time filled. NULL: memory ran out. */
core_event *core_make(core_entry *e, int type, core_class klass, size_t room);
/* The same into memory that is there. */
void core_about(core_event *ev, core_entry *e, int type, core_class klass);
void core_push_event(core_agent *a, core_event *ev);
/* The entry is dead, and what it had of TLS is given back. */
void core_retire(core_agent *a, core_entry *e);
/* The entry ends with its owner, which counts it; and not any more. */
void core_add_child(core_entry *e);
void core_drop_child(core_entry *e);
/* The last event of an entry and its end. rc and text say why, when nobody below will. */
void core_end_entry(core_agent *a, core_entry *e, int rc, const char *text);
/* The terminal event's type for this entry, and its state (NULL: none). */
int core_terminal_type(const core_entry *e);
const char *core_terminal_state(const core_entry *e);
/* Before SHUTDOWN: the terminal events of all that still lives, in order. */
void core_end_all(core_agent *a);
void core_overload(core_agent *a, core_entry *e);
void core_check_room(core_agent *a);

/* log.c */
void core_log_init(core_agent *a, int level);
void core_log_event(core_agent *a, int level, const char *module, const char *text, size_t n);
void core_agent_stats_event(core_agent *a);
core_call_stats *core_convert_stats(const ua_event *ev, core_entry *e);

#endif
