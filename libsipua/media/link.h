/* Two sessions connected on one worker: packets pass untouched where they can, PCM where not. */
#ifndef MEDIA_LINK_H
#define MEDIA_LINK_H

#include "media/media.h"
#include "media/pipe.h"
#include "media/relay.h"

typedef struct media_link {
    unsigned refs; /* atomic: the stack thread's orders', and each side's */
    bool untouched, events;
    struct media_session *side[2]; /* the worker's; NULL: not yet, or not any more */
    /* by the side that it leads to */
    relay map[2];
    media_pipe feed[2];    /* what it is to send, where packets do not pass */
    bool passes[2];        /* packets do */
    uint64_t spoken_us[2]; /* its own side had something to say until then: no packets before */
    uint8_t said;          /* what the last MEDIA_LINKED said: 0 none was, 1 transcoded, 2 untouched */
    codec_id said_codec;
    struct media_turn *turn; /* the worker's */
} media_link;

media_link *media_link_create(bool untouched, bool events); /* refs 2, one for each side. NULL: no memory */
void media_link_unref(media_link *l);

struct media_turn;
void media_link_enter(struct media_session *s, media_link *l, unsigned side,
                      struct media_turn *t); /* takes the reference */
void media_link_leave(struct media_session *s);
/* Once a turn of playing out: which way is it now? */
void media_link_look(struct media_session *s, struct media_turn *t);
/* What s has heard and its partner is to send, where packets do not pass. */
void media_link_heard(struct media_session *s, const int16_t *pcm, uint32_t n, uint32_t rate);
/* Do packets go out by s that come from its partner? Then s makes none of its own. */
bool media_link_is_fed(const struct media_session *s);
/* Do this session's events pass to its partner as packets? */
bool media_link_passes_events(const struct media_session *s);
/* Packets that woke the worker. */
void media_link_packets(struct media_session *s, struct media_turn *t);
/* Its sockets are about to change: nobody waits for packets on them. */
void media_link_disarm(struct media_session *s);

#endif
