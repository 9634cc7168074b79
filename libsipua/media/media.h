/* Media: RTP and all that carries it, on worker threads of their own. Knows no SIP and no SDP.
 *
 * This is the whole interface for the floors above. What the stack thread asks for becomes a plain struct in the
 * worker's queue; what the worker has to say comes back through media_poll. Nothing else is shared but the sample
 * rings of media_audio. No function here blocks, except media_engine_destroy (joins threads, well under 100 ms) and
 * media_audio_wait.
 *
 * Threads: "stack" functions are for the one thread that owns the engine; "any" functions for every thread.
 * Return values: 0 or positive is success, else a code of base/error.h with its detail set (sx_last_error_text).
 *
 * The life of a call's media:
 *     media_prepare      ports, SSRC and CNAME for the offer or answer
 *     media_offer        optional: what our offer promises to receive is received from now on
 *     media_configure    the answer is known: where to, what, which directions; again at every later change
 *     media_start        the RTP clock begins to run (media before it is not sent; call it right after configure)
 *     media_stop         two-phase: MEDIA_STOPPED is the last event of the session and releases it
 */
#ifndef MEDIA_MEDIA_H
#define MEDIA_MEDIA_H

#include "base/error.h"
#include "base/log.h"
#include "codec/codec.h"
#include "net/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct media_engine media_engine;   /* one per agent: the workers, ports and pools */
typedef struct media_session media_session; /* one per call; the stack thread's handle, valid until MEDIA_STOPPED */
typedef struct media_audio media_audio;     /* one per call; sample rings, reference-counted, outlives both others */

/* ---- engine ------------------------------------------------------------------------------------------------- */

typedef struct media_config {
    unsigned workers;       /* worker threads; 0: 1 */
    uint16_t port_min;      /* RTP ports, inclusive; both 0: the kernel chooses. RTP takes even ports, RTCP the next */
    uint16_t port_max;      /* one. A range is walked round from a random start and a pair rests 5 s after use */
    uint32_t jitter_min_ms; /* depth of the jitter buffer; 0: 20 and 200. Range 10..1000 */
    uint32_t jitter_max_ms;
    uint32_t max_queued_ms; /* app audio waiting to be sent, per call; 0: 60000 */
    uint32_t stall_ms;      /* MEDIA_STALLED after this long without decodable audio; 0: 5000 */
    sx_log *log;            /* NULL: silence */
    /* Called when the event queue goes from empty to non-empty, from a worker or an app thread, with no lock held.
     * Must not block and must not call back. NULL: the owner polls by itself. */
    void (*wake)(void *wake_ctx);
    void *wake_ctx;
} media_config;

/* stack. Starts the workers (they sleep while nothing runs). NULL with sx_last_error set. */
media_engine *media_engine_create(const media_config *config);
/* stack. Ends every session without further events, joins the threads, closes files and sockets, frees all but the
 * media_audio handles that somebody still holds (they then read to their end and give SX_E_EOF). */
void media_engine_destroy(media_engine *e);

/* In a forked child, instead of everything else: closes the descriptors and touches nothing more. */
void media_engine_abandon(media_engine *e);

/* ---- sessions ----------------------------------------------------------------------------------------------- */

typedef struct media_prepare_params {
    uint64_t id;    /* the call's; comes back in every event */
    void *user;     /* comes back in every event */
    net_addr local; /* where to bind (its port is ignored); the wildcard address is legal */
    uint32_t jitter_min_ms, jitter_max_ms, max_queued_ms, stall_ms; /* each 0: the engine's */
} media_prepare_params;

typedef struct media_local {
    net_addr rtp; /* bound address and port */
    net_addr rtcp;
    uint32_t ssrc;
    char cname[24]; /* NUL-terminated; random, the same in all RTCP of this session */
} media_local;

/* stack. Binds the sockets and draws SSRC, CNAME, sequence number and timestamp.
 * 0: done, *local is filled. 1 (never without ICE): MEDIA_PREPARED will follow with `local` in it, or MEDIA_ERROR.
 * SX_E_LIMIT: out of descriptors or RTP ports; SX_E_ADDRESS; SX_E_NOMEM. A prepared session may be stopped at once. */
int media_prepare(media_engine *e, const media_prepare_params *params, media_session **session, media_local *local);

/* One codec under one payload type; `codec` as codec_config_init made it (a plain value, copied). */
typedef struct media_payload {
    uint8_t pt; /* 0..127 */
    codec_config codec;
} media_payload;

enum { MEDIA_MAX_PAYLOADS = 12, MEDIA_MAX_EVENTS = 4 };

