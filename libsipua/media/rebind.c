/* A session whose local address changes: two sets of sockets for a while. On the worker. */
#include "media/session.h"

enum { LINGER_US = 1000000 };

void media_session_close_other(media_session *s) {
    media_link_disarm(s);
    media_transport_close(&s->other, media_clock_us() / 1000);
    s->has_other = s->other_is_new = false;
    s->other_until_us = 0;
}

void media_session_rebind(media_session *s, media_transport *fresh, bool at_once) {
    if (fresh->rtp_fd < 0) { /* bound to all addresses: only a connected socket holds on to one that may be gone */
        media_transport_connect(&s->transport, NULL);
        return;
    }
    if (s->ended) {
        media_transport_close(fresh, media_clock_us() / 1000);
        return;
    }
    media_session_close_other(s);
    s->has_other = true;
    s->other_is_new = !at_once;
    if (at_once) {
        s->other = s->transport;
        s->transport = *fresh;
    } else {
        s->other = *fresh;
    }
}

void media_session_rebound(media_session *s, bool keep, uint64_t now_us) {
    if (!s->has_other || s->other_until_us) return;
    if (keep == s->other_is_new) { /* that which waited becomes the one in use */
        media_link_disarm(s);
        media_transport was = s->transport;
        s->transport = s->other;
        s->other = was;
        s->other_is_new = !keep;
    }
    if (!keep || !s->ticking)
        media_session_close_other(s);
    else
        s->other_until_us = now_us + LINGER_US;
}

media_transport *media_session_way(media_session *s, const net_addr *to) {
    bool v6 = net_addr_is_v6(to);
    if (s->has_other && net_addr_is_v6(&s->transport.rtp_local) != v6 && net_addr_is_v6(&s->other.rtp_local) == v6)
        return &s->other;
    return &s->transport;
}
