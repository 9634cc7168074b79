#include "media/wav.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "codec/g711.h"

enum { HEADER = 44, MAX_CHUNKS = 1000, BLOCK = 16384 };

static uint16_t le16(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }
static uint32_t le32(const uint8_t *p) { return (uint32_t)le16(p) | (uint32_t)le16(p + 2) << 16; }

/* ---- what is it? ---- */

static int fill(wav_read_at read, void *ctx, uint64_t at, uint8_t *p, size_t n) {
    for (size_t got = 0; got < n;) {
        ptrdiff_t k = read(ctx, at + got, p + got, n - got);
        if (k < 0) return sx_fail(SX_E_IO, "the file cannot be read: %s", strerror(errno));
        if (k == 0) return SX_E_EOF;
        got += (size_t)k;
    }
    return SX_OK;
}

static const char *name_of(unsigned tag) {
    switch (tag) {
    case 2: return "Microsoft ADPCM";
    case 0x11: return "IMA ADPCM";
    case 0x31: return "GSM 6.10";
    case 0x40: return "G.721 ADPCM";
    case 0x50: return "MPEG";
    case 0x55: return "MP3";
    case 0x64: return "G.726";
    case 0xff: return "AAC";
    default: return "coding unknown";
    }
}

/* The tail of a sub-format GUID that stands for an old format tag: 0000-0010-8000-00AA00389B71. */
static const uint8_t guid_tail[14] = {0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71};

static int read_format(wav_info *w, const uint8_t *f, uint32_t n) {
    unsigned tag = le16(f);
    w->channels = le16(f + 2);
    w->rate = le32(f + 4);
    w->frame = le16(f + 12);
    w->bits = le16(f + 14);
    if (tag == 0xfffe) {
        if (n < 40 || memcmp(f + 26, guid_tail, sizeof guid_tail) != 0)
            return sx_fail(SX_E_FORMAT, "a WAV file of an extended coding unknown here");
        tag = le16(f + 24);
    }
    bool ok = (tag == WAV_PCM && (w->bits == 8 || w->bits == 16 || w->bits == 24 || w->bits == 32)) ||
              (tag == WAV_FLOAT && (w->bits == 32 || w->bits == 64)) ||
              ((tag == WAV_ALAW || tag == WAV_ULAW) && w->bits == 8);
    if (tag != WAV_PCM && tag != WAV_FLOAT && tag != WAV_ALAW && tag != WAV_ULAW)
        return sx_fail(SX_E_FORMAT, "a WAV file in %s (format %u): only PCM, float, u-law and A-law are played",
                       name_of(tag), tag);
    if (!ok) return sx_fail(SX_E_FORMAT, "a WAV file of %u bits a sample (format %u)", w->bits, tag);
    w->coding = (wav_coding)tag;
    if (w->channels < 1 || w->channels > 2)
        return sx_fail(SX_E_FORMAT, "a WAV file of %u channels: only mono and stereo are played", w->channels);
    if (w->rate < 1000 || w->rate > 384000) return sx_fail(SX_E_FORMAT, "a WAV file of %u Hz", w->rate);
    if (w->frame != w->channels * w->bits / 8)
        return sx_fail(SX_E_FORMAT, "a WAV file whose samples take %u bytes instead of %u", w->frame,
                       w->channels * w->bits / 8);
    return SX_OK;
}

static int refuse_unknown(const uint8_t *h) {
    if (memcmp(h, "RIFX", 4) == 0) return sx_fail(SX_E_FORMAT, "a big-endian WAV file (RIFX)");
    if (memcmp(h, "RF64", 4) == 0) return sx_fail(SX_E_FORMAT, "a 64-bit WAV file (RF64)");
    if (memcmp(h, "OggS", 4) == 0) return sx_fail(SX_E_FORMAT, "an Ogg file, not WAV");
    if (memcmp(h, "fLaC", 4) == 0) return sx_fail(SX_E_FORMAT, "a FLAC file, not WAV");
    if (memcmp(h, "ID3", 3) == 0 || (h[0] == 0xff && (h[1] & 0xe0) == 0xe0))
        return sx_fail(SX_E_FORMAT, "an MP3 file, not WAV");
    if (memcmp(h, ".snd", 4) == 0) return sx_fail(SX_E_FORMAT, "a Sun audio file, not WAV");
    return sx_fail(SX_E_FORMAT, "not a WAV file (no RIFF header)");
}

