/* glibc has these since 2.36. Debian's expat wants arc4random_buf for the salt of its hashes (we give it one of ours), and
 * libstdc++'s std::random_device wants arc4random. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

void arc4random_buf(void *bytes, size_t size) {
    unsigned char *at = bytes;
    while (size > 0) {
        ssize_t n = getrandom(at, size, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) abort(); /* as glibc's own does: a guessable number would be worse */
        at += n;
        size -= (size_t)n;
    }
}

uint32_t arc4random(void) {
    uint32_t value;
    arc4random_buf(&value, sizeof value);
    return value;
}
