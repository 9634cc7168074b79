#include "support/fake_media.h"

#include <stdlib.h>
#include <string.h>

#include "base/list.h"

struct media_audio {
    int refs;
    bool ended;
};

struct media_session {
    uint64_t plays; /* the newest */
    sx_list node;
    media_engine *engine;
    media_audio *audio;
    fake_media_look look;
    media_local local, before;
    media_session *room, *linked;
    bool is_room;
};

typedef struct said {
    sx_list node;
    media_event ev;
    media_session *release;
} said;

struct media_engine {
    media_config cfg;
    sx_list sessions;
    sx_list events;
    uint16_t next_port;
    int fail;
    bool slow;
    const char *mapping;
};

media_engine *media_engine_create(const media_config *config) {
    media_engine *e = calloc(1, sizeof *e);
    if (!e) return NULL;
    if (config) e->cfg = *config;
    e->next_port = 20000;
    sx_list_init(&e->sessions);
    sx_list_init(&e->events);
    return e;
}

static void release(media_session *s) {
    sx_list_remove(&s->node);
    media_audio_unref(s->audio);
    free(s);
}

void media_engine_destroy(media_engine *e) {
    if (!e) return;
    for (sx_list *n; (n = sx_list_pop(&e->events)) != NULL;) free(SX_CONTAINER(n, said, node));
    while (!sx_list_is_empty(&e->sessions)) release(SX_CONTAINER(sx_list_first(&e->sessions), media_session, node));
    free(e);
}

/* There only in programs that link sipua_oom: this memory is the test's own and never fails. */
__attribute__((weak)) void oom_pause(int by);

static void *own_alloc(size_t n) {
    if (oom_pause) oom_pause(1);
    void *p = calloc(1, n);
    if (oom_pause) oom_pause(-1);
    if (!p) exit(3);
    return p;
}

static int say(media_session *s, media_event ev, bool last) {
    media_engine *e = s->engine;
    said *w = own_alloc(sizeof *w);
    ev.id = s->look.id;
    ev.user = s->look.user;
    ev.session = s;
    w->ev = ev;
    w->release = last ? s : NULL;
    bool empty = sx_list_is_empty(&e->events);
    sx_list_append(&e->events, &w->node);
    if (empty && e->cfg.wake) e->cfg.wake(e->cfg.wake_ctx);
    return SX_OK;
}

static media_event event_of(media_event_type type) {
    media_event ev;
    memset(&ev, 0, sizeof ev);
    ev.type = type;
    return ev;
}

int media_prepare(media_engine *e, const media_prepare_params *params, media_session **session, media_local *local) {
    if (e->fail) return sx_fail(e->fail, "the test wants it so");
    media_session *s = calloc(1, sizeof *s);
    media_audio *a = calloc(1, sizeof *a);
    if (!s || !a) {
        free(s);
        free(a);
        return sx_fail(SX_E_NOMEM, "no memory");
    }
    a->refs = 1;
    s->audio = a;
    s->engine = e;
    s->look.id = params->id;
    s->look.user = params->user;
    s->local.rtp = s->local.rtcp = params->local;
    net_addr_set_port(&s->local.rtp, e->next_port);
    net_addr_set_port(&s->local.rtcp, (uint16_t)(e->next_port + 1));
    e->next_port = (uint16_t)(e->next_port + 2);
    s->local.ssrc = 1;
    strcpy(s->local.cname, "fake");
    s->look.rtp = s->local.rtp;
    sx_list_append(&e->sessions, &s->node);
    *session = s;
    if (e->slow) return 1;
    *local = s->local;
    return SX_OK;
}

int media_mute(media_session *s, unsigned sides) {
    s->look.muted = sides;
    return SX_OK;
}

int media_set_stall(media_session *s, uint32_t ms) {
    s->look.stall_ms = ms;
    return SX_OK;
}

/* ---- rooms and links ---- */

int media_room_create(media_engine *e, const media_room_params *params, media_session **room) {
    media_prepare_params p = {.id = params->id, .user = params->user};
    media_local local;
    bool slow = e->slow;
    e->slow = false;
    int err = media_prepare(e, &p, room, &local);
    e->slow = slow;
    if (err == SX_OK) (*room)->is_room = true;
    return err;
}

static int check_free(const media_session *s) {
    return s->room || s->linked ? sx_fail(SX_E_BUSY, "mixed or linked already") : SX_OK;
}

