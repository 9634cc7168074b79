/* OPTIONS outside calls: whether we are there, and what we can do (RFC 3261 11.2). */
#include "sdp/offer_answer.h"
#include "sip/lex.h"
#include "ua/features.h"

/* The answer that an INVITE would get, but for one thing: while no program takes calls it is still 200, for those who
 * ask mean the way to us (trunks take an agent out of service that says 480). */
static int status_of(ua_agent *a, ua_account *acc) { return call_limit_reached(a, acc) ? 486 : 200; }

/* Our codecs, without a port: nothing is to be sent there (RFC 3264 9). */
static void put_sdp(ua_agent *a, const ua_account *acc, const net_addr *peer, sx_buf *out) {
    const ua_codecs *codecs = acc ? acc->codecs : a->codecs;
    sdp_codec list[SDP_MAX_CODECS];
    size_t n = codecs->n < SDP_MAX_CODECS ? codecs->n : SDP_MAX_CODECS;
    for (size_t i = 0; i < n; i++) {
        const codec_choice *c = &codecs->v[i];
        list[i] = (sdp_codec){sx_slice_str(c->info->name), c->info->clock_rate, c->info->channels, c->info->static_pt,
                              sx_slice_str(c->fmtp)};
    }
    net_addr own;
    char host[NET_ADDR_TEXT];
    sx_buf b;
    sx_buf_init_fixed(&b, host, sizeof host);
    sx_slice advertise = ua_media_advertise(a, acc);
    bool v6 = net_addr_is_v6(peer);
    if (advertise.n) {
        sx_buf_slice(&b, advertise);
        v6 = sip_host_kind_of(advertise) == SIP_HOST_IPV6;
    } else if (ua_local_address(a, peer, &own) == SX_OK) {
        net_addr_write_host(&own, &b);
        v6 = net_addr_is_v6(&own);
    }
    if (!b.n || b.failed || !n) return;
    sdp_local_media media = {.codecs = list, .n_codecs = n, .direction = SDP_SENDRECV};
    sdp_local local = {
        .id = 1 + sx_rand_u32(), .addr = sx_buf_view(&b), .family = v6 ? 6 : 4, .media = &media, .n_media = 1};
    local.version = local.id;
    sx_arena arena;
    sdp_session s;
    sx_arena_init(&arena, 2048);
    if (sdp_offer(&arena, &local, NULL, &s) != SX_OK || sdp_write(out, &s) != SX_OK) sx_buf_reset(out);
    sx_arena_free(&arena);
}

static bool takes_sdp(const sip_msg *m) {
    sip_list l;
    sx_slice one;
    sip_media_type t;
    if (!sip_first(m, SIP_HDR_ACCEPT)) return true;
    sip_list_begin(&l, m, SIP_HDR_ACCEPT);
    while (sip_list_next(&l, &one) == 1) {
        if (sip_media_type_read(one, &t) != SX_OK) continue;
        if (sip_media_type_is(&t, "application", "sdp") || sip_media_type_is(&t, "application", "*") ||
            sip_media_type_is(&t, "*", "*"))
            return true;
    }
    return false;
}

void ua_answer_options_of(ua_agent *a, ua_account *acc, const stack_event *ev) {
    sx_buf lines, sdp;
    sx_buf_init(&lines);
    sx_buf_init(&sdp);
    ua_way way;
    ua_way_of(a, acc, sx_slice_empty(), &way);
    ua_common_lines(NULL, &lines);
    SX_BUF_LIT(&lines,
               UA_ACCEPT_LINE "Accept-Encoding: identity\r\nAccept-Language: en\r\nAllow-Events: " UA_EVENTS "\r\n");
    bool none = acc && acc->media_none;
    if (!none && takes_sdp(ev->msg)) put_sdp(a, acc, &ev->flow.remote, &sdp);
    if (sdp.failed) sx_buf_reset(&sdp);
    int status = status_of(a, acc);
    tx_response r = {.status = status,
                     .headers = lines.failed ? sx_slice_empty() : sx_buf_view(&lines),
                     .contact = status == 200 ? &way.contact : NULL,
                     .content_type = sdp.n ? SX_LIT("application/sdp") : sx_slice_empty(),
                     .body = sx_buf_view(&sdp)};
    if (tx_respond(ev->tx, &r) != SX_OK) ua_answer(ev->tx, status, NULL, sx_slice_empty());
    sx_buf_free(&lines);
    sx_buf_free(&sdp);
}
