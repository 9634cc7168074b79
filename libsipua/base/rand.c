#include "base/rand.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define POOL 256

static _Thread_local struct {
    unsigned char bytes[POOL];
    size_t left;    /* unused bytes, at the end */
    uint32_t forks; /* what `fork_count` was when they were drawn */
} pool;

static uint32_t fork_count; /* grows in every forked child */
static pthread_once_t fork_once = PTHREAD_ONCE_INIT;
static uint64_t fixed_seed, fixed_at; /* tests only */

static void in_child(void) { __atomic_add_fetch(&fork_count, 1, __ATOMIC_RELAXED); }

static void watch_forks(void) { pthread_atfork(NULL, NULL, in_child); }

static uint64_t splitmix(uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* No getrandom and no /dev/urandom (a strange sandbox): the kernel's 16 bytes of this process and the clocks. */
static void last_resort(unsigned char *p, size_t n) {
    uint64_t a[2] = {0, 0};
    const void *aux = (const void *)getauxval(AT_RANDOM);
    if (aux) memcpy(a, aux, sizeof a);
    for (size_t i = 0; i < n; i++) {
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        a[0] = splitmix(a[0] ^ (uint64_t)t.tv_nsec ^ ((uint64_t)getpid() << 32));
        a[1] = splitmix(a[1] + a[0]);
        p[i] = (unsigned char)(a[1] >> 56);
    }
}

static void from_system(unsigned char *p, size_t n) {
    while (n) {
        ssize_t got = getrandom(p, n, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        p += got;
        n -= (size_t)got;
    }
    if (!n) return;
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && n) {
        ssize_t got = read(fd, p, n);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        p += got;
        n -= (size_t)got;
    }
    if (fd >= 0) close(fd);
    if (n) last_resort(p, n);
}

static bool from_fixed(unsigned char *p, size_t n) {
    uint64_t seed = __atomic_load_n(&fixed_seed, __ATOMIC_RELAXED);
    if (__builtin_expect(seed == 0, 1)) return false;
    while (n) {
        uint64_t v = splitmix(seed + __atomic_fetch_add(&fixed_at, 1, __ATOMIC_RELAXED) * 0x9e3779b97f4a7c15u);
        size_t k = n < sizeof v ? n : sizeof v;
        memcpy(p, &v, k);
        p += k;
        n -= k;
    }
    return true;
}

void sx_rand_bytes(void *out, size_t n) {
    unsigned char *p = out;
    if (n == 0 || from_fixed(p, n)) return;
    if (n > POOL / 2) {
        from_system(p, n);
        return;
    }
    pthread_once(&fork_once, watch_forks);
    uint32_t forks = __atomic_load_n(&fork_count, __ATOMIC_RELAXED);
    if (pool.left < n || pool.forks != forks) {
        from_system(pool.bytes, POOL);
        pool.left = POOL;
        pool.forks = forks;
    }
    unsigned char *from = pool.bytes + POOL - pool.left;
    memcpy(p, from, n);
    memset(from, 0, n); /* what has been handed out cannot be read here later */
    pool.left -= n;
}

uint32_t sx_rand_u32(void) {
    uint32_t v;
    sx_rand_bytes(&v, sizeof v);
    return v;
}

uint32_t sx_rand_below(uint32_t n) {
    if (n == 0) return 0;
    /* the low 2^32 mod n products are over-represented: draw again (Lemire's method) */
    uint32_t too_low = (0u - n) % n;
    for (;;) {
        uint64_t m = (uint64_t)sx_rand_u32() * n;
        if ((uint32_t)m >= too_low) return (uint32_t)(m >> 32);
    }
}

void sx_rand_token(char *p, size_t n) {
    static const char set[32] = "abcdefghijklmnopqrstuvwxyz012345";
    sx_rand_bytes(p, n);
    for (size_t i = 0; i < n; i++) p[i] = set[(unsigned char)p[i] & 31];
}

void sx_rand_fix(uint64_t seed) {
    __atomic_store_n(&fixed_at, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&fixed_seed, seed, __ATOMIC_RELAXED);
}