int media_room_add(media_session *room, media_session *member) {
    int err = check_free(member);
    if (err != SX_OK) return err;
    member->room = room;
    member->look.room = room->look.user;
    room->look.members++;
    return SX_OK;
}

void media_room_remove(media_session *room, media_session *member) {
    if (member->room != room) return;
    member->room = NULL;
    member->look.room = NULL;
    room->look.members--;
}

int media_link_sessions(media_session *a, media_session *b, bool untouched, bool events) {
    int err = check_free(a);
    if (err == SX_OK) err = check_free(b);
    if (err != SX_OK) return err;
    a->linked = b;
    b->linked = a;
    a->look.linked = b->look.linked = true;
    a->look.untouched = b->look.untouched = untouched;
    a->look.events = b->look.events = events;
    a->look.linked_with = b->look.user;
    b->look.linked_with = a->look.user;
    return SX_OK;
}

void media_unlink(media_session *a) {
    media_session *b = a->linked;
    if (!b) return;
    a->linked = b->linked = NULL;
    a->look.linked = b->look.linked = false;
    a->look.linked_with = b->look.linked_with = NULL;
}

static void part(media_session *s) {
    media_unlink(s);
    if (s->room) media_room_remove(s->room, s);
    if (!s->is_room) return;
    SX_LIST_EACH(it, tmp, &s->engine->sessions) {
        media_session *m = SX_CONTAINER(it, media_session, node);
        if (m->room == s) media_room_remove(s, m);
    }
}

int media_offer(media_session *s, const media_receivable *accept) {
    s->look.pending = accept != NULL;
    if (accept) s->look.offered = *accept;
    return SX_OK;
}

int media_configure(media_session *s, const media_stream_config *config) {
    s->look.config = *config;
    s->look.configures++;
    s->look.pending = false;
    return SX_OK;
}

int media_rebind(media_session *s, const net_addr *local, bool at_once, media_local *out) {
    if (s->engine->fail) return sx_fail(s->engine->fail, "the test wants it so");
    if (!net_addr_is_any(local) && !net_addr_is_ours(local)) return sx_fail(SX_E_ADDRESS, "not ours");
    s->look.rebinds++;
    if (!net_addr_is_any(local) || !net_addr_eq_host(local, &s->local.rtp)) {
        if (!s->look.rebinding) s->before = s->local;
        s->look.rebinding = true;
        s->look.at_once = at_once;
        s->local.rtp = s->local.rtcp = *local;
        net_addr_set_port(&s->local.rtp, s->engine->next_port);
        net_addr_set_port(&s->local.rtcp, (uint16_t)(s->engine->next_port + 1));
        s->engine->next_port = (uint16_t)(s->engine->next_port + 2);
    }
    s->look.rtp = s->local.rtp;
    *out = s->local;
    return SX_OK;
}

int media_ask_mapping(media_session *s, const net_addr *server) {
    media_event ev = event_of(MEDIA_LEARNED);
    s->look.asked++;
    if (!s->engine->mapping) return SX_OK; /* whoever asked has a timer */
    net_addr_parse_host(&ev.u.learned.rtp, sx_slice_str(s->engine->mapping), (uint16_t)(net_addr_port(&s->local.rtp) + 1));
    net_addr_parse_host(&ev.u.learned.rtcp, sx_slice_str(s->engine->mapping),
                        (uint16_t)(net_addr_port(&s->local.rtcp) + 1));
    return say(s, ev, false);
}

void fake_media_mapping(media_engine *e, const char *host) { e->mapping = host; }

void media_rebound(media_session *s, bool keep) {
    if (!s->look.rebinding) return;
    s->look.rebinding = false;
    if (!keep) s->local = s->before;
    s->look.rtp = s->local.rtp;
    keep ? s->look.kept++ : s->look.dropped++;
}

int media_start(media_session *s) {
    s->look.started = true;
    return SX_OK;
}

void media_stop(media_session *s) {
    if (s->look.stopped) return;
    part(s);
    s->look.stopped = true;
    s->audio->ended = true;
    media_event ev = event_of(MEDIA_STOPPED);
    ev.u.stats.stats.packets_sent = 42;
    say(s, ev, true);
}

