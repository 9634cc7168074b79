/* Random numbers that nobody can guess (getrandom, buffered per thread; a forked child draws anew). */
#ifndef SX_RAND_H
#define SX_RAND_H

#include <stddef.h>
#include <stdint.h>

void sx_rand_bytes(void *p, size_t n);
uint32_t sx_rand_u32(void);
uint32_t sx_rand_below(uint32_t n); /* 0..n-1, unbiased; 0 for n == 0 */
/* n characters of [a-z0-9], 5 bits each; no NUL. For tags, branches, Call-IDs and Contact users. */
void sx_rand_token(char *p, size_t n);
/* For tests: a fixed sequence from now on in this process; 0 ends it. */
void sx_rand_fix(uint64_t seed);

#endif