int wav_parse(wav_info *out, wav_read_at read, void *ctx, uint64_t size) {
    uint8_t h[12], f[40];
    wav_info w = {0};
    int err = fill(read, ctx, 0, h, sizeof h);
    if (err == SX_E_EOF) return sx_fail(SX_E_FORMAT, "too short for a WAV file (%llu bytes)", (unsigned long long)size);
    if (err) return err;
    if (memcmp(h, "RIFF", 4) != 0) return refuse_unknown(h);
    if (memcmp(h + 8, "WAVE", 4) != 0) return sx_fail(SX_E_FORMAT, "a RIFF file, but not WAVE");
    uint64_t at = 12;
    bool known = false;
    for (int i = 0; i < MAX_CHUNKS; i++) {
        err = at + 8 <= size ? fill(read, ctx, at, h, 8) : SX_E_EOF;
        if (err == SX_E_EOF) return sx_fail(SX_E_FORMAT, "a WAV file without %s", known ? "data" : "format");
        if (err) return err;
        uint32_t n = le32(h + 4);
        at += 8;
        if (memcmp(h, "fmt ", 4) == 0) {
            memset(f, 0, sizeof f);
            if (n < 16) return sx_fail(SX_E_FORMAT, "a WAV file whose format takes %u bytes", n);
            err = fill(read, ctx, at, f, n < sizeof f ? n : sizeof f);
            if (err == SX_E_EOF) return sx_fail(SX_E_FORMAT, "a WAV file cut off in its format");
            if (err || (err = read_format(&w, f, n))) return err;
            known = true;
        } else if (memcmp(h, "data", 4) == 0) {
            if (!known) return sx_fail(SX_E_FORMAT, "a WAV file whose data come before their format");
            uint64_t there = size > at ? size - at : 0;
            /* A stream that was never finished says 0 or the greatest number: then it is what the file holds. */
            uint64_t bytes = n == 0 || n == UINT32_MAX || n > there ? there : n;
            w.data_at = at;
            w.frames = bytes / w.frame;
            *out = w;
            return SX_OK;
        }
        at += (uint64_t)n + (n & 1);
    }
    return sx_fail(SX_E_FORMAT, "a WAV file of more than %d chunks before its data", MAX_CHUNKS);
}

/* ---- samples ---- */

static int16_t from_float(double v) {
    if (!(v > -1.0)) return v <= -1.0 ? -32768 : 0; /* not a number: silence */
    if (v >= 1.0) return 32767;
    return (int16_t)(v * 32767.0);
}

static int16_t sample(const wav_info *w, const uint8_t *p) {
    switch (w->coding) {
    case WAV_ULAW: return g711_ulaw_table[*p];
    case WAV_ALAW: return g711_alaw_table[*p];
    case WAV_FLOAT:
        if (w->bits == 32) {
            uint32_t u = le32(p);
            float v;
            memcpy(&v, &u, sizeof v);
            return from_float(v);
        } else {
            uint64_t u = (uint64_t)le32(p + 4) << 32 | le32(p);
            double v;
            memcpy(&v, &u, sizeof v);
            return from_float(v);
        }
    case WAV_PCM: break;
    }
    switch (w->bits) {
    case 8: return (int16_t)((*p - 128) * 256);
    case 16: return (int16_t)le16(p);
    case 24: return (int16_t)le16(p + 1);
    default: return (int16_t)le16(p + 2);
    }
}

void wav_decode(const wav_info *w, const uint8_t *bytes, size_t frames, int16_t *out) {
    unsigned step = w->bits / 8;
    for (size_t i = 0; i < frames; i++, bytes += w->frame) {
        int32_t v = sample(w, bytes);
        if (w->channels == 2) v = (v + sample(w, bytes + step)) / 2;
        out[i] = (int16_t)v;
    }
}

/* ---- reading ---- */

struct wav_reader {
    int fd;
    wav_info info;
    uint64_t at; /* frames read */
    uint8_t block[BLOCK];
};

static ptrdiff_t pread_at(void *ctx, uint64_t at, void *p, size_t n) {
    ssize_t k;
    do k = pread(*(int *)ctx, p, n, (off_t)at);
    while (k < 0 && errno == EINTR);
    return k;
}

static int open_error(const char *path) {
    int e = errno;
    int code = e == ENOENT || e == ENOTDIR               ? SX_E_NOT_FOUND
               : e == EACCES || e == EPERM || e == EROFS ? SX_E_PERMISSION
               : e == EMFILE || e == ENFILE              ? SX_E_LIMIT
                                                         : SX_E_IO;
    return sx_fail(code, "%.120s: %s", path, strerror(e));
}

int wav_open(wav_reader **out, const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not hold us */
    if (fd < 0) return open_error(path);
    struct stat st;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return sx_fail(SX_E_FORMAT, "%.120s is not a regular file", path);
    }
    wav_reader *r = malloc(sizeof *r);
    if (!r) {
        close(fd);
        return sx_fail(SX_E_NOMEM, "no memory to read a file");
    }
    r->fd = fd;
    r->at = 0;
    int err = wav_parse(&r->info, pread_at, &fd, (uint64_t)st.st_size);
    if (err) {
        wav_close(r);
        return err;
    }
    *out = r;
    return SX_OK;
}

