/* Files of a call, on a thread of their own: a slow disk never stalls a tick. Players read ahead into a queue of
 * chunks, recorders write what the worker hands them. */
#ifndef MEDIA_FILE_H
#define MEDIA_FILE_H

#include "base/log.h"
#include "media/media.h"
#include "media/ring.h"

typedef struct media_files media_files; /* the thread; one an engine, started with the first file */
typedef struct media_player media_player;
typedef struct media_recorder media_recorder;

/* NULL: no memory or thread. */
media_files *media_files_create(media_pool *pool, sx_log *log);
/* Closes all files properly and joins the thread. Handles stay valid until they are released. */
void media_files_destroy(media_files *f);

/* ---- playing: made on the stack thread, used and released by the worker ---- */

/* Begins to read; chunks will be of `rate` (8000, 16000, 24000, 48000). NULL: no memory. */
media_player *media_player_start(media_files *f, uint64_t play_id, const char *path, uint32_t repeat, uint32_t rate);
uint64_t media_player_id(const media_player *p);
media_chunkq *media_player_queue(media_player *p);
/* How much the worker has taken, all in all, in units of 1/48000 s: reading goes on accordingly. */
void media_player_taken(media_player *p, uint64_t units);
/* Has everything been put into the queue? Then *code and *text (valid while p is held) say how it ended. */
bool media_player_done(const media_player *p, int *code, const char **text);
void media_player_release(media_player *p); /* stops it if need be. NULL is fine */

/* ---- recording: the same ---- */

/* rate 0: that of the first audio. */
media_recorder *media_recorder_start(media_files *f, uint64_t record_id, const char *path, media_record_mode mode,
                                     uint32_t rate);
uint64_t media_recorder_id(const media_recorder *r);
/* Of one that is done: how it ended. */
void media_recorder_result(const media_recorder *r, int *code, const char **text, uint64_t *recorded_ms);
void media_recorder_release(media_recorder *r); /* after done, or abandoned. NULL is fine */

/* Does any of them record this side? */
bool media_recorders_want(const media_recorder *all, bool near);
/* A call's recorders, the oldest first: a list whose head the worker holds, NULL when there are none. */
void media_recorders_add(media_recorder **all, media_recorder *r);
/* Copies samples to those that record this side; at_us: the moment of the first of them, on a clock that both sides
 * share. */
void media_recorders_push(media_recorder *all, media_pool *pool, bool near, uint64_t at_us, const int16_t *pcm,
                          uint32_t n, uint32_t rate);
/* The file is to be completed up to this moment and closed. record_id 0: all of them. */
void media_recorders_stop(media_recorder *all, uint64_t record_id, uint64_t end_us);
/* Takes one whose file is closed, or that failed, off the list; NULL: there is none. */
media_recorder *media_recorders_take_done(media_recorder **all);
void media_recorders_release(media_recorder **all);

#endif
