/* App audio: straight to the rings of a call or conference, without the stack thread. */
#include "src/abi.h"

#include <limits.h>
#include <time.h>

/* How long a function waits for the stack thread to take up a call that was made a moment ago. */
enum { SETTLE_MS = 200, STEP_MS = 1000 };

typedef struct audio_ref {
    core_entry *entry;
    media_audio *audio;
} audio_ref;

static int find(sipua_agent *agent, sipua_id call, bool ended, audio_ref *out) {
    int rc = core_ids_find_audio(core_agent_ids(abi_core(agent)), call, ended, SETTLE_MS, &out->entry, &out->audio);
    switch (rc) {
    case SX_OK: return SX_OK;
    case SX_E_GONE:
        return sx_fail(rc, "there is no call or conference %llu, or it has ended", (unsigned long long)call);
    case SX_E_KIND: return sx_fail(rc, "%llu is neither a call nor a conference", (unsigned long long)call);
    case SX_E_MEDIA: return sx_fail(SX_E_STATE, "call %llu has no audio of this library's", (unsigned long long)call);
    default: return sx_fail(SX_E_BUSY, "call %llu has not been taken up yet", (unsigned long long)call);
    }
}

static int done(audio_ref *r, int rc) {
    media_audio_unref(r->audio);
    core_entry_unref(r->entry);
    return rc;
}

static int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* -1: for ever. */
static int64_t deadline(int32_t timeout_ms) { return timeout_ms < 0 ? -1 : now_ms() + timeout_ms; }

static int left(int64_t until) {
    if (until < 0) return -1;
    int64_t ms = until - now_ms();
    return ms <= 0 ? 0 : ms > INT_MAX ? INT_MAX : (int)ms;
}

static int closed(int rc) {
    if (rc == SX_E_CLOSED) return sx_fail(rc, "this agent has been closed");
    if (rc == SX_E_INTERRUPTED) return sx_fail(rc, "the wait for audio was interrupted");
    return rc;
}

static uint32_t as_ms(uint32_t samples, int32_t rate) {
    uint64_t ms = ((uint64_t)samples * 1000 + (uint32_t)rate - 1) / (uint32_t)rate;
    return ms > STEP_MS ? STEP_MS : ms < 1 ? 1 : (uint32_t)ms;
}

static int check_buffer(const void *pcm, uint32_t samples) {
    if (samples && !pcm) return sx_fail(SX_E_INVALID, "pcm is NULL");
    return samples > INT32_MAX ? sx_fail(SX_E_LIMIT, "too many samples at once") : SX_OK;
}

static int write_all(media_audio *audio, const int16_t *pcm, uint32_t samples, int32_t rate, uint64_t segment,
                     int32_t timeout_ms) {
    uint32_t taken = 0;
    int64_t until = timeout_ms ? deadline(timeout_ms) : 0;
    for (;;) {
        int n = media_audio_write(audio, pcm + taken, samples - taken, (uint32_t)rate, segment);
        if (n == SX_E_EOF) n = sx_fail(SX_E_GONE, "the call has ended");
        if (n < 0) return taken ? (int)taken : n;
        taken += (uint32_t)n;
        if (taken == samples || !timeout_ms) return (int)taken;
        int wait = left(until);
        if (!wait) return (int)taken;
        n = media_audio_wait(audio, 0, as_ms(samples - taken, rate), wait);
        if (n == SX_E_EOF) n = sx_fail(SX_E_GONE, "the call has ended");
        if (n < 0) return taken ? (int)taken : closed(n);
    }
}

int32_t sipua_audio_write(sipua_agent *agent, sipua_id call, const int16_t *pcm, uint32_t samples, int32_t rate,
                          uint64_t segment, int32_t timeout_ms) {
    audio_ref r;
    ABI_TRY(abi_enter(agent));
    ABI_TRY(check_buffer(pcm, samples));
    ABI_TRY(abi_rate(rate, false));
    ABI_TRY(abi_number("segment", segment));
    ABI_TRY(find(agent, call, false, &r));
    return done(&r, samples ? write_all(r.audio, pcm, samples, rate, segment, timeout_ms) : 0);
}

_Static_assert((int)MEDIA_READ_CONCEALED == (int)SIPUA_AUDIO_CONCEALED &&
                   (int)MEDIA_READ_SILENCE == (int)SIPUA_AUDIO_SILENCE,
               "media.h and sipua.h disagree");

