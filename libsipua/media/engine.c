/* The stack thread's side: engine, sessions, orders to the workers, events from them. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/rand.h"
#include "media/session.h"

enum { MAX_WORKERS = 64 };

struct media_engine {
    media_config config;
    media_pool *pool;
    media_ports *ports;
    media_files *files; /* with the first file */
    media_worker *worker[MAX_WORKERS];
    unsigned workers, next;
    media_boxes *boxes;
    sx_list sessions;
    media_queue events;
    media_node *pending; /* taken from events, not yet polled */
};

static uint32_t or_default(uint32_t v, uint32_t d) { return v ? v : d; }

static void engine_free(media_engine *e) {
    media_boxes_unref(e->boxes);
    media_pool_unref(e->pool);
    media_ports_destroy(e->ports);
    free(e);
}

media_engine *media_engine_create(const media_config *config) {
    media_engine *e = calloc(1, sizeof *e);
    if (!e) {
        sx_fail(SX_E_NOMEM, "no memory for media");
        return NULL;
    }
    e->config = *config;
    e->config.workers = or_default(config->workers, 1);
    if (e->config.workers > MAX_WORKERS) e->config.workers = MAX_WORKERS;
    e->config.jitter_min_ms = or_default(config->jitter_min_ms, 20);
    e->config.jitter_max_ms = or_default(config->jitter_max_ms, 200);
    if (e->config.jitter_min_ms < 10) e->config.jitter_min_ms = 10;
    if (e->config.jitter_max_ms > 1000) e->config.jitter_max_ms = 1000;
    e->config.max_queued_ms = or_default(config->max_queued_ms, 60000);
    e->config.stall_ms = or_default(config->stall_ms, 5000);
    sx_list_init(&e->sessions);
    e->pool = media_pool_create();
    e->boxes = media_boxes_create(e->config.workers);
    e->ports = e->pool && e->boxes ? media_ports_create(config->port_min, config->port_max) : NULL;
    if (!e->ports) {
        if (!e->pool || !e->boxes) sx_fail(SX_E_NOMEM, "no memory for media");
        engine_free(e);
        return NULL;
    }
    for (; e->workers < e->config.workers; e->workers++) {
        e->worker[e->workers] = media_worker_create(e->pool, e->workers, config->log);
        if (!e->worker[e->workers]) {
            media_engine_destroy(e);
            return NULL;
        }
        e->boxes->box[e->workers] = media_mailbox_ref(media_worker_box(e->worker[e->workers]));
    }
    return e;
}

void media_session_free(media_session *s) {
    sx_list_remove(&s->in_engine);
    media_session_part(s);
    s->armed = false; /* its worker has ended, or has let go of it */
    media_transport_close(&s->transport, media_clock_us() / 1000);
    media_session_close_other(s);
    free(s->learn);
    for (media_player *p; (p = s->players) != NULL;) {
        s->players = media_player_playing(p)->next;
        media_player_release(p);
    }
    media_slot_destroy(s->slot);
    media_link_unref(s->link); /* its worker has ended: nobody looks at the link any more */
    media_mixer_unref(s->mixer);
    media_recorders_release(&s->recorders);
    media_source_free(&s->app);
    media_leg_free(&s->leg);
    media_stream_free(&s->stream);
    media_audio_unref(s->audio);
    free(s->last);
    free(s->stop_order);
    free(s);
}

void media_engine_destroy(media_engine *e) {
    if (!e) return;
    for (unsigned i = 0; i < e->workers; i++) media_worker_stop(e->worker[i]);
    for (unsigned i = 0; i < e->workers; i++) media_worker_join(e->worker[i]);
    SX_LIST_EACH(it, tmp, &e->sessions) {
        media_session *s = SX_CONTAINER(it, media_session, in_engine);
        media_recorders_stop(s->recorders, 0, media_clock_us());
        s->audio->session = NULL;
        media_audio_end(s->audio);
        media_session_free(s);
    }
    media_files_destroy(e->files);
    for (int round = 0; round < 2; round++) {
        while (e->pending) {
            media_event_node *n = SX_CONTAINER(e->pending, media_event_node, node);
            e->pending = e->pending->next;
            free(n);
        }
        e->pending = media_queue_take(&e->events);
    }
    engine_free(e);
}

