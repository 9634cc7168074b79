/* A call and its media: what the worker reports, and the app's verbs for it. */
#include <stdlib.h>

#include "ua/call.h"

/* ---- events ---- */

void call_media_ready(ua_call *c, bool early) {
    session_view v;
    char host[NET_ADDR_TEXT];
    sx_buf b;
    if (!c->session || !session_is_up(c->session)) return;
    session_look(c->session, &v);
    c->media_told = true;
    sx_buf_init_fixed(&b, host, sizeof host);
    net_addr_write_host(&v.remote, &b);
    ua_event ev = call_event(c, UA_EV_MEDIA_READY);
    ev.codec = v.codec;
    ev.rate = v.rate;
    ev.host = sx_buf_view(&b);
    ev.port = net_addr_port(&v.remote);
    if (early) ev.flags |= UA_FLAG_EARLY_MEDIA;
    ua_emit(c->agent, &ev);
}

static void say_hold(ua_call *c, bool held) {
    if (held == c->held_told) return;
    ua_event ev = call_event(c, held ? UA_EV_CALL_HELD : UA_EV_CALL_RESUMED);
    ev.originator = UA_REMOTE;
    c->held_told = held;
    ua_emit(c->agent, &ev);
}

void call_media_say_held(ua_call *c) {
    if (call_has_media(c)) say_hold(c, session_is_held(c->session));
}

void call_media_change(ua_call *c, const session_change *change) {
    if (change->held || change->resumed) say_hold(c, change->held);
    if (!change->changed) return;
    session_view v;
    session_look(c->session, &v);
    ua_event ev = call_event(c, UA_EV_CALL_UPDATED);
    ev.originator = UA_REMOTE;
    ev.codec = v.codec;
    ev.rate = v.rate;
    ua_emit(c->agent, &ev);
}

void call_media_say_stats(ua_call *c, const media_stats *stats, bool final) {
    media_stats none;
    memset(&none, 0, sizeof none);
    ua_event ev = call_event(c, UA_EV_STATS);
    ev.stats = stats ? stats : &none;
    if (final) ev.flags |= UA_FLAG_FINAL;
    if (c->session) {
        session_view v;
        session_look(c->session, &v);
        ev.ptime_ms = v.ptime_ms;
    }
    if (c->established) ev.duration_ms = c->state == CALL_STOPPING ? c->answered_ms : call_now(c) - c->answered_ms;
    ua_emit(c->agent, &ev);
}

void call_rtp_timer(sx_timer *t, uint64_t now) {
    ua_call *c = SX_CONTAINER(t, ua_call, rtp_timer);
    (void)now;
    call_end e = {.originator = UA_SYSTEM, .cause = UA_CAUSE_RTP_TIMEOUT, .code = SX_E_TIMEOUT};
    call_terminate(c, &e, 480, SX_LIT("Reason: Q.850;cause=102;text=\"RTP Timeout\"\r\n"));
}

static void on_stalled(ua_call *c, const media_event *ev) {
    ua_event out = call_event(c, ev->type == MEDIA_STALLED ? UA_EV_MEDIA_STALLED : UA_EV_MEDIA_RESUMED);
    out.duration_ms = ev->u.stall.silent_ms;
    ua_emit(c->agent, &out);
    sx_timer_stop(c->agent->wheel, &c->rtp_timer);
    if (ev->type != MEDIA_STALLED || c->rtp_timeout_ms <= 0 || c->state >= CALL_LEAVING) return;
    uint64_t left =
        (uint64_t)c->rtp_timeout_ms > ev->u.stall.silent_ms ? (uint64_t)c->rtp_timeout_ms - ev->u.stall.silent_ms : 0;
    sx_timer_start(c->agent->wheel, &c->rtp_timer, call_now(c) + left);
}

