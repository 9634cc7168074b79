#include "ua/registration.h"

#include <string.h>

#include "base/error.h"

typedef struct reg_out {
    reg_action *v;
    int n;
} reg_out;

static reg_action *put(reg_out *o, reg_action_type type) {
    reg_action *a = &o->v[o->n++];
    memset(a, 0, sizeof *a);
    a->type = type;
    return a;
}

static void put_send(reg_out *o, uint32_t expires_s, bool all) {
    reg_action *a = put(o, REG_SEND);
    a->expires_s = expires_s;
    a->all = all;
}

static void put_timer(reg_out *o, uint64_t at_ms) { put(o, REG_TIMER)->at_ms = at_ms; }

static void put_news(reg_out *o, reg_news news, bool refresh, int32_t retry_ms) {
    reg_action *a = put(o, REG_TELL);
    a->news = news;
    a->refresh = refresh;
    a->retry_ms = retry_ms;
}

void reg_init(reg_machine *m, uint32_t expires_s, uint32_t min_retry_ms, uint32_t flow_base_s, uint32_t flow_max_s) {
    memset(m, 0, sizeof *m);
    m->asked_s = m->expires_s = expires_s;
    m->min_retry_ms = min_retry_ms;
    m->flow_base_s = flow_base_s;
    m->flow_max_s = flow_max_s;
}

uint32_t reg_flow_pause_ms(uint32_t base_s, uint32_t max_s, uint32_t tries, uint32_t random) {
    uint64_t ms = (uint64_t)base_s * 1000, max = (uint64_t)max_s * 1000;
    for (uint32_t i = 0; i < tries && ms < max; i++) ms *= 2;
    if (ms > max) ms = max;
    return (uint32_t)(ms / 2 + random % (ms / 2 + 1));
}

uint32_t reg_backoff_ms(uint32_t min_ms, uint32_t tries, uint32_t random) {
    uint64_t base = min_ms;
    for (uint32_t i = 1; i < tries && base < 30000; i++) base *= 2;
    if (base > 30000 && min_ms <= 30000) base = 30000;
    for (uint32_t i = 10; i < tries && base < 300000; i++) base *= 2;
    if (base > 300000 && min_ms <= 300000) base = 300000;
    return (uint32_t)(base * 8 / 10 + random % (base * 4 / 10 + 1));
}

uint32_t reg_refresh_ms(uint32_t granted_s, uint32_t random) {
    uint64_t ms = (uint64_t)granted_s * 1000;
    if (ms > 86400000) ms = 86400000;
    return (uint32_t)(ms / 2 + random % (ms * 4 / 10 + 1));
}

bool reg_is_final(int status, int code) {
    if (code == SX_E_AUTH || code == SX_E_URI || code == SX_E_HEADER || code == SX_E_UNSUPPORTED) return true;
    if (code) return false; /* the network, or memory: these pass */
    if (status >= 500 && status < 600) return status == 501 || status == 505;
    if (status >= 300 && status < 400) return true;
    switch (status) {
    case 408:
    case 413:
    case 423:
    case 429:
    case 430:
    case 439:
    case 480:
    case 482:
    case 486:
    case 491: return false;
    default: return true;
    }
}

/* While it is on its way, or waits for its turn, the grant may lapse: the timer watches that. */
static void send_register(reg_machine *m, reg_out *o) {
    m->state = REG_TRYING;
    m->again = false;
    put_timer(o, m->granted ? m->grant_until_ms : 0);
    put_send(o, m->expires_s, false);
}

static void on_ok(reg_machine *m, const reg_input *in, uint64_t now, reg_out *o) {
    if (m->state == REG_REMOVING) {
        bool again = m->again;
        m->granted = m->known = false;
        m->state = REG_IDLE;
        put_news(o, REG_UNREGISTERED, false, -1);
        if (again) send_register(m, o);
        return;
    }
    bool refresh = m->known;
    m->tries = 0;
    m->raised = false;
    m->granted = m->known = true;
    m->granted_s = in->granted_s;
    m->grant_until_ms = now + (uint64_t)in->granted_s * 1000;
    m->state = REG_DONE;
    put_news(o, REG_REGISTERED, refresh, 0);
    if (m->again || (in->repeat && !m->repeated)) {
        m->repeated = in->repeat;
        send_register(m, o);
        return;
    }
    m->repeated = false;
    put_timer(o, now + reg_refresh_ms(in->granted_s, in->random));
}