void media_engine_abandon(media_engine *e) {
    if (!e) return;
    SX_LIST_EACH(it, tmp, &e->sessions) {
        media_transport *t = &SX_CONTAINER(it, media_session, in_engine)->transport;
        if (t->rtp_fd >= 0) close(t->rtp_fd);
        if (t->rtcp_fd >= 0) close(t->rtcp_fd);
        t = &SX_CONTAINER(it, media_session, in_engine)->other;
        if (t->rtp_fd >= 0) close(t->rtp_fd);
        if (t->rtcp_fd >= 0) close(t->rtcp_fd);
    }
    for (unsigned i = 0; i < e->workers; i++) media_worker_abandon(e->worker[i]);
}

/* ---- events ---- */

void media_engine_post(media_engine *e, media_event_node *n) {
    if (media_queue_push(&e->events, &n->node) && e->config.wake) e->config.wake(e->config.wake_ctx);
}

bool media_poll(media_engine *e, media_event *ev) {
    if (!e->pending) e->pending = media_queue_take(&e->events);
    if (!e->pending) return false;
    media_event_node *n = SX_CONTAINER(e->pending, media_event_node, node);
    e->pending = e->pending->next;
    *ev = n->ev;
    free(n);
    media_session *s = ev->session;
    if (ev->type == MEDIA_STOPPED) media_session_free(s);
    return true;
}

/* ---- sessions ---- */

media_session *media_session_new(media_engine *e, const media_prepare_params *p) {
    media_session *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    sx_list_init(&s->in_engine);
    sx_list_init(&s->on_clock);
    sx_list_init(&s->in_room);
    s->transport.rtp_fd = s->transport.rtcp_fd = s->transport.pair = -1;
    s->other = s->transport;
    s->engine = e;
    s->worker = e->worker[e->next++ % e->workers];
    s->owner = media_worker_index(s->worker) + 1;
    s->stall_ms = or_default(p->stall_ms, e->config.stall_ms);
    s->id = p->id;
    s->user = p->user;
    media_leg_init(&s->leg, or_default(p->jitter_min_ms, e->config.jitter_min_ms),
                   or_default(p->jitter_max_ms, e->config.jitter_max_ms));
    media_stream_init(&s->stream);
    media_report_init(&s->report, (int64_t)(sx_wall_ms() * 1000) - (int64_t)media_clock_us());
    s->last = calloc(1, sizeof *s->last);
    s->stop_order = calloc(1, sizeof *s->stop_order);
    s->audio = media_audio_create(e->pool, e->boxes, media_worker_index(s->worker),
                                  or_default(p->max_queued_ms, e->config.max_queued_ms));
    if (!s->last || !s->stop_order || !s->audio) {
        media_session_free(s);
        return NULL;
    }
    s->audio->session = s;
    s->app.q = &s->audio->near;
    return s;
}

void media_engine_add(media_engine *e, media_session *s) { sx_list_append(&e->sessions, &s->in_engine); }

int media_prepare(media_engine *e, const media_prepare_params *params, media_session **session, media_local *local) {
    media_session *s = media_session_new(e, params);
    if (!s) return sx_fail(SX_E_NOMEM, "no memory for a call's media");
    int err = media_transport_open(&s->transport, e->ports, &params->local, media_clock_us() / 1000);
    if (err) {
        media_session_free(s);
        return err;
    }
    s->local.rtp = s->transport.rtp_local;
    s->local.rtcp = s->transport.rtcp_local;
    s->local.ssrc = s->stream.ssrc;
    sx_rand_token(s->local.cname, sizeof s->local.cname - 1);
    media_engine_add(e, s);
    *local = s->local;
    *session = s;
    return 0;
}

media_audio *media_session_audio(media_session *s) {
    media_audio_ref(s->audio);
    return s->audio;
}

/* ---- orders ---- */

static void body_free(media_cmd_type type, void *body) {
    if (type == MEDIA_CMD_PLAY)
        media_player_release(body);
    else if (type == MEDIA_CMD_RECORD)
        media_recorder_release(body);
    else if (type == MEDIA_CMD_JOIN)
        media_slot_destroy(body);
    else if (type == MEDIA_CMD_LINK)
        media_link_unref(body);
    else if (type == MEDIA_CMD_REBIND && body)
        media_transport_close(body, media_clock_us() / 1000), free(body);
    else
        free(body);
}

void media_cmd_free(media_cmd *c) {
    if (!c) return;
    body_free(c->type, c->body);
    free(c);
}

