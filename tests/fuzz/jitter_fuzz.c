/* A session's receiving side under a script of packets and time: latch, source, jitter buffer, decoders, digits. The
 * input is a row of records: how long later (1 octet, ms), who sends (1), the packet's length (1), the packet. */
#include <stdlib.h>
#include <string.h>

#include "media/leg.h"
#include "must.h"

static void accept_all(media_receivable *r) {
    static const codec_id ids[3] = {CODEC_PCMU, CODEC_PCMA, CODEC_OPUS};
    static const uint8_t pts[3] = {0, 8, 96};
    memset(r, 0, sizeof *r);
    for (size_t i = 0; i < 3; i++) {
        r->payload[r->n].pt = pts[i];
        codec_config_init(&r->payload[r->n++].codec, codec_by_id(ids[i]), sx_slice_empty(), sx_slice_empty(), 16000,
                          -1);
    }
    r->event[0].pt = 101;
    r->event[0].rate = 8000;
    r->event[1].pt = 102;
    r->event[1].rate = 48000;
    r->n_events = 2;
    r->cn_pt = 13;
}

static net_addr address(uint8_t who) {
    net_addr a = net_addr_loopback(NET_V4, (uint16_t)(4000 + who % 4));
    if (who & 8) a.u.v4.sin_addr.s_addr ^= htonl(0x01000000);
    return a;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    media_leg l;
    media_leg_init(&l, 20, 200);
    accept_all(&l.accept);
    l.receive = true;
    uint64_t now = 1000000, play = now;
    net_addr remote = address(0), signalling = address(size & 1 ? 8 : 0);
    latch_configure(&l.latch, &remote, &signalling, now / 1000);
    for (size_t at = 0; at + 3 <= size;) {
        uint8_t later = data[at], who = data[at + 1], n = data[at + 2];
        at += 3;
        if (n > size - at) n = (uint8_t)(size - at);
        now += (uint64_t)later * (later > 200 ? 20000 : 1000);
        uint8_t *copy = malloc(n ? n : 1); /* exactly so long: a read past the end is seen */
        if (!copy) break;
        memcpy(copy, data + at, n);
        at += n;
        media_leg_digits d = {0};
        net_addr from = address(who);
        media_leg_packet(&l, copy, n, &from, now, now, &d);
        free(copy);
        never(d.n > 3);
        if (play + 200000 < now) play = now - 200000; /* as the worker gives up what it missed */
        for (; play <= now; play += 20000) {
            int16_t pcm[960];
            media_leg_digits late = {0};
            media_leg_play(&l, pcm, who & 0x80 ? 10 : 20, play);
            media_leg_time(&l, play, &late);
        }
        if (who == 0xff) media_leg_restart(&l, now);
        never(l.jitter.count > JITTER_MAX_NODES);
    }
    media_leg_free(&l);
    return 0;
}
