/* From descriptions to the media's configuration: what an agreement makes of it, and what an offer promises. */
#include <stdlib.h>

#include "ua/session_internal.h"

static void put_payload(media_receivable *r, int pt, const codec_config *c) {
    if (pt < 0 || r->n == MEDIA_MAX_PAYLOADS) return;
    for (size_t i = 0; i < r->n; i++) {
        if (r->payload[i].pt == pt) return;
    }
    r->payload[r->n].pt = (uint8_t)pt;
    r->payload[r->n].codec = *c;
    r->n++;
}

static void put_event(media_receivable *r, int pt, uint32_t rate) {
    if (pt < 0 || r->n_events == MEDIA_MAX_EVENTS) return;
    r->event[r->n_events].pt = (uint8_t)pt;
    r->event[r->n_events].rate = rate;
    r->n_events++;
}

static bool uses_pt(const media_receivable *r, int pt) {
    for (size_t i = 0; i < r->n; i++) {
        if (r->payload[i].pt == pt) return true;
    }
    return false;
}

static int complexity_of(const ua_session *s, const codec_info *info) {
    const ua_codecs *list = s->codecs_wanted ? s->codecs_wanted : s->codecs;
    for (size_t k = 0; k < list->n; k++) {
        if (list->v[k].info == info && list->v[k].complexity >= 0) return list->v[k].complexity;
    }
    return s->agent->opt.opus_complexity;
}

static bool fill_payloads(const ua_session *s, const sdp_stream *st, media_stream_config *c) {
    bool any = false;
    for (size_t i = 0; i < st->n_codecs; i++) {
        const sdp_codec_map *m = &st->codecs[i];
        const codec_info *info = codec_find(m->name, m->rate, m->channels);
        if (!info) continue;
        int complexity = complexity_of(s, info);
        codec_config cc;
        codec_config_init(&cc, info, m->rx_fmtp, m->tx_fmtp, (uint32_t)s->rate, complexity);
        put_payload(&c->accept, m->rx_pt, &cc);
        put_payload(&c->accept, m->rx_pt_other, &cc);
        if (any) continue;
        any = true;
        c->sending.pt = m->tx_pt;
        c->sending.codec = cc;
    }
    return any;
}

/* A link-local address means nothing without its link, and SDP has no scopes: it is the one that we talk over. */
static void read_remote(const ua_session *s, const sdp_conn *conn, uint16_t port, const net_addr *signalling,
                        net_addr *out) {
    if (!net_addr_parse_host(out, conn->addr, port) || !net_addr_is_v6(out)) return;
    out->u.v6.sin6_scope_id = 0;
    if (!IN6_IS_ADDR_LINKLOCAL(&out->u.v6.sin6_addr)) return;
    const net_addr *from = signalling && net_addr_is_v6(signalling) ? signalling : &s->own;
    if (net_addr_is_v6(from)) out->u.v6.sin6_scope_id = from->u.v6.sin6_scope_id;
}

static bool fill_config(ua_session *s, const sdp_stream *st, const net_addr *signalling, media_stream_config *c) {
    memset(c, 0, sizeof *c);
    if (signalling) c->signalling = *signalling;
    read_remote(s, &st->remote, st->remote_port, signalling, &c->remote_rtp);
    read_remote(s, &st->remote_rtcp, st->remote_rtcp_port, signalling, &c->remote_rtcp);
    /* c=0.0.0.0 is hold: where the peer was stays known, for when it comes back (RFC 2543 and field reports) */
    if (net_addr_is_set(&c->remote_rtp) && net_addr_is_any(&c->remote_rtp)) {
        c->remote_rtp = s->config ? s->config->remote_rtp : net_addr_none();
        c->remote_rtcp = s->config ? s->config->remote_rtcp : net_addr_none();
    }
    c->send = (st->direction & SDP_SENDONLY) != 0;
    c->receive = (st->direction & SDP_RECVONLY) != 0;
    if (!fill_payloads(s, st, c)) return false;
    for (size_t i = 0; i < st->n_events; i++) {
        put_event(&c->accept, st->events[i].rx_pt, st->events[i].rate);
        put_event(&c->accept, st->events[i].rx_pt_other, st->events[i].rate);
    }
    const sdp_event_map *ev = sdp_stream_event(st, c->sending.codec.info->clock_rate);
    c->send_event_pt = ev ? ev->tx_pt : -1;
    c->send_event_rate = ev ? ev->rate : 0;
    c->accept.cn_pt = uses_pt(&c->accept, 13) ? -1 : 13;
    c->ptime_ms = st->ptime > 60 ? 60 : st->ptime;
    return true;
}

static bool same_config(const media_stream_config *x, const media_stream_config *y) {
    if (!net_addr_eq(&x->remote_rtp, &y->remote_rtp) || x->send != y->send || x->receive != y->receive) return false;
    if (x->held != y->held) return false;
    if (x->sending.pt != y->sending.pt || x->sending.codec.info != y->sending.codec.info) return false;
    if (x->accept.n != y->accept.n || x->send_event_pt != y->send_event_pt || x->ptime_ms != y->ptime_ms) return false;
    for (size_t i = 0; i < x->accept.n; i++) {
        if (x->accept.payload[i].pt != y->accept.payload[i].pt) return false;
    }
    return true;
}

