/* RTCP of a session (RFC 3550, section 6). */
#include <string.h>

#include "base/error.h"
#include "base/rand.h"
#include "media/session.h"

enum { UDP_IP = 28, BANDWIDTH = 400 /* octets a second: 5 % of 64 kbit/s */ };

void media_report_init(media_report *r, int64_t wall_offset_us) {
    memset(r, 0, sizeof *r);
    r->avg_size = 100;
    r->ntp_offset_us = wall_offset_us;
    r->rtt_ms = r->remote_jitter_ms = r->remote_loss = -1;
    r->remote_lost = -1;
}

static uint64_t ntp_at(const media_report *r, uint64_t us) {
    return rtcp_ntp((uint64_t)((int64_t)us + r->ntp_offset_us));
}

/* ---- in ---- */

static void read_block(media_session *s, const rtcp_report *b, uint64_t arrived_us) {
    media_report *r = &s->report;
    if (b->ssrc != s->stream.ssrc) return;
    double rtt = rtcp_rtt_ms(ntp_at(r, arrived_us), b->lsr, b->dlsr);
    if (rtt >= 0) r->rtt_ms = rtt;
    const codec_info *info = s->stream.sending.codec.info;
    if (info) r->remote_jitter_ms = b->jitter * 1000.0 / info->clock_rate;
    r->remote_loss = b->fraction / 256.0;
    r->remote_lost = b->lost;
    if (s->stream.encoder) codec_set_loss(s->stream.encoder, (unsigned)(b->fraction * 100 / 256));
}

static void read_compound(media_session *s, const media_datagram *d) {
    media_report *r = &s->report;
    size_t at = 0;
    rtcp_packet p;
    while (rtcp_next(d->p, d->n, &at, &p)) {
        rtcp_report b;
        for (unsigned i = 0; rtcp_report_at(&p, i, &b); i++) read_block(s, &b, d->arrived_us);
        if (p.type == RTCP_SR) {
            r->remote_lsr = rtcp_ntp_middle(p.ntp);
            r->remote_sr_us = d->arrived_us;
            r->remote_sr_ssrc = p.ssrc;
        }
        if (s->leg.has_source && rtcp_bye_names(&p, s->leg.source.ssrc) && !r->bye) {
            r->bye = true;
            media_event_simple(s, MEDIA_REMOTE_BYE, 0, "");
        }
    }
    r->avg_size += ((double)(d->n + UDP_IP) - r->avg_size) / 16;
}

void media_report_read(media_session *s, media_turn *t) {
    media_datagram d[MEDIA_BATCH];
    unsigned n = media_batch_read(t->batch, s->transport.rtcp_fd, t->wall_offset_us, media_clock_us(), d);
    if (n == 0 && s->has_other)
        n = media_batch_read(t->batch, s->other.rtcp_fd, t->wall_offset_us, media_clock_us(), d);
    for (unsigned i = 0; i < n; i++) {
        if (!latch_believes_host(&s->leg.latch, &d[i].from) || !rtcp_valid(d[i].p, d[i].n)) continue;
        s->report.heard_from = d[i].from;
        read_compound(s, &d[i]);
    }
}

/* ---- out ---- */

static bool destination(const media_session *s, net_addr *to) {
    const net_addr *rtp = &s->leg.latch.remote;
    if (!net_addr_is_set(rtp) || net_addr_port(rtp) == 0 || net_addr_is_any(rtp)) return false;
    if (net_addr_is_set(&s->report.heard_from) && net_addr_eq_host(&s->report.heard_from, rtp)) {
        *to = s->report.heard_from; /* symmetric RTCP (RFC 4961) */
        return true;
    }
    if (net_addr_is_set(&s->remote_rtcp) && net_addr_port(&s->remote_rtcp) != 0 &&
        (!s->leg.latch.latched || net_addr_eq_host(&s->remote_rtcp, rtp))) {
        *to = s->remote_rtcp;
        return true;
    }
    if (net_addr_port(rtp) == 65535) return false;
    *to = *rtp;
    net_addr_set_port(to, (uint16_t)(net_addr_port(rtp) + 1));
    return true;
}

static void write_block(media_session *s, uint64_t now_us, rtcp_report *b) {
    rtp_source *src = &s->leg.source;
    memset(b, 0, sizeof *b);
    b->ssrc = src->ssrc;
    b->fraction = rtp_source_fraction(src);
    int64_t lost = rtp_source_lost(src);
    b->lost = lost > 0x7fffff ? 0x7fffff : (int32_t)lost;
    b->ext_max = rtp_source_ext_max(src);
    b->jitter = (uint32_t)src->jitter;
    if (s->report.remote_sr_us && s->report.remote_sr_ssrc == src->ssrc) {
        b->lsr = s->report.remote_lsr;
        b->dlsr = (uint32_t)((now_us - s->report.remote_sr_us) * 65536 / 1000000);
    }
}

static void send_report(media_session *s, bool bye) {
    media_report *r = &s->report;
    media_stream *st = &s->stream;
    net_addr to;
    if (s->no_rtcp || !destination(s, &to)) return;
    uint64_t now = media_clock_us();
    rtcp_report block;
    rtcp_compound c = {.ssrc = st->ssrc, .cname = s->local.cname, .bye = bye};
    if (s->leg.has_source && s->leg.source.started) {
        write_block(s, now, &block);
        c.report = &block;
    }
    c.sender = st->packets != r->sr_packets;
    if (c.sender) {
        const codec_info *info = st->sending.codec.info;
        uint32_t rate = info ? info->clock_rate : 8000;
        c.ntp = ntp_at(r, now);
        c.rtp_ts = st->last_ts + (uint32_t)((int64_t)(now - st->last_sent_us) * rate / 1000000);
        c.packets = (uint32_t)st->packets;
        c.octets = (uint32_t)st->bytes;
    }
    r->sr_packets = st->packets;
    uint8_t buf[RTCP_MAX_PACKET];
    size_t n = rtcp_write(&c, buf, sizeof buf);
    if (n == 0) return;
    media_transport_send_rtcp(media_session_way(s, &to), &to, buf, n);
    r->sent_any = true;
    r->avg_size += ((double)(n + UDP_IP) - r->avg_size) / 16;
}

void media_report_tick(media_session *s, media_turn *t) {
    media_report *r = &s->report;
    bool they_send = s->leg.packets > 0;
    if (r->due_us == 0) {
        r->due_us = t->now_us + rtcp_interval_us(true, they_send, r->avg_size, BANDWIDTH, true, sx_rand_u32());
        return;
    }
    if (t->now_us < r->due_us) return;
    bool we_send = s->stream.packets != r->sr_packets;
    send_report(s, false);
    r->due_us = t->now_us + rtcp_interval_us(we_send, they_send, r->avg_size, BANDWIDTH, false, sx_rand_u32());
}

void media_report_bye(media_session *s, media_turn *t) {
    (void)t;
    /* RFC 3550, 6.3.7: who never sent anything says no BYE. */
    if (s->stream.packets > 0 || s->report.sent_any) send_report(s, true);
}
