#include "base/error.h"
#include "sdp/build.h"

enum { UNASSIGNED = -1, EVENT_WISH = 101 /* what most of the field uses for 8000 Hz */ };

/* One format to be numbered. */
typedef struct wanted {
    sx_slice name, fmtp;
    uint32_t rate;
    unsigned channels;
    int wish; /* -1: none */
    int pt;
} wanted;

typedef struct numbering {
    wanted w[SDP_MAX_CODECS + SDP_MAX_EVENTS];
    size_t n;
    bool used[128];
} numbering;

static void want(numbering *nb, sx_slice name, uint32_t rate, unsigned channels, sx_slice fmtp, int wish) {
    wanted *w = &nb->w[nb->n++];
    w->name = name;
    w->fmtp = fmtp;
    w->rate = rate;
    w->channels = channels;
    w->wish = wish;
    w->pt = UNASSIGNED;
}

/* The codecs, then telephone-event once for each of their clock rates. */
static void list_formats(const sdp_local_media *lm, numbering *nb) {
    memset(nb, 0, sizeof *nb);
    for (size_t i = 0; i < lm->n_codecs; i++)
        want(nb, lm->codecs[i].name, lm->codecs[i].rate, lm->codecs[i].channels, lm->codecs[i].fmtp, lm->codecs[i].pt);
    if (lm->no_telephone_event) return;
    for (size_t i = 0; i < lm->n_codecs && nb->n < lm->n_codecs + SDP_MAX_EVENTS; i++) {
        bool again = false;
        for (size_t j = 0; j < i; j++) again = again || lm->codecs[j].rate == lm->codecs[i].rate;
        if (again) continue;
        want(nb, SX_LIT("telephone-event"), lm->codecs[i].rate, 1, SX_LIT("0-16"),
             lm->codecs[i].rate == 8000 ? EVENT_WISH : -1);
    }
}

/* A payload type keeps its meaning for the whole session (RFC 3264, section 8.3.2). */
static void keep_numbers(numbering *nb, const sdp_media *before) {
    for (size_t i = 0; before && i < before->n_formats; i++) {
        const sdp_format *f = &before->formats[i];
        if (f->pt < 0 || nb->used[f->pt]) continue;
        nb->used[f->pt] = true;
        for (size_t j = 0; j < nb->n; j++) {
            wanted *w = &nb->w[j];
            if (w->pt != UNASSIGNED || !sdp_format_is(f, w->name, w->rate, w->channels)) continue;
            w->pt = f->pt;
            break;
        }
    }
}

static int free_number(const numbering *nb) {
    for (int pt = 96; pt < 128; pt++)
        if (!nb->used[pt] && pt != EVENT_WISH) return pt;
    /* 35..63 are unassigned (RFC 3551, section 6); 64..95 would look like RTCP (RFC 5761) */
    for (int pt = 35; pt < 64; pt++)
        if (!nb->used[pt]) return pt;
    return nb->used[EVENT_WISH] ? UNASSIGNED : EVENT_WISH;
}

static bool assign_numbers(numbering *nb, const sdp_media *before) {
    keep_numbers(nb, before);
    for (size_t i = 0; i < nb->n; i++) {
        wanted *w = &nb->w[i];
        if (w->pt != UNASSIGNED || w->wish < 0 || nb->used[w->wish]) continue;
        w->pt = w->wish;
        nb->used[w->pt] = true;
    }
    for (size_t i = 0; i < nb->n; i++) {
        wanted *w = &nb->w[i];
        if (w->pt != UNASSIGNED) continue;
        w->pt = free_number(nb);
        if (w->pt == UNASSIGNED) return false;
        nb->used[w->pt] = true;
    }
    return true;
}

static int offer_media(sx_arena *a, const sdp_local_media *lm, const sdp_media *before, sdp_media *m) {
    numbering nb;
    list_formats(lm, &nb);
    if (!assign_numbers(&nb, before)) return SX_E_LIMIT;
    sdp_build_media(a, lm, nb.n, m);
    if (before) m->mid = sdp_dup(a, before->mid);
    for (size_t i = 0; i < nb.n; i++)
        sdp_build_format(a, m, nb.w[i].pt, nb.w[i].name, nb.w[i].rate, nb.w[i].channels, nb.w[i].fmtp);
    return SX_OK;
}

/* Which of ours goes to which m-line: those in use stay where they are, then disabled lines are taken over, then new
 * ones are appended. at[line] is an index into local->media, or -1. */
static int place(const sdp_local *local, const sdp_session *previous, int at[SDP_MAX_MEDIA]) {
    size_t lines = previous ? previous->n_media : 0;
    bool placed[SDP_MAX_MEDIA] = {false};
    if (lines > SDP_MAX_MEDIA) return SX_E_LIMIT;
    for (size_t i = 0; i < SDP_MAX_MEDIA; i++) at[i] = -1;
    for (int disabled = 0; disabled < 2; disabled++)
        for (size_t i = 0; i < lines; i++)
            for (size_t k = 0; k < local->n_media && at[i] < 0; k++) {
                sx_slice type = sdp_nonempty(local->media[k].type, "audio");
                if (placed[k] || !sx_ieq(type, previous->media[i].type)) continue;
                if ((previous->media[i].port == 0) != (disabled == 1)) continue;
                at[i] = (int)k;
                placed[k] = true;
            }
    for (size_t k = 0; k < local->n_media; k++) {
        if (placed[k]) continue;
        if (lines >= SDP_MAX_MEDIA) return SX_E_LIMIT;
        at[lines++] = (int)k;
    }
    return (int)lines;
}

int sdp_offer(sx_arena *a, const sdp_local *local, const sdp_session *previous, sdp_session *out) {
    int at[SDP_MAX_MEDIA];
    memset(out, 0, sizeof *out);
    int err = sdp_local_check(local);
    if (err < 0) return err;
    int lines = place(local, previous, at);
    if (lines < 0) return lines;
    sdp_build_session(a, local, (size_t)lines, out);
    for (size_t i = 0; i < out->n_media && err >= 0; i++) {
        const sdp_media *before = previous && i < previous->n_media ? &previous->media[i] : NULL;
        if (at[i] < 0)
            sdp_build_disabled(a, before, &out->media[i]);
        else
            err = offer_media(a, &local->media[at[i]], before, &out->media[i]);
    }
    if (err >= 0) err = sdp_build_version(a, local, previous, out);
    if (err < 0) memset(out, 0, sizeof *out);
    return err;
}
