/* WAV files. Reads PCM of 8, 16, 24 and 32 bit, float of 32 and 64, u-law and A-law, plain or WAVE_FORMAT_EXTENSIBLE,
 * mono or stereo, any rate; writes 16-bit PCM. Every length in a file is hostile. Blocking: not for workers or stack.
 */
#ifndef MEDIA_WAV_H
#define MEDIA_WAV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum wav_coding { WAV_PCM = 1, WAV_FLOAT = 3, WAV_ALAW = 6, WAV_ULAW = 7 } wav_coding;

typedef struct wav_info {
    wav_coding coding;
    unsigned bits;     /* of one sample in the file */
    unsigned channels; /* 1 or 2 */
    uint32_t rate;     /* Hz, 1000..384000 */
    unsigned frame;    /* bytes: all channels of one moment */
    uint64_t data_at;  /* offset of the first sample */
    uint64_t frames;   /* how many there are, never more than the file holds */
} wav_info;

/* Where bytes come from: reads up to n at `at`; how many, 0 at the end, negative on failure. */
typedef ptrdiff_t (*wav_read_at)(void *ctx, uint64_t at, void *p, size_t n);

/* Finds out what a file is. SX_E_FORMAT, with a word in sx_last_error_text on what was found; SX_E_IO. size: of it all.
 */
int wav_parse(wav_info *out, wav_read_at read, void *ctx, uint64_t size);
/* Decodes `frames` frames of raw bytes to mono s16: two channels are averaged. */
void wav_decode(const wav_info *w, const uint8_t *bytes, size_t frames, int16_t *out);

typedef struct wav_reader wav_reader;
/* SX_E_NOT_FOUND, SX_E_PERMISSION, SX_E_FORMAT (also: not a regular file), SX_E_IO, SX_E_NOMEM, each with its words. */
int wav_open(wav_reader **out, const char *path);
void wav_close(wav_reader *r); /* NULL is fine */
const wav_info *wav_reader_info(const wav_reader *r);
/* Mono s16 at the file's rate; how many, 0 at the end, SX_E_IO. */
int wav_read(wav_reader *r, int16_t *out, size_t frames);
void wav_rewind(wav_reader *r);

/* Could media_play play this? Opens, looks, closes. */
int wav_check(const char *path);

typedef struct wav_writer wav_writer;
/* Creates or truncates. The same errors; SX_E_IO when it cannot be made. */
int wav_create(wav_writer **out, const char *path, uint32_t rate, unsigned channels);
/* Before the first wav_write: another rate than at first thought. */
void wav_set_rate(wav_writer *w, uint32_t rate);
/* Interleaved. SX_E_IO: the disk is full or gone; SX_E_LIMIT: a WAV file ends at 4 GB. What was written stays good. */
int wav_write(wav_writer *w, const int16_t *pcm, size_t frames);
uint64_t wav_written(const wav_writer *w); /* frames */
/* Completes the header and closes. NULL is fine. */
int wav_finish(wav_writer *w);

#endif