/* The next try is planned; what holds till then is told. */
static void plan_retry(reg_machine *m, const reg_input *in, uint64_t now, uint32_t least_ms, reg_out *o) {
    m->tries++;
    uint32_t base = in->others_up ? 3 * m->flow_base_s : m->flow_base_s;
    uint32_t wait = m->outbound ? reg_flow_pause_ms(base, m->flow_max_s, m->tries, in->random)
                                : reg_backoff_ms(m->min_retry_ms, m->tries, in->random);
    if (wait < least_ms) wait = least_ms;
    m->state = REG_WAITING;
    m->retry_at_ms = now + wait;
    if (m->granted && m->grant_until_ms <= now) m->granted = false;
    if (m->granted) {
        put_news(o, REG_DEGRADED, false, (int32_t)wait);
        put_timer(o, m->grant_until_ms < m->retry_at_ms ? m->grant_until_ms : m->retry_at_ms);
    } else {
        m->known = false;
        put_news(o, REG_FAILED, false, (int32_t)wait);
        put_timer(o, m->retry_at_ms);
    }
}

static void on_refused(reg_machine *m, const reg_input *in, uint64_t now, reg_out *o) {
    if (m->state == REG_REMOVING) { /* the registrar forgets us by itself in time */
        bool again = m->again;
        m->granted = m->known = false;
        m->state = REG_IDLE;
        put_news(o, REG_UNREGISTERED, false, -1);
        if (again) send_register(m, o);
        return;
    }
    if (in->status == 423 && !m->raised && in->min_expires_s > m->expires_s) {
        m->raised = true;
        m->expires_s = in->min_expires_s;
        send_register(m, o);
        return;
    }
    if (in->status == 423 || reg_is_final(in->status, in->code)) {
        m->granted = m->known = false;
        m->refused = true;
        m->state = REG_IDLE;
        put_timer(o, 0);
        put_news(o, REG_FAILED, false, -1);
        return;
    }
    uint64_t least = (uint64_t)in->retry_after_s * 1000;
    plan_retry(m, in, now, least > 3600000 ? 3600000 : (uint32_t)least, o);
}

static void on_timer(reg_machine *m, uint64_t now, reg_out *o) {
    if (m->state == REG_TRYING && m->granted && now >= m->grant_until_ms) {
        m->granted = m->known = false;
        put_news(o, REG_FAILED, false, 0);
        return;
    }
    if (m->state == REG_WAITING && now < m->retry_at_ms) {
        if (m->granted && now >= m->grant_until_ms) { /* the grant lapsed before the next try */
            m->granted = m->known = false;
            put_news(o, REG_FAILED, false, (int32_t)(m->retry_at_ms - now));
        }
        put_timer(o, m->retry_at_ms);
        return;
    }
    if (m->state != REG_DONE && m->state != REG_WAITING) return;
    m->moved = false;
    send_register(m, o);
}

static void on_unregister(reg_machine *m, const reg_input *in, reg_out *o) {
    m->again = false;
    if (m->state == REG_REMOVING && !in->all) return;
    if (m->state == REG_TRYING || m->state == REG_REMOVING) put(o, REG_CANCEL);
    put_timer(o, 0);
    if (m->state == REG_IDLE && !m->granted && !in->all) {
        put_news(o, REG_UNREGISTERED, false, -1);
        return;
    }
    m->state = REG_REMOVING;
    put_send(o, 0, in->all);
}

int reg_step(reg_machine *m, const reg_input *in, uint64_t now, reg_action out[REG_MAX_ACTIONS]) {
    reg_out o = {out, 0};
    switch (in->type) {
    case REG_IN_REGISTER:
        m->refused = false;
        if (m->state == REG_TRYING || m->state == REG_REMOVING) {
            m->again = m->state == REG_REMOVING;
            break;
        }
        m->tries = 0;
        m->raised = m->repeated = false;
        m->expires_s = m->asked_s;
        send_register(m, &o);
        break;
    case REG_IN_UNREGISTER: on_unregister(m, in, &o); break;
    case REG_IN_OK:
        if (m->state == REG_TRYING || m->state == REG_REMOVING) on_ok(m, in, now, &o);
        break;
    case REG_IN_REFUSED:
        if (m->state == REG_TRYING || m->state == REG_REMOVING) on_refused(m, in, now, &o);
        break;
    case REG_IN_TIMER: on_timer(m, now, &o); break;
    case REG_IN_AGAIN:
        if (m->state == REG_TRYING) send_register(m, &o);
        break;
    case REG_IN_FLOW_LOST: /* reconnect at once: the first try costs nothing, the next ones back off */
        if (m->state != REG_DONE && m->state != REG_TRYING) break;
        if (m->granted) put_news(&o, REG_DEGRADED, false, 0);
        m->repeated = false;
        send_register(m, &o);
        break;
    case REG_IN_MOVED:
        if (m->state != REG_DONE || m->moved) break;
        m->moved = true;
        send_register(m, &o);
        break;
    case REG_IN_NETWORK:
        if (m->state != REG_DONE && m->state != REG_TRYING && m->state != REG_WAITING) break;
        if (m->state == REG_TRYING) put(&o, REG_CANCEL);
        m->tries = 0;
        m->repeated = false;
        send_register(m, &o);
        break;
    }
    return o.n;
}
