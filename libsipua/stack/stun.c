/* STUN on UDP flows: keepalives that are answered (RFC 5626 4.4.2), what they tell about NATs, and answers to others'.
 */
#include "net/stun.h"

#include "stack/internal.h"

#define RTO_MS 500 /* between a request and its repetition; doubled each time */

static stack_listener *listener_of(const stack_peer *p) { return stack_listener_find(p->s, p->flow.id); }

static void send_request(stack_peer *p) {
    unsigned char bytes[NET_STUN_REQUEST];
    stack_listener *l = listener_of(p);
    if (!l || !l->udp) return;
    net_stun_request_write(bytes, p->tid);
    net_udp_send(l->udp, &p->flow.remote, sx_slice_of((const char *)bytes, sizeof bytes));
}

static void wait_for_answer(stack_peer *p) {
    uint64_t now = stack_now(p->s), next = now + ((uint64_t)RTO_MS << (p->asked - 1));
    uint64_t end = p->asked_at + p->s->cfg.pong_ms;
    sx_timer_start(p->s->wheel, &p->stun_timer, next < end ? next : end);
}

bool stack_stun_ping(stack_peer *p) {
    if (!p->stun || p->no_stun) return false;
    if (p->asked) return true; /* the one before is still open */
    net_stun_tid_make(p->tid);
    p->asked = 1;
    p->asked_at = stack_now(p->s);
    send_request(p);
    wait_for_answer(p);
    return true;
}

static void report(stack_peer *p, stack_event_type type, int code, const char *text) {
    stack_event ev = stack_event_of(type);
    ev.flow = p->flow;
    ev.transport = STACK_UDP;
    ev.remote = p->flow.remote;
    ev.seen = p->mapped;
    ev.code = code;
    ev.text = text;
    stack_post(p->s, NULL, &ev, NULL, NULL);
}

void stack_stun_timer(sx_timer *t, uint64_t now) {
    stack_peer *p = SX_CONTAINER(t, stack_peer, stun_timer);
    if (now < p->asked_at + p->s->cfg.pong_ms) {
        p->asked++;
        send_request(p);
        wait_for_answer(p);
        return;
    }
    p->asked = 0;
    if (!p->stun_answered) {
        p->no_stun = true;
    } else if (!p->lost) {
        p->lost = true; /* said once, until it is there again */
        p->s->stats.keepalives_lost++;
        report(p, STACK_EV_FLOW_LOST, SX_E_TIMEOUT, "no answer to a keepalive");
    }
}

static void on_answer(stack_peer *p, const net_stun_response *r) {
    sx_timer_stop(p->s->wheel, &p->stun_timer);
    p->asked = 0;
    p->stun_answered = true;
    p->lost = false;
    if (r->error || !net_addr_is_set(&r->mapped) || net_addr_eq(&p->mapped, &r->mapped)) return;
    p->mapped = r->mapped;
    if (stack_peer_learn(p->s, &p->flow, &r->mapped, stack_peer_is_own(p, &r->mapped)))
        report(p, STACK_EV_FLOW_MOVED, SX_OK, "the other side sees another address");
}

static void answer(stack_listener *l, const net_addr *from, sx_slice datagram) {
    unsigned char tid[NET_STUN_TID], out[NET_STUN_ANSWER];
    size_t n;
    switch (net_stun_request_read(datagram, tid)) {
    case SX_OK: n = net_stun_response_write(out, tid, from); break;
    case SX_E_UNSUPPORTED: n = net_stun_refusal_write(out, datagram); break;
    default: return;
    }
    net_udp_send(l->udp, from, sx_slice_of((const char *)out, n));
}

bool stack_stun_receive(stack_listener *l, const net_addr *from, sx_slice datagram) {
    net_stun_response r;
    if (!net_stun_is(datagram)) return false;
    if (net_stun_is_request(datagram)) {
        answer(l, from, datagram);
        return true;
    }
    stack_flow f;
    f.id = l->path.id;
    f.transport = STACK_UDP;
    f.remote = *from;
    stack_peer *p = stack_peer_find(l->s, &f);
    if (!p || !p->asked) return true;
    int rc = net_stun_response_read(datagram, p->tid, &r);
    if (rc == SX_E_UNSUPPORTED) { /* a STUN server it is, and it is there */
        memset(&r, 0, sizeof r);
        r.error = 420;
        rc = SX_OK;
    }
    if (rc == SX_OK) on_answer(p, &r);
    return true;
}
