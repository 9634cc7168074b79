/* Rate conversion of mono or stereo 16 bit PCM (speexdsp). Equal rates pass through untouched and cost a copy.
 * One thread at a time. Only resample_create allocates. */
#ifndef CODEC_RESAMPLE_H
#define CODEC_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>

typedef struct resample resample;

enum { RESAMPLE_VOICE = 3, RESAMPLE_FILE = 6 }; /* quality 0..10: for calls, for files converted once */

/* Rates 1000..384000 Hz, channels 1 or 2. SX_E_INVALID, SX_E_NOMEM. */
int resample_create(resample **out, uint32_t in_rate, uint32_t out_rate, unsigned channels, int quality);
void resample_destroy(resample *r); /* NULL is fine */

/* Converts as much as both sides allow. *in_n and *out_n (samples per channel): in what is given and what fits, out
 * what was read and what was written. At the start as many samples come out as the rates say: the delay is filled with
 * silence, so that 20 ms in are 20 ms out. in == NULL feeds silence (drains the delay). */
void resample_run(resample *r, const int16_t *in, size_t *in_n, int16_t *out, size_t *out_n);

/* Room that is always enough for in_n samples of input. */
size_t resample_out_max(const resample *r, size_t in_n);
/* Delay, in samples: at the input's rate (what a flush takes with it) and at the output's. 0 when passing through. */
unsigned resample_latency_in(const resample *r);
unsigned resample_latency_out(const resample *r);
/* Forgets what is inside: after a flush. */
void resample_reset(resample *r);
uint32_t resample_in_rate(const resample *r);
uint32_t resample_out_rate(const resample *r);

#endif
