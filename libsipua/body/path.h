/* Paths of the table's XML rows, a component at a time. */
#ifndef BODY_PATH_H
#define BODY_PATH_H

#include "body/table.h"

/* The component that begins at p: up to the next '/' or the end. */
static inline sx_slice path_part(const char *p) { return sx_slice_of(p, strcspn(p, "/")); }
static inline bool path_is_list(sx_slice part) { return part.n > 2 && part.p[part.n - 1] == ']'; }
static inline bool path_is_attribute(sx_slice part) { return part.n > 0 && *part.p == '@'; }
static inline bool path_is_word(sx_slice part) { return part.n == 1 && *part.p == '*'; }

/* An element's part without "prefix:" and "[]"; *prefix gets what stood before the colon. */
static inline sx_slice path_local(sx_slice part, sx_slice *prefix) {
    sx_slice rest, head = sx_split(part, ':', &rest);
    if (rest.p) {
        *prefix = head;
        part = rest;
    } else {
        *prefix = sx_slice_empty();
    }
    return path_is_list(part) ? sx_slice_of(part.p, part.n - 2) : part;
}

/* The row's path below what the first `n` bytes of `of` say; NULL: it does not go through there. n == 0: the whole
 * path. */
static inline const char *path_below(const body_row *row, const char *of, size_t n) {
    if (!row->path) return NULL;
    if (n == 0) return row->path;
    return strncmp(row->path, of, n) == 0 && row->path[n] == '/' ? row->path + n + 1 : NULL;
}

#endif