/* What may arrive: payload types as we announced them (both lists may be shorter than the arrays). */
typedef struct media_receivable {
    size_t n;
    media_payload payload[MEDIA_MAX_PAYLOADS];
    size_t n_events;
    struct {
        uint8_t pt;
        uint32_t rate;
    } event[MEDIA_MAX_EVENTS]; /* telephone-event (RFC 4733) */
    int cn_pt;                 /* comfort noise (RFC 3389); -1: none. Never decoded, never counted as unknown */
} media_receivable;

typedef struct media_stream_config {
    uint32_t version;     /* the caller's count of changes; comes back in events */
    net_addr remote_rtp;  /* from the remote SDP. Port 0 or no address: nothing is sent */
    net_addr remote_rtcp; /* port 0: RTP port + 1 */
    net_addr signalling;  /* where the peer's signalling comes from (for the latching rule); family 0: unknown */
    bool send;            /* directions as agreed, seen from us; both false is hold */
    bool receive;
    media_receivable accept;
    media_payload sending; /* the codec to send, numbered as the remote announced it; info NULL: send no audio */
    int send_event_pt;     /* telephone-event to send; -1: none (then media_dtmf fails) */
    uint32_t send_event_rate;
    uint32_t ptime_ms; /* of packets sent; 0: 20. Made the nearest of 10, 20 … 60 that the codec has */
    bool no_rtcp;      /* the remote refused RTCP */
    bool held;         /* by either side: no MEDIA_STALLED, whatever the directions */
} media_stream_config;

/* stack. The session goes to another local address (its port is ignored): new sockets, which receive beside the old ones
 * from now on. SSRC, sequence numbers and timestamps go on. at_once: sends by the new ones already (the old address is
 * gone, or nothing was sent yet); else by the old ones until media_rebound. *out says where it is bound now. While a
 * change is open another may follow: what was new is old then. Never calling media_rebound keeps both receiving, and
 * sends by those of the remote's address family. With the wildcard address that it is bound to already the sockets
 * stay, and only the source address is chosen anew. Errors as media_prepare; then all is as it was. */
int media_rebind(media_session *s, const net_addr *local, bool at_once, media_local *out);
/* stack. Ends the change. keep: the new sockets alone, the old ones are closed 1 s later; else the old ones alone, at
 * once. Harmless when no change is open. */
void media_rebound(media_session *s, bool keep);
/* stack. Asks a STUN server how it sees our sockets; MEDIA_LEARNED follows within 500 ms. One question at a time: a new
 * one replaces the old. SX_E_NOMEM, SX_E_GONE. */
int media_ask_mapping(media_session *s, const net_addr *server);
/* stack. The pending side of an offer of ours: these payload types are receivable as well, beside the committed ones,
 * from any valid source of the present remote (or of anyone acceptable, if there is none yet). At most one is
 * pending: a new one replaces it. NULL: drops it (the offer failed, or glare). */
int media_offer(media_session *s, const media_receivable *accept);
/* stack. Commits a configuration and drops the pending one. What has not changed is not restarted: same remote keeps
 * its latch, same codec its encoder, and the RTP clock, SSRC and sequence numbers always go on. SX_E_INVALID: a
 * payload type over 127, too many of them, a codec whose PCM rates are none of the four (nothing is changed then). */
int media_configure(media_session *s, const media_stream_config *config);
/* stack. The RTP clock and the constant-rate stream to the app begin. */
int media_start(media_session *s);
/* stack. Ends the session: sends RTCP BYE, closes files, then MEDIA_STOPPED with the last figures. Until that event
 * the handle is valid but only good for nothing more; after it, it is gone. A second stop is harmless. */
void media_stop(media_session *s);

/* stack. Digits 0-9 * # A-D (any case) and '!' for flash, ',' is a pause of 500 ms; queued behind those still being
 * sent. tone_ms 0: 100 (40..6000), gap_ms 0: 50. The tag comes back in MEDIA_DTMF_SENT. SX_E_INVALID: another
 * character, or more than 64; SX_E_STATE: no telephone-event agreed. */
int media_dtmf(media_session *s, const char *digits, uint32_t tone_ms, uint32_t gap_ms, uint64_t tag);

/* stack. Sides that are silent from now on, MEDIA_MUTE_ bits. SEND: silence goes out, with the RTP clock and marks
 * running on. RECEIVE: the app reads silence, and so do the others of its room or link. Recorders have what really goes
 * out and what really comes in: a muted near side is silent in the file, a muted far side is not. Digits are not
 * muted. */