int media_order(media_session *s, media_cmd_type type, void *body, uint64_t tag) {
    media_cmd *c = s->stopping ? NULL : calloc(1, sizeof *c);
    if (!c) {
        body_free(type, body);
        return s->stopping ? sx_fail(SX_E_GONE, "the media has been stopped")
                           : sx_fail(SX_E_NOMEM, "no memory for a media order");
    }
    c->type = type;
    c->session = s;
    c->body = body;
    c->tag = tag;
    media_worker_command(s->worker, c);
    return SX_OK;
}

static int check_codec(const codec_config *c) {
    if (!c->info || !media_rate_ok(c->decode_rate) || !media_rate_ok(c->encode_rate))
        return sx_fail(SX_E_INVALID, "a codec without usable rates");
    return SX_OK;
}

static int check_receivable(const media_receivable *r) {
    if (r->n > MEDIA_MAX_PAYLOADS || r->n_events > MEDIA_MAX_EVENTS)
        return sx_fail(SX_E_INVALID, "more payload types than %d and %d", MEDIA_MAX_PAYLOADS, MEDIA_MAX_EVENTS);
    for (size_t i = 0; i < r->n; i++) {
        if (r->payload[i].pt > 127) return sx_fail(SX_E_INVALID, "payload type %u", r->payload[i].pt);
        if (check_codec(&r->payload[i].codec)) return SX_E_INVALID;
    }
    return SX_OK;
}

static void *copy_of(const void *p, size_t n) {
    void *c = malloc(n);
    if (c)
        memcpy(c, p, n);
    else
        sx_fail(SX_E_NOMEM, "no memory for a media configuration");
    return c;
}

static bool event_ok(int pt, uint32_t rate) { return pt >= 0 && pt <= 127 && rate >= 1000 && rate <= 192000; }

/* What a remote's SDP may hold and what cannot be done is not worth a call: the nearest thing is done. */
static void clamp(media_receivable *r) {
    size_t n = 0;
    for (size_t i = 0; i < r->n_events; i++)
        if (event_ok(r->event[i].pt, r->event[i].rate)) r->event[n++] = r->event[i];
    r->n_events = n;
    if (r->cn_pt > 127) r->cn_pt = -1;
}

int media_offer(media_session *s, const media_receivable *accept) {
    if (!accept) return media_order(s, MEDIA_CMD_OFFER, NULL, 0);
    if (check_receivable(accept)) return SX_E_INVALID;
    media_receivable *c = copy_of(accept, sizeof *accept);
    if (!c) return SX_E_NOMEM;
    clamp(c);
    return media_order(s, MEDIA_CMD_OFFER, c, 0);
}

int media_configure(media_session *s, const media_stream_config *config) {
    if (check_receivable(&config->accept)) return SX_E_INVALID;
    if (config->sending.codec.info && check_codec(&config->sending.codec)) return SX_E_INVALID;
    if (config->sending.pt > 127) return sx_fail(SX_E_INVALID, "payload type %u", config->sending.pt);
    media_stream_config *c = copy_of(config, sizeof *config);
    if (!c) return SX_E_NOMEM;
    clamp(&c->accept);
    if (!event_ok(c->send_event_pt, c->send_event_rate)) c->send_event_pt = -1;
    if (c->ptime_ms == 0) c->ptime_ms = 20;
    c->ptime_ms = c->ptime_ms < 10 ? 10 : c->ptime_ms > 60 ? 60 : (c->ptime_ms + 5) / 10 * 10;
    bool can_send_events = c->send_event_pt >= 0;
    int err = media_order(s, MEDIA_CMD_CONFIGURE, c, 0);
    if (err) return err;
    s->can_send_events = can_send_events;
    if (config->sending.codec.info) s->encode_rate = config->sending.codec.encode_rate;
    return SX_OK;
}

int media_rebind(media_session *s, const net_addr *local, bool at_once, media_local *out) {
    bool stays = net_addr_is_any(local) && net_addr_eq_host(local, &s->local.rtp);
    media_transport *fresh = calloc(1, sizeof *fresh);
    if (!fresh) return sx_fail(SX_E_NOMEM, "no memory for sockets");
    fresh->rtp_fd = fresh->rtcp_fd = fresh->pair = -1;
    int err = SX_OK;
    if (!stays) err = media_transport_open(fresh, s->engine->ports, local, media_clock_us() / 1000);
    if (err) {
        free(fresh);
        return err;
    }
    net_addr rtp = fresh->rtp_local, rtcp = fresh->rtcp_local;
    err = media_order(s, MEDIA_CMD_REBIND, fresh, at_once);
    if (err) return err;
    if (!stays) {
        if (!s->rebinding || s->rebound_at_once) s->local_before = s->local;
        s->rebinding = true;
        s->rebound_at_once = at_once;
        s->local.rtp = rtp;
        s->local.rtcp = rtcp;
    }
    *out = s->local;
    return SX_OK;
}

