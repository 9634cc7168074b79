#include "media/mixer.h"

#include <stdlib.h>
#include <string.h>

/* Every rate's 10 ms are a multiple of this: loops of a fixed length become vector instructions. */
enum { STEP = 16 };

media_mixer *media_mixer_create(uint32_t rate) {
    media_mixer *m = calloc(1, sizeof *m);
    if (!m) return NULL;
    m->refs = 1;
    m->rate = rate;
    m->n = rate / 1000 * MEDIA_MIX_MS;
    sx_list_init(&m->slots);
    sx_list_init(&m->ticking);
    return m;
}

void media_mixer_unref(media_mixer *m) {
    if (m && __atomic_sub_fetch(&m->refs, 1, __ATOMIC_ACQ_REL) == 0) free(m);
}

media_slot *media_slot_create(media_mixer *m) {
    media_slot *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    sx_list_init(&s->node);
    media_pipe_init(&s->in);
    media_pipe_init(&s->out);
    __atomic_add_fetch(&m->refs, 1, __ATOMIC_RELAXED);
    s->mixer = m;
    return s;
}

void media_slot_enter(media_slot *s) { sx_list_append(&s->mixer->slots, &s->node); }

void media_slot_destroy(media_slot *s) {
    if (!s) return;
    sx_list_remove(&s->node);
    media_pipe_free(&s->in);
    media_pipe_free(&s->out);
    media_mixer_unref(s->mixer);
    free(s);
}

void media_slot_put(media_slot *s, const int16_t *pcm, uint32_t n, uint32_t rate) {
    media_pipe_put(&s->in, pcm, n, rate, s->mixer->rate, MEDIA_MIX_WAIT_MS);
}

uint32_t media_slot_get(media_slot *s, int16_t *out, uint32_t n, uint32_t rate, uint32_t ms) {
    s->out_rate = rate;
    s->out_ms = 2 * ms + MEDIA_MIX_WAIT_MS;
    if (s->out.rate != rate) {
        memset(out, 0, n * sizeof *out);
        return 0;
    }
    return media_pipe_get(&s->out, out, n);
}

static void add(int32_t *sum, const int16_t *pcm, unsigned n) {
    for (unsigned i = 0; i < n; i += STEP)
        for (unsigned k = 0; k < STEP; k++) sum[i + k] += pcm[i + k];
}

static void all_but(const int32_t *sum, const int16_t *own, int16_t *out, unsigned n) {
    for (unsigned i = 0; i < n; i += STEP)
        for (unsigned k = 0; k < STEP; k++) out[i + k] = media_saturate(sum[i + k] - own[i + k]);
}

static void everything(const int32_t *sum, int16_t *out, unsigned n) {
    for (unsigned i = 0; i < n; i += STEP)
        for (unsigned k = 0; k < STEP; k++) out[i + k] = media_saturate(sum[i + k]);
}

void media_mixer_turn(media_mixer *m) {
    unsigned n = m->n;
    memset(m->sum, 0, n * sizeof *m->sum);
    SX_LIST_EACH(it, tmp, &m->slots) {
        media_slot *s = SX_CONTAINER(it, media_slot, node);
        s->spoke = s->in.n > 0 && media_pipe_get(&s->in, s->own, n) > 0;
        if (s->spoke) add(m->sum, s->own, n);
    }
    everything(m->sum, m->all, n);
    SX_LIST_EACH(it, tmp, &m->slots) {
        media_slot *s = SX_CONTAINER(it, media_slot, node);
        if (!s->out_rate) continue;
        if (s->spoke) all_but(m->sum, s->own, s->own, n);
        media_pipe_put(&s->out, s->spoke ? s->own : m->all, n, m->rate, s->out_rate, s->out_ms);
    }
}
