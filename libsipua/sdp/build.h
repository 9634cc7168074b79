/* Building m-lines and sessions of our own; shared by offer.c and answer.c. */
#ifndef SDP_BUILD_H
#define SDP_BUILD_H

#include "sdp/internal.h"

int sdp_local_check(const sdp_local *local);
/* What every m-line of ours says but its formats: type, protocol, port, address, direction, ptime, rtcp, attributes.
 * Room for n formats is made. */
void sdp_build_media(sx_arena *a, const sdp_local_media *lm, size_t n_formats, sdp_media *m);
sdp_format *sdp_build_format(sx_arena *a, sdp_media *m, int pt, sx_slice name, uint32_t rate, unsigned channels,
                             sx_slice fmtp);
/* The same line with port 0: refused, or no longer used. Never without a format. */
void sdp_build_disabled(sx_arena *a, const sdp_media *like, sdp_media *m);
/* o=, s=, c=, t=, attributes, and the room for the m-lines. */
void sdp_build_session(sx_arena *a, const sdp_local *local, size_t n_media, sdp_session *out);
/* o= of a description that follows `previous` (or NULL): same id, version + 1 if anything else changed. */
int sdp_build_version(sx_arena *a, const sdp_local *local, const sdp_session *previous, sdp_session *out);

#endif
