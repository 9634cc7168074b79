/* Time. A test replaces it for the whole process. */
#ifndef SX_CLOCK_H
#define SX_CLOCK_H

#include <stdint.h>

uint64_t sx_now_us(void);  /* monotonic, microseconds */
uint64_t sx_now_ms(void);  /* monotonic, milliseconds */
uint64_t sx_wall_ms(void); /* UTC since 1970, milliseconds */

/* For tests: both clocks read from here (microseconds) instead; NULL: the real ones again. */
void sx_clock_fake(const uint64_t *monotonic_us, const uint64_t *wall_ms);

#endif
