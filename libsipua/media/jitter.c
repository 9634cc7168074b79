#include "media/jitter.h"

#include <stdlib.h>
#include <string.h>

enum {
    WINDOW_US = 4000000,  /* of the least transit */
    JUMP_US = 1000000,    /* a timestamp off by so much against arrival begins a new epoch */
    LOSS_MAX_US = 120000, /* longer gaps are waited for, not concealed */
    PIECE_US = 20000,
    HARD_US = 60000, /* above the greatest depth: drop now, quiet or not */
    PEAK_HOLD_US = 1000000,
    MAX_SEQ_STEP = 3000,
    SMALL_NODE = 256
};
static const int64_t EPOCH_ORDER = (int64_t)1 << 32;

struct jitter_node {
    jitter_node *next;
    int64_t order; /* epoch and extended sequence number */
    int64_t media;
    uint32_t duration_us;
    uint32_t epoch;
    uint16_t n, cap;
    uint8_t pt;
    bool skip;
    uint8_t payload[];
};

void jitter_init(jitter *j, uint32_t min_ms, uint32_t max_ms) {
    memset(j, 0, sizeof *j);
    j->min_us = (int64_t)min_ms * 1000;
    j->max_us = (int64_t)(max_ms < min_ms ? min_ms : max_ms) * 1000;
    j->target_us = j->min_us;
    j->weight = 1;
}

static void node_release(jitter *j, jitter_node *n) {
    if (j->spares >= 4) {
        free(n);
        return;
    }
    n->next = j->spare;
    j->spare = n;
    j->spares++;
}

static jitter_node *node_new(jitter *j, size_t n) {
    jitter_node *x = j->spare;
    if (x) {
        j->spare = x->next;
        j->spares--;
        if (x->cap >= n) return x;
        free(x);
    }
    size_t cap = n <= SMALL_NODE ? SMALL_NODE : 2048;
    if (n > cap) return NULL;
    x = malloc(sizeof *x + cap);
    if (x) x->cap = (uint16_t)cap;
    return x;
}

static void pop(jitter *j) {
    jitter_node *n = j->head;
    j->head = n->next;
    if (!j->head) j->tail = NULL;
    j->count--;
    node_release(j, n);
}

void jitter_free(jitter *j) {
    while (j->head) pop(j);
    for (jitter_node *n = j->spare; n;) {
        jitter_node *next = n->next;
        free(n);
        n = next;
    }
    j->spare = NULL;
    j->spares = 0;
}

void jitter_reset(jitter *j) {
    while (j->head) pop(j);
    jitter old = *j;
    jitter_init(j, 0, 0);
    j->min_us = old.min_us;
    j->max_us = old.max_us;
    j->target_us = old.min_us;
    j->spare = old.spare;
    j->spares = old.spares;
    j->late = old.late;
    j->duplicate = old.duplicate;
    j->dropped = old.dropped;
    j->epochs = old.epochs;
}

static int64_t base_of(const jitter *j) { return j->base[0] < j->base[1] ? j->base[0] : j->base[1]; }

/* ---- depth ---- */

static void scan_target(jitter *j, int64_t now) {
    float tail = j->sum * 0.01f, above = 0;
    int i = JITTER_BINS - 1;
    while (i > 0 && above + j->bins[i] <= tail) above += j->bins[i--];
    int64_t want = i == 0 ? j->min_us : (int64_t)(i + 1) * JITTER_BIN_US;
    int64_t peak = j->peak_us;
    if (now - j->peak_at > PEAK_HOLD_US) peak -= (now - j->peak_at - PEAK_HOLD_US) / 50; /* 20 ms a second */
    if (peak > want) want = peak;
    j->target_us = want < j->min_us ? j->min_us : want > j->max_us ? j->max_us : want;
}

