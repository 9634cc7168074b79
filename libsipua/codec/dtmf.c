#include "codec/dtmf.h"

#include "base/error.h"

enum { EVENT_PAUSE = 255, PAUSE_MS = 500, VOLUME = 10, END_REPEATS = 3, SEGMENT_MAX = 0xffff };
enum { STATE_IDLE = 0, STATE_SOUND, STATE_GAP };

static const char digits[] = "0123456789*#ABCD!";

bool dtmf_read(const uint8_t *p, size_t n, dtmf_event *out) {
    if (n < DTMF_PAYLOAD || p[0] > DTMF_FLASH) return false;
    out->event = p[0];
    out->end = (p[1] & 0x80) != 0;
    out->volume = p[1] & 0x3f;
    out->duration = (uint16_t)(p[2] << 8 | p[3]);
    return true;
}

void dtmf_write(const dtmf_event *e, uint8_t out[DTMF_PAYLOAD]) {
    out[0] = e->event;
    out[1] = (uint8_t)((e->end ? 0x80 : 0) | (e->volume & 0x3f));
    out[2] = (uint8_t)(e->duration >> 8);
    out[3] = (uint8_t)e->duration;
}

int dtmf_code(char digit) {
    if (digit >= 'a' && digit <= 'd') digit = (char)(digit - 'a' + 'A');
    for (int i = 0; i <= DTMF_FLASH; i++)
        if (digits[i] == digit) return i;
    return -1;
}

char dtmf_char(int code) { return code >= 0 && code <= DTMF_FLASH ? digits[code] : 0; }

/* ---- sending ---- */

void dtmf_sender_init(dtmf_sender *s, uint32_t clock_rate) {
    memset(s, 0, sizeof *s);
    s->rate = clock_rate ? clock_rate : 8000;
    s->volume = VOLUME;
}

static unsigned clamp(unsigned v, unsigned lo, unsigned hi) { return v < lo ? lo : v > hi ? hi : v; }

int dtmf_sender_add(dtmf_sender *s, sx_slice text, unsigned duration_ms, unsigned gap_ms) {
    if (text.n > (size_t)(DTMF_QUEUE - s->count)) return sx_fail(SX_E_FULL, "more than %d digits wait", DTMF_QUEUE);
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] != ',' && dtmf_code(text.p[i]) < 0) return sx_fail(SX_E_INVALID, "not a DTMF digit (at %zu)", i);
    for (size_t i = 0; i < text.n; i++) {
        dtmf_digit *d = &s->queue[(s->head + s->count++) % DTMF_QUEUE];
        d->event = text.p[i] == ',' ? EVENT_PAUSE : (uint8_t)dtmf_code(text.p[i]);
        d->duration_ms = (uint16_t)clamp(duration_ms ? duration_ms : DTMF_DEFAULT_MS, DTMF_MIN_MS, DTMF_MAX_MS);
        d->gap_ms = (uint16_t)clamp(gap_ms, DTMF_GAP_MS, DTMF_MAX_MS);
    }
    return SX_OK;
}

static uint64_t units_of(const dtmf_sender *s, unsigned ms) { return (uint64_t)s->rate * ms / 1000; }

/* Takes the next digit from the queue. */
static void begin(dtmf_sender *s, uint32_t timestamp) {
    const dtmf_digit *d = &s->queue[s->head];
    s->head = (uint8_t)((s->head + 1) % DTMF_QUEUE);
    s->count--;
    s->event = d->event;
    if (d->event == EVENT_PAUSE) {
        s->state = STATE_GAP;
        s->ends = END_REPEATS;
        s->gap = units_of(s, PAUSE_MS);
        return;
    }
    s->state = STATE_SOUND;
    s->ends = 0;
    s->marker = true;
    s->started = timestamp;
    s->segment = 0;
    s->total = units_of(s, d->duration_ms);
    s->gap_ms = d->gap_ms;
}

static bool emit(dtmf_sender *s, uint32_t duration, bool end, dtmf_packet *out) {
    dtmf_event e;
    e.event = s->event;
    e.end = end;
    e.volume = s->volume;
    e.duration = (uint16_t)duration;
    dtmf_write(&e, out->payload);
    out->timestamp = s->started;
    out->marker = s->marker;
    out->ended = end && s->ends == 0;
    out->digit = dtmf_char(s->event);
    s->marker = false;
    if (end) s->ends++;
    return true;
}

/* The digit grows by one packet time; its last packet is the first END. A duration past 16 bits closes the segment
 * with 0xFFFF and goes on in the next packet under a timestamp that much later, with neither M nor E. */
static bool sound(dtmf_sender *s, uint32_t units, dtmf_packet *out) {
    s->sounding = true;
    if (s->total) {
        s->segment += units;
        s->total = s->total > units ? s->total - units : 0;
    }
    if (s->segment > SEGMENT_MAX) {
        emit(s, SEGMENT_MAX, false, out);
        s->segment -= SEGMENT_MAX;
        s->started += SEGMENT_MAX;
        return true;
    }
    if (s->total) return emit(s, s->segment, false, out);
    s->state = STATE_GAP;
    s->gap = units_of(s, s->gap_ms);
    return emit(s, s->segment, true, out);
}

