/* What two descriptions agree on: the part that offerer and answerer share. */
#include "base/error.h"
#include "sdp/internal.h"

const char *sdp_reason_text(sdp_reason r) {
    switch (r) {
    case SDP_REASON_NONE: return "in use";
    case SDP_REASON_NO_MEDIA: return "no usable media was named";
    case SDP_REASON_TYPE: return "a type of media that is not supported here";
    case SDP_REASON_PROTO: return "a media transport that is not supported here";
    case SDP_REASON_NO_CODEC: return "no codec in common";
    case SDP_REASON_REFUSED: return "refused by the other side";
    case SDP_REASON_DISABLED: return "not in use on this side";
    case SDP_REASON_NO_ADDRESS: return "no usable media address";
    case SDP_REASON_MISSING: return "left out of the answer";
    case SDP_REASON_TYPE_CHANGED: return "answered with another type of media";
    }
    return "unknown";
}

/* The more a reason says about what to change, the higher. */
static int telling(sdp_reason r) {
    static const uint8_t rank[] = {
        [SDP_REASON_NO_CODEC] = 9, [SDP_REASON_NO_ADDRESS] = 8, [SDP_REASON_PROTO] = 7,   [SDP_REASON_TYPE_CHANGED] = 6,
        [SDP_REASON_REFUSED] = 5,  [SDP_REASON_DISABLED] = 4,   [SDP_REASON_MISSING] = 3, [SDP_REASON_NO_MEDIA] = 1};
    return (unsigned)r < sizeof rank ? rank[r] : 0;
}

void sdp_result_reason(sdp_result *r) {
    r->n_active = 0;
    r->reason = SDP_REASON_NO_MEDIA;
    for (size_t i = 0; i < r->n_streams; i++) {
        if (r->streams[i].active)
            r->n_active++;
        else if (telling(r->streams[i].reason) > telling(r->reason))
            r->reason = r->streams[i].reason;
    }
    if (r->n_active) r->reason = SDP_REASON_NONE;
}

const sdp_stream *sdp_result_find(const sdp_result *r, const char *type) {
    for (size_t i = 0; i < r->n_streams; i++)
        if (r->streams[i].active && sx_ieq(r->streams[i].type, sx_slice_str(type))) return &r->streams[i];
    return NULL;
}

const sdp_event_map *sdp_stream_event(const sdp_stream *s, uint32_t rate) {
    for (size_t i = 0; i < s->n_events; i++)
        if (s->events[i].rate == rate) return &s->events[i];
    return s->n_events ? &s->events[0] : NULL;
}

/* Our format for one of theirs. By name; the same number wins among several; a number without a name on their side
 * means what we gave it (they may leave out the rtpmap of a number that we named). */
static const sdp_format *our_format(const sdp_media *ours, const sdp_format *f) {
    const sdp_format *found = NULL;
    for (size_t i = 0; i < ours->n_formats; i++) {
        const sdp_format *o = &ours->formats[i];
        if (o->pt < 0 || !o->rate) continue;
        bool same = f->name.n ? sdp_format_is(f, o->name, o->rate, o->channels) : f->pt == o->pt && !f->has_rtpmap;
        if (same && (!found || f->pt == o->pt)) found = o;
    }
    return found;
}

/* Their number where it differs from ours and we gave it no other meaning. */
static int other_number(const sdp_media *ours, int theirs, int own) {
    if (theirs == own) return -1;
    for (size_t i = 0; i < ours->n_formats; i++)
        if (ours->formats[i].pt == theirs) return -1;
    return theirs;
}

static void add_event(sdp_stream *s, const sdp_media *ours, const sdp_format *own, const sdp_format *theirs) {
    for (size_t i = 0; i < s->n_events; i++)
        if (s->events[i].rate == own->rate) return;
    if (s->n_events >= SDP_MAX_EVENTS) return;
    sdp_event_map *e = &s->events[s->n_events++];
    e->rate = own->rate;
    e->tx_pt = (uint8_t)theirs->pt;
    e->rx_pt = (uint8_t)own->pt;
    e->rx_pt_other = other_number(ours, theirs->pt, own->pt);
}

static void add_codec(sx_arena *a, sdp_stream *s, const sdp_media *ours, const sdp_format *own,
                      const sdp_format *theirs) {
    for (size_t i = 0; i < s->n_codecs; i++)
        if (s->codecs[i].rx_pt == own->pt) return;
    sdp_codec_map *c = &s->codecs[s->n_codecs++];
    c->name = sdp_dup(a, own->name);
    c->rate = own->rate;
    c->channels = own->channels;
    c->tx_pt = (uint8_t)theirs->pt;
    c->rx_pt = (uint8_t)own->pt;
    c->rx_pt_other = other_number(ours, theirs->pt, own->pt);
    c->tx_fmtp = sdp_dup(a, theirs->fmtp);
    c->rx_fmtp = sdp_dup(a, own->fmtp);
}

/* Walks the answer's formats, so that its order ranks the codecs (RFC 3264, section 7). */
static void map_formats(sx_arena *a, sdp_stream *s, const sdp_media *ours, const sdp_media *theirs,
                        bool local_is_answer) {
    const sdp_media *ranked = local_is_answer ? ours : theirs;
    s->codecs = ranked->n_formats ? sx_arena_alloc(a, ranked->n_formats * sizeof *s->codecs) : NULL;
    for (size_t i = 0; s->codecs && i < ranked->n_formats; i++) {
        const sdp_format *f = &ranked->formats[i];
        const sdp_format *match = f->pt >= 0 ? our_format(local_is_answer ? theirs : ours, f) : NULL;
        if (!match) continue;
        const sdp_format *own = local_is_answer ? f : match, *other = local_is_answer ? match : f;
        if (sdp_format_is_event(own))
            add_event(s, ours, own, other);
        else
            add_codec(a, s, ours, own, other);
    }
}

