/* oom/oom.h for a whole body: once with each of its allocations failing, and once with none.
 *
 *     OomEach([&] {
 *         thing *t = thing_new();         // may fail: must then leave no trace
 *         if (t) thing_free(t);
 *     });
 */
#ifndef SUPPORT_OOM_H
#define SUPPORT_OOM_H

#include "oom/oom.h"

inline bool oom_failed() { return oom_hit(); }

/* Returns how many allocations the body makes. Gives up at `most`: a body that makes ever more would never end. */
template <typename Body>
int OomEach(Body body, int most = 100000) {
    for (int n = 1; n <= most; n++) {
        oom_after(n);
        body();
        bool hit = oom_hit();
        oom_after(0);
        if (!hit) return n - 1;
    }
    return most;
}

#endif