enum { MEDIA_MUTE_SEND = 1, MEDIA_MUTE_RECEIVE = 2 };
int media_mute(media_session *s, unsigned sides);
/* stack. MEDIA_STALLED after this long without decoded audio; 0: the engine's. */
int media_set_stall(media_session *s, uint32_t ms);

/* stack. Plays a WAV file to the far end, mixed with app audio, `repeat` times (0: once; UINT32_MAX: for ever). One
 * file at a time in a call: a new one replaces the old (whose MEDIA_PLAY_DONE then says SX_E_CANCELED); any number in a
 * room, mixed. Opening and reading
 * happen on a thread of their own; what is wrong with the file comes as MEDIA_PLAY_DONE. To refuse a file beforehand,
 * any thread may call wav_check (media/wav.h). */
int media_play(media_session *s, uint64_t play_id, const char *path, uint32_t repeat);
/* stack. MEDIA_PLAY_DONE with SX_E_CANCELED follows, if it was playing; play_id 0: all that are. */
void media_stop_play(media_session *s, uint64_t play_id);

typedef enum media_record_mode {
    MEDIA_RECORD_FAR = 0,    /* mono: what we hear */
    MEDIA_RECORD_NEAR = 1,   /* mono: what we send */
    MEDIA_RECORD_STEREO = 2, /* left near, right far, aligned in time */
    MEDIA_RECORD_MIX = 3     /* mono: both, added */
} media_record_mode;
/* stack. Writes 16-bit PCM WAV; rate 0: that of the codec when it begins. Any number at
 * a time. Hold and gaps are silence in the file: its length is the time that passed. MEDIA_RECORD_DONE ends it. */
int media_record(media_session *s, uint64_t record_id, const char *path, media_record_mode mode, uint32_t rate);
void media_stop_record(media_session *s, uint64_t record_id); /* stack. MEDIA_RECORD_DONE follows, if it was running */

/* stack. MEDIA_STATS with this tag follows. */
int media_stats_request(media_session *s, uint64_t tag);

/* ---- rooms: any number of sessions mixed ---------------------------------------------------------------------- *
 * A room is a session without network. Everybody in it hears all others, never himself, in sums of 32 bit that are
 * saturated once; rates are converted. Its app audio is one more member: what is written is heard by all, what is read
 * is everything but that. media_play, media_record (MEDIA_RECORD_FAR: everything, whatever the mode), media_stop_play,
 * media_stop_record, media_session_audio and media_stop are for rooms too; its clock runs from creation to stop, after
 * which the members go on by themselves. A member's own app audio and file are heard by its remote alone, and its app
 * reads what that remote says.
 *
 * All of a room lives on one worker: who joins moves there, at most 10 ms of his audio being late by that. */
typedef struct media_room_params {
    uint64_t id; /* come back in every event */
    void *user;
    uint32_t rate; /* of mixing: 8000, 16000, 24000, 48000 */
    uint32_t max_queued_ms; /* 0: the engine's */
} media_room_params;
int media_room_create(media_engine *e, const media_room_params *params, media_session **room); /* stack */
/* stack. Also before media_start. SX_E_BUSY: in a room, or linked. A member that is stopped leaves by itself. */
int media_room_add(media_session *room, media_session *member);
void media_room_remove(media_session *room, media_session *member); /* stack. Harmless when it is not in it */

/* ---- links: two sessions connected ---------------------------------------------------------------------------- *
 * What one hears the other sends, and the other way round. untouched: packets pass as they come, when they come, with
 * numbers of our own, wherever the codec that comes is the one that is to be sent and nobody mutes, plays a file into it,
 * writes audio to it or records what is sent; else through PCM. That is decided anew all the time, each way by itself;
 * MEDIA_LINKED says how it is. events: telephone-event packets pass with them (MEDIA_DTMF then says `passed`; digits
 * that did not pass are the caller's to send). RTCP stays with each session. The second one moves to the first's
 * worker. */
int media_link_sessions(media_session *a, media_session *b, bool untouched, bool events); /* stack. SX_E_BUSY as above */
void media_unlink(media_session *a); /* stack. Harmless when it is not linked */

/* ---- figures ------------------------------------------------------------------------------------------------ */

