/* A session from the inside: one transport, one stream, one leg, and what they share. The first part belongs to the
 * stack thread, the second to the worker. */
#ifndef MEDIA_SESSION_H
#define MEDIA_SESSION_H

#include "base/list.h"
#include "media/file.h"
#include "media/leg.h"
#include "media/rtcp.h"
#include "media/stream.h"

typedef struct media_worker media_worker;
typedef struct media_learn media_learn; /* a question to a STUN server (learn.c) */

typedef struct media_event_node {
    media_node node;
    media_event ev;
} media_event_node;

/* RTCP of one session. */
typedef struct media_report {
    uint64_t due_us; /* next report; 0: none has been planned */
    bool sent_any;
    uint64_t sr_packets; /* packets sent up to the last report: did we send since? */
    double avg_size;
    int64_t ntp_offset_us; /* wall clock - worker's clock, once and for all */
    uint32_t remote_lsr;   /* of the remote's last SR */
    uint64_t remote_sr_us; /* when it came; 0: none */
    uint32_t remote_sr_ssrc;
    net_addr heard_from; /* the remote's RTCP source */
    double rtt_ms, remote_jitter_ms, remote_loss;
    int64_t remote_lost;
    bool bye;
} media_report;

struct media_session {
    /* worker: what every tick looks at, in one or two cache lines */
    sx_list on_clock;     /* in the worker's list while it has anything to do */
    uint64_t play_due_us; /* next tick of receiving and playing out */
    media_audio *audio;   /* constant */
    uint64_t flushes_done;
    media_recorder *recorders;
    media_player *player;
    bool ticking;
    bool running; /* media_start has come */
    bool ended;   /* media_stop has come; waits for its files */
    bool phased;  /* the playout phase has been fitted to the packets */
    bool said_received, said_sent, stalled, no_rtcp;
    bool has_other, other_is_new;
    uint32_t turns; /* of playing out: for what is done now and then */
    uint64_t late_ticks;
    media_stream stream;
    media_transport transport;
    media_leg leg;

    /* stack thread; constant after media_prepare but for the last lines */
    sx_list in_engine;
    media_engine *engine;
    media_worker *worker;
    uint64_t id;
    void *user;
    media_local local, local_before;
    bool started, stopping, playing, rebinding, rebound_at_once;
    bool can_send_events;
    media_cmd *stop_order; /* made in advance: stopping never fails */
    uint32_t encode_rate;

    /* worker */
    uint64_t ended_us;
    uint32_t version;
    net_addr remote_rtcp;
    uint64_t started_us;
    uint64_t stall_us; /* when decodable audio last came, as said in STALLED */
    uint64_t stalls;
    media_source app, file;
    media_report report;
    media_transport other;   /* while the local address changes: the old sockets, or the new ones */
    media_learn *learn;      /* NULL: none is open */
    uint64_t other_until_us; /* when it is closed; 0: not decided */
    media_event_node *last; /* for MEDIA_STOPPED: made in advance */
};

/* ---- worker side ---- */

/* Scratch memory and the present moment of a worker. */
typedef struct media_turn {
    uint64_t now_us;        /* the tick's own time, on the 10 ms grid */
    bool late;              /* it began more than 10 ms after that */
    int64_t wall_offset_us; /* CLOCK_REALTIME - CLOCK_MONOTONIC */
    media_pool *pool;
    media_batch *batch;
    uint32_t stall_ms;
    sx_log *log;
    int16_t pcm[960];
    media_out out;
} media_turn;

void media_session_command(media_session *s, media_cmd *c, media_turn *t); /* takes c's body */
void media_session_poked(media_session *s, media_turn *t);
void media_session_tick(media_session *s, media_turn *t);
/* The worker woke too late: everything up to now_us is given up. */
void media_session_stall(media_session *s, media_turn *t);
bool media_session_wants_clock(const media_session *s);
void media_session_join_clock(media_session *s, media_turn *t);
void media_session_leave_clock(media_session *s, media_turn *t);
/* Has it ended, files and all? */
bool media_session_is_over(media_session *s, media_turn *t);
/* Posts MEDIA_STOPPED: from here on the session is the stack thread's, to be freed. */
void media_session_finish(media_session *s, media_turn *t);
void media_session_stats(const media_session *s, uint64_t now_us, media_stats *out);

/* An event of this session, to be filled and posted. NULL: out of memory. */
media_event_node *media_event_new(media_session *s, media_event_type type);
void media_event_post(media_session *s, media_event_node *n);
/* The same in one, for events without a body of their own. */
void media_event_simple(media_session *s, media_event_type type, int code, const char *text);

/* rebind.c */
void media_session_rebind(media_session *s, media_transport *fresh, bool at_once); /* takes its sockets */
void media_session_rebound(media_session *s, bool keep, uint64_t now_us);
void media_session_close_other(media_session *s);
/* The sockets that reach this address: those in use, or others of its family. */
media_transport *media_session_way(media_session *s, const net_addr *to);

/* learn.c */
media_learn *media_learn_new(const net_addr *server); /* free() ends it */
void media_learn_tick(media_session *s, media_turn *t);
/* A datagram on the RTP (0) or RTCP (1) socket; true: it was STUN. */
bool media_learn_take(media_session *s, const media_datagram *d, int which);

/* notes.c */
void media_note_played(void *session, const media_chunk *note);  /* a mark or flush in its turn */
void media_note_dropped(void *session, const media_chunk *note); /* a mark that a flush takes with it */
void media_publish_taken(media_session *s, uint64_t before);     /* of s->app, after reading from it */
void media_do_flushes(media_session *s);                         /* those that the app has posted */
void media_say_ready(media_session *s);                          /* MEDIA_AUDIO_READY, if it is due */

/* report.c */
void media_report_init(media_report *r, int64_t wall_offset_us);
void media_report_read(media_session *s, media_turn *t); /* what waits on the RTCP socket */
void media_report_tick(media_session *s, media_turn *t); /* sends when it is time */
void media_report_bye(media_session *s, media_turn *t);

/* ---- engine side ---- */

struct media_engine;
void media_engine_post(media_engine *e, media_event_node *n);
/* CLOCK_MONOTONIC, whatever a test makes of base/clock.h: the worker sleeps by it. */
uint64_t media_clock_us(void);

media_worker *media_worker_create(media_pool *pool, uint32_t stall_ms, sx_log *log);
media_mailbox *media_worker_box(media_worker *w);
void media_worker_command(media_worker *w, media_cmd *c);
void media_worker_stop(media_worker *w); /* asks it to end */
void media_worker_join(media_worker *w); /* and frees it; what was still in its box is dropped */
void media_cmd_free(media_cmd *c);       /* with its body. NULL is fine */

#endif