static void on_dtmf(ua_call *c, const media_event *ev) {
    c->digit_passed = ev->u.dtmf.passed;
    call_digit(c, ev->u.dtmf.digit == '!' ? 'F' : ev->u.dtmf.digit, ev->u.dtmf.duration_ms, CALL_DIGIT_RTP, NULL);
    c->digit_passed = false;
}

void ua_audio_event(const media_event *ev, ua_event *out) {
    out->type = UA_EV_AUDIO_READY;
    if (ev->type == MEDIA_MARK) {
        out->type = UA_EV_MARK;
        out->mark = ev->u.mark.mark_id;
        out->played_ms = ev->u.mark.played_ms;
        if (!ev->u.mark.played) out->flags |= UA_FLAG_FLUSHED;
    } else if (ev->type == MEDIA_FLUSHED) {
        out->type = UA_EV_FLUSHED;
        out->segment = ev->u.flushed.segment;
        out->played_ms = ev->u.flushed.played_ms;
        out->discarded_ms = ev->u.flushed.discarded_ms;
    }
}

static void on_app_audio(ua_call *c, const media_event *ev) {
    ua_event out = call_event(c, UA_EV_AUDIO_READY);
    ua_audio_event(ev, &out);
    ua_emit(c->agent, &out);
}

/* Where the recording hangs in its list; *it is NULL when it has ended. */
static call_recording **recording_of(ua_call *c, uint64_t id) {
    call_recording **at = &c->recordings;
    while (*at && (*at)->id != id) at = &(*at)->next;
    return at;
}

static void on_file(ua_call *c, const media_event *ev) {
    ua_event out = call_event(c, ev->type == MEDIA_PLAY_DONE ? UA_EV_PLAY_DONE : UA_EV_RECORD_DONE);
    out.code = ev->code;
    out.text = sx_slice_str(ev->text);
    if (ev->type == MEDIA_PLAY_DONE) {
        out.id = ev->u.play.play_id;
        out.duration_ms = ev->u.play.played_ms;
        if (ev->code == SX_E_CANCELED) {
            out.flags |= UA_FLAG_FLUSHED;
            out.code = SX_OK;
        }
        if (c->player == out.id) c->player = 0;
        ua_emit(c->agent, &out);
        call_collect_played(c, out.id);
        return;
    }
    call_recording **at = recording_of(c, ev->u.record.record_id), *r = *at;
    if (!r) return;
    *at = r->next;
    out.id = r->id;
    out.duration_ms = ev->u.record.recorded_ms;
    out.target = sx_slice_str(r->path);
    ua_emit(c->agent, &out);
    free(r);
}

void ua_call_media_event(ua_call *c, const media_event *ev) {
    switch (ev->type) {
    case MEDIA_LEARNED:
    case MEDIA_PREPARED:
        if (c->session) session_event_prepared(c->session, ev);
        break;
    case MEDIA_ERROR:
        if (c->state == CALL_NEW && c->session) {
            session_event_prepared(c->session, ev);
        } else {
            call_end e = {.originator = UA_SYSTEM,
                          .cause = UA_CAUSE_INTERNAL_ERROR,
                          .code = ev->code ? ev->code : SX_E_MEDIA,
                          .text = sx_slice_str(ev->text),
                          .status = 0};
            call_terminate(c, &e, 500, sx_slice_empty());
        }
        break;
    case MEDIA_DTMF: on_dtmf(c, ev); break;
    case MEDIA_DTMF_SENT:
        c->dtmf_running = false;
        c->dtmf_code = ev->code; /* the call ended before the last digit had left */
        call_media_dtmf_next(c);
        break;
    case MEDIA_MARK:
    case MEDIA_FLUSHED:
    case MEDIA_AUDIO_READY: on_app_audio(c, ev); break;
    case MEDIA_STARTED:
        if (ev->u.started.received) call_early_heard(c, false);
        break;
    case MEDIA_STALLED: call_early_heard(c, true); /* fall through */
    case MEDIA_RESUMED: on_stalled(c, ev); break;
    case MEDIA_PLAY_DONE:
    case MEDIA_RECORD_DONE: on_file(c, ev); break;
    case MEDIA_LINKED: call_bridge_media(c, ev); break;
    case MEDIA_STATS: call_media_say_stats(c, &ev->u.stats.stats, false); break;
    case MEDIA_STOPPED:
        if (c->session) call_end_media_stopped(c, ev);
        break;
    default: /* STARTED, LATCHED, REMOTE_BYE: signalling decides */ break;
    }
}

