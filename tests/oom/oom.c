/* Stands before the allocator by the linker's --wrap, for all code linked statically into a test (sanitizers too). */
#include "oom/oom.h"

#include <stddef.h>

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

static _Thread_local int countdown; /* 0: off */
static _Thread_local bool failed;
static _Thread_local int paused;

void oom_after(int n) {
    countdown = n;
    failed = false;
}

bool oom_hit(void) { return failed; }

void oom_pause(int by) { paused += by; }

static bool fails(void) {
    if (paused || countdown == 0 || --countdown > 0) return false;
    failed = true;
    return true;
}

void *__wrap_malloc(size_t n) { return fails() ? NULL : __real_malloc(n); }
void *__wrap_calloc(size_t n, size_t size) { return fails() ? NULL : __real_calloc(n, size); }
void *__wrap_realloc(void *p, size_t n) { return fails() ? NULL : __real_realloc(p, n); }
