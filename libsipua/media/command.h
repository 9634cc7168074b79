/* What the stack thread tells a worker. One struct per order, freed by the worker. */
#ifndef MEDIA_COMMAND_H
#define MEDIA_COMMAND_H

#include "media/media.h"
#include "media/queue.h"

typedef enum media_cmd_type {
    MEDIA_CMD_POKE, /* from an app thread: an idle session has something to do; embedded in its media_audio */
    MEDIA_CMD_QUIT, /* the worker ends */
    MEDIA_CMD_OFFER,
    MEDIA_CMD_CONFIGURE,
    MEDIA_CMD_REBIND,  /* body: media_transport; tag: at once */
    MEDIA_CMD_REBOUND, /* tag: keep */
    MEDIA_CMD_LEARN, /* body: media_learn */
    MEDIA_CMD_START,
    MEDIA_CMD_STOP,
    MEDIA_CMD_DTMF,
    MEDIA_CMD_PLAY,
    MEDIA_CMD_STOP_PLAY,
    MEDIA_CMD_RECORD,
    MEDIA_CMD_STOP_RECORD,
    MEDIA_CMD_STATS,
    MEDIA_CMD_MUTE,   /* tag: sides */
    MEDIA_CMD_STALL,  /* tag: ms */
    MEDIA_CMD_MOVE,   /* tag: index of the worker that shall have it */
    MEDIA_CMD_ADOPT,  /* the same order, when the old worker has let go */
    MEDIA_CMD_JOIN,   /* body: media_slot in the mixer of a room */
    MEDIA_CMD_LEAVE,  /* its room */
    MEDIA_CMD_LINK,   /* body: a reference to a media_link; tag: which side of it this is */
    MEDIA_CMD_UNLINK
} media_cmd_type;

enum { MEDIA_MAX_DIGITS = 64 };

typedef struct media_digits {
    struct media_digits *next;
    uint64_t tag;
    uint32_t tone_ms, gap_ms;
    unsigned left; /* digits whose first END has not gone out */
    bool given;    /* to the sender */
    char text[MEDIA_MAX_DIGITS + 1];
} media_digits;

typedef struct media_cmd {
    media_node node;
    media_cmd_type type;
    media_session *session;
    media_audio *audio; /* POKE: a reference */
    void *body;         /* OFFER: media_receivable or NULL; CONFIGURE: media_stream_config; DTMF: media_digits; PLAY:
                           media_player; RECORD: media_recorder; REBIND: media_transport; LEARN: media_learn; JOIN:
                           media_slot; LINK: media_link. Malloc'd or counted, the worker's from now on */
    uint64_t tag;
} media_cmd;

void media_cmd_free(media_cmd *c); /* with its body. NULL is fine */
/* Of a worker that has ended: whoever finds something in its box takes it back. */
void media_mailbox_drain(media_mailbox *box);

#endif
