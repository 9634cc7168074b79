/* Any datagram as a STUN request or answer; what we write is what we read. */
#include <stdlib.h>

#include "base/error.h"
#include "must.h"
#include "net/stun.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    unsigned char tid[NET_STUN_TID], out[NET_STUN_ANSWER];
    net_stun_response r, again;
    sx_slice d = sx_slice_of((const char *)data, size);
    memset(tid, 0, sizeof tid);
    if (size >= 20) memcpy(tid, data + 8, sizeof tid); /* of the transaction that is asked for */
    int rc = net_stun_response_read(d, tid, &r);
    never(rc == SX_OK && !net_stun_is_response(d));
    never(rc == SX_OK && (r.error == 0) != net_addr_is_set(&r.mapped));
    if (rc == SX_OK && !r.error) {
        size_t n = net_stun_response_write(out, tid, &r.mapped);
        never(n > sizeof out);
        never(net_stun_response_read(sx_slice_of((const char *)out, n), tid, &again) != SX_OK);
        never(!net_addr_eq(&again.mapped, &r.mapped));
    }
    rc = net_stun_request_read(d, tid);
    if (rc == SX_E_UNSUPPORTED) {
        size_t n = net_stun_refusal_write(out, d);
        never(n > sizeof out);
        never(net_stun_response_read(sx_slice_of((const char *)out, n), tid, &again) != SX_OK || again.error != 420);
    }
    return 0;
}
