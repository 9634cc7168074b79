/* Preconditions of an offer (RFC 3312, 4032), as far as it takes to answer: pure functions over SDP text. We reserve
 * nothing ourselves, so our own side is always ready; what the offerer has still to reserve is waited for. */
#ifndef UA_PRECONDITION_H
#define UA_PRECONDITION_H

#include "base/buf.h"
#include "base/slice.h"

typedef struct precondition {
    bool used;      /* there are lines of this kind at all */
    bool met;       /* nothing mandatory is missing on the offerer's side */
    sx_slice lines; /* our answer's, "curr:qos local sendrecv\n...", in `room` */
    char room[640];
} precondition;

/* Of the first audio line that is in use. */
void precondition_read(sx_slice offer, precondition *out);

#endif
