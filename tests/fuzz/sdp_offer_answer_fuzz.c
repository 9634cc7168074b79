/* Two descriptions, split by the first 0xFF: one as an offer to us, both as offer and answer, and re-offers between. */
#include <stdlib.h>

#include "base/error.h"
#include "must.h"
#include "sdp/offer_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static sdp_codec codecs[3];
static sdp_local_media audio[2];

static void set_up(sdp_local *l, uint8_t bits) {
    memset(codecs, 0, sizeof codecs);
    codecs[0].name = SX_LIT("opus");
    codecs[0].rate = 48000;
    codecs[0].channels = 2;
    codecs[0].pt = -1;
    codecs[0].fmtp = SX_LIT("useinbandfec=1");
    codecs[1].name = SX_LIT("PCMU");
    codecs[2].name = SX_LIT("PCMA");
    codecs[1].rate = codecs[2].rate = 8000;
    codecs[2].pt = 8;
    memset(audio, 0, sizeof audio);
    audio[0].codecs = codecs;
    audio[0].n_codecs = 1 + (bits & 1) * 2u;
    audio[0].direction = (sdp_direction)(bits >> 1 & 3);
    audio[0].port = 4000;
    audio[0].rtcp_mux = bits & 8;
    audio[1] = audio[0];
    audio[1].port = 4002;
    audio[1].type = bits & 16 ? SX_LIT("video") : SX_LIT("audio");
    memset(l, 0, sizeof *l);
    l->id = 1;
    l->version = 1;
    l->addr = SX_LIT("192.0.2.1");
    l->family = 4;
    l->media = audio;
    l->n_media = 1 + (bits >> 5 & 1);
    l->prefer_ours = bits & 64;
    l->one_codec = bits & 128;
}

static void check_result(const sdp_result *r, const sdp_session *local) {
    size_t active = 0;
    never(r->n_streams != local->n_media);
    for (size_t i = 0; i < r->n_streams; i++) {
        const sdp_stream *s = &r->streams[i];
        never(!s->active && s->reason == SDP_REASON_NONE);
        if (!s->active) continue;
        active++;
        if (!s->n_codecs || s->ptime < 10 || s->ptime > 120 || s->ptime % 10 || !s->remote_port || !s->remote.addr.n)
            abort();
        never(s->direction & ~local->media[i].direction);
    }
    never(active != r->n_active);
}

/* What we build always reads back the same. */
static void check_text(sx_arena *a, const sdp_session *s) {
    sx_slice text, twice;
    sdp_session again;
    never(sdp_text(a, s, &text) != SX_OK || sdp_parse(a, text, &again) != SX_OK);
    never(sdp_text(a, &again, &twice) != SX_OK || !sx_eq(text, twice));
}

static void answer(sx_arena *a, const sdp_local *l, const sdp_session *offer, const sdp_session *previous) {
    sdp_session ans, next;
    sdp_result r;
    int err = sdp_answer(a, l, offer, previous, &ans, &r);
    if (err != SX_OK && err != SX_E_MEDIA) {
        never(!previous);
        return;
    }
    never(ans.n_media != offer->n_media);
    check_text(a, &ans);
    check_result(&r, &ans);
    err = sdp_offer(a, l, &ans, &next);
    if (err == SX_E_LIMIT) return;
    never(err != SX_OK || next.n_media < ans.n_media);
    check_text(a, &next);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) return 0;
    sx_arena a;
    sx_arena_init(&a, 1024);
    sdp_local l;
    set_up(&l, data[0]);
    sx_slice second, first = sx_split(sx_slice_of((const char *)data + 1, size - 1), (char)0xff, &second);
    sdp_session s1, s2, ours;
    sdp_result r;
    if (sdp_parse(&a, first, &s1) == SX_OK) {
        answer(&a, &l, &s1, NULL);
        never(sdp_offer(&a, &l, NULL, &ours) != SX_OK);
        sdp_commit(&a, &ours, &s1, &r);
        check_result(&r, &ours);
        if (sdp_parse(&a, second, &s2) == SX_OK) {
            sdp_commit(&a, &s1, &s2, &r);
            check_result(&r, &s1);
            answer(&a, &l, &s2, &s1);
            sdp_same(&s1, &s2);
            sdp_offer(&a, &l, &s2, &ours);
        }
    }
    sx_arena_free(&a);
    return 0;
}
