#include "media/relay.h"

enum { JUMP_US = 1000000, FAR = 3000 /* MAX_DROPOUT of RFC 3550, A.1 */ };

static int16_t apart(uint16_t a, uint16_t b) { return (int16_t)(uint16_t)(a - b); }

/* Did the timestamps leave the clock? A pause moves both. */
static bool ts_jumped(const relay *r, const relay_in *in) {
    if (!r->has_audio || !in->audio) return false;
    int64_t said = (int64_t)(int32_t)(in->ts - r->audio_ts) * 1000000 / in->rate;
    int64_t passed = (int64_t)(in->at_us - r->audio_us);
    return said - passed > JUMP_US || passed - said > JUMP_US;
}

static bool must_join(const relay *r, const relay_in *in, const relay_clock *clock) {
    int16_t d = apart(in->seq, r->last_in);
    return !r->begun || r->ssrc != in->ssrc || clock->seq != r->next_out || d > FAR || d < -FAR || ts_jumped(r, in);
}

static void join(relay *r, const relay_in *in, const relay_clock *clock) {
    uint32_t ts = clock->ts;
    if (in->at_us > clock->due_us) ts += (uint32_t)((in->at_us - clock->due_us) * in->rate / 1000000);
    r->begun = true;
    r->ssrc = in->ssrc;
    r->seq_off = (uint16_t)(clock->seq - in->seq);
    r->ts_off = ts - in->ts;
    r->first_in = r->last_in = in->seq;
    r->has_audio = false;
    r->joins++;
}

bool relay_pass(relay *r, const relay_in *in, relay_clock *clock, relay_out *out) {
    bool joined = must_join(r, in, clock);
    if (joined) join(r, in, clock);
    if (apart(in->seq, r->first_in) < 0) return false;
    out->seq = (uint16_t)(in->seq + r->seq_off);
    out->ts = in->ts + r->ts_off;
    out->marker = in->marker || (joined && in->audio);
    if (apart(in->seq, r->last_in) < 0) return true; /* a late one: the clock is further on */
    r->last_in = in->seq;
    if (apart(r->last_in, r->first_in) > FAR) r->first_in = (uint16_t)(r->last_in - FAR);
    clock->seq = r->next_out = (uint16_t)(out->seq + 1);
    if (in->audio) {
        r->has_audio = true;
        r->audio_ts = in->ts;
        r->audio_us = in->at_us;
        clock->ts = out->ts + in->duration;
        clock->due_us = in->at_us + (uint64_t)in->duration * 1000000 / in->rate;
    }
    return true;
}

void relay_leave_out(relay *r, uint16_t seq, uint32_t ssrc) {
    if (!r->begun || r->ssrc != ssrc || apart(seq, r->last_in) <= 0) return;
    r->seq_off--;
    r->last_in = seq;
    r->first_in = (uint16_t)(seq + 1);
}
