/* Conferences: calls whose media is mixed in one room (media/media.h). */
#include <stdlib.h>

#include "ua/call.h"

typedef struct conference_news {
    sx_list node;
    conference_member *member;
    bool added;
    unsigned count;
} conference_news;

/* A call that is in it, or has left and nobody was told yet. */
struct conference_member {
    sx_list node;
    ua_call *call;
    conference_news added, left;
};

struct ua_conference {
    sx_list node;
    ua_agent *agent;
    uint64_t id;
    media_session *room;
    media_audio *audio;
    int rate;
    sx_list members;
    unsigned count;
    sx_list news; /* in their order */
    call_recording *recordings;
    uint64_t begun_ms;
    bool ending;
    sx_task task;
    sx_grave grave;
};

uint64_t ua_conference_id(const ua_conference *f) { return f->id; }

static ua_event event_of(ua_conference *f, ua_event_type type) {
    ua_event ev = ua_event_of(type);
    ev.conference = f;
    return ev;
}

/* ---- news ---- */

static void say_news(ua_conference *f) {
    for (sx_list *n; (n = sx_list_pop(&f->news)) != NULL;) {
        conference_news *w = SX_CONTAINER(n, conference_news, node);
        ua_event ev = event_of(f, UA_EV_CONFERENCE_CHANGED);
        ev.other = w->member->call;
        ev.count = w->count;
        if (w->added) ev.flags |= UA_FLAG_ADDED;
        w->member->call->conference_news--;
        ua_emit(f->agent, &ev);
        if (!w->added) free(w->member);
    }
}

static void on_task(sx_task *t) { say_news(SX_CONTAINER(t, ua_conference, task)); }

static void news(ua_conference *f, conference_member *m, conference_news *w) {
    w->member = m;
    w->added = w == &m->added;
    w->count = f->count;
    m->call->conference_news++;
    sx_list_append(&f->news, &w->node);
    sx_runq_post(f->agent->runq, &f->task);
}

/* ---- its life ---- */

static void free_recordings(ua_conference *f) {
    for (call_recording *r; (r = f->recordings) != NULL; free(r)) f->recordings = r->next;
}

static void free_conference(sx_grave *g) { free(SX_CONTAINER(g, ua_conference, grave)); }

int ua_conference_create(ua_agent *a, const ua_conference_config *config, uint64_t id, ua_conference **out) {
    if (a->shutting) return sx_fail(SX_E_CLOSED, "the agent is shutting down");
    if (!a->media) return sx_fail(SX_E_MEDIA, "there is no media engine");
    ua_conference *f = calloc(1, sizeof *f);
    if (!f) return sx_fail(SX_E_NOMEM, "no memory for a conference");
    f->agent = a;
    f->id = id;
    f->rate = config && config->rate > 0 ? config->rate : 16000;
    media_room_params p = {.id = id,
                           .user = ua_conference_mark(f),
                           .rate = (uint32_t)f->rate,
                           .max_queued_ms = (uint32_t)a->opt.max_queued_ms};
    int rc = media_room_create(a->media, &p, &f->room);
    if (rc < 0) {
        free(f);
        return rc;
    }
    f->audio = media_session_audio(f->room);
    f->begun_ms = ua_now(a);
    sx_list_init(&f->members);
    sx_list_init(&f->news);
    sx_task_init(&f->task, on_task);
    sx_list_append(&a->conferences, &f->node);
    *out = f;
    return SX_OK;
}

static void leave(ua_conference *f, conference_member *m) {
    ua_call *c = m->call;
    sx_list_remove(&m->node);
    f->count--;
    c->conference = NULL;
    c->member = NULL;
    if (c->session && f->room) media_room_remove(f->room, session_media(c->session));
    news(f, m, &m->left);
}

int ua_conference_end(ua_conference *f, bool hangup) {
    if (f->ending) return SX_OK;
    f->ending = true;
    while (!sx_list_is_empty(&f->members)) {
        conference_member *m = SX_CONTAINER(sx_list_first(&f->members), conference_member, node);
        ua_call *c = m->call;
        leave(f, m);
        if (hangup) ua_call_hangup(c, NULL);
    }
    media_stop(f->room);
    return SX_OK;
}

static void on_stopped(ua_conference *f) {
    ua_agent *a = f->agent;
    f->room = NULL;
    say_news(f);
    ua_event ev = event_of(f, UA_EV_CONFERENCE_ENDED);
    ev.duration_ms = ua_now(a) - f->begun_ms;
    sx_runq_cancel(&f->task);
    sx_list_remove(&f->node);
    ua_emit(a, &ev);
    free_recordings(f);
    media_audio_unref(f->audio);
    sx_runq_bury(a->runq, &f->grave, free_conference);
    ua_agent_progress(a);
}

void ua_conference_shutdown(ua_agent *a) {
    SX_LIST_EACH(it, tmp, &a->conferences) ua_conference_end(SX_CONTAINER(it, ua_conference, node), false);
}

void ua_conference_destroy_all(ua_agent *a) {
    for (sx_list *n; (n = sx_list_pop(&a->conferences)) != NULL;) {
        ua_conference *f = SX_CONTAINER(n, ua_conference, node);
        sx_runq_cancel(&f->task);
        if (f->room && !f->ending) media_stop(f->room);
        for (sx_list *w; (w = sx_list_pop(&f->news)) != NULL;) {
            conference_news *x = SX_CONTAINER(w, conference_news, node);
            if (!x->added) free(x->member);
        }
        for (sx_list *m; (m = sx_list_pop(&f->members)) != NULL;) free(SX_CONTAINER(m, conference_member, node));
        free_recordings(f);
        media_audio_unref(f->audio);
        sx_runq_bury(a->runq, &f->grave, free_conference);
    }
}

