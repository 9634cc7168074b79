/* G.711 by tables: µ-law and A-law to and from 16 bit linear PCM. Pure; no state. Also for WAV files. */
#ifndef CODEC_G711_H
#define CODEC_G711_H

#include <stddef.h>
#include <stdint.h>

extern const int16_t g711_ulaw_table[256]; /* µ-law byte -> PCM */
extern const int16_t g711_alaw_table[256]; /* A-law byte -> PCM */

enum { G711_ULAW_SILENCE = 0xff, G711_ALAW_SILENCE = 0xd5 };

uint8_t g711_ulaw(int16_t pcm);
uint8_t g711_alaw(int16_t pcm);
void g711_ulaw_encode(const int16_t *pcm, uint8_t *out, size_t n);
void g711_alaw_encode(const int16_t *pcm, uint8_t *out, size_t n);
void g711_ulaw_decode(const uint8_t *in, int16_t *pcm, size_t n);
void g711_alaw_decode(const uint8_t *in, int16_t *pcm, size_t n);

#endif