void wav_close(wav_reader *r) {
    if (!r) return;
    close(r->fd);
    free(r);
}

const wav_info *wav_reader_info(const wav_reader *r) { return &r->info; }
void wav_rewind(wav_reader *r) { r->at = 0; }

int wav_read(wav_reader *r, int16_t *out, size_t frames) {
    const wav_info *w = &r->info;
    size_t most = BLOCK / w->frame;
    if (frames > most) frames = most;
    if (frames > w->frames - r->at) frames = (size_t)(w->frames - r->at);
    if (frames == 0) return 0;
    ptrdiff_t n = pread_at(&r->fd, w->data_at + r->at * w->frame, r->block, frames * w->frame);
    if (n < 0) return sx_fail(SX_E_IO, "the file cannot be read: %s", strerror(errno));
    frames = (size_t)n / w->frame; /* it may have been cut off meanwhile */
    wav_decode(w, r->block, frames, out);
    r->at += frames;
    return (int)frames;
}

int wav_check(const char *path) {
    wav_reader *r = NULL;
    int err = wav_open(&r, path);
    if (err == SX_OK) wav_close(r);
    return err;
}

/* ---- writing ---- */

struct wav_writer {
    int fd;
    uint32_t rate;
    unsigned channels;
    uint64_t frames;
};

static void put32(uint8_t *p, uint32_t v) {
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(v >> 8 * i);
}

static void make_header(const wav_writer *w, uint8_t h[HEADER]) {
    uint32_t bytes = (uint32_t)(w->frames * w->channels * 2);
    memcpy(h, "RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0", 22);
    put32(h + 4, bytes + HEADER - 8);
    h[22] = (uint8_t)w->channels;
    h[23] = 0;
    put32(h + 24, w->rate);
    put32(h + 28, w->rate * w->channels * 2);
    h[32] = (uint8_t)(w->channels * 2);
    h[33] = 0;
    h[34] = 16;
    h[35] = 0;
    memcpy(h + 36, "data", 4);
    put32(h + 40, bytes);
}

static int write_all(int fd, const void *p, size_t n) {
    const char *at = p;
    while (n) {
        ssize_t k = write(fd, at, n);
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0) return sx_fail(SX_E_IO, "the recording cannot be written: %s", strerror(errno));
        at += k;
        n -= (size_t)k;
    }
    return SX_OK;
}

int wav_create(wav_writer **out, const char *path, uint32_t rate, unsigned channels) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0666);
    if (fd < 0) return open_error(path);
    struct stat st;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return sx_fail(SX_E_FORMAT, "%.120s is not a regular file", path);
    }
    wav_writer *w = calloc(1, sizeof *w);
    if (!w) {
        close(fd);
        return sx_fail(SX_E_NOMEM, "no memory to write a file");
    }
    w->fd = fd;
    w->rate = rate;
    w->channels = channels;
    uint8_t h[HEADER];
    make_header(w, h);
    int err = write_all(fd, h, sizeof h);
    if (err) {
        close(fd);
        free(w);
        return err;
    }
    *out = w;
    return SX_OK;
}

int wav_write(wav_writer *w, const int16_t *pcm, size_t frames) {
    uint8_t raw[4096];
    size_t per = sizeof raw / (2 * w->channels);
    if ((w->frames + frames) * w->channels * 2 > UINT32_MAX - HEADER)
        return sx_fail(SX_E_LIMIT, "the recording has reached the 4 GB that a WAV file can hold");
    while (frames) {
        size_t k = frames < per ? frames : per, n = k * w->channels;
        for (size_t i = 0; i < n; i++) {
            raw[2 * i] = (uint8_t)pcm[i];
            raw[2 * i + 1] = (uint8_t)((uint16_t)pcm[i] >> 8);
        }
        int err = write_all(w->fd, raw, 2 * n);
        if (err) return err;
        w->frames += k;
        pcm += n;
        frames -= k;
    }
    return SX_OK;
}

void wav_set_rate(wav_writer *w, uint32_t rate) { w->rate = rate; }
uint64_t wav_written(const wav_writer *w) { return w->frames; }

int wav_finish(wav_writer *w) {
    if (!w) return SX_OK;
    uint8_t h[HEADER];
    make_header(w, h);
    int err = SX_OK;
    if (pwrite(w->fd, h, sizeof h, 0) != (ssize_t)sizeof h)
        err = sx_fail(SX_E_IO, "the recording's header cannot be written: %s", strerror(errno));
    if (close(w->fd) < 0 && !err) err = sx_fail(SX_E_IO, "the recording cannot be closed: %s", strerror(errno));
    free(w);
    return err;
}
