#include "ua/session_internal.h"

#include <stdlib.h>

#include "base/hash.h"

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
                              .max_queued_ms = (uint32_t)a->opt.max_queued_ms,
                              .stall_ms = (uint32_t)a->opt.stall_ms};
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

enum { MAX_ATTRIBUTES = 16 };

typedef struct wish {
    sdp_codec codecs[SDP_MAX_CODECS];
    sdp_attr attrs[MAX_ATTRIBUTES];
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

static void fill_attributes(const ua_session *s, wish *w) {
    size_t n = 0;
    for (sx_slice rest = sx_slice_str(s->attributes); rest.n && n < MAX_ATTRIBUTES;) {
        sx_slice value, name = sx_split(sx_split(rest, '\n', &rest), ':', &value);
        if (!name.n) continue;
        w->attrs[n].name = name;
        w->attrs[n++].value = value;
    }
    w->media.attrs = w->attrs;
    w->media.n_attrs = n;
}

/* An offer holds by the direction that would be left (RFC 3264 8.4); an answer is cut to what was offered. */
static sdp_direction direction_of(const ua_session *s, bool offer) {
    if (!(offer ? s->hold_wanted : s->hold)) return SDP_SENDRECV;
    return offer && s->remote_hold ? SDP_INACTIVE : SDP_SENDONLY;
}

static void fill_wish(const ua_session *s, bool offer, wish *w) {
    fill_codecs(offer && s->codecs_wanted ? s->codecs_wanted : s->codecs, w);
    w->media.direction = direction_of(s, offer);
    bool mapped = net_addr_is_set(&s->mapped);
    w->media.port = net_addr_port(mapped ? &s->mapped : &s->local.rtp);
    w->media.rtcp_port = net_addr_port(mapped ? &s->mapped_rtcp : &s->local.rtcp);
    w->local.id = s->sdp_id;
    w->local.version = s->sdp_id;
    w->local.addr = s->advertise ? sx_slice_str(s->advertise) : sx_slice_str(s->addr);
    w->local.family = s->family;
    w->local.prefer_ours = s->prefer_ours;
    fill_attributes(s, w);
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

/* Two descriptions that differ in o=, s= and t= at most have the same one. */
static uint64_t mark_of(sx_slice text) {
    uint64_t h = sx_hash_seed();
    while (text.n) {
        sx_slice rest, line = sx_trim(sx_split(text, '\n', &rest));
        bool idle = line.n < 2 || (line.p[1] == '=' && strchr("ost", line.p[0]));
        if (!idle) h = sx_hash_mix(sx_hash_mix(h, line.p, line.n), "", 1);
        if (!rest.p) break;
        text = rest;
    }
    return h;
}

static void forget_plan(ua_session *s) {
    ua_codecs_unref(s->codecs_wanted);
    s->codecs_wanted = NULL;
    s->hold_wanted = s->hold;
}

static int make_offer(ua_session *s, sx_slice *text) {
    sx_arena arena;
    sdp_session room, offer;
    wish w;
    sx_arena_init(&arena, 2048);
    fill_wish(s, true, &w);
    int rc = sdp_offer(&arena, &w.local, previous_of(s, &arena, &room), &offer);
    sx_slice out;
    if (rc == SX_OK) rc = sdp_text(&arena, &offer, &out);
    s->offered = rc == SX_OK ? true : s->offered;
    if (rc == SX_OK && (rc = set_sent(s, out)) != SX_OK) s->offered = s->committed != NULL;
    if (rc == SX_OK) {
        session_announce(s, &offer);
        *text = sx_slice_str(s->sent);
    }
    sx_arena_free(&arena);
    return rc;
}

int session_reoffer(ua_session *s, const session_plan *plan, sx_slice *text) {
    forget_plan(s);
    if (plan && plan->codecs) s->codecs_wanted = ua_codecs_ref(plan->codecs);
    if (plan && plan->hold >= 0) s->hold_wanted = plan->hold > 0;
    int rc = make_offer(s, text);
    if (rc != SX_OK) forget_plan(s);
    return rc;
}

int session_offer(ua_session *s, sx_slice *text) { return session_reoffer(s, NULL, text); }

/* Is there no audio because it was taken away before? Then this answer, or this repeated offer, keeps it so. */
static bool stays_removed(const ua_session *s, const sdp_session *ours, const sdp_session *theirs) {
    return s->config && (session_has_removed(ours) || (s->removed && session_has_removed(theirs)));
}

int session_answered(ua_session *s, sx_slice answer, const net_addr *signalling, session_change *change) {
    sx_arena arena;
    sdp_session ours, theirs;
    sdp_result result;
    sx_arena_init(&arena, 4096);
    memset(change, 0, sizeof *change);
    int rc = s->sent ? sdp_parse(&arena, sx_slice_str(s->sent), &ours) : SX_E_STATE;
    if (rc == SX_OK) rc = sdp_parse(&arena, answer, &theirs);
    if (rc == SX_OK) {
        rc = sdp_commit(&arena, &ours, &theirs, &result);
        if (rc == SX_OK)
            rc = session_commit(s, &result, signalling, true, change);
        else if (rc == SX_E_MEDIA && stays_removed(s, &ours, &theirs))
            rc = session_remove(s, change);
    }
    if (rc == SX_OK) s->theirs = mark_of(answer);
    sx_arena_free(&arena);
    return rc;
}

int session_answered_none(ua_session *s, sx_slice answer, session_change *change) {
    session_weight w;
    int rc = session_weigh(answer, &w);
    if (rc == SX_OK && (!w.removed || !s->config)) rc = sx_fail(SX_E_MEDIA, "no audio in common");
    if (rc == SX_OK) rc = session_remove(s, change);
    if (rc == SX_OK) s->theirs = w.mark;
    return rc;
}

int session_repeat(ua_session *s, sx_slice *text) {
    sx_arena arena;
    sdp_session room;
    if (!s->sent) return session_offer(s, text);
    forget_plan(s);
    sx_arena_init(&arena, 2048);
    const sdp_session *again = previous_of(s, &arena, &room);
    bool before = s->offered;
    s->offered = true;
    int rc = again ? set_sent(s, sx_slice_str(s->sent)) : SX_E_NOMEM;
    if (rc == SX_OK) {
        session_announce(s, again);
        *text = sx_slice_str(s->sent);
    } else {
        s->offered = before;
    }
    sx_arena_free(&arena);
    return rc;
}

int session_say(ua_session *s, sx_slice ours) {
    if (s->sent && sx_eq(ours, sx_slice_str(s->sent))) return SX_OK;
    char *copy = sx_strdup(ours);
    if (!copy) return sx_fail(SX_E_NOMEM, "no memory for SDP");
    free(s->sent);
    s->sent = copy;
    return SX_OK;
}

int session_attributes(ua_session *s, sx_slice lines) {
    char *copy = lines.n ? sx_strdup(lines) : NULL;
    if (lines.n && !copy) return sx_fail(SX_E_NOMEM, "no memory for SDP");
    free(s->attributes);
    s->attributes = copy;
    return SX_OK;
}

void session_settle(ua_session *s) {
    if (s->offered) {
        s->hold = s->hold_wanted;
        if (s->codecs_wanted) {
            ua_codecs_unref(s->codecs);
            s->codecs = ua_codecs_ref(s->codecs_wanted);
        }
        forget_plan(s);
    }
    s->offered = false;
    free(s->committed);
    s->committed = NULL;
}

void session_unanswered(ua_session *s) {
    media_offer(s->media, NULL);
    if (s->hold_wanted != s->hold) session_follow_hold(s);
    session_settle(s);
}

void session_drop_offer(ua_session *s) {
    if (!s->offered) return;
    media_offer(s->media, NULL);
    forget_plan(s);
    s->offered = false;
    if (!s->committed) return;
    free(s->sent);
    s->sent = s->committed;
    s->committed = NULL;
}

void session_take_back(ua_session *s) {
    sx_arena arena;
    sdp_session d;
    sx_slice text;
    uint64_t version = 0;
    sx_arena_init(&arena, 4096);
    if (previous_of(s, &arena, &d)) sx_to_u64(d.origin.version, UINT64_MAX - 1, &version);
    session_drop_offer(s);
    const sdp_session *stood = version ? previous_of(s, &arena, &d) : NULL;
    if (stood) {
        char room[24];
        sx_buf b;
        sx_buf_init_fixed(&b, room, sizeof room);
        sx_buf_u64(&b, version + 1);
        d.origin.version = sx_buf_view(&b);
        char *copy = sdp_text(&arena, &d, &text) == SX_OK ? sx_strdup(text) : NULL;
        if (copy) { /* without memory the next one has a number that was there: most peers only look whether it differs
                     */
            free(s->sent);
            s->sent = copy;
        }
    }
    sx_arena_free(&arena);
}

const sdp_media *session_audio_line(const sdp_session *d) {
    for (size_t i = 0; i < d->n_media; i++) {
        if (d->media[i].port && sx_ieq(d->media[i].type, SX_LIT("audio"))) return &d->media[i];
    }
    return NULL;
}

bool session_has_removed(const sdp_session *d) {
    bool any = false;
    for (size_t i = 0; i < d->n_media; i++) {
        if (d->media[i].port) return false; /* who wants something else instead (T.38) hears by 488 that audio stays */
        any |= sx_ieq(d->media[i].type, SX_LIT("audio"));
    }
    return any;
}

int session_weigh(sx_slice offer, session_weight *out) {
    sx_arena arena;
    sdp_session theirs;
    memset(out, 0, sizeof *out);
    sx_arena_init(&arena, 4096);
    int rc = sdp_parse(&arena, offer, &theirs);
    if (rc == SX_OK) {
        const sdp_media *audio = session_audio_line(&theirs);
        out->mark = mark_of(offer);
        out->removed = session_has_removed(&theirs);
        out->holds = out->removed || (audio && !(sdp_media_direction(&theirs, audio) & SDP_RECVONLY));
    }
    sx_arena_free(&arena);
    return rc;
}

ua_codecs *session_codecs(const ua_session *s) { return s->codecs; }
bool session_is_held(const ua_session *s) { return s->remote_hold; }
bool session_holds(const ua_session *s) { return s->hold; }
uint64_t session_theirs(const ua_session *s) { return s->theirs; }

/* RFC 3261 20.43. The agent's name means nothing to others. */
sx_slice session_warning(int rc, sdp_reason why) {
    if (rc == SX_E_NOMEM) return sx_slice_empty();
    if (rc == SX_E_FORMAT) return SX_LIT("Warning: 399 sipua.invalid \"The session description cannot be read\"\r\n");
    switch (why) {
    case SDP_REASON_NO_CODEC: return SX_LIT("Warning: 305 sipua.invalid \"No codec in common\"\r\n");
    case SDP_REASON_PROTO: return SX_LIT("Warning: 302 sipua.invalid \"Media transport not supported\"\r\n");
    case SDP_REASON_NO_ADDRESS: return SX_LIT("Warning: 301 sipua.invalid \"No usable media address\"\r\n");
    case SDP_REASON_NONE: return SX_LIT("Warning: 399 sipua.invalid \"Media could not be set up\"\r\n");
    default: return SX_LIT("Warning: 304 sipua.invalid \"No audio in common\"\r\n");
    }
}

/* An offer of the other family is answered in it, if we have it (RFC 6157). */
static int fit_family(ua_session *s, const sdp_session *theirs) {
    net_addr at;
    const sdp_media *audio = session_audio_line(theirs);
    const sdp_conn *conn = audio ? sdp_media_conn(theirs, audio) : NULL;
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
    s->why = SDP_REASON_NONE;
    int rc = sdp_parse(&arena, offer, &theirs);
    if (rc == SX_OK) s->why = SDP_REASON_NO_ADDRESS;
    if (rc == SX_OK) rc = fit_family(s, &theirs);
    fill_wish(s, false, &w);
    if (rc == SX_OK) {
        rc = sdp_answer(&arena, &w.local, &theirs, previous_of(s, &arena, &room), &ours, &result);
        s->why = result.reason;
    }
    bool removes = rc == SX_E_MEDIA && s->config && session_has_removed(&theirs);
    if (removes) rc = SX_OK;
    if (rc == SX_OK) rc = sdp_text(&arena, &ours, &out);
    char *copy = rc == SX_OK ? sx_strdup(out) : NULL;
    if (rc == SX_OK && !copy) rc = sx_fail(SX_E_NOMEM, "no memory for SDP");
    if (rc == SX_OK) rc = removes ? session_remove(s, change) : session_commit(s, &result, signalling, false, change);
    if (rc == SX_OK) {
        free(s->sent);
        s->sent = copy;
        s->why = SDP_REASON_NONE;
        s->theirs = mark_of(offer);
        *text = sx_slice_str(s->sent);
    } else {
        free(copy);
    }
    sx_arena_free(&arena);
    return rc;
}

int session_check(const ua_codecs *codecs, sx_slice offer, sdp_reason *why) {
    sx_arena arena;
    sdp_session theirs, ours;
    sdp_result result;
    wish w;
    *why = SDP_REASON_NONE;
    sx_arena_init(&arena, 4096);
    fill_codecs(codecs, &w);
    w.media.port = 9;
    w.local.addr = SX_LIT("127.0.0.1");
    w.local.family = 4;
    w.local.id = 1;
    int rc = sdp_parse(&arena, offer, &theirs);
    if (rc == SX_OK) {
        rc = sdp_answer(&arena, &w.local, &theirs, NULL, &ours, &result);
        *why = result.reason;
    }
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
sdp_reason session_why(const ua_session *s) { return s->why; }
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
    ua_codecs_unref(s->codecs_wanted);
    free(s->advertise);
    free(s->sent);
    free(s->committed);
    free(s->attributes);
    free(s->config);
    free(s);
}