bool dtmf_sender_step(dtmf_sender *s, uint32_t timestamp, uint32_t units, dtmf_packet *out) {
    memset(out, 0, sizeof *out);
    s->sounding = false;
    if (units == 0 || units > SEGMENT_MAX) units = s->rate / 50;
    if (s->state == STATE_GAP) {
        bool sent = s->ends < END_REPEATS && emit(s, s->segment, true, out);
        s->gap = s->gap > units ? s->gap - units : 0;
        if (s->gap == 0 && s->ends >= END_REPEATS) s->state = STATE_IDLE;
        return sent;
    }
    if (s->state == STATE_IDLE && s->count) {
        begin(s, timestamp);
        if (s->state == STATE_GAP) return false;
    }
    return s->state == STATE_SOUND && sound(s, units, out);
}

bool dtmf_sender_busy(const dtmf_sender *s) { return s->state != STATE_IDLE || s->count; }
bool dtmf_sender_sounding(const dtmf_sender *s) { return s->sounding; }

void dtmf_sender_clear(dtmf_sender *s) {
    s->count = 0;
    if (s->state != STATE_SOUND) return;
    uint64_t least = units_of(s, DTMF_MIN_MS), rest = s->segment < least ? least - s->segment : 1;
    if (s->total > rest) s->total = rest;
}

/* ---- receiving ---- */

void dtmf_receiver_init(dtmf_receiver *r, uint32_t clock_rate) {
    memset(r, 0, sizeof *r);
    r->rate = clock_rate ? clock_rate : 8000;
}

static void mark_seen(dtmf_receiver *r, uint32_t ssrc, uint32_t timestamp, uint8_t event) {
    dtmf_seen *s = &r->seen[r->next_seen];
    r->next_seen = (uint8_t)((r->next_seen + 1) % (sizeof r->seen / sizeof *r->seen));
    s->ssrc = ssrc;
    s->timestamp = timestamp;
    s->event = event;
    s->used = true;
}

/* Reported before: the same event again, or the segment that follows one of it. */
static bool was_seen(dtmf_receiver *r, uint32_t ssrc, uint32_t timestamp, uint8_t event) {
    for (size_t i = 0; i < sizeof r->seen / sizeof *r->seen; i++) {
        const dtmf_seen *s = &r->seen[i];
        if (!s->used || s->ssrc != ssrc || s->event != event) continue;
        if (s->timestamp == timestamp) return true;
        if (timestamp - s->timestamp != SEGMENT_MAX) continue;
        mark_seen(r, ssrc, timestamp, event);
        return true;
    }
    return false;
}

static void fill(const dtmf_receiver *r, uint8_t event, uint64_t units, bool end_lost, dtmf_digit_event *out) {
    uint64_t ms = units * 1000 / r->rate;
    out->digit = dtmf_char(event);
    out->duration_ms = ms > UINT32_MAX ? UINT32_MAX : (uint32_t)ms;
    out->end_lost = end_lost;
}

static unsigned report(dtmf_receiver *r, bool end_lost, dtmf_digit_event *out) {
    fill(r, r->event, r->earlier + r->duration, end_lost, out);
    mark_seen(r, r->ssrc, r->timestamp, r->event);
    r->active = false;
    return 1;
}

/* RFC 4733, section 2.5.1.3: a long event goes on under a timestamp later by the length of the segment before. */
static bool continues(const dtmf_receiver *r, uint32_t timestamp) {
    uint32_t later = timestamp - r->timestamp;
    return later == SEGMENT_MAX || (r->duration >= 0x8000 && later == r->duration);
}

unsigned dtmf_receiver_packet(dtmf_receiver *r, uint32_t ssrc, uint32_t timestamp, const uint8_t *payload, size_t n,
                              uint64_t now_ms, dtmf_digit_event out[2]) {
    dtmf_event e;
    unsigned reported = 0;
    if (!dtmf_read(payload, n, &e)) return 0;
    bool same_source = r->active && r->ssrc == ssrc;
    if (same_source && r->event == e.event && r->timestamp != timestamp && continues(r, timestamp)) {
        mark_seen(r, ssrc, r->timestamp, e.event);
        r->earlier += timestamp - r->timestamp;
        r->timestamp = timestamp;
        r->duration = 0;
    }
    bool current = same_source && r->event == e.event && r->timestamp == timestamp;
    if (!current && was_seen(r, ssrc, timestamp, e.event)) return 0;
    if (!current && same_source && (int32_t)(timestamp - r->timestamp) < 0) {
        /* An earlier digit, overtaken: only its END says that it is whole. */
        if (!e.end) return 0;
        fill(r, e.event, e.duration, false, out);
        mark_seen(r, ssrc, timestamp, e.event);
        return 1;
    }
    if (!current) {
        if (r->active) reported = report(r, true, out);
        r->active = true;
        r->ssrc = ssrc;
        r->timestamp = timestamp;
        r->event = e.event;
        r->duration = 0;
        r->earlier = 0;
    }
    if (e.duration > r->duration) r->duration = e.duration;
    r->last_ms = now_ms;
    if (e.end) reported += report(r, false, out + reported);
    return reported;
}

unsigned dtmf_receiver_time(dtmf_receiver *r, uint64_t now_ms, dtmf_digit_event out[1]) {
    if (!r->active || now_ms < r->last_ms || now_ms - r->last_ms < DTMF_TIMEOUT_MS) return 0;
    return report(r, true, out);
}

unsigned dtmf_receiver_finish(dtmf_receiver *r, dtmf_digit_event out[1]) {
    return r->active ? report(r, true, out) : 0;
}
