/* Where a session's media is: the address towards the peer, found before the first description, and another one when it
 * has gone. */
#include <stdlib.h>

#include "ua/session_internal.h"

/* ---- the address ---- */

int session_advertise(ua_session *s, sx_slice host) {
    net_addr a;
    if (!net_addr_parse_host(&a, host, 0) || net_addr_is_any(&a)) return SX_OK; /* a name has no place in SDP */
    if (host.n > 2 && host.p[0] == '[') host = sx_slice_of(host.p + 1, host.n - 2);
    char *copy = sx_strdup(host);
    if (!copy) return sx_fail(SX_E_NOMEM, "no memory for an address");
    char *zone = strchr(copy, '%');
    if (zone) *zone = 0;
    free(s->advertise);
    s->advertise = copy;
    s->family = net_addr_is_v6(&a) ? 6 : 4;
    return SX_OK;
}

void session_say_address(ua_session *s, const net_addr *own) {
    sx_buf b;
    sx_buf_init_fixed(&b, s->addr, sizeof s->addr - 1);
    net_addr_write_host(own, &b);
    s->addr[b.n] = 0;
    char *zone = strchr(s->addr, '%'); /* a scope is this machine's own business */
    if (zone) *zone = 0;
    if (!s->advertise) s->family = net_addr_is_v6(own) ? 6 : 4;
}

static void take_own(ua_session *s, const net_addr *own) {
    s->own = *own;
    s->mapped = s->mapped_rtcp = net_addr_none();
    s->learned = false;
    session_say_address(s, own);
}

/* Needs no peer: the configured address, or one that others are told instead. */
bool session_knows_place(const ua_session *s) {
    const net_addr *set = &s->agent->media_bind;
    return s->advertise || (!net_addr_is_any(set) && net_addr_is_ours(set));
}

/* Where our media should be: what to bind to, and what others are told. */
static int find_place(const ua_session *s, const net_addr *peer, net_addr *bind, net_addr *own) {
    const net_addr *set = &s->agent->media_bind;
    bool any = net_addr_is_any(set);
    if (!any && net_addr_is_ours(set)) {
        *bind = *own = *set;
        return SX_OK;
    }
    int rc = SX_OK;
    if (any && s->advertise && !net_addr_is_set(&s->own)) {
        *own = net_addr_any(s->family == 6 ? NET_V6 : NET_V4, 0);
    } else if (any && s->advertise) {
        *own = s->own;
    } else {
        /* The way to the signalling peer counts: what its SDP says may be behind a NAT. But not in another family. */
        const net_addr *remote = s->config ? &s->config->remote_rtp : NULL;
        bool other = remote && net_addr_is_set(remote) && net_addr_is_v6(remote) != net_addr_is_v6(peer);
        rc = net_addr_source_for(other ? remote : peer, own);
    }
    if (rc != SX_OK) return rc;
    net_addr_set_port(own, 0);
    *bind = any ? net_addr_any(net_addr_is_v6(own) ? NET_V6 : NET_V4, 0) : *own;
    return SX_OK;
}

/* Sockets of another address than they are bound to. */
static int rebind(ua_session *s, const net_addr *bind, bool at_once) {
    if (net_addr_eq_host(bind, &s->local.rtp)) return SX_OK;
    return media_rebind(s->media, bind, at_once, &s->local);
}

int session_prepare_towards(ua_session *s, const net_addr *peer) {
    net_addr bind, own;
    if (s->placed) return SX_OK;
    int rc = find_place(s, peer, &bind, &own);
    if (rc == SX_OK && s->prepared) {
        rc = rebind(s, &bind, true);
        media_rebound(s->media, true);
    }
    if (rc != SX_OK) return rc;
    take_own(s, &own);
    s->placed = true;
    return SX_OK;
}

/* ---- another address ---- */

bool session_stands(const ua_session *s, const net_addr *peer) {
    net_addr bind, own;
    if (!s->placed) return true;
    return find_place(s, peer, &bind, &own) == SX_OK && net_addr_eq_host(&own, &s->own);
}

void session_refresh(ua_session *s) {
    media_local same;
    if (s->stopped || !net_addr_is_any(&s->local.rtp)) return;
    media_rebind(s->media, &s->local.rtp, true, &same);
}

int session_readdress(ua_session *s, const net_addr *peer) {
    net_addr bind, own;
    int rc = find_place(s, peer, &bind, &own);
    if (rc != SX_OK) return rc;
    if (net_addr_eq_host(&own, &s->own)) {
        session_refresh(s);
        return SX_OK;
    }
    media_local before = s->local;
    bool gone = !net_addr_is_any(&s->local.rtp) && !net_addr_is_ours(&s->local.rtp);
    rc = rebind(s, &bind, gone || !s->started);
    if (rc != SX_OK) return rc;
    if (net_addr_is_any(&bind) && net_addr_eq(&before.rtp, &s->local.rtp)) session_refresh(s);
    if (!s->moving) {
        s->own_before = s->own;
        s->local_before = before;
    }
    s->moving = true;
    take_own(s, &own);
    return SX_OK;
}

void session_moved(ua_session *s, bool agreed) {
    if (!s->moving) return;
    s->moving = false;
    bool back = !agreed && net_addr_is_ours(&s->own_before);
    media_rebound(s->media, !back);
    if (!back) return;
    s->local = s->local_before;
    take_own(s, &s->own_before);
}

int session_follow_family(ua_session *s, const net_addr *remote) {
    net_addr bind, own;
    bool v6 = net_addr_is_v6(remote);
    if (!net_addr_is_set(&s->local.rtp) || net_addr_is_v6(&s->local.rtp) == v6) return SX_OK;
    if (!net_addr_is_any(&s->agent->media_bind) || net_addr_source_for(remote, &own) != SX_OK)
        return sx_fail(SX_E_MEDIA, "the peer's media is at an IPv%c address, and we have none", v6 ? '6' : '4');
    net_addr_set_port(&own, 0);
    bind = net_addr_any(v6 ? NET_V6 : NET_V4, 0);
    /* What was offered goes on receiving: nobody says that this change is over while it is in use. */
    int rc = media_rebind(s->media, &bind, true, &s->local);
    if (rc != SX_OK) return rc;
    if (!s->sent && !s->offered) media_rebound(s->media, true);
    take_own(s, &own);
    return SX_OK;
}
