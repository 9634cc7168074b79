#include "ua/session_internal.h"

#include <stdlib.h>

#include "sip/lex.h"

/* ---- making one ---- */

int session_create(ua_agent *a, ua_codecs *codecs, void *user, uint64_t id, const net_addr *peer, int rate,
                   ua_session **out) {
    ua_session *s = calloc(1, sizeof *s);
    if (!s) return sx_fail(SX_E_NOMEM, "no memory for a session");
    s->agent = a;
    s->rate = rate > 0 ? rate : 16000;
    sx_rand_bytes(&s->sdp_id, sizeof s->sdp_id);
    s->sdp_id = (s->sdp_id & 0x3fffffffffffull) | 1;
    session_init_prepare(s);
    media_prepare_params p = {.id = id,
                              .user = user,
                              .local = a->media_bind,
                              .jitter_min_ms = (uint32_t)a->opt.jitter_min_ms,
                              .jitter_max_ms = (uint32_t)a->opt.jitter_max_ms,
                              .max_queued_ms = (uint32_t)a->opt.max_queued_ms};
    bool any = net_addr_is_any(&a->media_bind);
    if (any && peer && net_addr_is_set(peer)) p.local = net_addr_any(net_addr_is_v6(peer) ? NET_V6 : NET_V4, 0);
    if (!any && !net_addr_is_ours(&a->media_bind)) /* it has gone; where to instead is seen when the peer is known */
        p.local = net_addr_any(net_addr_is_v6(&a->media_bind) ? NET_V6 : NET_V4, 0);
    int rc =
        a->media ? media_prepare(a->media, &p, &s->media, &s->local) : sx_fail(SX_E_MEDIA, "there is no media engine");
    if (rc < 0) {
        free(s);
        return rc;
    }
    s->prepared = rc == 0;
    s->audio = media_session_audio(s->media);
    s->codecs = ua_codecs_ref(codecs);
    *out = s;
    return SX_OK;
}

/* ---- our side as sdp/ wants it ---- */

typedef struct wish {
    sdp_codec codecs[SDP_MAX_CODECS];
    sdp_local_media media;
    sdp_local local;
} wish;

static void fill_codecs(const ua_codecs *codecs, wish *w) {
    for (size_t i = 0; i < codecs->n; i++) {
        const codec_choice *c = &codecs->v[i];
        w->codecs[i] = (sdp_codec){sx_slice_str(c->info->name), c->info->clock_rate, c->info->channels,
                                   c->info->static_pt, sx_slice_str(c->fmtp)};
    }
    w->media = (sdp_local_media){.codecs = w->codecs, .n_codecs = codecs->n, .direction = SDP_SENDRECV};
    w->local = (sdp_local){.media = &w->media, .n_media = 1};
}

static void fill_wish(const ua_session *s, wish *w) {
    fill_codecs(s->codecs, w);
    bool mapped = net_addr_is_set(&s->mapped);
    w->media.port = net_addr_port(mapped ? &s->mapped : &s->local.rtp);
    w->media.rtcp_port = net_addr_port(mapped ? &s->mapped_rtcp : &s->local.rtcp);
    w->local.id = s->sdp_id;
    w->local.version = s->sdp_id;
    w->local.addr = s->advertise ? sx_slice_str(s->advertise) : sx_slice_str(s->addr);
    w->local.family = s->family;
}

/* ---- from an agreement to a configuration of the media ---- */

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