/* ---- verbs ---- */

static int need_media(const ua_call *c) {
    if (!c->session || c->media_none) return sx_fail(SX_E_STATE, "this call has no media of ours");
    if (c->state == CALL_STOPPING) return sx_fail(SX_E_GONE, "the call has ended");
    return SX_OK;
}

static void free_job(call_dtmf *j) {
    free(j->digits);
    free(j->rest);
    free(j);
}

/* Starts what waits, piece by piece: the media takes 64 digits at a time. */
void call_media_dtmf_next(ua_call *c) {
    while (!c->dtmf_running && !sx_list_is_empty(&c->dtmf)) {
        call_dtmf *j = SX_CONTAINER(sx_list_first(&c->dtmf), call_dtmf, node);
        int code = c->dtmf_code ? c->dtmf_code : *j->rest && c->state >= CALL_LEAVING ? SX_E_CANCELED : SX_OK;
        c->dtmf_code = SX_OK;
        if (!code && j->way != UA_DTMF_RTP) {
            code = call_info_dtmf_next(c, j);
            c->dtmf_running = code == SX_OK;
            if (c->dtmf_running) return;
            if (code > 0) code = SX_OK; /* that was all of it */
        } else if (!code && *j->rest && c->session) {
            char piece[61];
            size_t n = strlen(j->rest);
            if (n > sizeof piece - 1) n = sizeof piece - 1;
            memcpy(piece, j->rest, n);
            piece[n] = 0;
            code = media_dtmf(session_media(c->session), piece, j->ms, j->gap_ms, 1);
            if (code == SX_OK) {
                memmove(j->rest, j->rest + n, strlen(j->rest + n) + 1);
                c->dtmf_running = true;
                return;
            }
        }
        sx_list_remove(&j->node);
        ua_event ev = call_event(c, UA_EV_DTMF_SENT);
        ev.text = sx_slice_str(j->digits);
        ev.code = code;
        if (c->f.digit_status) {
            ev.status = c->f.digit_status;
            ev.reason = sip_reason(ev.status);
            c->f.digit_status = 0;
        }
        ua_emit(c->agent, &ev);
        free_job(j);
    }
}

void call_media_drop(ua_call *c) {
    for (call_recording *r; (r = c->recordings) != NULL; free(r)) c->recordings = r->next;
    for (sx_list *n; (n = sx_list_pop(&c->dtmf)) != NULL;) free_job(SX_CONTAINER(n, call_dtmf, node));
}

static int make_job(const char *digits, call_dtmf **out) {
    size_t n = strlen(digits);
    if (!n || n > 4096) return sx_fail(SX_E_INVALID, "between 1 and 4096 digits");
    call_dtmf *j = calloc(1, sizeof *j);
    if (j) {
        j->digits = sx_strdup(sx_slice_str(digits));
        j->rest = malloc(4 * n + 1);
    }
    if (!j || !j->digits || !j->rest) {
        if (j) free_job(j);
        return sx_fail(SX_E_NOMEM, "no memory for the digits");
    }
    char *p = j->rest;
    for (const char *d = digits; *d; d++) {
        bool pause = *d == ',', digit = (*d >= '0' && *d <= '9') || *d == '*' || *d == '#' ||
                                        (*d >= 'A' && *d <= 'D') || (*d >= 'a' && *d <= 'd');
        if (!pause && !digit) {
            free_job(j);
            return sx_fail(SX_E_INVALID, "not a digit: %c", *d);
        }
        char upper = *d >= 'a' ? (char)(*d - 'a' + 'A') : *d;
        for (int i = 0; i < (pause ? 4 : 1); i++) *p++ = upper; /* 2 s here, 500 ms each there */
    }
    *p = 0;
    *out = j;
    return SX_OK;
}

