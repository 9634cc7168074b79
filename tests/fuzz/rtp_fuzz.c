/* One RTP packet: parsed, its pieces inside the input, and counted as a source's. */
#include <stdlib.h>

#include "base/error.h"
#include "codec/dtmf.h"
#include "media/rtp.h"
#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    rtp_packet p;
    rtp_is_rtcp(data, size);
    if (rtp_parse(&p, data, size) != SX_OK) return 0;
    never(p.payload < data || p.payload + p.n > data + size);
    never(p.ext && (p.ext < data || p.ext + p.ext_n > data + size));
    dtmf_event e;
    dtmf_read(p.payload, p.n, &e);
    /* The payload as a list of sequence numbers and timestamps of one source. */
    rtp_source s;
    rtp_source_init(&s, p.ssrc);
    uint64_t now = 1000000;
    for (size_t i = 0; i + 8 <= p.n; i += 8) {
        const uint8_t *q = p.payload + i;
        rtp_source_packet(&s, (uint16_t)(q[0] << 8 | q[1]));
        now += (uint64_t)q[2] << (q[3] % 24);
        uint32_t ts = (uint32_t)q[4] << 24 | (uint32_t)q[5] << 16 | (uint32_t)q[6] << 8 | q[7];
        rtp_source_jitter(&s, ts, q[3] & 1 ? 8000 : 48000, now);
        if (i % 64 == 0) rtp_source_fraction(&s);
        never(rtp_source_expected(&s) > (uint64_t)1 << 40);
        never(!(s.jitter_ms >= 0 && s.jitter_ms < 1e7));
    }
    return 0;
}