typedef struct media_stats {
    char codec[16];      /* of the last audio packet received, else the one being sent; "" before */
    uint32_t clock_rate; /* its RTP clock */
    uint32_t local_ssrc;
    uint32_t remote_ssrc; /* 0 before the first packet */
    net_addr remote;      /* where RTP is sent to now: the latched address, or the signalled one */
    uint64_t packets_sent;
    uint64_t bytes_sent;       /* payload octets, as in RTCP */
    uint64_t packets_received; /* from the remote, valid and known; duplicates and late ones included */
    uint64_t bytes_received;
    uint64_t packets_lost; /* RFC 3550 A.3, over all sources so far; never negative here */
    uint64_t packets_late; /* came after their turn and were discarded */
    uint64_t packets_duplicate;
    uint64_t packets_reordered;
    uint64_t packets_invalid;  /* not RTP, or from a source that is not believed */
    uint64_t packets_unknown;  /* valid RTP of a payload type that was not agreed */
    double jitter_ms;          /* RFC 3550 6.4.1 */
    double rtt_ms;             /* from RTCP; -1: unknown */
    double remote_jitter_ms;   /* what the remote reports of our packets; -1: unknown */
    double remote_loss;        /* fraction lost in its last report, 0..1; -1: unknown */
    int64_t remote_lost;       /* cumulative, from its last report; -1: unknown */
    uint32_t jitter_depth_ms;  /* present target depth of the jitter buffer */
    uint64_t frames_played;    /* 20 ms each: frames handed to the app, without hold */
    uint64_t frames_concealed; /* of these, invented by concealment or recovered by FEC */
    uint64_t underrun_ms;      /* silence sent inside app audio of one segment because it came too late */
    uint64_t overrun_ms;       /* received audio dropped because the app did not read it */
    uint64_t stalled_ticks;    /* times the worker was more than 60 ms late: audio was dropped */
    uint64_t late_ticks;       /* turns of this session that began more than 10 ms late */
    uint64_t rtp_ms;           /* since media_start */
} media_stats;

/* ---- events ------------------------------------------------------------------------------------------------- */

typedef enum media_event_type {
    MEDIA_PREPARED = 1, /* only after media_prepare returned 1 */
    MEDIA_STARTED = 2,  /* media_ready: first valid packet received (u.started.received) or first one sent; once each */
    MEDIA_DTMF = 3,     /* one digit, once, when it ended */
    MEDIA_DTMF_SENT = 4, /* all digits of one media_dtmf are out (or dropped by a change: code SX_E_CANCELED) */
    MEDIA_MARK = 5,
    MEDIA_FLUSHED = 6,
    MEDIA_AUDIO_READY = 7, /* a threshold of media_audio_watch is reached; silent until the next read or write */
    MEDIA_STALLED = 8,     /* no audio decoded, and no comfort noise come, for stall_ms although we should be receiving */
    MEDIA_RESUMED = 9,
    MEDIA_PLAY_DONE = 10,
    MEDIA_RECORD_DONE = 11,
    MEDIA_STATS = 12,
    MEDIA_LATCHED = 13,    /* the remote's real address is another than we knew; media goes there from now on */
    MEDIA_REMOTE_BYE = 14, /* RTCP BYE of the source we hear; for information, signalling decides */
    MEDIA_ERROR = 15,      /* something failed for good: code and text */
    MEDIA_LEARNED = 17,    /* the answer to media_ask_mapping; code SX_E_TIMEOUT, SX_E_UNSUPPORTED: there is none */
    MEDIA_LINKED = 18,     /* of the first of two linked sessions: how media passes now */
    MEDIA_STOPPED = 16     /* the last: figures; the session is released by the media_poll that returns it */
} media_event_type;

typedef struct media_event {
    media_event_type type;
    uint64_t id; /* of the session */
    void *user;
    media_session *session; /* in MEDIA_STOPPED: already released, compare only */
    int code;               /* 0, or an SX_E_* for DTMF_SENT, PLAY_DONE, RECORD_DONE, ERROR */
    char text[160];         /* what code means here; "" with 0 */
    union {
        media_local prepared;
        struct {
            net_addr rtp, rtcp; /* as the server sees them; rtcp may be none */
        } learned;
        struct {
            bool received; /* false: the first packet sent */
            char codec[16];
            uint32_t clock_rate;
        } started;
        struct {
            char digit; /* 0-9 * # A-D; '!' is flash */
            uint32_t duration_ms;
            bool passed; /* its packets went out by the session that this one is linked to */
        } dtmf;
        struct {
            uint64_t tag;
        } dtmf_sent;
        struct {
            uint64_t mark_id;
            bool played;        /* false: flushed, or the session ended before its turn */
            uint64_t played_ms; /* app audio played since the session began, up to here */
        } mark;
        struct {
            uint64_t flush_id;
            uint64_t segment;      /* the one that was playing; 0: none was, or it had no name */
            uint32_t sent_ms;      /* of that segment: had left in packets */
            uint32_t discarded_ms; /* in all, of every segment: will never be heard */
            uint64_t played_ms;    /* app audio played since the session began */
        } flushed;
        struct {
            bool readable;
            bool writable;
        } ready;
        struct {
            uint32_t silent_ms; /* STALLED, RESUMED: how long nothing had come */
        } stall;
        struct {
            uint64_t play_id;
            uint64_t played_ms;
        } play;
        struct {
            uint64_t record_id;
            uint64_t recorded_ms;
        } record;
        struct {
            uint64_t tag;
            media_stats stats;
        } stats; /* STATS and STOPPED (tag 0) */
        struct {
            bool untouched; /* each way that flows; false: through PCM at least one way */
            uint64_t with;  /* id of the second */
            char codec[16]; /* that is heard from the first of the two, "" for none yet */
        } linked;
        struct {
            net_addr old_remote;
            net_addr new_remote;
        } latched;
    } u;
} media_event;

