/* The stack thread's side of rooms and links: who is with whom, and on which worker. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "media/session.h"

int media_mute(media_session *s, unsigned sides) {
    return media_order(s, MEDIA_CMD_MUTE, NULL, sides & (MEDIA_MUTE_SEND | MEDIA_MUTE_RECEIVE));
}

/* All orders that follow go to the new worker, which keeps them until the old one has let go. */
static int move(media_session *s, media_worker *to) {
    if (s->worker == to) return SX_OK;
    int err = media_order(s, MEDIA_CMD_MOVE, NULL, media_worker_index(to));
    if (err == SX_OK) s->worker = to;
    return err;
}

static int check_free(const media_session *s) {
    if (s->stopping) return sx_fail(SX_E_GONE, "the media has been stopped");
    if (s->mixer) return sx_fail(SX_E_INVALID, "a room is no member");
    if (s->room || s->linked) return sx_fail(SX_E_BUSY, "its media is mixed or linked already");
    return SX_OK;
}

/* ---- rooms ---- */

int media_room_create(media_engine *e, const media_room_params *params, media_session **room) {
    if (!media_rate_ok(params->rate)) return sx_fail(SX_E_INVALID, "%u is no rate to mix at", params->rate);
    media_prepare_params p = {.id = params->id, .user = params->user, .max_queued_ms = params->max_queued_ms};
    media_session *s = media_session_new(e, &p);
    if (!s) return sx_fail(SX_E_NOMEM, "no memory for a conference");
    s->is_room = true;
    s->encode_rate = params->rate;
    s->mixer = media_mixer_create(params->rate);
    s->slot = s->mixer ? media_slot_create(s->mixer) : NULL;
    if (s->slot) {
        s->mixer->room = s;
        media_slot_enter(s->slot);
        media_engine_add(e, s);
    }
    int err = s->slot ? media_start(s) : sx_fail(SX_E_NOMEM, "no memory for a conference");
    if (err != SX_OK) {
        media_session_free(s);
        return err;
    }
    *room = s;
    return SX_OK;
}

int media_room_add(media_session *room, media_session *member) {
    int err = check_free(member);
    if (err != SX_OK) return err;
    if (room->stopping) return sx_fail(SX_E_GONE, "the conference has ended");
    media_slot *slot = media_slot_create(room->mixer);
    if (!slot) return sx_fail(SX_E_NOMEM, "no memory for a member of a conference");
    if ((err = move(member, room->worker)) != SX_OK) {
        media_slot_destroy(slot);
        return err;
    }
    err = media_order(member, MEDIA_CMD_JOIN, slot, 0);
    if (err != SX_OK) return err;
    member->room = room;
    sx_list_append(&room->in_room, &member->in_room);
    return SX_OK;
}

void media_room_remove(media_session *room, media_session *member) {
    if (member->room != room) return;
    member->room = NULL;
    sx_list_remove(&member->in_room);
    media_order(member, MEDIA_CMD_LEAVE, NULL, 0); /* without memory it stays to its end */
}

/* ---- links ---- */

int media_link_sessions(media_session *a, media_session *b, bool untouched, bool events) {
    int err = check_free(a);
    if (err == SX_OK) err = check_free(b);
    if (err == SX_OK && a == b) err = sx_fail(SX_E_INVALID, "two sessions are linked, not one");
    if (err != SX_OK) return err;
    media_link *l = media_link_create(untouched, events);
    if (!l) return sx_fail(SX_E_NOMEM, "no memory to link media");
    if ((err = move(b, a->worker)) != SX_OK) {
        media_link_unref(l);
        media_link_unref(l);
        return err;
    }
    err = media_order(a, MEDIA_CMD_LINK, l, 0);
    if (err != SX_OK) {
        media_link_unref(l);
        return err;
    }
    err = media_order(b, MEDIA_CMD_LINK, l, 1);
    if (err != SX_OK) {
        media_order(a, MEDIA_CMD_UNLINK, NULL, 0);
        return err;
    }
    a->linked = b;
    b->linked = a;
    return SX_OK;
}

void media_unlink(media_session *a) {
    media_session *b = a->linked;
    if (!b) return;
    a->linked = b->linked = NULL;
    if (!a->stopping) media_order(a, MEDIA_CMD_UNLINK, NULL, 0);
    if (!b->stopping) media_order(b, MEDIA_CMD_UNLINK, NULL, 0);
}

void media_session_part(media_session *s) {
    if (s->linked) s->linked->linked = NULL;
    s->linked = NULL;
    if (s->mixer) {
        for (sx_list *n; (n = sx_list_pop(&s->in_room)) != NULL;) SX_CONTAINER(n, media_session, in_room)->room = NULL;
    } else if (s->room) {
        sx_list_remove(&s->in_room);
        s->room = NULL;
    }
}
