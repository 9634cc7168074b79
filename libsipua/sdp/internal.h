/* Shared by the files of sdp/ only. */
#ifndef SDP_INTERNAL_H
#define SDP_INTERNAL_H

#include "sdp/offer_answer.h"

static inline sx_slice sdp_nonempty(sx_slice s, const char *otherwise) { return s.n ? s : sx_slice_str(otherwise); }

/* The next word of *rest, blanks skipped; empty at the end. */
sx_slice sdp_word(sx_slice *rest);
/* Fills name, rate and channels of a static payload type (RFC 3551, section 6); leaves others alone. */
void sdp_static_format(sdp_format *f);
/* Attributes that sdp_session and sdp_media hold as fields; never in `attrs`. */
bool sdp_attr_is_field(sx_slice name, bool media_level);
bool sdp_direction_read(sx_slice name, sdp_direction *out);

bool sdp_proto_is_rtp(sx_slice proto);
/* Same transport but for the feedback profile: RTP/AVP and RTP/AVPF, RTP/SAVP and RTP/SAVPF. */
bool sdp_proto_fits(sx_slice x, sx_slice y);
/* Same codec: name without case, clock rate, channels (opus: whatever they say). */
bool sdp_format_is(const sdp_format *f, sx_slice name, uint32_t rate, unsigned channels);
bool sdp_format_is_event(const sdp_format *f);

/* Copies into the arena; what fails is empty and sticks in a->failed. */
sx_slice sdp_dup(sx_arena *a, sx_slice s);
sdp_conn sdp_dup_conn(sx_arena *a, const sdp_conn *c);
sdp_attr *sdp_dup_attrs(sx_arena *a, const sdp_attr *attrs, size_t n);

/* What local and remote description agree on, line by line of `local`; `order`: whose formats rank the codecs and match
 * m-lines (the answer). reasons[i], when given, says why our own line i has port 0. */
int sdp_derive(sx_arena *a, const sdp_session *local, const sdp_session *remote, bool local_is_answer,
               const sdp_reason *reasons, sdp_result *out);
void sdp_result_reason(sdp_result *r);

#endif
