/* media/media.h without sockets, threads or sound, for signalling tests on the fake network: it remembers what it was
 * asked for, hands out ports, and says what a test tells it to say. One thread only. */
#ifndef FAKE_MEDIA_H
#define FAKE_MEDIA_H

#include "media/media.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fake_media_look {
    uint64_t id;
    void *user;
    bool started, stopped;
    unsigned configures;        /* how often media_configure succeeded */
    media_stream_config config; /* the last one */
    bool pending;               /* an offer of ours is receivable beside it */
    media_receivable offered;
    unsigned dtmf_calls;
    char digits[256]; /* all that was asked to be sent */
    net_addr rtp;             /* bound, or being bound */
    unsigned rebinds;         /* media_rebind calls that succeeded */
    bool rebinding, at_once;  /* one is open */
    unsigned asked;           /* media_ask_mapping */
    unsigned kept, dropped;   /* media_rebound calls that ended one */
    unsigned muted;           /* MEDIA_MUTE_ bits */
    uint32_t stall_ms;
    void *room;               /* user of the room it is in; NULL: none */
    unsigned members;         /* of a room */
    bool linked, untouched, events;
    void *linked_with;        /* user of the other */
    unsigned plays, records;  /* media_play, media_record */
    uint64_t stopped_play;    /* the last media_stop_play */
} fake_media_look;

/* Of the session with this user pointer; false: there is none (any more). */
bool fake_media_find(media_engine *e, void *user, fake_media_look *out);
unsigned fake_media_sessions(media_engine *e); /* not yet stopped */
/* Says this event of that session (type and u filled by the caller). */
void fake_media_say(media_engine *e, void *user, media_event ev);
/* The next media_prepare calls fail with this code; SX_OK: work again. */
void fake_media_fail(media_engine *e, int code);
/* From now on media_prepare returns 1; the sessions are prepared by fake_media_prepared. */
void fake_media_slow(media_engine *e, bool slow);
void fake_media_prepared(media_engine *e, void *user);
/* What STUN servers see from now on: this host, with ports one higher; NULL: they do not answer. */
void fake_media_mapping(media_engine *e, const char *host);

#ifdef __cplusplus
}
#endif
#endif
