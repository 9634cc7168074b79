/* Calls whose media is the program's own: descriptions without sockets behind them. */
#include "ua/session.h"

int session_inactive_answer(sx_slice offer, const net_addr *own, sx_buf *out) {
    sx_arena arena;
    sdp_session s;
    char host[NET_ADDR_TEXT];
    sx_buf b;
    sx_arena_init(&arena, 4096);
    sx_buf_init_fixed(&b, host, sizeof host);
    if (own && net_addr_is_set(own)) {
        net_addr bare = *own;
        if (net_addr_is_v6(&bare)) bare.u.v6.sin6_scope_id = 0; /* this machine's own business */
        net_addr_write_host(&bare, &b);
    } else {
        SX_BUF_LIT(&b, "127.0.0.1");
    }
    int rc = sdp_parse(&arena, offer, &s);
    if (rc == SX_OK) {
        sdp_conn conn = {sx_buf_view(&b), own && net_addr_is_v6(own) ? 6 : 4};
        s.origin.user = SX_LIT("-");
        s.origin.id = s.origin.version = SX_LIT("1");
        s.origin.conn = s.conn = conn;
        s.n_attrs = s.n_bandwidth = 0;
        s.has_direction = false;
        s.name = SX_LIT("-");
        for (size_t i = 0; i < s.n_media; i++) {
            sdp_media *m = &s.media[i];
            if (m->port) m->port = 9; /* the discard port (RFC 863): nothing is meant to come */
            m->count = 1;
            m->conn.addr = sx_slice_empty();
            m->direction = SDP_INACTIVE;
            m->has_direction = true;
            m->n_attrs = m->n_bandwidth = 0;
            m->rtcp_port = 0;
            m->rtcp_mux = false;
        }
        rc = sdp_write(out, &s);
    }
    sx_arena_free(&arena);
    return rc;
}

int session_refit(sx_slice own, sx_slice offer, sx_buf *out) {
    sx_arena arena;
    sdp_session ours, theirs;
    sx_arena_init(&arena, 4096);
    int rc = sdp_parse(&arena, own, &ours);
    if (rc == SX_OK) rc = sdp_parse(&arena, offer, &theirs);
    if (rc == SX_OK && ours.n_media != theirs.n_media) rc = SX_E_MEDIA; /* more than we can answer for the app */
    for (size_t i = 0; rc == SX_OK && i < ours.n_media; i++) {
        sdp_media *m = &ours.media[i];
        if (!theirs.media[i].port) m->port = 0; /* RFC 3264 6: what was taken away is not there in the answer either */
        m->direction = SDP_SENDRECV & sdp_reverse(sdp_media_direction(&theirs, &theirs.media[i]));
        m->has_direction = true;
    }
    if (rc == SX_OK) rc = sdp_write(out, &ours);
    sx_arena_free(&arena);
    return rc;
}

int session_rehold(sx_slice own, bool hold, sx_buf *out) {
    sx_arena arena;
    sdp_session ours;
    uint64_t version;
    sx_arena_init(&arena, 4096);
    int rc = sdp_parse(&arena, own, &ours);
    if (rc == SX_OK && sx_to_u64(ours.origin.version, UINT64_MAX - 1, &version)) {
        sx_buf b;
        char text[24];
        sx_buf_init_fixed(&b, text, sizeof text);
        sx_buf_u64(&b, version + 1);
        ours.origin.version = sx_arena_dup(&arena, sx_buf_view(&b));
    }
    for (size_t i = 0; rc == SX_OK && i < ours.n_media; i++) {
        ours.media[i].direction = hold ? SDP_SENDONLY : SDP_SENDRECV;
        ours.media[i].has_direction = true;
    }
    if (rc == SX_OK) rc = arena.failed ? SX_E_NOMEM : sdp_write(out, &ours);
    sx_arena_free(&arena);
    return rc;
}
