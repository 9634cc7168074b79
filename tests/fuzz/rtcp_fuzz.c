/* A compound RTCP packet: every block, every name, nothing outside the input. */
#include <stdlib.h>
#include <string.h>

#include "media/rtcp.h"
#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    bool valid = rtcp_valid(data, size);
    size_t at = 0, packets = 0;
    rtcp_packet p;
    while (rtcp_next(data, size, &at, &p)) {
        rtcp_report r = {0};
        unsigned i = 0;
        while (rtcp_report_at(&p, i, &r)) i++;
        never(i > 31 || ++packets > size / 4);
        rtcp_rtt_ms((uint64_t)r.ext_max << 32 | r.jitter, r.lsr, r.dlsr);
        const char *name;
        size_t n;
        if (rtcp_sdes_cname(&p, p.n >= 4 ? (uint32_t)p.body[0] << 24 | p.body[1] << 16 | p.body[2] << 8 | p.body[3] : 0,
                            &name, &n) &&
            (name < (const char *)data || name + n > (const char *)data + size))
            abort();
        rtcp_bye_names(&p, r.ssrc);
    }
    (void)valid;
    /* What we write ourselves is always valid. */
    rtcp_report rep = {0};
    memcpy(&rep, data, size < sizeof rep ? size : sizeof rep);
    char cname[300] = "";
    size_t len = size < 299 ? size : 299;
    for (size_t i = 0; i < len; i++) cname[i] = (char)(data[i] ? data[i] : 'x');
    rtcp_compound c = {
        .ssrc = rep.lsr, .sender = size & 1, .report = size & 2 ? &rep : NULL, .cname = cname, .bye = size & 4};
    uint8_t out[RTCP_MAX_PACKET];
    size_t n = rtcp_write(&c, out, size & 8 ? sizeof out : size % sizeof out);
    never(n && !rtcp_valid(out, n));
    return 0;
}
