/* A session from the inside: one transport, one stream, one leg, and what they share; or a room, which has a mixer in
 * place of them. */
#ifndef MEDIA_SESSION_H
#define MEDIA_SESSION_H

#include "base/list.h"
#include "media/file.h"
#include "media/leg.h"
#include "media/link.h"
#include "media/mixer.h"
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
    media_player *players; /* one at most in a call; any number in a room */
    media_slot *slot;      /* in a room: its place there. Of a room: the program's */
    media_link *link;
    bool is_room;
    uint8_t link_side;
    uint8_t muted; /* MEDIA_MUTE_ */
    bool armed;    /* its packets wake the worker */
    bool ticking;
    bool running; /* media_start has come */
    bool ended;   /* media_stop has come; waits for its files */
    bool phased;  /* the playout phase has been fitted to the packets */
    bool said_received, said_sent, stalled, no_rtcp;
    bool has_other, other_is_new;
    uint32_t turns; /* of playing out: for what is done now and then */
    uint32_t stall_ms;
    sx_list *clock; /* the list that on_clock is in */
    unsigned owner; /* atomic: index of the worker that has it, plus 1; 0: it is moving */
    uint64_t late_ticks;
    media_stream stream;
    media_transport transport;
    media_leg leg;

    /* stack thread; constant after media_prepare but for the last lines */
    sx_list in_engine;
    media_engine *engine;
    media_mixer *mixer;   /* of a room */
    media_worker *worker; /* to which orders go */
    media_session *room;  /* it is in */
    media_session *linked;
    sx_list in_room; /* of a room: its members */
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
    media_source app;
    bool held;
    media_report report;
    media_transport other;   /* while the local address changes: the old sockets, or the new ones */
    media_learn *learn;      /* NULL: none is open */
    uint64_t other_until_us; /* when it is closed; 0: not decided */
    media_event_node *last;  /* for MEDIA_STOPPED: made in advance */
};

/* ---- worker side ---- */

/* Scratch memory and the present moment of a worker. */
typedef struct media_turn {
    uint64_t now_us;        /* the tick's own time, on the 10 ms grid */
    bool late;              /* it began more than 10 ms after that */
    int64_t wall_offset_us; /* CLOCK_REALTIME - CLOCK_MONOTONIC */
    media_pool *pool;
    media_batch *batch;
    sx_list *clocked; /* of the worker */
    int epoll;        /* for those whose packets wake it; -1: not made yet */
    unsigned armed;   /* how many those are */
    sx_log *log;
    int16_t pcm[960];
    media_out out;
} media_turn;

void media_session_command(media_session *s, media_cmd *c, media_turn *t); /* takes c's body */
void media_session_poked(media_session *s, media_turn *t);
/* A turn in two halves; in a room all hear before anybody sends. */
void media_session_hear(media_session *s, media_turn *t);
void media_session_say(media_session *s, media_turn *t); /* send.c */
/* Everything that has come, in bounds; when the first packet of the remote came, or 0. */
uint64_t media_session_receive(media_session *s, media_turn *t);
void media_session_post_digits(media_session *s, const media_leg_digits *d);
/* One datagram of its RTP socket; its time of arrival if it is the remote's, else 0. */
uint64_t media_session_datagram(media_session *s, media_turn *t, const media_datagram *d);
void media_session_said_started(media_session *s, bool received, const codec_info *info); /* MEDIA_STARTED */
static inline bool media_session_has_remote(const media_session *s) {
    const net_addr *r = &s->leg.latch.remote;
    return net_addr_is_set(r) && net_addr_port(r) != 0 && !net_addr_is_any(r);
}
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

/* send.c */
void media_session_transmit(media_session *s, media_turn *t); /* t->out, if there is anything in it */
void media_session_end_players(media_session *s, uint64_t play_id, int code, const char *text); /* 0: all */
/* n samples of all files of a room to their slots; pcm: room for them. */
void media_session_room_files(media_session *room, int16_t *pcm, size_t n, uint32_t rate);
/* n samples of what the app writes; were there any? */
bool media_session_mix_app(media_session *s, int16_t *pcm, size_t n, uint32_t rate);

/* order.c */
void media_session_check_recorders(media_session *s);

/* room.c: one turn of a room between its members' hearing and saying */
void media_room_turn(media_session *room, media_turn *t);
void media_room_join(media_session *s, media_slot *slot); /* takes it */
void media_room_leave(media_session *s, media_turn *t);
void media_room_end(media_session *room, media_turn *t);
void media_room_play(media_session *room, media_player *p);
/* The list that it is turned by. */
static inline sx_list *media_session_clock(const media_session *s, const media_turn *t) {
    return s->slot && !s->is_room ? &s->slot->mixer->ticking : t->clocked;
}

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

/* together.c uses these of engine.c */
/* Gives `body` to the worker, or frees it. */
int media_order(media_session *s, media_cmd_type type, void *body, uint64_t tag);
media_session *media_session_new(media_engine *e, const media_prepare_params *p);
void media_session_free(media_session *s);
void media_engine_add(media_engine *e, media_session *s);
/* together.c: it is being stopped, or freed: others do not hold on to it. */
void media_session_part(media_session *s);

media_worker *media_worker_create(media_pool *pool, unsigned index, sx_log *log);
media_mailbox *media_worker_box(media_worker *w);
unsigned media_worker_index(const media_worker *w);
void media_worker_abandon(media_worker *w); /* in a forked child: closes its descriptors */
void media_worker_command(media_worker *w, media_cmd *c);
void media_worker_stop(media_worker *w); /* asks it to end */
void media_worker_join(media_worker *w); /* and frees it; what was still in its box is dropped */

#endif