static int need_digits(const ua_call *c, int way) {
    if (way != UA_DTMF_RTP)
        return call_inside(c) ? SX_OK : call_no_inside(c);
    int rc = need_media(c);
    if (rc != SX_OK) return rc;
    if (!session_is_up(c->session)) return sx_fail(SX_E_STATE, "media does not flow yet");
    return session_takes_dtmf(c->session) ? SX_OK : sx_fail(SX_E_UNSUPPORTED, "the peer takes no telephone-event");
}

int ua_call_dtmf(ua_call *c, const char *digits, int duration_ms, int gap_ms) {
    int way = call_info_way(c), rc = need_digits(c, way);
    if (rc != SX_OK) return rc;
    if ((duration_ms && (duration_ms < 40 || duration_ms > 6000)) || (gap_ms && (gap_ms < 50 || gap_ms > 6000))) {
        return sx_fail(SX_E_INVALID, "digits last 40 to 6000 ms, with at least 50 ms between them");
    }
    call_dtmf *j = NULL;
    if (!digits) return sx_fail(SX_E_INVALID, "no digits");
    rc = make_job(digits, &j);
    if (rc != SX_OK) return rc;
    j->ms = duration_ms ? (unsigned)duration_ms : 100;
    j->gap_ms = gap_ms ? (unsigned)gap_ms : 70;
    j->way = way;
    sx_list_append(&c->dtmf, &j->node);
    call_post(c, CALL_DO_DTMF);
    return SX_OK;
}

int ua_call_play(ua_call *c, const char *path, bool loop, uint64_t player) {
    int rc = need_media(c);
    if (rc != SX_OK) return rc;
    rc = media_play(session_media(c->session), player, path, loop ? UINT32_MAX : 0);
    if (rc == SX_OK) c->player = player;
    return rc;
}

int ua_call_stop_play(ua_call *c, uint64_t player) {
    if (c->player != player || !c->session) return sx_fail(SX_E_GONE, "this player has ended");
    media_stop_play(session_media(c->session), player);
    return SX_OK;
}

int ua_call_record(ua_call *c, const char *path, int side, uint64_t recorder) {
    static const media_record_mode modes[] = {MEDIA_RECORD_FAR, MEDIA_RECORD_NEAR, MEDIA_RECORD_STEREO};
    int rc = need_media(c);
    if (rc != SX_OK) return rc;
    if (side < 0 || side > 2) return sx_fail(SX_E_INVALID, "no such side to record");
    for (const call_recording *other = c->recordings; other; other = other->next)
        if (strcmp(other->path, path) == 0) return sx_fail(SX_E_IN_USE, "%s is being recorded to already", path);
    size_t n = strlen(path) + 1;
    call_recording *r = malloc(sizeof *r + n);
    if (!r) return sx_fail(SX_E_NOMEM, "no memory for a recording");
    rc = media_record(session_media(c->session), recorder, path, modes[side], (uint32_t)session_rate(c->session));
    if (rc != SX_OK) {
        free(r);
        return rc;
    }
    memcpy(r->path, path, n);
    r->id = recorder;
    r->next = c->recordings;
    c->recordings = r;
    return SX_OK;
}

int ua_call_stop_record(ua_call *c, uint64_t recorder) {
    if (!*recording_of(c, recorder) || !c->session) return sx_fail(SX_E_GONE, "this recorder has ended");
    media_stop_record(session_media(c->session), recorder);
    return SX_OK;
}

int ua_call_stats(ua_call *c) {
    if (c->state == CALL_STOPPING) return sx_fail(SX_E_GONE, "the call has ended");
    if (c->session) return media_stats_request(session_media(c->session), 1);
    call_post(c, CALL_SAY_STATS);
    return SX_OK;
}
