/* The id registry: from a public id to what it names, its liveness and its audio. One per agent, so that another
 * agent's id is simply not there; the numbers come from one counter of the process. Any thread may look up; objects are
 * touched by the stack thread alone. */
#ifndef CORE_IDS_H
#define CORE_IDS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/list.h"
#include "media/media.h"

struct core_event;

typedef enum core_kind {
    CORE_NONE = 0,
    CORE_ACCOUNT,
    CORE_CALL,
    CORE_MESSAGE, /* a MESSAGE of either direction */
    CORE_QUERY,   /* an OPTIONS of ours */
    CORE_PLAYER,
    CORE_RECORDER,
    CORE_LISTENER,
    CORE_SERVER,
    CORE_TRANSFER,
    CORE_REQUEST,
    CORE_COLLECTOR,
    CORE_SUBSCRIPTION,
    CORE_NOTIFIER,
    CORE_PUBLICATION,
    CORE_CONFERENCE,
    CORE_BRIDGE,
    CORE_KINDS,
    CORE_AUDIBLE /* for lookups: a call or a conference */
} core_kind;

/* Whether a call has an audio handle: until the stack thread has taken up its creation nobody knows. */
enum { CORE_AUDIO_PENDING = 0, CORE_AUDIO_HERE = 1, CORE_AUDIO_NONE = 2 };

typedef struct core_entry {
    sx_hnode node;
    uint64_t id;
    uint64_t user;             /* atomic */
    uint32_t refs;             /* atomic */
    uint32_t live;             /* atomic; 0 once the terminal event is queued */
    uint32_t queued;           /* atomic: events of this id that wait in the queue */
    int32_t read_rate;         /* atomic: calls, samples per second */
    uint8_t kind;              /* core_kind */
    uint8_t audio_state;       /* under the shard's lock */
    bool kept;                 /* under the shard's lock: ended, found for reading audio only */
    bool incoming;             /* made by a peer */
    bool server_side;          /* a listener of the embedded server */
    bool made;                 /* stack thread: its creation has been taken up */
    bool child;                /* stack thread: counted by its owner, ends with it */
    bool overload;             /* stack thread: about to be ended as overloaded */
    uint32_t dropped;          /* stack thread: events of this id that were thrown away */
    uint32_t children;         /* stack thread: what ends with it: players, recorders, requests, collectors, listeners */
    struct core_entry *owner;  /* account of a call or message, call of a player, server of a listener; a reference */
    void *object;              /* stack thread; NULL before it is made and after its end */
    struct core_tls *tls;      /* stack thread: of an account or listener; NULL: none of its own */
    struct core_event *last;   /* stack thread: memory for the terminal event, kept since creation */
    struct core_event *recent; /* queue's lock: the coalescing chain, valid in epoch `recent_epoch` */
    uint64_t recent_epoch;
    sx_list pending;    /* stack thread: in the agent's list of calls to be ended as overloaded */
    sx_list ready;      /* ready list's lock: in the list of sipua_audio_ready */
    media_audio *audio; /* under the shard's lock; a reference */
} core_entry;

enum { CORE_SHARDS = 16, CORE_KEPT = 128 };

typedef struct core_shard {
    pthread_mutex_t lock;
    pthread_cond_t audio_known; /* some call's audio_state left PENDING */
    sx_htab table;
} core_shard;

typedef struct core_ids {
    core_shard shard[CORE_SHARDS];
    pthread_mutex_t kept_lock;
    core_entry *kept[CORE_KEPT]; /* a ring of ended calls whose audio may still be read; each a reference */
    size_t kept_at;
    uint32_t count[CORE_KINDS]; /* atomic: live entries per kind */
} core_ids;

int core_ids_init(core_ids *ids);
/* All entries are dropped; references still held keep theirs alive. No other thread is inside. */
void core_ids_free(core_ids *ids);

/* A new live entry in the table, with a reference for the caller besides the table's own. NULL: memory ran out. */
core_entry *core_ids_new(core_ids *ids, core_kind kind, uint64_t user, core_entry *owner);
/* A live entry with a reference. SX_E_GONE, SX_E_KIND; CORE_NONE as kind takes any. */
int core_ids_find(core_ids *ids, uint64_t id, core_kind kind, core_entry **out);
/* As core_ids_find for a call or conference, and its audio handle with a reference. ended: one that has ended will do, if its audio
 * may still be read. wait_ms: how long to wait until the stack thread has made the call. SX_E_MEDIA: it has no audio;
 * SX_E_TIMEOUT: not made yet. */
int core_ids_find_audio(core_ids *ids, uint64_t id, bool ended, int wait_ms, core_entry **out, media_audio **audio);
/* Stack thread: what the call turned out to have; takes over the reference. NULL: none. */
void core_ids_set_audio(core_ids *ids, core_entry *e, media_audio *audio);
/* Stack thread: the entry is dead from now on. A call with audio stays findable for reading, for a while. */
void core_ids_retire(core_ids *ids, core_entry *e);
/* Stack thread: any live entry that has been made, of that kind; with a reference. NULL: there is none. For emptying the
 * registry: take one, retire it, again. */
core_entry *core_ids_any(core_ids *ids, core_kind kind);
/* The same for a child of that entry. */
core_entry *core_ids_child(core_ids *ids, const core_entry *owner);
/* Wakes every waiter for audio for good. */
void core_ids_close_audio(core_ids *ids);

core_entry *core_entry_ref(core_entry *e);
void core_entry_unref(core_entry *e); /* NULL is harmless */
static inline bool core_entry_live(const core_entry *e) { return __atomic_load_n(&e->live, __ATOMIC_ACQUIRE) != 0; }
static inline uint64_t core_entry_user(const core_entry *e) { return __atomic_load_n(&e->user, __ATOMIC_RELAXED); }

#endif
