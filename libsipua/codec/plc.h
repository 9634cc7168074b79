/* Loss concealment from the waveform alone, for codecs without their own: repeats the last pitch period, fades over 60 ms
 * and joins the next good frame without a click (after the idea of G.711 Appendix I, with no added delay). Mono, 8000 or
 * 16000 Hz. A plain struct; no allocation. */
#ifndef CODEC_PLC_H
#define CODEC_PLC_H

#include <stddef.h>
#include <stdint.h>

enum { PLC_HISTORY = 960 }; /* samples: 60 ms at 16 kHz */

typedef struct plc {
    uint32_t rate;
    uint32_t filled;  /* samples of history that are real */
    uint32_t lost;    /* samples concealed since the last good frame */
    uint32_t pitch;   /* period in use while concealing */
    uint32_t phase;   /* position within it */
    int16_t history[PLC_HISTORY]; /* newest last */
    int16_t period[PLC_HISTORY / 3]; /* the cycle being repeated, its ends blended */
} plc;

void plc_init(plc *p, uint32_t rate);
/* A good frame: remembered; its beginning is blended in place with the concealment before it. */
void plc_good(plc *p, int16_t *pcm, size_t n);
/* Fills n lost samples. */
void plc_lost(plc *p, int16_t *pcm, size_t n);

#endif
