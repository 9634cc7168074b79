#include "core/ids.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/error.h"
#include "core/event.h"

/* The one counter of the process. At a thousand million ids a second it reaches 2^53 after a hundred days of nothing
 * else; it is asked for, not assumed, that it stays below. */
static uint64_t next_id = 1;
#define ID_LIMIT (1ull << 53)

static uint64_t id_hash(uint64_t id) { return id * 0x9e3779b97f4a7c15ull ^ id >> 20; }

static core_shard *shard_of(core_ids *ids, uint64_t id) { return &ids->shard[id % CORE_SHARDS]; }

int core_ids_init(core_ids *ids) {
    memset(ids, 0, sizeof *ids);
    pthread_condattr_t attr;
    if (pthread_condattr_init(&attr)) return sx_fail(SX_E_NOMEM, "no memory for a condition");
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    for (int i = 0; i < CORE_SHARDS; i++) {
        pthread_mutex_init(&ids->shard[i].lock, NULL);
        pthread_cond_init(&ids->shard[i].audio_known, &attr);
        sx_htab_init(&ids->shard[i].table);
    }
    pthread_mutex_init(&ids->kept_lock, NULL);
    pthread_condattr_destroy(&attr);
    return SX_OK;
}

void core_ids_free(core_ids *ids) {
    for (size_t i = 0; i < CORE_KEPT; i++) core_entry_unref(ids->kept[i]);
    for (int i = 0; i < CORE_SHARDS; i++) {
        core_shard *s = &ids->shard[i];
        sx_hnode *n;
        while ((n = sx_htab_any(&s->table)) != NULL) {
            core_entry *e = SX_CONTAINER(n, core_entry, node);
            sx_htab_remove(&s->table, n);
            __atomic_store_n(&e->live, 0, __ATOMIC_RELEASE);
            core_entry_unref(e);
        }
        sx_htab_free(&s->table);
        pthread_cond_destroy(&s->audio_known);
        pthread_mutex_destroy(&s->lock);
    }
    pthread_mutex_destroy(&ids->kept_lock);
}

core_entry *core_entry_ref(core_entry *e) {
    __atomic_fetch_add(&e->refs, 1, __ATOMIC_RELAXED);
    return e;
}

void core_entry_unref(core_entry *e) {
    while (e && __atomic_fetch_sub(&e->refs, 1, __ATOMIC_ACQ_REL) == 1) {
        core_entry *owner = e->owner;
        if (e->audio) media_audio_unref(e->audio);
        core_event_free(e->last);
        free(e);
        e = owner;
    }
}

core_entry *core_ids_new(core_ids *ids, core_kind kind, uint64_t user, core_entry *owner) {
    core_entry *e = calloc(1, sizeof *e);
    if (!e) return NULL;
    e->last = core_event_alloc(0);
    if (!e->last) {
        free(e);
        return NULL;
    }
    e->id = __atomic_fetch_add(&next_id, 1, __ATOMIC_RELAXED);
    e->kind = (uint8_t)kind;
    e->user = user;
    e->refs = 2;
    e->live = 1;
    e->read_rate = 16000;
    e->owner = owner ? core_entry_ref(owner) : NULL;
    sx_list_init(&e->ready);
    sx_list_init(&e->pending);
    core_shard *s = shard_of(ids, e->id);
    pthread_mutex_lock(&s->lock);
    bool ok = e->id < ID_LIMIT && sx_htab_insert(&s->table, &e->node, id_hash(e->id));
    pthread_mutex_unlock(&s->lock);
    if (!ok) {
        e->refs = 1;
        core_entry_unref(e);
        return NULL;
    }
    __atomic_fetch_add(&ids->count[kind], 1, __ATOMIC_RELAXED);
    return e;
}

/* With the shard's lock held. */
static core_entry *lookup(core_shard *s, uint64_t id) {
    for (sx_hnode *n = sx_htab_first(&s->table, id_hash(id)); n; n = sx_htab_next(n)) {
        core_entry *e = SX_CONTAINER(n, core_entry, node);
        if (e->id == id) return e;
    }
    return NULL;
}

static bool is_kind(const core_entry *e, core_kind kind) {
    if (kind == CORE_AUDIBLE) return e->kind == CORE_CALL || e->kind == CORE_CONFERENCE;
    return kind == CORE_NONE || e->kind == (uint8_t)kind;
}

int core_ids_find(core_ids *ids, uint64_t id, core_kind kind, core_entry **out) {
    core_shard *s = shard_of(ids, id);
    int rc = SX_E_GONE;
    *out = NULL;
    pthread_mutex_lock(&s->lock);
    core_entry *e = lookup(s, id);
    if (e && core_entry_live(e)) {
        rc = is_kind(e, kind) ? SX_OK : SX_E_KIND;
        if (rc == SX_OK) *out = core_entry_ref(e);
    }
    pthread_mutex_unlock(&s->lock);
    return rc;
}

static struct timespec deadline_after(int ms) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += (long)(ms % 1000) * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_nsec -= 1000000000;
        t.tv_sec++;
    }
    return t;
}