/* stack. The next event, in the order of effects per session; false: none is waiting (then `wake` will be called for
 * the next one). */
bool media_poll(media_engine *e, media_event *ev);

/* ---- app audio (any thread) --------------------------------------------------------------------------------- *
 * s16 mono, native byte order; rates 8000, 16000, 24000 and 48000, resampled by the library. Several app threads are
 * serialised by a lock on their side; the worker never takes it. */

media_audio *media_session_audio(media_session *s); /* stack. A new reference, for media_audio_unref */
void media_audio_ref(media_audio *a);
void media_audio_unref(media_audio *a); /* the last one frees it */

enum {
    MEDIA_READ_CONCEALED = 1, /* some of it was invented where packets were lost */
    MEDIA_READ_SILENCE = 2,   /* some of it is silence of ours: hold, no media yet, nothing arriving */
    MEDIA_READ_GAP = 4        /* audio before this was dropped because nobody read it in time */
};
/* Up to `samples` of what was heard, at `rate`. The stream has a constant rate on the local clock: silence in hold, in
 * gaps and before media. It begins with the first read (or wait, or watch) after media_start: what was heard before is
 * not kept, for it would be delay ever after. At most 10 s wait unread, then the oldest is dropped. Returns the number
 * of samples, 0 when none waits, SX_E_EOF once the session has ended and all is read, SX_E_INVALID for another rate.
 * *flags (may be NULL) gets MEDIA_READ_*. Changing `rate` is legal at any time. */
int media_audio_read(media_audio *a, int16_t *pcm, size_t samples, uint32_t rate, uint32_t *flags);

/* Queues audio to be sent in its turn. `segment` is the app's name for this piece (an utterance; 0: none). Returns the
 * samples accepted: fewer when max_queued_ms is reached, never dropped silently; SX_E_EOF once the session has ended.
 * Before media_start and in hold it waits. */
int media_audio_write(media_audio *a, const int16_t *pcm, size_t samples, uint32_t rate, uint64_t segment);

/* In the order of the writes. MEDIA_MARK says when the audio written before it has been played or flushed. */
int media_audio_mark(media_audio *a, uint64_t mark_id);
/* Drops all that was written before it, here and in resampler and encoder; at most the frame being sent is still heard.
 * MEDIA_FLUSHED answers with the figures, after the MEDIA_MARKs of what it dropped. */
int media_audio_flush(media_audio *a, uint64_t flush_id);
uint32_t media_audio_queued_ms(media_audio *a);   /* written and not yet sent */
uint32_t media_audio_readable_ms(media_audio *a); /* heard and not yet read */

/* MEDIA_AUDIO_READY when at least readable_ms can be read, or at least writable_ms written (0: not of interest). Stays
 * armed: fires once, and again after the next read or write if the threshold holds then. Both 0 disarms. The end of the
 * session counts as readable and writable. */
int media_audio_watch(media_audio *a, uint32_t readable_ms, uint32_t writable_ms);

/* Waits until that holds, at most timeout_ms (negative: for ever). 1: it holds; 0: time is up; SX_E_EOF: the session
 * has ended and nothing is left to read (or, with writable_ms, to write to); SX_E_INTERRUPTED: a signal; SX_E_CLOSED:
 * media_audio_close. */
int media_audio_wait(media_audio *a, uint32_t readable_ms, uint32_t writable_ms, int timeout_ms);
/* Wakes every waiter of this handle for good; later waits return SX_E_CLOSED at once. For closing an agent. */
void media_audio_close(media_audio *a);

#endif
