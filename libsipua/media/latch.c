#include "media/latch.h"

void latch_init(latch *l) {
    memset(l, 0, sizeof *l);
    l->open = true; /* nothing signalled yet (an offer is out): early media may come from anywhere */
}

void latch_configure(latch *l, const net_addr *signalled, const net_addr *signalling, uint64_t now_ms) {
    l->signalling = *signalling;
    bool same = net_addr_is_set(&l->signalled) && net_addr_eq(&l->signalled, signalled);
    l->open = net_addr_is_set(signalled) && net_addr_is_private(signalled) && net_addr_is_set(signalling) &&
              !net_addr_eq_host(signalled, signalling);
    if (same) return;
    l->signalled = *signalled;
    l->good = 0;
    /* What was already sending from there (early media before its answer) stays latched. */
    if (l->latched && net_addr_eq(&l->remote, signalled)) return;
    l->latched = false;
    l->remote = *signalled;
    l->heard_ms = now_ms;
}

/* `now_ms` may lie before the last packet: a late tick carries the time that it should have had. */
static bool is_silent(const latch *l, uint64_t now_ms) {
    return now_ms > l->heard_ms && now_ms - l->heard_ms >= LATCH_SILENCE_MS;
}

bool latch_is_loose(const latch *l, uint64_t now_ms) { return !l->latched || is_silent(l, now_ms); }

bool latch_believes_host(const latch *l, const net_addr *from) {
    if (l->latched) return net_addr_eq_host(from, &l->remote);
    return l->open || net_addr_eq_host(from, &l->signalled) || net_addr_eq_host(from, &l->signalling);
}

static latch_verdict take(latch *l, const net_addr *from, uint64_t now_ms) {
    l->latched = true;
    l->remote = *from;
    l->heard_ms = now_ms;
    l->good = 0;
    return LATCH_NEW;
}

/* How many consistent packets this source needs; 0: never believed. */
static unsigned needed(const latch *l, const net_addr *from) {
    bool known = net_addr_eq_host(from, &l->signalled) || net_addr_eq_host(from, &l->signalling);
    if (l->latched) return known || l->open || net_addr_eq_host(from, &l->remote) ? LATCH_RELATCH : 0;
    if (net_addr_is_set(&l->signalled) && net_addr_eq(from, &l->signalled)) return 1;
    if (l->open) return 1;
    return known ? LATCH_CONSISTENT : 0;
}

static void try_candidate(latch *l, const net_addr *from, uint32_t ssrc, uint16_t seq, uint64_t now_ms) {
    uint16_t step = (uint16_t)(seq - l->seq);
    bool consistent = l->good > 0 && net_addr_eq(from, &l->candidate) && ssrc == l->ssrc && step != 0 && step < 16 &&
                      now_ms - l->candidate_ms < LATCH_SILENCE_MS;
    l->good = consistent ? l->good + 1 : 1;
    l->candidate = *from;
    l->ssrc = ssrc;
    l->seq = seq;
    l->candidate_ms = now_ms;
}

latch_verdict latch_packet(latch *l, const net_addr *from, uint32_t ssrc, uint16_t seq, uint64_t now_ms) {
    if (l->latched && net_addr_eq(from, &l->remote)) {
        l->heard_ms = now_ms;
        l->good = 0;
        return LATCH_KEEP;
    }
    if (l->latched && !is_silent(l, now_ms)) return LATCH_REFUSE;
    unsigned need = needed(l, from);
    if (need == 0) return LATCH_REFUSE;
    if (need == 1) return take(l, from, now_ms);
    /* A second stranger does not reset the first one's trial unless that has gone quiet. */
    if (l->good > 0 && !net_addr_eq(from, &l->candidate) && now_ms - l->candidate_ms < 200) return LATCH_REFUSE;
    try_candidate(l, from, ssrc, seq, now_ms);
    if (l->good >= need) return take(l, from, now_ms);
    return l->latched ? LATCH_REFUSE : LATCH_HEAR;
}