static bool fill_payloads(const ua_session *s, const sdp_stream *st, media_stream_config *c) {
    bool any = false;
    for (size_t i = 0; i < st->n_codecs; i++) {
        const sdp_codec_map *m = &st->codecs[i];
        const codec_info *info = codec_find(m->name, m->rate, m->channels);
        if (!info) continue;
        int complexity = s->agent->opt.opus_complexity;
        for (size_t k = 0; k < s->codecs->n; k++) {
            if (s->codecs->v[k].info == info && s->codecs->v[k].complexity >= 0)
                complexity = s->codecs->v[k].complexity;
        }
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
    return same_config(x, &z);
}

static int commit(ua_session *s, const sdp_result *result, const net_addr *signalling, session_change *change) {
    memset(change, 0, sizeof *change);
    const sdp_stream *st = sdp_result_find(result, "audio");
    if (!st) return sx_fail(SX_E_MEDIA, "no audio in common");
    media_stream_config *c = malloc(sizeof *c);
    if (!c) return sx_fail(SX_E_NOMEM, "no memory for the media");
    if (!fill_config(s, st, signalling, c)) {
        free(c);
        return sx_fail(SX_E_MEDIA, "no codec in common");
    }
    if (net_addr_is_set(&c->remote_rtp) && !net_addr_is_any(&c->remote_rtp)) {
        int rc = session_follow_family(s, &c->remote_rtp);
        if (rc != SX_OK) {
            free(c);
            return rc;
        }
    }
    if (s->config && same_config(s->config, c)) {
        free(c);
        change->held = st->remote_hold && !s->remote_hold;
        change->resumed = !st->remote_hold && s->remote_hold;
        s->remote_hold = st->remote_hold;
        media_offer(s->media, NULL);
        return SX_OK;
    }
    c->version = s->version + 1;
    int rc = media_configure(s->media, c);
    if (rc == SX_OK && !s->started) rc = media_start(s->media);
    if (rc != SX_OK) {
        free(c);
        return rc;
    }
    s->version++;
    s->started = true;
    change->first = !s->config;
    change->held = st->remote_hold && !s->remote_hold;
    change->resumed = !st->remote_hold && s->remote_hold;
    change->changed = s->config && !((change->held || change->resumed) && only_direction(s->config, c));
    s->remote_hold = st->remote_hold;
    free(s->config);
    s->config = c;
    return SX_OK;
}

/* ---- offers and answers ---- */

static int set_sent(ua_session *s, sx_slice text) {
    char *copy = sx_strdup(text);
    if (!copy) return sx_fail(SX_E_NOMEM, "no memory for SDP");
    if (s->offered && !s->committed) {
        s->committed = s->sent;
    } else {
        free(s->sent);
    }
    s->sent = copy;
    return SX_OK;
}

static const sdp_session *previous_of(ua_session *s, sx_arena *arena, sdp_session *room) {
    if (!s->sent || sdp_parse(arena, sx_slice_str(s->sent), room) != SX_OK) return NULL;
    return room;
}

/* What our offer promises to receive is received from now on. */
static void announce(ua_session *s, const sdp_session *offer) {
    media_receivable r;
    memset(&r, 0, sizeof r);
    const sdp_media *m = offer->n_media ? &offer->media[0] : NULL;
    for (size_t i = 0; m && i < m->n_formats; i++) {
        const sdp_format *f = &m->formats[i];
        if (sx_ieq(f->name, SX_LIT("telephone-event"))) {
            put_event(&r, f->pt, f->rate);
            continue;
        }
        const codec_info *info = codec_find(f->name, f->rate, f->channels);
        codec_config cc;
        if (!info) continue;
        codec_config_init(&cc, info, f->fmtp, sx_slice_empty(), (uint32_t)s->rate, s->agent->opt.opus_complexity);
        put_payload(&r, f->pt, &cc);
    }
    r.cn_pt = uses_pt(&r, 13) ? -1 : 13;
    media_offer(s->media, &r);
}

int session_offer(ua_session *s, sx_slice *text) {
    sx_arena arena;
    sdp_session room, offer;
    wish w;
    sx_arena_init(&arena, 2048);
    fill_wish(s, &w);
    int rc = sdp_offer(&arena, &w.local, previous_of(s, &arena, &room), &offer);
    sx_slice out;
    if (rc == SX_OK) rc = sdp_text(&arena, &offer, &out);
    s->offered = rc == SX_OK ? true : s->offered;
    if (rc == SX_OK && (rc = set_sent(s, out)) != SX_OK) s->offered = s->committed != NULL;
    if (rc == SX_OK) {
        announce(s, &offer);
        *text = sx_slice_str(s->sent);
    }
    sx_arena_free(&arena);
    return rc;
}

int session_answered(ua_session *s, sx_slice answer, const net_addr *signalling, session_change *change) {
    sx_arena arena;
    sdp_session ours, theirs;
    sdp_result result;
    sx_arena_init(&arena, 4096);
    memset(change, 0, sizeof *change);
    int rc = s->sent ? sdp_parse(&arena, sx_slice_str(s->sent), &ours) : SX_E_STATE;
    if (rc == SX_OK) rc = sdp_parse(&arena, answer, &theirs);
    if (rc == SX_OK) rc = sdp_commit(&arena, &ours, &theirs, &result);
    if (rc == SX_OK) rc = commit(s, &result, signalling, change);
    sx_arena_free(&arena);
    return rc;
}

void session_settle(ua_session *s) {
    s->offered = false;
    free(s->committed);
    s->committed = NULL;
}

void session_unanswered(ua_session *s) {
    media_offer(s->media, NULL);
    session_settle(s);
}

void session_drop_offer(ua_session *s) {
    if (!s->offered) return;
    media_offer(s->media, NULL);
    s->offered = false;
    if (!s->committed) return;
    free(s->sent);
    s->sent = s->committed;
    s->committed = NULL;
}

/* An offer of the other family is answered in it, if we have it (RFC 6157). */
static int fit_family(ua_session *s, const sdp_session *theirs) {
    net_addr at;
    const sdp_conn *conn = theirs->n_media ? sdp_media_conn(theirs, &theirs->media[0]) : NULL;
    if (!conn || sdp_conn_is_hold(conn) || !net_addr_parse_host(&at, conn->addr, 0)) return SX_OK;
    return session_follow_family(s, &at);
}

int session_offered(ua_session *s, sx_slice offer, const net_addr *signalling, sx_slice *text, session_change *change) {
    sx_arena arena;
    sdp_session room, theirs, ours;
    sdp_result result;
    wish w;
    sx_slice out;
    sx_arena_init(&arena, 4096);
    memset(change, 0, sizeof *change);
    int rc = sdp_parse(&arena, offer, &theirs);
    if (rc == SX_OK) rc = fit_family(s, &theirs);
    fill_wish(s, &w);
    if (rc == SX_OK) rc = sdp_answer(&arena, &w.local, &theirs, previous_of(s, &arena, &room), &ours, &result);
    if (rc == SX_OK) rc = sdp_text(&arena, &ours, &out);
    char *copy = rc == SX_OK ? sx_strdup(out) : NULL;
    if (rc == SX_OK && !copy) rc = sx_fail(SX_E_NOMEM, "no memory for SDP");
    if (rc == SX_OK) rc = commit(s, &result, signalling, change);
    if (rc == SX_OK) {
        free(s->sent);
        s->sent = copy;
        *text = sx_slice_str(s->sent);
    } else {
        free(copy);
    }
    sx_arena_free(&arena);
    return rc;
}

int session_check(ua_agent *a, const ua_codecs *codecs, sx_slice offer) {
    sx_arena arena;
    sdp_session theirs, ours;
    sdp_result result;
    wish w;
    (void)a;
    sx_arena_init(&arena, 4096);
    fill_codecs(codecs, &w);
    w.media.port = 9;
    w.local.addr = SX_LIT("127.0.0.1");
    w.local.family = 4;
    w.local.id = 1;
    int rc = sdp_parse(&arena, offer, &theirs);
    if (rc == SX_OK) rc = sdp_answer(&arena, &w.local, &theirs, NULL, &ours, &result);
    if (rc == SX_OK && !sdp_result_find(&result, "audio")) rc = SX_E_MEDIA;
    sx_arena_free(&arena);
    return rc;
}

/* ---- looking and leaving ---- */

void session_set_rate(ua_session *s, int rate) {
    if (rate > 0) s->rate = rate;
}
media_session *session_media(ua_session *s) { return s->media; }
media_audio *session_audio(ua_session *s) { return s->audio; }
bool session_is_up(const ua_session *s) { return s->config != NULL; }
bool session_has_offer(const ua_session *s) { return s->offered; }
bool session_takes_dtmf(const ua_session *s) { return s->config && s->config->send_event_pt >= 0; }
int session_rate(const ua_session *s) { return s->rate; }
sx_slice session_sent(const ua_session *s) { return sx_slice_str(s->sent); }

void session_look(const ua_session *s, session_view *out) {
    memset(out, 0, sizeof *out);
    out->local = s->own;
    net_addr_set_port(&out->local, net_addr_port(&s->local.rtp));
    if (!s->config || !s->config->sending.codec.info) return;
    out->codec = sx_slice_str(s->config->sending.codec.info->name);
    out->rate = (int)s->config->sending.codec.info->clock_rate;
    out->ptime_ms = s->config->ptime_ms ? (int)s->config->ptime_ms : 20;
    out->remote = s->config->remote_rtp;
}

void session_stop(ua_session *s) {
    if (s->stopped) return; /* from the graveyard neither the agent nor its media is there any more */
    session_cancel_prepare(s);
    media_stop(s->media);
    s->stopped = true;
}

void session_free(ua_session *s) {
    if (!s) return;
    session_stop(s);
    media_audio_unref(s->audio);
    ua_codecs_unref(s->codecs);
    free(s->advertise);
    free(s->sent);
    free(s->committed);
    free(s->config);
    free(s);
}