static bool only_direction(const media_stream_config *x, const media_stream_config *y) {
    media_stream_config z = *y;
    z.send = x->send;
    z.receive = x->receive;
    z.held = x->held;
    return same_config(x, &z);
}

/* Does the peer keep us on hold now? An answer to an offer that does not want to receive says so only by taking it
 * back: many answer "inactive" to "sendonly" and mean nothing by it. */
static bool is_held(const ua_session *s, const sdp_stream *st, bool answer) {
    if (answer && s->hold_wanted && st->remote_hold) return s->remote_hold;
    return st->remote_hold;
}

static void note_change(ua_session *s, const media_stream_config *c, bool held, session_change *change) {
    bool ours = s->offered && s->hold_wanted != s->hold;
    change->held = held && !s->remote_hold;
    change->resumed = !held && s->remote_hold;
    s->remote_hold = held;
    if (!s->config || same_config(s->config, c)) return;
    bool hold = change->held || change->resumed || ours;
    change->changed = !(hold && only_direction(s->config, c));
}

static int apply(ua_session *s, media_stream_config *c) {
    c->version = s->version + 1;
    int rc = media_configure(s->media, c);
    if (rc == SX_OK && !s->started) rc = media_start(s->media);
    if (rc != SX_OK) return rc;
    s->version++;
    s->started = true;
    return SX_OK;
}

/* Takes c over. */
static int put_in_force(ua_session *s, media_stream_config *c, bool held, session_change *change) {
    bool same = s->config && same_config(s->config, c);
    if (same) media_offer(s->media, NULL);
    int rc = same ? SX_OK : apply(s, c);
    if (rc != SX_OK) {
        free(c);
        return rc;
    }
    change->first = !s->config;
    note_change(s, c, held, change);
    if (same) {
        free(c);
        return SX_OK;
    }
    free(s->config);
    s->config = c;
    return SX_OK;
}

int session_commit(ua_session *s, const sdp_result *result, const net_addr *signalling, bool answer,
                   session_change *change) {
    memset(change, 0, sizeof *change);
    const sdp_stream *st = sdp_result_find(result, "audio");
    s->why = st ? SDP_REASON_NO_CODEC : result->reason;
    if (!st) return sx_fail(SX_E_MEDIA, "no audio in common");
    media_stream_config *c = malloc(sizeof *c);
    if (!c) return sx_fail(SX_E_NOMEM, "no memory for the media");
    int rc = fill_config(s, st, signalling, c) ? SX_OK : sx_fail(SX_E_MEDIA, "no codec in common");
    if (rc == SX_OK && net_addr_is_set(&c->remote_rtp) && !net_addr_is_any(&c->remote_rtp)) {
        s->why = SDP_REASON_NO_ADDRESS;
        rc = session_follow_family(s, &c->remote_rtp);
    }
    if (rc != SX_OK) {
        free(c);
        return rc;
    }
    c->held = is_held(s, st, answer) || (s->offered ? s->hold_wanted : s->hold);
    rc = put_in_force(s, c, is_held(s, st, answer), change);
    if (rc == SX_OK) s->removed = false;
    return rc;
}

int session_remove(ua_session *s, session_change *change) {
    memset(change, 0, sizeof *change);
    media_stream_config *c = malloc(sizeof *c);
    if (!c) return sx_fail(SX_E_NOMEM, "no memory for the media");
    *c = *s->config;
    c->send = c->receive = false;
    c->held = true;
    int rc = put_in_force(s, c, true, change);
    if (rc == SX_OK) s->removed = true;
    return rc;
}

void session_follow_hold(ua_session *s) {
    if (!s->config) return;
    media_stream_config c = *s->config;
    c.send = !s->remote_hold;
    c.receive = !s->hold_wanted && !s->removed;
    c.held = s->remote_hold || s->hold_wanted;
    if (!same_config(s->config, &c) && apply(s, &c) == SX_OK) *s->config = c;
}

void session_pause(ua_session *s) {
    if (!s->config) return;
    media_stream_config c = *s->config;
    c.send = c.receive = false;
    c.held = true;
    if (!same_config(s->config, &c) && apply(s, &c) == SX_OK) *s->config = c;
}

/* What our offer promises to receive is received from now on. */
void session_announce(ua_session *s, const sdp_session *offer) {
    media_receivable r;
    memset(&r, 0, sizeof r);
    const sdp_media *m = session_audio_line(offer);
    for (size_t i = 0; m && i < m->n_formats; i++) {
        const sdp_format *f = &m->formats[i];
        if (sx_ieq(f->name, SX_LIT("telephone-event"))) {
            put_event(&r, f->pt, f->rate);
            continue;
        }
        const codec_info *info = codec_find(f->name, f->rate, f->channels);
        codec_config cc;
        if (!info) continue;
        codec_config_init(&cc, info, f->fmtp, sx_slice_empty(), (uint32_t)s->rate, complexity_of(s, info));
        put_payload(&r, f->pt, &cc);
    }
    r.cn_pt = uses_pt(&r, 13) ? -1 : 13;
    media_offer(s->media, &r);
}