int media_dtmf(media_session *s, const char *digits, uint32_t tone_ms, uint32_t gap_ms, uint64_t tag) {
    if (s->look.config.send_event_pt < 0) return sx_fail(SX_E_STATE, "no telephone-event");
    if (strlen(digits) > 64) return sx_fail(SX_E_INVALID, "too many");
    size_t have = strlen(s->look.digits);
    strncat(s->look.digits, digits, sizeof s->look.digits - have - 1);
    s->look.dtmf_calls++;
    media_event ev = event_of(MEDIA_DTMF_SENT);
    ev.u.dtmf_sent.tag = tag;
    return say(s, ev, false);
}

int media_play(media_session *s, uint64_t play_id, const char *path, uint32_t repeat) {
    media_event ev = event_of(MEDIA_PLAY_DONE);
    ev.u.play.play_id = play_id;
    s->look.plays++;
    s->plays = play_id;
    return repeat ? SX_OK : say(s, ev, false);
}
void media_stop_play(media_session *s, uint64_t play_id) {
    media_event ev = event_of(MEDIA_PLAY_DONE);
    s->look.stopped_play = play_id;
    ev.u.play.play_id = play_id ? play_id : s->plays;
    ev.code = SX_E_CANCELED;
    say(s, ev, false);
}
int media_record(media_session *s, uint64_t record_id, const char *path, media_record_mode mode, uint32_t rate) {
    s->look.records++;
    return SX_OK;
}
void media_stop_record(media_session *s, uint64_t record_id) {
    media_event ev = event_of(MEDIA_RECORD_DONE);
    ev.u.record.record_id = record_id;
    say(s, ev, false);
}

int media_stats_request(media_session *s, uint64_t tag) {
    media_event ev = event_of(MEDIA_STATS);
    ev.u.stats.tag = tag;
    return say(s, ev, false);
}

bool media_poll(media_engine *e, media_event *ev) {
    sx_list *n = sx_list_pop(&e->events);
    if (!n) return false;
    said *w = SX_CONTAINER(n, said, node);
    *ev = w->ev;
    if (w->release) release(w->release);
    free(w);
    return true;
}

/* ---- app audio: silence ---- */

media_audio *media_session_audio(media_session *s) {
    s->audio->refs++;
    return s->audio;
}
void media_audio_ref(media_audio *a) { a->refs++; }
void media_audio_unref(media_audio *a) {
    if (a && --a->refs == 0) free(a);
}
int media_audio_read(media_audio *a, int16_t *pcm, size_t samples, uint32_t rate, uint32_t *flags) {
    if (flags) *flags = MEDIA_READ_SILENCE;
    return a->ended ? SX_E_EOF : 0;
}
int media_audio_write(media_audio *a, const int16_t *pcm, size_t samples, uint32_t rate, uint64_t segment) {
    return a->ended ? SX_E_EOF : (int)samples;
}
int media_audio_mark(media_audio *a, uint64_t mark_id) { return SX_OK; }
int media_audio_flush(media_audio *a, uint64_t flush_id) { return SX_OK; }
uint32_t media_audio_queued_ms(media_audio *a) { return 0; }
uint32_t media_audio_readable_ms(media_audio *a) { return 0; }
int media_audio_watch(media_audio *a, uint32_t readable_ms, uint32_t writable_ms) { return SX_OK; }
int media_audio_wait(media_audio *a, uint32_t readable_ms, uint32_t writable_ms, int timeout_ms) { return 0; }
void media_audio_close(media_audio *a) {}

/* ---- the test's side ---- */

static media_session *find(media_engine *e, void *user) {
    SX_LIST_EACH(it, tmp, &e->sessions) {
        media_session *s = SX_CONTAINER(it, media_session, node);
        if (s->look.user == user) return s;
    }
    return NULL;
}

bool fake_media_find(media_engine *e, void *user, fake_media_look *out) {
    media_session *s = find(e, user);
    if (s) *out = s->look;
    return s != NULL;
}

unsigned fake_media_sessions(media_engine *e) {
    unsigned n = 0;
    SX_LIST_EACH(it, tmp, &e->sessions) n += !SX_CONTAINER(it, media_session, node)->look.stopped;
    return n;
}

void fake_media_say(media_engine *e, void *user, media_event ev) {
    media_session *s = find(e, user);
    if (s) say(s, ev, false);
}

void fake_media_fail(media_engine *e, int code) { e->fail = code; }
void fake_media_slow(media_engine *e, bool slow) { e->slow = slow; }
void fake_media_prepared(media_engine *e, void *user) {
    media_session *s = find(e, user);
    if (!s) return;
    media_event ev = event_of(MEDIA_PREPARED);
    ev.u.prepared = s->local;
    say(s, ev, false);
}
