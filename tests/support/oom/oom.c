#include "support/oom.h"

#include <errno.h>
#include <stddef.h>

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

static _Thread_local unsigned long fail_at, count;
static _Thread_local int failed, paused;

void oom_fail_at(unsigned long n) {
    fail_at = n;
    count = 0;
    failed = 0;
}

unsigned long oom_count(void) {
    return count;
}

int oom_failed(void) {
    return failed;
}

void oom_pause(int by) {
    paused += by;
}

static int fails(void) {
    if (paused) return 0;
    count++;
    if (!fail_at || count != fail_at) return 0;
    failed = 1;
    errno = ENOMEM;
    return 1;
}

void *__wrap_malloc(size_t n) {
    return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size) {
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n) {
    return fails() ? NULL : __real_realloc(p, n);
}
