/* Rooms on their worker: sessions without network, whose members are turned with them. */
#include "media/session.h"

#include <string.h>

enum { READ_MS = 20 };

void media_room_join(media_session *s, media_slot *slot) {
    if (s->ended || s->is_room || s->slot || !slot->mixer->room) {
        media_slot_destroy(slot);
        return;
    }
    slot->session = s;
    s->slot = slot;
    media_slot_enter(slot);
}

void media_room_leave(media_session *s, media_turn *t) {
    if (!s->slot || s->is_room) return;
    media_slot_destroy(s->slot);
    s->slot = NULL;
    if (!s->ticking) return;
    sx_list_remove(&s->on_clock);
    s->clock = t->clocked;
    sx_list_append(s->clock, &s->on_clock);
}

void media_room_end(media_session *room, media_turn *t) {
    media_mixer *m = room->mixer;
    m->room = NULL;
    SX_LIST_EACH(it, tmp, &m->slots) {
        media_slot *slot = SX_CONTAINER(it, media_slot, node);
        if (slot->session) media_room_leave(slot->session, t);
    }
    media_slot_destroy(room->slot);
    room->slot = NULL;
}

void media_room_play(media_session *room, media_player *p) {
    media_slot *slot = media_slot_create(room->mixer);
    if (!slot) {
        media_session_end_players(room, media_player_id(p), SX_E_NOMEM, "no memory to play a file");
        return;
    }
    media_player_playing(p)->slot = slot;
    media_slot_enter(slot);
}

static void give(media_session *room, media_turn *t) {
    media_slot *slot = room->slot;
    uint32_t rate = room->mixer->rate, n = rate / 1000 * READ_MS;
    if (slot->out.n < n) return;
    media_chunk *c = media_chunk_new(t->pool, rate);
    if (!c) {
        media_pipe_reset(&slot->out);
        return;
    }
    c->n = media_pipe_get(&slot->out, c->pcm, n);
    media_audio_push(room->audio, c);
}

void media_room_turn(media_session *room, media_turn *t) {
    media_mixer *m = room->mixer;
    int16_t pcm[MEDIA_MIX_MAX];
    if (room->ended || !room->running) return;
    if (media_session_mix_app(room, pcm, m->n, m->rate)) media_slot_put(room->slot, pcm, m->n, m->rate);
    media_session_room_files(room, pcm, m->n, m->rate);
    bool read = media_audio_is_read(room->audio);
    room->slot->out_rate = read ? m->rate : 0;
    room->slot->out_ms = MEDIA_MIX_WAIT_MS;
    media_mixer_turn(m);
    media_recorders_push(room->recorders, t->pool, false, t->now_us, m->all, m->n, m->rate);
    if (read) give(room, t);
    media_say_ready(room);
}
