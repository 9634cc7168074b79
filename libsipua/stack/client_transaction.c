#include "stack/client_transaction.h"

typedef struct outbox {
    tx_client_action *v;
    int n;
} outbox;

static void put(outbox *o, tx_client_action a) { o->v[o->n++] = a; }

void tx_client_init(tx_client *m, bool invite, bool reliable) {
    tx_machine_init(m, TX_CLIENT_CALLING, invite, reliable);
}

static void terminate(tx_client *m, outbox *o) {
    m->state = TX_CLIENT_TERMINATED;
    m->retry_at = 0;
    m->end_at = 0;
    put(o, TX_CLIENT_DO_TERMINATE);
}

static void linger(tx_client *m, tx_client_state state, uint64_t now, uint32_t ms, outbox *o) {
    if (!tx_machine_linger(m, state, now, ms)) terminate(m, o);
}

static void start(tx_client *m, const tx_timing *t, uint64_t now, outbox *o) {
    m->state = TX_CLIENT_CALLING;
    m->interval = t->t1;
    m->retry_at = m->reliable ? 0 : now + t->t1;
    m->end_at = now + t->timeout;
    put(o, TX_CLIENT_DO_SEND);
}

static void on_time(tx_client *m, const tx_timing *t, uint64_t now, outbox *o) {
    if (m->end_at && now >= m->end_at) {
        if (m->state == TX_CLIENT_CALLING || m->state == TX_CLIENT_PROCEEDING) put(o, TX_CLIENT_DO_TIMEOUT);
        terminate(m, o);
        return;
    }
    if (!m->retry_at || now < m->retry_at) return;
    /* Timer A doubles without a limit (17.1.1.2); timer E up to T2, and is T2 from the first 1xx on (17.1.2.2). */
    if (m->invite) {
        m->interval *= 2;
    } else {
        m->interval = m->state == TX_CLIENT_PROCEEDING || m->interval >= t->t2 / 2 ? t->t2 : m->interval * 2;
    }
    m->retry_at = now + m->interval;
    put(o, TX_CLIENT_DO_RESEND);
}

static void on_1xx(tx_client *m, outbox *o) {
    if (m->state != TX_CLIENT_CALLING && m->state != TX_CLIENT_PROCEEDING) return;
    m->state = TX_CLIENT_PROCEEDING;
    if (m->invite) { /* timer B is for the first answer only; timers E and F run on */
        m->retry_at = 0;
        m->end_at = 0;
    }
    put(o, TX_CLIENT_DO_PASS);
}

static void on_final(tx_client *m, const tx_timing *t, bool success, uint64_t now, outbox *o) {
    bool waiting = m->state == TX_CLIENT_CALLING || m->state == TX_CLIENT_PROCEEDING;
    if (!m->invite) {
        if (!waiting) return;
        put(o, TX_CLIENT_DO_PASS);
        linger(m, TX_CLIENT_COMPLETED, now, m->reliable ? 0 : t->t4, o);
    } else if (success) {
        if (!waiting && m->state != TX_CLIENT_ACCEPTED) return;
        put(o, TX_CLIENT_DO_PASS);
        if (waiting) linger(m, TX_CLIENT_ACCEPTED, now, t->timeout, o);
    } else if (waiting) {
        put(o, TX_CLIENT_DO_ACK);
        put(o, TX_CLIENT_DO_PASS);
        /* Timer D: 64*T1 (the RFC says: at least 32 s), or nothing where nothing is repeated (17.1.1.2). */
        linger(m, TX_CLIENT_COMPLETED, now, m->reliable ? 0 : t->timeout, o);
    } else if (m->state == TX_CLIENT_COMPLETED) {
        put(o, TX_CLIENT_DO_ACK);
    }
}

static void on_lost(tx_client *m, bool connection, outbox *o) {
    /* A 1xx has come: a datagram that gets lost then changes nothing, the answer may still arrive. */
    if (m->state == TX_CLIENT_CALLING || (connection && m->state == TX_CLIENT_PROCEEDING)) {
        put(o, TX_CLIENT_DO_TRANSPORT);
        terminate(m, o);
    } else if (m->state == TX_CLIENT_COMPLETED) {
        terminate(m, o);
    }
}

int tx_client_input_at(tx_client *m, const tx_timing *t, tx_client_input in, uint64_t now,
                       tx_client_action out[TX_CLIENT_MAX_ACTIONS]) {
    outbox o = {out, 0};
    if (m->state == TX_CLIENT_TERMINATED) return 0;
    switch (in) {
    case TX_CLIENT_START: start(m, t, now, &o); break;
    case TX_CLIENT_TIME: on_time(m, t, now, &o); break;
    case TX_CLIENT_1XX: on_1xx(m, &o); break;
    case TX_CLIENT_2XX: on_final(m, t, true, now, &o); break;
    case TX_CLIENT_FAILURE: on_final(m, t, false, now, &o); break;
    case TX_CLIENT_SEND_ERROR: on_lost(m, false, &o); break;
    case TX_CLIENT_LOST: on_lost(m, true, &o); break;
    }
    return o.n;
}
