/* glibc has it since 2.36; libstdc++'s std::random_device wants it. Nothing of ours does. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

uint32_t arc4random(void) {
    uint32_t value;
    ssize_t n;
    do {
        n = getrandom(&value, sizeof value, 0);
    } while (n < 0 && errno == EINTR);
    if (n != sizeof value) abort(); /* as glibc's own does: a guessable number would be worse */
    return value;
}