/* ---- members ---- */

static int need(const ua_conference *f) { return f->ending ? sx_fail(SX_E_GONE, "the conference has ended") : SX_OK; }

int ua_conference_add(ua_conference *f, ua_call *c) {
    int rc = need(f);
    if (rc != SX_OK) return rc;
    if (c->state >= CALL_LEAVING) return sx_fail(SX_E_GONE, "the call has ended");
    if (c->conference || c->bridge) return sx_fail(SX_E_BUSY, "the call is in a conference or bridge already");
    if (!call_has_media(c)) return sx_fail(SX_E_STATE, "this call has no media of ours");
    conference_member *m = calloc(1, sizeof *m);
    if (!m) return sx_fail(SX_E_NOMEM, "no memory for a member of a conference");
    rc = media_room_add(f->room, session_media(c->session));
    if (rc != SX_OK) {
        free(m);
        return rc;
    }
    m->call = c;
    sx_list_append(&f->members, &m->node);
    f->count++;
    c->conference = f;
    c->member = m;
    news(f, m, &m->added);
    return SX_OK;
}

int ua_conference_remove(ua_conference *f, ua_call *c) {
    int rc = need(f);
    if (rc != SX_OK) return rc;
    if (c->conference != f) return sx_fail(SX_E_STATE, "the call is not in this conference");
    leave(f, c->member);
    return SX_OK;
}

void call_conference_note(ua_call *c, const ua_event *ev) {
    if (ev->type != UA_EV_CALL_ENDED) return;
    if (c->conference) leave(c->conference, c->member);
    if (!c->conference_news) return;
    SX_LIST_EACH(it, tmp, &c->agent->conferences) say_news(SX_CONTAINER(it, ua_conference, node));
}

void call_conference_replaced(ua_call *fresh, ua_call *old) {
    ua_conference *f = old->conference;
    if (!f) return;
    leave(f, old->member);
    ua_conference_add(f, fresh); /* without media it has no place there */
}

/* ---- files ---- */

int ua_conference_play(ua_conference *f, const char *path, bool loop, uint64_t player) {
    int rc = need(f);
    return rc == SX_OK ? media_play(f->room, player, path, loop ? UINT32_MAX : 0) : rc;
}

int ua_conference_stop_play(ua_conference *f, uint64_t player) {
    int rc = need(f);
    if (rc == SX_OK) media_stop_play(f->room, player);
    return rc;
}

int ua_conference_record(ua_conference *f, const char *path, uint64_t recorder) {
    int rc = need(f);
    if (rc != SX_OK) return rc;
    for (const call_recording *other = f->recordings; other; other = other->next)
        if (strcmp(other->path, path) == 0) return sx_fail(SX_E_IN_USE, "%s is being recorded to already", path);
    size_t n = strlen(path) + 1;
    call_recording *r = malloc(sizeof *r + n);
    if (!r) return sx_fail(SX_E_NOMEM, "no memory for a recording");
    rc = media_record(f->room, recorder, path, MEDIA_RECORD_FAR, (uint32_t)f->rate);
    if (rc != SX_OK) {
        free(r);
        return rc;
    }
    memcpy(r->path, path, n);
    r->id = recorder;
    r->next = f->recordings;
    f->recordings = r;
    return SX_OK;
}

static call_recording **recording_of(ua_conference *f, uint64_t id) {
    call_recording **at = &f->recordings;
    while (*at && (*at)->id != id) at = &(*at)->next;
    return at;
}

int ua_conference_stop_record(ua_conference *f, uint64_t recorder) {
    int rc = need(f);
    if (rc != SX_OK) return rc;
    if (!*recording_of(f, recorder)) return sx_fail(SX_E_GONE, "this recorder has ended");
    media_stop_record(f->room, recorder);
    return SX_OK;
}

media_audio *ua_conference_audio(ua_conference *f) {
    media_audio_ref(f->audio);
    return f->audio;
}

/* ---- what the media says ---- */

static void on_played(ua_conference *f, const media_event *ev) {
    ua_event out = event_of(f, UA_EV_PLAY_DONE);
    out.id = ev->u.play.play_id;
    out.duration_ms = ev->u.play.played_ms;
    out.code = ev->code;
    out.text = sx_slice_str(ev->text);
    if (ev->code == SX_E_CANCELED) {
        out.flags |= UA_FLAG_FLUSHED;
        out.code = SX_OK;
    }
    ua_emit(f->agent, &out);
}

static void on_recorded(ua_conference *f, const media_event *ev) {
    call_recording **at = recording_of(f, ev->u.record.record_id), *r = *at;
    if (!r) return;
    *at = r->next;
    ua_event out = event_of(f, UA_EV_RECORD_DONE);
    out.id = r->id;
    out.duration_ms = ev->u.record.recorded_ms;
    out.target = sx_slice_str(r->path);
    out.code = ev->code;
    out.text = sx_slice_str(ev->text);
    ua_emit(f->agent, &out);
    free(r);
}

void ua_conference_media_event(void *marked, const media_event *ev) {
    ua_conference *f = (ua_conference *)(void *)((char *)marked - 1);
    ua_event out = event_of(f, UA_EV_AUDIO_READY);
    switch (ev->type) {
    case MEDIA_MARK:
    case MEDIA_FLUSHED:
    case MEDIA_AUDIO_READY:
        ua_audio_event(ev, &out);
        ua_emit(f->agent, &out);
        break;
    case MEDIA_PLAY_DONE: on_played(f, ev); break;
    case MEDIA_RECORD_DONE: on_recorded(f, ev); break;
    case MEDIA_STOPPED: on_stopped(f); break;
    default: break;
    }
}
