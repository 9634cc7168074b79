/* Content as it travels inside MIME (RFC 2045 6). */
#ifndef BODY_MIME_H
#define BODY_MIME_H

#include "base/arena.h"
#include "base/slice.h"

/* The content as Content-Transfer-Encoding says that it was encoded: *out, in `in` (7bit, 8bit, binary, none) or in
 * the arena (base64, quoted-printable; it is never longer than `in`). SX_E_UNSUPPORTED: another encoding; SX_E_FORMAT:
 * not what it says that it is; SX_E_NOMEM. */
int mime_decode(sx_slice encoding, sx_slice in, sx_arena *arena, sx_slice *out);

#endif
