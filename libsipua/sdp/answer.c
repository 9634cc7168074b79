#include "base/error.h"
#include "sdp/build.h"

/* What is taken of one offered m-line: indexes into its formats and, for codecs, into ours. */
typedef struct choice {
    size_t n;
    uint8_t format[SDP_MAX_CODECS];
    uint8_t codec[SDP_MAX_CODECS];
    size_t n_events;
    uint8_t event[SDP_MAX_EVENTS];
} choice;

static bool offered_as(const sdp_format *f, const sdp_codec *c) {
    return f->pt >= 0 && sdp_format_is(f, c->name, c->rate, c->channels);
}

static void choose(choice *ch, size_t format, size_t codec) {
    for (size_t i = 0; i < ch->n; i++)
        if (ch->codec[i] == codec) return;
    if (ch->n >= SDP_MAX_CODECS) return;
    ch->format[ch->n] = (uint8_t)format;
    ch->codec[ch->n++] = (uint8_t)codec;
}

static void choose_codecs(choice *ch, const sdp_media *offered, const sdp_local_media *lm, bool prefer_ours) {
    size_t outer = prefer_ours ? lm->n_codecs : offered->n_formats;
    size_t inner = prefer_ours ? offered->n_formats : lm->n_codecs;
    for (size_t i = 0; i < outer; i++)
        for (size_t j = 0; j < inner; j++) {
            size_t f = prefer_ours ? j : i, c = prefer_ours ? i : j;
            if (!offered_as(&offered->formats[f], &lm->codecs[c])) continue;
            choose(ch, f, c);
            break;
        }
}

static bool event_fits(const choice *ch, const sdp_media *offered, uint32_t rate, bool any) {
    for (size_t i = 0; i < ch->n_events; i++)
        if (offered->formats[ch->event[i]].rate == rate) return false; /* one for a rate */
    for (size_t i = 0; i < ch->n; i++)
        if (any || offered->formats[ch->format[i]].rate == rate) return true;
    return false;
}

/* telephone-event for each clock rate of the chosen codecs; where none fits, the first offered: peers pair opus with
 * telephone-event/8000 alone, and no digits would be worse. */
static void choose_events(choice *ch, const sdp_media *offered) {
    for (int any = 0; any < 2 && !ch->n_events; any++)
        for (size_t i = 0; i < offered->n_formats && ch->n_events < SDP_MAX_EVENTS; i++) {
            const sdp_format *f = &offered->formats[i];
            if (f->pt < 0 || !sdp_format_is_event(f) || !event_fits(ch, offered, f->rate, any)) continue;
            ch->event[ch->n_events++] = (uint8_t)i;
            if (any) break;
        }
}

/* Whether this m-line can be served by lm; what of it is taken. */
static sdp_reason fits(const sdp_local *local, const sdp_local_media *lm, const sdp_session *offer, const sdp_media *m,
                       choice *ch) {
    memset(ch, 0, sizeof *ch);
    if (!sx_ieq(sdp_nonempty(lm->type, "audio"), m->type)) return SDP_REASON_TYPE;
    if (!lm->port) return SDP_REASON_DISABLED;
    if (!sdp_proto_fits(sdp_nonempty(lm->proto, "RTP/AVP"), m->proto)) return SDP_REASON_PROTO;
    if (!sdp_media_conn(offer, m)->addr.n) return SDP_REASON_NO_ADDRESS;
    choose_codecs(ch, m, lm, local->prefer_ours);
    if (!ch->n) return SDP_REASON_NO_CODEC;
    if (local->one_codec) ch->n = 1;
    if (!lm->no_telephone_event) choose_events(ch, m);
    return SDP_REASON_NONE;
}

static void accept_media(sx_arena *a, const sdp_local_media *lm, const sdp_session *offer, const sdp_media *offered,
                         const choice *ch, sdp_media *m) {
    sdp_build_media(a, lm, ch->n + ch->n_events, m);
    m->proto = sdp_dup(a, offered->proto); /* as offered, its feedback profile too */
    m->mid = sdp_dup(a, offered->mid);
    m->rtcp_mux = lm->rtcp_mux && offered->rtcp_mux;
    if (offered->ptime) m->ptime = offered->ptime > 120 ? 120 : offered->ptime;
    m->direction = (sdp_direction)(m->direction & sdp_reverse(sdp_media_direction(offer, offered)));
    for (size_t i = 0; i < ch->n; i++) {
        const sdp_format *f = &offered->formats[ch->format[i]];
        sdp_build_format(a, m, f->pt, f->name, f->rate, f->channels, lm->codecs[ch->codec[i]].fmtp);
    }
    for (size_t i = 0; i < ch->n_events; i++) {
        const sdp_format *f = &offered->formats[ch->event[i]];
        sdp_build_format(a, m, f->pt, f->name, f->rate, f->channels, SX_LIT("0-16"));
    }
}

typedef struct answering {
    bool taken[SDP_MAX_MEDIA];
    int local[SDP_MAX_MEDIA];
    sdp_reason reason[SDP_MAX_MEDIA];
} answering;

/* One m-line: the first of ours that is free and fits, else a refusal that says the most. */
static void answer_line(sx_arena *a, const sdp_local *local, const sdp_session *offer, size_t i, answering *st,
                        sdp_media *m) {
    const sdp_media *offered = &offer->media[i];
    choice ch;
    st->local[i] = -1;
    st->reason[i] = offered->port ? SDP_REASON_TYPE : SDP_REASON_REFUSED;
    for (size_t k = 0; offered->port && k < local->n_media; k++) {
        if (st->taken[k]) continue;
        sdp_reason why = fits(local, &local->media[k], offer, offered, &ch);
        if (why == SDP_REASON_NONE) {
            st->taken[k] = true;
            st->local[i] = (int)k;
            st->reason[i] = SDP_REASON_NONE;
            accept_media(a, &local->media[k], offer, offered, &ch, m);
            return;
        }
        if (why != SDP_REASON_TYPE) st->reason[i] = why;
    }
    sdp_build_disabled(a, offered, m);
}

int sdp_answer(sx_arena *a, const sdp_local *local, const sdp_session *offer, const sdp_session *previous,
               sdp_session *answer, sdp_result *result) {
    answering st;
    memset(&st, 0, sizeof st);
    memset(answer, 0, sizeof *answer);
    memset(result, 0, sizeof *result);
    int err = sdp_local_check(local);
    if (err < 0) return err;
    if (offer->n_media > SDP_MAX_MEDIA) return SX_E_LIMIT;
    sdp_build_session(a, local, offer->n_media, answer);
    for (size_t i = 0; i < answer->n_media; i++) answer_line(a, local, offer, i, &st, &answer->media[i]);
    answer->time = sdp_dup(a, offer->time); /* RFC 3264, section 6: equal to that of the offer */
    err = sdp_build_version(a, local, previous, answer);
    if (err >= 0) err = sdp_derive(a, answer, offer, true, st.reason, result);
    if (err < 0 && err != SX_E_MEDIA) {
        memset(answer, 0, sizeof *answer);
        return err;
    }
    for (size_t i = 0; i < result->n_streams; i++) result->streams[i].local = st.local[i];
    return err;
}
