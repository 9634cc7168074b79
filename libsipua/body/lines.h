/* Bodies that are lines of text. */
#ifndef BODY_LINES_H
#define BODY_LINES_H

#include "base/slice.h"

/* Up to the next line feed, without it and a carriage return before it; *rest gets what is behind, p == NULL: nothing.
 */
static inline sx_slice line_next(sx_slice s, sx_slice *rest) {
    sx_slice line = sx_split(s, '\n', rest);
    if (line.n > 0 && line.p[line.n - 1] == '\r') line.n--;
    return line;
}

#endif
