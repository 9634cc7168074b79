/* Digits of the peer, however they come, until there are enough: what a menu waits for. */
#include <stdlib.h>

#include "ua/call.h"

enum { MAX_DIGITS = 256 };

struct ua_collector {
    ua_call *call;
    uint64_t id;
    int max, between_ms;
    bool interrupt;
    int timeout_ms;
    uint64_t player; /* the prompt, upon whose end the time for the first digit begins; 0: it has */
    size_t n;
    const char *state; /* how it ended; NULL: it goes on */
    ua_collector *before; /* the one that was stopped, whose event is still to come */
    uint64_t begun_ms;
    sx_timer timer;
    sx_task task;
    sx_grave grave;
    char digits[MAX_DIGITS + 1];
    char terminators[18];
};

static void free_collector(sx_grave *g) { free(SX_CONTAINER(g, ua_collector, grave)); }

static void let_go(ua_collector *k) {
    sx_timer_stop(k->call->agent->wheel, &k->timer);
    sx_runq_cancel(&k->task);
    ua_collector **at = &k->call->f.collector;
    while (*at != k) at = &(*at)->before;
    *at = k->before;
    sx_runq_bury(k->call->agent->runq, &k->grave, free_collector);
}

static void end(ua_collector *k, const char *state) {
    ua_call *c = k->call;
    ua_event ev = call_event(c, UA_EV_COLLECTED);
    ev.collector = k;
    ev.digits = sx_slice_of(k->digits, k->n);
    ev.state = sx_slice_str(state);
    ev.duration_ms = call_now(c) - k->begun_ms;
    let_go(k);
    ua_emit(c->agent, &ev);
}

static void collect_timer(sx_timer *t, uint64_t now) {
    (void)now;
    end(SX_CONTAINER(t, ua_collector, timer), "timeout");
}

static void collect_task(sx_task *t) {
    ua_collector *k = SX_CONTAINER(t, ua_collector, task);
    if (k->state) end(k, k->state);
}

/* What plays stops, and what is queued is never heard: the caller knows the menu by heart. */
static void hush(ua_call *c) {
    if (!c->session) return;
    if (c->player) media_stop_play(session_media(c->session), 0);
    media_audio *audio = session_audio(c->session);
    if (audio && media_audio_queued_ms(audio)) media_audio_flush(audio, 0);
}

static void wait_for_digit(ua_collector *k, int ms) {
    ua_call *c = k->call;
    k->player = 0;
    sx_timer_stop(c->agent->wheel, &k->timer);
    if (ms > 0) sx_timer_start(c->agent->wheel, &k->timer, call_now(c) + (uint64_t)ms);
}

/* However it ended: who is asked has heard as much of the question as there will be. */
void call_collect_played(ua_call *c, uint64_t player) {
    ua_collector *k = c->f.collector;
    if (k && !k->state && player && k->player == player) wait_for_digit(k, k->timeout_ms);
}

void call_collect_digit(ua_call *c, char digit) {
    ua_collector *k = c->f.collector;
    if (!k || k->state) return;
    if (!k->n && k->interrupt) hush(c);
    if (strchr(k->terminators, digit)) {
        end(k, "terminator");
        return;
    }
    k->digits[k->n++] = digit;
    if (k->n >= (size_t)k->max) {
        end(k, "full");
        return;
    }
    wait_for_digit(k, k->between_ms);
}

void call_collect_end(ua_call *c) {
    while (c->f.collector) end(c->f.collector, c->f.collector->state ? c->f.collector->state : "ended");
}

void call_collect_drop(ua_call *c) {
    while (c->f.collector) let_go(c->f.collector);
}

static int check(const ua_call *c, const ua_collect_config *cfg) {
    size_t n = cfg->terminators ? strlen(cfg->terminators) : 0;
    if (c->state >= CALL_LEAVING) return sx_fail(SX_E_GONE, "the call has ended");
    if (c->f.collector && !c->f.collector->state) return sx_fail(SX_E_BUSY, "digits of this call are being collected already");
    if (cfg->max_digits < 1 || cfg->max_digits > MAX_DIGITS)
        return sx_fail(SX_E_INVALID, "between 1 and %d digits", MAX_DIGITS);
    if (n > sizeof c->f.collector->terminators - 1 || (n && strspn(cfg->terminators, "0123456789*#ABCDF") != n))
        return sx_fail(SX_E_INVALID, "terminators are digits: 0-9 * # A-D");
    if (cfg->between_ms < 1 || (cfg->timeout_ms < 1 && cfg->timeout_ms != -1))
        return sx_fail(SX_E_INVALID, "a timeout is at least 1 ms");
    return SX_OK;
}

int ua_call_collect(ua_call *c, const ua_collect_config *cfg, uint64_t id, ua_collector **out) {
    int rc = check(c, cfg);
    if (rc != SX_OK) return rc;
    ua_collector *k = calloc(1, sizeof *k);
    if (!k) return sx_fail(SX_E_NOMEM, "no memory for the digits");
    k->call = c;
    k->id = id;
    k->max = cfg->max_digits;
    k->between_ms = cfg->between_ms;
    k->timeout_ms = cfg->timeout_ms;
    k->interrupt = cfg->interrupt;
    k->begun_ms = call_now(c);
    if (cfg->terminators) memcpy(k->terminators, cfg->terminators, strlen(cfg->terminators));
    sx_timer_init(&k->timer, collect_timer);
    sx_task_init(&k->task, collect_task);
    if (cfg->player && cfg->player == c->player)
        k->player = cfg->player;
    else
        wait_for_digit(k, k->timeout_ms);
    k->before = c->f.collector;
    c->f.collector = k;
    *out = k;
    return SX_OK;
}

uint64_t ua_collector_id(const ua_collector *k) { return k->id; }

int ua_collector_stop(ua_collector *k) {
    if (!k->state) k->state = "stopped";
    sx_runq_post(k->call->agent->runq, &k->task);
    return SX_OK;
}
