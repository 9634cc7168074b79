#include "codec/plc.h"

#include <stdbool.h>
#include <string.h>

enum { FULL_MS = 10, SILENT_MS = 60, WINDOW_MS = 20, PITCH_MIN_MS = 5, PITCH_MAX_MS = 15, JOIN_MS = 4 };

static uint32_t samples(const plc *p, uint32_t ms) { return p->rate / 1000 * ms; }

void plc_init(plc *p, uint32_t rate) {
    memset(p, 0, sizeof *p);
    p->rate = rate > 12000 ? 16000 : 8000;
}

static void remember(plc *p, const int16_t *pcm, size_t n) {
    size_t room = samples(p, PLC_HISTORY_MS);
    if (n >= room) {
        memcpy(p->history, pcm + (n - room), room * sizeof *pcm);
        p->filled = (uint32_t)room;
        return;
    }
    memmove(p->history, p->history + n, (room - n) * sizeof *pcm);
    memcpy(p->history + (room - n), pcm, n * sizeof *pcm);
    p->filled = (uint32_t)(p->filled + n > room ? room : p->filled + n);
}

/* Likeness of the newest window to the one `lag` before, 0..1 (negative likeness is none). Every second sample. */
static float likeness(const int16_t *end, uint32_t window, uint32_t lag) {
    float xy = 0, xx = 1, yy = 1;
    for (uint32_t i = 1; i <= window; i += 2) {
        float x = end[-(ptrdiff_t)i], y = end[-(ptrdiff_t)(i + lag)];
        xy += x * y;
        xx += x * x;
        yy += y * y;
    }
    return xy <= 0 ? 0 : xy * xy / (xx * yy);
}

/* The lag of best likeness. Sound without a pitch repeats the longest cycle: that buzzes least. */
static uint32_t find_pitch(const plc *p) {
    const int16_t *end = p->history + samples(p, PLC_HISTORY_MS);
    uint32_t lo = samples(p, PITCH_MIN_MS), hi = samples(p, PITCH_MAX_MS), window = samples(p, WINDOW_MS), best = hi;
    float best_likeness = 0.1f;
    for (uint32_t lag = lo; lag <= hi; lag++) {
        float l = likeness(end, window, lag);
        if (l <= best_likeness) continue;
        best_likeness = l;
        best = lag;
    }
    return best;
}

/* Cuts the newest cycle out. Its last quarter fades into what came before it, so that the cycle's end meets its
 * beginning; the step from the last good sample to the cycle's first is let out over the first quarter. */
static void start(plc *p) {
    const int16_t *end = p->history + samples(p, PLC_HISTORY_MS);
    p->phase = 0;
    p->pitch = 0;
    if (p->filled < samples(p, WINDOW_MS + PITCH_MAX_MS)) return;
    p->pitch = find_pitch(p);
    const int16_t *cycle = end - p->pitch;
    memcpy(p->cycle, cycle, p->pitch * sizeof *p->cycle);
    uint32_t quarter = p->pitch / 4;
    for (uint32_t i = 0; i < quarter; i++) {
        uint32_t at = p->pitch - quarter + i;
        int32_t w = (int32_t)((i + 1) * 256 / quarter);
        p->cycle[at] = (int16_t)((cycle[at] * (256 - w) + cycle[(ptrdiff_t)at - (ptrdiff_t)p->pitch] * w) / 256);
    }
    p->step = end[-1] - cycle[-1];
}

static int32_t clip(int32_t v) { return v > 32767 ? 32767 : v < -32768 ? -32768 : v; }

/* One concealed sample: full strength for 10 ms, then down to silence at 60. */
static int16_t next_sample(plc *p) {
    uint32_t full = samples(p, FULL_MS), silent = samples(p, SILENT_MS), quarter = p->pitch / 4;
    uint32_t at = p->lost++;
    if (p->lost > silent) p->lost = silent;
    if (!p->pitch || at >= silent) return 0;
    int32_t v = p->cycle[p->phase];
    if (++p->phase >= p->pitch) p->phase = 0;
    if (at < quarter) v = clip(v + p->step * (int32_t)(quarter - at) / (int32_t)quarter);
    if (at > full) v = v * (int32_t)(silent - at) / (int32_t)(silent - full);
    return (int16_t)v;
}

void plc_lost(plc *p, int16_t *pcm, size_t n) {
    if (p->lost == 0 && n) start(p);
    for (size_t i = 0; i < n; i++) pcm[i] = next_sample(p);
    remember(p, pcm, n);
}

void plc_good(plc *p, int16_t *pcm, size_t n) {
    if (p->lost) {
        size_t join = samples(p, JOIN_MS);
        if (join > n) join = n;
        for (size_t i = 0; i < join; i++) {
            int32_t w = (int32_t)((i + 1) * 256 / (join + 1));
            pcm[i] = (int16_t)((pcm[i] * w + next_sample(p) * (256 - w)) / 256);
        }
        p->lost = 0;
    }
    remember(p, pcm, n);
}