int core_ids_find_audio(core_ids *ids, uint64_t id, bool ended, int wait_ms, core_entry **out, media_audio **audio) {
    core_shard *s = shard_of(ids, id);
    core_entry *held = NULL;
    int rc = SX_OK;
    *out = NULL;
    *audio = NULL;
    pthread_mutex_lock(&s->lock);
    core_entry *e = lookup(s, id);
    if (!e || (!core_entry_live(e) && !(ended && e->kept)))
        rc = SX_E_GONE;
    else if (!is_kind(e, CORE_AUDIBLE))
        rc = SX_E_KIND;
    if (rc == SX_OK) {
        held = core_entry_ref(e);
        if (e->audio_state == CORE_AUDIO_PENDING && wait_ms > 0) {
            struct timespec until = deadline_after(wait_ms);
            while (e->audio_state == CORE_AUDIO_PENDING &&
                   pthread_cond_timedwait(&s->audio_known, &s->lock, &until) != ETIMEDOUT) {
            }
        }
        if (e->audio_state == CORE_AUDIO_HERE) {
            *audio = e->audio;
            media_audio_ref(e->audio);
            *out = e;
        } else {
            rc = e->audio_state == CORE_AUDIO_PENDING ? SX_E_TIMEOUT : core_entry_live(e) ? SX_E_MEDIA : SX_E_GONE;
        }
    }
    pthread_mutex_unlock(&s->lock);
    if (held && rc != SX_OK) core_entry_unref(held);
    return rc;
}

void core_ids_set_audio(core_ids *ids, core_entry *e, media_audio *audio) {
    core_shard *s = shard_of(ids, e->id);
    pthread_mutex_lock(&s->lock);
    media_audio *old = e->audio;
    e->audio = audio;
    e->audio_state = audio ? CORE_AUDIO_HERE : CORE_AUDIO_NONE;
    pthread_cond_broadcast(&s->audio_known);
    pthread_mutex_unlock(&s->lock);
    if (old) media_audio_unref(old);
}

/* Puts an ended call into the ring; the one that leaves the ring can be found no more. */
static void keep(core_ids *ids, core_entry *e) {
    pthread_mutex_lock(&ids->kept_lock);
    core_entry *old = ids->kept[ids->kept_at];
    ids->kept[ids->kept_at] = core_entry_ref(e);
    ids->kept_at = (ids->kept_at + 1) % CORE_KEPT;
    pthread_mutex_unlock(&ids->kept_lock);
    if (!old) return;
    core_shard *s = shard_of(ids, old->id);
    pthread_mutex_lock(&s->lock);
    old->kept = false;
    sx_htab_remove(&s->table, &old->node);
    pthread_mutex_unlock(&s->lock);
    core_entry_unref(old); /* the table's */
    core_entry_unref(old); /* the ring's */
}

void core_ids_retire(core_ids *ids, core_entry *e) {
    core_shard *s = shard_of(ids, e->id);
    if (!core_entry_live(e)) return;
    __atomic_fetch_sub(&ids->count[e->kind], 1, __ATOMIC_RELAXED);
    e->object = NULL;
    pthread_mutex_lock(&s->lock);
    __atomic_store_n(&e->live, 0, __ATOMIC_RELEASE);
    e->kept = e->audio != NULL;
    if (e->audio_state == CORE_AUDIO_PENDING) e->audio_state = CORE_AUDIO_NONE;
    pthread_cond_broadcast(&s->audio_known);
    if (!e->kept) sx_htab_remove(&s->table, &e->node);
    pthread_mutex_unlock(&s->lock);
    if (e->kept)
        keep(ids, e);
    else
        core_entry_unref(e);
}

static core_entry *any(core_ids *ids, core_kind kind, const core_entry *owner) {
    core_entry *found = NULL;
    for (int i = 0; i < CORE_SHARDS && !found; i++) {
        core_shard *s = &ids->shard[i];
        pthread_mutex_lock(&s->lock);
        SX_HTAB_EACH(it, next, &s->table) {
            core_entry *e = SX_CONTAINER(it, core_entry, node);
            if (!core_entry_live(e) || !e->made) continue;
            if (!is_kind(e, kind) || (owner && (!e->child || e->owner != owner))) continue;
            found = core_entry_ref(e);
            break;
        }
        pthread_mutex_unlock(&s->lock);
    }
    return found;
}

core_entry *core_ids_any(core_ids *ids, core_kind kind) { return any(ids, kind, NULL); }

core_entry *core_ids_child(core_ids *ids, const core_entry *owner) { return any(ids, CORE_NONE, owner); }

void core_ids_close_audio(core_ids *ids) {
    for (int i = 0; i < CORE_SHARDS; i++) {
        core_shard *s = &ids->shard[i];
        pthread_mutex_lock(&s->lock);
        SX_HTAB_EACH(it, next, &s->table) {
            core_entry *e = SX_CONTAINER(it, core_entry, node);
            if (e->audio) media_audio_close(e->audio);
            if (e->audio_state == CORE_AUDIO_PENDING) e->audio_state = CORE_AUDIO_NONE;
        }
        pthread_cond_broadcast(&s->audio_known);
        pthread_mutex_unlock(&s->lock);
    }
}
