/* How a STUN server (RFC 8489) sees the sockets of a session: a Binding request from each, within a budget. Worker. */
#include "media/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "net/stun.h"

enum { BUDGET_US = 500000, SENDINGS = 4 };

struct media_learn {
    net_addr server;
    unsigned char tid[2][NET_STUN_TID]; /* RTP, RTCP */
    net_addr mapped[2];
    bool answered[2];
    unsigned sent;
    uint64_t begun_us, next_us;
};

media_learn *media_learn_new(const net_addr *server) {
    media_learn *n = calloc(1, sizeof *n);
    if (!n) return NULL;
    n->server = *server;
    net_stun_tid_make(n->tid[0]);
    net_stun_tid_make(n->tid[1]);
    return n;
}

static void finish(media_session *s, int code) {
    media_learn *n = s->learn;
    s->learn = NULL;
    media_event_node *e = media_event_new(s, MEDIA_LEARNED);
    if (e) {
        e->ev.code = code;
        if (code) strncpy(e->ev.text, "the STUN server does not answer", sizeof e->ev.text - 1);
        e->ev.u.learned.rtp = n->mapped[0];
        e->ev.u.learned.rtcp = n->mapped[1];
        media_event_post(s, e);
    }
    free(n);
}

bool media_learn_take(media_session *s, const media_datagram *d, int which) {
    media_learn *n = s->learn;
    net_stun_response r;
    sx_slice bytes = sx_slice_of((const char *)d->p, d->n);
    if (!net_stun_is_response(bytes)) return false;
    /* never media (RFC 7983 7): at the worst a late one, to a question that is closed */
    if (!n || !net_addr_eq(&d->from, &n->server) || n->answered[which]) return true;
    if (net_stun_response_read(bytes, n->tid[which], &r) != SX_OK) return true;
    n->answered[which] = true;
    n->mapped[which] = r.error ? net_addr_none() : r.mapped;
    return true;
}

static void read_all(media_session *s, media_turn *t, int fd, int which) {
    media_datagram d[MEDIA_BATCH];
    unsigned got = media_batch_read(t->batch, fd, t->wall_offset_us, media_clock_us(), d);
    for (unsigned i = 0; i < got; i++) media_learn_take(s, &d[i], which);
}

static void ask(media_session *s, media_transport *way) {
    media_learn *n = s->learn;
    unsigned char request[NET_STUN_REQUEST];
    for (int which = 0; which < 2; which++) {
        if (n->answered[which]) continue;
        net_stun_request_write(request, n->tid[which]);
        if (which)
            media_transport_send_rtcp(way, &n->server, request, sizeof request);
        else
            media_transport_send(way, &n->server, request, sizeof request);
    }
}

void media_learn_tick(media_session *s, media_turn *t) {
    media_learn *n = s->learn;
    media_transport *way = media_session_way(s, &n->server);
    uint64_t now = t->now_us;
    if (!n->begun_us) n->begun_us = n->next_us = now;
    if (!s->running) read_all(s, t, way->rtp_fd, 0); /* else its packets come with the media's */
    read_all(s, t, way->rtcp_fd, 1);
    bool late = now >= n->begun_us + BUDGET_US;
    if (n->answered[0] && (n->answered[1] || n->sent > 1 || late)) {
        finish(s, net_addr_is_set(&n->mapped[0]) ? SX_OK : SX_E_UNSUPPORTED);
        return;
    }
    if (late) {
        finish(s, SX_E_TIMEOUT);
        return;
    }
    if (now < n->next_us || n->sent == SENDINGS) return;
    ask(s, way);
    n->next_us = now + (50000u << n->sent++); /* at 0, 50, 150 and 350 ms */
}