/* Learns from the transit of one packet. */
static void learn(jitter *j, int64_t transit, int64_t arrival) {
    if (!j->has_base) {
        j->base[0] = j->base[1] = transit;
        j->window_end = arrival + WINDOW_US;
        j->has_base = true;
    }
    if (arrival >= j->window_end) {
        int64_t before = base_of(j);
        j->base[1] = j->base[0];
        j->base[0] = transit;
        j->window_end = arrival + WINDOW_US;
        if (base_of(j) - before > 3 * JITTER_BIN_US) { /* another path: what was learnt above the old base is void */
            memset(j->bins, 0, sizeof j->bins);
            j->sum = 0;
            j->weight = 1;
        }
    }
    if (transit < j->base[0]) j->base[0] = transit;
    int64_t above = transit - base_of(j);
    int64_t bin = above / JITTER_BIN_US;
    if (bin >= JITTER_BINS) bin = JITTER_BINS - 1;
    j->bins[bin] += j->weight;
    j->sum += j->weight;
    j->weight *= 1.002f; /* half forgotten after 350 packets */
    if (j->weight > 1e6f) {
        for (int i = 0; i < JITTER_BINS; i++) j->bins[i] /= j->weight;
        j->sum /= j->weight;
        j->weight = 1;
    }
    bool late = above > j->target_us;
    if (late && above + JITTER_BIN_US > j->peak_us) {
        j->peak_us = above + JITTER_BIN_US > j->max_us ? j->max_us : above + JITTER_BIN_US;
        j->peak_at = arrival;
    }
    if (late || j->until_scan-- == 0) {
        scan_target(j, arrival);
        j->until_scan = 10;
    }
}

/* ---- packets in ---- */

static void begin_epoch(jitter *j, const jitter_packet *p, int64_t arrival) {
    if (j->epoch >= INT32_MAX - 1) jitter_reset(j);
    j->epoch++;
    j->epochs++;
    j->ssrc = p->ssrc;
    j->rate = p->rate;
    j->ext_seq = (int64_t)p->seq + 0x10000; /* room for older ones */
    /* The new timeline goes on where the least transit puts a packet that arrives now; never before what is buffered.
     */
    int64_t media = j->has_base ? arrival - base_of(j) : 0;
    if (j->tail && media < j->tail->media + j->tail->duration_us) media = j->tail->media + j->tail->duration_us;
    if (j->started && !j->tail && media < j->play) media = j->play;
    j->media = media;
    j->last_ts = p->ts;
    j->last_seq = p->seq;
    j->last_arrival = arrival;
    j->started = true;
}

/* Where the packet stands, in sequence and media time; begins an epoch if it does not belong to the present one. */
static void place(jitter *j, const jitter_packet *p, int64_t arrival, int64_t *seq, int64_t *media) {
    int32_t dts = (int32_t)(p->ts - j->last_ts);
    int16_t dseq = (int16_t)(p->seq - j->last_seq);
    bool fits = j->started && p->ssrc == j->ssrc && p->rate == j->rate && dseq < MAX_SEQ_STEP && dseq > -MAX_SEQ_STEP;
    int64_t step = fits ? (int64_t)dts * 1000000 / (int64_t)p->rate : 0;
    if (fits) {
        int64_t off = step - (arrival - j->last_arrival);
        fits = off < JUMP_US && off > -JUMP_US && !(dseq > 0 && step < -JUMP_US / 10);
    }
    /* The timestamp of a telephone-event is that of its beginning: no base to judge others by. */
    if (p->skip && j->started && p->ssrc == j->ssrc) {
        *seq = j->ext_seq + (dseq < MAX_SEQ_STEP && dseq > -MAX_SEQ_STEP ? dseq : 0);
        *media = fits ? j->media + step : j->media;
        return;
    }
    if (!fits) {
        begin_epoch(j, p, arrival);
        step = dseq = 0;
    }
    *seq = j->ext_seq + dseq;
    *media = j->media + step;
    if (dseq > 0 || step > 0) {
        j->ext_seq = *seq;
        j->last_seq = p->seq;
        j->last_ts = p->ts;
        j->media = *media;
        j->last_arrival = arrival;
    }
}

static bool insert(jitter *j, jitter_node *n) {
    if (!j->tail || n->order > j->tail->order) {
        n->next = NULL;
        if (j->tail)
            j->tail->next = n;
        else
            j->head = n;
        j->tail = n;
    } else {
        jitter_node **at = &j->head;
        while ((*at)->order < n->order) at = &(*at)->next;
        if ((*at)->order == n->order) return false;
        n->next = *at;
        *at = n;
    }
    j->count++;
    return true;
}