void media_rebound(media_session *s, bool keep) {
    if (!s->rebinding) return;
    s->rebinding = false;
    if (!keep) s->local = s->local_before;
    media_order(s, MEDIA_CMD_REBOUND, NULL, keep); /* without memory both stay until the end */
}

int media_ask_mapping(media_session *s, const net_addr *server) {
    media_learn *n = media_learn_new(server);
    if (!n) return sx_fail(SX_E_NOMEM, "no memory to ask a STUN server");
    return media_order(s, MEDIA_CMD_LEARN, n, 0);
}

int media_set_stall(media_session *s, uint32_t ms) {
    return media_order(s, MEDIA_CMD_STALL, NULL, or_default(ms, s->engine->config.stall_ms));
}

int media_start(media_session *s) {
    if (s->started) return SX_OK;
    int err = media_order(s, MEDIA_CMD_START, NULL, 0);
    if (err == SX_OK) s->started = true;
    return err;
}

void media_stop(media_session *s) {
    if (s->stopping) return;
    if (s->linked) media_unlink(s);
    media_session_part(s);
    s->stopping = true;
    media_cmd *c = s->stop_order;
    s->stop_order = NULL;
    c->type = MEDIA_CMD_STOP;
    c->session = s;
    media_worker_command(s->worker, c);
}

int media_dtmf(media_session *s, const char *digits, uint32_t tone_ms, uint32_t gap_ms, uint64_t tag) {
    if (!s->can_send_events) return sx_fail(SX_E_STATE, "telephone-event has not been agreed with the other side");
    size_t n = strlen(digits);
    if (n == 0 || n > MEDIA_MAX_DIGITS) return sx_fail(SX_E_INVALID, "%zu digits: 1 to %d", n, MEDIA_MAX_DIGITS);
    media_digits *d = calloc(1, sizeof *d);
    if (!d) return sx_fail(SX_E_NOMEM, "no memory for digits");
    for (size_t i = 0; i < n; i++) {
        if (digits[i] != ',' && dtmf_code(digits[i]) < 0) {
            free(d);
            return sx_fail(SX_E_INVALID, "'%c' is no digit", digits[i] >= ' ' && digits[i] < 127 ? digits[i] : '?');
        }
        if (digits[i] != ',') d->left++;
        d->text[i] = digits[i];
    }
    d->tone_ms = tone_ms;
    d->gap_ms = gap_ms;
    d->tag = tag;
    return media_order(s, MEDIA_CMD_DTMF, d, 0);
}

static media_files *files_of(media_engine *e) {
    if (!e->files) e->files = media_files_create(e->pool, e->config.log);
    return e->files;
}

int media_play(media_session *s, uint64_t play_id, const char *path, uint32_t repeat) {
    if (s->stopping) return sx_fail(SX_E_GONE, "the media has been stopped");
    media_files *f = files_of(s->engine);
    media_player *p = f ? media_player_start(f, play_id, path, repeat, s->encode_rate ? s->encode_rate : 16000) : NULL;
    if (!p) return sx_fail(SX_E_NOMEM, "no memory or thread to play a file");
    return media_order(s, MEDIA_CMD_PLAY, p, 0);
}

void media_stop_play(media_session *s, uint64_t play_id) { media_order(s, MEDIA_CMD_STOP_PLAY, NULL, play_id); }

int media_record(media_session *s, uint64_t record_id, const char *path, media_record_mode mode, uint32_t rate) {
    if (s->is_room) mode = MEDIA_RECORD_FAR;
    if (s->stopping) return sx_fail(SX_E_GONE, "the media has been stopped");
    if (rate && !media_rate_ok(rate)) return sx_fail(SX_E_INVALID, "%u is no rate to record at", rate);
    media_files *f = files_of(s->engine);
    media_recorder *r = f ? media_recorder_start(f, record_id, path, mode, rate) : NULL;
    if (!r) return sx_fail(SX_E_NOMEM, "no memory or thread to record to a file");
    return media_order(s, MEDIA_CMD_RECORD, r, 0);
}

void media_stop_record(media_session *s, uint64_t record_id) { media_order(s, MEDIA_CMD_STOP_RECORD, NULL, record_id); }

int media_stats_request(media_session *s, uint64_t tag) { return media_order(s, MEDIA_CMD_STATS, NULL, tag); }