static int read_all(const audio_ref *r, int16_t *pcm, uint32_t samples, int32_t timeout_ms, uint32_t *flags) {
    int32_t rate = __atomic_load_n(&r->entry->read_rate, __ATOMIC_RELAXED);
    int64_t until = timeout_ms ? deadline(timeout_ms) : 0;
    uint32_t got = 0;
    for (;;) {
        uint32_t more = 0;
        int n = media_audio_read(r->audio, pcm + got, samples - got, (uint32_t)rate, &more);
        if (n == SX_E_EOF) sx_fail(n, "the call has ended, and all its audio was read");
        if (n < 0) return got ? (int)got : n;
        got += (uint32_t)n;
        *flags |= more & (SIPUA_AUDIO_CONCEALED | SIPUA_AUDIO_SILENCE);
        if (got == samples || !timeout_ms) return (int)got;
        int wait = left(until);
        if (!wait) return (int)got;
        n = media_audio_wait(r->audio, as_ms(samples - got, rate), 0, wait);
        if (n < 0 && n != SX_E_EOF) return got ? (int)got : closed(n);
    }
}

int32_t sipua_audio_read(sipua_agent *agent, sipua_id call, int16_t *pcm, uint32_t samples, int32_t timeout_ms,
                         sipua_audio_flags *flags) {
    audio_ref r;
    uint32_t what = 0;
    if (flags) *flags = 0;
    ABI_TRY(abi_enter(agent));
    ABI_TRY(check_buffer(pcm, samples));
    ABI_TRY(find(agent, call, true, &r));
    int rc = done(&r, samples ? read_all(&r, pcm, samples, timeout_ms, &what) : 0);
    if (flags) *flags = what;
    return rc;
}

int32_t sipua_audio_set_rate(sipua_agent *agent, sipua_id call, int32_t rate) {
    core_entry *e;
    ABI_TRY(abi_enter(agent));
    ABI_TRY(abi_rate(rate, false));
    int rc = core_ids_find(core_agent_ids(abi_core(agent)), call, CORE_AUDIBLE, &e);
    if (rc == SX_E_GONE)
        return sx_fail(rc, "there is no call or conference %llu, or it has ended", (unsigned long long)call);
    if (rc < 0) return sx_fail(rc, "%llu is neither a call nor a conference", (unsigned long long)call);
    __atomic_store_n(&e->read_rate, rate, __ATOMIC_RELAXED);
    core_entry_unref(e);
    return SX_OK;
}

/* The command goes first and carries only the reply, which the event of the flush is then made to follow. */
int32_t sipua_audio_flush(sipua_agent *agent, sipua_id call, uint64_t tag) {
    audio_ref r;
    ABI_TRY(abi_enter(agent));
    ABI_TRY(find(agent, call, false, &r));
    int rc =
        tag ? abi_object_command(agent, call, CORE_AUDIBLE, CORE_OP_FLUSH, tag, CORE_NEED_REPLY, NULL, NULL) : SX_OK;
    if (rc == SX_OK) rc = media_audio_flush(r.audio, tag);
    if (rc == SX_E_EOF) rc = tag ? SX_OK : sx_fail(SX_E_GONE, "the call has ended");
    return done(&r, rc < 0 ? rc : SX_OK);
}

int32_t sipua_audio_mark(sipua_agent *agent, sipua_id call, uint64_t mark) {
    audio_ref r;
    ABI_TRY(abi_enter(agent));
    ABI_TRY(abi_number("mark", mark));
    ABI_TRY(find(agent, call, false, &r));
    int rc = media_audio_mark(r.audio, mark);
    if (rc == SX_E_EOF) rc = sx_fail(SX_E_GONE, "the call has ended");
    return done(&r, rc < 0 ? rc : SX_OK);
}

int32_t sipua_audio_queued(sipua_agent *agent, sipua_id call) {
    audio_ref r;
    ABI_TRY(abi_enter(agent));
    ABI_TRY(find(agent, call, false, &r));
    uint32_t ms = media_audio_queued_ms(r.audio);
    return done(&r, ms > INT32_MAX ? INT32_MAX : (int)ms);
}

int32_t sipua_audio_watch(sipua_agent *agent, sipua_id call, int32_t readable_ms, int32_t writable_ms) {
    audio_ref r;
    ABI_TRY(abi_enter(agent));
    ABI_TRY(abi_range("readable_ms", readable_ms, 0, 10000));
    ABI_TRY(abi_range("writable_ms", writable_ms, 0, 60000));
    ABI_TRY(find(agent, call, false, &r));
    int rc = media_audio_watch(r.audio, (uint32_t)readable_ms, (uint32_t)writable_ms);
    if (rc == SX_E_EOF) rc = sx_fail(SX_E_GONE, "the call has ended");
    return done(&r, rc < 0 ? rc : SX_OK);
}

int32_t sipua_audio_ready(sipua_agent *agent, sipua_id *calls, uint32_t capacity) {
    ABI_TRY(abi_enter(agent));
    if (capacity && !calls) return sx_fail(SX_E_INVALID, "calls is NULL");
    return core_audio_ready(abi_core(agent), calls, capacity);
}
