#include "sdp/build.h"
#include "base/error.h"

static bool local_media_ok(const sdp_local_media *m) {
    if (!m->codecs || m->n_codecs < 1 || m->n_codecs > SDP_MAX_CODECS || (m->n_attrs && !m->attrs)) return false;
    if (m->n_attrs > SDP_MAX_ATTRS || (m->addr.n && m->family != 4 && m->family != 6)) return false;
    for (size_t i = 0; i < m->n_codecs; i++) {
        const sdp_codec *c = &m->codecs[i];
        if (!c->name.n || !c->rate || c->rate > SDP_MAX_RATE || c->channels > SDP_MAX_CHANNELS) return false;
        if (c->pt < -1 || c->pt > 127) return false;
    }
    return true;
}

int sdp_local_check(const sdp_local *local) {
    if (!local->media || local->n_media < 1) return SX_E_INVALID;
    if (local->n_media > SDP_MAX_MEDIA) return SX_E_LIMIT;
    if (!local->addr.n || (local->family != 4 && local->family != 6)) return SX_E_INVALID;
    if (local->n_attrs > SDP_MAX_ATTRS || (local->n_attrs && !local->attrs)) return SX_E_INVALID;
    for (size_t i = 0; i < local->n_media; i++)
        if (!local_media_ok(&local->media[i])) return SX_E_INVALID;
    return SX_OK;
}

/* Attributes that are fields are ours to write; a second copy among the free ones would contradict them. */
static sdp_attr *free_attrs(sx_arena *a, const sdp_attr *attrs, size_t n, bool media_level, size_t *n_out) {
    sdp_attr *copy = sdp_dup_attrs(a, attrs, n);
    size_t kept = 0;
    for (size_t i = 0; copy && i < n; i++) {
        sdp_direction d;
        if (sdp_direction_read(copy[i].name, &d) || sdp_attr_is_field(copy[i].name, media_level)) continue;
        copy[kept++] = copy[i];
    }
    *n_out = kept;
    return copy;
}

static uint16_t clamp_ptime(uint16_t ms) { return ms > SDP_MAX_PTIME ? SDP_MAX_PTIME : ms; }

void sdp_build_media(sx_arena *a, const sdp_local_media *lm, size_t n_formats, sdp_media *m) {
    memset(m, 0, sizeof *m);
    m->type = sdp_dup(a, sdp_nonempty(lm->type, "audio"));
    m->proto = sdp_dup(a, sdp_nonempty(lm->proto, "RTP/AVP"));
    m->port = lm->port;
    m->count = 1;
    m->formats = sx_arena_alloc(a, n_formats * sizeof *m->formats);
    if (lm->addr.n) {
        m->conn.addr = sdp_dup(a, lm->addr);
        m->conn.family = lm->family;
    }
    m->direction = (sdp_direction)(lm->direction & SDP_SENDRECV);
    m->has_direction = true;
    m->ptime = clamp_ptime(lm->ptime);
    m->maxptime = clamp_ptime(lm->maxptime);
    m->rtcp_mux = lm->rtcp_mux;
    if (lm->rtcp_port && lm->rtcp_port != lm->port + 1) m->rtcp_port = lm->rtcp_port;
    m->attrs = free_attrs(a, lm->attrs, lm->n_attrs, true, &m->n_attrs);
}

static sx_slice number_text(sx_arena *a, uint64_t v) {
    char d[20];
    size_t i = sizeof d;
    do {
        d[--i] = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    return sx_arena_dup(a, sx_slice_of(d + i, sizeof d - i));
}

sdp_format *sdp_build_format(sx_arena *a, sdp_media *m, int pt, sx_slice name, uint32_t rate, unsigned channels,
                             sx_slice fmtp) {
    if (!m->formats) return NULL;
    sdp_format *f = &m->formats[m->n_formats++];
    f->fmt = number_text(a, (uint64_t)pt);
    f->pt = pt;
    f->has_rtpmap = true;
    f->name = sdp_dup(a, name);
    f->rate = rate;
    f->channels = (uint8_t)(channels ? channels : 1);
    f->fmtp = sdp_dup(a, sx_trim(fmtp));
    return f;
}

void sdp_build_disabled(sx_arena *a, const sdp_media *like, sdp_media *m) {
    memset(m, 0, sizeof *m);
    m->type = sdp_dup(a, like->type);
    m->proto = sdp_dup(a, like->proto);
    m->count = 1;
    m->direction = SDP_SENDRECV;
    m->mid = sdp_dup(a, like->mid);
    size_t n = like->n_formats ? like->n_formats : 1;
    m->formats = sx_arena_alloc(a, n * sizeof *m->formats);
    if (!m->formats) return;
    for (; m->n_formats < like->n_formats; m->n_formats++) {
        sdp_format *f = &m->formats[m->n_formats];
        f->fmt = sdp_dup(a, like->formats[m->n_formats].fmt);
        f->pt = like->formats[m->n_formats].pt;
        f->channels = 1;
        sdp_static_format(f);
    }
    if (m->n_formats) return;
    m->formats[0].fmt = sdp_dup(a, SX_LIT("0")); /* the grammar wants one */
    m->formats[0].pt = sdp_proto_is_rtp(like->proto) ? 0 : -1;
    m->formats[0].channels = 1;
    sdp_static_format(&m->formats[0]);
    m->n_formats = 1;
}

void sdp_build_session(sx_arena *a, const sdp_local *local, size_t n_media, sdp_session *out) {
    memset(out, 0, sizeof *out);
    out->origin.user = sdp_dup(a, sdp_nonempty(sx_trim(local->user), "-"));
    out->origin.id = number_text(a, local->id);
    out->origin.version = number_text(a, local->version);
    out->origin.conn.addr = sdp_dup(a, local->addr);
    out->origin.conn.family = local->family;
    out->name = sdp_dup(a, sdp_nonempty(sx_trim(local->name), "-"));
    out->time = SX_LIT("0 0");
    out->conn = out->origin.conn;
    out->direction = SDP_SENDRECV;
    out->attrs = free_attrs(a, local->attrs, local->n_attrs, false, &out->n_attrs);
    out->media = n_media ? sx_arena_alloc(a, n_media * sizeof *out->media) : NULL;
    out->n_media = out->media ? n_media : 0;
}

int sdp_build_version(sx_arena *a, const sdp_local *local, const sdp_session *previous, sdp_session *out) {
    if (a->failed) return SX_E_NOMEM;
    sx_buf now, before;
    sx_buf_init(&now);
    sx_buf_init(&before);
    if (previous) {
        out->origin.user = sdp_dup(a, previous->origin.user);
        out->origin.id = sdp_dup(a, previous->origin.id);
        out->origin.version = sdp_dup(a, previous->origin.version);
    }
    int err = sdp_write(&now, out);
    if (err == SX_OK && previous) {
        uint64_t version;
        err = sdp_write(&before, previous);
        bool changed = err != SX_OK || !sx_eq(sx_buf_view(&now), sx_buf_view(&before));
        if (err == SX_E_INVALID) err = SX_OK; /* a description that was not ours: count on, all the same */
        if (changed) {
            if (!sx_to_u64(previous->origin.version, UINT64_MAX - 1, &version)) version = local->version;
            out->origin.version = number_text(a, version + 1);
        }
    }
    sx_buf_free(&now);
    sx_buf_free(&before);
    return a->failed ? SX_E_NOMEM : err;
}
