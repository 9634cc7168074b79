/* What a fuzz target holds to be true, with words on the day it is not: ci/fuzz shows the lines that begin with
 * "broken:". */
#ifndef FUZZ_MUST_H
#define FUZZ_MUST_H

#include <stdio.h>
#include <stdlib.h>

static inline void must_fail(const char *what, const char *file, int line) {
    fprintf(stderr, "broken: %s (%s:%d)\n", what, file, line);
    abort();
}

#define must(cond) ((cond) ? (void)0 : must_fail("not " #cond, __FILE__, __LINE__))
#define never(cond) ((cond) ? must_fail(#cond, __FILE__, __LINE__) : (void)0)

#endif
