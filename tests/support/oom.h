/* Lets the n-th allocation of our own code fail once: proves that nothing leaks, crashes or is half changed when memory
 * runs out. malloc, calloc and realloc are wrapped at link time; only calls from our objects count (not libraries', not
 * the test framework's), only on the thread that asked. Every unit test program has it.
 *
 *     OomEach([&] {                       // once for every allocation that the body makes
 *         thing *t = thing_new();         // may fail: must then leave no trace
 *         if (t) thing_free(t);
 *     });
 */
#ifndef OOM_H
#define OOM_H

#ifdef __cplusplus
extern "C" {
#endif

/* The n-th allocation from now on (from 1) fails; later ones succeed. 0: none. Starts counting anew. */
void oom_fail_at(unsigned long n);
unsigned long oom_count(void); /* allocations since then */
int oom_failed(void);          /* did one fail? */
/* +1: the calls that follow on this thread are a test's own and neither count nor fail, until -1. */
void oom_pause(int by);

#ifdef __cplusplus
}

/* Runs body once with each of its allocations failing, and once with none; returns how many there are. Gives up at
 * `most`: a body that makes ever more allocations would never end. */
template <typename Body>
unsigned long OomEach(Body body, unsigned long most = 100000) {
    for (unsigned long n = 1; n <= most; n++) {
        oom_fail_at(n);
        body();
        int failed = oom_failed();
        oom_fail_at(0);
        if (!failed) return n - 1;
    }
    return most;
}
#endif

#endif
