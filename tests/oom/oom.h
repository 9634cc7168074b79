/* Makes one allocation of a test fail. In every unit test program, without effect until asked. Reaches what is linked
 * statically (all of libsipua), not shared libraries.
 *     for (int n = 1; ; n++) { oom_after(n); do_it(); bool hit = oom_hit(); oom_after(0); check(); if (!hit) break; } */
#ifndef TESTS_OOM_H
#define TESTS_OOM_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The n-th allocation of this thread from now on fails, once; 0: none does. */
void oom_after(int n);
/* Whether it came to that since oom_after. */
bool oom_hit(void);
/* +1: what this thread allocates from here on is a test's own and neither counts nor fails, until -1. */
void oom_pause(int by);

#ifdef __cplusplus
}
#endif

#endif