/* The peer's wish, else ours, in whole 10 ms and within what it can take. */
static uint16_t packet_time(const sdp_session *remote, const sdp_media *theirs, const sdp_media *ours,
                            uint16_t maxptime) {
    uint64_t ms = theirs->ptime;
    const sdp_attr *session_wide = sdp_attr_find(remote->attrs, remote->n_attrs, "ptime");
    if (!ms && session_wide && !sx_to_u64(session_wide->value, SDP_MAX_PTIME, &ms)) ms = 0;
    if (!ms) ms = ours->ptime ? ours->ptime : 20;
    if (maxptime && ms > maxptime) ms = maxptime;
    if (ms > 120) ms = 120;
    return (uint16_t)(ms < 10 ? 10 : ms - ms % 10);
}

static void fill_remote(sx_arena *a, sdp_stream *s, const sdp_session *remote, const sdp_media *ours,
                        const sdp_media *theirs) {
    const sdp_conn *conn = sdp_media_conn(remote, theirs);
    s->remote = sdp_dup_conn(a, conn);
    s->remote_port = theirs->port;
    s->rtcp_mux = ours->rtcp_mux && theirs->rtcp_mux;
    s->remote_rtcp = s->remote;
    s->remote_rtcp_port = s->remote_port;
    if (!s->rtcp_mux) {
        s->remote_rtcp_port = (uint16_t)(theirs->rtcp_port ? theirs->rtcp_port : theirs->port + 1);
        if (theirs->rtcp_port && theirs->rtcp_conn.addr.n) s->remote_rtcp = sdp_dup_conn(a, &theirs->rtcp_conn);
    }
    s->remote_direction = sdp_media_direction(remote, theirs);
    s->remote_hold = !(s->remote_direction & SDP_RECVONLY);
    s->direction = (sdp_direction)(ours->direction & sdp_reverse(s->remote_direction));
    s->maxptime = theirs->maxptime;
    s->ptime = packet_time(remote, theirs, ours, s->maxptime);
    s->attrs = sdp_dup_attrs(a, theirs->attrs, theirs->n_attrs);
    s->n_attrs = s->attrs ? theirs->n_attrs : 0;
}

static void derive_line(sx_arena *a, sdp_stream *s, const sdp_session *remote, const sdp_media *ours,
                        const sdp_media *theirs, bool local_is_answer) {
    if (!sx_ieq(ours->type, theirs->type))
        s->reason = SDP_REASON_TYPE_CHANGED;
    else if (!ours->port)
        s->reason = SDP_REASON_DISABLED;
    else if (!theirs->port)
        s->reason = SDP_REASON_REFUSED;
    else if (!sdp_proto_fits(ours->proto, theirs->proto))
        s->reason = SDP_REASON_PROTO;
    else if (!sdp_media_conn(remote, theirs)->addr.n)
        s->reason = SDP_REASON_NO_ADDRESS;
    if (s->reason) return;
    fill_remote(a, s, remote, ours, theirs);
    map_formats(a, s, ours, theirs, local_is_answer);
    if (s->n_codecs)
        s->active = true;
    else
        s->reason = SDP_REASON_NO_CODEC;
}

int sdp_derive(sx_arena *a, const sdp_session *local, const sdp_session *remote, bool local_is_answer,
               const sdp_reason *reasons, sdp_result *out) {
    memset(out, 0, sizeof *out);
    out->fewer_lines = remote->n_media < local->n_media;
    out->more_lines = remote->n_media > local->n_media;
    out->streams = local->n_media ? sx_arena_alloc(a, local->n_media * sizeof *out->streams) : NULL;
    out->n_streams = out->streams ? local->n_media : 0;
    size_t j = 0;
    for (size_t i = 0; i < out->n_streams; i++) {
        const sdp_media *ours = &local->media[i];
        const sdp_media *theirs = j < remote->n_media ? &remote->media[j] : NULL;
        sdp_stream *s = &out->streams[i];
        s->index = i;
        s->local = -1;
        s->type = sdp_dup(a, ours->type);
        s->proto = sdp_dup(a, ours->proto);
        s->mid = sdp_dup(a, ours->mid);
        /* An answer that left lines out: they are found by type, in order. */
        if (!theirs || (out->fewer_lines && !sx_ieq(ours->type, theirs->type))) {
            s->reason = SDP_REASON_MISSING;
            continue;
        }
        j++;
        derive_line(a, s, remote, ours, theirs, local_is_answer);
        if (!s->active && reasons && reasons[i]) s->reason = reasons[i];
    }
    if (a->failed) {
        memset(out, 0, sizeof *out);
        return SX_E_NOMEM;
    }
    sdp_result_reason(out);
    return out->n_active ? SX_OK : SX_E_MEDIA;
}

int sdp_commit(sx_arena *a, const sdp_session *offer, const sdp_session *answer, sdp_result *result) {
    return sdp_derive(a, offer, answer, false, NULL, result);
}
