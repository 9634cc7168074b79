#include "base/clock.h"

#include <stddef.h>
#include <time.h>

/* Only tests set these; read on every thread. */
static const uint64_t *fake_monotonic_us;
static const uint64_t *fake_wall_ms;

uint64_t sx_now_us(void) {
    const uint64_t *fake = __atomic_load_n(&fake_monotonic_us, __ATOMIC_RELAXED);
    if (__builtin_expect(fake != NULL, 0)) return __atomic_load_n(fake, __ATOMIC_RELAXED);
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

uint64_t sx_now_ms(void) { return sx_now_us() / 1000u; }

uint64_t sx_wall_ms(void) {
    const uint64_t *fake = __atomic_load_n(&fake_wall_ms, __ATOMIC_RELAXED);
    if (__builtin_expect(fake != NULL, 0)) return __atomic_load_n(fake, __ATOMIC_RELAXED);
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000u + (uint64_t)t.tv_nsec / 1000000u;
}

void sx_clock_fake(const uint64_t *monotonic_us, const uint64_t *wall_ms) {
    __atomic_store_n(&fake_monotonic_us, monotonic_us, __ATOMIC_RELAXED);
    __atomic_store_n(&fake_wall_ms, wall_ms, __ATOMIC_RELAXED);
}
