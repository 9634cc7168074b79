/* Loss concealment from the waveform alone, for codecs without their own: repeats the last pitch period, fades over 60
 * ms and joins the next good frame without a click (after the idea of G.711 Appendix I, with no added delay). Mono,
 * 8000 or 16000 Hz. A plain struct; no allocation. */
#ifndef CODEC_PLC_H
#define CODEC_PLC_H

#include <stddef.h>
#include <stdint.h>

enum { PLC_MAX_RATE = 16000, PLC_HISTORY_MS = 40, PLC_HISTORY = 640 /* samples at 16 kHz */, PLC_PERIOD = 240 };

typedef struct plc {
    uint32_t rate;
    uint32_t filled; /* samples of history that are real, up to 40 ms */
    uint32_t lost;   /* samples concealed since the last good frame */
    uint32_t pitch;  /* length of the cycle in use while concealing; 0: nothing to repeat */
    uint32_t phase;  /* position within it */
    int32_t step;    /* between the last good sample and the cycle's first: let out over a quarter of the cycle */
    int16_t history[PLC_HISTORY]; /* newest last */
    int16_t cycle[PLC_PERIOD];    /* what is repeated, its ends blended */
} plc;

/* Rates other than 8000 and 16000 are taken as the nearer of the two. */
void plc_init(plc *p, uint32_t rate);
/* A good frame: remembered; after a loss its beginning is blended, in place, with the concealment. */
void plc_good(plc *p, int16_t *pcm, size_t n);
/* Fills n lost samples. */
void plc_lost(plc *p, int16_t *pcm, size_t n);

#endif