jitter_put_result jitter_put(jitter *j, const jitter_packet *p, uint64_t arrival_us) {
    int64_t arrival = (int64_t)arrival_us, seq, media;
    if (p->rate == 0 || (p->skip && !j->started)) return JITTER_LATE;
    place(j, p, arrival, &seq, &media);
    int64_t order = (int64_t)j->epoch * EPOCH_ORDER + seq;
    if (!p->skip) learn(j, arrival - media, arrival);
    if (j->played_order && order <= j->played_order) {
        j->late++;
        return JITTER_LATE;
    }
    if (j->count >= JITTER_MAX_NODES) {
        pop(j);
        j->dropped++;
    }
    jitter_node *n = node_new(j, p->n);
    if (!n) return JITTER_NOMEM;
    n->order = order;
    n->media = media;
    n->duration_us = p->duration_us;
    n->epoch = j->epoch;
    n->n = (uint16_t)p->n;
    n->pt = p->pt;
    n->skip = p->skip;
    if (p->n) memcpy(n->payload, p->payload, p->n);
    if (!insert(j, n)) {
        node_release(j, n);
        j->duplicate++;
        return JITTER_DUPLICATE;
    }
    return JITTER_QUEUED;
}

/* ---- frames out ---- */

/* Audio in the buffer from the play point on. */
static int64_t content_us(const jitter *j) {
    int64_t us = j->tail ? j->tail->media + j->tail->duration_us - j->play : 0;
    return us > 0 ? us : 0;
}

int64_t jitter_excess_us(const jitter *j, uint64_t now_us, uint32_t ahead_us) {
    if (!j->playing) return 0;
    int64_t excess = (int64_t)now_us + ahead_us - j->play - base_of(j) - j->target_us;
    int64_t there = content_us(j) + ahead_us; /* after a path has become slower, `base` is too low for a while */
    return excess < there ? excess : there;
}

/* Far more than allowed (a stall of ours, a burst after a stall of the network): give up the oldest. */
static void drop_excess(jitter *j) {
    if (!j->playing || content_us(j) < j->max_us + HARD_US) return;
    j->play = j->tail->media + j->tail->duration_us - j->target_us;
    while (j->head && j->head->media + j->head->duration_us / 2 < j->play) {
        j->played_order = j->head->order;
        if (!j->head->skip) j->dropped++;
        pop(j);
    }
}

static jitter_decision take(jitter *j, jitter_frame *out) {
    jitter_node *n = j->head;
    out->pt = n->pt;
    out->payload = n->payload; /* stays readable: the node goes to the spares, used again by the next put only */
    out->n = n->n;
    out->lost_us = n->duration_us;
    out->fresh = j->played_order == 0 || j->played_order / EPOCH_ORDER != n->order / EPOCH_ORDER;
    j->played_order = n->order;
    j->play = n->media + n->duration_us;
    j->head = n->next;
    if (!j->head) j->tail = NULL;
    j->count--;
    n->next = j->spare; /* even above the usual number: it must not be freed yet */
    j->spare = n;
    j->spares++;
    return JITTER_PACKET;
}

jitter_decision jitter_get(jitter *j, uint64_t now_us, uint32_t ahead_us, jitter_frame *out) {
    memset(out, 0, sizeof *out);
    int64_t now = (int64_t)now_us + ahead_us;
    drop_excess(j);
    bool contiguous = true; /* nothing was lost between the last packet and the head */
    while (j->head && j->head->skip) {
        if (j->head->order > j->played_order + 1) contiguous = false;
        j->played_order = j->head->order;
        pop(j);
    }
    jitter_node *n = j->head;
    if (!n) {
        j->playing = false;
        return JITTER_NONE;
    }
    bool due = base_of(j) + n->media + j->target_us <= now + JITTER_TOLERANCE_US;
    if (!j->playing) {
        if (!due) return JITTER_NONE;
        j->playing = true;
        return take(j, out);
    }
    int64_t gap = n->media - j->play;
    if (gap < 2500) return take(j, out);
    if (n->order > j->played_order + 1) contiguous = false;
    bool same_epoch = n->order / EPOCH_ORDER == j->played_order / EPOCH_ORDER;
    if (contiguous || !same_epoch || gap > LOSS_MAX_US) { /* a pause of the sender, or nothing worth inventing */
        if (due) return take(j, out);
        j->playing = false;
        return JITTER_NONE;
    }
    out->lost_us = (uint32_t)(gap > PIECE_US && gap >= PIECE_US + 2500 ? PIECE_US : gap);
    out->fec = out->lost_us == (uint64_t)gap && n->duration_us == out->lost_us;
    out->pt = n->pt;
    out->payload = n->payload;
    out->n = n->n;
    j->play += out->lost_us;
    return JITTER_LOST;
}

void jitter_played(jitter *j, int32_t more_us) { j->play += more_us; }
