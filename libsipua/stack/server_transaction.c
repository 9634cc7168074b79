#include "stack/server_transaction.h"

typedef struct outbox {
    tx_server_action *v;
    int n;
} outbox;

static void put(outbox *o, tx_server_action a) { o->v[o->n++] = a; }

void tx_server_init(tx_server *m, bool invite, bool reliable) {
    tx_machine_init(m, TX_SERVER_TRYING, invite, reliable);
}

static void terminate(tx_server *m, outbox *o) {
    m->state = TX_SERVER_TERMINATED;
    m->retry_at = 0;
    m->end_at = 0;
    put(o, TX_SERVER_DO_TERMINATE);
}

static void linger(tx_server *m, tx_server_state state, uint64_t now, uint32_t ms, outbox *o) {
    if (!tx_machine_linger(m, state, now, ms)) terminate(m, o);
}

static bool is_open(const tx_server *m) { return m->state == TX_SERVER_TRYING || m->state == TX_SERVER_PROCEEDING; }

static void on_time(tx_server *m, const tx_timing *t, uint64_t now, outbox *o) {
    if (m->end_at && now >= m->end_at) {
        if (m->state == TX_SERVER_COMPLETED && m->invite) put(o, TX_SERVER_DO_TIMEOUT); /* timer H */
        /* A non-INVITE that was not answered within 64*T1 must not be answered any more (RFC 4320 4.2): the client has
         * given up. It stays until the floor above has spoken, so that the handle does not die under it. */
        if (is_open(m)) {
            m->end_at = 0;
            m->interval = UINT32_MAX;
            return;
        }
        terminate(m, o);
        return;
    }
    if (!m->retry_at || now < m->retry_at) return;
    if (is_open(m)) {
        m->retry_at = 0;
        m->state = TX_SERVER_PROCEEDING;
        put(o, TX_SERVER_DO_100);
        return;
    }
    m->interval = m->interval >= t->t2 / 2 ? t->t2 : m->interval * 2; /* timer G */
    m->retry_at = now + m->interval;
    put(o, TX_SERVER_DO_RESEND);
}

static void on_request(tx_server *m, outbox *o) {
    if (m->state == TX_SERVER_PROCEEDING || m->state == TX_SERVER_COMPLETED) put(o, TX_SERVER_DO_RESEND);
}

static void on_final(tx_server *m, const tx_timing *t, bool success, uint64_t now, outbox *o) {
    if (m->invite && success && m->state == TX_SERVER_ACCEPTED) {
        put(o, TX_SERVER_DO_SEND); /* a proxy's further 2xx (RFC 6026 7.1) */
        return;
    }
    if (!is_open(m)) return;
    if (!m->invite) {
        if (m->interval == UINT32_MAX) { /* too late */
            terminate(m, o);
            return;
        }
        put(o, TX_SERVER_DO_SEND);
        linger(m, TX_SERVER_COMPLETED, now, m->reliable ? 0 : t->timeout, o);
    } else if (success) {
        put(o, TX_SERVER_DO_SEND);
        linger(m, TX_SERVER_ACCEPTED, now, t->timeout, o);
    } else {
        put(o, TX_SERVER_DO_SEND);
        linger(m, TX_SERVER_COMPLETED, now, t->timeout, o);
        m->interval = t->t1;
        m->retry_at = m->reliable ? 0 : now + t->t1;
    }
}

static void on_ack(tx_server *m, const tx_timing *t, uint64_t now, outbox *o) {
    if (!m->invite) return;
    if (m->state == TX_SERVER_COMPLETED) {
        linger(m, TX_SERVER_CONFIRMED, now, m->reliable ? 0 : t->t4, o);
    } else if (m->state == TX_SERVER_ACCEPTED) {
        put(o, TX_SERVER_DO_PASS_ACK);
    }
}

int tx_server_input_at(tx_server *m, const tx_timing *t, tx_server_input in, uint64_t now,
                       tx_server_action out[TX_SERVER_MAX_ACTIONS]) {
    outbox o = {out, 0};
    if (m->state == TX_SERVER_TERMINATED) return 0;
    switch (in) {
    case TX_SERVER_START:
        if (m->invite) {
            m->retry_at = now + TX_SERVER_100_AFTER_MS;
        } else {
            m->end_at = now + t->timeout;
        }
        break;
    case TX_SERVER_TIME: on_time(m, t, now, &o); break;
    case TX_SERVER_REQUEST: on_request(m, &o); break;
    case TX_SERVER_ACK: on_ack(m, t, now, &o); break;
    case TX_SERVER_1XX:
        if (is_open(m)) {
            m->state = TX_SERVER_PROCEEDING;
            if (m->invite) m->retry_at = 0;
            put(&o, TX_SERVER_DO_SEND);
        }
        break;
    case TX_SERVER_2XX: on_final(m, t, true, now, &o); break;
    case TX_SERVER_FAILURE: on_final(m, t, false, now, &o); break;
    case TX_SERVER_DROP:
        if (is_open(m)) linger(m, TX_SERVER_CONFIRMED, now, t->timeout, &o); /* absorbs what is repeated */
        break;
    }
    return o.n;
}
