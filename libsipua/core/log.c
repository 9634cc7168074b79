/* Log lines from any thread into the event queue, and figures. */
#include "core/agent.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/error.h"

/* Lines of other threads that may be under way at one time. */
enum { LOG_LINES = 1024 };

void core_log_event(core_agent *a, int level, const char *module, const char *text, size_t n) {
    if (a->finished) return;
    sx_slice words = sx_slice_of(text, n), name = sx_slice_str(module);
    core_event *ev = core_make(NULL, CORE_EV_LOG, CORE_LOSSY, core_text_room(words) + core_text_room(name));
    if (!ev) {
        core_events_drop(&a->events, CORE_DROP_LOG);
        return;
    }
    ev->level = level;
    core_event_set_str(ev, CORE_STR_MODULE, name);
    core_event_set_str(ev, CORE_STR_TEXT, words);
    core_push_event(a, ev);
}

static void lost(core_agent *a) { __atomic_fetch_add(&a->log_lost, 1, __ATOMIC_RELAXED); }

static void write_line(void *ctx, sx_level level, const char *module, const char *text, size_t n) {
    core_agent *a = ctx;
    if (core_on_stack_thread(a)) {
        core_log_event(a, (int)level, module, text, n);
        return;
    }
    if (__atomic_load_n(&a->stop, __ATOMIC_RELAXED)) return;
    if (__atomic_add_fetch(&a->log_lines, 1, __ATOMIC_RELAXED) > LOG_LINES) {
        __atomic_fetch_sub(&a->log_lines, 1, __ATOMIC_RELAXED);
        lost(a);
        return;
    }
    size_t m = module ? strlen(module) : 0;
    core_cmd *c = core_cmd_alloc(CORE_OP_LOG, n + m + 2);
    if (c) {
        memcpy(c->data, text, n);
        c->data[n] = 0;
        memcpy(c->data + n + 1, module ? module : "", m + 1);
        c->p.log.level = (int)level;
        c->p.log.text = c->data;
        c->p.log.n = n;
        c->p.log.module = c->data + n + 1;
    }
    int rc = c ? core_commands_push(&a->commands, c) : SX_E_NOMEM;
    if (rc == 1) core_wake(a);
    if (rc >= 0) return;
    core_cmd_free(c);
    __atomic_fetch_sub(&a->log_lines, 1, __ATOMIC_RELAXED);
    lost(a);
}

void core_log_init(core_agent *a, int level) {
    a->log.write = write_line;
    a->log.ctx = a;
    a->log.level = level;
}

static int32_t micros(double ms) {
    if (ms < 0) return -1;
    return ms > 2000000 ? 2000000000 : (int32_t)(ms * 1000 + 0.5);
}

core_call_stats *core_convert_stats(const ua_event *ev, core_entry *e) {
    const media_stats *m = ev->stats;
    core_call_stats *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->duration_ms = ev->duration_ms;
    s->ptime_ms = ev->ptime_ms;
    s->rtt_us = s->remote_jitter_us = -1;
    if (!m) return s;
    s->packets_sent = m->packets_sent;
    s->bytes_sent = m->bytes_sent;
    s->packets_received = m->packets_received;
    s->bytes_received = m->bytes_received;
    s->packets_lost = m->packets_lost;
    s->packets_late = m->packets_late;
    s->packets_duplicate = m->packets_duplicate;
    s->packets_reordered = m->packets_reordered;
    s->packets_invalid = m->packets_invalid + m->packets_unknown;
    s->frames_concealed = m->frames_concealed;
    s->underrun_ms = m->underrun_ms;
    s->overrun_ms = m->overrun_ms;
    s->remote_packets_lost = m->remote_lost > 0 ? (uint64_t)m->remote_lost : 0;
    s->jitter_us = micros(m->jitter_ms);
    s->remote_jitter_us = micros(m->remote_jitter_ms);
    s->rtt_us = micros(m->rtt_ms);
    s->jitter_buffer_ms = (int32_t)m->jitter_depth_ms;
    s->queued_ms = e && e->audio ? (int32_t)media_audio_queued_ms(e->audio) : 0;
    memcpy(s->codec, m->codec, sizeof s->codec);
    s->codec[sizeof s->codec - 1] = 0;
    if (net_addr_is_set(&m->remote)) net_addr_text(&m->remote, s->remote_address);
    return s;
}

static uint32_t live(core_agent *a, core_kind kind) { return __atomic_load_n(&a->ids.count[kind], __ATOMIC_RELAXED); }

void core_agent_stats_event(core_agent *a) {
    stack_stats s;
    core_event *ev = core_make(NULL, UA_EV_STATS, CORE_LOSSY, 0);
    core_agent_stats *out = calloc(1, sizeof *out);
    if (!ev || !out) {
        core_event_free(ev);
        free(out);
        core_events_drop(&a->events, CORE_DROP_STATS);
        return;
    }
    memset(&s, 0, sizeof s);
    stack_get_stats(ua_agent_stack(a->ua), &s);
    out->calls_now = live(a, CORE_CALL);
    out->calls_total = a->calls_total;
    out->accounts_now = live(a, CORE_ACCOUNT);
    out->transactions_now = (uint64_t)s.server_transactions + s.client_transactions;
    out->connections_now = s.connections;
    out->messages_received = s.messages_in;
    out->messages_sent = s.messages_out;
    out->retransmissions = s.retransmissions_out;
    out->malformed = s.malformed;
    out->refused = s.refused + s.dropped;
    out->events_dropped = a->events.dropped + __atomic_load_n(&a->log_lost, __ATOMIC_RELAXED);
    ev->agent_stats = out;
    core_push_event(a, ev);
}
