/* Which codecs a session would rather speak, because another one speaks them. */
#include <stdlib.h>

#include "ua/session_internal.h"
#include "ua/together.h"

typedef union one_codec {
    ua_codecs list;
    char room[sizeof(ua_codecs) + sizeof(codec_choice)];
} one_codec;

static bool is_offered(const codec_choice *choice, sx_slice offer) {
    one_codec one;
    sdp_reason why;
    one.list.refs = 1;
    one.list.n = 1;
    one.list.v[0] = *choice;
    return session_check(&one.list, offer, &why) == SX_OK;
}

static int rank_of(const codec_choice *choice, sx_slice offer, sx_slice name) {
    if (sx_ieq(sx_slice_str(choice->info->name), name)) return 0;
    return !offer.n || is_offered(choice, offer) ? 1 : 2;
}

void session_favour(ua_session *s, sx_slice offer, sx_slice name) {
    const ua_codecs *old = s->codecs;
    ua_codecs *c = malloc(sizeof *c + old->n * sizeof c->v[0]);
    int rank[SDP_MAX_CODECS];
    if (!c || old->n > SDP_MAX_CODECS) {
        free(c);
        return;
    }
    c->refs = 1;
    c->n = 0;
    for (size_t i = 0; i < old->n; i++) rank[i] = rank_of(&old->v[i], offer, name);
    for (int r = 0; r < 3; r++)
        for (size_t i = 0; i < old->n; i++)
            if (rank[i] == r) c->v[c->n++] = old->v[i];
    ua_codecs_unref(s->codecs);
    s->codecs = c;
    s->prefer_ours = true;
}
